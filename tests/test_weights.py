"""Integer weights all along the line, against FLINT prefix by prefix; who cannot take them says so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paper_checks.figures.tanner import unbalanced
from srtheory.conjectures.case import Case, from_reception, from_rows
from srtheory.conjectures.evidence import checked_certificate
from srtheory.decoders.direct import all_systematic_time, complete_worker_time, partition
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.decoders.iterative import lsmr_combination
from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError
from srtheory.experiments.exceptions import after_peeling, certified, examine, second_order_time, verify
from srtheory.experiments.trial import Task, run_trial, trial_streams
from srtheory.reception import Reception, receive
from srtheory.render.one_run import follow
from srtheory.rows import Rows, from_dense, from_sets
from srtheory.schemes.base import EncodedSymbols
from srtheory.schemes.grouped import Grouped
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.coverage import coverage_time
from srtheory.span.engine import rank, spans, stopping_time
from srtheory.span.obstruction import obstruction
from tests import weighted
from tests.weighted import Weighted, cyclic

CODES = {
    "signs": cyclic(6, (1, 1, -1)),
    "signs that cancel": cyclic(6, (1, -1)),
    "larger weights": cyclic(7, (2, -3, 5)),
    "weights near 2^63": cyclic(5, (2**63 - 1, -(2**63), 3)),
    "multiples of the engine's prime": cyclic(5, (1381, 1, -1381)),
    "one weight for all": cyclic(6, (2, 2, 2)),
    "twice the symbol, then a block": Weighted(6, (((0, 2),), ((1, 1), (2, -1), (3, 1)))),
    "systematic, then signed blocks": Weighted(7, (((0, 1),), ((1, 1), (2, -1), (3, 1)), ((4, -1), (5, 1), (6, 1)))),
    "a signed row before a complete worker": Weighted(
        5, (((0, 1),), ((1, 1), (2, -1)), tuple((i, 1) for i in range(1, 5)))
    ),
    "negative symbols": cyclic(5, (-1,)),
    "weights of 1, spelt out": Weighted(6, (((0, 1),), ((1, 1), (2, 1)), ((3, 1), (4, 1), (5, 1)))),
    "nothing but zeros": cyclic(4, (0, 0)),
    "zeros, spelt out": Weighted(5, (((0, 1), (1, 0)), ((1, 2), (2, 0), (3, 1)), ((2, 0),), ((2, 1), (4, 3)))),
}
TRIALS = 12
TAU = 0.1


def task(code, decode=None, law=None):
    return Task(code, DelayModel(law or stats.expon(scale=1), TAU), seed=3, decoder=decode)


def startups(one, trial):
    return one.delays.sample(one.scheme.workers, trial_streams(one.seed, trial)[0])


def arrived(code, trial=0):
    """The same by hand: (time, worker, message)."""
    return weighted.arrivals(code, startups(task(code), trial).tolist(), TAU)


def live(message):
    return {c for c, weight in message.items() if weight}


def covering_time(messages, m):
    return next((k for k in range(len(messages) + 1) if len(set().union(*map(live, messages[:k]))) == m), None)


def systematic_time(messages, m):
    alone = [{min(message)} if list(message.values()) == [1] else set() for message in messages]
    return next((k for k in range(len(messages) + 1) if len(set().union(*alone[:k])) == m), None)


def complete_time(rows, m):
    """Least k such that some worker's rows of weights 1 among the first k partition the m symbols."""
    for k in range(1, len(rows) + 1):
        sender = rows[k - 1][1]
        own = [live(message) for _, j, message in rows[:k] if j == sender and set(message.values()) - {0} <= {1}]
        if sum(map(len, own)) == m == len(set().union(*own)):
            return k
    return None


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("trial", range(TRIALS))
def test_a_record_says_what_flint_says(name, trial):
    """M', T, rank, CC, counts and shortcuts of a run, from the messages in order of arrival."""
    code = CODES[name]
    m, rows = code.symbols, arrived(code, trial)
    messages = [message for _, _, message in rows]
    matrix = weighted.dense(messages, m)
    k = weighted.spanning_time(matrix, m)
    record, by = run_trial(task(code), trial), len(rows) if k is None else k
    assert record.stopping_time == k
    assert record.latency == (float("inf") if k is None else pytest.approx(rows[k - 1][0], rel=1e-15))
    assert record.rank == weighted.rank(matrix[:by])
    assert record.coverage_time == covering_time(messages, m)
    assert record.received_terms == sum(len(live(message)) for message in messages[:by])
    assert record.systematic == sum(
        {c: w for c, w in message.items() if w} == {worker: 1} for _, worker, message in rows[:by]
    )
    assert record.complete_worker == (k is not None and complete_time(rows, m) == k)
    assert record.all_systematic == (k is not None and systematic_time(messages, m) == k)


def test_some_run_of_each_kind_is_among_them():
    """Signs change M', and complete workers and runs without an end occur."""
    records = {name: [run_trial(task(code), i) for i in range(TRIALS)] for name, code in CODES.items()}
    assert all(r.stopping_time is None for r in records["signs that cancel"])
    assert any(r.complete_worker for r in records["a signed row before a complete worker"])
    assert any(r.complete_worker for r in records["weights of 1, spelt out"])
    unsigned = [run_trial(task(cyclic(6, (1, 1, 1))), i).stopping_time for i in range(TRIALS)]
    assert unsigned != [r.stopping_time for r in records["signs"]]


@pytest.mark.parametrize("trial", range(4))
def test_a_signed_cyclic_gradient_code_waits_for_all(trial):
    """m = 60, d = 4: without the sign every fourth worker would do; with it, none of the 60 can be missed."""
    law = stats.expon(scale=5)
    signed, unsigned = task(cyclic(60, (1, 1, 1, -1)), law=law), task(cyclic(60, (1, 1, 1, 1)), law=law)
    record, delays = run_trial(signed, trial), startups(signed, trial)
    rows = [message for _, _, message in weighted.arrivals(signed.scheme, delays.tolist(), TAU)]
    matrix, ones = weighted.dense(rows, 60), [[1] * 60]
    assert weighted.rank(matrix[:59] + ones) > weighted.rank(matrix[:59])
    assert weighted.rank(matrix + ones) == weighted.rank(matrix) == 60
    assert (record.stopping_time, record.rank, record.latency) == (60, 60, delays.max() + 4 * TAU)
    assert run_trial(unsigned, trial).stopping_time < 60


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("terms", [7, 15])
def test_groups_keep_their_weights(name, terms):
    """FLINT on the terms, each with its group's weight."""
    scheme = Grouped(CODES[name], terms)
    m, sizes, one = scheme.symbols, scheme.sizes().tolist(), task(scheme)
    for trial in range(4):
        code = CODES[name]
        pure = Weighted(m, tuple(tuple((c, w) for c, w in message if w) for message in code.messages))
        messages = [
            message for *_, message in weighted.arrivals(pure, startups(one, trial).tolist(), TAU, sizes) if message
        ]
        matrix = [[x for x, n in zip(row, sizes, strict=True) for _ in range(n)] for row in weighted.dense(messages, m)]
        reception = receive(scheme, startups(one, trial), TAU, 0, float("inf"))
        rows = [row for row in reception.rows.dense().tolist() if any(row)]
        assert rows == weighted.dense(messages, m)
        record, k = run_trial(one, trial), weighted.spanning_time(matrix, terms)
        assert (record.stopping_time is None) == (k is None)
        if k is not None and len(rows) == len(reception):
            assert (record.stopping_time, record.rank) == (k, weighted.rank(weighted.dense(messages, m)[:k]))


def test_a_floating_point_combination_weighs():
    found = lsmr_combination(from_dense([[2, 0, 0], [1, -1, 0], [0, 1, 3]]))
    assert found.vector == pytest.approx([5 / 6, -2 / 3, 1 / 3])
    assert lsmr_combination(from_dense([[1, -1]])).residual > 0.5


def test_weights_that_are_not_whole_are_not_rounded():
    fed = IncrementalSpan(3)
    for wrong in ([0.5, 1], [2**63, 1], [1], "x", 2**70, 1.5, None):
        with pytest.raises(ArgumentError, match="'weights'"):
            fed.add([0, 1], wrong)
    for row in ([2**32], [-1], [3], [1, 1], np.array([2**63], np.uint64)):
        with pytest.raises(ArgumentError, match="'row'"):
            fed.add(row)
    assert len(fed) == 0
    assert not fed.add([0, 1], np.array([1, -1], np.int8))
    assert fed.add([0, 1, 2])


# --------------------------------------------------------------------------------------------------------- shortcuts


def sent(rows, workers):
    n = len(rows)
    return Reception(rows, np.array(workers, np.int32), np.arange(1.0, n + 1), np.arange(n) + 1, np.zeros(9, np.int64))


def test_shortcuts_add_up_rows_of_weight_1_only():
    assert all_systematic_time(from_dense([[1, 0], [0, 2]])) is None
    assert all_systematic_time(from_dense([[1, 0], [0, 2], [0, 1]])) == 3
    assert complete_worker_time(sent(from_dense([[1, 0, 0], [0, 1, -1]]), [0, 0])) is None
    assert complete_worker_time(sent(from_dense([[1, 0, 0], [0, 1, -1], [0, 1, 1]]), [0, 0, 0])) == 3
    assert (
        partition(sent(Rows(2, np.array([0, 2]), np.array([0, 1], np.int32), np.array([1, 1])), [0])).stopping_time == 1
    )


# ------------------------------------------------------------------------------------------------------------ refused


class Negated(SumRecovery):
    """The sum-recovery code with minus signs."""

    def emit(self, key, budget):
        found = super().emit(key, budget)
        rows = Rows(
            found.rows.columns, found.rows.indptr, found.rows.indices, -np.ones(len(found.rows.indices), np.int64)
        )
        return EncodedSymbols(rows, found.worker, found.terms, found.ended)


SIGNED = from_dense([[1, -1], [0, 1]])


def test_a_case_has_its_weights():
    assert from_rows(SIGNED).vectors == from_reception(sent(SIGNED, [0, 1]), 1).vectors == [[1, -1], [0, 1]]
    assert from_rows(SIGNED).rows.dense().tolist() == [[1, -1], [0, 1]]
    assert from_rows(Rows(2, np.array([0, 2]), np.array([0, 1], np.int32), np.array([1, 0]))) == Case(2, (1,))


def test_the_hitting_time_law_has_no_weights():
    for asked in (after_peeling, lambda rows: second_order_time(rows, 1)):
        with pytest.raises(ArgumentError, match="weight -1 in row 0"):
            asked(SIGNED)
    one = task(Negated(6, 2))
    with pytest.raises(ArgumentError, match="weight -1 in row 0"):
        examine(one, run_trial(one, 0), 6)


def test_the_figure_of_a_run_has_no_weights():
    with pytest.raises(ArgumentError, match="weight -1 in row 0"):
        follow(task(Negated(6, 2)), 0)


def test_what_is_verified_is_verified_with_weights():
    """A kernel vector and certificates of weighted rows, and of their absolute values."""
    rows, unsigned = from_dense([[1, -1, 0], [0, 1, 2]]), from_sets(3, [[0, 1], [1, 2]])
    verify(rows, {0: 2, 1: 2, 2: -1}, balanced=False)
    assert unbalanced(rows, obstruction(rows)) == (2, 2, -1)
    with pytest.raises(RuntimeError, match="Row 0"):
        verify(unsigned, {0: 2, 1: 2, 2: -1}, balanced=False)
    with pytest.raises(ArithmeticError, match="Row 1"):
        unbalanced(unsigned, obstruction(rows))
    assert checked_certificate(rows, "Q")["kind"] == "does-not-span"
    assert len(certified(from_dense([[1, -1], [0, 2]]))) == 8


# --------------------------------------------------------------------------------------------------------------- rows


@st.composite
def weighted_rows(draw):
    m = draw(st.integers(0, 5))
    row = st.dictionaries(st.integers(0, m - 1), st.integers(-2, 2)) if m else st.just({})
    return m, draw(st.lists(row, max_size=6))


def compressed(m, mappings):
    columns = np.array([c for row in mappings for c in row], np.int32)
    weights = np.array([w for row in mappings for w in row.values()], np.int64)
    return Rows(m, np.append(0, np.cumsum([len(row) for row in mappings], dtype=np.int64)), columns, weights)


@given(weighted_rows(), st.data())
def test_rows_keep_their_weights_in_any_order(case, data):
    m, mappings = case
    rows = compressed(m, mappings)
    pure = [{c: w for c, w in row.items() if w} for row in mappings]
    assert rows.mappings() == pure
    assert len(rows.indices) == sum(map(len, pure))
    order = data.draw(st.lists(st.integers(0, len(pure) - 1))) if pure else []
    assert rows.take(np.array(order, np.int64)).mappings() == [pure[i] for i in order]
    assert rows.plain().mappings() == [row if set(row.values()) <= {1} else {} for row in pure]
    assert len(rows.plain()) == len(rows)
    assert rows.plain().values is None
    met = [set().union(*pure[:k]) for k in range(len(pure) + 1)]
    assert coverage_time(rows) == next((k for k, seen in enumerate(met) if len(seen) == m), None)


def test_stored_zeros_say_nothing():
    zeros = {"indptr": [0, 2, 3], "indices": [0, 1, 1], "columns": 2, "values": [1, 0, 1]}
    for field in ("Q", "GF(2)", "GF(3)"):
        assert (stopping_time(**zeros, field=field).coverage_time, rank(**zeros, field=field)) == (2, 2)
        assert not spans(**zeros, rows=1, field=field).spans
    rows = Rows(2, np.array([0, 2, 3]), np.array([0, 1, 1], np.int32), np.array([1, 0, 1]))
    assert (rows.indptr.tolist(), rows.indices.tolist(), rows.values.tolist()) == ([0, 1, 2], [0, 1], [1, 1])
    assert coverage_time(rows) == all_systematic_time(rows) == 2


@pytest.mark.parametrize("wrong", [[1.5, 1.0], [1], [2**63, 1], [2**70, 1], [[1, 2]], ["1", "1"], [None, 1]])
def test_weights_are_whole_and_as_many_as_the_entries(wrong):
    with pytest.raises(ArgumentError, match="'values' must be"):
        Rows(2, np.array([0, 2]), np.array([0, 1]), np.array(wrong))


def test_dense_matrices_do_not_wrap():
    with pytest.raises(ArgumentError, match="uint64"):
        from_dense(np.array([[2**63]], np.uint64))


# ------------------------------------------------------------------------------------------------- planted mistakes


class Forgetful(Weighted):
    """A code whose weights are lost on the way."""

    def emit(self, key, budget):
        found = super().emit(key, budget)
        rows = Rows(self.symbols, found.rows.indptr, found.rows.indices)
        return EncodedSymbols(rows, found.worker, found.terms, found.ended)


@pytest.mark.quality
def test_lost_weights_are_noticed():
    code = CODES["signs"]
    m, forgetful = code.symbols, task(Forgetful(code.symbols, code.messages))
    truth = [weighted.dense([message for *_, message in arrived(code, i)], m) for i in range(TRIALS)]
    assert [run_trial(forgetful, i).stopping_time for i in range(TRIALS)] != [
        weighted.spanning_time(matrix, m) for matrix in truth
    ]
