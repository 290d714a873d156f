"""Running error analysis: float64 numbers as computed, each with a bound on its rounding error.

Code that adds, subtracts, scales and divides values of any kind (such as decoders of sums) computes with these bit for
bit what it computes with float64 arrays, and obtains error bounds. Every operation is off by at most u = 2^-53 times
its result. The bounds are themselves computed in float64, and raised by more than their own rounding error. Products
and quotients may also underflow, for which a few of the least numbers above 0 are added. Overflow gives infinity or
NaN, which is reported: :attr:`Rounded.finite`.

Reference: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed. (2002), section 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

import numpy as np

from srtheory.errors import ArgumentError
from srtheory.types import Floats

UNIT = 2.0**-53
_RAISE = 1 + 2.0**-49  # five operations on bounds, at most, between two of these
_LEAST = 2.0**-1074
_quiet = np.errstate(over="ignore", invalid="ignore")  # numbers out of range are infinite or NaN


@dataclass(frozen=True, eq=False)
class Rounded:
    """Numbers as computed, and bounds on their distance from the result of exact arithmetic.

    Attributes
    ----------
    value, off : float64 arrays of one shape
        The numbers, and bounds on their absolute errors.
    """

    value: Floats
    off: Floats

    @property
    def finite(self) -> bool:
        """Whether all numbers and bounds are finite."""
        return bool(np.isfinite(self.value).all() and np.isfinite(self.off).all())

    @_quiet
    def __add__(self, other: Rounded) -> Rounded:
        return _after(self.value + other.value, self.off + other.off)

    @_quiet
    def __sub__(self, other: Rounded) -> Rounded:
        return _after(self.value - other.value, self.off + other.off)

    @_quiet
    def __truediv__(self, divisor: int) -> Rounded:
        """Divide by an integer that is a float64."""
        if divisor == 0 or nearest(divisor)[1] > 0:
            raise ArgumentError("divisor", divisor, "an integer other than 0 that is a float64")
        return _after(self.value / divisor, self.off / abs(divisor) + self._underflow())

    @_quiet
    def __mul__(self, weight: Fraction) -> Rounded:
        """Multiply by a rational number, which is rounded first."""
        factor, lost = nearest(weight)
        inherited = abs(factor) * self.off + lost * (abs(self.value) + self.off)
        return _after(factor * self.value, inherited + self._underflow())

    def _underflow(self) -> Floats:
        """Return what four products of this and another number may lose by underflow."""
        return 4 * _LEAST * ((self.value != 0) | (self.off != 0))


def rounded(numbers: Sequence[Fraction]) -> Rounded:
    """Return rational numbers as float64, shape (k,); infinite, with an infinite bound, if beyond its range."""
    value, off = np.array([nearest(x) for x in numbers], dtype=np.float64).reshape(-1, 2).T
    return Rounded(value, off * _RAISE)


def nearest(number: Fraction | int) -> tuple[float, float]:
    """Return the float64 nearest to a rational number, and the distance between them, rounded up."""
    if not isinstance(number, Rational):
        raise ArgumentError("number", number, "a fraction or an integer")
    try:
        found = float(number)
    except OverflowError:
        return (math.inf if number > 0 else -math.inf), math.inf
    lost = abs(Fraction(found) - number)
    bound = float(lost)
    return found, bound if bound >= lost else math.nextafter(bound, math.inf)


def _after(value: Floats, inherited: Floats) -> Rounded:
    """Return the result of one operation, given the bound inherited from its operands."""
    return Rounded(value, (inherited + UNIT * abs(value)) * _RAISE)
