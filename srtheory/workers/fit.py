"""Fit of the delay model (4) to measured arrivals: tau, and a start-up distribution by maximum likelihood.

If a worker's symbols, complete after B_1 < B_2 < … terms, arrive at Y_1 < Y_2 < …, the model is Y_k = X + tau B_k.
Differences of successive arrivals are free of X, and give tau by least squares, which is maximum likelihood for normal
errors. Then Y_1 - tau B_1 is X. If a worker has sent nothing when the run ends at T, then X > T - tau B_1, which is a
right-censored observation. The goodness of fit is also computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats
from scipy.optimize import fmin
from scipy.special import log_ndtr

from srtheory.delays import DelayModel, describe_law, parse_law, quietly
from srtheory.errors import ArgumentError, require_int
from srtheory.types import Floats
from srtheory.workers.symbols import Orders

if TYPE_CHECKING:
    from srtheory.workers.execution import Execution

Loss = Callable[[Floats, Any], float]
FAMILIES = ("expon", "weibull_min", "lognorm", "gamma")
"""Families that are tried: the exponential from the least delay, the others from 0."""
REPEATS = 99
"""Number of samples of the parametric bootstrap."""
LARGEST_SAMPLE = 10_000
"""Largest number of times to which a distribution is fitted, so that the bootstrap takes seconds."""
_LEAST = 1e-9
"""Least value of a delay in seconds, where noise would make it negative."""


@dataclass(frozen=True)
class Heard:
    """Symbols of one worker in one run."""

    terms: tuple[int, ...]
    """B_1, B_2, …, up to the last symbol that came in time; of a worker that has sent none B_1 alone."""
    arrived: tuple[float, ...]
    """Y_1, Y_2, …, in seconds; empty of a worker that has sent none."""
    until: float
    """End of the run."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Model (4) as fitted."""

    tau: float
    tau_error: float
    """Time per term and its standard error, in seconds."""
    startup: str
    """The distribution of the largest likelihood by Akaike's criterion, as :func:`srtheory.delays.parse_law` reads it.
    """
    criteria: dict[str, float]
    """Akaike's criterion of each family, less the least."""
    distance: float
    """Kolmogorov's distance between the fitted distribution and the (Kaplan-Meier) distribution of the delays."""
    p_value: float
    """Fraction of samples of the fitted distribution, censored at the same times and fitted again, that are as far off:
    the model's delays are in doubt where this is small. It is nan if none was drawn.
    """
    observed: int
    censored: int
    """Delays seen, and those of which only a lower limit is."""
    residual: float
    """Standard deviation of Y_k - X - tau B_k about each worker's own mean, in seconds."""
    worst: float
    """The largest of these in absolute value."""

    @property
    def model(self) -> DelayModel:
        """Model for simulations and distributions."""
        return DelayModel(parse_law(self.startup), self.tau)


def heard_in(done: Execution) -> list[Heard]:
    """Return the symbols of each worker in a run, without workers that were lost or failed."""
    found: dict[int, list[tuple[int, float]]] = {j: [] for j in range(done.scheme.workers)}
    for fault in done.faults:
        for j in fault.workers:
            found.pop(j, None)
    for arrival in done.arrivals:
        if arrival.worker in found:
            found[arrival.worker].append((arrival.terms, arrival.arrived))
    silent = [j for j, its in found.items() if not its]
    first = {j: first_terms(done, j) for j in silent}
    return [
        Heard(tuple(b for b, _ in its) or (first[j],), tuple(y for _, y in its), done.latency)
        for j, its in found.items()
    ]


def first_terms(done: Execution, worker: int) -> int:
    """Return the number of terms of the first symbol of a worker that has sent none."""
    return Orders(done.scheme, done.key).terms(worker, 0)


def fit_model(
    seen: Sequence[Heard], *, families: Sequence[str] = FAMILIES, seed: int = 2022, repeats: int | None = None
) -> Fit:
    """Fit tau and the start-up distribution.

    ``seen`` may be observations of several runs and schemes, if they are to share one model; the families are of
    scipy.stats. ``repeats`` is the number of samples of the bootstrap, which take most of the time, :data:`REPEATS`
    unless given; ``seed`` is its seed.
    """
    require_int("seed", seed, 0)
    steps = np.array([s for sent in seen for s in np.diff(sent.terms[: len(sent.arrived)])], dtype=float)
    waits = np.array([w for sent in seen for w in np.diff(sent.arrived)])
    observed = [sent for sent in seen if sent.arrived]
    if not len(steps) or len(observed) < 10:
        given = f"{len(observed)} workers heard of and {len(steps)} further symbols"
        raise ArgumentError("seen", given, "at least 10 workers that were heard of and a second symbol of one of them")
    tau = float(steps @ waits / (steps @ steps))
    error = math.sqrt(float(((waits - tau * steps) ** 2).sum()) / max(len(steps) - 1, 1) / float(steps @ steps))
    delays = np.array([max(sent.arrived[0] - tau * sent.terms[0], _LEAST) for sent in observed])
    limits = np.array([max(sent.until - tau * sent.terms[0], _LEAST) for sent in seen if not sent.arrived])
    off = [np.array(s.arrived) - tau * np.array(s.terms[: len(s.arrived)]) for s in observed if len(s.arrived) > 1]
    residuals = np.concatenate([x - x.mean() for x in off])
    laws = {family: _fitted(family, delays, limits) for family in families}
    criteria = {family: _criterion(law, delays, limits) for family, law in laws.items()}
    best = min(criteria, key=lambda family: criteria[family])
    every = np.array([max(sent.until - tau * sent.terms[0], _LEAST) for sent in seen])
    distance = _distance(laws[best], delays, limits)
    return Fit(
        tau,
        error,
        describe_law(laws[best]),
        {family: value - criteria[best] for family, value in criteria.items()},
        distance,
        _p_value(best, laws[best], every, distance, seed, REPEATS if repeats is None else repeats),
        len(delays),
        len(limits),
        float(np.sqrt((residuals**2).sum() / max(len(residuals) - len(off), 1))),
        float(abs(residuals).max()),
    )


@dataclass(frozen=True)
class Fitted:
    """The distribution of measured times, its fields named as in :class:`Fit`."""

    law: str
    criteria: dict[str, float]
    distance: float
    p_value: float
    observed: int


LEAST = 10
"""Fewest times to which a distribution is fitted."""


def fit_times(
    times: Sequence[float], *, families: Sequence[str] = FAMILIES, seed: int = 2022, repeats: int | None = None
) -> Fitted:
    """Fit a distribution to at least ten independent times, in any unit, as :func:`fit_model` fits start-up delays."""
    seen = np.asarray(times, dtype=np.float64)
    if not LEAST <= len(seen) <= LARGEST_SAMPLE or not (np.isfinite(seen) & (seen >= 0)).all() or not seen.any():
        expected = f"from {LEAST} to {LARGEST_SAMPLE} times of at least 0, not all 0"
        raise ArgumentError("times", f"{len(seen)} times", expected)
    seen, none = np.maximum(seen, _LEAST * seen.max()), np.empty(0)
    if not np.ptp(seen):
        return Fitted(
            describe_law(_fitted("expon", seen, none)), {"expon": 0.0}, 0.0, 1.0, len(seen)
        )  # all but constant
    laws = {family: _fitted(family, seen, none) for family in families}
    criteria = {family: _criterion(law, seen, none) for family, law in laws.items()}
    best = min(criteria, key=lambda family: criteria[family])
    distance = _distance(laws[best], seen, none)
    ever = np.full(len(seen), np.inf)
    p_value = _p_value(best, laws[best], ever, distance, seed, REPEATS if repeats is None else repeats)
    less = {family: value - criteria[best] for family, value in criteria.items()}
    return Fitted(describe_law(laws[best]), less, distance, p_value, len(seen))


def _data(delays: Floats, limits: Floats) -> Any:
    return stats.CensoredData(uncensored=delays, right=limits)


def _fitted(family: str, delays: Floats, limits: Floats) -> Any:
    """Return the distribution of the family with the largest likelihood, frozen."""
    law = getattr(stats, family)
    if family == "expon":  # in closed form: from the least delay on, the total time over the number of events
        low = float(delays.min())
        total = float((delays - low).sum() + np.maximum(limits - low, 0).sum())
        return law(loc=low, scale=max(total, _LEAST) / len(delays))
    options: dict[str, Any] = {"floc": 0}
    if family == "lognorm" and len(limits):  # without limits SciPy has a closed form
        options["optimizer"] = partial(_lognormal_minimum, delays, limits)
    with quietly():
        *shapes, loc, scale = law.fit(_data(delays, limits), **options)
    return law(*map(float, shapes), loc=float(loc), scale=float(scale))


def _lognormal_minimum(
    delays: Floats, limits: Floats, loss: Loss, start: Floats, args: tuple[Any], disp: int
) -> Floats:
    """Return SciPy's minimum of its ``loss``, minus the log-likelihood, over s and the scale.

    The values are SciPy's to the bit, at a quarter of the time: most of the bootstrap is spent here.
    """

    def quick(at: Floats, data: Any) -> float:
        s, scale = at
        if s > 0 and scale > 0:
            x = delays / scale
            seen = -(np.log(x) ** 2) / (2 * s**2) - np.log(s * x * np.sqrt(2 * np.pi))
            total = np.sum(seen) + np.sum(log_ndtr(-(np.log(limits / scale) / s)))
            if np.isfinite(total):
                return float(-total + len(delays) * np.log(scale))
        return loss(at, data)

    return np.asarray(fmin(quick, start, args=args, disp=disp))


def _criterion(law: Any, delays: Floats, limits: Floats) -> float:
    """Return Akaike's criterion; every family here has two fitted parameters."""
    with quietly():
        return float(4 - 2 * (law.logpdf(delays).sum() + law.logsf(limits).sum()))


def _distance(law: Any, delays: Floats, limits: Floats) -> float:
    """Return Kolmogorov's distance, up to the last delay observed."""
    seen = stats.ecdf(_data(delays, limits)).cdf
    at, share = seen.quantiles[seen.quantiles <= delays.max()], seen.probabilities[seen.quantiles <= delays.max()]
    fitted = law.cdf(at)
    return float(np.maximum(abs(fitted - share), abs(fitted - np.append(0, share[:-1]))).max())


def _p_value(family: str, law: Any, limits: Floats, distance: float, seed: int, repeats: int) -> float:
    """Return the p-value by parametric bootstrap, with each sample censored like the delays and fitted again."""
    if require_int("repeats", repeats, 0) == 0:
        return math.nan
    rng, further = np.random.default_rng(seed), 0
    for _ in range(repeats):
        drawn = law.rvs(size=len(limits), random_state=rng)
        delays, censored = drawn[drawn <= limits], limits[drawn > limits]
        if len(delays) < 2:
            further += 1
            continue
        further += _distance(_fitted(family, delays, censored), delays, censored) >= distance
    return (1 + further) / (1 + repeats)
