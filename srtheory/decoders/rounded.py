"""Running error analysis: float64 numbers as they are computed, each with a bound on what rounding has done to it.

Whoever adds, subtracts, scales and divides values of any kind (the decoders of sums do) computes with these what it
computes with float64 arrays, to the bit, and is told how far off that can be.  Every operation is off by at most
u = 2^-53 times its result; the bounds are themselves computed in float64, and raised by more than that may lose.
Products and quotients may also underflow, for which a few of the least numbers above 0 are added.  What leaves the
range at its other end is infinite or not a number, and says so: :attr:`Rounded.finite`.

Reference: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed. (2002), section 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from srtheory.types import Floats

UNIT = 2.0**-53
_RAISE = 1 + 2.0**-49  # five operations on bounds, at most, between two of these
_LEAST = 2.0**-1074
_quiet = np.errstate(over="ignore", invalid="ignore")  # numbers out of range say so themselves


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

    @property
    def finite(self) -> bool:
        """Whether no number and no bound is infinite or NaN."""
        return bool(np.isfinite(self.value).all() and np.isfinite(self.off).all())

    @_quiet
    def __add__(self, other: Rounded) -> Rounded:
        return _after(self.value + other.value, self.off + other.off)

    @_quiet
    def __sub__(self, other: Rounded) -> Rounded:
        return _after(self.value - other.value, self.off + other.off)

    @_quiet
    def __truediv__(self, divisor: int) -> Rounded:
        """By a whole number that is a float64."""
        return _after(self.value / divisor, self.off / abs(divisor) + self._underflow())

    @_quiet
    def __mul__(self, weight: Fraction) -> Rounded:
        """By a rational number, which is rounded first."""
        factor, lost = _nearest(weight)
        inherited = abs(factor) * self.off + lost * (abs(self.value) + self.off)
        return _after(factor * self.value, inherited + self._underflow())

    def _underflow(self) -> Floats:
        """Return what four products of this and another number may lose at the lower end of the range."""
        return 4 * _LEAST * ((self.value != 0) | (self.off != 0))


def rounded(numbers: Sequence[Fraction]) -> Rounded:
    """Return rational numbers as float64, shape (k,); infinite, with an infinite bound, beyond its range."""
    value, off = np.array([_nearest(x) for x in numbers], dtype=np.float64).reshape(-1, 2).T
    return Rounded(value, off * _RAISE)


def _nearest(number: Fraction) -> tuple[float, float]:
    """Return the float64 nearest to a rational number, and how far it is from that, above 0 unless it is the same."""
    try:
        nearest = float(number)
    except OverflowError:
        return (math.inf if number > 0 else -math.inf), math.inf
    lost = abs(Fraction(nearest) - number)
    return nearest, max(float(lost), _LEAST) if lost else 0.0


def _after(value: Floats, inherited: Floats) -> Rounded:
    """Return the result of one operation, given what it inherits from its operands."""
    return Rounded(value, (inherited + UNIT * abs(value)) * _RAISE)
