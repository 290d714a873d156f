"""The verb ``latency`` and the laws by name: every scheme that has a law, its bounds, one-line errors."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError
from srtheory.experiments.running import run_all
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.schemes import make, named
from srtheory.theory import IF_HITTING
from srtheory.theory.latency import block_bound, fluid_limit, median_bound, paper_bound
from srtheory.theory.laws.baselines import bcc_cdf
from srtheory.theory.laws.by_scheme import SCHEMES_WITH_LAW, latency_law
from srtheory.theory.laws.stopping import latency_bounds_given_hitting
from tests.cli.conftest import Run, sizes

verb = import_module("srtheory.cli.latency")

MODEL = ["--symbols", "12", "--tau", "0.1", "--startup", "expon(scale=5)"]
EXPON = stats.expon(scale=5)
KNOWN = Model(12, 3, 0.1, EXPON)


def arguments(scheme: str) -> list[str]:
    return [scheme, *MODEL, *sizes(scheme)]


@pytest.mark.parametrize("scheme", SCHEMES_WITH_LAW)
def test_every_law_is_a_distribution_function(run: Run, scheme: str) -> None:
    times = [word for t in (0.05, 1, 2, 4, 1e4) for word in ("--at", str(t))]
    answer = json.loads(run("latency", *arguments(scheme), *times, "--json").stdout)
    low, high = zip(*(point["probability"] for point in answer["cdf"]), strict=True)
    assert list(low) == sorted(low)
    assert all(a <= b <= a + 1e-9 for a, b in zip(low, high, strict=True))
    assert high[0] < 1e-9
    assert low[-1] > (0.8 if scheme == "bcc" else 1 - 1e-9)


@pytest.mark.parametrize("scheme", [name for name in SCHEMES_WITH_LAW if name != "one"])
def test_a_queue_has_no_law(run: Run, scheme: str) -> None:
    done = run("latency", *arguments(scheme), "--master-time", "0.5")
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "master_time" in done.stderr


def test_a_single_message_waits_for_nobody(run: Run) -> None:
    """The law of one with the master's time is that of simulation, and no other."""
    law, other = (
        json.loads(run("latency", "one", *MODEL, "--at", "6", "--master-time", each, "--json").stdout)
        for each in ("3", "0")
    )
    assert law["master_time"] == 3
    simulated = run_all([(Task(make("one", 12), DelayModel(EXPON, 0.1, 0.0, 3.0), 1), 1000)])
    share = float(np.mean(next(iter(simulated)).column("latency") <= 6))
    [low, high] = law["cdf"][0]["probability"]
    assert low == pytest.approx(EXPON.cdf(6 - 1.2 - 3), abs=1e-9)
    assert low - 0.06 < share < high + 0.06
    assert abs(share - other["cdf"][0]["probability"][0]) > 0.06


@pytest.mark.parametrize("scheme", SCHEMES_WITH_LAW)
def test_workers_that_never_answer(run: Run, scheme: str) -> None:
    """The limits of theirs are left out; the law ends below 1 where few of them may be missing."""
    given = [*arguments(scheme), "--at", "3", "--silent", "0.25", "--json"]
    answer, sure = json.loads(run("latency", *given).stdout), json.loads(run("latency", *given, "--silent", "0").stdout)
    assert (answer["silent"], answer["condition"]) == (0.25, None)
    assert "recovered" not in sure
    assert answer["fluid_limit"] is answer["bound"] is None
    assert answer["cdf"][0]["probability"][1] < sure["cdf"][0]["probability"][0]
    law = latency_law(scheme, replace(KNOWN, silent=0.25), stragglers=named(scheme).sized(3).get("stragglers"))
    assert answer["cdf"][0]["probability"] == list(law.cdf(3))
    assert answer["recovered"] == list(law.cdf(math.inf))


def test_without_a_median_there_are_no_times_either(run: Run) -> None:
    answer = json.loads(run("latency", *arguments("uncoded"), "--silent", "0.1", "--json").stdout)
    assert answer["cdf"] == []
    assert answer["recovered"] == pytest.approx([0.9**12] * 2, abs=1e-12)
    assert run("latency", *arguments("uncoded"), "--silent", "0.1").status == 0


@pytest.mark.parametrize("silent", ["-0.1", "1", "1.5"])
def test_probabilities_are_below_one(run: Run, silent: str) -> None:
    done = run("latency", *arguments("sr"), "--silent", silent)
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "'silent'" in done.stderr


def test_sr_with_its_bounds(run: Run) -> None:
    answer = json.loads(run("latency", *arguments("sr"), "--json").stdout)
    assert answer["fluid_limit"] == fluid_limit(KNOWN)
    assert answer["bound"] == paper_bound(0.1, 3, 0.2)
    assert answer["sharp_bound"] == block_bound(0.1, 3, 0.2)
    assert answer["median_bound"] == median_bound(KNOWN)
    middle = answer["cdf"][2]
    assert middle["t"] == answer["fluid_limit"]
    assert middle["probability"] == list(latency_bounds_given_hitting(KNOWN, middle["t"]))


def test_each_bound_is_printed_with_what_it_bounds(run: Run) -> None:
    text = run("latency", *arguments("sr")).stdout
    bounds = dict(re.findall(r"^(\w*bound) .* time units \((on .*)\)$", text, re.MULTILINE))
    fluid = "on the fluid limit"
    assert bounds == {"bound": "on E[T], without its o(1)", "sharp_bound": fluid, "median_bound": fluid}


@pytest.mark.parametrize("law", ["pareto(b=1)", "expon(loc=1)"])
def test_theorem_1_speaks_of_exponential_start_up_only(run: Run, law: str) -> None:
    answer = json.loads(
        run("latency", "sr", "--symbols", "12", "--degree", "3", "--tau", "1", "--startup", law, "--json").stdout
    )
    assert (answer["bound"], answer["sharp_bound"]) == (None, None)
    assert answer["median_bound"] > answer["fluid_limit"] > 0


def test_without_a_median_there_are_no_times(run: Run) -> None:
    """Three parts for three workers: some part is sampled by nobody in 7 of 9 runs."""
    given = ["bcc", "--symbols", "3", "--degree", "1", "--tau", "0.1", "--startup", "expon(scale=5)"]
    assert json.loads(run("latency", *given, "--json").stdout)["cdf"] == []
    assert run("latency", *given).status == 0


def test_a_median_within_a_factor_of_two_of_the_largest_number(run: Run) -> None:
    given = ["one", "--symbols", "1", "--tau", "1e308", "--startup", "expon()", "--json"]
    found = json.loads(run("latency", *given).stdout)["cdf"]
    assert [law["probability"] for law in found[:2]] == [[0.0, 0.0]] * 2
    assert [law["probability"] for law in found[2:]] == [[pytest.approx(1.0, abs=1e-14), 1.0]] * 2


def test_one_symbol(run: Run) -> None:
    answer = json.loads(
        run(
            "latency", "sr", "--symbols", "1", "--degree", "1", "--tau", "1", "--startup", "pareto(b=1)", "--json"
        ).stdout
    )
    assert answer["fluid_limit"] is None
    assert answer["cdf"][2]["probability"][0] == pytest.approx(0.5, abs=1e-5)


@pytest.mark.quality
def test_the_error_bound_of_the_baselines_is_neither_missing_nor_idle() -> None:
    low, high = latency_law("bcc", KNOWN).cdf(4.0)
    value = float(bcc_cdf(KNOWN, 4.0))
    assert low < value < high < value * (1 + 1e-12)


@pytest.mark.parametrize("scheme", SCHEMES_WITH_LAW)
def test_a_sample_of_one_delay_is_spanned_at_its_time(run: Run, tmp_path: Path, scheme: str) -> None:
    """All start at 0.1, so that T is 0.1 and a number of terms, which is random for terms-random alone."""
    (tmp_path / "delays").write_text("0.1")
    model = ["--symbols", "3", "--tau", "0.1", "--startup", f"sample:{tmp_path / 'delays'}", *sizes(scheme)]
    alone = ("sr", "uncoded", "terms-cyclic", "terms-staircase", "genie", "arcs")
    terms = 1 if scheme in alone else 2 if scheme == "terms-pairs" else 3
    at = [str(0.1 + terms * 0.1), str(0.1 + terms * 0.1 + 1e-9)]
    answer = json.loads(run("latency", scheme, *model, "--at", at[0], "--at", at[1], "--json").stdout)
    (low, high), after = (point["probability"] for point in answer["cdf"])
    assert answer["condition"] is None
    assert after[0] > 1 - 1e-12
    assert high == after[1] == 1.0
    assert low < 1 - 1e-3


@pytest.mark.parametrize("law", ["expon(scale=5)", "lognorm(s=1)", "gamma(a=2)", "geninvgauss(p=1, b=2)"])
def test_what_an_interval_rests_on_is_said_of_untested_laws_alone(run: Run, law: str) -> None:
    given = ["one", "--symbols", "3", "--tau", "1", "--startup", law, "--at", "4"]
    said = json.loads(run("latency", *given, "--json").stdout)["condition"]
    assert (said is None) is (law in ("expon(scale=5)", "lognorm(s=1)"))
    line = next(line for line in run("latency", *given).stdout.splitlines() if line.startswith("condition"))
    assert line.split(maxsplit=1)[1] == (said or "none")


@pytest.mark.parametrize("degree", [1, 2, 3, 7, 8, 9, 50])
@pytest.mark.parametrize("scheme", ["sr", "repetition", "bcc"])
def test_any_degree_is_one(run: Run, scheme: str, degree: int) -> None:
    given = ["--symbols", "9", "--degree", str(degree), "--tau", "0.1", "--startup", "expon()", "--json"]
    result = run("latency", scheme, *given)
    assert result.status == 0
    assert result.stderr == ""


@pytest.mark.parametrize(
    "given",
    [
        ["one", "--symbols", "1", "--tau", "1e308", "--startup", "pareto(b=1)"],
        ["sr", "--symbols", "2", "--degree", "1", "--tau", "8e307", "--startup", "expon()"],
        ["bcc", "--symbols", "100000", "--degree", "10", "--tau", "1e-300", "--startup", "expon()"],
        ["repetition", "--symbols", "100000", "--degree", "100000", "--tau", "5e-324", "--startup", "expon()"],
        ["sr", "--symbols", "5", "--degree", "2", "--tau", "1", "--startup", "pareto(b=0.01)"],
        ["sr", "--symbols", "5", "--degree", "2", "--tau", "1", "--startup", "weibull_min(c=1e100)"],
        ["sr", "--symbols", "5", "--degree", "2", "--tau", "1", "--startup", "lognorm(s=1e-100)", "--at", "1e308"],
        ["genie", "--symbols", "5", "--tau", "1e-320", "--startup", "expon(scale=1e-100)", "--at", "-1e308"],
        ["terms-cyclic", "--symbols", "5", "--tau", "1e307", "--startup", "expon(scale=1e100)", "--at", "0"],
        ["uncoded", "--symbols", "5", "--tau", "1", "--startup", "kappa4(h=1, k=1)", "--at", "1.5"],
    ],
)
def test_extreme_arguments_are_answered_quietly(run: Run, given: list[str]) -> None:
    for form in ([], ["--json"]):
        result = run("latency", *given, *form)
        assert (result.status, result.stderr) == (0, "")


def test_a_gradient_code_says_what_its_law_is_of(run: Run) -> None:
    answer = json.loads(run("latency", "gradient-cyclic", *MODEL, "--stragglers", "2", "--json").stdout)
    assert answer["stragglers"] == 2
    assert "arrival of m - s symbols" in answer["kind"]
    assert answer["cdf"][2]["probability"][0] == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize(
    ("options", "known"),
    [(["--degree", "10"], True), (["--degree", "11"], False), (["--degree", "3", "--access", "1"], False)],
)
def test_bounds_are_given_where_they_hold(run: Run, options: list[str], known: bool) -> None:
    answer = json.loads(run("latency", "sr", *MODEL, *options, "--json").stdout)
    assert (answer["sharp_bound"] is not None) is known
    assert (answer["median_bound"] is not None) is ("--access" not in options)
    if known:
        assert answer["fluid_limit"] <= answer["sharp_bound"]


def test_laws_by_name_check_what_they_are_given() -> None:
    with pytest.raises(ArgumentError, match="symbols"):
        latency_law("one", replace(KNOWN, symbols=0))
    assert latency_law("genie", replace(KNOWN, symbols=3)).cdf(math.inf)[1] == 1.0


def test_what_is_known_of_sr_is_not_said_to_be_the_law_of_the_latency(run: Run) -> None:
    """A table of the law of max(m, CC) says which event it is about; that of another scheme is of P(T <= t)."""
    shown = {scheme: run("latency", *arguments(scheme), "--at", "2").stdout for scheme in ("sr", "parts-cyclic")}
    assert "P(m rows and coverage, or all m terms of one worker, by t); for P(T <= t) see guarantee" in shown["sr"]
    titles = {scheme: text.splitlines()[-2].removeprefix("t (time units)").strip() for scheme, text in shown.items()}
    assert titles == {"sr": "probability (see kind)", "parts-cyclic": "P(T <= t)"}
    assert "holds at this m" not in shown["sr"]


@pytest.mark.parametrize("access", [[], ["--access", "7"]])
def test_a_degree_above_all_others_is_that_of_one_block(run: Run, access: list[str]) -> None:
    most = 6 if access else 11
    one, more = (
        json.loads(run("latency", "sr", *MODEL, *access, "--degree", str(d), "--at", "3", "--json").stdout)
        for d in (most, most + 9)
    )
    assert more.pop("degree") == one.pop("degree") + 9
    assert one == more
    assert one["bound"] == paper_bound(0.1, most, 0.2)


# ------------------------------------------------------------------------------------------------------ by hand


def law_of(median: float, largest: float = 1.0) -> Any:
    """A law that jumps at a median to a probability, and at 1000 to the largest."""
    return SimpleNamespace(cdf=lambda t: (0.0 if t < median else 0.5 if t < 1000 else largest,) * 2)


def test_times_are_around_the_fluid_limit_or_the_median() -> None:
    """As far as they are finite; a law that reaches 1/2 has a median."""
    given: dict[str, Any] = {"times": (), "tau": 0.25}
    start = stats.expon(scale=4)
    assert verb._times(given, start, 2.0, law_of(7.0)) == pytest.approx([1.8, 1.9, 2.0, 2.1, 2.2], rel=1e-15)
    assert verb._times(given, start, 1.7e308, law_of(7.0)) == pytest.approx([1.53e308, 1.615e308, 1.7e308, 1.785e308])
    for median in (3.0, 0.01, 90.0):
        expected = [median * x for x in (0.5, 0.75, 1.0, 1.5, 2.0)]
        found = verb._times(given, start, None, law_of(median, 0.5))
        assert found == pytest.approx(expected, rel=1.1e-6)
        assert found[2] >= median
    assert verb._times(given, start, None, law_of(3.0, 0.4999)) == []
    assert verb._times({"times": (3.0, 1.0), "tau": 0.25}, start, 2.0, law_of(7.0)) == [3.0, 1.0]


@pytest.mark.parametrize(
    ("m", "degree", "access", "used", "median", "sharp"),
    [
        (5, 3, None, 3, True, True),
        (5, 4, None, 4, True, False),
        (9, 3, 5, 3, True, True),
        (9, 3, 4, 3, True, False),
        (9, 8, 4, 3, True, False),
        (9, 8, 2, 1, True, False),
        (9, 8, 1, 1, False, False),
    ],
)
def test_bounds_of_sr_are_those_of_the_paper(
    m: int, degree: int, access: int | None, used: int, median: bool, sharp: bool
) -> None:
    """At tau = 1/2 and a mean start-up of 4, whose median is 4 ln 2."""
    found = verb._sr_limits(m, degree, 0.5, stats.expon(scale=4), access)
    golden = (1 + math.sqrt(5)) / 2
    assert found["bound"] == pytest.approx(2 * 0.5 * used + 4, rel=1e-14)
    assert found.get("median_bound") == (pytest.approx(0.5 * (used + 1) + 4 * math.log(2)) if median else None)
    assert found["sharp_bound"] == (pytest.approx(0.5 * (used + 1) + 4 * math.log(golden)) if sharp else None)


@pytest.mark.parametrize(
    ("law", "rate"),
    [(stats.expon(scale=4), 0.25), (stats.expon(loc=1), None), (stats.gamma(1), None), (stats.expon(loc=-1), None)],
)
def test_a_rate_is_that_of_an_exponential_law_from_0(law: Any, rate: float | None) -> None:
    assert verb._exponential_rate(law) == rate


def test_the_fluid_limit_of_the_genie_has_single_terms() -> None:
    """By which one row of each of four workers is expected, of the terms at 1/2, 1, 3/2 and 2 after its start."""
    given = {"symbols": 4, "degree": 2, "tau": 0.5, "access": None, "scheme": named("genie")}
    given |= {"message_cost": 0.0, "master_time": 0.0, "silent": 0.0}
    found = verb._limits(given, stats.expon(scale=4))
    t = found["fluid_limit"]
    rows = sum(1 - math.exp(-(t - 0.5 * k) / 4) for k in range(1, 5) if t > 0.5 * k)
    assert rows == pytest.approx(1, rel=1e-6)
    assert [found[name] for name in ("bound", "sharp_bound", "median_bound")] == [None] * 3
    for cost in ("message_cost", "master_time", "silent"):
        assert set(verb._limits(given | {cost: 0.1}, stats.expon(scale=4)).values()) == {None}
    assert set(verb._limits(given | {"scheme": named("one")}, stats.expon(scale=4)).values()) == {None}


def test_a_table_to_the_letter() -> None:
    result = {
        "scheme": "sr",
        "tau": 0.5,
        "kind": "given",
        "fluid_limit": 1 / 3,
        "bound": None,
        "sharp_bound": 2.0,
        "median_bound": 2.5,
        "recovered": [0.25, 1 / 3],
        "cdf": [{"t": 3.0, "probability": [1 / 3, 2 / 3]}, {"t": 1234567.5, "probability": [0.5, 1.0]}],
    }
    lines = [
        "scheme        sr",
        "tau           0.5 time units per term",
        "kind          given",
        "fluid_limit   0.3333333333 time units",
        "bound         none",
        "sharp_bound   2 time units (on the fluid limit)",
        "median_bound  2.5 time units (on the fluid limit)",
        "recovered     [0.25, 0.3333333334]",
        "",
        "t (time units)  P(T <= t)",
        "             3  0.3333333333 .. 0.6666666667",
        "   1.23457e+06  0.5 .. 1",
    ]
    assert verb._table(result).splitlines() == lines
    assert verb._table(result | {"kind": "zero"}).splitlines()[9] == lines[9]
    lines[2] = f"kind          {IF_HITTING}"
    lines[9] = "t (time units)  probability (see kind)"
    assert verb._table(result | {"kind": IF_HITTING}).splitlines() == lines
