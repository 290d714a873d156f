"""One trial: scheme + delay model -> reception -> decoder -> record, with its counts of received rows."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property, lru_cache
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from srtheory.clocks import Clocks, clocks_of
from srtheory.compiled import LINEAR, compiled, repeated
from srtheory.decoders import decode, decoder, require_fitting
from srtheory.decoders.base import Stop
from srtheory.decoders.targets import SUM, reach, read_target
from srtheory.delays import BEYOND_THE_PAPER, DelayModel, describe_law
from srtheory.errors import ArgumentError, require_int
from srtheory.own_code import Absent, origin
from srtheory.reception import Reception, UnorderedReception, begun, handled, receptions, transmissions, transmit
from srtheory.schemes.base import Scheme
from srtheory.types import Floats

ANY_PREFIX = ("peeling",)
"""Decoders whose result is the same for every reception that is long enough, so that a trial may start with more."""

BEYOND = 1 + 2**-40
"""Factor by which a horizon is longer than what rounding may add to a time."""

RESULTS = 2
"""Version of the records, increased whenever a record of any task could change."""


class Ahead:
    """Number of rows with which a trial starts: a little more than any of the last 20 trials has needed.

    It spares shorter receptions that are not enough. No record depends on it.
    """

    def __init__(self) -> None:
        self._needed: deque[int] = deque(maxlen=20)

    @property
    def rows(self) -> float:
        """That number, 0 before the first trial."""
        most = max(self._needed, default=0)
        return most + 2 * math.sqrt(most)

    def learn(self, rows: int) -> None:
        """Take a trial that has needed so many rows into account."""
        self._needed.append(rows)


@dataclass(frozen=True)
class Task:
    """A Monte Carlo experiment; trial i is a function of the task and i alone.

    Tasks with the same seed, number of workers and delay model draw the same start-up delays, trial by trial, for all
    schemes: comparisons between schemes are paired.
    """

    scheme: Scheme
    delays: DelayModel
    seed: int
    """At least 0."""
    decoder: str | None = None
    """Name of a decoder; None: the scheme's own."""
    target: str = SUM
    """What is to be recovered, see :func:`~srtheory.decoders.targets.read_target`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", require_int("seed", self.seed, 0))
        object.__setattr__(self, "scheme", _plain(self.scheme))
        require_fitting(self.decoder, self.scheme.decoder)
        for name in ("message_cost", "master_time"):
            if (cost := getattr(self.delays, name)) and hasattr(self.scheme, "arrange"):
                raise ArgumentError(name, cost, "0: the genie is a limit, and sends nothing")
        decoder(self.decode_by)
        object.__setattr__(self, "target", read_target(self.target, self.scheme.symbols, self.scheme.decoder))

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the id, which another process recomputes, and so detects different code."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def decode_by(self) -> str:
        """Name of the decoder that is used."""
        return self.decoder or self.scheme.decoder

    @cached_property
    def ahead(self) -> Ahead:
        """What the trials of this process have learned."""
        return Ahead()

    def canonical(self) -> dict[str, Any]:
        """Return all that a record depends on except its number, as a JSON object; equal tasks give equal objects."""
        delays = self.delays
        beyond = {name: value for name, usual in BEYOND_THE_PAPER.items() if (value := getattr(delays, name)) != usual}
        aim = {} if self.target == SUM else {"target": self.target}
        return (
            {name: _time(name, value) for name, value in beyond.items()}
            | aim
            | {
                "decoder": self.decode_by,
                "results": RESULTS,
                "scheme": _canonical("scheme", self.scheme),
                "seed": int(self.seed),
                "startup": describe_law(delays.startup),
                "tau": _time("tau", delays.tau),
            }
        )

    @cached_property
    def id(self) -> str:
        """SHA-256 of the canonical JSON (keys sorted, no spaces) in hexadecimal."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


FAMILIES = {
    kind: home
    for home, kinds in {
        "baselines": ("AllAtOne", "Uncoded", "Repetition", "BatchCouponCollector"),
        "block_sizes": ("SizedSumRecovery",),
        "both_ends": ("PartsPairs", "TermsStaircase"),
        "grouped": ("Grouped",),
        "intervals": ("Arcs",),
        "luby_transform": ("LubyTransform", "SystematicLubyTransform"),
        "raptor": ("Raptor",),
        "repairable": ("RepairableFountain",),
        "sparse": ("BernoulliGradient", "RegularGradient"),
        "streaming": ("PartsStream", "PartsCyclic", "PartsEven", "OwnThenParts", "CyclicTerms", "Genie"),
        "uncoded_stream": ("UncodedStream",),
    }.items()
    for kind in kinds
}
"""Names before the dot of a shipped class in ids, which stay those of the stored records wherever the class stands."""


def _family(kind: type) -> dict[str, Any]:
    """Return the name of a class, for a user's class with the digest of its source: a changed file is another task."""
    known = origin(kind)
    if known is None:
        shipped = kind.__module__.startswith("srtheory.schemes.")
        home = FAMILIES.get(kind.__qualname__, kind.__module__) if shipped else kind.__module__
        return {"family": f"{home}.{kind.__qualname__}".removeprefix("srtheory.schemes.")}
    return {"family": kind.__qualname__, "source": known.digest}


def _plain(value: Any) -> Any:
    """Return a field's value with Python numbers for NumPy's, whose arithmetic differs for the same text.

    Small types wrap and round early. A scheme whose fields are plain already is returned unchanged.
    """
    if isinstance(value, np.generic):
        return float(value) if isinstance(value, np.floating) else value.item()
    if not is_dataclass(value) or isinstance(value, type):
        return value
    mine = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
    plain = {name: _plain(one) for name, one in mine.items()}
    changed = {name: one for name, one in plain.items() if one is not mine[name]}
    return replace(value, **changed) if changed else value


def _canonical(name: str, value: Any) -> Any:
    """Return a field's value as JSON that does not distinguish 2 from 2.0, nor NumPy's numbers from Python's."""
    if isinstance(value, Absent):
        raise value.error
    if is_dataclass(value) and not isinstance(value, type):
        family: dict[str, Any] = _family(type(value))
        inner = {field.name: _canonical(field.name, getattr(value, field.name)) for field in fields(value)}
        return family | inner
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):
        return value.name
    if hasattr(value, "__index__"):
        return int(value.__index__())
    if isinstance(value, Fraction | Decimal) and math.isfinite(value):
        return str(Fraction(value))
    if isinstance(value, float | np.floating) and np.isfinite(value):
        return int(value) if value == int(value) else float(value)
    raise ArgumentError(name, value, "a finite number, a text, or a dataclass of such")


def _time(name: str, value: Any) -> Any:
    return describe_law(value) if hasattr(value, "ppf") else _canonical(name, value)


@dataclass(frozen=True)
class Record:
    """Record of one trial. If the master takes time for a message, "received" counts what it has handled."""

    trial: int
    latency: float
    """T (Definition 1), in the delay model's time unit, or inf if the sum never becomes available."""
    stopping_time: int | None
    """Rows received at T (M' for the span decoder)."""
    coverage_time: int | None
    """Least number of rows that cover all symbols, CC."""
    systematic: int
    """Systematic rows (worker i's own symbol i, alone and of weight 1) among those received by T."""
    received_terms: int
    """Terms in all rows received by T."""
    work: int
    """Term evaluations that all workers have done by T, those of unfinished symbols included."""
    rank: int
    """Rank over Q of the rows received by T (a lower bound where peeling fails, and by ``coverage`` or ``hitting``)."""
    argument: str
    """Argument that makes the decoder's answer exact."""
    additions: int | None
    multiplications: int | None
    solving: int | None
    """With the next two, the arithmetic of the decoder from the values of the rows received by T to the sum.

    See :class:`~srtheory.decoders.base.Cost`; None if the sum is not recovered, and for ``coverage`` or ``hitting``.
    """
    complete_worker: bool
    all_systematic: bool
    """As ``complete_worker``, whether the run ended when that shortcut was first open (section III-B).

    One worker's symbols, or all systematic ones, add up, which takes weights of 1.
    """


def trial_streams(seed: int, trial: int) -> tuple[np.random.Generator, int]:
    """Return the generator of the start-up delays and the 64-bit key of the scheme, functions of (seed, trial).

    They are drawn from the two children of NumPy's ``SeedSequence(seed, spawn_key=(trial,))``.
    """
    delays, scheme = (np.random.SeedSequence(seed, spawn_key=(trial, child)) for child in range(2))
    return np.random.default_rng(delays), int(scheme.generate_state(1, np.uint64)[0])


def receptions_of(task: Task, trial: int) -> Iterator[Reception]:
    """Return longer and longer prefixes of what the master receives in a trial, before it handles any of it."""
    rng, key = trial_streams(task.seed, trial)
    startups = task.delays.sample(task.scheme.workers, rng)
    tau, cost, clocks = _times(task, startups, trial)
    return receptions(task.scheme, startups, tau, key, cost, clocks)


def _times(task: Task, startups: Floats, trial: int) -> tuple[float, float, Clocks | None]:
    """Return the times of an evaluation and of a message, or about what they are beside those that are drawn."""
    clocks = clocks_of(task.delays, startups, task.seed, trial)
    its = task.delays if clocks is None else clocks
    return its.tau, its.message_cost, clocks


def received_until(task: Task, trial: int, enough: Callable[[Reception], int | None]) -> tuple[Reception, int]:
    """Return what the master receives until ``enough`` says how many rows are; while it says None more are needed."""
    for reception in receptions_of(task, trial):
        k = enough(reception)
        if k is not None:
            return reception, k
    raise RuntimeError(f"no trial {trial} of {task.scheme} has enough rows")


def run_trial(task: Task, trial: int) -> Record:
    """Run trial number ``trial`` of a task."""
    rng, key = trial_streams(task.seed, trial)
    startups = task.delays.sample(task.scheme.workers, rng)
    each = task.delays.master_time
    tau, cost, clocks = _times(task, startups, trial)
    for sent in transmissions(task.scheme, startups, tau, key, cost, task.ahead.rows, clocks):
        stop, last = decode(task.decode_by, sent) if task.target == SUM else reach(task.target, sent)
        if last >= 0 or sent.final:
            break
    counts = tally(sent, last, stop.coverage_time)
    if task.decode_by in ANY_PREFIX and last >= 0:
        task.ahead.learn(counts.rows)
    latency = float("inf")
    if last >= 0:
        latency = handled(sent.time[sent.order[: counts.rows]], each) if each else float(sent.time[last])
    if clocks is not None:
        work = clocks.work(*begun(clocks, task.scheme, key, latency), latency)
    elif cost:
        whole = transmit(task.scheme, startups, tau, key, (latency + cost) * BEYOND, cost)
        work = evaluations_beside_messages(sent, last, startups, tau, cost, whole, latency)
    else:
        work = evaluations(sent, last, startups, tau, _totals(task, sent, startups, key, latency), latency)
    return record_of(trial, latency, counts, work, stop)


def record_of(trial: int, latency: float, counts: Tally, work: int, stop: Stop) -> Record:
    """Return the record of a run whose decoder returned ``stop``."""
    cost = stop.cost
    return Record(
        trial=trial,
        latency=latency,
        stopping_time=stop.stopping_time,
        coverage_time=counts.coverage_time,
        systematic=counts.systematic,
        received_terms=counts.received_terms,
        work=work,
        rank=stop.rank,
        argument=stop.argument,
        additions=None if cost is None else cost.additions,
        multiplications=None if cost is None else cost.multiplications,
        solving=None if cost is None else cost.solving,
        complete_worker=counts.complete_worker,
        all_systematic=counts.all_systematic,
    )


def run_trials(task: Task, trials: range) -> list[Record]:
    """Return records of the trials with these numbers, in order, on one BLAS thread, as the matrices are small."""
    with one_blas_thread():
        return [run_trial(task, i) for i in repeated(trials)]


def one_blas_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS computes on one thread."""
    return _libraries(len(sys.modules)).limit(limits=1, user_api="blas")


@lru_cache(maxsize=1)
def _libraries(modules: int) -> ThreadpoolController:
    """Return the loaded libraries, which takes a millisecond to determine; they come with Python's modules."""
    return ThreadpoolController()


def _totals(task: Task, sent: UnorderedReception, startups: Floats, key: int, latency: float) -> npt.NDArray[np.int64]:
    """Return the terms that each worker ever evaluates: while the master is busy, workers continue and may finish."""
    if sent.final or task.scheme.rateless or not task.delays.master_time:
        return sent.totals
    return transmit(task.scheme, startups, task.delays.tau, key, latency).totals


Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


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
