"""Laws by enumeration in fractions: every delay and every order of every worker, worker by worker.

Numbers that a law is given are floats; here they are the fractions that these floats are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product

import numpy as np

from tests.attack.streams import Row, Stream

Chances = dict[object, Fraction]


@dataclass(frozen=True)
class Steps:
    """A discrete law of delays, as the package takes it: with cdf, sf and ppf in floats."""

    atoms: tuple[tuple[float, Fraction], ...]
    """Increasing delays and their chances."""

    def cdf(self, x):
        at = np.asarray(x, dtype=np.float64)
        steps = np.array([0.0, *(float(sum(p for _, p in self.atoms[: i + 1])) for i in range(len(self.atoms)))])
        return steps[np.searchsorted([value for value, _ in self.atoms], at, side="right")]

    def sf(self, x):
        return 1 - self.cdf(x)

    def ppf(self, q):
        steps = np.cumsum([float(p) for _, p in self.atoms])[:-1]
        return np.array([value for value, _ in self.atoms])[np.searchsorted(steps, q)]

    def rvs(self, size, random_state):
        chances = np.array([float(p) for _, p in self.atoms])
        return random_state.choice([value for value, _ in self.atoms], size, p=chances / chances.sum())


@dataclass(frozen=True)
class Clock:
    """Time, time per term, time per message, and how often a worker never answers."""

    t: float
    tau: float
    kappa: float = 0.0
    silent: float = 0.0

    def left(self, delay: float, terms: int, messages: int) -> Fraction | float:
        """Time that is left at t once a row is sent."""
        if math.isinf(self.t):
            return self.t
        return Fraction(self.t) - Fraction(delay) - Fraction(self.tau) * terms - Fraction(self.kappa) * messages

    def sent(self, stream: Stream, delay: float) -> int:
        """Rows by time t."""
        return sum(self.left(delay, end, i + 1) >= 0 for i, (_, end) in enumerate(stream))

    def is_close(self, streams: Iterable[Stream], law: Steps) -> bool:
        """Whether some row may come at t to within rounding."""
        if math.isinf(self.t):
            return False
        near = (1 + abs(Fraction(self.t))) / 2**40
        rows = {(end, i + 1) for stream in streams for i, (_, end) in enumerate(stream)}
        return any(abs(self.left(value, *row)) < near for value, _ in law.atoms for row in rows)


def received(streams: Sequence[Stream], law: Steps, clock: Clock) -> dict[tuple[Row, ...], Fraction]:
    """What one worker has sent by t, and with what chance."""
    silent = Fraction(clock.silent)
    chances: dict[tuple[Row, ...], Fraction] = defaultdict(Fraction, {(): silent})
    for stream, (delay, p) in product(streams, law.atoms):
        chances[stream[: clock.sent(stream, delay)]] += (1 - silent) * p / len(streams)
    return chances


def chance(workers: Iterable[dict[tuple[Row, ...], Fraction]], start, add: Callable, done: Callable) -> Fraction:
    """P(done) where each worker's rows are added to a state, the workers being independent."""
    states: Chances = {start: Fraction(1)}
    for worker in workers:
        after: Chances = defaultdict(Fraction)
        for (state, p), (rows, q) in product(states.items(), worker.items()):
            after[add(state, rows)] += p * q
        states = after
    return sum((p for state, p in states.items() if done(state)), Fraction(0))


def add_terms(state: tuple[int, int, bool], rows: tuple[Row, ...], m: int) -> tuple[int, int, bool]:
    """Terms covered, rows, and whether some worker has sent all there is."""
    covered, n, complete = state
    own = 0
    for terms, _ in rows:
        own |= terms
    return covered | own, n + len(rows), complete or own == (1 << m) - 1


def add_rows(state: frozenset[int], rows: tuple[Row, ...]) -> frozenset[int]:
    return state.union(terms for terms, _ in rows)


@lru_cache(maxsize=1 << 20)
def spans(rows: frozenset[int], m: int) -> bool:
    """Whether the rows span 1 over Q, by elimination in fractions."""
    basis: dict[int, list[Fraction]] = {}

    def reduced(row: list[Fraction]) -> list[Fraction]:
        for pivot, known in basis.items():
            if factor := row[pivot]:
                row = [x - factor * y for x, y in zip(row, known, strict=True)]
        return row

    for bits in sorted(rows):
        row = reduced([Fraction(bits >> i & 1) for i in range(m)])
        if (pivot := next((i for i, x in enumerate(row) if x), None)) is not None:
            basis[pivot] = [x / row[pivot] for x in row]
    return not any(reduced([Fraction(1)] * m))


def by_rows(m: int, ends: Sequence[int], width: int) -> list[dict[tuple[int, ...], Fraction]]:
    """For k = 0, 1, ..., the law of how many rows each worker has among the first k.  Uniform start-up.

    Delays are uniform on [0, width tau): a whole number of tau and a fraction, independent of it.  Rows whose whole
    parts agree come in the order of the fractions, which is any order with equal chance, and so that of the workers'
    numbers, since their streams are alike.
    """
    total = m * len(ends)
    laws: list[dict[tuple[int, ...], Fraction]] = [defaultdict(Fraction) for _ in range(total + 1)]
    for whole in product(range(width), repeat=m):
        arrivals = sorted((whole[j] + end, j) for j in range(m) for end in ends)
        counts = [0] * m
        laws[0][tuple(counts)] += Fraction(1, width**m)
        for k, (_, j) in enumerate(arrivals):
            counts[j] += 1
            laws[k + 1][tuple(sorted(counts))] += Fraction(1, width**m)
    return laws
