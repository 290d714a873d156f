"""The curves behind Figures 2a to 2c."""

from __future__ import annotations

import numpy as np

from srtheory.experiments.lab import Effort, Lab
from srtheory.report.curves import Figure, figure_2c


def curve(figure: Figure, *words: str) -> np.ndarray:
    [found] = [c.sample for c in figure.curves if all(word in c.label for word in words)]
    return found


def test_elimination_never_needs_more_rows_than_peeling() -> None:
    figure = figure_2c(Lab())
    for cap in ("m_e = 2m", "no cap"):
        elimination, peeling = curve(figure, cap, "elimination"), curve(figure, cap, "peeling")
        assert (elimination <= peeling).all()
        assert (elimination < peeling).any()
        assert elimination.min() >= curve(figure, "CC (").min()


def test_a_tenth_of_the_runs_by_elimination() -> None:
    assert [Lab(effort=effort).elimination_trials for effort in Effort] == [100, 1000, 10_000]
