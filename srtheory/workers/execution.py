"""One sum computed by real workers: start them, decode as symbols arrive, and stop when the sum is recovered."""

from __future__ import annotations

import errno
import math
import os
import platform
import time
from asyncio import CancelledError as CancelledByLoop
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError as Cancelled
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from srtheory.decoders import DECODER_NAMES, UNDECODED, decoder, require_fitting
from srtheory.decoders import decoder as decoder_of
from srtheory.decoders.base import Stop
from srtheory.decoders.sums import Sum, combined, recover
from srtheory.decoders.targets import ALL, SUM, met, read_target
from srtheory.delays import DelayModel, DrawnStartup
from srtheory.environment import __version__
from srtheory.errors import (
    ArgumentError,
    require_function,
    require_int,
    require_kind,
    require_not_negative,
    require_positive,
    shortened,
)
from srtheory.experiments.counts import tally
from srtheory.experiments.running import client_of, deaf_to_interrupts
from srtheory.experiments.trial import Record, record_of, trial_streams
from srtheory.matrix import PrecodedRows, Rows
from srtheory.own_code import told
from srtheory.reception import Reception, UnorderedReception
from srtheory.schemes import NamedScheme, named
from srtheory.schemes.base import UNLIMITED, Scheme
from srtheory.schemes.own import emitted, is_own
from srtheory.timer import Limit, TimeIsOver, limited
from srtheory.types import Floats
from srtheory.workers.crew import Crew, Job, Message, Term
from srtheory.workers.symbols import Orders, alike, as_plain, is_finite, mark, shape_of, symbol_of

if TYPE_CHECKING:
    from distributed import Client

MAX_WORKERS = 10**4
"""Largest number of workers, each of which is a thread."""
MOST_PROCESSES = 256
_LOOK = 0.1
"""Seconds between two checks for lost processes and the time limit."""
_FAREWELL = 2.0
"""Seconds for processes to report the progress of their workers."""

Progress = Callable[[int, int, int], None]
"""Called with symbols received, terms covered (or groups of them), and the number of these."""


@dataclass(frozen=True)
class Arrival:
    """A symbol with its arrival."""

    worker: int
    index: int
    """Sender, and which of its symbols, both from 0."""
    support: tuple[int, ...]
    """Columns, from 0: terms, or groups of terms where there are fewer workers than terms."""
    terms: int
    """Terms that the sender has evaluated when this symbol is complete, its earlier symbols included."""
    began: float
    finished: float
    """Start of its first term and end of its last, in seconds from the start on the worker's own clock."""
    arrived: float
    """Arrival at the master, in seconds from the start on the master's clock."""


@dataclass(frozen=True)
class Fault:
    """A failure of a worker or process."""

    time: float
    """Time at which the master learned of it, in seconds from the start."""
    workers: tuple[int, ...]
    """Affected workers, from 0: one, or all of a process."""
    what: str

    def __str__(self) -> str:
        names = ", ".join(map(str, self.workers))
        return f"worker{'s' * (len(self.workers) > 1)} {names}: {self.what}"


@dataclass(frozen=True, eq=False)
class Execution:
    """A sum that real workers have computed."""

    value: Any
    """F, or the sum of the ``known`` terms: a float or a float64 array of floats' sums; an integer or a fraction, or an
    object array of such, where all terms are integers or fractions.
    """
    error_bound: Any
    """How far rounding, the workers' and the master's, can have taken each number of the value from the sum of the
    terms as they were evaluated; 0 for exact numbers. See :mod:`srtheory.decoders.sums`.
    """
    record: Record
    """As of a simulated trial, in seconds: ``latency`` is the arrival of the deciding symbol, and ``work`` the terms
    that the workers had evaluated when they were stopped; for lost processes only the terms of their symbols count.
    """
    available: float
    """Time at which the value was available: ``latency`` plus the time of the master's work."""
    arrivals: tuple[Arrival, ...]
    """Symbols received until then, in order of arrival."""
    startups: Floats
    """Start-up delays that were injected, in seconds, shape (workers,)."""
    faults: tuple[Fault, ...]
    scheme: Scheme
    key: int
    """Seed of the scheme's own randomness."""
    processes: int
    """Dask processes that the workers lived in."""
    known: tuple[int, ...]
    """Terms of which the value is the sum: all, unless another target was given."""

    @property
    def latency(self) -> float:
        """T: the arrival of the deciding symbol, in seconds from the start."""
        return self.record.latency

    @property
    def decoding(self) -> float:
        """Seconds from T to the value."""
        return self.available - self.record.latency


def compute_sum(
    function: Term,
    x: Any,
    *,
    symbols: int,
    scheme: str | NamedScheme = "sr",
    workers: int | None = None,
    cluster: int | str | Client | None = None,
    startup: str | DrawnStartup | Sequence[float] | None = None,
    tau: float = 0.0,
    seed: int = 2022,
    trial: int = 0,
    decoder: str | None = None,
    target: str = SUM,
    kill: int = 0,
    timeout: float | None = None,
    progress: Progress = lambda received, covered, columns: None,
    own: Mapping[str, Any] | None = None,
    **given: Any,
) -> Execution:
    """Compute F(x), the sum of f_i(x) over i = 0, …, m - 1, by the workers of a scheme on a Dask cluster.

    - ``function``: f_i(x) as ``function(i, x)``: a number, or an array of numbers always of the same shape. Integers
      and fractions are added up exactly, floats with a bound on the error. Whoever evaluates a term must get the same.
    - ``x`` (object): Whatever the function takes; it is moved to every process once.
    - ``symbols``: m, from 1.
    - ``scheme``: One of :data:`srtheory.schemes.SCHEME_NAMES` but ``genie``, or user-defined: see
      :func:`srtheory.schemes.make`.
    - ``workers``: p <= m: group the m terms into p functions; p is at most :data:`MAX_WORKERS`. None: m.
    - ``cluster`` (int, str or distributed.Client): Processes of the workers: their number on this machine, the address
      of a Dask scheduler, or a client. None: one process for each processor of this machine, or for each worker if
      these are fewer.
    - ``startup`` (str, distribution or sequence of float): Start-up delays in seconds, which workers sleep through: a
      distribution, from which ``seed`` and ``trial`` draw as they do in a simulation; or each worker's, inf for one
      that never answers. None: only natural ones.
    - ``tau``: Least time of a term in seconds: a worker sleeps through what is left of it.
    - ``seed``, ``trial``: Seed of the delays and of the scheme's own randomness.
    - ``decoder``: ``span``, ``peeling``, ``partition`` or ``intervals``; None: the scheme's own.
    - ``target``: ``sum``; or ``terms(K)`` or ``error(X)`` for schemes of single terms or parts: the run ends once so
      many columns are known, and gives the sum of those.
    - ``kill``: A fault on purpose: so many of the processes kill themselves when the first symbol of their workers is
      complete, before it is sent.
    - ``timeout``: Seconds after which the sum is given up, the start of the workers and a scheme's own code included
      (outside the main thread that code is waited for); None: as long as some worker may still send something.
    - ``progress``: See :data:`Progress`.
    - ``own``: Options of the scheme whose names may be those of the arguments here; None is a value.
    - ``**given``: Options of the scheme; those given as None are left at their defaults. ``degree`` is 1.5 ln m,
      rounded up, where one is needed and none is given.

    Raises NotRecovered if no more symbols arrive, or not in time. It names the missing terms. Raises OSError if the
    scheduler or all processes are lost before the start.
    """
    m = require_int("symbols", symbols)
    require_function("function", function)
    require_function("progress", progress)
    require_int("kill", kill, 0, MOST_PROCESSES)
    if own is not None:
        require_kind("own", own, Mapping, "a mapping from names of options")  # type: ignore[type-abstract]
    if workers is not None:
        require_int("workers", workers, 1, MAX_WORKERS)
    require_not_negative("tau", tau)
    if timeout is not None:
        require_positive("timeout", timeout)
    rng, key = trial_streams(require_int("seed", seed, 0), require_int("trial", trial, 0))
    chosen = {name: value for name, value in given.items() if value is not None} | dict(own or {})
    run: _Run | None = None
    with ExitStack() as ending:
        try:
            with limited(timeout) as limit:
                its = named(scheme)
                code = its.build(m, with_degree(its, workers or m, chosen), workers)
                require_int("workers", code.workers, 1, MAX_WORKERS)
                delays = _delays(startup, code.workers, rng)
                groups = _groups(code, m)
                master = Master(code, key, code.decoder if decoder is None else decoder, target)
                job = Job(function, x, code, key, groups, delays.tolist(), tau)
                client = ending.enter_context(connect(cluster, code.workers, limit.left()))
                crews = ending.enter_context(_crews(client, job, kill, limit))
                rehearse(code, key, master.decode_by, target)
                run = _Run(master, job, crews, limit, progress)
                return run.execute(trial)
        except TimeIsOver as over:
            if run is None:
                raise NotRecovered(tuple(range(m)), 0, str(over), ()) from None
            raise run.given_up(str(over)) from None


def with_degree(scheme: NamedScheme, columns: int, given: dict[str, Any]) -> dict[str, Any]:
    """Return a scheme's options, with a degree if needed and not given: 1.5 ln m rounded up, at most m."""
    degree = scheme.options.get("degree")
    if degree is None or not degree.needed or "degree" in given:
        return given
    return given | {"degree": min(columns, max(1, math.ceil(1.5 * math.log(columns))))}


def _delays(startup: str | DrawnStartup | Sequence[float] | None, workers: int, rng: np.random.Generator) -> Floats:
    if startup is None:
        return np.zeros(workers)
    if isinstance(startup, str) or hasattr(startup, "rvs"):
        return DelayModel(cast(DrawnStartup, startup), 1.0).sample(workers, rng)
    expected = f"a law, or {workers} delays of at least 0, one for each worker"
    try:
        delays = np.asarray(startup, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError("startup", startup, expected) from None
    if delays.shape != (workers,) or not (delays >= 0).all():
        raise ArgumentError("startup", startup, expected)
    return delays


def _groups(code: Scheme, terms: int) -> list[int] | None:
    sizes = getattr(code, "sizes", None)
    return None if sizes is None or code.symbols == terms else np.append(0, np.cumsum(sizes())).tolist()


# ------------------------------------------------------------------------------------------------------------ cluster


@contextmanager
def connect(
    cluster: int | str | Client | None = None, workers: int = MOST_PROCESSES, seconds: float | None = None
) -> Iterator[Client]:
    """Return a Dask client, to be used for several sums: see ``cluster`` of :func:`compute_sum`.

    A client that is given stays open. ``workers`` is the most processes that are started where their number is not
    given, and ``seconds`` the time in which an address must answer, if that is less than the ten seconds that it has.
    """
    if find_spec("distributed") is None:
        raise ArgumentError("cluster", cluster, "given where Dask is installed: pip install srtheory[cluster]")
    if isinstance(cluster, str):
        with client_of(cluster, seconds) as client:
            yield client
    elif cluster is None or isinstance(cluster, int | np.integer):
        with _local(
            require_int("cluster", _processors(workers) if cluster is None else cluster, 1, MOST_PROCESSES)
        ) as c:
            yield c
    else:
        from distributed import Client

        yield require_kind("cluster", cluster, Client, "a number of processes, an address or a distributed.Client")


def _processors(most: int) -> int:
    from joblib import cpu_count

    return min(int(cpu_count()), most, MOST_PROCESSES)


@contextmanager
def _local(processes: int) -> Iterator[Client]:
    import logging

    from distributed import Client, LocalCluster

    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    with ThreadPoolExecutor(1) as beside, ExitStack() as stack:
        with deaf_to_interrupts():  # so that only this process handles Ctrl-C, and ends them
            # In another thread, so a caller that stops waiting can still close it; half started it cannot be closed.
            start = beside.submit(LocalCluster, n_workers=processes, threads_per_worker=1, processes=True, **quiet)
            stack.callback(_close, start)
            here = start.result()
        client = stack.enter_context(Client(here, set_as_default=False, direct_to_workers=True))
        client.wait_for_workers(processes)
        yield client


def _close(start: Future[Any]) -> None:
    """Close a cluster as soon as it has started; if it has not, Dask closes it."""
    if start.exception() is None:
        start.result().close()


@dataclass
class _Crew:
    """Workers of one process, as seen by the master."""

    workers: list[int]
    future: Any
    actor: Any = None
    ended: bool = False
    lost: bool = False


@dataclass
class _Crews:
    """All crews, and their output: the time, the crew, and messages or its failure."""

    client: Client
    crews: list[_Crew]
    inbox: SimpleQueue[tuple[float, int, list[Message], str]] = field(default_factory=SimpleQueue)
    tasks: list[Any] = field(default_factory=list)

    def start(self) -> float:
        """Give the common start, and return its time."""
        import asyncio

        begun = time.perf_counter()
        loop = self.client.loop.asyncio_loop
        with self.client.as_current():
            self.tasks = [asyncio.run_coroutine_threadsafe(self._listen(i), loop) for i in range(len(self.crews))]
        return begun

    async def _listen(self, i: int) -> None:
        crew, last, why = self.crews[i], False, ""
        try:
            await crew.actor.start()
            while not last:
                messages, last = await crew.actor.collect()
                self.inbox.put((time.perf_counter(), i, messages, "ended" if last else ""))
        except Exception as error:  # Dask reports a lost process in many ways
            why = shortened(f"its process is lost ({type(error).__name__}: {error})")
            self.inbox.put((time.perf_counter(), i, [], why))

    def stop(self) -> dict[int, int]:
        """Stop all workers, and return the terms that they have evaluated, by worker."""
        import asyncio

        async def stop() -> dict[int, int]:
            calls = [c.actor.stop() for c in self.crews if not c.lost and c.future.status == "finished"]
            done, late = await asyncio.wait(
                [asyncio.ensure_future(_awaited(call)) for call in calls], timeout=_FAREWELL
            )
            for call in late:  # of a dead process, which Dask notices later
                call.cancel()
            return {j: n for call in done if not call.exception() for j, n in call.result().items()}

        for task in self.tasks:
            task.cancel()
        if self.client.status != "running" or all(c.lost or c.future.status != "finished" for c in self.crews):
            return {}
        with self.client.as_current(), suppress(OSError, RuntimeError, TimeoutError):
            return asyncio.run_coroutine_threadsafe(stop(), self.client.loop.asyncio_loop).result(2 * _FAREWELL)
        return {}


async def _awaited(call: Any) -> Any:
    return await call


@contextmanager
def _crews(client: Client, job: Job, kill: int, limit: Limit) -> Iterator[_Crews]:
    """Place workers on the processes by their threads, ready to start; the last processes are to be killed."""
    moved: list[Any] = []
    try:
        with _told_if_lost(client, limit), client.as_current():
            homes = _homes(client, job)
            require_int("kill", kill, 0, len(homes))
            crews = _Crews(client, _moved(client, job, homes, kill, moved, limit))
            _check_places([crew.actor.where() for crew in crews.crews], kill)
        yield crews
    finally:
        with suppress(Exception):
            crews.stop()
        client.cancel(moved)


def _homes(client: Client, job: Job) -> dict[str, list[int]]:
    """Return the workers of each process, by its address."""
    places = [address for address, threads in sorted(client.nthreads().items()) for _ in range(threads)]
    if not places:
        raise ArgumentError("cluster", client.scheduler_info()["address"], "one that has workers")
    homes: dict[str, list[int]] = {}
    for j in range(job.scheme.workers):
        homes.setdefault(places[j % len(places)], []).append(j)
    return homes


@contextmanager
def _told_if_lost(client: Client, limit: Limit) -> Iterator[None]:
    """Replace the many errors by which Dask reports the loss of a scheduler, or of all its workers, by one."""
    try:
        yield
    except ArgumentError:
        raise
    except (Exception, CancelledByLoop) as error:
        if isinstance(error, TimeoutError):
            limit.check()
        where = client.scheduler.address if client.scheduler else "cluster"
        raise OSError(
            errno.ECONNRESET, f"it went away while workers were started there ({told(error)})", where
        ) from None


def _is_loss(error: Exception) -> bool:
    """Return whether an error is Dask's for a connection; errors from the other end have a number."""
    return isinstance(error, Cancelled | ConnectionError) or (isinstance(error, OSError) and error.errno is None)


def _check_places(places: list[Any], kill: int) -> None:
    found = [place.result() for place in places]
    if others := sorted({version for _, _, version in found} - {__version__}):
        raise ArgumentError("cluster", f"srtheory {others[0]}", f"one whose workers run this version ({__version__})")
    if kill and (platform.node(), os.getpid()) in [place[:2] for place in found]:
        raise ArgumentError("kill", kill, "0 where workers run in the process of the master")


def _moved(
    client: Client, job: Job, homes: dict[str, list[int]], kill: int, moved: list[Any], limit: Limit
) -> list[_Crew]:
    local = hasattr(client.cluster, "workers")
    try:
        there = client.scatter(job, broadcast=True, hash=False)
        moved.append(there)
        crews = []
        for place, (address, mine) in enumerate(homes.items()):
            fatal = place >= len(homes) - kill
            strict = {"workers": [address], "allow_other_workers": False}
            future = client.submit(Crew, there, mine, fatal, actor=True, pure=False, **strict)
            moved.append(future)
            crews.append(_Crew(mine, future))
        for place, crew in enumerate(crews):
            crew.actor = crew.future.result(timeout=limit.left())
            if kill and local and place >= len(homes) - kill:
                crew.actor.restart_no_more().result()
    except ArgumentError:
        raise
    except Exception as error:  # any exception of pickling, importing and building at the other end
        if _is_loss(error):
            raise
        raise ArgumentError("function", job.function, f"one that can be moved to the workers ({told(error)})") from None
    return crews


# ---------------------------------------------------------------------------------------------------------------- run


@dataclass
class _Run:
    """State of the master in one run."""

    master: Master
    job: Job
    crews: _Crews
    limit: Limit
    progress: Progress
    messages: dict[tuple[int, int], tuple[Message, float]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    shape: tuple[int, ...] | None = None
    begun: float = 0.0

    def execute(self, trial: int) -> Execution:
        """Receive until the sum is recovered, decode it, and stop the workers."""
        self.begun = self.crews.start()
        while not self.master.done:
            self._receive()
        n = len(self.master.order)
        times = np.array([self.messages[symbol][1] for symbol in self.master.order])
        reception = self.master.reception(times)
        decoded = self.master.value(reception.rows)
        if decoded is None:
            raise ArithmeticError(f"The decoder {self.master.decode_by} does not get the sum from {n} rows.")
        if not is_finite(decoded.value):
            expected = "one with a sum, and steps of decoding on the way to it, in the range of floats of 64 bits;"
            expected += " integers and fractions are added up without one"
            raise ArgumentError("function", self.job.function, expected)
        value, bound = as_plain(decoded.value)
        available = time.perf_counter() - self.begun
        evaluated = self.crews.stop()
        work = np.zeros(self.job.scheme.workers, dtype=np.int64)
        np.maximum.at(work, reception.worker, reception.terms)
        for j, terms in evaluated.items():
            work[j] = max(work[j], terms)
        target, how = self.master.target, decoder_of(self.master.decode_by)
        stop = how(reception) if target == SUM else met(target, reception.rows)
        record = _record(trial, reception, stop, int(work.sum()))
        if record.stopping_time != n:
            raise ArithmeticError(f"Fed row by row the decoder stops after {n} rows, on all {record.stopping_time}.")
        return Execution(
            value,
            bound,
            record,
            available,
            tuple(self._arrival(symbol) for symbol in self.master.order),
            np.array(self.job.delays),
            tuple(self.faults),
            self.job.scheme,
            self.job.key,
            len(self.crews.crews),
            terms_of(self.master.known, self.job.groups),
        )

    def _receive(self) -> None:
        """Take the messages up to the deciding symbol; give up if nothing more can arrive."""
        try:
            at, i, messages, news = self.crews.inbox.get(timeout=_LOOK)
        except Empty:
            self._look()
            return
        for message in messages:
            self._take(message, at - self.begun)
            if self.master.done:
                return
        crew = self.crews.crews[i]
        if news == "ended":
            crew.ended = True
        elif news:
            self._lose(crew, news, at)
        self.limit.check()

    def _look(self) -> None:
        """Check for lost processes and the time limit after a silence."""
        now = time.perf_counter()
        for crew in self.crews.crews:
            if not crew.ended and not crew.lost and crew.future.status != "finished":
                self._lose(crew, f"its process is lost (Dask: {crew.future.status})", now)
        if all(crew.ended or crew.lost for crew in self.crews.crews) and self.crews.inbox.empty():
            raise self.given_up("no worker has more to send")
        self.limit.check()

    def _lose(self, crew: _Crew, what: str, now: float) -> None:
        if not crew.lost:
            crew.lost = True
            self.faults.append(Fault(now - self.begun, tuple(crew.workers), what))

    def _take(self, message: Message, at: float) -> None:
        if message.fault is not None:
            self.faults.append(Fault(at, (message.worker,), message.fault))
            return
        if self.shape is None:
            self.shape = shape_of(message.value)
        if shape_of(message.value) != self.shape:
            shapes = f"{self.shape} and {shape_of(message.value)}"
            raise ArgumentError("function", self.job.function, f"one whose values have one shape (there are {shapes})")
        symbol = message.worker, message.index
        self.messages.setdefault(symbol, (message, at))
        self.master.add(*symbol, message.value, message.mark)
        columns = self.job.scheme.symbols
        self.progress(len(self.master.order), columns - len(self.master.uncovered), columns)

    def given_up(self, why: str) -> NotRecovered:
        """Return the reason why no more symbols are awaited."""
        missing = terms_of(self.master.uncovered, self.job.groups)
        return NotRecovered(missing, len(self.master.order), why, tuple(map(str, self.faults)))

    def _arrival(self, symbol: tuple[int, int]) -> Arrival:
        message, at = self.messages[symbol]
        found = self.master.orders.symbol(*symbol)
        assert found is not None
        support = tuple(sorted(found[0].tolist()))
        return Arrival(*symbol, support, self.master.orders.terms(*symbol), message.began, message.finished, at)


def _record(trial: int, reception: Reception, stop: Stop, work: int) -> Record:
    """Return the record of a run that has ended with this reception."""
    order = np.argsort(reception.worker, kind="stable")
    rows, worker, terms = reception.rows.take(order), reception.worker[order], reception.terms[order]
    k = len(order)
    # Messages that come together have one time: for counting, the order of arrival is their time.
    sent = UnorderedReception(rows, worker, order.astype(np.float64), terms, reception.totals, float(k))
    counts = tally(sent, int(np.flatnonzero(order == k - 1)[0]))
    return record_of(trial, float(reception.time[-1]), counts, work, stop)


# ----------------------------------------------------------------------------------------------------------- the master

SHOWN = 20
"""Largest number of terms that a message lists."""

_DECODERS = tuple(name for name in DECODER_NAMES if name not in UNDECODED)


class NotRecovered(Exception):  # noqa: N818  (an answer, no error of the program's)
    """Error if the received symbols do not give the sum, and no more arrive, or not in time.

    ``missing``: Terms (0-based) that appear in no received symbol; empty if all terms appear but the symbols still do
    not span 1. ``received``: Symbols received. ``why``: Why no more are waited for. ``faults``: Failures, worker by
    worker.
    """

    def __init__(self, missing: tuple[int, ...], received: int, why: str, faults: tuple[str, ...]) -> None:
        named = ", ".join(map(str, missing[:SHOWN])) + (", …" if len(missing) > SHOWN else "")
        lacking = f"no symbol has come with the terms {named}" if missing else "they cover all terms and do not span 1"
        trouble = (
            f"; {faults[0]}" + (f"; and {len(faults) - 1} more faults" if len(faults) > 1 else "") if faults else ""
        )
        super().__init__(f"The sum is not recovered from {received} symbols: {lacking} ({why}{trouble}).")
        self.missing, self.received, self.why, self.faults = missing, received, why, faults


class Master:
    """Received symbols, and whether the sum can be recovered.

    O(weight) a symbol until all terms are covered. From then on a row-by-row elimination for ``span``, and for the
    other decoders a whole run, O(nnz) each time. ``done`` tells whether the symbols so far give the sum, and ``order``
    has worker and index of each symbol, in order of arrival.
    """

    def __init__(self, scheme: Scheme, key: int, decode_by: str, target: str = SUM) -> None:
        if hasattr(scheme, "arrange"):
            expected = (
                "one that workers can follow: rows that are only known when all have come, as of the genie, are none"
            )
            raise ArgumentError("scheme", type(scheme).__name__, expected)
        if decode_by not in _DECODERS:
            raise ArgumentError("decoder", decode_by, "one that gets the sum: " + ", ".join(_DECODERS))
        require_fitting(decode_by, scheme.decoder)
        if target == ALL:
            raise ArgumentError("target", target, "sum, terms(K) or error(X): a run gives a sum, of terms known or all")
        self.target = read_target(target, scheme.symbols, scheme.decoder)
        self.scheme, self.orders, self.decode_by = scheme, Orders(scheme, key), decode_by
        self.order: list[tuple[int, int]] = []
        self.done = False
        self._values: dict[tuple[int, int], Any] = {}
        self._marks: list[bytes] = []
        self._uncovered = set(range(scheme.symbols))
        self._span = None
        if decode_by == "span":
            from srtheory.decoders.incremental import IncrementalSpan  # which imports numba

            self._span = IncrementalSpan(scheme.symbols)

    def add(self, worker: int, index: int, value: Any, of: bytes | None = None) -> bool:
        """Take a symbol, unless it has arrived before, and return whether the sum can be recovered.

        ``of`` is the mark of the combination that its sender has added up, since a user-defined scheme may answer
        differently with another budget or in another process.
        """
        if (worker, index) in self._values:
            return self.done
        symbol = self.orders.symbol(worker, index)
        if symbol is None:
            raise self._another(worker, index)
        columns, weights = symbol
        self._marks.append(mark(symbol))
        if of is not None and of != self._marks[-1]:
            raise self._another(worker, index)
        self._values[worker, index] = value
        self.order.append((worker, index))
        self._uncovered.difference_update(columns.tolist())
        if self.target != SUM:
            self.done = len(self.known) >= int(self.target[6:-1])
        elif self._span is not None:
            self.done = self._span.add(columns, 1 if weights is None else weights) or self.done
        elif not self.done and not self._uncovered:
            self.done = decoder(self.decode_by)(self.reception()).stopping_time is not None
        return self.done

    @property
    def uncovered(self) -> list[int]:
        """Columns that are in no symbol so far."""
        return sorted(self._uncovered)

    @property
    def known(self) -> list[int]:
        """Columns that are in some symbol."""
        return sorted({*range(self.scheme.symbols)} - self._uncovered)

    def reception(self, time: Floats | None = None) -> Reception:
        """Return the reception as in a simulated run, at these times, or at 1, 2 and so on."""
        n = len(self.order)
        worker = np.array([j for j, _ in self.order], dtype=np.int32)
        index = np.array([i for _, i in self.order], dtype=np.int64)
        terms = np.array([self.orders.terms(j, i) for j, i in self.order], dtype=np.int64)
        budget = np.zeros(self.scheme.workers, dtype=np.int64)
        np.maximum.at(budget, worker, terms)
        symbols = emitted(self.scheme, self.orders.key, budget)
        first = np.searchsorted(symbols.worker, worker)
        totals = np.where(symbols.ended, budget, UNLIMITED)
        times = np.arange(1.0, n + 1) if time is None else time
        return Reception(symbols.rows.take(first + index), worker, times, terms, totals)

    def _another(self, worker: int, index: int) -> ArgumentError:
        expected = (
            "a scheme that answers alike whenever it is asked, and with more symbols to a larger budget:"
            f" symbol {index} of worker {worker} is not what it was"
        )
        return ArgumentError("scheme", type(self.scheme).__name__, expected)

    def value(self, rows: Rows) -> Sum | None:
        """Return the sum of all terms, or of those that are known, from the values of the rows received, in order."""
        if is_own(self.scheme):  # ``rows`` are its answer to a question that has not been asked before
            for i, (symbol, sent) in enumerate(zip(self.order, self._marks, strict=True)):
                if mark(symbol_of(rows, i)) != sent:
                    raise self._another(*symbol)
        plain = not isinstance(rows, PrecodedRows) and (rows.values is None or bool((rows.values == 1).all()))
        values = alike([self._values[symbol] for symbol in self.order])
        if self.target == SUM:
            return recover(rows, values, self.decode_by if plain else "span")
        known: set[int] = set()
        new = []
        for row in np.split(rows.indices, rows.indptr[1:-1]):
            new.append(Fraction(known.isdisjoint(row.tolist())))
            known.update(row.tolist() if new[-1] else ())
        return combined(values, new) if sorted(known) == self.known else None


def rehearse(scheme: Scheme, key: int, decode_by: str, target: str = SUM) -> None:
    """Receive and decode a run of equally fast workers, so that everything is imported and compiled.

    Otherwise the first run of a process would include seconds of decoding.
    """
    master, index, more = Master(scheme, key, decode_by, target), 0, True
    while more and not master.done:
        more = False
        for j in range(scheme.workers):
            if not master.done and master.orders.symbol(j, index) is not None:
                more = True
                master.add(j, index, 0)
        index += 1
    master.value(master.reception().rows)


def terms_of(columns: Sequence[int], groups: Sequence[int] | None) -> tuple[int, ...]:
    """Return the terms behind columns."""
    if groups is None:
        return tuple(columns)
    return tuple(i for c in columns for i in range(groups[c], groups[c + 1]))
