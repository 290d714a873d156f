"""Conversion of a caller's arrays into rows that an engine can trust."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled, ordinary
from srtheory.errors import ArgumentError, require_int
from srtheory.rows import Rows, boundaries, elements_of, plain_array
from srtheory.span.core import Int32, Int64, transpose

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


def _whole(name: str, array: npt.ArrayLike, kind: type[np.int64] | None = None) -> npt.NDArray[np.int64]:
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
