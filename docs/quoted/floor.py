"""Numbers of docs/floor.md: lower bounds on the mean latency of oblivious schemes, and means of orders of few terms."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy.stats import expon

from docs.quoted import Values, quoted
from paper_checks.parameters import PAPER
from srtheory.model import Model
from srtheory.theory.designs import Design, by_bits, cyclic, exponential_mean
from srtheory.theory.floor import floor

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


def _ends(m: int, cells: int) -> Design:
    """Return orders from both ends of cells of m/cells terms."""
    size = m // cells
    right = [tuple((first + k) % m for k in range(m)) for first in range(0, m, size)]
    left = [tuple((first + size - 1 - k) % m for k in range(m)) for first in range(0, m, size)]
    return tuple(right * -(-size // 2) + left * (size // 2))


def _down(value: float) -> str:
    return f"{math.floor(1000 * value) / 1000:.3f}"
