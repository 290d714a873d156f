"""An echelon form modulo a prime that grows row by row, to ask after every row whether 1 is spanned.

The first rows give a sparse triangle, which stays. The equations of all rows in its inactive columns, the core, are
kept in echelon form by groups of ``LANE`` steps. Each step is 1 at its pivot and 0 at those of its own group and of the
groups before. A new row is cleared of one group after the other, each by one product of a vector with a matrix, or of a
matrix of ``TOGETHER`` rows if so many wait. The last steps wait, in floating point, until they are a group. In total
this takes c³/3 products for c columns, as many as the elimination of all rows at once. But c is larger by about a
quarter, because the triangle has fewer rows.

The kernels are always compiled, since rows are processed in whole blocks. Where the processor multiplies bytes, a group
of steps is held as unsigned bytes, four rows per word, the format of the products; new rows are signed bytes until they
are clear of the groups.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.matrix import Rows
from srtheory.span import bytewise
from srtheory.span.bytewise import (
    FOUR,
    TILE_COLUMNS,
    combine,
    lose_one,
    narrow,
    pack,
    scale,
    settle,
    subtract_row,
    subtract_tile,
    widen,
)
from srtheory.span.dense import (
    LANE,
    Arithmetic,
    Floats,
    aligned,
    inverse,
    padded,
    reduce,
    reduce_all,
    residue_inverse,
    symmetric,
)
from srtheory.span.sparse import Triangle, Triangulation, residues
from srtheory.types import Int32, Int64

NO_WEIGHTS = np.zeros(0, np.int64)
ALL = 1 << 62
TAKES = (
    "(int32[::1], {kind}[:, ::1], {real}[::1], int64, int64, int32[::1], int64[::1], {real}[:, ::1], {kind}[::1],"
    " int64[::1], int32[::1], int64[::1], int64, int64)"
)
"""Types of the arguments of ``take``, by those of residues and of floating-point rows."""


class Growing:
    """An echelon form of rows modulo a prime.

    ``rows``: the rows so far, which decide on the triangle; none of them is in the form yet. ``field``: the prime.

    ``ready``: whether rows can be taken.

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
        self._express = partial(express.machine, known, self._rows)
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

        ``indptr``, ``indices``: the rows; both may be longer than they need be. ``values``: their weights, or nothing
        where all are 1. ``length``: number of rows. ``limit``: largest number of rows to enter.

        Bits: ``SPANS`` and ``DEPENDENT`` of :mod:`srtheory.span.growing`.

        O(weight·c + c²) a row.
        """
        found: int = self._take(indptr, indices, values, length, limit)
        return found


def _arithmetic(field: Arithmetic) -> tuple[Any, Callable[[int], int], type, type]:
    """Return the kernel that takes rows, its room for sums, and the types of residues and of sums."""
    if bytewise.applies(field):
        return take_bytes.entry(TAKES.format(real="float32", kind="int8")), bytewise.room, np.int8, np.int16
    real = np.dtype(field.kind).name
    return take_floats.entry(TAKES.format(real=real, kind=real)), field.room, field.kind, field.kind


TOGETHER = 8
"""Number of rows that are reduced at a time if more than one waits."""
ONES, NEW = LANE, LANE + 1
"""First indices among the floating-point rows: waiting steps come first, followed by 1 and the new rows."""
SPANS, DEPENDENT = 1, 2
"""Results of checking new rows: 1 is spanned, or one of them depends on the rows before."""
TAKEN, RANK, SETTLED, SPANNED, COUNTERS = range(5)
"""The counters of :class:`Steps`, and how many there are: rows taken, those of the first that are no pivot's before the
later ones; steps; steps in groups; rows taken when 1 was first spanned, or -1."""


class Entries(NamedTuple):
    """A row: entries ``begin`` to ``end`` of the entries of all rows; ``values`` is absent if all are 1."""

    indices: Int32
    values: Int64
    begin: int
    end: int


class Known(NamedTuple):
    """Columns in terms of inactive columns, from the triangle, and memory for a row written in these terms."""

    place: Int32
    """Shape (m,). That of the :class:`~srtheory.span.sparse.Triangle`."""
    pivots: npt.NDArray[Any]
    """The triangle's pivots in terms of inactive columns, which are filled up to whole blocks; below them are
    ``LANE`` rows, for new ones where bytes are multiplied."""
    sums: npt.NDArray[Any]
    """Room for the row."""
    sources: Int64
    factors: npt.NDArray[Any]
    """Memory for its terms, at most as many as columns: their positions, and their factors."""
    numbers: Floats
    """The field's constants, then its inverses."""
    terms: int
    weighted_terms: int
    """Number of residues, times 1 or any other, that are added before a reduction."""


class Steps(NamedTuple):
    """Steps of the echelon form."""

    counters: Int64
    """Arrays that change with every row."""
    leads: Int64
    """For each group of ``LANE`` steps, the first column that is not a pivot of an earlier group."""
    pivots: Int64
    """The columns of all steps' pivots."""
    rows: Floats
    """Shape (NEW + TOGETHER, columns): Waiting steps, 1 and new rows."""
    numbers: Floats
    """The field's constants, then its inverses."""


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
    """Return how many of so many rows to take_floats now, at most ``limit``; none once 1 is spanned."""
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
def take_floats(  # type: ignore[no-untyped-def]
    place, pivots, numbers, terms, weighted_terms, core_rows, counters, rows, form,
    indptr, indices, values, length, limit,
):  # fmt: skip
    """See :meth:`srtheory.span.growing.Growing.take`; in floating point.

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
        _clear_floats(count, groups, steps)
        found |= enter(count, steps)
        if counters[RANK] - counters[SETTLED] == LANE:
            settled, start = counters[SETTLED], join(steps)
            for k in range(LANE):
                for j in range(start, size):  # a slice would take_floats the compiler two seconds
                    groups[settled + k, j] = rows[k, j]


@compiled
def _clear_floats(count, groups, steps):  # type: ignore[no-untyped-def]
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


@compiled
def take_bytes(  # type: ignore[no-untyped-def]
    place, pivots, numbers, terms, weighted_terms, core_rows, counters, rows, form,
    indptr, indices, values, length, limit,
):  # fmt: skip
    """See :meth:`srtheory.span.growing.Growing.take` and :func:`srtheory.span.growing.take_floats`."""
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
        start = _clear_bytes(count, pivots, form, steps)
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
def _clear_bytes(count, known, form, steps):  # type: ignore[no-untyped-def]
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
