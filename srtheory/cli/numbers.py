"""Numbers on the command line, as :mod:`srtheory.plain_numbers` reads them; click's own types read more."""

from __future__ import annotations

import math
from typing import Any

import click

from srtheory.errors import ArgumentError
from srtheory.plain_numbers import plain_float, plain_int


class _Plain(click.ParamType):  # type: ignore[type-arg]
    """A number, or :class:`ArgumentError` in the option's name."""

    def __init__(self, name: str, expected: str) -> None:
        self.name = name
        self.expected = expected

    def parsed(self, text: str) -> float | None:
        """The number, None if there is none."""
        raise NotImplementedError

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        number = self.parsed(value) if isinstance(value, str) else value  # a default is a number already
        if number is None:
            raise ArgumentError(_name(param), value, self.expected)
        return number


class _Whole(_Plain):
    def parsed(self, text: str) -> int | None:
        return plain_int(text)


class _Decimal(_Plain):
    def parsed(self, text: str) -> float | None:
        number = plain_float(text)
        return None if math.isnan(number) else number


def _name(param: click.Parameter | None) -> str:
    return max(param.opts, key=len).lstrip("-") if param else "number"


WHOLE = _Whole("integer", "a whole number")
DECIMAL = _Decimal("float", "a finite number")
