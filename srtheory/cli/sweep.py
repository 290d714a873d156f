"""srtheory sweep: Monte Carlo of a grid of tasks that a TOML file describes."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import click

from srtheory.cli.ask import print_text
from srtheory.cli.common import (
    LARGEST_SEED,
    PathType,
    engine_options,
    json_option,
    read_scheduler,
    seed_option,
    store_option,
    trials_bar,
    trials_option,
)
from srtheory.cli.setting import UNITS, NamedTask, named_task, read_delays, summary
from srtheory.errors import ArgumentError, require_int
from srtheory.questions.words import COSTS

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("scheme", "sizes", "startup", "decoder", "phase"), ((str,), "a text")),
    **dict.fromkeys(("symbols", "degree", "stragglers", "access", "workers", "spread"), ((int,), "an integer")),
    **dict.fromkeys(("tau", *COSTS, "cap", "c", "delta", "epsilon"), ((int, float), "a number")),
}
_ANY: tuple[tuple[type, ...], str] = ((str, int, float, bool), "a text, a number or a switch")
_NEEDED = ("scheme", "symbols", "tau", "startup")
_LARGEST_SPEC = 1 << 14
"""Largest number of bytes; the time to read a key of n parts grows with n^2."""
_LARGEST_GRID = 10_000
_OWN = "option"
"""Key of a table of the scheme's options, by field names; in TOML ``option.window = 3``."""
_OPTIONS = ("degree", "sizes", "stragglers", "access", "phase", "cap", "c", "delta", "epsilon", "spread")


@click.command()
@click.argument("spec", metavar="SPEC", type=PathType())
@trials_option("It applies to every task. Default: the value in SPEC.", None)
@seed_option("It applies to every task. Default: the value in SPEC.", None)
@store_option(once_out=True)
@engine_options
@json_option
def sweep(
    spec: Path,
    trials: int | None,
    seed: int | None,
    store: Path | None,
    processes: int,
    engine: str,
    scheduler: str | None,
    as_json: bool,
) -> int:
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
    from srtheory.experiments.running import run_all

    trials, grid = read_spec(spec, {"trials": trials, "seed": seed})
    _distinct([asked.task.id for asked in grid])
    cluster = read_scheduler(engine, scheduler, processes)
    with trials_bar(trials * len(grid), spec.stem) as move:
        experiments = [(asked.task, trials) for asked in grid]
        runs = run_all(experiments, store=store, processes=processes, scheduler=cluster, progress=move)
        for asked, records in zip(grid, runs, strict=True):
            result = summary(asked, records)
            line = json.dumps(result, allow_nan=False) if as_json else _line(asked.parameters, result)
            print_text(line)
    return 0


def read_spec(path: Path, given: Mapping[str, int | None] | None = None) -> tuple[int, list[NamedTask]]:
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
    trials, seed = require_int("trials", spec["trials"]), require_int("seed", spec["seed"], 0, LARGEST_SEED)
    grids = [_flat(table, f"tasks[{i}]") for i, table in enumerate(tables)]
    tasks = sum(prod(len(value) for value in flat.values() if isinstance(value, list)) for flat in grids)
    if tasks > _LARGEST_GRID:
        raise ArgumentError("tasks", f"a grid of {tasks}", f"a grid of at most {_LARGEST_GRID} tasks")
    return trials, [asked for i, table in enumerate(tables) for asked in _grid(table, f"tasks[{i}]", seed)]


def _grid(table: dict[str, Any], where: str, seed: int) -> Iterator[NamedTask]:
    """Return the product of all lists of a table."""
    from srtheory.schemes import named

    _only(table, where, (*_KINDS, _OWN), _NEEDED)
    flat = _flat(table, where)
    values = [_values(value, f"{where}.{name}", *_KINDS.get(name, _ANY)) for name, value in flat.items()]
    for choice in product(*values):
        chosen = dict(zip(flat, choice, strict=True))
        options = {name: chosen.pop(name) for name in _OPTIONS if name in chosen}
        own = {name.removeprefix(f"{_OWN}."): chosen.pop(name) for name in flat if name.startswith(f"{_OWN}.")}
        try:
            scheme = named(chosen.pop("scheme"))
            own = scheme.accept(own)
            costs = {name: chosen.pop(name) for name in COSTS if name in chosen}
            delays = read_delays(chosen.pop("tau"), chosen.pop("startup"), **costs)
            yield named_task(scheme, delays=delays, seed=seed, options=options, own=own, **chosen)
        except ArgumentError as error:
            name = f"{_OWN}.{error.name}" if error.name in own else error.name
            raise ArgumentError(f"{where}.{name}", error.value, error.expected) from None


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


def _line(parameters: dict[str, Any], result: dict[str, Any]) -> str:
    from srtheory.experiments.summary import MEASURES

    shown = parameters | ({"source": parameters["source"][:12]} if "source" in parameters else {})
    asked = " ".join(f"{name}={value}" for name, value in shown.items())
    cells = [f"{name} {_estimate(result[name])} {UNITS[name]}" for name in MEASURES]
    lost = f"unrecovered {result['unrecovered']} of {result['trials']} trials"
    return f"{result['id'][:12]}  {asked}:  {', '.join(cells)}, {lost}"


def _estimate(measure: dict[str, Any]) -> str:
    """Return the mean ± standard error, as far as they exist."""
    mean, error = measure["mean"], measure["standard_error"]
    return "inf" if mean is None else f"{mean:.6g}" if error is None else f"{mean:.6g} ± {error:.2g}"
