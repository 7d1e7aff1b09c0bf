"""Reads bars.parquet files with DuckDB, Polars and pyarrow.

Usage: interop.py FILE. Prints one JSON object: for each reader and each asset,
in the order of the file, the SHA-256 of the timestamps (int64 nanoseconds)
and of each float64 column, as little-endian arrays with every NaN as numpy's.
"""
import hashlib
import json
import sys

import duckdb
import numpy as np
import polars as pl
import pyarrow.parquet as pq

path = sys.argv[1]


def digest(values, dtype):
    a = np.array(values, dtype=dtype)  # a copy: readers hand out read-only memory
    if dtype == "<f8":
        a[np.isnan(a)] = np.nan
    return hashlib.sha256(a.tobytes()).hexdigest()


def describe(assets, times, columns):
    """Digests per asset; assets, times and columns are whole-file arrays."""
    assets = np.asarray(assets, dtype=object)
    starts = [i for i in range(len(assets)) if i == 0 or assets[i] != assets[i - 1]]
    out = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else len(assets)
        row = {"asset": assets[start], "rows": end - start, "time": digest(times[start:end], "<i8")}
        row |= {name: digest(v[start:end], "<f8") for name, v in columns.items()}
        out.append(row)
    return out


def by_pyarrow():
    table = pq.read_table(path, page_checksum_verification=True)
    assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]", table.schema
    assert not any(f.nullable for f in table.schema), table.schema
    names = [n for n in table.column_names if n not in ("asset", "time")]
    return describe(
        table["asset"].to_pylist(),
        table["time"].cast("int64").to_numpy(),
        {n: table[n].to_numpy() for n in names},
    )


def by_polars():
    df = pl.read_parquet(path)
    assert df.schema["time"] == pl.Datetime("ns", "UTC"), df.schema
    names = [n for n in df.columns if n not in ("asset", "time")]
    return describe(
        df["asset"].to_list(),
        df["time"].to_physical().to_numpy(),
        {n: df[n].to_numpy() for n in names},
    )


def by_duckdb():
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.execute("set preserve_insertion_order = true")
    got = con.execute("select * replace (epoch_ns(time) as time) from read_parquet(?)", [path]).fetchnumpy()
    names = [n for n in got if n not in ("asset", "time")]
    filtered = con.execute("select count(*) from read_parquet(?) where asset = ?", [path, got["asset"][-1]]).fetchone()
    assert filtered[0] == sum(a == got["asset"][-1] for a in got["asset"]), "statistics of the asset column"
    return describe(got["asset"], got["time"], {n: got[n] for n in names})


print(json.dumps({"pyarrow": by_pyarrow(), "polars": by_polars(), "duckdb": by_duckdb()}))
