"""Laws where workers may never answer: against simulation and closed forms."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trials, trial_streams
from srtheory.model import Defective, Model
from srtheory.reception import receive
from srtheory.schemes import make, named
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.laws.baselines import bcc_unrecovered
from srtheory.theory.laws.by_scheme import latency_law
from srtheory.theory.laws.coverage import coverage_and_rows, coverage_by_time, coverage_poisson, expected_uncovered
from srtheory.theory.startup import cdf_bounds

EXPON, PARETO, ATOMS = stats.expon(scale=5), stats.pareto(b=1), stats.randint(0, 3)
TAU = 0.11


def law_of(name, m, d, startup, silent, tau=TAU):
    """t -> an interval; coverage for the SR code, whose law of T is no theorem."""
    model = Model(m, d, tau, startup, silent=silent)
    if name == "sr":
        return lambda t: coverage_by_time(model, t)
    return latency_law(name, model, stragglers=named(name).sized(d).get("stragglers")).cdf


SIMULATED = ["sr", "uncoded", "repetition", "bcc", "gradient-fractional", "gradient-cyclic", "parts-stream",
             "parts-cyclic", "parts-even", "parts-pairs",
             "terms-pairs", "terms-staircase", "terms-random", "terms-cyclic", "genie", "one"]  # fmt: skip


@pytest.mark.quality
@pytest.mark.parametrize("startup", [EXPON, PARETO], ids=["expon", "pareto"])
@pytest.mark.parametrize("name", SIMULATED)
def test_simulation_agrees_and_forgetting_them_would_be_seen(name, startup):
    """At m = 11 and s = 2 no workers but m - s give the sum of cyclic repetition (docs/theory.md, 5.8)."""
    m, d, silent, trials = 11, 3, 0.2, 300
    task = Task(make(name, m, **named(name).sized(d)), DelayModel(startup, TAU, silent=silent), 23,
                "coverage" if name == "sr" else None)  # fmt: skip
    times = np.array([record.latency for record in run_trials(task, range(trials))])
    finite = times[np.isfinite(times)]
    points = [*np.quantile(finite, [0.1, 0.5, 0.9]), math.inf]

    def worst(silent):
        law = law_of(name, m, d, startup, silent)
        p = np.clip([sum(law(t)) / 2 for t in points], 0, 1)
        found = np.array([np.mean(times <= t) for t in points[:-1]] + [len(finite) / trials])
        return np.max(np.abs(found - p) / np.sqrt(p * (1 - p) / trials + 1e-6))

    assert worst(silent) < 4
    assert worst(0.0) > 5


# --------------------------------------------------------------------------------------------------- the law itself


@pytest.mark.parametrize("startup", [EXPON, PARETO])
def test_a_defective_law(startup):
    law = Defective(startup, 0.25)
    x = np.array([0.0, 0.5, 2.0, 1e3, math.inf])
    assert law.cdf(x) == pytest.approx(0.75 * startup.cdf(x), rel=1e-15)
    assert law.sf(x) + law.cdf(x) == pytest.approx(1, rel=1e-15)
    assert law.cdf(math.inf) == 0.75
    assert law.cdf(law.ppf(0.5)) == pytest.approx(0.5, rel=1e-12)
    assert law.ppf(0.75) == math.inf  # no finite time
    assert law.ppf(0.8) == math.inf
    assert Model(3, None, TAU, startup).defective_startup is startup


def test_bounds_allow_for_the_rounding_of_the_product():
    """A law that is right to 2^-50 and no better, times 1 - 0.1 and 1 - 0.3, which are no floats."""

    class Worst:
        def cdf(self, x):
            return np.full(np.shape(x), 0.7 + 2.0**-50)

        def sf(self, x):
            return 1 - self.cdf(x)

        def ppf(self, q):
            return np.zeros(np.shape(q))

    for silent in (0.1, 0.3, 1e-9, 1e-17):
        low, high = cdf_bounds(Defective(Worst(), silent), 1.0, [0.0])
        assert Fraction(float(low[0])) <= (1 - Fraction(silent)) * Fraction(0.7) <= Fraction(float(high[0]))


@pytest.mark.parametrize("silent", [-0.1, 1.0, math.nan, "0.1", None])
def test_bad_probabilities_are_refused(silent):
    with pytest.raises(ArgumentError, match="silent"):
        latency_law("terms-cyclic", Model(5, None, 0.1, EXPON, silent=silent))


def test_the_limits_of_the_baselines():
    """P(T < inf) in closed form."""
    silent, m = 0.25, 6
    for name, limit in [
        ("one", 1 - silent),
        ("uncoded", (1 - silent) ** m),
        ("repetition", (1 - silent**3) ** 2),
        ("gradient-fractional", (1 - silent**3) ** 2),
        ("gradient-cyclic", stats.binom.cdf(2, m, silent)),
        ("terms-cyclic", 1 - silent**m),
        ("parts-cyclic", 1 - silent**m),
        ("genie", 1 - silent**m),
    ]:
        low, high = law_of(name, m, 3, EXPON, silent)(math.inf)
        assert (low, high) == pytest.approx((limit, limit), abs=1e-12)
    low, high = law_of("bcc", m, 3, EXPON, 0.0)(math.inf)
    assert low <= 1 - bcc_unrecovered(m, 3) <= high + 1e-15


def test_expected_uncovered_and_its_poisson_limit_take_the_law():
    """In simulation the mean number of uncovered symbols is what the formula says."""
    m, d, silent, t, trials = 12, 3, 0.3, 1.5, 400
    model, found = Model(m, d, TAU, EXPON, silent=silent), []
    mean = float(expected_uncovered(model, t))
    for trial in range(trials):
        rng, key = trial_streams(3, trial)
        rows = receive(SumRecovery(m, d), model.delays.sample(m, rng), TAU, key, t).rows
        found.append(m - len(set(rows.indices.tolist())))
    assert np.mean(found) == pytest.approx(mean, abs=4 * np.std(found) / math.sqrt(trials))
    assert float(coverage_poisson(model, t)) == pytest.approx(math.exp(-mean))
    assert coverage_and_rows(model, t, 0) == pytest.approx(coverage_by_time(model, t), abs=1e-9)
