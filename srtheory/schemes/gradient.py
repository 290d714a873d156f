"""Gradient codes: every worker sends one symbol, and those of any m - s workers give the sum, or nearly so.

The exact ones take the number s of stragglers beforehand. Tandon, Lei, Dimakis and Karampatziakis, "Gradient coding",
ICML 2017 ([17] of the paper), draw the coefficients of cyclic repetition at random from the reals, where they work
almost surely. Here they are the integer weights of a Reed-Solomon code over Q, which always work
(docs/proofs/theory.md, 5.8). Raviv et al. [19] take the code at the roots of unity instead, which are not rational.

The approximate ones are random sparse graphs, one sum of about d terms from each of m workers: Charles,
Papailiopoulos and Ellenberg, "Approximate gradient coding via sparse random graphs", arXiv 1711.06771, 2017 ([18] of
the paper), use the rows received by some time and accept an error (:mod:`paper_checks.records.approximate`). Any rows
may leave terms uncovered, so these do not guarantee the exact sum and are not among the named schemes. The fractional
repetition code of [18] is :class:`FractionalRepetition`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from srtheory.compiled import compiled
from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, boundaries
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.parts import parts_sent
from srtheory.schemes.streams import STATE_WORDS, below, open_stream, unit
from srtheory.types import Int32, Int64

LARGEST_WEIGHT = 2**63 - 1
"""Largest weight of a row, in 64 bits."""


@dataclass(frozen=True)
class FractionalRepetition(BaseScheme):
    """Fractional repetition [17]: floor(m/(s + 1)) groups of workers, each computing one part of the terms.

    A part has as many terms as its group has workers. Where s + 1 divides m that is s + 1, and the scheme is
    :class:`~srtheory.schemes.parts.Repetition` of degree s + 1. Otherwise the groups share the rest as evenly as
    possible, so that each still has s spare workers. The larger parts cost more than s + 1 terms.
    """

    stragglers: int
    """s, from 0 to m - 1: any s workers may be missing."""

    decoder = "partition"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("stragglers", self.stragglers, 0, self.symbols - 1)

    def ends(self) -> Int64:
        """Return the starts and ends of the parts, shape (parts + 1,)."""
        return group_ends(self.symbols, self.stragglers)

    def expected_terms(self) -> tuple[float, float]:
        return self.symbols / (len(self.ends()) - 1), float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) time."""
        ends = self.ends()
        own = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        return parts_sent(budget, np.arange(self.workers + 1), own, ends, budget >= np.diff(ends)[own])


@dataclass(frozen=True)
class CyclicRepetition(BaseScheme):
    """Cyclic repetition [17]: worker j sends one combination of the terms j, j + 1, ..., j + s modulo m.

    The rows are the words of the Reed-Solomon code {(p(0), ..., p(m - 1)) : deg p < m - s} that vanish outside these
    places, see :func:`cyclic_weights`.  The symbols of any m - s workers are a basis of the code, which holds 1.
    """

    stragglers: int
    """s, from 0 to m - 1, with binomial(m - 1, s) < 2^63, the largest weight: any s at m <= 67, s <= 7 at m = 1000."""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("stragglers", self.stragglers, 0, self.symbols - 1)
        if not fits(self.symbols, self.stragglers):
            expected = f"such that binomial({self.symbols - 1}, s), the largest weight of a row, is below 2^63"
            raise ArgumentError("stragglers", self.stragglers, expected)

    def expected_terms(self) -> tuple[float, float]:
        return self.stragglers + 1, float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; O(terms sent + m) time besides the weights."""
        size = self.stragglers + 1
        ended = budget >= size
        worker = np.flatnonzero(ended).astype(np.int32)
        indices = (worker[:, None] + np.arange(size)) % self.symbols
        values = None if size in (1, self.symbols) else _weights(self.symbols, self.stragglers)[worker].ravel()
        indptr = boundaries(np.full(len(worker), size))
        rows = Rows(self.symbols, indptr, indices.ravel().astype(np.int32), values)
        return EncodedSymbols(rows, worker, np.full(len(worker), size), ended)


def group_ends(symbols: int, stragglers: int) -> Int64:
    """Return the starts and ends of the parts of fractional repetition, shape (floor(m/(s + 1)) + 1,)."""
    groups = symbols // (stragglers + 1)
    return np.arange(groups + 1) * symbols // groups


def fits(symbols: int, stragglers: int) -> bool:
    """Return whether the weights of cyclic repetition fit into 64 bits."""
    few = min(stragglers, symbols - 1 - stragglers)
    return few < 64 and comb(symbols - 1, few) <= LARGEST_WEIGHT


def cyclic_weights(symbols: int, stragglers: int, worker: int) -> list[int]:
    """Return the weights of worker j's terms j, j + 1, ..., j + s modulo m, in this order.

    The values p(i) = prod (i - c) over the m - s - 1 places c outside, divided by their common factor: with k = m - s -
    1, (-1)^(k - j) (k - j)! j! or, where the places wrap around, k!. The quotients are products of binomials.

    C(i, j) C(m-1-i, j+s-i) is at most C(m-1, s), one term of Vandermonde's sum.
    """
    m, s, j = symbols, stragglers, worker
    if j + s < m:
        return [comb(i, j) * comb(m - 1 - i, j + s - i) for i in range(j, j + s + 1)]
    wrapped, outside = j + s + 1 - m, m - s - 1
    upper = [comb(i - wrapped, outside) for i in range(j, m)]
    return upper + [(-1) ** outside * comb(j - 1 - i, outside) for i in range(wrapped)]


@lru_cache(maxsize=8)
def _weights(symbols: int, stragglers: int) -> Int64:
    """Return the weights of all workers, shape (m, s + 1)."""
    return np.array([cyclic_weights(symbols, stragglers, j) for j in range(symbols)], dtype=np.int64)


SWITCHES = 10
"""Number of attempted switches for each edge of a regular graph."""


@dataclass(frozen=True)
class _SparseGraph(BaseScheme):
    """Base class: worker j sends the sum over row j of an m x m matrix of zeros and ones."""

    degree: int
    """d, from 1 to m: terms in a row, exactly or on average."""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, self.symbols)

    def expected_terms(self) -> tuple[float, float]:
        return float(self.degree), float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; an empty row is not sent."""
        rows = self.graph(key)
        sizes = np.diff(rows.indptr)
        ended = budget >= sizes
        worker = np.flatnonzero(ended & (sizes > 0)).astype(np.int32)
        return EncodedSymbols(rows.take(worker), worker, sizes[worker], ended)

    def graph(self, key: int) -> Rows:
        """Return the m rows of a run."""
        raise NotImplementedError


@dataclass(frozen=True)
class BernoulliGradient(_SparseGraph):
    """BGC [18]: every term is in every worker's sum with probability d/m, independently; O(m^2) draws."""

    def graph(self, key: int) -> Rows:
        indptr, indices = _bernoulli(np.uint64(key), self.symbols, self.degree / self.symbols)
        return Rows(self.symbols, indptr, indices)


@dataclass(frozen=True)
class RegularGradient(_SparseGraph):
    """Random regular graph: every worker's sum has d terms, and every term is in d sums.

    The graph results from the cyclic one by :data:`SWITCHES` m d attempted switches: two edges are drawn and exchange
    their terms unless that would double an edge. The chain is symmetric and connects all such graphs, so that its
    distribution tends to the uniform one.
    """

    def graph(self, key: int) -> Rows:
        m, d = self.symbols, self.degree
        terms = ((np.arange(m)[:, None] + np.arange(d)) % m).astype(np.int32)
        _switch(np.uint64(key), terms, SWITCHES * m * d)
        return Rows(m, boundaries(np.full(m, d)), terms.ravel())


@compiled
def _bernoulli(key: np.uint64, m: int, chance: float) -> tuple[Int64, Int32]:
    state = np.empty(STATE_WORDS, np.uint64)
    indptr, indices = np.zeros(m + 1, np.int64), [np.int32(0)]  # the first entry gives the type
    for j in range(m):
        open_stream(state, key, j, 0)
        for i in range(m):
            if unit(state) < chance:
                indices.append(np.int32(i))
        indptr[j + 1] = len(indices) - 1
    return indptr, np.array(indices)[1:]


@compiled
def _switch(key: np.uint64, terms: Int32, attempts: int) -> None:
    """Switch edges of the graph whose row j contains the terms of worker j, in place."""
    m, d = terms.shape
    state = np.empty(STATE_WORDS, np.uint64)
    open_stream(state, key, 0, 0)
    for _ in range(attempts):
        i, j = below(state, m), below(state, m)
        k, n = below(state, d), below(state, d)
        a, b = terms[i, k], terms[j, n]
        if not ((terms[j] == a).any() or (terms[i] == b).any()):
            terms[i, k], terms[j, n] = b, a
