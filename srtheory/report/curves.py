"""The curves of Figures 2a, 2b and 2c: a sample each, and the exact law beside it where one is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from srtheory.delays import parse_law
from srtheory.experiments.lab import DEGREE, EXPONENTIAL, SYMBOLS, TAU, Lab
from srtheory.theory import baselines

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """A tail probability P(value > t).

    Attributes
    ----------
    label : str
    sample : float64 array, shape (trials,)
        inf where a run never recovers the sum.
    cdf : callable, optional
        Exact P(value <= t), vectorised.
    """

    label: str
    sample: Floats
    cdf: Callable[[Floats], Floats] | None = None


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure to be drawn: curves, axis label, title, and whether the horizontal axis is logarithmic."""

    name: str
    title: str
    axis: str
    curves: list[Curve]
    log_x: bool = False
    note: str = ""


LT = {"LT, m_e = 2m": {"cap": 2.0}, "LT, no cap": {}}


def figure_2a(lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """Tail of the latency of SR codes and of every baseline at the paper's parameters."""
    law = parse_law(startup)
    m, d, tau = SYMBOLS, DEGREE, TAU
    exact = {
        "one": partial(baselines.one_cdf, symbols=m, tau=tau, startup=law),
        "uncoded": partial(baselines.uncoded_cdf, symbols=m, tau=tau, startup=law),
        "repetition": partial(baselines.repetition_cdf, symbols=m, degree=d, tau=tau, startup=law),
        "bcc": partial(baselines.bcc_cdf, symbols=m, degree=d, tau=tau, startup=law),
    }
    labels = {"one": "One", "uncoded": "Uncoded", "repetition": "Repetition", "bcc": "BCC"}
    curves = [Curve(f"SR-{m}", lab.sample("latency", "sr", startup=startup, degree=d))]
    curves += [Curve(name, lab.sample("latency", "lt", startup=startup, **options)) for name, options in LT.items()]
    for scheme, label in labels.items():
        options = {"degree": d} if scheme in ("repetition", "bcc") else {}
        curves.append(Curve(label, lab.sample("latency", scheme, startup=startup, **options), exact[scheme]))
    return Figure("2a", _title("Latency of all schemes", startup), "latency t", curves, log_x=True, note=_note(lab))


def figure_2b(lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """Tail of the latency of SR codes whose workers see k symbols, against LT codes."""
    curves = [
        Curve(f"SR-{k}", lab.sample("latency", "sr", startup=startup, degree=DEGREE, **_access(k)))
        for k in (100, 400, 700, 1000)
    ]
    curves += [Curve(name, lab.sample("latency", "lt", startup=startup, **options)) for name, options in LT.items()]
    return Figure("2b", _title("Limited access", startup), "latency t", curves, log_x=True, note=_note(lab))


def figure_2c(lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """Tail of the number of rows: coverage (CC), sum recovery (SR), decoding (LT)."""
    sr = lab.records("sr", startup=startup, degree=DEGREE)
    curves = [
        Curve("CC (coverage of SR)", np.array([r.coverage_time for r in sr], dtype=float)),
        Curve("SR", np.array([r.stopping_time for r in sr], dtype=float)),
    ]
    curves += [
        Curve(f"{name}, peeling", lab.sample("stopping_time", "lt", startup=startup, **options))
        for name, options in LT.items()
    ]
    return Figure("2c", _title("Symbols needed", startup), "received symbols", curves, note=_note(lab))


FIGURES: dict[str, Callable[[Lab], Figure]] = {"2a": figure_2a, "2b": figure_2b, "2c": figure_2c}


def _access(k: int) -> dict[str, int]:
    return {} if k == SYMBOLS else {"access": k}


def _title(what: str, startup: str) -> str:
    return f"{what}: m = {SYMBOLS}, d = {DEGREE}, τ = {TAU}, X ~ {startup}"


def _note(lab: Lab) -> str:
    return f"{lab.trials} runs, seed {lab.seed}; bands: pointwise 95 % (Clopper-Pearson)"
