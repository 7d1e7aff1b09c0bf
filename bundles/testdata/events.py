"""Reads an events.parquet file with DuckDB, Polars and pyarrow.

Usage: events.py FILE. Prints one JSON object: for each reader the rows as
[asset, nanoseconds, type, bits of the value], in the order of the file.
"""
import json
import struct
import sys

import duckdb
import polars as pl
import pyarrow.parquet as pq

path = sys.argv[1]

table = pq.read_table(path, page_checksum_verification=True)
assert table.column_names == ["asset", "time", "type", "value"], table.column_names
assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]", table.schema
pyarrow = zip(table["asset"].to_pylist(), table["time"].cast("int64").to_pylist(), table["type"].to_pylist(), table["value"].to_pylist())

frame = pl.read_parquet(path)
assert frame.schema["time"] == pl.Datetime("ns", "UTC"), frame.schema
polars = frame.with_columns(pl.col("time").to_physical()).rows()

con = duckdb.connect()
con.execute("set timezone = 'UTC'")
duck = con.execute("select * replace (epoch_ns(time) as time) from read_parquet(?)", [path]).fetchall()

readers = {"pyarrow": pyarrow, "polars": polars, "duckdb": duck}
print(json.dumps({name: [[*r[:3], struct.unpack("<q", struct.pack("<d", r[3]))[0]] for r in rows] for name, rows in readers.items()}, ensure_ascii=False, separators=(",", ":")))
