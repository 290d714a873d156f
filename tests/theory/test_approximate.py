"""Mean errors of stopping early: sums over all budgets, over all sets of workers, and the lower limit of 5.6."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paper_checks.theory.approximate import (
    cyclic_error,
    fractional_error,
    fractional_error_by_rows,
    one_step_error,
    one_step_error_by_rows,
)
from srtheory.model import Model
from srtheory.theory.orders import least_uncovered
from tests.oracle import laws as oracle

EXPON, PARETO, ATOMS = stats.expon(), stats.pareto(b=1), stats.randint(0, 3)
TIMES = [0.35, 1.05, 1.77, 2.93]
small = st.integers(1, 4).flatmap(lambda m: st.tuples(st.just(m), st.integers(1, m)))
laws = st.sampled_from([EXPON, PARETO, ATOMS])


def missing(name, m, d, t, law):
    """The mean share of the terms that are missing, over all that the workers may have sent."""
    plans = oracle.orders(name, m, degree=d, stragglers=d - 1)
    states = oracle.by_time(m, plans, lambda terms, _: Fraction(float(law.cdf(t - 0.3 * terms))))
    return float(oracle.mean(m, states, oracle.uncovered)) / m


@given(small, laws, st.sampled_from(TIMES))
def test_errors_are_sums_over_all_that_the_workers_may_have_sent(size, law, t):
    model = Model(*size, 0.3, law)
    cyclic, fractional = cyclic_error(model, t), fractional_error(model, t)
    assert cyclic == pytest.approx(missing("parts-cyclic", *size, t, law), rel=1e-12, abs=1e-15)
    assert fractional == pytest.approx(missing("gradient-fractional", *size, t, law), rel=1e-12, abs=1e-15)


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


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [(4, 1), (5, 2)])
def test_another_size_would_be_seen(wrong):
    assert cyclic_error(Model(*wrong, 0.3, EXPON), 1.05) != pytest.approx(
        missing("parts-cyclic", 4, 2, 1.05, EXPON), rel=1e-3
    )
