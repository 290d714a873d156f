"""The small computations whose sums go through codes: a tree fits, networks learn, and all are the same every time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator

from srtheory.experiments import networks
from srtheory.experiments.workloads import EXAMPLES, SERIES, WORKLOADS, grow, kernels, rationals


def test_a_tree_fits_a_step() -> None:
    x = np.linspace(-1, 1, 64)[:, None]
    tree = grow(x, (x[:, 0] > 0.1).astype(float), 6, np.random.default_rng(1))
    assert [round(tree(np.array([p]))) for p in (-0.9, -0.2, 0.3, 0.9)] == [0, 0, 1, 1]


def test_floats_are_the_rational_numbers_that_they_are() -> None:
    assert rationals(np.array([[0.5, 0.1]])) == [[Fraction(1, 2), Fraction(3602879701896397, 2**55)]]


def test_terms_are_those_of_the_seed() -> None:
    for name, build in WORKLOADS.items():
        terms = build(3)
        assert terms == build(3)
        assert (terms == build(4)) == (name == "Taylor series")
        assert len({len(term) for term in terms}) == 1
    assert len(WORKLOADS) == 5
    assert [len(terms) for terms, _ in SERIES.values()] == [60, 60]


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


@pytest.mark.parametrize("seed", range(3))
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
