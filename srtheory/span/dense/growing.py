"""Kernels of :mod:`srtheory.span.dense.growing_form` in floating point, and those for any arithmetic.

They are always compiled, since rows are processed in whole blocks.
"""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled
from srtheory.span.dense.elimination import LANE, inverse, reduce, reduce_all, residue_inverse, symmetric
from srtheory.span.dense.growing_layout import (
    COUNTERS,
    DEPENDENT,
    NEW,
    ONES,
    RANK,
    SETTLED,
    SPANNED,
    SPANS,
    TAKEN,
    TOGETHER,
    Entries,
    Known,
    Steps,
)
from srtheory.span.dense.vectors import combine, lose_one, scale, settle


@compiled
def express(known, rows, indptr, indices, values, pivot_rows, widths, begin, end):  # type: ignore[no-untyped-def]
    """Express the pivots ``begin`` to ``end`` by inactive columns, and with them 1, which is in ``rows``.

    Return whether 1 is spanned once all pivots are expressed.
    """
    place, pivots, sums, sources, factors, numbers, terms, _ = known
    p, size = np.int64(numbers[0]), pivots.shape[1]
    for t in range(begin, end):
        low, high, multiple = indptr[pivot_rows[t]], indptr[pivot_rows[t] + 1], np.int64(-1)
        for e in range(low, high):
            if len(values) > 0 and place[indices[e]] == t:
                multiple = -inverse(values[e], p)
        blocks = (widths[t] + LANE - 1) // LANE  # it does not occur in others
        substitute(pivots, t * size, blocks, Entries(indices, values, low, high), t, multiple, known)
        pivots[t, blocks * LANE :] = 0
    factors[:] = 1
    for first in range(begin, end, terms):
        count = min(terms, end - first)
        for k in range(count):
            sources[k] = (first + k) * size
        for j in range(size):
            sums[j] = sums.dtype.type(rows[ONES, j])
        combine(rows, ONES * size, sums, 0, factors, pivots, sources, 0, count, size // LANE, numbers)
    return end == len(pivot_rows) and settle(rows, ONES * size, size // LANE, numbers) < 0


@compiled
def with_room(place, pivots, numbers, terms, weighted_terms, sums):  # type: ignore[no-untyped-def]
    """Return the known combinations, with room for the terms of a row."""
    sources, factors = np.empty(len(place), np.int64), np.empty(len(place), sums.dtype)
    return Known(place, pivots, sums, sources, factors, numbers, terms, weighted_terms)


@compiled
def substitute(target, at, blocks, row, own, multiple, known):  # type: ignore[no-untyped-def]
    """Write a multiple of a row, without pivot ``own``, in terms of so many blocks of inactive columns."""
    place, pivots, sums, sources, factors, numbers, unweighted, weighted = known
    indices, values, first, last = row
    p, terms = np.int64(numbers[0]), unweighted if len(values) == 0 else weighted
    size, begin, end = pivots.shape[1], 0, 0
    sums[:] = 0
    for e in range(first, last):
        q = np.int64(place[indices[e]])
        factor = multiple if len(values) == 0 else symmetric(symmetric(values[e], p) * multiple, p)
        if q < 0:
            sums[-1 - q] = sums.dtype.type(factor)
        elif q != own:
            sources[end], factors[end] = q * size, factor
            end += 1
    while end - begin > terms:
        combine(sums, 0, sums, 0, factors, pivots, sources, begin, terms, blocks, numbers)
        begin += terms
    combine(target, at, sums, 0, factors, pivots, sources, begin, end - begin, blocks, numbers)


@compiled
def row_number(position, core_rows, before):  # type: ignore[no-untyped-def]
    """Return the index of the row that is taken after so many others, given the number of rows in the triangle."""
    core = len(core_rows)
    return np.int64(core_rows[position]) if position < core else before + position - core


@compiled
def portion(waiting, limit, counters):  # type: ignore[no-untyped-def]
    """Return how many of so many rows to take now, at most ``limit``; none once 1 is spanned."""
    if counters[SPANNED] >= 0:
        return 0
    room = LANE - (counters[RANK] - counters[SETTLED])
    return min(limit, waiting, room, TOGETHER)


@compiled
def with_names(counters, rows, numbers):  # type: ignore[no-untyped-def]
    """Return the steps, with their leads and pivots after the counters."""
    groups = rows.shape[1] // LANE + 1
    leads, pivots = counters[COUNTERS : COUNTERS + groups], counters[COUNTERS + groups :]
    return Steps(counters, leads, pivots, rows, numbers)


@compiled
def enter(count, steps):  # type: ignore[no-untyped-def]
    """Clear the waiting steps, and then each new row, in the ``count`` new rows, already clear of other steps.

    The remainder of a row waits as a step. Rows are cleared side by side, since single rows would stall on their
    factors.
    """
    counters, leads, pivots, rows, numbers = steps
    size, settled, found = rows.shape[1], counters[SETTLED], 0
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
def join(steps):  # type: ignore[no-untyped-def]
    """Clear the ``LANE`` waiting steps in each other, and return the first column they may have."""
    counters, leads, pivots, rows, numbers = steps
    size, settled = rows.shape[1], counters[SETTLED]
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
def take(  # type: ignore[no-untyped-def]
    place, pivots, numbers, terms, weighted_terms, core_rows, counters, rows, form,
    indptr, indices, values, length, limit,
):  # fmt: skip
    """See :meth:`srtheory.span.dense.growing_form.Growing.take`; in floating point.

    Functions that are called for every row take no tuples, which numba reads more slowly than separate arguments.
    """
    size, core, found = pivots.shape[1], len(core_rows), 0
    before = len(pivots) - LANE + core
    known = with_room(place, pivots, numbers, terms, weighted_terms, np.empty(size, rows.dtype))
    steps, groups = with_names(counters, rows, numbers), form.reshape(size, size)
    none, once = np.int64(-1), np.int64(1)  # literals would have it compiled once more
    while True:
        count = portion(core + length - before - counters[TAKEN], limit, counters)
        if count <= 0:
            return found | (SPANS if counters[SPANNED] >= 0 else 0)
        limit -= count
        for i in range(count):
            r = row_number(counters[TAKEN] + i, core_rows, before)
            row = Entries(indices, values, indptr[r], indptr[r + 1])
            substitute(rows, (NEW + i) * size, size // LANE, row, none, once, known)
        _clear(count, groups, steps)
        found |= enter(count, steps)
        if counters[RANK] - counters[SETTLED] == LANE:
            settled, start = counters[SETTLED], join(steps)
            for k in range(LANE):
                for j in range(start, size):  # a slice would take the compiler two seconds
                    groups[settled + k, j] = rows[k, j]


@compiled
def _clear(count, groups, steps):  # type: ignore[no-untyped-def]
    """Clear the groups of steps, one after the other, in the ``count`` new rows."""
    counters, leads, pivots, rows, numbers = steps
    for start in range(0, counters[SETTLED], LANE):
        lead = leads[start // LANE + 1] // LANE * LANE
        for i in range(NEW, NEW + count):
            row, target = rows[i], rows[i, lead:]
            for k in range(start, start + LANE, 4):
                f0, f1, f2, f3 = row[pivots[k]], row[pivots[k + 1]], row[pivots[k + 2]], row[pivots[k + 3]]
                r0, r1, r2, r3 = groups[k, lead:], groups[k + 1, lead:], groups[k + 2, lead:], groups[k + 3, lead:]
                for j in range(len(target)):
                    target[j] -= f0 * r0[j] + f1 * r1[j] + f2 * r2[j] + f3 * r3[j]
            reduce_all(target, numbers)
