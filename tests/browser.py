"""A headless Chromium, where there is one, that may not reach any network."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE = 300_000
"""Milliseconds for what a page does, used up only by a page that hangs: a machine may be as slow as it likes."""
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


class Visit:
    """An open page with what it complained of and asked for."""

    def __init__(self, page, path: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(path.as_uri())

    def shown(self) -> list[str]:
        """Ids of the claims that are to be seen."""
        return [e.inner_text() for e in self.page.locator(".toggle").all() if e.is_visible()]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@contextmanager
def browser(offline: bool = True) -> Iterator:
    """Chromium with a profile of its own, thrown away afterwards; this machine is a network, too."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=list(FLAGS), viewport={"width": 1100, "height": 900}
        )
        context.set_default_timeout(PATIENCE)
        context.set_offline(offline)
        yield context
        context.close()
