"""A peer of the benchmark: what times it, under which settings, and which of these is its best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from srtheory.matrix import Rows

Clock = Callable[[Rows], float]
"""CPU seconds of the peer's own work on these rows, its matrix type made beforehand."""
SLOW = 1.0
"""Seconds."""


@dataclass(frozen=True)
class Peer:
    """Another program that answers a question at least as easy as ours.

    Attributes
    ----------
    name : str
        Library and function.
    settings : mapping
        A clock for each setting, the words of the setting its key.
    pairs : int or None
        On how many receptions it is measured; None: on all.
    whole : bool
        Whether it is asked our question, of all rows, instead of an easier one.
    """

    name: str
    settings: Mapping[str, Clock]
    pairs: int | None = None
    whole: bool = False

    def best(self, rows: Rows) -> tuple[str, Clock]:
        """The setting that is the quickest on these rows; what takes less than :data:`SLOW` is tried twice."""
        if len(self.settings) == 1:
            return next(iter(self.settings.items()))

        def trial(item: tuple[str, Clock]) -> float:
            first = item[1](rows)
            return first if first > SLOW else min(first, item[1](rows))

        return min(self.settings.items(), key=trial)
