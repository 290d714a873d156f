"""Streams of parts and of terms against their definition, and the genie against a race of all workers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from srtheory.decoders import decoder
from srtheory.decoders.direct import coverage, partition
from srtheory.errors import ArgumentError
from srtheory.reception import receive
from srtheory.schemes.streaming import CyclicTerms, Genie, OwnThenParts, PartsCyclic, PartsStream
from tests import reference
from tests.reference import supports
from tests.schemes.checks import by_worker, check_emission, everything

SIZES = [(m, d) for m in range(1, 10) for d in range(1, m + 1)]
word64 = st.integers(0, 2**64 - 1)


@given(st.sampled_from(SIZES), word64, st.data())
def test_parts_are_redrawn_by_numpy_alone(size, key, data):
    m, d = size
    budget = data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))
    check_emission(PartsStream(m, d), key, budget, lambda j: reference.parts_stream(m, d, key=key, worker=j))


@given(st.sampled_from(SIZES), word64, st.data())
def test_parts_go_round_from_the_workers_own(size, key, data):
    m, d = size
    budget = data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))
    check_emission(PartsCyclic(m, d), key, budget, lambda j: reference.parts_cyclic(m, d, worker=j))


@given(st.sampled_from(SIZES), word64, st.data())
def test_the_own_term_comes_before_the_rest_of_its_part(size, key, data):
    m, d = size
    budget = data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))
    check_emission(OwnThenParts(m, d), key, budget, lambda j: reference.own_then_parts(m, d, worker=j))


@given(st.sampled_from(SIZES), word64, st.data())
def test_own_terms_and_parts_span_what_they_cover(size, key, data):
    scheme = OwnThenParts(*size)
    startups = np.array(data.draw(st.lists(st.floats(0, 5), min_size=size[0], max_size=size[0])))
    reception = receive(scheme, startups, 0.3, key, np.inf)
    assert coverage(reception).stopping_time == decoder("span")(reception).stopping_time


@pytest.mark.quality
def test_workers_that_all_start_at_the_first_part_would_be_noticed():
    with pytest.raises(AssertionError):
        check_emission(PartsCyclic(5, 2), 0, [5] * 5, lambda j: reference.parts_cyclic(5, 2, worker=0))


@pytest.mark.parametrize("m", range(1, 8))
def test_parts_of_one_term_are_cyclic_terms(m):
    budget = np.arange(m) % 4
    parts, terms = (scheme.emit(1, budget) for scheme in (PartsCyclic(m, 1), CyclicTerms(m)))
    assert supports(parts.rows) == supports(terms.rows)
    assert (parts.worker == terms.worker).all()


@given(st.integers(1, 9), word64, st.data())
def test_cyclic_terms_start_at_the_workers_own(m, key, data):
    budget = data.draw(st.lists(st.integers(0, m + 2), min_size=m, max_size=m))
    check_emission(CyclicTerms(m), key, budget, lambda j: reference.cyclic_terms(m, worker=j))


def test_the_last_part_may_come_first():
    """Within d - 1 terms only the shorter part can be complete: m = 5, d = 3, two terms in it."""
    scheme, firsts = PartsStream(5, 3), []
    for key in range(400):
        firsts += [rows[0] for rows in by_worker(scheme.emit(key, everything(scheme)), 5)]
        assert all(row == [3, 4] for row in supports(scheme.emit(key, np.full(5, 2)).rows))
    assert chisquare([firsts.count([0, 1, 2]), firsts.count([3, 4])]).pvalue > 1e-3


@given(st.integers(1, 6), st.sampled_from([0.1, 1.0]), st.data())
def test_the_genie_is_done_at_the_mth_evaluation(m, tau, data):
    startups = np.array(data.draw(st.lists(st.floats(0, 5), min_size=m, max_size=m)))
    reception = receive(Genie(m), startups, tau, 0, 100.0)
    assert partition(reception).stopping_time == m
    assert sorted(c for row in supports(reception.rows)[:m] for c in row) == list(range(m))
    evaluations = sorted(x + tau * n for x in startups.tolist() for n in range(1, m + 1))
    assert reception.time[m - 1] == evaluations[m - 1]


@pytest.mark.quality
def test_a_genie_that_repeats_terms_would_be_noticed():
    """Without the genie's choice the workers of CyclicTerms repeat each other."""
    startups = np.array([0.0, 0.5, 9.0])
    rows = receive(CyclicTerms(3), startups, 1.0, 0, 100.0)
    assert partition(rows).stopping_time == 4
    assert partition(receive(Genie(3), startups, 1.0, 0, 100.0)).stopping_time == 3


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("symbols", lambda: CyclicTerms(0)),
        ("degree", lambda: PartsStream(3, 4)),
        ("degree", lambda: PartsCyclic(3, 4)),
        ("degree", lambda: PartsStream(3, 0)),
    ],
)
def test_refusals_name_the_argument(name, call):
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert refusal.value.name == name


@pytest.mark.parametrize(
    ("scheme", "parts"), [(CyclicTerms(1), 1), (CyclicTerms(40), 40), (PartsStream(41, 3), 14), (PartsCyclic(9, 9), 1)]
)
def test_about_as_many_rows_as_a_coupon_collector_draws_are_typical(scheme, parts):
    """Of n parts n (1 + 1/2 + ... + 1/n) on average, which is n (ln n + 0.58) and more for few."""
    assert abs(scheme.typical / parts - sum(1 / i for i in range(1, parts + 1))) < 0.45


def test_as_many_rows_as_terms_are_the_genies():
    assert Genie(7).typical == 7.0


@pytest.mark.parametrize("scheme", [OwnThenParts(13, 4), PartsCyclic(12, 4), PartsStream(12, 4), CyclicTerms(12)])
def test_terms_are_expected_as_they_are_sent_but_for_ends(scheme):
    """The first symbol of a worker, and the most frequent size of the others."""
    first, later = scheme.expected_terms()
    rows = receive(scheme, np.zeros(scheme.workers), 0.1, 1, 4.0)
    sizes = np.diff(rows.rows.indptr)
    heads = [sizes[rows.worker == j][0] for j in range(scheme.workers)]
    others = np.concatenate([sizes[rows.worker == j][1:] for j in range(scheme.workers)])
    assert (np.median(heads), np.bincount(others).argmax()) == (first, later)
