"""Approximate gradient codes on random graphs: degrees, draws, and what a budget pays for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from srtheory.errors import ArgumentError
from srtheory.schemes import sparse
from srtheory.schemes.sparse import BernoulliGradient, RegularGradient
from tests.reference import Words, supports
from tests.schemes.checks import everything

FAMILIES = [BernoulliGradient, RegularGradient]
sizes = st.integers(1, 12).flatmap(lambda m: st.tuples(st.just(m), st.integers(1, m)))
word64 = st.integers(0, 2**64 - 1)


@given(sizes, word64)
def test_a_regular_graph_is_regular(size, key):
    m, d = size
    sets = supports(RegularGradient(m, d).graph(key))
    assert [len(row) for row in sets] == [d] * m
    assert Counter(term for row in sets for term in row) == dict.fromkeys(range(m), d)


@pytest.mark.parametrize(("m", "d"), [(1, 1), (4, 2), (5, 3), (6, 6)])
def test_a_regular_graph_is_the_cyclic_one_after_ten_switches_for_each_edge(m, d):
    """Two edges of rows i and j, at places k and n, are drawn from worker 0's stream and exchange their terms."""
    rows, words = [[(j + i) % m for i in range(d)] for j in range(m)], Words(7, 0)
    for _ in range(10 * m * d):
        i, j, k, n = (words.below(size) for size in (m, m, d, d))
        a, b = rows[i][k], rows[j][n]
        if a not in rows[j] and b not in rows[i]:
            rows[i][k], rows[j][n] = b, a
    assert supports(RegularGradient(m, d).graph(7)) == rows


@pytest.mark.parametrize("family", FAMILIES)
def test_one_row_of_about_d_terms_is_expected(family):
    assert family(5, 3).expected_terms() == (3.0, float("inf"))


def graphs_of_four():
    """How often each 2-regular graph of four workers is drawn, of 9000."""
    return Counter(tuple(map(frozenset, supports(RegularGradient(4, 2).graph(key)))) for key in range(9000))


def test_all_regular_graphs_of_four_workers_are_alike():
    drawn = graphs_of_four()
    assert len(drawn) == 90
    assert chisquare(list(drawn.values())).pvalue > 1e-3


@pytest.mark.quality
def test_too_few_switches_would_be_seen(monkeypatch):
    monkeypatch.setattr(sparse, "SWITCHES", 1)
    assert chisquare(list(graphs_of_four().values())).pvalue < 1e-12


@given(sizes, word64)
def test_bernoulli_rows_are_numpys_draws(size, key):
    m, d = size
    for j, row in enumerate(supports(BernoulliGradient(m, d).graph(key))):
        words = np.random.Philox(key=np.array([key, j], dtype=np.uint64)).random_raw(m)
        assert sorted(row) == np.flatnonzero((words >> np.uint64(11)) * 2.0**-53 < d / m).tolist()


@pytest.mark.parametrize("family", FAMILIES)
@given(size=sizes, key=word64, data=st.data())
def test_a_budget_pays_for_rows_of_that_many_terms(family, size, key, data):
    scheme = family(*size)
    rows = supports(scheme.graph(key))
    budget = np.array(data.draw(st.lists(st.integers(0, 13), min_size=size[0], max_size=size[0])))
    symbols = scheme.emit(key, budget)
    sent = [j for j, row in enumerate(rows) if 0 < len(row) <= budget[j]]
    assert symbols.worker.tolist() == sent
    assert supports(symbols.rows) == [rows[j] for j in sent]
    assert symbols.terms.tolist() == [len(rows[j]) for j in sent]
    assert symbols.ended.tolist() == [len(row) <= budget[j] for j, row in enumerate(rows)]


@pytest.mark.parametrize("family", FAMILIES)
def test_edges_and_bad_input(family):
    assert supports(family(1, 1).emit(0, everything(family(1, 1))).rows) == [[0]]
    assert all(len(row) == 5 for row in supports(family(5, 5).graph(3)))
    for bad in ((0, 1), (3, 0), (3, 4)):
        with pytest.raises(ArgumentError):
            family(*bad)
