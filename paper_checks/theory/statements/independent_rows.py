"""Probability that independent rows span 1: first moments over GF(2) (docs/proofs/spanning.md, Proposition 1.8).

Every row contains a random number of symbols, its degree. Given the degree, they are a uniformly random set from a
pool. In addition, the systematic rows of some of the m symbols may have arrived. The following codes draw rows in this
way:

- :class:`~srtheory.schemes.fountain.LubyTransform`: degrees from ``robust_soliton``, distinct symbols, no
  systematic rows: ``degrees = dict(enumerate(robust_soliton(m), 1))``, up to the 2^-53 to which the code draws them;
- :class:`~srtheory.schemes.fountain.RepairableFountain`: d draws with repetition, so that the degree is random:
  ``degrees = degrees_of_draws(m, d)``, with the systematic row of every worker that has sent one;
- the parities of :class:`~srtheory.schemes.sum_recovery.SumRecovery` with replacement and full access:
  ``degrees = {min(d, m - 1): 1}`` and ``pool = m - 1``, since a worker that sends a parity has sent its own symbol.

The number of rows is given, and nothing else is known of them. If the time of a row depends on its degree (the first
two codes), the rows received first, or by a given time, have lower degrees than the distribution. For these codes the
functions apply to a number of rows from each worker that is fixed beforehand, for example all rows of an LT code with a
cap. In the sum-recovery code every block takes the same time, and the moments hold by time given the counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpq, fmpz, fmpz_poly

from srtheory.errors import ArgumentError, require_int
from srtheory.theory.numerics.balls import as_fraction
from srtheory.theory.startup import require_degree, require_symbols

Degrees = Mapping[int, float | Fraction]
_ROUNDING = Fraction(1, 2**30)


def degrees_of_draws(symbols: int, draws: int) -> dict[int, Fraction]:
    """Return the exact distribution of the number of different symbols among ``draws`` uniform ones with repetition.

    Draw by draw: after s different ones the next is new with probability 1 - s/m.  O(d min(d, m)) operations.
    """
    m, d = require_symbols(symbols), require_degree(draws)
    ways = {0: 1}  # in how many of the m^i ways i draws show s symbols
    for _ in range(d):
        ways = {s: s * ways.get(s, 0) + (m - s + 1) * ways.get(s - 1, 0) for s in range(1, min(m, max(ways) + 1) + 1)}
    return {s: Fraction(number, m**d) for s, number in ways.items()}


def sets_of_independent_rows(
    symbols: int, degrees: Degrees, rows: int, *, systematic: int = 0, pool: int | None = None
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the expected numbers A_w and U_w of sets of w symbols that every row meets evenly, and that no row meets.

    With z symbols that have no systematic row, A_w = C(z, w) P(even | w)^k and U_w = C(z, w) P(missed | w)^k, for one
    row and given w of the z symbols.

    Exact.  One product of polynomials of degree m for every degree, and O(z) powers of rationals with O(m + b) bits, b
    those of the common denominator of the probabilities, so that the results have O(k (m + b)) bits.

    Parameters
    ----------
    symbols : int
        m, from 1 to :data:`~srtheory.theory.startup.MOST_SYMBOLS`.
    degrees : mapping
        Probabilities by degree, a degree from 0 to the size of the pool.  Floats count as the dyadic rationals that
        they are.  The sum may differ from 1 by 2^-30. All are divided by it.
    rows : int
        k >= 0, the rows besides the systematic ones.
    systematic : int
        From 0 to m, the symbols that have a systematic row.
    pool : int, optional
        Number of symbols, from m - ``systematic`` to m, from which a row takes its own: all those without a systematic
        row, and others.  None: m.

    Returns
    -------
    even, uncovered : lists of Fraction, length z + 1
        A_0, ..., A_z and U_0, ..., U_z, z = m - ``systematic``.
    """
    law = _law(symbols, degrees, rows, systematic, pool)
    return [as_fraction(x) for x in law.even], [as_fraction(x) for x in law.uncovered]


def spanning_of_independent_rows(
    symbols: int, degrees: Degrees, rows: int, *, systematic: int = 0, pool: int | None = None
) -> tuple[Fraction, Fraction]:
    """Return P(the rows span 1 over Q), as a proved interval of exact rationals.

    With W the uncovered symbols and n = k + ``systematic`` rows,
    P(W empty) - sum_{w >= 3} (A_w - U_w) <= P <= P(W empty) = sum_w (-1)^w U_w, and for n < m also
    P <= 2^{n-m+1} sum_{w even} A_w - 1.

    Arguments, errors and cost as :func:`sets_of_independent_rows`.

    Some 2 s at m = 1000 for 500 systematic rows and 600 of 10 draws, and at m = 200 for 230 rows of an LT code.
    """
    law = _law(symbols, degrees, rows, systematic, pool)
    even, uncovered = law.even, law.uncovered
    covered = sum(uncovered[::2], fmpq(0)) - sum(uncovered[1::2], fmpq(0))
    low = max(covered - sum(even[3:], fmpq(0)) + sum(uncovered[3:], fmpq(0)), fmpq(0))
    missing = law.unknown - rows
    if missing > 0:
        covered = min(covered, sum(even[::2], fmpq(0)) / fmpz(2) ** (missing - 1) - 1)
    return as_fraction(low), as_fraction(covered)


@dataclass(frozen=True)
class _Law:
    """Rows of s symbols of the pool with probability weights[s] over the sum of the weights, which are integers."""

    unknown: int
    pool: int
    weights: Mapping[int, int]
    rows: int

    @cached_property
    def even(self) -> list[fmpq]:
        return self._moments(even_ways(self.pool, self.weights))

    @cached_property
    def uncovered(self) -> list[fmpq]:
        return self._moments(_missed_ways(self.pool, self.weights))

    def _moments(self, ways: fmpz_poly) -> list[fmpq]:
        total = sum(self.weights.values())
        chances = (fmpq(ways[w], total * fmpz.bin_uiui(self.pool, w)) for w in range(self.unknown + 1))
        return [fmpz.bin_uiui(self.unknown, w) * chance**self.rows for w, chance in enumerate(chances)]


def even_ways(pool: int, weights: Mapping[int, int]) -> fmpz_poly:
    """Return, as the coefficient of y^w, the weight of all sets of w symbols of the pool that a row meets evenly."""
    plus, minus = fmpz_poly([1, 1]), fmpz_poly([1, -1])
    signed = sum((weight * minus**s * plus ** (pool - s) for s, weight in weights.items()), fmpz_poly())
    return (sum(weights.values()) * plus**pool + signed) // 2


def _missed_ways(pool: int, weights: Mapping[int, int]) -> fmpz_poly:
    """Return the same for the sets that a row misses."""
    return sum((weight * fmpz_poly([1, 1]) ** (pool - s) for s, weight in weights.items()), fmpz_poly())


def _law(symbols: int, degrees: Degrees, rows: int, systematic: int, pool: int | None) -> _Law:
    m = require_symbols(symbols)
    unknown = m - require_int("systematic", systematic, 0, m)
    size = m if pool is None else require_int("pool", pool, unknown, m)
    chances = {require_int("degrees", s, 0, size): _chance(p) for s, p in degrees.items()}
    if abs(sum(chances.values(), Fraction(-1))) > _ROUNDING:
        raise ArgumentError("degrees", degrees, "probabilities that add up to 1")
    common = math.lcm(*(p.denominator for p in chances.values()))
    weights = {s: int(p * common) for s, p in chances.items() if p}
    return _Law(unknown, size, weights, require_int("rows", rows, 0))


def _chance(value: float | Fraction) -> Fraction:
    try:
        chance = Fraction(value)
    except (TypeError, ValueError, OverflowError):
        chance = Fraction(-1)
    if chance < 0:
        raise ArgumentError("degrees", value, "probabilities by degree, of at least 0")
    return chance
