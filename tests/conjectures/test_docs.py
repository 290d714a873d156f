"""docs/conjectures.md: its code runs, its output is the output."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import run  # noqa: F401  (a fixture)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "conjectures.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (\S+\.py)\n(.*?)```", TEXT, re.DOTALL))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder that one is in, with the files of the text."""
    for name, code in FILES.items():
        (tmp_path / name).write_text(code)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "printed"), re.findall(r"^`srtheory hunt (\S+)`.*?```text\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
)
@pytest.mark.usefixtures("folder")
def test_the_readers_own_conjecture(run, name, printed):  # noqa: F811
    """The file as the reader would save it, the command as printed, the output as printed."""
    done = run("hunt", name)
    assert done.status == 1, done.stderr
    assert done.stdout == printed


def test_the_readers_own_test():
    its = {}
    exec(FILES["test_mine.py"], its)
    its["test_nothing_spans_before_it_covers"]()


@pytest.mark.parametrize("line", re.findall(r"^srtheory (hunt .*)$", TEXT, re.MULTILINE))
@pytest.mark.usefixtures("folder")
def test_commands(line, run):  # noqa: F811
    done = run(*line.split())
    assert done.status in (0, 1), done.stderr
    assert done.stdout
