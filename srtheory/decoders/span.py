"""The decoder of Definition 1: the least number of received rows whose row space contains the all-ones vector."""

from __future__ import annotations

from srtheory.decoders.base import Stop
from srtheory.decoders.direct import complete_worker_time
from srtheory.reception import Reception
from srtheory.span.coverage import coverage_time
from srtheory.span.engine import stopping_time


def span(reception: Reception) -> Stop:
    """M', exactly over Q, with the rank of the first M' rows; see :func:`srtheory.span.engine.stopping_time`."""
    complete, rows = complete_worker_time(reception), reception.rows
    if complete is not None:
        rows = rows.prefix(complete)  # these span 1, and where tasks are few no fewer do: the search starts from here
    elif coverage_time(rows) is None and not reception.final:
        return Stop(None, 0, "uncovered")  # more rows will be asked for; no need to eliminate
    found = stopping_time(**rows.arrays)
    return Stop(found.stopping_time, found.rank, found.argument)
