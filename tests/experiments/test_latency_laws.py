"""Simulated latencies against laws known by other means: closed forms, exhaustive enumeration, another simulator."""

from __future__ import annotations

from collections import Counter
from functools import cache, partial
from itertools import accumulate, permutations, product

import numpy as np
import pytest
from flint import fmpz_mat
from scipy import stats

from srtheory.delays import DelayModel, Empirical
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.schemes.baselines import AllAtOne, BatchCouponCollector, Repetition, Uncoded
from srtheory.schemes.gradient import CyclicRepetition, FractionalRepetition
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.laws.baselines import (
    arrivals_bounds,
    bcc_cdf,
    bcc_unrecovered,
    fractional_bounds,
    one_cdf,
    repetition_cdf,
    uncoded_cdf,
)

# --------------------------------------------------------------------------------------------------- closed forms

EXPONENTIAL, PARETO = stats.expon(scale=5), stats.pareto(1)
LIGHTER = stats.pareto(1.02)  # 2 % off
NARROW, STRETCHED = stats.gamma(100, scale=0.05), stats.gamma(100, scale=0.051)  # where few trials see 2 %
TAU = 0.005


def on_grid(values_at, law):
    """A law by its values on a grid fine enough that interpolation is off by less than 1e-4, when first asked."""

    @cache
    def values():
        grid = np.append(np.linspace(0, 10, 1001), np.linspace(10.1, 150, 1400))
        grid = grid[np.searchsorted(grid, law.ppf(1e-9)) - 1 : np.searchsorted(grid, law.isf(1e-18)) + 1]
        return grid, values_at(grid)

    def interpolated(t):
        grid, found = values()
        return np.where(np.isinf(t), found[-1], np.interp(t, grid, found))

    return interpolated


def bcc(m, d, law):
    return on_grid(lambda grid: bcc_cdf(Model(m, d, TAU, law), grid), law)


def middles(bounds, m, s, law):
    """A law that comes as intervals."""
    model = Model(m, None, TAU, law)
    return np.vectorize(lambda t: sum(bounds(model, float(t), s)) / 2)


def of(cdf, m, d, law, tau=TAU):
    """A law in closed form."""
    return partial(cdf, Model(m, d, tau, law))


# scheme, start-up, number of trials (7/D squared, D the distance to the nearest wrong law), right law, wrong laws
CASES = {
    "one": (
        AllAtOne(10_000),
        EXPONENTIAL,
        500,
        of(one_cdf, 10_000, None, EXPONENTIAL),
        {"tau 2 % up": of(one_cdf, 10_000, None, EXPONENTIAL, 1.02 * TAU)},
    ),
    "one, a narrow start-up": (
        AllAtOne(1000),
        NARROW,
        1200,
        of(one_cdf, 1000, None, NARROW),
        {"delays 2 % up": of(one_cdf, 1000, None, STRETCHED)},
    ),
    "uncoded": (
        Uncoded(1000),
        NARROW,
        200,
        of(uncoded_cdf, 1000, None, NARROW),
        {"delays 2 % up": of(uncoded_cdf, 1000, None, STRETCHED)},
    ),
    "repetition": (
        Repetition(1000, 10),
        NARROW,
        300,
        of(repetition_cdf, 1000, 10, NARROW),
        {
            "delays 2 % up": of(repetition_cdf, 1000, 10, STRETCHED),
            "d = 9": of(repetition_cdf, 1000, 9, NARROW),
            "d = 11": of(repetition_cdf, 1000, 11, NARROW),
        },
    ),
    "repetition, d no divisor": (
        Repetition(997, 2),
        PARETO,
        3500,
        of(repetition_cdf, 997, 2, PARETO),
        {"shape 2 % up": of(repetition_cdf, 997, 2, LIGHTER)},
    ),
    "repetition, a short last part": (
        Repetition(13, 10),
        EXPONENTIAL,
        400,
        of(repetition_cdf, 13, 10, EXPONENTIAL),
        {
            "the last part as large as the other": of(repetition_cdf, 20, 10, EXPONENTIAL),
            "no last part": of(repetition_cdf, 10, 10, EXPONENTIAL),
        },
    ),
    "gradient-fractional, s + 1 no divisor": (
        FractionalRepetition(11, 2),
        NARROW,
        350,
        middles(fractional_bounds, 11, 2, NARROW),
        {
            "delays 2 % up": middles(fractional_bounds, 11, 2, STRETCHED),
            "groups of s + 1 alone": of(repetition_cdf, 11, 3, NARROW),
        },
    ),
    "gradient-cyclic": (
        CyclicRepetition(51, 3),
        NARROW,
        250,
        middles(arrivals_bounds, 51, 3, NARROW),
        {
            "delays 2 % up": middles(arrivals_bounds, 51, 3, STRETCHED),
            "s = 2": middles(arrivals_bounds, 51, 2, NARROW),
            "s = 4": middles(arrivals_bounds, 51, 4, NARROW),
        },
    ),
    "bcc": (
        BatchCouponCollector(1000, 10),
        NARROW,
        700,
        bcc(1000, 10, NARROW),
        {"delays 2 % up": bcc(1000, 10, STRETCHED), "d = 9": bcc(1000, 9, NARROW), "d = 11": bcc(1000, 11, NARROW)},
    ),
    "bcc, d no divisor, often unrecovered": (
        BatchCouponCollector(58, 4),
        NARROW,
        800,
        bcc(58, 4, NARROW),
        {"delays 2 % up": bcc(58, 4, STRETCHED), "d = 3": bcc(58, 3, NARROW), "d = 5": bcc(58, 5, NARROW)},
    ),
}
WRONG = [(name, wrong) for name in CASES for wrong in CASES[name][4]]


@cache
def latencies(name):
    scheme, law, trials, _, _ = CASES[name]
    return column(list(run_trials(Task(scheme, DelayModel(law, TAU), 2022), range(trials))), "latency")


def kolmogorov_smirnov(times, cdf):
    """P-value of the test that F(T) is uniform, the mass at infinity spread over what F leaves out."""
    lost = np.isinf(times)
    below = cdf(times[~lost])
    rest = float(cdf(np.array(np.inf)))
    spread = rest + (1 - rest) * np.random.default_rng(5).uniform(size=int(lost.sum()))
    return stats.kstest(np.concatenate([below, spread]), "uniform").pvalue


@pytest.mark.parametrize("name", CASES)
def test_latencies_follow_the_closed_form(name):
    assert kolmogorov_smirnov(latencies(name), CASES[name][3]) > 1e-3


@pytest.mark.quality
@pytest.mark.parametrize(("name", "wrong"), WRONG)
def test_latencies_tell_a_wrong_closed_form(name, wrong):
    assert kolmogorov_smirnov(latencies(name), CASES[name][4][wrong]) < 1e-3


@pytest.mark.parametrize("name", ["bcc", "bcc, d no divisor, often unrecovered"])
def test_unrecovered_runs_are_as_frequent_as_they_should_be(name):
    scheme, times = CASES[name][0], latencies(name)
    lost, exact = int(np.isinf(times).sum()), bcc_unrecovered(scheme.symbols, scheme.degree)
    assert lost > 0
    assert stats.binomtest(lost, len(times), float(exact)).pvalue > 1e-3


@pytest.mark.quality
def test_an_unrecovered_share_that_is_off_is_noticed():
    """The share of one part more or less."""
    times = latencies("bcc, d no divisor, often unrecovered")
    for degree in (3, 5):
        share = float(bcc_unrecovered(58, degree))
        assert stats.binomtest(int(np.isinf(times).sum()), len(times), share).pvalue < 1e-6


# ----------------------------------------------------------------------------------------- exhaustive enumeration

STARTS = [0.0, 0.0, 4.5]  # each worker's start-up, one of three; late enough for the others' last block to matter


@cache
def spans(rows):
    return fmpz_mat(list(rows)).rank() == fmpz_mat([*rows, (1,) * len(rows[0])]).rank()


def outcome(queues, starts, tau=1.0):
    """(T, M', CC) of one code and one set of start-ups, all workers' rows merged by time."""
    m, received = len(queues), []
    for j, (queue, start) in enumerate(zip(queues, starts, strict=True)):
        done = accumulate(len(row) for row in queue)
        received += [(start + tau * n, j, n, row) for n, row in zip(done, queue, strict=True)]
    received.sort()
    dense = [tuple(int(c in row) for c in range(m)) for *_, row in received]
    covered = next(k for k in range(1, len(dense) + 1) if np.any(dense[:k], axis=0).all())
    stop = next(k for k in range(1, len(dense) + 1) if spans(tuple(dense[:k])))
    return received[stop - 1][0], stop, covered


def exact_law(m, d, mistake=lambda rows: rows):
    """The law of (T, M', CC) over all codes and all start-ups, by going through them."""
    codes = []
    for j in range(m):
        orders = permutations([c for c in range(m) if c != j])
        blocks = ([tuple(sorted(o[at : at + d])) for at in range(0, m - 1, d)] for o in orders)
        codes.append(list(Counter(tuple(mistake([(j,), *b])) for b in blocks).items()))
    law = Counter()
    for queues in product(*codes):
        weight = np.prod([n for _, n in queues])
        for starts in product(sorted(set(STARTS)), repeat=m):
            odds = np.prod([STARTS.count(s) for s in starts])
            law[outcome([q for q, _ in queues], starts)] += int(weight * odds)
    total = sum(law.values())
    return {o: n / total for o, n in law.items()}


def p_value(counts, law):
    """Chi-square, outcomes expected less than 5 times pooled; an impossible outcome settles it."""
    if set(counts) - set(law):
        return 0.0
    runs = sum(counts.values())
    common = [o for o in law if runs * law[o] >= 5]
    seen, expected = [counts[o] for o in common], [runs * law[o] for o in common]
    if runs - sum(expected) > 1e-6 * runs:
        seen, expected = [*seen, runs - sum(seen)], [*expected, runs - sum(expected)]
    return stats.chisquare(seen, expected).pvalue


@cache
def sum_recovery_outcomes(m, d):
    task = Task(SumRecovery(m, d), DelayModel(Empirical(STARTS), 1.0), 77)
    return Counter((r.latency, r.stopping_time, r.coverage_time) for r in run_trials(task, range(600)))


@pytest.mark.parametrize(("m", "d"), [(2, 1), (3, 1), (3, 2), (4, 2), (4, 3)])
def test_sum_recovery_has_its_exact_law_at_small_m(m, d):
    assert p_value(sum_recovery_outcomes(m, d), exact_law(m, d)) > 1e-3


MISTAKES = {
    "own symbol last": lambda rows: [*rows[1:], rows[0]],
    "remainder block first": lambda rows: [rows[0], *rows[:0:-1]],
    "no remainder block": lambda rows: rows[:-1],
}


@pytest.mark.quality
@pytest.mark.parametrize("mistake", MISTAKES)
def test_another_codes_exact_law_is_told_apart(mistake):
    assert p_value(sum_recovery_outcomes(4, 2), exact_law(4, 2, MISTAKES[mistake])) < 1e-6


# ------------------------------------------------------------------------------------------------ another simulator


# --------------------------------------------------------------------------------------------- the paper's set-up


@pytest.mark.slow
def test_sum_recovery_at_the_papers_parameters_is_the_authors():
    """Mean latency 0.708, mean M' - 1 of 1005.0, mean coverage time - 1 of 811: 100 runs of theirs, 400 here."""
    task = Task(SumRecovery(1000, 10), DelayModel(stats.expon(scale=5), 0.005), 1)
    records = list(run_trials(task, range(400)))
    for measure, theirs in [("latency", 0.708), ("stopping_time", 1006.0), ("coverage_time", 812.0)]:
        values = column(records, measure)
        assert abs(values.mean() - theirs) < 3 * values.std() * (1 / 100 + 1 / 400) ** 0.5
