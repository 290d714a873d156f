"""The law of latency of every scheme that has one, by the scheme's name in :data:`srtheory.schemes.NAMES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from srtheory.errors import ArgumentError
from srtheory.theory import baselines, genie, hitting, streaming
from srtheory.theory.blocks import require_degree, require_symbols
from srtheory.theory.startup import Startup, require_tau

RIGOROUS = "rigorous interval"
CONDITIONAL = "rigorous interval for an event that is the code's stopping if the hitting-time law holds at this m"


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


# name -> kind, law(t, m[, d], tau, startup), whether it takes the degree
_LAWS: dict[str, tuple[str, Callable[..., tuple[float, float]], bool]] = {
    "sr": (CONDITIONAL, hitting.latency_cdf, True),
    "one": (RIGOROUS, baselines.one_bounds, False),
    "uncoded": (RIGOROUS, baselines.uncoded_bounds, False),
    "repetition": (RIGOROUS, baselines.repetition_bounds, True),
    "bcc": (RIGOROUS, baselines.bcc_bounds, True),
    "parts-stream": (RIGOROUS, streaming.parts_stream_cdf, True),
    "parts-cyclic": (RIGOROUS, streaming.parts_cyclic_cdf, True),
    "terms-random": (RIGOROUS, streaming.terms_random_cdf, False),
    "terms-cyclic": (RIGOROUS, streaming.terms_cyclic_cdf, False),
    "genie": (RIGOROUS, genie.genie_cdf, False),
}
NAMES = tuple(_LAWS)


def latency_law(
    name: str, symbols: int, tau: float, startup: Startup, *, degree: int | None = None, access: int | None = None
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
    access : int, optional
        k of SR-k, from 1 to m.

    Raises
    ------
    ArgumentError
        For an unknown name, and for an option that the scheme does not take or needs.
    """
    if name not in _LAWS:
        raise ArgumentError("scheme", name, "one whose law is known: " + ", ".join(NAMES))
    kind, law, takes_degree = _LAWS[name]
    if takes_degree != (degree is not None):
        wanted = f"given for the scheme '{name}'" if takes_degree else f"left out: the scheme '{name}' does not take it"
        raise ArgumentError("degree", degree, wanted)
    if access is not None and name != "sr":
        raise ArgumentError("access", access, f"left out: the scheme '{name}' does not take it")
    require_tau(tau, require_symbols(symbols))
    sizes = [symbols] + ([] if degree is None else [require_degree(degree)])
    more = {} if access is None else {"access": access}
    return LatencyLaw(kind, lambda t: law(t, *sizes, tau, startup, **more))
