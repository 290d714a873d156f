"""Start-up delays: bounds on F that allow for rounding, the rows of a worker, and distributions known by name.

A worker of the sum-recovery code sends its own symbol, then blocks of d others (paper, section III-A).

Exponential, Pareto and uniform distribution functions are analytic on their support, so that integrals over time can be
bounded, and the means of their order statistics are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from flint import acb, arb

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Defective, Model, require_times
from srtheory.types import Floats, Int64, Startup


def row_costs(model: Model, terms: Int64, messages: Int64 | None = None) -> Floats:
    """Return the times from start-up until so many terms are complete and messages, 1, 2, ... if None, are sent."""
    sent = np.arange(1, len(terms) + 1) if messages is None else messages
    return np.asarray(model.tau * terms + model.message_cost * sent, dtype=np.float64)


def started(model: Model, t: npt.ArrayLike, terms: int) -> Floats:
    """Return P(a worker has evaluated so many terms by t) in floats: F(t - tau terms)."""
    return values(model, t, np.array([terms]))[0][..., 0]


def values(model: Model, t: npt.ArrayLike, terms: Int64, messages: Int64 | None = None) -> tuple[Floats, Floats]:
    """Return P(a worker has reported so many terms by t) in floats, and the rest to 1, of shape t.shape + (terms,)."""
    if model.drawn:
        low, high = reached(model, require_times(t), terms, messages)
        return (low + high) / 2, 1 - (low + high) / 2
    at, startup = require_times(t)[..., None] - row_costs(model, terms, messages), model.defective_startup
    return np.asarray(startup.cdf(at)), np.asarray(startup.sf(at))


def reached(model: Model, t: npt.ArrayLike, terms: Int64, messages: Int64 | None = None) -> tuple[Floats, Floats]:
    """Return bounds on P(a worker has evaluated so many terms and sent the messages by t), both non-decreasing numbers.

    The shape is t.shape + terms.shape.  These are all that a law of what has come by t needs to know of the model.  If
    all times but the start-up delay are numbers, they are :func:`cdf_bounds`; otherwise see :class:`Lattice`.
    """
    if not model.drawn:
        return cdf_bounds(model.defective_startup, t, row_costs(model, terms, messages))
    sent = np.arange(1, len(terms) + 1) if messages is None else np.asarray(messages)
    rows = tuple(zip(np.asarray(terms).tolist(), sent.tolist(), strict=True))
    times = np.asarray(t, dtype=np.float64)
    low, high = _by_lattice(model, tuple(times.ravel().tolist()), rows)
    answers = 1 - model.silent
    low, high = low * (answers * (1 - 2.0**-50)), np.minimum(high * (answers * (1 + 2.0**-50)), 1.0)
    low, high = np.minimum.accumulate(low, axis=-1), np.maximum.accumulate(high[..., ::-1], axis=-1)[..., ::-1]
    return low.reshape(*times.shape, len(rows)), high.reshape(*times.shape, len(rows))


CDF_ERROR = 2.0**-50
"""Absolute error that is allowed for in every value of ``cdf``; :mod:`srtheory.delays` lists the distributions."""


def cdf_bounds(startup: Startup, t: npt.ArrayLike, costs: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return bounds on F(t - cost) for non-decreasing costs, as two non-increasing arrays in [0, 1].

    For an array of times the costs are the last axis of the two arrays.

    They allow for the rounding of ``t - cost``, of tau * terms + kappa * messages in ``costs`` and of the
    (x - loc)/scale that scipy forms for 0 <= loc <= x, so that an atom within rounding is spanned, and for
    :data:`CDF_ERROR` in ``startup.cdf``.  Probabilities of events that more rows can only make more likely lie between
    their values at the two bounds.
    """
    steps, times = np.asarray(costs, dtype=np.float64), np.asarray(t, dtype=np.float64)[..., None]
    # Units of 2^-53: two of the cost, for products and sum; of x = t - cost one for itself, one for +- slack, two for
    # scipy.  Where F can be above 0 neither is negative and they add up to t: four of t are needed; there are eight.
    slack = np.where(np.isfinite(times), 2.0**-50 * abs(times), 0.0)
    with np.errstate(all="ignore"):  # what overflows, here or in a cdf, is far out in its tail
        at = np.asarray(times - steps)
        below, above = startup.cdf(at - slack), startup.cdf(at + slack)
    if np.isnan(below).any() or np.isnan(above).any():
        raise ArgumentError("startup", startup, "a distribution whose cdf can be computed")
    roundings = 3 if isinstance(startup, Defective) else 1  # of this very difference; of 1 - epsilon and of the product
    error = CDF_ERROR + roundings * 2.0**-53
    low = np.clip(below - error, 0.0, 1.0)
    high = np.clip(above + np.where(at < -slack, 0.0, error), 0.0, 1.0)
    if at.shape[-1] == 1:  # a million times of one cost, where to accumulate takes longer than all else
        return low, high
    return np.minimum.accumulate(low, axis=-1), np.maximum.accumulate(high[..., ::-1], axis=-1)[..., ::-1]


# ---------------------------------------------------------------------------------------------------- random times

STEPS = 4096
"""Steps of the lattice up to the last time."""
EARLIEST, LATEST = 1e-250, 1e200
"""Random times are not told from 0, or from infinity, beyond these."""
NOTHING = 2.0**-60
"""Probabilities below this are not computed: they are 0 to this."""
_ALIVE, _DONE = (2.0**-4, 2.0**-8, 2.0**-12), (8.0, 128.0)
"""Ends of :func:`_by_lattice`: times at which so many workers are alive, and multiples of the size of all tasks."""
Rows = tuple[tuple[int, int], ...]


@lru_cache(maxsize=16)
def _by_lattice(model: Model, at: tuple[float, ...], rows: Rows) -> tuple[Floats, Floats]:
    """Return bounds for workers that all answer, at any times.

    What has come by t is what has come by an earlier T, or is sent by a worker that is late and alive at T.  So
    steps that are coarse far beyond the scale of deaths, or of tasks, do not matter.
    """
    times = np.array(at)
    low, high = np.zeros((len(times), len(rows))), np.ones((len(times), len(rows)))
    if model.death is None and (forever := np.isposinf(times)).any():
        low[forever] = 1.0
        if forever.all():
            return low, high
        times = np.where(forever, LATEST * 2, times)
    ends = [LATEST]
    if model.death is not None:
        ends += [float(model.death.ppf(1 - share)) * (1 + 2.0**-40) for share in _ALIVE]
        tasks = size(model.tau) * (1.0 if model.pace is None else size(model.pace)) * rows[-1][0]
        ends += [n * (size(model.startup) + tasks + size(model.message_cost) * rows[-1][1]) for n in _DONE]
    whole = replace(model, death=None)
    for end in dict.fromkeys(min(max(end, EARLIEST), LATEST) for end in ends):
        inside = np.clip(times, EARLIEST, end)
        within = times <= end
        least, most = _lattice(model, _horizon(inside.max(initial=EARLIEST)), rows).at(inside)
        low = np.maximum(low, np.where(times[:, None] < EARLIEST, 0.0, least))
        if model.death is not None and not within.all():
            alive = 1 - cdf_bounds(model.death, end, [0.0])[0] + 2.0**-50
            late = 1 - _lattice(whole, _horizon(end), rows).at(np.array([end]))[0] + 2.0**-50
            most = np.where(within[:, None], most, most + np.minimum(alive, late))
        elif model.death is None:
            most = np.where(within[:, None], most, 1.0)
        high = np.minimum(high, most)
    return low, np.where(times[:, None] < 0, 0.0, high)


def size(time: float | Startup) -> float:
    """Return a number of the size of a time, whose distribution may have no mean."""
    return time if isinstance(time, float) else float(time.ppf(0.5)) or float(time.ppf(1 - 1e-6))


def _horizon(t: float) -> float:
    """Return a time of at least t that many times share, and of which fractions are exact."""
    part, power = math.frexp(t)
    return math.ldexp(math.ceil(part * 8), power - 3)


@lru_cache(maxsize=8)
def _lattice(model: Model, horizon: float, rows: Rows) -> Lattice:
    return Lattice(model, horizon, rows)


class Lattice:
    """Laws of the times at which a worker has reported rows, up to a horizon, rounded to multiples of a step.

    A worker has reported c terms in n messages by t if U <= t and U is no later than its death, where

        U = X + V (Y_1 + ... + Y_c) + C_1 + ... + C_n.

    Every random part of U is rounded up to a multiple of the step, and down, so that U is at most as many steps from
    either sum as it has random parts: the bounds meet as the step falls.  Numbers among the parts are not rounded.
    Convolutions are of terms of at least 0, in floats, and each is given a margin of 2^-40, many times its rounding.
    """

    def __init__(self, model: Model, horizon: float, rows: Rows) -> None:
        self.step, self.model = horizon / STEPS, model
        edges: Floats = np.arange(STEPS + 2.0) * self.step
        taken = cdf_bounds(model.startup, edges, [0.0])
        self.offsets = np.array([self._constant(*row) for row in rows])
        with np.errstate(all="ignore"):  # quotients that overflow are far out, where F is 1
            tasks = Scaled(model, edges) if model.pace is not None and "tau" in model.drawn else None
            self.bounds = [self._side(upper, taken[upper][:, 0], edges, rows, tasks) for upper in (0, 1)]

    def at(self, times: Floats) -> tuple[Floats, Floats]:
        """Return bounds at times of at most the horizon, shape (times, rows)."""
        found = []
        for upper, sign in enumerate((-1, 1)):
            # Multiples of the step are exact, but numbers among the parts are products and sums.
            left = times[:, None] - self.offsets + sign * np.where(self.offsets > 0, 2.0**-50 * times[:, None], 0.0)
            with np.errstate(over="ignore"):
                place = np.floor(np.clip(left / self.step, -1.0, STEPS)).astype(np.int64)
            place -= place * self.step > left
            table = self.bounds[upper]  # of the rows that matter
            some = table[np.arange(len(table)), np.clip(place[:, : len(table)], 0, STEPS)]
            rest = np.full((len(times), place.shape[1] - len(table)), NOTHING * upper)
            found.append(np.where(place < 0, 0.0, np.concatenate([some, rest], axis=1)))
        return found[0], found[1]

    def _constant(self, terms: int, messages: int) -> float:
        """Return the part of U that is no random number."""
        tau, kappa = self.model.tau, self.model.message_cost
        plain = isinstance(tau, float) and self.model.pace is None
        return (tau * terms if plain else 0.0) + (kappa * messages if isinstance(kappa, float) else 0.0)

    def _side(self, upper: int, start: Floats, edges: Floats, rows: Rows, tasks: Scaled | None) -> Floats:
        """Return the distribution functions on the lattice of the sums of parts that are rounded to one side."""
        model, margin = self.model, 1 + (2 * upper - 1) * 2.0**-40
        found: list[Floats] = []

        def rounded(law: Startup, at: Floats = edges) -> Floats:
            """Return P(rounded <= i step): F(i step) above, and below at most F((i + 1) step)."""
            return _monotone(cdf_bounds(law, at, [0.0])[upper][:, 0], upper)[upper : STEPS + 1 + upper]

        def added(sums: Floats, masses: Floats) -> Floats:
            return np.minimum(_convolved(sums, masses) * margin + upper * 1e-300, 1.0)

        powers: dict[tuple[str, int], Floats] = {}

        def power(name: str, count: int) -> Floats:
            """Return the masses of the sum of so many times."""
            if (name, count) not in powers:
                if count == 1:
                    powers[name, 1] = np.diff(rounded(getattr(model, name)), prepend=0.0) * margin
                else:
                    powers[name, count] = added(power(name, count // 2), power(name, count - count // 2))
            return powers[name, count]

        def add(sums: Floats, name: str, count: int) -> Floats:
            return added(sums, power(name, count)) if count and name in model.drawn else sums

        waited = sums = _monotone(start, upper)[upper : STEPS + 1 + upper]
        before = (0, 0)
        for i, (terms, messages) in enumerate(rows):
            c, n = terms - before[0], messages - before[1]
            waited = add(waited, "message_cost", n)
            if model.pace is None:
                sums = add(add(sums, "tau", c), "message_cost", n)
            elif tasks is None:
                sums = added(waited, np.diff(rounded(model.pace, edges / (model.tau * terms)), prepend=0.0))
            else:
                scaled = tasks.scaled(terms, upper)[upper : STEPS + 1 + upper]
                sums = added(waited, np.diff(scaled, prepend=0.0))
            before = terms, messages
            found.append(self.alive(sums, upper, i))
            if sums[-1] < NOTHING * 2.0**-10:
                break
        return np.array(found)

    def alive(self, sums: Floats, upper: int, row: int) -> Floats:
        """Return P(U <= i step, and U no later than the death)."""
        if self.model.death is None:
            return sums
        at = np.arange(STEPS + 1) * self.step + self.offsets[row]
        # A worker that dies at 0 has still reported what takes no time.
        before = np.nextafter(at * (1 - 2.0**-45 * upper), -1.0)
        dead = cdf_bounds(self.model.death, before, [0.0])[1 - upper][:, 0]
        masses = np.diff(sums, prepend=0.0) * (1 - dead)
        error = 2.0**-39 if upper else -(2.0**-39)
        return np.clip(np.cumsum(masses) + error, 0.0, np.minimum(sums * (1 + upper * 2.0**-50), 1.0))


class Scaled:
    """Distribution of V (Y_1 + ... + Y_c): that of the sum on a lattice of its own, and of V at all quotients."""

    SIZE, SLOWEST = 1024, 2.0**-7
    """Steps of the lattice of the sum, and the share of the quickest paces that decides where it ends."""

    def __init__(self, model: Model, edges: Floats) -> None:
        self.edges = np.arange(self.SIZE + 2) * edges[STEPS // self.SIZE]
        quick = float(model.pace.ppf(self.SLOWEST)) or size(model.pace)  # type: ignore[union-attr, arg-type]
        last = _horizon(min(float(self.edges[-1]) / quick, LATEST))
        self.sums = np.arange(self.SIZE + 1) * (last / self.SIZE)
        laws = cdf_bounds(model.tau, np.append(self.sums, last + self.sums[1]), [0.0])
        self.masses = [
            np.diff(_monotone(law[:, 0], upper)[upper : self.SIZE + 1 + upper], prepend=0.0)
            for upper, law in enumerate(laws)
        ]
        with np.errstate(all="ignore"):
            at = np.where(self.sums > 0, self.edges[:, None] / self.sums, np.inf)
        self.paces = [bound[..., 0] for bound in cdf_bounds(model.pace, at, [0.0])]  # type: ignore[arg-type]
        self.laws, self.counts = [np.append(1.0, np.zeros(self.SIZE))] * 2, [0, 0]

    def scaled(self, terms: int, upper: int) -> Floats:
        """Return bounds of one side at the edges, for numbers of terms that do not decrease."""
        law, pace, margin = self.laws[upper], self.paces[upper], 1 + (2 * upper - 1) * 2.0**-40
        for _ in range(terms - self.counts[upper]):
            law = np.convolve(law, self.masses[upper])[: self.SIZE + 1] * margin
        self.laws[upper], self.counts[upper] = law, max(terms, self.counts[upper])
        found = pace @ law
        if upper:  # and sums beyond the last
            found = found + np.maximum(1 - law.sum() * (1 - 2.0**-30), 0.0) * pace[:, -1]
        found = np.clip(found * margin, 0.0, 1.0)
        # Between the coarse edges the bound is that of the one before, or of the next.
        place = np.arange(STEPS + 2) / (STEPS // self.SIZE)
        place = np.ceil(place) if upper else np.floor(place)
        return found[place.astype(np.int64)]


def _convolved(one: Floats, other: Floats) -> Floats:
    """Return the convolution of arrays of one length as far as that length, in blocks: NumPy computes all of it."""
    size, found = len(one), np.zeros(len(one))
    block = -(-size // 4)
    for i in range(0, size, block):
        for j in range(0, size - i, block):
            product = np.convolve(one[i : i + block], other[j : j + block])[: size - i - j]
            found[i + j : i + j + len(product)] += product
    return found


def _monotone(law: Floats, upper: int) -> Floats:
    """Return non-decreasing bounds of a distribution function from any."""
    return np.minimum.accumulate(law[::-1])[::-1] if upper else np.maximum.accumulate(law)


# -------------------------------------------------------------------------- rows of one worker of the sum-recovery code

MOST_SYMBOLS = 100_000
"""Largest m, and d, that the distributions accept. The slow ones then take days, and all stay below 1 GiB of memory."""


def require_symbols(symbols: object) -> int:
    """Return the number m of symbols as an int, or raise ArgumentError."""
    return require_int("symbols", symbols, 1, MOST_SYMBOLS)


def require_degree(degree: object) -> int:
    """Return the degree d as an int, or raise ArgumentError."""
    return require_int("degree", degree, 1, MOST_SYMBOLS)


def block_ends(symbols: int, degree: int, access: int | None = None) -> Int64:
    """Return the numbers ell_b of other symbols that a worker has covered after b blocks, ell_b = min(d b, k - 1).

    A worker's row b (b = 0 is the systematic one) is complete after 1 + ell_b term evaluations. Where d does not divide
    k - 1 the last block holds the remainder; d >= k - 1 gives a single block. m and d are from 1 to
    :data:`MOST_SYMBOLS`, and the access k, the symbols that a worker sees, its own included, from 1 to m; None means m.
    The shape is (1 + ceil((k - 1)/d),), strictly increasing.
    """
    m, d = require_symbols(symbols), require_degree(degree)
    others = (m if access is None else require_int("access", access, 1, m)) - 1
    return np.append(np.arange(0, others, d), others).astype(np.int64)


def ends_of(model: Model) -> Int64:
    """Return :func:`block_ends` of a model that has a degree."""
    return block_ends(model.symbols, require_degree(model.degree), model.access)


# -------------------------------------------------------------------------------------------------- named distributions


@dataclass(frozen=True)
class Named:
    """A start-up distribution X = loc + scale Y, Y standard."""

    loc: float
    scale: float
    """Location and scale."""
    start: float
    stop: float
    """Ends of the support of Y; ``stop`` may be infinite."""
    pole: float
    """Distribution function and density are analytic to the right of this point."""
    values: Callable[[acb], tuple[acb, acb]]
    """Distribution function and density of Y, continued from the support."""
    order_means: Callable[[int], Floats]
    """E Y_(1), ..., E Y_(m) of the order statistics of m independent Y, ascending, shape (m,), or inf where infinite.
    """
    least_beyond: Callable[[int, float], float]
    """Integral of P(Y > x)^m over x > y >= start."""
    memoryless: bool = False
    """Whether Y is exponential, so that P(Y > y) is e^-y."""


def named(startup: Startup) -> Named | None:
    """Return what is known of a frozen scipy.stats distribution, or None if not exponential, Pareto or uniform."""
    dist = getattr(startup, "dist", None)
    if getattr(dist, "name", None) not in _LAWS:
        return None
    shapes, loc, scale = dist._parse_args(*startup.args, **startup.kwds)  # type: ignore[union-attr, attr-defined]
    return _LAWS[dist.name](*map(float, (loc, scale, *shapes)))  # type: ignore[union-attr]


def require_named(startup: Startup) -> Named:
    """Return the same as :func:`named`, or raise :class:`~srtheory.errors.ArgumentError`."""
    law = named(startup)
    if law is None:
        raise ArgumentError("startup", startup, "an exponential, a Pareto or a uniform distribution")
    return law


def order_means(startup: Startup, workers: int) -> Floats:
    """Return E X_(1) <= ... <= E X_(m) of m named delays in order, shape (m,), to about 1e-12, relative. O(m)."""
    law = require_named(startup)
    return law.loc + law.scale * law.order_means(require_int("workers", workers))


def _expon(loc: float, scale: float) -> Named:
    return Named(
        loc,
        scale,
        0.0,
        math.inf,
        -math.inf,
        lambda z: (1 - (rest := (-z).exp()), rest),
        lambda m: np.cumsum(1 / np.arange(m, 0, -1.0)),
        lambda m, y: math.exp(-m * y) / m,
        memoryless=True,
    )


def _pareto(loc: float, scale: float, b: float) -> Named:
    def means(m: int) -> Floats:
        left = m - np.arange(m, dtype=np.float64)  # m - i + 1
        finite = left > 1 / b
        ratios = np.where(finite, left / np.where(finite, left - 1 / b, 1.0), np.inf)
        return np.asarray(np.cumprod(ratios), dtype=np.float64)

    def least_beyond(m: int, y: float) -> float:
        over = Fraction(b) * m - 1  # exactly: this decides whether the mean is finite
        return y ** -float(over) / float(over) if over > 0 else math.inf

    power = arb(b)
    return Named(
        loc, scale, 1.0, math.inf, 0.0, lambda z: (1 - z ** (-power), power * z ** (-power - 1)), means, least_beyond
    )


def _uniform(loc: float, scale: float) -> Named:
    return Named(
        loc,
        scale,
        0.0,
        1.0,
        -math.inf,
        lambda z: (z, acb(1)),
        lambda m: np.arange(1, m + 1) / (m + 1),
        lambda m, y: max(1 - y, 0.0) ** (m + 1) / (m + 1),
    )


_LAWS: dict[str, Callable[..., Named]] = {"expon": _expon, "pareto": _pareto, "uniform": _uniform}
