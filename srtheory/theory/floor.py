"""Lower bounds on the latency of every oblivious scheme: P(T > t), E[T] and quantiles.

Setting: m terms and nu workers in the delay model, F the distribution of the start-up delay, tau the time per term,
kappa the message cost, sigma the master's time per message.  A scheme is *oblivious* if the terms that a worker
evaluates, their order, and the evaluations after which it sends are independent of all delays; they may be random.
A worker evaluates single terms, and its messages are functions of the terms that it has evaluated: relays, and plans
that react to a worker's own delay or to a clock, are excluded.  The terms are any elements of an abelian group, a
message may contain anything that its sender can compute, linear or not, and the decoder is arbitrary, exact and
instantaneous.  T is the time at which the messages that have been handled determine the sum.

Write chi(e) = -ln(1 - F(t - e)) for e <= t, and 0 for e > t; its values are called ``phi`` in the code.

**Closed form.**  Let chi_k = chi(kappa + k tau), b the number of k <= m with chi_k > 0, and Theta their sum.  Then

    P(T <= t + sigma) <= (1 - e^{-nu Theta/m})^{m/b}, and 0 if b = 0.

**Recursion.**  For a non-increasing profile b(1) >= ... >= b(B) >= 0 = b(B + 1) and x >= 0 let omega_0 = 1,

    omega_s = exp(-x (b(s) - b(s+1))) Psi_s(omega_{s-1}),  Psi_1(u) = u,  Psi_s(u) = 1 - (1 - u)^{s/(s-1)},

and G_b(x) = -(1/B) ln(1 - omega_B).  A type (n, c) is a term in the n-th message, sent after c terms; its profile is
chi(tau c + kappa n) up to place c and chi(tau r + kappa (n + 1)) at a later place r.  With

    pi_{n,c}(A) = sup_{x > 0} (A - G(x))/x,  V(A) = max over 0 < c_1 < c_2 < ... of sum_n (c_n - c_{n-1}) pi_{n,c_n}

one has P(T > t + sigma) >= 1 - e^{-theta}, theta = m A - nu V(A), for every A > 0; for kappa = 0 the only chain to
be considered is c_n = n.

What is computed is rigorous: bounds of F as in :func:`~srtheory.theory.startup.cdf_bounds`, upper bounds of pi and V
as in :mod:`srtheory.theory.numerics.nested`, and E[T] as a lower sum over a grid.  No choice of A, x or the grid can
make a bound false, only weaker.  Where F(t - tau - kappa) cannot be told from 1, the bound on P(T > t + sigma) is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model, depends_on, require_times
from srtheory.theory.numerics.nested import GRID, TINY, Cells, exponents, greatest_sums, log_missed, slopes
from srtheory.theory.startup import cdf_bounds
from srtheory.types import Floats, Int64

LEVELS = ("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99")
"""Levels of the quantiles that are bounded, as they are written in JSON."""

MOST_BLOCKS = 256
"""Places of a worker are taken together in blocks if more than this number matter; the bound is then weaker."""

STEPS = (160, 1000)
"""Least and greatest number of steps of the grid of times between the quantiles 0.02 and 0.99 or so."""

SPARING = 0.3
"""Messages after fewer than this times sqrt(kappa t)/tau terms each are too many, so they count as costing less."""

_SAFE = 2.0**-40
_FIRST, _RATIO, _FINE = 4.0, 1.4, 1.06
_SEARCHED, _FEW = 32, 64
_LEAST, _ROUGH = 1e-5, 0.02
_LAST = 1e-5
_FURTHER = 1.25
_FAR = 100
_END = 1e250
_SCOUTING = 40
_DOUBLED = 64  # times, after which a scale is far from that of the first term
_BATCH = 4096
_FINEST = 1e-12  # step of a grid of times, relative to the last
_TOGETHER = 4


@dataclass(frozen=True)
class Floor:
    """Lower bounds for every oblivious scheme."""

    mean: float
    """Lower bound on E[T], in the unit of tau; inf if workers may all be silent."""
    quantiles: dict[str, float]
    """Lower bounds on the quantiles, by level; inf where the sum is lost with a greater probability."""
    closed_mean: float
    closed_quantiles: dict[str, float]
    """The same by the closed form alone."""
    times: Floats
    late: Floats
    """Increasing times and lower bounds on P(T > t) at these, non-increasing."""


@depends_on("message_cost", "master_time", "silent")
def closed_late(model: Model, t: npt.ArrayLike, *, workers: int | None = None) -> Floats:
    """Return the closed form's lower bounds on P(T > t) for every oblivious scheme, at times below inf.

    B and M leave out the places from the first one on at which F is below 2^-44 or so, where an error of F could be all
    of it. A worker gets so far with at most that probability, and nu times it is subtracted from the bound. ``workers``
    is nu >= 1; None means m.
    """
    times, workers = _own_times(model, t), _workers(model, workers)
    return _closed(model, times.ravel(), workers).reshape(times.shape)


@depends_on("message_cost", "master_time", "silent")
def late(model: Model, t: npt.ArrayLike, *, workers: int | None = None) -> Floats:
    """Return lower bounds on P(T > t) for every oblivious scheme, by the recursion and the closed form.

    As :func:`closed_late`; at m = 1000 and the paper's parameters some 0.1 s each.
    """
    times, workers = _own_times(model, t), _workers(model, workers)
    each = [late_on_grid(model, np.array([time]), workers)[0] for time in times.ravel()]
    return np.array(each).reshape(times.shape)


@depends_on("message_cost", "master_time", "silent")
def floor(
    model: Model, *, workers: int | None = None, steps: int = STEPS[1], step: Callable[[], None] | None = None
) -> Floor:
    """Return lower bounds on E[T] and the quantiles of T for every oblivious scheme.

    P(T > t) is bounded on a grid of times, on which E[T] is at least its lower sum. The grid costs about 0.1 % of E[T],
    0.3 % for a few terms, and quantiles are points of it. It has at most ``steps`` >= 1 between the quantiles 0.02 and
    0.99 or so; ``step`` is called after every evaluation. Two or three seconds at m = 1000 and the paper's parameters.
    """
    count = _workers(model, workers)
    plain, sigma = replace(model, master_time=0.0), model.master_time
    closed_times, closed_curve = _closed_curve(plain, count)
    most = require_int("steps", steps)
    times, curve = _curve(plain, count, closed_times, closed_curve, most, step or (lambda: None))
    mean, closed_mean = _mean(times, curve, sigma), _mean(closed_times, closed_curve, sigma)
    lost = model.silent**count * (1 - _SAFE * count)  # no worker responds
    return Floor(
        math.inf if model.silent else max(mean, closed_mean),
        {level: _quantile(times, curve, sigma, float(level), lost) for level in LEVELS},
        math.inf if model.silent else closed_mean,
        {level: _quantile(closed_times, closed_curve, sigma, float(level), lost) for level in LEVELS},
        _down(times + sigma) if sigma else times,
        curve,
    )


def _workers(model: Model, workers: int | None) -> int:
    return model.symbols if workers is None else require_int("workers", workers)


def _own_times(model: Model, t: npt.ArrayLike) -> Floats:
    """Return upper bounds of t - sigma, at which the bounds for sigma = 0 are bounds for t."""
    times = require_times(t)
    if np.isposinf(times).any():
        raise ArgumentError("t", t, "times below infinity")
    if not model.master_time:
        return times
    return np.asarray(times - model.master_time + (2.0**-51 * abs(times) + 2.0**-51 * model.master_time))


def _down(x: Floats) -> Floats:
    return np.asarray(x * (1 - 2.0**-51))


def _places(model: Model, t: float) -> int:
    """Return a number of places that a worker cannot pass by t, at most m."""
    reach = (t - model.message_cost) / model.tau * (1 + 2.0**-45)  # infinite for the smallest tau
    return math.floor(min(max(reach, 0.0), model.symbols - 1)) + 1


def _received(model: Model, u: Floats, places: Int64, messages: int) -> Floats:
    """Return upper bounds on phi at the places in the message that is the ``messages``-th counted from time 0."""
    return exponents(cdf_bounds(model.defective_startup, u, model.tau * places + model.message_cost * messages)[1])


def _closed(model: Model, times: Floats, workers: int) -> Floats:
    """Return the closed form's bounds for sigma = 0, at any times."""
    found = np.empty(len(times))
    places = np.arange(1, _places(model, float(times.max(initial=0.0))) + 1)
    each = max(1, _BATCH * 32 // len(places))
    for begin in range(0, len(times), each):
        phi = _received(model, times[begin : begin + each], places, 1)
        counts = phi > 16 * TINY * 2.0**-8
        taken = counts.sum(axis=1)
        next_ = np.take_along_axis(phi, np.minimum(taken, len(places) - 1)[:, None], axis=1)[:, 0]
        beyond = np.where(taken < len(places), workers * next_, 0.0)
        with np.errstate(all="ignore"):
            total = workers / model.symbols * np.where(counts, phi, 0.0).sum(axis=1) * (1 + _SAFE)
            missed = np.exp(-total) * (1 - _SAFE * (1 + total))
            log = model.symbols / taken * np.log1p(-missed) * (1 - _SAFE)
        some = np.where(missed < 1, -np.expm1(log), 1.0)
        lost = np.where(taken > 0, some, 1.0) - beyond
        safe = np.where((taken > 0) | (beyond > 0), 1 - _SAFE, 1.0)
        found[begin : begin + each] = np.where(np.isfinite(phi[:, 0]), np.maximum(lost * safe, 0.0), 0.0)
    return found


def late_on_grid(
    model: Model, times: Floats, workers: int, lattice: float | None = None, blocks: int | None = None
) -> Floats:
    """Return bounds on P(T > t) for sigma = 0, at increasing times, by the recursion or, where it is better, closed.

    With a lattice the times are multiples of it, and messages start at multiples of it, which is no later than they do.
    """
    return late_and_heights(model, times, workers, lattice, blocks)[0]


def late_and_heights(
    model: Model, times: Floats, workers: int, lattice: float | None = None, blocks: int | None = None,
    start: Floats | None = None, least: float = _LEAST, searched: int | None = None,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the bounds of :func:`late_on_grid`, and the A of each; 0 where none is of use.

    ``start`` is where A is first looked for, at each time, and ``least`` the least A m.  If ``searched`` is a number,
    A is found at about so many of the times only, and between these it is interpolated.
    """
    closed = _closed(model, times, workers)
    theta, heights = _exponent(model, times, workers, lattice, blocks, start, least, searched)
    found = np.where(np.isposinf(theta), 1.0, -np.expm1(-np.maximum(theta, 0.0)) * (1 - _SAFE))
    return np.asarray(np.maximum(found, closed)), heights


@dataclass(frozen=True)
class _Types:
    """The types at all times at which a message can be sent last: rows of own phi, and the cells of each."""

    rows: npt.NDArray[np.intp]
    own: Floats
    begins: Int64
    """Number of the first type of each row; the types of a row are its first blocks."""
    cells: Cells
    ends: Int64
    often: float

    def bounds(self, levels: Floats, needed: npt.NDArray[np.intp]) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Return upper bounds of pi at a level for each needed time, and the row of each of its messages, or -1.

        Where the messages before have fewer than ``often`` terms each, it is inf: a message before has a bound, too.
        """
        its = self.rows[needed]
        kinds, kind = np.unique(levels, return_inverse=True)
        pairs, rows = np.unique(np.where(its < 0, -1, its * len(kinds) + kind[:, None]), return_inverse=True)
        rows = rows.reshape(its.shape) - (pairs[0] < 0)
        which, kind = np.divmod(pairs[pairs >= 0], len(kinds))
        own = self.own[which]
        table = np.zeros(own.shape)
        row, place = np.nonzero(own > 0)
        if its.shape[1] > 1:
            sent = np.zeros(len(own), np.int64)
            for n in range(its.shape[1] - 1, -1, -1):
                sent[rows[rows[:, n] >= 0, n]] = n
            table[row, place] = np.inf
            some = self.ends[place] >= self.often * sent[row]
            row, place = row[some], place[some]
        for begin in range(0, len(row), _BATCH):
            at = row[begin : begin + _BATCH], place[begin : begin + _BATCH]
            cells = self.cells.part(self.begins[which[at[0]]] + at[1])
            table[at] = slopes(cells, kinds[kind[at[0]]]) * own[at]
        return table, rows


def _types(model: Model, times: Floats, lattice: float | None, blocks: int | None) -> _Types:
    last, kappa = float(times[-1]), model.message_cost
    sent = _messages(model, last)
    first, ends = _blocks(model, last, blocks or _most_blocks(model, last))
    if lattice is None:
        back = np.arange(sent)
        starts = times[:, None] - kappa * back + np.where(back > 0, 2.0**-50 * times[:, None], 0.0)
        values, rows = np.unique(starts, return_inverse=True)
    else:
        index = np.rint(times / lattice).astype(np.int64)
        steps = kappa / lattice * np.arange(sent)
        near = np.rint(steps)
        whole = np.where(abs(steps - near) <= 1e-9 * steps, near, np.floor(steps)).astype(np.int64)
        which, rows = np.unique(index[:, None] - whole, return_inverse=True)
        values = which * lattice + 2e-9 * last
    rows = rows.reshape(len(times), sent).astype(np.int64)
    own = _received(model, values, first, 1)
    later = own if kappa == 0 else np.minimum(_received(model, values, first, 2), own)
    never = ~np.isfinite(own[:, 0])
    own[never] = later[never] = 0.0
    # All messages after the first tiny one count as a single one, which costs no more time (its bound is flat).
    tiny = (own[:, 0] <= TINY)[rows]
    rows = np.where(np.cumsum(tiny, axis=1) > 1, -1, rows)
    rows = rows[:, (rows >= 0).any(axis=0)]
    logs, sizes = log_missed(own, later, ends)
    chosen = np.nonzero(own > 0)
    flat = own[chosen] <= TINY
    its = logs[chosen]
    its[flat] = -GRID
    counts = np.where(flat, float(ends[-1]), sizes[chosen[0]])
    raised = own.copy()
    small = own <= TINY
    raised[small] = np.where(own > 0, (own * small).max(axis=1, keepdims=True), 0.0)[small]
    begins = np.cumsum((own > 0).sum(axis=1)) - (own > 0).sum(axis=1)
    return _Types(rows, raised, begins, Cells.of(its, counts), ends, _often(model, last))


def _blocks(model: Model, last: float, most: int) -> tuple[Int64, Int64]:
    """Return the first and last places of the blocks for times up to ``last``."""
    places = _places(model, last)
    phi = _received(model, np.array([last]), np.arange(1, places + 1), 1)[0]
    matter = max(int((phi > TINY).sum()), 1)
    each = -(-matter // most)
    first = np.arange(1, matter + 1, each)
    if (following := int(first[-1]) + each) <= places:
        first = np.append(first, following)
    return first, np.append(first[1:] - 1, places)


def _exponent(
    model: Model, times: Floats, workers: int, lattice: float | None, blocks: int | None, start: Floats | None,
    least: float, searched: int | None,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return lower bounds of theta at increasing times, 0 where F cannot be told from 1, and the A of each."""
    m = model.symbols
    theta, heights = np.zeros(len(times)), np.zeros(len(times))
    first = _received(model, times, np.array([1]), 1)[:, 0]
    theta[first == 0] = math.inf
    open_ = np.flatnonzero(np.isfinite(first) & (first > 0))
    if not len(open_):
        return theta, heights
    its = _types(model, times[open_], lattice, blocks)
    starts = np.concatenate([[0.0], its.ends])

    def values(levels: Floats, which: npt.NDArray[np.intp]) -> Floats:
        bounds, rows = its.bounds(levels, which)
        if model.message_cost == 0:
            sums = bounds[rows[:, 0]] @ np.diff(starts)
        else:
            sums = np.zeros(len(which))
            for begin in range(0, len(which), _TOGETHER):
                some = slice(begin, begin + _TOGETHER)
                sums[some] = greatest_sums(bounds, rows[some], starts)
        return np.nan_to_num(m * levels * (1 - _SAFE) - workers * sums * (1 + _SAFE), nan=-_END, neginf=-_END)

    begin = np.full(len(open_), _FIRST / m) if start is None else start[open_]
    theta[open_], heights[open_] = _greatest(values, m, times[open_], begin, least / m, searched or len(open_))
    return theta, heights


def _greatest(
    values: Callable[[Floats, npt.NDArray[np.intp]], Floats], m: int, times: Floats, start: Floats, least: float,
    searched: int,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return about the greatest values over A, 0 at least, of functions m A - V of increasing times, and the A.

    V is convex in A.  Every A is a power of a ratio, so that functions share the work.  About ``searched`` of them are
    searched from ``start`` on, in both directions; for all, ln A is then interpolated in time.  The A is 0 if no value
    is above 0.
    """
    best, heights = np.zeros(len(times)), np.zeros(len(times))

    def tried(ratio: float, powers: Int64, which: npt.NDArray[np.intp]) -> Floats:
        levels = ratio ** powers.astype(np.float64)
        found = values(levels, which)
        better = found > best[which]
        best[which[better]], heights[which[better]] = found[better], levels[better]
        return found

    step = math.log(_RATIO)
    few = np.unique(np.rint(np.linspace(0, len(times) - 1, min(searched, len(times)))).astype(np.int64))
    at = np.rint(np.log(start[few]) / step).astype(np.int64)
    bottom = math.floor(math.log(least) / step)
    here = tried(_RATIO, at, few)
    beside = {sign: np.full(len(few), -math.inf) for sign in (1, -1)}
    for sign in (1, -1):
        climbing = np.flatnonzero(np.isneginf(beside[sign]))
        while len(climbing):
            value = tried(_RATIO, at[climbing] + sign, few[climbing])
            # Where nothing is above 0, on to smaller A, at which V is smaller still.
            better = (value > here[climbing]) | ((value <= 0) & (sign < 0))
            better &= at[climbing] + sign > bottom
            beside[sign][climbing] = value
            climbing, value = climbing[better], value[better]
            beside[-sign][climbing], here[climbing], at[climbing] = here[climbing], value, at[climbing] + sign
    # V is nearly a power of A: with ln V a parabola in ln A, m A - V is greatest where its slope is m A/V.
    offset = np.zeros(len(few))
    with np.errstate(all="ignore"):
        logs = [np.log(_RATIO ** (at + k) - v / m) for k, v in ((-1, beside[-1]), (0, here), (1, beside[1]))]
        slope, curve = (logs[2] - logs[0]) / (2 * step), (logs[2] - 2 * logs[1] + logs[0]) / step**2
        for _ in range(4):
            its = slope + curve * offset
            off = np.log(its) + logs[1] + (slope + its) / 2 * offset - offset - at * step
            offset = np.clip(offset - off / (curve / its + its - 1), -step, step)
    powers = np.interp(times, times[few], at * step + np.nan_to_num(offset)) / math.log(_FINE)
    tried(_FINE, np.rint(powers).astype(np.int64), np.arange(len(times)))
    return best, heights


def _closed_curve(model: Model, workers: int) -> tuple[Floats, Floats]:
    """Return increasing times and the closed form's bounds on P(T > t) at these, until little is left."""

    def at(t: float) -> float:
        return float(_closed(model, np.array([t]), workers)[0])

    low, high = _fall(at, model, model.silent**workers, 1 - _LAST)
    times = np.linspace(low, high, 1000)
    return _with_tail(model, workers, times, _closed(model, times, workers), at)


def _fall(
    late_at: Callable[[float], float], model: Model, lost: float, most: float, least: float = 0.008
) -> tuple[float, float]:
    """Return times between which a non-increasing function falls from above ``most``, or from time 0, to ``least``.

    Both are fractions of the fall from 1 to ``lost``.
    """
    most, least = (lost + (1 - lost) * value for value in (most, least))
    seen = {0.0: 1.0}

    def value(t: float) -> float:
        if t not in seen:
            seen[t] = late_at(t)
        return seen[t]

    high = model.tau + model.message_cost
    while value(high) > least and high < _END:
        high *= 2 if len(seen) < _DOUBLED else 2.0**16
    while True:
        times = sorted(seen)
        above = [max((t for t in times if seen[t] > bound), default=0.0) for bound in (most, least)]
        below = [min((t for t in times if t > low), default=high) for low in above]
        wide = 0 if below[0] - above[0] > below[1] - above[1] else 1
        gap, scale = below[wide] - above[wide], max(below[1] - above[0], 1e-11 * below[1])
        middle = above[wide] + gap / 2
        if gap <= 0.05 * scale or middle in seen:
            return above[0], below[1]
        value(middle)


def _with_tail(
    model: Model, workers: int, times: Floats, curve: Floats, late_at: Callable[[float], float]
) -> tuple[Floats, Floats]:
    """Return the curve continued by longer and longer steps until little is left, made non-increasing."""
    more, values = list(times), list(curve)
    lost = model.silent**workers
    step = float(times[-1] - times[0]) / 20 + _SAFE * float(times[-1])
    for _ in range(_FAR):
        if values[-1] - lost <= _LAST or more[-1] + step > _END:
            break
        more.append(more[-1] + step)
        values.append(late_at(more[-1]))
        step *= _FURTHER
    # P(T > t) does not increase with t: a bound for later holds earlier.
    return np.array(more), np.maximum.accumulate(np.array(values)[::-1])[::-1]


def _curve(
    model: Model, workers: int, closed_times: Floats, closed: Floats, most: int, told: Callable[[], None]
) -> tuple[Floats, Floats]:
    """Return increasing times and bounds on P(T > t) at these, close to each other where the bound falls."""
    seen: dict[float, float] = {}

    def start(times: Floats) -> Floats | None:
        if not seen:
            return None
        known = np.array(sorted(seen))
        return np.exp(np.interp(times, known, np.log([seen[t] for t in known])))

    def scout(t: float) -> float:
        told()
        found, height = late_and_heights(model, np.array([t]), workers, None, _SCOUTING, start(np.array([t])), _ROUGH)
        if height[0] > 0:
            seen[t] = float(height[0])
        return float(found[0])

    def at(t: float) -> float:
        told()
        return float(late_and_heights(model, np.array([t]), workers, None, None, start(np.array([t])))[0][0])

    sure, kappa = float(closed_times[0]), model.message_cost
    low, high = _fall(scout, model, model.silent**workers, 0.98)
    high += 0.02 * (high - low)
    steps = min(_steps(model, low, high), most)
    lattice = max((high - low) / steps, _FINEST * high)
    if kappa >= lattice:
        lattice = kappa / math.ceil(kappa / lattice)
    shared = 0 < kappa < high / 2
    searched = _SEARCHED if _places(model, high) > _FEW else None
    grown = np.cumsum(np.rint(_FURTHER ** np.arange(40))).astype(np.int64)
    first, last = max(int(low / lattice), 1), int(high / lattice) + 1
    middle = np.concatenate([(first - grown)[::-1], np.arange(first, last + 1)])
    after = last + grown[grown < last - first]
    its = middle[(middle > 0) & (middle * lattice > sure)]
    parts: list[Floats] = [np.asarray(which * lattice, dtype=np.float64) for which in (its, after)]
    found = [
        late_and_heights(model, part, workers, lattice if shared else None, None, start(part), searched=searched)[0]
        for part in parts if len(part)
    ]  # fmt: skip
    told()
    times, curve = np.concatenate([[sure], *parts]), np.concatenate([[closed[0]], *found])
    return _with_tail(model, workers, times, curve, at)


def _steps(model: Model, low: float, high: float) -> int:
    """Return how many steps from ``low`` to ``high`` take a second or so."""
    kappa = model.message_cost
    places = min(_places(model, high), _most_blocks(model, high))
    each = 60e-9 * places**2
    if kappa:
        each *= max(1.0, high / max(high - low, _FINEST * high) / 3)
        each += 6e-9 * places**2 * _messages(model, high)
    return int(np.clip(1.0 / each, *STEPS))


def _messages(model: Model, t: float) -> int:
    """Return a number of messages that a worker cannot or should not pass by t, at most m; more count as free."""
    if model.message_cost == 0:
        return 1
    return int(min(model.symbols, max(t / (model.tau * max(1.0, _often(model, t)) + model.message_cost), 0.0) + 2))


def _often(model: Model, t: float) -> float:
    """Return a number of terms that is too small for a message of a good scheme, which has about sqrt(kappa t)/tau."""
    return min(SPARING * math.sqrt(model.message_cost * max(t, 0.0)) / model.tau, 1e300)  # finite for all messages


def _most_blocks(model: Model, t: float) -> int:
    return MOST_BLOCKS if _messages(model, t) <= 40 else 5 * MOST_BLOCKS // 8


def _mean(times: Floats, curve: Floats, sigma: float) -> float:
    """Return a lower bound on E[T]: P(T > t) is at least its bound at the next time of the grid."""
    steps = np.diff(times, prepend=0.0)
    return max(0.0, (sigma + math.fsum(steps * curve)) * (1 - _SAFE))


def _quantile(times: Floats, curve: Floats, sigma: float, level: float, lost: float) -> float:
    """Return a lower bound on the least t with P(T <= t) >= level."""
    if 1 - level < lost:
        return math.inf
    above = np.flatnonzero(curve > (1 - level) * (1 + _SAFE))
    return (float(times[above[-1]]) + sigma) * (1 - _SAFE) if len(above) else sigma * (1 - _SAFE)
