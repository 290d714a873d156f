"""Pages for newcomers: every command and every piece of code in them is run, and gives what the page shows."""

from __future__ import annotations

import re
import runpy
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from srtheory import testing
from srtheory.delays import parse_law
from srtheory.experiments import store
from srtheory.experiments.lab import Effort
from srtheory.lookup import TABLES
from srtheory.model import Model
from srtheory.study.findings import Verdict
from srtheory.study.loading import load
from srtheory.theory.designs import by_bits, orders_bounds
from tests.cli.conftest import Run, asked, refused
from tests.contracts.test_stores import contents
from tests.own_page import FILES, TEXT
from tests.workers.conftest import client, inside  # noqa: F401  (fixtures)

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


# --------------------------------------------------------------------------------------------- docs/first_steps.md

FIRST = page("first_steps")


def differences(text: str, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Lines of the page and of the command where they differ."""
    monkeypatch.chdir(folder)
    (folder / "rows.json").write_text(blocks(text, "json")[0])
    found = []
    for command, shown in re.findall(r"```console\n\$ srtheory (.*?)\n(.*?)```", text, re.DOTALL):
        done = run(*shlex.split(command))
        assert done.status in (0, 1), done.stderr
        said = done.stdout.splitlines()
        found += [pair for pair in zip(shown.splitlines(), said, strict=True) if pair[0] != pair[1]]
    return found


def test_the_first_steps_are_what_the_commands_print(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert FIRST.count("```console") == 8
    assert differences(FIRST, run, tmp_path, monkeypatch) == []


@pytest.mark.quality
def test_another_digit_would_be_seen(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = FIRST[: FIRST.index("## 2.")]
    assert differences(first.replace("rank           2", "rank           3"), run, tmp_path, monkeypatch)


# ----------------------------------------------------------------------------------------------- docs/own_paper.md


def change(file: Path, pattern: str, new: str) -> None:
    text = file.read_text()
    found = re.sub(pattern, lambda _: new, text, count=1, flags=re.DOTALL)
    assert found != text
    file.write_text(found)


def test_of_a_new_study_a_claim_is_changed_and_a_number_added(run: Run, tmp_path: Path) -> None:
    text, folder = page("own_paper"), tmp_path / "mypaper"
    (claim, number, figure), (sentence,) = blocks(text, "python"), blocks(text, "latex")
    assert run("new", str(folder)).status == 0
    files = re.findall(r"^\| `([\w.]+)` \|", text.partition("`make` takes")[0], re.M)
    assert {path.name for path in folder.iterdir()} >= set(files)

    def verdicts() -> dict[str, str]:
        return {entry["id"]: entry["verdict"] for entry in asked(run, "verify", str(folder))}

    assert verdicts() == {"windows-cover": "verified", "windows-span": "refined"}
    claims, paper = folder / "claims.py", folder / "paper.tex"
    change(claims, r'@study\.claim\(\n    "windows-span".*?(?=\n\n\n)', claim.strip())
    assert verdicts() == {"windows-cover": "verified", "windows-span": "verified"}
    testing.check_study(load(str(folder)), ["windows-span"])
    claims.write_text(f"{claims.read_text()}\n\n{number}\n\n{figure}")
    assert "seed 2022" in asked(run, "figure", f"{folder}::widths", "--out", str(tmp_path))["caption"]
    assert "WinDoneByHalf" in run("numbers", str(folder), "--list").stdout
    assert "\\WinDoneByHalf is not used" in run("numbers", str(folder), "--check", str(paper)).stdout
    change(paper, r"\\begin\{figure\}", f"{sentence}\\begin{{figure}}")
    done = run("numbers", str(folder), "--check", str(paper))
    assert (done.status, done.stdout.count("\n")) == (0, 1)
    assert r"\newcommand{\WinDoneByHalf}{\ensuremath{0." in run("numbers", str(folder)).stdout
    rows = " ".join(re.findall(r"^\| (`[A-Z].*?) \|", text, re.M))
    assert set(re.findall(r"`([A-Z_]{4,})`", rows)) == set(Verdict.__members__)
    assert set(re.findall(r"Number\.(\w+)\(", rows)) == {"mean", "share", "bounds", "exact"}


# ------------------------------------------------------------------------------------------------ docs/own_code.md

COMMANDS = re.findall(r"^srtheory (.*)$", "\n".join(blocks(TEXT, "sh")), re.MULTILINE)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "orders.json").write_text(blocks(TEXT, "json")[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(Effort, "trials", property(lambda _: 2))
    monkeypatch.setattr("paper_checks.figures.curves.LAW_POINTS", 1)  # each takes as long as many runs
    return tmp_path


SLOW = ("figure", "table")


@pytest.mark.parametrize(
    "line", [pytest.param(line, marks=pytest.mark.slow if line.split()[0] in SLOW else ()) for line in COMMANDS]
)
@pytest.mark.usefixtures("inside", "svg_alone", "desk")
def test_commands_with_code_of_ones_own(line: str, run: Run) -> None:
    small = line.split()[0] in SLOW and "--symbols" not in line
    if line.startswith("check"):  # of what the command before writes
        run(*shlex.split(COMMANDS[COMMANDS.index(line) - 1]))
    done = run(*shlex.split(line), *["--symbols", "40"] * small)
    assert done.status == 0, done.stderr
    assert done.stdout


def test_laws_and_orders_of_ones_own(desk: Path, run: Run) -> None:
    """The law is that of the uncoded scheme; the orders of a file are earlier than cyclic order."""
    of = lambda *begun: [shlex.split(line) for line in COMMANDS if line.startswith(begun)]  # noqa: E731
    own, house = (run(*words).stdout.split() for words in of("latency alone.py", "latency uncoded"))
    assert float(own[-1]) == pytest.approx(float(house[-1]), abs=1e-8)
    own, cyclic = (
        asked(run, *words)["cdf"][0]["probability"] for words in of("latency orders.py", "latency terms-cyclic")
    )
    assert own[0] > cyclic[1]
    assert own == list(orders_bounds(Model(4, None, 0.3, parse_law("expon(scale=1)")), 1.0, by_bits(4)))
    (desk / "orders.json").write_text("[[0, 1], [0, 0]]")
    given = ["--symbols", "2", "--tau", "1", "--startup", "expon()", "--trials", "2"]
    assert "'file'" in refused(run, "simulate", "orders.py::Orders", *given)
    verbs = {"simulate", "check", "compare", "sweep", "figure", "table", "latency", "run"}
    assert {line.split()[0] for line in COMMANDS} == verbs  # every verb that takes a scheme
    assert set(FILES) == {"mine.py", "grid.toml", "test_mine.py", "alone.py", "orders.py"}
    said = re.findall(r"`(srtheory/[\w/]+\.py)`", TEXT)
    assert len(said) == 1 + len(TABLES)
    assert [path for path in said if not (ROOT / path).exists()] == []


@pytest.mark.usefixtures("desk")
def test_the_readers_own_tests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file that pytest would import from that folder, on a few of the cases that it asks for."""
    check = testing.check_scheme
    fewer = lambda *given, examples=200, **more: check(*given, examples=examples // 10, **more)  # noqa: E731
    monkeypatch.setattr(testing, "check_scheme", fewer)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    try:
        tests = [found for name, found in runpy.run_path("test_mine.py").items() if name.startswith("test_")]
        assert len(tests) == FILES["test_mine.py"].count("def test_") > 0
        for test in tests:
            test()
    finally:
        sys.modules.pop("mine", None)


# -------------------------------------------------------------------------------------------------- docs/sweeps.md

SWEEPS = page("sweeps")
ALONE, TOGETHER, MILLION, CLUSTER = (block.splitlines() for block in blocks(SWEEPS, "sh"))
READING, RUNNING = blocks(SWEEPS, "python")


@pytest.fixture
def grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "grid.toml").write_text(blocks(SWEEPS, "toml\n# grid\\.toml")[0])
    monkeypatch.chdir(tmp_path)
    return tmp_path / "records"


def do(run: Run, line: str) -> str:
    done = run(*shlex.split(line)[1:])
    assert done.status == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_one_task_and_a_grid(
    run: Run, grid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As printed, but for a tenth of the trials, in all and in a block; a million workers are ten thousand."""

    def fewer(text: str) -> str:
        return re.sub(r"\b(1[05])00\b", r"\g<1>0", text)

    def code(text: str) -> list[str]:
        exec(text, {"__name__": "__main__"})
        return capsys.readouterr().out.split()

    monkeypatch.setattr(store, "LARGEST_BLOCK", store.LARGEST_BLOCK // 10)
    first, second = map(fewer, ALONE)
    assert "100 trials" in do(run, first)
    before = contents(grid)
    assert "150 trials" in do(run, second)
    after = contents(grid)
    assert before.items() < after.items()
    assert {Path(name).name for name in set(after) - set(before)} == {"0000000100.parquet"}
    id, rows, mean = code(READING)
    assert (rows, next(iter(after)).split("/")[0][: len(id)]) == ("150", id)
    assert code(fewer(RUNNING))[0] == mean
    assert contents(grid) == after
    together, again = (do(run, line.replace("records", "grid")).splitlines() for line in TOGETHER)
    assert len(together) == len(again) == len(list(grid.with_name("grid").iterdir())) == 9
    assert all(line.startswith("{") for line in again)
    assert "stopping_time" in do(run, MILLION[0].replace("1000000", "10000"))


SCRIPTS = {"dask": "import sys; from dask.__main__ import main; main()"}
WAIT = """
from distributed import Client
with Client("{}", timeout=300) as client:
    client.wait_for_workers(1, timeout=300)
"""


@pytest.mark.attack
@pytest.mark.slow
def test_many_machines(run: Run, grid: Path) -> None:
    """As printed, but for fewer trials, the port, which another test may be using, and a worker without its nanny."""
    pytest.importorskip("distributed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    scheduler, worker, sweep = (line.replace("8786", port) for line in CLUSTER)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    commands = [[sys.executable, "-c", SCRIPTS["dask"], *line.split()[1:]] for line in (scheduler, worker)]
    helpers = [subprocess.Popen(words, **quiet) for words in (commands[0], [*commands[1], "--no-nanny"])]
    try:
        exec(WAIT.format(re.search(r"tcp://\S+", worker)[0]), {"__name__": "__main__"})
        assert len(do(run, f"{sweep} --trials 5").splitlines()) == 9
    finally:
        for helper in reversed(helpers):
            helper.terminate()
            helper.wait()
    kept = contents(grid)
    do(run, TOGETHER[0].replace("--store records", "--store here").replace("--processes 2", "--trials 5"))
    assert contents(grid.with_name("here")) == kept
