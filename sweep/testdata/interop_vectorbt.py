"""Holds every row of a result file to vectorbt 1.2 over the same bars.

Signals are computed here from their definitions, vectorbt simulates them, and
the statistics of docs/semantics.md are taken from its equity curves, orders
and trades. Prints one JSON summary; exits 1 with the ten worst values where a
statistic differs by more than the tolerance, and 2 where there is nothing to
compare.

    python interop_vectorbt.py --bars bars.parquet --results results.parquet \\
        --strategy sma_cross --fill close
    python interop_vectorbt.py --self-test
"""

import argparse
import json
import sys
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from interop_rules import STRATEGIES, annual_of, curve_statistics, trade_statistics, years_of

warnings.filterwarnings("ignore")
import vectorbt as vbt  # noqa: E402

POOLED = "*"
CHUNK = 400  # accounts simulated at once; bounds the memory
REQUIRED = ("total_return", "max_drawdown", "sharpe", "fees", "trades")
FLOOR = 1e-12  # below it a difference is rounding around zero


def read_bars(path):
    """Asset to its columns as arrays, in file order."""
    table = pq.read_table(path)
    assets = np.asarray(table.column("asset").to_pylist())
    columns = {"time": np.asarray(table.column("time").cast(pa.timestamp("ns", tz="UTC")).cast("int64"))}
    for name in ("open", "high", "low", "close"):
        columns[name] = np.asarray(table.column(name))
    starts = np.flatnonzero(np.r_[True, assets[1:] != assets[:-1]])
    ends = np.r_[starts[1:], len(assets)]
    return {str(assets[s]): {k: v[s:e] for k, v in columns.items()} for s, e in zip(starts, ends)}


def signals(bars, strategy, parameters, fill):
    """Entries and exits as bars × parameter sets, on the bars that fill."""
    function, _ = STRATEGIES[strategy]
    entries = np.zeros((len(bars["close"]), len(parameters)), dtype=bool)
    exits = np.zeros_like(entries)
    for i, row in enumerate(parameters):
        entries[:, i], exits[:, i] = function(bars, *row)
    if fill == "next_open":
        # An order of bar t fills at the open of t+1; the last bar's has none.
        entries, exits = (np.vstack([np.zeros((1, m.shape[1]), bool), m[:-1]]) for m in (entries, exits))
    return entries, exits


def simulate(bars, entries, exits, fill, bps, cash):
    """Equity (bars × accounts), orders and trades of vectorbt."""
    index = pd.RangeIndex(len(bars["close"]))
    price = bars["open"] if fill == "next_open" else bars["close"]
    portfolio = vbt.Portfolio.from_signals(
        pd.Series(bars["close"], index),
        pd.DataFrame(entries, index),
        pd.DataFrame(exits, index),
        price=pd.Series(price, index),
        size=np.inf,
        fees=bps / 10_000,
        init_cash=float(cash),
        freq="1D",
    )
    equity = portfolio.value().to_numpy().reshape(entries.shape)
    return equity, portfolio.orders.values, portfolio.trades.values


def frame_of_trades(orders, trades, accounts, positions, last):
    """What the statistics need, from vectorbt's records: sums an account, and
    trades with their length in bars. positions maps bars to a calendar, last
    is the position after the last bar."""
    closed = trades["status"] == vbt.portfolio.enums.TradeStatus.Closed
    after = np.where(closed, positions[trades["exit_idx"]], last)
    held = after - positions[trades["entry_idx"]]
    return {
        "fees": np.bincount(orders["col"], orders["fees"], minlength=accounts),
        "traded": np.bincount(orders["col"], orders["size"] * orders["price"], minlength=accounts),
        "held": np.bincount(trades["col"], held, minlength=accounts),
        "trades": {
            "account": trades["col"].astype(np.int64),
            "closed": closed,
            "pnl": trades["pnl"].copy(),
            "entry_value": trades["size"] * trades["entry_price"],
            "bars": trades["exit_idx"] - trades["entry_idx"],
        },
    }


def statistics(equity, start, annual, years, summary, held_of):
    """All statistics of a set of accounts, by name."""
    accounts = equity.shape[1]
    return {
        **curve_statistics(equity, start, annual, years, summary["traded"], summary["held"], held_of),
        **trade_statistics(**summary["trades"], accounts=accounts),
        "fees": summary["fees"],
    }


class Pool:
    """Sums accounts over the union calendar: start cash before an asset's
    first bar, its last value after the last."""

    def __init__(self, universe, accounts, cash):
        self.times = np.unique(np.concatenate([b["time"] for b in universe.values()]))
        self.start, self.cash, self.assets = cash * len(universe), cash, len(universe)
        self.equity = pd.DataFrame(0.0, index=self.times, columns=range(accounts))
        self.parts = []

    def add(self, bars, equity, orders, trades):
        curve = pd.DataFrame(equity, index=bars["time"])
        self.equity += curve.reindex(self.times).ffill().fillna(self.cash)
        positions = np.searchsorted(self.times, bars["time"])
        self.parts.append(frame_of_trades(orders, trades, equity.shape[1], positions, positions[-1] + 1))

    def summary(self):
        total = {k: sum(p[k] for p in self.parts) for k in ("fees", "traded", "held")}
        keys = self.parts[0]["trades"]
        total["trades"] = {k: np.concatenate([p["trades"][k] for p in self.parts]) for k in keys}
        return total

    def statistics(self, step, nominal):
        return statistics(
            self.equity.to_numpy(), self.start, annual_of(self.times, step, nominal), years_of(self.times, step),
            self.summary(), len(self.times) * self.assets,
        )  # fmt: skip


def expected(universe, strategy, trials, fill, bps, cash, nominal):
    """A frame of statistics, indexed by trial and asset, for the parameter
    sets in trials (indexed by trial)."""
    every = np.concatenate([np.diff(b["time"]) for b in universe.values()])
    steps, counts = np.unique(every, return_counts=True)
    step = int(steps[np.argmax(counts)])
    frames = []
    for at in range(0, len(trials), CHUNK):
        chunk = trials.iloc[at : at + CHUNK]
        pool = Pool(universe, len(chunk), cash)
        for asset, bars in universe.items():
            entries, exits = signals(bars, strategy, chunk.to_numpy(), fill)
            equity, orders, trades = simulate(bars, entries, exits, fill, bps, cash)
            n = len(equity)
            summary = frame_of_trades(orders, trades, len(chunk), np.arange(n), n)
            annual, years = annual_of(bars["time"], step, nominal), years_of(bars["time"], step)
            values = statistics(equity, cash, annual, years, summary, n)
            frames.append(pd.DataFrame(values).assign(trial=chunk.index, asset=asset))
            pool.add(bars, equity, orders, trades)
        frames.append(pd.DataFrame(pool.statistics(step, nominal)).assign(trial=chunk.index, asset=POOLED))
    return pd.concat(frames).set_index(["trial", "asset"])


def name_of(row):
    return f"trial {row[0]} {row[1]}"


def compare(want, got, tolerance):
    """The summary of a comparison and the values beyond the tolerance, worst
    first. NaN equals NaN, an infinity equals itself; a row on one side only
    is a difference without a number. Differences up to FLOOR are shown in the
    summary and are none."""
    lost, surplus = want.index.difference(got.index), got.index.difference(want.index)
    rows = want.index.intersection(got.index)
    bad = [{"row": name_of(row), "difference": "only in the reference"} for row in lost]
    bad += [{"row": name_of(row), "difference": "only in the results"} for row in surplus]
    worst = {}
    for name in [c for c in got.columns if c in want.columns]:
        a = want.loc[rows, name].to_numpy(float)
        b = got.loc[rows, name].to_numpy(float)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = np.abs(a - b)
            relative = np.where(same, 0.0, gap / np.maximum(np.abs(a), np.abs(b)))
        relative = np.where(np.isnan(relative), np.inf, relative)
        i = int(np.argmax(relative))
        worst[name] = {"relative": float(relative[i]), "row": name_of(rows[i])}
        for j in np.flatnonzero((relative > tolerance) & ~(gap <= FLOOR)):
            bad.append({
                "row": name_of(rows[j]), "statistic": name, "reference": a[j], "result": b[j],
                "difference": float(relative[j]),
            })  # fmt: skip
    bad.sort(key=lambda d: -d["difference"] if isinstance(d["difference"], float) else -np.inf)
    return {"rows": len(rows), "beyond_tolerance": len(bad), "worst": worst}, bad


def check(args):
    """Compares a result file; returns the exit code."""
    universe = read_bars(args.bars)
    _, names = STRATEGIES[args.strategy]
    table = pq.read_table(args.results).to_pandas()
    failed = table["error"].notna().sum() if "error" in table else 0
    trials = table.drop_duplicates("trial").set_index("trial")[list(names)].astype(float)
    want = expected(universe, args.strategy, trials, args.fill, args.bps, args.cash, args.ann)
    got = table.set_index(["trial", "asset"])
    missing = [s for s in REQUIRED if s not in got.columns]
    # vectorbt knows no ruin; an account that is long with its own money cannot be ruined.
    if (got["ruined"] != 0).any():
        print(f"{int((got['ruined'] != 0).sum())} accounts are ruined", file=sys.stderr)
        return 2
    got = got.drop(columns="ruined")
    if missing or len(got) == 0:
        print(f"nothing to compare: {len(got)} rows, without the statistics {missing}", file=sys.stderr)
        return 2
    summary, bad = compare(want, got, args.tolerance)
    summary |= {
        "strategy": args.strategy, "fill": args.fill, "trials": len(trials), "assets": len(universe),
        "not_compared": sorted(set(got.columns) - set(want.columns) - set(names) - {"error"}),
        "failed": int(failed), "closed_trades": int(want["trades"].sum()), "vectorbt": vbt.__version__,
    }  # fmt: skip
    print(json.dumps(summary))
    for row in bad[:10]:
        print(json.dumps(row), file=sys.stderr)
    return 1 if bad or failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bars", help="bars.parquet of a bundle version")
    parser.add_argument("--results", help="result file of a sweep over it")
    parser.add_argument("--strategy", choices=sorted(STRATEGIES))
    parser.add_argument("--fill", choices=["close", "next_open"], default="close")
    parser.add_argument("--bps", type=float, default=10, help="commission on each side")
    parser.add_argument("--cash", type=float, default=100_000)
    parser.add_argument("--ann", type=float, default=252, help="nominal bars a year")
    parser.add_argument("--tolerance", type=float, default=1e-9, help="relative")
    parser.add_argument("--self-test", action="store_true", help="check this script itself")
    args = parser.parse_args()
    if args.self_test:
        import interop_selftest

        return interop_selftest.run()
    if not (args.bars and args.results and args.strategy):
        parser.error("--bars, --results and --strategy are needed")
    return check(args)


if __name__ == "__main__":
    sys.exit(main())
