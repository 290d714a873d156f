"""Repairable fountain codes [32]: systematic, then sparse parities whose terms are drawn with replacement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.compiled import LINEAR, compiled
from srtheory.errors import require_int
from srtheory.rows import Rows
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols
from srtheory.schemes.streams import STATE_WORDS, mul_hi, next_words, open_stream, rejected

CHUNK = 64
"""Number of words that are drawn at once."""


@dataclass(frozen=True)
class RepairableFountain(BaseScheme):
    """Worker i sends f_i, then unlimited parities: d uniform draws with replacement from all m symbols each.

    A symbol drawn twice counts once, so that a parity is a 0/1 sum of at most d terms (the reference multiplies each
    by a random field element instead, which has no counterpart in a plain sum of functions).

    Parameters
    ----------
    symbols : int
        m >= 1.
    degree : int
        d from 1 to 10^9, draws per parity.
    """

    degree: int

    rateless = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int("degree", self.degree, 1, 10**9)

    def expected_terms(self) -> tuple[float, float]:
        m = self.symbols
        return 1.0, m * (1 - (1 - 1 / m) ** self.degree)

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(parities sent x degree + m) time."""
        worker, terms, indptr, indices = _emit(np.uint64(key), budget, self.symbols, self.degree)
        return EncodedSymbols(Rows(self.symbols, indptr, indices), worker, terms, np.zeros(self.symbols, np.bool_))


@compiled(small=LINEAR, work=lambda key, budget, symbols, degree: symbols + budget.sum(dtype=np.float64))
def _emit(
    key: np.uint64, budget: BudgetArray, symbols: int, degree: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    state = np.empty(STATE_WORDS, np.uint64)
    met = np.zeros(symbols, np.int64)  # number of the last parity in which a column was drawn
    words, size = np.empty(CHUNK, np.uint64), np.uint64(symbols)
    parity = rows = entries = 0
    worker, terms, ends = np.empty(1024, np.int32), np.empty(1024, np.int64), np.zeros(1025, np.int64)
    indices = np.empty(1024 + degree, np.int32)
    for j in range(budget.shape[0]):
        open_stream(state, key, j, 0)
        done, fresh = 0, 1
        indices[entries] = j
        while done + fresh <= budget[j]:
            if rows == worker.shape[0]:
                worker, terms = np.concatenate((worker, worker)), np.concatenate((terms, terms))
                ends = np.concatenate((ends, ends[1:]))
            done += fresh
            entries += fresh
            worker[rows], terms[rows] = j, done
            rows += 1
            ends[rows] = entries
            parity += 1
            fresh = 0
            while entries + degree >= indices.shape[0]:
                indices = np.concatenate((indices, indices))
            drawn = 0
            while drawn < degree and done + fresh <= budget[j]:  # further draws of a parity that is not sent: not made
                few = words[: min(degree - drawn, CHUNK)]
                next_words(state, few)
                for word in few:
                    if rejected(word, size):
                        continue
                    drawn += 1
                    column = np.int64(mul_hi(word, size))
                    if met[column] != parity:
                        met[column] = parity
                        indices[entries + fresh] = column
                        fresh += 1
    return worker[:rows].copy(), terms[:rows].copy(), ends[: rows + 1].copy(), indices[:entries].copy()
