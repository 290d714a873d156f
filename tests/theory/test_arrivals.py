"""Integrals over the arrival time: what is known exactly, and rules that must agree within their bounds."""

from itertools import pairwise

import numpy as np
import pytest
from flint import arb, ctx
from scipy import stats

from srtheory.theory.laws.collection import SmoothModel, covered_by, typical, window
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
    """Bounds on the probability that the k-th row arrives in the window."""
    rule = rule or model.rule(window(model, k, k))
    each = np.ones((1, rule.nodes.p.shape[1]))
    [low], [high] = rule.moments(np.array([0]), model.symbols, each, np.array([k]), model.spread(typical(model, k)))
    return low, high


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
