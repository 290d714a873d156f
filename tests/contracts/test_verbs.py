"""What every command promises, asked of the commands themselves: a new verb is under test by its line in ``VERBS``.

A command is drawn from its own parameters, with values good, at a boundary, bad and hostile.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import click
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from srtheory import compiled
from srtheory.cli import VERBS
from srtheory.cli import srtheory as group
from srtheory.cli.common import schema_text
from srtheory.experiments.lab import Effort
from srtheory.schemes import named
from tests.cli.conftest import Result, Run, run, svg_alone
from tests.workers.conftest import client, inside

__all__ = ["client", "inside", "run", "svg_alone"]
CONTEXT = click.Context(group)
COMMANDS = {verb: group.get_command(CONTEXT, verb) for verb in VERBS}
OF = {verb: [p for p in command.params if not getattr(p, "hidden", False)] for verb, command in COMMANDS.items()}
"""The parameters that a verb shows."""
WITH_JSON = [verb for verb, command in COMMANDS.items() if any(p.name == "as_json" for p in command.params)]
GOOD = {
    "access": ["3", "4"], "at": ["0.5", "0", "0:1:3"], "budget": ["600"], "by": ["3"], "by-rows": ["5", "0"],
    "by-time": ["1.5", "0"], "cap": ["2", "1"], "certificate": {"check": ["proof.json"], "span": ["new.json"],
    "simulate": ["new.json"]}, "check": ["paper.tex"],
    "claim": ["fig1"], "columns": ["2"], "confidence": ["0.5", "0"], "counts": ["1,2,0,1"],
    "decoder": ["span"], "death": ["expon(scale=9)"], "pace": ["expon()"], "shock": ["pareto(b=2)"], "target": ["sum"],
    "degree": ["2", "1", "3"], "effort": ["quick", "paper", "deep"], "engine": ["local"],
    "field": ["Q", "GF(2)"], "file": ["rows.json"], "folder": ["fresh"], "kill": ["0"],
    "phases": ["4, 0.1, 0.3"], "load": ["3", "4"], "crew": ["3", "9"], "terms": ["3", "1"], "times": ["times.txt"],
    "largest": ["4"], "margin": ["1.5"], "master-time": ["0", "0.1"], "matrix": ["rows.json"],
    "max-symbols": ["2", "1"],
    "message-cost": ["0", "0.1"], "name": ["hitting-time"], "named": {"figure": ["bounds"], "table": ["small-cases"]},
    "number": ["answer"], "option": ["degree=2"], "out": ["made"], "phase": ["own"], "processes": ["1"],
    "sample": ["delays.txt"], "scheme": ["sr", "uncoded", "bcc", "gradient-cyclic"],
    "sizes": ["2"], "schemes": ["sr,uncoded"], "scheduler": [],
    "seed": ["0", "7", str(2**128 - 1)], "silent": ["0", "0.1"], "spec": ["sweep.toml"],
    "startup": ["expon(scale=5)", "pareto(b=1)", "sample:delays.txt"], "store": ["kept"], "stragglers": ["1"],
    "study": ["mine.py"], "style": ["IEEE"], "symbols": ["4", "6"], "tau": ["0.1"], "timeout": ["60"],
    "trials": ["3", "1"], "uncovered": ["0.5"], "width": ["3.5in"], "workers": ["2", "4"], "workload": ["taylor"],
}  # fmt: skip
"""Quick values of options and arguments by name; of a choice, its first; of any other, those of its type."""
ALWAYS = {
    "compare": ["schemes", "trials"], "design": ["largest"], "figure": ["named"], "guarantee": ["by-rows"],
    "floor": ["at"],
    "hunt": ["name", "max-symbols", "budget"], "latency": ["at", "degree"], "coverage": ["tau", "startup", "by-time"],
    "numbers": ["study"], "run": ["symbols", "processes"], "simulate": ["degree", "trials"], "sweep": ["trials"],
    "table": ["named"], "verify": ["study"],
}  # fmt: skip
"""Parameters that a command has been given to be quick, besides those that it requires."""
NOT_WITH: dict[str | None, tuple[str, ...]] = {"counts": ("tau", "startup", "by-time")}
"""Those that do not go with an option."""
WITH = {"scheduler": ["--engine", "dask"]}
"""What an option is of no use without."""
QUESTIONS = {
    "coverage": ["by-time: counts mean", "by-rows: by-time counts silent message-cost pace death",
                 "counts: tau startup by-time by-rows mean silent message-cost pace death access"],
    "figure": ["named: list animate schemes option symbols degree tau startup trials", "list: named"],
    "guarantee": ["by-rows: by-time confidence silent message-cost pace death", "by-time: by-rows confidence",
                  "confidence: by-rows by-time"],
    "hunt": ["name: list", "list: name"],
    "compare": [":option"], "design": [":trials seed", "windows: margin uncovered largest"],
    "latency": ["scheme: master-time"],
    "run": [":workers", ":access"], "simulate": [":workers", ":access"],
    "numbers": ["study: list check format", "list: check out format number", "check: out number format json"],
    "table": ["named: list columns schemes option symbols degree tau startup trials",
              "list: named columns schemes option symbols degree tau startup trials format"],
    "verify": ["claim: list", "list: claim"],
}  # fmt: skip
"""Questions of a verb: the option that asks one, if any, and the options that do not go with it."""
OF_SCHEMES = {"degree", "stragglers", "sizes", "access", "phase", "cap", "option"}
"""Options that schemes have, or not."""
NOT_GOOD = {"verified", "queue", "scheduler", "json-schema", "kill", "timeout", "processes"}
"""Parameters that are drawn with bad values alone: the others are for commands of their own."""
WHOLE, DECIMAL = (
    ["nan", "inf", "1.5", "", "x", "1_0", "\u0661", "--"],
    ["nan", "-inf", "1e400", "", "x", "1_0.5", "\uff11"],
)
BAD: dict[str, list[str]] = {
    "integer": WHOLE, "float": DECIMAL, "integer range": ["0", "x", "", "nan"], "choice": ["nothing", "", "\x1b[31m"],
    "scheme": ["nothing", "", "no.py::Thing", "\x07"], "schemes": ["nothing", "", "sr,,sr", "sr,no.py::Thing"],
    "path": [""],
}  # fmt: skip
"""Values that no parameter of a type accepts."""
BAD_TEXTS = {
    "width": ["0in", "nanin", "3", "", "-1cm"],
    **{name: ["nothing", "1", "expon(scale=-1)", "sample:none.txt", "3*expon(), 99*expon()", "4*expon(),", "0*1", "*"]
       for name in ("pace", "death", "shock")},
    "phases": ["", "2", "4,2,0.5", "0,0.1,0.1", "4,0,0", "nan,1,1", "2,1,1,1"],
    "at": ["nan", "", "x", "1:2", "1:2:1"], "times": ["none.txt", "delays.txt", "rows.json"],
    "sample": ["none.txt", "rows.json"],
    "target": ["terms", "terms(0)", "terms(9)", "all()", "", "error(1)", "error(-0.1)", "error()"],
    "startup": ["nothing", "expon(", "sample:none.txt", "expon(scale=-1)", "expon(scale=1e400)", "", "expon()+1",
                "3*expon(), 99*expon()", "4*expon()+1"],
    "processes": ["0", "x", "-1", "1025", "", "1.5", "00001", "²"], "option": ["nothing", "=1", "", "nothing=1"],
    "scheduler": ["nowhere", "", "http://127.0.0.1:1"],
    "field": ["R", "GF(6)", "", "GF(2" + "0" * 99 + ")"], "counts": ["", "1,", "x", "-1,2", "1_0"],
}  # fmt: skip
BEYOND = {
    "symbols": ["0", "-1", "9" * 40], "degree": ["0", "-1"], "access": ["0", "-1", "5"],
    "seed": ["-1", str(2**128)],
    "trials": ["0", "-1", "1" + "0" * 20], "tau": ["0", "-1"], "message-cost": ["-1"],
    "master-time": ["-1"],
    "silent": ["-1", "1"], "workers": ["0", "-1"], "confidence": ["-0.1", "1.1"], "by-rows": ["-1"],
    "budget": ["0", "-1"],
    "timeout": ["0", "-1"], "kill": ["-1", "999"], "stragglers": ["-1", "4"], "largest": ["0", "-1"],
    "max-symbols": ["0", "-1"],
    "columns": ["-1"], "cap": ["0", "-1"], "load": ["0", "-1"], "crew": ["0", "-1"], "terms": ["0", "5"],
}  # fmt: skip
"""Numbers outside the range of an option, m being 4."""
HOSTILE = [
    *("", "-0", "-1", "0", "1", "2", "nan", "inf", "1e400", "9" * 40, "é", "\U0001f600", "\x1b[2J", "\x07\t", "\udcff"),
    *("none/of/these", ".", "/dev/null", "--", "--symbols", "a\nb", "1e-320", "0.5", "%s{}", "x" * 3000),
    "q=" + "9" * 400,
]


def name_of(parameter: click.Parameter) -> str:
    return max(parameter.opts, key=len).lstrip("-")


def good(verb: str, parameter: click.Parameter) -> list[str]:
    values = GOOD.get(name_of(parameter), [])
    values = values.get(verb, []) if isinstance(values, dict) else values
    if isinstance(parameter.type, click.Choice):
        values = [value for value in values if value in parameter.type.choices]
        return values or [str(parameter.type.choices[0])]
    return values or {"integer": ["2"], "float": ["0.5"], "path": ["made"]}.get(parameter.type.name, [])


def bad(parameter: click.Parameter) -> list[str]:
    kind = "path" if isinstance(parameter.type, click.Path) else parameter.type.name
    values = BAD.get(kind, []) + BAD_TEXTS.get(name_of(parameter), []) + BEYOND.get(name_of(parameter), [])
    return [value for value in values if not (value == "0" and parameter.default == 0)]


def words(parameter: click.Parameter, value: str) -> list[str]:
    return [f"--{name_of(parameter)}", value] if isinstance(parameter, click.Option) else [value]


def is_flag(parameter: click.Parameter) -> bool:
    return bool(getattr(parameter, "is_flag", False))


def base(verb: str, without: click.Parameter | None = None) -> list[str]:
    """Return a quick command that succeeds."""
    made, left_out = [verb], NOT_WITH.get(without and name_of(without), ())
    for p in COMMANDS[verb].params:
        if p is not without and name_of(p) not in left_out and (p.required or name_of(p) in ALWAYS.get(verb, [])):
            made += words(p, good(verb, p)[0])
    return made


def drawn(verb: str, rng: Random) -> tuple[list[str], bool]:
    """Return a command, and whether its parameters go together; of one of three, some are bad or hostile."""
    asks, _, without = rng.choice(QUESTIONS.get(verb, [":"])).partition(":")
    shown = OF[verb]
    scheme = rng.choice(GOOD["scheme"])
    sized = {*named(scheme).sized(2)}
    any_scheme = any(name_of(p) == "scheme" and not isinstance(p.type, click.Choice) for p in shown)
    of_others = OF_SCHEMES - {*named(scheme).options} if any_scheme else set()
    wrong = {*rng.sample(shown, min(len(shown), rng.choice([1, 2, 3])))} if rng.random() > 0.65 else set()
    made: list[list[str]] = []
    for p in shown:
        name = name_of(p)
        needed = p.required or name in {asks, *sized, *ALWAYS.get(verb, []), "scheme"}
        if p in wrong and not is_flag(p):
            made.append(words(p, rng.choice(rng.choice([bad(p) or HOSTILE, HOSTILE]))))
        elif name in {*without.split(), *NOT_GOOD} | of_others or not (needed or rng.random() > 0.8):
            continue
        elif is_flag(p):
            made.append([f"--{name}"])
        elif name == "scheme" and not isinstance(p.type, click.Choice):
            made.append(words(p, scheme))
        else:
            plain = (name, asks) in (("startup", "by-rows"), ("symbols", "counts"))
            made.append(words(p, good(verb, p)[0] if plain else rng.choice(good(verb, p))))
    rng.shuffle(made)
    extra = [rng.choice([*HOSTILE, "--nothing"])] if rng.random() > 0.95 else []
    return [verb, *(word for pair in made for word in pair), *extra], not wrong and not extra


def fault(arguments: list[str], done: Result) -> str | None:
    """Return what a command has done that none may do."""
    if done.status not in (0, 1, 2):
        return f"status {done.status}"
    if "Traceback" in done.stderr:
        return "a traceback"
    if done.status == 2:
        if done.stdout:
            return "bad input, and data"
        if done.stderr.count("\n") != 1 or not done.stderr.startswith("srtheory: "):
            return "bad input is not one line"
        if len(done.stderr) > 1100:
            return "a long line"
        if not done.stderr[:-1].isprintable():
            return "a terminal is given orders"
        if " at 0x" in done.stderr:
            return "an address in memory"
    if "--json" in arguments and done.stdout and not {"--help", "-h"} & {*arguments}:
        texts = done.stdout.splitlines() if arguments[0] == "sweep" else [done.stdout]  # a line for each task
        for text in texts:
            try:
                document = json.loads(text, parse_constant=_no_number)
            except ValueError as error:
                return f"no JSON: {error}"
            for wrong in schema(arguments[0]).iter_errors(document):
                return f"not of its schema: {wrong.message[:200]}"
    return None


def _no_number(text: str) -> None:
    raise ValueError(text)


@cache
def schema(verb: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(verb)))


def fill(folder: Path) -> None:
    """Write the files that good values name."""
    (folder / "rows.json").write_text('{"columns": 2, "rows": [[0], [1]]}')
    (folder / "delays.txt").write_text("1\n2.5\n3\n")
    (folder / "times.txt").write_text("".join(f"startup {i}\n\ntask 0.5\n" for i in range(10)))
    (folder / "sweep.toml").write_text(
        'seed = 1\ntrials = 2\n[[tasks]]\nscheme = "sr"\nsymbols = 4\ndegree = 2\ntau = 0.1\nstartup = "expon()"\n'
    )
    (folder / "mine.py").write_text(STUDY)
    (folder / "paper.tex").write_text(r"\begin{document} In 42 cases. \end{document}")


STUDY = """from srtheory import Finding, Model, Number, Study, Verdict, parse_law

study = Study(title="Mine", sections=("I",), at=Model(4, 2, 0.1, parse_law("expon(scale=1)")))


@study.claim("fig1", "I", "It holds.", checked_by=("exact computation",))
def fig1(lab):
    return Finding(Verdict.PROVED, "It does.")


@study.number("answer", says="The answer.")
def answer(lab):
    return Number.exact(42, "counted")
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, request: pytest.FixtureRequest) -> Run:
    """Run commands in a folder that has the files that they name, and no folder that they are to make."""
    fill(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compiled, "PATIENCE", float("inf"))  # nothing here is worth a compilation
    monkeypatch.setattr(Effort, "trials", property(lambda _: 3))
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)  # deep effort takes all
    assert run("span", "rows.json", "--certificate", "proof.json").status == 0

    def anew(*arguments: str) -> Result:
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        if arguments[0] == "run" and "--scheduler" not in arguments:
            request.getfixturevalue("inside")
        if arguments[0] == "figure":
            request.getfixturevalue("svg_alone")
        return run(*arguments)

    return anew


def test_a_command_that_python_calls_prints_to_its_stdout(here: Run) -> None:
    """As click's own runner does, in our notebooks, too."""
    words = ["span", "rows.json", "--json"]
    assert CliRunner().invoke(group, words).stdout == here(*words).stdout != ""


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_every_option_and_its_default(run: Run, verb: str) -> None:
    done = run(verb, "--help")
    assert (done.status, done.stderr) == (0, "")
    said = " ".join(done.stdout.split("Options:")[-1].split())
    for option in (its for its in OF[verb] if isinstance(its, click.Option)):
        its = said.split(f"--{name_of(option)} ", 1)[1]
        default = option.default if isinstance(option.default, int | float | str) else None
        if default is not None and not is_flag(option) and default != 1.0 * (default == 1):
            its = its.split("Default: ", 1)[1]
            assert its.startswith(f"{default:g}" if isinstance(default, float) else str(default)), name_of(option)
    assert run(verb, "-h") == done


def test_help_computes_nothing() -> None:
    """No library that takes a while to import is: a help is there at once."""
    code = f"""
import sys
from click.testing import CliRunner
from srtheory.cli import srtheory
assert [CliRunner().invoke(srtheory, [verb, "--help"]).exit_code for verb in {VERBS}] == [0] * {len(VERBS)}
sys.exit(", ".join(name for name in ("galois", "numba", "numpy", "scipy", "sympy", "tqdm") if name in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=False).stderr.strip() == b""


@pytest.mark.parametrize("verb", VERBS)
def test_a_bad_value_is_refused_by_its_name(here: Run, verb: str) -> None:
    for parameter in sorted(OF[verb], key=lambda its: name_of(its) != "scheduler"):  # with which no cluster is ours
        name = name_of(parameter)
        made = [*base(verb, without=parameter), *WITH.get(name, [])]
        unused = name == "scheduler" and verb in ("figure", "numbers", "table", "verify")  # without trials
        one_of_two = bad(parameter)[len(verb) % 2 :: 2] or bad(parameter)
        for value in [] if unused else one_of_two:
            done = here(*made, *words(parameter, value), *(["--json"] if value and verb in WITH_JSON else []))
            assert (done.status, fault([verb], done)) == (2, None), (value, done)
            its = name.replace("-", "[-_]").removesuffix("s")
            assert re.search(rf"\b({its}s?|{verb})\b", done.stderr, re.IGNORECASE), (value, done.stderr)
            last = re.split("[:,]", value)[-1][:5]  # of a list, and behind a prefix
            assert value in ("", "--") or last in done.stderr or ascii(last)[1:-1] in done.stderr, (value, done.stderr)


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_missing_is_named(here: Run, verb: str) -> None:
    for parameter in (its for its in OF[verb] if its.required):
        done = here(*base(verb, without=parameter))
        assert (done.status, fault([verb], done)) == (2, None)
        assert name_of(parameter) in done.stderr.lower()


CODE = "--symbols 4 --degree 2 --tau 0.1 --startup expon()"
MODEL = "--symbols 4 --tau 0.1 --startup expon()"
LAWS = (
    *("kstwo(n=0)", "kstwo(0.5)", "lognorm(s=1e308)", "pareto(b=1e-320)", "weibull_min(c=1e308)", "norm()"),
    *("studentized_range(3,3)", "genhalflogistic(0)", "expon(scale=1e-320)", "uniform(loc=-1)", "__import__('os')"),
)
TOGETHER = f"""\
access: latency bcc {CODE} --access 3
at: latency one {MODEL} --at inf
scheme: latency lt {MODEL}
degree: latency sr {MODEL}
degree: latency one {CODE}
scheme: latency one {MODEL} --target all
shock: latency one {MODEL} --shock expon()
link: floor {MODEL} --link queue
stragglers: latency gradient-cyclic {MODEL}
stragglers: latency sr {CODE} --stragglers 1
tau: latency one --symbols 4 --tau 1e308 --startup expon()
symbols: latency bcc --symbols {2**63} --degree 1 --tau 1e-9 --startup expon()
symbols: latency sr --symbols {2**31} --degree 1 --tau 1e-9 --startup expon()
symbols: latency sr --symbols 100001 --degree 1 --tau 1e-9 --startup expon()
degree: simulate sr {MODEL}
degree: simulate sr {MODEL} --degree 2000001
option: simulate sr {CODE} --option degree=3
workers: simulate sr {CODE} --workers 5
cap: simulate sr {CODE} --cap 2
phase: simulate sr {CODE} --phase own
decoder: simulate sr {CODE} --decoder partition
decoder: simulate sr {CODE} --decoder intervals
tau: simulate sr --symbols 4 --degree 2 --tau 1e201 --startup expon()
degree: compare {MODEL} --degree 5 --scheme sr
symbols: compare --symbols 2000001 --tau 1 --startup expon()
by-time: coverage {CODE}
tau: coverage --symbols 4 --degree 2 --by-time 1 --startup expon()
startup: coverage --symbols 4 --degree 2 --tau 1 --by-time 1
tau: coverage {CODE} --counts 1,1,1,1
counts: coverage --symbols 4 --degree 2 --counts 1,2
silent: coverage {CODE} --by-rows 3 --silent 0.4
message_cost: coverage --symbols 4 --degree 2 --counts 1,1,1,1 --message-cost 0.4
mean: coverage {CODE} --by-time 2 --mean
by-rows: guarantee {CODE}
message_cost: guarantee {CODE} --by-rows 3 --message-cost 0.1
by-time: guarantee {CODE} --by-rows 3 --by-time 1
silent: guarantee {CODE} --by-rows 3 --silent 1
tau: guarantee --symbols 4 --degree 2 --tau expon() --startup expon() --by-rows 3
target: compare {MODEL} --scheme sr --target terms(2)
startup: guarantee --symbols 4 --tau 0.1 --startup lognorm(s=1) --degree 2 --by-rows 3
confidence: guarantee {CODE} --by-time 0 --confidence 0
queue: floor {MODEL} --queue
at: floor {MODEL} --at 1.0000000000000002e200
workers: floor {MODEL} --workers 2000001
margin: design {MODEL} --by 3 --margin 1e300
uncovered: design {MODEL} --by 3 --uncovered 1e-320
largest: design {MODEL} --by 3 --largest 1001
seed: design {MODEL} --by 3 --seed 7
margin: design {MODEL} --by 3 --windows --margin 2
symbols: figure tanner --symbols 20
trials: figure run --trials 3
degree: figure 2a --degree 21 --symbols 20
startup: figure 2a --startup sample:delays.txt
width: figure bounds --width 1in
width: figure theorems --width 3.5in
style: figure bounds --style no/such.mplstyle
animate: figure bounds --animate
table: table nonsense
claim: verify --claim thm9
symbols: table claims --symbols 20
columns: table claims --format latex --columns 3
degree: table schemes --symbols 20 --degree 21
option: table schemes --option degree=3
scheduler: run taylor --engine dask
scheduler: simulate sr {CODE} --scheduler tcp://x
processes: simulate sr {CODE} --engine dask --scheduler tcp://x --processes 2
workers: run taylor --symbols 4 --workers 5
sizes: run taylor --sizes 3
decoder: run taylor --decoder hitting
""" + "".join(f"startup: latency one --symbols 3 --tau 1 --startup {law}\n" for law in LAWS)
"""Options that do not go together, or not with a scheme or a size, and the one that the error names."""


@pytest.mark.parametrize("verb", sorted({line.split()[1] for line in TOGETHER.splitlines()}))
def test_what_does_not_go_together_is_refused_by_name(here: Run, verb: str) -> None:
    for line in TOGETHER.splitlines():
        name, *arguments = line.replace(":", "", 1).split()
        if arguments[0] == verb:
            done = here(*arguments)
            assert (done.status, fault(arguments, done)) == (2, None), line
            assert re.search(f"'(--)?{name}'", done.stderr), done


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("verb", VERBS)
def test_a_good_value_is_read(verb: str) -> None:
    """Without the work; what goes together is asked of whole commands."""
    for its in OF[verb]:
        for value in [] if is_flag(its) else good(verb, its):
            assert COMMANDS[verb].make_context(verb, [*base(verb, without=its)[1:], *words(its, value)]).params


@pytest.mark.share(2)
@pytest.mark.parametrize("verb", WITH_JSON)
def test_what_is_printed_is_data_and_the_same_again(here: Run, verb: str) -> None:
    described = here(verb, "--json-schema")
    assert described.stdout == schema_text(verb) + "\n"
    assert here(verb, "--schema") == described
    for more in ([], ["--json"]):
        arguments = [*base(verb), *more]
        first = here(*arguments)
        assert (first.status in (0, 1), fault(arguments, first)) == (True, None), first
        assert first.stdout
        if verb not in ("run", "figure") or (verb, more) == ("figure", ["--json"]):  # which measures times, or is slow
            assert here(*arguments) == first


PRINTED = [
    f"coverage {CODE} --by-time 1.5 --silent 0.1", f"coverage {CODE} --by-rows 5 --mean",
    "coverage --symbols 4 --degree 2 --counts 2,0,1,0", f"guarantee {CODE} --by-rows 5",
    f"guarantee {CODE} --by-time 2", f"guarantee {CODE} --confidence 1 --access 3", f"latency sr {CODE} --at 1",
    f"latency one {MODEL} --at 1 --silent 0.1",
    "span rows.json", f"latency one {MODEL.replace('expon', 'gamma')[:-1]}a=2)",
]  # fmt: skip


@pytest.mark.parametrize(
    "verb", ["floor", "guarantee --by-time 3", "latency sr", "simulate sr --trials 3", "compare --scheme sr --trials 3"]
)
def test_the_answer_names_what_was_given(here: Run, verb: str) -> None:
    given = {"symbols": 12, "tau": 0.125, "message_cost": 0.25, "silent": 0.0625}
    given |= {} if verb == "floor" else {"degree": 3}
    options = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    found = json.loads(here(*verb.split(), *options, "--startup", "expon(scale=1)", "--json").stdout)
    for point in found.get("points", ()):
        given["degree"], found["degree"] = 3, point["degree"]
        of = point["latency"]["quantiles"]["0.5"]
        assert point["of_floor"] == pytest.approx(found["floor"]["latency"] / of)
    assert {name: found[name] for name in given} == given


@pytest.mark.parametrize("link", ["worker", "queue", "parallel", "cumulative"])
@pytest.mark.parametrize("cost", ["5", "uniform(0, 5)"])
def test_no_scheme_is_below_the_floor_whoever_carries_the_messages_of_the_dead(here: Run, link: str, cost: str) -> None:
    options = ["--death", "uniform(1.5, 3)", "--startup", "uniform()", "--link", link, "--message-cost", cost]
    words = ["compare", "--scheme", "terms-cyclic", "--symbols", "2", "--tau", "0.5", "--trials", "200", "--json"]
    found = json.loads(here(*words, *options).stdout)
    (least, *_), least_of = found["points"], found["floor"]["latency"]
    assert (least_of or 9.0) <= (least["latency"]["quantiles"]["0.5"] or 9.0)


COSTS, RANDOM = "message-cost silent", "pace death shock phases crew"
REACHES: dict[str, dict[str, str]] = {
    "latency sr --at 2": {
        "cdf": f"symbols degree tau startup access {COSTS}", "fluid_limit": f"degree tau startup access {COSTS}",
        "bound sharp_bound median_bound": f"degree tau startup {COSTS}"},
    "latency genie --at 2": {"cdf": "symbols tau startup silent", "fluid_limit": "tau startup silent"},
    "guarantee --by-time 3": {"probability": f"symbols degree tau startup access {COSTS} pace death"},
    "guarantee --confidence 0.3": {
        "time": f"symbols degree tau startup access {COSTS}", "rows": f"symbols access {COSTS}"},
    "coverage --by-time 1.5": {
        "probability expected_rows expected_uncovered poisson": f"symbols degree tau startup access {COSTS}"},
    "floor --at 2": {"mean quantiles closed_form at": f"symbols tau startup {COSTS} master-time"},
    "simulate sr --trials 3": {
        "work": f"symbols degree tau startup access {COSTS} {RANDOM} master-time seed workers",
        "stopping_time": "decoder",
        "latency": f"symbols degree tau startup {COSTS} {RANDOM} master-time seed"},
    "simulate lt --trials 3": {"latency": "cap", "work": "cap"},
    "simulate arcs --trials 3": {"latency": "phase"},
    "compare --scheme sr --trials 3": {
        "points": f"symbols degree tau startup {COSTS} master-time seed pace death shock phases",
        "floor": f"symbols tau startup {COSTS} master-time pace death"},
}  # fmt: skip
"""The options on which numbers of an answer depend."""


@pytest.mark.share(3)
@pytest.mark.parametrize("verb", REACHES)
def test_each_option_reaches_the_numbers_that_depend_on_it(here: Run, verb: str) -> None:
    usual = {"symbols": "12", "tau": "0.125", "startup": "expon(scale=1)"}
    usual |= {} if {*verb.split()} & {"floor", "genie", "lt"} else {"degree": "3"}
    other = {"symbols": "13", "degree": "4", "tau": "0.25", "startup": "expon(scale=2)", "access": "6", "seed": "9"}
    other |= {"message-cost": "0.3", "silent": "0.25", "master-time": "0.2"}
    other |= {"pace": "expon()", "death": "expon(scale=0.3)", "shock": "pareto(b=2)"}
    other |= {"phases": "4,0.5,0.5", "crew": "14", "workers": "4", "decoder": "hitting", "cap": "0.5", "phase": "own"}

    def answer(given: dict[str, str]) -> dict[str, object]:
        words = [word for name, value in given.items() for word in (f"--{name}", value)]
        return dict(json.loads(here(*verb.split(), *words, "--json").stdout))

    numbers = {option: {n for n, by in REACHES[verb].items() if option in by.split()} for option in other}
    before = answer(usual)
    for option, groups in numbers.items():
        after = answer(usual | {option: other[option]}) if groups else before
        assert [name for group in groups for name in group.split() if before[name] == after[name]] == [], option


@pytest.mark.parametrize("line", PRINTED)
def test_a_table_says_what_the_json_says(here: Run, line: str) -> None:
    """With ten digits, and intervals that hold those computed."""
    shown, answer = here(*line.split()), json.loads(here(*line.split(), "--json").stdout)
    head = [[*each.split(maxsplit=1), each] for each in shown.stdout.partition("\n\n")[0].splitlines()]
    assert len({each.rindex(value) for _, value, each in head}) == 1, "values are one below the other"
    lines = dict(each.split(maxsplit=1) for each in shown.stdout.splitlines() if each)
    for point in answer.pop("cdf", []):
        answer[f"{point['t']:.6g}"] = point["probability"]
    for name, value in answer.items():
        if isinstance(value, list):
            low, high = map(Decimal, re.findall(r"[\d.e-]*\d", lines[name]))
            exact = [Decimal(end) for end in value]
            assert low <= exact[0] <= exact[1] <= high, name
            assert high - low <= exact[1] - exact[0] + Decimal("2e-9") * high, name
        else:
            said = "none" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
            assert re.match(rf"{re.escape(said)}( [a-z(]|$)", lines[name]), name
            assert name not in ("tau", "time") or value is None or "time units" in lines[name]


def test_a_run_that_loses_what_it_needs_says_so_in_its_schema(run: Run) -> None:
    """By a process of its own, which kills itself: those within this one do not."""
    arguments = ["run", "taylor", "--symbols", "4", "--scheme", "uncoded", "--kill", "1", "--processes", "2", "--json"]
    done = run(*arguments)
    answer = json.loads(done.stdout)
    assert (done.status, fault(arguments, done), answer["recovered"]) == (1, None, False)
    assert done.stderr.count("\n") == 1  # and no logs of Dask's
    assert answer["missing"]
    assert answer["faults"]


@pytest.mark.share(2)
@pytest.mark.parametrize("verb", WITH_JSON)
def test_no_command_does_what_none_may(here: Run, verb: str) -> None:
    """They are run when all are drawn, since a hunt draws by Hypothesis itself."""
    commands = []

    @settings(max_examples={"figure": 4, "floor": 4, "run": 1, "compare": 4}.get(verb, 8))
    @given(rng=st.integers(0, 2**32).map(Random))
    def draw(rng: Random) -> None:
        commands.append(drawn(verb, rng))

    draw()
    for arguments, together in commands:
        done = here(*arguments)
        assert fault(arguments, done) is None, (arguments, done)
        assert not together or done.status != 2, (arguments, done)


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ("--tau 0.1 --startup pareto(b=1)", "infinite mean of startup"),
        ("--tau lomax(c=0.5) --startup expon()", "infinite mean of tau"),
        ("--tau 0.1 --startup expon() --link queue", "link queue changes nothing"),
    ],
)
def test_runs_say_what_their_times_mean_for_means_and_links(run: Run, tmp_path: Path, times: str, says: str) -> None:
    plain, size = "--tau 0.1 --startup expon()", ["--symbols", "4", "--trials", "2"]
    setting = dict(zip(("tau", "startup", "link"), times.split()[1::2], strict=False))
    its = "".join(f"{name} = {law if law == '0.1' else repr(law)}\n" for name, law in setting.items())
    spec = tmp_path / "endless.toml"
    spec.write_text(f"trials = 2\nseed = 1\n[[tasks]]\nscheme = 'terms-cyclic'\nsymbols = 4\n{its}")
    asked = [["simulate", "terms-cyclic", *size, *times.split()], ["sweep", str(spec)]]
    asked += [["compare", "--scheme", "uncoded", *size, *times.split()]]
    for words_ in asked:
        done = run(*words_)
        assert says in done.stdout
        assert says in done.stderr.splitlines()[0]  # before the runs
    for more in ("", " --link queue --message-cost 1"):
        assert not re.search("infinite|nothing", run("simulate", "terms-cyclic", *size, *(plain + more).split()).stdout)


@pytest.mark.parametrize("form", ["sample", "trace"])
def test_a_sweep_reads_measured_times_where_simulate_does(run: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "times.txt").write_text("1\n3\n0.5\n")
    measured, usual = f"{form}:{tmp_path}/times.txt", {"tau": "0.1", "startup": "expon()"}
    for name in ("startup", "tau", "message-cost", "pace", "death", "shock"):
        times = usual | {name: measured}
        lines = [f"{its.replace('-', '_')} = {law if law == '0.1' else repr(law)}\n" for its, law in times.items()]
        spec = tmp_path / "grid.toml"
        spec.write_text(f"trials = 2\nseed = 2022\n[[tasks]]\nscheme = 'terms-cyclic'\nsymbols = 4\n{''.join(lines)}")
        options = [word for its, law in times.items() for word in (f"--{its}", law)]
        one = run("simulate", "terms-cyclic", "--symbols", "4", "--trials", "2", *options, "--json")
        all_ = run("sweep", str(spec), "--json")
        taken = form == "sample" or name in ("tau", "message-cost")
        assert one.status == all_.status == (0 if taken else 2)
        if taken:
            assert json.loads(one.stdout)["id"] == json.loads(all_.stdout)["id"]


def test_few_measured_times_of_a_kind_are_told_and_not_fitted(run: Run, tmp_path: Path) -> None:
    """A real run may end before ten workers have begun."""
    times = tmp_path / "times"
    times.write_text("startup 1\n" * 9 + "task 0.5\n" * 10)
    done = run("fit", str(times))
    assert re.search("startup   9 times, too few(?!.*--startup)", done.stdout, re.DOTALL)
    assert {*json.loads(run("fit", str(times), "--json").stdout)} == {"task", "options"}
    times.write_text("startup 1\n" * 9)
    assert run("fit", str(times)).status == 2
