"""Schemes of users, from a file or a package: worker by worker, the shortest way to define one (docs/own_code.md).

What is required of the class, its construction, and conditions on the symbols that it emits: valid rows in worker
order, with terms that add up.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from srtheory.errors import ArgumentError
from srtheory.matrix import from_mappings
from srtheory.own_code import SEPARATOR, blamed, class_in_file, line_of, offered_class, origin, told_with_line
from srtheory.schemes.base import BaseScheme, BudgetArray, EncodedSymbols, Scheme
from srtheory.schemes.choices import Option
from srtheory.types import Int32, Int64

MUST_HAVE = (
    "a scheme: a frozen dataclass with a field 'symbols', and with workers, decoder, rateless, expected_terms() and"
    " emit()"
)
_NAMES = ("workers", "decoder", "rateless", "expected_terms", "emit")


def own_class(name: str, among: Sequence[str]) -> type:
    """Return the class of ``path/to/file.py::Class`` or of a package; ``among`` are the other possible names."""
    kind = class_in_file(name) if SEPARATOR in name else offered_class(name, among)
    if lacks := lacking(kind):
        line = line_of(kind)
        at = "" if line is None else f" (line {line})"
        raise ArgumentError("scheme", name, f"{MUST_HAVE}; {kind.__name__}{at} {lacks}")
    return kind


def lacking(kind: type) -> str | None:
    """Return what a class lacks to be a scheme class, in words, or None if it lacks nothing."""
    if not is_dataclass(kind):
        return "is no dataclass"
    if not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return "is not frozen"
    known = {field.name for field in fields(kind)}
    if "symbols" not in {field.name for field in fields(kind) if field.init}:
        return "has no field 'symbols'"
    if lacks := [name for name in _NAMES if name not in known and not hasattr(kind, name)]:
        return f"has no {' and no '.join(lacks)}"
    for name in ("expected_terms", "emit"):
        if not callable(getattr(kind, name, None)):
            return f"has a {name} that is no method"
    return None


def builder(name: str, kind: type, known: Mapping[str, Option]) -> Callable[..., Scheme]:
    """Return a function that builds a scheme of this class from its fields, or states in a line why it cannot."""
    return partial(_built, name, kind, known)


def _built(name: str, kind: type, known: Mapping[str, Option], /, symbols: int, **chosen: Any) -> Scheme:
    accepted = {option: known[option].accept(value) for option, value in chosen.items()}
    expected = "a scheme that can be built with these options"
    with blamed(lambda error: ArgumentError("scheme", name, f"{expected} ({told_with_line(error)})"), ArgumentError):
        scheme: Scheme = kind(symbols=symbols, **accepted)
        fault = fault_of(scheme, symbols)
    if fault:
        raise ArgumentError("scheme", name, f"a scheme as in docs/own_code.md; {fault}")
    return scheme


def fault_of(scheme: Scheme, symbols: int) -> str | None:
    """Return what is wrong with the properties of a scheme, in words, or None if nothing is."""
    if scheme.symbols != symbols:
        return f"its symbols are {scheme.symbols!r}, not {symbols}"
    if not _whole(scheme.workers) or scheme.workers < 1:
        return f"its workers are {scheme.workers!r}, not an integer of at least 1"
    if not isinstance(scheme.decoder, str):
        return f"its decoder is {scheme.decoder!r}, not a decoder's name"
    if not isinstance(scheme.rateless, bool):
        return f"its rateless is {scheme.rateless!r}, not True or False"
    found = scheme.expected_terms()
    if not (isinstance(found, tuple) and len(found) == 2 and all(isinstance(n, int | float) and n > 0 for n in found)):
        return f"its expected_terms() is {found!r}, not two numbers above 0"
    if found[0] == float("inf"):
        return "its expected_terms() is infinite for the first symbol"
    return None


def is_own(scheme: object) -> bool:
    """Return whether the scheme, or one that it is made of, is user-defined."""
    while scheme is not None:
        if not type(scheme).__module__.startswith("srtheory."):
            return True
        scheme = getattr(scheme, "inner", None)
    return False


def attribute_errors_to_user(scheme: object) -> AbstractContextManager[None]:
    """Return a context that reports errors in one line, if the scheme is user-defined."""
    return blamed(partial(_refusal, scheme), ArgumentError) if is_own(scheme) else nullcontext()


def _refusal(scheme: object, error: BaseException) -> ArgumentError:
    known = origin(type(scheme))
    name = type(scheme).__name__ if known is None else f"{known.place}{SEPARATOR}{known.name}".removesuffix(SEPARATOR)
    expected = f"a scheme whose code runs ({told_with_line(error)}); srtheory.testing.check_scheme finds the least case"
    return ArgumentError("scheme", name, expected)


def _whole(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


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


def _twice(indptr: Int64, indices: Int32, columns: int) -> int | None:
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
