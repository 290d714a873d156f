"""Peeling of coupled codes: how many blocks recover every term, except with a probability that is proved.

The setting is that of the scheme ``sr-cells`` without seeds: windows of w of k cells on a circle, w - 1 of the cells
known zeros, q places in a cell, W = w q. Density evolution is run over the numbers of unknown terms of the windows, not
over their means, and each step is exceeded with a probability that Chernoff's inequality bounds
(docs/proofs/coupled.md, Lemma 5 and Theorem 6). Floats find the steps; balls confirm them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, expm1, floor, inf, log, log1p, nextafter, sqrt
from typing import Any

import numpy as np
from flint import arb, ctx
from scipy.optimize import minimize_scalar

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model
from srtheory.theory.rows import bracket_time
from srtheory.theory.startup import reached, size
from srtheory.types import Floats, Int64

Counts = Int64
MOST_BLOCKS = 64
"""Blocks of a worker that are counted: further ones only help."""
BITS = 128
"""Bits of the balls: differences of numbers of the size of m lose some thirty."""
STEPS = 3000
"""Steps of the evolution, after which a design counts as one of which nothing can be said."""


@dataclass(frozen=True)
class Cells:
    """A circle of cells: ``cells`` with terms, then ``width`` - 1 of known zeros."""

    symbols: int
    degree: int
    cells: int
    width: int
    adjacent: bool = False
    """Whether windows of a worker follow each other, from a random one on, and only its first k/w blocks count."""

    def __post_init__(self) -> None:
        require_int("symbols", self.symbols)
        require_int("cells", self.cells, 1, self.symbols)
        require_int("width", self.width, 1, self.cells)
        require_int("degree", self.degree, 1, self.places)

    @property
    def size(self) -> int:
        """q, places in a cell; a place that has no term counts as a term here, which only raises bounds."""
        return -(-self.symbols // self.cells)

    @property
    def places(self) -> int:
        """W, places in a window."""
        return self.width * self.size

    @property
    def around(self) -> int:
        """k, cells of the circle, and windows."""
        return self.cells + self.width - 1

    @property
    def filled(self) -> Counts:
        """Shape (k,): n_J, the places with terms of each window."""
        first = np.arange(self.around)
        return self.size * (np.minimum(first + self.width, self.cells) - first).clip(0) + self.size * (
            (first + self.width - self.around).clip(0)
        )


def _windowed(values: Floats, width: int) -> Floats:
    """Return the sums over ``width`` entries of a circle from each on."""
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values[: width - 1]]))])
    return total[width:] - total[:-width]


def _exceeded(n: Counts, mean: Floats, bound: float, high: Counts) -> Counts:
    """Return the least a >= n mean with n KL((a + 1)/n || mean) >= ``bound``, or ``high`` if that is not below it."""
    low, gap = np.minimum(np.floor(n * mean).astype(np.int64), high), np.int64(1)
    with np.errstate(all="ignore"):
        while (low < high).any():
            a = np.maximum((low + high) // 2, high - gap)  # most windows change little in a step
            x = (a + 1) / n
            rest = np.where(x < 1, (1 - x) * np.log((1 - x) / (1 - mean)), 0.0)
            enough = (x > mean) & (n * (x * np.log(x / mean) + rest) >= bound * (1 + 1e-9)) | (x > 1) | (mean <= 0)
            high, low = np.where(enough, a, high), np.where(enough, low, np.minimum(a + 1, high))
            gap *= 4
    return high


def evolution(design: Cells, unknown: float, load: float, bound: float) -> Iterator[Counts]:
    """Yield the numbers of unknown terms of the windows, step by step, each exceeded with probability e^-``bound``.

    ``unknown``: 1 - s, the share of the terms that no worker has sent alone. ``load``: rho, blocks for each place of
    the circle. The arrays have shape (k,). O(k log m) time a step; floats, which :func:`failure` confirms.
    """
    n, w, d, places = design.filled, design.width, design.degree, design.places
    real = np.arange(design.around) < design.cells
    left = n
    for _ in range(STEPS):
        known = ((places - left - d + 2) / (places - d + 1)).clip(0)
        reached = np.roll(_windowed(load * known ** (d - 1), w), w - 1)  # of the windows that hold a cell
        missed = np.where(real, unknown * np.exp(-reached * d / w), 0.0)
        new = _exceeded(n, _windowed(missed, w) * design.size / n * (1 + 1e-9), bound, left)
        yield new
        if (new == left).all():
            return
        left = new


def least_load(design: Cells, unknown: float, goal: float) -> float:
    """Return about the least load with which the evolution leaves few terms, by bisection; inf if 4 is not enough."""

    def leaves_few(load: float) -> bool:
        steps = list(evolution(design, unknown, load, log(2 * design.around * STEPS / _require_goal(goal))))
        return len(steps) < STEPS and (steps[-1].max() - 1) * (design.degree - 1) < (design.places - 1) / 4

    low, high = unknown, 4.0
    if not leaves_few(high):
        return inf
    while high > low * 1.002:
        load = (low + min(high, 2 * low)) / 2
        low, high = (low, load) if leaves_few(load) else (load, high)
    return high


def failure(design: Cells, unknown: int, rows: int, goal: float = 1e-3) -> float:
    """Return an upper bound on the probability that peeling leaves a term unknown (docs/proofs/coupled.md, Theorem 6).

    ``unknown``: z, the terms that no worker has sent alone, a uniformly random set. ``rows``: R blocks, chosen without
    a look at their contents, of windows drawn independently and uniformly; or of adjacent windows, at most k/w of a
    worker, so that they share no terms. ``goal``: the probability, above 0 and at most 1, in view of which the steps
    are chosen; any gives a bound. The value is at most 1, and 1 if nothing can be said. O(k T) ball operations for T
    steps.
    """
    m, d, k = design.symbols, design.degree, design.around
    require_int("unknown", unknown, 0, m)
    require_int("rows", rows, 0)
    if unknown == 0:
        return 0.0
    apart = k if design.adjacent else 1  # groups of rows, each with at least ``least``
    spare = log((8 * k if design.adjacent else 4) / _require_goal(goal)) / 2
    least = floor(rows / k - sqrt(4 * spare * rows / k)) if design.adjacent else rows
    if least <= 0:
        return 1.0
    load = (sqrt(least + 1 + spare) - sqrt(spare)) ** 2 * apart / (k * design.size)
    steps = list(evolution(design, unknown / m, load, log(2 * k * STEPS / goal)))
    largest = max(1, int(steps[-1].max()))
    clear = 1 - (largest - 1) * (d - 1) / max(design.places - 1, 1)
    if log(unknown) > load * d * clear:
        return 1.0
    with ctx.workprec(BITS):
        total = apart * _beyond(arb(load) * k * design.size / apart, least + 1)
        total += _confirmed(design, unknown, arb(load), steps)
        if design.adjacent:  # windows of a worker differ, so that the rows of each are a sum of indicators of mean R/k
            total += k * _beyond(arb(rows) / k, least - 1, above=False)
        part = arb((largest - 1) * (d - 1)) / max(design.places - 1, 1)
        left = unknown * (-arb(load) * d * (1 - part)).exp()
        return min(1.0, _upper(total + left.expm1()))


def late(design: Cells, model: Model, t: float, goal: float = 1e-3) -> float:
    """Return an upper bound on P(latency > t) of the scheme ``sr-cells`` without seeds, decoded by peeling.

    A worker that began by t - tau - i d tau has sent i blocks by t, whatever is in them; if windows are adjacent,
    those once around the circle count. The terms that no worker has sent alone are binomial, and the blocks of all
    workers a sum of independent variables alike; Chernoff's inequality bounds both, and :func:`failure` the rest.
    ``goal``: as there. The value is at most 1.
    """
    most = np.arange(1 + min(MOST_BLOCKS, design.around // design.width if design.adjacent else MOST_BLOCKS))
    tails = reached(model, t, 1 + design.degree * most, 1 + most)[0]
    own, blocks = tails[0], tails[1:][tails[1:] > 2.0**-40]
    mean, square = blocks.sum(), (blocks * (2 * most[1 : len(blocks) + 1] - 1)).sum()
    far, m = log(16 / _require_goal(goal)), design.symbols
    unknown = min(m, ceil(m * (1 - own) + sqrt(2 * m * own * (1 - own) * far) + far))
    rows = max(0, floor(m * mean - sqrt(2 * m * max(square - mean**2, 0.0) * far) - len(blocks) * far / 3))
    found = failure(design, unknown, rows, goal)
    if found == 1:
        return 1.0
    more = _chernoff([1 - arb(own)], unknown + 1, m)
    few = _chernoff([1 - arb(x) for x in blocks[::-1]], len(blocks) * m - rows + 1, m)  # what they lack of all
    return min(1.0, _upper(arb(found) + more + few))


def guaranteed_time(design: Cells, model: Model, confidence: float, step: Callable[[], Any] = lambda: None) -> float:
    """Return a time with P(latency <= t) >= ``confidence`` by :func:`late`, the least to a relative 0.005; inf if none.

    ``step`` is called after each bound, of which there are about twenty.
    """

    def enough(t: float) -> bool:
        step()
        return Fraction(late(design, model, t, 1 - confidence)) <= 1 - Fraction(confidence)

    start = size(model.tau) + float(model.startup.ppf(0.5))
    return bracket_time(enough, start, 0.005)[1] if confidence < 1 and enough(inf) else inf


def guaranteed_rows(
    design: Cells, model: Model, confidence: float, time: float, step: Callable[[], Any] = lambda: None
) -> int | None:
    """Return a number of rows that recover all terms with probability ``confidence``, or None.

    They do if all is known by some t and no more rows have arrived by then, whatever the order of arrival. From
    ``time``, that of :func:`guaranteed_time`, later t are tried while fewer rows do. ``step`` is called before each.
    """
    risk, fewest = 1 - Fraction(confidence), None if confidence else 0
    for t in time * 1.002 ** np.arange(25) if time < inf else []:
        step()
        spare = risk - Fraction(late(design, model, float(t), float(risk)))
        rows = _most_rows(design, model, float(t), spare) if spare > 0 else None
        if fewest is not None and (rows is None or rows >= fewest):
            break
        fewest = rows
    return fewest


def _most_rows(design: Cells, model: Model, t: float, risk: Fraction) -> int | None:
    """Return a number of rows that is exceeded by t with a probability of at most ``risk``, or None.

    Blocks that known zeros shorten arrive early: a worker has sent i by t if it has evaluated as many terms as they
    have, in as many messages as whole blocks would take or more. No worker sends many, which is a part of the risk.
    """
    m, few = design.symbols, arb(risk.numerator) / risk.denominator / 2**10
    most = np.arange(1 + MOST_BLOCKS * design.degree)
    high = reached(model, t, 1 + most, 1 - -most // design.degree)[1]
    tails = [arb(high[0])]
    for terms in _evaluated(design):
        tail = arb(float(terms @ high[: len(terms)]) * (1 + 2.0**-30))
        if m * tail < few:
            break
        tails.append(tail)
    else:
        return None

    def rare(more: int) -> bool:
        return Fraction(_upper(_chernoff(tails, more, m))) <= Fraction(1023, 1024) * risk

    return bisect_left(range(len(tails) * m + 2), True, key=rare) - 1


def _evaluated(design: Cells) -> Iterator[Floats]:
    """Yield the probabilities that i blocks of a worker have 0, 1, ... terms, for i from 1 to :data:`MOST_BLOCKS`.

    Sums of products, accurate to far less than a relative 2^-30. Windows follow each other as in the scheme.
    """
    m, cells, w, d = design.symbols, design.cells, design.width, design.degree
    sizes = np.diff(np.arange(cells + 1) * m // cells)
    held = _windowed(np.concatenate([sizes, np.zeros(w - 1)]), w).astype(int).tolist()
    whole = comb(design.places, d)
    of = {n: [comb(n, i) * comb(design.places - n, d - i) / whole for i in range(d + 1)] for n in set(held)}
    each = np.array([of[n] for n in held])
    turns, run = [np.ones(1)], [np.ones(1)] * design.around
    for i in range(design.around // w if design.adjacent else 1):
        run = [np.convolve(so_far, block) for so_far, block in zip(run, np.roll(each, -i * w, axis=0), strict=True)]
        turns.append(np.mean(run, axis=0))
    before = np.ones(1)
    for i in range(MOST_BLOCKS):
        turn = 1 + i % (len(turns) - 1)
        yield np.convolve(before, turns[turn])
        if turn == len(turns) - 1:
            before = np.convolve(before, turns[turn])


def _chernoff(tails: list[arb], least: int, workers: int) -> arb:
    """Return a bound on the probability that independent counts with P(count >= i) = tails[i - 1] sum to >= least."""
    if least > len(tails) * workers:
        return arb(0)
    rounded = np.array([float(x) for x in tails])

    def exponent(tilt: float) -> float:
        steps = np.exp(tilt * np.arange(len(tails))) * expm1(tilt)
        return workers * log1p(float(steps @ rounded)) - tilt * least

    tilt = arb(float(minimize_scalar(exponent, bounds=(0, 10), method="bounded").x))
    with ctx.workprec(BITS):
        mean = 1 + (tilt.exp() - 1) * sum(((tilt * i).exp() * x for i, x in enumerate(tails)), arb(0))
        return (workers * mean.log() - tilt * least).exp()


def _require_goal(goal: float) -> float:
    """Return a probability in (0, 1], or raise :class:`ArgumentError`."""
    if not 0 < goal <= 1:
        raise ArgumentError("goal", goal, "a probability above 0")
    return goal


def _upper(x: arb) -> float:
    """Return a float that is not below x."""
    return nextafter(float(x.upper()), inf)


def _beyond(mean: arb, x: int, above: bool = True) -> arb:
    """Return Chernoff's bound on P(X >= x), or on P(X <= x), of a Poisson number or a sum of independent events."""
    return (x - mean - x * (x / mean).log()).exp() if (x > mean if above else 0 < x < mean) else arb(1)


def _confirmed(design: Cells, unknown: int, load: arb, steps: list[Counts]) -> arb:
    """Return a bound on the probability that any step of an evolution is exceeded."""
    k, w, d, n, places = design.around, design.width, design.degree, design.filled, design.places
    share, total = arb(unknown) / design.symbols, arb(0)
    base = [load * d / w * max(arb(places - int(u) - d + 2) / (places - d + 1), arb(0)) ** (d - 1) for u in n]
    missed = [arb(0)] * k
    left, stale = n, list(range(k))
    for new in steps:
        for c in {(j + i) % k for j in stale for i in range(w)}:
            if c < design.cells:
                missed[c] = share * (-sum((base[(c - i) % k] for i in range(w)), arb(0))).exp()
        stale = [int(j) for j in (new < left).nonzero()[0]]
        for j in stale:
            mean = sum((missed[(j + i) % k] for i in range(w)), arb(0)) * design.size / int(n[j])
            x = arb(int(new[j]) + 1) / int(n[j])
            if x > 1:
                continue
            rest = (1 - x) * ((1 - x) / (1 - mean)).log() if x < 1 else arb(0)
            total += (-int(n[j]) * (x * (x / mean).log() + rest)).exp() if x > mean else 1
            base[j] = load * d / w * max(arb(places - int(new[j]) - d + 2) / (places - d + 1), arb(0)) ** (d - 1)
        left = new
    return total
