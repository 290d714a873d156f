"""What the laws of this package ask of a start-up delay: its distribution function and quantiles, nothing else."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_positive

Floats = npt.NDArray[np.float64]


class Startup(Protocol):
    """Law F of a start-up delay: any frozen ``scipy.stats`` distribution will do."""

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """P(X <= x)."""
        ...

    def sf(self, x: npt.ArrayLike) -> Floats:
        """P(X > x)."""
        ...

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Least x with P(X <= x) >= q."""
        ...


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


def require_tau(tau: object, terms: npt.ArrayLike) -> float:
    """Return ``tau`` if it is above 0 and every tau * terms is a finite time, else raise :class:`ArgumentError`."""
    each, most = require_positive("tau", tau), int(np.max(terms))
    if not math.isfinite(each * most):
        raise ArgumentError("tau", tau, f"so small that {most} terms take a finite time")
    return each


CDF_ERROR = 2.0**-50
"""Absolute error that is allowed for in every value of a law's ``cdf``."""


def cdf_bounds(startup: Startup, t: float, costs: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Bounds on F(t - cost) for non-decreasing costs, as two non-increasing arrays in [0, 1].

    They allow for the rounding of ``t - cost``, of a product tau * terms in ``costs``, and for
    :data:`CDF_ERROR` in ``startup.cdf``.  Probabilities of events that more rows can only make more likely lie between
    their values at the two bounds.
    """
    steps = np.asarray(costs, dtype=np.float64)
    at = np.asarray(t - steps)
    slack = 2.0**-51 * (abs(t) + steps) if np.isfinite(t) else np.zeros_like(steps)
    low = np.clip(startup.cdf(at - slack) - CDF_ERROR, 0.0, 1.0)
    high = np.clip(startup.cdf(at + slack) + np.where(at + slack < 0, 0.0, CDF_ERROR), 0.0, 1.0)
    return np.minimum.accumulate(low), np.maximum.accumulate(high[::-1])[::-1]
