"""vectorbt with its Rust engine: columns of signals in one call an asset."""

from importlib import metadata

import numpy as np
import pandas as pd
import vectorbt as vbt

from contender import Contender, Results
from peer_numba import signals
from workloads import Workload

CASH = 100_000.0


def contenders(w: Workload) -> list[Contender]:
    # Every intermediate is an array of bars × pairs: some 100 bytes a bar-step.
    part = w.part(pairs=100) if w.name == "M1" else w
    step = pd.Timedelta(int(w.assets[0].seconds[1] - w.assets[0].seconds[0]), "s")
    calls = []
    for bars in part.assets:
        index = pd.to_datetime(bars.nanoseconds)
        entries, exits = (pd.DataFrame(mask.T, index=index) for mask in signals(bars, part.pairs))
        settings = {"close": pd.Series(bars.close, index), "entries": entries, "exits": exits}
        if w.stop_loss:
            settings |= {name: pd.Series(getattr(bars, name), index) for name in ("open", "high", "low")}
            settings |= {"sl_stop": w.stop_loss, "tp_stop": w.take_profit}
        calls.append(settings)

    def run() -> Results:
        columns = []
        for settings in calls:
            p = vbt.Portfolio.from_signals(**settings, fees=w.cost, init_cash=CASH, freq=step, engine="rust")
            columns.append({
                "total_return": p.total_return(),
                "max_drawdown": -p.max_drawdown(),
                "sharpe": p.sharpe_ratio(year_freq=step * w.bars_a_year),  # its own year has 365 days
                "trades": p.trades.closed.count(),
            })
        return {name: np.array([c[name] for c in columns], float) for name in columns[0]}

    return [Contender("vectorbt", "vectorbt, Rust engine", metadata.version("vectorbt"), part, run)]
