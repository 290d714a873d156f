"""The lock file holds what pyproject.toml asks for, and results say what they were computed with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from paper_checks import study
from srtheory import environment
from srtheory.cli import cite
from srtheory.environment import YEAR, Commit, commit, deviations, lock_digest, made_with, versions

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
    parts = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(parts) > 100
    assert all("--hash=sha256:" in part for part in parts)


@pytest.mark.quality
def test_a_lock_file_that_does_not_fit_is_seen() -> None:
    for old, new in ((r"^galois==\S+", "galois==0.3"), (r"^uv==", "vu=="), (r"^numpy==2", "numpy==1")):
        assert len(unmet(re.sub(old, new, LOCK, flags=re.MULTILINE))) == 1


NEEDED = [Requirement(one).name for one in PROJECT["dependencies"]]


def test_what_differs_from_the_lock_is_said() -> None:
    same = "".join(f"{name}=={here} \\\n" for name in NEEDED if (here := version(name)))
    assert deviations(same) == {}
    other = same.replace(f"numpy=={version('numpy')} ", "numpy==0.1 ; python_version > '3' ")
    assert deviations(other) == {"numpy": version("numpy")}
    assert deviations(other + f"numpy=={version('numpy')} ; python_version < '3' \\\n") == {"numpy": version("numpy")}
    assert (
        made_with(other) == f"version {environment.__version__}, lock {lock_digest(other)} but numpy {version('numpy')}"
    )
    assert made_with(same) == f"version {environment.__version__}, lock {lock_digest(same)}"
    assert lock_digest(same) != lock_digest(other)
    assert re.fullmatch("[0-9a-f]{12}", lock_digest())
    assert lock_digest() == lock_digest(LOCK)  # that of the checkout
    assert versions()["numpy"] == version("numpy")


def test_the_citation_is_that_of_the_file() -> None:
    file = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"title": file["title"], "author": "{The srtheory developers}", "version": file["version"]} == cite.SOFTWARE
    assert [author["name"] for author in file["authors"]] == ["The srtheory developers"]
    paper = file["preferred-citation"]
    held = paper["conference"]
    assert cite.reference(study) == {
        "title": paper["title"],
        "author": " and ".join(f"{one['given-names']} {one['family-names']}" for one in paper["authors"]),
        "booktitle": paper["collection-title"],
        "address": f"{held['city']}, India",
        "year": str(paper["year"]),
        "url": paper["url"],
    }
    assert held["country"] == "IN"
    assert held["name"] == paper["collection-title"]
    assert held["date-start"].year == held["date-end"].year == paper["year"]
    assert f"Copyright (c) {YEAR} " in (ROOT / "LICENSE").read_text(encoding="utf-8")


def git(folder: Path, *words: str) -> None:
    given = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": "2031-05-06T00:00:00Z", "HOME": str(folder)}
    who = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")
    subprocess.run(["git", *who, *words], cwd=folder, env=os.environ | given, capture_output=True, check=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_commit_of_a_checkout_and_changes_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "--quiet")
    assert commit(tmp_path) == Commit()  # nothing is committed yet
    (tmp_path / "file").write_text("1")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "-m", "x")
    clean = commit(tmp_path)
    assert re.fullmatch("[0-9a-f]{40}", str(clean.name))
    assert (clean.changed, clean.year) == (False, 2031)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))  # as in a hook of another repository
    assert commit(tmp_path) == clean
    (tmp_path / "file").write_text("2")
    assert commit(tmp_path) == Commit(clean.name, True, 2031)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path) == Commit(None, False, YEAR)


INSTALLED = {
    '{"url": "https://x.invalid", "vcs_info": {"vcs": "git", "commit_id": "abc"}}': "abc",
    '{"url": "file:///x", "dir_info": {"editable": true}}': None,
    "{": None,
    None: None,
}


def test_the_commit_of_an_installation_is_what_pip_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for record, name in INSTALLED.items():
        found = SimpleNamespace(read_text={"direct_url.json": record}.get, metadata=SimpleNamespace(get_all=bool))
        monkeypatch.setattr("importlib.metadata.distribution", lambda _, found=found: found)
        assert commit(tmp_path) == Commit(name, False, YEAR)
