"""Python's functions against the tables that Coq computed from the definitions of the theorems."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from math import comb
from typing import Any

import numpy as np
import pytest
from flint import fmpz_poly

from paper_checks.claims.discussion import worst_case_rows
from paper_checks.theory import given_counts
from paper_checks.theory.given_counts import even_sets_given_counts, uncovered_sets_given_counts
from paper_checks.theory.lagrange import sum_weights
from paper_checks.theory.statements.stopping_sets import StoppingSets
from srtheory.conjectures.counts import spanning_probability
from srtheory.delays import Empirical
from srtheory.matrix import from_sets
from srtheory.model import Model
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.gradient import cyclic_weights
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import oracles
from srtheory.theory import designs, spanning
from srtheory.theory.by_scheme import arcs_bounds, parts_cyclic_bounds, parts_stream_bounds
from srtheory.theory.coverage import coverage_given_counts
from srtheory.theory.designs import least_uncovered, orders_bounds, uncovered_by_orders
from srtheory.theory.floor import closed_late
from srtheory.theory.spanning import Instant, block_weights
from srtheory.theory.startup import block_ends
from tests.proofs.conftest import PROOFS

TABLES = json.loads((PROOFS / "tables.json").read_text(encoding="utf-8"))
BLOCKS, ENDS, ENOUGH, RECEIVED, FIVE, COVERAGE, WAYS, GIVEN, CODES, ORDERS, PARTS, ARCS, *LAST = TABLES.values()
LATENCIES, BY_ROWS, GRADIENT, LAGRANGE, STOPPING = LAST
JUDGED = [(m, *rest) for m, _, _, *rest in RECEIVED] + [(5, *rest) for _, *rest in FIVE]  # m, rows, covered, recovered


def others(rows: list[Any], question: Callable[..., bool], *functions: Any) -> list[Any]:
    """Rows of which the functions are not right."""
    return [row for row in rows if not question(*row, *functions)]


def fractions(numerators: list[int], denominators: Any) -> list[Fraction]:
    return [Fraction(*pair) for pair in zip(numerators, denominators, strict=True)]


def receptions(m: int, d: int, counts: list[int], rows: Any, _covers: bool, _spans: bool, scheme: Any) -> bool:
    """What the scheme sends with its drawn orders replaced by j + 1, j + 2, … modulo m, the orders of the table."""
    full, found = scheme(m, d).emit(7, np.full(m, UNLIMITED)), []
    for j in range(m):
        sent = [full.rows.row(i).tolist() for i in np.flatnonzero(full.worker == j)]
        order = [symbol for row in sent[1:] for symbol in row]
        rename = {symbol: (j + i + 1) % m for i, symbol in enumerate(order)} | {j: j}
        found += [[rename[symbol] for symbol in row] for row in sent[: counts[j]]]
    return found == rows


def judged(m: int, rows: Any, covered: bool, recovered: bool, covers: Any, recovers: Any) -> bool:
    return (covers(from_sets(m, rows)), recovers(from_sets(m, rows))) == (covered, recovered)


def covers(rows: Any) -> bool:
    return len(set(rows.indices.tolist())) == rows.columns


def ways(m: int, d: int, b: int, *numbers: list[int]) -> bool:
    """Whether a worker's numbers of sets, over all, are near the floats of its blocks, which are right to 2^-52."""
    found = block_weights(block_ends(m, d), m)
    exact = [fractions(its, (comb(m - 1, w) for w in range(len(its)))) for its in numbers]
    pairs = chain(*(zip(*its, strict=True) for its in zip((found.even[b], found.missed[b]), exact, strict=True)))
    return all(abs(Fraction(x) - y) <= y / 2**52 for x, y in pairs)


def moments(m: int, d: int, counts: Any, a: Any, u: Any, places: Any, even: Any, missed: Any) -> bool:
    """Whether both are those of the closed form."""
    return (even(m, d, counts), missed(m, d, counts)) == (fractions(a, places), fractions(u, places))


def shares(m: int, d: int, counts: Any, codes: int, a: Any, u: Any, c: int, r: int, *functions: Any) -> bool:
    """Whether moments and probabilities are what the enumeration of all codes gives.

    Moments are 0 for sets of more symbols than there are silent workers.
    """
    even, missed, covered, recovered = (function(m, d, counts) for function in functions)
    sizes = [found + [Fraction(0)] * (m + 1 - len(found)) for found in (even, missed)]
    exact = [[Fraction(x, codes) for x in its] for its in (a, u)]
    return sizes == exact and (covered, recovered) == (Fraction(c, codes), Fraction(r, codes))


def by_rows(m: int, d: int, weights: list[int], even: Any, missed: Any, totals: list[int]) -> bool:
    """Whether moments by size of set and number of rows are in their bounds; the law is binomial, its floats exact."""
    received = np.array([sum(weights[b + 1 :]) for b in range(len(weights) - 1)]) / sum(weights)
    now = Instant(m, received, block_weights(block_ends(m, d), m))
    for numerators, each in ((even, now.weights.even), (missed, now.weights.missed)):
        exact = [[Fraction(x, total) for x in row] for row, total in zip(numerators, totals, strict=True)]
        low, high = now.coefficients(np.arange(m), each, 0, m * len(received))
        entries = zip(chain(*low.tolist()), chain(*exact), chain(*high.tolist()), strict=True)
        if not all(p <= x <= q for p, x, q in entries) or float((high - low).max()) > 1e-9:
            return False
    return True


def delays(weights: list[int]) -> Model:
    """Budgets of n terms with these weights at t = m + 1/2: a delay of m - n evaluation times."""
    m = len(weights) - 1
    return Model(m, None, 1.0, Empirical(np.repeat(np.arange(m, -1.0, -1.0), weights)))


def late_by_orders(orders: Any, weights: list[int], late: int, _terms: int, law: Any) -> bool:
    """Whether P(T > t) is that; 1 - F(t - (k + 1) tau) at the places k is a budget of at most k terms."""
    silent = [Fraction(sum(weights[: k + 1]), sum(weights)) for k in range(len(weights) - 1)]
    return law(tuple(map(tuple, orders)), silent) == Fraction(late, sum(weights) ** len(orders))


def bounds_of_orders(orders: Any, weights: list[int], late: int, terms: int, *functions: Any) -> bool:
    """Whether law and mean are in their intervals, and not below what is said to be the least of all orders."""
    covered, missed, least, fewest = functions
    model, t, outcomes = delays(weights), len(orders) + 0.5, sum(weights) ** len(orders)
    exact = Fraction(late, outcomes), Fraction(terms, outcomes)
    intervals = (covered(model, t, orders), 1 - exact[0]), (missed(model, t, orders), exact[1])
    inside = all(low <= x <= high for (low, high), x in intervals)
    return inside and exact[0] >= least(model, t) and exact[1] >= fewest(model, t)[0]


def parts(n: int, d: int, r: int, weights: list[int], numerator: int, law: Any) -> bool:
    """Whether the law of parts in cyclic order, or of arcs, is that of the program."""
    m = n * d + r
    low, high = law(replace(delays(weights), degree=d), m + 0.5)
    return low <= Fraction(numerator, sum(weights) ** m) <= high and high - low <= 1e-9


def gradient(m: int, s: int, j: int, negative: Any, sizes: Any, weights: Any) -> bool:
    """Whether the weights are those of the polynomial of the worker, up to one factor."""
    exact, found = [-size if minus else size for minus, size in zip(negative, sizes, strict=True)], weights(m, s, j)
    return len(found) == s + 1 and 0 not in found and len(set(fractions(exact, found))) == 1


def lagrange(p: int, nodes: Any, points: Any, degree: int, above: Any, below: Any, sums: Any, weights: Any) -> bool:
    """Whether the weights are the quotients, and it is right whether results are enough."""
    exact = None if any(sums) else [a * pow(b, -1, p) % p for a, b in zip(above, below, strict=True)]
    return weights(points, nodes, degree, p) == exact


def stopping_sets(m: int, sizes: Any, blocks: int, one: Any, other: Any, factors: Any) -> bool:
    """Whether the probabilities are the shares of sets, to within the error that their class states."""
    exact = [[n / comb(m - 1, u) for u, n in enumerate(numbers)] for numbers in (one, other)]
    found = [np.exp(its[blocks]) for its in factors(m, "/".join(map(str, sizes)), blocks)]
    return all(np.allclose(*pair, rtol=1e-11, atol=0) for pair in zip(found, exact, strict=True))


def stopping_factors(m: int, sizes: str, blocks: int) -> tuple[Any, Any]:
    return StoppingSets(m, sizes).factors(blocks)


SHARES = (even_sets_given_counts, uncovered_sets_given_counts, coverage_given_counts, spanning_probability)
OF_ORDERS = (orders_bounds, uncovered_by_orders, closed_late, least_uncovered)
even, missed, covered, recovered = SHARES
bounds_of, missed_by, closed, fewest = OF_ORDERS


def turned(orders: Any) -> Any:
    """The first worker's order from its end."""
    return (tuple(orders[0])[::-1], *map(tuple, orders[1:]))


def squared(law: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: law(*given) ** 2


Questions = list[tuple[list[Any], int, Callable[..., bool], tuple[Any, ...], list[tuple[Any, ...]]]]
QUESTIONS: Questions = [
    *(
        (ENDS, 1, lambda m, d, its, f: list(f(m, d)) == its, (block_ends,), [(lambda m, d: list(range(0, m, d)),)]),
        (ENOUGH, 1, lambda m, d, n, f: f(m, d) == n, (worst_case_rows,), [(lambda m, d: worst_case_rows(m, d) - 1,)]),
    ),
    (
        *(RECEIVED, 1000, receptions, (SumRecovery,)),
        [(lambda m, d: SumRecovery(m, d + 1),), (lambda m, d: SumRecovery(m, d, access=max(m - 1, 1)),)],
    ),
    (JUDGED, 1000, judged, (covers, oracles.spans), [(covers, covers), (oracles.spans, oracles.spans)]),
    (GIVEN, 1, moments, (even, missed), [(missed, missed), (even, even)]),
    (
        *(CODES, 1, shares, SHARES),
        [
            *((missed, missed, covered, recovered), (even, even, covered, recovered)),
            *((even, missed, squared(covered), recovered), (even, missed, covered, squared(recovered))),
        ],
    ),
    (ORDERS, 100, late_by_orders, (designs.late,), [(lambda design, q: designs.late(turned(design), q),)]),
    (
        *(ORDERS, 100, bounds_of_orders, OF_ORDERS),
        [
            (lambda model, t, orders: bounds_of(model, t, turned(orders[:1])), *OF_ORDERS[1:]),
            (bounds_of, lambda model, t, orders: fewest(model, t), closed, fewest),
            (bounds_of, missed_by, lambda model, t: closed(model, t - 1), fewest),
            (bounds_of, missed_by, closed, lambda model, t: missed_by(model, t, designs.opposite(int(t)))),
        ],
    ),
    (GRADIENT, 80, gradient, (cyclic_weights,), [(lambda m, s, j: cyclic_weights(m, s, (j + 1) % m),)]),
    (
        *(LAGRANGE, 1, lagrange, (sum_weights,)),
        [(lambda points, nodes, degree, p: sum_weights(points, [(b + 1) % p for b in nodes], degree, p),)],
    ),
    (
        *(STOPPING, 60, stopping_sets, (stopping_factors,)),
        [
            (lambda *given: stopping_factors(*given)[::-1],),
            (lambda m, sizes, blocks: stopping_factors(m, "1", blocks),),
        ],
    ),
    (PARTS, 30, parts, (parts_cyclic_bounds,), [(parts_stream_bounds,), (arcs_bounds,)]),
    (ARCS, 30, parts, (arcs_bounds,), [(parts_cyclic_bounds,)]),
]
"""Table, how many of its rows there are at least, question, right functions, and wrong ones."""


@pytest.mark.quality
@pytest.mark.parametrize(("rows", "least", "question", "right", "wrong"), QUESTIONS)
def test_functions_are_those_of_the_table_and_others_are_found(
    rows: list[Any], least: int, question: Callable[..., bool], right: tuple[Any, ...], wrong: list[tuple[Any, ...]]
) -> None:
    assert len(rows) >= least
    assert others(rows, question, *right) == []
    assert [its for its in wrong if others(rows, question, *its) == []] == []


@pytest.mark.quality
def test_weights_and_moments_are_those_of_the_table_and_a_changed_formula_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Odd intersections in place of even ones, and a block that is taken for a longer one."""
    assert others(WAYS, ways) == others(BY_ROWS, by_rows) == []
    assert {any(sums) for *_, sums in LAGRANGE} == {True, False}
    right, of_blocks = spanning.even_subsets, given_counts.even_ways
    monkeypatch.setattr(spanning, "even_subsets", lambda size: fmpz_poly([1, 1]) ** size - right(size))
    assert others(WAYS, ways)
    assert others(BY_ROWS, by_rows)
    longer = lambda m, ends, blocks: of_blocks(m, tuple(min(end + 1, m - 1) for end in ends), blocks)  # noqa: E731
    monkeypatch.setattr(given_counts, "even_ways", longer)
    assert others(GIVEN, moments, even, missed)
    assert others(CODES, shares, *SHARES)
