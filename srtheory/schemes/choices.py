"""Options of a scheme, which are the fields of its dataclass: their possible values, and how a text is read as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from srtheory.errors import ArgumentError, plain_float, plain_int
from srtheory.own_code import blamed, told

_EXACT = re.compile(r"[+-]?(?:[0-9]{1,40}(?:/[0-9]{1,40}|\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
NO_VALUE = object()
"""Value of a text that is not of any of the types."""


@dataclass(frozen=True)
class Option:
    """A field of a scheme that can be chosen."""

    name: str
    kinds: tuple[Any, ...]
    """Values that its annotation allows: types, possibly NoneType, and the values of a Literal."""
    needed: bool
    """Whether it has no default."""

    @property
    def expected(self) -> str:
        """Possible values, in words."""
        return " or ".join(dict.fromkeys(_words(kind) for kind in self.kinds))

    def read(self, text: str) -> Any:
        """Return the value of a text, as the first of the option's kinds that it can be."""
        for kind in self.kinds:
            if (value := _read(kind, text)) is not NO_VALUE:
                return value
        raise ArgumentError(self.name, text, self.expected)

    def accept(self, value: Any) -> Any:
        """Return a value from a file, a text or a number, as one of the option's kinds."""
        for kind in self.kinds:
            if (found := _accept(kind, value)) is not NO_VALUE:
                return found
        raise ArgumentError(self.name, value, self.expected)


@cache
def options_of(kind: type) -> Mapping[str, Option]:
    """Return the fields of a scheme's class that can be chosen, except ``symbols``, by name."""
    expected = "annotated by names that its file has"
    with blamed(lambda error: ArgumentError("scheme", kind.__name__, f"{expected} ({told(error)})")):
        hints = get_type_hints(kind)
    chosen = [field for field in fields(kind) if field.init and field.name != "symbols"]
    found = {field.name: _option(field, hints[field.name], kind) for field in chosen}
    return {name: option for name, option in found.items() if option is not None}


def _option(field: Field[Any], hint: Any, kind: type) -> Option | None:
    """Return the option of a field, or None for a field of another type with a default, which it keeps."""
    kinds = tuple(_kinds(hint))
    needed = field.default is MISSING and field.default_factory is MISSING
    if NO_VALUE not in kinds:
        return Option(field.name, kinds, needed)
    if needed:
        expected = "one whose fields without a default are int, float, Fraction, Decimal, str, bool, Literal or Enum"
        raise ArgumentError("scheme", f"{kind.__name__}.{field.name}: {hint}", expected)
    return None


def _kinds(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, UnionType):
        return sorted((kind for part in get_args(hint) for kind in _kinds(part)), key=lambda kind: kind is str)
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    if hint in _READERS or (isinstance(hint, type) and issubclass(hint, Enum)):
        return [hint]
    return [NO_VALUE]


def _words(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(kind.__members__)
    return _READERS[kind][0] if kind in _READERS else str(kind)


def _read(kind: Any, text: str) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind.__members__.get(text, NO_VALUE)
    if isinstance(kind, type):
        return _READERS[kind][1](text)
    return kind if str(kind) == text else NO_VALUE


def _accept(kind: Any, value: Any) -> Any:
    if not isinstance(kind, type):
        return kind if type(value) is type(kind) and value == kind else NO_VALUE
    if type(value) is kind:
        return value
    if kind is int and hasattr(value, "__index__") and not isinstance(value, bool | Enum):
        return int(value.__index__())  # NumPy's
    if kind is float and isinstance(value, float):
        return float(value)
    if kind in (float, Fraction, Decimal) and type(value) is int:
        return kind(value)
    if isinstance(value, str) and kind is not str:
        return _read(kind, value) if kind in (Fraction, Decimal) or issubclass(kind, Enum) else NO_VALUE
    return NO_VALUE


def _or_none(value: Any) -> Any:
    return NO_VALUE if value is None or value != value else value


def _exact(text: str) -> Any:
    if not _EXACT.fullmatch(text):
        return NO_VALUE
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):  # 1/0, and 1/2e3
        return NO_VALUE


_READERS: dict[Any, tuple[str, Callable[[str], Any]]] = {
    int: ("an integer", lambda text: _or_none(plain_int(text))),
    float: ("a finite number", lambda text: _or_none(plain_float(text))),
    Fraction: ("an exact number like 3/7 or 0.1", _exact),
    Decimal: (
        "an exact decimal like 0.1",
        lambda text: Decimal(text) if _EXACT.fullmatch(text) and "/" not in text else NO_VALUE,
    ),
    str: ("a text", lambda text: text),
    bool: ("true or false", lambda text: {"true": True, "false": False}.get(text, NO_VALUE)),
    NoneType: ("none", lambda text: None if text == "none" else NO_VALUE),
}
