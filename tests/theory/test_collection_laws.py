"""Laws of coverage by rows and by time, and of the hitting time: means and runs of the paper, rules, and edges."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from flint import arb, ctx
from scipy import stats

from srtheory.delays import parse_law
from srtheory.model import Model
from srtheory.theory.coverage import (
    SmoothModel,
    coverage_and_rows,
    coverage_by_rows,
    coverage_by_time,
    coverage_ceiling,
    coverage_given_counts,
    covered_by,
    covered_with_rows,
    expected_collection,
    expected_uncovered,
    expected_uncovered_by_rows,
    poisson_given_counts,
    typical,
    window,
)
from srtheory.theory.latency import expected_stopping_given_hitting, latency_bounds_given_hitting
from srtheory.theory.numerics import arrivals
from srtheory.theory.numerics.arrivals import BITS, proven_rule, support_ends
from srtheory.theory.startup import block_ends, named
from tests import once
from tests.theory import at_paper
from tests.theory.at_paper import EXPON, PARETO

# -------------------------------------------------------------------------------------------------------------- by rows


@pytest.mark.attack
def test_means_at_the_parameters_of_the_paper():
    """And those on record in tests/once.py, which other tests rely upon."""
    for law, covered, stopped in ((EXPON, 823.36, 1009.104), (PARETO, 945.28, 1033.093)):
        low, high = interval = expected_collection(at_paper.PAPER[law])
        assert covered - 0.02 < low < high < covered + 0.01
        assert once.same(interval, at_paper.expected_collection(law))
        low, high = interval = expected_stopping_given_hitting(at_paper.PAPER[law])
        assert round(low, 3) == round(high, 3) == stopped
        assert once.same(interval, at_paper.expected_stopping(law))


@pytest.mark.slow
def test_mean_latency_at_the_parameters_of_the_paper():
    step = 0.065
    grid = np.arange(0.58, 0.99, step)  # to 2e-4: sums over so smooth a law converge fast
    late = 1 - np.array([sum(latency_bounds_given_hitting(at_paper.PAPER[EXPON], float(t))) / 2 for t in grid])
    mean = grid[0] + np.trapezoid(late, grid)
    spread = math.sqrt(grid[0] ** 2 + np.trapezoid(2 * grid * late, grid) + step**2 / 6 - mean**2)  # Euler, Maclaurin
    assert round(mean, 3) == 0.709
    assert round(spread, 3) == 0.038
    # The authors' 100 runs of the code itself: mean 0.708, standard deviation 0.032.
    assert abs(0.708 - mean) < 2 * spread / 10
    assert abs(0.032 - spread) < 3 * spread / math.sqrt(200)


@pytest.mark.parametrize(("text", "same"), [
    ("halfgennorm(beta=1)", "expon()"), ("irwinhall(n=1)", "uniform()"), ("invweibull(c=2)", ""),
    ("dpareto_lognorm(u=0, s=1, a=2, b=3)", "")])  # fmt: skip
def test_laws_whose_supports_scipy_names_in_whole_numbers(text, same):
    low, high = coverage_by_rows(Model(4, 2, 0.1, parse_law(text)), [4, 6, 9])
    assert (low <= high).all()
    assert (high - low < 1e-5).all()
    if same:
        assert np.abs(low - coverage_by_rows(Model(4, 2, 0.1, parse_law(same)), [4, 6, 9])[0]).max() < 1e-5


def test_where_no_window_holds_a_mean_or_a_law_the_interval_is_wide_or_none():
    assert math.isnan(expected_uncovered_by_rows(Model(2, 1, 1.0, stats.pareto(b=0.05)), 1))
    assert expected_uncovered_by_rows(Model(2, 1, 1.0, stats.pareto(b=1)), 1) == pytest.approx(1.0, abs=1e-9)
    for k in (30, 400):  # hopeless numbers of rows
        low, high = coverage_by_rows(at_paper.PAPER[EXPON], k)
        assert low == 0.0
        assert high < 1e-3
    # Two rows cover two symbols, whoever sends them; but by the end of the window they need not be there.
    low, high = coverage_by_rows(Model(2, 1, 1.0, stats.pareto(0.02)), [2, 3])
    assert (high == 1).all()
    assert (low < 0.999).all()
    law = stats.pareto(0.013739203051479713, scale=3.9088747100299777e-07)  # an infinite bound of a moment
    low, high = coverage_by_rows(Model(27, 14, 4.980853942121786e-09, law), 14)
    assert 0 <= low <= high <= 1
    low, high = coverage_by_rows(Model(10, 3, 0.1, EXPON), [5, 8, 10, 20])
    assert (high - low < 1e-11).all()  # no wider than rounding makes it


@pytest.mark.parametrize("scale", [1e-9, 1e-40, 1e-60])
def test_delays_may_be_a_tiny_part_of_a_term(scale):
    # All systematic rows come first, within less than the bits of an ordinary panel can tell apart.
    low, high = coverage_by_rows(Model(3, 1, 1.0, stats.uniform(0, scale)), [1, 2, 3])
    assert (high[:2] < 1e-12).all()
    assert low[2] > 1 - 1e-12


@pytest.mark.quality
def test_a_density_that_does_not_fit_its_law_widens_the_interval():
    class Wrong:
        cdf, sf, ppf, support = EXPON.cdf, EXPON.sf, EXPON.ppf, EXPON.support

        def pdf(self, x):
            return 1.02 * EXPON.pdf(x)

    (low, high), exact = (coverage_by_rows(Model(30, 3, 0.1, law), 40) for law in (Wrong(), EXPON))
    assert high - low > 0.02
    assert low <= exact[0]
    assert exact[1] <= high


# -------------------------------------------------------------------------------------------- by time, and given counts


@pytest.mark.parametrize(("t", "rows"), [(0.5, 60), (1.2, 60), (9.0, 60), (9.0, 1)])
def test_few_bits_make_a_wide_ball_but_no_wrong_one(t, rows):
    """At m = 60 the sum stops long before its last term; at t = 9 nearly no run has fewer than 60 rows."""
    ends = block_ends(60, 3)
    received = EXPON.cdf(t - 0.02 * (1 + ends))
    with ctx.workprec(400):
        truth = covered_with_rows(60, ends, received, rows)
    for bits in range(16, 64, 6):
        with ctx.workprec(bits):
            ball = covered_with_rows(60, ends, received, rows)
        with ctx.workprec(400):
            assert ball.contains(truth)
            assert ball.rad() < 2.0 ** (8 - bits / 2)


def test_many_symbols_and_short_blocks_take_no_longer():
    """The sum over all terms says the same after minutes."""
    low, high = coverage_and_rows(Model(1000, 3, 0.005, EXPON), 0.6, 1000)
    assert low <= 0.412707259453895
    assert high >= 0.41270725945381237
    assert high - low < 1e-13


@pytest.mark.quality
def test_two_percent_in_the_mean_break_the_poisson_bound():
    counts = [8] * 125 + [0] * 875
    mean, bound = poisson_given_counts(1000, 10, counts)
    value = float(coverage_given_counts(1000, 10, counts))
    assert abs(value - math.exp(-float(mean))) <= bound < abs(value - math.exp(-1.02 * float(mean)))


MOMENTS = [(m, d, t) for m in (1, 2, 3, 6, 40) for d in (1, 2, 5) for t in (0.35, 0.8, 1.6, 3.0)]


def test_two_moments_bound_coverage():
    """E W^2 is E W + 2 E C(W, 2); with one of the two the bound falls below the probability."""
    seen = 0
    for m, d, t in MOMENTS:
        model = Model(m, d, 0.3, EXPON)
        (low, high), exact = (law(model, t) for law in (coverage_ceiling, coverage_by_time))
        assert low == 0 <= exact[0] <= high <= 1
        assert m > 1 or high == pytest.approx(exact[1], rel=1e-12)  # W is 0 or 1: nothing is lost
        mean = float(expected_uncovered(model, t))
        seen += 1 - mean**2 / ((mean**2 / (1 - high) + mean) / 2) < exact[0]
    assert seen > 5


# -------------------------------------------------------------------------------------- integrals over the arrival time


SMOOTH = [
    stats.expon(scale=5),
    stats.expon(loc=0.3, scale=1e-3),
    stats.pareto(b=1),
    stats.pareto(b=0.1),
    stats.pareto(b=80.0),
    stats.pareto(b=2.0, loc=3.0, scale=0.1),
    stats.uniform(),
    stats.uniform(loc=0.1, scale=0.3),
    stats.expon(scale=1e9),
]


def moments(model, k, rule=None):
    """Bounds on the probability that the k-th row arrives in the window."""
    rule = rule or model.rule(window(model, k, k))
    each = np.ones((1, rule.nodes.p.shape[1]))
    [low], [high] = rule.moments(np.array([0]), model.symbols, each, np.array([k]), model.spread(typical(model, k)))
    return low, high


@pytest.mark.parametrize("law", SMOOTH)
@pytest.mark.parametrize(("m", "d"), [pytest.param(2, 1, marks=pytest.mark.attack), (9, 4)])
def test_some_row_is_the_kth(m, d, law):
    model = SmoothModel(m, d, 0.1, law)
    for k in (1, m):
        rule = model.rule(window(model, k, k))
        low, high = moments(model, k, rule)
        high = high + rule.outside(m, np.array([k]))  # at some time, in the window or outside
        assert low[0] <= 1 <= high[0]
        if law is not SMOOTH[3]:  # here a row may take longer than any window
            assert high[0] - low[0] < 1e-8


@pytest.mark.quality
@pytest.mark.parametrize("law", SMOOTH[:1] + SMOOTH[2:4] + SMOOTH[6:7])
def test_fewer_nodes_and_wider_panels_differ_within_their_bounds(monkeypatch, law):
    model = SmoothModel(9, 2, 0.1, law)
    fine, k = moments(model, 12), 12
    start, stop = window(model, k, k)
    monkeypatch.setattr(arrivals, "NODES", 6)
    coarse = moments(model, k)
    with ctx.workprec(BITS):
        costs = [arb(0.1) * int(1 + end) for end in model.ends]
        jumps = sorted(end + cost for end in support_ends(named(law)) for cost in costs)
        edges = [arb(start), *(jump for jump in jumps if start < jump and jump < stop), arb(stop)]
        wide = moments(model, k, proven_rule(named(law), costs, list(pairwise(edges)), model.spread(stop)))
    for other in (coarse, wide):
        assert (other[0] <= fine[1]).all()
        assert (fine[0] <= other[1]).all()
    assert (coarse[1] - coarse[0]).max() > (fine[1] - fine[0]).max()


@pytest.mark.quality
def test_a_window_too_short_is_made_good_by_what_bounds_the_rest(monkeypatch):
    model, span = SmoothModel(9, 2, 0.1, stats.expon()), np.array([12])
    fine = covered_by(model, span)
    t = typical(model, 12)
    rules = [
        model.rule(short) for short in ((0.9 * t, 1.1 * t), (0.99 * t, 1.5 * t), (0.1 * t, 0.9 * t), (1.3 * t, 1.5 * t))
    ]
    for rule in rules:
        low, high = covered_by(model, span, rule)
        assert (low <= fine[1]).all()
        assert (fine[0] <= high).all()
        assert high[0] - low[0] > 1e-3
    monkeypatch.setattr(arrivals.Rule, "outside", lambda self, m, rows: np.zeros(len(rows)))
    assert any((covered_by(model, span, rule)[0] > fine[1] + 1e-6).any() for rule in rules)


def test_jumps_that_fall_together_and_ends_that_are_no_floats():
    """In steps of 0.1 rounded sums of ends and costs are equal, or in the wrong order, where the true ones are not."""
    for law in (stats.uniform(), stats.uniform(loc=0.1, scale=0.2), stats.pareto(b=1, loc=0.1, scale=0.3)):
        model = SmoothModel(14, 1, 0.1, law)
        span = np.arange(60, 70)
        low, high = covered_by(model, span)
        assert (high - low).max() < 1e-8
    with ctx.workprec(BITS):
        ends = support_ends(named(stats.pareto(b=1, loc=0.1, scale=0.3)))
        assert ends[0] == arb(0.1) + arb(0.3)
        assert ends[0] < arb(0.1 + 0.3)
