"""The figure of errors: its numbers are those of the laws and of the runs, and no curve is below the limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from paper_checks import study
from paper_checks.figures import stopping_early
from paper_checks.parameters import EXPONENTIAL, PAPER, PAPER_PARETO, PARETO
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.model import Model
from srtheory.theory.laws.approximate import cyclic_error
from tests.ours import drawing

M, TRIALS = 60, 40


@pytest.fixture(scope="module")
def curves() -> dict[tuple[str, ...], np.ndarray]:
    """Columns at, error, half-width, runs (nan where exact) of each curve of a small figure."""
    with pytest.MonkeyPatch.context() as patch:  # at times at which some run has an error
        patch.setattr(
            stopping_early, "times_shown", lambda lab, at: np.linspace(*stopping_early.UNTIL[at.startup_text], 46)
        )
        rows = list(drawing("errors", study.lab(), symbols=M, tau=0.02, trials=TRIALS).points)
    found: dict[tuple[str, ...], list[list[float]]] = {}
    for startup, axis, curve, *numbers in (row[:7] for row in rows):
        found.setdefault((startup, axis, curve), []).append([float(x or "nan") for x in numbers])
    return {key: np.array(lines).T for key, lines in found.items()}


def test_every_curve_is_there_for_both_laws(curves: dict[tuple[str, ...], np.ndarray]) -> None:
    labels = stopping_early.labels(10)
    for startup in (EXPONENTIAL, PARETO):
        assert {key[2] for key in curves if key[:2] == (startup, "time")} == set(labels)
        by_rows = {key[2] for key in curves if key[:2] == (startup, "rows")}
        assert by_rows == set(labels) - {"fractional, best d for t"}


def below(curves: dict[tuple[str, ...], np.ndarray], degree: int) -> list[tuple[str, ...]]:
    """Curves that are somewhere below the mean error of parts of that degree by more than 5 standard errors."""
    found = []
    for (startup, axis, label), (at, error, half, _) in curves.items():
        if axis == "time":
            least = cyclic_error(Model(M, degree, 0.02, parse_law(startup)), at)
            errors = half / stopping_early.multiple(TRIALS, len(at))
            slack = np.where(np.isnan(half), 0, 5 * errors) + 1e-7  # times in the CSV are rounded
            found += [(startup, label)] * bool((error < least - slack).any())
    return found


def test_no_scheme_is_below_terms_in_cyclic_order(curves: dict[tuple[str, ...], np.ndarray]) -> None:
    assert below(curves, 1) == []


@pytest.mark.quality
def test_another_limit_would_be_seen(curves: dict[tuple[str, ...], np.ndarray]) -> None:
    """Parts of ten are no limit: the terms are below them, and so are the rows of SR, which begin with single terms."""
    assert {(EXPONENTIAL, "SR"), (EXPONENTIAL, "terms, cyclic order")} <= set(below(curves, 10))


def test_simulated_errors_fall_and_start_at_one(curves: dict[tuple[str, ...], np.ndarray]) -> None:
    for (startup, axis, label), (_, error, half, runs) in curves.items():
        if "one step" not in label:
            assert (np.diff(error) <= 1e-12).all(), (startup, axis, label)
        assert np.isnan(half).all() == np.isnan(runs).all()
        assert error[0] == 1


# ------------------------------------------------------------------------------------------- the reader's parameters

AT: dict[str, Any] = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=2)", "trials": 3}
OTHER = {"symbols": 15, "degree": 4, "tau": 0.2, "startup": "expon(scale=3)", "trials": 4}


def numbers(**given: Any) -> list[tuple[str, ...]]:
    """What the CSV has besides the parameters."""
    return [tuple(map(str, row[3:7])) for row in drawing("errors", study.lab(), **{**AT, **given}).points]


@pytest.mark.parametrize("option", AT)
def test_every_parameter_changes_the_numbers(option: str) -> None:
    assert numbers() != numbers(**{option: OTHER[option]})


def test_one_law_is_one_row_of_panels() -> None:
    made = drawing("errors", study.lab(), **AT)
    assert {row[0] for row in made.points} == {AT["startup"]}
    assert {row[6] for row in made.points} == {"", "3"}


def test_the_papers_panels_are_where_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    def sampled(*_: object, **__: object) -> None:
        pytest.fail("the times of the paper's figure are fixed")

    monkeypatch.setattr(Lab, "sample", sampled)
    for at in (PAPER, PAPER_PARETO):
        times = stopping_early.times_shown(study.lab(), at)
        assert (times[0], times[-1], len(times)) == (*stopping_early.UNTIL[at.startup_text], stopping_early.POINTS)


def test_a_degree_that_leaves_a_rest_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a divisor of 12"):
        drawing("errors", study.lab(), **{**AT, "degree": 5})


def test_a_band_of_means_is_bonferronis() -> None:
    """Of one point it is Student's interval; of 46 of uncorrelated normal errors it misses one in 5 % of the runs."""
    assert stopping_early.multiple(100_000, 1) == pytest.approx(1.96, abs=1e-3)
    for points in (1, 46):
        sample = np.random.default_rng(5).normal(size=(4000, 30, points))
        error = sample.std(axis=1, ddof=1) / 30**0.5
        outside = np.abs(sample.mean(axis=1)) > stopping_early.multiple(30, points) * error
        assert 0.035 <= outside.any(axis=1).mean() <= 0.062
