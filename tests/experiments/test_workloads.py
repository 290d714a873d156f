"""The small computations whose sums go through codes: a tree fits, networks learn, and all are the same every time."""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator

from srtheory.experiments import networks, workloads
from srtheory.experiments.networks import Networks
from srtheory.experiments.workloads import (
    EXAMPLES,
    SERIES,
    WORKLOADS,
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
    x, y = networks.examples(1)
    drawn = vars(networks.beginning(1))
    found = dict(zip(drawn, networks.slopes(networks.Networks(**drawn), x, y), strict=True))
    h = 1e-5
    for name, place in (("inner", (3, 2)), ("shift", (3, 2)), ("outer", (3, 2, 0)), ("outer", (3, -1, 1))):
        step = np.zeros_like(drawn[name])
        step[place] = h
        up, down = (networks.loss(networks.Networks(**drawn | {name: drawn[name] + s}), x, y) for s in (step, -step))
        assert (up - down)[3] / (2 * h) == pytest.approx(found[name][place], rel=1e-6)
        assert np.count_nonzero(up - down) == 1


@pytest.mark.parametrize("seed", range(2))
def test_networks_learn_and_are_unsure_where_they_have_seen_nothing(seed: int) -> None:
    x, y = networks.examples(seed)
    trained = networks.ensemble(seed)
    assert (networks.loss(trained, x, y) < networks.loss(networks.beginning(seed), x, y)).all()
    at = np.array([-6.0, -1.0, 1.0, 6.0])
    mean, variance = trained(at)
    assert (variance > 0).all()
    together = networks.moments(trained, at).mean(axis=0)
    np.testing.assert_allclose(together[:4], mean.mean(axis=0))
    np.testing.assert_allclose(together[4:] - together[:4] ** 2, variance.mean(axis=0) + mean.var(axis=0), rtol=1e-9)
    assert mean.var(axis=0)[[0, 3]].min() > mean.var(axis=0)[[1, 2]].max()


# ----------------------------------------------------------------------------------------------- trees, by hand


def offered(features, thresholds):
    """A generator of features and of thresholds that are offered, in this order."""
    features, thresholds = iter(features), iter(thresholds)

    def choice(values: np.ndarray, count: int) -> list[float]:
        assert count == 8
        found = next(thresholds)
        assert set(found) <= set(values)
        return found

    return SimpleNamespace(integers=lambda n: next(features), choice=choice)


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


# ------------------------------------------------------------------------------------------- examples and slopes


def test_gradients_are_of_a_hundred_points_on_two_sides_of_a_noisy_plane() -> None:
    """With the same draws; and the logistic loss by hand."""
    x, label = examples(3)
    rng = np.random.default_rng(3)
    drawn, noise = rng.standard_normal((100, 4)), rng.standard_normal(100)
    assert np.array_equal(x, drawn)
    assert label.tolist() == [float(a - 2 * b + c / 2 + 0.3 * e > 0) for (a, b, c, _), e in zip(x, noise, strict=True)]
    x, label = np.array([[math.log(3), 0.0], [0.0, 2.0]]), np.array([0.0, 1.0])
    assert gradients(np.zeros(2), x, label) == pytest.approx(np.array([[math.log(3) / 2, 0], [0, -1]]))
    assert gradients(np.ones(2), x, label)[0] == pytest.approx([0.75 * math.log(3), 0])
    assert gradients(np.ones(2), x, label)[1] == pytest.approx([0, -2 / (1 + math.exp(2))])


def test_series_add_up_to_their_functions() -> None:
    for terms, value in SERIES.values():
        assert float(sum(term for (term,) in terms)) == pytest.approx(value, rel=1e-15)
    assert [value for _, value in SERIES.values()] == pytest.approx([20.085536923187668, 0.4054651081081644], rel=1e-15)
    exponential, logarithm = (terms for terms, _ in SERIES.values())
    assert exponential[-1] == [Fraction(3**59, math.factorial(59))]
    assert logarithm[-1] == [Fraction(-1, 60 * 2**60)]
    assert WORKLOADS["Taylor series"](0)[3] == [Fraction(27, 6), Fraction(-1, 4 * 16)]


def test_terms_of_the_workloads_are_at_five_points(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rationals(np.array([[0.5, 0.1]])) == [[Fraction(1, 2), Fraction(3602879701896397, 2**55)]]
    table = np.arange(14.0).reshape(2, 7)
    monkeypatch.setattr(workloads, "forest", lambda seed: (table + seed, table))
    monkeypatch.setattr(networks, "ensemble", networks.beginning)
    assert WORKLOADS["random forest"](3) == [[3, 4, 5, 6, 7], [10, 11, 12, 13, 14]]
    at = np.array([-4.0, -2, 0, 2, 4])
    assert WORKLOADS["deep ensemble"](3) == rationals(networks.moments(networks.beginning(3), at))
    x, label = examples(3)
    assert WORKLOADS["batch gradient"](3) == rationals((0.5 - label)[:, None] * x)
    assert WORKLOADS["kernel sum"](3) == rationals(kernels(3)[0])
    assert kernels(3)[0].shape == (100, 5)


# ----------------------------------------------------------------------------------------------------- networks


def test_a_network_by_hand() -> None:
    """Two networks of one hidden unit: tanh(2 x + 1), and none."""
    inner, shift = np.array([[2.0], [0.0]]), np.array([[1.0], [0.0]])
    outer = np.array([[[3.0, 0.0], [0.5, 1.0]], [[0.0, 0.0], [-1.0, 0.0]]])
    both, unit = Networks(inner, shift, outer), math.tanh(5)
    mean, variance = both(np.array([2.0, -0.5]))
    assert mean == pytest.approx(50 * np.array([[3 * unit + 0.5, 0.5], [-1, -1]]))
    wide, narrow = math.log(1 + math.e) + 1e-4, math.log(2) + 1e-4
    assert variance == pytest.approx(2500 * np.array([[wide, wide], [narrow, narrow]]), rel=1e-12)
    found = networks.loss(both, np.array([-0.5, -0.5]), np.array([50.0, 0.0]))
    assert found == pytest.approx([(2 * math.log(wide) + 0.5 / wide) / 2, (2 * math.log(narrow) + 5 / narrow) / 2])


def test_networks_begin_with_draws_of_their_seed_and_learn_twenty_points_of_the_cube_with_noise() -> None:
    rng, drawn = np.random.default_rng([3, 1]), networks.beginning(3)
    inner, shift = rng.standard_normal((2, 60, 20))
    assert np.array_equal((drawn.inner, drawn.shift), (inner, shift))
    assert drawn.outer == pytest.approx(rng.standard_normal((60, 21, 2)) / 20**0.5)
    rng, (x, y) = np.random.default_rng(3), networks.examples(3)
    assert x == pytest.approx(8 * rng.random(20) - 4)
    assert y == pytest.approx(x**3 + 3 * rng.standard_normal(20))


def test_steps_are_adams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rate 0.01, with decays 0.9 and 0.999, both means without the bias of their start."""
    seen: list[Networks] = []
    zero = np.zeros(2)
    rounds = iter([[[1.0, 3.0], [-2.0, 0.5], [4.0, 1e-8]], [[2.0, 1.0], [1.0, 1.0], [0.0, 0.0]]])
    monkeypatch.setattr(networks, "beginning", lambda seed: Networks(zero, zero + 1, zero + 2))
    monkeypatch.setattr(networks, "slopes", lambda now, x, y: seen.append(now) or [np.array(s) for s in next(rounds)])
    last = networks.ensemble(3, steps=2)
    first = seen[1]
    assert first.inner == pytest.approx(-0.01 * np.ones(2), rel=1e-7)
    assert first.shift == pytest.approx(1 + 0.01 * np.array([1.0, -1.0]))
    assert first.outer - 2 == pytest.approx([-0.01, -0.005], rel=1e-6)  # 1e-8 is added to the root
    mean = (0.9 * np.array([1.0, 3.0]) + np.array([2.0, 1.0])) / 1.9
    root = np.sqrt((0.999 * np.array([1.0, 9.0]) + np.array([4.0, 1.0])) / 1.999)
    assert last.inner - first.inner == pytest.approx(-0.01 * mean / root, rel=1e-7)
