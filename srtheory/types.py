"""Common types: arrays of floats, and distributions of start-up delays."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
"""Times, probabilities, and other rounded numbers; any shape."""
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
"""Columns of rows and numbers of workers; boundaries, weights and all other whole numbers."""
Uint64 = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
"""Keys and words of random streams; flags."""


class Startup(Protocol):
    """Distribution F of a start-up delay, as formulas need it; any frozen ``scipy.stats`` distribution will do."""

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X <= x)."""
        ...

    def sf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X > x)."""
        ...

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Return the least x with P(X <= x) >= q."""
        ...
