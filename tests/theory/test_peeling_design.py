"""Expected blocks against simulation, density evolution against peeling, designed sizes against their conditions."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq, linprog

from srtheory.decoders.peeling import schedule
from srtheory.model import Model
from srtheory.reception import receive
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.sizes import NAMED, read_sizes
from srtheory.theory.block_design import _near, design
from srtheory.theory.peeling import arrived, price_of_peeling, unknown_share

EXPON, PARETO = stats.expon(scale=5), stats.pareto(b=1)
SMALL, LARGE = (Model(m, None, 0.005, EXPON) for m in (10, 100_000))


def received(m, sizes, law, t, key):
    startups = law.rvs(m, random_state=np.random.default_rng(key))
    return receive(SizedSumRecovery(m, sizes), startups, 0.005, key, t).rows


def means_agree(sizes, law, t, claimed, trials=40):
    """Rows of every size that have come by t, at m = 400, within five standard errors."""
    found = np.array(
        [np.bincount(np.diff(received(400, sizes, law, t, key).indptr), minlength=400) for key in range(trials)]
    )
    expected = np.zeros(400)
    expected[: len(claimed.blocks)] = claimed.blocks
    expected[1] += claimed.systematic
    error = found.std(axis=0) / math.sqrt(trials) / 400
    return (abs(found.mean(axis=0) / 400 - expected) <= 5 * error + 1e-12).all()


CASES = [
    ("3", EXPON, 0.6), ("38/9x2/8/3x9/2", EXPON, 0.8), ("2:0.5,3:0.25,7:0.25", PARETO, 1.4),
    ("5/2:0.5,4:0.5/1", PARETO, 1.2),
    ("500", EXPON, 3.0), ("1", EXPON, 0.004), ("399", EXPON, 4.0),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "law", "t"), CASES)
def test_expected_blocks_are_those_of_simulated_runs(sizes, law, t):
    assert means_agree(sizes, law, t, arrived(Model(400, None, 0.005, law), sizes, t))


@pytest.mark.quality
def test_blocks_of_another_size_are_noticed():
    assert not means_agree("3/2", EXPON, 0.6, arrived(Model(400, None, 0.005, EXPON), "2/3", 0.6))


@pytest.mark.parametrize(("s", "rate"), [(0.1, 0.7), (0.3, 2.0)])
def test_blocks_of_one_and_two_have_fixed_points_that_are_known(s, rate):
    assert unknown_share(s, [0, rate]) == pytest.approx((1 - s) * math.exp(-rate))
    other = brentq(lambda x: (1 - s) * math.exp(-2 * rate * (1 - x)) - x, 0, 1 - s - 1e-12) if rate > 1 else None
    if other is not None:
        assert unknown_share(s, [0, 0, rate]) == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize("s", [0.05, 0.2])
@pytest.mark.parametrize("side", [-1, 1])
def test_on_either_side_of_a_threshold(s, side):
    """Blocks of 3 go on where 3 r y^2 > ln((1 - s)/(1 - y)) up to y = 0.9; the least such r, and 1 % to either side."""
    left = unknown_share(s, [0, 0, 0, _critical(s) * (1 + 0.01 * side)])
    assert (left < 0.1) == (side > 0)


def test_without_a_start_nothing_goes_on():
    assert unknown_share(0, [0, 0, 0, 50]) == 1


def _critical(s):
    """Of r with a fixed point at y < 0.9, the largest."""
    y = np.linspace(s, 0.9, 400_001)[1:]
    return float((np.log((1 - s) / (1 - y)) / (3 * y**2)).max())


def left(m, sizes, law, t, key):
    return 1 - len(schedule(received(m, sizes, law, t, key))[0]) / m


FRACTIONS = [("3", 0.66), ("3", 0.55), ("4", 0.66), ("38/9x2/8/3x9/2", 0.6), ("2:0.3,3:0.7", 0.6)]


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "t"), FRACTIONS)
def test_density_evolution_is_what_peeling_leaves_of_many_symbols(sizes, t):
    m, claimed = 100_000, arrived(LARGE, sizes, t)
    # The share of systematic symbols alone fluctuates by sqrt(s/m) = 0.001, and the rest with it.
    found = np.mean([left(m, sizes, EXPON, t, key) for key in range(4)])
    assert found == pytest.approx(claimed.unknown(), abs=0.003)


@pytest.mark.quality
def test_density_evolution_of_other_sizes_is_noticed():
    found = left(100_000, "3", EXPON, 0.55, 0)
    assert abs(found - arrived(LARGE, "4", 0.55).unknown()) > 0.003


def conditions(sizes, m, law, t, margin, uncovered, tau=0.005):
    """Least slack of the conditions of the linear program, on a grid of its own."""
    had = arrived(Model(m, None, tau, law), sizes, t)
    sizes = np.arange(len(had.blocks))
    x = np.linspace(2.5 * margin**2 / m, 1 - had.systematic, 500)
    need = np.log((1 - had.systematic) / (x - margin * np.sqrt(x / m)))
    gain = (sizes[1:] * had.blocks[1:]) @ ((1 - x) ** (sizes[1:, None] - 1))
    return min((gain - need).min(), sizes @ had.blocks - math.log((1 - had.systematic) * m / uncovered))


@cache
def at_paper(law, t):
    return design(Model(1000, None, 0.005, law), t)


@pytest.mark.parametrize(("law", "t"), [(EXPON, 0.69), (PARETO, 1.33)])
def test_designed_sizes_meet_the_conditions(law, t):
    """One path stands for the few that the optimum mixes: it needs more rows, not many."""
    found = at_paper(law, t)
    assert conditions(found.sizes, 1000, law, t, 1.5, 0.5) > -0.03
    assert found.least_rows <= found.rows <= 1.15 * found.least_rows


def cuttings(length, largest):
    """Sizes that fill so many terms, the last one perhaps more."""
    if length <= 0:
        yield ()
        return
    for size in range(1, largest + 1):
        yield from ((size, *rest) for rest in cuttings(length - size, largest))


def least_rows(m, tau, law, t, margin, uncovered, largest):
    """Of all mixtures of cuttings, each written out; the conditions on a grid of its own."""
    ready = np.append(law.cdf(t - tau * np.arange(1, m + 1)), np.zeros(largest))
    unknown = 1 - ready[0]
    x = np.linspace(max(2.5 * margin**2, 1) / m, unknown, 400)
    need = np.append(np.log(unknown / (x - margin * np.sqrt(x / m))), math.log(unknown * m / uncovered))
    rows, gains = [], []
    for sizes in map(np.array, cuttings(np.count_nonzero(ready) - 1, largest)):
        weight = ready[np.cumsum(sizes)]
        rows.append(weight.sum())
        gains.append((sizes * weight) @ (1 - np.append(x, 0.0)) ** (sizes[:, None] - 1))
    found = linprog(rows, A_ub=-np.array(gains).T, b_ub=-need, A_eq=np.ones((1, len(rows))), b_eq=[1])
    return found.fun + ready[0]


@pytest.mark.parametrize(("m", "uncovered", "largest"), [(30, 0.5, 3), (60, 0.5, 4), (60, 5.0, 4)])
def test_the_optimum_is_that_over_all_cuttings_written_out(m, uncovered, largest):
    """With the lesser ``uncovered`` it is coverage that costs, with the greater one the rest."""
    found = design(Model(m, None, 1.0, EXPON), 9.0, margin=0.5, uncovered=uncovered, largest=largest)
    assert found.least_rows == pytest.approx(least_rows(m, 1.0, EXPON, 9.0, 0.5, uncovered, largest), rel=1e-3)


@pytest.mark.parametrize(
    ("name", "law", "t"),
    [
        ("paper-exponential", EXPON, 0.66),
        ("paper-exponential-few", EXPON, 0.68),
        ("paper-pareto", PARETO, 1.32),
        ("paper-pareto-few", PARETO, 1.33),
    ],
)
def test_sizes_with_a_name_meet_them_too(name, law, t):
    assert conditions(name, 1000, law, t, 1.5, 0.5) > -0.03


def test_every_name_is_met_here():
    assert set(NAMED) == {"paper-exponential", "paper-exponential-few", "paper-pareto", "paper-pareto-few"}


@pytest.mark.parametrize("t", [0.62, 0.635, 0.65, 0.7, 0.8, 0.9, 1.2])
@pytest.mark.parametrize("largest", [5, 30])
def test_sizes_are_small_enough_and_need_no_fewer_rows_than_the_optimum(t, largest):
    found = design(Model(200, None, 0.01, EXPON), t, largest=largest)
    if found is None:
        return
    assert max(size for stage in read_sizes(found.sizes) for size in stage.sizes) <= largest
    assert found.missed >= 0
    if found.missed == 0:
        assert found.rows >= found.least_rows - 1e-4
        assert conditions(found.sizes, 200, EXPON, t, 1.5, 0.5, tau=0.01) > -0.03


@pytest.mark.parametrize(
    ("m", "law", "t", "margin"),
    [
        (100, stats.uniform(loc=0, scale=1), 2.0, 1.5),
        (100, EXPON, 200.0, 1.5),
        (100, EXPON, 5.0, 1e6),
        (2, EXPON, 2.0, 1.5),
        (3, EXPON, 20.0, 1.5),
        (50, EXPON, 30.0, 1.5),
    ],
)
def test_where_there_is_no_room_for_a_margin_coverage_is_enough(m, law, t, margin):
    found = design(Model(m, None, 0.05, law), t, margin=margin)
    assert found is None or found.rows >= found.least_rows - 1e-9


@pytest.mark.quality
def test_sizes_for_another_time_miss_the_conditions():
    found = at_paper(EXPON, 0.69)
    assert conditions(found.sizes, 1000, EXPON, 0.62, 1.5, 0.5) < -0.3


def test_too_early_for_any_sizes():
    assert design(Model(1000, None, 0.005, EXPON), 0.5) is None
    assert design(Model(1000, None, 0.005, EXPON), 0.0) is None
    assert design(Model(1, None, 0.005, EXPON), 3.0) is None


def test_peeling_has_a_price():
    """The table of docs/decoding.md, 1."""
    prices = {s: price_of_peeling(s, 0.002, 150) for s in (0.05, 0.13, 0.25, 0.6)}
    assert all(1.002 < price < 1.03 for price in prices.values())
    assert price_of_peeling(0.13, 0.02, 30) == pytest.approx(1.0015, abs=3e-4)
    assert prices[0.13] == pytest.approx(1.0093, abs=3e-4)


@pytest.mark.quality
def test_without_its_condition_nothing_costs():
    assert price_of_peeling(0.13, 0.86, 150) < 0.2


def test_near_sizes_are_a_few_more_or_less_none_and_two() -> None:
    assert sorted(_near([5], 12)) == [[2], [3], [4], [5, 5], [6], [7], [8]]  # 13 is above the cap, -3 no size
    first, second = [[2, 9], [3, 9], [4, 9], [9, 9], [1, 1, 9], [9]], [[1, 1], [1, 6], [1, 7], [1, 8], [1, 9, 9], [1]]
    assert sorted(_near([1, 9], 9)) == sorted([*first, *second])
