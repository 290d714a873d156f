"""The floating-point decoder: its residual is certified, its error bounded, and it agrees with exact verdicts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from srtheory.decoders.iterative import Combination, lsmr_combination, residual_bound
from srtheory.errors import ArgumentError
from srtheory.experiments.cost import with_slack
from srtheory.rows import from_dense, from_sets
from srtheory.span.oracles import rational
from tests.strategies import complete_worker, integer_rows, sum_recovery_rows, systematic_rows


def exact_residual(rows, vector):
    """G^T v - 1 in rationals, entry by entry."""
    v = [Fraction(float(x)) for x in vector]
    columns = rows.dense().T.tolist()
    return [sum((a * w for a, w in zip(column, v, strict=True)), Fraction(0)) - 1 for column in columns]


def holds(rows, found):
    """Whether the bounds that were returned are bounds."""
    residual = exact_residual(rows, found.vector)
    largest = all(abs(r) <= Fraction(found.residual) for r in residual)
    return largest and sum(r * r for r in residual) <= Fraction(found.residual_norm) ** 2


@given(sum_recovery_rows() | integer_rows().filter(lambda rows: rows.columns > 0))
def test_the_residual_is_a_bound_whatever_the_rows(rows):
    assert holds(rows, lsmr_combination(rows))


@given(sum_recovery_rows())
def test_the_residual_is_small_exactly_where_the_rows_span(rows):
    assert (lsmr_combination(rows).residual < 1e-5) == rational.spans(rows)


@given(sum_recovery_rows(), st.lists(st.floats(-100, 100), min_size=7, max_size=7))
def test_the_error_of_the_sum_is_within_its_bound(rows, values):
    f = [Fraction(x) for x in values[: rows.columns]]
    found = lsmr_combination(rows, tolerance=1e-3)
    sums = [sum((f[c] for c in rows.row(i)), Fraction(0)) for i in range(len(rows))]
    got = sum((Fraction(float(v)) * s for v, s in zip(found.vector, sums, strict=True)), Fraction(0))
    bound = Fraction(found.residual_norm) ** 2 * sum(x * x for x in f)
    assert (got - sum(f)) ** 2 <= bound


def test_an_exact_combination_has_the_residual_of_its_roundings_alone():
    """Four terms a column, of size 2 in all: 16 units of 2^-53."""
    assert residual_bound(csr_array(np.eye(2)), np.ones(2)).tolist() == [16 * 2.0**-53] * 2


@pytest.mark.quality
def test_a_residual_reported_too_small_is_noticed():
    rows = from_sets(3, [[0, 1], [0, 2]])
    found = lsmr_combination(rows)
    assert not holds(rows, Combination(found.vector, 0.9 * found.residual, found.residual_norm, 1))
    assert not holds(rows, Combination(found.vector, found.residual, 0.9 * found.residual_norm, 1))


@pytest.mark.parametrize("rows", [systematic_rows(6), complete_worker(11, 3), from_dense([[2, 2], [4, 2]])])
def test_known_combinations(rows):
    found = lsmr_combination(rows, tolerance=1e-12)
    np.testing.assert_allclose(rows.dense().T @ found.vector, np.ones(rows.columns), atol=1e-10)
    assert found.error_bound(5.0) == 5 * found.residual_norm < 1e-9


@given(sum_recovery_rows(), st.lists(st.integers(-100, 100), min_size=7, max_size=7))
def test_sums_of_whole_numbers_are_exact_where_the_bound_says_so(rows, values):
    f = values[: rows.columns]
    sums = [sum(f[c] for c in rows.row(i).tolist()) for i in range(len(rows))]
    for tolerance in (1e-1, 1e-3, 1e-12):
        found = lsmr_combination(rows, tolerance=tolerance)
        got = found.whole_sum(sums, 100 * len(f) ** 0.5)
        assert got in (None, sum(f))
        assert (got is None) == (found.residual_norm * 100 * len(f) ** 0.5 >= 0.5)


def test_a_large_sum_of_whole_numbers_is_exact():
    rows = with_slack(1000, 7, 0)
    f = np.random.default_rng(1).integers(-(10**6), 10**6, 1000)
    sums = [int(f[rows.row(i)].sum()) for i in range(len(rows))]
    found = lsmr_combination(rows, tolerance=1e-11)
    assert found.whole_sum(sums, 1e6 * 1000**0.5) == f.sum()
    assert lsmr_combination(rows, tolerance=1e-6).whole_sum(sums, 1e6 * 1000**0.5) is None


@pytest.mark.quality
def test_rounding_beyond_the_bound_goes_wrong():
    """With the same combination said to be better than it is, the whole number next to v·f' is not the sum."""
    rows = from_sets(3, [[0, 1], [1, 2]])
    found = lsmr_combination(rows)
    assert found.whole_sum([8, 9], 12.0) is None
    assert Combination(found.vector, 0.0, 0.0, 1).whole_sum([8, 9], 12.0) != 3 + 5 + 4


@pytest.mark.parametrize(
    ("values", "norm", "name"), [([1], 1.0, "values"), ([1, 0.5], 0.1, "values"), ([1, 1], -1.0, "norm")]
)
def test_whole_sums_check_their_arguments(values, norm, name):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        lsmr_combination(from_sets(2, [[0], [1]])).whole_sum(values, norm)


def iterations(m):
    """Median over three runs with 1.2 m rows."""
    return np.median([lsmr_combination(with_slack(m, 7, trial), tolerance=1e-6).iterations for trial in range(3)])


def test_iterations_do_not_grow_with_the_number_of_symbols():
    """Eight times the symbols, and both within what a Marchenko-Pastur bulk takes: 2 ln(2/tolerance)/ln(1.2)."""
    few, many = iterations(1000), iterations(8000)
    assert many < 1.1 * few
    assert many < 2 * np.log(2 / 1e-6) / np.log(1.2)


def test_iterations_stop_where_they_are_told():
    assert lsmr_combination(with_slack(250, 7, 0), most=3).iterations == 3


@pytest.mark.parametrize(
    ("columns", "options", "name"),
    [(0, {}, "columns"), (2, {"tolerance": 0.0}, "tolerance"), (2, {"most": 0}, "most")],
)
def test_arguments_are_checked(columns, options, name):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        lsmr_combination(from_sets(columns, []), **options)
