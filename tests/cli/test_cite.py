"""srtheory cite: BibTeX that parses, and the same as JSON."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from paper_checks import study
from srtheory import __version__, environment
from srtheory.environment import YEAR, Commit, lock_digest, versions
from tests.cli.conftest import Run, asked

HASH = "0123456789abcdef0123456789abcdef01234567"


def parsed(text: str) -> dict[str, dict[str, str]]:
    """The fields of the entries by key, with the kind of each as ``kind``; text between entries is a comment."""
    found, rest = {}, text
    for match in re.finditer(r"^@(\w+)\{([\w-]+),\n((?:  \w+ = \{.*\},\n)*)\}$", text, re.MULTILINE):
        kind, key, lines = match.groups()
        found[key] = {"kind": kind} | dict(line[2:-2].split(" = {", 1) for line in lines.splitlines())
        rest = rest.replace(match[0], "")
    assert "@" not in rest
    return found


def told(monkeypatch: pytest.MonkeyPatch, commit: Commit, repository: str | None, **others: str) -> None:
    """What is known of where the package is from."""
    for name, known in (("commit", commit), ("repository", repository), ("deviations", others)):
        monkeypatch.setattr(environment, name, lambda known=known: known)


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("others", [{}, {"numpy": "1.0", "scipy": "2.0"}])
def test_what_is_known_is_cited(
    run: Run, monkeypatch: pytest.MonkeyPatch, changed: bool, others: dict[str, str]
) -> None:
    told(monkeypatch, Commit(HASH, changed, 2030), "https://example.invalid/srtheory", **others)
    done, found = run("cite"), asked(run, "cite")
    entries = parsed(done.stdout)
    software, paper = entries.values()
    assert (done.status, [*entries]) == (0, ["srtheory", "sum-recovery-codes"])
    known = {"kind": "software", "version": __version__, "year": "2030", "commit": HASH}
    assert known.items() <= software.items()
    assert software["repository"] == "https://example.invalid/srtheory"
    note = software["note"]
    assert all(f"{name} {number}" in note for name, number in {"Lock file": lock_digest(), **versions()}.items())
    assert ("changes since the commit" in note) == changed
    assert note.endswith(", not of the lock: numpy 1.0, scipy 2.0") == ("not of the lock" in note) == bool(others)
    of = {"kind": "inproceedings", "title": study.title, "author": "Ankur Mallick and Gauri Joshi"}
    assert paper == {**of, **study.reference}
    assert (found["software"]["version"], found["lock"], found["versions"]) == (__version__, lock_digest(), versions())
    assert (found["paper"]["year"], found["not_of_the_lock"]) == ("2022", others)


def test_without_git_there_is_no_commit_and_the_repository_is_left_to_the_publisher(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch, Commit(), None)
    done = run("cite")
    software = parsed(done.stdout)["srtheory"]
    assert ("commit" in software, software["repository"], software["year"]) == (False, "", str(YEAR))
    said = done.stdout.partition("@software")[0]
    assert all(line.startswith("% ") for line in said.splitlines())
    assert "[project.urls]" in said
    found = asked(run, "cite")["software"]
    assert (found["commit"], found["repository"]) == (None, None)


@pytest.mark.skipif(shutil.which("bibtex") is None, reason="no bibtex here")
def test_bibtex_reads_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, Commit(), None)
    (tmp_path / "all.bib").write_text(run("cite").stdout)
    (tmp_path / "all.aux").write_text("\\citation{*}\n\\bibdata{all}\n\\bibstyle{plain}\n")
    done = subprocess.run(["bibtex", "all"], cwd=tmp_path, capture_output=True, text=True, check=False)
    warnings = [line for line in done.stdout.splitlines() if line.startswith("Warning")]
    assert (done.returncode, [w for w in warnings if "entry type" not in w]) == (0, [])
    assert "Information Theory Workshop" in (tmp_path / "all.bbl").read_text()
