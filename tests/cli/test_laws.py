"""The verbs of the theory, ``coverage``, ``design``, ``floor``, ``guarantee`` and ``latency``: ends, texts, arguments.

Their numbers are asked in tests/contracts/test_questions.py; what they refuse, and that a table has the JSON's numbers,
of all verbs in tests/contracts/test_verbs.py.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from srtheory.theory.by_scheme import SCHEMES_WITH_LAW
from srtheory.theory.coverage import coverage_given_counts
from tests.cli.conftest import Run, asked, refused, sizes

MODEL = "--symbols 12 --degree 3 --tau 0.1 --startup expon(scale=5)"
ANY = "--symbols 12 --tau 0.1 --startup expon(scale=5)"
COSTLY = "--message-cost 0.3 --silent 0.1"


ANSWERS: dict[str, dict[str, Any]] = {
    # two random rows of two of three symbols cover unless they are equal, which they are once in three times
    "coverage --symbols 3 --degree 2 --tau 1 --startup uniform() --by-rows 2": {
        "collector": pytest.approx([2 / 3] * 2, abs=1e-12)
    },
    "coverage --symbols 3 --degree 5 --tau 1 --startup gamma(a=2) --by-rows 1": {
        "collector": pytest.approx([1, 1], abs=1e-12), "kind": "floating point with an estimated error"
    },
    "coverage --symbols 3 --degree 2 --tau 1 --startup expon() --by-rows 0": {
        "probability": [0, 0], "kind": "rigorous interval"
    },
    # all twelve never answer with probability 0.9^12 = 0.28
    f"guarantee {MODEL} --confidence 0.9 --silent 0.9": {"rows": None, "time": None, "probability": None},
    f"guarantee {MODEL} --by-rows 0": {"probability": [0, 0]},
    f"guarantee {MODEL} --by-rows {'9' * 40}": {"probability": [1, 1], "rows": int("9" * 40)},
    f"guarantee {MODEL} --confidence 0": {"rows": 0, "time": 0},
    f"guarantee {MODEL} --confidence 1": {"rows": 12 * (1 + 4), "time": None},
}  # fmt: skip


@pytest.mark.parametrize("line", ANSWERS)
def test_the_ends_of_what_is_asked_are_known(run: Run, line: str) -> None:
    answer = asked(run, *line.split())
    assert {name: answer.get(name) for name in ANSWERS[line]} == ANSWERS[line]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        *(
            ("--by-rows 20", "docs/proofs/spanning.md, 1"),
            ("--by-time 2.5", "2^-50"),
            ("--confidence 0.9", "ball arithmetic"),
        ),
        (f"--confidence 0.9 {COSTLY}", "by rows, the proof does not cover random times, messages that cost"),
        *(("--confidence 0.9 --startup lognorm(s=1)", "not this distribution"),),
        ("--confidence 0.9 --silent 0.9", "no time is proved"),
    ],
)
def test_an_argument_says_on_what_it_rests(run: Run, more: str, says: str) -> None:
    assert says in asked(run, "guarantee", *MODEL.split(), *more.split())["argument"]


@pytest.mark.parametrize(
    ("code", "counts"),
    [("5 2", "2,1,0,0,1"), ("5 2", " 2, 1,1,0 ,0"), ("5 4", "2,0,0,0,0"), ("1 1", "0"), ("9 3", "3,0,2,1,0,1,1,0,2")],
)
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


# ----------------------------------------------------------------------------------------------------- floor and design


@pytest.mark.parametrize("words", ["", f"{COSTLY} --master-time 0.2", "--workers 2"])
def test_a_table_has_the_floor_rounded_down(run: Run, words: str) -> None:
    given = f"{ANY} {words} --at 1 --at 2.5".split()
    answer = asked(run, "floor", *given)
    assert "independent of all delays" in answer["hypotheses"]
    pairs = {f"P(T > {each['t']:g})": (each["late"], each["closed_form"]) for each in answer["at"]}
    closed = answer["closed_form"]
    pairs |= {f"quantile {q}": (x, closed["quantiles"][q]) for q, x in answer["quantiles"].items()}
    pairs["E[T]"] = answer["mean"], closed["mean"]
    rows = {line[:13].strip(): line[13:].split() for line in run("floor", *given).stdout.splitlines()}
    for name, exact in pairs.items():
        for text, value in zip(rows[name], exact, strict=True):
            assert (text == "inf") == (value is None)
            if value is not None:
                assert value * (1 - 2e-4) <= float(text)
                assert Decimal(text) <= Decimal(value)
                assert len(Decimal(text).as_tuple().digits) <= 5


def test_the_queue_is_felt(run: Run) -> None:
    words = ["floor", "--symbols", "6", "--tau", "0.1", "--startup", "expon(scale=1)", "--master-time", "1"]
    found = asked(run, *words, "--queue")
    assert found["queue"] > found["mean"]
    assert "queue" not in asked(run, *words)


DESIGN = ["--symbols", "200", "--tau", "0.02", "--startup", "expon(scale=5)"]


def test_designed_sizes_peel_at_about_that_time(run: Run) -> None:
    found = asked(run, "design", *DESIGN, "--by", "1.3")
    assert found["least_rows"] <= found["rows"] < found["terms"]
    more = ["--sizes", found["sizes"], "--trials", "100", "--seed", "1"]
    simulated = asked(run, "simulate", "sr-sizes", *DESIGN, *more)
    assert (simulated["sizes"], simulated["decoder"]) == (found["sizes"], "peeling")
    assert simulated["latency"]["mean"] == pytest.approx(1.3, rel=0.1)
    assert simulated["stopping_time"]["mean"] / 200 == pytest.approx(found["rows"], rel=0.2)
    lines = dict(line.split() for line in run("design", *DESIGN, "--by", "1.3").stdout.splitlines())
    assert lines["sizes"] == found["sizes"]
    assert float(lines["rows"]) == pytest.approx(found["rows"], rel=1e-3)


def test_designed_windows_are_told_by_runs_that_did_not_choose_them(run: Run) -> None:
    found = asked(run, "design", *DESIGN, "--by", "1.5", "--windows", "--trials", "30", "--seed", "6")
    shape = ["--degree", str(found["degree"]), *(f"--option={name}={found[name]}" for name in ("window", "overlap"))]

    def simulated(seed: str) -> tuple[float, float, float]:
        its = asked(run, "simulate", "sr-windows", *DESIGN, *shape, "--trials", "30", "--seed", seed)
        return its["latency"]["mean"], its["latency"]["standard_error"], its["stopping_time"]["mean"] / 200

    told = (found["latency"], found["latency_error"], found["rows"])
    assert told == pytest.approx(simulated("7"), rel=1e-12)
    assert told != pytest.approx(simulated("6"), rel=1e-6)
    assert found["latency"] <= 1.5
    assert asked(run, "design", *DESIGN, "--by", "0.1", "--windows", "--trials", "2", status=1)["latency"] > 0.1


def test_too_early_is_a_no_for_two_million_terms_too(run: Run) -> None:
    """Whose sizes are soon found: they do not depend on how many terms there are."""
    for symbols, time in (("200", "0.5"), ("200", "0"), ("2000000", "-1")):
        given = ["design", "--symbols", symbols, *DESIGN[2:], "--by", time]
        done = run(*given)
        assert (done.status, done.stdout[:26]) == (1, "no block sizes up to 70 te")
        assert asked(run, *given, status=1)["sizes"] is None
    assert "'symbols'" in refused(run, "design", "--symbols", "2000001", *DESIGN[2:], "--by", "-1")


# ------------------------------------------------------------------------------------------------------------- latency


def law(run: Run, scheme: str, *more: str) -> dict[str, Any]:
    return asked(run, "latency", scheme, *ANY.split(), *sizes(scheme), *more)


@pytest.mark.parametrize("scheme", SCHEMES_WITH_LAW)
def test_every_law_goes_beyond_the_papers_model(run: Run, scheme: str) -> None:
    """The limits are left out; the law ends below 1 where few workers may be missing; a queue has none but of one."""
    lossy = law(run, scheme, "--at", "1", "--silent", "0.25")
    assert lossy["recovered"][1] <= 1
    assert (lossy["silent"], lossy["condition"]) == (0.25, None)
    assert {lossy[name] for name in ("fluid_limit", "bound", "sharp_bound", "median_bound")} == {None}
    if scheme != "one":
        words = ["latency", scheme, *ANY.split(), *sizes(scheme)]
        assert "master_time" in refused(run, *words, "--master-time", "0.5")


def test_times_are_around_the_fluid_limit_or_the_median(run: Run) -> None:
    """As far as they are finite; where few runs recover the sum, there is no median."""
    found = law(run, "sr")
    times = [found["fluid_limit"] * x for x in (0.9, 0.95, 1, 1.05, 1.1)]
    assert [p["t"] for p in found["cdf"]] == pytest.approx(times, rel=1e-15)
    found = law(run, "parts-cyclic")["cdf"]
    assert [p["t"] / found[2]["t"] for p in found] == pytest.approx([0.5, 0.75, 1, 1.5, 2])
    assert found[2]["probability"][0] == pytest.approx(0.5, abs=1e-5)
    lost = law(run, "uncoded", "--silent", "0.1")
    assert (lost["cdf"], lost["recovered"]) == ([], pytest.approx([0.9**12] * 2, abs=1e-12))
    parts = "bcc --symbols 3 --degree 1 --tau 0.1 --startup expon(scale=5)"  # some is sampled by nobody in 7 of 9 runs
    assert asked(run, "latency", *parts.split())["cdf"] == []
    assert run("latency", *parts.split()).status == 0
    found = asked(run, "latency", *["one", "--symbols", "1", "--tau", "1e308", "--startup", "expon()"])["cdf"]
    assert [p["probability"][1] for p in found] == [0, 0, *[1] * (len(found) - 2)]
    found = asked(run, "latency", *["sr", "--symbols", "1", "--degree", "1", "--tau", "1", "--startup", "pareto(b=1)"])
    assert (found["fluid_limit"], found["cdf"][2]["probability"][0]) == (None, pytest.approx(0.5, abs=1e-5))
    found = asked(run, "latency", *["genie", "--symbols", "4", "--tau", "0.5", "--startup", "expon(scale=4)"])
    # of the genie one row of each of four workers is expected, of the terms at 1/2, 1, 3/2 and 2 after its start
    rows = sum(
        1 - math.exp(-(found["fluid_limit"] - 0.5 * k) / 4) for k in range(1, 5) if found["fluid_limit"] > 0.5 * k
    )
    assert rows == pytest.approx(1, rel=1e-6)


# ------------------------------------------------------------------------------------------------- of several of them


@pytest.mark.parametrize("startup", ["expon(scale=5)", "lognorm(s=1)", "gamma(a=2)", "geninvgauss(p=1,b=2)"])
@pytest.mark.parametrize(
    "question", ["latency one --at 4", "coverage --degree 2 --by-time 4", "guarantee --degree 2 --by-time 4"]
)
def test_what_an_interval_rests_on_is_said_of_untested_laws_alone(run: Run, question: str, startup: str) -> None:
    answer = asked(run, *question.split(), "--symbols", "3", "--tau", "1", "--startup", startup)
    assert (answer["condition"] is None) is (startup in ("expon(scale=5)", "lognorm(s=1)"))
    assert (answer["condition"] or "") in answer.get("argument", answer["condition"] or "")


def test_observed_delays_answer_by_time_only_and_an_argument_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "delays").write_text("1 2 3")
    model = f"--symbols 12 --degree 3 --tau 0.1 --startup sample:{tmp_path / 'delays'}".split()
    assert run("coverage", *model, "--by-time", "2.5").status == 0
    assert "--by-time takes samples" in refused(run, "coverage", *model, "--by-rows", "30")
    assert "docs/proofs/spanning.md, 1" in run("guarantee", *MODEL.split(), "--by-rows", "20").stdout
