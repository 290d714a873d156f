"""Tables in three formats: what is written is what was given, whatever characters it is made of."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from fractions import Fraction
from functools import partial
from io import StringIO
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_checks import study
from paper_checks.floors import least_mean
from paper_checks.real_sums import CONSTRUCTIONS
from paper_checks.tables import engines, real_sums, thresholds
from srtheory.decoders.sums import Sum
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import COSTS
from srtheory.experiments.workloads import WORKLOADS
from srtheory.render.latex import as_latex, latex_text
from srtheory.render.names import printed
from srtheory.render.table import Column, Interval, Kind, PlusMinus, Table
from srtheory.render.write import FORMATS, as_csv, as_markdown, markdown_text
from srtheory.schemes import SCHEME_NAMES
from srtheory.study import making
from srtheory.study.findings import Finding, Verdict
from srtheory.study.study import Study
from srtheory.study.tables import CORRECTED, OF_CLAIMS, claims_table, errata_table
from tests.ours import build
from tests.render.sample import NASTY, entries, table

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


def test_numbers_of_numpy_are_pythons() -> None:
    columns = (Column("x", "x", Kind.INTEGER), Column("y", "y", Kind.NUMBER, 1))
    ((x, y),) = Table("t", "c", columns, ((np.int64(3), np.float32(0.5)),)).rows  # type: ignore[arg-type]
    assert (x, type(x), y, type(y)) == (3, int, 0.5, float)


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


@pytest.mark.quality
def test_csv_is_empty_where_there_is_no_number() -> None:
    """docs/tables.md: what does not exist is empty; what is infinite is there."""
    nan = math.nan
    columns = (
        Column("x", "x", Kind.NUMBER),
        Column("y", "y", Kind.INTERVAL),
        Column("z", "z", Kind.ERROR),
        Column("s", "s", Kind.SIGNIFICANT),
    )
    rows = (
        (nan, Interval(nan, 0.0, nan), PlusMinus(nan, nan), nan),
        (math.inf, Interval(1.0, nan, math.inf), PlusMinus(0.5, nan), -math.inf),
    )
    assert as_csv(Table("t", "c", columns, rows)).splitlines()[1:] == [",,0.0,,,,", "inf,1.0,,inf,0.5,,-inf"]


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


def test_latex_sets_the_formulas_of_claims_and_captions() -> None:
    rows = ((r"$\tau d + 1/\mu$ bounds $\mathrm{E}[T]$",),)
    text = as_latex(Table("t", r"Where $\tau d$ is large.", (Column("x", "$x$ & y"),), rows), "p")
    assert r"\caption{Where $\tau d$ is large.}" in text
    assert r"{$x$ \& y} \\" in text
    assert r"$\tau d + 1/\mu$ bounds $\mathrm{E}[T]$ \\" in text


def test_columns_are_one_or_two() -> None:
    with pytest.raises(ArgumentError, match="1 or 2"):
        as_latex(table(), "p", 3)


def test_every_scheme_has_a_printed_name() -> None:
    assert len({printed(name) for name in SCHEME_NAMES}) == len(SCHEME_NAMES)
    assert (printed("lt", cap=2.0), printed("parts-stream", degree=10)) == (
        "LT, $m_e = 2m$",
        "parts of 10, random order",
    )
    assert printed("parts-cyclic", degree=10) == "parts of 10, cyclic order"
    with pytest.raises(ArgumentError, match="one of sr"):
        printed("nonsense")


def test_latex_says_where_it_comes_from() -> None:
    text = as_latex(table(), "srtheory table sample\n--seed 1 (seed 1, version 0)")
    first = text.splitlines()[0]
    assert first == "% srtheory table sample --seed 1 (seed 1, version 0)"


def test_latex_numbers() -> None:
    text = as_latex(table(), "p")
    assert r"S[table-format=-2]rS[table-format=-1.2]S[table-format=1.3]@{\enspace}r" in text
    assert "7 & 1/6 & 1.50 & 0.714 & [0.706, 0.721] & 4.20(5) " in text
    assert r"{\ensuremath{\infty}} &  & {\ensuremath{\infty}}" in text


@pytest.mark.parametrize(
    ("value", "text", "latex"),
    [
        (1.449e-16, "1.4e-16", r"$1.4\cdot 10^{-16}$"),
        (9.94e-5, "9.9e-5", r"$9.9\cdot 10^{-5}$"),
        (9.96e-5, "0.00010", "0.00010"),
        (0.00012345, "0.00012", "0.00012"),
        (0.996, "1.0", "1.0"),
        (12.9, "13", "13"),
        (25000.0, "25000", "25000"),
        (5.4e279, "5.4e279", r"$5.4\cdot 10^{279}$"),
        (0.0, "0", "0"),
        (float("inf"), "∞", r"\ensuremath{\infty}"),
    ],
)
def test_numbers_of_many_sizes_have_so_many_digits_that_count(value: float, text: str, latex: str) -> None:
    made = Table("t", "c", (Column("x", "x", Kind.SIGNIFICANT, 2),), ((value,),))
    assert f"| {text} |" in as_markdown(made, "p")
    assert f"\n{latex} \\\\\n" in as_latex(made, "p")
    assert as_csv(made) == f"x\n{value}\n"


def test_a_record_has_its_interval_on_a_line() -> None:
    columns = (Column("a", "a", width=0.2), Column("x", "x", Kind.INTERVAL, 2))
    made = Table("t", "c", columns, (("b", Interval(1.0, 0.5, 1.5)),), long=True)
    assert r"b\quad \emph{x}~1.00 [0.50, 1.50] \\" in as_latex(made, "p", 1)


# -------------------------------------------------------------------------------------------------------- builders


@pytest.mark.parametrize("name", ["counterexamples", "small-cases"])
def test_tables_of_the_record(name: str) -> None:
    made = build(name, study.lab())
    assert made.name == name
    assert len(made.rows) > 10
    for write in FORMATS.values():
        assert write(made, "p").strip()


def test_small_cases_differ_and_are_on_record() -> None:
    for *_, covers, over_q, over_2, over_3 in build("small-cases", study.lab()).rows:
        assert len({covers, over_q, over_2, over_3}) > 1
        assert covers >= max(over_q, over_2, over_3)


def test_the_smallest_covered_reception_that_does_not_span() -> None:
    rows = build("counterexamples", study.lab()).rows
    assert ("sr-covered-implies-spans", 2, 5, 4, "1: {1} {3,4}; 2: {2} {3,5}") in rows
    assert ("covered-implies-spans", None, 3, 2, "{1,2} {1,3}") in rows


def test_claims_and_errata() -> None:
    given = entries("plain")
    assert [row[3] for row in claims_table(study, given).rows] == [str(v) for v in Verdict]
    rows = errata_table(study, given).rows
    assert [row[3] for row in rows] == [str(v) for v in Verdict if v in CORRECTED]
    assert rows[0][-1] == "$m = 3$: {1,2} {1,3}; by d: 2: $m = 5$: {1}"
    assert errata_table(study, [replace(given[list(Verdict).index(Verdict.REFINED)], evidence={})]).rows[0][-1] is None


@pytest.mark.slow
def test_schemes_agree_with_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "trials", 6)  # on the same delays
    lab = study.lab(seed=5)
    made = build("schemes", lab)
    found = {(row[0].code, row[1]): row for row in made.rows}
    assert len(found) == len(made.rows)
    assert {code.split()[0] for code, _ in found} == set(SCHEME_NAMES)
    assert {"SR", "LT, $m_e = 2m$", "Raptor, dense", "parts of 10, random order"} < {row[0].text for row in made.rows}
    pairs = [(found[code, "peeling"], found[code, "span"]) for code, decoder in found if decoder == "peeling"]
    assert len(pairs) == 8
    assert all(span[k].estimate <= peeling[k].estimate for peeling, span in pairs for k in (2, 4))
    sr, lt = found["sr", "span"], found["lt", "peeling"]
    assert sr[2].estimate == lab.summary("latency", "sr", degree=10).mean
    by_peeling = lab.summary("stopping_time", "repairable", decoder="peeling", degree=10)
    assert found["repairable", "peeling"][4].estimate == by_peeling.mean
    assert found["uncoded", None][6].estimate == pytest.approx(0.999)
    assert found["one", None][6].estimate == 0
    assert sr[6].estimate > lt[6].estimate > found["uncoded", None][6].estimate
    operations = sum(lab.summary(name, "lt", decoder="span").mean for name in COSTS)
    assert found["lt", "span"][6].estimate == pytest.approx(operations / 1000)
    assert operations > 999  # as many values are added up, whatever the coefficients take
    assert lt[2].estimate < found["raptor", "peeling"][2].estimate < found["raptor spread=24", "span"][2].estimate
    ratios = {key: row[3] for key, row in found.items() if row[3] is not None}
    assert ("genie", None) not in ratios
    assert ratios["sr", "span"] == least_mean(lab.at) / sr[2].estimate
    assert max(ratios.values()) < 1


def test_gradient_codes_by_what_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "elimination_trials", 4)
    rows = build("gradient-codes", study.lab(seed=5)).rows
    assert {(a, s) for a, s, *_ in rows} == set(product((0, 9, 49), (0, 4, 9, 19, 49, 99)))
    for a, s, guess, _, lost, cyclic, sr, parts in rows:
        assert guess == ("right" if a == s else "too low" if s < a else "too high")
        assert (lost is None) == (cyclic is not None) == (s >= a)
        assert cyclic is None or cyclic > 10 * sr.estimate > 10 * parts.estimate > 0
    slower = {s: [row[3] for row in rows if row[1] == s] for s in (9, 49)}
    assert all(means == sorted(means) for means in slower.values())


def test_the_hitting_time_law_counts_every_run() -> None:
    for symbols, trials, early, late, share in build("hitting-time", study.lab()).rows:
        assert symbols >= 100
        assert share.estimate == pytest.approx(1 - (early + late) / trials)
        assert share.low <= share.estimate <= share.high


def sums_table(lab: Lab) -> list[dict[str, object]]:
    made = build("real-sums", lab)
    names = [column.name for column in made.columns]
    return [dict(zip(names, row, strict=True)) for row in made.rows]


def test_real_sums_come_through_every_construction() -> None:
    rows = sums_table(study.lab())
    pairs = {(row["sum"], row["construction"]) for row in rows}
    assert pairs == set(product(WORKLOADS, (construction.name for construction in CONSTRUCTIONS)))
    for row in rows:
        assert row["exact"] == ("rounded" if "LSMR" in row["construction"] else "yes")
        assert 0 <= row["error"] <= row["bound"]
        assert (row["products"] > 0) == row["construction"].startswith("SR")


@pytest.mark.quality
def test_a_real_sum_that_is_wrong_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    last = replace(CONSTRUCTIONS[1], decode=lambda rows, values: Sum(values[-1], 0))
    monkeypatch.setattr(real_sums, "CONSTRUCTIONS", [last])
    monkeypatch.setattr(real_sums, "WORKLOADS", {"kernel sum": WORKLOADS["kernel sum"]})
    [row] = sums_table(study.lab())
    assert row["exact"] == "no"
    assert row["error"] > row["bound"]


@pytest.mark.slow
def test_thresholds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those at m = 1000 are on the page: docs/quoted/theory.py."""
    monkeypatch.setattr(thresholds, "M_VALUES", (100, 1000))  # the last is left out at quick effort
    for m, delta, exact, limit, ratio, critical in build("thresholds", study.lab()).rows:
        assert delta in (0.1, 0.01)
        assert 1 < exact <= limit < m
        assert ratio > 1
        assert critical > 1


@pytest.mark.slow
def test_engines_are_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    tenths = tuple(replace(its, symbols=its.symbols // 10) for its in engines.CONTESTS)
    monkeypatch.setattr(engines, "engines", partial(engines.engines, contests=tenths))
    monkeypatch.setattr(engines, "PAIRS", 2)
    for row in build("engines", study.lab()).rows:
        ours, theirs, ratio = row[3], row[5], row[6]
        assert ours > 0
        assert theirs > 0
        assert ratio.low <= ratio.estimate <= ratio.high


def test_every_table_has_a_builder() -> None:
    with pytest.raises(ArgumentError, match="one of " + ", ".join(study.tables)):
        build("nonsense", study.lab())


@pytest.mark.parametrize("name", OF_CLAIMS)
def test_a_table_of_claims_is_of_the_ledger_that_is_given(name: str) -> None:
    made = OF_CLAIMS[name][1](study, entries())
    assert build(name, study.lab(), ledger=lambda _: entries()).rows == made.rows != ()


def test_without_a_ledger_the_claims_are_checked() -> None:
    mine = Study(title="Mine")
    mine.claim("one", "I", "says")(lambda lab: Finding(Verdict.REFUTED, f"not at seed {lab.seed}"))
    for name in OF_CLAIMS:
        [row] = making.table(mine, name, mine.lab(seed=3)).rows
        assert row[:5] == ("one", "I", "says", "refuted", "not at seed 3")
