"""Work in the background: a process for each page, which computes what takes long, value by value.

Values come with the item that they belong to, so that those of an interrupted page remain right. A process ends when it
is stopped, when its page has not asked for a while, and with the server.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from srtheory.explore.items import FIRST, Item, Refused, Runs, compute, is_done, keep, missing, seconds, trials_of
from srtheory.explore.state import World
from srtheory.own_code import prints_to_stderr

SLICE = 0.4
"""Seconds of simulation after which there is something new to see."""
PATIENCE = 1.0
"""Seconds after which a process that is busy with what is no longer asked for is ended."""
ABSENCE = 30.0
"""Seconds without a question from a page after which its process is ended."""
MOST_VALUES = 4000
"""Largest number of values that a page keeps."""
MOST_PAGES = 16
"""Largest number of pages whose values are kept."""
_SPAWN = get_context("spawn")


def work(pipe: Connection, world: World) -> None:
    """Compute the items that come through the pipe until it closes; a new list takes the place of the last.

    A list is acknowledged with None. A value goes back with its item and, if it is a simulation, its first trial.
    """
    queue: deque[tuple[Item, int]] = deque()
    with prints_to_stderr(), suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            while not queue or pipe.poll():
                queue = deque(pipe.recv())
                pipe.send(None)
            item, have = queue.popleft()
            if item.kind != "simulate":
                pipe.send((item, compute(item, world), 0))
                continue
            value, more = _slice(item, world, have)
            pipe.send((item, value, have))
            if more is not None:
                queue.append((item, more))


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
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.followed_by(part)
    return whole, None if have >= item.at else have


class Worker:
    """A process that computes the last list of items that it was given; it is there only while there is work."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._process: Any = None
        self._pipe: Connection | None = None
        self._later: list[tuple[Item, int]] | None = None
        self._unread = False
        self._heard = 0.0

    def give(self, jobs: list[tuple[Item, int]], busy: bool) -> None:
        """Let the process compute these in place of all others; ``busy`` says whether it has something to do."""
        if self._process is not None and busy and time.monotonic() - self._heard > PATIENCE:
            self.end()
        if self._process is None:
            if not jobs:
                return
            mine, its = _SPAWN.Pipe()
            self._process = _SPAWN.Process(target=work, args=(its, self.world), daemon=True)
            self._process.start()
            its.close()
            self._pipe = mine
        self._later = jobs
        self._send()

    def _send(self) -> None:
        """Send what is to be done, unless an earlier list is still unread: a full pipe would make the page wait."""
        if self._later is None or self._unread or self._pipe is None:
            return
        self._pipe.send(self._later)
        self._later, self._unread, self._heard = None, True, time.monotonic()

    def take(self) -> list[tuple[Item, Any, int]]:
        """Return what has come since the last time."""
        found = []
        try:
            while self._pipe is not None and self._pipe.poll():
                message = self._pipe.recv()
                self._heard = time.monotonic()
                if message is None:
                    self._unread = False
                else:
                    found.append(message)
            self._send()
        except (EOFError, OSError):  # it was killed, or ran out of memory
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
    """What a page knows: its values, what it waits for, and which of its questions is the last.

    Attributes
    ----------
    values : mapping of Item to value
    wanted : list of Item
        Items that are missing.
    stopped : bool
        Whether the work was ended by hand.
    paces : dict
        Seconds that values of a kind and a scheme have taken here.
    changes : int
        Number of values that have come.
    question : int
        Number of its last question.
    lock : lock
        Held while values change.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.values: OrderedDict[Item, Any] = OrderedDict()
        self.wanted: list[Item] = []
        self.stopped = False
        self.paces: dict[tuple[str, str], float] = {}
        self.changes = self.question = 0
        self.lock = threading.Lock()
        self.worker = Worker(world)
        self._seen = time.monotonic()

    def seen(self) -> None:
        """Note that the page has asked."""
        self._seen = time.monotonic()

    def absent(self) -> bool:
        """Return whether the page has not asked for long."""
        return time.monotonic() - self._seen > ABSENCE

    def want(self, items: list[Item]) -> None:
        """Let the process compute these items, as far as they are missing, in place of all others."""
        self.take()
        busy, self.wanted = bool(self.wanted), missing(items, self.values)
        needed = set(items)
        for item in list(self.values)[: max(0, len(self.values) - MOST_VALUES)]:
            if item not in needed:
                del self.values[item]
        self.stopped = False
        self.worker.give([(item, self._have(item)) for item in self.wanted], busy)

    def _have(self, item: Item) -> int:
        value = self.values.get(item)
        return len(value) if isinstance(value, Runs) else 0

    def take(self) -> None:
        """Take the values that the process has sent."""
        for item, value, first in self.worker.take():
            if not isinstance(value, Runs) or first == self._have(item):
                self.put(item, value)
        self.wanted = missing(self.wanted, self.values)

    def put(self, item: Item, value: Any) -> None:
        """Keep a value; trials follow those that are there."""
        keep(self.values, item, value)
        self.values.move_to_end(item)
        self.changes += 1

    @property
    def working(self) -> bool:
        """Whether values are still to come."""
        return bool(self.wanted) and not self.stopped

    def stop(self) -> None:
        """End the work until it is wanted again."""
        self.take()
        self.stopped = True
        self.end()

    def end(self) -> None:
        """End the process."""
        self.worker.end()


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
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)[1].end()
            page.seen()
            return page

    def _watch(self) -> None:
        while True:
            time.sleep(ABSENCE / 3)
            with self._lock:
                absent = [page for page in self._pages.values() if page.absent()]
            for page in absent:
                with page.lock:
                    page.end()

    def end(self) -> None:
        """End all processes."""
        with self._lock:
            for page in self._pages.values():
                page.end()


def compute_in_time(page: Page, items: list[Item], budget: float, is_last: Callable[[], bool]) -> None:
    """Compute here what is quick, in order, within a budget in seconds, as long as the question is the last one."""
    begun = time.monotonic()
    for item in items:
        if not is_last():
            return
        kind, now = (item.kind, item.scheme), time.monotonic()
        cost = max(seconds(item), page.paces.get(kind, 0.0))
        if not is_done(item, page.values.get(item)) and now - begun + cost <= budget:
            page.put(item, compute(item, page.world))
            page.paces[kind] = max(time.monotonic() - now, page.paces.get(kind, 0.0) / 2)
