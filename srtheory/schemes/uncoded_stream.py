"""Uncoded stream of a scheme: its workers evaluate the same terms in the same order and send each at once.

No scheme that recovers the sum for all values of its terms is faster than its stream, on any path
(docs/theory.md, 5.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import BudgetArray, EncodedSymbols, Scheme, WrapperScheme
from srtheory.schemes.grouped import Grouped


@dataclass(frozen=True)
class UncodedStream(WrapperScheme):
    """Single terms in the order in which a scheme's workers evaluate them, repetitions included.

    Within one of the scheme's symbols the terms are taken in the order of its row.

    Parameters
    ----------
    inner : Scheme
        A scheme whose symbols cost a term evaluation for each of their terms, of distinct terms each; not
        :class:`~srtheory.schemes.grouped.Grouped`, whose stream is :func:`uncoded_stream`'s.
    """

    decoder = "partition"

    @property
    def typical(self) -> float:
        """Approximate number of rows that a coupon collector needs."""
        return self.symbols * (math.log(self.symbols) + 1)

    @property
    def longest(self) -> float:
        """Approximate number of terms that a worker evaluates before it has sent all its symbols."""
        first, later = self.inner.expected_terms()
        return float(getattr(self.inner, "longest", first if math.isinf(later) else self.symbols))

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, 1.0

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; costs as the inner scheme with a symbol more for each worker.

        A symbol begun within a budget is complete within as many further terms as a symbol has at most: d for schemes
        with a degree, and m for the others.
        """
        most = int(getattr(self.inner, "degree", self.symbols))
        whole = self.inner.emit(key, np.where(budget > 0, budget + most, 0))
        sizes = np.diff(whole.rows.indptr)
        worker = np.repeat(whole.worker, sizes)
        before = np.repeat(whole.terms - sizes - whole.rows.indptr[:-1], sizes)
        terms = before + np.arange(1, len(worker) + 1)
        sent = terms <= budget[worker]
        ended = whole.ended.copy()
        ended[worker[~sent]] = False
        singles = Rows(self.symbols, boundaries(np.ones(sent.sum(), np.int64)), whole.rows.indices[sent])
        return EncodedSymbols(singles, worker[sent], terms[sent], ended)


def uncoded_stream(scheme: Scheme) -> Scheme:
    """Return the scheme whose workers evaluate the same terms as those of ``scheme`` and send each term at once.

    Parameters
    ----------
    scheme : Scheme
        Any scheme of :mod:`srtheory.schemes`. A grouped one has the stream of its groups, each a single function. The
        genie, which assigns the terms of evaluations on their arrival, already sends single terms and is its own
        stream.
    """
    if isinstance(scheme, Grouped):
        return Grouped(uncoded_stream(scheme.inner), scheme.terms)
    return scheme if hasattr(scheme, "arrange") else UncodedStream(scheme)
