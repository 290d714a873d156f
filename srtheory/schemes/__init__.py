"""Schemes by name: who computes what.  Each family is one small file, imported when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError, require_int

if TYPE_CHECKING:
    from srtheory.schemes.base import Scheme

# name -> module, class, fixed arguments, names of the options that it takes
_FAMILIES: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]] = {
    "sr": ("sum_recovery", "SumRecovery", {}, ("degree", "access")),
    "sr-with-replacement": ("sum_recovery", "SumRecovery", {"replacement": True}, ("degree", "access")),
    "sr-sizes": ("block_sizes", "SizedSumRecovery", {}, ("sizes",)),
    "lt": ("luby_transform", "LubyTransform", {}, ("cap", "c", "delta")),
    "lt-systematic": ("luby_transform", "SystematicLubyTransform", {}, ("cap", "c", "delta")),
    "raptor": ("raptor", "Raptor", {}, ("epsilon", "spread")),
    "one": ("baselines", "AllAtOne", {}, ()),
    "uncoded": ("baselines", "Uncoded", {}, ()),
    "repetition": ("baselines", "Repetition", {}, ("degree",)),
    "bcc": ("baselines", "BatchCouponCollector", {}, ("degree",)),
    "gradient-fractional": ("gradient", "FractionalRepetition", {}, ("stragglers",)),
    "gradient-cyclic": ("gradient", "CyclicRepetition", {}, ("stragglers",)),
    "repairable": ("repairable", "RepairableFountain", {}, ("degree",)),
    "parts-stream": ("streaming", "PartsStream", {}, ("degree",)),
    "parts-cyclic": ("streaming", "PartsCyclic", {}, ("degree",)),
    "arcs": ("intervals", "Arcs", {}, ("degree", "phase")),
    "terms-random": ("streaming", "PartsStream", {"degree": 1}, ()),
    "terms-cyclic": ("streaming", "CyclicTerms", {}, ()),
    "genie": ("streaming", "Genie", {}, ()),
}

NAMES = tuple(_FAMILIES)
PHASES = ("common", "random", "own")
"""Where the cells of the arcs begin, see :class:`srtheory.schemes.intervals.Arcs`."""
_OPTIONAL = {"access", "cap", "c", "delta", "epsilon", "phase", "spread"}


def options(name: str) -> tuple[str, ...]:
    """Names of the options that the scheme takes besides the number of symbols."""
    if name not in _FAMILIES:
        raise ArgumentError("scheme", name, "one of " + ", ".join(NAMES))
    return _FAMILIES[name][3]


def sized(name: str, terms: int) -> dict[str, Any]:
    """The options that give a scheme's symbols this many terms: d, or s + 1 of a gradient code; none without a size."""
    known = options(name)
    if "sizes" in known:
        return {"sizes": str(terms)}
    return {"degree": terms} if "degree" in known else {"stragglers": terms - 1} if "stragglers" in known else {}


def make(name: str, symbols: int, *, workers: int | None = None, **given: Any) -> Scheme:
    """Build a scheme by name.

    Parameters
    ----------
    name : str
        One of :data:`NAMES`.
    symbols : int
        m >= 1, the number of terms of the sum.
    workers : int, optional
        p <= m: group the m terms into p functions (section II-A).  The other arguments then speak of groups.
    **given
        The scheme's own options; those given as None are left at their defaults.

    Raises
    ------
    ArgumentError
        For an unknown name, an option that the scheme does not take or needs, or a value out of range.
    """
    known = options(name)
    given = {k: v for k, v in given.items() if v is not None}
    for option in given:
        if option not in known:
            raise ArgumentError(option, given[option], f"left out: the scheme '{name}' does not take it")
    for option in known:
        if option not in given and option not in _OPTIONAL:
            raise ArgumentError(option, None, f"given for the scheme '{name}'")
    module, family, fixed, _ = _FAMILIES[name]
    build = getattr(import_module(f"srtheory.schemes.{module}"), family)
    if workers is None:
        return build(symbols, **fixed, **given)
    from srtheory.schemes.grouped import Grouped

    require_int("symbols", symbols)
    require_int("workers", workers, 1, symbols)
    return Grouped(build(workers, **fixed, **given), symbols)
