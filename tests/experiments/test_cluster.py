"""A real Dask scheduler and two workers on this machine, one of which is killed in the middle."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread, Timer

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.schemes.sum_recovery import SumRecovery
from tests.contracts.test_stores import contents

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[2]
TASK = Task(SumRecovery(200, 8), DelayModel(parse_law("expon(scale=5)"), 0.02), 1)
TRIALS = 600
DASK = "import sys; from distributed.cli.{} import main; main()"


def launch(verb, *arguments):
    command = [sys.executable, "-c", DASK.format(f"dask_{verb}"), *arguments, "--no-dashboard"]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def say(process, pattern):
    """The first line of a process that matches; what else it says is read, too: it would wait for that in the end."""
    for line in process.stderr:
        if found := re.search(pattern, line):
            Thread(target=_read_on, args=(process.stderr,), daemon=True).start()
            return found[0]
    raise AssertionError("it ended without a word")


def _read_on(stream):
    with suppress(ValueError):  # the stream is closed
        for _ in stream:
            pass


@contextmanager
def launched(scratch, count):
    """Address and process of a scheduler, and so many workers in processes of their own."""
    scheduler = launch("scheduler", "--host", "127.0.0.1", "--port", "0")
    address = say(scheduler, r"tcp://127\.0\.0\.1:\d+")
    places = ("--no-nanny", "--nthreads", "1", "--local-directory", str(scratch))
    workers = [launch("worker", address, *places) for _ in range(count)]
    for worker in workers:
        say(worker, "Registered to")
    yield address, scheduler, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()
        process.stderr.close()


def test_a_scheduler_that_is_not_there_is_told(monkeypatch):
    """Before there is a client, which would take twenty seconds, and a traceback, to be gone again."""
    monkeypatch.setattr("distributed.Client", lambda *_, **__: pytest.fail("a client is made"))
    monkeypatch.setattr("srtheory.experiments.running.ANSWER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        end = Timer(10, mute.close)  # of one that waits for ever
        end.start()
        takes_a_call_and_says_nothing = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        for address in ("not an address", " ", "tcp://", "http://x:1", "tcp://[::1", takes_a_call_and_says_nothing):
            with pytest.raises(ArgumentError, match="running Dask scheduler") as refusal:
                run(TASK, 1, scheduler=address)
            assert (refusal.value.name, "\n" in str(refusal.value)) == ("scheduler", False)
        end.cancel()


@pytest.mark.attack
@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same(tmp_path):
    """Schemes and studies of users on a cluster are asked in tests/contracts/test_studies.py."""
    done = 0
    with launched(tmp_path / "scratch", 2) as (address, _, (first, second)):

        def watch(count, computed):
            nonlocal done
            done += count * computed
            if done >= TRIALS / 3 and first.poll() is None:
                first.kill()
                first.wait()

        there = run(TASK, TRIALS, store=tmp_path / "there", scheduler=address, progress=watch)
        assert first.poll() is not None, "nobody was killed"
        assert second.poll() is None
    assert done == TRIALS
    assert there == run(TASK, TRIALS, store=tmp_path / "here")
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
