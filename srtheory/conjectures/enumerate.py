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

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from heapq import merge
from itertools import combinations, permutations, product
from math import factorial, gcd
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from hypothesis.strategies import SearchStrategy

from srtheory.compiled import compiled
from srtheory.conjectures.case import Case
from srtheory.errors import ArgumentError, require_int
from srtheory.own_code import blamed, told
from srtheory.span.descent import finite, products
from srtheory.span.field import parse_field
from srtheory.types import Int64

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
    weight: Int64
    """Rows that each item brings, at least 1."""
    owner: Int64
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
    length: Int64
    """Int64 array, shape (classes,): Items in each."""
    orbit: Int64
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
    parents: Int16, lengths: Int64, low: int, high: int, owner: Int64, action: Int16
) -> tuple[Int16, Int64, Int64]:
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


def relabellings(symbols: int, symmetry: str | Symmetry | None, things: int) -> Int64:
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


def kept(vectors: Sequence[Vector], group: Int64) -> Int16:
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


# ------------------------------------------- weights of rows: signs, integers of a range, residues, elements of a field

Vector = tuple[int, ...]
"""A row: one weight for each symbol, 0 for a symbol that is not in it."""

MAX_WEIGHTS = 100
"""Largest number of weights of a domain."""
MAX_WEIGHT = 2**31
"""Largest absolute value of a weight."""


@dataclass(frozen=True)
class Weights:
    """A few weights."""

    values: tuple[int, ...]
    """Distinct and not 0, the simplest first: 1, -1, 2, -2, …"""
    characteristic: int = 0
    """p where they are residues modulo p, from 1 to p - 1, or elements of GF(p^k); 0 where they are integers."""
    elements: str | None = None
    """``"GF(q)"`` where they are numbers of its elements as :mod:`srtheory.span.descent` writes them."""

    @property
    def plain(self) -> bool:
        """Whether 1 is the only weight."""
        return self.values == (1,)

    def canonical_multiple(self, row: Vector) -> Vector:
        """Return the multiple of a row that represents all of its multiples.

        Over the integers its weights have no common factor and the first is positive. Over a finite field the first
        is 1.
        """
        first = next(weight for weight in row if weight)
        if self.elements is not None:
            times = products(self.elements)
            unit = times[times[first].tolist().index(1)]
            return tuple(unit[list(row)].tolist())
        if p := self.characteristic:
            unit = pow(first, -1, p)
            return tuple(weight * unit % p for weight in row)
        shared = gcd(*row) * (1 if first > 0 else -1)
        return tuple(weight // shared for weight in row)

    def __str__(self) -> str:
        if self.elements is not None:
            return f"elements of {self.elements}"
        if p := self.characteristic:
            return f"residues modulo {p}"
        low, high = min(self.values), max(self.values)
        whole = len(self.values) > 3 and len(self.values) == high - low + (low > 0 or high < 0)
        return f"integers from {low} to {high}" if whole else ", ".join(map(str, sorted(self.values)))


ONES = Weights((1,))


def signs() -> Weights:
    """Return 1 and -1."""
    return Weights((1, -1))


def integers(low: int, high: int) -> Weights:
    """Return all integers from ``low`` to ``high`` except 0."""
    require_int("low", low, -MAX_WEIGHT)
    require_int("high", high, low, MAX_WEIGHT)
    if high - low > MAX_WEIGHTS:
        raise ArgumentError("high", high, f"at most {low + MAX_WEIGHTS}: a domain has at most {MAX_WEIGHTS} weights")
    return weights_of(x for x in range(low, high + 1) if x)


def residues(field: str) -> Weights:
    """Return the residues 1 to p - 1 of ``"GF(p)"``."""
    known = parse_field(field)
    if known.degree > 1 or not 0 < known.characteristic <= MAX_WEIGHTS + 1:
        raise ArgumentError("field", field, f"GF(p) with a prime p of at most {MAX_WEIGHTS + 1}")
    return Weights(tuple(range(1, known.characteristic)), known.characteristic)


def elements(field: str) -> Weights:
    """Return the elements of ``"GF(q)"`` except 0, as integers from 1 to q - 1 in galois' representation.

    The digits of the number to the base p are the coefficients, that of 1 last, of a polynomial in the root of the
    Conway polynomial: in GF(4) 2 is x and 3 is x + 1. :mod:`srtheory.span.descent` describes how spans are decided.
    """
    known = finite(field)
    if known.degree == 1:
        return residues(field)
    return Weights(tuple(range(1, known.characteristic**known.degree)), known.characteristic, str(known))


def weights_of(given: Weights | Iterable[int]) -> Weights:
    """Return the weights that a domain is given."""
    if isinstance(given, Weights):
        return given
    expected = (
        f"signs(), residues('GF(5)'), elements('GF(4)'), integers(-2, 2), or 1 to {MAX_WEIGHTS} integers other than 0"
    )
    try:
        values = {_whole(value) for value in given}
    except TypeError:
        raise ArgumentError("weights", given, expected) from None
    if not 0 < len(values) <= MAX_WEIGHTS or 0 in values or max(map(abs, values)) > MAX_WEIGHT:
        shown = "0" if 0 in values else f"{len(values)} numbers"
        raise ArgumentError("weights", shown, expected)
    return Weights(tuple(sorted(values, key=lambda x: (abs(x), -x))))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError
    return int(value)


def support(row: Sequence[int]) -> tuple[int, ...]:
    """Return the positions of the nonzero weights."""
    return tuple(j for j, weight in enumerate(row) if weight)


# ---------------------------------------------------- domains: sizes in order, the cases of each, and how far to search

LARGEST_LEVEL = 200_000
"""Largest number of classes of an enumerated size (by its number of cases over m!, a lower bound)."""


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
    """All cases of one size."""

    size: Size
    """The size in the domain's order: ``{"symbols": 5, "rows": 4, "degree": 2}``."""
    cases: Iterable[tuple[C, int]] | None
    """One case of each class, smallest first, with the number of cases in the class; None: too many to enumerate
    (larger sizes of that many symbols, and that degree, are then left out too).
    """


@dataclass(frozen=True)
class Reach:
    """Limits of a search."""

    symbols: int
    """Largest number of symbols."""
    degree: int | None = None
    """The only degree, for domains that have degrees."""
    tick: Callable[[], None] = lambda: None
    """Called every few milliseconds; what it raises ends the search."""


@dataclass(frozen=True)
class Domain(Generic[C]):
    """Domain of a conjecture."""

    says: str
    """Description of a case."""
    order: str
    """Order that defines "smallest": the keys of a size in order, then the order within a size."""
    levels: Callable[[Reach], Iterator[Level[C]]]
    """The sizes within a :class:`Reach`, smallest first."""
    strategy: Callable[[Reach], SearchStrategy[C]]
    """Hypothesis strategy for the cases within a :class:`Reach`."""
    key: Callable[[C], tuple[int, ...]]
    """Sort key of a case in that order."""
    symbols: int = 8
    """Largest number of symbols to look at by default."""
    has_degree: bool = False
    """Whether the search can be confined to one degree."""


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


def levels_of(
    items: Items[Any],
    most: int,
    reach: Reach,
    ones: Sequence[int],
    case: Callable[[list[int]], C],
    size: Callable[[int], Size],
) -> Iterator[Level[C]]:
    """Yield the levels of up to ``most`` rows; the first with too many classes has no cases, and is the last.

    ``ones`` are those of each item, ``case`` makes a case of the numbers of items, ``size`` a size of that of rows.
    """
    classes = by_rows(items, reach.tick)
    for n in range(most + 1):
        if labelled(items, n) > LARGEST_LEVEL * len(items.action):
            yield Level(size(n), None)
            return
        found = fewest_ones_first(next(classes), ones)
        yield Level(size(n), ((case(members), orbit) for members, orbit in found))


def fewest_ones_first(classes: Classes, ones: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yield items and orbit of each class, those with the fewest ones first; ``ones`` are those of each item."""
    counted = np.arange(classes.members.shape[1]) < classes.length[:, None]
    total = np.where(counted, np.array(ones)[classes.members], 0).sum(axis=1)
    for k in np.argsort(total, kind="stable"):
        yield classes.members[k, : classes.length[k]].tolist(), int(classes.orbit[k])


# --------------------------------------------------------------------------- sizes of a family besides symbols and rows

Range = int | Iterable[int] | Callable[[int], Iterable[int]]
"""Values of one size: some numbers, or those for m symbols."""

MAX_SIZES = 10_000
"""Largest number of values of one size at one number of symbols."""
SYMBOLS, ROWS = "symbols", "rows"


@dataclass(frozen=True)
class Sizing:
    """Sizes by name, with their order."""

    ranges: Mapping[str, Range]
    """Possible values of each size."""
    order: tuple[str, ...]
    """``"symbols"`` first, then ``"rows"`` and the names in any order."""

    def of(self, symbols: int, degree: int | None = None) -> Iterator[dict[str, int]]:
        """Return all sizes of that many symbols except the number of rows; those of one degree, if it is given."""
        for values in product(*(self._values(name, symbols) for name in self.ranges)):
            size = dict(zip(self.ranges, values, strict=True))
            if degree is None or size.get("degree") == degree:
                yield size

    def _values(self, name: str, symbols: int) -> tuple[int, ...]:
        known = self._cached.get((name, symbols))
        if known is None:
            known = self._cached[name, symbols] = _numbers(name, self.ranges[name], symbols)
        return known

    @cached_property
    def _cached(self) -> dict[tuple[str, int], tuple[int, ...]]:
        return {}

    def levels(
        self, reach: Reach, within: Callable[[int, dict[str, int], Reach], Iterator[Level[Case]]], widest: int
    ) -> Iterator[Level[Case]]:
        """Yield the levels of all sizes in order; ``within`` gives those of one, fewest rows first."""
        for m in range(1, min(reach.symbols, widest) + 1):
            each = [within(m, size, reach) for size in self.of(m, reach.degree)]
            yield from merge(*each, key=lambda level: [level.size[name] for name in self.order])

    def whole(self, symbols: int, rows: int, size: Mapping[str, int]) -> Size:
        """Return the whole size of a level, in order."""
        whole = {SYMBOLS: symbols, ROWS: rows, **size}
        return {name: whole[name] for name in self.order}

    def key(self, case: Case) -> tuple[int, ...]:
        """Return the sort key of a case: its size in order, then its number of ones."""
        whole = {SYMBOLS: case.symbols, ROWS: len(case.masks)}
        return (*(whole[name] if name in whole else case[name] for name in self.order), case.ones)

    @property
    def says(self) -> str:
        """Order in words."""
        return ", ".join((*self.order, "ones"))


def sizing(ranges: Mapping[str, Range], order: Sequence[str] | None = None) -> Sizing:
    """Return sizes as a user gives them."""
    names = (SYMBOLS, ROWS, *ranges)
    for name in (SYMBOLS, ROWS):
        if name in ranges:
            raise ArgumentError(name, ranges[name], f"left out: every case has its number of {name}")
    given = names if order is None else (order,) if isinstance(order, str) else tuple(order)
    if sorted(given, key=str) != sorted(names) or given[0] != SYMBOLS:
        raise ArgumentError("order", order, f"the names {', '.join(names)}, symbols first")
    return Sizing(dict(ranges), given)


def sized(case: Case, size: Mapping[str, int]) -> Case:
    """Return the case with its size written into it."""
    rest = tuple((name, value) for name, value in size.items() if name != "degree")
    return replace(case, degree=size.get("degree", case.degree), parameters=rest)


def _numbers(name: str, given: Range, symbols: int) -> tuple[int, ...]:
    expected = f"integers, or a function of the number of symbols that gives some; at {symbols} symbols"
    with blamed(lambda error: ArgumentError(name, given, f"{expected} ({told(error)})")):
        values = given(symbols) if callable(given) else given
        several = [values] if hasattr(values, "__index__") else list(values)
    if len(several) > MAX_SIZES:
        raise ArgumentError(name, given, f"{expected} at most {MAX_SIZES}")
    return tuple(sorted({require_int(name, value, -(2**31), 2**31) for value in several}))
