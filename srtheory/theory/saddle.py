"""Coefficients of D(z) (q + sum_b w_b z^{b+1})^M around one power of z, for many polynomials at once, in floats.

All weights are at least 0.  On the circle |z| = rho through the saddle point, where the power's mean exponent is the
wanted one, the wanted coefficients are the largest, and a discrete Fourier transform gives them to nearly full relative
accuracy (Wilf, generatingfunctionology, 5.4; Bornemann, Found. Comput. Math. 11, 2011).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft

from srtheory.theory.startup import Floats

_STEEPEST = 40.0
_NEGLIGIBLE = -50.0


def log_saddle(q: Floats, w: Floats, exponent: int, target: float, d: Floats | None = None) -> Floats:
    """Log of the rho > 0 at which D Q^M has the mean exponent ``target``, clipped to [-40, 40]; None: D = 1.

    Shapes as in :func:`power_coefficients`.
    """
    low, high = np.full(len(q), -_STEEPEST), np.full(len(q), _STEEPEST)
    logs, first = _logs(q, w), None if d is None else _logs(0 * q, d)
    for _ in range(30):
        middle = (low + high) / 2
        mean = exponent * _mean(logs, middle) + (0 if first is None else _mean(first, middle))
        low, high = np.where(mean < target, middle, low), np.where(mean < target, high, middle)
    return (low + high) / 2


def _mean(logs: Floats, x: Floats) -> Floats:
    """Mean exponent of polynomials, given the logarithms of their coefficients, on the circle of radius e^x."""
    powers = np.arange(logs.shape[1])
    terms = logs + x[:, None] * powers
    terms = np.exp(terms - terms.max(axis=1, keepdims=True))
    return np.asarray(terms @ powers / terms.sum(axis=1))


def log_value(q: Floats, w: Floats, x: Floats) -> Floats:
    """The values log Q(e^x), shape (n,)."""
    terms = _logs(q, w) + x[:, None] * np.arange(w.shape[1] + 1)
    top = terms.max(axis=1)
    return np.asarray(top + np.log(np.exp(terms - top[:, None]).sum(axis=1)))


def power_coefficients(
    offset: Floats, q: Floats, w: Floats, d: Floats, exponent: int, rows: npt.NDArray[np.int64], spread: float
) -> tuple[Floats, Floats]:
    """Sum over i of exp(offset_i) [z^k] D_i(z) Q_i(z)^M for the consecutive k in ``rows``, and its rounding error.

    The circle goes through the saddle point of the middle k.  The rounding error of a coefficient is a few units in the
    last place of the polynomial's value on the circle, which is large for a k far from the middle.

    Parameters
    ----------
    offset : float64 array, shape (n,)
        Logarithms of the weights.
    q, w, d : float64 arrays, shapes (n,), (n, B + 1), (n, B + 1)
        Constant terms and weights of z^{b+1} in Q, and those in D.
    exponent : int
        M >= 0.
    rows : int64 array, shape (k,)
        The exponents wanted, consecutive.
    spread : float
        Standard deviation of the exponent of z under Q^M, about; coefficients ten of them away are folded in.
    """
    if exponent == 0:
        q, w = np.ones_like(q), np.zeros_like(w)
    alive = (d.sum(axis=1) > 0) & (q + w.sum(axis=1) > 0)
    offset, q, w, d = (array[alive] for array in (offset, q, w, d))
    x = log_saddle(q, w, exponent, float(rows.mean()), d)
    logs = offset + exponent * log_value(q, w, x) + log_value(0 * q, d, x)
    # Beyond e^600 a sum is lost anyway, and the products must not become inf times 0.
    logs = np.minimum(logs[:, None] - np.outer(x, rows), 600.0)
    matter = logs.max(axis=1, initial=-np.inf) > _NEGLIGIBLE
    size = w.shape[1] + 1
    length = next_fast_len(int(min(len(rows) + size + 10 * spread + 64, (exponent + 1) * size)), real=True)
    base, first = _on_circle(q, w, x, length, matter), _on_circle(0 * q, d, x, length, matter)
    coefficients = irfft(_power(base, exponent) * first, length, axis=1)[:, rows % length]
    sizes = np.exp(logs[matter])
    return (sizes * coefficients).sum(axis=0), 8 * np.finfo(float).eps * sizes.sum(axis=0)


def _on_circle(q: Floats, w: Floats, x: Floats, length: int, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.complex128]:
    """Values on half the circle of radius e^x, relative to that at e^x, for the selected polynomials."""
    terms = _logs(q[rows], w[rows]) + x[rows, None] * np.arange(w.shape[1] + 1)
    return np.asarray(rfft(np.exp(terms - log_value(q[rows], w[rows], x[rows])[:, None]), length, axis=1))


def _power(z: npt.NDArray[np.complex128], exponent: int) -> npt.NDArray[np.complex128]:
    """Binary powering: ten times as fast as ``z**exponent``."""
    result = np.ones_like(z)
    while exponent:
        if exponent & 1:
            result = result * z
        exponent >>= 1
        z = z * z
    return result


def _logs(q: Floats, w: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(np.column_stack([q, w]))
