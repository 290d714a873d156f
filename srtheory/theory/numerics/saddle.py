"""Coefficients of D(z) (q + sum_b w_b z^{b+1})^M around one power of z, for many polynomials at once, in floats.

All weights are at least 0.  On the circle |z| = rho through the saddle point, where the power's mean exponent is the
wanted one, the wanted coefficients are the largest, and a discrete Fourier transform gives them to nearly full relative
accuracy (Wilf, generatingfunctionology, 5.4; Bornemann, Found. Comput. Math. 11, 2011).

The errors are bounded, not estimated. They need no particular rho and no particular order of summation. Transforms are
products of matrices, so that the error of a sum of n products is at most n units of roundoff times the sum of their
absolute values (Higham, Accuracy and Stability of Numerical Algorithms, 3.1); on the circle every value is at most 1.
The machine is assumed to have IEEE arithmetic and elementary functions accurate to :data:`ELEMENTARY` units.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from flint import arb, ctx
from scipy.special import xlogy
from threadpoolctl import ThreadpoolController

from srtheory.types import Floats, Int64

UNIT = 2.0**-53
"""Unit roundoff of IEEE double precision."""

ELEMENTARY = 8
"""Relative error that is allowed for in exp, log, sin and cos, in units of :data:`UNIT`."""

UNDERFLOW = 1e-300
"""Values below this have lost digits at the end of the range of floats, and may be 0."""

WIDEST = 512
"""Number of exponents beyond which one transform takes more time and memory than several shorter ones."""

_RAISED = -690.0  # above the logarithm of UNDERFLOW
_STEEPEST = 40.0
_NEGLIGIBLE = 1e-24
_CHUNK = 64  # so many rows of a transform are multiplied together
_BLOCK = 12  # so many of its rows stay in a processor's cache


@dataclass(frozen=True)
class Powers:
    """The polynomials D_i Q_i^{M_i}, scaled to the value 1 at z = e^{x_i}."""

    base: Floats
    first: Floats
    """Coefficients of Q_i and of D_i after the scaling, each summing to 1 up to rounding; shape (n, B + 2)."""
    exponent: Int64
    """M_i >= 0; shape (n,)."""
    tilt: Floats
    """x_i; shape (n,)."""
    size: Floats
    """log of exp(offset_i) D_i(e^{x_i}) Q_i(e^{x_i})^{M_i}; shape (n,)."""
    slack: Floats
    """Bound on the relative error that weight and scaling have brought into every coefficient of the power; shape
    (n,)."""
    raised: Floats
    """Bound on what coefficients raised to :data:`UNDERFLOW` have added to those of the scaled power; shape (n,)."""

    def part(self, which: npt.NDArray[np.intp] | slice) -> Powers:
        """Return a subset of the polynomials."""
        return Powers(*(getattr(self, field.name)[which] for field in fields(self)))


def log_saddle(q: Floats, w: Floats, exponent: npt.ArrayLike, target: npt.ArrayLike, d: Floats | None = None) -> Floats:
    """Return the log of the rho > 0 at which D Q^M has about the mean exponent ``target``; D = 1 if None.

    It is clipped so that rho^(B + 1) stays within the range of floats. Shapes as in :func:`scaled`.
    """
    steepest = min(_STEEPEST, 300.0 / w.shape[1])
    low, high = np.full(len(q), -steepest), np.full(len(q), steepest)
    logs, first = _logs(q, w), None if d is None else _logs(0 * q, d)
    power, wanted = np.asarray(exponent), np.asarray(target)
    for _ in range(15):
        middle = (low + high) / 2
        mean = power * _mean(logs, middle) + (0 if first is None else _mean(first, middle))
        low, high = np.where(mean < wanted, middle, low), np.where(mean < wanted, high, middle)
    return (low + high) / 2


def _mean(logs: Floats, x: Floats) -> Floats:
    """Return the mean exponent of polynomials, given the logs of their coefficients, on the circle of radius e^x."""
    powers = np.arange(float(logs.shape[1]))
    terms = x[:, None] * powers  # in place from here on: this is called most of all
    terms += logs
    terms -= np.maximum.reduce(terms, axis=1, keepdims=True)
    np.exp(terms, out=terms)
    return np.asarray(terms @ powers / np.add.reduce(terms, axis=1))


def log_value(q: Floats, w: Floats, x: Floats) -> Floats:
    """Return the values log Q(e^x), shape (n,)."""
    terms = _logs(q, w) + x[:, None] * np.arange(w.shape[1] + 1)
    top = terms.max(axis=1)
    return np.asarray(top + np.log(np.exp(terms - top[:, None]).sum(axis=1)))


def scaled(
    offset: tuple[Floats, Floats], q: Floats, w: Floats, exponent: npt.ArrayLike, tilt: Floats, d: Floats | None = None
) -> Powers:
    """Return the polynomials exp(offset_i) D_i(z) Q_i(z)^{M_i} around the circle |z| = e^{tilt_i}, M_i >= 0.

    ``offset`` has logarithms of the weights, and bounds on their errors, shape (n,). ``q``, ``w`` and ``d``, shapes
    (n,), (n, B + 1), (n, B + 1), are the constant terms and weights of z^{b+1} in Q, and those in D, all at least 0 and
    not all 0; no d: D = 1. Each may be wrong by four units of its own size. Any finite ``tilt`` will do;
    :func:`log_saddle` gives the best.
    """
    power = np.broadcast_to(np.asarray(exponent, dtype=np.int64), q.shape)
    base, value, lost, raised = _scale(_logs(q, w), tilt)
    if d is None:
        first, (start, more, added) = np.ones((len(q), 1)), np.zeros((3, len(q)))
    else:
        first, start, more, added = _scale(_logs(0 * q, d), tilt)
    weight, doubt = offset
    size = weight + power * value + start
    known = np.where(np.isfinite(weight), np.abs(weight), 0.0)
    rounding = 4 * UNIT * (known + power * np.abs(value) + np.abs(start))
    return Powers(base, first, power, tilt, size, power * lost + more + rounding + doubt, power * raised + added)


def _scale(logs: Floats, tilt: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return coefficients over their sum on the circle, the log of the sum, a relative error bound, and a fraction.

    The rounding of the sum, by up to ``width`` units, affects only the log. Underflow loses 1e-300 of the sum, less
    than the errors on the circle. The fraction is that of :func:`raised`.
    """
    turned = tilt[:, None] * np.arange(logs.shape[1])
    parts = logs + turned  # in place from here on: these arrays are large
    top = parts.max(axis=1)
    parts -= top[:, None]
    np.exp(parts, out=parts)
    total = parts.sum(axis=1)
    steps = np.abs(logs)
    steps[np.isinf(steps)] = 0.0
    steps *= ELEMENTARY + 4
    steps += np.multiply(np.abs(turned, out=turned), 4, out=turned)
    most = steps.max(axis=1) + 4 * np.abs(top) + ELEMENTARY + 12 + logs.shape[1]
    value = top + np.log(total)
    lost = UNIT * (most + ELEMENTARY * np.abs(np.log(total)) + 2 * np.abs(value))
    share = 1.01 * (parts * (logs < _RAISED)).sum(axis=1) / total
    parts /= total[:, None]
    return parts, value, lost, share


def power_coefficients(powers: Powers, rows: Int64, spread: float, together: int = 1) -> tuple[Floats, Floats]:
    """Return lower and upper bounds on sums of exp(offset_i) [z^k] D_i(z) Q_i(z)^{M_i}, consecutive k in ``rows``.

    ``together`` neighbours i, all of one tilt, are in a sum; the bounds have the shape (n/together, k). ``spread`` is
    about the standard deviation of the exponent of z under the scaled power: the transform is long enough to keep apart
    what is nine of them away, and what is nevertheless folded in is bounded.

    Tight to about 1e-10 of the largest coefficient of the scaled polynomial; O(n L B + n L k/together) operations for a
    transform of length L, and O(n L) memory. Many ``rows`` are treated in parts.
    """
    if len(rows) > WIDEST:
        parts = np.array_split(rows, -(-len(rows) // WIDEST))
        bounds = zip(*(power_coefficients(powers, part, spread, together) for part in parts), strict=True)
        low, high = (np.concatenate(each, axis=1) for each in bounds)
        return low, high
    most = value_bound(powers, rows[[0, -1]]).max(axis=1, initial=0.0)  # their logarithms are linear in k
    most = most.reshape(-1, together).sum(axis=1)
    low, high = np.zeros((len(most), len(rows))), np.repeat(most[:, None], len(rows), axis=1)
    todo = np.flatnonzero(most > _NEGLIGIBLE)
    with _blas().limit(limits=1, user_api="blas"):  # the matrices are too small for two threads
        for part in np.array_split(todo, -(-len(todo) * together // _CHUNK)) if len(todo) else []:
            each = (part[:, None] * together + np.arange(together)).ravel()
            low[part], high[part] = _transformed(powers.part(each), rows, spread, together)
    return low, high


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def _transformed(powers: Powers, rows: Int64, spread: float, together: int) -> tuple[Floats, Floats]:
    width = powers.base.shape[1] + powers.first.shape[1]
    most = (int(powers.exponent.max()) + 1) * width + int(rows[-1]) + 1
    length = min(int(len(rows) + width + 18 * spread + 64), most)
    base, first = _on_circle(powers.base, length), _on_circle(powers.first, length)
    values, wrong, moduli = np.empty_like(base), *np.empty((2, *base.shape))
    for start in range(0, len(base), _BLOCK):
        part = slice(start, start + _BLOCK)
        np.multiply(powered(base[part], powers.exponent[part]), first[part], out=values[part])
        np.abs(values[part], out=moduli[part])
        wrong[part] = rounding_bound(powers.part(part), base[part], first[part], moduli[part], length)
    half = np.arange(values.shape[1])
    twice = np.where((half == 0) | (2 * half == length), 1.0, 2.0) / length
    error = wrong @ twice
    below = folded_mass(powers, rows, length, spread) + powers.raised

    size, tilt = powers.size.reshape(-1, together), powers.tilt[::together]
    largest = size.max(axis=1)
    shares = np.exp(size - largest[:, None])
    parts = values.view(np.float64).reshape(*size.shape, -1)  # as real numbers, in a quarter of the time
    added = np.einsum("gi,gih->gh", shares, parts).view(np.complex128) * twice
    error = (shares * (error + (together + 4) * UNIT * (moduli @ twice)).reshape(size.shape)).sum(axis=1)
    below = (shares * below.reshape(size.shape)).sum(axis=1)
    cosine, sine = _back(length, int(rows[0] % length), len(rows))
    found = added.real @ cosine + added.imag @ sine

    logs = largest[:, None] - np.outer(tilt, rows)
    known = np.where(np.isfinite(size), 16 * np.abs(size), 0.0)
    slack = (powers.slack.reshape(size.shape) + UNIT * known).max(axis=1)
    slack += UNIT * (8 * np.abs(tilt) * rows[-1] + 2 * ELEMENTARY + 8 + 2 * together)
    # Beyond e^700 a bound is useless.
    scale = np.exp(np.minimum(logs, 700.0))
    low = scale * np.maximum(found - (error + below)[:, None], 0.0) * np.exp(-2 * slack)[:, None]
    high = scale * (np.maximum(found, 0.0) + error[:, None]) * np.exp(2 * slack)[:, None] + UNDERFLOW
    return np.where(low > UNDERFLOW, low, 0.0), np.where(logs > 700, np.inf, high)


@lru_cache(maxsize=4)
def _back(length: int, first: int, count: int) -> tuple[Floats, Floats]:
    """Return cosines and sines of the first half of the transform, for so many exponents from ``first``."""
    cosine, sine = _unit_circle(length)
    turns = np.outer(np.arange(length // 2 + 1), np.arange(first, first + count)) % length
    return cosine[turns], sine[turns]


@lru_cache(maxsize=32)
def _unit_circle(length: int) -> tuple[Floats, Floats]:
    """Return cosines and sines of all multiples of 2 pi/length, accurate to one unit."""
    with ctx.workprec(80):
        turns = [arb(2 * i) / length for i in range(length)]
        return np.array([float(x.cos_pi().mid()) for x in turns]), np.array([float(x.sin_pi().mid()) for x in turns])


def _on_circle(coefficients: Floats, length: int) -> npt.NDArray[np.complex128]:
    """Return values at the first half of ``length`` points on the unit circle."""
    cosine, sine = _there(length, coefficients.shape[1])
    values = np.empty((len(coefficients), cosine.shape[1]), dtype=np.complex128)
    values.real, values.imag = coefficients @ cosine, coefficients @ sine
    return values


@lru_cache(maxsize=8)
def _there(length: int, count: int) -> tuple[Floats, Floats]:
    """Return cosines and sines of so many exponents at the first half of the points."""
    cosine, sine = _unit_circle(length)
    turns = np.outer(np.arange(count), np.arange(length // 2 + 1)) % length
    return cosine[turns], sine[turns]


def powered(z: npt.NDArray[np.complex128], exponent: Int64) -> npt.NDArray[np.complex128]:
    """Raise to powers by binary powering, one exponent per row; a power takes at most M - 1 complex products."""
    result: npt.NDArray[np.complex128] | None = None
    left, z = exponent.copy(), z.copy()
    while left.any():
        odd = left % 2 == 1
        if odd.all():  # a mask costs more than the products, and a product with 1 as much as another
            result = z.copy() if result is None else np.multiply(result, z, out=result)
        elif odd.any():
            result = np.ones_like(z) if result is None else result
            np.multiply(result, z, out=result, where=odd[:, None])
        left //= 2
        if left.any():
            np.multiply(z, z, out=z)
    return np.ones_like(z) if result is None else result


def rounding_bound(
    powers: Powers, base: npt.NDArray[np.complex128], first: npt.NDArray[np.complex128], moduli: Floats, length: int
) -> Floats:
    """Return bounds on the errors of values of these moduli, and on the error of their sum, for exact coefficients.

    A sum of ``width`` products with cosines and sines is wrong by at most e = 1.5 (width + 4) units of 1, a product of
    complex numbers by 4 units of its modulus (Brent, Percival and Zimmermann, Math. Comp. 76, 2007: sqrt 5 units), so
    that z^M is wrong by at most M (|z| + e)^(M-1) (e + 4 units).  A sum of n values adds (n + 4) units of theirs.
    """
    steps = [1.5 * (part.shape[1] + 4) * UNIT for part in (powers.base, powers.first)]
    power = powers.exponent[:, None]
    size = np.abs(base)
    size += steps[0]
    below = np.log(size)  # in place from here on, as above
    below *= power - 1
    np.exp(below, out=below)
    size *= below
    size *= steps[1] + 4 * UNIT
    wrong = np.multiply(power, below, out=below)
    wrong *= steps[0] + 4 * UNIT
    wrong *= np.abs(first) + steps[1]
    wrong += size
    wrong += 2 * (length + 8) * UNIT * moduli
    wrong *= 1.01
    return np.asarray(wrong)


def folded_mass(powers: Powers, rows: Int64, length: int, spread: float) -> Floats:
    """Bound the mass that the transform folds onto ``rows`` from ``length`` and more away (Chernoff)."""
    degree = powers.exponent * (powers.base.shape[1] - 1) + powers.first.shape[1] - 1
    widest = max(powers.base.shape[1], powers.first.shape[1])
    step = min(6 / max(spread, 1.0), 600 / widest)  # e^(step * widest) is a float
    above = np.exp(np.minimum(_moment(powers, step) - step * (rows[0] + length), 0.0))
    below = np.exp(np.minimum(_moment(powers, -step) + step * (rows[-1] - length), 0.0))
    return 1.01 * (np.where(degree >= rows[0] + length, above, 0.0) + np.where(rows[-1] >= length, below, 0.0))


def _moment(powers: Powers, step: float) -> Floats:
    """Return the log of the scaled polynomial at e^step."""
    with np.errstate(divide="ignore"):
        value = np.log((powers.base * np.exp(step * np.arange(powers.base.shape[1]))).sum(axis=1))
        start = np.log((powers.first * np.exp(step * np.arange(powers.first.shape[1]))).sum(axis=1))
    return np.asarray(powers.exponent * value + start)


def value_bound(powers: Powers, rows: Int64, together: int = 1) -> Floats:
    """Return upper bounds on exp(offset_i) times the coefficients of z^k for k in ``rows``, the largest of neighbours.

    They are the values on the circle divided by e^{xk}. The same values bound the sum of all coefficients from z^k if
    the tilt x is at least 0, and up to z^k if it is at most 0 (Chernoff). The shape is (n/together, k), and neighbours
    have one tilt.
    """
    size = powers.size + 2 * powers.slack
    size += 8 * UNIT * np.where(np.isfinite(size), np.abs(size), 0.0)
    shift = np.outer(powers.tilt[::together], rows)
    error = np.abs(shift)
    error += ELEMENTARY
    error *= 8 * UNIT
    logs = np.subtract(size.reshape(-1, together).max(axis=1)[:, None], shift, out=shift)
    logs += error
    return np.where(logs > 700, np.inf, np.exp(np.minimum(logs, 700.0))) + UNDERFLOW


def raised(a: Floats, b: Floats) -> Floats:
    """Return upper bounds on products of weights: those that are not 0 are raised to :data:`UNDERFLOW`."""
    return np.where((a > 0) & (b > 0), np.maximum(a * b, UNDERFLOW), 0.0)


def _logs(q: Floats, w: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(np.column_stack([q, w]))


@lru_cache(maxsize=8)
def log_binomials(n: int) -> Floats:
    """Return the logarithms of C(n, k) for k = 0 .. n, accurate to one unit."""
    with ctx.workprec(192):  # 0 or at least ln 2, between numbers below 2**30
        factorials = list(accumulate((arb(i).log() for i in range(1, n + 1)), initial=arb(0)))
        middle = [factorials[n] - factorials[k] - factorials[n - k] for k in range(1, n)]
        return np.array([0.0, *(float(x.mid()) for x in middle), 0.0][: n + 1])


def log_sets(n: int, sizes: Int64, q: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return logs of C(n, w) q^w for w in ``sizes``, and bounds on their errors, with q wrong by four units."""
    ways, powers = log_binomials(n)[sizes], xlogy(sizes, q)
    known = np.where(np.isfinite(powers), np.abs(powers), 0.0)
    return ways + powers, UNIT * (2 * ways + (ELEMENTARY + 4) * known + 5 * sizes)
