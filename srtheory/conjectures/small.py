"""Rank and span of a few rows, 0/1 rows as bit masks: exact, and fast enough for a million calls.

Over Q the elimination is Bareiss': every number that it meets is a minor of the rows with the all-ones row below them.
By Hadamard's bound for 0/1 matrices a minor of order k is at most (k + 1)^((k + 1)/2) / 2^k.  Up to 22 columns that
stays below 2^31, and a difference of two products of minors fits into 64 bits: no rounding, no prime, no luck.  With
weights up to w the bound is (w^2 k)^(k/2): 15 columns for weights of 1 and -1.  Wider rows go to the production engine.

Reference: Bareiss, "Sylvester's identity and multistep integer-preserving Gaussian elimination", Math. Comp. 22, 1968.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.rows import Rows, from_dense, from_sets
from srtheory.span.descent import descended
from srtheory.span.field import Field, parse_field

WIDEST = 22
"""Largest number of columns for which Bareiss elimination of 0/1 rows with 1 below them fits into 64 bits."""

LARGEST_PRIME = 2**31


def rank_and_span(symbols: int, masks: tuple[int, ...], field: str | Field = "Q") -> tuple[int, bool]:
    """Return the rank of 0/1 rows, and whether they span the all-ones vector.

    Parameters
    ----------
    symbols : int
        Number m of columns, at least 1.
    masks : tuple of int
        One row each: bit i is column i.
    field : str or Field
        ``"Q"`` or ``"GF(q)"``.

    Notes
    -----
    O(n m min(n, m)) operations on 64-bit integers for m <= 22 (and primes below 2^31), else the production engine.
    """
    p = _known(field).characteristic
    if symbols > WIDEST or p >= LARGEST_PRIME:
        return _engine(from_sets(symbols, [columns(mask) for mask in masks]), field)
    rank, spans = _eliminate(np.array(masks, dtype=np.int64), symbols, p)
    return int(rank), bool(spans)


def weighted_rank_and_span(matrix: npt.NDArray[np.int64], field: str | Field = "Q") -> tuple[int, bool]:
    """Return the rank of integer rows, and whether they span the all-ones vector.

    Parameters
    ----------
    matrix : int64 array, shape (n, m)
        The rows, m >= 1; over GF(p^k) with k > 1 of its elements, 0 to p^k - 1 as galois numbers them.
    field : str or Field
        ``"Q"`` or ``"GF(q)"``.

    Notes
    -----
    As :func:`rank_and_span` if all numbers of Bareiss elimination have 64 bits; otherwise the production engine.
    """
    over = _known(field)
    p, images = over.characteristic, 1
    if over.degree > 1 and matrix.size and not 0 <= matrix.min() <= matrix.max() < p:
        matrix, images = descended(matrix, over), over.degree
    largest = max(int(matrix.max(initial=1)), -int(matrix.min(initial=1)))
    if not (p < LARGEST_PRIME if p else minors_fit(len(matrix), matrix.shape[1], largest)):
        rank, spans = _engine(from_dense(matrix), f"GF({p})" if p else "Q")
        return rank // images, spans
    table = np.ones((len(matrix) + 1, matrix.shape[1]), np.int64)
    table[:-1] = matrix % p if p else matrix
    rank, spans = _eliminated(table, p)
    return int(rank) // images, bool(spans)


def minors_fit(rows: int, columns: int, largest: int) -> bool:
    """Return whether twice the square of any minor of such rows with 1 below is below 2^63, by Hadamard's bound."""
    order = min(rows + 1, columns)
    return 2 * (largest**2 * order) ** order < 2**63


def _known(field: str | Field) -> Field:
    return _parsed(field) if isinstance(field, str) else parse_field(field)


_parsed = lru_cache(maxsize=64)(parse_field)


def _engine(rows: Rows, field: str | Field) -> tuple[int, bool]:
    from srtheory.span.engine import spans

    found = spans(**rows.arrays, field=field)
    return found.rank, found.spans


def columns(mask: int) -> tuple[int, ...]:
    """Return the positions of the ones, ascending."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return tuple(found)


@compiled
def _eliminate(masks: npt.NDArray[np.int64], symbols: int, p: int) -> tuple[int, bool]:
    """Eliminate the rows by Bareiss (p = 0) or modulo p, with the all-ones row carried along below them."""
    n = masks.shape[0]
    table = np.empty((n + 1, symbols), np.int64)
    for j in range(symbols):
        for i in range(n):
            table[i, j] = masks[i] >> j & 1
        table[n, j] = 1
    return _eliminated(table, p)


@compiled
def _eliminated(table: npt.NDArray[np.int64], p: int) -> tuple[int, bool]:
    """Eliminate a table whose last row is 1; entries are residues if p > 0."""
    n, symbols = table.shape[0] - 1, table.shape[1]
    rank, last = 0, 1
    for j in range(symbols):
        pivot = rank
        while pivot < n and table[pivot, j] == 0:
            pivot += 1
        if pivot >= n:
            continue
        for c in range(symbols):
            table[rank, c], table[pivot, c] = table[pivot, c], table[rank, c]
        unit = table[rank, j]
        for i in range(rank + 1, n + 1):
            _reduce(table, i, rank, j, last, p)
        last = unit if p == 0 else 1
        rank += 1
    return rank, not table[n].any()


@compiled
def _reduce(table: npt.NDArray[np.int64], i: int, pivot: int, j: int, last: int, p: int) -> None:
    """Clear row i at column j; dividing by the previous pivot is exact."""
    unit, factor = table[pivot, j], table[i, j]
    if factor == 0 and unit == last:
        return  # as most are: dividing takes longest
    for c in range(table.shape[1]):
        value = unit * table[i, c] - factor * table[pivot, c]
        table[i, c] = value // last if p == 0 else value % p
