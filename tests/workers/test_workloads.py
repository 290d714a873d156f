"""The five computations on scikit-learn's data: what is added up is what scikit-learn predicts."""

from __future__ import annotations

import builtins
from fractions import Fraction

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.workers import compute_sum
from srtheory.workers.workloads import WORKLOAD_NAMES, workload

M = 9


def total(work):
    return sum(work.function(i, work.x) for i in range(work.symbols))


@pytest.mark.parametrize("name", WORKLOAD_NAMES)
def test_each_comes_through_a_code(client, name):
    if name != "taylor":
        pytest.importorskip("sklearn")
    work = workload(name, M, seed=1)
    done = compute_sum(work.function, work.x, symbols=M, degree=3, cluster=client)
    assert work.is_right(done.value, done.error_bound)
    assert np.shape(done.value) == np.shape(total(work))
    assert np.asarray(done.value, dtype=float) == pytest.approx(np.asarray(total(work), dtype=float), rel=1e-9)


def test_what_is_added_up_is_what_it_says():
    """The exponential function, probabilities, and the slope of a loss."""
    assert float(total(workload("taylor"))) == pytest.approx(np.exp(3), rel=1e-15)
    pytest.importorskip("sklearn")
    assert total(workload("ensemble", M)).sum(axis=1) == pytest.approx(np.ones(20))
    work = workload("gradient", M)
    points, labels = work.function.points, work.function.labels

    def loss(w):
        return np.logaddexp(0, points @ w).sum() - labels @ (points @ w)

    step = np.eye(points.shape[1]) * 1e-6
    slope = [(loss(work.x + e) - loss(work.x - e)) / 2e-6 for e in step]
    assert total(work) == pytest.approx(np.array(slope), rel=1e-4, abs=1e-6)


@pytest.mark.quality
def test_a_sum_that_is_off_is_seen():
    work = workload("taylor", M)
    right = total(work)
    assert work.is_right(right, 0.0)
    assert not work.is_right(right + Fraction(1, 10**30), 0.0)
    assert work.is_right(float(right), 1e-14)
    assert not work.is_right(float(right), 1e-18)
    assert not work.is_right(np.array([float(right)] * 2), 1.0)


def test_a_forest_is_scikit_learns():
    pytest.importorskip("sklearn")
    from sklearn.datasets import load_diabetes
    from sklearn.ensemble import RandomForestRegressor

    work = workload("forest", M, seed=1)
    x, y = load_diabetes(return_X_y=True)
    forest = RandomForestRegressor(M, max_depth=8, random_state=1).fit(x[20:], y[20:])
    assert total(work) == pytest.approx(forest.predict(x[:20]))


def test_kernels_are_scikit_learns():
    pytest.importorskip("sklearn")
    from sklearn.metrics.pairwise import rbf_kernel

    work = workload("kernel", M)
    its = work.function
    assert total(work) == pytest.approx(rbf_kernel(work.x, its.points, gamma=its.gamma) @ its.weights)


@pytest.mark.parametrize(
    ("name", "symbols", "seed"), [("none", 3, 0), ("taylor", 0, 0), ("taylor", 10_001, 0), ("taylor", 3, -1)]
)
def test_bad_input_is_told(name, symbols, seed):
    with pytest.raises(ArgumentError):
        workload(name, symbols, seed)


def test_without_scikit_learn_it_is_asked_for(monkeypatch):
    imported = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("sklearn"):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return imported(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ArgumentError, match="pip install srtheory"):
        workload("kernel")
    assert workload("taylor").symbols == 60
