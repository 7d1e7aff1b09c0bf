"""Writes the CSV file: python bars.py MINUTES FILE

200 assets, a bar a minute, in the order of time. Prices are random walks on
cents, folded back where they leave half to one and a half of their start.
"""

import sys

import numpy as np
import polars as pl

ASSETS = 200
SEED = 1


def bars(minutes: int) -> pl.DataFrame:
    r = np.random.default_rng(SEED)
    shape = (minutes, ASSETS)
    start = 10_000 + 700 * np.arange(ASSETS)
    half = start // 2
    walk = np.cumsum(r.integers(-20, 21, shape), axis=0)
    close = start + np.abs((walk + half) % (4 * half) - 2 * half) - half
    opens = np.vstack([start, close[:-1]])
    high = np.maximum(opens, close) + r.integers(0, 30, shape)
    low = np.minimum(opens, close) - r.integers(0, 30, shape)
    minute = np.datetime64("2020-01-01T00:00", "us") + np.arange(minutes) * np.timedelta64(60, "s")
    return pl.DataFrame({
        "time": np.repeat(minute, ASSETS),
        "open": opens.ravel() / 100,
        "high": high.ravel() / 100,
        "low": low.ravel() / 100,
        "close": close.ravel() / 100,
        "volume": r.integers(0, 100_000_000, shape).ravel(),
        "symbol": np.tile([f"ASSET{i:04d}" for i in range(ASSETS)], minutes),
    })


if __name__ == "__main__":
    bars(int(sys.argv[1])).write_csv(sys.argv[2], float_precision=2, datetime_format="%Y-%m-%dT%H:%M:%SZ")
