"""Parts of a domain: sizes in order, the cases of each, and how far to search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from hypothesis.strategies import SearchStrategy

from srtheory.conjectures.enumerate import Classes, Items, by_rows, labelled

LARGEST_LEVEL = 200_000
"""Largest number of classes of an enumerated size (by its number of cases over m!, a lower bound)."""

WIDEST = 7
"""Largest number of symbols whose m! relabellings are tabulated."""


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
    """All cases of one size.

    Attributes
    ----------
    size : dict
        The size in the domain's order: ``{"symbols": 5, "rows": 4, "degree": 2}``.
    cases : iterable of (case, int), or None
        One case of each class, smallest first, with the number of cases in the class; None: too many to enumerate
        (larger sizes of that many symbols, and that degree, are then left out too).
    """

    size: Size
    cases: Iterable[tuple[C, int]] | None


@dataclass(frozen=True)
class Reach:
    """Limits of a search.

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
    """Domain of a conjecture.

    Attributes
    ----------
    says : str
        Description of a case.
    order : str
        Order that defines "smallest": the keys of a size in order, then the order within a size.
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


def classes_by_rows(items: Items[Any], most: int, reach: Reach) -> Iterator[tuple[int, Classes | None]]:
    """Yield classes by number of rows; None, and no more, at the first number with too many classes."""
    classes = by_rows(items, reach.tick)
    for n in range(most + 1):
        if labelled(items, n) > LARGEST_LEVEL * len(items.action):
            yield n, None
            return
        yield n, next(classes)


def fewest_ones_first(classes: Classes, ones: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yield items and orbit of each class, those with the fewest ones first; ``ones`` are those of each item."""
    counted = np.arange(classes.members.shape[1]) < classes.length[:, None]
    total = np.where(counted, np.array(ones)[classes.members], 0).sum(axis=1)
    for k in np.argsort(total, kind="stable"):
        yield classes.members[k, : classes.length[k]].tolist(), int(classes.orbit[k])
