"""Decoder of Definition 1: the least number of received rows whose row space contains the all-ones vector."""

from __future__ import annotations

import numpy as np

from srtheory.decoders.base import Cost, Stop, elimination, sum_of
from srtheory.decoders.direct import all_systematic_time, complete_worker_time
from srtheory.matrix import Rows
from srtheory.reception import Reception
from srtheory.span.engine import LARGE, least
from srtheory.span.field import RATIONALS, field_of
from srtheory.span.sparse import Triangle, coverage_time, triangulate


def span(reception: Reception) -> Stop:
    """Return M', exactly over Q, with the rank of the first M' rows. See :func:`srtheory.span.engine.stopping_time`."""
    complete, rows = complete_worker_time(reception), reception.rows
    if complete is not None:
        rows = rows.prefix(complete)  # these span 1, and where tasks are few no fewer do: the search starts from here
    elif coverage_time(rows) is None and not reception.final:
        return Stop(None, 0, "uncovered")  # more rows will be received; no need to eliminate
    field_of(rows.elements, RATIONALS)
    m = rows.columns
    triangle = _triangle(rows.prefix(m)) if 0 < m <= len(rows) and m < LARGE else None  # M' is nearly always m
    found = least(rows, triangle=triangle)
    k = found.stopping_time
    if k is None:
        return Stop(None, found.rank, found.argument)
    return Stop(
        k,
        found.rank,
        found.argument,
        _cost(reception, k, found.rank, complete, triangle if k == m else None),
        found.coverage_time,
    )


def _triangle(rows: Rows) -> Triangle:
    return triangulate(rows.indptr, rows.indices, rows.columns)


def _cost(reception: Reception, k: int, rank: int, complete: int | None, triangle: Triangle | None) -> Cost:
    """Return the cost: only additions if a shortcut applies (section III-B), otherwise elimination."""
    rows = reception.rows.prefix(k)
    if complete == k:
        added = np.diff(rows.plain().indptr) > 0
        return sum_of(int((added & (reception.worker[:k] == reception.worker[k - 1])).sum()) if k else 0)
    if all_systematic_time(rows) == k:
        return sum_of(rows.columns)
    return elimination(rows, rank, triangle)
