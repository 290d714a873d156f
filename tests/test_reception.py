"""The reception: each row at its time, in its order, for every horizon, against a slow merge of the workers' rows."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory import compiled
from srtheory.delays import DelayModel, Empirical
from srtheory.errors import ArgumentError
from srtheory.reception import Reception, receive, receptions
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.grouped import Grouped
from srtheory.schemes.luby_transform import LubyTransform
from srtheory.schemes.repairable import RepairableFountain
from srtheory.schemes.sum_recovery import SumRecovery
from tests import reference
from tests.reference import supports
from tests.schemes.references import REFERENCES


def _supports_of(rows_of):
    return lambda key, worker: map(list, rows_of(key, worker))


SCHEMES = {name: (scheme, _supports_of(rows), sizes) for name, (scheme, rows, sizes) in REFERENCES.items()}
FINITE = [name for name, (scheme, _, _) in SCHEMES.items() if not scheme.rateless]
RATELESS = [name for name in SCHEMES if name not in FINITE]

FEW = settings(max_examples=40)  # each for a score of schemes, which share all that merges their rows

MOST = max(scheme.workers for scheme, _, _ in SCHEMES.values())

taus = st.sampled_from([0.005, 0.1, 1.0, 3.7])
delays = st.floats(0, 10) | st.sampled_from([0.0, 0.1, 0.7, 1.0])
word64 = st.integers(0, 2**64 - 1)


runs = st.tuples(st.lists(delays, min_size=MOST, max_size=MOST).map(np.array), taus, word64)
horizons = st.tuples(st.floats(-1, 10), st.integers(0, 8))


def each(run, names=SCHEMES):
    """A run of every scheme: as many of the start-ups as it has workers."""
    startups, tau, key = run
    for name in names:
        scheme, rows_of, sizes = SCHEMES[name]
        yield scheme, startups[: scheme.workers], tau, key, partial(rows_of, key), sizes


def parts(reception):
    """Everything in a reception but the totals, row by row."""
    columns = [reception.time.tolist(), reception.worker.tolist(), supports(reception.rows), reception.terms.tolist()]
    return list(zip(*columns, strict=True))


def check_against(expected, reception):
    """The same rows at bitwise the same times in the same order as the slow merge."""
    assert parts(reception) == [(time, j, row, terms) for time, j, _, row, terms in expected]


# ---------------------------------------------------------------------------------------------- order and horizons


@FEW
@given(run=runs, horizon=horizons)
def test_rows_arrive_when_and_in_the_order_that_they_should(run, horizon):
    for scheme, startups, tau, key, rows_of, sizes in each(run):
        until = horizon[0] + tau * horizon[1]
        expected = reference.arrivals(rows_of, startups, tau, until, sizes)
        check_against(expected, receive(scheme, startups, tau, key, until))


@FEW
@given(run=runs, worker=st.integers(0, MOST - 1), terms=st.integers(1, 8))
def test_a_row_that_arrives_at_the_horizon_is_in(run, worker, terms):
    """The horizon is an arrival time to the last bit, where rounding may say that the worker had no time for it."""
    for scheme, startups, tau, key, rows_of, sizes in each(run):
        until = float(startups[worker % scheme.workers] + tau * terms)
        expected = reference.arrivals(rows_of, startups, tau, until, sizes)
        check_against(expected, receive(scheme, startups, tau, key, until))


@pytest.mark.parametrize(("start", "tau"), [(0.4, 0.005), (0.9, 0.005), (0.7, 0.1)])
def test_every_arrival_time_is_a_horizon_that_has_its_row(start, tau):
    """0.4 + 205 * 0.005 less 0.4, divided by 0.005, is below 205."""
    scheme = SumRecovery(240, 1)
    startups = np.where(np.arange(240) == 0, start, 1e6)
    for n in range(1, 241):
        assert len(receive(scheme, startups, tau, 1, start + tau * n)) == n


def test_rows_arrive_even_where_tau_drowns_in_the_rounding():
    """At 1e17 the clock moves in steps of 16: all of a worker's 4 terms are done within the first."""
    startups = np.full(4, 1e17)
    reception = receive(SumRecovery(4, 1), startups, 1.0, 3, 1e17)
    check_against(
        reference.arrivals(lambda j: reference.sum_recovery(4, 1, key=3, worker=j), startups, 1.0, 1e17), reception
    )
    assert len(reception) == 16
    assert reception.final


@FEW
@given(run=runs, untils=st.tuples(st.floats(0, 20), st.floats(0, 20)))
def test_a_later_horizon_changes_nothing_that_was_there(run, untils):
    for scheme, startups, tau, key, _, _ in each(run):
        before, after = (receive(scheme, startups, tau, key, until) for until in sorted(untils))
        n = len(before)
        assert parts(before) == parts(after)[:n]
        assert n == len(after) or after.time[n] > min(untils)
        seen = before.totals < UNLIMITED
        assert (after.totals[seen] == before.totals[seen]).all()


@pytest.mark.parametrize("name", SCHEMES)
def test_ties_go_by_worker_then_by_the_workers_own_order(name):
    scheme, rows_of, sizes = SCHEMES[name]
    startups = DelayModel(Empirical([0.7]), 0.1).sample(scheme.workers, np.random.default_rng(1))
    reception = receive(scheme, startups, 0.1, 5, 3.0)
    check_against(reference.arrivals(lambda j: rows_of(5, j), startups, 0.1, 3.0, sizes), reception)
    order = list(zip(reception.time, reception.worker, reception.terms, strict=True))
    assert order == sorted(order)


# ------------------------------------------------------------------------------------------- workers that never answer


@pytest.mark.parametrize("cost", [0.0, 0.3])
@FEW
@given(run=runs, horizon=horizons, silent=st.lists(st.booleans(), min_size=MOST, max_size=MOST).map(np.array))
def test_the_others_send_what_they_would_have_sent(cost, run, horizon, silent):
    """Bit by bit, by any horizon; a worker that never answers has sent all that it ever sends, which is nothing."""
    for scheme, startups, tau, key, _, _ in each(run):
        until, gone = horizon[0] + tau * horizon[1], silent[: scheme.workers]
        before = receive(scheme, startups, tau, key, until, cost)
        after = receive(scheme, np.where(gone, np.inf, startups), tau, key, until, cost)
        assert parts(after) == [row for row in parts(before) if not gone[row[1]]]
        assert (after.totals == np.where(gone, 0, before.totals)).all()


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("cost", [0.0, 0.3])
def test_a_run_without_answers_is_over(name, cost):
    scheme = SCHEMES[name][0]
    [only] = receptions(scheme, np.full(scheme.workers, np.inf), 0.1, 5, cost)
    assert (len(only), only.final) == (0, True)


@pytest.mark.parametrize("name", FINITE)
def test_a_run_of_few_ends_with_their_last_row(name):
    scheme, rows_of, sizes = SCHEMES[name]
    startups = np.where(np.arange(scheme.workers) == 0, 0.7, np.inf)
    last = list(receptions(scheme, startups, 0.1, 5))[-1]
    assert last.final
    answers = reference.arrivals(lambda j: rows_of(5, j) if j == 0 else [], startups, 0.1, float("inf"), sizes)
    check_against(answers, last)


PLANTED = {
    "ties by the last worker first": lambda rows: sorted(rows, key=lambda a: (a[0], -a[1], a[2])),
    "by terms": lambda rows: sorted(rows, key=lambda a: (a[4], a[1], a[2])),
    "last row missing": lambda rows: rows[:-1],
    "first row twice": lambda rows: rows[:1] + rows,
    "a time an ulp off": lambda rows: [(np.nextafter(rows[0][0], 9), *rows[0][1:]), *rows[1:]],
    "symbols cost one term too many": lambda rows: [(t, j, i, row, terms + 1) for t, j, i, row, terms in rows],
}


@pytest.mark.quality
@pytest.mark.parametrize("mistake", PLANTED)
def test_wrong_receptions_are_noticed(mistake):
    startups = np.array([0.7, 0.7, 0.3, 0.1])
    rows = reference.arrivals(lambda j: reference.sum_recovery(4, 2, key=8, worker=j), startups, 0.1, 1.1)
    reception = receive(SumRecovery(4, 2), startups, 0.1, 8, 1.1)
    check_against(rows, reception)
    with pytest.raises(AssertionError):
        check_against(PLANTED[mistake](rows), reception)


# ----------------------------------------------------------------------------------------------------- the end


@FEW
@given(run=runs, until=st.floats(0, 20))
def test_totals_are_what_workers_send_in_all(run, until):
    for scheme, startups, tau, key, rows_of, sizes in each(run, FINITE):
        everything = reference.arrivals(rows_of, startups, tau, float("inf"), sizes)
        whole = [max((terms for _, i, _, _, terms in everything if i == j), default=0) for j in range(scheme.workers)]
        done = [startups[j] + tau * whole[j] <= until for j in range(scheme.workers)]
        reception = receive(scheme, startups, tau, key, until)
        assert reception.totals.tolist() == [w if d else UNLIMITED for w, d in zip(whole, done, strict=True)]
        assert reception.final == all(done)
        last = receive(scheme, startups, tau, key, float("inf"))
        check_against(everything, last)
        assert last.final
        assert last.totals.tolist() == whole


@pytest.mark.parametrize("name", RATELESS)
def test_a_rateless_scheme_is_not_received_whole(name):
    scheme, _, _ = SCHEMES[name]
    with pytest.raises(ArgumentError, match="until"):
        receive(scheme, np.zeros(scheme.workers), 0.1, 0, float("inf"))
    reception = receive(scheme, np.zeros(scheme.workers), 0.1, 0, 5.0)
    assert not reception.final
    assert (reception.totals == UNLIMITED).all()


@FEW
@given(run=runs)
def test_receptions_grow_until_nothing_more_can_come(run):
    for scheme, startups, tau, key, _, _ in each(run):
        grown = list(islice(receptions(scheme, startups, tau, key), 4 if scheme.rateless else None))
        rows = [parts(reception) for reception in grown]
        assert all(a == b[: len(a)] for a, b in pairwise(rows))
        assert all(len(a) < len(b) or b.final for a, b in pairwise(grown))
        assert [r.final for r in grown] == [False] * (len(grown) - 1) + [not scheme.rateless]
        if not scheme.rateless:
            assert rows[-1] == parts(receive(scheme, startups, tau, key, float("inf")))


AT_SIZE = {
    "sr": SumRecovery(1000, 10),
    "sr-100": SumRecovery(1000, 10, access=100),
    "sr-with-replacement": SumRecovery(1000, 10, replacement=True),
    "lt": LubyTransform(1000),
    "repairable": RepairableFountain(1000, 10),
    "grouped": Grouped(SumRecovery(1000, 10), 3000),
}


@pytest.mark.parametrize("name", AT_SIZE)
def test_at_the_papers_parameters_few_receptions_suffice(name):
    """m + o(m) rows are wanted at once, neither in a hundred steps nor out of a million rows."""
    startups = np.random.default_rng(2).exponential(5.0, 1000)
    sizes = [len(r) for r in islice(receptions(AT_SIZE[name], startups, 0.005, 1), 3)]
    assert 950 < sizes[0] < 2000
    assert 1200 < sizes[1] < 4000


@pytest.mark.parametrize("scale", [0.001, 1000.0])
@pytest.mark.parametrize("name", AT_SIZE)
def test_waves_and_stragglers_take_few_steps_too(name, scale):
    """All workers in step, so that rows come a thousand at a time; or hardly anyone started."""
    startups = np.random.default_rng(2).exponential(scale, 1000)
    enough = next(i for i, r in enumerate(receptions(AT_SIZE[name], startups, 0.005, 1)) if len(r) > 1100)
    assert enough < 25


def test_few_visible_symbols_end_in_few_steps():
    """Workers that send two rows each, the last of them long after the first: the horizon still gets there."""
    startups = np.random.default_rng(4).pareto(0.5, 200)
    grown = list(receptions(SumRecovery(200, 1, access=2), startups, 0.005, 1))
    assert len(grown[-1]) == 400
    assert len(grown) < 120


@pytest.mark.parametrize("seconds", [0.0, np.inf], ids=["interpreted", "compiled"])
@pytest.mark.parametrize("scheme", [SumRecovery(4, 2), LubyTransform(4)], ids=["ends", "endless"])
@pytest.mark.parametrize("kind", [int, Fraction, np.float32])
def test_times_of_any_type_of_number_are_floats(monkeypatch, seconds, scheme, kind):
    monkeypatch.setattr(compiled.SPENT, "seconds", seconds)
    for times in ((2.0**70, 0.0), (2.0**64, 2.0**63), (2.0**62, 3 * 2.0**60)):
        given = [kind(time) for time in times]
        start = np.arange(scheme.workers)
        found = receive(scheme, start, given[0], 3, kind(2.0**72), given[1])
        expected = receive(scheme, start.astype(float), times[0], 3, 2.0**72, times[1])
        grown = next(receptions(scheme, start, given[0], 3, given[1]))
        assert np.array_equal(grown.time, next(receptions(scheme, start.astype(float), times[0], 3, times[1])).time)
        assert len(found)
        assert np.array_equal(found.time, expected.time)
        assert np.array_equal(found.rows.dense(), expected.rows.dense())


# ------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("startups", {"startups": np.zeros(3)}),
        ("startups", {"startups": np.zeros((4, 1))}),
        ("startups", {"startups": np.array([0, 0, 0, -1e-9])}),
        ("startups", {"startups": np.array([0, 0, 0, np.nan])}),
        ("tau", {"tau": 0.0}),
        ("tau", {"tau": float("nan")}),
        ("key", {"key": -1}),
        ("key", {"key": 2**64}),
        ("until", {"until": float("nan")}),
    ],
)
def test_refusals_name_the_argument(name, arguments):
    run = {"scheme": SumRecovery(4, 2), "startups": np.zeros(4), "tau": 0.1, "key": 0, "until": 1.0}
    assert isinstance(receive(**run), Reception)
    with pytest.raises(ArgumentError) as refusal:
        receive(**(run | arguments))
    assert refusal.value.name == name
