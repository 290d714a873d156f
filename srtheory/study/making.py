"""Figures and tables of a study by name, at parameters and with runs that a reader chooses, where these apply."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from srtheory.delays import parse_law, written
from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.lab import Lab
from srtheory.lookup import Entry as Place
from srtheory.lookup import call, takes
from srtheory.model import Model
from srtheory.own_code import SEPARATOR
from srtheory.render.table import Table
from srtheory.study.findings import Entry
from srtheory.study.ledger import OF_CLAIMS
from srtheory.study.study import Study, require_name

if TYPE_CHECKING:
    from srtheory.render.style import Drawing

Made = TypeVar("Made")
PARAMETERS = ("symbols", "degree", "tau", "startup")
SAID = (*PARAMETERS, "trials")


def drawing(study: Study, name: str, lab: Lab, **given: Any) -> Drawing:
    """Draw a figure of a study, with the runs of a laboratory.

    ``given`` are ``symbols``, ``degree``, ``tau``, ``startup`` and ``trials``, for figures in which they have a
    meaning; and for those that compare schemes ``schemes``, names of the schemes to show instead of its own, and
    ``options``, their options as texts ``key=value`` (:func:`srtheory.schemes.options_of_each`).
    """
    from srtheory.render.style import Drawing

    drawn, recorded = _made(study, "figure", name, figure_entry(study, name), lab, given, Drawing)
    require_name("figure", drawn.name)
    more = {option: value for option, value in recorded.items() if option not in drawn.header}
    if not more:
        return drawn
    return replace(drawn, header=(*drawn.header, *more), points=[(*line, *more.values()) for line in drawn.points])


def animation(study: Study, name: str, lab: Lab, folder: Path, **given: Any) -> Path:
    """Write the animated form of a figure, ``figure_NAME.gif``, into ``folder``, and return its path.

    ``given`` is as for :func:`drawing`.
    """
    entry = figure_entry(study, name)
    if not entry.animation:
        moving = ", ".join(other for other, its in study.figures.items() if its.animation) or "there is none"
        raise ArgumentError("animate", name, "left out but for a figure that moves: " + moving)
    here, _, _ = _asked(f"figure '{name}'", entry, lab, given, study.at)
    path: Path = getattr(import_module(entry.module), entry.animation)(here, folder)
    return path


def table(
    study: Study, name: str, lab: Lab, *, ledger: Callable[[Lab], Sequence[Entry]] | None = None, **given: Any
) -> Table:
    """Build a table of a study, or ``"claims"`` or ``"errata"``, which every study has.

    For these two, ``ledger`` is the function that settles the claims. Default: the study's own checks. ``given`` is as
    for :func:`drawing`.
    """

    def settled() -> Sequence[Entry]:
        return [claim.settle(lab) for claim in study.chosen()] if ledger is None else ledger(lab)

    built, recorded = _made(study, "table", name, table_entry(study, name, settled), lab, given, Table)
    return replace(built, told=recorded)


def _made(
    study: Study, kind: str, name: str, entry: Place, lab: Lab, given: Mapping[str, Any], form: type[Made]
) -> tuple[Made, dict[str, Any]]:
    """Return what the function of a figure or table makes, and the parameters to record with it."""
    what = f"{kind} '{name}'"
    here, others, recorded = _asked(what, entry, lab, given, study.at)
    if entry.function is not None:
        here = _Noting(**vars(here))
        here.read.clear()
    made = call(what, entry, here, **others)
    if entry.function is not None and "seed" not in here.read:
        recorded.pop("seed", None)
    if not isinstance(made, form):
        expected = f"a function that returns a {form.__name__}; it returned {type(made).__name__}"
        raise ArgumentError(kind, name, expected)
    return made, recorded


class _Noting(Lab):
    """A laboratory that notes whether its effort and its seed are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("effort", "seed") and (read := vars(self).get("read")) is not None:
            read.add(name)
        return super().__getattribute__(name)


def figure_entry(study: Study, name: str) -> Place:
    """Return the entry of a figure."""
    return _entry("figure", study.figures, name)


def table_entry(study: Study, name: str, ledger: Callable[[], Sequence[Entry]] = list) -> Place:
    """Return the entry of a table, of those that every study has, too, which show this ledger."""
    if name in OF_CLAIMS:
        says, of_ledger = OF_CLAIMS[name]
        return Place("", "", says, function=lambda lab: of_ledger(study, ledger()))
    return _entry("table", study.tables, name, *OF_CLAIMS)


def _entry(kind: str, known: dict[str, Place], name: str, *more: str) -> Place:
    if name not in known:
        none = "left out: this study has no figures"  # it has the tables of claims
        raise ArgumentError(kind, name, "one of " + ", ".join((*known, *more)) if known or more else none)
    return known[name]


def subjects(study: Study, kind: str) -> dict[str, str]:
    """Return what each figure or table shows, by name; ``kind`` is ``"figure"`` or ``"table"``."""
    if kind == "figure":
        return {name: entry.says for name, entry in study.figures.items()}
    return {name: says for name, (says, _) in OF_CLAIMS.items()} | {n: entry.says for n, entry in study.tables.items()}


def parameters(entry: Place) -> tuple[str, ...]:
    """Return the parameters of a figure or table, from :data:`SAID`; its module is imported to find out."""
    own = set(signature(entry.target()).parameters) - entry.fixed.keys()
    return tuple(option for option in SAID if option in entry.at or option in own)


def rests_on(entry: Place, lab: Lab, trials: int | None = None) -> dict[str, Any]:
    """Return the laboratory's effort and seed by name, if a figure or table depends on them.

    One of a user's study depends on what it read when it was made. If a number of trials is requested, it replaces the
    effort.
    """
    its = entry.rests_on if entry.function is None else lab.read
    found = {"effort": str(lab.effort), "seed": lab.seed}
    return {name: found[name] for name in found if name in its and (trials is None or name != "effort")}


def require_taken(study: Study, what: str, entry: Place, lab: Lab, given: Mapping[str, Any]) -> None:
    """Raise an ArgumentError for a parameter that a figure or table does not take; none of its code is run."""
    _, others, _ = _asked(what, entry, lab, given, study.at)
    takes(what, entry, others)


def _asked(
    what: str, entry: Place, lab: Lab, given: Mapping[str, Any], base: Model | None
) -> tuple[Lab, dict[str, Any], dict[str, Any]]:
    """Return the given parameters of a figure or table (``what``, in errors), checked and sorted.

    They are the laboratory at the parameters that it has there, the other arguments of its function, and the parameters
    for its CSV if one of them was given. What differs in ``lab`` from the study's setting ``base``, and its number of
    runs, counts as given. ``symbols``, ``degree``, ``tau``, ``startup`` and ``trials`` have the entry's own defaults.
    """
    usual = _texts(base)
    own = {option: value for option, value in _texts(lab.at).items() if value != usual.get(option)}
    trials = {} if lab.asked is None else {"trials": lab.asked}
    every = {**own, **trials, **given}
    if "schemes" in every and lab.folder != Path():  # a reader's paths begin in the current directory
        every["schemes"] = tuple(os.path.abspath(name) if SEPARATOR in name else name for name in every["schemes"])
    known = parameters(entry)
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
    here = replace(lab, asked=asked) if base is None else replace(lab, at=replace(base, **at), asked=asked)
    others = {option: value for option, value in every.items() if option not in entry.at}
    seed = {"seed": lab.seed} if "seed" in entry.rests_on else {}
    return here, others, {**told, **seed} if told.keys() & every.keys() else {}


def _texts(model: Model | None) -> dict[str, Any]:
    """Return the parameters of a model as texts, in the form that a reader gives them; nothing without a model."""
    if not isinstance(model, Model):
        return {}
    return {**{name: getattr(model, name) for name in PARAMETERS}, "startup": written(model.startup)}
