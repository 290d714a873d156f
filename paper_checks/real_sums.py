"""Real sums by each construction of docs/proofs/decoding.md: received rows, their decoder, and errors of floats.

The terms of a computation are rational numbers, by term and output. Workers add up those of their rows; the master
decodes the rows received by T with the construction's own decoder. It does so once over the rationals, for comparison
with the direct sum, and once in float64, with a bound on the error (running error analysis).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial, reduce
from operator import add
from typing import Any

import numpy as np

from paper_checks.parameters import EXPONENTIAL
from paper_checks.workloads import Terms
from srtheory.decoders import decoder
from srtheory.decoders.sums import Rounded, Sum, by_arcs, by_elimination, by_lsmr, by_parts, by_peeling, rounded
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, received_until
from srtheory.matrix import Rows
from srtheory.reception import Reception
from srtheory.schemes import make
from srtheory.types import Floats

TAU = 0.05
"""Time per term, so long that no worker completes and something must be decoded."""
BLOCK_SIZES = "3x2/13/3/12/4"
"""Block sizes from ``srtheory design --symbols 100 --tau 0.05 --startup "expon(scale=5)" --by 2.0``."""
SLACK = 0.2
TOLERANCE = 1e-13
GRID = 20
"""Number of binary places to which terms are rounded for exact addition by LSMR."""


Decode = Callable[[Rows, Sequence[Any]], Sum | None]
Received = Callable[[Sequence[Any]], Sequence[Any]]


@dataclass(frozen=True)
class Construction:
    """A code, its stopping rule, and its decoder."""

    name: str
    scheme: str
    """One of :data:`srtheory.schemes.SCHEME_NAMES`."""
    stops: str
    """Name of the decoder that tells T."""
    decode: Decode
    """The sum, from the values of the received rows."""
    options: tuple[tuple[str, Any], ...] = ()
    """The scheme's, besides the degree."""
    degree: int | None = None
    """d; None: 1.5 ln m, rounded up.  Where the options have ``sizes`` there is no degree."""
    slack: float = 0.0
    """Share of rows that the master waits for beyond that."""

    def receive(self, m: int, seed: int, trial: int, delays: DelayModel | None = None) -> tuple[Rows, int]:
        """Return the rows of a run that the master decodes, and the number of workers that have sent none of them."""
        delays = delays or DelayModel(parse_law(EXPONENTIAL), TAU)
        options = dict(self.options)
        if "sizes" not in options:
            options["degree"] = min(m, self.degree or max(1, math.ceil(1.5 * math.log(m))))
        reception, k = received_until(Task(make(self.scheme, m, **options), delays, seed), trial, self._enough)
        return reception.rows.prefix(k), m - len(set(reception.worker[:k].tolist()))

    def _enough(self, reception: Reception) -> int | None:
        stop = decoder(self.stops)(reception).stopping_time
        if stop is None:
            return None
        wanted = math.ceil((1 + self.slack) * stop)
        return min(wanted, len(reception)) if reception.final or wanted <= len(reception) else None


ELIMINATION = Construction("SR, elimination", "sr", "span", by_elimination)
CONSTRUCTIONS = (
    ELIMINATION,
    Construction("blocks of 3, peeling", "sr", "peeling", by_peeling, degree=3),
    Construction("designed sizes, peeling", "sr-sizes", "peeling", by_peeling, (("sizes", BLOCK_SIZES),)),
    Construction("arcs, common phase", "arcs", "intervals", by_arcs),
    Construction("arcs, random phase", "arcs", "intervals", by_arcs, (("phase", "random"),)),
    Construction("parts in cyclic order", "parts-cyclic", "partition", by_parts),
    Construction("SR, 20 % more rows, LSMR", "sr", "span", partial(by_lsmr, tolerance=TOLERANCE), slack=SLACK),
)


@dataclass(frozen=True)
class Recovery:
    """F by a coded run, against the direct sum; F may have several outputs."""

    exact: bool
    """Whether the value decoded from exact values is F in every output; by LSMR, of terms rounded to multiples of
    2^-20 (:data:`GRID`), each an error of 2^-21 at most."""
    value: Floats
    """F as decoded in floats; not a number if it is not; shape (outputs,)."""
    error: float
    relative_error: float
    """Largest error of ``value``, and largest error over the sum of the absolute values of that output's terms."""
    relative_bound: float
    """Likewise, the bound."""
    error_over_bound: float
    """Largest error over its bound; at most 1 if the bound holds, infinite without a value."""
    symbols: int
    rows: int
    silent: int
    """m, rows received, and workers from which none of them is."""
    additions: int
    multiplications: int
    """See :class:`~srtheory.decoders.sums.Sum`."""

    @property
    def right(self) -> bool:
        """Whether the result is exact, and within the bound in floats."""
        return self.exact and self.error_over_bound <= 1

    def as_json(self) -> dict[str, Any]:
        """Return the finite numbers for a reader; absolute errors mean little without the terms.

        Workers of which no row is received are inactive, as they may still send one.
        """
        left_out = ("value", "error", "error_over_bound")
        numbers = {name: x for name, x in vars(self).items() if name not in left_out and math.isfinite(x)}
        return {"inactive" if name == "silent" else name: x for name, x in numbers.items()}


def recover(
    terms: Terms,
    construction: Construction = ELIMINATION,
    *,
    seed: int,
    trial: int = 0,
    delays: DelayModel | None = None,
    received: Received = lambda values: values,
) -> Recovery:
    """Send m terms through a code with stragglers, and decode their sum.

    The bound is that of a running error analysis (:mod:`srtheory.decoders.sums`) over the workers' and the
    master's additions, in the order in which they are done.  LSMR adds the residual's norm times that of the terms.

    Parameters
    ----------
    terms : sequence of m sequences of rational numbers
        f_i(x), by output; at least one of both.
    construction : Construction
        Code and decoder.
    seed, trial : int
        Seed of the start-up delays and of the code.
    delays : DelayModel, optional
        Default: exponential start-up delays of mean 5, and :data:`TAU` per term.
    received : function
        Values that arrive for the rows, for tests that corrupt them.
    """
    rows, silent = construction.receive(len(terms), seed, trial, delays)
    supports = [rows.row(i).tolist() for i in range(len(rows))]

    def sums(of: Sequence[Any]) -> Sequence[Any]:
        """Return the values of the rows, in the workers' arithmetic and order of arrival."""
        return received([reduce(add, (of[c] for c in support)) for support in supports])

    given = [np.array(term, dtype=object) for term in terms]
    total, size = reduce(add, given), reduce(add, map(abs, given))
    floating = construction.decode(rows, sums([rounded(term) for term in terms]))
    counts = len(terms), len(rows), silent
    if floating is None:
        return Recovery(False, np.full(len(total), np.nan), *(math.inf,) * 4, *counts, 0, 0)
    found: Rounded = floating.value
    outputs = zip(found.off.tolist(), zip(*terms, strict=True), strict=True)
    bounds = [Fraction(off) + floating.error_bound(_norm(output)) for off, output in outputs]
    errors = [abs(Fraction(x) - f) for x, f in zip(found.value.tolist(), total, strict=True)]
    return Recovery(
        _exactly(construction, rows, given, sums, near=floating.residual > 0),
        found.value,
        float(max(errors)),
        max(map(_over, errors, size)),
        max(map(_over, bounds, size)),
        max(map(_over, errors, bounds)),
        *counts,
        floating.additions,
        floating.multiplications,
    )


def _exactly(
    construction: Construction,
    rows: Rows,
    terms: Sequence[Any],
    sums: Callable[[Sequence[Any]], Sequence[Any]],
    near: bool,
) -> bool:
    """Return whether exact values give the exact sum; for an approximate decoder, with terms on the grid."""
    if not near:
        found = construction.decode(rows, sums(terms))
        return found is not None and bool((found.value == reduce(add, terms)).all())
    whole = [np.array([round(x * 2**GRID) for x in term], dtype=object) for term in terms]
    outputs = zip(zip(*sums(whole), strict=True), zip(*whole, strict=True), strict=True)
    decoded = ((construction.decode(rows, values), f) for values, f in outputs)
    return all(found is not None and found.whole(_norm(f)) == sum(f) for found, f in decoded)


def _norm(numbers: Sequence[Any]) -> Fraction:
    """Return a close upper bound on the Euclidean norm."""
    square = sum((Fraction(x) ** 2 for x in numbers), Fraction(0))
    return Fraction(math.isqrt(math.ceil(square * 2**80)) + 1, 2**40)


def _over(part: Fraction, whole: Fraction) -> float:
    """Return part over whole; 0 over 0 is 0."""
    return float(part / whole) if whole else float("inf") if part else 0.0
