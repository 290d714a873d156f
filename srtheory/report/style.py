"""The house style of all figures, and how one is written: SVG, PDF and PNG, with a CSV of its points."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

# Okabe and Ito's palette: distinct in print and for colour-blind readers.
COLOURS = ("#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#555555", "#000000")
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (3, 2)), "-", "--")
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "srtheory",  # the same figure gives the same file
    "pdf.fonttype": 42,
}
SUFFIXES = (".svg", ".pdf", ".png", ".csv")


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawn figure and the numbers behind it.

    Attributes
    ----------
    name : str
        Files are called ``figure_NAME``.
    canvas : matplotlib.figure.Figure
    header : sequence of str
        Columns of the CSV.
    points : iterable of sequences
        Its lines.
    """

    name: str
    canvas: Canvas
    header: Sequence[str]
    points: Iterable[Sequence[Any]]


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style, whatever the reader's own settings are."""
    with mpl.rc_context({**mpl.rcParamsDefault, **STYLE}):
        yield


def canvas(note: str = "", size: tuple[float, float] = (7.2, 4.6)) -> Canvas:
    """An empty canvas of its own, with a note below; no global state of pyplot is touched."""
    made = Canvas(figsize=size, layout="constrained")
    if note:
        made.supxlabel(note, fontsize=7.5, color="#555555")
    return made


def write(drawing: Drawing, folder: Path) -> list[Path]:
    """Write ``figure_NAME`` with each of :data:`SUFFIXES` into ``folder``; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"figure_{drawing.name}"
    with house_style():
        drawing.canvas.savefig(stem.with_suffix(".svg"), metadata={"Date": None})
        drawing.canvas.savefig(stem.with_suffix(".pdf"), metadata={"CreationDate": None})
        drawing.canvas.savefig(stem.with_suffix(".png"), dpi=200)
    with stem.with_suffix(".csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(drawing.header)
        lines.writerows(drawing.points)
    return [stem.with_suffix(suffix) for suffix in SUFFIXES]
