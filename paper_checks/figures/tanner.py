"""Tanner graphs of the smallest received rows that cover all symbols and do not span 1, with the obstruction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import networkx as nx
from matplotlib.axes import Axes

from srtheory.conjectures.case import Case
from srtheory.conjectures.enumerate import support
from srtheory.conjectures.hunt import hunt
from srtheory.conjectures.registry import load
from srtheory.experiments.lab import Lab
from srtheory.matrix import Rows
from srtheory.render.style import COLOURS, Drawing, canvas, house_style, letters, small
from srtheory.span.graph import tanner_graph
from srtheory.span.obstruction import KernelVector, obstruction

CSV_COLUMNS = ("example", "row", "worker", "symbol", "weight", "kernel_vector")
QUESTIONS = {
    "any rows": "covered-implies-spans",
    "sum recovery": "sr-covered-implies-spans",
    "signed rows": "signed-odd-cycle-spans",
}
FILL = {1: COLOURS[0], -1: COLOURS[1], 0: "#ffffff"}
TOP, BOTTOM = 1.0, 0.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Example:
    """Rows that cover and do not span, and the vector that proves it."""

    name: str
    """A key of :data:`QUESTIONS`."""
    case: Case
    vector: tuple[int, ...]
    """v, one entry for each symbol: orthogonal to every row, and 1·v is not 0."""


def examples() -> list[Example]:
    """Return the smallest examples: 0/1 rows, receptions of sum-recovery codes, and signed edges with an odd cycle."""
    return [_smallest(name, conjecture) for name, conjecture in QUESTIONS.items()]


def _smallest(name: str, conjecture: str) -> Example:
    found = hunt(load(conjecture))
    if found.counterexample is None or not found.smallest:
        raise ArithmeticError(f"The hunt for a counterexample to '{conjecture}' has not found a smallest one.")
    case = found.counterexample
    vector = obstruction(case.rows)
    if vector is None:
        raise ArithmeticError(f"The counterexample to '{conjecture}' spans 1.")
    return Example(name, case, unbalanced(case.rows, vector))


def unbalanced(rows: Rows, vector: KernelVector) -> tuple[int, ...]:
    """Return every entry of a kernel vector, after integers have verified that it excludes 1 from the span."""
    entries = dict(zip(vector.support, vector.weights, strict=True))
    v = tuple(entries.get(j, 0) for j in range(rows.columns))
    for i, row in enumerate(rows.mappings()):
        product = sum(weight * v[j] for j, weight in row.items())
        if product:
            raise ArithmeticError(f"Row {i + 1} times the vector {v} is {product}, not 0.")
    if sum(v) == 0:
        raise ArithmeticError(f"The entries of {v} sum to 0: it says nothing about 1.")
    return v


def tanner(lab: Lab) -> Drawing:
    """Draw all examples, with the kernel vector in the symbols and its products below the rows."""
    del lab
    found = examples()
    with house_style():
        picture = canvas(
            "circles: symbols, with the entries of v; squares: received rows, with their products with v;"
            " on edges: weights, where some are not 1; proved smallest by enumeration",
            height=8.4,
        )
        widest = max(max(e.case.symbols, len(e.case.masks)) for e in found)
        for axes, example in zip(picture.subplots(len(found), 1), found, strict=True):
            _draw(axes, example, widest)
        picture.suptitle("Every symbol is covered, but 1 is not in the span: G v = 0 and 1·v ≠ 0")
    return Drawing("tanner", picture, CSV_COLUMNS, [point for example in found for point in _points(example)])


def _points(example: Example) -> Iterator[Sequence[object]]:
    """Return one line for each edge; rows, workers and symbols from 1."""
    case = example.case
    for i, row in enumerate(case.vectors):
        worker = "" if case.workers is None else case.workers[i] + 1
        for j in support(row):
            yield example.name, i + 1, worker, j + 1, row[j], example.vector[j]


def _draw(axes: Axes, example: Example, widest: int) -> None:
    """Draw one example in the middle of axes that have room for the widest, so that all have the same scale."""
    case, v, graph = example.case, example.vector, tanner_graph(example.case.rows)
    at = _places(case)
    live = [edge for edge in graph.edges if v[dict(edge)["column"]]]
    nx.draw_networkx_edges(graph, at, ax=axes, edge_color="#aaaaaa", width=1.2)
    nx.draw_networkx_edges(graph, at, ax=axes, edgelist=live, edge_color="black", width=1.8)
    for j, x in enumerate(v):
        _symbol(axes, at["column", j], j, x)
    for i, row in enumerate(case.vectors):
        _row(axes, at["row", i], row, v, None if case.workers is None else case.workers[i])
        if case.weights is not None:
            _weights(axes, at, i, row)
    axes.set_title(f"{_title(case)}\n1·v = {_sum([x for x in v if x])} = {_signed(sum(v))} ≠ 0")
    middle = (max(case.symbols, len(case.masks)) - 1) / 2
    axes.set(xlim=(middle - widest / 2, middle + widest / 2), ylim=(-0.6, 1.3))
    axes.axis("off")


def _places(case: Case) -> dict[tuple[str, int], Point]:
    """Return positions, symbols above and rows below, one unit apart: rows, then symbols, by mean neighbour.

    This is one round of the barycentre heuristic, which leaves these graphs without crossings.
    """
    rows = sorted(range(len(case.masks)), key=lambda i: (mean(case.sets[i]), i))
    symbols = sorted(
        range(case.symbols), key=lambda j: (mean(place for place, i in enumerate(rows) if j in case.sets[i]), j)
    )
    wide = max(len(rows), len(symbols))
    above = {("column", j): (place + (wide - len(symbols)) / 2, TOP) for place, j in enumerate(symbols)}
    return above | {("row", i): (place + (wide - len(rows)) / 2, BOTTOM) for place, i in enumerate(rows)}


def _symbol(axes: Axes, at: Point, j: int, x: int) -> None:
    axes.plot(*at, "o", markersize=21, color=FILL.get(x, COLOURS[4]), markeredgecolor="black", zorder=3)
    ink = "black" if x == 0 else "white"
    axes.text(*at, _signed(x), ha="center", va="center", color=ink, fontsize=letters(), zorder=4)
    axes.text(at[0], at[1] + 0.16, f"symbol {j + 1}", ha="center", va="bottom", fontsize=small())


def _row(axes: Axes, at: Point, row: Sequence[int], v: Sequence[int], worker: int | None) -> None:
    axes.plot(*at, "s", markersize=15, color="#eeeeee", markeredgecolor="black", zorder=3)
    symbols = support(row)
    names = "{" + ",".join(str(j + 1) for j in symbols) + "}"
    sender = "" if worker is None else f"\nworker {worker + 1}"
    product = _sum([row[j] * v[j] for j in symbols]) + (" = 0" if len(symbols) > 1 else "")
    label = f"{product}\n{names}{sender}"
    axes.text(at[0], at[1] - 0.13, label, ha="center", va="top", fontsize=small(), linespacing=1.35)


def _weights(axes: Axes, at: Mapping[tuple[str, int], Point], i: int, row: Sequence[int]) -> None:
    """Write the weights of a row on its edges, nearer to the row than to the symbols, where edges may cross."""
    (x, y), near = at["row", i], 0.3
    box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    for j in support(row):
        above, top = at["column", j]
        place = (x + near * (above - x), y + near * (top - y))
        axes.text(*place, _signed(row[j]), ha="center", va="center", fontsize=small(), bbox=box, zorder=2.5)


def _title(case: Case) -> str:
    kind = "Any 0/1 rows: " if case.weights is None else "Rows of weights +1 and −1: "
    code = kind if case.degree is None else "SR code: "
    degree = "" if case.degree is None else f", d = {case.degree}"
    return f"{code}m = {case.symbols}{degree}, {len(case.masks)} rows"


def _signed(x: int) -> str:
    return f"{x:+d}".replace("-", "−") if x else "0"


def _sum(values: Sequence[int]) -> str:
    """Return a sum of signs such as ``+1 −1``."""
    return " ".join(_signed(x) for x in values)
