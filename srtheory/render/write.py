"""Tables as Markdown, CSV or JSON; latex.py writes LaTeX.

Jinja templates define the layout, as in pandas' own LaTeX writer. We use neither pandas nor tabulate: neither aligns an
estimate with its interval, tabulate does not escape pipes in Markdown, and pandas is larger than everything else that a
table needs.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from srtheory.render.formulas import segments
from srtheory.render.latex import TEMPLATES, as_latex
from srtheory.render.table import RIGHT, Cell, Column, Interval, Kind, Math, Name, PlusMinus, Table, plain

# -------------------------------------------------------------------------------------------------------- Markdown

_MARKED = re.compile(r"([\\`*_<|\[\]])")


def markdown_text(text: str) -> str:
    """Return text for a cell of a Markdown table: one line, without markup but for formulas, with pipes escaped."""
    pieces = segments(" ".join(text.split()))
    return "".join(_in_dollars(piece) if formula else _MARKED.sub(r"\\\1", piece) for piece, formula in pieces)


def _in_dollars(formula: str) -> str:
    return "$" + formula.replace("|", r"\vert ") + "$"


def as_markdown(table: Table, provenance: str) -> str:
    """Return a pipe table below its caption."""
    return TEMPLATES.get_template("table.md.jinja").render(
        caption=markdown_text(table.caption),
        provenance=markdown_text(provenance),
        rules=["---:" if column.kind in RIGHT else "---" for column in table.columns],
        head=[markdown_text(plain_heading(column)) for column in table.columns],
        rows=[
            [markdown_text(plain(cell, column)) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ],
    )


# ------------------------------------------------------------------------------------------------------------- CSV

_PARTS = {Kind.INTERVAL: ("", "_low", "_high"), Kind.ERROR: ("", "_standard_error")}


def as_csv(table: Table, provenance: str = "") -> str:
    """Return columns for programs: estimate and limits apart, unrounded, empty if absent; no comment."""
    stream = io.StringIO()
    write = csv.writer(stream, lineterminator="\n")
    names = [column.name + part for column in table.columns for part in _PARTS.get(column.kind, ("",))]
    more = {name: value for name, value in table.told.items() if name not in names}
    write.writerow([*names, *more])
    for row in table.rows:
        cells = [value for cell, column in zip(row, table.columns, strict=True) for value in _raw(cell, column.kind)]
        write.writerow([*cells, *more.values()])
    return stream.getvalue()


def _raw(cell: Cell, kind: Kind) -> Sequence[Any]:
    match cell:
        case None:
            return [""] * len(_PARTS.get(kind, ("",)))
        case Math():
            return [cell.text]
        case Name():
            return [cell.code]
        case Interval():
            return [_there(value) for value in (cell.estimate, cell.low, cell.high)]
        case PlusMinus():
            return [_there(cell.estimate), _there(cell.error)]
        case float():
            return [_there(cell)]
    return [cell]


def _there(value: float | None) -> float | str:
    """Return the number, or nothing if there is none."""
    return "" if value is None or math.isnan(value) else value


# ------------------------------------------------------------------------------------------------------------ JSON


def as_objects(table: Table) -> dict[str, Any]:
    """Return the table as plain objects, ready for JSON: an object for each row, with the columns' names.

    Estimate and limits are an object (``estimate``, ``low``, ``high``), as an estimate and its ``standard_error`` are;
    exact fractions are texts, ``p/q``; None is an absent or infinite value.
    """
    columns = [{"name": c.name, "heading": plain_heading(c), "kind": str(c.kind)} for c in table.columns]
    rows = [{c.name: _object(cell) for cell, c in zip(row, table.columns, strict=True)} for row in table.rows]
    return {"table": table.name, "caption": table.caption, "columns": columns, "rows": rows}


def plain_heading(column: Column) -> str:
    """Return a column's heading without markup."""
    return column.heading.text if isinstance(column.heading, Math) else column.heading


def _object(cell: Cell) -> Any:
    match cell:
        case Math():
            return cell.text
        case Name():
            return cell.code
        case Fraction():
            return str(cell)
        case Interval():
            return {name: _finite(getattr(cell, name)) for name in ("estimate", "low", "high")}
        case PlusMinus():
            return {"estimate": _finite(cell.estimate), "standard_error": _finite(cell.error)}
        case float():
            return _finite(cell)
    return cell


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


FORMATS: dict[str, Callable[[Table, str], str]] = {"latex": as_latex, "markdown": as_markdown, "csv": as_csv}
