"""A domain from a user's generator: sets of the rows that it yields, or the cases that it yields whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from srtheory.conjectures import levels
from srtheory.conjectures.case import Case, from_reception, from_rows, from_vectors
from srtheory.conjectures.enumerate import FREE, Classes, Items
from srtheory.conjectures.levels import Domain, Level, Reach, classes_by_rows, fewest_ones_first
from srtheory.conjectures.relabel import COLUMNS, Symmetry, kept, relabellings
from srtheory.conjectures.sizing import Range, Sizing, sized, sizing
from srtheory.conjectures.weights import LARGEST, Vector, Weights, support, weights_of
from srtheory.errors import ArgumentError, require_int
from srtheory.own_code import UNBLAMED, told_with_line
from srtheory.reception import Reception
from srtheory.rows import Rows, check_support

Generator = Callable[..., Iterable[Any]]

MOST_ROWS = 20_000
"""Most rows of one size that are looked at."""
_TICKS = 256


def family(
    generator: Generator,
    *,
    says: str | None = None,
    order: Sequence[str] | None = None,
    symmetry: str | Symmetry | None = COLUMNS,
    weights: Weights | Iterable[int] | None = None,
    repeats: bool = False,
    symbols: int = 8,
    **sizes: Range,
) -> Domain[Case]:
    """All sets of rows of a family, or all cases of one.

    Parameters
    ----------
    generator : callable
        ``generator(symbols, **size)`` yields rows, each as some symbols from 0 to m - 1 or as a mapping from symbols to
        weights; the cases are the sets of them.  Or it yields the cases themselves, each as a
        :class:`~srtheory.reception.Reception`, :class:`~srtheory.rows.Rows` or
        :class:`~srtheory.conjectures.case.Case` of m symbols.
    says : str, optional
        What a case is, in words; by default from the generator's name.
    order : sequence of str, optional
        What "smallest" means: ``"symbols"``, then ``"rows"`` and the names of the sizes in any order; by default in
        that of ``sizes``, after the rows.  Within a size, cases with fewer ones come first.
    symmetry : "columns", None or callable
        Relabellings of the symbols under which the statement does not change; only one case of each class is looked at.
        Of all of them (``"columns"``), or of the group that a function of m gives some permutations of, those count
        that send the generator's rows to its rows.  Cases that are yielded whole are all looked at.
    weights : Weights or iterable of int, optional
        The weights that the rows may have, such as ``residues("GF(5)")`` or ``elements("GF(4)")``; by default any whole
        numbers other than 0.
    repeats : bool
        Whether a row may stand in a case more than once, up to 2m + 2 rows in all.
    symbols : int
        Largest number of symbols to look at, unless the hunt says otherwise.
    **sizes : int, iterable of int, or callable
        Further arguments of the generator and the values that they may have, or a function of m that gives these.

    Raises
    ------
    ArgumentError
        For an argument outside its range; later, if the generator raises or yields anything else.

    Notes
    -----
    A size is enumerated where its rows are at most :data:`MOST_ROWS` and its classes at most
    :data:`srtheory.conjectures.levels.LARGEST_LEVEL`; others are left to Hypothesis, which draws among the first
    :data:`MOST_ROWS` rows.
    """
    if not callable(generator):
        raise ArgumentError("generator", generator, "a function of the number of symbols that yields rows")
    name = getattr(generator, "__name__", type(generator).__name__)
    known = sizing(sizes, order)
    relabellings(1, symmetry, 1)
    its = _Family(generator, name, known, symmetry, None if weights is None else weights_of(weights), bool(repeats), {})
    return Domain(
        says=says or f"{'multisets of rows' if repeats else 'cases'} of {name}()",
        order=known.says,
        levels=its.levels,
        strategy=its.strategy,
        key=known.key,
        symbols=require_int("symbols", symbols),
        has_degree="degree" in sizes,
    )


@dataclass(frozen=True)
class _Yielded:
    """What a generator yields for one size, without what it yields twice."""

    rows: list[Vector]
    cases: list[Case]
    complete: bool

    def __bool__(self) -> bool:
        return bool(self.rows or self.cases)


@dataclass(frozen=True)
class _Family:
    generator: Generator
    name: str
    sizing: Sizing
    symmetry: str | Symmetry | None
    weights: Weights | None
    repeats: bool
    known: dict[tuple[int, ...], _Yielded]

    # ------------------------------------------------------------------------------------------------ enumeration

    def levels(self, reach: Reach) -> Iterator[Level[Case]]:
        yield from self.sizing.levels(reach, self._within, reach.symbols)
        if not any(self.known.values()):
            raise ArgumentError(
                "generator", self.name, f"one that yields rows: there are none up to m = {reach.symbols}"
            )

    def _within(self, m: int, size: dict[str, int], reach: Reach) -> Iterator[Level[Case]]:
        found = self.yielded(m, size, reach.tick)
        if not found.complete:
            yield self.sizing.level(m, 0, size, None)
        elif found.cases:
            for n, whole in groupby(found.cases, key=lambda case: len(case.masks)):
                yield self.sizing.level(m, n, size, [(case, 1) for case in whole])
        elif found.rows:
            items = self._items(m, found.rows)
            for n, classes in classes_by_rows(items, self._most(m, found.rows), reach):
                cases = None if classes is None else sets_of_size(items, classes, size, self._elements)
                yield self.sizing.level(m, n, size, cases)

    def _most(self, m: int, rows: Sequence[Vector]) -> int:
        return 2 * m + 2 if self.repeats else len(rows)

    def _items(self, m: int, rows: list[Vector]) -> Items[Vector]:
        ordered = sorted(rows, key=lambda row: len(support(row)))
        action = kept(ordered, relabellings(m, self.symmetry, len(rows)))
        owner = np.full(len(rows), FREE) if self.repeats else np.arange(len(rows))
        return Items(m, ordered, np.ones(len(rows), np.int64), owner.astype(np.int64), action)

    # ----------------------------------------------------------------------------------------- beyond enumeration

    def strategy(self, reach: Reach) -> SearchStrategy[Case]:
        """Cases of any size within reach; of sets, up to 2m + 2 rows."""
        each = [
            (m, size, found)
            for m in range(1, reach.symbols + 1)
            for size in self.sizing.of(m, reach.degree)
            if (found := self.yielded(m, size, reach.tick))
        ]
        return self._drawn(each) if each else st.nothing()

    def _drawn(self, each: list[tuple[int, dict[str, int], _Yielded]]) -> SearchStrategy[Case]:
        @st.composite
        def drawn(draw: DrawFn) -> Case:
            m, size, found = draw(st.sampled_from(each))
            if found.cases:
                return draw(st.sampled_from(found.cases))
            number = st.integers(0, len(found.rows) - 1)
            most = min(2 * m + 2, self._most(m, found.rows))
            chosen = draw(st.lists(number, max_size=most, unique=not self.repeats))
            rows = [found.rows[i] for i in chosen]
            return sized(from_vectors(rows, m, elements=self._elements), size)

        return drawn()

    # --------------------------------------------------------------------------------------------- what is yielded

    def yielded(self, m: int, size: dict[str, int], tick: Callable[[], None]) -> _Yielded:
        """What the generator yields for one size, looked at."""
        key = (m, *size.values())
        if key not in self.known:
            self.known[key] = self._asked(m, size, tick)
        return self.known[key]

    def _asked(self, m: int, size: dict[str, int], tick: Callable[[], None]) -> _Yielded:
        rows: dict[Vector, None] = {}
        cases: dict[Case, None] = {}
        complete = True
        for i, thing in enumerate(self._things(m, size)):
            if i % _TICKS == 0:
                tick()
            if isinstance(thing, Case | Rows | Reception):
                cases[sized(self._case(thing, m, size), size)] = None
            else:
                rows[self._row(thing, m, size)] = None
            if rows and cases:
                raise self._bad(m, size, "that yields rows or whole cases", "both")
            if len(rows) > MOST_ROWS or len(cases) > levels.LARGEST_LEVEL:
                complete = False
                break
        return _Yielded(list(rows)[:MOST_ROWS], sorted(cases, key=lambda case: (len(case.masks), case.ones)), complete)

    def _things(self, m: int, size: dict[str, int]) -> Iterator[Any]:
        with self._blamed(m, size):
            found = self.generator(m, **size)
            if isinstance(found, str | bytes | Case | Rows | Reception) or not hasattr(found, "__iter__"):
                raise self._bad(m, size, "that gives rows one after the other", type(found).__name__)
            things = iter(found)
        end = object()
        while True:
            with self._blamed(m, size):
                thing = next(things, end)
            if thing is end:
                return
            yield thing  # outside, or it would be blamed for being closed

    @contextmanager
    def _blamed(self, m: int, size: dict[str, int]) -> Iterator[None]:
        try:
            yield
        except (ArgumentError, *UNBLAMED):
            raise
        except BaseException as error:
            raise self._bad(m, size, "that does not raise", told_with_line(error)) from None

    def _row(self, thing: Any, m: int, size: dict[str, int]) -> Vector:
        weighed = thing if isinstance(thing, Mapping) else None
        if isinstance(thing, str | bytes) or not hasattr(thing, "__iter__"):
            raise self._bad(m, size, "whose rows are symbols, or mappings from symbols to weights", thing)
        places = list(thing)
        try:
            check_support(places, m, 0)
        except ArgumentError as error:
            raise self._bad(
                m, size, f"whose rows are each {error.expected.replace('column', 'symbol')}", thing
            ) from None
        if not places:
            raise self._bad(m, size, "whose rows are not empty", thing)
        row = [0] * m
        for j in places:
            row[j] = 1 if weighed is None else self._weight(weighed[j], m, size)
        return tuple(row)

    def _weight(self, weight: Any, m: int, size: dict[str, int]) -> int:
        whole = hasattr(weight, "__index__") and not isinstance(weight, bool)
        if self.weights is not None:
            if not whole or int(weight) not in self.weights.values:
                raise self._bad(m, size, f"whose weights are {self.weights}", weight)
        elif not whole or not weight or abs(int(weight)) > LARGEST:
            raise self._bad(m, size, "whose weights are whole numbers other than 0, at most 2^31", weight)
        return int(weight)

    def _case(self, thing: Case | Rows | Reception, m: int, size: dict[str, int]) -> Case:
        case = thing
        if isinstance(thing, Reception):
            case = from_reception(thing)
        elif isinstance(thing, Rows):
            case = from_rows(thing)
        assert isinstance(case, Case)
        if case.symbols != m:
            raise self._bad(m, size, f"whose cases have {m} symbols", f"one of {case.symbols}")
        if self.weights is not None and not {w for row in case.vectors for w in row if w} <= set(self.weights.values):
            raise self._bad(m, size, f"whose weights are {self.weights}", case.vectors)
        return case if self._elements is None else replace(case, elements=self._elements)

    @property
    def _elements(self) -> str | None:
        return None if self.weights is None else self.weights.elements

    def _bad(self, m: int, size: dict[str, int], expected: str, found: object) -> ArgumentError:
        at = ", ".join(f"{name} {value}" for name, value in {"symbols": m, **size}.items())
        return ArgumentError("generator", found, f"one {expected} ({self.name}, at {at})")


def sets_of_size(
    items: Items[Vector], classes: Classes, size: Mapping[str, int], elements: str | None
) -> Iterator[tuple[Case, int]]:
    """Yield a case of each class of sets of these items, the fewest ones first, and the size of the class."""
    ones = [len(support(row)) for row in items.things]
    for members, orbit in fewest_ones_first(classes, ones):
        rows = [items.things[i] for i in members]
        yield sized(from_vectors(rows, items.symbols, elements=elements), size), orbit
