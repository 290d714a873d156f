"""A run of real workers, drawn like a simulated run."""

from __future__ import annotations

import numpy as np

from srtheory.reception import Reception
from srtheory.render.one_run import NOTE, Run, drawn, steps
from srtheory.render.style import Drawing
from srtheory.rows import from_sets
from srtheory.workers.execution import Execution

MOST_LABELLED = 16
"""Largest number of workers whose symbols have room for their terms."""


def picture(done: Execution, about: str) -> Drawing:
    """Draw the timelines by measured times; ``about`` describes the sum."""
    return drawn("workers", followed(done, about))


def followed(done: Execution, about: str) -> Run:
    """Return a run row by row: the measurements, with rank and span exact over Q.

    A symbol is drawn from the start of its first term to its arrival at the master, and a start-up until the first
    term. For a worker that has sent nothing it is drawn up to the injected delay. Rows with weights other than 1 are
    drawn by their supports.
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
        source=f"run {done.record.trial}, times measured; {NOTE}",
        symbols=scheme.symbols,
        degree=longest,
        startups=startups,
        steps=list(steps(reception, [arrival.began for arrival in arrivals], done.record)),
        record=done.record,
        losses=lost,
        labelled=scheme.workers <= MOST_LABELLED,
        clock="time in seconds",
    )
