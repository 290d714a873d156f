"""Peeling, docs/proofs/decoding.md: steps of the proofs of Theorems 1 and 2, runs of the codes, and designed sizes."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linprog

from paper_checks.theory.statements.overhead import overhead_constants, price_of_peeling, proved_overhead
from paper_checks.theory.statements.stopping_sets import StoppingSets
from srtheory.decoders import decoder
from srtheory.decoders.peeling import peel, schedule
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import trial_streams
from srtheory.matrix import from_sets
from srtheory.model import Model
from srtheory.reception import Reception, receive
from srtheory.schemes.sum_recovery import SizedSumRecovery
from srtheory.sizes import NAMED, read_sizes
from srtheory.theory.coverage import expected_uncovered
from srtheory.theory.peeling import arrived, design, unknown_share
from tests.reference import supports

# ------------------------------------------------------------------------------------------------------------ Theorem 1


def run(m, sizes, startup, trial):
    delays = DelayModel(parse_law(startup), 0.005)
    rng, key = trial_streams(3, trial)
    return receive(SizedSumRecovery(m, sizes), delays.sample(m, rng), 0.005, key, 2.5).rows


def redundant(rows, m):
    """Blocks among the first m rows all whose symbols have arrived alone by then."""
    first = [set(rows.indices[rows.indptr[i] : rows.indptr[i + 1]].tolist()) for i in range(m)]
    alone = set().union(*(row for row in first if len(row) == 1))
    return sum(row <= alone for row in first if len(row) > 1)


RUNS = [
    ("3", "expon(scale=0.5)"),
    ("2", "pareto(b=1)"),
    ("15/13/4/3x3/5/3x4/2", "pareto(b=1)"),
    ("2:0.5,4:0.5", "expon(scale=0.5)"),
]


@pytest.mark.parametrize(("sizes", "startup"), RUNS)
@pytest.mark.parametrize("m", [40, 300])
def test_peeling_needs_a_row_more_for_each_redundant_block(sizes, startup, m):
    """Not for blocks whose symbols are covered, but not known alone."""
    met = slips = 0
    for trial in range(10):
        rows = run(m, sizes, startup, trial)
        needed, _ = peel(rows)
        assert needed is not None
        assert needed >= m + redundant(rows, m)
        met += redundant(rows, m)
        slips += needed < m + (np.diff(rows.prefix(m).indptr) > 1).sum()
    assert met > 0
    assert slips > 0 or m < 300 or "13" not in sizes


def inside(m, size, k):
    """P(k given places of a random order of m - 1 symbols hold some of a set of ``size``), by enumeration."""
    orders = list(permutations(range(m - 1)))
    return Fraction(sum(all(c < size for c in order[:k]) for order in orders), len(orders))


@pytest.mark.parametrize("m", range(2, 8))
def test_blocks_of_a_worker_are_not_positively_correlated(m):
    for size in range(m):
        for k in range(1, m):
            alone = inside(m, size, k)
            assert alone <= Fraction(size, m - 1) ** k
            assert alone >= Fraction(max(size - k, 0), m) ** k
            for more in range(1, m - k):
                assert inside(m, size, k + more) <= alone * inside(m, size, more)


@pytest.mark.parametrize("high", [0.01, 0.115, 0.229, 0.5, 0.9])
def test_constants_make_the_exponent_negative(high):
    """3 ln 2 for the choices of a set and of its blocks, against what long blocks are worth: at most -ln 2."""
    spare, longest = overhead_constants(high)
    share = (1 + (high + spare)) / 2
    assert high + spare < share < 1
    exponent = 3 * math.log(2) + longest * spare / 4 * math.log(share)
    assert exponent <= -math.log(2) + 1e-9
    assert 3 * math.log(2) + (longest - 1) * spare / 4 * math.log(share) > -math.log(2)


def test_the_overhead_is_small_and_positive():
    logarithms = [proved_overhead(low, 0.3) for low in (0.05, 0.1, 0.3)]
    assert [-1000, *logarithms, 0] == sorted([-1000, *logarithms, 0])


# ------------------------------------------------------------------------------------------------------------ Theorem 2


def stopping_sets(late, blocks, smallest=1):
    """Sets of late symbols that no block meets in exactly one."""
    for size in range(smallest, len(late) + 1):
        for some in combinations(late, size):
            if all(len(set(block) & set(some)) != 1 for block in blocks):
                yield set(some)


def enumerated(m, sizes, terms):
    """Mean numbers of stopping sets, and of those that a block meets, over all permutations."""
    ends = StoppingSets(m, sizes).ends.tolist()
    late = [j for j in range(m) if terms[j] == 0]
    every, met, runs = 0, 0, 0
    orders = [list(permutations([c for c in range(m) if c != j])) if terms[j] > 1 else [()] for j in range(m)]
    for some in product(*orders):
        whole = ((j, low, high) for j in range(m) for low, high in pairwise(ends) if high <= terms[j])
        blocks = [some[j][low - 1 : high - 1] for j, low, high in whole]
        found = list(stopping_sets(late, blocks))
        every += len(found)
        met += sum(any(set(block) & one for block in blocks) for one in found if len(one) > 1)
        runs += 1
    return every / runs, met / runs


CASES = [
    *((2, "1", (1, 0)), (2, "1", (2, 0)), (2, "3", (0, 0)), (3, "1", (3, 0, 0)), (3, "2", (3, 0, 1))),
    *((3, "2", (0, 3, 3)), (4, "2", (4, 0, 0, 2)), (4, "2", (3, 4, 0, 0)), (4, "1/2", (4, 2, 0, 0))),
    *((4, "3", (4, 4, 0, 0)), (5, "3/1", (4, 5, 0, 0, 0)), (5, "2", (0, 0, 0, 0, 0)), (5, "2", (1, 5, 5, 0, 0))),
]


@pytest.mark.parametrize(("m", "sizes", "terms"), CASES)
def test_means_are_those_over_all_permutations(m, sizes, terms):
    every, met = StoppingSets(m, sizes).expected([terms])
    assert (every[0], met[0]) == pytest.approx(enumerated(m, sizes, terms), abs=1e-12)


TERMS = (13, 12, 9, 7, 5, 5, 4, 3, 1, 1, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("sizes", ["2", "3", "4/2"])
def test_means_agree_with_counting_in_codes_and_peeling_fails_just_where_a_set_is_left(sizes):
    late, found = [j for j in range(16) if TERMS[j] == 0], []
    for key in range(400):
        rows = SizedSumRecovery(16, sizes).emit(key, np.asarray(TERMS)).rows
        sets = list(stopping_sets(late, [row for row in supports(rows) if len(row) > 1]))
        assert peel(rows)[1] == 16 - max(map(len, sets), default=0)
        covered = len(set(rows.indices.tolist())) == 16
        found.append((len(sets), len(sets) > 0, len(sets) > 0 and covered))
    number, failed, stuck = np.array(found).mean(axis=0)
    error = 5 * np.array(found)[:, 0].std() / np.sqrt(len(found)) + 1e-9
    every, met = (value[0] for value in StoppingSets(16, sizes).expected([TERMS]))
    other, _ = StoppingSets(16, "2/5").expected([TERMS])
    assert abs(number - every) < error < abs(number - other[0])
    assert failed - 5 * np.sqrt(0.25 / len(found)) <= every
    assert stuck - 5 * np.sqrt(met / len(found)) <= met


# ------------------------------------------------------------------------------------------------------------ Theorem 3


def test_one_worker_that_covers_all_does_not_help_peeling():
    """Without the bound on the terms of a worker: half of the symbols alone, all others by one worker, all stuck."""
    m = 1000
    half = range(m // 2)
    pairs = [[m // 2 + 2 * i, m // 2 + 2 * i + 1, i] for i in range(m // 4)]
    rows = from_sets(m, [[i] for i in half] + pairs)
    assert decoder("coverage")(Reception(rows, *[None] * 4)).stopping_time == len(rows)
    assert decoder("peeling")(Reception(rows, *[None] * 4)).rank == m // 2


def test_the_expected_number_of_uncovered_symbols():
    """w(t) by its formula, against the mean of the exact law; blocks of d end after 1 + d, 1 + 2d, ... terms."""
    m, d, tau, law = 60, 2, 0.3, stats.expon()
    ends = [*range(1 + d, m, d), m]
    for t in (1.0, 2.0, 3.3):
        kappa = sum((b - a) * law.cdf(t - tau * b) for a, b in zip([1, *ends], ends, strict=False))
        w = m * law.sf(t - tau) * (1 - kappa / (m - 1)) ** (m - 1)
        assert float(expected_uncovered(Model(m, d, tau, law), t)) == pytest.approx(w, rel=1e-9)


# --------------------------------------------------------------------------------- density evolution and designed sizes


EXPON, PARETO = stats.expon(scale=5), stats.pareto(b=1)


def received(m, sizes, law, t, key):
    startups = law.rvs(m, random_state=np.random.default_rng(key))
    return receive(SizedSumRecovery(m, sizes), startups, 0.005, key, t).rows


def means_agree(sizes, law, t, claimed, trials=40):
    """Rows of every size that have come by t, at m = 400, within five standard errors."""
    rows = [np.diff(received(400, sizes, law, t, key).indptr) for key in range(trials)]
    found = np.array([np.bincount(its, minlength=400) for its in rows])
    expected = np.zeros(400)
    expected[: len(claimed.blocks)] = claimed.blocks
    expected[1] += claimed.systematic
    error = found.std(axis=0) / math.sqrt(trials) / 400
    return (abs(found.mean(axis=0) / 400 - expected) <= 5 * error + 1e-12).all()


CLAIMED = [
    *(("3", EXPON, 0.6), ("38/9x2/8/3x9/2", EXPON, 0.8), ("2:0.5,3:0.25,7:0.25", PARETO, 1.4)),
    *(("5/2:0.5,4:0.5/1", PARETO, 1.2), ("500", EXPON, 3.0), ("1", EXPON, 0.004), ("399", EXPON, 4.0)),
]


@pytest.mark.parametrize(("sizes", "law", "t"), CLAIMED)
def test_expected_blocks_are_those_of_simulated_runs(sizes, law, t):
    assert means_agree(sizes, law, t, arrived(Model(400, None, 0.005, law), sizes, t))
    assert sizes != "3" or not means_agree(sizes, law, t, arrived(Model(400, None, 0.005, law), "2/3", t))


@pytest.mark.parametrize(("s", "size"), [(0.1, 1), (0.3, 2), (0.05, 3), (0.2, 3), (0.0, 3)])
def test_blocks_of_one_size_go_on_up_to_the_least_fixed_point(s, size):
    """To y, the least with c r y^(c - 1) <= ln((1 - s)/(1 - y)), on either side of a threshold: by a fine grid."""
    y = np.linspace(s, 1, 400_001)[1:-1]
    with np.errstate(divide="ignore"):
        needed = np.log((1 - s) / (1 - y)) / (size * y ** (size - 1))
    critical = float(needed[y < 0.9].max()) if s else 5.0
    for rate in (0.7 * critical, 0.99 * critical, 1.01 * critical, 2 * critical):
        stuck = y[needed >= rate] if s or size == 1 else [0.0]
        found = unknown_share(s, [0] * size + [rate])
        assert found == pytest.approx(1 - stuck[0] if len(stuck) else 0.0, abs=1e-4)


FRACTIONS = [("3", 0.66), ("3", 0.55), ("38/9x2/8/3x9/2", 0.6), ("2:0.3,3:0.7", 0.6)]


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "t"), FRACTIONS)
def test_density_evolution_is_what_peeling_leaves_of_many_symbols(sizes, t):
    m = 100_000
    # The share of systematic symbols alone fluctuates by sqrt(s/m) = 0.001, and the rest with it.
    found = np.mean([1 - len(schedule(received(m, sizes, EXPON, t, key))[0]) / m for key in range(4)])
    for other in (sizes, "4"):
        left = arrived(Model(m, None, 0.005, EXPON), other, t).unknown()
        assert (abs(found - left) < 0.003) == (other == sizes)


def conditions(sizes, m, law, t, margin, uncovered, tau=0.005):
    """Least slack of the conditions of the linear program, on a grid of its own."""
    had = arrived(Model(m, None, tau, law), sizes, t)
    sizes = np.arange(len(had.blocks))
    x = np.linspace(2.5 * margin**2 / m, 1 - had.systematic, 500)
    need = np.log((1 - had.systematic) / (x - margin * np.sqrt(x / m)))
    gain = (sizes[1:] * had.blocks[1:]) @ ((1 - x) ** (sizes[1:, None] - 1))
    return min((gain - need).min(), sizes @ had.blocks - math.log((1 - had.systematic) * m / uncovered))


@pytest.mark.parametrize(("law", "t"), [pytest.param(EXPON, 0.69, marks=pytest.mark.attack), (PARETO, 1.33)])
def test_designed_sizes_meet_the_conditions(law, t):
    """One path stands for the few that the optimum mixes: it needs more rows, not many; for another time it fails."""
    found = design(Model(1000, None, 0.005, law), t)
    assert conditions(found.sizes, 1000, law, t, 1.5, 0.5) > -0.03
    assert found.least_rows <= found.rows <= 1.15 * found.least_rows
    assert conditions(found.sizes, 1000, law, 0.9 * t, 1.5, 0.5) < -0.3


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


@pytest.mark.parametrize(("m", "uncovered", "largest"), [(30, 0.5, 3), (60, 0.5, 4), (60, 5.0, 3)])
def test_the_optimum_is_that_over_all_cuttings_written_out(m, uncovered, largest):
    """With the lesser ``uncovered`` it is coverage that costs, with the greater one the rest."""
    found = design(Model(m, None, 1.0, EXPON), 9.0, margin=0.5, uncovered=uncovered, largest=largest)
    assert found.least_rows == pytest.approx(least_rows(m, 1.0, EXPON, 9.0, 0.5, uncovered, largest), rel=1e-3)


def test_sizes_with_a_name_meet_them_too():
    times = {"": (0.66, 1.32), "-few": (0.68, 1.33)}
    for few, (expon, pareto) in times.items():
        assert conditions(f"paper-exponential{few}", 1000, EXPON, expon, 1.5, 0.5) > -0.03
        assert conditions(f"paper-pareto{few}", 1000, PARETO, pareto, 1.5, 0.5) > -0.03
    assert len(NAMED) == 4


@pytest.mark.parametrize("t", [0.5, 0.8, 0.9, 1.2])
@pytest.mark.parametrize("largest", [5, 30])
def test_sizes_are_small_enough_and_need_no_fewer_rows_than_the_optimum(t, largest):
    found = design(Model(200, None, 0.01, EXPON), t, largest=largest)
    assert (found is None) == (t == 0.5)  # too early for any sizes
    if found:
        assert max(size for stage in read_sizes(found.sizes) for size in stage.sizes) <= largest
        assert found.missed >= 0
        assert found.missed > 0 or found.rows >= found.least_rows - 1e-4
        assert found.missed > 0 or conditions(found.sizes, 200, EXPON, t, 1.5, 0.5, tau=0.01) > -0.03


def test_peeling_has_a_price():
    """The table of docs/proofs/decoding.md, 1."""
    prices = {s: price_of_peeling(s, 0.002, 150) for s in (0.05, 0.13, 0.25, 0.6)}
    assert all(1.002 < price < 1.03 for price in prices.values())
    assert price_of_peeling(0.13, 0.02, 30) == pytest.approx(1.0015, abs=3e-4)
    assert prices[0.13] == pytest.approx(1.0093, abs=3e-4)
    with pytest.raises(ArgumentError, match=r"below 1 - s = 0\.9"):
        price_of_peeling(0.1, 1e-17, 10)
