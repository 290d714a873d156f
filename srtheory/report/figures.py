"""Draw tail-probability figures as SVG and PNG, with a CSV of their points beside them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from srtheory.experiments.summary import tail
from srtheory.report.curves import Curve, Figure

Floats = npt.NDArray[np.float64]

# Okabe and Ito's palette: distinct in print and for colour-blind readers.
COLOURS = ("#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#555555", "#000000")
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (3, 2)), "-", "--")
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "srtheory",  # the same figure gives the same file
}
POINTS = 400


def write_figure(figure: Figure, folder: Path) -> list[Path]:
    """Write ``figure_NAME.svg``, ``.png`` and ``.csv`` into ``folder``; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"figure_{figure.name}"
    grid = _grid(figure)
    with mpl.rc_context(STYLE):
        canvas = draw(figure, grid)
        canvas.savefig(stem.with_suffix(".svg"), metadata={"Date": None})
        canvas.savefig(stem.with_suffix(".png"), dpi=200)
    _write_points(figure, grid, stem.with_suffix(".csv"))
    return [stem.with_suffix(suffix) for suffix in (".svg", ".png", ".csv")]


def draw(figure: Figure, grid: Floats) -> Canvas:
    """The figure on a canvas of its own; no global state of pyplot is touched."""
    canvas = Canvas(figsize=(7.2, 4.6), layout="constrained")
    axes = canvas.add_subplot()
    for i, curve in enumerate(figure.curves):
        _draw_curve(axes, curve, grid, i)
    axes.set_yscale("log")
    if figure.log_x:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(lambda x, _: f"{x:g}" if f"{x:e}"[0] in "25" else "")
    if any(curve.cdf is not None for curve in figure.curves):
        axes.plot([], [], color="black", linewidth=0.8, label="exact law")
    smallest = min(len(c.sample) for c in figure.curves)
    axes.set(xlim=(grid[0], grid[-1]), ylim=(0.3 / smallest, 1.4), xlabel=figure.axis, ylabel="P(value > t)")
    axes.set_title(figure.title, fontsize=10)
    axes.legend(fontsize=8.5, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    canvas.supxlabel(figure.note, fontsize=7.5, color="#555555")
    return canvas


def _draw_curve(axes: Axes, curve: Curve, grid: Floats, i: int) -> None:
    estimate, low, high = tail(curve.sample, grid)
    colour, dash = COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)]
    seen = estimate > 0  # past the largest observation there is no curve to put a band around
    axes.fill_between(grid, np.maximum(low, 1e-9), high, where=seen, color=colour, alpha=0.13, linewidth=0)
    axes.plot(grid, np.where(seen, estimate, np.nan), color=colour, linestyle=dash, linewidth=1.8, label=curve.label)
    if curve.cdf is not None:
        exact = 1 - curve.cdf(grid)
        axes.plot(grid, np.where(exact > 0, exact, np.nan), color="black", linewidth=0.8)


def _grid(figure: Figure) -> Floats:
    finite = np.concatenate([c.sample[np.isfinite(c.sample)] for c in figure.curves])
    low, high = float(finite.min()), float(finite.max())
    if figure.log_x:
        return np.geomspace(low / 1.1, high * 1.1, POINTS)
    pad = 0.02 * (high - low) + 1e-9
    return np.linspace(low - pad, high + pad, POINTS)


def _write_points(figure: Figure, grid: Floats, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        write = csv.writer(stream)
        write.writerow(["curve", "t", "tail", "low", "high", "exact_tail", "trials"])
        for curve in figure.curves:
            exact = [""] * len(grid) if curve.cdf is None else [f"{v:.10g}" for v in 1 - curve.cdf(grid)]
            points = zip(grid, *tail(curve.sample, grid), exact, strict=True)
            for t, p, low, high, law in points:
                write.writerow([curve.label, *(f"{v:.10g}" for v in (t, p, low, high)), law, len(curve.sample)])
