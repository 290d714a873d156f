"""Domains of conjectures: their cases from the smallest size, and a strategy for sizes beyond enumeration.

This module has the domains of any rows, of receptions of the sum-recovery code, and of those of any scheme;
:func:`~srtheory.conjectures.families.family` has those of user-defined rows, and
:mod:`~srtheory.conjectures.parameters` cases that are no rows, such as orders of evaluation.

The domain of a scheme is **exhaustive** if the possible rows of a worker are known. For a sum-recovery code, including
SR-k and designed block sizes, these are its own symbol and then disjoint blocks of other symbols, whose sizes follow a
rule. Every such hand is one item, and all relabellings of the symbols are symmetries. For a scheme whose rows do not
depend on the run's key they are a beginning of one stream, and the symmetries are the relabellings that map the
workers' streams to each other. For any other scheme the cases are drawn: a run's key, and the work of each worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations, combinations_with_replacement, pairwise
from math import comb, factorial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from srtheory.conjectures.case import Case, columns, from_reception, from_rows, from_vectors
from srtheory.conjectures.counts import Blocks, arrangements, law_given_counts
from srtheory.conjectures.enumerate import (
    COLUMNS,
    LARGEST_TABLE,
    WIDEST,
    Items,
    by_size,
    make_items,
    moved,
    relabellings,
    row_items,
    swapped,
    vector_items,
)
from srtheory.conjectures.families import family
from srtheory.conjectures.levels import (
    Domain,
    Level,
    Reach,
    Sizing,
    degrees,
    levels_of,
    merged,
    sized,
    sizing,
)
from srtheory.conjectures.parameters import Orders, orders
from srtheory.conjectures.strategies import binary_rows, drawn_receptions, runs, weighted_rows
from srtheory.conjectures.weights import (
    ONES,
    Vector,
    Weights,
    elements,
    integers,
    residues,
    signs,
    support,
    weights_of,
)
from srtheory.errors import ArgumentError
from srtheory.own_code import blamed, is_class, told
from srtheory.schemes import named
from srtheory.schemes.base import UNLIMITED, Scheme
from srtheory.schemes.own import emitted
from srtheory.schemes.sum_recovery import SizedSumRecovery, SumRecovery
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

    Parameters
    ----------
    scheme : str or type, optional
        A scheme by any name that :func:`srtheory.schemes.make` takes, or a scheme's class; by default the sum-recovery
        code of the paper.
    fixed : bool, optional
        Whether the scheme's rows do not depend on the run's key, so that all receptions can be enumerated; it is
        checked in a few runs. Default: the known value for schemes of this package, False for others.
    weights : Weights, optional
        Weights of the scheme's rows; those of ``elements("GF(4)")`` are elements, from 1 to 3.
    **options
        The scheme's.  One that is a number, several, or a function of m that gives some, is a size of the cases:
        ``receptions("sr", access=range(1, 9))``, and ``case["access"]`` is its value; sizes that the scheme rejects
        are left out.  Degrees and numbers of stragglers are all there, unless some are given.
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


# --------------------------------------------------------------------------------------------- receptions of any scheme

FIXED = {
    *("one", "uncoded", "repetition", "gradient-fractional", "gradient-cyclic"),
    *("parts-cyclic", "parts-even", "parts-pairs", "terms-cyclic", "terms-pairs", "terms-staircase"),
}
"""Schemes of this package whose rows do not depend on the run's key."""
KEYS = range(5)
"""Keys of runs with which this is checked."""
SYMBOLS = 8
MOST_ITEMS = 32_000
Sequences = set[tuple[int, ...]]
SentBy = tuple[int, tuple[int, ...]]
"""Symbols sent by a worker of a sum-recovery code: its own symbol's number, and its blocks' masks, ascending."""


def scheme_receptions(
    scheme: str | type, fixed: bool | None, weights: Weights | None, options: Mapping[str, Any]
) -> Domain[Case]:
    """See :func:`srtheory.conjectures.domains.receptions`."""
    name = scheme.__name__ if isinstance(scheme, type) else scheme
    make = _maker(scheme)
    given = dict(_defaults(scheme)) | dict(options)
    ranges = {option: value for option, value in given.items() if _is_range(value)}
    constant = {option: value for option, value in given.items() if option not in ranges}
    every = "degree" in ranges and "degree" not in options
    known = None if weights is None else weights_of(weights)
    its = _Sent(make, name, name in FIXED if fixed is None else fixed, known, constant, sizing(ranges), every)
    its.first()
    said = "".join(f", {option} {value}" for option, value in constant.items())
    return Domain(
        says=f"receptions of {name}{said}: the first few rows of each worker",
        order=its.sizing.says,
        levels=its.levels,
        strategy=its.strategy,
        key=its.sizing.key,
        symbols=SYMBOLS,
        has_degree="degree" in ranges,
    )


def _maker(scheme: str | type) -> Callable[[int, Mapping[str, Any]], Scheme]:
    if isinstance(scheme, str):
        return named(scheme).build
    if not is_class(scheme):
        raise ArgumentError("scheme", scheme, "the name of a scheme, or a scheme's class")
    return lambda symbols, options: _instance(scheme, symbols, options)


def _instance(kind: type, symbols: int, options: Mapping[str, Any]) -> Scheme:
    from srtheory.schemes.own import fault_of, lacking

    if lacks := lacking(kind):
        raise ArgumentError("scheme", kind.__name__, f"a scheme's class: it {lacks}")
    name = kind.__name__
    with blamed(lambda error: ArgumentError("scheme", name, f"one that can be built ({told(error)})"), ArgumentError):
        made: Scheme = kind(symbols=symbols, **options)
        fault = fault_of(made, symbols)
    if fault:
        raise ArgumentError("scheme", kind.__name__, f"a scheme as in docs/own_code.md; {fault}")
    return made


def _defaults(scheme: str | type) -> Iterator[tuple[str, Any]]:
    """Return all degrees, and all numbers of stragglers, of a scheme that has them."""
    known = named(scheme).options if isinstance(scheme, str) else getattr(scheme, "__dataclass_fields__", {})
    if "degree" in known:
        yield "degree", lambda symbols: range(1, max(1, symbols - 1) + 1)
    if "stragglers" in known:
        yield "stragglers", range


def _is_range(value: Any) -> bool:
    whole = hasattr(value, "__index__") and not isinstance(value, bool)
    return whole or callable(value) or (hasattr(value, "__iter__") and not isinstance(value, str))


@dataclass(frozen=True)
class _Sent:
    make: Callable[[int, Mapping[str, Any]], Scheme]
    name: str
    fixed: bool
    weights: Weights | None
    constant: Mapping[str, Any]
    sizing: Sizing
    every_degree: bool

    def within_reach(self, reach: Reach) -> Sizing:
        """Return the sizes; if every degree is tried, a requested degree may exceed m - 1."""
        if reach.degree is None or not self.every_degree:
            return self.sizing
        return replace(self.sizing, ranges={**self.sizing.ranges, "degree": reach.degree})

    def first(self) -> None:
        """Raise the scheme's error if it cannot be built for any number of symbols."""
        last = ArgumentError("scheme", self.name, "one that has some sizes")
        for m in range(1, SYMBOLS + 1):
            for size in self.sizing.of(m):
                try:
                    self.make(m, {**self.constant, **size})
                except ArgumentError as error:
                    last = error
                else:
                    return
        raise last

    def scheme(self, m: int, size: Mapping[str, int]) -> Scheme | None:
        """Return the scheme of that size, or None if it has no such size."""
        try:
            return self.make(m, {**self.constant, **size})
        except ArgumentError:
            return None

    def levels(self, reach: Reach) -> Iterator[Level[Case]]:
        yield from self.within_reach(reach).levels(reach, self._within, reach.symbols)

    def _within(self, m: int, size: dict[str, int], reach: Reach) -> Iterator[Level[Case]]:
        scheme = self.scheme(m, size)
        if scheme is None:
            return
        found = self._items(scheme)
        if found is None:
            yield Level(self.sizing.whole(m, 0, size), None)
            return
        items, rows_of = found
        most = sum(max(items.weight[items.owner == owner].tolist()) for owner in set(items.owner.tolist()))
        owner = items.owner.tolist()

        def case(members: list[int]) -> Case:
            rows = [row for i in members for row in rows_of[i]]
            workers = [owner[i] for i in members for _ in rows_of[i]]
            return self._of(sized(from_vectors(rows, m, workers), size))

        ones = [sum(len(support(row)) for row in rows) for rows in rows_of]
        yield from levels_of(items, most, reach, ones, case, lambda n: self.sizing.whole(m, n, size))

    def _items(self, scheme: Scheme) -> tuple[Items[Any], list[list[Vector]]] | None:
        """Return all possible sendings of one worker, with their rows, or None if they are unknown, or too many."""
        m = scheme.symbols
        if isinstance(scheme, SumRecovery) and not scheme.rateless:
            cuts = block_ends(m, scheme.degree, scheme.access).tolist()
            return _hands(m, {_sizes(cuts)})
        if isinstance(scheme, SizedSumRecovery):
            return _hands(m, block_sequences([stage.sizes for stage in scheme.stages], m - 1))
        return self._streams(scheme) if self.fixed and not scheme.rateless else None

    def _streams(self, scheme: Scheme) -> tuple[Items[Any], list[list[Vector]]] | None:
        """Return the beginnings of each worker's stream."""
        budget = np.full(scheme.workers, UNLIMITED)
        streams: list[list[Vector]] = [[] for _ in range(scheme.workers)]
        first = emitted(scheme, KEYS[0], budget)
        for key in KEYS[1:]:
            other = emitted(scheme, key, budget)
            if first.rows.mappings() != other.rows.mappings() or first.worker.tolist() != other.worker.tolist():
                raise ArgumentError("fixed", True, f"False: the rows of {self.name} depend on the run's key")
        for worker, row in zip(first.worker.tolist(), first.rows.mappings(), strict=True):
            streams[worker].append(tuple(row.get(j, 0) for j in range(scheme.symbols)))
        hands = [(len(stream[:k]), j) for j, stream in enumerate(streams) for k in range(1, len(stream) + 1)]
        if not 0 < len(hands) <= MOST_ITEMS:
            return None
        hands.sort()
        place = {hand: i for i, hand in enumerate(hands)}
        group = relabellings(scheme.symbols, COLUMNS, len(hands)).tolist()
        sent_to = [to for move in group if (to := _workers(streams, move)) is not None]
        action = np.array([[place[k, to[j]] for k, j in hands] for to in sent_to], np.int16)
        weight, owner = np.array(hands, np.int64).T.copy()  # rows, not columns, for which kernels are compiled anew
        return Items(scheme.symbols, hands, weight, owner, action), [streams[j][:k] for k, j in hands]

    def strategy(self, reach: Reach) -> SearchStrategy[Case]:
        """Return the possible receptions at some moment of some run."""
        each = [
            (scheme, size)
            for m in range(1, reach.symbols + 1)
            for size in self.within_reach(reach).of(m, reach.degree)
            if (scheme := self.scheme(m, size)) is not None
        ]
        if not each:
            return st.nothing()
        return st.sampled_from(each).flatmap(
            lambda one: drawn_receptions(one[0]).map(lambda got: self._of(sized(from_reception(got), one[1])))
        )

    def _of(self, case: Case) -> Case:
        """Return the case with its weights checked and its sizes written into it."""
        if self.weights is None:
            return case
        if wrong := {weight for row in case.vectors for weight in row if weight} - set(self.weights.values):
            raise ArgumentError("weights", min(wrong), f"{self.weights}, in the rows of {self.name}")
        return replace(case, elements=self.weights.elements)


def _workers(streams: list[list[Vector]], move: list[int]) -> list[int] | None:
    """Return the worker to which a relabelling sends each worker, or None if some stream is then no worker's."""
    waiting: dict[tuple[Vector, ...], list[int]] = {}
    for j, stream in enumerate(streams):
        waiting.setdefault(tuple(stream), []).append(j)
    taken: dict[tuple[Vector, ...], int] = {}
    found = []
    for stream in streams:
        image = tuple(moved(row, move) for row in stream)
        number = taken.get(image, 0)
        if number >= len(waiting.get(image, ())):
            return None
        found.append(waiting[image][number])
        taken[image] = number + 1
    return found


def block_sequences(stages: list[tuple[int, ...]], others: int) -> Sequences:
    """Return the block sizes that a worker sends in order until all symbols are sent; the last takes the rest."""
    found: Sequences = set()
    waiting: list[tuple[tuple[int, ...], int]] = [((), others)]
    seen = set(waiting)
    while waiting:
        sizes, left = waiting.pop()
        if not left:
            found.add(sizes)
            continue
        for size in stages[min(len(sizes), len(stages) - 1)]:
            more = ((*sizes, min(size, left)), left - min(size, left))
            if more not in seen:
                seen.add(more)
                waiting.append(more)
    return found


@lru_cache(maxsize=16)
def code_hands(m: int, d: int) -> tuple[Items[SentBy], list[list[int]]]:
    """Return the possible hands of a worker of the code, one hand per worker, and their rows as masks."""
    found = _hands(m, {_sizes(block_ends(m, d).tolist())}, as_sent=True)
    assert found is not None, "codes of at most WIDEST symbols have few hands"
    items, rows_of = found
    return items, [[sum(1 << j for j in support(row)) for row in rows] for rows in rows_of]


def _sizes(ends: list[int]) -> tuple[int, ...]:
    return tuple(b - a for a, b in pairwise(ends))


def _hands(m: int, sequences: Sequences, as_sent: bool = False) -> tuple[Items[SentBy], list[list[Vector]]] | None:
    """Return all possible hands of a worker whose blocks have these sizes in order, or None if they are too many.

    The order in which blocks of one size were sent is omitted: they are exchangeable, and no statement about the
    received rows as a set depends on it. Hands of as many rows are ordered by their blocks, ascending or ``as_sent``.
    """
    if m > WIDEST:
        return None
    orders = {tuple(sorted(sizes[:k])): sizes[:k] for sizes in sorted(sequences) for k in range(len(sizes) + 1)}
    hands: set[SentBy] = set()
    for worker in range(m):
        others = (1 << m) - 1 & ~(1 << worker)
        for sizes in orders:
            for blocks in _disjoint(others, sizes):
                hands.add((worker, blocks))
                if len(hands) * factorial(m) > LARGEST_TABLE:
                    return None
    sent = {hand: _sent_masks(hand, orders) for hand in hands}
    things = sorted(hands, key=lambda hand: (len(hand[1]), *((hand[0], sent[hand]) if as_sent else hand)))
    weight = [1 + len(blocks) for _, blocks in things]
    items = make_items(m, things, weight, [worker for worker, _ in things], _swapped)
    return items, [[tuple(mask >> j & 1 for j in range(m)) for mask in sent[hand]] for hand in things]


def _disjoint(among: int, sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Return each set of disjoint masks with these numbers of ones once, ascending."""
    yield from {tuple(sorted(found)) for found in _in_order(among, sizes, 0, 0)}


def _in_order(among: int, sizes: tuple[int, ...], last: int, low: int) -> Iterator[tuple[int, ...]]:
    """Return the same in the order of the sizes, which are non-decreasing, with equal sizes ascending."""
    if not sizes:
        yield ()
        return
    for chosen in combinations(columns(among), sizes[0]):
        mask = sum(1 << c for c in chosen)
        if sizes[0] != last or mask > low:
            yield from ((mask, *rest) for rest in _in_order(among & ~mask, sizes[1:], sizes[0], mask))


def _swapped(hand: SentBy, i: int) -> SentBy:
    worker, blocks = hand
    return {i: i + 1, i + 1: i}.get(worker, worker), tuple(sorted(swapped(block, i) for block in blocks))


def _sent_masks(hand: SentBy, orders: Mapping[tuple[int, ...], tuple[int, ...]]) -> list[int]:
    """Return the rows of a hand in an order in which the worker can send them."""
    worker, blocks = hand
    of_size: dict[int, list[int]] = {}
    for block in sorted(blocks, key=by_size, reverse=True):
        of_size.setdefault(block.bit_count(), []).append(block)
    sizes = orders[tuple(sorted(block.bit_count() for block in blocks))]
    return [1 << worker, *(of_size[size].pop() for size in sizes)]
