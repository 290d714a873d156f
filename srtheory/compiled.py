"""Loops in Python that numba compiles once their work is worth the compiler.

A compiled loop costs half a second of compiling when it is first used on a machine, and importing numba as much again
in every process.  A small question is answered sooner by the interpreter: it runs the same functions, so that there is
one implementation.  Where a loop over a row is an operation on arrays, the interpreter may be given that operation.

Both ways give the same numbers, bit by bit.  For that a kernel keeps to what Python, NumPy and numba agree on: entries
of arrays are added and multiplied within their type, unsigned 64-bit numbers meet none but their kind, and no sum of
floats that could round depends on its order.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import cached_property, update_wrapper
from math import inf
from pathlib import Path
from time import thread_time
from typing import Any, overload

import numpy as np

LINEAR = 1 << 15
"""Work that the interpreter does in a few tenths of a second, in entries of arrays, each met some times."""
BY_ROWS = 1 << 19
"""The same where the interpreter has operations on whole rows."""
PATIENCE = 0.5
"""Seconds of processor time that a process spends on interpreting kernels: about what it costs to import numba."""
LONGER = 5.0
"""The same for kernels that have to be compiled first, half a second or more each and rarely one alone."""
BARE = {"no_cfunc_wrapper": True}
"""Options of numba: nobody takes a kernel's address, and an entry for C takes a tenth of the compiler's time."""


class Kernel:
    """A function of arrays and numbers that is interpreted while its work is small, and then compiled.

    Attributes
    ----------
    function : callable
        The function as it is written, which is what is compiled.
    small : int
        Work up to which a call may be interpreted; -1: none is.
    work : callable
        The work of a call with these arguments.
    """

    def __init__(self, function: Callable[..., Any], small: int, work: Callable[..., float]) -> None:
        self.function, self.small, self.work = function, small, work
        self._interpreted = function
        self._compiled: Any = None
        update_wrapper(self, function)
        KERNELS.append(self)

    def interpreted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator of what the interpreter is to run instead: the same numbers by operations on arrays."""
        self._interpreted = function
        return function

    def __call__(self, *given: Any) -> Any:
        """The value, by the compiled function, or by the interpreter if that is sooner."""
        if HERE.interpreting:
            return self._interpreted(*given)
        if self.small < 0 or not self._is_small(given):
            return (self._compiled or self.machine)(*given)
        begin, HERE.interpreting = thread_time(), True
        try:
            with np.errstate(all="ignore"):  # compiled code says nothing of numbers that wrap either
                return _plain(self._interpreted(*given))
        finally:
            HERE.interpreting = False
            SPENT.seconds += thread_time() - begin

    def _is_small(self, given: tuple[Any, ...]) -> bool:
        if not self._is_patient():  # what the work is takes longer to say than a small call
            return False
        return self.work(*given) <= self.small

    def _is_patient(self) -> bool:
        return SPENT.seconds <= PATIENCE or (SPENT.seconds <= LONGER and not (self._compiled or self._kept))

    @cached_property
    def _kept(self) -> bool:
        """Whether numba has kept the compiled function, as far as one can tell without importing numba."""
        code = self.function.__code__
        source = Path(code.co_filename)
        folder = source.parent / "__pycache__"
        if "NUMBA_CACHE_DIR" in os.environ or not os.access(folder if folder.exists() else source.parent, os.W_OK):
            return True  # perhaps, elsewhere
        python = f"py{sys.version_info.major}{sys.version_info.minor}"
        name = f"{source.stem}.{self.function.__qualname__}-{code.co_firstlineno}.{python}"
        return any(path.name.startswith(name) for path in folder.glob("*.nbi"))

    def would_interpret(self, work: float, small: int) -> bool:
        """Return whether such a call would be interpreted; for callers with an alternative for large work."""
        return HERE.interpreting or (self._is_patient() and work <= small)

    @property
    def machine(self) -> Any:
        """The function that numba compiles, when it is first called, and keeps on disk where it finds a place."""
        if self._compiled is None:
            from numba import njit

            try:
                self._compiled = njit(cache=True, **BARE)(self.function)
            except RuntimeError:  # neither the package's folder nor a user's can be written
                self._compiled = njit(**BARE)(self.function)
        return self._compiled

    @property
    def _numba_type_(self) -> Any:
        """Numba's name for what a global is: how compiled kernels call each other."""
        return self.machine._numba_type_


class _Here(threading.local):
    """Whether this thread is interpreting a kernel, which then calls no compiled one."""

    interpreting = False


class _Spent:
    """Seconds of processor time that went into interpreting."""

    seconds = 0.0


KERNELS: list[Kernel] = []
"""All that have been defined."""
HERE, SPENT = _Here(), _Spent()
"""Whether this thread interprets a kernel, and how long this process has interpreted kernels; tests set both."""


def entries(*given: Any) -> int:
    """Entries of all arrays among the arguments."""
    return sum(array.size for array in given if isinstance(array, np.ndarray))


@overload
def compiled(function: Callable[..., Any], /) -> Kernel: ...
@overload
def compiled(*, small: int, work: Callable[..., float] = ...) -> Callable[[Callable[..., Any]], Kernel]: ...
def compiled(
    function: Callable[..., Any] | None = None, /, *, small: int = -1, work: Callable[..., float] = entries
) -> Any:
    """Make a function a :class:`Kernel`; without ``small`` it is always compiled when Python calls it.

    ``small`` is a promise: a call of so much ``work`` takes the interpreter no more than some tenths of a second,
    whatever the numbers are.
    """
    if function is None:
        return lambda later: Kernel(later, small, work)
    return Kernel(function, small, work)


@compiled
def copy_into(target, source):  # type: ignore[no-untyped-def]
    """Copy a row entry by entry.

    A slice that is assigned could be of another length, and to say so in words is seconds of the compiler's time.
    """
    for j in range(len(target)):
        target[j] = source[j]


@copy_into.interpreted
def _copy_array(target, source):  # type: ignore[no-untyped-def]
    target[:] = source


def ordinary(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array, or a copy where it is read-only or strided: kernels would be compiled anew for that."""
    return array if array.flags.carray else array.copy()


def always_compile() -> None:
    """From now on interpret nothing in this process: for who measures, or knows of much work to come."""
    SPENT.seconds = inf


def _plain(value: Any) -> Any:
    """Python's numbers for NumPy's, as compiled functions return them."""
    if isinstance(value, tuple):
        plain = map(_plain, value)
        return type(value)._make(plain) if hasattr(value, "_make") else tuple(plain)  # a tuple with names keeps them
    return value.item() if isinstance(value, np.generic) else value
