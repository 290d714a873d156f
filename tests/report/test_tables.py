"""Tables in three formats: what is written is what was given, whatever characters it is made of."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from fractions import Fraction
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.report.ledger import Verdict
from srtheory.report.tables import TABLES, Column, Kind, Table, build
from srtheory.report.tables_ledger import CORRECTED, claims_table, errata_table
from srtheory.report.tables_write import FORMATS, as_csv, as_latex, as_markdown, latex_text, markdown_text
from tests.report.sample import NASTY, entries, table

SPECIAL = re.compile(r"(?<!\\)[&%$#_{}~^]")


def naked(text: str) -> set[str]:
    """Characters with a meaning in LaTeX that stand in a text unescaped; commands and their braces are taken out."""
    stripped = re.sub(r"\\(ensuremath|text\w+)\{[^{}]*\}|\\[a-z]+\{\}|-\{\}", "", text)
    return set(SPECIAL.findall(stripped))


def cells(row: str) -> list[str]:
    """Cells of a row of a Markdown table, split at pipes that no backslash escapes."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


# ------------------------------------------------------------------------------------------------------- data type


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        *((Kind.TEXT, 1), (Kind.CODE, 1.0), (Kind.INTEGER, 1.0), (Kind.INTEGER, True)),
        *((Kind.FRACTION, 0.5), (Kind.NUMBER, Fraction(1, 2)), (Kind.INTERVAL, 1.0), (Kind.ERROR, "1 ± 2")),
    ],
)
def test_cells_are_of_their_columns_kind(kind: Kind, cell: object) -> None:
    with pytest.raises(ArgumentError, match=f"of kind {kind}"):
        Table("t", "c", (Column("x", "x", kind),), ((cell,),))


def test_rows_have_a_cell_for_each_column() -> None:
    with pytest.raises(ArgumentError, match="rows of 1 cells"):
        Table("t", "c", (Column("x", "x"),), (("a", "b"),))


# ------------------------------------------------------------------------------------------------------------- CSV


def test_csv_keeps_numbers_whole_and_apart() -> None:
    first, second, nothing = csv.DictReader(StringIO(as_csv(table())))
    assert first["text"] == NASTY
    assert (first["interval"], first["interval_low"], first["interval_high"]) == ("0.714", "0.706", "0.721")
    assert (first["error"], first["error_standard_error"], first["fraction"]) == ("4.2", "0.05", "1/6")
    assert (second["number"], second["interval"], second["interval_low"]) == ("-3.14159", "inf", "")
    assert set(nothing.values()) == {""}


# -------------------------------------------------------------------------------------------------------- Markdown


def test_markdown_has_one_cell_for_each_column() -> None:
    made = table()
    lines = [line for line in as_markdown(made, "p").splitlines() if line.startswith("|")]
    assert [len(cells(line)) for line in lines] == [len(made.columns)] * (2 + len(made.rows))
    assert cells(lines[1]) == ["---", "---", "---:", "---:", "---:", "---:", "---:"]
    assert unescaped(cells(lines[2])[0]) == NASTY
    assert unescaped(cells(lines[2])[5]) == "0.714 [0.706, 0.721]"
    assert cells(lines[2])[6] == "4.20 ± 0.05"
    assert cells(lines[3])[5:] == ["∞", "∞ ± ∞"]


@given(st.text())
def test_markdown_text_is_one_cell(text: str) -> None:
    assert unescaped(markdown_text(text)) == " ".join(text.split())
    assert cells(f"| {markdown_text(text)} |") == [markdown_text(text)]


# ----------------------------------------------------------------------------------------------------------- LaTeX


@given(st.text(st.characters(max_codepoint=126, exclude_categories=["Cc"])))
def test_latex_text_leaves_no_special_character_naked(text: str) -> None:
    assert naked(latex_text(text)) == set()


@pytest.mark.quality
@pytest.mark.parametrize("text", ["a & b", "a_i", "50 %", "#1", "x^2", "{1}", "~", "$x$"])
def test_a_naked_special_character_is_seen(text: str) -> None:
    assert naked(text)
    assert not naked(latex_text(text))


def test_latex_translates_or_refuses() -> None:
    assert latex_text("τ ≤ 2") == r"\ensuremath{\tau} \ensuremath{\leq} 2"
    assert latex_text("m -> x, a <= b") == r"m \ensuremath{\to} x, a \ensuremath{\leq} b"
    with pytest.raises(ValueError, match="U\\+10FFFF"):
        latex_text("\U0010ffff")


def test_latex_says_where_it_comes_from() -> None:
    text = as_latex(table(), "srtheory table sample\n--seed 1 (seed 1, version 0)")
    first = text.splitlines()[0]
    assert first == "% srtheory table sample --seed 1 (seed 1, version 0)"


def test_latex_numbers() -> None:
    text = as_latex(table(), "p")
    assert r"S[table-format=-2]rS[table-format=-1.2]S[table-format=1.3]@{\enspace}r" in text
    assert "7 & 1/6 & 1.50 & 0.714 & [0.706, 0.721] & 4.20(5) " in text
    assert r"{\ensuremath{\infty}} &  & {\ensuremath{\infty}}" in text


# -------------------------------------------------------------------------------------------------------- builders


@pytest.mark.parametrize("name", ["counterexamples", "small-cases"])
def test_tables_of_the_record(name: str) -> None:
    made = build(name, Lab())
    assert made.name == name
    assert len(made.rows) > 10
    for write in FORMATS.values():
        assert write(made, "p").strip()


def test_small_cases_differ_and_are_on_record() -> None:
    for *_, covers, over_q, over_2, over_3 in build("small-cases", Lab()).rows:
        assert len({covers, over_q, over_2, over_3}) > 1
        assert covers >= max(over_q, over_2, over_3)


def test_the_smallest_covered_reception_that_does_not_span() -> None:
    rows = build("counterexamples", Lab()).rows
    assert ("sr-covered-implies-spans", 2, 5, 4, "1: {1} {3,4}; 2: {2} {3,5}") in rows
    assert ("covered-implies-spans", None, 3, 2, "{1,2} {1,3}") in rows


def test_claims_and_errata() -> None:
    given = entries("plain")
    assert [row[3] for row in claims_table(given).rows] == [str(v) for v in Verdict]
    rows = errata_table(given).rows
    assert [row[3] for row in rows] == [str(v) for v in Verdict if v in CORRECTED]
    assert rows[0][-1] == "m = 3: {1,2} {1,3}; by d: 2: m = 5: {1}"
    assert errata_table([replace(given[3], evidence={})]).rows[0][-1] is None


@pytest.mark.slow
def test_schemes_agree_with_the_laboratory() -> None:
    lab = Lab(seed=5)
    made = build("schemes", lab)
    mean = {row[0]: row for row in made.rows if row[1] is None}
    assert mean["sr"][2].estimate == lab.summary("latency", "sr", degree=10).mean
    assert mean["uncoded"][5].estimate == pytest.approx(0.999)
    assert mean["one"][5].estimate == 0
    assert mean["sr"][5].estimate > mean["lt"][5].estimate > mean["uncoded"][5].estimate


def test_the_hitting_time_law_counts_every_run() -> None:
    for symbols, trials, early, late, share in build("hitting-time", Lab()).rows:
        assert symbols >= 100
        assert share.estimate == pytest.approx(1 - (early + late) / trials)
        assert share.low <= share.estimate <= share.high


@pytest.mark.slow
def test_thresholds() -> None:
    for m, delta, exact, limit, ratio, critical in build("thresholds", Lab()).rows:
        assert delta in (0.1, 0.01)
        assert 1 < exact <= limit < m
        assert ratio > 1
        assert critical > 1


@pytest.mark.slow
def test_engines_are_timed() -> None:
    for row in build("engines", Lab()).rows:
        ours, theirs, ratio = row[3], row[5], row[6]
        assert ours > 0
        assert theirs > 0
        assert ratio.low <= ratio.estimate <= ratio.high


def test_every_table_has_a_builder() -> None:
    with pytest.raises(ArgumentError, match="one of " + ", ".join(TABLES)):
        build("nonsense", Lab())
