"""Studies of a user's own on the command line: where they are found, bad input in a line, and what is kept."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from srtheory.cli import studies
from srtheory.study import loading
from tests.cli.conftest import Run

HEAD = '''import math, time
from fractions import Fraction
import numpy as np
from srtheory import Finding, Lab, Number, Study, Verdict
study = Study(title="Bad input", sections=("I",))
@study.claim("fine", where="I", says="One is one.", planted={"one": 2})
def fine(lab, *, one=1):
    return Finding(Verdict.VERIFIED if one == 1 else Verdict.REFUTED, "It is.")
@study.number("good")
def good(lab):
    """Three."""
    return Number.exact(3, "counted")
'''
LINE = HEAD.count("\n") + 1
CLAIM = '@study.claim("bad", where="I", says="Two.")\ndef bad(lab):\n    '
NUMBER = '@study.number("bad")\ndef bad(lab):\n    '


def write(folder: Path, code: str, name: str = "mine.py") -> str:
    (folder / name).write_text(HEAD + code)
    return str(folder / name)


@pytest.mark.parametrize(
    ("verb", "code", "words"),
    [
        ("verify", '@study.claim("fine", where="I", says="x")\ndef f(lab): ...\n', "not used, not 'fine'"),
        ("verify", '@study.claim("a", where="I", says=None)\ndef f(lab): ...\n', "'says' must be a text"),
        ("verify", '@study.claim("a", "I", "x", ("magic",))\ndef f(lab): ...\n', "not 'magic'"),
        ("verify", 'Study(title="A", authors="B")\n', "'authors' must be a sequence"),
        ("verify", 'Study(title="A", at={"m": 3})\n', "'at' must be a Model"),
        ("verify", '@study.claim("a", "I", "x", planted={"two": 2})\ndef f(lab): ...\n', "'planted'"),
        ("verify", 'study.table("errata")\n', "nor every study has, not 'errata'"),
        ("verify", 'study.figure("../x")\n', "not '../x'"),
        ("verify", 'study.highlight("gone", title="x")\n', "'claim of a highlight' must be one of fine, not 'gone'"),
        ("verify", 'study.highlight("fine", title="x", figure="gone")\n', "the study has none, not 'gone'"),
        ("verify", 'study.highlight("fine", title="")\n', "'title' must be a text"),
        ("numbers", 'study.highlight("fine", title="x", says=1)\n', "'says' must be a text"),
        ("verify", "1 / 0\n", f"division by zero at mine.py, line {LINE}"),
        ("verify", "def (:\n", f"invalid syntax (mine.py, line {LINE})"),
        ("verify", "import sys; sys.exit(3)\n", "SystemExit: 3"),
        ("verify", "study = 3\n", "a line 'study = Study(...)'"),
        ("verify", 'Study(title="Another")\n', "'Another'"),
        ("verify", 'study = Study(title="Empty")\n', "imports no other"),
        ("numbers", '@study.number("good")\ndef f(lab): ...\n', "not used, not 'good'"),
        ("numbers", '@study.number("q95")\ndef f(lab): ...\n', "not 'q95'"),
        ("numbers", '@study.number("a", digits=0)\ndef f(lab): ...\n', "'digits'"),
        ("numbers", '@study.number("a", unit="\\\\s")\ndef f(lab): ...\n', "'unit'"),
        ("numbers", 'study = Study(title="M", prefix="M1")\n', "not 'M1'"),
    ],
)
def test_a_study_that_is_wrong_as_it_stands(run: Run, tmp_path: Path, verb: str, code: str, words: str) -> None:
    done = run(verb, write(tmp_path, code))
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["verify", "MINE"], "'Empty'"),
        (["verify", "MINE", "--list"], "'Empty'"),
        (["numbers", "MINE"], "'Empty'"),
        (["table", "MINE::errata"], "'Empty'"),
        (["table", "MINE::other"], "one of claims, errata"),
        (["figure", "MINE::other"], "this study has no figures, not"),
        (["figure", "MINE::"], "this study has no figures, not"),
        (["verify", "MINE", "--budget", "0"], "not"),
        (["numbers", "MINE", "--budget", "x"], "not"),
    ],
)
def test_a_study_without_anything(run: Run, tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "empty.py").write_text("from srtheory import Study\nstudy = Study(title='Empty')\n")
    done = run(*(word.replace("MINE", str(tmp_path / "empty.py")) for word in words))
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr


@pytest.mark.parametrize(
    ("code", "words", "more"),
    [
        (CLAIM + "return 1 / 0\n", f"ZeroDivisionError: division by zero at mine.py, line {LINE + 2}", ()),
        (CLAIM + "return None\n", f"it returned NoneType, not 'bad'. at mine.py, line {LINE}", ()),
        (CLAIM + "return lab.sample('latency', 'sr', degree=2)\n", "Study(..., at=Model(...))", ()),
        (CLAIM.replace("(lab)", "()") + "pass\n", f"at mine.py, line {LINE}", ()),
    ],
)
def test_a_check_that_crashes_or_hangs(run: Run, tmp_path: Path, code: str, words: str, more: tuple[str, ...]) -> None:
    """The other claims keep their verdicts, and the ledger has all."""
    out = tmp_path / "out"
    done = run("verify", write(tmp_path, code), "--out", str(out), *more)
    assert (done.status, done.stderr.count("\n")) == (1, 1)
    assert words in done.stderr
    assert {e["id"]: e["verdict"] for e in json.loads((out / "ledger.json").read_text())} == {
        "fine": "verified",
        "bad": "open",
    }
    assert "nothing is settled" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("code", "words", "more"),
    [
        (NUMBER + "return 1 / 0\n", f"division by zero at mine.py, line {LINE + 2}", ()),
        (NUMBER + "return Number(math.nan, 0, 1, 'x')\n", "a finite number, of at most 4000 digits, not nan", ()),
        (NUMBER + "return Number.exact(0.5, 'x')\n", "a float has an interval", ()),
        (NUMBER + "return Number(3, 0, 1, 'x')\n", "in its interval", ()),
        (NUMBER + "return Number.bounds(1, 0, 'x')\n", "ascending order", ()),
        (NUMBER + "return Number.mean([1, math.inf], lab)\n", "two finite numbers", ()),
        (NUMBER + "return Number.share(3, 2, lab)\n", "'successes'", ()),
        (NUMBER + "return 0.5\n", "it returned float", ()),
        (NUMBER + "return Number.exact(10**5000, 'x')\n", "of at most 4000 digits, not <a number of 16610 bits>", ()),
    ],
)
def test_a_number_that_is_none(run: Run, tmp_path: Path, code: str, words: str, more: tuple[str, ...]) -> None:
    done = run("numbers", write(tmp_path, code), "--out", str(tmp_path / "numbers.tex"), *more)
    assert (done.status, done.stderr.count("\n")) == (1, 1)
    assert words in done.stderr
    assert r"\newcommand{\BIGood}{\ensuremath{3}}" in (tmp_path / "numbers.tex").read_text()


MADE = {
    "figure": '@study.figure("bad")\ndef bad(lab):\n    return ',
    "table": '@study.table("bad")\ndef bad(lab):\n    return ',
}


def test_errata_that_there_are_none_and_some(run: Run, tmp_path: Path) -> None:
    said = "needs a correction"
    assert f"No claim of “Bad input” {said}" in run("table", f"{write(tmp_path, '')}::errata").stdout
    code = CLAIM + "return Finding(Verdict.REFINED, 'x', {'smallest': 'm = 3'}, correction='Let $m | 4$.')\n"
    shown = run("table", f"{write(tmp_path, code, 'more.py')}::errata").stdout
    assert said not in shown
    assert r"| bad | I | Two. | refined | Let $m \| 4$. | m = 3 |" in shown


def test_a_figure_that_crashes_is_left_out_of_the_report(run: Run, tmp_path: Path) -> None:
    done = run("verify", write(tmp_path, MADE["figure"] + "1 / 0"), "--out", str(tmp_path))
    assert (done.status, done.stderr.count("\n")) == (1, 1)
    assert "the figure bad crashed" in done.stderr
    assert "It is." in (tmp_path / "report.html").read_text()


PACKAGE = {
    "__init__.py": "from srtheory import PAPER, Study\nstudy = Study('P', at=PAPER, modules=('{0}.two', '{0}.one'))\n",
    "one.py": "from {0} import study\n@study.claim('one', where='I', says='1')\ndef one(lab):\n    {1}\n",
    "two.py": "from . import study\n@study.claim('two', where='I', says='2')\ndef two(lab): ...\n{2}\n",
}


def a_package(folder: Path, name: str, check: str = "...", after: str = "") -> str:
    (folder / name).mkdir()
    for file, text in PACKAGE.items():
        (folder / name / file).write_text(text.format(name, check, after))
    return str(folder / name)


def test_a_package_of_several_modules(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claims come in the order of its modules; errors of these have their file and line."""
    monkeypatch.setattr("sys.path", sys.path[:])
    listed = run("verify", a_package(tmp_path, "several_modules", "1 / 0"), "--list")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["two", "one"]
    done = run("verify", str(tmp_path / "several_modules"), "--claim", "one")
    assert (done.status, "at one.py, line 4" in done.stderr) == (1, True)
    for name, after, words in (
        ("late_error", "1 / 0", "division by zero at two.py, line 4"),
        ("late_syntax", "def (:", "two.py, line 4"),
        ("late_study", "import srtheory\nsrtheory.Study(title='Another')", "'Another'"),
    ):
        for verb in ("verify", "numbers"):
            done = run(verb, a_package(tmp_path, f"{name}_{verb}", after=after))
            assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
            assert words in done.stderr


def test_a_module_and_an_installed_study(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of a module, and of an entry point, as an installed package has it."""
    (tmp_path / "module_of_mine.py").write_text(HEAD + MADE["table"] + "3\n")
    info = tmp_path / "mine-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[srtheory.studies]\nmy-paper = module_of_mine:study\n")
    monkeypatch.syspath_prepend(tmp_path)
    for text in ("module_of_mine", "my-paper"):
        assert run("verify", text, "--list").stdout.split()[0] == "fine"
        assert run("numbers", text, "--list").stdout.split() == ["good", "BIGood", "Three."]
        assert run("table", text, "--list").stdout.split("\n")[2].split() == ["bad"]
    done = run("verify", "no-such-study")
    assert (done.status, done.stderr.count("\n")) == (2, 1)
    assert "my-paper" in done.stderr


@pytest.mark.parametrize("text", ["missing.py", "missing/folder", "empty"])
def test_a_study_that_is_not_there(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "empty").mkdir()
    for verb, name in (("verify", ""), ("numbers", ""), ("figure", "::a"), ("table", "::a")):
        done = run(verb, str(tmp_path / text) + name)
        assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_list_computes_nothing(run: Run, tmp_path: Path) -> None:
    code = CLAIM + "1 / 0\n" + NUMBER + "1 / 0\n" + MADE["figure"] + "1 / 0\n" + MADE["table"] + "1 / 0\n"
    file = write(tmp_path, code)
    for verb in ("verify", "numbers", "figure", "table"):
        done = run(verb, file, "--list")
        assert (done.status, done.stderr) == (0, "")
        assert "bad" in done.stdout.lower()
        assert "bad" in json.dumps(json.loads(run(verb, file, "--list", "--json").stdout)).lower()


def test_the_forms_of_numbers_agree(run: Run, tmp_path: Path) -> None:
    code = (
        NUMBER.replace('"bad"', '"tiny-share", unit="%"') + "return Number.bounds(1.242e-7, 1.358e-7, 'a law,\\n 2')\n"
    )
    file = write(tmp_path, code)
    document = json.loads(run("numbers", file, "--json").stdout)["numbers"]
    assert document == json.loads(run("numbers", file, "--format", "json").stdout)["numbers"]
    rows = list(csv.DictReader(io.StringIO(run("numbers", file, "--format", "csv").stdout.partition("\n")[2])))
    assert [{k: "" if v is None else str(v) for k, v in one.items()} for one in document] == rows
    tex = run("numbers", file).stdout
    assert tex.endswith("}\n")
    assert not tex.endswith("\n\n")
    assert all(f"\\{one['macro']}" in tex for one in document)
    assert "\n\\newcommand{\\BITinyShare}{\\ensuremath{1.30(6)\\times 10^{-7}\\,\\mathrm{\\%}}}" in tex
    assert all(line.startswith(("%", "\\newcommand")) for line in tex.splitlines() if line)
    assert [one["name"] for one in document] == ["good", "tiny-share"]
    assert run("numbers", file, "--number", "good").stdout.count("newcommand") == 1
    assert run("numbers", file, "--number", "other").status == 2


@pytest.mark.parametrize(("made", "simulated"), [("exact(2)", False), ("mean([1.0, 2.0, 4.0], lab)", True)])
def test_numbers_name_the_seed_where_something_was_simulated(
    run: Run, tmp_path: Path, made: str, simulated: bool
) -> None:
    file = write(tmp_path, NUMBER + f"return Number.{made}\n")
    head = run("numbers", file, "--number", "bad", "--seed", "5").stdout.splitlines()[0]
    assert ("--effort quick --seed 5" in head) == ("--seed" in head) == simulated


def test_a_text_is_checked_for_numerals_and_idle_macros(run: Run, tmp_path: Path) -> None:
    file, text = write(tmp_path, ""), tmp_path / "paper.tex"
    text.write_text("Only 7 of them.\n")
    done = run("numbers", file, "--check", str(text))
    assert done.status == 1
    assert done.stdout.splitlines() == [f"{text}:1: 7: Only 7 of them.", f"{text}: \\BIGood is not used"]
    told = json.loads(run("numbers", file, "--check", str(text), "--json").stdout)
    assert told == {"numerals": [{"line": 1, "text": "7", "context": "Only 7 of them."}], "unused": ["BIGood"]}
    text.write_text("Only \\BIGood{} of them.\n")
    assert run("numbers", file, "--check", str(text)).status == 0
    for one in ("Only \\BIGood{} of 7.\n", "Only some of them.\n"):
        text.write_text(one)
        done = run("numbers", file, "--check", str(text))
        assert (done.status, done.stdout.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    "words",
    [
        ("table", "MINE::claims", "--symbols", "5"),
        ("figure", "MINE::one", "--degree", "3"),
        ("figure", "MINE"),
        ("verify", "none.py"),
    ],
)
def test_options_and_names_that_do_not_fit_are_bad_input(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = write(tmp_path, '@study.figure("one")\ndef one(lab): ...\n')
    done = run(*(word.replace("MINE", file) for word in words))
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "crashed" not in done.stderr


def test_new_writes_nothing_over_what_is_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        done = run("new", str(tmp_path / name))
        assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "is a file" in done.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes"]
    done = run("new", str(tmp_path / "a" / "b"), "--json")
    assert sorted(json.loads(done.stdout)["files"]) == sorted(str(p) for p in (tmp_path / "a" / "b").iterdir())


@pytest.mark.slow
def test_a_new_study_makes_everything(tmp_path: Path) -> None:
    """As a new user does it: ``srtheory new``, ``make test``, ``make``; the text then has no numeral of its own."""
    scripts = Path(sys.executable).parent
    path = {"PATH": f"{scripts}:/usr/bin:/bin", "HOME": str(tmp_path), "MPLCONFIGDIR": os.environ["MPLCONFIGDIR"]}
    folder = tmp_path / "mine"
    assert shutil.which("srtheory", path=str(scripts)) is not None
    for command in (["srtheory", "new", str(folder)], ["make", "-C", str(folder), "all", "test"]):
        done = subprocess.run(command, env=path, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "a macro gives every numeral, and all macros are used" in done.stdout
    made = {file.name for file in (folder / "out").iterdir()}
    assert made >= {"report.html", "ledger.md", "numbers.tex", "figure_tails.pdf", "table_errata.tex"}
    assert {e["verdict"] for e in json.loads((folder / "out" / "ledger.json").read_text())} == {"verified", "refined"}
    if shutil.which("pdflatex", path=path["PATH"]):
        assert (folder / "out" / "paper.pdf").read_bytes().startswith(b"%PDF")
    (folder / "claims.py").write_text("1 / 0")
    for _ in range(2):  # what is there from before is not taken for what is asked for
        done = subprocess.run(command, env=path, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2


def test_a_study_that_was_not_asked_for_is_written_as_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even one in the place of another that is gone."""

    class Made:
        pass

    monkeypatch.setattr(loading, "load", lambda text: Made())
    studies.STUDY.convert("gone.py", None, None)
    others = [Made() for _ in range(10)]
    assert {studies.written(other) for other in others} == {""}  # type: ignore[arg-type]
    kept = studies.STUDY.convert("my study.py", None, None)
    assert [studies.written(kept), studies.written(kept, "2a")] == [" 'my study.py'", " 'my study.py::2a'"]
    assert studies.written(others[0], "2a") == " 2a"  # type: ignore[arg-type]


SCHEME = """from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker
@dataclass(frozen=True)
class Overlap(ByWorker):
    def sends(self, worker, key):
        yield [worker]
        yield {others}
"""
USES = """from srtheory import Finding, Lab, Model, Study, Verdict, parse_law
study = Study(title="Uses a scheme", at=Model(4, None, 0.1, parse_law("expon()")))
@study.claim("fast", "I", "It is.")
def fast(lab):
    rows = lab.sample("latency", "mine.py::Overlap", trials=3)
    return Finding(Verdict.SUPPORTED, f"{rows.tolist()}", trials=3)
@study.claim("counted", "I", "It is.")
def counted(lab):
    return Finding(Verdict.VERIFIED, "It is.")
@study.table("compared")
def compared(lab, schemes=("sr",), options=()):
    raise ValueError(schemes)
"""


def test_a_studys_scheme_is_that_of_its_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another mine.py where the command is given is not taken, and the ledger has the digest of the one that was."""
    (tmp_path / "gc").mkdir()
    (tmp_path / "gc/study.py").write_text(USES)
    ours = tmp_path / "gc/mine.py"
    ours.write_text(SCHEME.format(others="range(self.symbols)"))
    (tmp_path / "mine.py").write_text(SCHEME.format(others="[worker, (worker + 1) % self.symbols]"))
    entries = []
    for folder, study in (("gc", "."), (".", "gc"), ("/", str(tmp_path / "gc"))):
        monkeypatch.chdir(tmp_path / folder)
        done = run("verify", study, "--json")
        assert (done.status, done.stderr) == (0, "")
        entries.append(json.loads(done.stdout))
    assert entries[0] == entries[1] == entries[2]
    first, second = entries[0]
    assert first["sources"] == {"mine.py::Overlap": hashlib.sha256(ours.read_bytes()).hexdigest()}
    assert "sources" not in second
    monkeypatch.chdir(tmp_path)
    in_python = loading.load("gc")
    assert in_python.chosen(["fast"])[0].settle(in_python.lab()).sources == first["sources"]


def test_a_readers_scheme_is_that_of_the_current_directory(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gc").mkdir()
    (tmp_path / "gc/study.py").write_text(USES)
    (tmp_path / "mine.py").write_text(SCHEME.format(others="range(self.symbols)"))
    monkeypatch.chdir(tmp_path)
    done = run("table", "gc::compared", "--schemes", "sr,mine.py::Overlap")
    assert f"('sr', '{tmp_path / 'mine.py'}::Overlap')" in done.stderr
