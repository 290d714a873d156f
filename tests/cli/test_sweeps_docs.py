"""docs/sweeps.md: every command and every piece of code in it is run, and does what it says."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from srtheory.cli.sweep import read_spec
from srtheory.errors import ArgumentError
from srtheory.experiments import store
from tests.contracts.test_stores import contents

TEXT = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text(encoding="utf-8")
ALONE, TOGETHER, MILLION, CLUSTER = (block.splitlines() for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL))
GRID = re.search(r"```toml\n# grid\.toml\n(.*?)```", TEXT, re.DOTALL)[1]
READING, RUNNING = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SCRIPTS = {
    "srtheory": "import sys; from srtheory.cli import main; sys.argv[0] = 'srtheory'; main()",
    "dask": "import sys; from dask.__main__ import main; main()",
}


def command(line):
    name, *arguments = shlex.split(line)
    return [sys.executable, "-c", SCRIPTS[name], *arguments]


@pytest.fixture
def do(run, folder):
    """A command of srtheory, as its script would run it."""

    def do(line):
        name, *arguments = shlex.split(line)
        assert name == "srtheory"
        done = run(*arguments)
        assert done.status == 0, done.stderr
        return done.stdout

    return do


@pytest.fixture
def code(capsys, folder):
    """What a piece of Python prints; here as everywhere a warning is an error."""

    def code(text):
        exec(text, {"__name__": "__main__"})
        return capsys.readouterr().out

    return code


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "grid.toml").write_text(GRID)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_one_task(do, code, folder, monkeypatch):
    """As printed, but for a tenth of the trials, in all and in a block."""
    monkeypatch.setattr(store, "LARGEST_BLOCK", store.LARGEST_BLOCK // 10)

    def fewer(text):
        return re.sub(r"\b(1[05])00\b", r"\g<1>0", text)

    first, second = map(fewer, ALONE)
    assert "100 trials" in do(first)
    before = contents(folder / "records")
    assert "150 trials" in do(second)
    after = contents(folder / "records")
    assert before.items() < after.items()
    assert {Path(name).name for name in set(after) - set(before)} == {"0000000100.parquet"}
    [line] = code(READING).splitlines()
    id, rows, mean = line.split()
    assert rows == "150"
    assert any(name.startswith(id) for name in after)
    assert code(fewer(RUNNING)).split()[:2] == [next(iter(after)).split("/")[0], mean]
    assert contents(folder / "records") == after


@pytest.mark.slow
def test_a_grid(do, folder):
    together, again = (do(line).splitlines() for line in TOGETHER)
    assert len(together) == len(again) == len(contents(folder / "records")) / 2 == 9
    assert all(line.startswith("{") for line in again)


@pytest.mark.slow
def test_a_million_workers(do):
    [line] = MILLION
    assert "stopping_time" in do(line)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.slow
def test_many_machines(do, code, folder):
    """As printed, but for fewer trials, the port, which another test may be using, and a worker without its nanny."""
    pytest.importorskip("distributed")
    scheduler, worker, sweep = (line.replace("8786", port) for port in [free_port()] for line in CLUSTER)
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    helpers = [subprocess.Popen(command(line), **quiet) for line in (scheduler, f"{worker} --no-nanny")]
    try:
        code(WAIT.format(re.search(r"tcp://\S+", worker)[0]))
        assert len(do(f"{sweep} --trials 5").splitlines()) == 9
    finally:
        for helper in reversed(helpers):
            helper.terminate()
            helper.wait()
    kept = contents(folder / "records")
    do(TOGETHER[0].replace("--store records", "--store here").replace("--processes 2", "--trials 5"))
    assert contents(folder / "here") == kept


WAIT = """
from distributed import Client
with Client("{}", timeout=300) as client:
    client.wait_for_workers(1, timeout=300)
"""


def test_names_that_are_mentioned_exist(tmp_path):
    from srtheory.decoders import ENTRIES as DECODERS
    from srtheory.experiments.trial import Record

    (tmp_path / "grid.toml").write_text(f"{GRID}\ncolour = 3\n")
    with pytest.raises(ArgumentError) as refusal:
        read_spec(tmp_path / "grid.toml")
    keys = {*refusal.value.expected.removeprefix("a table with the keys ").split(", ")} - {"option"}
    below = TEXT.split("\n".join(TOGETHER))[1].split("```")[1]
    assert set(re.findall(r"`([a-z_]+)`", below)) - {"simulate", *DECODERS} == keys
    assert {"stopping_time", "coverage_time", "latency"} <= set(Record.__dataclass_fields__)
