"""A small deep ensemble: networks that predict a mean and a variance, trained together from random initial values.

Reference: B. Lakshminarayanan, A. Pritzel and C. Blundell, "Simple and scalable predictive uncertainty estimation using
deep ensembles", NeurIPS 30 (2017), [26] of the paper. Their example is the cube of x with noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from srtheory.types import Floats

NETWORKS, HIDDEN, STEPS, RATE = 60, 20, 500, 0.01
SCALE = 50.0
"""Scale of y, the unit of y within the networks: 4 cubed is 64."""
INSIDE = 4.0
"""The examples lie in [-4, 4]."""
_LEAST = 1e-4


@dataclass(frozen=True)
class Networks:
    """Networks with one hidden layer of h tanh units and two outputs, a mean and a variance.

    Attributes
    ----------
    inner, shift : float64 arrays, shape (networks, h)
        The hidden units are tanh(inner x + shift).
    outer : float64 array, shape (networks, h + 1, 2)
        Weights of the hidden units, and constants last: the mean, and a number whose softplus is the variance.
    """

    inner: Floats
    shift: Floats
    outer: Floats

    def hidden(self, x: Floats) -> Floats:
        """Return the hidden units and a constant at each point, shape (networks, points, h + 1)."""
        units = np.tanh(self.inner[:, None, :] * x[None, :, None] + self.shift[:, None, :])
        return np.concatenate([units, np.ones((*units.shape[:2], 1))], axis=2)

    def __call__(self, x: Floats) -> tuple[Floats, Floats]:
        """Return means and variances, both of shape (networks, points)."""
        out = self.hidden(x) @ self.outer
        return SCALE * out[..., 0], SCALE**2 * _variance(out[..., 1])


def examples(seed: int) -> tuple[Floats, Floats]:
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
    x, y = examples(seed)
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
