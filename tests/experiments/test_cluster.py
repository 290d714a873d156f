"""A real Dask scheduler and two workers on this machine, one of which is killed in the middle."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, Timer

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.schemes import make
from srtheory.schemes.sum_recovery import SumRecovery
from tests.contracts.test_stores import contents

distributed = pytest.importorskip("distributed")
ROOT = Path(__file__).parents[2]
TASK = Task(SumRecovery(200, 8), DelayModel(parse_law("expon(scale=5)"), 0.02), 1)
TRIALS = 600
DASK = "import sys; from distributed.cli.{} import main; main()"


@dataclass(frozen=True)
class Cluster:
    address: str
    workers: list[subprocess.Popen[str]]


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


@pytest.fixture
def cluster(tmp_path):
    with launched(tmp_path / "scratch", 2) as (address, _, workers):
        yield Cluster(address, workers)


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


MINE = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Pairs(ByWorker):
    step: int = 2

    def sends(self, worker, key):
        yield [worker]
        yield [(worker + 1) % self.symbols, (worker + self.step) % self.symbols]
"""


def imports_a_users_scheme_from_its_file_and_refuses_another(cluster, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    task = Task(make(f"{path}::Pairs", 12, step=3), TASK.delays, 1)
    assert run(task, 200, scheduler=cluster.address) == run(task, 200)
    path.write_text(MINE + "# a remark\n")
    with pytest.raises(ArgumentError, match="the source has changed, or is another on this machine"):
        run(task, 200, scheduler=cluster.address)


def loses_a_worker_and_gives_the_same(cluster, tmp_path):
    done = 0

    def watch(count, computed):
        nonlocal done
        done += count * computed
        if done >= TRIALS / 3 and cluster.workers[0].poll() is None:
            cluster.workers[0].kill()
            cluster.workers[0].wait()

    there = run(TASK, TRIALS, store=tmp_path / "there", scheduler=cluster.address, progress=watch)
    assert cluster.workers[0].poll() is not None, "nobody was killed"
    assert cluster.workers[1].poll() is None
    assert done == TRIALS
    here = run(TASK, TRIALS, store=tmp_path / "here")
    assert there == here
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


class Graphs(distributed.SchedulerPlugin):
    """How many graphs a scheduler is given."""

    name = "graphs"
    count = 0

    def update_graph(self, scheduler, **_):
        self.count += 1


def gives_the_scheduler_one_graph_for_many_pieces(cluster):
    """It keeps some hundred bytes for each that it has been given."""
    with distributed.Client(cluster.address) as client:
        client.register_plugin(Graphs())
        run(TASK, TRIALS, scheduler=cluster.address)
        assert client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.plugins["graphs"].count) == 1


@pytest.mark.attack
@pytest.mark.slow
def test_a_cluster(cluster, tmp_path):
    """One for all, as its processes take longer to start than to work; last the one that kills."""
    imports_a_users_scheme_from_its_file_and_refuses_another(cluster, tmp_path)
    gives_the_scheduler_one_graph_for_many_pieces(cluster)
    loses_a_worker_and_gives_the_same(cluster, tmp_path)
