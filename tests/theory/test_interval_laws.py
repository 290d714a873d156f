"""Arcs with other phases than a common one: simulated runs against the sum over all budgets and all phases."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel
from srtheory.experiments.trial import Task, run_trials
from srtheory.schemes.intervals import Arcs
from tests import reference
from tests.oracle import laws as oracle

EXPON = stats.expon(scale=5)
OTHERS = [(3, 2, "random"), (4, 2, "own"), pytest.param(5, 3, "own", marks=pytest.mark.slow), (4, 3, "common")]


def enumerated(m, d, phase, t):
    """P(1 is spanned by t)."""
    begins = {"common": lambda j: [0], "own": lambda j: [j], "random": lambda j: range(m)}[phase]
    plans = [[reference.arcs_from(m, d, b, worker=j) for b in begins(j)] for j in range(m)]
    return float(oracle.probability(m, plans, lambda terms, _: Fraction(EXPON.cdf(t - 0.7 * terms)), oracle.spanned))


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "phase"), OTHERS)
def test_other_phases_agree_with_the_enumeration_of_all_budgets(m, d, phase):
    times = (2.5, 3.5, 5.0)
    runs = np.array(
        [run.latency for run in run_trials(Task(Arcs(m, d, phase), DelayModel(EXPON, 0.7), 31), range(2000))]
    )

    def worst(shift):
        p = np.array([enumerated(m, d, phase, t - shift) for t in times])
        return max(abs(p - [(runs <= t).mean() for t in times]) / np.sqrt(p * (1 - p) / 2000))

    assert worst(0.0) < 4
    assert worst(0.35) > 4
