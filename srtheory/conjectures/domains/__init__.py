"""Domains of conjectures: their cases from the smallest size, and a strategy for sizes beyond enumeration.

This module has the domains of the sum-recovery code and of any rows. :mod:`~srtheory.conjectures.domains.families` has
those of user-defined rows, :mod:`~srtheory.conjectures.domains.sent` those of the other schemes, and
:mod:`~srtheory.conjectures.domains.designs` orders of evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from math import comb, factorial
from typing import Any

from srtheory.conjectures.case import Case, from_reception, from_rows, from_vectors
from srtheory.conjectures.domains import reduced
from srtheory.conjectures.domains.designs import Orders, orders
from srtheory.conjectures.domains.families import family
from srtheory.conjectures.domains.sent import scheme_receptions
from srtheory.conjectures.enumerate import Classes, Items
from srtheory.conjectures.items import LARGEST_TABLE, hand_items, hand_rows, row_items, vector_items
from srtheory.conjectures.levels import (
    WIDEST,
    Domain,
    Level,
    Reach,
    classes_by_rows,
    degrees,
    fewest_ones_first,
    merged,
)
from srtheory.conjectures.strategies import binary_rows, runs, weighted_rows
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

    They are for statements that do not change when a row is repeated, for which sets suffice.

    Parameters
    ----------
    max_degree : int, optional
        Most symbols in a row.
    weights : Weights or iterable of int
        Weights that the symbols in a row may have: ``signs()``, ``residues("GF(5)")``, ``elements("GF(4)")``,
        ``integers(-2, 2)``, or some integers other than 0; by default 1.
    multiples : bool
        False: of rows that are multiples of each other there is one.  For statements that do not change when a row is
        multiplied (over GF(q), with the weights ``residues("GF(p)")`` or ``elements("GF(q)")``).
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
    if weights.plain:
        return Domain(
            says=says,
            order="symbols, rows, ones",
            levels=lambda reach: row_levels(reach, max_degree, repeats=repeats),
            strategy=lambda r: binary_rows(max_symbols=r.symbols, max_degree=max_degree, distinct=not repeats).map(
                from_rows
            ),
            key=_rows_key,
        )
    return Domain(
        says=says,
        order="symbols, rows, weights that are not 0",
        levels=lambda reach: _vector_levels(reach, weights, max_degree, repeats=repeats, multiples=multiples),
        strategy=lambda r: weighted_rows(
            weights=weights,
            max_symbols=r.symbols,
            max_degree=max_degree,
            distinct=not repeats,
            multiples=multiples,
        ).map(lambda drawn: from_rows(drawn, weights.elements)),
        key=_rows_key,
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
        levels=reduced.levels,
        symbols=symbols,
    )


def _rows_key(case: Case) -> tuple[int, ...]:
    return case.symbols, len(case.masks), case.ones


def row_levels(reach: Reach, max_degree: int | None, *, repeats: bool) -> Iterator[Level[Case]]:
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        items = row_items(m, max_degree, repeats=repeats)
        most = 2 * m + 2 if repeats else len(items.things)
        for n, classes in classes_by_rows(items, most, reach):
            size = {"symbols": m, "rows": n}
            yield Level(size, None if classes is None else _row_cases(items, classes))


def _reception_levels(reach: Reach) -> Iterator[Level[Case]]:
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        yield from merged({d: _degree_levels(m, d, reach) for d in degrees(m, reach.degree)})


def _vector_levels(
    reach: Reach, weights: Weights, max_degree: int | None, *, repeats: bool, multiples: bool
) -> Iterator[Level[Case]]:
    for m in range(1, min(reach.symbols, WIDEST) + 1):
        degree = m if max_degree is None else min(m, max_degree)
        count = sum(comb(m, k) * len(weights.values) ** k for k in range(1, degree + 1))
        if count * factorial(m) > LARGEST_TABLE:
            yield Level({"symbols": m, "rows": 0}, None)
            continue
        items = vector_items(m, weights, max_degree, repeats=repeats, multiples=multiples)
        most = 2 * m + 2 if repeats else len(items.things)
        for n, classes in classes_by_rows(items, most, reach):
            size = {"symbols": m, "rows": n}
            yield Level(size, None if classes is None else _vector_cases(items, classes, weights.elements))


def _degree_levels(m: int, d: int, reach: Reach) -> Iterator[Level[Case]]:
    items = hand_items(m, d)
    most = m * len(block_ends(m, d))
    for n, classes in classes_by_rows(items, most, reach):
        size = {"symbols": m, "rows": n, "degree": d}
        yield Level(size, None if classes is None else _hand_cases(items, classes, d))


def _row_cases(items: Items[int], classes: Classes) -> Iterator[tuple[Case, int]]:
    ones = [mask.bit_count() for mask in items.things]
    for members, orbit in fewest_ones_first(classes, ones):
        yield Case(items.symbols, tuple(items.things[i] for i in members)), orbit


def _vector_cases(items: Items[Vector], classes: Classes, elements: str | None) -> Iterator[tuple[Case, int]]:
    ones = [len(support(row)) for row in items.things]
    for members, orbit in fewest_ones_first(classes, ones):
        yield from_vectors([items.things[i] for i in members], items.symbols, elements=elements), orbit


def _hand_cases(items: Items[Any], classes: Classes, degree: int) -> Iterator[tuple[Case, int]]:
    rows_of = [hand_rows(hand) for hand in items.things]
    ones = [sum(mask.bit_count() for mask in masks) for masks in rows_of]
    for members, orbit in fewest_ones_first(classes, ones):
        masks = tuple(mask for i in members for mask in rows_of[i])
        workers = tuple(items.things[i][0] for i in members for _ in rows_of[i])
        yield Case(items.symbols, masks, workers, degree), orbit
