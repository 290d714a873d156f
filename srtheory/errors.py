"""The exception for bad input: it names the argument, its value and the valid values. Checks that raise it.

Every function that users call checks its arguments and raises :class:`ArgumentError` for a value outside its range; a
docstring names what is special, and other exceptions where there are any.
"""

from __future__ import annotations

import math
import re
import reprlib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from unicodedata import category

Kind = TypeVar("Kind")
MADE_BY = {
    "Case": "from_rows(rows) or from_lists(symbols, sets) of srtheory.conjectures.case",
    "Reception": "receive(...) of srtheory.reception",
    "Rows": "rows(matrix)",
}
"""How one gets the objects of which most questions are asked."""
LONGEST = 200
"""Number of characters of a value that a message shows."""


class _Repr(reprlib.Repr):
    """``repr`` in bounded time and space, for every value."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 8
        self.maxstring = self.maxother = LONGEST

    def repr_int(self, x: int, level: int) -> str:
        """Return a number too long for decimal text by its size, since Python refuses to write it."""
        return repr(x) if x.bit_length() < 3 * LONGEST else f"<a number of {x.bit_length()} bits>"


_REPR = _Repr()


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return the text, without its middle if it is longer than the limit."""
    half = (longest - 3) // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def printable(text: str) -> str:
    """Return a text with characters escaped that a terminal might obey or a file cannot store."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class ArgumentError(ValueError):
    """An argument outside its valid range.

    ``name``: The argument's name as the caller wrote it. ``value`` (object): Given value; the message shows its
    beginning and its end. ``expected``: Valid values, completing the sentence "must be …".
    """

    def __init__(self, name: str, value: object, expected: str) -> None:
        said = f"Argument '{name}' must be {expected}, not {shortened(_REPR.repr(value))}."
        super().__init__(" ".join(line.strip() for line in said.splitlines()))  # arrays have lines
        self.name = name
        self.value = value
        self.expected = expected

    def __reduce__(self) -> tuple[object, ...]:
        """Return the arguments it was built from, so that another process can rebuild it."""
        return type(self), (self.name, self.value, self.expected)


def require_kind(name: str, value: object, kind: type[Kind], expected: str = "") -> Kind:
    """Return ``value`` if it is of that class, or raise :class:`ArgumentError`, which says how one is made."""
    if isinstance(value, kind):
        return value
    made = f", made by {by}" if (by := MADE_BY.get(kind.__name__)) else ""
    raise ArgumentError(name, value, expected or ("" if kind.__name__ == "Rows" else "a ") + kind.__name__ + made)


def require_function(name: str, value: object) -> None:
    """Raise :class:`ArgumentError` unless ``value`` can be called."""
    if not callable(value):
        raise ArgumentError(name, value, "a function")


def require_path(name: str, value: Any) -> Path:
    """Return ``value`` as a path, or raise :class:`ArgumentError`."""
    try:
        return Path(value)
    except TypeError:
        raise ArgumentError(name, value, "a path") from None


def require_int(name: str, value: object, low: int = 1, high: int | None = None) -> int:
    """Return ``value`` as an int if it is an integer in [low, high], or raise :class:`ArgumentError`."""
    if not isinstance(value, bool) and hasattr(value, "__index__"):
        with suppress(TypeError):  # an array has one only if it is a single number
            number = int(value.__index__())
            if low <= number and (high is None or number <= high):
                return number
    expected = f"an integer of at least {low}" if high is None else f"an integer from {low} to {high}"
    raise ArgumentError(name, value, expected)


def require_text(name: str, value: object, what: str = "a text") -> str:
    """Return ``value`` if it is a text with words that pages and files can hold, or raise :class:`ArgumentError`."""
    if not isinstance(value, str) or not value.strip():
        raise ArgumentError(name, value, what)
    for character in value:
        if category(character) in ("Cc", "Cs") and character not in "\t\n\r":
            raise ArgumentError(name, value, f"{what} without control characters and lone surrogates")
    return str(value)


def require_silent(value: object) -> float:
    """Return the probability that a worker never answers if it is in [0, 1), or raise :class:`ArgumentError`."""
    share = require_not_negative("silent", value)
    if share >= 1:
        raise ArgumentError("silent", value, "a probability below 1")
    return share


def require_positive(name: str, value: object) -> float:
    """Return ``value`` as a float if it is a finite number above zero, or raise :class:`ArgumentError`."""
    try:
        number = math.nan if isinstance(value, bool | str | bytes) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(name, value, "a finite number above 0") from None
    if not 0 < number < math.inf:
        raise ArgumentError(name, value, "a finite number above 0")
    return number


def require_not_negative(name: str, value: object) -> float:
    """Return ``value`` as a float if it is a finite number of at least 0, or raise :class:`ArgumentError`."""
    expected = "a finite number of at least 0"
    try:
        number = 0.0 if value == 0 and not isinstance(value, bool) else require_positive(name, value)
    except (ArgumentError, ValueError):  # the latter of an array
        raise ArgumentError(name, value, expected) from None
    return number


# Python's int and float also read 1_000, the digits of other scripts, nan and inf.
_DIGITS = re.compile(r"[+-]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def plain_int(text: str) -> int | None:
    """Return the integer that a text of at most 40 digits writes, or None for any other text."""
    return int(text) if _DIGITS.fullmatch(text) else None


def plain_float(text: str) -> float:
    """Return the number that a text writes in decimal digits, or NaN for any other text and for numbers too large."""
    number = float(text) if len(text) <= 400 and _DECIMAL.fullmatch(text) else math.nan
    return number if math.isfinite(number) else math.nan
