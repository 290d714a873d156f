"""The verb ``guarantee``: proved probabilities, what suffices for a confidence, one-line errors."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.guarantee import guaranteed_rows, guaranteed_time
from srtheory.theory.spanning import latency_bounds
from srtheory.theory.spanning_rows import stopping_bounds
from tests.cli.conftest import Run

CODE = ["--symbols", "6", "--degree", "2", "--tau", "0.1"]
MODEL = [*CODE, "--startup", "expon(scale=5)"]
verb = import_module("srtheory.cli.guarantee")

KNOWN = Model(6, 2, 0.1, stats.expon(scale=5))


def ask(run: Run, *given: str) -> dict:
    done = run("guarantee", *given, "--json")
    assert (done.status, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_by_rows(run: Run) -> None:
    answer = ask(run, *MODEL, "--by-rows", "8")
    assert answer["probability"] == [float(bound) for bound in stopping_bounds(KNOWN, 8)]
    assert (answer["rows"], answer["time"], answer["confidence"], answer["condition"]) == (8, None, None, None)
    assert "docs/spanning.md, 1" in answer["argument"]
    assert "ball arithmetic" in answer["argument"]


def test_by_time(run: Run) -> None:
    answer = ask(run, *MODEL, "--by-time", "2.5", "--access", "4")
    assert answer["probability"] == list(latency_bounds(replace(KNOWN, access=4), 2.5))
    assert (answer["rows"], answer["time"], answer["access"]) == (None, 2.5, 4)
    assert "2^-50" in answer["argument"]


BEYOND = ["--message-cost", "0.3", "--silent", "0.1"]
COSTLY = replace(KNOWN, message_cost=0.3, silent=0.1)


def test_by_time_with_messages_that_cost_and_workers_that_fail(run: Run) -> None:
    answer = ask(run, *MODEL, "--by-time", "4", *BEYOND)
    assert answer["probability"] == list(latency_bounds(COSTLY, 4))
    assert (answer["message_cost"], answer["silent"], answer["condition"]) == (0.3, 0.1, None)
    assert answer["probability"][1] < ask(run, *MODEL, "--by-time", "4")["probability"][0]


def test_confidence_then_is_of_a_time(run: Run) -> None:
    answer = ask(run, *MODEL, "--confidence", "0.9", *BEYOND)
    assert answer["rows"] is None
    assert answer["time"] == guaranteed_time(COSTLY, 0.9)
    assert "by rows, the proof does not cover messages that cost" in answer["argument"]
    assert latency_bounds(COSTLY, answer["time"])[0] >= 0.9


def test_where_too_many_fail_no_time_is_enough(run: Run) -> None:
    """All six never answer with probability 0.7^6 = 0.12."""
    answer = ask(run, *MODEL, "--confidence", "0.9", "--silent", "0.7")
    assert (answer["rows"], answer["time"]) == (None, None)
    assert "no time is proved" in answer["argument"]
    assert ask(run, *MODEL, "--confidence", "0.85", "--silent", "0.7")["time"] > 0


@pytest.mark.parametrize("more", [BEYOND[:2], BEYOND[2:]])
def test_by_rows_the_proof_is_of_the_papers_model(run: Run, more: list[str]) -> None:
    done = run("guarantee", *MODEL, "--by-rows", "8", *more)
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"'{more[0].strip('-').replace('-', '_')}'" in done.stderr
    assert "must be 0 with --by-rows, whose proof assumes" in done.stderr
    assert done.stderr.endswith(f"not {more[1]}.\n")


def test_confidence(run: Run) -> None:
    answer = ask(run, *MODEL, "--confidence", "0.9")
    assert answer["rows"] == guaranteed_rows(KNOWN, 0.9)
    assert answer["time"] == guaranteed_time(KNOWN, 0.9)
    assert (answer["probability"], answer["confidence"]) == (None, 0.9)


def test_a_law_without_a_proof_by_rows_has_the_time_only(run: Run) -> None:
    answer = ask(run, *CODE, "--startup", "lognorm(s=1)", "--confidence", "0.9")
    assert answer["rows"] is None
    assert answer["time"] == guaranteed_time(Model(6, 2, 0.1, stats.lognorm(s=1)), 0.9)
    assert "but not this distribution" in answer["argument"]


def test_what_an_untested_law_rests_on_is_said(run: Run) -> None:
    answer = ask(run, *CODE, "--startup", "gamma(a=2)", "--by-time", "3")
    assert answer["condition"] in answer["argument"]
    assert "not been tested" in answer["condition"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (["--by-rows", "0"], {"probability": [0, 0]}),
        (["--by-rows", "24"], {"probability": [1, 1]}),
        (["--by-rows", "9" * 40], {"probability": [1, 1], "rows": int("9" * 40)}),
        (["--confidence", "0"], {"rows": 0, "time": 0}),
        (["--confidence", "1"], {"rows": 24, "time": None}),
    ],
)
def test_the_ends(run: Run, question: list[str], expected: dict[str, object]) -> None:
    answer = ask(run, *MODEL, *question)
    assert {name: answer[name] for name in expected} == expected


@pytest.mark.parametrize("t", ["0", "-1e308"])
def test_before_the_first_row_it_is_impossible_but_for_rounding(run: Run, t: str) -> None:
    low, high = ask(run, *MODEL, "--by-time", t)["probability"]
    assert low == 0
    assert high < 1e-12


@pytest.mark.parametrize("question", [["--by-rows", "3"], ["--by-time", "2"], ["--confidence", "0.5"]])
@pytest.mark.parametrize("code", [("1", "1"), ("3", "1"), ("3", "2"), ("3", "3"), ("3", "100000")])
def test_any_code_is_one(run: Run, code: tuple[str, str], question: list[str]) -> None:
    given = ["--symbols", code[0], "--degree", code[1], "--tau", "0.1", "--startup", "pareto(b=1)", *question]
    answer = ask(run, *given)
    if question[0] != "--confidence":
        low, high = answer["probability"]
        assert 0 <= low <= high <= 1


@pytest.mark.parametrize("question", [["--by-time", "2"], ["--confidence", "0.5"]])
@pytest.mark.parametrize("law", ["pareto(b=0.5)", "expon(scale=1e-50)", "weibull_min(c=1e100)", "lognorm(s=1e-100)"])
def test_extreme_laws_are_answered_quietly(run: Run, law: str, question: list[str]) -> None:
    done = run("guarantee", "--symbols", "2", "--degree", "1", "--tau", "1e-3", "--startup", law, *question)
    assert (done.status, done.stderr) == (0, "")


def test_the_answer_in_words(run: Run) -> None:
    lines = dict(line.split(maxsplit=1) for line in run("guarantee", *MODEL, "--by-rows", "8").stdout.splitlines())
    low, high = map(float, lines["probability"].strip("[]").split(","))
    assert 0 <= low < high <= 1
    assert math.isclose(high, float(stopping_bounds(KNOWN, 8)[1]))


def test_an_answer_by_time_to_the_letter(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def bounds(model: Model, t: float) -> tuple[float, float]:
        asked.append((model.symbols, model.d, model.access, model.tau, model.message_cost, model.silent, t))
        return 0.25, 2 / 3

    monkeypatch.setattr("srtheory.theory.spanning.latency_bounds", bounds)
    done = run("guarantee", *MODEL, "--access", "4", "--silent", "0.125", "--by-time", "3")
    assert (done.status, done.stderr) == (0, "")
    assert asked == [(6, 2, 4, 0.1, 0.0, 0.125, 3.0)]
    *lines, argument = done.stdout.splitlines()
    assert lines == [
        "symbols      6",
        "degree       2",
        "access       4",
        "tau          0.1 time units per term",
        "silent       0.125",
        "startup      expon(loc=0.0, scale=5.0)",
        "confidence   none",
        "probability  [0.25, 0.6666666667]",
        "rows         none",
        "time         3 time units",
        "condition    none",
    ]
    assert argument.startswith("argument     Proved for every m")
    assert argument.endswith("; by time, for any start-up distribution, resting on values of F that are accurate to "
                             "within 2^-50")  # fmt: skip


def test_of_several_questions_the_second_is_left_out() -> None:
    none = dict.fromkeys(("by_rows", "by_time", "confidence"))
    for given, name, value, other in (
        *(({"by_rows": 3, "by_time": 1.5, "confidence": 0.5}, "by-time", 1.5, "by-rows"),),
        ({"by_time": 0.0, "confidence": 0.0}, "confidence", 0.0, "by-time"),
        ({"by_rows": 0, "confidence": 0.25}, "confidence", 0.25, "by-rows"),
    ):
        with pytest.raises(ArgumentError) as refusal:
            verb._one_question(none | given)
        told = refusal.value
        assert (told.name, told.value, told.expected) == (name, value, f"left out with --{other}")
    for one in ({"by_rows": 0}, {"by_time": 0.0}, {"confidence": 0.0}):
        verb._one_question(none | one)


def test_rows_beyond_all_are_all_rows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With m = 6 and d = 2 a worker sends 1, 2, 2 and 1 terms: 24 rows in all. Each question moves the bar once."""
    asked: list[Any] = []
    monkeypatch.setattr(
        "srtheory.theory.spanning_rows.stopping_bounds", lambda model, rows: asked.append(rows) or (0, 1)
    )
    for rows in ("23", "24", "25"):
        answer = ask(run, *MODEL, "--by-rows", rows)
        assert (answer["probability"], answer["rows"]) == ([0.0, 1.0], int(rows))
    assert asked == [23, 24, 24]
    steps: list[int] = []
    model = replace(KNOWN, symbols=6)
    given = {"by_rows": 4, "message_cost": 0.0, "silent": 0.0, "startup": "x", "by_time": 1.0}
    for question in (verb._by_rows, verb._by_time):
        question(given, model, lambda: steps.append(1))
    assert steps == [1, 1]
