"""Times bowstring ingest beside DuckDB, Polars and pyarrow.

    python bench/ingest/run.py [--quick] [--markdown FILE]

Contents are compared first; then all take turns. README.md says what is
measured.
"""

import argparse
import os
import platform
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from tools import TOOLS

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
ROW_BYTES = 8 * 6  # of the columns: time and five values


@dataclass
class Contender:
    name: str
    version: str
    command: list
    target: Path  # what it writes
    own_clock: bool = True  # its output is the seconds it took
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Runs it once, without what it wrote before and with nothing left to
        be written back to the disk for others."""
        if self.target.is_dir():
            shutil.rmtree(self.target)
        self.target.unlink(missing_ok=True)
        os.sync()
        start = time.perf_counter()
        child = subprocess.Popen([str(c) for c in self.command], stdout=subprocess.PIPE, text=True)
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        elapsed = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"{self.name}: exit status {child.returncode}")
        self.seconds.append(float(output) if self.own_clock else elapsed)
        self.processor.append(usage.ru_utime + usage.ru_stime)
        self.peak.append(usage.ru_maxrss * 1024)

    def row(self, ours: float, columns: int) -> str:
        cells = [
            self.name, self.version, f"{median(self.seconds):.2f} s", f"{min(self.seconds):.2f} … {max(self.seconds):.2f} s",
            f"{median(self.seconds) / ours:.2f}", f"{median(self.processor):.2f} s",
            f"{median(self.peak) / 2**20:,.0f} MiB", f"{median(self.peak) / columns:.2f}",
        ]
        return f"| {' | '.join(cells)} |"


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def output(*command) -> str:
    return subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.strip()


def contenders(folder: Path, csv: Path, threads: int) -> list[Contender]:
    binary = folder / "bowstring"
    output("go", "build", "-trimpath", "-o", str(binary), "./cmd/bowstring")
    store = folder / "store"
    all = [Contender("bowstring", output("git", "describe", "--always", "--dirty"),
                     [binary, "--store", store, "ingest", csv, "--bundle", "bars"], store, own_clock=False)]
    for name in TOOLS:
        target = folder / f"{name.replace(', ', '-')}.parquet"
        command = [sys.executable, HERE / "tools.py", name, threads, csv, target]
        all.append(Contender(name, version(name.split(",")[0]), command, target))
    return all


def compare(all: list[Contender]) -> None:
    files = []
    for c in all:
        c.run()
        files += c.target.glob("bars/versions/*/bars.parquet") if c.target.is_dir() else [c.target]
        c.seconds, c.processor, c.peak = [], [], []
    note(output(sys.executable, str(HERE / "check.py"), *map(str, files)))


def parse_stage(csv: Path, rounds: int) -> float:
    """Bytes a second of reading, hashing and parsing the file in one process."""
    text = output("go", "test", "./ingest", "-run", "^$", "-bench", "^BenchmarkRead$", "-benchtime", f"{rounds}x", "-bars", str(csv))
    return float(re.search(r"([\d.]+) MB/s", text)[1]) * 1e6


def machine(threads: int) -> str:
    model = platform.machine()
    if (info := Path("/proc/cpuinfo")).exists() and (found := re.search(r"model name\s*: (.*)", info.read_text())):
        model = found[1]
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{model}, {threads} processors; {system}, Python {platform.python_version()}, {output('go', 'env', 'GOVERSION')}"


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--quick", action="store_true", help="a small file, to see that everything runs")
    p.add_argument("--markdown", type=Path, metavar="FILE", help="write the table to a file too")
    args = p.parse_args()
    minutes, rounds = (1_000, 3) if args.quick else (65_000, 5)
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bowstring-ingest-") as name:
        folder = Path(name)
        csv = folder / "bars.csv"
        output(sys.executable, str(HERE / "bars.py"), str(minutes), str(csv))
        all = contenders(folder, csv, threads)
        compare(all)
        for i in range(rounds):
            note(f"round {i + 1} of {rounds}")
            for c in all:
                c.run()
        stage = parse_stage(csv, rounds)
        size = csv.stat().st_size
    rows = minutes * 200
    ours, columns = median(all[0].seconds), rows * ROW_BYTES
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    table = [
        f"Machine: {machine(threads)}; load {load:.1f} before. "
        f"Command: `{shlex.join(['python', 'bench/ingest/run.py', *sys.argv[1:]])}`.", "",
        f"{size / 1e9:.2f} GB of CSV, {rows:,} rows of 200 assets; {rounds} rounds.", "",
        "| contender | version | median | min … max | × bowstring | processor time | peak memory | × columns |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
        *(c.row(ours, columns) for c in all), "",
        f"The parse stage alone: {stage / 1e6:,.0f} MB/s. Peaks below {own / 2**20:.0f} MiB would be those of run.py.",
    ]
    print("\n".join(table))
    if args.markdown:
        args.markdown.write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
