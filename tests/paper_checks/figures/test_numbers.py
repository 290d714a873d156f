"""Numbers behind the figures: of the laws, of the runs and of the records, and none where no scheme can be.

What every figure promises is asked in tests/contracts/test_figures.py.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from paper_checks import study
from paper_checks.campaign.plan import LAWS, Cell
from paper_checks.campaign.tables import Tables, Tally, tally
from paper_checks.figures import curves, hitting_time, more_tails, stopping_early, tanner
from paper_checks.figures.curves import FIGURES, frame
from paper_checks.figures.tails import drawn_from
from paper_checks.floors import LABEL as FLOOR
from paper_checks.parameters import EXPONENTIAL, PAPER, PAPER_PARETO, PARETO
from paper_checks.records import workers as record
from paper_checks.theory.approximate import cyclic_error
from paper_checks.theory.dependencies import predicted_exceptions
from srtheory.delays import parse_law
from srtheory.experiments.lab import Effort
from srtheory.matrix import from_sets
from srtheory.model import Model
from srtheory.render.one_run import check, followed
from srtheory.span.obstruction import obstruction
from srtheory.theory.by_scheme import genie_bounds, repetition_bounds
from srtheory.theory.designs import least_uncovered
from srtheory.theory.floor import late
from srtheory.workers import compute_sum
from srtheory.workers.execution import Fault
from tests.contracts.test_figures import FewTrials, drawn
from tests.ours import drawing
from tests.workers.conftest import client  # noqa: F401  (a fixture)
from tests.workers.functions import cube

DATA = Path(__file__).parents[3] / "data"
Curves = dict[tuple[str, ...], np.ndarray]


def rows_of(name: str) -> list[dict[str, str]]:
    made = drawn(name)
    return [dict(zip(made.header, map(str, row), strict=True)) for row in made.points]


# -------------------------------------------------------------------------------------------- Figures 2a to 2c, streams


def on_record(name: str) -> list[dict[str, str]]:
    with (DATA / "figures" / f"figure_{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("at", [PAPER, PAPER_PARETO], ids=["", "pareto"])
@pytest.mark.parametrize("name", FIGURES)
def test_numbers_on_record_are_of_these_curves_at_deep_effort_and_drawn_again(
    name: str, at: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "tail_law", lambda scheme, at, t: 0.5)  # a law takes seconds, and names are asked for
    monkeypatch.setattr(curves, "coverage_law", lambda rows, at: np.full(len(rows), 0.5))
    figure = FIGURES[name](FewTrials(at=at))
    lines = on_record(name + "_pareto" * (at is PAPER_PARETO))
    trials = {line["curve"]: int(line["trials"]) for line in lines if line["curve"] != FLOOR}
    fewer = study.lab(effort=Effort.DEEP).elimination_trials
    assert trials == {c.label: fewer if "elimination" in c.label else Effort.DEEP.trials for c in figure.curves}
    bounds = [(float(line["t"]), float(line["exact_tail"])) for line in lines if line["curve"] == FLOOR]
    assert (figure.floor is not None) == bool(bounds) == (name == "streams")
    if figure.floor is not None:
        t, tail = np.array(bounds[::8]).T
        assert np.allclose(figure.floor(t), tail, rtol=1e-6, atol=1e-12)
    again = drawn_from([list(line.values()) for line in lines], frame(name, FewTrials(at=at)))
    assert [list(map(str, row)) for row in again.points] == [list(line.values()) for line in lines]
    assert again.canvas.axes[0].get_legend_handles_labels()[1].count(FLOOR) == (name == "streams")


@pytest.mark.quality
@pytest.mark.parametrize("suffix", ["", "_pareto"])
def test_only_the_genie_is_in_the_shade(suffix: str) -> None:
    """And another curve would be if the floor were three times as high."""
    lines = on_record(f"streams{suffix}")
    t, tail = np.array([(float(line["t"]), float(line["exact_tail"])) for line in lines if line["curve"] == FLOOR]).T

    def within(factor: float) -> set[str]:
        places = {line["t"]: min(np.searchsorted(t, float(line["t"])), len(t) - 1) for line in lines}
        its = (line for line in lines if line["high"])
        return {line["curve"] for line in its if float(line["high"]) < factor * tail[places[line["t"]]]}

    assert within(1) == {"genie"}
    assert "terms, cyclic order" in within(3)


# -------------------------------------------------------------------------------------------- all schemes, and errors


@cache
def small(name: str) -> Curves:
    """Columns of each curve of a small figure, nan where there are none, by the first columns of its CSV."""
    found: dict[tuple[str, ...], list[list[float]]] = defaultdict(list)
    symbols, keys = {"2a-all": (100, 2), "errors": (60, 3)}[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(more_tails, "POINTS", 12)
        patch.setattr(more_tails, "fastest", lambda at, grid: 50)
        times = lambda lab, at: np.linspace(*stopping_early.UNTIL[at.startup_text], 24)  # noqa: E731
        patch.setattr(stopping_early, "times_shown", times)  # at which some run has an error
        for row in drawing(name, study.lab(), symbols=symbols, tau=0.02, trials=30).points:
            found[tuple(row[:keys])].append([float(x or "nan") for x in row[keys:7]])
    return {key: np.array(lines).T for key, lines in found.items()}


@pytest.mark.quality
def test_nobody_does_what_no_scheme_can_and_a_limit_too_high_would_be_seen() -> None:
    """Of curves but the genie's, beyond what their intervals allow.  Limit and repetition are those of the theory."""
    model, its = Model(100, 10, 0.02, stats.expon(scale=5)), small("2a-all")
    names = [*more_tails.SIMULATED, *more_tails.exact(PAPER, 50), more_tails.LIMIT]
    labels = {label.replace("\n", " ") for label in names}
    assert set(its) == {(startup, label) for startup in (EXPONENTIAL, PARETO) for label in labels}
    for factor, some in ((1, set()), (3, {"terms, cyclic order"})):
        impossible = {
            label
            for (startup, label), (_, tail, _, high, _) in its.items()
            if (np.where(np.isnan(high), tail, high) < factor * its[startup, more_tails.LIMIT][1] - 1e-9).any()
        }
        assert impossible - {"genie"} >= some
        assert some or impossible <= {"genie"}
    for t, tail, *_ in its[EXPONENTIAL, more_tails.LIMIT].T[::4]:
        assert tail == pytest.approx(max(late(model, t), 1 - genie_bounds(model, t)[1]), rel=1e-6, abs=1e-9)
        assert tail >= least_uncovered(model, t)[0] / 100 - 1e-12  # docs/proofs/theory.md, 5.6
    for t, tail, *_ in its[EXPONENTIAL, "gradient, fractional, d = 10 (= Repetition)"].T[::4]:
        assert tail == pytest.approx(1 - sum(repetition_bounds(model, t)) / 2, rel=1e-6, abs=1e-9)


def below(degree: int) -> set[tuple[str, str]]:
    """Curves that are somewhere below the mean error of parts of that degree by more than 5 standard errors."""
    found = set()
    for (startup, axis, label), (at, error, half, _) in small("errors").items():
        if axis == "time":
            least = cyclic_error(Model(60, degree, 0.02, parse_law(startup)), at)
            slack = np.where(np.isnan(half), 0, 5 * half / stopping_early.multiple(30, len(at))) + 1e-7  # times rounded
            found |= {(startup, label)} if (error < least - slack).any() else set()
    return found


@pytest.mark.quality
def test_errors_fall_from_one_and_no_scheme_is_below_terms_in_cyclic_order() -> None:
    """Parts of ten are no such limit: the terms are below them, and so are the rows of SR, which begin with terms."""
    assert below(1) == set()
    assert {(EXPONENTIAL, "SR"), (EXPONENTIAL, "terms, cyclic order")} <= below(10)
    by_time = set(product((EXPONENTIAL, PARETO), ("time",), stopping_early.labels(10)))
    by_rows = {(startup, "rows", label) for startup, _, label in by_time if label != "fractional, best d for t"}
    assert set(small("errors")) == by_time | by_rows
    for (_, _, label), (_, error, half, runs) in small("errors").items():
        assert "one step" in label or (np.diff(error) <= 1e-12).all()
        assert (np.isnan(half).all(), error[0]) == (np.isnan(runs).all(), 1)


# ----------------------------------------------------------------------------------------------- the hitting-time law


def done(number: int, symbols: int, degree: int, load: float = 0.1, **given: Any) -> Tally:
    counts = {name: given.pop(name, 0) for name in ("complete", "early", "late")}
    cell = replace(Cell(number, "grid", symbols, degree, load, LAWS[0], False, seed=number, trials=200), **given)
    return tally(cell, {"held": 200 - sum(counts.values()), **counts}, 0, [])


@pytest.mark.quality
def test_cells_are_chosen_their_numbers_are_theirs_and_one_exception_more_is_seen() -> None:
    others = (
        done(1, 200, 5, complete=40, late=1),
        *(done(2, 200, 11), done(3, 200, 11, 1.0, complete=195)),  # too few are left
        *(done(4, 200, 11, replacement=True, late=9), done(5, 200, 11, startup=LAWS[1], late=9)),
        done(6, 200, 11, family="critical", late=9),
    )

    def lines(first: Tally) -> list[dict[str, str]]:
        made = hitting_time.draw(Tables((first, *others), ()))
        return [dict(zip(made.header, map(str, point), strict=True)) for point in made.points]

    found = lines(done(0, 100, 5, early=3, late=5))
    assert [(line["d/ln m"], line["m"], line["runs"], line["held"]) for line in found] == [
        *(("1.0", "100", "200", "192"), ("1.0", "200", "160", "159"), ("2.0", "200", "200", "200"))
    ]
    for line in found:
        held, runs, d = int(line["held"]), int(line["runs"]), int(line["d"])
        interval = stats.binomtest(held, runs).proportion_ci(method="exact")
        numbers = [float(line[name]) for name in ("fraction", "low", "high")]
        assert numbers == pytest.approx([held / runs, interval.low, interval.high], abs=2e-6)
        predicted = sum(predicted_exceptions(Model(int(line["m"]), d, 0.1 / d, parse_law(LAWS[0]))))
        assert float(line["predicted_exceptions"]) == pytest.approx(predicted, rel=1e-5)
    other = lines(done(0, 100, 5, early=3, late=6))
    assert [a != b for a, b in zip(found, other, strict=True)] == [True, False, False]


# ----------------------------------------------------------------------------------- Tanner graphs of smallest examples


def test_the_examples_are_those_on_record_cover_and_do_not_span() -> None:
    hunts = {hunt["conjecture"]: hunt for hunt in json.loads((DATA / "small_cases" / "hunts.json").read_text())}
    for name, (m, count) in {"any rows": (3, 2), "sum recovery": (5, 4), "signed rows": (3, 3)}.items():
        found, matrix, vector = hunts[tanner.QUESTIONS[name]], np.zeros((count, m), int), np.zeros(m, int)
        for line in (line for line in rows_of("tanner") if line["example"] == name):
            matrix[int(line["row"]) - 1, int(line["symbol"]) - 1] = int(line["weight"])
            vector[int(line["symbol"]) - 1] = int(line["kernel_vector"])
        sets = [np.flatnonzero(row).tolist() for row in matrix]
        weights = [row[row != 0].tolist() for row in matrix]
        case = found["counterexample"]
        assert (found["smallest"], sets) == (True, case["rows"])
        assert weights == case.get("weights", [[1] * len(its) for its in sets])
        assert matrix.any(axis=0).all()
        assert not (matrix @ vector).any()
        assert vector.sum() != 0


@pytest.mark.quality
def test_a_wrong_kernel_vector_and_lost_weights_are_caught() -> None:
    edges = from_sets(3, [[0, 1], [0, 2]])
    right = obstruction(edges)
    assert np.array_equal(tanner.unbalanced(edges, right), [1, -1, -1])
    signed = tanner.examples()[2].case  # whose vector is none of the rows without their signs
    wrong = [(edges, replace(right, weights=weights)) for weights in ((1, 1, -1), (1, -1, 1), (0, 0, 0))]
    for rows, vector in (*wrong, (from_sets(3, signed.sets), obstruction(signed.rows))):
        with pytest.raises(ArithmeticError, match=r"Row \d|sum to 0"):
            tanner.unbalanced(rows, vector)


# ---------------------------------------------------------------------------------------------------- real workers


def test_a_run_of_real_workers_is_drawn_as_measured_and_rows_that_do_not_give_the_sum_are_seen(
    client: Any,  # noqa: F811
) -> None:
    startup = [0.01 * j for j in range(8)]
    done = compute_sum(cube, 2, symbols=8, degree=3, cluster=client, startup=startup, tau=0.001)
    run = followed(replace(done, faults=(Fault(0.01, (2, 5), "lost"), Fault(0.02, (5,), "again"))), "cubes")
    check(run)
    assert run.losses == {2: 0.01, 5: 0.01}
    assert [(step.time, step.begun, step.worker - 1) for step in run.steps] == [
        (arrival.arrived, arrival.began, arrival.worker) for arrival in done.arrivals
    ]
    assert all(run.startups[arrival.worker] <= arrival.began for arrival in done.arrivals)
    with pytest.raises(ArithmeticError):
        check(followed(replace(done, arrivals=(*done.arrivals[1:], done.arrivals[1])), "cubes"))


def test_arrivals_on_record_are_those_of_the_runs_which_are_drawn_and_tabled() -> None:
    runs, points = record.read_runs(), rows_of("workers-model")
    assert sum("measured" in point.values() for point in points) == sum(run.trial % 2 for run in runs)
    rows = {(run.setting, run.scheme, run.trial): run for run in runs}
    count, last = dict.fromkeys(rows, 0), dict.fromkeys(rows, 0.0)
    for line in record.read_arrivals():
        key = line.setting, line.scheme, line.trial
        count[key] += line.index >= 0
        last[key] = max(last[key], line.arrived)
    assert count == {key: run.rows for key, run in rows.items()}
    assert all(last[key] == pytest.approx(run.latency, abs=1e-6) for key, run in rows.items())
    assert all(run.latency <= run.available < np.inf for run in runs)
