"""Coupled codes: the finite check agrees with a plain one, and peeling of blocks that are drawn stays within it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb, exp, expm1, log, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory import Model, simulate
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.questions.guarantee import Guarantee
from srtheory.schemes.windows import CoupledCells
from srtheory.theory import coupled
from srtheory.theory.coupled import STEPS, Cells, evolution, failure, guaranteed_rows, guaranteed_time, late, least_load


def plain(design, unknown, rows, goal, power=-1, shift=0, lag=0, below=True):
    """The failure of Theorem 6 by its formulas, cell by cell; the last arguments plant mistakes."""
    m, d, w, q = design.symbols, design.degree, design.width, design.size
    k, W = design.cells + w - 1, w * q
    groups = k if design.adjacent else 1
    spare = log((8 * k if design.adjacent else 4) / goal) / 2
    least = int(rows / k - 2 * (spare * rows / k) ** 0.5) if design.adjacent else rows
    rho = ((least + 1 + spare) ** 0.5 - spare**0.5) ** 2 * groups / (k * q)
    windows = [[(j + i + shift) % k for i in range(w)] for j in range(k)]
    n = [q * sum(c < design.cells for c in window) for window in windows]
    steps = [n, *(step.tolist() for step in evolution(design, unknown / m, rho, log(2 * k * STEPS / goal)))]
    tails = [(rho * k * q / groups, least + 1)] + [(rows / k, least - 1)] * (below and design.adjacent)
    total = sum(groups * exp(x - mean - x * log(x / mean)) for mean, x in tails)
    for before, after in pairwise(steps):
        rate = [d / w * rho * max(0, (W - u - d + 2) / (W - d + 1)) ** (d + power) for u in before]
        left = [exp(-sum(rate[j] for j in range(k) if c in windows[j])) if c < design.cells else 0 for c in range(k)]
        for j, window in enumerate(windows):
            p, x = unknown / m * sum(left[c] for c in window) * q / n[j], (after[j] + 1 + lag) / n[j]
            if after[j] < before[j] and x <= 1:
                rest = (1 - x) * log((1 - x) / (1 - p)) if x < 1 else 0
                total += exp(-n[j] * (x * log(x / p) + rest)) if x > p else 1
    u = max(1, *steps[-1])
    return min(1.0, total + expm1(unknown * exp(-rho * d * (1 - (u - 1) * (d - 1) / (W - 1)))))


TRIED = [(3000, 16, 12, 4, 1500, 4200), (10000, 16, 20, 4, 5000, 10400), (10000, 24, 23, 8, 7500, 16500)]


@pytest.mark.parametrize(("m", "degree", "cells", "width", "unknown", "rows"), TRIED)
def test_the_check_is_that_of_the_formulas(m, degree, cells, width, unknown, rows):
    design = Cells(m, degree, cells, width)
    found = failure(design, unknown, rows, 0.1)
    assert 0 < found < 0.1
    assert found == pytest.approx(plain(design, unknown, rows, 0.1), rel=1e-6)
    apart, more = replace(design, adjacent=True), 2 * rows  # of blocks that share no terms
    disjoint = failure(apart, unknown, more, 0.1)
    assert disjoint == pytest.approx(plain(apart, unknown, more, 0.1), rel=1e-6)
    assert disjoint != pytest.approx(plain(apart, unknown, more, 0.1, below=False), rel=1e-6)
    assert disjoint < 0.1
    for mistake in ({"power": 0}, {"power": -2}, {"shift": 1}, {"lag": -1}):
        assert found != pytest.approx(plain(design, unknown, rows, 0.1, **mistake), rel=1e-6)


def left_by_peeling(design, unknown, rows, seed, adjacent=1):
    """Which terms blocks leave unknown, by sets; of a worker's windows the first is random, the others are adjacent."""
    rng, q = np.random.default_rng(seed), design.size
    ends = [c * design.symbols // design.cells for c in range(design.cells + 1)]
    cells = [list(range(low, high)) for low, high in pairwise(ends)]
    circle = [cell + [-1] * (q - len(cell)) for cell in cells] + [[-1] * q] * (design.width - 1)
    missing = set(rng.permutation(design.symbols)[:unknown].tolist())
    holds, blocks = {}, []
    first = 0
    for i in range(rows):
        first = rng.integers(design.around) if i % adjacent == 0 else first + design.width
        places = [c for i in range(design.width) for c in circle[(first + i) % design.around]]
        blocks.append(missing.intersection(rng.choice(places, design.degree, replace=False).tolist()))
        for c in blocks[-1]:
            holds.setdefault(c, []).append(blocks[-1])
    ready = [block for block in blocks if len(block) == 1]
    while ready:
        for c in list(ready.pop()):
            missing.discard(c)
            for block in holds[c]:
                block.discard(c)
                if len(block) == 1:
                    ready.append(block)
    return missing, cells


@pytest.mark.parametrize("share", [0.45, 1.0, 1.3])
def test_no_window_keeps_more_unknown_terms_than_the_evolution_says(share):
    """Below, at and above the load at which it leaves few; with a probability of e^-12 for each step and window.

    Without room for deviations there would be more than it says.
    """
    design, unknown = Cells(2000, 12, 16, 4), 1000
    load = share * least_load(design, unknown / 2000, 0.1)
    most, without = (list(evolution(design, unknown / 2000, load, bound))[-1] for bound in (12.0, 1e-9))
    rows = round(load * design.around * design.size)
    for seed in range(2):
        missing, cells = left_by_peeling(design, unknown, rows + round(4 * rows**0.5), seed)
        left = [len(missing.intersection(cell)) for cell in cells] + [0] * (design.width - 1)
        kept = np.array([sum(left[(j + i) % design.around] for i in range(design.width)) for j in range(design.around)])
        assert (kept <= most).all()
        assert share > 0.5 or (kept > without).any()


@pytest.mark.parametrize("order", ["independent", "adjacent"])
def test_a_time_that_is_guaranteed_is_enough_for_the_scheme(order):
    m, law = 10**4, parse_law("expon(scale=5)")
    code, model = CoupledCells(m, 14), Model(m, degree=14, tau=0.005, startup=law)
    design = Cells(m, 14, code.number_of_cells, code.width, order == "adjacent")
    t = guaranteed_time(design, model, 0.99)
    assert late(design, model, t, 0.01) <= 0.01
    runs = simulate("sr-cells", model, trials=10, order=order)
    assert max(runs["latency"]) <= t < 4 * max(runs["latency"])
    assert max(runs["stopping_time"]) <= guaranteed_rows(design, model, 0.99, t) < 15 * max(runs["stopping_time"])
    assert guaranteed_time(design, model, 1.0) == np.inf
    assert guaranteed_rows(design, model, 1.0, np.inf) is None
    assert guaranteed_rows(design, model, 0.0, guaranteed_time(design, model, 0.0)) == 0


@pytest.mark.parametrize("order", ["independent", "adjacent"])
@pytest.mark.parametrize("kappa", [0.0, 0.3])
def test_as_many_rows_as_are_guaranteed_arrive_by_the_time(monkeypatch, order, kappa):
    """Given that all is known by then, and blocks that zeros shorten come early."""
    monkeypatch.setattr(coupled, "late", lambda *_: 0.0)
    m, d, t, rng = 60, 6, 12.0, np.random.default_rng(7)
    code, startup = CoupledCells(m, d, cells=8, window=4, order=order), parse_law("expon(scale=4)")
    model = Model(m, degree=d, tau=0.5, startup=startup, message_cost=kappa)
    enough = guaranteed_rows(Cells(m, d, 8, 4, order == "adjacent"), model, 0.9, t)
    counts = []
    for key in range(400):
        left = t - startup.rvs(size=m, random_state=rng)
        sent = code.emit(key, np.floor(left.clip(0) / 0.5).astype(np.int64))
        which = np.arange(len(sent.worker)) - np.searchsorted(sent.worker, sent.worker)
        counts.append(int((0.5 * sent.terms + kappa * (1 + which) <= left[sent.worker]).sum()))
    assert np.quantile(counts, 0.9) <= enough < max(counts) * 1.1


def test_a_guarantee_is_rounded_down(monkeypatch):
    """Neither 1 - P(late) nor its comparison with the confidence is rounded in favour of the guarantee."""
    given = {"symbols": 1000, "degree": 10, "tau": 0.005, "startup": parse_law("expon(scale=5)")}
    cells = CoupledCells(1000, 10)
    design, model = Cells(1000, 10, cells.number_of_cells, cells.width), Model(**given)
    for t in (1.8, 2.4, 2.6, 2.8, 3.1, 3.3, 4.0):
        low, _ = Guarantee(scheme="sr-cells", by_time=t, **given).cdf_at(t)
        assert 0.99 < low <= 1 - Fraction(late(design, model, t))
    monkeypatch.setattr(coupled, "late", lambda *_: 1.5 * 2.0**-53)
    assert guaranteed_time(design, model, 1 - 2.0**-53) == np.inf
    assert guaranteed_time(design, model, 1 - 2.0**-52) < np.inf


@pytest.mark.parametrize("goal", [0, -1, 5, np.nan])
def test_a_goal_that_is_no_probability_is_refused(goal):
    for ask in (lambda d: failure(d, 3, 9, goal), lambda d: least_load(d, 0.5, goal)):
        with pytest.raises(ArgumentError, match="'goal'"):
            ask(Cells(8, 2, 4, 2))


@given(m=st.integers(1, 40), data=st.data())
@settings(max_examples=60)
def test_small_designs_have_bounds_too(m, data):
    cells = data.draw(st.integers(1, m))
    width = data.draw(st.integers(1, cells))
    design = Cells(m, data.draw(st.integers(1, width * -(-m // cells))), cells, width)
    unknown, rows = data.draw(st.integers(0, m)), data.draw(st.integers(0, 400))
    blocks = data.draw(st.integers(1, design.around // design.width))
    goal, adjacent = data.draw(st.sampled_from([1e-3, 0.5])), data.draw(st.booleans())
    bound = failure(replace(design, adjacent=adjacent), unknown, rows, goal)
    seen = np.mean([bool(left_by_peeling(design, unknown, rows, s, blocks if adjacent else 1)[0]) for s in range(4)])
    assert bound == 1 or seen < 1
    assert bound >= (unknown > 0) * (1 - design.degree / (design.around * design.size)) ** rows * (1 - 1e-12)


@pytest.mark.parametrize(
    ("name", "given"),
    [("cells", (5, 2, 6, 1)), ("width", (5, 2, 4, 5)), ("degree", (9, 4, 3, 1)), ("symbols", (0, 1, 1, 1))],
)
def test_bad_designs_are_refused_by_name(name, given):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        Cells(*given)


def laws_of_what_is_known(n, missing, known, counted):
    """Of the set that peeling knows in the end, by all sets of rows that can be there, and by clocks (Lemma A).

    ``missing[A]`` is the probability that no row has the support A; a clock counts rows of ``counted`` unknown terms.
    """
    by_rows = Counter()
    for there in product((False, True), repeat=len(missing)):
        rows = [row for row, seen in zip(missing, there, strict=True) if seen]
        know, before = set(known), None
        while know != before:
            before = set(know)
            know.update(*(row - know for row in rows if len(row - know) == 1))
        by_rows[frozenset(know)] += prod(
            (1 - p if seen else p) for p, seen in zip(missing.values(), there, strict=True)
        )
    others, by_clocks, reach = sorted(set(range(n)) - known), Counter(), {}
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            know = known.union(more)

            def quiet(terms, know):
                """The probability that none of these terms has a clock that has rung."""
                rung = [row for v in terms for row in missing if v in row - know and len(row - know) in counted]
                return prod((missing[row] for row in rung), start=Fraction(1))

            reach[know] = 1 - sum(p * quiet(know - part, part) for part, p in reach.items() if part < know)
            by_clocks[know] = reach[know] * quiet(set(others) - know, know)
    return by_rows, by_clocks


def test_no_small_system_of_rows_contradicts_the_clocks():
    rng, wrong = np.random.default_rng(60), 0
    for _ in range(60):
        n = int(rng.integers(2, 5))
        sets = [frozenset(row) for size in range(1, n + 1) for row in combinations(range(n), size)]
        missing = {sets[i]: Fraction(int(rng.integers(1, 9)), 9) for i in rng.permutation(len(sets))[:7]}
        known = frozenset(np.flatnonzero(rng.random(n) < 0.2).tolist())
        by_rows, by_clocks = laws_of_what_is_known(n, missing, known, {1})
        assert all(by_rows[know] == p for know, p in by_clocks.items())
        mistaken = laws_of_what_is_known(n, missing, known, {1, 2})[1]
        wrong += any(by_rows[know] != p for know, p in mistaken.items())
    assert wrong > 40  # rows with two unknown terms counted


def without_exactly_one(places, terms, degree, blocks):
    """The probability that no disjoint block of a worker has exactly one of these terms, its own term being another."""
    if blocks == 0:
        return Fraction(1)
    ways = {k: comb(terms, k) * comb(places - terms, degree - k) for k in range(min(terms, degree) + 1) if k != 1}
    later = {k: without_exactly_one(places - degree, terms - k, degree, blocks - 1) for k in ways}
    return sum((Fraction(ways[k], comb(places, degree)) * later[k] for k in ways), start=Fraction(0))


def test_no_small_worker_contradicts_the_bound_on_its_last_terms():
    """Lemma D in one window: exp is replaced by the product that it bounds."""
    tried = wrong = 0
    for window, degree, blocks, terms in product((24, 40, 80, 200), range(1, 6), range(1, 5), range(1, 6)):
        share = Fraction(degree * terms, window)
        if share <= min(Fraction(1, 8), Fraction(1, 2 * blocks)) and blocks * degree + 1 + degree <= window / 2:
            exact, tried = without_exactly_one(window - 1, terms, degree, blocks), tried + 1
            assert exact <= (1 - (1 - 6 * share) * share) ** blocks
            wrong += exact > (1 - share) ** blocks  # without the factor e^(6 kappa_0 rho d)
    assert tried > 100
    assert wrong > 20


def waves_that_stop(rng, w, number, factor=lambda h: h / 2 / np.tanh(h / 2)):
    """Of drawn circles just within the inequality of Lemma C, with this factor kappa, how many waves stop on a line."""
    s, d = rng.uniform(0.05, 0.9, 10**5), rng.integers(8, 80, 10**5)
    rho, alpha = (1 - s) * np.exp(rng.uniform(0.02, 2.2, 10**5)), rng.uniform(0.02, 0.3, 10**5) / d
    least = np.log(2 * (1 - s) / alpha)
    value = factor(rho * d / w) * (1 - s) / rho + least / (rho * d) * (1 + np.log(rho * d / least)) + alpha * d
    just = np.flatnonzero((least < rho * d) & (value > 0.9) & (value < 1))[:number]
    s, d, rho, alpha = (values[just, None] for values in (s, d, rho, alpha))
    x = np.repeat(1 - s + alpha / 2, 20 * w, axis=1)
    x[:, :w] = alpha
    mean = lambda values: sum(values[:, i : values.shape[1] - w + 1 + i] for i in range(w)) / w  # noqa: E731
    for _ in range(1500):
        y = mean(1 - (1 - mean(x)).clip(0) ** (d - 1))[:, 1:]
        x[:, w : w + y.shape[1]] = np.maximum(alpha, (1 - s) * np.exp(-rho * d * (1 - y)) + alpha / 2)
    return int((x[:, 10 * w : 10 * w + 1] > alpha * (1 + 1e-9)).sum())


def test_no_wave_stops_within_its_inequality():
    rng = np.random.default_rng(60)
    assert [waves_that_stop(rng, w, 200) for w in (2, 3, 5)] == [0, 0, 0]
    assert waves_that_stop(rng, 2, 200, factor=lambda h: 1) > 100  # as if windows had endlessly many cells
