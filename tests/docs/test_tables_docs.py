"""docs/tables.md: its commands run, its list is the list, its LaTeX packages and its own table work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from paper_checks import study
from srtheory.experiments.lab import Effort
from srtheory.study.making import subjects
from srtheory.study.study import Study
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.render.latex import PACKAGES

TEXT = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^srtheory (table .*)$", TEXT, re.MULTILINE)
CHECKED = ("fig1", "eq3-condition")


@pytest.mark.parametrize(
    "line",
    [pytest.param(line, marks=[pytest.mark.attack] * ("table schemes --format latex" in line)) for line in COMMANDS],
)
def test_commands(line: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Effort, "trials", property(lambda _: 3))  # numbers are tested with the tables
    few = {id: study.claims[id] for id in CHECKED}
    monkeypatch.setattr(Study, "claims", property(lambda _: few))  # the rest have their own tests
    done = run(*shlex.split(line.replace("--trials 400", "--trials 10")))
    assert done.status == 0, done.stderr
    written = [path.read_text() for path in tmp_path.iterdir()]
    assert len(written) == ("--out" in line)
    assert (done.stdout + "".join(written)).count("\n") > 5


def test_the_list_is_complete() -> None:
    said = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", TEXT, re.MULTILINE))
    assert {name: plain(says) for name, says in said.items()} == subjects(study, "table")


def plain(text: str) -> str:
    """As a terminal has it, without the marks of mathematics."""
    return re.sub(r"\\mathrm\{(\w+)\}|\\(?=max)|\$", r"\1", text)


def test_the_packages_are_those_that_the_tests_compile_with() -> None:
    assert re.search(r"\\usepackage\{(.*?)\}", TEXT)[1].split(",") == list(PACKAGES)


def test_a_table_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
    exec(compile(code, "docs/tables.md", "exec"), {})
    assert "| m = 2 | 1/2 |" in capsys.readouterr().out
