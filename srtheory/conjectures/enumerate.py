"""Every configuration of a size once, up to relabelling the symbols: orderly generation.

A configuration is a set (or a multiset) of items: rows, or the symbols that one worker has sent. The symmetric group of
the symbols permutes the items (a worker is relabelled with its symbol). Of each class the lexicographically least
sorted sequence of items is kept. Dropping the last item of such a sequence leaves such a sequence (if a relabelling
made the shorter one less, inserting one more item could not make up for that). Hence appending items in ascending
order to the kept sequences, and keeping what is still least, meets every class exactly once.

The size of a class is m! divided by the number of relabellings that fix its sequence. So the number of configurations
without symmetry is known class by class, and equals a closed form (:func:`labelled`), which tests that nothing is
missing. If only some relabellings send items to items, these are a group, and all this is true with its order in place
of m!.

Reference: Read, "Every one a winner", Annals of Discrete Mathematics 2, 1978.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations, product
from math import factorial
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.conjectures.weights import Vector, Weights, support
from srtheory.errors import ArgumentError
from srtheory.own_code import blamed, told

T = TypeVar("T", bound=Hashable)
Int16 = npt.NDArray[np.int16]
WIDEST = 7
"""Largest number of symbols whose m! relabellings are tabulated."""

MOST_NUMBERED = 2**15 - 1
"""Largest number of items: their numbers are of 16 bits."""
FREE = -1
"""Owner of an item that may be combined with any other item, itself included."""
_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Items(Generic[T]):
    """Items of configurations."""

    symbols: int
    """m, the size of the set that is relabelled."""
    things: list[T]
    """The items, by non-decreasing weight."""
    weight: npt.NDArray[np.int64]
    """Rows that each item brings, at least 1."""
    owner: npt.NDArray[np.int64]
    """Two items of one owner exclude each other, unless it is :data:`FREE`."""
    action: Int16
    """Int16 array, shape (order of the group, number of items): Image of each item under each relabelling: all m!, or a
    group of some of them.
    """


@dataclass(frozen=True, eq=False)
class Classes:
    """One representative of each class of configurations of a size."""

    members: Int16
    """Int16 array, shape (classes, width): Item numbers, ascending; the first ``length`` of a line count."""
    length: npt.NDArray[np.int64]
    """Int64 array, shape (classes,): Items in each."""
    orbit: npt.NDArray[np.int64]
    """Int64 array, shape (classes,): Configurations in each class."""

    def __len__(self) -> int:
        return len(self.length)


def make_items(
    symbols: int, things: Sequence[T], weight: Sequence[int], owner: Sequence[int], swap: Callable[[T, int], T]
) -> Items[T]:
    """Return items with the action of the symmetric group, from that of adjacent transpositions.

    ``swap(thing, i)`` is the thing with the symbols i and i + 1 exchanged. The table has m! lines: for m <= 7.
    """
    place = {thing: i for i, thing in enumerate(things)}
    steps = [np.array([place[swap(thing, i)] for thing in things], dtype=np.int16) for i in range(symbols - 1)]
    table = np.arange(len(things), dtype=np.int16)[None, :]
    for i in range(symbols - 1):  # the relabellings of 0 .. i + 1, as cosets of those of 0 .. i
        coset = np.arange(len(things), dtype=np.int16)
        parts = [table]
        for step in reversed(steps[: i + 1]):
            coset = step[coset]
            parts.append(coset[table])
        table = np.concatenate(parts)
    return Items(symbols, list(things), np.array(weight, np.int64), np.array(owner, np.int64), table)


def labelled(items: Items[T], rows: int) -> int:
    """Return the number of configurations with that many rows, not up to symmetry."""
    series = [1] + [0] * rows
    for w in items.weight[items.owner == FREE].tolist():
        for n in range(w, rows + 1):
            series[n] += series[n - w]
    for owner in set(items.owner.tolist()) - {FREE}:
        weights = items.weight[items.owner == owner].tolist()
        series = [series[n] + sum(series[n - w] for w in weights if w <= n) for n in range(rows + 1)]
    return series[rows]


def by_rows(items: Items[T], tick: Callable[[], None] = lambda: None) -> Iterator[Classes]:
    """Yield the classes of configurations with 0, 1, 2, … rows, without end (empty if there are none).

    ``tick`` is called every few milliseconds. An exception that it raises ends the search.
    """
    known = [Classes(np.empty((1, 0), np.int16), np.zeros(1, np.int64), np.ones(1, np.int64))]
    weights = sorted(set(items.weight.tolist()))
    while True:
        yield known[-1]
        rows = len(known)
        parts = [_grown(known[rows - w], items, w, tick) for w in weights if w <= rows]
        known.append(_joined(parts))


def _grown(parents: Classes, items: Items[T], weight: int, tick: Callable[[], None]) -> Classes:
    """Return the least sequences that extend the parents by one item of that weight."""
    low, high = np.searchsorted(items.weight, [weight, weight + 1])
    size = max(1, _CHUNK // int(high - low))
    parts = []
    for start in range(0, len(parents), size):
        tick()
        chunk = slice(start, start + size)
        members, length, stabiliser = _extend(
            parents.members[chunk], parents.length[chunk], int(low), int(high), items.owner, items.action
        )
        parts.append(Classes(members, length, len(items.action) // stabiliser))
    return _joined(parts)


def _joined(parts: list[Classes]) -> Classes:
    width = max((part.members.shape[1] for part in parts), default=0)
    padded = [np.pad(part.members, ((0, 0), (0, width - part.members.shape[1]))) for part in parts]
    if not parts:
        return Classes(np.empty((0, 0), np.int16), np.zeros(0, np.int64), np.zeros(0, np.int64))
    length, orbit = (np.concatenate([getattr(part, name) for part in parts]) for name in ("length", "orbit"))
    return Classes(np.concatenate(padded), length, orbit)


@compiled
def _extend(
    parents: Int16, lengths: npt.NDArray[np.int64], low: int, high: int, owner: npt.NDArray[np.int64], action: Int16
) -> tuple[Int16, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return children that are least in their class, their lengths, and the orders of their stabilisers."""
    most, width = parents.shape[0] * (high - low), parents.shape[1] + 1
    children = np.zeros((most, width), np.int16)
    length, stabiliser = np.empty(most, np.int64), np.empty(most, np.int64)
    found = 0
    for k in range(parents.shape[0]):
        size = lengths[k]
        child = children[found]
        _copy(parents[k], size, child)
        start = max(low, child[size - 1]) if size else low
        for item in range(start, high):
            free = True
            for i in range(size):
                free &= owner[item] == FREE or owner[child[i]] != owner[item]
            if not free:
                continue
            child[size] = item
            fixed = _stabiliser(child[: size + 1], action)
            if fixed:
                length[found], stabiliser[found] = size + 1, fixed
                found += 1
                child = children[found % most]
                _copy(parents[k], size, child)
    return children[:found].copy(), length[:found].copy(), stabiliser[:found].copy()


@compiled
def _copy(source: Int16, size: int, target: Int16) -> None:
    """Copy ``size`` entries in a loop, since compiling a slice with its shape errors would take two seconds."""
    for i in range(size):
        target[i] = source[i]


@compiled
def _stabiliser(sequence: Int16, action: Int16) -> int:
    """Return the number of relabellings that fix the sequence, or 0 if one makes it less."""
    n = sequence.shape[0]
    image = np.empty(n, np.int16)
    fixed = 0
    for g in range(action.shape[0]):
        least = action[g, sequence[0]]
        for i in range(1, n):
            least = min(least, action[g, sequence[i]])
        if least < sequence[0]:
            return 0
        if least > sequence[0]:
            continue
        sign = _compare(sequence, action[g], image)
        if sign < 0:
            return 0
        fixed += sign == 0
    return fixed


@compiled
def _compare(sequence: Int16, moved: Int16, image: Int16) -> int:
    """Return the sign of the comparison of the relabelled sequence, sorted, with the sequence itself."""
    for i in range(sequence.shape[0]):
        value, at = moved[sequence[i]], i
        while at > 0 and image[at - 1] > value:
            image[at] = image[at - 1]
            at -= 1
        image[at] = value
    for i in range(sequence.shape[0]):
        if image[i] != sequence[i]:
            return -1 if image[i] < sequence[i] else 1
    return 0


# --------------------------------------------------------------------------------------------- items: rows of any kind

LARGEST_TABLE = 20_000_000
"""Largest number of entries of a table of the images of the items under the relabellings."""


def swapped(mask: int, i: int) -> int:
    """Return the mask with the bits i and i + 1 exchanged."""
    differ = (mask >> i ^ mask >> i + 1) & 1
    return mask ^ (differ << i | differ << i + 1)


@lru_cache(maxsize=16)
def row_items(symbols: int, max_degree: int | None = None, *, repeats: bool = False) -> Items[int]:
    """Return all non-empty rows of at most ``max_degree`` ones, as masks; each may be used once, or repeatedly."""
    most = symbols if max_degree is None else max_degree
    masks = sorted((mask for mask in range(1, 1 << symbols) if mask.bit_count() <= most), key=by_size)
    owner = [FREE] * len(masks) if repeats else list(range(len(masks)))
    return make_items(symbols, masks, [1] * len(masks), owner, swapped)


@lru_cache(maxsize=16)
def vector_items(
    symbols: int, weights: Weights, max_degree: int | None = None, *, repeats: bool = False, multiples: bool = True
) -> Items[Vector] | None:
    """Return all rows of 1 to ``max_degree`` of these weights, or None if they are more than numbers of items.

    Without ``multiples``, one per class of multiples.
    """
    most = symbols if max_degree is None else min(symbols, max_degree)
    vectors = {_placed(symbols, places, row) for places, row in _supported(symbols, most, weights)}
    of = (lambda row: row) if multiples else weights.canonical_multiple
    things = sorted({of(row) for row in vectors}, key=by_weights)
    if len(things) > MOST_NUMBERED:
        return None
    owner = [FREE] * len(things) if repeats else list(range(len(things)))
    return make_items(symbols, things, [1] * len(things), owner, lambda row, i: of(swapped_vector(row, i)))


def swapped_vector(row: Vector, i: int) -> Vector:
    """Return the row with the symbols i and i + 1 exchanged."""
    return (*row[:i], row[i + 1], row[i], *row[i + 2 :])


def by_weights(row: Vector) -> tuple[int, tuple[int, ...], list[tuple[int, int]]]:
    """Return the sort key of a row: few symbols first, then the first symbols, then the simplest weights."""
    places = support(row)
    return len(places), places, [(abs(row[j]), -row[j]) for j in places]


def _supported(symbols: int, most: int, weights: Weights) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    for size in range(1, most + 1):
        yield from product(combinations(range(symbols), size), product(weights.values, repeat=size))


def _placed(symbols: int, places: tuple[int, ...], weights: tuple[int, ...]) -> Vector:
    row = dict(zip(places, weights, strict=True))
    return tuple(row.get(j, 0) for j in range(symbols))


def by_size(mask: int) -> tuple[int, int]:
    """Return the sort key of a row: few ones first."""
    return mask.bit_count(), mask


# ---------------------------------------------------------------------- relabellings of the symbols that keep the items

Symmetry = Callable[[int], Iterable[Sequence[int]]]
"""Some relabellings for m symbols, each a permutation of 0 … m - 1 that gives the image of each symbol."""

COLUMNS = "columns"
LARGEST_MOVES = 4_000_000
"""Largest number of entries of a table of the images under the relabellings."""
MAX_GROUP_ORDER = 50_000
"""Largest order of a group that is given by some of its relabellings."""


def relabellings(symbols: int, symmetry: str | Symmetry | None, things: int) -> npt.NDArray[np.int64]:
    """Return a group of relabellings, shape (order, m): all, those generated by the given ones, or the identity.

    If all are too many to be tabulated for so many items, it is the identity alone. Cases are then examined one by one,
    which is still exhaustive.
    """
    identity = np.arange(symbols)[None, :]
    if symmetry is None:
        return identity
    if symmetry == COLUMNS:
        wide = symbols > WIDEST or factorial(symbols) * things > LARGEST_MOVES
        return identity if wide else np.array(list(permutations(range(symbols))))
    if not callable(symmetry):
        expected = "'columns', None, or a function of the number of symbols that gives permutations of them"
        raise ArgumentError("symmetry", symmetry, expected)
    return np.array(_generated(symbols, _steps(symbols, symmetry)))


def kept(vectors: Sequence[Vector], group: npt.NDArray[np.int64]) -> Int16:
    """Return the images of rows under those relabellings that permute distinct rows, shape (order, rows).

    These relabellings are also a group.
    """
    matrix = np.array(vectors, np.int64)
    ordered = np.lexsort(matrix.T[::-1])
    target = matrix[ordered]
    found = []
    for move in group:
        image = np.empty_like(matrix)
        image[:, move] = matrix
        there = np.lexsort(image.T[::-1])
        if np.array_equal(image[there], target):
            places = np.empty(len(matrix), np.int16)
            places[there] = ordered
            found.append(places)
    return np.array(found)


def moved(row: Vector, move: Sequence[int]) -> Vector:
    """Return the row, relabelled."""
    image = [0] * len(row)
    for j, weight in zip(move, row, strict=True):
        image[j] = weight
    return tuple(image)


def _steps(symbols: int, symmetry: Symmetry) -> list[tuple[int, ...]]:
    expected = f"a function that gives permutations of 0 … m - 1 (at m = {symbols})"
    with blamed(lambda error: ArgumentError("symmetry", symmetry, f"{expected}: {told(error)}")):
        steps = [tuple(int(j) for j in step) for step in symmetry(symbols)]
    for step in steps:
        if sorted(step) != list(range(symbols)):
            raise ArgumentError("symmetry", step, expected)
    return steps


def _generated(symbols: int, steps: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    found = {tuple(range(symbols)): None}
    waiting = list(found)
    while waiting:
        move = waiting.pop()
        for step in steps:
            more = tuple(step[j] for j in move)
            if more not in found:
                found[more] = None
                waiting.append(more)
        if len(found) > MAX_GROUP_ORDER:
            raise ArgumentError("symmetry", steps[0], f"one of a group of at most {MAX_GROUP_ORDER} (at m = {symbols})")
    return list(found)
