"""Work in the background: a process for each page, which reads its parameters and computes its values one by one.

Whatever a start-up distribution or a law costs, it costs there: the server itself evaluates none. Values come with the
item that they belong to, so that those of an interrupted page remain right. A process ends when it is stopped, when its
page has not asked for a while, and with the server.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import Connection
from typing import Any

from srtheory.experiments.compare import FIRST
from srtheory.explore.items import INTERNAL, Item, Refused, Runs, compute, keep, missing, seconds, trials_of
from srtheory.explore.state import State, World, query_of, read
from srtheory.explore.views import Plan, plan
from srtheory.own_code import prints_to_stderr
from srtheory.schemes import ENTRIES as SCHEMES
from srtheory.theory import ENTRIES as LAWS

SLICE = 0.4
"""Seconds of simulation after which there is something new to see."""
PATIENCE = 1.0
"""Seconds after which a process that is busy with what is no longer asked for is ended."""
LONGEST = 20.0
"""Seconds for which a page waits for its parameters to be read and its view to be planned."""
ABSENCE = 10.0
"""Seconds without a question from a page after which its process is ended."""
SOON = 5.0
"""Seconds of work below which nothing is said of how long it takes."""
MOST_VALUES = 4000
"""Largest number of values that a page keeps; twenty simulated runs count as one."""
MOST_PAGES = 16
"""Largest number of pages whose values are kept."""
SLOW = f"a distribution whose values take less than {LONGEST:g} s here"
_START: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
if hasattr(_START, "set_forkserver_preload"):  # imported once, and not by each process
    _LAW_MODULES = {entry.module for entry in (*LAWS.values(), *SCHEMES.values())}
    _START.set_forkserver_preload(
        ["srtheory.explore.jobs", "scipy.stats", "srtheory.theory.floor", *sorted(_LAW_MODULES)]
    )


@dataclass(frozen=True)
class Answer:
    """What a process makes of a page's texts: the state, what is wrong with which field, and the plan of the view."""

    texts: Mapping[str, str]
    state: State
    problems: Mapping[str, str]
    plan: Plan


def answer(texts: Mapping[str, str], world: World) -> Answer:
    """Read the texts and plan their view; this takes as long as the start-up distribution does."""
    state, problems = read(texts, world)
    return Answer(texts, state, problems, plan(state, world))


def _end_with(process: Any) -> None:
    process.join()
    os._exit(1)


def work(pipe: Connection, world: World) -> None:
    """Answer the texts that come through the pipe, and compute the items of the answer's plan that are asked for next.

    A message takes the place of the last, and is acknowledged with None, as is the beginning. Items are asked for by
    their places, with the number of trials that are there. A value goes back with its item and, if it is a simulation,
    its first trial.
    """
    queue: deque[tuple[Item, int]] = deque()
    items: list[Item] = []
    if hasattr(os, "nice"):
        os.nice(5)  # the server answers all pages
    if (page := parent_process()) is not None:  # an item may take an hour, and a page be killed
        threading.Thread(target=_end_with, args=(page,), daemon=True).start()
    with prints_to_stderr(), suppress(EOFError, OSError, KeyboardInterrupt):
        pipe.send(None)
        while True:
            while not queue or pipe.poll():
                asked = pipe.recv()
                queue.clear()
                pipe.send(None)
                if isinstance(asked, dict):
                    made = answer(asked, world)
                    items = made.plan.items
                    pipe.send(made)
                else:
                    queue.extend((items[place], have) for place, have in asked)
            (item, have), begun = queue.popleft(), time.monotonic()
            value, more = _slice(item, world, have) if item.kind == "simulate" else (compute(item, world), None)
            took = (time.monotonic() - begun) / (len(value) if isinstance(value, Runs) else 1)
            pipe.send((item, value, have, took))
            if more is not None:  # the first runs, which are a point, before those of other items
                (queue.append if more >= FIRST else queue.appendleft)((item, more))


def _slice(item: Item, world: World, have: int) -> tuple[Any, int | None]:
    """Return further trials, and how many there are then, or None if that is all."""
    end, parts = min(int(item.at), FIRST if have < FIRST else int(item.at)), []
    begun = time.monotonic()
    while have < end and time.monotonic() - begun < SLICE:
        chunk = range(have, min(end, have + 5))
        value = trials_of(item, world, chunk)
        if isinstance(value, Refused):
            return value, None
        parts.append(value)
        have = chunk.stop
    return reduce(Runs.followed_by, parts), None if have >= item.at else have


class Worker:
    """A process that is busy with the last message that it was given; it is there only while there is work."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._process: Any = None
        self._pipe: Connection | None = None
        self._later: Any = None
        self._unread = self._begun = False
        self._heard = 0.0

    @property
    def alive(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def stuck(self) -> bool:
        """Whether the process does not come to read what it was given."""
        return self._begun and self._unread and time.monotonic() - self._heard > PATIENCE

    def give(self, message: Any) -> None:
        """Let the process do this in place of all else."""
        if self._process is None:
            mine, its = _START.Pipe()
            process = _START.Process(target=work, args=(its, self.world), daemon=True)
            process.start()
            its.close()
            self._process, self._pipe, self._unread, self._begun = process, mine, True, False
        self._later = message
        self._send()

    def _send(self) -> None:
        """Send what is to be done, unless an earlier message is still unread: a full pipe would make the page wait."""
        if self._later is None or self._unread or self._pipe is None:
            return
        self._pipe.send(self._later)
        self._later, self._unread, self._heard = None, True, time.monotonic()

    def take(self) -> list[Any]:
        """Return what has come since the last time; a process that was killed is cleared away."""
        found = []
        try:
            while self._pipe is not None and self._pipe.poll():
                message = self._pipe.recv()
                self._heard = time.monotonic()
                if message is None:
                    self._unread, self._begun = False, True
                else:
                    found.append(message)
            self._send()
        except (EOFError, OSError):
            self.end()
        return found

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = self._later = None
        self._unread = False


class Page:
    """What a page knows: what it asked for, the answer, and its values. All but its numbers is under its lock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answer: Answer | None = None  # to what it asked for last, as soon as it is there
        self.values: OrderedDict[Item, Any] = OrderedDict()
        self.wanted: list[Item] = []  # that are missing
        self.stopped = False  # by hand
        self.changes = 0  # number of values and answers that have come
        self.question = 0  # number of its last question
        self.waiting = 0  # number of requests that wait for the answer
        self.lock = threading.Lock()  # held while any of this changes, for moments only
        self.worker = Worker(world)
        self.pace: dict[tuple[str, str, int], float] = {}  # seconds of the last value, or run, of a kind
        self._names: tuple[
            Mapping[str, str], ...
        ] = ()  # of what was asked for last: its texts, and those it has as a state
        self._texts: dict[str, str] = {}
        self._closed = False
        self._since = self.seen = time.monotonic()

    def absent(self) -> bool:
        """Return whether the page has not asked for long."""
        return time.monotonic() - self.seen > ABSENCE

    def ask(self, texts: Mapping[str, str]) -> None:
        """Let the process answer these texts in place of all others, unless it has, or does."""
        self.take()
        if texts not in self._names:
            self._names, self._texts, self.answer = (texts,), dict(texts), None
            self.wanted, self.stopped = [], False
        elif self.stopped or self.worker.alive or (self.answer is not None and not self.wanted):
            return
        self._begin()

    @property
    def asked(self) -> Mapping[str, str]:
        """The texts that were asked for last."""
        return self._names[0] if self._names else {}

    def is_asked(self, texts: Mapping[str, str]) -> bool:
        """Return whether these texts were asked for last."""
        return texts in self._names

    @property
    def working(self) -> bool:
        """Whether the answer or values are still to come."""
        return not self.stopped and (self.answer is None or bool(self.wanted))

    def go_on(self) -> None:
        """Go on with what was stopped."""
        self.stopped = False
        self._begin()

    def _begin(self) -> None:
        if not self._closed:
            self._since = time.monotonic()
            self.worker.give(self._texts)

    def take(self) -> None:
        """Take what the process has sent, and see that it is neither lost nor stuck."""
        busy = self.worker.alive
        for message in self.worker.take():
            if not isinstance(message, Answer):
                item, value, first, took = message
                self.pace[_kind(item)] = took
                if not isinstance(value, Runs) or first == self._have(item):
                    self.put(item, value)
            elif message.texts == self._texts:
                self._answered(message)
        self.wanted = missing(self.wanted, self.values)
        if self.answer is None and self.worker.stuck:
            self.worker.end()
            self._begin()
        elif self.answer is None and busy and (not self.worker.alive or time.monotonic() - self._since > LONGEST):
            self._give_up()
        elif busy and not self.worker.alive and self.wanted:  # by what it was computing
            self.put(self.wanted[0], Refused(f"{INTERNAL} (its process has ended)"))
            self.wanted = self.wanted[1:]
            self._begin()

    def _answered(self, its: Answer) -> None:
        if self._texts != self._names[0]:
            its = replace(its, problems={**its.problems, "startup": SLOW})
        self._names = (self._names[0], query_of(its.state.query()))
        self.answer = its
        self.changes += 1
        self._want()

    def _give_up(self) -> None:
        """Ask for the rest without the start-up distribution, or for nothing if it is not to blame."""
        self.worker.end()
        rest = {name: text for name, text in self._texts.items() if name != "startup"}
        if rest != self._texts:
            self._texts = rest
            self._begin()
        else:
            its, problems = read(rest, self.world)
            why = f"its parameters: their view is not planned within {LONGEST:g} s"
            self._answered(Answer(rest, its, problems, Plan(its, why)))

    def _want(self) -> None:
        """Let the process compute what is missing of the answer's items, and forget the oldest values."""
        assert self.answer is not None
        items = self.answer.plan.items
        self.wanted = missing(items, self.values)
        needed, kept = set(items), sum(map(_size, self.values.values()))
        for item in [item for item in self.values if item not in needed]:
            if kept <= MOST_VALUES:
                break
            kept -= _size(self.values.pop(item))
        if self.wanted and not self._closed and self.worker.alive:
            left = set(self.wanted)
            self.worker.give([(i, self._have(item)) for i, item in enumerate(items) if item in left])

    def left(self) -> str:
        """Return about how long the work takes, by what such values have taken, or how long at least."""
        known, total = all(_kind(item) in self.pace for item in self.wanted), 0.0
        for item in self.wanted:
            each = self.pace.get(_kind(item), seconds(item))
            if math.isfinite(each):
                total += each * (item.at - self._have(item) if item.kind == "simulate" else 1)
        if total < SOON:
            return ""
        says = f"{total:.0f} s" if total < 100 else f"{total / 60:.0f} min" if total < 6000 else f"{total / 3600:.0f} h"
        return f", {'about' if known else 'at least'} {says} left"

    def _have(self, item: Item) -> int:
        value = self.values.get(item)
        return len(value) if isinstance(value, Runs) else 0

    def put(self, item: Item, value: Any) -> None:
        """Keep a value; trials follow those that are there."""
        keep(self.values, item, value)
        self.values.move_to_end(item)
        self.changes += 1

    def wait(self, longest: float, budget: float, is_last: Callable[[], bool]) -> None:
        """Wait for the answer, and then for its values as long as the budget, if the question is still the last one."""
        end, answered = time.monotonic() + longest, False
        with self.lock:
            self.waiting += 1
        try:
            while is_last() and time.monotonic() < end:
                with self.lock:
                    self.take()
                    if self.answer is not None and not answered:
                        answered, end = True, time.monotonic() + budget
                    if (answered and not self.wanted) or self._closed:
                        return
                time.sleep(0.005)
        finally:
            with self.lock:
                self.waiting -= 1

    def stop(self) -> None:
        """End the work until it is gone on with."""
        self.take()
        self.stopped = True
        self.worker.end()

    def close(self) -> None:
        """End the work for good."""
        self._closed = True
        self.worker.end()


def _kind(item: Item) -> tuple[str, str, int]:
    return item.kind, item.scheme, item.setting.symbols


def _size(value: Any) -> int:
    return 1 + len(value) // 20 if isinstance(value, Runs) else 1


class Pages:
    """The pages of a server, by their names; a page that comes back after a while begins anew."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, daemon=True).start()

    def __len__(self) -> int:
        return len(self._pages)

    def of(self, name: str) -> Page:
        """Return the page of that name."""
        with self._lock:
            page = self._pages.setdefault(name, Page(self.world))
            self._pages.move_to_end(name)
            page.seen = time.monotonic()
            old = [self._pages.popitem(last=False)[1] for _ in range(len(self._pages) - MOST_PAGES)]
        self._close(old)
        return page

    def _watch(self) -> None:
        while True:
            time.sleep(ABSENCE / 3)
            with self._lock:
                absent = [page for page in self._pages.values() if page.absent()]
            for page in absent:
                with page.lock:
                    page.worker.end()

    def end(self) -> None:
        """End all processes."""
        with self._lock:
            pages = list(self._pages.values())
            self._pages.clear()
        self._close(pages)

    @staticmethod
    def _close(pages: list[Page]) -> None:
        for page in pages:
            with page.lock:
                page.close()
