"""Exact latency distribution of arcs with a common phase, which stop when every term is covered (docs/intervals.md)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from flint import arb

from srtheory.errors import require_int
from srtheory.model import Model, depends_on
from srtheory.theory.blocks import require_symbols
from srtheory.theory.laws.rows_received import monotone
from srtheory.theory.laws.streaming import covered_by_rounds, round_budgets


@depends_on("degree", "silent")
def arcs_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) if worker j sends f_j, its cell after j, its cell before j, and then the other cells.

    This is :func:`~srtheory.theory.laws.streaming.parts_cyclic_bounds` with another factor for the k workers that start
    at a cell. They miss the cell only if none has completed it, and if no worker before the first one that has not sent
    its own term has sent the rest of the cell after its own. With F_a = F(t - a tau) the factor is

        sum_{x=0..k-1} (1 - F_1) (1 - F_k)^(k-1-x) prod_{i<x} (F_1 - F_{k-i})

    in place of (1 - F_k)^k.

    O(d) ball operations, and one quotient of power series of length ceil(m/d): milliseconds at m = 1000.

    Returns
    -------
    low, high : float
        0 <= low <= P <= high <= 1; messages are free.
    """
    m = require_symbols(model.symbols)
    d = require_int("degree", model.degree, 1, m)
    budgets = np.union1d(round_budgets(m, d), np.arange(1, d + 1))
    return monotone(model, partial(covered_by_rounds, m, d, budgets, missed=missed_by_own), t, budgets - 1)


def missed_by_own(silent: Mapping[int, arb], k: int) -> arb:
    """Return the probability that the k workers of a cell miss it; x is the first that has not sent its own term."""
    total, before = arb(0), arb(1)
    for x in range(k):
        total += silent[1] * silent[k] ** (k - 1 - x) * before
        before *= silent[k - x] - silent[1]
    return total
