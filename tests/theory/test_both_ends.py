"""Laws of even parts and of orders from both ends, against sums over all budgets, Theorem 5, other laws and runs."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from scipy import stats

from srtheory.experiments.compare import series
from srtheory.model import Model
from srtheory.theory.laws import both_ends
from srtheory.theory.laws.both_ends import (
    likely_cells,
    parts_even_bounds,
    parts_pairs_bounds,
    terms_pairs_bounds,
    terms_staircase_bounds,
)
from srtheory.theory.laws.streaming import terms_cyclic_bounds
from srtheory.theory.orders import orders_bounds
from tests import reference

EXPON, PARETO, ATOMS = stats.expon(scale=5), stats.pareto(b=1), stats.randint(0, 3)
LAWS = pytest.mark.parametrize("law", [EXPON, PARETO, ATOMS], ids=["expon", "pareto", "atoms"])


def covered(m, rows_of, t, tau, law, cost):
    """P(all terms covered by t), over all budgets of all workers, for the float values of F."""
    union = {0: Fraction(1)}
    for j in range(m):
        masks, reached, terms = [0], [Fraction(1)], 0
        for i, row in enumerate(rows_of(j)):
            terms += len(row)
            masks.append(masks[-1] | sum(1 << c for c in row))
            reached.append(Fraction(float(law.cdf(t - tau * terms - cost * (i + 1)))))
        after = defaultdict(Fraction)
        for a, p in union.items():
            for mask, (f, g) in zip(masks, pairwise([*reached, Fraction(0)]), strict=True):
                after[a | mask] += p * (f - g)
        union = after
    return union[2**m - 1]


@LAWS
@pytest.mark.parametrize("m", range(1, 8))
@pytest.mark.parametrize("cost", [0.0, 0.15])
def test_laws_are_sums_over_all_budgets(m, law, cost):
    """For all part sizes and numbers of cells, off the atoms; the contract of all laws has fewer terms."""
    for d, t in product(range(1, m + 1), (1.03, 1.77)):
        model = Model(m, d, 0.3, law, message_cost=cost)
        found = [(parts_even_bounds(model, t), lambda j, d=d: reference.parts_even(m, d, worker=j))]
        for n in range(1, -(-m // d) + 1 if d <= 3 else 0):
            found.append(
                (parts_pairs_bounds(model, t, cells=n), lambda j, d=d, n=n: reference.parts_pairs(m, d, n, worker=j))
            )
        if d == 1:
            stairs = terms_staircase_bounds(Model(m, None, 0.3, law, message_cost=cost), t)
            found.append((stairs, lambda j: reference.terms_staircase(m, worker=j)))
        for (low, high), rows in found:
            assert low <= covered(m, rows, t, 0.3, law, cost) <= high
            assert high - low < 1e-12


@pytest.mark.parametrize("m", [9, 10])
def test_the_staircase_has_the_law_of_its_orders(m):
    model = Model(m, None, 0.2, EXPON)
    orders = [[term for (term,) in reference.terms_staircase(m, worker=j)] for j in range(m)]
    for t in (0.5, 1.1):
        (low, high), (least, most) = terms_staircase_bounds(model, t), orders_bounds(model, t, orders)
        assert max(low, least) <= min(high, most)


@pytest.mark.parametrize(("m", "d", "n"), [(12, 1, 3), (12, 1, 4), (11, 1, 3), (12, 2, 3), (13, 3, 2), (14, 3, 5)])
@pytest.mark.parametrize("cost", [0.0, 0.2])
def test_cells_are_a_short_form_of_places(m, d, n, cost):
    """The same by (1) with the parts as places."""
    model = Model(m, d, 0.1, EXPON, message_cost=cost)
    parts = -(-m // d)
    right, left = [0] * parts, [0] * parts
    ends = [0, *np.cumsum([len(part) for part in reference.even_parts(m, d)]).tolist()]
    for c in range(n):
        first, last = c * parts // n, (c + 1) * parts // n - 1
        workers = ends[last + 1] - ends[first]
        right[first] += workers - workers // 2
        left[last] += workers // 2
    places = both_ends.Runs(np.array(ends), 1, right, left)
    for t in (0.4, 1.1, 2.5):
        (low, high), (least, most) = parts_pairs_bounds(model, t, cells=n), both_ends.enclosed(places, model, t)
        assert max(low, least) <= min(high, most)
        assert high - low < 1e-12


def theorem_5(m, n, t, tau, law):
    """The product over the cells of n | m terms, in floats."""
    size = m // n
    cdf = [1 - float(law.cdf(t - k * tau)) for k in range(1, size + 1)]
    right, left = (np.diff([0.0, *(p**a for p in cdf), 1.0]) for a in (size - size // 2, size // 2))
    return sum(right[r] * left[size - r :].sum() for r in range(size + 1)) ** n


@LAWS
def test_theorem_5_is_exact_until_workers_leave_their_cells_and_then_a_lower_bound(law):
    m, n, tau = 60, 6, 0.01
    start = float(law.support()[0])
    for t in start + np.array([0.063, 0.084, 0.102, 0.107]):
        low, high = terms_pairs_bounds(Model(m, None, tau, law), t, cells=n)
        assert theorem_5(m, n, t, tau, law) == pytest.approx((low + high) / 2, rel=1e-9, abs=1e-12)
    later = start + np.array([0.2, 0.5, 0.9])
    gains = [terms_pairs_bounds(Model(m, None, tau, law), t, cells=n)[0] - theorem_5(m, n, t, tau, law) for t in later]
    assert min(gains) >= -1e-12
    assert law is ATOMS or max(gains) > 1e-6


@pytest.mark.parametrize(
    ("law", "options"),
    [(parts_even_bounds, {}), (parts_pairs_bounds, {"cells": 2}), (parts_pairs_bounds, {"cells": 3})],
)
def test_without_a_matrix_the_limits_hold_all_the_same(law, options, monkeypatch):
    model = Model(13, 3, 0.1, EXPON, silent=0.1)
    exact = [law(model, t, **options) for t in (0.5, 1.0, 3.0, math.inf)]
    monkeypatch.setattr(both_ends, "MOST_PLACES", 0)
    monkeypatch.setattr(both_ends, "MOST_IN_PERIOD", 0)
    wide = [law(model, t, **options) for t in (0.5, 1.0, 3.0, math.inf)]
    assert all(
        a <= high and low <= b and a < low + 1e-12 and high < b + 1e-12
        for (low, high), (a, b) in zip(exact, wide, strict=True)
    )
    assert max(b - a for a, b in wide) > 1e-3
    assert wide[-1][1] - wide[-1][0] < 1e-11 or law is parts_even_bounds


def mean_at_most(law):
    """An upper bound on E[T] at m = 1000, tau = 0.005, from P(T > t), which does not increase, on a grid.

    Beyond 5.2, T <= min_j X_j + m tau gives P(T > t) <= exp(-200 (t - 5)).
    """
    times = [0.0, *np.arange(0.36, 0.66, 0.001).tolist(), *np.geomspace(0.66, 1.4, 60).tolist(), 5.2]
    late = [1.0] + [1 - law(t)[0] for t in times[1:-1]]
    return math.fsum(p * (b - a) for p, (a, b) in zip(late, pairwise(times), strict=True)) + math.exp(-40) / 200


def test_ten_cells_are_done_by_0_479_in_the_mean():
    """At the paper's parameters, where cyclic order needs 0.500; ten cells are the number by default."""
    model = Model(1000, None, 0.005, EXPON)
    assert mean_at_most(lambda t: terms_pairs_bounds(model, t)) < 0.479


@pytest.mark.quality
def test_cyclic_order_would_not_pass_for_ten_cells():
    assert mean_at_most(lambda t: terms_cyclic_bounds(Model(1000, None, 0.005, EXPON), t)) > 0.5


CHOICES = {
    "free": Model(30, 1, 0.05, EXPON),
    "parts": Model(40, 4, 0.05, PARETO),
    "costly": Model(24, 2, 0.05, EXPON, message_cost=0.2),
}


def mean_by_law(model, cells, until=6.0):
    """E[T] to the accuracy of a coarse grid."""
    times = np.linspace(0, until, 30)
    return np.trapezoid([1 - sum(parts_pairs_bounds(model, t, cells=cells)) / 2 for t in times], times)


@pytest.mark.parametrize("name", CHOICES)
def test_the_best_number_of_cells_is_likely_and_others_are_not(name):
    model = CHOICES[name]
    numbers = series(-(-model.symbols // model.d))
    kept = likely_cells(model, numbers)
    means = {n: mean_by_law(model, n) for n in numbers if n <= 10}
    assert min(means, key=means.__getitem__) in kept
    assert 0 < len(kept) < len(numbers)


def test_all_numbers_are_likely_where_the_law_does_not_tell():
    queue = Model(60, 1, 0.05, EXPON, master_time=0.1)
    assert likely_cells(queue, [1, 2, 5]) == [1, 2, 5]
    assert likely_cells(Model(both_ends.MOST_PARTS + 1, 1, 0.05, EXPON), [1, 2]) == [1, 2]
    assert likely_cells(Model(60, 1, 0.05, EXPON), [7]) == [7]
    lost = Model(60, 1, 0.05, EXPON, silent=0.999)
    assert likely_cells(lost, [1, 2, 5]) == [1, 2, 5]


def test_numbers_are_looked_at_from_half_to_eight_times_the_number_of_crossed_cells(monkeypatch):
    asked = []

    def law(model, t, *, cells):
        asked.append((t, cells))
        return 0.5, 0.5

    monkeypatch.setattr(both_ends, "parts_pairs_bounds", law)
    numbers = list(range(1, 200))
    assert likely_cells(Model(60, 3, 0.05, EXPON), numbers) == [n for _, n in asked]
    crossed = 20 * 0.15 / asked[0][0]  # cells that are crossed by then, of 20 parts, each in 0.15
    assert [n for _, n in asked] == [n for n in numbers if crossed / 2 <= n <= 8 * max(crossed, 1)]
    assert 1 < len(asked) < 100
