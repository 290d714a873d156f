"""Coverage, the two shortcuts and the decoder of disjoint parts against their definitions, prefix by prefix."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.decoders import decoder, direct
from srtheory.decoders.direct import all_systematic_time, complete_worker_time, partition, partition_unordered
from srtheory.errors import ArgumentError
from srtheory.reception import UnorderedReception
from srtheory.rows import from_sets
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.coverage import coverage_time
from tests.decoders.receptions import partitions, reception_of, sent_sets, small_sets


def least(sets, holds):
    """Least k such that the first k rows have the property, or None."""
    return next((k for k in range(len(sets) + 1) if holds(k)), None)


def covered(m, sets):
    return least(sets, lambda k: set().union(*sets[:k]) == set(range(m)))


def alone(m, sets):
    return least(sets, lambda k: {s[0] for s in sets[:k] if len(s) == 1} == set(range(m)))


def complete(m, sets, workers):
    """Some worker's rows so far have every symbol exactly once."""

    def holds(k):
        own = [
            [c for s, j in zip(sets[:k], workers, strict=False) if j == worker for c in s] for worker in set(workers)
        ]
        return any(sorted(flat) == list(range(m)) for flat in own)

    return least(sets, holds)


@given(small_sets())
def test_coverage_is_the_first_prefix_that_meets_every_symbol(rows):
    assert coverage_time(from_sets(*rows)) == covered(*rows)


@given(small_sets(max_columns=3, max_rows=20))
def test_all_systematic_is_every_symbol_by_itself(rows):
    assert all_systematic_time(from_sets(*rows)) == alone(*rows)


@given(sent_sets())
def test_a_complete_worker_has_sent_every_symbol_once(sent):
    assert complete_worker_time(reception_of(*sent)) == complete(*sent)


def test_definitions_come_out_both_ways_on_random_rows():
    rng = np.random.default_rng(8)
    outcomes = [set(), set(), set()]
    for _ in range(1500):
        m = int(rng.integers(1, 4))
        sets = [rng.choice(m, size=rng.integers(1, m + 1), replace=False).tolist() for _ in range(rng.integers(0, 9))]
        workers = rng.integers(0, 2, len(sets)).tolist()
        rows = from_sets(m, sets)
        answers = (coverage_time(rows), all_systematic_time(rows), complete_worker_time(reception_of(m, sets, workers)))
        assert answers == (covered(m, sets), alone(m, sets), complete(m, sets, workers))
        for found, answer in zip(outcomes, answers, strict=True):
            found.add(answer)
    assert all({None, 1, 2, 3, 5} <= found for found in outcomes)


def test_loops_find_what_whole_arrays_find():
    """Small rows are looked at as whole arrays, so that their loops are not run otherwise."""
    rng, outcomes = np.random.default_rng(9), [set(), set()]
    for _ in range(150):
        m = int(rng.integers(1, 4))
        sets = [rng.choice(m, size=rng.integers(1, m + 1), replace=False).tolist() for _ in range(rng.integers(0, 9))]
        workers = rng.integers(0, 3, len(sets)).astype(np.int32)
        rows = from_sets(m, sets)
        given = rows.indptr, rows.indices, m
        answers = direct._all_alone.function(*given), direct._complete.function(*given, workers, 3)
        expected = alone(m, sets), complete(m, sets, workers.tolist())
        assert answers == tuple(-1 if k is None else k for k in expected)
        for found, answer in zip(outcomes, answers, strict=True):
            found.add(answer)
    assert all({-1, 1, 2, 3} <= found for found in outcomes)


@pytest.mark.quality
@pytest.mark.parametrize(
    ("sets", "workers"),
    [
        ([[0, 1], [1, 2]], [0, 0]),  # four terms of three symbols
        ([[0, 1], [0]], [0, 0]),  # three terms, one of them twice
        ([[0, 1], [2]], [0, 1]),  # two workers' rows together
        ([[0, 1]], [0]),  # not yet
        ([[0], [0, 1], [2]], [0, 0, 0]),  # some rows of the worker would do, all of them do not
    ],
)
def test_what_only_looks_like_a_complete_worker_is_none(sets, workers):
    assert complete_worker_time(reception_of(3, sets, workers)) is None
    assert complete(3, sets, workers) is None


def test_every_worker_of_a_sum_recovery_code_can_end_the_run():
    scheme = SumRecovery(11, 4)
    for worker in range(11):
        rows = scheme.emit(3, np.where(np.arange(11) == worker, 11, 0)).rows
        sets = [rows.row(i).tolist() for i in range(len(rows))]
        assert complete_worker_time(reception_of(11, sets, [0] * 4)) == 4


def test_no_rows():
    assert coverage_time(from_sets(0, [])) == 0
    assert all_systematic_time(from_sets(0, [])) == 0
    for m in (1, 4):
        assert coverage_time(from_sets(m, [])) is None
        assert complete_worker_time(reception_of(m, [])) is None


# ----------------------------------------------------------------------------------------------- disjoint parts


@st.composite
def parts_received(draw):
    """A partition of [m] and some of its parts in some order, repeated and empty ones included."""
    m = draw(st.integers(1, 7))
    cut = draw(partitions(m))
    order = [s if draw(st.booleans()) else s[::-1] for s in draw(st.lists(st.sampled_from([*cut, []]), max_size=10))]
    return m, order


@given(parts_received())
def test_parts_are_all_there_when_every_symbol_is(received):
    m, sets = received
    stop = partition(reception_of(m, sets))
    k = covered(m, sets)
    assert stop.stopping_time == k
    assert stop.rank == len({frozenset(s) for s in sets[:k]} - {frozenset()})
    assert stop.argument == "disjoint parts"


def first_overlap(sets):
    """Number of the first row that overlaps an earlier one without being equal to it, or None."""
    return least(sets, lambda k: any(0 < len(a & b) < len(a | b) for a, b in combinations(map(set, sets[: k + 1]), 2)))


@given(small_sets(max_columns=4))
def test_rows_that_are_no_parts_are_refused_by_number(rows):
    m, sets = rows
    overlap, k = first_overlap(sets), covered(m, sets)
    if overlap is None or overlap == len(sets) or (k is not None and k <= overlap):
        assert partition(reception_of(m, sets)).stopping_time == k
        return
    with pytest.raises(ArgumentError) as refusal:
        partition(reception_of(m, sets))
    assert refusal.value.name == "reception"
    assert refusal.value.value == f"row {overlap}"


@pytest.mark.quality
@pytest.mark.parametrize("second", [[1], [1, 2], [0, 1, 2]])
def test_covering_rows_that_overlap_are_no_partition(second):
    with pytest.raises(ArgumentError, match="row 1"):
        partition(reception_of(3, [[0, 1], second]))


def shuffled(m, sets, times, until=np.inf):
    """Rows as they are sent, which arrive at these times."""
    n = len(sets)
    return UnorderedReception(
        from_sets(m, sets), *[np.arange(n, dtype=np.int32), np.array(times, float)], np.ones(n, np.int64), None, until
    )


@given(parts_received(), st.data())
def test_a_partition_needs_no_order(received, data):
    """Times with ties, so that rows sent later may come first, or at the same time."""
    m, sets = received
    times = data.draw(st.lists(st.integers(0, 4), min_size=len(sets), max_size=len(sets)))
    sent = shuffled(m, sets, times, until=float(data.draw(st.integers(-1, 5))))
    found, last = partition_unordered(sent)
    assert found == partition(sent.reception)
    if last < 0:
        assert found.stopping_time is None
    else:
        assert sent.order[found.stopping_time - 1] == last


@given(small_sets(max_columns=4), st.data())
def test_rows_that_are_no_parts_are_refused_in_any_order(rows, data):
    m, sets = rows
    sent = shuffled(m, sets, data.draw(st.lists(st.integers(0, 4), min_size=len(sets), max_size=len(sets))))
    try:
        expected = partition(sent.reception)
    except ArgumentError as error:
        with pytest.raises(ArgumentError, match=str(error.value)):
            partition_unordered(sent)
    else:
        assert partition_unordered(sent)[0] == expected


@pytest.mark.quality
def test_a_decoder_that_takes_rows_as_they_were_sent_is_caught():
    late = shuffled(2, [[0], [1], [0]], [5.0, 1.0, 2.0])
    assert partition_unordered(late)[1] == 2
    assert partition_unordered(replace(late, time=np.arange(3.0)))[1] != 2


def test_decoders_by_name():
    assert decoder("partition") is partition
    with pytest.raises(ArgumentError, match="decoder"):
        decoder("viterbi")
