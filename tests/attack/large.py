"""Verdicts at 200 to 1500 columns, judged by FLINT's ranks of the prefixes at the stopping time and before it."""

from __future__ import annotations

import flint
import numpy as np

from srtheory.decoders.incremental import IncrementalSpan
from srtheory.rows import Rows, from_dense
from srtheory.span import engine
from tests.attack.judge import CHARACTERISTIC, Tables
from tests.attack.judge import FIELDS as JUDGED
from tests.attack.matrices import MODULI, PRIMES
from tests.attack.report import Tally

FIELDS = ["Q", "Q", "Q", "GF(2)", "GF(3)", "GF(4)", "GF(9)", "GF(251)", "GF(16609429)"]


def _sparse(rng, m):
    """Systematic rows and blocks of about ln m columns, in any order, some 1.3 m of them."""
    n, d = int(1.3 * m), int(np.log(m)) + int(rng.integers(0, 4))
    rows = np.zeros((n, m), np.int64)
    single = rng.random(n) < 0.3
    for i in range(n):
        rows[i, rng.choice(m, 1 if single[i] else d, replace=False)] = 1
    return rows


def _repeated(rng, m):
    """Each column twice, and some rows again."""
    half = _sparse(rng, m // 2).repeat(2, axis=1)
    return half[rng.integers(0, len(half), 2 * len(half))]


def _weighted(rng, m):
    rows = _sparse(rng, m)
    return rows * rng.choice([-3, -2, -1, 1, 2], rows.shape)


def _multiples(rng, m):
    """Rows of which some are a prime's, and 0 modulo it."""
    rows = _sparse(rng, m)
    return rows * np.where(rng.random((len(rows), 1)) < 0.1, rng.choice(MODULI, (len(rows), 1)), 1)


def _congruent(rng, m):
    rows = _sparse(rng, m)
    return rows * (1 + rng.choice(PRIMES) * rng.integers(0, 2, rows.shape))


def _determinant(rng, m):
    """Triangular rows with the code's primes on the diagonal and 1 elsewhere: of full rank over Q alone."""
    rows = np.eye(m, dtype=np.int64)
    for p in PRIMES:
        rows[(i := rng.integers(m)), i] = p
    for i in range(m):
        rows[i, rng.integers(i, m, 3)] += 1
    return rows[rng.permutation(m)]


KINDS = {
    "sparse": _sparse,
    "repeated columns and rows": _repeated,
    "weights": _weighted,
    "multiples of p or 1 + p": _multiples,
    "congruent modulo p": _congruent,
    "determinants divisible by every p": _determinant,
}


def attack(sizes: list[int], seed: int) -> Tally:
    """One matrix for each number of columns."""
    tally = Tally(
        "large",
        "Verdicts at 200 to 1500 columns",
        "The test asks for M', coverage and rank by `stopping_time`, and for M' by `IncrementalSpan.add_many` in "
        "blocks. The judge is FLINT, by the ranks of the rows until M' and of those before, with and without 1.",
        seed,
    )
    tally.command = "python -m pytest -m attack tests/attack/test_verdicts.py"
    kinds = list(KINDS)
    for i, m in enumerate(sizes):
        rng = np.random.default_rng((seed, i))
        kind, field = kinds[i % len(kinds)], str(rng.choice(FIELDS))
        tally.count(kind, failure(KINDS[kind](rng, m), field, rng))
    return tally


def failure(dense: np.ndarray, field: str, rng: np.random.Generator) -> str | None:
    """What is wrong with the verdicts, in words."""
    p = CHARACTERISTIC[field]
    dense = dense % p if isinstance(JUDGED[field], Tables) else dense
    rows = from_dense(dense)
    found = engine.stopping_time(**rows.arrays, field=field)
    met = np.flatnonzero((np.logical_or.accumulate(dense % p if p else dense, axis=0)).all(axis=1))
    covered, k = (int(met[0]) + 1 if len(met) else None), found.stopping_time
    last = len(dense) if k is None else k
    right = _spans(dense[:last], p)
    told = {
        "coverage": (found.coverage_time, covered),
        "spans": (k is not None, right[0]),
        "rank": (found.rank, right[1]),
        "spans before": (k is not None and _spans(dense[: k - 1], p)[0], False),
        "add_many": (_by_blocks(rows, field, rng), k),
    }
    wrong = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
    return f"{dense.shape} over {field}: {wrong}" if wrong else None


def _spans(table: np.ndarray, p: int) -> tuple[bool, int]:
    rank = _rank(table, p)
    return _rank(np.vstack([table, np.ones((1, table.shape[1]), table.dtype)]), p) == rank, rank


def _rank(table: np.ndarray, p: int) -> int:
    entries = (table % p if p else table).ravel().tolist()
    return (flint.nmod_mat(*table.shape, entries, p) if p else flint.fmpz_mat(*table.shape, entries)).rank()


def _by_blocks(rows: Rows, field: str, rng: np.random.Generator) -> int | None:
    decoder, done = IncrementalSpan(rows.columns, field=field), 0
    while done < len(rows):
        block = int(rng.integers(1, rows.columns))
        decoder.add_many(rows.take(np.arange(done, min(done + block, len(rows)))))
        done += block
    return decoder.stopping_time
