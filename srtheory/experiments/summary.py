"""Summaries of records: means with intervals, quantiles, and binomial intervals for tail probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srtheory.experiments.records import Records
from srtheory.experiments.store import Kept
from srtheory.experiments.trial import Record
from srtheory.types import Floats

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
MEASURES = ("latency", "stopping_time", "coverage_time", "systematic", "work")
"""Measures of every summary."""
COSTS = ("additions", "multiplications", "solving")
"""Measures of the decoder's arithmetic, where it is counted."""


@dataclass(frozen=True)
class Summary:
    """Mean, standard deviation, standard error and quantiles of one measure, or inf if a trial gave inf."""

    mean: float
    sd: float
    standard_error: float
    quantiles: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """Return the same with null for infinite or undefined numbers."""
        clean = {name: finite_or_none(value) for name, value in self.quantiles.items()}
        head = {name: finite_or_none(getattr(self, name)) for name in ("mean", "sd", "standard_error")}
        return head | {"quantiles": clean}


def column(records: Sequence[Record] | Kept, name: str) -> Floats:
    """Return one measure of all records as floats, inf if it is None ("never")."""
    if isinstance(records, Kept):
        return records.column(name)
    if isinstance(records, Records):
        return records.columns[name].astype(np.float64)
    values = (getattr(r, name) for r in records)
    return np.array([np.inf if v is None else v for v in values], dtype=np.float64)


def summarise(values: Floats) -> Summary:
    """Return the summary of a sample, shape (n,), n >= 1."""
    n = len(values)
    if np.isinf(values).any():
        mean, sd = float("inf"), float("nan")
    else:
        mean, sd = float(values.mean()), float(values.std(ddof=1)) if n > 1 else float("nan")
    quantiles = np.quantile(values, QUANTILES, method="inverted_cdf")
    return Summary(mean, sd, sd / n**0.5, {f"{q:g}": float(v) for q, v in zip(QUANTILES, quantiles, strict=True)})


def proportion(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a probability; ``successes`` in 0 .. ``trials``; [0, 1] without trials."""
    low, high = _clopper_pearson(np.int64(successes), trials, confidence)
    return float(low), float(high)


def tail(values: Floats, grid: Floats, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return the empirical P(value > t) on a grid with pointwise Clopper-Pearson limits: (estimate, low, high)."""
    above = (values[None, :] > grid[:, None]).sum(axis=1)
    return above / len(values), *_clopper_pearson(above, len(values), confidence)


def _clopper_pearson(successes: Any, trials: int, confidence: float) -> tuple[Floats, Floats]:
    """Return limits of the same shape as ``successes``."""
    from scipy.special import betaincinv  # beta.ppf of scipy.stats, without its import of half a second

    side, others = (1 - confidence) / 2, trials - successes
    low = np.where(successes == 0, 0.0, betaincinv(np.maximum(successes, 1), others + 1, side))
    high = np.where(others == 0, 1.0, betaincinv(successes + 1, np.maximum(others, 1), 1 - side))
    return low, high


def finite_or_none(value: float) -> float | None:
    """Return the number, or None if it is infinite, since JSON has no infinity."""
    return value if np.isfinite(value) else None
