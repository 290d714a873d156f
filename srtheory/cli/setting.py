"""Parts shared by simulate and sweep: a setting by its names, its task, and the summary of its records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from srtheory.cli.common import LARGEST_SEED, read_law
from srtheory.cli.schemes import as_json, source
from srtheory.delays import BEYOND_THE_PAPER
from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.version import __version__

if TYPE_CHECKING:
    from srtheory.experiments.store import Kept
    from srtheory.experiments.trial import Task

LARGEST = 2 * 10**6
"""Symbols, and their number in a sum; a run keeps some hundred bytes a symbol."""
LARGEST_TIME = 1e200  # no sum of times overflows


@dataclass(frozen=True)
class Setting:
    """A task in the form written by the user.

    ``options`` are those of the scheme that have a name of their own, such as ``degree``; ``own`` are those by
    ``--option``, which has any.
    """

    scheme: str
    symbols: int
    tau: float
    startup: str
    seed: int
    workers: int | None = None
    decoder: str | None = None
    message_cost: float = 0.0
    master_time: float = 0.0
    silent: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)

    def task(self) -> Task:
        """Return the task; bad input raises :class:`srtheory.errors.ArgumentError`."""
        from srtheory.delays import DelayModel
        from srtheory.experiments.trial import Task
        from srtheory.schemes import build

        require_int("symbols", self.symbols, 1, LARGEST)
        require_int("seed", self.seed, 0, LARGEST_SEED)
        if require_positive("tau", self.tau) > LARGEST_TIME:
            raise ArgumentError("tau", self.tau, f"a finite number above 0 and at most {LARGEST_TIME}")
        for name in ("message_cost", "master_time"):
            if require_not_negative(name, value := getattr(self, name)) > LARGEST_TIME:
                raise ArgumentError(name, value, f"a finite number from 0 to {LARGEST_TIME}")
        if self.options.get("degree") is not None:
            require_int("degree", self.options["degree"], 1, LARGEST)
        for name in self.own:
            if self.options.get(name) is not None:
                raise ArgumentError("option", name, f"left out where {name} is given")
        given = {name: value for name, value in self.options.items() if value is not None}
        scheme = build(self.scheme, self.symbols, {**given, **self.own}, self.workers)
        return Task(scheme, DelayModel(read_law(self.startup), self.tau, **self._beyond()), self.seed, self.decoder)

    def _beyond(self) -> dict[str, float]:
        """Return the parameters that the paper's delay model does not have."""
        return {name: getattr(self, name) for name in BEYOND_THE_PAPER}

    def parameters(self, task: Task) -> dict[str, Any]:
        """Return the requested parameters, defaults included."""
        from srtheory.delays import describe_law

        return {
            "scheme": self.scheme,
            "symbols": self.symbols,
            "tau": self.tau,
            **{name: value for name, value in self._beyond().items() if value},
            "startup": describe_law(task.delays.startup),
            **{name: value for name, value in self.options.items() if value is not None},
            **{f"option.{name}": value for name, value in as_json(self.own).items()},
            **source(self.scheme),
            "workers": task.scheme.workers,
            "decoder": task.decode_by,
            "seed": self.seed,
        }


def summary(setting: Setting, task: Task, records: Kept) -> dict[str, Any]:
    """Return id, parameters and summary of every measure, ready for JSON; records are read one column at a time."""
    from srtheory.decoders import UNDECODED
    from srtheory.experiments.summary import COSTS, MEASURES, column, summarise

    counted = () if task.decode_by in UNDECODED else COSTS
    return {
        "id": task.id,
        **setting.parameters(task),
        "trials": len(records),
        "stopping_rule": "fixed number of trials",
        "version": __version__,
        "unrecovered": sum(int((part == float("inf")).sum()) for part in records.parts("latency")),
        "complete_worker": sum(int(part.sum()) for part in records.parts("complete_worker")),
        "all_systematic": sum(int(part.sum()) for part in records.parts("all_systematic")),
        **{name: summarise(column(records, name)).as_json() for name in (*MEASURES, *counted)},
    }
