"""The verbs ``verify`` and ``figure``: files, exit statuses, one-line errors."""

from __future__ import annotations

import csv
import json
import re
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from paper_checks import study
from srtheory.experiments.lab import Effort, Lab
from srtheory.lookup import Entry
from srtheory.render.formulas import as_unicode
from srtheory.study import checked_by
from srtheory.study.findings import Claim, Finding, Verdict
from srtheory.study.html import Picture
from srtheory.study.study import CREATED, Study
from tests.cli.conftest import Run

verify = import_module("srtheory.cli.verify")


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


def test_a_crashed_check_is_reported_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    known = study.claims

    def crash(lab: object) -> Finding:
        raise RuntimeError("planted")

    planted = known | {"fig1": Claim("fig1", "Fig. 1", known["fig1"].says, crash)}
    monkeypatch.setattr(Study, "claims", property(lambda _: planted))
    result = run("verify", "--claim", "fig1", "--claim", "enc-systematic", "--json")
    verdicts = {entry["id"]: entry["verdict"] for entry in json.loads(result.stdout)}
    assert result.status == 1
    assert verdicts == {"fig1": Verdict.OPEN, "enc-systematic": Verdict.VERIFIED}
    [line] = result.stderr.splitlines()
    assert re.fullmatch(r"srtheory: the check of fig1 crashed \(.*planted.*\)", line)


def test_out_must_be_a_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert run("verify", "--claim", "fig1", "--out", str(tmp_path / "file")).status == 2


def test_a_folder_that_cannot_be_written_is_told_before_the_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system", str(tmp_path))

    monkeypatch.setattr("srtheory.cli.common.TemporaryFile", refuse)
    monkeypatch.setattr("srtheory.cli.verify.settle", lambda *_: pytest.fail("a claim was checked"))
    done = run("verify", "--claim", "fig1", "--out", str(tmp_path))
    assert (done.status, done.stderr.count("\n")) == (2, 1)
    assert "Read-only" in done.stderr


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


def test_unknown_figure(run: Run) -> None:
    assert run("figure", "3a").status == 2


def test_the_report_has_figures_of_its_effort_of_ones_own_and_on_cards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One whose function crashed is named, and left out."""
    places = {"a": Entry("m", "f", in_report=("quick",)), "b": Entry("m", "f", in_report=("deep",))}
    mine = Study(title="Mine", figures={**places, "c": Entry("", "", function=len), "d": Entry("m", "f")})
    CREATED.remove(mine)
    mine.claim("x", "I", "says")(lambda lab: Finding(Verdict.VERIFIED, "f"))
    mine.highlight("x", title="t", figure="d")
    asked, commands = [], []

    def guarded(whose: Study, what: str, entry: Entry, draw: partial[object]) -> Picture | None:
        asked.append(what.removeprefix("the figure "))
        commands.append(draw.args[-1])
        return None if what.endswith("c") else Picture(what, b"<svg/>", what[-1])

    monkeypatch.setattr(verify, "guarded", guarded)
    entries = [claim.settle(Lab()) for claim in mine.chosen()]
    assert verify._write(mine, entries, tmp_path, Lab(seed=7), figures=True) == ["c"]
    assert asked == ["a", "c", "d"]
    assert all(one.startswith("srtheory verify --effort quick --seed 7 (") for one in commands)
    assert (tmp_path / "ledger.json").read_text().endswith("]\n")
    assert "Simulations" not in (tmp_path / "ledger.md").read_text().splitlines()[0]
    ran = [replace(entry, trials=0) for entry in entries]
    assert verify._write(mine, ran, tmp_path, Lab(seed=7), figures=False) == []
    assert asked == ["a", "c", "d"]
    head = (tmp_path / "ledger.md").read_text().splitlines()[0]
    assert head.startswith("# Mine: claims, checked. Simulations: effort quick, seed 7. Made with ")


def test_checks_are_settled_one_by_one_and_those_that_crash_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bar = SimpleNamespace(gui=False, moved=0, named=[])
    bar.set_postfix_str = lambda id, refresh: bar.named.append((id, refresh))
    bar.update = lambda: setattr(bar, "moved", bar.moved + 1)
    monkeypatch.setattr(verify, "progress_bar", lambda **_: nullcontext(bar))

    def crash(lab: Lab) -> Finding:
        raise RuntimeError("planted")

    claims = [
        Claim("a", "I", "s", crash), Claim("b", "I", "s", lambda lab: Finding(Verdict.VERIFIED, "f"))
    ]  # fmt: skip
    crashed: list[str] = []
    found = [(entry.id, entry.verdict) for entry in verify.settle(claims, Lab(), None, crashed)]
    assert found == [("a", Verdict.OPEN), ("b", Verdict.VERIFIED)]
    assert (crashed, bar.moved, bar.named) == (["a"], 2, [("a", True), ("b", True)])
    assert "planted" in capsys.readouterr().err


def test_the_shell_completes_ids_of_claims() -> None:
    every = verify._claims(None, None, "")
    assert {"thm1", "fig1", "eq3-condition", "enc-partition"} < set(every)
    assert verify._claims(None, None, "fig1") == [id for id in every if id[:4] == "fig1"] != []
    assert verify._claims(None, None, "no-such") == []
