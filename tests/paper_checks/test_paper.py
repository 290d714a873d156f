"""The study has every claim of the paper, once, in the paper's order, by means that any study has."""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from paper_checks import deep, study
from paper_checks.campaign.tables import read_tables
from srtheory.experiments.lab import Effort
from srtheory.render.formulas import as_mathml
from srtheory.study.findings import SIMULATION
from srtheory.study.ledger import CORRECTED

FOLDER = Path(__file__).parents[2] / "paper_checks"


def test_every_claim_has_its_section() -> None:
    assert all(study.section(claim.where) in study.titles for claim in study.claims.values())
    places = {"III-A, (2)": "III", "(5)": "IV", "text on Fig. 2a": "IV", "Fig. 1": "III", "I, II-A": "I", "?": ""}
    assert {place: study.section(place) for place in places} == places


def test_the_order_is_the_papers_whatever_was_imported_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process: the sections are imported anew, that of the figures before all others."""
    known = list(study.claims)
    for name in [name for name in sys.modules if name.split(".")[0] == "paper_checks"]:
        monkeypatch.delitem(sys.modules, name)
    figures = import_module("paper_checks.claims.figures")
    anew = import_module("paper_checks").study
    assert anew is figures.study is not study
    assert list(anew.claims) == known
    assert known[0] == "fig1"


DATA = deep.DEEP.parent
ENTRIES = {entry.id: entry for entry in deep.read()}


def test_it_has_every_claim_as_it_stands_now() -> None:
    assert {path.stem for path in deep.DEEP.glob("claims/*")} == set(study.claims)
    for id, claim in study.claims.items():
        entry = ENTRIES[id]
        assert (entry.id, entry.where, entry.claim) == (id, claim.where, claim.says)
        assert "crashed" not in entry.finding


def test_it_is_of_deep_effort_and_the_campaign_was_computed_again() -> None:
    for id in ("fig2a", "fig2b", "fig2c", "fig2-pareto", "fig2a-lt-low-latency", "disc-open-1"):
        assert (ENTRIES[id].trials, ENTRIES[id].seed) == (Effort.DEEP.trials, 2022)
    tables = read_tables(DATA / "hitting_time")
    told = ENTRIES["disc-open-1"].evidence["data/hitting_time computed again"]
    assert list(told.values()) == [len(tables.cells), len(tables.exceptions), []]


def test_whatever_is_refined_or_refuted_has_a_correction_of_formulas_that_can_be_set() -> None:
    assert {id for id, entry in ENTRIES.items() if entry.correction} == {
        id for id, entry in ENTRIES.items() if entry.verdict in CORRECTED
    }
    assert not [id for id, e in ENTRIES.items() for text in (e.correction, e.finding) if "$" in as_mathml(text)]


@pytest.mark.quality
def test_its_page_is_what_files_and_claims_say_and_another_support_or_finding_would_be_seen(tmp_path: Path) -> None:
    """If not: python -m paper_checks.deep, which needs no runs."""
    assert deep.supported(ENTRIES.values()) == list(ENTRIES.values())
    assert deep.page() == (deep.DEEP / "ledger.md").read_text(encoding="utf-8")
    assert [e.id for e in ENTRIES.values() if (SIMULATION in e.checked_by) != (e.trials is not None)] == []
    shutil.copytree(deep.DEEP / "claims", tmp_path / "claims")
    assert deep.page(tmp_path) == deep.page()
    for other in ({"checked_by": []}, {"finding": "Another."}):
        deep.write([replace(ENTRIES["fig1"], **other)], tmp_path)
        assert deep.page(tmp_path) != deep.page()


FOREIGN = ("tests", "benchmarks", "notebooks", "docs", "srtheory.cli")
"""What a study of one's own does not import: our repository's other folders, and the commands."""
RECORDING = {"deep.py", "theorem_page.py"}
"""Commands that write our records; they are run from the checkout."""


def uncommon(text: str) -> Iterator[str]:
    """Names that a module uses and that only we could: private ones of srtheory, and those of other folders."""
    modules: dict[str, str] = {}
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                for name in names:
                    modules[name.asname or name.name] = f"{module}.{name.name}"
            case ast.Import(names=names):
                modules |= {name.asname or name.name: name.name for name in names}
    for place in modules.values():
        ours = place.split(".")[0] == "srtheory"
        if place.startswith(FOREIGN) or (ours and any(part.startswith("_") for part in place.split("."))):
            yield place
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr.startswith("_") and attr[:2] != "__":
                if modules.get(name, "").split(".")[0] in ("srtheory", "paper_checks") or name in ("study", "lab"):
                    yield f"{name}.{attr}"


@pytest.mark.quality
def test_our_study_uses_nothing_that_a_users_could_not_and_what_only_we_could_use_is_seen() -> None:
    texts = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py")}
    found = {place: names for place, text in texts.items() if (names := list(uncommon(text)))}
    assert found.keys() <= RECORDING, found
    assert {name for names in found.values() for name in names if not name.startswith("srtheory.cli")} == set()
    assert len(texts) > 40
    for text in (
        "from srtheory.experiments.running import _Piece",
        "import tests.once",
        "from srtheory.cli.common import lab_with_bar",
        "from srtheory.theory import saddle\nsaddle._tail(1)",
        "def check(lab):\n    return lab._done",
    ):
        assert list(uncommon(text))
