"""Numbers of docs/proofs/floor.md: lower bounds on the mean latency, and means of orders and targets."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.stats import expon

from docs.quoted import Values, quoted
from paper_checks.parameters import PAPER
from srtheory.model import Model
from srtheory.theory.designs import Design, by_bits, cyclic, exponential_mean
from srtheory.theory.floor import floor
from srtheory.theory.targets import (
    Tails,
    circle_covered,
    circle_law,
    cyclic_law,
    mean_floor,
    random_law,
    renewal_tails,
    total_tails,
)
from srtheory.types import Floats

ORDERS = {
    (4, 0.01): (1, False),
    (4, 0.1): (1, False),
    (4, 0.3): (0, True),
    (4, 1): (0, True),
    (6, 0.03): (1, False),
    (6, 0.1): (1, False),
    (8, 0.03): (1, False),
    (8, 0.1): (2, False),
    (8, 0.3): (2, False),
    (8, 1): (2, True),
}
"""Numbers of terms and loads of the table, with the number of cells, or 0, and whether j XOR k is the best order."""


@quoted
def floors() -> Values:
    """Return the floor of E[T] and that of the closed form, rounded down, by kappa/tau."""
    found: dict[str, tuple[str, str]] = {}
    for ratio in (0, 1, 10, 100):
        its = floor(replace(PAPER, degree=None, message_cost=ratio * PAPER.tau))
        found[str(ratio)] = (_down(its.mean), _down(its.closed_mean))
    return {**found, "mean": found["0"][0]}


@quoted
def orders() -> Values:
    """Return mu E[T] of cyclic order, from both ends and of j XOR k, and the floor over the least of them."""
    rows = {}
    for (m, load), (cells, bits) in ORDERS.items():
        means = [cyclic(m), *([_ends(m, cells)] if cells else []), *([by_bits(m)] if bits else [])]
        found = [sum(exponential_mean(design, load)) / 2 for design in means]
        ratio = floor(Model(m, None, float(load), expon())).mean / min(found)
        texts = [f"{mean:.5f}" for mean in found]
        if cells:
            texts.insert(2, str(cells))
        rows[f"{m}-{load}"] = (*texts, f"{ratio:.3f}")
    return rows


@quoted
def target_means() -> Values:
    """Return E[T_k] in cyclic, staircase and random order, of the clairvoyant bound, and the floor, by m and k.

    The means are by the trapezoidal rule. At m = 100 and k < m there is no mean of the staircase order.
    """
    rows = {}
    for m, step in ((15, 0.02), (100, 0.05)):
        times = np.concatenate([np.arange(step, 10, step), np.arange(10, 40, 0.25)])
        tails = renewal_tails(0.0, expon(loc=0.5), times, m)
        each = [(low, high) for low, high in zip(*tails, strict=True)]
        met = [np.array([law(m, its) for its in each]) for law in (_cyclic, _staircase, _random, _clairvoyant)]
        for k in (m, 4 * m // 5):
            curves = [1 - its[:, m - k] for its in met if its.shape[1] > m - k]
            means = [np.trapezoid(np.append(1.0, curve), np.append(0.0, times)) for curve in curves]
            least = mean_floor(m, k, times, tails, workers=m)[0]
            rows[f"{m}-{k}"] = (*(f"{mean:.3f}" for mean in means), _down(least))
    return rows


def _cyclic(m: int, its: Tails) -> Floats:
    return cyclic_law(m, its)[0]


def _staircase(m: int, its: Tails) -> Floats:
    """Return the distribution function of the number of missed terms, or its first value for many terms."""
    low, high = (np.tile(bound, (m, 1)) for bound in its)
    down = [bool(j % 2) for j in range(m)]
    law = circle_law if m < 50 else circle_covered
    return np.atleast_1d(law(m, range(m), (low, high), down=down)[0])


def _random(m: int, its: Tails) -> Floats:
    return random_law(m, its, workers=m)[0]


def _clairvoyant(m: int, its: Tails) -> Floats:
    return total_tails(its, m, workers=m)[0][::-1]


def _ends(m: int, cells: int) -> Design:
    """Return orders from both ends of cells of m/cells terms."""
    size = m // cells
    right = [tuple((first + k) % m for k in range(m)) for first in range(0, m, size)]
    left = [tuple((first + size - 1 - k) % m for k in range(m)) for first in range(0, m, size)]
    return tuple(right * -(-size // 2) + left * (size // 2))


def _down(value: float) -> str:
    return f"{math.floor(1000 * value) / 1000:.3f}"
