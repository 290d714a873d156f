"""Values of options: numbers and lengths, processes and effort, files of delays, and names of studies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from srtheory.cli import common, studies
from srtheory.cli.number_types import DECIMAL, LENGTH, WHOLE
from srtheory.errors import ArgumentError
from srtheory.study.study import Study


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        *((WHOLE, "12", 12), (WHOLE, "-3", -3), (WHOLE, 7, 7), (DECIMAL, "0", 0.0), (DECIMAL, "1e3", 1000.0)),
        *((LENGTH, "1in", 1.0), (LENGTH, "2.54 cm", 1.0), (LENGTH, "25.4mm", 1.0), (LENGTH, "72.27pt", 1.0)),
    ],
)
def test_a_number_is_read(kind: click.ParamType, text: Any, number: float) -> None:  # type: ignore[type-arg]
    assert kind.convert(text, None, None) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    ("effort", "store", "processes", "scheduler", "expected"),
    [
        *(("quick", None, None, None, (None, 1)), ("paper", Path("x"), 3, None, (Path("x"), 3))),
        *(("deep", None, None, None, (Path("records"), 5)), ("deep", Path("x"), 2, None, (Path("x"), 2))),
        ("deep", Path("x"), None, "tcp://x", (Path("x"), 1)),
    ],
)
def test_deep_effort_is_stored_and_uses_all_processors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, effort: str,
    store: Path | None, processes: int | None, scheduler: str | None, expected: tuple[Path | None, int],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    options = common.LabOptions(effort, 3, store, processes, scheduler)
    with common.lab_with_bar(None, options, None) as lab:
        found = None if lab.store is None else Path(lab.store)
        wanted = (tmp_path / "records" if expected[0] == Path("records") else expected[0], expected[1])
        assert (found, lab.processes, lab.scheduler, lab.effort, lab.seed) == (*wanted, scheduler, effort, 3)
    assert ("records are saved in records" in capsys.readouterr().err) == (store is None and effort == "deep")


@pytest.mark.parametrize(("text", "count"), [("1", 1), ("1024", 1024), ("0007", 7), ("auto", 5)])
def test_processes_are_up_to_1024(monkeypatch: pytest.MonkeyPatch, text: str, count: int) -> None:
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    command = click.command()(common.processes_option("1")(lambda processes: processes))
    assert command.main(["--processes", text], standalone_mode=False) == count
    for wrong in ("0", "1025", "00001", "-1", "x", "²", ""):
        with pytest.raises(ArgumentError, match="processes"):
            command.main(["--processes", wrong], standalone_mode=False)


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (b"3\n1.5\n\n 2e1 ", None),
        (b"3\n1.5\n20" + b" " * (2**23 - 8), None),
        (b"3\n1.5\n20" + b" " * (2**23 - 7), "sample:x"),  # of eight mebibytes at most
        (b"3\nnan\nx\n", "nan"),
        (b"", "sample:x"),
    ],
)
def test_a_sample_is_read_word_by_word(tmp_path: Path, data: bytes, refused: str | None) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    if refused is None:
        law: Any = common.read_law(f"sample:{path}")
        assert [float(law.ppf(p)) for p in (0.2, 0.5, 0.9)] == [1.5, 3.0, 20.0]
        return
    with pytest.raises(ArgumentError) as refusal:
        common.read_law(f"sample:{path}")
    assert refusal.value.name == "startup"
    assert str(refusal.value.value).endswith(refused.removeprefix("sample:"))


def test_a_study_is_named_as_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Study(title="Mine", sections=("I",))
    monkeypatch.setattr("srtheory.study.loading.load", lambda text=None: mine)
    assert studies.STUDY.convert("a b.py", None, None) is mine
    assert (studies.written(mine), studies.written(mine, "x")) == (" 'a b.py'", " 'a b.py::x'")
    other = Study(title="Other", sections=("I",))
    assert (studies.written(other), studies.written(other, "x")) == ("", " x")
    assert studies.IN_STUDY.convert("f.py::x", None, None) == (mine, "x")
    assert studies.IN_STUDY.convert("x", None, None) == (None, "x")
    assert (studies.the_study(other), studies.the_study(None)) == (other, mine)
    for named, show, expected in (
        *((None, False, (mine, None)), ((None, "x"), False, (mine, "x")), ((other, "x"), True, (other, "x"))),
        *(((None, "x.py"), True, (mine, None)), ((None, ""), True, (mine, None))),
    ):
        assert studies.in_study(named, show=show) == expected
    for name in ("x.py", "a/b"):
        with pytest.raises(ArgumentError, match="STUDY::NAME"):
            studies.in_study((None, name), show=False)


def test_files_that_cannot_be_written_are_bad_input(tmp_path: Path) -> None:
    common.make_folder(tmp_path / "a" / "b")
    common.make_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    common.write_text("out", tmp_path / "x", "ä")
    assert (tmp_path / "x").read_bytes() == "ä".encode()
    with pytest.raises(ArgumentError, match="a file that can be written") as refusal:
        common.write_text("out", tmp_path / "none" / "x", "text")
    assert refusal.value.name == "out"
