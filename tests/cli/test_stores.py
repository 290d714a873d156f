"""``--store`` and ``--processes`` of verify, figure and table: the same output, and nothing is run twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from joblib import cpu_count

from paper_checks.parameters import PAPER
from srtheory.cli.common import DEEP_STORE, LabOptions, lab_with_bar, read_law, store_option, trials_bar, write_bytes
from srtheory.compiled import SPENT
from srtheory.errors import ArgumentError
from srtheory.experiments import store
from srtheory.experiments.lab import Effort
from tests.cli.conftest import Run, without_progress

CLAIM = ("verify", "--claim", "rem2-zero-decoding", "--json")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs enough to be stored and found: what is said of them is tested elsewhere."""
    monkeypatch.setattr(Effort, "trials", property(lambda _: 3))


def test_verify_runs_nothing_that_is_stored(
    run: Run, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = run(*CLAIM)
    stored = run(*CLAIM, "--store", str(tmp_path), "--processes", "2")
    monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    again = run(*CLAIM, "--store", str(tmp_path))
    assert (without.status, without.stdout) == (0, stored.stdout)
    assert again == stored


@pytest.mark.usefixtures("svg_alone")
def test_figure_runs_nothing_that_is_stored(
    run: Run, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = []
    for name in ("first", "second"):
        done = run("figure", "2b", "--symbols", "60", "--out", str(tmp_path / name), "--store", str(tmp_path / "store"))
        assert done.status == 0, done.stderr
        points.append((tmp_path / name / "figure_2b.csv").read_text())
        monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    assert points[0] == points[1]


def test_table_runs_nothing_that_is_stored(
    run: Run, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("table", "schemes", "--symbols", "60", "--store", str(tmp_path))
    monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    assert first.status == 0
    assert run("table", "schemes", "--symbols", "60", "--store", str(tmp_path)) == first


def test_what_takes_an_hour_is_kept_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    without_progress(monkeypatch)
    with lab_with_bar("verify", LabOptions("deep", 1, None, None, None), PAPER) as lab:
        assert (lab.store, lab.processes) == (tmp_path / DEEP_STORE, cpu_count())
    assert "saved in records" in capsys.readouterr().err
    with lab_with_bar("verify", LabOptions("deep", 1, tmp_path / "mine", 1, None), PAPER) as lab:
        assert (lab.store, lab.processes, lab.at) == (tmp_path / "mine", 1, PAPER)
    with lab_with_bar("verify", LabOptions("deep", 1, tmp_path / "mine", None, "tcp://x:1"), None) as lab:
        assert (lab.processes, lab.scheduler) == (1, "tcp://x:1")  # the cluster's workers compute
    with lab_with_bar("verify", LabOptions("paper", 1, None, None, None), PAPER) as lab:
        assert (lab.store, lab.processes) == (None, 1)
    assert capsys.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_file_ends_verify_in_one_line(run: Run, few: None, tmp_path: Path) -> None:
    assert run("verify", "--claim", "rem2-zero-decoding", "--store", str(tmp_path)).status == 0
    one, other = sorted(path for path in tmp_path.iterdir() if path.is_dir())[:2]
    (one / "0000000000.parquet").write_bytes((other / "0000000000.parquet").read_bytes())
    done = run("verify", "--claim", "rem2-zero-decoding", "--store", str(tmp_path))
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert str(one) in done.stderr


def test_a_full_disk_ends_verify_in_one_line(
    run: Run, few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no verdict on the claim, and no crash of its check."""

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(store, "write_whole", full)
    done = run(*CLAIM, "--store", str(tmp_path))
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "No space left" in done.stderr


def test_a_former_name_of_a_store_is_the_store() -> None:
    def read(*words: str, once_out: bool = True) -> Path | None:
        command = click.command()(store_option(once_out=once_out)(lambda store: store))
        found: Path | None = command.main(list(words), standalone_mode=False)
        return found

    assert read() is None
    shown = click.command()(store_option(once_out=True)(lambda store: store)).params
    assert [(option.name, getattr(option, "hidden", None)) for option in shown] == [("store", False), ("out", True)]
    assert read("--store", "a") == read("--out", "a") == Path("a").absolute()
    for words in (["--out", "a", "--store", "b"], ["--store", "b", "--out", "a"]):
        with pytest.raises(ArgumentError) as refusal:
            read(*words)
        told = refusal.value
        assert (told.name, told.value, told.expected) == ("out", "a", "left out with --store, which has its meaning")
    assert read("--store", "a", once_out=False) == Path("a").absolute()
    with pytest.raises(click.NoSuchOption):
        read("--out", "a", once_out=False)


def test_a_delay_of_nothing_is_one(tmp_path: Path) -> None:
    (tmp_path / "delays").write_text("0 0\n")
    law = read_law(f"sample:{tmp_path / 'delays'}")
    assert (float(law.cdf(0.0)), float(law.cdf(-1e-300))) == (1.0, 0.0)


def test_a_terminal_is_told_of_the_compiler_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    @contextmanager
    def shown(**_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(total=5, update=None, write=lambda text, file: told.append(text))

    monkeypatch.setattr("srtheory.cli.common.progress_bar", shown)
    monkeypatch.setattr(SPENT, "tell", None)
    for terminal in (False, True):
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal)
        with trials_bar(5, "x"):
            assert (SPENT.tell is not None) == terminal
    tell: Any = SPENT.tell
    tell()
    tell()
    assert told == ["compiling for this processor, once"]


@pytest.mark.parametrize(("error", "says"), [(OSError(28, "No space"), "No space"), (OSError("odd"), "odd")])
def test_why_a_file_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, error: OSError, says: str) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("srtheory.experiments.whole.write_output", fails)
    with pytest.raises(ArgumentError) as refusal:
        write_bytes("certificate", Path("x"), b"")
    told = refusal.value
    assert (told.name, told.value, told.expected) == ("certificate", "x", f"a file that can be written ({says})")
