"""docs/commands.md: the same words in every verb, as the commands themselves have them; completion; JSON."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem, ShellComplete

from paper_checks import study
from srtheory import __version__
from srtheory.cli import VERBS, srtheory
from srtheory.cli.run import WORKLOADS
from srtheory.conjectures.registry import shipped
from srtheory.schemes import SCHEME_NAMES as SCHEMES
from srtheory.study.making import subjects
from tests.cli.conftest import Run
from tests.test_architecture import HEAVY, loaded

TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
COMMANDS = {verb: srtheory.get_command(None, verb) for verb in VERBS}
SHARED = ("seed", "trials", "effort", "processes", "engine", "scheduler", "store", "out", "json", "json-schema")
"""Options that are to mean the same wherever they are."""


def options(command: click.Command) -> dict[str, click.Option]:
    """Options by name, without those that are read but not shown."""
    shown = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return {name.removeprefix("--"): p for p in shown for name in p.opts if name.startswith("--")}


def table(text: str, head: str) -> dict[str, dict[str, str]]:
    """A table of the page: verb -> column -> cell; ``head`` is a word of its first line."""
    block = next(b for b in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE) if head in b.splitlines()[0])
    (_, *columns), _, *rows = (
        [cell.strip().strip("`") for cell in line.strip("|\n").split("|")] for line in block.splitlines()
    )
    return {verb: dict(zip(columns, cells, strict=True)) for verb, *cells in rows}


# --------------------------------------------------------------------------------------------------------- the words


def test_what_three_verbs_have_is_on_the_page() -> None:
    times = Counter(name for command in COMMANDS.values() for name in options(command))
    shared = {name for name, count in times.items() if count > 2}
    assert {name for name in shared if f"`--{name}" not in TEXT and f"--{name} " not in TEXT} == set()


@pytest.mark.parametrize("name", SHARED)
def test_a_word_means_the_same_in_every_verb(name: str) -> None:
    """Type of an option, and the first sentence of its help."""
    found = [options(command)[name] for command in COMMANDS.values() if name in options(command)]
    kinds = {click.Path if name == "out" else type(option.type) for option in found}
    says = {re.split(r"\.(?:\s|$)", str(option.help))[0] for option in found}
    assert (len(kinds), len(says)) == (1, 1), "use the word of srtheory/questions/words.py"


def test_exit_statuses_and_version(run: Run) -> None:
    say = {verb for verb, command in COMMANDS.items() if "Exit status" in str(command.help)}
    assert set(table(TEXT, "meaning of status 1")) == say, (
        "a verb whose help has an exit status has a row in docs/commands.md"
    )
    assert run("--version").stdout == f"srtheory {__version__}\n"


# -------------------------------------------------------------------------------------------------------- completion


def completions(line: str) -> list[CompletionItem]:
    """What a shell offers for the last word of a line."""
    *words, begun = line.split(" ")
    return ShellComplete(srtheory, {}, "srtheory", "_SRTHEORY_COMPLETE").get_completions(words, begun)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        *(("", list(VERBS)), ("fig", ["figure"]), ("figure ", list(study.figures)), ("table small", ["small-cases"])),
        ("figure 2", [name for name in study.figures if name.startswith("2")]),
        ("table ", list(subjects(study, "table"))),
        *((line, [name for name in SCHEMES if name.startswith(line.split()[-1])])
          for line in ("simulate sr", "latency gen", "compare --scheme par", "run taylor --scheme par")),
        *(("hunt ", list(shipped())), ("hunt hitting", ["hitting-time"]), ("run ", list(WORKLOADS))),
        *(("verify --claim thm2", ["thm2"]), ("verify --claim no-such", []), ("verify --claim ", list(study.claims))),
        ("compare --schemes sr,gen", ["sr,genie"]),
        ("figure tanner --s", ["--scheduler", "--schemes", "--style", "--symbols", "--startup", "--seed", "--store"]),
        ("simulate --o", ["--option"]),  # and not --out, which is read but not shown
        ("table claims --format ", ["latex", "markdown", "csv"]),
    ],
)  # fmt: skip
def test_completion(line: str, offered: list[str]) -> None:
    assert sorted(item.value for item in completions(line)) == sorted(offered)


FILES = [
    *("span ro", "hunt mine.py", "check ", "simulate mi.", "latency ./m", "compare --scheme sr.p"),
    "run taylor --scheme my/",
]


@pytest.mark.parametrize("line", FILES)
def test_files_are_left_to_the_shell(line: str) -> None:
    [item] = completions(line)
    assert (item.type, item.value) == ("file", line.rpartition(" ")[2])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_page_has_each_shell(run: Run, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    [line] = re.findall(rf"```{shell}\n(.*)\n```", TEXT)
    [(name, how)] = re.findall(r"(_\w+)=(\w+)", line)
    monkeypatch.setenv(name, how)
    script = run().stdout
    assert (f"{shell}_complete" in script, "srtheory" in script) == (True, True)
    monkeypatch.setenv(name, "bash_complete")  # and so it asks
    monkeypatch.setenv("COMP_WORDS", "srtheory figure 2b")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert run().stdout.splitlines() == [f"plain,{name}" for name in study.figures if name.startswith("2b")]


OFFER = """
from click.shell_completion import ShellComplete
from srtheory.cli import srtheory
shell = ShellComplete(srtheory, {}, "srtheory", "_SRTHEORY_COMPLETE")
"""


def test_completion_is_fast() -> None:
    """It loads nothing heavy beside NumPy: no laws, no pictures, no checks."""
    lines = ["", "figure 2", "table s", "simulate s", "compare --s", "verify --claim thm", "run ", "simulate mine.p"]
    calls = (f"shell.get_completions({line.split(' ')[:-1]!r}, {line.split(' ')[-1]!r})" for line in lines)
    names = set(loaded(OFFER + "".join(f"assert {call}\n" for call in calls)))
    assert "srtheory.cli.figure" in names
    assert not names & (set(HEAVY) - {"click", "numpy", "tqdm"})


@pytest.mark.quality
def test_a_heavy_completion_is_seen() -> None:
    assert "scipy" in loaded(OFFER + "import scipy\n")


# -------------------------------------------------------------------------------------------------------------- JSON


def test_the_page_s_example(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.json").write_text('{"columns": 3, "rows": [[0, 1], [2]]}')
    [block] = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines():
        command, file = line.split(" > ")
        (tmp_path / file).write_text(run(*shlex.split(command)[1:]).stdout)
    [code] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(code, "docs/commands.md", "exec"), {})
    assert capsys.readouterr().out.startswith("2 Least number of first rows that span 1")
