"""Longer bars, another asset and places across assets, by pandas from the CSV files.

interop_frames.py VALUES.arrow FOLDER
"""
import glob
import json
import os
import sys

import numpy as np
import pandas as pd
import pyarrow as pa

values = pa.ipc.open_file(sys.argv[1]).read_all().to_pandas()
frames = {}
for path in sorted(glob.glob(os.path.join(sys.argv[2], "*.csv"))):
    frames[os.path.basename(path)[:-4]] = pd.read_csv(path, parse_dates=["date"]).set_index("date")
sessions = sorted(set().union(*(f.index for f in frames.values())))
sessions = pd.DatetimeIndex(sessions)


def known(frame, rule, longer):
    """What is known of longer bars on each day: they close with their last session."""
    period = frame.index.to_period(rule)
    last = pd.Series(sessions, index=sessions).groupby(sessions.to_period(rule)).max()
    # The period in which the data ends closes if its last weekday is there.
    end = sessions[-1]
    over = (end + pd.offsets.BDay(1)).to_period(rule) != end.to_period(rule)
    closed = [longer.get(p) if d == last[p] and (d != end or over) else None for d, p in zip(frame.index, period)]
    names = list(longer.index)
    place = {p: i for i, p in enumerate(names)}
    out = []
    for value, p in zip(closed, period):
        i = place[p]
        out.append(value if value is not None else (longer.iloc[i - 1] if i > 0 else np.nan))
    return pd.Series(out, index=frame.index, dtype=float)


want = {}
for name, f in frames.items():
    t = pd.DataFrame(index=f.index)
    for rule, short in (("W-SUN", "w"), ("M", "m")):
        period = f.index.to_period(rule)
        g = f.groupby(period)
        close, high, low, volume = g.close.last(), g.high.max(), g.low.min(), g.volume.sum()
        t[short + "_average"] = known(f, rule, close.rolling(10).mean())
        t[short + "_range"] = known(f, rule, high.rolling(4).max() - low.rolling(4).min())
        t[short + "_volume"] = known(f, rule, volume.shift(1))
    other = frames["META"][["close"]].rename(columns={"close": "other"}).reset_index()
    t["other"] = pd.merge_asof(f.reset_index()[["date"]], other, on="date", direction="backward").other.to_numpy()
    want[name] = t

panel = pd.concat([f.assign(asset=n, gain=f.close / f.close.shift(21) - 1) for n, f in frames.items()]).reset_index().sort_values(["date", "asset"])
by = panel.groupby("date").gain
panel["place"] = by.rank(ascending=False, method="first")
panel["score"] = (panel.gain - by.transform("mean")) / by.transform(lambda x: x.std(ddof=0))
panel["average"] = by.transform("mean")
member = panel.volume > 30_000_000
within = panel[member].groupby("date").gain
panel["place_within"] = within.rank(ascending=False, method="first")
panel["members"] = member.groupby(panel.date).transform("sum").astype(float)
for name, t in want.items():
    part = panel[panel.asset == name].set_index("date")
    for column in ("place", "score", "average", "place_within", "members"):
        t[column] = part[column]

compared, worst = 0, {}
for name, t in want.items():
    got = values[values.asset == name]
    got = got.set_index(pd.DatetimeIndex(pd.to_datetime(got.time, utc=True)).tz_localize(None))
    assert list(got.index) == list(t.index), name
    for column in t:
        a, b = got[column].astype(float).to_numpy(), t[column].to_numpy(dtype=float)
        unlike = np.isnan(a) != np.isnan(b)
        assert not unlike.any(), (name, column, t.index[unlike][:5], a[unlike][:5], b[unlike][:5])
        ok = ~np.isnan(a)
        compared += int(ok.sum())
        off = np.max(np.abs(a[ok] - b[ok]) / np.maximum(np.abs(b[ok]), 1), initial=0.0)
        worst[column] = max(worst.get(column, 0.0), float(off))
print(json.dumps({"compared": compared, "worst": worst}))
