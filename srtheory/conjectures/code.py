"""A sum-recovery code whose random choices have been made: a scheme that can be written down, drawn and shrunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from srtheory.rows import from_sets
from srtheory.schemes.base import BudgetArray, Symbols


@dataclass(frozen=True)
class Code:
    """Every row of every worker, as one draw of :class:`~srtheory.schemes.sum_recovery.SumRecovery` could give it.

    It is a scheme itself (:class:`~srtheory.schemes.base.Scheme`), whose answer does not depend on the run's key.

    Attributes
    ----------
    symbols : int
        Number m of source symbols and of workers.
    degree : int
        Terms in a parity symbol.
    streams : tuple
        ``streams[j]``: the rows of worker j in order, each a tuple of symbols; the first is ``(j,)``.
    """

    symbols: int
    degree: int
    streams: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def workers(self) -> int:
        """One for each symbol."""
        return self.symbols

    @property
    def decoder(self) -> str:
        """Exact span."""
        return "span"

    @property
    def endless(self) -> bool:
        """Every worker ends."""
        return False

    def pace(self) -> tuple[float, float]:
        """See :meth:`srtheory.schemes.base.Scheme.pace`."""
        return 1.0, float("inf")

    def emit(self, key: int, budget: BudgetArray) -> Symbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`."""
        rows, worker, terms = [], [], []
        for j, stream in enumerate(self.streams):
            for row, done in zip(stream, np.cumsum([len(row) for row in stream]).tolist(), strict=True):
                if done <= budget[j]:
                    rows.append(row)
                    worker.append(j)
                    terms.append(done)
        ended = np.bincount(np.array(worker, dtype=np.int64), minlength=self.symbols) == [len(s) for s in self.streams]
        return Symbols(from_sets(self.symbols, rows), np.array(worker, np.int32), np.array(terms, np.int64), ended)
