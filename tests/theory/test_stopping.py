"""Laws that rest on the hitting-time law: exact for what they claim, close to the code at its size."""

import math

import numpy as np
import pytest

from srtheory.theory.laws.stopping import (
    expected_stopping_given_hitting,
    latency_bounds_given_hitting,
)
from tests import once
from tests.theory import at_paper, terms
from tests.theory.at_paper import EXPON, PARETO


def test_mean_rows_at_the_parameters_of_the_paper():
    """And those on record in tests/once.py, which other tests rely upon; of terms that test_collection_laws.py has."""
    low, high = exponential = terms.from_record(expected_stopping_given_hitting, at_paper.PAPER[EXPON])
    assert round(low, 3) == round(high, 3) == 1009.104
    assert once.same(exponential, at_paper.expected_stopping(EXPON))
    low, high = pareto = terms.from_record(expected_stopping_given_hitting, at_paper.PAPER[PARETO])
    assert round(low, 3) == round(high, 3) == 1033.093
    assert once.same(pareto, at_paper.expected_stopping(PARETO))


@pytest.mark.slow
def test_mean_latency_at_the_parameters_of_the_paper():
    step = 0.065
    grid = np.arange(0.58, 0.99, step)  # to 2e-4: sums over so smooth a law converge fast
    late = 1 - np.array([sum(latency_bounds_given_hitting(at_paper.PAPER[EXPON], float(t))) / 2 for t in grid])
    mean = grid[0] + np.trapezoid(late, grid)
    spread = math.sqrt(grid[0] ** 2 + np.trapezoid(2 * grid * late, grid) + step**2 / 6 - mean**2)  # Euler, Maclaurin
    assert round(mean, 3) == 0.709
    assert round(spread, 3) == 0.038
    # The authors' 100 runs of the code itself: mean 0.708, standard deviation 0.032.
    assert abs(0.708 - mean) < 2 * spread / 10
    assert abs(0.032 - spread) < 3 * spread / math.sqrt(200)
