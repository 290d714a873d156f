"""Plain Gaussian elimination over any field, in the field's own elements: the slow judge of every span.

Elements are Fractions over Q, residues over GF(p), and over GF(p^k) the integers whose digits to base p are the
coefficients of a polynomial in x (the constant is the last digit), which are calculated with modulo the polynomial that
galois names.  It is written out here, so that a reader can check it, and a test compares it with galois.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Field:
    """Q (p = 0), GF(p), or GF(p^k) with the polynomial's coefficients below its leading 1, the constant first."""

    p: int = 0
    lower: tuple[int, ...] = (0,)

    @property
    def order(self):
        return self.p ** len(self.lower)

    def element(self, number):
        """What a weight is: a number over Q, its residue over GF(p), itself over GF(p^k)."""
        if not self.p:
            return Fraction(number)
        if len(self.lower) == 1:
            return number % self.p
        if not 0 <= number < self.order:
            raise ValueError(number)
        return number

    def digits(self, a):
        return [a // self.p**t % self.p for t in range(len(self.lower))]

    def minus(self, a, b):
        if not self.p:
            return a - b
        pairs = zip(self.digits(a), self.digits(b), strict=True)
        return sum((x - y) % self.p * self.p**t for t, (x, y) in enumerate(pairs))

    def times(self, a, b):
        if not self.p:
            return a * b
        total = 0
        for digit in reversed(self.digits(b)):  # Horner's rule: x^k is minus the lower terms
            *rest, top = self.digits(total)
            total = sum(
                (x - top * y) % self.p * self.p**t for t, (x, y) in enumerate(zip([0, *rest], self.lower, strict=True))
            )
            scaled = sum(x * digit % self.p * self.p**t for t, x in enumerate(self.digits(a)))
            total = self.minus(total, self.minus(0, scaled))
        return total

    def inverse(self, a):
        if not self.p:
            return 1 / a
        power, left = 1, self.order - 2  # a^(q - 2), since a^(q - 1) = 1
        while left:
            power, a, left = self.times(power, a) if left & 1 else power, self.times(a, a), left >> 1
        return power

    def product(self, row, column):
        """The sum of the products of two vectors."""
        total = self.element(0)
        for a, b in zip(row, column, strict=True):
            total = self.minus(total, self.minus(self.element(0), self.times(a, b)))
        return total


FIELDS = {
    "Q": Field(),
    **{f"GF({p})": Field(p) for p in (2, 3, 251, 16609429, 2**31 - 1, 2**61 - 1, 9223372036854775783)},
    "GF(4)": Field(2, (1, 1)),
    "GF(8)": Field(2, (1, 1, 0)),
    "GF(9)": Field(3, (2, 2)),
    "GF(25)": Field(5, (2, 4)),
    "GF(27)": Field(3, (1, 2, 0)),
    "GF(65536)": Field(2, (1, 0, 1, 1, 0, 1, *(0,) * 10)),
    f"GF({65521**2})": Field(65521, (17, 65518)),
    f"GF({2**61})": Field(2, (1, 1, 1, 0, 0, 1, *(0,) * 55)),
}


@dataclass(frozen=True)
class Answers:
    """Whether the first 0, 1, ... rows span 1, their ranks, and the least numbers of them that do and that cover."""

    spans: list[bool]
    ranks: list[int]
    stopping_time: int | None
    coverage_time: int | None


def judge(matrix: list[list[int]], columns: int, name: str) -> Answers:
    """All about the rows of whole numbers, each reduced by those before it, and so is 1."""
    field = FIELDS[name]
    pivots, spans, ranks, unmet = [], [], [], set(range(columns))
    covered = 0 if not columns else None

    def reduced(row):
        for place, pivot in pivots:
            factor = row[place]
            row = [field.minus(a, field.times(factor, b)) for a, b in zip(row, pivot, strict=True)]
        return row

    for k, weights in enumerate([None, *matrix]):
        if weights is not None:
            row = [field.element(weight) for weight in weights]
            unmet -= {j for j, a in enumerate(row) if a}
            row = reduced(row)
            place = next((j for j, a in enumerate(row) if a), None)
            if place is not None:
                unit = field.inverse(row[place])
                pivots.append((place, [field.times(unit, a) for a in row]))
        covered = k if covered is None and not unmet else covered
        spans.append(not any(reduced([field.element(1)] * columns)))
        ranks.append(len(pivots))
    return Answers(spans, ranks, spans.index(True) if True in spans else None, covered)
