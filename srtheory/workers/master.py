"""The master: takes symbols as they arrive, detects when the sum can be recovered, and decodes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from srtheory.decoders import DECODER_NAMES, UNDECODED, decoder, require_fitting
from srtheory.decoders.sums import Sum, recover
from srtheory.errors import ArgumentError
from srtheory.reception import Reception
from srtheory.rows import PrecodedRows, Rows
from srtheory.schemes.base import UNLIMITED, Scheme
from srtheory.schemes.own import emitted, is_own
from srtheory.types import Floats
from srtheory.workers.orders import Orders, mark, symbol_of
from srtheory.workers.values import alike

SHOWN = 20
"""Largest number of terms that a message lists."""

_DECODERS = tuple(name for name in DECODER_NAMES if name not in UNDECODED)


class NotRecovered(Exception):  # noqa: N818  (an answer, no error of the program's)
    """Error if the received symbols do not give the sum, and no more arrive, or not in time.

    Attributes
    ----------
    missing : tuple of int
        Terms (0-based) that appear in no received symbol; empty if all terms appear but the symbols still do not span
        1.
    received : int
        Symbols received.
    why : str
        Why no more are waited for.
    faults : tuple of str
        Failures, worker by worker.
    """

    def __init__(self, missing: tuple[int, ...], received: int, why: str, faults: tuple[str, ...]) -> None:
        named = ", ".join(map(str, missing[:SHOWN])) + (", …" if len(missing) > SHOWN else "")
        lacking = f"no symbol has come with the terms {named}" if missing else "they cover all terms and do not span 1"
        trouble = (
            f"; {faults[0]}" + (f"; and {len(faults) - 1} more faults" if len(faults) > 1 else "") if faults else ""
        )
        super().__init__(f"The sum is not recovered from {received} symbols: {lacking} ({why}{trouble}).")
        self.missing, self.received, self.why, self.faults = missing, received, why, faults


class Master:
    """Received symbols, and whether the sum can be recovered.

    Parameters
    ----------
    scheme : Scheme
    key : int
        Seed of the scheme's own randomness.
    decode_by : str
        Name of a decoder that gets the sum.

    Attributes
    ----------
    done : bool
        Whether the symbols so far give the sum.
    order : list of (int, int)
        Worker and index of each symbol, in order of arrival.

    Notes
    -----
    O(weight) a symbol until all terms are covered.  From then on a row-by-row elimination for ``span``, and for the
    other decoders a whole run, O(nnz) each time.
    """

    def __init__(self, scheme: Scheme, key: int, decode_by: str) -> None:
        if hasattr(scheme, "arrange"):
            expected = (
                "one that workers can follow: rows that are only known when all have come, as of the genie, are none"
            )
            raise ArgumentError("scheme", type(scheme).__name__, expected)
        if decode_by not in _DECODERS:
            raise ArgumentError("decoder", decode_by, "one that gets the sum: " + ", ".join(_DECODERS))
        require_fitting(decode_by, scheme.decoder)
        self.scheme, self.orders, self.decode_by = scheme, Orders(scheme, key), decode_by
        self.order: list[tuple[int, int]] = []
        self.done = False
        self._values: dict[tuple[int, int], Any] = {}
        self._marks: list[bytes] = []
        self._uncovered = set(range(scheme.symbols))
        self._span = None
        if decode_by == "span":
            from srtheory.decoders.incremental import IncrementalSpan  # which imports numba

            self._span = IncrementalSpan(scheme.symbols)

    def add(self, worker: int, index: int, value: Any, of: bytes | None = None) -> bool:
        """Take a symbol, unless it has arrived before, and return whether the sum can be recovered.

        ``of`` is the mark of the combination that its sender has added up, since a user-defined scheme may answer
        differently with another budget or in another process.
        """
        if (worker, index) in self._values:
            return self.done
        symbol = self.orders.symbol(worker, index)
        if symbol is None:
            raise self._another(worker, index)
        columns, weights = symbol
        self._marks.append(mark(symbol))
        if of is not None and of != self._marks[-1]:
            raise self._another(worker, index)
        self._values[worker, index] = value
        self.order.append((worker, index))
        self._uncovered.difference_update(columns.tolist())
        if self._span is not None:
            self.done = self._span.add(columns, 1 if weights is None else weights) or self.done
        elif not self.done and not self._uncovered:
            self.done = decoder(self.decode_by)(self.reception()).stopping_time is not None
        return self.done

    @property
    def uncovered(self) -> list[int]:
        """Columns that are in no symbol so far."""
        return sorted(self._uncovered)

    def reception(self, time: Floats | None = None) -> Reception:
        """Return the reception as in a simulated run, at these times, or at 1, 2 and so on."""
        n = len(self.order)
        worker = np.array([j for j, _ in self.order], dtype=np.int32)
        index = np.array([i for _, i in self.order], dtype=np.int64)
        terms = np.array([self.orders.terms(j, i) for j, i in self.order], dtype=np.int64)
        budget = np.zeros(self.scheme.workers, dtype=np.int64)
        np.maximum.at(budget, worker, terms)
        symbols = emitted(self.scheme, self.orders.key, budget)
        first = np.searchsorted(symbols.worker, worker)
        totals = np.where(symbols.ended, budget, UNLIMITED)
        times = np.arange(1.0, n + 1) if time is None else time
        return Reception(symbols.rows.take(first + index), worker, times, terms, totals)

    def _another(self, worker: int, index: int) -> ArgumentError:
        expected = (
            "a scheme that answers alike whenever it is asked, and with more symbols to a larger budget:"
            f" symbol {index} of worker {worker} is not what it was"
        )
        return ArgumentError("scheme", type(self.scheme).__name__, expected)

    def value(self, rows: Rows) -> Sum | None:
        """Return the sum from the values of the rows received, in order of arrival."""
        if is_own(self.scheme):  # ``rows`` are its answer to a question that has not been asked before
            for i, (symbol, sent) in enumerate(zip(self.order, self._marks, strict=True)):
                if mark(symbol_of(rows, i)) != sent:
                    raise self._another(*symbol)
        plain = not isinstance(rows, PrecodedRows) and (rows.values is None or bool((rows.values == 1).all()))
        values = alike([self._values[symbol] for symbol in self.order])
        return recover(rows, values, self.decode_by if plain else "span")


def rehearse(scheme: Scheme, key: int, decode_by: str) -> None:
    """Receive and decode a run of equally fast workers, so that everything is imported and compiled.

    Otherwise the first run of a process would include seconds of decoding.
    """
    master, index, more = Master(scheme, key, decode_by), 0, True
    while more and not master.done:
        more = False
        for j in range(scheme.workers):
            if not master.done and master.orders.symbol(j, index) is not None:
                more = True
                master.add(j, index, 0)
        index += 1
    master.value(master.reception().rows)


def terms_of(columns: Sequence[int], groups: Sequence[int] | None) -> tuple[int, ...]:
    """Return the terms behind columns."""
    if groups is None:
        return tuple(columns)
    return tuple(i for c in columns for i in range(groups[c], groups[c + 1]))
