"""raptorbt: a Rust engine that is given signals, through its batch call."""

from importlib import metadata

import numpy as np
import raptorbt

from contender import Contender, Results, cores
from peer_numba import signals
from workloads import Workload

CASH = 100_000.0


def contenders(w: Workload) -> list[Contender]:
    # The batch keeps three curves of every item: M1 whole would need 48 GB.
    part = w.part(pairs=400)
    config = raptorbt.BacktestConfig(
        initial_capital=CASH, fees=w.cost, fill_timing="same_bar_close", periods_per_year=w.bars_a_year)
    if w.stop_loss:
        config.set_fixed_stop(w.stop_loss)
        config.set_fixed_target(w.take_profit)
    batches = []
    for bars in part.assets:
        entries, exits = signals(bars, part.pairs)
        items = [raptorbt.BatchSingleItem(str(i), *pair) for i, pair in enumerate(zip(entries, exits))]
        batches.append((bars, items))

    def run() -> list:
        return [raptorbt.batch_single_backtest(b.nanoseconds, b.open, b.high, b.low, b.close, b.volume, items, config)
                for b, items in batches]

    name = f"raptorbt, batch of {len(part.pairs)}, {cores()} threads"
    return [Contender("raptorbt", name, metadata.version("raptorbt"), part, run, read)]


def read(raw: list) -> Results:
    def values(get) -> np.ndarray:
        return np.array([[get(result.metrics) for _, result in batch] for batch in raw], float)

    return {
        "total_return": values(lambda m: m.total_return_pct / 100),
        "max_drawdown": values(lambda m: m.max_drawdown_pct / 100),
        "sharpe": values(lambda m: m.sharpe_ratio),
        "trades": values(lambda m: m.total_closed_trades),
    }
