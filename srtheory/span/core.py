"""The sparse phase: from a sparse matrix to a triangle and a small dense core.

Inactivation, as RaptorQ decoders do it: take a row with the fewest active columns; keep one of them as its pivot, set
the others aside ("inactive").  Every pivot column is then a combination of pivot columns before it and of inactive
columns, so that only the rows that are no pivot's row say something about the inactive columns: the dense core.

References
----------
M. Luby et al., "RaptorQ Forward Error Correction Scheme for Object Delivery", RFC 6330, 2011, section 5.4.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

NONE = -1
LIGHT = 4
NEXT, WORDS, LEVELS = LIGHT + 1, LIGHT + 2, LIGHT + 3
"""Where, after the heights of the stacks of light rows, it says which word is the first that may not be 0, how many
words there are for a weight, and the first weight for which there are none."""
SHIFT, MASK = 5, 31
"""A word has 32 bits, of the 64 of its number."""


@dataclass(frozen=True, eq=False)
class Triangle:
    """A sparse matrix of shape (n, m) split into a triangle of s pivots and a core on c inactive columns.

    Attributes
    ----------
    pivot_rows, pivot_columns : int32 arrays, shape (s,)
        Row ``pivot_rows[t]`` has no active columns but ``pivot_columns[: t + 1]``.
    widths : int32 array, shape (s,)
        Row ``pivot_rows[t]`` depends on no inactive columns but ``inactive[: widths[t]]``; never falling.
    inactive : int32 array, shape (c,)
        The columns of the core, m = s + c.
    core_rows : int32 array, shape (n - s,)
        The rows of the core.
    place : int32 array, shape (m,)
        t for ``pivot_columns[t]``, ``-1 - j`` for ``inactive[j]``.
    """

    pivot_rows: Int32
    pivot_columns: Int32
    widths: Int32
    inactive: Int32
    core_rows: Int32
    place: Int32


def with_ones(indptr: Int64, indices: Int32, triangle: Triangle) -> tuple[Int64, Int32, Triangle]:
    """The rows with 1 below them, as one more row of the core."""
    n, m = len(indptr) - 1, len(triangle.place)
    core_rows = np.append(triangle.core_rows, np.int32(n))
    extended = np.append(indptr, indptr[-1] + m), np.append(indices, np.arange(m, dtype=np.int32))
    return *extended, replace(triangle, core_rows=core_rows)


def without_last(triangle: Triangle) -> Triangle:
    """A triangle of the rows but the last: if that is a pivot's, its column becomes one of the core's.  O(n + m).

    Pivots before it do not depend on that column, so that it stands after the columns that they may depend on.
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


def triangulate(indptr: Int64, indices: Int32, columns: int) -> Triangle:
    """Peel and inactivate.  Every entry must be non-zero in the field.

    Time O(nnz) as long as rows are light, O(n / 32) more for a pivot's row that is not, and O(n) for one that is 32
    times as heavy as the mean.
    """
    arrays = _outcome(len(indptr) - 1, columns)
    return _triangle(*arrays, *_peel(indptr, indices, *arrays))


def _outcome(rows: int, columns: int) -> tuple[Int32, Int32, Int32, Int32, npt.NDArray[np.bool_]]:
    """Pivots' rows and columns, widths, inactive columns, places, and which rows are no pivot's."""
    order, widths = np.empty((2, min(rows, columns)), np.int32), np.empty(min(rows, columns), np.int32)
    inactive, place = np.empty(columns, np.int32), np.empty(columns, np.int32)
    return order, widths, inactive, place, np.ones(rows, np.bool_)


def _triangle(
    order: Int32, widths: Int32, inactive: Int32, place: Int32, free: npt.NDArray[np.bool_], pivots: int, aside: int
) -> Triangle:
    core_rows = np.flatnonzero(free).astype(np.int32)
    return Triangle(order[0, :pivots], order[1, :pivots], widths[:pivots], inactive[:aside], core_rows, place)


class Triangulation:
    """What :func:`triangulate` does, some pivots at a time; always compiled."""

    def __init__(self, indptr: Int64, indices: Int32, columns: int) -> None:
        self._arrays = _outcome(len(indptr) - 1, columns)
        self._given = indptr, indices, *_begin(indptr, indices, self._arrays[3])
        self._pivots = self._aside = 0

    def proceed(self, pivots: int) -> bool:
        """Find up to so many more pivots; say whether that is all."""
        found = _proceed(*self._given, *self._arrays, self._pivots, self._aside, pivots)
        self._pivots, self._aside, done = found
        return bool(done)

    def triangle(self) -> Triangle:
        """The outcome, once that is all."""
        return _triangle(*self._arrays, self._pivots, self._aside)


@compiled(small=LINEAR)
def _peel(
    indptr: Int64,
    indices: Int32,
    order: Int32,
    widths: Int32,
    inactive: Int32,
    place: Int32,
    free: npt.NDArray[np.bool_],
) -> tuple[int, int]:
    """Fill the arrays of a :class:`Triangle`; return the numbers of pivots and of inactive columns."""
    starts, owners, degree, weight, light, waiting, height = _begin(indptr, indices, place)
    pivots, aside, _ = _proceed(
        indptr, indices, starts, owners, degree, weight, light, waiting, height, order, widths, inactive,
        place, free, 0, 0, len(indptr),
    )  # fmt: skip
    return pivots, aside


@compiled
def _begin(indptr, indices, place):  # type: ignore[no-untyped-def]
    """All columns become active; what the search for light rows looks at."""
    m, n = len(place), len(indptr) - 1
    starts, owners, _ = transpose(indptr, indices, m)
    degree, weight = starts[1:] - starts[:-1], (indptr[1:] - indptr[:-1]).astype(np.int32) + np.int32(1)
    light, height = np.empty((LIGHT + 1, n), np.int32), np.zeros(LEVELS + 1, np.int64)
    words, most = (n >> SHIFT) + 1, 0
    for w in weight:
        most = max(most, w)
    levels = min(most, LIGHT + 1 + (indptr[-1] + n) // words)
    height[WORDS], height[LEVELS] = words, levels
    waiting = np.zeros(levels * words, np.int64)
    _lighten(np.arange(n - 1, -1, -1).astype(np.int32), weight, light, waiting, height)  # from one too many
    place[:] = m
    return starts, owners, degree, weight, light, waiting, height


@compiled
def _proceed(  # type: ignore[no-untyped-def]
    indptr, indices, starts, owners, degree, weight, light, waiting, height, order, widths, inactive, place,
    free, pivots, aside, limit,
):  # fmt: skip
    """Up to ``limit`` more pivots; their number, that of inactive columns, and whether there are no more."""
    active, end = np.int32(len(place)), pivots + limit
    while pivots < end:
        i = _lightest(weight, light, waiting, height)
        if i == NONE:
            for c in range(len(place)):
                if place[c] == active:
                    inactive[aside] = c
                    aside += 1
                    place[c] = -aside
            return pivots, aside, True
        kept = _kept_column(indices[indptr[i] : indptr[i + 1]], place, degree, active)
        for e in range(indptr[i], indptr[i + 1]):
            c = indices[e]
            degree[c] -= 1
            if place[c] != active:
                continue
            if c != kept:
                inactive[aside] = c
                aside += 1
                place[c] = -aside
            else:
                place[c] = pivots
            _lighten(owners[starts[c] : starts[c + 1]], weight, light, waiting, height)
        order[0, pivots], order[1, pivots], widths[pivots] = i, kept, aside
        free[i] = False
        pivots += 1
    return pivots, aside, False


@compiled(small=LINEAR)
def transpose(indptr: Int64, indices: Int32, columns: int) -> tuple[Int32, Int32, Int32]:
    """Compressed columns: ``starts``, the row of each entry, and where the entry stood among the rows' entries."""
    starts = np.zeros(columns + 2, np.int32)
    for c in indices[: indptr[-1]]:
        starts[c + 2] += 1
    for c in range(columns):
        starts[c + 2] += starts[c + 1]
    owners, places = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.int32)
    for i in range(len(indptr) - 1):
        for e in range(indptr[i], indptr[i + 1]):
            c = indices[e]
            owners[starts[c + 1]], places[starts[c + 1]] = i, e
            starts[c + 1] += 1
    return starts[:-1], owners, places


@compiled
def _lighten(rows: Int32, weight: Int32, light: Int32, waiting: Int64, height: Int64) -> None:
    """Rows have an active column less, and wait by the weight that is left.

    A light row is put on the stack of its weight.  A heavier one is a bit, the words of ``waiting`` going on from
    weight to weight.  Rows that are heavier still are left to :func:`_lightest`.
    """
    words, levels, first = height[WORDS], height[LEVELS], height[NEXT]
    for i in rows:
        w = weight[i] - 1
        weight[i] = w
        if LIGHT < w < levels:
            k = w * words + (i >> SHIFT)
            waiting[k] |= np.int64(1) << (i & MASK)
            first = min(first, k)
        elif 0 < w <= LIGHT:
            light[w, height[w]] = i
            height[w] += 1
    height[NEXT] = first


@compiled
def _lightest(weight: Int32, light: Int32, waiting: Int64, height: Int64) -> int:
    """A row with the fewest active columns, at least one, or NONE: the last on a stack, or the first of its weight.

    One that waits by a weight that it has no longer is dropped.
    """
    for w in range(1, LIGHT + 1):
        while height[w] > 0:
            height[w] -= 1
            i = light[w, height[w]]
            if weight[i] == w:
                return i
    words, k = height[WORDS], height[NEXT]
    while k < len(waiting):
        if waiting[k] == 0:
            k += 1
            continue
        i = (k % words << SHIFT) + _lowest_bit(waiting[k])
        waiting[k] &= waiting[k] - 1
        if weight[i] == k // words:
            height[NEXT] = k
            return i
    height[NEXT] = k
    least = NONE
    for i in range(len(weight)):
        if weight[i] > 0 and (least == NONE or weight[i] < weight[least]):
            least = i
    return least


@compiled
def _lowest_bit(x: int) -> int:
    """The number of the lowest bit of x that is 1, 0 < x < 2**32: its binary digits one by one."""
    b = x & -x
    low = ((b & 0xAAAAAAAA) != 0) + 2 * ((b & 0xCCCCCCCC) != 0) + 4 * ((b & 0xF0F0F0F0) != 0)
    return low + 8 * ((b & 0xFF00FF00) != 0) + 16 * ((b & 0xFFFF0000) != 0)


@compiled
def _kept_column(support: Int32, place: Int32, degree: Int32, active: int) -> int:
    """The active column that the fewest unused rows look at: setting the busier ones aside lightens more rows."""
    kept = NONE
    for c in support:
        if place[c] == active and (kept == NONE or degree[c] < degree[kept]):
            kept = c
    return kept
