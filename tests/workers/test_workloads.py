"""The five computations on scikit-learn's data: what is added up is what scikit-learn predicts."""

from __future__ import annotations

import builtins
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.workers import compute_sum
from srtheory.workers.workloads import WORKLOAD_NAMES, Kernels, Losses, Networks, Trees, Workload, workload

M = 9


def total(work):
    return sum(work.function(i, work.x) for i in range(work.symbols))


def test_taylor():
    assert float(total(workload("taylor"))) == pytest.approx(np.exp(3), rel=1e-15)


@pytest.mark.parametrize("name", WORKLOAD_NAMES)
def test_each_comes_through_a_code(client, name):
    if name != "taylor":
        pytest.importorskip("sklearn")
    work = workload(name, M, seed=1)
    done = compute_sum(work.function, work.x, symbols=M, degree=3, cluster=client)
    assert work.is_right(done.value, done.error_bound)
    assert np.shape(done.value) == np.shape(total(work))
    assert np.asarray(done.value, dtype=float) == pytest.approx(np.asarray(total(work), dtype=float), rel=1e-9)


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


def test_an_ensemble_has_probabilities():
    pytest.importorskip("sklearn")
    assert total(workload("ensemble", M)).sum(axis=1) == pytest.approx(np.ones(20))


def test_a_gradient_is_the_slope_of_the_loss():
    pytest.importorskip("sklearn")
    work = workload("gradient", M)
    points, labels = work.function.points, work.function.labels

    def loss(w):
        return np.logaddexp(0, points @ w).sum() - labels @ (points @ w)

    step = np.eye(points.shape[1]) * 1e-6
    slope = [(loss(work.x + e) - loss(work.x - e)) / 2e-6 for e in step]
    assert total(work) == pytest.approx(np.array(slope), rel=1e-4, abs=1e-6)


def test_kernels_are_scikit_learns():
    pytest.importorskip("sklearn")
    from sklearn.metrics.pairwise import rbf_kernel

    work = workload("kernel", M)
    its = work.function
    assert total(work) == pytest.approx(rbf_kernel(work.x, its.points, gamma=its.gamma) @ its.weights)


@pytest.mark.parametrize(("name", "symbols", "seed"), [("none", 3, 0), ("taylor", 0, 0), ("taylor", 3, -1)])
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


# ------------------------------------------------------------- without scikit-learn: what is asked of it, and by hand


def test_terms_by_hand():
    points, weights = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([0.5, -2.0])
    at = np.array([[1.0, 2.0], [2.0, 4.0], [1.0, 0.0]])
    assert Kernels(points, weights, 0.1)(0, at) == pytest.approx(0.5 * np.exp([0, -0.5, -0.4]))
    assert Kernels(points, weights, 0.1)(1, at) == pytest.approx(-2 * np.exp([-1.3, -2.6, -0.5]))
    losses = Losses(points, np.array([1.0, 0.0]))
    assert losses(0, np.zeros(2)) == pytest.approx([-0.5, -1.0])
    assert losses(1, np.array([0.0, -np.log(3)])) == pytest.approx([9 / 4, -3 / 4])
    tree = SimpleNamespace(predict=lambda x, check_input: x.sum(axis=1))
    assert Trees([None, tree])(1, at).tolist() == [1.5, 3, 0.5]
    network = SimpleNamespace(predict_proba=lambda x: x / 2)
    assert Networks([None, network])(1, at).tolist() == (at / 4).tolist()
    assert [workload("taylor").function(i, Fraction(3)) for i in (0, 1, 4)] == [1, 3, Fraction(27, 8)]
    assert workload("taylor", 7).about == "Taylor series of exp at 3, 7 terms, in fractions"


def test_a_value_is_right_number_by_number_up_to_its_bound():
    work = Workload("pair", "", 3, lambda i, x: np.array([i, x * i]), 2.0)
    assert work.is_right([3.0, 6.0], 0.0)
    assert work.is_right([3.5, 5.5], 0.5)
    assert work.is_right([3.5, 6.0], [0.5, 0.0])
    for value, bound in (([3.5, 5.5], 0.4), ([3.5, 5.5], [0.5, 0.4]), (3.0, 10.0), ([[3.0, 6.0]], 10.0), ([3.0], 10.0)):
        assert not work.is_right(value, bound)
    scalar = Workload("number", "", 3, lambda i, x: Fraction(i, 3), None)
    assert scalar.is_right(1, 0)
    assert not scalar.is_right([1], 0)


def test_sizes_from_one_to_ten_thousand():
    assert [workload("taylor", m).symbols for m in (1, 10**4)] == [1, 10**4]
    for m in (0, 10**4 + 1):
        with pytest.raises(ArgumentError, match=f"from 1 to 10000, not {m}"):
            workload("taylor", m)
    with pytest.raises(ArgumentError, match="one of taylor, forest, ensemble, gradient, kernel, not 'none'"):
        workload("none")
