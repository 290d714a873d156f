"""Options of the command line: what is read and refused at each limit, and how values are printed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import numpy as np
import pytest

from srtheory.cli import common, duration, studies
from srtheory.cli.number_types import DECIMAL, LENGTH, WHOLE
from srtheory.errors import ArgumentError
from srtheory.study.study import Study

NONE: dict[str, Any] = dict.fromkeys(("symbols", "degree", "tau", "startup", "trials"))


# ------------------------------------------------------------------------------------------------------- numbers


def option(*names: str) -> click.Parameter:
    return click.Option(names)


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        *((WHOLE, "12", 12), (WHOLE, "-3", -3), (WHOLE, 7, 7), (DECIMAL, "0", 0.0), (DECIMAL, "1e3", 1000.0)),
        *((LENGTH, "1in", 1.0), (LENGTH, "2.54 cm", 1.0), (LENGTH, "25.4mm", 1.0), (LENGTH, "72.27pt", 1.0)),
    ],
)
def test_a_number_is_read(kind: click.ParamType, text: Any, number: float) -> None:  # type: ignore[type-arg]
    assert kind.convert(text, None, None) == pytest.approx(number, rel=1e-15)


# --------------------------------------------------------------------------------------------------------- tasks


# --------------------------------------------------------------------------------------------------------- values


# ---------------------------------------------------------------------------------------------------- where it runs


@pytest.mark.parametrize(
    ("effort", "store", "processes", "scheduler", "expected"),
    [
        *(("quick", None, None, None, (None, 1)), ("paper", Path("x"), 3, None, (Path("x"), 3))),
        *(("deep", None, None, None, (Path("records"), 5)), ("deep", Path("x"), 2, None, (Path("x"), 2))),
        ("deep", Path("x"), None, "tcp://x", (Path("x"), 1)),
    ],
)
def test_deep_effort_is_stored_and_uses_all_processors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], effort: str, store: Path | None,
    processes: int | None, scheduler: str | None, expected: tuple[Path | None, int],
) -> None:  # fmt: skip
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    options = common.LabOptions(effort, 3, store, processes, scheduler)
    with common.lab_with_bar(None, options, None) as lab:
        assert (lab.store, lab.processes, lab.scheduler, lab.effort, lab.seed) == (*expected, scheduler, effort, 3)
    assert ("records are saved in records" in capsys.readouterr().err) == (store is None and effort == "deep")


@pytest.mark.parametrize(("text", "count"), [("1", 1), ("1024", 1024), ("0007", 7), ("auto", 5)])
def test_processes_are_up_to_1024(monkeypatch: pytest.MonkeyPatch, text: str, count: int) -> None:
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    found: list[Any] = []
    command = click.command()(common.processes_option("1")(lambda processes: found.append(processes)))
    command.main(["--processes", text], standalone_mode=False)
    assert found == [count]
    for wrong in ("0", "1025", "00001", "-1", "x", "²", ""):
        with pytest.raises(ArgumentError, match="processes"):
            command.main(["--processes", wrong], standalone_mode=False)


def test_a_sample_is_read_word_by_word(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("3\n1.5\n\n 2e1 ")
    law: Any = common.read_law(f"sample:{path}")
    assert sorted(set(law.rvs(size=60, random_state=np.random.default_rng(1)).tolist())) == [1.5, 3.0, 20.0]
    path.write_text("3\nnan\nx\n")
    with pytest.raises(ArgumentError, match="one delay per line") as refusal:
        common.read_law(f"sample:{path}")
    assert refusal.value.value == "nan"


# --------------------------------------------------------------------------------------------------------- studies


def test_a_study_is_named_as_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Study(title="Mine", sections=("I",))
    monkeypatch.setattr("srtheory.study.loading.load", lambda text=None: mine)
    assert studies.STUDY.convert("a b.py", None, None) is mine
    assert (studies.written(mine), studies.written(mine, "x")) == (" 'a b.py'", " 'a b.py::x'")
    other = Study(title="Other", sections=("I",))
    assert (studies.written(other), studies.written(other, "x")) == ("", " x")
    assert studies.STUDY.convert(mine, None, None) is mine
    assert studies.IN_STUDY.convert("f.py::x", None, None) == (mine, "x")
    assert studies.IN_STUDY.convert("x", None, None) == (None, "x")
    assert studies.the_study(other) is other
    assert studies.the_study(None) is mine
    assert studies.in_study(None, show=False) == (mine, None)
    assert studies.in_study((None, "x"), show=False) == (mine, "x")
    assert studies.in_study((other, "x"), show=True) == (other, "x")
    assert studies.in_study((None, "x.py"), show=True) == (mine, None)
    assert studies.in_study((None, ""), show=True) == (mine, None)
    for name in ("x.py", "a/b"):
        with pytest.raises(ArgumentError, match="STUDY::NAME"):
            studies.in_study((None, name), show=False)


def test_the_shell_completes_names_and_else_files() -> None:
    context: Any = SimpleNamespace(info_name="table")
    found = studies.IN_STUDY.shell_complete(context, option("--x"), "err")
    assert [item.value for item in found] == ["errata"]
    for kind in (studies.IN_STUDY, studies.STUDY):
        (item,) = kind.shell_complete(context, option("--x"), "./no")
        assert (item.value, item.type) == ("./no", "file")


@pytest.mark.parametrize(("size", "accepted"), [(2**23, True), (2**23 + 1, False)])
def test_a_sample_has_eight_mebibytes_at_most(tmp_path: Path, size: int, accepted: bool) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"3" + b" " * (size - 1))
    if accepted:
        assert "3" in str(common.read_law(f"sample:{path}").rvs(size=2, random_state=np.random.default_rng(1)))
    else:
        with pytest.raises(ArgumentError, match="startup"):
            common.read_law(f"sample:{path}")


# ------------------------------------------------------------------------------------------------- files and bars


def test_files_that_cannot_be_written_are_bad_input(tmp_path: Path) -> None:
    common.make_folder(tmp_path / "a" / "b")
    common.make_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    common.write_text("out", tmp_path / "x", "ä")
    assert (tmp_path / "x").read_bytes() == "ä".encode()
    with pytest.raises(ArgumentError, match="a file that can be written") as refusal:
        common.write_text("out", tmp_path / "none" / "x", "text")
    assert refusal.value.name == "out"
    with pytest.raises(ArgumentError, match="a path; the current directory is"):
        common.PathType().convert("", option("--out"), None)
    assert common.PathType().convert("x", option("--out"), None) == Path("x")


@pytest.mark.parametrize(
    ("once", "each", "words"),
    [
        *((3540, 0, "59 minutes"), (3600, 0, "1 hour"), (5401, 0, "2 hours"), (0, 0, "10 seconds")),
        *((10, 0.5, "1 minute"), (20, 1.0, "2 minutes"), (3000, 6, "1 hour"), (25.5, 0, "30 seconds")),
    ],
)
def test_durations_are_rounded(monkeypatch: pytest.MonkeyPatch, once: float, each: float, words: str) -> None:
    """At quick effort, which has 100 runs."""
    monkeypatch.setitem(duration.COST, "work", (once, each))
    assert duration.estimate("work", "quick") == words
    assert duration.how_long("work", "quick") == f"srtheory: work at effort quick takes about {words} on one processor"
    assert duration.estimate("unknown", "deep") == "10 seconds"
