"""Cost of decoding: CPU time as m grows, and latency against it, from the runs in data/decoding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from paper_checks.parameters import EXPONENTIAL, TAU
from paper_checks.records.decoding import METHODS, Decoded, of, read
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import summarise
from srtheory.render.style import (
    COLOURS,
    Drawing,
    canvas,
    dash,
    dot,
    house_style,
    legend_below,
    letters,
    pen,
    small,
    timed,
)

LATE = 100_000
"""Numbers of symbols at which latency is drawn."""
APART = 1.0
"""Latency that separates the two panels."""
FAMILIES = ("additions", "peeling", "union and find", "exact v", "LSMR")
"""Ways to decode, each with a colour."""
IN_WORDS = {"exact v": "exact solution"}
"""Names that need docs/proofs/decoding.md, which defines v."""
PALETTE = (3, 0, 1, 7, 4)
MARKERS = "os^Dv*P"
COST_HEADER = ("method", "scheme", "decoder", "m", "runs", "mean ms", "least ms", "most ms")
LATENCY_HEADER = ("method", "scheme", "decoder", "m", "runs", "mean ms", "mean T", "standard error of T")


@dataclass(frozen=True)
class Point:
    """Runs of a method at one m; milliseconds are None if no run was timed."""

    method: str
    symbols: int
    runs: int
    milliseconds: tuple[float, float, float] | None
    """Mean, least and most."""
    latency: float
    error: float
    """Mean and its standard error."""


def decoding_cost(lab: Lab) -> Drawing:
    """Return CPU time per symbol over m, from the stored runs."""
    del lab
    return draw_cost(read())


def decoding_latency(lab: Lab) -> Drawing:
    """Return T against CPU time at m = 10^5, from the stored runs; errors as :func:`decoding_cost`."""
    del lab
    return draw_latency(read())


def draw_cost(found: Sequence[Decoded]) -> Drawing:
    """Draw CPU time per symbol over m from any such runs."""
    timed = [point for point in points(found) if point.milliseconds]
    if not timed:
        raise ArgumentError("costs", 0, "at least one run with its time")
    with house_style():
        made = canvas(
            f"from the rows received by T to the sum in float64; τ = {TAU}, X ~ {EXPONENTIAL}; means of"
            f" {_range(point.runs for point in timed)} runs, bars: from the least to the most; LSMR: 1.2 m rows",
            height=6.6,
        )
        axes = made.subplots()
        for method in METHODS:
            _line(axes, method, [point for point in timed if point.method == method])
        axes.set(xscale="log", yscale="log", xlabel="symbols m", ylabel="CPU time of decoding a symbol, µs")
        made.suptitle("Cost of decoding as m grows")
        _families(axes, {point.method for point in timed})
        legend_below(made, _keys({point.method for point in timed}), 2)
    return Drawing("decoding-cost", made, COST_HEADER, [_cost_row(point) for point in timed])


def draw_latency(found: Sequence[Decoded]) -> Drawing:
    """Draw T against CPU time from any such runs."""
    shown = [point for point in points(found) if point.symbols == LATE]
    if not shown:
        raise ArgumentError("symbols", sorted({cost.symbols for cost in found}), f"{LATE} in some run")
    with house_style():
        made = canvas(
            f"m = {LATE}, τ = {TAU}, X ~ {EXPONENTIAL}; means of {_range(point.runs for point in shown)} runs on the"
            " same delays, bars: ± two standard errors; line: by the hitting-time law",
            height=6.6,
        )
        slow, fast = made.subplots(2, 1, sharex=True, height_ratios=(1, 2))
        for point in shown:
            _mark(slow if point.latency > APART else fast, point)
        slow.set(yscale="log", xscale="log")
        slow.yaxis.set_major_formatter("{x:g}")
        slow.yaxis.set_minor_formatter(lambda x, _: f"{x:g}" if f"{x:e}"[0] in "25" else "")
        fast.set_xlabel("CPU time of decoding, ms")
        made.supylabel(timed("latency T"), fontsize=letters())
        made.suptitle("Latency against the cost of decoding")
        _families(slow, {point.method for point in shown if point.milliseconds})
        legend_below(made, _keys({point.method for point in shown if point.milliseconds}, linestyle=""), 2)
    return Drawing("decoding-latency", made, LATENCY_HEADER, [_latency_row(point) for point in shown])


def points(found: Sequence[Decoded]) -> Iterator[Point]:
    """Return the points by method and m."""
    for method in METHODS:
        for m, its in of(found, method).items():
            times = [cost.milliseconds for cost in its if cost.milliseconds is not None]
            latency = summarise(np.array([cost.latency for cost in its]))
            cost = (float(np.mean(times)), min(times), max(times)) if times else None
            yield Point(method, m, len(its), cost, latency.mean, latency.standard_error)


def _line(axes: Axes, method: str, its: Sequence[Point]) -> None:
    sizes = np.array([point.symbols for point in its])
    mean, least, most = 1e3 * np.array([point.milliseconds for point in its]).reshape(-1, 3).T / sizes
    axes.errorbar(sizes, mean, [mean - least, most - mean], elinewidth=pen(0.8), linewidth=pen(1.1), **_style(method))


def _mark(axes: Axes, point: Point) -> None:
    if point.milliseconds is None:
        axes.axhline(point.latency, color="black", linewidth=pen(0.8))
        axes.annotate(
            f"{METHODS[point.method].scheme}, not decoded",
            (0, point.latency),
            xycoords=("axes fraction", "data"),
            xytext=(2, 3),
            textcoords="offset points",
            fontsize=small(),
        )
        return
    axes.errorbar(
        point.milliseconds[0],
        point.latency,
        2 * point.error,
        elinewidth=pen(0.8),
        **_style(point.method) | {"linestyle": ""},
    )


def _style(method: str) -> dict[str, Any]:
    """Return the style: the colour shows how the code is decoded, marker and dashes show the code."""
    family = METHODS[method].decoder
    place = [name for name in METHODS if METHODS[name].decoder == family].index(method)
    return {
        "color": COLOURS[PALETTE[FAMILIES.index(family)]],
        "marker": MARKERS[place],
        "linestyle": dash(place),
        "markersize": dot(4.5),
    }


def _keys(methods: set[str], **changed: Any) -> list[Line2D]:
    ordered = sorted(methods, key=lambda name: (FAMILIES.index(METHODS[name].decoder), [*METHODS].index(name)))
    times = Counter(METHODS[name].scheme for name in methods)
    labels = {
        name: its.scheme if times[its.scheme] == 1 else f"{its.scheme}, {IN_WORDS.get(its.decoder, its.decoder)}"
        for name, its in METHODS.items()
    }
    return [Line2D([], [], label=labels[name], **_style(name) | changed) for name in ordered]


def _families(axes: Axes, methods: set[str]) -> None:
    """Draw the legend of the colours."""
    seen = [name for name in FAMILIES if name in {METHODS[method].decoder for method in methods}]
    patches = [Patch(color=COLOURS[PALETTE[FAMILIES.index(name)]], label=IN_WORDS.get(name, name)) for name in seen]
    axes.legend(handles=patches, loc="upper right", title="decoded by", handlelength=1.2)


def _range(counts: Iterator[int]) -> str:
    every = sorted(set(counts))
    return f"{every[0]} to {every[-1]}" if len(every) > 1 else str(every[0])


def _cost_row(point: Point) -> Sequence[object]:
    assert point.milliseconds
    about = METHODS[point.method]
    times = (f"{x:.10g}" for x in point.milliseconds)
    return point.method, about.scheme, about.decoder, point.symbols, point.runs, *times


def _latency_row(point: Point) -> Sequence[object]:
    about = METHODS[point.method]
    time = f"{point.milliseconds[0]:.10g}" if point.milliseconds else ""
    numbers = (f"{x:.10g}" for x in (point.latency, point.error))
    return point.method, about.scheme, about.decoder, point.symbols, point.runs, time, *numbers
