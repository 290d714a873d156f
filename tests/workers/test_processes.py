"""Workers in processes of their own, some of which are killed, and a scheduler that goes away."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from srtheory.errors import ArgumentError
from srtheory.workers import NotRecovered, compute_sum, connect, execution
from tests.cli.test_own_code import MINE
from tests.experiments.test_cluster import launched
from tests.workers.functions import cube

M = 12
LATE = 1e6
"""Seconds that no test waits."""
TOTAL = sum(cube(i, 2) for i in range(M))


@pytest.fixture
def scheduler(tmp_path):
    with launched(tmp_path / "scratch", 3) as started:
        yield started


def test_a_scheduler_elsewhere(scheduler):
    """All that may happen to one cluster, in the order in which it can be borne."""
    address, process, workers = scheduler
    here = {"symbols": M, "cluster": address}
    with pytest.raises(ArgumentError, match="moved to the workers") as refusal:
        compute_sum(cube, threading.Lock(), **here)
    assert refusal.value.name == "function"
    assert compute_sum(cube, 2, **here).value == TOTAL

    def until_it_is_dead(received, covered, columns):
        while all(worker.poll() is None for worker in workers):
            time.sleep(0.01)

    done = compute_sum(cube, 2, kill=1, progress=until_it_is_dead, **here)
    assert done.value == TOTAL
    assert sum(worker.poll() is not None for worker in workers) == 1
    for fault in done.faults:  # none if Dask heard of it later
        assert len(fault.workers) == M / 3
        assert "its process is lost" in fault.what

    one, _ = (worker for worker in workers if worker.poll() is None)
    done = compute_sum(cube, 2, progress=lambda *_: one.send_signal(signal.SIGSTOP), **here)
    one.send_signal(signal.SIGCONT)
    assert done.value == TOTAL
    assert done.processes == 2
    assert done.faults == ()  # it is not lost, it only says nothing

    def end(received, covered, columns):
        process.kill()
        process.wait()

    with pytest.raises(NotRecovered, match="its process is lost") as refusal:
        compute_sum(cube, 2, scheme="uncoded", startup=[0.0] * (M - 1) + [LATE], progress=end, **here)
    assert M - 1 in refusal.value.missing


def test_processes_of_this_machine():
    """Every process but one is killed: what is missing without a code, a code has."""
    done = compute_sum(cube, 2, symbols=M, cluster=3, kill=2)
    assert done.value == TOTAL
    assert len(done.faults) <= 2  # none if Dask heard of it later
    assert done.record.complete_worker
    assert {arrival.worker % 3 for arrival in done.arrivals} == {0}


def all_start_again(client):
    """A progress that has Dask restart all processes, and goes on when they have been told."""

    def restart(received, covered, columns):
        if received == 1:
            with suppress(OSError, TimeoutError):  # how soon they are back is Dask's business
                client.restart(timeout=1, wait_for_workers=False)

    return restart


def test_a_scheme_of_ones_own_comes_from_its_file(tmp_path, monkeypatch):
    """On every process; one where the file is another is refused.  And a restart of all processes loses all workers."""
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "mine.py"
    file.write_text(MINE)
    given = {"symbols": M, "scheme": f"{file}::Same", "degree": 3, "own": {"seed": True}}
    with connect(2) as client:
        done = compute_sum(cube, 2, cluster=client, **given)
        assert (done.value, done.processes, done.scheme.seed) == (TOTAL, 2, True)

        @contextmanager
        def changed(cluster, workers, seconds):
            file.write_text(MINE + "# a remark\n")
            yield client

        monkeypatch.setattr(execution, "connect", changed)
        with pytest.raises(ArgumentError, match="the source has changed") as refusal:
            compute_sum(cube, 2, **given)
        assert refusal.value.name == "scheme"

        one_late = [0.0] * (M - 1) + [LATE]
        given = {"symbols": M, "scheme": "uncoded", "startup": one_late, "progress": all_start_again(client)}
        with pytest.raises(NotRecovered, match="its process is lost") as lost:
            compute_sum(cube, 2, cluster=client, **given)
        assert M - 1 in lost.value.missing
