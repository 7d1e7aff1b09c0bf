"""Bowstring itself: the built binary, a process a run.

The process opens the bundle, sweeps, writes the result file and prints the
best ten. Peers are timed without any of that, with their data in memory.
"""

import re
import subprocess
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from contender import Contender, Results, cores
from workloads import METRICS, Workload

REPOSITORY = Path(__file__).resolve().parents[2]

SPEC = """\
version: 1
name: {w.name}
params: {{fast: {fast}, slow: {slow}}}
let:
  fast_ma: sma(close, $fast)
  slow_ma: sma(close, $slow)
rules:
  entry: crosses_above(fast_ma, slow_ma)
  exit: crosses_below(fast_ma, slow_ma)
{rules}direction: {w.direction}
simulation: {{fill: close, sizing: {sizing}, commission: {{bps: {w.commission_bps}}}}}
ann: {w.bars_a_year}
output: {{rows: assets, statistics: {w.statistics}}}
"""


class Refused(Exception):
    """The binary does not know something that the workload needs."""


class Bowstring:
    """A binary and a store, in a folder that the caller removes."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.binary = folder / "bowstring"
        self.bundles: set[str] = set()
        subprocess.run(["go", "build", "-o", self.binary, "./cmd/bowstring"], cwd=REPOSITORY, check=True)
        git = ["git", "describe", "--always", "--dirty"]
        self.version = subprocess.run(git, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.strip()

    def _run(self, *args) -> str:
        """Standard error and output of a command."""
        command = [self.binary, "--store", self.folder / "store", *map(str, args)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Refused(f"bowstring {args[0]}: {done.stderr.strip()}")
        return done.stderr + done.stdout

    def _ingest(self, w: Workload) -> None:
        if w.data in self.bundles:
            return
        csv = self.folder / "csv"
        csv.mkdir()
        for bars in w.assets:
            bars.write_csv(csv / f"{bars.asset}.csv")
        self._run("ingest", csv, "--bundle", w.data)
        for file in csv.iterdir():
            file.unlink()
        csv.rmdir()
        self.bundles.add(w.data)

    def contenders(self, w: Workload) -> list[Contender]:
        """Raises Refused where the binary refuses the spec."""
        spec = self.folder / f"{w.name}.yaml"
        rules = f"  stop_loss: {w.stop_loss}\n  take_profit: {w.take_profit}\n" if w.stop_loss else ""
        if w.direction == "both":
            rules += "  short_entry: crosses_below(fast_ma, slow_ma)\n  short_exit: crosses_above(fast_ma, slow_ma)\n"
        sizing = "all_in" if w.percent == 100 else f"{{percent: {w.percent}}}"
        spec.write_text(SPEC.format(w=w, fast=list(w.fast), slow=list(w.slow), rules=rules, sizing=sizing))
        self._run("spec", "check", spec)
        self._ingest(w)
        out = self.folder / f"{w.name}.parquet"

        def on(workers: int) -> Contender:
            def run() -> str:
                return self._run("sweep", spec, "--bundle", w.data, "--out", out, "--force", "--workers", workers)
            name = f"bowstring, {workers} worker{'s' * (workers > 1)}"
            return Contender("bowstring", name, self.version, w, run, lambda raw: read(out, w), clock)
        return [on(n) for n in sorted({cores(), 1}, reverse=True)]


def read(path: Path, w: Workload) -> Results:
    """The result file, whose trials are numbered as w.pairs are."""
    table = pq.read_table(path, columns=["trial", "asset", *METRICS])
    trials = table["trial"].to_numpy()
    assets = np.array([[bars.asset for bars in w.assets].index(asset) for asset in table["asset"].to_pylist()])
    results = {}
    for name in METRICS:
        results[name] = np.full((len(w.assets), len(w.pairs)), np.nan)
        results[name][assets, trials] = table[name].to_numpy()
    return results


UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6}


def clock(output: str) -> float | None:
    """The seconds of the sweep alone as the binary reports them: in a JSON
    field, or rounded to a millisecond in the line of its trials."""
    if field := re.search(r'"elapsed_seconds":\s*([-+.eE\d]+)', output):
        return float(field[1])
    if line := re.search(r"^\d+ trials .* in (\S+)$", output, re.MULTILINE):
        return sum(float(number) * UNITS[unit] for number, unit in re.findall(r"([.\d]+)(h|ms|µs|m|s)", line[1]))
    return None
