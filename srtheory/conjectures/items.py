"""Items of small cases: rows of any kind, and the hands of a sum-recovery code's workers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product

from srtheory.conjectures.enumerate import FREE, Items, make_items
from srtheory.conjectures.small import columns
from srtheory.conjectures.weights import Vector, Weights, support
from srtheory.theory.startup import block_ends

LARGEST_TABLE = 20_000_000
"""Largest number of entries of a table of the images of the items under the relabellings."""

Hand = tuple[int, tuple[int, ...], int]
"""Rows sent by a worker: its symbol's number, its whole blocks' masks ascending, and its remainder block or 0.

The order in which the whole blocks were sent is omitted: they are exchangeable, and no statement about the received
rows as a set depends on it.
"""


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
) -> Items[Vector]:
    """Return all rows of 1 to ``max_degree`` of these weights; without ``multiples``, one per class of multiples."""
    most = symbols if max_degree is None else min(symbols, max_degree)
    vectors = {_placed(symbols, places, row) for places, row in _supported(symbols, most, weights)}
    of = (lambda row: row) if multiples else weights.canonical_multiple
    things = sorted({of(row) for row in vectors}, key=by_weights)
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


@lru_cache(maxsize=16)
def hand_items(symbols: int, degree: int) -> Items[Hand]:
    """Return the possible hands of a worker of the code, one hand per worker."""
    hands = [hand for worker in range(symbols) for hand in _hands(symbols, degree, worker)]
    hands.sort(key=lambda hand: (len(hand_rows(hand)), hand))
    return make_items(symbols, hands, [len(hand_rows(h)) for h in hands], [h[0] for h in hands], _swapped_hand)


def hand_rows(hand: Hand) -> tuple[int, ...]:
    """Return the rows of a hand in an order in which the worker can send them."""
    worker, blocks, remainder = hand
    return (1 << worker, *blocks, remainder) if remainder else (1 << worker, *blocks)


def by_size(mask: int) -> tuple[int, int]:
    """Return the sort key of a row: few ones first."""
    return mask.bit_count(), mask


def _hands(symbols: int, degree: int, worker: int) -> Iterator[Hand]:
    others = (1 << symbols) - 1 & ~(1 << worker)
    ends = block_ends(symbols, degree).tolist()
    for count in range(len(ends)):
        whole, left = divmod(ends[count], degree)
        for blocks in _disjoint(others, degree, whole):
            if not left:
                yield worker, blocks, 0
            else:  # only the last block is short, and takes all that is left
                yield worker, blocks, others & ~sum(blocks)


def _disjoint(among: int, size: int, count: int, low: int = 0) -> Iterator[tuple[int, ...]]:
    """Return ascending tuples of ``count`` disjoint masks of ``size`` ones, each above ``low``."""
    if count == 0:
        yield ()
        return
    for chosen in combinations(columns(among), size):
        mask = sum(1 << c for c in chosen)
        if mask > low:
            yield from ((mask, *rest) for rest in _disjoint(among & ~mask, size, count - 1, mask))


def _swapped_hand(hand: Hand, i: int) -> Hand:
    worker, blocks, remainder = hand
    moved = {i: i + 1, i + 1: i}.get(worker, worker)
    return moved, tuple(sorted(swapped(block, i) for block in blocks)), swapped(remainder, i)
