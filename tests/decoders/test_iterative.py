"""The floating-point decoder: its residual is certified, its error bounded, and it agrees with exact verdicts."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, log

import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

from paper_checks.parameters import EXPONENTIAL, TAU
from srtheory.decoders.sums import Combination, by_lsmr, lsmr_combination, residual_bound
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.exceptions import reception_of
from srtheory.experiments.trial import Task
from srtheory.matrix import from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import oracles
from tests.strategies import integer_rows, sum_recovery_rows


def with_slack(m, seed, trial):
    """The first 1.2 m rows of an SR run at the paper's delays."""
    code, k = SumRecovery(m, ceil(1.5 * log(m))), ceil(1.2 * m)
    return reception_of(Task(code, DelayModel(parse_law(EXPONENTIAL), TAU), seed), trial, k).rows.prefix(k)


def holds(rows, found):
    """Whether the bounds that were returned are bounds on G^T v - 1 in rationals."""
    v = [Fraction(float(x)) for x in found.vector]
    columns = rows.dense().T.tolist()
    residual = [sum((a * w for a, w in zip(column, v, strict=True)), Fraction(0)) - 1 for column in columns]
    largest = all(abs(r) <= Fraction(found.residual) for r in residual)
    return largest and sum(r * r for r in residual) <= Fraction(found.residual_norm) ** 2


@given(sum_recovery_rows() | integer_rows().filter(lambda rows: rows.columns > 0))
def test_the_residual_is_a_bound_and_small_exactly_where_the_rows_span(rows):
    found = lsmr_combination(rows)
    assert holds(rows, found)
    assert rows.values is not None or (found.residual < 1e-5) == oracles.spans(rows)


@pytest.mark.quality
def test_a_residual_reported_too_small_is_noticed():
    """An exact combination has that of its roundings alone: four terms a column, of size 2 in all, 16 u."""
    rows = from_sets(3, [[0, 1], [0, 2]])
    found = lsmr_combination(rows)
    assert not holds(rows, Combination(found.vector, 0.9 * found.residual, found.residual_norm, 1))
    assert not holds(rows, Combination(found.vector, found.residual, 0.9 * found.residual_norm, 1))
    assert residual_bound(csr_array(np.eye(2)), np.ones(2)).tolist() == [16 * 2.0**-53] * 2


def test_a_large_sum_of_whole_numbers_is_exact():
    rows = with_slack(1000, 7, 0)
    f = np.random.default_rng(1).integers(-(10**6), 10**6, 1000)
    sums = [int(f[rows.row(i)].sum()) for i in range(len(rows))]
    assert by_lsmr(rows, sums, tolerance=1e-11).whole(1e6 * 1000**0.5) == f.sum()
    assert by_lsmr(rows, sums, tolerance=1e-6).whole(1e6 * 1000**0.5) is None


def test_iterations_do_not_grow_with_the_number_of_symbols():
    """Four times the symbols, and both within what a Marchenko-Pastur bulk takes: 2 ln(2/tolerance)/ln(1.2)."""
    few, many = (
        np.median([lsmr_combination(with_slack(m, 7, trial), tolerance=1e-6).iterations for trial in range(3)])
        for m in (1000, 4000)
    )
    assert many < 1.1 * few
    assert many < 2 * np.log(2 / 1e-6) / np.log(1.2)
    assert lsmr_combination(with_slack(250, 7, 0), most=3).iterations == 3


@pytest.mark.parametrize(
    ("columns", "options", "name"), [(0, {}, "columns"), (2, {"tolerance": 0.0}, "tolerance"), (2, {"most": 0}, "most")]
)
def test_arguments_are_checked(columns, options, name):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        lsmr_combination(from_sets(columns, []), **options)
