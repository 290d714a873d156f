"""Parts of a domain: sizes in order, the cases of each, and how far to search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import merge
from itertools import product
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from hypothesis.strategies import SearchStrategy

from srtheory.conjectures.case import Case
from srtheory.conjectures.enumerate import Classes, Items, by_rows, labelled
from srtheory.errors import ArgumentError, require_int
from srtheory.own_code import blamed, told

LARGEST_LEVEL = 200_000
"""Largest number of classes of an enumerated size (by its number of cases over m!, a lower bound)."""


class Instance(Protocol):
    """Argument of a predicate."""

    @property
    def symbols(self) -> int:
        """Number m of source symbols."""
        ...

    def as_json(self) -> dict[str, Any]:
        """Return the case with the keys ``symbols``, ``degree``, ``rows`` and ``workers`` (None if there are none)."""
        ...


C = TypeVar("C", bound=Instance)
Size = dict[str, int]


@dataclass(frozen=True)
class Level(Generic[C]):
    """All cases of one size."""

    size: Size
    """The size in the domain's order: ``{"symbols": 5, "rows": 4, "degree": 2}``."""
    cases: Iterable[tuple[C, int]] | None
    """One case of each class, smallest first, with the number of cases in the class; None: too many to enumerate
    (larger sizes of that many symbols, and that degree, are then left out too).
    """


@dataclass(frozen=True)
class Reach:
    """Limits of a search."""

    symbols: int
    """Largest number of symbols."""
    degree: int | None = None
    """The only degree, for domains that have degrees."""
    tick: Callable[[], None] = lambda: None
    """Called every few milliseconds; what it raises ends the search."""


@dataclass(frozen=True)
class Domain(Generic[C]):
    """Domain of a conjecture."""

    says: str
    """Description of a case."""
    order: str
    """Order that defines "smallest": the keys of a size in order, then the order within a size."""
    levels: Callable[[Reach], Iterator[Level[C]]]
    """The sizes within a :class:`Reach`, smallest first."""
    strategy: Callable[[Reach], SearchStrategy[C]]
    """Hypothesis strategy for the cases within a :class:`Reach`."""
    key: Callable[[C], tuple[int, ...]]
    """Sort key of a case in that order."""
    symbols: int = 8
    """Largest number of symbols to look at by default."""
    has_degree: bool = False
    """Whether the search can be confined to one degree."""


def degrees(symbols: int, degree: int | None) -> range:
    """Return the degrees of distinct codes on m symbols: beyond m - 1 all are alike."""
    if degree is None:
        return range(1, max(1, symbols - 1) + 1)
    return range(degree, degree + 1)


def merged(by_degree: dict[int, Iterator[Level[C]]]) -> Iterator[Level[C]]:
    """Merge the levels of several degrees, fewest rows first, then the lowest degree."""
    while by_degree:
        for d in list(by_degree):
            level = next(by_degree[d], None)
            if level is None:
                del by_degree[d]
            else:
                yield level


def levels_of(
    items: Items[Any],
    most: int,
    reach: Reach,
    ones: Sequence[int],
    case: Callable[[list[int]], C],
    size: Callable[[int], Size],
) -> Iterator[Level[C]]:
    """Yield the levels of up to ``most`` rows; the first with too many classes has no cases, and is the last.

    ``ones`` are those of each item, ``case`` makes a case of the numbers of items, ``size`` a size of that of rows.
    """
    classes = by_rows(items, reach.tick)
    for n in range(most + 1):
        if labelled(items, n) > LARGEST_LEVEL * len(items.action):
            yield Level(size(n), None)
            return
        found = fewest_ones_first(next(classes), ones)
        yield Level(size(n), ((case(members), orbit) for members, orbit in found))


def fewest_ones_first(classes: Classes, ones: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yield items and orbit of each class, those with the fewest ones first; ``ones`` are those of each item."""
    counted = np.arange(classes.members.shape[1]) < classes.length[:, None]
    total = np.where(counted, np.array(ones)[classes.members], 0).sum(axis=1)
    for k in np.argsort(total, kind="stable"):
        yield classes.members[k, : classes.length[k]].tolist(), int(classes.orbit[k])


# --------------------------------------------------------------------------- sizes of a family besides symbols and rows

Range = int | Iterable[int] | Callable[[int], Iterable[int]]
"""Values of one size: some numbers, or those for m symbols."""

MAX_SIZES = 10_000
"""Largest number of values of one size at one number of symbols."""
SYMBOLS, ROWS = "symbols", "rows"


@dataclass(frozen=True)
class Sizing:
    """Sizes by name, with their order."""

    ranges: Mapping[str, Range]
    """Possible values of each size."""
    order: tuple[str, ...]
    """``"symbols"`` first, then ``"rows"`` and the names in any order."""

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

    def whole(self, symbols: int, rows: int, size: Mapping[str, int]) -> Size:
        """Return the whole size of a level, in order."""
        whole = {SYMBOLS: symbols, ROWS: rows, **size}
        return {name: whole[name] for name in self.order}

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
