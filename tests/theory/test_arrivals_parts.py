"""Integrals over the arrival time part by part, with the other parts given: sums, margins and sides by hand."""

from __future__ import annotations

import cmath
import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from flint import acb, arb, ctx
from scipy import stats

from srtheory.theory.named import named
from srtheory.theory.numerics import arrivals
from srtheory.theory.numerics.arrivals import Rule, Times, edge_boxes, proven_rule, smooth_rule
from srtheory.theory.numerics.saddle import UNDERFLOW

UNIT = 2.0**-20
"""A unit of roundoff that is seen."""


def law_of(law):
    return arrivals._Law(named(law))


def times(count):
    """Times that are told apart by their q."""
    return Times(np.ones(count), np.arange(float(count)), np.zeros((count, 1)), np.ones((count, 1)))


# ------------------------------------------------------------------------------------------------------- integrands


def test_exponents_by_hand():
    """Of D Q^3: Q from z^0, or from z^2 where q_0 is 0, up to z^3; D from z^1 and z^2 up to z^2 and z^3."""
    q, p = np.array([0.5, 0.0]), np.array([[0.25, 0.0, 0.25], [0.0, 0.5, 0.5]])
    f = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 1.0]])
    asked = []
    its = arrivals._Integrand((np.zeros(2), np.zeros(2)), 3, q, p, f)
    least, most = its.exponents
    assert (least.tolist(), most.tolist()) == ([1, 8], [11, 12])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrivals, "log_saddle", lambda *given: asked.append(given) or np.zeros(2))
        for rows in ([0, 4], [9, 12], [12, 13]):
            its.saddle(np.array(rows))
    assert [given[3].tolist() for given in asked] == [[2.0, 8.5], [10.5, 10.5], [10.5, 11.5]]
    assert all(given[0] is q and given[1] is p and given[2] == 3 and given[4] is f for given in asked)
    assert arrivals._first(np.array([[0.0, 0.0]])).tolist() == [1]
    assert arrivals._degree(np.array([[0.0, 0.0]])).tolist() == [0]


def test_an_integrand_by_hand(monkeypatch):
    """C(5, 2) (5 - 2) q_0^2 times its weight, to what is known of the sets and of three logarithms."""
    monkeypatch.setattr(arrivals, "UNIT", UNIT)
    monkeypatch.setattr(arrivals, "ELEMENTARY", 8.0)
    monkeypatch.setattr(arrivals, "log_sets", lambda m, w, q: (np.log(math.comb(m, int(w)) * q ** int(w)), 0.25))
    given = Times(
        np.array([0.5, 0.0, 0.5, 0.5]),
        np.array([0.5, 0.5, 0.5, 0.0]),
        np.array([[0.25, 0.125], [0.25, 0.125], [0.25, 0.125], [0.0, 0.0]]),
        np.array([[2.0, 4.0], [2.0, 4.0], [0.0, 0.0], [2.0, 4.0]]),
    )
    with np.errstate(divide="ignore"):
        its = arrivals._integrand(given, 2, 5, np.array([1.0, 0.5]))
        last = arrivals._integrand(given, 4, 5, np.array([1.0, 0.5]))
    assert its.weight[0].tolist() == pytest.approx([math.log(0.5 * 10 * 0.25 * 3), -math.inf, -math.inf, -math.inf])
    error = [0.25 + UNIT * (12 * (dead + math.log(3) + 1) + 1) for dead in (math.log(2), 0, 0, 0)]
    assert its.weight[1].tolist() == pytest.approx(error, rel=1e-12)
    assert its.exponent == 2
    assert its.q.tolist() == [0.5, 1.0, 1.0, 1.0]
    assert its.p == pytest.approx(np.array([[0.25, 0.0625], [0, 0], [0, 0], [0, 0]]))
    assert its.f == pytest.approx(np.array([[2.0, 2.0], [1, 0], [1, 0], [1, 0]]))
    assert (its.p[0, 1] >= 0.0625, its.f[0, 1] >= 2.0) == (True, True)
    # Nobody else has sent anything: Q^0 is 1, whatever Q is.
    assert last.exponent == 0
    assert last.q.tolist() == [1.0] * 4
    assert not last.p.any()
    assert last.f[:, 0].tolist() == [2.0, 1.0, 1.0, 2.0]
    assert last.weight[0].tolist()[:3] == pytest.approx([math.log(0.5 * 5 * 0.5**4), -math.inf, -math.inf])


@pytest.mark.parametrize("proven", [True, False])
def test_moments_are_sums_over_panels_where_they_can_be(monkeypatch, proven):
    """Three panels of two nodes and three arcs each; a coefficient is 0 where no node of the panel has it."""
    monkeypatch.setattr(arrivals, "UNIT", UNIT)
    monkeypatch.setattr(arrivals, "NODES", 2)
    monkeypatch.setattr(arrivals, "_AT_ONCE", 2)
    least, most = np.array([0, 5, 9, 9, 9, 5]), np.array([4, 3, 99, 99, 1, 5])
    asked, rows = [], np.array([4, 5, 6])
    lows = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]])

    def integrand(its, w, symbols, each):
        assert (symbols, each.tolist()) == (7, [w])
        return SimpleNamespace(
            exponents=(least, most), powers=lambda tilt: (len(its.q), w, tilt.tolist()), q=its.q, w=w
        )

    def saddles(each, its_rows):
        asked.append([(one.w, one.q.tolist()) for one in each])
        return [np.array([0.0, 1.0, 2.0]) + one.w for one in each]

    def coefficients(power, its_rows, spread, together):
        count, w, tilt = power
        assert (count, tilt, spread, together) == (6, [w, w, 1 + w, 1 + w, 2 + w, 2 + w], 1.5, 2)
        return lows * w, 2 * lows * w

    def edges(power, its_rows, together):
        count, w, tilt = power
        assert (count, tilt, together) == (9, [w] * 3 + [w + 1] * 3 + [w + 2] * 3, 3)
        return lows / 64

    monkeypatch.setattr(arrivals, "_integrand", integrand)
    monkeypatch.setattr(arrivals, "_saddles", saddles)
    monkeypatch.setattr(arrivals, "power_coefficients", coefficients)
    monkeypatch.setattr(arrivals, "value_bound", edges)
    rule = Rule(times(6), times(9), times(0), times(0), proven)
    low, high = rule.moments(np.array([1, 3, 5]), 7, np.array([[1], [3], [5]]), rows, 1.5)
    assert asked == [[(w, [1.0, 3.0, 5.0]) for w in part] for part in ([1, 3], [5])]
    for i, w in enumerate((1, 3, 5)):
        sums = np.array([1.0, 128.0, 0.0])  # the first panel has 0 to 4, the second from 9 on, the third 5
        missing = 2 * UNIT * 3 * (2 * sums * w) + (sums / 64 if proven else 0.0)
        assert low[i].tolist() == (sums * w - missing).tolist()
        assert high[i].tolist() == ((2 * sums * w + missing) * (1 + UNIT * 17)).tolist()


def test_what_may_be_missing_is_subtracted_down_to_nothing(monkeypatch):
    monkeypatch.setattr(arrivals, "NODES", 1)
    monkeypatch.setattr(arrivals, "_integrand", lambda *_: SimpleNamespace(
        exponents=(np.zeros(1), np.full(1, 9)), powers=lambda tilt: None))  # fmt: skip
    monkeypatch.setattr(arrivals, "_saddles", lambda each, rows: [np.zeros(1)] * len(each))
    monkeypatch.setattr(arrivals, "power_coefficients", lambda *_: (np.array([[0.5]]), np.array([[0.5]])))
    monkeypatch.setattr(arrivals, "value_bound", lambda *_: np.array([[0.75]]))
    low, high = Rule(times(1), times(1), times(0), times(0), True).moments(
        np.array([0]), 2, np.ones((1, 1)), np.array([1]), 1.0
    )
    assert low.tolist() == [[0.0]]
    assert high[0, 0] == pytest.approx(1.25)


def test_an_eighth_of_the_rows_has_one_radius_at_either_end(monkeypatch):
    """Ten rows: two pairs and six alone.  The radius is at least 1 before the window, and at most 1 after it."""
    monkeypatch.setattr(arrivals, "UNIT", UNIT)
    asked, rows = [], np.arange(11, 21)
    means = [11.5, 13.5, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0]

    def saddle(q, p, symbols, k):
        assert (q.tolist(), p.tolist(), symbols) == ([q[0]] * 8, [[p[0, 0]]] * 8, 5)
        asked.append((float(q[0]), float(p[0, 0]), k.tolist()))
        return k - 16.5

    def power(weight, q, p, symbols, tilt):
        assert (len(q), len(p), symbols) == (8, 8, 5)
        asked.append(tilt.tolist())
        return 2.0 ** len(asked)

    monkeypatch.setattr(arrivals, "log_saddle", saddle)
    monkeypatch.setattr(arrivals, "log_sets", lambda m, w, q: (m, w.tolist()))
    monkeypatch.setattr(arrivals, "scaled", power)
    monkeypatch.setattr(arrivals, "value_bound", lambda power, its: power * np.add.outer(100.0 * np.arange(8), its))
    ends = [Times(np.ones(1), np.array([q]), np.array([[p]]), np.ones((1, 1))) for q, p in ((0.25, 0.5), (0.75, 0.125))]
    found = Rule(times(0), times(0), *ends, True).outside(5, rows)
    later = [mean - 1 for mean in means]
    assert asked[0] == (0.25, 0.5, means)
    assert asked[1] == [max(mean - 16.5, 0.0) for mean in means]
    assert asked[2] == (0.75, 0.125, later)
    assert asked[3] == [min(mean - 16.5, 0.0) for mean in later]
    which = np.array([0, 0, 1, 1, 2, 3, 4, 5, 6, 7])
    assert found.tolist() == ((4.0 * (100 * which + rows) + 16.0 * (100 * which + rows - 1)) * (1 + 8 * UNIT)).tolist()
    few = Rule(times(0), times(0), *ends, True)
    monkeypatch.setattr(arrivals, "log_saddle", lambda q, p, symbols, k: k)
    monkeypatch.setattr(arrivals, "scaled", lambda weight, q, p, symbols, tilt: float(len(q)))
    assert few.outside(5, rows[:3]).tolist() == [
        (3.0 * (200 * i + 2 * k - 1)) * (1 + 8 * UNIT) for i, k in enumerate((11, 12, 13))
    ]


# --------------------------------------------------------------------------------------------- sides, ends and poles


@pytest.mark.parametrize(
    ("law", "costs", "a", "widest"),
    [
        (stats.pareto(b=1), [0, 2], 3, 1),  # 3 and 1 have begun: the later one is 1 from the pole at 0
        (stats.pareto(b=1), [0, 2], 2, 2),
        (stats.pareto(b=2, loc=1, scale=4), [0.5, 1], 9, 7),
        (stats.pareto(b=2, loc=1, scale=4), [0.5, 8], 9, 7.5),
        (stats.pareto(b=1), [2, 3], 2, 1e9),  # none has begun
        (stats.expon(), [0, 2], 3, 1e9),
        (stats.uniform(), [0, 2], 3, 1e9),
    ],
)
def test_no_panel_is_longer_than_its_distance_from_the_pole(law, costs, a, widest):
    its, exactly = law_of(law), [arb(cost) for cost in costs]
    assert its.analytic(exactly, arb(a), arb(a) + widest)
    assert widest == 1e9 or not its.analytic(exactly, arb(a), arb(a) + widest + arb(2) ** -40)


def test_panels_are_split_from_left_to_right():
    parts = arrivals._split(law_of(stats.pareto(b=1)), [arb(0)], arb(1), arb(9))
    assert [(float(a), float(b)) for a, b in parts] == [(1, 2), (2, 3), (3, 5), (5, 9)]


def test_sides_of_the_support_by_hand():
    law = law_of(stats.uniform(loc=1, scale=2))
    for at, side, received in ((0.5, -1, 0), (1, -1, 0), (2, 0, 0.5), (3, 1, 1), (4, 1, 1)):
        assert arrivals._side(law, arb(at)) == side
        assert arrivals._real(law, arb(at)) == received
    for at in (arb(1, 0.25), arb(3, 0.25)):
        with pytest.raises(ArithmeticError, match="side of a jump"):
            arrivals._side(law, at)
    assert [float(end) for end in law.jumps] == [1.0, 3.0]
    assert [float(end) for end in law_of(stats.expon(loc=2)).jumps] == [2.0]


def test_the_distribution_on_either_side_of_a_jump():
    """One has sent surely, one may have, and one surely has not."""
    law, costs = law_of(stats.uniform(loc=1, scale=2)), [acb(0), acb(2), acb(4)]
    q, sent, density = arrivals._law(law, [1, 0, -1], costs)(acb(4.5))
    assert [float(x.real) for x in (q, *sent)] == [0.0, 0.25, 0.75, 0.0]
    assert [float(x.real) for x in density] == [0.0, 0.5, 0.0]


@pytest.mark.parametrize("longest", [0.0, 1e6])
def test_delays_without_memory_by_hand(monkeypatch, longest):
    monkeypatch.setattr(arrivals, "LONGEST", longest)
    law, costs = law_of(stats.expon(loc=0.5, scale=2)), [acb(0.25), acb(1), acb(9)]
    q, sent, density = arrivals._law(law, [0, 0, -1], costs)(acb(3))
    left = [math.exp(-(3 - 0.5 - cost) / 2) for cost in (0.25, 1)]
    assert [float(x.real) for x in (q, *sent)] == pytest.approx([left[0], left[1] - left[0], 1 - left[1], 0.0])
    assert [float(x.real) for x in density] == pytest.approx([left[0] / 2, left[1] / 2, 0.0])


# ------------------------------------------------------------------------------------------------ numbers and bounds


def test_numbers_are_known_to_64_bits_or_tiny():
    accuracy = {ball.rel_accuracy_bits(): ball for ball in (arb(1, 2.0**-k) for k in range(60, 70))}
    assert arrivals._known(accuracy[64])
    assert not arrivals._known(accuracy[63])
    assert arrivals._known(arb(0))
    assert arrivals._known(arb(0, UNDERFLOW / 2))
    assert not arrivals._known(arb(0, 2 * UNDERFLOW))


def test_nearest_floats_are_positive_unless_the_number_is_0():
    values = [arb(0.5), arb(0.25), arb(0), arb(0, 1e-9), arb(2), arb(-1)]
    assert arrivals._floats(values, 2) == (0.5, 0.25, [0.0, UNDERFLOW], [2.0, UNDERFLOW])


def test_bounds_are_raised_unless_the_number_is_0():
    values = [arb(0), arb(1), arb(-1), arb(0.5, 0.25), arb(2) ** -1080]
    above = math.nextafter(float(arb(0.5, 0.25).upper()), 1)
    assert arrivals._ups(values) == [0.0, math.nextafter(1.0, 2), UNDERFLOW, above, UNDERFLOW]
    assert arrivals._up(arb(0)) == 0.0
    with pytest.raises(ArithmeticError, match="infinite"):
        arrivals._ups([arb(1), arb("inf")])


def test_no_times_and_some_times():
    five = times(5)
    assert five.part(slice(1, None, 2)).q.tolist() == [1.0, 3.0]
    assert (five.none.q.shape, five.none.p.shape) == ((0,), (0, 1))
    assert arrivals._stack([]).p.shape == (0, 1)
    stacked = arrivals._stack([(1.0, 0.5, [0.25, 0.125], [2.0, 3.0]), (4.0, 0.75, [0.0, 0.5], [5.0, 6.0])])
    assert (stacked.weight.tolist(), stacked.q.tolist()) == ([1.0, 4.0], [0.5, 0.75])
    assert (stacked.p.tolist(), stacked.f.tolist()) == ([[0.25, 0.125], [0.0, 0.5]], [[2.0, 3.0], [5.0, 6.0]])


# ---------------------------------------------------------------------------------------------------- nodes and arcs


def test_the_rule_without_a_proof_integrates_powers():
    """The integrand is a polynomial in s of degree 6 and 9 at most; at the ends of panels roots do no harm."""
    points, weights = smooth_rule([(1.0, 3.0), (3.0, 4.0)])
    assert len(points) == 2 * arrivals.NODES
    assert (points[:24] < 3).all() and (points[24:] > 3).all()  # noqa: PT018
    for power in (0, 1, 2):
        assert weights @ points**power == pytest.approx((4.0 ** (power + 1) - 1) / (power + 1), rel=1e-13)
    assert weights @ np.sqrt(points - 1) == pytest.approx(2 / 3 * 3**1.5, rel=1e-7)


def test_boxes_cover_the_edge_of_the_ellipse():
    """1 - F, the chances of one and of two rows and the densities there, where one cost has not begun."""
    scale, a, b, count, costs = 2.0, arb(1), arb(3), 16, [acb(0.5), acb(1), acb(5)]
    law = law_of(stats.expon(scale=scale))
    with ctx.workprec(128):
        boxes = list(edge_boxes(law, [0, 0, -1], costs, a, b, count))
    assert len(boxes) == count
    middle, half, r = 2.0, 1.0, arrivals.RADIUS
    for i, (weight, q, p, f) in enumerate(boxes):
        assert weight == pytest.approx(8 * 4.0**-48 / 0.75, rel=1e-14, abs=0)
        greatest = [0.0] * 6
        for angle in np.linspace(math.pi * i / count, math.pi * (i + 1) / count, 9):
            t = middle + half * complex((r + 1 / r) / 2 * math.cos(angle), (r - 1 / r) / 2 * math.sin(angle))
            left = [cmath.exp(-(t - cost) / scale) for cost in (0.5, 1.0)]
            values = [left[0], left[1] - left[0], 1 - left[1], half * left[0] / scale, half * left[1] / scale]
            greatest = [max(old, abs(new)) for old, new in zip(greatest, [*values, 0.0], strict=True)]
        for bound, value in zip([q, *p[:2], *f], [*greatest[:3], *greatest[3:]], strict=True):
            assert value <= bound * (1 + 1e-14)
            assert bound <= 2.5 * value + 1e-300
        assert (p[2], f[2]) == (0.0, 0.0)


def test_a_rule_with_a_proof_has_so_many_nodes_and_arcs():
    """24 nodes to a panel, and 24 arcs and one more for each two rows of the deviation; its ends are those of all."""
    law, cost = named(stats.pareto(b=1)), arb(0.5)
    rule = proven_rule(law, [cost, arb(1)], [(arb(1.5), arb(2)), (arb(2), arb(6))], 7.9)
    panels = [(1.5, 2), (2, 3), (3, 4), (4, 6)]
    assert rule.proven
    assert len(rule.nodes.q) == 24 * len(panels)
    assert len(rule.arcs.q) == (24 + 3) * len(panels)
    assert rule.start.q.tolist() == pytest.approx([1.0])
    assert rule.end.q.tolist() == pytest.approx([1 / 5.5], rel=1e-14)
    assert rule.end.p[0].tolist() == pytest.approx([1 / 5 - 1 / 5.5, 1 - 1 / 5], rel=1e-14)
    assert rule.end.q[0] >= 1 / 5.5
    # The nodes integrate the densities over the window; weights are for [-1, 1].
    total = [float(rule.nodes.weight @ rule.nodes.f[:, b]) for b in (0, 1)]
    assert total == pytest.approx([1 - 1 / 5.5, 1 - 1 / 5], rel=1e-12)
    ends = [x for a, b in panels for x in (a, b)]
    points = 0.5 + 1 / rule.nodes.q
    assert all(a < t < b for (a, b), part in zip(panels, np.split(points, 4), strict=True) for t in part)
    assert all(a <= b for a, b in pairwise(ends))


def test_more_bits_are_taken_until_all_nodes_are_known(monkeypatch):
    """Twice as many each time, up to the most."""
    law, asked = law_of(stats.expon()), []
    nodes = arrivals._nodes

    def counted(law, sides, costs, a, b, bits):
        asked.append((bits, ctx.prec))
        yield from nodes(law, sides, costs, a, b, bits) if bits > 512 else [[arb(1), arb(1, 0.5), arb(1), arb(1)]]

    monkeypatch.setattr(arrivals, "_nodes", counted)
    found, edge = arrivals._panel(law, [arb(0)], arb(1), arb(2), 3)
    assert asked == [(128, 128), (256, 256), (512, 512), (1024, 1024)]
    assert (len(found), len(edge)) == (24, 3)
    monkeypatch.setattr(arrivals, "BITS", 512)
    asked.clear()
    with pytest.raises(ArithmeticError, match="512 bits do not suffice"):
        arrivals._panel(law, [arb(0)], arb(1), arb(2), 3)
    assert [bits for bits, _ in asked] == [128, 256, 512]
