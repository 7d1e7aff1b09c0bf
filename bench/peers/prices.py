"""Generated bars: a seeded random walk on whole cents."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

SECOND = 1_000_000_000
START = np.datetime64("2000-01-03", "s")

# The walk in logarithms: the spread of a close around the one before, and of
# the wicks around open and close.
DAILY = {"step": 24 * 3600, "start_cents": 10_000, "volatility": 0.012, "wick": 0.004}
MINUTES = {"step": 60, "start_cents": 100_000, "volatility": 0.0015, "wick": 0.0005}


@dataclass(frozen=True)
class Bars:
    """Bars of one asset. Prices are the float64 nearest to cents / 100."""

    asset: str
    seconds: np.ndarray  # int64, when a bar opens, since 1970
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    cents: np.ndarray  # int64, the close

    def __len__(self) -> int:
        return len(self.close)

    @property
    def nanoseconds(self) -> np.ndarray:
        return self.seconds * SECOND

    def head(self, n: int) -> "Bars":
        return Bars(self.asset, *(getattr(self, name)[:n] for name in list(self.__dataclass_fields__)[1:]))

    def write_csv(self, path: Path) -> None:
        columns = {"time": self.seconds, "open": self.open, "high": self.high, "low": self.low, "close": self.close,
                   "volume": self.volume}
        pa.csv.write_csv(pa.table(columns), path)


def walk(asset: str, n: int, seed: int, *, step: int, start_cents: int, volatility: float, wick: float) -> Bars:
    """n bars. The walk is reflected at 1/e and e times its start, so that a
    cent stays small however long it is. A bar opens where the last one closed:
    a stop or a target is met inside a bar and never jumped over, which the
    packages answer differently."""
    rng = np.random.default_rng(seed)
    path = np.cumsum(rng.normal(0, volatility, n))
    path = np.abs((path - 1) % 4 - 2) - 1
    close = np.rint(start_cents * np.exp(path)).astype(np.int64)
    open_ = np.concatenate([[start_cents], close[:-1]])
    wicks = np.abs(rng.normal(0, wick, (2, n)))
    high = np.maximum(open_, close) + np.rint(wicks[0] * close).astype(np.int64)
    low = np.minimum(open_, close) - np.rint(wicks[1] * close).astype(np.int64)
    seconds = START.astype(np.int64) + np.arange(n, dtype=np.int64) * step
    volume = rng.integers(100, 100_000, n).astype(np.float64)
    return Bars(asset, seconds, open_ / 100, high / 100, low / 100, close / 100, volume, close)
