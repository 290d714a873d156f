"""Exceptions to the hitting-time law: their kernel vectors, by definition and over all rows; planted mistakes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from scipy import stats

from srtheory.conjectures.strategies import receptions
from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError
from srtheory.experiments import exceptions
from srtheory.experiments.exceptions import (
    after_peeling,
    certified,
    examine,
    reception_of,
    second_order_time,
    side,
    smallest,
    verify,
)
from srtheory.experiments.trial import Task, run_trial
from srtheory.reception import handled
from srtheory.rows import from_mappings, from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.obstruction import balanced_vector, obstruction

TASK = Task(SumRecovery(24, 4), DelayModel(stats.expon(), 0.1), seed=5)
TRIALS = 150

# Three senders know their symbols; what they say about 3, 4, 5 is {3, 4}, {3, 5}: the unbalanced triple 3 = -4 = -5.
TRIPLE = from_sets(6, [[0], [1], [2], [0, 3, 4], [1, 3, 5], [0, 2]])
# 3 and 4 always come together, and one row fewer than symbols spans.
TWINS = from_sets(5, [[0], [1], [0, 3, 4], [2]])


@cache
def trials():
    return [run_trial(TASK, i) for i in range(TRIALS)]


def found(kind):
    return [record for record in trials() if side(record, 24) == kind]


def rank(rows):
    return fmpz_mat(rows.dense().tolist()).rank()


def test_exceptions_are_explained_as_all_their_rows_say():
    assert min(len(found("early")), len(found("late"))) > 2
    for record in (*found("early"), *found("late")):
        explained_as_all_its_rows_say(record)


def explained_as_all_its_rows_say(record):
    deviation = examine(TASK, record, 24)
    law = max(24, record.coverage_time)
    rows = reception_of(TASK, record.trial, max(law, record.stopping_time)).rows
    judged = rows.prefix(min(law, record.stopping_time))
    early = record.stopping_time < law
    vector = balanced_vector(judged) if early else obstruction(judged)
    assert (deviation.side, deviation.support) == ("early" if early else "late", len(vector.support))
    assert deviation.nullity == 24 - rank(judged)
    assert deviation.redundant == len(judged) - rank(judged)
    assert deviation.certificate == certified(rows.prefix(record.stopping_time))
    weights = dict(map(int, pair.split(":")) for pair in deviation.witness.split()) if deviation.witness else {}
    if weights:
        x = np.array([weights.get(c, 0) for c in range(24)])
        assert not (judged.dense() @ x).any()
        assert (x.sum() == 0) == early
    with pytest.MonkeyPatch.context() as patch:
        for largest, stored in ((deviation.support, deviation.support), (deviation.support - 1, 0)):
            patch.setattr(exceptions, "LARGEST_WITNESS", largest)
            assert len(examine(TASK, record, 24).witness.split()) == stored
        if deviation.nullity == 1 and not early:  # a lifted vector is used for a large core
            patch.setattr(exceptions, "LARGEST_SEARCH", 0)
            patch.setattr(exceptions, "LARGEST_WITNESS", 24)
            large = examine(TASK, record, 24)
            assert (large.support, large.witness, large.minimal) == (deviation.support, deviation.witness, True)


def test_core_keeps_what_a_kernel_vector_can_live_on():
    with pytest.raises(ArgumentError, match="rows of weight 1"):
        after_peeling(from_mappings(2, [{0: 2, 1: 1}]))
    inner, columns = after_peeling(TRIPLE)
    assert columns.tolist() == [3, 4, 5]
    assert [inner.row(i).tolist() for i in range(len(inner))] == [[0, 1], [0, 2]]
    known, none = after_peeling(from_sets(3, [[0, 1], [1, 2], [0]]))
    assert (len(known), len(none)) == (0, 0)


@given(receptions(max_symbols=7))
@settings(deadline=None, max_examples=40)
def test_peeling_loses_neither_rank_nor_kernel(reception):
    rows = reception.rows
    inner, columns = after_peeling(rows)
    assert rank(rows) == rows.columns - len(columns) + (rank(inner) if len(inner) and len(columns) else 0)


def test_second_order_law_on_small_cases():
    assert second_order_time(TWINS, 4) == 4  # identical columns spare a row of five
    assert second_order_time(TRIPLE, 5) is None  # never enough rows: {0, 2} says nothing new
    assert second_order_time(from_sets(3, [[0], [1], [0, 1], [1, 2]]), 4) == 4
    rows = from_sets(3, [[0, 1], [1, 2], [0, 2], [0, 1, 2]])  # more distinct rows than columns are enough
    found = [second_order_time(rows.prefix(k), covered) for k, covered in ((4, 4), (4, 2), (3, 2), (2, 2))]
    assert found == [4, 3, 3, None]
    rows = from_sets(4, [[0], [0, 1, 2], [1, 2, 3], [1, 2], [3, 1], [0, 3]])
    # after 4 rows {1, 2} stands twice and 3 follows; only {1, 3} tells 1 from 2, which nobody asks for
    assert second_order_time(rows, 3) == 3
    late = from_sets(4, [[0], [1, 2], [0, 1, 2], [1, 3], [2, 3]])
    assert second_order_time(late, 4) == 5
    assert obstruction(late.prefix(4)) is not None


def test_second_order_law_explains_most_exceptions():
    task = Task(SumRecovery(300, 12), DelayModel(stats.expon(), 1 / 12), seed=3)
    agreed = plain = 0
    for i in range(60):
        record = run_trial(task, i)
        rows = reception_of(task, i, max(300, record.stopping_time, record.coverage_time)).rows
        agreed += second_order_time(rows, record.coverage_time) == record.stopping_time
        plain += side(record, 300) == "held"
    assert plain < agreed
    assert agreed >= 55


def test_kinds_of_trials():
    record = run_trial(TASK, 0)
    assert side(replace(record, stopping_time=30, coverage_time=30), 24) == "held"
    assert side(replace(record, stopping_time=31, coverage_time=30), 24) == "late"
    assert side(replace(record, stopping_time=23, coverage_time=20, complete_worker=False), 24) == "early"
    assert side(replace(record, stopping_time=23, coverage_time=20, complete_worker=True), 24) == "complete"
    assert side(replace(record, stopping_time=24, coverage_time=20, complete_worker=True), 24) == "held"


@pytest.mark.quality
def test_a_vector_of_the_other_kind_and_one_that_some_row_does_not_annihilate_are_caught():
    verify(TWINS, {3: 1, 4: -1}, balanced=True)
    verify(TRIPLE, {3: 1, 4: -1, 5: -1}, balanced=False)
    for rows, vector, balanced, says in (
        *((TWINS, {3: 1, 4: -1}, False, "kind"), (TRIPLE, {3: 1, 4: -1, 5: -1}, True, "kind")),
        *((TWINS, {}, True, "kind"), (TRIPLE, {3: 1, 4: -2, 5: -1}, False, "Row 3 does not annihilate")),
    ):
        with pytest.raises(RuntimeError, match=says):
            verify(rows, vector, balanced=balanced)


@pytest.mark.quality
def test_a_classifier_that_mixes_the_kinds_up_is_caught(monkeypatch):
    monkeypatch.setattr(exceptions, "balanced_vector", obstruction)
    monkeypatch.setattr(exceptions, "obstruction", balanced_vector)
    for record in (found("early")[0], found("late")[0]):
        with pytest.raises(RuntimeError):
            examine(TASK, record, 24)


@pytest.mark.quality
def test_a_wrong_stopping_time_gets_no_certificate_and_one_that_is_refused_is_caught(monkeypatch):
    record = run_trial(TASK, 1)
    rows = reception_of(TASK, 1, record.stopping_time + 1).rows
    assert len(certified(rows.prefix(record.stopping_time))) == exceptions.DIGEST
    for wrong in (record.stopping_time - 1, record.stopping_time + 1):
        with pytest.raises(ValueError, match="least number of rows"):
            certified(rows.prefix(wrong))
    monkeypatch.setattr(exceptions.checker, "fault", lambda *_: "planted")
    with pytest.raises(RuntimeError, match="planted"):
        certified(from_sets(2, [[0, 1]]))


def test_a_reception_is_looked_at_again_with_its_pauses_and_without_the_workers_that_it_lacked():
    """Pauses let first blocks come later, and so in another order; the master's time changes no row."""
    free, costly, part = (Task(SumRecovery(30, 4), DelayModel(stats.expon(), 0.1, *its), 1) for its in PAUSES)
    record = run_trial(costly, 0)
    reception = reception_of(costly, 0, record.stopping_time)
    assert reception.time[record.stopping_time - 1] == record.latency
    assert reception_of(free, 0, record.stopping_time).time[record.stopping_time - 1] != record.latency
    record = run_trial(part, 0)
    reception = reception_of(part, 0, record.stopping_time)
    assert handled(reception.time[: record.stopping_time], 0.2) == record.latency
    assert set(reception.worker.tolist()) < set(reception_of(free, 0, 500).worker.tolist())


PAUSES = ((), (2.0,), (0.0, 0.2, 0.4))
CHAINS = [[[0, 1], [0, 2], [0, 3]], [[0, 1], [0, 2], [3, 4], [3, 5], [3, 6]]]
"""Unbalanced vectors of four entries: the only ones of the first rows, and not of the second."""


def test_a_lifted_vector_is_minimal_where_it_is_the_only_one_or_a_triple(monkeypatch):
    """No two columns of a triple are proportional, whatever else is in the kernel."""
    for sets, unique in zip(CHAINS, (True, False), strict=True):
        rows = from_sets(max(map(max, sets)) + 1, sets)
        nullity = rows.columns - len(sets)
        assert (nullity == 1) == unique
        monkeypatch.setattr(exceptions, "LARGEST_SEARCH", rows.columns - 1)
        found = smallest(rows, nullity, balanced=False)
        verify(rows, dict(zip(found.support, found.weights, strict=True)), balanced=False)
        assert found.weights[0] > 0
        assert found.name == ("unbalanced triple" if len(found.support) == 3 else "unbalanced vector")
        assert found.minimal == (unique or len(found.support) == 3)
    monkeypatch.setattr(exceptions, "LARGEST_SEARCH", 0)
    inner, _ = after_peeling(TRIPLE)
    found = smallest(inner, 2, balanced=False)
    assert (found.support, found.weights, found.name) == ((0, 1, 2), (1, -1, -1), "unbalanced triple")
    assert found.minimal
