"""Rows over the integers in compressed form: what a span engine looks at, and nothing more.

Row ``i`` has the columns ``indices[indptr[i]:indptr[i + 1]]`` with the integer weights ``values`` at the same places;
``values`` is None where every weight is 1 (the only case that a sum-recovery code produces).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int

IntArray = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Rows:
    """An integer matrix by rows.

    Attributes
    ----------
    columns : int
        Number m of columns (source symbols), at least 0.
    indptr : int64 array, shape (n + 1,)
        Row boundaries.
    indices : int32 array, shape (nnz,)
        Column of each entry, 0-based, no column twice in a row.
    values : int64 array, shape (nnz,), or None
        Weight of each entry; None means 1 everywhere.
    """

    columns: int
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    values: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def row(self, i: int) -> npt.NDArray[np.int32]:
        """Columns of row ``i``."""
        return self.indices[self.indptr[i] : self.indptr[i + 1]]

    def prefix(self, k: int) -> Rows:
        """The first ``k`` rows (no copy)."""
        end = self.indptr[k]
        values = None if self.values is None else self.values[:end]
        return Rows(self.columns, self.indptr[: k + 1], self.indices[:end], values)

    def dense(self) -> npt.NDArray[np.int64]:
        """The matrix as an int64 array of shape (n, m)."""
        out = np.zeros((len(self), self.columns), dtype=np.int64)
        owner = np.repeat(np.arange(len(self)), np.diff(self.indptr))
        out[owner, self.indices] = 1 if self.values is None else self.values
        return out


def from_sets(columns: int, sets: Iterable[Sequence[int]]) -> Rows:
    """0/1 rows from their supports.

    Raises
    ------
    ArgumentError
        If a column is out of range or stands twice in one row.
    """
    columns = require_int("columns", columns, 0)
    supports = [list(s) for s in sets]
    for i, support in enumerate(supports):
        check_support(support, columns, i)
    indptr = np.zeros(len(supports) + 1, dtype=np.int64)
    np.cumsum([len(s) for s in supports], out=indptr[1:])
    indices = np.array([c for s in supports for c in s], dtype=np.int32)
    return Rows(columns, indptr, indices)


def from_dense(matrix: npt.ArrayLike) -> Rows:
    """Rows of a dense integer matrix of shape (n, m); zeros are dropped."""
    array = np.asarray(matrix)
    if array.ndim != 2 or not (np.issubdtype(array.dtype, np.integer) or array.dtype == bool):
        raise ArgumentError("matrix", array.dtype.name, "a two-dimensional array of integers")
    array = array.astype(np.int64)
    owner, indices = np.nonzero(array)
    indptr = np.zeros(array.shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=array.shape[0]), out=indptr[1:])
    values = array[owner, indices]
    return Rows(array.shape[1], indptr, indices.astype(np.int32), None if bool((values == 1).all()) else values)


def check_support(support: Sequence[int], columns: int, row: int) -> None:
    """Raise :class:`ArgumentError` unless the support's columns are whole, in range and distinct."""
    seen: set[int] = set()
    for c in support:
        if isinstance(c, bool) or not hasattr(c, "__index__"):
            raise ArgumentError(f"rows[{row}]", c, "a list of whole column numbers")
        if not 0 <= c < columns:
            raise ArgumentError(f"rows[{row}]", c, f"a list of columns from 0 to {columns - 1}")
        if c in seen:
            raise ArgumentError(f"rows[{row}]", c, "a list that names no column twice")
        seen.add(c)
