"""Grouping to p < m workers (section II-A): every group of about m/p terms counts as one function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int
from srtheory.rows import boundaries
from srtheory.schemes.base import BudgetArray, EncodedSymbols, WrapperScheme


@dataclass(frozen=True)
class Grouped(WrapperScheme):
    """Scheme on p functions, each the sum of a group of m/p terms (sizes floor and ceil if p does not divide m).

    The columns are the p groups. A sum of groups spans the sum of terms exactly if it spans the sum of groups, since
    the terms of one group always occur in the same rows. A symbol costs the terms of its groups.

    Parameters
    ----------
    inner : Scheme
        A scheme on p = ``inner.symbols`` functions.
    terms : int
        m >= p, the number of terms that are grouped.
    """

    terms: int

    def __post_init__(self) -> None:
        require_int("terms", self.terms, self.inner.symbols)
        if hasattr(self.inner, "arrange"):
            raise ArgumentError("workers", self.inner.workers, "left out: the genie hands out single terms")

    def sizes(self) -> npt.NDArray[np.int64]:
        """Return the number of terms in each group, shape (p,)."""
        return np.diff(np.arange(self.symbols + 1) * self.terms // self.symbols)

    def expected_terms(self) -> tuple[float, float]:
        first, later = self.inner.expected_terms()
        scale = self.terms / self.symbols
        return first * scale, later * scale

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; the symbols of the inner scheme, at their grouped cost."""
        sizes = self.sizes()
        inner = self.inner.emit(key, budget // sizes.min())
        running = boundaries(sizes[inner.rows.indices])[inner.rows.indptr]
        first = np.flatnonzero(np.diff(inner.worker, prepend=-1))
        before = np.repeat(running[first], np.diff(first, append=len(inner.worker)))
        terms = running[1:] - before
        return _select(inner, terms, terms <= budget[inner.worker])


def _select(symbols: EncodedSymbols, terms: npt.NDArray[np.int64], keep: npt.NDArray[np.bool_]) -> EncodedSymbols:
    ended = symbols.ended.copy()
    ended[symbols.worker[~keep]] = False
    return EncodedSymbols(symbols.rows.take(np.flatnonzero(keep)), symbols.worker[keep], terms[keep], ended)
