"""What a peer hands to the runner, and how it is held to the reference."""

import os
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from workloads import Workload

Results = dict[str, np.ndarray]  # a metric to its values, assets × pairs

TOLERANCE = 1e-9  # relative above 1, absolute below


@dataclass(frozen=True)
class Contender:
    """A row of the table. `run` is what is timed, with the prices in memory;
    `read` makes results of what it returns, `clock` the seconds that the
    contender measured itself, where it does. `differs` are metrics that are
    not comparable, each with the reason."""

    peer: str
    name: str
    version: str
    part: Workload
    run: Callable[[], Any]
    read: Callable[[Any], Results] = lambda raw: raw
    clock: Callable[[Any], float | None] = lambda raw: None
    differs: tuple[tuple[str, str], ...] = ()


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


class Unequal(Exception):
    """A contender computes something else: its time means nothing."""


def largest_difference(c: Contender, got: Results, want: Results) -> float:
    """Raises Unequal where a comparable metric is off by more than TOLERANCE.
    A Sharpe ratio that the reference does not have, since nothing was traded,
    is not compared: some packages say 0 and some nothing."""
    largest, skipped = 0.0, {name for name, _ in c.differs}
    for name in want.keys() - skipped:
        if got[name].shape != want[name].shape:
            raise Unequal(f"{c.name}: {name} has shape {got[name].shape}, want {want[name].shape}")
        defined = ~np.isnan(want[name])
        g, w = got[name][defined], want[name][defined]
        off = np.abs(g - w) / np.maximum(1, np.abs(w))
        if bad := np.count_nonzero(~(off <= TOLERANCE)):
            at = np.argmax(~(off <= TOLERANCE))
            raise Unequal(f"{c.name}: {bad} of {len(off)} values of {name} differ, the first is {g[at]}, want {w[at]}")
        largest = max(largest, off.max(initial=0))
    return largest
