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


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder with the file that the README speaks of."""
    for name, code in re.findall(r"```python\n# (\S+\.py)\n(.*?)```", TEXT, re.DOTALL):
        (tmp_path / name).write_text(code)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("desk")
def test_it_shows_what_the_commands_print(run: Run) -> None:  # noqa: F811
    assert TEXT.count("```console") == 4
    assert faults(TEXT, run) == []


@pytest.mark.quality
@pytest.mark.usefixtures("desk")
def test_another_line_would_be_seen(run: Run) -> None:  # noqa: F811
    [hunt] = [block for block in re.findall(r"```console.*?```", TEXT, re.DOTALL) if "srtheory hunt" in block]
    for wrong in ("rank 4", "rank 5\nover Q      the rows do not span 1; rank 5", "rank 5\n...\nsomething"):
        assert faults(hunt.replace("rank 5", wrong), run) != []


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
    assert len(re.sub(r"<!--.*?-->|^```.*?^```", "", TEXT, flags=re.DOTALL | re.MULTILINE).split()) <= 700


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
