"""What :mod:`srtheory.span.growing_form` does, in floating point, and what it does in any arithmetic.

Always compiled: rows are dealt with in whole blocks.
"""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled
from srtheory.span.elimination import LANE, inverse, reduce, reduce_all, residue_inverse, symmetric
from srtheory.span.growing_layout import (
    BEFORE,
    COLUMNS,
    CORE,
    DEPENDENT,
    HEAD,
    NEW,
    ONES,
    RANK,
    SETTLED,
    SPANNED,
    SPANS,
    TAKEN,
    TERMS,
    TOGETHER,
    WEIGHTED_TERMS,
)
from srtheory.span.vectors import combine, lose_one, scale, settle


@compiled
def express(plan, counters, known, rows, sums, numbers, indptr, indices, values, pivot_rows, begin, end):  # type: ignore[no-untyped-def]
    """Pivots ``begin`` to ``end`` in terms of inactive columns; 1 is expressed by the way."""
    p, size, terms = np.int64(numbers[0]), known.shape[1], counters[TERMS]
    sources, factors = room_for_terms(counters, sums)
    for t in range(begin, end):
        low, high, multiple = indptr[pivot_rows[t]], indptr[pivot_rows[t] + 1], np.int64(-1)
        for e in range(low, high):
            if len(values) > 0 and plan[indices[e]] == t:
                multiple = -inverse(values[e], p)
        blocks = (plan[counters[COLUMNS] + t] + LANE - 1) // LANE  # in others it has no part
        given = plan, counters, known, sums, sources, factors, numbers
        substitute(known, t * size, blocks, indices, values, low, high, t, multiple, *given)
        known[t, blocks * LANE :] = 0
    factors[:] = 1
    for first in range(begin, end, terms):
        count = min(terms, end - first)
        for k in range(count):
            sources[k] = (first + k) * size
        for j in range(size):
            sums[j] = sums.dtype.type(rows[ONES, j])
        combine(rows, ONES * size, sums, 0, factors, known, sources, 0, count, size // LANE, numbers)
    if end == len(pivot_rows) and settle(rows, ONES * size, size // LANE, numbers) < 0:
        counters[SPANNED] = 0


@compiled
def room_for_terms(counters, sums):  # type: ignore[no-untyped-def]
    """Where the terms of a row stand, and their factors: never more than there are columns."""
    return np.empty(counters[COLUMNS], np.int64), np.empty(counters[COLUMNS], sums.dtype)


@compiled
def substitute(  # type: ignore[no-untyped-def]
    target, at, blocks, indices, values, low, high, own, multiple,
    plan, counters, known, sums, sources, factors, numbers,
):  # fmt: skip
    """Write a multiple of a row, without pivot ``own``, in terms of so many blocks of inactive columns."""
    p, terms = np.int64(numbers[0]), counters[TERMS if len(values) == 0 else WEIGHTED_TERMS]
    size, begin, end = known.shape[1], 0, 0
    sums[:] = 0
    for e in range(low, high):
        q = np.int64(plan[indices[e]])
        factor = multiple if len(values) == 0 else symmetric(symmetric(values[e], p) * multiple, p)
        if q < 0:
            sums[-1 - q] = sums.dtype.type(factor)
        elif q != own:
            sources[end], factors[end] = q * size, factor
            end += 1
    while end - begin > terms:
        combine(sums, 0, sums, 0, factors, known, sources, begin, terms, blocks, numbers)
        begin += terms
    combine(target, at, sums, 0, factors, known, sources, begin, end - begin, blocks, numbers)


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
    blocks, ones = (size - lead) // LANE, ONES * size + lead
    for k in range(settled, counters[RANK]):
        for i in range(NEW, NEW + count):
            factor = reduce(rows[i, pivots[k]], numbers)
            if factor != 0:
                lose_one(rows, i * size + lead, (k - settled) * size + lead, factor, blocks)
    for i in range(NEW, NEW + count):
        if counters[SPANNED] >= 0:
            break
        counters[TAKEN] += 1
        row, rank = i * size + lead, counters[RANK]
        j = settle(rows, row, blocks, numbers)
        if j < 0:
            found = DEPENDENT
            continue
        j += lead
        step, factor = (rank - settled) * size + lead, rows[ONES, j]
        scale(rows, step, rows, row, blocks, residue_inverse(rows[i, j], numbers, numbers[3:]), numbers)
        pivots[rank] = j
        counters[RANK] += 1
        if factor != 0:
            lose_one(rows, ones, step, factor, blocks)
            if settle(rows, ones, blocks, numbers) < 0:
                counters[SPANNED] = counters[TAKEN]
        for later in range(i + 1, NEW + count):
            factor = reduce(rows[later, j], numbers)
            if factor != 0:
                lose_one(rows, later * size + lead, step, factor, blocks)
    return found


@compiled
def join(rows, counters, numbers):  # type: ignore[no-untyped-def]
    """Clear the waiting steps, of which there are ``LANE``, in each other; return the first column they may have."""
    size, settled = rows.shape[1], counters[SETTLED]
    leads, pivots = leads_and_pivots(counters, size)
    lead = leads[settled // LANE]
    start = lead // LANE * LANE
    sources, factors = np.arange(LANE) * size + start, np.empty(LANE, rows.dtype)
    for i in range(LANE - 2, -1, -1):
        for k in range(i + 1, LANE):
            factors[k] = -rows[i, pivots[settled + k]]
        given = rows, i * size + start, factors, rows, sources
        combine(rows, i * size + start, *given, i + 1, LANE - 1 - i, (size - start) // LANE, numbers)
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
    sources, factors = room_for_terms(counters, sums)
    while True:
        count = portion(length, limit, counters)
        if count <= 0:
            return found | (SPANS if counters[SPANNED] >= 0 else 0)
        limit -= count
        for i in range(count):
            r = row_number(counters[TAKEN] + i, plan, counters)
            none, once = np.int64(-1), np.int64(1)  # literals would have it compiled once more
            given = plan, counters, known, sums, sources, factors, numbers
            at = (NEW + i) * size
            substitute(rows, at, size // LANE, indices, values, indptr[r], indptr[r + 1], none, once, *given)
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
