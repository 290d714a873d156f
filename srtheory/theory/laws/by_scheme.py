"""The law of latency of every scheme that has one, by the scheme's name in :data:`srtheory.schemes.NAMES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any

from srtheory.errors import ArgumentError, require_int, require_not_negative
from srtheory.lookup import lookup
from srtheory.own_code import UNBLAMED, told_with_line
from srtheory.theory import ENTRIES
from srtheory.theory.blocks import require_degree, require_symbols
from srtheory.theory.startup import defective, require_message_cost, require_tau
from srtheory.types import Startup

NAMES = tuple(ENTRIES)


@dataclass(frozen=True)
class LatencyLaw:
    """P(T <= t) of a scheme.

    Attributes
    ----------
    kind : str
        What kind of certainty :attr:`cdf` has.
    cdf : callable
        t -> (low, high), 0 <= low <= P(T <= t) <= high <= 1; t in the unit of tau.
    """

    kind: str
    cdf: Callable[[float], tuple[float, float]]


def latency_law(
    name: str,
    symbols: int,
    tau: float,
    startup: Startup,
    *,
    degree: int | None = None,
    stragglers: int | None = None,
    access: int | None = None,
    message_cost: float = 0.0,
    master_time: float = 0.0,
    silent: float = 0.0,
) -> LatencyLaw:
    """The law of T of the scheme of that name.

    Parameters
    ----------
    name : str
        One of :data:`NAMES`.
    symbols : int
        m, from 1 to :data:`~srtheory.theory.blocks.MOST_SYMBOLS`.
    tau : float
        Time per term, above 0, in the unit of the start-up delays, such that m terms take a finite time.
    startup : Startup
        Law of the start-up delays, on [0, inf), its ``cdf`` accurate to :data:`~srtheory.theory.startup.CDF_ERROR`.
    degree : int, optional
        d, for the schemes that have one.
    stragglers : int, optional
        s, for gradient codes.
    access : int, optional
        k of SR-k, from 1 to m.
    message_cost : float
        Time kappa per message, at least 0 (:class:`srtheory.delays.DelayModel`); 0 for the genie, who sends none.
    master_time : float
        Time sigma that the master takes for a message, at least 0; 0 but for ``one``, whose only message waits for no
        other.  A queue's end depends on the times of all messages before, of which no law here knows.
    silent : float
        Probability epsilon that a worker never answers, from 0 to below 1: the law of T is that of start-up by
        :class:`~srtheory.theory.startup.Defective`, and ``cdf(inf)`` encloses P(T < inf).

    Raises
    ------
    ArgumentError
        For an unknown name, and for an option that the scheme does not take or needs.
    """
    if name not in ENTRIES:
        raise ArgumentError("scheme", name, "one whose law is known: " + ", ".join(NAMES))
    entry = lookup("law", name)
    law = entry.imported()
    takes = signature(law).parameters
    for option, value in (("degree", degree), ("stragglers", stragglers)):
        if (option in takes) != (value is not None):
            wanted = (
                f"given for the scheme '{name}'"
                if option in takes
                else f"left out: the scheme '{name}' does not take it"
            )
            raise ArgumentError(option, value, wanted)
    if access is not None and "access" not in takes:
        raise ArgumentError("access", access, f"left out: the scheme '{name}' does not take it")
    require_tau(tau, require_symbols(symbols))
    if require_message_cost(message_cost, symbols) and "message_cost" not in takes:
        raise ArgumentError("message_cost", message_cost, "0: the genie is a limit, and sends nothing")
    if require_not_negative("master_time", master_time) and name != "one":
        raise ArgumentError(
            "master_time", master_time, "0: there is a law with a master's time for the scheme 'one' only"
        )
    sizes = [symbols] + ([] if degree is None else [require_degree(degree)])
    sizes += [] if stragglers is None else [require_int("stragglers", stragglers, 0, symbols - 1)]
    more: dict[str, Any] = {} if access is None else {"access": access}
    if "message_cost" in takes:
        more["message_cost"] = message_cost + master_time
    answering = defective(startup, silent)
    return LatencyLaw(entry.says, lambda t: law(t, *sizes, tau, answering, **more))


UNVOUCHED = "as the scheme's own latency_cdf has it"


def own_law(
    name: str,
    scheme: object,
    tau: float,
    startup: Startup,
    *,
    message_cost: float = 0.0,
    master_time: float = 0.0,
    silent: float = 0.0,
) -> LatencyLaw:
    """The law that a scheme of one's own gives by its method ``latency_cdf(t, tau, startup) -> (low, high)``.

    Parameters
    ----------
    name : str
        What the scheme is called, for errors.
    scheme : Scheme
        Any; what its law rests on it may say in words as ``latency_kind``.
    tau, startup, message_cost, master_time, silent
        As for :func:`latency_law`; a law of one's own knows no costs, and of silent workers by the start-up law.

    Raises
    ------
    ArgumentError
        If it gives none, and later if what it gives is no interval within [0, 1].
    """
    method = getattr(scheme, "latency_cdf", None)
    if not callable(method):
        expected = "one whose law is known: it has no method latency_cdf(t, tau, startup), and simulate needs none"
        raise ArgumentError("scheme", name, expected)
    for cost, value in (("message_cost", message_cost), ("master_time", master_time)):
        if require_not_negative(cost, value):
            raise ArgumentError(cost, value, "0: the scheme's own law knows of none")
    require_tau(tau, 1)
    answering = defective(startup, silent)

    def cdf(t: float) -> tuple[float, float]:
        try:
            low, high = (float(limit) for limit in method(t, tau, answering))
        except (ArgumentError, *UNBLAMED):
            raise
        except BaseException as error:  # it is a user's
            raise ArgumentError("scheme", name, f"one whose latency_cdf runs ({told_with_line(error)})") from None
        if not 0 <= low <= high <= 1:
            raise ArgumentError("scheme", name, f"one whose latency_cdf({t}, ...) is within [0, 1], not {low}, {high}")
        return low, high

    return LatencyLaw(str(getattr(scheme, "latency_kind", UNVOUCHED)), cdf)
