"""A decoder that is fed row by row and says after each whether the sum can be recovered: "can I stop?".

While a symbol is uncovered the answer is no, and nothing is computed.  At coverage the rows so far are eliminated once;
every later row is reduced against the echelon form of the core, and so is 1.  Over Q a "no" is exact as long as the
rank modulo the prime is the rational one (docs/exactness.md), which needs a proof only when a row depends on others.
Rows that are all there from the start are better served by :func:`srtheory.span.stopping_time`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.errors import ArgumentError, require_int
from srtheory.rows import Rows, whole_weights
from srtheory.span.arrays import residues
from srtheory.span.core import Int32, Int64, triangulate
from srtheory.span.elimination import (
    LANE,
    PRIME,
    Arithmetic,
    Floats,
    arithmetic,
    echelon,
    inverse,
    padded,
    reduce,
    reduce_all,
    symmetric,
)
from srtheory.span.engine import SECOND_PRIME, rank, spans
from srtheory.span.field import Field, parse_field
from srtheory.span.modular import pivot_inverses, schur, solve_pivots


class IncrementalSpan:
    """Rows in order of arrival, and whether they span 1.

    Parameters
    ----------
    columns : int
        Number m of symbols, at least 0.
    field : str or Field
        ``"Q"`` or ``"GF(q)"``.

    Attributes
    ----------
    stopping_time : int or None
        Number of rows after which 1 was first spanned; None if it is not yet.

    Notes
    -----
    O(weight) a row until coverage, then O(weight·c + c²) for a core of c columns.  Over Q a row that depends on earlier
    ones costs a whole elimination, and so does every row after coverage over GF(p) with p beyond about 2**24.5.
    """

    def __init__(self, columns: int, *, field: str | Field = "Q") -> None:
        self.columns = require_int("columns", columns, 0)
        self.stopping_time: int | None = 0 if self.columns == 0 else None
        self._over = parse_field(field)
        self._primes = _primes(self._over.characteristic)
        self._arithmetic = arithmetic(next(self._primes))
        self._form: _Form | None = None
        self._length, self._bounds = 0, np.zeros(16, np.int64)
        self._indices, self._values = np.zeros(64, np.int32), np.zeros(64, np.int64)
        self._missing, self._attempts = self.columns, 0
        self._stamps = np.zeros(self.columns, np.int64)

    def __len__(self) -> int:
        return self._length

    @property
    def rows(self) -> Rows:
        """The rows so far (no copy unless some weight is 0), their weights spelt out."""
        end = self._bounds[self._length]
        return Rows(self.columns, self._bounds[: self._length + 1], self._indices[:end], self._values[:end])

    def add(self, row: npt.ArrayLike, weights: npt.ArrayLike | int = 1) -> bool:
        """Take the next row; say whether the rows so far span 1.

        Parameters
        ----------
        row : int array, shape (w,)
            Its columns, each at most once.
        weights : int64 array, shape (w,), or int
            Its weights there.

        Raises
        ------
        ArgumentError
            If a column is out of range or named twice, there are not as many weights, or they are no 64-bit integers.
        """
        columns = np.asarray(row)
        if columns.ndim != 1 or (columns.size and columns.dtype.kind not in "iu"):
            raise ArgumentError("row", row, "a one-dimensional array of integers")
        given = np.full(len(columns), weights) if np.isscalar(weights) else weights
        self._append(columns.astype(np.int64, copy=False), whole_weights("weights", given, len(columns)))
        if self.stopping_time is None and self._missing == 0 and self._spans():
            self.stopping_time = self._length
        return self.stopping_time is not None

    def _append(self, row: Int64, weights: Int64) -> None:
        start = int(self._bounds[self._length])
        end = start + len(row)
        if end > len(self._indices):
            self._indices, self._values = _longer(self._indices, end), _longer(self._values, end)
        if self._length + 1 == len(self._bounds):
            self._bounds = _longer(self._bounds, self._length + 2)
        self._attempts += 1
        met = _meet(row, weights, self._over.characteristic, self._stamps, self._attempts)
        if met < 0:
            raise ArgumentError("row", row.tolist(), f"distinct columns from 0 to {self.columns - 1}")
        self._indices[start:end], self._values[start:end] = row, weights
        self._length += 1
        self._bounds[self._length] = end
        self._missing -= met

    def _spans(self) -> bool:
        """The exact answer, every column being covered."""
        if self._arithmetic is None:
            return self._decide()
        form = self._current_form(self._arithmetic)
        while form.spans:
            if self._over.characteristic or form.rank == self.columns or self._decide():
                return True
            form = self._next_form()
        return False

    def _current_form(self, field: Arithmetic) -> _Form:
        """The form of all rows, of the rational rank over Q."""
        if self._form is None:
            self._form = _eliminate(self.rows, field)
        else:
            start, end = self._bounds[self._length - 1], self._bounds[self._length]
            if self._form.take(self._indices[start:end], self._values[start:end]):
                return self._form
        return self._form if self._rank_is_exact(self._form) else self._next_form()

    def _next_form(self) -> _Form:
        """The form modulo the next prime that keeps the rank."""
        while True:
            self._arithmetic = arithmetic(next(self._primes))
            assert self._arithmetic is not None
            self._form = _eliminate(self.rows, self._arithmetic)
            if self._rank_is_exact(self._form):
                return self._form

    def _rank_is_exact(self, form: _Form) -> bool:
        if self._over.characteristic or form.rank == min(self._length, self.columns):
            return True
        return rank(**self.rows.arrays) == form.rank

    def _decide(self) -> bool:
        """By the batch engine."""
        return spans(**self.rows.arrays, field=self._over).spans


@dataclass(eq=False)
class _Form:
    """An echelon form of all rows modulo a prime: a sparse triangle, fixed, and a dense core that grows.

    Attributes
    ----------
    field : Arithmetic
        The prime.
    place : int32 array, shape (m,)
        t for the triangle's pivot t, ``-1 - j`` for column j of the core.
    known : array, shape (s, padded c)
        The triangle's pivots in terms of the core's columns.
    table, pivots : arrays, shapes (c, padded c) and (c,)
        The first ``steps`` rows are zero left of their pivots, 1 there, and zero at the pivots before.
    ones : array, shape (padded c,)
        What the rows leave of the all-ones vector.
    steps : int
        Rank of the core.
    """

    field: Arithmetic
    place: Int32
    known: Floats
    table: Floats
    pivots: Int64
    ones: Floats
    steps: int

    @property
    def rank(self) -> int:
        """Rank of all rows modulo the prime."""
        return len(self.known) + self.steps

    @property
    def spans(self) -> bool:
        """Whether the rows span 1 modulo the prime."""
        return bool(_first(self.ones) == len(self.ones))

    def take(self, columns: Int32, weights: Int64) -> bool:
        """Enter a row; False if it depends on those before."""
        if self.steps == len(self.table):
            return False
        row = self.table[self.steps]
        self.reduce(columns, weights, row)
        pivot = _first(row)
        if pivot == len(row):
            return False
        self.pivots[self.steps] = pivot
        _normalise(row, pivot, self.ones, self.field.constants)
        self.steps += 1
        return True

    def reduce(self, columns: Int32, weights: Int64, row: Floats) -> None:
        """Put what the rows leave of a vector into ``row``."""
        _reduce(
            columns, weights, self.place, self.known, self.table, self.pivots, self.steps, self.field.block,
            self.field.constants, row,
        )  # fmt: skip


def _eliminate(rows: Rows, field: Arithmetic) -> _Form:
    live = residues(rows, field.prime)
    triangle = triangulate(live.indptr, live.indices, live.columns)
    assert live.values is not None
    solved = live.values.copy()
    ends = live.indptr, live.indices, solved, triangle.pivot_rows, triangle.pivot_columns
    solve_pivots(*ends, pivot_inverses(*ends, field.prime), field.prime)
    c = len(triangle.inactive)
    known = np.zeros((len(triangle.pivot_rows), padded(c)), field.kind)
    core = echelon(schur(live.indptr, live.indices, solved, triangle, field, known), field)
    table, pivots, steps = np.zeros((c, padded(c)), field.kind), np.zeros(c, np.int64), len(core.steps)
    table[:steps], pivots[:steps] = core.table[core.steps], core.pivots
    form = _Form(field, triangle.place, known, table, pivots, np.zeros(padded(c), field.kind), steps)
    form.reduce(np.arange(rows.columns, dtype=np.int32), np.ones(rows.columns, np.int64), form.ones)
    return form


def _primes(characteristic: int) -> Iterator[int]:
    """The primes to work with, in order."""
    if characteristic:
        yield characteristic
        return
    from sympy import prevprime

    yield SECOND_PRIME
    prime = PRIME
    while True:
        yield prime
        prime = prevprime(prime)


def _longer(array: Any, length: int) -> Any:
    """The array with room for at least ``length`` entries, and for half as many again."""
    return np.concatenate([array, np.zeros(length + length // 2 - len(array), array.dtype)])


@compiled
def _meet(row: Int64, weights: Int64, p: int, stamps: Int64, stamp: int) -> int:
    """How many columns the row meets first; -1 if a column is out of range or repeated.

    A column's stamp tells the last row that named it; it is positive once the column has been met.
    """
    for c in row:
        if c < 0 or c >= len(stamps) or abs(stamps[c]) == stamp:
            return -1
        stamps[c] = stamp if stamps[c] > 0 else -stamp
    met = 0
    for c, weight in zip(row, weights):  # noqa: B905 (numba knows no strict)
        if stamps[c] < 0 and (weight % p if p else weight) != 0:
            stamps[c] = stamp
            met += 1
    return met


@compiled
def _reduce(columns, weights, place, known, table, pivots, steps, block, constants, row):  # type: ignore[no-untyped-def]
    """A vector in terms of the core's columns, then cleared at the pivots."""
    p = np.int64(constants[0])
    row[:] = 0
    for e in range(len(columns)):
        weight, q = row.dtype.type(symmetric(weights[e], p)), place[columns[e]]
        if q < 0:
            row[-1 - q] += weight
        else:
            _add_multiple(row, weight, known[q], 0)
        if e % block == block - 1:
            reduce_all(row, constants)
    reduce_all(row, constants)
    waiting = 0
    for i in range(steps):
        factor = reduce(row[pivots[i]], constants)
        if factor != 0:
            _add_multiple(row, -factor, table[i], pivots[i] // LANE * LANE)
            waiting += 1
            if waiting % block == 0:
                reduce_all(row, constants)
    reduce_all(row, constants)


@compiled
def _add_multiple(row, factor, other, low):  # type: ignore[no-untyped-def]
    target, source = row[low:], other[low:]
    for j in range(len(target)):
        target[j] += factor * source[j]


@compiled
def _first(row: Floats) -> int:
    """Where the first non-zero entry stands; the length if there is none."""
    for j in range(len(row)):
        if row[j] != 0:
            return j
    return len(row)


@compiled
def _normalise(row, pivot, ones, constants):  # type: ignore[no-untyped-def]
    """Make a row 1 at its pivot and clear that column in ``ones``."""
    scale, factor = row.dtype.type(inverse(np.int64(row[pivot]), np.int64(constants[0]))), ones[pivot]
    for j in range(len(row)):
        row[j] = reduce(row[j] * scale, constants)
        ones[j] = reduce(ones[j] - factor * row[j], constants)
