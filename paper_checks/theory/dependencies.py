"""First-moment counts of the small dependencies that make M' differ from max(m, CC).

A kernel vector is supported on the symbols of inactive workers, so only the restriction of the parity rows to these
symbols matters. Given how many rows each worker has sent, the expected numbers below are exact for both forms of the
code, since blocks are independent of delays. Without replacement a worker's b blocks are disjoint pieces of a random
permutation of N = m - 1 symbols; with replacement every block is independent, b = 1. With r = N - b d symbols left out
by a worker, and with [n]_j = n (n - 1) ... (n - j + 1):

- a column is uncovered with probability prod r/N;
- two columns agree with probability prod ([r]_2 + b d (d - 1))/[N]_2, of which prod [r]_2/[N]_2 is for both uncovered;
- column a is the sum of columns b and c with probability prod (q + 2 p), q = [r]_3/[N]_3 and p = b d (d - 1) r/[N]_3
  the probabilities of "none of the three" and "a and b in one block, c in none"; b or c is empty in
  2 prod (q + p) - prod q of it;
- all terms of a parity row are known with probability C(N - z, d)/C(N, d), z the number of inactive workers;
- two given rows of different workers have the same nonempty restriction with probability sum_w C(z, w) p_w^2,
  p_w = C(N - z, d - w)/C(N, d).

The conclusions about M' (:func:`predicted_exceptions`) are heuristic.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, pdtrc
from scipy.stats import binom, skellam

from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model, depends_on
from srtheory.types import Floats

STEPS = 120
"""Numbers of rows at which a prediction is evaluated."""
NEGLIGIBLE = 1e-9
ROUNDING = 1e-14
"""Relative error of a time that is a sum of three, with a margin. It only sets where a search begins."""


@dataclass(frozen=True, eq=False)
class Profile:
    """Number of parity rows that each worker has sent."""

    symbols: int
    degree: int
    """m >= 3 and 1 <= d < m."""
    silent: int
    """Workers that have sent nothing, z."""
    blocks: npt.NDArray[np.int64]
    """Whole blocks b of each worker that has sent its own symbol, b d < m - 1: no worker is complete, remainder blocks
    included."""
    replacement: bool = False
    """Whether blocks are drawn afresh; b is then not limited."""

    def __post_init__(self) -> None:
        m, d = require_int("symbols", self.symbols, 3), require_int("degree", self.degree)
        require_int("degree", d, 1, m - 1)
        if self.silent + len(self.blocks) != m:
            raise ArgumentError("silent", self.silent, f"{m} workers less those with blocks, {m - len(self.blocks)}")
        low, high = self.blocks.min(initial=0), self.blocks.max(initial=0)
        if low < 0 or (not self.replacement and high * d >= m - 1 and high > 0):
            raise ArgumentError("blocks", high if low >= 0 else low, f"at least 0, and {d} b below {m - 1}")

    @property
    def parity_rows(self) -> int:
        """Number of parity rows received."""
        return int(self.blocks.sum())

    def groups(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the sizes of groups of disjoint blocks, and how often each size occurs."""
        if self.replacement:
            return np.array([1]), np.array([self.parity_rows])
        return np.unique(self.blocks, return_counts=True)


def uncovered(profile: Profile) -> float:
    """Return the expected number of uncovered symbols."""
    blocks, times = profile.groups()
    others = profile.symbols - 1
    return profile.silent * _product(1 - blocks * profile.degree / others, times)


def identical_columns(profile: Profile) -> float:
    """Return the expected number of pairs of covered symbols that always occur together: balanced kernel vectors."""
    n, d = profile.symbols - 1, profile.degree
    blocks, times = profile.groups()
    left = n - blocks * d
    neither, both = left * (left - 1) / (n * (n - 1)), blocks * d * (d - 1) / (n * (n - 1))
    return comb(profile.silent, 2) * (_product(neither + both, times) - _product(neither, times))


def unbalanced_triples(profile: Profile) -> float:
    """Return the expected number of triples, all covered, one of which is always with exactly one of the others.

    The kernel then contains (1, -1, -1).
    """
    n, d, z = profile.symbols - 1, profile.degree, profile.silent
    if n < 3:
        return 0.0
    blocks, times = profile.groups()
    left, places = n - blocks * d, n * (n - 1) * (n - 2)
    none, pair = left * (left - 1) * (left - 2) / places, blocks * d * (d - 1) * left / places
    chance = _product(none + 2 * pair, times) - 2 * _product(none + pair, times) + _product(none, times)
    return z * comb(max(z - 1, 0), 2) * chance


def empty_rows(profile: Profile) -> float:
    """Return the expected number of parity rows with only known terms, which give no new information."""
    return profile.parity_rows * float(_about(profile)[0])


def repeated_rows(profile: Profile) -> float:
    """Return the expected number of pairs of parity rows with the same nonempty set of inactive workers' symbols.

    Pairs of one worker's blocks are disjoint without replacement and do not count.
    """
    pairs = comb(profile.parity_rows, 2)
    if not profile.replacement:
        pairs -= sum(comb(int(b), 2) for b in profile.blocks)
    z, about = profile.silent, _about(profile)
    weights = np.arange(1, len(about))
    logs = gammaln(z + 1) - gammaln(weights + 1) - gammaln(z - weights + 1)
    return pairs * float((np.exp(logs) * about[1:] ** 2).sum())


def _about(profile: Profile) -> Floats:
    """Return p_w for w = 0 .. min(d, z), the probability that a block has a given set of w inactive symbols."""
    n, d, z = profile.symbols - 1, profile.degree, profile.silent
    w = np.arange(min(d, z) + 1)
    known = n - z - (d - w)
    chosen = gammaln(n - z + 1) - gammaln(d - w + 1) - gammaln(np.maximum(known, 0) + 1)
    every = gammaln(n + 1) - gammaln(d + 1) - gammaln(n - d + 1)
    return np.where(known >= 0, np.exp(chosen - every), 0.0)


def _product(factors: Floats, times: npt.NDArray[np.int64]) -> float:
    return float(np.prod(factors ** times.astype(np.float64)))


@depends_on("degree")
def typical_profile(model: Model, rows: int, *, replacement: bool = False) -> Profile:
    """Return the profile at the arrival of row ``rows`` when the start-up delays are the quantiles at (j + 1/2)/m.

    It is a deterministic substitute for the random counts, exact up to rows that arrive at the same instant.
    """
    sending = _sending(model, replacement)
    return sending.profile(sending.first_time(rows))


def _sending(model: Model, replacement: bool) -> _Sending:
    """Return workers whose start-up delays are the quantiles at (j + 1/2)/m."""
    m = require_int("symbols", model.symbols, 3)
    delays = np.asarray(model.startup.ppf((np.arange(m) + 0.5) / m))
    return _Sending(delays, require_int("degree", model.degree, 1, m - 1), model.tau, replacement)


@dataclass(frozen=True, eq=False)
class _Sending:
    """Workers with these start-up delays, none of whom becomes complete."""

    delays: Floats
    degree: int
    tau: float
    replacement: bool

    def sent(self, delays: Floats, t: float) -> Floats:
        """Return the number of rows sent by t, systematic rows included, by workers with some of the delays."""
        rows = t - delays
        rows -= self.tau
        rows /= self.tau * self.degree
        np.floor(rows, out=rows)
        rows += 1
        np.maximum(rows, 0, out=rows)
        return rows if self.replacement else np.minimum(rows, -(-(len(self.delays) - 1) // self.degree), out=rows)

    def profile(self, t: float) -> Profile:
        """Return the profile at a time."""
        m, sent = len(self.delays), self.sent(self.delays, t)
        blocks = sent[sent > 0].astype(np.int64) - 1
        return Profile(m, self.degree, m - len(blocks), blocks, self.replacement)

    def first_time(self, rows: int, since: float = -np.inf) -> float:
        """Return the first floating-point time, not before ``since``, by which so many rows have been sent.

        The number sent is monotone, so bisection gives this time for every choice of bracket and split. Workers whose
        rows do not depend on the time within the bracket are counted once and left out. Soon one worker is left, and no
        arrays are needed.
        """
        low, high, few, many = self._bracket(rows, max(since, float(self.delays.min())))
        moving, settled = self.delays, 0.0
        near: tuple[float, ...] = ()
        while len(moving) and low < (t := next((g for g in near if low < g < high), (low + high) / 2)) < high:
            sent = self.sent(moving, t)
            if settled + sent.sum() >= rows:
                high, many = t, sent
            else:
                low, few = t, sent
            moves = few != many
            if 2 * np.count_nonzero(moves) <= len(moving):
                settled += few[~moves].sum()
                moving, few, many = moving[moves], few[moves], many[moves]
            if len(moving) == 1:
                return self._alone(float(moving[0]), float(rows - settled), low, high)
            if not near and len(moving) and (many - few).max() == 1:
                near = self._near(moving, few, many, int(rows - settled - few.sum()))
        return high

    def _alone(self, delay: float, rows: float, low: float, high: float) -> float:
        """Return the first time after ``low`` by which one worker has sent as many rows as it has by ``high``."""
        most = np.inf if self.replacement else -(-(len(self.delays) - 1) // self.degree)
        while low < (t := (low + high) / 2) < high:
            sent = min(max(np.floor((t - delay - self.tau) / (self.tau * self.degree)) + 1, 0), most)
            low, high = (low, t) if sent >= rows else (t, high)
        return high

    def _bracket(self, rows: int, since: float) -> tuple[float, float, Floats, Floats]:
        """Return times before and after the time sought, by doubling steps, and the numbers of rows sent by then."""
        last = float(self.delays.max()) + self.tau * (1 + self.degree * (rows + 1))
        low, high, step = since, since, self.tau * self.degree / 2
        few = many = self.sent(self.delays, since)
        while many.sum() < rows and high < last:
            low, high, few, step = high, min(high + step, last), many, 2 * step
            many = self.sent(self.delays, high)
        return low, high, few, many

    def _near(self, moving: Floats, few: Floats, many: Floats, rows: int) -> tuple[float, ...]:
        """Return times just before and after the arrival of row ``rows``; no worker sends two rows between them."""
        arrivals = np.sort((moving + self.tau * (1 + self.degree * few))[few != many])
        at = float(arrivals[rows - 1])
        return at * (1 - ROUNDING), at * (1 + ROUNDING)


@depends_on("degree")
def predicted_exceptions(model: Model, *, replacement: bool = False) -> tuple[float, float]:
    """Return heuristic probabilities of M' < max(m, CC) and of M' > max(m, CC), complete workers excluded.

    After k rows let U symbols be uncovered, I pairs identical, B triples unbalanced and R rows redundant, with the
    means of the :func:`typical_profile`, I and B Poisson and independent, and let nothing else be amiss: k rows span
    iff U = B = 0 and k - R >= m - I.  Early: U = 0 and I > R at m - 1 rows, R the empty and repeated rows.  Late:
    R - I > k - m or B > 0 at k = max(m, CC), where R is the empty rows alone, binomial, and given R the chance of
    U = 0 is that of the other rows.  Repeated rows are left out there, since they are many, and do no harm, once k is
    well above m; where k is about m they make the number too small.

    Parameters
    ----------
    replacement : bool
        Whether blocks are drawn afresh.

    Returns
    -------
    early, late : float
    """
    sending = _sending(model, replacement)
    t = sending.first_time(model.symbols - 1)
    before = sending.profile(t)
    early = np.exp(-uncovered(before)) * _exceeds(identical_columns(before), _redundant(before), 0)
    late = reached = 0.0
    for k in np.unique(model.symbols - 1 + np.geomspace(1, 9 * model.symbols, STEPS).astype(int)):
        t = sending.first_time(int(k), t)
        covers, spans = _covers_and_spans(sending.profile(t))
        late += (covers - reached) * (1 - spans / covers if covers else 0.0)
        reached = max(reached, covers)
        if covers > 1 - NEGLIGIBLE:
            break
    return float(early), float(late)


def _covers_and_spans(profile: Profile) -> tuple[float, float]:
    """Return P(U = 0) and P(U = 0, R - I <= k - m, B = 0), where R is the number of empty rows and U depends on R.

    Numbers R outside 12 standard deviations and 40 of their mean are left out; by Bernstein's inequality their
    probability is at most 1e-25.
    """
    m, rows, z = profile.symbols, profile.parity_rows, profile.silent
    empty = float(_about(profile)[0])
    around = 40 + 12 * (rows * empty * (1 - empty)) ** 0.5
    r = np.arange(max(0, int(rows * empty - around)), min(rows, int(rows * empty + around)) + 1)
    chance = binom.pmf(r, rows, empty)
    meets = profile.degree / (m - 1) / (1 - empty) if z else 1.0
    covers = chance * np.exp(-z * (1 - min(meets, 1.0)) ** (rows - r))
    most = r - (rows - z) - 1  # redundant rows beyond the harmless ones: more pairs exist
    within = np.where(most < 0, 1.0, pdtrc(np.maximum(most, 0), identical_columns(profile)))
    return float(covers.sum()), float((covers * within).sum() * np.exp(-unbalanced_triples(profile)))


def _redundant(profile: Profile) -> float:
    return empty_rows(profile) + repeated_rows(profile)


def _exceeds(mean: float, other: float, by: float) -> float:
    """Return P(A - B > by) for independent Poisson A and B."""
    return float(skellam.sf(by, max(mean, 1e-300), max(other, 1e-300)))
