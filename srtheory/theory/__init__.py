"""Formulas: exact distributions, limits and bounds.  Nothing here draws a random number.

What all functions take is told here, once.  ``model`` is the setting, a :class:`~srtheory.model.Model`: m, tau, F,
and of the other fields those that :func:`~srtheory.model.depends_on` names; any other must have its default.  ``t``
is a time in the unit of tau, or an array of times, whose shape the result then has.  ``symbols``, ``degree`` and
``access`` are m, d and k.  A pair (low, high) encloses a probability, 0 <= low <= P <= high <= 1, with all errors of
rounding.  Times in results are in the unit of tau, too.  Bad input raises :class:`~srtheory.errors.ArgumentError`.
"""

from __future__ import annotations

from srtheory.lookup import Entry

RIGOROUS = "rigorous interval"
BY_ARRIVALS = "rigorous interval for the arrival of m - s symbols; the latency is less only if fewer happen to span 1"
OR_BOUNDS = "rigorous interval, between two bounds if the exact value takes too long"
IF_HITTING = (
    "rigorous interval for P(m rows and coverage, or all m terms of one worker, by t); for P(T <= t) see guarantee"
)
"""The hitting-time law is an event at a given m, which fails with some probability, and no premise."""

ENTRIES = {
    "sr": Entry("srtheory.theory.latency", "latency_bounds_given_hitting", IF_HITTING),
    "one": Entry("srtheory.theory.by_scheme", "one_bounds", RIGOROUS),
    "uncoded": Entry("srtheory.theory.by_scheme", "uncoded_bounds", RIGOROUS),
    "repetition": Entry("srtheory.theory.by_scheme", "repetition_bounds", RIGOROUS),
    "bcc": Entry("srtheory.theory.by_scheme", "bcc_bounds", RIGOROUS),
    "gradient-fractional": Entry("srtheory.theory.by_scheme", "fractional_bounds", RIGOROUS),
    "gradient-cyclic": Entry("srtheory.theory.by_scheme", "arrivals_bounds", BY_ARRIVALS),
    "parts-stream": Entry("srtheory.theory.by_scheme", "parts_stream_bounds", RIGOROUS),
    "parts-cyclic": Entry("srtheory.theory.by_scheme", "parts_cyclic_bounds", RIGOROUS),
    "parts-even": Entry("srtheory.theory.both_ends", "parts_even_bounds", OR_BOUNDS),
    "parts-pairs": Entry("srtheory.theory.both_ends", "parts_pairs_bounds", OR_BOUNDS),
    "arcs": Entry("srtheory.theory.by_scheme", "arcs_bounds", RIGOROUS),
    "terms-random": Entry("srtheory.theory.by_scheme", "terms_random_bounds", RIGOROUS),
    "terms-cyclic": Entry("srtheory.theory.by_scheme", "terms_cyclic_bounds", RIGOROUS),
    "terms-pairs": Entry("srtheory.theory.both_ends", "terms_pairs_bounds", OR_BOUNDS),
    "terms-staircase": Entry("srtheory.theory.both_ends", "terms_staircase_bounds", OR_BOUNDS),
    "genie": Entry("srtheory.theory.by_scheme", "genie_bounds", RIGOROUS),
}
"""Distributions of the latency by scheme name: law(t, m[, degree or stragglers], tau, startup), and their status."""
