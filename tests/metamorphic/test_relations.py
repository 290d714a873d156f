"""Two settings that must agree: other units of time, other spellings of numbers.

Records and laws are asked for them by their contracts; here are the other functions of a model, and the commands.  No
rounding depends on a power of two, so that nothing may differ by a bit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from paper_checks.theory.plain_addition import complete_worker_cdf
from srtheory.delays import Empirical, WrittenLaw
from srtheory.experiments import trial
from srtheory.model import Model
from srtheory.theory import startup
from srtheory.theory.coverage import coverage_and_rows, coverage_by_time, expected_uncovered
from srtheory.theory.latency import latency_bound
from srtheory.theory.rows import expected_rows, fluid_limit
from srtheory.theory.spanning import guaranteed_time
from tests.cli.conftest import Run, run

__all__ = ["run"]
UNIT = 2.0**-33
STARTUPS: dict[str, Callable[..., Any]] = {
    "exponential": lambda kind, unit=1: stats.expon(scale=kind(4) * unit),
    "Pareto": lambda kind, unit=1: stats.pareto(kind(1), scale=kind(2) * unit),
    "uniform": lambda kind, unit=1: stats.uniform(scale=kind(4) * unit),
    "sample": lambda kind, unit=1: Empirical([kind(x) * unit for x in (0, 0, 2, 5)]),
}
OF_TIME = {
    "coverage": coverage_by_time,
    "coverage and rows": lambda model, t: coverage_and_rows(model, t, 6),
    "expected uncovered": expected_uncovered,
    "expected rows": expected_rows,
    "complete worker": complete_worker_cdf,
}
MOMENTS: dict[str, Callable[[Model], float]] = {
    "guaranteed time": lambda model: guaranteed_time(model, 0.7),
    "fluid limit": fluid_limit,
    "bound": lambda model: latency_bound(model, 8.0),
}


def model_of(law: str, tau: float, unit: float = 1.0) -> Model:
    return Model(8, 3, tau * unit, STARTUPS[law](float, unit))


def in_another_unit(law: str) -> list[str]:
    """Functions of a model that know its unit of time."""
    here, there = (model_of(law, 0.1, unit) for unit in (1.0, UNIT))
    found = [
        name
        for name, of in OF_TIME.items()
        for t in (0.35, 1.0, 2.9, 7.0)
        if law != "sample" and of(here, t) != of(there, t * UNIT)
    ]
    return found + [name for name, of in MOMENTS.items() if law != "sample" and of(here) * UNIT != of(there)]


@pytest.mark.parametrize("law", ["exponential", "Pareto", "uniform"])
def test_functions_of_a_model_know_no_unit(law: str) -> None:
    assert in_another_unit(law) == []


@pytest.mark.quality
def test_an_absolute_slack_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = startup.cdf_bounds
    monkeypatch.setattr(startup, "cdf_bounds", lambda law, t, costs: usual(law, t + 1e-9, costs))
    assert in_another_unit("exponential")


# ------------------------------------------------------------------------------------------------------------- commands

SPEC = """trials = 6\nseed = 1\n[[tasks]]\nscheme = "sr"\nsymbols = 8\ndegree = [2, 3]
tau = {}\nstartup = "{}"\nmessage_cost = {}\n"""
COSTS = ["--message-cost", "{}"]
VERBS = {
    "simulate": ["sr", "--degree", "3", "--trials", "5", *COSTS],
    "compare": ["--schemes", "sr,parts-cyclic", "--degree", "3", "--trials", "3", "--all", *COSTS],
    "latency": ["sr", "--degree", "3", "--at", "{}"],
    "coverage": ["--degree", "3", "--by-time", "{}", *COSTS],
    "guarantee": ["--degree", "3", "--by-time", "{}"],
    "floor": ["--at", "{}", *COSTS],
    "design": ["--by", "30"],
    "sweep": [],
}
TIMES = {"tau", "message_cost", "master_time", "latency", "fluid_limit", "bound", "sharp_bound", "median_bound"}
TIMES |= {"by", "t", "time"}


def said(run: Run, folder: Path, verb: str, tau: str, law: str, number: str, by: str = "30") -> list[Any]:
    """What a command says, its start-up law left out; ``number`` stands for each other time that it is given."""
    given = ["--symbols", "8", "--tau", tau, "--startup", law]
    if verb == "sweep":
        (folder / "sweep.toml").write_text(SPEC.format(tau, law, number))
        given = [str(folder / "sweep.toml")]
    done = run(verb, *(by if word == "30" else word.format(number) for word in VERBS[verb]), *given, "--json")
    assert done.status == 0, done.stderr
    return [json.loads(line) for line in (done.stdout.splitlines() if verb == "sweep" else [done.stdout])]


def leaves(value: Any, key: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each value of a JSON document that no text of the setting gives, with the keys that lead to it."""
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if name not in ("id", "startup", "mean_startup"):
                yield from leaves(inner, (*key, name))
    else:
        yield key, value


def of_another_unit(run: Run, folder: Path, verb: str, power: int) -> list[tuple[Any, ...]]:
    unit, given = 2.0**power, (0.25, 4.0, 0.125, 30.0)

    def at(unit: float) -> dict[tuple[Any, ...], Any]:
        tau, scale, number, by = (repr(x * unit) for x in given)
        return dict(leaves(said(run, folder, verb, tau, f"expon(scale={scale})", number, by)))

    here, there = at(1.0), at(unit)
    times = TIMES | ({"mean", "quantiles"} if verb == "floor" else set())
    right = {key: x * unit if times & {*key} and isinstance(x, float) else x for key, x in here.items()}
    return [key for key in here | there if key not in there or key not in right or there[key] != right[key]]


def of_another_spelling(run: Run, folder: Path, verb: str) -> bool:
    plain, other = ("2", "expon(scale=4)", "1"), ("2e0", "expon(0, .4e1)", "10e-1")
    one, two = (dict(leaves(said(run, folder, verb, *words))) for words in (plain, other))
    return one != two


@pytest.mark.parametrize("verb", VERBS)
def test_commands_know_neither_unit_nor_spelling(run: Run, tmp_path: Path, verb: str) -> None:
    assert of_another_unit(run, tmp_path, verb, 20) == []
    assert not of_another_spelling(run, tmp_path, verb)


@pytest.mark.quality
@pytest.mark.parametrize("verb", ["simulate", "sweep"])
def test_a_unit_or_a_spelling_in_what_is_simulated_is_seen(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    record, rvs = trial.record_of, WrittenLaw.rvs
    with monkeypatch.context() as patch:
        patch.setattr(trial, "record_of", lambda i, latency, *more: record(i, round(latency, 9), *more))
        assert of_another_unit(run, tmp_path, verb, -9)
    monkeypatch.setattr(WrittenLaw, "rvs", lambda law, *given, **more: rvs(law, *given, **more) * (1 + len(law.args)))
    assert of_another_spelling(run, tmp_path, verb)


def test_a_list_of_degrees_is_one_sweep_after_the_other(run: Run, tmp_path: Path) -> None:
    """Degree by degree, and with fewer trials found in the store of more."""
    spec, store = tmp_path / "sweep.toml", ["--store", str(tmp_path / "store"), "--json"]

    def swept(degrees: str, *options: str) -> list[str]:
        spec.write_text(SPEC.format(2, "expon(scale=4)", 1).replace("[2, 3]", degrees))
        return run("sweep", str(spec), *options).stdout.splitlines()

    both = swept("[2, 3]", "--json")
    assert [swept(degree, *store)[0] for degree in "23"] == both
    assert swept("[2, 3]", *store, "--trials", "9") != both
    assert swept("[2, 3]", *store) == both
