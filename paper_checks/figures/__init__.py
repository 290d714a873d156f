"""Figures by name, each drawn by a function of the laboratory; modules are imported on first use."""

from __future__ import annotations

from typing import Any

from paper_checks.parameters import ALL, DEGREE, MODEL, PARETO, TRIALS
from srtheory.lookup import Entry

_TAILS = {
    "2a": "latency of all schemes",
    "2b": "SR codes with limited access",
    "2c": "symbols needed: coverage, SR, LT",
    "streams": "SR codes beside uncoded streams and the genie",
}


def _tails(name: str, says: str, **fixed: Any) -> Entry:
    function = "tails_of_schemes" if name in ("2a", "streams") else "tails"
    at = {option: value for option, value in ALL.items() if option not in fixed}
    efforts = ("deep",) if fixed else ("quick", "paper", "deep")
    return Entry("paper_checks.figures.tails", function, says, {"name": name, **fixed}, at, in_report=efforts)


BOTH_LAWS = {option: value for option, value in ALL.items() if option != "startup"}
"""Parameters of a figure with both of the paper's start-up distributions, unless one is given."""
RUN = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=1)"}
ENTRIES = {
    **{name: _tails(name, says) for name, says in _TAILS.items()},
    **{f"{name}_pareto": _tails(name, f"{says}, Pareto start-up", startup=PARETO) for name, says in _TAILS.items()},
    "regimes": Entry(
        "paper_checks.figures.maps", "regime_map", "which event ends a run, over d/ln m and μτd", at=TRIALS
    ),
    "bounds": Entry(
        "paper_checks.figures.maps",
        "fluid_bounds",
        "fluid limit against bound (5) and its sharp form",
        at={"degree": DEGREE},
        rests_on=(),
    ),
    "thresholds": Entry(
        "paper_checks.figures.maps", "thresholds", "least degree d that covers, as m grows", rests_on=()
    ),
    "work": Entry(
        "paper_checks.figures.maps", "work_to_genie", "term evaluations and latency, scheme by scheme", at=ALL
    ),
    "frontier": Entry(
        "paper_checks.figures.frontier",
        "frontier",
        "latency against messages, scheme by scheme, as messages cost more",
        at=MODEL,
    ),
    "2a-all": Entry(
        "paper_checks.figures.more_tails",
        "tails",
        "figure 2a with gradient codes, uncoded streams and what no scheme can do",
        at=BOTH_LAWS,
    ),
    "errors": Entry(
        "paper_checks.figures.stopping_early",
        "errors",
        "error of stopping early, by time and by rows, of codes and streams",
        at=BOTH_LAWS,
    ),
    "run": Entry(
        "srtheory.render.one_run",
        "picture",
        "one run, step by step: timelines, arrivals, rank, coverage",
        at=RUN,
        rests_on=("seed",),
        animation="animate",
    ),
    "wave": Entry(
        "paper_checks.figures.wave",
        "wave",
        "unknown terms of a coupled code along the line, as rows arrive",
        at={"symbols": 100_000, "degree": 11, "tau": 0.005, "startup": "expon(scale=5)"},
        rests_on=("seed",),
        animation="animate",
    ),
    "tanner": Entry(
        "paper_checks.figures.tanner", "tanner", "smallest rows that cover and do not span, and why", rests_on=()
    ),
    "hitting": Entry(
        "paper_checks.figures.hitting_time",
        "hitting",
        "exceptions to M' = max(m, CC) as m grows, and prediction",
        rests_on=(),
    ),
    "decoding-cost": Entry(
        "paper_checks.figures.decoding_cost",
        "decoding_cost",
        "CPU time of decoding as m grows, scheme by scheme",
        rests_on=(),
    ),
    "decoding-latency": Entry(
        "paper_checks.figures.decoding_cost",
        "decoding_latency",
        "latency against the cost of decoding at m = 10^5",
        rests_on=(),
    ),
    "workers-model": Entry(
        "paper_checks.figures.workers",
        "comparison",
        "T of real workers beside what the delay model predicts",
        rests_on=(),
    ),
    "theorems": Entry(
        "paper_checks.figures.theorems",
        "theorems",
        "what rests on what in docs/, and how each statement is known",
        rests_on=(),
    ),
    "guarantee": Entry(
        "paper_checks.figures.guarantee",
        "guarantee",
        "what is proved of M' and T beside runs and the hitting-time law",
        rests_on=(),
    ),
    "scheduling": Entry(
        "paper_checks.figures.delays", "scheduling", "single terms by load and by target (Amiri and Gündüz)", at=TRIALS
    ),
    "rateless": Entry(
        "paper_checks.figures.delays",
        "rateless",
        "latency and work to recover all rows (Mallick and others)",
        at=TRIALS,
    ),
    "first-order": Entry(
        "paper_checks.figures.delays", "first_order", "cyclic order over the floor as m grows, by target", rests_on=()
    ),
}
"""Figures by name: the function of a laboratory that draws each, and its subject."""
