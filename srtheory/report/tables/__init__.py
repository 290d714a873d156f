"""Tables by name, each built by a function of the laboratory; modules are imported on first use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError
from srtheory.lookup import Entry, call, lookup
from srtheory.paper import EXPONENTIAL, TAU
from srtheory.report.asked import ALL, TRIALS, asked

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab
    from srtheory.report.tables.table import Table

ENTRIES = {
    "claims": Entry("report.tables.claims", "claims", "the paper's claims and their verdicts"),
    "errata": Entry("report.tables.claims", "errata", "claims refined or refuted, with the smallest counterexamples"),
    "schemes": Entry(
        "report.tables.schemes",
        "schemes",
        "all schemes at the paper's parameters, codes by peeling and by elimination: T, M', work, decoding cost",
        at=ALL,
    ),
    "cited-schemes": Entry(
        "report.tables.cited_schemes",
        "cited_schemes",
        "the systems for computing that the paper cites, each on the line or why it is not",
        at=ALL,
    ),
    "best-schemes": Entry(
        "report.tables.best_schemes",
        "best_schemes",
        "the fastest scheme and its degree, and the best SR code, over m, load and message cost",
        at=TRIALS,
    ),
    "gradient-codes": Entry(
        "report.tables.gradient_codes",
        "gradient_codes",
        "gradient codes told too few stragglers, the right number, too many; SR beside them",
        at=ALL,
    ),
    "real-sums": Entry(
        "report.tables.real_sums",
        "real_sums",
        "the paper's five real sums through each construction, decoded, with the error of floats",
        rests_on=("seed",),
    ),
    "counterexamples": Entry(
        "report.tables.small_cases", "counterexamples", "smallest counterexamples by degree", rests_on=()
    ),
    "small-cases": Entry(
        "report.tables.small_cases", "small_cases", "exact probabilities for few symbols", rests_on=()
    ),
    "hitting-time": Entry(
        "report.tables.hitting_time", "hitting_time", "the law M' = max(m, CC) as m grows", rests_on=()
    ),
    "guarantees": Entry(
        "report.tables.guarantees", "guarantees", "what is proved of M' and T at the paper's parameters", rests_on=()
    ),
    "decoding": Entry(
        "report.tables.decoding",
        "decoding",
        "what decoding costs: proved order, measured exponent, time and error, T and rows",
        rests_on=(),
    ),
    "workers": Entry(
        "report.tables.workers",
        "workers",
        "T of real workers, measured, and predicted by the delay model fitted to other runs",
        rests_on=(),
    ),
    "thresholds": Entry(
        "report.tables.thresholds",
        "thresholds",
        "least degree at which m rows cover all symbols",
        at={"tau": TAU, "startup": EXPONENTIAL},
        rests_on=("effort",),
    ),
    "engines": Entry("report.tables.engines", "engines", "span engines, timed now", rests_on=("seed",)),
}
"""Tables by name: the function of a laboratory that builds each, and its subject."""
TABLE_NAMES = tuple(ENTRIES)
OF_CLAIMS = ("claims", "errata")
"""Tables of a ledger, which the caller has computed."""


def build(name: str, lab: Lab, **given: Any) -> Table:
    """Build the table of that name.

    Parameters
    ----------
    name : str
        A key of :data:`ENTRIES`.
    lab : Lab
        Laboratory that provides the runs.
    **given
        As for :func:`srtheory.report.figures.drawing`. For tables of :data:`OF_CLAIMS` also ``ledger``, which settles
        the claims: a function of the laboratory that returns entries (:class:`srtheory.report.ledger.Entry`).

    Raises
    ------
    ArgumentError
        If the table does not exist, does not take an argument, or needs a ledger that is not given.
    """
    its = asked(f"table '{name}'", lookup("table", name), lab, given)
    if name in OF_CLAIMS and "ledger" not in given:
        raise ArgumentError("ledger", None, f"given for the table '{name}': a function that settles the claims")
    built: Table = call("table", name, its.lab, **its.others)
    return replace(built, told=its.recorded)
