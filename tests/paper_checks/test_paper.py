"""The study has every claim of the paper, once, in the paper's order, by means that any study has."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from paper_checks import study
from srtheory.study.findings import Claim, Finding, Verdict
from srtheory.study.ledger import as_markdown, as_objects

FOLDER = Path(__file__).parents[2] / "paper_checks"


@pytest.mark.parametrize("claim", study.claims.values(), ids=list(study.claims))
def test_every_claim_has_its_section(claim: Claim) -> None:
    assert study.section(claim.where) in study.titles


def test_sections_by_example() -> None:
    places = {
        "III-A, (2)": "III",
        "(5)": "IV",
        "after Theorem 2": "IV",
        "text on Fig. 2a": "IV",
        "Fig. 1": "III",
        "II-A": "II",
        "IV, (4)": "IV",
        "V": "V",
        "I, II-A": "I",
        "?": "",
    }
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


def test_an_entry_carries_the_seed_only_of_trials() -> None:
    lab = study.lab(seed=7)
    counted = Claim("x", "I", "says", lambda lab: Finding(Verdict.SUPPORTED, "found", {"n": 1.5}, trials=9))
    exact = Claim("y", "I", "says", lambda lab: Finding(Verdict.PROVED, "found | so"))
    entries = [counted.settle(lab), exact.settle(lab)]
    assert [(e.trials, e.seed) for e in entries] == [(9, 7), (None, None)]
    assert set(as_objects(entries)[0]) == {
        "id", "where", "claim", "verdict", "finding", "evidence", "trials", "seed", "checked_by", "correction",
    }  # fmt: skip
    page = as_markdown(entries, "Ledger", {})
    assert "**supported** (1)" in page
    assert "found \\| so" in page
    assert "- n: 1.5" in page


# ------------------------------------------------------------------------------------- nothing that a user's lacks

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


def test_our_study_uses_nothing_that_a_users_could_not() -> None:
    texts = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py")}
    found = {place: names for place, text in texts.items() if (names := list(uncommon(text)))}
    assert found.keys() <= RECORDING, found
    assert {name for names in found.values() for name in names if not name.startswith("srtheory.cli")} == set()
    assert len(texts) > 40


@pytest.mark.quality
@pytest.mark.parametrize(
    "text",
    [
        "from srtheory.experiments.running import _Piece",
        "from srtheory.study._private import thing",
        "import tests.once",
        "from srtheory.cli.common import lab_with_bar",
        "from srtheory.theory import saddle\nsaddle._tail(1)",
        "def check(lab):\n    return lab._done",
        "from paper_checks import study\nstudy._claims['x'] = None",
    ],
)
def test_what_only_we_could_use_is_seen(text: str) -> None:
    assert list(uncommon(text))
