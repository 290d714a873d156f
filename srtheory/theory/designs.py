"""The best order of evaluation: the mean latency of any design for few terms, searches, and bounds over all orders.

A design gives each worker an order of all terms: worker j evaluates the k-th by X_j + k tau, and sends each at once,
for free. By streaming dominance (docs/proofs/theory.md, 5.2) no scheme recovers the sum before every term is covered,
so that the minimum over all designs is the minimum over all schemes whose plans do not depend on the delays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import combinations, combinations_with_replacement, permutations
from math import expm1, lcm
from typing import TypeVar

import numpy as np
from flint import arb

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import COUNTS, Model, depends_on
from srtheory.theory.numerics.balls import enclose
from srtheory.theory.rows import monotone
from srtheory.theory.startup import reached, require_symbols
from srtheory.types import Floats

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


# ------------------------------------------------------------------------ bounds over all orders of any number of terms

Orders = Sequence[Sequence[int]]
MOST_IN_ORDERS = 16
"""Largest m of :func:`orders_bounds`, whose cost is m^2 2^m."""


@depends_on("silent")
def least_uncovered(model: Model, t: float) -> tuple[float, float]:
    """Return m prod_{k=1..m} (1 - F(t - k tau)), the least expected number of uncovered terms over all orders.

    Let term l stand n_lk times at place k. It is uncovered with probability exp(sum_k n_lk ln(1 - F(t - k tau))), and
    the mean of this over l is least, by convexity, where the exponent is the same for all l; as sum_l n_lk = m, that is
    the product. Orders in which each term stands once at each place, Latin squares, reach it. Uniformly random orders
    leave m (1 - mean_k F(t - k tau))^m, which is more. A rigorous interval.
    """
    m = require_symbols(model.symbols)
    return _decreasing(model, lambda silent: m * _product(silent), t, m)


@depends_on("silent")
def uncovered_by_orders(model: Model, t: float, orders: Orders) -> tuple[float, float]:
    """Bound the expected number of terms that no worker has evaluated by t in these orders."""
    m = _require_orders(orders, model)
    places = [[order.index(term) for order in orders] for term in range(m)]

    def law(silent: list[arb]) -> arb:
        return sum((_product([silent[k] for k in where]) for where in places), arb(0))

    return _decreasing(model, law, t, m)


@depends_on("silent", COUNTS)
def orders_bounds(model: Model, t: float, orders: Orders) -> tuple[float, float]:
    """Return P(T <= t) when worker j sends single terms in the order ``orders[j]``, as a rigorous interval.

    One permutation of 0 .. m - 1 for each of any number of workers, m at most :data:`MOST_IN_ORDERS`. Worker by worker
    over all sets of covered terms: O(workers m 2^m) ball operations.
    """
    m = _require_orders(orders, model)
    if m > MOST_IN_ORDERS:
        raise ArgumentError("orders", m, f"orders of at most {MOST_IN_ORDERS} terms")
    prefixes = [np.append(0, np.cumsum([1 << term for term in order])).tolist() for order in orders]

    def law(received: Floats) -> arb:
        reached = [arb(1), *(arb(float(f)) for f in received), arb(0)]
        weights = [reached[k] - reached[k + 1] for k in range(m + 1)]
        covered = [arb(1)] + [arb(0)] * ((1 << m) - 1)
        for prefix in prefixes:
            after = [arb(0)] * len(covered)
            for done, p in enumerate(covered):
                for mask, weight in zip(prefix, weights, strict=True):
                    after[done | mask] += p * weight
            covered = after
        return covered[-1]

    return monotone(model, law, t, np.arange(m))


def _decreasing(model: Model, law: Callable[[list[arb]], arb], t: float, m: int) -> tuple[float, float]:
    """Enclose a function of the 1 - F(t - k tau), k = 1 .. m, that does not decrease with any of them."""
    low, high = reached(model, t, np.arange(1, m + 1))

    def silent(received: Floats) -> list[arb]:
        return [1 - arb(float(f)) for f in received]

    return max(enclose(lambda: law(silent(high)))[0], 0.0), enclose(lambda: law(silent(low)))[1]


def _product(factors: Sequence[arb]) -> arb:
    return reduce(lambda a, b: a * b, factors, arb(1))


def _require_orders(orders: Orders, model: Model) -> int:
    """Return the number of terms, that of the model, if each order is a permutation of them."""
    if not len(orders):
        raise ArgumentError("orders", orders, "an order for at least one worker")
    m = model.symbols
    for j, order in enumerate(orders):
        if sorted(order) != list(range(m)):
            raise ArgumentError(f"orders[{j}]", order, f"a permutation of the {m} terms")
    return m
