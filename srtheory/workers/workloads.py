"""The paper's five computations as functions for real workers, on data that come with scikit-learn.

Each is fitted here, from a seed; the workers receive the fitted model and evaluate f_i(x) from i and x. Everything but
the Taylor series is optional, as scikit-learn is.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.types import Floats
from srtheory.workers.symbols import as_value, shape_of

POINTS = 20
"""Number of points at which a forest, an ensemble and a kernel method are evaluated."""


@dataclass(frozen=True, eq=False)
class Workload:
    """A sum to be computed."""

    name: str
    about: str
    """The sum and its data."""
    symbols: int
    """m."""
    function: Callable[[int, Any], Any]
    """f_i(x) from i and x."""
    x: Any

    def is_right(self, value: Any, bound: Any, known: Iterable[int] | None = None) -> bool:
        """Return whether a value is the sum of all terms, or of those known, up to the bound, in rational numbers.

        The terms are evaluated here.
        """
        terms = [self.function(i, self.x) for i in (range(self.symbols) if known is None else known)]
        exact = reduce(add, [_rational(term) for term in terms])
        found, off = (_rational(number) for number in (value, np.broadcast_to(bound, np.shape(value))))
        return np.shape(found) == np.shape(exact) and bool(np.all(abs(found - exact) <= off))


def exponential(i: int, x: Fraction) -> Fraction:
    """Return term i of the Taylor series of exp at 0."""
    return x**i / math.factorial(i)


def gradients(w: Floats, x: Floats, label: Floats) -> Floats:
    """Return the gradient of each example's logistic loss at weights w, shape (examples, weights)."""
    return (1 / (1 + np.exp(-x @ w)) - label)[:, None] * x


def _rational(numbers: Any) -> npt.NDArray[np.object_]:
    value = as_value(numbers)
    exact = np.empty(shape_of(value), dtype=object)
    for place, x in np.ndenumerate(np.asarray(numbers, dtype=object)):
        exact[place] = Fraction(x)
    return exact


# ------------------------------------------------------------------------------------------------------------- terms


@dataclass(frozen=True, eq=False)
class Trees:
    """Regression trees of a forest: each tree's contribution to the mean."""

    trees: Any

    def __call__(self, i: int, x: Floats) -> Floats:
        """Return the contribution of tree i to the prediction at the points x."""
        points = np.asarray(x, dtype=np.float32)  # as trees compare them
        return self.trees[i].predict(points, check_input=False) / len(self.trees)


@dataclass(frozen=True, eq=False)
class Networks:
    """Classifying networks of a deep ensemble: each one's contribution to the mean of their probabilities."""

    networks: Any

    def __call__(self, i: int, x: Floats) -> Floats:
        """Return the contribution of network i to the probabilities of the classes at the points x."""
        return self.networks[i].predict_proba(x) / len(self.networks)


@dataclass(frozen=True, eq=False)
class Losses:
    """Examples of a logistic regression and their labels, 0 and 1."""

    points: Floats
    labels: Floats

    def __call__(self, i: int, w: Floats) -> Floats:
        """Return the gradient of example i's loss at the weights w."""
        (gradient,) = gradients(w, self.points[[i]], self.labels[[i]])
        return gradient


@dataclass(frozen=True, eq=False)
class Kernels:
    """Support points of a kernel method, and their weights."""

    points: Floats
    weights: Floats
    gamma: float

    def __call__(self, i: int, x: Floats) -> Floats:
        """Return the contribution of support point i to the prediction at the points x."""
        return self.weights[i] * np.exp(-self.gamma * ((x - self.points[i]) ** 2).sum(axis=1))


# --------------------------------------------------------------------------------------------------------- workloads


def _taylor(m: int, seed: int) -> Workload:
    return Workload("taylor", f"Taylor series of exp at 3, {m} terms, in fractions", m, exponential, Fraction(3))


def _forest(m: int, seed: int) -> Workload:
    from sklearn.datasets import load_diabetes
    from sklearn.ensemble import RandomForestRegressor

    x, y = load_diabetes(return_X_y=True)
    forest = RandomForestRegressor(m, max_depth=8, random_state=seed).fit(x[POINTS:], y[POINTS:])
    about = f"random forest on diabetes, {m} trees, {POINTS} points"
    return Workload("forest", about, m, Trees(forest.estimators_), x[:POINTS])


def _ensemble(m: int, seed: int) -> Workload:
    from sklearn.datasets import load_digits
    from sklearn.neural_network import MLPClassifier

    x, y = load_digits(return_X_y=True)
    networks = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of no convergence: forty rounds are enough to read digits
        for i in range(m):
            network = MLPClassifier((16,), max_iter=40, random_state=seed + i)
            networks.append(network.fit(x[POINTS:620] / 16, y[POINTS:620]))
    about = f"deep ensemble on digits, {m} networks, {POINTS} images"
    return Workload("ensemble", about, m, Networks(networks), x[:POINTS] / 16)


def _gradient(m: int, seed: int) -> Workload:
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import scale

    x, y = load_breast_cancer(return_X_y=True)
    chosen = np.random.default_rng(seed).choice(len(x), require_int("symbols", m, 1, len(x)), replace=False)
    points = scale(x)[chosen]
    about = f"gradient of a logistic regression on breast cancer, {m} examples, {x.shape[1]} weights"
    return Workload("gradient", about, m, Losses(points, y[chosen].astype(float)), np.zeros(x.shape[1]))


def _kernel(m: int, seed: int) -> Workload:
    from sklearn.datasets import load_diabetes
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.preprocessing import scale

    x, y = load_diabetes(return_X_y=True)
    x, gamma = scale(x), 0.02
    most = require_int("symbols", m, 1, len(x) - POINTS)
    chosen = POINTS + np.random.default_rng(seed).choice(len(x) - POINTS, most, replace=False)
    fit = KernelRidge(alpha=1.0, kernel="rbf", gamma=gamma).fit(x[chosen], y[chosen])
    about = f"kernel ridge regression on diabetes, {m} kernels, {POINTS} points"
    return Workload("kernel", about, m, Kernels(x[chosen], fit.dual_coef_, gamma), x[:POINTS])


_MAKE: dict[str, tuple[Callable[[int, int], Workload], int]] = {
    "taylor": (_taylor, 60),
    "forest": (_forest, 80),
    "ensemble": (_ensemble, 24),
    "gradient": (_gradient, 120),
    "kernel": (_kernel, 100),
}
WORKLOAD_NAMES = tuple(_MAKE)


def workload(name: str, symbols: int | None = None, seed: int = 2022) -> Workload:
    """Return a workload by name.

    ``symbols`` is m, from 1 to 10^4 or to as many examples as there are, or the workload's own. ``seed`` is that of the
    fits and of the choice of examples; scikit-learn takes 31 bits of it, modulo 2^31.
    """
    if not isinstance(name, str) or name not in _MAKE:
        raise ArgumentError("workload", name, "one of " + ", ".join(WORKLOAD_NAMES))
    make, m = _MAKE[name]
    m = m if symbols is None else require_int("symbols", symbols, 1, 10**4)
    try:
        return make(m, require_int("seed", seed, 0) % 2**31)
    except ModuleNotFoundError as error:
        expected = f"taylor, as {error.name} is not installed (pip install srtheory[workloads])"
        raise ArgumentError("workload", name, expected) from None
