"""Expected rows, fluid limit and bounds, against simulation, closed forms and the SymPy derivations."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import optimize, stats

from paper_checks.theory import asymptotics as asy
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.blocks import require_symbols
from srtheory.theory.latency import (
    LOG_GOLDEN_RATIO,
    block_bound,
    continuous_fluid_limit,
    expected_rows,
    exponential_fluid_limit,
    fluid_limit,
    median_bound,
    paper_bound,
    sharp_bound,
    symbol_cdf,
    symbol_cdf_paper,
)

EXPON = stats.expon(scale=5)
PARETO = stats.pareto(b=1)


def test_symbols_are_from_1_to_a_hundred_thousand():
    assert [require_symbols(m) for m in (1, 100_000)] == [1, 100_000]
    for m in (0, 100_001):
        with pytest.raises(ArgumentError, match="from 1 to 100000"):
            require_symbols(m)


def test_law_of_one_symbol_count_and_what_the_paper_says():
    t = np.linspace(0, 2, 2001)
    exact, paper = (cdf(Model(1000, 10, 0.005, EXPON), t, 4) for cdf in (symbol_cdf, symbol_cdf_paper))
    np.testing.assert_allclose(exact, EXPON.cdf(t - 0.005 * 31))
    gap = exact - paper
    assert gap.min() >= 0
    assert gap.max() == pytest.approx(1 - math.exp(-0.2 * 0.005 * 9), rel=1e-9)
    assert t[gap.argmax()] == pytest.approx(0.2)


CASES = [
    (1000, 10, 0.005, EXPON, 0.7046, None),
    (1000, 10, 0.005, PARETO, 1.33, None),
    (50, 3, 0.1, EXPON, 4.0, 20),
    (12, 5, 0.4, PARETO, 3.1, None),
]


@pytest.mark.parametrize(("m", "d", "tau", "law", "t", "access"), CASES)
@pytest.mark.parametrize("overhead", [0.9, 1.0, 1.05])
def test_fluid_limit_is_the_least_time(m, d, tau, law, t, access, overhead):
    model, rows = Model(m, d, tau, law, access), overhead * m
    limit = fluid_limit(model, rows=rows)
    assert float(expected_rows(model, limit * (1 + 1e-12))) > rows
    assert float(expected_rows(model, limit * (1 - 1e-12))) < rows


def test_fluid_limit_of_laws_with_atoms_and_at_the_ends():
    constant = stats.randint(2, 3)
    assert fluid_limit(Model(9, 2, 0.5, constant)) == 2.5
    assert fluid_limit(Model(9, 2, 0.5, constant), rows=9.5) == 3.5
    assert fluid_limit(Model(9, 2, 0.5, stats.uniform()), rows=45) == 1 + 9 * 0.5
    assert fluid_limit(Model(9, 2, 0.5, EXPON), rows=45) == math.inf
    assert fluid_limit(Model(1, 2, 0.5, EXPON)) == math.inf
    with pytest.raises(ArgumentError, match="'rows'"):
        fluid_limit(Model(9, 2, 0.5, EXPON), rows=45.1)


PARAMETERS = [
    (tau, d, rate) for tau in (1e-4, 0.005, 0.3, 2.0) for d in (1, 2, 5, 10, 60) for rate in (0.01, 0.2, 0.9, 3.0)
]


@pytest.mark.parametrize(("tau", "d", "rate"), PARAMETERS)
def test_closed_form_of_the_fluid_limit(tau, d, rate):
    limit = exponential_fluid_limit(tau, d, rate)
    blocks = int(limit / (tau * d)) + 2
    assert fluid_limit(Model(1 + d * blocks, d, tau, stats.expon(scale=1 / rate))) == pytest.approx(limit, rel=1e-12)


@pytest.mark.parametrize("y", [1e-30, 1e-20, 1e-9, 0.99e-6, 1.01e-6, 1e-4, 0.0099, 0.0101, 0.3, 2.0, 40.0])
def test_continuous_form_solves_its_equation_to_the_last_digits(y):
    with mpmath.workdps(100):
        exact = 1 + mpmath.mpf(y)
        x = exact + mpmath.lambertw(-mpmath.exp(-exact))
    assert continuous_fluid_limit(y, 1, 1.0) == pytest.approx(float(x), rel=1e-12, abs=0)


@pytest.mark.parametrize("y", np.geomspace(1e-6, 20, 60).tolist())
def test_blocks_sent_at_the_fluid_limit_are_those_that_it_counts(y):
    """What the first workers have sent is found from below: n y <= x < (n + 1) y, and n is the only one."""
    x = exponential_fluid_limit(y, 1, 1.0) - y
    n = max(1, math.floor(x / y))
    assert sum(-math.expm1(b * y - x) for b in range(n + 1)) == pytest.approx(1, rel=1e-9)
    assert x < continuous_fluid_limit(y, 1, 1.0) <= x + y


def test_limits_at_the_parameters_of_the_paper():
    assert round(fluid_limit(Model(1000, 10, 0.005, EXPON)), 3) == 0.705
    assert round(continuous_fluid_limit(0.005, 10, 0.2), 3) == 0.724
    assert round(fluid_limit(Model(1000, 10, 0.005, PARETO)), 3) == 1.330
    assert paper_bound(0.005, 10, 0.2) == pytest.approx(5.1)
    assert sharp_bound(0.005, 10, 0.2) == pytest.approx(5.05)
    assert round(block_bound(0.005, 10, 0.2), 3) == 2.461


@pytest.mark.parametrize(("tau", "d", "rate"), PARAMETERS)
def test_bounds(tau, d, rate):
    limit = exponential_fluid_limit(tau, d, rate)
    assert limit <= block_bound(tau, d, rate) * (1 + 1e-13)
    assert limit < paper_bound(tau, d, rate)
    assert continuous_fluid_limit(tau, d, rate) < sharp_bound(tau, d, rate) * (1 + 1e-13)
    assert limit - tau <= continuous_fluid_limit(tau, d, rate)
    if rate * tau <= 1 - LOG_GOLDEN_RATIO:
        assert limit <= sharp_bound(tau, d, rate)


@pytest.mark.parametrize("tau", [1e-4, 0.003, 0.04, 0.7])
@pytest.mark.parametrize(("m", "d", "access"), [(40, 3, None), (40, 7, None), (40, 7, 9), (40, 3, 5), (40, 3, 13)])
def test_block_bound_holds_with_few_blocks_and_a_remainder(tau, m, d, access):
    assert fluid_limit(Model(m, d, tau, EXPON, access)) <= block_bound(tau, d, 0.2) * (1 + 1e-13)


@pytest.mark.quality
def test_block_bound_needs_a_second_block():
    limit = fluid_limit(Model(40, 7, 1e-4, EXPON, 8))
    assert block_bound(1e-4, 7, 0.2) < limit <= 1e-4 * 8 + math.log(2) * 5


@pytest.mark.quality
def test_the_golden_ratio_cannot_be_lowered_nor_the_sharp_bound_freed_of_its_condition():
    tau, d = 0.25, 6
    rate = LOG_GOLDEN_RATIO / (tau * d)
    assert exponential_fluid_limit(tau, d, rate) == pytest.approx(block_bound(tau, d, rate), rel=1e-13)
    assert exponential_fluid_limit(tau, d, rate) > tau * (d + 1) + 0.999 * LOG_GOLDEN_RATIO / rate
    assert exponential_fluid_limit(1.2, 3, 1.0) > sharp_bound(1.2, 3, 1.0)


@pytest.mark.parametrize("law", [EXPON, PARETO, stats.lognorm(s=1), stats.weibull_min(c=0.5)])
@pytest.mark.parametrize(("m", "d", "access"), [(40, 3, None), (40, 7, None), (40, 7, 5), (40, 1, 2), (40, 60, None)])
def test_median_bound_holds_for_every_law(law, m, d, access):
    assert fluid_limit(Model(m, d, 0.07, law, access)) <= median_bound(Model(m, d, 0.07, law)) * (1 + 1e-13)


def test_median_bound_is_reached_when_every_second_worker_starts_at_once():
    half = Model(9, 3, 0.01, stats.randint(0, 2))
    assert fluid_limit(half) == pytest.approx(median_bound(half))


def test_supremum_of_the_ratio_in_the_continuous_form():
    branch = -sp.LambertW(-sp.exp(-1) / 2, -1)
    assert sp.simplify(asy.ratio_supremum() - branch / (2 * branch - 1)) == 0
    supremum = float(asy.ratio_supremum())
    best = optimize.minimize_scalar(
        lambda v: -continuous_fluid_limit(math.exp(v), 1, 1.0) / paper_bound(math.exp(v), 1, 1.0), (-4, 0, 4)
    )
    assert -best.fun == pytest.approx(supremum, rel=1e-9)
    assert continuous_fluid_limit(math.exp(best.x), 1, 1.0) == pytest.approx(float(asy.ratio_maximiser()), rel=1e-4)
    grid = np.geomspace(1e-6, 1e6, 4001)
    ratios = np.array([continuous_fluid_limit(y, 1, 1.0) / paper_bound(y, 1, 1.0) for y in grid])
    assert ratios.max() <= supremum
    assert ratios.max() > 0.9999 * supremum


@pytest.mark.parametrize("d", [1, 2, 5, 30])
def test_supremum_of_the_ratio_of_whole_rows_is_approached_and_not_reached(d):
    supremum = float(asy.ratio_supremum_blocks().subs(asy.d, d))
    assert supremum == (d + 1) / (2 * d)
    ratios = [exponential_fluid_limit(tau, d, 1.0) / paper_bound(tau, d, 1.0) for tau in np.geomspace(1e-5, 1e4, 500)]
    assert max(ratios) < supremum
    assert max(ratios) > 0.999 * supremum


def test_the_excess_over_tau_d_peaks_at_the_golden_ratio():
    golden = sp.log((1 + sp.sqrt(5)) / 2)
    assert sp.simplify(sp.exp(asy.one_block_boundary()) - sp.exp(golden)) == 0
    assert sp.simplify(sp.exp(asy.excess_supremum()) - sp.exp(golden)) == 0
    assert float(asy.excess_supremum()) == pytest.approx(LOG_GOLDEN_RATIO, rel=1e-15)
    grid = np.geomspace(1e-4, 50, 5001)
    excess = np.array([exponential_fluid_limit(y, 1, 1.0) - 2 * y for y in grid])
    assert excess.max() <= LOG_GOLDEN_RATIO
    assert grid[excess.argmax()] == pytest.approx(LOG_GOLDEN_RATIO, rel=5e-3)


@pytest.mark.parametrize("sent", [1, 2, 5])
def test_block_solution_has_a_mean_of_block_numbers_as_slope(sent):
    slope = sp.diff(asy.blocks_solution(sent), asy.y)
    weights = [sp.exp(b * asy.y) for b in range(sent + 1)]
    mean = sum(b * weight for b, weight in enumerate(weights)) / sum(weights)
    assert sp.simplify(slope - mean) == 0


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_expansion_for_small_and_large_loads_continuous(order):
    for y in (1e-4, 1e-5):
        value = float(asy.small_expansion(order).subs(asy.w, sp.sqrt(2 * y)))
        gap = abs(value - continuous_fluid_limit(y, 1, 1.0))
        assert gap < (2 * y) ** ((order + 1) / 2)
    value = float(asy.large_expansion(order).subs(asy.y, sp.Rational(4)))
    assert abs(value - continuous_fluid_limit(4.0, 1, 1.0)) < math.exp(-4 * (order + 1))


@pytest.mark.parametrize("y", [1e-3, 3e-4, 1.7e-5])
def test_expansion_for_small_loads_blocks(y):
    x = exponential_fluid_limit(y, 1, 1.0) - y
    phase = x / y - math.floor(x / y)
    value = float(asy.small_expansion_blocks(3).subs({asy.w: sp.sqrt(2 * y), asy.theta: phase}))
    assert abs(value - x) < (2 * y) ** 2
    coarse = float(asy.small_expansion_blocks(2).subs(asy.w, sp.sqrt(2 * y)))
    assert abs(coarse - x) < (2 * y) ** 1.5 / 10


@pytest.mark.parametrize("order", [1, 2, 5])
def test_expansion_for_large_loads_blocks(order):
    x = exponential_fluid_limit(3.0, 1, 1.0) - 3.0
    value = float(asy.large_expansion_blocks(order).subs(asy.y, 3))
    assert abs(value - x) < math.exp(-3 * (order + 1))


@pytest.mark.quality
def test_a_wrong_coefficient_would_be_seen():
    y = 1e-5
    wrong = asy.small_expansion(3) + asy.w**3 / 5
    assert abs(float(wrong.subs(asy.w, sp.sqrt(2 * y))) - continuous_fluid_limit(y, 1, 1.0)) > (2 * y) ** 2
