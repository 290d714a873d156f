"""A run of real workers, drawn as a simulated one is: timelines, arrivals, and the moment when the sum is there."""

from __future__ import annotations

import numpy as np

from srtheory.reception import Reception
from srtheory.report.run_picture import Run, drawn, steps
from srtheory.report.style import Drawing
from srtheory.rows import from_sets
from srtheory.workers.execution import Execution

MOST_LABELLED = 16
"""Workers beside whose symbols their terms have room."""


def picture(done: Execution, about: str) -> Drawing:
    """The timelines by measured times; ``about`` says which sum it is."""
    return drawn("workers", followed(done, about))


def followed(done: Execution, about: str) -> Run:
    """A run row by row: what was measured, with rank and span exact over Q.

    A symbol is drawn from when its first term was begun to when the master had it, and a start-up up to the first
    term; of who has sent nothing, up to the injected delay.  Rows of other weights than 1 are drawn by their supports.
    """
    scheme, arrivals = done.scheme, done.arrivals
    rows = from_sets(scheme.symbols, [arrival.support for arrival in arrivals])
    worker = np.array([arrival.worker for arrival in arrivals], dtype=np.int32)
    time = np.array([arrival.arrived for arrival in arrivals])
    terms = np.array([arrival.terms for arrival in arrivals], dtype=np.int64)
    reception = Reception(rows, worker, time, terms, np.full(scheme.workers, 1 << 62))
    startups = done.startups.copy()
    for arrival in arrivals:
        if arrival.index == 0:
            startups[arrival.worker] = arrival.began
    longest = max(len(arrival.support) for arrival in arrivals)
    lost = {j: fault.time for fault in reversed(done.faults) for j in fault.workers}
    return Run(
        title=f"{about[:1].upper()}{about[1:]},\n{scheme.workers} workers in {done.processes} processes",
        source=f"run {done.record.trial}, times measured; workers (by start-up) and symbols numbered from 1;"
        " rank and span exact over Q",
        symbols=scheme.symbols,
        degree=longest,
        startups=startups,
        steps=list(steps(reception, [arrival.began for arrival in arrivals], done.record)),
        record=done.record,
        losses=lost,
        labelled=scheme.workers <= MOST_LABELLED,
        clock="time in seconds",
    )
