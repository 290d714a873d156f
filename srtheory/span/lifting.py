"""Exact integer witnesses, by p-adic lifting: v with v·G = D·1, or x with Gx = 0 and Σx ≠ 0."""

from __future__ import annotations

from math import gcd, lcm

import flint

from srtheory.rows import Rows

PRIME = 9223372036854775783


def spanning_vector(rows: Rows) -> tuple[list[int], int] | None:
    """Integers v and D ≠ 0 with v·G = D·1 (G the rows, of shape (n, m)), or None if 1 is not in the rational row space.

    The pair is primitive: gcd(v, D) = 1 and D > 0.
    """
    dense = rows.dense().tolist()
    matrix = flint.fmpz_mat(dense) if dense else flint.fmpz_mat(0, rows.columns)
    at, pivots = _echelon(matrix.transpose(), [1] * rows.columns)
    if at is None:
        return None
    vector, denominator = _integers(at, pivots, len(rows))
    assert all(
        sum(v * row[j] for v, row in zip(vector, dense, strict=True)) == denominator for j in range(rows.columns)
    )
    return vector, denominator


def kernel_vector(rows: Rows) -> list[int] | None:
    """Integers x with Gx = 0, Σx ≠ 0 and gcd(x) = 1 (G the rows, of shape (n, m)), or None if 1 is in the row space."""
    dense = [*rows.dense().tolist(), [1] * rows.columns]
    at, pivots = _echelon(flint.fmpz_mat(dense), [0] * len(rows) + [1])
    if at is None:
        return None
    vector, total = _integers(at, pivots, rows.columns)
    divisor = gcd(*vector)
    vector = [x // divisor for x in vector]
    products = [sum(a * x for a, x in zip(row, vector, strict=True)) for row in dense]
    assert not any(products[:-1])
    assert products[-1] * divisor == total
    return vector


def _echelon(matrix: flint.fmpz_mat, right: list[int]) -> tuple[list[flint.fmpq] | None, list[int]]:
    """A solution of ``matrix @ x = right`` on the pivot columns (None if there is none), and those columns."""
    width = matrix.ncols()
    table = [[*row, b] for row, b in zip(matrix.tolist(), right, strict=True)]
    if not table:
        return [], []
    reduced, scale, rank = flint.fmpz_mat(table).rref()
    pivots = [next(j for j in range(width + 1) if reduced[i, j]) for i in range(rank)]
    if width in pivots:
        return None, []
    return [flint.fmpq(int(reduced[i, width]), int(scale)) for i in range(rank)], pivots


def _integers(values: list[flint.fmpq], places: list[int], length: int) -> tuple[list[int], int]:
    """The vector with ``values`` at ``places``, as integers over their least common denominator."""
    denominator = lcm(*(int(x.q) for x in values))
    vector = [0] * length
    for place, x in zip(places, values, strict=True):
        vector[place] = int(x.p) * (denominator // int(x.q))
    return vector, denominator
