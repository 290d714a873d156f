"""Times at which plain addition gives the sum (paper, III-B and III-C): all systematic symbols, or one whole worker.

In the delay model (4) all systematic symbols have arrived at max_j X_j + tau and the first worker is complete at min_j
X_j + m tau, remainder block or not. Both are functions of the start-up delays alone, so their distributions are exact
for every m, every d and every start-up distribution F. The distribution of the first is
that of the uncoded scheme, (:func:`srtheory.theory.startup.started` of one term)^m.

One worker that draws blocks with replacement: its time to cover, and the probability that its rows sum up.

The worker's own symbol aside, its blocks are independent uniform d-subsets of n = m - 1 others. The worker of the
sum-recovery code always covers them with ceil(n/d) blocks, and its rows add up to the sum (paper, section III-C).
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import numpy.typing as npt
from flint import fmpq
from scipy.special import xlog1py, xlogy

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model, depends_on
from srtheory.theory.numerics.balls import as_fraction
from srtheory.theory.startup import started
from srtheory.types import Floats


@depends_on("silent")
def complete_worker_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(some worker has sent all its symbols by t): 1 - (1 - F(t - m tau))^m.

    O(1) evaluations of F per time.  It is 0 before t = m tau: a run that ends earlier never ends this way.
    """
    return np.asarray(-np.expm1(xlog1py(model.symbols, -started(model, t, model.symbols))))


@depends_on("silent")
def shortcut_cdf(model: Model, t: npt.ArrayLike) -> Floats:
    """Return P(plain addition gives the sum by t), the distribution of min(max X + tau, min X + m tau).

    1 - (1 - F(t - m tau))^m + (F(t - tau) - F(t - m tau))^m: it fails if no worker is complete, unless all m started in
    between. Arguments, result and errors as :func:`complete_worker_cdf`.
    """
    m = model.symbols
    return complete_worker_cdf(model, t) + (started(model, t, 1) - started(model, t, m)) ** m


@depends_on("silent")
def log10_all_systematic(model: Model, t: float) -> float:
    """Return log10 of P(all systematic symbols have arrived by t) = F(t - tau)^m, which may be below any float.

    -inf if it is 0.  Arguments and errors as :func:`complete_worker_cdf`.
    """
    return float(xlogy(model.symbols, started(model, t, 1)) / np.log(10))


# ------------------------------------------------------------------------ one worker that draws blocks with replacement


def disjoint_probability(others: int, degree: int) -> Fraction:
    """Return P(n/d independent uniform d-subsets of n symbols partition them), exactly; 0 if d does not divide n.

    n! / (d!^B C(n, d)^B), B = n/d, as a product over the blocks: block b + 1 avoids the b d symbols before it.

    n = ``others``, d = ``degree`` from 1 to n.
    """
    n, d = _arguments(others, degree)
    if n % d:
        return Fraction(0)
    possible, good = comb(n, d), 1
    for before in range(0, n, d):
        good *= comb(n - before, d)
    return Fraction(good, possible ** (n // d))


def partition_bound(others: int, degree: int, blocks: int) -> Fraction:
    """Return an upper bound on P(some n/d of the first ``blocks`` blocks partition the n symbols), the expected number.

    Parameters as in :func:`disjoint_probability`; ``blocks`` >= 0.
    """
    n, d = _arguments(others, degree)
    return comb(require_int("blocks", blocks, 0), n // d) * disjoint_probability(n, d)


def blocks_to_cover(others: int, degree: int) -> Fraction:
    """Return the expected number of blocks until all n symbols are covered, drawing d distinct symbols at a time.

    sum_{j=1..n} (-1)^{j+1} C(n, j) / (1 - C(n - j, d)/C(n, d)), in exact arithmetic since the terms are huge and
    alternate.  Parameters as in :func:`disjoint_probability`.

    n fractions of O(d log n) digits: about 0.1 s at n = 1000.

    References
    ----------
    W. Stadje, "The collector's problem with group drawings", Adv. Appl. Probab. 22 (1990).
    """
    n, d = _arguments(others, degree)
    possible = comb(n, d)
    terms = [fmpq((-1) ** (j + 1) * comb(n, j) * possible, possible - comb(n - j, d)) for j in range(1, n + 1)]
    while len(terms) > 1:  # by halves, so that few of the sums are long
        terms = [sum(terms[i : i + 2], fmpq(0)) for i in range(0, len(terms), 2)]
    return as_fraction(terms[0])


def _arguments(others: int, degree: int) -> tuple[int, int]:
    n, d = require_int("others", others), require_int("degree", degree)
    if d > n:
        raise ArgumentError("degree", degree, f"an integer from 1 to {n}")
    return n, d
