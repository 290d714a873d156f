"""The verb ``coverage``: the four questions it answers, as the library answers them."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.latency import expected_rows
from srtheory.theory.laws.collection import coverage_by_rows, expected_collection
from srtheory.theory.laws.coverage import coverage_and_rows, coverage_by_time, coverage_given_counts, expected_uncovered
from tests.cli.conftest import Run, asked, refused

CODE = ["--symbols", "30", "--degree", "4"]
MODEL = [*CODE, "--tau", "0.1", "--startup", "expon(scale=5)"]
KNOWN = Model(30, 4, 0.1, stats.expon(scale=5))


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("", {}),
        ("--access 20 --silent 0.4", {"access": 20, "silent": 0.4}),
        ("--message-cost 0.2 --silent 0.1", {"message_cost": 0.2, "silent": 0.1}),
        ("--by-rows 31 --access 20", {"access": 20}),
        ("--by-rows 31 --message-cost 0.2", {"message_cost": 0.2}),
    ],
)
def test_by_time(run: Run, words: str, changed: dict[str, Any]) -> None:
    answer, model = asked(run, "coverage", *MODEL, "--by-time", "2.5", *words.split()), replace(KNOWN, **changed)
    known = coverage_and_rows(model, 2.5, 31) if "rows" in words else coverage_by_time(model, 2.5)
    assert answer["probability"] == list(known)
    assert answer.get("ever") == (list(coverage_by_time(model, math.inf)) if model.silent else None)
    assert answer["expected_rows"] == float(expected_rows(model, 2.5))
    assert answer["expected_uncovered"] == float(expected_uncovered(model, 2.5)) > 0
    assert answer["poisson"] == math.exp(-answer["expected_uncovered"])
    if model.silent:
        assert answer["probability"][1] < answer["ever"][0] < 1


@pytest.mark.parametrize("question", [["--by-rows", "3"], ["--counts", "1,1"], []])
@pytest.mark.parametrize("option", ["silent", "message-cost"])
def test_other_laws_are_for_the_papers_model(run: Run, question: list[str], option: str) -> None:
    said = refused(run, "coverage", *MODEL, *question, f"--{option}", "0.4")
    assert f"'{option.replace('-', '_')}'" in said


@pytest.mark.parametrize(
    ("law", "kind"), [("expon()", "rigorous"), ("uniform()", "rigorous"), ("gamma(a=2)", "floating point")]
)
def test_by_rows(run: Run, law: str, kind: str) -> None:
    """Two random rows of two of three symbols cover unless they are equal, which they are once in three times."""
    model = ["--symbols", "3", "--tau", "0.1", "--startup", law, "--degree", "2"]
    answer = asked(run, "coverage", *model, "--by-rows", "2")
    assert answer["kind"].startswith(kind)
    assert answer["collector"] == pytest.approx([2 / 3] * 2, abs=1e-12)
    for degree, rows, probability in ((2, 1, 0.0), (2, 0, 0.0), (3, 1, 1.0), (5, 1, 1.0)):
        answer = asked(run, "coverage", *model[:-1], str(degree), "--by-rows", str(rows))
        assert answer["collector"] == pytest.approx([probability] * 2, abs=1e-12)
        assert rows or answer["probability"] == [0, 0]


def test_the_mean_is_computed_when_it_is_asked_for(run: Run) -> None:
    answer = asked(run, "coverage", *MODEL, "--symbols", "10", "--by-rows", "30", "--mean")
    assert answer["expected_rows_to_cover"] == list(expected_collection(replace(KNOWN, symbols=10)))
    answer = asked(run, "coverage", *MODEL, "--by-rows", "30")
    assert answer["probability"] == [float(x) for x in coverage_by_rows(KNOWN, 30)]
    assert list(answer) == ["probability", "kind", "collector"]
    for words in ("--by-time 2", "--by-time 2 --by-rows 3", "--counts 1,1", ""):
        assert "'mean'" in refused(run, "coverage", *MODEL, *words.split(), "--mean")


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("5 2", "2,1,0,0,1"), ("5 2", " 2, 1,1,0 ,0"), ("5 4", "2,0,0,0,0"), ("1 1", "0"), ("1 1", "1"),
        ("9 3", "3,0,2,1,0,1,1,0,2"), ("40 2", ",".join(["2"] * 40)),
    ],
)  # fmt: skip
def test_given_counts_the_fraction_is_exact_and_between_neighbouring_floats(run: Run, code: str, counts: str) -> None:
    m, d = map(int, code.split())
    answer = asked(run, "coverage", "--symbols", str(m), "--degree", str(d), "--counts", counts)
    exact = coverage_given_counts(m, d, [int(n) for n in counts.split(",")])
    assert Fraction(int(answer["numerator"]), int(answer["denominator"])) == exact
    low, high = answer["probability"]
    assert Fraction(low) <= exact <= Fraction(high)
    assert high == low if Fraction(low) == exact else high == math.nextafter(low, 2)
    assert answer["poisson"] == math.exp(-answer["expected_uncovered"])
    assert abs(float(exact) - answer["poisson"]) <= answer["poisson_error"] + 1e-15


def test_observed_delays_answer_by_time_only(run: Run, tmp_path: Path) -> None:
    (tmp_path / "delays").write_text("1 2 3")
    model = [*CODE, "--tau", "0.1", "--startup", f"sample:{tmp_path / 'delays'}"]
    assert asked(run, "coverage", *model, "--by-time", "2.5")
    assert "--by-time takes samples" in refused(run, "coverage", *model, "--by-rows", "30")


@pytest.mark.parametrize("code", ["1 1", "1 5", "2 1", "2 2", "9 3", "9 7", "9 8", "9 9", "9 50"])
def test_any_degree_is_one(run: Run, code: str) -> None:
    m, d = code.split()
    words = ["--symbols", m, "--degree", d]
    model = [*words, "--tau", "0.1", "--startup", "expon()"]
    counts = ",".join(["1", *["0"] * (int(m) - 1)])
    for given in ([*model, "--by-time", "3"], [*model, "--by-rows", "3"], [*words, "--counts", counts]):
        answer = asked(run, "coverage", *given)
        assert m != "1" or "--by-time" in given or answer["probability"] == [1, 1]
