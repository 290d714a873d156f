"""What decoding costs, in operations rather than seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srtheory.decoders.interval_sum import cycle
from srtheory.decoders.peeling import peel
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.lab import EXPONENTIAL, TAU
from srtheory.experiments.trial import trial_streams
from srtheory.reception import receptions
from srtheory.rows import PrecodedRows, Rows
from srtheory.schemes.base import Scheme
from srtheory.span.core import triangulate


def peeling_cost(rows: Rows) -> float:
    """Entries that peeling touches: each of those received until it succeeds, once on arrival and once when it goes.

    With a pre-code the entries are those over intermediate symbols, the checks' among them.
    """
    stop, _ = peel(rows)
    if stop is None:
        return float("inf")
    if isinstance(rows, PrecodedRows):
        return 2.0 * float(rows.sums.indptr[stop] + rows.checks.indptr[-1])
    return 2.0 * float(rows.indptr[stop])


def cycle_cost(rows: Rows) -> float:
    """Additions of values along the cycle of arcs that gives the sum; finding it moves no values."""
    found = cycle(rows)
    return float("inf") if found is None else len(found.rows) - 1.0


def elimination_cost(rows: Rows) -> float:
    """Exact elimination after peeling and inactivation: 2 c^3/3 for the dense core of c columns, and its entries.

    The leading terms alone, for growth with m, products and additions counted apart; what records count term by term is
    :func:`srtheory.decoders.cost.elimination`, and about half of this.
    """
    core = len(triangulate(rows.indptr, rows.indices, rows.columns).inactive)
    return 2 * core**3 / 3 + float(len(rows.indices)) * core


def received_until(scheme: Scheme, seed: int, trial: int, enough: Callable[[Any], int | None]) -> Rows:
    """The rows of one run at the paper's tau and mu, as many as ``enough`` asks for (None: more are needed first)."""
    rng, key = trial_streams(seed, trial)
    startups = DelayModel(parse_law(EXPONENTIAL), TAU).sample(scheme.workers, rng)
    for reception in receptions(scheme, startups, TAU, key):
        k = enough(reception)
        if k is not None:
            return reception.rows.prefix(k)
    raise AssertionError("a run of the codes looked at here always gets there")
