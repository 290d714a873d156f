"""Sizes of a family, levels in order, and the relabellings that make classes: their bounds, met and passed."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from srtheory.conjectures import domains, levels, relabel, sizing
from srtheory.conjectures.case import Case
from srtheory.conjectures.domains import orders, receptions, reduced, repeated_rows, rows, sent, signs
from srtheory.conjectures.enumerate import Classes
from srtheory.conjectures.hunt import FOREVER, hunt
from srtheory.conjectures.levels import Reach, fewest_ones_first
from srtheory.conjectures.registry import conjecture
from srtheory.conjectures.relabel import relabellings
from srtheory.conjectures.sizing import Sizing, sized
from srtheory.errors import ArgumentError


def enumerated(domain, symbols, degree=None):
    """The sizes of that many symbols that are enumerated."""
    found = domain.levels(Reach(symbols, degree))
    return [level.size for level in found if level.size["symbols"] == symbols and level.cases is not None]


# ------------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("value", "taken"), [(2**31, True), (2**31 + 1, False), (-(2**31), True), (-(2**31) - 1, False)]
)
def test_a_size_is_at_most_2_to_the_31(value, taken):
    one = Sizing({"size": [value]}, ("symbols", "rows", "size"))
    if taken:
        assert list(one.of(1)) == [{"size": value}]
    else:
        with pytest.raises(ArgumentError, match="'size' must be an integer from"):
            list(one.of(1))


def test_a_size_has_ten_thousand_values_at_most():
    most = Sizing({"size": range(sizing.MAX_SIZES)}, ("symbols", "rows", "size"))
    assert len(list(most.of(1))) == sizing.MAX_SIZES == 10_000
    with pytest.raises(ArgumentError, match="at most 10000"):
        list(Sizing({"size": range(sizing.MAX_SIZES + 1)}, ("symbols", "rows", "size")).of(1))


def test_a_size_is_written_into_its_case():
    """A degree as such, and the others as parameters; the key of the case begins with them in order."""
    case = sized(Case(3, (1, 6)), {"degree": 2, "window": 5})
    assert (case.degree, case.parameters, case["degree"], case["window"]) == (2, (("window", 5),), 2, 5)
    assert sized(Case(3, (1,), degree=4), {"window": 5}).degree == 4
    one = Sizing({"degree": [2], "window": [5]}, ("symbols", "window", "rows", "degree"))
    assert one.key(case) == (3, 5, 2, 2, 3)
    assert one.says == "symbols, window, rows, degree, ones"
    with pytest.raises(KeyError):
        Case(3, (1,))["degree"]


def test_one_degree_of_several():
    one = Sizing({"degree": [1, 2], "window": lambda m: range(m)}, ("symbols", "rows", "degree", "window"))
    assert list(one.of(2)) == [{"degree": d, "window": w} for d in (1, 2) for w in (0, 1)]
    assert list(one.of(2, 2)) == [{"degree": 2, "window": w} for w in (0, 1)]
    assert list(one.of(2, 1)) == [{"degree": 1, "window": w} for w in (0, 1)]
    assert list(one.of(2, 3)) == []


@pytest.mark.parametrize(
    "order", ["symbols", ("symbols", "rows"), ("symbols", "rows", "window", "x"), ("window", "symbols", "rows")]
)
def test_an_order_names_every_size_once_the_symbols_first(order):
    with pytest.raises(ArgumentError, match="'order' must be the names symbols, rows, window, symbols first"):
        sizing.sizing({"window": 1}, order)
    assert sizing.sizing({"window": 1}, ("symbols", "window", "rows")).says == "symbols, window, rows, ones"


# ------------------------------------------------------------------------------------------------- levels


def test_a_level_is_enumerated_up_to_the_largest_and_no_further(monkeypatch):
    """Of three symbols' 7 rows, 84 triples with repetition over 3! relabellings: 14 classes at least."""
    monkeypatch.setattr(levels, "LARGEST_LEVEL", 14)
    assert enumerated(repeated_rows(), 3) == [{"symbols": 3, "rows": n} for n in range(4)]
    monkeypatch.setattr(levels, "LARGEST_LEVEL", 13)
    assert enumerated(repeated_rows(), 3) == [{"symbols": 3, "rows": n} for n in range(3)]


@pytest.mark.parametrize(("m", "n", "multisets"), [(3, 2, 6), (3, 3, 21), (2, 4, 4), (4, 1, 1)])
def test_orders_are_enumerated_up_to_the_largest_level_and_no_further(m, n, multisets, monkeypatch):
    """Multisets of n orders of which one is 0 .. m - 1."""
    monkeypatch.setattr(levels, "LARGEST_LEVEL", multisets)
    assert len(enumerated(orders(workers=n), m)) == 1
    monkeypatch.setattr(levels, "LARGEST_LEVEL", multisets - 1)
    assert enumerated(orders(workers=n), m) == []


def test_rows_with_weights_are_enumerated_while_their_table_is_small(monkeypatch):
    """Of two symbols with signs 8 rows, and 4 of one symbol, times 2! relabellings."""
    monkeypatch.setattr(domains, "LARGEST_TABLE", 16)
    sizes = [{"symbols": 2, "rows": n} for n in range(9)]
    assert enumerated(rows(weights=signs()), 2) == sizes
    assert enumerated(rows(weights=signs()), 3) == []
    monkeypatch.setattr(domains, "LARGEST_TABLE", 15)
    assert enumerated(rows(weights=signs()), 2) == []
    assert enumerated(rows(1, weights=signs()), 2) == sizes[:5]
    monkeypatch.setattr(domains, "LARGEST_TABLE", 8)
    assert enumerated(rows(1, weights=signs()), 2) == sizes[:5]
    gap = [level for level in rows(weights=signs()).levels(Reach(3)) if level.cases is None]
    assert [level.size for level in gap] == [{"symbols": m, "rows": 0} for m in (2, 3)]


def test_domains_in_words():
    plain, weighted = rows(3), repeated_rows(2, weights=signs(), multiples=False)
    assert plain.says == "sets of 0/1 rows of at most 3 ones, none empty, none repeated"
    assert rows().says == "sets of 0/1 rows, none empty, none repeated"
    assert repeated_rows().says == "up to 2m + 2 0/1 rows, none empty, repeats allowed"
    limits = "of at most 2 symbols with weights -1, 1, of multiples one"
    assert weighted.says == f"up to 2m + 2 rows {limits}, none empty, repeats allowed"
    assert orders().says == "orders of m terms for m workers"
    assert orders(workers=2).says == "orders of m terms for n workers, for any number of workers in question"
    assert orders(workers=2, delay=3).order == "symbols, workers, delay, the orders lexicographically"


def test_degrees_are_all_that_differ_or_the_one_that_is_asked_for():
    for domain in (receptions(), receptions("sr")):
        sizes = enumerated(domain, 4)
        assert {size["degree"] for size in sizes} == {1, 2, 3}
        assert sizes == sorted(sizes, key=lambda size: (size["rows"], size["degree"]))
        rows_of = {d: max(size["rows"] for size in sizes if size["degree"] == d) for d in (1, 2, 3)}
        assert rows_of == {1: 16, 2: 12, 3: 8}
        assert {size["degree"] for size in enumerated(domain, 4, 3)} == {3}
        assert {size["degree"] for size in enumerated(domain, 2, 5)} == {5}


def test_reduced_receptions_have_up_to_ten_symbols():
    """Fewest ones first within a size; the largest has all rows of all workers."""
    assert {level.size["symbols"] for level in reduced.levels(Reach(12, 11))} == set(range(1, 11))
    for level in reduced.levels(Reach(5, 2)):
        ones = [case.ones for case, _ in level.cases]
        assert ones == sorted(ones)
    assert (level.size, ones) == ({"symbols": 5, "rows": 15, "degree": 2}, [25])


def test_own_symbols_count_among_the_ones_of_a_reception():
    """Twelve rows: of three workers that have sent all, 18 ones, 15 of them in blocks; of five, 19 and 14."""
    found = reduced.levels(Reach(6, 2))
    level = next(level for level in found if level.size == {"symbols": 6, "rows": 12, "degree": 2})
    ones = [(case.ones, len(set(case.workers))) for case, _ in level.cases]
    assert [of for of, _ in ones] == sorted(of for of, _ in ones)
    assert {(18, 3), (19, 5)} <= set(ones)


def test_by_default_up_to_eight_symbols_are_looked_at(monkeypatch):
    monkeypatch.setattr(levels, "LARGEST_LEVEL", 20)
    monkeypatch.setattr("srtheory.conjectures.hunt.EXAMPLES", 20)
    searched = hunt(conjecture("It holds.", rows(1))(lambda case: True), budget=FOREVER).searched
    assert searched.examples > 0
    assert searched.largest_example == 8


def test_a_search_of_orders_can_be_confined_where_they_have_degrees():
    one = conjecture("It holds.", orders(degree=[1, 2]))(lambda case: True)
    searched = hunt(one, degree=2, max_symbols=2, budget=FOREVER).searched
    assert searched.levels == [{"symbols": m, "degree": 2} for m in (1, 2)]
    with pytest.raises(ArgumentError, match="have no degree"):
        hunt(conjecture("It holds.", orders())(lambda case: True), degree=2)


def test_items_beyond_the_length_of_a_class_do_not_count():
    """Of classes of one or two items, with 10, 1 and 4 ones."""
    members = np.array([[0, 1], [1, 0], [0, 2], [1, 2]], np.int16)
    classes = Classes(members, np.array([1, 1, 2, 2]), np.array([7, 8, 9, 6]))
    assert list(fewest_ones_first(classes, [10, 1, 4])) == [([1], 8), ([1, 2], 6), ([0], 7), ([0, 2], 9)]


# ------------------------------------------------------------------------------------------- relabellings


@pytest.mark.parametrize(("symbols", "things", "order"), [(7, 793, 5040), (7, 794, 1), (8, 1, 1)])
def test_all_relabellings_up_to_seven_symbols_while_their_table_is_small(symbols, things, order):
    """7! times 793 is just below four million."""
    assert relabellings(symbols, "columns", things).shape == (order, symbols)


def test_a_table_may_be_as_large_as_its_limit(monkeypatch):
    monkeypatch.setattr(relabel, "LARGEST_TABLE", 3 * factorial(4))
    assert len(relabellings(4, "columns", 3)) == factorial(4)
    assert relabellings(4, "columns", 4).tolist() == [[0, 1, 2, 3]]


def test_a_group_may_be_as_large_as_its_limit(monkeypatch):
    def two(symbols):
        """A transposition and a turn: together they give every relabelling."""
        return [[1, 0, *range(2, symbols)], [*range(1, symbols), 0]]

    monkeypatch.setattr(relabel, "MAX_GROUP_ORDER", factorial(4))
    assert sorted(relabellings(4, two, 1).tolist()) == relabellings(4, "columns", 1).tolist()
    says = r"'symmetry' must be one of a group of at most 24 \(at m = 5\), not \(1, 0, 2, 3, 4\)"
    with pytest.raises(ArgumentError, match=says):
        relabellings(5, two, 1)
    monkeypatch.setattr(relabel, "MAX_GROUP_ORDER", factorial(4) - 1)
    with pytest.raises(ArgumentError, match="at most 23"):
        relabellings(4, two, 1)


@pytest.mark.parametrize("step", [(), (0, 1), (0, 0, 1), (1, 2, 3), (0, 1, 2, 3)])
def test_a_relabelling_is_a_permutation(step):
    with pytest.raises(ArgumentError, match=r"permutations of 0 … m - 1 \(at m = 3\)"):
        relabellings(3, lambda symbols: [(1, 0, 2), step], 1)


def test_a_row_is_relabelled_symbol_by_symbol():
    assert relabel.moved((5, 6, 7), (1, 2, 0)) == (7, 5, 6)


# ------------------------------------------------------------------------------------ receptions of any scheme


@pytest.mark.parametrize(
    ("stages", "others", "found"),
    [
        ([(2,), (1,)], 4, {(2, 1, 1)}),
        ([(2,), (1,)], 1, {(1,)}),
        ([(1, 2)], 3, {(1, 1, 1), (1, 2), (2, 1)}),
        ([(3,), (1,), (2,)], 8, {(3, 1, 2, 2)}),
        ([(1,)], 0, {()}),
    ],
)
def test_sizes_of_blocks_by_stage(stages, others, found):
    """The last stage goes on, and the last block takes what is left."""
    assert sent.block_sequences(stages, others) == found


def test_a_scheme_is_looked_for_up_to_the_domains_symbols():
    """Seven stragglers need eight workers."""
    domain = receptions("gradient-cyclic", stragglers=7)
    assert next(domain.levels(Reach(8))).size["symbols"] == 8
    assert list(domain.levels(Reach(7))) == []
    assert domain.symbols == 8
    with pytest.raises(ArgumentError, match="stragglers"):
        receptions("gradient-cyclic", stragglers=8)


def test_streams_are_enumerated_up_to_the_most_items(monkeypatch):
    """Of four uncoded workers each sends one row."""
    monkeypatch.setattr(sent, "MOST_ITEMS", 4)
    assert enumerated(receptions("uncoded"), 4) == [{"symbols": 4, "rows": n} for n in range(5)]
    assert enumerated(receptions("uncoded"), 5) == []


def test_hands_are_enumerated_while_their_table_is_small(monkeypatch):
    """Of two workers each has sent its own symbol, or both symbols: 4 hands times 2! relabellings."""
    monkeypatch.setattr(sent, "LARGEST_TABLE", 8)
    assert len(enumerated(receptions("sr"), 2)) == 5
    monkeypatch.setattr(sent, "LARGEST_TABLE", 7)
    assert enumerated(receptions("sr"), 2) == []
    assert [case.weights for level in receptions("sr").levels(Reach(1)) for case, _ in level.cases] == [None, None]
