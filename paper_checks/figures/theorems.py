"""The theorem map as a picture: a column for each page, statements below what they rest on, each box a link."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import networkx as nx
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from paper_checks.theorems.map import PAGES, Known, Statement, list_of, recorded
from srtheory.experiments.lab import Lab
from srtheory.render.formulas import as_unicode
from srtheory.render.style import Drawing, canvas, house_style

CSV_COLUMNS = ("statement", "heading", "known", "rests_on", "formal", "tests")
GROUPS = {
    "exactness": 2,
    "theory": 3,
    "spanning 0–3:\nevery m": 3,
    "spanning 4–10:\nthe limit": 3,
    "hitting\ntime": 1,
    "floor": 2,
    "intervals": 1,
    "decoding": 1,
    "coupled": 1,
}
"""Columns, and the boxes that stand side by side in each."""
LAST_FINITE = 3
"""The last section of docs/proofs/spanning.md on finite m."""
LETTERS = 7.1
NOTE = (
    "What is used stands above what uses it. Arrows that others imply are left out; light ones come from definitions."
    " T: theorem, P: proposition, L: lemma, C: corollary, Q: question."
)
SHORT = {
    "Theorem": "T",
    "Proposition": "P",
    "Corollary": "C",
    "Lemma": "L",
    "Question": "Q",
    "section": "§",
    "Quantities of the limit theorems": "Terms",
    "The standard inequality": "Inequ.",
    "Remarks on Theorem 2": "Remarks",
    "At the parameters of the paper": "m=1000",
    "Streams and the code": "Stream",
    "Values of F": "F",
    "Arcs and prefix sums": "Arcs",
    "Arcs cut at cells": "Cells",
    "Which phase, which length": "Phases",
    "What decoding costs": "Cost",
    "Oblivious schemes": "Schemes",
    "The recursion": "Recurs.",
    "The coupled code": "Code",
    "Why it helps (heuristic)": "Why",
    "How far from the best": "Best",
    "Groups of messages": "Groups",
    "What is computed": "Values",
    "What is computed for a target": "Targets",
    "Constants": "Const.",
}
BROAD = 8.2
"""Width in inches: about that of an A4 page."""
GAP, HIGH = 0.25, 0.4
"""Gap between columns, in boxes; distance between rows, in inches."""
SQUARE, ROUND, OVAL = "square,pad=0.25", "round,pad=0.25,rounding_size=0.6", "ellipse,pad=0.15"
DASHED, DOTTED = (0, (3, 1.5)), (0, (1, 1.2))
LOOKS: dict[Known, tuple[str, str, str, float, Any]] = {
    Known.DEFINITION: (SQUARE, "#ffffff", "#bbbbbb", 0.5, "-"),
    Known.MACHINE: (SQUARE, "#009E73", "#005a43", 2.2, "-"),
    Known.CASE: (SQUARE, "#b8e6d7", "#005a43", 1.2, "-"),
    Known.PAPER: (ROUND, "#c5e1f5", "#0072B2", 0.9, "-"),
    Known.SKETCH: (ROUND, "#eef6fc", "#0072B2", 0.9, DASHED),
    Known.COMPUTED: ("darrow,pad=0.15", "#f3d9e6", "#a34f80", 0.9, "-"),
    Known.MEASURED: (OVAL, "#fbe3b0", "#b07800", 0.9, "-"),
    Known.CONJECTURE: (OVAL, "#fbd9c4", "#D55E00", 0.9, DASHED),
    Known.OPEN: (OVAL, "#ffffff", "#D55E00", 0.9, DOTTED),
}
"""Shape, colours, and width and pattern of the line; shape and line suffice without colour."""


def theorems(lab: Lab) -> Drawing:
    """Return the figure, which uses no runs."""
    return draw(recorded())


def draw(graph: nx.DiGraph) -> Drawing:
    """Draw the map, with a line of the CSV for each statement."""
    places = arrange(graph)
    rows = 1 + max(y for _, y in places.values())
    with house_style():
        picture = canvas(NOTE, HIGH * (rows + 6.5), BROAD)
        axes = picture.add_subplot()
        width = sum(GROUPS.values()) + GAP * (len(GROUPS) - 1)
        axes.set(xlim=(-0.55, width - 0.45), ylim=(rows + 4.4, -1.7))
        axes.set_axis_off()
        _columns(axes, rows)
        _edges(axes, graph, places)
        for statement in list_of(graph):
            _box(
                axes,
                *places[statement.key],
                label(statement),
                statement.known,
                _address(statement),
            )
        _legend(axes, Counter(statement.known for statement in list_of(graph)), rows, width)
    tooltips = {_address(statement): tooltip(statement) for statement in list_of(graph)}
    return Drawing("theorems", picture, CSV_COLUMNS, [*_lines(graph)], tooltips)


def tooltip(statement: Statement) -> str:
    """Return the title of a statement, with its page and how it is known."""
    return f"{as_unicode(statement.heading)}\n{as_unicode(PAGES[statement.page])}: {statement.known}"


def _address(statement: Statement) -> str:
    return f"proofs/{statement.page}.html#{statement.anchor}"


def group(statement: Statement) -> str:
    """Return the column of a statement."""
    page = statement.page
    if page == "spanning":
        return (
            f"{page} 0–3:\nevery m"
            if int(statement.section.split(".")[0]) <= LAST_FINITE
            else f"{page} 4–10:\nthe limit"
        )
    return page.replace("_", "\n")


def label(statement: Statement) -> str:
    """Return the short name of a statement."""
    if statement.name in SHORT:
        return SHORT[statement.name]
    word, _, number = statement.name.partition(" ")
    return f"{SHORT[word]} {number}" if word in SHORT and number else statement.name


def arrange(graph: nx.DiGraph) -> dict[str, tuple[float, int]]:
    """Return the position of each statement: place from the left, in boxes, and row from the top.

    Each is in the first row that has room in its column below all that it rests on; statements with long chains below
    them are placed first. Rows are then ordered by the mean place of their neighbours.
    """
    depth = dict.fromkeys(graph, 0)
    for key in reversed([*nx.topological_sort(graph)]):
        depth[key] = 1 + max((depth[after] for after in graph.successors(key)), default=0)
    order = {key: i for i, key in enumerate(graph)}
    row: dict[str, int] = {}
    rows: dict[tuple[str, int], list[str]] = defaultdict(list)
    for key in sorted(nx.topological_sort(graph), key=lambda key: (-depth[key], order[key])):
        column = group(graph.nodes[key]["statement"])
        y = 1 + max((row[before] for before in graph.predecessors(key)), default=-1)
        while len(rows[column, y]) == GROUPS[column]:
            y += 1
        row[key] = y
        rows[column, y].append(key)
    return _straightened(graph, row, rows)


def _straightened(
    graph: nx.DiGraph, row: dict[str, int], rows: dict[tuple[str, int], list[str]]
) -> dict[str, tuple[float, int]]:
    left = _left()
    edges = nx.transitive_reduction(graph).to_undirected()
    x = {key: _place(left, column, i, len(keys)) for (column, _), keys in rows.items() for i, key in enumerate(keys)}
    for sweep in range(40):
        for (column, _), keys in sorted(rows.items(), key=lambda item: item[0][1], reverse=bool(sweep % 2)):
            means = {key: _mean([x[other] for other in sorted(edges[key])], x[key]) for key in keys}
            for i, key in enumerate(sorted(keys, key=lambda key: (means[key], key))):
                x[key] = _place(left, column, i, len(keys))
    return {key: (x[key], row[key]) for key in graph}


def _left() -> dict[str, float]:
    starts, at = {}, 0.0
    for column, slots in GROUPS.items():
        starts[column] = at
        at += slots + GAP
    return starts


def _place(left: dict[str, float], column: str, i: int, many: int) -> float:
    """Return the i-th of so many places in a row, spread over the column's width."""
    return left[column] + (i + 0.5) * GROUPS[column] / many - 0.5


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _columns(axes: Axes, rows: int) -> None:
    for column, start in _left().items():
        axes.add_patch(
            Rectangle((start - 0.5, -0.6), GROUPS[column], rows + 0.2, facecolor="#f4f4f4", edgecolor="none", zorder=0)
        )
        axes.text(start - 0.5 + GROUPS[column] / 2, -0.75, column, ha="center", va="bottom", fontsize=LETTERS)


def _edges(axes: Axes, graph: nx.DiGraph, places: dict[str, tuple[float, int]]) -> None:
    """Draw the edges that do not follow from others; the CSV has all."""
    for a, b in sorted(nx.transitive_reduction(graph).edges):
        light = graph.nodes[a]["statement"].known is Known.DEFINITION
        ends = " ".join(_address(graph.nodes[key]["statement"]) for key in (a, b))
        (x, y), (u, v) = places[a], places[b]
        bend = 0.0 if v - y == 1 or abs(x - u) > 0.3 else 0.12
        axes.add_patch(
            FancyArrowPatch(
                (x, y + 0.25), (u, v - 0.25), arrowstyle="-|>,head_width=1.2,head_length=2.4", mutation_scale=1,
                connectionstyle=f"arc3,rad={bend}", color="#bbbbbb" if light else "#6a6a6a",
                linewidth=0.5, zorder=1 if light else 2, shrinkA=0, shrinkB=0, gid=ends,
            )
        )  # fmt: skip


def _box(axes: Axes, x: float, y: float, words: str, known: Known, url: str | None = None) -> None:
    names = ("boxstyle", "facecolor", "edgecolor", "linewidth", "linestyle")
    looks = dict(zip(names, LOOKS[known], strict=True))
    colour = "white" if known is Known.MACHINE else "black"
    text = axes.text(
        x, y, words, ha="center", va="center", fontsize=LETTERS, color=colour, bbox=looks, zorder=3, url=url
    )  # fmt: skip
    text.get_bbox_patch().set_url(url)  # type: ignore[union-attr]


def _legend(axes: Axes, counts: Counter[Known], rows: int, width: float) -> None:
    for i, known in enumerate(Known):
        x, y = (i % 2) * width / 2, rows + 0.6 + i // 2 * 0.85
        _box(axes, x, y, "1.1", known)
        axes.text(x + 0.6, y, f"{known} ({counts[known]})", va="center", fontsize=LETTERS)


def _lines(graph: nx.DiGraph) -> Iterator[tuple[str, ...]]:
    for s in list_of(graph):
        yield (s.key, s.heading, str(s.known), "; ".join(s.rests), "; ".join(s.formal), "; ".join(s.tests))
