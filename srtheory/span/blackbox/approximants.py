"""Minimal approximant bases of matrices of power series modulo a small prime: block Berlekamp-Massey by halves.

An approximant of order n of a matrix F of power series, b × s, is a vector v of s polynomials with Fv = O(xⁿ).  Given
degrees d_1, …, d_s, a *basis* of the approximants is kept whose columns have the least possible degrees
max_i (deg v_i + d_i).  docs/exactness.md says what the degrees prove about the ranks of Hankel matrices.

References
----------
B. Beckermann, G. Labahn, "A uniform approach for the fast computation of matrix-type Padé approximants", SIAM J. Matrix
Anal. Appl. 15 (1994); P. Giorgi, C.-P. Jeannerod, G. Villard, "On the complexity of polynomial matrix computations",
ISSAC 2003; E. Thomé, "Subquadratic computation of vector generating polynomials", J. Symbolic Comput. 33 (2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.span.blackbox.transform import Float32, product
from srtheory.span.dense.elimination import Arithmetic, reduce, reduce_all

Int64 = npt.NDArray[np.int64]

STEPS = 16
"""Number of orders that are processed one by one."""


@dataclass(frozen=True, eq=False)
class Basis:
    """A minimal basis of approximants.

    Attributes
    ----------
    degrees : int64 array, shape (s,)
        Degree of each column.
    leading : float32 array, shape (s, s)
        Column j: the coefficients of x**(degrees[j] - d_i), i = 1, …, s.  Invertible.
    """

    degrees: Int64
    leading: Float32


def series_basis(series: Float32, field: Arithmetic) -> Basis:
    """Return the basis of the (f, g) with S·f - g = O(xⁿ), of degree max(deg f, 1 + deg g).

    Parameters
    ----------
    series : float32 array, shape (n, b, a)
        n ≥ 1 coefficients of S, symmetric residues.
    field : Arithmetic
        Modulo an odd prime, in single precision, with ``inverses``.

    Returns
    -------
    Basis
        s = a + b columns. The first a rows are f's.

    Raises
    ------
    OverflowError
        If the series are too long for :mod:`srtheory.span.blackbox.transform` modulo this prime.

    Notes
    -----
    O(s³·n·log² n). The basis itself is not formed, for its degrees and leading coefficients are those of its factors.
    """
    n, b, a = series.shape
    degrees = np.repeat(np.array([0, 1]), [a, b])
    half = n // 2
    if n <= STEPS:
        return _leading(*_approximants(_with_identity(series), degrees, field), degrees)
    first, between = _approximants(_with_identity(series[:half]), degrees, field)
    rest = product(series, np.ascontiguousarray(first[:, :a]), half, n, field)
    reach = max(0, len(first) - half)
    rest[:reach] -= first[half:, a:]
    reduce_all(rest.reshape(-1), field.constants)
    one = _leading(first, between, degrees)
    del first
    other = _last(rest, between, field)
    leading = one.leading.astype(np.float64) @ other.leading
    return Basis(other.degrees, _symmetric(leading, field))


def _last(series: Float32, degrees: Int64, field: Arithmetic) -> Basis:
    """Return the degrees and leading coefficients of a basis for any series of shape (n, b, s)."""
    n = len(series)
    if n <= STEPS:
        return _leading(*_approximants(series, degrees, field), degrees)
    half = n // 2
    first, between = _approximants(series[:half], degrees, field)
    rest = product(series, first, half, n, field)
    one = _leading(first, between, degrees)
    del first
    other = _last(rest, between, field)
    return Basis(other.degrees, _symmetric(one.leading.astype(np.float64) @ other.leading, field))


def _approximants(series: Float32, degrees: Int64, field: Arithmetic) -> tuple[Float32, Int64]:
    """Return a basis, shape (coefficients, s, s), and its degrees."""
    n = len(series)
    if n <= STEPS:
        return _step_by_step(series, degrees, field)
    half = n // 2
    first, between = _approximants(series[:half], degrees, field)
    rest = product(series, first, half, n, field)
    second, last = _approximants(rest, between, field)
    length = int(last.max() - degrees.min()) + 1
    return product(first, second, 0, min(length, len(first) + len(second) - 1), field), last


def _step_by_step(series: Float32, degrees: Int64, field: Arithmetic) -> tuple[Float32, Int64]:
    """Return a basis and its degrees, order by order.

    The coefficient of the order is cleared from all columns but b of the least degrees, which are multiplied by x.
    """
    n, b, s = series.shape
    rest, degrees, start = series.copy(), degrees.copy(), int(degrees.min())
    basis = np.zeros((n + int(degrees.max()) - start + 1, s, s), np.float32)
    basis[0] = np.eye(s)
    pivots, factors = np.empty(b, np.int64), np.empty((b, s), np.float32)
    for t in range(n):
        order = np.argsort(degrees, kind="stable")
        count = clear_columns(rest[t].T.copy(), order, field.constants, field.inverses, pivots, factors)
        length = int(degrees.max()) - start + 1
        for part in (rest[t:], basis[: length + 1]):
            chosen = part[:, :, pivots[:count]].reshape(-1, count)
            _multiply_by_x(part, chosen @ factors[:count], pivots[:count], field.constants)
        degrees[pivots[:count]] += 1
    return basis[: int(degrees.max()) - start + 1].copy(), degrees


@compiled
def clear_columns(columns, order, constants, inverses, pivots, factors):  # type: ignore[no-untyped-def]
    """Plan how to clear columns, the rows of ``columns``, by columns before them in ``order``.

    This fills in the pivots' columns and the factors F with which X - X[pivots]·F has the cleared columns and, in the
    pivots' places, those that cleared them. It returns the number of pivots. Sums stay unreduced until they are read.
    """
    used = np.zeros(len(order), np.bool_)
    count = 0
    for r in range(columns.shape[1]):
        pivot, scale = -1, inverses[0]
        for j in order:
            if used[j]:
                continue
            x = reduce(columns[j, r], constants)
            if pivot >= 0:
                factors[count, j] = factor = reduce(x * scale, constants)
                if factor != 0:
                    one, other = columns[j], columns[pivot]
                    for k in range(r, len(one)):
                        one[k] -= factor * other[k]
            else:
                factors[count, j] = 0
                if x != 0:
                    pivot, scale = j, inverses[np.int64(x)]
                    reduce_all(columns[j], constants)
        if pivot >= 0:
            for j in order:
                if used[j]:
                    factors[count, j] = 0
            used[pivot] = True
            pivots[count] = pivot
            count += 1
    # X is Y plus the pivots' columns of Y times the factors: the pivots' columns of X are those of Y times a triangle.
    for r in range(count - 1, -1, -1):
        one = factors[r]
        for k in range(count - 1, r, -1):
            factor, other = reduce(one[pivots[k]], constants), factors[k]
            for j in range(len(one)):
                one[j] -= factor * other[j]
        reduce_all(one, constants)
    return count


@compiled
def _multiply_by_x(part, lost, pivots, constants):  # type: ignore[no-untyped-def]
    """Subtract what the columns lose, multiply the pivots' columns by x, and drop the last coefficients."""
    n, rows, _ = part.shape
    for k in range(n - 1, -1, -1):
        for i in range(rows):
            one, other = part[k, i], lost[k * rows + i]
            for j in range(len(one)):
                one[j] = reduce(one[j] - other[j], constants)
            if k + 1 < n:
                following = part[k + 1, i]
                for j in pivots:
                    following[j] = one[j]
            for j in pivots:
                one[j] = 0


def _with_identity(series: Float32) -> Float32:
    """Return [S | -1]."""
    n, b, a = series.shape
    out = np.zeros((n, b, a + b), np.float32)
    out[:, :, :a] = series
    out[0, :, a:] = -np.eye(b)
    return out


def _leading(basis: Float32, degrees: Int64, before: Int64) -> Basis:
    """Return the leading coefficients of a basis whose rows have the degrees ``before``."""
    power = degrees[None, :] - before[:, None]
    met = (power >= 0) & (power < len(basis))
    i, j = np.indices(power.shape)
    return Basis(degrees, np.where(met, basis[np.where(met, power, 0), i, j], np.float32(0)))


def _symmetric(matrix: npt.NDArray[np.float64], field: Arithmetic) -> Float32:
    residues = matrix.astype(np.int64) % field.prime
    return (residues - field.prime * (2 * residues > field.prime)).astype(np.float32)
