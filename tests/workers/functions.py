"""Terms that the tests add up, some of which go wrong with some workers."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np

GATE = threading.Event()


def by_worker():
    """The worker that evaluates, None elsewhere."""
    name = threading.current_thread().name
    return int(name.split()[1]) if name.startswith("worker ") else None


def cube(i, x):
    return (i + x) ** 3


def wave(i, x):
    return np.array([np.sin(i + x), np.exp(-i * x)])


def third(i, x):
    return x / (3 + i)


def halves(i, x):
    return x / 2**i - i


def long(i, x):
    return np.array([2**62, i], dtype=np.int64)


def mixed(i, x):
    return 0 if i % 2 else x / (i + 1)


def texts(i, x):
    return "one"


def complexes(i, x):
    return 1j


def huge(i, x):
    return 10**308 * x if isinstance(x, Fraction) else 1e308


def growing(i, x):
    return np.ones(i)


def hangs_at_3(i, x):
    if by_worker() == 3:
        GATE.wait()
    return cube(i, x)


def fails_at_3(i, x):
    return cube(i, x) // (by_worker() != 3)


def nan_at_3(i, x):
    return float("nan") if by_worker() == 3 else cube(i, x)


def nan_for_7(i, x):
    return float("nan") if i == 7 else cube(i, x)


def waits(i, x):
    """The first term of each worker is evaluated at once, the others when the gate is open."""
    if i != by_worker():
        GATE.wait()
    return cube(i, x)


class BadTextError(Exception):
    def __str__(self):
        raise ValueError

    __repr__ = __str__


class ExitsAsked(BaseException):
    def __str__(self):
        raise SystemExit


class NoTextError(Exception):
    def __str__(self):
        return None


class _Nameless(type):
    @property
    def __name__(cls):
        raise RuntimeError


class OddNameError(Exception, metaclass=_Nameless):
    pass


RAISED = {
    type.__dict__["__name__"].__get__(kind): kind
    for kind in (
        BadTextError,
        ExitsAsked,
        NoTextError,
        OddNameError,
        SystemExit,
        KeyboardInterrupt,
        GeneratorExit,
        StopIteration,
    )
}


def raises(i, x):
    raise RAISED[x]("a\nb")
