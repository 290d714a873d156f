"""Bounds on coefficients of powers, against the exact powers of the very floats."""

from fractions import Fraction
from math import comb, exp, inf, log

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


# ------------------------------------------------------------------------------------------------------- parts by hand


@pytest.mark.parametrize(
    ("w", "power", "target", "found"),
    [([1.0], 10, 5.0, 0.0), ([3.0], 10, 5.0, -log(3)), ([1.0], 1, 0.9, log(9)), ([0.0, 1.0], 3, 3.0, 0.0)],
)
def test_saddles_of_binomials(w, power, target, found):
    """(1 + c z)^M has its mean exponent M c rho/(1 + c rho) at k for c rho = k/(M - k)."""
    [x] = log_saddle(np.ones(1), np.array([w]), power, target)
    assert x == pytest.approx(found, abs=80 / 2**16)


@pytest.mark.parametrize(("width", "steepest"), [(1, 40.0), (7, 40.0), (10, 30.0), (300, 1.0)])
def test_saddles_stay_within_the_range_of_floats(width, steepest):
    w = np.ones((1, width))
    for target, sign in ((2.0 * width, 1), (-1.0, -1)):
        [x] = log_saddle(np.ones(1), w, 1, target)
        assert x == pytest.approx(sign * steepest, rel=2**-14)
        assert abs(x) < steepest


def test_saddles_with_a_first_factor():
    """z (1 + z)^2 has the mean exponent 2 at 1."""
    [x] = log_saddle(np.ones(1), np.ones((1, 1)), 2, 2.0, np.ones((1, 1)))
    assert x == pytest.approx(0.0, abs=80 / 2**16)


def test_values_by_hand():
    q, w = np.array([2.0, 0.0]), np.array([[1.0, 0.0], [0.0, 0.5]])
    assert saddle.log_value(q, w, np.array([1.0, -3.0])) == pytest.approx([log(2 + exp(1)), log(0.5) - 6], rel=1e-15)


def test_scaling_by_hand(monkeypatch):
    """1 + e^-1 z at z = e^3, and a weight below 1e-300: every term of the bound on errors has its size."""
    monkeypatch.setattr(saddle, "UNIT", 2.0**-10)
    logs = np.array([[0.0, -1.0], [-700.0, -inf], [0.0, -inf]])
    parts, value, lost, share = saddle._scale(logs, np.array([3.0, 5.0, 0.0]))
    total = 1 + exp(-2)
    assert parts == pytest.approx(np.array([[exp(-2) / total, 1 / total], [1.0, 0.0], [1.0, 0.0]]), rel=1e-15)
    assert value == pytest.approx([2 + log(total), -700.0, 0.0], rel=1e-15)
    most = [12 * 1 + 4 * 3 + 4 * 2 + 8 + 12 + 2, 12 * 700 + 4 * 700 + 8 + 12 + 2]
    doubt = [most[0] + 8 * log(total) + 2 * (2 + log(total)), most[1] + 2 * 700, 8 + 12 + 2]
    assert lost == pytest.approx([2.0**-10 * x for x in doubt], rel=1e-15)
    assert share == pytest.approx([0.0, 1.01, 0.0], rel=1e-15)


def test_scaled_powers_by_hand(monkeypatch):
    """e^w D Q^M: logarithms are added, and so are errors, those of Q times M."""
    monkeypatch.setattr(saddle, "UNIT", 2.0**-10)
    q, w, d, tilt = np.ones(2), np.array([[2.0], [3.0]]), np.array([[5.0], [7.0]]), np.array([-0.5, 0.25])
    offset = np.array([-1.5, -inf]), np.array([0.125, 0.0])
    _, value, lost, raised = saddle._scale(np.log(np.column_stack([q, w])), tilt)
    with np.errstate(divide="ignore"):
        _, start, more, added = saddle._scale(np.log(np.column_stack([0 * q, d])), tilt)
    found = scaled(offset, q, w, 6, tilt, d)
    assert found.size.tolist() == (offset[0] + 6 * value + start).tolist()
    weight = 6 * np.abs(value) + np.abs(start) + [1.5, 0.0]
    assert found.slack == pytest.approx(6 * lost + more + 2.0**-8 * weight + offset[1], rel=1e-14)
    assert found.raised.tolist() == (6 * raised + added).tolist() == [0.0, 0.0]
    alone = scaled(offset, q, w, 6, tilt)
    assert alone.size.tolist() == (offset[0] + 6 * value).tolist()
    assert alone.first.tolist() == [[1.0], [1.0]]
    weight = 6 * np.abs(value) + [1.5, 0.0]
    assert alone.slack == pytest.approx(6 * lost + 2.0**-8 * weight + offset[1], rel=1e-14)


def one_power(first, exponent=0, *, base=((1.0,),), tilt=0.0, size=0.0, slack=0.0, raised=0.0):
    """D Q^M of scaled coefficients, for one or more D."""
    n = len(first)
    each = (np.broadcast_to(np.asarray(x, dtype=float), n).copy() for x in (tilt, size, slack, raised))
    return saddle.Powers(np.array([*base] * n), np.array(first), np.full(n, exponent), *each)


def test_bounds_on_values_by_hand(monkeypatch):
    """exp(size + 2 slack + 8 units of it - x k + 8 (8 + |x k|) units), of neighbours the largest."""
    unit = 2.0**-10
    monkeypatch.setattr(saddle, "UNIT", unit)
    powers = one_power(
        [[1.0]] * 4, tilt=[0.5, 0.5, -2.0, -2.0], size=[-3.0, 1.0, 2.0, -inf], slack=[0.5, 0.25, 0.0, 0.0]
    )
    found = value_bound(powers, np.array([0, 3]), 2)
    for i, (tilt, size) in enumerate([(0.5, 1.5), (-2.0, 2.0)]):
        for j, k in enumerate((0, 3)):
            logs = size * (1 + 8 * unit) - tilt * k + 8 * unit * (8 + abs(tilt * k))
            assert found[i, j] == pytest.approx(exp(logs), rel=1e-14)
    assert value_bound(one_power([[1.0]], size=-1000.0), np.array([0])) == saddle.UNDERFLOW
    for size, finite in ((696.0, False), (690.0, True)):
        assert np.isfinite(value_bound(one_power([[1.0]], size=size), np.array([0]))[0, 0]) == finite


@pytest.mark.parametrize(
    ("rows", "spread", "step", "above", "below"),
    [
        ((0, 2), 2.0, 3.0, True, False),
        ((2, 3), 2.0, 3.0, True, False),
        ((3, 4), 2.0, 3.0, False, False),
        ((6, 8), 2.0, 3.0, False, True),
        ((6, 7), 2.0, 3.0, False, False),
        ((10, 12), 0.25, 6.0, False, True),
    ],
)
def test_what_is_folded_by_hand(rows, spread, step, above, below):
    """z^-k (1 + z)^10/1024 in a transform of 8 points: from 8 above the first row on, and from 8 below the last."""
    powers = one_power([[1.0]], 10, base=[[0.5, 0.5]])
    most = [1.01 * min(((1 + exp(s)) / 2) ** 10 * exp(-abs(s) * far), 1.0) for s, far in
            ((step, rows[0] + 8), (-step, 8 - rows[1]))]  # fmt: skip
    found = saddle.folded_mass(powers, np.arange(rows[0], rows[1] + 1), 8, spread)
    assert found == pytest.approx(above * most[0] + below * most[1], rel=1e-12)


def test_the_degree_that_may_fold_is_that_of_both_factors_and_the_step_is_less_for_wide_ones():
    wide = np.zeros(201)
    wide[[0, 200]] = 0.5
    powers = one_power([[0.0, 0.0, 1.0]], 1, base=[wide.tolist()])  # z^2 (1 + z^200)/2
    step = 600 / 201
    for length, there in ((202, True), (203, False)):
        found = saddle.folded_mass(powers, np.array([0]), length, 1.0)
        most = 1.01 * (1 + exp(-200 * step)) / 2 * exp(step * (202 - length))
        assert found == pytest.approx(there * most, rel=1e-12)


@pytest.mark.parametrize("together", [1, 2])
def test_bounds_from_a_transform_by_hand(monkeypatch, together):
    """z^3 has one coefficient; all errors but those that are added at the end count as 0."""
    unit = 2.0**-12
    monkeypatch.setattr(saddle, "UNIT", unit)
    monkeypatch.setattr(saddle, "rounding_bound", lambda powers, base, first, moduli, length: np.zeros(moduli.shape))
    monkeypatch.setattr(saddle, "folded_mass", lambda powers, rows, length, spread: np.full(len(powers.size), 2.0**-7))
    sizes, slack = [0.5, -0.5][:together], [0.0, 2.0**-6][-together:]
    powers = one_power([[0.0, 0.0, 0.0, 1.0]] * together, tilt=0.25, size=sizes, slack=slack, raised=2.0**-8)
    low, high = saddle._transformed(powers, np.array([3, 4]), 0.0, together)
    share = sum(exp(size - 0.5) for size in sizes)
    error, below = (together + 4) * unit * share, (2.0**-7 + 2.0**-8) * share
    doubt = 2.0**-6 + unit * (16 * 0.5 + 8 * 0.25 * 4 + 2 * 8 + 8 + 2 * together)
    for j, coefficient in enumerate((share, 0.0)):
        scale = exp(0.5 - 0.25 * (3 + j))
        assert low[0, j] == pytest.approx(scale * max(coefficient - error - below, 0.0) * exp(-2 * doubt), abs=1e-12)
        assert high[0, j] == pytest.approx(scale * (coefficient + error) * exp(2 * doubt), rel=1e-11)


def test_bounds_beyond_the_range_of_floats():
    powers = one_power([[1.0], [1.0], [1.0]], size=[705.0, 695.0, -695.0])
    low, high = saddle._transformed(powers, np.array([0]), 0.0, 1)
    assert high[0, 0] == inf
    assert low[:, 0] == pytest.approx([exp(700), exp(695), 0.0], rel=1e-9)
    assert high[1:, 0] == pytest.approx([exp(695), exp(-695) + saddle.UNDERFLOW], rel=1e-9)


def test_errors_of_the_machine():
    assert (np.finfo(float).eps / 2, 8, 1e-300) == (saddle.UNIT, saddle.ELEMENTARY, saddle.UNDERFLOW)


@pytest.mark.parametrize("powers", [[0, 0], [1, 3, 7], [0, 5, 2], [4, 4], [6, 1, 0, 9]])
def test_powers_by_hand(powers):
    z = np.random.default_rng(4).random((len(powers), 3)) * np.exp(2j)
    found = saddle.powered(z, np.array(powers))
    assert found == pytest.approx(z ** np.array(powers)[:, None], rel=1e-14)


def test_negligible_sums_are_bounded_by_values_alone():
    powers = scaled((np.array([-80.0, 0.0]), np.zeros(2)), np.ones(2), np.ones((2, 1)), 2, np.zeros(2))
    low, high = power_coefficients(powers, np.array([0, 1]), 1.0)
    assert low[0].tolist() == [0.0, 0.0]
    assert high[0].tolist() == [value_bound(powers, np.array([0]))[0, 0]] * 2
    assert low[1] == pytest.approx([1.0, 2.0], rel=1e-9)


def test_products_that_are_raised():
    a, b = np.array([0.0, 1e-200, 1.0, 2.0, 1e-150]), np.array([1.0, 1e-200, 0.0, 0.25, 1e-150])
    assert saddle.raised(a, b).tolist() == [0.0, 1e-300, 0.0, 0.5, 1e-300]


def test_logarithms_of_sets_by_hand(monkeypatch):
    """C(4, w) q^w: twice the first, twelve times the second and five for each symbol in units."""
    monkeypatch.setattr(saddle, "UNIT", 2.0**-10)
    logs, doubt = log_sets(4, np.array([0, 2, 3]), 0.5)
    assert logs == pytest.approx([0.0, log(6) - 2 * log(2), log(4) - 3 * log(2)], abs=1e-15)
    units = [0.0, 2 * log(6) + 12 * 2 * log(2) + 10, 2 * log(4) + 12 * 3 * log(2) + 15]
    assert doubt == pytest.approx([2.0**-10 * x for x in units], rel=1e-14)
    logs, doubt = log_sets(4, np.array([0, 1]), 0.0)
    assert logs.tolist() == [0.0, -inf]
    assert doubt == pytest.approx([0.0, 2.0**-10 * (2 * log(4) + 5)], rel=1e-14)
