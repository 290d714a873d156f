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

from docs.quoted import values
from paper_checks import study
from srtheory.environment import versions
from srtheory.study import ledger as shown
from srtheory.study.findings import Entry, Finding, Verdict
from srtheory.study.ledger import Picture, as_html, shape, show
from srtheory.study.study import Study
from tests.browser import Visit, browser, needs_chromium
from tests.render.sample import entries

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


def test_the_same_ledger_gives_the_same_page_and_nothing_is_loaded_from_elsewhere() -> None:
    first, second = (as_html(study, ledger(), [Picture("t", SVG)], MADE_BY | versions(), docs="docs") for _ in range(2))
    assert first == second
    unasked = re.sub(r'<a href="docs/[\w/]+\.html[^"]*">', "", first)  # followed by a click only
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"|url\(|@import', unasked) == []


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        *(({}, "plain", "nothing"), ([], "plain", "[]"), ("", "plain", ""), (False, "plain", "no"), (1, "plain", "1")),
        *((1.0, "plain", "1"), (1234567.0, "plain", "1.23457e+06"), ([1, "a"], "plain", "[1, a]")),
        *(((1, {}), "list", "[1, nothing]"), ([[]], "list", "[[]]"), ([0.123456789, None], "plain", "[0.123457, –]")),
    ],
)
def test_evidence_has_a_shape_and_a_text(value: object, kind: str, text: str) -> None:
    assert (shape(value), show(value)) == (kind, text)
    assert shape({"a": value}) == "mapping"


NAMES = [f"claim-{verdict.replace(' ', '-')}" for verdict in Verdict]


def highlighted(*highlights: dict[str, str]) -> Study:
    """A study with the claims of the ledger, the figures "one" and "two", and these highlights."""
    made = Study("Highlights", sections=("III", "IV"))
    for name in NAMES:
        made.claim(name, "III", "x")(lambda lab: Finding(Verdict.OPEN, "y"))
    for name in ("one", "two"):
        made.figure(name)(lambda lab: None)
    for highlight in highlights:
        made.highlight(**highlight)
    return made


PICTURES = [Picture(f"Title {name}.", SVG, name) for name in ("one", "two")]


def test_a_card_has_its_figure_which_is_not_shown_again() -> None:
    made = highlighted({"claim": "claim-refuted", "title": "Found", "says": "So it is.", "figure": "two"})
    text = as_html(made, ledger(), PICTURES, MADE_BY)
    before, after = text.split('id="claims"')
    assert all(words in before for words in ("Found", "So it is.", "Title two.", ">claim-refuted</a>"))
    assert "Title one." not in before
    assert [words in after for words in ("Title one.", "Title two.")] == [True, False]
    number = NAMES.index("claim-refuted") + 1
    assert f'href="#claim-{number}"' in before
    assert f'id="claim-{number}" data-verdict="refuted"' in after


def test_cards_are_of_claims_of_the_ledger_and_say_the_correction_or_the_finding() -> None:
    assert "Main findings" not in as_html(highlighted(), ledger(), PICTURES, MADE_BY)
    first, second, *_ = ledger()
    card = {"claim": second.id, "title": "2", "figure": "one"}
    made = highlighted({"claim": first.id, "title": "1"}, card)
    pair = [replace(first, correction="Mended.", finding="Found."), replace(second, finding="Seen.")]
    unnamed = Picture("Unnamed.", SVG)
    cards = shown.cards(made, pair, [unnamed, PICTURES[0]])
    assert [(card.says, card.picture) for card in cards] == [("Mended.", None), ("Seen.", PICTURES[0])]
    without = as_html(highlighted(card), ledger()[:1], PICTURES, MADE_BY)
    assert ("Main findings" in without, "Title one." in without) == (False, True)
    assert "Main findings" in as_html(highlighted(card), ledger(), [], MADE_BY)  # its figure crashed


def test_the_numerals_of_our_cards_are_those_of_the_pages() -> None:
    named = {"fluid_limit": ["golden"], "guaranteed": ["rows-1010"], "mean_latency": [""]}
    known = [values(maker)[f"{maker}.{n}" if n else maker] for maker, names in named.items() for n in names]
    flat = [text for value in known for text in ([value] if isinstance(value, str) else value)]
    assert NUMERAL.findall(" ".join(h.says for h in study.highlights)) == flat
    assert NUMERAL.findall("lies between 0.705 and 0.714, 1010 rows, (5)") == ["0.705", "0.714"]


NUMERAL = re.compile(r"\d+\.\d+")


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


@pytest.mark.attack
@needs_chromium
def test_filters_and_search(visit: Visit, tmp_path: Path) -> None:
    """What is filtered out is not printed; the search reads the evidence of closed rows."""
    everything = visit.shown()
    assert len(everything) == len(Verdict)
    visit.page.select_option("#verdict", "refuted")
    assert visit.shown() == ["claim-refuted"]
    assert visit.page.inner_text("#shown") == f"1 of {len(Verdict)} claims"
    visit.page.emulate_media(media="print")
    assert visit.shown() == ["claim-refuted"]
    assert sum(finding.is_visible() for finding in visit.page.locator(".finding").all()) == 1
    visit.page.emulate_media(media="screen")
    visit.page.select_option("#section", "IV")
    assert visit.shown() == []
    assert visit.page.is_visible("#none")
    visit.page.select_option("#verdict", "")
    assert visit.shown() == everything[:1]
    visit.page.select_option("#section", "")
    visit.page.fill("#search", "DEEPER needle")
    assert visit.shown() == ["claim-proved"]
    visit.page.fill("#search", "")
    assert visit.shown() == everything


@needs_chromium
def test_a_row_opens_by_mouse_and_by_keyboard(visit: Visit) -> None:
    met = []
    for _ in range(5):
        visit.page.keyboard.press("Tab")
        met.append(visit.page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert met == ["verdict", "section", "search", "all", "toggle"]
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
@pytest.mark.parametrize("asked", ["", "nothing has these words"])
def test_a_card_leads_to_its_claim(chromium, tmp_path: Path, asked: str) -> None:
    made = highlighted({"claim": "claim-refuted", "title": "Found", "figure": "two"})
    visit = Visit(chromium.new_page(), write(tmp_path, as_html(made, ledger(), PICTURES, MADE_BY)))
    visit.page.fill("#search", asked)
    for _ in range(2):  # again after it has been closed, too
        visit.page.click(".from a")
        place = visit.page.locator('.claim[data-verdict="refuted"]')
        place.locator(".finding").wait_for(state="visible", timeout=5000)
        assert place.bounding_box()["y"] < 900
        place.locator(".toggle").click()
    assert visit.shown() == NAMES
    assert visit.complaints == []
    visit.page.close()


@needs_chromium
@pytest.mark.parametrize("count", [1, 5])
def test_on_paper_a_title_page_comes_first_and_figures_are_as_wide_as_a_column(chromium, tmp_path, count: int) -> None:
    made = highlighted(
        *({"claim": n, "title": n, "figure": "one" if i else "two"} for i, n in enumerate(NAMES[:count]))
    )
    visit = Visit(chromium.new_page(), write(tmp_path, as_html(made, ledger(), [*PICTURES, *PICTURES], MADE_BY)))
    visit.page.set_viewport_size({"width": 680, "height": 1000})  # 180 mm
    visit.page.emulate_media(media="print")
    widths = [image.bounding_box()["width"] for image in visit.page.locator("img").all()]
    assert len(widths) >= count
    assert all(300 < width <= 340 for width in widths)
    assert visit.overflow() == 0
    if shutil.which("pdftotext"):
        printed(visit, tmp_path)
        command = ["pdftotext", "-l", "1", str(tmp_path / "report.pdf"), "-"]
        first = subprocess.run(command, capture_output=True, text=True).stdout
        told = ("Highlights", "8 claims", "effort quick", "Main findings")
        assert [words in first for words in told] == [True, True, True, False]
    visit.page.close()


@needs_chromium
def test_nothing_is_asked_for_too_wide_or_too_pale_closed_or_open(visit: Visit) -> None:
    for opened in (False, True):
        if opened:
            visit.page.click("#all")
        for width in (360, 768, 1100):
            visit.page.set_viewport_size({"width": width, "height": 740})
            assert visit.overflow() == 0
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        ratios = visit.page.evaluate(CONTRAST)
        assert len(ratios) > 30
        assert min(ratios) >= 4.5
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(("file:", "data:"))] == []
    assert visit.page.locator("figure img").evaluate("image => image.naturalWidth") > 0


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
    visit.page.emulate_media(media="screen")
    visit.page.locator(".evidence summary").first.click()  # closed again
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".finding").first.is_visible()
    assert not visit.page.locator(".evidence").first.is_visible()


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
@pytest.mark.quality
def test_what_is_too_wide_too_pale_or_from_elsewhere_is_seen(visit: Visit) -> None:
    visit.page.add_style_tag(content=".where { color: #999; } h1 { width: 2000px; }")
    assert visit.overflow() > 0
    assert min(visit.page.evaluate(CONTRAST)) < 4.5
    visit.page.evaluate("document.images[0].src = 'https://example.invalid/x.png'")
    visit.page.wait_for_function("!document.images[0].complete || document.images[0].naturalWidth === 0")
    assert visit.complaints


def hostile(environment: Environment = shown.PAGE) -> str:
    """A page whose every field tries to run a script."""
    evidence = {ATTACK: {"x": [ATTACK]}, "how": ATTACK}
    planted = [Entry(ATTACK, ATTACK, ATTACK, Verdict.OPEN, ATTACK, evidence, 1, 1, correction=ATTACK)]
    made = Study(ATTACK, authors=(ATTACK,), cite=ATTACK)
    made.claim(ATTACK, "I", "x")(lambda lab: Finding(Verdict.OPEN, "y"))
    made.figure("one")(lambda lab: None)
    made.highlight(ATTACK, title=ATTACK, says=ATTACK, figure="one")
    return as_html(made, planted, [Picture(ATTACK, SVG, "one")], {ATTACK: ATTACK}, environment)


def is_harmed(visit: Visit) -> bool:
    """Whether some text of the ledger has become a part of the page's structure."""
    foreign = visit.page.locator("#planted, img[src=x], main script, footer script").count()
    return foreign > 0 or visit.page.title() == "run"


@needs_chromium
def test_text_from_the_ledger_stays_text(chromium, tmp_path: Path) -> None:
    visit = Visit(chromium.new_page(), write(tmp_path, hostile()))
    assert not is_harmed(visit)
    visit.page.click("#all")
    assert ATTACK in visit.page.locator(".finding").inner_text()
    assert visit.page.locator(".card").inner_text().count(ATTACK) == 4
    assert visit.complaints == []
    visit.page.close()


@needs_chromium
@pytest.mark.quality
def test_a_page_that_does_not_escape_is_caught(chromium, tmp_path: Path) -> None:
    visit = Visit(chromium.new_page(), write(tmp_path, hostile(shown.PAGE.overlay(autoescape=False))))
    assert is_harmed(visit)
    assert visit.page.title() != "run", "the page's own policy lets no script run but its own"
    visit.page.close()
