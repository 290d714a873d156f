"""The decoder that is fed row by row, at sizes at which it works in pieces, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from srtheory.decoders.incremental import IncrementalSpan
from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, from_dense, from_sets
from srtheory.span import bytewise, stopping_time
from srtheory.span.engine import FAST_PRIME, PRIME, SECOND_PRIME
from srtheory.span.growing import ALL, Growing
from tests.span import brute


@pytest.fixture(params=["bytes", "floats"])
def path(request, monkeypatch):
    """On bytes, where the processor multiplies them, and in floating point."""
    if request.param == "floats":
        monkeypatch.setattr(bytewise, "available", lambda: False)


def check(rows, field="Q", seed=None):
    """Row by row, or in blocks of any length, some of a single row, it says what the batch engine does."""
    decoder, k, rng = IncrementalSpan(rows.columns, field=field), 0, np.random.default_rng(seed)
    weights = np.ones(len(rows.indices), np.int64) if rows.values is None else rows.values
    right = stopping_time(**rows.arrays, field=field).stopping_time
    while k < len(rows):
        size = 1 if seed is None else int(rng.integers(0, 1 + min(len(rows) - k, rng.choice([2, 9, len(rows)]))))
        if size == 1:
            decoder.add(rows.row(k), weights[rows.indptr[k] : rows.indptr[k + 1]].tolist())
        else:
            assert decoder.add_many(rows.take(np.arange(k, k + size))) == decoder.stopping_time
        k += size
        assert decoder.stopping_time == (right if right is not None and right <= k else None)
    assert len(decoder) == len(rows)
    assert (decoder.rows.dense() == rows.dense()).all()
    return right


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(31)"])
def test_receptions(seed, field, path):
    rows = brute.sum_recovery(200, 7, seed, slack=0.5)
    if seed == 2:
        rows = replace(rows, values=np.random.default_rng(seed).integers(-3, 4, len(rows.indices)))
    check(rows, field)
    check(rows, field, seed)


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


def test_no_row_pays_for_all(monkeypatch):
    """The elimination begins before coverage and is done in pieces."""
    asked, prepare = [], Growing.prepare
    monkeypatch.setattr(Growing, "prepare", lambda form, pivots=ALL: asked.append(pivots) or prepare(form, pivots))
    check(brute.sum_recovery(600, 9, 0))
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
        assert check(replace(twice, values=values), "GF(251)") == 2 * rows.columns - 1


@pytest.mark.parametrize(("field", "met"), [("Q", True), ("GF(5)", False), ("GF(7)", True)])
def test_a_weight_that_is_zero_in_the_field_meets_no_column(field, met, monkeypatch):
    """No elimination of all rows is asked for before every column is met."""
    asked, prepare = [], Growing.prepare
    monkeypatch.setattr(Growing, "prepare", lambda form, pivots=ALL: asked.append(pivots) or prepare(form, pivots))
    decoder = IncrementalSpan(2, field=field)
    for row in ([0], [0, 1]):
        decoder.add(row, [1, 5][: len(row)])
    assert (ALL in asked, decoder.stopping_time == 2) == (met, met)


def test_what_is_refused_changes_nothing():
    decoder, good = IncrementalSpan(3), from_sets(3, [[0, 1], [1, 2]])
    assert decoder.add_many(good) is None
    for row, weights in [
        *(([3], 1), ([-1], 1), ([2, 2], 1), ([0, 1, 2, 0], 1), ([0.5], 1), (np.zeros((1, 1), np.int32), 1)),
        *(([2, 2], weights) for weights in ([0, 1], [1, 0], [2, -2])),
    ]:
        with pytest.raises(ArgumentError, match="'row'"):
            decoder.add(row, weights)
    with pytest.raises(ArgumentError, match="'weights'"):
        decoder.add([0, 1], [1, 2, 3])
    wrong = [([0, 1, 3], [0, 1, 3]), ([0, 1, 3], [0, 1, 1]), ([0, 1, 2], [0, -1])]
    for bounds, columns in [*wrong, ([0, 2, 1], [0, 1]), ([1, 2], [0, 1]), ([0, 1], [0, 1])]:
        with pytest.raises(ArgumentError, match="'ind"):
            decoder.add_many(Rows(3, np.array(bounds), np.array(columns, np.int32)))
    with pytest.raises(ArgumentError, match="'rows' must be rows of 3 columns"):
        decoder.add_many(from_sets(2, [[0]]))
    assert (decoder.rows.dense() == good.dense()).all()
    assert decoder.add_many(from_sets(3, [])) is None
    assert decoder.add_many(from_sets(3, [[2], [1, 2], [0]])) == 3
    assert (decoder.add([0]), decoder.stopping_time, len(decoder)) == (True, 3, 6)
    for given, name in (({"columns": -1}, "columns"), ({"columns": 2, "field": "R"}, "field")):
        with pytest.raises(ArgumentError, match=f"'{name}'"):
            IncrementalSpan(**given)


def test_weights_may_begin_late_and_end_and_room_grows():
    rng, given, decoder, right = np.random.default_rng(4), [], IncrementalSpan(70), None
    for k in range(400):
        row, weights = np.zeros(70, np.int64), rng.integers(1, 4 if k > 150 else 2, 70)
        chosen = rng.permutation(70)[: rng.integers(0, 50)].astype(np.int32)
        row[chosen] = weights[chosen]
        if k % 7 == 0:
            decoder.add_many(from_dense([row.tolist()]))
        elif k > 150:
            decoder.add(chosen, weights[chosen])
        else:
            decoder.add(chosen)
        given.append(row.tolist())
        if k % 100 == 99:
            right = stopping_time(**from_dense(given).arrays).stopping_time
            assert (decoder.rows.dense().tolist(), decoder.stopping_time) == (given, right)
            assert (decoder.rows.values is None) == (k < 150)
    assert right is not None
