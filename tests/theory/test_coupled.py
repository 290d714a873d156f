"""Coupled codes: the finite check agrees with a plain one, and peeling of blocks that are drawn stays within it."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import exp, expm1, log

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
from srtheory.theory.coupled import STEPS, Cells, evolution, failure, guaranteed_time, late, least_load


def plain(design, unknown, rows, goal, power=-1, shift=0, lag=0):
    """The failure of Theorem 6 by its formulas, cell by cell; the last arguments plant mistakes."""
    m, d, w, q = design.symbols, design.degree, design.width, design.size
    k, W = design.cells + w - 1, w * q
    spare = log(4 / goal) / 2
    rho = ((rows + 1 + spare) ** 0.5 - spare**0.5) ** 2 / (k * q)
    windows = [[(j + i + shift) % k for i in range(w)] for j in range(k)]
    n = [q * sum(c < design.cells for c in window) for window in windows]
    steps = [n, *(step.tolist() for step in evolution(design, unknown / m, rho, log(2 * k * STEPS / goal)))]
    total = exp(-((rows + 1) * log((rows + 1) / (rho * k * q)) - rows - 1 + rho * k * q))
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
    for mistake in ({"power": 0}, {"power": -2}, {"shift": 1}, {"lag": -1}):
        assert found != pytest.approx(plain(design, unknown, rows, 0.1, **mistake), rel=1e-6)


def left_by_peeling(design, unknown, rows, seed):
    """Which terms blocks of windows drawn at random leave unknown, by sets."""
    rng, q = np.random.default_rng(seed), design.size
    ends = [c * design.symbols // design.cells for c in range(design.cells + 1)]
    cells = [list(range(low, high)) for low, high in pairwise(ends)]
    circle = [cell + [-1] * (q - len(cell)) for cell in cells] + [[-1] * q] * (design.width - 1)
    missing = set(rng.permutation(design.symbols)[:unknown].tolist())
    holds, blocks = {}, []
    for _ in range(rows):
        first = rng.integers(design.around)
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


@pytest.mark.parametrize("share", [0.7, 1.0, 1.3])
def test_no_window_keeps_more_unknown_terms_than_the_evolution_says(share):
    """Below, at and above the load at which it leaves few; with a probability of e^-12 for each step and window."""
    design, unknown = Cells(2000, 12, 16, 4), 1000
    load = share * least_load(design, unknown / 2000, 0.1)
    most = list(evolution(design, unknown / 2000, load, 12.0))[-1]
    rows = round(load * design.around * design.size)
    for seed in range(2):
        missing, cells = left_by_peeling(design, unknown, rows + round(4 * rows**0.5), seed)
        left = [len(missing.intersection(cell)) for cell in cells] + [0] * (design.width - 1)
        for j in range(design.around):
            assert sum(left[(j + i) % design.around] for i in range(design.width)) <= most[j]


def test_a_time_that_is_guaranteed_is_enough_for_the_scheme():
    m, law = 10**4, parse_law("expon(scale=5)")
    code, model = CoupledCells(m, 14), Model(m, degree=14, tau=0.005, startup=law)
    design = Cells(m, 14, code.number_of_cells, code.width)
    t = guaranteed_time(design, model, 0.99)
    assert late(design, model, t, 0.01) <= 0.01
    runs = simulate("sr-cells", model, trials=10)
    assert max(runs["latency"]) <= t < 2 * max(runs["latency"])
    assert guaranteed_time(design, model, 1.0) == np.inf


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
    bound = failure(design, unknown, rows, data.draw(st.sampled_from([1e-3, 0.5])))
    seen = np.mean([bool(left_by_peeling(design, unknown, rows, seed)[0]) for seed in range(4)])
    assert bound == 1 or seen < 1
    assert bound >= (unknown > 0) * (1 - design.degree / (design.around * design.size)) ** rows * (1 - 1e-12)


@pytest.mark.parametrize(
    ("name", "given"),
    [("cells", (5, 2, 6, 1)), ("width", (5, 2, 4, 5)), ("degree", (9, 4, 3, 1)), ("symbols", (0, 1, 1, 1))],
)
def test_bad_designs_are_refused_by_name(name, given):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        Cells(*given)
