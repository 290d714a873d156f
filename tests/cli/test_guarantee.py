"""The verb ``guarantee``: proved probabilities, and what suffices for a confidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.guarantee import guaranteed_rows, guaranteed_time
from srtheory.theory.spanning import latency_bounds
from srtheory.theory.spanning_rows import stopping_bounds
from tests.cli.conftest import Run, asked, refused

CODE = ["--symbols", "6", "--degree", "2", "--tau", "0.1"]
MODEL = [*CODE, "--startup", "expon(scale=5)"]
KNOWN = Model(6, 2, 0.1, stats.expon(scale=5))
BEYOND = ["--message-cost", "0.3", "--silent", "0.1"]
COSTLY = replace(KNOWN, message_cost=0.3, silent=0.1)


def ask(run: Run, *given: str) -> dict[str, Any]:
    return asked(run, "guarantee", *given)


@pytest.mark.parametrize("access", [None, 4])
def test_by_rows(run: Run, access: int | None) -> None:
    answer = ask(run, *MODEL, "--by-rows", "8", *([] if access is None else ["--access", str(access)]))
    assert answer["probability"] == [float(bound) for bound in stopping_bounds(replace(KNOWN, access=access), 8)]
    assert (answer["rows"], answer["time"], answer["confidence"], answer["condition"]) == (8, None, None, None)
    assert answer.get("access") == access
    assert "docs/spanning.md, 1" in answer["argument"]


@pytest.mark.parametrize(
    ("more", "model"), [([], KNOWN), (["--access", "4"], replace(KNOWN, access=4)), (BEYOND, COSTLY)]
)
def test_by_time(run: Run, more: list[str], model: Model) -> None:
    answer = ask(run, *MODEL, "--by-time", "2.5", *more)
    assert answer["probability"] == list(latency_bounds(model, 2.5))
    assert (answer["rows"], answer["time"], answer["condition"]) == (None, 2.5, None)
    assert "2^-50" in answer["argument"]
    assert [answer.get(name) for name in ("message_cost", "silent")] == ([0.3, 0.1] if more == BEYOND else [None] * 2)


@pytest.mark.parametrize(
    ("words", "model", "rows", "says"),
    [
        (MODEL, KNOWN, True, "docs/spanning.md, 1"),
        ([*MODEL, *BEYOND], COSTLY, False, "by rows, the proof does not cover messages that cost"),
        ([*CODE, "--startup", "lognorm(s=1)"], Model(6, 2, 0.1, stats.lognorm(s=1)), False, "not this distribution"),
    ],
)
def test_confidence(run: Run, words: list[str], model: Model, rows: bool, says: str) -> None:
    """A law without a proof by rows has the time only."""
    answer = ask(run, *words, "--confidence", "0.9")
    assert answer["rows"] == (guaranteed_rows(model, 0.9) if rows else None)
    assert answer["time"] == guaranteed_time(model, 0.9)
    assert latency_bounds(model, answer["time"])[0] >= 0.9
    assert (answer["probability"], answer["confidence"]) == (None, 0.9)
    assert says in answer["argument"]


def test_where_too_many_fail_no_time_is_enough(run: Run) -> None:
    """All six never answer with probability 0.7^6 = 0.12."""
    answer = ask(run, *MODEL, "--confidence", "0.9", "--silent", "0.7")
    assert (answer["rows"], answer["time"]) == (None, None)
    assert "no time is proved" in answer["argument"]
    assert ask(run, *MODEL, "--confidence", "0.85", "--silent", "0.7")["time"] > 0


@pytest.mark.parametrize("more", [BEYOND[:2], BEYOND[2:]])
def test_by_rows_the_proof_is_of_the_papers_model(run: Run, more: list[str]) -> None:
    said = refused(run, "guarantee", *MODEL, "--by-rows", "8", *more)
    assert f"'{more[0].strip('-').replace('-', '_')}' must be 0 with --by-rows" in said
    assert said.endswith(f"not {more[1]}.\n")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("--by-rows 3 --by-time 1.5 --confidence 0.5", "by-time"),
        ("--by-time 0 --confidence 0", "confidence"),
        ("--by-rows 0 --confidence 0.25", "confidence"),
    ],
)
def test_of_several_questions_the_second_is_left_out(run: Run, words: str, name: str) -> None:
    assert f"'{name}' must be left out with --{words.split()[0][2:]}, not " in refused(
        run, "guarantee", *MODEL, *words.split()
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("--by-rows 0", {"probability": [0, 0]}),
        ("--by-rows 24", {"probability": [1, 1]}),  # six workers of 1, 2, 2 and 1 terms send so many
        (f"--by-rows {'9' * 40}", {"probability": [1, 1], "rows": int("9" * 40)}),
        ("--confidence 0", {"rows": 0, "time": 0}),
        ("--confidence 1", {"rows": 24, "time": None}),
    ],
)
def test_the_ends(run: Run, question: str, expected: dict[str, object]) -> None:
    answer = ask(run, *MODEL, *question.split())
    assert {name: answer[name] for name in expected} == expected


@pytest.mark.parametrize("t", ["0", "-1e308"])
def test_before_the_first_row_it_is_impossible_but_for_rounding(run: Run, t: str) -> None:
    low, high = ask(run, *MODEL, "--by-time", t)["probability"]
    assert low == 0
    assert high < 1e-12


@pytest.mark.parametrize("question", ["--by-rows 3", "--by-time 2", "--confidence 0.5"])
@pytest.mark.parametrize("code", ["1 1", "3 1", "3 2", "3 3", "3 100000"])
def test_any_code_is_one(run: Run, code: str, question: str) -> None:
    m, d = code.split()
    given = ["--symbols", m, "--degree", d, "--tau", "0.1", "--startup", "pareto(b=1)", *question.split()]
    low, high = ask(run, *given)["probability"] or (0, 1)
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize("question", ["--by-time 2", "--confidence 0.5"])
@pytest.mark.parametrize("law", ["pareto(b=0.5)", "expon(scale=1e-50)", "weibull_min(c=1e100)", "lognorm(s=1e-100)"])
def test_extreme_laws_are_answered_quietly(run: Run, law: str, question: str) -> None:
    assert ask(run, *f"--symbols 2 --degree 1 --tau 1e-3 --startup {law} {question}".split())
