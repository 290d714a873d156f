"""Probability that the first k rows to arrive span 1 over Q, proved at every finite m (docs/spanning.md, 1).

The first moments of :mod:`srtheory.theory.enumerator` after the k-th row are integrals over its time of arrival
(:mod:`srtheory.theory.numerics.arrivals`), for start-up distributions whose integrals can be bounded: exponential,
Pareto, uniform.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srtheory.model import Model, depends_on
from srtheory.theory.enumerator import EARLY, block_weights, surplus
from srtheory.theory.laws.collection import (
    SmoothModel,
    bounded_rule,
    by_rows,
    covered_by,
    expected_from,
    typical,
)
from srtheory.theory.named import require_named
from srtheory.theory.numerics.arrivals import Rule
from srtheory.theory.numerics.saddle import UNIT
from srtheory.types import Floats

_KNOWN = 24
"""Size below which the sets that are known to be uncovered are subtracted."""

_TOGETHER = 32
"""Number of rows near m that are treated together: the number of large even sets halves from each to the next."""

_LARGE, _LATE = 64, 80
"""Even sets of _LARGE and more symbols are counted once for all k > m + _LATE, since their number only decreases."""


@depends_on("degree", "access")
def stopping_bounds(model: Model, rows: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return P(M' <= k), the probability that the first k rows to arrive span 1 over Q.

    P(CC <= k) - Xi_k <= P(M' <= k) <= P(CC <= k) for k >= m, and P(M' <= k) <= 2^{k-m+1} sum_{w even} A_w - 1 for
    k < m, A_w and Xi now being those of the first k rows.  About a minute for the k around m = 1000.

    Parameters
    ----------
    rows : array_like of int
        k >= 0; any shape.

    Returns
    -------
    low, high : float64 arrays of the shape of ``rows``
        0 <= low <= P <= high <= 1, proved.
    """
    return by_rows(rows, _named(model), spanned_by)


def spanned_by(model: SmoothModel, span: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return bounds on P(M' <= k) for consecutive k from 1 to m (1 + B) - 1."""
    rule = bounded_rule(model, span)
    if rule is None:
        return np.zeros(len(span)), np.ones(len(span))
    low, high = covered_by(model, span, rule)
    if model.symbols == 1:
        return low, high
    if span[-1] < model.symbols - EARLY:
        return np.zeros_like(low), high
    near = span[0] <= model.symbols + _LATE
    places = np.array_split(np.arange(len(span)), -(-len(span) // _TOGETHER) if near else 1)
    parts = [_spanned(model, rule, span[part], low[part], high[part]) for part in places]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _spanned(
    model: SmoothModel, rule: Rule, span: npt.NDArray[np.int64], low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """Return the bounds on P(M' <= k) that follow from bounds on P(CC <= k)."""
    m, (even, missed) = model.symbols, kernel(model, rule, span)
    outside = rule.outside(m, span)
    # ``low`` may be for fewer rows, hence for another window: the part outside this one is subtracted.
    below = np.where(span < m, 0.0, np.maximum(low - surplus(even, missed) - outside, 0.0))
    early = 2.0 ** np.minimum(span - m + 1.0, 1.0) * (1 + even[::2].sum(axis=0)) * (1 + m * UNIT) - 1
    early += 2 * outside
    return below, np.where(span < m, np.clip(early, 0.0, high), high)


def kernel(model: SmoothModel, rule: Rule, span: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return upper bounds on A_2, A_3, ... and lower bounds on some U_w after the k-th row, for consecutive k.

    They hold on the event that it arrives in the window. Otherwise no symbol counts as covered. Further rows can only
    reduce the number of even sets, so late large sets are counted once.
    """
    m = model.symbols
    ends = model.ends[: rule.nodes.p.shape[1]]
    weights, spread = block_weights(ends, m), model.spread(typical(model, span.mean()))
    late = span[0] > m + _LATE
    sizes = np.arange(2, min(_LARGE, m) if late else m)
    even = rule.moments(sizes, m, weights.even[:, sizes].T, span, spread)[1]
    known = np.arange(min(_KNOWN, m))
    missed = rule.moments(known, m, weights.missed[:, known].T, span, spread)[0]
    if late and m > _LARGE:
        even = np.vstack([even, np.full((1, len(span)), large_sets(model))])
    return even, missed


@lru_cache(maxsize=32)
def large_sets(model: SmoothModel) -> float:
    """Return an upper bound on P(some large set is even) when m + _LATE rows have arrived."""
    m, span = model.symbols, np.array([model.symbols + _LATE])
    rule, sizes = bounded_rule(model, span), np.arange(_LARGE, m)
    if rule is None:
        return 1.0
    ends = model.ends[: rule.nodes.p.shape[1]]
    each = block_weights(ends, m).even[:, sizes].T
    high = rule.moments(sizes, m, each, span, model.spread(typical(model, float(span[0]))))[1]
    return float(high.sum() + rule.outside(m, span)[0]) * (1 + 2 * len(sizes) * UNIT)


@depends_on("degree", "access")
def expected_stopping_bounds(model: Model) -> tuple[float, float]:
    """Return E[M'] as a proved interval about four rows wide: near m, P(M' <= k) is known only to 2^-|k-m|.

    Arguments and errors as :func:`stopping_bounds`.
    """
    model = _named(model)
    first = max(model.symbols - EARLY, 0)
    low, high = expected_from(model, first, spanned_by)
    if first == 0:
        return low, high
    return low + first * (1 - float(spanned_by(model, np.array([first]))[1][0])), high + first


def _named(model: Model) -> SmoothModel:
    require_named(model.startup)
    return SmoothModel.of(model)
