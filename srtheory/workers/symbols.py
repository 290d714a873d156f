"""Symbols of each worker, in its order, and the values of their terms.

A scheme is asked for as many symbols as are needed. A term is a number or an array of numbers. Integers and fractions
are added exactly. Floats are exact rational numbers; their sum is a :class:`~srtheory.decoders.sums.Rounded`,
float64 numbers with bounds on their errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from numbers import Integral, Rational
from typing import Any

import numpy as np

from srtheory.decoders.sums import Rounded, rounded
from srtheory.matrix import Rows, boundaries
from srtheory.schemes.base import UNLIMITED, EncodedSymbols, Scheme
from srtheory.schemes.own import emitted
from srtheory.types import Int32, Int64

Symbol = tuple[Int32, Int64 | None]
"""Columns, and their weights (None: all 1)."""


def mark(symbol: Symbol) -> bytes:
    """Return sixteen bytes that two symbols share only if they are the same combination, in any order of terms."""
    columns, weights = symbol
    order = np.argsort(columns, kind="stable")
    both = np.ones((2, len(order)), dtype="<i8")
    both[0] = columns[order]
    if weights is not None:
        both[1] = weights[order]
    return blake2b(both.tobytes(), digest_size=16).digest()


def symbol_of(rows: Rows, i: int) -> Symbol:
    """Return row i."""
    return rows.row(i), None if rows.values is None else rows.values[rows.indptr[i] : rows.indptr[i + 1]]


@dataclass(frozen=True, eq=False)
class _Beginning:
    """Symbols that one worker completes within a budget of terms: those of a scheme's answer from ``first``."""

    symbols: EncodedSymbols
    first: int
    count: int
    budget: int
    ended: bool


class Orders:
    """Symbols of every worker, by worker and place in its order, both from 0; ``key`` seeds the scheme's randomness.

    A worker's further symbols cost one question to the scheme whenever twice as many terms are wanted; O(workers) time
    each besides the terms.  For many threads at once only as far as :meth:`prepare` went.
    """

    def __init__(self, scheme: Scheme, key: int) -> None:
        self.scheme, self.key = scheme, key
        self._known: dict[int, _Beginning] = {}
        first, later = scheme.expected_terms()
        self._first = math.ceil(first + (later if math.isfinite(later) else 0.0))

    def prepare(self, workers: Sequence[int]) -> None:
        """Ask for all symbols of these workers, or, for rateless schemes, for about 4 m terms each."""
        terms = getattr(self.scheme, "terms", self.scheme.symbols)
        self._ask(workers, 4 * terms if self.scheme.rateless else int(UNLIMITED))

    def symbol(self, worker: int, index: int) -> Symbol | None:
        """Return a worker's symbol, or None if it sends at most ``index`` symbols."""
        known = self._reach(worker, index)
        if index >= known.count:
            return None
        return symbol_of(known.symbols.rows, known.first + index)

    def terms(self, worker: int, index: int) -> int:
        """Return the terms that a worker has evaluated when that symbol is complete; it must be one of its symbols."""
        known = self._reach(worker, index)
        return int(known.symbols.terms[known.first + index])

    def _reach(self, worker: int, index: int) -> _Beginning:
        if worker not in self._known:
            self._ask([worker], self._first)
        while index >= (known := self._known[worker]).count and not known.ended:
            self._ask([worker], 2 * known.budget)
        return known

    def _ask(self, workers: Sequence[int], budget: int) -> None:
        budgets = np.zeros(self.scheme.workers, dtype=np.int64)
        budgets[list(workers)] = budget
        symbols = emitted(self.scheme, self.key, budgets)
        bounds = boundaries(np.bincount(symbols.worker, minlength=self.scheme.workers)).tolist()
        for j in workers:
            self._known[j] = _Beginning(symbols, bounds[j], bounds[j + 1] - bounds[j], budget, bool(symbols.ended[j]))


# ------------------------------------------------------------------------------------------------------ values of terms

_EXACT = (Rational, np.bool_)
"""Integers and fractions; True and NumPy's integers are Rational, NumPy's truth values are not."""
KINDS = "a number or an array of numbers: floats of at most 64 bits, integers or fractions"


def as_value(term: Any) -> Any:
    """Return a term in the form in which it is added.

    Integers in arrays become fractions, which neither overflow nor lose anything when they are divided. A term of no
    kind that is added here is a TypeError that names its kind.
    """
    if isinstance(term, _EXACT):
        return _exact(term)
    if _masked(term):
        raise TypeError(f"a term must be {KINDS}, not a masked array: fill it in before, as term.filled(0) does")
    array = np.asarray(term)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        value = array.astype(np.float64)
        return Rounded(value, np.zeros(value.shape))
    if array.dtype.kind in "biu" or (array.dtype == object and all(isinstance(x, _EXACT) for x in array.flat)):
        return _each(array, lambda x: Fraction(_exact(x))) if array.ndim else _exact(array[()])
    raise TypeError(f"a term must be {KINDS}, not {type(term).__name__} of dtype {array.dtype}")


def _exact(number: Any) -> int | Fraction:
    """Return an integer or a fraction of any type as Python's own."""
    if isinstance(number, Rational) and not isinstance(number, Integral):
        return Fraction(int(number.numerator), int(number.denominator))
    return int(number)


def _masked(term: Any) -> bool:
    """Return whether a term is a masked array, or a list of such, whose plain array would show masked values."""
    return isinstance(term, np.ma.MaskedArray) or (isinstance(term, list | tuple) and any(map(_masked, term)))


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of a result of :func:`as_value`, () for a number."""
    return np.shape(value.value if isinstance(value, Rounded) else value)


def is_finite(value: Any) -> bool:
    """Return whether the value has neither NaN nor infinity."""
    return not isinstance(value, Rounded) or value.finite


def add(total: Any, value: Any) -> Any:
    """Return the sum of two values of one shape."""
    [total, value] = alike([total, value])
    return total + value


def scale(value: Any, weight: int) -> Any:
    """Return an integer multiple of a value."""
    return value if weight == 1 else value * Fraction(weight) if isinstance(value, Rounded) else value * weight


def alike(values: Sequence[Any]) -> list[Any]:
    """Return the values in one kind: if some are rounded, all are."""
    some = any(isinstance(value, Rounded) for value in values)
    return [_round(value) if some and not isinstance(value, Rounded) else value for value in values]


def _round(value: Any) -> Rounded:
    shape = np.shape(value)
    flat = rounded([Fraction(x) for x in np.asarray(value, dtype=object).flat])
    return Rounded(flat.value.reshape(shape), flat.off.reshape(shape))


def as_plain(value: Any) -> tuple[Any, Any]:
    """Return the numbers for a reader, and a bound on the absolute error of each, 0 for exact ones.

    Fractions that are integers are given as such.
    """
    if isinstance(value, Rounded):
        return _plain(value.value), _plain(value.off)
    if isinstance(value, np.ndarray):
        return _each(value, _whole), np.zeros(value.shape)
    return _whole(value), 0.0


def _each(array: Any, change: Callable[[Any], Any]) -> Any:
    """Return an object array with a function applied to each entry."""
    changed = np.empty(array.shape, dtype=object)
    for place, x in np.ndenumerate(array):
        changed[place] = change(x)
    return changed


def _plain(array: Any) -> Any:
    return float(array) if np.ndim(array) == 0 else array


def _whole(number: Any) -> Any:
    return int(number) if number == int(number) else number
