"""Failures of M' = max(m, CC) as m grows: the campaign in data/hitting_time with the prediction."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from paper_checks.campaign.plan import LAWS, LOADS, RATIOS
from paper_checks.campaign.tables import Tables, Tally, read_tables
from paper_checks.records.campaign import predicted
from srtheory.environment import on_record
from srtheory.experiments.lab import Lab
from srtheory.render.style import COLOURS, Drawing, canvas, dash, dot, house_style, legend_below, letters, pen

CSV_COLUMNS = ("d/ln m", "load", "m", "d", "runs", "held", "fraction", "low", "high", "predicted_exceptions")
LOWEST, HIGHEST = 1e-4, 0.4
FEWEST_RUNS = 20
MARKERS = "os^D"
NONE_SEEN: dict[str, Any] = {"linestyle": "", "marker": "v", "markerfacecolor": "white"}
"""Style of a cell without exceptions."""


@dataclass(frozen=True)
class Point:
    """One cell of the campaign, observed and predicted."""

    ratio: float
    """The member of :data:`~paper_checks.campaign.plan.RATIOS` behind its d."""
    cell: Tally
    predicted: float
    """Heuristic probability that M' is not max(m, CC)."""

    @property
    def runs(self) -> int:
        """Number of runs that no complete worker ended."""
        return self.cell.trials - self.cell.complete

    @property
    def exceptions(self) -> int:
        """Number of these runs that violate the hitting-time law."""
        return self.runs - self.cell.held


def hitting(lab: Lab) -> Drawing:
    """Return the figure of the stored campaign."""
    del lab
    return draw(read_tables(on_record("hitting_time")))


def draw(tables: Tables) -> Drawing:
    """Draw any campaign: its cells with exponential start-up and blocks drawn without replacement."""
    points = list(_points(tables))
    with house_style():
        made = canvas(
            "markers: runs, those ended by a complete worker left out; bars: 95 % (Clopper-Pearson); lines: predicted;"
            f" exponential start-up, blocks without replacement; seeds: {_seeds(points)}",
            height=6.0,
        )
        grid = made.subplots(2, 2, sharex=True, sharey=True)
        for axes, ratio in zip(grid.flat, RATIOS, strict=True):
            _panel(axes, ratio, [p for p in points if p.ratio == ratio])
        _label(grid)
        made.supylabel("fraction of runs with M' ≠ max(m, CC)", fontsize=letters())
        made.suptitle("How often the hitting-time law M' = max(m, CC) fails")
        legend_below(made, _keys(), 3)
    return Drawing("hitting", made, CSV_COLUMNS, [_line(p) for p in points])


def _points(tables: Tables) -> Iterator[Point]:
    """Return the cells with enough runs for a statement, by d/ln m, load and m."""
    chosen = [c for c in tables.cells if (c.family, c.startup, c.replacement) == ("grid", LAWS[0], False)]
    for cell in sorted(chosen, key=lambda c: (_ratio(c), c.load, c.symbols)):
        if cell.trials - cell.complete >= FEWEST_RUNS:
            yield Point(_ratio(cell), cell, sum(predicted(cell)))


def _ratio(cell: Tally) -> float:
    return min(RATIOS, key=lambda c: abs(c - cell.degree / math.log(cell.symbols)))


def _seeds(points: Sequence[Point]) -> str:
    seeds = [p.cell.seed for p in points]
    return f"{min(seeds)} to {max(seeds)}"


def _line(p: Point) -> Sequence[object]:
    c = p.cell
    shares = (f"{v:.10g}" for v in (c.fraction, c.low, c.high, p.predicted))
    return p.ratio, c.load, c.symbols, c.degree, p.runs, c.held, *shares


def _panel(axes: Axes, ratio: float, points: Sequence[Point]) -> None:
    axes.set(xscale="log", yscale="log", ylim=(LOWEST, HIGHEST), title=f"d = {ratio:g} ln m")
    for i, load in enumerate(LOADS):
        series = [p for p in points if p.cell.load == load]
        line = [max(p.predicted, LOWEST * LOWEST) for p in series]
        axes.plot([p.cell.symbols for p in series], line, color=COLOURS[i], linestyle=dash(i), linewidth=pen(1.1))
        for p in series:
            _mark(axes, p, i)


def _mark(axes: Axes, p: Point, i: int) -> None:
    """Draw the fraction of exceptions with its bar, moved sideways a little so that loads do not overlap."""
    x, rate = p.cell.symbols * 1.05 ** (i - 1.5), p.exceptions / p.runs
    if not p.exceptions:  # at the foot, where 0 belongs: a limit above is high since the runs are few
        axes.vlines(x, LOWEST, 1 - p.cell.low, color=COLOURS[i], alpha=0.3, linewidth=pen(0.8))
        axes.plot(x, LOWEST, **NONE_SEEN, color=COLOURS[i], markersize=dot(4), clip_on=False)
        return
    bars = [[rate - (1 - p.cell.high)], [1 - p.cell.low - rate]]
    axes.errorbar(x, rate, bars, fmt=MARKERS[i], color=COLOURS[i], markersize=dot(4), elinewidth=pen(1))


def _label(grid: Sequence[Sequence[Axes]]) -> None:
    for row in grid:
        other = row[-1].secondary_yaxis("right")
        other.yaxis.set_major_formatter(lambda y, _: f"{1 - y:.6g}")
        other.set_ylabel("… with M' = max(m, CC)")
    for axes in grid[-1]:
        axes.set_xlabel("m")
        axes.xaxis.set_major_formatter("{x:g}")


def _keys() -> list[Line2D]:
    none_seen = NONE_SEEN | {"color": "black", "markersize": dot(4), "label": "no exception seen"}
    loads: list[dict[str, Any]] = [
        {"color": COLOURS[i], "linestyle": dash(i), "marker": MARKERS[i], "markersize": dot(4), "linewidth": pen(1.1)}
        | {"label": f"μτd = {load:g}"}
        for i, load in enumerate(LOADS)
    ]
    return [Line2D([], [], **style) for style in (*loads, none_seen)]
