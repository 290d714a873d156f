"""Studies of a user's own on the command line: bad input in a line, numbers and their texts, a new study, its schemes.

What their code may do is asked in tests/contracts/test_studies.py, and where they are found in
tests/study/test_loading.py.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from srtheory.study import loading
from tests.cli.conftest import Run, asked, refused

HEAD = '''import math, time
from fractions import Fraction
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
FIGURE = '@study.figure("bad")\ndef bad(lab):\n    '


def write(folder: Path, code: str, name: str = "mine.py") -> str:
    (folder / name).write_text(HEAD + code)
    return str(folder / name)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("verify MINE", '@study.claim("fine", where="I", says="x")\ndef f(lab): ...\n', "not used, not 'fine'"),
        ("verify MINE", '@study.claim("a", "I", "x", ("magic",))\ndef f(lab): ...\n', "not 'magic'"),
        ("verify MINE", 'study.figure("../x")\n', "not '../x'"),
        ("verify MINE", 'study.highlight("gone", title="x")\n', "'claim of a highlight' must be one of fine, not"),
        ("verify MINE", "1 / 0\n", f"division by zero at mine.py, line {LINE}"),
        ("verify MINE", "def (:\n", f"invalid syntax (mine.py, line {LINE})"),
        ("verify MINE", "import sys; sys.exit(3)\n", "SystemExit: 3"),
        ("verify MINE", "study = 3\n", "a line 'study = Study(...)'"),
        ("verify MINE", 'Study(title="Another")\n', "'Another'"),
        ("numbers MINE", '@study.number("a", unit="\\\\s")\ndef f(lab): ...\n', "'unit'"),
        ("numbers MINE", 'study = Study(title="M", prefix="M1")\n', "not 'M1'"),
        *((f"{words} MINE{name}", "EMPTY", "'Empty'")
          for words, name in (("verify", ""), ("verify --list", ""), ("numbers", ""), ("table", "::errata"))),
        ("table MINE::other", "EMPTY", "one of claims, errata"),
        *((f"figure MINE::{name}", "EMPTY", "this study has no figures, not") for name in ("other", "")),
        ("verify MINE --budget 0", "", "not"),
        ("table MINE::claims --symbols 5", "", "left out"),
        ("figure MINE::bad --degree 3", FIGURE + "1\n", "left out"),
        ("figure MINE", FIGURE + "1\n", "not"),
        ("numbers MINE --number other", "", "other"),
        *((f"{words} missing.py{name}", "", "a Python file, a folder or a module")
          for words, name in (("verify", ""), ("numbers", ""), ("figure", "::a"), ("table", "::a"))),
    ],
)  # fmt: skip
def test_a_study_that_is_wrong_or_does_not_have_it_is_one_line(
    run: Run, tmp_path: Path, words: str, code: str, says: str
) -> None:
    file = write(tmp_path, code)
    if code == "EMPTY":
        (tmp_path / "mine.py").write_text("from srtheory import Study\nstudy = Study(title='Empty')\n")
    said = refused(run, *words.replace("MINE", file).split())
    assert says in said
    assert "crashed" not in said


def test_a_list_computes_nothing(run: Run, tmp_path: Path) -> None:
    crashes = [CLAIM, NUMBER, FIGURE, FIGURE.replace("figure", "table")]
    file = write(tmp_path, "".join(f"{each}1 / 0\n" for each in crashes))
    for verb in ("verify", "numbers", "figure", "table"):
        done = run(verb, file, "--list")
        assert (done.status, done.stderr) == (0, "")
        assert "bad" in done.stdout.lower()
        assert "bad" in json.dumps(asked(run, verb, file, "--list")).lower()


def test_the_forms_of_numbers_agree_and_name_the_seed_of_simulations(run: Run, tmp_path: Path) -> None:
    code = (
        NUMBER.replace('"bad"', '"tiny-share", unit="%"') + "return Number.bounds(1.242e-7, 1.358e-7, 'a law,\\n 2')\n"
        '@study.number("drawn")\ndef drawn(lab):\n    return Number.mean([1.0, 2.0, 4.0], lab)\n'
    )
    file = write(tmp_path, code)
    document = asked(run, "numbers", file)["numbers"]
    assert document == json.loads(run("numbers", file, "--format", "json").stdout)["numbers"]
    rows = list(csv.DictReader(io.StringIO(run("numbers", file, "--format", "csv").stdout.partition("\n")[2])))
    assert [{k: "" if v is None else str(v) for k, v in one.items()} for one in document] == rows
    tex = run("numbers", file).stdout
    assert re.search(r"[^\n]\n\Z", tex)
    assert all(f"\\{one['macro']}" in tex for one in document)
    assert "\n\\newcommand{\\BITinyShare}{\\ensuremath{1.30(6)\\times 10^{-7}\\,\\mathrm{\\%}}}" in tex
    assert all(line.startswith(("%", "\\newcommand")) for line in tex.splitlines() if line)
    assert [one["name"] for one in document] == ["good", "tiny-share", "drawn"]
    for name, simulated in (("good", False), ("drawn", True)):
        head, *lines = run("numbers", file, "--number", name, "--seed", "5").stdout.splitlines()
        assert ("--effort quick --seed 5" in head) == ("--seed" in head) == simulated
        assert "".join(lines).count("newcommand") == 1


def test_a_text_is_checked_for_numerals_and_idle_macros(run: Run, tmp_path: Path) -> None:
    file, text = write(tmp_path, ""), tmp_path / "paper.tex"
    for tex, told in {
        "Only 7 of them.\n": [f"{text}:1: 7: Only 7 of them.", f"{text}: \\BIGood is not used"],
        "Only \\BIGood{} of 7.\n": [f"{text}:1: 7: Only \\BIGood{{}} of 7."],
        "Only some of them.\n": [f"{text}: \\BIGood is not used"],
    }.items():
        text.write_text(tex)
        done = run("numbers", file, "--check", str(text))
        assert (done.status, done.stdout.splitlines()) == (1, told)
        answer = asked(run, "numbers", file, "--check", str(text), status=1)
        assert [len(answer["numerals"]), len(answer["unused"])] == ["7" in tex, "BIGood" not in tex]
    text.write_text("Only \\BIGood{} of them.\n")
    assert run("numbers", file, "--check", str(text)).status == 0


# --------------------------------------------------------------------------------------------------------- a new study


def test_new_writes_nothing_over_what_is_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes").write_text("mine")
    (tmp_path / "file").write_text("mine")
    assert "empty" in refused(run, "new", str(tmp_path / "full"))
    assert "is a file" in refused(run, "new", str(tmp_path / "file"))
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes"]
    done = run("new", str(tmp_path / "a" / "b"), "--json")
    assert sorted(json.loads(done.stdout)["files"]) == sorted(str(p) for p in (tmp_path / "a" / "b").iterdir())


def require_made(folder: Path) -> None:
    made = {file.name for file in (folder / "out").iterdir()}
    assert made >= {"report.html", "ledger.md", "numbers.tex", "figure_tails.pdf", "table_errata.tex"}
    assert {e["verdict"] for e in json.loads((folder / "out" / "ledger.json").read_text())} == {"verified", "refined"}


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
@pytest.mark.usefixtures("cheap_files")
def test_what_make_asks_for_in_a_new_study_is_made(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the commands that it prints, in this process."""
    assert run("new", str(tmp_path / "mine")).status == 0
    monkeypatch.chdir(tmp_path / "mine")
    printed = subprocess.run(["make", "-n", "all"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^srtheory (.*)", printed, re.MULTILINE)
    assert len(commands) > 4
    Path("out").mkdir()
    for line in commands:
        done = run(*shlex.split(line))
        assert done.status == 0, done
    require_made(tmp_path / "mine")
    assert "seed" not in Path("out/table_exceptions.tex").read_text()  # which draws nothing


@pytest.mark.attack
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
    require_made(folder)
    if shutil.which("pdflatex", path=path["PATH"]):
        assert (folder / "out" / "paper.pdf").read_bytes().startswith(b"%PDF")
    (folder / "claims.py").write_text("1 / 0")
    for _ in range(2):  # what is there from before is not taken for what is asked for
        done = subprocess.run(command, env=path, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2


# ---------------------------------------------------------------------------------------------------- its own schemes


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


def test_a_studys_scheme_is_that_of_its_folder_and_a_readers_that_of_the_current_directory(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another mine.py where the command is given is not taken, and the ledger has the digest of the one that was."""
    (tmp_path / "gc").mkdir()
    (tmp_path / "gc/study.py").write_text(USES)
    ours = tmp_path / "gc/mine.py"
    ours.write_text(SCHEME.format(others="range(self.symbols)"))
    (tmp_path / "mine.py").write_text(SCHEME.format(others="[worker, (worker + 1) % self.symbols]"))
    entries = []
    for folder, study in (("gc", "."), (".", "gc"), ("/", str(tmp_path / "gc"))):
        monkeypatch.chdir(tmp_path / folder)
        entries.append(asked(run, "verify", study))
    assert entries[0] == entries[1] == entries[2]
    first, second = entries[0]
    assert first["sources"] == {"mine.py::Overlap": hashlib.sha256(ours.read_bytes()).hexdigest()}
    assert "sources" not in second
    monkeypatch.chdir(tmp_path)
    in_python = loading.load("gc")
    assert in_python.chosen(["fast"])[0].settle(in_python.lab()).sources == first["sources"]
    assert "seed 2022" in run("table", "gc::claims").stdout
    done = run("table", "gc::compared", "--schemes", "sr,mine.py::Overlap")
    assert f"('sr', '{tmp_path / 'mine.py'}::Overlap')" in done.stderr
