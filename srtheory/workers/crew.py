"""Workers that run in one Dask process, a thread each, and a mailbox from which the master fetches symbols.

A crew is a Dask actor.  A worker waits for the common start, sleeps through its start-up, evaluates its terms one after
the other, and puts each symbol into the mailbox as soon as it is complete. It does not wait for the master.
"""

from __future__ import annotations

import asyncio
import math
import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from srtheory.environment import __version__
from srtheory.errors import ArgumentError, shortened
from srtheory.own_code import told
from srtheory.schemes.base import Scheme
from srtheory.schemes.own import attribute_errors_to_user
from srtheory.workers.symbols import Orders, Symbol, add, as_value, is_finite, mark, scale

Term = Callable[[int, Any], Any]
"""Function f_i(x) of i and x."""


@dataclass(frozen=True, eq=False)
class Job:
    """Terms to be added up, and the scheme of the workers."""

    function: Term
    """f_i(x), from i and x: deterministic, so that every worker that evaluates a term gets the same."""
    x: Any
    scheme: Scheme
    key: int
    """Seed of the scheme's own randomness."""
    groups: Sequence[int] | None
    """With fewer workers than terms the first term of each group and, last, the number of terms."""
    delays: Sequence[float]
    """Start-up delay of each worker in seconds; inf: it never answers."""
    tau: float
    """Least time of a term in seconds; the worker sleeps through what is left of it."""

    def terms_of(self, column: int) -> range:
        """Return the terms behind a symbol of the scheme."""
        return range(column, column + 1) if self.groups is None else range(*self.groups[column : column + 2])


@dataclass(frozen=True, eq=False)
class Message:
    """A symbol, or the reason why none arrives."""

    worker: int
    index: int
    """Worker of the symbol and place in its order, both from 0; together they identify a symbol."""
    began: float
    finished: float
    """Start of its first term and end of its last, in seconds since the crew received the start."""
    value: Any
    """The sum of its terms, in the form of :func:`srtheory.workers.symbols.as_value`; None without a symbol."""
    mark: bytes = b""
    """Mark of its terms and weights: see :func:`srtheory.workers.symbols.mark`."""
    fault: str | None = None
    """Description of the failure."""


class Crew:
    """Some workers of a job in one process, as a Dask actor, whose methods report their results to its holder.

    ``fatal`` is a fault on purpose: the process kills itself when the first symbol here is complete.
    """

    def __init__(self, job: Job, workers: Sequence[int], fatal: bool = False) -> None:
        self._job, self._workers, self._fatal = job, list(workers), fatal
        try:
            with attribute_errors_to_user(job.scheme):
                self._orders = Orders(job.scheme, job.key)
                self._orders.prepare(self._workers)
        except Exception:
            raise
        except BaseException as error:  # which would end Dask's process rather than this actor
            expected = f"a scheme whose code runs ({told(error)})"
            raise ArgumentError("scheme", type(job.scheme).__name__, expected) from None
        self._evaluated = dict.fromkeys(self._workers, 0)
        self._go, self._stop = threading.Event(), threading.Event()
        self._begun = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Message] = []
        self._news: asyncio.Event | None = None
        self._left = len(self._workers)
        for j in self._workers:
            threading.Thread(target=self._run, args=(j,), name=f"worker {j}", daemon=True).start()

    async def where(self) -> tuple[str, int, str]:
        """Return machine, process, and version of srtheory, once the crew is ready."""
        return platform.node(), os.getpid(), __version__

    async def start(self) -> None:
        """Give the common start."""
        self._loop, self._news = asyncio.get_running_loop(), asyncio.Event()
        self._begun = time.perf_counter()
        self._go.set()

    async def collect(self) -> tuple[list[Message], bool]:
        """Return all messages since the last call, as soon as there are some, and whether these are the last."""
        assert self._news is not None, "start comes first"
        await self._news.wait()
        self._news.clear()
        messages, self._waiting = self._waiting, []
        return messages, self._left == 0

    async def stop(self) -> dict[int, int]:
        """Stop all workers after the current term, and return the terms evaluated so far, by worker."""
        self._stop.set()
        self._go.set()
        return dict(self._evaluated)

    async def restart_no_more(self) -> None:
        """Tell Dask's nanny, if any, not to restart this process when it is gone."""
        from distributed import get_worker

        worker = get_worker()
        if worker.nanny:
            async with worker.rpc(worker.nanny) as nanny:
                await nanny.close_gracefully(reason="a fault on purpose")

    def _run(self, j: int) -> None:
        """Run a worker's thread, which in any case sends a last message, for which the master waits."""
        index, began, last = 0, 0.0, None
        try:
            self._go.wait()
            if self._starts_up(self._job.delays[j]):
                origin = time.perf_counter()
                for index in count():
                    began = self._clock()
                    symbol = self._orders.symbol(j, index)
                    message = None if symbol is None else self._symbol(j, index, symbol, origin)
                    if message is None:
                        break
                    self._post(message)
        except BaseException as error:  # any exception of a user's function or scheme
            what = str(error) if isinstance(error, ArgumentError) else told(error)
            last = Message(j, index, began, self._clock(), None, fault=shortened(what))
        finally:
            self._post(last, last=True)

    def _starts_up(self, delay: float) -> bool:
        """Sleep through the start-up. Return False if the worker never answers, or the crew is stopped meanwhile."""
        left = max(self._begun + delay - time.perf_counter(), 0)
        return left < math.inf and not self._stop.wait(min(left, threading.TIMEOUT_MAX))

    def _symbol(self, j: int, index: int, symbol: Symbol, origin: float) -> Message | None:
        """Evaluate a symbol, and return None if the crew is stopped meanwhile."""
        began, total, fault = self._clock(), None, None
        columns, weights = symbol[0].tolist(), None if symbol[1] is None else symbol[1].tolist()
        for place, column in enumerate(columns):
            for i in self._job.terms_of(column):
                if self._stop.is_set():
                    return None
                value = as_value(self._job.function(i, self._job.x))
                if self._rest(j, origin):
                    return None
                if not is_finite(value):
                    fault = "a value that is not finite"
                value = scale(value, 1 if weights is None else weights[place])
                total = value if total is None else add(total, value)
        if not fault and not is_finite(total):
            fault = "a sum of values that is beyond the range of floats of 64 bits"
        return Message(j, index, began, self._clock(), total, mark(symbol), fault)

    def _rest(self, j: int, origin: float) -> bool:
        """Finish a term: sleep for the rest of its time, and return whether to stop."""
        self._evaluated[j] += 1
        left = origin + self._job.tau * self._evaluated[j] - time.perf_counter()
        return self._stop.wait(left) if self._job.tau and left > 0 else self._stop.is_set()

    def _clock(self) -> float:
        return time.perf_counter() - self._begun

    def _post(self, message: Message | None, last: bool = False) -> None:
        if self._fatal and message is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._loop is None:  # stopped before the start
            return
        with suppress(RuntimeError):  # the loop is closed: there is no listener
            self._loop.call_soon_threadsafe(self._put, message, last)

    def _put(self, message: Message | None, last: bool) -> None:
        assert self._news is not None
        if message is not None:
            self._waiting.append(message)
        self._left -= last
        if message is not None or self._left == 0:
            self._news.set()
