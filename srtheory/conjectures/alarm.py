"""Alarm that stops a search whose budget is spent while it waits for a call that does not return."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from threading import current_thread, main_thread
from types import FrameType, TracebackType

from srtheory.own_code import Unblamed, runs_own

_AGAIN = 1.0
"""Seconds after which it rings again, since the first time may have been without effect."""
_LEAST, _LONGEST = 1e-6, 1e8
"""Least and greatest number of seconds that a clock accepts."""


class OutOfTime(Unblamed):
    """Error for a spent budget. It is not an Exception, so that Hypothesis passes it on and does not shrink it."""


class Alarm:
    """Context in which OutOfTime is raised after some time while user code runs, ``time.sleep`` included.

    Python raises it between two of its own instructions, after a call into compiled code has returned. Nothing is
    raised outside the main thread, or if the system has no such clock.

    Parameters
    ----------
    seconds : float
        Until then.
    asking : callable
        Whether a predicate is being asked, which may be in no user's file.

    Attributes
    ----------
    rung : bool
        Whether OutOfTime has been raised.
    """

    def __init__(self, seconds: float, asking: Callable[[], bool]) -> None:
        self.rung = False
        self._seconds, self._asking = seconds, asking
        self._ours = current_thread() is main_thread() and hasattr(signal, "setitimer")

    def heed(self) -> None:
        """Raise OutOfTime if the alarm has rung, since user code may have caught the first exception."""
        if self.rung:
            raise OutOfTime

    def __enter__(self) -> Alarm:
        if self._ours:
            self._begun = time.monotonic()
            self._handler = signal.signal(signal.SIGALRM, self._ring)
            left = min(max(self._seconds, _LEAST), _LONGEST)
            self._before = signal.setitimer(signal.ITIMER_REAL, left, _AGAIN)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        if self._ours:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            left, again = self._before  # of a clock set by other code
            if left:
                signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - self._begun), _LEAST), again)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._asking() or runs_own(frame):  # all other work checks the time itself
            self.rung = True
            raise OutOfTime
