"""The reception: the received rows in order of arrival, the data type that all later stages share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, nextafter
from typing import TYPE_CHECKING

import numpy as np

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.matrix import Rows
from srtheory.schemes.base import UNLIMITED, Crew, EncodedSymbols, Scheme
from srtheory.schemes.own import emitted
from srtheory.types import Bools, Floats, Int32, Int64

if TYPE_CHECKING:
    from srtheory.clocks import Clocks

MAX_TERMS = 1 << 26
"""Largest number of terms in the rows of a reception, about 30 bytes each."""
_EVERYTHING = float(UNLIMITED)


@dataclass(frozen=True, eq=False)
class Reception:
    """Rows received by the master, in order of arrival (ties: by worker, then by the worker's own order)."""

    rows: Rows
    """One row per symbol."""
    worker: Int32
    """Sender of each row, shape (n,)."""
    time: Floats
    """Arrival times, non-decreasing, shape (n,)."""
    terms: Int64
    """Terms that the sender has evaluated when this row is complete, its earlier rows included, shape (n,)."""
    totals: Int64
    """Terms after which a worker has sent all it ever sends, UNLIMITED if beyond this reception, shape (workers,)."""

    def __len__(self) -> int:
        return len(self.worker)

    @property
    def final(self) -> bool:
        """True if no further row will ever arrive."""
        return bool((self.totals < UNLIMITED).all())


@dataclass(frozen=True, eq=False)
class UnorderedReception:
    """Reception whose rows are ordered by worker, for code that does not need the order of arrival.

    Row i precedes row j if it arrives earlier, or at the same time and i < j. The fields are those of
    :class:`Reception`, but for ``until``; ``worker`` is non-decreasing.
    """

    rows: Rows
    worker: Int32
    time: Floats
    terms: Int64
    totals: Int64
    until: float
    """Rows that arrive later are no part of the reception."""

    @cached_property
    def final(self) -> bool:
        """True if no further row will ever arrive."""
        return bool((self.totals < UNLIMITED).all())

    @cached_property
    def order(self) -> Int64:
        """Numbers of the received rows, in order of arrival."""
        order = np.argsort(self.time)
        times = self.time[order]
        if (times[1:] == times[:-1]).any():  # a stable sort takes five times as long
            order = np.argsort(self.time, kind="stable")
        return order[: np.searchsorted(self.time[order], self.until, side="right")]

    @cached_property
    def reception(self) -> Reception:
        """The same reception in order of arrival."""
        order = self.order
        return Reception(self.rows.take(order), self.worker[order], self.time[order], self.terms[order], self.totals)


def handled(time: Floats, master_time: float) -> float:
    """Return the time at which the master has handled the last of these messages, one at a time in order of arrival.

    The k-th, which arrives at a_k >= a_(k-1), has been handled at h_k = max(a_k, h_(k-1)) + sigma; sigma is
    ``master_time``, at least 0, in the unit of the times. No worker waits for the master.
    """
    if not master_time:
        return float(time[-1])
    free, each = 0.0, float(master_time)
    for arrival in time.tolist():
        free = max(arrival, free) + each
    return free


def receive(
    scheme: Scheme, startups: Floats, tau: float, key: int, until: float, message_cost: float = 0.0
) -> Reception:
    """Return every symbol that arrives by time ``until`` (inf only for schemes whose workers finish).

    - ``scheme``: Scheme whose symbols are received.
    - ``startups`` (float64 array, shape (scheme.workers,)): Start-up delays X_j, at least 0, or inf for a worker that
      never answers, which has sent all its 0 symbols.
    - ``tau``: Time per term, above 0, in the unit of the start-up delays.
    - ``key``: Seed of the scheme's own randomness, from 0 to 2**64 - 1.
    - ``until``: Horizon; later horizons extend the reception and change none of its rows.
    - ``message_cost``: Time per message, at least 0, in the unit of the start-up delays: see
      :class:`srtheory.delays.DelayModel`.
    """
    return transmit(scheme, startups, tau, key, until, message_cost).reception


def transmit(
    scheme: Scheme, startups: Floats, tau: float, key: int, until: float, message_cost: float = 0.0,
    clocks: Clocks | None = None,
) -> UnorderedReception:  # fmt: skip
    """Return the result of :func:`receive`, not yet in order of arrival; with ``clocks`` the times are those."""
    tau, message_cost = _in_floats(tau, message_cost)
    startups, until = np.asarray(startups, dtype=np.float64), float(until)
    _check(scheme, startups, key, until)
    if clocks is None:
        symbols = _emit(scheme, startups, tau, key, until, message_cost)
        time, totals = _arrivals(startups, tau, message_cost, until, symbols.worker, symbols.terms, symbols.ended)
    else:
        symbols, time, totals = _by(clocks, scheme, key, until)
    sent = UnorderedReception(symbols.rows, symbols.worker, time, symbols.terms, totals, until)
    if arrange := getattr(scheme, "arrange", None):
        order = np.argsort(time, kind="stable")
        return replace(sent, rows=arrange(sent.rows.take(order)).take(np.argsort(order)))
    return sent


def _emit(scheme: Scheme, startups: Floats, tau: float, key: int, until: float, message_cost: float) -> EncodedSymbols:
    """Return symbols in worker order, including all that arrive by ``until``.

    The cost of a worker's messages depends on their sizes, which only the scheme knows. Budgets start from messages of
    the expected size, and grow until the next symbol of every worker is too late.
    """
    # Arrival times are rounded: take the symbols of a slightly later horizon, then cut by the times.
    affordable = _affordable(startups, tau, nextafter(until, inf))
    if not message_cost:
        _check_size(scheme, tau, affordable)
        return emitted(scheme, key, affordable.astype(np.int64))
    share = 1 + message_cost / (tau * min(max(scheme.expected_terms()), scheme.symbols))
    budget = np.minimum(np.ceil(affordable / share) + 1, affordable)
    while True:
        _check_size(scheme, tau, budget)
        symbols = emitted(scheme, key, budget.astype(np.int64))
        sent = np.bincount(symbols.worker, minlength=scheme.workers)
        enough = (budget >= affordable) | symbols.ended
        enough |= startups + tau * (budget + 1) + message_cost * (sent + 1) > until
        if enough.all():
            return symbols
        budget = np.where(enough, budget, np.minimum(2 * budget, affordable))


def begun(clocks: Clocks, scheme: Scheme, key: int, until: float, share: float = 1.0) -> tuple[EncodedSymbols, Int64]:
    """Return the symbols that are complete by ``until`` if no worker waits for its messages, and its evaluations.

    They are more than half of these symbols if a ``share`` of its time is left to a worker that waits, and then all
    that may arrive by ``until``.
    """
    most = 2 * scheme.symbols
    while True:
        affordable = clocks.evaluated(until, most)
        budget = np.minimum(np.ceil(affordable * share) + 1, affordable).astype(np.int64)
        _check_size(scheme, clocks.tau, budget)
        symbols = emitted(scheme, key, budget)
        more = ~symbols.ended
        if share < 1:
            last = np.zeros(scheme.workers)
            np.maximum.at(last, symbols.worker, clocks.arrivals(symbols.worker, symbols.terms))
            more &= last <= until
        if (more & (affordable >= most)).any():
            most = min(8 * most, int(UNLIMITED))
        elif (more & (budget < affordable)).any():
            share = min(2 * share, 1.0)
        else:
            return symbols, affordable


def _by(clocks: Clocks, scheme: Scheme, key: int, until: float) -> tuple[EncodedSymbols, Floats, Int64]:
    """Return symbols, all that arrive by ``until`` and none that never does, their arrival times, and the totals.

    Those of a worker are in the order in which they arrive.
    """
    share = clocks.share(min(max(scheme.expected_terms()), scheme.symbols))
    symbols, affordable = begun(clocks, scheme, key, until, share)
    time, (last, done) = clocks.arrivals(symbols.worker, symbols.terms), np.zeros((2, scheme.workers))
    come = np.flatnonzero(np.isfinite(time))
    if clocks.overtakes:
        come = come[np.lexsort((time[come], symbols.worker[come]))]  # stable
    np.maximum.at(done, symbols.worker, symbols.terms)
    np.maximum.at(last, symbols.worker[come], time[come])
    goes_on = np.isfinite(clocks.startups) & ~((symbols.ended | (clocks.death <= until)) & (last <= until))
    totals = np.where(goes_on, UNLIMITED, np.where(symbols.ended, done, affordable)).astype(np.int64)
    if len(come) < len(time) or clocks.overtakes:
        rows = symbols.rows.take(come)
        symbols = EncodedSymbols(rows, symbols.worker[come], symbols.terms[come], symbols.ended)
    return symbols, time[come], totals


@compiled(small=LINEAR)
def _affordable(startups: Floats, tau: float, until: float) -> Floats:
    """Return the terms that each worker has time for, at most one too many; a tiny tau allows all."""
    terms = np.zeros(startups.shape[0])
    for j in range(startups.shape[0]):
        if startups[j] < inf:
            terms[j] = min(max(np.floor((until - startups[j]) / tau) + 1.0, 0.0), _EVERYTHING)
    return terms


@compiled(small=LINEAR, work=lambda startups, tau, cost, until, worker, *others: len(startups) + len(worker))
def _arrivals(
    startups: Floats, tau: float, message_cost: float, until: float, worker: Int32, terms: Int64, ended: Bools
) -> tuple[Floats, Int64]:
    """Return the arrival time of each symbol, in worker order, and the totals of the reception."""
    n, i = worker.shape[0], 0
    time = np.empty(n)
    last, ends = np.zeros(startups.shape[0], np.int64), startups.copy()
    while i < n:
        j, sent = worker[i], 0
        most, end = last[j], ends[j]
        while i < n and worker[i] == j:
            sent += 1
            time[i] = startups[j] + tau * terms[i] + message_cost * sent
            most, end = max(most, terms[i]), max(end, time[i])
            i += 1
        last[j], ends[j] = most, end
    for j in range(startups.shape[0]):
        if startups[j] < inf and not (ended[j] and ends[j] <= until):
            last[j] = UNLIMITED
    return time, last


@_arrivals.interpreted
def _arrivals_in_arrays(startups, tau, message_cost, until, worker, terms, ended):  # type: ignore[no-untyped-def]
    number = np.arange(len(worker))
    first = np.maximum.accumulate(np.where(np.append(True, worker[1:] != worker[:-1])[: len(worker)], number, 0))
    time = startups[worker] + tau * terms + message_cost * (number - first + 1)
    last, ends = np.zeros(len(startups), np.int64), startups.copy()
    np.maximum.at(last, worker, terms)
    np.maximum.at(ends, worker, time)
    last[(startups < inf) & ~(ended & (ends <= until))] = UNLIMITED
    return time, last


def _in_floats(tau: object, message_cost: object) -> tuple[float, float]:
    """Return both as floats, since integers would be multiplied as such, and compiled once more."""
    return require_positive("tau", tau), require_not_negative("message_cost", message_cost)


def _check(scheme: Scheme, startups: Floats, key: int, until: float) -> None:
    if startups.shape != (scheme.workers,) or not (startups >= 0).all():
        raise ArgumentError("startups", startups[:5].tolist(), f"{scheme.workers} delays of at least 0")
    require_int("key", key, 0, 2**64 - 1)
    if np.isnan(until) or (np.isinf(until) and scheme.rateless and np.isfinite(startups).any()):
        raise ArgumentError("until", until, "a time, finite for a scheme that never ends")


def _check_size(scheme: Scheme, tau: float, budget: Floats) -> None:
    """Reject a reception that cannot fit before it is drawn: about as many terms as the budgets and ends allow."""
    m, inner = scheme.symbols, getattr(scheme, "inner", scheme)
    first, later = inner.expected_terms()
    longest = inf if scheme.rateless else getattr(inner, "longest", first if np.isinf(later) else m)
    if isinstance(scheme, Crew):
        longest = min(longest, scheme.load or inf)
    if scheme.workers * longest <= MAX_TERMS:
        return
    affordable = np.minimum(budget * m / getattr(scheme if hasattr(scheme, "terms") else inner, "terms", m), longest)
    terms = float(affordable.sum())
    if terms > MAX_TERMS:
        many = np.isinf(later) or m * later > MAX_TERMS / 4
        name, value, size = ("symbols", m, "small") if many else ("tau", tau, "large")
        raise ArgumentError(name, value, f"so {size} that a run has at most {MAX_TERMS} terms, not some {terms:.2g}")


def receptions(
    scheme: Scheme, startups: Floats, tau: float, key: int, message_cost: float = 0.0, clocks: Clocks | None = None
) -> Iterator[Reception]:
    """Return the result of :func:`transmissions`, in order of arrival."""
    for sent in transmissions(scheme, startups, tau, key, message_cost, clocks=clocks):
        yield sent.reception


def transmissions(
    scheme: Scheme, startups: Floats, tau: float, key: int, message_cost: float = 0.0, ahead: float = 0.0,
    clocks: Clocks | None = None,
) -> Iterator[UnorderedReception]:  # fmt: skip
    """Yield longer and longer prefixes of one run, not yet in order of arrival, until no row can still arrive.

    By the scheme's expected terms the first prefix has n + 4 sqrt(n) + 16 rows, where n is its typical number (m if it
    names none), or ``ahead`` if that is more, and each further prefix a third more. A scheme with few rows is yielded
    whole. The expected terms are only an estimate (rows may arrive in waves, or short symbols first), so lengths are
    approximate.
    """
    tau, message_cost = _in_floats(tau, message_cost)
    startups = np.asarray(startups, dtype=np.float64)
    typical = getattr(scheme, "typical", scheme.symbols)
    target, length = max(typical + 4 * typical**0.5 + 16, ahead), 0
    while True:
        until = _horizon(scheme, startups, tau, target, message_cost)
        sent = transmit(scheme, startups, tau, key, until, message_cost, clocks)
        if sent.final:
            yield sent
            return
        count = int((sent.time <= until).sum())
        if count > length:
            yield sent
        length = count
        target = 4 / 3 * max(target, length)


def _horizon(scheme: Scheme, startups: Floats, tau: float, target: float, message_cost: float) -> float:
    """Return the time at which about ``target`` rows have arrived by the expected terms: sum_j rows_j(t) = target."""
    first, later = (terms + message_cost / tau for terms in scheme.expected_terms())
    if not np.isfinite(later):
        return inf
    x = np.sort(startups[np.isfinite(startups)])
    if not len(x):
        return inf
    return float(_reaches(x, target, tau, first, later)) + tau * first


@compiled(small=LINEAR)
def _reaches(x: Floats, target: float, tau: float, first: float, later: float) -> float:
    """Return when workers started at the ascending times ``x`` have sent ``target`` rows, less a first row's time."""
    total, t = 0.0, 0.0
    for j in range(x.shape[0]):
        # With j + 1 workers started, worker i has sent about 1 + ((t - x_i)/tau - first)/later symbols by t.
        total += x[j]
        t = ((target - (j + 1) * (1 - first / later)) * tau * later + total) / (j + 1)
        if j + 1 < x.shape[0] and t <= x[j + 1]:
            break
    return t
