"""Formulas: exact distributions, limits and bounds. Nothing here draws a random number."""

from __future__ import annotations

from srtheory.lookup import Entry

RIGOROUS = "rigorous interval"
BY_ARRIVALS = "rigorous interval for the arrival of m - s symbols; only where fewer chance to span 1 is the sum earlier"
CONDITIONAL = "rigorous interval for an event that is the code's stopping if the hitting-time law holds at this m"

ENTRIES = {
    "sr": Entry("theory.laws.stopping", "latency_bounds_given_hitting", CONDITIONAL),
    "one": Entry("theory.laws.baselines", "one_bounds", RIGOROUS),
    "uncoded": Entry("theory.laws.baselines", "uncoded_bounds", RIGOROUS),
    "repetition": Entry("theory.laws.baselines", "repetition_bounds", RIGOROUS),
    "bcc": Entry("theory.laws.baselines", "bcc_bounds", RIGOROUS),
    "gradient-fractional": Entry("theory.laws.baselines", "fractional_bounds", RIGOROUS),
    "gradient-cyclic": Entry("theory.laws.baselines", "arrivals_bounds", BY_ARRIVALS),
    "parts-stream": Entry("theory.laws.streaming", "parts_stream_bounds", RIGOROUS),
    "parts-cyclic": Entry("theory.laws.streaming", "parts_cyclic_bounds", RIGOROUS),
    "arcs": Entry("theory.laws.intervals", "arcs_bounds", RIGOROUS),
    "terms-random": Entry("theory.laws.streaming", "terms_random_bounds", RIGOROUS),
    "terms-cyclic": Entry("theory.laws.streaming", "terms_cyclic_bounds", RIGOROUS),
    "genie": Entry("theory.laws.genie", "genie_bounds", RIGOROUS),
}
"""Distributions of the latency by scheme name: law(t, m[, degree or stragglers], tau, startup), and their status."""
