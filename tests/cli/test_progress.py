"""What commands say while they work; what progress promises is in tests/contracts/test_progress.py."""

from __future__ import annotations

import io
import sys

import pytest

from paper_checks import study
from srtheory import progress
from srtheory.experiments.lab import Lab
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
