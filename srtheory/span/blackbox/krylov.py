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
from srtheory.span.dense.elimination import Arithmetic, reduce

Bytes = npt.NDArray[np.int8]

LARGEST_PRIME = 251
"""Largest prime whose residues fit into a byte."""
LARGEST_SUM = 2**15 - 1


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
        from 0 on, then pivots.
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
    return Core(c, live, starts[: rows + 1].copy(), sources[: starts[rows]].copy(), weights)


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
    c, b = right.shape
    values = np.zeros((c + matrix.pivots, b), np.int8)
    values[:c] = right
    rows = np.empty((len(matrix.starts) - 1 - matrix.pivots, b), np.int8)
    out = np.empty((count, b, len(units) + 1), np.float32)
    total, p = np.empty(b, np.int64), field.prime
    shape, limit, plus = (matrix.starts, matrix.sources), room(p), np.float32(1)
    for i in range(count):
        out[i, :, :-1] = values[units].T
        _sums(*shape, 0, -plus, limit, field.constants, values, values[c:])
        _total(values, total)
        out[i, :, -1] = symmetric_array(total, p)
        if i + 1 < count:
            _sums(*shape, matrix.pivots, plus, limit, field.constants, values, rows)
            _fold(rows, matrix.weights, field.constants, values[:c])
    return out


def symmetric_array(values: npt.NDArray[np.integer], prime: int) -> npt.NDArray[np.integer]:
    """Return the residues nearest to 0."""
    residues = values % prime
    return residues - prime * (2 * residues > prime)


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
def _sums(starts, sources, first, sign, room, constants, values, out):  # type: ignore[no-untyped-def]
    """Write sums of vectors times 1 or -1: those of row ``first`` of a :class:`Core` and of the next rows.

    Every ``room`` vectors the sum is reduced. ``out`` may be a part of ``values`` that no earlier sum reads.
    """
    width = values.shape[1]
    sums = np.empty(width, np.int16)
    p, part, rounding = constants[0], constants[1], constants[2]  # loops over numbers in registers become vectors
    for i in range(len(out)):
        for j in range(width):
            sums[j] = 0
        begin, stop = starts[first + i], starts[first + i + 1]
        while True:
            end = min(begin + room, stop)
            e = begin
            while e + 4 <= end:  # four vectors for each time that the sums are read and written
                r0, r1 = values[np.uint32(sources[e])], values[np.uint32(sources[e + 1])]
                r2, r3 = values[np.uint32(sources[e + 2])], values[np.uint32(sources[e + 3])]
                for j in range(width):
                    sums[j] += np.int16(r0[j]) + np.int16(r1[j]) + np.int16(r2[j]) + np.int16(r3[j])
                e += 4
            while e < end:
                row = values[np.uint32(sources[e])]  # no index is negative: numba need not check
                for j in range(width):
                    sums[j] += row[j]
                e += 1
            if end == stop:
                break
            for j in range(width):
                x = np.float32(sums[j])
                sums[j] = np.int16(x - ((x * part + rounding) - rounding) * p)
            begin = end
        row = out[i]
        for j in range(width):
            x = sign * np.float32(sums[j])
            row[j] = np.int8(x - ((x * part + rounding) - rounding) * p)


@compiled
def _fold(rows, weights, constants, out):  # type: ignore[no-untyped-def]
    """Write the rows of B from those of the core."""
    c = len(out)
    for i in range(c):
        one, other = rows[i], out[i]
        for j in range(len(one)):
            other[j] = one[j]
    for i in range(len(weights)):
        weight, one, other = np.float32(weights[i]), rows[c + i], out[i % c]
        for j in range(len(one)):
            other[j] = np.int8(reduce(np.float32(other[j]) + weight * np.float32(one[j]), constants))


@compiled
def _total(values, out):  # type: ignore[no-untyped-def]
    """Write the sum of all vectors; fewer than 2**24 of them."""
    sums = np.zeros(len(out), np.int32)
    for i in range(len(values)):
        row = values[i]
        for j in range(len(sums)):
            sums[j] += row[j]
    for j in range(len(sums)):
        out[j] = sums[j]
