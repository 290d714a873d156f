"""Numbers of rows and times that are proved to suffice with a given confidence (docs/spanning.md, 1).

The results invert the proved lower bounds of P(M' <= k) and P(T <= t). Fewer rows or less time may also suffice, but
this is not proved.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from srtheory.errors import ArgumentError
from srtheory.model import Model, depends_on
from srtheory.theory.latency import bracket_time
from srtheory.theory.laws.collection import coverage_by_rows
from srtheory.theory.named import require_named
from srtheory.theory.spanning import least_latency_probability, stopping_bounds
from srtheory.theory.startup import ends_of, require_tau, row_costs

TOLERANCE = 1e-3
"""Relative accuracy of a guaranteed time, which is rounded up."""

TOGETHER = 16
"""Number of consecutive k that take hardly longer than one."""

_END_OF_TIME = 1e300


def _nothing() -> None:
    pass


@depends_on("degree", "access")
def guaranteed_rows(model: Model, confidence: float, *, step: Callable[[], None] = _nothing) -> int:
    """Return the least k with a proved lower bound of at least ``confidence`` on P(M' <= k).

    Below the k at which even coverage lacks confidence nothing is tried, since M' >= CC. The :data:`TOGETHER` next are
    bounded at once, and from there on the steps double.

    Parameters
    ----------
    confidence : float
        From 0 to 1.  1 takes all rows that there are: bounds on fewer allow for rounding.
    step : function
        Called after every evaluation of a distribution.

    Returns
    -------
    int
        From 0 to m (1 + B).
    """
    wanted = require_confidence(confidence)
    require_named(model.startup)
    total = model.symbols * len(ends_of(model))
    require_tau(model.tau, model.symbols)
    if wanted in (0, 1):
        return int(wanted) * total

    def covered(k: int) -> bool:
        step()
        return float(coverage_by_rows(model, k)[1]) >= wanted

    def spanned(k: int) -> bool:
        step()
        return float(stopping_bounds(model, k)[0]) >= wanted

    first = _least(covered, min(model.symbols, total), total)
    near = np.arange(first, min(first + TOGETHER, total + 1))
    step()
    enough = np.flatnonzero(stopping_bounds(model, near)[0] >= wanted)
    return int(near[enough[0]]) if len(enough) else _least(spanned, int(near[-1]) + 1, total)


@depends_on("degree", "access", "message_cost", "silent")
def guaranteed_time(model: Model, confidence: float, *, step: Callable[[], None] = _nothing) -> float:
    """Return a time with a proved lower bound of at least ``confidence`` on P(T <= t), the least to :data:`TOLERANCE`.

    Some fifteen evaluations of the distribution.

    Parameters
    ----------
    confidence : float
        From 0 to 1.
    step : function
        Called after every evaluation of the distribution.

    Returns
    -------
    float
        In the unit of ``tau``, or inf if no finite time is proved to have that confidence.
    """
    wanted = require_confidence(confidence)
    ends = ends_of(model)
    two_rows = row_costs(1 + ends, model.tau, model.message_cost)[:2]
    start = float(two_rows[-1]) + float(model.startup.ppf(0.5))

    def reached(t: float) -> bool:
        step()
        return least_latency_probability(model, t) >= wanted

    if wanted == 0:
        return 0.0
    return bracket_time(reached, start, TOLERANCE)[1] if reached(_END_OF_TIME) else math.inf


def require_confidence(confidence: object) -> float:
    """Return ``confidence`` as a float if it is a probability, or raise :class:`~srtheory.errors.ArgumentError`."""
    try:
        wanted = math.nan if isinstance(confidence, bool | str | bytes) else float(confidence)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        wanted = math.nan
    if not 0 <= wanted <= 1:
        raise ArgumentError("confidence", confidence, "a number from 0 to 1")
    return wanted


def _least(holds: Callable[[int], bool], first: int, last: int) -> int:
    """Return the least k from ``first`` to ``last`` at which a monotone condition holds; it holds at ``last``."""
    low, high, reach = first - 1, first, 1
    while high < last and not holds(high):
        low, high, reach = high, min(high + reach, last), 2 * reach
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
