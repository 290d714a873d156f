"""One, Uncoded, Repetition and BCC against section II-B, d dividing m or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from srtheory.errors import ArgumentError
from srtheory.schemes.baselines import AllAtOne, BatchCouponCollector, Repetition, Uncoded
from tests import reference
from tests.schemes.checks import by_worker, check_emission, everything

SIZES = [(m, d) for m in range(1, 13) for d in range(1, m + 1)]


@pytest.mark.parametrize("m", [1, 2, 7])
def test_one_worker_sums_everything(m):
    scheme = AllAtOne(m)
    assert (scheme.symbols, scheme.workers, scheme.parts) == (m, 1, 1)
    for budget in (0, m - 1, m, m + 1):
        check_emission(scheme, 0, [budget], lambda _: [list(range(m))])


@pytest.mark.parametrize("m", [1, 2, 7])
def test_uncoded_workers_compute_one_term_each(m):
    assert Uncoded(m).workers == Uncoded(m).parts == m
    check_emission(Uncoded(m), 0, [j % 2 for j in range(m)], lambda j: [[j]])


def test_repetition_is_the_papers_assignment():
    """The paper counts from 1: workers d(j-1)+1 .. dj compute the terms d(j-1)+1 .. dj."""
    scheme = Repetition(6, 2)
    pairs = [[0, 1], [0, 1], [2, 3], [2, 3], [4, 5], [4, 5]]
    assert by_worker(scheme.emit(0, everything(scheme)), 6) == [[pair] for pair in pairs]


@pytest.mark.parametrize(("m", "d"), SIZES)
def test_repetition_has_as_many_workers_as_terms_in_each_part(m, d):
    rows_of = lambda j: [reference.part(m, d, j // d)]  # noqa: E731
    for budget in range(d + 1):
        check_emission(Repetition(m, d), 0, [budget] * m, rows_of)
    assert all(len([j for j in range(m) if rows_of(j) == [part]]) == len(part) for j in range(m) for part in rows_of(j))


@given(st.sampled_from(SIZES), st.integers(0, 2**64 - 1), st.data())
def test_bcc_rows_are_redrawn_by_numpy_alone(size, key, data):
    m, d = size
    budget = data.draw(st.lists(st.integers(0, d + 1), min_size=m, max_size=m))
    check_emission(BatchCouponCollector(m, d), key, budget, lambda j: reference.batch(m, d, key=key, worker=j))


@pytest.mark.parametrize(("m", "d"), [(12, 4), (13, 4), (5, 1)])
def test_bcc_samples_the_parts_uniformly_the_last_one_too(m, d):
    scheme = BatchCouponCollector(m, d)
    drawn = np.concatenate([scheme.assignment(key) for key in range(2000)])
    counts = np.bincount(drawn, minlength=scheme.parts)
    assert len(counts) == scheme.parts
    assert chisquare(counts).pvalue > 1e-3


@pytest.mark.quality
def test_bcc_that_samples_terms_instead_of_parts_is_noticed():
    """A uniform term would favour the four full parts over the last part, of one term."""
    terms = np.random.default_rng(1).integers(13, size=26000)
    assert chisquare(np.bincount(terms // 4)).pvalue < 1e-6


@pytest.mark.parametrize("scheme", [AllAtOne(7), Uncoded(7), Repetition(7, 3), BatchCouponCollector(7, 3)])
def test_baselines_end_and_come_whole(scheme):
    assert not scheme.rateless
    assert scheme.decoder == "partition"
    first, later = scheme.expected_terms()
    assert later == float("inf")
    assert first == pytest.approx(7 / scheme.parts)


@pytest.mark.parametrize("family", [Repetition, BatchCouponCollector])
@pytest.mark.parametrize(
    ("name", "m", "d"), [("symbols", 0, 1), ("degree", 5, 0), ("degree", 5, 6), ("degree", 5, 2.0)]
)
def test_refusals_name_the_argument(family, name, m, d):
    with pytest.raises(ArgumentError) as refusal:
        family(m, d)
    assert refusal.value.name == name


@pytest.mark.parametrize("family", [AllAtOne, Uncoded])
def test_no_symbols_are_refused(family):
    with pytest.raises(ArgumentError, match="symbols"):
        family(0)
