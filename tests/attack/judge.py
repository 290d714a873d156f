"""Spans by fraction-free elimination (Bareiss, Math. Comp. 22, 1968), of many matrices of one shape at once.

It shares nothing with the package.  Rows are taken in order; each is cleared of the pivots before it by
(p·row - f·pivot row)/d, d being the pivot before p, which divides exactly over the integers since all entries are
minors.  Over a finite field it is a division like any other.  1 is cleared in the same way, and is spanned once it
is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


class Integers:
    """Machine integers where Hadamard's bound leaves room for products of two minors, Python's where it does not."""

    def embed(self, matrices):
        _, n, m = matrices.shape
        largest = max((abs(int(x)) for x in (matrices.min(initial=1), matrices.max(initial=1))), default=1)
        room = 4 * (m * largest**2) ** (min(n, m) + 1) < 2**63
        return matrices.astype(np.int64 if room else object)

    def clear(self, p, x, f, y, d):
        return (p * x - f * y) // d


@dataclass(frozen=True)
class Residues:
    """GF(p)."""

    p: int

    def embed(self, matrices):
        return (matrices.astype(object) % self.p).astype(np.int64 if self.p < 2**31 else object)

    def clear(self, p, x, f, y, d):
        return (p * x % self.p - f * y % self.p) * self._inverse(d) % self.p

    def _inverse(self, d):
        """By Fermat's little theorem."""
        power, left, square = d * 0 + 1, self.p - 2, d
        while left:
            if left & 1:
                power = power * square % self.p
            left, square = left >> 1, square * square % self.p
        return power


class Tables:
    """GF(p^k) as polynomials over GF(p) modulo an irreducible one: all sums and products are looked up.

    An element is the number whose digits to base p are its coefficients.
    """

    def __init__(self, p: int, modulus: tuple[int, ...]) -> None:
        """``modulus``: the coefficients of the monic polynomial below its leading one, the constant first."""
        self.p, k = p, len(modulus)
        elements = [tuple(x // p**i % p for i in range(k)) for x in range(p**k)]
        number = {element: x for x, element in enumerate(elements)}

        def times(a, b):
            long = [sum(a[i] * b[s - i] for i in range(k) if 0 <= s - i < k) for s in range(2 * k - 1)]
            while len(long) > k:
                top = long.pop()
                for i in range(k):
                    long[len(long) - k + i] -= top * modulus[i]
            return number[tuple(c % p for c in long)]

        self.product = np.array([[times(a, b) for b in elements] for a in elements])
        minus = [[tuple((x - y) % p for x, y in zip(a, b, strict=True)) for b in elements] for a in elements]
        self.difference = np.array([[number[element] for element in line] for line in minus])
        self.inverse = (self.product == 1).argmax(axis=1)

    def embed(self, matrices):
        return matrices.astype(np.int64)

    def clear(self, p, x, f, y, d):
        return self.product[self.difference[self.product[p, x], self.product[f, y]], self.inverse[d]]


FIELDS = {
    "Q": Integers(),
    **{f"GF({p})": Residues(p) for p in (2, 3, 5, 251, 1381, 16609429, 2**31 - 1, 2**61 - 1)},
    "GF(4)": Tables(2, (1, 1)),
    "GF(8)": Tables(2, (1, 1, 0)),
    "GF(9)": Tables(3, (2, 2)),
}
CHARACTERISTIC = {"Q": 0, "GF(4)": 2, "GF(8)": 2, "GF(9)": 3} | {
    name: field.p for name, field in FIELDS.items() if isinstance(field, Residues)
}


@dataclass(frozen=True)
class Verdicts:
    """Of B matrices of n rows: stopping and coverage times, shape (B,), -1 for never; ranks of prefixes, (B, n + 1)."""

    stopping: np.ndarray
    coverage: np.ndarray
    ranks: np.ndarray


def judge(matrices: np.ndarray, field: str) -> Verdicts:
    """The verdicts on integer matrices, shape (B, n, m)."""
    arithmetic = FIELDS[field]
    entries = arithmetic.embed(matrices)
    count, _, m = entries.shape
    spanned, valid = _eliminate(entries, arithmetic)
    met = np.logical_or.accumulate(np.concatenate([np.zeros((count, 1, m), bool), entries != 0], axis=1), axis=1)
    ranks = np.concatenate([np.zeros((count, 1), int), valid.cumsum(axis=1)], axis=1)
    return Verdicts(_first(spanned), _first(met.all(axis=2)), ranks)


def _eliminate(entries, arithmetic):
    """Whether the first 0, 1, … rows span 1, shape (B, n + 1); which rows depend on none before, (B, n)."""
    count, n, m = entries.shape
    every = np.arange(count)
    target = np.ones((count, m), entries.dtype)
    spanned, valid = np.full((count, n + 1), m == 0), np.zeros((count, n), bool)
    steps, last = [], np.ones((count, 1), entries.dtype)
    for i in range(n if m else 0):
        row, before = entries[:, i].copy(), np.ones((count, 1), entries.dtype)
        for step, place, pivot, is_step in steps:
            cleared = arithmetic.clear(pivot, row, row[every, place][:, None], step, before)
            row, before = np.where(is_step, cleared, row), np.where(is_step, pivot, before)
        place = (row != 0).argmax(axis=1)
        pivot = row[every, place][:, None]
        is_step = pivot != 0
        cleared = arithmetic.clear(pivot, target, target[every, place][:, None], row, last)
        target, last = np.where(is_step, cleared, target), np.where(is_step, pivot, last)
        steps.append((row, place, pivot, is_step))
        valid[:, i], spanned[:, i + 1] = is_step[:, 0], ~(target != 0).any(axis=1)
    return spanned, valid


def _first(answers):
    """The first place of a True, -1 where there is none."""
    return np.where(answers.any(axis=1), answers.argmax(axis=1), -1)
