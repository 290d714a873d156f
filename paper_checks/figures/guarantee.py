"""Proved bounds for M' and T at the paper's parameters, with 10^5 runs and the hitting-time law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from paper_checks.parameters import DEGREE, EXPONENTIAL, PARETO, SYMBOLS, TAU
from paper_checks.records.guarantees import LATENCY, LAWS, STOPPING, Guarantees, Simulated, of, read, simulated
from srtheory.experiments.lab import Lab
from srtheory.render.style import COLOURS, Drawing, canvas, dot, house_style, legend_below, pen, timed
from srtheory.types import Floats

CSV_COLUMNS = ("startup", "event", "at", "proved_low", "proved_high", "simulated", "low", "high", "hitting_time_law")
ROWS, TIME = "M' > k", "T > t"
LAST, NEAR = 13 * SYMBOLS // 10, 20
LOWEST = {ROWS: 2e-3, TIME: 3e-6}
BAND: dict[str, Any] = {"facecolor": "#a9d5f3", "edgecolor": COLOURS[5]}
RUNS = COLOURS[1]
"""Style of what is proved, with an edge where the band is narrower than a line, and colour of what is seen."""
TIMES = {EXPONENTIAL: (0.55, 1.1), PARETO: (1.26, 1.5)}


@dataclass(frozen=True)
class Point:
    """Tail probabilities at one k or t; NaN if there is none."""

    at: float
    proved: tuple[float, float] = (np.nan, np.nan)
    seen: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    """Share of the runs, and the limits there of its simultaneous 95 % band."""
    law: float = np.nan
    """If the hitting-time law holds."""


def guarantee(lab: Lab) -> Drawing:
    """Return the figure of the stored values."""
    del lab
    return draw(read())


def draw(found: Guarantees) -> Drawing:
    """Draw the figure of any such values."""
    keys = [*product(LAWS, (ROWS, TIME))]
    panels = {key: list(points(of(found, key[0]), key[1])) for key in keys}
    with house_style():
        made = canvas(
            f"m = {SYMBOLS}, d = {DEGREE}, τ = {TAU}; {simulated(EXPONENTIAL, STOPPING).trials} runs each, seed 2022,"
            " bars: 95 % for all points of a panel (Berk-Jones type); bands: proved for this m, without a conjecture,"
            " at some places narrower than a line",
            height=5.6,
        )
        grid = made.subplots(2, 2)
        for axes, (startup, event) in zip(grid.flat, keys, strict=True):
            _panel(axes, startup, event, panels[startup, event])
        made.suptitle("Rows and time that suffice for the sum: proved, simulated, in the limit")
        legend_below(made, _keys(), 3)
    return Drawing("guarantee", made, CSV_COLUMNS, [_line(*key, p) for key, its in panels.items() for p in its])


def points(found: Guarantees, event: str) -> Iterator[Point]:
    """Return what is known of the tail for one start-up distribution, from left to right."""
    [startup] = {line.startup for line in found.times}
    if event == ROWS:
        after = _seen(simulated(startup, STOPPING), whole=True)
        for row in found.rows:
            law = 1 - row.covered_high if row.rows >= SYMBOLS else 1.0
            yield Point(row.rows, (1 - row.high, 1 - row.low), after.get(row.rows, Point.seen), law)
        return
    runs = simulated(startup, LATENCY)
    by = _seen(runs)
    proved = [Point(line.time, (1 - line.high, 1 - line.low), by.get(line.time, Point.seen)) for line in found.times]
    laws = [Point(t, law=law) for t, law in zip(runs.law_at.tolist(), runs.law.tolist(), strict=True)]
    yield from sorted([*proved, *laws], key=lambda p: p.at)


def _seen(runs: Simulated, whole: bool = False) -> dict[float, tuple[float, float, float]]:
    """Return the fraction and interval by time, or by the rows k of a fractional number."""
    at = np.floor(runs.at) if whole else runs.at
    return {t: (p, low, high) for t, p, low, high in np.column_stack([at, runs.tail, runs.low, runs.high]).tolist()}


def _line(startup: str, event: str, p: Point) -> Sequence[str]:
    numbers = (p.at, *p.proved, *p.seen, p.law)
    return startup, event, *("" if np.isnan(x) else f"{x:.10g}" for x in numbers)


def _panel(axes: Axes, startup: str, event: str, its: Sequence[Point]) -> None:
    _draw(axes, event, its)
    window = (SYMBOLS - 10, LAST) if event == ROWS else TIMES[startup]
    axes.set(yscale="log", xlim=window, ylim=(LOWEST[event], 1.5), ylabel=f"P({event})", title=f"X ~ {startup}")
    axes.set_xlabel("received symbols k" if event == ROWS else timed("latency t"))
    if event == ROWS:
        near = axes.inset_axes((0.5, 0.68, 0.48, 0.3))
        _draw(near, event, [p for p in its if p.at <= SYMBOLS + NEAR])
        near.set(xlim=(SYMBOLS - 10, SYMBOLS + NEAR), ylim=(0, 1.08), xticks=(SYMBOLS, SYMBOLS + NEAR), yticks=(0, 1))


def _draw(axes: Axes, event: str, its: Sequence[Point]) -> None:
    at, low, high = _numbers((p.at, *p.proved) for p in its if not np.isnan(p.proved[0]))
    axes.fill_between(at, np.maximum(low, LOWEST[event] / 10), high, **BAND, linewidth=pen(1))
    at, share, least, most = _numbers((p.at, *p.seen) for p in its if p.seen[0] > 0)
    bars = [share - least, most - share]
    axes.errorbar(at, share, bars, fmt=".", color=RUNS, markersize=dot(4), elinewidth=pen(0.8))
    at, law = _numbers((p.at, p.law) for p in its if p.law > 0)
    if event == ROWS:
        axes.plot(at, law, color="black", linewidth=pen(0.8))
    else:
        axes.plot(at, law, "o", color="black", markersize=dot(5), markerfacecolor="none")


def _numbers(lines: Iterable[Sequence[float]]) -> Floats:
    """Return the columns of the lines."""
    return np.array(list(lines), dtype=np.float64).T


def _keys() -> list[Patch | Line2D]:
    return [
        Patch(**BAND, label="proved"),
        Line2D([], [], color=RUNS, linestyle="", marker=".", markersize=dot(4), label="runs"),
        Line2D(
            *([], []),
            color="black",
            linewidth=pen(0.8),
            marker="o",
            markersize=dot(5),
            markerfacecolor="none",
            label="if M' = max(m, CC)",
        ),
    ]
