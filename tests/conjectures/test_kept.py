"""Hunts that keep answers, and that ask on several processes: the same to the bit, and nothing is asked twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.hunt import FOREVER, KeptAnswers, summary
from srtheory.conjectures.registry import load
from srtheory.experiments import running
from srtheory.experiments.store import DamagedFileWarning, ForeignFileError
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)

ROOT = Path(__file__).parents[2]
MINE = """
import os, signal
from pathlib import Path
from srtheory.conjectures.case import covered, spans
from srtheory.conjectures.domains import receptions, rows, signs
from srtheory.conjectures.registry import UndecidedError, conjecture

ASKED = Path(__file__).with_name("asked")
KILL = Path(__file__).with_name("kill")


def note():
    with ASKED.open("a") as stream:
        stream.write(".")
    if KILL.exists() and ASKED.stat().st_size == int(KILL.read_text()):
        os.kill(os.getpid(), signal.SIGKILL)


@conjecture("Few ones.", rows())
def few(case):
    note()
    return None if len(case.masks) < 2 else case.symbols < 4 or case.ones < 9


@conjecture("Signed.", rows(2, weights=signs()))
def signed(case):
    note()
    if len(case.masks) == 1:
        raise UndecidedError
    return spans(case) or not covered(case) or len(case.masks) < 3


@conjecture("Drawn.", receptions("bcc", degree=2))
def drawn(case):
    note()
    return None if len(case.masks) == 1 else not (case.symbols >= 4 and len(case.masks) >= 3)
"""
NAMES = {"few": {"max_symbols": 4}, "signed": {"max_symbols": 4}, "drawn": {"max_symbols": 7}}
"""A smallest counterexample of many; one that is not proved smallest; one that Hypothesis finds, none enumerated."""


@pytest.fixture(autouse=True)
def few_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn takes most of the time."""
    monkeypatch.setattr(hunting, "EXAMPLES", 40)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


def hunt(mine: Path, name: str, **more) -> dict:
    return summary(hunting.hunt(load(f"{mine}::{name}"), budget=FOREVER, **NAMES[name], **more))


def asked(mine: Path) -> int:
    """Questions since the last time."""
    note = mine.with_name("asked")
    number = note.stat().st_size if note.exists() else 0
    note.unlink(missing_ok=True)
    return number


def files(store: Path) -> list[Path]:
    return sorted(store.glob("*/[0-9]*.json"))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Processes that are this one, in any order; how many pieces each round had."""
    rounds = []

    def work(work, pieces, processes) -> Iterator:
        pieces = list(pieces)
        Random(len(rounds)).shuffle(pieces)
        rounds.append(len(pieces))
        return map(work, pieces)

    monkeypatch.setattr(running, "on_processes", work)
    return rounds


# ------------------------------------------------------------------------------------------------------ kept answers


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_twice(mine: Path, tmp_path: Path, name: str) -> None:
    plain, number = hunt(mine, name), asked(mine)
    first = hunt(mine, name, store=tmp_path / "store")
    assert 0 < asked(mine) <= number  # Hypothesis asks again what it has asked
    assert hunt(mine, name, store=tmp_path / "store") == first == plain
    assert asked(mine) == 0


def test_answers_are_added_to_the_last_file_until_it_is_full(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hunting, "MOST", 3)
    monkeypatch.setattr(hunting, "EVERY", FOREVER)
    conjecture = load(f"{mine}::few")
    cases = [case for level in conjecture.domain.levels(hunting.Reach(3)) for case, _ in level.cases]
    writing = KeptAnswers(tmp_path, conjecture)
    sizes = []
    for count in (2, 1, 1, 2, 3, 1):
        for _ in range(count):
            writing.put(cases.pop(), hunting.Answer.HOLDS)
        writing.write()
        sizes.append([len(json.loads(path.read_text())["answers"]) for path in files(tmp_path)])
    assert sizes == [[2], [3], [3, 1], [3, 3], [3, 3, 3], [3, 3, 3, 1]]
    assert [path.name for path in files(tmp_path)] == [f"000000000{i}.json" for i in range(4)]


OTHER = "0" * 64
DAMAGED = {
    **{str(text[:9]): lambda found, text=text: text for text in (b"", b"\xff", b"[" * 10**5)},
    "a number": lambda found: json.dumps({"hunt": 1, "answers": {}, "digest": ""}).encode(),
    "a digest that is less": lambda found: json.dumps(found | {"digest": OTHER}).encode(),
    "a digest that is more": lambda found: json.dumps(found | {"digest": "f" * 64}).encode(),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_set_aside(mine: Path, tmp_path: Path, damage) -> None:
    first = hunt(mine, "few", store=tmp_path)
    [path] = files(tmp_path)
    whole = json.loads(path.read_bytes())
    path.write_bytes(damage(whole))
    with pytest.warns(DamagedFileWarning, match=path.name):
        assert hunt(mine, "few", store=tmp_path) == first
    assert json.loads(files(tmp_path)[0].read_bytes()) == whole
    assert [p.read_bytes() for p in path.parent.glob("_*.damaged*")] == [damage(whole)]


@pytest.mark.parametrize("of", ["[]", "{}", '{"hunt": "x", "answers": {}}', "another hunt"])
def test_foreign_files_and_those_of_other_hunts_are_not_touched(mine: Path, tmp_path: Path, of: str) -> None:
    hunt(mine, "few", store=tmp_path / "few")
    hunt(mine, "signed", store=tmp_path / "signed")
    [one], [other] = files(tmp_path / "few"), files(tmp_path / "signed")
    foreign = other.read_text() if of == "another hunt" else of
    one.write_text(foreign)
    with pytest.raises(ForeignFileError, match="answers of hunt"):
        hunt(mine, "few", store=tmp_path / "few")
    assert one.read_text() == foreign


def flipped(path: Path) -> None:
    """Say of all cases that hold that they fail."""
    path.write_text(path.read_text().replace('"holds"', '"fails"'))


@pytest.mark.quality
def test_a_digest_that_leaves_out_weights_is_seen(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunting, "case_digest", lambda case: str((case.symbols, case.masks)))
    plain = hunt(mine, "signed")
    assert hunt(mine, "signed", store=tmp_path) != plain


@pytest.mark.quality
def test_a_changed_answer_would_be_seen(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunting, "answers_sum", lambda id, answers: "")
    first = hunt(mine, "few", store=tmp_path)
    flipped(files(tmp_path)[0])
    assert hunt(mine, "few", store=tmp_path) != first


# --------------------------------------------------------------------------------------------------- killed and resumed

HUNT = """
from srtheory.conjectures import hunt
hunt.EVERY, hunt.EXAMPLES = -1.0, 60
from srtheory.cli import main
main()
"""


def words(mine: Path, name: str) -> list[str]:
    return ["hunt", f"{mine}::{name}", "--max-symbols", "7", "--budget", "1e9", "--json"]


def command(mine: Path, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which may be killed."""
    line = [sys.executable, "-c", HUNT, *words(mine, name), *more]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(line, capture_output=True, text=True, env=environment, cwd=mine.parent, check=False)


@pytest.mark.parametrize(("name", "at"), [("few", 60), ("drawn", 20)])
def test_a_killed_hunt_goes_on_where_it_was(mine: Path, tmp_path: Path, run: Run, name: str, at: int) -> None:  # noqa: F811
    """In enumeration, and in the search beyond; a case that was being asked about is asked about again."""
    whole = run(*words(mine, name), "--store", str(tmp_path / "undisturbed"))
    number = asked(mine)
    mine.with_name("kill").write_text(str(at))
    assert command(mine, name, "--store", "store").returncode == -signal.SIGKILL
    assert asked(mine) == at
    assert len(files(tmp_path / "store")) == 1
    mine.with_name("kill").unlink()
    again = run(*words(mine, name), "--store", str(tmp_path / "store"))
    assert again == whole
    assert asked(mine) == number - at + 1


# -------------------------------------------------------------------------------------------------- several processes


@pytest.mark.parametrize(("name", "processes"), [("few", 2), ("signed", 3), ("drawn", 2)])
def test_the_result_is_the_same_for_any_number(mine: Path, here: list[int], name: str, processes: int) -> None:
    assert hunt(mine, name, processes=processes) == hunt(mine, name)
    assert (max(here, default=0) > processes) == (name != "drawn")


def test_the_budget_counts_what_was_answered(mine: Path, here: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is out in the first round at three symbols: that is counted as far as it goes without a gap."""
    monkeypatch.setattr(hunting, "SECONDS", -1.0)
    looks = iter(range(10**6))
    monkeypatch.setattr(hunting, "time", SimpleNamespace(monotonic=lambda: next(looks)))
    found = hunting.hunt(load(f"{mine}::few"), processes=2, budget=30)
    assert found.searched.stopped_by == "budget"
    assert 0 < found.searched.classes < hunting.hunt(load(f"{mine}::few"), budget=FOREVER).searched.classes


@pytest.mark.quality
def test_answers_to_other_cases_are_seen(mine: Path, here: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    ask_some = hunting.ask_some

    def shifted(piece):
        part, answers, late = ask_some(piece)
        return part, [hunting.Answer.HOLDS, *answers[:-1]], late

    monkeypatch.setattr(hunting, "EXAMPLES", 5)  # the counterexample is enumerated, not drawn
    monkeypatch.setattr(hunting, "ask_some", shifted)
    assert hunt(mine, "few", processes=2) != hunt(mine, "few")


def test_real_processes(mine: Path, run: Run) -> None:  # noqa: F811
    one, two = run(*words(mine, "few")), command(mine, "few", "--processes", "2")
    assert (two.returncode, two.stdout) == (one.status, one.stdout)
    assert one.status == 1
