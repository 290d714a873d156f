"""Expected stopping sets, by which peeling stops short of coverage, for any block sizes (docs/proofs/decoding.md, 3).

The symbols that peeling leaves form a stopping set: none of them has arrived as a systematic symbol, and no received
block meets the set in exactly one symbol. Given the number of terms that each worker has evaluated, the expected number
of such sets is a sum of products, one factor per worker, and bounds the probability that peeling fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from srtheory.errors import ArgumentError, require_int
from srtheory.sizes import Stage, read_sizes
from srtheory.types import Floats

MOST_SYMBOLS = 5000
"""Largest m: tables take m numbers for every block, and m^2 for the last block of one worker."""


@dataclass(frozen=True)
class StoppingSets:
    """Stopping sets of the code :class:`~srtheory.schemes.sum_recovery.SizedSumRecovery`, given the workers' terms.

    In floating point.  All sums but one have positive terms. Sets that a block meets are a difference, of 1 - exp(-x)
    by ``expm1``.  Against exact fractions the relative error was below 10^-11 for a worker's probability at m = 1000,
    and 10^-8 for all workers together at m = 2000.

    Parameters
    ----------
    symbols : int
        m, from 2 to :data:`MOST_SYMBOLS`.
    sizes : str
        As the scheme's; stages of one size each.
    """

    symbols: int
    sizes: str

    def __post_init__(self) -> None:
        require_int("symbols", self.symbols, 2, MOST_SYMBOLS)
        if any(len(stage.sizes) > 1 for stage in self.stages):
            raise ArgumentError("sizes", self.sizes, "stages of one size each, no distributions")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Stages of one block size each."""
        return read_sizes(self.sizes)

    @cached_property
    def ends(self) -> npt.NDArray[np.int64]:
        """Terms after each symbol of a worker: 1, then the ends of its blocks, up to m."""
        sizes = [stage.sizes[0] for stage in self.stages]
        ends = [1]
        while ends[-1] < self.symbols:
            ends.append(min(self.symbols, ends[-1] + sizes[min(len(ends), len(sizes)) - 1]))
        return np.array(ends)

    def factors(self, most: int) -> tuple[Floats, Floats]:
        """Return the logarithms of two probabilities for a worker that has sent its own symbol and b blocks.

        Returns
        -------
        not_one, none : float64 arrays, shape (b + 1, m) for b = most blocks, or all that there are
            Entry (b, u): of a set of u symbols, its own not among them, no block contains exactly one; no block
            contains any.  O(most * terms of the blocks * m) time.
        """
        others, most = self.symbols - 1, min(most, len(self.ends) - 1)
        met = np.array([1.0])  # probabilities over the symbols of the blocks so far, by how many of the set these hold
        u = np.arange(others + 1)
        not_one, none = np.zeros((most + 1, others + 1)), np.zeros((most + 1, others + 1))
        for b, size in enumerate(np.diff(self.ends)[:most].tolist(), start=1):
            met = one_more(met, size)
            inside = np.arange(len(met))
            ways = _log_binomial(inside[-1], inside)[:, None] - _log_binomial(others, u)
            ways += _log_binomial(others - inside[-1], u[None, :] - inside[:, None])
            chance = np.exp(ways)
            with np.errstate(divide="ignore"):
                not_one[b], none[b] = np.log(met @ chance), np.log(chance[0])
        return not_one, none

    def expected(self, terms: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return the expected numbers of stopping sets given the number of terms that every worker has evaluated.

        Parameters
        ----------
        terms : int array, shape (runs, m)
            Terms of each worker, from 0 to m, in some runs.

        Returns
        -------
        every, met : float64 arrays, shape (runs,)
            Stopping sets of one symbol or more: at least the probability that peeling fails.  Those that some block
            meets: at least the probability that it fails although every symbol is covered.
        """
        done = np.asarray(terms)
        fits = done.ndim == 2 and done.shape[1] == self.symbols and done.dtype.kind in "iu"
        if not fits or (done < 0).any() or (done > self.symbols).any():
            raise ArgumentError("terms", done.ravel()[:5].tolist(), f"rows of {self.symbols} numbers from 0 to m")
        sent = np.searchsorted(self.ends, done, side="right")
        most = max(int(sent.max(initial=1)) - 1, 0)
        counts = np.stack([(sent == 1 + b).sum(axis=1) for b in range(most + 1)], axis=1)
        not_one, none = (_total(counts, table) for table in self.factors(most))
        late = (sent == 0).sum(axis=1)
        u = np.arange(self.symbols + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            sets = np.exp(_log_binomial(late[:, None], u) + not_one)
            met = sets * -np.expm1(np.minimum(none - not_one, 0.0))
        return sets[:, 1:].sum(axis=1), np.where(sets > 0, met, 0.0)[:, 2:].sum(axis=1)


def _total(counts: npt.NDArray[np.int64], table: Floats) -> Floats:
    """Sum the rows of ``table``, each so many times; 0 times -inf is 0, and all m symbols are never met."""
    impossible = (counts > 0) @ np.isneginf(table)
    total = np.where(impossible, -np.inf, counts @ np.where(np.isneginf(table), 0.0, table))
    return np.pad(total, ((0, 0), (0, 1)))


def one_more(met: Floats, size: int) -> Floats:
    """Return the same with one more block, which contains none or several symbols of the set."""
    before, after = len(met) - 1, len(met) - 1 + size
    u = np.arange(after + 1)
    found = np.zeros(after + 1)
    for k in range(size + 1):
        held = u - k
        possible = (held >= 0) & (held <= before)
        if k == 1 or not possible.any():
            continue
        at = held[possible]
        ways = _log_binomial(size, k) + _log_binomial(before, at) - _log_binomial(after, u[possible])
        found[possible] += np.exp(ways) * met[at]
    return found


def _log_binomial(n: npt.ArrayLike, k: npt.ArrayLike) -> Floats:
    """Return ln binomial(n, k), or -inf if k is outside 0 .. n."""
    n, k = np.broadcast_arrays(np.asarray(n, dtype=np.int64), np.asarray(k, dtype=np.int64))
    inside = (k >= 0) & (k <= n)
    logs = _log_factorials(int(n.max(initial=0)).bit_length())
    every, some = np.where(inside, n, 0), np.where(inside, k, 0)
    value = logs[every] - logs[some] - logs[every - some]
    return np.where(inside, value, -np.inf)


@cache
def _log_factorials(bits: int) -> Floats:
    """Return the logarithms of k! for all k with so many bits."""
    return np.asarray(gammaln(np.arange(2**bits) + 1.0), dtype=np.float64)
