"""A laboratory: the paper's set-up, the effort to spend, and every experiment run once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.records import Records
from srtheory.experiments.running import run
from srtheory.experiments.summary import Summary, column, summarise
from srtheory.experiments.trial import Record, Task
from srtheory.schemes import build

Progress = Callable[[str, int], None]
"""Called with what is running and how many trials have just been done."""

SYMBOLS, DEGREE, TAU = 1000, 10, 0.005
EXPONENTIAL, PARETO = "expon(scale=5)", "pareto(b=1)"
"""The paper's parameters (section IV, Simulations); Pareto's are those of the authors' published notebooks."""


class Effort(StrEnum):
    """How many trials stand behind each Monte Carlo verdict."""

    QUICK = "quick"
    PAPER = "paper"
    DEEP = "deep"

    @property
    def trials(self) -> int:
        """100 as in the paper, 10^4, or 10^5."""
        return {"quick": 100, "paper": 10_000, "deep": 100_000}[self]


def _silent(what: str, done: int) -> None:
    return None


@dataclass
class Lab:
    """Runs experiments, each at most once.

    Attributes
    ----------
    effort : Effort
    seed : int
    progress : callable
        Told after every few trials, those found in the store included.
    store : Path, optional
        Folder of records, see :mod:`srtheory.experiments.store`; what it holds is not computed again.
    processes : int
        Processes to compute with.
    """

    effort: Effort = Effort.QUICK
    seed: int = 2022
    progress: Progress = _silent
    store: Path | None = None
    processes: int = 1
    _done: dict[str, Records] = field(default_factory=dict, repr=False)

    @property
    def trials(self) -> int:
        """Trials per Monte Carlo experiment at the paper's size."""
        return self.effort.trials

    @property
    def elimination_trials(self) -> int:
        """Trials of LT codes decoded by elimination, which with the cap is ten times as dear as peeling."""
        return min(self.trials, max(100, self.trials // 10))

    def records(
        self,
        scheme: str,
        *,
        startup: str = EXPONENTIAL,
        symbols: int = SYMBOLS,
        tau: float = TAU,
        trials: int | None = None,
        decoder: str | None = None,
        message_cost: float = 0.0,
        master_time: float = 0.0,
        silent: float = 0.0,
        workers: int | None = None,
        own: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Sequence[Record]:
        """Records of a scheme, by default at the paper's parameters; fewer trials are a prefix of more.

        ``own`` are options of the scheme too, of any names.
        """
        count = self.trials if trials is None else trials
        delays = DelayModel(parse_law(startup), tau, message_cost, master_time, silent)
        given = {name: value for name, value in options.items() if value is not None}
        task = Task(build(scheme, symbols, {**given, **(own or {})}, workers), delays, self.seed, decoder)
        done = self._done.get(task.id)
        if done is None or len(done) < count:
            done = run(
                task,
                count,
                store=self.store,
                processes=self.processes,
                progress=lambda trials, _: self.progress(scheme, trials),
            )
            self._done[task.id] = done
        return done[:count]

    def sample(self, measure: str, scheme: str, **options: Any) -> npt.NDArray[np.float64]:
        """One measure of :meth:`records`, shape (trials,), inf where it is never reached."""
        return column(self.records(scheme, **options), measure)

    def summary(self, measure: str, scheme: str, **options: Any) -> Summary:
        """Mean, deviation and quantiles of one measure."""
        return summarise(self.sample(measure, scheme, **options))
