"""Progress on stderr: a bar on a terminal; in a log, lines after 2, 4, 8, 16, 32 seconds, then one per minute.

Both move by time alone, so that they show that the work goes on while it does not come back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from threading import Timer
from typing import Any

from tqdm import tqdm

from srtheory.errors import ArgumentError

FIRST, EVERY = 2.0, 60.0
"""Seconds to the first line, and the most between two lines."""
BLINK = 1.0
"""Seconds between two pictures of a bar."""
COUNTED = "{desc}: {n_fmt}/{total_fmt}{unit} [{elapsed}{of}{postfix}]"
UNCOUNTED = "{desc}: {n_fmt}{unit} [{elapsed}{of}{postfix}]"
ALIKE = "{desc}: {n_fmt}/{total_fmt}{unit} [{elapsed}<{remaining}{postfix}]"


class Bar(tqdm):  # type: ignore[misc]  # tqdm has no types
    """A bar that is drawn again while the work does not come back.

    ``pauses`` (iterator of float): Seconds before each picture. ``within`` (pair of float and str): Estimate, in
    seconds and in words, for the field ``of`` of the format; it is left out once it has passed. ``**options``: Of tqdm.
    """

    def __init__(self, pauses: Iterator[float], within: tuple[float, str] = (0.0, ""), **options: Any) -> None:
        self._pauses, self._within, self._first = pauses, within, (0, 0.0)
        super().__init__(smoothing=0, **options)  # the mean speed so far
        if (super().format_dict["ncols"] or 0) < 1:  # the terminal does not say it: tqdm would draw nothing
            self.ncols = self.nrows = None
        self._wait()

    @property
    def format_dict(self) -> dict[str, Any]:
        """Values of the fields of the format."""
        fields: dict[str, Any] = super().format_dict
        seconds, words = self._within
        if fields["n"] and not self._first[0]:  # these waited for the compiler, and tell nothing of the others
            self._first = fields["n"], fields["elapsed"]
        n, elapsed = self._first
        pace = (fields["n"] - n) / max(fields["elapsed"] - elapsed, 1e-9)
        return fields | {"of": words if fields["elapsed"] < seconds else "", "rate": pace}

    def _wait(self) -> None:
        self._timer = Timer(next(self._pauses), self._beat)
        self._timer.daemon = True
        self._timer.start()

    def _beat(self) -> None:
        with self.get_lock():
            if not self.disable:  # it may have been closed meanwhile
                self.display()
                self._wait()

    def close(self) -> None:
        """Stop drawing."""
        with self.get_lock():
            if not self.disable:
                self._timer.cancel()
            super().close()


class Lines(Bar):
    """Progress as lines instead of a bar; work of less than :data:`FIRST` seconds prints none.

    ``about``: The first line, instead of the bar's. ``**options``: Of :class:`Bar`.
    """

    def __init__(self, about: str | None = None, **options: Any) -> None:
        self._about = about
        super().__init__(_doubling(), gui=True, mininterval=float("inf"), **options)  # gui: it draws nothing itself

    def display(self, *_: Any, **__: Any) -> None:
        """Write a line."""
        line, self._about = self._about or str(self), None
        self.fp.write(line + "\n")
        self.fp.flush()


def _doubling() -> Iterator[float]:
    """Yield the seconds between lines, so that none waits for longer than all before."""
    pause = FIRST
    yield pause
    while True:
        yield pause
        pause = min(2 * pause, EVERY)


@contextmanager
def shown_if(progress: bool, alike: bool = False, **options: Any) -> Iterator[Any]:
    """Give a notebook's bar, elsewhere that of :func:`progress_bar`, or one that is not seen."""
    from tqdm.asyncio import tqdm_asyncio
    from tqdm.auto import tqdm as auto

    if not isinstance(progress, bool):
        raise ArgumentError("progress", progress, "True or False")
    shown = progress and auto is tqdm_asyncio  # which tqdm takes where there is no notebook
    with progress_bar(alike=alike, **options) if shown else auto(disable=not progress, **options) as bar:
        yield bar


def progress_bar(*, about: str | None = None, alike: bool = False, **options: Any) -> Bar:
    """Return a bar on stderr, or :class:`Lines` if stderr is not a terminal.

    ``about``: The work and its duration, for the first line of a log. ``alike``: Whether all units take about as long,
    so that the time of the rest is estimated from theirs. ``**options``: Of :class:`Bar`.
    """
    form = UNCOUNTED if options.get("total") is None else ALIKE if alike else COUNTED
    options = {"bar_format": form, "file": sys.stderr} | options
    if sys.stderr.isatty():
        return Bar(repeat(BLINK), leave=False, **options)
    return Lines(about, **options)
