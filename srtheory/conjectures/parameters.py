"""Domains whose cases are parameters, not rows: the numbers of rows sent by workers, or the size of a code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from srtheory.conjectures.expected import arrangements
from srtheory.conjectures.levels import Domain, Level, Reach, degrees
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
