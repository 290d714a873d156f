"""Time limit for a whole run, for any code that it executes."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import TIMEOUT_MAX, current_thread, main_thread
from types import FrameType

from srtheory.own_code import Unblamed, runs_own

_AGAIN = 0.01
"""Seconds after which the alarm rings again if it came during an import."""
_IMPORTER = "<frozen importlib._bootstrap>"


class TimeIsOver(KeyboardInterrupt, Unblamed):
    """Exception raised in the main thread at the time limit; code that passes Ctrl-C on passes it on.

    Its text states the limit.
    """


@dataclass(frozen=True)
class Limit:
    """A number of seconds, infinite without a limit, and their end on ``time.perf_counter``."""

    seconds: float
    end: float

    def __str__(self) -> str:
        return f"no more than {self.seconds:g} seconds were given"

    def left(self) -> float | None:
        """Return the remaining seconds as a timeout argument, None for no limit."""
        left = self.end - time.perf_counter()
        return None if left > TIMEOUT_MAX else max(left, 0.0)

    def check(self) -> None:
        """Raise :class:`TimeIsOver` if no time is left."""
        if self.left() == 0:
            raise TimeIsOver(self)


@contextmanager
def limited(seconds: float | None) -> Iterator[Limit]:
    """Raise :class:`TimeIsOver` in the main thread after so many seconds, in any code.

    The code may be the entry or exit of this context: catch it outside. An import is not interrupted, unless it is a
    user's: it would leave incomplete modules, which this process could not import again. In other threads, and if other
    code uses the alarm, the limit can only be checked.
    """
    given = math.inf if seconds is None else seconds
    limit = Limit(given, time.perf_counter() + given)
    if limit.left() is None or not _alarm_is_free():
        yield limit
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if _imports(frame) and not runs_own(frame):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN)
        else:
            raise TimeIsOver(limit)

    signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, given)
        yield limit
    except Exception as error:  # of code that was interrupted: a lock, say, that was just being waited for
        if _interrupted(error):
            raise TimeIsOver(limit) from None
        raise
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _interrupted(error: BaseException | None) -> bool:
    """Return whether an error came up while :class:`TimeIsOver` was on its way."""
    while error is not None and not isinstance(error, TimeIsOver):
        error = error.__context__
    return error is not None


def _imports(frame: FrameType | None) -> bool:
    """Return whether a caller of this frame imports a module."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTER:
            return True
        frame = frame.f_back
    return False


def _alarm_is_free() -> bool:
    main = current_thread() is main_thread()
    return main and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL and not any(signal.getitimer(signal.ITIMER_REAL))
