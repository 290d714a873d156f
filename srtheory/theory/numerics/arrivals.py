"""Integrals over the arrival time of the k-th row, with a proved error if the start-up distribution is analytic.

A first moment after the k-th row is an integral over the time t of its arrival,

    int C(m, w) (m - w) q_0^w [z^k] D(z) Q(z)^{m-1-w} dt,
    D(z) = sum_b f_b e_b z^{b+1},   Q(z) = q_0 + sum_b p_b e_b z^{b+1},

with f_b the density and F_b the distribution function of X at t - tau (1 + ell_b), q_0 = 1 - F_0, p_b = F_b - F_{b+1},
and weights e_b from 0 to 1.  Three kinds of times make a :class:`Rule`:

*Nodes.*  The window in which the row nearly always arrives is cut into panels at the jumps of the density, and each
gets Gauss's rule of n nodes.

*Arcs.*  Gauss's rule integrates polynomials of degree 2n - 1 exactly, so that its error on [-1, 1] is at most 4 times
the distance of the integrand g from them; where g is analytic in the ellipse with foci -1, 1 and sum r of semi-axes,
and |g| <= G there, its Chebyshev coefficients are at most 2 G r^-k, and the error at most 8 G r^-2n/(1 - 1/r).  On a
panel, the ellipse's edge is covered by boxes; on each, ball arithmetic bounds |q_0|, |p_b|, |f_b|, and with them |g|.

*The window.* The moments are those on the event that the k-th row arrives in the window, and the complement counts
once, with its probability: Bonferroni's and Markov's inequalities hold on any event. If the row arrives before the
window, at least k rows have arrived by its start; if after it, fewer than k by its end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise, takewhile

import numpy as np
from flint import acb, arb, ctx

from srtheory.theory.numerics.saddle import (
    ELEMENTARY,
    UNDERFLOW,
    UNIT,
    Powers,
    log_saddle,
    log_sets,
    power_coefficients,
    raised,
    scaled,
    value_bound,
)
from srtheory.theory.startup import Named
from srtheory.types import Floats, Int64

BITS = 4096
"""Precision at which nearly all sums of floats are exact."""

_FEWEST, _ENOUGH = 128, 64
NODES = 24
RADIUS = 4.0
_FEWEST_ARCS = 24
_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Times:
    """Values of the distribution at n times: weights and q_0, shape (n,); p_b and f_b, shape (n, B + 1).

    The values are bounds, or accurate to two units if they are above
    :data:`~srtheory.theory.numerics.saddle.UNDERFLOW`.
    """

    weight: Floats
    q: Floats
    p: Floats
    f: Floats

    @property
    def none(self) -> Times:
        """No times."""
        return self.part(slice(0))

    def part(self, which: slice) -> Times:
        """Return a subset of the times."""
        return Times(self.weight[which], self.q[which], self.p[which], self.f[which])


@dataclass(frozen=True, eq=False)
class _Integrand:
    """C(m, w) (m - w) q_0^w D Q^exponent at n times: log and error of its weight, Q's q and p, and D's f.

    There is one exponent for all times, or one for each. If it vanishes the log is -inf, and arbitrary nonzero
    polynomials replace those that are 0.
    """

    weight: tuple[Floats, Floats]
    exponent: int | Int64
    q: Floats
    p: Floats
    f: Floats

    def powers(self, tilt: Floats) -> Powers:
        """Return the polynomials around the circle of radius e^tilt."""
        return scaled(self.weight, self.q, self.p, self.exponent, tilt, self.f)

    @property
    def exponents(self) -> tuple[Int64, Int64]:
        """Least and greatest exponent of z in D Q^exponent."""
        least = self.exponent * np.where(self.q > 0, 0, _first(self.p)) + _first(self.f)
        return least, self.exponent * _degree(self.p) + _degree(self.f)

    def saddle(self, rows: Int64) -> Floats:
        """Return the best tilts for the coefficients of z^k for these k, away from extremes, where others vanish."""
        least, most = self.exponents
        return log_saddle(self.q, self.p, self.exponent, np.clip(rows.mean(), least + 0.5, most - 0.5), self.f)


def _saddles(each: list[_Integrand], rows: Int64) -> list[Floats]:
    """Return the best tilts of integrands at equally many times, all at once, since separate calls are slow."""
    if not each:
        return []
    weights = [np.concatenate(parts) for parts in zip(*(one.weight for one in each), strict=True)]
    exponent = np.repeat([one.exponent for one in each], len(each[0].q))
    values = (np.concatenate([getattr(one, name) for one in each]) for name in "qpf")
    return np.split(_Integrand((weights[0], weights[1]), exponent, *values).saddle(rows), len(each))


def _first(weights: Floats) -> Int64:
    """Return the least b + 1 with a positive weight, or 1 if there is none."""
    return 1 + (weights > 0).argmax(axis=1)


def _degree(weights: Floats) -> Int64:
    """Return the greatest b + 1 with a positive weight, or 0 if there is none."""
    return (np.arange(1, weights.shape[1] + 1) * (weights > 0)).max(axis=1, initial=0)


def _integrand(times: Times, w: int, symbols: int, each: Floats) -> _Integrand:
    (sets, doubt), others = log_sets(symbols, np.array(w), times.q), math.log(symbols - w)
    with np.errstate(divide="ignore"):
        scale = np.log(times.weight)
    q, p, f = times.q, raised(times.p, each), raised(times.f, each)
    exponent = symbols - 1 - w
    alive = (times.weight > 0) & (f.sum(axis=1) > 0) & ((q + p.sum(axis=1) > 0) | (exponent == 0))
    known = np.where(alive, np.abs(scale), 0.0) + others
    first = np.zeros_like(f)
    first[:, 0] = 1.0
    return _Integrand(
        (np.where(alive, scale + sets + others, -np.inf), doubt + UNIT * ((ELEMENTARY + 4) * (known + 1) + 4 * doubt)),
        exponent,
        np.where(alive & (exponent > 0), q, 1.0),
        np.where(alive[:, None] & (exponent > 0), p, 0.0),
        np.where(alive[:, None], f, first),
    )


@dataclass(frozen=True, eq=False)
class Rule:
    """Rule of integration over the arrival time of a row."""

    nodes: Times
    """Points of evaluation."""
    arcs: Times
    """Times whose values bound the error."""
    start: Times
    end: Times
    """Ends of the window, for earlier and later times."""
    proven: bool
    """Whether they do; else they are empty."""

    def moments(self, sizes: Int64, symbols: int, each: Floats, rows: Int64, spread: float) -> tuple[Floats, Floats]:
        """Return bounds on the first moments of sets of w symbols after the k-th row, if it arrives in the window.

        The shape is (n, k): for the n ``sizes`` w, each from 0 to m - 1, with the weights e_b in ``each``, shape (n, B
        + 1), and consecutive k.
        """
        low, high = np.zeros((2, len(sizes), len(rows)))
        middle = self.nodes.part(slice(NODES // 2, None, NODES))  # one a panel, all of one size
        numbered, tilts = list(enumerate(sizes.tolist())), []
        for start in range(0, len(sizes), _AT_ONCE):  # their arrays are large
            part = numbered[start : start + _AT_ONCE]
            tilts += _saddles([_integrand(middle, w, symbols, each[i]) for i, w in part], rows)
        for i, (w, tilt) in enumerate(zip(sizes.tolist(), tilts, strict=True)):
            nodes = _integrand(self.nodes, w, symbols, each[i])
            found = power_coefficients(nodes.powers(np.repeat(tilt, NODES)), rows, spread, NODES)
            least, most = (ends.reshape(-1, NODES) for ends in nodes.exponents)
            possible = (least.min(axis=1)[:, None] <= rows) & (rows <= most.max(axis=1)[:, None])
            low[i], high[i] = (np.where(possible, bound, 0.0).sum(axis=0) for bound in found)
            missing = 2 * UNIT * len(tilt) * high[i]
            if self.proven:
                arcs = _integrand(self.arcs, w, symbols, each[i])
                each_panel = len(self.arcs.q) // len(tilt)
                edge = value_bound(arcs.powers(np.repeat(tilt, each_panel)), rows, each_panel)
                missing += np.where(possible, edge, 0.0).sum(axis=0)
            low[i] = np.maximum(low[i] - missing, 0.0)
            high[i] = (high[i] + missing) * (1 + UNIT * (8 + len(self.arcs.q)))
        return low, high

    def outside(self, symbols: int, rows: Int64) -> Floats:
        """Return upper bounds on the probability that the k-th row does not arrive in the window, shape (k,).

        One radius serves each end and an eighth of the k, since it is good for neighbours only. A radius of at least 1
        bounds the sum over n >= k, one of at most 1 that over n < k.
        """
        parts = np.array_split(np.arange(len(rows)), min(8, len(rows)))
        which, bound = np.repeat(np.arange(len(parts)), [len(part) for part in parts]), np.zeros(len(rows))
        for end, first, sign in ((self.start, rows, 1.0), (self.end, rows - 1, -1.0)):
            q, p = np.repeat(end.q, len(parts)), np.repeat(end.p, len(parts), axis=0)
            tilt = log_saddle(q, p, symbols, np.array([float(first[part].mean()) for part in parts]))
            weight = log_sets(symbols, np.array([0]), q)
            power = scaled(weight, q, p, symbols, sign * np.maximum(sign * tilt, 0.0))
            bound += value_bound(power, first)[which, np.arange(len(rows))]
        return bound * (1 + 8 * UNIT)


@dataclass(frozen=True)
class _Law:
    """A named start-up distribution in balls."""

    named: Named

    @property
    def start(self) -> arb:
        return arb(self.named.loc) + arb(self.named.scale) * self.named.start

    @property
    def stop(self) -> arb:
        return arb(self.named.loc) + arb(self.named.scale) * self.named.stop

    def values(self, z: acb) -> tuple[acb, acb]:
        """Return F and f at z."""
        received, density = self.named.values((z - self._loc if self.named.loc else z) / self._scale)
        return received, density / self._scale

    @cached_property
    def _loc(self) -> acb:
        return acb(self.named.loc)

    @cached_property
    def _scale(self) -> acb:
        return acb(self.named.scale)

    @property
    def jumps(self) -> list[arb]:
        """Finite ends of the support."""
        return [end for end in (self.start, self.stop) if end.is_finite()]

    def analytic(self, costs: list[arb], a: arb, b: arb) -> bool:
        """Return whether F and f at t - cost are analytic in the ellipse around the panel [a, b], with a margin.

        To the left of the panel the ellipse reaches over less than 0.6 of its width.
        """
        begun = [a - cost for cost in costs if self.start <= a - cost]
        pole = arb(self.named.loc) + arb(self.named.scale) * self.named.pole
        return not begun or bool(b - a <= begun[-1] - pole)


def support_ends(named: Named) -> list[arb]:
    """Return the finite ends of the support, exactly, at precision :data:`BITS`."""
    return _Law(named).jumps


def proven_rule(named: Named, costs: list[arb], panels: list[tuple[arb, arb]], spread: float) -> Rule:
    """Return the rule for rows that cost ``costs`` and arrive in ``panels``, neighbours free of jumps.

    On a box of the arcs the integrand is known but for a factor that grows exponentially with the box's size in rows,
    whose standard deviation is ``spread``.
    """
    law, count = _Law(named), _FEWEST_ARCS + int(spread / 2)
    with ctx.workprec(BITS):
        parts = [part for a, b in panels for part in _split(law, costs, a, b)]
        values = [_panel(law, costs, a, b, count) for a, b in parts]
        nodes = [value for part, _ in values for value in part]
        arcs = [value for _, part in values for value in part]
        ends = parts[0][0], parts[-1][1]
    with ctx.workprec(2 * _FEWEST):
        start, end = (_stack([_at(law, costs, t)]) for t in ends)
    return Rule(_stack(nodes), _stack(arcs), start, end, True)


def _at(law: _Law, costs: list[arb], t: arb) -> Values:
    """Return upper bounds on q_0 and p_b at one time; the density is not needed."""
    received = [_real(law, t - cost) for cost in costs]
    sent = [_up(x - y) for x, y in pairwise([*received, arb(0)])]
    return 1.0, _up(1 - received[0]), sent, sent


def _split(law: _Law, costs: list[arb], a: arb, b: arb) -> list[tuple[arb, arb]]:
    todo, parts = [(a, b)], []
    while todo:
        a, b = todo.pop()
        if law.analytic(costs, a, b):
            parts.append((a, b))
        else:
            middle = (a + b) / 2
            todo += [(middle, b), (a, middle)]
    return parts


def smooth_rule(panels: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Return Gauss's nodes and weights in floats, with t = a + (b - a) s^2 (3 - 2 s) against roots at panel ends."""
    points, masses = np.polynomial.legendre.leggauss(NODES)
    s = (1 + points) / 2
    times = [a + (b - a) * s**2 * (3 - 2 * s) for a, b in panels]
    weights = [(b - a) * 3 * s * (1 - s) * masses for a, b in panels]
    return np.concatenate(times), np.concatenate(weights)


Values = tuple[float, float, list[float], list[float]]


def _stack(values: list[Values]) -> Times:
    return (
        Times(*map(np.array, zip(*values, strict=True))) if values else Times(*np.zeros((2, 0)), *np.zeros((2, 0, 1)))
    )


def _panel(law: _Law, costs: list[arb], a: arb, b: arb, arcs: int) -> tuple[list[Values], list[Values]]:
    """Return nodes and arcs of one panel, computed with as many bits as the nodes need."""
    # At the caller's precision: with few bits a middle close to a jump lies on no side of it.
    sides = [_side(law, (a + b) / 2 - cost) for cost in costs]
    exactly = [acb(cost) for cost in costs]
    bits = _FEWEST
    while bits <= BITS:
        with ctx.workprec(bits):
            known = takewhile(lambda node: all(map(_known, node[1:])), _nodes(law, sides, exactly, a, b, bits))
            if len(nodes := list(known)) == NODES:  # the first unknown one decides
                edge = list(edge_boxes(law, sides, exactly, a, b, arcs))
                return [_floats(node, len(costs)) for node in nodes], edge
        bits *= 2
    raise ArithmeticError(f"{BITS} bits do not suffice")


Balls = list[arb]
"""Weight, q_0, the p_b, and the f_b times half the panel's width."""


def _side(law: _Law, at: arb) -> int:
    """Return -1, 0 or 1 for a time before, in or after the support."""
    start, stop = law.start, law.stop
    if start < at and at < stop:
        return 0
    if at <= start or stop <= at:
        return 1 if stop <= at else -1
    raise ArithmeticError("no side of a jump")


def _nodes(law: _Law, sides: list[int], costs: list[acb], a: arb, b: arb, bits: int) -> Iterator[Balls]:
    middle, half, at = (a + b) / 2, (b - a) / 2, _law(law, sides, costs)
    for point, weight in _gauss(NODES, bits):
        q, sent, density = at(acb(middle + half * point))
        yield [weight, q.real, *[x.real for x in sent], *[half * x.real for x in density]]


def _known(ball: arb) -> bool:
    """Return whether the nearest float is accurate to two units, or the value is below :data:`UNDERFLOW`."""
    return bool(ball.rel_accuracy_bits() >= _ENOUGH or ball == 0 or ball.abs_upper() < UNDERFLOW)


def _nearest(ball: arb) -> float:
    middle = float(ball.mid())
    return 0.0 if middle == 0 and ball == 0 else max(middle, UNDERFLOW)


def _floats(values: Balls, n: int) -> Values:
    weight, q, *rest = map(_nearest, values)
    return weight, q, rest[:n], rest[n:]


@cache
def _gauss(n: int, bits: int) -> list[tuple[arb, arb]]:
    """Return nodes and weights of Gauss's rule on [-1, 1], at the current precision in bits."""
    return [arb.legendre_p_root(n, i, weight=True) for i in range(n)]


def edge_boxes(law: _Law, sides: list[int], costs: list[acb], a: arb, b: arb, count: int) -> Iterator[Values]:
    """Return boxes over the upper half of the ellipse's edge; the lower half is its mirror image."""
    middle, half, r = (a + b) / 2, (b - a) / 2, arb(RADIUS)
    factor, at = 8 * r ** (-2 * NODES) / (1 - 1 / r), _law(law, sides, costs)
    values = []
    for point in _edge(count, RADIUS, ctx.prec):
        q, sent, density = at(acb(middle) + acb(half) * point)
        values += [factor, abs(q), *map(abs, sent), *(half * abs(x) for x in density)]
    bounds, n = _ups(values), 2 + 2 * len(costs)
    for i in range(0, len(bounds), n):
        weight, q, *rest = bounds[i : i + n]
        yield weight, q, rest[: len(costs)], rest[len(costs) :]


@lru_cache(maxsize=64)
def _edge(count: int, radius: float, bits: int) -> list[acb]:
    """Return boxes over the upper half of the edge of the ellipse with foci -1, 1, at the given precision in bits."""
    r, points = arb(radius), []
    for i in range(count):
        angle = arb.pi() * arb(2 * i + 1, 1) / (2 * count)
        points.append(acb((r + 1 / r) / 2 * angle.cos(), (r - 1 / r) / 2 * angle.sin()))
    return points


At = Callable[[acb], tuple[acb, list[acb], list[acb]]]
"""1 - F_0, the F_b - F_{b+1} and the f_b of a time."""
LONGEST = 1e6
"""Greatest cost, in units of the scale, of which exp is taken."""


def _law(law: _Law, sides: list[int], costs: list[acb]) -> At:
    """Return the distribution at z - cost for all costs as a function of z, for use at the present precision.

    It is continued from the sides of the jumps on which the panel lies.
    """
    zero, one = acb(0), acb(1)
    if law.named.memoryless and all(bool(cost.real < LONGEST * law.named.scale) for cost in costs):
        return _memoryless(law, sides, costs)

    def at(z: acb) -> tuple[acb, list[acb], list[acb]]:
        values = [
            law.values(z - cost) if side == 0 else (one if side > 0 else zero, zero)
            for side, cost in zip(sides, costs, strict=True)
        ]
        received = [value for value, _ in values]
        return 1 - received[0], [x - y for x, y in pairwise([*received, zero])], [slope for _, slope in values]

    return at


def _memoryless(law: _Law, sides: list[int], costs: list[acb]) -> At:
    """Return the same for exponential delays: 1 - F is a product of a function of z and one of the cost."""
    factors = [(cost / law.named.scale).exp() if side == 0 else None for side, cost in zip(sides, costs, strict=True)]
    zero, one, rate = acb(0), acb(1), 1 / acb(law.named.scale)

    def at(z: acb) -> tuple[acb, list[acb], list[acb]]:
        common = ((law.named.loc - z) * rate).exp()
        left = [one if factor is None else common * factor for factor in factors]
        slope = common * rate
        density = [zero if factor is None else slope * factor for factor in factors]
        return left[0], [y - x for x, y in pairwise([*left, one])], density

    return at


def _up(value: arb) -> float:
    """Return an upper bound on a number >= 0, positive if the number is not 0."""
    return _ups([value])[0]


def _ups(values: list[arb]) -> list[float]:
    """Return the same for several numbers."""
    bounds = np.array([float(value.upper()) for value in values])
    if not (bounds < math.inf).all():
        raise ArithmeticError("a bound is infinite")
    raised = np.maximum(np.nextafter(bounds, math.inf), UNDERFLOW)
    for i in np.flatnonzero(bounds == 0).tolist():
        if values[i] == 0:
            raised[i] = 0.0
    found: list[float] = raised.tolist()
    return found


def _real(law: _Law, at: arb) -> arb:
    """Return F at a real z."""
    if at <= law.start or law.stop <= at:
        return arb(int(not at <= law.start))
    return law.values(acb(at))[0].real
