"""Least prefix that spans 1 modulo a prime.

All results are derived from kernels: 1 ∈ row(G) ⇔ every kernel vector of G has sum 0 (see docs/exactness.md). A kernel
is computed at k = m - 1 rows, where it is small, and then carried forward row by row. A new row g turns the basis x_1,
…, x_δ into a basis of the combinations that g annihilates, O(δ·weight) if those are all and O(δ·m) if not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from srtheory.compiled import compiled, copy_into
from srtheory.rows import Rows
from srtheory.span.arrays import transposed
from srtheory.span.core import Int32, Int64, Triangle, triangulate, without_last
from srtheory.span.dense import binary, modular
from srtheory.span.dense.elimination import Arithmetic, arithmetic, inverse, symmetric

ONES = np.ones(0, np.int64)
FEW = 1 << 18
"""Number of steps for which the interpreter suffices; a basis vector may meet every entry and other vector."""
LATE = 2
"""Coverage time, in units of m, from which peeling all rows up to it is tried first."""
MANY = 64
"""Number of free combinations from which bisection is faster than their reduction."""


@dataclass(frozen=True)
class Prefix:
    """The least k such that the first k rows span 1 modulo a prime, and the ranks on both sides.

    Attributes
    ----------
    k : int or None
        None if all the rows do not span 1.
    before : int
        Rank of the first k - 1 rows modulo the prime (of all rows if k is None).
    after : int
        Rank of the first k rows modulo the prime (of all rows if k is None).
    """

    k: int | None
    before: int
    after: int


def least_prefix(rows: Rows, prime: int, covered: int, triangle: Triangle | None = None) -> Prefix:
    """Find the least prefix that spans 1 modulo ``prime``.

    Parameters
    ----------
    rows : Rows
        Residues (:func:`srtheory.span.arrays.residues`), m ≥ 1 columns.
    prime : int
        A prime for which :func:`kernel` works.
    covered : int
        The coverage time, below which nothing spans 1.
    triangle : Triangle, optional
        Triangle of the first m rows, if it is known.

    Notes
    -----
    One elimination at m - 1 rows in nearly all cases; where those span 1 already, one more of their columns. None if
    coverage is late and peeling solves the rows up to it, O(nnz).
    """
    m, n = rows.columns, len(rows)
    if covered >= LATE * m and peels(rows.prefix(covered)):
        return Prefix(covered, m - 1, m)
    if n < m - 1:
        rank, spanned = verdict(rows, prime)
        return _earliest(rows, prime, covered, n, rank) if spanned else Prefix(None, rank, rank)
    basis = kernel(rows.prefix(m - 1), prime, None if triangle is None else without_last(triangle))
    if balanced(basis, prime):
        return _earliest(rows, prime, covered, m - 1, m - len(basis))
    row, before = _walk(rows, basis, m - 1, n, prime, halt=True)
    if row == n:
        return Prefix(None, m - len(before), m - len(before))
    return Prefix(row + 1, m - len(before), m - len(before) + 1)


def peels(rows: Rows) -> bool:
    """Return whether rows of weight 1 have a triangle of all columns, hence rank m over every field. O(nnz)."""
    return rows.values is None and len(triangulate(rows.indptr, rows.indices, rows.columns).inactive) == 0


def _earliest(rows: Rows, prime: int, covered: int, high: int, rank: int) -> Prefix:
    """Return the same, given that the first ``high`` rows, of this rank, span 1.

    One elimination of the columns gives a combination of rows that is 1 and all combinations that are 0. Combinations
    that end late remove later rows from the first. The row at which it then ends completes the span.
    """
    if high + 1 - rank > MANY:
        return _gallop_down(rows, prime, covered, high)
    free = kernel(with_ones_as_row(rows.prefix(high)), prime)
    last, later = earliest_end(free, prime)
    before = int(last) - (len(free) - 1 - int(later))
    return Prefix(int(last) + 1, before, before + 1)


def with_ones_as_row(rows: Rows) -> Rows:
    """Return the columns as rows, with 1 added before the others as a further row: shape (m, n + 1)."""
    n, m = len(rows), rows.columns
    columns = transposed(rows)
    ends = columns.indptr[1:]
    values = None if columns.values is None else np.insert(columns.values, ends, 1)
    return Rows(n + 1, columns.indptr + np.arange(m + 1), np.insert(columns.indices, ends, np.int32(n)), values)


@compiled(small=FEW, work=lambda free, p: free.size * (len(free) + 1))
def earliest_end(free: Int64, p: int) -> tuple[int, int]:
    """Return the least last row of the combinations with non-zero last entry, and how many that are 0 end later.

    ``free`` is a basis of them and of those whose last entry is 0. It is reduced in place.
    """
    one, c = len(free) - 1, free.shape[1] - 1
    ended: int = np.int64(0)  # type: ignore[assignment]  # for a plain 0 numba compiles what it is given to once more
    _swap(free, ended, _not_zero(free, ended, c))
    _take_out(free, ended, c, p)
    _swap(free, ended, one)
    while True:
        c -= 1
        pivot = _not_zero(free, ended, c)
        if pivot == one:
            return c, ended
        if pivot >= 0:
            _swap(free, pivot, ended)
            _take_out(free, ended, c, p)
            ended += 1


@compiled
def _not_zero(free: Int64, start: int, c: int) -> int:
    """Return the first vector from ``start`` on that is not 0 at ``c``, or -1."""
    for r in range(start, free.shape[0]):
        if free[r, c] != 0:
            return r
    return -1


@compiled
def _swap(free: Int64, one: int, other: int) -> None:
    for k in range(free.shape[1]):
        free[one, k], free[other, k] = free[other, k], free[one, k]


@compiled
def _take_out(free: Int64, pivot: int, c: int, p: int) -> None:
    """Subtract ``pivot`` from the vectors after it, so that they end before ``c``; no entry at ``c`` is read again."""
    scale = inverse(free[pivot, c], p)
    for r in range(pivot + 1, free.shape[0]):
        if free[r, c] != 0:
            factor = symmetric(free[r, c] * scale, p)
            for k in range(c):
                free[r, k] = symmetric(free[r, k] - factor * free[pivot, k], p)


def _gallop_down(rows: Rows, prime: int, covered: int, high: int) -> Prefix:
    """Return the same by bisection, for rows of which many are combinations of others."""
    ask = cache(lambda k: verdict(rows.prefix(k), prime))
    low, step = high - 1, 2
    while ask(low)[1]:
        low, high, step = max(covered - 1, low - step), low, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ask(middle)[1] else (middle, high)
    return Prefix(high, ask(low)[0], ask(high)[0])


def verdict(rows: Rows, prime: int) -> tuple[int, bool]:
    """Return the rank of residues modulo ``prime``, and whether they span 1 there."""
    m = rows.columns
    if len(rows) >= m:
        basis = kernel(rows, prime)
        return m - len(basis), balanced(basis, prime)
    if prime == 2:
        return binary.verdict(rows.indptr, rows.indices, m)
    return modular.verdict(rows.indptr, rows.indices, rows.values, m, _arithmetic(prime))


def kernel(
    rows: Rows,
    prime: int,
    triangle: Triangle | None = None,
    promising: Callable[[Int64], bool] | None = None,
) -> Int64:
    """Return the kernel basis of residues modulo ``prime``, by rows of an array of shape (m - rank, m).

    ``triangle`` is that of the first m rows, or of all if there are fewer, if it is known. If ``promising`` is given
    and refuses the first vector of up to m rows, by itself in an array of shape (1, m), the basis ends there, since
    finding and extending all vectors may cost most.

    Raises
    ------
    OverflowError
        If the prime is too large (from about 2**24.5).
    """
    k = min(len(rows), rows.columns)
    head = rows.prefix(k)
    if prime == 2:
        basis = binary.kernel(head.indptr, head.indices, rows.columns)
    else:
        first = promising if k == len(rows) else None  # later rows change the vectors
        given = head.indptr, head.indices, head.values, rows.columns, _arithmetic(prime)
        basis = modular.kernel(*given, triangle, first)
    return _walk(rows, basis, k, len(rows), prime, halt=False)[1]


def _arithmetic(prime: int) -> Arithmetic:
    field = arithmetic(prime)
    if field is None:
        raise OverflowError(f"No exact floating-point arithmetic modulo {prime}.")
    return field


def balanced(basis: Int64, prime: int) -> bool:
    """Return whether every kernel vector has sum 0 modulo ``prime``, which means that 1 is spanned."""
    return not (basis.sum(axis=1) % prime).any()


def _walk(rows: Rows, basis: Int64, start: int, stop: int, prime: int, *, halt: bool) -> tuple[int, Int64]:
    """Carry a kernel basis, in place, over rows ``start`` to ``stop``; ``halt`` before a row that completes the span.

    Return the row halted before (``stop`` if there is none) and the basis there.
    """
    if start == stop or len(basis) == 0:
        return stop, basis
    values = ONES if rows.values is None else rows.values
    row, alive = _carry(basis, rows.indptr, rows.indices, values, start, stop, prime, halt)
    return row, basis[:alive]


@compiled(small=FEW, work=lambda basis, indptr, indices, *more: len(basis) * (basis.size + len(indices)))
def _carry(
    basis: Int64, indptr: Int64, indices: Int32, values: Int64, start: int, stop: int, p: int, halt: bool
) -> tuple[int, int]:
    alive = len(basis)
    sums, products = np.empty(alive, np.int64), np.empty(alive, np.int64)
    for r in range(alive):
        sums[r] = symmetric(basis[r].sum(), p)
    for i in range(start, stop):
        pivot: int = np.int64(-1)  # type: ignore[assignment]  # as in earliest_end
        for r in range(alive):
            products[r] = _product(basis[r], indptr[i], indptr[i + 1], indices, values, p)
            if products[r] != 0:
                pivot = r
        if pivot < 0:
            continue
        if halt and _completes(sums[:alive], products[:alive], pivot, p):
            return i, alive
        _annihilate(basis, sums, products, alive, pivot, p)
        alive -= 1
    return stop, alive


@compiled
def _product(x: Int64, start: int, end: int, indices: Int32, values: Int64, p: int) -> int:
    """Return a row times a vector; values are empty if every weight is 1."""
    total = 0
    for e in range(start, end):
        if len(values) == 0:
            total += x[indices[e]]
        else:
            total = (total + values[e] * x[indices[e]]) % p
    return symmetric(total, p)


@compiled
def _completes(sums: Int64, products: Int64, pivot: int, p: int) -> bool:
    """Return whether the combinations that the row annihilates all have sum 0: sums are a multiple of products."""
    return not ((sums * products[pivot] - sums[pivot] * products) % p).any()


@compiled
def _annihilate(basis: Int64, sums: Int64, products: Int64, alive: int, pivot: int, p: int) -> None:
    """Replace the basis by one of the combinations that the row annihilates, and free the last vector's place."""
    scale = inverse(products[pivot], p)
    for r in range(pivot):  # the last vector that the row does not annihilate
        if products[r] != 0:
            factor = symmetric(products[r] * scale, p)
            sums[r] = symmetric(sums[r] - factor * sums[pivot], p)
            for c in range(basis.shape[1]):
                basis[r, c] = symmetric(basis[r, c] - factor * basis[pivot, c], p)
    copy_into(basis[pivot], basis[alive - 1])
    sums[pivot] = sums[alive - 1]
