"""The ledger of deep effort on record: of this repository's claims and data, and its page is that of its files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from paper_checks import deep, study
from paper_checks.campaign.tables import read_tables
from srtheory.experiments.lab import Effort
from srtheory.render.formulas import as_mathml
from srtheory.study.checked_by import SIMULATION
from srtheory.study.tables import CORRECTED

DATA = deep.DEEP.parent
ENTRIES = {entry.id: entry for entry in deep.read()}


def test_it_has_every_claim_as_it_stands_now() -> None:
    assert {path.stem for path in deep.DEEP.glob("claims/*")} == set(study.claims)
    for id, claim in study.claims.items():
        entry = ENTRIES[id]
        assert (entry.id, entry.where, entry.claim) == (id, claim.where, claim.says)
        assert "crashed" not in entry.finding


@pytest.mark.parametrize("id", ["fig2a", "fig2b", "fig2c", "fig2-pareto", "fig2a-lt-low-latency", "disc-open-1"])
def test_it_is_of_deep_effort(id: str) -> None:
    assert (ENTRIES[id].trials, ENTRIES[id].seed) == (Effort.DEEP.trials, 2022)


def test_the_campaign_was_computed_again() -> None:
    tables = read_tables(DATA / "hitting_time")
    told = ENTRIES["disc-open-1"].evidence["data/hitting_time computed again"]
    assert list(told.values()) == [len(tables.cells), len(tables.exceptions), []]


def test_whatever_is_refined_or_refuted_has_a_correction_of_formulas_that_can_be_set() -> None:
    assert {id for id, entry in ENTRIES.items() if entry.correction} == {
        id for id, entry in ENTRIES.items() if entry.verdict in CORRECTED
    }
    assert not [id for id, e in ENTRIES.items() for text in (e.correction, e.finding) if "$" in as_mathml(text)]


def test_its_page_and_what_its_verdicts_rest_on_are_what_files_and_claims_say() -> None:
    """If not: python -m paper_checks.deep, which needs no runs."""
    assert deep.supported(ENTRIES.values()) == list(ENTRIES.values())
    assert deep.page() == (deep.DEEP / "ledger.md").read_text(encoding="utf-8")


@pytest.mark.quality
def test_another_support_or_finding_would_be_seen(tmp_path: Path) -> None:
    shutil.copytree(deep.DEEP / "claims", tmp_path / "claims")
    assert deep.page(tmp_path) == deep.page()
    for other in ({"checked_by": []}, {"finding": "Another."}):
        deep.write([replace(ENTRIES["fig1"], **other)], tmp_path)
        assert deep.page(tmp_path) != deep.page()
    deep.write(deep.supported([replace(ENTRIES["fig1"], checked_by=[])]), tmp_path)
    assert deep.page(tmp_path) == deep.page()


def test_simulation_is_said_exactly_where_there_are_trials() -> None:
    assert [e.id for e in ENTRIES.values() if (SIMULATION in e.checked_by) != (e.trials is not None)] == []


def test_a_command_makes_the_file_of_a_claim_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the digit, where it rests on no runs; and the page with it."""
    shutil.copytree(deep.DEEP / "claims", tmp_path / "claims")
    (tmp_path / "claims" / "fig1.json").unlink()
    monkeypatch.chdir(tmp_path)  # where records would go
    assert CliRunner().invoke(deep.main, ["fig1", "--out", str(tmp_path)]).exit_code == 0
    for name in ("claims/fig1.json", "ledger.md"):
        assert (tmp_path / name).read_bytes() == (deep.DEEP / name).read_bytes()
