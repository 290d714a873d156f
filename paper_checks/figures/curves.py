"""Curves of Figures 2a, 2b and 2c and of the streams: a sample each, and the exact distribution if known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import numpy as np

from paper_checks.floors import least_tail
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import BAND
from srtheory.model import Model
from srtheory.schemes import NamedScheme, named, options_of_each, printed
from srtheory.theory.by_scheme import SCHEMES_WITH_LAW as LAWS
from srtheory.theory.by_scheme import LatencyLaw, latency_law, own_law
from srtheory.theory.coverage import coverage_by_rows
from srtheory.types import Floats

CONDITIONAL = "law of SR, given\nthe hitting-time law"
LAW_POINTS = 9


@dataclass(frozen=True, eq=False)
class Curve:
    """Tail probability of one quantity."""

    label: str
    sample: Floats
    """inf where a run never recovers the sum; shape (trials,)."""
    cdf: Callable[[Floats], Floats] | None = None
    """Its exact distribution function, vectorised."""
    points: tuple[Floats, Floats] | None = None
    """Times and exact tail probabilities at them, for a law that takes its time."""


@dataclass(frozen=True, eq=False)
class Figure:
    """Figure to be drawn: title, axis labels, whether the horizontal axis is logarithmic, and its curves.

    ``tail`` names the event whose probability is drawn, ``T > t``. ``floor`` gives lower bounds on it for every
    oblivious scheme at any times.
    """

    name: str
    title: str
    axis: str
    tail: str
    curves: list[Curve] = field(default_factory=list)
    log_x: bool = False
    note: str = ""
    points_label: str = "exact law"
    floor: Callable[[Floats], Floats] | None = None


TITLES = {
    "2a": "Latency of all schemes",
    "2b": "Limited access",
    "2c": "Symbols needed",
    "streams": "SR codes and uncoded streams",
}
BASELINES = ("one", "uncoded", "repetition", "bcc")
ACCESS = (0.1, 0.4, 0.7, 1.0)
"""Access of workers in Figure 2b, as fractions of m."""
LT = {"LT, m_e = 2m": {"cap": 2.0}, "LT, no cap": {}}


def in_print(label: str) -> str:
    """Return the label of a curve with its symbols set; the CSV has plain text."""
    return label.replace("m_e = 2m", "$m_e = 2m$")


def figure_2a(lab: Lab) -> Figure:
    """Return the tail of the latency of SR codes and of every baseline."""
    lab.at.require_parts()
    m, d = lab.at.symbols, lab.at.d
    exact = {name: partial(vectorised_law, name, lab.at) for name in BASELINES}
    curves = [_with_law(lab, "sr", f"SR-{m}")]
    curves += [Curve(name, lab.sample("latency", "lt", **options)) for name, options in LT.items()]
    for scheme, law in exact.items():
        options = {"degree": d} if scheme in ("repetition", "bcc") else {}
        curves.append(Curve(printed(scheme), lab.sample("latency", scheme, **options), law))
    return replace(frame("2a", lab), curves=curves)


def figure_2b(lab: Lab) -> Figure:
    """Return the tail of the latency of SR codes with access k, the paper's fractions of m, against LT codes."""
    m, d = lab.at.symbols, lab.at.d
    seen = dict.fromkeys(max(1, round(share * m)) for share in ACCESS)
    curves = [Curve(f"SR-{k}", lab.sample("latency", "sr", degree=d, access=None if k == m else k)) for k in seen]
    curves += [Curve(name, lab.sample("latency", "lt", **options)) for name, options in LT.items()]
    return replace(frame("2b", lab), curves=curves)


def figure_2c(lab: Lab) -> Figure:
    """Return the tail of the number of rows: coverage (CC) with its exact tail, sum recovery (SR), decoding (LT)."""
    exact = partial(coverage_law, at=lab.at)
    exact(np.array([float(lab.at.symbols)]))  # report before the runs that there is none
    sr = lab.records("sr", degree=lab.at.d)
    rows = np.array([r.stopping_time for r in sr], dtype=float)
    curves = [
        Curve("CC (coverage of SR)", np.array([r.coverage_time for r in sr], dtype=float), exact),
        Curve("SR", rows, points=_stopping_points(rows, exact, lab.at.symbols)),
    ]
    for by, how in (("peeling", {}), ("elimination", {"decoder": "span", "trials": lab.elimination_trials})):
        curves += [
            Curve(f"{name}, {by}", lab.sample("stopping_time", "lt", **how, **options)) for name, options in LT.items()
        ]
    return replace(frame("2c", lab), curves=curves)


def figure_streams(lab: Lab) -> Figure:
    """Return the tail of the latency of SR codes, of the uncoded streams, and of the genie."""
    lab.at.require_parts()
    curves = [
        _with_law(lab, "sr", f"SR-{lab.at.symbols}"),
        *(
            _with_law(lab, scheme, printed(scheme, degree=lab.at.d))
            for scheme in ("terms-random", "parts-stream", "parts-cyclic", "terms-cyclic", "genie")
        ),
    ]
    return replace(frame("streams", lab), curves=curves, floor=partial(least_tail, lab.at))


def figure_of(name: str, lab: Lab, schemes: Sequence[str], options: Sequence[str]) -> Figure:
    """Return the tails of the latency of any schemes, with the degree of the other figures if they have one.

    A distribution is drawn if it is known.
    """
    chosen = [named(scheme) for scheme in schemes]
    own = options_of_each(chosen, options)
    empty = frame(name, lab)
    title = empty.title.replace(TITLES[name], "Latency of schemes")
    label = "law, where one is known" + ("\n(of SR: given the hitting-time law)" if "sr" in schemes else "")
    return replace(
        empty, title=title, points_label=label, curves=[_curve(lab, scheme, own[scheme.name]) for scheme in chosen]
    )


def _curve(lab: Lab, scheme: NamedScheme, own: Mapping[str, Any]) -> Curve:
    chosen = {**scheme.sized(lab.at.d), **own}
    law = _law(lab.at, scheme, chosen)
    sample = lab.sample("latency", scheme, own=chosen)
    if not (finite := sample[np.isfinite(sample)]).size:
        raise ArgumentError("schemes", scheme.name, "schemes that recover the sum in some run")
    times = np.linspace(finite.min(), finite.max(), LAW_POINTS)
    points = None if law is None else (times, np.array([1 - sum(law.cdf(float(t))) / 2 for t in times]))
    return Curve(printed(scheme.name, degree=chosen.get("degree")), sample, points=points)


def _law(at: Model, scheme: NamedScheme, options: Mapping[str, Any]) -> LatencyLaw | None:
    """Return the latency distribution of a scheme with these options, if it is known."""
    if scheme.name in LAWS:
        model = replace(at, degree=options.get("degree"), access=options.get("access"))
        return latency_law(scheme.name, model, stragglers=options.get("stragglers"))
    made = scheme.build(at.symbols, options) if scheme.custom else None
    return own_law(scheme.name, made, at) if hasattr(made, "latency_cdf") else None


FIGURES: dict[str, Callable[..., Figure]] = {
    "2a": figure_2a,
    "2b": figure_2b,
    "2c": figure_2c,
    "streams": figure_streams,
}


def _with_law(lab: Lab, scheme: str, label: str) -> Curve:
    """Return a curve with its exact distribution at a few times from its sample's range."""
    _latency_law(scheme, lab.at)  # report before the runs that there is none
    sample = lab.sample("latency", scheme, **_degree(scheme, lab.at))
    times = np.linspace(sample.min(), sample.max(), LAW_POINTS)
    return Curve(label, sample, points=(times, np.array([tail_law(scheme, lab.at, float(t)) for t in times])))


@cache
def tail_law(scheme: str, at: Model, t: float) -> float:
    """Return the exact P(T > t); two figures use that of SR."""
    return 1 - sum(_latency_law(scheme, at).cdf(t)) / 2


def vectorised_law(scheme: str, at: Model, times: Floats) -> Floats:
    """Return P(T <= t) at some times."""
    return np.array([sum(_latency_law(scheme, at).cdf(t)) / 2 for t in times.tolist()])


def _latency_law(scheme: str, at: Model) -> LatencyLaw:
    return latency_law(scheme, at)


def _degree(scheme: str, at: Model) -> dict[str, int]:
    return {"degree": at.d} if scheme in ("sr", "parts-stream", "parts-cyclic") else {}


def coverage_law(rows: Floats, at: Model) -> Floats:
    """Return P(CC <= k) at k = floor(rows)."""
    whole = np.maximum(np.floor(rows), 0).astype(np.int64)
    low, high = coverage_by_rows(at, whole)
    return (low + high) / 2


def _stopping_points(rows: Floats, law: Callable[[Floats], Floats], symbols: int) -> tuple[Floats, Floats]:
    """Return P(max(m, CC) > k) at a few k, the tail of M' if the hitting-time law holds."""
    at = np.unique(np.linspace(symbols, max(rows.max(), symbols + 1), LAW_POINTS).round())
    return at, 1 - law(at)


def frame(name: str, lab: Lab) -> Figure:
    """Return a figure without its curves, and without runs; ``name`` is a key of :data:`FIGURES`."""
    at = lab.at
    title = f"{TITLES[name]}\nm = {at.symbols}, d = {at.d}, τ = {at.tau}, X ~ {at.startup_text}"
    note = f"{lab.trials} runs, seed {lab.seed}; bands: {BAND}"
    label = "exact law (that of SR\nrests on the hitting-time law)" if name == "streams" else CONDITIONAL
    if name == "2c":
        note += f"; by elimination {lab.elimination_trials} runs"
        return Figure(name, title, "received symbols k", "M' > k", note=note, points_label=label)
    if name == "streams":
        note += "; grey: no oblivious scheme has so small a tail (docs/proofs/floor.md)"
    return Figure(name, title, "latency t", "T > t", log_x=True, note=note, points_label=label)
