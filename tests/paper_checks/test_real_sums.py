"""Real sums through each construction: exact, bounded in floats; what is spoilt on the way is seen by each."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache, partial

import numpy as np
import pytest

from paper_checks.real_sums import CONSTRUCTIONS, recover
from paper_checks.records.kept_sums import SUMS, read_sums, write_sums
from paper_checks.workloads import WORKLOADS, rationals
from srtheory.decoders.sums import by_lsmr, rounded
from srtheory.errors import ArgumentError
from srtheory.workers.workloads import WORKLOAD_NAMES, workload
from tests.paper_checks.claims.test_claims import NEARLY

TERMS = [[Fraction(i * i), Fraction(-i, 7)] for i in range(40)]
LSMR = CONSTRUCTIONS[-1]
each = pytest.mark.parametrize("construction", CONSTRUCTIONS, ids=lambda construction: construction.name)


@cache
def terms_of(name):
    return WORKLOADS[name](1)


@each
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


SPOILT = {
    "the last twice": lambda values: [*values[:-1], values[-1] + values[-1]],  # no decoder can do without the last row
    "a term is missing": lambda values: [*values[:-1], values[-1] - values[0]],
    "each in the place of the next": lambda values: [values[-1], *values[:-1]],
}


@pytest.mark.quality
@each
def test_values_that_are_spoilt_on_the_way_are_seen(construction):
    """And a wrong coefficient, and a row less."""
    assert recover(TERMS, construction, seed=2).exact
    for name, spoil in SPOILT.items():
        found = recover(TERMS, construction, seed=2, received=spoil)
        assert not found.exact
        assert name != "a term is missing" or found.error_over_bound > 1e6

    def wrong(rows, values):
        found = construction.decode(rows, values)
        return replace(found, value=found.value + values[0])

    found = recover(TERMS, replace(construction, decode=wrong), seed=2)
    assert found.error_over_bound > 1e6 or construction.slack
    assert not found.right
    short = replace(
        construction, decode=lambda rows, values: construction.decode(rows.prefix(len(rows) - 1), values[:-1])
    )
    if construction is not LSMR:
        found = recover(TERMS, short, seed=2)
        assert (found.right, np.isnan(found.value).all()) == (False, True)


@pytest.mark.quality
def test_bounds_tell_what_floats_cannot_and_a_bound_without_the_residual_is_seen():
    found = recover(TERMS, NEARLY, seed=2)
    assert (found.exact, found.error_over_bound <= 1) == (False, True)  # nothing that floats could show
    few = recover(TERMS, replace(LSMR, slack=-0.1), seed=2)
    assert (few.exact, few.error_over_bound <= 1, few.relative_bound > 0.01) == (False, True, True)
    rough = replace(LSMR, decode=partial(by_lsmr, tolerance=1e-6))
    assert recover(TERMS, rough, seed=2).error_over_bound <= 1
    as_if_exact = replace(rough, decode=lambda rows, values: replace(rough.decode(rows, values), residual=0.0))
    assert recover(TERMS, as_if_exact, seed=2).error_over_bound > 1


@each
def test_floats_are_decoded_to_the_bit_as_the_decoders_decode_arrays(construction):
    """And one term is its own sum."""
    found = recover(rationals(np.array([[0.1]])), construction, seed=2)
    assert (found.right, found.rows, found.silent, found.additions) == (True, 1, 0, 0)
    assert found.value == pytest.approx([0.1], abs=1e-12)
    if construction.stops == "span":
        return
    values = [Fraction(int(x), 7) for x in np.random.default_rng(5).integers(-(10**9), 10**9, 60)]
    rows, _ = construction.receive(60, 3, 0)
    received = [sum(float(values[c]) for c in rows.row(i).tolist()) for i in range(len(rows))]
    one_by_one = construction.stops == "partition"  # NumPy adds up arrays in another order
    alone = construction.decode(rows, received if one_by_one else np.array(received))
    bounded = construction.decode(rows, [rounded([Fraction(x)]) for x in received])
    assert bounded.value.value.tolist() == [float(alone.value)]
    assert bounded.additions == alone.additions


@pytest.mark.quality
def test_all_workloads_were_computed_by_all_schemes_and_a_sum_beyond_its_bound_is_seen():
    """Terms of other workloads, or of none, are refused."""
    terms, runs = read_sums()
    assert set(terms) == set(WORKLOAD_NAMES)
    assert len({(run.workload, run.scheme) for run in runs}) == len(runs) == 25
    for run in runs:
        assert (run.killed == 0) is (run.scheme == "uncoded")
        assert run.is_right(terms)
        for sign in (1, -1):
            off = Fraction(run.value[0]) + sign * (2 * Fraction(run.bound[0]) + Fraction(1, 10**30))
            assert not replace(run, value=[str(off), *run.value[1:]]).is_right(terms)
        assert run.workload != "taylor" or max(run.off(terms)) == max(run.bound) == 0
    for other in ({}, {"taylor": [["1"]]}):
        with pytest.raises(ArgumentError, match="30 terms of 1 numbers"):
            runs[0].is_right(other)


@pytest.mark.parametrize("name", ["taylor", "gradient", "kernel"])
def test_the_terms_are_the_workloads(name):
    """But for what another machine's linear algebra may do to the last digits; rational ones are exact."""
    terms, runs = read_sums()
    work = workload(name, len(terms[name]), next(run.seed for run in runs if run.workload == name))
    now = [work.function(i, work.x) for i in range(work.symbols)]
    if name == "taylor":
        assert [Fraction(*term) for term in terms[name]] == now
    else:
        np.testing.assert_allclose(terms[name], list(map(np.ravel, now)), rtol=1e-6, atol=1e-9)


def test_what_is_written_is_read_and_other_files_are_refused(tmp_path):
    terms, runs = read_sums()
    write_sums(tmp_path / SUMS, terms, runs)
    assert read_sums(tmp_path) == (terms, runs)
    for text in ("", "[]", "{}", '{"terms": {}, "runs": [{"workload": "taylor"}]}', '{"terms": 1'):
        (tmp_path / SUMS).write_text(text)
        for place in (tmp_path, tmp_path / "elsewhere"):
            with pytest.raises(ArgumentError, match="written by benchmarks"):
                read_sums(place)
