"""What the benchmarks of decoding share: the paper's delays, rows up to T, CPU time, and intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from time import process_time

import numpy as np
import numpy.typing as npt
from scipy import stats
from threadpoolctl import threadpool_limits

from paper_checks.parameters import EXPONENTIAL, PARETO, TAU
from paper_checks.records.decoding import exponent
from srtheory.decoders import decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, received_until
from srtheory.matrix import Rows
from srtheory.model import Model
from srtheory.reception import Reception
from srtheory.schemes.base import Scheme
from srtheory.theory.peeling import design
from srtheory.types import Floats

DEGREES = {100: 7, 1000: 10, 3000: 11, 10_000: 12, 100_000: 14, 1_000_000: 17}
"""Of SR codes, about the least with which m rows cover m symbols in most runs."""
DESIGNED = {
    EXPONENTIAL: {100: 0.5, 1000: 0.66, 10_000: 0.76, 100_000: 0.84, 1_000_000: 0.92},
    PARETO: {1000: 1.32, 10_000: 1.37, 100_000: 1.43, 1_000_000: 1.47},
}
"""Times by which the sizes of ``srtheory design`` are to be done."""
EARLY = {100: 0.5, 1000: 0.645, 10_000: 0.74, 100_000: 0.82, 1_000_000: 0.9}
"""Others for exponential start-up, at the price of more rows."""


def task(scheme: Scheme, law: str, seed: int, decoder: str | None = None) -> Task:
    """Runs at the paper's delays."""
    return Task(scheme, DelayModel(parse_law(law), TAU), seed, decoder)


@cache
def designed(m: int, law: str, *, early: bool = False) -> str:
    """Sizes for :data:`DESIGNED` or :data:`EARLY`; blocks of 3 where there are none."""
    found = design(Model(m, None, TAU, parse_law(law)), EARLY[m] if early else DESIGNED[law][m])
    return found.sizes if found else "3"


def received(given: Task, trial: int, least: int = 0) -> tuple[float, Rows]:
    """When the sum is there and at least so many rows are, and the rows up to then."""

    def enough(reception: Reception) -> int | None:
        k = decoder(given.decode_by)(reception).stopping_time
        return max(k, least) if k is not None and max(k, least) <= len(reception) else None

    reception, k = received_until(given, trial, enough)
    return float(reception.time[k - 1]), reception.rows.prefix(k)


def values_of(rows: Rows, terms: Floats) -> Floats:
    """What the workers send: of each row, which must not be empty, the sum of its terms."""
    summands = terms[rows.indices] if rows.values is None else terms[rows.indices] * rows.values
    return np.add.reduceat(summands, rows.indptr[:-1])


def relative_error(value: float, terms: Floats) -> float:
    """Of a sum of the terms, relative to the sum of their absolute values; infinite where it is no number."""
    return math.inf if math.isnan(value) else abs(float(value) - math.fsum(terms)) / math.fsum(np.abs(terms))


def milliseconds(job: Callable[[], object], calls: int = 5, enough: float = 2.0) -> float:
    """CPU time of one call: the least of so many, of fewer once they have taken ``enough`` seconds.

    On one BLAS thread, whatever the environment says: those that wait for work would be counted as well.
    """
    spent: list[float] = []
    with threadpool_limits(limits=1, user_api="blas"):
        while len(spent) < calls and sum(spent) < enough:
            begin = process_time()
            job()
            spent.append(process_time() - begin)
    return 1e3 * min(spent)


def plus_minus(values: Floats, digits: int) -> str:
    """Mean and the half-width of its 95 % interval by Student's law."""
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5
    return f"{values.mean():.{digits}f} ± {half:.{digits}f}"


def growth(sizes: npt.ArrayLike, costs: npt.ArrayLike) -> str:
    """Exponent of a power law and the half-width of its 95 % interval; there is none of one size."""
    if len(np.unique(sizes)) == 1:
        return "?"
    found = exponent(sizes, costs)
    return f"{found.value:.3f} ± {found.high - found.value:.3f}"
