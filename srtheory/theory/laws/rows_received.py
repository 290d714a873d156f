"""Exact distribution of the number N(t) of rows received by time t from m independent workers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
from flint import arb, arb_series, ctx

from srtheory.errors import require_int
from srtheory.model import Model, depends_on
from srtheory.theory.numerics.balls import enclose_probability, middle_from_circle
from srtheory.theory.startup import cdf_bounds, ends_of, require_message_cost, require_tau, require_time
from srtheory.types import Floats


@depends_on("degree", "access", "silent")
def rows_by_time(model: Model, t: float, rows: int) -> tuple[float, float]:
    """Return P(N(t) >= rows) = P(the rows-th row has arrived by t), as a rigorous interval.

    A worker's number of rows has the generating polynomial g(z) = 1 - F_0 + sum_b (F_b - F_{b+1}) z^{b+1} with
    F_b = F(t - tau (1 + ell_b)); N(t) has g(z)^m, taken modulo z^n: all its coefficients are positive.

    Parameters
    ----------
    rows : int
        n >= 0.
    """
    ends = ends_of(model)
    n = require_int("rows", rows, 0)

    def law(received: Floats) -> arb:
        silent, weights = worker_law(received)
        return 1 - middle_of_power([silent, *weights], model.symbols, 0, n)

    return monotone(model, law, t, ends)


def monotone(
    model: Model,
    law: Callable[[Floats], arb],
    t: float,
    ends: npt.NDArray[np.int64],
    *,
    messages: npt.NDArray[np.int64] | None = None,
) -> tuple[float, float]:
    """Enclose a probability that is non-decreasing in every F_b = F(t - tau (1 + ell_b) - kappa n_b).

    ``messages`` are the n_b, the numbers of messages of the worker by then, the last one included. None means 1, 2, 3,
    ...
    """
    time, tau = require_time(t), require_tau(model.tau, 1 + ends)
    sent = np.arange(1, len(ends) + 1) if messages is None else messages
    costs = tau * (1 + ends) + require_message_cost(model.message_cost, sent) * sent
    low, high = cdf_bounds(model.defective_startup, time, costs)
    return enclose_probability(lambda: law(low))[0], enclose_probability(lambda: law(high))[1]


def worker_law(received: Floats) -> tuple[arb, list[arb]]:
    """Return 1 - F_0 and the F_b - F_{b+1}, without rounding error, cut after the last b with F_b > 0."""
    values = [arb(float(f)) for f in received[received > 0]] or [arb(0)]
    values.append(arb(0))
    return 1 - values[0], [a - b for a, b in pairwise(values)]


FEW = 32
"""Number of coefficients up to which a power is found term by term, which is ten times as fast for a dozen of them."""


def middle_of_power(coefficients: list[arb], exponent: int, start: int, stop: int, error: float | None = None) -> arb:
    """Sum the coefficients from z^start to z^(stop - 1) of a power of a polynomial with coefficients >= 0.

    The ball may be about ``error`` wide. None means 2^-bits at the present precision.
    """
    if exponent == 0:
        return arb(int(start == 0 < stop))
    used = [place for place, c in enumerate(coefficients) if not c.is_zero()]
    if not used:
        return arb(0)
    coefficients = coefficients[used[0] : used[-1] + 1]  # once F is 1, or cannot be told from it, others are 0
    start, stop = max(start - used[0] * exponent, 0), stop - used[0] * exponent
    if start >= stop:
        return arb(0)
    error = 2.0**-ctx.prec if error is None else min(error, 0.5)
    found = middle_from_circle(coefficients, exponent, start, stop, error) if error > 0 else None
    if found is not None:
        return found
    if len(coefficients) <= FEW:
        return sum(_power(coefficients, exponent, stop)[start:], arb(0))
    cap, ctx.cap = ctx.cap, stop
    try:
        base = arb_series(coefficients[:stop], stop)
        if start == 0:
            return _lower_sum(base, exponent, stop)
        power = base**exponent
        return sum((power[i] for i in range(start, power.length())), arb(0))
    finally:
        ctx.cap = cap


def _power(coefficients: list[arb], exponent: int, stop: int) -> list[arb]:
    """Return the coefficients p_0, ..., p_(stop - 1) of g^exponent, g_0 > 0, by g p' = exponent g' p.

    n g_0 p_n = sum_k ((exponent + 1) k - n) g_k p_(n - k): only terms with n > (exponent + 1) k are negative, so that
    up to n = exponent + 1 nothing cancels.  O(stop len(coefficients)) ball operations.
    """
    first, *later = coefficients
    found = [first**exponent]
    for n in range(1, stop):
        terms = (g * ((exponent + 1) * k - n) * found[n - k] for k, g in enumerate(later[:n], 1))
        found.append(sum(terms, arb(0)) / (first * n))
    return found


def _lower_sum(base: arb_series, exponent: int, stop: int) -> arb:
    """Sum the coefficients before z^stop, without the last product of the power, which saves two thirds of the time."""
    half = base ** (exponent // 2)
    rest = half * base if exponent % 2 else half
    sums = list(accumulate(rest[i] for i in range(stop)))
    return sum((half[i] * sums[stop - 1 - i] for i in range(half.length())), arb(0))


def rows_beyond(m: int, received: Floats, small: float) -> tuple[int, arb]:
    """Return a number of rows and Chernoff's bound, about ``small``, on P(N is at least that): min_z g(z)^m z^-rows."""
    silent, weights = worker_law(received)
    sent = len(weights)
    exponents = np.geomspace(1e-4, min(3.0, 600 / sent), 80)
    powers = np.exp(np.outer(exponents, np.arange(sent + 1)))
    growth = np.log1p(np.diff(powers) @ received[:sent])
    rows = (m * growth - np.log(small)) / exponents
    best = int(rows.argmin())
    stop, z = int(rows[best]) + 1, arb(float(exponents[best])).exp()
    if stop > m * sent:
        return m * sent + 1, arb(0)
    return stop, (silent + sum((w * z ** (b + 1) for b, w in enumerate(weights)), arb(0))) ** m / z**stop


def radius_below(m: int, received: Floats, rows: int) -> arb:
    """Return a z <= 1 at which g(z)^m z^(1 - rows), a bound on P(N < rows), is nearly minimal."""
    exponents = np.geomspace(1e-4, 3.0, 80)
    powers = np.exp(-np.outer(exponents, np.arange(len(received) + 1)))
    with np.errstate(divide="ignore"):
        logs = m * np.log(np.maximum(1 + np.diff(powers) @ received, 0.0)) + (rows - 1) * exponents
    return arb(-float(exponents[int(logs.argmin())])).exp()
