"""Lower bounds on E[T] for every oblivious scheme if the master spends time sigma on a message, in order of arrival.

The setting is that of :mod:`srtheory.theory.floor`, with a continuous start-up distribution F and a master who handles
messages in the order in which they arrive.  Proofs are in docs/proofs/floor.md, section 6.

**Queue.**  Let T_0 be the first time at which all terms are reported, and N[u, T_0] the number of messages that arrive
from u to T_0.  Then T >= u + sigma N[u, T_0] for u <= T_0, and T >= T_0 + sigma.  Average this over u with weights
alpha_i, and put alpha(v) for the weight of u <= v.  Let 0 < p_1 < ... < p_K < 1.  If P(T_0 > v) >= p_k for v < s_k, for
each k, then

    E[T] >= sum_k (p_k - p_{k-1}) (integral over v < s_k of 1 - alpha(v) + sigma E[messages before s_k, weighted]),

where the weights of messages account for what their sender has reported before.  Coverage, by a bound as in Theorem 2
for the schedules of single workers, restricts which s are possible.  As both sides are sums over workers, a multiplier
beta_k for each level leaves a minimum over the schedule of one worker.

**Search.**  Every s lies in a box, and every alpha_i and beta >= 0 give a bound for all s in it; these come from linear
programs, which need not be exact.  The bound itself is a minimum over all schedules, by a recursion whose inputs are
bounded outwards, with a margin for its rounding.  The box with the least bound is improved or divided, so the floor
rises with the effort.

**Any scheme.**  Even if all delays are known, and T is a minimum over all plans, with X_(1) <= X_(2) <= ...,

    sum_k (T - k sigma - kappa - X_(k))^+ >= m tau,

as the k-th last message that is handled arrived by T - k sigma.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from srtheory.errors import require_int
from srtheory.model import Model, depends_on
from srtheory.theory.numerics.nested import by_schedule, exponents, least_value, schedule_slopes
from srtheory.theory.startup import cdf_bounds
from srtheory.types import Floats, Int64

LEVELS = (0.1, 0.3, 0.55, 0.8, 0.97)
"""Levels p_1 < ... < p_K."""

Multipliers = tuple[Floats, Floats]
Box = tuple[Int64, Int64]

_SAFE = 1e-9
_CUTS = 12
_QUICK = {"presolve": False}  # takes longer than these small programs


def _damped(last: Int64, eta: Floats) -> Floats:
    return np.asarray(np.maximum(1 - eta[:, None] * last, 0.0) * (1 - 1e-12))


def _needed(model: Model, workers: int, heights: Floats, y: Floats) -> Floats:
    m = model.symbols
    return np.asarray((m * heights - y) / workers - 1e-12 * m * heights / workers)


class Search:
    """A grid of times and numbers of terms, with what is known on it.

    ``levels`` are p_1 < ... < p_K. Cell i is [edges[i], edges[i + 1]), and the last one [edges[-1], inf); edges[0] is
    0. ``last`` has 0 and the greatest numbers of terms of the groups. ``knots`` are the u that have weights, besides
    one that stands for T >= S, and ``around`` is the number of terms in a message for which A is chosen.
    """

    def __init__(
        self, model: Model, workers: int, levels: Floats, edges: Floats, last: Int64, knots: Floats, around: float
    ) -> None:
        self.model, self.workers, self.levels, self.edges = model, workers, levels, edges
        self.last, self.knots, self.around = last, knots, around
        self.known: set[int] = set()
        m = self.model.symbols
        self.weights = np.diff(np.concatenate([[0.0], self.levels]))
        y = -np.log1p(-self.levels) * (1 + 1e-12)  # p_k is at most 1 - e^-y
        lost = -np.expm1(-y * self.around / m)
        self.heights = y / m - np.log(lost) * lost / (self.around * (1 - lost))
        self.eta = np.maximum.accumulate((self.heights / y)[::-1])[::-1] * (1 + 1e-12)
        self.damped, self.needed = _damped(self.last, self.eta), _needed(self.model, self.workers, self.heights, y)
        cells, size = len(self.edges) - 1, len(self.last)
        self.tables = np.zeros((cells, len(self.levels), size, size))
        self.waited = np.vstack([np.minimum(self.knots[:, None], self.edges), self.edges])
        self.counted = self._counted()
        self._space = (
            np.zeros(size + 1, dtype=np.int64),
            np.zeros((size, size)),
            np.zeros((size, size), dtype=np.int64),
        )
        self._columns: list[tuple[int, ...]] = []
        self._seen: set[tuple[int, ...]] = set()
        self._array = np.zeros((0, size + 1), dtype=np.int64)

    def _counted(self) -> Floats:
        """Return lower bounds on sigma nu min over e of F(a - e) - F(u - e), for the cells' a, knots u and groups."""
        model = self.model
        startup, tau = model.defective_startup, model.tau
        first = np.concatenate([[1], self.last[:-1] + 1])
        parts = np.linspace(0.0, 1.0, 9)
        ends = tau * (first[:, None] + (self.last - first + 1)[:, None] * parts)
        flat, order = np.unique(ends.ravel(), return_inverse=True)

        def at(v: float) -> tuple[Floats, Floats]:
            low, high = cdf_bounds(startup, v, flat)
            return low[order].reshape(ends.shape), high[order].reshape(ends.shape)

        found = np.zeros((len(self.edges), len(self.knots), len(self.last)))
        before = [at(float(u))[1] for u in self.knots]
        for i, a in enumerate(self.edges):
            after = at(float(a))[0]
            for j, u in enumerate(self.knots):
                if u < a:
                    found[i, j] = (after[:, 1:] - before[j][:, :-1]).min(axis=1)
        found = np.maximum(found, 0.0) * (model.master_time * self.workers * (1 - 1e-12))
        found[:, :, 0] = 0.0
        found[:, :, self.last >= model.symbols] = 0.0  # such a message may be sent at any later time
        return found

    def know(self, cells: Int64) -> None:
        """Compute the tables of these cells."""
        for i in {int(c) for c in cells} - self.known:
            if i < len(self.tables):
                v = float(self.edges[i + 1])
                places = np.arange(1, min(int(v / self.model.tau) + 2, int(self.last[-1])) + 1)
                phi = exponents(cdf_bounds(self.model.defective_startup, v, self.model.tau * places)[1])
                self.tables[i] = schedule_slopes(phi, self.last, self.heights) if math.isfinite(phi[0]) else np.inf
            self.known.add(i)

    def value(self, low: Int64, high: Int64, weights: Floats, beta: Floats) -> float:
        """Return a lower bound of E[T] for designs with s_k from cell low_k to cell high_k, for each k."""
        self.know(high)
        cells = len(self.tables)
        beta = np.where((high < cells), beta, 0.0)
        at = np.minimum(high, cells - 1)
        base = float(weights @ (self.waited[:, low] @ self.weights) + beta @ self.needed)
        if not beta.any():
            self._space[0][0] = 0
            return base * (1 - _SAFE)
        costs = self.weights[:, None] * np.tensordot(weights[:-1], self.counted[low], axes=(0, 1))
        found = least_value(base, costs, self.damped, self.tables, at, beta, self.last, *self._space)
        return float(found - _SAFE * (abs(base) + float(beta @ self.heights) * self.model.symbols))

    def schedule(self) -> tuple[int, ...]:
        """Return the groups of the schedule that was the least in the last value."""
        its = self._space[0]
        return tuple(int(g) for g in its[: int(np.flatnonzero(its == 0)[0])])

    def add(self, schedule: tuple[int, ...]) -> bool:
        """Add a schedule to those of the linear programs, and return whether it is new."""
        if not schedule or schedule in self._seen:
            return False
        self._seen.add(schedule)
        self._columns.append(schedule)
        return True

    def _schedules(self) -> Int64:
        old = len(self._array)
        if old < len(self._columns):
            more = np.zeros((len(self._columns) - old, self._array.shape[1]), dtype=np.int64)
            for row, groups in zip(more, self._columns[old:], strict=True):
                row[: len(groups)] = groups
            self._array = np.concatenate([self._array, more])
        return self._array

    def propose(self, low: Int64, high: Int64, rounds: int, enough: float) -> tuple[float, Floats, Floats] | None:
        """Return a bound for a box by the best weights and beta of a linear program over the schedules known so far."""
        from scipy.optimize import linprog

        best: tuple[float, Floats, Floats] | None = None
        scale = 1 / float(self.needed.max())
        self.know(high)
        bounded = np.flatnonzero(high < len(self.tables))
        knots = len(self.knots) + 1
        for _ in range(rounds):
            columns = self._schedules()
            n = len(columns)
            cost, cover = np.zeros((knots - 1, n)), np.zeros((len(high), n))
            by_schedule(
                columns, low, np.where(high < len(self.tables), high, -1), self.counted, self.weights, self.damped,
                self.tables, self.last, cost, cover,
            )  # fmt: skip
            # Variables: schedules, the empty one, the bound, and missing coverage.
            rows = np.zeros((knots + len(bounded), n + 3))
            rows[: knots - 1, :n] = cost
            rows[:knots, n + 1] = -1.0
            rows[knots:, :n] = -scale * cover[bounded]
            rows[knots:, n + 2] = -1.0
            right = np.concatenate([-(self.waited[:, low] @ self.weights), -scale * self.needed[bounded]])
            prices = np.zeros(n + 3)
            prices[n + 1], prices[n + 2] = 1.0, 20.0 * float(self.edges[-1])
            sums = np.ones((1, n + 3))
            sums[0, n + 1 :] = 0.0
            solved = linprog(prices, A_ub=rows, b_ub=right, A_eq=sums, b_eq=[1.0], method="highs-ds", options=_QUICK)
            if not solved.success:
                break
            weights = np.maximum(-solved.ineqlin.marginals[:knots], 0.0)
            weights /= max(float(weights.sum()), 1e-300) * (1 + 1e-12)
            beta = np.zeros(len(high))
            beta[bounded] = np.maximum(-solved.ineqlin.marginals[knots:], 0.0) * scale
            found = self.value(low, high, weights, beta)
            if best is None or found > best[0]:
                best = found, weights, beta
            if solved.fun - best[0] < enough or not self.add(self.schedule()):
                break
        return best

    def first(self) -> Int64:
        """Return the first cell in which each level's coverage is not excluded; no design has an s_k before it."""
        size = len(self.last)
        found = np.zeros(len(self.levels), dtype=np.int64)
        for k in range(len(self.levels)):
            low, high = 0, len(self.tables)
            beta = np.zeros(len(self.levels))
            beta[k] = 1.0
            while low < high:
                middle = (low + high) // 2
                at = np.full(len(self.levels), middle)
                self.know(at)
                free = np.zeros((len(self.levels), size))
                most = -least_value(0.0, free, self.damped, self.tables, at, beta, self.last, *self._space)
                if most * (1 + _SAFE) < self.needed[k]:
                    low = middle + 1
                else:
                    high = middle
            found[k] = low
        return np.asarray(np.maximum.accumulate(found[::-1])[::-1])


@dataclass(frozen=True)
class Rough:
    """The best of parts in cyclic order, estimated: terms of a part, time S at which all are reported, and latency."""

    terms: int
    reported: float
    latency: float
    earliest: float


def rough(model: Model, workers: int) -> Rough:
    """Return an estimate that only chooses grids."""
    m, tau, startup = model.symbols, model.tau, model.defective_startup
    best, earliest = None, math.inf
    for terms in sorted({max(1, int(m ** (k / 24))) for k in range(25)}):
        parts = -(-m // terms)
        counts = tau * np.minimum(terms * np.arange(1, parts + 1), m)
        each = workers / parts

        def missing(v: float, counts: Floats = counts, each: float = each, parts: int = parts) -> float:
            return parts * math.exp(-each * float(exponents(np.asarray(startup.cdf(v - counts))).sum()))

        high = tau
        while missing(high) > 0.7 and high < 1e200:
            high *= 2
        low = high / 2
        for _ in range(30):
            low, high = ((low + high) / 2, high) if missing((low + high) / 2) > 0.7 else (low, (low + high) / 2)
        u = np.linspace(0.0, high, 200)[:, None]
        queue = np.asarray(startup.cdf(high - counts)).sum() - np.asarray(startup.cdf(u - counts)).sum(axis=1)
        latency = float((u[:, 0] + model.master_time * workers * queue).max())
        earliest = min(earliest, high)
        if best is None or latency < best.latency:
            best = Rough(terms, high, latency, earliest)
    assert best is not None
    return Rough(best.terms, best.reported, best.latency, earliest)


def groups(terms: int, useful: int, top: int, most: int) -> Int64:
    """Return 0 and the last numbers of about ``most`` groups, finest near ``terms``; one follows ``useful``."""
    for step in range(1, useful + 2):
        ends, c = [0], 0
        while c < useful:
            early = max(1, min(c // 3, max(step, terms // 15)))
            c += early if c < 0.4 * terms else step if c < 1.4 * terms else 2 * step
            ends.append(min(c, useful))
        if len(ends) <= most + 1:
            break
    return np.array(ends if useful == top else [*ends, top])


def search(model: Model, workers: int, levels: tuple[float, ...], cells: int, most: int) -> Search:
    """Return a grid for the model."""
    about = rough(model, workers)
    start, end = 0.6 * about.earliest, max(1.05 * about.latency, 1.2 * about.reported)
    while end > start and float(cdf_bounds(model.defective_startup, end, [model.tau])[1][0]) > 1 - 1e-9:
        end = start + 0.9 * (end - start) - 1e-9 * end
    edges = np.concatenate([[0.0], np.linspace(start, max(end, 1.001 * start), cells)])
    top = int(min(model.symbols, math.ceil(edges[-1] / model.tau) + 1))
    least = float(model.startup.ppf(1e-9))
    useful = max(1, min(top, math.ceil((edges[-1] - least) / model.tau)))
    knots = np.linspace(min(least, about.reported), about.reported * 1.15, 17)
    found = Search(
        model, workers, np.array(levels), edges, groups(about.terms, useful, top, most), knots, max(about.terms, 1.0)
    )
    size = len(found.last)
    for c in range(1, size):
        found.add((c,))
        multiples = np.searchsorted(found.last, found.last[c] * np.arange(1, int(found.last[-1] // found.last[c]) + 1))
        found.add(tuple(int(g) for g in np.unique(np.minimum(multiples, size - 1))))
    return found


def boxes(its: Search, most: int, step: Callable[[], None]) -> float:
    """Return a lower bound of E[T], by boxes of s of which at most ``most`` are given to linear programs."""
    levels, cells = len(its.levels), len(its.tables)
    first = its.first()

    def tight(low: Int64, high: Int64) -> Box:
        low = np.maximum.accumulate(np.maximum(low, first)[::-1])[::-1].copy()
        return low, np.minimum.accumulate(high).copy()

    pool: list[tuple[Int64, Multipliers]] = []
    start = tight(np.zeros(levels, dtype=np.int64), np.full(levels, cells, dtype=np.int64))
    free = np.zeros(len(its.knots) + 1)
    free[-1] = 1.0
    none = free, np.zeros(levels)
    count, solved = 0, 0
    # A box waits with its bound, the multipliers that gave it, and 0, 1 or 2: new, tried with known ones, solved.
    heap = [(its.value(*start, *none), 0, start, none, 0)]
    while True:
        bound, _, box, given, state = heap[0]
        if state < 2 and solved < most:
            heapq.heappop(heap)
            if state == 0:
                place = np.concatenate(box)
                far = [int(abs(place - there).sum()) for there, _ in pool]
                for tried in (pool[i][1] for i in np.argsort(far, kind="stable")[:_CUTS]):
                    found = its.value(*box, *tried)
                    if found > bound:
                        bound, given = found, tried
                state = 1
            else:
                solved, state = solved + 1, 2
                step()
                single = bool((box[0] == box[1]).all())
                if (proposed := its.propose(*box, 12 if single else 4, 3e-4 * bound)) is not None:
                    pool.append((np.concatenate(box), proposed[1:]))
                    if proposed[0] > bound:
                        bound, given = proposed[0], proposed[1:]
            count += 1
            heapq.heappush(heap, (bound, count, box, given, state))
            continue
        if solved >= most or (box[0] == box[1]).all():
            return bound
        heapq.heappop(heap)
        for found, part in _split(its, box, bound, given, tight):
            count += 1
            heapq.heappush(heap, (found, count, part, given, 0))


def _split(
    its: Search, box: Box, bound: float, given: Multipliers, tight: Callable[[Int64, Int64], Box]
) -> list[tuple[float, Box]]:
    """Return the two parts of a box, and bounds for these, at the level at which these bounds are greatest."""
    low, high = box
    best = -math.inf
    chosen: list[tuple[float, Box]] = []
    for k in np.flatnonzero(high > low):
        middle = _middle(int(low[k]), int(high[k]))
        parts = []
        for upper in (False, True):
            one = low.copy(), high.copy()
            if upper:
                one[0][k] = middle + 1
            else:
                one[1][k] = middle
            part = tight(*one)
            if (part[0] <= part[1]).all():
                parts.append((max(its.value(*part, *given), bound), part))
        merit = min(value for value, _ in parts) + 0.5 * sum(value for value, _ in parts) / len(parts)
        merit += 1e-6 * bound * float(high[k] - low[k])
        if merit > best:
            best, chosen = merit, parts
    return chosen


def _middle(low: int, high: int) -> int:
    """Return the roundest number near the middle of low, ..., high - 1, so that few cells are ever used."""
    quarter = (high - low) // 4
    its = range(low + quarter, max(high - quarter, low + quarter + 1))
    return max(its, key=lambda i: (((i + 1) & -(i + 1)), -abs(2 * i - low - high)))


def any_scheme(model: Model, workers: int) -> float:
    """Return a lower bound of E[T] for every scheme, even one that knows all delays, in the notation of Proposition 6.

    For every z, (a - x)^+ <= (a - z)^+ + (z - x)^+.  So P(T <= t) is at most the probability that the sum over workers
    of (z - X_j)^+ reaches m tau less the sum over k of (t - kappa - k sigma - z)^+, which exponential moments bound.
    """
    m, tau, sigma = model.symbols, model.tau, model.master_time
    work = m * tau

    def late(t: float) -> float:
        before = t - model.message_cost
        best = 0.0
        for share in np.linspace(0.0, 1.0, 17)[1:]:
            z = float(before * share)
            k = np.arange(1, workers + 1) * sigma
            rest = work * (1 - 1e-12) - float(np.maximum(before - k - z, 0.0).sum()) * (1 + 1e-12)
            if rest <= 0:
                continue
            left = np.linspace(0.0, z, 129)  # z - x
            received = cdf_bounds(model.defective_startup, z, left)[1][:-1]
            theta = 8 / z * np.geomspace(0.01, 4.0, 30)[:, None]
            # E exp(theta (z - X)^+) = 1 + the integral of theta e^{theta (z - x)} F(x) from 0 to z.
            moments = 1 + (received * np.diff(np.exp(theta * left), axis=1)).sum(axis=1)
            logs = workers * np.log(moments) * (1 + 1e-9) - theta[:, 0] * rest * (1 - 1e-9)
            best = max(best, -math.expm1(min(float(logs.min()) + 1e-9, 0.0)))
        return best

    # T is at least this surely: all workers start at 0, and no message takes time.
    high = work / workers + model.message_cost
    low = high
    while late(high) > 0.01 and high < 1e200:
        high *= 1.5
    times = np.linspace(low, high, 64)
    values = np.maximum.accumulate(np.array([late(float(t)) for t in times])[::-1])[::-1]
    return float((low + (np.diff(times) * values[1:]).sum()) * (1 - _SAFE))


def is_continuous(model: Model) -> bool:
    """Return whether the start-up distribution is known to be continuous."""
    from scipy import stats

    law = getattr(model.startup, "scipy_law", model.startup)
    return isinstance(getattr(law, "dist", None), stats.rv_continuous)


@dataclass(frozen=True)
class QueueFloor:
    """Lower bounds on E[T], in the unit of tau; 0 if a bound does not apply."""

    any_scheme: float
    """For every scheme, oblivious or not."""
    queue: float
    """For oblivious schemes, if the master handles messages in the order of arrival and F is continuous."""

    @property
    def mean(self) -> float:
        """The better of the two."""
        return max(self.any_scheme, self.queue)


@depends_on("message_cost", "master_time", "silent")
def queue_floor(
    model: Model, *, workers: int | None = None, effort: int = 800, step: Callable[[], None] | None = None
) -> QueueFloor:
    """Return lower bounds on E[T] that know that messages queue at the master; nu = ``workers`` >= 1, None means m.

    The second bound is 0 if sigma is 0 or F is not known to be continuous. Linear programs are solved for ``effort`` >=
    0 boxes, and ``step`` is called after each of them; more give a better bound. At m = 1000 and the paper's parameters
    800 boxes take ten to fifteen seconds of processor time.
    """
    count = model.symbols if workers is None else require_int("workers", workers)
    require_int("effort", effort, 0)
    anyhow = any_scheme(model, count)
    if not model.master_time or not is_continuous(model):
        return QueueFloor(anyhow, 0.0)
    its = search(replace(model, message_cost=0.0), count, LEVELS, 128, 92)
    queue = model.message_cost + boxes(its, effort, step or (lambda: None))
    return QueueFloor(anyhow, queue * (1 - _SAFE))


def mean_floor(
    model: Model, plain: float, *, workers: int | None = None, effort: int = 800, step: Callable[[], None] | None = None
) -> float:
    """Return the best lower bound on E[T], given one that includes sigma once, such as that of a :class:`Floor`."""
    if not model.master_time or not math.isfinite(plain):
        return plain
    return max(plain, queue_floor(model, workers=workers, effort=effort, step=step).mean)
