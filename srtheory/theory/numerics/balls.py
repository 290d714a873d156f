"""Ball arithmetic: a formula is evaluated with more and more bits until its enclosure is as tight as floats allow.

Sums of coefficients of a power of a polynomial come from its values on a circle. Let p_n >= 0 be the coefficients of
g(z)^M, and S(z) = z^-a + ... + z^-(b-1). The mean of g(z)^M S(z) over the K >= b points z_j = r exp(2 pi i j/K) is the
sum of p_n over a <= n < b plus the sum of p_(n+lK) r^(lK) over these n and all l >= 1. For rho >= max(r, 1) the latter
is at most (r/rho)^K g(rho)^M rho^-a, because r^(lK) <= (r/rho)^K rho^(lK) and rho^(lK) = rho^(n+lK) rho^-n <=
rho^(n+lK) rho^-a. It is never negative.

Away from z = r the values are tiny, so that few points matter. If |g(z_j)| <= c g(r) at the points that are left out,
these change the mean by at most (c g(r))^M S(r). Floats with a bound on their error decide which points these are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import accumulate

import numpy as np
from flint import acb, acb_poly, arb, arb_series, ctx, fmpq

from srtheory.theory.numerics.saddle import log_saddle, log_value
from srtheory.types import Floats

NEGLIGIBLE = 2.0**-200
"""Probabilities below this are reported as an interval from 0 to a number below this."""

MAXIMAL_BITS = 1 << 20
UNKNOWN = arb(0.5, 0.5)
"""Any probability: the value of a formula that is :func:`hopeless` at the present precision."""


def enclose(formula: Callable[[], arb]) -> tuple[float, float]:
    """Return floats low <= v <= high around the number v >= 0 that ``formula`` encloses, rounded outwards.

    ``formula`` is called under doubling precision until its ball has a relative radius below 2**-48 or lies below
    :data:`NEGLIGIBLE`; ArithmeticError if a million bits do not suffice, as for a formula that does not converge.
    """
    bits = 96
    while bits <= MAXIMAL_BITS:
        with ctx.workprec(bits):
            ball = formula()
            if ball.abs_upper() < NEGLIGIBLE or ball.rel_accuracy_bits() >= 48:
                return outward(ball)
        bits *= 2
    raise ArithmeticError(f"no tight enclosure within {MAXIMAL_BITS} bits")


def small_term() -> float:
    """Return the size of a term that changes nothing at the present precision, unless the probability is small."""
    return 2.0 ** -(0.75 * ctx.prec)


def hopeless(part: arb) -> bool:
    """Return whether a sum with this part encloses a probability too loosely, since radii only grow."""
    return bool(part.rad() > 2.0**-40)


def enclose_probability(formula: Callable[[], arb]) -> tuple[float, float]:
    """Return :func:`enclose`, cut to [0, 1]."""
    low, high = enclose(formula)
    return min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)


def outward(ball: arb) -> tuple[float, float]:
    """Return the ends of a ball, rounded outwards to floats."""
    low, high = float(ball.lower()), float(ball.upper())
    low = low if arb(low) <= ball.lower() else math.nextafter(low, -math.inf)
    high = high if arb(high) >= ball.upper() else math.nextafter(high, math.inf)
    return low, high


@contextmanager
def series_of(length: int) -> Iterator[None]:
    """Let power series have so many coefficients."""
    cap, ctx.cap = ctx.cap, length
    try:
        yield
    finally:
        ctx.cap = cap


def value_at(coefficients: list[arb], z: arb) -> arb:
    """Return the value of a polynomial with these coefficients, the constant one first, by Horner's scheme."""
    value = arb(0)
    for c in reversed(coefficients):
        value = value * z + c
    return value


def as_fraction(x: fmpq) -> Fraction:
    """Return the same number as a Fraction."""
    return Fraction(int(x.p), int(x.q))


# ------------------------------------------------------------------------- sums of coefficients from values on a circle

STEEPEST = 300.0
"""Largest logarithm of r^deg g, so that floats neither overflow nor lose a coefficient that matters."""

SLACK = 2.0**-46
"""Relative error of |g(z_j)|/g(r) in floats, for each coefficient of g.

The point is wrong by 26 units of roundoff (2 pi j/K by 10, exp, sin and cos by 8 each), a step of Horner's scheme by
sqrt 5 + 1 (Brent, Percival and Zimmermann, Math. Comp. 76, 2007), a coefficient by one, and g(r) by as much: fewer than
64 for each coefficient, which are half of this.
"""

DEAR = 3
"""Number of steps of a recurrence that take as long as one point."""

FEWEST = 100
"""Number of coefficients from which some points may be left out at all."""

MOST = 16
"""Number of points for each coefficient beyond which floats would take too much time and memory."""

LARGEST = 2.0**500
"""Bound on the coefficients, so that no sum of them overflows, nor one of their multiples by e^:data:`STEEPEST`."""


def middle_from_circle(coefficients: list[arb], exponent: int, start: int, stop: int, error: float) -> arb | None:
    """Sum the coefficients from z^a to z^(b - 1) of g^M, 0 <= a < b, M >= 1, to about ``error``, between 0 and 1.

    The coefficients of g are all >= 0, the first above 0. The error is absolute and aimed at; the ball says what was
    reached. None if too many points are needed, if floats cannot tell which of them matter, or if a coefficient is
    below 0 or too large. O(K deg g) operations with floats, K about 2 b, and O(deg g + log M) with balls for each point
    that matters, about K/s of them for a standard deviation s.
    """
    coefficients = coefficients[:stop]
    if exponent < 1 or stop < FEWEST or len(coefficients) < 2:
        return None
    if any(c.rel_accuracy_bits() < 60 or not 0 <= c < LARGEST for c in coefficients):
        return None
    law, digits = np.array([[float(c) for c in coefficients]]), max(-math.log(error), 1.0)

    def height(x: float) -> float:
        """Return the logarithm of g^M z^-n at z = e^x, for the n of the sum at which it is largest."""
        return float(exponent * log_value(law[:, 0], law[:, 1:], np.array([x]))[0] - target * x)

    # Below the mean the circle lies in the unit circle, where the values for larger n are small, and above it outside.
    sign, target = (1, start) if start else (-1, stop - 1)
    saddle = sign * float(log_saddle(law[:, 0], law[:, 1:], exponent, target)[0])
    x = sign * max(saddle, digits / (2 * stop))
    if abs(x) * (len(coefficients) - 1) > STEEPEST:
        return None
    radius, largest = arb(x).exp(), height(x)
    if largest < -digits:
        return value_at(coefficients, radius) ** exponent / radius**target * arb(0.5, 0.5)
    outer = x + 1.5 * digits / stop if start else 0.0
    points = max(stop, math.ceil((digits + height(outer)) / (outer - x)))
    if points > MOST * stop:
        return None
    lost = digits + largest + math.log(stop)
    cut = math.exp(-lost / exponent)
    which = _within(law[0], x, points, cut - len(coefficients) * SLACK)
    if which is None or DEAR * len(which) > stop:
        return None
    with ctx.workprec(math.ceil(lost / math.log(2)) + 2 * (exponent * stop).bit_length() + 16):
        radius, wide = arb(x).exp(), arb(outer).exp()
        g, total = acb_poly(coefficients), arb(0)
        for j in which:
            z = (acb(2 * j) / points).exp_pi_i() * radius
            value = (g(z) ** exponent * _geometric(z, start, stop)).real
            total += value if 2 * j in (0, points) else 2 * value
        left_out = (cut * value_at(coefficients, radius)) ** exponent * _geometric(acb(radius), start, stop).real
        folded = (radius / wide) ** points * value_at(coefficients, wide) ** exponent / wide**start
        found = total / points + left_out * arb(0, 1) - folded * arb(0.5, 0.5)
    return +found


def _within(law: Floats, x: float, points: int, least: float) -> list[int] | None:
    """Return the j <= K/2 with |g(z_j)| > ``least`` g(r) in floats."""
    z = np.exp(x + 2j * np.pi * np.arange(points // 2 + 1) / points)
    values = np.full(len(z), law[-1], dtype=np.complex128)
    for c in law[-2::-1]:
        values *= z
        values += c
    sizes = np.abs(values)
    return np.flatnonzero(sizes > least * sizes[0]).tolist() if sizes[0] > 1e-100 else None


def _geometric(z: acb, start: int, stop: int) -> acb:
    """Return z^-start + ... + z^-(stop - 1)."""
    back = 1 / z
    return back**start * (1 - back ** (stop - start)) / (1 - back)


# ----------------------------------------------------------------------------------------------- powers of a polynomial

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
    with series_of(stop):
        base = arb_series(coefficients[:stop], stop)
        if start == 0:
            return _lower_sum(base, exponent, stop)
        power = base**exponent
        return sum((power[i] for i in range(start, power.length())), arb(0))


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
