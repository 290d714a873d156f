"""A run of real workers, drawn: the picture has what was measured, and is checked row by row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from paper_checks import study
from paper_checks.figures.workers import comparison
from paper_checks.records import workers as record
from srtheory.render.one_run import check
from srtheory.render.real_run import followed, picture
from srtheory.render.style import write
from srtheory.workers import compute_sum
from srtheory.workers.execution import Fault
from tests.ours import build
from tests.workers.conftest import client  # noqa: F401  (a fixture)
from tests.workers.functions import cube

M = 8


@pytest.fixture(scope="module")
def done(client):  # noqa: F811
    return compute_sum(cube, 2, symbols=M, degree=3, cluster=client, startup=[0.01 * j for j in range(M)], tau=0.001)


def test_the_steps_are_those_of_a_run(done):
    run = followed(done, "cubes")
    check(run)
    assert [step.time for step in run.steps] == [arrival.arrived for arrival in done.arrivals]
    assert [step.begun for step in run.steps] == [arrival.began for arrival in done.arrivals]
    assert [step.worker - 1 for step in run.steps] == [arrival.worker for arrival in done.arrivals]
    for arrival in done.arrivals:
        assert run.startups[arrival.worker] <= arrival.began


@pytest.mark.quality
def test_rows_that_do_not_give_the_sum_are_seen(done):
    with pytest.raises(ArithmeticError):
        check(followed(replace(done, arrivals=(*done.arrivals[1:], done.arrivals[1])), "cubes"))


def test_who_was_lost_has_a_cross(done):
    run = followed(replace(done, faults=(Fault(0.01, (2, 5), "lost"), Fault(0.02, (5,), "again"))), "cubes")
    assert run.losses == {2: 0.01, 5: 0.01}


@pytest.mark.usefixtures("cheap_files")
def test_files(done, tmp_path):
    files = write(picture(done, "cubes"), tmp_path)
    assert [path.name for path in files] == [f"figure_workers.{kind}" for kind in ("svg", "pdf", "png", "csv")]
    assert len(files[-1].read_text().splitlines()) == len(done.arrivals) + 1


@pytest.fixture
def few(monkeypatch):
    """Few simulated runs, and few samples of the bootstrap."""
    monkeypatch.setattr("srtheory.workers.fit.REPEATS", 2)
    simulate = record.predicted
    for place in (record, __import__("paper_checks.figures.workers", fromlist=["predicted"])):
        monkeypatch.setattr(place, "predicted", lambda *which: simulate(*which[:3], 20))


def test_what_is_on_record_is_drawn(few):
    points = list(comparison(study.lab()).points)
    runs = record.read_runs()
    assert sum(point[2] == "measured" for point in points) == sum(run.trial % 2 for run in runs)
    assert {point[1] for point in points} == set(record.SETTINGS["paced"].schemes)


def test_what_is_on_record_makes_a_table(few):
    made = build("workers", study.lab())
    assert len(made.rows) == sum(len(setting.schemes) for setting in record.SETTINGS.values())


def test_arrivals_on_record_are_those_of_the_runs():
    runs, lines = record.read_runs(), record.read_arrivals()
    rows = {(run.setting, run.scheme, run.trial): run for run in runs}
    count = dict.fromkeys(rows, 0)
    last = dict.fromkeys(rows, 0.0)
    for line in lines:
        key = line.setting, line.scheme, line.trial
        count[key] += line.index >= 0
        last[key] = max(last[key], line.arrived)
    assert count == {key: run.rows for key, run in rows.items()}
    assert all(last[key] == pytest.approx(run.latency, abs=1e-6) for key, run in rows.items())
    assert all(run.latency <= run.available for run in runs)
    assert np.isfinite([run.available for run in runs]).all()
