"""Weights of rows: signs, integers of a range, residues, elements of a finite field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from srtheory.errors import ArgumentError, require_int
from srtheory.span.descent import finite, products
from srtheory.span.field import parse_field

Vector = tuple[int, ...]
"""A row: one weight for each symbol, 0 for a symbol that is not in it."""

MAX_WEIGHTS = 100
"""Largest number of weights of a domain."""
MAX_WEIGHT = 2**31
"""Largest absolute value of a weight."""


@dataclass(frozen=True)
class Weights:
    """A few weights."""

    values: tuple[int, ...]
    """Distinct and not 0, the simplest first: 1, -1, 2, -2, …"""
    characteristic: int = 0
    """p where they are residues modulo p, from 1 to p - 1, or elements of GF(p^k); 0 where they are integers."""
    elements: str | None = None
    """``"GF(q)"`` where they are numbers of its elements as :mod:`srtheory.span.descent` writes them."""

    @property
    def plain(self) -> bool:
        """Whether 1 is the only weight."""
        return self.values == (1,)

    def canonical_multiple(self, row: Vector) -> Vector:
        """Return the multiple of a row that represents all of its multiples.

        Over the integers its weights have no common factor and the first is positive. Over a finite field the first
        is 1.
        """
        first = next(weight for weight in row if weight)
        if self.elements is not None:
            times = products(self.elements)
            unit = times[times[first].tolist().index(1)]
            return tuple(unit[list(row)].tolist())
        if p := self.characteristic:
            unit = pow(first, -1, p)
            return tuple(weight * unit % p for weight in row)
        shared = gcd(*row) * (1 if first > 0 else -1)
        return tuple(weight // shared for weight in row)

    def __str__(self) -> str:
        if self.elements is not None:
            return f"elements of {self.elements}"
        if p := self.characteristic:
            return f"residues modulo {p}"
        low, high = min(self.values), max(self.values)
        whole = len(self.values) > 3 and len(self.values) == high - low + (low > 0 or high < 0)
        return f"integers from {low} to {high}" if whole else ", ".join(map(str, sorted(self.values)))


ONES = Weights((1,))


def signs() -> Weights:
    """Return 1 and -1."""
    return Weights((1, -1))


def integers(low: int, high: int) -> Weights:
    """Return all integers from ``low`` to ``high`` except 0."""
    require_int("low", low, -MAX_WEIGHT)
    require_int("high", high, low, MAX_WEIGHT)
    if high - low > MAX_WEIGHTS:
        raise ArgumentError("high", high, f"at most {low + MAX_WEIGHTS}: a domain has at most {MAX_WEIGHTS} weights")
    return weights_of(x for x in range(low, high + 1) if x)


def residues(field: str) -> Weights:
    """Return the residues 1 to p - 1 of ``"GF(p)"``."""
    known = parse_field(field)
    if known.degree > 1 or not 0 < known.characteristic <= MAX_WEIGHTS + 1:
        raise ArgumentError("field", field, f"GF(p) with a prime p of at most {MAX_WEIGHTS + 1}")
    return Weights(tuple(range(1, known.characteristic)), known.characteristic)


def elements(field: str) -> Weights:
    """Return the elements of ``"GF(q)"`` except 0, as integers from 1 to q - 1 in galois' representation.

    The digits of the number to the base p are the coefficients, that of 1 last, of a polynomial in the root of the
    Conway polynomial: in GF(4) 2 is x and 3 is x + 1. :mod:`srtheory.span.descent` describes how spans are decided.
    """
    known = finite(field)
    if known.degree == 1:
        return residues(field)
    return Weights(tuple(range(1, known.characteristic**known.degree)), known.characteristic, str(known))


def weights_of(given: Weights | Iterable[int]) -> Weights:
    """Return the weights that a domain is given."""
    if isinstance(given, Weights):
        return given
    expected = (
        f"signs(), residues('GF(5)'), elements('GF(4)'), integers(-2, 2), or 1 to {MAX_WEIGHTS} integers other than 0"
    )
    try:
        values = {_whole(value) for value in given}
    except TypeError:
        raise ArgumentError("weights", given, expected) from None
    if not 0 < len(values) <= MAX_WEIGHTS or 0 in values or max(map(abs, values)) > MAX_WEIGHT:
        shown = "0" if 0 in values else f"{len(values)} numbers"
        raise ArgumentError("weights", shown, expected)
    return Weights(tuple(sorted(values, key=lambda x: (abs(x), -x))))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError
    return int(value)


def support(row: Sequence[int]) -> tuple[int, ...]:
    """Return the positions of the nonzero weights."""
    return tuple(j for j, weight in enumerate(row) if weight)
