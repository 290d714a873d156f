"""Domains of conjectures: their cases from the smallest size, and a strategy for sizes beyond enumeration.

This module has the domains of any rows, of receptions of the sum-recovery code, and of those of any scheme;
:func:`~srtheory.conjectures.families.family` has those of user-defined rows, and
:mod:`~srtheory.conjectures.domains` cases that are no rows, such as orders of evaluation.

The domain of a scheme is **exhaustive** if the possible rows of a worker are known. For a sum-recovery code, including
SR-k and designed block sizes, these are its own symbol and then disjoint blocks of other symbols, whose sizes follow a
rule. Every such hand is one item, and all relabellings of the symbols are symmetries. For a scheme whose rows do not
depend on the run's key they are a beginning of one stream, and the symmetries are the relabellings that map the
workers' streams to each other. For any other scheme the cases are drawn: a run's key, and the work of each worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations_with_replacement, permutations
from math import comb, factorial, prod
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from srtheory.conjectures import enumerate as enumeration
from srtheory.conjectures.case import Case, from_reception, from_rows, from_vectors
from srtheory.conjectures.counts import Blocks, arrangements, law_given_counts
from srtheory.conjectures.enumerate import (
    LARGEST_TABLE,
    ONES,
    SYMBOLS,
    WIDEST,
    Domain,
    Level,
    Range,
    Reach,
    Sizing,
    Weights,
    degrees,
    elements,
    integers,
    levels_of,
    merged,
    residues,
    row_items,
    signs,
    support,
    vector_items,
    weights_of,
)
from srtheory.conjectures.families import code_hands, family, scheme_receptions
from srtheory.conjectures.strategies import binary_rows, runs, weighted_rows
from srtheory.errors import ArgumentError, require_int
from srtheory.theory.designs import Design
from srtheory.theory.startup import block_ends

__all__ = [
    "Orders",
    "elements",
    "family",
    "integers",
    "orders",
    "receptions",
    "reduced_receptions",
    "repeated_rows",
    "residues",
    "rows",
    "signs",
]


def rows(
    max_degree: int | None = None, *, weights: Weights | Iterable[int] = ONES, multiples: bool = True
) -> Domain[Case]:
    """Return sets of non-empty rows, of at most ``max_degree`` symbols each if it is given.

    They are for statements that do not change when a row is repeated, for which sets suffice. The weights that the
    symbols in a row may have are ``signs()``, ``residues("GF(5)")``, ``elements("GF(4)")``, ``integers(-2, 2)``, or
    some integers other than 0; by default 1. Without ``multiples`` there is one of rows that are multiples of each
    other, for statements that do not change when a row is multiplied (over GF(q), with the weights
    ``residues("GF(p)")`` or ``elements("GF(q)")``).
    """
    return _rows(max_degree, weights_of(weights), multiples, repeats=False)


def repeated_rows(
    max_degree: int | None = None, *, weights: Weights | Iterable[int] = ONES, multiples: bool = True
) -> Domain[Case]:
    """Return multisets of at most 2m + 2 non-empty rows. Otherwise as :func:`rows`."""
    return _rows(max_degree, weights_of(weights), multiples, repeats=True)


@cache
def _rows(max_degree: int | None, weights: Weights, multiples: bool, *, repeats: bool) -> Domain[Case]:
    bound = "" if max_degree is None else f" of at most {max_degree} {'ones' if weights.plain else 'symbols'}"
    kind = "0/1 rows" if weights.plain else "rows"
    weighed = "" if weights.plain else f" with weights {weights}"
    if not multiples:
        weighed += ", of multiples one"
    says = (
        f"up to 2m + 2 {kind}{bound}{weighed}, none empty, repeats allowed"
        if repeats
        else f"sets of {kind}{bound}{weighed}, none empty, none repeated"
    )

    def strategy(reach: Reach) -> SearchStrategy[Case]:
        limits: Any = {"max_symbols": reach.symbols, "max_degree": max_degree, "distinct": not repeats}
        if weights.plain:
            return binary_rows(**limits).map(from_rows)
        drawn = weighted_rows(weights=weights, multiples=multiples, **limits)
        return drawn.map(lambda rows: from_rows(rows, weights.elements))

    return Domain(
        says=says,
        order="symbols, rows, ones" if weights.plain else "symbols, rows, weights that are not 0",
        levels=lambda reach: _row_levels(reach, max_degree, weights, multiples, repeats),
        strategy=strategy,
        key=lambda case: (case.symbols, len(case.masks), case.ones),
    )


def receptions(
    scheme: str | type | None = None, /, *, fixed: bool | None = None, weights: Weights | None = None, **options: Any
) -> Domain[Case]:
    """Return the possible receptions of a master, as sets: any number of rows from each worker.

    The rows of a case are in order of worker in the enumeration, and in order of arrival in the search beyond it. A
    predicate must not depend on how workers interleave or are numbered. (A statement about a stopping time is a
    statement about every prefix of a run, and every such prefix is a case.)

    ``scheme``: A scheme by any name that :func:`srtheory.schemes.make` takes, or a scheme's class; by default the
    sum-recovery code of the paper. ``fixed``: Whether the scheme's rows do not depend on the run's key, so that all
    receptions can be enumerated; it is checked in a few runs. Default: the known value for schemes of this package,
    False for others. ``weights``: Weights of the scheme's rows; those of ``elements("GF(4)")`` are elements, from 1 to
    3. ``**options``: The scheme's. One that is a number, several, or a function of m that gives some, is a size of the
    cases: ``receptions("sr", access=range(1, 9))``, and ``case["access"]`` is its value; sizes that the scheme rejects
    are left out. Degrees and numbers of stragglers are all there, unless some are given.
    """
    if scheme is None:
        for name, value in {"fixed": fixed, "weights": weights, **options}.items():
            if value is not None:
                raise ArgumentError(name, value, "left out where no scheme is named")
        return _receptions()
    return scheme_receptions(scheme, fixed, weights, options)


@cache
def _receptions() -> Domain[Case]:
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
    """Return receptions of a sum-recovery code, up to differences irrelevant to ranks, spans and coverage.

    Blocks can be cleared of the systematic symbols received. Hence rank and span over every field, coverage, and
    functions of the numbers of rows received depend only on these numbers and on the set of the blocks' parts among the
    symbols of inactive workers. One reception represents all that agree in them. A predicate must use nothing else.
    There are half a million classes up to m = 8, with all sizes complete.
    """
    return replace(
        receptions(),
        says="receptions of a sum-recovery code (up to what their spans and coverage cannot depend on)",
        levels=_reduced_levels,
        symbols=symbols,
    )


def _row_levels(
    reach: Reach, max_degree: int | None, weights: Weights, multiples: bool, repeats: bool
) -> Iterator[Level[Case]]:
    within = _mask_levels if weights.plain else _vector_levels
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        yield from within(m, reach, max_degree, weights, multiples, repeats)


def _mask_levels(
    m: int, reach: Reach, max_degree: int | None, weights: Weights, multiples: bool, repeats: bool
) -> Iterator[Level[Case]]:
    items = row_items(m, max_degree, repeats=repeats)
    most = 2 * m + 2 if repeats else len(items.things)
    ones = [mask.bit_count() for mask in items.things]

    def case(members: list[int]) -> Case:
        return Case(m, tuple(items.things[i] for i in members))

    yield from levels_of(items, most, reach, ones, case, lambda n: {"symbols": m, "rows": n})


def _vector_levels(
    m: int, reach: Reach, max_degree: int | None, weights: Weights, multiples: bool, repeats: bool
) -> Iterator[Level[Case]]:
    degree = m if max_degree is None else min(m, max_degree)
    count = sum(comb(m, k) * len(weights.values) ** k for k in range(1, degree + 1))
    few = count * factorial(m) <= LARGEST_TABLE
    items = vector_items(m, weights, max_degree, repeats=repeats, multiples=multiples) if few else None
    if items is None:
        yield Level({"symbols": m, "rows": 0}, None)
        return
    most = 2 * m + 2 if repeats else len(items.things)
    ones = [len(support(row)) for row in items.things]

    def case(members: list[int]) -> Case:
        return from_vectors([items.things[i] for i in members], m, elements=weights.elements)

    yield from levels_of(items, most, reach, ones, case, lambda n: {"symbols": m, "rows": n})


def _reception_levels(reach: Reach) -> Iterator[Level[Case]]:
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        yield from merged({d: _degree_levels(m, d, reach) for d in degrees(m, reach.degree)})


def _degree_levels(m: int, d: int, reach: Reach) -> Iterator[Level[Case]]:
    items, rows_of = code_hands(m, d)
    ones = [sum(mask.bit_count() for mask in masks) for masks in rows_of]

    def case(members: list[int]) -> Case:
        masks = tuple(mask for i in members for mask in rows_of[i])
        return Case(m, masks, tuple(items.things[i][0] for i in members for _ in rows_of[i]), d)

    size = {"symbols": m, "rows": 0, "degree": d}
    yield from levels_of(items, m * len(block_ends(m, d)), reach, ones, case, lambda n: {**size, "rows": n})


# ----------------------------------------------------------------------------------- receptions by what spans depend on

WIDEST_REDUCED = 10
"""Largest number of symbols of a case; 8 takes seconds, 9 minutes and gigabytes if it is to be complete."""


def _reduced_levels(reach: Reach) -> Iterator[Level[Case]]:
    """Return the sizes within reach, smallest first."""
    for m in range(1, min(reach.symbols, WIDEST_REDUCED) + 1):
        yield from merged({d: _reduced_degree(m, d, reach) for d in degrees(m, reach.degree)})


def _reduced_degree(m: int, d: int, reach: Reach) -> Iterator[Level[Case]]:
    own = len(block_ends(m, d))
    for n in range(m * own + 1):
        yield Level({"symbols": m, "rows": n, "degree": d}, _reduced_cases(m, d, n, reach))


def _reduced_cases(m: int, d: int, n: int, reach: Reach) -> Iterator[tuple[Case, int]]:
    """Yield one reception of n rows for each class, those with the fewest ones first."""
    ends = _ends(m, d)
    vectors = [v for v in combinations_with_replacement(range(len(ends) + 1), m) if sum(v) == n]
    for vector in sorted(vectors, key=lambda v: sum(1 + ends[k - 1] for k in v if k)):
        silent, law = law_given_counts(m, d, vector, reach.tick)
        orders = arrangements(vector)
        for ways in law.values():
            yield reception(m, d, silent, ways.example), ways.number * orders


def reception(symbols: int, degree: int, silent: int, example: tuple[Blocks, ...]) -> Case:
    """Return a reception with these restricted blocks: the last ``silent`` workers have sent nothing.

    The rest of a block, besides its part among the inactive symbols, is filled with other senders' symbols in order.
    """
    masks: list[int] = []
    workers: list[int] = []
    for worker, blocks in enumerate(example):
        sent = _sent(symbols, degree, silent, worker, blocks)
        masks += sent
        workers += [worker] * len(sent)
    return Case(symbols, tuple(masks), tuple(workers), degree)


@lru_cache(maxsize=1 << 16)
def _sent(symbols: int, degree: int, silent: int, worker: int, blocks: Blocks) -> tuple[int, ...]:
    """Return the rows of one sender, which many receptions share."""
    masks, ends, senders = [1 << worker], _ends(symbols, degree), symbols - silent
    first, below = 0, (1 << worker) - 1
    for b, block in enumerate(blocks):
        after = first + ends[b + 1] - ends[b] - block.bit_count()
        others = (1 << after) - (1 << first)  # their places among the senders without this worker
        masks.append(block << senders | others & below | (others & ~below) << 1)
        first = after
    return tuple(masks)


@cache
def _ends(symbols: int, degree: int) -> tuple[int, ...]:
    """Return the ends of a worker's blocks, cached since a million receptions need them."""
    return tuple(block_ends(symbols, degree).tolist())


# ----------------------------------------------------------------------------- cases that are no rows: sizes and counts


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

    ``workers`` (int, iterable of int, or callable): The numbers n of workers, or a function of m that gives some; by
    default n = m. ``symbols``: Largest number m of terms to examine, unless the search sets another. ``**sizes`` (int,
    iterable of int, or callable): Further sizes of a case, say of its start-up law, or functions of m that give them:
    ``case["delay"]``.

    For n = m, m <= 4 is enumerated; for other numbers of workers, while there are at most
    :data:`srtheory.conjectures.enumerate.LARGEST_LEVEL` multisets of n orders one of which is 0 .. m - 1.
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
        many = comb(factorial(m) + n - 2, n - 1) > enumeration.LARGEST_LEVEL
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
