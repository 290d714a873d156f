r"""What every table promises: what is given is read back from CSV, JSON, Markdown and LaTeX, and LaTeX sets it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manuscript.study import study as manuscript
from paper_checks import deep, study
from paper_checks.parameters import PAPER
from paper_checks.tables import best_schemes, engines, gradient_codes, real_sums, workers
from paper_checks.tables.schemes import COLUMNS
from paper_checks.workloads import WORKLOADS
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.render import write
from srtheory.render.formulas import latex_text
from srtheory.render.table import Column, Interval, Kind, Name, PlusMinus, Table, plain
from srtheory.render.write import FORMATS, as_csv, as_latex, as_markdown, as_objects, markdown_text
from srtheory.schemes import SCHEME_NAMES, printed
from srtheory.study import making
from srtheory.study.findings import Entry, Verdict
from srtheory.study.ledger import claims_table, errata_table
from srtheory.workers import fit
from tests.ours import build
from tests.render.latex import complaints, needs_latex
from tests.render.sample import NASTY, entries, table

# --------------------------------------------------------------------------------------------- read back, drawn tables

TEXTS = st.text(st.characters(max_codepoint=126, exclude_categories=["Cc"]))
SIZES = st.tuples(st.floats(1, 9.999), st.integers(-8, 8)).map(lambda its: its[0] * 10.0 ** its[1])
NUMBERS = SIZES | SIZES.map(lambda x: -x) | st.just(0.0)
ANY = NUMBERS | st.sampled_from([inf, -inf, nan])
OF_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: TEXTS | st.builds(Name, TEXTS, TEXTS),
    Kind.CODE: TEXTS,
    Kind.INTEGER: st.integers(-(10**9), 10**9),
    Kind.FRACTION: st.fractions(max_denominator=99),
    Kind.NUMBER: ANY,
    Kind.SIGNIFICANT: ANY,
    Kind.INTERVAL: st.builds(Interval, ANY, st.none() | ANY, st.none() | ANY),
    Kind.ERROR: st.builds(PlusMinus, ANY, ANY.map(abs)),
}
PARTS = {Kind.INTERVAL: ("", "_low", "_high"), Kind.ERROR: ("", "_standard_error")}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = draw(st.lists(st.sampled_from(Kind), min_size=1, max_size=4))
    columns = tuple(Column(f"c{i}", draw(TEXTS), kind) for i, kind in enumerate(kinds))
    cells = [st.none() | OF_KIND[kind] for kind in kinds]
    return Table("drawn", draw(TEXTS), columns, tuple(draw(st.lists(st.tuples(*cells), max_size=3))))


def numbers(cell: Any) -> list[Any]:
    """What a cell holds: one number or text, or several."""
    if isinstance(cell, Name):
        return [cell.code]
    return list(vars(cell).values()) if isinstance(cell, Interval | PlusMinus) else [cell]


def in_csv(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def in_json(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return None if isinstance(value, float) and not isfinite(value) else value


def split(row: str) -> list[str]:
    """Cells of a row of a Markdown table, at pipes that no backslash escapes."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


@settings(max_examples=60)
@given(tables())
def test_csv_json_and_markdown_hold_what_was_given(made: Table) -> None:
    head, *lines = csv.reader(io.StringIO(as_csv(made)))
    assert head == [c.name + part for c in made.columns for part in PARTS.get(c.kind, ("",))]
    for line, row in zip(lines, made.rows, strict=True):
        whole = [
            numbers(cell) if cell is not None else [None] * len(PARTS.get(c.kind, ("",)))
            for c, cell in zip(made.columns, row, strict=True)
        ]
        assert line == [in_csv(value) for values in whole for value in values]
    said = json.loads(json.dumps(as_objects(made), allow_nan=False))
    for given_row, row in zip(said["rows"], made.rows, strict=True):
        for value, cell in zip(given_row.values(), row, strict=True):
            assert (list(value.values()) if isinstance(value, dict) else [value]) == list(map(in_json, numbers(cell)))
    rows = [line for line in as_markdown(made, "Made.").splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(made.rows)
    for line, row in zip(rows[2:], made.rows, strict=True):
        for column, shown, cell in zip(made.columns, split(line), row, strict=True):
            assert unescaped(shown) == " ".join(plain(cell, column).split())


READ = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e-?\d+)?")


@pytest.mark.parametrize("form", [as_markdown, as_latex])
@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.SIGNIFICANT, Kind.INTERVAL, Kind.ERROR])
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_printed_without_decimals_is_the_number_to_three_digits(form: Any, kind: Kind, data: Any) -> None:
    its = {Kind.INTERVAL: st.builds(Interval, *[NUMBERS] * 3), Kind.ERROR: st.builds(PlusMinus, NUMBERS, SIZES)}
    cells = data.draw(st.lists(its.get(kind, NUMBERS), min_size=1, max_size=3))
    columns = (Column("before", "B"), Column("x", "X", kind), Column("after", "A"))
    text = form(Table("name", "Caption.", columns, tuple(("begin", cell, "end") for cell in cells)), "Made.")
    lines = re.findall(r"begin(.*?)end", text)
    for cell, line in zip(cells, lines, strict=True):
        line = re.sub(r"\$?(?:\\cdot|×|\\times)\s*10\^\{?(-?\d+)\}?\$?", r"e\1", line)
        if form is as_latex and kind is Kind.ERROR:  # the error in units of the last digit
            number, error = re.findall(r"[-\d.]+", line)
            read = [number, str(Decimal(error).scaleb(-len(number.partition(".")[2])))]
        else:
            read = READ.findall(line.replace("$", ""))
        for value, shown in zip(numbers(cell), read, strict=True):
            number = Decimal(shown.replace("−", "-"))
            last = number.adjusted() - 2 if kind is Kind.SIGNIFICANT else number.as_tuple().exponent
            unit = Decimal(1).scaleb(int(last))
            assert abs(number - Decimal(value)) <= unit * Decimal("0.5000001")  # what is halfway may be a float away
            assert value == 0 or len(number.as_tuple().digits) >= 3


def naked(text: str) -> set[str]:
    """Characters with a meaning in LaTeX that stand in a text unescaped; commands and their braces are taken out."""
    stripped = re.sub(r"\\(ensuremath|text\w+)\{[^{}]*\}|\\[a-z]+\{\}|-\{\}", "", text)
    return set(re.findall(r"(?<!\\)[&%$#_{}~^]", stripped))


@pytest.mark.quality
@given(TEXTS)
def test_no_special_character_is_naked(text: str) -> None:
    assert naked(latex_text(text)) == set()
    assert all(map(naked, ("a & b", "a_i", "50 %", "#1", "x^2", "{1}", "~", "$x$")))
    assert unescaped(markdown_text(text)) == " ".join(text.split())
    assert split(f"| {markdown_text(text)} |") == [markdown_text(text)]


# ------------------------------------------------------------------------------------------------------- by example


@pytest.mark.parametrize(
    ("row", "name"), [((1,), "rows"), ((1, "x", 2), "rows"), ((1.0, "x"), "a"), ((True, "x"), "a"), ((1, 2), "b")]
)
def test_rows_that_do_not_fit_are_refused(row: tuple[Any, ...], name: str) -> None:
    columns = (Column("a", "A", Kind.INTEGER), Column("b", "B"))
    assert Table("name", "", columns, ((np.int64(1), "x"), (None, None))).rows == ((1, "x"), (None, None))
    with pytest.raises(ArgumentError) as refusal:
        Table("name", "", columns, ((1, "x"), row))
    assert refusal.value.name == name


def test_parameters_that_were_asked_for_are_columns_of_csv_unless_there_is_one() -> None:
    columns = (Column("m", "m", Kind.INTEGER), Column("text", "Text"))
    made = Table("name", "Caption.", columns, ((1, "x"), (2, "y")), told={"m": 7, "tau": 0.5})
    assert as_csv(made) == "m,text,tau\n1,x,0.5\n2,y,0.5\n"


# ------------------------------------------------------------------------------------------- all tables, as documents


def unsettled() -> list[Entry]:
    """The paper's claims, not checked: what the page has to bear is their words."""
    return [
        Entry(c.id, c.where, c.says, Verdict.NOT_REPRODUCED, NASTY, checked_by=c.checked_by)
        for c in study.claims.values()
    ]


class FewRuns(Lab):
    """Layout does not ask for precision."""

    @property
    def trials(self) -> int:
        return 10


def all_schemes() -> Table:
    """The table of all schemes as wide as it gets, without its runs."""
    names = [Name(printed(name, 10), name) for name in SCHEME_NAMES] + [Name("Raptor, dense", "raptor spread=24")]
    figures = PlusMinus(35.842, 0.52), PlusMinus(11747, 122), PlusMinus(106.07, 1.01), PlusMinus(31464.8, 188)
    rows = ((name, "peeling", figures[0], 0.88, *figures[1:], 100) for name in names)
    return Table("schemes", "All.", COLUMNS, (*rows, (names[0], *[None] * 7)))


def widest(name: str, lab: Lab) -> Table:
    """The table, from fewer and smaller cases, as wide and as long as that of the paper."""
    if name == "schemes":
        return all_schemes()
    if name == "engines":  # a second each at the sizes that are timed
        made = engines.engines(lab, tuple(replace(contest, symbols=12) for contest in engines.CONTESTS))
        ratio = Interval(199.9, 99.9, 299.9)
        return replace(made, rows=tuple((1000, 10, row[2], 99.99, row[4], 9999.99, ratio) for row in made.rows))
    made = build(name, lab, **({"symbols": 10} if name == "thresholds" else {}))
    if name == "thresholds":
        return replace(made, rows=(*made.rows, (3000, 0.01, 99, 99, 9.99, 9.99)))
    if name == "best-schemes":
        return replace(made, rows=tuple((1000, *row[1:4], 500, *row[5:7], 500, *row[8:]) for row in made.rows * 2))
    return replace(made, rows=made.rows * (18 // len(made.rows))) if name == "gradient-codes" else made


@cache
def everything() -> dict[str, Table]:
    """All tables of the paper and the manuscript, and one with every character and kind."""
    terms = WORKLOADS["kernel sum"](1)
    recovered = {c: real_sums.recover(terms, c, seed=1, trial=0) for c in real_sums.CONSTRUCTIONS}
    fewer: Sequence[tuple[Any, str, Any]] = (
        (best_schemes, "SCHEMES", ["sr", "parts-cyclic", "terms-cyclic", "repetition"]),
        (best_schemes, "M_VALUES", (12,)),
        (best_schemes, "least_mean", lambda model, coarse: 0.125),
        (engines, "PAIRS", 2),
        (engines, "timed_pair", lambda contest, rows: (0.25, 0.5)),
        (gradient_codes, "SILENT", (9,)),
        (gradient_codes, "STRAGGLERS", (4, 49)),
        (fit, "REPEATS", 2),
        (workers, "compared", partial(workers.compared, simulated=20)),
        (real_sums, "recover", lambda _, construction, **given: recovered[construction]),
    )
    lab, settled = FewRuns(at=PAPER), deep.supported(deep.read())
    with pytest.MonkeyPatch.context() as patch:
        for constant in fewer:
            patch.setattr(*constant)
        patch.setattr("paper_checks.records.workers.law_mean", lambda setting, scheme, fit: 1.234)
        made = {name: widest(name, lab) for name in study.tables if name not in ("claims", "errata")}
    made |= {"claims": claims_table(study, settled), "errata": errata_table(study, settled)}
    made |= {f"manuscript {name}": making.table(manuscript, name, manuscript.lab()) for name in manuscript.tables}
    return made | {"sample": table(), "long": table(long=True)}


@pytest.mark.slow
@needs_latex
@pytest.mark.parametrize(
    ("columns", "options"),
    [
        pytest.param(None, "", marks=pytest.mark.attack),
        (1, "twocolumn"),
        pytest.param(2, "twocolumn", marks=pytest.mark.attack),
    ],
)
def test_all_tables_are_set_in_one_document(columns: int | None, options: str, tmp_path: Path) -> None:
    made = [its for name, its in everything().items() if (columns, name) != (1, "sample")]  # too wide for one of two
    texts = [as_latex(its, "p", columns) for its in made]
    assert complaints(texts, tmp_path, options) == []
    assert columns is None or not any("longtable}" in line for text in texts for line in text.splitlines()[2:])


@pytest.mark.slow
def test_all_tables_are_of_every_form() -> None:
    """A number in a column of CSV for each row; nothing but the table in Markdown and JSON."""
    for made in everything().values():
        assert len(list(csv.DictReader(io.StringIO(as_csv(made))))) == len(made.rows) > 0
        lines = [line for line in as_markdown(made, "p").splitlines() if line.startswith("|")]
        assert {len(split(line)) for line in lines} == {len(made.columns)}
        assert len(lines) == 2 + len(made.rows)
        assert all(write(made, "p").strip() for write in FORMATS.values())
        json.dumps(as_objects(made), allow_nan=False)


@needs_latex
def test_every_character_kind_and_verdict_is_set(tmp_path: Path) -> None:
    words = replace(claims_table(study, unsettled()), name="words")
    made = [table(), table(long=True), claims_table(study, entries()), errata_table(study, entries()), words]
    assert complaints([as_latex(t, "p") for t in made], tmp_path) == []


@needs_latex
@pytest.mark.quality
def test_what_latex_cannot_set_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A naked character, a word or a table too wide, a label of two tables and a float longer than its page."""
    assert complaints([as_latex(table("fine"), "p").replace(r"p{0.17\linewidth}", r"p{0.7\linewidth}")], tmp_path)
    assert complaints([as_latex(table("fine"), "p", 2).replace("table*", "table")], tmp_path, "twocolumn")
    shared = complaints([as_latex(table("fine"), "p", 2) + r"\ref{tab:fine}"] * 2, tmp_path, "twocolumn")
    assert {"twice: tab:sample-False", "nowhere: tab:fine"} <= set(shared)
    monkeypatch.setattr(write, "LINES", 500)
    long = as_latex(claims_table(study, unsettled()), "p", 1)
    assert any("too large" in complaint for complaint in complaints([long], tmp_path, "twocolumn"))
    monkeypatch.setattr(write, "encoded", lambda text: text)
    assert complaints([as_latex(table("a & b"), "p")], tmp_path)
