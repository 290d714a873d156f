"""The fluid limit and its bounds; how large d must be: exact, sharp and in the limit; and small dependencies."""

from __future__ import annotations

import math
from itertools import combinations, product
from math import exp

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import optimize, stats

from paper_checks.theory import asymptotics as asy
from paper_checks.theory.dependencies import (
    Profile,
    empty_rows,
    identical_columns,
    predicted_exceptions,
    repeated_rows,
    typical_profile,
    unbalanced_triples,
    uncovered,
)
from paper_checks.theory.thresholds import (
    covering_rows_fluid,
    covering_rows_limit,
    critical_ratio,
    least_degree,
    least_degree_sharp,
    sharp_mean,
)
from srtheory.model import Model
from srtheory.theory.coverage import coverage_by_rows, expected_uncovered
from srtheory.theory.latency import (
    LOG_GOLDEN_RATIO,
    block_bound,
    continuous_fluid_limit,
    exponential_fluid_limit,
    median_bound,
    paper_bound,
    sharp_bound,
)
from srtheory.theory.rows import expected_rows, fluid_limit
from srtheory.theory.spanning import expected_latency_bounds, expected_stopping_bounds
from tests.theory import at_paper
from tests.theory.at_paper import EXPON, PARETO

# ---------------------------------------------------------------------------------------------------------- fluid limit


SIZES = [
    *((1000, 10, 0.005, EXPON, None), (1000, 10, 0.005, PARETO, None)),
    *((50, 3, 0.1, EXPON, 20), (12, 5, 0.4, PARETO, None)),
]


@pytest.mark.parametrize(("m", "d", "tau", "law", "access"), SIZES)
@pytest.mark.parametrize("overhead", [0.9, 1.0, 1.05])
def test_fluid_limit_is_the_least_time(m, d, tau, law, access, overhead):
    model, rows = Model(m, d, tau, law, access), overhead * m
    limit = fluid_limit(model, rows=rows)
    assert float(expected_rows(model, limit * (1 + 1e-12))) > rows
    assert float(expected_rows(model, limit * (1 - 1e-12))) < rows


def test_fluid_limit_of_laws_with_atoms_and_at_the_ends():
    constant = stats.randint(2, 3)
    assert fluid_limit(Model(9, 2, 0.5, constant)) == 2.5
    assert fluid_limit(Model(9, 2, 0.5, constant), rows=9.5) == 3.5
    assert fluid_limit(Model(9, 2, 0.5, stats.uniform()), rows=45) == 1 + 9 * 0.5
    assert fluid_limit(Model(9, 2, 0.5, EXPON), rows=45) == math.inf
    assert fluid_limit(Model(1, 2, 0.5, EXPON)) == math.inf
    half = Model(9, 3, 0.01, stats.randint(0, 2))  # every second worker starts at once
    assert fluid_limit(half) == pytest.approx(median_bound(half))


@pytest.mark.parametrize("y", [1e-30, 1e-20, 1e-9, 0.99e-6, 1.01e-6, 1e-4, 0.0099, 0.0101, 0.3, 2.0, 40.0])
def test_continuous_form_solves_its_equation_to_the_last_digits(y):
    with mpmath.workdps(100):
        exact = 1 + mpmath.mpf(y)
        x = exact + mpmath.lambertw(-mpmath.exp(-exact))
    assert continuous_fluid_limit(y, 1, 1.0) == pytest.approx(float(x), rel=1e-12, abs=0)


@pytest.mark.parametrize("tau", [1e-4, 0.003, 0.04, 0.7])
@pytest.mark.parametrize(("m", "d", "access"), [(40, 3, None), (40, 7, None), (40, 7, 9), (40, 3, 5), (40, 3, 13)])
def test_block_bound_holds_with_few_blocks_and_a_remainder(tau, m, d, access):
    assert fluid_limit(Model(m, d, tau, EXPON, access)) <= block_bound(tau, d, 0.2) * (1 + 1e-13)


@pytest.mark.quality
def test_the_golden_ratio_cannot_be_lowered_nor_the_sharp_bound_freed_of_its_condition():
    tau, d = 0.25, 6
    rate = LOG_GOLDEN_RATIO / (tau * d)
    assert exponential_fluid_limit(tau, d, rate) == pytest.approx(block_bound(tau, d, rate), rel=1e-13)
    assert exponential_fluid_limit(tau, d, rate) > tau * (d + 1) + 0.999 * LOG_GOLDEN_RATIO / rate
    assert exponential_fluid_limit(1.2, 3, 1.0) > sharp_bound(1.2, 3, 1.0)


@pytest.mark.parametrize("law", [EXPON, PARETO, stats.lognorm(s=1), stats.weibull_min(c=0.5)])
@pytest.mark.parametrize(("m", "d", "access"), [(40, 3, None), (40, 7, None), (40, 7, 5), (40, 1, 2), (40, 60, None)])
def test_median_bound_holds_for_every_law(law, m, d, access):
    assert fluid_limit(Model(m, d, 0.07, law, access)) <= median_bound(Model(m, d, 0.07, law)) * (1 + 1e-13)


def test_supremum_of_the_ratio_in_the_continuous_form():
    branch = -sp.LambertW(-sp.exp(-1) / 2, -1)
    assert sp.simplify(asy.ratio_supremum() - branch / (2 * branch - 1)) == 0
    supremum = float(asy.ratio_supremum())
    best = optimize.minimize_scalar(
        lambda v: -continuous_fluid_limit(math.exp(v), 1, 1.0) / paper_bound(math.exp(v), 1, 1.0), (-4, 0, 4)
    )
    assert -best.fun == pytest.approx(supremum, rel=1e-9)
    assert continuous_fluid_limit(math.exp(best.x), 1, 1.0) == pytest.approx(float(asy.ratio_maximiser()), rel=1e-4)
    grid = np.geomspace(1e-6, 1e6, 4001)
    ratios = np.array([continuous_fluid_limit(y, 1, 1.0) / paper_bound(y, 1, 1.0) for y in grid])
    assert ratios.max() <= supremum
    assert ratios.max() > 0.9999 * supremum


def test_the_excess_over_tau_d_peaks_at_the_golden_ratio():
    golden = sp.log((1 + sp.sqrt(5)) / 2)
    assert sp.simplify(sp.exp(asy.one_block_boundary()) - sp.exp(golden)) == 0
    assert sp.simplify(sp.exp(asy.excess_supremum()) - sp.exp(golden)) == 0
    assert float(asy.excess_supremum()) == pytest.approx(LOG_GOLDEN_RATIO, rel=1e-15)
    grid = np.geomspace(1e-4, 50, 5001)
    excess = np.array([exponential_fluid_limit(y, 1, 1.0) - 2 * y for y in grid])
    assert excess.max() <= LOG_GOLDEN_RATIO
    assert grid[excess.argmax()] == pytest.approx(LOG_GOLDEN_RATIO, rel=5e-3)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_expansions_differ_by_less_than_their_next_term_and_a_wrong_coefficient_would_be_seen(order):
    """For small and large loads, in continuous form and in whole blocks."""
    for y in (1e-4, 1e-5):
        right, wrong = (asy.small_expansion(order) + more * asy.w**order for more in (0, sp.Rational(1, 5)))
        for expansion, holds in ((right, True), (wrong, False)):
            gap = abs(float(expansion.subs(asy.w, sp.sqrt(2 * y))) - continuous_fluid_limit(y, 1, 1.0))
            assert (gap < (2 * y) ** ((order + 1) / 2)) == holds
    value = float(asy.large_expansion(order).subs(asy.y, sp.Rational(4)))
    assert abs(value - continuous_fluid_limit(4.0, 1, 1.0)) < math.exp(-4 * (order + 1))
    x = exponential_fluid_limit(3.0, 1, 1.0) - 3.0
    assert abs(float(asy.large_expansion_blocks(order).subs(asy.y, 3)) - x) < math.exp(-3 * (order + 1))


@pytest.mark.parametrize("y", [1e-3, 3e-4, 1.7e-5])
def test_expansion_for_small_loads_blocks(y):
    x = exponential_fluid_limit(y, 1, 1.0) - y
    phase = x / y - math.floor(x / y)
    value = float(asy.small_expansion_blocks(3).subs({asy.w: sp.sqrt(2 * y), asy.theta: phase}))
    assert abs(value - x) < (2 * y) ** 2
    coarse = float(asy.small_expansion_blocks(2).subs(asy.w, sp.sqrt(2 * y)))
    assert abs(coarse - x) < (2 * y) ** 1.5 / 10


# -------------------------------------------------------------------------------------------------------------- degrees


@pytest.mark.parametrize(
    ("m", "law", "exact", "sharp"),
    [
        *((30, EXPON, 2, 7), (100, EXPON, 5, 8), (30, PARETO, 4, 7)),
        *(
            pytest.param(*case, marks=pytest.mark.attack)
            for case in (
                *((300, EXPON, 8, 9), (1000, EXPON, 10, 11)),
                *((100, PARETO, 7, 9), (300, PARETO, 10, 11), (1000, PARETO, 12, 13)),
            )
        ),
    ],
)
def test_least_degrees_at_the_tau_and_mu_of_the_paper(m, law, exact, sharp):
    """And those on record, which docs/proofs/theory.md is compared with."""
    model = Model(m, None, 0.005, law)
    assert least_degree(model) == exact == at_paper.least_degree(m, law)
    assert least_degree_sharp(model) == sharp


@pytest.mark.parametrize(("m", "overhead", "failure"), [(15, 0.0, 0.1), (12, 0.2, 0.05)])
def test_least_degree_is_the_first_that_covers(m, overhead, failure):
    rows = math.floor((1 + overhead) * m)
    covering = (d for d in range(1, m) if sum(coverage_by_rows(Model(m, d, 0.1, EXPON), rows)) / 2 >= 1 - failure)
    assert least_degree(Model(m, None, 0.1, EXPON), overhead=overhead, failure=failure) == next(covering)


def test_least_degree_in_the_limit_is_the_first_by_the_mean():
    for m, law, tau, overhead, failure in product((2, 20), (EXPON, PARETO), (0.01, 1.0), (0.0, 0.1), (0.01, 0.3)):
        means = ((d, sharp_mean(Model(m, d, tau, law), overhead=overhead)) for d in range(1, m))
        first = next((d for d, mean in means if math.exp(-mean) >= 1 - failure), None)
        assert least_degree_sharp(Model(m, None, tau, law), overhead=overhead, failure=failure) == first


@pytest.mark.parametrize(("m", "d", "load"), [(10_000, 10, 0.5), (100_000, 12, 0.1), (100_000, 30, 1.5)])
def test_sharp_mean_is_the_expected_number_uncovered_in_the_limit(m, d, load):
    model = Model(m, d, load / d, stats.expon())
    exact = float(expected_uncovered(model, fluid_limit(model)))
    assert math.log(sharp_mean(model)) == pytest.approx(math.log(exact), abs=6 * d**2 / m)


@pytest.mark.quality
def test_the_factor_of_the_systematic_share_cannot_be_left_out():
    m, d, load = 100_000, 12, 0.1
    model = Model(m, d, load / d, stats.expon())
    exact = float(expected_uncovered(model, fluid_limit(model)))
    without = m * math.exp(-d)
    assert abs(math.log(without) - math.log(exact)) > 1


@pytest.mark.parametrize("y", [1e-4, 0.03, 0.4, 0.49, 2.0, 30.0])
def test_critical_ratio_is_the_inverse_of_the_share_not_systematic(y):
    t = exponential_fluid_limit(y / 10, 10, 1.0)
    assert critical_ratio(y) == pytest.approx(1 / math.exp(-(t - y / 10)), rel=1e-12)
    if y >= LOG_GOLDEN_RATIO:
        assert critical_ratio(y) == pytest.approx(1 + math.exp(y), rel=1e-13)
        assert critical_ratio(y) == pytest.approx(float(sp.exp(asy.blocks_solution(1)).subs(asy.y, y)), rel=1e-13)
    if y < 1e-3:
        assert critical_ratio(y) == pytest.approx(1 + math.sqrt(2 * y), abs=2 * y)


@pytest.mark.attack
@pytest.mark.parametrize(("ratio", "width"), [(1.5, 0.067), (0.5, 0.057)])
def test_mean_rows_and_latency_are_those_of_the_limit_above_the_critical_ratio_only(ratio, width):
    """Intervals at m = 50 beside Corollaries 7 and 8 (docs/proofs/spanning.md): m + o(m) rows above, 1.2 m below."""
    m, y = 50, 0.5
    d = math.ceil(ratio * critical_ratio(y) * math.log(m))
    model = Model(m, d, y / d, stats.expon())
    rows, latency = expected_stopping_bounds(model), expected_latency_bounds(model, tolerance=width)
    limit = y / d * (d + 1) + LOG_GOLDEN_RATIO
    if ratio > 1:
        assert rows[1] < 1.05 * m
        assert latency[1] < limit + 0.01
    else:
        assert rows[0] > 1.15 * m
        assert latency[0] > limit + 0.09


@pytest.mark.parametrize(("c", "each"), [(0.5, 0.1), (0.7, 0.3), (0.35, 0.2), (1.3, 0.5), (3.0, 0.5), (0.95, 0.1)])
def test_limit_of_the_rows_that_cover(c, each):
    limit = covering_rows_limit(c, each)
    gaps = [abs(covering_rows_fluid(size, c * size, each, 1.0) - limit) for size in (300.0, 3000.0, 30000.0)]
    assert gaps[2] < 1e-3
    assert gaps[2] <= gaps[1] <= gaps[0] + 1e-12


@pytest.mark.parametrize("each", [0.001, 0.1, 0.5, 2.0])
def test_m_rows_cover_in_the_limit_from_one_over_mu_tau_on(each):
    assert covering_rows_limit(1 / each, each) == 1.0
    assert covering_rows_limit(0.999 / each, each) > 1.0
    assert covering_rows_limit(0.5 / (1 + each), each) >= 2.0


@pytest.mark.quality
def test_hypothesis_fails_in_the_limit_at_the_parameters_of_the_paper():
    # d = 1.45 ln m, mu tau = 0.001: m rows are enough at m = 1000 and 69 % more are needed at the end.
    assert round(critical_ratio(0.01), 3) == 1.150 < round(10 / math.log(1000), 3) == 1.448
    assert covering_rows_fluid(math.log(1000), 10, 0.005, 0.2) < 1
    assert covering_rows_limit(10 / math.log(1000), 0.001) == pytest.approx(1.690, abs=1e-3)
    needed = [covering_rows_fluid(size, 1.4476 * size, 0.005, 0.2) for size in (7.0, 50.0, 1e3, 1e5, 1e6)]
    assert needed == sorted(needed)


# --------------------------------------------------------------------------------------------------------- dependencies


CASES = [
    *((5, 2, (1, 1), False), (6, 2, (2, 1, 0), False), (6, 1, (3, 2), False), (6, 3, (1, 1, 1), False)),
    *((6, 2, (2, 1, 0), True), (5, 3, (3,), True), (4, 2, (2,), True)),
]


def choices(m, d, worker, blocks, replacement):
    """All equally likely lists of blocks of one worker, as sets of symbols."""
    others = {j for j in range(m) if j != worker}
    if replacement:
        yield from product([set(c) for c in combinations(others, d)], repeat=blocks)
    else:
        yield from disjoint(others, d, blocks)


def disjoint(pool, d, blocks):
    """All lists of disjoint blocks."""
    if blocks == 0:
        yield []
        return
    for block in map(set, combinations(pool, d)):
        yield from ([block, *others] for others in disjoint(pool - block, d, blocks - 1))


def seen(rows, senders, m):
    """What the functions count, counted by definition."""
    silent = range(senders, m)
    said = [frozenset(row) & frozenset(silent) for _, row in rows]
    column = {a: frozenset(i for i, s in enumerate(said) if a in s) for a in silent}
    triples = (
        (a, b, c)
        for a in silent
        for b, c in combinations([x for x in silent if x != a], 2)
        if column[b] and column[c] and not column[b] & column[c] and column[a] == column[b] | column[c]
    )
    pairs = combinations(range(len(rows)), 2)
    return (
        sum(not column[a] for a in silent),
        sum(bool(column[a]) and column[a] == column[b] for a, b in combinations(silent, 2)),
        sum(1 for _ in triples),
        sum(not s for s in said),
        sum(said[i] == said[j] and bool(said[i]) and (rows[i][0] != rows[j][0]) for i, j in pairs),
    )


def enumerated(m, d, blocks, replacement):
    lists = [list(choices(m, d, j, b, replacement)) for j, b in enumerate(blocks)]
    total, cases = np.zeros(5), 0
    for combination in product(*lists):
        rows = [(j, row) for j, sent in enumerate(combination) for row in sent]
        total += seen(rows, len(blocks), m)
        cases += 1
    return total / cases


@pytest.mark.parametrize(("m", "d", "blocks", "replacement"), CASES)
def test_expected_numbers_are_what_enumeration_gives(m, d, blocks, replacement):
    """With replacement rows of one worker can repeat, too: all pairs count as if each were of a worker of its own."""
    profile = Profile(m, d, m - len(blocks), np.array(blocks), replacement)
    expected = enumerated(m, d, blocks, replacement)
    found = [f(profile) for f in (uncovered, identical_columns, unbalanced_triples, empty_rows, repeated_rows)]
    assert found[: 5 - replacement] == pytest.approx(expected[: 5 - replacement], rel=1e-9, abs=1e-12)
    alike = repeated_rows(Profile(6, 2, 3, np.array([3, 0, 0]), replacement=True))
    assert alike == pytest.approx(enumerated(6, 2, (1, 1, 1), False)[4])


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("load", [0.1, 1.0, 3.0])
def test_typical_profile_has_the_rows_that_are_asked_for(load, replacement):
    m, d = 2000, 25
    profile = typical_profile(Model(m, d, load / d, stats.expon()), m, replacement=replacement)
    assert m - profile.silent + profile.parity_rows == pytest.approx(m, abs=2)
    if load >= 0.5:  # there 1 - s = 1/(1 + e^y), by the closed form of the fluid limit
        assert profile.silent / m == pytest.approx(1 / (1 + exp(load)), abs=2 / m)


CODES = [(60, 6, 1.0, False), (60, 5, 0.4, True), (40, 4, 1.5, False), (40, 4, 1.5, True)]


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "load", "replacement"), CODES)
def test_early_exceptions_are_what_their_definition_gives(m, d, load, replacement):
    """U = 0 and I > R at m - 1 rows, I and R Poisson: summed over both, the empty and the repeated rows in R."""
    model = Model(m, d, load / d, stats.expon())
    early, _ = predicted_exceptions(model, replacement=replacement)
    before = typical_profile(model, m - 1, replacement=replacement)
    redundant, numbers = empty_rows(before) + repeated_rows(before), np.arange(80)
    pairs = stats.poisson.pmf(numbers, identical_columns(before))
    more = sum(p * stats.poisson.pmf(numbers[:i], redundant).sum() for i, p in enumerate(pairs.tolist()))
    assert early == pytest.approx(np.exp(-uncovered(before)) * more, rel=1e-9)
    assert min(empty_rows(before), repeated_rows(before)) > 1e-3 * max(empty_rows(before), repeated_rows(before)) > 0
