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
UNITS = {3600: "hour", 60: "minute", 1: "second"}


def how_long(what: str, effort: str) -> str:
    """Return a line that states the work and about how long it takes."""
    return f"srtheory: {what} at effort {effort} takes about {in_words(estimate(what, effort))} on one processor"


def estimate(what: str, effort: str) -> int:
    """Return about how many seconds the work takes on one processor, as rounded as it is said."""
    from srtheory.experiments.lab import Effort

    once, each = COST.get(what, OTHERWISE)
    seconds = once + each * Effort(effort).trials
    for unit, most in ((10, 60), (60, 3600)):  # when rounded: six tens are a minute, and sixty minutes an hour
        if (said := max(1, round(seconds / unit)) * unit) < most:
            return said
    return round(seconds / 3600) * 3600


def in_words(seconds: int) -> str:
    """Return whole hours, minutes or seconds."""
    size, unit = next((size, unit) for size, unit in UNITS.items() if seconds % size == 0)
    return f"{seconds // size} {unit}{'s' if seconds > size else ''}"
