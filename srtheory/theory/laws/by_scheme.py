"""Latency distributions by the name of the scheme in :data:`srtheory.schemes.SCHEME_NAMES`, where they are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any

from srtheory.errors import ArgumentError, require_int
from srtheory.lookup import lookup
from srtheory.model import Model
from srtheory.own_code import blamed, told_with_line
from srtheory.theory import ENTRIES
from srtheory.theory.startup import require_degree, require_message_cost, require_symbols, require_tau, require_time

SCHEMES_WITH_LAW = tuple(ENTRIES)


@dataclass(frozen=True)
class LatencyLaw:
    """P(T <= t) of a scheme."""

    kind: str
    """Kind of certainty of :attr:`cdf`."""
    cdf: Callable[[float], tuple[float, float]]
    """t -> (low, high), 0 <= low <= P(T <= t) <= high <= 1; t in the unit of tau."""


def latency_law(name: str, model: Model, *, stragglers: int | None = None, cells: int | None = None) -> LatencyLaw:
    """Return the distribution of T of the scheme of that name.

    Parameters
    ----------
    name : str
        One of :data:`SCHEMES_WITH_LAW`.
    model : Model
        The setting.  m is at most :data:`~srtheory.theory.startup.MOST_SYMBOLS`; the degree of another scheme does no
        harm.  The genie sends no messages, so that its kappa is 0.  sigma is 0 but for ``one``, whose only message
        waits for no other: the end of a queue depends on the times of all earlier messages.  With epsilon above 0,
        ``cdf(inf)`` encloses P(T < inf).
    stragglers : int, optional
        s, for gradient codes.
    cells : int, optional
        Number of cells, for orders from both ends; None as for the scheme.
    """
    law, taken = _law(name), options_of(name)
    if "degree" in taken:
        if model.degree is None:
            raise ArgumentError("degree", None, f"given for the scheme '{name}'")
        require_degree(model.degree)
    coded = "stragglers" in taken
    if coded != (stragglers is not None):
        wanted = f"given for the scheme '{name}'" if coded else f"left out: the scheme '{name}' does not take it"
        raise ArgumentError("stragglers", stragglers, wanted)
    if cells is not None and "cells" not in taken:
        raise ArgumentError("cells", cells, f"left out: the scheme '{name}' does not take it")
    if model.access is not None and "access" not in taken:
        raise ArgumentError("access", model.access, f"left out: the scheme '{name}' does not take it")
    require_tau(model.tau, require_symbols(model.symbols))
    if require_message_cost(model.message_cost, model.symbols) and "message_cost" not in law.depends_on:
        raise ArgumentError(
            "message_cost",
            model.message_cost,
            f"0: the distribution of the scheme '{name}' is for messages that cost nothing",
        )
    if model.master_time and "master_time" not in law.depends_on:
        raise ArgumentError(
            "master_time",
            model.master_time,
            "0: the distribution with a master's time is known for the scheme 'one' only",
        )
    more = {} if stragglers is None else {"stragglers": require_int("stragglers", stragglers, 0, model.symbols - 1)}
    more |= {} if cells is None else {"cells": require_int("cells", cells)}
    return LatencyLaw(ENTRIES[name].says, lambda t: law(model, require_time(t), **more))


def options_of(name: str) -> tuple[str, ...]:
    """Return those of degree, stragglers, access and cells on which the latency of the scheme depends."""
    law = _law(name)
    return tuple(
        option
        for option in ("degree", "stragglers", "access", "cells")
        if option in law.depends_on or option in signature(law).parameters
    )


def _law(name: str) -> Any:
    if not isinstance(name, str) or name not in ENTRIES:
        raise ArgumentError("scheme", name, "one whose distribution is known: " + ", ".join(SCHEMES_WITH_LAW))
    return lookup("law", name).imported()


UNVOUCHED = "as the scheme's own latency_cdf has it"


def own_law(name: str, scheme: object, model: Model) -> LatencyLaw:
    """Return the distribution of a custom scheme from its method ``latency_cdf(t, tau, startup) -> (low, high)``.

    Parameters
    ----------
    name : str
        Name of the scheme, for errors.
    scheme : Scheme
        Any scheme; the text of its ``latency_kind`` states what its distribution rests on.
    model : Model
        The setting: tau, F, epsilon; kappa and sigma are 0.
    """
    method = getattr(scheme, "latency_cdf", None)
    if not callable(method):
        expected = (
            "one whose distribution is known: it has no method latency_cdf(t, tau, startup), and simulate needs none"
        )
        raise ArgumentError("scheme", name, expected)
    for cost in ("message_cost", "master_time"):
        if value := getattr(model, cost):
            raise ArgumentError(cost, value, "0, which the scheme's own distribution assumes")

    def refusal(error: BaseException) -> ArgumentError:
        return ArgumentError("scheme", name, f"one whose latency_cdf runs ({told_with_line(error)})")

    def cdf(t: float) -> tuple[float, float]:
        with blamed(refusal, ArgumentError):
            low, high = (float(limit) for limit in method(t, model.tau, model.defective_startup))
        if not 0 <= low <= high <= 1:
            raise ArgumentError("scheme", name, f"one whose latency_cdf({t}, ...) is within [0, 1], not {low}, {high}")
        return low, high

    return LatencyLaw(str(getattr(scheme, "latency_kind", UNVOUCHED)), cdf)
