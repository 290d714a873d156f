"""Model (4) against real workers: measured runs, stored in data/workers, and the predictions of the model.

``python -m benchmarks.bench_workers data/workers`` measures the missing runs. The model is fitted to the even-numbered
runs of all schemes together, and evaluated on the odd-numbered runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from scipy.integrate import trapezoid

from srtheory.environment import on_record
from srtheory.errors import ArgumentError
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.files import read_lines
from srtheory.model import Model
from srtheory.schemes import make
from srtheory.theory.by_scheme import SCHEMES_WITH_LAW, latency_law
from srtheory.types import Floats
from srtheory.workers.fit import Fit, Heard, fit_model

RUNS, ARRIVALS = "runs.csv", "arrivals.csv"
SIMULATED = 1000
"""Number of runs behind a prediction."""


@dataclass(frozen=True)
class Setting:
    """The sum that was computed, and how workers were slowed down."""

    says: str
    """In words."""
    workload: str
    symbols: int
    """Terms, and workers."""
    startup: str | None
    """Law of the injected delays."""
    tau: float
    """Least time of a term."""
    schemes: Mapping[str, Mapping[str, Any]] = field(
        default_factory=lambda: {
            "sr": {"degree": 6},
            "lt": {},
            "parts-cyclic": {"degree": 6},
            "repetition": {"degree": 6},
            "uncoded": {},
        }
    )
    """Options of each scheme."""


SETTINGS = {
    "paced": Setting("injected delays, paced terms", "kernel", 30, "expon(scale=1)", 0.02),
    "natural": Setting("nothing injected", "forest", 30, None, 0.0),
}


@dataclass(frozen=True)
class Measured:
    """One run."""

    setting: str
    scheme: str
    trial: int
    seed: int
    latency: float
    available: float
    """T, and T with decoding, in seconds."""
    rows: int
    """Symbols received."""


@dataclass(frozen=True)
class Line:
    """A symbol that arrived or, with index -1, a worker of which none arrived."""

    setting: str
    scheme: str
    trial: int
    worker: int
    index: int
    terms: int
    """Evaluated when the symbol is complete; where none arrived, those of the first."""
    finished: float
    arrived: float
    """In seconds from the start, on the worker's clock and on the master's."""


@dataclass(frozen=True)
class Compared:
    """T of one scheme, measured and predicted."""

    setting: str
    scheme: str
    runs: int
    """Measured and not used to fit."""
    measured: float
    low: float
    high: float
    """Mean T of these, and its 95 % interval by Student's law."""
    available: float
    """Mean T with decoding."""
    predicted: float
    error: float
    """Mean T of the simulated runs, and its standard error."""
    by_law: float | None
    """Mean T by the scheme's law with the fitted model, without simulation, see :func:`law_mean`."""
    p_value: float
    """P-value of the two-sample Kolmogorov-Smirnov test between measured and simulated T."""

    @property
    def within(self) -> bool:
        """Whether the prediction lies within the interval."""
        return self.low <= self.predicted <= self.high


def read_runs(folder: Path | None = None) -> list[Measured]:
    """Return the runs in a folder, by default the stored ones."""
    return list(read_lines((folder or on_record("workers")) / RUNS, Measured))


def read_arrivals(folder: Path | None = None) -> list[Line]:
    """Return the arrivals in a folder, by default the stored ones."""
    return list(read_lines((folder or on_record("workers")) / ARRIVALS, Line))


def heard(runs: Sequence[Measured], lines: Sequence[Line]) -> list[Heard]:
    """Return the symbols that each worker sent in these runs."""
    until = {(r.setting, r.scheme, r.trial): r.latency for r in runs}
    found: dict[tuple[str, str, int, int], list[Line]] = {}
    for line in lines:
        if (line.setting, line.scheme, line.trial) in until:
            found.setdefault((line.setting, line.scheme, line.trial, line.worker), []).append(line)
    return [
        Heard(
            tuple(line.terms for line in its),
            tuple(line.arrived for line in its if line.index >= 0),
            until[key[:3]],
        )
        for key, its in found.items()
    ]


def fitted(setting: str, runs: Sequence[Measured], lines: Sequence[Line], repeats: int | None = None) -> Fit:
    """Return the model fitted to the even-numbered runs; ``repeats`` as for :func:`srtheory.workers.fit.fit_model`."""
    return fit_model(
        heard([r for r in runs if r.setting == setting and r.trial % 2 == 0], lines), seed=0, repeats=repeats
    )


def compared(setting: str, runs: Sequence[Measured], fit: Fit, simulated: int = SIMULATED) -> list[Compared]:
    """Return the measured T of the odd-numbered runs and the prediction of the model, scheme by scheme."""
    return [
        _compared(setting, scheme, mine, predicted(setting, scheme, fit, simulated), fit)
        for scheme in SETTINGS[setting].schemes
        if (mine := [r for r in runs if (r.setting, r.scheme) == (setting, scheme) and r.trial % 2])
    ]


def predicted(setting: str, scheme: str, fit: Fit, simulated: int = SIMULATED) -> Floats:
    """Return T of simulated runs with the fitted model."""
    about = SETTINGS[setting]
    task = Task(make(scheme, about.symbols, **about.schemes[scheme]), fit.model, 1)
    return run(task, simulated).columns["latency"]


def law_mean(setting: str, scheme: str, fit: Fit) -> float | None:
    """Return E[T] by :func:`~srtheory.theory.by_scheme.latency_law`, or None if it is unknown.

    It is the integral of P(T > t), which is exact for all schemes but ``sr``, by the trapezoidal rule. Each time is 2 %
    beyond the one before, until the probability falls below 10^-5.
    """
    if scheme not in SCHEMES_WITH_LAW:
        return None
    about = SETTINGS[setting]
    model = Model(about.symbols, about.schemes[scheme].get("degree"), fit.tau, fit.model.startup)
    law = latency_law(scheme, model)
    times, left = [0.0, fit.tau / 10], [1.0, 1.0]
    while left[-1] > 1e-5:
        times.append(1.02 * times[-1])
        left.append(1 - sum(law.cdf(times[-1])) / 2)
    return float(trapezoid(left, times))


def _compared(setting: str, scheme: str, runs: Sequence[Measured], simulated: Floats, fit: Fit) -> Compared:
    if len(runs) < 2:
        raise ArgumentError("runs", len(runs), f"at least two runs of odd number of {scheme}")
    times = np.array([r.latency for r in runs])
    half = float(stats.t.ppf(0.975, len(times) - 1) * stats.sem(times))
    return Compared(
        setting,
        scheme,
        len(runs),
        float(times.mean()),
        float(times.mean()) - half,
        float(times.mean()) + half,
        float(np.mean([r.available for r in runs])),
        float(simulated.mean()),
        float(stats.sem(simulated)),
        law_mean(setting, scheme, fit),
        float(stats.ks_2samp(times, simulated).pvalue),
    )


@dataclass(frozen=True)
class Deviations:
    """Deviations of real arrivals from the model."""

    between_runs: float
    """Share of the variance of the delays of uncoded runs, which hear of everyone, that is between runs: the
    intraclass correlation, by analysis of variance; near 0 where delays are independent."""
    off: tuple[float, float, float]
    """Quantiles 0.5, 0.9 and 0.99 of how far a worker's arrivals are from X + tau B, in seconds."""
    transit: float
    """Median time from a symbol's completion to its arrival, the common start's way to the worker included."""
    senders: float
    """Mean number of workers that have sent something by T in the runs of the SR code."""
    decoding: Mapping[str, float]
    """Median time from T to the value, by scheme."""


def deviations(setting: str, runs: Sequence[Measured], lines: Sequence[Line], fit: Fit) -> Deviations:
    """Return the deviations of all runs of a setting."""
    mine = [r for r in runs if r.setting == setting]
    its = [line for line in lines if line.setting == setting and line.index >= 0]
    seen = [s for s in heard(mine, lines) if len(s.arrived) > 1]
    off = [np.array(s.arrived) - fit.tau * np.array(s.terms[: len(s.arrived)]) for s in seen]
    q50, q90, q99 = np.quantile(abs(np.concatenate([x - x.mean() for x in off])), (0.5, 0.9, 0.99)).tolist()
    delays: dict[int, list[float]] = {}
    for line in its:
        if line.scheme == "uncoded":
            delays.setdefault(line.trial, []).append(line.arrived - fit.tau * line.terms)
    table = np.array(list(delays.values()))
    n = table.shape[1]
    between, within = n * table.mean(axis=1).var(ddof=1), table.var(axis=1, ddof=1).mean()
    first = [line for line in its if line.scheme == "sr" and line.index == 0]
    return Deviations(
        float((between - within) / (between + (n - 1) * within)),
        (q50, q90, q99),
        float(np.median([line.arrived - line.finished for line in its])),
        len(first) / len({line.trial for line in first}),
        {
            scheme: float(np.median([r.available - r.latency for r in mine if r.scheme == scheme]))
            for scheme in SETTINGS[setting].schemes
        },
    )
