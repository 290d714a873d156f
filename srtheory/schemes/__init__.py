"""Schemes by name: the rules of which worker computes what. Each family is a small module, imported on first use.

A user-defined scheme is named by its file, ``path/to/mine.py::MyScheme``, or by a name that an installed package offers
(docs/own_code.md). The options of a scheme are the fields of its class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from srtheory.errors import ArgumentError, require_int
from srtheory.lookup import Entry, lookup

if TYPE_CHECKING:
    from srtheory.schemes.base import Scheme
    from srtheory.schemes.choices import Option

_PLAIN = {"replacement": False}
_ONE = {"degree": 1}
_SUMS = partial(Entry, "srtheory.schemes.sum_recovery")
_WINDOWS = partial(Entry, "srtheory.schemes.windows")
_FOUNTAIN = partial(Entry, "srtheory.schemes.fountain")
_PARTS = partial(Entry, "srtheory.schemes.parts")
_GRADIENT = partial(Entry, "srtheory.schemes.gradient")

ENTRIES = {
    "sr": _SUMS("SumRecovery", "SR", _PLAIN, use="the code of the paper; its sum is decoded by elimination"),
    "sr-with-replacement": _SUMS(
        "SumRecovery",
        "SR, with replacement",
        {"replacement": True},
        use="the code of the paper with endless blocks, to compare",
    ),
    "sr-sizes": _SUMS("SizedSumRecovery", "SR, sizes", use="decoding in O(m log m), by peeling; sizes by design"),
    "sr-windows": _WINDOWS(
        "WindowedSumRecovery", "SR, windows", use="decoding by peeling in O(m log m): the practical form of sr-cells"
    ),
    "sr-cells": _WINDOWS(
        "CoupledCells",
        "SR, coupled cells",
        use="decoding by peeling in O(m log m), with times and rows that guarantee proves",
    ),
    "lt": _FOUNTAIN("LubyTransform", "LT", use="all terms, not their sum alone; with cap=2 a baseline of the paper"),
    "lt-systematic": _FOUNTAIN(
        "SystematicLubyTransform", "LT, systematic", use="as lt, if some terms are wanted early"
    ),
    "raptor": _FOUNTAIN("Raptor", "Raptor", use="all terms by peeling, to compare"),
    "one": _PARTS("AllAtOne", "One", use="a baseline of the paper; a single message"),
    "uncoded": _PARTS("Uncoded", "Uncoded", use="a baseline of the paper; needs every worker"),
    "repetition": _PARTS("Repetition", "Repetition", use="one message a worker, if d divides m"),
    "bcc": _PARTS(
        "BatchCouponCollector", "BCC", use="a baseline of the paper; with some probability it never recovers the sum"
    ),
    "gradient-fractional": _GRADIENT("FractionalRepetition", "gradient, fractional", use="one message a worker, any d"),
    "gradient-cyclic": _GRADIENT(
        "CyclicRepetition", "gradient, cyclic", use="one message a worker; any m - s of them are enough"
    ),
    "repairable": _FOUNTAIN("RepairableFountain", "Repairable", use="a system that the paper cites, to compare"),
    "parts-stream": _PARTS("PartsStream", "parts, random order", use="parts, if workers cannot agree on an order"),
    "parts-cyclic": _PARTS(
        "PartsCyclic", "parts, cyclic order", use="messages that cost time, a busy master, silent workers"
    ),
    "parts-even": _PARTS(
        "PartsEven", "even parts, cyclic order", use="the cases of parts-cyclic, if no good d divides m"
    ),
    "parts-pairs": _PARTS(
        "PartsPairs", "even parts, from both ends", use="the cases of parts-even, if the total load m mu tau is about 1"
    ),
    "arcs": _PARTS("Arcs", "arcs", use="free messages, d given: never later than parts-cyclic"),
    "terms-random": _PARTS(
        "PartsStream", "terms, random order", _ONE, use="free messages, if workers cannot agree on an order"
    ),
    "terms-cyclic": _PARTS("CyclicTerms", "terms, cyclic order", use="free messages; optimal to first order"),
    "terms-pairs": _PARTS(
        "PartsPairs", "terms, from both ends", _ONE, use="free messages, if the total load m mu tau is about 1"
    ),
    "terms-staircase": _PARTS(
        "TermsStaircase", "terms, staircase order", use="free messages; an order of Amiri and Gunduz, to compare"
    ),
    "genie": _PARTS("Genie", "genie", use="no scheme but a bound: none is faster, even if its plans follow the delays"),
}
"""Schemes by name: their class, their printed name, the fields that the name fixes, and what they are good for."""
SCHEME_NAMES = tuple(ENTRIES)
PHASES = ("common", "random", "own")
"""Starts of the cells of the arcs, see :class:`srtheory.schemes.parts.Arcs`."""


@dataclass(frozen=True, eq=False)
class NamedScheme:
    """A class of schemes, with the name by which it was requested."""

    name: str
    """One of :data:`SCHEME_NAMES`, ``path/to/file.py::Class``, or a name that an installed package offers."""
    kind: type
    """The class."""
    fixed: Mapping[str, Any]
    """The fields that the name fixes."""

    @property
    def custom(self) -> bool:
        """Whether the class is user-defined or from a package."""
        return self.name not in ENTRIES

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """Options of the scheme besides the number of symbols, by name: the fields of its class."""
        from srtheory.schemes.choices import options_of

        return {name: option for name, option in options_of(self.kind).items() if name not in self.fixed}

    def sized(self, terms: int) -> dict[str, Any]:
        """Return the options that give its symbols this many terms, d or s + 1; {} for a scheme without a size."""
        if "degree" in self.options:
            return {"degree": terms}
        if "stragglers" in self.options:
            return {"stragglers": terms - 1}
        found: dict[str, Any] = {} if self.custom else self.kind.options_of_size(terms)  # type: ignore[attr-defined]
        return found

    def read(self, texts: Sequence[str]) -> dict[str, Any]:
        """Return options from texts ``key=value``, each read as the type of its field, without evaluation."""
        return {key: self._option(key).read(text) for key, text in _pairs(texts)}

    def accept(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return options from values of a file, each accepted as the type of its field."""
        return {key: self._option(key).accept(value) for key, value in given.items()}

    def build(self, symbols: int, given: Mapping[str, Any], workers: int | None = None) -> Scheme:
        """Return the scheme with these options, which may have any names, ``workers`` too; None is a value."""
        for option, value in given.items():
            if option not in self.options:
                raise ArgumentError(option, value, f"left out: the scheme '{self.name}' does not take it")
        for option, its in self.options.items():
            if its.needed and option not in given:
                raise ArgumentError(option, None, f"given for the scheme '{self.name}' ({its.expected})")
        family: Callable[..., Scheme] = partial(self.kind, **self.fixed)
        if self.custom:
            from srtheory.schemes.choices import options_of
            from srtheory.schemes.own import builder

            family = partial(builder(self.name, self.kind, options_of(self.kind)), **self.fixed)
        if workers is None:
            return family(symbols=symbols, **given)
        from srtheory.schemes.base import Grouped

        require_int("symbols", symbols)
        require_int("workers", workers, 1, symbols)
        return Grouped(family(symbols=workers, **given), symbols)

    def _option(self, key: str) -> Option:
        if key in self.options:
            return self.options[key]
        its = ", ".join(f"{of} ({option.expected})" for of, option in self.options.items())
        takes = f"one that the scheme '{self.name}' takes: {its}"
        raise ArgumentError("option", key, takes if its else f"left out: the scheme '{self.name}' takes none")


def named(name: Any) -> NamedScheme:
    """Return the class of schemes of that name, looked up if necessary; or a class, or the class of a scheme's object.

    An object's fields but for the number of symbols are fixed then.
    """
    if isinstance(name, NamedScheme):
        return name
    if isinstance(name, str):
        if name in ENTRIES:
            return NamedScheme(name, lookup("scheme", name).target(), ENTRIES[name].fixed)
        from srtheory.schemes.own import own_class

        return NamedScheme(name, own_class(name, SCHEME_NAMES), {})
    from srtheory.schemes.own import MUST_HAVE, lacking

    kind = name if isinstance(name, type) else type(name)
    if lacks := lacking(kind):
        expected = f"the name of a scheme, FILE.py::CLASS, or {MUST_HAVE}; {kind.__name__} {lacks}"
        raise ArgumentError("scheme", name, expected)
    return fixing(kind, {} if kind is name else {i.name: getattr(name, i.name) for i in fields(name) if i.init})


def fixing(kind: type, options: Mapping[str, Any]) -> NamedScheme:
    """Return a class with these options fixed, by its own name; a class of a user's then has them in its name."""
    from srtheory.own_code import adopted

    fixed = {name: value for name, value in options.items() if name != "symbols"}
    for name, entry in ENTRIES.items():
        same = not options or all(fixed.get(its) == value for its, value in entry.fixed.items())
        if same and (entry.module, entry.attribute) == (kind.__module__, kind.__name__):
            return NamedScheme(name, kind, {**entry.fixed, **fixed})
    told = ", ".join(f"{name}={value!r}" for name, value in fixed.items())
    return NamedScheme(adopted(kind) + (told and f"({told})"), kind, fixed)


def printed(scheme: str, degree: int | None = None, cap: float | None = None) -> str:
    """Return the printed name of a scheme, in legends and tables.

    Parts alone are named with their d, ``degree``: what else has a degree has that of its figure or table. ``cap`` is
    m_e/m of LT codes.
    """
    from srtheory.own_code import SEPARATOR, offered

    if SEPARATOR in scheme:
        return scheme.rpartition(SEPARATOR)[2]
    if scheme not in ENTRIES and scheme in offered():
        return scheme
    name = lookup("scheme", scheme).says
    if scheme.startswith("parts-") and degree is not None:
        return name.replace("parts", f"parts of {degree}")
    return name + (f", $m_e = {cap:g}m$" if cap is not None else "")


def options_of_each(schemes: Sequence[NamedScheme], texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the options of several schemes by name, each with those that it takes; one of them must take each."""
    found: dict[str, dict[str, Any]] = {scheme.name: {} for scheme in schemes}
    for key, text in _pairs(texts):
        takers = [scheme for scheme in schemes if key in scheme.options]
        if not takers:
            raise ArgumentError("option", key, "an option of one of the schemes " + ", ".join(found))
        for scheme in takers:
            found[scheme.name][key] = scheme.options[key].read(text)
    return found


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ArgumentError("option", text, "written key=value")
        if key in pairs:
            raise ArgumentError("option", text, f"given once: {key} occurs twice")
        pairs[key] = value
    return list(pairs.items())


def make(name: str, symbols: int, *, workers: int | None = None, **given: Any) -> Scheme:
    """Build the scheme of that name.

    ``name``: As for :class:`NamedScheme`: one of :data:`SCHEME_NAMES`, ``path/to/file.py::Class``, or a name that an
    installed package offers. ``symbols``: m >= 1, the number of terms of the sum. ``workers``: p <= m: group the m
    terms into p functions (section II-A). The other arguments then speak of groups. ``**given``: The scheme's own
    options, such as ``degree`` (terms in a symbol). Those given as None are left at their defaults.

    What each worker sends; it knows no times and draws nothing until it is asked (:meth:`Scheme.emit`).

    Raises ArgumentError for an unknown name, an option that the scheme does not take or needs, or a value out of range.

    A name with ``::`` runs the file.

    >>> from srtheory import make
    >>> make("sr", 12, degree=3).workers
    12
    """
    return named(name).build(symbols, {option: value for option, value in given.items() if value is not None}, workers)
