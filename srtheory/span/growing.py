"""An echelon form modulo a prime that grows row by row, for who asks after every row whether 1 is spanned.

The rows that are there first give a sparse triangle, which stays.  What they and all later rows say about its inactive
columns, the core, is kept in echelon form by groups of ``LANE`` steps: each step is 1 at its pivot and 0 at those of
its own group and of the groups before.  A new row is cleared of one group after the other, each by one product of a
vector with a matrix, or of a matrix of ``TOGETHER`` rows where so many wait.  The last steps wait, in floating point,
until they are a group.  All in all this is c³/3 products for c columns, as many as the elimination of all rows at once
takes; but c is larger by a quarter or so, for the triangle knows fewer rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from srtheory.compiled import compiled
from srtheory.rows import Rows
from srtheory.span.arrays import residues
from srtheory.span.core import Int32, Int64, Triangle, Triangulation
from srtheory.span.elimination import LANE, Arithmetic, inverse, padded, reduce, reduce_all, residue_inverse, symmetric
from srtheory.span.scratch import aligned

TOGETHER = 8
"""Rows that are reduced at a time where more than one waits."""
NO_WEIGHTS = np.zeros(0, np.int64)
ALL = 1 << 62
ONES, NEW = LANE, LANE + 1
"""Of the rows in floating point the first are the waiting steps; then come 1 and the new rows."""
SPANS, DEPENDENT = 1, 2
"""What a look at new rows may find: 1 is spanned; one of them depends on those before."""
TAKEN, RANK, SETTLED, SPANNED, BEFORE, CORE, TERMS, WEIGHTED_TERMS, COLUMNS, HEAD = range(10)
"""The form's counters, before the groups' first columns and the pivots: rows taken, those of the first that are no
pivot's before the later ones; steps; steps in groups; rows taken when 1 was first spanned, or -1; rows that made the
triangle; how many of these are no pivot's; how many residues, times 1 or any other, are added up before they are
reduced; and all columns."""


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
    O(nnz); the rest is done by :meth:`prepare`, in pieces of any size, and then by :meth:`take`.
    """

    def __init__(self, rows: Rows, field: Arithmetic) -> None:
        self._live, self._field = residues(rows, field.prime), field
        self._peeling = Triangulation(self._live.indptr, self._live.indices, self._live.columns)
        self._pivot_rows, self._prepared, self.ready = np.zeros(0, np.int32), -1, False
        self._counters = np.zeros(HEAD, np.int64)

    def _begin(self, triangle: Triangle) -> None:
        """Make room for the core."""
        field, width = self._field, padded(len(triangle.inactive))
        kernel, room, kind, wider = _arithmetic(field)
        terms = room(1), room(field.prime // 2 + 1)
        self._counters = np.zeros(HEAD + width // LANE + width + 2, np.int64)
        self._counters[:HEAD] = 0, 0, 0, -1, len(self._live), len(triangle.core_rows), *terms, self._live.columns
        rows = aligned((NEW + TOGETHER, width), field.kind)
        rows[ONES] = np.arange(width) < len(triangle.inactive)
        plan = np.concatenate([triangle.place, triangle.widths, triangle.core_rows])
        known = aligned((len(triangle.pivot_rows) + LANE, width), kind)
        numbers = np.concatenate([field.constants, field.inverses])
        common = plan, self._counters, known, rows, aligned((width,), wider), numbers
        self._express = partial(_express, *common)
        self._take = partial(kernel, *common, aligned((width * width,), kind))
        self._pivot_rows, self._prepared = triangle.pivot_rows, 0

    @property
    def entered(self) -> int:
        """How many rows are in the form, or were found to be pivots'."""
        return len(self._pivot_rows) + int(self._counters[TAKEN])

    @property
    def rank(self) -> int:
        """Rank of the rows in the form modulo the prime."""
        return len(self._pivot_rows) + int(self._counters[RANK])

    @property
    def spanned(self) -> int | None:
        """The least k such that the first k rows span 1 modulo the prime; None if there is none, or it is not known."""
        later = int(self._counters[SPANNED] - self._counters[CORE])
        return int(self._counters[BEFORE]) + later if later > 0 else None

    def prepare(self, pivots: int = ALL) -> None:
        """Find up to so many more of the triangle's pivots, or else express as many by the core's columns.

        All of it takes O(nnz) and then O(c) for each entry of a pivot's row.
        """
        if self._prepared < 0:
            if not self._peeling.proceed(pivots):
                return
            self._begin(self._peeling.triangle())
            if pivots < ALL:
                return
        live, end = self._live, min(self._prepared + pivots, len(self._pivot_rows))
        values = NO_WEIGHTS if live.values is None else live.values
        self._express(live.indptr, live.indices, values, self._pivot_rows, self._prepared, end)
        self._prepared, self.ready = end, end == len(self._pivot_rows)

    def take(self, indptr: Int64, indices: Int32, values: Int64, length: int, limit: int) -> int:
        """Enter more of the rows, of which the first made the triangle; none once 1 is spanned.

        Parameters
        ----------
        indptr, indices : int64 and int32 arrays
            The rows; both may be longer than they need be.
        values : int64 array
            Their weights, or nothing where all are 1.
        length : int
            How many rows there are.
        limit : int
            How many to enter at most.

        Returns
        -------
        int
            Bits: :data:`SPANS`, :data:`DEPENDENT`.

        Notes
        -----
        O(weight·c + c²) a row.
        """
        found: int = self._take(indptr, indices, values, length, limit)
        return found


def _arithmetic(field: Arithmetic) -> tuple[Any, Callable[[int], int], type, type]:
    """The kernel that takes rows, its room for sums, and the types of residues and of sums."""
    from srtheory.span import bytewise  # which imports numba

    if bytewise.applies(field):
        from srtheory.span import growing_bytes

        return growing_bytes.take.machine, bytewise.room, np.int8, np.int16
    return take.machine, field.room, field.kind, field.kind


@compiled
def _express(plan, counters, known, rows, sums, numbers, indptr, indices, values, pivot_rows, begin, end):  # type: ignore[no-untyped-def]
    """Pivots ``begin`` to ``end`` in terms of inactive columns; 1 is expressed by the way."""
    p, ones = np.int64(numbers[0]), rows[ONES]
    for t in range(begin, end):
        low, high, scale = indptr[pivot_rows[t]], indptr[pivot_rows[t] + 1], -1
        for e in range(low, high):
            if len(values) > 0 and plan[indices[e]] == t:
                scale = -inverse(values[e], p)
        width = _width(t, plan, counters)
        substitute(indices, values, low, high, plan, t, scale, counters, known, sums[:width], numbers)
        for j in range(width):
            known[t, j] = reduce(numbers.dtype.type(sums[j]), numbers)
            ones[j] += known[t, j]
        if t % LANE == LANE - 1 or t == end - 1:
            reduce_all(ones, numbers)
    if end == len(pivot_rows) and first(ones) == len(ones):
        counters[SPANNED] = 0


@compiled
def _width(t, plan, counters):  # type: ignore[no-untyped-def]
    """Columns, in whole lanes, that pivot ``t`` may depend on."""
    return (plan[counters[COLUMNS] + t] + LANE - 1) // LANE * LANE


@compiled
def substitute(indices, values, low, high, plan, own, scale, counters, known, sums, numbers):  # type: ignore[no-untyped-def]
    """``scale`` times a row, without pivot ``own``, in terms of inactive columns, not reduced."""
    p, terms = np.int64(numbers[0]), counters[TERMS if len(values) == 0 else WEIGHTED_TERMS]
    sums[:] = 0
    for e in range(low, high):
        q = plan[indices[e]]
        if q < 0:
            sums[-1 - q] += sums.dtype.type(_scaled(values, e, scale, p))
    count = 0
    for e in range(low, high):
        q = plan[indices[e]]
        if q < 0 or q == own:
            continue
        if count == terms:
            for j in range(len(sums)):
                sums[j] = reduce(numbers.dtype.type(sums[j]), numbers)
            count = 0
        width = _width(q, plan, counters)
        add_multiple(sums[:width], sums.dtype.type(_scaled(values, e, scale, p)), known[q])
        count += 1


@compiled
def _scaled(values, e, scale, p):  # type: ignore[no-untyped-def]
    """An entry's residue times ``scale``."""
    return scale if len(values) == 0 else symmetric(symmetric(values[e], p) * scale, p)


@compiled
def add_multiple(row, factor, source):  # type: ignore[no-untyped-def]
    """Add to a row a multiple of another that is as long, or longer."""
    for j in range(len(row)):
        row[j] += factor * source[j]


@compiled
def first(row):  # type: ignore[no-untyped-def]
    """Where the first non-zero entry stands; the length if there is none."""
    j = 0
    while j < len(row) and row[j] == 0:
        j += 1
    return j


@compiled
def row_number(position, plan, counters):  # type: ignore[no-untyped-def]
    """Which row is taken after so many others."""
    core = counters[CORE]
    return plan[len(plan) - core + position] if position < core else counters[BEFORE] + position - core


@compiled
def portion(length, limit, counters):  # type: ignore[no-untyped-def]
    """How many rows to take now, at most ``limit``; none once 1 is spanned."""
    if counters[SPANNED] >= 0:
        return 0
    waiting = counters[CORE] + length - counters[BEFORE] - counters[TAKEN]
    room = LANE - (counters[RANK] - counters[SETTLED])
    return min(limit, waiting, room, TOGETHER)


@compiled
def leads_and_pivots(counters, size):  # type: ignore[no-untyped-def]
    """Of each group of ``LANE`` steps the first column that is no earlier group's pivot, and all steps' pivots."""
    groups = size // LANE + 1
    return counters[HEAD : HEAD + groups], counters[HEAD + groups :]


@compiled
def enter(count, rows, counters, numbers):  # type: ignore[no-untyped-def]
    """Clear the waiting steps, and then each new row, in the ``count`` new rows, which are clear of the other steps.

    What is left of a row waits as a step.  Rows are cleared side by side: each for itself would wait for its factors.
    """
    size, settled, found = rows.shape[1], counters[SETTLED], 0
    leads, pivots = leads_and_pivots(counters, size)
    lead = leads[settled // LANE] // LANE * LANE
    ones = rows[ONES, lead:]
    for k in range(settled, counters[RANK]):
        step, j = rows[k - settled, lead:], pivots[k] - lead
        for i in range(NEW, NEW + count):
            row = rows[i, lead:]
            factor = reduce(row[j], numbers)
            if factor != 0:
                add_multiple(row, -factor, step)
    for i in range(NEW, NEW + count):
        if counters[SPANNED] >= 0:
            break
        counters[TAKEN] += 1
        row, rank = rows[i, lead:], counters[RANK]
        reduce_all(row, numbers)
        j = first(row)
        if j == len(row):
            found = DEPENDENT
            continue
        step, factor, scale = rows[rank - settled, lead:], ones[j], residue_inverse(row[j], numbers, numbers[3:])
        for k in range(len(row)):
            step[k] = reduce(row[k] * scale, numbers)
            ones[k] = reduce(ones[k] - factor * step[k], numbers)
        pivots[rank] = lead + j
        counters[RANK] += 1
        if factor != 0 and first(ones) == len(ones):
            counters[SPANNED] = counters[TAKEN]
        for later in range(i + 1, NEW + count):
            row = rows[later, lead:]
            factor = reduce(row[j], numbers)
            if factor != 0:
                add_multiple(row, -factor, step)
    return found


@compiled
def _clear_step(new, start, step, lead, pivot, numbers):  # type: ignore[no-untyped-def]
    """Clear a step in the rows from ``start`` on, from column ``lead`` on, where the step begins; no reduction."""
    for i in range(start, len(new)):
        row = new[i, lead:]
        factor = reduce(row[pivot], numbers)
        if factor != 0:
            add_multiple(row, -factor, step)


@compiled
def join(rows, counters, numbers):  # type: ignore[no-untyped-def]
    """Clear the waiting steps, of which there are ``LANE``, in each other; return the first column they may have."""
    leads, pivots = leads_and_pivots(counters, rows.shape[1])
    settled = counters[SETTLED]
    lead = leads[settled // LANE]
    start = lead // LANE * LANE
    for i in range(LANE - 2, -1, -1):
        row = rows[i, start:]
        for k in range(i + 1, LANE):
            factor = row[pivots[settled + k] - start]
            if factor != 0:
                add_multiple(row, -factor, rows[k, start:])
        reduce_all(row, numbers)
    counters[SETTLED] += LANE
    stepped = np.zeros(len(pivots), np.bool_)
    stepped[pivots[: counters[SETTLED]]] = True
    while stepped[lead]:
        lead += 1
    leads[counters[SETTLED] // LANE] = lead
    return start


@compiled
def take(plan, counters, known, rows, sums, numbers, form, indptr, indices, values, length, limit):  # type: ignore[no-untyped-def]
    """See :meth:`Growing.take`; in floating point."""
    size, found = known.shape[1], 0
    steps = form.reshape(size, size)
    while True:
        count = portion(length, limit, counters)
        if count <= 0:
            return found | (SPANS if counters[SPANNED] >= 0 else 0)
        limit -= count
        for i in range(count):
            r = row_number(counters[TAKEN] + i, plan, counters)
            substitute(indices, values, indptr[r], indptr[r + 1], plan, -1, 1, counters, known, sums, numbers)
            row = rows[NEW + i]
            for j in range(size):
                row[j] = reduce(sums[j], numbers)
        _clear(count, rows, steps, counters, numbers)
        found |= enter(count, rows, counters, numbers)
        if counters[RANK] - counters[SETTLED] == LANE:
            settled, start = counters[SETTLED], join(rows, counters, numbers)
            for k in range(LANE):
                steps[settled + k, start:] = rows[k, start:]


@compiled
def _clear(count, rows, steps, counters, numbers):  # type: ignore[no-untyped-def]
    """Clear the groups of steps, one after the other, in the ``count`` new rows."""
    leads, pivots = leads_and_pivots(counters, rows.shape[1])
    for start in range(0, counters[SETTLED], LANE):
        lead = leads[start // LANE + 1] // LANE * LANE
        for i in range(NEW, NEW + count):
            row, target = rows[i], rows[i, lead:]
            for k in range(start, start + LANE, 4):
                f0, f1, f2, f3 = row[pivots[k]], row[pivots[k + 1]], row[pivots[k + 2]], row[pivots[k + 3]]
                r0, r1, r2, r3 = steps[k, lead:], steps[k + 1, lead:], steps[k + 2, lead:], steps[k + 3, lead:]
                for j in range(len(target)):
                    target[j] -= f0 * r0[j] + f1 * r1[j] + f2 * r2[j] + f3 * r3[j]
            reduce_all(target, numbers)
