"""Studies by name: which file of a folder, which module, which package, and what is told if there is none."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import paper_checks
from srtheory.errors import ArgumentError
from srtheory.study import loading
from srtheory.study.loading import default_folder, load, place_of, split
from srtheory.study.study import CREATED

ONE = "from srtheory import Study\nstudy = Study(title='{}')\n"


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no path, module or study behind."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    modules, made = set(sys.modules), len(CREATED)
    yield
    for name in set(sys.modules) - modules:
        if getattr(sys.modules[name], "__file__", None) is None or "pytest" in str(sys.modules[name].__file__):
            del sys.modules[name]
    del CREATED[made:]


def write(folder: Path, **texts: str) -> Path:
    """A folder of modules: each is a study with that title, or the text itself if it has lines."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text if "\n" in text or not text else ONE.format(text))
    return folder


def refusal(text: str) -> str:
    with pytest.raises(ArgumentError) as told:
        load(text)
    assert (told.value.name, told.value.value) == ("study", text)
    return told.value.expected


def test_the_study_that_is_meant_if_none_is_named() -> None:
    assert load() is paper_checks.study
    assert default_folder() == Path(str(paper_checks.__file__)).parent


def test_a_name_may_follow_its_study() -> None:
    assert [split(text) for text in ("a::b", "b", "x/a.py::b::c", "::b")] == [
        *(("a", "b"), (None, "b"), ("x/a.py::b", "c"), ("", "b")),
    ]


def test_a_folder_has_its_study_in_one_of_two_files(tmp_path: Path) -> None:
    assert load(str(write(tmp_path / "both", study="One", claims="Two"))).title == "One"
    assert load(str(write(tmp_path / "second", claims="Two", other="Three"))).title == "Two"
    assert load(str(tmp_path / "second" / "other.py")).title == "Three"
    assert refusal(str(write(tmp_path / "none", other="Three"))) == "a folder with __init__.py, study.py or claims.py"
    assert refusal(str(write(tmp_path / "bare", study="x = 1\n"))) == "code with a line 'study = Study(...)'"


def test_a_package_has_its_study_itself_or_in_one_of_two_modules(tmp_path: Path) -> None:
    named = {"__init__": "Itself", "study": "One", "claims": "Two"}
    for i, (names, title) in enumerate(
        [
            (("__init__", "claims"), "Itself"),
            (("study", "claims"), "One"),
            (("claims",), "Two"),
        ]
    ):
        folder = write(tmp_path / f"package_{i}", **{"__init__": ""} | {name: named[name] for name in names})
        assert load(str(folder)).title == title
        assert sys.path[0] == str(tmp_path)
        assert load(str(folder)).title == title
    assert sys.path.count(str(tmp_path)) == 1
    again = tmp_path / "elsewhere"
    again.mkdir()
    assert refusal(str(write(again / "package_0", __init__="Another"))) == (
        "a folder of another name: a module 'package_0' is imported already"
    )


@pytest.mark.parametrize("name", ["none.py", "no/thing"])
def test_a_file_or_folder_exists(tmp_path: Path, name: str) -> None:
    assert refusal(str(tmp_path / name)) == "a Python file, a folder or a module that exists"


def test_a_module_is_looked_for_in_the_current_directory_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "here", a_study_here="Here")
    monkeypatch.chdir(tmp_path / "here")
    assert load("a_study_here").title == "Here"
    assert sys.path[-1] == os.getcwd()
    expected = "a Python file, a folder, a module, or a study that is installed"
    offered = [SimpleNamespace(name=name, value=f"{name}:study", module=name) for name in ("b", "a", "b")]
    for points, more in (([], ""), (offered, " (a, b)")):
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda group, points=points: points)
        for text in ("no_such_module", "a b", "no_such_package.module"):
            assert refusal(text) == expected + more
    assert sys.path.count(os.getcwd()) == 1


def test_an_installed_package_offers_a_study_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(write(tmp_path / "there", offered="Offered"))
    points = [SimpleNamespace(name=name, value="offered:study", module="offered") for name in ("mine", "mine", "other")]
    asked = []
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: asked.append(group) or points)
    assert load("mine").title == "Offered"
    assert set(asked) == {"srtheory.studies"}
    points.append(SimpleNamespace(name="mine", value="more:study", module="more"))
    assert refusal("mine") == "a name that one package offers, not two (offered:study and more:study)"


def test_a_study_makes_no_other(tmp_path: Path) -> None:
    two = ONE.format("Other") + "other = study\n" + ONE.format("Mine")
    folder = write(tmp_path / "two", study=two, claims="from srtheory import PAPER\n" + ONE.format("With ours"))
    assert refusal(str(folder / "study.py")) == "a study that imports no other; its code makes 'Other', too"
    assert load(str(folder / "claims.py")).title == "With ours"


def test_what_the_code_raises_is_told_with_its_line(tmp_path: Path) -> None:
    early = ONE.format("x") + "study.highlight('a', title='t')\n"
    folder = write(tmp_path / "raises", study="x = 1\n1 / 0\n", claims=early)
    crash = "can be imported (ZeroDivisionError: division by zero at {}, line {})"
    assert refusal(str(folder)) == "a file that " + crash.format("study.py", 2)
    package = write(tmp_path / "a_crash", __init__="", study="x = 1\n\n1 / 0\n")
    assert refusal(str(package)) == "a study that " + crash.format("study.py", 3)
    with pytest.raises(ArgumentError, match="'claim of a highlight' must be left out: the study has none"):
        load(str(folder / "claims.py"))


def test_the_place_of_an_error_is_the_last_line_in_the_folder() -> None:
    def inner() -> None:
        raise KeyError("x")

    def outer() -> None:
        sorted([1], key=lambda _: inner())

    with pytest.raises(KeyError) as told:
        outer()
    line, here = inner.__code__.co_firstlineno + 1, Path(__file__)
    assert place_of(told.value) == "KeyError: 'x'"
    assert place_of(told.value, here.parent) == f"KeyError: 'x' at {here.name}, line {line}"
    assert place_of(told.value, here) == f"KeyError: 'x' at {here.name}, line {line}"
    assert place_of(told.value, here.parent / "elsewhere") == "KeyError: 'x'"
    assert loading.IN_FOLDER == ("study.py", "claims.py")
