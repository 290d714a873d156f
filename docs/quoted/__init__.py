"""The numbers that pages quote: functions that compute them, a module a page, from laws or from what is on record.

A function under :func:`quoted` gives a text, several texts that stand in a row, or a :class:`Block` of lines; or it
gives a mapping of such values, which are then called FUNCTION.KEY.  No function reads a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

Value = str | tuple[str, ...]
Producer = Callable[[], Value | Mapping[str, Value]]


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
def values(producer: str) -> dict[str, Value]:
    """What a function gives, by the names that marks have."""
    found = producers()[producer]()
    return (
        {f"{producer}.{key}": value for key, value in found.items()}
        if isinstance(found, Mapping)
        else {producer: found}
    )
