"""Even parts and orders from both ends, against sums over all budgets and runs; the best orders of few terms."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise, permutations, product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from srtheory.experiments.compare import series
from srtheory.model import Model
from srtheory.theory import both_ends
from srtheory.theory.both_ends import likely_cells, parts_pairs_bounds, terms_pairs_bounds
from srtheory.theory.by_scheme import terms_cyclic_bounds
from srtheory.theory.designs import (
    all_designs,
    best,
    by_bits,
    cyclic,
    descend,
    exponential_cost,
    exponential_mean,
    late,
    lattice_mean,
    opposite,
    orders_bounds,
    staircase,
)
from tests import reference

# ----------------------------------------------------------------------------------------------------------------- laws


EXPON, PARETO, ATOMS = stats.expon(scale=5), stats.pareto(b=1), stats.randint(0, 3)
LAWS = pytest.mark.parametrize("law", [EXPON, PARETO, ATOMS], ids=["expon", "pareto", "atoms"])


def theorem_5(m, n, t, tau, law):
    """The product over the cells of n | m terms, in floats."""
    size = m // n
    cdf = [1 - float(law.cdf(t - k * tau)) for k in range(1, size + 1)]
    right, left = (np.diff([0.0, *(p**a for p in cdf), 1.0]) for a in (size - size // 2, size // 2))
    return sum(right[r] * left[size - r :].sum() for r in range(size + 1)) ** n


@LAWS
def test_theorem_5_is_exact_until_workers_leave_their_cells_and_then_a_lower_bound(law):
    m, n, tau = 60, 6, 0.01
    start = float(law.support()[0])
    for t in start + np.array([0.063, 0.084, 0.102, 0.107]):
        low, high = terms_pairs_bounds(Model(m, None, tau, law), t, cells=n)
        assert theorem_5(m, n, t, tau, law) == pytest.approx((low + high) / 2, rel=1e-9, abs=1e-12)
    later = start + np.array([0.2, 0.5, 0.9])
    gains = [terms_pairs_bounds(Model(m, None, tau, law), t, cells=n)[0] - theorem_5(m, n, t, tau, law) for t in later]
    assert min(gains) >= -1e-12
    assert law is ATOMS or max(gains) > 1e-6


def mean_at_most(law, step):
    """An upper bound on E[T] at m = 1000, tau = 0.005, from P(T > t), which does not increase, on a grid.

    Beyond 5.2, T <= min_j X_j + m tau gives P(T > t) <= exp(-200 (t - 5)).
    """
    times = [0.0, *np.arange(0.36, 0.66, step).tolist(), *np.geomspace(0.66, 1.4, 60).tolist(), 5.2]
    late = [1.0] + [1 - law(t)[0] for t in times[1:-1]]
    return math.fsum(p * (b - a) for p, (a, b) in zip(late, pairwise(times), strict=True)) + math.exp(-40) / 200


@pytest.mark.attack
def test_ten_cells_are_done_by_0_479_in_the_mean():
    """At the paper's parameters, where cyclic order needs 0.500; ten cells are the number by default."""
    model = Model(1000, None, 0.005, EXPON)
    assert mean_at_most(lambda t: terms_pairs_bounds(model, t), 0.001) < 0.479
    assert mean_at_most(lambda t: terms_cyclic_bounds(model, t), 0.004) > 0.5


CHOICES = {
    "free": Model(30, 1, 0.05, EXPON),
    "parts": Model(40, 4, 0.05, PARETO),
    "costly": Model(24, 2, 0.05, EXPON, message_cost=0.2),
}


@pytest.mark.parametrize("name", CHOICES)
def test_the_best_number_of_cells_is_likely_and_others_are_not(name, monkeypatch):
    """E[T] to the accuracy of a coarse grid; numbers far from that of the cells that are crossed are not asked for."""
    model, times, asked = CHOICES[name], np.linspace(0, 6, 30), []
    numbers = series(-(-model.symbols // model.d))
    late = {n: [1 - sum(parts_pairs_bounds(model, t, cells=n)) / 2 for t in times] for n in numbers if n <= 10}
    monkeypatch.setattr(
        both_ends, "parts_pairs_bounds", lambda *at, cells: asked.append(cells) or parts_pairs_bounds(*at, cells=cells)
    )
    kept = likely_cells(model, numbers)
    assert min(late, key=lambda n: np.trapezoid(late[n], times)) in kept
    assert 0 < len(kept) < len(numbers)
    assert len(set(asked)) < len(numbers) or name == "costly"


def test_all_numbers_are_likely_where_the_law_does_not_tell():
    queue = Model(60, 1, 0.05, EXPON, master_time=0.1)
    assert likely_cells(queue, [1, 2, 5]) == [1, 2, 5]
    assert likely_cells(Model(both_ends.MOST_PARTS + 1, 1, 0.05, EXPON), [1, 2]) == [1, 2]
    assert likely_cells(Model(60, 1, 0.05, EXPON), [7]) == [7]
    lost = Model(60, 1, 0.05, EXPON, silent=0.999)
    assert likely_cells(lost, [1, 2, 5]) == [1, 2, 5]


# ----------------------------------------------------------------------------------------- the best orders of few terms


LOSING = [Fraction(9, 10), Fraction(39, 40), Fraction(1)]


def lattice(weights):
    return {k: Fraction(w, sum(weights)) for k, w in enumerate(weights) if w}


@given(st.integers(1, 3), st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_lattice_means_are_sums_over_all_delays(m, weights, data):
    design, startup = tuple(tuple(data.draw(st.permutations(range(m)))) for _ in range(m)), lattice(weights)
    total = Fraction(0)
    for delays in product(startup, repeat=m):
        ends = (min(x + order.index(term) + 1 for x, order in zip(delays, design, strict=True)) for term in range(m))
        total += prod((startup[x] for x in delays), start=Fraction(1)) * max(ends)
    assert lattice_mean(design, startup) == total


def test_exponential_means_are_integrals_of_the_law():
    for design in (cyclic(3), opposite(4), by_bits(4), staircase(5)):
        m, load = len(design), 0.2
        model, times = Model(m, None, load, stats.expon()), np.arange(0, 12, 0.02)
        late_at = [1 - sum(orders_bounds(model, t, design)) / 2 for t in times]
        low, high = exponential_mean(design, load)
        assert np.trapezoid(late_at, times) == pytest.approx((low + high) / 2, abs=2e-4)
        assert high - low < 1e-13
        assert exponential_cost(load)(design) == pytest.approx(low, rel=1e-12)


def test_all_designs_are_listed():
    """As many classes as a count over all designs, up to the names of terms and workers."""

    def renamed(design):
        return min(
            tuple(sorted(tuple(names[c] for c in order) for order in design))
            for names in permutations(range(len(design[0])))
        )

    listed = {renamed(design) for design in all_designs(3)}
    assert listed == {renamed(design) for design in product(permutations(range(3)), repeat=3)}
    assert Counter(len(list(all_designs(m))) for m in (1, 2, 3, 4)) == Counter([1, 2, 21, 2600])


@given(st.fractions(0, 1, max_denominator=40), st.fractions(0, 1, max_denominator=40))
def test_cyclic_order_is_the_best_of_two_terms(a, b):
    silent = [min(a, b), max(a, b)]
    assert best(all_designs(2), lambda design: late(design, silent))[0] == late(cyclic(2), silent)


def test_cyclic_order_is_not_the_best_of_three_terms_at_every_time_nor_of_four_in_the_mean():
    """Proposition 4 (b), (c) of docs/proofs/floor.md, and which designs are; four lose from delays 0, 2 tau on."""
    assert late(cyclic(3), LOSING) == Fraction(3969, 4000)
    assert best(all_designs(3), lambda design: late(design, LOSING)) == (Fraction(63459, 64000), opposite(3))
    forward = [design for design in all_designs(3) if (2, 1, 0) not in design]
    assert best(forward, lambda design: late(design, LOSING))[0] > Fraction(63459, 64000)
    assert lattice_mean(cyclic(4), lattice([1, 0, 0, 0, 1])) == Fraction(23, 8)
    found = best(all_designs(4), lambda design: lattice_mean(design, lattice([1, 0, 0, 0, 1])))
    assert found == (Fraction(11, 4), by_bits(4))
    for weights, loses in (([1, 1], False), ([1, 0, 1], True)):
        least = min(lattice_mean(design, lattice(weights)) for design in (opposite(4), by_bits(4)))
        assert (least < lattice_mean(cyclic(4), lattice(weights))) == loses


@pytest.mark.parametrize(
    ("load", "winner"), [(0.01, opposite(4)), (0.1, opposite(4)), (0.3, by_bits(4)), (1.0, by_bits(4))]
)
def test_the_best_designs_of_three_and_four_terms_for_exponential_delays(load, winner):
    least, design = best(all_designs(4), exponential_cost(load))
    assert design == winner
    assert exponential_mean(design, load)[1] < exponential_mean(cyclic(4), load)[0]
    assert least == pytest.approx(exponential_mean(winner, load)[0], rel=1e-12)
    assert best(all_designs(3), exponential_cost(load))[0] == pytest.approx(exponential_mean(cyclic(3), load)[0])


@pytest.mark.parametrize(("m", "n", "load"), [(6, 1, 0.03), (8, 1, 0.03), (8, 2, 0.1), (8, 2, 0.3)])
def test_no_change_of_one_order_helps_cells_from_both_ends(m, n, load):
    """They are also the best that local searches from random orders found at these loads."""
    pairs = tuple(tuple(t for (t,) in reference.parts_pairs(m, 1, n, worker=j)) for j in range(m))
    cost = exponential_cost(load)
    assert descend(pairs, cost) == (cost(pairs), pairs)
    assert exponential_mean(pairs, load)[1] < min(
        exponential_mean(design, load)[0] for design in (cyclic(m), staircase(m))
    )
