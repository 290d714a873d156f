"""A Dask cluster within this process: its workers share the tests' events."""

from __future__ import annotations

import logging
from contextlib import contextmanager

import pytest

pytest.importorskip("distributed")


def dask(workers):
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL + 1,
    )


@pytest.fixture(scope="package")
def client():
    """Of three Dask workers that no test harms.  It ends with these tests: it looks after itself at all times."""
    from distributed import Client

    with dask(3) as cluster, Client(cluster, set_as_default=False) as client:
        yield client


@pytest.fixture
def inside(client, monkeypatch):
    """Whoever asks for a cluster gets this one."""
    from srtheory.workers import execution

    @contextmanager
    def connect(cluster, workers, seconds=None):
        yield client

    monkeypatch.setattr(execution, "connect", connect)


@pytest.fixture
def fragile():
    """Of three Dask workers, for a test to do what it likes with."""
    from distributed import Client

    with dask(3) as cluster, Client(cluster, set_as_default=False) as client:
        yield client
