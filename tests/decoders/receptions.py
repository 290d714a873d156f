"""Receptions for decoders: rows and senders as a test wants them, one time unit apart; numbers that count their use."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from srtheory.matrix import from_sets
from srtheory.reception import Reception
from srtheory.schemes.base import UNLIMITED


def reception_of(m, sets, workers=None, *, final=True):
    """Rows with these supports; without senders, each row has its own."""
    n = len(sets)
    worker = np.array(range(n) if workers is None else workers, dtype=np.int32)
    totals = np.zeros(int(worker.max(initial=0)) + 1, dtype=np.int64)
    totals[0] = 0 if final else UNLIMITED
    terms = np.cumsum([len(s) for s in sets], dtype=np.int64)
    return Reception(from_sets(m, sets), worker, np.arange(1.0, n + 1), terms, totals)


def arc(m, start, length):
    """The symbols of one arc, in order."""
    return [(start + i) % m for i in range(length)]


@st.composite
def small_sets(draw, max_columns=6, max_rows=12):
    """m and the supports of some rows, empty ones included."""
    m = draw(st.integers(1, max_columns))
    row = st.lists(st.integers(0, m - 1), unique=True, max_size=m)
    return m, draw(st.lists(row, max_size=max_rows))


@st.composite
def sent_sets(draw, max_columns=5, max_rows=10):
    """m, supports (none empty) and their senders: each worker draws from a partition of its own, or from anywhere."""
    m = draw(st.integers(1, max_columns))
    workers = draw(st.lists(st.integers(0, 2), max_size=max_rows))
    own = [draw(partitions(m)) for _ in range(3)]
    anything = st.lists(st.integers(0, m - 1), unique=True, min_size=1)
    sets = [draw(st.sampled_from(own[j]) | anything) for j in workers]
    return m, sets, workers


@st.composite
def partitions(draw, m):
    """The parts of a partition of [m]."""
    names = draw(st.lists(st.integers(0, m - 1), min_size=m, max_size=m))
    return [[c for c in range(m) if names[c] == name] for name in sorted(set(names))]


class Counted(Fraction):
    """A number that counts what is done with it; a product with 1 or -1 is none."""

    done = None

    @classmethod
    def afresh(cls):
        cls.done = {"additions": 0, "multiplications": 0}

    def counted(self, what, other, op):
        if what == "additions" or abs(other) != 1:
            Counted.done[what] += 1
        return Counted(op(Fraction(self), Fraction(other)))

    def __add__(self, other):
        return self.counted("additions", other, Fraction.__add__)

    def __sub__(self, other):
        return self.counted("additions", other, Fraction.__sub__)

    def __mul__(self, other):
        return self.counted("multiplications", other, Fraction.__mul__)

    def __truediv__(self, other):
        return self.counted("multiplications", other, Fraction.__truediv__)
