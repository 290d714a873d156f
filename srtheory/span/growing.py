"""What :mod:`srtheory.span.growing_form` does, in floating point, and what it does in any arithmetic."""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled
from srtheory.span.elimination import LANE, inverse, reduce, reduce_all, residue_inverse, symmetric

TOGETHER = 8
"""Rows that are reduced at a time where more than one waits."""
ONES, NEW = LANE, LANE + 1
"""Of the rows in floating point the first are the waiting steps; then come 1 and the new rows."""
SPANS, DEPENDENT = 1, 2
"""What a look at new rows may find: 1 is spanned; one of them depends on those before."""
TAKEN, RANK, SETTLED, SPANNED, BEFORE, CORE, TERMS, WEIGHTED_TERMS, COLUMNS, HEAD = range(10)
"""The form's counters, before the groups' first columns and the pivots: rows taken, those of the first that are no
pivot's before the later ones; steps; steps in groups; rows taken when 1 was first spanned, or -1; rows that made the
triangle; how many of these are no pivot's; how many residues, times 1 or any other, are added up before they are
reduced; and all columns."""


@compiled
def express(plan, counters, known, rows, sums, numbers, indptr, indices, values, pivot_rows, begin, end):  # type: ignore[no-untyped-def]
    """Pivots ``begin`` to ``end`` in terms of inactive columns; 1 is expressed by the way."""
    p, ones = np.int64(numbers[0]), rows[ONES]
    for t in range(begin, end):
        low, high, scale = indptr[pivot_rows[t]], indptr[pivot_rows[t] + 1], np.int64(-1)
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
    """See :meth:`srtheory.span.growing_form.Growing.take`; in floating point."""
    size, found = known.shape[1], 0
    steps = form.reshape(size, size)
    while True:
        count = portion(length, limit, counters)
        if count <= 0:
            return found | (SPANS if counters[SPANNED] >= 0 else 0)
        limit -= count
        for i in range(count):
            r = row_number(counters[TAKEN] + i, plan, counters)
            none, once = np.int64(-1), np.int64(1)  # literals would have it compiled once more
            substitute(indices, values, indptr[r], indptr[r + 1], plan, none, once, counters, known, sums, numbers)
            row = rows[NEW + i]
            for j in range(size):
                row[j] = reduce(sums[j], numbers)
        _clear(count, rows, steps, counters, numbers)
        found |= enter(count, rows, counters, numbers)
        if counters[RANK] - counters[SETTLED] == LANE:
            settled, start = counters[SETTLED], join(rows, counters, numbers)
            for k in range(LANE):
                for j in range(start, size):  # a slice would take the compiler two seconds
                    steps[settled + k, j] = rows[k, j]


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
