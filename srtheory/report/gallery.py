"""Every figure by name, each drawn by a function of the laboratory; modules are imported when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import PARETO, Effort, Lab
from srtheory.lookup import Entry, call

if TYPE_CHECKING:
    from pathlib import Path

    from srtheory.report.style import Drawing

_TAILS = {
    "2a": "latency of all schemes",
    "2b": "SR codes with limited access",
    "2c": "symbols needed: coverage, SR, LT",
    "streams": "SR codes beside uncoded streams and the genie",
}


def _tails(name: str, says: str, **given: Any) -> Entry:
    function = "tails_of_schemes" if name in ("2a", "streams") else "tails"
    return Entry("report.figures", function, says, {"name": name, **given})


ENTRIES = {
    **{name: _tails(name, says) for name, says in _TAILS.items()},
    **{f"{name}_pareto": _tails(name, f"{says}, Pareto start-up", startup=PARETO) for name, says in _TAILS.items()},
    "regimes": Entry("report.maps", "regime_map", "which event ends a run, over d/ln m and μτd"),
    "bounds": Entry("report.maps", "fluid_bounds", "fluid limit against bound (5) and its sharp form"),
    "thresholds": Entry("report.maps", "thresholds", "least degree d that covers, as m grows"),
    "work": Entry("report.maps", "work_to_genie", "term evaluations and latency, scheme by scheme"),
    "frontier": Entry(
        "report.frontier_picture",
        "frontier",
        "latency against messages, scheme by scheme, as messages cost more",
    ),
    "2a-all": Entry(
        "report.tails_picture", "tails", "figure 2a with gradient codes, uncoded streams and what no scheme can do"
    ),
    "errors": Entry(
        "report.errors_picture", "errors", "error of stopping early, by time and by rows, of codes and streams"
    ),
    "run": Entry("report.run_picture", "picture", "one run, step by step: timelines, arrivals, rank, coverage"),
    "tanner": Entry("report.tanner", "tanner", "smallest rows that cover and do not span, and why"),
    "hitting": Entry("report.hitting_picture", "hitting", "exceptions to M' = max(m, CC) as m grows, and prediction"),
    "decoding-cost": Entry(
        "report.decoding_picture", "decoding_cost", "CPU time of decoding as m grows, scheme by scheme"
    ),
    "decoding-latency": Entry(
        "report.decoding_picture", "decoding_latency", "latency against the cost of decoding at m = 10^5"
    ),
    "workers-model": Entry(
        "report.workers_picture", "comparison", "T of real workers beside what the delay model predicts"
    ),
    "theorems": Entry(
        "report.theorem_picture", "theorems", "what rests on what in docs/, and how each statement is known"
    ),
    "guarantee": Entry(
        "report.guarantee_picture", "guarantee", "what is proved of M' and T beside runs and the hitting-time law"
    ),
}
"""Figures by name: the function of a laboratory that draws each, and what it shows."""
NAMES = {name: entry.says for name, entry in ENTRIES.items()}
ANIMATED = {"run": Entry("report.run_picture", "animate")}


def drawing(name: str, lab: Lab, **given: Any) -> Drawing:
    """Draw a figure.

    Parameters
    ----------
    name : str
        A key of :data:`ENTRIES`.
    lab : Lab
        Whose runs stand behind it.
    **given
        ``schemes``, names of the schemes to show instead of its own, and ``options``, their options as texts
        ``key=value`` (:func:`srtheory.schemes.options_of_each`): for those that compare schemes.

    Raises
    ------
    ArgumentError
        For an unknown name, or if the figure does not take what is given.
    """
    made: Drawing = call("figure", name, lab, **given)
    return made


def in_report(effort: Effort) -> tuple[str, ...]:
    """The figures that go with the ledger; at deep effort with their Pareto forms, whose laws take minutes."""
    return (*_TAILS, *(f"{name}_pareto" for name in _TAILS if effort is Effort.DEEP))


def animation(name: str, lab: Lab, folder: Path) -> Path:
    """Write the moving form of a figure, ``figure_NAME.gif``, into ``folder``; returns its path.

    Raises
    ------
    ArgumentError
        For a figure that does not move.
    """
    if name not in ANIMATED:
        raise ArgumentError("animate", name, "left out but for a figure that moves: " + ", ".join(ANIMATED))
    made: Path = ANIMATED[name].imported()(lab, folder)
    return made
