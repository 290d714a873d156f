"""The decoder that is fed row by row: after every row the answer of the batch engine, over every field."""

import numpy as np
import pytest

from srtheory.decoders import incremental
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.errors import ArgumentError
from srtheory.rows import from_dense, from_sets
from srtheory.span import stopping_time
from srtheory.span.engine import PRIME, SECOND_PRIME
from tests.span import brute

LARGEST_PRIME = 9223372036854775783
FIELDS = {"Q": 0, "GF(2)": 2, "GF(3)": 3, "GF(1381)": 1381, f"GF({LARGEST_PRIME})": LARGEST_PRIME}


def answers(rows, field="Q"):
    """What the decoder says after each row."""
    decoder = IncrementalSpan(rows.columns, field=field)
    weights = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
    said = [decoder.add(rows.row(i), weights[rows.indptr[i] : rows.indptr[i + 1]].tolist()) for i in range(len(rows))]
    assert len(decoder) == len(rows)
    assert (decoder.rows.dense() == rows.dense()).all()
    first = said.index(True) + 1 if True in said else None
    assert decoder.stopping_time == (first if rows.columns else 0)
    return said


def mismatches(families, field, prime, trials):
    rng = np.random.default_rng(21)
    drawn = (family(rng) for _ in range(trials) for family in families)
    return [rows for rows in drawn if answers(rows, field) != truth(rows, prime)]


def truth(rows, prime):
    return [brute.spans(rows.prefix(k), prime) for k in range(1, len(rows) + 1)]


def singular(rng):
    """Short of rank modulo the engine's primes only."""
    dense = np.triu((rng.random((5, 5)) < 0.5).astype(np.int64), 1) + np.eye(5, dtype=np.int64)
    dense[2, 2] = rng.choice([SECOND_PRIME, PRIME, SECOND_PRIME * PRIME])
    return from_dense(rng.permutation(np.vstack([dense, dense[:2]]))[:, rng.permutation(5)])


FAMILIES = [brute.sparse, brute.weighted, brute.deficient]


@pytest.mark.parametrize(("field", "prime"), FIELDS.items(), ids=FIELDS)
def test_every_answer(field, prime):
    assert mismatches(FAMILIES, field, prime, 60) == []


def test_every_answer_where_the_primes_err():
    families = [singular, lambda rng: brute.congruent(rng, SECOND_PRIME), lambda rng: brute.congruent(rng, PRIME)]
    assert mismatches(families, "Q", 0, 100) == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(31)"])
def test_receptions(seed, field):
    rows = brute.sum_recovery(200, 7, seed, slack=0.5)
    k = stopping_time(rows.indptr, rows.indices, rows.columns, field=field).stopping_time
    assert answers(rows, field) == [j >= k for j in range(1, len(rows) + 1)]


def test_no_columns():
    decoder = IncrementalSpan(0)
    assert decoder.stopping_time == 0
    assert decoder.add([])


def test_once_spanned_it_stays_spanned():
    decoder = IncrementalSpan(2)
    assert [decoder.add(row) for row in ([0], [0, 1], [1], [])] == [False, True, True, True]
    assert decoder.stopping_time == 2


def test_a_refused_row_changes_nothing():
    decoder = IncrementalSpan(3)
    decoder.add([0, 1])
    for row in ([3], [-1], [2, 2], [0, 1, 2, 0], [2, 3]):
        with pytest.raises(ArgumentError, match="'row'"):
            decoder.add(row)
    assert len(decoder) == 1
    assert decoder.rows.dense().tolist() == [[1, 1, 0]]
    assert [decoder.add([2]), decoder.add([0])] == [True, True]
    assert decoder.stopping_time == 2


def test_bad_arguments():
    with pytest.raises(ArgumentError, match="'columns'"):
        IncrementalSpan(-1)
    with pytest.raises(ArgumentError, match="'field'"):
        IncrementalSpan(2, field="R")
    with pytest.raises(ArgumentError, match="'row'"):
        IncrementalSpan(2).add([0.5])
    with pytest.raises(ArgumentError, match="'weights'"):
        IncrementalSpan(2).add([0, 1], [1, 2, 3])


@pytest.mark.quality
def test_a_rank_believed_without_proof_is_found(monkeypatch):
    monkeypatch.setattr(IncrementalSpan, "_rank_is_exact", lambda *_: True)
    assert mismatches([singular], "Q", 0, 100)


@pytest.mark.quality
def test_a_span_believed_without_proof_is_found(monkeypatch):
    monkeypatch.setattr(IncrementalSpan, "_decide", lambda _: True)
    assert mismatches([lambda rng: brute.congruent(rng, SECOND_PRIME)], "Q", 0, 200)


@pytest.mark.quality
def test_one_prime_alone_is_not_enough(monkeypatch):
    monkeypatch.setattr(incremental, "_primes", lambda characteristic: iter([characteristic or SECOND_PRIME] * 2))
    with pytest.raises(StopIteration):
        mismatches([singular, lambda rng: brute.congruent(rng, SECOND_PRIME)], "Q", 0, 100)
    assert answers(from_sets(2, [[0], [1]])) == [False, True]
