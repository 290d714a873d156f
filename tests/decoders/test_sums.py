"""The sum by each decoder: against the terms themselves, with every kind of value, and what it costs."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

import galois
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.decoders import DECODER_NAMES, UNDECODED
from srtheory.decoders import sums as module
from srtheory.decoders.cycles import cycle
from srtheory.decoders.direct import partition
from srtheory.decoders.intervals import closing
from srtheory.decoders.iterative import lsmr_combination
from srtheory.decoders.peeling import peel, schedule
from srtheory.decoders.sums import WAYS, Sum, by_arcs, by_elimination, by_lsmr, by_parts, by_peeling, combined, recover
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trial, trial_streams
from srtheory.reception import receive
from srtheory.rows import PrecodedRows, from_dense, from_sets
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.span.oracles import rational
from tests.decoders.arcs import TWICE_AROUND, cases
from tests.decoders.receptions import partitions, reception_of, small_sets
from tests.strategies import sum_recovery_rows

ONE = from_sets(1, [[0]])
ANY = pytest.mark.parametrize("by", WAYS.values(), ids=WAYS)
DIRECT = pytest.mark.parametrize("by", [by_peeling, by_parts, by_arcs])


def received_sums(rows, terms):
    return [
        sum((terms[c] for c in rows.indices[low:high].tolist()), start=0 * terms[0])
        for low, high in pairwise(rows.indptr.tolist())
    ]


class Counted:
    """A number that counts what is done to it."""

    done: dict

    def __init__(self, number):
        self.number = number

    def _count(self, what, number):
        Counted.done[what] += 1
        return Counted(number)

    def __add__(self, other):
        return self._count("additions", self.number + other.number)

    def __sub__(self, other):
        return self._count("additions", self.number - other.number)

    def __mul__(self, other):
        return self._count("multiplications", self.number * other)

    def __truediv__(self, other):
        return self._count("multiplications", Fraction(self.number, other))


def check(by, rows, terms):
    """The sum, or None: it is that of the terms, and all that was done for it has been counted."""
    found = by(rows, received_sums(rows, terms))
    if found is not None:
        assert found.value == sum(terms, start=0 * terms[0])
        Counted.done = {"additions": 0, "multiplications": 0}
        assert by(rows, list(map(Counted, received_sums(rows, terms)))).value.number == found.value
        assert Counted.done["additions"] == found.additions
        # A product with -1 is none.
        assert found.multiplications <= Counted.done["multiplications"]
    return found


# ------------------------------------------------------------------------------------------------------------ any way


def test_every_decoder_that_gets_the_sum_has_its_way():
    assert [*WAYS] == [*(name for name in DECODER_NAMES if name not in UNDECODED), "lsmr"]
    assert recover(from_sets(2, [[0], [0, 1]]), [3, 5]).value == 5
    assert recover(from_sets(2, [[0, 1]]), [5], "partition").value == 5
    with pytest.raises(ArgumentError, match="'how' must be one of span, "):
        recover(ONE, [1], "coverage")


@ANY
def test_there_are_as_many_values_as_rows(by):
    with pytest.raises(ArgumentError, match="'values' must be 1 values, one for each row"):
        by(ONE, [])


@ANY
def test_without_rows_there_is_no_sum_and_one_term_costs_nothing(by):
    assert by(from_sets(1, []), []) is None
    found = by(ONE, [7])
    assert (found.value, found.additions, found.multiplications) == (7, 0, 0)


@ANY
def test_the_sum_of_one_term_is_a_copy(by):
    value = np.ones(2)
    found = by(ONE, [value])
    np.add(found.value, 1, out=found.value)
    assert (value == 1).all()


def test_a_sum_of_vectors_is_a_result_of_its_own():
    """Results may hold arrays, which are not compared as a whole and have no hash."""
    one, other = (by_parts(ONE, [np.ones(2)]) for _ in range(2))
    assert one != other
    assert len({one, other}) == 2


@DIRECT
def test_without_terms_there_is_no_sum(by):
    assert by(from_sets(0, []), []) is None
    assert by(from_sets(0, [[]]), [0.0]) is None


ROWS = {"span": TWICE_AROUND, "peeling": [[0], [0, 1], [1, 2]], "partition": [[2], [0, 1]], "intervals": TWICE_AROUND}
EXACT = st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.uint64, np.bool_, object])
SHAPES = st.sampled_from([(), (1,), (2, 2), (0,)])


@pytest.mark.parametrize("how", ROWS)
@given(EXACT, SHAPES, st.sampled_from([np.array, list, lambda values: [value.tolist() for value in values]]), st.data())
def test_sums_of_whole_numbers_are_exact_in_every_shape_and_type(how, kind, shape, form, data):
    """The values are any, so that the sum is what the rows' weights make of them, in Python's integers."""
    rows, info = from_sets(3, ROWS[how]), None if kind in (object, np.bool_) else np.iinfo(kind)
    low, high = (int(info.min), int(info.max)) if info else (0, 1) if kind is np.bool_ else (-(2**90), 2**90)
    one = st.integers(low, high) | st.sampled_from([low, high])
    size = len(rows) * int(np.prod(shape, dtype=int))
    values = np.array(data.draw(st.lists(one, min_size=size, max_size=size)), kind).reshape(len(rows), *shape)
    found = np.array(recover(rows, form(values), how).value, object)
    weights = {
        "span": [Fraction(1, 2)] * 3,
        "intervals": [Fraction(1, 2)] * 3,
        "partition": [1, 1],
        "peeling": [1, 0, 1],
    }
    exact = [[w * int(x) for x in np.ravel(value)] for w, value in zip(weights[how], values, strict=True)]
    assert found.shape == shape
    assert found.ravel().tolist() == [sum(entries) for entries in zip(*exact, strict=True)]


@pytest.mark.parametrize("how", ROWS)
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("shape", [(), (2,), (2, 2)])
def test_sums_of_floats_stay_what_they_are(how, kind, shape):
    rows = from_sets(3, ROWS[how])
    found = recover(rows, np.ones((len(rows), *shape), kind), how).value
    assert np.shape(found) == shape
    assert (found == (1.5 if ROWS[how] is TWICE_AROUND else 2)).all() if shape else found in (1.5, 2)
    assert isinstance(found, np.ndarray if shape else float if kind is np.float64 else kind)
    assert not shape or found.dtype == kind


@ANY
@pytest.mark.parametrize(
    "values",
    [
        *([[1, 2], [3]], [np.ones(2), np.ones(1)], np.ma.array([1, 2], mask=[0, 1]), [np.ma.array([1]), [2]]),
        *("ab", ["a", "b"], [None, 1], {0: 1, 1: 2}, {1, 2}, None, 5, np.array(3), iter([1, 2]), [{}, {}]),
        *(np.array(["a", "b"]), np.array([1, 2], "m8[s]"), np.array([[1, None], [2, 3]], object), galois.GF(2)([1, 1])),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_that_are_no_numbers_of_one_shape_are_refused(by, values):
    with pytest.raises(ArgumentError, match="one shape") as refusal:
        by(from_sets(2, [[0], [1]]), values)
    assert refusal.value.name == "values"


@ANY
def test_sums_are_taken_over_q(by):
    with pytest.raises(ArgumentError, match=r"rows over Q, in which sums are taken, not 'rows of elements of GF\(2\)'"):
        by(from_dense(galois.GF(2)([[1, 0], [0, 1]])), [1, 2])


# -------------------------------------------------------------------------------------------------------------- parts


@st.composite
def copies(draw):
    """m, and parts of one partition in any order, some of them more than once, some never."""
    m = draw(st.integers(1, 6))
    return m, draw(st.lists(st.sampled_from([*draw(partitions(m)), []]), max_size=12))


def check_parts(m, sets, terms):
    found = check(by_parts, from_sets(m, sets), terms)
    assert (found is None) == (partition(reception_of(m, sets)).stopping_time is None)
    if found is not None:
        assert found.additions == len({frozenset(s) for s in sets if s}) - 1


@given(copies(), st.data())
def test_it_is_the_sum_of_the_terms_where_every_part_has_come(some, data):
    m, sets = some
    check_parts(m, sets, data.draw(st.lists(st.fractions(), min_size=m, max_size=m)))


PAIRS = [[0, 1], [2], [1, 0], [3]]
TERMS = np.array([1.0, 20.0, 300.0, 4000.0])
IN_PAIRS = [sum(TERMS[c] for c in s) for s in PAIRS]


@pytest.mark.parametrize(
    "values",
    [
        np.array(IN_PAIRS),
        np.array(IN_PAIRS, np.int64),
        np.array(IN_PAIRS, np.int16),
        list(map(float, IN_PAIRS)),
        [np.array([value, 0.0]) for value in IN_PAIRS],
    ],
    ids=["floats", "64 bits", "16 bits", "numbers", "vectors"],
)
def test_every_kind_of_value(values):
    found = by_parts(from_sets(4, PAIRS), values)
    assert np.ravel(found.value)[0] == 4321
    assert found.additions == 2


def test_without_a_part_or_without_terms_there_is_no_sum():
    assert by_parts(from_sets(3, [[0], [2]]), [1.0, 4.0]) is None
    assert by_parts(from_sets(0, [[]]), [0.0]) is None


def test_rows_that_are_no_parts_are_refused():
    with pytest.raises(ArgumentError, match="weight 2"):
        by_parts(from_dense([[1, 2]]), [1.0])
    with pytest.raises(ArgumentError, match="pairwise equal or disjoint"):
        by_parts(from_sets(3, [[0, 1], [1, 2]]), [1.0, 1.0])


@pytest.mark.quality
def test_a_part_counted_twice_is_seen(monkeypatch):
    honest = module.parts

    def twice(rows):
        stop, first = honest(rows)
        return stop, np.append(first, first[:1])

    monkeypatch.setattr(module, "parts", twice)
    with pytest.raises(AssertionError):
        check_parts(4, PAIRS, TERMS.tolist())


# ------------------------------------------------------------------------------------------------------------ peeling


def check_peeling(rows, terms):
    """Whether it decodes; the value is the sum of the terms, and every addition is there."""
    done = peel(rows)[0] is not None
    found = check(by_peeling, rows, terms)
    assert (found is not None) == done
    if found is not None:
        symbol, source = schedule(rows)
        assert sorted(symbol.tolist()) == list(range(rows.columns))
        assert len(set(source.tolist())) == rows.columns
        assert found.additions == sum(len(rows.indices[rows.indptr[i] : rows.indptr[i + 1]]) for i in source) - 1
    return done


@given(small_sets(), st.data())
def test_values_of_any_rows(some, data):
    m, rows = some
    terms = data.draw(st.lists(st.fractions(), min_size=m, max_size=m))
    check_peeling(from_sets(m, rows), terms)


def test_additions_are_counted():
    found = check(by_peeling, from_sets(4, [[0, 1, 2, 3], [0], [0, 1], [0], [1, 2]]), [1, 2, 4, 8])
    assert found.additions == 3 + 1 + 1 + 3


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
    by_row = np.add.reduceat(whole[rows.indices] >> 10, rows.indptr[:-1])
    assert by_peeling(rows, by_row).value == np.add.reduce(whole >> 10)
    assert check_peeling(rows, [Fraction(int(value), 7) for value in whole])
    real = rng.normal(size=300)
    found = by_peeling(rows, np.add.reduceat(real[rows.indices], rows.indptr[:-1]))
    assert found.value == pytest.approx(real.sum(), abs=1e-9)
    wide = rng.normal(size=(300, 3))
    found = by_peeling(rows, np.add.reduceat(wide[rows.indices], rows.indptr[:-1]))
    assert found.value == pytest.approx(wide.sum(axis=0), abs=1e-9)
    assert found.additions == by_peeling(rows, by_row).additions


def test_no_row_less_will_do():
    rows = received(300, "3")
    values = np.zeros(len(rows))
    assert by_peeling(rows, values) is not None
    assert by_peeling(rows.prefix(len(rows) - 1), values[:-1]) is None


@pytest.mark.quality
def test_a_symbol_taken_from_a_wrong_row_is_noticed(monkeypatch):
    rows = from_sets(3, [[0], [0, 1], [1, 2]])
    assert check_peeling(rows, [Fraction(1), Fraction(5), Fraction(9)])

    def wrong(rows):
        symbol, source = schedule(rows)
        return symbol, source[[0, 2, 1]]

    monkeypatch.setattr(module, "schedule", wrong)
    with pytest.raises((AssertionError, KeyError)):
        check_peeling(rows, [Fraction(1), Fraction(5), Fraction(9)])


@pytest.mark.parametrize(
    "rows", [from_dense([[2]]), PrecodedRows(**vars(ONE), sums=ONE, checks=ONE.prefix(0))], ids=["weights", "pre-code"]
)
def test_rows_that_peeling_does_not_add_up_are_refused(rows):
    with pytest.raises(ArgumentError) as refusal:
        by_peeling(rows, [4])
    assert refusal.value.name == "rows"


# --------------------------------------------------------------------------------------------------------------- arcs


def test_the_sum_is_found_and_its_cost_is_what_was_done():
    random, divided = Random(12), 0
    for m, sets in [(3, TWICE_AROUND), *cases(12, 400, 9)]:
        rows = from_sets(m, sets)
        found = check(by_arcs, rows, [random.randint(-99, 99) for _ in range(m)])
        assert (found is None) == (closing(rows).stopping_time in (None, 0))
        if found is None:
            continue
        assert found.additions <= m - 1
        assert Counted.done["multiplications"] == found.multiplications == (cycle(rows).winding > 1)
        divided += found.multiplications
    assert divided > 0


def test_values_of_every_kind():
    rows = from_sets(3, TWICE_AROUND)
    assert by_arcs(rows, [1, 1, 1]).value == Fraction(3, 2)  # three terms of 1/2
    assert by_arcs(rows, [Fraction(1, 3)] * 3).value == Fraction(1, 2)
    assert by_arcs(rows, [1.0, 1.0, 1.0]).value == 1.5
    gradients = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    values = [gradients[row].sum(axis=0) for row in TWICE_AROUND]
    assert by_arcs(rows, np.array(values)).value.tolist() == gradients.sum(axis=0).tolist()
    assert by_arcs(from_sets(2, [[0]]), [1]) is None


# ---------------------------------------------------------------------------------- weights that have to be solved for


def test_combinations_count_what_they_do():
    weights = [Fraction(1), Fraction(0), Fraction(-1), Fraction(1, 2)]
    found = combined([3, 5, 7, 8], weights)
    assert vars(found) == vars(Sum(0, 2, 1)) == {
        "value": 0, "additions": 2, "multiplications": 1, "solving": 0, "residual": 0.0,
    }  # fmt: skip
    assert combined([3], [Fraction(0)]) is None
    found = combined([3, 5, 7, 8, 9], [Fraction(w) for w in (1, 3, -1, -4, 0)], None, 0.5)
    assert vars(found) == vars(Sum(3 + 15 - 7 - 32, 3, 2, None, 0.5))
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        combined([3, 5], [Fraction(1)])


@given(sum_recovery_rows(), st.data())
def test_elimination_gives_the_sum_exactly_where_the_rows_span(rows, data):
    terms = data.draw(st.lists(st.fractions(), min_size=rows.columns, max_size=rows.columns))
    found = check(by_elimination, rows, terms)
    assert (found is not None) == rational.spans(rows)
    if found is not None:
        assert found.error_bound(5.0) == 0
        assert found.solving is None


@given(sum_recovery_rows(), st.lists(st.floats(-100, 100), min_size=7, max_size=7))
def test_the_error_of_the_sum_is_within_its_bound(rows, values):
    f = [Fraction(x) for x in values[: rows.columns]]
    found = by_lsmr(rows, received_sums(rows, f), tolerance=1e-3)
    got = 0 if found is None else found.value
    bound = lsmr_combination(rows, tolerance=1e-3).residual_norm if found is None else found.residual
    assert (got - sum(f)) ** 2 <= Fraction(bound) ** 2 * sum(x * x for x in f)


@given(sum_recovery_rows(), st.lists(st.integers(-100, 100), min_size=7, max_size=7))
def test_sums_of_whole_numbers_are_exact_where_the_bound_says_so(rows, values):
    f = values[: rows.columns]
    norm = 100 * len(f) ** 0.5
    for tolerance in (1e-1, 1e-3, 1e-12):
        found = by_lsmr(rows, received_sums(rows, f), tolerance=tolerance)
        assert found is not None or len(rows) == 0
        if found is not None:
            got = found.whole(norm)
            assert got in (None, sum(f))
            assert (got is None) == (Fraction(found.residual) * Fraction(norm) >= Fraction(1, 2))
            assert found.solving == 2 * lsmr_combination(rows, tolerance=tolerance).iterations * len(rows.indices)


@pytest.mark.quality
def test_rounding_beyond_the_bound_goes_wrong():
    """With the same combination said to be better than it is, the whole number next to v·f' is not the sum."""
    found = by_lsmr(from_sets(3, [[0, 1], [1, 2]]), [8, 9])
    assert found.whole(12.0) is None
    assert Sum(found.value, found.additions).whole(12.0) != 3 + 5 + 4


@pytest.mark.parametrize(("values", "norm", "name"), [([1, 0.5], 0.1, "value"), ([1, 1], -1.0, "norm")])
def test_whole_sums_check_their_arguments(values, norm, name):
    with pytest.raises(ArgumentError, match=f"'{name}'"):
        by_lsmr(from_sets(2, [[0], [1]]), values).whole(norm)


def test_a_sum_is_whole_while_its_error_is_below_a_half():
    assert [Sum(7, 0, residual=residual).whole(2) for residual in (0.0, 0.125, 0.25)] == [7, 7, None]
    assert Sum(Fraction(22, 3), 0, residual=0.1).whole(1.0) == 7
    assert Sum(7, 0, residual=0.25).error_bound(Fraction(3, 2)) == Fraction(3, 8)
    assert Sum(7, 0).whole(0) == 7
