"""The lock file holds what pyproject.toml asks for, and results say what they were computed with."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from srtheory import environment
from srtheory.cli import cite
from srtheory.environment import deviations, lock_digest, made_with, versions

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GROUPS = (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
ASKED = [Requirement(one) for group in GROUPS for one in group]


def unmet(lock: str) -> list[str]:
    """What the lock file does not pin, or not at a version that pyproject.toml allows."""
    pinned: dict[str, list[str]] = {}
    for line in re.findall(r"^[A-Za-z0-9].*?(?= \\$)", lock, re.MULTILINE):
        one = Requirement(line)
        [at] = one.specifier
        assert at.operator == "=="
        pinned.setdefault(canonicalize_name(one.name), []).append(at.version)
    ours = [one for one in ASKED if one.name != "srtheory"]
    return [
        str(one)
        for one in ours
        if not (found := pinned.get(canonicalize_name(one.name)))
        or not all(one.specifier.contains(each) for each in found)
    ]


def test_the_lock_file_has_all_that_is_asked_for() -> None:
    assert len(ASKED) > 25
    assert unmet(LOCK) == []
    assert "://" not in LOCK  # the registry is the user's own


@pytest.mark.quality
@pytest.mark.parametrize(
    ("old", "new"), [(r"^galois==\S+", "galois==0.3"), (r"^uv==", "vu=="), (r"^numpy==2", "numpy==1")]
)
def test_a_lock_file_that_does_not_fit_is_seen(old: str, new: str) -> None:
    changed = re.sub(old, new, LOCK, flags=re.MULTILINE)
    assert changed != LOCK
    assert len(unmet(changed)) == 1


def test_every_pin_has_a_hash() -> None:
    parts = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(parts) > 100
    assert all("--hash=sha256:" in part for part in parts)


def test_what_differs_from_the_lock_is_said() -> None:
    same = "".join(f"{name}=={here} \\\n" for name in environment._needed() if (here := version(name)))
    assert deviations(same) == {}
    other = same.replace(f"numpy=={version('numpy')} ", "numpy==0.1 ; python_version > '3' ")
    assert deviations(other) == {"numpy": version("numpy")}
    assert deviations(other + f"numpy=={version('numpy')} ; python_version < '3' \\\n") == {"numpy": version("numpy")}
    assert (
        made_with(other) == f"version {environment.__version__}, lock {lock_digest(other)} but numpy {version('numpy')}"
    )
    assert made_with(same) == f"version {environment.__version__}, lock {lock_digest(same)}"
    assert lock_digest(same) != lock_digest(other)


def test_the_package_knows_the_lock_file_of_the_checkout() -> None:
    assert lock_digest() == lock_digest(LOCK)
    assert re.fullmatch("[0-9a-f]{12}", lock_digest())
    assert versions()["numpy"] == version("numpy")


def test_the_citation_is_that_of_the_file() -> None:
    file = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"title": file["title"], "author": "{The srtheory developers}", "version": file["version"]} == cite.SOFTWARE
    assert [author["name"] for author in file["authors"]] == ["The srtheory developers"]
    paper = file["preferred-citation"]
    authors = " and ".join(f"{one['family-names']}, {one['given-names']}" for one in paper["authors"])
    assert {"title": paper["title"], "author": authors, "year": str(paper["year"])} == cite.PAPER
