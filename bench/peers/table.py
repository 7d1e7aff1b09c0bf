"""The printed tables, in Markdown."""

import os
import platform
import subprocess
from dataclasses import dataclass, field
from statistics import median

from contender import Contender, cores
from workloads import Workload


COLUMNS = ("contender", "version", "part", "n", "median", "min … max", "ns a bar-step", "× process", "× clock",
           "largest difference")


@dataclass
class Row:
    contender: Contender
    difference: float  # the largest from the reference
    seconds: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)


def heading(command: str) -> str:
    """Load is what else ran in the minute before: with other processes on the
    processors, rows of several threads are no faster than those of one."""
    return f"Machine: {machine()}; load {os.getloadavg()[0]:.1f}. Command: `{command}`.\n"


def machine() -> str:
    model = platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), model)
    except OSError:
        pass
    go = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{model}, {cores()} processors; {system}, Python {platform.python_version()}, {go}"


def render(w: Workload, rows: list[Row]) -> str:
    """The rows of a workload. Ratios are of the time a bar-step, to the first
    row of bowstring by its process and by its own clock."""
    ours = next((r for r in rows if r.contender.peer == "bowstring"), None)
    measured = (ours.seconds, ours.clock) if ours else ((), ())
    bases = [median(times) / w.bar_steps if times else None for times in measured]
    lines = [
        f"### {w.name}: {w.title}", "",
        f"{w.bar_steps:,} bar-steps.", "",
        f"| {' | '.join(COLUMNS)} |", "|---|---|---" + "|--:" * (len(COLUMNS) - 3) + "|",
    ]
    for r in rows:
        name = r.contender.name
        difference = "reference" if r.contender.peer == "numba" else f"{r.difference:.0e}"
        lines.append(line(r.contender, name, r.seconds, bases, difference))
        if r.clock:
            lines.append(line(r.contender, f"{name}, its own clock", r.clock, bases, ""))
    notes = [f"- {r.contender.name}: `{name}` is not compared: {reason}."
             for r in rows for name, reason in r.contender.differs]
    return "\n".join(lines + ([""] + notes if notes else [])) + "\n"


def line(c: Contender, name: str, times: list[float], bases: list[float | None], difference: str) -> str:
    step = median(times) / c.part.bar_steps
    about = "" if c.part.share == "all" else "~"
    ratios = [about + number(step / base) if base else "" for base in bases]
    cells = [name, c.version, c.part.share, str(len(times)), seconds(median(times)),
             f"{seconds(min(times))} … {seconds(max(times))}", number(step * 1e9), *ratios, difference]
    return f"| {' | '.join(cells)} |"


def seconds(s: float) -> str:
    return f"{s:.2f} s" if s >= 1 else f"{s * 1e3:.1f} ms"


def number(x: float) -> str:
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"
