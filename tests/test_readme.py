"""README.md as a newcomer reads it: its commands print what it shows, its files and pages exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


def test_it_shows_what_the_commands_print(run: Run) -> None:  # noqa: F811
    assert "```console" in TEXT
    assert faults(TEXT, run) == []


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_its_example_runs(page: str, capsys: pytest.CaptureFixture) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], {})
    assert capsys.readouterr().out == re.search(r"```text\n(.*?)```", TEXT, re.DOTALL)[1]


@pytest.mark.quality
def test_another_line_would_be_seen(run: Run) -> None:  # noqa: F811
    [hunt] = [block for block in re.findall(r"```console.*?```", TEXT, re.DOTALL) if "srtheory hunt" in block]
    for wrong in ("rank 2", "rank 3\nover Q      the rows span 1; rank 3", "rank 3\n...\nsomething"):
        assert faults(hunt.replace("rank 3", wrong), run) != []


def faults(page: str, run: Run) -> list[str]:  # noqa: F811
    """List the commands that print something else; a line of dots on the page stands for any number of lines."""
    found = []
    for command, shown in re.findall(r"```console\n\$ srtheory (.*?)\n(.*?)```", page, re.DOTALL):
        patience = ["--budget", "600"] if command.startswith("hunt ") else []
        done = run(*shlex.split(command), *patience)
        assert done.status in (0, 1), done.stderr
        pattern = "".join(r"(?:.*\n)*?" if line == "..." else rf"{re.escape(line)}\n" for line in shown.splitlines())
        found += [] if re.fullmatch(pattern, done.stdout) else [command]
    return found


def test_it_is_short() -> None:
    assert len(re.sub(r"<!--.*?-->", "", TEXT, flags=re.DOTALL).split()) <= 650


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/findings.md", "docs/commands.md"])
def test_files_and_pages_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    said = re.findall(r"(?<![\w/])((?:docs|srtheory|paper_checks|notebooks|benchmarks|data)/[\w./-]*\w)", text)
    assert [path for path in said if not (ROOT / path).exists() and not re.search("VERB|my-", path)] == []


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", "\n".join(BLOCKS), re.MULTILINE):
        assert f"\n{target}: " in makefile


def test_one_version_everywhere() -> None:
    version = re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1]
    from srtheory import __version__

    assert version == __version__
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dynamic"] == ["version"]
