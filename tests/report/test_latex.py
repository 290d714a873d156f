"""All tables in one LaTeX document: no error, no overfull box."""

from __future__ import annotations

from pathlib import Path

import pytest

from paper_checks.registry import claims
from srtheory.experiments.lab import Lab
from srtheory.report import tables_write
from srtheory.report.ledger import Entry, Verdict
from srtheory.report.tables import TABLES, build
from srtheory.report.tables_ledger import claims_table, errata_table
from srtheory.report.tables_write import as_latex
from tests.report.latex import complaints, needs_latex
from tests.report.sample import NASTY, entries, table

pytestmark = needs_latex


def unsettled() -> list[Entry]:
    """The paper's claims, not checked: what the page has to bear is their words."""
    return [Entry(c.id, c.where, c.says, Verdict.NOT_REPRODUCED, NASTY) for c in claims().values()]


def test_every_character_and_kind(tmp_path: Path) -> None:
    made = [table(), table(long=True), claims_table(entries()), errata_table(entries())]
    assert complaints([as_latex(t, "p") for t in made], tmp_path) == []


def test_the_papers_claims_and_the_record(tmp_path: Path) -> None:
    made = [claims_table(unsettled()), *(build(name, Lab()) for name in ("counterexamples", "small-cases"))]
    assert complaints([as_latex(t, "p") for t in made], tmp_path) == []


@pytest.mark.slow
def test_all_tables(tmp_path: Path) -> None:
    lab = Lab()
    settled = [claim.settle(lab) for claim in claims().values()]  # once for both tables of the ledger
    made = {"claims": claims_table(settled), "errata": errata_table(settled)}
    made |= {name: build(name, lab) for name in TABLES if name not in made}
    assert complaints([as_latex(table, "p") for table in made.values()], tmp_path) == []


@pytest.mark.quality
@pytest.mark.parametrize("text", ["a & b", "a_i", "50 % lost", "{", "τ-\U00013000", "w" * 60])
def test_a_text_that_is_not_escaped_or_too_wide_is_seen(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables_write, "latex_text", lambda text: text)
    made = as_latex(table(text), "p")
    assert complaints([made], tmp_path)


@pytest.mark.quality
def test_a_table_too_wide_is_seen(tmp_path: Path) -> None:
    made = as_latex(table("fine"), "p")
    assert complaints([made], tmp_path) == []
    assert complaints([made.replace(r"p{0.17\linewidth}", r"p{0.7\linewidth}")], tmp_path)
