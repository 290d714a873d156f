"""Values of options that are more than a number: processes and effort, files of delays, and names of studies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from srtheory.cli import common
from srtheory.cli.ask import option
from srtheory.cli.figure import length
from srtheory.errors import ArgumentError
from srtheory.questions.words import Processes, read_law


@pytest.mark.parametrize("text", ["1in", "2.54 cm", "25.4mm", "72.27pt"])
def test_a_length_is_read_in_inches(text: str) -> None:
    assert length(text) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(
    ("effort", "store", "processes", "scheduler", "expected"),
    [
        *(("quick", None, None, None, (None, 1)), ("paper", Path("x"), 3, None, (Path("x"), 3))),
        *(("deep", None, None, None, (Path("records"), 5)), ("deep", Path("x"), 2, None, (Path("x"), 2))),
        ("deep", Path("x"), None, "tcp://x", (Path("x"), 1)),
    ],
)
def test_deep_effort_is_stored_and_uses_all_processors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, effort: str,
    store: Path | None, processes: int | None, scheduler: str | None, expected: tuple[Path | None, int],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    given = {"effort": effort, "seed": 3, "store": store, "processes": processes, "scheduler": scheduler}
    options = common.LabOptions(**given, engine="local" if scheduler is None else "dask")
    with common.lab_with_bar(None, options, None) as lab:
        found = None if lab.store is None else Path(lab.store)
        wanted = tmp_path / "records" if expected[0] == Path("records") else expected[0]
        assert (found, lab.processes, lab.scheduler, lab.effort) == (wanted, expected[1], scheduler, effort)


@pytest.mark.parametrize(("text", "count"), [("1", 1), ("1024", 1024), ("0007", 7), ("auto", 5)])
def test_processes_are_up_to_1024(monkeypatch: pytest.MonkeyPatch, text: str, count: int) -> None:
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    command = click.command()(option("processes", Processes, 1)(lambda processes: processes))
    assert command.main(["--processes", text], standalone_mode=False) == count


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (b"3\n1.5\n\n 2e1 ", None),
        (b"3\n1.5\n20" + b" " * (2**23 - 8), None),
        (b"3\n1.5\n20" + b" " * (2**23 - 7), "x"),  # of eight mebibytes at most
        *((b"3\n%s\nx\n" % text, text.decode()) for text in (b"nan", b"1_0", b"inf", b"-1", b"1e999", b"1,2", b"x")),
        (b"", "x"),
    ],
)
def test_a_sample_is_read_word_by_word(tmp_path: Path, data: bytes, refused: str | None) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    if refused is None:
        law: Any = read_law(f"sample:{path}")
        assert [float(law.ppf(p)) for p in (0.2, 0.5, 0.9)] == [1.5, 3.0, 20.0]
        return
    with pytest.raises(ArgumentError) as refusal:
        read_law(f"sample:{path}")
    assert refusal.value.name == "startup"
    assert str(refusal.value.value).endswith(refused)
    assert f"({path}, line 2)" in refusal.value.expected or refused == "x"
