"""Tables as LaTeX (for a page of one column, or as floats in or across two columns), Markdown, CSV or JSON.

Jinja templates define the layout, as in pandas' own LaTeX writer. We use neither pandas nor tabulate: neither aligns an
estimate with its interval, tabulate does not escape pipes in Markdown, and pandas is larger than everything else that a
table needs.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from srtheory.errors import ArgumentError
from srtheory.render.formulas import as_unicode, encoded, is_formula, latex_formula, latex_prose, latex_text, segments
from srtheory.render.table import (
    RIGHT,
    Cell,
    Column,
    Interval,
    Kind,
    Math,
    Name,
    PlusMinus,
    Table,
    digits,
    limits,
    parts,
    plain,
)

R = TypeVar("R")
TEMPLATES = Environment(  # two formats, neither of them HTML: each writer escapes for its own
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=False,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    block_start_string="<%",
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    comment_start_string="<#",
    comment_end_string="#>",
)

# -------------------------------------------------------------------------------------------------------- Markdown

_MARKED = re.compile(r"([\\`*_<|$\[\]])")


def markdown_text(text: str) -> str:
    """Return text for a cell of a Markdown table: one line, without markup but that of formulas, with pipes escaped."""
    pieces = segments(" ".join(text.split()))
    return "".join(
        f"${piece}$".replace("|", r"\|") if formula else _MARKED.sub(r"\\\1", piece) for piece, formula in pieces
    )


def _each(table: Table, show: Callable[[Cell, Column], R]) -> list[list[R]]:
    """Return the rows with their cells shown so."""
    return [[show(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]


def as_markdown(table: Table, provenance: str) -> str:
    """Return a pipe table below its caption."""
    return TEMPLATES.get_template("table.md.jinja").render(
        caption=markdown_text(table.caption),
        provenance=markdown_text(provenance),
        rules=["---:" if column.kind in RIGHT else "---" for column in table.columns],
        head=[markdown_text(plain_heading(column)) for column in table.columns],
        rows=_each(table, lambda cell, column: markdown_text(plain(cell, column))),
    )


# ------------------------------------------------------------------------------------------------------------- CSV

_PARTS = {Kind.INTERVAL: ("estimate", "low", "high"), Kind.ERROR: ("estimate", "standard_error")}


def as_csv(table: Table, provenance: str = "") -> str:
    """Return columns for programs: estimate and limits apart, unrounded, empty if absent; no comment."""
    stream = io.StringIO()
    write = csv.writer(stream, lineterminator="\n")
    heads = [(column.name, part) for column in table.columns for part in _PARTS.get(column.kind, ("estimate",))]
    names = [name if part == "estimate" else f"{name}_{part}" for name, part in heads]
    more = {name: value for name, value in table.told.items() if name not in names}
    write.writerow([*names, *more])
    for row in _each(table, _values):
        values = [None if isinstance(value, float) and math.isnan(value) else value for cell in row for value in cell]
        write.writerow([*values, *more.values()])
    return stream.getvalue()


def _values(cell: Cell, column: Column) -> Sequence[Any]:
    """Return a cell for programs: the estimate and what belongs to it, or one value."""
    match cell:
        case None:
            return [None] * len(_PARTS.get(column.kind, ("",)))
        case Math():
            return [cell.text]
        case Name():
            return [cell.code]
    return parts(cell)


# ------------------------------------------------------------------------------------------------------------ JSON


def as_objects(table: Table) -> dict[str, Any]:
    """Return the table as plain objects, ready for JSON: an object for each row, with the columns' names.

    Estimate and limits are an object (``estimate``, ``low``, ``high``), as an estimate and its ``standard_error`` are;
    exact fractions are texts, ``p/q``; None is an absent or infinite value.
    """
    columns = [{"name": c.name, "heading": plain_heading(c), "kind": str(c.kind)} for c in table.columns]
    rows = [dict(zip([c.name for c in table.columns], row, strict=True)) for row in _each(table, _object)]
    return {"table": table.name, "caption": table.caption, "columns": columns, "rows": rows}


def _object(cell: Cell, column: Column) -> Any:
    values, names = [_plain(value) for value in _values(cell, column)], _PARTS.get(column.kind, ())
    return dict(zip(names, values, strict=True)) if names and cell is not None else values[0]


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def plain_heading(column: Column) -> str:
    """Return a column's heading without markup."""
    return column.heading.text if isinstance(column.heading, Math) else column.heading


# ----------------------------------------------------------------------------------------------------------- LaTeX

NARROW, LINES = 54, 50
"""Letters per line of the narrowest usual column (200 pt at 8 pt), and lines of a float that fits its page."""
OWN_LINE = 0.125
"""Fraction of the page from which a column's text has its own lines in a record."""

_T1 = r"\usepackage[T1]{fontenc}"
_OF_T1 = re.compile(r"\\(?:k|guillemot\w+|DH|dh|TH|th|DJ|dj|NG|ng|quotesinglbase|quotedblbase)\b")
"""Commands that LaTeX's first encoding of fonts does not have."""
_SEAM = re.compile(r"(?<=[-_/(),;:}>])(?=[\w({<])|(?<=\.)(?=[A-Za-z])")


def as_latex(table: Table, provenance: str, columns: int | None = None) -> str:
    r"""Return a captioned environment for ``\input``; it needs the packages in its second line.

    Its first line is a comment with the provenance. For a document in two columns, ``columns`` is 1 for ``table`` in
    one of them, or 2 for ``table*`` across both, and long tables are in several parts. If omitted, the table is for a
    page of one column, and long tables span pages.
    """
    if columns not in (None, 1, 2):
        raise ArgumentError("columns", columns, "1 or 2")
    shared = {"table": table, "provenance": " ".join(provenance.split()), "caption": latex_prose(table.caption)}
    text = _page(table, shared) if columns is None else _floats(table, shared, narrow=columns == 1)
    return text.replace("% Needs: ", rf"% Needs: {_T1} ", 1) if _OF_T1.search(text) else text


def _page(table: Table, shared: Mapping[str, Any]) -> str:
    return TEMPLATES.get_template("table.tex.jinja").render(
        **shared,
        columns=_specification(table),
        gap="4pt" if len(table.columns) < 8 else "2.25pt",
        width=sum(2 if column.kind is Kind.INTERVAL else 1 for column in table.columns),
        head=" & ".join(map(_latex_heading, table.columns)),
        rows=[" & ".join(row) for row in _each(table, _latex_cell)],
    )


def _floats(table: Table, shared: Mapping[str, Any], narrow: bool) -> str:
    many = len(table.columns)
    if narrow and table.long:
        specification, head = r">{\raggedright\arraybackslash}p{\linewidth}", ""
        rows = [_record(row, table.columns) for row in table.rows]
    else:
        specification = _specification(table, narrow)
        head = " & ".join(map(_narrow_heading if narrow else _latex_heading, table.columns))
        rows = [" & ".join(row) for row in _each(table, _narrow_cell if narrow else _latex_cell)]
    return TEMPLATES.get_template("float.tex.jinja").render(
        **shared,
        environment="table" if narrow else "table*",
        size=r"\scriptsize" if narrow and not table.long else r"\footnotesize",
        space=r"\addlinespace[3pt]" if narrow or table.long else "",
        gap="4pt" if not narrow else "2.5pt" if many < 8 else "2pt" if many == 8 else "1.5pt",
        columns=specification,
        head=head,
        parts=list(_parts(rows, [_height(row, table.columns, narrow) for row in table.rows])),
    )


def _parts(rows: Sequence[str], heights: Sequence[float]) -> Iterator[list[str]]:
    """Yield rows in order, as many at a time as fit into a float."""
    part: list[str] = []
    used = 0.0
    for row, height in zip(rows, heights, strict=True):
        if part and used + height > LINES:
            yield part
            part, used = [], 0.0
        part.append(row)
        used += height
    yield part


def _height(row: Sequence[Cell], columns: Sequence[Column], narrow: bool) -> float:
    """Return the number of lines of a row, with the space after it, rounded up."""
    lengths = [(len(as_unicode(plain(cell, column))), column) for cell, column in zip(row, columns, strict=True)]
    if narrow:
        own = [length + len(plain_heading(c)) for length, c in lengths if c.width >= OWN_LINE]
        inline = sum(length + len(plain_heading(c)) + 2 for length, c in lengths if c.width < OWN_LINE)
        return 0.6 + sum(math.ceil(length / NARROW) for length in [*own, inline])
    return 0.4 + max([math.ceil(length / (1.85 * NARROW * c.width)) for length, c in lengths if c.width], default=1)


def _record(row: Sequence[Cell], columns: Sequence[Column]) -> str:
    """Return a row of a long table as a paragraph: short cells on its first line, each wide one on its own lines."""
    cells = [(cell, column) for cell, column in zip(row[1:], columns[1:], strict=True) if cell is not None]
    text = _latex_cell(row[0], columns[0])
    for cell, column in sorted(cells, key=lambda pair: pair[1].width >= OWN_LINE):
        before, after = (r"\newline ", " ") if column.width >= OWN_LINE else (r"\quad ", "~")
        stacked = column.kind in (Kind.INTERVAL, Kind.ERROR)  # side by side if they have a line
        words = latex_text(plain(cell, column)) if stacked else _narrow_cell(cell, column)
        text += rf"{before}\emph{{{_heading(column)}}}{after}{words}"
    return text


def _heading(column: Column, space: str = " ") -> str:
    """Return a heading in LaTeX; ``space`` separates its words, and is not inserted in a formula."""
    if isinstance(column.heading, Math):
        return _formula(column.heading)
    return latex_prose(column.heading, lambda piece: encoded(piece).replace(" ", space))


def _narrow_heading(column: Column) -> str:
    """Return the words of a heading, one below the other."""
    side, words = "r" if column.kind in RIGHT else "l", _heading(column, r"\\")
    return rf"\shortstack[{side}]{{{words}}}"


def _narrow_cell(cell: Cell, column: Column) -> str:
    """Return a cell of least width: limits and standard error are below their estimate."""
    match cell:
        case Interval():
            return _below(digits(cell.estimate, column.decimals), limits(cell, column.decimals))
        case PlusMinus():
            return _below(digits(cell.estimate, column.decimals), f"± {digits(cell.error, column.decimals)}")
        case float() if column.kind is Kind.SIGNIFICANT:
            return _latex_cell(cell, column)
        case float() | None:
            return latex_text(plain(cell, column))
    return _latex_cell(cell, column)


def _below(estimate: str, error: str) -> str:
    return rf"\begin{{tabular}}[t]{{@{{}}r@{{}}}}{latex_text(estimate)}\\{{}}{latex_text(error)}\end{{tabular}}"


def _specification(table: Table, narrow: bool = False) -> str:
    return "".join(_of_column(column, [row[j] for row in table.rows], narrow) for j, column in enumerate(table.columns))


def _of_column(column: Column, cells: Sequence[Cell], narrow: bool) -> str:
    if column.width and (narrow or column.kind not in RIGHT):  # a fifth of a column is one long word
        width = max(column.width, 0.2) if narrow else column.width
        return rf">{{\raggedright\arraybackslash\hspace{{0pt}}}}p{{{width:.3g}\linewidth}}"
    if narrow or column.kind in (Kind.TEXT, Kind.CODE, Kind.FRACTION, Kind.SIGNIFICANT):
        return "r" if column.kind in RIGHT else "l"
    return _aligned(column, cells) + (r"@{\enspace}r" if column.kind is Kind.INTERVAL else "")


def _aligned(column: Column, cells: Sequence[Cell]) -> str:
    """Return a siunitx column, as wide as its widest number."""
    values: list[Any] = [getattr(cell, "estimate", cell) for cell in cells if cell is not None]
    texts = [digits(value, column.decimals) for value in values if math.isfinite(value)]
    whole = max((len(text.lstrip("-").split(".")[0]) for text in texts), default=1)
    sign = "-" if any(text.startswith("-") for text in texts) else ""
    size = f"{sign}{whole}.{column.decimals}" if column.decimals else f"{sign}{whole}"
    if column.kind is not Kind.ERROR:
        return f"S[table-format={size}]"
    width = max((len(_last_digits(cell, column)) for cell in cells if isinstance(cell, PlusMinus)), default=1)
    return f"S[separate-uncertainty, table-format={size}({width})]"


def _last_digits(cell: PlusMinus, column: Column) -> str:
    """Return the error as siunitx reads it in parentheses, in units of the last digit."""
    text = digits(cell.error, column.decimals).replace(".", "").lstrip("0") or "0"
    return text if math.isfinite(cell.error) else ""


def _latex_heading(column: Column) -> str:
    if column.kind is Kind.INTERVAL:
        return rf"\multicolumn{{2}}{{c}}{{{_heading(column)}}}"
    return f"{{{_heading(column)}}}"


def _latex_cell(cell: Cell, column: Column) -> str:
    match cell:
        case Math():
            return _formula(cell)
        case Interval():
            return f"{_number(cell.estimate, column)} & {latex_text(limits(cell, column.decimals))}"
        case PlusMinus() if math.isfinite(cell.estimate):
            return f"{digits(cell.estimate, column.decimals)}({_last_digits(cell, column)})".replace("()", "")
        case PlusMinus():
            return _number(cell.estimate, column)
        case float() if column.kind is Kind.SIGNIFICANT:
            return latex_prose(plain(cell, column))
        case float():
            return _number(cell, column)
        case None if column.kind is Kind.INTERVAL:
            return "{--} &"
    text = " ".join(plain(cell, column).split())
    if column.kind is Kind.CODE:
        return rf"\texttt{{{encoded(_breakable(text, column))}}}"
    if column.kind is Kind.TEXT:
        return latex_prose(text, lambda piece: encoded(_breakable(piece, column)))
    return encoded(text) if cell is not None else f"{{{encoded(text)}}}"


def _formula(math: Math) -> str:
    """Return a formula, or its text if LaTeX would not set it."""
    return latex_formula(math.latex) if is_formula(math.latex) else encoded(math.text)


def _breakable(text: str, column: Column) -> str:
    """Return the text with zero-width spaces after the punctuation of words too long for a narrow column."""
    if not column.width:
        return text
    longest = 8 if column.kind is Kind.CODE else 14
    return " ".join(_SEAM.sub("\u200b", word) if len(word) > longest else word for word in text.split(" "))


def _number(value: float, column: Column) -> str:
    """Return a number for siunitx to align; other text is in braces."""
    text = digits(value, column.decimals)
    return text if math.isfinite(value) else f"{{{latex_text(text)}}}"


FORMATS: dict[str, Callable[[Table, str], str]] = {"latex": as_latex, "markdown": as_markdown, "csv": as_csv}
