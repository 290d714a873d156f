"""Types that are met everywhere: arrays of floats, and laws of start-up delays."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
"""Times, probabilities, and whatever else is rounded; any shape."""


class Startup(Protocol):
    """Law F of a start-up delay, as formulas need it: any frozen ``scipy.stats`` distribution will do."""

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """P(X <= x)."""
        ...

    def sf(self, x: npt.ArrayLike) -> Floats:
        """P(X > x)."""
        ...

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Least x with P(X <= x) >= q."""
        ...
