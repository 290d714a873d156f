"""srtheory sweep: Monte Carlo of a grid of tasks that a TOML file describes."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from itertools import product
from math import prod
from pathlib import Path
from typing import Annotated, Any

import click

from srtheory.cli.ask import PathType, option, options, print_text, warnings_in_a_line
from srtheory.cli.common import json_option
from srtheory.errors import ArgumentError, require_int
from srtheory.questions import words
from srtheory.questions.base import Place, record_json, remarks
from srtheory.questions.simulate import FLAGS, Measure, Simulate, Simulated
from srtheory.questions.words import Word, but, fields_of

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("scheme", "sizes", "startup", "decoder", "phase", "target", *words.RANDOM), ((str,), "a text")),
    **dict.fromkeys(
        ("symbols", "degree", "stragglers", "access", "workers", "crew", "load", "spread"), ((int,), "an integer")
    ),
    **dict.fromkeys(("tau", "message_cost"), ((int, float, str), "a number or a text")),
    **dict.fromkeys(("master_time", "silent", "cap", "c", "delta", "epsilon"), ((int, float), "a number")),
}
_ANY: tuple[tuple[type, ...], str] = ((str, int, float, bool), "a text, a number or a switch")
_NEEDED = ("scheme", "symbols", "tau", "startup")
_LAWS = ("startup", "tau", "message_cost", "pace", "death", "shock")
_LARGEST_SPEC = 1 << 14
"""Largest number of bytes; the time to read a key of n parts grows with n^2."""
_LARGEST_GRID = 10_000
_OWN = "option"
"""Key of a table of the scheme's options, by field names; in TOML ``option.window = 3``."""


_OF_ALL = but(more=". It applies to every task", otherwise="the value in SPEC")


class InGrid(Simulate):
    """A task of a sweep; its further options are values instead of texts."""

    flags = (*FLAGS, "c", "delta", "epsilon", "spread")

    c: Annotated[float | None, Word(accept=words.as_given)] = None
    delta: Annotated[float | None, Word(accept=words.as_given)] = None
    epsilon: Annotated[float | None, Word(accept=words.as_given)] = None
    spread: Annotated[int | None, Word(accept=words.as_given)] = None
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def own(self) -> dict[str, Any]:
        """Further options of the scheme."""
        return self.scheme.accept(self.values)


@click.command()
@click.argument("spec", metavar="SPEC", type=PathType())
@option("trials", Annotated[words.Trials, _OF_ALL], None)
@option("seed", Annotated[words.Seed, _OF_ALL], None)
@options(*fields_of(Place))
@json_option
def sweep(spec: Path, trials: int | None, seed: int | None, as_json: bool, **where: Any) -> int:
    """Simulate every task of a parameter grid, and print one line per task.

    SPEC is a TOML file that describes the grid:

    \b
      trials = 1000
      seed = 1
      [[tasks]]
      scheme = "sr"
      symbols = [100, 1000]
      degree = [5, 10]
      tau = 0.005
      startup = "expon(scale=5)"

    Any value of a task may be a list: the grid is the product of all lists. The keys of a task are the names of the
    options of simulate, with _ in place of -, and c and delta for lt, epsilon and spread for raptor. For a scheme
    class in your own file, scheme = "FILE.py::CLASS", option.NAME is the value of any field (docs/sweeps.md).

    A line has the id of the task, its parameters, and means ± standard errors: latency T, coverage_time CC and
    stopping_time M' as in simulate. With --json, each line is a JSON object: id, parameters, summary.

    With --store, finished trials are saved: the same command resumes after an interruption at any time.
    """  # noqa: D301  (click's mark for lines to keep)
    trials, grid = read_spec(spec, {"trials": trials, "seed": seed})
    _distinct([asked.task.id for asked in grid])
    means = Place(shows=True, **where)
    with warnings_in_a_line(), means.records([(asked.task, trials) for asked in grid], spec.stem) as runs:
        for asked, records in zip(grid, runs, strict=True):
            found = asked.summary(records)
            print_text(json.dumps(record_json(found), allow_nan=False) if as_json else _line(found))
    return 0


def read_spec(path: Path, given: Mapping[str, int | None] | None = None) -> tuple[int, list[InGrid]]:
    """Return the number of trials, and tasks, of a sweep; given ``trials`` and ``seed`` override the file."""
    from srtheory.files import read_bytes

    data = read_bytes(path, "SPEC", _LARGEST_SPEC)
    try:
        spec = tomllib.loads(data.decode())
    except RecursionError:
        raise ArgumentError("SPEC", str(path), "a TOML file (it is nested too deeply)") from None
    except ValueError as error:
        raise ArgumentError("SPEC", str(path), f"a TOML file ({error})") from None
    spec |= {name: value for name, value in (given or {}).items() if value is not None}
    _only(spec, "SPEC", ("trials", "seed", "tasks"), ("trials", "seed", "tasks"))
    tables = spec["tasks"]
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise ArgumentError("tasks", tables, "one table [[tasks]] or more")
    trials, seed = require_int("trials", spec["trials"]), require_int("seed", spec["seed"], 0, words.LARGEST_SEED)
    grids = [_flat(table, f"tasks[{i}]") for i, table in enumerate(tables)]
    tasks = sum(prod(len(value) for value in flat.values() if isinstance(value, list)) for flat in grids)
    if tasks > _LARGEST_GRID:
        raise ArgumentError("tasks", f"a grid of {tasks}", f"a grid of at most {_LARGEST_GRID} tasks")
    return trials, [asked for i, table in enumerate(tables) for asked in _grid(table, f"tasks[{i}]", trials, seed)]


def _grid(table: dict[str, Any], where: str, trials: int, seed: int) -> Iterator[InGrid]:
    """Return the product of all lists of a table."""
    from srtheory.schemes import named

    _only(table, where, (*_KINDS, _OWN), _NEEDED)
    flat = _flat(table, where)
    values = [_values(value, f"{where}.{name}", *_KINDS.get(name, _ANY)) for name, value in flat.items()]
    for choice in product(*values):
        chosen = dict(zip(flat, choice, strict=True))
        own = {name.removeprefix(f"{_OWN}."): chosen.pop(name) for name in flat if name.startswith(f"{_OWN}.")}
        try:
            laws = {name: _read(name, chosen.pop(name)) for name in _LAWS if isinstance(chosen.get(name), str)}
            scheme = named(chosen.pop("scheme"))
            asked = InGrid(scheme=scheme, **chosen, **laws, values=own, trials=trials, seed=seed)
            asked.task  # noqa: B018 (made here, where its place in the file is known)
            yield asked
        except ArgumentError as error:
            name = f"{_OWN}.{error.name}" if error.name in own else error.name
            raise ArgumentError(f"{where}.{name}", error.value, error.expected) from None


def _read(name: str, text: str) -> Any:
    """Return the distribution of a time, or measured times of a file."""
    try:
        return words.read_law(text)
    except ArgumentError as error:
        raise ArgumentError(name, error.value, error.expected) from None


def _flat(table: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the table with the options of the scheme as separate keys."""
    own = table.get(_OWN, {})
    if not isinstance(own, dict):
        raise ArgumentError(f"{where}.{_OWN}", own, f"a table of options: {_OWN}.NAME = VALUE")
    flat = {name: value for name, value in table.items() if name != _OWN}
    return flat | {f"{_OWN}.{name}": value for name, value in own.items()}


def _values(value: Any, name: str, kinds: tuple[type, ...], kind: str) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise ArgumentError(name, value, f"{kind} or a list of at least one")
    for one in values:
        if not isinstance(one, kinds) or (isinstance(one, bool) and bool not in kinds):
            raise ArgumentError(name, one, f"{kind} or a list of such")
    return values


def _only(table: dict[str, Any], where: str, known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    for name in table:
        if name not in known:
            raise ArgumentError(where, name, "a table with the keys " + ", ".join(known))
    for name in needed:
        if name not in table:
            raise ArgumentError(f"{where}.{name}", None, "given")


def _distinct(ids: list[str]) -> None:
    if twice := next((id for id, times in Counter(ids).items() if times > 1), None):
        raise ArgumentError("tasks", twice, "distinct tasks; this id occurs twice")


def _line(found: Simulated) -> str:
    from srtheory.experiments.summary import MEASURES

    asked = " ".join(f"{name}={value}" for name, value, _ in found.asked())
    measures = found.measures()
    cells = [f"{name} {_estimate(measures[name][1])} {measures[name][0]}" for name in MEASURES]
    lost = f"unrecovered {found.unrecovered} of {found.trials} trials"
    return f"{found.id[:12]}  {asked}:  {', '.join([*cells, lost, *remarks(found.question)])}"


def _estimate(measure: Measure) -> str:
    """Return the mean ± standard error, as far as they exist."""
    mean, error = measure.mean, measure.standard_error
    return "inf" if mean is None else f"{mean:.6g}" if error is None else f"{mean:.6g} ± {error:.2g}"
