"""Integrals over the arrival time: what is known exactly, and rules that must agree within their bounds."""

from itertools import pairwise

import numpy as np
import pytest
from flint import arb, ctx
from scipy import stats

from srtheory.theory.laws.collection import SmoothModel, _moments, covered_by, typical, window
from srtheory.theory.named import named
from srtheory.theory.numerics import arrivals
from srtheory.theory.numerics.arrivals import BITS, proven_rule, support_ends

LAWS = [
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
    rule = rule or model.rule(window(model, k, k))
    low, high = zip(*_moments(model, rule, np.array([k])), strict=True)
    return np.ravel(low), np.ravel(high)


def arrives(model, k):
    """Bounds on the probability that the k-th row arrives at some time, in the window or outside."""
    rule = model.rule(window(model, k, k))
    low, high = moments(model, k, rule)
    return low[0], high[0] + rule.outside(model.symbols, np.array([k]))[0]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("m", "d"), [(2, 1), (9, 4)])
def test_some_row_is_the_kth(m, d, law):
    model = SmoothModel(m, d, 0.1, law)
    for k in (1, m):
        low, high = arrives(model, k)
        assert low <= 1 <= high
        if law is not LAWS[3]:  # here a row may take longer than any window
            assert high - low < 1e-8


@pytest.mark.slow
def test_delays_of_another_order_than_the_terms():
    low, high = arrives(SmoothModel(2, 1, 0.1, stats.expon(scale=1e-9)), 2)
    assert low <= 1 <= high
    assert high - low < 1e-8


@pytest.mark.quality
@pytest.mark.parametrize("law", LAWS[:1] + LAWS[2:4] + LAWS[6:7])
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
def test_without_the_arcs_few_nodes_would_be_seen(monkeypatch):
    model = SmoothModel(9, 2, 0.1, stats.pareto(b=1))
    fine = moments(model, 12)
    monkeypatch.setattr(arrivals, "NODES", 2)
    monkeypatch.setattr(arrivals, "RADIUS", 1e30)
    monkeypatch.setattr(arrivals, "edge_boxes", lambda *a: [(0.0, 1.0, [0.0] * len(a[1]), [0.0] * len(a[1]))] * a[-1])
    other = moments(model, 12)
    assert (other[0] > fine[1]).any() or (fine[0] > other[1]).any()


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


def test_no_ellipse_reaches_a_pole():
    law = arrivals._Law(named(stats.pareto(b=0.01)))
    assert not law.analytic([arb(0)], arb(1), arb(10))
    for a, b in arrivals._split(law, [arb(0)], arb(1), arb(10)):
        assert (a + b) / 2 - (arb(4) + arb(1) / 4) / 2 * (b - a) / 2 > 0


@pytest.mark.quality
@pytest.mark.parametrize("slip", [1.0, 1 + 1e-9])
def test_delays_without_memory_have_the_nodes_of_their_distribution_function(monkeypatch, slip):
    """A factor for each cost, or F at each of the differences: the nodes are the same floats, and the arcs near."""
    model = SmoothModel(9, 2, 0.1, stats.expon(loc=0.25, scale=5.0))
    quick = model.rule(window(model, 12, 12))
    monkeypatch.setattr(arrivals, "LONGEST", 0.0)
    values = arrivals._Law.values
    monkeypatch.setattr(arrivals._Law, "values", lambda law, z: values(law, z * arb(slip)))
    slow = model.rule(window(model, 12, 12))
    same = [(getattr(quick.nodes, name) == getattr(slow.nodes, name)).all() for name in ("q", "p", "f")]
    assert all(same) == (slip == 1)
    for name in ("q", "p", "f"):
        assert getattr(quick.arcs, name) == pytest.approx(getattr(slow.arcs, name), rel=1e-6)


def test_a_bound_that_is_not_a_number_is_not_taken_for_nothing():
    with pytest.raises(ArithmeticError):
        arrivals._up(arb("nan"))
