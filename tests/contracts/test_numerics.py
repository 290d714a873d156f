"""What every numerical kernel promises: on small input it encloses what exact fractions, or all cases, give."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from srtheory.theory.numerics import balls, nested, saddle
from srtheory.theory.numerics.balls import middle_from_circle, middle_of_power
from srtheory.theory.numerics.nested import GRID, Cells
from srtheory.theory.numerics.saddle import log_saddle, log_sets, power_coefficients, scaled, value_bound
from tests.test_compiled import compare


def exactly(x: Any) -> fmpq:
    return fmpq(*Fraction(x).as_integer_ratio())


def coefficients(base: list[Any], power: int, first: list[Any] | None = None) -> list[Fraction]:
    """Those of D Q^M, exactly."""
    found = fmpq_poly([fmpq(1)] if first is None else [exactly(c) for c in first])
    return [Fraction(int(c.p), int(c.q)) for c in (found * fmpq_poly([exactly(c) for c in base]) ** power).coeffs()]


# ------------------------------------------------------------------------------------------- coefficients of a power


def polynomial(rng: np.random.Generator, kind: str, degree: int) -> tuple[float, Any]:
    w = rng.random(degree)
    if kind == "steep":
        w = 10.0 ** rng.uniform(-30, 0, degree)
    if kind == "sparse":
        w = np.where(rng.random(degree) < 0.7, 0.0, w)
        w[-1] = 1.0
    if kind == "constant":
        w *= 1e-12
    return (0.0 if kind == "no constant" else float(rng.random())), w


def held(
    q: float, w: Any, power: int, rows: Any, spread: float | None = None, target: Any = None, d: Any = None
) -> Any:
    """Ask that bounds hold the exact coefficients; return their width over the greatest one."""
    its, d = (np.array([q]), w[None, :]), None if d is None else d[None, :]
    tilt = log_saddle(*its, power, float(np.mean(rows)) if target is None else target, d)
    powers = scaled((np.zeros(1), np.zeros(1)), *its, power, tilt, d)
    if spread is None:
        p, n = powers.base[0], np.arange(len(powers.base[0]))
        spread = float(np.sqrt(max(power * (p @ n**2 - (p @ n) ** 2), 0.0)))
    low, high = power_coefficients(powers, rows, spread)
    truth = coefficients([q, *w], power, None if d is None else [0, *d[0]])
    truth = [truth[k] if k < len(truth) else Fraction(0) for k in rows.tolist()]
    assert all(Fraction(a) <= x <= Fraction(b) for a, b, x in zip(low[0], high[0], truth, strict=True))
    assert all(Fraction(b) >= x for b, x in zip(value_bound(powers, rows)[0], truth, strict=True))
    return float((high - low).max() / max(float(max(truth)), 1e-300))


def saddle_coefficients() -> None:
    for seed, kind in enumerate(("plain", "steep", "sparse", "constant", "no constant")):
        rng = np.random.default_rng(seed)
        for power, degree in ((0, 3), (1, 1), (2, 7), (17, 4), (60, 3)):
            q, w = polynomial(rng, kind, degree)
            for d in (None, rng.random(degree)):
                for first in (0, power * degree // 2, power * degree):
                    held(q, w, power, np.arange(first, first + 5), d=d)
    q, w = polynomial(np.random.default_rng(7), "plain", 5)
    assert held(q, w, 80, np.arange(200, 210)) < 1e-10
    held(*polynomial(np.random.default_rng(9), "plain", 5), 60, np.arange(40), target=200.0)


def any_tilt_and_any_spread() -> None:
    q, w = polynomial(np.random.default_rng(8), "plain", 4)
    for target, spread in itertools.product((5.0, 100.0, 195.0), (0.0, 0.1, 1.0, 20.0, 300.0)):
        held(q, w, 50, np.arange(90, 100), spread=spread, target=target)
    for count in (1, 4, 5, 6, 9):  # the transform has count + 71 points, so that z^76 falls on z^0 when count is 5
        held(0.1, np.array([0.0, 0.0, 0.0, 1.0]), 19, np.arange(count), spread=0.1, target=60.0)
    wide = np.zeros(400)
    wide[0], wide[-1] = 1.0, 1e-300
    held(0.5, wide, 3, np.arange(0, 4), spread=0.1)


def many_rows_at_once() -> None:
    before = saddle.WIDEST
    for saddle.WIDEST in (1, 5, 40):
        assert held(0.3, np.array([0.2, 0.1, 0.4]), 30, np.arange(20, 57)) < 1e-9
    saddle.WIDEST = before


def rounding_of_sums() -> None:
    """The errors of the parts added one by one, for powers of few and of many coefficients, and of many rows."""
    rng, length, unit = np.random.default_rng(3), 50, 2.0**-53
    for many, (width, wide) in itertools.product((1, 3, 9), ((2, 40), (40, 2), (7, 7))):
        base, others = rng.random((many, width)), rng.random((many, wide))
        z, d = rng.random((many, 4)) + 0j, rng.random((many, 4)) + 0j
        power, zeros = np.arange(1, many + 1), np.zeros(many)
        powers = saddle.Powers(base, others, power, zeros, zeros, zeros, zeros)
        found = saddle.rounding_bound(powers, z, d, abs(z ** power[:, None] * d), length)
        e, f = 1.5 * (width + 4) * unit, 1.5 * (wide + 4) * unit
        largest = abs(z) + e
        for i, m in enumerate(power):
            needed = m * largest[i] ** (m - 1) * (e + 4 * unit) * (abs(d[i]) + f) + largest[i] ** m * (f + 4 * unit)
            needed += 2 * (length + 8) * unit * abs(z[i] ** m * d[i])
            assert ((needed <= found[i]) & (found[i] < 1.02 * needed)).all()


def tiny_weights_and_neighbours() -> None:
    """Weights that stand for smaller ones are in no lower bound, and the bound of neighbours is their largest."""
    q, w = np.array([1e-290]), np.array([[0.0] * 6 + [1e-300]])
    low, high = power_coefficients(
        scaled((np.full(1, 600.0), np.zeros(1)), q, w, 1, np.array([30.0])), np.array([7]), 1.0
    )
    assert low[0, 0] == 0.0
    assert high[0, 0] >= np.exp(600.0) * 1e-300
    rng, rows = np.random.default_rng(12), np.arange(30, 90)
    weight, tilt = rng.normal(scale=3, size=12), np.repeat(rng.normal(size=3), 4)
    powers = scaled((weight, np.zeros(12)), rng.random(12), rng.random((12, 5)), 20, tilt)
    each = value_bound(powers, rows).reshape(3, 4, -1).max(axis=1)
    assert value_bound(powers, rows, 4) == pytest.approx(each, rel=1e-12)
    few = scaled((np.array([-80.0, 0.0]), np.zeros(2)), np.ones(2), np.ones((2, 1)), 2, np.zeros(2))
    low, high = power_coefficients(few, np.array([0, 1]), 1.0)
    assert (low[0] == 0).all()
    assert (high[0] >= math.exp(-80) * np.array([1, 2])).all()
    assert low[1] == pytest.approx([1.0, 2.0], rel=1e-9)


def logarithms_of_sets() -> None:
    for symbols, q in ((1000, 0.4999), (4, 0.5)):
        logs, doubt = log_sets(symbols, np.arange(symbols + 1), q)
        with ctx.workprec(200):
            true = [arb(arb.bin_uiui(symbols, w)).log() + w * arb(q).log() for w in range(symbols + 1)]
            wrong = [float(abs(x - arb(y)).mid()) for x, y in zip(true, logs, strict=True)]
        assert (np.array(wrong) <= doubt).all()
        assert doubt.max() < 1e-9
    assert log_sets(4, np.array([0, 1]), 0.0)[0].tolist() == [0.0, -math.inf]


# ------------------------------------------------------------------------------------------------ sums on a circle


ACTIVE, FEW = ([fmpq(x, 100) for x in its] for its in ((20, 30, 25, 15, 5, 3, 2), (86, 3, 3, 3, 2, 2, 1)))
STEEP, EVEN = [fmpq(1, 10**7), fmpq(1, 3), fmpq(1, 10**9), fmpq(5, 3)], [fmpq(1, 2), fmpq(0), fmpq(1, 2)]
SUMS = [
    (ACTIVE, 400, 0, 600, 2.0**-90),  # less than the mean, 668, by three standard deviations
    (ACTIVE, 400, 0, 668, 2.0**-70),
    (ACTIVE, 400, 668, 900, 2.0**-60),
    (ACTIVE, 400, 760, 761, 2.0**-60),
    (ACTIVE, 400, 600, 620, 2.0**-40),
    (ACTIVE, 400, 850, 900, 2.0**-20),
    (FEW, 500, 0, 250, 2.0**-40),
    (FEW, 500, 300, 400, 0.5),
    (STEEP, 60, 0, 160, 2.0**-40),
    (STEEP, 60, 170, 181, 2.0**-40),
    (EVEN, 600, 0, 500, 2.0**-30),
    *(([fmpq(1, 2)] + [fmpq(1, 100)] * 50, n, 0, stop, 2.0**-20) for n in (1, 2, 3) for stop in (100, 101, 151)),
]


def sums_on_a_circle() -> None:
    before, answered = balls.DEAR, 0
    for balls.DEAR in (0, 3):
        for g, exponent, start, stop, error in SUMS:
            with ctx.workprec(96):
                ball = middle_from_circle([arb(c) for c in g], exponent, start, stop, error)
            if ball is None:
                continue
            truth = sum((fmpq_poly(g) ** exponent).coeffs()[start:stop], fmpq(0))
            with ctx.workprec(600):
                assert abs(ball.mid() - truth) <= ball.rad()
                assert ball.rad() <= 4 * error + 2.0**-85 * float(truth)
            answered += 1
    balls.DEAR = before
    assert answered > len(SUMS)


def what_floats_cannot_tell() -> None:
    """It is left to others: every point matters, coefficients are wide, negative or beyond floats, or the sum is."""
    half = arb(1) / 2
    for g, exponent, start, stop in [
        ([arb(c) for c in FEW], 3, 0, 10), ([half + arb(0, 1e-12), half], 400, 0, 150), ([arb(1)], 400, 0, 150),
        ([half, -arb(1) / 2**40, half], 400, 0, 150), ([half, half], 10**12, 1, 100),
        ([arb(2.0**400), arb(1)], 10**10, 0, 100), *(([arb(x)] * 3, 100, 99, 100) for x in ("1e320", "inf", "nan")),
        ([arb(c) for c in ACTIVE], 400, 0, 99), ([arb(c) for c in ACTIVE], 0, 0, 600),
    ]:  # fmt: skip
        assert middle_from_circle(g, exponent, start, stop, 2.0**-80) is None


FRACTIONS = st.fractions(min_value=0, max_value=2, max_denominator=50)


@given(st.lists(FRACTIONS, min_size=1, max_size=5), st.integers(0, 7), st.integers(0, 12), st.integers(0, 12))
@pytest.mark.parametrize("few", [0, 32])
def test_middles_of_powers_enclose_the_exact_sum(few: int, g: list[Fraction], n: int, start: int, stop: int) -> None:
    total = sum(coefficients(g, n)[start:stop], Fraction(0))
    with pytest.MonkeyPatch.context() as patch, ctx.workprec(200):
        patch.setattr(balls, "FEW", few)
        found = middle_of_power([arb(exactly(a)) for a in g], n, start, stop)
        assert found.overlaps(arb(exactly(total)))
        assert float(found.rad()) < 1e-12
        if total:
            assert not (found * (1 + arb(2) ** -20)).overlaps(arb(exactly(total)))


# ------------------------------------------------------------------------------------------------------------- balls


def floats_around_balls() -> None:
    """Outwards, and by one float at most; under as many bits as that takes, of which there are enough or none."""
    for number in map(Fraction, ("1/10", "1/3", "2/3", "7/5", "100000000000000000000/3")):
        low, high = balls.enclose(lambda number=number: arb(number.numerator) / number.denominator)
        assert Fraction(low) < number < Fraction(high) == Fraction(math.nextafter(low, math.inf))
    assert balls.enclose(lambda: arb(0.75)) == (0.75, 0.75)
    low, high = balls.enclose_probability(lambda: arb(0, 2.0**-300))
    assert low == 0 < 2.0**-300 <= high < balls.NEGLIGIBLE
    for enough, tried in ((96, [96]), (97, [96, 192]), (700, [96, 192, 384, 768])):
        asked: list[int] = []
        low, high = balls.enclose(
            lambda asked=asked, enough=enough: asked.append(ctx.prec) or arb(1, 2.0 ** -(48 + (ctx.prec >= enough)))
        )
        assert (asked, low) == (tried, pytest.approx(1 - 2.0**-49, abs=2.0**-52))
    asked = []
    with pytest.raises(ArithmeticError, match=str(balls.MAXIMAL_BITS)):
        balls.enclose(lambda: asked.append(ctx.prec) or arb(1, 0.5))
    assert asked[-1] <= balls.MAXIMAL_BITS < 2 * asked[-1]
    unknown = balls.UNKNOWN
    assert float(unknown.lower()) == pytest.approx(0, abs=1e-8)
    assert float(unknown.upper()) == pytest.approx(1, abs=1e-8)
    assert unknown.contains(0)
    assert unknown.contains(1)
    assert [balls.hopeless(x) for x in (unknown, arb(1, 2.0**-41), arb(1, 1.01 * 2.0**-40))] == [True, False, True]
    assert balls.enclose_probability(lambda: arb(1, 2.0**-50))[1] == 1.0


# --------------------------------------------------------------------------------- the recursion, ratios and schedules


def exact_log_missed(own: Any, later: Any, ends: Any, size: float, i: int, y: float) -> arb:
    """ln z_B of block i as a ball, by the recursion as it is stated, for B = ``size``."""
    steps = [later[k] for k in range(i + 1, len(ends)) for _ in range(ends[k] - ends[k - 1])]
    profile = [arb(float(p)) for p in ([own[i]] * int(ends[i]) + steps)[: int(size)]] + [arb(0)]
    x, z = arb(float(y)) / arb(float(own[i])), arb(1)
    for s in range(1, len(profile)):
        kept = z if s == 1 else 1 - (1 - z) ** (arb(s) / (s - 1)) if z < 1 else arb(1)
        z = (-x * (profile[s - 1] - profile[s])).exp() * kept
    return z.log()


def random_types(rng: np.random.Generator, blocks: int = 7, times: int = 5) -> tuple[Any, Any, Any]:
    ends = np.cumsum(rng.integers(1, 3, blocks))
    own = np.sort(rng.exponential(size=(times, blocks)) * rng.choice([1e-3, 0.1, 1, 10]), axis=1)[:, ::-1]
    own[1, 4:], own[2, 3:], own[3, 2:5] = 0.0, 1e-14, own[3, 2]
    return np.ascontiguousarray(own), own * rng.random((times, 1)), ends


def the_recursion() -> None:
    rng = np.random.default_rng(1)
    with ctx.workprec(200):
        for _ in range(4):
            own, later, ends = random_types(rng)
            found, sizes = nested.log_missed(own, later, ends)
            for (u, i), j in itertools.product(np.argwhere(own > nested.TINY), (0, 5, 12, len(GRID) - 1)):
                exact = exact_log_missed(own[u], later[u], ends, sizes[u], i, GRID[j])
                assert arb(found[u, i, j]) <= exact
                assert found[u, i, j] == pytest.approx(float(exact), rel=1e-4, abs=2e-6)
            assert sizes.tolist() == [ends[-1], ends[3], ends[-1], ends[-1], ends[-1]]


def the_greatest_ratio() -> None:
    """max (A - H(y))/y, which may have a maximum in each cell of the grid, since H is convex in each only."""
    rng = np.random.default_rng(777)
    points = np.concatenate([[0.0], GRID])
    fine = np.concatenate([np.linspace(a, b, 40, endpoint=False)[1:] for a, b in itertools.pairwise(points)])
    for _ in range(120):
        falls = np.cumsum(rng.exponential(size=len(GRID)) * (rng.random(len(GRID)) < 0.2)) + rng.exponential() * 0.2
        logs = -np.cumsum(falls * np.diff(points))
        size, level = float(rng.integers(1, 60)), float(np.exp(rng.uniform(-7, -0.5)))
        heights = -np.log1p(-np.exp(np.interp(fine, points, np.concatenate([[0.0], logs])))) / size
        [found] = nested.slopes(Cells.of(logs[None], np.array([size])), level)
        assert found >= ((level - heights) / fine).max() * (1 - 1e-9)
    own, later, ends = random_types(np.random.default_rng(2))
    logs, sizes = nested.log_missed(own, later, ends)
    y = np.geomspace(1e-13, 40, 300001)
    for u, i in np.argwhere(own > nested.TINY)[::3]:
        chord = np.interp(y, points, np.append(0, logs[u, i]))
        for level in (0.02, 1.5):
            found = nested.slopes(Cells.of(logs[u, i][None], sizes[u : u + 1]), level)[0]
            exact = ((level + np.log(-np.expm1(chord)) / sizes[u]) / y).max()
            assert exact <= found
            assert found == pytest.approx(max(exact, level / 40), rel=1e-5) or sizes[u] * level > 30


def best_chain(least: list[Any], starts: Any, n: int, i: int) -> float:
    """The greatest sum from message n on, if the blocks before i are past, by trying all; later messages are free."""
    if n == len(least):
        return float(np.diff(starts)[i:] @ least[-1][i:])
    ahead = [k for k in range(i, len(starts) - 1) if least[n][k] > 0]
    sums = [(starts[k + 1] - starts[i]) * least[n][k] + best_chain(least, starts, n + 1, k + 1) for k in ahead]
    return max(sums, default=0.0)


def the_greatest_sum() -> None:
    """Bounds that are not monotone as they come, some infinite; and the kernel interpreted and compiled alike."""
    rng = np.random.default_rng(3)
    for case in range(12):
        table = np.sort(rng.random((6, 5)), axis=1)[:, ::-1].copy()
        table[3:, 3:] = 0.0
        table[1, :2] = np.inf if case > 8 else table[1, :2]
        starts = np.concatenate([[0.0], np.cumsum(rng.integers(1, 4, 5))])
        rows = np.array([[0, 2, 4, -1], [0, 1, -1, -1], [-1] * 4, [3, 0, -1, -1]])
        found = compare(nested.greatest_sums, [table, rows, starts])
        for its, sent in zip(found, rows, strict=True):
            least = [list(table[r]) for r in sent if r >= 0]
            for n, i in itertools.product(range(1, len(least)), range(5)):
                least[n][i] = min([least[n][i], least[n - 1][i], *least[n - 1][:i]])
            assert its == pytest.approx(best_chain(least, starts, 0, 0) if least else 0.0)


def exact_g(profile: list[float], x: float) -> float:
    """G_b(x) by the recursion."""
    z = 1.0
    for s, (b, later) in enumerate(itertools.pairwise([*profile, 0.0]), start=1):
        z = math.exp(-x * (b - later)) * (z if s == 1 else 1 - (1 - z) ** (s / (s - 1)))
    return math.inf if z == 1 else -math.log1p(-z) / len(profile)


def ratios_of_schedules() -> None:
    for step in (1, 3):
        phi, last = np.sort(np.random.default_rng(step).exponential(size=12))[::-1] * 0.3, np.arange(0, 13, step)
        levels, size = np.array([0.02, 0.05, 0.1]), len(last)
        table = nested.schedule_slopes(phi, last, levels)
        for g, after in [(1, 0), (1, 2), (2, size - 1), (1, size - 1), (size - 2, size - 1), (size - 1, 0)]:
            profile = [phi[last[g - 1]]] * last[g]
            if after:
                profile += [phi[last[after - 1]]] * (last[after] - last[g]) + list(phi[last[after] :])
            x = np.geomspace(0.02, 60, 1500) / profile[0]
            values = [exact_g(profile, float(y)) for y in x]
            for k, level in enumerate(levels):
                true = max((level - value) / y for value, y in zip(values, x, strict=True))
                assert true <= table[k, g, after] <= 1.08 * true
    assert not nested.schedule_slopes(np.zeros(3), np.array([0, 1, 2, 4]), levels).any()


def the_least_schedule() -> None:
    rng, last = np.random.default_rng(3), np.array([0, 2, 3, 6, 7, 9, 12])
    size = len(last)
    every = [q for n in range(size) for q in itertools.combinations(range(1, size), n)]
    for _ in range(20):
        tables = np.triu(rng.random((3, 2, size, size)), 1)
        tables[:, :, :, 0] = rng.random((3, 2, size))
        costs, damped = rng.random((2, size)) * 8, np.sort(rng.random((2, size)))[:, ::-1].copy()
        high, beta, counted = rng.integers(0, 3, 2), rng.random(2) * rng.integers(0, 2, 2), rng.random((1, 1, size))

        def parts(chosen: tuple[int, ...], counted: Any = counted, damped: Any = damped, tables: Any = tables,
                  costs: Any = costs, high: Any = high) -> tuple[float, float, list[float]]:  # fmt: skip
            """Its price, its messages that are counted, and its coverage for each level."""
            steps = list(zip((0, *chosen), chosen, (*chosen[1:], 0), strict=False))
            covered = [sum((last[b] - last[a]) * tables[high[k], k, b, c] for a, b, c in steps) for k in range(2)]
            price = sum(damped[:, a] @ costs[:, b] for a, b, _ in steps)
            return price, sum(damped[:, a].sum() * counted[0, 0, b] for a, b, _ in steps), covered

        schedule, space = np.zeros(size + 1, dtype=np.int64), (np.zeros((size, size)), np.zeros((size, size), np.int64))
        found = nested.least_value(0.25, costs, damped, tables, high, beta, last, schedule, *space)
        values = {q: 0.25 + price - float(beta @ covered) for q in every for price, _, covered in [parts(q)]}
        chosen = tuple(int(g) for g in schedule[: np.flatnonzero(schedule == 0)[0]])
        assert found == pytest.approx(min(values.values()), abs=1e-12)
        assert values[chosen] == pytest.approx(found, abs=1e-12)
        cost, cover, none = np.zeros((1, 1)), np.zeros((2, 1)), np.zeros(2, np.int64)
        nested.by_schedule(schedule[None], none, high, counted, np.ones(2), damped, tables, last, cost, cover)
        assert cost[0, 0] == pytest.approx(parts(chosen)[1])
        assert cover[:, 0] == pytest.approx(parts(chosen)[2])


KERNELS = {
    check.__name__: check
    for check in (
        *(saddle_coefficients, any_tilt_and_any_spread, many_rows_at_once, rounding_of_sums),
        *(tiny_weights_and_neighbours, logarithms_of_sets, sums_on_a_circle, what_floats_cannot_tell),
        *(floats_around_balls, the_recursion, the_greatest_ratio, the_greatest_sum, ratios_of_schedules),
        the_least_schedule,
    )
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_encloses_what_is_exact(name: str) -> None:
    KERNELS[name]()


POWERED, WITHIN = saddle.powered, nested.MARGIN
PLANTED = [
    ("saddle_coefficients", saddle, "rounding_bound", lambda powers, base, first, values, length: 0.0 * values),
    ("any_tilt_and_any_spread", saddle, "folded_mass", lambda powers, *given: np.zeros(len(powers.size))),
    ("saddle_coefficients", saddle, "powered", lambda z, exponent: (1 + 1e-6) * POWERED(z, exponent)),
    ("logarithms_of_sets", saddle, "UNIT", 2.0**-60),
    ("sums_on_a_circle", balls, "value_at", lambda g, z: acb(0)),
    ("the_recursion", nested, "STAGE", -1e-5),
    ("the_greatest_ratio", nested, "MARGIN", 1 - 1e-6),
    ("ratios_of_schedules", nested, "STAGE", -0.1),
]


@pytest.mark.quality
@pytest.mark.parametrize(("name", "module", "part", "wrong"), PLANTED)
def test_a_kernel_that_forgets_a_part_would_be_seen(
    name: str, module: Any, part: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for constant in ("WIDEST", "DEAR"):  # which an interrupted check leaves as they were set
        if hasattr(module, constant):
            monkeypatch.setattr(module, constant, getattr(module, constant))
    monkeypatch.setattr(module, part, wrong)
    with pytest.raises(AssertionError):
        KERNELS[name]()
