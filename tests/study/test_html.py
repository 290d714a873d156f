"""The report in a real browser: filters, search, rows that open, keyboard, phone, print; nothing in it runs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment

from paper_checks import study
from srtheory.environment import versions
from srtheory.study import html
from srtheory.study.findings import Entry, Verdict
from srtheory.study.html import Picture, as_html, show
from tests.browser import Visit, browser, needs_chromium
from tests.render.sample import NASTY, entries

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 300"><rect width="600" height="300"/></svg>'
MADE_BY = {"effort": "quick", "seed": "1"}
ATTACK = "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\"><b id=planted>b</b>"


def ledger() -> list[Entry]:
    """All verdicts, in two sections, with one word that occurs in a single entry's evidence."""
    first, *rest = entries()
    return [replace(first, where="Remark 2", evidence={"deep": {"deeper": ["needle"]}}), *rest]


def write(folder: Path, text: str) -> Path:
    path = folder / "report.html"
    path.write_text(text, encoding="utf-8")
    return path


# ------------------------------------------------------------------------------------------------ without a browser


def test_the_same_ledger_gives_the_same_page() -> None:
    first, second = (as_html(study, ledger(), [Picture("t", SVG)], MADE_BY) for _ in range(2))
    assert first == second


def test_nothing_is_loaded_from_elsewhere() -> None:
    text = as_html(study, ledger(), [Picture("t", SVG)], MADE_BY | versions(), docs="docs")
    unasked = re.sub(r'<a href="docs/\w+\.html[^"]*">', "", text)  # followed by a click only
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', unasked) == []
    assert re.findall(r"url\(|@import", text) == []


def test_evidence_by_example() -> None:
    assert show([0.123456789, None, True, 7, "x", [1]]) == "[0.123457, –, yes, 7, x, [1]]"


# -------------------------------------------------------------------------------------------------- with a browser


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    with browser() as context:
        yield context


@pytest.fixture
def visit(chromium, tmp_path: Path) -> Iterator[Visit]:
    page = chromium.new_page()
    yield Visit(page, write(tmp_path, as_html(study, ledger(), [Picture("Figure 2a. Latency.", SVG)], MADE_BY)))
    page.close()


@needs_chromium
def test_filters(visit: Visit) -> None:
    everything = visit.shown()
    assert len(everything) == len(Verdict)
    visit.page.select_option("#verdict", "refuted")
    assert visit.shown() == ["claim-refuted"]
    assert visit.page.inner_text("#shown") == f"1 of {len(Verdict)} claims"
    visit.page.select_option("#verdict", "")
    visit.page.select_option("#section", "IV")
    assert visit.shown() == everything[:1]
    visit.page.select_option("#verdict", "refuted")
    assert visit.shown() == []
    assert visit.page.is_visible("#none")


@needs_chromium
def test_search_reads_the_evidence_of_closed_rows(visit: Visit) -> None:
    visit.page.fill("#search", "DEEPER needle")
    assert visit.shown() == ["claim-proved"]
    visit.page.fill("#search", "")
    assert len(visit.shown()) == len(Verdict)


@needs_chromium
def test_a_row_opens_by_mouse_and_by_keyboard(visit: Visit) -> None:
    toggle, detail = visit.page.locator(".toggle").first, visit.page.locator(".detail").first
    assert not detail.is_visible()
    toggle.click()
    assert detail.is_visible()
    assert toggle.get_attribute("aria-expanded") == "true"
    assert "needle" in detail.inner_text()
    toggle.focus()
    visit.page.keyboard.press("Enter")
    assert not detail.is_visible()
    visit.page.focus("#all")
    visit.page.keyboard.press("Space")
    assert all(d.is_visible() for d in visit.page.locator(".detail").all())


@needs_chromium
def test_tab_leads_through_the_controls(visit: Visit) -> None:
    met = []
    for _ in range(5):
        visit.page.keyboard.press("Tab")
        met.append(visit.page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert met == ["verdict", "section", "search", "all", "toggle"]


@needs_chromium
def test_no_complaints_and_no_requests(visit: Visit) -> None:
    visit.page.click("#all")
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(("file:", "data:"))] == []
    assert visit.page.locator("figure img").evaluate("image => image.naturalWidth") > 0


@needs_chromium
@pytest.mark.parametrize("width", [360, 768, 1100])
def test_nothing_is_wider_than_the_window(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 740})
    assert visit.overflow() == 0
    visit.page.click("#all")
    assert visit.overflow() == 0


@needs_chromium
def test_print_shows_the_ledger_and_the_evidence_that_is_open(visit: Visit, tmp_path: Path) -> None:
    visit.page.locator(".toggle").nth(1).click()
    visit.page.emulate_media(media="print")
    assert all(finding.is_visible() for finding in visit.page.locator(".finding").all())
    assert [e.is_visible() for e in visit.page.locator(".evidence").all()] == [i == 1 for i in range(len(Verdict))]
    assert not visit.page.is_visible("#filters")
    assert visit.page.is_visible("figure")
    assert "needle" not in printed(visit, tmp_path)
    visit.page.locator(".toggle").first.click()
    assert "needle" in printed(visit, tmp_path)


@needs_chromium
def test_evidence_that_the_reader_closes_again_is_not_printed(visit: Visit) -> None:
    visit.page.locator(".toggle").first.click()
    visit.page.locator(".evidence summary").first.click()
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".finding").first.is_visible()
    assert not visit.page.locator(".evidence").first.is_visible()


@needs_chromium
def test_a_claim_that_is_filtered_out_is_not_printed(visit: Visit) -> None:
    visit.page.select_option("#verdict", "refuted")
    visit.page.emulate_media(media="print")
    assert visit.shown() == ["claim-refuted"]
    assert sum(finding.is_visible() for finding in visit.page.locator(".finding").all()) == 1


def printed(visit: Visit, folder: Path) -> str:
    """What is on paper; all that is visible where no pdftotext is installed."""
    pdf = visit.page.pdf(path=folder / "report.pdf", format="A4")
    assert pdf.startswith(b"%PDF")
    if shutil.which("pdftotext") is None:
        return visit.page.inner_text("body")
    return subprocess.run(["pdftotext", str(folder / "report.pdf"), "-"], capture_output=True, text=True).stdout


# WCAG's contrast of every verdict's, link's and muted text against what stands behind it.
CONTRAST = """() => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    const c = getComputedStyle(e).backgroundColor;
    return c !== "rgba(0, 0, 0, 0)" ? c : behind(e.parentElement);
  };
  return [...document.querySelectorAll(".verdict, .toggle, .where, dt, dd, label, figcaption")].map((e) => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
}"""


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(visit: Visit, scheme: str) -> None:
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.click("#all")
    ratios = visit.page.evaluate(CONTRAST)
    assert len(ratios) > 30
    assert min(ratios) >= 4.5


@needs_chromium
@pytest.mark.quality
def test_what_is_too_wide_too_pale_or_from_elsewhere_is_seen(visit: Visit) -> None:
    visit.page.add_style_tag(content=".where { color: #999; } h1 { width: 2000px; }")
    assert visit.overflow() > 0
    assert min(visit.page.evaluate(CONTRAST)) < 4.5
    visit.page.evaluate("document.images[0].src = 'https://example.invalid/x.png'")
    visit.page.wait_for_function("!document.images[0].complete || document.images[0].naturalWidth === 0")
    assert visit.complaints


@needs_chromium
def test_the_page_of_one_claim(chromium, tmp_path: Path) -> None:
    page = chromium.new_page()
    visit = Visit(page, write(tmp_path, as_html(study, ledger()[:1], [], MADE_BY)))
    assert visit.shown() == ["claim-proved"]
    assert page.locator("figure").count() == 0
    assert visit.complaints == []
    page.close()


def hostile(environment: Environment = html._PAGE) -> str:
    """A page whose every field tries to run a script."""
    evidence = {ATTACK: {"x": [ATTACK]}, "how": ATTACK}
    planted = [Entry(ATTACK, ATTACK, ATTACK, Verdict.OPEN, ATTACK, evidence, 1, 1, correction=ATTACK)]
    return as_html(study, planted, [Picture(ATTACK, SVG)], {ATTACK: ATTACK}, environment)


def attacked(chromium, folder: Path, environment: Environment) -> Visit:
    """The same in a browser."""
    return Visit(chromium.new_page(), write(folder, hostile(environment)))


def is_harmed(visit: Visit) -> bool:
    """Whether some text of the ledger has become a part of the page's structure."""
    foreign = visit.page.locator("#planted, img[src=x], main script, footer script").count()
    return foreign > 0 or visit.page.title() == "run"


@needs_chromium
def test_text_from_the_ledger_stays_text(chromium, tmp_path: Path) -> None:
    visit = attacked(chromium, tmp_path, html._PAGE)
    assert not is_harmed(visit)
    visit.page.click("#all")
    assert ATTACK in visit.page.locator(".finding").inner_text()
    assert visit.complaints == []
    visit.page.close()


@needs_chromium
@pytest.mark.quality
def test_a_page_that_does_not_escape_is_caught(chromium, tmp_path: Path) -> None:
    visit = attacked(chromium, tmp_path, html._PAGE.overlay(autoescape=False))
    assert is_harmed(visit)
    assert visit.page.title() != "run", "the page's own policy lets no script run but its own"
    visit.page.close()


@pytest.mark.quality
def test_an_unescaped_page_is_caught_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    assert NASTY not in as_html(study, entries(), [], MADE_BY)
    assert hostile().count("<script>") == 1
    assert hostile(html._PAGE.overlay(autoescape=False)).count("<script>") > 1
    monkeypatch.setattr(html, "as_mathml", lambda text: text)  # of texts with formulas
    assert hostile().count("<script>") > 1
