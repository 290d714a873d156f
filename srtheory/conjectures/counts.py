"""Few symbols, exactly: the probability that rows span 1 given each worker's number of rows, and E[T] in closed form.

A worker that has sent anything has sent its own symbol alone. So the received rows span 1 iff the blocks, restricted to
the symbols of the inactive workers, span 1 there: each block may be cleared of the other symbols. Likewise the rank is
the number of senders plus the rank of the restricted blocks. Few inactive workers leave few columns, many leave few
senders, and the random set of restricted blocks has few values. Its distribution is computed worker by worker, in
integers.

With exponential start-up delays of rate mu and q = e^{-mu tau}, every row arrives at X_j plus an integer multiple of
tau. In the a-th interval of length tau a worker has sent its n-th symbol with probability 1 - v q^{a-e}, where e is the
symbol's cost in terms and v goes from 1 down to q along the interval. So P(T > t) is a polynomial in v and q with
rational coefficients, and

    mu E[T] = y + R(q),   y = mu tau,   R a polynomial over Q

(y is the first interval, before which nothing can arrive). R(1) = 1/m and R(0) = H_m, the m-th harmonic number: for tau
-> 0 the first worker computes everything, for tau -> inf each worker computes its own symbol.

Comparison with a bound c y d + 1 (in units of 1/mu) is exact. For rational y > 0 the two sides never meet unless R is
constant (q is transcendental, by Lindemann), so ball arithmetic decides; for all y at once the interval is bisected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache, reduce
from itertools import combinations, combinations_with_replacement
from math import comb, factorial
from operator import or_
from typing import NamedTuple, TypeVar

import numpy as np
from flint import arb, arb_poly, ctx, fmpq, fmpq_poly

from srtheory.conjectures.case import columns, rank_and_span
from srtheory.errors import ArgumentError, require_int
from srtheory.theory.startup import block_ends, require_degree, require_symbols

K = TypeVar("K")


def never() -> None:
    """Do nothing: a tick that never ends the computation."""


Blocks = tuple[int, ...]
"""Blocks of a sender in order, restricted to the inactive symbols, as masks."""


class Ways(NamedTuple):
    """Number of ways in which a set of restricted blocks arises."""

    number: int
    """In how many ways all senders can choose their blocks, in order."""
    example: tuple[Blocks, ...]
    """One of them: each sender's restricted blocks."""


Law = Mapping[int, Ways]
"""Number of ways to each set of restricted blocks; bit ``b`` of the set's number means that it contains the mask ``b``.
"""


def covering_probability(symbols: int, degree: int, counts: Sequence[int]) -> Fraction:
    """Return P(the rows cover all symbols) given the counts. Arguments as for :func:`spanning_probability`."""
    silent, law = law_given_counts(symbols, degree, counts)
    return _share(law, lambda state: reduce(or_, columns(state), 0) == (1 << silent) - 1)


def spanning_probability(symbols: int, degree: int, counts: Sequence[int], field: str = "Q") -> Fraction:
    """Return P(the rows span 1), as an exact rational, when worker j of an SR code has sent ``counts[j]`` rows.

    ``counts``: m numbers, from 0 to the number of rows that a worker has; m >= 1, d >= 1. Milliseconds up to m = 8.
    Time and memory grow with the number of sets of subsets of the inactive symbols.
    """
    silent, law = law_given_counts(symbols, degree, counts)
    return _share(law, lambda state: _spans(silent, state, field))


def law_given_counts(
    symbols: int, degree: int, counts: Sequence[int], tick: Callable[[], None] = never
) -> tuple[int, Law]:
    """Return the number of inactive workers, and the distribution of the others' set of restricted blocks.

    Counts are taken ascending. ``tick`` is called every few milliseconds. An exception that it raises ends the
    computation. Other arguments, errors and complexity as for :func:`spanning_probability`.
    """
    sizes = block_sizes(require_symbols(symbols), require_degree(degree))
    if len(counts) != symbols:
        raise ArgumentError("counts", len(counts), f"a list of {symbols} integers")
    received = sorted(require_int(f"counts[{j}]", n, 0, len(sizes) + 1) for j, n in enumerate(counts))
    silent = received.count(0)
    return silent, _joint(symbols, silent, tuple(sizes[: n - 1] for n in received if n), tick)


@lru_cache(maxsize=1_000)
def block_sizes(symbols: int, degree: int) -> tuple[int, ...]:
    """Return the sizes of a worker's blocks in order; the last holds what is left."""
    return tuple(np.diff(block_ends(symbols, degree)).tolist())


def _share(law: Law, test: Callable[[int], bool]) -> Fraction:
    good = sum(ways.number for state, ways in law.items() if test(state))
    return Fraction(good, sum(ways.number for ways in law.values()))


@lru_cache(maxsize=1_000_000)
def _spans(silent: int, state: int, field: str) -> bool:
    return silent == 0 or rank_and_span(silent, columns(state), field)[1]


@lru_cache(maxsize=200)
def _joint(symbols: int, silent: int, senders: tuple[tuple[int, ...], ...], tick: Callable[[], None]) -> Law:
    """Return the distribution of the set of restricted blocks of several senders, each with its block sizes."""
    if not senders:
        return {0: Ways(1, ())}
    numbers: dict[int, int] = {}
    examples: dict[int, tuple[Blocks, ...]] = {}
    last = _one_sender(symbols, silent, senders[-1])
    latest = [(more, *now) for more, now in last.items()]
    for state, (number, example) in _joint(symbols, silent, senders[:-1], tick).items():
        tick()
        for more, times, own in latest:
            union = state | more
            if union in numbers:
                numbers[union] += number * times
            else:
                numbers[union], examples[union] = number * times, example + own
    return dict(zip(numbers, map(Ways, numbers.values(), examples.values()), strict=True))


@lru_cache(maxsize=1_000)
def _one_sender(symbols: int, silent: int, sizes: tuple[int, ...]) -> Law:
    """Return the distribution of one sender's restricted blocks."""
    left = {((1 << silent) - 1, symbols - 1 - silent, 0): Ways(1, ((),))}
    for size in sizes:
        after: dict[tuple[int, int, int], Ways] = {}
        for (free, others, state), ways in left.items():
            for inside in range(max(0, size - others), min(size, free.bit_count()) + 1):
                number = ways.number * comb(others, size - inside)
                for chosen in combinations(columns(free), inside):
                    block = sum(1 << c for c in chosen)
                    key = free & ~block, others - size + inside, state | (1 << block if block else 0)
                    _add(after, key, number, ((*ways.example[0], block),))
        left = after
    law: dict[int, Ways] = {}
    for (_, _, state), ways in left.items():
        _add(law, state, ways.number, ways.example)
    return law


def _add(law: dict[K, Ways], key: K, number: int, example: tuple[Blocks, ...]) -> None:
    known = law.get(key)
    law[key] = Ways(number, example) if known is None else Ways(known.number + number, known.example)


# -------------------------------------------------------------------------------------------------- E[T] in closed form

_Q = fmpq_poly([0, 1])
PRECISION = 256
"""Precision of ball arithmetic in bits."""
DEEPEST = 24
"""Largest number of halvings of an interval before a comparison is abandoned."""


@cache
def latency_polynomial(symbols: int, degree: int) -> fmpq_poly:
    """Return R with mu E[T] = mu tau + R(e^{-mu tau}), T the time when the received rows span 1.

    Seconds up to m = 8; d = 1 (where to span is to cover) takes any m.
    """
    m, d = require_int("symbols", symbols), require_int("degree", degree)
    if d == 1:
        return coverage_polynomial(m, 1)
    costs = [1 + c for c in block_ends(m, d).tolist()]
    total = fmpq_poly()
    for counts in combinations_with_replacement(range(len(costs)), m):  # a complete worker spans
        if 0 in counts:
            missing = 1 - spanning_probability(m, d, counts)
            if missing:
                total += _fmpq(missing) * arrangements(counts) * _time_at(counts, costs)
    return total


@cache
def coverage_polynomial(symbols: int, degree: int) -> fmpq_poly:
    """Return the same for the time when all symbols are covered, a lower bound on T, for any m."""
    m, d = require_int("symbols", symbols), require_int("degree", degree)
    covers = block_ends(m, d).tolist()
    costs = [1 + c for c in covers]
    total = fmpq_poly()
    for a in range(1, m + 1):
        seen = _seen(costs, a)
        silent = _Q ** (a - 1)  # P(no row yet) / v
        for k in range(1, m + 1):
            # A sender misses k silent symbols with probability w_b; P(silent) + sum_b P(b) w_b = constant + slope v.
            weights = [fmpq(comb(m - 1 - k, covers[b]), comb(m - 1, covers[b])) if k < m else 0 for b in range(seen)]
            slope = silent
            for b in range(seen):
                before = weights[b - 1] if b else 0
                slope += (before - weights[b]) * _Q ** (a - costs[b])
            term = _integral(_linear_power(weights[-1], slope, m - k), k, a == m)
            total += (-1) ** (k + 1) * comb(m, k) * silent**k * term
    return total


def expected_latency(polynomial: fmpq_poly, y: Fraction) -> arb:
    """Return a ball around mu E[T] at mu tau = y."""
    with ctx.workprec(PRECISION):
        return arb(_fmpq(y)) + _at(polynomial, (-arb(_fmpq(y))).exp())


def violates(polynomial: fmpq_poly, slope: int, y: Fraction) -> bool:
    """Return whether mu E[T] > slope y + 1 at mu tau = y is certain."""
    with ctx.workprec(PRECISION):
        return bool(expected_latency(polynomial, y) > slope * _fmpq(y) + 1)


def holds_everywhere(polynomial: fmpq_poly, slope: int) -> bool:
    """Return whether mu E[T] <= slope y + 1 is proved for all y > 0 (slope >= 1): bisection over q in [0, 1]."""
    stack = [(0, 0)]  # i and depth: the q from i / 2^depth to (i + 1) / 2^depth
    with ctx.workprec(PRECISION):
        while stack:
            i, depth = stack.pop()
            low, high = arb(fmpq(i, 2**depth)), arb(fmpq(i + 1, 2**depth))
            # y = -ln q is at least -ln high
            if 1 - (slope - 1) * high.log() >= _at(polynomial, low.union(high)):
                continue
            if depth == DEEPEST:
                return False
            stack += [(2 * i, depth + 1), (2 * i + 1, depth + 1)]
    return True


def simplest_violation(polynomial: fmpq_poly, slope: int) -> Fraction | None:
    """Return the y = mu tau with mu E[T] > slope y + 1 of least denominator, then numerator, up to 1/12 and 12."""
    return next((y for y in _rationals(12, 12) if violates(polynomial, slope, y)), None)


def _rationals(denominator: int, largest: int) -> Iterator[Fraction]:
    for q in range(1, denominator + 1):
        yield from (y for p in range(1, largest * q + 1) if (y := Fraction(p, q)).denominator == q)


def _at(polynomial: fmpq_poly, q: arb) -> arb:
    return arb_poly([arb(c) for c in polynomial.coeffs()])(q)


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def arrangements(counts: tuple[int, ...]) -> int:
    """Return the number of count vectors with these counts in some order."""
    ways = factorial(len(counts))
    for repeats in Counter(counts).values():
        ways //= factorial(repeats)
    return ways


def _time_at(counts: tuple[int, ...], costs: list[int]) -> fmpq_poly:
    """Return the mean time, after the first interval, in which each worker j has sent exactly ``counts[j]`` rows."""
    m, total = len(counts), fmpq_poly()
    for a in range(1, m + 1):
        seen = _seen(costs, a)
        if max(counts) > seen:
            continue
        product, power = fmpq_poly([1]), 0
        for n in counts:
            if n < seen:  # v (q^{a - e_{n+1}} - q^{a - e_n}), without the second term for n = 0
                product *= _Q ** (a - costs[n]) - (_Q ** (a - costs[n - 1]) if n else 0)
                power += 1
        rest = _linear_power(1, -(_Q ** (a - costs[seen - 1])), m - power)
        total += product * _integral(rest, power, a == m)
    return total


def _seen(costs: list[int], a: int) -> int:
    """Return the rows that a worker without start-up delay has sent at a tau, a >= 1: at least its own symbol."""
    return sum(cost <= a for cost in costs)


def _linear_power(constant: object, slope: object, exponent: int) -> list[fmpq_poly]:
    """Return coefficients, in powers of v, of (constant + slope v)^exponent."""
    one = fmpq_poly([1])
    return [comb(exponent, i) * (one * constant) ** (exponent - i) * (one * slope) ** i for i in range(exponent + 1)]


def _integral(coefficients: list[fmpq_poly], power: int, last: bool) -> fmpq_poly:
    """Integrate v^power times the polynomial in v over an interval; dt = -dv/v, v from 1 to q, or to 0 in the last.

    The term without v is 0 except in the first interval, which is not here: with v = 0 all workers have started.
    """
    total = fmpq_poly()
    for i, coefficient in enumerate(coefficients):
        k = power + i
        if k:
            total += coefficient * (1 if last else 1 - _Q**k) / k
    return total
