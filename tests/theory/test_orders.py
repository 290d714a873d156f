"""Orders of evaluation: the lower limit on the mean uncovered, who reaches it, and that it settles no more."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from srtheory.model import Model
from srtheory.theory.laws.streaming import terms_cyclic_bounds
from srtheory.theory.orders import least_uncovered, orders_bounds, uncovered_by_orders
from tests.oracle import laws as oracle

EXPON, PARETO, ATOMS = stats.expon(), stats.pareto(b=1), stats.randint(0, 3)
LAWS = [EXPON, PARETO, ATOMS]
CYCLIC = [[0, 1, 2, 3], [1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]]
KLEIN = [[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]]
POINT = Model(4, None, 0.3, EXPON)


def latin_squares(m):
    """All of them, row by row."""
    rows = list(permutations(range(m)))
    squares = [[]]
    for _ in range(m):
        squares = [
            [*square, row]
            for square in squares
            for row in rows
            if all(map(lambda *c: len({*c}) == len(c), row, *square))
        ]
    return squares


def enumerated(t, orders, tau, law):
    """P(all covered) and expected number uncovered, exactly for the float values of F."""
    m, plans = len(orders[0]), [[[[term] for term in order]] for order in orders]
    states = oracle.by_time(m, plans, lambda terms, _: Fraction(float(law.cdf(t - tau * terms))))
    return oracle.mean(m, states, oracle.covered), oracle.mean(m, states, oracle.uncovered)


orders_of = st.integers(1, 4).flatmap(lambda m: st.lists(st.permutations(range(m)), min_size=m, max_size=m))


@given(orders_of, st.sampled_from(LAWS), st.sampled_from([0.35, 1.05, 1.77, 2.93]))
def test_laws_are_sums_over_all_budgets_and_no_orders_leave_fewer(orders, law, t):
    model = Model(len(orders), None, 0.3, law)
    exact, mean = enumerated(t, orders, 0.3, law)
    low, high = orders_bounds(model, t, orders)
    assert low <= exact <= high
    fewest, most = uncovered_by_orders(model, t, orders)
    assert fewest <= mean <= most
    assert least_uncovered(model, t)[0] <= most


@pytest.mark.parametrize("law", LAWS, ids=["expon", "pareto", "atoms"])
@pytest.mark.parametrize("m", [1, 2, 3, 6])
def test_cyclic_terms_reach_the_limit(m, law):
    model, orders = Model(m, None, 0.3, law), [[(j + i) % m for i in range(m)] for j in range(m)]
    for t in (0.35, 1.05, 2.93):
        assert uncovered_by_orders(model, t, orders) == pytest.approx(least_uncovered(model, t), rel=1e-12)
        cyclic, law_of_orders = terms_cyclic_bounds(model, t), orders_bounds(model, t, orders)
        assert max(cyclic[0], law_of_orders[0]) <= min(cyclic[1], law_of_orders[1])


@given(st.integers(1, 200), st.sampled_from([EXPON, PARETO]), st.floats(0.1, 5.0))
def test_random_orders_leave_more(m, law, t):
    f = law.cdf(t - 0.02 * np.arange(1, m + 1))
    assert m * (1 - f.mean()) ** m >= least_uncovered(Model(m, None, 0.02, law), t)[0] * (1 - 1e-12)


def test_cyclic_order_is_not_always_best():
    """m = 4, rate 1, tau = 0.3, t = 1.05: the same mean number uncovered, other probabilities, both to four digits."""
    cyclic, klein = (1 - np.array(orders_bounds(POINT, 1.05, orders)) for orders in (CYCLIC, KLEIN))
    assert max(abs(cyclic - 0.5847)) < 5e-5
    assert max(abs(klein - 0.5625)) < 5e-5
    means = [uncovered_by_orders(POINT, 1.05, orders) for orders in (CYCLIC, KLEIN)]
    assert means[0] == pytest.approx(means[1], rel=1e-12)


def test_among_latin_squares_of_four_there_are_two_values():
    found = Counter(round(1 - orders_bounds(POINT, 1.05, square)[0], 4) for square in latin_squares(4))
    assert found == {0.5847: 288, 0.5625: 288}


@pytest.mark.quality
def test_orders_that_are_no_latin_square_would_be_seen():
    everyone_alike = [[0, 1, 2, 3]] * 4
    assert uncovered_by_orders(POINT, 1.05, everyone_alike)[0] > 1.2 * least_uncovered(POINT, 1.05)[1]
