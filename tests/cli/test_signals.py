"""Runs on several processes that are interrupted, terminated or killed: no process stays, what was stored does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
PAGE = """
import pathlib, time
from srtheory.explore import jobs, state
worker = jobs.Worker(state.World())
worker.give({"symbols": "100000", "tau": "0.00005", "schemes": "sr"})
while not worker.take():
    time.sleep(0.1)
worker.give([(0, 0)])
pathlib.Path("records/0").mkdir(parents=True)
for name in ("hangs-1", "hangs-2", "records/0/0000000000.parquet"):
    pathlib.Path(name).touch()
while True:
    time.sleep(len(worker.take()) + 0.5)
"""
TWICE, STOPPED = "SIGINT twice", "SIGSTOP, SIGCONT, SIGINT"
LONGEST = {"seconds": float(PATIENCE)}
"""In which the last process must have ended."""
QUICK = [("simulate", "SIGINT"), ("verify", "SIGTERM"), ("sweep", "SIGKILL")]
VERBS = {
    "simulate": (*SIMULATE, "--trials", "200", "--seed", "1", "--store", "records"),
    "sweep": ("sweep", "grid.toml", "--store", "records"),
    "verify": ("verify", "mine.py", "--effort", "paper", "--store", "records"),
    "figure": ("figure", "2b", "--symbols", "12", "--effort", "paper", "--store", "records"),
}


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def states() -> Iterator[tuple[int, int, str]]:
    """Of each process, its number, its session, and how it is."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, session = file.read_text().rpartition(")")[2].split()[:4]
            yield int(file.parent.name), int(session), state


def lives(session: int) -> list[int]:
    """Processes of the session that have not ended; who reaps those that have may come by once a second."""
    return [process for process, of, state in states() if of == session and state != "Z"]


def interrupt(session: int, how: str) -> None:
    """As a terminal does, which sends it to all; what is stopped before goes on first."""
    for name in {TWICE: ("SIGINT",) * 2, STOPPED: ("SIGSTOP", "SIGCONT", "SIGINT")}.get(how, ("SIGINT",)):
        os.killpg(session, signal.Signals[name])
        if name != "SIGINT":  # a thread that goes on before the main one would get the interrupt
            wait_until(lambda name=name: ((session, session, "T") in states()) == (name == "SIGSTOP"))


def end(verb: str, how: str, folder: Path) -> tuple[int, str]:
    """Send the signal when a block is stored and both processes hang; status and stderr once all processes are gone."""
    (folder / "grid.toml").write_text(GRID)
    (folder / "mine.py").write_text(STUDY)
    script = [SCRIPT, *VERBS[verb], "--processes", "2"] if verb in VERBS else [PAGE]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", *script],
            cwd=folder,
            env=environment,
            stderr=stderr,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        wait_until(lambda: process.poll() is not None or (hanging(folder) == 2 and len(stored(folder)) > 0))
        assert process.poll() is None, (folder / "stderr").read_text()
        if "SIGINT" in how:
            interrupt(process.pid, how)
        else:
            process.send_signal(signal.Signals[how])
        status = process.wait(PATIENCE)
        wait_until(lambda: not lives(process.pid), LONGEST["seconds"])
    finally:
        for left in lives(process.pid):
            os.kill(left, signal.SIGKILL)
        process.wait()
    return status, (folder / "stderr").read_text()


def hanging(folder: Path) -> int:
    return len(list(folder.glob("hangs-*")))


def stored(folder: Path) -> list[Path]:
    return list(folder.glob("records/*/0000000000.parquet"))


@pytest.mark.parametrize(
    ("verb", "how"),
    [
        pytest.param(*case, marks=() if case in QUICK else (pytest.mark.slow, pytest.mark.attack), id=" ".join(case))
        for case in product(VERBS, ("SIGINT", "SIGTERM", "SIGKILL", TWICE, STOPPED))
    ],
)
def test_a_run_that_is_ended_ends_its_processes_and_keeps_what_was_stored(verb: str, how: str, tmp_path: Path) -> None:
    """An interrupt is one line; an end by Python has its status, and so has one by the system, as a second one may."""
    status, stderr = end(verb, how, tmp_path)
    if how == TWICE:
        assert status in (130, -signal.SIGINT)
    else:
        assert status == {"SIGTERM": 128 + signal.SIGTERM, "SIGKILL": -signal.SIGKILL}.get(how, 130)
    assert "Traceback" not in stderr
    assert how not in ("SIGINT", STOPPED) or stderr.splitlines()[-1:] == ["srtheory: interrupted"]
    assert "" not in stderr.splitlines()
    assert stored(tmp_path)


@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
def test_a_page_that_is_ended_ends_the_process_that_computes_for_it(how: str, tmp_path: Path) -> None:
    assert end("page", how, tmp_path)[0] == -signal.Signals[how]


PLANTS = {
    "another status": "import os, sys\nsys.exit = lambda status: os._exit(1)\n",
    "a traceback": "import os, sys\nsys.exit = lambda status: (sys.stderr.write('Traceback\\n'), os._exit(status))\n",
    "a process that stays": "import subprocess\nsubprocess.Popen(['sleep', '1000'], process_group=0)\n",
}


@pytest.mark.quality
@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS)
def test_planted_defects_are_seen(plant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "SCRIPT", PLANTS[plant] + SCRIPT)
    monkeypatch.setitem(LONGEST, "seconds", 1)
    with pytest.raises(AssertionError):
        test_a_run_that_is_ended_ends_its_processes_and_keeps_what_was_stored("simulate", "SIGINT", tmp_path)
