"""Reads exported bars with DuckDB, Polars, pyarrow and pandas.

Usage: interop.py FORMAT FILE FOLDER. FILE is in long form, FOLDER has a
partition an asset. Prints one JSON object: for each reader and each asset, in
order of the ids, the SHA-256 of the timestamps (int64 nanoseconds) and of each
float64 column, as little-endian arrays with every NaN as numpy's.
"""
import hashlib
import json
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.feather as feather
import pyarrow.parquet as pq

form, path, folder = sys.argv[1:]


def digest(values, dtype):
    a = np.array(values, dtype=dtype)  # a copy: readers hand out read-only memory
    if dtype == "<f8":
        a[np.isnan(a)] = np.nan
    return hashlib.sha256(a.tobytes()).hexdigest()


def describe(frame):
    """Digests per asset of a pandas frame; times are datetime64[ns, UTC]."""
    frame["asset"] = frame["asset"].astype(str)
    frame["time"] = pd.to_datetime(frame["time"], utc=True).astype("datetime64[ns, UTC]")
    out = []
    for asset, rows in frame.groupby("asset", sort=False):
        # Readers of folders give no order of files; within one it stays.
        row = {"asset": asset, "rows": len(rows), "time": digest(rows["time"].astype("int64"), "<i8")}
        row |= {n: digest(rows[n], "<f8") for n in frame.columns if n not in ("asset", "time")}
        out.append(row)
    return sorted(out, key=lambda r: r["asset"].encode())


def table(t):
    if form != "csv":
        assert str(t.schema.field("time").type) == "timestamp[ns, tz=UTC]", t.schema
        assert not t.schema.field("time").nullable, t.schema
        assert t.column("open").null_count > 0, "NaN is no null"
    return describe(t.to_pandas())


# Readers of CSV need to be told of ids such as 600000. DuckDB takes times with a
# zone to microseconds, so it is asked for their text.
out = {}
con = duckdb.connect()
con.execute("set timezone = 'UTC'")
if form == "csv":
    out["pandas"] = describe(pd.read_csv(path, dtype={"asset": str}, keep_default_na=True, float_precision="round_trip"))
    out["polars"] = describe(pl.read_csv(path, schema_overrides={"asset": pl.String}, infer_schema_length=None).to_pandas())
    out["pyarrow"] = table(pa.csv.read_csv(path))
    out["duckdb"] = describe(con.execute("select * from read_csv(?, types = {'asset': 'VARCHAR', 'time': 'VARCHAR'})", [path]).df())
    parts = ds.dataset(folder, format="csv", partitioning=ds.partitioning(pa.schema([("asset", pa.string())]), flavor="hive"))
    out["pyarrow folder"] = table(parts.to_table())
    out["duckdb folder"] = describe(con.execute(
        "select * from read_csv(? || '/*/*.csv', hive_partitioning = true, hive_types_autocast = false, types = {'time': 'VARCHAR'})", [folder]).df())
if form == "parquet":
    out["pandas"] = describe(pd.read_parquet(path))
    out["polars"] = describe(pl.read_parquet(path).to_pandas())
    out["pyarrow"] = table(pq.read_table(path, page_checksum_verification=True))
    # The type is asked for: DuckDB gives microseconds to pandas otherwise.
    out["duckdb"] = describe(con.execute("select * replace (make_timestamp_ns(epoch_ns(time)) as time) from read_parquet(?)", [path]).df())
    out["polars folder"] = describe(pl.read_parquet(folder, hive_schema={"asset": pl.String}).to_pandas())
    parts = ds.dataset(folder, format="parquet", partitioning=ds.partitioning(pa.schema([("asset", pa.string())]), flavor="hive"))
    out["pyarrow folder"] = table(parts.to_table())
    out["duckdb folder"] = describe(con.execute(
        """select * replace (make_timestamp_ns(epoch_ns(time)) as time)
        from read_parquet(? || '/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)""", [folder]).df())
if form == "arrow":
    out["pandas"] = describe(pd.read_feather(path))
    out["polars"] = describe(pl.read_ipc(path).to_pandas())
    out["pyarrow"] = table(feather.read_table(path))
    out["polars folder"] = describe(pl.scan_ipc(folder + "/*/*.arrow", hive_partitioning=True, hive_schema={"asset": pl.String}).collect().to_pandas())
    parts = ds.dataset(folder, format="ipc", partitioning=ds.partitioning(pa.schema([("asset", pa.string())]), flavor="hive"))
    out["pyarrow folder"] = table(parts.to_table())
print(json.dumps(out))
