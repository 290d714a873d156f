"""The search of the floor with a queue, on grids of few cells and groups: every part once more by its formula."""

from __future__ import annotations

import itertools
import math
from dataclasses import FrozenInstanceError, replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq, linprog

from srtheory.delays import Empirical, parse_law
from srtheory.model import Model
from srtheory.theory import queue_floor as queue_floor_module
from srtheory.theory.queue_floor import (
    QueueFloor,
    Rough,
    Search,
    any_scheme,
    boxes,
    groups,
    is_continuous,
    mean_floor,
    queue_floor,
    rough,
    search,
)

EXPON = stats.expon(scale=2)
MODEL = Model(6, None, 0.5, EXPON, master_time=0.25)
WORKERS, LEVELS = 4, np.array([0.3, 0.8])
EDGES, LAST = np.array([0.0, 1.0, 2.0, 3.5]), np.array([0, 1, 3, 5])
KNOTS, AROUND = np.array([0.4, 1.5]), 2.0


def its():
    return Search(MODEL, WORKERS, LEVELS, EDGES, LAST, KNOTS, AROUND)


def test_heights_and_dampings_are_those_of_the_text():
    """A_k = y/m - ln(1 - e^(-y c/m)) (e^(y c/m) - 1)/c for c terms in a message, eta the greatest A/y from k on."""
    m, found = MODEL.symbols, its()
    y = [-math.log(1 - p) for p in LEVELS]
    lost = [1 - math.exp(-a * AROUND / m) for a in y]
    heights = [a / m - math.log(q) * q / (AROUND * (1 - q)) for a, q in zip(y, lost, strict=True)]
    eta = [max(h / a for h, a in zip(heights[k:], y[k:], strict=True)) for k in range(2)]
    assert found.heights == pytest.approx(heights, rel=1e-9)
    assert found.eta == pytest.approx(eta, rel=1e-9)
    assert found.weights == pytest.approx([0.3, 0.5])
    damped = [[max(1 - e * c, 0) for c in LAST] for e in eta]
    needed = [(m * h - a) / WORKERS for h, a in zip(heights, y, strict=True)]
    for bound, exact in [(found.damped, damped), (found.needed, needed), (-found.eta, -np.array(eta))]:
        assert bound == pytest.approx(np.array(exact), rel=1e-9)
        assert (bound <= np.array(exact)).all()


def test_what_waits_before_a_cell_is_the_time_up_to_the_knot():
    assert its().waited.tolist() == [[0.0, 0.4, 0.4, 0.4], [0.0, 1.0, 1.5, 1.5], [0.0, 1.0, 2.0, 3.5]]


def test_messages_in_a_window_are_counted_from_below_and_closely():
    """sigma nu (F(a - e) - F(u - e)), sigma nu = 1, at its least for e up to the next group's: by a step at most."""
    found = its().counted
    for i, a in enumerate(EDGES):
        for j, u in enumerate(KNOTS):
            for g in range(1, len(LAST)):
                ends = 0.5 * np.linspace(LAST[g - 1] + 1, LAST[g] + 1, 400)
                least = max((EXPON.cdf(a - ends) - EXPON.cdf(u - ends)).min(), 0.0)
                step = 0.5 * (LAST[g] - LAST[g - 1]) / 8
                assert least - 0.5 * step <= found[i, j, g] <= least  # the density is at most a half
            assert found[i, j, 0] == 0.0
    beyond = Search(MODEL, WORKERS, LEVELS, 3 * EDGES, np.array([0, 2, 6]), KNOTS, AROUND)
    assert beyond.counted[3, 0, 1] > 0 == beyond.counted[3, 0, 2]  # all terms may be sent at any later time


def written_out(found, low, high, weights, beta):
    """The bound of a box: the least over all schedules, of all groups."""
    cells, size = len(found.tables), len(found.last)
    beta = [b if h < cells else 0.0 for b, h in zip(beta, high, strict=True)]
    base = sum(
        w * p * found.waited[i, c] for i, w in enumerate(weights) for p, c in zip(found.weights, low, strict=True)
    )
    base += sum(b * n for b, n in zip(beta, found.needed, strict=True))
    if not any(beta):
        return base
    values = [0.0]
    for n in range(1, size):
        for chosen in itertools.combinations(range(1, size), n):
            value = 0.0
            for a, b, c in zip((0, *chosen), chosen, (*chosen[1:], 0), strict=False):
                for k in range(len(beta)):
                    paid = sum(w * found.counted[low[k], i, b] for i, w in enumerate(weights[:-1]))
                    value += found.damped[k, a] * found.weights[k] * paid
                    if beta[k]:
                        value -= beta[k] * (found.last[b] - found.last[a]) * found.tables[high[k], k, b, c]
            values.append(value)
    return base + min(values)


@pytest.mark.parametrize(
    ("low", "high"), [((0, 0), (2, 2)), ((1, 1), (1, 2)), ((1, 2), (2, 2)), ((0, 2), (1, 3)), ((1, 1), (3, 3))]
)
@pytest.mark.parametrize("beta", [(0.5, 2.0), (3.0, 0.0), (0.0, 0.0)])
def test_the_value_of_a_box_is_the_least_over_all_schedules(low, high, beta):
    found, weights = its(), np.array([0.2, 0.5, 0.3])
    value = found.value(np.array(low), np.array(high), weights, np.array(beta))
    exact = written_out(found, low, high, weights, beta)
    assert value <= exact
    assert value == pytest.approx(exact, abs=1e-7)
    schedule = found.schedule()
    assert list(schedule) == sorted(set(schedule))
    assert found.add(schedule) == bool(schedule)
    assert not found.add(schedule)


def test_the_first_cells_are_those_whose_coverage_some_schedule_has():
    """Per level: a cell is excluded if no schedule has the coverage that is needed by its end."""
    found = its()
    first = found.first()
    size = len(LAST)
    every = [chosen for n in range(1, size) for chosen in itertools.combinations(range(1, size), n)]
    least = []
    for k in range(2):
        for cell in range(len(found.tables)):
            found.know(np.array([cell]))
            most = max(
                sum(
                    (LAST[b] - LAST[a]) * found.tables[cell, k, b, c]
                    for a, b, c in zip((0, *q), q, (*q[1:], 0), strict=False)
                )
                for q in every
            )
            if most >= found.needed[k]:
                break
        else:
            cell = len(found.tables)
        least.append(cell)
    assert first.tolist() == [max(least), least[1]]


def small_search(model=MODEL, workers=WORKERS):
    return search(model, workers, (0.3, 0.8), 8, 4)


def test_a_bound_rises_with_the_boxes_and_each_is_told():
    """From the first cells alone, of which T is at least the start, to one near that of parts."""
    model = replace(MODEL, master_time=1.0)
    grid = small_search(model)
    none = boxes(grid, 0, list)
    assert none == pytest.approx(float(grid.weights @ grid.edges[grid.first()]), rel=1e-8)
    told: list[int] = []
    some = boxes(small_search(model), 3, lambda: told.append(1))
    assert len(told) == 3
    more = boxes(small_search(model), 14, list)
    assert none <= some <= more < rough(model, WORKERS).latency
    assert more > 1.02 * none


def test_a_grid_reaches_from_before_coverage_to_beyond_the_latency():
    about, grid = rough(MODEL, WORKERS), small_search()
    assert about.earliest <= about.reported <= about.latency
    assert (grid.edges[0], grid.edges[1]) == (0.0, pytest.approx(0.6 * about.earliest))
    assert grid.edges[-1] >= 1.05 * about.latency - 1e-12
    assert len(grid.edges) == 9
    assert (len(grid.knots), grid.knots[-1]) == (17, pytest.approx(1.15 * about.reported))
    assert grid.last[-1] <= MODEL.symbols


def test_an_estimate_is_of_parts_in_cyclic_order():
    """One worker, one term: it has reported at the quantile of 1 - 0.7 or so, and the master takes sigma once."""
    about = rough(Model(1, None, 1.0, EXPON, master_time=0.25), 1)
    assert about.terms == 1
    assert about.reported == pytest.approx(1 - 2 * math.log(0.7), rel=1e-6)
    assert about.earliest == about.reported


CERTAIN = Empirical([0.0])


@pytest.mark.parametrize(("workers", "kappa"), [(1, 0.0), (3, 0.25)])
def test_workers_that_start_at_once_share_the_terms(workers, kappa):
    """T = m tau/nu + kappa, as all work until then."""
    bound = any_scheme(Model(6, None, 0.5, CERTAIN, message_cost=kappa), workers)
    assert bound <= 3 / workers + kappa
    assert bound == pytest.approx(3 / workers + kappa, rel=1e-6)


def test_workers_stop_while_the_masters_queue_is_handled():
    """(T - sigma) + (T - 2 sigma) = m tau: T = 3.5; the bound is one of a grid of times."""
    bound = any_scheme(Model(4, None, 1.0, CERTAIN, master_time=1.0), 2)
    assert 3.3 < bound <= 3.5


@pytest.mark.parametrize(
    ("law", "answer"),
    [(EXPON, True), (parse_law("expon(scale=5)"), True), (stats.randint(0, 4), False), (Empirical([0.0, 1.0]), False)],
)
def test_which_laws_are_known_to_be_continuous(law, answer):
    assert is_continuous(Model(3, None, 1.0, law)) is answer


def test_the_better_of_two_bounds_is_the_mean():
    assert QueueFloor(1.0, 2.0).mean == 2.0
    assert QueueFloor(3.0, 2.0).mean == 3.0
    with pytest.raises(FrozenInstanceError):
        QueueFloor(1.0, 2.0).queue = 3.0


def test_no_box_need_be_improved_and_one_worker_will_do():
    free = Model(3, None, 1.0, EXPON)
    found = queue_floor(free, workers=1, effort=0)
    assert found.queue == 0.0
    assert 3.0 < found.any_scheme <= 5.0  # m tau and the mean delay


# ------------------------------------------------------------------------------------- the parts of the search by hand


def best_value(found, low, high):
    """The greatest bound of a box over all multipliers, by one linear program with all schedules."""
    size, knots, levels, cells = len(found.last), len(found.knots), len(found.levels), len(found.tables)
    rows = []
    for n in range(size):
        for chosen in itertools.combinations(range(1, size), n):
            steps = list(zip((0, *chosen), chosen, (*chosen[1:], 0), strict=False))
            worth = [found.weights @ found.waited[i, low] for i in range(knots + 1)]
            for i, (a, b, _) in itertools.product(range(knots), steps):
                worth[i] += sum(
                    found.damped[k, a] * found.weights[k] * found.counted[low[k], i, b] for k in range(levels)
                )
            for k in range(levels):
                if high[k] < cells:
                    covered = sum((found.last[b] - found.last[a]) * found.tables[high[k], k, b, c] for a, b, c in steps)
                    worth.append(found.needed[k] - covered)
                else:
                    worth.append(0.0)
            rows.append([*worth, -1.0])
    prices = [0.0] * (len(rows[0]) - 1) + [-1.0]
    total = [[1.0] * (knots + 1) + [0.0] * (levels + 1)]
    limits = [(0, None)] * (len(prices) - 1) + [(None, None)]
    return -linprog(prices, A_ub=-np.array(rows), b_ub=np.zeros(len(rows)), A_eq=total, b_eq=[1.0], bounds=limits).fun


@pytest.mark.parametrize(("low", "high"), [((0, 0), (2, 2)), ((2, 1), (2, 2)), ((2, 1), (3, 1)), ((2, 2), (3, 3))])
def test_a_box_gets_the_best_multipliers_of_all(low, high):
    found = Search(replace(MODEL, master_time=2.0), WORKERS, LEVELS, EDGES, LAST, KNOTS, AROUND)
    low, high = np.array(low), np.array(high)
    bound, weights, beta = found.propose(low, high, 30, 0.0)
    assert bound == found.value(low, high, weights, beta)
    assert bound == pytest.approx(best_value(found, low, high), rel=1e-6)
    assert weights.sum() <= 1.0
    assert min(weights.min(), beta.min()) >= 0.0
    assert not beta[high == 3].any()


def test_rounds_of_a_box_end_when_that_is_enough_or_no_schedule_is_new():
    """Each round adds the schedule that was the least."""
    found, low, high = (
        Search(replace(MODEL, master_time=2.0), WORKERS, LEVELS, EDGES, LAST, KNOTS, AROUND),
        [1, 1],
        [2, 2],
    )
    bounds = []
    for rounds, enough in ((1, 1e9), (1, -1.0), (1, -1.0), (30, -1.0), (30, -1.0)):
        bounds.append((found.propose(np.array(low), np.array(high), rounds, enough)[0], len(found._columns)))
    assert [columns for _, columns in bounds] == [0, 1, 1, 1, 1]
    assert bounds[0][0] == bounds[1][0] < bounds[2][0] == bounds[4][0]
    assert not found.add(found._columns[0])
    assert not found.add(())


@pytest.mark.parametrize(
    ("terms", "useful", "top", "most", "last"),
    [
        (1, 1, 1, 30, [0, 1]),
        (10, 30, 35, 30, [0, *range(1, 15), *range(16, 31, 2), 35]),
        (10, 30, 30, 13, [0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 18, 22, 26, 30]),
        (10, 30, 30, 12, [0, 1, 2, 3, 4, 7, 10, 13, 16, 22, 28, 30]),
        (60, 90, 91, 100, [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 21, *range(25, 85), 86, 88, 90, 91]),
    ],
)
def test_groups_by_hand(terms, useful, top, most, last):
    """By a third of the number or 1/15 of the terms at first, from 0.4 of them on by steps, and from 1.4 on by two."""
    assert groups(terms, useful, top, most).tolist() == last


def in_cyclic_order(model, workers, terms):
    """When 0.7 parts are missing in the mean, and the latency by the greatest u + sigma N[u, S]."""
    parts = -(-model.symbols // terms)
    done = model.tau * np.minimum(terms * np.arange(1, parts + 1), model.symbols)

    def missing(t):
        return math.log(parts / 0.7) + workers / parts * model.startup.logsf(t - done).sum()

    reported = brentq(missing, 1e-9, 1e3, xtol=1e-13)
    u = np.linspace(0.0, reported, 200)
    sent = model.startup.cdf(reported - done).sum() - model.startup.cdf(u[:, None] - done).sum(axis=1)
    return reported, (u + model.master_time * workers * sent).max()


@pytest.mark.parametrize(("workers", "sigma", "terms"), [(12, 0.0, 1), (4, 0.25, 3), (4, 2.0, 6)])
def test_the_estimate_is_the_best_of_all_parts(workers, sigma, terms):
    """Of six terms every number may be in a part."""
    model = replace(MODEL, master_time=sigma)
    about, each = rough(model, workers), {n: in_cyclic_order(model, workers, n) for n in range(1, 7)}
    assert about.terms == min(each, key=lambda n: each[n][1]) == terms
    assert (about.reported, about.latency) == pytest.approx(each[terms], rel=1e-6)
    assert about.earliest == pytest.approx(min(reported for reported, _ in each.values()), rel=1e-6)


@pytest.mark.parametrize(
    ("law", "m", "about", "end", "last"),
    [
        (EXPON, 20, Rough(2, 2.0, 3.0, 1.0), 3.15, [0, 1, 3, 7, 8]),
        (EXPON, 6, Rough(2, 2.0, 3.0, 1.0), 3.15, [0, 1, 3, 6]),
        (EXPON, 20, Rough(2, 2.0, 2.0, 1.0), 2.4, [0, 1, 2, 3, 5, 6]),
        (stats.uniform(), 20, Rough(2, 2.0, 3.0, 1.0), 0.6 + 2.55 * 0.9**10, [0, 1, 2, 3, 4]),
        (stats.uniform(0, 0.05), 20, Rough(1, 2.0, 3.0, 1.0), 0.6006, [0, 1, 2, 3]),
        (stats.uniform(0.75, 0.25), 20, Rough(2, 2.0, 3.0, 1.0), 0.6 + 2.55 * 0.9**10, [0, 1, 2, 4]),
    ],
)
def test_a_grid_by_hand(monkeypatch, law, m, about, end, last):
    """It ends where F(t - tau) can be told from 1, and no group has two kinds of numbers: too large, or never sent."""
    monkeypatch.setattr(queue_floor_module, "rough", lambda model, workers: about)
    model = Model(m, None, 0.5, law, master_time=0.25)
    found = search(model, WORKERS, (0.3, 0.8), 8, 4)
    assert found.edges == pytest.approx([0.0, *np.linspace(0.6, end, 8)], rel=1e-6)
    assert found.knots == pytest.approx(np.linspace(law.ppf(1e-9), 2.3, 17), rel=1e-12)
    assert found.around == about.terms
    assert found.levels.tolist() == [0.3, 0.8]
    assert found.last.tolist() == last


def test_a_search_begins_with_equal_messages(monkeypatch):
    """One message of each size, and one after each multiple of it, or in the group of that."""
    monkeypatch.setattr(queue_floor_module, "rough", lambda model, workers: Rough(2, 2.0, 3.0, 1.0))
    found = search(Model(20, None, 0.5, EXPON, master_time=0.25), WORKERS, (0.3, 0.8), 8, 4)
    assert found.last.tolist() == [0, 1, 3, 7, 8]
    assert set(found._columns) == {(1,), (2,), (3,), (4,), (1, 2, 3, 4), (2, 3)}


class Boxes:
    """A search whose bounds are the first cell of the first level, and one more with multipliers of a program."""

    levels, knots, tables, last = np.array([0.5]), np.zeros(2), np.zeros(4), np.zeros(1)

    def __init__(self, improves=True):
        self.improves, self.asked, self.tried = improves, [], []

    def first(self):
        return np.array([1])

    def value(self, low, high, weights, beta):
        assert weights.tolist() == [0.0, 0.0, 1.0]
        self.tried.append((int(low[0]), int(high[0]), int(beta[0])))
        return low[0] + 1.0 * bool(beta[0])

    def propose(self, low, high, rounds, enough):
        self.asked.append((int(low[0]), int(high[0]), rounds, enough))
        beta = np.array([float(len(self.asked))])
        return (low[0] + 1.5, np.array([0.0, 0.0, 1.0]), beta) if self.improves else None


@pytest.mark.parametrize(("most", "solved"), [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3)])
@pytest.mark.parametrize("improves", [True, False])
def test_the_box_with_the_least_bound_is_improved_or_divided(most, solved, improves, monkeypatch):
    """Cells 1 to 4, then 1 to 3, then cell 1 alone, which has three times as many rounds."""
    monkeypatch.setattr(queue_floor_module, "_CUTS", 1)
    grid, told = Boxes(improves), []
    bound = 2.5 if improves and most else 1.0
    assert boxes(grid, most, lambda: told.append(1)) == bound
    every = [(1, 4, 4, 3e-4), (1, 3, 4, 3e-4 * bound), (1, 1, 12, 3e-4 * bound)]
    assert grid.asked == every[:solved]
    assert len(told) == solved
    if most == 9 and improves:  # the known multipliers of the nearest box are tried
        first, second = [(1, 3, 1), (4, 4, 1)], [(1, 1, 1), (2, 3, 1)]
        assert grid.tried == [(1, 4, 0), *first, (1, 3, 1), *second, (1, 1, 2)]


@pytest.mark.parametrize(
    ("high", "values", "chosen"),
    [
        ((3, 3), {0: (5, 5), 1: (4, 9)}, 0),
        ((3, 3), {0: (5, 5), 1: (4.5, 12)}, 1),
        ((3, 3), {0: (5, 5), 1: (5, 5)}, 0),
        ((3, 7), {0: (5, 5), 1: (5, 5)}, 1),
        ((7, 3), {0: (5, 5), 1: (5, 5)}, 0),
        ((0, 3), {0: (9, 9), 1: (1, 1)}, 1),
        ((3, 3), {0: (5, 5), 1: (5.25, None)}, 1),  # the other part is empty
        ((3, 3), {0: (5.5, 5.5), 1: (5.25, None)}, 0),
    ],
)
def test_a_box_is_divided_where_the_bounds_are_greatest(high, values, chosen):
    """By the lower bound of the two, a half of their mean, and hardly by the number of cells; 2 is the bound before."""

    def value(low, high, given):
        level = int(np.flatnonzero((low > 0) | (high < start[1]))[0])
        return values[level][int(low[level] > 0)]

    def tight(low, high):
        level = int(np.flatnonzero((low > 0) | (high < start[1]))[0])
        return (low, high) if values[level][int(low[level] > 0)] is not None else (low, low - 1)

    start = np.array([0, 0]), np.array(high)
    found = queue_floor_module._split(SimpleNamespace(value=value), start, 2.0, ("given",), tight)
    assert [bound for bound, _ in found] == [max(v, 2.0) for v in values[chosen] if v is not None]
    middle = 3 if high[chosen] == 7 else 1
    (_, (low, top)), *rest = found
    assert (low.tolist(), top[chosen], top[1 - chosen]) == ([0, 0], middle, high[1 - chosen])
    for _, (low, top) in rest:
        assert (low[chosen], low[1 - chosen], top.tolist()) == (middle + 1, 0, list(high))


@pytest.mark.parametrize(
    ("low", "high", "middle"),
    [
        (0, 1, 0),
        (0, 2, 1),
        (1, 4, 3),
        (1, 3, 1),
        (0, 7, 3),
        (0, 16, 7),
        (3, 20, 15),
        (5, 13, 7),
        (8, 14, 11),
        (9, 17, 11),
    ],
)
def test_boxes_are_divided_at_round_numbers_near_the_middle(low, high, middle):
    """The cells up to the middle one are as many as a great power of 2 divides, in the middle half."""
    assert queue_floor_module._middle(low, high) == middle


def test_the_floor_is_that_of_the_search_and_the_cost_of_a_message(monkeypatch):
    asked = []
    monkeypatch.setattr(queue_floor_module, "search", lambda *given: asked.append(given) or "grid")
    monkeypatch.setattr(queue_floor_module, "boxes", lambda *given: asked.append(given) or 2.0)
    monkeypatch.setattr(queue_floor_module, "any_scheme", lambda *given: asked.append(given) or 1.0)
    model = replace(MODEL, message_cost=0.25)
    assert queue_floor(model, workers=3, step=list) == QueueFloor(1.0, 2.25 * (1 - 1e-9))
    levels = queue_floor_module.LEVELS
    assert asked == [(model, 3), (MODEL, 3, levels, 128, 92), ("grid", 800, list)]
    assert sorted({0.0, *levels, 1.0}) == [0.0, *levels, 1.0]
    assert queue_floor(replace(model, master_time=0.0)) == QueueFloor(1.0, 0.0)
    assert mean_floor(model, 0.0, workers=3, step=list) == 2.25 * (1 - 1e-9)
    assert asked[-1] == ("grid", 800, list)
    assert mean_floor(replace(model, master_time=0.0), 0.5) == 0.5


def test_the_bound_for_known_delays_is_near_the_best_of_its_kind():
    """On fine grids, and with the moments of exponential delays X: E e^(theta (z - X)^+) has a closed form."""
    workers, sigma, kappa, work, scale = 4, 0.1, 0.25, 3.0, 2.0

    def late_at(t):
        z = (t - kappa) * np.linspace(0, 1, 17)[1:, None]
        waits = np.maximum(t - kappa - sigma * np.arange(1, workers + 1) - z, 0).sum(axis=1, keepdims=True)
        theta = np.geomspace(0.05, 40, 150) / z
        moments = np.exp(-z / scale) + (np.exp(theta * z) - np.exp(-z / scale)) / (1 + scale * theta)
        logs = workers * np.log(moments) - theta * (work - waits)
        return -math.expm1(min(np.where(work > waits, logs, 0.0).min(axis=1).min(), 0.0))

    low = work / workers + kappa
    times = np.linspace(low, 5 * low, 60)
    best = low + np.trapezoid([1.0, *(late_at(t) for t in times[1:])], times)
    bound = any_scheme(Model(6, None, 0.5, EXPON, message_cost=kappa, master_time=sigma), workers)
    assert 0.98 * best < bound < best
