"""Domains whose cases are no rows: the size of a code, the numbers of rows sent by workers, orders of evaluation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement, permutations
from math import comb, factorial, prod
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from srtheory.conjectures import levels
from srtheory.conjectures.counts import arrangements
from srtheory.conjectures.levels import SYMBOLS, Domain, Level, Range, Reach, Sizing, degrees
from srtheory.errors import ArgumentError, require_int
from srtheory.theory.designs import Design
from srtheory.theory.startup import block_ends


@dataclass(frozen=True)
class Shape:
    """Size of a code: m symbols, degree d. A statement about it concerns all tau and mu."""

    symbols: int
    degree: int

    def as_json(self) -> dict[str, Any]:
        """Return the case for programs."""
        return {"symbols": self.symbols, "degree": self.degree, "rows": None, "workers": None}


@dataclass(frozen=True)
class Counts:
    """Number of rows that each worker of a code on m symbols of degree d has sent."""

    symbols: int
    degree: int
    counts: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the case for programs."""
        shape = {"symbols": self.symbols, "degree": self.degree, "rows": None, "workers": None}
        return {**shape, "counts": list(self.counts)}


@cache
def shapes() -> Domain[Shape]:
    """Return the sizes of sum-recovery codes, d from 1 to m - 1."""
    return Domain(
        says="sizes m and d of sum-recovery codes",
        order="symbols, degree",
        levels=_shape_levels,
        strategy=lambda reach: _pairs(reach).map(lambda pair: Shape(*pair)),
        key=lambda case: (case.symbols, case.degree),
        symbols=12,
        has_degree=True,
    )


@cache
def counts() -> Domain[Counts]:
    """Return the rows received from each worker of a sum-recovery code, up to the numbering of workers."""
    return Domain(
        says="numbers of rows received from each worker of a sum-recovery code",
        order="symbols, degree, rows",
        levels=_count_levels,
        strategy=_drawn_counts,
        key=lambda case: (case.symbols, case.degree, sum(case.counts)),
        has_degree=True,
    )


def _shape_levels(reach: Reach) -> Iterator[Level[Shape]]:
    for m in range(1, reach.symbols + 1):
        for d in degrees(m, reach.degree):
            yield Level({"symbols": m, "degree": d}, [(Shape(m, d), 1)])


def _count_levels(reach: Reach) -> Iterator[Level[Counts]]:
    for m in range(1, reach.symbols + 1):
        for d in degrees(m, reach.degree):
            yield Level({"symbols": m, "degree": d}, _all_counts(m, d))


def _all_counts(m: int, d: int) -> Iterator[tuple[Counts, int]]:
    vectors = combinations_with_replacement(range(len(block_ends(m, d)) + 1), m)
    for vector in sorted(vectors, key=sum):
        yield Counts(m, d, vector), arrangements(vector)


def _pairs(reach: Reach) -> SearchStrategy[tuple[int, int]]:
    symbols = st.integers(1, reach.symbols)
    fixed = reach.degree
    return symbols.flatmap(
        lambda m: st.tuples(st.just(m), st.integers(1, max(1, m - 1)) if fixed is None else st.just(fixed))
    )


@st.composite
def _drawn(draw: DrawFn, reach: Reach) -> Counts:
    m, d = draw(_pairs(reach))
    number = st.integers(0, len(block_ends(m, d)))
    return Counts(m, d, tuple(sorted(draw(number) for _ in range(m))))


def _drawn_counts(reach: Reach) -> SearchStrategy[Counts]:
    return _drawn(reach)


# ------------------------------------------------------------------------------------------------- orders of evaluation

WORKERS = "workers"


@dataclass(frozen=True)
class Orders:
    """Orders in which workers evaluate terms, or parts of terms."""

    symbols: int
    """Number m of terms, or of parts."""
    orders: Design
    """For each worker, a permutation of 0 .. m - 1, as in :mod:`srtheory.theory.designs`."""
    parameters: tuple[tuple[str, int], ...] = ()
    """Sizes that its domain has besides these, by name: ``case["delay"]`` is that of ``("delay", 4)``."""

    def __getitem__(self, name: str) -> int:
        """Return the size of that name; raise KeyError if there is none."""
        return dict(self.parameters)[name]

    def as_json(self) -> dict[str, Any]:
        """Return the case for programs; terms and workers are numbered from 0."""
        found = {"symbols": self.symbols, "degree": None, "rows": None, "workers": None}
        parameters = {"parameters": dict(self.parameters)} if self.parameters else {}
        return {**found, "orders": [list(order) for order in self.orders], **parameters}


def orders(workers: Range | None = None, *, symbols: int = 6, **sizes: Range) -> Domain[Orders]:
    """Return all orders of evaluation, up to the names of terms and workers, on which a statement must not depend.

    The first worker of a case has the terms in order, and of all cases that differ in names only it is the first one in
    lexicographic order.

    Parameters
    ----------
    workers : int, iterable of int, or callable, optional
        The numbers n of workers, or a function of m that gives some; by default n = m.
    symbols : int
        Largest number m of terms to examine, unless the search sets another.
    **sizes : int, iterable of int, or callable
        Further sizes of a case, say of its start-up law, or functions of m that give them: ``case["delay"]``.

    Notes
    -----
    For n = m, m <= 4 is enumerated; for other numbers of workers, while there are at most
    :data:`srtheory.conjectures.levels.LARGEST_LEVEL` multisets of n orders one of which is 0 .. m - 1.
    """
    if "rows" in sizes:
        raise ArgumentError("rows", sizes["rows"], "left out: orders have no rows")
    ranges = dict(sizes) if workers is None else {WORKERS: workers, **sizes}
    known = Sizing(ranges, (SYMBOLS, *ranges))
    several = "" if workers is None else ", for any number of workers in question"
    return Domain(
        says=f"orders of m terms for {'m' if workers is None else 'n'} workers{several}",
        order=", ".join((*known.order, "the orders lexicographically")),
        levels=lambda reach: _order_levels(known, reach),
        strategy=lambda reach: _drawn_orders(known, reach),
        key=lambda case: (case.symbols, *(case[name] for name in ranges), *(i for its in case.orders for i in its)),
        symbols=symbols,
        has_degree="degree" in sizes,
    )


def canonical(design: Design) -> Design:
    """Return the first design, in lexicographic order, that differs from a design in the names of terms and workers."""
    return min(_renamed(design, first) for first in set(design))


def _renamed(design: Design, first: tuple[int, ...]) -> Design:
    """Return a design with other names, by which one of its orders has the terms in order."""
    name = {term: k for k, term in enumerate(first)}
    return tuple(sorted(tuple(name[term] for term in order) for order in design))


def orbit(design: Design) -> int:
    """Return how many designs differ from a canonical one in the names of terms and workers only.

    A renaming that keeps the orders as a multiset is known by the order that it sends to the first one.
    """
    kept = sum(_renamed(design, first) == design for first in set(design))
    repeats = prod(factorial(n) for n in Counter(design).values())
    return factorial(len(design[0])) // kept * (factorial(len(design)) // repeats)


def _order_levels(known: Sizing, reach: Reach) -> Iterator[Level[Any]]:
    def within(m: int, size: dict[str, int], reach: Reach) -> Iterator[Level[Any]]:
        n = require_int(WORKERS, size.get(WORKERS, m))
        many = comb(factorial(m) + n - 2, n - 1) > levels.LARGEST_LEVEL
        yield Level(known.whole(m, 0, size), None if many else _order_cases(m, n, size, reach))

    return known.levels(reach, within, reach.symbols)


def _order_cases(m: int, n: int, size: Mapping[str, int], reach: Reach) -> Iterator[tuple[Orders, int]]:
    every = list(permutations(range(m)))
    for others in combinations_with_replacement(every, n - 1):
        reach.tick()
        if (design := (every[0], *others)) == canonical(design):
            yield Orders(m, design, tuple(size.items())), orbit(design)


def _drawn_orders(known: Sizing, reach: Reach) -> SearchStrategy[Orders]:
    each = [(m, size) for m in range(1, reach.symbols + 1) for size in known.of(m, reach.degree)]

    @st.composite
    def drawn(draw: DrawFn) -> Orders:
        m, size = draw(st.sampled_from(each))
        one = st.permutations(range(m)).map(tuple)
        design = tuple(draw(one) for _ in range(size.get(WORKERS, m)))
        return Orders(m, canonical(design), tuple(size.items()))

    return drawn() if each else st.nothing()
