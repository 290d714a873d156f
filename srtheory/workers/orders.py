"""Symbols of each worker, in its order: the scheme is asked for as many as are needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import UNLIMITED, EncodedSymbols, Scheme
from srtheory.schemes.own import emitted

Symbol = tuple[npt.NDArray[np.int32], npt.NDArray[np.int64] | None]
"""Columns, and their weights (None: all 1)."""


def mark(symbol: Symbol) -> bytes:
    """Return sixteen bytes that two symbols share only if they are the same combination, in any order of terms."""
    columns, weights = symbol
    order = np.argsort(columns, kind="stable")
    both = np.ones((2, len(order)), dtype="<i8")
    both[0] = columns[order]
    if weights is not None:
        both[1] = weights[order]
    return blake2b(both.tobytes(), digest_size=16).digest()


def symbol_of(rows: Rows, i: int) -> Symbol:
    """Return row i."""
    return rows.row(i), None if rows.values is None else rows.values[rows.indptr[i] : rows.indptr[i + 1]]


@dataclass(frozen=True, eq=False)
class _Beginning:
    """Symbols that one worker completes within a budget of terms: those of a scheme's answer from ``first``."""

    symbols: EncodedSymbols
    first: int
    count: int
    budget: int
    ended: bool


class Orders:
    """Symbols of every worker, by worker and place in its order, both from 0.

    Parameters
    ----------
    scheme : Scheme
    key : int
        Seed of the scheme's own randomness.

    Notes
    -----
    A worker's further symbols cost one question to the scheme whenever twice as many terms are wanted; O(workers) time
    each besides the terms.  For many threads at once only as far as :meth:`prepare` went.
    """

    def __init__(self, scheme: Scheme, key: int) -> None:
        self.scheme, self.key = scheme, key
        self._known: dict[int, _Beginning] = {}
        first, later = scheme.expected_terms()
        self._first = math.ceil(first + (later if math.isfinite(later) else 0.0))

    def prepare(self, workers: Sequence[int]) -> None:
        """Ask for all symbols of these workers, or, for rateless schemes, for about 4 m terms each."""
        terms = getattr(self.scheme, "terms", self.scheme.symbols)
        self._ask(workers, 4 * terms if self.scheme.rateless else int(UNLIMITED))

    def symbol(self, worker: int, index: int) -> Symbol | None:
        """Return a worker's symbol, or None if it sends at most ``index`` symbols."""
        known = self._reach(worker, index)
        if index >= known.count:
            return None
        return symbol_of(known.symbols.rows, known.first + index)

    def terms(self, worker: int, index: int) -> int:
        """Return the terms that a worker has evaluated when that symbol is complete; it must be one of its symbols."""
        known = self._reach(worker, index)
        return int(known.symbols.terms[known.first + index])

    def _reach(self, worker: int, index: int) -> _Beginning:
        if worker not in self._known:
            self._ask([worker], self._first)
        while index >= (known := self._known[worker]).count and not known.ended:
            self._ask([worker], 2 * known.budget)
        return known

    def _ask(self, workers: Sequence[int], budget: int) -> None:
        budgets = np.zeros(self.scheme.workers, dtype=np.int64)
        budgets[list(workers)] = budget
        symbols = emitted(self.scheme, self.key, budgets)
        bounds = boundaries(np.bincount(symbols.worker, minlength=self.scheme.workers)).tolist()
        for j in workers:
            self._known[j] = _Beginning(symbols, bounds[j], bounds[j + 1] - bounds[j], budget, bool(symbols.ended[j]))
