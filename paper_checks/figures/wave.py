"""The wave of peeling: the fraction of unknown terms along the line of a code with windows, as rows arrive."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from srtheory.decoders.peeling import peeling, schedule
from srtheory.experiments.lab import Lab
from srtheory.experiments.trial import Task, received_until
from srtheory.matrix import Rows
from srtheory.render.one_run import film
from srtheory.render.style import COLOURS, Drawing, canvas, dash, house_style, legend_below, pen
from srtheory.schemes.windows import WindowedSumRecovery
from srtheory.types import Floats

CELLS = 50
"""Parts of the line, of nearly equally many terms."""
LEVELS = (0.9, 0.7, 0.5, 0.3, 0.1)
"""Curves are at the rows from which at most these fractions of the terms are unknown that no worker has sent alone."""
FRAMES = 40


def wave(lab: Lab) -> Drawing:
    """Draw the profile of trial 0 at a few numbers of rows: peeling runs from both ends to the middle."""
    rows = _received(lab)
    m = rows.columns
    table = [(n, _profile(rows, n)) for n in _moments(rows, LEVELS)]
    with house_style():
        made, _ = _canvas(lab, len(rows))
        axes = made.axes[0]
        for i, (n, unknown) in enumerate(table):
            axes.plot(_places(unknown), unknown, color=COLOURS[i], linestyle=dash(i), label=f"{n / m:.3f} m rows")
        legend_below(made, axes.get_legend_handles_labels()[0], 3)
    points = [(n, f"{x:.10g}", f"{y:.10g}") for n, its in table for x, y in zip(_places(its), its, strict=True)]
    return Drawing("wave", made, ("rows", "place", "unknown"), points)


def animate(lab: Lab, folder: Path) -> Path:
    """Write ``figure_wave.gif``, whose frames are at numbers of rows at equal distances, and return its path."""
    rows = _received(lab)
    first, last = _moments(rows, (0.94, 0.02))
    with house_style():
        made, line = _canvas(lab, len(rows))
        made.draw_without_rendering()

        def draw(n: int) -> None:
            unknown = _profile(rows, n)
            line.set_data(_places(unknown), unknown)
            made.axes[0].set_title(f"{n / rows.columns:.3f} m rows")

        frames = np.linspace(first, last, FRAMES).astype(int).tolist()
        return film(lab, folder / "figure_wave.gif", made, frames, draw)


def _received(lab: Lab) -> Rows:
    """Return the rows by T of trial 0."""
    at = lab.at
    task = Task(WindowedSumRecovery(at.symbols, at.d), at.delays, lab.seed)
    reception, n = received_until(task, 0, lambda reception: peeling(reception).stopping_time)
    return reception.rows.prefix(n)


def _profile(rows: Rows, n: int) -> Floats:
    """Return the fraction of unknown terms in each part of the line, given n rows."""
    unknown = np.ones(rows.columns)
    unknown[schedule(rows.prefix(n))[0]] = 0
    return np.array([part.mean() for part in np.array_split(unknown, min(CELLS, rows.columns))])


def _places(unknown: Floats) -> Floats:
    """Return the middle of each part."""
    return (np.arange(len(unknown)) + 0.5) / len(unknown)


def _moments(rows: Rows, levels: Sequence[float]) -> list[int]:
    """Return the numbers of rows from which at most these fractions of the terms without a row of their own are left.

    Peeling of more rows leaves no more.
    """

    def left(n: int) -> float:
        given = rows.prefix(n)
        alone = int((np.diff(given.indptr) == 1).sum())
        return (rows.columns - len(schedule(given)[0])) / max(rows.columns - alone, 1)

    return [bisect_left(range(len(rows)), -level, key=lambda n: -left(n)) for level in levels]


def _canvas(lab: Lab, rows: int) -> tuple[Figure, Line2D]:
    """Return a canvas, and a line on it without points."""
    at = lab.at
    made = canvas(
        f"scheme sr-windows, m = {at.symbols}, d = {at.d}, τ = {at.tau:g}, X ~ {at.startup_text}, trial\u00a00;"
        f" everything is known from {rows / at.symbols:.3f} m rows on"
    )
    axes = made.subplots()
    [line] = axes.plot([], [], color=COLOURS[0], linewidth=pen(1.6))
    axes.set(xlim=(0, 1), ylim=(-0.02, 1), xlabel="place of a term on the line, from 0 to 1", ylabel="fraction unknown")
    made.suptitle("The wave of peeling along coupled blocks")
    return made, line
