"""What spans, by definition: FLINT's exact ranks of every prefix with and without the all-ones row; and receptions."""

from __future__ import annotations

import flint
import numpy as np
import numpy.typing as npt

from srtheory.matrix import Rows
from srtheory.reception import receptions
from srtheory.schemes.sum_recovery import SumRecovery


def rank(table: list[list[int]] | npt.NDArray[np.int64], columns: int, prime: int = 0) -> int:
    """Rank over Q, or modulo a prime, of a list of rows or of an array."""
    if isinstance(table, np.ndarray):
        entries = (table % prime if prime else table).ravel().tolist()
    else:
        entries = [x % prime if prime else x for row in table for x in row]
    if prime:
        return flint.nmod_mat(len(table), columns, entries, prime).rank()
    return flint.fmpz_mat(len(table), columns, entries).rank()


def spans(rows: Rows, prime: int = 0) -> bool:
    table = rows.dense().tolist()
    return rank(table, rows.columns, prime) == rank([*table, [1] * rows.columns], rows.columns, prime)


def stopping_time(rows: Rows, prime: int = 0) -> tuple[int | None, int]:
    """The least k whose prefix spans 1, or None, and the rank there (of all rows for None)."""
    table, one = rows.dense().tolist(), [1] * rows.columns
    for k in range(len(rows) + 1):
        found = rank(table[:k], rows.columns, prime)
        if found == rank([*table[:k], one], rows.columns, prime):
            return k, found
    return None, found


def sum_recovery(columns: int, degree: int, seed: int, *, slack: float = 0.3) -> Rows:
    """The first (1 + slack)·m rows of an SR reception: start-up times Exp(mean 5), 0.005 a term."""
    startups = np.random.default_rng(seed).exponential(5.0, columns)
    runs = receptions(SumRecovery(columns, degree), startups, 0.005, seed)
    return next(run.rows for run in runs if len(run) >= (1 + slack) * columns).prefix(int((1 + slack) * columns))
