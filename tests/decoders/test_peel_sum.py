"""The sum by peeling: against the terms themselves, with every kind of value, and what it costs counted by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.decoders import peel_sum as module
from srtheory.decoders.peel_sum import peel_sum, schedule
from srtheory.decoders.peeling import peel
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trial, trial_streams
from srtheory.reception import receive
from srtheory.rows import PrecodedRows, from_dense, from_sets
from srtheory.schemes.block_sizes import SizedSumRecovery
from tests.decoders.receptions import small_sets


def sums(rows, terms):
    return [
        sum((terms[c] for c in rows.indices[low:high].tolist()), start=0 * terms[0])
        for low, high in pairwise(rows.indptr.tolist())
    ]


def check(rows, terms):
    """Whether it decodes; the value is the sum of the terms, and every addition is there."""
    done = peel(rows)[0] is not None
    found = peel_sum(rows, sums(rows, terms))
    assert (found is not None) == done
    if found is not None:
        assert found.value == sum(terms, start=0 * terms[0])
        symbol, source = schedule(rows)
        assert sorted(symbol.tolist()) == list(range(rows.columns))
        assert len(set(source.tolist())) == rows.columns
        assert found.additions == sum(len(rows.indices[rows.indptr[i] : rows.indptr[i + 1]]) for i in source) - 1
    return done


@given(small_sets(), st.data())
def test_values_of_any_rows(some, data):
    m, rows = some
    terms = data.draw(st.lists(st.fractions(), min_size=m, max_size=m))
    check(from_sets(m, rows), terms)


ONE = from_sets(1, [[0]])


class Counting:
    """A number that counts what is done to it."""

    done = 0

    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        Counting.done += 1
        return Counting(self.value + other.value)

    def __sub__(self, other):
        Counting.done += 1
        return Counting(self.value - other.value)


def test_additions_are_counted():
    rows = from_sets(4, [[0, 1, 2, 3], [0], [0, 1], [0], [1, 2]])
    Counting.done = 0
    found = peel_sum(rows, [Counting(value) for value in (15, 1, 3, 1, 6)])
    assert found.value.value == 1 + 2 + 4 + 8
    assert found.additions == Counting.done == 3 + 1 + 1 + 3


def received(m, sizes, trial=0):
    scheme, delays = SizedSumRecovery(m, sizes), DelayModel(parse_law("expon(scale=5)"), 0.005)
    record = run_trial(Task(scheme, delays, 1), trial)
    rng, key = trial_streams(1, trial)
    return receive(scheme, delays.sample(m, rng), 0.005, key, record.latency).rows


@pytest.mark.parametrize("sizes", ["3", "38/9x2/8/3x9/2"])
def test_whole_numbers_floats_and_arrays(sizes):
    rows = received(300, sizes)
    rng = np.random.default_rng(0)
    whole = rng.integers(-(2**62), 2**62, 300)
    by_row = np.add.reduceat(whole[rows.indices], rows.indptr[:-1])
    assert peel_sum(rows, by_row).value == np.add.reduce(whole)  # modulo 2**64, both
    assert check(rows, [Fraction(int(value), 7) for value in whole])
    real = rng.normal(size=300)
    found = peel_sum(rows, np.add.reduceat(real[rows.indices], rows.indptr[:-1]))
    assert found.value == pytest.approx(real.sum(), abs=1e-9)
    wide = rng.normal(size=(300, 3))
    found = peel_sum(rows, np.add.reduceat(wide[rows.indices], rows.indptr[:-1]))
    assert found.value == pytest.approx(wide.sum(axis=0), abs=1e-9)
    assert found.additions == peel_sum(rows, by_row).additions


def test_no_row_less_will_do():
    rows = received(300, "3")
    values = np.zeros(len(rows))
    assert peel_sum(rows, values) is not None
    assert peel_sum(rows.prefix(len(rows) - 1), values[:-1]) is None


@pytest.mark.quality
def test_a_symbol_taken_from_a_wrong_row_is_noticed(monkeypatch):
    rows = from_sets(3, [[0], [0, 1], [1, 2]])
    assert check(rows, [Fraction(1), Fraction(5), Fraction(9)])

    def wrong(rows):
        symbol, source = schedule(rows)
        return symbol, source[[0, 2, 1]]

    monkeypatch.setattr(module, "schedule", wrong)
    with pytest.raises((AssertionError, KeyError)):
        check(rows, [Fraction(1), Fraction(5), Fraction(9)])


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("values", lambda: peel_sum(from_sets(1, [[0]]), [])),
        ("rows", lambda: peel_sum(from_dense([[2]]), [4])),
        ("rows", lambda: peel_sum(PrecodedRows(**vars(ONE), sums=ONE, checks=ONE.prefix(0)), [4])),
    ],
)
def test_refusals_name_the_argument(name, call):
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert refusal.value.name == name


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.uint64, np.bool_, np.int64])
def test_sums_of_small_integers_do_not_wrap(kind):
    most = 1 if kind is np.bool_ else 2**61 if kind is np.int64 else int(np.iinfo(kind).max)
    found = peel_sum(from_sets(3, [[0], [1], [2]]), np.array([most] * 3, kind))
    assert found.value == 3 * most


def test_the_sum_of_one_term_is_a_copy():
    value = np.ones(2)
    found = peel_sum(from_sets(1, [[0]]), [value])
    np.add(found.value, 1, out=found.value)
    assert (value == 1).all()


def test_nothing_to_add_up():
    assert peel_sum(from_sets(1, []), []) is None
    assert peel_sum(from_sets(0, []), []) is None
    assert peel_sum(from_sets(1, [[0]]), [7]).additions == 0
