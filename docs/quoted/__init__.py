"""The numbers that pages quote: functions that compute them, a module a page, from laws or from what is on record.

A function under :func:`quoted` gives a text, several texts that stand in a row, or a :class:`Block` of lines; or it
gives a mapping of such values, which are then called FUNCTION.KEY.  No function reads a page.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

Value = str | tuple[str, ...]
Values = Mapping[str, Value]
Producer = Callable[[], Value | Values]


class Block(str):
    """Whole lines of a page."""

    __slots__ = ()


PRODUCERS: dict[str, Producer] = {}


def quoted(function: Producer) -> Producer:
    """Register a function of a page's numbers under its name."""
    assert function.__name__ not in PRODUCERS
    PRODUCERS[function.__name__] = function
    return function


@cache
def producers() -> dict[str, Producer]:
    """All functions of numbers by name."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        import_module(f"docs.quoted.{path.stem}")
    return PRODUCERS


@cache
def values(producer: str) -> Values:
    """Return what a function gives, by the names that marks have."""
    found = producers()[producer]()
    return (
        {f"{producer}.{key}": value for key, value in found.items()}
        if isinstance(found, Mapping)
        else {producer: found}
    )


PAGES = Path(__file__).parents[2] / "data" / "pages"


def on_record(name: str) -> list[list[str]]:
    """Return the cells of a table of data/pages, its head first."""
    with (PAGES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def table(rows: Sequence[Sequence[str]]) -> Block:
    """Make a table in Markdown of cells, the head first."""
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return Block("\n".join([head, "|---" * len(rows[0]) + "|", *rest]))
