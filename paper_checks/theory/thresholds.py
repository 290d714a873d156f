"""Sharp form of Theorem 2: the least d, and where the hypothesis of Theorem 1 can hold.

Let s be the number of systematic symbols among m(1 + eps) received rows, divided by m. About m (1 - s) exp(-d (1 + eps
- s)) symbols are uncovered. If no worker covers a non-negligible fraction of the symbols, the first m rows cover with
high probability if and only if the slack d (1 - s) - ln(m (1 - s)) tends to infinity. If in addition 1 - s stays away
from 0 and a fraction of the rows beyond the m-th are parity rows, some m + o(m) rows do if and only if liminf slack/d
>= 0. With slack 0 a few more rows suffice. For exponential start-up at a fixed load y = mu tau d all this holds, with s
= 1 - e^{-xi(y)} and xi from the fluid limit, so that d/ln m must reach the critical ratio e^{xi(y)} in both cases. The
derivations are in docs/proofs/theory.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from srtheory.errors import ArgumentError, require_int, require_positive
from srtheory.model import Model, depends_on
from srtheory.theory.coverage import SmoothModel, coverage_by_rows, coverage_by_time, coverage_ceiling, typical
from srtheory.theory.latency import exponential_fluid_limit
from srtheory.theory.rows import fluid_bracket, fluid_limit, least_time, rows_by_time

LARGEST_LOAD = 700
"""Largest load whose exponential is a float."""
_COARSE = 2.0**-9
"""Relative accuracy of a fluid limit that suffices to decide for most degrees whether they are too small."""
_ROUNDING = 1e-9


@depends_on("degree", "access")
def sharp_mean(model: Model, *, overhead: float = 0.0) -> float:
    """Return the mean number of uncovered symbols after m(1 + eps) rows, as m grows: m (1 - s) exp(-d (1 + eps - s)).

    Parameters
    ----------
    model : Model
        The setting: m, d, tau, F, k; s = F(t - tau) at the fluid limit t of m(1 + eps) rows.
    overhead : float
        eps > -1.
    """
    t = fluid_limit(model, rows=_rows(model.symbols, overhead)) - model.tau
    return _uncovered(model, t, t, overhead)


def _uncovered(model: Model, absent: float, present: float, overhead: float) -> float:
    """Return :func:`sharp_mean` for 1 - s at one time and s at another; it is monotone in each."""
    assert model.degree is not None
    s = float(model.startup.cdf(present))
    return model.symbols * float(model.startup.sf(absent)) * math.exp(-model.degree * (1 + overhead - s))


@depends_on("access")
def least_degree_sharp(model: Model, *, overhead: float = 0.0, failure: float = 0.1) -> int | None:
    """Return the least d with exp(-:func:`sharp_mean`) >= 1 - delta, or None if no d up to m - 1 has it.

    Parameters
    ----------
    model : Model
        The setting: m, tau, F, k; its own degree does not matter.
    overhead : float
        As in :func:`sharp_mean`.
    failure : float
        delta, strictly between 0 and 1.
    """
    allowed, rows = -math.log1p(-_share("failure", failure)), _rows(model.symbols, overhead)
    for d, at in _degrees(model):
        first, last = (t - model.tau for t in fluid_bracket(at, _COARSE, rows=rows))
        most, least = _uncovered(at, first, last, overhead), _uncovered(at, last, first, overhead)
        if least > allowed * (1 + _ROUNDING):
            continue
        if most < allowed * (1 - _ROUNDING) or sharp_mean(at, overhead=overhead) <= allowed:
            return d
    return None


@depends_on("access")
def least_degree(model: Model, *, overhead: float = 0.0, failure: float = 0.1) -> int | None:
    """Return the least d with P(CC <= (1 + eps) m) >= 1 - delta, exactly, or None if no d up to m - 1 has it.

    Every d from 1 is tried, since it is not proved that the probability increases with d. Arguments as
    :func:`least_degree_sharp`, and a density is needed. At m = 1000 each d near the least takes a second, and other d
    some hundredths.

    Raises
    ------
    ArithmeticError
        If for some d the interval of the probability contains 1 - delta.
    """
    goal, rows = 1 - _share("failure", failure), math.floor(_rows(model.symbols, overhead))
    return next((d for d, at in _degrees(model) if _covers(SmoothModel.of(at), rows, goal)), None)


def _degrees(model: Model) -> Iterator[tuple[int, Model]]:
    """Yield every degree that makes a difference, with its model."""
    return ((d, replace(model, degree=d)) for d in range(1, max(model.symbols, 2)))


def _covers(model: SmoothModel, rows: int, goal: float) -> bool:
    if _too_few(model, rows, goal):
        return False
    low, high = coverage_by_rows(model, rows)
    if low < goal <= high:
        raise ArithmeticError(f"P(CC <= {rows}) at degree {model.degree} is too close to {goal}")
    return bool(low >= goal)


def _too_few(model: SmoothModel, rows: int, goal: float) -> bool:
    """Return whether P(CC <= k) is below the goal since P(covered by t) + P(k-th row after t) is, at one of two t.

    This decides most degrees at little cost: those that hardly ever cover by two moments, others by the probability at
    t.
    """
    typically = [1.3 * rows, rows + 2 * model.spread(typical(model, min(rows, model.total)))]
    for t in (typical(model, min(expected, model.total)) for expected in typically):
        left = goal - 1 + rows_by_time(model, t, rows)[0]
        if any(law(model, t)[1] < left for law in (coverage_ceiling, coverage_by_time)):
            return True
    return False


def critical_ratio(load: float) -> float:
    """Return least d/ln m, as m grows, at which m + o(m) rows can cover: 1/(1 - s) = e^{xi(y)}, exponential start-up.

    For y >= ln(golden ratio) that is 1 + e^y; for small y it is 1 + sqrt(2 y) + O(y).

    Parameters
    ----------
    load : float
        y = mu tau d > 0, below :data:`LARGEST_LOAD`.
    """
    y = require_positive("load", load)
    if y >= LARGEST_LOAD:
        raise ArgumentError("load", load, f"below {LARGEST_LOAD}")
    return math.exp(exponential_fluid_limit(y, 1, 1.0) - y)


def covering_rows_limit(ratio: float, rate_tau: float) -> float:
    """Return the limit of CC/m as m grows with d = c ln m and mu tau fixed, exponential start-up: 1 + r.

    r is the least number with r + mu tau (floor(r) + 1) >= 1/c: parity rows per symbol. Hence r = 0, and m + o(m) rows
    can cover, if and only if c >= 1/(mu tau), and the hypothesis of Theorem 1 fails below.

    Parameters
    ----------
    ratio : float
        c = d/ln m > 0.
    rate_tau : float
        mu tau > 0.
    """
    need, each = 1 / require_positive("ratio", ratio), require_positive("rate_tau", rate_tau)
    whole = max(0, math.ceil((need - each) / (1 + each)) - 1)
    while whole + each * (whole + 1) < need:
        if need - each * (whole + 1) <= whole + 1:
            return 1 + need - each * (whole + 1)
        whole += 1
    return 1.0 + whole


def covering_rows_fluid(log_symbols: float, degree: float, tau: float, rate: float) -> float:
    """Return the rows per symbol at which one uncovered symbol is expected, for m so large that only ln m fits a float.

    Solves ln m - mu (t - tau) - d sum_{b>=1} F(t - tau - b tau d) = 0 for the time t, exponential F, and returns E
    N(t)/m. Symbols are treated as drawn with replacement, which is accurate to a factor 1 + O(d/m) in the exponent.

    Parameters
    ----------
    log_symbols : float
        ln m > 0.
    degree : float
        d > 0, not necessarily whole.
    tau, rate : float
        Time per term and mu.
    """
    goal, d = require_positive("log_symbols", log_symbols), require_positive("degree", degree)
    y = require_positive("rate", rate) * require_positive("tau", tau) * d

    def parity(u: float) -> float:
        return math.fsum(-math.expm1(-(u - b * y)) for b in range(1, math.floor(u / y) + 1))

    u = least_time(lambda u: u + d * parity(u) >= goal, y)
    return parity(u) - math.expm1(-u)


def _share(name: str, value: float) -> float:
    share = require_positive(name, value)
    if share >= 1:
        raise ArgumentError(name, value, "a number strictly between 0 and 1")
    return share


def _rows(symbols: int, overhead: float) -> float:
    if not -1 < overhead < math.inf:
        raise ArgumentError("overhead", overhead, "a finite number above -1")
    return (1 + overhead) * require_int("symbols", symbols)
