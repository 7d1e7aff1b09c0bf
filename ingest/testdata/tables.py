"""Writes the same bars by pandas, pyarrow, Polars and DuckDB in the forms that
tables have, into the folder given, and prints what is in it: for each file the
CSV file beside it that says the same, and the options that it needs.
"""

import datetime
import decimal
import json
import os
import sys

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

ROOT = sys.argv[1]
OUT = []
PRICES = ["open", "high", "low", "close"]


def bars(times):
    """Three assets, a row each a time; prices have two decimals."""
    rows = []
    for k, symbol in enumerate(["AA", "B-B", "C"]):
        cents = 1000 * (k + 1)
        for n, t in enumerate(times):
            o = cents + n % 17
            c = cents + (n * 7) % 19
            rows.append({
                "time": t, "symbol": symbol, "open": o / 100, "high": max(o, c) / 100 + 0.25,
                "low": min(o, c) / 100 - 0.25, "close": c / 100, "volume": 1000 + 37 * n,
            })
            cents += n % 5 - 2
    for r in rows:
        for p in PRICES:
            r[p] = round(r[p], 2)
    rows.sort(key=lambda r: (r["time"], r["symbol"]))
    return pandas.DataFrame(rows)


DAYS = bars(pandas.date_range("2020-01-01", periods=400, freq="D"))
MINUTES = bars(pandas.date_range("2021-03-01 09:30", periods=400, freq="min"))


def reference(name, frame, suffix=""):
    """Text for what a table holds. repr is the shortest text of a float."""
    with open(os.path.join(ROOT, name + ".csv"), "w") as f:
        f.write(",".join(frame.columns) + "\n")
        for row in frame.itertuples(index=False):
            f.write(",".join(v.strftime("%Y-%m-%dT%H:%M:%S") + suffix if isinstance(v, datetime.datetime)
                             else repr(float(v)) if isinstance(v, (float, numpy.floating)) else str(v) for v in row) + "\n")
    return name + ".csv"


DAILY = reference("days", DAYS)
INTRADAY = reference("minutes", MINUTES)


def has(path, text, **options):
    OUT.append({"path": path, "reference": text, **options})


def at(name):
    return os.path.join(ROOT, name)


def parquet(name, table, text, /, _options=None, **how):
    path = name + ".parquet"
    pyarrow.parquet.write_table(table, at(path), **how)
    has(path, text, **(_options or {}))


def cast(table, **types):
    for column, t in types.items():
        i = table.schema.get_field_index(column)
        table = table.set_column(i, column, table[column].cast(t))
    return table


def by_pandas():
    DAYS.to_parquet(at("pandas.parquet"))
    has("pandas.parquet", DAILY)
    DAYS.iloc[5:].to_parquet(at("pandas_index.parquet"))
    reference("days_tail", DAYS.iloc[5:])
    has("pandas_index.parquet", "days_tail.csv")
    DAYS.set_index("time").to_parquet(at("pandas_named.parquet"))
    has("pandas_named.parquet", DAILY)
    DAYS.set_index("time").rename_axis(None).to_parquet(at("pandas_unnamed.parquet"))
    has("pandas_unnamed.parquet", DAILY)
    DAYS.set_index(["symbol", "time"]).to_parquet(at("pandas_multi.parquet"))
    has("pandas_multi.parquet", DAILY)
    DAYS.assign(time=DAYS.time.dt.strftime("%d.%m.%Y")).to_parquet(at("pandas_text.parquet"))
    has("pandas_text.parquet", DAILY)
    MINUTES.assign(time=MINUTES.time.dt.tz_localize("America/New_York")).to_parquet(at("pandas_zone.parquet"))
    utc = MINUTES.assign(time=MINUTES.time.dt.tz_localize("America/New_York").dt.tz_convert("UTC").dt.tz_localize(None))
    text = reference("minutes_ny", utc)
    has("pandas_zone.parquet", text)
    MINUTES.to_parquet(at("pandas_local.parquet"))
    has("pandas_local.parquet", text, zone="America/New_York")
    DAYS.assign(symbol=DAYS.symbol.astype("category")).to_parquet(at("pandas_category.parquet"))
    has("pandas_category.parquet", DAILY)
    DAYS.convert_dtypes().to_parquet(at("pandas_dtypes.parquet"))
    has("pandas_dtypes.parquet", DAILY)
    DAYS.astype({p: str for p in PRICES}).to_parquet(at("pandas_string_prices.parquet"))
    has("pandas_string_prices.parquet", DAILY)
    DAYS.iloc[::-1].to_parquet(at("pandas_newest_first.parquet"))
    has("pandas_newest_first.parquet", DAILY)
    for codec in ["lz4", "zstd", "uncompressed"]:
        DAYS.to_feather(at(f"pandas_{codec}.feather"), compression=codec)
        has(f"pandas_{codec}.feather", DAILY)


def by_pyarrow():
    days = pyarrow.Table.from_pandas(DAYS, preserve_index=False)
    minutes = pyarrow.Table.from_pandas(MINUTES, preserve_index=False)
    for codec in ["NONE", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4"]:
        for version in ["1.0", "2.0"]:
            parquet(f"{codec}_{version}", days, DAILY, compression=codec, data_page_version=version, row_group_size=500)
    for version in ["1.0", "2.4", "2.6"]:
        parquet(f"version_{version}", minutes, INTRADAY, version=version, coerce_timestamps="ms" if version == "1.0" else None)
    for unit in ["s", "ms", "us", "ns"]:
        parquet(f"timestamp_{unit}", cast(minutes, time=pyarrow.timestamp(unit)), INTRADAY)
        parquet(f"timestamp_{unit}_utc", cast(minutes, time=pyarrow.timestamp(unit, "UTC")), INTRADAY)
    parquet("int96", minutes, INTRADAY, use_deprecated_int96_timestamps=True)
    parquet("date32", cast(days, time=pyarrow.date32()), DAILY)
    parquet("date64", cast(days, time=pyarrow.date64()), DAILY)
    for name, unit in [("time32_s", pyarrow.time32("s")), ("time32_ms", pyarrow.time32("ms")), ("time64_us", pyarrow.time64("us")), ("time64_ns", pyarrow.time64("ns"))]:
        apart = minutes.drop(["time"])
        apart = apart.append_column("date", minutes["time"].cast(pyarrow.date32()))
        apart = apart.append_column("time", minutes["time"].cast(pyarrow.time64("ns")).cast(unit))
        parquet(name, apart, INTRADAY)
    parquet("small_pages", days, DAILY, data_page_size=64, dictionary_pagesize_limit=1 << 20, write_batch_size=16, write_page_checksum=True)
    parquet("small_pages_v2", days, DAILY, data_page_size=64, data_page_version="2.0", write_batch_size=16)
    parquet("plain", days, DAILY, use_dictionary=False)
    parquet("dictionary", days, DAILY, use_dictionary=True)
    parquet("split", days, DAILY, use_dictionary=False, use_byte_stream_split=PRICES)
    parquet("split_all", cast(days, **{p: pyarrow.float32() for p in PRICES}), singles(DAYS, "float32"), use_dictionary=False,
            column_encoding={**{p: "BYTE_STREAM_SPLIT" for p in PRICES}, "volume": "BYTE_STREAM_SPLIT", "time": "BYTE_STREAM_SPLIT"})
    for encoding in ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"]:
        parquet(encoding, days, DAILY, use_dictionary=False,
                column_encoding={"symbol": encoding, "time": "DELTA_BINARY_PACKED", "volume": "DELTA_BINARY_PACKED"})
    parquet("delta32", cast(days, volume=pyarrow.int32()), DAILY, use_dictionary=False, column_encoding={"volume": "DELTA_BINARY_PACKED"})
    for precision, scale in [(9, 2), (18, 4), (38, 8), (38, 2)]:
        money = pyarrow.decimal128(precision, scale)
        exact = decimals(days, money)
        parquet(f"decimal_{precision}_{scale}", exact, DAILY)
        parquet(f"decimal_int_{precision}_{scale}", exact, DAILY, store_decimal_as_integer=True)
    parquet("decimal256", decimals(days, pyarrow.decimal256(60, 10)), DAILY)
    for name, t in [("float16", pyarrow.float16()), ("float32", pyarrow.float32())]:
        text = singles(DAYS, name)
        parquet(name, cast(days, **{p: t for p in PRICES}), text)
        parquet(name + "_plain", cast(days, **{p: t for p in PRICES}), text, use_dictionary=False)
    whole = days
    for p in PRICES:
        values = pyarrow.array([round(v * 10000) for v in DAYS[p]], pyarrow.int64())
        whole = whole.set_column(whole.schema.get_field_index(p), p, values)
    parquet("scaled", whole, DAILY, {"price_scale": 10000})
    for t in [pyarrow.uint16(), pyarrow.int16(), pyarrow.uint32(), pyarrow.uint64(), pyarrow.float64()]:
        parquet(f"volume_{t}", cast(days, volume=t), DAILY)
    epoch = pyarrow.array([int(t.timestamp()) for t in MINUTES.time], pyarrow.int64())
    parquet("epoch", minutes.set_column(0, "time", epoch), INTRADAY)
    parquet("epoch_ms", minutes.set_column(0, "time", pyarrow.array([int(t.timestamp() * 1000) for t in MINUTES.time], pyarrow.int64())), INTRADAY)
    parquet("epoch_float", minutes.set_column(0, "time", epoch.cast(pyarrow.float64())), INTRADAY)
    parquet("ymd", days.set_column(0, "time", pyarrow.array([int(t.strftime("%Y%m%d")) for t in DAYS.time], pyarrow.int32())), DAILY)
    apart = days.drop(["time"]).append_column("date", pyarrow.array([t.strftime("%d/%m/%Y") for t in DAYS.time]))
    parquet("text_dates", apart, DAILY)
    local = pyarrow.array([f"{v:.2f}".replace(".", ",") for v in DAYS.open])
    parquet("comma", days.set_column(days.schema.get_field_index("open"), "open", local), DAILY)
    for t in [pyarrow.large_string(), pyarrow.binary(), pyarrow.dictionary(pyarrow.int16(), pyarrow.string())]:
        parquet(f"symbol_{str(t)[:12]}", cast(days, symbol=t), DAILY)
    lists = days.append_column("tags", pyarrow.array([["a", None], []] * (days.num_rows // 2)))
    structs = lists.append_column("more", pyarrow.array([{"a": 1, "b": [1.5]}] * days.num_rows))
    parquet("nested", structs, DAILY, {"drop": ["tags", "more"]})
    extra = DAYS.assign(vwap=[None if n % 3 else n / 8 for n in range(len(DAYS))], halted=[n % 7 == 0 for n in range(len(DAYS))])
    text = reference("days_extra", extra.assign(vwap=["" if n % 3 else n / 8 for n in range(len(DAYS))], halted=[str(n % 7 == 0).lower() for n in range(len(DAYS))]))
    parquet("nulls", pyarrow.Table.from_pandas(extra, preserve_index=False), text)
    parquet("nulls_v2", pyarrow.Table.from_pandas(extra, preserve_index=False), text, data_page_version="2.0", use_dictionary=False, data_page_size=64, write_batch_size=16)
    required = pyarrow.schema([pyarrow.field(f.name, f.type, nullable=False) for f in days.schema])
    parquet("required", pyarrow.Table.from_arrays(days.columns, schema=required), DAILY, data_page_version="2.0")
    forms = {"": days, "_view": cast(days, symbol=pyarrow.string_view()), "_large": cast(days, symbol=pyarrow.large_string()),
             "_dictionary": cast(days, symbol=pyarrow.dictionary(pyarrow.int8(), pyarrow.string())),
             "_decimal": decimals(days, pyarrow.decimal128(20, 3)), "_decimal256": decimals(days, pyarrow.decimal256(60, 3)),
             "_zone": cast(days, time=pyarrow.timestamp("us", "UTC")), "_date": cast(days, time=pyarrow.date32())}
    for form, table in forms.items():
        for codec in [None, "lz4", "zstd"]:
            options = pyarrow.ipc.IpcWriteOptions(compression=codec)
            for kind, new in [("arrow", pyarrow.ipc.new_file), ("arrows", pyarrow.ipc.new_stream)]:
                path = f"ipc{form}_{codec}.{kind}"
                with new(at(path), table.schema, options=options) as w:
                    w.write_table(table, max_chunksize=300)
                has(path, DAILY)


def decimals(table, t):
    for p in PRICES:
        values = pyarrow.array([decimal.Decimal(repr(v)).quantize(decimal.Decimal(1).scaleb(-t.scale)) for v in DAYS[p]], t)
        table = table.set_column(table.schema.get_field_index(p), p, values)
    return table


def singles(frame, t):
    """The numbers that are left of prices with fewer bits."""
    return reference("days_" + t, frame.assign(**{p: frame[p].to_numpy().astype(t).astype("float64") for p in PRICES}))


def by_polars():
    days = polars.from_pandas(DAYS)
    for codec in ["zstd", "snappy", "gzip", "brotli", "lz4", "uncompressed"]:
        days.write_parquet(at(f"polars_{codec}.parquet"), compression=codec, row_group_size=500)
        has(f"polars_{codec}.parquet", DAILY)
    exact = days.with_columns(*[polars.col(p).cast(polars.Decimal(38, 8)) for p in PRICES], polars.col("symbol").cast(polars.Categorical), polars.col("time").cast(polars.Date))
    exact.write_parquet(at("polars_decimal.parquet"))
    has("polars_decimal.parquet", DAILY)
    for codec in ["uncompressed", "lz4", "zstd"]:
        for name, frame in [("", days), ("_decimal", exact)]:
            frame.write_ipc(at(f"polars{name}_{codec}.arrow"), compression=codec)
            has(f"polars{name}_{codec}.arrow", DAILY)
            frame.write_ipc_stream(at(f"polars{name}_{codec}.arrows"), compression=codec)
            has(f"polars{name}_{codec}.arrows", DAILY)
    days.with_columns(time=polars.col("time").dt.strftime("%m/%d/%Y")).write_parquet(at("polars_text.parquet"))
    has("polars_text.parquet", DAILY)


def by_duckdb():
    days = DAYS  # found by name
    for name, how in [("", ""), ("_zstd", ", compression zstd"), ("_v2", ", parquet_version v2"), ("_groups", ", row_group_size 100")]:
        duckdb.sql(f"copy (select * from days) to '{at('duckdb' + name + '.parquet')}' (format parquet{how})")
        has(f"duckdb{name}.parquet", DAILY)
    duckdb.sql(f"""copy (select time::date as date, symbol, open::decimal(38,8) as open, high::decimal(18,3) as high,
        low::decimal(9,2) as low, close::decimal(4,2) as close, volume::uinteger as volume from days) to '{at('duckdb_decimal.parquet')}' (format parquet)""")
    has("duckdb_decimal.parquet", DAILY)
    duckdb.sql(f"copy (select * from days) to '{at('duckdb_hive')}' (format parquet, partition_by (symbol))")
    has("duckdb_hive", DAILY)


by_pandas()
by_pyarrow()
by_polars()
by_duckdb()
print(json.dumps(OUT))
