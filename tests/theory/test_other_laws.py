"""The classical collector, one worker's blocks with replacement, the genie, guarantees, and what ends a run."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from scipy import stats
from scipy.special import rel_entr

from paper_checks.theory.plain_addition import (
    blocks_to_cover,
    complete_worker_cdf,
    disjoint_probability,
    log10_all_systematic,
    partition_bound,
)
from srtheory.delays import DelayModel
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.render.one_run import ending_of
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory import coverage
from srtheory.theory.coverage import collector_by_rows, collector_mean, coverage_by_time
from srtheory.theory.latency import Ending, TypicalTimes, typical_times
from srtheory.theory.rows import fluid_limit, radius_below, rows_beyond
from srtheory.theory.spanning import guaranteed_rows, guaranteed_time
from srtheory.theory.startup import started

EXPON, PARETO = stats.expon(scale=5), stats.pareto(b=1)

# -------------------------------------------------------------------------------- collector, blocks with replacement


def whole_sum(n, m, d):
    """The sum to its last term."""
    return sum((-1) ** k * comb(m, k) * Fraction(comb(m - k, d), comb(m, d)) ** n for k in range(m + 1))


@pytest.mark.parametrize(("m", "d"), [(1, 1), (4, 2), (40, 1), (60, 4), (61, 60)])
def test_the_collector_has_the_law_of_all_rows_and_its_mean(m, d):
    if m < 5:
        rows = list(product(combinations(range(m), d), repeat=4))
        covered = sum(len(set().union(*its)) == m for its in rows)
        assert whole_sum(4, m, d) == Fraction(covered, len(rows))
    for n in (0, 4, 20, 40, 80, 160, 640):
        low, high = collector_by_rows(n, m, d)
        assert low <= whole_sum(n, m, d) <= high < low + 1e-14
    low, high = collector_mean(m, d)
    exact = sum(1 - whole_sum(n, m, d) for n in range(400)) if d > 1 else m * sum(Fraction(1, k + 1) for k in range(m))
    assert low - 1e-9 * (d > 1) <= exact <= high < low * (1 + 1e-12)


@pytest.mark.quality
def test_another_end_of_the_sum_would_be_missed(monkeypatch):
    """Terms of a millionth are not small: a sum that ended there would be known to a millionth only."""
    monkeypatch.setattr(coverage, "small_term", lambda: 1e-6)
    with pytest.raises(ArithmeticError, match="no tight enclosure"):
        collector_by_rows(80, 60, 4)


def share_of_partitions(n, d, drawn):
    """Share of all sequences of ``drawn`` blocks in which some n/d of them partition the n symbols."""
    sequences = list(product(combinations(range(n), d), repeat=drawn))

    def partitions(blocks):
        return sorted(c for block in blocks for c in block) == list(range(n))

    return Fraction(sum(any(map(partitions, combinations(s, n // d))) for s in sequences), len(sequences))


@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 1), (3, 1), (2, 2), (3, 2), (4, 2), (6, 3), (5, 5)])
def test_disjoint_probability_is_the_share_of_all_sequences(n, d):
    exact = share_of_partitions(n, d, n // d)
    assert disjoint_probability(n, d) == exact
    assert (n, d) != (4, 2) or share_of_partitions(4, 2, 3) < partition_bound(4, 2, 3) == Fraction(1, 2)


@pytest.mark.parametrize(("n", "d"), [(1, 1), (30, 1), (5, 2), (7, 3), (12, 5), (20, 20), (60, 7)])
def test_blocks_to_cover_is_the_mean_of_the_chain(n, d):
    """By first-step analysis on the number of symbols covered."""
    mean = {n: Fraction(0)}
    for k in reversed(range(n)):
        steps = [Fraction(comb(n - k, new) * comb(k, d - new), comb(n, d)) for new in range(min(d, n - k) + 1)]
        onward = sum(p * mean[k + new] for new, p in enumerate(steps) if new)
        mean[k] = (1 + onward) / (1 - steps[0])
    assert blocks_to_cover(n, d) == mean[0]


# ----------------------------------------------------------------------------------------------- rows received


def best_bound(m, p, rows):
    """exp(-m KL(rows/m || p)), the least of E[z^N] z^-rows over z for a binomial N with m trials (Chernoff 1952)."""
    x = rows / m
    return math.exp(-m * (rel_entr(x, p) + rel_entr(1 - x, 1 - p)))


@pytest.mark.parametrize(("m", "p", "rows"), [(1000, 0.5, 490), (1000, 0.5, 400), (1000, 0.7, 690), (60, 0.6, 20)])
def test_bounds_on_the_number_of_rows_are_nearly_chernoffs(m, p, rows):
    """Where each worker sends one row or none."""
    z = float(radius_below(m, np.array([p]), rows))
    bound, least = (1 - p + p * z) ** m * z ** (1 - rows), best_bound(m, p, rows - 1)
    assert least * (1 - 1e-9) <= bound <= 1.05 * least
    beyond, bound = rows_beyond(m, np.array([p]), 1e-9)
    fewest = next(n for n in range(math.ceil(m * p), m + 1) if best_bound(m, p, n) <= 1e-9)
    assert fewest <= beyond <= fewest + 1
    assert best_bound(m, p, beyond) * (1 - 1e-9) <= float(bound) <= 1e-9


def test_a_logarithm_reaches_below_floats():
    large, small = Model(1000, None, 0.005, EXPON), Model(4, None, 0.5, EXPON)
    assert started(large, 0.7, 1) ** 1000 == 0.0
    assert log10_all_systematic(large, 0.7) == pytest.approx(1000 * np.log10(-np.expm1(-0.139)))
    assert log10_all_systematic(small, 3.0) == pytest.approx(np.log10(started(small, 3.0, 1) ** 4))
    assert log10_all_systematic(small, 0.1) == -np.inf


# --------------------------------------------------------------------------------------------------------- guarantees


def test_the_ends_of_confidence_and_of_floats():
    model = Model(9, 3, 0.1, EXPON)
    assert guaranteed_rows(model, 0) == guaranteed_time(model, 0) == 0
    assert guaranteed_rows(model, 1) == 9 * 4
    assert guaranteed_time(model, 1) == math.inf
    rare = Model(1, 1, 1.0, stats.pareto(b=0.01))  # P(X <= 1e300) is 1 - 1e-3
    assert guaranteed_time(rare, 0.99) < math.inf == guaranteed_time(rare, 0.9999)


# ---------------------------------------------------------------------------------------------------- what ends a run


INSIDE = [  # m, d, load mu tau d, what ends most runs: points well inside their areas, for exponential start-up
    (30, 10, 10.0, Ending.SYSTEMATIC),
    (30, 3, 1.0, Ending.COVERAGE),
    (30, 10, 0.01, Ending.WORKER),
    (100, 20, 0.3, Ending.ROWS),
    (100, 10, 20.0, Ending.SYSTEMATIC),
]


@pytest.mark.parametrize(("m", "d", "load", "ending"), INSIDE)
def test_most_runs_end_as_the_typical_times_say(m, d, load, ending):
    model = Model(m, d, load / d, stats.expon())
    assert typical_times(model).ending is ending
    task = Task(SumRecovery(m, d), DelayModel(model.startup, model.tau), 5)
    seen = [ending_of(record, m) for record in run_trials(task, range(60))]
    assert seen.count(ending) > 0.7 * len(seen)


@pytest.mark.parametrize("law", [stats.expon(), PARETO], ids=["expon", "pareto"])
@pytest.mark.parametrize(("m", "d", "tau"), [(30, 4, 0.1), (200, 9, 0.01), (5, 2, 0.3)])
def test_typical_times_are_medians(m, d, tau, law):
    model = Model(m, d, tau, law)
    times = typical_times(model)
    assert times.rows == fluid_limit(model)
    assert float(complete_worker_cdf(model, times.worker)) == pytest.approx(0.5)
    assert float(started(model, times.systematic, 1) ** m) == pytest.approx(0.5)
    assert coverage_by_time(model, times.coverage)[0] == pytest.approx(0.5, abs=0.1 if m > 5 else 0.2)
    assert times.end <= times.worker


def test_what_ends_a_run_where_times_coincide():
    """Of rows, coverage, a worker and all systematic symbols; with one symbol it is the last."""
    for times, ending, end in (
        ((1.0, 1.0, 1.0, 1.0), Ending.SYSTEMATIC, 1.0),
        ((1.0, 2.0, 3.0, 2.0), Ending.SYSTEMATIC, 2.0),
        ((1.0, 2.0, 2.0, 3.0), Ending.WORKER, 2.0),
        ((2.0, 2.0, 3.0, 3.0), Ending.ROWS, 2.0),
        ((2.0, 2.5, 4.0, 3.0), Ending.COVERAGE, 2.5),
    ):
        assert (TypicalTimes(*times).ending, TypicalTimes(*times).end) == (ending, end)
    one = typical_times(Model(1, 1, 0.5, stats.expon()))
    assert (one.ending, one.end) == (Ending.SYSTEMATIC, pytest.approx(math.log(2) + 0.5))
