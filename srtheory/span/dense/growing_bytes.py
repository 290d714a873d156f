"""Kernels of :mod:`srtheory.span.dense.growing_form` on bytes, for primes up to 251.

They need a processor that multiplies bytes. A group of steps is held as unsigned bytes, four rows per word, the format
of the products. New rows are signed bytes until they are clear of the groups.
"""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled
from srtheory.span.dense.bytewise import pack
from srtheory.span.dense.elimination import LANE
from srtheory.span.dense.growing import enter, join, portion, row_number, substitute, with_names, with_room
from srtheory.span.dense.growing_layout import NEW, RANK, SETTLED, SPANNED, SPANS, TAKEN, TOGETHER, Entries
from srtheory.span.dense.vectors import narrow, widen
from srtheory.span.dense.vnni import FOUR, TILE_COLUMNS, subtract_row, subtract_tile


@compiled
def take(  # type: ignore[no-untyped-def]
    place, pivots, numbers, terms, weighted_terms, core_rows, counters, rows, form,
    indptr, indices, values, length, limit,
):  # fmt: skip
    """See :meth:`srtheory.span.dense.growing_form.Growing.take` and :func:`srtheory.span.dense.growing.take`."""
    size, base, core, found = pivots.shape[1], len(pivots) - LANE, len(core_rows), 0
    before = base + core
    known = with_room(place, pivots, numbers, terms, weighted_terms, np.empty(size, np.int16))
    steps = with_names(counters, rows, numbers)
    none, once = np.int64(-1), np.int64(1)
    while True:
        count = portion(core + length - before - counters[TAKEN], limit, counters)
        if count <= 0:
            return found | (SPANS if counters[SPANNED] >= 0 else 0)
        limit -= count
        for i in range(count):
            r = row_number(counters[TAKEN] + i, core_rows, before)
            row = Entries(indices, values, indptr[r], indptr[r + 1])
            substitute(pivots, (base + i) * size, size // LANE, row, none, once, known)
        start = _clear(count, pivots, form, steps)
        blocks = (size - start) // LANE
        for i in range(count):
            widen(rows, (NEW + i) * size + start, pivots, (base + i) * size + start, blocks)
        found |= enter(count, steps)
        if counters[RANK] - counters[SETTLED] == LANE:
            group, start = counters[SETTLED] // LANE, join(steps)
            for k in range(LANE):
                narrow(pivots, (base + k) * size + start, rows, k * size + start, (size - start) // LANE, numbers)
            words = form.view(np.uint32)
            for j in range(start, size, TILE_COLUMNS):
                pack(words[LANE * (group * size + j) // FOUR :], pivots, base, base + LANE, j, numbers)


@compiled
def _clear(count, known, form, steps):  # type: ignore[no-untyped-def]
    """Clear the groups of steps, one after the other, in the ``count`` new rows; other rows may hold anything.

    Return the first column, or one of the last before it, that is not a pivot of these groups.
    """
    counters, leads, pivots, _, numbers = steps
    size = known.shape[1]
    factors, start = np.empty((TOGETHER, LANE), np.int8), 0
    first = (len(known) - LANE) * size
    for group in range(counters[SETTLED] // LANE):
        for i in range(count):
            for k in range(LANE):
                factors[i, k] = known[len(known) - LANE + i, pivots[group * LANE + k]]
        start = leads[group + 1] // LANE * LANE
        for j in range(start, size, TILE_COLUMNS):
            at = LANE * (group * size + j)
            if count == 1:
                subtract_row(known, first + j, factors, 0, form, at, LANE // FOUR, numbers)
            else:
                subtract_tile(known, first + j, size, factors, 0, LANE, form, at, LANE // FOUR, numbers)
    return start
