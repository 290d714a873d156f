"""Bounds on coefficients of powers, against the exact powers of the very floats."""

from fractions import Fraction
from math import comb, log

import numpy as np
import pytest
from flint import arb, ctx, fmpq, fmpq_poly

from srtheory.theory.numerics import saddle
from srtheory.theory.numerics.saddle import log_binomials, log_saddle, log_sets, power_coefficients, scaled, value_bound


def fraction(x):
    return fmpq(*Fraction(float(x)).as_integer_ratio())


def exact(q, w, power, d):
    base = fmpq_poly([fraction(x) for x in (q, *w)])
    first = fmpq_poly([1]) if d is None else fmpq_poly([0, *map(fraction, d)])
    found = first * base**power
    return [Fraction(int(c.p), int(c.q)) for c in found.coeffs()]


def polynomial(rng, kind, degree):
    w = rng.random(degree)
    if kind == "steep":
        w = 10.0 ** rng.uniform(-30, 0, degree)
    if kind == "sparse":
        w = np.where(rng.random(degree) < 0.7, 0.0, w)
        w[-1] = 1.0
    if kind == "constant":
        w *= 1e-12
    return (0.0 if kind == "no constant" else float(rng.random())), w


def deviation(q, w, power, rows, spread=None, target=None, d=None):
    """Greatest excess of the exact coefficients beyond their bounds, and the bounds' width, over the greatest one."""
    q, w, d = np.array([q]), w[None, :], None if d is None else d[None, :]
    tilt = log_saddle(q, w, power, float(np.mean(rows)) if target is None else target, d)
    powers = scaled((np.zeros(1), np.zeros(1)), q, w, power, tilt, d)
    if spread is None:
        p = powers.base[0]
        n = np.arange(len(p))
        spread = float(np.sqrt(max(power * (p @ n**2 - (p @ n) ** 2), 0.0)))
    low, high = power_coefficients(powers, rows, spread)
    truth = exact(q[0], w[0], power, None if d is None else d[0])
    truth = [truth[k] if k < len(truth) else Fraction(0) for k in rows.tolist()]
    worst = max(max(Fraction(a) - x, x - Fraction(b)) for a, b, x in zip(low[0], high[0], truth, strict=True))
    assert all(Fraction(b) >= x for b, x in zip(value_bound(powers, rows)[0], truth, strict=True))
    return worst, float((high - low).max() / max(float(max(truth)), 1e-300))


KINDS = ["plain", "steep", "sparse", "constant", "no constant"]


@pytest.mark.parametrize("kind", KINDS)
def test_bounds_hold_the_exact_coefficients(kind):
    rng = np.random.default_rng(KINDS.index(kind))
    for power, degree in ((0, 3), (1, 1), (2, 7), (17, 4), (60, 3)):
        q, w = polynomial(rng, kind, degree)
        top = power * degree
        for d in (None, rng.random(degree)):
            for first in (0, top // 2, top):
                worst, _ = deviation(q, w, power, np.arange(first, first + 5), d=d)
                assert worst <= 0


def test_bounds_are_tight_at_the_saddle():
    rng = np.random.default_rng(7)
    q, w = polynomial(rng, "plain", 5)
    _, width = deviation(q, w, 80, np.arange(200, 210))
    assert width < 1e-10


@pytest.mark.parametrize("widest", [1, 5, 40])
def test_bounds_of_many_rows_hold_the_exact_coefficients(monkeypatch, widest):
    monkeypatch.setattr(saddle, "WIDEST", widest)
    excess, width = deviation(0.3, np.array([0.2, 0.1, 0.4]), 30, np.arange(20, 57))
    assert excess <= 0
    assert width < 1e-9


def test_any_tilt_and_any_spread_will_do():
    rng = np.random.default_rng(8)
    q, w = polynomial(rng, "plain", 4)
    for target in (5.0, 100.0, 195.0):
        for spread in (0.0, 1.0, 20.0, 300.0):
            worst, _ = deviation(q, w, 50, np.arange(90, 100), spread=spread, target=target)
            assert worst <= 0


def test_small_weights_of_wide_polynomials_do_not_overflow():
    w = np.zeros(400)
    w[0], w[-1] = 1.0, 1e-300
    worst, _ = deviation(0.5, w, 3, np.arange(0, 4), spread=0.1)
    assert worst <= 0


@pytest.mark.parametrize("many", [1, 3, 9])
def test_the_bound_on_rounding_is_that_of_the_widest_sums(many):
    """The errors of the parts added one by one, for powers of few and of many coefficients, and of many rows."""
    rng, length, unit = np.random.default_rng(3), 50, saddle.UNIT
    for width, wide in ((2, 40), (40, 2), (7, 7)):
        coefficients, others = rng.random((many, width)), rng.random((many, wide))
        z, d = rng.random((many, 4)) + 0j, rng.random((many, 4)) + 0j
        power, zeros = np.arange(1, many + 1), np.zeros(many)
        powers = saddle.Powers(coefficients, others, power, zeros, zeros, zeros, zeros)
        found = saddle.rounding_bound(powers, z, d, abs(z ** power[:, None] * d), length)
        e, f = 1.5 * (width + 4) * unit, 1.5 * (wide + 4) * unit
        largest = abs(z) + e
        for i, m in enumerate(power):
            of_power = m * largest[i] ** (m - 1) * (e + 4 * unit)
            needed = of_power * (abs(d[i]) + f) + largest[i] ** m * (f + 4 * unit)
            needed += 2 * (length + 8) * unit * abs(z[i] ** m * d[i])
            assert (needed <= found[i]).all()
            assert (found[i] < 1.02 * needed).all()


@pytest.mark.quality
def test_forgotten_rounding_would_be_seen(monkeypatch):
    q, w = polynomial(np.random.default_rng(9), "plain", 5)
    case = (q, w, 60, np.arange(0, 40))
    assert deviation(*case, target=200.0)[0] <= 0
    monkeypatch.setattr(saddle, "rounding_bound", lambda powers, base, first, values, length: np.zeros(values.shape))
    assert deviation(*case, target=200.0)[0] > 0


@pytest.mark.quality
def test_forgotten_aliasing_would_be_seen(monkeypatch):
    q, w = polynomial(np.random.default_rng(10), "plain", 4)
    case = (q, w, 100, np.arange(200, 204))
    assert deviation(*case, spread=0.1)[0] <= 0
    monkeypatch.setattr(saddle, "folded_mass", lambda powers, rows, length, spread: np.zeros(len(powers.size)))
    assert deviation(*case, spread=0.1)[0] > 0


@pytest.mark.parametrize("count", [1, 4, 5, 6, 9])
def test_a_top_coefficient_that_just_folds_onto_the_first_row_is_bounded(count):
    """The transform has count + 71 points, so that z^76 falls on z^0 when count is 5."""
    worst, _ = deviation(0.1, np.array([0.0, 0.0, 0.0, 1.0]), 19, np.arange(count), spread=0.1, target=60.0)
    assert worst <= 0


@pytest.mark.quality
def test_a_slip_of_a_millionth_would_be_seen(monkeypatch):
    q, w = polynomial(np.random.default_rng(11), "plain", 5)
    case, power = (q, w, 60, np.arange(140, 150)), saddle.powered
    assert deviation(*case)[0] <= 0
    monkeypatch.setattr(saddle, "powered", lambda z, exponent: (1 + 1e-6) * power(z, exponent))
    assert deviation(*case)[0] > 0


def test_raised_weights_are_not_in_the_lower_bounds():
    """Weights that stand for smaller ones, on a circle where they are what counts."""
    q, w = np.array([1e-290]), np.array([[0.0] * 6 + [1e-300]])
    powers = scaled((np.full(1, 600.0), np.zeros(1)), q, w, 1, np.array([30.0]))
    low, high = power_coefficients(powers, np.array([7]), 1.0)
    assert low[0, 0] == 0.0
    assert high[0, 0] >= np.exp(600.0) * 1e-300


def test_the_bound_on_neighbours_is_the_largest_of_theirs():
    rng, rows = np.random.default_rng(12), np.arange(30, 90)
    weight, tilt = rng.normal(scale=3, size=12), np.repeat(rng.normal(size=3), 4)
    powers = scaled((weight, np.zeros(12)), rng.random(12), rng.random((12, 5)), 20, tilt)
    together, each = value_bound(powers, rows, 4), value_bound(powers, rows)
    assert together == pytest.approx(each.reshape(3, 4, -1).max(axis=1), rel=1e-12)


@pytest.mark.parametrize("n", [0, 1, 2, 9, 300])
def test_logarithms_of_binomials(n):
    assert log_binomials(n) == pytest.approx([log(comb(n, k)) for k in range(n + 1)], rel=3e-16, abs=0)


@pytest.mark.quality
def test_logarithms_that_cancel_are_known_as_well_as_is_said():
    sizes, q = np.arange(1001), 0.4999
    logs, doubt = log_sets(1000, sizes, q)
    with ctx.workprec(200):
        true = [arb(arb.bin_uiui(1000, w)).log() + w * arb(q).log() for w in range(1001)]
        wrong = np.array([float(abs(x - arb(y)).mid()) for x, y in zip(true, logs, strict=True)])
    assert (wrong <= doubt).all()
    assert (wrong > 4 * saddle.UNIT * np.abs(logs)).any()  # the size of their sum does not bound it
