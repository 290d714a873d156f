"""Registration, the shipped list, and conjectures in a user's own file."""

from __future__ import annotations

import sys

import pytest

from srtheory.conjectures.case import from_lists
from srtheory.conjectures.domains import rows
from srtheory.conjectures.hunt import FOREVER, hunt
from srtheory.conjectures.registry import Origin, conjecture, load, load_again
from srtheory.errors import ArgumentError

MINE = """
from dataclasses import dataclass
from srtheory.conjectures.case import covered
from srtheory.conjectures.domains import rows
from srtheory.conjectures.registry import conjecture
from beside import limit


@dataclass(frozen=True)
class Something:
    value: int


@conjecture("Few rows cover nothing.", rows())
def few_rows(case):
    return len(case.masks) > limit or not covered(case)


@conjecture("The same under another name.", rows(), name="renamed")
def other(case):
    return few_rows(case)
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A file of a user's own, beside another that it imports."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "beside.py").write_text("limit = 1\n")
    path = tmp_path / "test_mine.py"
    path.write_text(MINE)
    yield path
    sys.modules.pop("beside", None)


@pytest.mark.parametrize("name", ["few-rows", "few_rows", "renamed", "other"])
def test_a_file_of_ones_own(mine, name):
    found = hunt(load(f"{mine}::{name}"), budget=FOREVER)
    assert found.counterexample.symbols == 1
    assert found.smallest


def test_a_file_may_be_called_like_a_module_that_others_import(mine):
    path = mine.with_name("json.py")
    mine.rename(path)
    import json

    assert load(f"{path}::renamed").statement == "The same under another name."
    assert sys.modules["json"] is json


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "one of covered-implies-spans"),
        ("{folder}/absent.py::x", "a file that exists"),
        ("{folder}/test_mine.py::nothing", "one of few-rows, renamed"),
        ("{folder}/test_mine.py::", "one of few-rows"),
        ("{folder}::x", "a file that exists"),
        ("{folder}/broken.py::x", "SyntaxError"),
        ("{folder}/leaves.py::x", "SystemExit"),
        ("{folder}/gives_up.py::x", "BaseException: enough"),
        ("{folder}/empty.py::x", "the file has no conjecture"),
    ],
)
def test_bad_names(mine, text, says):
    (mine.parent / "broken.py").write_text("def (:\n")
    (mine.parent / "leaves.py").write_text("raise SystemExit(3)\n")
    (mine.parent / "gives_up.py").write_text("raise BaseException('enough')\n")
    (mine.parent / "empty.py").write_text("")
    with pytest.raises(ArgumentError, match=says):
        load(text.format(folder=mine.parent))


@pytest.mark.parametrize("wrong", [{"statement": 5}, {"source": object()}, {"known": None}, {"name": 7}])
def test_what_is_said_of_a_conjecture_is_text(wrong):
    with pytest.raises(ArgumentError, match=f"'{next(iter(wrong))}' must be a text"):
        conjecture(**{"statement": "A statement.", "domain": rows(), **wrong})


def test_a_conjecture_says_what_it_was_given():
    def some_name(case):
        return True

    one = conjecture("A statement.", rows())(some_name)
    assert (one.name, one.statement, one.source) == ("some-name", "A statement.", "ours")
    assert (one.known, one.origin) == ("open", None)
    other = conjecture("A statement.", rows(), name="mine", source="here", known="True.", explain=dict)(some_name)
    assert (other.name, other.source, other.known, other.explain) == ("mine", "here", "True.", dict)
    assert conjecture("A statement.", rows())(some_name.__get__(1)).name == "some-name"
    assert [over["field"] for over in one.explain(from_lists(1, [[0]]))["spans"]] == ["Q"]


def test_another_process_has_the_same_conjecture_or_none(mine):
    one = load(f"{mine}::few-rows")
    assert one.origin.text == f"{mine}::few-rows"
    assert len(one.origin.digest) == 64
    assert load_again(one.origin) == one
    assert load("hitting-time").origin == Origin("hitting-time") == load_again(Origin("hitting-time")).origin
    mine.write_text(MINE + "\n# changed\n")
    with pytest.raises(ArgumentError, match="its file has changed"):
        load_again(one.origin)
