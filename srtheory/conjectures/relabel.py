"""Which relabellings of the symbols send the rows of a family to rows of it: the symmetry of what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from math import factorial

import numpy as np
import numpy.typing as npt

from srtheory.conjectures.enumerate import Int16
from srtheory.conjectures.levels import WIDEST
from srtheory.conjectures.weights import Vector
from srtheory.errors import ArgumentError
from srtheory.own_code import UNBLAMED, told

Symmetry = Callable[[int], Iterable[Sequence[int]]]
"""For m symbols some relabellings, each a permutation of 0 … m - 1 that says where a symbol goes."""

COLUMNS = "columns"
LARGEST_TABLE = 4_000_000
"""Most entries of a table of where each relabelling sends each thing."""
MAX_GROUP_ORDER = 50_000
"""Most relabellings of a group that is given by some of them."""


def relabellings(symbols: int, symmetry: str | Symmetry | None, things: int) -> npt.NDArray[np.int64]:
    """A group of relabellings, shape (order, m): all of them, those that the given ones generate, or the identity.

    Where all are too many to be tabulated for so many things, it is the identity alone: cases are then looked at one by
    one, which is no less exhaustive.

    Raises
    ------
    ArgumentError
        If ``symmetry`` is none of these, or gives what is no permutation, or too large a group.
    """
    identity = np.arange(symbols)[None, :]
    if symmetry is None:
        return identity
    if symmetry == COLUMNS:
        wide = symbols > WIDEST or factorial(symbols) * things > LARGEST_TABLE
        return identity if wide else np.array(list(permutations(range(symbols))))
    if not callable(symmetry):
        expected = "'columns', None, or a function of the number of symbols that gives permutations of them"
        raise ArgumentError("symmetry", symmetry, expected)
    return np.array(_generated(symbols, _steps(symbols, symmetry)))


def kept(vectors: Sequence[Vector], group: npt.NDArray[np.int64]) -> Int16:
    """Where those relabellings of a group that send distinct rows to these rows send each, shape (order, rows).

    They are a group, too.
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
    """The row, relabelled."""
    image = [0] * len(row)
    for j, weight in zip(move, row, strict=True):
        image[j] = weight
    return tuple(image)


def _steps(symbols: int, symmetry: Symmetry) -> list[tuple[int, ...]]:
    expected = f"a function that gives permutations of 0 … m - 1 (at m = {symbols})"
    try:
        steps = [tuple(int(j) for j in step) for step in symmetry(symbols)]
    except UNBLAMED:
        raise
    except BaseException as error:
        raise ArgumentError("symmetry", symmetry, f"{expected}: {told(error)}") from None
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
