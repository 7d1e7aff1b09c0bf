"""Compares Parquet files of bars: python check.py REFERENCE FILE...

Read by pyarrow. Each file has to be sorted by symbol and time, and to have,
symbol by symbol, the rows, first and last time, and column sums of the first.
"""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

VALUES = ("open", "high", "low", "close", "volume")


def summary(path: str) -> dict:
    """The symbols in their order, and an array of every figure."""
    table = pq.read_table(path)
    symbol = table["asset" if "asset" in table.column_names else "symbol"].combine_chunks()
    ends = pc.run_end_encode(symbol.cast(pa.string()))
    ends = ends if isinstance(ends, pa.ChunkedArray) else pa.chunked_array([ends])
    names, stops, at = [], [], 0
    for run in ends.chunks:
        names += run.values.to_pylist()
        stops += [at + stop for stop in run.run_ends.to_pylist()]
        at += len(run)
    if names != sorted(set(names)):
        sys.exit(f"{path}: not sorted by symbol")
    starts = np.array([0, *stops[:-1]])
    time = table["time"].cast(pa.timestamp("ns")).cast(pa.int64()).to_numpy()
    steps = np.diff(time)
    steps[starts[1:] - 1] = 1
    if steps.min() <= 0:
        sys.exit(f"{path}: not sorted by time within a symbol")
    figures = {"symbols": names, "rows": np.diff([*starts, len(time)]), "first": time[starts], "last": time[np.array(stops) - 1]}
    for c in VALUES:
        figures[c] = np.add.reduceat(np.round(table[c].to_numpy() * 100).astype(np.int64), starts)  # whole cents: exact
    return figures


if __name__ == "__main__":
    reference = summary(sys.argv[1])
    for path in sys.argv[2:]:
        figures = summary(path)
        for key, want in reference.items():
            if not np.array_equal(figures[key], want):
                sys.exit(f"{path}: {key} differs from {sys.argv[1]}")
    print(f"{reference['rows'].sum():,} rows of {len(reference['symbols'])} symbols are equal in {len(sys.argv) - 1} files")
