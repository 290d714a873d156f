"""The command itself: what it says where Dash is not installed, and of bad input; tests/explore has the page."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path
from socketserver import BaseServer
from types import SimpleNamespace
from typing import Any
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from srtheory.explore.state import World
from srtheory.schemes import SCHEME_NAMES
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
        with build_opener(HTTPCookieProcessor()).open(process.stdout.readline(), timeout=60) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == "srtheory: interrupted\n"
    assert process.returncode == 130


class Page:
    """In place of the page, so that no Dash is imported: what is asked of it, in order."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.worlds: list[World] = []
        self.warm = threading.Event()
        self.server = SimpleNamespace(host="here", port=7, server_close=lambda: self.asked.append("closed"))
        self.explorer = SimpleNamespace(pages=SimpleNamespace(end=lambda: self.asked.append("ended")))

    def serve(self, world: World, token: str | None) -> tuple[Any, Any]:
        self.token = token
        print("told by the page")
        self.worlds.append(world)
        return self.server, self.explorer

    def warm_up(self, explorer: Any) -> None:
        self.daemon = threading.current_thread().daemon and explorer is self.explorer
        self.warm.set()

    def serve_forever(self, server: Any) -> None:
        self.asked.append("served" if server is self.server else server)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    made = Page()
    monkeypatch.setitem(sys.modules, "dash", SimpleNamespace())  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "srtheory.explore.page", made)  # type: ignore[arg-type]
    monkeypatch.setattr(webbrowser, "open", made.asked.append)
    monkeypatch.setattr(BaseServer, "serve_forever", made.serve_forever)
    return made


def test_a_page_is_served_until_it_ends(run: Run, page: Page) -> None:
    done = run("explore")
    address = f"http://here:7/?token={page.token}"
    assert (done.status, done.stdout, done.stderr) == (0, f"{address}\n", "told by the page\n")
    assert page.asked == [address, "served", "closed", "ended"]
    assert len(str(page.token)) >= 32
    assert run("explore", "--no-token", "--no-browser").stdout == "http://here:7/\n"
    assert page.token is None
    assert vars(page.worlds[0]) == {"samples": {}, "schemes": SCHEME_NAMES}
    assert page.warm.wait(60)
    assert page.daemon


def test_schemes_and_samples_of_the_command_line_are_on_offer(run: Run, page: Page, tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    for i, name in enumerate(files):
        Path(name).write_text(f"{i + 1}\n{i + 3}\n")
    code = "from srtheory.schemes.baselines import Uncoded\nclass Mine(Uncoded):\n    pass\n"
    (tmp_path / "mine.py").write_text(code)
    mine = f"{tmp_path / 'mine.py'}::Mine"
    given = [*("--sample", files[0], "--sample", files[1]), *("--scheme", "sr", "--scheme", mine)]
    assert run("explore", "--no-browser", *given).status == 0
    assert page.asked == ["served", "closed", "ended"]
    (world,) = page.worlds
    assert world.schemes == (*SCHEME_NAMES, mine)
    largest = {text: law.ppf(1.0) for text, law in world.samples.items()}
    assert largest == {f"sample:{files[0]}": 3.0, f"sample:{files[1]}": 4.0}


def test_a_server_that_fails_is_closed(run: Run, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(BaseServer, "serve_forever", fails)
    assert run("explore", "--no-browser").status == 130
    assert page.asked == ["closed", "ended"]
