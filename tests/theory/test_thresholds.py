"""How large d must be: exact, sharp and in the limit."""

import math
from itertools import product

import pytest
import sympy as sp
from scipy import stats

from paper_checks.theory import asymptotics as asy
from paper_checks.theory import thresholds
from paper_checks.theory.thresholds import (
    covering_rows_fluid,
    covering_rows_limit,
    critical_ratio,
    least_degree,
    least_degree_sharp,
    sharp_mean,
)
from srtheory.model import Model
from srtheory.theory.latency import LOG_GOLDEN_RATIO, exponential_fluid_limit, fluid_limit
from srtheory.theory.laws.collection import coverage_by_rows
from srtheory.theory.laws.coverage import expected_uncovered
from srtheory.theory.spanning import expected_latency_bounds
from srtheory.theory.spanning_rows import expected_stopping_bounds
from tests.theory import at_paper, terms
from tests.theory.at_paper import EXPON, PARETO


@pytest.mark.parametrize(
    ("m", "law", "exact", "sharp"),
    [
        *((30, EXPON, 2, 7), (100, EXPON, 5, 8), (300, EXPON, 8, 9), (1000, EXPON, 10, 11)),
        *((30, PARETO, 4, 7), (100, PARETO, 7, 9), (300, PARETO, 10, 11), (1000, PARETO, 12, 13)),
    ],
)
def test_least_degrees_at_the_tau_and_mu_of_the_paper(m, law, exact, sharp):
    """And those on record, which docs/theory.md is compared with; of terms that test_collection_laws.py has."""
    model = Model(m, None, 0.005, law)
    assert terms.from_record(least_degree, model) == exact == at_paper.least_degree(m, law)
    assert least_degree_sharp(model) == sharp


@pytest.mark.parametrize(("m", "overhead", "failure"), [(15, 0.0, 0.1), (15, 0.2, 0.05), (20, 0.0, 0.3)])
def test_least_degree_is_the_first_that_covers(m, overhead, failure):
    rows = math.floor((1 + overhead) * m)
    covering = (d for d in range(1, m) if sum(coverage_by_rows(Model(m, d, 0.1, EXPON), rows)) / 2 >= 1 - failure)
    assert least_degree(Model(m, None, 0.1, EXPON), overhead=overhead, failure=failure) == next(covering)


def first_by_sharp_mean(m, law, tau, overhead, failure):
    means = ((d, sharp_mean(Model(m, d, tau, law), overhead=overhead)) for d in range(1, m))
    return next((d for d, mean in means if math.exp(-mean) >= 1 - failure), None)


SHARP = [*product((2, 40), (EXPON, PARETO), (0.01, 1.0), (0.0, 0.1), (0.01, 0.3))]


def test_least_degree_in_the_limit_is_the_first_by_the_mean():
    for m, law, tau, overhead, failure in SHARP:
        found = least_degree_sharp(Model(m, None, tau, law), overhead=overhead, failure=failure)
        assert found == first_by_sharp_mean(m, law, tau, overhead, failure), (m, law, tau, overhead, failure)


@pytest.mark.quality
def test_degrees_settled_by_a_time_that_is_not_the_fluid_limit_are_seen(monkeypatch):
    bracket = thresholds.fluid_bracket

    def early(*given, **more):
        return tuple(0.8 * time for time in bracket(*given, **more))

    monkeypatch.setattr(thresholds, "fluid_bracket", early)
    with pytest.raises(AssertionError):
        test_least_degree_in_the_limit_is_the_first_by_the_mean()


@pytest.mark.quality
def test_a_stricter_goal_needs_a_larger_degree():
    degrees = [least_degree(Model(12, None, 0.1, EXPON), failure=delta) for delta in (0.5, 0.1, 0.02)]
    assert degrees == sorted(set(degrees))


def test_no_degree_is_large_enough_where_rows_are_too_few():
    for least in (least_degree, least_degree_sharp):
        assert least(Model(12, None, 0.1, EXPON), overhead=-0.9) is None


def test_one_symbol_needs_degree_one():
    assert least_degree(Model(1, None, 0.1, EXPON)) == 1


@pytest.mark.parametrize(("m", "d", "load"), [(10_000, 10, 0.5), (100_000, 12, 0.1), (100_000, 30, 1.5)])
def test_sharp_mean_is_the_expected_number_uncovered_in_the_limit(m, d, load):
    model = Model(m, d, load / d, stats.expon())
    exact = float(expected_uncovered(model, fluid_limit(model)))
    assert math.log(sharp_mean(model)) == pytest.approx(math.log(exact), abs=6 * d**2 / m)


@pytest.mark.quality
def test_the_factor_of_the_systematic_share_cannot_be_left_out():
    m, d, load = 100_000, 12, 0.1
    model = Model(m, d, load / d, stats.expon())
    exact = float(expected_uncovered(model, fluid_limit(model)))
    without = m * math.exp(-d)
    assert abs(math.log(without) - math.log(exact)) > 1


@pytest.mark.parametrize("y", [1e-4, 0.03, 0.4, 0.49, 2.0, 30.0])
def test_critical_ratio_is_the_inverse_of_the_share_not_systematic(y):
    t = exponential_fluid_limit(y / 10, 10, 1.0)
    assert critical_ratio(y) == pytest.approx(1 / math.exp(-(t - y / 10)), rel=1e-12)
    if y >= LOG_GOLDEN_RATIO:
        assert critical_ratio(y) == pytest.approx(1 + math.exp(y), rel=1e-13)
        assert critical_ratio(y) == pytest.approx(float(sp.exp(asy.blocks_solution(1)).subs(asy.y, y)), rel=1e-13)
    if y < 1e-3:
        assert critical_ratio(y) == pytest.approx(1 + math.sqrt(2 * y), abs=2 * y)


@pytest.mark.slow
@pytest.mark.parametrize(("ratio", "width"), [(1.5, 0.067), pytest.param(0.5, 0.057, marks=pytest.mark.quality)])
def test_mean_rows_and_latency_are_those_of_the_limit_above_the_critical_ratio_only(ratio, width):
    """Proved intervals at m = 50 beside Corollaries 7 and 8 (docs/spanning.md): m + o(m) rows above, 1.2 m below."""
    m, y = 50, 0.5
    d = math.ceil(ratio * critical_ratio(y) * math.log(m))
    assert (m, d, y / d) in terms.SPANNING
    model = Model(m, d, y / d, stats.expon())
    rows, latency = terms.from_record(expected_stopping_bounds, model), expected_latency_bounds(model, tolerance=width)
    limit = y / d * (d + 1) + LOG_GOLDEN_RATIO
    if ratio > 1:
        assert rows[1] < 1.05 * m
        assert latency[1] < limit + 0.01
    else:
        assert rows[0] > 1.15 * m
        assert latency[0] > limit + 0.09


def test_the_parameters_of_the_paper_are_above_the_critical_ratio():
    assert round(critical_ratio(0.01), 3) == 1.150
    assert round(10 / math.log(1000), 3) == 1.448


@pytest.mark.parametrize(("c", "each"), [(0.5, 0.1), (0.7, 0.3), (0.35, 0.2), (1.3, 0.5), (3.0, 0.5), (0.95, 0.1)])
def test_limit_of_the_rows_that_cover(c, each):
    limit = covering_rows_limit(c, each)
    gaps = [abs(covering_rows_fluid(size, c * size, each, 1.0) - limit) for size in (300.0, 3000.0, 30000.0)]
    assert gaps[2] < 1e-3
    assert gaps[2] <= gaps[1] <= gaps[0] + 1e-12


@pytest.mark.parametrize("each", [0.001, 0.1, 0.5, 2.0])
def test_m_rows_cover_in_the_limit_from_one_over_mu_tau_on(each):
    assert covering_rows_limit(1 / each, each) == 1.0
    assert covering_rows_limit(0.999 / each, each) > 1.0
    assert covering_rows_limit(0.5 / (1 + each), each) >= 2.0


@pytest.mark.quality
def test_hypothesis_fails_in_the_limit_at_the_parameters_of_the_paper():
    # d = 1.45 ln m, mu tau = 0.001: m rows are enough at m = 1000 and 69 % more are needed at the end.
    assert covering_rows_fluid(math.log(1000), 10, 0.005, 0.2) < 1
    assert covering_rows_limit(10 / math.log(1000), 0.001) == pytest.approx(1.690, abs=1e-3)
    needed = [covering_rows_fluid(size, 1.4476 * size, 0.005, 0.2) for size in (7.0, 50.0, 1e3, 1e5, 1e6)]
    assert needed == sorted(needed)


def test_covering_rows_fluid_agrees_with_the_mean_at_a_large_size():
    m, d = 100_000, 12
    model = Model(m, d, 0.005, EXPON)
    t = fluid_limit(model, rows=covering_rows_fluid(math.log(m), d, 0.005, 0.2) * m)
    assert float(expected_uncovered(model, t)) == pytest.approx(1.0, rel=0.02)
