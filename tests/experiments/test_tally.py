"""Counts of rows that are in no order against the same counts of a reception, which is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from srtheory.compiled import HERE
from srtheory.decoders.direct import all_systematic_time, complete_worker_time
from srtheory.delays import DelayModel, Empirical
from srtheory.experiments import tally as module
from srtheory.experiments.tally import Tally, evaluations, tally
from srtheory.experiments.trial import trial_streams
from srtheory.reception import transmit
from srtheory.rows import boundaries
from srtheory.schemes import make, named
from srtheory.span.coverage import coverage_time

NAMES = (
    "sr",
    "lt",
    "lt-systematic",
    "uncoded",
    "bcc",
    "gradient-cyclic",
    "parts-cyclic",
    "terms-random",
    "genie",
    "arcs",
)
LAWS = {
    "exponential": stats.expon(scale=1),
    "ties": Empirical([0.0, 0.5, 1.0]),
    "one": Empirical([0.5]),
}
TAU = 0.25


def sent_by(name, law, trial, until=4.0, symbols=6):
    model = DelayModel(LAWS[law], TAU)
    rng, key = trial_streams(7, trial)
    scheme = make(name, symbols, **named(name).sized(2))
    startups = model.sample(scheme.workers, rng)
    return transmit(scheme, startups, TAU, key, until), startups


def counted(sent, k):
    """The tally of the first k rows of the reception."""
    reception = sent.reception
    rows, last = reception.rows.prefix(k), k > 0
    plain = rows.plain()
    single = np.flatnonzero(np.diff(plain.indptr) == 1)
    return Tally(
        rows=k,
        coverage_time=coverage_time(rows),
        systematic=int((plain.indices[plain.indptr[single]] == reception.worker[single]).sum()),
        received_terms=len(rows.indices),
        complete_worker=last and complete_worker_time(reception) == k,
        all_systematic=last and all_systematic_time(reception.rows) == k,
    )


def check(count=tally):
    seen = set()
    for name in NAMES:
        for law in LAWS:
            for trial in range(3):
                sent, _ = sent_by(name, law, trial)
                for k in range(1, len(sent.order) + 1):
                    found = count(sent, int(sent.order[k - 1]))
                    assert found == counted(sent, k), (name, law, trial, k)
                    seen |= {(field, getattr(found, field)) for field in ("complete_worker", "all_systematic")}
                whole = replace(counted(sent, len(sent.order)), complete_worker=False, all_systematic=False)
                assert count(sent, -1) == whole
    assert seen == {(field, value) for field in ("complete_worker", "all_systematic") for value in (True, False)}


def test_counts_are_those_of_the_rows_in_order():
    check()


def test_a_coverage_time_that_is_known_is_taken():
    sent, _ = sent_by("sr", "exponential", 0)
    assert tally(sent, int(sent.order[3]), 77).coverage_time == 77


def test_nothing_received():
    sent, _ = sent_by("sr", "exponential", 0, until=0.0)
    assert tally(sent, -1) == Tally(0, None, 0, 0, False, False)


def test_evaluations_are_counted_one_by_one():
    for law in LAWS:
        sent, startups = sent_by("sr", law, 1)
        for k in range(1, len(sent.order) + 1):
            last = int(sent.order[k - 1])
            until, expected = sent.time[last], 0
            for start, most in zip(startups, sent.totals, strict=True):
                n = 0
                while n < most and start + TAU * (n + 1) <= until:
                    n += 1
                expected += n
            assert evaluations(sent, last, startups, TAU, sent.totals, float(until)) == expected


def test_where_time_per_term_drowns_in_rounding_a_row_says_what_was_done():
    sent, _ = sent_by("sr", "one", 0)
    startups = np.full(6, 1e20)
    late = replace(sent, time=np.full(len(sent.worker), 1e20))
    found = evaluations(late, len(sent.worker) - 1, startups, TAU, np.zeros(6, np.int64), 1e20)
    first = boundaries(np.bincount(sent.worker, minlength=6))
    assert found == sum(sent.terms[first[1:] - 1])


@pytest.mark.quality
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("ties", lambda time, i, at, number: (time[i] < at) | (i == number)),
        ("strict", lambda time, i, at, number: time[i] <= at),
    ],
)
def test_rows_that_are_taken_or_left_at_the_same_time_are_seen(name, wrong, monkeypatch):
    monkeypatch.setattr(module, "comes_by", wrong)
    monkeypatch.setattr(module, "tally_rows", module.tally_rows.function)
    monkeypatch.setattr(module, "completes", module.completes.function)
    monkeypatch.setattr(module, "rows_that_cover", module.rows_that_cover.function)
    with pytest.raises(AssertionError):
        check()


def as_written(monkeypatch, name, written):
    """Run a kernel's loop in the interpreter, with the kernels that it calls, or what the interpreter has instead."""
    monkeypatch.setattr(HERE, "interpreting", True)
    kernel = getattr(module, name)
    monkeypatch.setattr(module, name, kernel.function if written else kernel)


@pytest.mark.parametrize("way", ["as it is written", "by arrays"])
def test_terms_are_as_many_as_end_by_then_in_floats(way):
    """Count one by one, at times that are those of a term up to rounding; before the start the number is negative."""
    kernel = module._terms_by
    count = kernel.function if way == "as it is written" else kernel._interpreted
    wrong = set()
    for tau in (0.1, 0.3):
        for begin in (0.0, 0.7, 0.9, 1.1, 6.4):
            for end in (begin, 7.7, 9.7):
                for n in range(0, 60, 3):
                    latency = end + tau * n
                    assert latency >= begin
                    right = next(k for k in range(400) if begin + tau * (k + 1) > latency)
                    assert float(count(begin, tau, latency)) == right, (begin, tau, latency)
                    wrong.add(int(np.floor((latency - begin) / tau)) - right)
    assert wrong == {-1, 0, 1}  # both corrections are needed
    assert [float(count(3.0, 0.5, latency)) for latency in (3.0, 2.75, 1.0)] == [0, -1, -4]


@pytest.mark.parametrize("written", [True, False])
def test_work_is_from_nothing_to_all_of_each_worker(written, monkeypatch):
    """Count for workers that start late, never, in time for some terms and for more than all; received rows count."""
    as_written(monkeypatch, "_evaluations", written)
    sent, _ = sent_by("uncoded", "one", 0)
    startups, totals = np.array([9.0, np.inf, 1.0, 0.0, 2.0, 0.5]), np.array([7, 7, 7, 7, 7, 5])
    late = replace(sent, time=np.full(len(sent.worker), 3.0), terms=np.full(len(sent.worker), 1))
    for number, received in ((0, 1), (1, 2)):
        found = evaluations(late, number, startups, TAU, totals, 2.125)
        assert found == received + 4 + 7 + 0 + 5


WORKERS = [
    # start, terms of its symbols, terms that are done by 6.0 if a term takes 0.5 and a message 1.0
    (0.0, (2, 3, 4), 8),  # sends at 2.0 and 4.5, and then does three terms more
    (3.0, (3, 5), 4),  # sends at 5.5; the next symbol would be too late without messages, too
    (5.75, (4,), 0),
    (8.0, (1,), 0),
    (4.0, (2, 6), 2),  # sends at 6.0, the last row
    (4.0, (2, 6), 2),  # sends at 6.0 as well, which comes after the last row
    (0.0, (3,), 3),  # has no more to do
    (0.0, (8, 3), 10),  # sends at 5.0, and then does two terms of three
    (2.5, (4, 1), 5),  # sends at 5.5, and is done with the other symbol at 6.0
    (2.75, (4, 1), 4),  # the same a quarter later
]


@pytest.mark.parametrize("written", [True, False])
def test_terms_beside_messages_by_hand(written, monkeypatch):
    as_written(monkeypatch, "_evaluations_beside_messages", written)
    tau, cost, latency, last = 0.5, 1.0, 6.0, 4
    sender, arrival, terms, worker, time = [], [], [], [], []
    for j, (start, sizes, _) in enumerate(WORKERS):
        done = 0
        for i, size in enumerate(sizes, 1):
            done += size
            worker.append(j)
            terms.append(done)
            time.append(start + tau * done)
            sender.append(j)
            arrival.append(start + tau * done + cost * i)
    number = sender.index(last)
    assert arrival[number] == latency
    totals = np.array([sum(sizes) for _, sizes, _ in WORKERS])
    without = np.array(worker, np.int32), np.array(time), np.array(terms), totals
    messages = np.array(sender, np.int32), np.array(arrival), latency, number
    starts = np.array([start for start, *_ in WORKERS])
    count = module._evaluations_beside_messages
    assert count(starts, tau, cost, latency, *without, *messages) == sum(done for *_, done in WORKERS)
    for j, (_, _, done) in enumerate(WORKERS):  # all others never start
        alone = np.where(np.arange(len(WORKERS)) == j, starts, 1e9)
        late = np.where(without[0] == j, without[1], 1e9), np.where(messages[0] == j, messages[1], 1e9)
        given = (without[0], late[0], *without[2:], messages[0], late[1], latency, number)
        if j != last:  # whose row is the last
            assert count(alone, tau, cost, latency, *given) == done, j
