"""Exact distribution of CC, the number of rows at which every symbol is covered (paper, Theorem 2 and Fig. 2c).

CC <= k means that the first k rows cover all symbols. The k-th row arrives when some worker, at time t, completes its
block b (density f(t - tau (1 + ell_b))), while the other m - 1 workers have sent k - b - 1 rows by t. So the number W_k
of symbols that the first k rows leave uncovered has the binomial moments S_j(k) = E C(W_k, j),

    S_j(k) = int m C(m-1, j) q_0^j [z^k] D_j(z) Q_j(z)^{m-1-j} dt,
    D_j(z) = sum_b f(t - tau (1 + ell_b)) r_{b,j} z^{b+1},   Q_j(z) = q_0 + sum_b p_b r_{b,j} z^{b+1},
    r_{b,j} = C(m-1-j, ell_b)/C(m-1, ell_b),

and P(CC <= k) = sum_j (-1)^j S_j(k). The formula is exact for every start-up distribution with a density. Its
evaluation is in floating point: coefficients by Fourier transforms, whose rounding is bounded
(:mod:`~srtheory.theory.numerics.saddle`), and the integral by Gauss's rule on panels between the points where a density
jumps. For exponential, Pareto and uniform start-up the error of the integral is also bounded
(:mod:`~srtheory.theory.numerics.arrivals`), and the intervals are rigorous. For other distributions they allow for four
times the deviation of the computed S_0(k) from its known value 1, which is an estimate.

Classical coupon collector in groups of d, with replacement between rows, for comparison with Theorem 2.

Each row is an independent, uniformly random d-subset of the m symbols (d = 1: the textbook case).  A worker of the
sum-recovery code never draws a symbol twice, and starts with one of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt
from flint import arb, ctx, fmpq, fmpz

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model, depends_on
from srtheory.theory.latency import bracket_ahead, expected_rows, fluid_limit
from srtheory.theory.laws.coverage import coverage_by_time, expected_uncovered
from srtheory.theory.named import named
from srtheory.theory.numerics.arrivals import BITS, Rule, Times, proven_rule, smooth_rule, support_ends
from srtheory.theory.numerics.balls import enclose, enclose_probability, small_term
from srtheory.theory.numerics.saddle import UNIT, log_saddle, log_value
from srtheory.theory.startup import ends_of, require_symbols
from srtheory.types import Floats, Startup

OUTSIDE = 1e-15
"""Bound on the probability that the k-th row arrives before, and again after, the times integrated over."""

LATEST = 2.0**100
"""No window ends later than this multiple of the expected time of its last row."""

LOST = 1e-4
"""Error of an alternating sum above which another bound is tried."""

RAISE = 24.0
"""Logarithm of the factor by which a density that begins near a panel may raise the bound on its integrand."""

_USELESS = 1e150
"""A bound on a moment above which no statement is made: infinite bounds would turn later values into NaN."""


class SmoothStartup(Startup, Protocol):
    """A start-up distribution with a density."""

    def pdf(self, x: npt.ArrayLike) -> Floats:
        """Return the density."""
        ...

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""
        ...


@dataclass(frozen=True)
class SmoothModel(Model):
    """A code on workers whose start-up distribution has a density: the arguments shared by everything below."""

    startup: SmoothStartup

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (hasattr(self.startup, "pdf") and hasattr(self.startup, "support")):
            raise ArgumentError("startup", self.startup, "a distribution with a density")

    @classmethod
    def of(cls, model: Model) -> SmoothModel:
        """Return the same setting, or raise :class:`ArgumentError` if its start-up distribution has no density."""
        return cls(**{field.name: getattr(model, field.name) for field in fields(model)})

    @cached_property
    def ends(self) -> npt.NDArray[np.int64]:
        """The ell_b."""
        return ends_of(self)

    @cached_property
    def costs(self) -> Floats:
        """The tau (1 + ell_b)."""
        return np.asarray(self.tau * (1.0 + self.ends), dtype=np.float64)

    @cached_property
    def support(self) -> tuple[float, float]:
        """Ends of the delays' support, as floats; for some distributions scipy returns NumPy integers."""
        low, high = self.startup.support()
        return float(low), float(high)

    @property
    def total(self) -> int:
        """Total number of rows."""
        return self.symbols * len(self.ends)

    @cached_property
    def typically(self) -> dict[float, float]:
        """Cache of the times at which given numbers of rows are expected."""
        return {}

    def rule(self, window: tuple[float, float]) -> Rule:
        """Return the rule of integration over the arrival times in ``window``."""
        with ctx.workprec(BITS):
            sent = int(np.count_nonzero(self.support[0] + self.costs < window[1])) + 1
            costs = [arb(self.tau) * int(1 + end) for end in self.ends[:sent]]
            law = named(self.startup)
            floats = [arb(end) for end in self.support if np.isfinite(end)]
            ends = floats if law is None else support_ends(law)
            panels = _panels(self, *window, sorted(end + cost for end in ends for cost in costs))
            if law is not None:
                return proven_rule(law, costs, panels, self.spread(window[1]))
        times, weights = smooth_rule([(float(a), float(b)) for a, b in panels])
        q, p = self.law(times)
        nodes = Times(weights, q, p[:, :sent], self.startup.pdf(times[:, None] - self.costs[:sent]))
        return Rule(nodes, nodes.none, nodes.none, nodes.none, False)

    def law(self, times: Floats) -> tuple[Floats, Floats]:
        """Return q_0, shape (n,), and p_b, shape (n, B + 1), at n times."""
        at = times[:, None] - self.costs
        return _worker_law(self.startup.cdf(at), self.startup.sf(at))

    def spread(self, t: float) -> float:
        """Return the standard deviation of N(t)."""
        return _deviation(self.symbols, self.law(np.array([t]))[1][0])


def _worker_law(received: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Return q_0 and the p_b, from F and 1 - F at the times of all blocks, each shape (n, B + 1)."""
    law, rest = np.zeros((len(received), received.shape[1] + 1)), np.ones((len(left), left.shape[1] + 1))
    law[:, :-1], rest[:, :-1] = received, left
    return rest[:, 0], np.where(received > 0.5, rest[:, 1:] - rest[:, :-1], -(law[:, 1:] - law[:, :-1]))


def _deviation(symbols: int, p: Floats) -> float:
    """Return the standard deviation of the number of rows of so many workers."""
    rows = np.arange(1, len(p) + 1)
    return math.sqrt(symbols * max(float(p @ rows**2 - (p @ rows) ** 2), 0.0))


@depends_on("degree", "access")
def coverage_by_rows(model: Model, rows: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return P(CC <= k), the probability that the first k rows to arrive cover all symbols.

    About a second for a few hundred consecutive k at m = 1000.  Where more than some fifteen uncovered symbols are
    expected the alternating sum has no digits left, and the interval is [0, u], u below about 1e-3, from a larger k or
    from P(all covered by t) + P(k-th row after t).

    Parameters
    ----------
    rows : array_like of int
        k >= 0; any shape.

    Returns
    -------
    low, high : float64 arrays of the shape of ``rows``
        0 <= low <= P <= high <= 1.  Proved for exponential, Pareto and uniform start-up; for other distributions the
        quadrature error is estimated from S_0.
    """
    return by_rows(rows, SmoothModel.of(model), covered_by)


def by_rows(
    rows: npt.ArrayLike, model: SmoothModel, law: Callable[[SmoothModel, npt.NDArray[np.int64]], tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    """Return bounds on a probability that grows with k from its ``law`` at consecutive k from 1 to m (1 + B) - 1.

    It is 0 at k = 0, and 1 once all rows are there.
    """
    wanted = np.asarray(rows)
    if wanted.size and not (np.issubdtype(wanted.dtype, np.integer) and wanted.min() >= 0):
        raise ArgumentError("rows", rows, "an integer of at least 0, or an array of such")
    known, index = np.unique(wanted, return_inverse=True)
    low = np.array(known >= model.total, dtype=np.float64)
    high = low.copy()
    todo = np.flatnonzero((known > 0) & (known < model.total))
    while len(todo):
        first = int(known[todo[0]])
        group, todo = np.split(todo, [np.searchsorted(known[todo], first + reach(model, first))])
        lows, highs = law(model, np.arange(first, known[group[-1]] + 1))
        low[group], high[group] = lows[known[group] - first], highs[known[group] - first]
    low, high = np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]
    return low[index].reshape(wanted.shape), high[index].reshape(wanted.shape)


@depends_on("degree", "access")
def expected_uncovered_by_rows(model: Model, rows: int) -> float:
    """Return E[W_k] = S_1(k), the mean number of symbols that the first k rows leave uncovered, to about nine digits.

    The result is nan if the k-th row may take longer than any window of times, as with Pareto start-up of a shape of
    0.1 or less.

    Arguments and errors as :func:`coverage_by_rows`.
    """
    model = SmoothModel.of(model)
    k = require_int("rows", rows, 0)
    if k == 0 or k >= model.total or model.symbols == 1:
        return float(model.symbols) if k == 0 else 0.0
    rule, span = model.rule(window(model, k, k)), np.array([k])
    if rule.proven and rule.outside(model.symbols, span)[0] > 1e-10:
        return math.nan
    moments = _moments(model, rule, span)
    next(moments)
    low, high = next(moments)
    return float(low[0] + high[0]) / 2


@depends_on("degree", "access")
def expected_collection(model: Model, *, at_least: int = 0) -> tuple[float, float]:
    """Return E[max(CC, a)] = a + sum_{k >= a} P(CC > k) for a = ``at_least``, as an interval; a = 0 gives E[CC].

    The caveat of :func:`coverage_by_rows` applies.  Below the k at which twelve uncovered symbols are expected,
    P(CC > i) is taken from [P(CC > k), 1].  At m = 1000, d = 10 the interval is about 0.01 wide.

    Parameters
    ----------
    at_least : int
        Number of rows, at least 0.
    """
    model = SmoothModel.of(model)
    floor = require_int("at_least", at_least, 0)
    k = max(_start(model), floor)
    low, high = expected_from(model, k, covered_by)
    _, sooner = coverage_by_rows(model, k)
    return low + floor + (k - floor) * (1 - float(sooner)), high + k


def expected_from(
    model: SmoothModel, k: int, law: Callable[[SmoothModel, npt.NDArray[np.int64]], tuple[Floats, Floats]]
) -> tuple[float, float]:
    """Return bounds on sum_{i >= k} (1 - P_i) for a ``law`` of probabilities P_i that grow with i (:func:`by_rows`).

    The sum ends where 1 - P_i is below 1e-10 or its bound stops falling. The rest is replaced by its upper bound.
    """
    low = high = float(k == 0)  # no run ends before its first row
    k, left = max(k, 1), 1.0
    first = k
    while k < model.total:
        span = np.arange(k, min(k + reach(model, k), model.total))
        lows, highs = law(model, span)
        low, high = low + float((1 - highs).sum()), high + float((1 - lows).sum())
        k, before, left = int(span[-1]) + 1, left, 1 - float(lows[-1])
        if left < 1e-10 or (left < 1e-6 and left > before / 2):
            high += left * (model.total - k)
            break
    rounding = 4 * UNIT * (k - first)
    return low * (1 - rounding), high * (1 + rounding)


def _start(model: SmoothModel) -> int:
    """Return a number of rows at which about twelve symbols are uncovered; before, hardly any run has covered all."""
    few = bracket_ahead(lambda times: expected_uncovered(model, times) <= 12, model.tau, 0.0)
    t = few[1]
    return int(expected_rows(model, t)) if model.symbols > 12 else 0


def reach(model: SmoothModel, k: int) -> int:
    """Return how many consecutive k to treat together: their arrival times overlap, with similar coefficients."""
    return 1 + int(4 * model.spread(typical(model, k)))


def typical(model: SmoothModel, k: float) -> float:
    """Return the time at which k rows are expected."""
    if k not in model.typically:
        model.typically[k] = fluid_limit(model, rows=k)
    return model.typically[k]


def covered_by(model: SmoothModel, span: npt.NDArray[np.int64], rule: Rule | None = None) -> tuple[Floats, Floats]:
    """Return bounds on P(CC <= k) for consecutive k from 1 to m (1 + B) - 1.

    The moments are those of W_k on the event that the k-th row arrives in the window. The rest counts once.
    """
    rule = rule or bounded_rule(model, span)
    if rule is None:
        return np.zeros(len(span)), np.ones(len(span))
    outside = rule.outside(model.symbols, span) if rule.proven else np.full(len(span), 2 * OUTSIDE)
    down, up, size, unit = np.zeros((4, len(span)))
    common = 0.0  # the relative error in the middle, which further halves would share
    for j, (low, high) in enumerate(_moments(model, rule, span)):
        if not (high < _USELESS).all():
            return _halves(model, span, rule) if len(span) > 1 else (np.zeros(1), np.ones(1))
        width = high - low
        common = common if j else min(8 * float((width / high)[len(span) // 2]), 1e-5)
        if len(span) > 1 and (width > (1e-7 + common) * high + 1e-10).any():
            return _halves(model, span, rule)
        if j == 0:
            unit = 0 * high if rule.proven else 4 * np.abs((low + high) / 2 - 1) + 2 * (high - low)
            down, up = 1 - outside, np.ones(len(span))
            continue
        down, up = (down - high, up - low) if j % 2 else (down + low, up + high)
        size += high
        if (np.maximum(unit * size, up - down) > 0.1).all() or (high[unit * size < 0.1] < 1e-17).all():
            break
    rest = high if j < model.symbols - 1 else 0  # Bonferroni
    error = rest + unit * size + 4 * UNIT * (j + 1) * (1 + size)
    low, high = np.clip(down - error, 0, 1), np.clip(up + outside + error, 0, 1)
    if (high - low).max() > LOST:
        high = np.minimum(high, _ceiling(model, int(span[-1]), bool(error[-1] > LOST)))
    return np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]


def bounded_rule(model: SmoothModel, span: npt.NDArray[np.int64]) -> Rule | None:
    """Return the rule for these k, or None if delays and terms differ so much that no bound on its error is known."""
    try:
        return model.rule(window(model, int(span[0]), int(span[-1])))
    except ArithmeticError:
        return None


def _halves(model: SmoothModel, span: npt.NDArray[np.int64], rule: Rule) -> tuple[Floats, Floats]:
    """Return the two halves of the k if the coefficients around the middle one differ too much in size."""
    parts = [covered_by(model, part, rule) for part in np.array_split(span, 2)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _ceiling(model: SmoothModel, k: int, further: bool) -> float:
    """Return an upper bound on P(CC <= k) if its sum has lost accuracy: coverage by a later time, or by more rows."""
    bound = 1.0
    for late in (OUTSIDE, 1e-8, 1e-4):
        t = window(model, k, k, late)[1]
        if not _chernoff(model, np.array([t]), k - 1)[0] < math.log(late):
            continue  # a window that ends at LATEST may end too soon for that
        bound = min(bound, coverage_by_time(model, t)[1] + 1.01 * late)
    more = min(k + reach(model, k) // 2, model.total - 1)
    if further and bound > 1e-3 and more > k:
        bound = min(bound, float(covered_by(model, np.array([more]))[1][0]))
    return bound


def _moments(model: SmoothModel, rule: Rule, span: npt.NDArray[np.int64]) -> Iterator[tuple[Floats, Floats]]:
    """Return bounds on S_0(k), S_1(k), ... for the k in ``span``."""
    m, ends = model.symbols, model.ends[: rule.nodes.p.shape[1]]
    spread = model.spread(typical(model, span.mean()))
    survival = [fmpq(1)] * len(ends)  # exactly: in floats, the roundings of j steps would add up
    for j in range(m):
        each = np.array([[int(x.p) / int(x.q) for x in survival]])
        low, high = rule.moments(np.array([j]), m, each, span, spread)
        yield low[0], high[0]
        left = m - 1 - j
        survival = [x * fmpq(max(left - c, 0), max(left, 1)) for x, c in zip(survival, ends.tolist(), strict=True)]


def window(model: SmoothModel, first: int, last: int, outside: float = OUTSIDE) -> tuple[float, float]:
    """Return times before the first and after the last of these rows, except with probability ``outside`` for each."""
    early, late = typical(model, first), typical(model, last)
    small = math.log(outside)
    latest = LATEST * late
    start = bracket_ahead(lambda t: (t >= early) | (_chernoff(model, t, first) > small), early, 1e-3)
    stop = bracket_ahead(
        lambda t: (t >= latest) | (t > late) & (_chernoff(model, t, last - 1) < small), late, 1e-3
    )  # times after the latest are not tried: they are hundreds of doublings
    return start[0], min(stop[1], latest)


def _chernoff(model: SmoothModel, times: Floats, k: int) -> Floats:
    """Return the log of Chernoff's bound on P(N(t) >= k) for k above E N(t), or on P(N(t) <= k) for k below."""
    q, p = model.law(times)
    x = log_saddle(q, p, model.symbols, k)
    return np.asarray(model.symbols * log_value(q, p, x) - k * x)


def _panels(model: SmoothModel, start: float, stop: float, jumps: list[arb]) -> list[tuple[arb, arb]]:
    """Return [start, stop] cut at possible jumps of the density, then halved until panels are narrow, left to right."""
    edges = [arb(start)]
    for jump in [*jumps, arb(stop)]:
        if edges[-1] < jump and jump <= arb(stop):
            edges.append(jump)
    todo, panels = list(pairwise(edges))[::-1], []
    law = named(model.startup)
    unit = math.inf if law is None else law.scale
    while todo:
        low, high = todo.pop()
        a, b = float(low), float(high)
        middle = (a + b) / 2
        wide = b - a > min(_scales(model, np.array([middle, *_early(a, b, unit)])).min(), _soon(model, a, b))
        if a < middle < b and wide:
            todo += [(arb(middle), high), (low, arb(middle))]
        else:
            panels.append((low, high))
    return panels


def _soon(model: SmoothModel, a: float, b: float) -> float:
    """Return a panel width at a distance x >= 0 from the last time before (a + b)/2 at which a density begins.

    There F is about f x, and |F| - f x up to f(|x + iy| - x) on the edge of the panel's ellipse, whose semi-axis y is
    0.94 of the width. This may raise the bound on the integrand by a factor of e^(m f (|x + iy| - x)), which is kept
    below e^RAISE: a change of the panels only, whose error is bounded by the values on the edge in any case.
    """
    after = (a + b) / 2 - model.costs
    after = after[after > model.support[0]]
    if not len(after):
        return math.inf
    flow = model.symbols * float(model.startup.pdf(after[-1:])[0])
    if not 0 < flow < math.inf:
        return math.inf
    room = RAISE / flow
    distance = max(float(after[-1]) - model.support[0] - (b - a) / 2, 0.0)
    return math.sqrt(room) * math.sqrt(2 * distance + room) / 0.94


def _early(a: float, b: float, unit: float) -> list[float]:
    """Return times soon after a, down to the scale of a named distribution, whose density may concentrate near a."""
    parts = [(b - a) * 64.0**-i for i in range(6)]
    return [a + later for part, later in pairwise(parts) if part is parts[0] or part > unit]


def _scales(model: SmoothModel, times: Floats) -> Floats:
    """Return panel widths around times: two standard deviations of an arrival, a decay length of an unbounded tail."""
    at = times[:, None] - model.costs
    density, rest = model.startup.pdf(at), model.startup.sf(at)
    flow, width = model.symbols * density.sum(axis=1), np.full(len(times), math.inf)
    if not np.isfinite(model.support[1]):
        falls = (density > 0) & (rest > 0)
        with np.errstate(over="ignore"):
            width = np.where(falls, rest / np.where(falls, density, 1.0), math.inf).min(axis=1)
    sent = _worker_law(model.startup.cdf(at), rest)[1]
    spread = np.array([_deviation(model.symbols, p) for p in sent])
    with np.errstate(over="ignore", divide="ignore"):
        return np.minimum(width, 2 * (spread + 1) / flow)


# --------------------------- Classical coupon collector in groups of d, with replacement between rows, for comparison w


def collector_by_rows(rows: int, symbols: int, degree: int) -> tuple[float, float]:
    """Return P(n independent uniform d-subsets cover [m]) = sum_k (-1)^k C(m, k) (C(m-k, d)/C(m, d))^n as an interval.

    O(m) ball operations, as a rule some tens: the sum lies between any two partial sums that follow one another
    (Bonferroni's inequalities), and ends where a term is small.

    Parameters
    ----------
    rows : int
        n >= 0.
    symbols : int
        m >= 1.
    degree : int
        d from 1 to m.
    """
    m, n = require_symbols(symbols), require_int("rows", rows, 0)
    d = require_int("degree", degree, 1, m)

    def formula() -> arb:
        miss, choices, total = arb(1), arb(1), arb(0)
        for k in range(m + 1):
            term = choices * miss**n
            if term.abs_upper() < small_term():
                return total + term * arb(0, 1)
            total += (-1) ** k * term
            miss *= arb(max(m - k - d, 0)) / max(m - k, 1)
            choices *= arb(m - k) / (k + 1)
        return total

    return enclose_probability(formula)


def collector_mean(symbols: int, degree: int) -> tuple[float, float]:
    """Return the expected number of rows until [m] is covered, sum_{k>=1} (-1)^{k+1} C(m, k)/(1 - C(m-k, d)/C(m, d)).

    d = 1 gives m (1 + 1/2 + ... + 1/m).  Arguments as :func:`collector_by_rows`; a rigorous interval.
    """
    m = require_symbols(symbols)
    d = require_int("degree", degree, 1, m)

    def formula() -> arb:
        miss, total = arb(1), arb(0)
        for k in range(1, m + 1):
            miss *= arb(max(m - k + 1 - d, 0)) / (m - k + 1)
            total -= (-1) ** k * arb(fmpz.bin_uiui(m, k)) / (1 - miss)
        return total

    return enclose(formula)
