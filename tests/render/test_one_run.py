"""The picture of one run: its numbers against an independent reception and rank; impossible steps are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sympy import Matrix, ones

from paper_checks import study
from srtheory.delays import BEYOND_THE_PAPER, DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trial, trial_streams
from srtheory.render import one_run
from srtheory.render.one_run import EXAMPLE, Run, Step, check, ended_by, example, follow
from srtheory.schemes import SCHEME_NAMES
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.theory.latency import Ending
from tests import reference
from tests.ours import animation, drawing

SEED = 2022
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "first_steps.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def run() -> Run:
    return follow(example(SEED), 0)


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    made = drawing("run", study.lab())
    return [dict(zip(made.header, map(str, row), strict=True)) for row in made.points]


def test_the_csv_has_the_rows_that_arrive(lines: list[dict[str, str]]) -> None:
    task = example(SEED)
    rng, key = trial_streams(SEED, 0)
    startups, m, d = task.delays.sample(12, rng), 12, 3

    def sent(j: int) -> list[list[int]]:
        return reference.sum_recovery(m, d, key=key, worker=j)

    arrived = reference.arrivals(sent, startups, task.delays.tau, run_trial(task, 0).latency)
    assert len(arrived) == len(lines)
    for line, (time, worker, _, row, _) in zip(lines, arrived, strict=True):
        assert float(line["time"]) == pytest.approx(time, rel=1e-9)
        assert int(line["worker"]) == worker + 1
        assert [int(c) - 1 for c in line["support"].split()] == sorted(row)
        assert int(line["terms"]) == len(row)


def test_ranks_coverage_and_verdicts_are_sympys(lines: list[dict[str, str]]) -> None:
    supports = [{int(c) - 1 for c in line["support"].split()} for line in lines]
    for k, line in enumerate(lines, start=1):
        rows = Matrix([[int(c in support) for c in range(12)] for support in supports[:k]])
        assert int(line["row"]) == k
        assert int(line["rank"]) == rows.rank()
        assert int(line["covered"]) == len(set().union(*supports[:k]))
        assert line["spans"] == str(rows.col_join(ones(1, 12)).rank() == rows.rank())
    assert (
        [line["spans"] for line in lines].index("True") + 1 == len(lines) == run_trial(example(SEED), 0).stopping_time
    )


def test_the_animation_has_a_frame_for_each_arrival_and_the_same_bytes_again(run: Run, tmp_path: Path) -> None:
    path, again = (animation("run", study.lab(), tmp_path / folder, symbols=3, degree=2) for folder in "ab")
    assert path.read_bytes() == again.read_bytes()
    small = follow(example(SEED, replace(EXAMPLE, symbols=3, degree=2)), 0)
    with Image.open(path) as moving:
        assert moving.n_frames == 1 + len(small.steps) == 3
        assert path.stat().st_size / moving.n_frames * (1 + len(run.steps)) < 1_000_000  # of the run on the pages
        frames, shown = [], []
        for i in range(moving.n_frames):
            moving.seek(i)
            frames.append(np.asarray(moving.convert("RGB")))
            shown.append(moving.info["duration"])
    assert all((a != b).any() for a, b in pairwise(frames))
    assert shown[-1] > 2 * shown[0]


def test_the_animation_on_the_page_is_that_of_its_command() -> None:
    [said] = re.findall(r"srtheory figure run --symbols (\d+) --degree (\d+) --tau (\S+) --animate --out", PAGE)
    run = follow(example(SEED, replace(EXAMPLE, symbols=int(said[0]), degree=int(said[1]), tau=float(said[2]))), 0)
    made = one_run.drawn("run", run).canvas
    with Image.open(ROOT / "docs" / "figure_run.gif") as moving:
        assert moving.n_frames == 1 + len(run.steps)
        assert moving.size == tuple(round(inches * one_run.DPI) for inches in made.get_size_inches())


@pytest.mark.parametrize(
    ("tau", "trial", "words"),
    [
        (0.1, 0, Ending.COVERAGE),
        (0.1, 5, Ending.ROWS),
        (0.1, 1, "a row after max(m, CC)"),
        (0.1, 7, "a row before the m-th"),
        (1e-4, 0, Ending.WORKER),
        (1e3, 0, Ending.SYSTEMATIC),
    ],
)
def test_what_ended_a_run(tau: float, trial: int, words: str) -> None:
    ended = follow(Task(SumRecovery(12, 3), DelayModel(parse_law("expon(scale=1)"), tau), SEED), trial)
    record = ended.record
    assert ended_by(ended) == words
    if words in tuple(Ending)[:2]:
        assert record.stopping_time == max(12, record.coverage_time or 0)


@pytest.mark.parametrize("name", [name for name in SCHEME_NAMES if name not in ("raptor", "gradient-cyclic", "bcc")])
def test_a_run_of_any_scheme_ends_as_soon_as_its_rows_span(name: str) -> None:
    """The rows of two have weights, and with that seed a scheme of batches never recovers the sum: refused by name."""
    run = follow(example(SEED, scheme=name), 0)
    assert [step.spans for step in run.steps] == [*[False] * (len(run.steps) - 1), True]
    assert run.steps[-1].time == run.record.latency
    for other in ("raptor", "gradient-cyclic", "bcc"):
        with pytest.raises(ArgumentError, match=r"rows of weight 1|never recovered"):
            follow(example(SEED, scheme=other), 0)


@pytest.mark.parametrize("name", ["tau", *BEYOND_THE_PAPER])
def test_other_delay_models_are_refused(name: str) -> None:
    other = {"link": "queue", "phases": "2, 0.1, 0.1"}.get(name, 0.5 if BEYOND_THE_PAPER.get(name) == 0 else "expon()")
    task = Task(SumRecovery(8, 3), DelayModel(**{"startup": "expon()", "tau": 0.1, name: other}), 1)
    with pytest.raises(ArgumentError, match=name):
        follow(task, 0)


def changed(run: Run, row: int, **fields: object) -> Run:
    return replace(run, steps=[replace(s, **fields) if s.row == row else s for s in run.steps])


@pytest.mark.quality
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda s: {"rank": s.rank + 2}, id="rank leaps"),
        pytest.param(lambda s: {"rank": s.rank - 2}, id="rank falls"),
        pytest.param(lambda s: {"covered": s.rank - 1}, id="rank above coverage"),
        pytest.param(lambda s: {"spans": True}, id="spans uncovered"),
        pytest.param(lambda s: {"covered": 12}, id="covers too early"),
    ],
)
def test_an_impossible_step_is_caught(run: Run, spoil: Callable[[Step], dict[str, object]]) -> None:
    with pytest.raises(ArithmeticError):
        check(changed(run, 8, **spoil(run.steps[7])))


@pytest.mark.quality
@pytest.mark.parametrize("field", ["stopping_time", "coverage_time", "rank", "latency"])
def test_another_record_is_caught(run: Run, field: str) -> None:
    with pytest.raises(ArithmeticError, match="in the record"):
        check(replace(run, record=replace(run.record, **{field: getattr(run.record, field) + 1})))


@pytest.mark.quality
def test_a_rank_that_counts_rows_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_run.engine, "rank", lambda indptr, indices, columns, rows: rows)
    with pytest.raises(ArithmeticError, match="cannot be so"):
        follow(example(SEED), 0)


@pytest.mark.parametrize(("scheme", "named"), [("sr", True), ("terms-cyclic", False), ("parts-stream", False)])
def test_the_events_of_the_sr_code_are_named_of_its_runs_alone(scheme: str, named: bool) -> None:
    run = follow(example(SEED, scheme=scheme), 0)
    assert ("ended by" in one_run.status(run, run.record.latency)) == named
