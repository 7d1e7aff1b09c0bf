"""backtesting.py, as its users see it: a strategy class, a run a backtest.

It is licensed under the AGPL. Nothing here was made from its source, and it is
no dependency of Bowstring.
"""

import io
from contextlib import redirect_stderr
from importlib import metadata

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy

from contender import Contender, Results
from peer_numba import signals
from workloads import Workload

# It buys whole units only; with this much cash a unit is 1e-9 of it or less.
CASH = 1e12

LATE_COSTS = "a commission is in its equity one bar after the fill"


class Cross(Strategy):
    entries = exits = None
    stop_loss = take_profit = 0.0

    def init(self):
        self.entry = self.I(lambda: self.entries, plot=False)
        self.exit = self.I(lambda: self.exits, plot=False)

    def next(self):
        if self.position:
            if self.exit[-1]:
                self.position.close()
        elif self.entry[-1]:
            price = self.data.Close[-1]
            stop, target = price * (1 - self.stop_loss), price * (1 + self.take_profit)
            self.buy(sl=stop if self.stop_loss else None, tp=target if self.take_profit else None)


def contenders(w: Workload) -> list[Contender]:
    part = w.part(pairs=4 if w.name == "M1" else 20, bars=200_000)
    jobs = []
    for bars in part.assets:
        prices = {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close, "Volume": bars.volume}
        frame = pd.DataFrame(prices, index=pd.to_datetime(bars.nanoseconds))
        # An order fills a bar later, at the close of its signal. One bar more,
        # on which nothing moves, lets a signal on the last one fill.
        still = frame[-1:].assign(Open=bars.close[-1], High=bars.close[-1], Low=bars.close[-1])
        frame = pd.concat([frame, still.set_index(still.index + (frame.index[-1] - frame.index[-2]))])
        masks = (np.pad(mask, ((0, 0), (0, 1))) for mask in signals(bars, part.pairs))
        jobs.append((frame, list(zip(*masks))))

    def one(frame, entries, exits) -> pd.Series:
        test = Backtest(frame, Cross, cash=CASH, commission=w.cost, trade_on_close=True)
        return test.run(entries=entries, exits=exits, stop_loss=w.stop_loss, take_profit=w.take_profit)

    def run() -> list[list[pd.Series]]:
        with redirect_stderr(io.StringIO()):  # a progress bar and a warning about open trades for every run
            return [[one(frame, *masks) for masks in pairs] for frame, pairs in jobs]

    differs = (("max_drawdown", LATE_COSTS), ("sharpe", LATE_COSTS)) if w.cost else ()
    return [Contender("backtesting", "backtesting.py", metadata.version("backtesting"), part, run,
                      lambda raw: read(raw, w), differs=differs)]


def read(raw: list[list[pd.Series]], w: Workload) -> Results:
    def sharpe(stats: pd.Series) -> float:
        """Of its equity: its own ratio is annualised geometrically."""
        equity = np.append(CASH, stats["_equity_curve"]["Equity"][:-1])
        returns = equity[1:] / equity[:-1] - 1
        spread = returns.std(ddof=1)
        return returns.mean() / spread * np.sqrt(w.bars_a_year) if spread > 0 else np.nan

    def values(get) -> np.ndarray:
        return np.array([[get(stats) for stats in row] for row in raw], float)

    return {
        "total_return": values(lambda s: s["Return [%]"] / 100),
        "max_drawdown": values(lambda s: -s["Max. Drawdown [%]"] / 100),
        "sharpe": values(sharpe),
        "trades": values(lambda s: s["# Trades"]),
    }
