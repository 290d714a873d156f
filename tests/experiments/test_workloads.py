"""The small computations whose sums go through codes: a tree fits, networks learn, and all are the same every time."""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator

from paper_checks import workloads
from paper_checks.workloads import (
    EXAMPLES,
    SERIES,
    WORKLOADS,
    Networks,
    Tree,
    examples,
    gradients,
    grow,
    kernels,
    rationals,
)


def test_the_regression_by_kernels_is_scipys() -> None:
    """With the same draws, and the kernel exp(-2 (x - y)^2)."""
    rng = np.random.default_rng(3)
    x = np.sort(rng.uniform(-3, 3, EXAMPLES))
    y = np.sin(2 * x) + 0.05 * rng.standard_normal(EXAMPLES)
    theirs = RBFInterpolator(x[:, None], y, kernel="gaussian", epsilon=np.sqrt(2), smoothing=0.01, degree=-1)
    terms, truth = kernels(3)
    points = np.linspace(-2.5, 2.5, len(truth))
    assert terms.sum(axis=0) == pytest.approx(theirs(points[:, None]), rel=1e-6)
    assert truth == pytest.approx(np.sin(2 * points))


def test_slopes_of_the_networks_are_those_of_their_loss() -> None:
    x, y = workloads.cube(1)
    drawn = vars(workloads.beginning(1))
    found = dict(zip(drawn, workloads.slopes(workloads.Networks(**drawn), x, y), strict=True))
    h = 1e-5
    for name, place in (("inner", (3, 2)), ("shift", (3, 2)), ("outer", (3, 2, 0)), ("outer", (3, -1, 1))):
        step = np.zeros_like(drawn[name])
        step[place] = h
        up, down = (workloads.loss(workloads.Networks(**drawn | {name: drawn[name] + s}), x, y) for s in (step, -step))
        assert (up - down)[3] / (2 * h) == pytest.approx(found[name][place], rel=1e-6)
        assert np.count_nonzero(up - down) == 1


@pytest.mark.parametrize("seed", range(2))
def test_networks_learn_and_are_unsure_where_they_have_seen_nothing(seed: int) -> None:
    x, y = workloads.cube(seed)
    trained = workloads.ensemble(seed)
    assert (workloads.loss(trained, x, y) < workloads.loss(workloads.beginning(seed), x, y)).all()
    at = np.array([-6.0, -1.0, 1.0, 6.0])
    mean, variance = trained(at)
    assert (variance > 0).all()
    together = workloads.moments(trained, at).mean(axis=0)
    np.testing.assert_allclose(together[:4], mean.mean(axis=0))
    np.testing.assert_allclose(together[4:] - together[:4] ** 2, variance.mean(axis=0) + mean.var(axis=0), rtol=1e-9)
    assert mean.var(axis=0)[[0, 3]].min() > mean.var(axis=0)[[1, 2]].max()


def offered(features, thresholds):
    """A generator of features and of eight thresholds that are offered, in this order."""
    features, thresholds = iter(features), iter(thresholds)
    return SimpleNamespace(integers=lambda n: next(features), choice=lambda values, count: next(thresholds))


def test_a_tree_has_means_at_its_leaves_and_takes_the_split_with_the_least_squares() -> None:
    x, y = np.array([[1.0], [2], [3], [4]]), np.array([0.0, 0, 1, 3])
    leaf = Tree(1.0, -1, 0.0, None, None)
    assert grow(x, y, 0, offered([], [])) == leaf
    assert grow(x[1:], y[1:], 5, offered([], [])).value == 4 / 3
    assert grow(x, y, 1, offered([0], [[4.0, 4.0]])) == leaf  # all points are on one side
    assert leaf(np.array([7.0])) == 1.0
    x = np.array([[5.0, 1], [6, 2], [7, 3], [8, 4], [9, 5]])
    y = np.array([0.0, 0, 3, 4, 5])
    tree = grow(x, y, 1, offered([1], [[4.0, 1.0, 2.0, 5.0]]))  # squares left over: 12.75, 14, 2 and 21.2
    assert tree == Tree(2.4, 1, 2.0, Tree(0.0), Tree(4.0))
    assert [tree(np.array([9.0, at])) for at in (1.9, 2.0, 2.1)] == [0.0, 0.0, 4.0]
    deep = grow(x, y, 2, offered([1, 0], [[1.0], [8.0]]))
    assert deep == Tree(2.4, 1, 1.0, Tree(0.0), Tree(3.0, 0, 8.0, Tree(7 / 3), Tree(5.0)))


def test_gradients_are_those_of_the_logistic_loss() -> None:
    """At both sides of a plane, by differences of the loss."""
    x, label = examples(3)
    assert (x.shape, 30 < label.sum() < 70, set(label)) == ((100, 4), True, {0.0, 1.0})
    w, h = np.array([0.5, -1.0, 0.3, 0.1]), 1e-6
    loss = lambda w: np.log1p(np.exp(x @ w)) - label * (x @ w)  # noqa: E731
    for i, step in enumerate(h * np.eye(4)):
        assert gradients(w, x, label)[:, i] == pytest.approx((loss(w + step) - loss(w - step)) / (2 * h), abs=1e-8)


def test_series_add_up_to_their_functions() -> None:
    for terms, value in SERIES.values():
        assert float(sum(term for (term,) in terms)) == pytest.approx(value, rel=1e-15)
    assert [value for _, value in SERIES.values()] == pytest.approx([20.085536923187668, 0.4054651081081644], rel=1e-15)
    exponential, logarithm = (terms for terms, _ in SERIES.values())
    assert exponential[-1] == [Fraction(3**59, math.factorial(59))]
    assert logarithm[-1] == [Fraction(-1, 60 * 2**60)]
    assert WORKLOADS["Taylor series"](0)[3] == [Fraction(27, 6), Fraction(-1, 4 * 16)]


def test_terms_of_the_workloads_are_at_five_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloads, "ensemble", workloads.beginning)
    at, (x, label) = np.array([-4.0, -2, 0, 2, 4]), examples(3)
    assert WORKLOADS["deep ensemble"](3) == rationals(workloads.moments(workloads.beginning(3), at))
    assert WORKLOADS["batch gradient"](3) == rationals((0.5 - label)[:, None] * x)
    assert WORKLOADS["kernel sum"](3) == rationals(kernels(3)[0])


def test_a_network_by_hand() -> None:
    """Two networks of one hidden unit: tanh(2 x + 1), and none."""
    inner, shift = np.array([[2.0], [0.0]]), np.array([[1.0], [0.0]])
    outer = np.array([[[3.0, 0.0], [0.5, 1.0]], [[0.0, 0.0], [-1.0, 0.0]]])
    both, unit = Networks(inner, shift, outer), math.tanh(5)
    mean, variance = both(np.array([2.0, -0.5]))
    assert mean == pytest.approx(50 * np.array([[3 * unit + 0.5, 0.5], [-1, -1]]))
    wide, narrow = math.log(1 + math.e) + 1e-4, math.log(2) + 1e-4
    assert variance == pytest.approx(2500 * np.array([[wide, wide], [narrow, narrow]]), rel=1e-12)
    found = workloads.loss(both, np.array([-0.5, -0.5]), np.array([50.0, 0.0]))
    assert found == pytest.approx([(2 * math.log(wide) + 0.5 / wide) / 2, (2 * math.log(narrow) + 5 / narrow) / 2])
