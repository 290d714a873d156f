"""Laws that need no scipy to be drawn from: the draws are scipy's bit by bit, and so is all the rest."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import WrittenLaw, describe_law, parameters, parse_law, written_law
from srtheory.theory.startup import named

LAWS = [
    *["expon()", "expon(scale=5)", "expon(2)", "expon(0.25, 1e-3)", "expon(loc=3, scale=1e40)"],
    *["pareto(1)", "pareto(b=0.5)", "pareto(b=2)", "pareto(3.7)", "pareto(1, 2, 3)"],
    *["pareto(b=0.015625, scale=1e-50)", "pareto(scale=2, b=1.5)", "pareto(b=1e6, loc=0.1)"],
]


def fresh(text):
    """The law of this text; another test may have asked the one that is kept for more than draws."""
    kept = parse_law(text)
    return WrittenLaw(kept.name, kept.args, dict(kept.kwds))


def as_scipy_has_it(text):
    """The frozen law of scipy.stats."""
    return eval(f"stats.{text}")


def same_draws(law, other, size=1000):
    one, two = np.random.default_rng(5), np.random.default_rng(5)
    for n in (size, 0, 1, 7):
        if law.rvs(size=n, random_state=one).tobytes() != other.rvs(size=n, random_state=two).tobytes():
            return False
    return one.random() == two.random()  # as many numbers have been used


def same_values(law, other, x):
    """Whether both functions have the same bits, those of a NaN apart, and the same kind of value."""
    for one, two in ((law.cdf(x), other.cdf(x)), (law.sf(x), other.sf(x))):
        same = np.array_equal(one, two, equal_nan=True) and not np.signbit([one, two])[~np.isnan([one, two])].any()
        if type(one) is not type(two) or not same:
            return False
    return True


@pytest.mark.parametrize("text", LAWS)
def test_draws_and_distribution_functions_are_those_of_scipy(text):
    law, other, rng = fresh(text), as_scipy_has_it(text), np.random.default_rng(3)
    assert same_draws(law, other)
    assert "scipy_law" not in vars(law)
    middle = other.ppf(0.5)
    for shape in ((), (0,), (1,), (9,), (40, 25)):
        for scale in (1e-9, 1e-3, 1.0, 3.0, 1e3, 1e30):
            assert same_values(law, other, other.support()[0] + middle * scale * rng.standard_exponential(shape))
    edges = [-np.inf, -1.0, -0.0, 0.0, 5e-324, other.support()[0], 1e200, np.inf, np.nan]
    assert same_values(law, other, edges)
    assert all(same_values(law, other, x) for x in (*edges, 1, np.array(2)))
    assert ("scipy_law" in vars(law)) == (law.name != "expon")


@pytest.mark.parametrize("text", LAWS)
def test_all_else_is_asked_of_scipy_and_described_as_its(text):
    """So that tasks have the ids they had; also where it has travelled."""
    law, other = parse_law(text), as_scipy_has_it(text)
    x = other.ppf(np.linspace(0, 1, 50))
    np.testing.assert_array_equal(law.pdf(x), other.pdf(x))
    for of in (
        *(lambda one: one.mean(), lambda one: one.support(), lambda one: (one.args, one.kwds), describe_law),
        *(lambda one: one.dist.name, lambda one: (named(one).loc, named(one).scale, named(one).start), parameters),
    ):
        assert of(law) == of(other)
    again = pickle.loads(pickle.dumps(law))
    assert same_draws(law, again)
    assert describe_law(again) == describe_law(parse_law(describe_law(law))) == describe_law(law)
    with pytest.raises(AttributeError):
        law.nothing_of_the_kind  # noqa: B018


def test_what_is_not_known_is_left_to_scipy():
    for name, args, kwds in (
        *(("gamma", [2.0], {}), ("pareto", [], {}), ("expon", [1.0, 2.0, 3.0], {}), ("pareto", [], {"loc": 1.0})),
        *(("expon", [], {"b": 1.0}), ("expon", [1.0], {"loc": 2.0}), ("expon", [-1.0], {})),
        *(("expon", [], {"scale": 0.0}), ("pareto", [1e-3], {}), ("pareto", [1.0], {"scale": 1e60})),
    ):
        assert written_law(name, args, kwds) is None


@dataclass(frozen=True, eq=False)
class OtherWay(WrittenLaw):
    """The same law, drawn by its quantiles: right, but other numbers."""

    def rvs(self, size, random_state):
        return self.scipy_law.ppf(random_state.random(size))


@pytest.mark.quality
def test_other_draws_are_seen():
    assert not same_draws(OtherWay("expon", (), {"scale": 5.0}), stats.expon(scale=5.0))
