"""Laws of the latency by their definition: a sum over what each worker may have sent by t, in exact rationals.

A worker sends one of equally likely orders of rows, and by t the first n of them: with F the distribution function of
its start-up, row n has come with probability F(t - tau terms - kappa n). Nothing here is shared with the laws.

The orders of a scheme that has no line in :func:`orders` are its own: those that its method ``orders(worker)`` lists as
equally likely, or those that it sends; if these are random, runs are drawn from a fixed seed, and counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import accumulate, combinations, pairwise, permutations, product
from math import isqrt, lcm, prod, sqrt
from random import Random

import numpy as np

from srtheory.schemes import named
from srtheory.schemes.base import UNLIMITED, Scheme
from tests import reference

Row = frozenset[int] | frozenset[tuple[int, int]]
"""Terms, or terms and their weights if these are not all 1."""
Order = list[list[int]]
Runs = list[list[list[tuple[Row, int]]]]
"""Runs, workers, rows: each row with the terms that its worker has evaluated by then."""
RUNS = 1000
"""Runs that are drawn of a random scheme: four standard errors are at most 0.064."""
State = tuple[frozenset[Row], int, bool]
"""The rows that have come, as sets of terms; their number; and whether some worker has sent all m terms."""


def orders(
    name: str, m: int, *, degree: int = 1, access: int | None = None, stragglers: int = 0
) -> Sequence[Sequence[Order]]:
    """The equally likely orders of rows of each worker, or no orders but the :func:`runs` of a random scheme."""
    parts = [reference.part(m, degree, i) for i in range(-(-m // degree))]
    cells = min(max(isqrt(m // 9), 1), len(parts))
    plans: dict[str, Callable[[int], list[Order]]] = {
        "sr": lambda j: list(_blocks(m, degree, access, j)),
        "uncoded": lambda j: [[[j]]],
        "repetition": lambda j: [[parts[j // degree]]],
        "bcc": lambda j: [[part] for part in parts],
        "gradient-fractional": lambda j: [reference.gradient_fractional(m, stragglers, worker=j)],
        "gradient-cyclic": lambda j: [[list(reference.gradient_cyclic(m, stragglers, worker=j))]],
        "parts-stream": lambda j: [list(order) for order in permutations(parts)],
        "parts-cyclic": lambda j: [reference.parts_cyclic(m, degree, worker=j)],
        "parts-even": lambda j: [reference.parts_even(m, degree, worker=j)],
        "parts-pairs": lambda j: [reference.parts_pairs(m, degree, cells, worker=j)],
        "own-then-parts": lambda j: [reference.own_then_parts(m, degree, worker=j)],
        "arcs": lambda j: [reference.arcs(m, degree, "common", key=0, worker=j)],
        "terms-random": lambda j: [[[c] for c in order] for order in permutations(range(m))],
        "terms-cyclic": lambda j: [reference.cyclic_terms(m, worker=j)],
        "terms-pairs": lambda j: [reference.parts_pairs(m, 1, min(max(isqrt(m // 9), 1), m), worker=j)],
        "terms-staircase": lambda j: [reference.terms_staircase(m, worker=j)],
        "genie": lambda j: [[[c] for c in range(m)]],
    }
    if name == "one":
        return [[[list(range(m))]]]
    if name not in plans:
        its = named(name)
        given = its.sized(degree) | ({"access": access} if "access" in its.options else {})
        return _own(its.build(m, given))
    return [plans[name](j) for j in range(m)]


class Drawn(list[list[Order]]):
    """No orders, but runs, of a scheme whose orders are random, or whose rows do not cost a term for each."""

    runs: Runs


@cache
def _own(scheme: Scheme) -> Sequence[Sequence[Order]]:
    if hasattr(scheme, "orders"):
        return [[*scheme.orders(j)] for j in range(scheme.workers)]
    drawn = Drawn()
    drawn.runs = [[*_sent(scheme, key)] for key in range(RUNS)]
    first = drawn.runs[0]
    alone = all([terms for _, terms in its] == [*accumulate(len(row) for row, _ in its)] for its in first)
    return [[[[*row] for row, _ in its]] for its in first] if alone and drawn.runs == [first] * RUNS else drawn


def _sent(scheme: Scheme, key: int) -> Iterator[list[tuple[Row, int]]]:
    """The rows of each worker; of one that never ends, those of eight times as many terms as there are."""
    most = 8 * scheme.symbols if scheme.rateless else int(UNLIMITED)
    sent = scheme.emit(key, np.full(scheme.workers, most, np.int64))
    rows, ends, values = sent.rows.indices.tolist(), sent.rows.indptr.tolist(), sent.rows.values
    weighted = rows if values is None else [*zip(rows, values.tolist(), strict=True)]
    each = [frozenset(weighted[a:b]) for a, b in pairwise(ends)]
    for j in range(scheme.workers):
        yield [(each[i], int(sent.terms[i])) for i in np.flatnonzero(sent.worker == j)]


def _terms(row: Row) -> set[int]:
    return {x[0] if isinstance(x, tuple) else x for x in row}


def _blocks(m: int, degree: int, access: int | None, worker: int) -> Iterator[Order]:
    """The own term, then blocks of the others that are seen, in any order."""
    others = [c for c in range(m) if c != worker]
    for seen in combinations(others, (m if access is None else access) - 1):
        for order in permutations(seen):
            yield [[worker], *(list(order[at : at + degree]) for at in range(0, len(seen), degree))]


def spanned(m: int, rows: frozenset[Row], _number: int, _complete: bool) -> bool:
    """Whether the sum of all terms is a combination of the rows."""
    return _spans(m, rows)


def hit(m: int, rows: frozenset[Row], number: int, complete: bool) -> bool:
    """Whether m rows have come and cover all, or a worker has sent all m terms."""
    return complete or (number >= m and covered(m, rows, number, complete))


def covered(m: int, rows: frozenset[Row], _number: int, _complete: bool) -> bool:
    """Whether every term is in a row."""
    return len(set().union(*map(_terms, rows))) == m


def known(least: int, m: int, rows: frozenset[Row], _number: int, _complete: bool) -> bool:
    """Whether so many terms at least are in rows that have no term in common."""
    return len(set().union(*map(_terms, rows))) >= least


def uncovered(m: int, rows: frozenset[Row], _number: int, _complete: bool) -> int:
    """How many terms are in no row."""
    return m - len(frozenset().union(*rows))


def even_sets(size: int) -> Callable[[int, frozenset[Row], int, bool], int]:
    """How many sets of so many terms every row meets evenly."""
    return lambda m, rows, number, complete: sum(
        all(len(row.intersection(some)) % 2 == 0 for row in rows) for some in combinations(range(m), size)
    )


def enough(number: int) -> Callable[[int, frozenset[Row], int, bool], bool]:
    """Whether so many rows have come."""
    return lambda m, rows, sent, complete: sent >= number


@cache
def _spans(m: int, rows: frozenset[Row]) -> bool:
    """By elimination in rationals."""
    pivots: dict[int, list[Fraction]] = {}

    def reduced(row: list[Fraction]) -> list[Fraction]:
        for c, pivot in pivots.items():
            if row[c]:
                row = [a - row[c] * b for a, b in zip(row, pivot, strict=True)]
        return row

    for its in rows:
        weights = dict(x if isinstance(x, tuple) else (x, 1) for x in its)
        row = reduced([Fraction(weights.get(c, 0)) for c in range(m)])
        if (first := next((c for c, a in enumerate(row) if a), None)) is not None:
            row = [a / row[first] for a in row]
            for c, pivot in pivots.items():
                pivots[c] = [a - pivot[first] * b for a, b in zip(pivot, row, strict=True)]
            pivots[first] = row
    return not any(reduced([Fraction(1)] * m))


def _union(workers: Iterable[dict[State, Fraction]]) -> dict[State, Fraction]:
    """The law of what all have sent, each independently of the others; summed in integers over one denominator."""
    states, below = {(frozenset(), 0, False): 1}, 1
    for its in workers:
        common, union = lcm(*(q.denominator for q in its.values())), defaultdict(int)
        shares = [(*state, q.numerator * (common // q.denominator)) for state, q in its.items()]
        for ((a, n, whole), p), (b, k, all_, q) in product(states.items(), shares):
            union[a | b, n + k, whole or all_] += p * q
        states, below = union, below * common
    return {state: Fraction(p, below) for state, p in states.items()}


def by_time(m: int, plans: Sequence[Sequence[Order]], started: Callable[[int, int], Fraction]) -> dict[State, Fraction]:
    """The law of what has come; ``started(terms, messages)``: P(a worker has sent these by t)."""
    workers, started = [], cache(started)
    for its in plans:
        worker: dict[State, Fraction] = defaultdict(Fraction)
        for order in its:
            sums = [0, *accumulate(map(len, order))]
            here = [Fraction(1), *(started(terms, n) for n, terms in enumerate(sums[1:], 1)), Fraction(0)]
            for n, (now, later) in enumerate(pairwise(here)):
                if now != later:
                    worker[frozenset(map(frozenset, order[:n])), n, sums[n] == m] += (now - later) / len(its)
        workers.append(worker)
    return _union(workers)


def given_counts(m: int, plans: Sequence[Sequence[Order]], counts: Sequence[int]) -> dict[State, Fraction]:
    """The law of what has come where worker j has sent its first ``counts[j]`` rows."""
    workers = []
    for its, n in zip(plans, counts, strict=True):
        worker: dict[State, Fraction] = defaultdict(Fraction)
        for order in its:
            rows = frozenset(map(frozenset, order[:n]))
            worker[rows, n, sum(map(len, rows)) == m] += Fraction(1, len(its))
        workers.append(worker)
    return _union(workers)


def mean(m: int, states: Mapping[State, Fraction], value: Callable[..., int | bool]) -> Fraction:
    """The mean of a number that a state has, or the probability of an event."""
    below = lcm(*(p.denominator for p in states.values()))
    sums = (p.numerator * (below // p.denominator) * value(m, *state) for state, p in states.items())
    return Fraction(sum(sums), below)


def probability(
    m: int,
    plans: Sequence[Sequence[Order]],
    started: Callable[[int, int], Fraction],
    recovered: Callable[[int, frozenset[Row], int, bool], bool],
) -> Fraction:
    """The probability of the event by that time."""
    return mean(m, by_time(m, plans, started), recovered)


def bounds(
    m: int,
    plans: Sequence[Sequence[Order]],
    started: Callable[[int, int], Fraction],
    recovered: Callable[[int, frozenset[Row], int, bool], bool],
) -> tuple[Fraction, Fraction]:
    """The probability of the event by that time twice, or four standard errors around its share among runs."""
    if not isinstance(plans, Drawn):
        return (exact := probability(m, plans, started, recovered)), exact
    by, dice, found = cache(lambda terms, n: float(started(terms, n))), Random(0), 0
    for run in plans.runs:
        come: list[Row] = []
        for its in run:
            late = dice.random()
            come += [row for n, (row, terms) in enumerate(its, 1) if late < by(terms, n)]
        found += recovered(m, frozenset(come), len(come), False)
    share = found / len(plans.runs)
    error = 4 * sqrt(share * (1 - share) / len(plans.runs)) + 4 / len(plans.runs)
    return Fraction(max(share - error, 0.0)), Fraction(min(share + error, 1.0))


def by_rows(m: int, rounds: Sequence[int], weights: Sequence[Fraction]) -> list[dict[tuple[int, ...], Fraction]]:
    """For k = 0, 1, ... the law of the workers' numbers of rows, in ascending order, among the first k rows.

    A delay is a whole number of rounds, of which it is n with probability ``weights[n]``, and an independent part of
    one, such as a uniform or an exponential delay has.  Row i of a worker comes ``rounds[i]`` rounds after its first.
    Rows of one round come in the order of these parts, which is any order of the workers with equal probability, and so
    that of their numbers, since they are alike.
    """
    laws: list[dict[tuple[int, ...], Fraction]] = [defaultdict(Fraction) for _ in range(m * len(rounds) + 1)]
    for starts in product(range(len(weights)), repeat=m):
        chance = prod((weights[n] for n in starts), start=Fraction(1))
        counts = [0] * m
        laws[0][tuple(counts)] += chance
        for k, (_, j) in enumerate(sorted((n + i, j) for j, n in enumerate(starts) for i in rounds), 1):
            counts[j] += 1
            laws[k][tuple(sorted(counts))] += chance
    return laws
