"""Times Bowstring beside the packages and the loop that people use instead.

    python bench/peers/run.py [--quick] [--only W1,numba] [--markdown FILE]

Results are compared first; nothing is timed that computes something else. Then
all contenders of a workload take turns. README.md says what is measured.
"""

import argparse
import gc
import importlib
import shlex
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import peer_numba
import table
from contender import Contender, Unequal, largest_difference
from peer_bowstring import Bowstring, Refused
from workloads import WORKLOADS, Workload

PEERS = ("bowstring", "numba", "raptorbt", "vectorbt", "backtesting")

# What was looked for and could not be had, with the reason.
ABSENT = {"manifoldbt": "pip finds no release of it"}


@dataclass(frozen=True)
class Patience:
    """A contender is timed until it has had so many runs, or has taken so long."""

    runs: int
    seconds: float


FULL, QUICK = Patience(5, 60), Patience(3, 1)


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    p.add_argument("--only", default="", metavar="NAMES",
                   help=f"workloads ({', '.join(WORKLOADS)}) and peers ({', '.join(PEERS)}), with commas")
    p.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables to a file too")
    args = p.parse_args()
    names = [name for name in args.only.split(",") if name]
    if unknown := set(names) - set(WORKLOADS) - set(PEERS):
        p.error(f"--only: no workload or peer {', '.join(sorted(unknown))}")
    args.workloads = [n for n in WORKLOADS if n in names] or list(WORKLOADS)
    args.peers = [n for n in PEERS if n in names] or list(PEERS)
    return args


def load(peers: list[str], folder: Path) -> dict:
    """The functions that make contenders, of the peers that are installed."""
    makers = {}
    for name in peers:
        if name == "bowstring":
            makers[name] = Bowstring(folder).contenders
            continue
        try:
            makers[name] = importlib.import_module(f"peer_{name}").contenders
        except ImportError as err:
            note(f"{name}: skipped: {err}")
    for name, reason in ABSENT.items():
        note(f"{name}: skipped: {reason}")
    return makers


def enter(w: Workload, makers: dict) -> list[table.Row]:
    """Runs every contender once and compares what it computes."""
    rows = []
    for peer, make in makers.items():
        if w.affine and peer not in ("bowstring", "numba"):
            continue  # what others do of shorts and shares differs
        try:
            contenders: list[Contender] = make(w)
        except Refused as err:
            note(f"{w.name}: {peer} is left out: {err}")
            continue
        for c in contenders:
            difference = largest_difference(c, c.read(c.run()), peer_numba.run(c.part))
            note(f"{w.name}: {c.name}: equal, {difference:.0e} at most")
            rows.append(table.Row(c, difference))
    return rows


def measure(rows: list[table.Row], patience: Patience) -> None:
    """Runs the contenders in turns."""
    for _ in range(patience.runs):
        for row in rows:
            if row.seconds and sum(row.seconds) > patience.seconds:
                continue
            gc.collect()
            start = time.perf_counter()
            raw = row.contender.run()
            row.seconds.append(time.perf_counter() - start)
            if (own := row.contender.clock(raw)) is not None:
                row.clock.append(own)
            del raw


def main() -> int:
    args = arguments()
    sections = [table.heading(shlex.join(["python", "bench/peers/run.py", *sys.argv[1:]]))]
    note(sections[0])
    with tempfile.TemporaryDirectory(prefix="bowstring-peers-") as folder:
        makers = load(args.peers, Path(folder))
        for name in args.workloads:
            w = WORKLOADS[name](args.quick)
            try:
                rows = enter(w, makers)
            except Unequal as err:
                note(f"{name}: {err}")
                return 1
            measure(rows, QUICK if args.quick else FULL)
            sections.append(table.render(w, rows))
            print(sections[-1], flush=True)
    if args.markdown:
        args.markdown.write_text("\n".join(sections), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
