"""p < m workers by grouping: what a grouped symbol costs, and that spanning says the same about terms and groups."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.baselines import AllAtOne, BatchCouponCollector, Repetition, Uncoded
from srtheory.schemes.gradient import CyclicRepetition, FractionalRepetition
from srtheory.schemes.grouped import Grouped
from srtheory.schemes.luby_transform import LubyTransform
from srtheory.schemes.repairable import RepairableFountain
from srtheory.schemes.streaming import CyclicTerms, OwnThenParts, PartsCyclic, PartsStream
from srtheory.schemes.sum_recovery import SumRecovery
from tests.reference import supports

INNER = {
    "sr": SumRecovery(5, 2),
    "sr-3": SumRecovery(5, 2, access=3),
    "sr-with-replacement": SumRecovery(5, 2, replacement=True),
    "lt": LubyTransform(5),
    "lt-capped": LubyTransform(5, cap=1.4),
    "one": AllAtOne(5),
    "uncoded": Uncoded(5),
    "repetition": Repetition(5, 2),
    "bcc": BatchCouponCollector(5, 2),
    "parts-stream": PartsStream(5, 2),
    "parts-cyclic": PartsCyclic(5, 2),
    "own-then-parts": OwnThenParts(5, 2),
    "terms-cyclic": CyclicTerms(5),
    "gradient-fractional": FractionalRepetition(5, 1),
    "gradient-cyclic": CyclicRepetition(5, 2),
    "repairable": RepairableFountain(5, 3),
    "one group": SumRecovery(1, 1),
}


def cost(inner, sizes, key, budget):
    """What each worker completes within its budget of terms, by adding up the groups of each row."""
    enough = np.full(inner.workers, 5 * 60 if inner.rateless else UNLIMITED)
    everything = inner.emit(key, enough)
    found, done = [], dict.fromkeys(range(inner.workers), 0)
    sent = dict.fromkeys(range(inner.workers), 0)
    for row, j in zip(supports(everything.rows), everything.worker.tolist(), strict=True):
        done[j] += sum(sizes[c] for c in row)
        if done[j] <= budget[j]:
            found.append((j, row, done[j]))
            sent[j] += 1
    total = np.bincount(everything.worker, minlength=inner.workers)
    ended = [bool(everything.ended[j]) and sent[j] == total[j] for j in range(inner.workers)]
    return found, ended


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("terms", [5, 6, 13, 20])
@given(key=st.integers(0, 2**64 - 1), data=st.data())
@settings(max_examples=12)
def test_a_symbol_costs_the_terms_of_its_groups(name, terms, key, data):
    inner = INNER[name]
    scheme = Grouped(inner, terms)
    budget = data.draw(st.lists(st.integers(0, 2 * terms), min_size=inner.workers, max_size=inner.workers))
    symbols = scheme.emit(key, np.array(budget))
    found, ended = cost(inner, scheme.sizes().tolist(), key, budget)
    got = zip(symbols.worker.tolist(), supports(symbols.rows), symbols.terms.tolist(), strict=True)
    assert list(got) == found
    assert symbols.ended.tolist() == ended


@pytest.mark.quality
def test_counting_groups_instead_of_terms_is_noticed():
    scheme = Grouped(INNER["sr"], 13)
    found, _ = cost(INNER["sr"], [1] * 5, 3, [9] * 5)
    symbols = scheme.emit(3, np.full(5, 9))
    assert len(symbols.terms) < len(found)


@given(st.integers(1, 30), st.data())
def test_groups_share_the_terms_evenly(terms, data):
    p = data.draw(st.integers(1, terms))
    sizes = Grouped(Uncoded(p), terms).sizes()
    assert sizes.sum() == terms
    assert len(sizes) == p
    assert set(sizes.tolist()) <= {terms // p, -(-terms // p)}


@pytest.mark.parametrize("name", INNER)
def test_one_term_in_each_group_changes_nothing(name):
    inner = INNER[name]
    budget = np.full(inner.workers, 40)
    plain, grouped = inner.emit(8, budget), Grouped(inner, inner.symbols).emit(8, budget)
    for one, other in [(plain.rows.indptr, grouped.rows.indptr), (plain.rows.indices, grouped.rows.indices)]:
        np.testing.assert_array_equal(one, other)
    for field in ("worker", "terms", "ended"):
        np.testing.assert_array_equal(getattr(plain, field), getattr(grouped, field))


def test_one_group_is_all_at_one():
    scheme = Grouped(SumRecovery(1, 1), 7)
    assert [len(scheme.emit(0, np.array([b])).rows) for b in (6, 7, 99)] == [0, 1, 1]
    assert scheme.emit(0, np.array([99])).terms.tolist() == [7]


# ------------------------------------------------------------------------------------------ terms against groups


def spans_ones(dense):
    """Whether 1 is in the row space over Q, by two exact ranks."""
    rows = dense.tolist()
    return fmpz_mat(rows).rank() == fmpz_mat([*rows, [1] * dense.shape[1]]).rank()


def prefixes(grouped, key, rng):
    symbols = grouped.emit(key, np.full(grouped.workers, 3 * grouped.terms))
    dense = symbols.rows.dense()
    yield from (rng.permutation(dense)[:k] for k in range(1, min(len(dense), 10)))


@pytest.mark.parametrize("name", ["sr", "sr-3", "sr-with-replacement", "lt", "repairable"])
def test_groups_span_exactly_when_terms_do(name):
    grouped, rng, verdicts = Grouped(INNER[name], 13), np.random.default_rng(5), set()
    for key in range(20):
        for dense in prefixes(grouped, key, rng):
            verdict = spans_ones(dense)
            assert verdict == spans_ones(np.repeat(dense, grouped.sizes(), axis=1))
            verdicts.add(verdict)
    assert verdicts == {True, False}


@pytest.mark.quality
def test_overlapping_groups_would_span_something_else():
    """Were term 1 in two groups, the sum of the groups would count it twice, and no combination would mend that."""
    overlap = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
    assert spans_ones(np.eye(3, dtype=int))
    assert not spans_ones(np.eye(3, dtype=int) @ overlap)


# -------------------------------------------------------------------------------------------------- the interface


@pytest.mark.parametrize("name", INNER)
def test_everything_else_is_the_inner_schemes(name):
    inner, grouped = INNER[name], Grouped(INNER[name], 15)
    for attribute in ("symbols", "workers", "decoder", "rateless"):
        assert getattr(grouped, attribute) == getattr(inner, attribute)
    assert grouped.expected_terms() == pytest.approx([15 / inner.symbols * p for p in inner.expected_terms()])


@pytest.mark.parametrize("terms", [4, 0, 5.5])
def test_fewer_terms_than_groups_are_refused(terms):
    with pytest.raises(ArgumentError, match="terms"):
        Grouped(SumRecovery(5, 2), terms)
