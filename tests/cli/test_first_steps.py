"""docs/first_steps.md: what a newcomer types gives what the page shows, line by line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PAGE = (Path(__file__).parents[2] / "docs" / "first_steps.md").read_text(encoding="utf-8")


def faults(page: str, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Lines of the page and of the command where they differ."""
    monkeypatch.chdir(folder)
    [rows] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (folder / "rows.json").write_text(rows)
    found = []
    for command, shown in re.findall(r"```console\n\$ srtheory (.*?)\n(.*?)```", page, re.DOTALL):
        done = run(*shlex.split(command))
        assert done.status in (0, 1), done.stderr
        said = done.stdout.splitlines()
        found += [pair for pair in zip(shown.splitlines(), said, strict=True) if pair[0] != pair[1]]
    return found


def test_the_page_shows_what_the_commands_print(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PAGE.count("```console") == 8
    assert faults(PAGE, run, tmp_path, monkeypatch) == []


@pytest.mark.quality
def test_another_digit_would_be_seen(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = PAGE[: PAGE.index("## 2.")]
    assert faults(first.replace("rank           2", "rank           3"), run, tmp_path, monkeypatch)


def test_pages_that_it_leads_to_exist() -> None:
    pages = set(re.findall(r"\]\((\w+\.md)\)", PAGE))
    assert len(pages) > 6
    assert all((Path(__file__).parents[2] / "docs" / page).exists() for page in pages)
