"""What a result was computed with: this version, and the lock file of the environment or what differs from it.

``requirements.lock`` pins every package of the development environment; ``make`` installs from it, so that a run in
some years is the same.  Whoever installs srtheory otherwise has other versions, and results say so.
"""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from srtheory.on_record import on_record
from srtheory.version import __version__

LIBRARIES = ("numpy", "scipy", "numba", "sympy", "galois", "python-flint", "networkx", "matplotlib")
"""Whose versions verdicts rest on."""


def versions() -> dict[str, str]:
    """Versions of Python and of the :data:`LIBRARIES`, by name."""
    return {"Python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def lock_digest(text: str | None = None) -> str:
    """First twelve hexadecimal digits of the lock file's SHA-256."""
    return hashlib.sha256((_lock() if text is None else text).encode()).hexdigest()[:12]


def deviations(text: str | None = None) -> dict[str, str]:
    """Versions of the packages that srtheory needs and that are not those of the lock file here, by name."""
    pinned, found = _pinned(_lock() if text is None else text), {}
    for name in _needed():
        try:
            here = version(name)
        except PackageNotFoundError:  # of a group that is not installed
            continue
        if here != pinned.get(name):
            found[name] = here
    return found


def made_with(text: str | None = None) -> str:
    """As tables and figures say it: ``version 0.1.0, lock 0123456789ab``, and which packages are not the lock's."""
    others = ", ".join(f"{name} {here}" for name, here in deviations(text).items())
    return f"version {__version__}, lock {lock_digest(text)}" + (f" but {others}" if others else "")


@cache
def _lock() -> str:
    return on_record("requirements.lock").read_text(encoding="utf-8")


@cache
def _pinned(text: str) -> dict[str, str]:
    """Version by name of what the lock file asks for on this platform."""
    lines = (line.split("\\")[0] for line in text.splitlines() if line[:1].isalnum())
    asked = [Requirement(line.strip()) for line in lines]
    here = [one for one in asked if one.marker is None or one.marker.evaluate()]
    return {canonicalize_name(one.name): next(iter(one.specifier)).version for one in here}


def _needed() -> list[str]:
    """Names of the packages without which srtheory does not run."""
    asked = [Requirement(line) for line in requires("srtheory") or ()]
    return sorted(
        canonicalize_name(one.name) for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})
    )
