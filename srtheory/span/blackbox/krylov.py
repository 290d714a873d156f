"""The dense core of sparse 0/1 rows as a black box: its products with blocks of vectors, without its entries.

The triangle of :mod:`srtheory.span.core` writes the pivots' columns in terms of the inactive ones. A product of the
core with a vector y extends y to all columns, pivot by pivot, and adds up the core's rows: each entry of the sparse
matrix is used once, for every density of the core.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.span.blackbox.transform import Float32, largest_residue
from srtheory.span.core import Int32, Int64, Triangle
from srtheory.span.dense.elimination import LANE, Arithmetic, reduce
from srtheory.span.dense.scratch import aligned
from srtheory.span.dense.vectors import AHEAD, LINE, add_half_lines, add_lines, narrow

Bytes = npt.NDArray[np.int8]

LARGEST_PRIME = 251
"""Largest prime whose residues fit into a byte."""
LARGEST_BYTE, LARGEST_SUM = 2**7 - 1, 2**15 - 1


@dataclass(frozen=True, eq=False)
class Core:
    """A square matrix B on the c inactive columns of 0/1 rows, given by its multiplication.

    Attributes
    ----------
    columns : int
        c.
    pivots : int
        Pivots' columns that are not zero on the kernel of the pivots' rows.
    starts, sources : int64 array, shape (pivots + core rows + 1,), int32 array
        Row i is the sum of the vectors ``sources[starts[i]:starts[i + 1]]``, its negative for a pivot: inactive columns
        from 0 on, then pivots. ``AHEAD`` zeros follow.
    weights : int64 array, shape (core rows - c,)
        Core row c + i is added to row i modulo c of B this many times.
    """

    columns: int
    pivots: int
    starts: Int64
    sources: Int32
    weights: Int64


def core(indptr: Int64, indices: Int32, triangle: Triangle, weights: Int64) -> Core:
    """Return the core of a triangle, with at least as many core rows as inactive columns."""
    c, many = len(triangle.inactive), len(triangle.pivot_rows) + len(triangle.core_rows)
    starts, sources = np.zeros(many + 1, np.int64), np.empty(indptr[-1], np.int32)
    live = _sources(
        indptr, indices, triangle.pivot_rows, triangle.core_rows, triangle.place, c, starts, sources
    )  # fmt: skip
    rows = live + len(triangle.core_rows)
    return Core(c, live, starts[: rows + 1].copy(), followed(sources[: starts[rows]]), weights)


def followed(sources: Int32) -> Int32:
    """Return the sources and ``AHEAD`` zeros."""
    return np.concatenate((sources, np.zeros(AHEAD, np.int32)))


def sequence(matrix: Core, right: Bytes, units: Int64, count: int, field: Arithmetic) -> Float32:
    """Return the transposed blocks (U^T B^i V)^T, i = 0, …, count - 1.

    Parameters
    ----------
    matrix : Core
        B, c × c.
    right : int8 array, shape (c, b)
        V, symmetric residues modulo a prime up to 251.
    units : int64 array, shape (a - 1,)
        Coordinates, which are the first a - 1 columns of U; the last column is the sum of all columns of the sparse
        matrix in terms of the inactive ones.
    count : int
        At least 1.
    field : Arithmetic
        Modulo that prime.

    Returns
    -------
    float32 array, shape (count, b, a)
        Symmetric residues.

    Notes
    -----
    O(count·nnz·b), nnz the entries of the sparse matrix.
    """
    (c, b), p = right.shape, field.prime
    starts, sources, limits = matrix.starts, matrix.sources, (room_in_bytes(p), room(p), field.constants)
    many, cores = c + matrix.pivots, len(starts) - 1 - matrix.pivots
    shape = max(many, cores), -(-b // LANE) * LANE
    values, following = aligned(shape, np.int8), aligned(shape, np.int8)
    values[:c] = 0
    values[:c, :b] = right
    everything, total = followed(np.arange(many, dtype=np.int32)), np.empty(shape[1], np.int64)
    out = np.empty((count, b, len(units) + 1), np.float32)
    for i in range(count):
        out[i, :, :-1] = values[units, :b].T
        _sums(starts, sources, 0, -1, *limits, values, values[c:many])
        _total(everything, *limits, values, total)
        out[i, :, -1] = symmetric_array(total[:b], p)
        if i + 1 < count:
            _sums(starts, sources, matrix.pivots, 1, *limits, values, following[:cores])
            _fold(c, matrix.weights, field.constants, following[:cores])
            values, following = following, values
    return out


def symmetric_array(values: npt.NDArray[np.integer], prime: int) -> npt.NDArray[np.integer]:
    """Return the residues nearest to 0."""
    residues = values % prime
    return residues - prime * (2 * residues > prime)


def room_in_bytes(prime: int) -> int:
    """Return how many residues may be added up in 8 bits."""
    return LARGEST_BYTE // largest_residue(prime)


def room(prime: int) -> int:
    """Return how many residues may be added to a residue in 16 bits."""
    largest = largest_residue(prime)
    return (LARGEST_SUM - largest) // largest


@compiled
def _sources(indptr, indices, pivot_rows, core_rows, place, c, starts, sources):  # type: ignore[no-untyped-def]
    """Fill the arrays of a :class:`Core`, without pivots that are zero, and return the number of the others."""
    number = np.full(len(pivot_rows), -1, np.int32)
    rows = end = live = 0
    for t in range(len(pivot_rows) + len(core_rows)):
        is_pivot = t < len(pivot_rows)
        i = pivot_rows[t] if is_pivot else core_rows[t - len(pivot_rows)]
        begin = end
        for e in range(indptr[i], indptr[i + 1]):
            q = place[indices[e]]
            if q < 0:
                sources[end] = -1 - q
                end += 1
            elif (q != t or not is_pivot) and number[q] >= 0:
                sources[end] = c + number[q]
                end += 1
        if is_pivot and end == begin:
            continue
        if is_pivot:
            number[t] = live
            live += 1
        rows += 1
        starts[rows] = end
    return live


@compiled
def _sums(starts, sources, first, sign, few, room, constants, values, out):  # type: ignore[no-untyped-def]
    """Write sums of vectors times 1 or -1: those of row ``first`` of a :class:`Core` and of the next rows.

    ``few`` vectors are added up in bytes, and every ``room`` vectors the sum in 16 bits is reduced. ``out`` may be a
    part of ``values`` that no earlier sum reads. Both are contiguous, of a multiple of ``LANE`` columns.
    """
    width, sums = values.shape[1], np.empty(LINE, np.int16)
    for i in range(len(out)):
        at = 0
        while at < width:
            for j in range(LINE):
                sums[j] = 0
            begin, stop, left = starts[first + i], starts[first + i + 1], room
            while begin < stop:
                count = min(few, stop - begin, left)
                if width - at >= LINE:
                    add_lines(sums, values, width, at, sources, begin, count, sign)
                else:
                    add_half_lines(sums, values, width, at, sources, begin, count, sign)
                begin += count
                left -= count
                if left == 0:
                    for j in range(LINE):
                        sums[j] = np.int16(reduce(np.float32(sums[j]), constants))
                    left = room
            size = min(width - at, LINE)
            narrow(out, i * width + at, sums, 0, size // LANE, constants)
            at += size


@_sums.interpreted
def _sums_of_rows(starts, sources, first, sign, few, room, constants, values, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        chosen = values[sources[starts[first + i] : starts[first + i + 1]]]
        out[i] = symmetric_array(sign * chosen.sum(axis=0, dtype=np.int64), int(constants[0]))


@compiled
def _fold(c, weights, constants, rows):  # type: ignore[no-untyped-def]
    """Turn the first c rows of the core into those of B."""
    for i in range(len(weights)):
        weight, one, other = np.float32(weights[i]), rows[c + i], rows[i % c]
        for j in range(len(one)):
            other[j] = np.int8(reduce(np.float32(other[j]) + weight * np.float32(one[j]), constants))


@compiled
def _total(everything, few, room, constants, values, out):  # type: ignore[no-untyped-def]
    """Write the sum of all vectors, which ``everything`` lists, followed by ``AHEAD`` zeros."""
    width, sums, many = values.shape[1], np.empty(LANE, np.int16), len(everything) - AHEAD
    for at in range(0, width, LANE):
        for j in range(LANE):
            out[at + j] = 0
        begin = 0
        while begin < many:
            for j in range(LANE):
                sums[j] = 0
            last = min(begin + room, many)
            while begin < last:
                count = min(few, last - begin)
                add_half_lines(sums, values, width, at, everything, begin, count, 1)
                begin += count
            for j in range(LANE):
                out[at + j] += sums[j]


@_total.interpreted
def _total_of_rows(everything, few, room, constants, values, out):  # type: ignore[no-untyped-def]
    out[:] = values[: len(everything) - AHEAD].sum(axis=0, dtype=np.int64)
