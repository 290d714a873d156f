"""Exact integer witnesses by p-adic lifting: v with v·G = D·1, or x with Gx = 0 and Σx ≠ 0.

Both solve a sparse system M z = b over Q: Gᵀv = 1, or Gx = 0 with Σx = 1.  Exactly one of the two has a solution
(docs/proofs/exactness.md), so that a witness of one kind is the proof that there is none of the other.  A solution is
lifted digit by digit (Dixon), which needs the inverse of the dense core only. It is read back from its digits by
rational reconstruction, and leaves this module only after M z = b has been verified over the integers.

References
----------
J. D. Dixon, "Exact solution of linear equations using p-adic expansions", Numer. Math. 40 (1982).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import pairwise
from math import gcd, isqrt
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.matrix import Rows
from srtheory.span.arguments import has_equal_rank
from srtheory.span.dense import (
    PRIME,
    Arithmetic,
    Floats,
    arithmetic,
    echelon,
    inverse_matrix,
    primes_down,
    products,
    symmetric,
    symmetric_array,
)
from srtheory.span.modular import (
    TOTAL_LIMIT,
    core_form,
    dense_core,
    pivot_inverses,
    schur,
    solutions,
    solve_pivots,
)
from srtheory.span.sparse import Triangle, residues, transposed, triangulate
from srtheory.types import Int32, Int64

SLACK_BITS = 40
"""Bits by which a fraction must be shorter than its residue to be accepted and then checked."""

MOST_NEW = 16
"""Number of rows that may be lifted as combinations of known ones before a spanning vector is faster."""

_WEIGHTS = np.array([3, 271, 828, 182, 845, 904, 523, 536, 28, 747, 135, 266, 249])
"""Weights of a combination of all entries that is tried first; if it is too long, the entries need not be tried."""

QUICK_PRIME, QUICK_FROM = 251, 1000
"""Prime that chooses the invertible part of a core of so many rows and more; tests set the number."""

Solution = tuple[list[int], int]


def spanning_vector(rows: Rows) -> Solution | None:
    """Return integers v and D > 0 with v·G = D·1 and gcd(v, D) = 1, or None if 1 is not in the rational row space.

    Cost for a dense core of c columns and a solution of b bits: 3c³ operations in matrix products, then b/24 products
    of its inverse with a vector.
    """
    single = _constant_row(rows)
    if single is not None:
        return single
    for prime in primes_down():
        solution = integer_solution(*_spanning_system(rows), prime)
        if solution is not None:
            return solution
        if integer_solution(*_kernel_system(rows), prime) is not None:
            return None
    raise AssertionError


def spans(rows: Rows, rank: int) -> bool:
    """Return whether 1 is in the rational row space, as :func:`spanning_vector` decides it, or by the last such rows.

    Of rows that spanned and were independent, the row space V is kept. Rows in V whose rank modulo a prime, and so over
    Q, is at least that of V have the row space V too. A row is in V if it is one of those that V is made of, or has
    been lifted as their combination.

    ``rank``: rank of G modulo any prime.
    """
    if LAST.space is not None and LAST.space.is_row_space(rows, rank):
        return True
    if spanning_vector(rows) is None:
        return False
    if rank == len(rows):
        LAST.space = Space(rows, set(_as_bytes(rows)))
    return True


@dataclass(frozen=True, eq=False)
class Space:
    """A rational row space that contains 1: independent rows that span it, and the rows that are known to be in it."""

    rows: Rows
    members: set[bytes]

    def is_row_space(self, rows: Rows, rank: int) -> bool:
        """Return whether it is seen to be the row space of G, of this rank modulo a prime; new rows may be lifted."""
        mine, weighted = self.rows, (rows.values is None) == (self.rows.values is None)
        if rank != len(mine) or rows.columns != mine.columns or not weighted:
            return False
        names = _as_bytes(rows)
        new = [i for i, name in enumerate(names) if name not in self.members]
        if len(new) > MOST_NEW:
            return False
        if new:
            field, matrix = arithmetic(PRIME), transposed(mine)
            assert field is not None
            factor = _largest_factor(matrix, field)
            for i in new:
                if lifted_solution(matrix, _row_of(rows, i), factor) is None:
                    return False
                self.members.add(names[i])
        return True


class _Last(threading.local):
    """The last row space that contains 1, of a thread."""

    space: Space | None = None


LAST = _Last()
"""The row space that :func:`spans` keeps; tests set it."""


def _as_bytes(rows: Rows) -> list[bytes]:
    """Return each row's columns and weights, which tell apart rows of one matrix."""
    bounds, indices = rows.indptr.tolist(), rows.indices.astype(np.int32, copy=False).tobytes()
    values = b"" if rows.values is None else rows.values.tobytes()
    return [indices[4 * a : 4 * b] + values[8 * a : 8 * b] for a, b in pairwise(bounds)]


def kernel_vector(rows: Rows) -> list[int] | None:
    """Return integers x with Gx = 0, Σx ≠ 0 and gcd(x) = 1, or None if 1 is in the rational row space.

    Parameters and cost: as for :func:`spanning_vector`; x has length m.
    """
    for prime in primes_down():
        solution = integer_solution(*_kernel_system(rows), prime)
        if solution is not None:
            divisor = gcd(*solution[0])
            return [x // divisor for x in solution[0]]
        if integer_solution(*_spanning_system(rows), prime) is not None:
            return None
    raise AssertionError


def stopping_vectors(rows: Rows) -> tuple[Solution, list[int]] | None:
    """Return v and D of :func:`spanning_vector` for all rows, and x of :func:`kernel_vector` for all but the last.

    The sum of x is positive. Both come from one factorisation, and each digit of both from one pass over the inverse
    of its core. If the rows span 1 and all but the last do not, then v is not 0 at the last row k, which is therefore
    in the invertible part of G. The solution x of Gx = e_k that is 0 off this part has G_{k-1} x = 0, and
    D·Σx = v·G·x = v_k is not 0.

    ``rows``: G, of shape (n, m), n at least 1.

    Both are checked over the integers. None if a prime does not give both, as for rows that do not span 1, for rows
    that do without the last, or for an unlucky prime; and if the rank is below m, where x is one of many.

    Cost as for one :func:`spanning_vector`; a digit takes twice the operations.
    """
    matrix, ones = _spanning_system(rows)
    last = np.zeros(len(rows), np.int64)
    last[-1] = 1
    field = arithmetic(PRIME)
    assert field is not None
    factor = _factor(matrix, field, quick=True)
    if factor is None or len(factor.triangle.pivot_rows) + len(factor.core_rows) < rows.columns:
        return None
    spanning, kernel = _Lifting(matrix, ones, PRIME), _Lifting(rows, last, PRIME)
    while spanning.solution is None or kernel.solution is None:
        digits = _solve_both(factor, spanning.right, kernel.right if kernel.solution is None else None)
        if not (spanning.take(digits[0]) and kernel.take(digits[1])):
            return None
    x, total = kernel.solution[0], sum(kernel.solution[0])
    divisor = gcd(*x) if total > 0 else -gcd(*x)
    return (spanning.solution, [entry // divisor for entry in x]) if total else None


def basis(rows: Rows, rank: int) -> Int64 | None:
    """Return row numbers, rising, of a basis of the rational row space if it has so many, or None if it may not.

    The rows are independent modulo a prime, and every other row is either determined by a small integer kernel, or a
    rational combination of them that is lifted and checked over the integers.

    ``rank``: rank modulo any prime, at most that over Q.

    3c³ operations in matrix products for a dense core of c columns, then b/24 products of its inverse with a vector for
    each of the n - rank other rows, whose combination has b bits.
    """
    field, matrix = arithmetic(PRIME), transposed(rows)
    assert field is not None
    factor = _largest_factor(matrix, field)
    chosen = np.sort(np.append(factor.triangle.pivot_columns, factor.core_columns)).astype(np.int64)
    if len(chosen) != rank:
        return None
    if has_equal_rank(rows, rank, PRIME):
        return chosen
    others = rows.take(np.setdiff1d(np.arange(len(rows)), chosen))
    depend = all(lifted_solution(matrix, _row_of(others, i), factor) is not None for i in range(len(others)))
    return chosen if depend else None


def _row_of(rows: Rows, i: int) -> npt.NDArray[Any]:
    """Return row i with its zeros; large weights are given as numbers that allow products."""
    dense = rows.take(np.array([i])).dense()[0]
    small = dense.min(initial=0) > -(2**62) and dense.max(initial=0) < 2**62
    return dense if small else dense.astype(object)


def spanning_residues(rows: Rows, prime: int) -> list[int] | None:
    """Return residues v in [0, p) with v·G = 1 modulo a prime below 2**63, or None if 1 is not in the row space."""
    return _residue_solution(*_spanning_system(rows), prime)


def kernel_residues(rows: Rows, prime: int) -> list[int] | None:
    """Return residues x in [0, p) with Gx = 0 and Σx = 1 modulo a prime below 2**63, or None if none exist."""
    return _residue_solution(*_kernel_system(rows), prime)


def _constant_row(rows: Rows) -> Solution | None:
    """Return the solution with one row, if a row has the same weight at every column, so that lifting is not needed."""
    if rows.columns == 0:
        return None
    for i in np.flatnonzero(np.diff(rows.indptr) == rows.columns).tolist():
        weights = np.ones(1, np.int64) if rows.values is None else rows.values[rows.indptr[i] : rows.indptr[i + 1]]
        weight = int(weights[0])
        if (weights == weight).all():
            return [int(np.sign(weight)) if j == i else 0 for j in range(len(rows))], abs(weight)
    return None


def _spanning_system(rows: Rows) -> tuple[Rows, Int64]:
    """Return Gᵀ and 1."""
    return transposed(rows), np.ones(rows.columns, np.int64)


def _kernel_system(rows: Rows) -> tuple[Rows, Int64]:
    """Return G with the row 1 below it, and (0, …, 0, 1)."""
    m, nnz = rows.columns, len(rows.indices)
    indptr = np.append(rows.indptr, nnz + m)
    indices = np.append(rows.indices, np.arange(m, dtype=np.int32))
    values = None if rows.values is None else np.append(rows.values, np.ones(m, np.int64))
    return Rows(m, indptr, indices, values), np.append(np.zeros(len(rows), np.int64), 1)


@dataclass(frozen=True, eq=False)
class _Factor:
    """A largest square part of M that is invertible modulo a prime, prepared for solving.

    ``rows`` is M by residues with the pivots' rows solved for their pivots, ``units`` the inverses of the pivots'
    weights, ``core_rows`` and ``core_columns`` the part of the core that ``core_inverse`` inverts.
    """

    rows: Rows
    triangle: Triangle
    units: Int64
    core_rows: Int32
    core_columns: Int32
    core_inverse: Floats
    field: Arithmetic


def quick_part(rows: Rows, triangle: Triangle) -> tuple[Int64, Int64] | None:
    """Return rows and columns of a part of the core that is nearly always a largest invertible one modulo any prime.

    A small prime chooses them, which is faster; None for small cores and for rows with weights.
    """
    if rows.values is not None or len(triangle.core_rows) < QUICK_FROM:
        return None
    small = arithmetic(QUICK_PRIME)
    assert small is not None
    solved = solutions(rows.indptr, rows.indices, None, triangle, small)
    form = core_form(dense_core(rows.indptr, rows.indices, solved, triangle, small), triangle, small)
    return form.steps, form.pivots


def _factor(matrix: Rows, field: Arithmetic, *, quick: bool = False) -> _Factor | None:
    """Return the factorisation, or None if the part that was chosen quickly is not invertible modulo the prime."""
    reduced = residues(matrix, field.prime)
    triangle = triangulate(reduced.indptr, reduced.indices, reduced.columns)
    part = quick_part(reduced, triangle) if quick else None  # before the core, which takes the same memory
    weights = np.ones(len(reduced.indices), np.int64) if reduced.values is None else reduced.values.copy()
    ends = reduced.indptr, reduced.indices, weights, triangle.pivot_rows, triangle.pivot_columns
    units = pivot_inverses(*ends, field.prime)
    solve_pivots(*ends, units, field.prime)
    solved = Rows(reduced.columns, reduced.indptr, reduced.indices, weights)
    core = schur(reduced.indptr, reduced.indices, weights, triangle, field)
    if part is None:
        form = echelon(core.copy(), field)
        part = form.steps, form.pivots
    steps, pivots = part
    inverse = inverse_matrix(core[np.ix_(steps, pivots)], field)
    if inverse is None:
        return None
    return _Factor(solved, triangle, units, triangle.core_rows[steps], triangle.inactive[pivots], inverse, field)


def _largest_factor(matrix: Rows, field: Arithmetic) -> _Factor:
    factor = _factor(matrix, field)
    assert factor is not None
    return factor


def _solve_modulo(factor: _Factor, right: Int64) -> Int64:
    """Return the z modulo p, zero off the pivots' columns, that solves the pivots' rows of M z = right, symmetric."""
    return _solve_both(factor, right, None)[0]


def _solve_both(factor: _Factor, right: Int64, across: Int64 | None) -> tuple[Int64, Int64]:
    """Return the same, and the y modulo p, zero off the pivots' rows, that solves the pivots' columns of y M = across.

    y is 0 if none is asked for.
    """
    rows, triangle, p = factor.rows, factor.triangle, factor.field.prime
    z, y = np.zeros(rows.columns, np.int64), np.zeros(len(rows), np.int64)
    shape, pivots = (rows.indptr, rows.indices, rows.values), (triangle.pivot_rows, triangle.pivot_columns)
    _substitute(*shape, *pivots, factor.units, right, z, p)
    blocks, size, block = factor.core_inverse.shape
    remainder, other = np.zeros(blocks * block, factor.field.kind), np.zeros(size, factor.field.kind)
    _remainder(*shape, factor.core_rows, right, z, p, remainder)
    if across is not None:
        left = across.copy()
        substitute_back(*shape, *pivots, left, p)
        other[:] = symmetric_array(left[factor.core_columns], p)
    found, below = products(factor.core_inverse, remainder, other, factor.field)
    z[factor.core_columns] = found.astype(np.int64)
    _substitute(*shape, *pivots, factor.units, right, z, p)
    if across is not None:
        y[factor.core_rows] = below[:size].astype(np.int64)
        left = across.copy()
        take_rows(*shape, factor.core_rows, y, left, p)
        substitute_back(*shape, *pivots, left, p)
        y[triangle.pivot_rows] = symmetric_array(left[triangle.pivot_columns] * factor.units, p)
    return z, y


@compiled
def _substitute(
    indptr: Int64,
    indices: Int32,
    solved: Int64,
    rows: Int32,
    columns: Int32,
    units: Int64,
    right: Int64,
    z: Int64,
    p: int,
) -> None:
    """Fill in the pivots' columns of z from its other entries."""
    for t in range(len(rows)):
        i = rows[t]  # where the pivot's own entry is 0
        total = (units[t] * right[i]) % p
        for e in range(indptr[i], indptr[i + 1]):
            total += solved[e] * z[indices[e]]
            if abs(total) > TOTAL_LIMIT:
                total %= p
        z[columns[t]] = symmetric(total, p)


@compiled
def substitute_back(
    indptr: Int64, indices: Int32, solved: Int64, rows: Int32, columns: Int32, left: Int64, p: int
) -> None:
    """Take the multiples of the pivots' rows that clear their columns of ``left``, over their weights.

    At the pivots' columns they replace ``left``, where the solved rows are 0; elsewhere they are subtracted.
    """
    for t in range(len(rows) - 1, -1, -1):
        multiple = symmetric(left[columns[t]], p)
        left[columns[t]] = multiple
        for e in range(indptr[rows[t]], indptr[rows[t] + 1]):
            total = left[indices[e]] + solved[e] * multiple
            left[indices[e]] = total % p if abs(total) > TOTAL_LIMIT else total


@compiled
def take_rows(indptr: Int64, indices: Int32, weights: Int64, rows: Int32, y: Int64, left: Int64, p: int) -> None:
    """Subtract multiples of some rows from ``left``."""
    for i in rows:
        for e in range(indptr[i], indptr[i + 1]):
            total = left[indices[e]] - weights[e] * y[i]
            left[indices[e]] = total % p if abs(total) > TOTAL_LIMIT else total


@compiled
def _remainder(
    indptr: Int64, indices: Int32, weights: Int64, rows: Int32, right: Int64, z: Int64, p: int, out: Floats
) -> None:
    for k in range(len(rows)):
        total = right[rows[k]]
        for e in range(indptr[rows[k]], indptr[rows[k] + 1]):
            total -= weights[e] * z[indices[e]]
            if abs(total) > TOTAL_LIMIT:
                total %= p
        out[k] = symmetric(total, p)


def _residue_solution(matrix: Rows, right: Int64, prime: int) -> list[int] | None:
    """Return a solution modulo ``prime`` in [0, p), verified, or None."""
    field = arithmetic(prime)
    if field is None:
        return _wide_solution(matrix, right, prime)
    z = _solve_modulo(_largest_factor(matrix, field), right)
    return (z % prime).tolist() if not ((_times(matrix, z) - right) % prime).any() else None


def _wide_solution(matrix: Rows, right: Int64, prime: int) -> list[int] | None:
    """Return the same by FLINT, for larger primes: a kernel vector of [M | -right] that ends in 1."""
    table = [
        [*(x % prime for x in row), -b % prime] for row, b in zip(matrix.dense().tolist(), right.tolist(), strict=True)
    ]
    if not table:
        return [0] * matrix.columns
    basis, nullity = flint.nmod_mat(table, prime).nullspace()
    for vector in basis.transpose().tolist()[:nullity]:
        if vector[-1] != 0:
            return [int(x / vector[-1]) for x in vector[:-1]]
    return None


def integer_solution(matrix: Rows, right: Int64, prime: int) -> Solution | None:
    """Return integers y and D > 0 with M y = D·right and gcd(y, D) = 1, or None if this prime gives none.

    If M z = right has no rational solution, some digit fails to solve a row without a pivot. If it has one but M loses
    rank modulo the prime, the same may happen.
    """
    field = arithmetic(prime)
    assert field is not None
    return lifted_solution(matrix, right, _largest_factor(matrix, field))


def lifted_solution(matrix: Rows, right: npt.NDArray[Any], factor: _Factor) -> Solution | None:
    """Return the same from a factorisation of the matrix modulo the prime."""
    lifting = _Lifting(matrix, right, factor.field.prime)
    while lifting.solution is None:
        if not lifting.take(_solve_modulo(factor, lifting.right)):
            return None
    return lifting.solution


class _Lifting:
    """Digits of the solution of M z = right, its residual, and the solution once they give one.

    Weights of several digits to the base of the prime are multiplied digit by digit, so that no sum leaves 64 bits.
    """

    def __init__(self, matrix: Rows, right: npt.NDArray[Any], prime: int) -> None:
        self._matrix, self._given, self._prime = matrix, right, prime
        self._levels = _by_digits(matrix, prime)
        self._none = np.zeros(len(right), np.int64)
        self._residual = [right] if len(self._levels) == 1 else base_digits(right, prime)
        self._residual += [self._none] * (len(self._levels) - len(self._residual))
        self._digits: list[Int64] = []
        self._attempt = 1
        self.solution: Solution | None = None

    @property
    def right(self) -> Int64:
        """The right side of the next digit."""
        return (self._residual[0] % self._prime).astype(np.int64)

    def take(self, digit: Int64) -> bool:
        """Add a digit, unless the solution is known, and return False if it is wrong in some row."""
        if self.solution is not None:
            return True
        self._digits.append(digit)
        residual = list(self._residual)
        for i, level in enumerate(self._levels):
            residual[i] = residual[i] - _times(level, digit)
        if (residual[0] % self._prime).any():
            return False
        carried = residual[0] // self._prime
        residual = [*residual[1:], self._none]
        residual[0] = residual[0] + carried
        self._residual = residual
        count = len(self._digits)
        if count >= self._attempt or not any(rest.any() for rest in residual):
            self._attempt = count + 1 + count // 8
            solution = reconstruct(self._digits, self._prime)
            if solution is not None and is_solution(self._matrix, self._given, *solution):
                self.solution = solution
        return True


def _by_digits(matrix: Rows, prime: int) -> list[Rows]:
    """Return matrices M_0, M_1, ... of small weights with M = sum_k p^k M_k, or M alone if its weights are small.

    A product of one with residues has at most 2^58 in absolute value. Where rows are too long for this, M stays whole.
    """
    if matrix.values is None or len(matrix.values) == 0:
        return [matrix]
    largest = max(-int(matrix.values.min()), int(matrix.values.max()))
    longest = int(np.diff(matrix.indptr).max())
    if largest * prime * longest < 2**62 or longest * (prime // 2 + 1) ** 2 > 2**58:
        return [matrix]
    shape = matrix.columns, matrix.indptr, matrix.indices
    return [Rows(*shape, weights) for weights in base_digits(matrix.values, prime)]


def base_digits(numbers: npt.NDArray[Any], prime: int) -> list[Int64]:
    """Return digits of integers to the base of the prime, nearest to 0, the least significant first; at least one."""
    digits: list[Int64] = []
    while not digits or numbers.any():
        numbers, digit = numbers // prime, numbers % prime  # np.divmod takes no large integers
        upper = digit > prime // 2
        digits.append((digit - prime * upper).astype(np.int64))
        numbers = numbers + upper
    return digits


def _times(matrix: Rows, z: Int64) -> Int64 | npt.NDArray[np.object_]:
    """Return M z over the integers, in int64 if no sum can overflow."""
    if matrix.values is None:
        return _times_small(matrix.indptr, matrix.indices, np.ones(len(matrix.indices), np.int64), z)
    largest = max(-int(matrix.values.min(initial=0)), int(matrix.values.max(initial=0)))
    if largest * int(np.abs(z).max(initial=0)) * int(np.diff(matrix.indptr).max(initial=0)) < 2**62:
        return _times_small(matrix.indptr, matrix.indices, matrix.values, z)
    return np.array(_times_large(matrix, z.tolist()), dtype=object)


@compiled
def _times_small(indptr: Int64, indices: Int32, values: Int64, z: Int64) -> Int64:
    out = np.zeros(len(indptr) - 1, np.int64)
    for i in range(len(out)):
        for e in range(indptr[i], indptr[i + 1]):
            out[i] += values[e] * z[indices[e]]
    return out


def _times_large(matrix: Rows, z: list[int]) -> list[int]:
    bounds, columns = matrix.indptr.tolist(), matrix.indices.tolist()
    terms = [z[c] for c in columns]
    if matrix.values is not None:
        terms = [w * x for w, x in zip(matrix.values.tolist(), terms, strict=True)]
    return [sum(terms[start:end]) for start, end in pairwise(bounds)]


def is_solution(matrix: Rows, right: npt.NDArray[Any], y: list[int], denominator: int) -> bool:
    """Tell whether M y = D·right, over the integers."""
    return _times_large(matrix, y) == [denominator * b for b in right.tolist()]


def reconstruct(digits: list[Int64], prime: int) -> Solution | None:
    """Return integers y and D with y ≡ D·z modulo p**len(digits), all short enough to be accepted, or None."""
    modulus = prime ** len(digits)
    bound = isqrt(modulus >> SLACK_BITS)
    weights = _WEIGHTS[np.arange(len(digits[0])) % len(_WEIGHTS)]
    sketch = flint.fmpz_poly([int(digit @ weights) for digit in digits])
    if _denominator(sketch(flint.fmpz(prime)), modulus, bound) == 0:
        return None
    y: list[flint.fmpz] = []
    common = flint.fmpz(1)
    for entry in _pairs(np.array(digits), prime).T:
        x = _nearest(common * _number(entry, prime**2), modulus)
        if abs(x) > bound:
            factor = _denominator(x, modulus, bound)
            if factor == 0:
                return None
            y, x, common = [factor * a for a in y], _nearest(factor * x, modulus), factor * common
        y.append(x)
    divisor = gcd(int(common), *map(int, y))
    return [int(x) // divisor for x in y], int(common) // divisor


def _pairs(digits: Int64, base: int) -> Int64:
    """Return the digits in base squared, half as many; two residues still fit in an int64."""
    pairs = digits[::2].copy()
    pairs[: len(digits) // 2] += base * digits[1::2]
    return pairs


def _number(digits: Int64, base: int) -> flint.fmpz:
    """Return Σ digits[k]·base**k, by FLINT."""
    return flint.fmpz_poly(digits.tolist())(flint.fmpz(base))


def _nearest(a: flint.fmpz, modulus: int) -> flint.fmpz:
    r = a % modulus
    return r - modulus if 2 * r > modulus else r


def _denominator(a: flint.fmpz, modulus: int, bound: int) -> flint.fmpz:
    """Return the d in 1..bound with d·a ≡ n and |n| ≤ bound, by the extended Euclidean algorithm; 0 if none exists."""
    r0, r1, t0, t1 = flint.fmpz(modulus), a % modulus, flint.fmpz(0), flint.fmpz(1)
    while r1 > bound:
        quotient, remainder = divmod(r0, r1)
        r0, r1, t0, t1 = r1, remainder, t1, t0 - quotient * t1
    return abs(t1) if abs(t1) <= bound else flint.fmpz(0)
