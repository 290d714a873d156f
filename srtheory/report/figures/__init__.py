"""Figures by name, each drawn by a function of the laboratory; modules are imported on first use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Effort, Lab
from srtheory.lookup import Entry, call, lookup
from srtheory.paper import DEGREE, PARETO
from srtheory.report.asked import ALL, MODEL, TRIALS, asked

if TYPE_CHECKING:
    from pathlib import Path

    from srtheory.report.style import Drawing

_TAILS = {
    "2a": "latency of all schemes",
    "2b": "SR codes with limited access",
    "2c": "symbols needed: coverage, SR, LT",
    "streams": "SR codes beside uncoded streams and the genie",
}


def _tails(name: str, says: str, **fixed: Any) -> Entry:
    function = "tails_of_schemes" if name in ("2a", "streams") else "tails"
    at = {option: value for option, value in ALL.items() if option not in fixed}
    return Entry("report.figures.tails", function, says, {"name": name, **fixed}, at)


BOTH_LAWS = {option: value for option, value in ALL.items() if option != "startup"}
"""Parameters of a figure with both of the paper's start-up distributions, unless one is given."""
RUN = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=1)"}
ENTRIES = {
    **{name: _tails(name, says) for name, says in _TAILS.items()},
    **{f"{name}_pareto": _tails(name, f"{says}, Pareto start-up", startup=PARETO) for name, says in _TAILS.items()},
    "regimes": Entry("report.figures.maps", "regime_map", "which event ends a run, over d/ln m and μτd", at=TRIALS),
    "bounds": Entry(
        "report.figures.maps",
        "fluid_bounds",
        "fluid limit against bound (5) and its sharp form",
        at={"degree": DEGREE},
        rests_on=(),
    ),
    "thresholds": Entry("report.figures.maps", "thresholds", "least degree d that covers, as m grows", rests_on=()),
    "work": Entry("report.figures.maps", "work_to_genie", "term evaluations and latency, scheme by scheme", at=ALL),
    "frontier": Entry(
        "report.figures.frontier",
        "frontier",
        "latency against messages, scheme by scheme, as messages cost more",
        at=MODEL,
    ),
    "2a-all": Entry(
        "report.figures.more_tails",
        "tails",
        "figure 2a with gradient codes, uncoded streams and what no scheme can do",
        at=BOTH_LAWS,
    ),
    "errors": Entry(
        "report.figures.stopping_early",
        "errors",
        "error of stopping early, by time and by rows, of codes and streams",
        at=BOTH_LAWS,
    ),
    "run": Entry(
        "report.figures.one_run",
        "picture",
        "one run, step by step: timelines, arrivals, rank, coverage",
        at=RUN,
        rests_on=("seed",),
    ),
    "tanner": Entry(
        "report.figures.tanner", "tanner", "smallest rows that cover and do not span, and why", rests_on=()
    ),
    "hitting": Entry(
        "report.figures.hitting_time",
        "hitting",
        "exceptions to M' = max(m, CC) as m grows, and prediction",
        rests_on=(),
    ),
    "decoding-cost": Entry(
        "report.figures.decoding_cost",
        "decoding_cost",
        "CPU time of decoding as m grows, scheme by scheme",
        rests_on=(),
    ),
    "decoding-latency": Entry(
        "report.figures.decoding_cost",
        "decoding_latency",
        "latency against the cost of decoding at m = 10^5",
        rests_on=(),
    ),
    "workers-model": Entry(
        "report.figures.workers", "comparison", "T of real workers beside what the delay model predicts", rests_on=()
    ),
    "theorems": Entry(
        "report.figures.theorems",
        "theorems",
        "what rests on what in docs/, and how each statement is known",
        rests_on=(),
    ),
    "guarantee": Entry(
        "report.figures.guarantee",
        "guarantee",
        "what is proved of M' and T beside runs and the hitting-time law",
        rests_on=(),
    ),
}
"""Figures by name: the function of a laboratory that draws each, and its subject."""
SUBJECTS = {name: entry.says for name, entry in ENTRIES.items()}
ANIMATED = {"run": Entry("report.figures.one_run", "animate")}


def drawing(name: str, lab: Lab, **given: Any) -> Drawing:
    """Draw a figure.

    Parameters
    ----------
    name : str
        A key of :data:`ENTRIES`.
    lab : Lab
        Laboratory that provides the runs.
    **given
        ``symbols``, ``degree``, ``tau``, ``startup``, ``trials``: for those in which they have a meaning.  ``schemes``,
        names of the schemes to show instead of its own, and ``options``, their options as texts ``key=value``
        (:func:`srtheory.schemes.options_of_each`): for those that compare schemes.

    Raises
    ------
    ArgumentError
        For an unknown name, or if the figure does not take what is given.
    """
    its = asked(f"figure '{name}'", lookup("figure", name), lab, given)
    drawn: Drawing = call("figure", name, its.lab, **its.others)
    more = {option: value for option, value in its.recorded.items() if option not in drawn.header}
    if not more:
        return drawn
    return replace(drawn, header=(*drawn.header, *more), points=[(*line, *more.values()) for line in drawn.points])


def in_report(effort: Effort) -> tuple[str, ...]:
    """Return the figures for the ledger; at deep effort with their Pareto forms, whose distributions take minutes."""
    return (*_TAILS, *(f"{name}_pareto" for name in _TAILS if effort is Effort.DEEP))


def animation(name: str, lab: Lab, folder: Path, **given: Any) -> Path:
    """Write the animated form of a figure, ``figure_NAME.gif``, into ``folder``, and return its path.

    ``given`` is as for :func:`drawing`.

    Raises
    ------
    ArgumentError
        For a figure that does not move.
    """
    if name not in ANIMATED:
        raise ArgumentError("animate", name, "left out but for a figure that moves: " + ", ".join(ANIMATED))
    here = asked(f"figure '{name}'", lookup("figure", name), lab, given).lab
    written: Path = ANIMATED[name].imported()(here, folder)
    return written
