"""Bounds of coverage by schedules: against the recursion, all schedules, and sums term by term."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from srtheory.theory.numerics import nested, schedules
from srtheory.theory.numerics.nested import GRID
from srtheory.theory.numerics.schedules import by_schedule, least_value, slopes


def exact_g(profile, x):
    """Return G_b(x) by the recursion."""
    z = 1.0
    for s, (b, later) in enumerate(itertools.pairwise([*profile, 0.0]), start=1):
        t = z if s == 1 else 1 - (1 - z) ** (s / (s - 1))
        z = math.exp(-x * (b - later)) * t
    return math.inf if z == 1 else -math.log1p(-z) / len(profile)


@pytest.mark.parametrize("step", [1, 3])
def test_pi_is_bounded_from_above_and_closely(step):
    rng = np.random.default_rng(step)
    phi = np.sort(rng.exponential(size=12))[::-1] * 0.3
    last = np.arange(0, 13, step)
    levels = np.array([0.02, 0.05, 0.1])
    table = slopes(phi, last, levels)
    size = len(last)
    for g, after in [(1, 0), (1, 2), (2, size - 1), (1, size - 1), (size - 2, size - 1), (size - 1, 0)]:
        profile = [phi[last[g - 1]]] * last[g]
        if after:
            profile += [phi[last[after - 1]]] * (last[after] - last[g]) + list(phi[last[after] :])
        x = np.geomspace(0.02, 60, 1500) / profile[0]
        values = [exact_g(profile, float(y)) for y in x]
        for k, level in enumerate(levels):
            true = max((level - value) / y for value, y in zip(values, x, strict=True))
            assert true <= table[k, g, after] <= 1.08 * true
            assert true > 0.9 * table[k, g, after]  # a pi smaller by a tenth would be seen


def test_the_least_schedule_is_that_of_enumeration():
    rng = np.random.default_rng(3)
    last = np.array([0, 2, 3, 6, 7, 9, 12])
    size = len(last)
    for _ in range(40):
        tables = np.triu(rng.random((3, 2, size, size)), 1)
        tables[:, :, :, 0] = rng.random((3, 2, size))
        costs, damped = rng.random((2, size)) * 8, np.sort(rng.random((2, size)))[:, ::-1].copy()
        high, beta = rng.integers(0, 3, 2), rng.random(2) * rng.integers(0, 2, 2)

        def value(chosen, tables=tables, costs=costs, damped=damped, high=high, beta=beta):
            total = 0.0
            for a, b, c in zip((0, *chosen), chosen, (*chosen[1:], 0), strict=False):
                total += damped[:, a] @ costs[:, b]
                total -= sum(beta[k] * (last[b] - last[a]) * tables[high[k], k, b, c] for k in range(2))
            return total

        every = [q for n in range(size) for q in itertools.combinations(range(1, size), n)]
        schedule = np.zeros(size + 1, dtype=np.int64)
        space = np.zeros((size, size)), np.zeros((size, size), dtype=np.int64)
        found = least_value(0.25, costs, damped, tables, high, beta, last, schedule, *space)
        assert found == pytest.approx(0.25 + min(map(value, every)), abs=1e-12)
        chosen = tuple(int(g) for g in schedule[: np.flatnonzero(schedule == 0)[0]])
        assert value(chosen) == pytest.approx(found - 0.25, abs=1e-12)
        rows, cost, cover = schedule[None, :], np.zeros((1, 1)), np.zeros((2, 1))
        counted = rng.random((1, 1, size))
        low = np.zeros(2, dtype=np.int64)
        by_schedule(rows, low, high, counted, np.ones(2), damped, tables, last, cost, cover)
        pairs = list(zip((0, *chosen), chosen, strict=False))
        assert cost[0, 0] == pytest.approx(sum(damped[:, a].sum() * counted[0, 0, b] for a, b in pairs))


def exact_log(profile, x):
    """ln z at the last place, by the recursion, with s y_{s-1} at most 16 from the second fall of the profile on."""
    y = math.inf
    for s, (b, later) in enumerate(itertools.pairwise([*profile, 0.0]), start=1):
        if b > later:
            z = math.exp(-x * (b - later)) * (1.0 if y == math.inf else -math.expm1(-min(s * y, 16.0)))
            y = -math.log1p(-z) / s
    return math.log(z)


@pytest.mark.parametrize(("g", "count"), [(1, 4), (2, 4), (4, 4), (3, 3), (1, 1)])
def test_the_recursion_of_every_group_by_hand(monkeypatch, g, count):
    """Group g last, and before each of the later ones that have coverage: up to eight places after it one by one."""
    monkeypatch.setattr(schedules, "STAGE", 0.0)
    phi = np.sort(np.random.default_rng(g).exponential(size=11))[::-1] * 0.3
    last = np.array([0, 2, 3, 6, 7])
    its = np.concatenate([phi, np.zeros(9)])
    first = its[last[:-1]][:count]
    logs, sizes = schedules._profiles(its, last, first, g, GRID / first[g - 1])
    profiles = [[first[g - 1]] * last[g]]
    for later in range(g + 1, count + 1):
        profiles += [[first[g - 1]] * last[g] + [first[later - 1]] * (last[later] - last[g]) + list(phi[last[later] :])]
    assert sizes.tolist() == [len(profile) for profile in profiles] == [last[g], *[11] * (count - g)]
    for found, profile in zip(logs, profiles, strict=True):
        exact = [exact_log(profile, float(x)) for x in GRID / first[g - 1]]
        assert found == pytest.approx(exact, rel=1e-9)


def test_places_far_behind_are_taken_together(monkeypatch):
    """One by one at first, then two of them at a time, which only raises the profile; its size is no less."""
    monkeypatch.setattr(schedules, "STAGE", 0.0)
    phi, last = np.linspace(1.0, 0.1, 30), np.array([0, 1, 2])
    its, sizes = np.concatenate([phi, np.zeros(4)]), []
    for fine in (8, 10**9):
        monkeypatch.setattr(schedules, "_FINE", fine)
        logs, size = schedules._profiles(its, last, its[:2], 1, GRID / its[0])
        sizes.append((logs[1], size[1]))
    raised = [*phi[:10], *np.repeat(phi[10:18:2], 2), *np.repeat(phi[18:27:3], 3), *np.repeat(phi[27], 4)]
    (logs, size), (exact, number) = sizes
    assert number == 30
    assert size == len(raised)
    assert exact == pytest.approx([exact_log(list(phi), float(x)) for x in GRID], rel=1e-9)
    assert logs == pytest.approx([exact_log(raised, float(x)) for x in GRID], rel=1e-9)


def test_every_stage_has_its_margin(monkeypatch):
    """As many as the longest profile has, and two more; 2^-45 of 1 - ln z is subtracted at the end."""
    its, last = np.array([0.5, 0.4, 0.3, 0.0, 0.0, 0.0]), np.array([0, 1, 2])
    values = []
    for stage in (0.0, 2.0**-6):
        monkeypatch.setattr(schedules, "STAGE", stage)
        logs, sizes = schedules._profiles(its, last, its[:2], 1, GRID / its[0])
        values.append(-np.log(-np.expm1(logs[:, :9])) / sizes[:, None])
    assert values[1] == pytest.approx(values[0] * (1 - 5 * 2.0**-6), rel=1e-9)
    monkeypatch.setattr(schedules, "STAGE", 0.0)
    alone = schedules._profiles(its, np.array([0, 1]), its[:1], 1, GRID / its[0])[0][0]
    logs = np.log(-np.expm1(np.log1p(-np.exp(-GRID / its[0] * its[0]))))
    assert alone == pytest.approx(logs - 2.0**-45 * (1 - logs), rel=3e-15)


def test_groups_without_coverage_have_none():
    """Where phi is 0 in a group, its bounds are 0, and those of a group before it are as if it were the last."""
    last, levels = np.array([0, 1, 2, 4]), np.array([0.05, 0.2])
    assert slopes(np.zeros(3), last, levels).tolist() == np.zeros((2, 4, 4)).tolist()
    found, alone = slopes(np.array([0.4]), last, levels), slopes(np.array([0.4]), last[:2], levels)
    assert (found[:, 1] == alone[:, 1, :1]).all()
    assert (found[:, 1] > 0).all()
    assert not found[:, [0, 2, 3]].any()
    both = slopes(np.array([0.4, 0.2]), last, levels)
    assert both[:, 1, [0, 1, 3]] == pytest.approx(alone[:, 1, [0, 0, 0]], rel=1e-6)
    assert (both[:, 1, 2] > 1.005 * alone[:, 1, 0]).all()
    assert (both[:, 2] == both[:, 2, :1]).all()
    assert not both[:, [0, 3]].any()
    for k, level in enumerate(levels.tolist()):
        cells = nested.Cells.of(*schedules._profiles(np.array([0.4, 0, 0, 0]), last, np.array([0.4]), 1, GRID / 0.4))
        assert alone[k, 1, 0] == nested.slopes(cells, level)[0] * 0.4


def test_costs_and_coverage_of_schedules_term_by_term():
    rng = np.random.default_rng(5)
    last = np.array([0, 2, 3, 7])
    schedules_given = np.array([[1, 2, 3], [2, 0, 0], [1, 3, 0], [0, 0, 0]])
    low, high = np.array([0, 1, 1]), np.array([1, -1, 0])
    counted, weights, damped = rng.random((2, 2, 4)), rng.random(3), rng.random((3, 4))
    tables, cost, cover = rng.random((2, 3, 4, 4)), np.full((2, 4), 9.0), np.full((3, 4), 9.0)
    by_schedule(schedules_given, low, high, counted, weights, damped, tables, last, cost, cover)
    for i, groups in enumerate(([1, 2, 3], [2], [1, 3], [])):
        steps = list(zip([0, *groups], groups, [*groups[1:], 0], strict=False))
        for u in range(2):
            expected = sum(weights[k] * damped[k, a] * counted[low[k], u, b] for k in range(3) for a, b, _ in steps)
            assert cost[u, i] == pytest.approx(expected, rel=1e-14)
        for k in range(3):
            terms = [(last[b] - last[a]) * tables[high[k], k, b, c] for a, b, c in steps]
            assert cover[k, i] == pytest.approx(sum(terms) if k != 1 else 0.0, rel=1e-14)
