"""What is timed: the workloads, and the parts of them that slow packages get."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

import prices

MINUTES_A_YEAR = 365 * 1440
METRICS = ("total_return", "max_drawdown", "sharpe", "trades")


@dataclass(frozen=True)
class Workload:
    """A long/flat SMA cross with every pair of windows on every asset. Signals
    are read at a close and filled there; all cash goes in. `pairs` are (fast,
    slow), the slow one fastest, as Bowstring counts its trials."""

    name: str
    data: str  # workloads of equal data are over the same bars
    title: str
    assets: tuple[prices.Bars, ...]
    fast: tuple[int, ...]
    slow: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    bars_a_year: int
    commission_bps: float = 0
    stop_loss: float = 0
    take_profit: float = 0
    direction: str = "long"  # or short, or both: a cross the other way reverses
    percent: float = 100  # of equity
    statistics: str = "[total_return, max_drawdown, sharpe, trades]"  # of Bowstring: core is a superset
    share: str = "all"

    @property
    def affine(self) -> bool:
        """Accounts may be short or hold cash beside their position."""
        return self.direction != "long" or self.percent < 100

    @property
    def bar_steps(self) -> int:
        return len(self.pairs) * sum(len(bars) for bars in self.assets)

    @property
    def cost(self) -> float:
        """Commission as a fraction of the traded value."""
        return self.commission_bps / 10_000

    def part(self, *, pairs: int | None = None, bars: int | None = None) -> "Workload":
        """The same with at most so many pairs, evenly spaced, and so many
        bars an asset, the first ones."""
        pairs = min(pairs or len(self.pairs), len(self.pairs))
        spaced = np.linspace(0, len(self.pairs) - 1, pairs).round().astype(int)
        part = replace(self, pairs=tuple(self.pairs[i] for i in spaced),
                       assets=tuple(b.head(bars) if bars else b for b in self.assets))
        if part.bar_steps == self.bar_steps:
            return self
        what = [f"{pairs:,} of {len(self.pairs):,} pairs"] if pairs < len(self.pairs) else []
        if bars and bars < max(map(len, self.assets)):
            what.append(f"the first {bars:,} bars")
        return replace(part, share=f"{100 * part.bar_steps / self.bar_steps:.3g} %: {', '.join(what)}")


def grid(name, title, assets, fast, slow, **settings) -> Workload:
    return Workload(name, name, title, tuple(assets), tuple(fast), tuple(slow), tuple(product(fast, slow)), **settings)


def w1(quick: bool) -> Workload:
    lengths = [6289] * 5 + [4500, 3042, 2000]
    if quick:
        lengths = [700] * 5 + [500, 400, 300]
    assets = [prices.walk(f"A{i}", n, seed=100 + i, **prices.DAILY) for i, n in enumerate(lengths)]
    fast, slow = range(5, 44, 2), range(50, 241, 10)
    title = f"{len(assets)} assets, {sum(lengths):,} daily bars, {len(fast) * len(slow):,} pairs, 10 bps"
    return grid("W1", title, assets, fast, slow, bars_a_year=252, commission_bps=10, statistics="core")


def m1(quick: bool) -> Workload:
    n = 10_000 if quick else 200_000
    fast, slow = range(5, 204, 2), range(210, 1201, 10)
    if quick:
        fast, slow = fast[::10], slow[::10]
    assets = [prices.walk("MINUTES", n, seed=200, **prices.MINUTES)]
    return grid("M1", f"{n:,} minute bars, {len(fast) * len(slow):,} pairs, 10 bps", assets, fast, slow,
                bars_a_year=MINUTES_A_YEAR, commission_bps=10)


def single(quick: bool) -> Workload:
    n = 200_000 if quick else 10_000_000
    # Costs over some 46,000 trades would leave nothing to compare.
    assets = [prices.walk("MINUTES", n, seed=300, **prices.MINUTES)]
    return grid("single", f"one backtest, SMA 30/150, {n:,} minute bars, no costs", assets, [30], [150],
                bars_a_year=MINUTES_A_YEAR)


def stops(quick: bool) -> Workload:
    base = single(quick)
    return replace(base, name="stops", title=base.title + ", stop loss 2 %, take profit 4 %",
                   stop_loss=0.02, take_profit=0.04)


def long(quick: bool) -> Workload:
    n = 10_000 if quick else 200_000
    fast, slow = range(5, 104, 2), range(110, 601, 10)
    if quick:
        fast, slow = fast[::10], slow[::10]
    assets = [prices.walk("MINUTES", n, seed=200, **prices.MINUTES)]
    return grid("long", f"{n:,} minute bars, {len(fast) * len(slow):,} pairs, 10 bps, long, all in", assets, fast, slow,
                bars_a_year=MINUTES_A_YEAR, commission_bps=10)


def account(name: str, what: str, **settings):
    """The same pairs on the same bars under another account."""
    def make(quick: bool) -> Workload:
        base = long(quick)
        return replace(base, name=name, title=base.title.replace("long, all in", what), **settings)
    return make


WORKLOADS = {
    "W1": w1, "M1": m1, "single": single, "stops": stops, "long": long,
    "reversal": account("reversal", "long and short in turn, all in", direction="both"),
    "short": account("short", "short only, all in", direction="short"),
    "share": account("share", "long, 40 % of equity", percent=40),
}
