"""Laws at the paper's parameters that tests of several folders ask for, worked out once a process: seconds each."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from srtheory.delays import describe_law
from srtheory.theory.laws import collection, stopping


def once(law: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of m, d, tau and a start-up law, which remembers its values; equal laws read equal."""
    known: dict[tuple[Any, ...], Any] = {}

    @wraps(law)
    def remembered(symbols: int, degree: int, tau: float, startup: Any) -> Any:
        key = symbols, degree, tau, describe_law(startup)
        if key not in known:
            known[key] = law(symbols, degree, tau, startup)
        return known[key]

    return remembered


expected_collection, expected_stopping = once(collection.expected_collection), once(stopping.expected_stopping)
