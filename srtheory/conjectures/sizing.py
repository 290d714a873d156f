"""Sizes of a family's cases besides the numbers of symbols and rows, and the order in which they are examined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import merge
from itertools import product
from typing import Any

from srtheory.conjectures.case import Case
from srtheory.conjectures.levels import Level, Reach
from srtheory.errors import ArgumentError, require_int
from srtheory.own_code import blamed, told

Range = int | Iterable[int] | Callable[[int], Iterable[int]]
"""Values of one size: some numbers, or those for m symbols."""

MAX_SIZES = 10_000
"""Largest number of values of one size at one number of symbols."""
SYMBOLS, ROWS = "symbols", "rows"


@dataclass(frozen=True)
class Sizing:
    """Sizes by name, with their order.

    Attributes
    ----------
    ranges : mapping
        Possible values of each size.
    order : tuple of str
        ``"symbols"`` first, then ``"rows"`` and the names in any order.
    """

    ranges: Mapping[str, Range]
    order: tuple[str, ...]

    def of(self, symbols: int, degree: int | None = None) -> Iterator[dict[str, int]]:
        """Return all sizes of that many symbols except the number of rows; those of one degree, if it is given."""
        for values in product(*(self._values(name, symbols) for name in self.ranges)):
            size = dict(zip(self.ranges, values, strict=True))
            if degree is None or size.get("degree") == degree:
                yield size

    def _values(self, name: str, symbols: int) -> tuple[int, ...]:
        known = self._cached.get((name, symbols))
        if known is None:
            known = self._cached[name, symbols] = _numbers(name, self.ranges[name], symbols)
        return known

    @cached_property
    def _cached(self) -> dict[tuple[str, int], tuple[int, ...]]:
        return {}

    def levels(
        self, reach: Reach, within: Callable[[int, dict[str, int], Reach], Iterator[Level[Case]]], widest: int
    ) -> Iterator[Level[Case]]:
        """Yield the levels of all sizes in order; ``within`` gives those of one, fewest rows first."""
        for m in range(1, min(reach.symbols, widest) + 1):
            each = [within(m, size, reach) for size in self.of(m, reach.degree)]
            yield from merge(*each, key=lambda level: [level.size[name] for name in self.order])

    def level(self, symbols: int, rows: int, size: Mapping[str, int], cases: Any) -> Level[Case]:
        """Return one level, its size in order."""
        whole = {SYMBOLS: symbols, ROWS: rows, **size}
        return Level({name: whole[name] for name in self.order}, cases)

    def key(self, case: Case) -> tuple[int, ...]:
        """Return the sort key of a case: its size in order, then its number of ones."""
        whole = {SYMBOLS: case.symbols, ROWS: len(case.masks)}
        return (*(whole[name] if name in whole else case[name] for name in self.order), case.ones)

    @property
    def says(self) -> str:
        """Order in words."""
        return ", ".join((*self.order, "ones"))


def sizing(ranges: Mapping[str, Range], order: Sequence[str] | None = None) -> Sizing:
    """Return sizes as a user gives them."""
    names = (SYMBOLS, ROWS, *ranges)
    for name in (SYMBOLS, ROWS):
        if name in ranges:
            raise ArgumentError(name, ranges[name], f"left out: every case has its number of {name}")
    given = names if order is None else (order,) if isinstance(order, str) else tuple(order)
    if sorted(given, key=str) != sorted(names) or given[0] != SYMBOLS:
        raise ArgumentError("order", order, f"the names {', '.join(names)}, symbols first")
    return Sizing(dict(ranges), given)


def sized(case: Case, size: Mapping[str, int]) -> Case:
    """Return the case with its size written into it."""
    rest = tuple((name, value) for name, value in size.items() if name != "degree")
    return replace(case, degree=size.get("degree", case.degree), parameters=rest)


def _numbers(name: str, given: Range, symbols: int) -> tuple[int, ...]:
    expected = f"integers, or a function of the number of symbols that gives some; at {symbols} symbols"
    with blamed(lambda error: ArgumentError(name, given, f"{expected} ({told(error)})")):
        values = given(symbols) if callable(given) else given
        several = [values] if hasattr(values, "__index__") else list(values)
    if len(several) > MAX_SIZES:
        raise ArgumentError(name, given, f"{expected} at most {MAX_SIZES}")
    return tuple(sorted({require_int(name, value, -(2**31), 2**31) for value in several}))
