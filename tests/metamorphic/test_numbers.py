"""The type of a number: integers, fractions, decimals and NumPy's numbers give what the equal floats give, to the bit.

Integers are large here: in 64 bits their products wrap, where those of floats do not.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from paper_checks.theory.plain_addition import complete_worker_cdf
from paper_checks.theory.silent import cyclic_mean, fractional_mean
from paper_checks.theory.thresholds import covering_rows_limit
from srtheory import delays, model, reception
from srtheory.delays import DelayModel, Empirical
from srtheory.model import Model
from srtheory.reception import handled
from srtheory.schemes import SCHEME_NAMES
from srtheory.theory.designs import cyclic, exponential_cost, exponential_mean
from srtheory.theory.latency import (
    block_bound,
    continuous_fluid_limit,
    expected_rows,
    exponential_fluid_limit,
    fluid_limit,
    latency_bound,
    paper_bound,
    sharp_bound,
)
from srtheory.theory.laws.by_scheme import SCHEMES_WITH_LAW
from srtheory.theory.laws.coverage import coverage_by_time, expected_uncovered
from srtheory.theory.laws.genie import genie_time
from srtheory.written_law import WrittenLaw
from tests.cli.conftest import Run, run  # noqa: F401
from tests.metamorphic.settings import M, law_of, records, scheme, setting

KINDS = {"int": int, "fraction": Fraction, "decimal": Decimal, "int64": np.int64, "float32": np.float32}
TAUS = st.sampled_from([1, 3, 2**31, 2**62])
STARTUPS = {
    "exponential": lambda kind: stats.expon(scale=kind(2)),
    "Pareto": lambda kind: stats.pareto(kind(1), scale=kind(2)),
    "Weibull": lambda kind: stats.weibull_min(kind(2), scale=kind(2)),
    "sample": lambda kind: Empirical([kind(x) for x in (0, 0, 2, 5)]),
}
SETTING = {"law": st.sampled_from(list(STARTUPS)), "tau": TAUS, "cost": st.sampled_from([0, 1, 64])}
TIMES = (1, 2, 5, 40, 13 * 2**31, 5 * 2**60)


def start(law, kind):
    """scipy takes neither fractions nor decimals as parameters."""
    return STARTUPS[law](kind if kind in (int, np.int64, np.float32) or law == "sample" else float)


def exact(kind, number):
    return float(kind(number)) == float(number)


def records_of_another_type(name, law, tau, cost, seed):
    code, cost = scheme(name), cost * (name != "genie")

    def of(kind):
        return records(code, DelayModel(start(law, kind), kind(tau), kind(cost), kind(cost)), seed, 2)

    right = repr(of(float))
    return [kind for kind, convert in KINDS.items() if exact(convert, tau) and repr(of(convert)) != right]


def laws_of_another_type(name, law, tau, cost):
    cost *= setting(name, "messages", "exponential").message_cost > 0

    def of(kind):
        cdf = law_of(name, Model(M, 3, kind(tau), start(law, kind), message_cost=kind(cost)))
        return repr([cdf(kind(t)) for t in TIMES if exact(np.float32, t)])

    right = of(float)
    return [kind for kind, convert in KINDS.items() if of(convert) != right]


@pytest.mark.parametrize("name", SCHEME_NAMES)
@given(**SETTING, seed=st.integers(0, 2**64))
@settings(max_examples=3)
def test_records_know_no_type(name, law, tau, cost, seed):
    assert records_of_another_type(name, law, tau, cost, seed) == []


@pytest.mark.parametrize("name", SCHEMES_WITH_LAW)
@given(**SETTING)
@settings(max_examples=3)
def test_laws_know_no_type(name, law, tau, cost):
    assert laws_of_another_type(name, law, tau, cost) == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_other_functions_of_a_model_know_no_type(kind):
    of_time = (coverage_by_time, expected_uncovered, expected_rows, complete_worker_cdf)
    for law, tau in (("exponential", 3), ("Pareto", 2**62)):
        found, right = (Model(M, 3, k(tau), start(law, k)) for k in (kind, float))
        for function in of_time:
            assert [function(found, kind(t)) for t in TIMES] == [function(right, float(t)) for t in TIMES], function
        assert fluid_limit(found) == fluid_limit(right)
        assert latency_bound(found, kind(8)) == latency_bound(right, 8.0)


FUNCTIONS = {
    "fractional_mean": lambda tau, rate: fractional_mean(9, 2, 1, tau, rate),
    "cyclic_mean": lambda tau, rate: cyclic_mean(9, 2, 1, tau, rate),
    "genie_time": lambda tau, _: genie_time([0.0, 1.0], 200, tau),
    "paper_bound": lambda tau, rate: paper_bound(tau, 200, rate),
    "sharp_bound": lambda tau, rate: sharp_bound(tau, 200, rate),
    "block_bound": lambda tau, rate: block_bound(tau, 200, rate),
    "continuous_fluid_limit": lambda tau, rate: continuous_fluid_limit(tau, 200, rate),
    "exponential_fluid_limit": lambda tau, rate: exponential_fluid_limit(tau, 200, rate),
    "latency_bound": lambda rows, _: latency_bound(PLAIN, rows),
    "fluid_limit": lambda _, rows: fluid_limit(PLAIN, rows=rows),
    "exponential_mean": lambda _, load: exponential_mean(cyclic(4), load),
    "exponential_cost": lambda _, load: exponential_cost(load)(cyclic(4)),
    "covering_rows_limit": lambda ratio, load: covering_rows_limit(ratio, load),
    "handled": lambda each, _: handled(np.arange(3.0), each),
}
"""Functions of numbers alone, of which one may be a time and the other a rate, a load or a number of rows."""
PLAIN = Model(M, 3, 0.1, stats.expon(scale=4))


@pytest.mark.parametrize("kind", ["decimal", "float32", "int8"])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_of_numbers_know_no_type(function, kind):
    """100 times 3 is no integer of 8 bits, and no float of 32 bits is the sum of 2^30 and a small one."""
    of = KINDS.get(kind, np.int8)
    for one, other in ((100, 3), *([] if kind == "int8" else [(2**30, 1)])):
        assert repr(function(of(one), of(other))) == repr(function(float(one), float(other)))


SPELLINGS = (
    ("2", "expon(scale=4)", "1"),
    ("2e0", "expon(0, .4e1)", "1.0"),
)
VERBS = {
    "simulate": ["sr", "--degree", "3", "--trials", "4", "--message-cost", None],
    "compare": ["--schemes", "sr", "--degree", "3", "--trials", "2", "--message-cost", None],
    "latency": ["sr", "--degree", "3", "--at", None],
    "coverage": ["--degree", "3", "--by-time", None],
    "guarantee": ["--degree", "3", "--by-time", None],
    "floor": ["--at", None],
    "design": ["--by", "30"],
}


def words_of_another_spelling(run, verb):  # noqa: F811
    def said(tau, startup, number):
        words = [number if word is None else word for word in VERBS[verb]]
        done = run(verb, *words, "--symbols", "8", "--tau", tau, "--startup", startup, "--json")
        assert done.status == 0, done.stderr
        return json.loads(done.stdout) | {"startup": None}

    first, *others = (said(*spelling) for spelling in SPELLINGS)
    return [other for other in others if other != first]


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_know_no_spelling(run: Run, verb):  # noqa: F811
    assert words_of_another_spelling(run, verb) == []


# --------------------------------------------------------------------------------------------------- planted mistakes


def kept_if_integer(usual, name, value):
    return value if isinstance(value, int | np.integer) else usual(name, value)


def take_as_given(monkeypatch):
    """Times that are integers stay integers."""
    for module in (delays, model, reception):
        for name in ("require_positive", "require_not_negative"):
            usual = getattr(module, name)
            monkeypatch.setattr(module, name, partial(kept_if_integer, usual))


@pytest.mark.quality
def test_a_record_of_integers_is_seen(monkeypatch):
    take_as_given(monkeypatch)
    assert "int64" in records_of_another_type("sr", "exponential", 2**62, 0, 1)


@pytest.mark.quality
def test_a_law_of_another_type_is_seen(monkeypatch):
    usual = Model.__post_init__

    def post_init(self):
        given = self.tau
        usual(self)
        object.__setattr__(self, "tau", self.tau * (1 + 1e-12 * (type(given) is int)))

    monkeypatch.setattr(Model, "__post_init__", post_init)
    assert laws_of_another_type("terms-cyclic", "exponential", 1, 0) == ["int"]


@pytest.mark.quality
def test_a_spelling_is_seen(run: Run, monkeypatch):  # noqa: F811
    usual = WrittenLaw.rvs
    monkeypatch.setattr(WrittenLaw, "rvs", lambda law, *given, **more: usual(law, *given, **more) * (1 + len(law.args)))
    assert words_of_another_spelling(run, "simulate")
