"""Gradient codes when some workers never answer: the probability of losing the sum, and the mean latency.

a of the m workers, chosen uniformly, send nothing; the others start up after independent exponential times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from flint import fmpz_poly
from scipy.stats import binom, expon

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.theory.by_scheme import group_sizes
from srtheory.theory.startup import order_means
from srtheory.types import Floats

LEAST_KEPT = 1e-250
"""Smallest probability of keeping the sum for which :func:`fractional_mean` has sufficiently large floats."""


def fractional_lost(symbols: int, stragglers: int, silent: int) -> Fraction:
    """Return P(all workers of some group of fractional repetition are silent), exactly.

    1 - [z^a] prod_g ((1 + z)^r_g - z^r_g) / C(m, a) over the sizes r_g of the groups.

    The code is made for m symbols and workers and s stragglers, 0 <= s < m; a workers are silent, 0 <= a <= m.
    """
    sizes = group_sizes(symbols, stragglers)
    a = require_int("silent", silent, 0, symbols)
    kept = fmpz_poly([1])
    for size, count in sizes.items():
        kept = _cut(kept * _power(fmpz_poly([math.comb(size, n) for n in range(size)]), count, a), a)
    return 1 - Fraction(int(kept[a]), math.comb(symbols, a))


def fractional_mean(symbols: int, stragglers: int, silent: int, tau: float, rate: float) -> float:
    """Return E[T] of fractional repetition given that the sum is not lost, to about 5 digits, or inf if it always is.

    P(T <= t) = [z^a] prod_g ((1 + z)^r_g - (z + S_g)^r_g) / C(m, a) with S_g = exp(-mu (t - r_g tau)); the mean by
    the trapezoidal rule on a geometric grid of times, beyond which P(T > t) < m e^-40.

    Times are in the unit of tau; mu = ``rate``.
    """
    sizes = group_sizes(symbols, stragglers)
    tau, rate = require_positive("tau", tau), require_positive("rate", rate)
    lost = fractional_lost(symbols, stragglers, silent)
    if lost == 1:
        return math.inf
    kept = float(1 - lost)
    if kept < LEAST_KEPT:
        raise ArgumentError("silent", silent, f"so few that the sum is kept with probability {LEAST_KEPT:g} or more")
    start = tau * min(sizes)
    later = np.append(0.0, np.geomspace(1e-6 / rate, 40 / rate + tau, 4000))
    groups = [_Groups(size, count, symbols, silent) for size, count in sizes.items()]
    every = binom.pmf(silent, symbols, silent / symbols)
    left = [1 - _by(start + t, groups, silent, tau, rate) / every / kept for t in later]
    return start + float(np.trapezoid(left, later))


def cyclic_mean(symbols: int, stragglers: int, silent: int, tau: float, rate: float) -> float:
    """Return the mean of the (m - s)-th arrival, when cyclic repetition has the sum, or inf if it never arrives, s < a.

    E X_(m-s) among the m - a workers that answer, + tau (s + 1).  Arguments as in :func:`fractional_mean`.
    """
    tau, rate = require_positive("tau", tau), require_positive("rate", rate)
    m, a = require_int("symbols", symbols), require_int("silent", silent, 0, symbols)
    s = require_int("stragglers", stragglers, 0, m - 1)
    if s < a:
        return math.inf
    return float(order_means(expon(scale=1 / rate), m - a)[m - s - 1]) + tau * (s + 1)


def _power(base: fmpz_poly, exponent: int, degree: int) -> fmpz_poly:
    """Return a power of a polynomial, up to this degree."""
    found = fmpz_poly([1])
    for _ in range(exponent):
        found = _cut(found * base, degree)
    return found


def _cut(polynomial: fmpz_poly, degree: int) -> fmpz_poly:
    return fmpz_poly(polynomial.coeffs()[: degree + 1])


class _Groups:
    """Groups of one size, with the probabilities of each possible number of silent workers in a group.

    Every worker is silent with probability a/m, given that a are: binomial weights, where bare coefficients overflow.
    """

    def __init__(self, size: int, count: int, workers: int, silent: int) -> None:
        n = np.arange(min(size, silent) + 1)
        self.size, self.count = size, count
        self.chance, self.answering = binom.pmf(n, size, silent / workers), size - n


def _by(t: float, groups: Iterable[_Groups], silent: int, tau: float, rate: float) -> float:
    """Return P(T <= t and a workers are silent) of fractional repetition; all terms added are positive."""
    kept = np.ones(1)
    for its in groups:
        late = math.exp(-rate * max(t - its.size * tau, 0.0))
        group = its.chance * (1 - late**its.answering)
        kept = _convolved(kept, _float_power(group, its.count, silent), silent)
    return float(kept[silent])


def _float_power(base: Floats, exponent: int, degree: int) -> Floats:
    found = None
    while True:
        if exponent % 2:
            found = base if found is None else _convolved(found, base, degree)
        exponent //= 2
        if not exponent:
            return np.ones(1) if found is None else found
        base = _convolved(base, base, degree)


def _convolved(one: Floats, other: Floats, degree: int) -> Floats:
    return np.convolve(one, other)[: degree + 1]
