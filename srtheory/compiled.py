"""Python loops that numba compiles once their work is worth the compilation.

A compiled loop costs half a second of compiling when it is first used on a machine, and importing numba as much again
in every process. For small inputs the interpreter is faster: it runs the same functions, so that there is one
implementation. If a loop over a row is an operation on arrays, the interpreter may be given that operation.

Both give the same numbers, bit by bit. For this a kernel uses only operations on which Python, NumPy and numba agree.
Entries of arrays are added and multiplied within their type, unsigned 64-bit numbers are combined only with each other,
and no sum of floats that could round depends on its order.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, update_wrapper
from hashlib import sha1
from math import inf
from pathlib import Path
from time import thread_time
from typing import Any, TypeVar, overload

import numpy as np

A = TypeVar("A")

LINEAR = 1 << 15
"""Work that the interpreter does in a few tenths of a second, as a number of array entries, each used a few times."""
BY_ROWS = 1 << 19
"""The same for kernels for which the interpreter has operations on whole rows."""
PATIENCE = 0.5
"""Seconds of processor time a process may spend on interpreting kernels: about the cost of importing numba."""
LONGER = 10
"""The same, in units of PATIENCE, if kernels must be compiled first, which takes half a second or more each."""
COMPILING = 0.04
"""The same for one kernel once others have been compiled, for it and for each kernel that it calls.

It is a tenth of what compiling takes, since that is done once, and each command would interpret again.
"""
FULL = 0.2
"""Seconds that a call of the largest work that may be interpreted is expected to take."""
_BLAS = "scipy.linalg.cython_blas"
BARE = {"no_cfunc_wrapper": True}
"""Options of numba: no kernel's address is taken, and an entry point for C takes a tenth of the compilation time."""


class Kernel:
    """A function of arrays and numbers that is interpreted while its work is small, and compiled otherwise.

    A call may be interpreted up to the work ``small``, -1 for none, which ``work`` tells of its arguments; ``seconds``
    is the processor time that this process has spent on interpreting it.
    """

    def __init__(self, function: Callable[..., Any], small: int, work: Callable[..., float]) -> None:
        self.function, self.small, self.work = function, small, work
        self.seconds = 0.0
        self._interpreted = function
        self._compiled: Any = None
        self._entries: dict[str, Any] = {}
        update_wrapper(self, function)
        KERNELS.append(self)

    def interpreted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the function that the interpreter runs instead: the same numbers by operations on arrays."""
        self._interpreted = function
        return function

    def __call__(self, *given: Any) -> Any:
        """Return the value, from the compiled function, or from the interpreter if that is faster."""
        if HERE.interpreting:
            return self._interpreted(*given)
        if self.small < 0 or not self._is_small(given):
            return (self._compiled or self.machine)(*given)
        begin, HERE.interpreting = thread_time(), True
        try:
            with np.errstate(all="ignore"):  # compiled code does not warn of wrapping numbers either
                return _plain(self._interpreted(*given))
        finally:
            HERE.interpreting = False
            self.spend(thread_time() - begin)

    def spend(self, seconds: float) -> None:
        """Count time that interpreting has taken, or what is done instead (:meth:`would_interpret`)."""
        self.seconds += seconds
        SPENT.seconds += seconds

    def _is_small(self, given: tuple[Any, ...]) -> bool:
        if not self._is_patient():  # computing the work takes longer than a small call
            return False
        work = self.work(*given)
        return work <= self.small and self._is_patient(work / max(self.small, 1))

    def _is_patient(self, fraction: float = 0.0) -> bool:
        """Return whether a call of this fraction of the largest small work may be interpreted, in each of the runs."""
        if self._is_known:
            return SPENT.seconds + FULL * fraction * SPENT.runs <= PATIENCE
        expected = 1 + SPENT.ahead / SPENT.begun if SPENT.begun else 1
        if not SPENT.machine and SPENT.seconds * expected <= LONGER * PATIENCE:
            return True
        return SPENT.seconds < inf and self.seconds * expected <= COMPILING * PATIENCE * len(self.parts)

    @property
    def _is_known(self) -> bool:
        """Whether numba has compiled the function, here or before."""
        return bool(self._compiled) or self._kept

    @cached_property
    def parts(self) -> frozenset[Kernel]:
        """The kernels that are compiled with this one, itself included."""
        found, waiting = {self}, [self]
        while waiting:
            called = waiting.pop().function
            for name in called.__code__.co_names:
                part = called.__globals__.get(name)
                if isinstance(part, Kernel) and part not in found:
                    found.add(part)
                    waiting.append(part)
        return frozenset(found)

    @cached_property
    def _kept(self) -> bool:
        """Whether numba has stored the compiled function, as far as this is known without importing numba."""
        code = self.function.__code__
        source = Path(code.co_filename)
        folder = source.parent / "__pycache__"
        if elsewhere := os.environ.get("NUMBA_CACHE_DIR"):
            name = sha1(str(source.absolute().parent).encode(), usedforsecurity=False).hexdigest()
            folder = Path(elsewhere) / f"{source.absolute().parent.name}_{name}"
        elif not os.access(folder if folder.exists() else source.parent, os.W_OK):
            return True  # perhaps, in a folder of the user
        python = f"py{sys.version_info.major}{sys.version_info.minor}"
        name = f"{source.stem}.{self.function.__qualname__}-{code.co_firstlineno}.{python}"
        return any(path.name.startswith(name) for path in folder.glob("*.nbi"))

    def would_interpret(self, work: float, small: int) -> bool:
        """Return whether such a call would be interpreted; for callers with an alternative for large work or many runs.

        The alternative then takes the first of the runs too, so that this kernel is not used for all of them.
        """
        if HERE.interpreting or work > small:
            return HERE.interpreting
        most = PATIENCE if SPENT.machine or self._is_known else LONGER * PATIENCE
        return self._is_patient(work / small) and FULL * work / small * SPENT.runs <= most

    @property
    def machine(self) -> Any:
        """The function that numba compiles on its first call, and stores on disk if it finds a place."""
        if self._compiled is None:
            if not self._kept:
                SPENT.tell()
            njit, SPENT.machine = _njit(), True
            try:
                self._compiled = njit(cache=True, **BARE)(self.function)
            except RuntimeError:  # neither the package's folder nor a user's can be written
                self._compiled = njit(**BARE)(self.function)
        return self._compiled

    def entry(self, types: str) -> Any:
        """Return the function compiled for arguments of these types, for callers whose arguments always have them.

        A call does not look at the types again, which takes as long as a small call; other arguments are undefined
        behaviour. The types are a signature of Numba, such as ``"(int64[::1], int32[:], int64)"``.
        """
        if types not in self._entries:
            machine = self.machine
            self._entries[types] = machine.compile(types) if hasattr(machine, "compile") else machine
        return self._entries[types]

    @property
    def _numba_type_(self) -> Any:
        """Numba's type of the global, by which compiled kernels call each other."""
        return self.machine._numba_type_


def compiles() -> bool:
    """Return whether numba compiles, which ``NUMBA_DISABLE_JIT`` switches off. Some kernels cannot be interpreted."""
    from numba import config

    return not config.DISABLE_JIT


def _njit() -> Any:
    """Return numba's ``njit``, imported without ``scipy.linalg``: a third of a second that only products need.

    Numba looks whether SciPy has a BLAS, a dependency that is there, when it is to compile or load anything.
    """
    from numba import njit

    if _BLAS not in sys.modules and "numba.np.arraymath" not in sys.modules:
        sys.modules[_BLAS] = None  # type: ignore[assignment]  # which an import takes for a missing module
        try:
            from numba.np import arraymath
        finally:
            del sys.modules[_BLAS]
        arraymath._HAVE_BLAS = True
    return njit


class _Here(threading.local):
    """Flag of a thread that is interpreting a kernel, which then calls no compiled kernel."""

    interpreting = False


class _Spent:
    """Seconds of processor time spent on interpreting, and whether numba has been imported for a kernel.

    Besides, the runs in progress, those of them that are ahead, and all that were begun.
    """

    def __init__(self) -> None:
        self.seconds, self.machine = 0.0, False
        self.runs, self.ahead, self.begun = 0, 0, 0
        self.tell: Callable[[], object] = lambda: None
        """Called when something is about to be compiled."""


KERNELS: list[Kernel] = []
"""All kernels that have been defined."""
HERE, SPENT = _Here(), _Spent()
"""Whether this thread interprets a kernel, and how long this process has interpreted kernels; tests set both."""


def repeated(runs: Sequence[A]) -> Iterator[A]:
    """Yield the runs, which call about the same kernels: what one has taken, each run ahead will take."""
    SPENT.runs = len(runs)
    try:
        for i, run in enumerate(runs):
            SPENT.ahead = len(runs) - 1 - i
            SPENT.begun += 1
            yield run
    finally:
        SPENT.runs = SPENT.ahead = 0


def entries(*given: Any) -> int:
    """Return the number of entries of all arrays among the arguments."""
    return sum(array.size for array in given if isinstance(array, np.ndarray))


@overload
def compiled(function: Callable[..., Any], /) -> Kernel: ...
@overload
def compiled(*, small: int, work: Callable[..., float] = ...) -> Callable[[Callable[..., Any]], Kernel]: ...
def compiled(
    function: Callable[..., Any] | None = None, /, *, small: int = -1, work: Callable[..., float] = entries
) -> Any:
    """Make a function a :class:`Kernel`; without ``small`` it is always compiled when Python calls it.

    ``small`` is a promise: the interpreter takes at most a few tenths of a second for a call of so much ``work``, for
    all numbers.
    """
    if function is None:
        return lambda later: Kernel(later, small, work)
    return Kernel(function, small, work)


@compiled
def copy_into(target, source):  # type: ignore[no-untyped-def]
    """Copy a row entry by entry.

    An assigned slice could have another length, and compiling the error message for this takes seconds.
    """
    for j in range(len(target)):
        target[j] = source[j]


@copy_into.interpreted
def _copy_array(target, source):  # type: ignore[no-untyped-def]
    target[:] = source


def ordinary(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the array, or a copy if it is read-only or strided, for which kernels would be compiled anew."""
    return array if array.flags.carray else array.copy()


def always_compile() -> None:
    """Stop interpreting in this process, for measurements or before a large amount of work."""
    SPENT.seconds = inf


def _plain(value: Any) -> Any:
    """Return Python numbers for NumPy numbers, as compiled functions do."""
    if isinstance(value, tuple):
        plain = map(_plain, value)
        return type(value)._make(plain) if hasattr(value, "_make") else tuple(plain)  # a tuple with names keeps them
    return value.item() if isinstance(value, np.generic) else value
