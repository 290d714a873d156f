"""The law of arcs with a common phase against all budgets (m <= 6), exact rationals, and simulation up to m = 1000."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from itertools import product

import numpy as np
import pytest
from flint import arb, fmpz_mat

from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.schemes.intervals import Arcs
from srtheory.theory.laws import intervals
from srtheory.theory.laws.intervals import arcs_bounds
from srtheory.theory.laws.streaming import own_then_parts_bounds, terms_cyclic_bounds
from tests import reference
from tests.theory.test_streaming_laws import EXPON, LAWS, PARETO, budget_law, covered

SIMULATED = [
    (5, 3, 0.3, EXPON, 1000),
    (30, 4, 0.1, PARETO, 1000),
    (100, 7, 0.02, EXPON, 1000),
    (20, 20, 2.0, EXPON, 1000),  # one cell, heavy load
    pytest.param(1000, 10, 0.005, EXPON, 1000, marks=pytest.mark.slow),
    pytest.param(1000, 10, 0.005, PARETO, 1000, marks=pytest.mark.slow),
]


@LAWS
@pytest.mark.parametrize(("m", "d"), [(m, d) for m in range(1, 7) for d in range(1, m + 1)])
def test_arcs_law_is_the_sum_over_all_budgets(m, d, law):
    for t in (0.35, 1.03, 1.77, 2.93):  # off the atoms
        orders = lambda j: [reference.arcs(m, d, "common", key=0, worker=j)]  # noqa: E731
        exact = covered(m, orders, budget_law(t, m, 0.3, law))
        low, high = arcs_bounds(Model(m, d, 0.3, law), t)
        assert low <= exact <= high
        assert high - low < 1e-13


@pytest.mark.quality
def test_arcs_law_of_uncut_parts_would_be_seen():
    """The rest of the part as one row, as if arcs did not end at the own term."""
    uncut = covered(5, lambda j: [reference.own_then_parts(5, 5, worker=j)], budget_law(9.03, 5, 2.0, EXPON))
    low, _ = arcs_bounds(Model(5, 5, 2.0, EXPON), 9.03)
    assert uncut < low - 0.1


@LAWS
def test_arcs_law_lies_above_that_of_own_terms_and_parts(law):
    seven, one = (Model(50, d, 0.03, law) for d in (7, 1))
    for t in (0.35, 1.03, 2.93):
        assert arcs_bounds(seven, t)[1] >= own_then_parts_bounds(seven, t)[0]
        arcs, terms = arcs_bounds(one, t), terms_cyclic_bounds(one, t)
        assert max(arcs[0], terms[0]) <= min(arcs[1], terms[1])


def test_arcs_law_ends_at_0_and_1():
    assert arcs_bounds(Model(30, 7, 0.1, EXPON), -1.0)[1] < 1e-100
    assert arcs_bounds(Model(30, 7, 0.1, EXPON), math.inf)[0] > 1 - 1e-12


@cache
def latencies(m, d, tau, startup, trials):
    task = Task(Arcs(m, d), DelayModel(startup, tau), 29)
    return np.array([record.latency for record in run_trials(task, range(trials))])


def worst(m, d, tau, startup, trials):
    """Largest deviation from the law at six quantiles, in standard errors."""
    times = latencies(m, d, tau, startup, trials)
    points = np.quantile(times, [0.05, 0.2, 0.4, 0.6, 0.8, 0.97])
    values = np.array([sum(arcs_bounds(Model(m, d, tau, startup), t)) / 2 for t in points])
    at_most = (times <= points[:, None]).mean(axis=1)
    return np.abs((at_most - values) / np.sqrt(values * (1 - values) / trials)).max()


@pytest.mark.parametrize(("m", "d", "tau", "startup", "trials"), SIMULATED)
def test_simulated_arcs_follow_the_law(m, d, tau, startup, trials):
    assert worst(m, d, tau, startup, trials) < 4


@pytest.mark.quality
def test_a_law_without_the_rest_of_the_cell_would_be_seen(monkeypatch):
    """As if only whole cells and all own terms counted: a heavy load, one cell."""

    def only_whole(silent, k):
        return silent[k] ** k - (silent[k] - silent[1]) ** k + arb(0)

    assert worst(20, 20, 2.0, EXPON, 1000) < 4
    monkeypatch.setattr(intervals, "missed_by_own", only_whole)
    assert worst(20, 20, 2.0, EXPON, 1000) > 5


# ------------------------------------------------------------------------------------------------------ other phases


def enumerated(m, d, phase, weights):
    """P(1 is spanned), over all budgets of all workers and all phases."""
    phases, found = spanning_budgets(m, d, phase)
    return sum(ways * math.prod(weights[a] for a in budgets) for budgets, ways in found.items()) / phases


@cache
def spanning_budgets(m, d, phase):
    """The number of phases, and all budgets that span 1, sorted, with the number of ways: by rational ranks."""
    begins = {"common": [[0] * m], "own": [list(range(m))], "random": [list(b) for b in product(range(m), repeat=m)]}
    found, known = Counter(), {}
    for begin in begins[phase]:
        orders = [reference.arcs_from(m, d, b, worker=j) for j, b in enumerate(begin)]
        for budgets in product(range(m + 1), repeat=m):
            rows = frozenset(frozenset(r) for order, a in zip(orders, budgets, strict=True) for r in within(order, a))
            if rows not in known:
                matrix = [[int(c in row) for c in range(m)] for row in rows]
                known[rows] = bool(rows) and fmpz_mat(matrix).rank() == fmpz_mat([*matrix, [1] * m]).rank()
            found[tuple(sorted(budgets))] += known[rows]
    return len(begins[phase]), found


def within(order, budget):
    """The rows that are complete within a budget."""
    for row in order:
        budget -= len(row)
        if budget < 0:
            return
        yield row


def shares(m, d, phase, times, trials=2000):
    task = Task(Arcs(m, d, phase), DelayModel(EXPON, 0.7), 31)
    latencies = np.array([record.latency for record in run_trials(task, range(trials))])
    return [(latencies <= t).mean() for t in times]


OTHERS = [(3, 2, "random"), (4, 2, "own"), pytest.param(5, 3, "own", marks=pytest.mark.slow), (4, 3, "common")]


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "phase"), OTHERS)
def test_other_phases_agree_with_the_enumeration_of_all_budgets(m, d, phase):
    times = (2.5, 3.5, 5.0)
    exact = [float(enumerated(m, d, phase, budget_law(t, m, 0.7, EXPON))) for t in times]
    found = shares(m, d, phase, times)
    assert max(abs(p - q) / (p * (1 - p) / 2000) ** 0.5 for p, q in zip(exact, found, strict=True)) < 4
    if phase == "common":
        assert [sum(arcs_bounds(Model(m, d, 0.7, EXPON), t)) / 2 for t in times] == pytest.approx(exact, abs=1e-13)
    late = [float(enumerated(m, d, phase, budget_law(t - 0.35, m, 0.7, EXPON))) for t in times]
    assert max(abs(p - q) / (p * (1 - p) / 2000) ** 0.5 for p, q in zip(late, found, strict=True)) > 4


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("degree", lambda: arcs_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
        ("degree", lambda: arcs_bounds(Model(3, 0, 0.1, EXPON), 1.0)),
        ("symbols", lambda: arcs_bounds(Model(0, 1, 0.1, EXPON), 1.0)),
        ("tau", lambda: arcs_bounds(Model(3, 1, 0.0, EXPON), 1.0)),
        ("t", lambda: arcs_bounds(Model(3, 1, 0.1, EXPON), math.nan)),
    ],
)
def test_bad_arguments_of_the_law_are_named(name, call):
    with pytest.raises(ArgumentError) as error:
        call()
    assert f"'{name}'" in str(error.value)
