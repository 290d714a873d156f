"""Classical coupon collector in groups of d, with replacement between rows, for comparison with Theorem 2.

Each row is an independent, uniformly random d-subset of the m symbols (d = 1: the textbook case).  A worker of the
sum-recovery code never draws a symbol twice, and starts with one of its own.
"""

from __future__ import annotations

from flint import arb, fmpz

from srtheory.errors import require_int
from srtheory.theory.blocks import require_symbols
from srtheory.theory.numerics.balls import enclose, enclose_probability, small_term


def collector_by_rows(rows: int, symbols: int, degree: int) -> tuple[float, float]:
    """Return P(n independent uniform d-subsets cover [m]) = sum_k (-1)^k C(m, k) (C(m-k, d)/C(m, d))^n as an interval.

    O(m) ball operations, as a rule some tens: the sum lies between any two partial sums that follow one another
    (Bonferroni's inequalities), and ends where a term is small.

    Parameters
    ----------
    rows : int
        n >= 0.
    symbols : int
        m >= 1.
    degree : int
        d from 1 to m.
    """
    m, n = require_symbols(symbols), require_int("rows", rows, 0)
    d = require_int("degree", degree, 1, m)

    def formula() -> arb:
        miss, choices, total = arb(1), arb(1), arb(0)
        for k in range(m + 1):
            term = choices * miss**n
            if term.abs_upper() < small_term():
                return total + term * arb(0, 1)
            total += (-1) ** k * term
            miss *= arb(max(m - k - d, 0)) / max(m - k, 1)
            choices *= arb(m - k) / (k + 1)
        return total

    return enclose_probability(formula)


def collector_mean(symbols: int, degree: int) -> tuple[float, float]:
    """Return the expected number of rows until [m] is covered, sum_{k>=1} (-1)^{k+1} C(m, k)/(1 - C(m-k, d)/C(m, d)).

    d = 1 gives m (1 + 1/2 + ... + 1/m).  Arguments as :func:`collector_by_rows`; a rigorous interval.
    """
    m = require_symbols(symbols)
    d = require_int("degree", degree, 1, m)

    def formula() -> arb:
        miss, total = arb(1), arb(0)
        for k in range(1, m + 1):
            miss *= arb(max(m - k + 1 - d, 0)) / (m - k + 1)
            total -= (-1) ** k * arb(fmpz.bin_uiui(m, k)) / (1 - miss)
        return total

    return enclose(formula)
