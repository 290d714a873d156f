"""Code of users that misbehaves: one claim is open, the others are as without it, and stdout is data alone."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

import jsonschema
import psutil
import pytest
from markupsafe import escape

from srtheory.cli.common import schema_text
from srtheory.errors import ArgumentError
from srtheory.render.formulas import as_mathml, encoded, latex_prose
from srtheory.render.table import Column, Math, Name, Table
from srtheory.render.write import as_latex
from tests.render.latex import PACKAGES, needs_latex

MAIN = """
import json, os, sys
from srtheory import progress
from srtheory.cli import main
progress.FIRST = progress.EVERY = 1e6
os.umask(0o22)
for i, (folder, words) in enumerate(json.loads(sys.argv[1])):
    os.chdir(folder)
    for number in (1, 2):
        file = os.open(f"{sys.argv[2]}/{i}.{number}", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdout, sys.stderr, mine = sys.__stdout__, sys.__stderr__, sys.argv
    sys.argv = ["srtheory", *words]
    try:
        main()
    except SystemExit as ended:
        with open(f"{mine[2]}/statuses", "a") as file:
            print(ended.code, file=file)
    sys.argv = mine
"""
NOISE = "NOISE"
KEPT_IN = "processes"
KEPT = "keep(); time.sleep(1000)"
HEAD = f'''
import atexit, gc, io, json, locale, math, os, random, signal, subprocess, sys, threading, time, warnings
import numpy as np
from srtheory import Finding, Number, Study, Verdict
study = Study(title="Misbehaving")
def noise():
    print("{NOISE}")
    os.write(1, b"{NOISE}\\n")
    sys.__stdout__.write("{NOISE}\\n")
    sys.__stdout__.flush()
    subprocess.run(["echo", "{NOISE}"])
    open("/dev/stdout", "a").write("{NOISE}\\n")
def keep(process=None):
    with open("{KEPT_IN}", "a") as file:
        print(os.getpid() if process is None else process.pid, file=file)
    return process
def write_everywhere():
    for number in range(3, 99):
        try: os.write(number, b"{NOISE}\\n")
        except OSError: pass
def fine(**given):
    return Finding(Verdict.VERIFIED, "It is.", **given)
'''
FINE = """
@study.claim("{0}", "I", "Files are made here, and numbers are written with a point.")
def {0}(lab):
    mask = os.umask(0o22)
    os.umask(mask)
    here = [os.getcwd() == {1!r}, mask == 0o22, locale.localeconv()["decimal_point"] == ".", sys.getrecursionlimit()]
    handler = signal.getsignal(signal.SIGTERM)
    return fine(evidence={{"here": here, "random": random.Random(1).random(), "json": json.dumps([1])}})
"""
OPEN = {
    "raises": "1 / 0",
    "exits": "raise SystemExit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "is-no-exception": "raise type('Other', (BaseException,), {'__str__': lambda self: 1 / 0})",
    "ends": "os._exit(0)",
    "kills-itself": "os.kill(os.getpid(), signal.SIGKILL)",
    "terminates-itself": "signal.signal(signal.SIGTERM, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGTERM)",
    "recurses": "def again(): again()\n    again()",
    "returns-nothing": "return None",
    "returns-a-text": "return 'verified'",
    "word-for-a-verdict": "return Finding('verified', 'It is.')",
    "number-for-a-finding": "return Finding(Verdict.VERIFIED, 3)",
    "circular": "e = {}; e['e'] = e; return fine(evidence=e)",
    "circular-list": "e = []; e.append(e); return fine(evidence={'e': e})",
    "circular-later": "f = fine(evidence={}); f.evidence['e'] = f.evidence; return f",
    "deep": "e = []\n    for _ in range(10**5): e = [e]\n    return fine(evidence={'e': e})",
    "shared": "e = [0]\n    for _ in range(40): e = [e, e]\n    return fine(evidence={'e': e})",
    "large": "return fine(evidence={'e': np.zeros(10**7)})",
    "long-number": "return fine(evidence={'e': 10**5000})",
    "equal-keys": "return fine(evidence={1: 1, '1': 2})",
    "no-evidence": "return fine(evidence=[1])",
    "evidence-that-raises": "return fine(evidence={'e': type('E', (), {'__str__': lambda self: 1 / 0})()})",
    "surrogate": "return Finding(Verdict.VERIFIED, 'It is \\ud800.')",
    "surrogate-in-evidence": "return fine(evidence={'e': ['\\udcff']})",
    "surrogate-for-a-key": "return fine(evidence={'\\udcff': 1})",
    "surrogate-in-a-correction": "return fine(correction='\\udcff')",
    "surrogate-raised": "raise ValueError('\\udcff \\x1b[31m \\n two')",
    "control-characters": "return Finding(Verdict.VERIFIED, 'It is \\x1b[31m.')",
    "zero-byte": "return fine(correction='a\\0b')",
    "long-correction": "return fine(correction='w ' * 41)",
    "closes-every-file": "os.closerange(0, 1000); return fine()",
    "leaves-it-to-a-child": f"if os.fork(): os._exit(0)\n    {KEPT}",
    "negative-trials": "return fine(trials=-1)",
}
"""Bodies of checks whose claim is open."""
JUDGED = {
    "prints": "noise(); return fine()",
    "closes-stdout": "sys.stdout.close(); return fine()",
    "closes-stderr": "sys.stderr.close(); sys.__stderr__.close(); return fine()",
    "closes-descriptors": "os.close(1); os.close(2); return fine()",
    "replaces-stdout": "sys.stdout = sys.stderr = None; return fine()",
    "forks": "os.fork(); return fine()",
    "forks-and-raises": "if os.fork() == 0: raise ValueError\n    return fine()",
    "forks-and-prints": "if os.fork() == 0: noise()\n    return fine()",
    "forks-in-a-thread": "t = threading.Thread(target=os.fork); t.start(); t.join(); return fine()",
    "leaves-a-thread": "threading.Thread(target=time.sleep, args=(1000,)).start(); return fine()",
    "leaves-a-child": "keep(subprocess.Popen(['sleep', '1000'], stdout=2)); return fine()",
    "leaves-a-session": "keep(subprocess.Popen(['sleep', '1000'], stdout=2, start_new_session=True)); return fine()",
    "exit-handler": "atexit.register(noise); return fine()",
    "changes-folder": "os.chdir('/'); return fine()",
    "changes-mask": "os.umask(0o777); return fine()",
    "changes-signals": "[signal.signal(s, signal.SIG_IGN) for s in (2, 14, 15, 17)]; return fine()",
    "changes-locale": "locale.setlocale(locale.LC_ALL, 'C'); return fine()",
    "changes-recursion": "sys.setrecursionlimit(80); return fine()",
    "changes-modules": "json.dumps = math.isfinite = None; return fine()",
    "changes-random": "random.seed(0); np.seterr(all='raise'); warnings.simplefilter('error'); return fine()",
    "changes-environment": "os.environ.clear(); gc.disable(); return fine()",
    "not-a-number": "return fine(evidence={'e': [math.nan, -math.inf, np.float32('nan')]})",
    "odd-evidence": "return fine(evidence={None: {1}, (1,): b'x', 'e': np.array([[1]]), 'f': Verdict.OPEN, 'g': 1j})",
    "long-finding": "return Finding(Verdict.VERIFIED, 'It is. ' * 10**4)",
    "lines": "return Finding(Verdict.VERIFIED, 'It is.\\n\\n| so | `x` <b>')",
    "scripts": "return Finding(Verdict.REFUTED, '中 ✓ א \\U0001f600 é \\u200f', correction='中 ✓ א \\U0001f600')",
    "formulas": "return Finding(Verdict.REFINED, r'$\\frac$ $a_{b$ $%$ 5 $', correction=r'$\\frac$ $a_{b$ $%$ $x_1$')",
    "markup": "return Finding(Verdict.REFUTED, '<script>alert(1)</script> ]]> --> {{ 1 }}')",
}
"""Bodies of checks whose claim is judged."""
FOREVER = {
    "sleeps": "time.sleep(1000)",
    "swallows": "while True:\n        try: time.sleep(1000)\n        except BaseException: pass",
    "loops": "while True:\n        try: pass\n        except BaseException: pass",
    "deaf": "[signal.signal(s, signal.SIG_IGN) for s in (2, 14, 15)]\n    while True: pass",
    "compiled": "import re; re.match('(a*)*b', 'a' * 60)",
    "waits-for-a-child": "keep(subprocess.Popen(['sleep', '1000'], stdout=2)).wait()",
    "another-session": "keep(subprocess.Popen(['sleep', '1000'], stdout=2, start_new_session=True)).wait()",
    "daemon": f"if os.fork() == 0:\n        os.setsid()\n        if os.fork(): os._exit(0)\n        {KEPT}\n    {KEPT}",
    "another-group": f"os.setpgid(0, os.getpgid(os.getppid())); {KEPT}",
    "writes-to-every-file": f"write_everywhere(); {KEPT}",
    "lock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
}
"""Bodies of checks that do not end."""


def study(folder: Path, bodies: dict[str, str], file: str = "mine.py") -> str:
    code = HEAD + FINE.format("first", str(folder))
    for i, (name, body) in enumerate(bodies.items()):
        code += f'\n@study.claim("{name}", "I", "It behaves.")\ndef check{i}(lab):\n    {body}\n'
    (folder / file).write_text(code + FINE.format("last", str(folder)), encoding="utf-8")
    return file


def srtheory(folder: Path, *commands: Sequence[str], each: Sequence[str] = ()) -> list[Done]:
    """The commands one by one in one process, as users run them; ``each`` has a folder for each."""
    places = [str(folder / place) for place in each or ["."] * len(commands)]
    environment = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path))), "PYTHONUTF8": "1"}
    asked = json.dumps(list(zip(places, commands, strict=True)))
    streams = Path(tempfile.mkdtemp(dir=folder))
    ended = subprocess.run(
        [sys.executable, "-c", MAIN, asked, str(streams)],
        env=os.environ | environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    statuses = (streams / "statuses").read_text().split()
    assert (len(statuses), ended.stdout, ended.stderr) == (len(commands), "", "")
    read = [[(streams / f"{i}.{n}").read_text(encoding="utf-8") for n in (1, 2)] for i in range(len(commands))]
    return [Done(int(status), *texts) for status, texts in zip(statuses, read, strict=True)]


@dataclass(frozen=True)
class Done:
    status: int
    stdout: str
    stderr: str


BODIES = {**OPEN, **JUDGED}
IDS = ["first", *BODIES, "last"]
WRONG = ("raises", "kills-itself", "surrogate-raised", "long-correction")
SHOWN = ("scripts", "formulas", "markup")
SOME = {name: BODIES[name] for name in (*WRONG, "prints", "forks-and-prints", "exit-handler", "lines", *SHOWN)}
FORMS = {
    "claims latex": ["--format", "latex"],
    "claims markdown": ["--format", "markdown"],
    "errata csv": ["--format", "csv"],
    "errata json": ["--json"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Path(os.path.realpath(tmp_path_factory.mktemp("misbehaving")))
    study(made, BODIES)
    study(made, SOME, "some.py")
    code = HEAD + FINE.format("first", str(made)) + FINE.format("last", str(made))
    (made / "alone.py").write_text(code, encoding="utf-8")
    (made / "unsupported.py").write_text(code.replace('"Misbehaving"', '"Un", statements=lambda: 1 / 0'))
    return made


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, Done]:
    commands = {
        "alone": ["verify", "alone.py", "--json"],
        "json": ["verify", "mine.py", "--json", "--out", "out/here"],
        **{form: ["table", f"some.py::{form.split()[0]}", *more] for form, more in FORMS.items()},
        "unsupported": ["verify", "unsupported.py", "--out", "out/un"],
        "unsupported claims": ["table", "unsupported.py::claims"],
        "lines": ["verify", "some.py"],  # the last: handlers of exits write now
    }
    return dict(zip(commands, srtheory(folder, *commands.values()), strict=True))


def left(folder: Path) -> list[int]:
    """The processes that checks have started, and that work on."""
    numbers = [int(line) for line in (folder / KEPT_IN).read_text().split()]
    processes = [psutil.Process(number) for number in numbers if psutil.pid_exists(number)]
    assert numbers
    return [process.pid for process in processes if process.status() != psutil.STATUS_ZOMBIE]


def verdicts(ledger: list[dict[str, str]]) -> dict[str, str]:
    return {entry["id"]: entry["verdict"] for entry in ledger}


def test_json_and_files_of_a_study_that_misbehaves(folder: Path, answers: dict[str, Done]) -> None:
    done = answers["json"]
    ledger = json.loads(done.stdout)
    jsonschema.validate(ledger, json.loads(schema_text("verify")))
    assert done.status == 1, done.stderr
    assert "Traceback" not in done.stderr
    found = verdicts(ledger)
    assert list(found) == IDS
    assert {name for name in found if found[name] == "open"} == set(OPEN)
    assert [entry for entry in ledger if entry["id"] in ("first", "last")] == json.loads(answers["alone"].stdout)
    crashed = [line for line in done.stderr.splitlines() if line.startswith("srtheory: the check of ")]
    assert [line.split()[4] for line in crashed] == list(OPEN)
    out = folder / "out" / "here"
    assert json.loads((out / "ledger.json").read_text(encoding="utf-8")) == ledger
    assert {path.name: path.stat().st_mode & 0o777 for path in out.iterdir()} == dict.fromkeys(
        ("ledger.json", "ledger.md", "report.html"), 0o644
    )
    page = (out / "report.html").read_text(encoding="utf-8")
    markdown = (out / "ledger.md").read_text(encoding="utf-8")
    assert all(name in page for name in IDS)
    assert re.findall(r"^## (.*)$", markdown, re.MULTILINE) == IDS
    assert "<script>alert" not in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", page + markdown)
    assert left(folder) == []


def test_the_ledger_as_lines(answers: dict[str, Done]) -> None:
    """One line for each claim, how many there are, and nothing else; no exit handler and no child writes another."""
    done = answers["lines"]
    lines, count = done.stdout.split("\n\n")
    assert done.status == 1
    assert [line.split()[0] for line in lines.splitlines()] == ["first", *SOME, "last"]
    assert count.startswith(f"{len(SOME) + 2} claims: ")
    assert NOISE in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("form", FORMS)
def test_tables_of_a_study_that_misbehaves(answers: dict[str, Done], form: str) -> None:
    done, (name, form) = answers[form], form.split()
    assert (done.status, "Traceback" in done.stderr, NOISE in done.stdout) == (1, False, False), done.stderr
    expected = ["first", *SOME, "last"] if name == "claims" else [*WRONG, *SHOWN]
    if form == "csv":
        assert [row["id"] for row in csv.DictReader(io.StringIO(done.stdout))] == expected
    elif form == "json":
        found = json.loads(done.stdout)
        jsonschema.validate(found, json.loads(schema_text("table")))
        assert [row["id"] for row in found["rows"]] == expected
    else:
        assert done.stdout.isascii() or form == "markdown"
        assert all(name.replace("-", "") in re.sub(r"\\allowbreak|[^A-Za-z]", "", done.stdout) for name in expected)


@pytest.mark.parametrize("name", ["unsupported", "unsupported claims"])
def test_statements_that_raise_are_told_before_anything_is_computed(answers: dict[str, Done], name: str) -> None:
    done = answers[name]
    assert (done.status, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "ZeroDivisionError" in done.stderr


def test_checks_that_do_not_end(tmp_path: Path) -> None:
    """No budget is enough for them."""
    file = study(tmp_path, FOREVER)
    claims = [word for name in FOREVER for word in ("--claim", name)]
    [done] = srtheory(tmp_path, ["verify", file, *claims, "--budget", "0.1", "--json"])
    assert (done.status, verdicts(json.loads(done.stdout))) == (1, dict.fromkeys(FOREVER, "open"))
    assert done.stderr.count("did not end within 0.1 seconds\n") == len(FOREVER)
    assert left(tmp_path) == []


TABLES = {
    "cells-of-another-type": "return Table('t', 'It is.', (Column('a', 'a'),), ((Math(3, None),), (Name(None, 3),)))",
    "caption-of-another-type": "return Table('t', 3, (Column('a', 'a'),), (('x',),))",
    "heading-of-another-type": "return Table('t', 'It is.', (Column('a', 3),), (('x',),))",
    "no-columns": "return Table('t', 'It is.', None, ())",
    "texts-for-numbers": "return Table('t', 'It is.', (Column('a', 'a', Kind.ERROR),), ((PlusMinus('x', 'y'),),))",
    "no-table": "return 3",
    "raises": "raise KeyboardInterrupt",
    "ends": "os._exit(0)",
}
"""Bodies of tables, which do not exist."""
NO_NUMBERS = (
    *("raises", "exits", "interrupts", "is-no-exception", "ends", "kills-itself", "recurses", "returns-nothing"),
    *("returns-a-text", "surrogate-raised", "closes-every-file", "leaves-it-to-a-child"),
)


def test_numbers_tables_and_figures_that_misbehave(tmp_path: Path) -> None:
    code = HEAD + "from srtheory.render.table import *\nfrom srtheory.render.style import Drawing\n"
    code += '@study.number("first")\ndef first(lab): return Number.exact(1, "counted")\n'
    for i, body in enumerate(OPEN[name] for name in NO_NUMBERS):
        name = "bad-" + "".join(chr(ord("a") + int(d)) for d in str(i))
        code += f'@study.number("{name}")\ndef bad{i}(lab):\n    {body}\n'
    code += '@study.number("last")\ndef last(lab):\n    noise(); os.fork(); return Number.exact(2, "counted")\n'
    named = [word for name in re.findall(r'number\("([\w-]+)"', code) for word in ("--number", name)]
    code += f'@study.number("forever")\ndef forever(lab):\n    {FOREVER["loops"]}\n'
    figures = {"no-canvas": "return Drawing('f', 3, ('x',), [(1,)])", **dict(list(TABLES.items())[-3:])}
    for kind, bodies in (("table", TABLES), ("figure", figures)):
        for i, (name, body) in enumerate(bodies.items()):
            code += f'@study.{kind}("{name}")\ndef {kind}{i}(lab):\n    {body}\n'
    (tmp_path / "mine.py").write_text(code)
    numbers, forever, *others = srtheory(
        tmp_path,
        ["numbers", "mine.py", *named, "--json"],
        ["numbers", "mine.py", "--number", "forever", "--budget", "0.05", "--json"],
        *(
            ["table", f"mine.py::{name}", "--format", form]
            for name, form in zip(TABLES, ["latex", "markdown"] * 4, strict=True)
        ),
        *(["figure", f"mine.py::{name}", "--out", "made"] for name in figures),
    )
    assert (numbers.status, "Traceback" in numbers.stderr) == (1, False)
    assert [number["name"] for number in json.loads(numbers.stdout)["numbers"]] == ["first", "last"]
    assert (forever.status, json.loads(forever.stdout)["numbers"]) == (1, [])
    for done in others:
        assert (done.status, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.stderr


# ------------------------------------------------------------------------------------------- every verb that runs code

OWN = f'''
import os, subprocess, sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from srtheory import Finding, Number, Study, Verdict
from srtheory.conjectures.domains import receptions
from srtheory.conjectures.registry import conjecture
from srtheory.render.style import Drawing
from srtheory.render.table import Column, Table
from srtheory.schemes.by_worker import ByWorker
study = Study(title="Loud")
def noise(fork=True):
    print("{NOISE}")
    os.write(1, b"{NOISE}\\n")
    sys.__stdout__.write("{NOISE}\\n")
    sys.__stdout__.flush()
    subprocess.run(["echo", "{NOISE}"])
    os.chdir("/")
import atexit
atexit.register(noise)
noise()
@dataclass(frozen=True)
class Loud(ByWorker):
    def __post_init__(self):
        noise()
    def sends(self, worker, key):
        if worker == 0:
            noise()
        yield [worker]
    def latency_cdf(self, t, tau, startup):
        noise()
        return 0.0, 1.0
@study.claim("loud", "I", "It is.")
def loud(lab):
    noise()
    return Finding(Verdict.VERIFIED, "It is.")
@study.number("loud")
def number(lab):
    noise()
    return Number.exact(3, "counted")
@study.table("loud")
def table(lab):
    noise()
    return Table("loud", "It is.", (Column("a", "a"),), (("x",),))
@study.figure("loud")
def figure(lab):
    noise()
    from srtheory.render.style import canvas, house_style
    with house_style():
        picture = canvas()
    return Drawing("loud", picture, ("x",), [(1,)])
@conjecture("It is so.", receptions())
def it_is_so(case):
    noise()
'''
GRID = """
trials = 2
seed = 1
[[tasks]]
scheme = "own.py::Loud"
symbols = 3
tau = 0.1
startup = "expon()"
"""
MODEL = ["--symbols", "3", "--tau", "0.1", "--startup", "expon()"]
RUNS = ["--trials", "2", "--seed", "1"]
KEPT = ["--store", "made/store"]
VERBS = {
    "simulate": ["own.py::Loud", *MODEL, *RUNS, *KEPT, "--matrix", "made/m", "--certificate", "made/c"],
    "compare": [*MODEL, *RUNS, "--schemes", "own.py::Loud,uncoded", *KEPT],
    "sweep": ["grid.toml", *KEPT],
    "latency": ["own.py::Loud", *MODEL, "--at", "2"],
    "verify": ["own.py", "--out", "made/out"],
    "numbers": ["own.py", "--out", "made/numbers"],
    "table": ["own.py::loud", "--out", "made"],
    "figure": ["own.py::loud", "--out", "made/out"],
    "hunt": ["own.py::it-is-so", "--max-symbols", "2", *KEPT, "--out", "made/out"],
    "run": ["taylor", "--scheme", "own.py::Loud", "--symbols", "3", "--processes", "1", "--out", "made"],
}


@pytest.fixture(scope="module")
def verbs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Done]]:
    """What each verb prints; and then, with a file in the place of what it would write."""
    folder = tmp_path_factory.mktemp("verbs")
    commands: dict[str, list[str]] = {}
    for verb, words in VERBS.items():
        commands[verb] = [verb, *words, "--json"]
        commands[f"{verb} refused"] = [verb, *(word.replace("made", "made/full/no") for word in words)]
    for place in commands:
        (folder / place / "made").mkdir(parents=True)
        (folder / place / "made" / "full").touch()
        (folder / place / "own.py").write_text(OWN)
        (folder / place / "grid.toml").write_text(GRID)
    return folder, dict(zip(commands, srtheory(folder, *commands.values(), each=list(commands)), strict=True))


@pytest.mark.parametrize("verb", VERBS)
def test_stdout_is_data_alone_and_paths_stay(verbs: tuple[Path, dict[str, Done]], verb: str) -> None:
    folder, answers = verbs
    done = answers[verb]
    assert done.status == 0, done.stderr
    for document in done.stdout.splitlines() if verb == "sweep" else [done.stdout]:
        jsonschema.validate(json.loads(document), json.loads(schema_text(verb)))
    assert NOISE in done.stderr
    assert str(folder) not in done.stdout
    given = [word for word in VERBS[verb] if word.startswith("made")]
    assert all((folder / verb / word).exists() for word in given)
    assert verb != "figure" or list((folder / verb / "made" / "out").iterdir())


@needs_latex
@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.attack), 9])
def test_latex_sets_every_character(tmp_path: Path, every: int) -> None:
    """As text and as a formula, with the packages that the table says it needs, and no other encoding of fonts."""
    signs = [chr(c) for c in [*range(0x20, 0xD800), *range(0xE000, 0x20000)]]
    signs = [
        sign
        for sign in {*signs[::every], *"ąĐ«"}
        if sign.strip() and "U+" not in encoded(sign) and category(sign) != "Cc"
    ]
    needing = {sign for sign in signs if "fontenc" in as_latex(one_cell(sign), "x")}
    assert {*"ąĐ«"} <= needing < {*signs}
    for some, line in (({*signs} - needing, ""), (needing, r"\usepackage[T1]{fontenc}")):
        (tmp_path / "all.tex").write_text(
            rf"\documentclass{{article}}{line}\usepackage{{{','.join(PACKAGES)}}}\begin{{document}}"
            + "".join(f"\n{latex_prose(f'a{sign}b $a{sign}b$')}" for sign in sorted(some))
            + "\n\\end{document}\n"
        )
        command = ["pdflatex", "-interaction=nonstopmode", "all.tex"]
        done = subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert re.findall(rb"^!.*\n(?:.*\n)*?l\.\d.*", done.stdout, re.MULTILINE) == []


def one_cell(text: str) -> Table:
    return Table("one", "One.", (Column("a", "a"),), ((text,),))


def test_a_table_has_no_text_that_its_files_cannot_hold() -> None:
    column = Column("a", "a")
    for text in ("a\x1bb", "a\0", "\udcff", "\x9b", "\x7f"):
        for caption, columns, rows in (
            ("One.", (column,), ((text,),)),
            (f"It is {text}.", (column,), ()),
            ("It is.", (Column("a", text),), ()),
            ("It is.", (column,), ((Math("x", text),),)),
            ("It is.", (column,), ((Name(text, "x"),),)),
        ):
            with pytest.raises(ArgumentError, match="without control characters"):
                Table("one", caption, columns, rows)


@pytest.mark.parametrize("verb", [verb for verb, words in VERBS.items() if "made" in str(words)])
def test_a_path_is_told_as_it_was_given(verbs: tuple[Path, dict[str, Done]], verb: str) -> None:
    folder, answers = verbs
    done = answers[f"{verb} refused"]
    [told] = [line for line in done.stderr.splitlines() if line.startswith("srtheory: ")]
    assert (done.status, done.stdout, str(folder) in told) == (2, "", False), done.stderr
    assert re.search(r"(?<![/\w])made/full", told)


# ------------------------------------------------------------------------------------------------- on other machines

ELSEWHERE = """
import os, sys
from dataclasses import dataclass
from pathlib import Path
from srtheory import Finding, Study, Verdict
from srtheory.schemes.by_worker import ByWorker
FILE, ELSEWHERE = Path(__file__), sys.argv[0] != "srtheory"
class Odd(Exception):
    def __init__(self, one, two):
        self.both = lambda: (one, two)
    def __reduce__(self):
        return 1 / 0
@dataclass(frozen=True)
class Mine(ByWorker):
    def __post_init__(self):
        if not ELSEWHERE:
            {here}
    def sends(self, worker, key):
        if ELSEWHERE:
            {there}
        yield [worker]
study = Study(title="Elsewhere")
@study.claim("there", "I", "It is.")
def there(lab):
    rows = lab.records("own.py::Mine", startup="expon()", symbols=3, tau=0.1, trials=2)
    return Finding(Verdict.SUPPORTED, f"It is: {{[row.latency for row in rows]}}.", trials=2)
@study.claim("here", "I", "It is.")
def here(lab):
    return Finding(Verdict.VERIFIED, "It is.")
"""
THERE = {
    "raises": "1 / 0",
    "exits": "sys.exit(0)",
    "closes": "raise GeneratorExit",
    "cannot-be-sent": "raise Odd(1, 2)",
    "surrogate": "raise ValueError('\\udcff \\x1b[31m \\n two')",
    "yields-nothing": "yield None",
    "leaves": "os.chdir('/')",
    "prints": "print('NOISE')",
}
"""What a scheme does on the workers of a cluster."""
HERE = {"changed": "FILE.write_text(FILE.read_text() + '# so')", "broken": "FILE.write_text('(')"}
"""What becomes of its file when the work has been asked for."""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    place = {"protocol": "tcp", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(1, threads_per_worker=1, processes=False, silence_logs=60, **place) as cluster:
        yield str(cluster.scheduler_address)


def test_code_that_misbehaves_on_the_workers_of_a_cluster(tmp_path: Path, scheduler: str) -> None:
    """Its claim is open, in a line; a worker with another version of the file computes nothing."""
    cases = {"fine": ("pass", "pass")} | {name: ("pass", code) for name, code in THERE.items()}
    cases |= {name: (code, "pass") for name, code in HERE.items()}
    for name, (here, there) in cases.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "own.py").write_text(ELSEWHERE.format(here=here, there=there))
    cluster = ["--engine", "dask", "--scheduler", scheduler, "--json"]
    words, simulate = ["verify", "own.py", *cluster], ["simulate", "own.py::Mine", *MODEL, *RUNS, *cluster]
    nowhere = [word.replace(scheduler, "nowhere") for word in words]
    *answered, alone, lost = srtheory(
        tmp_path, *[words] * len(cases), simulate, nowhere, each=[*cases, "raises", "fine"]
    )
    for done in (alone, lost):
        assert (done.status, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
    answers = dict(zip(cases, answered, strict=True))
    for name, done in answers.items():
        as_ever = name in ("fine", "leaves", "prints")
        assert done.status == 1 - as_ever, (name, done.stderr)
        assert len(done.stderr.splitlines()) == 1 - as_ever, (name, done.stderr)
        assert verdicts(json.loads(done.stdout)) == {"there": "supported" if as_ever else "open", "here": "verified"}
        if as_ever:
            found, expected = (json.loads(one.stdout)[0]["finding"] for one in (done, answers["fine"]))
            assert found == expected, name


# ------------------------------------------------------------------------------------- stores of another version

NO_FORMULAS = [
    *(r"\frac", "a_{b", "%", "a%b", "#", "&", "a_b_c", r"\left(x", r"\binom{a}", r"\mine", "}", "x^", r"\sqrt"),
    *(r"\input{x}", r"\text{a_b}", r"\begin{cases}a", r"\verb|a|", r"\(x\)", r"\right)", r"\left<x", r"a\b"),
]  # fmt: skip
FORMULAS = [
    *(r"\frac12", "a_{b}", r"\%", r"x'^2", r"\left(x\right)", r"\binom{a}{b}", "α", r"\ln m", "x<1", r"\{x\}"),
    *(r"\begin{pmatrix}a & b\\ c & d\end{pmatrix}", r"\text{for }x", r"\sqrt[3]{x}", r"\mathbb F_2", r"a\;b"),
    *(r"\hat x", r"\overline{x}", r"\|x\|", r"\bigl( x \bigr)", r"\phantom{x}y", r"\xrightarrow{a}", r"\boxed{x}"),
]  # fmt: skip
SCRIPTS = [
    *("中 ✓ א \U0001f600 é \u200f", "a\\", "{", "^", "~", "-- --- ?` !`", "<<>>", "50 % & #1 _", "\u2212 x² ½", '"')
]
PREAMBLE = r"""\documentclass[twocolumn]{article}
\usepackage[T1]{fontenc}\usepackage{array,booktabs,longtable,siunitx,amsmath,amssymb,supertabular}
\begin{document}
"""


def test_a_formula_is_one_on_every_page_and_what_is_none_is_text() -> None:
    for text in NO_FORMULAS:
        assert as_mathml(f"${text}$") == escape(f"${text}$")
        assert latex_prose(f"${text}$") == encoded(f"${text}$")
    for text in FORMULAS:
        assert as_mathml(f"${text}$").startswith("<math"), text
        assert latex_prose(f"${text}$").startswith("$"), text


@needs_latex
def test_latex_sets_every_text(tmp_path: Path) -> None:
    """All in one compilation: odd formulas, texts and cells, in tables of one column and of two."""
    texts = [*NO_FORMULAS, *FORMULAS]
    column = Column("a", Math("a", r"\mine{"), width=0.4)
    rows = tuple((text, f"${text}$ and {text}", Math(text, text)) for text in (*texts, *SCRIPTS))
    columns = (column, Column("b", "50 % of $a_b", width=0.3), Column("c", "c"))
    tables = [Table("t", f"It is {i} $\\frac$ $x_1$.", columns, rows, long) for i, long in enumerate((False, True))]
    body = as_latex(tables[0], "# %", 1) + as_latex(tables[1], "\n\\end{document}", 2)
    (tmp_path / "all.tex").write_text(PREAMBLE + body + "\\end{document}\n", encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
