"""The robust soliton law by Luby's formulas, what LT workers draw from it, and how many symbols each may send."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import log, mp, mpf, nint, sqrt
from scipy.stats import chisquare

from srtheory.errors import ArgumentError
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.luby_transform import LubyTransform, SystematicLubyTransform, robust_soliton
from tests import reference
from tests.schemes.checks import by_worker, check_emission, everything

mp.dps = 30

# ------------------------------------------------------------------------------------------------ the robust soliton


def luby(m, c, delta):
    """rho + tau, normalised, with 30 digits; the spike at the whole number nearest to m/R, kept inside [1, m]."""
    ripple = mpf(c) * log(mpf(m) / mpf(delta)) * sqrt(m)
    spike = int(min(max(nint(m / ripple), 1), m))
    rho = [mpf(1) / m] + [mpf(1) / (i * (i - 1)) for i in range(2, m + 1)]
    tau = [ripple / (i * m) for i in range(1, spike)] + [max(mpf(0), ripple * log(ripple / mpf(delta)) / m)]
    mass = [r + t for r, t in zip(rho, tau + [mpf(0)] * (m - spike), strict=True)]
    beta = sum(mass)
    return [float(p / beta) for p in mass]


@pytest.mark.parametrize("delta", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("c", [0.01, 0.03, 0.2, 5.0])
@pytest.mark.parametrize("m", [1, 2, 3, 10, 57, 1000])
def test_robust_soliton_is_lubys(m, c, delta):
    law = robust_soliton(m, c, delta)
    assert law.shape == (m,)
    assert (law > 0).all()
    np.testing.assert_allclose(law, luby(m, c, delta), rtol=1e-12, atol=0)


def test_reference_values_at_the_papers_size():
    """R = 7.2108, so the spike stands at 139; the normaliser is 1.0589618 and the mean 10.5343377."""
    law = robust_soliton(1000)
    assert int(np.argmax(law[10:])) + 11 == 139
    assert law[0] == pytest.approx((0.001 + 7.21084921347864e-3) / 1.05896183099442, rel=1e-13)
    assert LubyTransform(1000).average_degree == pytest.approx(10.5343376688004, rel=1e-13)


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [{"c": 0.0306}, {"delta": 0.51}])
def test_other_parameters_are_another_law(wrong):
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(robust_soliton(1000, **wrong), luby(1000, 0.03, 0.5), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("symbols", {"symbols": 0}),
        ("c", {"c": 0}),
        ("c", {"c": float("nan")}),
        ("delta", {"delta": 0}),
        ("delta", {"delta": 1}),
        ("delta", {"delta": 1.5}),
        ("delta", {"delta": -0.5}),
        ("cap", {"cap": 0}),
        ("cap", {"cap": -2}),
        ("cap", {"cap": float("inf")}),
        ("cap", {"cap": float("nan")}),
    ],
)
def test_refusals_name_the_argument(name, arguments):
    with pytest.raises(ArgumentError) as refusal:
        LubyTransform(**({"symbols": 5} | arguments))
    assert refusal.value.name == name


# -------------------------------------------------------------------------------------------------- what is drawn


@given(st.integers(1, 9), st.integers(0, 2**64 - 1), st.sampled_from([None, 0.4, 1, 1.7, 3]), st.data())
def test_rows_are_redrawn_by_numpy_alone_whatever_the_budget(m, key, cap, data):
    scheme = LubyTransform(m, cap=cap)
    budget = data.draw(st.lists(st.integers(0, 3 * m), min_size=m, max_size=m))
    quota = scheme.quota().tolist()
    rows_of = lambda j: islice(reference.luby_transform(m, scheme.degree_law, key=key, worker=j), quota[j])  # noqa: E731
    check_emission(scheme, key, budget, rows_of)


def pooled(degrees, law):
    """Chi-square of degrees against their law, the rare ones (expected less than 10) pooled."""
    counts = np.bincount(list(degrees), minlength=len(law) + 1)[1:]
    expected = counts.sum() * law
    rare = expected < 10
    merge = lambda x: np.append(x[~rare], x[rare].sum()) if rare.any() else x  # noqa: E731
    return chisquare(merge(counts), merge(expected)).pvalue


def compiled(m, runs):
    """Degrees of one symbol of every worker, in some runs."""
    scheme = LubyTransform(m, cap=1)
    for key in range(runs):
        yield from np.diff(scheme.emit(key, everything(scheme)).rows.indptr).tolist()


@pytest.mark.parametrize(("m", "runs"), [(3, 4000), (20, 1000), (1000, 40)])
def test_degrees_follow_the_law(m, runs):
    assert pooled(compiled(m, runs), robust_soliton(m)) > 1e-3


@pytest.mark.quality
def test_degrees_of_another_law_are_noticed():
    """The ideal soliton law, all but free of tau, and a spike one degree too low."""
    degrees = list(compiled(1000, 40))
    assert pooled(degrees, robust_soliton(1000, c=1e-9)) < 1e-6
    moved = robust_soliton(1000).copy()
    moved[[137, 138]] = moved[[138, 137]]
    assert pooled(degrees, moved) < 1e-6


def test_subsets_of_a_degree_are_uniform():
    scheme = LubyTransform(5, cap=1)
    rows = (row for key in range(4000) for row in reference.supports(scheme.emit(key, everything(scheme)).rows))
    counts = Counter(tuple(sorted(row)) for row in rows)
    for degree in range(1, 5):
        assert chisquare([counts[s] for s in combinations(range(5), degree)]).pvalue > 1e-3


# ----------------------------------------------------------------------------------------------------- how many


@given(st.integers(1, 200), st.integers(1, 1000))
def test_symbols_are_dealt_out_evenly_and_all_of_them(m, total):
    """m_e/m is rarely a float: m_e = 27 of m = 49 symbols must not become 26."""
    quota = LubyTransform(m, cap=total / m).quota()
    assert quota.sum() == total
    assert set(quota.tolist()) <= {total // m, -(-total // m)}
    edges = [total * j // m for j in range(m + 1)]
    assert quota.tolist() == np.diff(edges).tolist()


@pytest.mark.quality
def test_dealing_by_rounded_multiples_would_lose_symbols():
    """What a plain floor of j alpha does."""
    edges = np.floor(np.arange(50) * (27 / 49))
    assert np.diff(edges).sum() == 26


@pytest.mark.parametrize("alpha", [1, 2, 3.0])
def test_a_whole_cap_is_every_workers(alpha):
    scheme = LubyTransform(7, cap=alpha)
    assert not scheme.rateless
    assert [len(rows) for rows in by_worker(scheme.emit(1, everything(scheme)), 7)] == [alpha] * 7
    assert scheme.emit(1, everything(scheme)).ended.all()


def test_no_cap_is_no_end():
    scheme = LubyTransform(7)
    assert scheme.rateless
    symbols = scheme.emit(1, np.full(7, 5000))
    assert not symbols.ended.any()
    assert min(len(rows) for rows in by_worker(symbols, 7)) > 100


def test_a_huge_cap_is_as_good_as_none():
    assert (LubyTransform(4, cap=1e300).quota() >= UNLIMITED).all()


def test_pace_is_the_average_degree_and_small_caps_come_whole():
    average = LubyTransform(50).average_degree
    assert LubyTransform(50).expected_terms() == (average, average)
    assert LubyTransform(50, cap=100).expected_terms() == (average, average)
    assert LubyTransform(50, cap=2).expected_terms() == (average, float("inf"))
    assert LubyTransform(50, cap=4).expected_terms() == (average, float("inf"))
    assert LubyTransform(50, cap=4.02).expected_terms() == (average, average)


@pytest.mark.parametrize("m", [1, 2, 7])
def test_the_average_degree_is_that_of_the_law(m):
    law = luby(m, 0.03, 0.5)
    assert LubyTransform(m).average_degree == pytest.approx(sum(i * p for i, p in enumerate(law, start=1)), rel=1e-12)


@pytest.mark.parametrize(("cap", "most"), [(2, 2), (1.4, 2), (0.2, 1)])
def test_the_longest_worker_sends_the_largest_quota_of_the_average_degree(cap, most):
    assert LubyTransform(10, cap=cap).longest == most * LubyTransform(10).average_degree


# ------------------------------------------------------------------------------------------------ own term first


@given(st.integers(1, 9), st.integers(0, 2**64 - 1), st.sampled_from([None, 0.4, 1, 1.7, 3]), st.data())
def test_own_terms_come_before_the_rows_of_the_same_lt_worker(m, key, cap, data):
    scheme = SystematicLubyTransform(m, cap=cap)
    budget = data.draw(st.lists(st.integers(0, 3 * m), min_size=m, max_size=m))
    quota = scheme.quota().tolist()
    rows_of = lambda j: islice(reference.lt_systematic(m, scheme.degree_law, key=key, worker=j), quota[j])  # noqa: E731
    check_emission(scheme, key, budget, rows_of)


@pytest.mark.quality
def test_rows_of_another_worker_would_be_seen():
    scheme = SystematicLubyTransform(5)
    rows_of = lambda j: reference.lt_systematic(5, scheme.degree_law, key=1, worker=(j + 1) % 5)  # noqa: E731
    with pytest.raises(AssertionError):
        check_emission(scheme, 1, [9] * 5, rows_of)


def test_pace_of_the_systematic_code():
    average = LubyTransform(50).average_degree
    assert SystematicLubyTransform(50).expected_terms() == (1.0, average)
    assert SystematicLubyTransform(50, cap=2).expected_terms() == (1.0, float("inf"))
    assert SystematicLubyTransform(50).decoder == "peeling"
