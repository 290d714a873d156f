"""Kernel of sparse rows modulo a prime: a sparse triangle, then elimination of the dense core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import BY_ROWS, LINEAR, compiled
from srtheory.span.core import Int32, Int64, Triangle, triangulate, with_ones
from srtheory.span.dense.elimination import (
    LANE,
    Arithmetic,
    Echelon,
    Floats,
    Table,
    echelon,
    inverse,
    kernel_basis,
    padded,
    reduce,
    reduce_rows,
    symmetric,
    table_work,
)
from srtheory.span.dense.scratch import scratch

STRIPE_BYTES = 1 << 11
CACHED_BYTES = 1 << 21
"""Cache for stripes of pivots' combinations. Few pivots allow wider stripes; each stripe reads all entries once."""
TOTAL_LIMIT = 1 << 61
"""Largest absolute total for which one more product of two residues still fits in an int64."""


def kernel(
    indptr: Int64,
    indices: Int32,
    values: Int64 | None,
    columns: int,
    field: Arithmetic,
    triangle: Triangle | None = None,
    promising: Callable[[Int64], bool] | None = None,
) -> Int64:
    """Return the basis of {x : Gx = 0} modulo the prime, as the rows of an array of shape (columns - rank, columns).

    ``values`` are symmetric residues, none of them zero. A triangle is found if none is given.  Cost: O(nnz·c) for the
    core's entries and 2c³/3 in matrix products, c the number of inactive columns. If ``promising`` is given and refuses
    the first vector, in an array of shape (1, columns), it is the only one that is computed.
    """
    triangle = triangle or triangulate(indptr, indices, columns)
    solved = solutions(indptr, indices, values, triangle, field)
    form = core_form(dense_core(indptr, indices, solved, triangle, field), triangle, field)
    shape = indptr, indices, solved, triangle.pivot_rows, triangle.pivot_columns, triangle.inactive
    size = len(triangle.inactive) - len(form.pivots)
    if promising is not None and size > 1:
        first = _expand(*shape, core_kernel(form, triangle, field, 1), field.prime)
        if not promising(first):
            return np.asarray(first)
    return np.asarray(_expand(*shape, core_kernel(form, triangle, field, size), field.prime))


def verdict(indptr: Int64, indices: Int32, values: Int64 | None, columns: int, field: Arithmetic) -> tuple[int, bool]:
    """Return the rank of the rows modulo the prime, and whether they span 1 there. Arguments as :func:`kernel`."""
    triangle = triangulate(indptr, indices, columns)
    solved = solutions(indptr, indices, values, triangle, field)
    below = with_ones(indptr, indices, triangle)
    core = dense_core(below[0], below[1], np.append(solved, np.ones(columns, solved.dtype)), below[2], field)
    steps = core_form(core, below[2], field).steps
    grown = len(triangle.core_rows) in steps[-1:]
    return len(triangle.pivot_rows) + len(steps) - grown, not grown


def solutions(
    indptr: Int64, indices: Int32, values: Int64 | None, triangle: Triangle, field: Arithmetic
) -> npt.NDArray[np.signedinteger[Any]]:
    """Return the entries, those of pivots' rows for x_pivot = Σ w_c x_c, the pivot's own 0 (:func:`solve_pivots`)."""
    pivots = triangle.pivot_rows, triangle.pivot_columns
    if values is None:
        return _opposite(indptr, indices, *pivots)
    weights = values.copy()
    ends = indptr, indices, weights, *pivots
    solve_pivots(*ends, pivot_inverses(*ends, field.prime), field.prime)
    return weights


def dense_core(
    indptr: Int64, indices: Int32, solved: npt.NDArray[np.signedinteger[Any]], triangle: Triangle, field: Arithmetic
) -> Table:
    """Return the core's entries for :func:`core_form`, on bytes if prime and processor allow it and the core is large.

    Every processor adds bytes in 16 bits faster than floats.
    """
    work = table_work(len(triangle.core_rows), padded(len(triangle.inactive)))
    if all(kernel.would_interpret(work, BY_ROWS) for kernel in (_schur, reduce_rows)):
        return schur(indptr, indices, solved, triangle, field)
    from srtheory.span.dense import bytewise  # which imports numba

    if not bytewise.adds(field):
        return schur(indptr, indices, solved, triangle, field)
    if bytewise.applies(field):
        out = bytewise.table(len(triangle.core_rows), len(triangle.inactive))
    else:
        out = scratch("core", (len(triangle.core_rows), padded(len(triangle.inactive))), field.kind)
    known = scratch("known bytes", _stripe(len(triangle.pivot_rows), out.shape[1], np.int8), np.int8)
    largest = 1 if solved.dtype == np.int16 else _largest(solved)  # of rows without weights
    bytewise.schur(
        indptr, indices, solved.astype(np.int16, copy=False), triangle.place, triangle.pivot_rows, triangle.widths,
        triangle.core_rows, field.constants, bytewise.room(largest), known, out,
    )  # fmt: skip
    return out


def core_form(core: Table, triangle: Triangle, field: Arithmetic) -> Echelon:
    """Reduce a :func:`dense_core` to echelon form, in place."""
    if core.dtype != np.int8:
        return echelon(core, field)
    from srtheory.span.dense import bytewise

    return bytewise.echelon(core, len(triangle.core_rows), field)


def core_kernel(form: Echelon, triangle: Triangle, field: Arithmetic, most: int) -> Floats:
    """Return the kernel basis of a :func:`core_form`, of no more vectors than ``most``."""
    if form.table.dtype != np.int8:
        return kernel_basis(form, len(triangle.inactive), field, most)
    from srtheory.span.dense import bytewise

    return bytewise.kernel_basis(form, len(triangle.inactive), field, most)


def schur(
    indptr: Int64,
    indices: Int32,
    solved: npt.NDArray[np.signedinteger[Any]],
    triangle: Triangle,
    field: Arithmetic,
    known: Floats | None = None,
) -> Floats:
    """Return the core rows in terms of the inactive columns, shape (core rows, ``padded(c)``).

    ``known``, of shape (s, ``padded(c)``), is filled with the pivots' columns in the same terms.
    """
    out = scratch("core", (len(triangle.core_rows), padded(len(triangle.inactive))), field.kind)
    if known is None:
        known = scratch("known", _stripe(len(triangle.pivot_rows), out.shape[1], field.kind), field.kind)
    _schur(
        indptr, indices, solved.astype(field.kind), triangle.place, triangle.pivot_rows, triangle.widths,
        triangle.core_rows, field.constants, field.room(_largest(solved)), known, out,
    )  # fmt: skip
    return out


def _stripe(pivots: int, columns: int, kind: npt.DTypeLike) -> tuple[int, int]:
    """Return the shape of the pivots' combinations that are stored at a time."""
    return pivots, min(max(STRIPE_BYTES, CACHED_BYTES // (pivots + 1)) // np.dtype(kind).itemsize, columns)


def _largest(weights: npt.NDArray[np.signedinteger[Any]]) -> int:
    return max(int(weights.max(initial=1)), -int(weights.min(initial=-1)))


@compiled(small=LINEAR)
def _opposite(indptr: Int64, indices: Int32, rows: Int32, columns: Int32) -> npt.NDArray[np.int16]:
    """Return the entries that :func:`solve_pivots` gives for rows of weight 1."""
    out = np.ones(len(indices), np.int16)
    for t in range(len(rows)):
        for e in range(indptr[rows[t]], indptr[rows[t] + 1]):
            out[e] = -np.int16(indices[e] != columns[t])
    return out


@_opposite.interpreted
def _opposite_array(indptr: Int64, indices: Int32, rows: Int32, columns: Int32) -> npt.NDArray[np.int16]:
    own = np.full(len(indptr) - 1, -1, np.int32)
    own[rows] = columns
    pivot = np.repeat(own, np.diff(indptr))
    return np.where(pivot < 0, np.int16(1), -(indices != pivot).astype(np.int16))


@compiled(small=LINEAR)
def pivot_inverses(indptr: Int64, indices: Int32, weights: Int64, rows: Int32, columns: Int32, p: int) -> Int64:
    """Return 1 / (weight of each pivot)."""
    out = np.empty(len(rows), np.int64)
    for t in range(len(rows)):
        for e in range(indptr[rows[t]], indptr[rows[t] + 1]):
            if indices[e] == columns[t]:
                out[t] = 1 if weights[e] == 1 else inverse(weights[e], p)
    return out


@compiled(small=LINEAR)
def solve_pivots(
    indptr: Int64, indices: Int32, weights: Int64, rows: Int32, columns: Int32, inverses: Int64, p: int
) -> None:
    """Rewrite each pivot's row Σ w_c x_c = b as x_pivot = Σ w'_c x_c + inverse·b, in place; the pivot's w' is 0."""
    for t in range(len(rows)):
        for e in range(indptr[rows[t]], indptr[rows[t] + 1]):
            if indices[e] == columns[t]:
                weights[e] = 0
            elif inverses[t] == 1:
                weights[e] = -weights[e]
            else:
                weights[e] = symmetric(-weights[e] * inverses[t], p)


@compiled(small=BY_ROWS)
def _schur(indptr, indices, solved, place, pivot_rows, widths, core_rows, constants, terms, known, out):  # type: ignore[no-untyped-def]
    """Compute a stripe of columns at a time, so that the pivots' combinations stay in cache."""
    s, stripe = len(pivot_rows), max(known.shape[1], 1)
    sources, factors = np.empty(s + 1, np.int32), np.empty(s + 1, solved.dtype)
    sums = np.empty(stripe + 1, solved.dtype)  # the last is for what is in no inactive column of the stripe
    first = 0
    for low in range(0, out.shape[1], stripe):
        width = min(stripe, out.shape[1] - low)
        while first < s and widths[first] <= low:
            first += 1
        for t in range(first, s + len(core_rows)):
            i = pivot_rows[t] if t < s else core_rows[t - s]
            reach = min((widths[t] - low + LANE - 1) // LANE * LANE, width) if t < s else width
            row = sums[:reach]
            sums[:] = 0
            count = 0
            for e in range(indptr[i], indptr[i + 1]):  # no branch, which could not be predicted
                q, j = place[indices[e]], -1 - place[indices[e]] - low
                sources[count], factors[count] = q, solved[e]
                count += int((q >= first) & (q != t))
                sums[j if 0 <= j < width else stripe] += solved[e]
            for begin in range(0, count, terms):
                end = min(begin + terms, count)
                if begin > 0:
                    _reduce_into(row, row, constants)
                _combine(row, factors[begin:end], sources[begin:end], known)
            if t < s:
                _reduce_into(known[t, :reach], row, constants)
                known[t, reach:width] = 0
            else:
                _reduce_into(out[t - s, low : low + width], row, constants)


@compiled
def _reduce_into(target, row, constants):  # type: ignore[no-untyped-def]
    """Reduce a row of sums to symmetric residues."""
    for j in range(len(row)):
        target[j] = reduce(row[j], constants)


@_reduce_into.interpreted
def _reduce_array_into(target, row, constants):  # type: ignore[no-untyped-def]
    target[:] = reduce(row, constants)


@compiled
def _combine(row, factors, sources, known):  # type: ignore[no-untyped-def]
    """Add multiples of the rows ``sources`` of ``known`` to a row, without reduction."""
    for k in range(len(factors)):
        factor, other = factors[k], known[sources[k]]
        for j in range(len(row)):
            row[j] += factor * other[j]


@_combine.interpreted
def _combine_arrays(row, factors, sources, known):  # type: ignore[no-untyped-def]
    for factor, source in zip(factors, sources, strict=True):
        row += factor * known[source, : len(row)]


@compiled(small=LINEAR)
def _expand(indptr, indices, solved, pivot_rows, pivot_columns, inactive, core, p):  # type: ignore[no-untyped-def]
    """Extend kernel vectors of the core to all columns by the triangle's rows."""
    out = np.zeros((len(core), len(pivot_columns) + len(inactive)), np.int64)
    for r in range(len(out)):
        x = out[r]
        for j in range(len(inactive)):
            x[inactive[j]] = np.int64(core[r, j])
        for t in range(len(pivot_rows)):
            total = 0
            for e in range(indptr[pivot_rows[t]], indptr[pivot_rows[t] + 1]):
                total += solved[e] * x[np.uint32(indices[e])]
                if abs(total) > TOTAL_LIMIT:
                    total %= p
            x[pivot_columns[t]] = symmetric(total, p)
    return out
