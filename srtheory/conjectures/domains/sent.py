"""Receptions of any scheme as a domain: any number of rows from each worker.

The domain is **exhaustive** if the possible rows of a worker are known. For a sum-recovery code, including SR-k and
designed block sizes, these are its own symbol and then disjoint blocks of other symbols, whose sizes follow a rule.
Every such hand is one item, and all relabellings of the symbols are symmetries. For a scheme whose rows do not depend
on the run's key they are a beginning of one stream, and the symmetries are the relabellings that map the workers'
streams to each other. For any other scheme the cases are drawn: a run's key, and the work of each worker in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import factorial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from srtheory.conjectures.case import Case, from_reception, from_vectors
from srtheory.conjectures.enumerate import Classes, Items, make_items
from srtheory.conjectures.items import LARGEST_TABLE, by_size, swapped
from srtheory.conjectures.levels import WIDEST, Domain, Level, Reach, classes_by_rows, fewest_ones_first
from srtheory.conjectures.relabel import COLUMNS, moved, relabellings
from srtheory.conjectures.sizing import Sizing, sized, sizing
from srtheory.conjectures.small import columns
from srtheory.conjectures.strategies import drawn_receptions
from srtheory.conjectures.weights import Vector, Weights, support, weights_of
from srtheory.errors import ArgumentError
from srtheory.own_code import blamed, is_class, told
from srtheory.schemes import named
from srtheory.schemes.base import UNLIMITED, Scheme
from srtheory.schemes.own import emitted
from srtheory.schemes.sum_recovery import SizedSumRecovery, SumRecovery
from srtheory.theory.blocks import block_ends

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
            yield self.sizing.level(m, 0, size, None)
            return
        items, rows_of = found
        most = sum(max(items.weight[items.owner == owner].tolist()) for owner in set(items.owner.tolist()))
        for n, classes in classes_by_rows(items, most, reach):
            cases = None if classes is None else map(self._weighed, _cases(items, rows_of, classes, size))
            yield self.sizing.level(m, n, size, cases)

    def _items(self, scheme: Scheme) -> tuple[Items[Any], list[list[Vector]]] | None:
        """Return all possible sendings of one worker, with their rows, or None if they are unknown, or too many."""
        m = scheme.symbols
        if isinstance(scheme, SumRecovery) and not scheme.rateless:
            cuts = block_ends(m, scheme.degree, scheme.access).tolist()
            return _hands(m, {tuple(b - a for a, b in pairwise(cuts))})
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

    def _weighed(self, of: tuple[Case, int]) -> tuple[Case, int]:
        return self._of(of[0]), of[1]

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


def _hands(m: int, sequences: Sequences) -> tuple[Items[SentBy], list[list[Vector]]] | None:
    """Return all possible hands of a worker whose blocks have these sizes in order."""
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
    things = sorted(hands, key=lambda hand: (len(hand[1]), hand))
    weight = [1 + len(blocks) for _, blocks in things]
    items = make_items(m, things, weight, [worker for worker, _ in things], _swapped)
    return items, [_rows(m, hand, orders) for hand in things]


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


def _rows(m: int, hand: SentBy, orders: Mapping[tuple[int, ...], tuple[int, ...]]) -> list[Vector]:
    """Return the rows of a hand in an order in which the worker can send them."""
    worker, blocks = hand
    of_size: dict[int, list[int]] = {}
    for block in sorted(blocks, key=by_size, reverse=True):
        of_size.setdefault(block.bit_count(), []).append(block)
    sizes = orders[tuple(sorted(block.bit_count() for block in blocks))]
    masks = [1 << worker, *(of_size[size].pop() for size in sizes)]
    return [tuple(mask >> j & 1 for j in range(m)) for mask in masks]


def _cases(
    items: Items[Any], rows_of: list[list[Vector]], classes: Classes, size: Mapping[str, int]
) -> Iterator[tuple[Case, int]]:
    ones = [sum(len(support(row)) for row in rows) for rows in rows_of]
    owner = items.owner.tolist()
    for members, orbit in fewest_ones_first(classes, ones):
        rows = [row for i in members for row in rows_of[i]]
        workers = tuple(owner[i] for i in members for _ in rows_of[i])
        yield sized(from_vectors(rows, items.symbols, workers), size), orbit
