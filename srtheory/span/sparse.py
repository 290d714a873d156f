"""The sparse phase: checked rows, their coverage time, and their split into a triangle and a small dense core.

The split is inactivation, as in RaptorQ decoders (M. Luby et al., RFC 6330, 2011, section 5.4.2): take a row with the
fewest active columns, keep one of them as its pivot, and set the others aside ("inactive"). Every pivot column is then
a combination of pivot columns before it and of inactive columns. Only the rows without a pivot constrain the inactive
columns. They form the dense core.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled, ordinary
from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, boundaries, elements_of, plain_array
from srtheory.types import Bools, Int32, Int64

UInt32 = npt.NDArray[np.uint32]

NONE = -1
LIGHT = 4
SHIFT, MASK = 5, 31
"""Parameters of words: 32 bits per word, of the 64 of its number."""


@dataclass(frozen=True, eq=False)
class Triangle:
    """A sparse matrix of shape (n, m) split into a triangle of s pivots and a core on c inactive columns."""

    pivot_rows: Int32
    pivot_columns: Int32
    """Shape (s,). Row ``pivot_rows[t]`` has no active columns but ``pivot_columns[: t + 1]``."""
    widths: Int32
    """Shape (s,): Row ``pivot_rows[t]`` depends on no inactive columns but ``inactive[: widths[t]]``; never
    falling."""
    inactive: Int32
    """Shape (c,). The columns of the core, m = s + c."""
    core_rows: Int32
    """Shape (n - s,): The rows of the core."""
    place: Int32
    """Shape (m,). t for ``pivot_columns[t]``, ``-1 - j`` for ``inactive[j]``."""


def with_ones(indptr: Int64, indices: Int32, triangle: Triangle) -> tuple[Int64, Int32, Triangle]:
    """Return the rows with 1 below them, as a further row of the core."""
    n, m = len(indptr) - 1, len(triangle.place)
    core_rows = np.append(triangle.core_rows, np.int32(n))
    extended = np.append(indptr, indptr[-1] + m), np.append(indices, np.arange(m, dtype=np.int32))
    return *extended, replace(triangle, core_rows=core_rows)


def without_last(triangle: Triangle) -> Triangle:
    """Return a triangle of all rows but the last; a pivot of the last row becomes a column of the core. O(n + m).

    Pivots before it do not depend on that column, so it is placed after the columns that they may depend on.
    """
    last = len(triangle.pivot_rows) + len(triangle.core_rows) - 1
    if last in triangle.core_rows[-1:]:
        return replace(triangle, core_rows=triangle.core_rows[:-1])
    t = int(np.argmax(triangle.pivot_rows == last))
    width = triangle.widths[t]
    columns = _without(triangle.pivot_columns, t)
    inactive = np.concatenate((triangle.inactive[:width], triangle.pivot_columns[t : t + 1], triangle.inactive[width:]))
    widths = _without(triangle.widths, t)
    widths[t:] += 1
    place = np.empty_like(triangle.place)
    place[columns], place[inactive] = np.arange(len(columns)), -1 - np.arange(len(inactive))
    return Triangle(_without(triangle.pivot_rows, t), columns, widths, inactive, triangle.core_rows, place)


def _without(array: Int32, t: int) -> Int32:
    return np.concatenate((array[:t], array[t + 1 :]))


class Outcome(NamedTuple):
    """Arrays that a triangulation fills."""

    order: Int32
    """Shape (2, min(n, m)). Rows and columns of the pivots."""
    widths: Int32
    inactive: Int32
    place: Int32
    """Those of a :class:`Triangle`. While a column is active, its place is m."""
    free: Bools
    """Shape (n,): Rows without a pivot."""


class Queue(NamedTuple):
    """Rows by weight, which is the number of their active columns.

    A light row is on the stack of its weight. A heavier row is a bit in the words of ``waiting``, which continue from
    weight to weight. Even heavier rows are in neither. Tables give the end of each weight's stack, whether it grows,
    and the start of its words. Weights without a stack or words have a dummy entry and dummy words.
    """

    weight: Int32
    """Shape (n,). The weight of each row."""
    light: UInt32
    """The stacks."""
    waiting: Int64
    """The words."""
    top: UInt32
    step: UInt32
    base: UInt32
    """The tables, by weight."""
    first: Int64
    """Shape (1,): The first word that may not be 0."""
    words: int
    """Number of words for a weight."""


class Search(NamedTuple):
    """A matrix by rows and by columns, and the state of the search for pivots."""

    indptr: Int64
    indices: Int32
    """The rows."""
    starts: Int32
    owners: UInt32
    """The columns."""
    degree: Int32
    """Shape (m,): Number of rows without a pivot that have an entry in the column."""
    queue: Queue
    """The rows by their weights."""


def triangulate(indptr: Int64, indices: Int32, columns: int) -> Triangle:
    """Peel and inactivate a matrix whose entries are all non-zero in the field.

    Time O(nnz) as long as rows are light, O(n / 32) more for a pivot's row that is not, and O(n) for one that is 32
    times as heavy as the mean.
    """
    arrays = _room(len(indptr) - 1, columns)
    return _triangle(*arrays, *_peel(indptr, indices, *arrays))


def _room(rows: int, columns: int) -> tuple[Int32, Int32, Int32, Int32, Bools]:
    """Return the empty arrays of an :class:`Outcome`, in which no row has a pivot."""
    order, widths = np.empty((2, min(rows, columns)), np.int32), np.empty(min(rows, columns), np.int32)
    inactive, place = np.empty(columns, np.int32), np.empty(columns, np.int32)
    return order, widths, inactive, place, np.ones(rows, np.bool_)


def _triangle(
    order: Int32, widths: Int32, inactive: Int32, place: Int32, free: Bools, pivots: int, aside: int
) -> Triangle:
    core_rows = np.flatnonzero(free).astype(np.int32)
    return Triangle(order[0, :pivots], order[1, :pivots], widths[:pivots], inactive[:aside], core_rows, place)


class Triangulation:
    """Stepwise form of :func:`triangulate`, some pivots at a time; always compiled."""

    def __init__(self, indptr: Int64, indices: Int32, columns: int) -> None:
        self._outcome = Outcome(*_room(len(indptr) - 1, columns))
        self._search = _begin(indptr, indices, self._outcome.place)
        self._pivots = self._aside = 0

    def proceed(self, pivots: int) -> bool:
        """Find up to so many more pivots, and return whether the search is complete."""
        found = _proceed(self._search, self._outcome, self._pivots, self._aside, pivots)
        self._pivots, self._aside, done = found
        return bool(done)

    def triangle(self) -> Triangle:
        """Return the outcome of a complete search."""
        return _triangle(*self._outcome, self._pivots, self._aside)


@compiled(small=LINEAR)
def _peel(
    indptr: Int64, indices: Int32, order: Int32, widths: Int32, inactive: Int32, place: Int32, free: Bools
) -> tuple[int, int]:
    """Fill the arrays of an :class:`Outcome`, passed one by one since numba compiles a tuple of them more slowly.

    It returns the numbers of pivots and of inactive columns.
    """
    search, outcome = _begin(indptr, indices, place), Outcome(order, widths, inactive, place, free)
    none = np.int64(0)  # for a plain 0 numba compiles what it calls once more
    pivots, aside, _ = _proceed(search, outcome, none, none, len(indptr))
    return pivots, aside


@compiled
def _begin(indptr, indices, place):  # type: ignore[no-untyped-def]
    """Make all columns active and fill the arrays that the search for light rows reads."""
    m, n = len(place), len(indptr) - 1
    starts, rows, _ = transpose(indptr, indices, m)
    owners = rows.view(np.uint32)  # no index is negative: numba need not check
    # Few of NumPy's functions: numba compiles each for each type, which takes longer than the loops here.
    degree, weight = np.empty(m, np.int32), np.empty(n, np.int32)
    for j in range(m):
        degree[j] = starts[j + 1] - starts[j]
    words, most = (n >> SHIFT) + 1, 0
    for i in range(n):
        w = indptr[i + 1] - indptr[i] + 1
        weight[i], most = w, max(most, w)
    levels = max(min(most, LIGHT + 1 + (indptr[-1] + n) // words), LIGHT + 1)
    light, waiting = np.empty(LIGHT * n + 1, np.uint32), np.empty((levels - LIGHT) * words, np.int64)
    first, tables = np.empty(1, np.int64), max(most, LIGHT) + 2
    top, step, base = np.empty(tables, np.uint32), np.empty(tables, np.uint32), np.empty(tables, np.uint32)
    waiting[:], first[:] = 0, len(waiting)
    top[:], step[:], base[:] = 0, 0, len(waiting) - words
    for k in range(1, LIGHT + 1):
        top[k], step[k] = (k - 1) * n + 1, 1
    for k in range(LIGHT + 1, levels):
        base[k] = (k - LIGHT - 1) * words
    queue = Queue(weight, light, waiting, top, step, base, first, words)
    column, bounds, everyone = np.empty(1, np.uint32), np.empty(2, np.int32), np.empty(n, np.uint32)
    column[0], bounds[0], bounds[1] = 0, 0, n
    for i in range(n):
        everyone[i] = n - 1 - i
    _lighten(column, np.int64(1), bounds, everyone, queue)  # from one too many
    place[:] = m
    return Search(indptr, indices, starts, owners, degree, queue)


@compiled
def _proceed(search, outcome, pivots, aside, limit):  # type: ignore[no-untyped-def]
    """Find up to ``limit`` more pivots, and return their number, that of inactive columns, and whether none are left.

    There are few branches, since the processor could not predict them and would stall at each.
    """
    indptr, indices, starts, owners, degree, queue = search
    order, widths, inactive, place, free = outcome
    active, end = np.int32(len(place)), pivots + limit
    fresh = np.empty(len(place) + 1, np.uint32)
    while pivots < end:
        i = lightest_row(queue)
        if i == NONE:
            for j in range(len(place)):
                if place[j] == active:
                    inactive[aside] = j
                    aside += 1
                    place[j] = -aside
            return pivots, aside, True
        count, least, kept = np.int64(0), np.int32(len(indptr)), fresh[0]
        for e in range(indptr[i], indptr[i + 1]):
            c = np.uint32(indices[e])  # not negative: numba need not check
            degree[c] -= 1
            fresh[count] = c
            count += int(place[c] == active)
        for k in range(count):  # the column in the fewest unused rows: the others, set aside, lighten more rows
            c = fresh[k]
            kept = c if degree[c] < least else kept
            least = min(degree[c], least)
        for k in range(count):
            c = fresh[k]
            inactive[aside] = c
            aside += int(c != kept)
            place[c] = -aside if c != kept else pivots
        _lighten(fresh, count, starts, owners, queue)
        order[0, pivots], order[1, pivots], widths[pivots] = i, kept, aside
        free[i] = False
        pivots += 1
    return pivots, aside, False


@compiled(small=LINEAR)
def transpose(indptr: Int64, indices: Int32, columns: int) -> tuple[Int32, Int32, Int32]:
    """Return compressed columns: ``starts``, the row of each entry, and its position among the entries by rows."""
    starts = np.zeros(columns + 2, np.int32)
    ahead, following = starts[2:], starts[1:]
    for e in range(indptr[-1]):
        ahead[np.uint32(indices[e])] += 1
    for j in range(columns):
        starts[j + 2] += starts[j + 1]
    owners, places = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.int32)
    for i in range(len(indptr) - 1):
        for e in range(indptr[i], indptr[i + 1]):
            c = np.uint32(indices[e])
            k = following[c]
            owners[k], places[k] = i, e
            following[c] = k + 1
    return starts[:-1], owners, places


@compiled
def _lighten(columns, count, starts, owners, queue):  # type: ignore[no-untyped-def]
    """Remove these active columns from their rows, which then wait at their new weight.

    Rows that are too heavy for a stack and for words are left to :func:`lightest_row`.
    """
    weight, light, waiting, top, step, base, state, _ = queue
    first = state[0]
    for j in range(count):
        c = columns[j]
        for e in range(starts[c], starts[c + 1]):
            i = owners[e]
            was, w = np.uint32(weight[i]), np.uint32(weight[i] - 1)
            weight[i] = w
            light[top[w]] = i
            top[w] += step[w]
            word, bit = i >> SHIFT, np.int64(1) << (i & MASK)
            waiting[base[was] + word] &= ~bit
            waiting[base[w] + word] |= bit
            first = min(first, np.int64(base[w] + word))
    state[0] = first


@compiled
def lightest_row(queue):  # type: ignore[no-untyped-def]
    """Return a row with the fewest active columns, at least one, or NONE: top of a stack, or first of its weight.

    Rows on the stack of a weight that they no longer have are dropped.
    """
    weight, light, waiting, top, _, _, first, words = queue
    found, w, k = np.int64(NONE), 1, first[0]
    while found == NONE and w <= LIGHT:
        least, left = (w - 1) * len(weight) + 1, np.int64(top[w])
        while found == NONE and left > least:
            left -= 1
            i = light[left]
            found = np.int64(i if weight[i] == w else NONE)
        top[w] = left
        w += 1
    while found == NONE and k < len(waiting) - words:
        if waiting[k] == 0:
            k += 1
        else:
            found = (k % words << SHIFT) + _lowest_bit(waiting[k])
    first[0] = k
    if found == NONE:
        for i in range(len(weight)):
            if weight[i] > 0 and (found == NONE or weight[i] < weight[found]):
                found = np.int64(i)
    return found


@compiled
def _lowest_bit(x: int) -> int:
    """Return the position of the lowest set bit of x, 0 < x < 2**32, from its binary digits one by one."""
    b = x & -x
    low = ((b & 0xAAAAAAAA) != 0) + 2 * ((b & 0xCCCCCCCC) != 0) + 4 * ((b & 0xF0F0F0F0) != 0)
    return low + 8 * ((b & 0xFF00FF00) != 0) + 16 * ((b & 0xFFFF0000) != 0)


LARGEST_INT32 = 2**31 - 1


def checked_rows(
    indptr: npt.ArrayLike, indices: npt.ArrayLike, columns: int, values: npt.ArrayLike | None = None
) -> Rows:
    """Return the arguments as :class:`Rows`; contiguous, writable arrays of the right type are not copied."""
    m = require_int("columns", columns, 0, LARGEST_INT32)
    bounds, places = _whole("indptr", indptr, np.int64), _whole("indices", indices)
    if len(bounds) == 0 or bounds[0] != 0 or bounds[-1] != len(places) or (bounds[1:] < bounds[:-1]).any():
        raise ArgumentError("indptr", bounds[:5].tolist(), f"a sequence that never falls, from 0 to {len(places)}")
    if len(places) and not (places.min() >= 0 and places.max() < m):
        raise ArgumentError("indices", [int(places.min()), int(places.max())], f"columns from 0 to {m - 1}")
    supports = ordinary(places.astype(np.int32, copy=False))
    twice = repeated_index(bounds, supports, m)
    if twice >= 0:
        raise ArgumentError("indices", twice, "columns of which no row names one twice")
    weights = None if values is None else _whole("values", values, np.int64)
    if weights is not None and len(weights) != len(places):
        raise ArgumentError("values", f"{len(weights)} weights", f"{len(places)} weights, one for each of 'indices'")
    return Rows(m, bounds, supports, weights, elements_of("values", values))


def transposed(rows: Rows) -> Rows:
    """Return the columns as rows."""
    starts, owners, places = transpose(rows.indptr, rows.indices, rows.columns)
    return Rows(len(rows), starts.astype(np.int64), owners, None if rows.values is None else rows.values[places])


def without_empty(rows: Rows) -> Rows:
    """Return the rows and columns that are not zero, in their order: a matrix of the same rank."""
    met, filled = np.bincount(rows.indices, minlength=rows.columns) > 0, np.diff(rows.indptr) > 0
    if met.all() and filled.all():
        return Rows(rows.columns, rows.indptr, rows.indices, rows.values)
    number = np.cumsum(met, dtype=np.int32) - 1
    return Rows(int(met.sum()), boundaries(np.diff(rows.indptr)[filled]), number[rows.indices], rows.values)


def restrict(rows: Rows, row_numbers: list[int], column_numbers: list[int]) -> Rows:
    """Return the sub-matrix of some rows and columns (both ascending), with the columns renumbered from 0."""
    row_place = np.full(len(rows), -1)
    row_place[row_numbers] = np.arange(len(row_numbers))
    column_place = np.full(rows.columns, -1, dtype=np.int32)
    column_place[column_numbers] = np.arange(len(column_numbers))
    owner = np.repeat(row_place, np.diff(rows.indptr))
    place = column_place[rows.indices]
    kept = (owner >= 0) & (place >= 0)
    sizes = np.bincount(owner[kept], minlength=len(row_numbers))
    return Rows(len(column_numbers), boundaries(sizes), place[kept], None if rows.values is None else rows.values[kept])


def residues(rows: Rows, prime: int) -> Rows:
    """Return the matrix modulo ``prime``, by symmetric residues without zeros."""
    if rows.values is None:
        return rows
    values = rows.values % prime
    values -= prime * (values > prime // 2)
    return replace(rows, values=values)


def _whole(name: str, array: npt.ArrayLike, kind: type[np.int64] | None = None) -> Int64:
    """Return a one-dimensional array of signed integers, of the given type if there is one."""
    given = plain_array(name, array, "a one-dimensional array of integers below 2**63")
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if given.ndim != 1 or given.dtype.kind not in "iu" or given.dtype == np.uint64:
        raise ArgumentError(name, given.dtype.name, "a one-dimensional array of integers below 2**63")
    return given if kind is None else ordinary(given.astype(kind, copy=False))


@compiled(small=LINEAR)
def repeated_index(indptr: Int64, indices: Int32, columns: int) -> int:
    """Return a column that some row contains twice, or -1."""
    seen = np.full(columns, -1, np.int64)
    for i in range(len(indptr) - 1):
        for e in range(indptr[i], indptr[i + 1]):
            c = np.uint32(indices[e])  # no index is negative: numba need not check
            if seen[c] == i:
                return indices[e]
            seen[c] = i
    return -1


def coverage_time(rows: Rows) -> int | None:
    """Return the least k such that the first k rows meet every column (CC of the paper), or None, in O(nnz) time."""
    k = _first_cover(rows.indptr, rows.indices, rows.columns)
    return None if k < 0 else k


@compiled(small=LINEAR)
def _first_cover(indptr: Int64, indices: Int32, columns: int) -> int:
    met, missing = np.zeros(columns, np.bool_), columns
    for i in range(len(indptr) - 1):
        if missing == 0:
            return i
        for e in range(indptr[i], indptr[i + 1]):
            c = np.uint32(indices[e])  # no index is negative: numba need not check
            missing -= not met[c]
            met[c] = True
    return -1 if missing else len(indptr) - 1
