"""Draw tail-probability figures: simulated curves with bands, exact laws over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from srtheory.experiments.summary import tail
from srtheory.report.curves import Curve, Figure
from srtheory.report.style import COLOURS, DASHES, Drawing, canvas, house_style

Floats = npt.NDArray[np.float64]
POINTS = 400


def draw(figure: Figure) -> Drawing:
    """The figure, drawn in the house style."""
    grid = _grid(figure)
    with house_style():
        picture = canvas(figure.note)
        axes = picture.add_subplot()
        for i, curve in enumerate(figure.curves):
            _draw_curve(axes, curve, grid, i)
        _finish(axes, figure, grid)
    header = ("curve", "t", "tail", "low", "high", "exact_tail", "trials")
    return Drawing(figure.name, picture, header, _points(figure, grid))


def _finish(axes: Axes, figure: Figure, grid: Floats) -> None:
    axes.set_yscale("log")
    if figure.log_x:
        axes.set_xscale("log")
    if figure.log_x and grid[-1] < 1000 * grid[0]:  # over more decades powers of ten leave no room between them
        axes.xaxis.set_major_formatter("{x:g}")
        digits = "25" if grid[-1] > 4 * grid[0] else "123456789"
        axes.xaxis.set_minor_formatter(lambda x, _: f"{x:g}" if f"{x:e}"[0] in digits else "")
    if any(curve.cdf is not None for curve in figure.curves):
        axes.plot([], [], color="black", linewidth=0.8, label="exact law")
    if any(curve.points is not None for curve in figure.curves):
        axes.plot([], [], "o", color="black", markerfacecolor="none", markersize=4, label=figure.points_label)
    most = max(len(c.sample) for c in figure.curves)
    axes.set(xlim=(grid[0], grid[-1]), ylim=(0.3 / most, 1.4), xlabel=figure.axis, ylabel="P(value > t)")
    axes.set_title(figure.title)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))


def _draw_curve(axes: Axes, curve: Curve, grid: Floats, i: int) -> None:
    estimate, low, high = tail(curve.sample, grid)
    colour, dash = COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)]
    seen = estimate > 0  # past the largest observation there is no curve to put a band around
    axes.fill_between(grid, np.maximum(low, 1e-9), high, where=seen, color=colour, alpha=0.13, linewidth=0)
    axes.plot(grid, np.where(seen, estimate, np.nan), color=colour, linestyle=dash, linewidth=1.8, label=curve.label)
    if curve.cdf is not None:
        exact = 1 - curve.cdf(grid)
        axes.plot(grid, np.where(exact > 0, exact, np.nan), color="black", linewidth=0.8)
    if curve.points is not None:
        axes.plot(*curve.points, "o", color="black", markerfacecolor="none", markersize=4)


def _grid(figure: Figure) -> Floats:
    finite = np.concatenate([c.sample[np.isfinite(c.sample)] for c in figure.curves])
    low, high = float(finite.min()), float(finite.max())
    if figure.log_x:
        return np.geomspace(low / 1.1, high * 1.1, POINTS)
    pad = 0.02 * (high - low) + 1e-9
    return np.linspace(low - pad, high + pad, POINTS)


def _points(figure: Figure, grid: Floats) -> Iterator[list[Any]]:
    for curve in figure.curves:
        exact = [""] * len(grid) if curve.cdf is None else [f"{v:.10g}" for v in 1 - curve.cdf(grid)]
        for t, p, low, high, law in zip(grid, *tail(curve.sample, grid), exact, strict=True):
            yield [curve.label, *(f"{v:.10g}" for v in (t, p, low, high)), law, len(curve.sample)]
        for t, law in zip(*curve.points, strict=True) if curve.points is not None else ():
            yield [curve.label, f"{t:.10g}", "", "", "", f"{law:.10g}", len(curve.sample)]
