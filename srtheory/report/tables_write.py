"""Write a table as LaTeX, Markdown or CSV.

Layout is the business of Jinja templates, as it is in pandas' own LaTeX writer; that and tabulate were looked at and
left: neither aligns an estimate with its interval, tabulate escapes no pipes in Markdown, and pandas weighs more than
all else that a table needs.  pylatexenc translates Unicode into LaTeX, whatever the font encoding.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pylatexenc.latexencode import (
    RULE_REGEX,
    UnicodeToLatexConversionRule,
    UnicodeToLatexEncoder,
    get_builtin_conversion_rules,
)

from srtheory.report.tables import Cell, Column, Interval, Kind, Math, PlusMinus, Table, digits, limits, plain

_TEMPLATES = Environment(  # two formats, neither of them HTML: each writer escapes for its own
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
RIGHT = {Kind.INTEGER, Kind.FRACTION, Kind.NUMBER, Kind.INTERVAL, Kind.ERROR}


# ----------------------------------------------------------------------------------------------------------- LaTeX

# ASCII for signs that keyboards lack, and what text fonts or ligatures would change.
_TYPED = [
    (re.compile(pattern), replacement)
    for pattern, replacement in {
        "<=": r"\\ensuremath{\\leq}",
        ">=": r"\\ensuremath{\\geq}",
        "->": r"\\ensuremath{\\to}",
        r"\|": r"\\textbar{}",
        "-(?=-)": r"-{}",
        "\u2212": r"\\ensuremath{-}",
        "\u2032": r"\\ensuremath{'}",
        "\u00b7": r"\\ensuremath{\\cdot}",
        "\u200b": r"\\allowbreak{}",
    }.items()
]
_SEAM = re.compile(r"(?<=[-_/(),;:}>])(?=[\w({<])")
_ENCODER = UnicodeToLatexEncoder(
    conversion_rules=[
        UnicodeToLatexConversionRule(rule_type=RULE_REGEX, rule=_TYPED),
        *get_builtin_conversion_rules("defaults"),
    ],
    replacement_latex_protection="braces-after-macro",
    unknown_char_policy="fail",
)


def latex_text(text: str) -> str:
    """Text for LaTeX's text mode: special characters escaped, Unicode translated.

    Raises
    ------
    ValueError
        For a character that has no translation.
    """
    return str(_ENCODER.unicode_to_latex(" ".join(text.split())))


def as_latex(table: Table, provenance: str) -> str:
    r"""A captioned environment for ``\input``; needs the packages in its second line."""
    return _TEMPLATES.get_template("table.tex.jinja").render(
        table=table,
        provenance=" ".join(provenance.split()),
        caption=latex_text(table.caption),
        columns="".join(_specification(table, j) for j in range(len(table.columns))),
        width=sum(_spread(column) for column in table.columns),
        head=" & ".join(_latex_heading(column) for column in table.columns),
        rows=[
            " & ".join(_latex_cell(cell, column) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ],
    )


def _spread(column: Column) -> int:
    """LaTeX columns that a column takes."""
    return 2 if column.kind is Kind.INTERVAL else 1


def _specification(table: Table, j: int) -> str:
    column = table.columns[j]
    match column.kind:
        case Kind.TEXT | Kind.CODE if column.width:
            return rf">{{\raggedright\arraybackslash\hspace{{0pt}}}}p{{{column.width:.3g}\linewidth}}"
        case Kind.TEXT | Kind.CODE:
            return "l"
        case Kind.FRACTION:
            return "r"
        case Kind.INTERVAL:
            return rf"{_aligned(table, j)}@{{\enspace}}r"
    return _aligned(table, j)


def _aligned(table: Table, j: int) -> str:
    """A column of siunitx, as wide as its widest number."""
    column = table.columns[j]
    cells = [row[j] for row in table.rows]
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
    """The error as siunitx reads it in parentheses, in units of the last digit."""
    return str(round(cell.error * 10**column.decimals)) if math.isfinite(cell.error) else ""


def _latex_heading(column: Column) -> str:
    heading = column.heading
    text = f"${heading.latex}$" if isinstance(heading, Math) else latex_text(heading)
    if column.kind is Kind.INTERVAL:
        return rf"\multicolumn{{2}}{{c}}{{{text}}}"
    return f"{{{text}}}"


def _latex_cell(cell: Cell, column: Column) -> str:
    match cell:
        case Math():
            return f"${cell.latex}$"
        case Interval():
            return f"{_number(cell.estimate, column)} & {latex_text(limits(cell, column.decimals))}"
        case PlusMinus() if math.isfinite(cell.estimate):
            return f"{digits(cell.estimate, column.decimals)}({_last_digits(cell, column)})".replace("()", "")
        case PlusMinus():
            return _number(cell.estimate, column)
        case float():
            return _number(cell, column)
        case None if column.kind is Kind.INTERVAL:
            return "{--} &"
    text = latex_text(_breakable(cell, column))
    if column.kind is Kind.CODE:
        return rf"\texttt{{{text}}}"
    return text if cell is not None or column.kind not in RIGHT else f"{{{text}}}"


def _breakable(cell: Cell, column: Column) -> str:
    """The cell's text, with zero-width spaces after the punctuation of words too long for a narrow column."""
    text = plain(cell, column)
    if not column.width:
        return text
    longest = 8 if column.kind is Kind.CODE else 14
    return " ".join(_SEAM.sub("\u200b", word) if len(word) > longest else word for word in text.split())


def _number(value: float, column: Column) -> str:
    """A number for siunitx to align; in braces where it is none."""
    text = digits(value, column.decimals)
    return text if math.isfinite(value) else f"{{{latex_text(text)}}}"


# -------------------------------------------------------------------------------------------------------- Markdown

_MARKED = re.compile(r"([\\`*_<|\[\]])")


def markdown_text(text: str) -> str:
    """Text for a cell of a Markdown table: one line, nothing in it is markup, a pipe does not end the cell."""
    return _MARKED.sub(r"\\\1", " ".join(text.split()))


def as_markdown(table: Table, provenance: str) -> str:
    """A pipe table below its caption."""
    headings = [c.heading.text if isinstance(c.heading, Math) else c.heading for c in table.columns]
    return _TEMPLATES.get_template("table.md.jinja").render(
        caption=markdown_text(table.caption),
        provenance=markdown_text(provenance),
        rules=["---:" if column.kind in RIGHT else "---" for column in table.columns],
        head=[markdown_text(heading) for heading in headings],
        rows=[
            [markdown_text(plain(cell, column)) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ],
    )


# ------------------------------------------------------------------------------------------------------------- CSV

_PARTS = {Kind.INTERVAL: ("", "_low", "_high"), Kind.ERROR: ("", "_standard_error")}


def as_csv(table: Table, provenance: str = "") -> str:
    """Columns for programs: estimate and limits apart, unrounded, empty where there is nothing; no comment."""
    stream = io.StringIO()
    write = csv.writer(stream, lineterminator="\n")
    write.writerow([column.name + part for column in table.columns for part in _PARTS.get(column.kind, ("",))])
    for row in table.rows:
        write.writerow([value for cell, column in zip(row, table.columns, strict=True) for value in _raw(cell, column)])
    return stream.getvalue()


def _raw(cell: Cell, column: Column) -> Sequence[Any]:
    match cell:
        case None:
            return [""] * len(_PARTS.get(column.kind, ("",)))
        case Math():
            return [cell.text]
        case Interval():
            return ["" if value is None else value for value in (cell.estimate, cell.low, cell.high)]
        case PlusMinus():
            return [cell.estimate, cell.error]
    return [cell]


FORMATS: dict[str, Callable[[Table, str], str]] = {"latex": as_latex, "markdown": as_markdown, "csv": as_csv}
