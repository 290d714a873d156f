"""Rank and span of a few 0/1 rows given as bit masks: exact, and fast enough to be asked a million times.

Over Q the elimination is Bareiss': every number that it meets is a minor of the rows with the all-ones row below them,
so by Hadamard's bound for 0/1 matrices a minor of order k is at most (k + 1)^((k + 1)/2) / 2^k.  Up to 22 columns that
stays below 2^31, and a difference of two products of minors fits into 64 bits: no rounding, no prime, no luck.  Wider
rows go to the production engine.

Reference: Bareiss, "Sylvester's identity and multistep integer-preserving Gaussian elimination", Math. Comp. 22, 1968.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.rows import from_sets
from srtheory.span.field import parse_field

WIDEST = 22
"""Most columns for which Bareiss elimination of 0/1 rows with 1 below them fits into 64 bits."""

LARGEST_PRIME = 2**31


def rank_and_span(symbols: int, masks: tuple[int, ...], field: str = "Q") -> tuple[int, bool]:
    """Rank of 0/1 rows, and whether they span the all-ones vector.

    Parameters
    ----------
    symbols : int
        Number m of columns, at least 1.
    masks : tuple of int
        One row each: bit i is column i.
    field : str
        ``"Q"`` or ``"GF(q)"``.

    Notes
    -----
    O(n m min(n, m)) operations on 64-bit integers for m <= 22 (and primes below 2^31), else the production engine.
    """
    p = _characteristic(field)
    if symbols > WIDEST or p >= LARGEST_PRIME:
        return _engine(symbols, masks, field)
    rank, spans = _eliminate(np.array(masks, dtype=np.int64), symbols, p)
    return int(rank), bool(spans)


@lru_cache(maxsize=64)
def _characteristic(field: str) -> int:
    return parse_field(field).characteristic


def _engine(symbols: int, masks: tuple[int, ...], field: str) -> tuple[int, bool]:
    from srtheory.span.engine import spans

    rows = from_sets(symbols, [columns(mask) for mask in masks])
    found = spans(rows.indptr, rows.indices, rows.columns, field=field)
    return found.rank, found.spans


def columns(mask: int) -> tuple[int, ...]:
    """The places of the ones, ascending."""
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


@compiled
def _eliminate(masks: npt.NDArray[np.int64], symbols: int, p: int) -> tuple[int, bool]:
    """Bareiss (p = 0) or modular elimination of the rows, the all-ones row carried along below them."""
    n = masks.shape[0]
    table = np.empty((n + 1, symbols), np.int64)
    for j in range(symbols):
        for i in range(n):
            table[i, j] = masks[i] >> j & 1
        table[n, j] = 1
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
    for c in range(table.shape[1]):
        value = unit * table[i, c] - factor * table[pivot, c]
        table[i, c] = value // last if p == 0 else value % p
