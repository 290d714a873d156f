"""Hypothesis strategies for codes, receptions, rows and delays, to be used in any test (``docs/conjectures.md``).

All shrink towards few symbols, few workers that send, few rows, low degree and symbols with small numbers. To this end
everything is drawn from the largest universe, and the part beyond the number of symbols is omitted afterwards. A
smaller number of symbols thus leaves the other choices in place, and Hypothesis can lower it at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from srtheory.conjectures.enumerate import Vector, Weights, weights_of
from srtheory.delays import DelayModel, DrawnStartup, Empirical
from srtheory.errors import ArgumentError, require_int
from srtheory.matrix import Rows, from_dense
from srtheory.reception import Reception, receive
from srtheory.schemes import named
from srtheory.schemes.base import Scheme
from srtheory.schemes.fountain import robust_soliton
from srtheory.schemes.own import ByWorker
from srtheory.theory.startup import block_ends


@dataclass(frozen=True)
class Code(ByWorker):
    """A sum-recovery code whose random choices have been made.

    It contains every row of every worker, as one draw of :class:`~srtheory.schemes.sum_recovery.SumRecovery` could give
    it. It is a scheme itself (:class:`~srtheory.schemes.base.Scheme`), whose answer does not depend on the run's key.
    ``streams[j]`` are the rows of worker j in order, each a tuple of symbols; the first is ``(j,)``.
    """

    degree: int
    streams: tuple[tuple[tuple[int, ...], ...], ...]

    def sends(self, worker: int, key: int) -> Iterator[tuple[int, ...]]:
        """See :class:`~srtheory.schemes.own.ByWorker`."""
        return iter(self.streams[worker])

    def expected_terms(self) -> tuple[float, float]:
        """See :meth:`srtheory.schemes.base.Scheme.expected_terms`."""
        return 1.0, float("inf")


def sum_recovery_codes(
    *, min_symbols: int = 1, max_symbols: int = 8, degree: int | None = None, limited_access: bool = False
) -> SearchStrategy[Code]:
    """Return sum-recovery codes with all random choices made (section III-A).

    m is from ``min_symbols`` (at least 1) to ``max_symbols``. d is ``degree``, or drawn from 1 to m - 1. With
    ``limited_access`` workers see only k of the m symbols (SR-k), with k drawn; else k = m.
    """
    return _codes(_universe(min_symbols, max_symbols, degree, limited_access))


def receptions(
    *, min_symbols: int = 1, max_symbols: int = 8, degree: int | None = None, limited_access: bool = False
) -> SearchStrategy[Reception]:
    """Return possible receptions of the master of a sum-recovery code at some moment of a run in the delay model (4).

    Each worker has sent any number of its symbols, in its own order. Workers interleave as start-up delays and tau = 1
    make them.  Up to the numbering of workers, every reception of every run occurs (only the order of arrival times
    matters, and integer start-up delays with ties broken by worker give every order).  Parameters and errors as for
    :func:`sum_recovery_codes`.
    """
    return _runs(_universe(min_symbols, max_symbols, degree, limited_access)).map(lambda run: run[1])


def runs(
    *, min_symbols: int = 1, max_symbols: int = 8, degree: int | None = None, limited_access: bool = False
) -> SearchStrategy[tuple[Code, Reception]]:
    """Draw receptions as :func:`receptions` does, each with its code (inactive workers' rows are in natural order)."""
    return _runs(_universe(min_symbols, max_symbols, degree, limited_access))


def scheme_receptions(
    scheme: str, *, min_symbols: int = 1, max_symbols: int = 8, **options: Any
) -> SearchStrategy[Reception]:
    """Return possible receptions of the master of any scheme at some moment of a run in the delay model (4).

    ``scheme`` is the name of a scheme, ``path/to/file.py::Class``, or a name that a package offers, and the options are
    its own; numbers of symbols at which it rejects them are left out.
    """
    low, high = _range(min_symbols, max_symbols)
    made, refused = [], None
    for m in range(low, high + 1):
        try:
            made.append(named(scheme).build(m, options))
        except ArgumentError as error:
            refused = error
    if refused is not None and not made:
        raise refused
    return st.sampled_from(made).flatmap(drawn_receptions)


def drawn_receptions(scheme: Scheme) -> SearchStrategy[Reception]:
    """Return possible receptions of one scheme, from a run's key and the work of each worker."""
    until = 2 * scheme.symbols + 2
    done = st.lists(st.integers(0, until), min_size=scheme.workers, max_size=scheme.workers)
    return st.builds(
        lambda key, spent: receive(scheme, until - np.array(spent, np.float64), 1.0, key, float(until)),
        st.integers(0, 2**32),
        done,
    )


def binary_rows(
    *,
    min_symbols: int = 1,
    max_symbols: int = 8,
    max_rows: int | None = None,
    max_degree: int | None = None,
    distinct: bool = False,
) -> SearchStrategy[Rows]:
    """Return any non-empty 0/1 rows: by default at most 2 max_symbols + 2 of them, of at most m ones each.

    With ``distinct`` no two rows are equal.
    """
    low, high = _range(min_symbols, max_symbols)
    ones = high if max_degree is None else min(high, require_int("max_degree", max_degree))
    row = st.lists(st.integers(0, high - 1), min_size=1, max_size=ones, unique=True)
    return _rows(low, high, st.lists(row, max_size=_most_rows(max_rows, high)).map(_ones), distinct)


def weighted_rows(
    *,
    weights: Weights | Iterable[int],
    min_symbols: int = 1,
    max_symbols: int = 8,
    max_rows: int | None = None,
    max_degree: int | None = None,
    distinct: bool = False,
    multiples: bool = True,
) -> SearchStrategy[Rows]:
    """Return any non-empty rows of these weights; otherwise as :func:`binary_rows`.

    The weights are ``signs()``, ``residues("GF(5)")``, ``elements("GF(4)")``, ``integers(-2, 2)`` of
    :mod:`srtheory.conjectures.enumerate`, or some integers other than 0. They shrink towards the simplest. From rows of
    elements :func:`srtheory.conjectures.case.from_rows` makes a case whose spans can be computed. Without ``multiples``
    a row is the representative of its multiples.
    """
    low, high = _range(min_symbols, max_symbols)
    known = weights_of(weights)
    most = high if max_degree is None else min(high, require_int("max_degree", max_degree))
    entry = st.tuples(st.integers(0, high - 1), st.sampled_from(known.values))
    row = st.lists(entry, min_size=1, max_size=most, unique_by=lambda of: of[0])
    represent = None if multiples else known.canonical_multiple
    drawn = st.lists(row, max_size=_most_rows(max_rows, high)).map(lambda rows: [dict(row) for row in rows])
    return _rows(low, high, drawn, distinct, represent)


def luby_rows(
    *, min_symbols: int = 1, max_symbols: int = 8, max_rows: int | None = None, c: float = 0.03, delta: float = 0.5
) -> SearchStrategy[Rows]:
    """Return rows of an LT code: uniform supports, degrees with about the frequencies at ``max_symbols``.

    Parameters as for :func:`binary_rows` and :func:`~srtheory.schemes.fountain.robust_soliton`.
    """
    low, high = _range(min_symbols, max_symbols)
    law = robust_soliton(high, c, delta).tolist()
    tickets = [degree for degree, share in enumerate(law, 1) for _ in range(max(1, round(64 * share)))]
    places = st.integers(0, high - 1)
    row = st.sampled_from(tickets).flatmap(lambda size: st.lists(places, min_size=size, max_size=size, unique=True))
    return _rows(low, high, st.lists(row, max_size=_most_rows(max_rows, high)).map(_ones), distinct=False)


def startup_laws() -> SearchStrategy[DrawnStartup]:
    """Return start-up distributions of all named kinds: exponential first, heavy tails, observed samples."""
    from scipy import stats

    shapes = st.sampled_from([1.0, 2.0, 0.5, 3.0])
    scales = st.sampled_from([1.0, 5.0, 0.2, 100.0])
    families: list[tuple[Callable[..., Any], str]] = [
        (stats.pareto, "b"),
        (stats.weibull_min, "c"),
        (stats.lognorm, "s"),
    ]
    laws = [st.builds(lambda scale: stats.expon(scale=scale), scales)]
    for family, name in families:
        laws.append(st.builds(lambda shape, scale, f=family, n=name: f(**{n: shape}, scale=scale), shapes, scales))
    sample = st.lists(st.floats(0, 1e6), min_size=1, max_size=8).map(Empirical)
    return st.one_of(*laws, sample)


def delay_models() -> SearchStrategy[DelayModel]:
    """Return delay models (4): a start-up distribution and a time per term."""
    return st.builds(DelayModel, startup_laws(), st.sampled_from([1.0, 0.005, 0.1, 10.0]))


@dataclass(frozen=True)
class _Universe:
    """Ranges that a code is drawn from."""

    low: int
    high: int
    degree: int | None
    limited_access: bool

    def shape(self, draw: DrawFn) -> tuple[int, int, int]:
        """Draw the number of symbols, degree and access.

        A free degree is drawn first, and then m - d: a lower degree removes a symbol too, and the symbols that a worker
        omits from its first block stay the same.
        """
        if self.degree is None:
            degree = draw(st.integers(1, self.high))
            m = max(self.low, degree + draw(st.integers(0, self.high - degree)))
            d = min(degree, max(1, m - 1))
        else:
            m, d = draw(st.integers(self.low, self.high)), self.degree
        hidden = draw(st.integers(0, self.high - 1)) if self.limited_access else 0
        return m, d, max(1, m - hidden)


def _universe(min_symbols: int, max_symbols: int, degree: int | None, limited_access: bool) -> _Universe:
    low, high = _range(min_symbols, max_symbols)
    return _Universe(low, high, None if degree is None else require_int("degree", degree), limited_access)


def _range(min_symbols: int, max_symbols: int) -> tuple[int, int]:
    low = require_int("min_symbols", min_symbols)
    return low, require_int("max_symbols", max_symbols, low)


def _most_rows(max_rows: int | None, symbols: int) -> int:
    return 2 * symbols + 2 if max_rows is None else require_int("max_rows", max_rows, 0)


def _ones(sets: list[list[int]]) -> list[dict[int, int]]:
    return [dict.fromkeys(row, 1) for row in sets]


@st.composite
def _rows(
    draw: DrawFn,
    low: int,
    high: int,
    drawn: SearchStrategy[list[dict[int, int]]],
    distinct: bool,
    represent: Callable[[Vector], Vector] | None = None,
) -> Rows:
    """Draw rows, none empty, on the symbols that occur, renumbered in order, and sometimes a few that do not occur.

    They are drawn as mappings to weights. If ``represent`` is given, each row is replaced by its representative.
    """
    seen = draw(st.integers(1, high))
    rows = [{j: weight for j, weight in row.items() if j < seen} for row in draw(drawn)]
    used = {j: i for i, j in enumerate(sorted({j for row in rows for j in row}))}
    uncovered = draw(st.integers(0, high)) if draw(st.booleans()) else 0
    symbols = max(low, min(high, len(used) + uncovered))
    renumbered = [{used[j]: weight for j, weight in row.items()} for row in rows if row]
    vectors = [tuple(row.get(j, 0) for j in range(symbols)) for row in renumbered]
    if represent is not None:
        vectors = [represent(row) for row in vectors]
    if distinct:
        vectors = list(dict.fromkeys(vectors))
    return from_dense(np.array(vectors, np.int64).reshape(len(vectors), symbols))


def _stream(worker: int, symbols: int, cuts: Sequence[int], order: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return a worker's rows: its own symbol, then blocks of the other symbols in the given order."""
    others = [j for j in order if j < symbols and j != worker]
    blocks = (tuple(sorted(others[low:high])) for low, high in pairwise(cuts))
    return ((worker,), *blocks)


@st.composite
def _codes(draw: DrawFn, universe: _Universe) -> Code:
    m, d, k = universe.shape(draw)
    cuts = block_ends(m, d, k).tolist()
    orders = [draw(st.permutations(range(universe.high))) for _ in range(m)]
    return Code(m, d, tuple(_stream(j, m, cuts, order) for j, order in enumerate(orders)))


@st.composite
def _runs(draw: DrawFn, universe: _Universe) -> tuple[Code, Reception]:
    """Draw a code and its receptions at an integer time U, with start-up delays that give each count."""
    m, d, k = universe.shape(draw)
    cuts = block_ends(m, d, k).tolist()
    number = st.integers(0, universe.high)
    most = min(draw(number), len(cuts) - 1)  # blocks of any worker: without a common limit, some worker mostly is done
    streams, spent = [], np.zeros(m)
    for worker in range(m):
        rows, slack = draw(number) % (most + 2), 0
        order: Sequence[int] = range(m)
        if rows:
            slack = draw(number)
            spent[worker] = _spent(cuts, rows - 1, slack)
        if rows > 1:
            order = draw(st.permutations(range(universe.high)))
        streams.append(_stream(worker, m, cuts, order))
    code, until = Code(m, d, tuple(streams)), float(spent.max())
    return code, receive(code, until - spent, 1.0, 0, until)


def _spent(cuts: Sequence[int], blocks: int, slack: int) -> int:
    """Draw the terms from start-up to U: those of the rows sent, and then fewer than the next block takes, if any."""
    waiting = slack if blocks == len(cuts) - 1 else slack % (cuts[blocks + 1] - cuts[blocks])
    return 1 + int(cuts[blocks]) + int(waiting)


@contextmanager
def private_storage() -> Iterator[None]:
    """Keep Hypothesis from leaving its folder in the current directory."""
    from hypothesis.configuration import set_hypothesis_home_dir

    with TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)
