"""srtheory/schemas/VERB.json describes what the verb prints with ``--json``, and nothing else."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from srtheory.cli import VERBS, srtheory
from srtheory.cli.common import schema_file
from srtheory.experiments.lab import Effort
from srtheory.workers import execution
from srtheory.workers.execution import Execution, Fault, compute_sum
from tests.cli.conftest import Run
from tests.workers.conftest import client, inside

__all__ = ["client", "inside"]

WITH_JSON = [verb for verb in VERBS if any(p.name == "as_json" for p in srtheory.get_command(None, verb).params)]
FOLDER = schema_file("check").parent
CODE = "--symbols 8 --degree 3 --tau 0.1 --startup 'expon(scale=5)'"
MODEL = "--symbols 8 --tau 0.1 --startup 'expon(scale=5)'"
OWN = """
from dataclasses import dataclass
from fractions import Fraction
from srtheory.schemes.by_worker import ByWorker

@dataclass(frozen=True)
class Windows(ByWorker):
    window: int = 3
    share: Fraction | None = None
    turned: bool = False

    def sends(self, worker, key):
        yield [worker]
        others = [(worker + i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.window):
            yield others[first : first + self.window]

    def latency_cdf(self, t, tau, startup):
        return 0.0, 1.0
"""
PAPER = """
from fractions import Fraction
from math import inf

from srtheory import Finding, Number, Study, Verdict
from srtheory.render.table import Column, Interval, Kind, Math, Name, PlusMinus, Table

study = Study(title="Mine")


@study.claim("counted", "nowhere", "planted", ("simulation",))
def counted(lab):
    lab.records("mine.py::Windows", symbols=4, tau=0.1, startup="expon(scale=1)", trials=1)
    evidence = {"mean": inf, "points": [1, {"x": "y"}]}
    return Finding(Verdict.SUPPORTED, "planted", evidence, trials=10, correction="Another.")


@study.claim("crashes", "nowhere", "planted")
def crashes(lab):
    raise RuntimeError("planted")


@study.number("share")
def share(lab):
    return Number.share(1, 3, lab)


@study.number("mean", unit="s")
def mean(lab):
    return Number.mean([1.0, 2.0], lab)


@study.number("fraction")
def fraction(lab):
    return Number.exact(Fraction(1, 3), "by hand")


@study.table("mine", says="One cell of each kind, one row without.")
def mine(lab):
    columns = tuple(Column(kind, Math("x²", "x^2"), kind, 2) for kind in Kind)
    rows = (
        ("words", "code", 1, Fraction(1, 3), 0.5, 1e-9, Interval(1.0, 0.5, None), PlusMinus(1.0, 0.25)),
        (Name("SR", "sr"), None, None, Fraction(2), inf, None, Interval(inf, None, None), None),
        (Math("x", "x"), *[None] * 7),
    )
    return Table("mine", "Cells.", columns, rows)
"""
RUN = "run taylor --symbols 8 --seed 1"
FILES = {
    "mine.py": OWN,
    "over.py": """
import signal
import time

from srtheory.conjectures.case import spans
from srtheory.conjectures.domains import elements, rows
from srtheory.conjectures.registry import conjecture


@conjecture("A row spans.", rows(weights=elements("GF(4)")), field="GF(4)")
def one_row(case):
    return spans(case, "GF(4)") if case.masks == (3,) else None


@conjecture("The budget is soon over.", rows())
def late(case):
    signal.setitimer(signal.ITIMER_REAL, 0.01, 1)
    time.sleep(1000)
""",
    "paper.py": PAPER,
    "paper.tex": r"""\begin{document} In 17 of \Mine cases. \end{document}""",
    "rows.json": '{"columns": 3, "rows": [[0, 1], [2]]}',
    "few.json": '{"columns": 3, "rows": [[0, 1]]}',
    "grid.toml": """
trials = 2
seed = 1
[[tasks]]
scheme = "raptor"
symbols = 12
epsilon = 0.1
spread = 3
tau = 0.1
startup = "pareto(b=1)"
[[tasks]]
scheme = "lt"
symbols = 12
cap = 2.5
c = 0.1
delta = 0.5
tau = 0.1
startup = "expon()"
[[tasks]]
scheme = "mine.py::Windows"
symbols = 12
option.window = 4
option.turned = true
tau = 0.1
startup = "expon()"
""",
}
COMMANDS = [
    *("check proof.json --matrix rows.json", "check proof.json --matrix few.json", "check none.json --matrix few.json"),
    "cite",
    *(f"compare {MODEL} --degree 2 --trials 2", f"compare {MODEL} --degree 2 --trials 2 --scheme sr"),
    f"compare {MODEL} --scheme uncoded --scheme genie --trials 1 --silent 0.5 --message-cost 1 --master-time 1",
    f"compare {MODEL} --trials 2 --scheme terms-pairs",
    f"compare {MODEL} --degree 2 --trials 2 --schemes sr,uncoded,mine.py::Windows --option window=2",
    f"compare {MODEL} --trials 2 --scheme mine.py::Windows --option window=2 --option share=1/3 --option turned=true",
    *("coverage --symbols 3 --degree 2 --counts 1,0,2", f"coverage {CODE} --by-rows 9"),
    *(f"coverage {CODE} --by-rows 9 --mean --access 5", f"coverage {CODE} --by-time 2"),
    f"coverage {CODE} --by-time 2 --by-rows 8 --silent 0.1 --message-cost 0.1",
    "coverage --symbols 8 --degree 3 --tau 0.1 --startup 'gamma(a=2)' --by-time 2",
    *(f"design {MODEL} --by 4", f"design {MODEL} --by 0.05"),
    *("figure --list", "figure tanner --out figures"),
    *(f"floor {MODEL} --at 1 --at 3", f"floor {MODEL} --workers 3 --silent 0.5 --message-cost 0.1 --master-time 1"),
    "floor --symbols 3 --tau 0.1 --startup 'gamma(a=2)'",
    "floor --symbols 3 --tau 0.1 --startup 'expon(scale=1)' --master-time 0.2 --queue",
    *(f"guarantee {CODE} --by-rows 9", f"guarantee {CODE} --by-time 9 --access 6 --silent 0.1 --message-cost 0.1"),
    *(f"guarantee {CODE} --confidence {p}" for p in ("0.5", "1")),
    *("hunt --list", "hunt covered-implies-spans --max-symbols 4", "hunt systematic-spans --max-symbols 3"),
    *("hunt complete-worker-spans --max-symbols 3 --degree 2", "hunt bound-5-holds --max-symbols 3 --budget 5"),
    *("hunt cyclic-gradient-spans-gf3 --max-symbols 4", "hunt over.py::one-row --max-symbols 2"),
    *("hunt cyclic-order-has-least-tail --max-symbols 3", "hunt over.py::late --max-symbols 2"),
    *(f"latency sr {CODE} --access 7", f"latency uncoded {MODEL} --at 3 --silent 0.2 --message-cost 0.1"),
    *("latency one --symbols 8 --tau 0.1 --startup 'gamma(a=2)' --master-time 1 --at 2",),
    f"latency gradient-cyclic {MODEL} --stragglers 2",
    f"latency mine.py::Windows {MODEL} --option window=2",
    *(f"{RUN} --degree 3 --kill 0", f"{RUN} --degree 3 --slow 'expon(loc=1000)' --timeout 0.01"),
    f"{RUN} --scheme parts-cyclic --degree 2 --workers 5 --slow 'expon(scale=0.001)' --out figures",
    *(f"{RUN} --scheme sr-sizes --sizes 2x3", f"{RUN} --scheme gradient-cyclic --stragglers 2"),
    *(f"{RUN} --scheme arcs --degree 3 --phase own", f"{RUN} --degree 3 --access 5", f"{RUN} --scheme lt --cap 9"),
    f"{RUN} --scheme mine.py::Windows --option window=2 --option share=none --tau 0.0001",
    *(f"simulate sr {CODE} --trials 3", f"simulate sr {CODE} --trials 1 --access 5 --decoder hitting"),
    f"simulate uncoded {MODEL} --trials 5 --silent 0.5 --message-cost 1 --master-time 1",
    *(f"simulate lt {MODEL} --cap 3 --trials 2", f"simulate sr-sizes {MODEL} --sizes 2x3 --trials 2"),
    *(f"simulate arcs {CODE} --phase own --trials 2", f"simulate gradient-cyclic {MODEL} --stragglers 2 --trials 2"),
    f"simulate sr {CODE.replace('8', '6')} --workers 3 --trials 2",
    f"simulate mine.py::Windows {MODEL} --trials 2 --option window=2 --option share=1/3",
    *("span rows.json", "span few.json", "span rows.json --field 'GF(4)'"),
    "sweep grid.toml",
    *("table --list", "table small-cases", "table hitting-time", "table paper.py::mine --out mine.md"),
    *("table paper.py --list", "new mine", "verify --list", "verify paper.py --list"),
    *("verify --claim fig1 --claim eq3-condition", "verify paper.py", "verify paper.py --claim crashes"),
    *("numbers paper.py", "numbers paper.py --list", "numbers paper.py --check paper.tex"),
]
CHOSEN = {f"option.{name}" for name in ("window", "share", "turned")}
OPTIONAL = {
    "verify": {"[].sources"},
    **dict.fromkeys(
        ("simulate", "sweep"),
        {"message_cost", "master_time", "silent", "degree", "sizes", "stragglers", "access", "phase", "cap"}
        | {"c", "delta", "epsilon", "spread", *CHOSEN},
    ),
    "run": {"startup", "degree", "sizes", "stragglers", "access", "phase", "cap", "files", *CHOSEN},
    "compare": {"options", "options.*", "options.mine.py::Windows.*", "sources", "sources.*", "points[].cells"},
    "coverage": {"ever", "expected_rows_to_cover"},
    "floor": {"message_cost", "master_time", "silent", "queue"},
    "guarantee": {"access", "message_cost", "silent"},
    "latency": {"degree", "stragglers", "access", "message_cost", "master_time", *CHOSEN},
    "cite": {"versions.*", "not_of_the_lock.*"},
    "hunt": {"searched.complete[].*", "searched.not_complete[].*", "searched.unanswered"},
    "table": {"rows[].*"},
}
OPEN = {"verify": ("[].evidence",), "hunt": ("counterexample", "searched.unanswered")}
"""What a check or a conjecture has to say is its own."""
SAME = dict.fromkeys(("simulate", "sweep"), ("simulate", "sweep"))
"""Verbs that print the same."""
Answers = Callable[[str], list[Any]]
_SEEN: dict[str, list[Any]] = {}


@pytest.fixture
def answers(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Answers:
    """The documents that a command prints with ``--json``, each command run once."""

    def survived(*arguments: Any, **given: Any) -> Execution:
        """A fault, which workers within this process do not have."""
        return replace(compute_sum(*arguments, **given), faults=(Fault(0.1, (3, 4), "planted"),))

    def told(line: str) -> list[Any]:
        if line not in _SEEN:
            for name, text in FILES.items():
                (tmp_path / name).write_text(text)
            monkeypatch.chdir(tmp_path)
            monkeypatch.syspath_prepend(tmp_path)
            if line.startswith("run"):
                request.getfixturevalue("inside")
                monkeypatch.setattr(execution, "compute_sum", survived if "--kill" in line else compute_sum)
            if "--out figures" in line:
                request.getfixturevalue("svg_alone")
            monkeypatch.setattr(Effort, "trials", property(lambda _: 3))
            if line.startswith("check"):
                run("span", "rows.json", "--certificate", "proof.json")
                run("span", "few.json", "--certificate", "none.json")
            done = run(*shlex.split(line), "--json")
            assert done.status in (0, 1), done.stderr
            each_line = line.startswith("sweep")
            _SEEN[line] = [json.loads(text) for text in (done.stdout.splitlines() if each_line else [done.stdout])]
        return _SEEN[line]

    return told


def schema(verb: str) -> dict[str, Any]:
    return json.loads(schema_file(verb).read_text(encoding="utf-8"))


@cache
def validator(verb: str) -> Any:
    """Of the verb's schema; jsonschema takes seconds to import, which who only collects the tests does not need."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema(verb))


def faults(verb: str, document: Any) -> list[str]:
    return [error.message for error in validator(verb).iter_errors(document)]


def refused(verb: str, document: Any) -> bool:
    """Whether there is a fault, which takes less than all of them."""
    return not validator(verb).is_valid(document)


def objects(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document and where it stands, of a list the first alone."""
    if isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            yield from objects(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list) and value:
        yield from objects(value[0], f"{path}[]")


def documents(verb: str) -> list[str]:
    return [line for line in COMMANDS if line.split()[0] == verb]


# -------------------------------------------------------------------------------------------------- what is printed


@pytest.mark.parametrize("line", COMMANDS)
def test_what_a_verb_prints_is_as_its_schema_says(answers: Answers, line: str) -> None:
    printed = answers(line)
    assert printed
    assert [fault for document in printed for fault in faults(line.split()[0], document)] == []


@pytest.mark.parametrize("verb", WITH_JSON)
def test_every_key_that_a_schema_knows_is_printed_by_some_command(answers: Answers, verb: str) -> None:
    assert documents(verb), f"{verb} has --json: add commands of it to COMMANDS of tests/cli/test_schemas.py"
    lines = [line for verb in SAME.get(verb, (verb,)) for line in documents(verb)]
    met = {name for line in lines for document in answers(line) for _, found in objects(document) for name in found}
    assert {name for part in parts(schema(verb)) for name in part.get("properties", ())} - met == set()


SOME = [*("check .valid", "span .spans", "hunt .found", "compare points[].frontier", "run .recovered")]
"""Places that are both true and false."""
NONE = [
    *("check .reason", "span .stopping_time", "hunt .counterexample", "design .sizes", "guarantee .rows"),
    *("guarantee .time", "simulate latency.mean", "simulate latency.sd", "verify [].trials", "table .file"),
    *("floor .condition", "floor .mean", "floor quantiles.0.99", "coverage .condition", "latency .condition"),
    *("latency .bound", "compare points[].latency.mean"),
]
"""Places that are null, and not."""


def test_both_answers_are_tried(answers: Answers) -> None:
    seen: dict[str, set[Any]] = {}
    for line in COMMANDS:
        for document in answers(line):
            for path, found in objects(document):
                for name, value in found.items():
                    kind = value if isinstance(value, bool) or value is None else type(value)
                    seen.setdefault(f"{line.split()[0]} {path}.{name}", set()).add(kind)
    assert {place: seen[place] for place in SOME} == {place: {True, False} for place in SOME}
    assert [place for place in NONE if not {None} < seen[place]] == []


# ---------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.quality
@pytest.mark.parametrize("line", COMMANDS)
def test_a_field_too_few_or_too_many_or_of_a_wrong_type_is_refused(answers: Answers, line: str) -> None:
    verb, document = line.split()[0], answers(line)[0]
    may = OPTIONAL.get(verb, set())
    for path, found in objects(document):
        if path.startswith(OPEN.get(verb, ("-",))):
            continue
        assert refused(verb, changed(document, path, "planted", {})), path
        for name in found:
            place = f"{path}.{name}"
            wrong = 1 if place in OPEN.get(verb, ()) else {"planted": []}
            assert refused(verb, changed(document, path, name, wrong)), place
            if not {place.lstrip("."), f"{path}.*"} & may:
                assert refused(verb, without(document, path, name)), place
    if verb in OPEN and document and not isinstance(document, list) and document.get("counterexample"):
        assert refused(verb, without(document, "counterexample", "rows"))


def changed(document: Any, path: str, name: str, value: Any) -> Any:
    """The document with a field of the object at that place set."""
    whole = deepcopy(document)
    next(found for where, found in objects(whole) if where == path)[name] = value
    return whole


def without(document: Any, path: str, name: str) -> Any:
    whole = deepcopy(document)
    del next(found for where, found in objects(whole) if where == path)[name]
    return whole


@pytest.mark.quality
@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("check proof.json --matrix rows.json", {"reason": "planted"}),
        ("span rows.json", {"stopping_time": None}),
        ("span few.json", {"stopping_time": 1}),
        ("hunt systematic-spans --max-symbols 3", {"found": True}),
        (f"design {MODEL} --by 0.05", {"rows": 1.0}),
        (f"guarantee {CODE} --confidence 0.5", {"probability": [0.5, 1.0]}),
        (f"guarantee {CODE} --by-rows 9", {"probability": [0.5, 1.5]}),
        (f"floor {MODEL} --at 1 --at 3", {"mean": -1.0}),
        (f"simulate sr {CODE} --trials 3", {"trials": 0}),
        (f"simulate sr {CODE} --trials 3", {"unrecovered": True}),
        (f"simulate sr {CODE} --trials 3", {"scheme": "mine.py::Windows"}),
        (f"simulate mine.py::Windows {MODEL} --trials 2 --option window=2 --option share=1/3", {"source": "planted"}),
        (f"{RUN} --degree 3 --kill 0", {"recovered": False}),
        (f"{RUN} --degree 3 --kill 0", {"scheme": "mine.py::Windows"}),
    ],
)
def test_an_answer_at_odds_with_itself_is_refused(answers: Answers, line: str, change: dict[str, Any]) -> None:
    assert refused(line.split()[0], answers(line)[0] | change)


# ------------------------------------------------------------------------------------------------------- the schemas


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema, but for those of what goes with what."""
    if isinstance(value, dict):
        yield value
        for name, inner in value.items():
            if name not in ("if", "then", "else"):
                yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def test_a_schema_for_every_verb_that_prints_json() -> None:
    there = {path.stem for path in FOLDER.iterdir()}
    assert there == set(WITH_JSON), "each verb with --json has a file srtheory/schemas/VERB.json, and nobody else"


@pytest.mark.parametrize("verb", WITH_JSON)
def test_it_is_a_schema_of_the_draft_and_tells_what_is_what(verb: str) -> None:
    whole = schema(verb)
    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    validator(verb).check_schema(whole)
    assert verb in whole["title"]
    assert whole["description"]
    for part in parts(whole):
        if part.get("type") == "object":
            assert "additionalProperties" in part, part
        for name, inner in part.get("properties", {}).items():
            meant = whole["$defs"][inner["$ref"].split("/")[-1]] if inner.keys() == {"$ref"} else inner
            assert meant.get("description"), name


def test_a_line_of_sweep_is_as_of_simulate() -> None:
    one, line = schema("simulate"), schema("sweep")
    for name in ("title", "description"):
        del one[name], line[name]
    assert one == line
