"""Progress in a log: whole lines, the first after two seconds, then one a minute; and how long work takes."""

from __future__ import annotations

from threading import Timer
from typing import Any

from tqdm import tqdm

FIRST, EVERY = 2.0, 60.0
"""Seconds to the first line, and between two."""


class Lines(tqdm):  # type: ignore[misc]  # tqdm has no types
    """What a bar would show, in lines; work of less than :data:`FIRST` seconds leaves none.

    Parameters
    ----------
    about : str, optional
        The first line, instead of the bar's.
    **options
        Of tqdm.
    """

    def __init__(self, about: str | None = None, **options: Any) -> None:
        self._about = about
        super().__init__(gui=True, mininterval=EVERY, maxinterval=2 * EVERY, **options)  # gui: it draws nothing itself
        self._timer = Timer(FIRST, self.refresh)  # the work may not come back within that time
        self._timer.daemon = True
        self._timer.start()

    def display(self, *_: Any, **__: Any) -> None:
        """Write a line; one that could tell nothing yet is followed by another as soon as it can."""
        line, self._about = self._about or str(self), None
        self.mininterval = EVERY if self.n or self.total is None else FIRST
        self.fp.write(line + "\n")
        self.fp.flush()

    def close(self) -> None:
        """Write no more."""
        self._timer.cancel()
        super().close()


COST = {
    "verify": (53, 0.08),
    "table claims": (33, 0.08),
    "table errata": (33, 0.08),
    "table schemes": (4, 0.01),
    "figure regimes": (30, 0),
    **{f"figure {name}{law}": (15, 0.008) for name in ("2a", "2b", "2c", "streams") for law in ("", "_pareto")},
}
"""Seconds on one processor: once, and for each run of a Monte Carlo experiment."""
OTHERWISE = (10, 0)


def how_long(what: str, effort: str) -> str:
    """What is done and about how long it takes, in a line."""
    from srtheory.experiments.lab import Effort

    once, each = COST.get(what, OTHERWISE)
    took = _in_words(once + each * Effort(effort).trials)
    return f"srtheory: {what} at effort {effort} takes about {took} on one processor"


def _in_words(seconds: float) -> str:
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= length:
            many = round(seconds / length)
            return f"{many} {unit}{'s' if many > 1 else ''}"
    return f"{max(10, round(seconds / 10) * 10)} seconds"
