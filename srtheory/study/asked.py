"""Requests for a figure or a table: parameters and runs of its own, where these apply to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from inspect import signature
from pathlib import Path
from typing import Any

from srtheory.delays import parse_law, written
from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.lab import Lab
from srtheory.lookup import Entry
from srtheory.model import Model
from srtheory.own_code import SEPARATOR

PARAMETERS = ("symbols", "degree", "tau", "startup")
SAID = (*PARAMETERS, "trials")


def takes(entry: Entry) -> tuple[str, ...]:
    """Return the parameters of a figure or table, from :data:`SAID`; its module is imported to find out."""
    own = set(signature(entry.target()).parameters) - entry.fixed.keys()
    return tuple(option for option in SAID if option in entry.at or option in own)


def rests_on(entry: Entry, lab: Lab, trials: int | None = None) -> dict[str, Any]:
    """Return whether a figure or table of so many trials depends on the laboratory's effort and seed, by name.

    If a number of trials is requested, it replaces the effort.
    """
    found = {"effort": str(lab.effort), "seed": lab.seed}
    return {name: found[name] for name in entry.rests_on if trials is None or name != "effort"}


@dataclass(frozen=True)
class Request:
    """Parameters of a figure or table.

    Attributes
    ----------
    lab : Lab
        At the parameters that it has there.
    others : mapping
        Arguments of its function, by name.
    recorded : mapping
        Parameters for its CSV, by name, if one of them was given; otherwise empty.
    """

    lab: Lab
    others: Mapping[str, Any]
    recorded: Mapping[str, Any]


def asked(what: str, entry: Entry, lab: Lab, given: Mapping[str, Any], base: Model | None) -> Request:
    """Return the given parameters of a figure or table, checked and sorted.

    Parameters
    ----------
    what : str
        Words for it in errors, such as ``figure '2a'``.
    entry : Entry
        Of it.
    lab : Lab
        Laboratory with the store, seed and effort; its own parameters and number of runs count as given.
    given : mapping
        By name: ``symbols``, ``degree``, ``tau``, ``startup`` and ``trials``, for which the entry has its own defaults
        where they apply; and the other arguments of its function.
    base : Model or None
        The study's own setting: what differs from it in the laboratory counts as given.
    """
    usual = _texts(base)
    own = {option: value for option, value in _texts(lab.at).items() if value != usual.get(option)}
    trials = {} if lab.asked is None else {"trials": lab.asked}
    every = {**own, **trials, **given}
    if "schemes" in every and lab.folder != Path():  # a reader's paths begin in the current directory
        every["schemes"] = tuple(os.path.abspath(name) if SEPARATOR in name else name for name in every["schemes"])
    known = takes(entry)
    for option, value in every.items():
        if option in SAID and option not in known:
            raise ArgumentError(option, value, f"left out: the {what} has {', '.join(known) or 'no parameters'}")
    at = {option: every.get(option, value) for option, value in entry.at.items()}
    told = {option: value for option in SAID if (value := {**at, **every}.get(option)) is not None}
    count = at.pop("trials", None)
    if "startup" in at:
        at["startup"] = parse_law(at["startup"])
    if at and base is None:
        raise ArgumentError("at", at, f"left out: the study of the {what} has no setting")
    asked = None if count is None else require_int("trials", count)
    lab = replace(lab, asked=asked) if base is None else replace(lab, at=replace(base, **at), asked=asked)
    others = {option: value for option, value in every.items() if option not in entry.at}
    seed = {"seed": lab.seed} if "seed" in entry.rests_on else {}
    return Request(lab, others, {**told, **seed} if told.keys() & every.keys() else {})


def _texts(model: Model | None) -> dict[str, Any]:
    """Return the parameters of a model as texts, in the form that a reader gives them; nothing without a model."""
    if not isinstance(model, Model):
        return {}
    return {**{name: getattr(model, name) for name in PARAMETERS}, "startup": written(model.startup)}
