"""Compare what a user meets with another revision: ``python -m benchmarks.same_results REVISION``.

Each line of :func:`commands` runs on the work tree and on REVISION, checked out in a temporary folder: every verb with
each of its options, every scheme, law, table, figure, claim and conjecture that the commands of REVISION list, files
from one's own code, and the functions for notebooks.  Exit status, printed text, CSV and other files must be equal to
the byte, Parquet to the bit; of pictures only the names count.  A difference is printed with its command, and the exit
code is 1.  ``--only '^span|^check'`` takes the commands that this regular expression finds.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import walk_packages
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir, mkdtemp

import pyarrow.parquet as pq
from matplotlib.figure import Figure
from tqdm import tqdm

ROOT = Path(__file__).parent.parent
STARTUP = '--startup "expon(scale=5)"'
SHAPE = f"--symbols 12 --tau 0.05 {STARTUP}"
MODEL = f"--symbols 30 --tau 0.05 {STARTUP}"
SMALL = f"--symbols 24 --degree 3 --tau 0.05 {STARTUP} --trials 20"
LAWS = ("expon(scale=5)", "pareto(b=1)", "uniform(scale=4)", "weibull_min(c=0.5)", "lognorm(s=1)", "sample:delays.txt")
SIZES = ("", "--degree 3", "--stragglers 2", "--sizes 2:0.45,3:0.55", "--degree 3 --access 7", "--degree 3 --workers 6")
COSTS = ("", "--message-cost 0.1", "--silent 0.1", "--master-time 0.1")
QUESTIONS = ("--by-time 2", "--by-rows 35", "--by-rows 35 --mean", "--by-time 2 --by-rows 35", "--confidence 0.9")
FIELDS = ("Q", "GF(2)", "GF(3)", "GF(4)", "GF(27)", "GF(256)", "GF(1000003)", "GF(6)")
BASE = {
    "check": "proof.json --matrix rows.json",
    "compare": f"{SHAPE} --trials 5 --schemes sr,uncoded,arcs",
    "coverage": f"--degree 4 {SHAPE} --by-time 2",
    "design": f"{MODEL} --by 3 --largest 8",
    "figure": f"2a {SMALL} --schemes sr,uncoded --out figures",
    "floor": SHAPE,
    "guarantee": f"--degree 4 {SHAPE} --by-time 2",
    "hunt": "gf2-agrees-with-q --max-symbols 3",
    "latency": f"sr --degree 4 {SHAPE} --at 2",
    "new": "fresh",
    "run": "taylor --symbols 6 --processes 1",
    "simulate": f"sr --degree 3 {SHAPE} --trials 3",
    "span": "rows.json",
    "sweep": "sweep.toml --trials 2",
    "table": "small-cases",
    "verify": "--claim fig1",
}
"""What each verb needs to be quick; ``explore`` serves a page until it is interrupted, and the others need nothing."""
FIGURES = dict.fromkeys(("2a", "2b", "2c", "streams", "2a-all", "errors", "work"), SMALL)
FIGURES |= dict.fromkeys(("2a_pareto", "2b_pareto", "2c_pareto", "streams_pareto"), SMALL.replace(STARTUP, ""))
FIGURES |= {"frontier": f"{MODEL} --trials 20"}
TABLES = {"schemes": SMALL, "gradient-codes": SMALL, "best-schemes": "--symbols 24 --trials 20"}
FILES = {
    "sweep.toml": """
trials = 40
seed = 5
[[tasks]]
scheme = ["sr", "parts-cyclic", "arcs"]
symbols = 24
degree = [2, 23]
tau = [0.02, 1.0]
startup = ["expon(scale=5)", "pareto(b=1)"]
message_cost = [0, 0.1]
[[tasks]]
scheme = "sr"
symbols = 24
degree = 4
access = 9
tau = 0.02
startup = "expon(scale=5)"
master_time = 0.01
silent = 0.1
decoder = ["span", "peeling", "coverage", "hitting"]
""",
    "rows.json": '{"columns": 4, "rows": [[0, 1], [1, 2], [0, 2], [3], [0], [1, 2, 3], [0, 1, 2, 3]]}',
    "three.json": '{"columns": 3, "rows": [[0, 1], [1, 2], [0, 2]]}',
    "weights.json": '{"columns": 3, "rows": [[0, 1], [1, 2], [2]], "values": [[1, 2], [3, 1], [7]]}',
    "dense.csv": "1,0,2\n0,1,1\n1,1,3\n",
    "bad.json": '{"columns": 3, "rows": [[0, 5]]}',
    "delays.txt": "0.5\n1.25\n2\n7\n",
    "proof.json": "{}",
    "notebook.py": r'''
import json, re
from dataclasses import asdict, is_dataclass
from srtheory import *
model = Model(8, 2, 0.1, parse_law("expon(scale=1)"))
costly = Model(8, 2, 0.1, parse_law("pareto(b=1)"), message_cost=0.1, silent=0.1)
rows, weighed = from_sets(3, [[0, 1], [1, 2], [0, 2], [0], [1]]), from_dense([[1, 2, 0], [0, 1, 1], [3, 0, 5]])
for line in """PAPER, PAPER_PARETO, model, costly
make("sr", 12, degree=3), make("lt", 12), make("parts-cyclic", 12, degree=4, workers=6)
rows, weighed, spans(rows), spans(rows, field="GF(2)"), stopping_time(rows), stopping_time(weighed, field="GF(9)")
certify(rows), certify(rows, field="GF(4)"), certify(weighed), check(certify(rows), rows), check(certify(rows), weighed)
list(simulate("sr", model, 5, seed=1)), list(simulate("gradient-cyclic", costly, 5, stragglers=2)), simulate("sr", 3)
compare(model, ["sr", "uncoded", "arcs"], 10), compare(model, "sr"), simulate("sr", model, 0), make("nothing", 3)
latency("sr", model, 1.0), latency("parts-pairs", model, 1.0, cells=2), latency("sr", 3, 1.0)
coverage(model, time=1.0), coverage(costly, time=1.0), coverage(model, rows=[8, 9, 20]), coverage(model), spans(3)
guarantee(model, 0.9), guarantee(costly, 0.1), floor(model), floor(model, time=0.5), floor(costly, time=0.5)
hunt(conjecture("gf2-agrees-with-q"), max_symbols=3), conjecture("nothing"), parse_law("nothing"), Model(0, 2, 0.1, 1)
latency("lt", model, 1.0), Study, Finding, Verdict, Number, compute_sum(lambda i, x: i * x, 2, symbols=4).value
""".splitlines():
    for asked in re.split(r", (?=\w+\()", line):
        try:
            value = eval(asked)
        except Exception as error:
            value = error
        print(asked, repr(value), json.dumps(asdict(value) if is_dataclass(value) else value, default=repr))
''',
}
"""Files that a command finds in its folder, besides those of one's own code that docs/ shows."""
PIXELS = (".png", ".pdf", ".gif")
"""Pictures of which the names count; the first two are not drawn, since SVG has all that they show."""
MASKED = {
    r"[^\r\n]*\[\d+:\d\d[^\r\n]*\][^\r\n]*[\r\n]*": "",  # progress, once two seconds have passed
    r"srtheory: [^\n]* takes (some|about|at most) [^\n]*\n": "",
    r'\w{64}/(?=\d+\.json|_hunt)|"(hunt|srtheory)": "\w{64}"': "HUNT",  # the files of the package
    r'(HUNT\s*\},\s*"id"|\},\n"digest"): "\w{64}"|\bsource \w{12}\b': "SOURCE",  # and those of docs/
    r"( *commit = \{\w+\},\n|With changes since the commit\. )": "",
    r'("commit": (null|"\w+"),\s+"changed_since": \w+|\b[0-9a-f]{40}\b)': "COMMIT",
    r"(\.\./)+\S*?(?=docs/)": "",
    r" at 0x[0-9a-f]+": "",
    r"\d+(\.\d+)? s\b": "TIME s",
    r'("equals_direct_sum": \w+|\ndirect sum [^\n]*\n)[\s\S]*': r"\1",  # how a run went; its value stands before
}
"""What differs by nature, by regular expression; and the folders of the trees and of the command."""


def commands(before: Path, folder: Path) -> Iterator[str]:
    """Yield lines of commands, divided by ``;``, each without ``srtheory``; ``python`` runs a file."""
    first = ("--help", *(f"{verb} --list --json" for verb in ("table", "figure", "hunt", "verify")))
    general, *lists = (found["stdout"] for found in run(before, first, folder / "lists"))
    verbs = re.findall(r"^  (\w+)  ", general.partition("Commands:")[2], re.MULTILINE)
    asked = run(before, [f"{verb} --help" for verb in verbs], folder / "helps")
    helps = {verb: found["stdout"] for verb, found in zip(verbs, asked, strict=True)}
    tables, figures, conjectures, claims = ([next(iter(one.values())) for one in json.loads(text)] for text in lists)
    schemes, lawful = (
        re.findall(r"[\w-]+", re.sub(r"-\s+", "-", re.search(r"SCHEME is one of ([^;]*)", helps[verb])[1]))
        for verb in ("simulate", "latency")
    )
    yield from ("--help", "--version", "", "nothing", "python notebook.py")
    for verb in verbs:
        base = f"{verb} {BASE.get(verb, '')}".strip()
        yield from (f"{verb} --help", f"{verb} --json-schema", f"{verb} nothing")
        if verb == "explore":
            continue
        yield from (base, f"{base} --json")
        for option, value in re.findall(r"^  (--[\w-]+)[, ](.)", helps[verb].partition("Options:")[2], re.MULTILINE):
            if value == " ":
                yield from [f"{base} {option}"] if option != "--verified" else []  # a tree has built it, or not
            elif (verb, option) != ("run", "--out"):
                yield f"{base} {option} nothing"
                yield from [f"{base} {option} 2 --json"] if verb != "run" else []  # which sleeps and starts processes
    for law in LAWS:
        model = f'--symbols 10 --tau 0.05 --startup "{law}"'
        for scheme in lawful:
            for cost in COSTS if law in LAWS[:2] else COSTS[:1]:
                yield from (f"latency {scheme} {size} {model} {cost} --at 0.4 --at 2 --json" for size in SIZES[:3])
        for cost in COSTS[:3]:
            yield from (
                f"{verb} --degree 4 {model} {cost} {question} --json"
                for verb in ("coverage", "guarantee")
                for question in QUESTIONS
            )
            yield from (f"floor {model} {cost} --json", f"floor {model} {cost} --at 1")
        yield from (f"design {model} --by 3 --json", f"compare {model} --trials 5 --all --json")
    for scheme in schemes:
        for size in SIZES:
            files = "--store records --matrix got.json --certificate proof.json"
            yield f"simulate {scheme} {size} {SHAPE} --trials 4 {files}; check proof.json --matrix got.json"
        yield f"simulate {scheme} {SHAPE} --option degree=3 --trials 30 --silent 0.1 --json"
    for scheme in ("gradient-cyclic --stragglers 2", "lt", "parts-cyclic --degree 2", "genie"):
        yield f"run taylor --symbols 6 --scheme {scheme} --processes 1"
    yield "coverage --symbols 4 --degree 2 --counts 1,2,0,1 --json"
    yield from (f"{verb} --{name} 1" for verb in ("latency sr", "coverage") for name in ("symbols", "at", "tau"))
    for file in ("rows.json", "three.json", "weights.json", "dense.csv", "bad.json", "none.json"):
        for field in FIELDS:
            yield f"span {file} --field '{field}' --json --certificate p.json.gz; check p.json.gz --matrix {file}"
    drawn = f'--symbols 400 --degree 6 --tau 0.01 --startup "{LAWS[0]}" --trials 1 --matrix big.json'
    for scheme in ("sr", "sr-with-replacement", "gradient-cyclic --stragglers 4"):
        spans = "".join(f"; span big.json --field '{field}' --certificate p.json" for field in FIELDS)
        yield f"simulate {scheme} {drawn}{spans}"
    for name in (*conjectures, "my_conjectures.py::two-senders-cover"):
        yield f"hunt {name} --max-symbols 3 --budget 20 --store kept --out found --json"
    yield from (f"figure {name} {FIGURES.get(name, '')} --out figures --json" for name in figures)
    for name in (name for name in tables if name not in ("claims", "errata", "engines")):  # all claims, and timings
        yield f"table {name} {TABLES.get(name, '')} --json --format latex --out written"
    yield from (f"table hitting-time --format {form}" for form in ("csv", "markdown", "latex --columns 1"))
    yield from (f"verify --claim {name} --json --out report" for name in claims)
    lists = "; ".join(f"{verb} fresh --list" for verb in ("table", "figure", "numbers", "verify"))
    yield f"new fresh; verify fresh --out report; numbers fresh --json; table fresh::errata; {lists}; new fresh"
    yield "new fresh; numbers fresh; numbers fresh --check fresh/paper.tex; table fresh::claims --format latex"
    own = f"{SHAPE} --option window=4"
    yield f"simulate mine.py::Windows {own}; compare --schemes sr,mine.py::Windows {own}"
    yield f"latency alone.py::Alone {SHAPE} --at 20; latency mine.py::Windows {SHAPE}"


def main() -> int:
    """Compare all commands and say where they differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("revision", help="a commit of this repository")
    parser.add_argument("--only", default="", help="only commands in which this regular expression is found")
    given = parser.parse_args()
    before = checkout(given.revision)
    with TemporaryDirectory() as name:
        folder = Path(name)
        lines = [line for line in commands(before, folder) if re.search(given.only, line)]
        both = zip(lines, run(before, lines, folder / "old"), run(ROOT, lines, folder / "new"), strict=True)
        different = 0
        for line, old, new in tqdm(both, total=len(lines)):
            found = differences(old, new)
            different += bool(found)
            for what in found:
                tqdm.write(f"{line}: {what}")
    print(f"{len(lines)} commands, {different} with a difference")
    return int(different > 0)


def checkout(revision: str) -> Path:
    """Return a folder with the files of a revision, which the next comparison finds, too."""
    git = partial(subprocess.run, cwd=ROOT, check=True, capture_output=True)
    commit = git(["git", "rev-parse", f"{revision}^{{commit}}"]).stdout.decode().strip()
    folder = Path(gettempdir(), f"same_results-{os.getuid()}-{commit}")
    if not folder.exists():
        with tarfile.open(fileobj=BytesIO(git(["git", "archive", commit]).stdout)) as tar:
            made = Path(mkdtemp(dir=gettempdir()))
            tar.extractall(made, filter="data")
        made.rename(folder)
    return folder


def differences(old: dict[str, object], new: dict[str, object]) -> list[str]:
    """Return what differs between both results of one command, in words."""
    names = sorted(old.keys() | new.keys())
    return [f"{name}: {apart(old.get(name), new.get(name))}" for name in names if old.get(name) != new.get(name)]


def apart(old: object, new: object) -> str:
    """Return both contents from a little before the place at which they part."""
    one, other = repr(old), repr(new)
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{shown(one[max(0, at - 100) :])} before, {shown(other[max(0, at - 100) :])} now"


def shown(content: object) -> str:
    """Return a content shortened for a line."""
    return repr(content)[:300]


def run(tree: Path, lines: Sequence[str], folder: Path) -> Iterator[dict[str, object]]:
    """Start to run commands with the code of a tree, each in a folder of its own; return the results in order."""
    folder.mkdir()
    environment = os.environ | {
        "PYTHONPATH": str(tree),
        "OPENBLAS_NUM_THREADS": "1",
        "COLUMNS": "100",
        "GIT_DIR": "none",
    }
    (folder / "lines").write_text(json.dumps(lines))
    command = [sys.executable, "-P", __file__, "--serve", str(tree), str(folder)]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment, text=True)

    def found() -> Iterator[dict[str, object]]:
        with server:
            for number, said in enumerate(server.stdout):
                yield results(folder / str(number), tree, said.split())

    return found()


def serve(tree: Path, folder: Path) -> None:
    """Run the commands in a process that has imported everything, each in a copy of it, and print their statuses."""
    lines = json.loads((folder / "lines").read_text())
    for package in ("srtheory", "paper_checks") if len(lines) > len(BASE) + 5 else ():
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if "explore" not in module.name and "testing" not in module.name:
                import_module(module.name)
    drawn = Figure.savefig
    Figure.savefig = lambda *to, **how: how.get("format") in ("png", "pdf") or drawn(*to, **how)
    pages = "".join((tree / "docs" / page).read_text(encoding="utf-8") for page in ("own_code.md", "conjectures.md"))
    shown = re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```", pages, re.MULTILINE | re.DOTALL)
    gc.freeze()
    for number, line in enumerate(lines):
        its = folder / str(number)
        its.mkdir()
        for name, text in {**dict(reversed(shown)), **FILES}.items():
            (its / name).write_text(text)
        statuses = []
        for part in line.split(";"):
            if not (child := os.fork()):
                os.chdir(its)
                for name, to in (("stdout", 1), ("stderr", 2)):
                    os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), to)
                status = 70
                try:
                    status = called(shlex.split(part))
                finally:
                    sys.stdout.flush()
                    os._exit(status)  # which takes a second less than to take down all that was imported
            statuses.append(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
        print(*statuses, flush=True)


def called(words: list[str]) -> int:
    """Run srtheory with these arguments, or a file of Python, and return the exit status."""
    sys.argv = ["srtheory", *words]
    try:
        runpy.run_path(words[1]) if words[:1] == ["python"] else import_module("srtheory.cli").main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def results(folder: Path, tree: Path, statuses: Sequence[str]) -> dict[str, object]:
    """Return the exit statuses of a command, and the files in its folder by name, its output among them."""
    masked = {re.escape(str(folder)): "FOLDER", re.escape(str(tree)): "TREE", **MASKED}
    found: dict[str, object] = {"exit status": statuses}
    given = {*folder.glob("*.py")}
    for path in sorted(folder.rglob("*")):
        name, content = path.relative_to(folder).as_posix(), None
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            content = repr((table.to_pydict(), table.schema.to_string(show_field_metadata=True)))
        elif path.is_file() and path.suffix not in PIXELS and path not in given:
            content = (gzip.decompress if path.suffix == ".gz" else bytes)(path.read_bytes()).decode(errors="replace")
        for what, word in masked.items():
            name, content = re.sub(what, word, name), content and re.sub(what, word, content)
        found[name] = content
    rmtree(folder)
    return found


if __name__ == "__main__":
    sys.exit(serve(*map(Path, sys.argv[2:])) if sys.argv[1:2] == ["--serve"] else main())
