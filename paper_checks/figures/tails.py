"""Tail-probability figures: simulated curves with simultaneous bands, and exact distributions over them.

A picture is drawn from the lines of its own CSV, so that a stored picture can be drawn again without its runs: ``python
-m paper_checks.figures.tails data/figures docs``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from paper_checks.figures.curves import FIGURES, Figure, figure_of, frame, in_print
from paper_checks.floors import LABEL as FLOOR
from paper_checks.floors import shade
from paper_checks.parameters import PAPER, PAPER_PARETO
from srtheory.delays import parse_law
from srtheory.experiments.lab import Effort, Lab
from srtheory.experiments.summary import tail_band
from srtheory.render.style import (
    COLOURS,
    Drawing,
    canvas,
    dash,
    dot,
    house_style,
    label_decimally,
    legend_below,
    named_style,
    pen,
    save_png,
    timed,
)
from srtheory.types import Floats

Line = Sequence[str]
POINTS = 400
BETWEEN = 10
"""The floor is computed at every tenth of these points."""
MARKS = "osD^v<>p"
"""Of the exact law at a few points, by curve."""
OTHERS = {"2a-all": "more_tails", "errors": "stopping_early"}
"""Figures that are drawn from their own CSV elsewhere."""
CSV_COLUMNS = ("curve", "t", "tail", "low", "high", "exact_tail", "trials")


def draw(figure: Figure) -> Drawing:
    """Draw the figure in the house style."""
    return drawn_from(list(_lines(figure, _grid(figure))), figure)


def tails(lab: Lab, name: str, startup: str | None = None) -> Drawing:
    """Draw the figure of that name, a key of :data:`~paper_checks.figures.curves.FIGURES`, or its Pareto form."""
    return tails_of_schemes(lab, name, startup)


def tails_of_schemes(
    lab: Lab, name: str, startup: str | None = None, schemes: Sequence[str] | None = None, options: Sequence[str] = ()
) -> Drawing:
    """Draw a figure that compares schemes, by default its own, with their options."""
    if startup is not None:
        lab = replace(lab, at=replace(lab.at, startup=parse_law(startup)))
    figure = FIGURES[name](lab) if schemes is None else figure_of(name, lab, schemes, options)
    return draw(figure if startup is None else replace(figure, name=f"{name}_pareto"))


def drawn_from(lines: Sequence[Line], figure: Figure) -> Drawing:
    """Draw a figure from the lines of its CSV under :data:`CSV_COLUMNS`, without its own curves.

    A line has either a tail with its limits, and possibly an exact tail, or the exact tail alone; the floor's lines
    are the last, without a number of runs.
    """
    bounds = [line for line in lines if line[0] == FLOOR]
    curves = [line for line in lines if line[0] != FLOOR]
    its = {label: list(some) for label, some in groupby(curves, key=lambda line: line[0])}
    first: dict[tuple[str, ...], str] = {}  # of curves that coincide
    handles: list[Any] = []
    with house_style():
        picture = canvas(figure.note)
        axes = picture.add_subplot()
        for i, (label, some) in enumerate(its.items()):
            handles.append(_draw_curve(axes, label, some, i))
            same = first.setdefault(tuple(line[2] for line in some if line[2]), label)
            handles[-1].set_label(in_print(label) + f" (= {same})" * (same != label))
        _finish(axes, figure, curves)
        if bounds:
            at, *_, law = _numbers(bounds)
            shade(axes, at, law)
        legend_below(picture, [*handles, *axes.get_legend_handles_labels()[0][len(handles) :]], 2)
    return Drawing(figure.name, picture, CSV_COLUMNS, lines)


def _finish(axes: Axes, figure: Figure, lines: Sequence[Line]) -> None:
    seen = [float(line[1]) for line in lines if line[2]]
    low, high, most = min(seen), max(seen), max(int(line[6]) for line in lines)
    axes.set_yscale("log")
    if figure.log_x:
        axes.set_xscale("log")
    if figure.log_x and high < 1000 * low:  # over more decades powers of ten leave no room between them
        label_decimally(axes.xaxis, None if high < 4 * low else "23457" if high < 10 * low else "25")
    if any(line[2] and line[5] for line in lines):
        axes.plot([], [], color="black", linewidth=pen(0.8), label="exact law")
    if pointed := [line[0] for line in lines if not line[2]]:
        which = list(dict.fromkeys(line[0] for line in lines)).index(pointed[0])
        axes.plot([], [], **_mark(MARKS[which % len(MARKS)]), color="black", linestyle="", label=figure.points_label)
    axes.set(
        xlim=(low, high),
        ylim=(0.3 / most, 1.4),
        xlabel=timed(figure.axis) if figure.tail == "T > t" else figure.axis,
        ylabel=f"P({figure.tail})",
    )
    axes.set_title(figure.title)


def _draw_curve(axes: Axes, label: str, lines: Sequence[Line], i: int) -> Line2D:
    """Draw a curve, and return its line with its mark for the legend."""
    t, estimate, low, high, exact = _numbers([line for line in lines if line[2]])
    colour = COLOURS[i % len(COLOURS)]
    seen = estimate > 0  # past the largest observation there is no curve to put a band around
    axes.fill_between(t, np.maximum(low, 1e-9), high, where=seen, color=colour, alpha=0.13, linewidth=0)
    line = {"color": colour, "linestyle": dash(i), "linewidth": pen(1.8)}
    axes.plot(t, np.where(seen, estimate, np.nan), **line, label=in_print(label))
    order = 1.5 if named_style() else 2  # below the curves, whose dashes are then seen without colours
    axes.plot(t, np.where(exact > 0, exact, np.nan), color="black", linewidth=pen(0.8), zorder=order)
    at, *_, law = _numbers([line for line in lines if not line[2]])
    mark = _mark(MARKS[i % len(MARKS)]) if len(at) else {}
    axes.plot(at, law, **{**line, **mark, "linestyle": ""})
    return Line2D([], [], **line, **mark)


def _mark(shape: str) -> dict[str, Any]:
    return {"marker": shape, "markerfacecolor": "white", "markersize": dot(4)}


def _numbers(lines: Sequence[Line]) -> Floats:
    """Return the columns t, tail, low, high, exact_tail, shape (5, lines), with nan for empty entries."""
    return np.array([[float(cell or "nan") for cell in line[1:6]] for line in lines]).reshape(-1, 5).T


def _grid(figure: Figure) -> Floats:
    finite = np.concatenate([c.sample[np.isfinite(c.sample)] for c in figure.curves])
    low, high = float(finite.min()), float(finite.max())
    if figure.log_x:
        return np.geomspace(low / 1.1, high * 1.1, POINTS)
    pad = 0.02 * (high - low) + 1e-9 if high > low else 1.0
    return np.linspace(low - pad, high + pad, POINTS)


def _lines(figure: Figure, grid: Floats) -> Iterator[Line]:
    for curve in figure.curves:
        trials = str(len(curve.sample))
        exact = [""] * len(grid) if curve.cdf is None else [f"{v:.10g}" for v in 1 - curve.cdf(grid)]
        for t, p, low, high, law in zip(grid, *tail_band(curve.sample, grid), exact, strict=True):
            yield [curve.label, *(f"{v:.10g}" for v in (t, p, low, high)), law, trials]
        for t, law in zip(*curve.points, strict=True) if curve.points is not None else ():
            yield [curve.label, f"{t:.10g}", "", "", "", f"{law:.10g}", trials]
    if figure.floor is not None:
        at = grid[::BETWEEN]
        for t, law in zip(at, figure.floor(at), strict=True):
            yield [FLOOR, f"{t:.10g}", "", "", "", f"{law:.10g}", ""]


def recorded(path: Path) -> Drawing:
    """Return the figure with the stored numbers of ``path``, figure_NAME.csv; those of tails are of deep effort."""
    name = path.stem.removeprefix("figure_")
    if name in OTHERS:
        with path.open(encoding="utf-8", newline="") as stream:
            _, *lines = csv.reader(stream)
        return import_module(f"paper_checks.figures.{OTHERS[name]}").drawn_from(lines, Lab().seed)
    at = PAPER_PARETO if name.endswith("_pareto") else PAPER
    with path.open(encoding="utf-8", newline="") as stream:
        _, *lines = csv.reader(stream)
    empty = frame(name.removesuffix("_pareto"), Lab(effort=Effort.DEEP, at=at))
    return drawn_from(lines, replace(empty, name=name))


@click.command()
@click.argument("records", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def main(records: Path, folder: Path) -> None:
    """Draw the figures whose numbers are in RECORDS again, into FOLDER."""
    tails = (f"{name}{suffix}" for name in FIGURES for suffix in ("", "_pareto"))
    for name in (f"figure_{name}" for name in (*tails, *OTHERS)):
        if (folder / f"{name}.png").exists():
            click.echo(save_png(recorded(records / f"{name}.csv"), folder))


if __name__ == "__main__":
    main()
