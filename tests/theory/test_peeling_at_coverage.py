"""Steps of the proof of Theorem 3 in docs/decoding.md, each on exact numbers, and runs of the codes it speaks of."""

from fractions import Fraction
from itertools import combinations, permutations
from math import comb, exp, factorial, log

import numpy as np
import pytest

from docs.quoted.decoding import share_at_coverage
from srtheory.decoders import decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import trial_streams
from srtheory.reception import Reception, receive
from srtheory.rows import from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from tests import recorded


def times(a, b):
    out = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            out[i + j] += x * y
    return out


def factors(m, sizes, u):
    """Exact probabilities that no block contains exactly one of u symbols, and that none contains any (Theorem 2)."""
    not_one = [comb(m - 1 - sum(sizes), i) for i in range(u + 1)]
    for k in sizes:
        not_one = times(not_one, [comb(k, i) * (i != 1) for i in range(min(k, u) + 1)])[: u + 1]
    all_sets = comb(m - 1, u)
    return Fraction(not_one[u], all_sets), Fraction(comb(m - 1 - sum(sizes), u), all_sets)


def few(m, sizes, u):
    """(i): the most that the first probability can be, given the second."""
    kappa = sum(sizes)
    return factors(m, sizes, u)[1] * (1 + Fraction(kappa * u, m - 1) ** 2)


def many(m, sizes, u):
    """(ii): the same with every inequality's own terms, before they are made simple."""
    most, kappa = max(sizes), sum(sizes)
    left = m - 1 - kappa
    bound = Fraction(1)
    for k in sizes:
        bound *= 1 - Fraction(k * max(u - kappa, 0), m) * max(1 - Fraction(u + most, left), 0) ** (most - 1)
    return bound


CASES = [(m, [k] * b, u) for m in (30, 100) for k in (1, 2, 3, 5) for b in (1, 2, 5) for u in (1, 2, 3, 6, 12, 20)]
CASES += [(100, [5, 1, 3, 2], u) for u in (2, 4, 8, 30)]


@pytest.mark.parametrize(("m", "sizes", "u"), CASES)
def test_factors_are_within_the_bounds_of_the_proof(m, sizes, u):
    not_one, none = factors(m, sizes, u)
    kappa = sum(sizes)
    assert 1 - Fraction(kappa * u, m - 1) <= none <= (1 - Fraction(kappa, m - 1)) ** u
    if none >= Fraction(1, 2):
        assert not_one <= few(m, sizes, u)
    assert not_one <= many(m, sizes, u)


@pytest.mark.quality
def test_bounds_without_their_corrections_do_not_hold():
    assert any(factors(m, sizes, u)[0] > factors(m, sizes, u)[1] for m, sizes, u in CASES)
    plain = [(factors(m, sizes, u)[0], (1 - Fraction(u, m)) ** sum(sizes)) for m, sizes, u in CASES]
    assert any(exact > bound for exact, bound in plain)


@pytest.mark.parametrize("m", [4, 5, 6])
@pytest.mark.parametrize("sizes", [[1, 2], [2, 1], [3], [2, 2]])
def test_a_block_over_a_symbol_is_systematic_otherwise_often_enough(m, sizes):
    """(iii), over all permutations of a worker 0 that is in S; v = m - 1 is not."""
    orders = list(permutations(range(1, m)))
    for size in range(1, m):
        alone = {0, *range(1, size)}
        hits = 0
        for order in orders:
            at = 0
            for k in sizes:
                block, at = set(order[at : at + k]), at + k
                hits += len(block) == k and m - 1 in block and block <= alone | {m - 1}
        most, kappa = max(sizes), sum(sizes)
        if kappa <= m - 1:
            least = Fraction(kappa, m - 1) * Fraction(max(size - most, 0), m) ** (most - 1)
            assert Fraction(hits, len(orders)) >= least
            exact = sum(Fraction(k, m - 1) * share(size - 1, m - 2, k - 1) for k in sizes)
            assert Fraction(hits, len(orders)) == exact


def share(good, of, k):
    return Fraction(comb(good, k), comb(of, k)) if k else Fraction(1)


def test_sums_of_the_proof_tend_to_nothing():
    for nu in (0.3, 1.0, 3.0, 7.0):
        total = sum(u * u * nu**u / factorial(u) for u in range(1, 120))
        assert total == pytest.approx((nu + nu * nu) * exp(nu), rel=1e-12)
    for c in (0.5, 2.0):
        for x in (10, 30, 100, 400):  # ln m
            xi = log(4) + 2 * log(c * x) - x
            assert log(2) + xi + log(x / 2 + x * x / 4) + x / 2 <= log(8 * c * c) + 4 * log(x) - x / 2
    for part in range(3):
        logs = [bound(10.0**power, 2.0, 3, 0.5, part) for power in (30, 60, 120, 240)]
        assert logs == sorted(logs, reverse=True)
        assert logs[-1] < -10


def bound(m, c, k, s0, part):
    """Logarithm of the bound of (i), of a term of (ii) to the power 1/u, of (iii)."""
    delta = 1 / (16 * k * max(c, 1))
    if part == 0:
        return log(8 * c * c) + 4 * log(log(m)) - log(m) / 2
    if part == 1:
        return log(exp(1) * log(m) / 2) + log(m) * (2 * k * c * delta - 1 / 4)
    return -log(delta) + (s0 / 2) ** (k - 1) * log(log(m) / (2 * delta * m))


@pytest.mark.parametrize("k", [1, 2, 3, 7])
@pytest.mark.parametrize("c", [0.5, 1.0, 4.0])
def test_the_simple_exponent_is_below_the_exact_one_for_large_m(k, c):
    """(ii): k u/m (1 - 2 K delta) is at most the exact probability, at both ends of the range of u."""
    delta = 1 / (16 * k * max(c, 1))
    m = 10**40
    used = int(c * log(m))
    for u in (int(m**0.25), int(delta * m)):
        for left, inside in ((m - 1, u), (m - 1 - used, u - used), (m - 1 - used, u)):
            exact = Fraction(k * inside, left)
            for i in range(k - 1):
                exact *= Fraction(left - inside - i, left - 1 - i)
            assert exact >= Fraction(k * u, m) * (1 - 2 * k * Fraction(delta))


@pytest.mark.quality
def test_an_exponent_without_its_correction_would_be_too_much():
    k, m = 3, 10**40
    u = int(m / 48)
    exact = Fraction(k * u, m) * Fraction(m - u, m) ** (k - 1)
    assert exact < Fraction(k * u, m)


@pytest.mark.parametrize("m", [5, 6, 7])
def test_a_later_block_seldom_holds_two_uncovered_symbols(m):
    """Part 2, over all permutations of a worker that has sent one block of two; W is any set of the rest."""
    orders = [o for o in permutations(range(1, m)) if set(o[:2]) == {1, 2}]
    for size in (1, 2, 3):
        for many_uncovered in range(m - 2):
            uncovered = set(range(3, 3 + many_uncovered))
            hits = sum(len(set(o[2 : 2 + size]) & uncovered) >= 2 for o in orders)
            left = m - 3
            if left >= 2:
                most = Fraction(comb(size, 2) * many_uncovered**2, left * (left - 1))
                assert Fraction(hits, len(orders)) <= most


def test_one_worker_that_covers_all_does_not_help_peeling():
    """Without the bound on the terms of a worker: half of the symbols alone, all others by one worker, all stuck."""
    m = 1000
    half = range(m // 2)
    pairs = [[m // 2 + 2 * i, m // 2 + 2 * i + 1, i] for i in range(m // 4)]
    rows = from_sets(m, [[i] for i in half] + pairs)
    assert decoder("coverage")(Reception(rows, *[None] * 4)).stopping_time == len(rows)
    assert decoder("peeling")(Reception(rows, *[None] * 4)).rank == m // 2


def test_the_expected_number_of_uncovered_symbols():
    """w(t) by its formula, against the exact law's mean and against runs."""
    m, d, tau, law = 60, 2, 0.3, parse_law("expon(scale=1)")
    for t in (1.0, 2.0, 3.3):
        kappa = mean_in_blocks(m, d, tau, law, t)
        w = m * law.sf(t - tau) * (1 - kappa / (m - 1)) ** (m - 1)
        left = [m - covered(m, d, tau, law, t, trial) for trial in range(400)]
        assert abs(np.mean(left) - w) <= 4 * np.std(left) / 20
        if t < 3:
            wrong = m * law.sf(t - tau) * exp(-(t / tau))
            assert abs(np.mean(left) - wrong) > 4 * np.std(left) / 20


def mean_in_blocks(m, d, tau, law, t):
    """Blocks of d end after 1 + d, 1 + 2d, ... terms, the last with m."""
    ends = [*range(1 + d, m, d), m]
    return sum((b - a) * law.cdf(t - tau * b) for a, b in zip([1, *ends], ends, strict=False))


def covered(m, d, tau, law, t, trial):
    rng, key = trial_streams(5, trial)
    rows = receive(SumRecovery(m, d), DelayModel(law, tau).sample(m, rng), tau, key, t).rows
    return len(set(rows.indices.tolist()))


@pytest.mark.parametrize(("m", "kappa"), [(5, 2), (6, 3), (6, 1)])
def test_two_symbols_are_not_positively_correlated_in_being_uncovered(m, kappa):
    symbols = list(range(1, m))
    orders = list(permutations(symbols))
    alone = Fraction(sum(1 not in o[:kappa] for o in orders), len(orders))
    both = Fraction(sum(not {1, 2} & set(o[:kappa]) for o in orders), len(orders))
    assert alone == 1 - Fraction(kappa, m - 1)
    assert both == Fraction((m - 1 - kappa) * (m - 2 - kappa), (m - 1) * (m - 2)) <= alone**2


# --------------------------------------------------------------------------------------------------------------- runs


@pytest.mark.parametrize("law", recorded.LAWS)
@pytest.mark.parametrize("degree", [2, 3, 4, 5])
def test_runs_that_peel_at_coverage_come_out_again(law, degree):
    """The runs are in data/pages/peeling.csv, which ``python -m tests.record trials`` makes anew."""
    runs = recorded.recorded("peeling")
    names = [f"{law} {degree} {m}" for m in (100, 1000, 10_000)]
    assert all(recorded.comes_out_again("peeling", name, runs[name]) for name in names)


@pytest.mark.quality
def test_an_altered_run_or_a_few_more_that_peel_would_be_seen():
    name, runs = "Pareto 3 1000", recorded.recorded("peeling")["Pareto 3 1000"]
    for trial, measure in ((0, "stopping_time"), (100, "coverage_time"), (199, "stopping_time")):
        assert not recorded.comes_out_again("peeling", name, recorded.altered(runs, measure, trial))
    stopped = list(runs["stopping_time"])
    for i in [i for i, covered in enumerate(runs["coverage_time"]) if covered != stopped[i]][:2]:
        stopped[i] = runs["coverage_time"][i]
    share = share_at_coverage(runs | {"stopping_time": stopped})
    assert f"{share_at_coverage(runs):.2f}" != f"{share:.2f}"


def test_what_peeling_leaves_is_a_stopping_set_that_no_block_meets_or_one_that_a_block_meets_twice():
    """The dichotomy that the proof starts from, on all pairs of blocks over five symbols, two of them alone."""
    blocks = [set(b) for k in (1, 2, 3) for b in combinations(range(5), k)]
    for one in blocks:
        for two in blocks:
            known = {0, 1}
            while True:
                new = next((b - known for b in (one, two) if len(b - known) == 1), None)
                if new is None:
                    break
                known |= new
            left = set(range(5)) - known
            assert all(len(b & left) != 1 for b in (one, two))
            covered = {0, 1} | one | two
            if left & covered:
                assert any(len(b & left) >= 2 for b in (one, two))
            rows = from_sets(5, [[0], [1], sorted(one), sorted(two)])
            received = Reception(rows, *[None] * 4)
            assert (decoder("peeling")(received).stopping_time is not None) == (not left)
