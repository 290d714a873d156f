"""README.md as a newcomer reads it: its commands run, its files and pages exist."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from paper_checks import study
from paper_checks.figures import curves, maps
from srtheory.cli import VERBS
from srtheory.cli.duration import how_long
from srtheory.experiments.lab import Effort
from srtheory.study.study import Study
from tests.cli.conftest import Run, run, svg_alone  # noqa: F401  (fixtures)
from tests.docs.test_workers_docs import ALONE

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(r"^srtheory (.*?)(?:\s+#.*)?$", "\n".join(BLOCKS), re.MULTILINE)
SLOW = ("figure", "schemes", "verify", "errata", "latency", "run")
HUNT = "hunt mine.py::enough-rows"
FOUND = ("hunt", "span")  # exit status 1 is an answer of theirs


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder with the files that the README speaks of, and an hour's patience cut down to 3 runs."""
    (tmp_path / "rows.json").write_text(json.dumps({"columns": 3, "rows": [[0, 1], [2]]}))
    for name, code in re.findall(r"```python\n# (\S+\.py)\n(.*?)```", TEXT, re.DOTALL):
        (tmp_path / name).write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Effort, "trials", property(lambda _: 3))
    monkeypatch.setattr(curves, "LAW_POINTS", 1)  # each takes as long as many runs
    monkeypatch.setattr(maps, "LOADS", maps.LOADS[::10])
    monkeypatch.setattr(maps, "CHECKED", maps.CHECKED[::5])
    monkeypatch.setattr(maps, "RATIOS", (0.5, 2.0))
    return tmp_path


@pytest.mark.usefixtures("svg_alone")
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(c, marks=pytest.mark.slow if set(SLOW) & set(c.split()) else ())
        for c in COMMANDS
        if f"srtheory {c}" not in ALONE  # which are run there
    ],
)
def test_commands(line: str, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    words = shlex.split(line)
    if "errata" in words:  # each claim has its own test
        few = {id: study.claims[id] for id in ("fig1", "eq3-condition", "thm1")}
        monkeypatch.setattr(Study, "claims", property(lambda _: few))
    if "--trials" in words:
        words[words.index("--trials") + 1] = "3"
    if words[0] == "check":
        assert run("span", "rows.json", "--certificate", "proof.json").status == 0
    done = run(*words)
    assert done.status in ((0, 1) if words[0] in FOUND else (0,)), done.stderr
    assert done.stdout or len(list(desk.iterdir())) > 2
    if line == HUNT:
        assert done.status == 1
        assert "counterexample with m = " in done.stdout


def test_commands_are_about_every_verb() -> None:
    assert HUNT in COMMANDS
    assert set(VERBS) - {words.split()[0] for words in COMMANDS} == {"new", "numbers", "sweep"}


@pytest.mark.parametrize("what", ["verify", "table errata", "figure 2a", "figure regimes"])
def test_how_long_it_takes_is_what_the_command_says(what: str) -> None:
    assert re.search("about .* seconds?|about .* minutes?", how_long(what, "quick"))[0] in " ".join(TEXT.split())


def test_files_and_pages_exist() -> None:
    said = re.findall(r"(?<![\w/])((?:docs|srtheory|paper_checks|notebooks|benchmarks|data)/[\w./]*\w)", TEXT)
    assert len(said) > 12
    assert [path for path in said if not (ROOT / path).exists()] == []


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", "\n".join(BLOCKS), re.MULTILINE):
        assert f"\n{target}: " in makefile


def test_one_version_everywhere() -> None:
    version = re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1]
    from srtheory import __version__

    assert version == __version__
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dynamic"] == ["version"]
