"""How many rows more than symbols peeling needs: proved (docs/proofs/decoding.md, 1), and by density evolution."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import linprog

from srtheory.errors import ArgumentError, require_int, require_positive


def price_of_peeling(systematic: float, residual: float, largest: int) -> float:
    """Return the fewest rows per symbol with which density evolution leaves at most ``residual``; sizes <= ``largest``.

    The linear program min s + sum r_k with sum_k k r_k y^(k - 1) >= ln((1 - s)/(1 - y)) for y from s to 1 - residual, k
    up to ``largest``, on a grid of y. Times do not enter. 0 < s < 1, and the share of symbols that may stay unknown is
    from 1e-12 to below 1 - s.
    """
    s = require_positive("systematic", systematic)
    if not 1e-12 <= residual < 1 - s:
        raise ArgumentError("residual", residual, f"a fraction from 1e-12 to below 1 - s = {1 - s:g}")
    size = np.arange(1, require_int("largest", largest, 1) + 1)
    y = 1 - np.geomspace(residual, 1 - s, 400)
    y = np.unique(np.concatenate([y, np.linspace(s, 1 - residual, 400)]))
    need = np.log((1 - s) / (1 - y))
    found = linprog(np.ones(len(size)), A_ub=-size * y[:, None] ** (size - 1), b_ub=-need, method="highs")
    return s + float(found.fun)


def proved_overhead(low: float, high: float) -> float:
    """Return the natural logarithm of a gamma such that, as m grows, (1 + gamma) m rows are too few for peeling.

    This is Theorem 1 of docs/proofs/decoding.md, 1. It holds for all block sizes if the fraction of systematic symbols
    is at least ``low`` > 0 at m rows and at most ``high`` < 1 at (1 + gamma) m rows. The gamma is far below
    :func:`price_of_peeling`.
    """
    s0, s1 = require_positive("low", low), require_positive("high", high)
    if not s0 <= s1 <= 1 - 1e-6:
        raise ArgumentError("high", high, f"a fraction from low = {low:g} to 1 - 1e-6")
    spare, longest = overhead_constants(s1)
    return min(math.log(spare / 4), math.log(spare / 16) + longest * math.log(s0 / 2))


def overhead_constants(high: float) -> tuple[float, int]:
    """Return eta, half the fraction that is not systematic, and K, the largest size of a short block, in that proof."""
    spare = (1 - high) / 2
    return spare, math.ceil(16 * math.log(2) / (spare * math.log(4 / (3 + high))))
