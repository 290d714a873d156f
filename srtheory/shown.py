"""Objects that speak: what an object shows as text, as HTML and as LaTeX, of the same parts."""

from __future__ import annotations

import html as escaping
import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import Any, ClassVar, NamedTuple

from srtheory.errors import ArgumentError


class Values(NamedTuple):
    """Names, values and what stands behind each, one a line."""

    lines: Sequence[tuple[str, Any, str]]


class Grid(NamedTuple):
    """A table of texts: its heads, and where each column ends, to which it is flush right.

    A negative place is the end of a column that is flush left; None stands for two spaces and the text.
    """

    heads: Sequence[str]
    ends: Sequence[int | None]
    rows: Sequence[Sequence[str]]


class Array(NamedTuple):
    """A matrix of numbers, with what stands beside it."""

    rows: Sequence[Sequence[Any]]
    name: str = ""


class Curve(NamedTuple):
    """Points of a function from 0 to 1, drawn small where pictures are shown; text leaves it out."""

    x: Sequence[float]
    y: Sequence[float]
    label: str


Part = Values | Grid | Array | Curve | str


class Shown:
    """Base of objects that show themselves: in text by print, in a notebook as HTML, in a PDF by LaTeX."""

    width: ClassVar[int] = 13
    """Of the names in text."""

    def parts(self) -> Sequence[Part]:
        """Return what is shown."""
        raise NotImplementedError

    def __str__(self) -> str:
        return text(self)

    def _repr_html_(self) -> str:
        return self._repr_mimebundle_()["text/html"]

    def _repr_latex_(self) -> str:
        return self._repr_mimebundle_()["text/latex"]

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        """Show all forms of the same parts, which may have taken time."""
        parts = self.parts()
        lines = [line for part in parts if (line := _latex(part))]
        return {
            "text/plain": text(self, parts) if type(self).__str__ is Shown.__str__ else str(self),
            "text/html": "".join(map(_html, parts)),
            "text/latex": r"$\displaystyle\begin{array}{l}" + r" \\ ".join(lines) + r"\end{array}$",
        }


def axes_of(ax: Any = None) -> Any:
    """Return axes to draw on: those that are given, or new ones of a plain figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def frame_of(columns: Any) -> Any:
    """Return columns, or records, as a pandas DataFrame."""
    try:
        from pandas import DataFrame
    except ImportError:
        raise ArgumentError("to_frame", None, "called where pandas is installed (pip install pandas)") from None
    return DataFrame(columns)


def outward(low: float, high: float, digits: int = 10) -> tuple[str, str]:
    """Return texts of an interval with so many digits, rounded such that they enclose it."""
    down, up = Context(digits, ROUND_FLOOR), Context(digits, ROUND_CEILING)
    return f"{down.create_decimal(low).normalize():g}", f"{up.create_decimal(high).normalize():g}"


def down(bound: float | None, digits: int = 5) -> str:
    """Return a lower bound with so many digits, rounded down; inf for None."""
    return "inf" if bound is None or math.isinf(bound) else outward(bound, bound, digits)[0]


def value_text(value: Any) -> str:
    """Return a printed value: an interval rounded outwards, a float with ten digits, or none."""
    if isinstance(value, tuple | list):
        return "[{}, {}]".format(*outward(*value))
    return "none" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def text(shown: Shown, parts: Sequence[Part] | None = None) -> str:
    """Return the lines that a terminal shows."""
    lines: list[str] = []
    for part in shown.parts() if parts is None else parts:
        if isinstance(part, Values):
            lines += [f"{name:{shown.width}} {value_text(value)}{after}" for name, value, after in part.lines]
        elif isinstance(part, Grid):
            lines += [_aligned(cells, part.ends) for cells in (part.heads, *part.rows)]
        elif isinstance(part, Array):
            wide = max((len(str(x)) for row in part.rows for x in row), default=0)
            lines += [*filter(None, [part.name]), *(" ".join(f"{x!s:>{wide}}" for x in row) for row in part.rows)]
        elif isinstance(part, str):
            lines.append(part)
    return "\n".join(lines)


def _aligned(cells: Any, ends: Any) -> str:
    line = ""
    for cell, end in zip(cells, ends, strict=False):
        if end is None:
            line = f"{line}  {cell}"
        else:  # a negative place: flush left, and the column ends there
            gap = "  " * (line[-1:] not in ("", " "))
            line = (line + gap + cell).ljust(-end) if end < 0 else line + cell.rjust(end - len(line))
    return line


_SCROLLING = '<div style="overflow-x:auto; margin:.5em 0">'
"""Begins what may be wider than a telephone."""


def _html(part: Part) -> str:
    def row(cells: Iterable[Any], ends: Iterable[int | None], tag: str = "td") -> str:
        sides = ("right" if end and end > 0 else "left" for end in ends)
        each = (f'<{tag} style="text-align:{s}">{escaping.escape(str(x))}' for x, s in zip(cells, sides, strict=False))
        return f"<tr>{''.join(f'{cell}</{tag}>' for cell in each)}</tr>"

    if isinstance(part, Values):
        rows = "".join(row((name, f"{value_text(value)}{after}"), (None, None)) for name, value, after in part.lines)
        return f"{_SCROLLING}<table>{rows}</table></div>"
    if isinstance(part, Grid):
        body = "".join(row(cells, part.ends) for cells in part.rows)
        return f"{_SCROLLING}<table>{row(part.heads, part.ends, 'th')}{body}</table></div>"
    if isinstance(part, Array):
        rows = "".join(f"<mtr>{''.join(f'<mtd><mn>{x}</mn></mtd>' for x in each)}</mtr>" for each in part.rows)
        name = f"<mtext>{escaping.escape(part.name)}&nbsp;</mtext>" if part.name else ""
        return f"{_SCROLLING}<math>{name}<mo>(</mo><mtable>{rows}</mtable><mo>)</mo></math></div>"
    if isinstance(part, Curve):
        low, high = part.x[0], part.x[-1]
        at = [(4 + 232 * (x - low) / (high - low), 64 - 60 * y) for x, y in zip(part.x, part.y, strict=True)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        return (
            f'<svg width="240" height="84" role="img" aria-label="{escaping.escape(part.label)}" fill="currentColor">'
            '<path d="M4 4V64H236" fill="none" stroke="currentColor" opacity=".4"/>'
            f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
            f'<g font-size="11"><text x="4" y="79">{low:.3g}</text>'
            f'<text x="120" y="79" text-anchor="middle">{escaping.escape(part.label)}</text>'
            f'<text x="236" y="79" text-anchor="end">{high:.3g}</text></g></svg>'
        )
    return f"<p>{escaping.escape(part)}</p>" if part else ""


_TEX = str.maketrans({**{c: f"\\{c}" for c in "{}$&#_%"}, "\\": r"\backslash ", "^": r"\^{}", "~": r"\~{}"})


def _latex(part: Part) -> str:
    def told(cell: Any) -> str:
        return rf"\text{{{str(cell).translate(_TEX)}}}"

    def lines(rows: Iterable[Sequence[Any]]) -> str:
        return r" \\ ".join(" & ".join(map(told, cells)) for cells in rows)

    if isinstance(part, Values):
        rows = lines((name, f"{value_text(value)}{after}") for name, value, after in part.lines)
        return rf"\begin{{array}}{{ll}}{rows}\end{{array}}" if part.lines else ""
    if isinstance(part, Grid):
        ends = "".join("r" if end and end > 0 else "l" for end in part.ends)
        return rf"\begin{{array}}{{{ends}}}{lines((part.heads, *part.rows))}\end{{array}}"
    if isinstance(part, Array):
        rows = r" \\ ".join(" & ".join(map(str, row)) for row in part.rows)
        return rf"{told(part.name + ' ') if part.name else ''}\begin{{pmatrix}}{rows}\end{{pmatrix}}"
    return told(part) if isinstance(part, str) and part else ""
