"""Start-up delays in the distributions of this package: argument checks, and bounds on F that allow for rounding.

Rows of one worker of the sum-recovery code: its own symbol, then blocks of d others (paper, section III-A).

Start-up distributions of which more is known than the distribution function: exponential, Pareto and uniform.

Their distribution functions are analytic on the support, so that integrals over time can be bounded, and the means of
their order statistics are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from flint import acb, arb

from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.model import Defective, Model
from srtheory.types import Floats, Startup


def require_times(t: npt.ArrayLike) -> Floats:
    """Return times as a float64 array; any real number or infinity is a time, but NaN is not."""
    try:
        if np.asarray(t).dtype.kind in "SU":
            raise TypeError("a text is no time, even one of digits")
        times = np.asarray(t, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError("t", t, "a time or an array of times") from None
    if np.isnan(times).any():
        raise ArgumentError("t", t, "a time or an array of times, none of them NaN")
    return times


def require_time(t: object, name: str = "t") -> float:
    """Return a single time as a float: any real number or infinity, but not NaN, and no array of times."""
    with suppress(ArgumentError):
        times = require_times(t)  # type: ignore[arg-type]
        if times.ndim == 0:
            return float(times)
    raise ArgumentError(name, t, "a single time, a number that is not NaN")


def require_tau(tau: object, terms: npt.ArrayLike) -> float:
    """Return ``tau`` if it is above 0 and every tau * terms is a finite time, or raise :class:`ArgumentError`."""
    each, most = require_positive("tau", tau), int(np.asarray(terms).max())
    if not math.isfinite(each * most):
        raise ArgumentError("tau", tau, f"so small that {most} terms take a finite time")
    return each


def require_message_cost(message_cost: object, messages: npt.ArrayLike) -> float:
    """Return ``message_cost`` if it is at least 0 and all messages take a finite time, or raise ArgumentError."""
    each, most = require_not_negative("message_cost", message_cost), int(np.asarray(messages).max())
    if not math.isfinite(each * most):
        raise ArgumentError("message_cost", message_cost, f"so small that {most} messages take a finite time")
    return each


def row_costs(terms: npt.NDArray[np.int64], tau: object, message_cost: object = 0.0) -> Floats:
    """Return the times from start-up until row b, complete after a_b terms, is sent: tau a_b + kappa (b + 1)."""
    sent = np.arange(1, len(terms) + 1)
    return np.asarray(require_tau(tau, terms) * terms + require_message_cost(message_cost, sent) * sent)


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
    """Return the number m of symbols as an int, or raise :class:`~srtheory.errors.ArgumentError`."""
    return require_int("symbols", symbols, 1, MOST_SYMBOLS)


def require_degree(degree: object) -> int:
    """Return the degree d as an int, or raise :class:`~srtheory.errors.ArgumentError`."""
    return require_int("degree", degree, 1, MOST_SYMBOLS)


def block_ends(symbols: int, degree: int, access: int | None = None) -> npt.NDArray[np.int64]:
    """Return the numbers ell_b of other symbols that a worker has covered after b blocks, ell_b = min(d b, k - 1).

    A worker's row b (b = 0 is the systematic one) is complete after 1 + ell_b term evaluations.  Where d does not
    divide k - 1 the last block holds the remainder.

    Parameters
    ----------
    symbols : int
        m, from 1 to :data:`MOST_SYMBOLS`.
    degree : int
        d, from 1 to :data:`MOST_SYMBOLS`; d >= k - 1 gives a single block.
    access : int, optional
        Symbols k that a worker sees, its own included, from 1 to m; None means m.

    Returns
    -------
    int64 array, shape (1 + ceil((k - 1)/d),)
        Strictly increasing.
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
