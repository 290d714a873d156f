"""The sum by each decoder: against the terms themselves, with every kind of value, and what it costs."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import galois
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.decoders import DECODER_NAMES, UNDECODED, decoder
from srtheory.decoders import sums as module
from srtheory.decoders.base import Cost
from srtheory.decoders.sums import (
    WAYS,
    Sum,
    by_arcs,
    by_lsmr,
    by_parts,
    by_peeling,
    combined,
    lsmr_combination,
    recover,
)
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trial, trial_streams
from srtheory.matrix import PrecodedRows, from_dense, from_sets
from srtheory.reception import Reception, receive
from srtheory.schemes import make
from tests.decoders.receptions import Counted, arc, partitions, small_sets
from tests.strategies import integer_rows, sum_recovery_rows

ONE = from_sets(1, [[0]])
TWICE_AROUND = [[0, 1], [2, 0], [1, 2]]
EXACTLY = [name for name in WAYS if name != "lsmr"]
ANY = pytest.mark.parametrize("by", WAYS.values(), ids=WAYS)


def received_sums(rows, terms):
    weights = [1] * len(rows.indices) if rows.values is None else rows.values.tolist()
    products = [w * terms[c] for w, c in zip(weights, rows.indices.tolist(), strict=True)]
    return [sum(products[low:high], start=0 * terms[0]) for low, high in pairwise(rows.indptr.tolist())]


def stop_of(how, rows):
    """What the decoder says of rows with a sender each, None where they are none of its own."""
    n = len(rows)
    columns = np.arange(n, dtype=np.int32), np.arange(1.0, n + 1), np.ones(n, np.int64), np.zeros(max(n, 1), np.int64)
    try:
        return decoder(how)(Reception(rows, *columns))
    except ArgumentError:
        return None


def check(how, rows, terms):
    """The sum, None or a refusal, as the decoder says; it is that of the terms, at the cost that was counted."""
    stop, values = stop_of(how, rows), received_sums(rows, terms)
    if stop is None or (how != "span" and rows.values is not None and (rows.values != 1).any()):
        with pytest.raises(ArgumentError, match="row"):  # of weighted rows peeling decodes, but adds up none
            recover(rows, values, how)
        return None
    found = recover(rows, values, how)
    assert (found is None) == (stop.stopping_time is None)
    if found is not None:
        Counted.afresh()
        assert found.value == recover(rows, list(map(Counted, values)), how).value == sum(terms)
        assert Counted.done == {"additions": found.additions, "multiplications": found.multiplications}
        assert found.additions < max(len(rows), how == "peeling" and len(rows.indices))
        assert found.error_bound(5.0) == 0
        assert how in ("span", "peeling") or stop.cost == Cost(found.additions, found.multiplications, 0)
    return found


@st.composite
def arcs(draw):
    m = draw(st.integers(1, 7))
    return m, [arc(m, *ends) for ends in draw(st.lists(st.tuples(st.integers(0, m - 1), st.integers(0, m))))]


@st.composite
def copies(draw):
    """m, and parts of one partition in any order, some of them more than once, some never."""
    m = draw(st.integers(1, 6))
    return m, draw(st.lists(st.sampled_from([*draw(partitions(m)), []]), max_size=12))


ANY_ROWS = (arcs() | copies() | small_sets()).map(lambda some: from_sets(*some)) | sum_recovery_rows()
WEIGHTED = integer_rows().filter(lambda rows: rows.columns > 0)


@pytest.mark.parametrize("how", EXACTLY)
@given(ANY_ROWS | WEIGHTED, st.data())
def test_it_is_the_sum_of_the_terms_where_the_decoder_says_so(how, rows, data):
    terms = data.draw(st.lists(st.fractions(), min_size=rows.columns, max_size=rows.columns))
    check(how, rows, terms)


def test_costs_by_hand():
    """Of parts one addition less than there are; of peeling every entry; twice around, one division."""
    terms = [Fraction(c * c + 1) for c in range(5)]
    for how, sets, cost in (
        ("partition", [[0, 1], [2], [1, 0], [], [3, 4]], (2, 0)),
        ("peeling", [[0, 1, 2, 3, 4], [0], [0, 1], [0], [1, 2], [3]], (4 + 0 + 1 + 1 + 0 + 4, 0)),
        ("intervals", [arc(5, 2 * k, 2) for k in range(5)], (4, 1)),
        ("intervals", [[0, 1, 2], [3, 4]], (1, 0)),
        ("span", [arc(5, 2 * k, 2) for k in range(5)], (4, 5)),
    ):
        found = check(how, from_sets(5, sets), terms)
        assert (found.additions, found.multiplications) == cost
    found = combined([3, 5, 7, 8, 9], [Fraction(w) for w in (1, 3, -1, -4, 0)], None, 0.5)
    assert vars(found) == vars(Sum(3 + 15 - 7 - 32, 3, 2, None, 0.5))
    assert combined([3], [Fraction(0)]) is None


@pytest.mark.quality
@pytest.mark.parametrize(
    ("how", "name", "mistake"),
    [
        ("partition", "parts", lambda rows, right: (right[0], np.append(right[1], right[1][:1]))),
        ("peeling", "schedule", lambda rows, right: (right[0], right[1][[0, 2, 1]])),
        ("intervals", "cycle", lambda rows, right: type(right)(right.rows, abs(right.signs), right.winding)),
    ],
)
def test_planted_mistakes_are_seen(how, name, mistake, monkeypatch):
    sets = {"partition": [[0, 1], [2]], "peeling": [[0], [0, 1], [1, 2]], "intervals": [[0, 1], [1], [1, 2]]}[how]
    terms, right = [Fraction(1), Fraction(5), Fraction(9)], getattr(module, name)
    check(how, from_sets(3, sets), terms)
    monkeypatch.setattr(module, name, lambda rows: mistake(rows, right(rows)))
    with pytest.raises((AssertionError, KeyError, IndexError)):
        check(how, from_sets(3, sets), terms)


@pytest.mark.parametrize("sizes", ["3", "38/9x2/8/3x9/2"])
def test_a_large_reception_is_peeled_in_integers_floats_and_vectors_and_no_row_less_will_do(sizes):
    scheme, delays = make("sr-sizes", 300, sizes=sizes), DelayModel(parse_law("expon(scale=5)"), 0.005)
    rng, key = trial_streams(1, 0)
    latency = run_trial(Task(scheme, delays, 1), 0).latency
    rows, draws = receive(scheme, delays.sample(300, rng), 0.005, key, latency).rows, np.random.default_rng(0)
    check("peeling", rows, [Fraction(int(x), 7) for x in draws.integers(-(2**62), 2**62, 300)])
    for terms in (draws.integers(-(2**52), 2**52, 300), draws.normal(size=300), draws.normal(size=(300, 3))):
        values = np.add.reduceat(terms[rows.indices], rows.indptr[:-1])
        found = by_peeling(rows, values).value
        assert found == pytest.approx(terms.sum(axis=0), abs=1e-9)
        assert terms.dtype != np.int64 or found == terms.sum()
        assert by_peeling(rows.prefix(len(rows) - 1), values[:-1]) is None


# --------------------------------------------------------------------------------------------------------- any values


def test_every_decoder_that_gets_the_sum_has_its_way():
    assert [*WAYS] == [*(name for name in DECODER_NAMES if name not in UNDECODED), "lsmr"]
    assert recover(from_sets(2, [[0], [0, 1]]), [3, 5]).value == 5
    with pytest.raises(ArgumentError, match="'how' must be one of span, "):
        recover(ONE, [1], "coverage")


@ANY
def test_one_term_costs_nothing_and_its_sum_is_a_copy(by):
    assert by(from_sets(1, []), []) is None
    found, value = by(ONE, [7]), np.ones(2)
    assert (found.value, found.additions, found.multiplications) == (7, 0, 0)
    one, other = by(ONE, [value]), by(ONE, [value])
    assert len({one, other}) == 2  # results may hold arrays, which have no hash
    assert one != other
    np.add(one.value, 1, out=one.value)
    assert (value == 1).all()
    if by in (by_peeling, by_parts, by_arcs):
        assert by(from_sets(0, []), []) is by(from_sets(0, [[]]), [0.0]) is None


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
    weights = {"partition": [1, 1], "peeling": [1, 0, 1]}.get(how, [Fraction(1, 2)] * 3)
    exact = [[w * int(x) for x in np.ravel(value)] for w, value in zip(weights, values, strict=True)]
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
        *([], [1], [1, 2, 3]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_that_are_no_numbers_of_one_shape_for_each_row_are_refused(by, values):
    with pytest.raises(ArgumentError, match="2 values, one for each row: numbers, or arrays of one shape") as refusal:
        by(from_sets(2, [[0], [1]]), values)
    assert refusal.value.name == "values"


def test_rows_that_a_way_does_not_add_up_are_refused():
    precoded = PrecodedRows(**vars(ONE), sums=ONE, checks=ONE.prefix(0))
    for by, rows, says in (
        *((by, from_dense(galois.GF(2)([[1]])), r"rows over Q, .* not 'rows of elements of GF\(2\)'") for by in WAYS),
        *((by, from_dense([[2]]), "weight 2") for by in ("peeling", "partition", "intervals")),
        ("peeling", precoded, "pre-code"),
    ):
        with pytest.raises(ArgumentError, match=says):
            recover(rows, [4], by)
    with pytest.raises(ArgumentError, match="pairwise equal or disjoint"):
        by_parts(from_sets(3, [[0, 1], [1, 2]]), [1.0, 1.0])


# ------------------------------------------------------------------------------------------------------- approximately


@given(sum_recovery_rows() | WEIGHTED, st.lists(st.integers(-100, 100), min_size=9, max_size=9))
def test_sums_of_whole_numbers_are_exact_where_the_bound_says_so(rows, values):
    f = (values * rows.columns)[: rows.columns]
    norm = 100 * len(f) ** 0.5
    for tolerance in (1e-1, 1e-3, 1e-12):
        found, by = (
            by_lsmr(rows, received_sums(rows, f), tolerance=tolerance),
            lsmr_combination(rows, tolerance=tolerance),
        )
        got, bound = (0, by.residual_norm) if found is None else (found.value, found.residual)
        assert (got - sum(f)) ** 2 <= Fraction(bound) ** 2 * sum(x * x for x in f)
        if found is not None:
            whole = found.whole(norm)
            assert whole in (None, sum(f))
            assert (whole is None) == (Fraction(found.residual) * Fraction(norm) >= Fraction(1, 2))
            assert found.solving == 2 * by.iterations * len(rows.indices)


@pytest.mark.quality
def test_rounding_beyond_the_bound_goes_wrong():
    """With the same combination said to be better than it is, the whole number next to v·f' is not the sum."""
    found = by_lsmr(from_sets(3, [[0, 1], [1, 2]]), [8, 9])
    assert found.whole(12.0) is None
    assert Sum(found.value, found.additions).whole(12.0) != 3 + 5 + 4


def test_a_sum_is_whole_while_its_error_is_below_a_half():
    assert [Sum(7, 0, residual=residual).whole(2) for residual in (0.0, 0.125, 0.25)] == [7, 7, None]
    assert Sum(Fraction(22, 3), 0, residual=0.1).whole(1.0) == 7
    assert Sum(7, 0, residual=0.25).error_bound(Fraction(3, 2)) == Fraction(3, 8)
    assert Sum(7, 0).whole(0) == 7
    for value, norm, name in ((0.5, 0.1, "value"), (1, -1.0, "norm")):
        with pytest.raises(ArgumentError, match=f"'{name}'"):
            Sum(value, 0).whole(norm)
