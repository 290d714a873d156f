"""Latency distributions of even parts and of orders from both ends, which stop when every term is covered.

In these schemes a worker starts at some part of the circle and goes on to the right or to the left, and nobody stops.
So no worker reaches across an uncovered part, and after one everything starts afresh. What lies between two uncovered
parts depends on the workers that start there only: its probability is a *weight*, and by inclusion and exclusion

    P(T <= t) = 1 + sum over nonempty sets S of uncovered places of (-1)^|S| product of the weights between neighbours.

If the places of the circle repeat g times with period h, let M_uv(z) be the sum of the weights from place u to place v
of the period, times z^k if that crosses k ends of periods. Marking one of the |S| places as the first gives

    P(T <= t) = 1 - g [z^g] ln det(I + M(z)),                                                                    (1)

and, for g = 1 and M = L + z R, 1 - tr((I + L)^{-1} R).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import pairwise, product
from math import gcd
from operator import mul

import numpy as np
from flint import arb, arb_mat, arb_series

from srtheory.errors import ArgumentError, require_int
from srtheory.model import COUNTS, Model, depends_on
from srtheory.sizes import cells_by_default, ends_of_even
from srtheory.theory.numerics.balls import series_of
from srtheory.theory.rows import monotone
from srtheory.theory.startup import require_symbols
from srtheory.types import Floats, Int64

MOST_PLACES = 400
"""Largest matrix of numbers in (1), g = 1; a larger one takes more than some seconds."""

MOST_IN_PERIOD = 40
"""Largest matrix of power series in (1)."""

NEAR = 0.05
"""Probability by which a number of cells may be behind the best one at its median, and is still worth a run."""

WINDOW = 8
"""Numbers of cells that are looked at: up to so many times that with which a worker crosses its cell by then."""

EVEN = (0.25, 0.75)
"""Probabilities of a time that counts as the median."""

MOST_TRIES = 20
"""Number of times that are tried as the median."""

LATEST = 1e9
"""Latest time, in steps of a worker, at which a median is looked for."""

MOST_PARTS = 5000
"""Largest number of parts for which numbers of cells are told apart; the time rises with it."""

SLACK = 1e-9
"""Relative error that is allowed for where the earliest time of a budget is compared with t."""

Key = tuple[int, int]
"""Terms and messages of a worker."""

Silent = Callable[[int, int], arb]
"""Probability that a worker has not sent so many terms in so many messages."""

Entry = tuple[int, int, int, arb]
"""Place from which, place to which, ends of periods between them, and weight."""


@depends_on("degree", "message_cost", "silent", COUNTS)
def parts_even_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) of ceil(m/d) even parts in cyclic order, where worker j starts at the part with the term j.

    The places of (1) are the parts. The weight between two of them is the probability that no worker that starts after
    the first, up to the second, reaches the second. If the parts do not repeat with a period of at most
    :data:`MOST_IN_PERIOD` and are more than :data:`MOST_PLACES`, the limits are 1 minus the expected number of
    uncovered parts and 1 minus the probability that the first one is uncovered.

    Milliseconds at m = 1000 for up to about 100 parts; about 2 s for 334 parts of 2 or 3 terms.
    """
    m = require_symbols(model.symbols)
    parts = -(-m // require_int("degree", model.degree, 1, m))
    ends = ends_of_even(m, parts)
    return _enclosed(_Runs(ends, gcd(m, parts), np.diff(ends).tolist(), [0] * parts), model, t)


@depends_on("message_cost", "silent", COUNTS)
def terms_staircase_bounds(model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) when worker j sends the terms j, j + 1, ... if j is even, and j, j - 1, ... if it is odd.

    The places of (1) are the terms, with period 2 if m is even; an odd m is at most :data:`MOST_PLACES`.
    """
    m = require_symbols(model.symbols)
    if m % 2 and m > MOST_PLACES:
        raise ArgumentError("symbols", m, f"even or at most {MOST_PLACES}, for this law")
    odd = [j % 2 for j in range(m)]
    return _enclosed(_Runs(np.arange(m + 1), 1 if m % 2 else m // 2, [1 - j for j in odd], odd), model, t)


@depends_on("degree", "message_cost", "silent", COUNTS)
def parts_pairs_bounds(model: Model, t: float, *, cells: int | None = None) -> tuple[float, float]:
    """Return P(T <= t) of even parts from both ends of cells (:class:`~srtheory.schemes.parts.PartsPairs`).

    The places of (1) are the uncovered cells, each with the number k of cells since the last uncovered one. Let X be
    the number of parts of a cell that are covered from the left by the workers that start to the right at the left ends
    of this cell and the k - 1 cells before it, and Y the number covered from the right by those that start to the left
    at the right ends of this cell and the k' - 1 after it. All other workers stop at uncovered parts. X and Y are
    independent, and the cell of l parts is uncovered if X + Y < l, so that this probability is the weight between the
    states k and k'. As long as nobody leaves a cell, all k are alike, and this is Theorem 5 of docs/proofs/floor.md.

    ``cells`` are from 1 to the number of parts; None as for the scheme. If the matrix in (1) is too large, as for many
    unequal cells at late times, the lower limit is that of Theorem 5, in which workers stop at the end of their cells,
    and the upper limit is the least probability over the cells that one is covered. Milliseconds for ten cells of 100
    terms.
    """
    m = require_symbols(model.symbols)
    parts = -(-m // require_int("degree", model.degree, 1, m))
    n = cells_by_default(m, parts) if cells is None else require_int("cells", cells, 1, parts)
    ends, cuts = ends_of_even(m, parts), ends_of_even(parts, n)
    return _enclosed(_Pairs(ends, gcd(m, parts, n), cuts, _cells_entered(ends, cuts, model, t)), model, t)


@depends_on("message_cost", "silent", COUNTS)
def terms_pairs_bounds(model: Model, t: float, *, cells: int | None = None) -> tuple[float, float]:
    """Return P(T <= t) of single terms from both ends of cells: :func:`parts_pairs_bounds` with d = 1."""
    return parts_pairs_bounds(replace(model, degree=1), t, cells=cells)


@depends_on("degree", "message_cost", "master_time", "silent")
def likely_cells(model: Model, numbers: Sequence[int]) -> list[int]:
    """Return those of some numbers of cells that may be the best, by P(T <= t) at about the median of the best one.

    They have at least the greatest probability less :data:`NEAR`; all numbers if the law does not tell them apart, as
    with a time of the master, or with too many parts. The law is rigorous. That a number far from the best at one time
    has not the least mean is a rule of thumb.
    """
    m = require_symbols(model.symbols)
    parts, step = -(-m // model.d), model.tau * model.d + model.message_cost
    if model.master_time or parts > MOST_PARTS or len(numbers) < 2:
        return list(numbers)
    t = _expected_to_cover(model, parts, step)
    for _ in range(MOST_TRIES):
        near = [n for n in numbers if parts * step <= 2 * n * t and n * t <= WINDOW * max(parts * step, t)]
        laws = {n: parts_pairs_bounds(model, t, cells=n) for n in near}
        most = max((low for low, _ in laws.values()), default=0.0)
        if EVEN[0] <= most <= EVEN[1]:
            return [n for n, (_, high) in laws.items() if high >= most - NEAR]
        t *= 1.1 if most < EVEN[0] else 0.95
    return list(numbers)


def cells_by_law(model: Model) -> Callable[[int, Sequence[int]], list[int]]:
    """Return a function of a degree and numbers of cells that returns those of :func:`likely_cells`."""
    return lambda degree, numbers: likely_cells(replace(model, degree=degree), numbers)


def _expected_to_cover(model: Model, parts: int, step: float) -> float:
    """Return about the time at which one part is uncovered on average, in cyclic order; 0 if there is none."""
    startup = model.defective_startup
    places = step * np.arange(1, parts + 1)

    def uncovered(t: float) -> float:
        with np.errstate(divide="ignore"):
            return float(np.log(parts) + model.symbols / parts * np.log1p(-startup.cdf(t - places)).sum())

    low, high = 0.0, step
    while uncovered(high) > 0 and high < LATEST * step:
        low, high = high, 2 * high
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (middle, high) if uncovered(middle) > 0 else (low, middle)
    return high


@dataclass(frozen=True, eq=False)
class _Circle:
    """Parts around a circle."""

    ends: Int64
    """Starts and ends of the parts, in terms; shape (parts + 1,)."""
    repeats: int
    """How often the places repeat around the circle, g."""

    @property
    def parts(self) -> int:
        """Number of parts."""
        return len(self.ends) - 1

    def sent(self, first: int, last: int) -> Key:
        """Return terms and messages of the parts from ``first`` to ``last``, which count on after a round."""
        laps, after = divmod(last + 1, self.parts)
        back, start = divmod(first, self.parts)
        terms = int(self.ends[after] - self.ends[start]) + int(self.ends[-1]) * (laps - back)
        return terms, last + 1 - first

    def periods(self) -> Iterator[tuple[int, int]]:
        """Yield numbers of repetitions and sizes of the matrix in (1) for them, the best first."""
        raise NotImplementedError

    def keys(self) -> Iterator[Key]:
        """Yield the budgets on whose probabilities the weights depend."""
        raise NotImplementedError

    def entries(self, repeats: int, silent: Silent) -> Iterator[Entry]:
        """Yield the weights from the places of the first of so many periods."""
        raise NotImplementedError

    def missed(self, silent: Silent) -> Iterator[arb]:
        """Yield the probability that a part or cell is uncovered, for those of one period."""
        raise NotImplementedError

    def at_least(self, silent: Silent) -> arb:
        """Return a lower bound on P(T <= t)."""
        raise NotImplementedError

    def at_most(self, silent: Silent) -> arb:
        """Return an upper bound on P(T <= t): a part or cell that is likely to be missed is not."""
        return 1 - max(self.missed(silent), key=lambda p: p.lower())

    @cached_property
    def matrix(self) -> tuple[int, int] | None:
        """Size and repetitions of a matrix in (1) that is not too large, if there is one."""
        sizes = ((size, g) for g, size in self.periods() if size <= (MOST_PLACES if g == 1 else MOST_IN_PERIOD))
        return next(sizes, None)


def _covered(size: int, repeats: int, entries: Iterator[Entry]) -> arb:
    """Return (1)."""
    if repeats == 1:
        inner, outer = arb_mat(size, size), arb_mat(size, size)
        for i in range(size):
            inner[i, i] = arb(1)
        for u, v, crossed, weight in entries:
            into = outer if crossed else inner
            into[u, v] += weight
        solved = inner.solve(outer)
        return 1 - sum((solved[i, i] for i in range(size)), arb(0))
    table = [[[arb(0)] * (repeats + 1) for _ in range(size)] for _ in range(size)]
    for u, v, crossed, weight in entries:
        table[u][v][crossed] += weight
    for i in range(size):
        table[i][i][0] += 1
    with series_of(repeats + 1):
        rows = [[arb_series(entry, repeats + 1) for entry in row] for row in table]
        return 1 - repeats * sum((pivot.log()[repeats] for pivot in _pivots(rows)), arb(0))


def _pivots(rows: list[list[arb_series]]) -> Iterator[arb_series]:
    """Yield the pivots of Gauss's elimination; at z = 0 the matrix is triangular, with ones on the diagonal."""
    while rows:
        (pivot, *first), *rest = rows
        yield pivot
        rows = []
        for head, *row in rest:
            factor = head / pivot
            rows.append([entry - factor * above for entry, above in zip(row, first, strict=True)])


@dataclass(frozen=True, eq=False)
class _Runs(_Circle):
    """Workers that start at parts: part i has ``right[i]`` that go on to the right, and ``left[i]`` to the left."""

    right: list[int]
    left: list[int]

    def periods(self) -> Iterator[tuple[int, int]]:
        yield from ((g, self.parts // g) for g in {self.repeats: None, 1: None})

    def keys(self) -> Iterator[Key]:
        period = self.parts // self.repeats
        for last, length in product(range(period), range(1, self.parts + 1)):
            if any(self.right):
                yield self.sent(last - length + 1, last)
            if any(self.left):
                yield self.sent(last, last + length - 1)

    def entries(self, repeats: int, silent: Silent) -> Iterator[Entry]:
        period = self.parts // repeats
        rightward = [self._run(last, -1, self.right, silent) for last in range(period)]
        leftward = [self._run(first, 1, self.left, silent) for first in range(period)]
        for a, length in product(range(period), range(1, self.parts + 1)):
            crossed, b = divmod(a + length, period)
            yield a, b, crossed, rightward[b][length - 1] * leftward[a][length - 1]

    def missed(self, silent: Silent) -> Iterator[arb]:
        for a in range(self.parts // self.repeats):
            yield self._run(a, -1, self.right, silent)[-1] * self._run(a, 1, self.left, silent)[-1]

    def at_least(self, silent: Silent) -> arb:
        return 1 - self.repeats * sum(self.missed(silent), arb(0))

    def _run(self, end: int, step: int, workers: list[int], silent: Silent) -> list[arb]:
        """Return the probabilities that none of the next 1, 2, ... starts reaches the part ``end``."""
        product_, found = arb(1), []
        for start in range(end, end + step * self.parts, step):
            if count := workers[start % self.parts]:
                product_ *= silent(*self.sent(min(start, end), max(start, end))) ** count
            found.append(product_)
        return found


@dataclass(frozen=True, eq=False)
class _Pairs(_Circle):
    """Cells of neighbouring parts."""

    cuts: Int64
    """Starts and ends of the cells, in parts; shape (cells + 1,)."""
    reach: int
    """Number of cells, with that of the start, that a worker may have entered by t."""

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.cuts) - 1

    def start(self, cell: int) -> int:
        """Return the first part of a cell, which counts on after a round."""
        laps, rest = divmod(cell, self.cells)
        return int(self.cuts[rest]) + laps * self.parts

    def periods(self) -> Iterator[tuple[int, int]]:
        yield from ((g, self.cells // g * self.reach) for g in {self.repeats: None, 1: None})

    def keys(self) -> Iterator[Key]:
        for cell, away in product(range(self.cells // self.repeats), range(self.reach)):
            begin, end = self.start(cell), self.start(cell + 1)
            for part in range(begin, end):
                yield self.sent(self.start(cell - away), part)
                yield self.sent(part, self.start(cell + 1 + away) - 1)
        yield self.sent(0, self.parts - 1)

    def entries(self, repeats: int, silent: Silent) -> Iterator[Entry]:
        period = self.cells // repeats
        for cell in range(period):
            weights = self._weights(cell, silent)
            for far in range(1, self.cells + 1):
                crossed, to = divmod(cell + far, period)
                state = min(far, self.reach) - 1
                for since in range(self.reach):
                    yield cell * self.reach + since, to * self.reach + state, crossed, weights[since][state]

    def missed(self, silent: Silent) -> Iterator[arb]:
        for cell in range(self.cells // self.repeats):
            yield self._weights(cell, silent)[-1][-1]

    def at_least(self, silent: Silent) -> arb:
        """Return Theorem 5's bound, or the probability that some worker has sent everything."""
        one = reduce(mul, (1 - self._weights(cell, silent)[0][0] for cell in range(self.cells // self.repeats)))
        low = one**self.repeats
        whole = 1 - silent(*self.sent(0, self.parts - 1)) ** int(self.ends[-1])
        return low if low.lower() > whole.lower() else whole

    def _weights(self, cell: int, silent: Silent) -> list[list[arb]]:
        """Return P(X + Y < l) by the numbers of cells from whose ends workers come, 1 .. reach on each side."""
        begin, end = self.start(cell), self.start(cell + 1)
        right = left = [arb(1)] * (end - begin)
        exactly, at_most = [], []
        for away in range(self.reach):
            there, here = self._workers(cell - away)[0], self._workers(cell + away)[1]
            first, last = self.start(cell - away), self.start(cell + 1 + away) - 1
            right = [p * silent(*self.sent(first, begin + x)) ** there for x, p in enumerate(right)]
            left = [p * silent(*self.sent(end - 1 - y, last)) ** here for y, p in enumerate(left)]
            exactly.append([q - p for p, q in pairwise([arb(0), *right])])
            at_most.append(left[::-1])
        return [[sum(map(mul, p, q), arb(0)) for q in at_most] for p in exactly]

    def _workers(self, cell: int) -> tuple[int, int]:
        """Return the numbers of workers that start at the left and at the right end of a cell."""
        its = self.sent(self.start(cell), self.start(cell + 1) - 1)[0]
        return its - its // 2, its // 2


def _cells_entered(ends: Int64, cuts: Int64, model: Model, t: float) -> int:
    """Return the most cells that a worker may have entered by t, at least 1 and at most all."""
    if model.drawn:
        return len(cuts) - 1
    fewest_terms, fewest_parts = int(np.diff(ends[cuts]).min()), int(np.diff(cuts).min())
    for entered in range(1, len(cuts) - 1):
        terms, messages = entered * fewest_terms + 1, entered * fewest_parts + 1
        if model.tau * terms + model.message_cost * messages > t * (1 + SLACK):
            return entered
    return len(cuts) - 1


def _enclosed(circle: _Circle, model: Model, t: float) -> tuple[float, float]:
    """Return P(T <= t) for these workers, or limits if all matrices are too large."""
    keys = sorted(set(circle.keys()))
    terms, messages = np.array(keys, np.int64).T

    def of(law: Callable[[Silent], arb]) -> tuple[float, float]:
        def at(received: Floats) -> arb:
            silent = {key: 1 - arb(float(f)) for key, f in zip(keys, received, strict=True)}
            return law(lambda terms, messages: silent[terms, messages])

        return monotone(model, at, t, terms - 1, messages=messages)

    if circle.matrix is None:
        return of(circle.at_least)[0], of(circle.at_most)[1]
    size, repeats = circle.matrix
    return of(lambda silent: _covered(size, repeats, circle.entries(repeats, silent)))
