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

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled

T = TypeVar("T", bound=Hashable)
Int16 = npt.NDArray[np.int16]
FREE = -1
"""Owner of an item that may be combined with any other item, itself included."""
_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Items(Generic[T]):
    """Items of configurations.

    Attributes
    ----------
    symbols : int
        m, the size of the set that is relabelled.
    things : list
        The items, by non-decreasing weight.
    weight : int64 array
        Rows that each item brings, at least 1.
    owner : int64 array
        Two items of one owner exclude each other, unless it is :data:`FREE`.
    action : int16 array, shape (order of the group, number of items)
        Image of each item under each relabelling: all m!, or a group of some of them.
    """

    symbols: int
    things: list[T]
    weight: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    action: Int16


@dataclass(frozen=True, eq=False)
class Classes:
    """One representative of each class of configurations of a size.

    Attributes
    ----------
    members : int16 array, shape (classes, width)
        Item numbers, ascending; the first ``length`` of a line count.
    length : int64 array, shape (classes,)
        Items in each.
    orbit : int64 array, shape (classes,)
        Configurations in each class.
    """

    members: Int16
    length: npt.NDArray[np.int64]
    orbit: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.length)


def make_items(
    symbols: int, things: Sequence[T], weight: Sequence[int], owner: Sequence[int], swap: Callable[[T, int], T]
) -> Items[T]:
    """Return items with the action of the symmetric group, from that of adjacent transpositions.

    Parameters
    ----------
    symbols : int
        m >= 1.
    things, weight, owner
        As in :class:`Items`.
    swap : callable
        ``swap(thing, i)`` is the thing with the symbols i and i + 1 exchanged.

    Notes
    -----
    m! table rows: meant for m <= 7.
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
