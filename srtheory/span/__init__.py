"""Test whether the row space contains the all-ones vector: engines, oracles, graphs and certificates."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srtheory.span.engine import Span, Stopping, rank, spans, stopping_time

__all__ = ["Span", "Stopping", "rank", "spans", "stopping_time"]


def __getattr__(name: str) -> Any:
    """Import the engine (numba, python-flint) only when it is needed."""
    if name in __all__:
        return getattr(importlib.import_module("srtheory.span.engine"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
