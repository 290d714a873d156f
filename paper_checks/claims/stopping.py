"""Stopping early at the paper's parameters: errors of SR's rows, of approximate gradient codes and of streams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from paper_checks.claims.runs import interval
from paper_checks.parameters import DEGREE, EXPONENTIAL, PAPER, PARETO, SYMBOLS, TAU
from paper_checks.records.approximate import runs
from paper_checks.theory.approximate import cyclic_error, fractional_error
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import summarise
from srtheory.experiments.trial import Task
from srtheory.schemes import make
from srtheory.schemes.base import Scheme
from srtheory.schemes.gradient import RegularGradient
from srtheory.theory.designs import least_uncovered
from srtheory.types import Startup

Law = Callable[..., Any]
TIMES = {EXPONENTIAL: (0.3, 0.5), PARETO: (1.15, 1.25)}
SR, PARTS, FRACTIONAL, BEST, REGULAR = (
    "SR",
    "parts, cyclic order",
    "fractional repetition",
    "fractional repetition, best $d$",
    "random regular graph",
)
SCHEMES: dict[str, Scheme] = {
    SR: make("sr", SYMBOLS, degree=DEGREE),
    PARTS: make("parts-cyclic", SYMBOLS, degree=DEGREE),
    FRACTIONAL: make("gradient-fractional", SYMBOLS, stragglers=DEGREE - 1),
    REGULAR: RegularGradient(SYMBOLS, DEGREE),
}
MORE = 20
"""Factor in the runs of schemes that need no least squares."""
SLACK = 5
"""Number of standard errors between a mean and a bound that it may not violate."""


def trials_of(lab: Lab) -> int:
    """Return the number of runs of the schemes that need least squares."""
    return max(20, min(200, lab.trials // 5))


def stopped_early(
    lab: Lab, *, cyclic: Law = cyclic_error, least: Law = least_uncovered, errors: Law = runs
) -> tuple[dict[str, Any], list[str]]:
    """Return the mean errors by start-up and time, and contradictions with exact means and the bound of 5.6."""
    found, faults = {}, []
    for startup, times in TIMES.items():
        law = parse_law(startup)
        samples = {name: _sample(lab, scheme, startup, times, errors) for name, scheme in SCHEMES.items()}
        for i, t in enumerate(times):
            means = {name: summarise(sample[:, i]) for name, sample in samples.items()}
            exact = _exact(t, law, cyclic)
            low, high = (bound / SYMBOLS for bound in least(replace(PAPER, startup=law), t))
            slack = {name: SLACK * mean.standard_error + 1e-9 for name, mean in means.items()}
            faults += [
                f"{name} at $t = {t:g}$"
                for name, mean in means.items()
                if mean.mean < low - slack[name]
                or (name in exact and abs(mean.mean - exact[name]) > slack[name])
                or exact.get(name, 1.0) < low * (1 - 1e-9)
            ]
            best, degree = _best_fractional(t, law)
            found[f"{startup}, $t = {t:g}$"] = {
                "simulated, half-width": {name: interval(mean) for name, mean in means.items()},
                "exact": exact | {BEST: best},
                "best $d$": degree,
                "least of all schemes, single terms in cyclic order": [low, high],
            }
    return found, faults


def _sample(lab: Lab, scheme: Scheme, startup: str, times: tuple[float, ...], errors: Law) -> npt.NDArray[np.float64]:
    """Return errors of many runs at these times, shape (runs, times)."""
    task = Task(scheme, DelayModel(parse_law(startup), TAU), lab.seed)
    trials = trials_of(lab) * (MORE if scheme.decoder == "partition" else 1)
    return errors(task, trials, np.array(times), np.array([0]))[0]


def _exact(t: float, law: Startup, cyclic: Law) -> dict[str, float]:
    return {
        PARTS: float(cyclic(replace(PAPER, startup=law), t)),
        FRACTIONAL: float(fractional_error(replace(PAPER, startup=law), t)),
    }


def _best_fractional(t: float, law: Startup) -> tuple[float, int]:
    """Return the least mean error of fractional repetition at t over all degrees that fit, and that degree."""
    degrees = range(1, int(t / TAU) + 1)
    return min((float(fractional_error(replace(PAPER, degree=d, startup=law), t)), d) for d in degrees)


def in_words(found: dict[str, Any]) -> str:
    """Return a sentence on the last time of the paper's start-up distribution, and on schemes below the parts."""
    name = f"{EXPONENTIAL}, $t = {TIMES[EXPONENTIAL][-1]:g}$"
    paper = found[name]
    simulated, exact = paper["simulated, half-width"], paper["exact"]
    ahead = sorted({rival for case in found.values() for rival in _below_parts(case)})
    return (
        rf"If runs are stopped at $t = {TIMES[EXPONENTIAL][-1]:g}$ (paper's parameters), the mean of the least"
        rf" $\lVert\mathbf 1 - v^T G\rVert^2/m$ is {simulated[SR][0]:.3f} ± {simulated[SR][1]:.3f} for SR. It is"
        f" {exact[FRACTIONAL]:.3f} for fractional repetition, {exact[BEST]:.3f} at its best $d = {paper['best $d$']}$,"
        f" {simulated[REGULAR][0]:.3f} ± {simulated[REGULAR][1]:.3f} for a random regular graph, and"
        f" {exact[PARTS]:.4f} for parts in cyclic order. Every scheme whose orders of evaluation do not depend on the"
        f" delays has a mean of at least {paper['least of all schemes, single terms in cyclic order'][0]:.4f}, which"
        f" single terms in cyclic order attain. At the four times examined, {' and '.join(ahead) or 'no code'} is below"
        " the parts in cyclic order."
    )


def _below_parts(case: dict[str, Any]) -> list[str]:
    parts = case["exact"][PARTS]
    below = [BEST] * (case["exact"][BEST] < parts) + [FRACTIONAL] * (case["exact"][FRACTIONAL] < parts)
    for name in (SR, REGULAR):
        mean, half = case["simulated, half-width"][name]
        below += [name] * (mean - half < parts)
    return below
