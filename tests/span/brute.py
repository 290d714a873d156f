"""What spans, by definition: FLINT's exact ranks of every prefix with and without the all-ones row; and samplers."""

from __future__ import annotations

import flint
import numpy as np
import numpy.typing as npt

from srtheory.reception import receptions
from srtheory.rows import Rows, from_dense
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


def sparse(rng: np.random.Generator) -> Rows:
    n, m = rng.integers(0, 10), rng.integers(0, 8)
    return from_dense((rng.random((n, m)) < rng.choice([0.2, 0.4, 0.7])).astype(np.int64))


def weighted(rng: np.random.Generator, bound: int = 3) -> Rows:
    n, m = rng.integers(0, 9), rng.integers(0, 7)
    return from_dense(rng.integers(-bound, bound, (n, m), endpoint=True) * (rng.random((n, m)) < 0.6))


def deficient(rng: np.random.Generator) -> Rows:
    """Copies of the columns and rows of a small matrix: short of rank, and balanced often enough to span."""
    small = weighted(rng, 2).dense() if rng.random() < 0.3 else sparse(rng).dense()
    n, m = small.shape
    rows = rng.integers(0, n, rng.integers(0, 2 * n + 1)) if n else []
    columns = rng.integers(0, m, rng.integers(m, 2 * m + 1)) if m else []
    return from_dense(small[rows][:, columns])


def congruent(rng: np.random.Generator, prime: int) -> Rows:
    """A matrix that is another one modulo ``prime``."""
    small = (sparse(rng) if rng.random() < 0.5 else weighted(rng)).dense()
    return from_dense(small + prime * rng.integers(-1, 2, small.shape))


def sum_recovery(columns: int, degree: int, seed: int, *, slack: float = 0.3) -> Rows:
    """The first (1 + slack)·m rows of an SR reception: start-up times Exp(mean 5), 0.005 a term."""
    startups = np.random.default_rng(seed).exponential(5.0, columns)
    runs = receptions(SumRecovery(columns, degree), startups, 0.005, seed)
    return next(run.rows for run in runs if len(run) >= (1 + slack) * columns).prefix(int((1 + slack) * columns))
