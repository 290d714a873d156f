"""Rows over the integers in compressed form, the input of the span engines.

Row ``i`` has the columns ``indices[indptr[i]:indptr[i + 1]]`` with the integer weights ``values`` at the same places.
``values`` is None where every weight is 1 (the only case that a sum-recovery code produces).  A galois array brings its
field along, as ``elements``.

Code that supports weights selects rows by :meth:`Rows.take` and calls an engine as ``rank(**rows.arrays)``. Code that
does not calls :meth:`Rows.require_ones`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int

IntArray = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Rows:
    """An integer matrix by rows."""

    columns: int
    """Number m of columns (source symbols), at least 0."""
    indptr: npt.NDArray[np.int64]
    """Row boundaries, shape (n + 1,)."""
    indices: npt.NDArray[np.int32]
    """Column of each entry, 0-based, no column twice in a row, shape (nnz,)."""
    values: npt.NDArray[np.int64] | None = None
    """Weight of each entry, shape (nnz,); None means 1 everywhere. Weights of 0 are left out on construction."""
    elements: str | None = None
    """``"GF(q)"`` if the weights are elements of this field as galois numbers them, as those of a galois array are.

    None: they are integers, which each question takes for what they are in the field it names.
    """

    def __post_init__(self) -> None:
        if self.values is None:
            return
        own = elements_of("values", self.values)
        if own is not None and self.elements not in (None, own):
            raise ArgumentError("elements", self.elements, f"{own}, of which the values are elements")
        object.__setattr__(self, "elements", own or self.elements)
        object.__setattr__(self, "values", whole_weights("values", self.values, len(self.indices)))
        if not self.values.all():
            for name, array in vars(self._only(self.values != 0)).items():
                object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def row(self, i: int) -> npt.NDArray[np.int32]:
        """Return the columns of row ``i``."""
        return self.indices[self.indptr[i] : self.indptr[i + 1]]

    def prefix(self, k: int) -> Rows:
        """Return the first ``k`` rows (no copy)."""
        end = self.indptr[k]
        values = None if self.values is None else self.values[:end]
        return Rows(self.columns, self.indptr[: k + 1], self.indices[:end], values, self.elements)

    def take(self, order: npt.NDArray[np.integer]) -> Rows:
        """Return the rows of these numbers, in this order."""
        starts = self.indptr[:-1][order]
        sizes = self.indptr[1:][order] - starts
        indptr = boundaries(sizes)
        source = np.repeat(starts - indptr[:-1], sizes)
        source += np.arange(indptr[-1])
        values = None if self.values is None else self.values[source]
        return Rows(self.columns, indptr, self.indices[source], values, self.elements)

    def plain(self) -> Rows:
        """Return the rows whose weights are all 1, and every other row as an empty row, for addition as sets."""
        if self.values is None:
            return self
        weighted = np.zeros(len(self), dtype=np.bool_)
        weighted[self._owner()[self.values != 1]] = True
        kept = self._only(~weighted[self._owner()])
        return Rows(kept.columns, kept.indptr, kept.indices)

    def require_ones(self, expected: str) -> None:
        """Raise :class:`ArgumentError` unless every weight is 1; ``expected`` states what the rows must be, and why."""
        if self.values is not None and (other := np.flatnonzero(self.values != 1)).size:
            found = f"weight {self.values[other[0]]} in row {self._owner()[other[0]]}"
            raise ArgumentError("rows", found, expected)

    @property
    def arrays(self) -> dict[str, Any]:
        """Matrix as keyword arguments of the engine's functions."""
        return {"indptr": self.indptr, "indices": self.indices, "columns": self.columns, "values": self.values}

    def mappings(self) -> list[dict[int, int]]:
        """Return each row as a mapping from column to weight, in plain integers."""
        weights = [1] * len(self.indices) if self.values is None else self.values.tolist()
        columns = self.indices.tolist()
        bounds = pairwise(self.indptr.tolist())
        return [dict(zip(columns[low:high], weights[low:high], strict=True)) for low, high in bounds]

    def as_json(self) -> dict[str, Any]:
        """Return the matrix in the form of a ``.json`` file, see :func:`srtheory.files.read_rows`."""
        rows = self.mappings()
        weights = {} if self.values is None else {"values": [list(row.values()) for row in rows]}
        return {"columns": self.columns, "rows": [list(row) for row in rows], **weights}

    def dense(self) -> npt.NDArray[np.int64]:
        """Return the matrix as an int64 array of shape (n, m)."""
        out = np.zeros((len(self), self.columns), dtype=np.int64)
        out[self._owner(), self.indices] = 1 if self.values is None else self.values
        return out

    def _owner(self) -> npt.NDArray[np.int64]:
        """Return the row number of each entry."""
        return np.repeat(np.arange(len(self)), np.diff(self.indptr))

    def _only(self, kept: npt.NDArray[np.bool_]) -> Rows:
        """Return the same number of rows, with some of their entries."""
        indptr = boundaries(kept)[self.indptr]
        values = None if self.values is None else self.values[kept]
        return Rows(self.columns, indptr, self.indices[kept], values, self.elements)


@dataclass(frozen=True, eq=False)
class PrecodedRows(Rows):
    """Rows that are sums of intermediate symbols, of which the first ``columns`` are source symbols."""

    sums: Rows = field(kw_only=True)
    """The same rows in terms of the n intermediate symbols."""
    checks: Rows = field(kw_only=True)
    """Relations between these, known beforehand: each of their sums is 0."""

    def prefix(self, k: int) -> PrecodedRows:
        """Return the first ``k`` rows (no copy)."""
        return PrecodedRows(**vars(super().prefix(k)), sums=self.sums.prefix(k), checks=self.checks)

    def take(self, order: npt.NDArray[np.integer]) -> PrecodedRows:
        """Return the rows of these numbers, in this order."""
        return PrecodedRows(**vars(super().take(order)), sums=self.sums.take(order), checks=self.checks)


def stack(parts: Sequence[Rows]) -> Rows:
    """Return the rows of all parts, one part's after another's."""
    plain = all(part.values is None for part in parts)
    weights = [np.ones(len(part.indices), np.int64) if part.values is None else part.values for part in parts]
    indptr = boundaries(np.concatenate([np.diff(part.indptr) for part in parts]))
    indices = np.concatenate([part.indices for part in parts])
    return Rows(parts[0].columns, indptr, indices, None if plain else np.concatenate(weights))


def from_sets(columns: int, sets: Iterable[Sequence[int]]) -> Rows:
    """Return 0/1 rows from their supports.

    Raises ArgumentError if a column is out of range or occurs twice in one row.
    """
    columns = require_int("columns", columns, 0)
    supports = lists_of("sets", sets)
    for i, support in enumerate(supports):
        check_support(support, columns, i)
    indices = np.array([c for s in supports for c in s], dtype=np.int32)
    return Rows(columns, boundaries([len(s) for s in supports]), indices)


def from_mappings(columns: int, rows: Iterable[Sequence[int] | Mapping[int, int]]) -> Rows:
    """Return rows, each by its support or by a mapping from columns to weights."""
    given = list(rows) if isinstance(rows, Iterable) else rows
    plain = from_sets(columns, lists_of("rows", given))
    if not any(isinstance(row, Mapping) for row in given):
        return plain
    weights = [w for row in given for w in (row.values() if isinstance(row, Mapping) else [1] * len(row))]
    values = whole_weights("weights", weights, len(plain.indices))
    if not values.all():
        raise ArgumentError("weights", 0, "integers other than 0")
    elements = elements_of("weights", weights)
    return replace(plain, values=None if bool((values == 1).all()) else values, elements=elements)


def from_dense(matrix: npt.ArrayLike) -> Rows:
    """Return rows of a dense integer matrix of shape (n, m); zeros are dropped, and a galois array's field is kept.

    Raises ArgumentError if the matrix is none, its rows are not equally long, or some of its entries are masked or no
    64-bit integers.
    """
    elements, expected = elements_of("matrix", matrix), "a two-dimensional array of integers of at most 64 bits"
    array = plain_array("matrix", matrix, expected)
    if array.ndim != 2 or not np.can_cast(array.dtype, np.int64):
        raise ArgumentError("matrix", f"an array of {array.dtype.name}, {array.ndim}-dimensional", expected)
    array = array.astype(np.int64)
    owner, indices = np.nonzero(array)
    indptr = boundaries(np.bincount(owner, minlength=array.shape[0]))
    values = array[owner, indices]
    weights = None if bool((values == 1).all()) else values
    return Rows(array.shape[1], indptr, indices.astype(np.int32), weights, elements)


def plain_array(name: str, given: object, expected: str) -> npt.NDArray[Any]:
    """Return an array as NumPy's own; rows of unequal length and a mask, which NumPy would drop, are refused."""
    if isinstance(given, np.ma.MaskedArray):
        raise ArgumentError(name, "a masked array", expected)
    try:
        array = np.asarray(given)
        return array.astype(np.int64) if array.dtype == object and elements_of(name, given) else array
    except ArgumentError:
        raise
    except (ValueError, TypeError, OverflowError):
        raise ArgumentError(name, given, expected) from None


def elements_of(name: str, given: object) -> str | None:
    """Return ``"GF(q)"`` for a galois array or a list that contains some, None for anything else."""
    galois = sys.modules.get("galois")  # without it there are no such arrays
    if galois is None or type(given) is np.ndarray:
        return None
    kinds = {type(array) for array in _leaves(given) if isinstance(array, galois.FieldArray)}
    if len(kinds) > 1:
        raise ArgumentError(name, " and ".join(sorted(kind.name for kind in kinds)), "elements of one field")
    for kind in kinds:
        try:
            usual = kind.degree == 1 or kind.irreducible_poly == galois.conway_poly(kind.characteristic, kind.degree)
        except LookupError:
            usual = False
        if not usual or kind.order >= 2**63:
            raise ArgumentError(name, repr(kind), "elements of a field below 2**63, modulo its Conway polynomial")
        return f"GF({kind.order})"
    return None


def _leaves(given: object) -> Iterator[object]:
    if isinstance(given, list | tuple):
        for item in given:
            yield from _leaves(item)
    else:
        yield given


def lists_of(name: str, given: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """Return an iterable of iterables as lists."""
    try:
        return [list(one) for one in given]
    except TypeError:
        raise ArgumentError(name, given, "a list of lists") from None


def boundaries(sizes: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the row boundaries (indptr) of rows of these sizes."""
    given = np.asarray(sizes, dtype=np.int64)
    indptr = np.zeros(len(given) + 1, dtype=np.int64)
    given.cumsum(out=indptr[1:])
    return indptr


def whole_weights(name: str, weights: npt.ArrayLike, count: int) -> npt.NDArray[np.int64]:
    """Return the weights as an int64 array of shape (count,), or raise :class:`ArgumentError`."""
    given = plain_array(name, weights, "integers of at most 64 bits")
    if given.shape != (count,):
        raise ArgumentError(name, f"an array of shape {given.shape}", f"{count} weights, one for each column")
    if count and not np.can_cast(given.dtype, np.int64):
        raise ArgumentError(name, f"an array of {given.dtype.name}", "integers of at most 64 bits")
    return given.astype(np.int64, copy=False)


def check_support(support: Sequence[int], columns: int, row: int) -> None:
    """Raise :class:`ArgumentError` unless the columns of the support are integers, in range and distinct."""
    seen: set[int] = set()
    for c in support:
        if isinstance(c, bool | np.ndarray) or not hasattr(c, "__index__"):
            raise ArgumentError(f"rows[{row}]", c, "a list of whole column numbers")
        if not 0 <= c < columns:
            raise ArgumentError(f"rows[{row}]", c, f"a list of columns from 0 to {columns - 1}")
        if c in seen:
            raise ArgumentError(f"rows[{row}]", c, "a list that names no column twice")
        seen.add(c)
