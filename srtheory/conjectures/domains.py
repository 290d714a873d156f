"""Domains of conjectures: their cases from the smallest size up, and a strategy for sizes beyond enumeration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import factorial
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from hypothesis.strategies import SearchStrategy

from srtheory.conjectures.case import Case, from_reception, from_rows
from srtheory.conjectures.enumerate import Classes, Items, by_rows, labelled
from srtheory.conjectures.items import hand_items, hand_rows, row_items
from srtheory.theory.blocks import block_ends

LARGEST_LEVEL = 200_000
"""Most classes that one size may have (by its number of cases over m!, a lower bound) to be enumerated."""

WIDEST = 7
"""Most symbols whose m! relabellings are tabulated."""


class Instance(Protocol):
    """What a predicate is asked about."""

    @property
    def symbols(self) -> int:
        """Number m of source symbols."""
        ...

    def as_json(self) -> dict[str, Any]:
        """With the keys ``symbols``, ``degree``, ``rows`` and ``workers`` (None where there are none)."""
        ...


C = TypeVar("C", bound=Instance)
Size = dict[str, int]


@dataclass(frozen=True)
class Level(Generic[C]):
    """All cases of one size.

    Attributes
    ----------
    size : dict
        What the size is, in the domain's order: ``{"symbols": 5, "rows": 4, "degree": 2}``.
    cases : iterable of (case, int), or None
        One case of each class, smallest first, with the number of cases in the class; None: too many to enumerate
        (larger sizes of that many symbols, and that degree, are then left out too).
    """

    size: Size
    cases: Iterable[tuple[C, int]] | None


@dataclass(frozen=True)
class Reach:
    """How far to look.

    Attributes
    ----------
    symbols : int
        Largest number of symbols.
    degree : int or None
        The only degree, for domains that have degrees.
    tick : callable
        Called every few milliseconds; what it raises ends the search.
    """

    symbols: int
    degree: int | None = None
    tick: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Domain(Generic[C]):
    """What a conjecture speaks about.

    Attributes
    ----------
    says : str
        What a case is.
    order : str
        What "smallest" means: the keys of a size in order, then what decides within a size.
    levels : callable
        The sizes within a :class:`Reach`, smallest first.
    strategy : callable
        Hypothesis strategy for the cases within a :class:`Reach`.
    key : callable
        Sort key of a case in that order.
    symbols : int
        Largest number of symbols to look at by default.
    has_degree : bool
        Whether the search can be confined to one degree.
    """

    says: str
    order: str
    levels: Callable[[Reach], Iterator[Level[C]]]
    strategy: Callable[[Reach], SearchStrategy[C]]
    key: Callable[[C], tuple[int, ...]]
    symbols: int = 8
    has_degree: bool = False


@cache
def rows(max_degree: int | None = None) -> Domain[Case]:
    """Sets of non-empty 0/1 rows, of at most ``max_degree`` ones each if that is given.

    For statements that do not change when a row is repeated: then it is enough to look at sets.
    """
    from srtheory.conjectures.strategies import binary_rows

    bound = "" if max_degree is None else f" of at most {max_degree} ones"
    return Domain(
        says=f"sets of 0/1 rows{bound}, none empty, none repeated",
        order="symbols, rows, ones",
        levels=lambda reach: _row_levels(reach, max_degree, repeats=False),
        strategy=lambda r: binary_rows(max_symbols=r.symbols, max_degree=max_degree, distinct=True).map(from_rows),
        key=_rows_key,
    )


@cache
def repeated_rows(max_degree: int | None = None) -> Domain[Case]:
    """Multisets of at most 2m + 2 non-empty 0/1 rows, of at most ``max_degree`` ones each if that is given."""
    from srtheory.conjectures.strategies import binary_rows

    bound = "" if max_degree is None else f" of at most {max_degree} ones"
    return Domain(
        says=f"up to 2m + 2 0/1 rows{bound}, none empty, repeats allowed",
        order="symbols, rows, ones",
        levels=lambda reach: _row_levels(reach, max_degree, repeats=True),
        strategy=lambda r: binary_rows(max_symbols=r.symbols, max_degree=max_degree).map(from_rows),
        key=_rows_key,
    )


@cache
def receptions() -> Domain[Case]:
    """What a sum-recovery code's master can have received, as a set: any number of rows from each worker.

    The rows of a case stand worker by worker in enumeration, in order of arrival in the search beyond: a predicate must
    not depend on how workers interleave.  (A statement about a stopping time is one about every prefix of a run, and
    every prefix of a run is such a case.)
    """
    from srtheory.conjectures.strategies import runs

    return Domain(
        says="receptions of a sum-recovery code: the first few rows of each worker",
        order="symbols, rows, degree, ones",
        levels=_reception_levels,
        strategy=lambda r: runs(max_symbols=r.symbols, degree=r.degree).map(
            lambda run: from_reception(run[1], run[0].degree)
        ),
        key=lambda case: (case.symbols, len(case.masks), case.degree or 0, case.ones),
        has_degree=True,
    )


@cache
def reduced_receptions(symbols: int = 8) -> Domain[Case]:
    """Receptions of a sum-recovery code, up to what cannot matter to ranks, spans and coverage.

    Blocks can be cleared of the symbols that have arrived alone.  So rank and span over every field, coverage, and what
    follows from the numbers of rows received, depend on nothing but these numbers and the set of the blocks' parts
    among the symbols of silent workers.  One reception stands for all that agree in them; a predicate may ask about
    nothing else.  That leaves half a million classes up to m = 8, all sizes complete.
    """
    from srtheory.conjectures.reduced import levels

    return replace(
        receptions(),
        says="receptions of a sum-recovery code (up to what their spans and coverage cannot depend on)",
        levels=levels,
        symbols=symbols,
    )


def _rows_key(case: Case) -> tuple[int, ...]:
    return case.symbols, len(case.masks), case.ones


def _row_levels(reach: Reach, max_degree: int | None, *, repeats: bool) -> Iterator[Level[Case]]:
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        items = row_items(m, max_degree, repeats=repeats)
        most = 2 * m + 2 if repeats else len(items.things)
        for n, classes in _levels(items, most, reach):
            size = {"symbols": m, "rows": n}
            yield Level(size, None if classes is None else _row_cases(items, classes))


def _reception_levels(reach: Reach) -> Iterator[Level[Case]]:
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        yield from merged({d: _degree_levels(m, d, reach) for d in degrees(m, reach.degree)})


def degrees(symbols: int, degree: int | None) -> range:
    """Degrees of the codes on m symbols that differ: beyond m - 1 all are alike."""
    if degree is None:
        return range(1, max(1, symbols - 1) + 1)
    return range(degree, degree + 1)


def merged(by_degree: dict[int, Iterator[Level[Case]]]) -> Iterator[Level[Case]]:
    """The levels of several degrees, fewest rows first, then the lowest degree."""
    while by_degree:
        for d in list(by_degree):
            level = next(by_degree[d], None)
            if level is None:
                del by_degree[d]
            else:
                yield level


def _degree_levels(m: int, d: int, reach: Reach) -> Iterator[Level[Case]]:
    items = hand_items(m, d)
    most = m * len(block_ends(m, d))
    for n, classes in _levels(items, most, reach):
        size = {"symbols": m, "rows": n, "degree": d}
        yield Level(size, None if classes is None else _hand_cases(items, classes, d))


def _levels(items: Items[Any], most: int, reach: Reach) -> Iterator[tuple[int, Classes | None]]:
    """Classes by number of rows; None, and no more, at the first number that has too many."""
    classes = by_rows(items, reach.tick)
    for n in range(most + 1):
        if labelled(items, n) > LARGEST_LEVEL * factorial(items.symbols):
            yield n, None
            return
        yield n, next(classes)


def _row_cases(items: Items[int], classes: Classes) -> Iterator[tuple[Case, int]]:
    ones = np.array([mask.bit_count() for mask in items.things])
    for members, orbit in _ordered(classes, ones):
        yield Case(items.symbols, tuple(items.things[i] for i in members)), orbit


def _hand_cases(items: Items[Any], classes: Classes, degree: int) -> Iterator[tuple[Case, int]]:
    rows_of = [hand_rows(hand) for hand in items.things]
    ones = np.array([sum(mask.bit_count() for mask in masks) for masks in rows_of])
    for members, orbit in _ordered(classes, ones):
        masks = tuple(mask for i in members for mask in rows_of[i])
        workers = tuple(items.things[i][0] for i in members for _ in rows_of[i])
        yield Case(items.symbols, masks, workers, degree), orbit


def _ordered(classes: Classes, ones: np.ndarray[Any, Any]) -> Iterator[tuple[list[int], int]]:
    """Items and orbit of each class, those with the fewest ones first."""
    counted = np.arange(classes.members.shape[1]) < classes.length[:, None]
    total = np.where(counted, ones[classes.members], 0).sum(axis=1)
    for k in np.argsort(total, kind="stable"):
        yield classes.members[k, : classes.length[k]].tolist(), int(classes.orbit[k])
