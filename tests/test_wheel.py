"""The wheel: whoever installs it has the tables on record, too, wherever they stand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from srtheory import environment as module
from srtheory.environment import on_record
from srtheory.errors import ArgumentError

ROOT = Path(__file__).parents[1]
INSTALLED = ("small_cases", "hitting_time", "guarantees", "decoding", "figures", "theorems", "workers")
USE = """
import json
import sys
from pathlib import Path

import srtheory
from paper_checks import study
from paper_checks.claims.discussion import campaign_on_record
from srtheory.cli import main
from srtheory.study.loading import load
from srtheory.study.making import drawing, table
from srtheory.cli.new import make_study
for name in ("counterexamples", "small-cases", "hitting-time", "guarantees", "decoding"):
    assert table(study, name, study.lab()).rows
assert len(campaign_on_record().cells) > 400
for name in ("guarantee", "decoding-cost", "theorems"):
    assert list(drawing(study, name, study.lab()).points)
assert load() is load("paper_checks") is study
assert len(make_study(Path("mine"))) > 5
assert len(load("mine").claims) == 2
print(srtheory.__file__)
sys.argv = ["srtheory", "cite", "--json"]
main()
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_holds_the_packages_and_the_small_tables_only(installed: Path) -> None:
    tops = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}
    assert tops == {"srtheory", "paper_checks"}
    kept = {path.relative_to(installed / "srtheory") for path in (installed / "srtheory" / "data").rglob("*.*")}
    sources = {path.relative_to(ROOT) for part in INSTALLED for path in (ROOT / "data" / part).iterdir()}
    assert kept == sources | {Path("data/requirements.lock")}
    for pattern in ("srtheory/**/*.py", "paper_checks/**/*.py", "srtheory/*/template*/*"):
        ours = {path.relative_to(ROOT) for path in ROOT.glob(pattern) if path.is_file()}
        assert {path.relative_to(installed) for path in installed.glob(pattern) if path.is_file()} == ours != set()


def test_tables_and_figures_on_record_work_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """It cites its paper, and no commit: that of a repository around the installation would be another one's."""
    (tmp_path / ".git").mkdir()
    environment = os.environ | {"PYTHONPATH": str(installed), "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    place, _, cited = done.stdout.partition("\n")
    assert Path(place) == installed / "srtheory" / "__init__.py"
    found = json.loads(cited)
    assert found["software"]["commit"] is None
    assert "Information Theory Workshop" in found["paper"]["booktitle"]


def test_what_is_not_installed_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert on_record("hitting_time/cells.csv").is_file()
    monkeypatch.setattr(module, "PLACES", (tmp_path,))
    with pytest.raises(ArgumentError, match="hitting_time"):
        on_record("hitting_time")
