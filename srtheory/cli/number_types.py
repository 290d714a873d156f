"""Numbers on the command line, as :mod:`srtheory.errors` reads them; click's own types read more."""

from __future__ import annotations

import math
from typing import Any

import click

from srtheory.errors import ArgumentError, plain_float, plain_int

INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72.27}
"""Inches per unit of length; pt is TeX's, the unit of its column widths."""


class _Plain(click.ParamType):  # type: ignore[type-arg]
    """A number, or :class:`ArgumentError` with the option's name."""

    def __init__(self, name: str, expected: str) -> None:
        self.name = name
        self.expected = expected

    def parsed(self, text: str) -> float | None:
        """Return the number, or None if there is none."""
        raise NotImplementedError

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        number = self.parsed(value) if isinstance(value, str) else value  # a default is a number already
        if number is None:
            raise ArgumentError(parameter_name(param), value, self.expected)
        return number


class _Whole(_Plain):
    def parsed(self, text: str) -> int | None:
        return plain_int(text)


class _Decimal(_Plain):
    def parsed(self, text: str) -> float | None:
        number = plain_float(text)
        return None if math.isnan(number) else number


class _Length(_Plain):
    def parsed(self, text: str) -> float | None:
        number, unit = plain_float(text[:-2].rstrip()), INCHES.get(text[-2:])
        return None if unit is None or not number > 0 else number * unit


def parameter_name(param: click.Parameter | None) -> str:
    """Return the user's name of the option or argument."""
    return max(param.opts, key=len).lstrip("-") if param else "number"


WHOLE = _Whole("integer", "an integer")
LENGTH = _Length("length", f"a length such as 3.5in, in {' or '.join(INCHES)}")
DECIMAL = _Decimal("float", "a finite number")
