"""Outcome of a decoder: from which number of rows on the sum can be recovered, how surely, and at what cost.

The cost counts operations on the values of received rows, and on coefficients beforehand. A value may be a number or a
vector of D numbers. Operations on values then cost D each, while coefficients are computed only once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from srtheory.compiled import LINEAR, compiled, copy_into
from srtheory.matrix import Rows
from srtheory.reception import Reception
from srtheory.span.sparse import Triangle, triangulate
from srtheory.types import Int32, Int64


@dataclass(frozen=True)
class Stop:
    """Outcome of a decoder on one reception."""

    stopping_time: int | None
    """Number of rows received when the sum becomes available (M' for the span decoder), or None if it never does."""
    rank: int
    """Rank of those rows over Q. Where the sum is not available, it is the rank of all rows, or 0 if the decoder
    has not looked at it: more rows are to come, and a symbol is in none yet."""
    argument: str
    """Argument that makes the answer exact."""
    cost: Cost | None = None
    """Cost of the decoder's own way to the sum, or None if it is not recovered, or the decoder has no such way."""
    coverage_time: int | None = None
    """Number of rows that cover all symbols, if the decoder has found it on its way, or None if it has not."""


Decoder = Callable[[Reception], Stop]


@dataclass(frozen=True)
class Cost:
    """Arithmetic operations of a decoder on one reception."""

    additions: int
    """Additions and subtractions of two values."""
    multiplications: int
    """Multiplications and divisions of a value by a coefficient other than 1 and -1; by elimination, of which the
    coefficients are not known here, as many as there may be."""
    solving: int
    """Operations on coefficients before any value is used: a product that is added to a number counts once, and so does
    an addition or a division alone, however long the numbers are."""


def sum_of(count: int) -> Cost:
    """Return what adding up ``count`` values takes."""
    return Cost(max(count - 1, 0), 0, 0)


def elimination(rows: Rows, rank: int, triangle: Triangle | None = None) -> Cost:
    """Return what it takes to solve v G = 1 for the coefficients v of rows that span 1, and then to add up v y.

    The cost is counted by formula, for elimination by :mod:`srtheory.span.sparse`: s pivots in a triangle, and a dense
    core of c columns and h rows, r of them independent.

    - Pivots are taken out of rows, and out of 1: for each entry of a pivot's column, an operation for each column of
      the core that this pivot depends on.
    - The core's c equations are eliminated, the sum over i < r of (c - 1 - i) (h - i + 1), and solved, r (r + 1) / 2.
    - The coefficients of the pivots' rows: one for each further entry of the pivots' columns.
    - Where a pivot's weight is neither 1 nor -1, a division for each column that it depends on, and one more.
    - Of the coefficients s + r, the rank, may be other than 0: so many multiplications of values, one addition less.

    Empty rows count for nothing; ``rank`` is that over the field of the coefficients, and ``triangle`` that of the
    rows, if it is known. O(nnz) time: nothing is eliminated.
    """
    triangle = triangle or triangulate(rows.indptr, rows.indices, rows.columns)
    place, pivots = triangle.place, len(triangle.widths)
    dependent, peeled, empty, unmet = _counted(rows.indptr, rows.indices, place, triangle.widths)
    height, width, r = len(rows) - empty - pivots, len(triangle.inactive) - unmet, rank - pivots
    i = np.arange(r)
    dense = int(((width - 1 - i) * (height - i + 1)).sum()) + r * (r + 1) // 2
    solving = dependent + dense + peeled - pivots
    if rows.values is not None:
        at = place[rows.indices]
        scaled = (at >= 0) & (np.abs(rows.values) != 1)
        row_of = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))
        own = at[scaled][triangle.pivot_rows[at[scaled]] == row_of[scaled]]
        solving += int(triangle.widths[own].sum(dtype=np.int64)) + len(own)
    return Cost(max(rank - 1, 0), rank, solving)


def leading(rows: Rows) -> float:
    """Return the leading terms of elimination's cost: 2 c^3/3 for a dense core of c columns, and c for each entry.

    For growth with m, products and additions counted apart: about twice what :func:`elimination` counts term by term.
    """
    core = len(triangulate(rows.indptr, rows.indices, rows.columns).inactive)
    return 2 * core**3 / 3 + float(len(rows.indices)) * core


@compiled(small=LINEAR)
def _counted(indptr: Int64, indices: Int32, place: Int32, widths: Int32) -> tuple[int, int, int, int]:
    """Return the sum of widths over the pivots' entries, how many these are, rows without entries, columns without."""
    dependent, peeled, empty = 0, 0, 0
    met = np.zeros(len(place), np.bool_)
    depths = np.zeros(len(widths) + 1, np.int64)  # 0 for a column of the core
    copy_into(depths[1:], widths)
    for i in range(len(indptr) - 1):
        if indptr[i] == indptr[i + 1]:
            empty += 1
        for e in range(indptr[i], indptr[i + 1]):
            q = place[indices[e]]
            met[indices[e]] = True
            peeled += int(q >= 0)
            dependent += depths[max(q, -1) + 1]  # no branch: pivots' columns cannot be predicted
    return dependent, peeled, empty, len(place) - int(met.sum())
