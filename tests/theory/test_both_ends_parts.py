"""Even parts and cells part by part, by hand: around the circle, limits without a matrix, and the largest sizes."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb
from scipy import stats
from scipy.optimize import brentq

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory.laws import both_ends
from srtheory.theory.laws.both_ends import likely_cells, terms_staircase_bounds

EXPON, PARETO = stats.expon(scale=5), stats.pareto(b=1)


def test_terms_and_messages_around_the_circle_by_hand():
    circle = both_ends.Circle(np.array([0, 2, 3, 5]), 1)
    found = [circle.sent(*ends) for ends in ((0, 0), (1, 2), (2, 4), (-1, 0), (-3, -1), (1, 6), (3, 3))]
    assert found == [(2, 1), (3, 2), (5, 3), (4, 2), (5, 3), (10, 6), (2, 1)]


def half_for_a_message(terms, messages):
    """The chance that a worker has not sent so much."""
    return arb(2) ** -messages


def test_limits_of_runs_by_hand():
    """Four parts that repeat twice: 2^-14 and 2^-16 that the first and the second one are missed."""
    runs = both_ends.Runs(np.arange(5), 2, [2, 0, 2, 0], [0, 1, 0, 1])
    assert [float(p) for p in runs.missed(half_for_a_message)] == [2.0**-14, 2.0**-16]
    assert float(runs.at_least(half_for_a_message)) == 1 - 2 * (2.0**-14 + 2.0**-16)
    assert float(runs.at_most(half_for_a_message)) == 1 - 2.0**-14
    assert list(runs.periods()) == [(2, 2), (1, 4)]
    assert list(both_ends.Runs(np.arange(5), 1, [1] * 4, [0] * 4).periods()) == [(1, 4)]


@pytest.mark.parametrize(("all_sent", "low"), [(0.9, 1 - 0.9**8), (0.99, (13 / 16) ** 4)])
def test_limits_of_cells_by_hand(all_sent, low):
    """Two parts in each of four cells: s_1 s_2 + (s_2 - s_1) s_1 = 3/16 that one is missed."""
    silent = {(1, 1): arb(0.25), (2, 2): arb(0.5), (8, 8): arb(all_sent)}
    pairs = both_ends.Pairs(np.arange(9), 4, np.arange(0, 9, 2), 1)
    assert float(pairs.at_least(lambda *sent: silent[sent])) == pytest.approx(low, rel=1e-14)
    assert float(pairs.at_most(lambda *sent: silent[sent])) == 1 - 3 / 16
    assert set(pairs.keys()) == set(silent)
    assert list(pairs.periods()) == [(4, 1), (1, 4)]
    assert list(both_ends.Pairs(np.arange(9), 2, np.arange(0, 9, 2), 3).periods()) == [(2, 6), (1, 12)]


@pytest.mark.parametrize(
    ("parts", "repeats", "matrix"),
    [(80, 2, (40, 2)), (82, 2, (82, 1)), (400, 1, (400, 1)), (401, 1, None), (1200, 30, (40, 30)), (1230, 30, None)],
)
def test_the_largest_matrices(parts, repeats, matrix):
    assert both_ends.Runs(np.arange(parts + 1), repeats, [1] * parts, [0] * parts).matrix == matrix


def test_the_largest_odd_number_of_terms(monkeypatch):
    monkeypatch.setattr(both_ends, "enclosed", lambda circle, model, t: (circle.parts, circle.repeats))
    assert terms_staircase_bounds(Model(399, None, 0.3, EXPON), 1.0) == (399, 1)
    assert terms_staircase_bounds(Model(402, None, 0.3, EXPON), 1.0) == (402, 201)
    with pytest.raises(ArgumentError, match="even or at most 400, for this law"):
        terms_staircase_bounds(Model(401, None, 0.3, EXPON), 1.0)


@pytest.mark.parametrize(
    ("t", "cells"),
    [
        (-1.0, 1),
        (3 * (1 - 2e-9), 1),
        (3 * (1 - 0.5e-9), 2),
        (3.0, 2),
        (5.0, 2),
        (5.25, 3),
        (7.0, 3),
        (7.5, 4),
        (1e9, 4),
    ],
)
def test_cells_that_a_worker_may_have_entered(t, cells):
    """After three terms and messages each, and one more, at 3/4: at 3, 5.25 and 7.5."""
    model = Model(12, 1, 0.5, EXPON, message_cost=0.25)
    assert both_ends._cells_entered(np.arange(13), np.arange(0, 13, 3), model, t) == cells


def test_the_smallest_cell_counts_where_cells_differ():
    """Two terms in one message, and a second cell entered after one more of each."""
    model = Model(9, 2, 0.5, EXPON, message_cost=0.25)
    ends, cuts = np.array([0, 2, 4, 6, 7, 9]), np.array([0, 2, 3, 5])
    entered = [both_ends._cells_entered(ends, cuts, model, t) for t in (1.99, 2.0, 3.24, 3.25)]
    assert entered == [1, 2, 2, 3]


@pytest.mark.parametrize("model", [Model(60, 3, 0.05, EXPON), Model(7, 3, 0.5, PARETO, message_cost=0.2, silent=0.1)])
def test_the_time_at_which_one_part_is_missed_on_average(model):
    parts, step = -(-model.symbols // 3), 3 * model.tau + model.message_cost
    places, workers = step * np.arange(1, parts + 1), model.symbols / parts

    def missed(t):
        return parts * np.prod((1 - model.defective_startup.cdf(t - places)) ** workers) - 1

    exact = brentq(missed, step, 1e3)
    assert exact <= both_ends._expected_to_cover(model, parts, step) <= exact * (1 + 2.0**-9)


def test_five_thousand_parts_are_told_apart(monkeypatch):
    monkeypatch.setattr(both_ends, "parts_pairs_bounds", lambda model, t, *, cells: (0.5, 0.5))
    numbers = [1, 2, 500, 501]
    assert likely_cells(Model(5000, 1, 0.05, EXPON), numbers) != numbers
    assert likely_cells(Model(5001, 1, 0.05, EXPON), numbers) == numbers
    assert 0 < len(likely_cells(Model(60, 1, 0.05, EXPON), [1, 4])) < 2


def test_a_cell_is_missed_by_those_of_its_own_and_of_the_next_one():
    """Two cells of two parts, 1 - 2^-n that a worker has not sent n: 7/16 and 45/64 that X is at most 0 and 1."""
    pairs = both_ends.Pairs(np.arange(5), 2, np.arange(0, 5, 2), 2)
    [missed] = pairs.missed(lambda terms, messages: 1 - arb(2) ** -messages)
    assert float(missed) == 7 / 16 * 45 / 64 + 17 / 64 * 7 / 16


def test_a_later_time_is_tried_where_no_number_of_cells_is_near(monkeypatch):
    asked = []
    monkeypatch.setattr(both_ends, "parts_pairs_bounds", lambda model, t, *, cells: asked.append(t) or (0.5, 0.5))
    assert likely_cells(Model(60, 3, 0.05, EXPON), [1, 10**5]) == [1]
    first = both_ends._expected_to_cover(Model(60, 3, 0.05, EXPON), 20, 0.15)
    assert first < 1.5 <= asked[0] < 1.1 * 1.5
