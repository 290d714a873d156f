"""Figure 2a with more schemes: its numbers are the laws', and nothing is in the area where no scheme can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text
from scipy import stats

from paper_checks import study
from paper_checks.figures import more_tails
from paper_checks.figures.more_tails import SIMULATED, exact
from paper_checks.parameters import EXPONENTIAL, PAPER, PAPER_PARETO, PARETO
from srtheory.model import Model
from srtheory.theory.floor import late
from srtheory.theory.laws.baselines import fractional_bounds, repetition_bounds
from srtheory.theory.laws.genie import genie_bounds
from srtheory.theory.orders import least_uncovered
from tests.ours import drawing

M, TAU = 100, 0.02
SMALL = Model(M, 10, TAU, stats.expon(scale=5))
LIMIT = more_tails.LIMIT
Curves = dict[tuple[str, str], np.ndarray]


@pytest.fixture(scope="module")
def curves() -> Curves:
    """Columns t, tail, low, high, runs (nan where exact) of each curve of a small figure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(more_tails, "POINTS", 40)
        patch.setattr(more_tails, "fastest", lambda at, grid: 50)
        rows = list(drawing("2a-all", study.lab(), symbols=M, tau=TAU, trials=40).points)
    found: dict[tuple[str, str], list[list[float]]] = {}
    for startup, curve, *numbers in (row[:7] for row in rows):
        found.setdefault((startup, curve), []).append([float(x or "nan") for x in numbers])
    return {key: np.array(lines).T for key, lines in found.items()}


def impossible(curves: Curves, factor: float = 1.0) -> set[str]:
    """Curves but the genie's that are somewhere below the limit times a factor, by more than their intervals allow."""
    found = set()
    for (startup, label), (_, tail, _, high, _) in curves.items():
        limit = factor * curves[startup, LIMIT][1]
        if label != "genie" and (np.where(np.isnan(high), tail, high) < limit - 1e-9).any():
            found.add(label)
    return found


def test_every_curve_is_there_for_both_laws(curves: Curves) -> None:
    labels = {label.replace("\n", " ") for label in [*SIMULATED, *exact(PAPER, 50), LIMIT]}
    assert set(curves) == {(startup, label) for startup in (EXPONENTIAL, PARETO) for label in labels}


def test_nobody_does_what_no_scheme_can(curves: Curves) -> None:
    assert impossible(curves) == set()


@pytest.mark.quality
def test_a_limit_that_is_too_high_would_be_seen(curves: Curves) -> None:
    assert {"terms, cyclic order"} <= impossible(curves, 3.0)


def test_the_limit_is_that_of_the_theory(curves: Curves) -> None:
    for t, tail, *_ in curves[EXPONENTIAL, LIMIT].T[::7]:
        floor, genie = late(SMALL, t), 1 - genie_bounds(SMALL, t)[1]
        assert tail == pytest.approx(max(floor, genie), rel=1e-6, abs=1e-9)


def test_the_limit_is_no_weaker_than_the_share_of_uncovered_terms(curves: Curves) -> None:
    """docs/theory.md, 5.6, by which this figure had its limit before."""
    its = curves[EXPONENTIAL, LIMIT]
    share = np.array([least_uncovered(SMALL, t)[0] / M for t in its[0]])
    assert (its[1] >= share - 1e-12).all()
    assert (its[1] > 2 * share).any()


def test_fractional_repetition_of_ten_is_repetition(curves: Curves) -> None:
    for t, tail, *_ in curves[EXPONENTIAL, "gradient, fractional, d = 10 (= Repetition)"].T[::7]:
        assert repetition_bounds(SMALL, t) == fractional_bounds(SMALL, t, 9)
        assert tail == pytest.approx(1 - sum(repetition_bounds(SMALL, t)) / 2, rel=1e-6, abs=1e-9)


# ------------------------------------------------------------------------------------------- the reader's parameters

AT: dict[str, Any] = {"symbols": 12, "degree": 3, "tau": 0.1, "startup": "expon(scale=2)", "trials": 5}
OTHER = {"symbols": 13, "degree": 4, "tau": 0.2, "startup": "expon(scale=3)", "trials": 6}


@pytest.fixture
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(more_tails, "POINTS", 6)


def numbers(**given: Any) -> list[tuple[str, ...]]:
    """What the CSV has besides the parameters."""
    return [tuple(map(str, row[2:7])) for row in drawing("2a-all", study.lab(), **{**AT, **given}).points]


@pytest.mark.parametrize("option", AT)
def test_every_parameter_changes_the_numbers(few_points: None, option: str) -> None:
    assert numbers() != numbers(**{option: OTHER[option]})


def test_one_law_is_one_panel_that_says_its_parameters(few_points: None) -> None:
    made = drawing("2a-all", study.lab(seed=5), **AT)
    assert {row[0] for row in made.points} == {AT["startup"]}
    assert {row[6] for row in made.points} == {"", "5"}
    texts = " ".join(text.get_text() for text in made.canvas.findobj(Text))
    for said in ("m = 12", "d = 3", "τ = 0.1", "5 runs", "seed 5", "expon(scale=2)"):
        assert said in texts
    assert "d = 10" not in texts


def test_the_fastest_repetition_is_that_of_the_paper_there() -> None:
    """docs/theory.md, 5.7: d = 50 at the paper's parameters."""
    assert more_tails.fastest(PAPER, more_tails._grid(PAPER, np.ones(1))) == more_tails.LARGE


def test_the_papers_panels_are_where_they_were() -> None:
    for at in (PAPER, PAPER_PARETO):
        grid = more_tails._grid(at, np.ones(1))
        assert (grid[-1], len(grid)) == (pytest.approx(more_tails.WITHIN[at.startup_text][1]), more_tails.POINTS)
