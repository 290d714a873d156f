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
from srtheory.study.loading import default_folder, load, split
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
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text if "\n" in text or not text else ONE.format(text))
    return folder


def refusal(text: str) -> str:
    with pytest.raises(ArgumentError) as told:
        load(text)
    assert (told.value.name, told.value.value) == ("study", text)
    return told.value.expected


def test_the_study_that_is_meant_and_a_name_within_it() -> None:
    assert load() is paper_checks.study
    assert default_folder() == Path(str(paper_checks.__file__)).parent
    parts = {"a::b": ("a", "b"), "b": (None, "b"), "x/a.py::b::c": ("x/a.py::b", "c"), "::b": ("", "b")}
    assert {text: split(text) for text in parts} == parts


FILES = {"study": "One", "claims": "Two", "other": "Three"}


@pytest.mark.parametrize(
    ("names", "title"),
    [
        *(("study claims other", "One"), ("claims other", "Two"), ("__init__ study", "Itself")),
        *(("package study claims", "One"), ("package claims", "Two"), ("other", None), ("bare", None)),
    ],
)
def test_a_folder_or_package_has_its_study_itself_or_in_one_of_two_files(
    tmp_path: Path, names: str, title: str | None
) -> None:
    texts = {"__init__": ("__init__", "Itself"), "package": ("__init__", ""), "bare": ("study", "x = 1\n")}
    files = dict(texts.get(name, (name, FILES.get(name, ""))) for name in names.split())
    folder = write(tmp_path / f"of_{'_'.join(files)}", **files)
    if title is None:
        without = "a folder with __init__.py, study.py or claims.py"
        assert refusal(str(folder)) == (without if names == "other" else "code with a line 'study = Study(...)'")
        return
    for _ in range(2):
        assert load(str(folder)).title == title
    assert sys.path.count(str(tmp_path)) == ("__init__" in files)
    if "__init__" in files:  # another of its name
        again = write(tmp_path / "again" / folder.name, __init__="Another")
        assert refusal(str(again)).startswith("a folder of another name")
    elif "other" in files:
        assert load(str(folder / "other.py")).title == "Three"


@pytest.mark.parametrize("name", ["none.py", "no/thing"])
def test_a_file_or_folder_exists(tmp_path: Path, name: str) -> None:
    assert refusal(str(tmp_path / name)) == "a Python file, a folder or a module that exists"


def test_a_module_of_the_current_directory_or_a_name_that_an_installed_package_offers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path / "here", a_study_here="Here", offered="Offered"))
    assert load("a_study_here").title == "Here"
    assert sys.path[-1] == os.getcwd()
    points: list[SimpleNamespace] = []
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points if group == "srtheory.studies" else [])
    expected = "a Python file, a folder, a module, or a study that is installed"
    for more in ("", " (a, b)"):
        for text in ("no_such_module", "a b", "no_such_package.module"):
            assert refusal(text) == expected + more
        points += [SimpleNamespace(name=name, value="offered:study", module="offered") for name in ("b", "a", "b")]
    assert load("b").title == "Offered"  # twice the same
    points.append(SimpleNamespace(name="b", value="more:study", module="more"))
    assert refusal("b") == "a name that one package offers, not two (offered:study and more:study)"


def test_a_study_makes_no_other_and_what_its_code_raises_is_told_with_its_line(tmp_path: Path) -> None:
    two = ONE.format("Other") + "other = study\n" + ONE.format("Mine")
    folder = write(tmp_path / "two", study=two, claims="from srtheory import PAPER\n" + ONE.format("With ours"))
    assert refusal(str(folder / "study.py")) == "a study that imports no other; its code makes 'Other', too"
    assert load(str(folder / "claims.py")).title == "With ours"
    folder = write(tmp_path / "raises", study="x = 1\n1 / 0\n")
    crash = "can be imported (ZeroDivisionError: division by zero at {}, line {})"
    assert refusal(str(folder)) == "a file that " + crash.format("study.py", 2)
    package = write(tmp_path / "a_crash", __init__="", study="x = 1\n\n1 / 0\n")
    assert refusal(str(package)) == "a study that " + crash.format("study.py", 3)
