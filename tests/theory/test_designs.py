"""The best orders of few terms: exact means against other sums, and the smallest cases in which cyclic order loses."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from srtheory.model import Model
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
    staircase,
)
from srtheory.theory.orders import orders_bounds
from tests import reference

LOSING = [Fraction(9, 10), Fraction(39, 40), Fraction(1)]
HALVES = {0: Fraction(1, 2), 4: Fraction(1, 2)}
parts_of_one = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def latencies(design, startup):
    """E[T] in units of tau over all start-up delays of all workers."""
    total = Fraction(0)
    for delays in product(startup, repeat=len(design)):
        chance = Fraction(1)
        for x in delays:
            chance *= startup[x]
        first = [min(x + order.index(term) + 1 for x, order in zip(delays, design, strict=True)) for term in design[0]]
        total += chance * max(first)
    return total


def lattice(weights):
    return {k: Fraction(w, sum(weights)) for k, w in enumerate(weights)}


@given(st.integers(1, 3), parts_of_one, st.data())
def test_lattice_means_are_sums_over_all_delays(m, weights, data):
    design = tuple(data.draw(st.permutations(range(m))) for _ in range(m))
    design = tuple(map(tuple, design))
    assert lattice_mean(design, lattice(weights)) == latencies(design, lattice(weights))


def test_exponential_means_are_integrals_of_the_law():
    for design in (cyclic(3), opposite(4), by_bits(4), staircase(5)):
        m, load = len(design), 0.2
        model, times = Model(m, None, load, stats.expon()), np.arange(0, 12, 0.02)
        late_at = [1 - sum(orders_bounds(model, t, design)) / 2 for t in times]
        low, high = exponential_mean(design, load)
        assert np.trapezoid(late_at, times) == pytest.approx((low + high) / 2, abs=2e-4)
        assert high - low < 1e-13
        assert exponential_cost(load)(design) == pytest.approx(low, rel=1e-12)


def test_designs_are_written_out():
    assert cyclic(3) == ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    assert opposite(3) == ((0, 1, 2), (0, 1, 2), (2, 1, 0))
    assert opposite(4) == ((0, 1, 2, 3),) * 2 + ((3, 2, 1, 0),) * 2
    assert opposite(1) == cyclic(1) == staircase(1) == by_bits(1) == ((0,),)
    assert staircase(3) == ((0, 1, 2), (1, 0, 2), (2, 0, 1))
    assert by_bits(2) == ((0, 1), (1, 0))


@pytest.mark.quality
def test_a_place_too_many_in_the_integral_would_be_seen():
    low, high = exponential_mean(cyclic(3), 0.2)
    later = exponential_mean(tuple((*order[1:], order[0]) for order in cyclic(3)), 0.2)
    assert later == pytest.approx((low, high))  # the same orders, of other workers
    assert exponential_mean((cyclic(3)[0], *cyclic(3)[:2]), 0.2)[0] > high + 1e-3


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


def test_cyclic_order_is_not_the_best_of_three_terms_at_every_time():
    """Proposition 4 (b) of docs/floor.md, and the two orders of its design are the best there."""
    assert late(cyclic(3), LOSING) == Fraction(3969, 4000)
    assert best(all_designs(3), lambda design: late(design, LOSING)) == (Fraction(63459, 64000), opposite(3))


def test_cyclic_order_is_not_the_best_of_four_terms_in_the_mean():
    """Proposition 4 (c), and the Latin square is the best of all designs there."""
    assert lattice_mean(cyclic(4), HALVES) == Fraction(23, 8)
    assert lattice_mean(by_bits(4), HALVES) == Fraction(11, 4)
    assert best(all_designs(4), lambda design: lattice_mean(design, HALVES)) == (Fraction(11, 4), by_bits(4))


@pytest.mark.quality
def test_a_search_that_leaves_out_the_reversed_orders_would_miss_them():
    forward = [design for design in all_designs(3) if (2, 1, 0) not in design]
    assert best(forward, lambda design: late(design, LOSING))[0] > Fraction(63459, 64000)


SMALL = [(1, weights) for weights in product(range(3), repeat=4) if sum(weights)]


def test_no_small_law_beats_cyclic_order_of_three_terms_in_the_mean():
    """No counterexample among the laws of at most four delays with weights 0, 1, 2; whether one exists is open."""
    for _, weights in SMALL:
        law = {k: p for k, p in lattice(weights).items() if p}
        cost = lattice_mean(cyclic(3), law)
        assert best(all_designs(3), lambda design, law=law: lattice_mean(design, law))[0] == cost


def test_the_smallest_law_of_two_delays_that_beats_cyclic_order_of_four_terms():
    """Delays 0 or k tau, a half each: cyclic order is beaten from k = 2 on, and not at k = 1."""
    found = {}
    for k in (1, 2, 3):
        law = {0: Fraction(1, 2), k: Fraction(1, 2)}
        found[k] = min(lattice_mean(design, law) for design in (opposite(4), by_bits(4))) - lattice_mean(cyclic(4), law)
    assert found[1] >= 0 > found[2]


@pytest.mark.parametrize(
    ("load", "winner"), [(0.01, opposite(4)), (0.1, opposite(4)), (0.3, by_bits(4)), (1.0, by_bits(4))]
)
def test_the_best_design_of_four_terms_for_exponential_delays(load, winner):
    least, design = best(all_designs(4), exponential_cost(load))
    assert design == winner
    assert exponential_mean(design, load)[1] < exponential_mean(cyclic(4), load)[0]
    assert least == pytest.approx(exponential_mean(winner, load)[0], rel=1e-12)


@pytest.mark.parametrize("load", [0.01, 0.1, 1.0])
def test_cyclic_order_is_the_best_of_three_terms_for_exponential_delays(load):
    assert best(all_designs(3), exponential_cost(load))[0] == pytest.approx(exponential_mean(cyclic(3), load)[0])


def test_descent_ends_where_no_change_of_one_order_helps():
    cost = exponential_cost(0.1)
    least = best(all_designs(4), cost)[0]
    ends = [descend(start, cost) for start in (((0, 1, 2, 3),) * 4, cyclic(4), staircase(4), opposite(4))]
    assert min(value for value, _ in ends) == pytest.approx(least, rel=1e-12)
    for value, design in ends:
        assert value == cost(design) >= least - 1e-12
        assert all(sorted(order) == list(range(4)) for order in design)
        for j, order in product(range(4), permutations(range(4))):
            swapped = sum(a != b for a, b in zip(order, design[j], strict=True)) == 2
            assert not swapped or cost((*design[:j], order, *design[j + 1 :])) >= value


@pytest.mark.quality
def test_descent_gets_stuck_at_cyclic_order_of_five_terms():
    """A local minimum is not the best: the opposite orders cost less."""
    cost = exponential_cost(0.03)
    assert descend(cyclic(5), cost) == (cost(cyclic(5)), cyclic(5))
    assert descend(opposite(5), cost)[0] < cost(cyclic(5)) - 1e-3


@pytest.mark.parametrize(("m", "n", "load"), [(6, 1, 0.03), (8, 1, 0.03), (8, 2, 0.1), (8, 2, 0.3)])
def test_no_change_of_one_order_helps_cells_from_both_ends(m, n, load):
    """They are also the best that local searches from random orders found at these loads."""
    pairs = tuple(tuple(t for (t,) in reference.parts_pairs(m, 1, n, worker=j)) for j in range(m))
    cost = exponential_cost(load)
    assert descend(pairs, cost) == (cost(pairs), pairs)
    assert exponential_mean(pairs, load)[1] < min(
        exponential_mean(design, load)[0] for design in (cyclic(m), staircase(m))
    )


def test_the_staircase_is_that_of_the_scheme():
    for m in (1, 4, 5):
        assert staircase(m) == tuple(
            tuple(term for (term,) in reference.terms_staircase(m, worker=j)) for j in range(m)
        )
