"""Python's functions against the tables that Coq computed from the definitions of the theorems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from math import comb
from typing import Any

import numpy as np
import pytest
from flint import fmpz_poly

from paper_checks.claims.discussion import worst_case_rows
from paper_checks.theory.lagrange import sum_weights
from paper_checks.theory.statements.stopping_sets import StoppingSets
from srtheory.conjectures.span_given_counts import spanning_probability
from srtheory.delays import Empirical
from srtheory.model import Model
from srtheory.rows import from_sets
from srtheory.schemes.base import UNLIMITED, Scheme
from srtheory.schemes.gradient import cyclic_weights
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.oracles import rational
from srtheory.theory import designs, enumerator, given_counts
from srtheory.theory.blocks import block_ends
from srtheory.theory.enumerator import Instant, block_weights
from srtheory.theory.floor import closed_late
from srtheory.theory.given_counts import even_sets_given_counts, spanning_given_counts, uncovered_sets_given_counts
from srtheory.theory.laws.both_ends import terms_pairs_bounds
from srtheory.theory.laws.coverage import coverage_given_counts
from srtheory.theory.laws.intervals import arcs_bounds
from srtheory.theory.laws.streaming import parts_cyclic_bounds, parts_stream_bounds
from srtheory.theory.orders import least_uncovered, orders_bounds, uncovered_by_orders
from tests.proofs.conftest import PROOFS

TABLES = json.loads((PROOFS / "tables.json").read_text(encoding="utf-8"))
BLOCKS, ENDS, ENOUGH, RECEIVED, FIVE, COVERAGE, WAYS, GIVEN, CODES, ORDERS, PARTS, ARCS, *LAST = TABLES.values()
LATENCIES, BY_ROWS, GRADIENT, LAGRANGE, STOPPING = LAST
JUDGED = [(m, *rest) for m, _, _, *rest in RECEIVED] + [(5, *rest) for _, *rest in FIVE]  # m, rows, covered, recovered


def other_blocks(number: Callable[[int, int], int]) -> list[Any]:
    return [row for row in BLOCKS if number(row[0], row[1]) != row[2]]


def other_ends(ends: Callable[[int, int], Any]) -> list[Any]:
    return [row for row in ENDS if list(ends(row[0], row[1])) != row[2]]


def other_bounds(enough: Callable[[int, int], int]) -> list[Any]:
    return [row for row in ENOUGH if enough(row[0], row[1]) != row[2]]


def other_laws(law: Callable[[int, int, list[int]], Fraction]) -> list[Any]:
    return [row for row in COVERAGE if law(*row[:3]) != Fraction(row[3], row[4])]


def other_receptions(scheme: Callable[[int, int], Scheme]) -> list[Any]:
    return [row for row in RECEIVED if rotated(scheme(row[0], row[1]), row[0], row[1], row[2]) != row[3]]


def rotated(scheme: Scheme, m: int, d: int, counts: list[int]) -> list[list[int]]:
    """What the scheme sends with its drawn orders replaced by j + 1, j + 2, … modulo m, the orders of the table."""
    full = scheme.emit(7, np.full(m, UNLIMITED))
    rows: list[list[int]] = []
    for j in range(m):
        sent = [full.rows.row(i).tolist() for i in np.flatnonzero(full.worker == j)]
        order = [symbol for row in sent[1:] for symbol in row]
        rename = {symbol: (j + i + 1) % m for i, symbol in enumerate(order)} | {j: j}
        rows += [[rename[symbol] for symbol in row] for row in sent[: counts[j]]]
    return rows


def other_verdicts(spans: Callable[[Any], bool]) -> list[Any]:
    return [row for row in JUDGED if spans(from_sets(row[0], row[1])) != row[3]]


def other_coverage(covers: Callable[[Any], bool]) -> list[Any]:
    return [row for row in JUDGED if covers(from_sets(row[0], row[1])) != row[2]]


def covers(rows: Any) -> bool:
    return len(set(rows.indices.tolist())) == rows.columns


def other_weights() -> list[Any]:
    """Rows that the floats of a worker's blocks miss by more than they say: 2^-52."""
    return [row for row in WAYS if not all(near(*pair) for pair in weights_of(*row))]


def weights_of(m: int, d: int, b: int, even: list[int], missed: list[int]) -> Iterator[tuple[float, Fraction]]:
    """Python's weights beside Coq's numbers of sets, over all."""
    found = block_weights(block_ends(m, d), m)
    for numbers, floats in ((even, found.even[b]), (missed, found.missed[b])):
        yield from zip(floats, (Fraction(k, comb(m - 1, w)) for w, k in enumerate(numbers)), strict=True)


def near(found: float, exact: Fraction) -> bool:
    return abs(Fraction(found) - exact) <= exact / 2**52


Given = tuple[int, int, list[int]]
Moments = Callable[[int, int, list[int]], list[Fraction]]
Law = Callable[[int, int, list[int]], Fraction]


def other_moments(even: Moments, missed: Moments) -> list[Given]:
    """Counts for which either moment is not that of the closed form."""
    return [
        (m, d, counts)
        for m, d, counts, a, u, places in GIVEN
        if even(m, d, counts) != [Fraction(*x) for x in zip(a, places, strict=True)]
        or missed(m, d, counts) != [Fraction(*x) for x in zip(u, places, strict=True)]
    ]


def other_shares(even: Moments, missed: Moments, covered: Law, recovered: Law) -> list[Given]:
    """Counts for which one of these is not what the enumeration of all codes gives."""
    return [
        (m, d, counts)
        for m, d, counts, codes, a, u, c, r in CODES
        if all_sizes(even(m, d, counts), m) != [Fraction(x, codes) for x in a]
        or all_sizes(missed(m, d, counts), m) != [Fraction(x, codes) for x in u]
        or (covered(m, d, counts), recovered(m, d, counts)) != (Fraction(c, codes), Fraction(r, codes))
    ]


def all_sizes(moments: list[Fraction], m: int) -> list[Fraction]:
    """With those of 0 for sets of more symbols than there are silent workers."""
    return moments + [Fraction(0)] * (m + 1 - len(moments))


def outside(interval: Callable[[int, int, list[int]], tuple[Fraction, Fraction]]) -> list[Any]:
    """Counts for which the share of codes that recover is not in the interval that is said to hold it."""
    bounds = ((interval(*row[:3]), Fraction(row[7], row[3]), row) for row in CODES)
    return [row[:3] for (low, high), share, row in bounds if not low <= share <= high]


def outside_by_rows() -> list[Any]:
    """Schemes whose moments jointly with the number of rows are outside of their bounds, or these far from them."""
    return [row[:2] for row in BY_ROWS if not all(holds(*bounds) for bounds in bounds_by_rows(*row))]


def bounds_by_rows(
    m: int, d: int, weights: list[int], even: list[Any], missed: list[Any], totals: list[int]
) -> Iterator[tuple[list[list[Fraction]], Any, Any]]:
    """Coq's moments by size of set and number of rows, and Python's bounds; the law is binomial, its floats exact."""
    received = np.array([sum(weights[b + 1 :]) for b in range(len(weights) - 1)]) / sum(weights)
    now = Instant(m, received, block_weights(block_ends(m, d), m))
    for numerators, each in ((even, now.weights.even), (missed, now.weights.missed)):
        exact = [[Fraction(x, total) for x in row] for row, total in zip(numerators, totals, strict=True)]
        yield exact, *now.coefficients(np.arange(m), each, 0, m * len(received))


def holds(exact: list[list[Fraction]], low: Any, high: Any) -> bool:
    entries = zip(chain(*low.tolist()), chain(*exact), chain(*high.tolist()), strict=True)
    return all(p <= x <= q for p, x, q in entries) and float((high - low).max()) <= 1e-9


Orders = list[list[int]]


def silent(weights: list[int]) -> list[Fraction]:
    """1 - F(t - (k + 1) tau) at the places k: a budget of at most k terms."""
    return [Fraction(sum(weights[: k + 1]), sum(weights)) for k in range(len(weights) - 1)]


def delays(weights: list[int]) -> Model:
    """Budgets of n terms with these weights at t = m + 1/2: a delay of m - n evaluation times."""
    m = len(weights) - 1
    return Model(m, None, 1.0, Empirical(np.repeat(np.arange(m, -1.0, -1.0), weights)))


def other_late(late: Callable[[designs.Design, list[Fraction]], Fraction]) -> list[Any]:
    """Orders for which P(T > t) is not that of the program."""
    return [
        row
        for row in ORDERS
        if late(tuple(map(tuple, row[0])), silent(row[1])) != Fraction(row[2], sum(row[1]) ** len(row[0]))
    ]


def other_bounds_of_orders(
    covered: Callable[[Model, float, Orders], tuple[float, float]],
    missed: Callable[[Model, float, Orders], tuple[float, float]],
    least: Callable[[Model, float], float],
    fewest: Callable[[Model, float], tuple[float, float]],
) -> list[Any]:
    """Orders whose law or mean is not in its interval, or lies below what is said to be the least of all orders."""
    wrong = []
    for orders, weights, late, terms in ORDERS:
        model, t, all_outcomes = delays(weights), len(orders) + 0.5, sum(weights) ** len(orders)
        late, terms = Fraction(late, all_outcomes), Fraction(terms, all_outcomes)
        intervals = (covered(model, t, orders), 1 - late), (missed(model, t, orders), terms)
        within = all(low <= exact <= high for (low, high), exact in intervals)
        if not within or late < least(model, t) or terms < fewest(model, t)[0]:
            wrong.append((orders, weights))
    return wrong


def other_parts(law: Callable[[Model, float], tuple[float, float]], parts: list[Any] = PARTS) -> list[Any]:
    """Laws of parts in cyclic order, or of arcs, that are not those of the program."""
    wrong = []
    for n, d, r, weights, numerator in parts:
        m = n * d + r
        low, high = law(replace(delays(weights), degree=d), m + 0.5)
        if not (low <= Fraction(numerator, sum(weights) ** m) <= high and high - low <= 1e-9):
            wrong.append((m, d, weights))
    return wrong


def other_means(mean: Callable[[designs.Design, dict[int, Fraction]], Fraction]) -> list[Any]:
    half = {0: Fraction(1, 2), 4: Fraction(1, 2)}
    return [row for row in LATENCIES if mean(tuple(map(tuple, row[0])), half) != Fraction(row[1], 16)]


UNEQUAL = ((0, 1, 2), (1, 0, 2), (2, 0, 1))
"""Orders from both ends of a cell of two terms, and of one term with one worker, which goes to the right."""


def other_cells(law: Callable[..., tuple[float, float]]) -> list[Any]:
    """Laws of one cell from both ends, of two cells and of cells of one term that the program's orders do not have."""
    wrong = []
    for orders, weights, late, _ in ORDERS:
        m = len(orders)
        both_ends = [(1, designs.opposite(m)), (m, designs.cyclic(m)), (2, UNEQUAL)]
        for cells, design in both_ends:
            if tuple(map(tuple, orders)) == design:
                low, high = law(delays(weights), m + 0.5, cells=cells)
                wrong += [] if low <= 1 - Fraction(late, sum(weights) ** m) <= high else [(orders, weights)]
    return wrong


def other_gradient_weights(weights: Callable[[int, int, int], list[int]]) -> list[Any]:
    """Weights that are not those of the polynomial of the worker, up to one factor."""
    wrong = []
    for m, s, j, negative, sizes in GRADIENT:
        exact = [-size if minus else size for minus, size in zip(negative, sizes, strict=True)]
        found = weights(m, s, j)
        if len(found) != s + 1 or 0 in found or len({Fraction(*pair) for pair in zip(exact, found, strict=True)}) > 1:
            wrong.append((m, s, j))
    return wrong


def other_lagrange_weights(weights: Callable[[list[int], list[int], int, int], list[int] | None]) -> list[Any]:
    """Results of which the weights are not the quotients, or of which it is not right whether they are enough."""
    wrong = []
    for p, nodes, points, degree, numerators, denominators, sums in LAGRANGE:
        found, quotients = weights(points, nodes, degree, p), zip(numerators, denominators, strict=True)
        exact = None if any(sums) else [a * pow(b, -1, p) % p for a, b in quotients]
        wrong += [] if found == exact else [(p, nodes, points, degree)]
    return wrong


def other_stopping_sets(factors: Callable[[int, str, int], tuple[Any, Any]]) -> list[Any]:
    """Blocks of which the probabilities are not the shares of sets, to within the error that their class states."""
    wrong = []
    for m, sizes, blocks, *counts in STOPPING:
        found = factors(m, "/".join(map(str, sizes)), blocks)
        for logarithms, numbers in zip(found, counts, strict=True):
            shares = [n / comb(m - 1, u) for u, n in enumerate(numbers)]
            if not np.allclose(np.exp(logarithms[blocks]), shares, rtol=1e-11, atol=0):
                wrong.append((m, sizes, blocks))
    return wrong


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


Questions = list[tuple[list[Any], int, Callable[..., list[Any]], tuple[Any, ...], list[tuple[Any, ...]]]]
QUESTIONS: Questions = [
    (BLOCKS, 1, other_blocks, (lambda m, d: len(block_ends(m, d)) - 1,), [(lambda m, d: (m - 1) // d,)]),
    (ENDS, 1, other_ends, (block_ends,), [(lambda m, d: list(range(0, m, d)),)]),
    (ENOUGH, 1, other_bounds, (worst_case_rows,), [(lambda m, d: worst_case_rows(m, d) - 1,)]),
    (
        *(RECEIVED, 1000, other_receptions, (SumRecovery,)),
        [(lambda m, d: SumRecovery(m, d + 1),), (lambda m, d: SumRecovery(m, d, access=max(m - 1, 1)),)],
    ),
    (JUDGED, 1000, other_coverage, (covers,), [(rational.spans,)]),
    (JUDGED, 1000, other_verdicts, (rational.spans,), [(covers,)]),
    (COVERAGE, 100, other_laws, (coverage_given_counts,), [(squared(coverage_given_counts),)]),
    (GIVEN, 1, other_moments, (even, missed), [(missed, missed), (even, even)]),
    (
        *(CODES, 1, other_shares, SHARES),
        [
            *((missed, missed, covered, recovered), (even, even, covered, recovered)),
            *((even, missed, squared(covered), recovered), (even, missed, covered, squared(recovered))),
        ],
    ),
    (
        *(CODES, 1, outside, (spanning_given_counts,)),
        [(lambda *given: (recovered(*given) ** 2,) * 2,)],
    ),
    (ORDERS, 100, other_late, (designs.late,), [(lambda design, q: designs.late(turned(design), q),)]),
    (
        *(ORDERS, 100, other_bounds_of_orders, OF_ORDERS),
        [
            (lambda model, t, orders: bounds_of(model, t, turned(orders[:1])), *OF_ORDERS[1:]),
            (bounds_of, lambda model, t, orders: fewest(model, t), closed, fewest),
            (bounds_of, missed_by, lambda model, t: closed(model, t - 1), fewest),
            (bounds_of, missed_by, closed, lambda model, t: missed_by(model, t, designs.opposite(int(t)))),
        ],
    ),
    (LATENCIES, 1, other_means, (designs.lattice_mean,), [(lambda its, law: designs.lattice_mean(turned(its), law),)]),
    (
        *(ORDERS, 100, other_cells, (terms_pairs_bounds,)),
        [(lambda model, t, cells: terms_pairs_bounds(model, t, cells=min(cells + 1, int(t))),)],
    ),
    (
        *(GRADIENT, 80, other_gradient_weights, (cyclic_weights,)),
        [
            (lambda m, s, j: [abs(w) for w in cyclic_weights(m, s, j)],),
            (lambda m, s, j: cyclic_weights(m, s, (j + 1) % m),),
        ],
    ),
    (
        *(LAGRANGE, 1, other_lagrange_weights, (sum_weights,)),
        [
            (lambda points, nodes, degree, p: sum_weights(points, nodes, degree + 1, p),),
            (lambda points, nodes, degree, p: sum_weights(points, [(b + 1) % p for b in nodes], degree, p),),
        ],
    ),
    (
        *(STOPPING, 60, other_stopping_sets, (stopping_factors,)),
        [
            (lambda *given: stopping_factors(*given)[::-1],),
            (lambda m, sizes, blocks: stopping_factors(m, "1", blocks),),
        ],
    ),
    (
        *(PARTS, 30, other_parts, (parts_cyclic_bounds,)),
        [(parts_stream_bounds,), (lambda model, t: parts_cyclic_bounds(model, t - 1),)],
    ),
    (ARCS, 30, other_parts, (arcs_bounds, ARCS), [(parts_cyclic_bounds, ARCS), (arcs_bounds,)]),
]
"""Table, how many of its rows there are at least, question, right functions, and wrong ones."""


@pytest.mark.quality
@pytest.mark.parametrize("question", range(len(QUESTIONS)), ids=[question.__name__ for _, _, question, *_ in QUESTIONS])
def test_functions_are_those_of_the_table_and_others_are_found(question: int) -> None:
    rows, least, others, right, wrong = QUESTIONS[question]
    assert len(rows) >= least
    assert others(*right) == []
    assert [its for its in wrong if others(*its) == []] == []


@pytest.mark.quality
def test_weights_and_moments_are_those_of_the_table_and_a_changed_formula_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Odd intersections in place of even ones, and a block that is taken for a longer one."""
    assert other_weights() == outside_by_rows() == []
    assert {any(sums) for *_, sums in LAGRANGE} == {True, False}
    assert any(orders == [list(order) for order in UNEQUAL] for orders, *_ in ORDERS)
    right, ways = enumerator.even_subsets, given_counts.even_ways
    monkeypatch.setattr(enumerator, "even_subsets", lambda size: fmpz_poly([1, 1]) ** size - right(size))
    assert other_weights()
    assert outside_by_rows()
    monkeypatch.setattr(
        given_counts, "even_ways", lambda m, ends, blocks: ways(m, tuple(min(end + 1, m - 1) for end in ends), blocks)
    )
    assert other_moments(even_sets_given_counts, uncovered_sets_given_counts)
    assert other_shares(*SHARES)
