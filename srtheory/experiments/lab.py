"""Laboratory: the setting of a study, the effort to spend, and every experiment run once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from inspect import getsourcelines
from pathlib import Path
from typing import Any, NoReturn, cast

import numpy as np
import numpy.typing as npt

from srtheory.decoders.targets import SUM
from srtheory.delays import DelayModel, DrawnStartup
from srtheory.errors import ArgumentError, require_function, require_int, require_kind, require_path
from srtheory.experiments.running import run
from srtheory.experiments.store import Records
from srtheory.experiments.summary import Summary, column, summarise
from srtheory.experiments.trial import Record, Task
from srtheory.files import write_whole
from srtheory.model import Model
from srtheory.own_code import SEPARATOR, origin
from srtheory.schemes import NamedScheme, named
from srtheory.schemes.base import in_crew
from srtheory.types import Floats

Progress = Callable[[str, int], None]
"""Called with the current experiment and the number of trials that have just been done."""


class Effort(StrEnum):
    """Number of trials behind each Monte Carlo verdict."""

    QUICK = "quick"
    PAPER = "paper"
    DEEP = "deep"

    @property
    def trials(self) -> int:
        """Number of trials: 100 as in the paper, 10^4, or 10^5."""
        return {"quick": 100, "paper": 10_000, "deep": 100_000}[self]


def _silent(what: str, done: int) -> None:
    return None


class NoModel:
    """Stand-in for the setting of a study without one: any use of it is an error that says so."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ArgumentError("at", None, "given: a setting, as in Study(..., at=Model(...)) or Lab(at=Model(...))")


NO_MODEL = cast(Model, NoModel())


@dataclass
class Lab:
    """Runner of experiments, each at most once."""

    effort: Effort = Effort.QUICK
    seed: int = 2022
    progress: Progress = _silent
    """Told after every few trials, those found in the store included."""
    store: Path | None = None
    """Folder of records, see :mod:`srtheory.experiments.store`; what it holds is not computed again."""
    processes: int = 1
    """Processes to compute with."""
    at: Model = NO_MODEL
    """Setting of the experiments that name no parameters of their own; its costs and access are not used."""
    asked: int | None = None
    """Trials of every experiment, instead of the effort's."""
    scheduler: str | None = None
    """Address of a Dask scheduler whose workers compute instead."""
    begins: Progress = _silent
    """Called with an experiment and its number of trials before its first trial."""
    folder: Path = Path()
    """Folder from which a path in ``FILE.py::CLASS`` begins. Default: the current directory."""
    sources: dict[str, str] = field(default_factory=dict, repr=False)
    """SHA-256 of the source of each user-defined scheme that was asked for, by the scheme's name."""
    read: set[str] = field(default_factory=set, repr=False)
    """Which of ``effort`` and ``seed`` the figure or table that was made last has read, if it is of a user's study."""
    _done: dict[str, Records] = field(default_factory=dict, repr=False)
    _samples: dict[str, Floats] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        try:
            self.effort = Effort(self.effort)
        except ValueError:
            raise ArgumentError("effort", self.effort, f"one of {', '.join(Effort)}") from None
        self.seed = require_int("seed", self.seed, 0)
        self.processes = require_int("processes", self.processes)
        self.asked = None if self.asked is None else require_int("asked", self.asked)
        self.store = None if self.store is None else require_path("store", self.store)
        self.folder = require_path("folder", self.folder)
        if self.scheduler is not None:
            require_kind("scheduler", self.scheduler, str, "the address of a Dask scheduler")
        if not isinstance(self.at, Model | NoModel):
            raise ArgumentError("at", self.at, "a Model")
        for name in ("progress", "begins"):
            require_function(name, getattr(self, name))

    @property
    def trials(self) -> int:
        """Trials per Monte Carlo experiment at the paper's size."""
        return self.effort.trials if self.asked is None else self.asked

    @property
    def elimination_trials(self) -> int:
        """Trials of LT codes decoded by elimination, which with the cap is ten times as expensive as peeling."""
        return self.fewer(10, min(self.trials, 100))

    def fewer(self, by: int, least: int = 0) -> int:
        """Return the number of expensive trials: those of the effort over ``by``, but all that were requested."""
        return max(least, self.trials // by) if self.asked is None else self.asked

    def records(
        self,
        scheme: str | NamedScheme,
        *,
        startup: str | DrawnStartup | None = None,
        symbols: int | None = None,
        tau: Any = None,
        trials: int | None = None,
        decoder: str | None = None,
        message_cost: Any = 0.0,
        master_time: float = 0.0,
        silent: float = 0.0,
        delays: Mapping[str, Any] | None = None,
        target: str = SUM,
        crew: int | None = None,
        load: int | None = None,
        workers: int | None = None,
        own: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Sequence[Record]:
        """Return records of a scheme, by default at the laboratory's parameters; fewer trials are a prefix of more.

        ``delays`` are further fields of :class:`~srtheory.delays.DelayModel`, such as ``{"pace": "uniform(1, 2)"}``,
        ``crew`` and ``load`` those of :class:`~srtheory.schemes.base.Crew`, and ``own`` further options of the scheme,
        with any names.
        """
        count = self.trials if trials is None else trials
        law = self.at.startup if startup is None else startup
        m, tau = self.at.symbols if symbols is None else symbols, self.at.tau if tau is None else tau
        times = DelayModel(cast(DrawnStartup, law), tau, message_cost, master_time, silent, **(delays or {}))
        given = {name: value for name, value in options.items() if value is not None}
        chosen = self.named(scheme)
        made = in_crew(chosen.build(m, {**given, **(own or {})}, workers), crew, load)
        task = Task(made, times, self.seed, decoder, target)
        done = self._done.get(task.id)
        if done is None or len(done) < count:
            self.begins(chosen.name, count)
            done = run(
                task,
                count,
                done=done,
                store=self.store,
                processes=self.processes,
                scheduler=self.scheduler,
                progress=lambda trials, _: self.progress(chosen.name, trials),
            )
            self._done[task.id] = done
        return done[:count]

    def known(self, before: Mapping[str, Records] | None = None) -> dict[str, Records]:
        """Return the records of all experiments so far by task, without those of ``before``."""
        return {id: done for id, done in self._done.items() if done is not (before or {}).get(id)}

    def learn(self, more: Mapping[str, Records]) -> None:
        """Add records that this laboratory has computed in another process."""
        self._done.update(more)

    def named(self, scheme: str | NamedScheme) -> NamedScheme:
        """Return the class of schemes of that name, as the code of a study means it, and note its source."""
        if isinstance(scheme, str) and SEPARATOR in scheme:
            scheme = replace(named(str(self.folder / scheme)), name=scheme)
        found = named(scheme)
        if (known := origin(found.kind)) is not None:
            self.sources[found.name] = known.digest
        return found

    def sample(self, measure: str, scheme: str | NamedScheme, **options: Any) -> Floats:
        """Return one measure of :meth:`records`, such as ``"latency"``, shape (trials,), inf if it is never reached."""
        if measure not in (names := [its.name for its in fields(Record) if its.name != "argument"]):
            raise ArgumentError("measure", measure, f"one of {', '.join(names)}")
        return column(self.records(scheme, **options), measure)

    def summary(self, measure: str, scheme: str | NamedScheme, **options: Any) -> Summary:
        """Return the mean, deviation and quantiles of one measure."""
        return summarise(self.sample(measure, scheme, **options))

    def cached(self, function: Callable[..., npt.ArrayLike]) -> Callable[..., Floats]:
        """Return the function with its samples kept, in the store if there is one, by seed, arguments and source.

        It is called with the laboratory's seed and the arguments, which JSON can hold, and returns numbers.

        >>> import numpy as np
        >>> from srtheory import Lab
        >>> draw = Lab().cached(lambda seed, n: np.random.default_rng(seed).random(n))
        >>> draw(3).shape, bool((draw(3) == draw(3)).all())
        ((3,), True)
        """
        require_function("function", function)
        code = cast(Any, function).__code__
        source = "".join(getsourcelines(function)[0])

        def sample(*arguments: Any, **named: Any) -> Floats:
            try:
                told = json.dumps([source, code.co_name, self.seed, arguments, named], sort_keys=True)
            except TypeError:
                raise ArgumentError("arguments", (arguments, named), "values that JSON can hold") from None
            key = hashlib.sha256(told.encode()).hexdigest()
            path = None if self.store is None else self.store / f"sample-{key}.json"
            if key not in self._samples:
                if path is not None and path.is_file():
                    self._samples[key] = np.array(json.loads(path.read_bytes()), np.float64)
                else:
                    self._samples[key] = np.asarray(function(self.seed, *arguments, **named), np.float64)
                    if path is not None:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        write_whole(path, json.dumps(self._samples[key].tolist()).encode())
            return self._samples[key]

        return sample
