"""What every scheme promises, asked of each by its name: rows, prefixes, options, times of arrival, decoding."""

from __future__ import annotations

import json
import pickle
from dataclasses import FrozenInstanceError
from fractions import Fraction
from functools import partial
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory import compiled
from srtheory.decoders import decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task
from srtheory.reception import receive, receptions
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.base import UNLIMITED, uncoded_stream
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.testing import BrokenPromiseError, check_scheme
from tests import reference
from tests.contracts.schemes import ALL, ROWS, built, key64, options, schemes
from tests.reference import supports

FEW, FEWER = settings(max_examples=25), settings(max_examples=10)
DRAWN = [name for name in ALL if name != "genie"]
"""The genie sends no rows of its own before it sees who comes."""
waits = st.floats(0, 10) | st.sampled_from([0.0, 0.1, 0.7, 1.0])


def mappings(rows):
    """Rows of the reference, lists of columns or weights by column, as a mapping each."""
    return [row if isinstance(row, dict) else dict.fromkeys(row, 1) for row in rows]


def check_emission(drawn, key, budget, rows_of=None):
    """``emit`` sends exactly what the reference completes within each budget, in its order, at its cost."""
    scheme, rows_of = drawn.scheme, rows_of or drawn.rows
    sizes = drawn.sizes or (1,) * scheme.symbols
    symbols = scheme.emit(key, np.array(budget, dtype=np.int64))
    sent, ended = [], []
    for j in range(scheme.workers):
        rows, done = iter(rows_of(key=key, worker=j)), 0
        row = next(rows, None)
        while row is not None and done + sum(sizes[c] for c in row) <= budget[j]:
            done += sum(sizes[c] for c in row)
            sent.append((j, done, row))
            row = next(rows, None)
        ended.append(row is None)
    assert symbols.worker.tolist() == [j for j, _, _ in sent]
    assert symbols.terms.tolist() == [done for _, done, _ in sent]
    assert supports(symbols.rows) == [list(row) for *_, row in sent]
    assert symbols.rows.mappings() == mappings(row for *_, row in sent)
    assert symbols.ended.tolist() == ended
    assert symbols.rows.columns == scheme.symbols


# ------------------------------------------------------------------------------------------------------- what is sent


@pytest.mark.share(3)
@pytest.mark.parametrize("name", DRAWN)
@FEW
@given(data=st.data(), key=key64, seconds=st.sampled_from([0.0, np.inf]))
def test_rows_are_redrawn_by_numpy_alone_whatever_the_budget(name, data, key, seconds):
    """Interpreted and compiled."""
    drawn = data.draw(schemes(name))
    n = drawn.scheme.workers
    budget = data.draw(st.lists(st.integers(0, 3 * drawn.scheme.symbols), min_size=n, max_size=n))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled.SPENT, "seconds", seconds)
        check_emission(drawn, key, budget)


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("name", "m", "given", "budget"),
    [
        ("sr", 1000, {"degree": 10}, 1000),
        ("repairable", 2000, {"degree": 150}, 900),
        ("repairable", 2, {"degree": 1}, 2060),
        ("repairable", 1, {"degree": 1024}, 3),
        ("lt", 300, {}, 2000),
        ("raptor", 60, {}, 1500),
        ("arcs", 1000, {"degree": 37}, 1000),
        ("sr-windows", 1000, {"degree": 6}, 1000),
        ("sr-windows", 400, {"degree": 9, "window": 50, "overlap": 20, "order": "independent"}, 400),
        ("sr-cells", 500, {"degree": 8, "cells": 30, "seeds": 0.1}, 900),
        ("sr-cells", 500, {"degree": 8, "cells": 30, "order": "adjacent"}, 900),
        ("sr-sizes", 60, {"sizes": "5/2:0.25,3:0.25,4:0.5/1"}, 60),
    ],
)
def test_large_schemes_and_budgets_are_redrawn_too(name, m, given, budget):
    """Of five workers, one of them the last: more entries than any room that is made at first."""
    scheme = make(name, m, **given)
    drawn = type("One", (), {"scheme": scheme, "rows": staticmethod(ROWS[name](scheme)), "sizes": None})
    check_emission(drawn, 7, [budget if j < 4 or j == m - 1 else 0 for j in range(m)])


PLANTED = {
    "another run": lambda rows: lambda *, key, worker: rows(key=key + 1, worker=worker),
    "another worker": lambda rows: lambda *, key, worker: rows(key=key, worker=(worker + 1) % 9),
    "last row first": lambda rows: lambda *, key, worker: list(rows(key=key, worker=worker))[::-1],
    "a row is lost": lambda rows: lambda *, key, worker: list(rows(key=key, worker=worker))[:-1],
    "a row comes twice": lambda rows: lambda *, key, worker: [next(iter(rows(key=key, worker=worker)))] * 2,
    "columns in order": lambda rows: lambda *, key, worker: map(sorted, rows(key=key, worker=worker)),
    "full blocks at the ends": lambda rows: partial(rows, full=True),
    "one window per worker": lambda rows: partial(rows, one=True),
}


@pytest.mark.quality
@pytest.mark.parametrize("mistake", PLANTED)
def test_wrong_rows_are_noticed(mistake):
    scheme = make("sr-windows", 9, degree=3, window=4)
    drawn = type("One", (), {"scheme": scheme, "rows": staticmethod(ROWS["sr-windows"](scheme)), "sizes": None})
    check_emission(drawn, 7, [9] * 9)
    with pytest.raises(AssertionError):
        check_emission(drawn, 7, [9] * 9, PLANTED[mistake](drawn.rows))


def as_new(scheme, asked):
    """Whether a scheme sends of each run what one does that was never asked before."""
    new = pickle.dumps(scheme)
    for key, budget in asked:
        found, right = (each.emit(key, np.array(budget)) for each in (scheme, pickle.loads(new)))
        if (found.rows.mappings(), *told(found)) != (right.rows.mappings(), *told(right)):
            return False
    return True


def told(symbols):
    return symbols.worker.tolist(), symbols.terms.tolist(), symbols.ended.tolist()


@pytest.mark.share(3)
@pytest.mark.parametrize("name", ALL)
@settings(max_examples=12)
@given(data=st.data(), keys=st.lists(key64, min_size=2, max_size=3))
def test_a_run_leaves_nothing_behind_that_another_would_see(name, data, keys):
    scheme = data.draw(schemes(name)).scheme
    budgets = st.lists(st.integers(0, 3 * scheme.symbols), min_size=scheme.workers, max_size=scheme.workers)
    assert as_new(scheme, [(key, data.draw(budgets)) for key in (*keys, keys[0])])


@pytest.mark.parametrize("name", [name for name in ALL if name != "hands"])
@settings(max_examples=12)
@given(data=st.data(), keys=st.lists(key64, min_size=2, max_size=3))
def test_workers_that_have_no_use_for_a_key_send_the_same_in_every_run(name, data, keys):
    scheme = data.draw(schemes(name)).scheme
    budget = data.draw(st.lists(st.integers(0, 30), min_size=scheme.workers, max_size=scheme.workers))
    sent = [scheme.emit(key, np.array(budget)) for key in keys]
    if scheme.keyless:
        assert len({str((each.rows.mappings(), *told(each))) for each in sent}) == 1


class Keeping(SumRecovery):
    """A planted mistake: the first run's key is that of all."""

    def emit(self, key, budget):
        return super().emit(vars(self).setdefault("kept", key), budget)


@pytest.mark.quality
def test_what_a_run_leaves_behind_is_seen():
    runs = [(1, [9] * 5), (2, [9] * 5)]
    assert as_new(SumRecovery(5, 2), runs) > as_new(Keeping(5, 2), runs)


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_promises_of_users_schemes_are_kept_by_ours(name):
    """Those of the test kit, which has its own planted mistakes: prefixes, ends, decoding, pickles, ids."""
    check_scheme(make(name, 3, **named(name).sized(2)), examples=12)


@pytest.mark.parametrize("name", ALL)
@FEWER
@given(data=st.data(), key=key64)
def test_who_ends_and_who_does_not(name, data, key):
    """A scheme that is not rateless sends all it has for an unlimited budget, and no worker of a rateless one ends."""
    scheme = data.draw(schemes(name)).scheme
    if scheme.rateless:
        assert not scheme.emit(key, np.full(scheme.workers, 60)).ended.all()
    else:
        assert scheme.emit(key, np.full(scheme.workers, UNLIMITED)).ended.all()


# -------------------------------------------------------------------------------------------------------- its options


@pytest.mark.parametrize("name", SCHEME_NAMES)
@FEWER
@given(data=st.data(), m=st.integers(1, 9))
def test_options_are_the_same_as_values_and_as_texts(name, data, m):
    """By Python, by a file's values and by the command line: one scheme, one id, or the same refusal."""
    chosen = data.draw(options(name, m))
    texts = [f"{key}={'none' if value is None else value}" for key, value in chosen.items()]

    made = built(name, m, chosen)
    for read in (named(name).read(texts), named(name).accept(json.loads(json.dumps(chosen)))):
        again = built(name, m, read)
        if isinstance(made, ArgumentError):
            assert again.name == made.name
            assert made.name in chosen
            continue
        assert again == made
        assert hash(again) == hash(made)
        assert as_task(again) == as_task(made)
    if not isinstance(made, ArgumentError):
        with pytest.raises(FrozenInstanceError):
            made.symbols = 5


def as_task(scheme):
    """What an id is made of."""
    return Task(scheme, DelayModel(parse_law("expon()"), 0.1), 1).canonical()


BAD = [0, -1, 2.5, True, float("nan"), float("inf"), -float("inf"), None, "x", "", [1], 10**30, 1e300]


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_bad_options_are_refused_by_name(name):
    """Or they are a value; nothing else happens.  What a scheme needs it asks for, and what it does not know, too."""
    usual = named(name).sized(2)
    for option in named(name).options:
        for value in BAD:
            made = built(name, 5, usual | {option: value})
            if isinstance(made, ArgumentError):
                assert (made.name, "\n" in str(made)) == (option, False), value
            else:
                assert made.emit(1, np.full(made.workers, 4)).rows.columns == 5
    for value in BAD[:4] + BAD[7:11]:
        with pytest.raises(ArgumentError) as refusal:
            make(name, value, **usual)
        assert refusal.value.name == "symbols"
    for value in (0, 6, 2.5, True):
        with pytest.raises(ArgumentError) as refusal:
            make(name, 5, workers=value, **(usual if value == 6 else named(name).sized(1)))
        assert refusal.value.name == "workers"
    for option in usual:
        if named(name).options[option].needed:
            with pytest.raises(ArgumentError) as refusal:
                make(name, 5, **{key: value for key, value in usual.items() if key != option})
            assert refusal.value.name == option
    for unknown in ("rate", "workers_", "access_"):
        with pytest.raises(ArgumentError) as refusal:
            make(name, 5, **usual, **{unknown: 1})
        assert refusal.value.name == unknown
    with pytest.raises(ArgumentError) as refusal:
        named(name).read(["rate=1"])
    assert refusal.value.name == "option"


# ------------------------------------------------------------------------------------------------------------ arrival


def parts(reception):
    """Everything in a reception but the totals, row by row."""
    columns = [reception.time.tolist(), reception.worker.tolist(), supports(reception.rows), reception.terms.tolist()]
    return list(zip(*columns, strict=True))


def lists(drawn, key):
    return lambda worker: map(list, drawn.rows(key=key, worker=worker))


@st.composite
def runs(draw, name):
    """A scheme, start-up delays with ties among them, τ, a message's cost, and a key."""
    drawn = draw(schemes(name, largest=6))
    n = drawn.scheme.workers
    startups = np.array(draw(st.lists(waits, min_size=n, max_size=n)))
    return drawn, startups, draw(st.sampled_from([0.005, 0.1, 1.0, 3.7])), draw(st.sampled_from([0, 0.3])), draw(key64)


@pytest.mark.share(3)
@pytest.mark.parametrize("name", DRAWN)
@FEWER
@given(data=st.data())
def test_rows_arrive_when_and_in_the_order_that_they_should(name, data):
    """By any horizon, one at which a row arrives included, bitwise; silent workers change nothing for the others."""
    drawn, startups, tau, cost, key = data.draw(runs(name))
    scheme, n = drawn.scheme, drawn.scheme.workers
    worker, place = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, 8))
    until = data.draw(st.sampled_from([float(startups[worker] + tau * place), data.draw(st.floats(-1, 10))]))
    reception = receive(scheme, startups, tau, key, until, cost)
    expected = reference.arrivals(lists(drawn, key), startups, tau, until, drawn.sizes, cost)
    assert parts(reception) == [(time, j, row, terms) for time, j, _, row, terms in expected]
    later = receive(scheme, startups, tau, key, until + data.draw(st.floats(0, 5)), cost)
    assert parts(later)[: len(reception)] == parts(reception)
    gone = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    heard = receive(scheme, np.where(gone, np.inf, startups), tau, key, until, cost)
    assert parts(heard) == [row for row in parts(reception) if not gone[row[1]]]
    assert (heard.totals == np.where(gone, 0, reception.totals)).all()


@pytest.mark.share(3)
@pytest.mark.parametrize("name", DRAWN)
@FEWER
@given(data=st.data())
def test_a_run_grows_until_nothing_more_can_come(name, data):
    drawn, startups, tau, cost, key = data.draw(runs(name))
    scheme = drawn.scheme
    grown = list(islice(receptions(scheme, startups, tau, key, cost), 4 if scheme.rateless else None))
    assert all(parts(a) == parts(b)[: len(a)] for a, b in pairwise(grown))
    assert all(len(a) < len(b) or b.final for a, b in pairwise(grown))
    if scheme.rateless:
        with pytest.raises(ArgumentError, match="until"):
            receive(scheme, startups, tau, key, float("inf"), cost)
        return
    whole = receive(scheme, startups, tau, key, float("inf"), cost)
    everything = reference.arrivals(lists(drawn, key), startups, tau, float("inf"), drawn.sizes, cost)
    assert parts(whole) == parts(grown[-1]) == [(time, j, row, terms) for time, j, _, row, terms in everything]
    assert whole.final
    assert [r.final for r in grown] == [False] * (len(grown) - 1) + [True]
    last = [max((terms for _, i, _, _, terms in everything if i == j), default=0) for j in range(scheme.workers)]
    assert whole.totals.tolist() == last
    assert len(list(receptions(scheme, np.full(scheme.workers, np.inf), tau, key, cost))[-1]) == 0


@pytest.mark.parametrize("seconds", [0.0, np.inf])
def test_a_row_at_the_very_horizon_has_come_however_its_time_was_rounded(monkeypatch, seconds):
    """Here (until - startup) / tau rounds to less than the terms."""
    monkeypatch.setattr(compiled.SPENT, "seconds", seconds)
    startup, tau, terms = 6.194081506944213, 0.00917676288317642, 918
    assert len(receive(make("one", terms), np.array([startup]), tau, 0, startup + tau * terms)) == 1


@pytest.mark.parametrize(("name", "seconds"), [("sr", 0.0), ("sr", np.inf), ("lt", 0.0)])
def test_times_of_any_type_of_number_are_floats(monkeypatch, name, seconds):
    """The largest among them, where a clock moves in steps that are longer than τ; interpreted and compiled."""
    monkeypatch.setattr(compiled.SPENT, "seconds", seconds)
    scheme = make(name, 4, **named(name).sized(2))
    sizes = ((2.0**70, 0.0), (2.0**64, 2.0**63), (2.0**62, 3 * 2.0**60))
    for kind, times in zip((int, Fraction, np.float32), sizes, strict=True):
        given = [kind(time) for time in times]
        start = np.arange(scheme.workers)
        found = receive(scheme, start, given[0], 3, kind(2.0**72), given[1])
        expected = receive(scheme, start.astype(float), times[0], 3, 2.0**72, times[1])
        assert len(found)
        assert parts(found) == parts(expected)
    drowned = receive(make("sr", 4, degree=1), np.full(4, 1e17), 1.0, 3, 1e17)
    assert (len(drowned), drowned.final) == (16, True)


@pytest.mark.parametrize("name", [name for name in SCHEME_NAMES if name not in ("bcc", "gradient-cyclic")])
def test_few_receptions_suffice_at_the_papers_size(name):
    """Neither hundreds of steps nor a million rows at once: workers in step, as in the paper, or hardly any started."""
    m = 1000
    scheme = make(name, m, **named(name).sized(10))
    for scale in (0.001, 5.0, 1000.0):
        startups = np.random.default_rng(2).exponential(scale, scheme.workers)
        for step, reception in enumerate(receptions(scheme, startups, 0.005, 1)):  # noqa: B007
            if reception.final or len(reception) > 1.1 * getattr(scheme, "typical", m):
                break
        assert step < 25


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
def test_bad_runs_are_refused_by_name(name, arguments):
    run = {"scheme": make("sr", 4, degree=2), "startups": np.zeros(4), "tau": 0.1, "key": 0, "until": 1.0}
    with pytest.raises(ArgumentError) as refusal:
        receive(**(run | arguments))
    assert refusal.value.name == name


# ----------------------------------------------------------------------------------------------------------- recovery


def latency(scheme, startups, tau, key, decode):
    """Definition 1 on one run, inf where the horizon comes first."""
    reception = receive(scheme, startups, tau, key, 60.0)
    k = decoder(decode)(reception).stopping_time
    return np.inf if k is None else reception.time[k - 1]


@pytest.mark.share(3)
@pytest.mark.parametrize("name", SCHEME_NAMES)
@FEWER
@given(data=st.data(), key=key64)
def test_no_scheme_is_faster_than_its_stream_and_its_decoder_than_elimination(name, data, key):
    """docs/proofs/theory.md, 5.2, exactly, as both times are rounded alike."""
    scheme = data.draw(schemes(name, largest=7)).scheme
    startups = np.array(data.draw(st.lists(waits, min_size=scheme.workers, max_size=scheme.workers)))
    tau = data.draw(st.sampled_from([0.05, 0.3, 1.0, 2.7]))
    best = latency(scheme, startups, tau, key, "span")
    assert latency(uncoded_stream(scheme), startups, tau, key, "span") <= best
    assert best <= latency(scheme, startups, tau, key, scheme.decoder)


@pytest.mark.parametrize("name", [name for name in SCHEME_NAMES if name not in ("lt", "raptor")])
def test_a_worker_that_ends_or_goes_on_for_long_recovers_the_sum_with_the_others(name):
    """All workers together, silence of none: whatever a scheme sends in all has the sum, or it would be no scheme."""
    for m in (1, 2, 5, 9):
        scheme = make(name, m, **named(name).sized(1))
        reception = receive(scheme, np.zeros(scheme.workers), 1.0, 3, 80.0)
        if name != "bcc":  # who may miss a part for ever
            assert decoder(scheme.decoder)(reception).stopping_time is not None


@pytest.mark.quality
def test_a_scheme_that_breaks_a_promise_is_seen():
    class Forgetful(SumRecovery):
        """A larger budget changes what was sent."""

        def emit(self, key, budget):
            return super().emit(key ^ int(budget.max() > 3), budget)

    with pytest.raises(BrokenPromiseError):
        check_scheme(Forgetful(5, 1), examples=60)


def test_a_class_that_has_moved_keeps_the_name_by_which_records_know_it():
    known = {
        "sr": "sum_recovery",
        "lt": "luby_transform",
        "bcc": "baselines",
        "genie": "streaming",
        "arcs": "intervals",
    }
    known |= {"raptor": "raptor", "parts-pairs": "both_ends", "repairable": "repairable", "sr-sizes": "block_sizes"}
    for name, home in known.items():
        scheme = make(name, 9, **named(name).sized(1))
        assert as_task(scheme)["scheme"]["family"] == f"{home}.{type(scheme).__name__}"
    Namesake = type("Uncoded", (type(make("uncoded", 9)),), {})
    assert as_task(Namesake(9)) != as_task(make("uncoded", 9))
