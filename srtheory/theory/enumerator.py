"""First moments of the kernel over GF(2) (docs/spanning.md, 1), which decide at finite m whether the rows span 1.

A set K of symbols is *even* if every received row meets it in an even number of symbols, that is, if its indicator
lies in the kernel of the rows over GF(2).  With A_w the expected number of even sets of w symbols, and U_w that of the
sets of w symbols that are all uncovered,

    P(the rows do not span 1 over Q) <= P(some symbol is uncovered) + sum_{w >= 3} (A_w - U_w),
    P(the rows span 1 over Q)        <= 2^{n - m + 1} sum_{w even} A_w - 1                        given n rows.

A kernel vector over Q, made primitive, is a kernel vector over GF(2), which gives the first bound. Even sets of two
symbols are equal columns and can be ignored. For the second, rows that span 1 over Q are dependent over GF(2) or span 1
over it. The numbers of y with yG = 0 and yG = 1 have the means 2^{n-m} sum_w A_w and 2^{n-m} sum_w (-1)^w A_w.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from flint import arb, arb_poly, ctx, fmpz, fmpz_poly

from srtheory.theory.numerics.saddle import (
    ELEMENTARY,
    UNDERFLOW,
    UNIT,
    Powers,
    log_saddle,
    log_sets,
    power_coefficients,
    raised,
    scaled,
)
from srtheory.types import Floats

_BITS = 128
_NEGLIGIBLE = 1e-20

EARLY = 64
"""Number of missing rows with which spanning 1 has a probability of order 2^-64."""


@dataclass(frozen=True)
class Weights:
    """Action of b blocks of one worker on a set of w symbols of its pool, for b = 0 .. B and w = 0 .. m - 1."""

    even: Floats
    missed: Floats
    """P(each of the first b blocks meets the set in an even number of symbols) and P(none meets it), each with a
    relative error below 2**-52; shape (B + 1, m)."""


def block_weights(ends: npt.NDArray[np.int64], symbols: int) -> Weights:
    """Return the probabilities e_b(w) and a_b(w) for the blocks that end at ``ends``, ell_0 = 0 included.

    e_b(w) = [u^w] prod_i ((1 + u)^{d_i} + (1 - u)^{d_i})/2 (1 + u)^{m-1-ell_b} / C(m-1, w),
    a_b(w) = C(m-1-ell_b, w)/C(m-1, w), d_i being the block sizes: the C(m-1, w) sets of places of the w symbols in the
    worker's order are equally likely.  O(B) products of polynomials of degree m.
    """
    rows = [_of_blocks(tuple(ends[: b + 1].tolist()), symbols, even_subsets) for b in range(len(ends))]
    return Weights(np.array([even for even, _ in rows]), np.array([missed for _, missed in rows]))


@lru_cache(maxsize=128)
def _of_blocks(ends: tuple[int, ...], symbols: int, evenly: Callable[[int], fmpz_poly]) -> tuple[Floats, Floats]:
    """Return the last e_b and a_b of :func:`block_weights`, for all w, given :func:`even_subsets`."""
    left, missed = symbols - 1 - ends[-1], np.zeros(symbols)
    with ctx.workprec(_BITS):
        sets = _sets(symbols)
        others = [arb(fmpz.bin_uiui(left, w)) for w in range(left + 1)]
        ways = arb_poly(_met_evenly(ends, evenly)) * arb_poly(others)
        even = np.array([_nearest(ways[w] * sets[w]) for w in range(symbols)])
        missed[: len(others)] = [_nearest(c * s) for c, s in zip(others, sets, strict=False)]
    return even, missed


@lru_cache(maxsize=4)
def _sets(symbols: int) -> list[arb]:
    """Return 1/C(m-1, w) for all w; called at the precision of the balls."""
    return [arb(1) / fmpz.bin_uiui(symbols - 1, w) for w in range(symbols)]


@lru_cache(maxsize=128)
def _met_evenly(ends: tuple[int, ...], evenly: Callable[[int], fmpz_poly]) -> fmpz_poly:
    """Return the polynomial whose coefficient of y^w counts the sets of w terms that meet every block evenly."""
    return _met_evenly(ends[:-1], evenly) * evenly(ends[-1] - ends[-2]) if len(ends) > 1 else fmpz_poly([1])


def _nearest(ball: arb) -> float:
    """Return the midpoint of the ball, whose radius does not matter; never 0 for a positive number.

    A value raised to 1e-300 is a valid upper bound; lower bounds allow for it (:func:`saddle.raised`).
    """
    if ball == 0:
        return 0.0
    if ball.rel_accuracy_bits() < 64:
        raise ArithmeticError(f"{_BITS} bits do not suffice")
    return max(float(ball.mid()), UNDERFLOW)


def even_subsets(size: int) -> fmpz_poly:
    """Return the polynomial whose coefficient of y^w counts the subsets of w elements if w is even, and else is 0."""
    return fmpz_poly([0 if i % 2 else fmpz.bin_uiui(size, i) for i in range(size + 1)])


@dataclass(frozen=True, eq=False)
class Instant:
    """Distribution of one worker at one time, exact for the floats F_b given: q_0 = 1 - F_0, p_b = F_b - F_{b+1}."""

    symbols: int
    received: Floats
    weights: Weights

    @property
    def silent(self) -> float:
        """q_0."""
        return 1 - float(self.received[0])

    @property
    def sent(self) -> Floats:
        """p_b, shape (B + 1,)."""
        return self.received - np.append(self.received[1:], 0.0)

    @property
    def mean(self) -> float:
        """E N(t)."""
        return self.symbols * float(self.received.sum())

    @property
    def spread(self) -> float:
        """Standard deviation of N(t)."""
        n = np.arange(1, len(self.received) + 1)
        return float(np.sqrt(self.symbols * max(float(self.sent @ n**2 - (self.sent @ n) ** 2), 0.0)))

    def powers(self, sizes: npt.NDArray[np.int64], each: Floats, first: int, last: int, base: float = 1.0) -> Powers:
        """Return C(m, w) q_0^w (q_0 + sum_b p_b each_b(w) z^{b+1})^{m-w} at z^first .. z^last for w in ``sizes``.

        The coefficient of z^n is multiplied by base^{n-m+1}, ``base`` a power of two.
        """
        m = self.symbols
        q, p = np.full(len(sizes), self.silent), raised(self.sent, each.T[sizes])
        p = p * base ** np.arange(1, p.shape[1] + 1)
        sets, doubt = log_sets(m, sizes, self.silent)
        shift = (m - 1) * np.log(base)
        offset = sets - shift, doubt + ELEMENTARY * UNIT * shift
        tilts = (log_saddle(q, p, m - sizes, target) for target in (first, last))
        return scaled(offset, q, p, m - sizes, np.clip(0.0, *tilts))

    def coefficients(
        self, sizes: npt.NDArray[np.int64], each: Floats, first: int, last: int, base: float = 1.0
    ) -> tuple[Floats, Floats]:
        """Return bounds on the coefficients of :meth:`powers` at z^first .. z^last, shape (sizes, last - first + 1)."""
        possible = (sizes == 0) | (self.silent > 0)
        low, high = np.zeros((2, len(sizes), last - first + 1))
        if possible.any():
            powers = self.powers(sizes[possible], each, first, last, base)
            low[possible], high[possible] = power_coefficients(powers, np.arange(first, last + 1), self.spread)
        return low, high


def rows_law(instant: Instant, first: int, last: int) -> tuple[Floats, Floats]:
    """Return bounds on P(N(t) = n) for n = ``first`` .. ``last``."""
    low, high = instant.coefficients(np.array([0]), instant.weights.missed, first, last)
    return low[0], high[0]


def uncovered(instant: Instant, first: int, last: int) -> tuple[Floats, Floats]:
    """Return bounds on U_0, U_1, ... on N(t) = n for n = ``first`` .. ``last``, as many as are needed, shape (j, n)."""
    lows, highs = np.zeros((2, 0, last - first + 1))
    while len(highs) < instant.symbols and (len(highs) == 0 or highs[-1].max() > _NEGLIGIBLE):
        sizes = np.arange(len(highs), min(len(highs) + 16, instant.symbols))
        low, high = instant.coefficients(sizes, instant.weights.missed, first, last)
        lows, highs = np.vstack([lows, low]), np.vstack([highs, high])
    return lows, highs


def covered(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return bounds on P(all covered, N(t) = n) = sum_j (-1)^j U_j from those of :func:`uncovered`.

    The omitted terms add up to between 0 and the last term (Bonferroni).
    """
    sign = (-1.0) ** np.arange(len(low))[:, None]
    down, up = np.where(sign > 0, low, -high).sum(axis=0), np.where(sign > 0, high, -low).sum(axis=0)
    error = high[-1] + 4 * len(low) * UNIT * high.sum(axis=0)
    return np.clip(down - error, 0.0, low[0]), np.clip(up + error, 0.0, high[0])


def even_sets(instant: Instant, first: int, last: int, base: float = 1.0) -> Floats:
    """Return upper bounds on base^{n-m+1} A_w on N(t) = n, w = 2 .. m - 1, n = ``first`` .. ``last``, shape (m - 2, n).

    A_m needs every worker inactive, hence n = 0.
    """
    sizes = np.arange(2, instant.symbols)
    return instant.coefficients(sizes, instant.weights.even, first, last, base)[1]


def surplus(even: Floats, missed: Floats) -> Floats:
    """Return an upper bound on sum_{w >= 3} (A_w - U_w) from upper bounds on the A_w and lower ones on the U_w.

    Sets of two symbols are equal columns and can be ignored.
    """
    rest = even[1:].copy()
    known = min(len(missed) - 3, len(rest))
    if known > 0:
        rest[:known] = np.maximum(rest[:known] - missed[3 : 3 + known], 0.0)
    return np.asarray(rest.sum(axis=0) * (1 + 2 * len(rest) * UNIT))
