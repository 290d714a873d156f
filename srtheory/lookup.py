"""Lookup of named objects: where each is, what it is called, and how it is found; imported on first use.

Schemes, decoders, distributions, figures and tables each have one table of entries, in the module that :data:`TABLES`
names. Adding one takes a file and a line there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from inspect import signature
from typing import Any

from srtheory.errors import ArgumentError

TABLES = {
    "scheme": "schemes",
    "decoder": "decoders",
    "law": "theory",
    "figure": "report.figures",
    "table": "report.tables",
}
"""Module below srtheory whose ``ENTRIES`` lists all objects of a kind, by kind."""


@dataclass(frozen=True)
class Entry:
    """Location of a named object.

    Attributes
    ----------
    module : str
        Its module, below ``srtheory``.
    attribute : str
        Its name there: a class or a function.
    says : str
        Description for readers: the printed name of a scheme, the certainty of a distribution, the subject of a figure.
    fixed : mapping
        Arguments, by name, that this name fixes.
    at : mapping
        For figures and tables: the parameters that readers may choose, see :mod:`srtheory.report.asked`, with their
        defaults.
    rests_on : tuple of str
        For figures and tables: whether they depend on the laboratory's effort, and on its seed; neither, if they are
        computed without draws or from stored data.
    """

    module: str
    attribute: str
    says: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    at: Mapping[str, Any] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ("effort", "seed")

    def target(self) -> Any:
        """Return the class or function."""
        return getattr(import_module(f"srtheory.{self.module}"), self.attribute)

    def imported(self) -> Callable[..., Any]:
        """Return the class or function with its fixed arguments applied."""
        return partial(self.target(), **self.fixed) if self.fixed else self.target()


def entries(kind: str) -> Mapping[str, Entry]:
    """Return all entries of a kind, a key of :data:`TABLES`, by name; only the table is imported."""
    found: Mapping[str, Entry] = import_module(f"srtheory.{TABLES[kind]}").ENTRIES
    return found


def lookup(kind: str, name: str) -> Entry:
    """Return the entry of that name.

    Parameters
    ----------
    kind : str
        A key of :data:`TABLES`.
    name : str
        A key of its entries.

    Raises
    ------
    ArgumentError
        With the kind as argument, if the name is unknown.
    """
    known = entries(kind)
    if name not in known:
        raise ArgumentError(kind, name, "one of " + ", ".join(known))
    return known[name]


def call(kind: str, name: str, *arguments: Any, **given: Any) -> Any:
    """Call the function of that name with these arguments, of which it need not take those by name.

    Raises
    ------
    ArgumentError
        If the name is unknown, or its function does not take an argument that is given by name.
    """
    entry = lookup(kind, name)
    function = entry.imported()
    takes = [argument for argument in signature(function).parameters if argument not in entry.fixed]
    for argument, value in given.items():
        if argument not in takes:
            raise ArgumentError(argument, value, f"left out: the {kind} '{name}' does not take it")
    return function(*arguments, **given)
