"""Orders of evaluation as a domain: each design is in exactly one class, and the smallest that beat cyclic order."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product
from math import factorial

import pytest
from hypothesis import given, settings

from srtheory.conjectures import domains
from srtheory.conjectures import enumerate as levels
from srtheory.conjectures.domains import Orders, canonical, orders
from srtheory.conjectures.enumerate import Reach
from srtheory.conjectures.hunt import FOREVER, hunt
from srtheory.conjectures.registry import shipped
from srtheory.theory.designs import by_bits, cyclic, late, opposite

LOSING = [Fraction(9, 10), Fraction(39, 40), Fraction(1)]


def enumerated(m, **options):
    """The last level of m terms, as a list."""
    return [list(level.cases) for level in orders(**options).levels(Reach(m)) if level.size["symbols"] == m][-1]


def renamed(design, names, workers):
    return tuple(tuple(names[term] for term in design[j]) for j in workers)


@pytest.mark.parametrize(("m", "n"), [(1, 3), (2, 2), (2, 4), (3, 1), (3, 2), (3, 3)])
def test_each_design_is_in_one_class_of_the_size_stated(m, n):
    found = {case.orders: size for case, size in enumerated(m, workers=n)}
    assert list(found) == sorted(found)
    classes = {}
    for design in product(permutations(range(m)), repeat=n):
        alike = {
            renamed(design, names, workers) for names in permutations(range(m)) for workers in permutations(range(n))
        }
        assert min(alike) == canonical(design)
        classes[min(alike)] = len(alike)
    assert found == classes


@pytest.mark.parametrize(("m", "n"), [(1, 4), (2, 1), (2, 3), (3, 2), (3, 3)])
def test_levels_with_more_multisets_of_orders_are_left_to_hypothesis(m, n, monkeypatch):
    multisets = len([*combinations_with_replacement(permutations(range(m)), n - 1)])  # the first order is 0 .. m - 1
    for largest, is_enumerated in ((multisets, True), (multisets - 1, False)):
        monkeypatch.setattr(levels, "LARGEST_LEVEL", largest)
        last = [level for level in orders(workers=n).levels(Reach(m)) if level.size["symbols"] == m][-1]
        assert (last.cases is not None) is is_enumerated


@pytest.mark.quality
def test_an_orbit_that_forgets_repeated_orders_would_be_seen(monkeypatch):
    def total():
        return sum(size for _, size in enumerated(4))

    assert total() == factorial(4) ** 4
    monkeypatch.setattr(domains, "orbit", lambda design: factorial(4) * factorial(4))
    assert total() != factorial(4) ** 4


def test_what_docs_floor_states_is_found_again():
    """Proposition 4: the orders of (b) come first at m = 3, and those of (b) and (c) fail with the numbers there."""
    mean, tail = (shipped()[f"cyclic-order-has-least-{of}"] for of in ("mean", "tail"))
    found = hunt(tail, budget=FOREVER)
    assert (found.counterexample, found.smallest) == (Orders(3, opposite(3), (("denominator", 12),)), True)
    assert found.searched.whole == [1, 2]
    assert (
        late(found.counterexample.orders, LOSING)
        == Fraction(63459, 64000)
        < late(cyclic(3), LOSING)
        == Fraction(3969, 4000)
    )

    halves = Orders(4, by_bits(4), (("delay", 4),))
    assert mean(halves) is False
    assert mean.explain(halves) == {"mean_over_tau": "11/4", "mean_over_tau_in_cyclic_order": "23/8"}
    assert mean(Orders(4, cyclic(4), (("delay", 4),))) is True


def test_the_evidence_of_the_tail_is_a_law_at_which_cyclic_order_is_later():
    tail = shipped()["cyclic-order-has-least-tail"]
    evidence = tail.explain(Orders(3, opposite(3), (("denominator", 12),)))
    silent = [1 - Fraction(value) for value in evidence["F_at_t_minus_k_tau"]]
    assert silent == [Fraction(9, 12), Fraction(11, 12), 1]
    values = [Fraction(evidence[name]) for name in ("late", "late_in_cyclic_order")]
    assert values == [late(opposite(3), silent), late(cyclic(3), silent)]
    assert values[0] < values[1]
    assert tail.explain(Orders(3, cyclic(3), (("denominator", 12),))) == {}


def test_orders_of_all_sizes_are_drawn():
    """Those that are enumerated, with as many workers as there may be; the key begins with the sizes."""
    domain, found = orders(workers=lambda m: range(1, 3), delay=[4, 7]), set()

    @settings(database=None, derandomize=True, max_examples=100, deadline=None)
    @given(domain.strategy(Reach(2)))
    def draw(case):
        found.add(case)

    draw()
    assert found == {case for level in domain.levels(Reach(2)) for case, _ in level.cases}
    case = Orders(3, ((0, 1, 2), (2, 0, 1)), (("workers", 2), ("delay", 7)))
    assert domain.key(case) == (3, 2, 7, 0, 1, 2, 2, 0, 1)
    assert orders().symbols == 6
