"""Counts of the rows of one run up to the stop of a decoder, made without sorting them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.reception import UnorderedReception
from srtheory.types import Floats

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Counts of the rows received up to a last one, with the names of :class:`srtheory.experiments.trial.Record`.

    Attributes
    ----------
    rows : int
        Number of these rows, the last one included.
    coverage_time : int or None
        Of these rows.
    systematic, received_terms : int
    complete_worker, all_systematic : bool
        Whether the last row is the first with which that shortcut is open, or False if no row is named as the last.
    """

    rows: int
    coverage_time: int | None
    systematic: int
    received_terms: int
    complete_worker: bool
    all_systematic: bool


def tally(sent: UnorderedReception, last: int, coverage_time: int | None = None) -> Tally:
    """Count the rows up to number ``last`` of those sent, in order of arrival; -1 means all that are received.

    A known coverage time is not searched for. Rows with weights other than 1 do not add up: they are ignored for
    systematic symbols and shortcuts. O(rows + nnz + m), plus O(m) for each worker whose rows add up to m terms.
    """
    rows, plain = sent.rows, sent.rows.plain()
    at, number = _place(sent, last)
    matrices = rows.indptr, rows.indices, plain.indptr, plain.indices
    known = -1 if coverage_time is None else coverage_time
    found = tally_rows(*matrices, rows.columns, sent.worker, sent.time, at, number, known)
    k, cover, systematic, terms, complete, alone = found
    return Tally(k, None if cover < 0 else cover, systematic, terms, complete and last >= 0, alone and last >= 0)


def evaluations(
    sent: UnorderedReception, last: int, startups: Floats, tau: float, totals: Int64, latency: float
) -> int:
    """Return the terms of workers by ``latency``: the most n <= totals with startup + tau n <= latency, as rounded.

    Each has evaluated at least the terms of its rows up to number ``last``, even if tau is lost in the rounding of
    times.
    """
    at, number = _place(sent, last)
    return int(_evaluations(startups, tau, totals, latency, sent.worker, sent.time, sent.terms, at, number))


def evaluations_beside_messages(
    sent: UnorderedReception,
    last: int,
    startups: Floats,
    tau: float,
    cost: float,
    begun: UnorderedReception,
    latency: float,
) -> int:
    """Return the same if workers pause to send, ``cost`` for each message.

    ``begun`` is what they send by ``latency + cost``, and perhaps more: every symbol that is complete by ``latency``.
    """
    messages = sent.worker, sent.time, *_place(sent, last)
    without = begun.worker, startups[begun.worker] + tau * begun.terms, begun.terms, begun.totals
    return int(_evaluations_beside_messages(startups, tau, cost, latency, *without, *messages))


def _place(sent: UnorderedReception, last: int) -> tuple[float, int]:
    """Return the arrival time and number of the last row; without a last row, ``until`` and n, one past the rows."""
    return (float(sent.time[last]), last) if last >= 0 else (sent.until, len(sent.worker))


@compiled
def comes_by(time: Floats, i: int, at: float, number: int) -> bool:
    """Tell whether row i has come when row ``number`` comes, at time ``at``: of equal times, by their numbers."""
    return (time[i] < at) | ((time[i] == at) & (i <= number))


@compiled(small=LINEAR, work=lambda indptr, indices, *others: len(indptr) + len(indices))
def tally_rows(
    indptr: Int64,
    indices: Int32,
    plain_indptr: Int64,
    plain_indices: Int32,
    columns: int,
    worker: Int32,
    time: Floats,
    at: float,
    number: int,
    cover: int,
) -> tuple[int, int, int, int, bool, bool]:
    """Return the fields of a :class:`Tally`; -1 means no coverage time, and ``cover`` is a known one."""
    n = worker.shape[0]
    first, when, single = np.full(columns, -1, np.int64), np.full(columns, inf), np.zeros(columns, np.bool_)
    k, systematic, terms, singles, ends_alone = 0, 0, 0, 0, False
    for i in range(n):
        if not comes_by(time, i, at, number):
            continue
        k += 1
        terms += indptr[i + 1] - indptr[i]
        for e in range(indptr[i], indptr[i + 1] if cover < 0 else indptr[i]):
            if first[indices[e]] < 0 or time[i] < when[indices[e]]:
                first[indices[e]], when[indices[e]] = i, time[i]
        if plain_indptr[i + 1] - plain_indptr[i] == 1:
            c = plain_indices[plain_indptr[i]]
            systematic += c == worker[i]
            if i == number:
                ends_alone = True
            else:
                singles += not single[c]
                single[c] = True
    if ends_alone:  # and all others stand alone before, but not this one
        ends_alone = singles == columns - 1 and not single[plain_indices[plain_indptr[number]]]
    if cover < 0:
        cover = rows_that_cover(first, time, number, k)
    complete = completes(plain_indptr, plain_indices, columns, worker, time, at, number)
    return k, cover, systematic, terms, complete, ends_alone


@tally_rows.interpreted
def _tally_arrays(
    indptr: Int64,
    indices: Int32,
    plain_indptr: Int64,
    plain_indices: Int32,
    columns: int,
    worker: Int32,
    time: Floats,
    at: float,
    number: int,
    cover: int,
) -> tuple[int, int, int, int, bool, bool]:
    numbers = np.arange(len(worker))
    come = comes_by(time, numbers, at, number)
    k, terms = int(come.sum()), int(np.diff(indptr)[come].sum())
    if cover < 0:
        order = numbers[come][np.argsort(time[come], kind="stable")]
        sizes = np.diff(indptr)[order]
        entries = np.repeat(indptr[order] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        first = np.full(columns, len(order))
        first[indices[entries][::-1]] = np.repeat(np.arange(len(order)), sizes)[::-1]
        cover = int(first.max()) + 1 if first.max() < len(order) else -1
    alone = numbers[come & (np.diff(plain_indptr) == 1)]
    symbols, before = plain_indices[plain_indptr[alone]], plain_indices[plain_indptr[alone[alone != number]]]
    systematic, last = int((symbols == worker[alone]).sum()), symbols[alone == number]
    ends_alone = bool(len(last) and len(np.unique(before)) == columns - 1 and not (before == last).any())
    complete = completes(plain_indptr, plain_indices, columns, worker, time, at, number)
    return k, cover, systematic, terms, complete, ends_alone


@compiled
def rows_that_cover(first: Int64, time: Floats, number: int, k: int) -> int:
    """Return the rows up to the one that meets the last column, from the first row of each, or -1 if never.

    There are ``k`` rows up to row ``number``.
    """
    last = first[0]
    for i in first:
        if i < 0:
            return -1
        if time[i] > time[last] or (time[i] == time[last] and i > last):
            last = i
    if last == number:
        return k
    rows = 0
    for i in range(time.shape[0]):
        rows += comes_by(time, i, time[last], last)
    return rows


@compiled
def completes(indptr: Int64, indices: Int32, columns: int, worker: Int32, time: Floats, at: float, number: int) -> bool:
    """Return whether row ``number`` is the first at which the rows of one worker partition all columns."""
    n, head, complete = worker.shape[0], 0, False
    seen = np.full(columns, -1, np.int64)
    for i in range(n):
        if i > 0 and worker[i] != worker[i - 1]:
            head = i
        size = indptr[i + 1] - indptr[head]
        if size != columns or indptr[i + 1] == indptr[i] or not comes_by(time, i, at, number):
            continue
        disjoint = True
        for c in indices[indptr[head] : indptr[i + 1]]:
            disjoint &= seen[c] != head
            seen[c] = head
        if disjoint and i != number:
            return False  # another is there before
        complete |= disjoint
    return complete


@completes.interpreted
def _completes_in_arrays(
    indptr: Int64, indices: Int32, columns: int, worker: Int32, time: Floats, at: float, number: int
) -> bool:
    numbers = np.arange(len(worker))
    head = np.maximum.accumulate(np.where(np.append(True, worker[1:] != worker[:-1])[: len(worker)], numbers, 0))
    whole = (indptr[1:] - indptr[head] == columns) & (np.diff(indptr) > 0) & comes_by(time, numbers, at, number)
    found = [i for i in numbers[whole].tolist() if len(np.unique(indices[indptr[head[i]] : indptr[i + 1]])) == columns]
    return found == [number]


@compiled(small=LINEAR, work=lambda startups, tau, totals, latency, worker, *others: len(startups) + len(worker))
def _evaluations(
    startups: Floats,
    tau: float,
    totals: Int64,
    latency: float,
    worker: Int32,
    time: Floats,
    terms: Int64,
    at: float,
    number: int,
) -> int:
    done = np.zeros(startups.shape[0], np.int64)
    for j in range(startups.shape[0]):
        if startups[j] < inf:
            done[j] = np.int64(min(max(_terms_by(startups[j], tau, latency), 0.0), np.float64(totals[j])))
    for i in range(worker.shape[0]):
        if comes_by(time, i, at, number):
            done[worker[i]] = max(done[worker[i]], terms[i])
    return int(done.sum())


@_evaluations.interpreted
def _evaluations_in_arrays(
    startups: Floats,
    tau: float,
    totals: Int64,
    latency: float,
    worker: Int32,
    time: Floats,
    terms: Int64,
    at: float,
    number: int,
) -> int:
    done = np.zeros(len(startups), np.int64)
    started = startups < inf
    by_then = np.maximum(_terms_by(startups[started], tau, latency), 0.0)
    done[started] = np.minimum(by_then, totals[started].astype(np.float64)).astype(np.int64)
    come = comes_by(time, np.arange(len(worker)), at, number)
    np.maximum.at(done, worker[come], terms[come])
    return int(done.sum())


@compiled(
    small=LINEAR,
    work=lambda startups, tau, cost, latency, worker, time, terms, totals, sender, *others: (
        len(startups) + len(worker) + len(sender)
    ),
)
def _evaluations_beside_messages(
    startups: Floats,
    tau: float,
    cost: float,
    latency: float,
    worker: Int32,
    time: Floats,
    terms: Int64,
    totals: Int64,
    sender: Int32,
    arrival: Floats,
    at: float,
    number: int,
) -> int:
    """Return the terms by ``latency``: all of received symbols, and of others those after the last pause.

    The arguments from ``worker`` to ``totals`` are for sending without pauses, the next for the actual sending.
    """
    n = startups.shape[0]
    received, sent, last, done = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), 0.0
    for i in range(sender.shape[0]):
        if comes_by(arrival, i, at, number):
            received[sender[i]] += 1
    for i in range(worker.shape[0]):
        if time[i] > latency:
            continue
        j, size = worker[i], np.float64(terms[i] - last[worker[i]])
        if sent[j] < received[j]:
            done += size
        else:
            done += min(max(_terms_by(startups[j] + tau * last[j] + cost * sent[j], tau, latency), 0.0), size)
        last[j] = terms[i]
        sent[j] += 1
    for j in range(n):
        if totals[j] > last[j]:  # the symbol that it is at, too long to be complete
            done += max(_terms_by(startups[j] + tau * last[j] + cost * sent[j], tau, latency), 0.0)
    return int(done)


@compiled
def _terms_by(begin: float, tau: float, latency: float) -> float:
    """Return the terms evaluated by then, in order from ``begin``; negative if that is later."""
    n = np.floor((latency - begin) / tau)
    if begin + tau * (n + 1) <= latency:
        n += 1.0
    if begin + tau * n > latency:
        n -= 1.0
    return n


@_terms_by.interpreted
def _terms_of_all_by(begin: float | Floats, tau: float, latency: float) -> float | Floats:
    n = np.floor((latency - begin) / tau)
    n = np.where(begin + tau * (n + 1) <= latency, n + 1.0, n)
    return np.where(begin + tau * n > latency, n - 1.0, n)
