"""Numbers on the command line: plain ASCII digits.

Python's ``int`` and ``float``, and so click's types, also read ``1_000``, the digits of other scripts, ``nan`` and
``inf``.
"""

from __future__ import annotations

import math
import re
from typing import Any

import click

from srtheory.errors import ArgumentError

_DIGITS = re.compile(r"[+-]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def plain_int(text: str) -> int | None:
    """The whole number that a text of at most 40 digits writes; None for any other text."""
    return int(text) if _DIGITS.fullmatch(text) else None


def plain_float(text: str) -> float:
    """The number that a text writes in decimal digits; NaN for any other text and for what is too large for a float."""
    number = float(text) if len(text) <= 400 and _DECIMAL.fullmatch(text) else math.nan
    return number if math.isfinite(number) else math.nan


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
