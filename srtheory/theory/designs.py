"""The best order of evaluation, for few terms: the mean latency of any design, exactly, and searches over designs.

A design gives each worker an order of all terms, as in :mod:`srtheory.theory.orders`. A worker sends each term at once,
and messages are free. By streaming dominance (docs/theory.md, 5.2) the minimum over all designs is the minimum over all
schemes whose plans do not depend on the delays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations
from math import expm1, lcm
from typing import TypeVar

from flint import arb

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.theory.numerics.balls import enclose

Order = tuple[int, ...]
Design = tuple[Order, ...]
Number = TypeVar("Number", Fraction, float, arb)
Scaled = TypeVar("Scaled", Fraction, int, float, arb)
MOST_LISTED = 4
"""Largest m of :func:`all_designs`: at m = 5 there are 9 million."""
MOST_TERMS = 12
"""Largest m of the means, which sum over 2^m sets."""


def cyclic(m: int) -> Design:
    """Return cyclic order: worker j has j, j + 1, ..., around the circle."""
    return tuple(tuple((j + k) % m for k in range(m)) for j in range(m))


def opposite(m: int) -> Design:
    """Return one order for the first half of the workers, rounded up, and the reversed one for the others."""
    up = tuple(range(m))
    return (up,) * (m - m // 2) + (up[::-1],) * (m // 2)


def staircase(m: int) -> Design:
    """Return the order of Amiri and Gunduz (arXiv 1810.09992): even workers go up from their number, odd ones down."""
    return tuple(tuple((j + (-k if j % 2 else k)) % m for k in range(m)) for j in range(m))


def by_bits(m: int) -> Design:
    """Return the Latin square in which worker j has the term j XOR k at place k; m is a power of 2."""
    if require_int("m", m) & (m - 1):
        raise ArgumentError("m", m, "a power of 2")
    return tuple(tuple(j ^ k for k in range(m)) for j in range(m))


def late(design: Design, silent: Sequence[Scaled]) -> Scaled:
    """Return P(T > t), where ``silent[k]`` = 1 - F(t - (k + 1) tau), in the arithmetic of these numbers.

    By inclusion and exclusion over the sets of unreported terms: a worker has reported none of a set if it has not
    reached the place of the first of them. Whole numbers n (1 - F) give n^W P(T > t), W being the number of workers.
    """
    return _late(_sets(design), silent)


def _late(sets: Iterable[tuple[int, Sequence[int]]], silent: Sequence[Scaled]) -> Scaled:
    total = silent[0] * 0
    for sign, places in sets:
        product = silent[0] * 0 + 1
        for place in places:
            product *= silent[place]
        total += sign * product
    return total


def lattice_mean(design: Design, startup: Mapping[int, Fraction]) -> Fraction:
    """Return E[T] in units of tau, for a start-up delay of k tau with probability ``startup[k]``."""
    if sum(startup.values()) != 1 or min(startup) < 0 or min(startup.values()) < 0:
        raise ArgumentError("startup", dict(startup), "probabilities of whole numbers from 0 on, with sum 1")
    m, whole = len(design[0]), lcm(*(Fraction(p).denominator for p in startup.values()))
    reached = [0]  # whole F((k - 1) tau)
    for k in range(max(startup) + 1):
        reached.append(reached[-1] + int(whole * startup.get(k, 0)))
    reached += [whole] * m
    sets = list(_sets(design))
    times = range(max(startup) + m + 1)
    total = sum(_late(sets, [whole - reached[max(t - k, 0)] for k in range(m)]) for t in times)
    return Fraction(total, whole ** len(design))


def exponential_mean(design: Design, load: float) -> tuple[float, float]:
    """Return mu E[T] at the load mu tau for exponential start-up delays of rate mu, as a rigorous interval.

    Between two multiples of tau the probability that nobody has reported a set is an exponential function of time,
    whose integral is known.
    """
    exact = arb(require_positive("load", load))
    return enclose(
        lambda: _exponential_mean(design, exact, lambda n: (-exact * n).exp(), lambda n: -(-exact * n).expm1())
    )


def exponential_cost(load: float) -> Callable[[Design], float]:
    """Return :func:`exponential_mean` in floats, as a cost for searches; its error is about 2^m roundings."""
    load = require_positive("load", load)
    from math import exp

    return lambda design: _exponential_mean(design, load, lambda n: exp(-load * n), lambda n: -expm1(-load * n))


def all_designs(m: int) -> Iterator[Design]:
    """Yield all designs of m workers, up to the names of terms and workers: one worker has the terms in order."""
    orders = list(permutations(range(require_int("m", m, 1, MOST_LISTED))))
    yield from ((orders[0], *others) for others in combinations_with_replacement(orders, m - 1))


def best(designs: Iterable[Design], cost: Callable[[Design], Number]) -> tuple[Number, Design]:
    """Return the least cost of these designs, and the first design that has it."""
    return min(((cost(design), design) for design in designs), key=lambda found: found[0])


def descend(design: Design, cost: Callable[[Design], Number]) -> tuple[Number, Design]:
    """Return a local minimum: no exchange of two terms in one order, reversal or copy of an order costs less.

    From the design given, the first change that costs less is made, until there is none.
    """
    least, now = cost(design), design
    found = True
    while found:
        found = False
        for change in _changes(now):
            if (value := cost(change)) < least:
                least, now, found = value, change, True
                break
    return least, now


def _changes(design: Design) -> Iterator[Design]:
    for j, order in enumerate(design):
        for a, b in combinations(range(len(order)), 2):
            other = list(order)
            other[a], other[b] = other[b], other[a]
            yield (*design[:j], tuple(other), *design[j + 1 :])
        for other_order in dict.fromkeys([order[::-1], *design, *(its[::-1] for its in design)]):
            if other_order != order:
                yield (*design[:j], other_order, *design[j + 1 :])


def _sets(design: Design) -> Iterator[tuple[int, list[int]]]:
    """Yield 1 or -1 and the first place, in each order, of each nonempty set of terms."""
    m = len(design[0])
    if m > MOST_TERMS or any(sorted(order) != list(range(m)) for order in design):
        raise ArgumentError("design", design, f"permutations of at most {MOST_TERMS} terms")
    first = [[m] * (1 << m) for _ in design]
    for its, order in zip(first, design, strict=True):
        for place in range(m - 1, -1, -1):
            bit = 1 << order[place]
            for others in range(1 << m):
                if others & bit:
                    its[others] = place
    for chosen in range(1, 1 << m):
        yield (1 if chosen.bit_count() % 2 else -1), [its[chosen] for its in first]


def _exponential_mean(
    design: Design, load: Number, falling: Callable[[int], Number], risen: Callable[[int], Number]
) -> Number:
    """Return mu E[T]; ``falling`` and ``risen`` are n -> exp(-load n) and 1 - exp(-load n)."""
    m, total = len(design[0]), load * 0
    fallen, rising = ([f(n) for n in range(len(design) * m + 1)] for f in (falling, risen))
    for sign, places in _sets(design):
        begun = ended = 0  # workers that may have reached the set, and the sum of their places
        for k in range(m + 1):
            more = places.count(k - 1)
            begun, ended = begun + more, ended + more * k
            if not begun:
                total += sign * load
            elif k < m:
                total += sign * fallen[begun * k - ended] * rising[begun] / begun
            else:
                total += sign * fallen[begun * k - ended] / begun
    return total
