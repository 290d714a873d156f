"""The search of the floor with a queue, on grids of few cells and groups: every part once more by its formula."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq, linprog

from srtheory.delays import Empirical
from srtheory.model import Model
from srtheory.theory.queue_floor import (
    Search,
    any_scheme,
    boxes,
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
