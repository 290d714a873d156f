"""Orders of evaluation as a domain: each design is in exactly one class, and the smallest that beat cyclic order."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.conjectures import hunt as hunting
from srtheory.conjectures import levels
from srtheory.conjectures.domains import Orders, designs, orders
from srtheory.conjectures.domains.designs import canonical, orbit
from srtheory.conjectures.hunt import FOREVER, hunt, summary
from srtheory.conjectures.levels import Reach
from srtheory.conjectures.registry import conjecture, load, shipped
from srtheory.conjectures.render import as_text
from srtheory.errors import ArgumentError
from srtheory.theory.designs import by_bits, cyclic, late, lattice_mean, opposite

LOSING = [Fraction(9, 10), Fraction(39, 40), Fraction(1)]
HALVES = {0: Fraction(1, 2), 4: Fraction(1, 2)}


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
    monkeypatch.setattr(designs, "orbit", lambda design: factorial(4) * factorial(4))
    assert total() != factorial(4) ** 4


@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_names_do_not_matter(m, n, data):
    design = tuple(tuple(data.draw(st.permutations(range(m)))) for _ in range(n))
    names, workers = data.draw(st.permutations(range(m))), data.draw(st.permutations(range(n)))
    assert canonical(renamed(design, names, workers)) == canonical(design) == canonical(canonical(design))
    assert factorial(m) ** n >= orbit(canonical(design)) >= 1


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


def agree(case: Orders) -> bool:
    """Two workers never agree on the last term unless on all."""
    return all(a == b or a[-1] != b[-1] for a, b in product(case.orders, repeat=2))


def first_terms_differ(case: Orders) -> bool | None:
    """If the workers end with different terms, they begin with different ones."""
    ends = {order[-1] for order in case.orders}
    return len({order[0] for order in case.orders}) == case.symbols if len(ends) == case.symbols else None


PLANTED = [
    (agree, {"workers": 2}, 3, ((0, 1, 2), (1, 0, 2)), 10),
    (first_terms_differ, {}, 3, ((0, 1, 2), (0, 2, 1), (1, 2, 0)), 20),
    (
        lambda case: late(case.orders, (1, 1, 2)[: case.symbols]) >= late(cyclic(case.symbols), (1, 2, 2)),
        {},
        2,
        None,
        9,
    ),
]
"""A mistaken lemma, sizes, terms and orders of the smallest counterexample, most classes that it may take."""


@pytest.mark.quality
@pytest.mark.parametrize(("lemma", "sizes", "symbols", "found", "most"), PLANTED)
def test_planted_lemma(lemma, sizes, symbols, found, most):
    its = hunt(conjecture("It holds.", orders(**sizes))(lemma), budget=FOREVER)
    assert its.counterexample.symbols == symbols
    assert found in (None, its.counterexample.orders)
    assert its.smallest
    assert its.searched.classes <= most


@pytest.mark.quality
def test_planted_beyond_enumeration_is_shrunk(monkeypatch):
    """Hypothesis finds it among larger designs, and shrinks it to the fewest terms."""
    monkeypatch.setattr(levels, "LARGEST_LEVEL", 20)
    monkeypatch.setattr(hunting, "EXAMPLES", 200)
    its = hunt(conjecture("No two workers of five or more terms begin alike.", orders())(
        lambda case: case.symbols < 5 or len({order[:2] for order in case.orders}) == len(case.orders)
    ), max_symbols=6)  # fmt: skip
    assert its.counterexample.symbols == 5
    assert not its.smallest
    assert its.searched.whole == [1, 2]
    assert its.counterexample.orders == canonical(its.counterexample.orders)


MINE = """
from srtheory.conjectures.domains import Orders, orders
from srtheory.conjectures.registry import conjecture


@conjecture("No worker begins with the last term.", orders(workers=lambda m: range(1, 3)))
def no_last_term(case: Orders) -> bool:
    with open("asked", "a") as asked:
        asked.write("x")
    return all(order[0] != case.symbols - 1 or case.symbols == 1 for order in case.orders)
"""


def test_a_users_file_is_replayed_from_its_store_and_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(MINE)
    found = [hunt(load("mine.py::no-last-term"), store=tmp_path / "store", budget=FOREVER) for _ in range(2)]
    assert summary(found[0]) == summary(found[1])
    assert len((tmp_path / "asked").read_text()) == found[0].searched.classes
    case = json.loads(json.dumps(summary(found[0])))["counterexample"]
    assert (case["orders"], case["parameters"]) == ([[0, 1], [1, 0]], {"workers": 2})
    assert "  worker 2  2 1\n" in as_text(found[0])


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


@pytest.mark.parametrize("sizes", [{"workers": 0}, {"rows": 2}, {"symbols": 3, "workers": "two"}])
def test_refusals(sizes):
    with pytest.raises(ArgumentError):
        next(orders(**sizes).levels(Reach(2)))


def test_means_in_integers_are_those_in_fractions():
    """The sum of P(T > t) over t, term by term."""
    for design in (cyclic(4), opposite(4), by_bits(4)):
        silent = [[1 - Fraction((t > k) + (t > k + 4), 2) for k in range(4)] for t in range(9)]
        assert lattice_mean(design, HALVES) == sum(late(design, q) for q in silent)
