"""Start-up distributions of which more is known than the distribution function: exponential, Pareto and uniform.

Their distribution functions are analytic on the support, so that integrals over time can be bounded, and the means of
their order statistics are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import acb, arb

from srtheory.errors import ArgumentError, require_int
from srtheory.types import Floats, Startup


@dataclass(frozen=True)
class Named:
    """A start-up distribution X = loc + scale Y, Y standard."""

    loc: float
    scale: float
    """Location and scale."""
    start: float
    stop: float
    """Ends of the support of Y; ``stop`` may be infinite."""
    pole: float
    """Distribution function and density are analytic to the right of this point."""
    cdf: Callable[[acb], acb]
    """Distribution function of Y, continued from the support."""
    values: Callable[[acb], tuple[acb, acb]]
    """The same and the density."""
    order_means: Callable[[int], Floats]
    """E Y_(1), ..., E Y_(m) of the order statistics of m independent Y, ascending, shape (m,), or inf where infinite.
    """
    least_beyond: Callable[[int, float], float]
    """Integral of P(Y > x)^m over x > y >= start."""
    memoryless: bool = False
    """Whether Y is exponential, so that P(Y > y) is e^-y."""


def named(startup: Startup) -> Named | None:
    """Return what is known of a frozen scipy.stats distribution, or None if not exponential, Pareto or uniform."""
    dist = getattr(startup, "dist", None)
    if getattr(dist, "name", None) not in _LAWS:
        return None
    shapes, loc, scale = dist._parse_args(*startup.args, **startup.kwds)  # type: ignore[union-attr, attr-defined]
    return _LAWS[dist.name](*map(float, (loc, scale, *shapes)))  # type: ignore[union-attr]


def require_named(startup: Startup) -> Named:
    """Return the same as :func:`named`, or raise :class:`~srtheory.errors.ArgumentError`."""
    law = named(startup)
    if law is None:
        raise ArgumentError("startup", startup, "an exponential, a Pareto or a uniform distribution")
    return law


def order_means(startup: Startup, workers: int) -> Floats:
    """Return E X_(1) <= ... <= E X_(m), the means of the order statistics of m start-up delays, shape (m,).

    To about 1e-12, relative.  O(m).

    Parameters
    ----------
    startup : Startup
        An exponential, a Pareto or a uniform distribution.
    workers : int
        m >= 1.
    """
    law = require_named(startup)
    return law.loc + law.scale * law.order_means(require_int("workers", workers))


def _expon(loc: float, scale: float) -> Named:
    return Named(
        loc,
        scale,
        0.0,
        math.inf,
        -math.inf,
        lambda z: 1 - (-z).exp(),
        lambda z: (1 - (rest := (-z).exp()), rest),
        lambda m: np.cumsum(1 / np.arange(m, 0, -1.0)),
        lambda m, y: math.exp(-m * y) / m,
        memoryless=True,
    )


def _pareto(loc: float, scale: float, b: float) -> Named:
    def means(m: int) -> Floats:
        left = m - np.arange(m, dtype=np.float64)  # m - i + 1
        finite = left > 1 / b
        ratios = np.where(finite, left / np.where(finite, left - 1 / b, 1.0), np.inf)
        return np.asarray(np.cumprod(ratios), dtype=np.float64)

    def least_beyond(m: int, y: float) -> float:
        over = Fraction(b) * m - 1  # exactly: this decides whether the mean is finite
        return y ** -float(over) / float(over) if over > 0 else math.inf

    power = arb(b)
    return Named(
        loc,
        scale,
        1.0,
        math.inf,
        0.0,
        lambda z: 1 - z ** (-power),
        lambda z: (1 - z ** (-power), power * z ** (-power - 1)),
        means,
        least_beyond,
    )


def _uniform(loc: float, scale: float) -> Named:
    return Named(
        loc,
        scale,
        0.0,
        1.0,
        -math.inf,
        lambda z: z,
        lambda z: (z, acb(1)),
        lambda m: np.arange(1, m + 1) / (m + 1),
        lambda m, y: max(1 - y, 0.0) ** (m + 1) / (m + 1),
    )


_LAWS: dict[str, Callable[..., Named]] = {"expon": _expon, "pareto": _pareto, "uniform": _uniform}
