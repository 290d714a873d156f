"""Numbers behind the figures: of the laws, of the runs and of the records, and none where no scheme can be.

What every figure promises is asked in tests/contracts/test_figures.py.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text
from scipy import stats
from sympy import Matrix, ones

from paper_checks import study
from paper_checks.campaign.judging import tally
from paper_checks.campaign.plan import LAWS, Cell
from paper_checks.campaign.tables import Tables, Tally
from paper_checks.figures import curves, hitting_time, more_tails, stopping_early, tanner
from paper_checks.figures.curves import FIGURES, frame
from paper_checks.figures.tails import drawn_from
from paper_checks.floors import LABEL as FLOOR
from paper_checks.parameters import EXPONENTIAL, PAPER, PAPER_PARETO, PARETO
from paper_checks.records import workers as record
from paper_checks.theory.approximate import cyclic_error
from paper_checks.theory.dependencies import predicted_exceptions
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Effort, Lab
from srtheory.model import Model
from srtheory.render.one_run import check
from srtheory.render.real_run import followed
from srtheory.rows import from_sets
from srtheory.span.obstruction import obstruction
from srtheory.theory.floor import late
from srtheory.theory.latency import block_bound
from srtheory.theory.laws.baselines import repetition_bounds
from srtheory.theory.laws.genie import genie_bounds
from srtheory.theory.orders import least_uncovered
from srtheory.theory.regimes import Ending, typical_times
from srtheory.workers import compute_sum
from srtheory.workers.execution import Fault
from tests.contracts.test_figures import FewTrials, drawn
from tests.ours import drawing
from tests.workers.conftest import client  # noqa: F401  (a fixture)
from tests.workers.functions import cube

DATA = Path(__file__).parents[3] / "data"
SMALL = replace(PAPER, symbols=100)
Curves = dict[tuple[str, ...], np.ndarray]


def by_curve(rows: Any, keys: int) -> Curves:
    """Columns of numbers, nan where there are none, by the first columns of a CSV."""
    found: dict[tuple[str, ...], list[list[float]]] = defaultdict(list)
    for row in rows:
        found[tuple(row[:keys])].append([float(x or "nan") for x in row[keys:7]])
    return {key: np.array(lines).T for key, lines in found.items()}


def rows_of(name: str) -> list[dict[str, str]]:
    made = drawn(name)
    return [dict(zip(made.header, map(str, row), strict=True)) for row in made.points]


# -------------------------------------------------------------------------------------------- Figures 2a to 2c, streams


@pytest.fixture
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of laws, each point of which takes as long as many runs."""
    monkeypatch.setattr(curves, "LAW_POINTS", 1)
    monkeypatch.setattr(more_tails, "POINTS", 6)


@pytest.mark.usefixtures("few_points")
def test_elimination_never_needs_more_rows_than_peeling() -> None:
    its = FIGURES["2c"](Lab(at=SMALL)).curves
    for cap in ("m_e = 2m", "no cap"):
        [elimination], [peeling] = (
            [c.sample for c in its if cap in c.label and decoder in c.label] for decoder in ("elimination", "peeling")
        )
        assert (elimination <= peeling).all()
        assert (elimination < peeling).any()


def test_laws_at_points_stand_in_the_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "LAW_POINTS", 3)
    made = drawing("streams", FewTrials(at=PAPER), symbols=100)
    exact = [(float(row[1]), float(row[5])) for row in made.points if row[5] and row[0] == "genie"]
    model = Model(100, None, 0.005, stats.expon(scale=5))
    assert [1 - sum(genie_bounds(model, t)) / 2 for t, _ in exact] == pytest.approx(
        [tail for _, tail in exact], abs=1e-6
    )
    assert len(exact) == 3


def on_record(name: str) -> list[dict[str, str]]:
    with (DATA / "figures" / f"figure_{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("at", [PAPER, PAPER_PARETO], ids=["", "pareto"])
@pytest.mark.parametrize("name", FIGURES)
def test_the_numbers_on_record_are_of_these_curves_at_deep_effort_and_drawn_again(
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
    found = {
        factor: {
            line["curve"]
            for line in lines
            if line["high"]
            and float(line["high"]) < factor * tail[min(np.searchsorted(t, float(line["t"])), len(t) - 1)]
        }
        for factor in (1, 3)
    }
    assert found[1] == {"genie"}
    assert "terms, cyclic order" in found[3]


# -------------------------------------------------------------------------------------------- all schemes, and errors


@cache
def all_curves() -> Curves:
    """Columns t, tail, low, high, runs of each curve of a small figure, by start-up law and name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(more_tails, "POINTS", 20)
        patch.setattr(more_tails, "fastest", lambda at, grid: 50)
        return by_curve(drawing("2a-all", study.lab(), symbols=100, tau=0.02, trials=40).points, 2)


def impossible(factor: float = 1.0) -> set[str]:
    """Curves but the genie's that are somewhere below the limit times a factor, by more than their intervals allow."""
    found = set()
    for (startup, label), (_, tail, _, high, _) in all_curves().items():
        limit = factor * all_curves()[startup, more_tails.LIMIT][1]
        if label != "genie" and (np.where(np.isnan(high), tail, high) < limit - 1e-9).any():
            found.add(label)
    return found


@pytest.mark.quality
def test_nobody_does_what_no_scheme_can_and_a_limit_too_high_would_be_seen() -> None:
    labels = {
        label.replace("\n", " ") for label in [*more_tails.SIMULATED, *more_tails.exact(PAPER, 50), more_tails.LIMIT]
    }
    assert set(all_curves()) == {(startup, label) for startup in (EXPONENTIAL, PARETO) for label in labels}
    assert impossible() == set()
    assert {"terms, cyclic order"} <= impossible(3.0)


def test_limit_and_repetition_are_those_of_the_theory() -> None:
    model, its = Model(100, 10, 0.02, stats.expon(scale=5)), all_curves()
    limit = its[EXPONENTIAL, more_tails.LIMIT]
    for t, tail, *_ in limit.T[::4]:
        assert tail == pytest.approx(max(late(model, t), 1 - genie_bounds(model, t)[1]), rel=1e-6, abs=1e-9)
        assert tail >= least_uncovered(model, t)[0] / 100 - 1e-12  # docs/theory.md, 5.6
    for t, tail, *_ in its[EXPONENTIAL, "gradient, fractional, d = 10 (= Repetition)"].T[::4]:
        assert tail == pytest.approx(1 - sum(repetition_bounds(model, t)) / 2, rel=1e-6, abs=1e-9)


@cache
def error_curves() -> Curves:
    """Columns at, error, half-width, runs of each curve of a small figure, by start-up law, axis and name."""
    with pytest.MonkeyPatch.context() as patch:  # at times at which some run has an error
        times = lambda lab, at: np.linspace(*stopping_early.UNTIL[at.startup_text], 46)  # noqa: E731
        patch.setattr(stopping_early, "times_shown", times)
        return by_curve(drawing("errors", study.lab(), symbols=60, tau=0.02, trials=40).points, 3)


def below(degree: int) -> set[tuple[str, str]]:
    """Curves that are somewhere below the mean error of parts of that degree by more than 5 standard errors."""
    found = set()
    for (startup, axis, label), (at, error, half, _) in error_curves().items():
        if axis == "time":
            least = cyclic_error(Model(60, degree, 0.02, parse_law(startup)), at)
            slack = np.where(np.isnan(half), 0, 5 * half / stopping_early.multiple(40, len(at))) + 1e-7  # times rounded
            found |= {(startup, label)} if (error < least - slack).any() else set()
    return found


@pytest.mark.quality
def test_errors_fall_from_one_and_no_scheme_is_below_terms_in_cyclic_order() -> None:
    """Parts of ten are no such limit: the terms are below them, and so are the rows of SR, which begin with terms."""
    assert below(1) == set()
    assert {(EXPONENTIAL, "SR"), (EXPONENTIAL, "terms, cyclic order")} <= below(10)
    names = set(stopping_early.labels(10))
    for startup in (EXPONENTIAL, PARETO):
        of = {axis: {key[2] for key in error_curves() if key[:2] == (startup, axis)} for axis in ("time", "rows")}
        assert of == {"time": names, "rows": names - {"fractional, best d for t"}}
    for (_, _, label), (_, error, half, runs) in error_curves().items():
        assert "one step" in label or (np.diff(error) <= 1e-12).all()
        assert (np.isnan(half).all(), error[0]) == (np.isnan(runs).all(), 1)


def test_a_band_of_means_is_bonferronis() -> None:
    """Of one point it is Student's interval; of 46 of uncorrelated normal errors it misses one in 5 % of the runs."""
    assert stopping_early.multiple(100_000, 1) == pytest.approx(1.96, abs=1e-3)
    for points in (1, 46):
        sample = np.random.default_rng(5).normal(size=(4000, 30, points))
        error = sample.std(axis=1, ddof=1) / 30**0.5
        outside = np.abs(sample.mean(axis=1)) > stopping_early.multiple(30, points) * error
        assert 0.035 <= outside.any(axis=1).mean() <= 0.062


AT: dict[str, Any] = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=2)", "trials": 3}
OTHER = {"symbols": 15, "degree": 5, "tau": 0.2, "startup": "expon(scale=3)", "trials": 4}


@pytest.mark.usefixtures("few_points")
@pytest.mark.parametrize("name", ["2a-all", "errors"])
def test_every_parameter_of_the_reader_changes_the_numbers(name: str) -> None:
    def numbers(**given: Any) -> set[tuple[str, ...]]:
        made = drawing(name, study.lab(seed=5), **{**AT, **given})
        if not given:
            said = " ".join(text.get_text() for text in made.canvas.findobj(Text))
            assert {row[0] for row in made.points} == {AT["startup"]}  # one law, one row of panels
            assert all(word in said for word in ("m = 12", "d = 3", "τ = 0.1", "3 runs", "expon(scale=2)"))
        return {tuple(map(str, row[2:7])) for row in made.points}

    found = [numbers(), *(numbers(**{option: OTHER[option]}) for option in OTHER if option != "degree")]
    found.append(numbers(degree=4))
    assert len(set(map(frozenset, found))) == 1 + len(OTHER)


def test_a_degree_that_leaves_a_rest_or_a_name_of_no_figure_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a divisor of 12"):
        drawing("errors", study.lab(), **{**AT, "degree": 5})
    with pytest.raises(ArgumentError, match="figure"):
        drawing("3a", study.lab())


def test_regimes_and_bounds_are_those_of_the_theory() -> None:
    regimes = rows_of("regimes")
    assert {row["ending"] for row in regimes} == set(Ending)
    for row in [row for row in regimes if not row["share_of_runs"]][::47]:
        times = typical_times(Model(int(row["m"]), int(row["d"]), float(row["tau"]), stats.expon()))
        assert times.ending == row["ending"]
    bounds = rows_of("bounds")
    name = next(key for key in bounds[0] if key.startswith("sharp"))
    for row in bounds[::20]:
        assert float(row[name]) == pytest.approx(block_bound(float(row["load"]) / 10, 10, 1.0))
        assert float(row["fluid limit t* (d = 10)"]) <= float(row[name]) * (1 + 1e-9)


# ----------------------------------------------------------------------------------------------- the hitting-time law


def done(number: int, symbols: int, degree: int, load: float = 0.1, **given: Any) -> Tally:
    counts = {name: given.pop(name, 0) for name in ("complete", "early", "late")}
    cell = replace(Cell(number, "grid", symbols, degree, load, LAWS[0], False, seed=number, trials=200), **given)
    return tally(cell, {"held": 200 - sum(counts.values()), **counts}, 0, [])


CELLS = (
    done(0, 100, 5, early=3, late=5),
    done(1, 200, 5, complete=40, late=1),
    done(2, 200, 11),
    done(3, 200, 11, 1.0, complete=195),  # too few are left
    done(4, 200, 11, replacement=True, late=9),
    done(5, 200, 11, startup=LAWS[1], late=9),
    done(6, 200, 11, family="critical", late=9),
)


@pytest.mark.quality
def test_cells_are_chosen_their_numbers_are_theirs_and_one_exception_more_is_seen() -> None:
    def lines(cells: tuple[Tally, ...]) -> list[dict[str, str]]:
        made = hitting_time.draw(Tables(cells, ()))
        return [dict(zip(made.header, map(str, point), strict=True)) for point in made.points]

    found = lines(CELLS)
    assert [(line["d/ln m"], line["m"], line["runs"], line["held"]) for line in found] == [
        ("1.0", "100", "200", "192"),
        ("1.0", "200", "160", "159"),
        ("2.0", "200", "200", "200"),
    ]
    for line in found:
        held, runs, d = int(line["held"]), int(line["runs"]), int(line["d"])
        interval = stats.binomtest(held, runs).proportion_ci(method="exact")
        numbers = [float(line[name]) for name in ("fraction", "low", "high")]
        assert numbers == pytest.approx([held / runs, interval.low, interval.high], abs=2e-6)
        predicted = sum(predicted_exceptions(Model(int(line["m"]), d, 0.1 / d, parse_law(LAWS[0]))))
        assert float(line["predicted_exceptions"]) == pytest.approx(predicted, rel=1e-5)
    other = lines((done(0, 100, 5, early=3, late=6), *CELLS[1:]))
    assert [a != b for a, b in zip(found, other, strict=True)] == [True, False, False]


# ----------------------------------------------------------------------------------- Tanner graphs of smallest examples


def examples() -> Iterator[tuple[str, list[dict[int, int]], dict[int, int]]]:
    """Name, rows and kernel vector of each, from the CSV."""
    lines = rows_of("tanner")
    for name in tanner.QUESTIONS:
        rows: dict[int, dict[int, int]] = defaultdict(dict)
        vector: dict[int, int] = {}
        for line in (line for line in lines if line["example"] == name):
            rows[int(line["row"])][int(line["symbol"]) - 1] = int(line["weight"])
            vector[int(line["symbol"]) - 1] = int(line["kernel_vector"])
        yield name, list(rows.values()), vector


def test_the_examples_are_those_on_record_cover_and_do_not_span() -> None:
    hunts = {hunt["conjecture"]: hunt for hunt in json.loads((DATA / "small_cases" / "hunts.json").read_text())}
    sizes = {"any rows": (3, 2), "sum recovery": (5, 4), "signed rows": (3, 3)}
    for name, rows, vector in examples():
        hunt = hunts[tanner.QUESTIONS[name]]
        weights = hunt["counterexample"].get("weights") or [[1] * len(row) for row in hunt["counterexample"]["rows"]]
        assert hunt["smallest"]
        assert [list(row) for row in rows] == hunt["counterexample"]["rows"]
        assert [list(row.values()) for row in rows] == weights
        m, count = sizes[name]
        matrix = Matrix([[row.get(c, 0) for c in range(m)] for row in rows])
        v = Matrix([vector[c] for c in range(m)])
        assert (matrix.rows, {c for row in rows for c in row}) == (count, set(range(m)))
        assert matrix.col_join(ones(1, m)).rank() == matrix.rank() + 1
        assert ((matrix * v).is_zero_matrix, sum(v) != 0) == (True, True)


@pytest.mark.quality
def test_a_wrong_kernel_vector_and_lost_weights_are_caught() -> None:
    edges = from_sets(3, [[0, 1], [0, 2]])
    right = obstruction(edges)
    assert right is not None
    assert np.array_equal(tanner.unbalanced(edges, right), [1, -1, -1])
    signed = tanner.examples()[2].case  # whose vector is none of the rows without their signs
    for rows, vector, complaint in (
        (edges, replace(right, weights=(1, 1, -1)), "Row 1"),
        (edges, replace(right, weights=(1, -1, 1)), "Row 2"),
        (edges, replace(right, weights=(0, 0, 0)), "sum to 0"),
        (from_sets(3, signed.sets), obstruction(signed.rows), "Row 3"),
    ):
        with pytest.raises(ArithmeticError, match=complaint):
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


def test_arrivals_on_record_are_those_of_the_runs_which_are_drawn_and_tabled(monkeypatch: pytest.MonkeyPatch) -> None:
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
