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
from time import thread_time
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from srtheory.clocks import LARGEST, Clocks, clocks_of, key_of
from srtheory.compiled import LINEAR, repeated
from srtheory.decoders import decode, decoder, require_fitting
from srtheory.decoders.base import Stop, sum_of
from srtheory.decoders.direct import NO_PARTS
from srtheory.decoders.targets import ENOUGH, SUM, reach, read_target, terms_of
from srtheory.delays import BEYOND_THE_PAPER, DelayModel, Groups, describe_law
from srtheory.errors import ArgumentError, require_int
from srtheory.experiments.counts import OPEN, Tally, evaluations, evaluations_beside_messages, races, tally
from srtheory.own_code import Absent, origin
from srtheory.reception import Reception, UnorderedReception, begun, handled, receptions, transmissions, transmit
from srtheory.schemes.base import UNLIMITED, EncodedSymbols, Scheme
from srtheory.schemes.own import is_own
from srtheory.types import Floats, Int64

ANY_PREFIX = ("peeling",)
"""Decoders whose result is the same for every reception that is long enough, so that a trial may start with more."""

BEYOND = 1 + 2**-40
"""Factor by which a horizon is longer than what rounding may add to a time."""

TOGETHER = 1 << 22
"""Largest number of rows, of all workers, of runs that one call of a kernel simulates."""

RESULTS = 2
"""Version of the records, increased whenever a record of any task could change."""


class Ahead:
    """Number of rows with which a trial starts: a little more than any of the last 20 trials has needed.

    It spares shorter receptions that are not enough. No record depends on it.
    """

    def __init__(self) -> None:
        self._needed: deque[int] = deque(maxlen=20)
        self.time = 0.0
        """About the longest that any of the runs has taken that were last simulated together."""

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
                raise ArgumentError(name, _time(name, cost), "0: the genie is a limit, and sends nothing")
        for name in ("startup", "tau", "message_cost", "pace", "death"):
            if isinstance(law := getattr(self.delays, name), Groups) and law.workers != self.scheme.workers:
                raise ArgumentError(name, law, f"groups of {self.scheme.workers} workers in all")
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

    @cached_property
    def schedule(self) -> tuple[EncodedSymbols, Int64, Int64] | None:
        """What workers send in every run, for runs that one kernel simulates; None for others.

        Besides, where the symbols of each begin, and the terms of all of them.
        """
        scheme = self.scheme
        usual = self.decode_by == "partition" and not hasattr(scheme, "arrange") and not is_own(scheme)
        fixed = usual and getattr(scheme, "keyless", False) and scheme.workers * scheme.symbols <= TOGETHER
        if not (fixed and self.delays.drawn):
            return None
        found = scheme.emit(0, np.full(scheme.workers, UNLIMITED))
        if not len(found.terms) or (self.target != SUM and not terms_of(self.target, found.rows)):
            return None
        heads = np.searchsorted(found.worker, np.arange(scheme.workers + 1))
        return found, heads, np.where(np.diff(heads) > 0, np.append(found.terms, 0)[heads[1:] - 1], 0)

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
        "crew": ("Crew",),
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
        known, begin = task.schedule, thread_time()
        if known is None or races.would_interpret(len(trials) * task.scheme.workers, 64 * LINEAR):
            found = [run_trial(task, i) for i in repeated(trials)]
            if known is not None:
                races.spend(thread_time() - begin)
            return found
        size = max(TOGETHER // len(known[0].terms), 1)
        parts = (trials[low : low + size] for low in range(0, len(trials), size))
        return [record for part in parts for record in _together(task, part, *known)]


def _together(task: Task, trials: range, symbols: EncodedSymbols, heads: Int64, totals: Int64) -> list[Record]:
    """Return the records of :func:`run_trial`, of runs in which these symbols are sent."""
    workers, rows, delays, adds = task.scheme.workers, symbols.rows, task.delays, task.target == SUM
    streams = (np.random.default_rng(np.random.SeedSequence(task.seed, spawn_key=(i, 0))) for i in trials)
    startups = np.array([delays.sample(workers, rng) for rng in streams])
    keys = np.concatenate([key_of(task.seed, i) for i in trials])
    number = rows.columns if adds else terms_of(task.target, rows)
    latency, found = np.empty(len(trials)), np.empty((len(trials), 8), np.int64)
    left, until, rounds = np.arange(len(trials)), task.ahead.time, 0
    while len(left):
        clocks = Clocks(delays, startups[left].ravel(), keys[left])
        until = min((until or clocks.tau) * 2.0**rounds, LARGEST)
        share = clocks.share(min(max(task.scheme.expected_terms()), rows.columns))
        times = clocks.draw(until, np.tile(totals, len(left)), 2 * 2.0**rounds, share)
        how = clocks.carrier, clocks.waits, number, adds, delays.master_time
        sent = rows.indptr, rows.indices, rows.columns, heads, symbols.terms
        latency[left], found[left] = races(*sent, clocks.startups, clocks.death, *times, clocks.sending(), *how)
        left, rounds = left[found[left, 7] == OPEN], rounds + 1
    task.ahead.time = float(max(latency[np.isfinite(latency)].max(initial=0.0), 0.9 * task.ahead.time))
    return [
        run_trial(task, trial) if counts[-1] == NO_PARTS else _counted(adds, trial, time, *counts)
        for trial, time, counts in zip(trials, latency.tolist(), found.tolist(), strict=True)
    ]


def _counted(adds: bool, trial: int, latency: float, rows: int, cover: int, *counts: int) -> Record:
    """Return the record of a run with these counts."""
    systematic, terms, complete, alone, work, parts = counts
    cost = sum_of(parts) if adds and rows >= 0 else None
    return Record(
        trial,
        latency,
        None if rows < 0 else rows,
        None if cover < 0 else cover,
        systematic,
        terms,
        work,
        parts,
        "disjoint parts" if adds else ENOUGH,
        None if cost is None else cost.additions,
        None if cost is None else cost.multiplications,
        None if cost is None else cost.solving,
        bool(complete),
        bool(alone),
    )


def one_blas_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS computes on one thread."""
    return _libraries(len(sys.modules)).limit(limits=1, user_api="blas")


@lru_cache(maxsize=1)
def _libraries(modules: int) -> ThreadpoolController:
    """Return the loaded libraries, which takes a millisecond to determine; they come with Python's modules."""
    return ThreadpoolController()


def _totals(task: Task, sent: UnorderedReception, startups: Floats, key: int, latency: float) -> Int64:
    """Return the terms that each worker ever evaluates: while the master is busy, workers continue and may finish."""
    if sent.final or task.scheme.rateless or not task.delays.master_time:
        return sent.totals
    return transmit(task.scheme, startups, task.delays.tau, key, latency).totals
