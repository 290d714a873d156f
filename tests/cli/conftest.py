"""Run the command line in this process, as the console script would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import TIMEOUT_MAX
from typing import Any

import pytest

from srtheory import progress
from srtheory.cli import main
from srtheory.cli.common import schema_text
from srtheory.schemes import named


@dataclass(frozen=True)
class Result:
    status: int
    stdout: str
    stderr: str


Run = Callable[..., Result]


@cache
def validator(verb: str) -> Any:
    """Of the verb's schema; jsonschema takes seconds to import, which who only collects the tests does not need."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema_text(verb)))


def asked(run: Run, *arguments: str, status: int = 0) -> Any:
    """The answer for programs of a command that has nothing to tell beside it; it is of the verb's schema."""
    done = run(*arguments, "--json")
    assert (done.status, done.stderr) == (status, "")
    answer = json.loads(done.stdout)
    assert [error.message for error in validator(arguments[0]).iter_errors(answer)] == []
    return answer


def refused(run: Run, *arguments: str) -> str:
    """The one line on bad input."""
    done = run(*arguments)
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    return done.stderr


def sizes(scheme: str) -> list[str]:
    """The options that give a scheme's symbols three terms, where they have a size."""
    return [word for option, value in named(scheme).sized(3).items() for word in (f"--{option}", str(value))]


def without_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on stderr must not depend on how long the work takes."""
    monkeypatch.setattr(progress, "FIRST", TIMEOUT_MAX)
    monkeypatch.setattr(progress, "EVERY", TIMEOUT_MAX)


@pytest.fixture
def svg_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a figure's pictures only the SVG is drawn: the others, dearer and of the same code, are there, empty."""
    from srtheory.render.style import Canvas

    draw = Canvas.savefig

    def savefig(canvas: Canvas, path: Any, **options: Any) -> None:
        if not isinstance(path, Path) or path.suffix == ".svg":  # a frame of a moving one is no file
            draw(canvas, path, **options)
        else:
            path.touch()

    monkeypatch.setattr(Canvas, "savefig", savefig)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    without_progress(monkeypatch)

    def invoke(*arguments: str) -> Result:
        monkeypatch.setattr("sys.argv", ["srtheory", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capsys.readouterr()
        return Result(int(exit_.value.code or 0), captured.out, captured.err)

    return invoke
