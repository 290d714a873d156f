"""The sum by adding up parts: against the terms themselves, with every kind of value, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.decoders import partition_sum as module
from srtheory.decoders.direct import partition
from srtheory.decoders.partition_sum import partition_sum
from srtheory.errors import ArgumentError
from srtheory.rows import from_dense, from_sets
from tests.decoders.receptions import partitions, reception_of


@st.composite
def copies(draw):
    """m, and parts of one partition in any order, some of them more than once, some never."""
    m = draw(st.integers(1, 6))
    return m, draw(st.lists(st.sampled_from([*draw(partitions(m)), []]), max_size=12))


def check(m, sets, terms):
    found = partition_sum(from_sets(m, sets), [sum((terms[c] for c in s), start=0 * terms[0]) for s in sets])
    assert (found is None) == (partition(reception_of(m, sets)).stopping_time is None)
    if found is not None:
        assert found.value == sum(terms)
        assert found.additions == len({frozenset(s) for s in sets if s}) - 1


@given(copies(), st.data())
def test_it_is_the_sum_of_the_terms_where_every_part_has_come(some, data):
    m, sets = some
    check(m, sets, data.draw(st.lists(st.fractions(), min_size=m, max_size=m)))


PAIRS = [[0, 1], [2], [1, 0], [3]]
TERMS = np.array([1.0, 20.0, 300.0, 4000.0])


def sums(terms):
    return [sum(terms[c] for c in s) for s in PAIRS]


@pytest.mark.parametrize(
    "values",
    [
        np.array(sums(TERMS)),
        np.array(sums(TERMS), np.int64),
        np.array(sums(TERMS), np.int16),
        sums(TERMS.tolist()),
        [np.array([value, 0.0]) for value in sums(TERMS)],
    ],
    ids=["floats", "64 bits", "16 bits", "numbers", "vectors"],
)
def test_every_kind_of_value(values):
    found = partition_sum(from_sets(4, PAIRS), values)
    assert np.ravel(found.value)[0] == 4321
    assert found.additions == 2


def test_whole_numbers_beyond_64_bits_and_vectors_that_stay_as_they_are():
    assert partition_sum(from_sets(2, [[0], [1]]), np.array([2**62, 2**63 - 1])).value == 2**62 + 2**63 - 1
    given = [np.ones(2), np.ones(2)]
    assert partition_sum(from_sets(2, [[0], [1]]), given).value.tolist() == [2, 2]
    assert given[0].tolist() == [1, 1]


def test_a_sum_of_vectors_is_a_result_of_its_own():
    """Results may hold arrays, which are not compared as a whole and have no hash."""
    one, other = (partition_sum(from_sets(1, [[0]]), [np.ones(2)]) for _ in range(2))
    assert one != other
    assert len({one, other}) == 2


def test_without_a_part_or_without_terms_there_is_no_sum():
    assert partition_sum(from_sets(3, [[0], [2]]), [1.0, 4.0]) is None
    assert partition_sum(from_sets(0, [[]]), [0.0]) is None


def test_what_it_refuses():
    with pytest.raises(ArgumentError, match="one for each row"):
        partition_sum(from_sets(2, [[0], [1]]), [1.0])
    with pytest.raises(ArgumentError, match="weight 2"):
        partition_sum(from_dense([[1, 2]]), [1.0])
    with pytest.raises(ArgumentError, match="pairwise equal or disjoint"):
        partition_sum(from_sets(3, [[0, 1], [1, 2]]), [1.0, 1.0])


@pytest.mark.quality
def test_a_part_counted_twice_is_seen(monkeypatch):
    honest = module.parts

    def twice(rows):
        stop, first = honest(rows)
        return stop, np.append(first, first[:1])

    monkeypatch.setattr(module, "parts", twice)
    with pytest.raises(AssertionError):
        check(4, PAIRS, TERMS.tolist())
