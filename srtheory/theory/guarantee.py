"""How many rows, and how much time, are proved to suffice with a given confidence (docs/spanning.md, 1).

The proved lower bounds of P(M' <= k) and P(T <= t), inverted: no rows and no time are proved to suffice earlier than
these bounds reach the confidence, but they may.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from srtheory.errors import ArgumentError
from srtheory.theory.blocks import block_ends
from srtheory.theory.latency import bracket_time
from srtheory.theory.laws.collection import SmoothStartup, coverage_by_rows
from srtheory.theory.named import require_named
from srtheory.theory.spanning import latency_cdf
from srtheory.theory.spanning_rows import stopping_cdf
from srtheory.theory.startup import Defective, require_startup, require_tau, row_costs
from srtheory.types import Startup

TOLERANCE = 1e-3
"""Relative accuracy of a guaranteed time, which is rounded up."""

_END_OF_TIME = 1e300


def _nothing() -> None:
    pass


def guaranteed_rows(
    confidence: float,
    symbols: int,
    degree: int,
    tau: float,
    startup: SmoothStartup,
    *,
    access: int | None = None,
    step: Callable[[], None] = _nothing,
) -> int:
    """The least k with a proved lower bound of at least ``confidence`` on P(M' <= k).

    Parameters
    ----------
    confidence : float
        From 0 to 1.  1 takes all rows that there are: bounds on fewer allow for rounding.
    symbols, degree, tau, startup, access
        As in :func:`~srtheory.theory.spanning_rows.stopping_cdf`; the law exponential, Pareto or uniform.
    step : function
        Called after every evaluation of a law.

    Returns
    -------
    int
        From 0 to m (1 + B).

    Raises
    ------
    ArgumentError
        For an argument outside its range, or another law.

    Notes
    -----
    Below the k at which even coverage lacks confidence nothing is tried, since M' >= CC; from there on the steps
    double.  Some ten evaluations of each law.
    """
    wanted = require_confidence(confidence)
    require_named(startup)
    total = symbols * len(block_ends(symbols, degree, access))
    require_tau(tau, symbols)
    if wanted in (0, 1):
        return int(wanted) * total

    def covered(k: int) -> bool:
        step()
        return float(coverage_by_rows(k, symbols, degree, tau, startup, access=access)[1]) >= wanted

    def spanned(k: int) -> bool:
        step()
        return float(stopping_cdf(k, symbols, degree, tau, startup, access=access)[0]) >= wanted

    return _least(spanned, _least(covered, min(symbols, total), total), total)


def guaranteed_time(
    confidence: float,
    symbols: int,
    degree: int,
    tau: float,
    startup: Startup,
    *,
    access: int | None = None,
    message_cost: float = 0.0,
    step: Callable[[], None] = _nothing,
) -> float:
    """A time with a proved lower bound of at least ``confidence`` on P(T <= t), the least to :data:`TOLERANCE`.

    Parameters
    ----------
    confidence : float
        From 0 to 1.
    symbols, degree, tau, startup, access, message_cost
        As in :func:`~srtheory.theory.spanning.latency_cdf`; any law.
    step : function
        Called after every evaluation of the law.

    Returns
    -------
    float
        In the unit of ``tau``; inf if no finite time is proved to have that confidence.

    Raises
    ------
    ArgumentError
        For an argument outside its range.

    Notes
    -----
    Some fifteen evaluations of the law.
    """
    wanted = require_confidence(confidence)
    ends = block_ends(symbols, degree, access)
    answers = startup.law if isinstance(startup, Defective) else startup
    two_rows = row_costs(1 + ends, tau, message_cost)[:2]
    start = float(two_rows[-1]) + float(require_startup(answers).ppf(0.5))

    def reached(t: float) -> bool:
        step()
        given = (symbols, degree, tau, startup)
        return latency_cdf(t, *given, access=access, message_cost=message_cost)[0] >= wanted

    if wanted == 0:
        return 0.0
    return bracket_time(reached, start, TOLERANCE)[1] if reached(_END_OF_TIME) else math.inf


def require_confidence(confidence: object) -> float:
    """Return ``confidence`` as a float if it is a probability, else raise :class:`~srtheory.errors.ArgumentError`."""
    try:
        wanted = math.nan if isinstance(confidence, bool | str | bytes) else float(confidence)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        wanted = math.nan
    if not 0 <= wanted <= 1:
        raise ArgumentError("confidence", confidence, "a number from 0 to 1")
    return wanted


def _least(holds: Callable[[int], bool], first: int, last: int) -> int:
    """The least k from ``first`` to ``last`` at which a monotone condition holds, as it does at ``last``."""
    low, high, reach = first - 1, first, 1
    while high < last and not holds(high):
        low, high, reach = high, min(high + reach, last), 2 * reach
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
