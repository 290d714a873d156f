"""Sum of all terms from the values of the received rows, by every decoder that recovers it, with its cost.

Values are numbers of any kind, or arrays of one shape, that can be added and subtracted, and multiplied by fractions if
weights are solved for. Sums of integers and fractions are exact, also in arrays of any shape and type: these are added
as Python's integers, in arrays of objects, which no sum is too large for. Sums of floats are floats of the same type.

**LSMR** solves (3) in floating point, G^T v = 1, up to a residual that bounds the error of the sum. For any v at all,
exact or not, v·f' - F = (G^T v - 1)·f, so that |v·f' - F| <= ||G^T v - 1|| ||f|| in dual norms. A few sparse products
give a v of small residual if more rows have arrived than exact recovery needs. Measured, not proved (disc-open-3 of the
ledger): with 20 % more rows than symbols, scaled to unit length, the number of iterations to a given tolerance hardly
grows with m, from 250 to 8000 symbols. Reference: D. Fong and M. Saunders, "LSMR: an iterative algorithm for sparse
least-squares problems", SIAM J. Sci. Comput. 33 (2011).

**Running error analysis**: float64 numbers as computed, each with a bound on its rounding error (:class:`Rounded`).
Code that adds, subtracts, scales and divides values of any kind computes with these bit for bit what it computes with
float64 arrays. Every operation is off by at most u = 2^-53 times its result. The bounds are themselves computed in
float64, and raised by more than their own rounding error. Products and quotients may also underflow, for which a few of
the least numbers above 0 are added. Overflow gives infinity or NaN, which is reported. Reference: N. J. Higham,
"Accuracy and Stability of Numerical Algorithms", 2nd ed. (2002), section 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from numbers import Integral, Rational
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.decoders.direct import OF_PARTS, parts
from srtheory.decoders.intervals import cycle
from srtheory.decoders.peeling import schedule
from srtheory.errors import ArgumentError, require_int, require_kind, require_not_negative, require_positive
from srtheory.matrix import PrecodedRows, Rows, elements_of, plain_array
from srtheory.span.lifting import spanning_vector
from srtheory.types import Floats, Int32, Int64

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Values = npt.NDArray[Any] | Sequence[Any]
"""The sum of the terms in each row, in order of the rows: an array of shape (n, ...), or n numbers or arrays."""
Weights = tuple[list[int], int]
"""Integers v and D > 0 with v·G = D·1."""


@dataclass(frozen=True, eq=False)
class Sum:
    """Sum of all terms as a decoder recovers it, with its cost."""

    value: Any
    """F, in the kind of numbers that the values are of."""
    additions: int
    """Additions and subtractions of values."""
    multiplications: int = 0
    """Products of a value with, and quotients by, a number that is neither 1 nor -1."""
    solving: int | None = 0
    """Products of coefficients that were added up before any value was used, or None if they were not counted:
    :func:`srtheory.decoders.base.elimination` does, given the rank."""
    residual: float = 0.0
    """Upper bound on the Euclidean norm of v·G - 1 for the weights v of the rows; 0 where they are exact."""

    def error_bound(self, norm: Fraction | float) -> Fraction:
        """Bound |value - F| for values that are exact and are added exactly, given the norm of (f_1, ..., f_m)."""
        require_not_negative("norm", norm)
        return Fraction(self.residual) * Fraction(norm)

    def whole(self, norm: Fraction | float) -> int | None:
        """Return F exactly if all terms are integers and the error bound is below 1/2, otherwise None.

        F is the integer nearest to the value, which is exact for these weights, as they are binary fractions. ``norm``
        is at least the Euclidean norm of (f_1, ..., f_m): B sqrt(m) if no term is larger than B in size.
        """
        if not isinstance(self.value, Rational):
            raise ArgumentError("value", self.value, "a sum of integers")
        return round(Fraction(self.value)) if self.error_bound(norm) < Fraction(1, 2) else None


def by_peeling(rows: Rows, values: Values) -> Sum | None:
    """Return F from the values of rows that peeling decodes, by O(nnz) additions, or None if it does not.

    Each symbol is recovered from the first row, in the order of peeling, in which it is the last unknown symbol. Rows
    that recover no symbol are not added. All weights are 1, m >= 1. Arrays of float64 or int64, shape (n,), are decoded
    in compiled code unless a number gets beyond int64.
    """
    require_kind("rows", rows, Rows).require_ones("rows of weight 1, which need no division")
    if isinstance(rows, PrecodedRows):
        raise ArgumentError("rows", "rows with a pre-code", "rows without one: peeling goes over intermediate symbols")
    exact = _each(rows, values)
    symbol, source = schedule(rows)
    if len(symbol) < rows.columns or rows.columns == 0:
        return None
    sizes = rows.indptr[source + 1] - rows.indptr[source]
    order, wrapped = (rows.indptr, rows.indices, symbol, source), True
    if type(values) is np.ndarray and values.ndim == 1 and values.dtype in (np.float64, np.int64):
        total, wrapped = _peeled(*order, values)
    return Sum(_peeled_of_any(*order, exact) if wrapped else total, int(sizes.sum()) - 1)


def by_parts(rows: Rows, values: Values) -> Sum | None:
    """Return F from the values of rows that are pairwise equal or disjoint, or None if a part is missing. O(nnz + m).

    The first copy of every part, all weights 1 and m >= 1, is added up, floats of an array of shape (n,) by NumPy.
    """
    require_kind("rows", rows, Rows).require_ones(OF_PARTS)
    values = _each(rows, values)
    stop, first = parts(rows)
    if stop is None or rows.columns == 0:
        return None
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind == "f":
        total = values[first].sum()
        return Sum(float(total) if isinstance(total, float) else total, len(first) - 1)
    return Sum(_added([values[i] for i in first.tolist()]), len(first) - 1)


def by_arcs(rows: Rows, values: Values) -> Sum | None:
    """Return F from the values of arcs, by additions along one cycle, or None if the rows do not span 1 over Q.

    ``rows``: n arcs of m >= 1 columns, m not 0. ``values``: integers become fractions where they have to be divided;
    other values are divided by an int.
    """
    values = _each(rows, values)
    found = cycle(rows)
    if found is None:
        return None
    first = int(np.argmax(found.signs == 1))  # there is one: the walk goes more forwards than backwards
    order = [first, *range(first), *range(first + 1, len(found.rows))]
    total = _added([values[i] for i in found.rows[order].tolist()], found.signs[order[1:]].tolist())
    if found.winding != 1:  # w F may be beyond what F fits in
        whole = isinstance(total, Integral) or (isinstance(total, np.ndarray) and total.dtype.kind == "O")
        total = total * Fraction(1, found.winding) if whole else total / found.winding
    return Sum(total, len(order) - 1, int(found.winding != 1))


def by_elimination(rows: Rows, values: Values, solve: Callable[[Rows], Weights | None] = spanning_vector) -> Sum | None:
    """Return F by v·G = D·1 in integers, as ``solve`` finds them, or None if it finds none."""
    values = _each(rows, values)
    found = solve(rows)
    return None if found is None else combined(values, [Fraction(v, found[1]) for v in found[0]], solving=None)


def by_lsmr(rows: Rows, values: Values, *, tolerance: float = 1e-8) -> Sum | None:
    """Return a value near F, with an upper bound on the residual.

    Parameters and errors: as for :func:`srtheory.decoders.sums.lsmr_combination`, and of :func:`recover`.
    """
    values = _each(rows, values)
    found = lsmr_combination(rows, tolerance=tolerance)
    solving = 2 * found.iterations * len(rows.indices)
    return combined(values, [Fraction(v) for v in found.vector.tolist()], solving, found.residual_norm)


WAYS = {
    "span": by_elimination,
    "peeling": by_peeling,
    "partition": by_parts,
    "intervals": by_arcs,
    "lsmr": by_lsmr,
}
"""Ways to the sum by the name of the decoder; with LSMR the sum is only approximate."""


def recover(rows: Rows, values: Values, how: str = "span") -> Sum | None:
    """Return F from the values of the rows received, or None if they do not give it.

    ``how``: one of :data:`WAYS`.
    """
    if not isinstance(how, str) or how not in WAYS:
        raise ArgumentError("how", how, "one of " + ", ".join(WAYS))
    return WAYS[how](rows, values)


def combined(values: Values, weights: Sequence[Fraction], solving: int | None = 0, residual: float = 0.0) -> Sum | None:
    """Return the sum of weights * values, or None if all weights are 0."""
    chosen = [(value, weight) for value, weight in zip(values, weights, strict=True) if weight]
    if not chosen:
        return None
    products = [value if weight == 1 else _scaled(value, weight) for value, weight in chosen]
    scaled = sum(abs(weight) != 1 for _, weight in chosen)
    return Sum(_added(products), len(chosen) - 1, scaled, solving, residual)


def _each(rows: Rows, values: Values) -> Values:
    """Return the values, one for each row, integers of NumPy's as Python's."""
    expected = f"{len(require_kind('rows', rows, Rows))} values, one for each row: numbers, or arrays of one shape"
    if rows.elements is not None:
        raise ArgumentError("rows", f"rows of elements of {rows.elements}", "rows over Q, in which sums are taken")
    listed = hasattr(values, "__getitem__") and hasattr(values, "__len__") and getattr(values, "shape", (0,)) != ()
    if not listed or isinstance(values, Mapping | str | bytes):
        raise ArgumentError("values", values, expected)
    if isinstance(values, np.ndarray):
        array = _array(values, expected)
        given: Values = array.tolist() if array.ndim == 1 and array.dtype.kind == "O" else array
    else:
        given = [_number(value, expected) for value in values]
        if len({getattr(value, "shape", ()) for value in given}) > 1:
            raise ArgumentError("values", "arrays of several shapes", expected)
    if len(given) != len(rows):
        raise ArgumentError("values", f"{len(given)} values", expected)
    return given


def _number(value: Any, expected: str) -> Any:
    """Return a single value, integers of NumPy's as Python's, lists as arrays."""
    if isinstance(value, np.ndarray | list | tuple):
        return _array(value, expected)
    if isinstance(value, np.bool_ | np.integer | bool):
        return int(value)
    if not (hasattr(value, "__add__") and hasattr(value, "__sub__")):
        raise ArgumentError("values", value, expected)
    return Fraction(value) if isinstance(value, Decimal) and value.is_finite() else value


def _array(given: Any, expected: str) -> npt.NDArray[Any]:
    """Return an array of floats, or of objects: Python's integers and others."""
    if elements_of("values", given) is not None:
        raise ArgumentError("values", "elements of a finite field", expected)
    array = plain_array("values", given, expected)
    if array.dtype.kind in "fc" and not isinstance(given, np.ndarray):
        mixed = np.array(given, object)  # NumPy makes floats of integers beyond 64 bits, and of others beside floats
        array = mixed if any(isinstance(value, Integral) for value in mixed.flat) else array
    if array.dtype.kind not in "biufcO":
        raise ArgumentError("values", f"an array of {array.dtype.name}", expected)
    if array.dtype.kind in "fc":
        return array
    whole = np.frompyfunc(lambda value: _number(value, expected), 1, 1)
    return whole(array) if array.size else array.astype(object)


def _scaled(value: Any, weight: Fraction) -> Any:
    """Return weight * value, of the type of a value of NumPy's floats."""
    if isinstance(value, np.ndarray | np.inexact) and value.dtype.kind != "O":
        return value * nearest(weight)[0]
    return value * weight


def _added(values: Sequence[Any], signs: Iterable[int] = repeat(1)) -> Any:
    """Return the first value plus or minus the others, or a copy of a single value."""
    total = copy(values[0])
    for value, sign in zip(values[1:], signs, strict=False):
        total = total + value if sign == 1 else total - value
    return total


@compiled
def _peeled(indptr: Int64, indices: Int32, symbol: Int32, source: Int32, values: npt.NDArray[Any]) -> tuple[Any, bool]:
    """Return the sum, and whether an integer has wrapped on the way, so that it is wrong."""
    term = np.zeros(symbol.shape[0], values.dtype)
    total, wrapped = values[source[0]], False
    for at in range(symbol.shape[0]):
        c, i = symbol[at], source[at]
        value = values[i]
        for other in indices[indptr[i] : indptr[i + 1]]:
            if other != c:
                before = value
                value = before - term[other]
                if abs(float(before) - float(term[other]) - float(value)) > 2.0**62:
                    wrapped = True
        term[c] = value
        if at > 0:
            before = total
            total = before + value
            if abs(float(before) + float(value) - float(total)) > 2.0**62:
                wrapped = True
    return total, wrapped


def _peeled_of_any(indptr: Int64, indices: Int32, symbol: Int32, source: Int32, values: Any) -> Any:
    term: dict[int, Any] = {}
    for c, i in zip(symbol.tolist(), source.tolist(), strict=True):
        value = values[i]
        for other in indices[indptr[i] : indptr[i + 1]].tolist():
            if other != c:
                value = value - term[other]
        term[c] = value
    return _added(list(term.values()))


ROUNDING = 2.0**-53


@dataclass(frozen=True, eq=False)
class Combination:
    """A floating-point combination v of received rows."""

    vector: Floats
    """Shape (n,). v, one weight for each received symbol."""
    residual: float
    """Upper bound on the largest entry of |G^T v - 1|, the rounding of its evaluation included."""
    residual_norm: float
    """Upper bound on the Euclidean norm of G^T v - 1, likewise."""
    iterations: int
    """Products with G and with G^T that LSMR took, one of each an iteration."""


def lsmr_combination(rows: Rows, *, tolerance: float = 1e-8, most: int | None = None) -> Combination:
    """Return an approximate solution of (3), of least norm among the scaled ones.

    LSMR stops when it estimates the residual's norm at ``tolerance`` times that of 1, which is sqrt(m), or after
    ``most`` iterations, by default 10 m; m >= 1. O(nnz) operations an iteration. A residual that is not small means
    that LSMR did not get there, never that the rows do not span 1: whether they do is the exact decoder's business.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import lsmr  # a fifth of a second, and many sums do not need it

    require_int("columns", require_kind("rows", rows, Rows).columns)
    tolerance = require_positive("tolerance", tolerance)
    limit = 10 * rows.columns if most is None else require_int("most", most)
    matrix = _matrix(rows)
    scale = 1 / np.sqrt(np.maximum(abs(matrix).power(2).sum(axis=1), 1.0))
    scaled = csr_array(matrix.multiply(scale[:, None])).T.tocsr()
    found = lsmr(scaled, np.ones(rows.columns), atol=0.0, btol=tolerance, conlim=0.0, maxiter=limit)
    vector = scale * found[0]
    residual = residual_bound(matrix, vector)
    return Combination(vector, float(residual.max()), float(np.linalg.norm(residual)) * (1 + 1e-9), int(found[2]))


def residual_bound(matrix: csr_array, vector: Floats) -> Floats:
    """Return upper bounds on the entries of |G^T v - 1|: as computed, plus what rounding may have hidden, shape (m,).

    A sum of k products is off by at most (k + 1) u/(1 - (k + 1) u) times the sum of their sizes, u = 2^-53.
    """
    transpose = matrix.T.tocsr()
    size = abs(transpose) @ abs(vector) + 1
    terms = np.diff(transpose.indptr) + 3
    return np.asarray(abs(transpose @ vector - 1) + 2 * terms * ROUNDING * size)


def _matrix(rows: Rows) -> csr_array:
    from scipy.sparse import csr_array

    values = np.ones(len(rows.indices)) if rows.values is None else rows.values.astype(np.float64)
    return csr_array((values, rows.indices, rows.indptr), shape=(len(rows), rows.columns))


UNIT = 2.0**-53
_RAISE = 1 + 2.0**-49  # five operations on bounds, at most, between two of these
_LEAST = 2.0**-1074
_quiet = np.errstate(over="ignore", invalid="ignore")  # numbers out of range are infinite or NaN


@dataclass(frozen=True, eq=False)
class Rounded:
    """Numbers as computed, and bounds on their distance from the result of exact arithmetic."""

    value: Floats
    off: Floats
    """Shape: The numbers, and bounds on their absolute errors."""

    @property
    def finite(self) -> bool:
        """Whether all numbers and bounds are finite."""
        return bool(np.isfinite(self.value).all() and np.isfinite(self.off).all())

    @_quiet
    def __add__(self, other: Rounded) -> Rounded:
        return _after(self.value + other.value, self.off + other.off)

    @_quiet
    def __sub__(self, other: Rounded) -> Rounded:
        return _after(self.value - other.value, self.off + other.off)

    @_quiet
    def __truediv__(self, divisor: int) -> Rounded:
        """Divide by an integer that is a float64."""
        if divisor == 0 or nearest(divisor)[1] > 0:
            raise ArgumentError("divisor", divisor, "an integer other than 0 that is a float64")
        return _after(self.value / divisor, self.off / abs(divisor) + self._underflow())

    @_quiet
    def __mul__(self, weight: Fraction) -> Rounded:
        """Multiply by a rational number, which is rounded first."""
        factor, lost = nearest(weight)
        inherited = abs(factor) * self.off + lost * (abs(self.value) + self.off)
        return _after(factor * self.value, inherited + self._underflow())

    def _underflow(self) -> Floats:
        """Return what four products of this and another number may lose by underflow."""
        return 4 * _LEAST * ((self.value != 0) | (self.off != 0))


def rounded(numbers: Sequence[Fraction]) -> Rounded:
    """Return rational numbers as float64, shape (k,); infinite, with an infinite bound, if beyond its range."""
    value, off = np.array([nearest(x) for x in numbers], dtype=np.float64).reshape(-1, 2).T
    return Rounded(value, off * _RAISE)


def nearest(number: Fraction | int) -> tuple[float, float]:
    """Return the float64 nearest to a rational number, and the distance between them, rounded up."""
    if not isinstance(number, Rational):
        raise ArgumentError("number", number, "a fraction or an integer")
    try:
        found = float(number)
    except OverflowError:
        return (math.inf if number > 0 else -math.inf), math.inf
    lost = abs(Fraction(found) - number)
    bound = float(lost)
    return found, bound if bound >= lost else math.nextafter(bound, math.inf)


def _after(value: Floats, inherited: Floats) -> Rounded:
    """Return the result of one operation, given the bound inherited from its operands."""
    return Rounded(value, (inherited + UNIT * abs(value)) * _RAISE)
