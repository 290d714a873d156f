"""What every scheme owes: symbols that add up, and a larger budget that extends the answer without changing it."""

from __future__ import annotations

import numpy as np

from srtheory.schemes.base import UNLIMITED
from tests.reference import supports


def everything(scheme):
    """A budget that no worker uses up."""
    return np.full(scheme.workers, UNLIMITED)


def by_worker(symbols, workers):
    """The rows of each worker, in its order."""
    sets = supports(symbols.rows)
    return [[s for s, j in zip(sets, symbols.worker, strict=True) if j == worker] for worker in range(workers)]


def check_emission(scheme, key, budget, rows_of_worker):
    """``emit`` sends exactly what the reference (an iterator of rows by worker) completes within each budget."""
    budget = np.asarray(budget, dtype=np.int64)
    symbols = scheme.emit(key, budget)
    sets, sender, terms, ended = [], [], [], []
    for j in range(scheme.workers):
        rows, done = iter(rows_of_worker(j)), 0
        row = next(rows, None)
        while row is not None and done + len(row) <= budget[j]:
            done += len(row)
            sets.append(row)
            sender.append(j)
            terms.append(done)
            row = next(rows, None)
        ended.append(row is None)
    assert supports(symbols.rows) == sets
    assert symbols.worker.tolist() == sender
    assert symbols.terms.tolist() == terms
    assert symbols.ended.tolist() == ended
    assert symbols.rows.columns == scheme.symbols
    assert symbols.rows.values is None
