"""Schemes by name: the rules of which worker computes what. Each family is a small module, imported on first use.

A user-defined scheme is named by its file, ``path/to/mine.py::MyScheme``, or by a name that an installed package offers
(docs/own_code.md); the options of a scheme are the fields of its class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError, require_int
from srtheory.lookup import Entry, lookup

if TYPE_CHECKING:
    from srtheory.schemes.base import Scheme
    from srtheory.schemes.choices import Option

_PLAIN = {"replacement": False}
_ONE = {"degree": 1}

ENTRIES = {
    "sr": Entry("schemes.sum_recovery", "SumRecovery", "SR", _PLAIN),
    "sr-with-replacement": Entry("schemes.sum_recovery", "SumRecovery", "SR, with replacement", {"replacement": True}),
    "sr-sizes": Entry("schemes.block_sizes", "SizedSumRecovery", "SR, sizes"),
    "lt": Entry("schemes.luby_transform", "LubyTransform", "LT"),
    "lt-systematic": Entry("schemes.luby_transform", "SystematicLubyTransform", "LT, systematic"),
    "raptor": Entry("schemes.raptor", "Raptor", "Raptor"),
    "one": Entry("schemes.baselines", "AllAtOne", "One"),
    "uncoded": Entry("schemes.baselines", "Uncoded", "Uncoded"),
    "repetition": Entry("schemes.baselines", "Repetition", "Repetition"),
    "bcc": Entry("schemes.baselines", "BatchCouponCollector", "BCC"),
    "gradient-fractional": Entry("schemes.gradient", "FractionalRepetition", "gradient, fractional"),
    "gradient-cyclic": Entry("schemes.gradient", "CyclicRepetition", "gradient, cyclic"),
    "repairable": Entry("schemes.repairable", "RepairableFountain", "Repairable"),
    "parts-stream": Entry("schemes.streaming", "PartsStream", "parts, random order"),
    "parts-cyclic": Entry("schemes.streaming", "PartsCyclic", "parts, cyclic order"),
    "arcs": Entry("schemes.intervals", "Arcs", "arcs"),
    "terms-random": Entry("schemes.streaming", "PartsStream", "terms, random order", _ONE),
    "terms-cyclic": Entry("schemes.streaming", "CyclicTerms", "terms, cyclic order"),
    "genie": Entry("schemes.streaming", "Genie", "genie"),
}
"""Schemes by name: their class, their printed name, and the fields that the name fixes."""
SCHEME_NAMES = tuple(ENTRIES)
PHASES = ("common", "random", "own")
"""Starts of the cells of the arcs, see :class:`srtheory.schemes.intervals.Arcs`."""


def scheme_class(name: str) -> type:
    """Return the class of that name, one of :data:`SCHEME_NAMES` or user-defined.

    Raises
    ------
    ArgumentError
        If there is none, or it is no scheme's.
    """
    if name in ENTRIES:
        kind: type = lookup("scheme", name).target()
        return kind
    from srtheory.schemes.own import own_class

    return own_class(name, SCHEME_NAMES)


def described(name: str) -> Mapping[str, Option]:
    """Return the options of the scheme besides the number of symbols, by name: the other fields of its class."""
    from srtheory.schemes.choices import options_of

    fixed = ENTRIES[name].fixed if name in ENTRIES else {}
    return {of: option for of, option in options_of(scheme_class(name)).items() if of not in fixed}


def options(name: str) -> tuple[str, ...]:
    """Return the names of the options of the scheme besides the number of symbols."""
    return tuple(described(name))


def sized(name: str, terms: int) -> dict[str, Any]:
    """Return the options that give a scheme's symbols this many terms (d, or s + 1); none if it has no size."""
    known = options(name)
    if "degree" in known:
        return {"degree": terms}
    if "stragglers" in known:
        return {"stragglers": terms - 1}
    return lookup("scheme", name).target().options_of_size(terms) if name in ENTRIES else {}


def read_options(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """Return the options of a scheme from texts ``key=value``, each read as the type of its field, without evaluation.

    Raises
    ------
    ArgumentError
        For a text of another form, an option that the scheme does not take, one given twice, or a value of another
        type.
    """
    known, found = described(name), {}
    for key, text in _pairs(texts):
        if key not in known:
            raise ArgumentError("option", key, _those_of(name, known))
        found[key] = known[key].read(text)
    return found


def accept_options(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a scheme from values of a file, each accepted as the type of its field.

    Raises
    ------
    ArgumentError
        For an option that the scheme does not take, or a value of another type.
    """
    known = described(name) if given else {}
    for key in given:
        if key not in known:
            raise ArgumentError("option", key, _those_of(name, known))
    return {key: known[key].accept(value) for key, value in given.items()}


def options_of_each(names: Sequence[str], texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the options of several schemes, each with those that it takes; every option must be taken by a scheme."""
    known = {name: described(name) for name in names}
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    for key, text in _pairs(texts):
        takers = [name for name in names if key in known[name]]
        if not takers:
            raise ArgumentError("option", key, "an option of one of the schemes " + ", ".join(names))
        for name in takers:
            found[name][key] = known[name][key].read(text)
    return found


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ArgumentError("option", text, "written key=value")
        if key in pairs:
            raise ArgumentError("option", text, f"given once: {key} is there twice")
        pairs[key] = value
    return list(pairs.items())


def _those_of(name: str, known: Mapping[str, Option]) -> str:
    its = ", ".join(f"{of} ({option.expected})" for of, option in known.items())
    return f"one that the scheme '{name}' takes: {its}" if its else f"left out: the scheme '{name}' takes none"


def make(name: str, symbols: int, *, workers: int | None = None, **given: Any) -> Scheme:
    """Build a scheme by name.

    Parameters
    ----------
    name : str
        One of :data:`SCHEME_NAMES`, ``path/to/file.py::Class``, or a name that an installed package offers.
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
    return build(name, symbols, {option: value for option, value in given.items() if value is not None}, workers)


def build(name: str, symbols: int, given: Mapping[str, Any], workers: int | None = None) -> Scheme:
    """Build a scheme as :func:`make` does; options may have any names, including ``workers``, and None is a value."""
    known = described(name)
    for option, value in given.items():
        if option not in known:
            raise ArgumentError(option, value, f"left out: the scheme '{name}' does not take it")
    for option, its in known.items():
        if its.needed and option not in given:
            raise ArgumentError(option, None, f"given for the scheme '{name}' ({its.expected})")
    if name in ENTRIES:
        family = lookup("scheme", name).imported()
    else:
        from srtheory.schemes.own import builder

        family = builder(name, scheme_class(name), known)
    if workers is None:
        return family(symbols=symbols, **given)
    from srtheory.schemes.grouped import Grouped

    require_int("symbols", symbols)
    require_int("workers", workers, 1, symbols)
    return Grouped(family(symbols=workers, **given), symbols)
