r"""Tables in LaTeX, to the letter: how columns are aligned, what a cell is, and where a long table goes on."""

from __future__ import annotations

import re
from math import inf, nan
from typing import Any

import pytest

from srtheory.errors import ArgumentError
from srtheory.render.latex import as_latex
from srtheory.render.table import Column, Interval, Kind, Math, PlusMinus, Table
from tests.render.sample import table

RAGGED = r">{\raggedright\arraybackslash\hspace{0pt}}p"


def columns_of(text: str) -> str:
    return re.findall(r"\\begin{(?:tabular|longtable)}{@{}(.*)@{}}\n", text)[0]


def rows_of(text: str) -> list[str]:
    """The lines between the last rule below the heading and the rule at the foot."""
    inside = text.rpartition("\\midrule\n")[2].partition("\\bottomrule")[0]
    return re.findall(r"^(.*) \\\\(?:\\addlinespace\[3pt\])?$", inside, re.MULTILINE)


@pytest.mark.parametrize("columns", [None, 2])
def test_a_wide_table_is_aligned_at_the_points_of_its_numbers(columns: int | None) -> None:
    text = as_latex(table("a_b"), "Made.\nHere.", columns)
    assert text.startswith("% Made. Here.\n")
    assert columns_of(text) == (
        rf"{RAGGED}{{0.17\linewidth}}{RAGGED}{{0.1\linewidth}}S[table-format=-2]rS[table-format=-1.2]"
        r"S[table-format=1.3]@{\enspace}rS[separate-uncertainty, table-format=1.2(1)]"
    )
    head = r"{text \& so on} & {code} & {$M'$} & {share} & {x\_1} & \multicolumn{2}{c}{mean} & {$\bar T$} \\"
    assert head in text
    infinite = r"{\ensuremath{\infty}}"
    none = r"{\textendash{}}"
    assert rows_of(text) == [
        r"a\_b & \texttt{some\_\allowbreak{}name-\allowbreak{}with-\allowbreak{}hyphens} & 7 & 1/6 & 1.50 & 0.714"
        r" & [0.706, 0.721] & 4.20(5)",
        rf"$x^2$ & \texttt{{a}} & -12 & 2 & -3.14 & {infinite} &  & {infinite}",
        rf"\textendash{{}} & \texttt{{\textendash{{}}}} & {none} & {none} & {none} & {{--}} & & {none}",
    ]


def test_a_table_for_one_of_two_columns_has_limits_below_their_estimates() -> None:
    text = as_latex(table("a_b"), "", 1)
    assert columns_of(text) == rf"{RAGGED}{{0.2\linewidth}}" * 2 + "rrrrr"
    assert r"\shortstack[l]{text\\\&\\so\\on} & \shortstack[l]{code} & \shortstack[r]{$M'$}" in text
    below = r"\begin{tabular}[t]{@{}r@{}}"
    first, second, third = rows_of(text)
    assert first.endswith(
        rf" & 7 & 1/6 & 1.50 & {below}0.714\\{{}}[0.706, 0.721]\end{{tabular}}"
        rf" & {below}4.20\\{{}}\ensuremath{{\pm}} 0.05\end{{tabular}}"
    )
    assert second.startswith(
        r"$x^2$ & \texttt{a} & -12 & 2 & -3.14 & " + below + r"\ensuremath{\infty}\\{}\end{tabular}"
    )
    assert third == " & ".join([r"\textendash{}"] * 7)


def test_a_row_of_a_long_narrow_table_is_a_paragraph() -> None:
    columns = (
        *(Column("a", "A"), Column("b", "Words", width=0.125), Column("c", Math("M′", "M'"), Kind.INTEGER)),
        *(Column("d", "short", width=0.12), Column("e", "mean", Kind.INTERVAL, 1)),
    )
    row = ("one", "two", 3, "four", Interval(0.5, 0.25, None))
    text = as_latex(Table("x", "Caption.", columns, (row, ("one", None, None, None, None)), long=True), "", 1)
    assert columns_of(text) == r">{\raggedright\arraybackslash}p{\linewidth}"
    lines = re.findall(r"^(one.*) \\\\\\addlinespace\[3pt\]$", text, re.MULTILINE)
    assert lines == [
        r"one\quad \emph{$M'$}~3\quad \emph{short}~four\quad \emph{mean}~0.5\newline \emph{Words} two",
        "one",
    ]


@pytest.mark.parametrize(
    ("kind", "decimals", "cells", "specification"),
    [
        (Kind.INTEGER, 0, (1, 100, None), "S[table-format=3]"),
        (Kind.INTEGER, 0, (None,), "S[table-format=1]"),
        (Kind.NUMBER, 1, (99.96, inf, nan), "S[table-format=3.1]"),
        (Kind.NUMBER, 1, (-0.5, 10.0), "S[table-format=-2.1]"),
        (Kind.SIGNIFICANT, 3, (1.0,), "r"),
        (Kind.ERROR, 1, (PlusMinus(1.0, 1.26), PlusMinus(2.0, inf)), "S[separate-uncertainty, table-format=1.1(2)]"),
        (Kind.ERROR, 1, (None,), "S[separate-uncertainty, table-format=1.1(1)]"),
        (Kind.TEXT, 0, ("a",), "l"),
        (Kind.CODE, 0, ("a",), "l"),
    ],
)
def test_a_column_is_as_wide_as_its_widest_number(
    kind: Kind, decimals: int, cells: tuple[Any, ...], specification: str
) -> None:
    made = Table("x", "Caption.", (Column("a", "A", kind, decimals),), tuple((cell,) for cell in cells))
    assert columns_of(as_latex(made, "")) == specification


@pytest.mark.parametrize(
    ("kind", "decimals", "cell", "text"),
    [
        (Kind.ERROR, 2, PlusMinus(4.2, 0.126), "4.20(13)"),
        (Kind.ERROR, 2, PlusMinus(4.2, inf), "4.20"),
        (Kind.SIGNIFICANT, 2, 1.4e-16, r"$1.4\cdot 10^{-16}$"),
        (Kind.SIGNIFICANT, 2, 0.5, "0.50"),
        (Kind.NUMBER, 1, -inf, r"{\ensuremath{-}\ensuremath{\infty}}"),
        (Kind.TEXT, 0, "a-b_c", r"a-b\_c"),
    ],
)
def test_cells(kind: Kind, decimals: int, cell: Any, text: str) -> None:
    made = Table("x", "Caption.", (Column("a", "A", kind, decimals),), ((cell,),))
    assert rows_of(as_latex(made, "")) == [text]


@pytest.mark.parametrize(
    ("kind", "width", "word", "breaks"),
    [
        *((Kind.CODE, 0.1, "abc_efgh", 0), (Kind.CODE, 0.1, "abc_efghi", 1), (Kind.CODE, 0, "abc_efghi", 0)),
        *((Kind.TEXT, 0.1, "abcdefg-ijklmn", 0), (Kind.TEXT, 0.1, "abcdefg-ijklmno", 1)),
        *((Kind.TEXT, 0, "abcdefg-ijklmno", 0), (Kind.TEXT, 0.1, "abcdefg-ijklmno a-b", 1)),
    ],
)
def test_words_that_are_too_long_for_a_narrow_column_may_be_broken(
    kind: Kind, width: float, word: str, breaks: int
) -> None:
    made = Table("x", "Caption.", (Column("a", "A", kind, width=width),), ((word,),))
    assert as_latex(made, "").count(r"\allowbreak{}") == breaks


@pytest.mark.parametrize(
    ("count", "columns", "gap"),
    [(7, None, "4pt"), (8, None, "2.25pt"), (7, 1, "2.5pt"), (8, 1, "2pt"), (9, 1, "1.5pt"), (9, 2, "4pt")],
)
def test_many_columns_have_less_space_between_them(count: int, columns: int | None, gap: str) -> None:
    made = Table("x", "Caption.", (Column("a", "A"),) * count, (("b",) * count,))
    assert rf"\setlength{{\tabcolsep}}{{{gap}}}" in as_latex(made, "", columns)


def parts(rows: int, text: str, columns: int, width: float = 0, long: bool = True) -> list[int]:
    """Numbers of rows of the floats of a table of one column, of whose rows each is this text."""
    made = Table("x", "Caption.", (Column("a", "ab", width=width),), ((text,),) * rows, long)
    floats = re.split(r"\\begin{table\*?}", as_latex(made, "", columns))[1:]
    assert ["continued" in each for each in floats] == [False] + [True] * (len(floats) - 1)
    return [each.count(r"\\\addlinespace[3pt]") for each in floats]


def test_a_long_table_goes_on_where_a_page_is_full() -> None:
    """A page has 54 lines; a row takes its lines and 0.4 more, or 0.6 in one of two columns."""
    assert parts(38, "x", 2) == [38]  # 53.2
    assert parts(77, "x", 2) == [38, 38, 1]
    assert parts(33, "x", 1) == [33]  # 52.8
    assert parts(67, "x", 1) == [33, 33, 1]
    assert parts(0, "x", 1) == [0]
    # across both columns a line has 1.85 x 54 letters, and a column its share: 49 letters in a half
    assert parts(39, "x" * 49, 2, 0.5) == [38, 1]
    assert parts(23, "x" * 50, 2, 0.5) == [22, 1]
    # in one, 54 with the heading and two spaces, or, on a line of its own, with the heading
    assert parts(34, "x" * 50, 1) == [33, 1]
    assert parts(21, "x" * 51, 1) == [20, 1]
    assert parts(34, "x" * 52, 1, 0.125) == [33, 1]
    assert parts(21, "x" * 53, 1, 0.125) == [20, 1]


def test_the_note_at_the_foot_of_a_page_spans_all_columns() -> None:
    text = as_latex(table(long=True), "")
    assert r"\multicolumn{8}{r@{}}{\emph{continued}}" in text  # an estimate and its limits are two
    assert text.count(r"\\\addlinespace[2pt]") == 3


@pytest.mark.parametrize("columns", [0, 3])
def test_a_page_has_one_column_or_two(columns: int) -> None:
    with pytest.raises(ArgumentError, match=f"'columns' must be 1 or 2, not {columns}"):
        as_latex(table(), "", columns)
