"""Exhaustive small cases: every SR code on m workers and every set of rows that a run can have received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, permutations, product
from math import prod

from srtheory.matrix import Rows, from_sets
from srtheory.schemes.base import UNLIMITED

Support = tuple[int, ...]


@cache
def worker_codes(symbols: int, degree: int, worker: int) -> tuple[tuple[Support, ...], ...]:
    """Return all sequences of symbols that a worker of an SR code can send: its own, blocks, the remainder last."""
    others = [c for c in range(symbols) if c != worker]
    cuts = range(0, symbols - 1, degree)
    codes = {tuple(tuple(sorted(order[a : a + degree])) for a in cuts) for order in permutations(others)}
    return tuple(((worker,), *blocks) for blocks in sorted(codes))


def received(code: tuple[tuple[Support, ...], ...], counts: tuple[int, ...]) -> list[Support]:
    """Return the rows of a reception in which worker j has delivered its first ``counts[j]`` symbols."""
    return [row for symbols, count in zip(code, counts, strict=True) for row in symbols[:count]]


def all_codes(symbols: int, degree: int) -> Iterator[tuple[tuple[Support, ...], ...]]:
    """Return every SR code with m workers."""
    return product(*(worker_codes(symbols, degree, j) for j in range(symbols)))


def all_received(symbols: int, degree: int, counts: tuple[int, ...]) -> Iterator[tuple[list[Support], int]]:
    """Yield the possible receptions of these numbers of symbols, each with the number of codes that send it."""
    senders = [_beginnings(symbols, degree, j, count).items() for j, count in enumerate(counts)]
    for sent in product(*senders):
        yield [row for rows, _ in sent for row in rows], prod(ways for _, ways in sent)


@cache
def _beginnings(symbols: int, degree: int, worker: int, count: int) -> Counter[tuple[Support, ...]]:
    """Return a worker's first symbols, with the number of its codes that begin so."""
    return Counter(code[:count] for code in worker_codes(symbols, degree, worker))


def all_counts(symbols: int, degree: int) -> Iterator[tuple[int, ...]]:
    """Return every vector of numbers of symbols received from each worker."""
    most = 1 + -(-(symbols - 1) // degree)
    return product(range(most + 1), repeat=symbols)


def complete_code(code: object, workers: int) -> list[list[Support]]:
    """Return all symbols of each worker of a scheme, one list of supports per worker."""
    import numpy as np

    symbols = code.emit(1, np.full(workers, UNLIMITED))  # type: ignore[attr-defined]
    columns, bounds = symbols.rows.indices.tolist(), symbols.rows.indptr.tolist()
    sent: list[list[Support]] = [[] for _ in range(workers)]
    for j, (start, stop) in zip(symbols.worker.tolist(), pairwise(bounds), strict=True):
        sent[j].append(tuple(columns[start:stop]))
    return sent


def show(rows: list[Support]) -> str:
    """Return rows as sets of 1-based symbols, as the paper numbers them."""
    return " ".join("{" + ",".join(str(c + 1) for c in row) + "}" for row in rows)


def matrix(symbols: int, rows: list[Support]) -> Rows:
    """Return the rows as a matrix."""
    return from_sets(symbols, rows)
