"""Interface of a scheme: a rule that states which symbols each worker computes, in which order.

A scheme knows nothing about time. It is asked what worker ``j`` completes within ``budget[j]`` term evaluations
(evaluations of single source functions f_i), and answers with rows. A larger budget extends the answer, never changes
it. Schemes made of another: grouped to p < m workers (section II-A), with other workers and loads, and its uncoded
stream. No scheme that recovers
the sum for all values of its terms is faster than its stream, on any path (docs/proofs/theory.md, 5.2).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, boundaries, stack
from srtheory.types import Bools, Int32, Int64

BudgetArray = Int64
UNLIMITED = np.int64(2**62)
"""Budget that no worker exhausts."""


@dataclass(frozen=True, eq=False)
class EncodedSymbols:
    """Encoded symbols in worker order."""

    rows: Rows
    """One row per symbol, of weights 1 or any integers."""
    worker: Int32
    """Shape (n,): Worker that computes it; non-decreasing."""
    terms: Int64
    """Shape (n,). Term evaluations that the worker has done when the symbol is complete, its earlier symbols
    included."""
    ended: Bools
    """Shape (workers,): Whether the worker has sent all its symbols."""


class Scheme(Protocol):
    """Interface of a scheme, a frozen dataclass whose other fields are its options.

    Its promises are listed in docs/own_code.md and checked by :func:`srtheory.testing.check_scheme`. The shortest way
    to define one is :class:`srtheory.schemes.own.ByWorker`, and :class:`BaseScheme` has defaults.

    ``symbols``: number m of source symbols (columns), at least 1. ``workers``: number of workers. ``decoder``: name of
    the decoder that fits the scheme, see :mod:`srtheory.decoders`. ``rateless``: whether some worker never stops
    sending.

    A scheme may also have ``arrange(rows) -> Rows``, which gives the rows, in order of arrival, their final columns
    without changing their sizes, the genie's choice; ``typical``, about how many rows recover the sum, if it is not
    about m; ``keyless``, whether its workers send the same in every run; and ``longest``, the approximate largest
    number of terms that a worker which finishes evaluates, if it is not m. A user-defined scheme may have
    ``latency_cdf(t, tau, startup) -> (low, high)``, bounds on P(T <= t) for free
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

        ``key``: from 0 to 2^64 - 1. ``budget`` (int64 array, shape (workers,)): from 0 to :data:`UNLIMITED`, which only
        schemes that end are given.

        A worker's symbols are the beginning of those for a larger budget, whatever the budgets of the others.
        """
        ...


@dataclass(frozen=True)
class BaseScheme(ABC):
    """Base class of the schemes: m symbols, one worker for each; any rows, and every worker finishes.

    A class overrides what differs, as an attribute (``decoder = "peeling"``) or, if it depends on the options, as a
    property. Its fields are its options: one of them may be the size of its symbols, and the others have defaults.
    """

    keyless = False

    symbols: int
    """m >= 1."""

    def __new__(cls, *given: Any, **options: Any) -> Any:
        """Return the scheme, or with options alone the class with these fixed, of any number of symbols."""
        if given or not options or "symbols" in options:
            return super().__new__(cls)
        from srtheory.schemes import fixing

        return fixing(cls, options)

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
    """Base class of the schemes that are made of another scheme, whose properties they have."""

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

    @property
    def keyless(self) -> bool:
        return bool(getattr(self.inner, "keyless", False))


@dataclass(frozen=True)
class Grouped(WrapperScheme):
    """Scheme on p functions, each the sum of a group of m/p terms (sizes floor and ceil if p does not divide m).

    The columns are the p groups. A sum of groups spans the sum of terms exactly if it spans the sum of groups, since
    the terms of one group always occur in the same rows. A symbol costs the terms of its groups.
    """

    terms: int
    """m >= p, the number of terms that are grouped."""

    def __post_init__(self) -> None:
        require_int("terms", self.terms, self.inner.symbols)
        if hasattr(self.inner, "arrange"):
            raise ArgumentError("workers", self.inner.workers, "left out: the genie hands out single terms")

    def sizes(self) -> Int64:
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


@dataclass(frozen=True)
class Crew(WrapperScheme):
    """Scheme with another number of workers, each of which evaluates at most so many terms.

    Worker j of n sends what worker floor(j w/n) of the scheme's w workers sends, until its next symbol would take more
    evaluations than its load.  If several send what one worker does, they draw apart: the c-th of them, from 0 on, in
    the run whose key is the first word of ``SeedSequence(key, spawn_key=(c,))``, the first in that of the key itself.
    """

    crew: int
    """n >= 1."""
    load: int | None = None
    """r >= 1, the terms that a worker evaluates at most; None: all that the scheme has it evaluate."""

    def __post_init__(self) -> None:
        require_int("crew", self.crew)
        if self.load is not None:
            require_int("load", self.load)
        if hasattr(self.inner, "arrange"):
            name, given = ("crew", self.crew) if self.load is None else ("load", self.load)
            raise ArgumentError(name, given, "left out: the genie hands out single terms")
        if self.crew > self.inner.workers and hasattr(self.inner, "parities"):
            raise ArgumentError("crew", self.crew, f"at most {self.inner.workers}: a run has one pre-code")
        sees = getattr(getattr(self.inner, "inner", self.inner), "access", None)
        if self.rateless and sees is not None and self.crew < self.inner.workers:
            raise ArgumentError(
                "crew", self.crew, f"at least {self.inner.workers}, or a load: a term may be out of sight"
            )

    @property
    def workers(self) -> int:
        return self.crew

    @property
    def rateless(self) -> bool:
        return self.load is None and self.inner.rateless

    @property
    def typical(self) -> float:
        """Approximate number of rows that recover the sum."""
        return float(getattr(self.inner, "typical", self.symbols))

    def expected_terms(self) -> tuple[float, float]:
        return self.inner.expected_terms()

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`.

        What a worker's load allows is known once the scheme has been asked for it: within m terms of the load.
        """
        n, scheme = self.crew, self.inner
        most = getattr(scheme, "terms", self.symbols)
        within = budget if self.load is None else np.where(budget >= self.load - most, self.load, budget)
        alike = np.arange(n) * scheme.workers // n
        copy = np.arange(n) - np.searchsorted(alike, alike)
        found, ended = list[EncodedSymbols](), np.zeros(n, np.bool_)
        for c in range(int(copy.max()) + 1):
            mine = np.flatnonzero(copy == c)
            asked, who = np.zeros(scheme.workers, np.int64), np.zeros(scheme.workers, np.int32)
            asked[alike[mine]], who[alike[mine]] = within[mine], mine
            run = np.random.SeedSequence(key, spawn_key=(c,)).generate_state(1, np.uint64)[0] if c else key
            sent = scheme.emit(int(run), asked)
            ended[mine] = sent.ended[alike[mine]] | (within[mine] == self.load)
            found.append(EncodedSymbols(sent.rows, who[sent.worker], sent.terms, ended))
        if len(found) > 1:
            worker, terms = (np.concatenate(its) for its in zip(*((s.worker, s.terms) for s in found), strict=True))
            order = np.argsort(worker, kind="stable")
            found = [EncodedSymbols(stack([s.rows for s in found]).take(order), worker[order], terms[order], ended)]
        return _select(found[0], found[0].terms, found[0].terms <= budget[found[0].worker])


def in_crew(scheme: Scheme, crew: int | None = None, load: int | None = None) -> Scheme:
    """Return the scheme with another number of workers, or with a load, if one is given."""
    return Crew(scheme, crew or scheme.workers, load) if crew or load else scheme


def _select(symbols: EncodedSymbols, terms: Int64, keep: Bools) -> EncodedSymbols:
    ended = symbols.ended.copy()
    ended[symbols.worker[~keep]] = False
    return EncodedSymbols(symbols.rows.take(np.flatnonzero(keep)), symbols.worker[keep], terms[keep], ended)


@dataclass(frozen=True)
class UncodedStream(WrapperScheme):
    """Single terms in the order in which a scheme's workers evaluate them, repetitions included.

    Within one of the scheme's symbols the terms are taken in the order of its row. Each of its symbols has distinct
    terms and costs an evaluation for each. The stream of a :class:`Grouped` scheme is :func:`uncoded_stream`'s.
    """

    decoder = "partition"

    @property
    def typical(self) -> float:
        """Approximate number of rows that a coupon collector needs."""
        return self.symbols * (math.log(self.symbols) + 1)

    @property
    def longest(self) -> float:
        """Approximate number of terms that a worker evaluates before it has sent all its symbols."""
        first, later = self.inner.expected_terms()
        return float(getattr(self.inner, "longest", first if math.isinf(later) else self.symbols))

    def expected_terms(self) -> tuple[float, float]:
        return 1.0, 1.0

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        """See :meth:`srtheory.schemes.base.Scheme.emit`; costs as the inner scheme with a symbol more for each worker.

        A symbol begun within a budget is complete within as many further terms as a symbol has at most: d for schemes
        with a degree, and m for the others.
        """
        most = int(getattr(self.inner, "degree", self.symbols))
        whole = self.inner.emit(key, np.where(budget > 0, budget + most, 0))
        sizes = np.diff(whole.rows.indptr)
        worker = np.repeat(whole.worker, sizes)
        before = np.repeat(whole.terms - sizes - whole.rows.indptr[:-1], sizes)
        terms = before + np.arange(1, len(worker) + 1)
        sent = terms <= budget[worker]
        ended = whole.ended.copy()
        ended[worker[~sent]] = False
        singles = Rows(self.symbols, boundaries(np.ones(sent.sum(), np.int64)), whole.rows.indices[sent])
        return EncodedSymbols(singles, worker[sent], terms[sent], ended)


def uncoded_stream(scheme: Scheme) -> Scheme:
    """Return the scheme whose workers evaluate the same terms as those of ``scheme`` and send each term at once.

    ``scheme``: any scheme of :mod:`srtheory.schemes`. A grouped one has the stream of its groups, each a single
    function. The genie, which assigns the terms of evaluations on their arrival, already sends single terms and is its
    own stream.
    """
    if isinstance(scheme, Grouped):
        return Grouped(uncoded_stream(scheme.inner), scheme.terms)
    return scheme if hasattr(scheme, "arrange") else UncodedStream(scheme)
