"""Random times of evaluations and messages: when each worker of a run ends each evaluation, and each message arrives.

The paper's model has one time for all evaluations, and no time for messages.  Here evaluation l of worker j ends at

    X_j + Z V_j (Y_j1 + ... + Y_jl)

with its start-up delay X_j, its pace V_j, the shock Z of the run, and its times Y of evaluations, each from its own
distribution; phases may make some of them slow; a worker may die in the middle; and a message takes a time C of its
own, on one of four links.

Times are functions of (seed, trial, worker, number): number l of a lane is word l of the stream that NumPy calls
``numpy.random.Philox(key=[K, worker], counter=[0, lane, 0, 0])``, with K the first word of
``SeedSequence(seed, spawn_key=(trial, 2))``, made a time by the quantile of its distribution.  So they depend neither
on the scheme nor on the horizon, comparisons of schemes are paired, and NumPy alone redraws them.  The time of a
message belongs to the number of evaluations that its worker has done.
"""

from __future__ import annotations

from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import ArgumentError
from srtheory.schemes.streams import STATE_WORDS, U64, next_words, open_stream
from srtheory.types import Floats, Int32, Int64, Uint64

if TYPE_CHECKING:
    from srtheory.schemes.base import EncodedSymbols

_LINKS = {"worker": 0, "queue": 1, "parallel": 2, "cumulative": 3}
_TASK, _MESSAGE, _DEATH, _PACE, _PHASE = 1, 2, 3, 4, 5
_ALL = -1
"""The worker of the shock, 2^64 - 1 in its key."""
TINY, LARGEST = float(np.finfo(float).tiny), float(np.finfo(float).max)
MOST = 1 << 26
"""Largest number of times of a run that are held at once."""


class Clocks:
    """Times of runs, their workers one run's after another's; they are drawn as far as they are asked for.

    Parameters
    ----------
    delays : DelayModel
        The distributions, see :class:`srtheory.delays.DelayModel`.
    startups : float64 array, shape (runs * workers,)
        Start-up delays X_j, inf for a worker that never answers.
    keys : uint64 array, shape (runs,)
        K of each run.
    """

    def __init__(self, delays: Any, startups: Floats, keys: Uint64) -> None:
        self.delays, self.startups = delays, startups
        self.link = delays.link
        self._phases = delays.chain
        workers = len(startups)
        each = workers // len(keys)
        self._key, self._worker = np.repeat(keys, each), np.tile(np.arange(each), len(keys))
        pace = np.ones(workers) if delays.pace is None else self._drawn(delays.pace, _PACE, 1)
        if delays.shock is not None:
            words = uniforms(keys, np.full(len(keys), _ALL), _PACE, np.ones(len(keys), np.int64))
            pace = pace * np.repeat(np.asarray(delays.shock.ppf(words)), each)
        self.pace = pace
        self.death = np.full(workers, inf) if delays.death is None else self._drawn(delays.death, _DEATH, 1)
        self._counts = self._first = np.zeros(workers, np.int64)
        self._ends = np.empty(0)

    @property
    def tau(self) -> float:
        """About the time of an evaluation, to look ahead: no result depends on it."""
        middle = float(np.median(self.pace)) if len(self.pace) else 1.0
        return self.each * (middle or float(self.pace.max()) or 1.0)

    @cached_property
    def each(self) -> float:
        """About the time of an evaluation at pace 1."""
        factor, slow, fast = self._phases or (1.0, 0.0, 1.0)
        return typical(self.delays.tau) * (fast + slow * factor) / (slow + fast)

    @property
    def message_cost(self) -> float:
        """About the time that a message keeps its worker or sender busy, to look ahead."""
        return typical(self.delays.message_cost) if self.link in ("worker", "queue") else 0.0

    @property
    def carrier(self) -> int:
        """The link as :func:`come` has it."""
        return _LINKS[self.link]

    @property
    def waits(self) -> bool:
        """Whether a worker waits for its messages."""
        return self.link == "worker" and self.delays.message_cost != 0.0

    @property
    def overtakes(self) -> bool:
        """Whether messages of a worker may arrive in another order than they leave."""
        return self.link == "parallel"

    def evaluated(self, until: float, most: npt.ArrayLike) -> Int64:
        """Return how many evaluations each worker has done by a time, at most ``most``, if it does not wait.

        Shape (workers,).
        """
        most, until = np.where(np.isfinite(self.startups), most, 0), min(until, LARGEST)
        if until == LARGEST and self.delays.death is None:
            return most.astype(np.int64)
        counts = self._about(until, most, 4)
        while True:
            self._draw(counts)
            last = np.where(self._counts > 0, np.append(self._ends, inf)[self._first + self._counts - 1], -inf)
            more = (last <= until) & (self._counts < most)
            if not more.any():
                break
            counts = np.where(more, np.minimum(2.0 * self._counts + 4, most), 0).astype(np.int64)
        done = np.append(0, np.cumsum(self._ends <= until))
        return np.minimum(done[self._first + self._counts] - done[self._first], most).astype(np.int64)

    def draw(self, until: float, most: Int64, slack: float, share: float) -> tuple[Floats, Int64, Int64]:
        """Return when evaluations end, inf after a death: of each worker about those by a time, at most ``most``.

        Besides, where those of each worker begin, and how many they are: more with more ``slack``, fewer if but a
        ``share`` of its time is left to a worker that waits for its messages.
        """
        self._draw(self._about(until, np.where(np.isfinite(self.startups), most, 0), slack, share))
        return self._ends, self._first, self._counts

    def _about(self, until: float, most: npt.ArrayLike, slack: float, share: float = 1.0) -> Int64:
        """Return about how many evaluations each worker does by a time, and some more, at most ``most``."""
        late = np.maximum(np.minimum(until, self.death) - self.startups, 0.0) / np.maximum(self.each * self.pace, TINY)
        return np.minimum(share * late + slack * np.sqrt(late) + slack, most).astype(np.int64)

    def share(self, terms: float) -> float:
        """Return about what share of its time a worker that sends symbols of so many terms has for evaluations."""
        return 1 / (1 + self.message_cost / (self.tau * terms)) if self.waits else 1.0

    def sending(self) -> Floats:
        """Return the time of a message after each evaluation that has been drawn, or a single one for all."""
        cost = self.delays.message_cost
        return np.array([cost]) if isinstance(cost, float) else self._drawn(cost, _MESSAGE, self._counts)

    def arrivals(self, worker: Int32, terms: Int64) -> Floats:
        """Return when each message arrives, inf if never, of all that are sent, in the order of their workers.

        ``terms``: evaluations that its worker has done before it, at least 1.
        """
        self._draw(self._needed(worker, terms))
        ends = self._ends[self._first[worker] + terms - 1]
        return np.asarray(come(worker, ends, self._sending(worker, terms), self.death, self.carrier))

    def work(self, symbols: EncodedSymbols, evaluated: Int64, latency: float) -> int:
        """Return the evaluations that all workers have done by the latency, given what they have by then if none waits.

        A worker stops when it has sent all its symbols, and while it sends one if that is its own task.
        """
        worker, terms = symbols.worker, symbols.terms
        done = np.where(symbols.ended, self._needed(worker, terms), evaluated)
        if not (self.waits and len(worker)):
            return int(np.minimum(done, evaluated).sum())
        sending = self._sending(worker, terms)
        first = np.searchsorted(worker, np.arange(len(done) + 1))
        total = 0
        for j in np.flatnonzero(done).tolist():
            sent = np.searchsorted(terms[first[j] : first[j + 1]], np.arange(1, done[j] + 1))  # before each evaluation
            waited = np.append(0.0, np.cumsum(sending[first[j] : first[j + 1]]))[sent]
            ends = self._ends[self._first[j] : self._first[j] + done[j]] + waited
            total += int((ends <= min(latency, self.death[j])).sum())
        return total

    def _needed(self, worker: Int32, terms: Int64) -> Int64:
        counts = np.zeros(len(self.startups), np.int64)
        np.maximum.at(counts, worker, terms)
        return counts

    def _sending(self, worker: Int32, terms: Int64) -> Floats:
        cost = self.delays.message_cost
        if isinstance(cost, float):
            return np.full(len(worker), cost)
        counts = self._needed(worker, terms)
        return self._drawn(cost, _MESSAGE, counts)[np.append(0, np.cumsum(counts))[worker] + terms - 1]

    def _draw(self, counts: Int64) -> None:
        """Draw the times of evaluations, of each worker so many at least."""
        if (counts <= self._counts).all():
            return
        counts = np.maximum(counts, self._counts)
        if (total := int(counts.sum())) > MOST:
            name, value = ("pace", self.delays.pace) if self.delays.pace else ("tau", self.delays.tau)
            raise ArgumentError(name, value, f"so large that a run has at most {MOST} evaluations, not {total:.2g}")
        first = np.append(0, np.cumsum(counts)[:-1])
        tau, worker = self.delays.tau, np.repeat(np.arange(len(counts)), counts)
        if isinstance(tau, float) and self._phases is None:
            spent = tau * (np.arange(total) - first[worker] + 1)
        else:
            times = np.full(total, tau) if isinstance(tau, float) else self._drawn(tau, _TASK, counts)
            if self._phases is not None:
                words = uniforms(self._key, self._worker, _PHASE, counts)
                times = times * _factors(words, counts, *self._phases)
            spent = _sums(times, counts)
        ends = self.startups[worker] + self.pace[worker] * spent
        self._ends = np.where(ends > self.death[worker], inf, ends)
        self._counts, self._first = counts, first

    def _drawn(self, law: Any, lane: int, counts: npt.ArrayLike) -> Floats:
        """Return the first times of each worker in a lane, one worker's after another's."""
        counts = np.broadcast_to(counts, self._key.shape).astype(np.int64)
        if hasattr(law, "replayed"):
            return np.asarray(law.replayed(uniforms(self._key, self._worker, lane, np.ones_like(counts)), counts))
        words = uniforms(self._key, self._worker, lane, counts)
        if hasattr(law, "ppf_of"):  # workers unlike each other
            return np.asarray(law.ppf_of(words, np.repeat(self._worker, counts)))
        return np.asarray(law.ppf(words), dtype=np.float64)


def clocks_of(delays: Any, startups: Floats, seed: int, trial: int) -> Clocks | None:
    """Return the times of one run whose start-up delays are these, or None if these alone determine them."""
    if not delays.drawn:
        return None
    return Clocks(delays, startups, key_of(seed, trial))


def key_of(seed: int, trial: int) -> Uint64:
    """Return K, shape (1,)."""
    return np.asarray(np.random.SeedSequence(seed, spawn_key=(trial, 2)).generate_state(1, np.uint64), np.uint64)


def typical(time: Any) -> float:
    """Return a number of the size of a time, whose distribution may have no mean; above 0 unless all times are 0."""
    if isinstance(time, float):
        return time
    middle, most, rare = (float(q) for q in time.ppf(np.array([0.5, 0.9, 1 - 1e-6])))
    return (middle + most) / 2 or rare


@compiled(small=LINEAR, work=lambda keys, workers, lane, counts: 100 * int(counts.sum()))
def uniforms(keys: Uint64, workers: Int64, lane: int, counts: Int64) -> Floats:
    """Return numbers strictly between 0 and 1, ((w >> 11) + 1/2) / 2^53 for the first words w of each worker's lane."""
    found = np.empty(counts.sum())
    state, at = np.empty(STATE_WORDS, np.uint64), 0
    for j in range(len(workers)):
        words = np.empty(counts[j], np.uint64)
        open_stream(state, keys[j], workers[j], lane)
        next_words(state, words)
        for i in range(counts[j]):
            found[at] = (np.float64(words[i] >> U64(11)) + 0.5) * (1.0 / 9007199254740992.0)
            at += 1
    return found


@compiled(small=LINEAR)
def _factors(words: Floats, counts: Int64, factor: float, slow: float, fast: float) -> Floats:
    """Return the factors of each worker's times: that of slow evaluations, or 1."""
    found, at = np.ones(words.shape[0]), 0
    for j in range(counts.shape[0]):
        late, chance = False, slow / (slow + fast)
        for _ in range(counts[j]):
            late = words[at] < chance
            chance = 1 - fast if late else slow
            if late:
                found[at] = factor
            at += 1
    return found


@compiled(small=LINEAR)
def _sums(times: Floats, counts: Int64) -> Floats:
    """Return the sums of each worker's times up to each, one after the other."""
    sums, at = np.empty(times.shape[0]), 0
    for j in range(counts.shape[0]):
        total = 0.0
        for _ in range(counts[j]):
            total += times[at]
            sums[at] = total
            at += 1
    return sums


@compiled(small=LINEAR)
def come(worker: Int32, ends: Floats, sending: Floats, death: Floats, link: int) -> Floats:
    """Return the arrival times of messages that leave at the ends of evaluations, rows in the order of workers."""
    n = worker.shape[0]
    time = np.empty(n)
    spent, free = 0.0, 0.0
    for i in range(n):
        j = worker[i]
        if i == 0 or worker[i - 1] != j:
            spent, free = 0.0, 0.0
        if link == 0:
            spent += sending[i]
            time[i] = ends[i] + spent
            if time[i] > death[j]:
                time[i] = inf
        elif link == 1:
            free = max(free, ends[i]) + sending[i]
            time[i] = free
        else:
            time[i] = ends[i] + sending[i]
    if link == 3:
        for i in range(n - 2, -1, -1):
            if worker[i + 1] == worker[i]:
                time[i] = min(time[i], time[i + 1])
    return time
