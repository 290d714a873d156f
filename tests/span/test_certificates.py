"""The producer: the certificate tells the truth, in canonical form, as the documentation writes it."""

from __future__ import annotations

import json
from math import gcd
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.rows import from_dense, from_sets
from srtheory.span import certificates
from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json
from srtheory.span.field import parse_field
from srtheory.span.oracles import checker, finite, rational
from tests.strategies import (
    EDGE_CASES,
    binary_rows,
    deficient_rows,
    integer_rows,
    luby_rows,
    mappings,
    sum_recovery_rows,
    with_weights,
)

FIELDS = ["Q", "GF(2)", "GF(3)", "GF(5)", "GF(9223372036854775783)"]
DOCUMENT = Path(__file__).parents[2] / "docs" / "certificates.md"


def oracle_stopping_time(rows, field):
    return rational.stopping_time(rows) if field == "Q" else finite.stopping_time(rows, field=field)


def check(certificate, rows):
    return checker.fault(checker.read(to_json(certificate)), rows.columns, mappings(rows))


def assert_certified(rows, field):
    """Whichever is true is certified, and the oracle says the same."""
    expected = oracle_stopping_time(rows, field)
    certificate = span_certificate(rows, field=field)
    assert certificate["kind"] == ("does-not-span" if expected is None else "spans")
    assert check(certificate, rows) is None
    if expected is not None:
        joint = stopping_time_certificate(rows, expected, field=field)
        assert joint["stopping_time"] == expected
        assert check(joint, rows) is None


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("rows", EDGE_CASES.values(), ids=EDGE_CASES)
def test_edge_cases(rows, field):
    assert_certified(rows, field)


@given(
    binary_rows() | integer_rows() | deficient_rows() | sum_recovery_rows() | luby_rows(),
    st.sampled_from(FIELDS[:4]),
)
def test_truth_is_certified(rows, field):
    assert_certified(rows, field)


@given(binary_rows() | integer_rows(), st.sampled_from(FIELDS[:4]), st.data())
def test_wrong_stopping_time_is_refused(rows, field, data):
    expected = oracle_stopping_time(rows, field)
    claimed = data.draw(st.integers(0, len(rows)).filter(lambda k: k != expected))
    with pytest.raises(ArgumentError, match="'stopping_time' must be the least number of rows"):
        stopping_time_certificate(rows, claimed, field=field)


def test_canonical_form():
    certificate = span_certificate(from_dense([[6, 0], [0, 4]]))
    assert [int(v, 16) for v in certificate["combination"]] == [2, 3]
    assert certificate["denominator"] == "0xc"
    kernel = [int(x, 16) for x in span_certificate(from_dense([[6, -4, 0], [0, 3, 1]]))["kernel"]]
    assert gcd(*kernel) == 1
    assert kernel == [2, 3, -9]
    residues = span_certificate(from_dense([[6, -4, 0], [0, 3, 1]]), field="GF(7)")["kernel"]
    assert [int(x, 16) for x in residues] == [1, 5, 6]


@pytest.mark.parametrize(
    ("field", "witness", "kind", "found"),
    [
        ("GF(7)", {"combination": ([3, 5], 2)}, "spans", {"combination": [5, 6], "denominator": 1}),
        ("Q", {"combination": ([3, -5], -2)}, "spans", {"combination": [-3, 5], "denominator": 2}),
        ("Q", {"combination": ([3, -5], 2)}, "spans", {"combination": [3, -5], "denominator": 2}),
        ("GF(7)", {"kernel": [7, 3, 5]}, "does-not-span", {"kernel": [0, 1, 4]}),
        ("Q", {"kernel": [0, -2, 3]}, "does-not-span", {"kernel": [0, 2, -3]}),
        ("Q", {"kernel": [7, -2, 3]}, "does-not-span", {"kernel": [7, -2, 3]}),
        ("GF(7)", {"kernel": [0, 14, 7]}, "does-not-span", {"kernel": [0, 0, 0]}),
        (
            "GF(49)",
            {"stopping_time": 1, "combination": ([2], 3), "kernel": [0, 2, 2]},
            "stopping-time",
            {"stopping_time": 1, "combination": [3], "denominator": 1, "kernel": [0, 1, 1]},
        ),
    ],
)
def test_witnesses_that_were_found_otherwise_get_their_form(field, witness, kind, found):
    rows = from_sets(3, [[0, 1], [2]])
    certificate = certificates.certificate_of(rows, field=parse_field(field), **witness)

    def number(value):
        return [int(v, 16) for v in value] if isinstance(value, list) else int(str(value), 0)

    assert [certificate[name] for name in ("kind", "field", "columns", "rows")] == [kind, field, 3, 2]
    assert {name: number(certificate[name]) for name in found} == found
    assert ("combination" in certificate, "kernel" in certificate) == ("combination" in found, "kernel" in found)


def test_digest_depends_on_the_matrix_alone():
    """Order inside a row and explicit zeros change nothing; order of rows does."""
    digest = span_certificate(from_sets(3, [[0, 2], [1]]))["matrix_sha256"]
    assert span_certificate(from_sets(3, [[2, 0], [1]]))["matrix_sha256"] == digest
    zeros = with_weights(from_sets(3, [[2, 1, 0], [1]]), [1, 0, 1, 1])
    assert span_certificate(zeros)["matrix_sha256"] == digest
    assert span_certificate(from_sets(3, [[1], [0, 2]]))["matrix_sha256"] != digest


@given(integer_rows() | binary_rows())
def test_producer_and_checker_digest_alike(rows):
    """Two codes that share nothing give the same two digests."""
    certificate = span_certificate(rows)
    assert certificate["matrix_sha256"] == checker.matrix_digest(rows.columns, mappings(rows))
    assert certificate["certificate_sha256"] == checker.content_digest(certificate)


def test_rows_that_lost_a_weight_have_no_digest():
    """Such rows cannot be made; a digest of the entries that have a weight would be that of other rows."""
    rows = from_dense([[6, 0], [2, 4]])
    object.__setattr__(rows, "values", rows.values[:-1])
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        certificates.certificate_of(rows, field=parse_field("Q"), kernel=[1, 0])


def test_the_documented_example():
    example = DOCUMENT.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    rows = from_sets(3, [[0, 1], [1, 2], [0, 2]])
    assert example == to_json(stopping_time_certificate(rows, 3))
    assert checker.fault(checker.read(example), 3, mappings(rows)) is None


def test_integers_longer_than_decimal_text_may_be():
    """A chain x_(i+1) = 2^60 x_i: 14 400 bits, more than the 4300 digits of Python's decimal text."""
    m, step = 241, 2**60
    rows = with_weights(from_sets(m, [[i, i + 1] for i in range(m - 1)]), [step, -1] * (m - 1))
    certificate = span_certificate(rows)
    assert certificate["kind"] == "does-not-span"
    assert int(certificate["kernel"][-1], 16) == step ** (m - 1)
    assert check(certificate, rows) is None


def test_numbers_of_rows_that_there_are_not_are_refused():
    for k in (-1, 3):
        with pytest.raises(ArgumentError, match="integer from 0 to 2"):
            stopping_time_certificate(from_sets(2, [[0], [1]]), k)


@pytest.mark.quality
def test_a_solver_that_finds_nothing_is_noticed(monkeypatch):
    monkeypatch.setattr(certificates, "kernel_vector", lambda rows: None)
    with pytest.raises(RuntimeError, match="exactly one exists"):
        span_certificate(from_sets(2, [[0]]))
    monkeypatch.setattr(certificates, "stopping_vectors", lambda rows: None)
    with pytest.raises(ArgumentError, match="'stopping_time' must be"):
        stopping_time_certificate(from_sets(2, [[0], [1]]), 2)


@pytest.mark.quality
def test_a_solver_that_errs_is_noticed(monkeypatch):
    """Floating-point solutions rounded to integers, say: the certificate is made, and refused."""
    rows = from_sets(3, [[0, 1], [1, 2], [0, 2]])
    monkeypatch.setattr(certificates, "spanning_vector", lambda rows: ([0, 0, 0], 1))
    assert "does not give the denominator at column 0" in check(span_certificate(rows), rows)


def test_json_round_trip():
    certificate = span_certificate(EDGE_CASES["triangle"], field="GF(2)")
    assert json.loads(to_json(certificate)) == certificate
