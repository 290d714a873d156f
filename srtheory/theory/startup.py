"""Start-up delays: bounds on F that allow for rounding, the rows of a worker, and distributions known by name.

A worker of the sum-recovery code sends its own symbol, then blocks of d others (paper, section III-A).

Exponential, Pareto and uniform distribution functions are analytic on their support, so that integrals over time can be
bounded, and the means of their order statistics are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from flint import acb, arb

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Defective, Model, require_times
from srtheory.types import Floats, Startup


def row_costs(model: Model, terms: npt.NDArray[np.int64], messages: npt.NDArray[np.int64] | None = None) -> Floats:
    """Return the times from start-up until so many terms are complete and messages, 1, 2, ... if None, are sent."""
    sent = np.arange(1, len(terms) + 1) if messages is None else messages
    return np.asarray(model.tau * terms + model.message_cost * sent, dtype=np.float64)


def started(model: Model, t: npt.ArrayLike, terms: int) -> Floats:
    """Return P(a worker has evaluated so many terms by t) in floats: F(t - tau terms)."""
    return np.asarray(model.defective_startup.cdf(require_times(t) - model.tau * terms))


def reached(
    model: Model, t: float, terms: npt.NDArray[np.int64], messages: npt.NDArray[np.int64] | None = None
) -> tuple[Floats, Floats]:
    """Return bounds on P(a worker has evaluated so many terms and sent the messages by t): see :func:`cdf_bounds`."""
    return cdf_bounds(model.defective_startup, t, row_costs(model, terms, messages))


CDF_ERROR = 2.0**-50
"""Absolute error that is allowed for in every value of ``cdf``; :mod:`srtheory.delays` lists the distributions."""


def cdf_bounds(startup: Startup, t: npt.ArrayLike, costs: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return bounds on F(t - cost) for non-decreasing costs, as two non-increasing arrays in [0, 1].

    For an array of times the costs are the last axis of the two arrays.

    They allow for the rounding of ``t - cost``, of tau * terms + kappa * messages in ``costs`` and of the
    (x - loc)/scale that scipy forms for 0 <= loc <= x, so that an atom within rounding is spanned, and for
    :data:`CDF_ERROR` in ``startup.cdf``.  Probabilities of events that more rows can only make more likely lie between
    their values at the two bounds.
    """
    steps, times = np.asarray(costs, dtype=np.float64), np.asarray(t, dtype=np.float64)[..., None]
    # Units of 2^-53: two of the cost, for products and sum; of x = t - cost one for itself, one for +- slack, two for
    # scipy.  Where F can be above 0 neither is negative and they add up to t: four of t are needed; there are eight.
    slack = np.where(np.isfinite(times), 2.0**-50 * abs(times), 0.0)
    with np.errstate(all="ignore"):  # what overflows, here or in a cdf, is far out in its tail
        at = np.asarray(times - steps)
        below, above = startup.cdf(at - slack), startup.cdf(at + slack)
    if np.isnan(below).any() or np.isnan(above).any():
        raise ArgumentError("startup", startup, "a distribution whose cdf can be computed")
    roundings = 3 if isinstance(startup, Defective) else 1  # of this very difference; of 1 - epsilon and of the product
    error = CDF_ERROR + roundings * 2.0**-53
    low = np.clip(below - error, 0.0, 1.0)
    high = np.clip(above + np.where(at < -slack, 0.0, error), 0.0, 1.0)
    return np.minimum.accumulate(low, axis=-1), np.maximum.accumulate(high[..., ::-1], axis=-1)[..., ::-1]


# -------------------------------------------------------------------------- rows of one worker of the sum-recovery code

MOST_SYMBOLS = 100_000
"""Largest m, and d, that the distributions accept. The slow ones then take days, and all stay below 1 GiB of memory."""


def require_symbols(symbols: object) -> int:
    """Return the number m of symbols as an int, or raise ArgumentError."""
    return require_int("symbols", symbols, 1, MOST_SYMBOLS)


def require_degree(degree: object) -> int:
    """Return the degree d as an int, or raise ArgumentError."""
    return require_int("degree", degree, 1, MOST_SYMBOLS)


def block_ends(symbols: int, degree: int, access: int | None = None) -> npt.NDArray[np.int64]:
    """Return the numbers ell_b of other symbols that a worker has covered after b blocks, ell_b = min(d b, k - 1).

    A worker's row b (b = 0 is the systematic one) is complete after 1 + ell_b term evaluations. Where d does not divide
    k - 1 the last block holds the remainder; d >= k - 1 gives a single block. m and d are from 1 to
    :data:`MOST_SYMBOLS`, and the access k, the symbols that a worker sees, its own included, from 1 to m; None means m.
    The shape is (1 + ceil((k - 1)/d),), strictly increasing.
    """
    m, d = require_symbols(symbols), require_degree(degree)
    others = (m if access is None else require_int("access", access, 1, m)) - 1
    return np.append(np.arange(0, others, d), others).astype(np.int64)


def ends_of(model: Model) -> npt.NDArray[np.int64]:
    """Return :func:`block_ends` of a model that has a degree."""
    return block_ends(model.symbols, require_degree(model.degree), model.access)


# -------------------------------------------------------------------------------------------------- named distributions


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
    values: Callable[[acb], tuple[acb, acb]]
    """Distribution function and density of Y, continued from the support."""
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
    """Return E X_(1) <= ... <= E X_(m) of m named delays in order, shape (m,), to about 1e-12, relative. O(m)."""
    law = require_named(startup)
    return law.loc + law.scale * law.order_means(require_int("workers", workers))


def _expon(loc: float, scale: float) -> Named:
    return Named(
        loc,
        scale,
        0.0,
        math.inf,
        -math.inf,
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
        loc, scale, 1.0, math.inf, 0.0, lambda z: (1 - z ** (-power), power * z ** (-power - 1)), means, least_beyond
    )


def _uniform(loc: float, scale: float) -> Named:
    return Named(
        loc,
        scale,
        0.0,
        1.0,
        -math.inf,
        lambda z: (z, acb(1)),
        lambda m: np.arange(1, m + 1) / (m + 1),
        lambda m, y: max(1 - y, 0.0) ** (m + 1) / (m + 1),
    )


_LAWS: dict[str, Callable[..., Named]] = {"expon": _expon, "pareto": _pareto, "uniform": _uniform}
