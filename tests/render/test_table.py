"""Cells of tables as text, as values of CSV and as objects; and what is no table."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from fractions import Fraction
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.render.latex import as_latex
from srtheory.render.table import (
    Column,
    Interval,
    Kind,
    Math,
    Name,
    PlusMinus,
    Table,
    digits,
    plain,
    python_number,
    significant,
)
from srtheory.render.write import as_csv, as_markdown, as_objects, plain_heading


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        *((None, 2, "–"), (nan, 2, "–"), (inf, 2, "∞"), (-inf, 2, "−∞")),
        *((0.125, 0, "0"), (0.375, 2, "0.38"), (-1.5, 1, "-1.5"), (0.0, 3, "0.000")),
    ],
)
def test_digits_after_the_point(value: float | None, decimals: int, text: str) -> None:
    assert digits(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "count", "text"),
    [
        *((0.0, 3, "0"), (inf, 3, "∞"), (nan, 3, "–"), (1.0, 1, "1"), (1.0, 3, "1.00"), (9.996, 3, "10.0")),
        *((123456.0, 2, "120000"), (0.00123456, 3, "0.00123"), (-12.3456, 4, "-12.35"), (99.5, 2, "100")),
        # a power of ten below 10^-4 and from 10^6, after rounding
        *((1e-4, 2, "0.00010"), (0.99996e-4, 4, "0.0001000"), (0.9999e-4, 4, "9.999e-5"), (-2e-16, 2, "-2.0e-16")),
        *((999_999.0, 6, "999999"), (999_999.0, 5, "1.0000e6"), (1e6, 1, "1e6"), (1.24e300, 2, "1.2e300")),
    ],
)
def test_significant_digits(value: float, count: int, text: str) -> None:
    assert significant(value, count) == text


SIZES = st.tuples(st.floats(1, 9.999), st.integers(-8, 8)).map(lambda its: its[0] * 10.0 ** its[1])
NUMBERS = SIZES | SIZES.map(lambda x: -x) | st.just(0.0)
OF_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.NUMBER: NUMBERS,
    Kind.SIGNIFICANT: NUMBERS,
    Kind.INTERVAL: st.builds(Interval, NUMBERS, NUMBERS, NUMBERS),
    Kind.ERROR: st.builds(PlusMinus, NUMBERS, NUMBERS.map(abs)),
}
READ = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e-?\d+)?")


@pytest.mark.parametrize("form", [as_markdown, as_latex])
@pytest.mark.parametrize("kind", OF_KIND)
@given(data=st.data())
def test_what_is_printed_without_decimals_is_the_number_to_three_digits(form: Any, kind: Kind, data: Any) -> None:
    cells = data.draw(st.lists(OF_KIND[kind], min_size=1, max_size=3))
    columns = (Column("before", "B"), Column("x", "X", kind), Column("after", "A"))
    text = form(Table("name", "Caption.", columns, tuple(("begin", cell, "end") for cell in cells)), "Made.")
    printed = re.findall(r"begin(.*?)end", text)
    assert len(printed) == len(cells)
    for cell, line in zip(cells, printed, strict=True):
        line = re.sub(r"\$?(?:\\cdot|×|\\times)\s*10\^\{?(-?\d+)\}?\$?", r"e\1", line)
        values = [cell] if isinstance(cell, float) else list(vars(cell).values())
        if form is as_latex and kind is Kind.ERROR:  # the error in units of the last digit
            number, error = re.findall(r"[-\d.]+", line)
            read = [number, str(Decimal(error).scaleb(-len(number.partition(".")[2])))]
        else:
            read = READ.findall(line.replace("$", ""))
        for value, shown in zip(values, read, strict=True):
            number = Decimal(shown.replace("−", "-"))
            last = number.adjusted() - 2 if kind is Kind.SIGNIFICANT else number.as_tuple().exponent
            unit = Decimal(1).scaleb(int(last))
            assert abs(number - Decimal(value)) <= unit * Decimal("0.5000001")  # what is halfway may be a float away
            assert value == 0 or len(number.as_tuple().digits) >= 3


CELLS: list[tuple[Kind, Any, str, list[Any], Any]] = [
    (Kind.TEXT, None, "–", [""], None),
    (Kind.TEXT, "a b", "a b", ["a b"], "a b"),
    (Kind.TEXT, Math("τ", r"\tau"), "τ", ["τ"], "τ"),
    (Kind.TEXT, Name("for readers", "code"), "for readers", ["code"], "code"),
    (Kind.INTEGER, 12, "12", ["12"], 12),
    (Kind.FRACTION, Fraction(2, 6), "1/3", ["1/3"], "1/3"),
    (Kind.NUMBER, 1.256, "1.26", ["1.256"], 1.256),
    (Kind.NUMBER, inf, "∞", ["inf"], None),
    (Kind.NUMBER, nan, "–", [""], None),
    (Kind.SIGNIFICANT, 1.256, "1.3", ["1.256"], 1.256),
    (
        *(Kind.INTERVAL, Interval(1.256, 1.0, 2.0), "1.26 [1.00, 2.00]", ["1.256", "1.0", "2.0"]),
        {"estimate": 1.256, "low": 1.0, "high": 2.0},
    ),
    (
        *(Kind.INTERVAL, Interval(inf, None, 2.0), "∞", ["inf", "", "2.0"]),
        {"estimate": None, "low": None, "high": 2.0},
    ),
    (
        *(Kind.INTERVAL, Interval(1.0, 0.5, None), "1.00", ["1.0", "0.5", ""]),
        {"estimate": 1.0, "low": 0.5, "high": None},
    ),
    (Kind.INTERVAL, None, "–", ["", "", ""], None),
    (Kind.ERROR, PlusMinus(1.256, 0.05), "1.26 ± 0.05", ["1.256", "0.05"], {"estimate": 1.256, "standard_error": 0.05}),
    (Kind.ERROR, PlusMinus(1.0, nan), "1.00 ± –", ["1.0", ""], {"estimate": 1.0, "standard_error": None}),
    (Kind.ERROR, None, "–", ["", ""], None),
]


@pytest.mark.parametrize(("kind", "cell", "text", "values", "plainly"), CELLS)
def test_a_cell_in_each_form(kind: Kind, cell: Any, text: str, values: list[Any], plainly: Any) -> None:
    column = Column("x", Math("ξ", r"\xi"), kind, 2)
    table = Table("name", "Caption.", (column,), ((cell,),))
    assert plain(cell, column) == text
    head, row = csv.reader(io.StringIO(as_csv(table)))
    names = {Kind.INTERVAL: ["x", "x_low", "x_high"], Kind.ERROR: ["x", "x_standard_error"]}
    assert (head, row) == (names.get(kind, ["x"]), values)
    assert as_objects(table) == {
        "table": "name",
        "caption": "Caption.",
        "columns": [{"name": "x", "heading": "ξ", "kind": str(kind)}],
        "rows": [{"x": plainly}],
    }
    assert plain_heading(Column("x", "of words")) == "of words"


def test_numbers_are_aligned_at_the_right() -> None:
    columns = (Column("a", "A|a"), Column("b", "B", Kind.INTEGER), Column("c", "C", Kind.CODE))
    found = as_markdown(Table("name", "Caption.", columns, (("x_y", 1, "z"), ("u", 22, "v"))), "Made.")
    lines = [line for line in found.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.replace(r"\|", "!").strip("|").split("|")] for line in lines]
    assert cells == [["A!a", "B", "C"], ["---", "---:", "---"], [r"x\_y", "1", "z"], ["u", "22", "v"]]


def test_parameters_that_were_asked_for_are_columns_of_csv_unless_there_is_one() -> None:
    columns = (Column("m", "m", Kind.INTEGER), Column("text", "Text"))
    table = Table("name", "Caption.", columns, ((1, "x"), (2, "y")), told={"m": 7, "tau": 0.5})
    assert as_csv(table) == "m,text,tau\n1,x,0.5\n2,y,0.5\n"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        *((np.int64(3), 3), (np.float64(0.5), 0.5), (np.bool_(True), True), (np.float32(0.5), 0.5)),
        *((np.array(4), 4), (True, True), (Fraction(1, 2), Fraction(1, 2)), ("x", "x"), (None, None), (2.0, 2.0)),
    ],
)
def test_numbers_of_numpy_are_pythons(value: Any, found: Any) -> None:
    assert (python_number(value), type(python_number(value))) == (found, type(found))


@pytest.mark.parametrize(
    ("row", "name", "expected"),
    [
        ((1,), "rows", "rows of 2 cells"),
        ((1, "x", 2), "rows", "rows of 2 cells"),
        ((1.0, "x"), "a", "of kind integer"),
        ((True, "x"), "a", "of kind integer"),
        ((1, 2), "b", "of kind text"),
    ],
)
def test_rows_that_do_not_fit_are_refused(row: tuple[Any, ...], name: str, expected: str) -> None:
    columns = (Column("a", "A", Kind.INTEGER), Column("b", "B"))
    assert Table("name", "", columns, ((np.int64(1), "x"), (None, None))).rows == ((1, "x"), (None, None))
    with pytest.raises(ArgumentError) as refusal:
        Table("name", "", columns, ((1, "x"), row))
    assert (refusal.value.name, refusal.value.expected) == (name, expected)
