"""docs/conjectures.md: its code runs, its output is the output, its table is the record."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from srtheory.conjectures import domains, parameters, strategies
from srtheory.conjectures.registry import shipped
from srtheory.conjectures.tables import results_table

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "conjectures.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (\S+\.py)\n(.*?)```", TEXT, re.DOTALL))


def srtheory(*arguments, cwd):
    command = "import sys; from srtheory.cli import main; sys.argv[0] = 'srtheory'; main()"
    return subprocess.run(
        [sys.executable, "-c", command, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path):
    for name, code in FILES.items():
        (tmp_path / name).write_text(code)
    return tmp_path


def test_the_readers_own_conjecture(folder):
    """The file as the reader would save it, the command as printed, the output as printed."""
    command = next(line for line in TEXT.splitlines() if line.startswith("`srtheory hunt my_"))
    name = re.match(r"`srtheory (hunt) (\S+)`", command)
    done = srtheory(name[1], name[2], cwd=folder)
    assert done.returncode == 1, done.stderr
    assert done.stdout == re.search(r"```text\n(.*?)```", TEXT, re.DOTALL)[1]


def test_the_readers_own_test(folder):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("line", re.findall(r"^srtheory (hunt .*)$", TEXT, re.MULTILINE))
def test_commands(line, folder):
    done = srtheory(*line.split(), cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout


def test_the_results_are_those_on_record():
    results = json.loads((ROOT / "data" / "small_cases" / "hunts.json").read_text(encoding="utf-8"))
    block = re.search(r"<!-- results -->\n(.*?)\n<!-- end of results -->", TEXT, re.DOTALL)[1]
    assert block == results_table(results)
    assert [result["conjecture"] for result in results] == list(shipped())


def test_names_that_are_mentioned_exist():
    for name in re.search(r"has Hypothesis strategies.*?They shrink", TEXT, re.DOTALL)[0].split("`")[1::2]:
        assert name.startswith("srtheory.") or hasattr(strategies, name)
    for name in re.findall(r"^\| `(\w+)\(\w*\)` \|", TEXT, re.MULTILINE):
        assert hasattr(domains, name) or hasattr(parameters, name)
