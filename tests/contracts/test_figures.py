"""What every figure promises a reader: texts that can be read, styles that are explained, numbers beside it."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, partial
from io import StringIO
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from paper_checks import study
from paper_checks.figures import curves, delays, frontier, hitting_time, maps, more_tails, stopping_early, workers
from paper_checks.figures.tails import recorded
from paper_checks.parameters import PAPER
from srtheory.experiments.lab import Lab
from srtheory.render.style import PAGE, SUFFIXES, Drawing, write
from srtheory.types import Floats
from srtheory.workers import fit
from tests.once import FLOORS
from tests.ours import drawing

RECORDS = Path(__file__).parents[2] / "data" / "figures"
ALIKE = ("2a_pareto", "2b_pareto", "2c_pareto", "streams_pareto")
"""Figures that are drawn as another one is, from other numbers."""
NAMES = [pytest.param(name, marks=[pytest.mark.attack] * (name in ALIKE)) for name in study.figures]
TIME = re.compile(r"\b(time|times|latency|[tT])\b")
UNIT = re.compile(r"time unit|second|\b(s|ms|µs)\b|/|over|ratio|P\(|fraction|\bd\b")
COARSE: dict[tuple[ModuleType, str], Any] = {
    (curves, "LAW_POINTS"): 1,
    (maps, "LOADS"): maps.LOADS[::20],
    (delays, "SIZES"): (5, 8, 10),
    (delays, "FINE"): 20,
    (delays, "LOADS"): (1, 15),
    (delays, "TARGETS"): (3, 15),
    (delays, "TIMES"): delays.TIMES[::20],
    (delays, "ROWS"): 400,
    (delays, "POINTS"): 9,
    (maps, "CHECKED"): maps.CHECKED[::5],
    (maps, "GROWING"): maps.GROWING[::5],
    (maps, "RATIOS"): (0.25, 2.0),
    (more_tails, "POINTS"): 12,
    (stopping_early, "POINTS"): 7,
    (stopping_early, "MORE"): 2,
    (hitting_time, "predicted"): lambda cell: (1 / cell.symbols, 2 / cell.symbols),
    (fit, "REPEATS"): 2,
    (frontier, "least_mean"): lambda at, cost, coarse: FLOORS[round(cost / at.tau, 9)][0],
    (workers, "predicted"): partial(workers.predicted, simulated=50),
}
"""Fewer points of curves and maps that take long, and fewer runs."""


class FewTrials(Lab):
    """For what depends on no number."""

    @property
    def trials(self) -> int:
        return 2


def made_anew(name: str) -> Drawing:
    """A figure in the style of the block, from the stored numbers if there are any."""
    record = RECORDS / f"figure_{name}.csv"
    with pytest.MonkeyPatch.context() as patched:
        for constant, few in COARSE.items():
            patched.setattr(*constant, few)
        return recorded(record) if record.exists() else drawing(name, FewTrials(at=PAPER))


@cache
def drawn(name: str) -> Drawing:
    """A figure as laid out."""
    made = made_anew(name)
    made.canvas.draw_without_rendering()
    return made


def texts(canvas: Figure) -> list[Text]:
    """What a reader sees; of the labels of ticks, those within the axis."""
    ticks: dict[Text, bool] = {}
    for axis in canvas.findobj(Axis):
        low, high = sorted(axis.get_view_interval())
        slack = 1e-9 * (high - low)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            seen = axis.get_visible() and axis.axes.axison and low - slack <= tick.get_loc() <= high + slack
            ticks |= {label: bool(seen and label.get_visible()) for label in (tick.label1, tick.label2)}
    return [
        text
        for text in canvas.findobj(Text)
        if text.get_visible() and text.get_text().strip() and ticks.get(text, True)
    ]


def extent(text: Text) -> Bbox:
    """With the box around it, without the arrow of an annotation."""
    box = text.get_bbox_patch()
    return Text.get_window_extent(text) if box is None else box.get_window_extent()


def outside(canvas: Figure) -> list[str]:
    """Texts that leave the canvas."""
    page = canvas.bbox.padded(canvas.dpi / 72)
    boxes = [(text.get_text(), extent(text)) for text in texts(canvas)]
    return [text for text, box in boxes if not (page.contains(*box.min) and page.contains(*box.max))]


def overlaps(canvas: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that share more than a point's height and width, and texts with the markers that they hide."""
    point = canvas.dpi / 72
    boxes = [(text.get_text(), extent(text)) for text in texts(canvas)]
    pairs = [
        (a, b)
        for (a, one), (b, other) in combinations(boxes, 2)
        if (shared := Bbox.intersection(one, other)) is not None and min(shared.width, shared.height) > point
    ]
    for axes in canvas.findobj(Axes):
        inside = [(text.get_text(), extent(text)) for text in axes.texts if text.get_visible()]
        for line in axes.lines:
            if line.get_marker() in NOTHING or not line.get_visible():
                continue
            at = line.get_transform().transform(line.get_xydata())
            for text, box in inside:
                middle = ((box.p0 + box.p1) / 2).tolist()  # of a node, which has its text in it
                hidden = [p for p in at if box.contains(*p) and math.dist(p, middle) > point]
                pairs += [(text, f"marker {line.get_marker()} at {p}") for p in hidden]
    return pairs


NOTHING = ("", " ", "None", "none", None)
Look = dict[str, Any]


def look(artist: Any) -> Look:
    """Colour, dashes and marker of a line, and of a patch its colour."""
    if isinstance(artist, Line2D):
        marker = artist.get_marker()
        dashed = artist.get_linestyle() not in NOTHING
        hollow = to_hex(artist.get_markerfacecolor()) != to_hex(artist.get_color())  # of no colour or another
        return {
            "colour": to_hex(artist.get_color()),
            "dashes": str(artist._unscaled_dash_pattern) if dashed else None,  # type: ignore[attr-defined]
            "marker": None if marker in NOTHING else (str(marker), hollow),
        }
    return {"colour": to_hex(artist.get_facecolor()), "dashes": None, "marker": None}


def legends(canvas: Figure) -> list[Legend]:
    return [one for one in canvas.findobj(Legend) if one.get_visible()]


def handles(canvas: Figure) -> list[tuple[str, Any]]:
    """Entries of all legends: label and handle."""
    return [
        (text.get_text(), handle)
        for one in legends(canvas)
        for text, handle in zip(one.get_texts(), one.legend_handles, strict=True)
        if isinstance(handle, Line2D | Patch)
    ]


def series(axes: Axes) -> list[Line2D]:
    """Lines of data within the view."""
    window = axes.bbox.padded(1)
    return [
        line
        for line in axes.lines
        if line.get_visible() and any(window.contains(*p) for p in line.get_transform().transform(line.get_xydata()))
    ]


def labelled_directly(axes: Axes, line: Line2D) -> list[str]:
    """Texts within three letters of a point of the line."""
    at = line.get_transform().transform(line.get_xydata())
    near = []
    for text in axes.texts:
        box = extent(text).padded(3 * text.get_fontsize() * axes.figure.dpi / 72)
        if any(box.contains(*p) for p in at):
            near.append(text.get_text())
    return near


def unexplained(canvas: Figure) -> list[tuple[str, str]]:
    """Colours, dashes and markers that tell series of one panel apart, and that neither legend nor label explains."""
    said = [look(handle) for _, handle in handles(canvas)]
    missing = []
    for axes in canvas.findobj(Axes):
        lines = series(axes)
        for what in ("colour", "dashes", "marker"):
            kinds = {look(line)[what] for line in lines} - {None}
            for line in lines if len(kinds) > 1 else []:
                kind = look(line)[what]
                if kind is not None and kind not in [its[what] for its in said] and not labelled_directly(axes, line):
                    missing.append((axes.get_title() or axes.get_ylabel(), f"{what} {kind}"))
    return sorted(set(missing))


def alike(canvas: Figure) -> list[tuple[str, str]]:
    """Pairs of entries of the legends, and of labelled markers of a panel, that look the same."""
    looks = [(label, type(handle).__name__, look(handle)) for label, handle in handles(canvas)]
    same = [(a[0], b[0]) for a, b in combinations(looks, 2) if a[1:] == b[1:]]
    for axes in canvas.findobj(Axes):
        marks = [text for text in axes.texts if isinstance(text, Annotation)]
        named = [
            (text.get_text(), look(line))
            for text in marks
            for line in series(axes)
            if line.get_xydata().shape[0] == 1 and tuple(line.get_xydata()[0]) == tuple(text.xy)
        ]
        same += [(a[0], b[0]) for a, b in combinations(named, 2) if a[1] == b[1]]
    return same


def twice(canvas: Figure) -> list[str]:
    """Labels that several entries of the legends have."""
    return [label for label, times in Counter(label for label, _ in handles(canvas)).items() if times > 1]


def without_unit(canvas: Figure) -> Iterator[str]:
    """Axes without a label of their own or of the whole figure, and labels of times without a unit."""
    shared = {"x": canvas.get_supxlabel(), "y": canvas.get_supylabel()}
    for axes in canvas.axes:
        for which, axis in (("x", axes.xaxis), ("y", axes.yaxis)) if axes.axison and axes.get_visible() else ():
            its = {one.get_label_text() for one in canvas.findobj(Axis) if one.axes in axes.get_figure().axes}
            label = axis.get_label_text() or shared[which]
            if not label and not any(tick.get_visible() and tick.get_text() for tick in axis.get_ticklabels()):
                continue  # shared with the panel below or to the left
            if not label:
                yield f"{which} axis of {axes.get_title()!r} among {sorted(its)}"
            elif TIME.search(label) and not UNIT.search(label):
                yield label


@pytest.mark.share(3)
@pytest.mark.parametrize("name", NAMES)
def test_texts_lie_beside_one_another_within_the_picture(name: str) -> None:
    canvas = drawn(name).canvas
    assert (overlaps(canvas), outside(canvas)) == ([], [])


@pytest.mark.parametrize("name", NAMES)
def test_letters_looks_and_axes_can_be_read(name: str) -> None:
    """At the width of a column; every look is explained once, and axes have labels with units."""
    canvas = drawn(name).canvas
    column = 3.5 if canvas.get_figwidth() < PAGE else PAGE
    assert min(text.get_fontsize() for text in texts(canvas)) * column / canvas.get_figwidth() >= 6
    assert (unexplained(canvas), alike(canvas), twice(canvas)) == ([], [], [])
    assert list(without_unit(canvas)) == []


BESIDE = {"regimes": "y", "hitting": "y", "tanner": "y", "decoding-latency": "y", "work": "x", "decoding-cost": "x"}
"""The coordinate that is asked for where the other is none of the CSV: d/ln m, m moved sideways, a layout, and numbers
over m."""
REFERENCES = ("ln m",)
"""Labels of lines that are no data."""


def csv_numbers(points: Sequence[Sequence[str]]) -> Floats:
    """Numbers of a CSV, their complements, and quotients of two of a row."""
    found = [np.zeros(1)]
    for row in points:
        its = np.array([float(cell) for cell in row if re.fullmatch(r"-?[\d.]+(e[-+]?\d+)?", cell)])
        with np.errstate(all="ignore"):
            found += [its, 1 - its, (its[:, None] / its).ravel()]
    every = np.concatenate(found)
    return np.sort(every[np.isfinite(every)])


def not_in(numbers: Floats, made: Drawing) -> list[tuple[str, str, str]]:
    """Drawn series with a coordinate, to five digits, that is not among the numbers."""
    missing = []
    for axes in made.canvas.findobj(Axes):
        for line in series(axes):
            for which in BESIDE.get(made.name, "xy") if line.get_label() not in REFERENCES else "":
                drawn = np.asarray(line.get_xydata(), dtype=float)[:, "xy".index(which)]
                drawn = drawn[np.isfinite(drawn)]
                place = np.searchsorted(numbers, drawn).clip(1, len(numbers) - 1)
                off = np.minimum(abs(numbers[place - 1] - drawn), abs(numbers[place] - drawn))
                if (off > 1e-5 * abs(drawn) + 1e-12).any():
                    missing.append((axes.get_title(), str(line.get_label()), which))
    return missing


@pytest.mark.parametrize("name", NAMES)
def test_what_is_drawn_is_a_table_that_can_be_read_twice(name: str) -> None:
    made = drawn(name)
    rows = [list(map(str, row)) for row in made.points]
    assert rows == [list(map(str, row)) for row in made.points]
    assert len(set(made.header)) == len(made.header)
    assert len(rows) >= 8
    assert {len(row) for row in rows} == {len(made.header)}
    assert not_in(csv_numbers(rows), made) == []


def test_a_figure_is_four_files_and_the_same_bytes_whatever_a_readers_settings_are(tmp_path: Path) -> None:
    """Printers refuse letters that are drawn (Type 3)."""
    made = []
    for folder, settings in (("a", {}), ("b", {"lines.linewidth": 9.0, "figure.dpi": 31})):
        with rc_context(settings):
            made.append(write(drawing("bounds", FewTrials(at=PAPER)), tmp_path / folder))
    assert [path.name for path in made[0]] == [f"figure_bounds{suffix}" for suffix in SUFFIXES]
    assert [a.read_bytes() for a in made[0]] == [b.read_bytes() for b in made[1]]
    svg, pdf, png, table = (path.read_bytes() for path in made[0])
    ElementTree.fromstring(svg)
    assert (pdf[:4], png[:4], b"/CIDFontType2" in pdf, b"/Type3" in pdf) == (b"%PDF", b"\x89PNG", True, False)
    its = drawn("bounds")
    assert list(csv.reader(StringIO(table.decode()))) == [[*its.header], *([*map(str, row)] for row in its.points)]


@pytest.mark.quality
def test_a_figure_with_mistakes_is_seen() -> None:
    made = drawing("bounds", FewTrials(at=PAPER))
    canvas, axes = made.canvas, made.canvas.axes[0]
    numbers = csv_numbers([list(map(str, row)) for row in made.points])
    canvas.draw_without_rendering()
    assert not_in(numbers, made) == overlaps(canvas) == outside(canvas) == unexplained(canvas) == []
    canvas.text(0.99, 0.5, "too far right")
    axes.plot([0.1, 1], [1.2345, 1.2], color="#123456")
    axes.set_xlabel("latency T", fontsize=5)
    axes.set_ylabel("latency T")
    canvas.draw_without_rendering()
    assert outside(canvas) == ["too far right"]
    assert "y" in [which for *_, which in not_in(numbers, made)]
    assert [said for _, said in unexplained(canvas)] == ["colour #123456"]
    assert list(without_unit(canvas)) == ["latency T"] * 2
    assert min(text.get_fontsize() for text in texts(canvas)) == 5
    canvas.text(0.5, 0.5, "one")
    canvas.text(0.5, 0.5, "other")
    canvas.draw_without_rendering()
    assert ("one", "other") in overlaps(canvas)
