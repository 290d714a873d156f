"""Every decoder stops where its definition says, prefix by prefix, at whatever rows workers send.

The rows are drawn sets, weighted ones, and what every scheme sends; the definitions are written out here in plain
Python, with the ranks of tests/oracle/fields.py.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.decoders import ENTRIES, UNDECODED, decode, decoder
from srtheory.decoders.direct import all_systematic_time, complete_worker_time
from srtheory.errors import ArgumentError
from srtheory.matrix import PrecodedRows, from_dense, from_sets
from srtheory.reception import Reception, UnorderedReception, receive
from srtheory.schemes.base import UNLIMITED
from srtheory.span.sparse import coverage_time
from tests.contracts.schemes import ALL, schemes
from tests.contracts.test_records import engine
from tests.decoders.receptions import partitions, reception_of, sent_sets, small_sets
from tests.oracle.fields import judge
from tests.reference import naive_peeling, peeled


def least(sets, holds):
    """Least k such that the first k rows have the property, or None."""
    return next((k for k in range(len(sets) + 1) if holds(k)), None)


def covered(m, sets):
    return least(sets, lambda k: set().union(*sets[:k]) == set(range(m)))


def alone(m, sets):
    return least(sets, lambda k: {s[0] for s in sets[:k] if len(s) == 1} == set(range(m)))


def complete(m, sets, workers):
    """Some worker's rows so far have every symbol exactly once."""
    return least(
        sets,
        lambda k: any(
            sorted(c for s, j in zip(sets[:k], workers, strict=False) if j == worker for c in s) == list(range(m))
            for worker in set(workers)
        ),
    )


def overlap(sets):
    """Number of the first row that overlaps an earlier one without being equal to it, or None."""
    found = least(sets, lambda k: any(0 < len(a & b) < len(a | b) for a, b in combinations(map(set, sets[: k + 1]), 2)))
    return None if found == len(sets) else found


def is_arc(m, row):
    """Whether the columns follow one another around the circle."""
    ends = [c for c in row if (c + 1) % m not in row]
    return len(row) == m or len(ends) <= 1


def stops(reception):
    """What each decoder has to say: (stopping time, rank), a rank of None if it is a lower bound, or "refused"."""
    rows, m = reception.rows, reception.rows.columns
    matrix = rows.dense().tolist()
    sets = [[c for c, w in enumerate(row) if w] for row in matrix]
    right, n, k = judge(matrix, m, "Q"), len(sets), covered(m, sets)
    parts, first = all(w in (0, 1) for row in matrix for w in row), overlap(sets)
    found = {
        "coverage": (k, None),
        "hitting": (None if k is None or max(m, k) > n else max(m, k), None),
        "span": (right.stopping_time, right.ranks[-1 if right.stopping_time is None else right.stopping_time]),
        "partition": "refused",
        "intervals": "refused",
    }
    if parts and (first is None or (k is not None and k <= first)):
        found["partition"] = (k, len({frozenset(s) for s in sets[:k] if s}))
    if parts and all(is_arc(m, row) for row in sets):
        found["intervals"] = found["span"]
    if not isinstance(rows, PrecodedRows):
        k = naive_peeling(sets, m)
        found["peeling"] = (k, len(peeled(sets[:k])))
    if rows.values is not None and set(rows.values.tolist()) - {0, 1}:
        found["hitting"] = "refused"
    return found


def wrong(reception, names=ENTRIES, told=decode):
    """What decoders say that is not so; a reception that is not final may leave the rank of uncovered rows open."""
    right = stops(reception)
    for name in set(names) & set(right):
        try:
            stop = told(name, reception) if told is not decode else decoder(name)(reception)
        except ArgumentError:
            if right[name] != "refused":
                yield f"{name} refuses"
            continue
        if right[name] == "refused":
            yield f"{name} takes rows that are none of its own"
            continue
        k, rank = right[name]
        known = stop.stopping_time is not None or reception.final or name not in ("span", "intervals")
        if stop.stopping_time != k or (known and rank is not None and stop.rank != rank):
            yield f"{name}: {stop}, and not {right[name]}"
        if stop.coverage_time not in (None, right["coverage"][0]):
            yield f"{name}: coverage {stop.coverage_time}, and not {right['coverage'][0]}"
        if (
            rank is None
            and stop.rank
            > judge(
                reception.rows.prefix(len(reception) if k is None else k).dense().tolist(), reception.rows.columns, "Q"
            ).ranks[-1]
        ):
            yield f"{name}: a rank of {stop.rank}"
        if (stop.cost is None) != (name in UNDECODED or k is None):
            yield f"{name}: cost {stop.cost}"


def weighted(m, sets, workers, weights):
    """The same rows with the weights of their entries, 1 where there is none."""
    matrix = np.zeros((len(sets), m), np.int64)
    for i, row in enumerate(sets):
        for c in row:
            matrix[i, c] = next(weights, 1)
    return replace(reception_of(m, sets, workers), rows=from_dense(matrix))


@given(sent_sets() | small_sets().map(lambda some: (*some, None)), st.booleans(), st.booleans())
def test_decoders_stop_where_their_definitions_say(some, final, through_numba):
    m, sets, workers = some
    reception = reception_of(m, sets, workers, final=final)
    with engine(through_numba):
        assert list(wrong(reception)) == []
        assert coverage_time(reception.rows) == covered(m, sets)
        assert all_systematic_time(reception.rows) == alone(m, sets)
        assert complete_worker_time(reception) == complete(m, sets, range(len(sets)) if workers is None else workers)


@given(sent_sets(), st.lists(st.sampled_from([-3, -2, -1, 1, 1, 2]), max_size=30))
def test_decoders_of_weighted_rows(some, weights):
    assert list(wrong(weighted(*some, iter(weights)))) == []


@st.composite
def arcs(draw):
    m = draw(st.integers(1, 6))
    ends = st.tuples(st.integers(0, m - 1), st.integers(0, m))
    sets = [[(a + i) % m for i in range(length)] for a, length in draw(st.lists(ends, max_size=9))]
    return m, sets


@st.composite
def parts(draw):
    """A partition of [m] and some of its parts in some order, repeated and empty ones included."""
    m = draw(st.integers(1, 6))
    cut = draw(partitions(m))
    return m, [s if draw(st.booleans()) else s[::-1] for s in draw(st.lists(st.sampled_from([*cut, []]), max_size=9))]


@given(arcs() | parts())
def test_decoders_of_arcs_and_of_parts(some):
    assert list(wrong(reception_of(*some))) == []


@pytest.mark.share(3)
@pytest.mark.parametrize("name", ALL)
def test_decoders_of_what_every_scheme_sends(name):
    """Up to any time; each worker's own access, among others of m - 1 symbols."""

    @settings(max_examples=12)
    @given(schemes(name, 6), st.integers(0, 2**32), st.sampled_from([0.3, 2.0, 9.0]))
    def agree(drawn, key, until):
        startups = np.random.default_rng(key).exponential(1.0, drawn.scheme.workers)
        assert list(wrong(receive(drawn.scheme, startups, 0.3, key, until))) == []

    agree()


@given(parts() | small_sets(max_columns=3) | small_sets(max_columns=4), st.data())
def test_decoders_of_rows_that_are_not_in_order(some, data):
    """Times with ties, so that rows sent later may come first, or at the same time."""
    m, sets = some
    n = len(sets)
    times = data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    until = float(data.draw(st.integers(-1, 5)))
    columns = (
        np.arange(n, dtype=np.int32),
        np.array(times, float),
        np.ones(n, np.int64),
        np.full(n + 1, UNLIMITED),
        until,
    )
    sent = UnorderedReception(from_sets(m, sets), *columns)
    for name in ENTRIES:
        try:
            expected = decoder(name)(sent.reception)
        except ArgumentError as error:
            refusal = str(error)
            with pytest.raises(ArgumentError, match=re.escape(refusal)):
                decode(name, sent)
            continue
        found, last = decode(name, sent)
        assert found == expected
        assert last == (sent.order[found.stopping_time - 1] if found.stopping_time else -1)


def test_rows_of_which_one_is_no_part_are_refused_by_its_number():
    @given(small_sets(max_columns=4))
    def refused(some):
        m, sets = some
        first, k = overlap(sets), covered(m, sets)
        if first is not None and (k is None or k > first):
            with pytest.raises(ArgumentError) as refusal:
                decoder("partition")(reception_of(m, sets))
            assert (refusal.value.name, refusal.value.value) == ("reception", f"row {first}")

    refused()
    with pytest.raises(ArgumentError, match="'decoder'"):
        decoder("viterbi")


def test_weights_of_zero_are_no_entries():
    """M', coverage and rank are the engine's, which looks at them, although rows are not looked at again."""
    rng = np.random.default_rng(1)
    for _ in range(60):
        m = int(rng.integers(1, 6))
        matrix = rng.integers(-1, 2, (m + 4, m))
        rows = from_dense(np.ones((m + 4, m), np.int64) * 2)
        rows = replace(rows, values=matrix.ravel())
        ones = np.ones(m + 4, np.int64)
        worker = (np.arange(m + 4) % m).astype(np.int32)
        stop = decoder("span")(Reception(rows, worker, np.arange(1.0, m + 5), ones, np.full(m, 100, np.int64)))
        right = judge(matrix.tolist(), m, "Q")
        assert stop.stopping_time == right.stopping_time
        if stop.stopping_time is not None:
            assert (stop.coverage_time, stop.rank) == (right.coverage_time, right.ranks[right.stopping_time])


def test_checks_alone_may_recover_all_symbols():
    """The second of three checks completes the two source symbols: no row is needed, and only their sum is added."""
    inner, plain = from_sets(3, [[0, 1, 2], [1]]), vars(from_sets(2, [[0, 1], [1]]))
    for checks, found in (([[0], [1], [2]], (0, 2, 1)), ([[0], [2]], (1, 2, None))):
        rows = PrecodedRows(**plain, sums=inner, checks=from_sets(3, checks))
        stop = decoder("peeling")(Reception(rows, *[np.zeros(2, int)] * 3, np.ones(1, np.int64)))
        assert (stop.stopping_time, stop.rank) == found[:2]
        assert found[2] in (None, stop.cost.additions)


def late(stop):
    return replace(stop, stopping_time=None if stop.stopping_time is None else stop.stopping_time + 1)


MISTAKES = {
    "one row late": lambda name, reception: late(decoder(name)(reception)),
    "a rank too many": lambda name, reception: (stop := decoder(name)(reception)) and replace(stop, rank=stop.rank + 9),
}


@pytest.mark.quality
@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_planted_mistakes_are_seen(mistake, name):
    rng, seen = np.random.default_rng(7), 0
    for _ in range(60):
        m = int(rng.integers(3, 5))
        cut = [[0, 1], [2], *([[3]] if m == 4 else [])]
        some = cut if name == "partition" else [*cut, [0], [1, 2], [0, 1, 2], list(range(m))]
        sets = [some[i] for i in rng.integers(0, len(some), 8)]
        seen += bool(list(wrong(reception_of(m, sets), [name], MISTAKES[mistake])))
    assert seen
