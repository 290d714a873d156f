"""When does a prefix of the rows span 1?  Exact over Q and over every finite field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.rows import Rows
from srtheory.span.field import Field, parse_field
from srtheory.span.modular import kernel

PRIME = 2147483629


@dataclass(frozen=True)
class Stopping:
    """The least prefix that spans 1.

    Attributes
    ----------
    stopping_time : int or None
        Least k such that the first k rows span 1; None if they never do.
    coverage_time : int or None
        Least k such that every column is met (non-zero in the field) by the first k rows; None if one never is.
    rank : int
        Rank of the first ``stopping_time`` rows, of all rows where that is None.
    argument : str
        Which argument made the verdict exact.
    """

    stopping_time: int | None
    coverage_time: int | None
    rank: int
    argument: str


@dataclass(frozen=True)
class Span:
    """Whether rows span 1, their rank, and which argument made the verdict exact."""

    spans: bool
    rank: int
    argument: str


def stopping_time(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    columns: int,
    *,
    values: npt.ArrayLike | None = None,
    field: str | Field = "Q",
) -> Stopping:
    """Least k such that the first k rows span the all-ones vector.

    Parameters
    ----------
    indptr, indices : int arrays, shapes (n + 1,) and (nnz,)
        Rows in order of arrival, compressed: row i has the columns ``indices[indptr[i]:indptr[i + 1]]``.
    columns : int
        Number m of columns, at least 0.  For m = 0 the answer is 0.
    values : int64 array, shape (nnz,), optional
        Weights; 1 everywhere if absent.
    field : str or Field
        ``"Q"`` or ``"GF(q)"``.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.
    """
    rows, characteristic = _rows(indptr, indices, columns, values), parse_field(field).characteristic
    covered = coverage_time(rows, characteristic)
    if columns == 0:
        return Stopping(0, 0, 0, "empty")
    if covered is None:
        return Stopping(None, None, _rank(rows, characteristic), "uncovered")
    spans = _spans_rational if characteristic == 0 else _spans_modulo(characteristic)
    k = _least(lambda k: spans(rows.prefix(k)), covered, len(rows))
    found = Stopping(k, covered, 0, "finite-field" if characteristic else "lifted")
    rank = _rank(rows if k is None else rows.prefix(k), characteristic)
    return Stopping(found.stopping_time, covered, rank, found.argument)


def spans(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    columns: int,
    *,
    rows: int | None = None,
    values: npt.ArrayLike | None = None,
    field: str | Field = "Q",
) -> Span:
    """Whether the first ``rows`` rows (all by default) span 1.  Parameters: see :func:`stopping_time`."""
    matrix, characteristic = _rows(indptr, indices, columns, values), parse_field(field).characteristic
    matrix = matrix.prefix(_row_count(matrix, rows))
    test = _spans_rational if characteristic == 0 else _spans_modulo(characteristic)
    argument = "finite-field" if characteristic else "lifted"
    return Span(test(matrix), _rank(matrix, characteristic), argument)


def rank(
    indptr: npt.ArrayLike,
    indices: npt.ArrayLike,
    columns: int,
    *,
    rows: int | None = None,
    values: npt.ArrayLike | None = None,
    field: str | Field = "Q",
) -> int:
    """Rank of the first ``rows`` rows (all by default).  Parameters: see :func:`stopping_time`."""
    matrix = _rows(indptr, indices, columns, values)
    return _rank(matrix.prefix(_row_count(matrix, rows)), parse_field(field).characteristic)


def coverage_time(rows: Rows, characteristic: int = 0) -> int | None:
    """Least k such that every column has a non-zero entry in the first k rows, or None."""
    met = np.full(rows.columns, len(rows))
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))
    if rows.values is not None:
        live = rows.values % characteristic != 0 if characteristic else rows.values != 0
        np.minimum.at(met, rows.indices[live], owner[live])
    else:
        np.minimum.at(met, rows.indices, owner)
    last = int(met.max(initial=-1))
    return None if last == len(rows) and rows.columns else last + 1


def _least(test: Callable[[int], bool], low: int, high: int) -> int | None:
    """Least k in [low, high] that passes a monotone test, galloping up from ``low``."""
    step, bottom = 1, low
    k = max(low, 0)
    while not test(k):
        if k == high:
            return None
        bottom, k, step = k + 1, min(k + step, high), 2 * step
    while bottom < k:
        middle = (bottom + k) // 2
        bottom, k = (bottom, middle) if test(middle) else (middle + 1, k)
    return k


def _spans_modulo(prime: int) -> Callable[[Rows], bool]:
    return lambda rows: not (kernel(rows, prime).sum(axis=0) % prime).any()


def _spans_rational(rows: Rows) -> bool:
    """Full rank modulo a prime proves "spans"; everything else is solved over the integers."""
    from srtheory.span.lifting import kernel_vector

    return kernel(rows, PRIME).shape[1] == 0 or kernel_vector(rows) is None


def _rank(rows: Rows, characteristic: int) -> int:
    """Rank over the prime field; over Q full rank modulo a prime is proof, else FLINT's exact rank decides."""
    import flint

    modular = rows.columns - kernel(rows, characteristic or PRIME).shape[1]
    if characteristic or modular == min(len(rows), rows.columns):
        return modular
    return int(flint.fmpz_mat(rows.dense().tolist()).rank())


def _row_count(rows: Rows, count: int | None) -> int:
    return len(rows) if count is None else require_int("rows", count, 0, len(rows))


def _rows(indptr: npt.ArrayLike, indices: npt.ArrayLike, columns: int, values: npt.ArrayLike | None) -> Rows:
    """The arguments as :class:`Rows`, checked."""
    m = require_int("columns", columns, 0)
    bounds, places = _whole("indptr", indptr), _whole("indices", indices)
    if len(bounds) == 0 or bounds[0] != 0 or bounds[-1] != len(places) or (np.diff(bounds) < 0).any():
        raise ArgumentError("indptr", bounds.tolist()[:5], f"a rising sequence from 0 to {len(places)}")
    if len(places) and not (places.min() >= 0 and places.max() < m):
        raise ArgumentError("indices", int(places.max()), f"an array of columns from 0 to {m - 1}")
    owner = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    if len(np.unique(owner * m + places)) < len(places):
        raise ArgumentError("indices", "a repeated column", "an array without a column twice in a row")
    weights = None if values is None else _whole("values", values)
    if weights is not None and len(weights) != len(places):
        raise ArgumentError("values", len(weights), f"an array of {len(places)} weights")
    return Rows(m, bounds, places.astype(np.int32), weights)


def _whole(name: str, array: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """A one-dimensional integer array as int64."""
    given = np.asarray(array)
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
        raise ArgumentError(name, given.dtype.name, "a one-dimensional array of integers")
    return given.astype(np.int64, copy=False)
