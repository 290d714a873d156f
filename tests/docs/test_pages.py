"""The documentation as built: no warning, nothing from a network, every formula set by a browser, and in its place."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

from paper_checks.theorems.map import recorded
from tests.browser import Visit, browser, needs_chromium
from tests.docs.test_mathematics import TEXTS

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
DESK, PHONE = {"width": 1200, "height": 900}, {"width": 390, "height": 844}

FAULTS = r"""async () => {
    await MathJax.startup.promise
    const article = document.querySelector("article"), all = selector => [...article.querySelectorAll(selector)]
    const text = document.body.cloneNode(true)
    text.querySelectorAll("pre, code, script, style").forEach(e => e.remove())
    const box = e => e.closest(".math-wrapper, .table-wrapper") || e.closest("p, li, td") || article
    const mayScroll = e => e.matches(".table-wrapper") || (e.matches(".math-wrapper") && innerWidth < 600)
    const scrolls = e => mayScroll(e) && getComputedStyle(e).overflowX === "auto"
    const fits = e => scrolls(box(e)) || e.getBoundingClientRect().right <= box(e).getBoundingClientRect().right + 1
    const page = document.documentElement
    return [
        ...(text.textContent.match(/.*(\$|\\[()\[\]a-z]).*/g) || []),
        ...all(".math:not(:has(mjx-container))").map(e => `not set: ${e.textContent}`),
        ...all("mjx-merror, mjx-container [style*=color]").map(e => `in error: ${e.closest(".math").textContent}`),
        ...all("mjx-math").filter(e => !fits(e)).map(e => `too wide: ${e.closest(".math").textContent}`),
        ...(page.scrollWidth > page.clientWidth ? [`${page.scrollWidth} wide`] : []),
    ]
}"""


SHORT = """
from pathlib import Path
exec(compile(Path({conf!r}).read_text(encoding="utf-8"), {conf!r}, "exec"))
extensions.remove("sphinx.ext.apidoc")
"""
PART = ".. automodule:: srtheory.theory.rows\n   :members:\n"


@pytest.fixture(scope="module", params=["pages", pytest.param("whole", marks=pytest.mark.attack)])
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Built by the first process of pytest-xdist that comes here, for all; without Sphinx's pages of sources.

    In the short form all pages are there, and of the interface one module.
    """
    ours = tmp_path_factory.getbasetemp()
    shared = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    folder, said, sources = (shared / f"{what}-{request.param}" for what in ("site", "errors", "sources"))
    with (shared / f"site-lock-{request.param}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            if request.param == "pages":
                shutil.copytree(ROOT / "docs", sources, ignore=shutil.ignore_patterns("*.py", "__pycache__", "api"))
                (sources / "conf.py").write_text(SHORT.format(conf=str(ROOT / "docs" / "conf.py")))
                (sources / "api").mkdir()
                (sources / "api" / "modules.rst").write_text(f"Interface\n=========\n\n{PART}")
            options = ["-q", "-W", "-b", "html", "-t", "without_sources", "-d", shared / f"trees-{request.param}"]
            place = sources if sources.exists() else ROOT / "docs"
            command = [sys.executable, "-m", "sphinx", *options, place, folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            said.write_text(f"{done.stderr} (status {done.returncode})" if done.returncode else "")
    assert said.read_text() == ""
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    with browser() as context:
        yield context


def faults(context, path: Path, *sizes: dict[str, int]) -> list[str]:
    """Of a page that is opened, its formulas set, and then made as large as each of these."""
    page = context.new_page()
    page.set_viewport_size(sizes[0])
    visit = Visit(page, path)
    found = []
    for size in sizes:
        page.set_viewport_size(size)
        found += page.evaluate(FAULTS)
    elsewhere = [url for url in visit.requests if not url.startswith(("file:", "data:"))]
    page.close()
    return found + elsewhere + visit.complaints


def test_docstrings_are_there(site: Path) -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in (site / "api").glob("*.html"))
    assert 'id="srtheory.theory.rows.fluid_limit"' in pages


def test_links_of_the_theorem_map_lead_to_statements(site: Path) -> None:
    text = (site / "proofs" / "theorems.html").read_text(encoding="utf-8")
    drawn, listed = (re.findall(rf'<a {kind}href="(\w+\.html)#([^"]+)"', text) for kind in ("", "[^>]*"))
    pages = {name: (site / "proofs" / name).read_text(encoding="utf-8") for name in {name for name, _ in drawn}}
    assert set(drawn) == {link for link in listed if link[0] in pages}
    assert [link for link in set(drawn) if f'id="{link[1]}"' not in pages[link[0]]] == []


@needs_chromium
@pytest.mark.attack
def test_a_statement_of_the_theorem_map_is_chosen_and_a_box_is_a_link(site: Path, chromium) -> None:
    page = chromium.new_page()
    page.route("**/*mathjax*/**", lambda route: route.fulfill(body=""))  # the longest page's formulas are set below
    visit = Visit(page, site / "proofs" / "theorems.html")
    box = page.locator(".theorem-map a[href='spanning.html#theorem-6-fixed-load'] text")
    for choose in (box.hover, lambda: page.get_by_label("Find a statement").fill("theorem-6-fixed")):
        choose()
        page.locator("p[role=status]", has_text="Theorem 6 (fixed load)").wait_for()
        chosen = page.evaluate("[...document.querySelectorAll('.theorem-map a.on')].map(a => a.getAttribute('href'))")
        assert "spanning.html#theorem-6-fixed-load" in chosen
        graph, one = recorded(), "spanning Theorem 6"
        its = [graph.nodes[key]["statement"] for key in {one} | nx.ancestors(graph, one) | nx.descendants(graph, one)]
        assert set(chosen) == {f"{s.page}.html#{s.anchor}" for s in its}
    box.click()
    page.wait_for_url("**/proofs/spanning.html#theorem-6-fixed-load")
    assert visit.complaints == []


def test_no_page_loads_anything_from_a_network(site: Path) -> None:
    loads = re.compile(r"<(?:script|img|link|iframe)\b[^>]*?(?:src|href)=\"(?:\w+:)?//[^\"]*\"")
    assert [found for path in site.rglob("*.html") for found in loads.findall(path.read_text(encoding="utf-8"))] == []
    assert (site / "_static" / "mathjax" / "tex-chtml.js").exists()


@needs_chromium
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in ("certificates", "hitting_time") else pytest.mark.attack)
        for name, text in TEXTS.items()
        if "$" in text
    ],
)
def test_formulas_are_set(site: Path, chromium, name: str) -> None:
    assert faults(chromium, next(site.rglob(f"{name}.html")), DESK, PHONE) == []


WIDE = "m + " * 200
BAD = {
    "in error": ((r"\(\frac{m}\)", "in error"), (r"\(\left( m\)", "in error"), (r"\(\nosuchmacro m\)", "in error")),
    "too wide": ((rf"\({WIDE} m\)", "too wide"),),
    "too wide by itself": ((rf"<div class='math-wrapper'><div class='math'>\[{WIDE} m\]</div></div>", "too wide"),),
    "no end of a brace": ((r"\(\frac{m\)", "not set"),),
    "no end": ((r"\(m", "not set"),),
    "no formula": (("$m$", "not set"),),
}


@needs_chromium
@pytest.mark.quality
@pytest.mark.parametrize("formulas", BAD.values(), ids=BAD)
def test_bad_formulas_are_seen(site: Path, chromium, formulas: tuple[tuple[str, str], ...]) -> None:
    """Each in the place of another formula of a page."""
    text = (site / "certificates.html").read_text(encoding="utf-8")
    for formula, _ in formulas:
        assert r"\(m\)" in text
        text = text.replace(r"\(m\)", formula, 1)
    (site / "bad.html").write_text(text, encoding="utf-8")
    found = Counter(fault.partition(":")[0] for fault in {*faults(chromium, site / "bad.html", DESK)})
    for said, times in Counter(said for _, said in formulas).items():
        assert found[said] == times
