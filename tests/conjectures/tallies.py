"""What each size gave in the longest hunts, kept in data/pages/hunts.csv: a tenth of the sizes are gone through again.

``python -m tests.record hunts`` writes the file, in half a minute.  A line has the sizes that were reached with
their numbers of cases, of classes, and of classes that do not meet the hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from srtheory.conjectures.case import Case
from srtheory.conjectures.enumerate import Level, Reach
from srtheory.conjectures.hunt import FOREVER, Hunt, hunt
from srtheory.conjectures.registry import shipped
from tests.record import cells, keep

FILE = "hunts"
LONG = ("sr-gfp-agrees-with-q", "sr-q-spans-implies-gfp", "sr-gfp-spans-implies-q")

Size = tuple[int, int, int]
"""Symbols, rows, degree."""
Tally = tuple[int, int, int]
"""Cases, classes, vacuous classes."""


def hunted(name: str, chosen: Callable[[int], bool], end: int | None = None) -> tuple[Hunt[Case], dict[Size, Tally]]:
    """The hunt through the first sizes, of which those that are not chosen, by number, have no cases."""
    one = shipped()[name]
    found: dict[Size, Tally] = {}
    size: Size = 0, 0, 0

    def predicate(case: Case) -> bool | None:
        answer = one.predicate(case)
        cases, classes, vacuous = found[size]
        found[size] = cases, classes, vacuous + (answer is None)
        return answer

    def counted(given: Any) -> Iterator[tuple[Case, int]]:
        for case, orbit in given:
            cases, classes, vacuous = found[size]
            found[size] = cases + orbit, classes + 1, vacuous
            yield case, orbit

    def levels(reach: Reach) -> Iterator[Level[Case]]:
        nonlocal size
        for i, level in enumerate(one.domain.levels(reach)):
            if i == end:
                return
            size = level.size["symbols"], level.size["rows"], level.size["degree"]
            found[size] = 0, 0, 0
            yield replace(level, cases=counted(level.cases) if chosen(i) else ())

    domain = replace(one.domain, levels=levels)
    return hunt(replace(one, predicate=predicate, domain=domain), budget=FOREVER), found


@cache
def recorded() -> dict[str, dict[Size, Tally]]:
    """Conjecture -> size -> tally."""
    found: dict[str, dict[Size, Tally]] = {name: {} for name in LONG}
    for name, m, n, d, cases, classes, vacuous in cells(FILE):
        found[name][int(m), int(n), int(d)] = int(cases), int(classes), int(vacuous)
    return found


@cache
def again(name: str, sizes: int) -> tuple[Hunt[Case], tuple[tuple[Size, Tally | None], ...]]:
    """The hunt through so many sizes: what every tenth and the last give now, None for the others."""
    chosen = [i % 10 == 0 or i == sizes - 1 for i in range(sizes)]
    found, tallies = hunted(name, chosen.__getitem__, sizes)
    return found, tuple(
        (size, tally if one else None) for one, (size, tally) in zip(chosen, tallies.items(), strict=True)
    )


def comes_out_again(name: str, record: dict[Size, Tally]) -> bool:
    """Whether all sizes up to the counterexample are on record, in order, and a tenth of them give what is there."""
    _, tallies = again(name, len(record))
    return len(tallies) == len(record) and all(
        size == known and tally in (None, record[known]) for known, (size, tally) in zip(record, tallies, strict=True)
    )


def totals(record: dict[Size, Tally]) -> dict[str, int]:
    """What the hunt says of all sizes together."""
    return dict(zip(("cases", "classes", "vacuous"), map(sum, zip(*record.values(), strict=True)), strict=True))


def write() -> None:
    every = ((name, hunted(name, lambda i: True)[1]) for name in LONG)
    keep(FILE, ([name, *size, *tally] for name, found in every for size, tally in found.items()))
