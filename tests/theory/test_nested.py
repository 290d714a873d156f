"""Bounds of the recursion under the floor: against balls, fine grids and all chains, and their margins by hand."""

from __future__ import annotations

import itertools
import math
from dataclasses import astuple

import numpy as np
import pytest
from flint import arb, ctx

from srtheory.theory.numerics import nested
from srtheory.theory.numerics.nested import GRID, Cells, exponents, greatest_sums, log_missed, slopes
from tests.test_compiled import compare


def exact_log_missed(own, later, ends, size, i, y):
    """ln z_B of block i as a ball, by the recursion as it is stated, for B = ``size``."""
    profile = [own[i]] * int(ends[i]) + [
        later[k] for k in range(i + 1, len(ends)) for _ in range(ends[k] - ends[k - 1])
    ]
    profile = [arb(float(p)) for p in profile[: int(size)]] + [arb(0)]
    x, z = arb(float(y)) / arb(float(own[i])), arb(1)
    for s in range(1, len(profile)):
        kept = z if s == 1 else 1 - (1 - z) ** (arb(s) / (s - 1)) if z < 1 else arb(1)
        z = (-x * (profile[s - 1] - profile[s])).exp() * kept
    return z.log()


def random_types(rng, blocks=7, times=5):
    ends = np.cumsum(rng.integers(1, 3, blocks))
    own = np.sort(rng.exponential(size=(times, blocks)) * rng.choice([1e-3, 0.1, 1, 10]), axis=1)[:, ::-1]
    own[1, 4:] = 0.0
    own[2, 3:] = 1e-14
    own[3, 2:5] = own[3, 2]  # no fall
    later = own * rng.random((times, 1))
    return np.ascontiguousarray(own), later, ends


def test_the_recursion_is_bounded_from_below_and_closely():
    rng = np.random.default_rng(1)
    with ctx.workprec(200):
        for _ in range(4):
            own, later, ends = random_types(rng)
            found, sizes = log_missed(own, later, ends)
            for u, i in np.argwhere(own > nested.TINY):
                for j in (0, 5, 12, len(GRID) - 1):
                    exact = exact_log_missed(own[u], later[u], ends, sizes[u], i, GRID[j])
                    assert arb(found[u, i, j]) <= exact
                    assert found[u, i, j] == pytest.approx(float(exact), rel=1e-4, abs=2e-6)
            assert sizes.tolist() == [ends[-1], ends[3], ends[-1], ends[-1], ends[-1]]


@pytest.mark.quality
def test_a_recursion_that_is_too_high_is_seen(monkeypatch):
    monkeypatch.setattr(nested, "STAGE", -1e-5)
    with pytest.raises(AssertionError):
        test_the_recursion_is_bounded_from_below_and_closely()


def check_slopes():
    rng = np.random.default_rng(2)
    own, later, ends = random_types(rng)
    logs, sizes = log_missed(own, later, ends)
    y = np.geomspace(1e-13, 40, 300001)
    for u, i in np.argwhere(own > nested.TINY):
        chord = np.interp(y, np.append(0, GRID), np.append(0, logs[u, i]))
        for level in (1e-3, 0.02, 0.3, 1.5, 2.5):
            found = slopes(Cells.of(logs[u, i][None], sizes[u : u + 1]), level)[0]
            exact = ((level + np.log(-np.expm1(chord)) / sizes[u]) / y).max()
            assert exact <= found
            assert found == pytest.approx(max(exact, level / 40), rel=1e-5) or sizes[u] * level > 30


def test_the_greatest_ratio_is_bounded_from_above_and_closely():
    check_slopes()


@pytest.mark.quality
def test_a_ratio_that_is_too_small_is_seen(monkeypatch):
    monkeypatch.setattr(nested, "MARGIN", 1 - 1e-6)
    with pytest.raises(AssertionError):
        check_slopes()


def test_the_greatest_sum_is_that_of_all_chains():
    """Bounds that are not monotone as they come, and the kernel interpreted and compiled alike."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        blocks, sent = 5, 4
        table = np.sort(rng.random((6, blocks)), axis=1)[:, ::-1].copy()
        table[3:, 3:] = 0.0
        starts = np.concatenate([[0.0], np.cumsum(rng.integers(1, 4, blocks))])
        rows = np.array([[0, 2, 4, -1], [1, 3, -1, -1]])
        found = compare(greatest_sums, [table, rows, starts])
        for t in range(2):
            least = running_least(table, [r for r in rows[t] if r >= 0])
            assert found[t] == pytest.approx(best_chain(least, starts, 0, 0))
    assert sent == rows.shape[1]


def running_least(table, rows):
    least = [list(table[r]) for r in rows]
    for n in range(1, len(rows)):
        for i in range(len(least[0])):
            least[n][i] = min([least[n][i], least[n - 1][i], *least[n - 1][:i]])
    return least


def best_chain(least, starts, n, i):
    """The greatest sum from message n on, if the blocks before i are past, by trying all; later messages are free."""
    if n == len(least):
        return float(np.diff(starts)[i:] @ least[-1][i:])
    ahead = [k for k in range(i, len(starts) - 1) if least[n][k] > 0]
    return max(
        (((starts[k + 1] - starts[i]) * least[n][k] + best_chain(least, starts, n + 1, k + 1)) for k in ahead),
        default=0.0,
    )


def test_pi_is_bounded_in_every_cell_of_the_grid() -> None:
    """(A - H)/y may have several maxima, since H is convex in each cell only."""
    rng = np.random.default_rng(777)
    points = np.concatenate([[0.0], GRID])
    fine = np.concatenate([np.linspace(a, b, 40, endpoint=False)[1:] for a, b in itertools.pairwise(points)])
    below_two = 0
    for _ in range(200):
        falls = np.cumsum(rng.exponential(size=len(GRID)) * (rng.random(len(GRID)) < 0.2)) + rng.exponential() * 0.2
        logs = -np.cumsum(falls * np.diff(points))
        size, level = float(rng.integers(1, 60)), float(np.exp(rng.uniform(-7, -0.5)))
        heights = -np.log1p(-np.exp(np.interp(fine, points, np.concatenate([[0.0], logs])))) / size
        ratios = (level - heights) / fine
        [found] = slopes(Cells.of(logs[None], np.array([size])), level)
        assert found >= ratios.max() * (1 - 1e-9)
        maxima = np.flatnonzero((ratios[1:-1] > ratios[:-2]) & (ratios[1:-1] > ratios[2:]))
        below_two += len(maxima) > 1
    assert below_two > 5


# ------------------------------------------------------------------------------------------------------ margins by hand


def test_margins_are_those_of_the_text():
    assert (nested.RAISE - 1, nested.MARGIN - 1, nested.STAGE) == (2.0**-45, 2.0**-30, 3e-9)
    assert (nested.CAP, nested.TINY, nested._SMALLEST, nested._SLACK) == (16.0, 2.0**-40, 1e-290, 2.0**-30)


def test_exponents_are_raised():
    found = exponents(np.array([0.0, 0.5, 1.0]))
    assert found.tolist() == [0.0, math.log(2) * nested.RAISE, math.inf]


def of_one_place(own=0.7):
    """ln omega_1 at the grid, before its last margin: omega is e^-x b, but for the margin of three stages."""
    y = -np.log1p(np.expm1(np.full(len(GRID), -16.0)) * np.exp(-1 / own * GRID * own)) * (1 - 3 * nested.STAGE)
    return np.log(-np.expm1(-y))


def test_a_single_place_by_hand():
    """Beyond the cap ln omega is that of e^-16 more; 2^-45 of 1 - ln omega is subtracted at the end."""
    found, sizes = log_missed(np.array([[0.7]]), np.zeros((1, 1)), np.array([1]))
    logs = of_one_place()
    assert sizes.tolist() == [1.0]
    assert found[0, 0] == pytest.approx(logs - 2.0**-45 * (1 - logs), rel=3e-15)


def test_every_stage_has_its_margin(monkeypatch):
    """As many as there are blocks at most, and two more, of which one may be for the tiny places."""
    own, later, ends = (
        np.array([[0.5, 0.4, 0.3], [0.5, 0.4, 1e-14]]),
        np.array([[0.2, 0.1, 0.05], [0.2, 0.1, 5e-15]]),
        np.array([1, 3, 4]),
    )
    values = []
    for stage in (0.0, 2.0**-6):
        monkeypatch.setattr(nested, "STAGE", stage)
        logs, sizes = log_missed(own, later, ends)
        values.append(-np.log(-np.expm1(logs[:, :, :9])) / sizes[:, None, None])
    assert values[1][0] == pytest.approx(values[0][0] * (1 - 5 * 2.0**-6), rel=1e-9)
    assert values[1][1, :2] == pytest.approx(values[0][1, :2] * (1 - 5 * 2.0**-6), rel=1e-9)


@pytest.mark.parametrize("batch", [1, 1 << 15])
def test_times_without_places_and_times_in_parts(monkeypatch, batch):
    """Times are taken together as far as memory goes, those with most blocks first, and come back in their order."""
    monkeypatch.setattr(nested, "_BATCH", batch)
    own = np.array([[0.0, 0.0], [0.5, 0.0], [0.7, 0.4], [1e-14, 1e-15], [0.6, 0.5]])
    later, ends = own / 2, np.array([1, 3])
    logs, sizes = log_missed(own, later, ends)
    assert sizes.tolist() == [1.0, 1.0, 3.0, 3.0, 3.0]
    for u in range(5):
        alone, size = log_missed(own[[u]], later[[u]], ends)
        assert size[0] == sizes[u]
        assert logs[u] == pytest.approx(alone[0], rel=1e-7)
    assert (logs[[0, 3]] == -np.inf).all()
    assert (logs[1, 1] == -np.inf).all()
    assert np.isfinite(logs[[2, 4]]).all()


def test_cells_by_hand(monkeypatch):
    """Slopes that rounding has made less than concave are steeper; tangents at both ends of a cell."""
    monkeypatch.setattr(nested, "_SLACK", 2.0**-4)
    points = np.concatenate([[0.0], GRID])
    falls = np.linspace(0.5, 0.9, len(GRID))
    falls[5] = 0.01
    logs, size = -np.cumsum(falls * np.diff(points)), 3.0
    falls[5] = falls[4]
    found = Cells.of(logs[None], np.array([size]))
    values = np.concatenate([[0.0], -np.cumsum(falls * np.diff(points))])
    assert found.falls[:, 0] == pytest.approx(falls, rel=1e-12)
    assert (found.falls[:, 0] >= falls * (1 + 2.0**-46)).all()
    assert found.logs[:, 0] == pytest.approx(values, rel=1e-12)
    height = -np.log1p(-np.exp(values[1:])) / size
    assert found.heights[:, 0] == pytest.approx(height, rel=1e-12)
    for i, (fall, at, log) in enumerate(zip(falls, points[1:], values[1:], strict=True)):
        steep = fall * math.exp(log) / (size * -math.expm1(log))
        assert found.after[i, 0] == pytest.approx((height[i] + steep * at) * (1 - 2.0**-4), rel=1e-9)
    for i, (fall, at, log) in enumerate(zip(falls[1:], points[1:-1], values[1:-1], strict=True)):
        steep = fall * math.exp(log) / (size * -math.expm1(log))
        assert found.before[i + 1, 0] == pytest.approx((height[i] + steep * at) * (1 + 2.0**-4), rel=1e-9)
    assert found.before[0, 0] == math.inf


def test_cells_of_some_types():
    logs = -np.outer([0.5, 0.7, 0.9], GRID)
    whole, sizes = Cells.of(logs, np.array([1.0, 2.0, 3.0])), np.array([1.0, 3.0])
    for mine, its in zip(astuple(whole.part(np.array([0, 2]))), astuple(Cells.of(logs[[0, 2]], sizes)), strict=True):
        assert mine.tolist() == its.tolist()


@pytest.mark.parametrize(("size", "finite"), [(29.0, True), (30.0, True), (31.0, False)])
def test_a_ratio_counts_as_infinite_beyond_30_times_one_over_b(size, finite):
    cells = Cells.of(-GRID[None] / 2, np.array([size]))
    assert np.isfinite(slopes(cells, 1.0)[0]) == finite


def test_a_ratio_by_hand():
    """H is -ln(1 - e^-x/2)/2; A less that, over x, and at least A/40."""
    cells = Cells.of(-GRID[None] / 2, np.array([2.0]))
    x = np.geomspace(1e-3, 40, 200001)
    for level in (1e-9, 0.01, 0.1, 0.6):
        exact = max(((level + np.log(-np.expm1(-x / 2)) / 2) / x).max(), level / 40)
        found = slopes(cells, level)[0] / (1 + 2.0**-30)
        assert exact * (1 - 1e-12) <= found <= exact * (1 + 1e-7)


def test_tangents_by_hand():
    """H = -ln(1 - e^(base - fall (x - left)))/B: its slope, and its curvature by differences."""
    level, size, base, fall, left = 0.3, 4.0, -0.2, 0.6, 1.5

    def height(x):
        return -math.log(-math.expm1(base - fall * (x - left))) / size

    at, step = 1.9, 1e-4
    slope, rest, curved = nested._tangent(level, *map(np.float64, (size, base, fall, left, at)))
    down = (height(at + step) - height(at - step)) / (2 * step)
    assert slope == pytest.approx(-down, rel=1e-6)
    assert rest == pytest.approx(level - height(at) - slope * at, rel=1e-12)
    assert curved == pytest.approx((height(at + step) - 2 * height(at) + height(at - step)) / step**2, rel=1e-5)


@pytest.mark.parametrize("together", [1, 2, 24])
def test_greatest_sums_with_times_that_have_no_message(monkeypatch, together):
    """And with bounds that are infinite after one that will do, for so many places at a time."""
    monkeypatch.setattr(nested, "_ROWS", together)
    table = np.array([[0.9, 0.8, 0.5, 0.2, 0.0], [np.inf, np.inf, 0.6, 0.1, 0.1], [0.7, 0.6, 0.0, 0.0, 0.0]])
    starts, rows = np.array([0.0, 1.0, 3.0, 4.0, 6.0, 7.0]), np.array([[-1, -1], [0, 1], [0, -1], [2, 0]])
    found = compare(greatest_sums, [table, rows, starts])
    assert found[0] == 0.0
    for t in range(1, 4):
        least = running_least(table, [r for r in rows[t] if r >= 0])
        assert found[t] == pytest.approx(best_chain(least, starts, 0, 0))
    assert compare(greatest_sums, [table, np.zeros((2, 0), np.int64), starts]).tolist() == [0.0, 0.0]


def test_the_grid_is_that_of_the_text():
    """Its points increase, and the first one is 1/800 of the last one."""
    assert (np.diff(GRID) > 0).all()
    assert GRID[-1] == 800 * GRID[0] == 40
