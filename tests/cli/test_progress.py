"""What commands say while they work; what progress promises is in tests/contracts/test_progress.py."""

from __future__ import annotations

import io
import sys
from itertools import count

import pytest

from paper_checks import study
from srtheory import progress
from srtheory.cli import duration
from srtheory.experiments.lab import Effort, Lab
from tests.cli.conftest import Run
from tests.contracts.test_progress import Clock, clock

__all__ = ["clock"]
Captured = pytest.CaptureFixture[str]


def test_an_experiment_says_how_many_trials_it_has() -> None:
    told: list[tuple[str, int]] = []
    lab = Lab(at=study.at, begins=lambda *each: told.append(each))
    for trials in (2, 1, 3):
        lab.records("uncoded", symbols=4, trials=trials)
    assert told == [("uncoded", 2), ("uncoded", 3)]


def test_verdicts_and_progress_share_a_log(
    run: Run, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """All that is written to either stream is whole lines, so that a file with both has each on a line of its own."""
    written: list[str] = []

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            length = super().write(text)
            if text:
                written.append(text)
            return length

    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, Stream())
    monkeypatch.setattr(progress, "FIRST", 2.0)
    monkeypatch.setattr(progress, "EVERY", 4.0)
    clock.step = 5.0
    run("verify", "--claim", "fig1", "--claim", "enc-systematic")
    assert all(line.endswith("\n") and "\r" not in line for line in written)
    assert {"claims:", "fig1", "enc-systematic"} <= {line.split()[0] for line in written}


@pytest.mark.parametrize("arguments", [("table", "errata"), ("figure", "2a"), ("verify", "--json")])
def test_long_work_says_at_first_what_it_is(
    run: Run, clock: Clock, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    class BeginsError(Exception):
        pass

    def begin(*_: object, **__: object) -> None:
        clock.pass_(3)
        raise BeginsError

    for place in ("study.making.table", "study.making.drawing", "cli.verify.settle"):
        monkeypatch.setattr(f"srtheory.{place}", begin)
    monkeypatch.setattr(progress, "FIRST", 2)
    done = run(*arguments)
    what = " ".join(word for word in arguments if not word.startswith("--"))
    assert done.stderr.splitlines()[0] == duration.how_long(what, "quick")
    assert "BeginsError" in done.stderr


def test_stderr_of_a_test_run_is_no_matter_of_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: here every look at the clock takes a day."""
    days = count(step=86_400.0)
    monkeypatch.setattr("tqdm.std.time", lambda: next(days))
    monkeypatch.setattr(Effort, "trials", property(lambda _: 20))
    assert run("verify", "--claim", "thm1").stderr == ""
