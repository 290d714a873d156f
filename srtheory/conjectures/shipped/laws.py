"""Coverage with and without replacement, and the bounds on latency at finite m."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

from flint import fmpq_poly

from srtheory.conjectures.counts import (
    coverage_polynomial,
    expected_latency,
    holds_everywhere,
    latency_polynomial,
    simplest_violation,
)
from srtheory.conjectures.domains import Counts, Shape, counts, shapes
from srtheory.conjectures.registry import UndecidedError, conjecture
from srtheory.theory.coverage import coverage_given_counts

EXACT = 8
"""Largest number of symbols for which the distribution of T is computed for every degree."""


def replaced_coverage(case: Counts) -> Fraction:
    """Return P(all covered) if every block is a new d-subset of the other symbols, by inclusion and exclusion."""
    m, d = case.symbols, min(case.degree, case.symbols - 1)
    silent, blocks = case.counts.count(0), sum(n - 1 for n in case.counts if n)
    missed = (Fraction(comb(m - 1 - k, d), comb(m - 1, d)) if k < m else 1 for k in range(silent + 1))
    return sum(((-1) ** k * comb(silent, k) * Fraction(p) ** blocks for k, p in enumerate(missed)), Fraction(0))


def _both(case: Counts) -> dict[str, Any]:
    return {
        "without": str(coverage_given_counts(case.symbols, case.degree, case.counts)),
        "with": str(replaced_coverage(case)),
    }


@conjecture(
    "For the same numbers of rows from each worker, a code that samples without replacement covers all symbols with at "
    "least the probability of one that samples with replacement.",
    counts(),
    source="section III-C",
    known="True: what a worker has covered is uniform given its size, and the size is never less without replacement.",
    explain=_both,
)
def without_replacement_covers_faster(case: Counts) -> bool:
    """Compare the coverage probabilities as exact rationals."""
    return coverage_given_counts(case.symbols, case.degree, case.counts) >= replaced_coverage(case)


def _law(case: Shape) -> tuple[fmpq_poly, bool]:
    """Return R for T where it is known, else for the time of coverage, which is at most T; and whether it is for T."""
    exact = case.degree == 1 or case.symbols <= EXACT
    return (latency_polynomial if exact else coverage_polynomial)(case.symbols, case.degree), exact


def _bounded(case: Shape, slope: int) -> bool:
    """Return whether mu E[T] <= slope mu tau + 1 for all tau and mu."""
    polynomial, exact = _law(case)
    if simplest_violation(polynomial, slope) is not None:
        return False
    if exact and holds_everywhere(polynomial, slope):
        return True
    raise UndecidedError


def _violation(case: Shape, slope: int) -> dict[str, Any]:
    polynomial, exact = _law(case)
    y = simplest_violation(polynomial, slope)
    if y is None:
        return {}
    return {
        "rate_times_tau": str(y),
        "rate_times_expected_latency": expected_latency(polynomial, y).str(15, radius=False),
        "rate_times_bound": str(slope * y + 1),
        "closed_form": f"mu E[T] {'=' if exact else '>='} mu tau + R(exp(-mu tau))",
        "R": [str(c) for c in polynomial.coeffs()],
    }


@conjecture(
    "E[T] <= 2 tau d + 1/mu for every m, all tau and mu: (5) without its o(1).",
    shapes(),
    source="section IV, Theorem 1",
    known="False at d = 1 from m = 9 on (the theorem is about m -> inf, and d = 1 does not cover with m + o(m) rows).",
    explain=lambda case: _violation(case, 2 * case.degree),
)
def bound_5_holds(case: Shape) -> bool:
    """Test bound (5)."""
    return _bounded(case, 2 * case.degree)


@conjecture(
    "E[T] <= tau d + 1/mu for every m, all tau and mu: (5) with the constant 1 in place of 2.",
    shapes(),
    source="ours",
    known="False at d = 1 from m = 2 on, where mu tau > ln 2: the systematic symbol's own tau is not in the bound.",
    explain=lambda case: _violation(case, case.degree),
)
def sharp_bound_holds(case: Shape) -> bool:
    """Test the sharp bound."""
    return _bounded(case, case.degree)
