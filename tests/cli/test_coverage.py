"""The verb ``coverage``: the four questions it answers, as the library answers them, and one-line errors."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from scipy import stats

from srtheory.theory.collection import coverage_by_rows
from srtheory.theory.coverage import coverage_and_rows, coverage_by_time, coverage_given_counts
from tests.cli.conftest import Run

CODE = ["--symbols", "30", "--degree", "4"]
MODEL = [*CODE, "--tau", "0.1", "--startup", "expon(scale=5)"]
EXPON = stats.expon(scale=5)


def test_by_time(run: Run) -> None:
    answer = json.loads(run("coverage", *MODEL, "--by-time", "2.5", "--json").stdout)
    assert answer["probability"] == list(coverage_by_time(2.5, 30, 4, 0.1, EXPON))
    assert 0 < answer["poisson"] < 1


def test_by_time_with_rows_and_less_access(run: Run) -> None:
    given = ["--by-time", "2.5", "--by-rows", "31", "--access", "20"]
    answer = json.loads(run("coverage", *MODEL, *given, "--json").stdout)
    assert answer["probability"] == list(coverage_and_rows(2.5, 31, 30, 4, 0.1, EXPON, access=20))


def test_by_rows(run: Run) -> None:
    answer = json.loads(run("coverage", *MODEL, "--by-rows", "30", "--json").stdout)
    assert answer["probability"] == [float(x) for x in coverage_by_rows(30, 30, 4, 0.1, EXPON)]
    low, high = answer["expected_rows_to_cover"]
    assert 20 < low < high < 40


def test_given_counts(run: Run) -> None:
    counts = [2, 1, 0, 0, 1]
    answer = json.loads(run("coverage", "--symbols", "5", "--degree", "2", "--counts", "2,1,0,0,1", "--json").stdout)
    exact = coverage_given_counts(5, 2, counts)
    assert Fraction(int(answer["numerator"]), int(answer["denominator"])) == exact
    low, high = (Fraction(x) for x in answer["probability"])
    assert low <= exact <= high
    assert high - low < Fraction(1, 2**52)


def test_text_shows_the_interval(run: Run) -> None:
    result = run("coverage", *MODEL, "--by-time", "2.5")
    assert result.status == 0
    assert result.stdout.startswith("probability          [0.")


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


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("by-time", MODEL),
        ("by-time", [*MODEL, "--by-time", "nan"]),
        ("by-rows", [*MODEL, "--by-rows", "-1"]),
        ("tau", [*CODE, "--by-time", "1"]),
        ("startup", [*CODE, "--tau", "1", "--by-time", "1"]),
        ("tau", [*CODE, "--tau", "1", "--counts", "1"]),
        ("counts", [*CODE, "--counts", "1,x"]),
        ("counts", [*CODE, "--counts", "1,2"]),
        ("degree", ["--symbols", "3", "--degree", "0", "--counts", "1,1,1"]),
        ("access", [*MODEL, "--access", "31", "--by-time", "1"]),
    ],
)
def test_errors_name_the_argument(run: Run, name: str, given: list[str]) -> None:
    result = run("coverage", *given)
    assert result.status == 2
    assert f"'{name}'" in result.stderr
    assert result.stderr.count("\n") == 1
