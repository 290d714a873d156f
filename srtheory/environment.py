"""Provenance of a result: this version, its stored tables, and the lock file or the deviations from it.

``requirements.lock`` pins every package of the development environment. ``make`` installs from it, so that a run is
reproducible after years. Other installations have other versions, and results state them. Much imports this module for
the version alone, so that functions import what is slow.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from srtheory.errors import ArgumentError

__version__ = "0.1.0"
YEAR = 2026
"""Year of the version."""

LIBRARIES = ("numpy", "scipy", "numba", "sympy", "galois", "python-flint", "networkx", "matplotlib")
"""Libraries whose versions the verdicts depend on."""

PLACES = (Path(__file__).parent / "data", Path(__file__).parents[1] / "data", Path(__file__).parents[1])
"""Where stored tables are: in an installed package together with the lock file, or in a checkout."""


def on_record(name: str) -> Path:
    """Return the stored file or folder of that name below data/, for instance ``hitting_time``."""
    for place in PLACES:
        if (place / name).exists():
            return place / name
    raise ArgumentError("data", name, f"stored in {' or '.join(map(str, PLACES))}")


def versions() -> dict[str, str]:
    """Return versions of Python and of the :data:`LIBRARIES`, by name."""
    from importlib.metadata import version

    return {"Python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def lock_digest(text: str | None = None) -> str:
    """Return the first twelve hexadecimal digits of the lock file's SHA-256."""
    from hashlib import sha256

    return sha256((_lock() if text is None else text).encode()).hexdigest()[:12]


def deviations(text: str | None = None) -> dict[str, str]:
    """Return the versions of the required packages that differ from the lock file, by name."""
    from importlib.metadata import PackageNotFoundError, version

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
    """Return the provenance for tables and figures: ``version 0.1.0, lock 0123456789ab``, and deviating packages."""
    others = ", ".join(f"{name} {here}" for name, here in deviations(text).items())
    return f"version {__version__}, lock {lock_digest(text)}" + (f" but {others}" if others else "")


@dataclass(frozen=True)
class Commit:
    """Commit that this version is of."""

    name: str | None = None
    """Hexadecimal digits of git's, or None if it is unknown."""
    changed: bool = False
    """Whether files of the checkout differ from it."""
    year: int = YEAR
    """Its year, or that of the version if it is unknown."""


def commit(checkout: Path = Path(__file__).parents[1]) -> Commit:
    """Return the commit of the checkout, or the one that pip recorded if it installed from a repository."""
    if not (checkout / ".git").exists():
        return Commit(_installed_from())
    said = _git(checkout, "log", "-1", "--format=%H %cd", "--date=format:%Y").split()
    changes = _git(checkout, "status", "--porcelain", "--untracked-files=no")
    return Commit(said[0], bool(changes.strip()), int(said[1])) if len(said) == 2 else Commit()


def _git(checkout: Path, *words: str) -> str:
    """Return the output of git; empty if it is missing or fails."""
    import subprocess

    given = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(checkout), *words]
    try:
        return subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _installed_from() -> str | None:
    """Return the commit in pip's record of where the package came from (PEP 610)."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        record = json.loads(distribution("srtheory").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    found = record.get("vcs_info", {}).get("commit_id")
    return found if isinstance(found, str) else None


def repository() -> str | None:
    """Return the address under ``Repository`` in ``[project.urls]`` of pyproject.toml; None if there is none."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        lines = distribution("srtheory").metadata.get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    return dict(str(line).split(", ", 1) for line in lines).get("Repository")


@cache
def _lock() -> str:
    return on_record("requirements.lock").read_text(encoding="utf-8")


@cache
def _pinned(text: str) -> dict[str, str]:
    """Return the versions that the lock file requires on this platform, by name."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (line.split("\\")[0] for line in text.splitlines() if line[:1].isalnum())
    asked = [Requirement(line.strip()) for line in lines]
    here = [one for one in asked if one.marker is None or one.marker.evaluate()]
    return {canonicalize_name(one.name): next(iter(one.specifier)).version for one in here}


def _needed() -> list[str]:
    """Return the names of the packages that srtheory requires at run time."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    asked = [Requirement(line) for line in requires("srtheory") or ()]
    here = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
    return sorted(canonicalize_name(one.name) for one in here)
