"""Figures and tables of a study by name, at the parameters that a reader chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.lookup import Entry as Place
from srtheory.lookup import call, takes
from srtheory.study.asked import asked
from srtheory.study.findings import Entry
from srtheory.study.study import Study, require_name
from srtheory.study.tables import OF_CLAIMS

if TYPE_CHECKING:
    from srtheory.render.style import Drawing
    from srtheory.render.table import Table

_NONE = "left out: this study has no figures"  # it has the tables of claims
OF_CLAIMS_MODULE = "srtheory.study.tables"


def figure_entry(study: Study, name: str) -> Place:
    """Return the entry of a figure."""
    return _entry("figure", study.figures, name)


def _entry(kind: str, known: dict[str, Place], name: str, *more: str) -> Place:
    if name not in known:
        raise ArgumentError(kind, name, "one of " + ", ".join((*known, *more)) if known or more else _NONE)
    return known[name]


def require_taken(study: Study, what: str, entry: Place, lab: Lab, given: Mapping[str, Any]) -> None:
    """Raise an ArgumentError for a parameter that a figure or table does not take; none of its code is run."""
    _require_taken(what, entry, asked(what, entry, lab, given, study.at).others)


def _require_taken(what: str, entry: Place, others: Mapping[str, Any]) -> None:
    """Do so for what is left of the parameters; tables of claims, whose functions are of the ledger, take nothing."""
    if entry.module != OF_CLAIMS_MODULE:
        takes(what, entry, others)
    for option, value in others.items() if entry.module == OF_CLAIMS_MODULE else ():
        raise ArgumentError(option, value, f"left out: the {what} does not take it")


def drawing(study: Study, name: str, lab: Lab, **given: Any) -> Drawing:
    """Draw a figure.

    Parameters
    ----------
    study : Study
        The study.
    name : str
        A name of its figures.
    lab : Lab
        Laboratory that provides the runs.
    **given
        ``symbols``, ``degree``, ``tau``, ``startup``, ``trials``: for those in which they have a meaning. ``schemes``,
        names of the schemes to show instead of its own, and ``options``, their options as texts ``key=value``
        (:func:`srtheory.schemes.options_of_each`): for those that compare schemes.
    """
    from srtheory.render.style import Drawing

    what, entry = f"figure '{name}'", figure_entry(study, name)
    its = asked(what, entry, lab, given, study.at)
    drawn = call(what, entry, its.lab, **its.others)
    if not isinstance(drawn, Drawing):
        raise ArgumentError("figure", name, f"a function that returns a Drawing; it returned {type(drawn).__name__}")
    require_name("figure", drawn.name)
    more = {option: value for option, value in its.recorded.items() if option not in drawn.header}
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
    here = asked(f"figure '{name}'", entry, lab, given, study.at).lab
    written: Path = getattr(import_module(entry.module), entry.animation)(here, folder)
    return written


def table_entry(study: Study, name: str) -> Place:
    """Return the entry of a table, of those that every study has, too."""
    if name in OF_CLAIMS:
        return Place(OF_CLAIMS_MODULE, OF_CLAIMS[name][1].__name__, OF_CLAIMS[name][0])
    return _entry("table", study.tables, name, *OF_CLAIMS)


def subjects(study: Study, kind: str) -> dict[str, str]:
    """Return what each figure or table shows, by name; ``kind`` is ``"figure"`` or ``"table"``."""
    if kind == "figure":
        return {name: entry.says for name, entry in study.figures.items()}
    return {name: says for name, (says, _) in OF_CLAIMS.items()} | {n: entry.says for n, entry in study.tables.items()}


def table(
    study: Study, name: str, lab: Lab, *, ledger: Callable[[Lab], Sequence[Entry]] | None = None, **given: Any
) -> Table:
    """Build a table.

    Parameters
    ----------
    study : Study
        The study.
    name : str
        A name of its tables, or ``"claims"`` or ``"errata"``, which every study has.
    lab : Lab
        Laboratory that provides the runs.
    ledger : callable, optional
        For these two: the function that settles the claims. Default: the study's own checks.
    **given
        As for :func:`drawing`.
    """
    from srtheory.render.table import Table

    what, entry = f"table '{name}'", table_entry(study, name)
    its = asked(what, entry, lab, given, study.at)
    if name in OF_CLAIMS:
        _require_taken(what, entry, its.others)
        entries = ledger(lab) if ledger is not None else [claim.settle(lab) for claim in study.chosen()]
        built = OF_CLAIMS[name][1](study, entries)
    else:
        built = call(what, entry, its.lab, **its.others)
    if not isinstance(built, Table):
        raise ArgumentError("table", name, f"a function that returns a Table; it returned {type(built).__name__}")
    return replace(built, told=its.recorded)
