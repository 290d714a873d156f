"""Stopping early: the exact mean missing fraction of the sum, for schemes whose error has a simple distribution.

The error of received rows G is min_v ||v G - 1||^2 / m (:mod:`paper_checks.records.approximate`). For the rows of one
partition it is the fraction of terms in parts that have not arrived, since 1 - v G is 1 there for every v. No scheme,
coded or not, has a smaller mean error at any time than single terms in cyclic order (docs/proofs/theory.md, 5.6).

All sums and products here are of positive terms: floating point without cancellation.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model, depends_on, require_times
from srtheory.theory.by_scheme import group_sizes
from srtheory.types import Floats


@depends_on("degree", "silent")
def cyclic_error(model: Model, t: npt.ArrayLike) -> Floats:
    """Return the mean error by t of parts in cyclic order; d = 1 gives single terms, the least error of all schemes.

    The part that is k parts further is missed by the workers that start at a given part, as many as it has terms, with
    probability (1 - F(t - a tau)) each, where a is the number of terms from there to its end. O(m/d) values of F per
    time if d divides m, all parts being alike, else O((m/d)^2).

    Returns
    -------
    float64 array
        The mean error at each time, from 0 to 1.
    """
    times, m, d = _checked(model, t)
    sizes = np.diff(np.append(np.arange(0, m, d), m))
    error = np.zeros_like(times)
    for last in [0] if m % d == 0 else range(len(sizes)):
        back = np.roll(sizes[::-1], last + 1)  # of this part, the one before it, ...
        silent = np.ones_like(times)
        for workers, terms in zip(back.tolist(), np.cumsum(back).tolist(), strict=True):
            silent *= model.defective_startup.sf(times - terms * model.tau) ** workers
        error += silent * (1 if m % d == 0 else sizes[last] / m)
    return error


@depends_on("degree", "silent")
def fractional_error(model: Model, t: npt.ArrayLike) -> Floats:
    """Return the mean error by t of fractional repetition with s = d - 1: terms of groups without active workers.

    Arguments, result and errors as :func:`cyclic_error`; O(1) values of F per time.
    """
    times, m, d = _checked(model, t)
    groups = group_sizes(m, d - 1).items()
    return np.asarray(sum(n * r / m * model.defective_startup.sf(times - r * model.tau) ** r for r, n in groups))


def fractional_error_by_rows(rows: int, symbols: int, degree: int) -> Fraction:
    """Return mean error of fractional repetition once ``rows`` workers have sent, exactly C(m - d, rows)/C(m, rows).

    All workers take the same time if d divides m, so that any ``rows`` of them are as likely to be the first.
    """
    m, d, k = _rows(rows, symbols, degree)
    if m % d:
        raise ArgumentError("degree", d, f"a divisor of {m}, for workers that all take the same time")
    return Fraction(comb(m - d, k), comb(m, k))


def one_step_error_by_rows(rows: int, symbols: int, degree: int) -> Fraction:
    """Return the exact mean ||v G - 1||^2 / m once ``rows`` workers have sent, with all weights v equal to m/(rows d).

    One-step decoding [18] of any code in which every worker sends d terms and every term is sent by d workers. A term
    is then in B of the received rows, B hypergeometric, and the error is the variance of B over the square of its mean:
    (m - d)(m - rows)/(rows d (m - 1)). Without rows it is 1. It can exceed 1, so few rows can be worse than none.
    """
    m, d, k = _rows(rows, symbols, degree)
    if k == 0 or m == 1:
        return Fraction(int(k == 0))
    return Fraction((m - d) * (m - k), k * d * (m - 1))


@depends_on("degree", "silent")
def one_step_error(model: Model, t: npt.ArrayLike) -> Floats:
    """Return the mean error of one-step decoding by t: :func:`one_step_error_by_rows` over the binomial number of rows.

    Arguments, result and errors as :func:`cyclic_error`, except that it can exceed 1; O(m) operations per time.
    """
    times, m, d = _checked(model, t)
    by_rows = np.array([float(one_step_error_by_rows(k, m, d)) for k in range(m + 1)])
    return np.asarray(
        binom.pmf(np.arange(m + 1), m, model.defective_startup.cdf(times - d * model.tau)[..., None]) @ by_rows
    )


def _checked(model: Model, t: npt.ArrayLike) -> tuple[Floats, int, int]:
    m = model.symbols
    d = require_int("degree", model.degree, 1, m)
    return require_times(t), m, d


def _rows(rows: int, symbols: int, degree: int) -> tuple[int, int, int]:
    m = require_int("symbols", symbols)
    return m, require_int("degree", degree, 1, m), require_int("rows", rows, 0, m)
