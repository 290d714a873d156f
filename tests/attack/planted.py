"""Planted defects: a name of the library with something wrong in its place, for one test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Plant = Callable[[pytest.MonkeyPatch], None]


def planted(place: Any, name: str, wrong: Callable[[Any], Any]) -> Plant:
    """What replaces a name of a module by what ``wrong`` makes of the right one."""
    return lambda patch: patch.setattr(place, name, wrong(getattr(place, name)))


def instead(place: Any, name: str, wrong: Any) -> Plant:
    """The same where the right one is not asked."""
    return planted(place, name, lambda _: wrong)
