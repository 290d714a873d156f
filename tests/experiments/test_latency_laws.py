"""Simulated latencies against laws known by other means: closed forms at large sizes, exhaustive enumeration at small.

tests/contracts/test_laws.py asks the closed form of every scheme at m = 11, and enumerates what it is the sum of.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, product
from math import prod

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel, Empirical
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.schemes.baselines import AllAtOne, BatchCouponCollector, Repetition
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.laws.baselines import bcc_cdf, bcc_unrecovered, one_cdf, repetition_cdf
from tests.oracle import laws as oracle

# -------------------------------------------------------------------------------------------- closed forms, large sizes

EXPONENTIAL, TAU = stats.expon(scale=5), 0.005
NARROW, STRETCHED = stats.gamma(100, scale=0.05), stats.gamma(100, scale=0.051)  # where few trials see 2 %


def of(cdf, m, d, law, tau=TAU):
    """A law in closed form."""
    return lambda t: cdf(Model(m, d, tau, law), t)


# scheme, start-up, number of trials (7/D squared, D the distance to the nearest wrong law), right law, wrong laws
CASES = {
    "one": (
        *(AllAtOne(10_000), EXPONENTIAL, 500, of(one_cdf, 10_000, None, EXPONENTIAL)),
        [of(one_cdf, 10_000, None, EXPONENTIAL, 1.02 * TAU)],
    ),
    "repetition": (
        *(Repetition(1000, 10), NARROW, 300, of(repetition_cdf, 1000, 10, NARROW)),
        [of(repetition_cdf, 1000, d, law) for d, law in ((10, STRETCHED), (9, NARROW), (11, NARROW))],
    ),
    "bcc, d no divisor, often unrecovered": (
        *(BatchCouponCollector(58, 4), NARROW, 800, of(bcc_cdf, 58, 4, NARROW)),
        [of(bcc_cdf, 58, d, law) for d, law in ((4, STRETCHED), (3, NARROW), (5, NARROW))],
    ),
}


def p_of_law(times, cdf):
    """P-value of the test that F(T) is uniform, the mass at infinity spread over what F leaves out."""
    lost = np.isinf(times)
    below = cdf(times[~lost])
    rest = float(cdf(np.array(np.inf)))
    spread = rest + (1 - rest) * np.random.default_rng(5).uniform(size=int(lost.sum()))
    return stats.kstest(np.concatenate([below, spread]), "uniform").pvalue


@pytest.mark.quality
@pytest.mark.parametrize("name", CASES)
def test_latencies_follow_the_closed_form_and_tell_a_wrong_one(name):
    scheme, law, trials, right, wrong = CASES[name]
    times = column(list(run_trials(Task(scheme, DelayModel(law, TAU), 2022), range(trials))), "latency")
    assert p_of_law(times, right) > 1e-3
    assert max(p_of_law(times, other) for other in wrong) < 1e-3
    if name.startswith("bcc"):  # and one part more or less would leave other shares of the runs unrecovered
        lost = int(np.isinf(times).sum())
        three, four, five = (stats.binomtest(lost, trials, float(bcc_unrecovered(58, d))).pvalue for d in (3, 4, 5))
        assert max(three, five) < 1e-6 < 1e-3 < four


# ----------------------------------------------------------------------------------------- exhaustive enumeration

STARTS = [0.0, 0.0, 4.5]  # each worker's start-up, one of three; late enough for the others' last block to matter


def outcome(queues, starts):
    """(T, M', CC) of one code and one set of start-ups, all workers' rows merged by time."""
    m, received = len(queues), []
    for j, (queue, start) in enumerate(zip(queues, starts, strict=True)):
        received += [(start + n, j, n, row) for n, row in zip(accumulate(map(len, queue)), queue, strict=True)]
    received.sort()
    rows = [frozenset(row) for *_, row in received]
    covered, stop = (
        next(k for k in range(1, len(rows) + 1) if event(m, frozenset(rows[:k]), k, False))
        for event in (oracle.covered, oracle.spanned)
    )
    return received[stop - 1][0], stop, covered


def exact_law(m, d, mistake=lambda rows: rows):
    """The law of (T, M', CC) over all codes and all start-ups, by going through them."""
    codes = [
        list(Counter(tuple(mistake([tuple(sorted(row)) for row in order])) for order in orders).items())
        for orders in oracle.orders("sr", m, degree=d)
    ]
    law = Counter()
    for queues in product(*codes):
        for starts in product(sorted(set(STARTS)), repeat=m):
            odds = prod(n for _, n in queues) * prod(STARTS.count(s) for s in starts)
            law[outcome([q for q, _ in queues], starts)] += odds
    return {o: n / law.total() for o, n in law.items()}


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


MISTAKES = {
    "own symbol last": lambda rows: [*rows[1:], rows[0]],
    "remainder block first": lambda rows: [rows[0], *rows[:0:-1]],
    "no remainder block": lambda rows: rows[:-1],
}


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d"), [(2, 1), (3, 2), (4, 2)])
def test_sum_recovery_has_its_exact_law_at_small_m_and_another_codes_is_told_apart(m, d):
    task = Task(SumRecovery(m, d), DelayModel(Empirical(STARTS), 1.0), 77)
    found = Counter((r.latency, r.stopping_time, r.coverage_time) for r in run_trials(task, range(600)))
    assert p_value(found, exact_law(m, d)) > 1e-3
    for mistake in MISTAKES.values() if m == 4 else ():
        assert p_value(found, exact_law(m, d, mistake)) < 1e-6


# --------------------------------------------------------------------------------------------- the paper's set-up


@pytest.mark.slow
def test_sum_recovery_at_the_papers_parameters_is_the_authors():
    """Mean latency 0.708, mean M' - 1 of 1005.0, mean coverage time - 1 of 811: 100 runs of theirs, 400 here."""
    task = Task(SumRecovery(1000, 10), DelayModel(stats.expon(scale=5), 0.005), 1)
    records = list(run_trials(task, range(400)))
    for measure, theirs in [("latency", 0.708), ("stopping_time", 1006.0), ("coverage_time", 812.0)]:
        values = column(records, measure)
        assert abs(values.mean() - theirs) < 3 * values.std() * (1 / 100 + 1 / 400) ** 0.5
