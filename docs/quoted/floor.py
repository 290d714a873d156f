"""Numbers of docs/floor.md: lower bounds on the mean latency of every oblivious scheme at the paper's parameters."""

from __future__ import annotations

import math
from dataclasses import replace

from docs.quoted import Values, quoted
from paper_checks.parameters import PAPER
from srtheory.theory.floor import floor


@quoted
def floors() -> Values:
    """Return the floor of E[T] and that of the closed form, rounded down, by kappa/tau."""
    found: dict[str, tuple[str, str]] = {}
    for ratio in (0, 1, 10, 100):
        its = floor(replace(PAPER, degree=None, message_cost=ratio * PAPER.tau))
        found[str(ratio)] = (_down(its.mean), _down(its.closed_mean))
    return {**found, "mean": found["0"][0]}


def _down(value: float) -> str:
    return f"{math.floor(1000 * value) / 1000:.3f}"
