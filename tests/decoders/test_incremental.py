"""The decoder that is fed row by row: after every row the answer of the batch engine, over every field."""

from dataclasses import replace

import numpy as np
import pytest

from srtheory.decoders import incremental
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.errors import ArgumentError
from srtheory.rows import Rows, from_dense, from_sets
from srtheory.span import stopping_time
from srtheory.span.dense import bytewise, lifting
from srtheory.span.dense.growing_form import ALL, Growing
from srtheory.span.engine import FAST_PRIME, PRIME, SECOND_PRIME
from tests.span import brute


@pytest.fixture(params=["bytes", "floats"])
def path(request, monkeypatch):
    """On bytes, where the processor multiplies them, and in floating point."""
    if request.param == "floats":
        monkeypatch.setattr(bytewise, "available", lambda: False)


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


def ends(rows, field="Q", rng=None):
    """What it says after blocks of any length, some of a single row, next to the numbers of rows so far."""
    decoder, rng = IncrementalSpan(rows.columns, field=field), rng or np.random.default_rng(0)
    weights = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
    said, k = [], 0
    while k < len(rows) or not said:
        size = int(rng.integers(0, 1 + min(len(rows) - k, rng.choice([2, 9, len(rows)]))))
        if size == 1 and k < len(rows) and rng.random() < 0.7:
            decoder.add(rows.row(k), weights[rows.indptr[k] : rows.indptr[k + 1]])
        else:
            assert decoder.add_many(rows.take(np.arange(k, k + size))) == decoder.stopping_time
        k += size
        said.append((k, decoder.stopping_time))
    assert len(decoder) == k == len(rows)
    assert (decoder.rows.dense() == rows.dense()).all()
    return said


@pytest.mark.parametrize("prime", [FAST_PRIME, SECOND_PRIME, PRIME])
def test_the_least_rows_of_a_block_that_span_1_modulo_a_prime_need_not_do_so_over_q(prime, path):
    """Modulo the prime the first row of the second block is 1; over Q the sum needs the row after it."""
    first, second = [[1, 2, 1, 0], [0, 1, 1, 1]], [[1, 1, 1, 1 + prime], [1, 0, 0, 0]]
    for field, wanted in (("Q", 4), (f"GF({prime})", 3)):
        decoder = IncrementalSpan(4, field=field)
        assert decoder.add_many(from_dense(first)) is None
        assert decoder.add_many(from_dense(second)) == wanted


def test_a_doubtful_rank_of_rows_with_the_largest_weights():
    """The dependent row is solved for over Q, since the prime alone does not prove that it is dependent."""
    least = -(2**63)
    rows = from_dense([[0, 0, 0, least], [least, 3 - 2**61, 0, 0], [0, 0, 5, 0], [0, 0, least, 0], [7, 9, 0, 0]])
    for size in (1, 2, 3, 5):
        decoder = IncrementalSpan(4)
        for k in range(0, 5, size):
            decoder.add_many(rows.take(np.arange(k, min(k + size, 5))))
        assert decoder.stopping_time == brute.stopping_time(rows, 0)[0] == 5


def weighted(rows, seed):
    values = np.random.default_rng(seed).integers(-3, 4, len(rows.indices))
    return Rows(rows.columns, rows.indptr, rows.indices, values)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(31)"])
def test_receptions(seed, field, path):
    rows = brute.sum_recovery(200, 7, seed, slack=0.5)
    rows = weighted(rows, seed) if seed % 3 == 2 else rows
    k = stopping_time(**rows.arrays, field=field).stopping_time
    assert answers(rows, field) == [k is not None and j >= k for j in range(1, len(rows) + 1)]
    told = ends(rows, field, np.random.default_rng(seed))
    assert told == [(n, k if k is not None and k <= n else None) for n, _ in told]


def test_no_row_pays_for_all(monkeypatch):
    """The elimination begins before coverage and is done in pieces."""
    asked, prepare = [], Growing.prepare
    monkeypatch.setattr(Growing, "prepare", lambda form, pivots=ALL: asked.append(pivots) or prepare(form, pivots))
    rows = brute.sum_recovery(600, 9, 0)
    answers(rows)
    assert len(asked) > 5
    assert ALL not in asked


def test_weights_are_any_residues(path):
    """Few products are added up before they are reduced; a sum too long makes a row and its multiple independent."""
    rng = np.random.default_rng(9)
    for seed in range(3):
        rows = brute.sum_recovery(150, 7, seed, slack=0.3)
        twice = rows.take(np.repeat(np.arange(len(rows)), 2))
        by_row, by_column = rng.integers(1, 251, len(twice)), rng.integers(1, 251, rows.columns)
        values = np.repeat(by_row, np.diff(twice.indptr)) * by_column[twice.indices] % 251
        twice = replace(twice, values=values)
        k = stopping_time(**twice.arrays, field="GF(251)").stopping_time
        assert k == 2 * rows.columns - 1
        assert answers(twice, "GF(251)") == [j >= k for j in range(1, len(twice) + 1)]


@pytest.mark.parametrize(("field", "met"), [("Q", 2), ("GF(5)", 1), ("GF(7)", 2)])
def test_a_weight_that_is_zero_in_the_field_meets_no_column(field, met):
    """No elimination is asked for before every column is met."""
    decoder = IncrementalSpan(4, field=field)
    decoder.add([0, 1, 2], [0, 5, 3])
    assert decoder._ledger[incremental.MISSING] == 4 - met


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


def test_a_refused_block_changes_nothing():
    decoder = IncrementalSpan(3)
    good = from_sets(3, [[0, 1], [1, 2]])
    assert decoder.add_many(good) is None
    wrong = [([0, 1, 3], [0, 1, 3]), ([0, 1, 3], [0, 1, 1]), ([0, 1, 2], [0, -1])]
    for bounds, columns in [*wrong, ([0, 2, 1], [0, 1]), ([1, 2], [0, 1]), ([0, 1], [0, 1])]:
        with pytest.raises(ArgumentError, match="'ind"):
            decoder.add_many(Rows(3, np.array(bounds), np.array(columns, np.int32)))
    with pytest.raises(ArgumentError, match="'rows' must be rows of 3 columns"):
        decoder.add_many(from_sets(2, [[0]]))
    assert len(decoder) == 2
    assert (decoder.rows.dense() == good.dense()).all()
    assert decoder.add_many(from_sets(3, [])) is None
    assert decoder.add_many(from_sets(3, [[2], [1, 2], [0]])) == 3
    assert decoder.add_many(from_sets(3, [[0]])) == 3
    assert len(decoder) == 6


def test_weights_may_begin_late_and_end():
    decoder = IncrementalSpan(3)
    assert not decoder.add(np.array([0, 1], np.int32))
    assert decoder.rows.values is None
    assert not decoder.add([1, 2], [2, 3])
    assert decoder.add_many(from_sets(3, [[0, 2]])) is None or decoder.stopping_time == 3
    assert decoder.rows.dense().tolist() == [[1, 1, 0], [0, 2, 3], [1, 0, 1]]
    decoder.add_many(from_dense([[0, 5, 1]]))
    decoder.add(np.array([2], np.int32))
    assert decoder.rows.dense().tolist()[3:] == [[0, 5, 1], [0, 0, 1]]


def grown():
    """Whether a decoder holds more rows than it had room for at first, four times, and whether it knows M'."""
    rng = np.random.default_rng(4)
    held, given, decoder = [], [], IncrementalSpan(70)
    for k in range(400):
        row = rng.permutation(70)[: rng.integers(0, 50)].astype(np.int32)
        if k % 7:
            decoder.add(row)
        else:
            decoder.add_many(from_sets(70, [row]))
        given.append(sorted(row.tolist()))
        if k % 100 == 99:
            held.append([sorted(decoder.rows.row(i).tolist()) for i in range(len(decoder))] == given)
    return held, decoder.stopping_time == stopping_time(**from_sets(70, given).arrays).stopping_time


def test_room_grows():
    assert grown() == ([True] * 4, True)


@pytest.mark.parametrize("weights", [[0, 1], [1, 0], [2, -2]])
def test_a_column_named_twice_is_refused_with_any_weights(weights):
    decoder = IncrementalSpan(3)
    with pytest.raises(ArgumentError, match="'row'"):
        decoder.add([2, 2], weights)
    assert len(decoder) == 0
    assert not decoder.add([2, 1], weights)


def test_bad_arguments():
    with pytest.raises(ArgumentError, match="'columns'"):
        IncrementalSpan(-1)
    with pytest.raises(ArgumentError, match="'field'"):
        IncrementalSpan(2, field="R")
    with pytest.raises(ArgumentError, match="'row'"):
        IncrementalSpan(2).add([0.5])
    with pytest.raises(ArgumentError, match="'row'"):
        IncrementalSpan(2).add(np.zeros((1, 1), np.int32))
    with pytest.raises(ArgumentError, match="'weights'"):
        IncrementalSpan(2).add([0, 1], [1, 2, 3])


def proofs(monkeypatch, size):
    """How many rows each proof looks at that rows depend on others, as they come in blocks."""
    looked, found = [], lifting.basis
    monkeypatch.setattr(lifting, "basis", lambda rows, rank: looked.append(len(rows)) or found(rows, rank))
    rng = np.random.default_rng(8)
    few = np.eye(40, dtype=np.int64) + np.triu(rng.integers(-2, 3, (40, 40)), 1) * (rng.random((40, 40)) < 0.2)
    early, late = rng.integers(-3, 4, (60, 30)) @ few[:30], few[30:]
    rows = from_dense(
        np.vstack([np.ones((1, 40), np.int64) - 3 * np.eye(40, dtype=np.int64)[:1], few[:30], early, late])
    )
    decoder = IncrementalSpan(40)
    for i in range(0, len(rows), size):
        decoder.add_many(rows.take(np.arange(i, min(i + size, len(rows)))))
    assert decoder.stopping_time == stopping_time(**rows.arrays).stopping_time
    return looked


def test_what_a_proof_has_found_is_not_looked_at_again(monkeypatch):
    """Each looks at a basis of the rows so far and at those that have come since."""
    looked = proofs(monkeypatch, 10)
    assert len(looked) > 4
    assert max(looked[1:]) <= 31 + 10
