"""Tables as LaTeX: for a page of one column, or as a float in one or across both of two columns.

pylatexenc translates Unicode into LaTeX, whatever the font encoding. Formulas stand between dollar signs and stay as
they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pylatexenc.latexencode import (
    RULE_REGEX,
    UnicodeToLatexConversionRule,
    UnicodeToLatexEncoder,
    get_builtin_conversion_rules,
)

from srtheory.errors import ArgumentError
from srtheory.render.formulas import as_unicode, is_formula, segments
from srtheory.render.table import (
    RIGHT,
    Cell,
    Column,
    Interval,
    Kind,
    Math,
    PlusMinus,
    Table,
    digits,
    limits,
    plain,
)

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
NARROW, LINES = 54, 54
"""Letters per line of the narrowest usual column (200 pt at 8 pt), and lines of a float that fits its page."""
OWN_LINE = 0.125
"""Fraction of the page from which a column's text has its own lines in a record."""

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
        "\u00b1": r"\\ensuremath{\\pm}",
        "\u200b": r"\\allowbreak{}",
    }.items()
]
_UNSET = re.compile(
    r"[\x7f\u0149\u0195\u019e\u0259\u025b\u0278\u0294\u029e\u02da\u0308\u0386\u0388-\u0390\u03cc\u03d2\u0400-"
    r"\u04ff\u1f79\u1fbb\u1fc9\u1fcb\u1fd3\u1fdb\u1feb\u1ff9\u1ffb\u2011\u2039\u203a\u210b\u2110\u2112\u211b"
    r"\u212b\u212c\u2130\u2131\u2133\u2153-\u215e\u219c\u219d\u21c5\u21f5\u221f\u222f-\u2231\u223b\u223e\u2246"
    r"\u224b\u224c\u2259\u225b\u2278\u2279\u22a7\u22a8\u22ab\u22b6\u22b7\u22b9\u22be\u22d8\u22d9\u22e8\u22f0"
    r"\u2306\u2315\u2669\u266d-\u266f\u2a0f\u2a16\U0001d49c-\U0001d4cf]"
)
"""Characters whose commands, in pylatexenc's table, need a package, a font or a mode that a table does not have."""
_T1 = r"\usepackage[T1]{fontenc}"
_OF_T1 = re.compile(r"\\(?:k|guillemot\w+|DH|dh|TH|th|DJ|dj|NG|ng|quotesinglbase|quotedblbase)\b")
"""Commands that LaTeX's first encoding of fonts does not have."""
_FACTOR, _BREAK = re.compile(r"(?<=[\w)}]) (?=\\(?:ln|log|exp|operatorname)\b)"), r"\\allowbreak "
_BEYOND = re.compile(r"[^\x00-\x7f]")
_SEAM = re.compile(r"(?<=[-_/(),;:}>])(?=[\w({<])|(?<=\.)(?=[A-Za-z])")
_ENCODER = UnicodeToLatexEncoder(
    conversion_rules=[
        UnicodeToLatexConversionRule(rule_type=RULE_REGEX, rule=_TYPED),
        UnicodeToLatexConversionRule(rule_type=RULE_REGEX, rule=[(_UNSET, lambda sign: _by_number(sign[0]))]),
        *get_builtin_conversion_rules("defaults"),
    ],
    replacement_latex_protection="braces-after-macro",
    unknown_char_policy="unihex",
    unknown_char_warning=False,
)


def _by_number(character: str) -> str:
    return rf"\ensuremath{{\langle}}\texttt{{U+{ord(character):04X}}}\ensuremath{{\rangle}}"


def latex_text(text: str) -> str:
    """Return text for LaTeX's text mode: special characters escaped, Unicode translated.

    A character without a translation is set as ⟨U+4E2D⟩.
    """
    return encoded(" ".join(text.split()))


@cache
def encoded(text: str) -> str:
    """Return a text with commands of LaTeX for its special characters."""
    return str(_ENCODER.unicode_to_latex(text))


def latex_prose(text: str, words: Callable[[str], str] | None = None) -> str:
    r"""Return running text with its formulas and powers of ten in math mode; ``words`` translates the rest.

    Lines may break before functions such as ``\ln``, which narrow columns need.
    """
    pieces = segments(" ".join(text.split()), powers=True)
    return "".join(
        f"${_BEYOND.sub(_in_math, _FACTOR.sub(_BREAK, piece))}$" if formula else (words or encoded)(piece)
        for piece, formula in pieces
    )


def _formula(math: Math) -> str:
    """Return a formula, or its text if LaTeX would not set it."""
    return f"${_BEYOND.sub(_in_math, math.latex)}$" if is_formula(math.latex) else encoded(math.text)


def _in_math(sign: re.Match[str]) -> str:
    found = encoded(sign[0])
    return found if found.startswith(r"\ensuremath{") else rf"\text{{{found}}}"


def as_latex(table: Table, provenance: str, columns: int | None = None) -> str:
    r"""Return a captioned environment for ``\input``; it needs the packages in its second line.

    Parameters
    ----------
    table : Table
        The table.
    provenance : str
        Provenance, as a comment in the first line.
    columns : int, optional
        For a document in two columns: 1 for ``table`` in one of them, 2 for ``table*`` across both, long tables in
        several parts. If omitted, the table is for a page of one column, and long tables span pages.
    """
    if columns not in (None, 1, 2):
        raise ArgumentError("columns", columns, "1 or 2")
    text = _page(table, provenance) if columns is None else _floats(table, provenance, columns)
    return text.replace("% Needs: ", rf"% Needs: {_T1} ", 1) if _OF_T1.search(text) else text


def _page(table: Table, provenance: str) -> str:
    return TEMPLATES.get_template("table.tex.jinja").render(
        table=table,
        provenance=" ".join(provenance.split()),
        caption=latex_prose(table.caption),
        columns="".join(_specification(table, j) for j in range(len(table.columns))),
        gap="4pt" if len(table.columns) < 8 else "2.25pt",
        width=sum(_spread(column) for column in table.columns),
        head=" & ".join(_latex_heading(column) for column in table.columns),
        rows=[
            " & ".join(_latex_cell(cell, column) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ],
    )


def _floats(table: Table, provenance: str, columns: int) -> str:
    narrow = columns == 1
    if narrow and table.long:
        specification, head = r">{\raggedright\arraybackslash}p{\linewidth}", ""
        rows = [_record(row, table.columns) for row in table.rows]
    elif narrow:
        specification = "".join(_narrow_specification(column) for column in table.columns)
        head = " & ".join(_narrow_heading(column) for column in table.columns)
        rows = [
            " & ".join(_narrow_cell(cell, column) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ]
    else:
        specification = "".join(_specification(table, j) for j in range(len(table.columns)))
        head = " & ".join(_latex_heading(column) for column in table.columns)
        rows = [
            " & ".join(_latex_cell(cell, column) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ]
    return TEMPLATES.get_template("float.tex.jinja").render(
        environment="table" if narrow else "table*",
        size=r"\scriptsize" if narrow and not table.long else r"\footnotesize",
        space=r"\addlinespace[3pt]" if narrow or table.long else "",
        gap=_narrow_gap(len(table.columns)) if narrow else "4pt",
        table=table,
        provenance=" ".join(provenance.split()),
        caption=latex_prose(table.caption),
        columns=specification,
        head=head,
        parts=list(_parts(rows, [_height(row, table.columns, narrow) for row in table.rows])),
    )


def _narrow_gap(columns: int) -> str:
    """Return the space beside each column; a table of many columns has less of it."""
    return "2.5pt" if columns < 8 else "2pt" if columns == 8 else "1.5pt"


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
        own = [length + len(_heading_text(c)) for length, c in lengths if c.width >= OWN_LINE]
        inline = sum(length + len(_heading_text(c)) + 2 for length, c in lengths if c.width < OWN_LINE)
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


def _heading_text(column: Column) -> str:
    return column.heading.text if isinstance(column.heading, Math) else column.heading


def _heading(column: Column, space: str = " ") -> str:
    """Return a heading in LaTeX; ``space`` separates its words, and is not inserted in a formula."""
    if isinstance(column.heading, Math):
        return _formula(column.heading)
    return latex_prose(column.heading, lambda piece: encoded(piece).replace(" ", space))


def _narrow_specification(column: Column) -> str:
    if column.width:  # a fifth of a column is one long word
        return rf">{{\raggedright\arraybackslash\hspace{{0pt}}}}p{{{max(column.width, 0.2):.3g}\linewidth}}"
    return "r" if column.kind in RIGHT else "l"


def _narrow_heading(column: Column) -> str:
    """Return the words of a heading, one below the other."""
    side, words = "r" if column.kind in RIGHT else "l", _heading(column, r"\\")
    return rf"\shortstack[{side}]{{{words}}}"


def _narrow_cell(cell: Cell, column: Column) -> str:
    """Return a cell of least width: limits and standard error are below their estimate."""
    match cell:
        case Interval():
            return _below(digits(cell.estimate, _decimals(column)), limits(cell, _decimals(column)))
        case PlusMinus():
            return _below(digits(cell.estimate, _decimals(column)), f"± {digits(cell.error, _decimals(column))}")
        case float() if column.kind is Kind.SIGNIFICANT:
            return _latex_cell(cell, column)
        case float() | None:
            return latex_text(plain(cell, column))
    return _latex_cell(cell, column)


def _below(estimate: str, error: str) -> str:
    return rf"\begin{{tabular}}[t]{{@{{}}r@{{}}}}{latex_text(estimate)}\\{{}}{latex_text(error)}\end{{tabular}}"


def _spread(column: Column) -> int:
    """Return the number of LaTeX columns of a column."""
    return 2 if column.kind is Kind.INTERVAL else 1


def _specification(table: Table, j: int) -> str:
    column = table.columns[j]
    match column.kind:
        case Kind.TEXT | Kind.CODE if column.width:
            return rf">{{\raggedright\arraybackslash\hspace{{0pt}}}}p{{{column.width:.3g}\linewidth}}"
        case Kind.TEXT | Kind.CODE:
            return "l"
        case Kind.FRACTION | Kind.SIGNIFICANT:
            return "r"
        case Kind.INTERVAL:
            return rf"{_aligned(table, j)}@{{\enspace}}r"
    return _aligned(table, j)


def _aligned(table: Table, j: int) -> str:
    """Return a siunitx column, as wide as its widest number."""
    column = table.columns[j]
    cells = [row[j] for row in table.rows]
    values: list[Any] = [getattr(cell, "estimate", cell) for cell in cells if cell is not None]
    texts = [digits(value, _decimals(column)) for value in values if math.isfinite(value)]
    whole = max((len(text.lstrip("-").split(".")[0]) for text in texts), default=1)
    sign = "-" if any(text.startswith("-") for text in texts) else ""
    size = f"{sign}{whole}.{_decimals(column)}" if _decimals(column) else f"{sign}{whole}"
    if column.kind is not Kind.ERROR:
        return f"S[table-format={size}]"
    width = max((len(_last_digits(cell, column)) for cell in cells if isinstance(cell, PlusMinus)), default=1)
    return f"S[separate-uncertainty, table-format={size}({width})]"


def _last_digits(cell: PlusMinus, column: Column) -> str:
    """Return the error as siunitx reads it in parentheses, in units of the last digit."""
    text = digits(cell.error, _decimals(column)).replace(".", "").lstrip("0") or "0"
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
            return f"{_number(cell.estimate, column)} & {latex_text(limits(cell, _decimals(column)))}"
        case PlusMinus() if math.isfinite(cell.estimate):
            return f"{digits(cell.estimate, _decimals(column))}({_last_digits(cell, column)})".replace("()", "")
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


def _decimals(column: Column) -> int:
    """Return the decimals of a column of a table, which has them."""
    return column.decimals or 0


def _breakable(text: str, column: Column) -> str:
    """Return the text with zero-width spaces after the punctuation of words too long for a narrow column."""
    if not column.width:
        return text
    longest = 8 if column.kind is Kind.CODE else 14
    return " ".join(_SEAM.sub("\u200b", word) if len(word) > longest else word for word in text.split(" "))


def _number(value: float, column: Column) -> str:
    """Return a number for siunitx to align; other text is in braces."""
    text = digits(value, _decimals(column))
    return text if math.isfinite(value) else f"{{{latex_text(text)}}}"
