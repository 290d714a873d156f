"""Lookup of named objects: where each is, what it is called, and how it is found; imported on first use.

Schemes, decoders and distributions each have one table of entries, in the module that :data:`TABLES` names, and a study
has one of its figures and one of its tables. Adding one takes a file and a line there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from inspect import signature
from typing import Any

from srtheory.errors import ArgumentError

TABLES = {"scheme": "srtheory.schemes", "decoder": "srtheory.decoders", "law": "srtheory.theory"}
"""Module whose ``ENTRIES`` lists all objects of a kind, by kind."""


@dataclass(frozen=True)
class Entry:
    """Location of a named object."""

    module: str
    """Its module."""
    attribute: str
    """Its name there: a class or a function."""
    says: str = ""
    """For readers: the printed name of a scheme, the certainty of a distribution, the subject of a figure."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Arguments, by name, that this name fixes."""
    at: Mapping[str, Any] = field(default_factory=dict)
    """For figures and tables: the parameters that readers may choose (:mod:`srtheory.study.making`), with defaults."""
    rests_on: tuple[str, ...] = ("effort", "seed")
    """For figures and tables: whether they depend on the laboratory's effort, and on its seed.

    Neither, if they are computed without draws or from stored data.
    """
    function: Callable[..., Any] | None = None
    """The function itself, in place of its module and name."""
    animation: str = ""
    """For figures: the function in its module that writes its animated form."""
    in_report: tuple[str, ...] = ()
    """For figures: the efforts at which they appear in the report."""
    use: str = ""
    """For schemes: what it is good for, or what it is."""

    def target(self) -> Any:
        """Return the class or function."""
        return self.function or getattr(import_module(self.module), self.attribute)

    def imported(self) -> Callable[..., Any]:
        """Return the class or function with its fixed arguments applied."""
        return partial(self.target(), **self.fixed) if self.fixed else self.target()


def entries(kind: str) -> Mapping[str, Entry]:
    """Return all entries of a kind, a key of :data:`TABLES`, by name; only the table is imported."""
    found: Mapping[str, Entry] = import_module(TABLES[kind]).ENTRIES
    return found


def lookup(kind: str, name: str) -> Entry:
    """Return the entry of that name.

    ``kind``: A key of :data:`TABLES`. ``name``: A key of its entries.
    """
    known = entries(kind)
    if name not in known:
        raise ArgumentError(kind, name, "one of " + ", ".join(known))
    return known[name]


def call(what: str, entry: Entry, *arguments: Any, **given: Any) -> Any:
    """Call the function of an entry, which need not take the arguments that are given by name.

    ``what``: Words for it in errors, such as ``figure '2a'``. ``*arguments``, ``**given``: Arguments of its function.
    """
    takes(what, entry, given)
    return entry.imported()(*arguments, **given)


def takes(what: str, entry: Entry, given: Mapping[str, Any]) -> None:
    """Raise an ArgumentError if the function of an entry does not take one of these arguments by name."""
    known = [argument for argument in signature(entry.imported()).parameters if argument not in entry.fixed]
    for argument, value in given.items():
        if argument not in known:
            raise ArgumentError(argument, value, f"left out: the {what} does not take it")
