"""Approximate gradient codes on random sparse graphs: one sum of about d terms from each of m workers.

Charles, Papailiopoulos and Ellenberg, "Approximate gradient coding via sparse random graphs", arXiv 1711.06771, 2017
([18] of the paper), which use the rows received by some time and accept an error. See
:mod:`paper_checks.records.approximate`. Their fractional repetition code is
:class:`~srtheory.schemes.gradient.FractionalRepetition`. Any rows may leave terms uncovered, so these schemes do not
guarantee the exact sum and are not among the named schemes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.errors import require_int
from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, below, open_stream, unit

SWITCHES = 10
"""Number of attempted switches for each edge of a regular graph."""


@dataclass(frozen=True)
class _SparseGraph(BaseScheme):
    """Base class: worker j sends the sum over row j of an m x m matrix of zeros and ones.

    Parameters
    ----------
    symbols : int
        m >= 1, terms and workers.
    degree : int
        d, from 1 to m: terms in a row, exactly or on average.
    """

    degree: int

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
def _bernoulli(key: np.uint64, m: int, chance: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
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
def _switch(key: np.uint64, terms: npt.NDArray[np.int32], attempts: int) -> None:
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
