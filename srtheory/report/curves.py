"""The curves of Figures 2a, 2b and 2c and of the streams: a sample each, and the exact law where one is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import DEGREE, EXPONENTIAL, SYMBOLS, TAU, Lab
from srtheory.report.names import printed
from srtheory.schemes import ENTRIES, build, options_of_each, sized
from srtheory.theory.laws import baselines
from srtheory.theory.laws.by_scheme import NAMES as LAWS
from srtheory.theory.laws.by_scheme import LatencyLaw, latency_law, own_law
from srtheory.theory.laws.collection import coverage_by_rows

Floats = npt.NDArray[np.float64]
CONDITIONAL = "law of SR, given\nthe hitting-time law"
LAW_POINTS = 9


@dataclass(frozen=True, eq=False)
class Curve:
    """The tail probability of one quantity.

    Attributes
    ----------
    label : str
    sample : float64 array, shape (trials,)
        inf where a run never recovers the sum.
    cdf : callable, optional
        Its exact distribution function, vectorised.
    points : pair of float64 arrays, optional
        Times and exact tail probabilities at them, for a law that takes its time.
    """

    label: str
    sample: Floats
    cdf: Callable[[Floats], Floats] | None = None
    points: tuple[Floats, Floats] | None = None


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure to be drawn: title, what stands on its axes, whether the horizontal one is logarithmic, and its curves.

    ``tail`` names the event whose probability is drawn, ``T > t``.
    """

    name: str
    title: str
    axis: str
    tail: str
    curves: list[Curve] = field(default_factory=list)
    log_x: bool = False
    note: str = ""
    points_label: str = "exact law"


TITLES = {
    "2a": "Latency of all schemes",
    "2b": "Limited access",
    "2c": "Symbols needed",
    "streams": "SR codes and uncoded streams",
}
LT = {"LT, m_e = 2m": {"cap": 2.0}, "LT, no cap": {}}


def figure_2a(lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """Tail of the latency of SR codes and of every baseline at the paper's parameters."""
    delay = parse_law(startup)
    m, d, tau = SYMBOLS, DEGREE, TAU
    exact = {
        "one": partial(baselines.one_cdf, symbols=m, tau=tau, startup=delay),
        "uncoded": partial(baselines.uncoded_cdf, symbols=m, tau=tau, startup=delay),
        "repetition": partial(baselines.repetition_cdf, symbols=m, degree=d, tau=tau, startup=delay),
        "bcc": partial(baselines.bcc_cdf, symbols=m, degree=d, tau=tau, startup=delay),
    }
    curves = [_with_law(lab, "sr", f"SR-{m}", startup)]
    curves += [Curve(name, lab.sample("latency", "lt", startup=startup, **options)) for name, options in LT.items()]
    for scheme, law in exact.items():
        options = {"degree": d} if scheme in ("repetition", "bcc") else {}
        curves.append(Curve(printed(scheme), lab.sample("latency", scheme, startup=startup, **options), law))
    return replace(frame("2a", lab, startup), curves=curves)


def figure_2b(lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """Tail of the latency of SR codes whose workers see k symbols, against LT codes."""
    curves = [
        Curve(f"SR-{k}", lab.sample("latency", "sr", startup=startup, degree=DEGREE, **_access(k)))
        for k in (100, 400, 700, 1000)
    ]
    curves += [Curve(name, lab.sample("latency", "lt", startup=startup, **options)) for name, options in LT.items()]
    return replace(frame("2b", lab, startup), curves=curves)


def figure_2c(lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """Tail of the number of rows: coverage (CC) with its exact law, sum recovery (SR), decoding (LT)."""
    sr = lab.records("sr", startup=startup, degree=DEGREE)
    exact = partial(_coverage_law, startup=startup)
    rows = np.array([r.stopping_time for r in sr], dtype=float)
    curves = [
        Curve("CC (coverage of SR)", np.array([r.coverage_time for r in sr], dtype=float), exact),
        Curve("SR", rows, points=_stopping_points(rows, exact)),
    ]
    for by, how in (("peeling", {}), ("elimination", {"decoder": "span", "trials": lab.elimination_trials})):
        curves += [
            Curve(f"{name}, {by}", lab.sample("stopping_time", "lt", startup=startup, **how, **options))
            for name, options in LT.items()
        ]
    return replace(frame("2c", lab, startup), curves=curves)


def figure_streams(lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """Tail of the latency of SR codes, of the uncoded streams, and of the genie."""
    curves = [
        _with_law(lab, "sr", f"SR-{SYMBOLS}", startup),
        *(
            _with_law(lab, scheme, printed(scheme, degree=DEGREE), startup)
            for scheme in ("terms-random", "parts-stream", "parts-cyclic", "terms-cyclic", "genie")
        ),
    ]
    return replace(frame("streams", lab, startup), curves=curves)


def figure_of(name: str, lab: Lab, startup: str, schemes: Sequence[str], options: Sequence[str]) -> Figure:
    """Tails of the latency of any schemes, with the degree of the other figures where they have one.

    Parameters
    ----------
    name : str
        Of the figure whose frame it has.
    lab : Lab
        Whose runs they are.
    startup : str
        Start-up law.
    schemes, options : sequences of str
        As for :func:`srtheory.report.gallery.drawing`.  A law is drawn where one is known.
    """
    own = options_of_each(schemes, options)
    empty = frame(name, lab, startup)
    title = empty.title.replace(TITLES[name], "Latency of schemes")
    label = "law, where one is known" + ("\n(of SR: given the hitting-time law)" if "sr" in schemes else "")
    return replace(
        empty, title=title, points_label=label, curves=[_curve(lab, scheme, startup, own[scheme]) for scheme in schemes]
    )


def _curve(lab: Lab, scheme: str, startup: str, own: Mapping[str, Any]) -> Curve:
    chosen = {**sized(scheme, DEGREE), **own}
    sample = lab.sample("latency", scheme, startup=startup, own=chosen)
    if not (finite := sample[np.isfinite(sample)]).size:
        raise ArgumentError("schemes", scheme, "schemes that recover the sum in some run")
    times = np.linspace(finite.min(), finite.max(), LAW_POINTS)
    law = _law(scheme, startup, chosen)
    points = None if law is None else (times, np.array([1 - sum(law.cdf(float(t))) / 2 for t in times]))
    return Curve(printed(scheme, degree=chosen.get("degree")), sample, points=points)


def _law(scheme: str, startup: str, options: Mapping[str, Any]) -> LatencyLaw | None:
    """The law of a scheme with these options, if one is known."""
    delay = parse_law(startup)
    if scheme in LAWS:
        return latency_law(scheme, SYMBOLS, TAU, delay, **options)
    made = None if scheme in ENTRIES else build(scheme, SYMBOLS, options)
    return own_law(scheme, made, TAU, delay) if hasattr(made, "latency_cdf") else None


FIGURES: dict[str, Callable[..., Figure]] = {
    "2a": figure_2a,
    "2b": figure_2b,
    "2c": figure_2c,
    "streams": figure_streams,
}


def _with_law(lab: Lab, scheme: str, label: str, startup: str) -> Curve:
    """A curve with its exact law at a few times from its sample's range."""
    degree = {"degree": DEGREE} if scheme in ("sr", "parts-stream", "parts-cyclic") else {}
    sample = lab.sample("latency", scheme, startup=startup, **degree)
    times = np.linspace(sample.min(), sample.max(), LAW_POINTS)
    return Curve(label, sample, points=(times, np.array([_tail(scheme, startup, float(t)) for t in times])))


@cache
def _tail(scheme: str, startup: str, t: float) -> float:
    """Exact P(T > t); two figures ask for that of SR."""
    degree = {"degree": DEGREE} if scheme in ("sr", "parts-stream", "parts-cyclic") else {}
    return 1 - sum(latency_law(scheme, SYMBOLS, TAU, parse_law(startup), **degree).cdf(t)) / 2


def _coverage_law(rows: Floats, startup: str) -> Floats:
    """P(CC <= k) at k = floor(rows)."""
    whole = np.maximum(np.floor(rows), 0).astype(np.int64)
    low, high = coverage_by_rows(whole, SYMBOLS, DEGREE, TAU, parse_law(startup))  # type: ignore[arg-type]
    return (low + high) / 2


def _stopping_points(rows: Floats, law: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """P(max(m, CC) > k) at a few k: the law of M' if the hitting-time law holds."""
    at = np.unique(np.linspace(SYMBOLS, max(rows.max(), SYMBOLS + 1), LAW_POINTS).round())
    return at, 1 - law(at)


def frame(name: str, lab: Lab, startup: str = EXPONENTIAL) -> Figure:
    """A figure without its curves, for which nothing is run; ``name`` is a key of :data:`FIGURES`."""
    title = f"{TITLES[name]}\nm = {SYMBOLS}, d = {DEGREE}, τ = {TAU}, X ~ {startup}"
    named = name if startup == EXPONENTIAL else f"{name}_pareto"
    note = f"{lab.trials} runs, seed {lab.seed}; bands: pointwise 95 % (Clopper-Pearson)"
    label = "exact law (that of SR\nrests on the hitting-time law)" if name == "streams" else CONDITIONAL
    if name == "2c":
        note += f"; by elimination {lab.elimination_trials} runs"
        return Figure(named, title, "received symbols k", "M' > k", note=note, points_label=label)
    return Figure(named, title, "latency t", "T > t", log_x=True, note=note, points_label=label)


def _access(k: int) -> dict[str, int]:
    return {} if k == SYMBOLS else {"access": k}
