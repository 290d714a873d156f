"""The span decoder against exact ranks by FLINT and SymPy, prefix by prefix, on small receptions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given
from sympy import ZZ
from sympy.polys.matrices import DomainMatrix

from srtheory.decoders import decoder
from srtheory.decoders.cost import Cost
from srtheory.decoders.peeling import peel
from srtheory.decoders.span import span
from srtheory.reception import Reception, receive
from srtheory.rows import Rows, from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.engine import stopping_time
from tests.decoders.receptions import reception_of, sent_sets, small_sets
from tests.strategies import sum_recovery_rows


def flint_rank(dense):
    return fmpz_mat(dense).rank() if dense else 0


def sympy_rank(dense):
    m = len(dense[0]) if dense else 0
    return DomainMatrix([[ZZ(x) for x in row] for row in dense], (len(dense), m), ZZ).convert_to(ZZ.get_field()).rank()


RANKS = {"flint": flint_rank, "sympy": sympy_rank}


def stopping(m, sets, rank):
    """(M', rank of the first M' rows), or (None, rank of all) by going through the prefixes."""
    dense = [[int(c in s) for c in range(m)] for s in sets]
    ranks = [rank(dense[:k]) for k in range(len(dense) + 1)]
    with_ones = [rank([*dense[:k], [1] * m]) for k in range(len(dense) + 1)]
    k = next((k for k, (r, r1) in enumerate(zip(ranks, with_ones, strict=True)) if r == r1), None)
    return k, ranks[-1 if k is None else k]


def check_span(m, sets, stop, rank=flint_rank):
    assert (stop.stopping_time, stop.rank) == stopping(m, sets, rank)
    assert stop.argument


@given(small_sets())
def test_stopping_times_by_flint(rows):
    check_span(*rows, span(reception_of(*rows)))


@given(small_sets(max_columns=4, max_rows=7))
def test_stopping_times_by_sympy(rows):
    check_span(*rows, span(reception_of(*rows)), sympy_rank)


@given(sent_sets())
def test_stopping_times_where_a_worker_may_be_complete(rows):
    m, sets, _ = rows
    check_span(m, sets, span(reception_of(*rows)))


@given(sum_recovery_rows())
def test_stopping_times_of_sum_recovery_codes(rows):
    sets = [rows.row(i).tolist() for i in range(len(rows))]
    check_span(rows.columns, sets, span(reception_of(rows.columns, sets)))


@pytest.mark.parametrize("scale", [0.3, 3.0])
def test_stopping_times_of_whole_receptions(scale):
    scheme, rng = SumRecovery(12, 3), np.random.default_rng(6)
    for key in range(60):
        reception = receive(scheme, rng.exponential(scale, 12), 0.1, key, float("inf"))
        sets = [reception.rows.row(i).tolist() for i in range(len(reception))]
        check_span(12, sets, span(reception))


def test_uncovered_rows_are_not_eliminated_while_more_may_come():
    rows = (3, [[0], [0, 1], [1]])
    early = span(reception_of(*rows, final=False))
    assert (early.stopping_time, early.rank, early.argument) == (None, 0, "uncovered")
    last = span(reception_of(*rows, final=True))
    assert (last.stopping_time, last.rank) == (None, 2)


def test_rows_that_may_grow_are_decoded_once_covered():
    stop = span(reception_of(3, [[0, 1], [2], [0]], final=False))
    assert (stop.stopping_time, stop.rank) == (2, 2)


@given(small_sets())
def test_whatever_peels_spans_no_later(rows):
    peeled, _ = peel(from_sets(*rows))
    if peeled is not None:
        assert span(reception_of(*rows)).stopping_time <= peeled


def test_the_papers_example_spans():
    """m = 2, rows [1 0] and [1 1] (section V): f_1 + f_2 is the second row."""
    assert span(reception_of(2, [[0], [0, 1]])).stopping_time == 2


def test_a_complete_worker_costs_the_additions_of_its_rows():
    """Rows of others, and its empty rows, are not added."""
    complete = reception_of(4, [[0], [1], [1, 2], [], [3]])
    complete = replace(complete, worker=np.array([0, 1, 0, 0, 0], np.int32))
    stop = span(complete)
    assert (stop.stopping_time, stop.cost) == (5, Cost(2, 0, 0))


def test_the_decoder_by_name():
    assert decoder("span") is span


@pytest.mark.quality
@pytest.mark.parametrize(
    ("field", "value"), [("stopping_time", 3), ("stopping_time", 5), ("stopping_time", None), ("rank", 3), ("rank", 5)]
)
def test_wrong_answers_are_noticed(field, value):
    sets = [[0, 1], [1, 2], [0, 2], [3], [0]]
    stop = span(reception_of(4, sets))
    check_span(4, sets, stop)
    with pytest.raises(AssertionError):
        check_span(4, sets, replace(stop, **{field: value}))


@pytest.mark.quality
@pytest.mark.parametrize("rank", RANKS)
def test_coverage_alone_is_noticed(rank):
    """The star covers four symbols and spans no sum of them; over GF(2) it would."""
    star = (4, [[0, 1], [0, 2], [0, 3]])
    assert stopping(*star, RANKS[rank]) == (None, 3)
    assert span(reception_of(*star)).stopping_time is None


def test_weights_of_zero_are_no_entries():
    """Rows are not looked at again here: M', coverage and rank are the engine's, which looks at them."""
    rng, spanned = np.random.default_rng(1), 0
    for _ in range(100):
        m = int(rng.integers(1, 6))
        indices = np.tile(np.arange(m, dtype=np.int32), m + 4)
        rows = Rows(m, np.arange(m + 5, dtype=np.int64) * m, indices, rng.integers(-1, 2, len(indices)))
        worker = (np.arange(m + 4) % m).astype(np.int32)
        ones = np.ones(m + 4, np.int64)
        stop = span(Reception(rows, worker, np.arange(1.0, m + 5), ones, np.full(m, 100, np.int64)))
        right = stopping_time(**rows.arrays)
        assert stop.stopping_time == right.stopping_time
        if stop.stopping_time is not None:
            assert (stop.coverage_time, stop.rank) == (right.coverage_time, right.rank)
            spanned += 1
    assert spanned > 50
