"""E[T] in closed form: known limits, other ways to the same number, simulation, and comparison with bounds."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import log

import numpy as np
import pytest
from flint import fmpq, fmpq_poly
from scipy import stats
from scipy.integrate import quad

from srtheory.conjectures import counts as expected
from srtheory.delays import DelayModel
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.schemes import make
from srtheory.theory.coverage import coverage_by_time

SHAPES = [(m, d) for m in range(1, 8) for d in range(1, max(2, m))]


def mean(polynomial, y):
    return float(expected.expected_latency(polynomial, Fraction(y)))


@pytest.mark.parametrize(("m", "d"), SHAPES)
def test_limits(m, d):
    """tau -> 0: the first worker does it all, 1/m; tau -> inf: everyone does one symbol, the harmonic number."""
    polynomial = expected.latency_polynomial(m, d)
    assert polynomial(1) == fmpq(1, m)
    assert polynomial(0) == sum((fmpq(1, k) for k in range(1, m + 1)), fmpq(0))


@pytest.mark.parametrize(("m", "d"), [(2, 1), (5, 1), (5, 2), (7, 3), (12, 4)])
@pytest.mark.parametrize("y", [Fraction(1, 5), Fraction(3, 2)])
def test_time_of_coverage_by_integration(m, d, y):
    """The rational polynomial against the integral of the law of coverage in the delay model."""
    law = stats.expon()
    steps = [float(y) * k for k in range(m + 1)]

    def uncovered(t):
        low, high = coverage_by_time(Model(m, d, float(y), law), t)
        return 1 - (low + high) / 2

    parts = [quad(uncovered, a, b, epsabs=1e-8)[0] for a, b in pairwise(steps)]
    tail = quad(uncovered, steps[-1], steps[-1] + 40, epsabs=1e-8)[0]
    assert mean(expected.coverage_polynomial(m, d), y) == pytest.approx(sum(parts) + tail, abs=1e-6)


SIMULATED = [(5, 2, 0.1), (6, 3, 0.3), (7, 2, 0.25)]


@cache
def latencies(m, d, y):
    task = Task(make("sr", m, degree=d), DelayModel(stats.expon(), y), 5)
    return np.array([record.latency for record in run_trials(task, range(4000 if m == 5 else 200))])


def z_score(m, d, y, polynomial):
    """Standard errors between the mean of simulated runs and the closed form."""
    times = latencies(m, d, y)
    return (times.mean() - mean(polynomial, y)) / (times.std(ddof=1) / len(times) ** 0.5)


@pytest.mark.parametrize(("m", "d", "y"), SIMULATED)
def test_simulation(m, d, y):
    assert abs(z_score(m, d, y, expected.latency_polynomial(m, d))) < 4


@pytest.mark.quality
def test_simulation_tells_span_from_coverage():
    """At m = 5, d = 2 the sum comes later than coverage in some runs; a law that is 3 % off is rejected."""
    right = expected.latency_polynomial(5, 2)
    assert mean(right, 0.1) > mean(expected.coverage_polynomial(5, 2), 0.1)
    assert abs(z_score(5, 2, 0.1, right * 103 / 100)) > 4


def test_comparison_with_a_bound():
    """m = 2, d = 1: mu E[T] <= y + 1 iff y <= ln 2."""
    polynomial = expected.latency_polynomial(2, 1)
    just_below, just_above = (Fraction(round(log(2) * 10**6) + e, 10**6) for e in (-1, 1))
    assert not expected.violates(polynomial, 1, just_below)
    assert expected.violates(polynomial, 1, just_above)
    assert not expected.holds_everywhere(polynomial, 1)
    assert expected.holds_everywhere(polynomial, 2)
    assert expected.simplest_violation(polynomial, 1) == 1
    assert expected.simplest_violation(polynomial, 2) is None


def test_equality_is_no_violation():
    """m = 1: E[T] = tau + 1/mu is the bound itself."""
    polynomial = expected.latency_polynomial(1, 1)
    assert expected.holds_everywhere(polynomial, 1)
    assert expected.simplest_violation(polynomial, 1) is None


@pytest.mark.quality
def test_a_sliver_of_violation_is_not_overlooked():
    """A parabola that touches the bound at q = 1/3, moved down or up by a thousandth."""
    bump = fmpq_poly([-1, 3]) ** 2
    bound = fmpq_poly([1])
    assert expected.holds_everywhere(bound - bump - fmpq_poly([1]) / 1000, 1)
    assert not expected.holds_everywhere(bound - bump + fmpq_poly([1]) / 1000, 1)
