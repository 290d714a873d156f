"""Integrals over the arrival time of the k-th row, with a proven error where the start-up law is analytic.

A first moment after the k-th row is an integral over the time t of its arrival,

    int C(m, w) (m - w) q_0^w [z^k] D(z) Q(z)^{m-1-w} dt,
    D(z) = sum_b f_b e_b z^{b+1},   Q(z) = q_0 + sum_b p_b e_b z^{b+1},

with f_b the density and F_b the law of X at t - tau (1 + c_b), q_0 = 1 - F_0, p_b = F_b - F_{b+1}, and weights e_b from
0 to 1.  Three kinds of times make a :class:`Rule`:

*Nodes.*  The window in which the row nearly always arrives is cut into panels at the jumps of the density, and each
gets Gauss's rule of n nodes.

*Arcs.*  Gauss's rule integrates polynomials of degree 2n - 1 exactly, so that its error on [-1, 1] is at most 4 times
the distance of the integrand g from them; where g is analytic in the ellipse with foci -1, 1 and sum r of semi-axes,
and |g| <= G there, its Chebyshev coefficients are at most 2 G r^-k, and the error at most 8 G r^-2n/(1 - 1/r).  On a
panel, the ellipse's edge is covered by boxes; on each, ball arithmetic bounds |q_0|, |p_b|, |f_b|, and with them |g|.

*Pieces.*  Before and after the window, on a piece [a, b] of the line, q_0 <= q_0(a), p_b <= F_b(b) - F_{b+1}(a), and
the density integrates to F_b(b) - F_b(a).  For any law.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from flint import acb, arb, ctx
from scipy.special import xlogy

from srtheory.theory.named import Named
from srtheory.theory.saddle import UNIT, Powers, log_binomials, log_saddle, power_coefficients, scaled, value_bound
from srtheory.theory.startup import Floats

BITS = 512
_NODES = 20
_RADIUS = 4.0
_ARCS = 48
_PIECES = 120


@dataclass(frozen=True, eq=False)
class Times:
    """Values of the law at n times: logarithms of weights and q_0, shape (n,); p_b and f_b, shape (n, B + 1)."""

    weight: Floats
    q: Floats
    p: Floats
    f: Floats

    def powers(self, exponent: int, tilt: Floats) -> Powers:
        """The polynomials exp(weight) D(z) Q(z)^exponent around the circle of radius e^tilt."""
        return scaled(self.weight, self.q, self.p, exponent, tilt, self.f)

    @property
    def none(self) -> Times:
        """No times."""
        return Times(self.weight[:0], self.q[:0], self.p[:0], self.f[:0])

    def saddle(self, exponent: int, target: float) -> Floats:
        """The best tilts for the coefficient of z^target."""
        return log_saddle(self.q, self.p, exponent, target, self.f)


def _integrand(times: Times, w: int, symbols: int, each: Floats) -> Times:
    """With C(m, w) (m - w) q_0^w among the weights and the e_b among the rest; what vanishes has weight -inf."""
    weight = times.weight + log_binomials(symbols)[w] + math.log(symbols - w) + xlogy(w, times.q)
    q, p, f = times.q, times.p * each, times.f * each
    alive = (f.sum(axis=1) > 0) & ((q + p.sum(axis=1) > 0) | (w == symbols - 1))
    first = np.zeros_like(f)
    first[:, 0] = 1.0  # stands for a polynomial that is 0
    return Times(
        np.where(alive, weight, -np.inf),
        np.where(alive & (w < symbols - 1), q, 1.0),
        np.where(alive[:, None] & (w < symbols - 1), p, 0.0),
        np.where(alive[:, None], f, first),
    )


@dataclass(frozen=True, eq=False)
class Rule:
    """How to integrate over the arrival time of a row.

    Attributes
    ----------
    nodes : Times
        Where to evaluate.
    arcs, pieces : Times
        Times whose values bound the error.
    proven : bool
        Whether they do; else they are empty.
    """

    nodes: Times
    arcs: Times
    pieces: Times
    proven: bool

    def moments(
        self, sizes: npt.NDArray[np.int64], symbols: int, each: Floats, rows: npt.NDArray[np.int64], spread: float
    ) -> tuple[Floats, Floats]:
        """Bounds on the first moments of sets of w symbols after the k-th row, for consecutive k, shape (n, k).

        Parameters
        ----------
        sizes : int64 array, shape (n,)
            The w, from 0 to m - 1.
        symbols : int
            m.
        each : float64 array, shape (n, B + 1)
            The weights e_b for each w.
        rows, spread
            As in :func:`~srtheory.theory.saddle.power_coefficients`.
        """
        low, high = np.zeros((2, len(sizes), len(rows)))
        for i, w in enumerate(sizes.tolist()):
            exponent, middle = symbols - 1 - w, float(rows.mean())
            kinds = (self.nodes, self.arcs, self.pieces)
            nodes, arcs, pieces = (_integrand(part, w, symbols, each[i]) for part in kinds)
            tilt = nodes.saddle(exponent, middle)
            found = power_coefficients(nodes.powers(exponent, tilt), rows, spread)
            low[i], high[i] = (bound.sum(axis=0) for bound in found)
            missing = 2 * UNIT * len(tilt) * high[i]
            if self.proven:
                near = np.repeat(tilt[_NODES // 2 :: _NODES], _ARCS)
                missing += value_bound(arcs.powers(exponent, near), rows).sum(axis=0)
                missing += value_bound(pieces.powers(exponent, pieces.saddle(exponent, middle)), rows).sum(axis=0)
            low[i], high[i] = np.maximum(low[i] - missing, 0.0), high[i] + missing
        return low, high


@dataclass(frozen=True)
class _Law:
    """A named law in balls."""

    named: Named

    @property
    def start(self) -> arb:
        return arb(self.named.loc) + arb(self.named.scale) * self.named.start

    @property
    def stop(self) -> arb:
        return arb(self.named.loc) + arb(self.named.scale) * self.named.stop

    def cdf(self, z: acb) -> acb:
        return self.named.cdf((z - self.named.loc) / self.named.scale)

    def pdf(self, z: acb) -> acb:
        return self.named.pdf((z - self.named.loc) / self.named.scale) / self.named.scale


def proven_rule(named: Named, costs: list[arb], panels: list[tuple[arb, arb]]) -> Rule:
    """The rule for rows that cost ``costs`` and arrive in ``panels``, neighbours free of jumps."""
    law = _Law(named)
    with ctx.workprec(BITS):
        nodes = [value for a, b in panels for value in _nodes(law, costs, a, b)]
        arcs = [value for a, b in panels for value in _arcs(law, costs, a, b)]
        first, last = float(panels[0][0]), float(panels[-1][1])
        before = list(_pieces(law, costs, first, float(law.start), first - last))
        after = list(_pieces(law, costs, last, math.inf, last - first))
        return Rule(_stack(nodes), _stack(arcs), _stack([*before, *after]), True)


def smooth_rule(panels: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Gauss's nodes and weights in floats; with t = a + (b - a) s^2 (3 - 2 s), roots at a panel's ends do no harm."""
    points, masses = np.polynomial.legendre.leggauss(_NODES + 4)
    s = (1 + points) / 2
    times = [a + (b - a) * s**2 * (3 - 2 * s) for a, b in panels]
    weights = [(b - a) * 3 * s * (1 - s) * masses for a, b in panels]
    return np.concatenate(times), np.concatenate(weights)


Values = tuple[float, float, list[float], list[float]]


def _stack(values: list[Values]) -> Times:
    weight, q, p, f = zip(*values, strict=True)
    with np.errstate(divide="ignore"):
        return Times(np.log(np.array(weight)), np.array(q), np.array(p), np.array(f))


def _nodes(law: _Law, costs: list[arb], a: arb, b: arb) -> Iterator[Values]:
    for point, weight in _gauss(_NODES):
        t = (a + b) / 2 + (b - a) / 2 * point
        received, density = _law(law, costs, acb(t), float(t))
        sent = [x - y for x, y in pairwise([*received, acb(0)])]
        values = [float(x.real.mid()) for x in (1 - received[0], *sent, *density)]
        yield float(((b - a) / 2 * weight).mid()), values[0], values[1 : len(sent) + 1], values[len(sent) + 1 :]


@cache
def _gauss(n: int) -> list[tuple[arb, arb]]:
    return [arb.legendre_p_root(n, i, weight=True) for i in range(n)]


def _arcs(law: _Law, costs: list[arb], a: arb, b: arb) -> Iterator[Values]:
    """Discs over the upper half of the ellipse's edge; the lower half is its mirror image."""
    half, r = (b - a) / 2, arb(_RADIUS)
    factor = half * 8 * r ** (-2 * _NODES) / (1 - 1 / r)
    inside = float((a + b) / 2)
    for i in range(_ARCS):
        angle = arb.pi() * arb((i + 0.5) / _ARCS, 0.5 / _ARCS)
        point = acb((r + 1 / r) / 2 * angle.cos(), (r - 1 / r) / 2 * angle.sin())
        received, density = _law(law, costs, acb((a + b) / 2) + acb(half) * point, inside)
        sent = [x - y for x, y in pairwise([*received, acb(0)])]
        sizes = [_up(abs(x)) for x in (1 - received[0], *sent, *density)]
        yield _up(factor), sizes[0], sizes[1 : len(sent) + 1], sizes[len(sent) + 1 :]


def _law(law: _Law, costs: list[arb], z: acb, near: float) -> tuple[list[acb], list[acb]]:
    """F and f at z - cost for all costs, continued from the side of the jumps on which ``near`` lies."""
    received, density = [], []
    for cost in costs:
        at = near - cost
        inside = law.start < at and at < law.stop
        received.append(law.cdf(z - cost) if inside else acb(int(law.stop <= at)))
        density.append(law.pdf(z - cost) if inside else acb(0))
    return received, density


def _up(value: arb) -> float:
    return max(0.0, math.nextafter(float(value.upper()), math.inf))


def _pieces(law: _Law, costs: list[arb], start: float, end: float, step: float) -> Iterator[Values]:
    """The line from ``start`` to ``end``, where ``step`` points, in pieces that grow."""
    cuts = start + step / 256 * np.append(0, np.cumsum(1.08 ** np.arange(_PIECES)))
    edges = [*cuts[(cuts - end) * math.copysign(1, step) < 0].tolist(), end]
    for first, last in (sorted(pair) for pair in pairwise(edges)):
        early, late = _real(law, costs, first), _real(law, costs, last)
        sent = [_up(x - y) for x, y in zip(late, [*early[1:], arb(0)], strict=True)]
        gain = [_up(x - y) for x, y in zip(late, early, strict=True)]
        yield 1.0, _up(1 - early[0]), sent, gain


def _real(law: _Law, costs: list[arb], t: float) -> list[arb]:
    """F at t - cost for all costs."""
    values = []
    for at in (arb(t) - cost for cost in costs):
        inside = not (at <= law.start or law.stop <= at) and t < math.inf
        values.append(law.cdf(acb(at)).real if inside else arb(int(not at <= law.start)))
    return values
