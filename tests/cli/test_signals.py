"""Runs on several processes that are interrupted, terminated or killed: no process stays, what was stored does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds in which a condition must come true, however busy the machine is
SCRIPT = """
from srtheory.cli import main
from srtheory.experiments import running, store
from tests.cli.hanging import FIRST_BLOCK, hang
running.compute_piece, store.LARGEST_BLOCK = hang, FIRST_BLOCK
main()
"""
STUDY = """
from srtheory import Model, Study, parse_law

study = Study(title="Hanging", at=Model(12, 3, 0.1, parse_law("expon(scale=5)")))


@study.claim("hangs", "I", "Runs go on.")
def hangs(lab):
    lab.records("sr", degree=3)
"""
GRID = """
trials = 200
seed = 1
[[tasks]]
scheme = "sr"
symbols = 12
degree = [2, 3]
tau = 0.1
startup = "expon(scale=5)"
"""
SIMULATE = ("simulate", "sr", "--symbols", "12", "--degree", "3", "--tau", "0.1", "--startup", "expon(scale=5)")
QUICK = [("simulate", "SIGINT"), ("verify", "SIGTERM"), ("sweep", "SIGKILL")]
VERBS = {
    "simulate": (*SIMULATE, "--trials", "200", "--seed", "1", "--store", "records"),
    "sweep": ("sweep", "grid.toml", "--store", "records"),
    "verify": ("verify", "mine.py", "--effort", "paper", "--store", "records"),
    "figure": ("figure", "2b", "--symbols", "12", "--effort", "paper", "--store", "records"),
}


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def lives(group: int) -> bool:
    """Whether a process of the group has not ended; who reaps those that have may come by once a second."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of = file.read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state != "Z":
                return True
    return False


def end(verb: str, number: signal.Signals, folder: Path) -> tuple[int, str]:
    """Send the signal when a block is stored and both processes hang; status and stderr once all processes are gone."""
    (folder / "grid.toml").write_text(GRID)
    (folder / "mine.py").write_text(STUDY)
    command = [sys.executable, "-c", SCRIPT, *VERBS[verb], "--processes", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stderr=stderr, stdout=subprocess.DEVNULL, start_new_session=True
        )
    try:
        wait_until(lambda: process.poll() is not None or (hanging(folder) == 2 and len(stored(folder)) > 0))
        assert process.poll() is None, (folder / "stderr").read_text()
        if number == signal.SIGINT:  # a terminal sends it to all
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        status = process.wait(PATIENCE)
        wait_until(lambda: not lives(process.pid))
    finally:
        if lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return status, (folder / "stderr").read_text()


def hanging(folder: Path) -> int:
    return len(list(folder.glob("hangs-*")))


def stored(folder: Path) -> list[Path]:
    return list(folder.glob("records/*/0000000000.parquet"))


@pytest.mark.parametrize(
    ("verb", "number"),
    [
        pytest.param(*case, marks=() if case in QUICK else (pytest.mark.slow, pytest.mark.attack), id=" ".join(case))
        for case in product(VERBS, ("SIGINT", "SIGTERM", "SIGKILL"))
    ],
)
def test_a_run_that_is_ended_ends_its_processes_and_keeps_what_was_stored(
    verb: str, number: str, tmp_path: Path
) -> None:
    """An interrupt is one line; an end by Python has its status, and so has one by the system."""
    signal_ = signal.Signals[number]
    status, stderr = end(verb, signal_, tmp_path)
    assert status == {"SIGINT": 130, "SIGTERM": 128 + signal.SIGTERM, "SIGKILL": -signal.SIGKILL}[number]
    assert "Traceback" not in stderr
    assert number != "SIGINT" or stderr.splitlines()[-1:] == ["srtheory: interrupted"]
    assert "" not in stderr.splitlines()
    assert stored(tmp_path)
