"""The reception: the received rows in order of arrival.  The one data type that everyone shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive
from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import UNLIMITED, Scheme, Symbols
from srtheory.schemes.promises import emitted

Floats = npt.NDArray[np.float64]

LARGEST = 1 << 26
"""Terms in the rows of a reception: some 30 bytes each."""


@dataclass(frozen=True, eq=False)
class Reception:
    """What the master has received, in order of arrival (ties: by worker, then by the worker's own order).

    Attributes
    ----------
    rows : Rows
        One row per symbol.
    worker : int32 array, shape (n,)
        Sender of each row.
    time : float64 array, shape (n,)
        Arrival times, non-decreasing.
    terms : int64 array, shape (n,)
        Terms that the sender has evaluated when this row is complete, its earlier rows included.
    totals : int64 array, shape (workers,)
        Terms after which a worker has sent all that it ever sends; UNLIMITED where that lies beyond this reception.
    """

    rows: Rows
    worker: npt.NDArray[np.int32]
    time: Floats
    terms: npt.NDArray[np.int64]
    totals: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.worker)

    @property
    def final(self) -> bool:
        """True if no further row will ever arrive."""
        return bool((self.totals < UNLIMITED).all())


def handled(time: Floats, master_time: float) -> float:
    """When the master has handled the last of these messages, one after the other in order of arrival.

    The k-th has been handled at h_k = max(a_k, h_(k-1)) + sigma; no worker waits for the master.

    Parameters
    ----------
    time : float64 array, shape (k,)
        Arrival times a_1 <= ... <= a_k, k >= 1.
    master_time : float
        sigma, at least 0, in the unit of the times.
    """
    if not master_time:
        return float(time[-1])
    free = 0.0
    for arrival in time.tolist():
        free = max(arrival, free) + master_time
    return free


def receive(
    scheme: Scheme, startups: Floats, tau: float, key: int, until: float, message_cost: float = 0.0
) -> Reception:
    """Every symbol that arrives by time ``until`` (inf only for schemes that end).

    Parameters
    ----------
    scheme : Scheme
        Who computes what.
    startups : float64 array, shape (scheme.workers,)
        Start-up delays X_j, at least 0; inf for a worker that never answers, which has sent all its 0 symbols.
    tau : float
        Time per term, above 0, in the unit of the start-up delays.
    key : int
        Seed of the scheme's own randomness, from 0 to 2**64 - 1.
    until : float
        Horizon; later horizons extend the reception and change none of its rows.
    message_cost : float
        Time per message, at least 0, in the unit of the start-up delays: see :class:`srtheory.delays.DelayModel`.

    Raises
    ------
    ArgumentError
        If an argument is outside its range.
    """
    _check(scheme, startups, tau, key, until, message_cost)
    symbols, time = _emit(scheme, startups, tau, key, until, message_cost)
    last, ends = np.zeros(scheme.workers, dtype=np.int64), startups.copy()
    np.maximum.at(last, symbols.worker, symbols.terms)
    np.maximum.at(ends, symbols.worker, time)
    totals = np.where((symbols.ended & (ends <= until)) | np.isinf(startups), last, UNLIMITED)
    order = np.lexsort((symbols.worker, time))
    order = order[: np.searchsorted(time[order], until, side="right")]
    rows = symbols.rows.take(order)
    if arrange := getattr(scheme, "arrange", None):
        rows = arrange(rows)
    return Reception(rows, symbols.worker[order], time[order], symbols.terms[order], totals)


def _emit(
    scheme: Scheme, startups: Floats, tau: float, key: int, until: float, message_cost: float
) -> tuple[Symbols, Floats]:
    """Symbols in worker order, all that arrive by ``until`` among them, and their arrival times.

    What a worker pays for messages depends on how large they are, which only the scheme knows: budgets begin at what
    messages of the scheme's pace leave, and grow until the next symbol of every worker is too late.
    """
    # Arrival times are rounded: take what a slightly later horizon could pay for, cut by the times themselves.
    with np.errstate(over="ignore", invalid="ignore"):  # a tiny tau pays for everything
        affordable = np.floor((np.nextafter(until, np.inf) - startups) / tau) + 1
    affordable = np.where(np.isinf(startups), 0, np.clip(affordable, 0, UNLIMITED))
    if not message_cost:
        _check_size(scheme, tau, affordable)
        symbols = emitted(scheme, key, affordable.astype(np.int64))
        return symbols, startups[symbols.worker] + tau * symbols.terms
    share = 1 + message_cost / (tau * min(max(scheme.pace()), scheme.symbols))
    budget = np.minimum(np.ceil(affordable / share) + 1, affordable)
    while True:
        _check_size(scheme, tau, budget)
        symbols = emitted(scheme, key, budget.astype(np.int64))
        sent = np.bincount(symbols.worker, minlength=scheme.workers)
        ordinal = np.arange(1, len(symbols.worker) + 1) - np.repeat(boundaries(sent)[:-1], sent)
        time = startups[symbols.worker] + tau * symbols.terms + message_cost * ordinal
        enough = (budget >= affordable) | symbols.ended
        enough |= startups + tau * (budget + 1) + message_cost * (sent + 1) > until
        if enough.all():
            return symbols, time
        budget = np.where(enough, budget, np.minimum(2 * budget, affordable))


def _check(scheme: Scheme, startups: Floats, tau: float, key: int, until: float, message_cost: float) -> None:
    if startups.shape != (scheme.workers,) or not (startups >= 0).all():
        raise ArgumentError("startups", startups[:5].tolist(), f"{scheme.workers} delays of at least 0")
    require_positive("tau", tau)
    require_not_negative("message_cost", message_cost)
    require_int("key", key, 0, 2**64 - 1)
    if np.isnan(until) or (np.isinf(until) and scheme.endless and np.isfinite(startups).any()):
        raise ArgumentError("until", until, "a time, finite for a scheme that never ends")


def _check_size(scheme: Scheme, tau: float, budget: Floats) -> None:
    """Refuse what cannot fit, before it is drawn: about as many terms as the budgets pay for, and ends allow."""
    m, inner = scheme.symbols, getattr(scheme, "inner", scheme)
    first, later = inner.pace()
    affordable = budget * m / getattr(scheme, "terms", m)
    if not scheme.endless:
        affordable = np.minimum(affordable, getattr(inner, "longest", first if np.isinf(later) else m))
    terms = float(affordable.sum())
    if terms > LARGEST:
        many = np.isinf(later) or m * later > LARGEST / 4
        name, value, size = ("symbols", m, "small") if many else ("tau", tau, "large")
        raise ArgumentError(name, value, f"so {size} that a run has at most {LARGEST} terms, not some {terms:.2g}")


def receptions(
    scheme: Scheme, startups: Floats, tau: float, key: int, message_cost: float = 0.0
) -> Iterator[Reception]:
    """Longer and longer prefixes of one run's reception, until nothing more can arrive.

    By the scheme's pace the first holds n + 4 sqrt(n) + 16 rows, n being its typical number (m if it names none), each
    further one a third more; a scheme of few rows comes whole.  The pace is only a guess (rows may come in waves, or
    short symbols first), so lengths are rough.
    """
    typical = getattr(scheme, "typical", scheme.symbols)
    target, length = typical + 4 * typical**0.5 + 16, 0
    while True:
        until = _horizon(scheme, startups, tau, target, message_cost)
        reception = receive(scheme, startups, tau, key, until, message_cost)
        if reception.final or len(reception) > length:
            yield reception
        if reception.final:
            return
        length = len(reception)
        target = 4 / 3 * max(target, length)


def _horizon(scheme: Scheme, startups: Floats, tau: float, target: float, message_cost: float) -> float:
    """Time by which about ``target`` rows are there, from the scheme's pace: where sum_j rows_j(t) = target."""
    first, later = (terms + message_cost / tau for terms in scheme.pace())
    x = np.sort(startups[np.isfinite(startups)])
    if not np.isfinite(later) or not len(x):
        return float("inf")
    started = np.arange(1, len(x) + 1)
    # With j workers started, worker i has sent about 1 + ((t - x_i)/tau - first)/later symbols by t.
    t = ((target - started * (1 - first / later)) * tau * later + np.cumsum(x)) / started
    reached = np.flatnonzero(t[:-1] <= x[1:])
    return float(t[reached[0]] if len(reached) else t[-1]) + tau * first
