"""User-defined schemes, from a file or a package: requirements on the class, and construction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

from srtheory.errors import ArgumentError
from srtheory.own_code import SEPARATOR, blamed, class_in_file, line_of, offered_class, origin, told_with_line
from srtheory.schemes.base import Scheme
from srtheory.schemes.choices import Option

MUST_HAVE = (
    "a scheme: a frozen dataclass with a field 'symbols', and with workers, decoder, rateless, expected_terms() and"
    " emit()"
)
_NAMES = ("workers", "decoder", "rateless", "expected_terms", "emit")


def own_class(name: str, among: Sequence[str]) -> type:
    """Return the class of ``path/to/file.py::Class`` or of a package; ``among`` are the other possible names."""
    kind = class_in_file(name) if SEPARATOR in name else offered_class(name, among)
    if lacks := lacking(kind):
        line = line_of(kind)
        at = "" if line is None else f" (line {line})"
        raise ArgumentError("scheme", name, f"{MUST_HAVE}; {kind.__name__}{at} {lacks}")
    return kind


def lacking(kind: type) -> str | None:
    """Return what a class lacks to be a scheme class, in words, or None if it lacks nothing."""
    if not is_dataclass(kind):
        return "is no dataclass"
    if not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return "is not frozen"
    known = {field.name for field in fields(kind)}
    if "symbols" not in {field.name for field in fields(kind) if field.init}:
        return "has no field 'symbols'"
    if lacks := [name for name in _NAMES if name not in known and not hasattr(kind, name)]:
        return f"has no {' and no '.join(lacks)}"
    for name in ("expected_terms", "emit"):
        if not callable(getattr(kind, name, None)):
            return f"has a {name} that is no method"
    return None


def builder(name: str, kind: type, known: Mapping[str, Option]) -> Callable[..., Scheme]:
    """Return a function that builds a scheme of this class from its fields, or states in a line why it cannot."""
    return partial(_built, name, kind, known)


def _built(name: str, kind: type, known: Mapping[str, Option], /, symbols: int, **chosen: Any) -> Scheme:
    accepted = {option: known[option].accept(value) for option, value in chosen.items()}
    expected = "a scheme that can be built with these options"
    with blamed(lambda error: ArgumentError("scheme", name, f"{expected} ({told_with_line(error)})"), ArgumentError):
        scheme: Scheme = kind(symbols=symbols, **accepted)
        fault = fault_of(scheme, symbols)
    if fault:
        raise ArgumentError("scheme", name, f"a scheme as in docs/own_code.md; {fault}")
    return scheme


def fault_of(scheme: Scheme, symbols: int) -> str | None:
    """Return what is wrong with the properties of a scheme, in words, or None if nothing is."""
    if scheme.symbols != symbols:
        return f"its symbols are {scheme.symbols!r}, not {symbols}"
    if not _whole(scheme.workers) or scheme.workers < 1:
        return f"its workers are {scheme.workers!r}, not an integer of at least 1"
    if not isinstance(scheme.decoder, str):
        return f"its decoder is {scheme.decoder!r}, not a decoder's name"
    if not isinstance(scheme.rateless, bool):
        return f"its rateless is {scheme.rateless!r}, not True or False"
    found = scheme.expected_terms()
    if not (isinstance(found, tuple) and len(found) == 2 and all(isinstance(n, int | float) and n > 0 for n in found)):
        return f"its expected_terms() is {found!r}, not two numbers above 0"
    if found[0] == float("inf"):
        return "its expected_terms() is infinite for the first symbol"
    return None


def is_own(scheme: object) -> bool:
    """Return whether the scheme, or one that it is made of, is user-defined."""
    while scheme is not None:
        if not type(scheme).__module__.startswith("srtheory."):
            return True
        scheme = getattr(scheme, "inner", None)
    return False


def attribute_errors_to_user(scheme: object) -> AbstractContextManager[None]:
    """Return a context that reports errors in one line, if the scheme is user-defined."""
    return blamed(partial(_refusal, scheme), ArgumentError) if is_own(scheme) else nullcontext()


def _refusal(scheme: object, error: BaseException) -> ArgumentError:
    known = origin(type(scheme))
    name = type(scheme).__name__ if known is None else f"{known.place}{SEPARATOR}{known.name}".removesuffix(SEPARATOR)
    expected = f"a scheme whose code runs ({told_with_line(error)}); srtheory.testing.check_scheme finds the least case"
    return ArgumentError("scheme", name, expected)


def _whole(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)
