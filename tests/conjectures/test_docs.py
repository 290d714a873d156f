"""docs/conjectures.md: its code runs, its output is the output."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from srtheory.conjectures import domains, families, strategies
from srtheory.conjectures.enumerate import Reach
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


def test_all_conjectures_of_the_reader_are_run():
    assert {"my_conjectures.py", "my_elements.py", "my_family.py", "my_orders.py"} <= set(FILES)
    assert len(re.findall(r"```text\n", TEXT)) == 4


def test_the_domains_in_the_text_are_there():
    """Each call of a domain that the text writes out in code."""
    calls = re.findall(r"`((?:rows|receptions)\([^`]*[a-z\"][^`]*\))`", TEXT)
    assert len(calls) >= 5
    known = {name: getattr(domains, name) for name in domains.__all__}
    for call in calls:
        tree = ast.parse(" ".join(call.split()), mode="eval").body
        if tree.args and isinstance(tree.args[0], ast.Name):
            continue  # the head of a table's line
        arguments = [evaluated(node, known) for node in tree.args]
        options = {node.arg: evaluated(node.value, known) for node in tree.keywords}
        assert next(known[tree.func.id](*arguments, **options).levels(Reach(2))).size["symbols"] == 1


def evaluated(node, known):
    """A constant, or a call of a domain's helper on constants."""
    if isinstance(node, ast.Call):
        function = {**known, "range": range}[node.func.id]
        return function(*(ast.literal_eval(argument) for argument in node.args))
    return ast.literal_eval(node)


def test_what_the_text_says_is_enumerated_is():
    named = re.search(r"^\| (`one`.*?) \|", TEXT, re.MULTILINE)[1]
    assert set(re.findall(r"`([a-z-]+)`", named)) == families.FIXED


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


def test_names_that_are_mentioned_exist():
    for name in re.search(r"^## Strategies for your.*?```", TEXT, re.MULTILINE | re.DOTALL)[0][:-3].split("`")[1::2]:
        assert name.startswith("srtheory.") or hasattr(strategies, name)
    for name in re.findall(r"^\| `(\w+)\(\w*\)` \|", TEXT, re.MULTILINE):
        assert hasattr(domains, name)
