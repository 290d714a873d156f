"""Cost of decoding: measured runs, stored in data/decoding, and what is proved of each method.

``python -m benchmarks.bench_decoding data/decoding`` measures the missing runs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from srtheory.environment import on_record
from srtheory.errors import ArgumentError
from srtheory.files import read_lines

FILE = "costs.csv"


@dataclass(frozen=True)
class Decoded:
    """One run: the rows up to T, and the cost of computing the sum from their values."""

    method: str
    """One of :data:`METHODS`."""
    scheme: str
    parameters: str
    """As on the command line."""
    decoder: str
    """Decoder that defines T."""
    symbols: int
    trial: int
    seed: int
    latency: float
    """Time at which the last row for the decoder arrives."""
    rows: int
    """These rows."""
    additions: int | None
    multiplications: int | None
    """Operations on values; None, like the next two, if only T was computed."""
    milliseconds: float | None
    """CPU time."""
    error: float | None
    """Error of the sum in float64, relative to the sum of the absolute values of the terms."""
    version: str
    """Of srtheory."""

    @property
    def key(self) -> tuple[str, int, int, int]:
        """Fields that identify a run."""
        return self.method, self.symbols, self.trial, self.seed


@dataclass(frozen=True)
class Method:
    """A scheme and a method of decoding it."""

    scheme: str
    decoder: str
    """Name for readers."""
    order: str
    """Proved order of the time to decode, in m, d, and the number ``nnz`` of entries of the n rows that are given;
    empty where none is proved."""
    rests_on: str
    """Proof: a page of docs/ with its section or theorem, or literature."""


PEELING = "peeling", "nnz + m", "decoding, 4"
ARCS = "union and find", "nnz + m + n α(m)", "intervals, Theorem 5"
EXACT = "exact v", "m³ ln² m", "Dixon 1982"
ONCE = "each entry is read once"

METHODS = {
    "sr-elimination": Method("SR, d near ln m", *EXACT),
    "sr-lsmr": Method("SR, d near ln m", "LSMR", "", ""),
    "sr-3": Method("SR, d = 3", "peeling", "m ln m in the limit", "decoding, Corollary 4"),
    "sizes": Method("SR, designed sizes", *PEELING),
    "sizes-early": Method("SR, sizes designed earlier", *PEELING),
    "windows": Method("SR, windows", *PEELING),
    "arcs-common": Method("arcs, common phase", *ARCS),
    "arcs-random": Method("arcs, random phase", *ARCS),
    "lt": Method("LT", *PEELING),
    "lt-systematic": Method("LT, systematic", *PEELING),
    "parts-cyclic": Method("parts, cyclic order", "additions", "nnz + m", ONCE),
    "terms-cyclic": Method("terms, cyclic order", "additions", "nnz + m", ONCE),
    "bcc": Method("BCC", "additions", "m d", ONCE),
    "gradient-fractional": Method("gradient, fractional", "additions", "m d", ONCE),
    "gradient-cyclic": Method("gradient, cyclic, s = 2", *EXACT),
    "uncoded": Method("Uncoded", "additions", "m", ONCE),
}
"""Methods in the order of the table and the legends; docs/proofs/decoding.md, 4, defines the words."""


@dataclass(frozen=True)
class Slope:
    """Exponent of a power law by least squares on logarithms, with its 95 % interval by Student's t distribution."""

    value: float
    low: float
    high: float


def exponent(sizes: npt.ArrayLike, costs: npt.ArrayLike) -> Slope:
    """Return the a in cost = b size^a; it needs at least three pairs of two sizes."""
    x, y = np.asarray(sizes, np.float64), np.asarray(costs, np.float64)
    if x.shape != y.shape or len(x) < 3 or len(np.unique(x)) < 2 or not (x > 0).all() or not (y > 0).all():
        raise ArgumentError("costs", y[:5].tolist(), "at least three numbers above 0, of two sizes above 0")
    fit = stats.linregress(np.log(x), np.log(y))
    half = stats.t.ppf(0.975, len(x) - 2) * fit.stderr
    return Slope(float(fit.slope), float(fit.slope - half), float(fit.slope + half))


def read(folder: Path | None = None) -> list[Decoded]:
    """Return the stored runs, or those in another folder."""
    found = list(read_lines((on_record("decoding") if folder is None else folder) / FILE, Decoded))
    for cost in found:
        if cost.method not in METHODS:
            raise ArgumentError("method", cost.method, "one of " + ", ".join(METHODS))
        if not _possible(cost):
            raise ArgumentError("costs", cost.key, "a run of possible numbers, with all costs of decoding or none")
    for key, times in Counter(cost.key for cost in found).items():
        if times > 1:
            raise ArgumentError("costs", key, "a run that occurs once")
    return found


def _possible(cost: Decoded) -> bool:
    """Return whether a run can have these numbers; the error is infinite if float64 gave no sum."""
    there = cost.symbols > 0 and cost.rows > 0 and 0 < cost.latency < math.inf
    if cost.additions is None or cost.multiplications is None or cost.milliseconds is None or cost.error is None:
        return there and (cost.additions, cost.multiplications, cost.milliseconds, cost.error) == (None,) * 4
    counted = cost.additions >= 0 and cost.multiplications >= 0
    return there and counted and 0 < cost.milliseconds < math.inf and cost.error >= 0


def of(found: Sequence[Decoded], method: str) -> dict[int, list[Decoded]]:
    """Return the runs of one method by m, ascending."""
    its = sorted((cost for cost in found if cost.method == method), key=lambda cost: (cost.symbols, cost.trial))
    return {m: [cost for cost in its if cost.symbols == m] for m in dict.fromkeys(cost.symbols for cost in its)}
