"""What a reader asks of a figure or a table: parameters and runs of its own, where they have a meaning for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from inspect import signature
from typing import Any

from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.lab import DEGREE, EXPONENTIAL, SYMBOLS, TAU, Lab, Parameters
from srtheory.lookup import call, lookup

TRIALS: Mapping[str, Any] = {"trials": None}
"""Of an entry with runs: those of the effort, unless the reader asks for a number."""
MODEL = {"symbols": SYMBOLS, "tau": TAU, "startup": EXPONENTIAL, **TRIALS}
"""Of one that has all degrees, or none."""
ALL = {**MODEL, "degree": DEGREE}
"""Of one at a point: the paper's m, d, tau and start-up law, and runs."""
PARAMETERS = tuple(field.name for field in fields(Parameters))
SAID = (*PARAMETERS, "trials")


def takes(kind: str, name: str) -> tuple[str, ...]:
    """The parameters that a figure or table has, those of :data:`SAID`; its module is imported to find out."""
    entry = lookup(kind, name)
    own = set(signature(entry.target()).parameters) - entry.fixed.keys()
    return tuple(option for option in SAID if option in entry.at or option in own)


def _all_of(kind: str, name: str, lab: Lab, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, and what the laboratory has of its own; all of it has a meaning."""
    paper = Parameters()
    own = {option: value for option in PARAMETERS if (value := getattr(lab.at, option)) != getattr(paper, option)}
    trials = {} if lab.asked is None else {"trials": lab.asked}
    every = {**own, **trials, **given}
    known = takes(kind, name)
    for option, value in every.items():
        if option in SAID and option not in known:
            expected = f"left out: the {kind} '{name}' has {', '.join(known) or 'no parameters'}"
            raise ArgumentError(option, value, expected)
    return every


def lab_for(kind: str, name: str, lab: Lab, given: Mapping[str, Any]) -> Lab:
    """The laboratory in which the figure or table of that name is made: at what is given of its parameters.

    Parameters
    ----------
    kind : str
        ``figure`` or ``table``.
    name : str
        Of its entry.
    lab : Lab
        Whose store, seed and effort it has; what it has of its own counts as given.
    given : mapping
        ``symbols``, ``degree``, ``tau``, ``startup`` and ``trials``, which the entry has at its own defaults where they
        have a meaning; what else there is matters to others.

    Raises
    ------
    ArgumentError
        If there is no such entry, for what has no meaning for it, or for a value outside its range.
    """
    given = _all_of(kind, name, lab, given)
    at = {option: given.get(option, value) for option, value in lookup(kind, name).at.items()}
    trials = at.pop("trials", None)
    return replace(lab, at=Parameters(**at), asked=None if trials is None else require_int("trials", trials))


def made(kind: str, name: str, lab: Lab, given: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The figure or table of that name as it was asked for, and what its CSV has to say of that.

    Parameters
    ----------
    kind, name
        As for :func:`lab_for`.
    lab : Lab
        As for :func:`lab_for`.
    given : mapping
        By name: parameters, and what the function takes by name.

    Returns
    -------
    object and dict
        What the function returns; and parameters by name where one of them was given, otherwise nothing.

    Raises
    ------
    ArgumentError
        As for :func:`lab_for`, and for what the function does not take.
    """
    given = _all_of(kind, name, lab, given)
    at = lookup(kind, name).at
    others = {option: value for option, value in given.items() if option not in at}
    found = call(kind, name, lab_for(kind, name, lab, given), **others)
    told = {option: value for option in SAID if (value := {**at, **given}.get(option)) is not None}
    return found, {**told, "seed": lab.seed} if told.keys() & given.keys() else {}
