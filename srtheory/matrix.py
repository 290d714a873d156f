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
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from math import lcm
from numbers import Rational
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.shown import Array, Part, Shown

IntArray = npt.NDArray[np.integer]


LARGEST_SHOWN = 24
"""Most rows, and most columns, of a matrix that is shown whole."""


@dataclass(frozen=True, eq=False)
class Rows(Shown):
    """An integer matrix by rows: ``rows[2]`` is one as an array, ``rows[:2]`` are several, as np.asarray has them."""

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

    def __getitem__(self, i: Any) -> Any:
        chosen = np.arange(len(self))[i]
        return self.take(chosen) if chosen.ndim else self.take(chosen[None]).dense()[0]

    def __iter__(self) -> Iterator[npt.NDArray[np.int64]]:
        return (self[i] for i in range(len(self)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return self.dense().astype(dtype or np.int64, copy=False)

    def rank(self, *, field: Any = None) -> int:
        """Return the rank, see :func:`srtheory.rank`."""
        return self._asked("rank", field)

    def spans(self, *, field: Any = None) -> bool:
        """Return whether the rows span the all-ones vector, see :func:`srtheory.spans`."""
        return self._asked("spans", field)

    def stopping_time(self, *, field: Any = None) -> int | None:
        """Return the least number of first rows that do, see :func:`srtheory.stopping_time`."""
        return self._asked("stopping_time", field)

    def certificate(self, *, field: Any = None) -> dict[str, Any]:
        """Return a proof of it, see :func:`srtheory.certify`."""
        return self._asked("certify", field)

    def _asked(self, name: str, field: Any) -> Any:
        return getattr(sys.modules[__package__], name)(self, field=field)  # the public face is above this layer

    def parts(self) -> list[Part]:
        """Return the matrix with its verdict, and of a large one its size."""
        size = f"{len(self)} rows, {self.columns} columns, {len(self.indices)} entries"
        if max(len(self), self.columns) > LARGEST_SHOWN:
            return [f"{size}, over {self.elements or 'Q'}"]
        k = self.stopping_time()
        found = "do not span 1" if k is None else f"span 1 from row {k} on" if k else "span 1"
        why: list[Part] = []
        if k is None and self.columns:  # of GF(q) the entries are numbers of elements
            kernel = [int(x, 16) for x in self.certificate()["kernel"]]
            why = ["Gx = 0, and its entries do not add up to 0, for", Array([kernel], "x =")]
        matrix: list[Part] = [Array(self.dense().tolist())] if len(self) and self.columns else [size]
        return [*matrix, self._over(found), *why]

    def _over(self, found: str) -> str:
        return f"The rows {found}, over {self.elements or 'Q'}."

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
    return _from_dense("matrix", matrix, "a two-dimensional array of integers of at most 64 bits")


def _from_dense(name: str, matrix: Any, expected: str) -> Rows:
    elements, array = elements_of(name, matrix), plain_array(name, matrix, expected)
    if array.ndim != 2 or not np.can_cast(array.dtype, np.int64):
        raise ArgumentError(name, f"an array of {array.dtype.name}, {array.ndim}-dimensional", expected)
    array = array.astype(np.int64)
    owner, indices = np.nonzero(array)
    indptr = boundaries(np.bincount(owner, minlength=array.shape[0]))
    values = array[owner, indices]
    weights = None if bool((values == 1).all()) else values
    return Rows(array.shape[1], indptr, indices.astype(np.int32), weights, elements)


def as_rows(given: Any, columns: int | None = None, name: str = "rows") -> Rows:
    """Return the rows of a matrix as people have it, the one place where other forms become Rows.

    These are: nested lists, NumPy, galois and SymPy matrices; SciPy's sparse ones; lists of sets of columns, or of
    mappings from columns to weights; NetworkX graphs, whose nodes with ``bipartite`` 0 are the rows, in order.
    ``columns``: Their number, for lists of sets; default: as many as occur.
    """
    expected = "Rows, or a matrix of integers of at most 64 bits: an array, lists, sets, a sparse or a bipartite graph"
    if isinstance(given, Rows):
        return given
    if hasattr(given, "is_multigraph"):
        given = _biadjacency(name, given, expected)
    if hasattr(given, "tocsr"):
        sparse = given.tocsr()
        sparse.sum_duplicates()
        values = _whole(sparse.data)
        if not np.can_cast(values.dtype, np.int64):
            raise ArgumentError(name, f"a sparse array of {values.dtype.name}", expected)
        weights = None if bool((values == 1).all()) else values.astype(np.int64)
        return Rows(sparse.shape[1], sparse.indptr.astype(np.int64), sparse.indices.astype(np.int32), weights)
    if isinstance(given, list | tuple) and any(isinstance(row, set | frozenset | Mapping) for row in given):
        try:
            sets = [row if isinstance(row, Mapping) else sorted(row) for row in given]
            with_all = 1 + max((c for row in sets for c in row), default=-1) if columns is None else columns
        except TypeError:
            raise ArgumentError(name, given, expected) from None
        return from_mappings(with_all, sets)
    return _from_dense(name, _whole(given), expected)


def _whole(given: Any) -> Any:
    """Return numbers that are whole, but of floats or of SymPy, as integers, and all else as it is.

    A row of fractions is multiplied by their least common denominator, which changes no span over the rationals.
    """
    lists = [row for row in given if isinstance(row, list | tuple)] if isinstance(given, list | tuple) else []
    if any(isinstance(x, Fraction) for row in lists for x in row):
        with suppress(ValueError):  # of rows that are not equally long
            given = np.array(given, dtype=object)
    array = given if isinstance(given, np.ndarray) else np.asarray(given) if hasattr(given, "applyfunc") else None
    if array is None or type(array) is not np.ndarray:
        return given
    if array.dtype == object and array.ndim == 2 and all(isinstance(x, Rational) for x in array.flat):
        scales = [lcm(*(int(x.denominator) for x in row)) for row in array]
        with suppress(OverflowError):
            return np.array([[int(x * s) for x in row] for row, s in zip(array, scales, strict=True)], np.int64)
    if array.dtype.kind == "f" and bool((np.abs(array) <= 2**53).all()) and bool((array == np.rint(array)).all()):
        return array.astype(np.int64)
    return array


def _biadjacency(name: str, graph: Any, expected: str) -> Any:
    from networkx.algorithms.bipartite import biadjacency_matrix

    sides = dict(graph.nodes("bipartite"))
    rows, columns = ([node for node, side in sides.items() if side == its] for its in (0, 1))
    inside = any(sides[u] == sides[v] for u, v in graph.edges())
    if len(rows) + len(columns) < len(sides) or inside or not rows or not columns:
        raise ArgumentError(name, graph, f"{expected}; its nodes have 0 (rows) or 1 (columns) as 'bipartite'")
    return biadjacency_matrix(graph, rows, columns)


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
    return name_of(name, kinds.pop()) if kinds else None


def name_of(name: str, kind: Any) -> str | None:
    """Return ``"GF(q)"`` for a field of galois, None for anything else."""
    galois = sys.modules.get("galois")
    if galois is None or type(kind) is not type(galois.FieldArray):
        return None
    try:
        usual = kind.degree == 1 or kind.irreducible_poly == galois.conway_poly(kind.characteristic, kind.degree)
    except LookupError:
        usual = False
    if not usual or kind.order >= 2**63:
        raise ArgumentError(name, repr(kind), "elements of a field below 2**63, modulo its Conway polynomial")
    return f"GF({kind.order})"


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
