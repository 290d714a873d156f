"""Moments of sets of m symbols of which what is proved of M' follows, kept in data/pages/sets.csv.

``python -m tests.record sets`` writes the file, in ten seconds.  A line is the upper bounds of one size of sets after
each of the rows of one law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pytest

from paper_checks.parameters import EXPONENTIAL, PARETO
from paper_checks.records.guarantees import AfterRows, after_rows
from srtheory.theory import spanning
from srtheory.theory.numerics.arrivals import Rule
from srtheory.types import Floats
from tests.record import cells, keep

FILE = "sets"
ROWS = {EXPONENTIAL: range(1000, 1011), PARETO: range(1488, 1491)}
"""Near m, where all sizes matter, and late, where the large ones are counted once."""

Sets = dict[int, tuple[float, ...]]
"""Size -> its bound after each row."""

_COMPUTE = Rule.moments
_MANY = 100
_NEXT_TO_NONE = 1e-20
_TENTH = slice(3, None, 10)


@cache
def recorded() -> dict[str, Sets]:
    """Law -> what is on record."""
    found: dict[str, Sets] = {}
    for law, size, *bounds in cells(FILE):
        found.setdefault(law, {})[int(size)] = tuple(map(float, bounds))
    return found


def following(startup: str, sets: Sets) -> tuple[list[AfterRows], Sets]:
    """What is proved of the rows if these are the moments of all sizes, and a tenth of them computed."""
    computed: Sets = {}

    def moments(rule: Rule, sizes: npt.NDArray[np.int64], symbols: int, each: Floats, *more: Any) -> Any:
        if len(sizes) < _MANY:
            return _COMPUTE(rule, sizes, symbols, each, *more)
        again = _COMPUTE(rule, sizes[_TENTH], symbols, each[_TENTH], *more)[1]
        computed.update(zip(sizes[_TENTH].tolist(), map(tuple, again.tolist()), strict=True))
        high = np.array([sets[size] for size in sizes.tolist()])
        return np.zeros_like(high), high

    with _moments(moments):
        return after_rows(startup, ROWS[startup]), computed


@contextmanager
def _moments(moments: Callable[..., Any]) -> Iterator[None]:
    """Moments from elsewhere, for a while; nothing of them stays in a cache."""
    spanning.large_sets.cache_clear()
    with patch.object(Rule, "moments", moments):
        try:
            yield
        finally:
            spanning.large_sets.cache_clear()


def come_out_again(computed: Sets, sets: Sets) -> bool:
    """Whether those computed are what is there, but for the digits kept."""
    return len(computed) > len(sets) / 10 - 1 and all(
        sets[size] == pytest.approx(bounds, rel=1e-6, abs=_NEXT_TO_NONE) for size, bounds in computed.items()
    )


def write() -> None:
    lines: list[Sequence[Any]] = []

    def moments(rule: Rule, sizes: npt.NDArray[np.int64], *more: Any) -> Any:
        low, high = _COMPUTE(rule, sizes, *more)
        if len(sizes) >= _MANY:
            lines.extend(
                [startup, size, *(f"{x:.7g}" if x > _NEXT_TO_NONE else "0" for x in bounds)]
                for size, bounds in zip(sizes.tolist(), high.tolist(), strict=True)
            )
        return low, high

    with _moments(moments):
        for startup, rows in ROWS.items():
            after_rows(startup, rows)
    keep(FILE, lines)
