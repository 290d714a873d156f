"""Laws of the streams against all orders of all workers (m <= 6), exact rationals, and simulation up to m = 1000."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import describe_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import run_trials
from srtheory.model import Model
from srtheory.theory import spanning
from srtheory.theory.latency import expected_rows
from srtheory.theory.laws import stopping
from srtheory.theory.laws.baselines import fractional_bounds, one_cdf, uncoded_cdf
from srtheory.theory.laws.by_scheme import latency_law
from srtheory.theory.laws.coverage import coverage_and_rows, coverage_by_time, coverage_poisson, expected_uncovered
from srtheory.theory.laws.genie import genie_bounds
from srtheory.theory.laws.streaming import (
    own_then_parts_bounds,
    parts_cyclic_bounds,
    parts_stream_bounds,
    terms_cyclic_bounds,
    terms_random_bounds,
)
from tests import recorded, reference

EXPON, PARETO, ATOMS = stats.expon(scale=5), stats.pareto(b=1), stats.randint(0, 3)
LAWS = pytest.mark.parametrize("law", [EXPON, PARETO, ATOMS], ids=["expon", "pareto", "atoms"])
STREAMS = (parts_stream_bounds, parts_cyclic_bounds, terms_random_bounds, terms_cyclic_bounds)


def budget_law(t, m, tau, law):
    """Exact P(a worker has time for exactly a terms), a = 0 .. m, for the float values of F."""
    reached = [Fraction(1), *(Fraction(float(law.cdf(t - tau * a))) for a in range(1, m + 1)), Fraction(0)]
    return [a - b for a, b in pairwise(reached)]


def sent(order, budget):
    """Mask of the terms in the rows that are complete within the budget."""
    mask = 0
    for row in order:
        budget -= len(row)
        if budget < 0:
            return mask
        mask |= sum(1 << c for c in row)
    return mask


def parts_orders(m, d):
    parts = [reference.part(m, d, i) for i in range(-(-m // d))]
    return lambda worker: list(permutations(parts))


def rounds_of_parts(m, d):
    return lambda worker: [reference.parts_cyclic(m, d, worker=worker)]


def cyclic_orders(m):
    return lambda worker: [reference.cyclic_terms(m, worker=worker)]


def covered(m, orders, weights):
    """P(all m terms covered), worker by worker over all orders and budgets."""
    union = {0: Fraction(1)}
    for j in range(m):
        law = defaultdict(Fraction)
        for order in orders(j):
            for budget, p in enumerate(weights):
                law[sent(order, budget)] += p / len(orders(j))
        new = defaultdict(Fraction)
        for a, p in union.items():
            for b, q in law.items():
                new[a | b] += p * q
        union = new
    return union[2**m - 1]


@LAWS
@pytest.mark.parametrize(("m", "d"), [(m, d) for m in range(1, 7) for d in range(1, m + 1) if m / d < 5 or m < 5])
def test_parts_law_is_the_sum_over_all_orders(m, d, law):
    for t in (0.35, 1.03, 1.77, 2.93):  # off the atoms
        exact = covered(m, parts_orders(m, d), budget_law(t, m, 0.3, law))
        low, high = parts_stream_bounds(Model(m, d, 0.3, law), t)
        assert low <= exact <= high
        assert high - low < 1e-13


@LAWS
@pytest.mark.parametrize("m", range(1, 7))
def test_cyclic_law_is_the_sum_over_all_budgets(m, law):
    for t in (0.35, 1.03, 1.77, 2.93):  # off the atoms
        exact = covered(m, cyclic_orders(m), budget_law(t, m, 0.3, law))
        low, high = terms_cyclic_bounds(Model(m, None, 0.3, law), t)
        assert low <= exact <= high
        assert high - low < 1e-13


@LAWS
@pytest.mark.parametrize(("m", "d"), [(m, d) for m in range(1, 8) for d in range(1, m + 1)])
def test_cyclic_parts_law_is_the_sum_over_all_budgets(m, d, law):
    for t in (0.35, 1.03, 1.77, 2.93):  # off the atoms
        exact = covered(m, rounds_of_parts(m, d), budget_law(t, m, 0.3, law))
        low, high = parts_cyclic_bounds(Model(m, d, 0.3, law), t)
        assert low <= exact <= high
        assert high - low < 1e-13


@cache
def recovering(m, d):
    """All budgets with which the sum is there, sorted, and how many ways round the workers may have them.

    For own terms, then parts: a part is there whole or term by term.
    """
    parts = [set(reference.part(m, d, i)) for i in range(-(-m // d))]
    sent_by = [[whole_within(m, d, j, budget) for budget in range(m + 1)] for j in range(m)]
    found = Counter()
    for budgets in product(range(m + 1), repeat=m):
        alone = {j for j, a in enumerate(budgets) if a >= 1}
        whole = set().union(*(sent_by[j][a] for j, a in enumerate(budgets)))
        if all(part <= whole or part <= alone for part in parts):
            found[tuple(sorted(budgets))] += 1
    return found


def whole_within(m, d, worker, budget):
    """Terms of the parts that the worker has sent within its budget."""
    whole = set()
    for part in reference.parts_cyclic(m, d, worker=worker):
        budget -= len(part)
        if budget < 0:
            break
        whole |= set(part)
    return whole


def recovered(m, d, weights):
    """P(the sum is there) for own terms, then parts: over all budgets."""
    return sum(ways * math.prod(weights[a] for a in budgets) for budgets, ways in recovering(m, d).items())


@LAWS
@pytest.mark.parametrize(("m", "d"), [(m, d) for m in range(1, 6) for d in range(1, m + 1)])
def test_own_term_first_law_is_the_sum_over_all_budgets(m, d, law):
    for t in (1.03, 2.93):  # off the atoms
        exact = recovered(m, d, budget_law(t, m, 0.3, law))
        low, high = own_then_parts_bounds(Model(m, d, 0.3, law), t)
        assert low <= exact <= high
        assert high - low < 1e-13


@LAWS
def test_own_terms_can_only_help(law):
    model = Model(50, 7, 0.03, law)
    for t in (0.35, 1.03, 2.93):
        assert own_then_parts_bounds(model, t)[1] >= parts_cyclic_bounds(model, t)[0]


def test_own_terms_alone_are_uncoded():
    """Before the earliest part there are only the terms that came alone."""
    model = Model(6, 3, 0.3, stats.uniform(0.0, 0.5))
    (low, high), uncoded = own_then_parts_bounds(model, 0.75), float(uncoded_cdf(model, 0.75))
    assert low <= uncoded * (1 + 1e-12)
    assert high >= uncoded * (1 - 1e-12)


@pytest.mark.quality
def test_workers_at_other_parts_would_be_seen():
    """Were the m workers dealt out to the parts in turn, whatever their sizes, the law would be another one."""
    dealt = covered(7, lambda j: [reference.parts_cyclic(7, 3, worker=3 * (j % 3))], budget_law(2.93, 7, 0.3, PARETO))
    low, high = parts_cyclic_bounds(Model(7, 3, 0.3, PARETO), 2.93)
    assert not low - 1e-3 <= dealt <= high + 1e-3


@LAWS
@pytest.mark.parametrize("t", [0.35, 1.03, 2.93])
def test_cyclic_parts_of_one_term_are_cyclic_terms(t, law):
    parts, terms = (cdf(Model(50, 1, 0.03, law), t) for cdf in (parts_cyclic_bounds, terms_cyclic_bounds))
    assert max(parts[0], terms[0]) <= min(parts[1], terms[1])


@LAWS
def test_terms_in_random_order_are_parts_of_one_term(law):
    model = Model(9, 1, 0.1, law)
    assert terms_random_bounds(model, 1.5) == parts_stream_bounds(model, 1.5)


@LAWS
def test_one_part_is_the_fastest_of_m_nodes(law):
    model = Model(7, 7, 0.2, law)
    fastest = 1 - (1 - float(one_cdf(model, 2.47))) ** 7
    for parts_cdf in (parts_stream_bounds, parts_cyclic_bounds):
        low, high = parts_cdf(model, 2.47)
        assert low - 1e-14 <= fastest <= high + 1e-14


def test_cyclic_with_one_term_each_is_uncoded():
    """Before 2 tau after the earliest start nobody has sent a second term."""
    model = Model(6, None, 0.3, stats.uniform(1.0, 0.5))
    (low, high), uncoded = terms_cyclic_bounds(model, 1.35), float(uncoded_cdf(model, 1.35))
    assert low <= uncoded * (1 + 1e-12)
    assert high >= uncoded * (1 - 1e-12)


@LAWS
def test_nobody_beats_the_genie(law):
    model = Model(12, 5, 0.1, law)
    for t in (0.6, 1.03, 2.9):
        limit = genie_bounds(model, t)[1]
        for cdf in STREAMS:
            assert cdf(model, t)[0] <= limit


def test_ends_of_the_laws():
    model = Model(30, 7, 0.1, EXPON)
    for cdf in STREAMS:
        assert cdf(model, -1.0)[1] < 1e-100
        assert cdf(model, math.inf)[1] == 1.0
        assert cdf(model, math.inf)[0] > 1 - 1e-12


SCHEMES = {
    "parts-stream": parts_stream_bounds,
    "parts-cyclic": parts_cyclic_bounds,
    "own-then-parts": own_then_parts_bounds,
    "terms-random": terms_random_bounds,
    "terms-cyclic": terms_cyclic_bounds,
    "genie": genie_bounds,
}
SIMULATED = [  # as many trials as see 2 % in the law, and from m = 300 on in time: there the law is narrow enough
    (5, 2, 0.3, "expon", 700),
    (30, 4, 0.1, "pareto", 700),
    (60, 7, 0.3, "expon", 1200),
    pytest.param(300, 11, 0.01, "pareto", 800, marks=pytest.mark.slow),
    pytest.param(1000, 10, 0.005, "expon", 2000, marks=pytest.mark.slow),
    pytest.param(1000, 10, 0.005, "pareto", 1100, marks=pytest.mark.slow),
]


TABLES = {"expon": "streaming-exponential", "pareto": "streaming-pareto"}
"""Of tests/recorded.py, where the dear ones at m = 1000 are."""
STARTUPS = {"expon": EXPON, "pareto": PARETO}


def on_record(name, m, law):
    return m == 1000 and name in recorded.recorded(TABLES[law])


def latencies(name, m, d, tau, law, trials):
    """On record, or simulated."""
    if on_record(name, m, law):
        runs = recorded.recorded(TABLES[law])[name]
        assert recorded.comes_out_again(TABLES[law], name, runs)
        assert len(runs["latency"]) == trials
        return np.array(runs["latency"])
    task = recorded.stream(name, m, d, tau, describe_law(STARTUPS[law]))
    return np.array([record.latency for record in run_trials(task, range(trials))])


@pytest.mark.slow
@pytest.mark.quality
def test_a_run_that_is_not_as_on_record_is_seen():
    runs = recorded.recorded("streaming-pareto")["genie"]
    for trial in (0, 500, 1099):
        assert not recorded.comes_out_again("streaming-pareto", "genie", recorded.altered(runs, "latency", trial))


@pytest.mark.quality
@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize(("m", "d", "tau", "law", "trials"), SIMULATED)
def test_simulation_agrees_and_two_percent_would_be_seen(name, m, d, tau, law, trials):
    times = latencies(name, m, d, tau, law, trials)
    points = np.quantile(times, [0.5, 0.05, 0.98])  # at the last, all of 2 % more is still possible
    model = Model(m, d, tau, STARTUPS[law])

    def values(scale=1.0):
        return (sum(SCHEMES[name](model, t * scale)) / 2 for t in points)

    def deviation(t, value):
        return abs((times <= t).mean() - value) / math.sqrt(value * (1 - value) / len(times) + 1e-12)

    right = list(values())
    assert max(map(deviation, points, right)) < 4
    assert max(deviation(t, min(1.02 * value, 1)) for t, value in zip(points, right, strict=True)) > 5
    if m >= 300:  # at small m the laws are so wide that 2 % in time move them by less than the noise
        assert any(deviation(t, value) > 5 for t, value in zip(points, values(scale=1.02), strict=True))


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("degree", lambda: parts_stream_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
        ("degree", lambda: parts_cyclic_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
        ("degree", lambda: parts_cyclic_bounds(Model(3, 0, 0.1, EXPON), 1.0)),
        ("degree", lambda: own_then_parts_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
        ("symbols", lambda: terms_cyclic_bounds(Model(0, None, 0.1, EXPON), 1.0)),
        ("tau", lambda: terms_random_bounds(Model(3, None, 0.0, EXPON), 1.0)),
        ("t", lambda: terms_cyclic_bounds(Model(3, None, 0.1, EXPON), math.nan)),
    ],
)
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ArgumentError) as error:
        call()
    assert f"'{name}'" in str(error.value)


# ------------------------------------------------------------------------------------------------ a cost per message


EVERY_ROW_ONE_TERM = {
    "coverage_by_time": coverage_by_time,
    "coverage_and_rows": lambda model, t: coverage_and_rows(model, t, 31),
    "expected_rows": expected_rows,
    "expected_uncovered": expected_uncovered,
    "coverage_poisson": coverage_poisson,
    "guarantee": spanning.latency_bounds,
    "hitting": stopping.latency_bounds_given_hitting,
}


@pytest.mark.parametrize("name", EVERY_ROW_ONE_TERM)
@pytest.mark.parametrize("law", [EXPON, ATOMS], ids=["expon", "atoms"])
def test_for_rows_of_one_term_each_a_cost_per_message_is_one_per_term(name, law):
    """To the bit where the sums are the same floats."""
    of = EVERY_ROW_ONE_TERM[name]
    for t in (0.5, 1.25, 2.0, 3.5):
        together = of(Model(30, 1, 0.375, law), t)
        np.testing.assert_array_equal(of(Model(30, 1, 0.125, law, message_cost=0.25), t), together)


@pytest.mark.quality
@pytest.mark.parametrize("name", EVERY_ROW_ONE_TERM)
def test_for_longer_rows_it_is_not(name):
    of = EVERY_ROW_ONE_TERM[name]
    found = of(Model(30, 4, 0.125, EXPON, message_cost=0.25), 2.0)
    for tau in (0.125, 0.125 + 0.25 / 4, 0.375):  # messages free; all rows of four terms; all of one
        assert np.max(np.abs(np.subtract(found, of(Model(30, 4, tau, EXPON), 2.0)))) > 1e-6


def test_without_messages_the_genie_has_no_cost():
    model = Model(5, None, 0.1, EXPON)
    assert latency_law("genie", model).cdf(1.0) == genie_bounds(model, 1.0)
    with pytest.raises(ArgumentError, match="message_cost"):
        latency_law("genie", replace(model, message_cost=0.5))


@pytest.mark.parametrize("cost", [-1.0, math.nan, math.inf, 1e308])
def test_costs_that_are_none(cost):
    with pytest.raises(ArgumentError, match="message_cost"):
        latency_law("terms-cyclic", Model(50, None, 0.1, EXPON, message_cost=cost)).cdf(1.0)


def mean_between(cdf, start, end, steps=250):
    """Bounds on E min(T, end) for T > start, by the two step functions around P(T > t)."""
    times = np.linspace(start, end, steps + 1)
    low, high = np.transpose([cdf(t) for t in times])
    step = (end - start) / steps
    return start + step * (1 - high[1:]).sum(), start + step * (1 - low[:-1]).sum()


def test_even_groups_beat_parts_with_a_short_one():
    """docs/theory.md, 5.7: m = 10, tau = 0.3, a message costs 1; beyond t = 9 less than 10^-8 is left of the mean."""
    models = [Model(10, d, 0.3, stats.expon(), message_cost=1.0) for d in range(1, 11)]
    groups = mean_between(lambda t: fractional_bounds(models[0], t, 2), 1.0, 9)
    parts = [mean_between(lambda t, model=model: parts_cyclic_bounds(model, t), 1.0, 9) for model in models]
    assert groups[1] + 1e-6 < min(low for low, _ in parts)
    assert groups[0] < 2.60 < groups[1]
    assert min(parts) == parts[3]
    assert parts[3][0] < 2.66 < parts[3][1]
