"""A scheme written worker by worker: the shortest way to define your own (docs/own_code.md)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from srtheory.errors import ArgumentError
from srtheory.rows import from_mappings
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols

Row = Sequence[int] | Mapping[int, int]
_LOOKED_AT = 8
"""Number of rows from which the expected terms are estimated."""


@dataclass(frozen=True)
class ByWorker(BaseScheme):
    """Scheme of m workers, each of which sends the rows of :meth:`sends` in order.

    A user-defined class adds :meth:`sends`, and fields for its options. A row costs as many terms as it has. Set
    ``rateless`` to True if workers never finish, and ``workers`` if their number differs from that of the symbols. If
    all rows are parts of one partition, or arcs, ``decoder`` may be ``"partition"`` or ``"intervals"``, which are
    faster.

    Parameters
    ----------
    symbols : int
        m >= 1.

    Notes
    -----
    Rows are drawn one by one in Python: about a microsecond for each term.  A scheme with an :meth:`emit` of its own on
    NumPy arrays is faster.
    """

    @abstractmethod
    def sends(self, worker: int, key: int) -> Iterator[Row]:
        """Return the rows of one worker in order, each a sequence of distinct symbols from 0 to m - 1.

        A row may also be a mapping from symbols to weights, which are integers other than 0.

        The result must depend only on the worker and the key of the run: draw random numbers from :meth:`generator`.
        """

    def generator(self, worker: int, key: int) -> np.random.Generator:
        """Return a generator for a worker in the run of this key, Philox with key (run, worker)."""
        return np.random.Generator(np.random.Philox(key=np.array([key, worker], dtype=np.uint64)))

    def expected_terms(self) -> tuple[float, float]:
        """Estimate from the first few rows of worker 0 in one run.

        See :meth:`srtheory.schemes.base.Scheme.expected_terms`.
        """
        sizes = [len(row) for row in islice(self.sends(0, 0), _LOOKED_AT)]
        return float(sizes[0]) if sizes else 1.0, float(np.mean(sizes[1:])) if sizes[1:] else float("inf")

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`, in O(terms sent + m) steps."""
        rows: list[Row] = []
        worker, terms = [], []
        ended = np.zeros(self.workers, np.bool_)
        for j in range(self.workers):
            done, left = 0, int(budget[j])
            for row in self.sends(j, key):
                if not len(row):
                    raise ArgumentError("sends", f"an empty row of worker {j}", "rows of at least one symbol")
                done += len(row)
                if done > left:
                    break
                rows.append(row)
                worker.append(j)
                terms.append(done)
            else:
                ended[j] = True
        return EncodedSymbols(
            from_mappings(self.symbols, rows), np.array(worker, np.int32), np.array(terms, np.int64), ended
        )
