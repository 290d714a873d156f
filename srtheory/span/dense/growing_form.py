"""An echelon form modulo a prime that grows row by row, to ask after every row whether 1 is spanned.

The first rows give a sparse triangle, which stays. The equations of all rows in its inactive columns, the core, are
kept in echelon form by groups of ``LANE`` steps. Each step is 1 at its pivot and 0 at those of its own group and of the
groups before. A new row is cleared of one group after the other, each by one product of a vector with a matrix, or of a
matrix of ``TOGETHER`` rows if so many wait. The last steps wait, in floating point, until they are a group. In total
this takes c³/3 products for c columns, as many as the elimination of all rows at once. But c is larger by about a
quarter, because the triangle has fewer rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from srtheory.rows import Rows
from srtheory.span.arrays import residues
from srtheory.span.core import Int32, Int64, Triangle, Triangulation
from srtheory.span.dense.elimination import LANE, Arithmetic, padded
from srtheory.span.dense.growing_layout import COUNTERS, NEW, ONES, RANK, SPANNED, TAKEN, TOGETHER, Known
from srtheory.span.dense.scratch import aligned

NO_WEIGHTS = np.zeros(0, np.int64)
ALL = 1 << 62
TAKES = (
    "(int32[::1], {kind}[:, ::1], {real}[::1], int64, int64, int32[::1], int64[::1], {real}[:, ::1], {kind}[::1],"
    " int64[::1], int32[::1], int64[::1], int64, int64)"
)
"""Types of the arguments of ``take``, by those of residues and of floating-point rows."""


class Growing:
    """An echelon form of rows modulo a prime.

    Parameters
    ----------
    rows : Rows
        The rows so far, which decide on the triangle; none of them is in the form yet.
    field : Arithmetic
        The prime.

    Attributes
    ----------
    ready : bool
        Whether rows can be taken.

    Notes
    -----
    O(nnz). The rest is done by :meth:`prepare`, in pieces of any size, and then by :meth:`take`.
    """

    def __init__(self, rows: Rows, field: Arithmetic) -> None:
        self._live, self._field = residues(rows, field.prime), field
        self._peeling = Triangulation(self._live.indptr, self._live.indices, self._live.columns)
        self._pivot_rows = self._widths = np.zeros(0, np.int32)
        self._prepared, self.ready = -1, False
        self._counters, self._core = np.zeros(COUNTERS, np.int64), 0

    def _begin(self, triangle: Triangle) -> None:
        """Allocate memory for the core."""
        from srtheory.span.dense import growing  # which imports numba

        field, width = self._field, padded(len(triangle.inactive))
        kernel, room, kind, wider = _arithmetic(field)
        self._counters = np.zeros(COUNTERS + width // LANE + width + 2, np.int64)
        self._counters[SPANNED], self._core = -1, len(triangle.core_rows)
        self._rows = aligned((NEW + TOGETHER, width), field.kind)
        self._rows[ONES] = np.arange(width) < len(triangle.inactive)
        pivots = aligned((len(triangle.pivot_rows) + LANE, width), kind)
        numbers = np.concatenate([field.constants, field.inverses])
        m, terms, weighted_terms = len(triangle.place), room(1), room(field.prime // 2 + 1)
        places, sums = np.empty(m, np.int64), aligned((width,), wider)
        known = Known(triangle.place, pivots, sums, places, aligned((m,), wider), numbers, terms, weighted_terms)
        self._express = partial(growing.express.machine, known, self._rows)
        steps = triangle.core_rows, self._counters, self._rows, aligned((width * width,), kind)
        self._take = partial(kernel, triangle.place, pivots, numbers, terms, weighted_terms, *steps)
        self._pivot_rows, self._widths, self._prepared = triangle.pivot_rows, triangle.widths, 0

    @property
    def entered(self) -> int:
        """Number of rows that are in the form, or belong to pivots."""
        return len(self._pivot_rows) + int(self._counters[TAKEN])

    @property
    def rank(self) -> int:
        """Rank of the rows in the form modulo the prime."""
        return len(self._pivot_rows) + int(self._counters[RANK])

    @property
    def spanned(self) -> int | None:
        """The least k such that the first k rows span 1 modulo the prime, or None if no k does, or it is not known."""
        later = int(self._counters[SPANNED]) - self._core
        return len(self._live) + later if later > 0 else None

    def prepare(self, pivots: int = ALL) -> None:
        """Find up to so many more pivots of the triangle, or else express as many by the core's columns.

        In total this takes O(nnz) and then O(c) for each entry of a pivot's row.
        """
        if self._prepared < 0:
            if not self._peeling.proceed(pivots):
                return
            self._begin(self._peeling.triangle())
            if pivots < ALL:
                return
        live, end = self._live, min(self._prepared + pivots, len(self._pivot_rows))
        values = NO_WEIGHTS if live.values is None else live.values
        if self._express(live.indptr, live.indices, values, self._pivot_rows, self._widths, self._prepared, end):
            self._counters[SPANNED] = 0
        self._prepared, self.ready = end, end == len(self._pivot_rows)

    def take(self, indptr: Int64, indices: Int32, values: Int64, length: int, limit: int) -> int:
        """Enter more of the rows, of which the first made the triangle, but none once 1 is spanned.

        Parameters
        ----------
        indptr, indices : int64 and int32 arrays
            The rows; both may be longer than they need be.
        values : int64 array
            Their weights, or nothing where all are 1.
        length : int
            Number of rows.
        limit : int
            Largest number of rows to enter.

        Returns
        -------
        int
            Bits: ``SPANS`` and ``DEPENDENT`` of :mod:`srtheory.span.dense.growing_layout`.

        Notes
        -----
        O(weight·c + c²) a row.
        """
        found: int = self._take(indptr, indices, values, length, limit)
        return found


def _arithmetic(field: Arithmetic) -> tuple[Any, Callable[[int], int], type, type]:
    """Return the kernel that takes rows, its room for sums, and the types of residues and of sums."""
    from srtheory.span.dense import bytewise, growing  # which import numba

    if bytewise.applies(field):
        from srtheory.span.dense import growing_bytes

        return growing_bytes.take.entry(TAKES.format(real="float32", kind="int8")), bytewise.room, np.int8, np.int16
    real = np.dtype(field.kind).name
    return growing.take.entry(TAKES.format(real=real, kind=real)), field.room, field.kind, field.kind
