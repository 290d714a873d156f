"""Rows in compressed form against plain nested lists, with their weights, and what their readers refuse."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paper_checks.figures.tanner import unbalanced
from srtheory.conjectures.case import Case, checked_certificate, explain_span, from_reception, from_rows
from srtheory.decoders.direct import all_systematic_time, complete_worker_time
from srtheory.decoders.sums import lsmr_combination
from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError
from srtheory.experiments.exceptions import after_peeling, certified, examine, second_order_time, verify
from srtheory.experiments.trial import Task, run_trial
from srtheory.matrix import Rows, from_dense, from_mappings, from_sets
from srtheory.reception import Reception
from srtheory.render.one_run import follow
from srtheory.schemes.base import EncodedSymbols
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.engine import rank, spans, stopping_time
from srtheory.span.obstruction import obstruction
from srtheory.span.sparse import coverage_time


@st.composite
def weighted_rows(draw):
    """A number of columns, and mappings from columns to weights, some of them 0; or all of them 1."""
    m, ones = draw(st.integers(0, 5)), draw(st.booleans())
    weights = st.just(1) if ones else st.integers(-2, 2)
    return m, draw(st.lists(st.dictionaries(st.integers(0, m - 1), weights) if m else st.just({}), max_size=6))


def compressed(m, mappings):
    columns = np.array([c for row in mappings for c in row], np.int32)
    weights = np.array([w for row in mappings for w in row.values()], np.int64)
    return Rows(m, np.append(0, np.cumsum([len(row) for row in mappings], dtype=np.int64)), columns, weights)


@given(weighted_rows(), st.data())
def test_rows_come_back_whatever_made_them_whole_in_part_and_in_any_order(case, data):
    m, mappings = case
    pure = [{c: w for c, w in row.items() if w} for row in mappings]
    dense = np.array([[row.get(c, 0) for c in range(m)] for row in mappings], np.int64).reshape(len(mappings), m)
    order = data.draw(st.lists(st.integers(0, len(pure) - 1))) if pure else []
    k = data.draw(st.integers(0, len(pure)))
    met = [set().union(*pure[:n]) for n in range(len(pure) + 1)]
    ones = all(set(row.values()) <= {1} for row in pure)
    made = [compressed(m, mappings), from_dense(dense), from_mappings(m, pure)]
    made += [from_sets(m, [list(row) for row in pure])] if ones else []
    for rows in made:
        assert (len(rows), rows.columns, len(rows.indices)) == (len(pure), m, np.count_nonzero(dense))
        assert (rows.indptr.dtype, rows.indices.dtype) == (np.int64, np.int32)
        assert rows.values is None or rows.values.dtype == np.int64
        np.testing.assert_array_equal(rows.dense(), dense)
        assert rows.mappings() == pure
        assert rows.prefix(k).mappings() == pure[:k]
        assert rows.take(np.array(order, np.int64)).mappings() == [pure[i] for i in order]
        assert rows.plain().mappings() == [row if set(row.values()) <= {1} else {} for row in pure]
        assert coverage_time(rows) == next((n for n, seen in enumerate(met) if len(seen) == m), None)
    assert [each.values is None for each in made[1:]] == [ones] * (len(made) - 1)
    assert [made[-1].row(i).tolist() for i in range(len(pure))] == [list(row) for row in pure] or not ones
    with pytest.raises(FrozenInstanceError):
        made[0].columns = 2


@pytest.mark.parametrize(
    ("supports", "value"),
    [
        *(([[0], [3]], 3), ([[-1]], -1), ([[0, 1, 0]], 0), ([[1.0]], 1.0), ([["1"]], "1"), ([[True]], True)),
        ([[None]], None),
    ],
)
def test_supports_that_are_refused(supports, value):
    with pytest.raises(ArgumentError) as refusal:
        from_sets(3, supports)
    assert (refusal.value.name, refusal.value.value) == (f"rows[{len(supports) - 1}]", value)


TWO = np.array([0, 2]), np.array([0, 1])


@pytest.mark.parametrize(
    ("make", "name"),
    [
        *((lambda columns=columns: from_sets(columns, []), "columns") for columns in (-1, 2.0, "3", None, True)),
        *((lambda x=x: from_dense(x), "matrix") for x in ([[0.5]], [[1.0]], [1, 0], [[[1]]], [["1"]], 3)),
        *(
            (lambda row=row: from_mappings(3, [row]), "must be")
            for row in ({0: 0}, {0: 1.5}, {0: 2**63}, {0: "1"}, {3: 1})
        ),
        *(
            (lambda x=x: Rows(2, *TWO, np.array(x)), "values")
            for x in ([1.5, 1.0], [1], [2**63, 1], [[1, 2]], ["1", 1])
        ),
        (lambda: from_dense(np.array([[2**63]], np.uint64)), "matrix"),
    ],
)
def test_what_is_no_matrix_is_refused(make, name):
    with pytest.raises(ArgumentError, match=name):
        make()


def test_numpy_integers_are_whole_numbers_and_stored_zeros_say_nothing():
    assert from_sets(np.int64(3), [np.array([2, 0])]).row(0).tolist() == [2, 0]
    zeros = {"indptr": [0, 2, 3], "indices": [0, 1, 1], "columns": 2, "values": [1, 0, 1]}
    for field in ("Q", "GF(2)", "GF(3)"):
        assert (stopping_time(**zeros, field=field).coverage_time, rank(**zeros, field=field)) == (2, 2)
        assert not spans(**zeros, rows=1, field=field).spans


# ------------------------------------------------------------------------------------------- who can take no weights


class Negated(SumRecovery):
    """The sum-recovery code with minus signs."""

    def emit(self, key, budget):
        sent = super().emit(key, budget)
        rows = Rows(sent.rows.columns, sent.rows.indptr, sent.rows.indices, -np.ones(len(sent.rows.indices), np.int64))
        return EncodedSymbols(rows, sent.worker, sent.terms, sent.ended)


SIGNED = from_dense([[1, -1], [0, 1]])


def sent(rows):
    n = len(rows)
    return Reception(rows, np.zeros(n, np.int32), np.arange(1.0, n + 1), np.arange(n) + 1, np.zeros(9, np.int64))


def test_who_has_no_weights_says_so():
    one = Task(Negated(6, 2), DelayModel(stats.expon(scale=1), 0.1), seed=3)
    for asked in (
        *(lambda: after_peeling(SIGNED), lambda: second_order_time(SIGNED, 1)),
        *(lambda: examine(one, run_trial(one, 0), 6), lambda: follow(one, 0)),
    ):
        with pytest.raises(ArgumentError, match="weight -1 in row 0"):
            asked()
    assert all_systematic_time(from_dense([[1, 0], [0, 2]])) is None
    assert all_systematic_time(from_dense([[1, 0], [0, 2], [0, 1]])) == 3
    assert complete_worker_time(sent(from_dense([[1, 0, 0], [0, 1, -1]]))) is None
    assert complete_worker_time(sent(from_dense([[1, 0, 0], [0, 1, -1], [0, 1, 1]]))) == 3


def test_who_has_them_uses_them():
    """Cases, kernel vectors, certificates and combinations of weighted rows, beside their absolute values."""
    assert from_rows(SIGNED).vectors == from_reception(sent(SIGNED), 1).vectors == [[1, -1], [0, 1]]
    assert from_rows(Rows(2, *TWO, np.array([1, 0]))) == Case(2, (1,))
    rows, unsigned = from_dense([[1, -1, 0], [0, 1, 2]]), from_sets(3, [[0, 1], [1, 2]])
    verify(rows, {0: 2, 1: 2, 2: -1}, balanced=False)
    assert unbalanced(rows, obstruction(rows)) == (2, 2, -1)
    with pytest.raises(RuntimeError, match="Row 0"):
        verify(unsigned, {0: 2, 1: 2, 2: -1}, balanced=False)
    with pytest.raises(ArithmeticError, match="Row 1"):
        unbalanced(unsigned, obstruction(rows))
    for field in ("Q", "GF(1381)"):
        assert checked_certificate(rows, field)["kind"] == "does-not-span"
        assert checked_certificate(SIGNED, field)["kind"] == "spans"
        assert all(found["spans"] for found in explain_span(field)(from_rows(SIGNED))["spans"])
    assert len(certified(from_dense([[1, -1], [0, 2]]))) == 8
    found = lsmr_combination(from_dense([[2, 0, 0], [1, -1, 0], [0, 1, 3]]))
    assert found.vector == pytest.approx([5 / 6, -2 / 3, 1 / 3])
    assert lsmr_combination(from_dense([[1, -1]])).residual > 0.5
