"""The house style of all figures, and how one is written: SVG, PDF and PNG, with a CSV of its points."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend
from matplotlib.text import Text

# Okabe and Ito's palette: distinct in print and for colour-blind readers.
COLOURS = ("#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#555555", "#000000")
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (3, 2)), "-", "--")
WIDTH = 5.0
"""Of a figure, in inches: at a column's 3.5 the letters are 0.7 times as large, the least of them 6 points."""
PAGE = 7.0
"""Of one that takes a page's width."""
SMALL = 8.6
NOTE_CHARACTERS = 76
DPI = 300
STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "figure.titlesize": 9,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "legend.title_fontsize": 9,
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


def canvas(note: str = "", height: float = 4.8, width: float = WIDTH) -> Canvas:
    """An empty canvas of its own, with a note at its foot; no global state of pyplot is touched."""
    made = Canvas(figsize=(width, height), layout="constrained")
    if note:
        text = textwrap.fill(note, int(NOTE_CHARACTERS * width / WIDTH))
        _keep_free(made, made.text(0.5, 0.01, text, fontsize=SMALL, color="#555555", ha="center", va="bottom"))
    return made


def legend_below(canvas: Canvas, handles: Sequence[Any], columns: int) -> None:
    """One legend under all axes, where it takes nothing from their width, above the note."""
    options = {"ncols": columns, "columnspacing": 1.2, "handlelength": 1.8, "borderaxespad": 0.2}
    _keep_free(
        canvas, canvas.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, _foot(canvas)), **options)
    )


def _foot(canvas: Canvas) -> float:
    """Where the room for axes begins, as a share of the height."""
    return float(canvas.get_layout_engine().get().get("rect", (0, 0, 1, 1))[1])  # type: ignore[union-attr]


def _keep_free(canvas: Canvas, artist: Text | Legend) -> None:
    """Let the axes begin above what stands at the foot: constrained layout reserves room for one such thing only."""
    foot = artist.get_window_extent().y1 / canvas.bbox.height + 0.01
    canvas.get_layout_engine().set(rect=(0, foot, 1, 1 - foot))  # type: ignore[union-attr, call-arg]


def write(drawing: Drawing, folder: Path, provenance: str = "") -> list[Path]:
    """Write ``figure_NAME`` with each of :data:`SUFFIXES` into ``folder``; returns the paths.

    The pictures carry ``provenance``, what they were made by, in their metadata.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"figure_{drawing.name}"
    with house_style():
        drawing.canvas.savefig(stem.with_suffix(".svg"), metadata={"Date": None, "Description": provenance or None})
        drawing.canvas.savefig(stem.with_suffix(".pdf"), metadata={"CreationDate": None, "Subject": provenance or None})
    save_png(drawing, folder, provenance=provenance)
    with stem.with_suffix(".csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(drawing.header)
        lines.writerows(drawing.points)
    return [stem.with_suffix(suffix) for suffix in SUFFIXES]


def svg(drawing: Drawing) -> str:
    """The figure as the text of an SVG."""
    stream = io.StringIO()
    with house_style():
        drawing.canvas.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def save_png(drawing: Drawing, folder: Path, dpi: int = DPI, provenance: str = "") -> Path:
    """Write ``figure_NAME.png`` alone; returns its path."""
    path = folder / f"figure_{drawing.name}.png"
    with house_style():
        drawing.canvas.savefig(path, dpi=dpi, metadata={"Description": provenance} if provenance else None)
    return path
