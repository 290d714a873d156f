"""Mean errors of stopping early: sums over all budgets, over all sets of workers, and the lower limit of 5.6."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.laws.approximate import (
    cyclic_error,
    fractional_error,
    fractional_error_by_rows,
    one_step_error,
    one_step_error_by_rows,
)
from srtheory.theory.laws.baselines import group_sizes
from srtheory.theory.orders import least_uncovered

EXPON, PARETO, ATOMS = stats.expon(), stats.pareto(b=1), stats.randint(0, 3)
TIMES = [0.35, 1.05, 1.77, 2.93]
small = st.integers(1, 4).flatmap(lambda m: st.tuples(st.just(m), st.integers(1, m)))
laws = st.sampled_from([EXPON, PARETO, ATOMS])


def enumerated(parts_of, m, t, tau, law):
    """Mean share of [0, m) that is missing, over all budgets: worker j sends the parts ``parts_of(j)`` in order."""
    reached = [Fraction(1), *(Fraction(float(law.cdf(t - tau * k))) for k in range(1, m + 1)), Fraction(0)]
    weights = [a - b for a, b in pairwise(reached)]
    mean = Fraction(0)
    for budgets in product(range(m + 1), repeat=m):
        p, there = Fraction(1), set()
        for j, budget in enumerate(budgets):
            p *= weights[budget]
            for part in parts_of(j):
                budget -= len(part)
                if budget >= 0:
                    there |= set(part)
        mean += p * Fraction(m - len(there), m)
    return float(mean)


@given(small, laws, st.sampled_from(TIMES))
def test_cyclic_errors_are_sums_over_all_budgets(size, law, t):
    m, d = size
    parts = [range(start, min(start + d, m)) for start in range(0, m, d)]
    exact = enumerated(lambda j: [parts[(j // d + i) % len(parts)] for i in range(len(parts))], m, t, 0.3, law)
    assert cyclic_error(Model(m, d, 0.3, law), t) == pytest.approx(exact, rel=1e-12, abs=1e-15)


@given(small, laws, st.sampled_from(TIMES))
def test_fractional_errors_are_sums_over_all_budgets(size, law, t):
    m, d = size
    ends = np.cumsum([0, *(r for r, n in group_sizes(m, d - 1).items() for _ in range(n))])
    own = {j: range(a, b) for a, b in pairwise(ends.tolist()) for j in range(a, b)}
    exact = enumerated(lambda j: [own[j]], m, t, 0.3, law)
    assert fractional_error(Model(m, d, 0.3, law), t) == pytest.approx(exact, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("law", [EXPON, PARETO])
@pytest.mark.parametrize("m", [1, 7, 200, 1000])
def test_single_terms_in_cyclic_order_are_the_lower_limit(m, law):
    tau = 0.01
    for t in (0.35, 1.05, 1.2):
        low, high = least_uncovered(Model(m, None, tau, law), t)
        assert low / m * (1 - 1e-9) <= cyclic_error(Model(m, 1, tau, law), t) <= high / m * (1 + 1e-9)
        for d in (2, 5, 10, m):
            if d <= m:
                assert cyclic_error(Model(m, d, tau, law), t) >= low / m * (1 - 1e-12)
                assert fractional_error(Model(m, d, tau, law), t) >= low / m * (1 - 1e-12)


SETS = [(4, 2), (6, 3), (6, 2), (8, 4), (5, 1), (3, 3)]


@pytest.mark.parametrize(("m", "d"), SETS)
def test_errors_by_rows_are_means_over_all_sets_of_workers(m, d):
    groups = [frozenset(range(j - j % d, j - j % d + d)) for j in range(m)]
    cyclic = [frozenset((j + i) % m for i in range(d)) for j in range(m)]
    for k in range(m + 1):
        sets = list(combinations(range(m), k))
        missing = [Fraction(m - len(frozenset().union(*(groups[j] for j in who))), m) for who in sets]
        assert fractional_error_by_rows(k, m, d) == sum(missing) / len(sets)
        for code in (groups, cyclic):
            one_step = [
                sum((Fraction(m * sum(i in code[j] for j in who), k * d) - 1) ** 2 if k else 1 for i in range(m)) / m
                for who in sets
            ]
            assert one_step_error_by_rows(k, m, d) == Fraction(sum(one_step)) / len(sets)


@given(small, laws, st.sampled_from(TIMES))
def test_one_step_by_time_is_the_mean_over_who_has_sent(size, law, t):
    m, d = size
    done = float(law.cdf(t - 0.3 * d))
    exact = sum(
        done ** sum(who) * (1 - done) ** (m - sum(who)) * float(one_step_error_by_rows(sum(who), m, d))
        for who in product((0, 1), repeat=m)
    )
    assert one_step_error(Model(m, d, 0.3, law), t) == pytest.approx(exact, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("error", [cyclic_error, fractional_error, one_step_error])
def test_from_nothing_to_everything(error):
    for m, d in ((1, 1), (5, 2), (6, 6), (6, 3)):
        assert error(Model(m, d, 0.3, EXPON), np.array([-1.0, 0.0, np.inf])).tolist() == [1, 1, 0]


def test_bad_input_is_refused():
    for error in (cyclic_error, fractional_error, one_step_error):
        for t, *bad in ((1.0, 0, 1, 0.3), (1.0, 3, 4, 0.3), (1.0, 3, 0, 0.3), (1.0, 3, 1, 0.0), (np.nan, 3, 1, 0.3)):
            with pytest.raises(ArgumentError):
                error(Model(*bad, EXPON), t)
    for by_rows in (fractional_error_by_rows, one_step_error_by_rows):
        with pytest.raises(ArgumentError, match="rows"):
            by_rows(5, 4, 2)
    with pytest.raises(ArgumentError, match="divisor"):
        fractional_error_by_rows(1, 5, 2)


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [(4, 1), (5, 2)])
def test_another_size_would_be_seen(wrong):
    """The law of other parts, or of another m, is not the sum over the budgets of these."""
    m, d = 4, 2
    parts = [range(start, start + d) for start in range(0, m, d)]
    exact = enumerated(lambda j: [parts[(j // d + i) % 2] for i in range(2)], m, 1.05, 0.3, EXPON)
    assert cyclic_error(Model(*wrong, 0.3, EXPON), 1.05) != pytest.approx(exact, rel=1e-3)
