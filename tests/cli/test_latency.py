"""The verb ``latency``: every scheme that has a law, its bounds, and what each number is said to be."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.running import run_all
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.schemes import make, named
from srtheory.theory.laws.baselines import bcc_cdf
from srtheory.theory.laws.by_scheme import SCHEMES_WITH_LAW, latency_law
from srtheory.theory.laws.stopping import latency_bounds_given_hitting
from tests.cli.conftest import Run, asked, refused, sizes

MODEL = ["--symbols", "12", "--tau", "0.1", "--startup", "expon(scale=5)"]
EXPON = stats.expon(scale=5)
KNOWN = Model(12, 3, 0.1, EXPON)


def arguments(scheme: str) -> list[str]:
    return [scheme, *MODEL, *sizes(scheme)]


def law(run: Run, scheme: str, *more: str) -> dict[str, Any]:
    return asked(run, "latency", *arguments(scheme), *more)


@pytest.mark.parametrize("scheme", SCHEMES_WITH_LAW)
def test_every_law_is_a_distribution_function(run: Run, scheme: str) -> None:
    times = [word for t in (0.05, 1, 2, 4, 1e4) for word in ("--at", str(t))]
    low, high = zip(*(point["probability"] for point in law(run, scheme, *times)["cdf"]), strict=True)
    assert list(low) == sorted(low)
    assert all(a <= b <= a + 1e-9 for a, b in zip(low, high, strict=True))
    assert high[0] < 1e-9
    assert low[-1] > (0.8 if scheme == "bcc" else 1 - 1e-9)


@pytest.mark.parametrize("scheme", SCHEMES_WITH_LAW)
def test_beyond_the_papers_model(run: Run, scheme: str) -> None:
    """The limits are left out; the law ends below 1 where few workers may be missing; a queue has none but of one."""
    answer, sure = law(run, scheme, "--at", "3", "--silent", "0.25"), law(run, scheme, "--at", "3")
    assert (answer["silent"], answer["condition"]) == (0.25, None)
    assert {answer[name] for name in ("fluid_limit", "bound", "sharp_bound", "median_bound")} == {None}
    assert "recovered" not in sure
    assert answer["cdf"][0]["probability"][1] < sure["cdf"][0]["probability"][0]
    known = latency_law(scheme, replace(KNOWN, silent=0.25), stragglers=named(scheme).sized(3).get("stragglers"))
    assert answer["cdf"][0]["probability"] == list(known.cdf(3))
    assert answer["recovered"] == list(known.cdf(math.inf))
    if scheme in ("arcs", "genie"):
        assert "'message_cost'" in refused(run, "latency", *arguments(scheme), "--message-cost", "0.1")
    else:
        costly = law(run, scheme, "--at", "3", "--message-cost", "0.1")
        assert (costly["message_cost"], costly["fluid_limit"], costly["bound"]) == (0.1, None, None)
    if scheme != "one":
        assert "master_time" in refused(run, "latency", *arguments(scheme), "--master-time", "0.5")


def test_a_single_message_waits_for_nobody(run: Run) -> None:
    """The law of one with the master's time is that of simulation, and no other."""
    [[low, high]], [[other, _]] = (
        [p["probability"] for p in law(run, "one", "--at", "6", "--master-time", sigma)["cdf"]] for sigma in "30"
    )
    simulated = run_all([(Task(make("one", 12), DelayModel(EXPON, 0.1, 0.0, 3.0), 1), 1000)])
    share = float(np.mean(next(iter(simulated)).column("latency") <= 6))
    assert low == pytest.approx(EXPON.cdf(6 - 1.2 - 3), abs=1e-9)
    assert low - 0.06 < share < high + 0.06
    assert abs(share - other) > 0.06


def test_times_are_around_the_fluid_limit_or_the_median(run: Run) -> None:
    """As far as they are finite; where few runs recover the sum, there is no median."""
    found = law(run, "sr")
    assert [p["t"] for p in found["cdf"]] == pytest.approx(
        [found["fluid_limit"] * x for x in (0.9, 0.95, 1, 1.05, 1.1)], rel=1e-15
    )
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


@pytest.mark.parametrize(
    ("m", "degree", "access", "used"),
    [(5, 3, 5, 3), (5, 4, 5, 4), (9, 3, 5, 3), (9, 3, 4, 3), (9, 8, 4, 3), (9, 8, 2, 1), (9, 8, 1, 1), (9, 99, 9, 8)],
)
@pytest.mark.parametrize("startup", ["expon(scale=4)", "expon(loc=1)", "pareto(b=1)"])
def test_bounds_of_sr_are_those_of_the_paper(
    run: Run, m: int, degree: int, access: int, used: int, startup: str
) -> None:
    """At tau = 1/2; a degree above all others is that of one block; Theorem 1 speaks of exponential start-up from 0."""
    code = f"sr --symbols {m} --degree {degree} --access {access} --tau 0.5 --startup {startup} --at 3"
    found = asked(run, "latency", *code.split())
    exponential, median = startup == "expon(scale=4)", float(parse_law(startup).ppf(0.5))
    sharp = 0.5 * (used + 1) + 4 * math.log((1 + math.sqrt(5)) / 2)
    assert found["bound"] == (pytest.approx(2 * 0.5 * used + 4, rel=1e-14) if exponential else None)
    assert found["median_bound"] == (pytest.approx(0.5 * (used + 1) + median) if access > 1 else None)
    assert found["sharp_bound"] == (pytest.approx(sharp) if exponential and access >= used + 2 else None)
    bounds = [x for x in (found["sharp_bound"], found["median_bound"]) if x is not None]
    assert all(found["fluid_limit"] <= x for x in bounds)
    model = Model(m, degree, 0.5, parse_law(startup), access=access)
    assert found["cdf"][0]["probability"] == list(latency_bounds_given_hitting(model, 3.0))


def test_the_fluid_limit_of_the_genie_has_single_terms(run: Run) -> None:
    """By which one row of each of four workers is expected, of the terms at 1/2, 1, 3/2 and 2 after its start."""
    found = asked(run, "latency", *["genie", "--symbols", "4", "--tau", "0.5", "--startup", "expon(scale=4)"])
    t = found["fluid_limit"]
    rows = sum(1 - math.exp(-(t - 0.5 * k) / 4) for k in range(1, 5) if t > 0.5 * k)
    assert rows == pytest.approx(1, rel=1e-6)
    assert [found[name] for name in ("bound", "sharp_bound", "median_bound")] == [None] * 3


def test_what_is_known_of_sr_is_not_said_to_be_the_law_of_the_latency(run: Run) -> None:
    """Which event a table is about, and which number each bound is on."""
    shown = {scheme: run("latency", *arguments(scheme), "--at", "2").stdout for scheme in ("sr", "parts-cyclic")}
    assert "all m terms of one worker, by t); for P(T <= t) see guarantee" in shown["sr"]
    titles = {scheme: text.splitlines()[-2].removeprefix("t (time units)").strip() for scheme, text in shown.items()}
    assert titles == {"sr": "probability (see kind)", "parts-cyclic": "P(T <= t)"}
    bounds = dict(re.findall(r"^(\w*bound) .* time units \((on .*)\)$", shown["sr"], re.MULTILINE))
    fluid = "on the fluid limit"
    assert bounds == {"bound": "on E[T], without its o(1)", "sharp_bound": fluid, "median_bound": fluid}
    assert "arrival of m - s symbols" in law(run, "gradient-cyclic")["kind"]


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
    answer = asked(run, "latency", scheme, *model, "--at", at[0], "--at", at[1])
    (low, high), after = (point["probability"] for point in answer["cdf"])
    assert answer["condition"] is None
    assert after[0] > 1 - 1e-12
    assert high == after[1] == 1.0
    assert low < 1 - 1e-3


@pytest.mark.parametrize("startup", ["expon(scale=5)", "lognorm(s=1)", "gamma(a=2)", "geninvgauss(p=1,b=2)"])
@pytest.mark.parametrize(
    "question", ["latency one --at 4", "coverage --degree 2 --by-time 4", "guarantee --degree 2 --by-time 4"]
)
def test_what_an_interval_rests_on_is_said_of_untested_laws_alone(run: Run, question: str, startup: str) -> None:
    answer = asked(run, *question.split(), "--symbols", "3", "--tau", "1", "--startup", startup)
    assert (answer["condition"] is None) is (startup in ("expon(scale=5)", "lognorm(s=1)"))
    assert (answer["condition"] or "") in answer.get("argument", answer["condition"] or "")


@pytest.mark.parametrize(("scheme", "degree"), [*product(("sr", "repetition", "bcc"), (1, 2, 3, 7, 8, 9)), ("sr", 50)])
def test_any_degree_is_one(run: Run, scheme: str, degree: int) -> None:
    assert asked(run, "latency", scheme, *f"--symbols 9 --degree {degree} --tau 0.1 --startup expon()".split())


@pytest.mark.parametrize(
    "line",
    [
        "one --symbols 1 --tau 1e308 --startup pareto(b=1)",
        "sr --symbols 2 --degree 1 --tau 8e307 --startup expon()",
        "bcc --symbols 100000 --degree 10 --tau 1e-300 --startup expon()",
        "repetition --symbols 100000 --degree 100000 --tau 5e-324 --startup expon()",
        "sr --symbols 5 --degree 2 --tau 1 --startup pareto(b=0.01)",
        "sr --symbols 5 --degree 2 --tau 1 --startup weibull_min(c=1e100)",
        "sr --symbols 5 --degree 2 --tau 1 --startup lognorm(s=1e-100) --at 1e308",
        "genie --symbols 5 --tau 1e-320 --startup expon(scale=1e-100) --at -1e308",
        "terms-cyclic --symbols 5 --tau 1e307 --startup expon(scale=1e100) --at 0",
        "uncoded --symbols 5 --tau 1 --startup kappa4(h=1,k=1) --at 1.5",
    ],
)
def test_extreme_arguments_are_answered_quietly(run: Run, line: str) -> None:
    for form in ([], ["--json"]):
        result = run("latency", *line.split(), *form)
        assert (result.status, result.stderr) == (0, "")
    assert json.loads(result.stdout)
