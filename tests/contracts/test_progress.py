"""What progress promises: true counts, estimates that have not passed, and a sign of life while the work goes on."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from paper_checks import study
from srtheory import progress
from srtheory.cli import common, main
from srtheory.experiments.lab import Effort
from srtheory.progress import progress_bar
from srtheory.render import one_run
from srtheory.study.making import subjects

CODE = ["--symbols", "12", "--tau", "0.1", "--startup", "expon()"]
WITH_PROGRESS: dict[str, list[tuple[str, ...]]] = {
    "compare": [("compare", *CODE, "--schemes", "sr,genie", "--trials", "30")],
    "figure": [
        ("figure", "run"),
        ("figure", "run", "--symbols", "3", "--degree", "2", "--tau", "0.1", "--animate"),
        ("figure", "work", "--symbols", "20", "--degree", "2", "--trials", "4"),
    ],
    "floor": [("floor", *CODE)],
    "guarantee": [
        ("guarantee", *CODE, "--degree", "3", "--confidence", "0.9"),
        ("guarantee", *CODE, "--degree", "3", "--by-rows", "14"),
    ],
    "hunt": [
        ("hunt", "gfp-agrees-with-q", "--max-symbols", "4", "--budget", "1000"),
        ("hunt", "gfp-agrees-with-q", "--max-symbols", "3", "--budget", "7"),
    ],
    "numbers": [],  # of a study that has some: tests/study/test_numbers.py
    "run": [],  # starts processes: tests/cli/test_run.py sees its counts
    "schedule": [("schedule", *CODE, "--at", "1")],
    "simulate": [("simulate", "sr", *CODE, "--degree", "3", "--trials", "40")],
    "sweep": [("sweep", "SPEC")],
    "table": [("table", "schemes", "--symbols", "20", "--degree", "2", "--trials", "4")],
    "verify": [("verify", "--claim", "fig1", "--claim", "thm1", "--claim", "enc-systematic")],
}
"""Commands of the verbs that may work for long."""
COUNT = re.compile(r"(\d+)(?:/| of )(\d+)")
TOLD = re.compile(r"(?P<what>.+)(?P<shown>[:;] .*)\[(?P<elapsed>[\d:]+)(?P<rest>[^]]*)\]")
UNITS = {"second": 1, "minute": 60, "hour": 3600}


class Clock:
    """Time that passes when told to or, by ``step``, at each look; and a timer that goes by it."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step, self.busy = 1000.0, step, False
        self.waiting: list[tuple[float, Callable[[], object]]] = []

    def __call__(self) -> float:
        self.pass_(self.step)
        return self.now

    def pass_(self, seconds: float) -> None:
        if self.busy:  # a line takes no time
            return
        self.busy, end = True, self.now + seconds
        while due := sorted((item for item in self.waiting if item[0] <= end), key=lambda item: item[0]):
            self.waiting.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now, self.busy = end, False

    def timer(self, delay: float, function: Callable[[], object]) -> Any:
        clock, item = self, (self.now + delay, function)

        class Timer:
            daemon = False

            def start(self) -> None:
                clock.waiting.append(item)

            def cancel(self) -> None:
                clock.waiting[:] = [other for other in clock.waiting if other is not item]

        return Timer()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "Timer", made.timer)
    monkeypatch.setattr("tqdm.std.time", made)
    return made


def seconds(words: str) -> float:
    number, unit = words.split()[:2]
    return float(number) * UNITS[unit.rstrip("s")]


def passed(elapsed: str) -> int:
    total = 0
    for part in elapsed.split(":"):
        total = 60 * total + int(part)
    return total


def true_lines(log: str, most: float) -> list[str]:
    """The lines of progress of a log, in which nothing contradicts itself; ``most``: seconds without a line."""
    lines = [match for line in log.splitlines() if (match := TOLD.fullmatch(line))]
    before: dict[str, int] = {}
    last = 0
    for line in lines:
        what, elapsed = line["what"], passed(line["elapsed"])
        counts = COUNT.findall(line["shown"])
        assert all(int(n) <= int(total) for n, total in counts), line[0]
        if done := re.findall(r"(\d+)(?:/\d+)? [a-z]", line["shown"]):
            assert before.get(what, 0) <= int(done[-1]), line[0]
            before[what] = int(done[-1])
        if estimate := re.search(r"of (?:about|at most) (\d+ \w+)", line["rest"]):
            assert elapsed <= seconds(estimate[1]), line[0]
        assert elapsed - last <= most or elapsed < last, (last, line[0])
        last = elapsed
    return [line[0] for line in lines]


@pytest.mark.share(3)
@pytest.mark.usefixtures("cheap_files")
@pytest.mark.parametrize(
    "command", [command for each in WITH_PROGRESS.values() for command in each], ids=lambda its: " ".join(its)[:40]
)
def test_a_log_is_true_and_alive(
    command: tuple[str, ...],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("SPEC").write_text(SWEEP)
    monkeypatch.setattr(one_run, "DPI", 40)
    monkeypatch.setattr(Effort, "trials", property(lambda _: 4))
    clock.step = 5.0
    monkeypatch.setattr("sys.argv", ["srtheory", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    log = capsys.readouterr().err
    assert ended.value.code in (0, 1), log
    lines = true_lines(log, 62)
    assert lines, log
    if command[0] in ("guarantee", "hunt") or command == ("figure", "run"):
        assert re.match(rf"srtheory: {command[0]}\b.* takes .*\n", log), "long work says at first what it is"
    if "--animate" in command:
        assert any(line.startswith("frames: ") for line in lines), log


SWEEP = """\
trials = 30
seed = 1

[[tasks]]
scheme = ["sr", "sr-with-replacement"]
symbols = 12
degree = [2, 3]
tau = 0.1
startup = "expon()"
"""


@pytest.mark.parametrize("terminal", [False, True])
def test_work_that_does_not_come_back_is_seen_to_live(
    terminal: bool, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    stream, grown = Stream(), []
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar(total=3, desc="works", unit=" units") as bar:
        for _ in range(300):
            clock.pass_(1)
            grown.append(len(stream.getvalue()))
        bar.update()
    clock.pass_(100)
    told = [i + 1 for i, (a, b) in enumerate(zip([0, *grown], grown, strict=False)) if b > a]
    assert told == (list(range(1, 301)) if terminal else [2, 4, 8, 16, 32, 64, 124, 184, 244])
    assert clock.waiting == []
    assert terminal == ("\r" in stream.getvalue())


def test_a_terminal_that_does_not_say_how_large_it_is_has_a_bar(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, its = os.openpty()  # as the terminals of script, expect and containers
    with os.fdopen(its, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        with progress_bar(total=3, desc="works", unit=" units"):
            clock.pass_(1)
        print("end", file=stream, flush=True)
        assert "works: 0/3 units [00:01]" in os.read(screen, 1000).decode()
    os.close(screen)


def test_short_work_leaves_nothing_in_a_log(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(total=4) as bar:
        for _ in range(4):
            clock.pass_(0.4)
            bar.update()
    clock.pass_(100)
    assert capsys.readouterr().err == ""


def test_an_estimate_is_as_rounded_as_it_is_said() -> None:
    works = {"verify", *(f"{kind} {name}" for kind in ("figure", "table") for name in subjects(study, kind))}
    assert set(common.COST) < works
    for work, effort in product(works, Effort):
        estimate = common.estimate(work, effort)
        assert seconds(common.in_words(estimate)) == estimate
