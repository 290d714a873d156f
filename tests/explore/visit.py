"""A page of srtheory explore in Chromium, and its screenshot, which ``python -m tests.record explore`` makes anew."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from srtheory.explore.state import World, query_of, read
from srtheory.schemes import SCHEME_NAMES
from tests.browser import browser

START = "from srtheory.cli import main; main()"
PATIENCE = 300_000
"""Milliseconds in which a page has an answer on a busy machine."""


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """The address of a page, and the number of its process."""
    command = [sys.executable, "-c", START, "explore", "--no-browser", *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


class Visitor:
    """A page that is open, with what it asked for and complained of."""

    def __init__(self, page: Any, address: str, folder: Path) -> None:
        self.page, self.first, self.address = page, address, address.partition("?")[0]
        self.world = World(schemes=(*SCHEME_NAMES, f"{folder / 'mine.py'}::Waiting"))
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def begin(self, query: str = "") -> None:
        """Open the printed address, and then that of a view."""
        self.page.goto(self.first)
        if query:
            self.page.goto(self.address + query)

    def open(self, query: str) -> None:
        """Show the view of a link, without loading all scripts anew."""
        state, problems = read(query_of(query), self.world)
        assert problems == {}
        self.page.evaluate(
            "query => { history.pushState({}, '', query); dispatchEvent(new PopStateEvent('popstate')) }", f"?{query}"
        )
        self.until(lambda: self.link() == f"?{state.query()}")

    def link(self) -> str:
        return str(self.page.get_attribute("#link", "href"))

    def text(self, name: str) -> str:
        return str(self.page.text_content(f"#{name}") or "")

    def finish(self) -> None:
        """Wait until the page is there and nothing is left to be computed."""
        self.page.wait_for_selector(".picture", state="attached")
        self.page.wait_for_selector("#working", state="hidden")

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE / 1000
        while not holds():
            assert time.monotonic() < end, self.page.inner_text("main")
            self.page.wait_for_timeout(50)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """The header and the cells of the table."""
        self.page.wait_for_selector("#table tr", state="attached")
        found = self.page.evaluate(
            "[...document.querySelectorAll('#table tr')].map(r => [...r.children].map(c => c.textContent))"
        )
        return found[0], found[1:]

    def commands(self) -> list[str]:
        return self.text("commands").splitlines()

    def curves(self) -> list[list[Any]]:
        """Name and ordinates of the curves that are drawn."""
        return list(
            self.page.evaluate("document.querySelector('.js-plotly-plot').data.map(t => [t.name, Array.from(t.y)])")
        )

    def fill(self, name: str, text: str) -> None:
        self.page.fill(f"#{name}", text)


def shoot(its: Visitor, path: Path, width: int = 1280, height: int = 900, ground: str = "light") -> None:
    """Write a screenshot of a view of which all values are there."""
    its.page.set_viewport_size({"width": width, "height": height})
    its.page.emulate_media(color_scheme=ground)
    its.finish()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    its.until(lambda: its.page.evaluate(wide) == 0)  # the picture follows the window a moment later
    its.page.wait_for_timeout(300)
    its.page.screenshot(path=str(path))


PICTURE = Path(__file__).parents[2] / "docs" / "explore.png"
"""The first picture of the README: the page as it is opened."""


def write() -> None:
    """Make the screenshot anew."""
    with served(Path.cwd()) as (address, _), browser(offline=False) as chromium:
        its = Visitor(chromium.new_page(), address, Path.cwd())
        its.begin()
        shoot(its, PICTURE)
