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

from srtheory.conjectures import asking, kept
from srtheory.conjectures import hunt as hunting
from srtheory.conjectures.hunt import FOREVER, summary
from srtheory.conjectures.kept import KeptAnswers
from srtheory.conjectures.registry import load
from srtheory.errors import ArgumentError
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


def test_answers_serve_hunts_with_other_arguments(mine: Path, tmp_path: Path) -> None:
    hunt(mine, "few", store=tmp_path)
    asked(mine)
    other = load(f"{mine}::few")
    found = summary(hunting.hunt(other, max_symbols=3, seed=7, budget=FOREVER, store=tmp_path))
    assert asked(mine) == 0
    assert found == summary(hunting.hunt(other, max_symbols=3, seed=7, budget=FOREVER))


def test_a_changed_file_is_another_conjecture(mine: Path, tmp_path: Path) -> None:
    hunt(mine, "few", store=tmp_path / "store")
    mine.write_text(MINE.replace("case.ones < 9", "case.ones < 8"))
    changed = hunt(mine, "few", store=tmp_path / "store")
    assert changed == hunt(mine, "few")
    assert len(list((tmp_path / "store").iterdir())) == 2


def test_many_answers_are_in_several_files(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 40)
    first = hunt(mine, "few", store=tmp_path)
    sizes = [len(json.loads(path.read_text())["answers"]) for path in files(tmp_path)]
    assert sizes[:-1] == [40] * (len(sizes) - 1) != []
    asked(mine)
    assert hunt(mine, "few", store=tmp_path) == first
    assert asked(mine) == 0


def test_two_hunts_at_once_keep_both(mine: Path, tmp_path: Path) -> None:
    conjecture = load(f"{mine}::few")
    cases = [case for level in conjecture.domain.levels(hunting.Reach(2)) for case, _ in level.cases]
    one, other = KeptAnswers(tmp_path, conjecture), KeptAnswers(tmp_path, conjecture)
    one.put(cases[0], asking.Answer.HOLDS)
    other.put(cases[1], asking.Answer.VACUOUS)
    one.write()
    other.write()
    both = KeptAnswers(tmp_path, conjecture)
    assert [both.get(case) for case in cases[:3]] == ["holds", "vacuous", None]


def test_answers_are_on_disk_a_second_later(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = SimpleNamespace(time=0.0)
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: now.time))
    conjecture = load(f"{mine}::few")
    cases = [case for level in conjecture.domain.levels(hunting.Reach(2)) for case, _ in level.cases]
    writing = KeptAnswers(tmp_path, conjecture)
    for number, (now.time, there) in enumerate([(0.5, 0), (1.0, 0), (1.1, 3), (1.5, 3), (2.2, 5)]):
        writing.put(cases[number], asking.Answer.HOLDS)
        assert sum(len(json.loads(path.read_text())["answers"]) for path in files(tmp_path)) == there


def test_answers_are_added_to_the_last_file_until_it_is_full(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    monkeypatch.setattr(kept, "EVERY", FOREVER)
    conjecture = load(f"{mine}::few")
    cases = [case for level in conjecture.domain.levels(hunting.Reach(3)) for case, _ in level.cases]
    writing = KeptAnswers(tmp_path, conjecture)
    sizes = []
    for count in (2, 1, 1, 2, 3, 1):
        for _ in range(count):
            writing.put(cases.pop(), asking.Answer.HOLDS)
        writing.write()
        sizes.append([len(json.loads(path.read_text())["answers"]) for path in files(tmp_path)])
    assert sizes == [[2], [3], [3, 1], [3, 3], [3, 3, 3], [3, 3, 3, 1]]
    assert [path.name for path in files(tmp_path)] == [f"000000000{i}.json" for i in range(4)]


def test_what_makes_a_case_in_any_order_has_one_key() -> None:
    one, other = {"a": 1, "b": [2]}, {"b": [2], "a": 1}
    keys = [kept.case_digest(SimpleNamespace(as_json=lambda case=case: case)) for case in (one, other)]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 32
    assert kept.answers_sum("x", one) == kept.answers_sum("x", other)


@pytest.mark.parametrize("kind", ["no JSON", "a circle"])
def test_a_case_that_is_no_json_is_not_kept(kind: str) -> None:
    case: dict = {"a": object()}
    if kind == "a circle":
        case["a"] = case
    with pytest.raises(ArgumentError, match="left out for cases that are no JSON"):
        kept.case_digest(SimpleNamespace(as_json=lambda: case))


def test_a_folder_in_the_place_of_a_file_is_left_there(mine: Path, tmp_path: Path) -> None:
    hunt(mine, "few", store=tmp_path)
    [path] = files(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ForeignFileError, match="file of records"):
        hunt(mine, "few", store=tmp_path)
    assert path.is_dir()


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"[" * 10**5, b'{"hunt": 1, "answers": {}, "digest": ""}'])
def test_a_damaged_file_is_set_aside(mine: Path, tmp_path: Path, damage: bytes) -> None:
    first = hunt(mine, "few", store=tmp_path)
    [path] = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(damage)
    with pytest.warns(DamagedFileWarning, match=path.name):
        assert hunt(mine, "few", store=tmp_path) == first
    assert json.loads(files(tmp_path)[0].read_bytes()) == json.loads(whole)
    assert [p.read_bytes() for p in path.parent.glob("_*.damaged*")] == [damage]


def flipped(path: Path) -> None:
    """Say of all cases that hold that they fail."""
    path.write_text(path.read_text().replace('"holds"', '"fails"'))


@pytest.mark.parametrize("digit", ["0", "f"])
def test_another_digest_is_not_believed_be_it_less_or_more(mine: Path, tmp_path: Path, digit: str) -> None:
    first = hunt(mine, "few", store=tmp_path)
    [path] = files(tmp_path)
    found = json.loads(path.read_bytes())
    path.write_text(json.dumps(found | {"digest": digit * len(found["digest"])}))
    with pytest.warns(DamagedFileWarning, match="other than what was written"):
        assert hunt(mine, "few", store=tmp_path) == first


@pytest.mark.parametrize("foreign", ["[]", "{}", '{"hunt": "x", "answers": {}}'])
def test_a_foreign_file_is_not_touched(mine: Path, tmp_path: Path, foreign: str) -> None:
    hunt(mine, "few", store=tmp_path)
    [path] = files(tmp_path)
    path.write_text(foreign)
    with pytest.raises(ForeignFileError, match="answers of hunt"):
        hunt(mine, "few", store=tmp_path)
    assert path.read_text() == foreign


@pytest.mark.parametrize("step", [1, -1])
def test_answers_of_another_hunt_are_not_touched(mine: Path, tmp_path: Path, step: int) -> None:
    """Of one whose number is less, and of one whose number is more."""
    for name in ("few", "signed"):
        hunt(mine, name, store=tmp_path)
    one, other = files(tmp_path)[::step]
    one.write_bytes(other.read_bytes())
    with pytest.raises(ForeignFileError, match="answers of hunt"):
        [hunt(mine, name, store=tmp_path) for name in ("few", "signed")]


@pytest.mark.parametrize("more", [{"store": Path("x")}, {"processes": 2}])
def test_a_conjecture_without_a_name_can_neither_be_kept_nor_sent(mine: Path, more: dict) -> None:
    [nameless] = [
        c for c in vars(sys.modules[load(f"{mine}::few").predicate.__module__]).values() if c == load(f"{mine}::few")
    ]
    with pytest.raises(ArgumentError, match="not loaded by its name"):
        hunting.hunt(nameless, **more)


@pytest.mark.quality
def test_a_digest_that_leaves_out_weights_is_seen(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "case_digest", lambda case: str((case.symbols, case.masks)))
    plain = hunt(mine, "signed")
    assert hunt(mine, "signed", store=tmp_path) != plain


@pytest.mark.quality
def test_a_changed_answer_would_be_seen(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "answers_sum", lambda id, answers: "")
    first = hunt(mine, "few", store=tmp_path)
    flipped(files(tmp_path)[0])
    assert hunt(mine, "few", store=tmp_path) != first


# --------------------------------------------------------------------------------------------------- killed and resumed

HUNT = """
from srtheory.conjectures import hunt, kept
kept.EVERY, hunt.EXAMPLES = -1.0, 60
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


@pytest.mark.parametrize(("name", "at"), [("few", 100), ("drawn", 30)])
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


@pytest.mark.parametrize(("name", "processes"), [("few", 2), ("few", 3), ("signed", 3), ("drawn", 2)])
def test_the_result_is_the_same_for_any_number(mine: Path, here: list[int], name: str, processes: int) -> None:
    assert hunt(mine, name, processes=processes) == hunt(mine, name)
    assert (max(here, default=0) > processes) == (name != "drawn")


def test_the_budget_counts_what_was_answered(mine: Path, here: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is out in the first round at three symbols: that is counted as far as it goes without a gap."""
    monkeypatch.setattr(asking, "SECONDS", -1.0)
    looks = iter(range(10**6))
    monkeypatch.setattr(hunting, "time", SimpleNamespace(monotonic=lambda: next(looks)))
    found = hunting.hunt(load(f"{mine}::few"), processes=2, budget=30)
    assert found.searched.stopped_by == "budget"
    assert 0 < found.searched.classes < hunting.hunt(load(f"{mine}::few"), budget=FOREVER).searched.classes


def test_a_faulty_predicate_is_the_same_line_from_any_process(mine: Path, here: list[int]) -> None:
    mine.write_text(
        MINE.replace(
            "else case.symbols < 4 or case.ones < 9", "else case.symbols < 4 or 1 // max(0, 9 - case.ones) > -1"
        )
    )
    said = []
    for processes in (1, 2):
        with pytest.raises(ArgumentError, match="ZeroDivisionError") as error:
            hunt(mine, "few", processes=processes)
        said.append(str(error.value))
    assert said[0] == said[1]


@pytest.mark.quality
def test_answers_to_other_cases_are_seen(mine: Path, here: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    ask_some = asking.ask_some

    def shifted(piece):
        part, answers, late = ask_some(piece)
        return part, [asking.Answer.HOLDS, *answers[:-1]], late

    monkeypatch.setattr(hunting, "EXAMPLES", 5)  # the counterexample is enumerated, not drawn
    monkeypatch.setattr(asking, "ask_some", shifted)
    assert hunt(mine, "few", processes=2) != hunt(mine, "few")


STUCK = """
import signal, time

def stuck():
    signal.setitimer(signal.ITIMER_REAL, 0.01, 1)  # the budget is over
    time.sleep(1000)

"""


def test_a_process_hands_in_what_it_has_when_the_budget_is_over(mine: Path, here: list[int], tmp_path: Path) -> None:
    mine.write_text(MINE.replace("else case.symbols < 4 or case.ones < 9", "else case.symbols < 3 or stuck()"))
    mine.write_text(STUCK + mine.read_text())
    found = hunting.hunt(load(f"{mine}::few"), processes=2, budget=FOREVER, store=tmp_path / "store")
    searched = found.searched
    assert (found.counterexample, searched.stopped_by, searched.or_later) == (None, "budget", False)
    assert (searched.unanswered.symbols, len(searched.unanswered.masks)) == (3, 2)
    answers = [json.loads(path.read_text())["answers"] for path in files(tmp_path / "store")]
    assert sum(map(len, answers)) >= searched.classes > 0


def test_real_processes(mine: Path, run: Run) -> None:  # noqa: F811
    one, two = run(*words(mine, "few")), command(mine, "few", "--processes", "2")
    assert (two.returncode, two.stdout) == (one.status, one.stdout)
    assert one.status == 1
