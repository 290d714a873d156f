"""Running error analysis: float64 numbers as they are computed, each with a bound on what rounding has done to it.

Whoever adds, subtracts, scales and divides values of any kind (the decoders of sums do) computes with these what it
computes with float64 arrays, to the bit, and is told how far off that can be.  Every operation is off by at most
u = 2^-53 times its result; the bounds are themselves computed in float64, and raised by more than that may lose.
Results near the ends of float64's range are not provided for.

Reference: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed. (2002), section 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from srtheory.types import Floats

UNIT = 2.0**-53
_RAISE = 1 + 2.0**-49  # five operations on bounds, at most, between two of these


@dataclass(frozen=True, eq=False)
class Rounded:
    """Numbers as computed, and how far they can be from what exact arithmetic would have given.

    Attributes
    ----------
    value, off : float64 arrays of one shape
        The numbers, and bounds on their absolute errors.
    """

    value: Floats
    off: Floats

    def __add__(self, other: Rounded) -> Rounded:
        return _after(self.value + other.value, self.off + other.off)

    def __sub__(self, other: Rounded) -> Rounded:
        return _after(self.value - other.value, self.off + other.off)

    def __truediv__(self, divisor: int) -> Rounded:
        """By a whole number that is a float64."""
        return _after(self.value / divisor, self.off / abs(divisor))

    def __mul__(self, weight: Fraction) -> Rounded:
        """By a rational number, which is rounded first."""
        factor = float(weight)
        lost = float(abs(Fraction(factor) - weight))
        return _after(factor * self.value, abs(factor) * self.off + lost * (abs(self.value) + self.off))


def rounded(numbers: Sequence[Fraction]) -> Rounded:
    """Rational numbers as float64, shape (k,)."""
    value = np.array([float(x) for x in numbers])
    off = [float(abs(Fraction(float(x)) - x)) for x in numbers]
    return Rounded(value, np.array(off) * _RAISE)


def _after(value: Floats, inherited: Floats) -> Rounded:
    """The result of one operation, given what it inherits from its operands."""
    return Rounded(value, (inherited + UNIT * abs(value)) * _RAISE)
