"""Verdicts of every engine path against FLINT: ``python -m benchmarks.agreement --receptions 100000``.

Each reception is drawn anew, by number: of sum-recovery codes with and without replacement, LT codes, 0/1 rows and
weighted ones, most on 2 to 40 columns, some on 100 to 300.  M', CC and the rank of the first M' rows are compared with
what the definition gives: FLINT's ranks of the first M' and M' - 1 rows with and without 1, and plain sets.  Beside the
engine as it is, one other path in turn answers: modulo 251 without bytes that the processor multiplies, on float32, on
float64, by products with blocks of vectors, row by row, by blocks, or over GF(2), GF(3) or GF(2^61 - 1), where FLINT is
asked modulo the characteristic.  A difference is printed with its number, and the exit code is 1.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest.mock import patch

import flint
import numpy as np

from srtheory.compiled import always_compile
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.matrix import Rows, from_dense
from srtheory.reception import transmissions
from srtheory.schemes import make
from srtheory.span import bytewise, engine
from srtheory.span.engine import FAST_PRIME, PRIME, SECOND_PRIME, stopping_time

LARGEST_PRIME = 2**61 - 1


@dataclass(frozen=True)
class Answer:
    """M' (None: never), and where a path tells them, CC and the rank of the first M' rows."""

    stop: int | None
    cover: int | None = None
    rank: int | None = None
    told: bool = True


Path = Callable[[Rows], Answer]

# ---------------------------------------------------------------------------------------------------------- receptions


def reception(seed: int, number: int) -> tuple[str, Rows]:
    """Reception of this number, and what it is one of."""
    rng = np.random.default_rng([seed, number])
    columns = int(rng.integers(100, 301) if rng.random() < 0.01 else rng.integers(2, 41))
    family = list(FAMILIES)[number % len(FAMILIES)]
    rows = FAMILIES[family](columns, rng)
    if rng.random() < 0.25:  # some that do not span yet
        rows = rows.prefix(int(rng.integers(len(rows) + 1)))
    return family, rows


def received(name: str, columns: int, rng: np.random.Generator, **options: object) -> Rows:
    """What one run of a scheme brings at its first look."""
    startups = rng.exponential(5.0, columns)
    sent = next(
        transmissions(
            make(name, columns, **options), startups, float(rng.choice([0.005, 0.1, 1])), int(rng.integers(2**63))
        )
    )
    return sent.reception.rows


def degree(columns: int, rng: np.random.Generator) -> int:
    return int(rng.integers(1, min(columns, 12) + 1))


def weighted(rows: Rows, rng: np.random.Generator) -> Rows:
    """The rows with small weights, some with weights that vanish modulo a prime of the engine."""
    factor = int(rng.choice([1, 1, FAST_PRIME, SECOND_PRIME, PRIME]))
    values = rng.integers(-3, 4, len(rows.indices)) * np.where(rng.random(len(rows.indices)) < 0.1, factor, 1)
    return Rows(rows.columns, rows.indptr, rows.indices, values)


def dependent(columns: int, rng: np.random.Generator) -> Rows:
    """Rows of which many are combinations of others, and columns that come together."""
    few = rng.integers(0, 2, (max(columns // 2, 1), columns)) * (rng.random((1, columns)) < 0.9)
    mixed = rng.integers(-1, 2, (columns, len(few))) @ few
    return from_dense(rng.permutation(np.vstack([few, mixed, np.eye(columns, dtype=np.int64)[: columns // 2]])))


FAMILIES: dict[str, Callable[[int, np.random.Generator], Rows]] = {
    "sum recovery": lambda m, rng: received("sr", m, rng, degree=degree(m, rng)),
    "sum recovery, weighted": lambda m, rng: weighted(received("sr", m, rng, degree=degree(m, rng)), rng),
    "with replacement": lambda m, rng: received("sr-with-replacement", m, rng, degree=degree(m, rng)),
    "LT": lambda m, rng: received("lt", m, rng),
    "0/1": lambda m, rng: from_dense((rng.random((m + 8, m)) < rng.choice([2 / m, 0.2, 0.5])).astype(np.int64)),
    "dependent": dependent,
}

# --------------------------------------------------------------------------------------------------------------- paths


def engine_by(field: str = "Q", **changes: object) -> Path:
    """The engine with some of its module's constants changed, which force a path."""

    def answer(rows: Rows) -> Answer:
        with patch.multiple(engine, **changes) if changes else patch.object(engine, "LARGE", engine.LARGE):
            found = stopping_time(**rows.arrays, field=field)
        return Answer(found.stopping_time, found.coverage_time, found.rank)

    return answer


def in_floats(rows: Rows) -> Answer:
    with patch.object(bytewise, "available", lambda: False):
        return engine_by()(rows)


def row_by_row(rows: Rows) -> Answer:
    decoder = IncrementalSpan(rows.columns)
    weights = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
    for i in range(len(rows)):
        if decoder.add(rows.row(i), weights[rows.indptr[i] : rows.indptr[i + 1]]):
            break
    return Answer(decoder.stopping_time, told=False)


def by_blocks(rows: Rows) -> Answer:
    decoder = IncrementalSpan(rows.columns)
    for i in range(0, len(rows), 5):
        decoder.add_many(rows.take(np.arange(i, min(i + 5, len(rows)))))
    return Answer(decoder.stopping_time, told=False)


# path -> its characteristic and itself
PATHS: dict[str, tuple[int, Path]] = {
    "as it is": (0, engine_by()),
    "251, no bytes multiplied": (0, in_floats),
    "float32 (1381)": (0, engine_by(PRIMES=(SECOND_PRIME, PRIME))),
    "float64 (16609429)": (0, engine_by(PRIMES=(PRIME,))),
    "blocks of vectors": (0, engine_by(LARGE=1)),
    "row by row": (0, row_by_row),
    "blocks of 5 rows": (0, by_blocks),
    "GF(2)": (2, engine_by("GF(2)")),
    "GF(3)": (3, engine_by("GF(3)")),
    "GF(2^61 - 1)": (LARGEST_PRIME, engine_by(f"GF({LARGEST_PRIME})")),
}

# -------------------------------------------------------------------------------------------------------------- oracle


class Oracle:
    """What spans, by definition; shares nothing with the engine but the rows."""

    def __init__(self, rows: Rows, characteristic: int) -> None:
        self._columns, self._p = rows.columns, characteristic
        self._table = rows.dense().tolist()

    def rank(self, k: int, *more: list[int]) -> int:
        """Rank of the first k rows, and more below them."""
        table = [*self._table[:k], *more]
        entries = [x for row in table for x in row]
        shape = len(table), self._columns
        matrix = (
            flint.nmod_mat(*shape, [x % self._p for x in entries], self._p)
            if self._p
            else flint.fmpz_mat(*shape, entries)
        )
        return int(matrix.rank())

    def spans(self, k: int) -> bool:
        return self.rank(k) == self.rank(k, [1] * self._columns)

    def cover(self) -> int | None:
        """CC: rows until each column has an entry that is not 0 in the field."""
        unmet = set(range(self._columns))
        for k, row in enumerate(self._table):
            if not unmet:
                return k
            unmet -= {j for j, x in enumerate(row) if (x % self._p if self._p else x)}
        return None if unmet else len(self._table)


def faults(rows: Rows, characteristic: int, answer: Answer) -> list[str]:
    """What is wrong with an answer, in words."""
    oracle, n = Oracle(rows, characteristic), len(rows)
    k, found = answer.stop, []
    if k is None:
        if oracle.spans(n):
            found.append("M' is missed")
    elif not oracle.spans(k):
        found.append(f"M' = {k}, where 1 is not spanned")
    elif k and oracle.spans(k - 1):
        found.append(f"M' = {k}, where 1 is spanned before")
    if answer.told:
        cover, rank = oracle.cover(), oracle.rank(n if k is None else k)
        found += [f"CC = {answer.cover}, not {cover}"] * (answer.cover != cover)
        found += [f"rank {answer.rank}, not {rank}"] * (answer.rank != rank)
    return found


def compare(
    seed: int, numbers: range, paths: dict[str, tuple[int, Path]]
) -> Iterator[tuple[str, str, bool, list[str]]]:
    """Path, family, whether 1 is spanned, and faults, of the engine as it is and one other path for each reception."""
    first, *others = paths
    for number in numbers:
        family, rows = reception(seed, number)
        for name in (first, others[number // len(FAMILIES) % len(others)]):
            characteristic, path = paths[name]
            answer = path(rows)
            yield (
                name,
                family,
                answer.stop is not None,
                [f"{number}: {x}" for x in faults(rows, characteristic, answer)],
            )


def table(seed: int, numbers: range, paths: dict[str, tuple[int, Path]]) -> tuple[list[str], bool]:
    """Lines of a table by path and family, every difference after it, and whether there is none."""
    asked, spanned, wrong = Counter[str](), Counter[str](), Counter[str]()
    told: list[str] = []
    for name, family, yes, found in compare(seed, numbers, paths):
        for key in (name, family):
            asked[key] += 1
            spanned[key] += yes
            wrong[key] += bool(found)
        told += [f"{name}, {family}, reception {line}" for line in found]
    lines = ["| path or family | verdicts | 1 is spanned | differences |", "|---|---|---|---|"]
    lines += [f"| {key} | {asked[key]} | {spanned[key]} | {wrong[key]} |" for key in asked]
    return lines + told, not told


def main() -> int:
    always_compile()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--receptions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    lines, agree = table(given.seed, range(given.receptions), PATHS)
    print("\n".join(lines))
    print(f"bytes are multiplied by this processor: {'yes' if bytewise.available() else 'no'}")
    return 0 if agree else 1


if __name__ == "__main__":
    raise SystemExit(main())
