"""The page in Chromium: its numbers, its messages, its background work, and what it keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import browser, needs_chromium
from tests.explore.test_views import OWN
from tests.explore.visit import Visitor, served, shoot

WAITING = """

@dataclass(frozen=True)
class Waiting(Windows):
    def sends(self, worker, key):
        import time

        time.sleep(0.002)
        return super().sends(worker, key)
"""
"""A scheme whose simulation is not over before it is stopped, however long the browser takes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("explore")
    (made / "mine.py").write_text(OWN + WAITING)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[tuple[str, int]]:
    with served(folder, "--scheme", f"{folder / 'mine.py'}::Waiting") as its:
        yield its


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser(offline=False) as its:
        yield its


@pytest.fixture(scope="module")
def opened(chromium: Any, server: tuple[str, int], folder: Path) -> Visitor:
    its = Visitor(chromium.new_page(), server[0], folder)
    its.begin("?symbols=12&degree=3&tau=0.1&schemes=parts-cyclic")
    its.finish()
    return its


@needs_chromium
def test_all_is_from_here_and_nothing_is_complained_of(opened: Visitor) -> None:
    for width in ("10px", ""):  # as narrow as in a page that is being laid out
        opened.page.evaluate("w => { document.querySelector('.picture').style.width = w }", width)
        opened.until(
            lambda w=width: (
                (opened.page.evaluate("document.querySelector('.main-svg').width.baseVal.value") < 20) == (w != "")
            )
        )
    assert [url for url in opened.requests if not url.startswith((opened.address, "data:", "blob:"))] == []
    assert opened.complaints == []


@needs_chromium
def test_what_is_not_valid_is_told_beside_its_field_until_it_is_valid(opened: Visitor) -> None:
    """For every field tests/contracts/test_page.py asks it of the server."""
    opened.open("view=tail&symbols=12&degree=3&tau=0.1&schemes=parts-cyclic&until=2")
    opened.fill("tau", "0")
    opened.until(lambda: "above 0" in opened.text("tau-error"))
    assert opened.page.evaluate("document.getElementById('tau-error').parentElement.querySelector('input') != null")
    opened.fill("tau", "0.2")
    opened.until(lambda: opened.text("tau-error") == "" and "τ = 0.2" in opened.text("title"))
    opened.until(lambda: "tau=0.2" in opened.page.url)


@needs_chromium
def test_a_simulation_is_stopped_and_gone_on_with(opened: Visitor, folder: Path) -> None:
    opened.open(f"symbols=12&degree=3&tau=0.1&schemes={folder / 'mine.py'}::Waiting&trials=2000&until=3")
    opened.until(lambda: "Waiting, " in str(opened.curves()))
    opened.page.click("#stop")
    opened.until(lambda: opened.text("stop") == "Go on")
    opened.until(lambda: "stopped" in opened.text("bar-says"))  # which may be drawn after the button
    said = opened.text("bar-says")
    drawn = opened.curves()
    opened.page.wait_for_timeout(500)
    assert (opened.text("bar-says"), opened.curves()) == (said, drawn)
    [line] = [line for line in opened.commands() if " simulate " in line]
    runs = re.search(r"Waiting, (\d+) runs", str(drawn))[1]
    assert f"--trials {runs} " in line
    opened.page.click("#stop")
    opened.until(lambda: opened.text("bar-says") not in (said, "") and "stopped" not in opened.text("bar-says"))
    opened.open("symbols=12&degree=3&tau=0.1&schemes=parts-cyclic&until=2")
    opened.finish()


@pytest.mark.attack
@needs_chromium
def test_files_are_got_and_a_link_opens_the_same_view(chromium: Any, opened: Visitor, folder: Path) -> None:
    opened.open("view=coverage&symbols=12&degree=3&tau=0.1&until=2")
    opened.finish()
    made = b"srtheory coverage --degree 3 --symbols 12"
    for form, holds in (("png", b"\x89PNG"), ("svg", made), ("csv", b"# " + made)):
        with opened.page.expect_download() as got:
            opened.page.click(f"#get-{form}")
        assert holds in Path(got.value.path()).read_bytes()
    other = Visitor(chromium.new_page(), opened.address, folder)
    other.begin(opened.link())
    other.finish()
    other.until(lambda: (other.table(), other.curves()) == (opened.table(), opened.curves()))
    other.fill("symbols", "13")
    other.until(lambda: "m = 13" in other.text("title"))
    assert "m = 12" in opened.text("title")
    other.page.close()


def memory(process: int) -> float:
    """Megabytes of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


@needs_chromium
@pytest.mark.attack
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_two_hundred_moves_by_keyboard_leave_nothing_behind(opened: Visitor, server: tuple[str, int]) -> None:
    opened.open("symbols=12&degree=3&tau=0.1&schemes=parts-cyclic&until=2")
    opened.finish()
    slider = opened.page.locator("#tau-slider [role=slider]")
    slider.focus()

    def move(times: int) -> None:
        for i in range(times):
            opened.page.keyboard.press("ArrowRight" if i // 10 % 2 else "ArrowLeft")
        opened.until(lambda: opened.text("title").endswith("τ = 0.1, X ~ expon(scale=5)"))

    def heap() -> float:
        session = opened.page.context.new_cdp_session(opened.page)
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

    move(40)
    opened.finish()
    before = memory(server[1]), heap()
    move(200)
    opened.finish()
    after = memory(server[1]), heap()
    assert after[0] - before[0] < 25
    assert after[1] - before[1] < 10


@needs_chromium
@pytest.mark.parametrize(("width", "ground"), [(390, "dark"), (1280, "light")])
def test_a_screenshot_on_every_ground(opened: Visitor, tmp_path: Path, width: int, ground: str) -> None:
    shoot(opened, tmp_path / "page.png", width, 900, ground)  # nothing is wider than the window
    assert int.from_bytes((tmp_path / "page.png").read_bytes()[16:20]) == width
    ink, ground_ = (
        opened.page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor")
    )
    assert (sum(map(int, re.findall(r"\d+", ink))) > sum(map(int, re.findall(r"\d+", ground_)))) == (ground == "dark")
