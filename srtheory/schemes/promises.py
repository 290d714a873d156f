"""Conditions on the symbols that a scheme emits: valid rows in worker order, with terms that add up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError
from srtheory.schemes.base import BudgetArray, EncodedSymbols, Scheme
from srtheory.schemes.own import attribute_errors_to_user, is_own

LARGEST_MAP = 1 << 24
"""Largest table of all places in which a repeated column is searched for; larger cases are sorted."""


def emitted(scheme: Scheme, key: int, budget: BudgetArray) -> EncodedSymbols:
    """Return what the scheme emits; a user-defined scheme is checked, since compiled code relies on it."""
    if not is_own(scheme):
        return scheme.emit(key, budget)
    with attribute_errors_to_user(scheme):
        symbols = scheme.emit(key, budget.copy())
        fault = symbols_fault(scheme, budget, symbols)
    if fault:
        raise ArgumentError("scheme", type(scheme).__name__, f"a scheme whose symbols are sound: {fault}")
    return symbols


def symbols_fault(scheme: Scheme, budget: BudgetArray, symbols: object) -> str | None:
    """Return what is wrong with symbols that a scheme emitted within a budget, in words, or None if nothing is.

    Notes
    -----
    O(n + number of entries) for n rows, as long as n m is at most 2^24.
    """
    if not isinstance(symbols, EncodedSymbols):
        return f"emit gave {type(symbols).__name__}, not srtheory.schemes.base.EncodedSymbols"
    rows, workers, m = symbols.rows, scheme.workers, scheme.symbols
    n, entries = len(symbols.worker), len(rows.indices)
    arrays = {
        "rows.indptr": (rows.indptr, np.int64, n + 1),
        "rows.indices": (rows.indices, np.int32, entries),
        "worker": (symbols.worker, np.int32, n),
        "terms": (symbols.terms, np.int64, n),
        "ended": (symbols.ended, np.bool_, workers),
    }
    for name, (array, dtype, length) in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype != dtype or array.shape != (length,):
            found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
            return f"{name} is {found}, not an array of {np.dtype(dtype)} of shape ({length},)"
    if rows.columns != m:
        return f"rows.columns is {rows.columns}, not {m}"
    sizes = np.diff(rows.indptr)
    if rows.indptr[0] != 0 or rows.indptr[-1] != entries or (sizes < 0).any():
        return "rows.indptr does not rise from 0 to the number of entries"
    if entries and not (rows.indices.min() >= 0 and rows.indices.max() < m):
        return f"a row names a column outside 0 .. {m - 1}"
    if rows.values is None and (sizes == 0).any():  # weights may all be 0, by chance
        return f"row {np.argmin(sizes)} is empty, and nothing is sent for nothing"
    if (twice := _twice(rows.indptr, rows.indices, m)) is not None:
        return f"row {twice} names a column twice"
    if n and not (symbols.worker.min() >= 0 and symbols.worker.max() < workers):
        return f"a row is of a worker outside 0 .. {workers - 1}"
    steps = np.diff(symbols.worker)
    if (steps < 0).any():
        return "rows are not in the order of workers"
    least = (sizes > 0).astype(np.int64)
    if (np.diff(symbols.terms) < least[1:])[steps == 0].any() or (symbols.terms < least).any():
        return "the terms of a worker do not rise from row to row"
    if (over := np.flatnonzero(symbols.terms > budget[symbols.worker])).size:
        j = int(symbols.worker[over[0]])
        return f"worker {j} sends a row after {symbols.terms[over[0]]} terms, within a budget of {budget[j]}"
    return None


def _twice(indptr: npt.NDArray[np.int64], indices: npt.NDArray[np.int32], columns: int) -> int | None:
    """Return a row that contains a column twice."""
    rows = len(indptr) - 1
    place = np.repeat(np.arange(rows), np.diff(indptr)) * columns + indices
    if rows * columns <= LARGEST_MAP:
        seen = np.zeros(rows * columns, np.bool_)
        seen[place] = True
        if int(seen.sum()) == len(place):
            return None
    place.sort()
    again = np.flatnonzero(np.diff(place) == 0)
    return int(place[again[0]]) // columns if again.size else None
