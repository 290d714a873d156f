"""Sums of coefficients from values on a circle, against the exact power."""

from __future__ import annotations

import pytest
from flint import acb, arb, ctx, fmpq, fmpq_poly

from srtheory.theory.numerics import circle
from srtheory.theory.numerics.circle import middle_from_circle

ACTIVE = [fmpq(x, 100) for x in (20, 30, 25, 15, 5, 3, 2)]  # mean 1.67
FEW = [fmpq(x, 100) for x in (86, 3, 3, 3, 2, 2, 1)]
STEEP = [fmpq(1, 10**7), fmpq(1, 3), fmpq(1, 10**9), fmpq(5, 3)]


def exact(g: list[fmpq], exponent: int, start: int, stop: int) -> fmpq:
    power = (fmpq_poly(g) ** exponent).coeffs()
    return sum(power[start:stop], fmpq(0))


def found(g: list[fmpq], exponent: int, start: int, stop: int, error: float, bits: int = 96) -> arb | None:
    with ctx.workprec(bits):
        return middle_from_circle([arb(c) for c in g], exponent, start, stop, error)


def excess(ball: arb, truth: fmpq) -> float:
    """How far the truth lies outside the ball."""
    with ctx.workprec(600):
        return float((abs(ball.mid() - truth) - ball.rad()).mid())


CASES = [
    (ACTIVE, 400, 0, 600, 2.0**-90),  # less than the mean, 668, by three standard deviations
    (ACTIVE, 400, 0, 668, 2.0**-70),
    (ACTIVE, 400, 0, 800, 2.0**-60),
    (ACTIVE, 400, 668, 900, 2.0**-60),
    (ACTIVE, 400, 760, 900, 2.0**-90),
    (ACTIVE, 400, 760, 761, 2.0**-60),
    (ACTIVE, 400, 600, 620, 2.0**-40),
    (FEW, 500, 0, 250, 2.0**-40),
    (FEW, 500, 300, 400, 2.0**-40),
    (FEW, 500, 300, 400, 0.5),
    (STEEP, 60, 0, 160, 2.0**-40),
    (STEEP, 60, 170, 181, 2.0**-40),
]


@pytest.mark.parametrize(("g", "exponent", "start", "stop", "error"), CASES)
@pytest.mark.parametrize("dear", [0, 3])
def test_balls_hold_the_exact_sum_and_are_as_small_as_asked(monkeypatch, dear, g, exponent, start, stop, error):
    monkeypatch.setattr(circle, "DEAR", dear)
    ball = found(g, exponent, start, stop, error)
    truth = exact(g, exponent, start, stop)
    if ball is None:
        assert dear
        return
    assert excess(ball, truth) <= 0
    assert ball.rad() <= 4 * error + 2.0**-85 * float(truth)


def test_few_points_are_enough():
    assert found(ACTIVE, 4000, 0, 6600, 2.0**-80) is not None


def test_what_floats_cannot_tell_is_left_to_others():
    assert found(FEW, 3, 0, 10, 2.0**-90) is None  # every point matters
    wide = [arb(1) / 2 + arb(0, 1e-12), arb(1) / 2]
    assert middle_from_circle(wide, 400, 0, 150, 2.0**-80) is None
    assert middle_from_circle([arb(1)], 400, 0, 150, 2.0**-80) is None
    assert middle_from_circle([arb(1) / 2, -arb(1) / 2**40, arb(1) / 2], 400, 0, 150, 2.0**-80) is None


@pytest.mark.parametrize(
    ("size", "exponent", "stop", "answered"),
    [(7, 400, 100, True), (7, 400, 99, False), (1, 400, 600, False), (2, 600, 300, True), (7, 0, 600, False)],
)
def test_from_a_hundred_coefficients_on_points_may_be_left_out(size, exponent, stop, answered):
    ball = found(ACTIVE[:size], exponent, 0, stop, 2.0**-60)
    assert (ball is not None) == answered
    if answered:
        assert excess(ball, exact(ACTIVE[:size], exponent, 0, stop)) <= 0


def test_the_values_around_the_circle_add_up_to_what_is_in_the_middle():
    """1/z^2 + 1/z^3 + 1/z^4 at z = 2."""
    assert circle._geometric(acb(2), 2, 5).real.contains(arb(1) / 4 + arb(1) / 8 + arb(1) / 16)


@pytest.mark.parametrize(("g", "exponent", "start"), [((0.5, 0.5), 10**12, 1), ((2.0**400, 1.0), 10**10, 0)])
def test_more_points_than_fit_into_memory_are_left_to_others(g, exponent, start):
    assert middle_from_circle([arb(c) for c in g], exponent, start, 100, 2.0**-40) is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("largest", [arb(10) ** 320, arb(2) ** 1023, arb("inf"), arb("nan")])
def test_coefficients_beyond_floats_are_left_to_others(largest):
    assert middle_from_circle([largest, largest, largest], 100, 99, 100, 2.0**-40) is None


@pytest.mark.quality
@pytest.mark.parametrize("start", [0, 668])
def test_a_wrong_kernel_would_be_seen(monkeypatch, start):
    kernel = circle._geometric
    monkeypatch.setattr(circle, "_geometric", lambda z, a, b: kernel(z, a, b + 1))
    assert excess(found(ACTIVE, 400, start, 700, 2.0**-60), exact(ACTIVE, 400, start, 700)) > 0


@pytest.mark.quality
def test_points_left_out_without_a_bound_would_be_seen(monkeypatch):
    """Half of the points that matter are left out: the ball does not know of them."""
    within = circle._within
    monkeypatch.setattr(circle, "_within", lambda *args: within(*args)[::2])
    assert excess(found(ACTIVE, 400, 0, 668, 2.0**-60), exact(ACTIVE, 400, 0, 668)) > 0


@pytest.mark.quality
@pytest.mark.parametrize("start", [0, 668])
def test_balls_without_what_is_left_out_and_folded_in_would_be_seen(monkeypatch, start):
    monkeypatch.setattr(circle, "value_at", lambda coefficients, z: arb(0))
    assert excess(found(ACTIVE, 400, start, 700, 2.0**-60), exact(ACTIVE, 400, start, 700)) > 0


@pytest.mark.parametrize("exponent", [1, 2, 3])
@pytest.mark.parametrize("stop", [100, 101, 151])
def test_every_point_may_matter(monkeypatch, exponent, stop):
    """Those opposite to the radius too, if the number of points is even, once."""
    monkeypatch.setattr(circle, "DEAR", 0)
    g = [fmpq(1, 2)] + [fmpq(1, 100)] * 50
    ball = found(g, exponent, 0, stop, 2.0**-20)
    assert excess(ball, exact(g, exponent, 0, stop)) <= 0
    assert ball.rad() < 2.0**-20


def test_coefficients_of_0_and_of_sixty_bits_are_taken():
    g = [fmpq(1, 2), fmpq(0), fmpq(1, 2)]
    assert excess(found(g, 600, 0, 500, 2.0**-30), exact(g, 600, 0, 500)) <= 0
    half = {ball.rel_accuracy_bits(): ball for ball in (arb(1, 2.0**-k) / 2 for k in range(57, 65))}
    for bits, answered in ((60, True), (59, False)):
        assert (middle_from_circle([half[bits], arb(1) / 2], 600, 0, 250, 2.0**-30) is not None) == answered


@pytest.mark.parametrize(("start", "stop"), [(0, 500), (850, 900)])
def test_a_sum_that_is_less_than_the_error_lies_between_0_and_its_bound(start, stop):
    ball, truth = found(ACTIVE, 400, start, stop, 2.0**-20), exact(ACTIVE, 400, start, stop)
    assert excess(ball, truth) <= 0
    assert -1e-6 * float(ball.upper()) <= ball.lower() <= 0
    assert ball.upper() < 2.0**-20


def test_points_are_left_out_only_if_floats_are_sure(monkeypatch):
    """The bound is lower by the error of floats, for each of the seven coefficients."""
    asked, within = [], circle._within
    monkeypatch.setattr(circle, "_within", lambda *given: asked.append(given[3]) or within(*given))
    for slack in (0.0, 2.0**-20):
        monkeypatch.setattr(circle, "SLACK", slack)
        assert found(ACTIVE, 4000, 0, 6600, 2.0**-40) is not None
    assert asked[0] - asked[1] == pytest.approx(7 * 2.0**-20, rel=1e-6)


def test_what_is_left_out_may_have_either_sign(monkeypatch):
    """Here it is bounded by 2^30 times as much, which leaves the middle of the ball where it is."""
    monkeypatch.setattr(circle, "DEAR", 0)
    calls, value_at = [], circle.value_at
    factor = (arb(2) ** 30) ** (arb(1) / 400)
    monkeypatch.setattr(
        circle, "value_at", lambda g, z: calls.append(z) or value_at(g, z) * (factor if len(calls) == 1 else 1)
    )
    ball, truth = found(ACTIVE, 400, 0, 668, 2.0**-60), exact(ACTIVE, 400, 0, 668)
    with ctx.workprec(600):
        assert abs(ball.mid() - truth) < ball.rad() / 100
    assert 2.0**-45 < ball.rad() < 2.0**-25
