"""Start-up delays in the laws of this package: what is asked of arguments, and bounds on F that allow for rounding."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive, require_silent
from srtheory.types import Floats, Startup


@dataclass(frozen=True)
class Defective:
    """The law (1 - epsilon) F of a delay that is infinite with probability epsilon: a worker that never answers.

    :meth:`cdf` at inf is the limit 1 - epsilon, so that a law of T at t = inf is P(T < inf).

    Parameters
    ----------
    law : Startup
        F, the law of the finite delays.
    silent : float
        epsilon, from 0 to below 1.
    """

    law: Startup
    silent: float

    def __post_init__(self) -> None:
        require_silent(self.silent)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """P(X <= x, X finite)."""
        return np.asarray((1 - self.silent) * self.law.cdf(x))

    def sf(self, x: npt.ArrayLike) -> Floats:
        """P(X > x or X infinite)."""
        return np.asarray(self.silent + (1 - self.silent) * self.law.sf(x))

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Least x with P(X <= x) >= q, inf where there is none."""
        share = np.asarray(q) / (1 - self.silent)
        return np.where(share > 1, np.inf, self.law.ppf(np.minimum(share, 1)))


def defective(startup: Startup, silent: float) -> Startup:
    """The law of start-up delays of workers that never answer with probability ``silent``; F itself for 0."""
    return Defective(startup, silent) if require_silent(silent) else startup


def require_startup(startup: Startup) -> Startup:
    """Return ``startup`` if it is a law of delays of at least 0, else raise :class:`ArgumentError`."""
    expected = "a law with cdf, sf and ppf that puts no mass below 0"
    if not all(hasattr(startup, name) for name in ("cdf", "sf", "ppf")):
        raise ArgumentError("startup", startup, expected)
    if not float(startup.cdf(-5e-324)) == 0.0:
        raise ArgumentError("startup", startup, expected)
    return startup


def require_times(t: npt.ArrayLike) -> Floats:
    """Return times as a float64 array; any real number or infinity is a time, NaN is not."""
    try:
        times = np.asarray(t, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError("t", t, "a time or an array of times") from None
    if np.isnan(times).any():
        raise ArgumentError("t", t, "a time or an array of times, none of them NaN")
    return times


def require_arguments(t: npt.ArrayLike, symbols: int, tau: float, startup: Startup) -> tuple[Floats, int, float]:
    """Return the times, m and tau of a law, else raise :class:`ArgumentError`."""
    require_startup(startup)
    return require_times(t), require_int("symbols", symbols), require_positive("tau", tau)


def require_tau(tau: object, terms: npt.ArrayLike) -> float:
    """Return ``tau`` if it is above 0 and every tau * terms is a finite time, else raise :class:`ArgumentError`."""
    each, most = require_positive("tau", tau), int(np.asarray(terms).max())
    if not math.isfinite(each * most):
        raise ArgumentError("tau", tau, f"so small that {most} terms take a finite time")
    return each


def require_message_cost(message_cost: object, messages: npt.ArrayLike) -> float:
    """Return ``message_cost`` if it is at least 0 and all messages take a finite time, else raise ArgumentError."""
    each, most = require_not_negative("message_cost", message_cost), int(np.asarray(messages).max())
    if not math.isfinite(each * most):
        raise ArgumentError("message_cost", message_cost, f"so small that {most} messages take a finite time")
    return each


def row_costs(terms: npt.NDArray[np.int64], tau: object, message_cost: object = 0.0) -> Floats:
    """How long after its start-up a worker has sent row b, complete after a_b terms: tau a_b + kappa (b + 1).

    Raises
    ------
    ArgumentError
        Unless ``tau`` is above 0, ``message_cost`` at least 0, and both such that the last of these times is finite.
    """
    sent = np.arange(1, len(terms) + 1)
    return np.asarray(require_tau(tau, terms) * terms + require_message_cost(message_cost, sent) * sent)


CDF_ERROR = 2.0**-50
"""Absolute error that is allowed for in every value of a law's ``cdf``; :mod:`srtheory.accuracy` has whose."""


def cdf_bounds(startup: Startup, t: float, costs: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Bounds on F(t - cost) for non-decreasing costs, as two non-increasing arrays in [0, 1].

    They allow for the rounding of ``t - cost``, of tau * terms + kappa * messages in ``costs`` and of the
    (x - loc)/scale that scipy forms for 0 <= loc <= x, so that an atom within rounding is spanned, and for
    :data:`CDF_ERROR` in ``startup.cdf``.  Probabilities of events that more rows can only make more likely lie between
    their values at the two bounds.

    Raises
    ------
    ArgumentError
        If ``startup.cdf`` gives anything but numbers.
    """
    steps = np.asarray(costs, dtype=np.float64)
    at = np.asarray(t - steps)
    # Units of 2^-53: two of the cost, for products and sum; of x = t - cost one for itself, one for +- slack, two for
    # scipy.  Where F can be above 0 neither is negative and they add up to t: four of t are needed; there are eight.
    slack = 2.0**-50 * abs(t) if np.isfinite(t) else 0.0
    with np.errstate(all="ignore"):  # what overflows in a cdf is far out in its tail
        below, above = startup.cdf(at - slack), startup.cdf(at + slack)
    if np.isnan(below).any() or np.isnan(above).any():
        raise ArgumentError("startup", startup, "a law whose cdf can be computed")
    roundings = 3 if isinstance(startup, Defective) else 1  # of this very difference; of 1 - epsilon and of the product
    error = CDF_ERROR + roundings * 2.0**-53
    low = np.clip(below - error, 0.0, 1.0)
    high = np.clip(above + np.where(at + slack < 0, 0.0, error), 0.0, 1.0)
    return np.minimum.accumulate(low), np.maximum.accumulate(high[::-1])[::-1]
