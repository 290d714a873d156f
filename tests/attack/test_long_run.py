"""What the hour of dying workers judges by: a block that is gone, records of another trial, memory that grows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from dask.utils import key_split

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.records import from_records
from srtheory.experiments.running import compute_piece
from srtheory.experiments.store import open_folder
from srtheory.experiments.trial import Task, run_trials
from srtheory.schemes import make
from tests.attack import full_cache, long_run
from tests.attack.report import Tally

TASK = Task(make("sr", 5, degree=2), DelayModel(parse_law("expon(scale=5)"), 0.1), 1)


def judged(store: Path) -> Tally:
    tally = Tally("long_run", "", "", 0)
    long_run.compare({TASK.id: TASK}, long_run.blocks(store), 60, 3, 1, tally)
    return tally


def test_what_was_written_is_sound(tmp_path):
    shelf = open_folder(tmp_path, TASK)
    for first in (0, 500):
        shelf.write(first, from_records(run_trials(TASK, range(first, first + 4))))
    found = judged(tmp_path)
    assert not found.failures
    assert found.tried == {"blocks that are sound": 2, "blocks computed anew": 2}


@pytest.mark.quality
def test_records_of_other_trials_are_seen(tmp_path):
    records = [replace(record, work=record.work + (record.trial == 2)) for record in run_trials(TASK, range(4))]
    open_folder(tmp_path, TASK).write(0, from_records(records))
    assert judged(tmp_path).wrong == {"blocks computed anew": 1}


@pytest.mark.quality
def test_a_block_that_is_gone_or_shorter_is_seen(tmp_path):
    before = {tmp_path / "a": 500, tmp_path / "b": 500, tmp_path / "c": 20}
    assert long_run.shrunk(before, {tmp_path / "a": 499, tmp_path / "c": 500}) == [tmp_path / "a", tmp_path / "b"]
    assert long_run.shrunk(before, before | {tmp_path / "d": 1}) == []


@pytest.mark.quality
@pytest.mark.parametrize(("slope", "grown"), [(0, False), (2, True)])
def test_memory_that_grows_is_seen(slope, grown):
    """By 2 bytes a second from 1000 on; what is used at first, while all is imported, does not count."""
    readings = [(float(t), 5000 if t < 10 else 1000 + slope * t) for t in range(600)]
    assert long_run.has_grown(readings, 600) is grown


def test_the_schedulers_cache_of_names_is_full_and_names_are_as_long_as_those_of_a_sweep() -> None:
    key_split.cache_clear()
    try:
        full_cache.dask_setup(None)
        found = key_split.cache_info()
        assert found.currsize == found.maxsize == 100_000
    finally:
        key_split.cache_clear()
    assert len(full_cache.LIKE.format(UUID(int=0))) == len(f"{compute_piece.__name__}-{uuid4()}-0")


def test_the_most_of_each_quarter_is_told():
    assert long_run.by_quarter([(float(t), (t + 1) << 20) for t in range(80)], 80) == "20, 40, 60, 80"


def test_the_sweep_has_own_schemes_beside_those_of_the_package(tmp_path):
    schemes = [type(task.scheme).__name__ for task in long_run.specified(tmp_path).values()]
    assert (len(schemes), schemes.count("Windows")) == (28, 4)


def test_a_program_is_limited_and_heard(tmp_path):
    program = long_run.Program(tmp_path / "log", "tests.attack.hungry")
    assert program.said("MemoryError") == "MemoryError"
    program.end()


@pytest.mark.quality
def test_a_sweep_that_ends_otherwise_is_seen():
    died = "\nsrtheory: tcp://127.0.0.1:1: workers die again and again (out of memory?)\n"
    assert long_run.unexpected(2, died) is None
    for status, says in ((2, "srtheory: Argument 'scheduler' must be left out\n"), (0, ""), (-9, died), (1, died)):
        assert long_run.unexpected(status, says)


@pytest.mark.quality
def test_a_wrong_sum_and_a_run_that_fails_are_seen():
    assert long_run.wrong_sum(0, '{"equals_direct_sum": true, "value": ["1"]}', "") is None
    assert long_run.wrong_sum(0, '{"equals_direct_sum": false, "value": ["2"]}', "") == "another sum: ['2']"
    assert "died" in long_run.wrong_sum(1, '{"recovered": false}', "all workers\ndied\n")
