"""Progress on stderr: a bar on a terminal; in a log, lines, the first after two seconds, then one per minute."""

from __future__ import annotations

import sys
from threading import Timer
from typing import Any

from tqdm import tqdm

FIRST, EVERY = 2.0, 60.0
"""Seconds to the first line, and between two lines."""


class Lines(tqdm):  # type: ignore[misc]  # tqdm has no types
    """Progress as lines instead of a bar; work of less than :data:`FIRST` seconds prints none.

    Parameters
    ----------
    about : str, optional
        The first line, instead of the bar's.
    **options
        Of tqdm.
    """

    def __init__(self, about: str | None = None, **options: Any) -> None:
        self._about = about
        super().__init__(gui=True, mininterval=EVERY, maxinterval=2 * EVERY, **options)  # gui: it draws nothing itself
        self._timer = Timer(FIRST, self.refresh)  # the work may not return within that time
        self._timer.daemon = True
        self._timer.start()

    def display(self, *_: Any, **__: Any) -> None:
        """Write a line; a line without information is followed by another as soon as possible."""
        line, self._about = self._about or str(self), None
        self.mininterval = EVERY if self.n or self.total is None else FIRST
        self.fp.write(line + "\n")
        self.fp.flush()

    def close(self) -> None:
        """Stop writing."""
        self._timer.cancel()
        super().close()


def progress_bar(*, about: str | None = None, **options: Any) -> tqdm:
    """Return a tqdm bar on stderr, or :class:`Lines` if stderr is not a terminal.

    Parameters
    ----------
    about : str, optional
        The work and its duration, for the first line of a log; without it, tqdm's estimate.
    **options
        Of tqdm.
    """
    if sys.stderr.isatty():
        return tqdm(file=sys.stderr, leave=False, **options)
    return Lines(about, file=sys.stderr, **options)
