"""The verbs ``verify`` and ``figure``: files, exit statuses, one-line errors."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.shell_completion import ShellComplete

from paper_checks import study
from srtheory.cli import srtheory
from srtheory.experiments.lab import Effort
from srtheory.render.formulas import as_unicode
from srtheory.study import checked_by
from srtheory.study.findings import Claim, Finding, Verdict
from srtheory.study.study import Study
from tests.cli.conftest import Run


def test_one_claim_on_stdout(run: Run) -> None:
    result = run("verify", "--claim", "fig1", "--json")
    (entry,) = json.loads(result.stdout)
    assert result.status == 0
    assert (entry["id"], entry["verdict"]) == ("fig1", "verified")
    assert {"where", "claim", "finding", "evidence", "trials", "seed"} <= set(entry)


def test_the_list_has_every_claim_and_checks_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claim, "settle", lambda *_: pytest.fail("a claim was checked"))
    known = study.claims
    result = run("verify", "--list")
    assert (result.status, result.stderr) == (0, "")
    printed = [line.split(maxsplit=1) for line in result.stdout.splitlines()]
    assert printed == [[c.id, as_unicode(c.says)] for c in known.values()]
    assert "$" not in result.stdout
    told = json.loads(run("verify", "--list", "--json").stdout)
    assert told == [{"id": c.id, "where": c.where, "claim": c.says} for c in known.values()]
    assert [claim["id"] for claim in json.loads(run("verify", "--list", "--json", "--claim", "fig1").stdout)] == [
        "fig1"
    ]


def test_a_ledger_on_disk(run: Run, tmp_path: Path) -> None:
    result = run("verify", "--claim", "fig1", "--claim", "eq3-condition", "--out", str(tmp_path / "a" / "b"))
    assert result.status == 0
    assert "eq3-condition" in result.stdout
    ledger = json.loads((tmp_path / "a" / "b" / "ledger.json").read_text())
    assert [entry["id"] for entry in ledger] == ["fig1", "eq3-condition"]
    assert "**refuted**" in (tmp_path / "a" / "b" / "ledger.md").read_text()
    page = (tmp_path / "a" / "b" / "report.html").read_text()
    assert [id in page for id in ("fig1", "eq3-condition", "enc-partition")] == [True, True, False]


@pytest.mark.parametrize("trials", [None, 3])
def test_seed_and_effort_are_named_where_something_was_simulated(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trials: int | None
) -> None:
    claim = replace(study.claims["fig1"], check=lambda lab: Finding(Verdict.VERIFIED, "It holds.", trials=trials))
    monkeypatch.setattr(Study, "claims", property(lambda _: {"fig1": claim}))
    monkeypatch.setattr(Study, "highlights", property(lambda _: []))
    assert run("verify", "--claim", "fig1", "--seed", "5", "--out", str(tmp_path)).status == 0
    page, ledger = (tmp_path / "report.html").read_text(), (tmp_path / "ledger.md").read_text().splitlines()[0]
    simulated = trials is not None
    assert ("<dt>seed of simulations</dt><dd>5</dd>" in page) == simulated
    assert ("Simulations: effort quick, seed 5. " in ledger) == ("seed" in ledger) == simulated


ROOT = Path(__file__).parents[2]


def hrefs(page: Path) -> list[str]:
    return re.findall(r'href="([^"#]*)', page.read_text())


@pytest.mark.parametrize("built", [False, True])
def test_links_of_the_report_lead_somewhere(
    built: bool, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether or not ``make docs`` has built the pages; and lists end without a comma, however many are shown."""
    checkout = tmp_path / "checkout"
    pages = {f"out/docs/{path.stem}.html" for path in (ROOT / "docs").glob("*.md")}
    for page in ("docs/theorems.md", *(pages if built else ())):
        (checkout / page).parent.mkdir(parents=True, exist_ok=True)
        (checkout / page).touch()
    monkeypatch.setattr(checked_by, "__file__", str(checkout / "srtheory" / "study" / "checked_by.py"))
    folder = tmp_path / "a" / "b"
    assert run("verify", "--claim", "eq3-condition", "--out", str(folder)).status == 0
    found = [href for href in hrefs(folder / "report.html") if href]
    assert bool(found) == built
    assert all((folder / href).is_file() for href in found)
    report = (folder / "report.html").read_text()
    assert not re.search(r",\s*(\)|</span>|</p>|</li>|</dd>|</a>\s*</p>)", report)


def test_an_installed_report_has_no_links(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site" / "docs").mkdir(parents=True)  # of some other package
    monkeypatch.setattr(checked_by, "__file__", str(tmp_path / "site" / "srtheory" / "report" / "checked_by.py"))
    assert run("verify", "--claim", "eq3-condition", "--out", str(tmp_path)).status == 0
    assert hrefs(tmp_path / "report.html") == []
    assert "](" not in (tmp_path / "ledger.md").read_text()


@pytest.mark.parametrize("name", ["2a", "2b", "2c", "streams"])
def test_figures(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, name: str
) -> None:
    if name != "streams":
        request.getfixturevalue("svg_alone")
    monkeypatch.setattr(Effort, "trials", property(lambda _: 3))
    monkeypatch.setattr("paper_checks.figures.curves.LAW_POINTS", 1)  # each takes as long as many runs
    result = run("figure", name, "--symbols", "100", "--out", str(tmp_path))
    assert result.status == 0
    stem = tmp_path / f"figure_{name}"
    assert result.stdout.partition("\n\n")[0].split() == [
        str(stem.with_suffix(s)) for s in (".svg", ".pdf", ".png", ".csv")
    ]
    assert stem.with_suffix(".png").read_bytes().startswith(b"\x89PNG" if name == "streams" else b"")
    text = " ".join(ElementTree.parse(stem.with_suffix(".svg")).getroot().itertext())
    assert "3 runs, seed 2022" in text
    with stem.with_suffix(".csv").open() as stream:
        points = [p for p in csv.DictReader(stream) if p["tail"]]
    for curve in {p["curve"] for p in points}:
        tail = [float(p["tail"]) for p in points if p["curve"] == curve]
        assert tail == sorted(tail, reverse=True)
        assert curve.partition(", m_e")[0] in text  # the symbol is set as a formula
    assert all(float(p["low"]) <= float(p["tail"]) <= float(p["high"]) for p in points)


PICTURES = """
from srtheory.render.style import Drawing, canvas, house_style
def draw(lab):
    with house_style():
        picture = canvas()
        picture.add_subplot()
        return Drawing("x", picture, ("x",), [(1,)])
"""
REPORTED = """
import sys
from srtheory import Finding, Study, Verdict
from srtheory.lookup import Entry
at = {"a": ("quick",), "b": ("deep",), "d": ()}
figures = {name: Entry("pictures_of_mine", "draw", name, in_report=its) for name, its in at.items()}
study = Study(title="Mine", figures=figures)
@study.claim("x", "I", "says")
def x(lab):
    return Finding(Verdict.VERIFIED, "It is.")
study.highlight("x", title="t", figure="d")
"""


@pytest.mark.usefixtures("svg_alone")
def test_the_report_has_figures_of_its_effort_and_on_cards(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "pictures_of_mine.py").write_text(PICTURES)
    (tmp_path / "mine.py").write_text(REPORTED)
    done = run("verify", str(tmp_path / "mine.py"), "--out", str(tmp_path / "out"))
    assert (done.status, done.stderr) == (0, "")
    page = (tmp_path / "out" / "report.html").read_text()
    assert [f"Figure {name}: {name}." in page for name in "abd"] == [True, False, True]


def test_the_shell_completes_ids_of_claims() -> None:
    def completed(begun: str) -> list[str]:
        return [
            item.value
            for item in ShellComplete(srtheory, {}, "srtheory", "").get_completions(["verify", "--claim"], begun)
        ]

    assert {"thm1", "fig1", "eq3-condition", "enc-partition"} < set(completed(""))
    assert completed("fig1") == [id for id in completed("") if id[:4] == "fig1"] != []
    assert completed("no-such") == []
