"""Tables: columns, and rows of typed cells; write.py writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, chain
from numbers import Integral, Rational, Real
from typing import Any

from srtheory.errors import ArgumentError, require_text
from srtheory.render.formulas import as_unicode
from srtheory.shown import Grid, Part, Shown


class Kind(StrEnum):
    """Kind of the cells of a column."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    FRACTION = "fraction"
    NUMBER = "number"
    SIGNIFICANT = "significant"
    INTERVAL = "interval"
    ERROR = "error"


RIGHT = {Kind.INTEGER, Kind.FRACTION, Kind.NUMBER, Kind.SIGNIFICANT, Kind.INTERVAL, Kind.ERROR}
"""Kinds whose cells are aligned at the right."""


@dataclass(frozen=True)
class Math:
    """A formula: Unicode ``text`` for most readers, ``latex`` for LaTeX's math mode."""

    text: str
    latex: str


@dataclass(frozen=True)
class Name:
    """A ``text`` for readers and a ``code`` for programs."""

    text: str
    code: str


@dataclass(frozen=True)
class Interval:
    """An estimate and its limits; ``None`` for limits that do not exist (an infinite mean)."""

    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class PlusMinus:
    """An estimate and its standard error."""

    estimate: float
    error: float


Cell = str | int | float | Fraction | Interval | PlusMinus | Math | Name | None
"""Type of a cell; None is an empty cell."""

_CELLS: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str, Math, Name),
    Kind.CODE: (str,),
    Kind.INTEGER: (int,),
    Kind.FRACTION: (Fraction,),
    Kind.NUMBER: (float,),
    Kind.SIGNIFICANT: (float,),
    Kind.INTERVAL: (Interval,),
    Kind.ERROR: (PlusMinus,),
}


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    """Heading in CSV: lower-case words with underscores."""
    heading: str | Math
    """Heading for readers, its unit included."""
    kind: Kind = Kind.TEXT
    decimals: int | None = None
    """Digits after the point, for numbers; for those of many sizes, ``SIGNIFICANT``, all digits that count. By default
    three digits count, of ``SIGNIFICANT`` in each number, otherwise in the least that is not 0."""
    width: float = 0
    """For text: the fraction of the page's width at which lines are broken, 0 if they never are."""


@dataclass(frozen=True)
class Table(Shown):
    """A table to be written."""

    name: str
    """Name by which it is requested, and its label in LaTeX."""
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """A cell for each column, of the column's kind."""
    long: bool = False
    """Whether it may go over several pages."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """Requested parameters, by name, which are further columns in CSV; the caption also states them."""

    def parts(self) -> list[Part]:
        """Return the caption and the cells."""
        heads = [str(plain(column.heading, column)) for column in self.columns]
        cells = [[plain(cell, column) for cell, column in zip(row, self.columns, strict=True)] for row in self.rows]
        lines = [list(map(as_unicode, line)) for line in (heads, *cells)]
        ends = list(accumulate(2 + max(map(len, column)) for column in zip(*lines, strict=True)))
        flush = [end if column.kind in RIGHT else -end for end, column in zip(ends, self.columns, strict=True)]
        return [as_unicode(self.caption), Grid(lines[0], flush, lines[1:])]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(tuple(map(python_number, row)) for row in self.rows))
        heads = [text for column in self.columns for text in (column.name, column.heading)]
        for text in (part for cell in (self.caption, *heads, *chain(*self.rows)) for part in parts(cell)):
            if isinstance(text, str) and text.strip():
                require_text("table", text)
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ArgumentError("rows", row, f"rows of {len(self.columns)} cells")
            for column, cell in zip(self.columns, row, strict=True):
                if cell is not None and type(cell) not in _CELLS[column.kind]:
                    raise ArgumentError(column.name, cell, f"of kind {column.kind}")
        settled = (_settled(column, [row[j] for row in self.rows]) for j, column in enumerate(self.columns))
        object.__setattr__(self, "columns", tuple(settled))


def _settled(column: Column, cells: Sequence[Cell]) -> Column:
    """Return the column with its decimals, which the cells determine if none were given."""
    if column.decimals is not None:
        return column
    found = [x for cell in cells if not isinstance(cell, Rational) for x in parts(cell) if isinstance(x, Real)]
    least = math.floor(math.log10(min((abs(float(x)) for x in found if x and math.isfinite(x)), default=100)))
    return replace(column, decimals=3 if column.kind is Kind.SIGNIFICANT else max(0, 2 - least))


def parts(cell: Cell) -> tuple[Any, ...]:
    """Return what a cell is made of."""
    return tuple(vars(cell).values()) if isinstance(cell, Math | Name | Interval | PlusMinus) else (cell,)


def python_number(value: Any) -> Any:
    """Return a number of NumPy as Python's, and everything else as it is."""
    if getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    return float(value) if isinstance(value, Real) and not isinstance(value, Rational) else value


def digits(value: float | None, decimals: int | None) -> str:
    """Return a number with this many digits after the point; ∞ if it is infinite."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{decimals or 0}f}"


def significant(value: float, count: int) -> str:
    """Return a number with so many significant digits; with a power of ten (``1.4e-16``) below 10^-4 or from 10^6."""
    if not math.isfinite(value) or value == 0:
        return digits(value, 0)
    rounded = float(f"{value:.{count - 1}e}")
    if not 1e-4 <= abs(rounded) < 1e6:
        mantissa, power = f"{value:.{count - 1}e}".split("e")
        return f"{mantissa}e{int(power)}"
    return f"{rounded:.{max(count - 1 - math.floor(math.log10(abs(rounded))), 0)}f}"


def limits(cell: Interval, decimals: int | None) -> str:
    """Return ``[low, high]``, or nothing if there are no limits."""
    if cell.low is None or cell.high is None:
        return ""
    return f"[{digits(cell.low, decimals)}, {digits(cell.high, decimals)}]"


def plain(cell: Cell, column: Column) -> str:
    """Return a cell as Unicode text."""
    decimals = _settled(column, [cell]).decimals
    match cell:
        case None:
            return "–"
        case Math() | Name():
            return cell.text
        case Interval():
            return f"{digits(cell.estimate, decimals)} {limits(cell, decimals)}".rstrip()
        case PlusMinus():
            return f"{digits(cell.estimate, decimals)} ± {digits(cell.error, decimals)}"
        case float() if column.kind is Kind.SIGNIFICANT:
            return significant(cell, decimals or 0)
        case float():
            return digits(cell, decimals)
    return str(cell)
