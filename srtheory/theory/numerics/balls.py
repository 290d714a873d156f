"""Ball arithmetic: evaluate a formula with more and more bits until its enclosure is as tight as floats allow."""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import arb, ctx

NEGLIGIBLE = 2.0**-200
"""Probabilities below this are reported as an interval from 0 to a number below this."""

MAXIMAL_BITS = 1 << 20

UNKNOWN = arb(0.5, 0.5)
"""Any probability: the value of a formula that is :func:`hopeless` at the present precision."""


def enclose(formula: Callable[[], arb]) -> tuple[float, float]:
    """Return floats low <= v <= high around the number v >= 0 that ``formula`` encloses, rounded outwards.

    ``formula`` is called under doubling precision until its ball has a relative radius below 2**-48 or lies below
    :data:`NEGLIGIBLE`.

    Raises
    ------
    ArithmeticError
        If a million bits do not suffice, which happens only to a formula that does not converge.
    """
    bits = 96
    while bits <= MAXIMAL_BITS:
        with ctx.workprec(bits):
            ball = formula()
            if ball.abs_upper() < NEGLIGIBLE or ball.rel_accuracy_bits() >= 48:
                return _outward(ball)
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


def _outward(ball: arb) -> tuple[float, float]:
    low, high = float(ball.lower()), float(ball.upper())
    low = low if arb(low) <= ball.lower() else math.nextafter(low, -math.inf)
    high = high if arb(high) >= ball.upper() else math.nextafter(high, math.inf)
    return low, high


def value_at(coefficients: list[arb], z: arb) -> arb:
    """Return the value of a polynomial with these coefficients, the constant one first, by Horner's scheme."""
    value = arb(0)
    for c in reversed(coefficients):
        value = value * z + c
    return value
