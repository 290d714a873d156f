"""Progress: a bar on a terminal; in a log whole lines, the first after two seconds.  No test here waits for a clock."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from itertools import count

import pytest
from tqdm import tqdm

from paper_checks import study
from srtheory import progress
from srtheory.cli import duration
from srtheory.cli.common import LabOptions, lab_with_bar
from srtheory.cli.guarantee import _size
from srtheory.cli.hunt import _bar
from srtheory.experiments.lab import Effort, Lab
from srtheory.progress import progress_bar
from srtheory.study.making import subjects
from tests.cli.conftest import Run


class Clock:
    """Time that passes when told to, and a timer that goes by it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waiting: list[tuple[float, Callable[[], object]]] = []

    def __call__(self) -> float:
        return self.now

    def timer(self, delay: float, function: Callable[[], object]) -> _Timer:
        return _Timer(self, (self.now + delay, function))

    def pass_(self, seconds: float) -> None:
        self.now += seconds
        for due in [item for item in self.waiting if item[0] <= self.now]:
            self.waiting.remove(due)
            due[1]()


class _Timer:
    daemon = False

    def __init__(self, clock: Clock, item: tuple[float, Callable[[], object]]) -> None:
        self.clock, self.item = clock, item

    def start(self) -> None:
        self.clock.waiting.append(self.item)

    def cancel(self) -> None:
        self.clock.waiting = [item for item in self.clock.waiting if item is not self.item]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "Timer", made.timer)
    monkeypatch.setattr("tqdm.std.time", made)
    return made


Captured = pytest.CaptureFixture[str]


def test_short_work_leaves_nothing_in_a_log(clock: Clock, capsys: Captured) -> None:
    with progress_bar(total=4) as bar:
        for _ in range(4):
            clock.pass_(0.4)
            bar.update()
    clock.pass_(100)
    assert capsys.readouterr().err == ""
    assert clock.waiting == []


def test_the_first_line_comes_after_two_seconds_though_the_work_does_not_come_back(
    clock: Clock, capsys: Captured
) -> None:
    with progress_bar(about="table errata, about a minute", unit="trial"):
        clock.pass_(1.9)
        assert capsys.readouterr().err == ""
        clock.pass_(0.2)
        assert capsys.readouterr().err == "table errata, about a minute\n"


def test_then_a_line_a_minute_with_what_is_left(clock: Clock, capsys: Captured) -> None:
    with progress_bar(total=400, desc="sr", unit="trial") as bar:
        for _ in range(130):
            clock.pass_(1)
            bar.update()
    lines = capsys.readouterr().err.splitlines()
    assert [re.search(r"\d+/400 \[\S+<\d\d:\d\d", line) is not None for line in lines] == [True] * 3
    assert [line.split("/")[0].split()[-1] for line in lines] == ["1", "60", "120"]
    assert all(line.startswith("sr: ") for line in lines)


def test_a_first_line_without_an_estimate_is_followed_by_one_with_it(clock: Clock, capsys: Captured) -> None:
    with progress_bar(total=3, unit="trial") as bar:
        clock.pass_(10)
        bar.update()
        clock.pass_(10)
        bar.update()
    first, second = capsys.readouterr().err.splitlines()
    assert "0/3 [00:10<?" in first
    assert "1/3 [00:10<00:20" in second


def last_line(capsys: Captured) -> str:
    return capsys.readouterr().err.splitlines()[-1]


def test_simulations_have_the_trials_of_the_current_one_and_the_estimated_duration(
    clock: Clock, capsys: Captured
) -> None:
    """How many experiments there will be is not known; how many trials one has, is."""
    options = LabOptions("quick", 1, None, 1, None)
    with lab_with_bar("figure 2a", options, None) as lab:
        for name, trials in (("sr", 100), ("lt", 50)):
            lab.begins(name, trials)
            for _ in range(trials // 10):
                clock.pass_(70)
                lab.progress(name, 10)
        expected = duration.estimate("figure 2a", "quick")
        assert re.fullmatch(
            rf"lt, trial 50 of 50: 150 trials so far \[\d+:\d\d of about {expected} on one processor\]",
            last_line(capsys),
        )
        clock.pass_(70)
        lab.progress("streams", 10)
        assert last_line(capsys).startswith("streams: 160 trials so far [")


def test_an_experiment_says_how_many_trials_it_has() -> None:
    told: list[tuple[str, int]] = []
    lab = Lab(at=study.at, begins=lambda *each: told.append(each))
    for trials in (2, 1, 3):
        lab.records("uncoded", symbols=4, trials=trials)
    assert told == [("uncoded", 2), ("uncoded", 3)]


def test_a_search_has_its_time_limit(clock: Clock, capsys: Captured) -> None:
    with _bar("mine", 90.0, lambda: False) as watch:
        watch("symbols 3", 7)
        clock.pass_(3)
        assert last_line(capsys) == "srtheory: hunt mine takes at most 90 seconds"
        clock.pass_(60)
        watch("symbols 3", 1)
        assert last_line(capsys) == "symbols 3: 8 cases [01:03 of at most 90 seconds]"


@pytest.mark.parametrize(
    ("confidence", "said"), [(None, "guarantee:   0%"), (0.9, "guarantee: 0 of about 18 bounds [")]
)
def test_a_guarantee_has_its_number_of_bounds_or_an_estimate(
    clock: Clock, capsys: Captured, confidence: float | None, said: str
) -> None:
    with progress_bar(desc="guarantee", **_size({"confidence": confidence})):
        clock.pass_(3)
    assert last_line(capsys).startswith(said)


def test_lines_are_whole(clock: Clock, capsys: Captured) -> None:
    with progress_bar(total=9, desc="outer") as outer, progress_bar(about="inner") as inner:
        for _ in range(9):
            clock.pass_(30)
            inner.update()
            outer.update()
    text = capsys.readouterr().err
    assert "\r" not in text
    assert text.endswith("\n")
    assert {line.split(":")[0] for line in text.splitlines() if "it [" not in line} == {"outer", "inner"}


def test_verdicts_and_progress_share_a_log(
    run: Run, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """All that is written to either stream is whole lines, so that a file with both has each on a line of its own."""
    written: list[str] = []

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            length = super().write(text)
            if text:
                written.append(text)
            return length

    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, Stream())
    monkeypatch.setattr(progress, "FIRST", 0)
    monkeypatch.setattr(progress, "Timer", lambda delay, function: _AtOnce(clock, (0, function)))
    run("verify", "--claim", "fig1", "--claim", "enc-systematic")
    words = [line.split()[0] for line in written]
    assert all(line.endswith("\n") and "\r" not in line for line in written)
    assert words == ["simulations:", "claims:", "fig1", "claims:", "enc-systematic"]


class _AtOnce(_Timer):
    def start(self) -> None:
        self.item[1]()


def test_a_terminal_has_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar(about="verify", total=3, desc="claims") as bar:
        assert type(bar) is tqdm
        bar.update()
    assert stream.getvalue().startswith("\rclaims:")


def test_every_figure_and_table_says_how_long_it_takes() -> None:
    asked = {"verify", *(f"{kind} {name}" for kind in ("figure", "table") for name in subjects(study, kind))}
    assert set(duration.COST) < asked
    for what in asked:
        for effort in Effort:
            says = rf"srtheory: {what} at effort {effort} takes about \d+ (second|minute|hour)s? on one processor"
            assert re.fullmatch(says, duration.how_long(what, effort))


def test_work_of_a_hundred_runs_in_words() -> None:
    """Of which only the order of magnitude matters."""
    said = {
        "verify": "1 minute",
        "table claims": "40 seconds",
        "table errata": "40 seconds",
        "table schemes": "30 seconds",
    }
    said |= {"table best-schemes": "3 minutes", "figure frontier": "1 minute", "figure errors": "30 seconds"}
    said |= {"figure regimes": "30 seconds", "figure 2a-all": "20 seconds"}
    said |= {f"figure {name}{law}": "20 seconds" for name in ("2a", "2b", "2c", "streams") for law in ("", "_pareto")}
    assert {what: duration.estimate(what, "quick") for what in duration.COST} == said


def test_seconds_in_words() -> None:
    said = {0: "10 seconds", 2: "10 seconds", 15.1: "20 seconds", 44: "40 seconds", 54.9: "50 seconds"}
    said |= {55.1: "1 minute", 59.9: "1 minute", 60: "1 minute", 89.9: "1 minute", 90.1: "2 minutes"}
    said |= {850: "14 minutes", 3569.9: "59 minutes", 3570.1: "1 hour", 3599: "1 hour", 3600: "1 hour"}
    said |= {5399: "1 hour", 5401: "2 hours", 8060: "2 hours"}
    assert {seconds: duration._in_words(seconds) for seconds in said} == said


@pytest.mark.parametrize("arguments", [("table", "errata"), ("figure", "2a"), ("verify", "--json")])
def test_long_work_says_at_first_what_it_is(
    run: Run, clock: Clock, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    class BeginsError(Exception):
        pass

    def begin(*_: object, **__: object) -> None:
        clock.pass_(3)
        raise BeginsError

    for place in ("study.making.table", "study.making.drawing", "cli.verify.settle"):
        monkeypatch.setattr(f"srtheory.{place}", begin)
    monkeypatch.setattr(progress, "FIRST", 2)
    done = run(*arguments)
    what = " ".join(word for word in arguments if not word.startswith("--"))
    assert done.stderr.splitlines()[0] == duration.how_long(what, "quick")
    assert "BeginsError" in done.stderr


def test_stderr_of_a_test_run_is_no_matter_of_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: here every look at the clock takes a day."""
    days = count(step=86_400.0)
    monkeypatch.setattr("tqdm.std.time", lambda: next(days))
    monkeypatch.setattr(Effort, "trials", property(lambda _: 20))
    assert run("verify", "--claim", "thm1").stderr == ""
