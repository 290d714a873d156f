"""The command itself: what it says where Dash is not installed, and of bad input; tests/explore has the page."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from srtheory.schemes import SCHEME_NAMES
from tests.cli.conftest import Run, refused


def test_where_the_extra_is_missing_one_line_says_how_to_install_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dash", None)
    assert 'pip install "srtheory[explore]"' in refused(run, "explore", "--no-browser")


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the browser was given and got; when it has its page, Ctrl-C is pressed."""
    seen: dict[str, Any] = {}

    def visit(address: str) -> None:
        try:
            with build_opener(HTTPCookieProcessor()).open(address, timeout=60) as answer:
                seen["status"] = answer.status
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    def opened(address: str) -> None:
        seen["address"] = address
        threading.Thread(target=visit, args=(address,), daemon=True).start()

    monkeypatch.setattr(webbrowser, "open", opened)
    return seen


def test_a_page_is_served_until_an_interrupt_with_the_schemes_and_samples_of_the_command_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: dict[str, Any]
) -> None:
    """To who knows its token, unless there is none."""
    page = pytest.importorskip("srtheory.explore.page")
    files = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    for i, name in enumerate(files):
        Path(name).write_text(f"{i + 1}\n{i + 3}\n")
    (tmp_path / "mine.py").write_text("from srtheory.schemes.parts import Uncoded\nclass Mine(Uncoded):\n    pass\n")
    mine, worlds, serve = f"{tmp_path / 'mine.py'}::Mine", [], page.serve
    monkeypatch.setattr(page, "serve", lambda world, *more: worlds.append(world) or serve(world, *more))
    given = [*("--sample", files[0], "--sample", files[1]), *("--scheme", "sr", "--scheme", mine)]
    ours = signal.getsignal(signal.SIGINT)
    for more in (given, ["--no-token"]):
        done = run("explore", *more)
        signal.signal(signal.SIGINT, ours)  # a second interrupt would have ended the process
        assert (done.status, done.stderr, address["status"]) == (130, "srtheory: interrupted\n", 200)
        assert done.stdout == f"{address['address']}\n"
        token = address["address"].partition("token=")[2]
        assert len(token) >= 32 if more is given else token == ""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "'port'" in refused(run, "explore", "--no-browser", "--port", str(taken.getsockname()[1]))
    assert [world.schemes for world in worlds[:2]] == [(*SCHEME_NAMES, mine), SCHEME_NAMES]
    largest = {text: law.ppf(1.0) for text, law in worlds[0].samples.items()}
    assert largest == {f"sample:{files[0]}": 3.0, f"sample:{files[1]}": 4.0}
