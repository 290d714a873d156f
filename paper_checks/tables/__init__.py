"""Tables by name, each built by a function of the laboratory; modules are imported on first use."""

from __future__ import annotations

from paper_checks.parameters import ALL, EXPONENTIAL, TAU, TRIALS
from srtheory.lookup import Entry

ENTRIES = {
    "schemes": Entry(
        "paper_checks.tables.schemes",
        "schemes",
        "all schemes at the paper's parameters, codes by peeling and by elimination: T, M', work, decoding cost",
        at=ALL,
    ),
    "cited-schemes": Entry(
        "paper_checks.tables.cited_schemes",
        "cited_schemes",
        "the systems for computing that the paper cites: what each computes, what it assumes, and whether it recovers"
        " sums of arbitrary terms",
        at=ALL,
    ),
    "best-schemes": Entry(
        "paper_checks.tables.best_schemes",
        "best_schemes",
        "the fastest scheme with its number of cells and its degree, how near it is to the floor, and the best SR code,"
        " over m, load and message cost",
        at=TRIALS,
    ),
    "gradient-codes": Entry(
        "paper_checks.tables.gradient_codes",
        "gradient_codes",
        "gradient codes designed for too few, the right number of and too many stragglers, and the SR code",
        at=ALL,
    ),
    "real-sums": Entry(
        "paper_checks.tables.real_sums",
        "real_sums",
        "the paper's five real sums through each construction, decoded, with the error of floats",
        rests_on=("seed",),
    ),
    "counterexamples": Entry(
        "paper_checks.tables.small_cases", "counterexamples", "smallest counterexamples by degree", rests_on=()
    ),
    "small-cases": Entry(
        "paper_checks.tables.small_cases", "small_cases", "exact probabilities for few symbols", rests_on=()
    ),
    "hitting-time": Entry(
        "paper_checks.tables.hitting_time", "hitting_time", "the law M' = max(m, CC) as m grows", rests_on=()
    ),
    "guarantees": Entry(
        "paper_checks.tables.guarantees",
        "guarantees",
        "what is proved of M' and T at the paper's parameters",
        rests_on=(),
    ),
    "decoding": Entry(
        "paper_checks.tables.decoding",
        "decoding",
        "what decoding costs: proved order, measured exponent, time and error, T and rows",
        rests_on=(),
    ),
    "models": Entry(
        "paper_checks.tables.models",
        "models",
        "delay models of the literature: the floor, the best order, and the clairvoyant bound",
        rests_on=(),
    ),
    "workers": Entry(
        "paper_checks.tables.workers",
        "workers",
        "T of real workers, measured, and predicted by the delay model fitted to other runs",
        rests_on=(),
    ),
    "thresholds": Entry(
        "paper_checks.tables.thresholds",
        "thresholds",
        "least degree at which m rows cover all symbols",
        at={"tau": TAU, "startup": EXPONENTIAL},
        rests_on=("effort",),
    ),
    "engines": Entry("paper_checks.tables.engines", "engines", "span engines, timed now", rests_on=("seed",)),
}
"""Tables by name: the function of a laboratory that builds each, and its subject."""
