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

from srtheory.types import Floats
from srtheory.workers.workloads import exponential, gradients

Terms = Sequence[Sequence[Fraction]]
"""Values f_i(x) by term and output."""

TREES, DEPTH, EXAMPLES, WEIGHTS, POINTS = 80, 5, 100, 4, 5


def rationals(values: Floats) -> Terms:
    """Return floats, shape (m, outputs), as exact rational numbers."""
    return [[Fraction(float(x)) for x in row] for row in values]


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
    "deep ensemble": lambda seed: rationals(moments(ensemble(seed), np.linspace(-4, 4, POINTS))),
    "batch gradient": lambda seed: rationals(gradients(np.zeros(WEIGHTS), *examples(seed))),
    "kernel sum": lambda seed: rationals(kernels(seed)[0]),
}
"""Terms of each workload, from a seed."""


NETWORKS, HIDDEN, STEPS, RATE = 60, 20, 500, 0.01
SCALE = 50.0
"""Scale of y, the unit of y within the networks: 4 cubed is 64."""
INSIDE = 4.0
"""The examples lie in [-4, 4]."""
_LEAST = 1e-4


@dataclass(frozen=True)
class Networks:
    """A small deep ensemble: networks with one hidden layer of h tanh units and two outputs, a mean and a variance.

    They are trained together from random initial values. Reference: B. Lakshminarayanan, A. Pritzel and C. Blundell,
    "Simple and scalable predictive uncertainty estimation using deep ensembles", NeurIPS 30 (2017), [26] of the paper.
    Their example is the cube of x with noise.
    """

    inner: Floats
    """Shape (networks, h), as that of ``shift``: the hidden units are tanh(inner x + shift)."""
    shift: Floats
    outer: Floats
    """Weights of the hidden units, constants last, shape (networks, h + 1, 2): mean, and softplus' of the variance."""

    def hidden(self, x: Floats) -> Floats:
        """Return the hidden units and a constant at each point, shape (networks, points, h + 1)."""
        units = np.tanh(self.inner[:, None, :] * x[None, :, None] + self.shift[:, None, :])
        return np.concatenate([units, np.ones((*units.shape[:2], 1))], axis=2)

    def __call__(self, x: Floats) -> tuple[Floats, Floats]:
        """Return means and variances, both of shape (networks, points)."""
        out = self.hidden(x) @ self.outer
        return SCALE * out[..., 0], SCALE**2 * _variance(out[..., 1])


def cube(seed: int) -> tuple[Floats, Floats]:
    """Return twenty points of the cube with noise of variance 9, as in the reference."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-INSIDE, INSIDE, 20)
    return x, x**3 + 3 * rng.standard_normal(20)


def beginning(seed: int) -> Networks:
    """Return networks with random initial weights."""
    rng = np.random.default_rng([seed, 1])
    inner, shift = rng.standard_normal((2, NETWORKS, HIDDEN))
    return Networks(inner, shift, rng.standard_normal((NETWORKS, HIDDEN + 1, 2)) / np.sqrt(HIDDEN))


def ensemble(seed: int, steps: int = STEPS) -> Networks:
    """Return the networks after ``steps`` of Adam on the Gaussian log-likelihood of all examples."""
    x, y = cube(seed)
    networks = beginning(seed)
    parts = [networks.inner, networks.shift, networks.outer]
    first, second = [np.zeros_like(p) for p in parts], [np.zeros_like(p) for p in parts]
    for step in range(1, steps + 1):
        for i, slope in enumerate(slopes(Networks(*parts), x, y)):
            first[i] = 0.9 * first[i] + 0.1 * slope
            second[i] = 0.999 * second[i] + 0.001 * slope**2
            move = first[i] / (1 - 0.9**step) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
            parts[i] = parts[i] - RATE * move
    return Networks(*parts)


def loss(networks: Networks, x: Floats, y: Floats) -> Floats:
    """Return the negative log-likelihood of each network, y in units of SCALE, without constant. Shape (networks,)."""
    out = networks.hidden(x) @ networks.outer
    variance = _variance(out[..., 1])
    return np.asarray((np.log(variance) + (y / SCALE - out[..., 0]) ** 2 / variance).sum(axis=1) / 2)


def slopes(networks: Networks, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the gradient of :func:`loss`, by the network's parts."""
    hidden = networks.hidden(x)
    out = hidden @ networks.outer
    variance, rest = _variance(out[..., 1]), out[..., 0] - y / SCALE
    by_variance = (1 - rest**2 / variance) / (2 * variance)
    by_out = np.stack([rest / variance, by_variance / (1 + np.exp(-out[..., 1]))], axis=2)
    by_units = (by_out @ networks.outer.transpose(0, 2, 1) * (1 - hidden**2))[..., :-1]
    return (by_units * x[None, :, None]).sum(axis=1), by_units.sum(axis=1), hidden.transpose(0, 2, 1) @ by_out


def moments(networks: Networks, x: Floats) -> Floats:
    """Return the contributions of each network: its mean and second moment, shape (networks, 2 points).

    Divided by the number of networks, the sums are the ensemble's mean and second moment, whose variance is the second
    less the square of the first.
    """
    mean, variance = networks(x)
    return np.concatenate([mean, variance + mean**2], axis=1)


def _variance(raw: Floats) -> Floats:
    return np.asarray(np.logaddexp(0, raw) + _LEAST)
