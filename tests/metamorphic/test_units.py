"""The unit of time: all times times a power of two leave every row as it is, and every time is exactly so much later.

No rounding depends on a power of two, so that nothing may differ by a bit.  Costs too small to change any float are
none.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.experiments import trial
from srtheory.model import Model
from srtheory.schemes import SCHEME_NAMES
from srtheory.theory import startup as bounds_of_startup
from srtheory.theory.guarantee import guaranteed_time
from srtheory.theory.latency import expected_rows, fluid_limit, latency_bound
from srtheory.theory.laws import rows_received
from srtheory.theory.laws.by_scheme import SCHEMES_WITH_LAW
from srtheory.theory.laws.coverage import coverage_and_rows, coverage_by_time, expected_uncovered
from tests.cli.conftest import Run, run  # noqa: F401
from tests.metamorphic.settings import COSTS, STARTUPS, delays, law_of, records, scheme, setting, startup

LAWS, KINDS = st.sampled_from(list(STARTUPS)), st.sampled_from(list(COSTS))
POWERS = st.integers(-60, 60).filter(bool)
TIMES = (0.35, 1.0, 2.9, 7.0, float("inf"))
TINY = 1e-300


def records_in_another_unit(name, kind, law, seed, power):
    """Records that are not those of the same run in the unit 2^-power."""
    code, unit = scheme(name), 2.0**power
    here = records(code, delays(name, kind, law), seed)
    there = records(code, delays(name, kind, law, unit=unit), seed)
    return [(a, b) for a, b in zip(here, there, strict=True) if replace(a, latency=a.latency * unit) != b]


def laws_in_another_unit(name, kind, law, power):
    unit = 2.0**power
    here, there = (law_of(name, setting(name, kind, law, unit=each)) for each in (1.0, unit))
    return [(t, here(t), there(t * unit)) for t in TIMES if here(t) != there(t * unit)]


@pytest.mark.parametrize("name", SCHEME_NAMES)
@given(kind=KINDS, law=LAWS, seed=st.integers(0, 2**64), power=POWERS)
@settings(max_examples=3)
def test_records_know_no_unit(name, kind, law, seed, power):
    assert records_in_another_unit(name, kind, law, seed, power) == []


@pytest.mark.parametrize("name", SCHEMES_WITH_LAW)
@given(kind=KINDS, law=LAWS, power=POWERS)
@settings(max_examples=4)
def test_laws_know_no_unit(name, kind, law, power):
    assert laws_in_another_unit(name, kind, law, power) == []


PROBABILITIES = {
    "coverage": coverage_by_time,
    "coverage and rows": lambda model, t: coverage_and_rows(model, t, 6),
    "expected uncovered": expected_uncovered,
    "expected rows": expected_rows,
}
MOMENTS = {
    "guaranteed time": lambda model: guaranteed_time(model, 0.7),
    "fluid limit": fluid_limit,
    "bound": lambda model: latency_bound(model, 8.0),
}


@pytest.mark.parametrize("law", ["exponential", "Pareto", "uniform"])
def test_other_functions_of_time_know_no_unit(law):
    unit = 2.0**-33
    here, there = (Model(8, 3, 0.1 * each, startup(law, 4 * each)) for each in (1.0, unit))
    for what, probability in PROBABILITIES.items():
        for t in TIMES[:-1]:
            assert probability(here, t) == probability(there, t * unit), what
    for what, moment in MOMENTS.items():
        assert moment(here) * unit == moment(there), what


# -------------------------------------------------------------------------------------------------------------- verbs

VERBS = {
    "simulate": ["sr", "--degree", "3", "--trials", "5", "--message-cost", 0.125, "--master-time", 0.0625],
    "compare": ["--schemes", "sr,parts-cyclic", "--degree", "3", "--trials", "3", "--all"],
    "latency": ["sr", "--degree", "3", "--at", 3.0],
    "coverage": ["--degree", "3", "--by-time", 3.0, "--message-cost", 0.125],
    "guarantee": ["--degree", "3", "--by-time", 4.0],
    "floor": ["--at", 3.0, "--message-cost", 0.125],
    "design": ["--by", 30.0],
}
"""Verbs that are given times, which are the floats."""
OF_TIME = {"tau", "message_cost", "master_time", "latency", "fluid_limit", "bound", "sharp_bound", "median_bound"}
OF_TIME |= {"by", "t", "time", "quantiles"}
TEXTS = {"id", "startup", "mean_startup"}


def said(run, verb, unit):  # noqa: F811
    times = ["--symbols", "8", "--tau", 0.25, *VERBS[verb]]
    words = [repr(word * unit) if isinstance(word, float) else word for word in times]
    done = run(verb, *words, "--startup", f"expon(scale={4 * unit!r})", "--json")
    assert done.status == 0, done.stderr
    return json.loads(done.stdout)


def numbers(value, key=()):
    """Each number of a JSON object, with the keys that lead to it."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in items:
            if name not in TEXTS:
                yield from numbers(inner, (*key, name))
    else:
        yield key, value


def is_time(verb, key):
    if verb == "floor":
        return bool({"mean", "quantiles", *OF_TIME} & set(key))
    return bool((OF_TIME - {"quantiles"}) & set(key))


def words_in_another_unit(run, verb, power):  # noqa: F811
    unit = 2.0**power
    here, there = (dict(numbers(said(run, verb, each))) for each in (1.0, unit))
    assert here.keys() == there.keys()
    times = {key for key, value in here.items() if is_time(verb, key) and value is not None}
    return [key for key in here if there[key] != (here[key] * unit if key in times else here[key])]


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_know_no_unit(run: Run, verb):  # noqa: F811
    assert words_in_another_unit(run, verb, 20) == []


# --------------------------------------------------------------------------------------------------- costs and no costs


def records_with_a_tiny_cost(name, law, seed):
    """Records with costs that change no float, though they are counted, where these are not those without."""
    code, free = scheme(name), delays(name, "none", law)
    small = {"silent": TINY} | ({} if name == "genie" else {"message_cost": TINY, "master_time": TINY})
    without = records(code, free, seed)
    return [
        (cost, a, b)
        for cost, value in small.items()
        for a, b in zip(without, records(code, replace(free, **{cost: value}), seed), strict=True)
        if a != b
    ]


def laws_with_a_tiny_cost(name, law):
    free = setting(name, "none", law)
    costly = setting(name, "messages", law).message_cost > 0
    here, there = (law_of(name, replace(free, message_cost=each)) for each in (0.0, TINY * costly))
    return [t for t in TIMES if here(t) != there(t)]


@pytest.mark.parametrize("name", SCHEME_NAMES)
@given(law=LAWS.filter(lambda law: law != "sample"), seed=st.integers(0, 2**64))
@settings(max_examples=3)
def test_records_with_costs_that_change_no_float_are_those_without(name, law, seed):
    assert records_with_a_tiny_cost(name, law, seed) == []


@pytest.mark.parametrize("name", SCHEMES_WITH_LAW)
def test_laws_with_a_cost_that_changes_no_float_are_those_without(name):
    assert [law for law in STARTUPS if laws_with_a_tiny_cost(name, law)] == []


# --------------------------------------------------------------------------------------------------- planted mistakes


def rounded_latency(monkeypatch):
    """Latencies in so many decimals."""
    usual = trial.record_of
    monkeypatch.setattr(trial, "record_of", lambda i, latency, *more: usual(i, round(latency, 9), *more))


def cost_beside(monkeypatch):
    """A message costs a term more where it costs anything."""
    usual = trial.transmissions
    monkeypatch.setattr(
        trial, "transmissions", lambda s, x, tau, key, c, a: usual(s, x, tau, key, c + tau * (c > 0), a)
    )


def absolute_slack(monkeypatch):
    """The rounding of a time is allowed for by so many seconds."""
    usual = bounds_of_startup.cdf_bounds
    monkeypatch.setattr(rows_received, "cdf_bounds", lambda law, t, costs: usual(law, t + 1e-9, costs))


@pytest.mark.quality
def test_a_unit_in_a_record_is_seen(monkeypatch):
    rounded_latency(monkeypatch)
    assert all(records_in_another_unit(name, "none", "exponential", 1, -7) for name in SCHEME_NAMES)


@pytest.mark.quality
def test_a_unit_in_a_law_is_seen(monkeypatch):
    absolute_slack(monkeypatch)
    assert laws_in_another_unit("terms-cyclic", "none", "exponential", -20)


@pytest.mark.quality
def test_a_unit_in_what_a_verb_says_is_seen(run: Run, monkeypatch):  # noqa: F811
    rounded_latency(monkeypatch)
    assert words_in_another_unit(run, "simulate", -7)


@pytest.mark.quality
def test_a_cost_that_is_counted_wrongly_is_seen(monkeypatch):
    cost_beside(monkeypatch)
    assert records_with_a_tiny_cost("sr", "exponential", 1)
