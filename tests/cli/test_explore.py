"""The command itself: what it says where Dash is not installed, and of bad input; tests/explore has the page."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Run


def test_where_the_extra_is_missing_one_line_says_how_to_install_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dash", None)
    done = run("explore", "--no-browser")
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert 'pip install "srtheory[explore]"' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--sample", "none.txt"], "none.txt"),
        (["--sample", "bad.txt"], "'startup'"),
        (["--scheme", "bad.py::X"], "bad.py"),
        (["--scheme", "nothing"], "'scheme'"),
        (["--port", "80"], "--port"),
    ],
)
def test_bad_input_is_told_before_the_page_is_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.txt").write_text("1\nx\n")
    done = run("explore", "--no-browser", *arguments)
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr


def test_an_interrupt_ends_the_page_as_any_command(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from srtheory.cli import main; main()", "explore", "--no-browser"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with urlopen(process.stdout.readline(), timeout=60) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == "srtheory: interrupted\n"
    assert process.returncode == 130
