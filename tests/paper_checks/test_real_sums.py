"""Real sums through each construction: exact, bounded in floats; what is spoilt on the way is seen by each."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache, partial

import numpy as np
import pytest

from paper_checks.real_sums import CONSTRUCTIONS, ELIMINATION, recover
from srtheory.decoders.rounded import rounded
from srtheory.decoders.sums import by_elimination, by_lsmr
from srtheory.experiments.workloads import WORKLOADS, rationals
from srtheory.span.dense.lifting import spanning_vector

TERMS = [[Fraction(i * i), Fraction(-i, 7)] for i in range(40)]
ANY = pytest.mark.parametrize("construction", CONSTRUCTIONS, ids=lambda construction: construction.name)


@cache
def terms_of(name):
    return WORKLOADS[name](1)


@ANY
@pytest.mark.parametrize("name", WORKLOADS)
def test_every_sum_comes_through_every_construction(name, construction):
    terms = terms_of(name)
    found = recover(terms, construction, seed=1)
    assert found.right
    direct = np.array([float(sum(output)) for output in zip(*terms, strict=True)])
    size = np.array([float(sum(map(abs, output))) for output in zip(*terms, strict=True)])
    assert (abs(found.value - direct) <= (found.relative_bound + 2.0**-53) * size).all()
    assert found.relative_error <= found.relative_bound < 1e-11
    assert found.multiplications == 0 or construction.scheme == "sr"


@ANY
def test_one_term_is_its_own_sum(construction):
    found = recover(rationals(np.array([[0.1]])), construction, seed=2)
    assert found.right
    assert found.value == pytest.approx([0.1], abs=1e-12)
    assert (found.rows, found.silent, found.additions) == (1, 0, 0)


# ------------------------------------------------------------------------------------------------ planted mistakes


def the_last_twice(values):
    """No decoder can do without the last row."""
    return [*values[:-1], values[-1] + values[-1]]


def a_term_is_missing(values):
    """The last row comes without what the first one holds."""
    return [*values[:-1], values[-1] - values[0]]


def each_in_the_place_of_the_next(values):
    return [values[-1], *values[:-1]]


@pytest.mark.quality
@ANY
@pytest.mark.parametrize("spoil", [the_last_twice, a_term_is_missing, each_in_the_place_of_the_next])
def test_values_that_are_spoilt_on_the_way_are_seen(construction, spoil):
    assert recover(TERMS, construction, seed=2).exact
    found = recover(TERMS, construction, seed=2, received=spoil)
    assert not found.exact
    assert spoil is not a_term_is_missing or found.error_over_bound > 1e6


@pytest.mark.quality
@pytest.mark.parametrize("construction", CONSTRUCTIONS[:-1], ids=lambda construction: construction.name)
def test_a_row_less_gives_no_sum(construction):
    def short(rows, values):
        return construction.decode(rows.prefix(len(rows) - 1), values[:-1])

    found = recover(TERMS, replace(construction, decode=short), seed=2)
    assert not found.right
    assert np.isnan(found.value).all()
    assert set(found.as_json()) == {"exact", "symbols", "rows", "inactive", "additions", "multiplications"}


@pytest.mark.quality
def test_too_few_rows_for_lsmr_are_told_by_its_bound():
    found = recover(TERMS, replace(CONSTRUCTIONS[-1], slack=-0.1), seed=2)
    assert found.error_over_bound <= 1
    assert found.relative_bound > 0.01
    assert not found.exact


@pytest.mark.quality
@ANY
def test_a_wrong_coefficient_is_seen(construction):
    """One row more, or less, than the decoder's combination has it."""

    def wrong(rows, values):
        found = construction.decode(rows, values)
        return replace(found, value=found.value + values[0])

    found = recover(TERMS, replace(construction, decode=wrong), seed=2)
    assert found.error_over_bound > 1e6 or construction.slack
    assert not found.right


@pytest.mark.quality
def test_a_coefficient_that_is_off_in_its_seventieth_bit_is_seen():
    def off(rows):
        vector, denominator = spanning_vector(rows)
        return [vector[0] * 2**70 + 1, *(v * 2**70 for v in vector[1:])], denominator * 2**70

    found = recover(TERMS, replace(ELIMINATION, decode=partial(by_elimination, solve=off)), seed=2)
    assert not found.exact
    assert found.error_over_bound <= 1  # nothing that floats could show


@pytest.mark.quality
def test_a_bound_that_leaves_out_the_residual_is_seen():
    nearly = replace(CONSTRUCTIONS[-1], decode=partial(by_lsmr, tolerance=1e-6))
    assert recover(TERMS, nearly, seed=2).error_over_bound <= 1

    def as_if_exact(rows, values):
        return replace(nearly.decode(rows, values), residual=0.0)

    assert recover(TERMS, replace(nearly, decode=as_if_exact), seed=2).error_over_bound > 1


# --------------------------------------------------------------------------------------------------------- details


def test_floats_are_decoded_to_the_bit_as_the_decoders_decode_arrays():
    values = [Fraction(int(x), 7) for x in np.random.default_rng(5).integers(-(10**9), 10**9, 60)]
    for construction in CONSTRUCTIONS:
        if construction.stops != "span":
            rows, _ = construction.receive(60, 3, 0)
            received = [sum(float(values[c]) for c in rows.row(i).tolist()) for i in range(len(rows))]
            one_by_one = construction.stops == "partition"  # NumPy adds up arrays in another order
            alone = construction.decode(rows, received if one_by_one else np.array(received))
            bounded = construction.decode(rows, [rounded([Fraction(x)]) for x in received])
            assert bounded.value.value.tolist() == [float(alone.value)]
            assert bounded.additions == alone.additions


def test_rows_are_those_of_a_run_with_stragglers():
    rows, silent = ELIMINATION.receive(100, 2022, 0)
    assert (rows.columns, ELIMINATION.receive(100, 2022, 0)[1]) == (100, silent)
    assert silent > 50
    more, _ = CONSTRUCTIONS[-1].receive(100, 2022, 0)
    assert len(more) == -(-6 * len(rows) // 5)
    assert more.indices[: len(rows.indices)].tolist() == rows.indices.tolist()
