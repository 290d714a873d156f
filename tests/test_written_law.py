"""Laws that need no scipy to be drawn from: the draws are scipy's bit by bit, and so is all the rest."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel, describe_law, parameters, parse_law
from srtheory.errors import ArgumentError
from srtheory.theory.named import named
from srtheory.written_law import WrittenLaw, written_law

LAWS = [
    *["expon()", "expon(scale=5)", "expon(2)", "expon(0.25, 1e-3)", "expon(loc=3, scale=1e40)"],
    *["pareto(1)", "pareto(b=1)", "pareto(b=0.5)", "pareto(b=2)", "pareto(3.7)", "pareto(1, 2, 3)"],
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


@pytest.mark.parametrize("text", LAWS)
def test_draws_are_those_of_scipy(text):
    law = fresh(text)
    assert isinstance(law, WrittenLaw)
    assert same_draws(law, as_scipy_has_it(text))
    assert "scipy_law" not in vars(law)


def same_values(law, other, x):
    """Whether both functions have the same bits, those of a NaN apart, and the same kind of value."""
    for one, two in ((law.cdf(x), other.cdf(x)), (law.sf(x), other.sf(x))):
        same = np.array_equal(one, two, equal_nan=True) and not np.signbit([one, two])[~np.isnan([one, two])].any()
        if type(one) is not type(two) or not same:
            return False
    return True


@pytest.mark.parametrize("text", LAWS)
def test_distribution_functions_are_those_of_scipy(text):
    law, other, rng = fresh(text), as_scipy_has_it(text), np.random.default_rng(3)
    middle = other.ppf(0.5)
    for shape in ((), (0,), (1,), (9,), (40, 25)):
        for scale in (1e-9, 1e-3, 0.5, 1.0, 3.0, 1e3, 1e30):
            assert same_values(law, other, other.support()[0] + middle * scale * rng.standard_exponential(shape))
    edges = [-np.inf, -1.0, -0.0, 0.0, 5e-324, other.support()[0], 1e200, np.inf, np.nan]
    assert same_values(law, other, edges)
    assert all(same_values(law, other, x) for x in (*edges, 1, np.array(2)))
    assert ("scipy_law" in vars(law)) == (law.name != "expon")


@pytest.mark.parametrize("text", LAWS)
def test_all_else_is_asked_of_scipy(text):
    law, other = parse_law(text), as_scipy_has_it(text)
    x = other.ppf(np.linspace(0, 1, 50))
    for name in ("cdf", "sf", "pdf"):
        np.testing.assert_array_equal(getattr(law, name)(x), getattr(other, name)(x))
    assert law.mean() == other.mean()
    assert law.support() == other.support()
    assert (law.args, law.kwds) == (other.args, other.kwds)
    assert law.dist.name == other.dist.name
    assert (named(law).loc, named(law).scale, named(law).start) == (
        named(other).loc,
        named(other).scale,
        named(other).start,
    )
    with pytest.raises(AttributeError):
        law.nothing_of_the_kind  # noqa: B018


@pytest.mark.parametrize("text", LAWS)
def test_it_is_described_as_scipys(text):
    """So that tasks have the ids they had."""
    law, other = parse_law(text), as_scipy_has_it(text)
    assert describe_law(law) == describe_law(other)
    assert parameters(law) == parameters(other)
    assert describe_law(parse_law(describe_law(law))) == describe_law(law)


@pytest.mark.parametrize("text", LAWS[:2] + LAWS[5:7])
def test_it_travels(text):
    law = parse_law(text)
    again = pickle.loads(pickle.dumps(law))
    assert same_draws(law, again)
    assert describe_law(DelayModel(again, 1.0).startup) == describe_law(law)


@pytest.mark.parametrize(
    ("name", "args", "kwds"),
    [
        *[("gamma", [2.0], {}), ("pareto", [], {}), ("expon", [1.0, 2.0, 3.0], {}), ("pareto", [], {"loc": 1.0})],
        *[
            ("expon", [], {"b": 1.0}),
            ("expon", [1.0], {"loc": 2.0}),
            ("expon", [-1.0], {}),
            ("expon", [], {"scale": 0.0}),
        ],
        *[("pareto", [1e-3], {}), ("pareto", [1.0], {"scale": 1e60}), ("expon", [], {"scale": -5.0})],
    ],
)
def test_what_is_not_known_is_left_to_scipy(name, args, kwds):
    assert written_law(name, args, kwds) is None


@pytest.mark.parametrize("text", ["expon(scale=-1)", "pareto()", "expon(1, 2, 3)", "pareto(b=-1)", "expon(loc=-1)"])
def test_what_scipy_refuses_is_refused(text):
    with pytest.raises(ArgumentError):
        parse_law(text)


@dataclass(frozen=True, eq=False)
class OtherWay(WrittenLaw):
    """The same law, drawn by its quantiles: right, but other numbers."""

    def rvs(self, size, random_state):
        return self.scipy_law.ppf(random_state.random(size))


@pytest.mark.quality
def test_other_draws_are_seen():
    assert not same_draws(OtherWay("expon", (), {"scale": 5.0}), stats.expon(scale=5.0))
