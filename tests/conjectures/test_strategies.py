"""The public strategies: what they draw is valid, everything is drawn, and it shrinks to the least of its kind."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from srtheory.conjectures import strategies
from srtheory.conjectures.case import all_systematic, complete_worker, covered, from_reception, from_rows, spans
from srtheory.conjectures.weights import signs
from srtheory.decoders import decoder
from srtheory.errors import ArgumentError
from srtheory.reception import receive
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.blocks import block_ends

PATIENT = settings(database=None, deadline=None, phases=(Phase.generate, Phase.shrink))


def smallest(strategy, condition, seed=1, examples=3000, patient=PATIENT):
    return find(strategy, condition, settings=settings(patient, max_examples=examples), random=Random(seed))


def some(strategy, condition, examples=3000):
    """The first that is drawn, as it is."""
    return smallest(strategy, condition, 5, examples, settings(PATIENT, phases=(Phase.generate,)))


# ------------------------------------------------------------------------------------------------- valid


@given(strategies.sum_recovery_codes(limited_access=True))
def test_codes_follow_section_3(code):
    """Own symbol first, then disjoint blocks of d others, the last one shorter; the same access for all workers."""
    seen = {sum(map(len, stream)) for stream in code.streams}
    assert len(seen) == 1
    ends = block_ends(code.symbols, code.degree, seen.pop())
    for worker, stream in enumerate(code.streams):
        assert stream[0] == (worker,)
        symbols = [symbol for row in stream for symbol in row]
        assert len(set(symbols)) == len(symbols)
        assert set(symbols) <= set(range(code.symbols))
        assert [len(row) for row in stream[1:]] == np.diff(ends).tolist()


@given(strategies.sum_recovery_codes())
def test_full_access_partitions_all_symbols(code):
    for stream in code.streams:
        assert sorted(symbol for row in stream for symbol in row) == list(range(code.symbols))


@given(strategies.sum_recovery_codes(limited_access=True), st.data())
def test_a_code_is_a_scheme_like_the_random_one(code, data):
    """Row sizes, costs and ends within any budget are those of the scheme that draws its blocks itself."""
    access = sum(map(len, code.streams[0]))
    scheme = SumRecovery(code.symbols, code.degree, access)
    most = st.integers(0, code.symbols + 1)
    budget = np.array(data.draw(st.lists(most, min_size=code.symbols, max_size=code.symbols)), dtype=np.int64)
    drawn, random = code.emit(0, budget), scheme.emit(7, budget)
    for name in ("worker", "terms", "ended"):
        assert getattr(drawn, name).tolist() == getattr(random, name).tolist()
    assert np.diff(drawn.rows.indptr).tolist() == np.diff(random.rows.indptr).tolist()
    assert (code.workers, code.rateless, code.decoder) == (scheme.workers, scheme.rateless, scheme.decoder)


@given(strategies.runs(limited_access=True))
def test_receptions_are_prefixes_of_their_code(run):
    code, reception = run
    sent = Counter()
    for i, worker in enumerate(reception.worker.tolist()):
        assert tuple(reception.rows.row(i).tolist()) == code.streams[worker][sent[worker]]
        sent[worker] += 1
    assert (np.diff(reception.time) >= 0).all()
    ended = [sent[j] == len(stream) for j, stream in enumerate(code.streams)]
    assert (reception.totals < UNLIMITED).tolist() == ended


@given(strategies.runs())
def test_receptions_are_whole(run):
    """At the time of the last arrival nothing that has arrived is missing."""
    code, reception = run
    if len(reception) == 0:
        return
    until = reception.time[-1]
    startups = np.full(code.symbols, until)
    startups[reception.worker] = reception.time - reception.terms
    again = receive(code, startups, 1.0, 0, until)
    assert again.worker.tolist() == reception.worker.tolist()
    assert again.rows.indices.tolist() == reception.rows.indices.tolist()


@given(strategies.receptions(max_symbols=6))
def test_decoders_take_receptions(reception):
    stop = decoder("span")(reception)
    case = from_rows(reception.rows)
    assert (stop.stopping_time is not None) == spans(case)


@given(strategies.binary_rows(min_symbols=2, max_symbols=5, max_rows=4, max_degree=3, distinct=True))
def test_binary_rows_keep_their_limits(rows):
    sets = [frozenset(rows.row(i).tolist()) for i in range(len(rows))]
    assert 2 <= rows.columns <= 5
    assert len(sets) <= 4
    assert len(set(sets)) == len(sets)
    assert all(1 <= len(row) <= 3 for row in sets)


@given(strategies.luby_rows(min_symbols=3, max_symbols=9, max_rows=5))
def test_luby_rows_keep_their_limits(rows):
    assert 3 <= rows.columns <= 9
    assert len(rows) <= 5
    assert (np.diff(rows.indptr) >= 1).all()


@given(strategies.delay_models(), st.integers(0, 2**32))
def test_delay_models_can_be_sampled(model, seed):
    delays = model.sample(5, np.random.default_rng(seed))
    assert (delays >= 0).all()
    assert model.startup.cdf(-1.0) == 0


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"min_symbols": 0}, "min_symbols"),
        ({"min_symbols": 4, "max_symbols": 3}, "max_symbols"),
        ({"degree": 0}, "degree"),
        ({"max_symbols": 2.5}, "max_symbols"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(ArgumentError, match=name):
        strategies.receptions(**arguments)


def test_bad_row_arguments():
    with pytest.raises(ArgumentError, match="max_degree"):
        strategies.binary_rows(max_degree=0)
    with pytest.raises(ArgumentError, match="delta"):
        strategies.luby_rows(delta=1.5)


# --------------------------------------------------------------------------------------- everything is drawn


@pytest.mark.parametrize("counts", [(0, 0, 0), (3, 0, 0), (1, 1, 1), (0, 2, 3), (3, 3, 3)])
def test_every_count_vector_occurs(counts):
    drawn = some(
        strategies.runs(min_symbols=3, max_symbols=3, degree=1),
        lambda run: sorted(Counter(run[1].worker.tolist()).values()) == sorted(n for n in counts if n),
    )
    assert len(drawn[1]) == sum(counts)


def test_a_scheme_may_have_sent_nothing_or_everything():
    alike = strategies.scheme_receptions("sr", min_symbols=3, max_symbols=3, degree=2)
    assert [len(some(alike, lambda got, n=n: len(got) == n)) for n in (0, 6)] == [0, 6]
    one = strategies.scheme_receptions("gradient-cyclic", max_symbols=4, stragglers=3)  # which fewer workers refuse
    assert some(one, lambda got: True).rows.columns == 4


@pytest.mark.parametrize(("given", "most"), [({}, 6), ({"max_rows": 0}, 0), ({"max_rows": 1}, 1)])
def test_there_are_as_many_rows_as_there_may_be_and_no_more(given, most):
    alike = strategies.binary_rows(min_symbols=2, max_symbols=2, max_degree=1, **given)
    found = some(alike, lambda rows: len(rows) == most)
    assert (found.columns, set(np.diff(found.indptr).tolist()) <= {1}) == (2, True)
    with pytest.raises(NoSuchExample):
        some(alike, lambda rows: len(rows) > most or rows.columns != 2, examples=30)


def draws(strategy, what, values):
    """Whether these values are drawn, all of them, and none besides until then."""
    found = set()

    def complete(value):
        found.add(what(value))
        return found >= values

    some(strategy, complete, examples=300)
    return found == values


SHAPES = {(m, d) for m in range(1, 4) for d in range(1, max(2, m))}


@pytest.mark.parametrize(
    ("given", "shapes"),
    [
        ({"max_symbols": 3}, {(m, d, m) for m, d in SHAPES}),
        ({"min_symbols": 2, "max_symbols": 3}, {(m, d, m) for m, d in SHAPES if m > 1}),
        (
            {"max_symbols": 3, "degree": 1, "limited_access": True},
            {(m, 1, k) for m in (1, 2, 3) for k in range(1, m + 1)},
        ),
        ({"max_symbols": 3, "degree": 2}, {(m, 2, m) for m in (1, 2, 3)}),
    ],
)
def test_codes_have_all_sizes_degrees_and_accesses(given, shapes):
    codes = strategies.sum_recovery_codes(**given)
    assert draws(codes, lambda code: (code.symbols, code.degree, sum(map(len, code.streams[0]))), shapes)


def test_an_own_symbol_costs_one_term_and_a_code_ends():
    code = strategies.Code(2, 1, (((0,), (1,)), ((1,), (0,))))
    assert code.expected_terms() == (1.0, float("inf"))


def sets_of(rows):
    return rows.columns, tuple(tuple(rows.row(i).tolist()) for i in range(len(rows)))


def test_all_rows_of_two_symbols_are_drawn():
    """Symbols are renumbered by those that occur."""
    every = {(m, rows) for m in (1, 2) for rows in ((), ((0,),), ((0, 1),)) if m == 2 or rows != ((0, 1),)}
    assert draws(strategies.binary_rows(max_symbols=2, max_rows=1), sets_of, every)
    assert draws(strategies.luby_rows(max_symbols=2, max_rows=1), sets_of, every)
    pairs = {(2, rows) for n in range(3) for rows in product([(0,), (1,), (0, 1)], repeat=n) if {1} != {*sum(rows, ())}}
    assert draws(strategies.binary_rows(min_symbols=2, max_symbols=2, max_rows=2), sets_of, pairs)


@pytest.mark.parametrize("multiples", [True, False])
@pytest.mark.parametrize("distinct", [True, False])
def test_all_rows_of_one_symbol_with_signs_are_drawn(multiples, distinct):
    given = ({} if multiples else {"multiples": False}) | ({"distinct": True} if distinct else {})  # or as by default
    rows_of = strategies.weighted_rows(weights=signs(), max_symbols=1, max_rows=2, **given)
    weights = (1, -1) if multiples else (1,)
    every = {rows for n in range(3) for rows in product(weights, repeat=n) if not distinct or len({*rows}) == n}
    assert draws(rows_of, lambda rows: tuple(rows.dense()[:, 0].tolist()), every)


def test_rows_with_weights_keep_their_number_of_symbols():
    for most, degree in ((1, 1), (None, 2), (5, 2)):
        alike = strategies.weighted_rows(weights=[3], min_symbols=2, max_symbols=2, max_degree=most)
        assert draws(alike, lambda rows: max((rows.dense() == 3).sum(axis=1), default=0), set(range(degree + 1)))


def test_degrees_of_an_lt_code_have_the_frequencies_of_its_law(monkeypatch):
    """Three quarters of the 64 tickets, one at least, and the rest, rounded."""
    laws, tickets = [], []
    sampled_from = strategies.st.sampled_from
    monkeypatch.setattr(strategies, "robust_soliton", lambda *its: laws.append(its) or np.array([0.75, 0.001, 0.249]))
    monkeypatch.setattr(strategies.st, "sampled_from", lambda each: tickets.append(Counter(each)) or sampled_from(each))
    strategies.luby_rows(max_symbols=3)
    assert laws == [(3, 0.03, 0.5)]
    assert tickets == [{1: 48, 2: 1, 3: 16}]


def test_a_master_may_wait_until_each_worker_has_sent_twice_the_symbols_and_two_terms():
    """All rows of one symbol take one term, and an LT code has no last row."""
    assert draws(strategies.scheme_receptions("lt", max_symbols=1), len, {0, 1, 2, 3, 4})


def test_delays_shrink_to_the_exponential_law_of_rate_1_and_one_second_a_term():
    model = smallest(strategies.delay_models(), lambda model: True, examples=20)
    assert (model.startup.dist.name, model.startup.kwds, model.tau) == ("expon", {"scale": 1.0}, 1.0)


def pattern(run):
    """The senders in order of arrival, numbered by their first symbols."""
    first = {}
    return tuple(first.setdefault(worker, len(first)) for worker in run[1].worker.tolist())


@pytest.mark.parametrize("order", [(0, 1, 0, 1), (0, 0, 1), (0, 0, 1, 0, 1)])
def test_every_order_occurs_up_to_numbering(order):
    strategy = strategies.runs(min_symbols=4, max_symbols=4, degree=1)
    assert pattern(some(strategy, lambda run: pattern(run) == order)) == order


def test_two_workers_have_sent_up_to_two_rows_each():
    def counts(run):
        return tuple(sorted(np.bincount(run[1].worker, minlength=2).tolist()))

    every = {(a, b) for a in range(3) for b in range(a, 3)}
    assert draws(strategies.runs(min_symbols=2, max_symbols=2, degree=1), counts, every)


def test_only_workers_that_have_sent_a_block_have_an_order_of_their_own():
    def orders(run, *numbers):
        code, sent = run[0], Counter(run[1].worker.tolist())
        return [[j for row in code.streams[i][1:] for j in row] for i in range(code.symbols) if sent[i] in numbers]

    alike = strategies.runs(min_symbols=4, max_symbols=4, degree=1)
    run = some(alike, lambda run: any(order != sorted(order) for order in orders(run, 2)), examples=50)
    assert all(order == sorted(order) for order in orders(run, 0, 1))
    with pytest.raises(NoSuchExample):
        some(alike, lambda run: any(order != sorted(order) for order in orders(run, 0, 1)), examples=30)


def test_orders_that_no_run_has_do_not_occur():
    """Workers are equally fast: none sends its first two symbols between the first two of another."""
    alike = strategies.runs(min_symbols=4, max_symbols=4)
    with pytest.raises(NoSuchExample):
        some(alike, lambda run: pattern(run) == (0, 1, 1, 0), examples=200)


# ------------------------------------------------------------------------------------------------- shrinking


def case_of(run):
    return from_reception(run[1], run[0].degree)


def test_a_reception_shrinks_to_nothing():
    code, reception = smallest(strategies.runs(), lambda run: True)
    assert (code.symbols, code.degree, len(reception)) == (1, 1, 0)


def test_a_complete_worker_shrinks_to_one_symbol():
    code, reception = smallest(strategies.runs(), lambda run: complete_worker(case_of(run)))
    assert (code.symbols, len(reception)) == (1, 1)


def test_a_row_shrinks_to_low_degree_and_small_numbers():
    rows = smallest(strategies.binary_rows(), lambda rows: any(len(rows.row(i)) >= 3 for i in range(len(rows))))
    assert rows.columns == 3
    assert [rows.row(i).tolist() for i in range(len(rows))] == [[0, 1, 2]]


def test_uncovered_symbols_shrink_to_one():
    rows = smallest(strategies.luby_rows(), lambda rows: len(rows) > 0 and not covered(from_rows(rows)))
    assert (rows.columns, len(rows)) == (2, 1)


def test_covered_rows_without_span_shrink_to_the_smallest():
    """As enumeration proves."""
    rows = smallest(strategies.binary_rows(), lambda rows: covered(from_rows(rows)) and not spans(from_rows(rows)))
    assert [rows.row(i).tolist() for i in range(len(rows))] == [[0, 1], [0, 2]]


@pytest.mark.slow
def test_a_covering_reception_without_span_mostly_shrinks_to_fewest_symbols():
    """m = 5 and 4 rows, as enumeration proves; a degree can be stuck, since lowering it cuts all blocks anew.

    That is so of up to 8 symbols with the seed 13, which ends at m = 6.
    """
    found = []
    for most, seed in ((8, 4), (7, 5)):  # which draw one among the first 250
        strategy = strategies.runs(max_symbols=most)
        run = smallest(strategy, lambda run: covered(case_of(run)) and not spans(case_of(run)), seed)
        found.append((run[0].symbols, len(run[1])))
    assert found == [(5, 4)] * 2


def test_all_systematic_shrinks():
    code, reception = smallest(
        strategies.runs(min_symbols=3), lambda run: all_systematic(case_of(run)) and len(run[1]) > run[0].symbols
    )
    assert (code.symbols, len(reception)) == (3, 4)


def test_access_shrinks_to_full():
    code = smallest(strategies.sum_recovery_codes(min_symbols=4, limited_access=True), lambda code: True)
    assert len(code.streams[0]) == 4
    assert code.degree == 1
    assert code.streams[0] == ((0,), (1,), (2,), (3,))


@pytest.mark.quality
def test_an_unreachable_condition_is_reported():
    with pytest.raises(NoSuchExample):
        smallest(
            strategies.runs(), lambda run: complete_worker(case_of(run)) and not covered(case_of(run)), examples=150
        )
