"""The paper's computations of the form F(x) = sum f_i(x), in small form (sections I and II-A): sources of terms.

Terms are rational numbers by term and output: floats are converted exactly. Everything is drawn from the given seed,
and computed here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from srtheory.experiments import networks
from srtheory.types import Floats

Terms = Sequence[Sequence[Fraction]]
"""Values f_i(x) by term and output."""

TREES, DEPTH, EXAMPLES, WEIGHTS, POINTS = 80, 5, 100, 4, 5


def rationals(values: Floats) -> Terms:
    """Return floats, shape (m, outputs), as exact rational numbers."""
    return [[Fraction(float(x)) for x in row] for row in values]


def exponential(i: int, x: Fraction) -> Fraction:
    """Return term i of the Taylor series of exp at 0."""
    return x**i / math.factorial(i)


# Sixty terms each: the rest is below 3^60/60! e^3 and 2^-61, less than rounding.
SERIES: dict[str, tuple[Terms, float]] = {
    "exp(3)": ([[exponential(i, Fraction(3))] for i in range(60)], math.exp(3)),
    "log(1 + 1/2)": ([[-(Fraction(-1, 2) ** i) / i] for i in range(1, 61)], math.log(1.5)),
}
"""Taylor terms, and the function's value."""


@dataclass(frozen=True)
class Tree:
    """A regression tree: split at ``feature`` <= ``threshold``, or a leaf with ``value``."""

    value: float
    feature: int = -1
    threshold: float = 0.0
    low: Tree | None = None
    high: Tree | None = None

    def __call__(self, x: Floats) -> float:
        """Return the prediction at one point."""
        if self.low is None or self.high is None:
            return self.value
        return self.low(x) if x[self.feature] <= self.threshold else self.high(x)


def grow(x: Floats, y: Floats, depth: int, rng: np.random.Generator) -> Tree:
    """Grow the least-squares tree; each split considers one random feature and eight random thresholds."""
    leaf = Tree(float(y.mean()))
    if depth == 0 or len(y) < 4:
        return leaf
    feature = int(rng.integers(x.shape[1]))
    best = min(rng.choice(x[:, feature], 8), key=lambda t: _spread(y, x[:, feature] <= t))
    left = x[:, feature] <= best
    if left.all() or not left.any():
        return leaf
    return Tree(leaf.value, feature, float(best), *(grow(x[s], y[s], depth - 1, rng) for s in (left, ~left)))


def _spread(y: Floats, left: npt.NDArray[np.bool_]) -> float:
    return sum(float(((part - part.mean()) ** 2).sum()) for part in (y[left], y[~left]) if len(part))


def forest(seed: int) -> tuple[Floats, Floats]:
    """Return the predictions of bagged trees at 200 points, shape (trees, points), and the true values."""
    rng = np.random.default_rng(seed)
    x, points = rng.uniform(-1, 1, (300, 3)), rng.uniform(-1, 1, (200, 3))
    y, truth = _surface(x) + 0.1 * rng.standard_normal(300), _surface(points)
    trees = []
    for _ in range(TREES):
        bag = rng.integers(len(x), size=len(x))
        trees.append(grow(x[bag], y[bag], DEPTH, rng))
    return np.array([[tree(p) for p in points] for tree in trees]), truth


def _surface(x: Floats) -> Floats:
    return np.asarray(np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2])


def examples(seed: int) -> tuple[Floats, Floats]:
    """Return points, shape (examples, weights), and labels 0 and 1 for a logistic regression."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((EXAMPLES, WEIGHTS))
    label = (x @ np.array([1.0, -2.0, 0.5, 0.0]) + 0.3 * rng.standard_normal(EXAMPLES) > 0).astype(float)
    return x, label


def gradients(w: Floats, x: Floats, label: Floats) -> Floats:
    """Return the gradient of each example's logistic loss at weights w, shape (examples, weights)."""
    return (1 / (1 + np.exp(-x @ w)) - label)[:, None] * x


def kernels(seed: int) -> tuple[Floats, Floats]:
    """Return ridge regression of sin 2x: each kernel times its weight, shape (examples, points), and the truth."""
    rng = np.random.default_rng(seed)
    x, points = np.sort(rng.uniform(-3, 3, EXAMPLES)), np.linspace(-2.5, 2.5, POINTS)
    y = np.sin(2 * x) + 0.05 * rng.standard_normal(EXAMPLES)
    weight = np.linalg.solve(_gaussian(x, x) + 0.01 * np.eye(EXAMPLES), y)
    return weight[:, None] * _gaussian(x, points), np.sin(2 * points)


def _gaussian(x: Floats, y: Floats) -> Floats:
    return np.asarray(np.exp(-2 * (x[:, None] - y[None, :]) ** 2))


def _taylor(_: int) -> Terms:
    exponential, logarithm = (terms for terms, _ in SERIES.values())
    return [[*a, *b] for a, b in zip(exponential, logarithm, strict=True)]


WORKLOADS: dict[str, Callable[[int], Terms]] = {
    "Taylor series": _taylor,
    "random forest": lambda seed: rationals(forest(seed)[0][:, :POINTS]),
    "deep ensemble": lambda seed: rationals(networks.moments(networks.ensemble(seed), np.linspace(-4, 4, POINTS))),
    "batch gradient": lambda seed: rationals(gradients(np.zeros(WEIGHTS), *examples(seed))),
    "kernel sum": lambda seed: rationals(kernels(seed)[0]),
}
"""Terms of each workload, from a seed."""
