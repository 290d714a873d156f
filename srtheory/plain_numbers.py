"""Numbers as typed by people: plain ASCII digits.

Python's ``int`` and ``float`` also read ``1_000``, the digits of other scripts, ``nan`` and ``inf``.
"""

from __future__ import annotations

import math
import re

_DIGITS = re.compile(r"[+-]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def plain_int(text: str) -> int | None:
    """Return the integer that a text of at most 40 digits writes, or None for any other text."""
    return int(text) if _DIGITS.fullmatch(text) else None


def plain_float(text: str) -> float:
    """Return the number that a text writes in decimal digits, or NaN for any other text and for numbers too large."""
    number = float(text) if len(text) <= 400 and _DECIMAL.fullmatch(text) else math.nan
    return number if math.isfinite(number) else math.nan
