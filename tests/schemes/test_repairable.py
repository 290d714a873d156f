"""Repairable fountain codes: systematic first, then parities with replacement whose law is computed exactly."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from srtheory.compiled import Kernel
from srtheory.errors import ArgumentError
from srtheory.schemes import repairable
from srtheory.schemes.repairable import RepairableFountain
from tests import reference
from tests.schemes.checks import check_emission


@given(st.integers(1, 9), st.integers(1, 12), st.integers(0, 2**64 - 1), st.data())
def test_rows_are_redrawn_by_numpy_alone_whatever_the_budget(m, d, key, data):
    budget = data.draw(st.lists(st.integers(0, 3 * m), min_size=m, max_size=m))
    check_emission(RepairableFountain(m, d), key, budget, lambda j: reference.repairable(m, d, key=key, worker=j))


@pytest.mark.parametrize("m", [5, 2000])
def test_parities_of_more_draws_than_are_made_at_once_are_redrawn(m):
    budget = np.where(np.arange(m) < 5, 900, 0)
    check_emission(RepairableFountain(m, 150), 7, budget, lambda j: reference.repairable(m, 150, key=7, worker=j))


def test_more_rows_than_there_is_room_for_at_first_and_after_it_has_been_doubled():
    budget = np.array([2060, 7])
    check_emission(RepairableFountain(2, 1), 3, budget, lambda j: reference.repairable(2, 1, key=3, worker=j))


def test_a_word_that_is_rejected_gives_way_to_the_next(monkeypatch):
    """So few words are rejected for any m of use that every third one is here."""
    monkeypatch.setattr(repairable, "rejected", lambda word, size: int(word) % 3 == 0)
    monkeypatch.setattr(Kernel, "__call__", lambda kernel, *given: as_written(kernel.function, given))

    def rows_of(worker):
        words, row = reference.Words(7, worker), [worker]
        while True:
            yield row
            accepted = (word for word in iter(words.word, None) if word % 3)
            row = list(dict.fromkeys(next(accepted) * 30 >> 64 for _ in range(70)))

    check_emission(RepairableFountain(30, 70), 7, [90, 0, 60, *[1] * 27], rows_of)


def as_written(function, given):
    """What the function gives, with unsigned numbers that wrap as compiled ones do."""
    with np.errstate(all="ignore"):
        return function(*given)


def test_a_parity_of_as_many_draws_as_there_are_entries_at_first():
    check_emission(RepairableFountain(1, 1024), 7, [3], lambda _: [[0]] * 4)


def supports_law(m, d):
    """Probability of each support of d draws with replacement, by going through all m**d of them."""
    return {s: n / m**d for s, n in Counter(frozenset(draw) for draw in product(range(m), repeat=d)).items()}


def first_parities(m, d, runs):
    """The first parity of worker 1, run by run."""
    budget = np.where(np.arange(m) == 1, 1 + d, 0)
    return (frozenset(reference.supports(RepairableFountain(m, d).emit(k, budget).rows)[1]) for k in range(runs))


def p_value(supports, law):
    counts = Counter(supports)
    assert set(counts) <= set(law)
    runs = sum(counts.values())
    return chisquare([counts[s] for s in law], [runs * p for p in law.values()]).pvalue


@pytest.mark.parametrize(("m", "d"), [(3, 2), (3, 3), (4, 2)])
def test_parities_follow_their_exact_law(m, d):
    assert p_value(first_parities(m, d, 5000), supports_law(m, d)) > 1e-3


@pytest.mark.quality
def test_parities_without_replacement_are_noticed():
    rng = np.random.default_rng(3)
    pairs = (frozenset(rng.choice(3, size=2, replace=False).tolist()) for _ in range(5000))
    assert p_value(pairs, supports_law(3, 2)) < 1e-6


@pytest.mark.parametrize(("m", "d"), [(1, 3), (3, 2), (4, 3), (5, 5)])
def test_pace_is_the_exact_mean_cost(m, d):
    first, later = RepairableFountain(m, d).expected_terms()
    assert first == 1
    assert later == pytest.approx(sum(len(s) * p for s, p in supports_law(m, d).items()))


def test_workers_never_end():
    scheme = RepairableFountain(4, 2)
    assert scheme.rateless
    assert scheme.decoder == "span"
    assert not scheme.emit(0, np.full(4, 50)).ended.any()


@pytest.mark.parametrize(("name", "m", "d"), [("symbols", 0, 1), ("degree", 4, 0), ("degree", 4, 1.5)])
def test_refusals_name_the_argument(name, m, d):
    with pytest.raises(ArgumentError) as refusal:
        RepairableFountain(m, d)
    assert refusal.value.name == name
