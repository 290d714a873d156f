"""Estimated duration of work, for the head of a log."""

from __future__ import annotations

COST = {
    "verify": (53, 0.08),
    "table claims": (33, 0.08),
    "table errata": (33, 0.08),
    "table schemes": (10, 0.18),
    "table best-schemes": (10, 1.5),
    "figure frontier": (5, 0.7),
    "figure 2a-all": (20, 0.01),
    "figure errors": (30, 0.003),
    "figure regimes": (30, 0),
    **{f"figure {name}{law}": (15, 0.008) for name in ("2a", "2b", "2c", "streams") for law in ("", "_pareto")},
}
"""Seconds on one processor: a constant, and for each run of a Monte Carlo experiment."""
OTHERWISE = (10, 0)


def how_long(what: str, effort: str) -> str:
    """Return a line that states the work and about how long it takes."""
    return f"srtheory: {what} at effort {effort} takes about {estimate(what, effort)} on one processor"


def estimate(what: str, effort: str) -> str:
    """Return about how long the work takes on one processor."""
    from srtheory.experiments.lab import Effort

    once, each = COST.get(what, OTHERWISE)
    return _in_words(once + each * Effort(effort).trials)


def _in_words(seconds: float) -> str:
    tens, minutes = round(seconds / 10), round(seconds / 60)
    if tens < 6:  # when rounded: six tens are a minute, and sixty minutes an hour
        return f"{max(1, tens) * 10} seconds"
    many, unit = (minutes, "minute") if minutes < 60 else (round(seconds / 3600), "hour")
    return f"{many} {unit}{'s' if many > 1 else ''}"
