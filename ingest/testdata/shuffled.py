"""Reads cases of CSV files as pandas does, for TestShuffledAgainstPandas: the files of a
case one behind the other, rows that are the same once, of rows of one asset and time the
last, in the order of time."""

import json
import sys

import pandas

out = []
for case in json.load(sys.stdin):
    frames = []
    for path in case:
        f = pandas.read_csv(path)
        if "symbol" not in f.columns:
            f["symbol"] = "X"
        frames.append(f)
    f = pandas.concat(frames, ignore_index=True)
    f["time"] = pandas.to_datetime(f["time"], utc=True)
    f = f.drop_duplicates(["symbol", "time"], keep="last").sort_values(["symbol", "time"], kind="stable")
    ns = f["time"].dt.tz_localize(None).astype("datetime64[ns]").astype("int64")
    columns = ["open", "high", "low", "close", "volume"]
    out.append([[s, int(t), *map(float, v)] for s, t, v in zip(f["symbol"], ns, f[columns].itertuples(index=False))])
json.dump(out, sys.stdout)
