"""What the hour of dying workers judges by: a block that is gone, records of another trial, memory that grows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.store import from_records, open_folder
from srtheory.experiments.trial import Task, run_trials
from srtheory.schemes import make
from tests.attack import long_run
from tests.attack.report import Tally

TASK = Task(make("sr", 5, degree=2), DelayModel(parse_law("expon(scale=5)"), 0.1), 1)


@pytest.mark.quality
@pytest.mark.parametrize("wrong", [0, 1])
def test_records_of_other_trials_are_seen(tmp_path: Path, wrong: int) -> None:
    records = [replace(record, work=record.work + wrong * (record.trial == 2)) for record in run_trials(TASK, range(4))]
    open_folder(tmp_path, TASK).write(0, from_records(records))
    tally = Tally("long_run", "", "", 0)
    long_run.compare({TASK.id: TASK}, long_run.blocks(tmp_path), 60, 3, 1, tally)
    assert tally.tried == {"blocks that are sound": 1, "blocks computed anew": 1}
    assert tally.wrong == ({"blocks computed anew": 1} if wrong else {})


@pytest.mark.quality
def test_what_is_gone_or_shorter_grows_or_ends_otherwise_is_seen(tmp_path: Path) -> None:
    before = {tmp_path / "a": 500, tmp_path / "b": 500, tmp_path / "c": 20}
    assert long_run.shrunk(before, {tmp_path / "a": 499, tmp_path / "c": 500}) == [tmp_path / "a", tmp_path / "b"]
    assert long_run.shrunk(before, before | {tmp_path / "d": 1}) == []
    for slope in (0, 2):  # bytes a second from 1000 on; what is used at first, while all is imported, does not count
        readings = [(float(t), 5000 if t < 10 else 1000 + slope * t) for t in range(600)]
        assert long_run.has_grown(readings, 600) is bool(slope)
    died = "\nsrtheory: tcp://127.0.0.1:1: workers die again and again (out of memory?)\n"
    assert long_run.unexpected(2, died) is None
    for status, says in ((2, "srtheory: Argument 'scheduler' must be left out\n"), (0, ""), (-9, died), (1, died)):
        assert long_run.unexpected(status, says)


@pytest.mark.attack
@pytest.mark.slow
def test_a_minute_of_dying_workers() -> None:
    """The hour is ``python -m tests.attack.long_run``; memory is that of an hour, and not judged here."""
    tally = Tally.again("long_run")
    long_run.attack(1, 20, 1, tally)
    assert [failure for failure in tally.failures if "memory" not in failure] == []
    assert tally.tried["workers killed, no block lost"] > 0
