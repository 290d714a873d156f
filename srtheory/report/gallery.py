"""Every figure by name, each drawn by a function of the laboratory; modules are imported when first asked for."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import PARETO, Effort, Lab

if TYPE_CHECKING:
    from pathlib import Path

    from srtheory.report.style import Drawing

# name -> module, function, what it shows
_MAPS = {
    "regimes": ("maps", "regime_map", "which event ends a run, over d/ln m and μτd"),
    "bounds": ("maps", "fluid_bounds", "fluid limit against bound (5) and its sharp form"),
    "thresholds": ("maps", "thresholds", "least degree d that covers, as m grows"),
    "work": ("maps", "work_to_genie", "term evaluations and latency, scheme by scheme"),
    "frontier": ("frontier_picture", "frontier", "latency against messages, scheme by scheme, as messages cost more"),
    "2a-all": ("tails_picture", "tails", "figure 2a with gradient codes, uncoded streams and what no scheme can do"),
    "errors": ("errors_picture", "errors", "error of stopping early, by time and by rows, of codes and streams"),
    "run": ("run_picture", "picture", "one run, step by step: timelines, arrivals, rank, coverage"),
    "tanner": ("tanner", "tanner", "smallest rows that cover and do not span, and why"),
    "hitting": ("hitting_picture", "hitting", "exceptions to M' = max(m, CC) as m grows, and prediction"),
    "decoding-cost": ("decoding_picture", "decoding_cost", "CPU time of decoding as m grows, scheme by scheme"),
    "decoding-latency": ("decoding_picture", "decoding_latency", "latency against the cost of decoding at m = 10^5"),
    "workers-model": ("workers_picture", "comparison", "T of real workers beside what the delay model predicts"),
    "theorems": ("theorem_picture", "theorems", "what rests on what in docs/, and how each statement is known"),
    "guarantee": ("guarantee_picture", "guarantee", "what is proved of M' and T beside runs and the hitting-time law"),
}
_TAILS = {
    "2a": "latency of all schemes",
    "2b": "SR codes with limited access",
    "2c": "symbols needed: coverage, SR, LT",
    "streams": "SR codes beside uncoded streams and the genie",
}
NAMES = {
    **_TAILS,
    **{f"{name}_pareto": f"{shows}, Pareto start-up" for name, shows in _TAILS.items()},
    **{name: shows for name, (_, _, shows) in _MAPS.items()},
}
ANIMATED = {"run": ("run_picture", "animate")}


def drawing(name: str, lab: Lab) -> Drawing:
    """Draw a figure.

    Parameters
    ----------
    name : str
        A key of :data:`NAMES`.
    lab : Lab
        Whose runs stand behind it.

    Raises
    ------
    ArgumentError
        For an unknown name.
    """
    if name not in NAMES:
        raise ArgumentError("figure", name, "one of " + ", ".join(NAMES))
    if name in _MAPS:
        module, function, _ = _MAPS[name]
        return getattr(import_module(f"srtheory.report.{module}"), function)(lab)
    from srtheory.report.curves import FIGURES
    from srtheory.report.figures import draw

    tail = name.removesuffix("_pareto")
    make = FIGURES[tail] if tail == name else partial(FIGURES[tail], startup=PARETO)
    return draw(make(lab))


def in_report(effort: Effort) -> tuple[str, ...]:
    """The figures that go with the ledger; at deep effort with their Pareto forms, whose laws take minutes."""
    return tuple(name for name in NAMES if name not in _MAPS and (name in _TAILS or effort is Effort.DEEP))


def animation(name: str, lab: Lab, folder: Path) -> Path:
    """Write the moving form of a figure, ``figure_NAME.gif``, into ``folder``; returns its path.

    Raises
    ------
    ArgumentError
        For a figure that does not move.
    """
    if name not in ANIMATED:
        raise ArgumentError("animate", name, "left out but for a figure that moves: " + ", ".join(ANIMATED))
    module, function = ANIMATED[name]
    return getattr(import_module(f"srtheory.report.{module}"), function)(lab, folder)
