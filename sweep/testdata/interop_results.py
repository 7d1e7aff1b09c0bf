"""Opens a result file in DuckDB, Polars and pandas, as its users do, and
checks what they rely on: types, NULL for what is undefined and never NaN, and
the query by which trials are ranked.

    python interop_results.py --results results.parquet --rows 3600 \\
        --query "select fast, slow, sharpe from '{}' where asset = '*' order by sharpe desc"

Prints one JSON summary, or exits 1 and says what does not hold. {} in the
query stands for the file.
"""

import argparse
import json
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl

KEYS = {"trial": "int64", "asset": "string", "error": "string"}
COUNTS = {
    "trades", "open_trades", "longest_drawdown_bars", "stop_exits", "partial_fills", "rejected_orders", "dropped_orders", "ruined",
}  # fmt: skip
STATISTICS = COUNTS | {
    "total_return", "cagr", "volatility", "sharpe", "sortino", "max_drawdown", "calmar", "omega", "exposure",
    "turnover", "win_rate", "profit_factor", "expectancy", "sqn", "avg_win", "avg_loss", "best_trade", "worst_trade",
    "kelly", "avg_trade_bars", "fees", "deficit",
}  # fmt: skip


def kind(dtype):
    """One name for a type, whichever library says it."""
    name = str(dtype).lower()
    known = {"bigint": "int64", "double": "float64", "varchar": "string", "str": "string", "object": "string"}
    return known.get(name, name)


def check_types(library, types):
    """Complaints about the columns of a file as a library sees them."""
    bad = [f"{library}: no column {c}" for c in KEYS if c not in types]
    for name, dtype in types.items():
        want = KEYS.get(name) or ("int64" if name in COUNTS else "float64" if name in STATISTICS else None)
        if want and kind(dtype) != want:
            bad.append(f"{library}: column {name} is {dtype}, want {want}")
    return bad


def check_duckdb(path, rows, query):
    connection = duckdb.connect()
    table = connection.sql(f"select * from '{path}'")
    types = {n: str(t) for n, t in zip(table.columns, table.types)}
    bad = check_types("duckdb", types)
    [(count,)] = connection.sql(f"select count(*) from '{path}'").fetchall()
    if count != rows:
        bad.append(f"duckdb: {count} rows, want {rows}")
    floats = [c for c in types if types[c] == "DOUBLE"]
    sums = ", ".join(f'count(*) filter (isnan("{c}"))' for c in floats)
    [nans] = connection.sql(f"select {sums} from '{path}'").fetchall()
    bad += [f"duckdb: {n} NaN in {c}, want NULL" for c, n in zip(floats, nans) if n]
    ranked = connection.sql(query.format(path)).fetchall()
    scores = [row[-1] for row in ranked]
    known = [s for s in scores if s is not None]
    if not known or known != sorted(known, reverse=True) or scores[: len(known)] != known:
        bad.append("duckdb: the query does not rank: undefined first, or out of order")
    return bad, ranked


def check_polars(path, rows):
    frame = pl.read_parquet(path)
    bad = check_types("polars", dict(zip(frame.columns, frame.dtypes)))
    if frame.height != rows:
        bad.append(f"polars: {frame.height} rows, want {rows}")
    for name in frame.columns:
        if frame[name].dtype.is_float() and frame[name].is_nan().any():
            bad.append(f"polars: NaN in {name}, want null")
    lazy = pl.scan_parquet(path).filter(pl.col("asset") == "*").select(pl.len()).collect().item()
    return bad, lazy, frame


def check_pandas(path, rows, other):
    frame = pd.read_parquet(path)
    types = dict(frame.dtypes.items())
    # pandas turns a count with nulls into float64: a failed trial has none.
    types = {n: "int64" if n in COUNTS and frame[n].isna().any() else t for n, t in types.items()}
    bad = check_types("pandas", types)
    if len(frame) != rows:
        bad.append(f"pandas: {len(frame)} rows, want {rows}")
    for name in frame.columns:
        mine, theirs = frame[name].to_numpy(), other[name].to_numpy()
        same = np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f") or [
            None if pd.isna(v) else v for v in mine
        ] == [None if pd.isna(v) else v for v in other[name].to_list()]
        if not same:
            bad.append(f"pandas and polars read different values in {name}")
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--results", required=True)
    parser.add_argument("--rows", type=int, required=True, help="rows that the file must have")
    parser.add_argument("--undefined", type=int, default=0, help="how many rows have no Sharpe ratio")
    parser.add_argument("--query", required=True, help="ranks trials by its last column")
    args = parser.parse_args()

    bad, ranked = check_duckdb(args.results, args.rows, args.query)
    more, pooled, frame = check_polars(args.results, args.rows)
    bad += more + check_pandas(args.results, args.rows, frame)
    if pooled != len(ranked):
        bad.append(f"polars finds {pooled} pooled rows, the query {len(ranked)}")
    undefined = frame["sharpe"].null_count()
    if undefined != args.undefined:
        bad.append(f"{undefined} rows without a Sharpe ratio, want {args.undefined}")
    for line in bad:
        print(line, file=sys.stderr)
    print(json.dumps({
        "rows": frame.height, "columns": frame.columns, "ranked": len(ranked), "undefined": undefined,
        "best": ranked[:1], "duckdb": duckdb.__version__, "polars": pl.__version__, "pandas": pd.__version__,
    }))  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
