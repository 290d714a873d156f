"""Figure 2a with more schemes: its numbers are the laws', and nothing is in the area where no scheme can be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from srtheory.experiments.lab import EXPONENTIAL, PARETO, Lab
from srtheory.report.figures import drawing, more_tails
from srtheory.report.figures.more_tails import EXACT, SIMULATED
from srtheory.theory.laws.baselines import fractional_bounds, repetition_bounds
from srtheory.theory.laws.genie import genie_cdf
from srtheory.theory.orders import least_uncovered

M, TAU = 100, 0.02
LIMIT = more_tails.LIMIT.replace("\n", " ")
Curves = dict[tuple[str, str], np.ndarray]


class FewTrials(Lab):
    @property
    def trials(self) -> int:
        return 40


@pytest.fixture(scope="module")
def curves() -> Curves:
    """Columns t, tail, low, high, runs (nan where exact) of each curve of a small figure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(more_tails, "SYMBOLS", M)
        patch.setattr(more_tails, "TAU", TAU)
        patch.setattr(more_tails, "POINTS", 40)
        patch.setattr(FewTrials, "sample", lambda lab, *what, **o: Lab.sample(lab, *what, symbols=M, tau=TAU, **o))
        rows = list(drawing("2a-all", FewTrials()).points)
    found: dict[tuple[str, str], list[list[float]]] = {}
    for startup, curve, *numbers in rows:
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
    labels = {label.replace("\n", " ") for label in [*SIMULATED, *EXACT, LIMIT]}
    assert set(curves) == {(startup, label) for startup in (EXPONENTIAL, PARETO) for label in labels}


def test_nobody_does_what_no_scheme_can(curves: Curves) -> None:
    assert impossible(curves) == set()


@pytest.mark.quality
def test_a_limit_that_is_too_high_would_be_seen(curves: Curves) -> None:
    """The mean number in the place of the mean share is no limit."""
    assert {"terms, cyclic order"} <= impossible(curves, float(M))


def test_the_limit_is_that_of_the_theory(curves: Curves) -> None:
    law = stats.expon(scale=5)
    for t, tail, *_ in curves[EXPONENTIAL, LIMIT].T[::7]:
        share, genie = least_uncovered(t, M, TAU, law)[0] / M, 1 - genie_cdf(t, M, TAU, law)[1]
        assert tail == pytest.approx(max(share, genie), rel=1e-6, abs=1e-9)


def test_fractional_repetition_of_ten_is_repetition(curves: Curves) -> None:
    law = stats.expon(scale=5)
    for t, tail, *_ in curves[EXPONENTIAL, "gradient, fractional, d = 10 (= Repetition)"].T[::7]:
        assert repetition_bounds(t, M, 10, TAU, law) == fractional_bounds(t, M, 9, TAU, law)
        assert tail == pytest.approx(1 - sum(repetition_bounds(t, M, 10, TAU, law)) / 2, rel=1e-6, abs=1e-9)
