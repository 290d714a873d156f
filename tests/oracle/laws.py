"""Laws of the latency by their definition: a sum over what each worker may have sent by t, in exact rationals.

A worker sends one of equally likely orders of rows, and by t the first n of them: with F the distribution function of
its start-up, row n has come with probability F(t - tau terms - kappa n). Nothing here is shared with the laws.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, permutations, product
from math import isqrt

from tests import reference

Row = frozenset[int]
Order = list[list[int]]


def orders(name: str, m: int, *, degree: int = 1, access: int | None = None, stragglers: int = 0) -> list[list[Order]]:
    """The equally likely orders of rows of each worker."""
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
    return [plans[name](j) for j in range(m)]


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
    return len(frozenset().union(*rows)) == m


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
        row = reduced([Fraction(int(c in its)) for c in range(m)])
        if (first := next((c for c, a in enumerate(row) if a), None)) is not None:
            row = [a / row[first] for a in row]
            for c, pivot in pivots.items():
                pivots[c] = [a - pivot[first] * b for a, b in zip(pivot, row, strict=True)]
            pivots[first] = row
    return not any(reduced([Fraction(1)] * m))


def probability(
    m: int,
    plans: Sequence[Sequence[Order]],
    started: Callable[[int, int], Fraction],
    recovered: Callable[[int, frozenset[Row], int, bool], bool],
) -> Fraction:
    """The probability of the event; ``started(terms, messages)`` is that of a worker that has sent these by t."""
    states: dict[tuple[frozenset[Row], int, bool], Fraction] = {(frozenset(), 0, False): Fraction(1)}
    for its in plans:
        worker: dict[tuple[frozenset[Row], int, bool], Fraction] = defaultdict(Fraction)
        for order in its:
            sums = [0]
            for row in order:
                sums.append(sums[-1] + len(row))
            here = [Fraction(1), *(started(terms, n) for n, terms in enumerate(sums[1:], 1)), Fraction(0)]
            for n, (now, later) in enumerate(pairwise(here)):
                if now != later:
                    rows = frozenset(map(frozenset, order[:n]))
                    worker[rows, n, sums[n] == m] += (now - later) / len(its)
        union: dict[tuple[frozenset[Row], int, bool], Fraction] = defaultdict(Fraction)
        for ((a, n, whole), p), ((b, k, all_), q) in product(states.items(), worker.items()):
            union[a | b, n + k, whole or all_] += p * q
        states = union
    return sum((p for state, p in states.items() if recovered(m, *state)), Fraction(0))
