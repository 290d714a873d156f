"""The verb ``verify``: verdicts, its list and its report; and what all verbs of studies keep in a store."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import click
import pytest

from paper_checks import study
from srtheory.cli.ask import option
from srtheory.errors import ArgumentError
from srtheory.questions.words import Store, but
from srtheory.render.formulas import as_unicode
from srtheory.study import ledger
from srtheory.study.findings import Claim
from tests.cli.conftest import Run, asked

ROOT = Path(__file__).parents[2]


def test_one_claim_on_stdout_and_two_on_disk(run: Run, tmp_path: Path) -> None:
    (entry,) = asked(run, "verify", "--claim", "fig1")
    assert (entry["id"], entry["verdict"]) == ("fig1", "verified")
    out = tmp_path / "a" / "b"
    done = run("verify", "--claim", "fig1", "--claim", "eq3-condition", "--out", str(out))
    assert (done.status, [line.split()[0] for line in done.stdout.splitlines()[:2]]) == (0, ["fig1", "eq3-condition"])
    assert [entry["id"] for entry in json.loads((out / "ledger.json").read_text())] == ["fig1", "eq3-condition"]
    assert "**refuted**" in (out / "ledger.md").read_text()
    page = (out / "report.html").read_text()
    assert [id in page for id in ("fig1", "eq3-condition", "enc-partition")] == [True, True, False]


def test_the_list_has_every_claim_and_checks_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claim, "settle", lambda *_: pytest.fail("a claim was checked"))
    done = run("verify", "--list")
    assert (done.status, done.stderr, "$" in done.stdout) == (0, "", False)
    printed = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert printed == [[c.id, as_unicode(c.says)] for c in study.claims.values()]
    told = [{"id": c.id, "where": c.where, "claim": c.says} for c in study.claims.values()]
    assert asked(run, "verify", "--list") == told
    assert asked(run, "verify", "--list", "--claim", "fig1") == [each for each in told if each["id"] == "fig1"]


@pytest.mark.parametrize("where", ["built", "not built", "installed"])
def test_links_of_the_report_lead_somewhere(
    where: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether or not ``make docs`` has built the pages; and lists end without a comma, however many are shown."""
    root, folder = tmp_path / "root", tmp_path / "a" / "b"
    made = (path.with_suffix(".html") for path in (ROOT / "docs").rglob("*.md"))
    pages = {f"out/{path.relative_to(ROOT)}" for path in made} if where == "built" else set()
    for page in ({"docs/proofs/theorems.md", *pages}, {"docs/x"})[where == "installed"]:
        (root / page).parent.mkdir(parents=True, exist_ok=True)
        (root / page).touch()
    monkeypatch.setattr(ledger, "__file__", str(root / "srtheory" / "study" / "ledger.py"))
    assert run("verify", "--claim", "eq3-condition", "--out", str(folder)).status == 0
    report = (folder / "report.html").read_text()
    found = [href for href in re.findall(r'href="([^"#]*)', report) if href]
    assert bool(found) == (where == "built")
    assert all((folder / href).is_file() for href in found)
    assert where != "installed" or "](" not in (folder / "ledger.md").read_text()
    assert not re.search(r"(?<!</math>),\s*</span>|,\s*(</span>)?(\)|</p>|</li>|</dd>|</a>\s*</p>)", report)


# ------------------------------------------------------------------------------------------------- figures, and stores

PICTURES = """
from srtheory.questions.words import Store, but
from srtheory.render.style import Drawing, canvas, house_style


def draw(lab):
    with house_style():
        picture = canvas()
        picture.add_subplot()
    return Drawing("x", picture, ("x",), [(t,) for t in lab.sample("latency", "uncoded", trials=3)])
"""
MINE = """
from srtheory import Finding, Model, Study, Verdict, parse_law
from srtheory.lookup import Entry
from srtheory.questions.words import Store, but
from srtheory.render.table import Column, Table

at = {"a": ("quick",), "b": ("deep",), "d": ()}
figures = {name: Entry("pictures_of_mine", "draw", name, in_report=its) for name, its in at.items()}
study = Study(title="Mine", figures=figures, at=Model(4, None, 0.1, parse_law("expon()")))


@study.claim("x", "I", "says")
def x(lab):
    return Finding(Verdict.VERIFIED, f"It is {lab.sample('latency', 'sr', degree=2, trials=3).mean()}.", trials=3)


@study.table("t")
def t(lab):
    return Table("t", "It is.", (Column("a", "a"),), ((str(lab.sample("latency", "one", trials=3).mean()),),))


study.highlight("x", title="t", figure="d")
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "pictures_of_mine.py").write_text(PICTURES)
    (tmp_path / "mine.py").write_text(MINE)
    return str(tmp_path / "mine.py")


@pytest.mark.usefixtures("svg_alone")
def test_the_report_has_figures_of_its_effort_and_on_cards(run: Run, tmp_path: Path, mine: str) -> None:
    done = run("verify", mine, "--out", str(tmp_path / "out"))
    assert (done.status, done.stderr) == (0, "")
    page = (tmp_path / "out" / "report.html").read_text()
    assert [f"Figure {name}: {name}." in page for name in "abd"] == [True, False, True]


@pytest.mark.usefixtures("svg_alone")
def test_nothing_is_run_that_is_stored_and_the_answer_is_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mine: str
) -> None:
    commands = (["figure", f"{mine}::a", "--out", "made"], ["verify", mine, "--json"], ["table", f"{mine}::t"])
    monkeypatch.chdir(tmp_path)
    points, kept = Path("made/figure_x.csv"), ["--store", str(tmp_path / "store")]
    answers = [run(*words) for words in commands]
    computed = points.read_text()
    stored = [run(*words, *kept) for words in commands]
    monkeypatch.setattr("srtheory.experiments.trial.run_trial", lambda *_: pytest.fail("a trial was run"))
    for words, without, first in zip(commands, answers, stored, strict=True):
        assert (without.status, run(*words, *kept)) == (0, first)
        assert first.stdout.replace(f" --store {kept[1]}", "") == without.stdout
    assert points.read_text() == computed
    assert len(list((tmp_path / "store").iterdir())) == 3


def test_a_former_name_of_a_store_is_the_store() -> None:
    def read(*words: str, once_out: bool = True) -> Path | None:
        command = click.command()(
            option("store", Annotated[Store, but(former="out" if once_out else "")], None)(lambda store: store)
        )
        found: Path | None = command.main(list(words), standalone_mode=False)
        return found

    assert read() is None
    assert read("--store", "a") == read("--out", "a") == read("--store", "a", once_out=False) == Path("a").absolute()
    for words in (["--out", "a", "--store", "b"], ["--store", "b", "--out", "a"]):
        with pytest.raises(ArgumentError, match="'out' must be left out with --store, which has its meaning, not 'a'"):
            read(*words)
    with pytest.raises(click.NoSuchOption):
        read("--out", "a", once_out=False)
