"""Reads every file of the shared data once more, without Bowstring.

    python accounts.py ../../../../shared/data > accounts.json

Each file is cut by Python's csv module or pyarrow, each number is the float
nearest to its decimal text (float, decimal), each time comes from datetime
and the offset in the file, else UTC. The rules are those of ingest/rules.go
and the digest that of docs/format.md, both written out again. The result
holds counts, times and digests and no row of the data.

What a reader could decide otherwise is decided here as follows:

* Rows are put in the order of time: 5 rows of cryptodatadownload's hours
  stand in the wrong place. Of rows of one asset and time the last of the file is
  the bar; those that say the same are repeated, not rejected: 50 rows of
  ELET3.csv.
* The open, low and close may be above the high by 1e-9 of themselves, and the
  like for the low: prices that were multiplied are off by a last bit.
* An infinity in a column that is kept is no number: schema. A reader that
  takes it for "no value" accepts 600 rows more of SSNLF-1d-bad-div.
* "-" and "null" are no value: nan where a bar needs one.
* Where a file has several volumes, an entry for each names the one it takes.
* The digest is over the columns that an entry lists, for bars that are
  as-found, labelled open and not adjusted, whatever else a source says.
* The junk row of the Hive files has no date and a ticker for prices: schema
  comes before time.
"""

import csv
import datetime
import decimal
import glob
import gzip
import hashlib
import io
import json
import math
import os
import re
import struct
import sys
import urllib.parse
import zipfile
from collections import Counter, defaultdict

import pandas
import pyarrow
import pyarrow.parquet

BARS = ["open", "high", "low", "close", "volume"]
RULES = ["schema", "time", "nan", "price", "ohlc", "duplicate", "order"]
NULLS = {"", "nan", "null", "na", "n/a", "none", "-"}
NAN = float("nan")
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)


# Numbers and times. Each answers None for text it cannot read.


def plain(text):
    """A decimal number as it stands."""
    text = text.strip(" \t")
    if text.lower() in NULLS:
        return NAN
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text):
        return None
    return float(text)


def dressed(decimal_sign):
    """A number with thousands signs, a currency or percent sign, K, M or B."""
    thousands = "," if decimal_sign == "." else "."

    def read(text):
        text = text.strip(" \t$%")
        if text.lower() in NULLS:
            return NAN
        power = 1
        if text[-1] in "KMB":
            power = {"K": 10**3, "M": 10**6, "B": 10**9}[text[-1]]
            text = text[:-1]
        text = text.replace(thousands, "").replace(decimal_sign, ".")
        if not re.fullmatch(r"-?\d+(\.\d+)?", text):
            return None
        return float(decimal.Decimal(text) * power)

    return read


def scaled(text):
    """LEAN writes prices times 10,000."""
    return float(decimal.Decimal(text) / 10000)


def when(*patterns):
    def read(text):
        for p in patterns:
            try:
                t = datetime.datetime.strptime(text.strip(), p)
            except ValueError:
                continue
            if t.tzinfo is None:
                t = t.replace(tzinfo=UTC)
            d = t - EPOCH
            return (d.days * 86400 + d.seconds) * 10**9 + d.microseconds * 1000
        return None

    return read


def epoch(unit):
    return lambda text: int(text) * unit if re.fullmatch(r"\d+", text) else None


day = when("%Y-%m-%d")


# Readers. Each yields (asset, time, {column: value}) a row, in the order of
# the file; time and values are None where they cannot be read, and values is
# None where the row has another number of fields than it should.


def text_of(path):
    raw = open(path, "rb").read()
    if path.endswith(".gz"):
        raw = gzip.decompress(raw)
    elif path.endswith(".zst"):
        raw = pyarrow.input_stream(io.BytesIO(raw), compression="zstd").read()
    elif path.endswith(".zip"):
        z = zipfile.ZipFile(path)
        (name,) = z.namelist()
        raw = z.read(name)
    return raw.decode("utf-8-sig")


def name_of(path):
    name = os.path.basename(path)
    for ext in (".gz", ".zst", ".zip"):
        name = name.removesuffix(ext)
    return name.removesuffix(".csv").removesuffix(".txt").removesuffix(".parquet")


def delimited(columns, time, number=plain, sep=",", skip=1, symbol=None, read=None):
    """A text file. columns maps a canonical name to the position of its field,
    "time" to one or two; skip lines stand above the rows, and every row has as
    many fields as the first."""
    numbers = {c: (read or {}).get(c, number) for c in columns}

    def rows(path):
        lines = csv.reader(io.StringIO(text_of(path), newline=""), delimiter=sep, skipinitialspace=True)
        fields = None
        for n, line in enumerate(lines):
            if n < skip or not line:
                continue
            fields = fields or len(line)
            if len(line) != fields:
                yield None, None, None
                continue
            at = columns["time"]
            stamp = " ".join(line[i] for i in at) if isinstance(at, tuple) else line[at]
            values = {c: numbers[c](line[i]) for c, i in columns.items() if c != "time"}
            yield line[symbol] if symbol is not None else name_of(path), time(stamp), values

    return rows


def parquet(time, value, symbol):
    def rows(path):
        table = pyarrow.parquet.ParquetFile(path).read()
        names = {c.lower(): c for c in table.column_names}
        data = {c: table[names[c]].to_pylist() for c in BARS}
        at = table[names.get("date", "timestamp")]
        if pyarrow.types.is_timestamp(at.type):
            at = [None if t is pandas.NaT or t is None else pandas.Timestamp(t).value for t in at.to_pylist()]
        else:
            at = at.to_pylist()
        for i, t in enumerate(at):
            yield symbol(path, table, i), time(t), {c: value(data[c][i]) for c in BARS}

    return rows


def hive(path, table, row):
    return urllib.parse.unquote(path.split("ticker=")[1].split("/")[0])


# The account.


def judge(time, values):
    """The rules that a row breaks on its own."""
    if values is None or any(v is None or math.isinf(v) for v in values.values()):
        return "schema"
    if time is None:
        return "time"
    o, h, l, c, v = (values[k] for k in BARS)
    if any(math.isnan(x) for x in (o, h, l, c, v)):
        return "nan"
    if min(o, h, l, c) <= 0 or v < 0:
        return "price"
    if max(o, l, c) - h > 1e-9 * max(o, l, c) or l - min(o, c) > 1e-9 * l:
        return "ohlc"
    return None


def account(paths, read, columns):
    accepted = defaultdict(dict)
    rejected, sources, repeated = Counter(), [], 0
    for path in paths:
        source = {"read": 0, "accepted": 0}
        sources.append(source)
        for asset, time, values in read(path):
            source["read"] += 1
            rule = judge(time, values)
            if rule is not None:
                rejected[rule] += 1
                continue
            row = [values[c] for c in columns]
            if time in accepted[asset]:
                before, other = accepted[asset][time]
                other["accepted"] -= 1
                if repr(before) == repr(row):
                    repeated += 1
                else:
                    rejected["duplicate"] += 1
            accepted[asset][time] = row, source
            source["accepted"] += 1
    bars = {a: [(t, rows[t][0]) for t in sorted(rows)] for a, rows in accepted.items() if rows}
    read_rows = sum(s["read"] for s in sources)
    times = [t for rows in bars.values() for t, _ in rows]
    assert read_rows - sum(rejected.values()) - repeated == len(times)
    return {
        "read": read_rows,
        "accepted": len(times),
        "repeated": repeated,
        "rejected": {r: rejected[r] for r in RULES if rejected[r]},
        "sources": sources,
        "assets": len(bars),
        "first_ns": min(times),
        "last_ns": max(times),
        "columns": columns,
        "digest": digest(bars, columns),
    }


# The digest.


def frequency(bars):
    steps = Counter()
    for rows in bars.values():
        steps.update(b[0] - a[0] for a, b in zip(rows, rows[1:]))
    most = max(steps.values(), default=0)
    return min((s for s, n in steps.items() if n == most), default=0)


def decimals(values):
    """Python's repr is the shortest text that reads as the same float, so its
    decimals are those that the value needs."""
    places = largest = 0
    for v in set(values):
        if v != v:
            continue
        e = decimal.Decimal(repr(v)).normalize().as_tuple().exponent
        places, largest = max(places, -e), max(largest, abs(v))
    return places if places <= 6 and largest * 10**places <= 2**50 else -1


def word(v):
    """Every NaN is hashed as one, and -0 as 0."""
    if v != v:
        return b"\x01\x00\x00\x00\x00\x00\xf8\x7f"
    return struct.pack("<d", v + 0.0)


def digest(bars, columns):
    h = hashlib.sha256()
    h.update(b"bowstring frame 1\ncalendar as-found\nfrequency %d\nlabel open\nadjusted none\n" % frequency(bars))
    for i, c in enumerate(columns):
        every = [values[i] for rows in bars.values() for _, values in rows]
        h.update(f'column "{c}" decimals {decimals(every)}\n'.encode())
    for asset in sorted(bars, key=str.encode):
        rows = bars[asset]
        h.update(f'asset "{asset}" rows {len(rows)}\n'.encode())
        h.update(hashlib.sha256(b"".join(t.to_bytes(8, "little", signed=True) for t, _ in rows)).digest())
        for i in range(len(columns)):
            h.update(hashlib.sha256(b"".join(word(values[i]) for _, values in rows)).digest())
    return "sha256:" + h.hexdigest()


def positions(*names):
    return {n: i for i, n in enumerate(names) if n}


# The headers of the Brazilian files, by what the words mean.
BRAZILIAN = {
    "ELET3": positions("time", "open", "close", "", "low", "high", "volume"),
    "ifix": positions("time", "open", "close", "", "low", "high", "volume"),
    "GGBR4": positions("time", "close", "open", "high", "low", "volume"),
    "PETR4": positions("time", "close", "open", "high", "low", "volume"),
    "ibovespa": positions("time", "close", "open", "high", "low", "volume"),
}

# An entry is a name for the options that ingest needs, the files, the folder
# where they are read together, the reader, and the columns of the digest.


OHLCV = positions("time", *BARS)
OHLC_ADJ = positions("time", "open", "high", "low", "close", "adj_close", "volume")
OFFSETS = when("%Y-%m-%d %H:%M:%S%z")
INVESTING = when("%b %d, %Y")
BRAZIL = when("%d.%m.%Y")
CRYPTO = delimited({"time": 0, "open": 2, "high": 3, "low": 4, "close": 5, "volume": 6}, when("%Y-%m-%d", "%Y-%m-%d %I-%p"), skip=2, symbol=1)
MT5 = {"time": (0, 1), "open": 2, "high": 3, "low": 4, "close": 5}
MT5_TIME = when("%Y.%m.%d %H:%M:%S")
ADJ = [*BARS, "adj_close"]

ENTRIES = [
    ("", "us8/split_adjusted/*.csv", "us8/split_adjusted", delimited(OHLC_ADJ, day), ADJ),
    ("", "us8/as_traded/*.csv", "us8/as_traded", delimited(OHLCV, day), BARS),
    ("", "sp500_5yr/*.zst", None, delimited(OHLCV, day, symbol=6), BARS),
    ("", "minute/*.zst", None, delimited(OHLCV, epoch(10**6)), BARS),
    ("fx", "fx/*", None, delimited(OHLCV, when("%Y-%m-%d %H:%M"), skip=0), BARS),
    ("lean", "lean/equity_daily/*.zip", None, delimited(OHLCV, when("%Y%m%d %H:%M"), scaled, skip=0, read={"volume": plain}), BARS),
    ("pandas", "parquet/pandas_31col/*", None, parquet(OFFSETS, float, lambda p, t, i: t["ticker"][i].as_py()), BARS),
    ("", "parquet/polars_decimal/*", None, parquet(lambda t: t, float, lambda p, t, i: t["symbol"][i].as_py()), BARS),
    ("", "messy/yahoo_null_rows/*", None, delimited(OHLC_ADJ, day), ADJ),
    ("swapped", "messy/yahoo_null_rows/BAS.DE.csv", None,
     delimited(positions("time", "open", "high", "low", "adj_close", "close", "volume"), day), ADJ),
    ("investing", "messy/investing_bom_crlf_thousands_KM/*", None,
     delimited(positions("time", "close", "open", "high", "low", "volume"), INVESTING, dressed(".")), BARS),
    *(("investing", f"messy/investing_pt_br_decimal_comma/{name}.csv", None, delimited(columns, BRAZIL, dressed(",")), BARS)
      for name, columns in BRAZILIAN.items()),
    ("nasdaq", "messy/nasdaq_dollar_prefix/*", None,
     delimited(positions("time", "close", "volume", "open", "high", "low"), when("%m/%d/%Y"), dressed(".")), BARS),
    ("cryptodatadownload", "messy/cryptodatadownload_banner_ampm/*", None, CRYPTO, BARS),
    ("ticks", "messy/mt5_tab_crlf/*", None, delimited({**MT5, "volume": 6}, MT5_TIME, sep="\t"), BARS),
    ("lots", "messy/mt5_tab_crlf/*", None, delimited({**MT5, "volume": 7}, MT5_TIME, sep="\t"), BARS),
    ("ninjatrader", "messy/ninjatrader_semicolon_no_header/*", None, delimited(OHLCV, when("%Y%m%d %H%M%S"), sep=";", skip=0), BARS),
    ("kraken", "messy/no_header_epoch_sparse/*", None, delimited(OHLCV, epoch(10**9), skip=0), BARS),
    ("binance", "messy/binance_ms_vs_us/*2024-12-31.csv", None, delimited(OHLCV, epoch(10**6), skip=0), BARS),
    ("binance", "messy/binance_ms_vs_us/*2025-01-01.csv", None, delimited(OHLCV, epoch(10**3), skip=0), BARS),
    ("numbered", "messy/ohlc_order_open_close_high_low/*", None,
     delimited(positions("", "time", "open", "close", "high", "low", "volume"), day), BARS),
    ("", "messy/ddmmyyyy_tsla/*", None, delimited(OHLCV, when("%d-%m-%Y"), symbol=6), BARS),
    ("", "messy/misspelt_hight_column/*", None,
     delimited(positions("time", "open", "high", "low", "close", "volume", "adj_close"), when("%Y/%m/%d")), ADJ),
    ("", "messy/hive_parquet_string_prices/ticker=*/*", "messy/hive_parquet_string_prices", parquet(lambda t: t, plain, hive), BARS),
    ("short", "messy/header_shorter_than_rows/*", None,
     delimited({"time": (0, 1), "open": 2, "high": 3, "low": 4, "close": 5, "volume": 6}, when("%Y-%m-%d %H:%M:%S")), BARS),
    ("", "messy/yahoo_bad_prices_splits_divs/*-div.csv*", None, delimited(OHLC_ADJ, OFFSETS), ADJ),
    ("", "messy/yahoo_bad_prices_splits_divs/*-split*.csv", None, delimited(OHLC_ADJ, OFFSETS), ADJ),
    ("", "messy/yahoo_bad_prices_splits_divs/*-error*.csv", None, delimited(OHLC_ADJ, OFFSETS), ADJ),
    ("repaired", "messy/yahoo_bad_prices_splits_divs/*-div-fixed.csv*", None, delimited(OHLC_ADJ, OFFSETS), ADJ),
]

def main(root):
    seen, out = set(), []
    for options, pattern, folder, read, columns in ENTRIES:
        paths = sorted(glob.glob(os.path.join(glob.escape(root), pattern)))
        assert paths, pattern
        seen.update(paths)
        for group in [paths] if folder else [[p] for p in paths]:
            path = folder or os.path.relpath(group[0], root)
            out.append({"path": path, "options": options, **account(group, read, columns)})
    every = {os.path.join(d, f) for d, _, files in os.walk(root) for f in files}
    left = {os.path.relpath(p, root) for p in every - seen} - {"README.md", "us8/events.csv"}
    assert not left, left
    print("[")
    print(",\n".join(json.dumps(e, separators=(",", ":")) for e in out))
    print("]")


if __name__ == "__main__":
    main(sys.argv[1])
