"""One trial by hand: the reference's rows, merged in order, decoded by definition, counted one by one."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import cycle, repeat
from types import SimpleNamespace

import numpy as np
from flint import fmpz_mat

from srtheory.delays import Groups, Trace
from srtheory.experiments.trial import Record, trial_streams
from tests import reference
from tests.reference import naive_peeling, peeled

NEVER = float("inf")
UNCOUNTED = dict.fromkeys(("additions", "multiplications", "solving"))


def rank(m, rows):
    dense = [[row.get(c, 0) if isinstance(row, dict) else int(c in row) for c in range(m)] for row in rows]
    return fmpz_mat(dense).rank() if dense else 0


def spans(m, rows):
    return rank(m, rows) == rank(m, [*rows, range(m)])


def covers(m, rows):
    return set().union(*rows) == set(range(m))


def first(rows, holds):
    """The least number of rows with a property that more rows do not lose, None if there is none."""
    k = bisect_left(range(len(rows) + 1), True, key=lambda k: holds(rows[:k]))
    return k if k <= len(rows) else None


STOPS = {
    "span": lambda m, rows: first(rows, lambda some: spans(m, some)),
    "peeling": lambda m, rows: naive_peeling(rows, m),
    "partition": lambda m, rows: first(rows, lambda some: covers(m, some)),
    "intervals": lambda m, rows: first(rows, lambda some: spans(m, some)),
    "coverage": lambda m, rows: first(rows, lambda some: covers(m, some)),
    "hitting": lambda m, rows: first(rows, lambda some: len(some) >= m and covers(m, some)),
}


def stop_of(task):
    """What a task waits for: the sum, as its decoder finds it, every term, or so many."""
    if task.target == "sum":
        return STOPS[task.decode_by]
    if task.target == "all":
        return lambda m, rows: first(rows, lambda some: rank(m, some) == m)
    number = int(task.target.removeprefix("terms(").removesuffix(")"))
    return lambda m, rows: first(rows, lambda some: len(set().union(*some)) >= number)


def plain(row):
    """Whether it adds up terms as they are."""
    return not isinstance(row, dict) or set(row.values()) == {1}


def terms_by(start, tau, until, most):
    """The terms done by a time: the largest n with start + n tau <= until, as floats are rounded."""
    low, high = 0, 1
    while high <= most and start + tau * high <= until:
        low, high = high, 2 * high
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if start + tau * middle <= until else (low, middle)
    return low


def terms_beside_messages(rows, size, start, delays, until):
    """The same of a worker that pauses after every row: row by row, the last as far as it came."""
    done = 0
    for i, row in enumerate(rows):
        begin, terms = start + delays.tau * done + delays.message_cost * i, size(row)
        in_time = terms_by(begin, delays.tau, until, terms)
        done += in_time
        if in_time < terms:
            break
    return done


def one_by_one(arrivals, each):
    """When each message has been handled: all wait in line, and the master takes them one by one."""
    done, free = [], 0.0
    for arrival in arrivals:
        free = max(arrival, free) + each
        done.append(free)
    return done


def draws(time, key, worker, lane):
    """The times of a worker's lane, one after the other: a number, or quantiles of what NumPy alone draws."""
    if isinstance(time, Groups):
        time = [law for count, law in time.parts for _ in range(count)][worker]
    if isinstance(time, float):
        yield from repeat(time)
    stream = np.random.Philox(key=np.array([key, worker], np.uint64), counter=np.array([0, lane, 0, 0], np.uint64))
    if isinstance(time, Trace):
        place = int(((int(stream.random_raw()) >> 11) + 0.5) / 2**53 * len(time.times))
        yield from cycle([*time.times[place:].tolist(), *time.times[:place].tolist()])
    while True:
        yield from time.ppf(((stream.random_raw(64) >> np.uint64(11)).astype(float) + 0.5) / 2**53).tolist()


def phases(text, key, worker):
    """The factors of a worker's times, evaluation by evaluation: a chain of two states."""
    factor, slow, fast = map(float, text.split(","))
    numbers = draws(SimpleNamespace(ppf=lambda u: u), key, worker, 5)
    late = next(numbers) < slow / (slow + fast)
    while True:
        yield factor if late else 1.0
        u = next(numbers)
        late = u < (1 - fast if late else slow)


def walk(drawn, j, start, key, delays, times, until):
    """The rows (time, worker, place, row, terms) of a worker whose times are drawn, and when its evaluations end."""
    one = lambda law, worker, lane, usual: usual if law is None else next(draws(law, times, worker, lane))  # noqa: E731
    death, pace = one(delays.death, j, 3, NEVER), one(delays.pace, j, 4, 1.0) * one(delays.shock, 2**64 - 1, 4, 1.0)
    each, costs = draws(delays.tau, times, j, 1), draws(delays.message_cost, times, j, 2)
    factors = phases(delays.phases, times, j) if delays.phases else repeat(1.0)
    found, ends, spent, waited, free, done = [], [], 0.0, 0.0, 0.0, 0
    for place, row in enumerate(drawn.rows(key=key, worker=j) if start < NEVER else []):
        for _ in range(len(row) if drawn.sizes is None else sum(drawn.sizes[c] for c in row)):
            spent, cost, done = spent + next(each) * next(factors), next(costs), done + 1
            alike = isinstance(delays.tau, float) and not delays.phases
            end = start + pace * (delays.tau * done if alike else spent)
            ends.append(end + waited)
        if not max(end, ends[-1]) <= min(until, death):
            break
        waited += cost if delays.link == "worker" else 0.0
        free = max(free, end) + cost
        time = {"worker": end + waited, "queue": free}.get(delays.link, end + cost)
        if delays.link != "worker" or time <= death:
            found.append((time, j, place, row, done))
    if delays.link == "cumulative":
        for i in reversed(range(len(found) - 1)):
            found[i] = (min(found[i][0], found[i + 1][0]), *found[i][1:])
    return found, [end for end in ends if end <= death]


def run_timed(drawn, stop, startups, key, delays, times):
    """As :func:`run`, and when the evaluations of each worker end."""
    horizon, least = 1.0, min(startups)
    last = max([0.0, *(start for start in startups if start < NEVER)])
    while True:
        until = min(least, last) + horizon
        walks = [walk(drawn, j, start, key, delays, times, until) for j, start in enumerate(startups)]
        rows = sorted((row for found, _ in walks for row in found if row[0] <= until), key=lambda row: row[:3])
        k = stop(drawn.scheme.symbols, [row for *_, row, _ in rows])
        if k is not None or horizon > 1e6:
            return rows, k, [ends for _, ends in walks]
        horizon *= 4


def run(drawn, stop, startups, key, delays):
    """All rows (time, worker, place, row, terms) in order, of an endless scheme some, and how many are enough."""
    scheme = drawn.scheme
    gone = min(startups, default=NEVER) == NEVER
    horizon = 4 * scheme.symbols * delays.tau + delays.message_cost

    def sent(worker):
        return drawn.rows(key=key, worker=worker) if startups[worker] < NEVER else []

    while True:
        until = min(startups) + horizon if scheme.rateless and not gone else NEVER
        rows = reference.arrivals(sent, startups, delays.tau, until, drawn.sizes, delays.message_cost)
        k = stop(scheme.symbols, [row for *_, row, _ in rows])
        if k is not None or until == NEVER:
            return rows, k
        horizon *= 2


def slow_trial(drawn, task, trial, queue=one_by_one):
    """The record without its argument and without what decoding takes (tests/decoders/test_cost.py counts that)."""
    scheme, delays, m = drawn.scheme, task.delays, drawn.scheme.symbols
    rng, key = trial_streams(task.seed, trial)
    startups = delays.sample(scheme.workers, rng).tolist()
    if isinstance(delays.startup, Groups) and not delays.silent:
        again, _ = trial_streams(task.seed, trial)
        groups = [law.rvs(size=count, random_state=again) for count, law in delays.startup.parts]
        assert np.concatenate(groups).tolist() == startups
    if delays.drawn:
        lanes = int(np.random.SeedSequence(task.seed, spawn_key=(trial, 2)).generate_state(1, np.uint64)[0])
        rows, k, ends = run_timed(drawn, stop_of(task), startups, key, delays, lanes)
    else:
        rows, k = run(drawn, stop_of(task), startups, key, delays)
    sets, senders = [row for *_, row, _ in rows], [j for _, j, *_ in rows]
    received = sets if k is None else sets[:k]
    times = [time for time, *_ in rows]
    latency = NEVER if k is None else (queue(times, delays.master_time) if delays.master_time else times)[k - 1]
    total = [max((terms for _, i, *_, terms in rows if i == j), default=0) for j in range(scheme.workers)]
    if delays.drawn:
        if NEVER > latency > times[-1]:  # the master is busy while workers go on
            ends = [walk(drawn, j, start, key, delays, lanes, latency)[1] for j, start in enumerate(startups)]
        work = sum(end <= latency for each in ends for end in each)
    elif delays.message_cost:
        size = lambda row: len(row) if drawn.sizes is None else sum(drawn.sizes[c] for c in row)  # noqa: E731
        sent = lambda j: drawn.rows(key=key, worker=j) if startups[j] < NEVER else []  # noqa: E731
        work = sum(terms_beside_messages(sent(j), size, start, delays, latency) for j, start in enumerate(startups))
    else:
        most = total if k is None or not scheme.rateless else [10**12] * len(total)
        work = sum(terms_by(start, delays.tau, latency, n) for start, n in zip(startups, most, strict=True))

    def complete_worker(some):
        """Who is complete may send more, and be so no longer."""
        own = [
            [c for row, i in zip(some, senders, strict=False) if i == j and plain(row) for c in row] for j in {*senders}
        ]
        return any(sorted(terms) == list(range(m)) for terms in own)

    def alone(some):
        return {c for row in some if len(row) == 1 and plain(row) for c in row} == set(range(m))

    def just(holds):
        return k is not None and next((i for i in range(k + 1) if holds(sets[:i])), None) == k

    return Record(
        trial=trial,
        latency=latency,
        stopping_time=k,
        coverage_time=first(sets if task.target == "sum" else received, lambda some: covers(m, some)),
        systematic=sum(list(row) == [j] and plain(row) for row, j in zip(received, senders, strict=False)),
        received_terms=sum(map(len, received)),
        work=work,
        rank=len(peeled(received)) if task.decode_by == "peeling" else rank(m, received),
        argument="",
        **UNCOUNTED,
        complete_worker=just(complete_worker),
        all_systematic=just(alone),
    )


def bare(record):
    """What :func:`slow_trial` says of a record."""
    return replace(record, argument="", **UNCOUNTED)
