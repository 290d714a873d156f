"""P(M' <= k) with proof, against exact sums over rounds, and against simulation with exact ranks."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory import spanning_rows
from srtheory.theory.laws.collection import coverage_by_rows
from srtheory.theory.spanning_rows import expected_stopping_bounds, stopping_bounds
from tests.theory.spanning_oracles import simulate_latency, spanned_by_rows_exponential

CASES = [(2, 1, 0.4, 60), (3, 1, 0.7, 40), (3, 2, 0.7, 40), (4, 1, 2.2, 12), (4, 3, 2.2, 12), (5, 2, 4.0, 7)]


def excess(m, d, load, rounds):
    exact = spanned_by_rows_exponential(m, d, load, rounds)
    low, high = stopping_bounds(Model(m, d, 0.3, stats.expon(scale=0.3 * d / load)), np.arange(len(exact)))
    left_out = m * math.exp(-load * rounds) + 1e-14
    assert (low >= 0).all()
    assert (low <= high).all()
    assert (high <= 1).all()
    return max((low - exact - left_out).max(), (exact - high).max()), exact, (low, high)


@pytest.mark.parametrize(("m", "d", "load", "rounds"), CASES)
def test_exponential_start_up_is_a_sum_over_rounds_and_orders(m, d, load, rounds):
    worst, exact, (low, high) = excess(m, d, load, rounds)
    assert worst <= 0
    assert high[0] == 0.0
    assert low[-1] == 1.0
    mean = expected_stopping_bounds(Model(m, d, 0.3, stats.expon(scale=0.3 * d / load)))
    assert mean[0] - 1e-9 <= (1 - exact).sum() <= mean[1] + len(exact) * (m * math.exp(-load * rounds) + 1e-14)


@pytest.mark.quality
@pytest.mark.parametrize("slip", ["no even sets", "one row late"])
def test_what_is_left_out_would_be_seen(monkeypatch, slip):
    law, kernel = spanning_rows.spanned_by, spanning_rows.kernel
    if slip == "no even sets":
        monkeypatch.setattr(spanning_rows, "kernel", lambda *a: (0 * kernel(*a)[0], kernel(*a)[1]))
    if slip == "one row late":
        monkeypatch.setattr(spanning_rows, "spanned_by", lambda model, span: law(model, span + (span < 7)))
    assert any(excess(*case)[0] > 0 for case in (CASES[4], CASES[1]))


def test_one_symbol():
    model = Model(1, 1, 0.1, stats.expon())
    low, high = stopping_bounds(model, [0, 1, 2])
    assert low.tolist() == high.tolist() == [0.0, 1.0, 1.0]
    assert expected_stopping_bounds(model) == pytest.approx((1, 1), abs=1e-14)


def test_large_even_sets_are_next_to_impossible_once_many_rows_are_there():
    model = spanning_rows._named(Model(124, 10, 0.01, stats.expon()))
    assert 0 < spanning_rows.large_sets(model) < 1e-14


@pytest.mark.quality
@pytest.mark.parametrize(
    ("m", "d", "tau", "law"),
    [(20, 5, 0.05, stats.pareto(b=1)), (20, 6, 0.1, stats.uniform()), (20, 5, 0.05, stats.uniform(loc=2, scale=0.3))],
)
def test_simulation_agrees(m, d, tau, law):
    rows = np.array([run[2] for run in simulate_latency(m, d, tau, law, 400, np.random.default_rng(5))])
    k = np.arange(m - 3, m + 25)
    (low, high), covered = (cdf(Model(m, d, tau, law), k) for cdf in (stopping_bounds, coverage_by_rows))
    share = (rows[:, None] <= k).mean(axis=0)
    down, up = (4.5 * np.sqrt(np.maximum(p * (1 - p), 1 / len(rows)) / len(rows)) for p in (low, high))
    assert (low - down <= share).all()
    assert (share <= high + up).all()
    assert (high - low)[-1] < 0.05
    assert (high <= covered[1] + 1e-9).all()


def test_rows_long_before_m_are_taken_together(monkeypatch):
    """By one bound, from 64 symbols on: here from 4, and the intervals still have the mean in common."""
    model = Model(12, 3, 0.2, stats.expon(scale=5))
    low, high = expected_stopping_bounds(model)
    monkeypatch.setattr(spanning_rows, "EARLY", 4)
    wider = expected_stopping_bounds(model)
    assert 8 < wider[0] <= high
    assert low <= wider[1]


def test_bounds_near_m_leave_some_four_rows_open():
    low, high = stopping_bounds(Model(40, 5, 0.05, stats.expon(scale=5)), np.arange(36, 100))
    assert (high - low).sum() < 4.5


# --------------------------------------------------------------------------------- the parts, with the others given


def small_model(m=3, d=1):
    return spanning_rows._named(Model(m, d, 0.5, stats.expon()))


def given_rule(outside, moments=None):
    """A rule with the probability outside its window, and moments as they are given."""
    nodes = SimpleNamespace(p=np.zeros((1, 2)))
    return SimpleNamespace(nodes=nodes, outside=lambda m, span: np.full(len(span), outside), moments=moments)


def test_bounds_from_first_moments_by_hand(monkeypatch):
    """For k < m, 2^(k-m+1) (1 + A_2 + A_4) - 1 at most; from m on, coverage less the surplus."""
    model, span = small_model(5), np.array([3, 4, 5, 6])
    even = np.array([[0.25] * 4, [8.0] * 4, [0.5] * 4])  # A_2, A_3, A_4
    monkeypatch.setattr(spanning_rows, "UNIT", 2.0**-10)
    monkeypatch.setattr(spanning_rows, "kernel", lambda *_: (even, np.zeros((1, 4))))
    monkeypatch.setattr(spanning_rows, "surplus", lambda even, missed: np.array([9.0, 9.0, 0.125, 0.75]))
    low, high = np.array([0.1, 0.2, 0.5, 0.6]), np.array([0.15, 0.9, 0.7, 0.8])
    below, above = spanning_rows._spanned(model, given_rule(0.0625), span, low, high)
    assert below.tolist() == [0.0, 0.0, 0.5 - 0.125 - 0.0625, 0.0]
    early = [2.0**power * 1.75 * (1 + 5 * 2.0**-10) - 1 + 0.125 for power in (-1, 0)]
    assert above.tolist() == [min(max(early[0], 0.0), 0.15), early[1] if early[1] < 0.9 else 0.9, 0.7, 0.8]
    wide = spanning_rows._spanned(model, given_rule(0.0), span, low, np.ones(4))[1]
    assert wide[:2] == pytest.approx([0.0, 1.75 * (1 + 5 * 2.0**-10) - 1], abs=1e-15)


@pytest.mark.parametrize(
    ("first", "count", "sizes"), [(76, 2, [2]), (145, 31, [31]), (145, 32, [32]), (145, 33, [17, 16]), (146, 33, [33])]
)
def test_rows_near_m_are_treated_so_many_at_a_time(monkeypatch, first, count, sizes):
    """m is 65, so that the last of these begin more than 80 rows later."""
    model, asked, span = small_model(65), [], first + np.arange(count)
    monkeypatch.setattr(spanning_rows, "bounded_rule", lambda *_: given_rule(0.0))
    monkeypatch.setattr(spanning_rows, "covered_by", lambda model, span, rule: (span - 0.5, span + 0.5))

    def part(model, rule, span, low, high):
        asked.append(len(span))
        assert (low.tolist(), high.tolist()) == ((span - 0.5).tolist(), (span + 0.5).tolist())
        return low, high

    monkeypatch.setattr(spanning_rows, "_spanned", part)
    low, high = spanning_rows.spanned_by(model, span)
    assert (low.tolist(), high.tolist()) == ((span - 0.5).tolist(), (span + 0.5).tolist())
    assert asked == sizes


@pytest.mark.parametrize(("last", "there"), [(2, False), (3, True)])
def test_rows_of_which_64_are_missing_hardly_span(monkeypatch, last, there):
    model, span = small_model(67), np.array([1, last])
    monkeypatch.setattr(spanning_rows, "bounded_rule", lambda *_: given_rule(0.0))
    monkeypatch.setattr(spanning_rows, "covered_by", lambda model, span, rule: (0.1 * span, 0.2 * span))
    monkeypatch.setattr(spanning_rows, "_spanned", lambda model, rule, span, low, high: (low, high))
    low, high = spanning_rows.spanned_by(model, span)
    assert low.tolist() == ((0.1 * span).tolist() if there else [0.0, 0.0])
    assert high.tolist() == (0.2 * span).tolist()


def test_without_a_rule_nothing_is_known(monkeypatch):
    monkeypatch.setattr(spanning_rows, "bounded_rule", lambda *_: None)
    low, high = spanning_rows.spanned_by(small_model(), np.array([3, 4]))
    assert (low.tolist(), high.tolist()) == ([0.0, 0.0], [1.0, 1.0])
    assert spanning_rows.large_sets.__wrapped__(small_model()) == 1.0


@pytest.mark.parametrize(
    ("m", "late", "even", "more"), [(5, 0, 3, 0), (5, 1, 3, 0), (66, 0, 64, 0), (66, 1, 62, 1), (64, 1, 62, 0)]
)
def test_the_sets_that_are_counted_one_by_one(monkeypatch, m, late, even, more):
    """From two symbols to m - 1, more than 80 rows after m only below 64, and there with the others as one."""
    asked = []

    def moments(sizes, symbols, each, span, spread):
        assert (symbols, each.shape, spread > 0) == (m, (len(sizes), 2), True)
        asked.append((sizes.tolist(), each))
        return np.full((len(sizes), len(span)), 0.25), np.full((len(sizes), len(span)), 0.5)

    model, span = small_model(m), m + 80 + late + np.arange(2)
    monkeypatch.setattr(spanning_rows, "typical", lambda model, k: 1.0)
    monkeypatch.setattr(spanning_rows, "large_sets", lambda model: 0.75)
    found, missed = spanning_rows.kernel(model, given_rule(0.0, moments), span)
    assert found.tolist() == [[0.5, 0.5]] * even + [[0.75, 0.75]] * more
    assert missed.tolist() == [[0.25, 0.25]] * min(24, m)
    assert [sizes for sizes, _ in asked] == [list(range(2, even + 2)), list(range(min(24, m)))]
    weights = spanning_rows.block_weights(model.ends[:2], m)
    assert (asked[0][1] == weights.even[:, 2 : even + 2].T).all()
    assert (asked[1][1] == weights.missed[:, : min(24, m)].T).all()


def test_large_sets_by_hand(monkeypatch):
    """Of 64 and 65 symbols of 66, 80 rows after m."""

    def moments(sizes, symbols, each, span, spread):
        assert (sizes.tolist(), symbols, each.shape, span.tolist()) == ([64, 65], 66, (2, 2), [146])
        return np.zeros((2, 1)), np.array([[0.25], [0.5]])

    monkeypatch.setattr(spanning_rows, "UNIT", 0.125)
    monkeypatch.setattr(spanning_rows, "typical", lambda model, k: 1.0)
    monkeypatch.setattr(spanning_rows, "bounded_rule", lambda *_: given_rule(0.0625, moments))
    assert spanning_rows.large_sets.__wrapped__(small_model(66)) == (0.75 + 0.0625) * 1.5


@pytest.mark.parametrize(("m", "mean"), [(64, (10.0, 20.0)), (65, (10.75, 21.0)), (70, (14.5, 26.0))])
def test_rows_before_the_last_64_are_bounded_by_one_probability(monkeypatch, m, mean):
    """It is at most 1/4 for the first of them; each row before spans no likelier than that, or surely does not."""
    asked = []
    monkeypatch.setattr(spanning_rows, "expected_from", lambda model, k, law: asked.append(k) or (10.0, 20.0))
    monkeypatch.setattr(spanning_rows, "spanned_by", lambda model, span: (asked.append(span[0]), np.array([0.25])))
    assert expected_stopping_bounds(Model(m, 3, 0.5, stats.expon())) == mean
    assert asked == [m - 64] * (1 + (m > 64))
