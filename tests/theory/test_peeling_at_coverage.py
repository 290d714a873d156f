"""Steps of the proof of Theorem 3 in docs/decoding.md, each on exact numbers, and runs of the codes it speaks of."""

import re
from fractions import Fraction
from itertools import combinations, permutations
from math import comb, exp, factorial, log
from pathlib import Path

import pytest

from srtheory.decoders import decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trials
from srtheory.reception import Reception
from srtheory.rows import from_sets
from srtheory.schemes.sum_recovery import SumRecovery

TEXT = (Path(__file__).parents[2] / "docs" / "decoding.md").read_text(encoding="utf-8")


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
    c, k, s0 = 2.0, 3, 0.5
    delta = 1 / (16 * k * c)
    logs = [[bound(10.0**power, c, k, delta, s0, part) for power in (30, 60, 120, 240)] for part in range(3)]
    for part in logs:
        assert part == sorted(part, reverse=True)
        assert part[-1] < -10


def bound(m, c, k, delta, s0, part):
    """Logarithm of the bound of (i), of the first term of (ii), of (iii)."""
    if part == 0:
        return log(8 * c * c) + 4 * log(log(m)) - log(m) / 2
    if part == 1:
        return log(exp(1) * log(m) / 2) + log(m) * (2 * k * c * delta - 1 / 4)
    return -log(delta) + (s0 / 2) ** (k - 1) * log(log(m) / (2 * delta * m))


@pytest.mark.parametrize(("m", "kappa"), [(5, 2), (6, 3), (6, 1)])
def test_two_symbols_are_not_positively_correlated_in_being_uncovered(m, kappa):
    symbols = list(range(1, m))
    orders = list(permutations(symbols))
    alone = Fraction(sum(1 not in o[:kappa] for o in orders), len(orders))
    both = Fraction(sum(not {1, 2} & set(o[:kappa]) for o in orders), len(orders))
    assert alone == 1 - Fraction(kappa, m - 1)
    assert both == Fraction((m - 1 - kappa) * (m - 2 - kappa), (m - 1) * (m - 2)) <= alone**2


# --------------------------------------------------------------------------------------------------------------- runs


def share_at_coverage(startup, degree, m, runs):
    task = Task(SumRecovery(m, degree), DelayModel(parse_law(startup), 0.005), 3, "peeling")
    records = run_trials(task, range(runs))
    return sum(r.stopping_time == r.coverage_time for r in records) / runs


def said():
    """The table of 3.1: (start-up, d) -> cells."""
    found, startup = {}, None
    for line in re.search(r"^### 3\.1 .*?(?=^## )", TEXT, re.MULTILINE | re.DOTALL)[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[1].isdigit():
            startup = cells[0] or startup
            found[startup.split(",")[0], int(cells[1])] = cells[2:]
    return found


LAWS = {"exponential": "expon(scale=5)", "Pareto": "pareto(b=1)"}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("degree", [2, 3, 4, 5])
def test_the_table_of_runs_that_peel_at_coverage(law, degree):
    found = [f"{share_at_coverage(LAWS[law], degree, m, runs):.2f}" for m, runs in ((100, 400), (1000, 200))]
    assert said()[law, degree][:2] == found


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("degree", [2, 3, 4, 5])
def test_the_table_of_large_runs_that_peel_at_coverage(law, degree):
    assert said()[law, degree][2] == f"{share_at_coverage(LAWS[law], degree, 10_000, 30):.2f}"


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
