"""Interface of a scheme: a rule that states which symbols each worker computes, in which order.

A scheme knows nothing about time.  It is asked what worker ``j`` completes within ``budget[j]`` term evaluations
(evaluations of single source functions f_i), and answers with rows.  A larger budget extends the answer, never
changes it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from srtheory.errors import require_int
from srtheory.rows import Rows

BudgetArray = npt.NDArray[np.int64]
UNLIMITED = np.int64(2**62)
"""Budget that no worker exhausts."""


@dataclass(frozen=True, eq=False)
class EncodedSymbols:
    """Encoded symbols in worker order.

    Attributes
    ----------
    rows : Rows
        One row per symbol, of weights 1 or any integers.
    worker : int32 array, shape (n,)
        Worker that computes it; non-decreasing.
    terms : int64 array, shape (n,)
        Term evaluations that the worker has done when the symbol is complete, its earlier symbols included.
    ended : bool array, shape (workers,)
        Whether the worker has sent all its symbols.
    """

    rows: Rows
    worker: npt.NDArray[np.int32]
    terms: npt.NDArray[np.int64]
    ended: npt.NDArray[np.bool_]


class Scheme(Protocol):
    """Interface of a scheme, a frozen dataclass whose other fields are its options.

    Its promises are listed in docs/own_code.md and checked by :func:`srtheory.testing.check_scheme`. The shortest way
    to define one is :class:`srtheory.schemes.by_worker.ByWorker`, and :class:`BaseScheme` has defaults.

    Attributes
    ----------
    symbols : int
        Number m of source symbols (columns), at least 1.
    workers : int
        Number of workers.
    decoder : str
        Name of the decoder that fits the scheme, see :mod:`srtheory.decoders`.
    rateless : bool
        Whether some worker never stops sending.

    Notes
    -----
    A scheme may also have ``arrange(rows) -> Rows``, which gives the rows, in order of arrival, their final columns
    without changing their sizes, the genie's choice; ``typical``, about how many rows recover the sum, if it is not
    about m; and ``longest``, the approximate largest number of terms that a worker which finishes evaluates, if it is
    not m. A user-defined scheme may have ``latency_cdf(t, tau, startup) -> (low, high)``, bounds on P(T <= t) for free
    messages, and ``latency_kind``, a text that states what they rest on.
    """

    @property
    def symbols(self) -> int: ...

    @property
    def workers(self) -> int: ...

    @property
    def decoder(self) -> str: ...

    @property
    def rateless(self) -> bool: ...

    def expected_terms(self) -> tuple[float, float]:
        """Return the expected number of terms of a worker's first symbol and of each later symbol.

        The value inf means that the symbols are few enough to take all at once. These estimates only determine how far
        to look ahead. No result depends on them.
        """
        ...

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """Return every symbol that worker ``j`` completes within ``budget[j]`` terms; the 64-bit ``key`` seeds the run.

        Parameters
        ----------
        key : int
            From 0 to 2^64 - 1.
        budget : int64 array, shape (workers,)
            From 0 to :data:`UNLIMITED`, which only schemes that end are given.

        Returns
        -------
        EncodedSymbols
            Symbols of each worker, equal to the beginning of those for a larger budget, for all budgets of the others.
        """
        ...


@dataclass(frozen=True)
class BaseScheme(ABC):
    """Base class of the schemes: m symbols, one worker for each; any rows, and every worker finishes.

    A class overrides what differs, as an attribute (``decoder = "peeling"``) or, if it depends on the options, as a
    property. Its fields are its options: one of them may be the size of its symbols, and the others have defaults.

    Parameters
    ----------
    symbols : int
        m >= 1.
    """

    symbols: int

    def __post_init__(self) -> None:
        require_int("symbols", self.symbols)

    @property
    def workers(self) -> int:
        return self.symbols

    @property
    def decoder(self) -> str:
        return "span"

    @property
    def rateless(self) -> bool:
        return False

    @classmethod
    def options_of_size(cls, terms: int) -> dict[str, Any]:
        """Return the options that give a symbol this many terms, if they are not ``degree`` or ``stragglers``."""
        return {}

    @classmethod
    def largest_size(cls, symbols: int) -> int:
        """Return the largest useful number of terms of a symbol at m = ``symbols``."""
        return symbols

    @abstractmethod
    def expected_terms(self) -> tuple[float, float]:
        """See :meth:`Scheme.expected_terms`."""

    @abstractmethod
    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`Scheme.emit`."""


@dataclass(frozen=True)
class WrapperScheme:
    """Base class of the schemes that are made of another scheme, whose properties they have.

    Parameters
    ----------
    inner : Scheme
    """

    inner: Scheme

    @property
    def symbols(self) -> int:
        return self.inner.symbols

    @property
    def workers(self) -> int:
        return self.inner.workers

    @property
    def decoder(self) -> str:
        return self.inner.decoder

    @property
    def rateless(self) -> bool:
        return self.inner.rateless
