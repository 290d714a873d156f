"""Sums computed by real workers: Dask moves functions and symbols, and a scheme assigns the computation.

:func:`compute_sum` runs one sum with real stragglers, stops as soon as the received symbols give it, and returns the
value with a bound on its error, the record of the run, and its timeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srtheory.workers.execution import Execution as Execution
    from srtheory.workers.execution import NotRecovered as NotRecovered
    from srtheory.workers.execution import compute_sum as compute_sum
    from srtheory.workers.execution import connect as connect

__all__ = ["Execution", "NotRecovered", "compute_sum", "connect"]


def __getattr__(name: str) -> Any:
    """Return a name of the package, imported on first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from srtheory.workers import execution

    return getattr(execution, name)
