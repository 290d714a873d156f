"""FLINT's rationals as Python's."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq


def as_fraction(x: fmpq) -> Fraction:
    """Return the same number as a Fraction."""
    return Fraction(int(x.p), int(x.q))
