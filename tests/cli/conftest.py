"""Run the command line in this process, as the console script would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from srtheory.cli import main


@dataclass(frozen=True)
class Result:
    status: int
    stdout: str
    stderr: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def invoke(*arguments: str) -> Result:
        monkeypatch.setattr("sys.argv", ["srtheory", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capsys.readouterr()
        return Result(int(exit_.value.code or 0), captured.out, captured.err)

    return invoke
