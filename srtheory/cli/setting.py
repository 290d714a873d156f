"""Tasks of simulate, sweep and compare from a user's parameters, and the summary of their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srtheory.cli.common import LARGEST_SEED
from srtheory.cli.schemes import source
from srtheory.environment import __version__
from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.questions.words import COSTS, LARGEST_TIME, MAX_SYMBOLS, merged, options_json, read_law

if TYPE_CHECKING:
    from srtheory.delays import DelayModel
    from srtheory.experiments.store import Kept
    from srtheory.experiments.trial import Task
    from srtheory.model import Model
    from srtheory.schemes import NamedScheme

UNITS = {
    "latency": "time units",
    "stopping_time": "rows",
    "coverage_time": "rows",
    "systematic": "rows",
    "work": "terms",
    "additions": "operations",
    "multiplications": "operations",
    "solving": "operations",
    "tau": "time units per term",
    "message_cost": "time units per message",
    "master_time": "time units per message",
}
"""Units of printed quantities; a time unit is that of the start-up distribution."""


@dataclass(frozen=True)
class NamedTask:
    """A task with its requested parameters, defaults included, ready for JSON."""

    task: Task
    parameters: dict[str, Any]


def unit_of(name: str) -> str:
    """Return the unit that is printed behind a quantity of this name, with a space before it; empty if it has none."""
    return f" {UNITS[name]}" if name in UNITS else ""


def read_delays(tau: float, startup: str, **costs: float) -> DelayModel:
    """Return the delay model of these options; the names of costs are those of ``COSTS``."""
    from srtheory.delays import DelayModel

    if require_positive("tau", tau) > LARGEST_TIME:
        raise ArgumentError("tau", tau, f"a finite number above 0 and at most {LARGEST_TIME}")
    for name in ("message_cost", "master_time"):
        if require_not_negative(name, value := costs.get(name, 0.0)) > LARGEST_TIME:
            raise ArgumentError(name, value, f"a finite number from 0 to {LARGEST_TIME}")
    return DelayModel(read_law(startup), tau, **costs)


def read_model(given: Mapping[str, Any]) -> Model:
    """Return the model of these options, without a degree."""
    from srtheory.model import Model

    m = require_int("symbols", given["symbols"], 1, MAX_SYMBOLS)
    delays = read_delays(given["tau"], given["startup"], **{name: given[name] for name in COSTS})
    beyond = {name: getattr(delays, name) for name in COSTS}
    return Model(m, None, delays.tau, delays.startup, **beyond)


def named_task(
    scheme: NamedScheme,
    symbols: int,
    delays: DelayModel,
    seed: int,
    options: Mapping[str, Any],
    own: Mapping[str, Any],
    workers: int | None = None,
    decoder: str | None = None,
) -> NamedTask:
    """Return the task; ``options`` have a name of their own, such as ``degree``, and ``own`` are any others."""
    from srtheory.delays import describe_law
    from srtheory.experiments.trial import Task

    require_int("symbols", symbols, 1, MAX_SYMBOLS)
    require_int("seed", seed, 0, LARGEST_SEED)
    if options.get("degree") is not None:
        require_int("degree", options["degree"], 1, MAX_SYMBOLS)
    task = Task(scheme.build(symbols, merged(options, own), workers), delays, seed, decoder)
    parameters = {
        "scheme": scheme.name,
        "symbols": symbols,
        "tau": delays.tau,
        **{name: value for name in COSTS if (value := getattr(delays, name))},
        "startup": describe_law(delays.startup),
        **{name: value for name, value in options.items() if value is not None},
        **{f"option.{name}": value for name, value in options_json(own).items()},
        **source(scheme),
        "workers": task.scheme.workers,
        "decoder": task.decode_by,
        "seed": seed,
    }
    return NamedTask(task, parameters)


def summary(asked: NamedTask, records: Kept) -> dict[str, Any]:
    """Return id, parameters and summary of every measure, ready for JSON; records are read one column at a time."""
    from srtheory.decoders import UNDECODED
    from srtheory.experiments.summary import COSTS, MEASURES, column, summarise

    counted = () if asked.task.decode_by in UNDECODED else COSTS
    return {
        "id": asked.task.id,
        **asked.parameters,
        "trials": len(records),
        "stopping_rule": "fixed number of trials",
        "version": __version__,
        "unrecovered": sum(int((part == float("inf")).sum()) for part in records.parts("latency")),
        "complete_worker": sum(int(part.sum()) for part in records.parts("complete_worker")),
        "all_systematic": sum(int(part.sum()) for part in records.parts("all_systematic")),
        **{name: summarise(column(records, name)).as_json() for name in (*MEASURES, *counted)},
    }
