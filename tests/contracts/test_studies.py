"""Code of users that misbehaves: one claim is open, the others are as without it, and stdout is data alone."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import category

import jsonschema
import psutil
import pytest
from markupsafe import escape

from srtheory.cli.common import schema_file
from srtheory.errors import ArgumentError
from srtheory.render.formulas import as_mathml
from srtheory.render.latex import as_latex, encoded, latex_prose
from srtheory.render.table import Column, Math, Name, Table
from tests.render.latex import PACKAGES, needs_latex

MAIN = "import sys; from srtheory.cli import main; sys.argv[0] = 'srtheory'; main()"
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
    open("/dev/stdout", "w").write("{NOISE}\\n")
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
    "long-finding": "return Finding(Verdict.VERIFIED, 'It is. ' * 10**5)",
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


def study(folder: Path, bodies: dict[str, str]) -> str:
    code = HEAD + FINE.format("first", str(folder))
    for i, (name, body) in enumerate(bodies.items()):
        code += f'\n@study.claim("{name}", "I", "It behaves.")\ndef check{i}(lab):\n    {body}\n'
    (folder / "mine.py").write_text(code + FINE.format("last", str(folder)), encoding="utf-8")
    return "mine.py"


def srtheory(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as users run it."""
    environment = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path))), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", f"import os; os.umask(0o22); {MAIN}", *words],
        cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What ``verify`` makes of a study, in all its forms."""

    folder: Path
    bodies: dict[str, str]

    @property
    def ids(self) -> list[str]:
        return ["first", *self.bodies, "last"]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = Path(os.path.realpath(tmp_path_factory.mktemp("misbehaving")))
    study(folder, {**OPEN, **JUDGED})
    return Asked(folder, {**OPEN, **JUDGED})


def left(folder: Path) -> list[int]:
    """The processes that checks have started, and that work on."""
    numbers = [int(line) for line in (folder / KEPT_IN).read_text().split()]
    processes = [psutil.Process(number) for number in numbers if psutil.pid_exists(number)]
    assert numbers
    return [process.pid for process in processes if process.status() != psutil.STATUS_ZOMBIE]


def verdicts(ledger: list[dict[str, str]]) -> dict[str, str]:
    return {entry["id"]: entry["verdict"] for entry in ledger}


@cache
def alone(folder: Path) -> list[dict[str, object]]:
    """The entries of the claims that behave, without the others."""
    (folder / "alone").mkdir()
    code = HEAD + FINE.format("first", str(folder)) + FINE.format("last", str(folder))
    (folder / "alone" / "mine.py").write_text(code)
    return list(json.loads(srtheory(folder, "verify", "alone/mine.py", "--json").stdout))


def test_json_and_files_of_a_study_that_misbehaves(asked: Asked) -> None:
    done = srtheory(asked.folder, "verify", "mine.py", "--json", "--out", "out/here")
    ledger = json.loads(done.stdout)
    jsonschema.validate(ledger, json.loads(schema_file("verify").read_text()))
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    found = verdicts(ledger)
    assert list(found) == asked.ids
    assert {name for name in found if found[name] == "open"} == set(OPEN)
    assert [entry for entry in ledger if entry["id"] in ("first", "last")] == alone(asked.folder)
    crashed = [line for line in done.stderr.splitlines() if line.startswith("srtheory: the check of ")]
    assert [line.split()[4] for line in crashed] == list(OPEN)
    out = asked.folder / "out" / "here"
    assert json.loads((out / "ledger.json").read_text(encoding="utf-8")) == ledger
    assert {path.name: path.stat().st_mode & 0o777 for path in out.iterdir()} == dict.fromkeys(
        ("ledger.json", "ledger.md", "report.html"), 0o644
    )
    page = (out / "report.html").read_text(encoding="utf-8")
    markdown = (out / "ledger.md").read_text(encoding="utf-8")
    assert all(page.count(f'id="{name}"') >= 1 or name in page for name in asked.ids)
    assert re.findall(r"^## (.*)$", markdown, re.MULTILINE) == asked.ids
    assert "<script>alert" not in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", page + markdown)
    assert left(asked.folder) == []


def test_the_ledger_as_lines(asked: Asked) -> None:
    """One line for each claim, and nothing else; no exit handler and no child writes a second one."""
    done = srtheory(asked.folder, "verify", "mine.py")
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == asked.ids
    assert NOISE in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "form"),
    [("claims", "latex"), ("claims", "markdown"), ("errata", "csv"), ("errata", "json"), ("errata", "columns")],
)
def test_tables_of_a_study_that_misbehaves(asked: Asked, name: str, form: str) -> None:
    more = {"json": ["--json"], "columns": ["--format", "latex", "--columns", "1"]}.get(form, ["--format", form])
    done = srtheory(asked.folder, "table", f"mine.py::{name}", *more)
    assert (done.returncode, "Traceback" in done.stderr, NOISE in done.stdout) == (1, False, False), done.stderr
    corrected = ["scripts", "formulas", "markup"]
    expected = asked.ids if name == "claims" else [*OPEN, *corrected]
    if form == "csv":
        assert [row["id"] for row in csv.DictReader(io.StringIO(done.stdout))] == expected
    elif form == "json":
        found = json.loads(done.stdout)
        jsonschema.validate(found, json.loads(schema_file("table").read_text()))
        assert [row["id"] for row in found["rows"]] == expected
    else:
        assert done.stdout.isascii() or form == "markdown"
        assert all(name.replace("-", "") in re.sub(r"\\allowbreak|[^A-Za-z]", "", done.stdout) for name in expected)


def test_checks_that_do_not_end(tmp_path: Path) -> None:
    """No budget is enough for them."""
    file = study(tmp_path, FOREVER)
    claims = [word for name in FOREVER for word in ("--claim", name)]
    done = srtheory(tmp_path, "verify", file, *claims, "--budget", "0.3", "--json")
    assert (done.returncode, verdicts(json.loads(done.stdout))) == (1, dict.fromkeys(FOREVER, "open"))
    assert done.stderr.count("did not end within 0.3 seconds\n") == len(FOREVER)
    assert left(tmp_path) == []


def test_numbers_that_misbehave(tmp_path: Path) -> None:
    code = HEAD + '@study.number("first")\ndef first(lab): return Number.exact(1, "counted")\n'
    for i, body in enumerate(OPEN.values()):
        name = "bad-" + "".join(chr(ord("a") + int(d)) for d in str(i))
        code += f'@study.number("{name}")\ndef bad{i}(lab):\n    {body}\n'
    code += '@study.number("last")\ndef last(lab):\n    noise(); os.fork(); return Number.exact(2, "counted")\n'
    (tmp_path / "mine.py").write_text(code)
    code += f'@study.number("forever")\ndef forever(lab):\n    {FOREVER["loops"]}\n'
    (tmp_path / "mine.py").write_text(code)
    named = [word for name in re.findall(r'number\("((?:bad-\w+)|first|last)"', code) for word in ("--number", name)]
    done = srtheory(tmp_path, "numbers", "mine.py", *named, "--json")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert [number["name"] for number in json.loads(done.stdout)["numbers"]] == ["first", "last"]
    done = srtheory(tmp_path, "numbers", "mine.py", "--number", "forever", "--budget", "0.05", "--json")
    assert (done.returncode, json.loads(done.stdout)["numbers"]) == (1, [])


# ------------------------------------------------------------------------------------------- every verb that runs code

OWN = f'''
import os, subprocess, sys
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
VERBS = {
    "simulate": [
        "own.py::Loud",
        *MODEL,
        *RUNS,
        "--store",
        "made/store",
        "--matrix",
        "made/m",
        "--certificate",
        "made/c",
    ],
    "compare": [*MODEL, *RUNS, "--schemes", "own.py::Loud,uncoded", "--store", "made/store"],
    "sweep": ["grid.toml", "--store", "made/store"],
    "latency": ["own.py::Loud", *MODEL, "--at", "2"],
    "verify": ["own.py", "--out", "made/out"],
    "numbers": ["own.py", "--out", "made/numbers"],
    "table": ["own.py::loud", "--out", "made"],
    "figure": ["own.py::loud", "--out", "made/out"],
    "hunt": ["own.py::it-is-so", "--max-symbols", "2", "--store", "made/store", "--out", "made/out"],
    "run": ["taylor", "--scheme", "own.py::Loud", "--symbols", "3", "--processes", "1", "--out", "made"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_stdout_is_data_alone_and_paths_stay(tmp_path: Path, verb: str) -> None:
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "grid.toml").write_text(GRID)
    (tmp_path / "made").mkdir()
    done = srtheory(tmp_path, verb, *VERBS[verb], "--json")
    assert done.returncode == 0, done.stderr
    for document in done.stdout.splitlines() if verb == "sweep" else [done.stdout]:
        jsonschema.validate(json.loads(document), json.loads(schema_file(verb).read_text()))
    assert NOISE in done.stderr
    given = [word for word in VERBS[verb] if word.startswith("made/")]
    assert all((tmp_path / word).exists() for word in given)


@needs_latex
def test_latex_sets_every_character(tmp_path: Path) -> None:
    """As text and as a formula, with the packages that the table says it needs, and no other encoding of fonts."""
    signs = [chr(c) for c in [*range(0x20, 0xD800), *range(0xE000, 0x20000)]]
    signs = [sign for sign in signs if sign.strip() and "U+" not in encoded(sign) and category(sign) != "Cc"]
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


@pytest.mark.parametrize("text", ["a\x1bb", "a\0", "\udcff", "\x9b", "\x7f"])
def test_a_table_has_no_text_that_its_files_cannot_hold(text: str) -> None:
    for made in (
        lambda: one_cell(text),
        lambda: Table("one", f"It is {text}.", (Column("a", "a"),), ()),
        lambda: Table("one", "It is.", (Column("a", text),), ()),
        lambda: Table("one", "It is.", (Column("a", "a"),), ((Math("x", text),),)),
        lambda: Table("one", "It is.", (Column("a", "a"),), ((Name(text, "x"),),)),
    ):
        with pytest.raises(ArgumentError, match="without control characters"):
            made()


@pytest.mark.parametrize(
    "text", [r"\frac", "a_{b", "%", "a%b", "#", "&", "a_b_c", r"\left(x", r"\binom{a}", r"\mine", "}"]
)
def test_what_is_no_formula_is_text_on_every_page(text: str) -> None:
    assert as_mathml(f"${text}$") == escape(f"${text}$")
    assert latex_prose(f"${text}$") == encoded(f"${text}$")


@pytest.mark.parametrize(
    "text", [r"\frac12", "a_{b}", r"\%", r"x'^2", r"\left(x\right)", r"\binom{a}{b}", "α", r"\ln m"]
)
def test_what_is_a_formula_is_one_on_every_page(text: str) -> None:
    assert as_mathml(f"${text}$").startswith("<math")
    assert latex_prose(f"${text}$").startswith("$")
