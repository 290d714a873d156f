"""The least prefix that spans 1 modulo a prime beyond floating point, below 2**63, by FLINT's dense matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srtheory.errors import ArgumentError
from srtheory.rows import Rows

if TYPE_CHECKING:
    import flint

MAX_ENTRIES = 1 << 24
"""Largest number of entries of a dense matrix of Python integers, about 50 bytes each."""


def least_prefix(rows: Rows, prime: int, covered: int | None) -> tuple[int | None, int]:
    """Return the least k such that the first k rows span 1, or None, and the rank of those (or all) rows.

    Gᵀv = 1 is reduced with the columns of Gᵀ in order of arrival, so that v uses the earliest independent rows.
    """
    n = len(rows) if covered is None else min(len(rows), max(covered, rows.columns))
    k, rank = _solve(rows.prefix(n), prime)
    return _solve(rows, prime) if k is None and n < len(rows) else (k, rank)


def rank(rows: Rows, prime: int) -> int:
    """Return the rank modulo ``prime``."""
    return int(_matrix(rows, prime).rank())


def _solve(rows: Rows, prime: int) -> tuple[int | None, int]:
    import flint

    n = len(rows)
    table = [[*row, 1] for row in _matrix(rows, prime).transpose().tolist()]
    reduced, height = flint.nmod_mat(table, prime).rref()
    pivots = [next(j for j in range(n + 1) if reduced[i, j] != 0) for i in range(height)]
    if n in pivots:
        return None, height - 1
    k = max((j + 1 for i, j in enumerate(pivots) if reduced[i, n] != 0), default=0)
    return k, sum(j < k for j in pivots)


def _matrix(rows: Rows, prime: int) -> flint.nmod_mat:
    import flint

    if len(rows) * rows.columns > MAX_ENTRIES:
        expected = f"Q or GF(p^k) with p below 2**24 where rows times columns are more than {MAX_ENTRIES}"
        raise ArgumentError("field", f"characteristic {prime}", expected)
    return flint.nmod_mat(len(rows), rows.columns, [x % prime for x in rows.dense().ravel().tolist()], prime)
