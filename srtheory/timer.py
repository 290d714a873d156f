"""Time limits that interrupt a call which does not return: of a search, in a user's code only, and of a whole run."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from threading import TIMEOUT_MAX, current_thread, main_thread
from types import FrameType
from typing import Any

from srtheory.own_code import Unblamed, runs_own

_AGAIN = 1.0
"""Seconds after which an :class:`Alarm` rings again, since the first time may have been without effect."""
_SOON = 0.01
"""Seconds after which a limit rings again if it came during an import."""
_LEAST, _LONGEST = 1e-6, 1e8
"""Least and greatest number of seconds that a clock accepts."""
_IMPORTER = "<frozen importlib._bootstrap>"


class OutOfTime(Unblamed):
    """Error for a spent budget. It is not an Exception, so that Hypothesis passes it on and does not shrink it."""


class TimeIsOver(KeyboardInterrupt, Unblamed):
    """Exception raised in the main thread at the limit it states; code that passes Ctrl-C on passes it on."""


class Alarm:
    """Context in which OutOfTime is raised after some seconds while user code runs, ``time.sleep`` included.

    Python raises it between two of its own instructions, after a call into compiled code has returned. Nothing is
    raised outside the main thread, or if the system has no such clock. ``asking`` tells whether a predicate is being
    asked, which may be in no user's file; ``rung`` whether OutOfTime has been raised.
    """

    def __init__(self, seconds: float, asking: Callable[[], bool]) -> None:
        self.rung = False
        self._asking = asking
        ours = current_thread() is main_thread() and hasattr(signal, "setitimer")
        self._context = _clock(seconds, self._ring, _AGAIN) if ours else nullcontext()

    def heed(self) -> None:
        """Raise OutOfTime if the alarm has rung, since user code may have caught the first exception."""
        if self.rung:
            raise OutOfTime

    def __enter__(self) -> Alarm:
        self._context.__enter__()
        return self

    def __exit__(self, *how: Any) -> None:
        self._context.__exit__(*how)

    def _ring(self, frame: FrameType | None) -> None:
        if self._asking() or runs_own(frame):  # all other work checks the time itself
            self.rung = True
            raise OutOfTime


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

    def stop(frame: FrameType | None) -> None:
        if _imports(frame) and not runs_own(frame):
            signal.setitimer(signal.ITIMER_REAL, _SOON)
        else:
            raise TimeIsOver(limit)

    try:
        with _clock(given, stop):
            yield limit
    except Exception as error:  # of code that was interrupted: a lock, say, that was just being waited for
        if _interrupted(error):
            raise TimeIsOver(limit) from None
        raise


@contextmanager
def _clock(seconds: float, ring: Callable[[FrameType | None], None], again: float = 0.0) -> Iterator[None]:
    """Call ``ring`` after some seconds, with the frame at work; afterwards the alarm is as other code has set it."""
    begun, left, repeat = time.monotonic(), 0.0, 0.0
    handler = signal.signal(signal.SIGALRM, lambda number, frame: ring(frame))
    try:
        left, repeat = signal.setitimer(signal.ITIMER_REAL, min(max(seconds, _LEAST), _LONGEST), again)
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:  # it may ring until then
            signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - begun), _LEAST), repeat)


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
