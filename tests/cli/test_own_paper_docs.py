"""docs/own_paper.md: followed from ``srtheory new`` to a changed claim and a new number, it says what comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from srtheory.study.findings import Verdict
from srtheory.study.loading import load
from srtheory.study.new import make_study
from srtheory.testing import check_study
from tests.cli.conftest import Run

PAGE = (Path(__file__).parents[2] / "docs" / "own_paper.md").read_text(encoding="utf-8")
CLAIM, NUMBER = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(SENTENCE,) = re.findall(r"```latex\n(.*?)```", PAGE, re.DOTALL)


def verdicts(run: Run, folder: Path) -> dict[str, str]:
    return {entry["id"]: entry["verdict"] for entry in json.loads(run("verify", str(folder), "--json").stdout)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make_study(tmp_path / "mypaper")
    assert {path.name for path in made} >= set(
        re.findall(r"^\| `([\w.]+)` \|", PAGE.partition("`make` takes")[0], re.M)
    )
    return tmp_path / "mypaper"


def change(file: Path, pattern: str, new: str) -> None:
    text = file.read_text()
    found = re.sub(pattern, lambda _: new, text, count=1, flags=re.DOTALL)
    assert found != text
    file.write_text(found)


def test_a_claim_is_changed_and_a_number_added(run: Run, folder: Path) -> None:
    claims, paper = folder / "claims.py", folder / "paper.tex"
    assert verdicts(run, folder) == {"windows-cover": "verified", "windows-span": "refined"}
    change(claims, r'@study\.claim\(\n    "windows-span".*?(?=\n\n\n)', CLAIM.strip())
    assert verdicts(run, folder) == {"windows-cover": "verified", "windows-span": "verified"}
    check_study(load(str(folder)), ["windows-span"])
    claims.write_text(f"{claims.read_text()}\n\n{NUMBER}")
    assert "WinDoneByHalf" in run("numbers", str(folder), "--list").stdout
    assert "\\WinDoneByHalf is not used" in run("numbers", str(folder), "--check", str(paper)).stdout
    change(paper, r"\\begin\{figure\}", f"{SENTENCE}\\begin{{figure}}")
    done = run("numbers", str(folder), "--check", str(paper))
    assert (done.status, done.stdout.count("\n")) == (0, 1)
    assert r"\newcommand{\WinDoneByHalf}{\ensuremath{0." in run("numbers", str(folder)).stdout


def test_the_page_has_every_verdict_and_each_kind_of_number() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", PAGE, re.M)
    assert set(re.findall(r"`([A-Z_]{4,})`", " ".join(rows))) == set(Verdict.__members__)
    assert set(re.findall(r"Number\.(\w+)\(", " ".join(rows))) == {"mean", "share", "bounds", "exact"}
