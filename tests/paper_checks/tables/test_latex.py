"""All tables in one LaTeX document: no error, no overfull box."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from paper_checks import deep, study
from paper_checks.parameters import PAPER
from paper_checks.tables import best_schemes, engines, gradient_codes, real_sums, workers
from paper_checks.tables.schemes import COLUMNS
from srtheory.experiments.lab import Lab
from srtheory.experiments.workloads import WORKLOADS
from srtheory.render import latex
from srtheory.render.latex import as_latex
from srtheory.render.names import printed
from srtheory.render.table import Interval, Name, PlusMinus, Table
from srtheory.schemes import SCHEME_NAMES
from srtheory.study.findings import Entry, Verdict
from srtheory.study.tables import claims_table, errata_table
from srtheory.workers import fit
from tests.ours import build
from tests.render.latex import complaints, needs_latex
from tests.render.sample import NASTY, entries, table

pytestmark = needs_latex


def unsettled() -> list[Entry]:
    """The paper's claims, not checked: what the page has to bear is their words."""
    return [
        Entry(c.id, c.where, c.says, Verdict.NOT_REPRODUCED, NASTY, checked_by=c.checked_by)
        for c in study.claims.values()
    ]


def test_every_character_and_kind(tmp_path: Path) -> None:
    made = [table(), table(long=True), claims_table(study, entries()), errata_table(study, entries())]
    assert complaints([as_latex(t, "p") for t in made], tmp_path) == []


def test_the_papers_claims_and_the_record(tmp_path: Path) -> None:
    made = [
        claims_table(study, unsettled()),
        *(build(name, study.lab()) for name in ("counterexamples", "small-cases", "decoding")),
    ]
    assert complaints([as_latex(t, "p") for t in made], tmp_path) == []


def test_in_a_document_of_two_columns(tmp_path: Path) -> None:
    made = [table(long=True), claims_table(study, unsettled()), errata_table(study, entries()), all_schemes()]
    made += [
        build(name, study.lab())
        for name in ("counterexamples", "small-cases", "hitting-time", "guarantees", "decoding")
    ]
    for columns in (1, 2):
        made += [table()] * (columns == 2)  # too wide for one, which has no room for so many kinds of text and number
        texts = [as_latex(t, "p", columns) for t in made]
        assert complaints(texts, tmp_path, "twocolumn") == []
        assert all(text.count(r"\begin{table*}") * (columns == 2) + text.count(r"\begin{table}") for text in texts)
        assert not any("longtable}" in line for text in texts for line in text.splitlines()[2:])


def all_schemes() -> Table:
    """The table of all schemes as wide as it gets, without its runs."""
    names = [Name(printed(name, 10), name) for name in SCHEME_NAMES] + [Name("Raptor, dense", "raptor spread=24")]
    figures = PlusMinus(35.842, 0.52), PlusMinus(11747, 122), PlusMinus(106.07, 1.01), PlusMinus(31464.8, 188)
    rows = ((name, "peeling", figures[0], 0.88, *figures[1:], 100) for name in names)
    return Table("schemes", "All.", COLUMNS, (*rows, (names[0], *[None] * 7)))


class FewRuns(Lab):
    """Layout does not ask for precision."""

    @property
    def trials(self) -> int:
        return 10


def thresholds(lab: Lab) -> Table:
    """As wide as at the largest m, for which least degrees take half a minute."""
    made = build("thresholds", lab, symbols=10)
    return replace(made, rows=(*made.rows, (3000, 0.01, 99, 99, 9.99, 9.99)))


def best(lab: Lab) -> Table:
    """As many rows as there are, of a few schemes and symbols, and as wide as those of 1000."""
    made = build("best-schemes", lab)
    return replace(made, rows=tuple((1000, *row[1:4], 500, *row[5:7], 500, *row[8:]) for row in made.rows))


def contests(lab: Lab) -> Table:
    """As wide as at the sizes that are timed, a second each, with nothing timed."""
    made = engines.engines(lab, tuple(replace(contest, symbols=12) for contest in engines.CONTESTS))
    ratio = Interval(199.9, 99.9, 299.9)
    return replace(made, rows=tuple((1000, 10, row[2], 99.99, row[4], 9999.99, ratio) for row in made.rows))


def gradients(lab: Lab) -> Table:
    """As many rows as there are, of two numbers of stragglers, too few and too many."""
    made = build("gradient-codes", lab)
    return replace(made, rows=made.rows * (18 // len(made.rows)))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer repetitions behind each number, and one workload's numbers for all."""
    monkeypatch.setattr(best_schemes, "SCHEMES", ["sr", "parts-cyclic", "terms-cyclic", "repetition"])
    monkeypatch.setattr(best_schemes, "M_VALUES", (12, 12))
    monkeypatch.setattr(engines, "PAIRS", 2)
    monkeypatch.setattr(engines, "timed_pair", lambda contest, rows: (0.25, 0.5))
    monkeypatch.setattr(gradient_codes, "SILENT", (9,))
    monkeypatch.setattr(gradient_codes, "STRAGGLERS", (4, 49))
    monkeypatch.setattr(fit, "REPEATS", 2)
    monkeypatch.setattr(workers, "compared", partial(workers.compared, simulated=20))
    monkeypatch.setattr("paper_checks.records.workers.law_mean", lambda setting, scheme, fit: 1.234)
    terms = WORKLOADS["kernel sum"](1)
    recovered = {c: real_sums.recover(terms, c, seed=1, trial=0) for c in real_sums.CONSTRUCTIONS}
    monkeypatch.setattr(real_sums, "recover", lambda _, construction, **given: recovered[construction])


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_all_tables(tmp_path: Path) -> None:
    """The claims as they are on record, from 10^5 runs: that they are today's is tested in test_deep_ledger.py."""
    lab, settled = FewRuns(at=PAPER), deep.supported(deep.read())
    made = {"claims": claims_table(study, settled), "errata": errata_table(study, settled)}
    made["schemes"] = all_schemes()  # standard errors of ten runs have more digits than it has room for
    made |= {"thresholds": thresholds(lab), "best-schemes": best(lab)}
    made |= {"engines": contests(lab), "gradient-codes": gradients(lab)}
    made |= {name: build(name, lab) for name in study.tables if name not in made}
    for columns, options in ((None, ""), (1, "twocolumn"), (2, "twocolumn")):
        texts = [as_latex(table, "p", columns) for table in made.values()]
        assert complaints(texts, tmp_path, options) == []


@pytest.mark.quality
@pytest.mark.parametrize("text", ["a & b", "a_i", "50 % lost", "{", "τ-\U00013000", "w" * 60])
def test_a_text_that_is_not_escaped_or_too_wide_is_seen(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latex, "encoded", lambda text: text)
    made = as_latex(table(text), "p")
    assert complaints([made], tmp_path)


@pytest.mark.quality
def test_a_table_too_wide_or_a_label_of_two_is_seen(tmp_path: Path) -> None:
    made = as_latex(table("fine"), "p")
    assert complaints([made], tmp_path) == []
    assert complaints([made.replace(r"p{0.17\linewidth}", r"p{0.7\linewidth}")], tmp_path)
    assert complaints([as_latex(table("fine"), "p", 2).replace("table*", "table")], tmp_path, "twocolumn")
    shared = complaints([as_latex(table("fine"), "p", 2) + r"\ref{tab:fine}"] * 2, tmp_path, "twocolumn")
    assert {"twice: tab:sample-False", "nowhere: tab:fine"} <= set(shared)


@pytest.mark.quality
def test_a_float_longer_than_its_page_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex, "LINES", 500)
    made = as_latex(claims_table(study, unsettled()), "p", 1)
    assert any("too large" in complaint for complaint in complaints([made], tmp_path, "twocolumn"))
