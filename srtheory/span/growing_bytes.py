"""What :mod:`srtheory.span.growing` does for primes up to 251 on bytes, where the processor multiplies bytes.

The form is held twice: by rows of signed bytes, whose entries are factors, and packed as unsigned bytes, four rows to
a word, for products.  Waiting steps and 1 stay in floating point.
"""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled
from srtheory.span.bytewise import pack
from srtheory.span.elimination import LANE, reduce
from srtheory.span.growing import (
    RANK,
    SETTLED,
    SPANNED,
    SPANS,
    TAKEN,
    TOGETHER,
    enter,
    join,
    leads_and_pivots,
    portion,
    row_number,
    substitute,
)
from srtheory.span.vnni import FOUR, TILE_COLUMNS, subtract_row, subtract_tile


@compiled
def take(indptr, indices, values, length, limit, plan, counters, known, form, rows, sums, numbers):  # type: ignore[no-untyped-def]
    """See :meth:`srtheory.span.growing.Growing.take`."""
    size, found = known.shape[1], 0
    new = known[len(known) - LANE :]
    while True:
        count = portion(length, limit, counters)
        if count <= 0:
            return found | (SPANS if counters[SPANNED] >= 0 else 0)
        limit -= count
        for i in range(count):
            r = row_number(counters[TAKEN] + i, plan, counters)
            substitute(indices, values, indptr[r], indptr[r + 1], plan, -1, 1, counters, known, sums, numbers)
            for j in range(size):
                new[i, j] = np.int8(reduce(numbers.dtype.type(sums[j]), numbers))
        start = _clear(new, count, form, counters, numbers)
        for i in range(count):
            if counters[SPANNED] < 0:
                row = rows[LANE + 1 + i]
                for j in range(start, size):
                    row[j] = new[i, j]
                found |= enter(row, rows, counters, numbers)
        if counters[RANK] - counters[SETTLED] == LANE:
            group, start = counters[SETTLED] // LANE, join(rows, counters, numbers)
            for k in range(LANE):
                for j in range(start, size):
                    new[k, j] = np.int8(rows[k, j])
            words = form.view(np.uint32)
            for j in range(start, size, TILE_COLUMNS):
                pack(words[LANE * (group * size + j) // FOUR :], new, 0, LANE, j, numbers)


@compiled
def _clear(new, count, form, counters, numbers):  # type: ignore[no-untyped-def]
    """Clear the groups of steps, one after the other, in the first ``count`` rows; what the others hold is of no account.

    Returns the first column, or one of the last before it, that is no pivot of theirs.
    """
    size = new.shape[1]
    leads, pivots = leads_and_pivots(counters, size)
    factors, start = np.empty((TOGETHER, LANE), np.int8), 0
    for group in range(counters[SETTLED] // LANE):
        for i in range(count):
            for k in range(LANE):
                factors[i, k] = new[i, pivots[group * LANE + k]]
        start = leads[group + 1] // LANE * LANE
        for j in range(start, size, TILE_COLUMNS):
            at = LANE * (group * size + j)
            if count == 1:
                subtract_row(new, j, factors, 0, form, at, LANE // FOUR, numbers)
            else:
                subtract_tile(new, j, size, factors, 0, LANE, form, at, LANE // FOUR, numbers)
    return start
