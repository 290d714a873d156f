"""The verb ``coverage``: the four questions it answers, as the library answers them, and one-line errors."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.latency import expected_rows
from srtheory.theory.laws.collection import coverage_by_rows, expected_collection
from srtheory.theory.laws.coverage import coverage_and_rows, coverage_by_time, coverage_given_counts, expected_uncovered
from tests.cli.conftest import Run

verb = import_module("srtheory.cli.coverage")

CODE = ["--symbols", "30", "--degree", "4"]
MODEL = [*CODE, "--tau", "0.1", "--startup", "expon(scale=5)"]
KNOWN = Model(30, 4, 0.1, stats.expon(scale=5))


def test_by_time(run: Run) -> None:
    answer = json.loads(run("coverage", *MODEL, "--by-time", "2.5", "--json").stdout)
    assert answer["probability"] == list(coverage_by_time(KNOWN, 2.5))
    assert 0 < answer["poisson"] < 1


def test_by_time_if_workers_may_never_answer(run: Run) -> None:
    answer = json.loads(
        run("coverage", *MODEL, "--by-time", "2.5", "--access", "20", "--silent", "0.4", "--json").stdout
    )
    model = replace(KNOWN, access=20, silent=0.4)
    assert answer["probability"] == list(coverage_by_time(model, 2.5))
    assert answer["ever"] == list(coverage_by_time(model, math.inf))
    assert answer["expected_rows"] == pytest.approx(0.6 * float(expected_rows(replace(KNOWN, access=20), 2.5)))
    assert (answer["probability"][1] < answer["ever"][0] < 1, answer["condition"]) == (True, None)


def test_by_time_with_messages_that_cost(run: Run) -> None:
    for rows in ([], ["--by-rows", "31"]):
        given = ["--by-time", "3.5", *rows, "--message-cost", "0.2", "--silent", "0.1", "--json"]
        answer = json.loads(run("coverage", *MODEL, *given).stdout)
        model = replace(KNOWN, message_cost=0.2, silent=0.1)
        probability = coverage_and_rows(model, 3.5, 31) if rows else coverage_by_time(model, 3.5)
        assert answer["probability"] == list(probability)
        assert answer["expected_rows"] == float(expected_rows(model, 3.5))
        assert answer["expected_uncovered"] == float(expected_uncovered(model, 3.5))
        assert answer["poisson"] == math.exp(-answer["expected_uncovered"])


@pytest.mark.parametrize("question", [["--by-rows", "3"], ["--counts", "1,1"], []])
@pytest.mark.parametrize("option", ["silent", "message-cost"])
def test_other_laws_are_for_the_papers_model(run: Run, question: list[str], option: str) -> None:
    done = run("coverage", *MODEL, *question, f"--{option}", "0.4")
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"'{option.replace('-', '_')}'" in done.stderr


def test_by_time_with_rows_and_less_access(run: Run) -> None:
    given = ["--by-time", "2.5", "--by-rows", "31", "--access", "20"]
    answer = json.loads(run("coverage", *MODEL, *given, "--json").stdout)
    assert answer["probability"] == list(coverage_and_rows(replace(KNOWN, access=20), 2.5, 31))


def test_by_rows(run: Run) -> None:
    answer = json.loads(run("coverage", *MODEL, "--by-rows", "30", "--json").stdout)
    assert answer["probability"] == [float(x) for x in coverage_by_rows(KNOWN, 30)]
    assert list(answer) == ["probability", "kind", "collector"]


def test_the_mean_is_computed_when_it_is_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.loads(run("coverage", *MODEL, "--symbols", "10", "--by-rows", "30", "--mean", "--json").stdout)
    assert answer["expected_rows_to_cover"] == list(expected_collection(replace(KNOWN, symbols=10)))

    def unasked(*_: object, **__: object) -> None:
        raise AssertionError("the mean is dear")

    monkeypatch.setattr("srtheory.theory.laws.collection.expected_collection", unasked)
    assert run("coverage", *MODEL, "--by-rows", "30").status == 0


@pytest.mark.parametrize(
    "given", [["--by-time", "2"], ["--by-time", "2", "--by-rows", "3"], ["--counts", "1,1"], []], ids=" ".join
)
def test_the_mean_goes_with_rows_alone(run: Run, given: list[str]) -> None:
    done = run("coverage", *MODEL, *given, "--mean")
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "'mean'" in done.stderr


def test_given_counts(run: Run) -> None:
    counts = [2, 1, 0, 0, 1]
    answer = json.loads(run("coverage", "--symbols", "5", "--degree", "2", "--counts", "2,1,0,0,1", "--json").stdout)
    exact = coverage_given_counts(5, 2, counts)
    assert Fraction(int(answer["numerator"]), int(answer["denominator"])) == exact
    low, high = (Fraction(x) for x in answer["probability"])
    assert low <= exact <= high
    assert high - low < Fraction(1, 2**52)
    assert answer["poisson"] == math.exp(-answer["expected_uncovered"])
    assert 0 < answer["poisson"] < 1


def test_text_shows_the_interval(run: Run) -> None:
    result = run("coverage", *MODEL, "--by-time", "2.5")
    assert result.status == 0
    assert result.stdout.startswith("probability            [0.")


def test_observed_delays_answer_by_time_only(run: Run, tmp_path: Path) -> None:
    (tmp_path / "delays").write_text("1 2 3")
    model = [*CODE, "--tau", "0.1", "--startup", f"sample:{tmp_path / 'delays'}"]
    assert run("coverage", *model, "--by-time", "2.5").status == 0
    refused = run("coverage", *model, "--by-rows", "30")
    assert refused.status == 2
    assert "--by-time takes samples" in refused.stderr


def test_one_symbol(run: Run) -> None:
    model = ["--symbols", "1", "--degree", "1", "--tau", "0.1", "--startup", "expon(scale=5)"]
    assert json.loads(run("coverage", *model, "--by-rows", "1", "--json").stdout)["probability"] == [1.0, 1.0]


@pytest.mark.parametrize("count", ["0", "1"])
def test_one_symbol_given_its_count(run: Run, count: str) -> None:
    given = ["--symbols", "1", "--degree", "1", "--counts", count]
    answer = json.loads(run("coverage", *given, "--json").stdout)
    assert answer["probability"] == [float(count)] * 2
    assert answer["expected_uncovered"] == 1 - float(count)


@pytest.mark.parametrize(
    ("symbols", "degree"), [(1, 1), (1, 5), (2, 1), (2, 2), (9, 3), (9, 7), (9, 8), (9, 9), (9, 50)]
)
def test_any_degree_is_one(run: Run, symbols: int, degree: int) -> None:
    code = ["--symbols", str(symbols), "--degree", str(degree)]
    model = [*code, "--tau", "0.1", "--startup", "expon()"]
    counts = ",".join(["1", *["0"] * (symbols - 1)])
    for given in ([*model, "--by-time", "3"], [*model, "--by-rows", "3"], [*code, "--counts", counts]):
        result = run("coverage", *given)
        assert (result.status, result.stderr) == (0, "")


@pytest.mark.parametrize("law", ["expon(scale=5)", "gamma(a=2)"])
def test_what_an_interval_rests_on_is_said_of_untested_laws_alone(run: Run, law: str) -> None:
    given = [*CODE, "--tau", "0.1", "--startup", law, "--by-time", "2"]
    said = json.loads(run("coverage", *given, "--json").stdout)["condition"]
    assert (said is None) is (law == "expon(scale=5)")
    assert (said or "none") in run("coverage", *given).stdout


# ------------------------------------------------------------------------------------------ by hand, without a search


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (Fraction(5, 8), 0.625, 0.625),
        (Fraction(0), 0.0, 0.0),
        (Fraction(1, 3), 1 / 3, math.nextafter(1 / 3, 1)),  # whose nearest float is below
        (Fraction(1, 10), math.nextafter(0.1, 0), 0.1),  # and above
        (1 - Fraction(1, 2**60), 1 - 2**-53, 1.0),
        (Fraction(1, 10**400), 0.0, 5e-324),
    ],
)
def test_floats_around_a_fraction_are_neighbours(value: Fraction, low: float, high: float) -> None:
    assert verb._around(value) == (low, high)
    assert Fraction(low) <= value <= Fraction(high)


def test_counts_are_one_number_between_any_two_commas() -> None:
    assert verb._counts("3") == [3]
    assert verb._counts(" 2 ,0, 11 ") == [2, 0, 11]
    for wrong in ("", ",", "x,x", "1,", "1,,2", "x", "1,x,2", "1.0"):
        with pytest.raises(ArgumentError, match="'counts' must be integers separated by commas"):
            verb._counts(wrong)


@pytest.mark.parametrize(
    ("law", "kind"),
    [
        (stats.expon(), "rigorous interval"), (stats.uniform(), "rigorous interval"),
        (stats.gamma(2), "floating point with an estimated error"),
    ],
)  # fmt: skip
def test_an_answer_by_rows_says_how_certain_it_is(monkeypatch: pytest.MonkeyPatch, law: Any, kind: str) -> None:
    """Two random rows of two of three symbols cover unless they are equal, which they are once in three times."""
    monkeypatch.setattr("srtheory.theory.laws.collection.coverage_by_rows", lambda model, rows: (0.25, 0.125 * rows))
    monkeypatch.setattr("srtheory.theory.laws.collection.expected_collection", lambda model: (1.5, 2.5))
    found = verb._by_rows(4, Model(3, 2, 0.1, law), True)
    assert list(found) == ["probability", "kind", "expected_rows_to_cover", "collector"]
    assert (found["probability"], found["kind"]) == ([0.25, 0.5], kind)
    assert found["expected_rows_to_cover"] == [1.5, 2.5]
    for degree, rows, probability in ((2, 2, 2 / 3), (2, 1, 0.0), (3, 1, 1.0), (5, 1, 1.0)):
        found = verb._by_rows(rows, Model(3, degree, 0.1, law), False)
        assert found["collector"] == pytest.approx([probability] * 2, abs=1e-12)
        assert "expected_rows_to_cover" not in found


def test_no_rows_cover_nothing(run: Run) -> None:
    done = run("coverage", "--symbols", "3", *MODEL[2:], "--by-rows", "0", "--json")
    answer = json.loads(done.stdout)
    assert (done.status, answer["probability"], answer["collector"][0]) == (0, [0.0, 0.0], 0.0)
    assert answer["collector"][1] < 1e-99  # an interval that is rounded outwards


def test_an_answer_given_counts_to_the_letter(run: Run) -> None:
    """The second row of the first worker has all terms but its own."""
    given = ["coverage", "--symbols", "5", "--degree", "4", "--counts", "2,0,0,0,0"]
    done = run(*given)
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "probability            [1, 1]",
        "kind                   exact fraction",
        "numerator              1",
        "denominator            1",
        "expected_uncovered     0 symbols",
        "poisson                1",
        "poisson_error          0",
    ]
