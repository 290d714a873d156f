"""Chernoff's bounds on the number of rows, where each worker sends one row or none: the best ones are known there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import rel_entr

from srtheory.theory.laws.rows_received import radius_below, rows_beyond


def best_bound(m: int, p: float, rows: int) -> float:
    """exp(-m KL(rows/m || p)), the least of E[z^N] z^-rows over z for a binomial N with m trials (Chernoff 1952)."""
    x = rows / m
    return math.exp(-m * (rel_entr(x, p) + rel_entr(1 - x, 1 - p)))


@pytest.mark.parametrize(("m", "p", "rows"), [(1000, 0.5, 490), (1000, 0.5, 400), (1000, 0.7, 690), (60, 0.6, 20)])
def test_the_radius_is_nearly_the_best(m: int, p: float, rows: int) -> None:
    z = float(radius_below(m, np.array([p]), rows))
    bound = (1 - p + p * z) ** m * z ** (1 - rows)
    least = best_bound(m, p, rows - 1)
    assert least * (1 - 1e-9) <= bound <= 1.05 * least


@pytest.mark.parametrize(
    ("m", "p", "small"), [(1000, 0.5, 0.5), (1000, 0.5, 1e-15), (1000, 0.01, 1e-9), (60, 0.2, 1e-9)]
)
def test_rows_beyond_are_nearly_the_fewest(m: int, p: float, small: float) -> None:
    rows, bound = rows_beyond(m, np.array([p]), small)
    fewest = next(rows for rows in range(math.ceil(m * p), m + 1) if best_bound(m, p, rows) <= small)
    assert fewest <= rows <= fewest + 1
    assert best_bound(m, p, rows) * (1 - 1e-9) <= float(bound) <= small


@pytest.mark.parametrize(("m", "p", "small"), [(1, 0.5, 1e-9), (3, 0.9, 1e-15)])
def test_where_no_number_is_unlikely_enough_there_are_no_rows_beyond(m: int, p: float, small: float) -> None:
    rows, bound = rows_beyond(m, np.array([p]), small)
    assert (rows, float(bound)) == (m + 1, 0)
