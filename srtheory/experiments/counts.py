"""Counts of a run: the rows received and the evaluations done by a time; and of many runs that send the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from srtheory.clocks import LARGEST, come
from srtheory.compiled import LINEAR, compiled
from srtheory.decoders.direct import NO_PARTS, last_part
from srtheory.reception import UnorderedReception
from srtheory.types import Floats, Int32, Int64


@dataclass(frozen=True)
class Tally:
    """Counts of the rows received up to a last one, with the names of :class:`srtheory.experiments.trial.Record`."""

    rows: int
    """Number of these rows, the last one included."""
    coverage_time: int | None
    """Of these rows."""
    systematic: int
    received_terms: int
    complete_worker: bool
    all_systematic: bool
    """As ``complete_worker``, whether the last row, if one is named, is the first with which that shortcut is open."""


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
def _tally_arrays(indptr, indices, plain_indptr, plain_indices, columns, worker, time, at, number, cover):  # type: ignore[no-untyped-def]
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
def _evaluations_in_arrays(startups, tau, totals, latency, worker, time, terms, at, number):  # type: ignore[no-untyped-def]
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


OPEN = -1
"""First count of a run of which more must be known."""


@compiled(
    small=LINEAR,
    work=lambda indptr, indices, columns, heads, terms, startups, *others: (
        len(terms) * len(startups) // max(len(heads) - 1, 1)
    ),
)
def races(
    indptr: Int64,
    indices: Int32,
    columns: int,
    heads: Int64,
    terms: Int64,
    startups: Floats,
    death: Floats,
    ends: Floats,
    first: Int64,
    drawn: Int64,
    sending: Floats,
    link: int,
    waits: bool,
    number: int,
    adds: bool,
    each: float,
) -> tuple[Floats, Int64]:
    """Return latencies and counts of runs in which the same rows are sent: rows ``heads[j]`` to ``heads[j + 1]`` by j.

    Of each worker of each run the first ``drawn`` ends of evaluations are known, at least one if it starts and sends.
    A run is over once ``number`` terms are known, or if it ``adds`` once the parts add up.  Its counts: rows or -1,
    those that cover or -1, systematic ones, terms, the two shortcuts, evaluations, parts.  If more must be known, or
    if the rows are no parts, :data:`OPEN` or :data:`NO_PARTS` is the last one instead.
    """
    n = heads.shape[0] - 1
    latency = np.full(startups.shape[0] // n, inf)
    found = np.zeros((len(latency), 8), np.int64)
    for r in range(len(latency)):
        begin, have, dies = first[r * n : r * n + n], drawn[r * n : r * n + n], death[r * n : r * n + n]
        size, until = np.zeros(n, np.int64), inf
        for j in range(n):
            size[j] = np.searchsorted(terms[heads[j] : heads[j + 1]], have[j], side="right")
        rows, worker = np.empty(size.sum(), np.int64), np.empty(size.sum(), np.int32)
        leaves, lasts, i = np.empty(len(rows)), np.empty(len(rows)), 0
        for j in range(n):
            waited = 0.0
            for row in range(heads[j], heads[j] + size[j]):
                at = begin[j] + terms[row] - 1
                rows[i], worker[i], leaves[i], lasts[i] = row, j, ends[at], sending[min(at, len(sending) - 1)]
                waited += lasts[i] if waits else 0.0
                i += 1
            if heads[j] + size[j] < heads[j + 1] and startups[r * n + j] < inf:
                until = min(until, ends[begin[j] + have[j] - 1] + waited)
        time = come(worker, leaves, lasts, dies, link)
        if link == 2:
            _by_arrival(worker, time, rows)
        its = np.zeros(len(rows) + 1, np.int64)
        for i in range(len(rows)):
            its[i + 1] = its[i] + indptr[rows[i] + 1] - indptr[rows[i]]
        entries = np.empty(its[-1], np.int32)
        for i in range(len(rows)):
            for e in range(its[i + 1] - its[i]):
                entries[its[i] + e] = indices[indptr[rows[i]] + e]
        if adds:
            last, k, parts = last_part(its, entries, columns, time, LARGEST)
            if k == NO_PARTS:
                found[r, 7] = NO_PARTS
                continue
        else:
            last, parts = _last_term(its, entries, columns, time, number)
        if last >= 0:
            at, number_of = time[last], last
            latency[r] = _handled(time, at, last, each) if each > 0 else at
        else:
            at, number_of = LARGEST, len(rows)
        if until < inf and latency[r] >= until:
            found[r, 7] = OPEN
            continue
        found[r, 7] = parts
        k, cover, systematic, received, complete, alone = tally_rows(
            its, entries, its, entries, columns, worker, time, at, number_of, -1
        )
        found[r, 0], found[r, 1], found[r, 2], found[r, 3] = k if last >= 0 else -1, cover, systematic, received
        found[r, 4], found[r, 5] = complete and last >= 0, alone and last >= 0
        for j in range(n):
            if heads[j] == heads[j + 1] or startups[r * n + j] == inf:
                continue
            total = terms[heads[j + 1] - 1]
            if latency[r] == inf and dies[j] == inf:
                found[r, 6] += total
                continue
            waited, row, by = 0.0, heads[j], min(latency[r], min(dies[j], LARGEST))
            for done in range(1, min(total, have[j]) + 1):
                while waits and terms[row] < done:
                    waited += sending[min(begin[j] + terms[row] - 1, len(sending) - 1)]
                    row += 1
                if ends[begin[j] + done - 1] + waited > by:
                    break
                found[r, 6] += 1
    return latency, found


@compiled
def _by_arrival(worker: Int32, time: Floats, rows: Int64) -> None:
    """Sort the rows of each worker, and their times, by arrival."""
    for i in range(1, len(rows)):
        k = i
        while k > 0 and worker[k - 1] == worker[k] and time[k - 1] > time[k]:
            time[k - 1], time[k], rows[k - 1], rows[k] = time[k], time[k - 1], rows[k], rows[k - 1]
            k -= 1


@compiled
def _last_term(indptr: Int64, indices: Int32, columns: int, time: Floats, number: int) -> tuple[int, int]:
    """Return the row with which so many terms are known, or -1, and the parts by then, whatever comes again."""
    first, last = np.full(columns, -1, np.int64), -1
    for i in range(len(time)):
        for e in range(indptr[i], indptr[i + 1]):
            if time[i] < inf and (first[indices[e]] < 0 or time[i] < time[first[indices[e]]]):
                first[indices[e]] = i
    known = np.sort(np.array([time[i] if i >= 0 else inf for i in first]))
    if known[number - 1] < inf:
        ties = np.sort(np.array([i for i in first if i >= 0 and time[i] == known[number - 1]]))
        last = ties[number - 1 - np.searchsorted(known, known[number - 1])]
    parts = 0
    for c in range(columns):
        if first[c] >= 0 and indices[indptr[first[c]]] == c:
            parts += last < 0 or comes_by(time, first[c], time[last], last)
    return last, parts


@compiled
def _handled(time: Floats, at: float, number: int, each: float) -> float:
    """Return when the master has handled all that comes by then, one message after another."""
    free = 0.0
    for arrival in np.sort(time[(time < at) | ((time == at) & (np.arange(len(time)) <= number))]):
        free = max(arrival, free) + each
    return free
