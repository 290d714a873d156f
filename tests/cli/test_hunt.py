"""The verb ``hunt``: results, exit statuses, files, an interrupt from outside, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from srtheory.conjectures import hunt as hunting
from srtheory.span import checker
from tests.cli.conftest import Result, Run, asked, refused
from tests.cli.test_signals import lives, wait_until
from tests.conjectures.test_elements import certified
from tests.contracts.test_verbs import fault


def test_a_counterexample_and_its_certificate(run: Run) -> None:
    answer = asked(run, "hunt", "sr-covered-implies-spans", status=1)
    assert (answer["conjecture"], answer["found"], answer["smallest"]) == ("sr-covered-implies-spans", True, True)
    case = answer["counterexample"]
    assert (case["symbols"], case["degree"], len(case["rows"]), case["workers"]) == (5, 2, 4, [0, 0, 1, 1])
    assert answer["searched"]["complete_symbols"] == [1, 2, 3, 4]
    certificate = checker.read(json.dumps(case["spans"][0]["certificate"]))
    assert checker.fault(certificate, case["symbols"], [dict.fromkeys(row, 1) for row in case["rows"]]) is None
    assert checker.claim(certificate) == "Over Q, the rows of the matrix do not span 1."
    case = asked(run, "hunt", "sr-covered-implies-spans", "--degree", "4", status=1)["counterexample"]
    assert (case["symbols"], len(case["rows"])) == (6, 4)
    result = run("hunt", "covered-implies-spans")
    assert (result.status, result.stderr) == (1, "")
    assert "            {1, 2}   1 1 0\n            {1, 3}   1 0 1" in result.stdout
    assert "smallest    yes" in result.stdout


def test_none_found(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything left where the user stands."""
    monkeypatch.chdir(tmp_path)
    answer = asked(run, "hunt", "complete-worker-spans", "--max-symbols", "4")
    assert (answer["found"], answer["counterexample"], answer["smallest"]) == (False, None, None)
    assert answer["searched"]["complete_symbols"] == [1, 2, 3, 4]
    assert asked(run, "hunt", "systematic-spans", "--budget", "1e-9")["searched"]["stopped_by"] == "budget"
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------- conjectures of one's own

HEAD = """
import signal
import time
from pathlib import Path

from srtheory.conjectures.case import spans
from srtheory.conjectures.domains import elements, residues, rows
from srtheory.conjectures.registry import conjecture


"""


def own(folder: Path, domain: str, answer: str, name: str = "mine", more: str = "") -> str:
    text = f'{HEAD}\n@conjecture("A statement.", {domain}{more})\ndef {name}(case):\n    return {answer}\n'
    (folder / "mine.py").write_text(text)
    return f"{folder / 'mine.py'}::{name}"


def test_weights_and_elements_are_in_the_answer_and_its_files(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hunting, "EXAMPLES", 60)
    name = own(tmp_path, "rows(weights=residues('GF(3)'))", "spans(case)")
    case = asked(run, "hunt", name, "--max-symbols", "2", status=1)["counterexample"]
    assert (case["symbols"], case["rows"], case["workers"]) == (1, [], None)
    one = "spans(case, 'GF(9)') if len(case.masks) == 1 and case.symbols == 2 else None"
    own(tmp_path, "rows(weights=elements('GF(9)'))", one, "one_row", ", field='GF(9)'")
    name = f"{tmp_path / 'mine.py'}::one-row"
    done = run("hunt", name, "--out", "found", "--store", "store", "--json")
    case = json.loads(done.stdout)["counterexample"]
    assert (done.status, case["elements"], certified(case, "GF(3)")) == (1, "GF(9)", True)
    assert run("hunt", name, "--store", "store", "--json") == done
    certificate, matrix = "found/hunt_one-row_GF9.certificate.json", "found/hunt_one-row_GF9_rows.json"
    checked = run("check", certificate, "--matrix", matrix)
    assert (checked.status, checked.stdout) == (0, "valid: Over GF(3), the rows of the matrix do not span 1.\n")
    said = (tmp_path / "found/hunt_one-row.txt").read_text()
    assert "over GF(9)  the rows do not span 1; rank 1" in said
    assert "weights elements of GF(9)" in said


# ------------------------------------------------------------------------------------------------------------ its files


def test_files_for_readers(run: Run, tmp_path: Path) -> None:
    result = run("hunt", "sr-gfp-agrees-with-q", "--degree", "2", "--max-symbols", "6", "--out", str(tmp_path))
    assert result.status == 0
    assert {path.name for path in tmp_path.iterdir()} == {f"hunt_sr-gfp-agrees-with-q.{end}" for end in ("txt", "json")}
    for name, fields in (
        ("gf2-spans-implies-q", {"Q": "do not span 1", "GF2": "span 1"}),
        ("cyclic-gradient-spans-gf3", {"GF3": ""}),
    ):
        found, stem = tmp_path / name, f"hunt_{name}"
        result = run("hunt", name, "--out", str(found), "--json")
        names = {f"{stem}{end}" for end in (".txt", ".json", "_rows.json")}
        assert {path.name for path in found.iterdir()} >= names | {
            f"{stem}_{field}.certificate.json" for field in fields
        }
        assert json.loads((found / f"{stem}.json").read_text()) == json.loads(result.stdout)
        for field, says in fields.items():
            rows = ["--matrix", str(found / f"{stem}_rows.json")]
            checked = run("check", str(found / f"{stem}_{field}.certificate.json"), *rows)
            assert checked.status == 0
            assert checked.stdout.split(" of the matrix ")[1].startswith(says)
    assert json.loads((found / f"{stem}_rows.json").read_text())["values"] == [[3, 2, 1], [1, 2, 3]]
    (tmp_path / "file").touch()
    for option in ("--out", "--store"):
        for folder in (tmp_path / "file", tmp_path / "file" / "below"):
            assert refused(run, "hunt", "unique-solution", option, str(folder))


# ---------------------------------------------------------------------------------------- what does not end by itself

HANGS = """
import os
import time
from pathlib import Path

from srtheory.conjectures.domains import receptions
from srtheory.conjectures.registry import conjecture


@conjecture("Endless.", receptions())
def endless(case):
    if case.symbols > 2:
        Path(__file__).with_name(f"hangs-{os.getpid()}").touch()
        time.sleep(1000)
    return True
"""


def begun(folder: Path, text: str, name: str, *more: str) -> subprocess.Popen[str]:
    """A hunt in a session of its own, as its script would run it; its budget is not over, however busy the machine."""
    (folder / "mine.py").write_text(text)
    script = "from srtheory.cli import main; main()"
    words = ["hunt", f"{folder / 'mine.py'}::{name}", "--json", "--budget", "1e6", *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", script, *words], text=True, start_new_session=True, **pipes)


@pytest.mark.parametrize("processes", [pytest.param("1", marks=pytest.mark.attack), "2"])
def test_an_interrupt_prints_the_partial_result_and_ends_the_processes(tmp_path: Path, processes: str) -> None:
    """Ctrl-C goes to all of them; the partial result is printed by the one that was started, and none stays."""
    process = begun(tmp_path, HANGS, "endless", "--processes", processes, "--store", str(tmp_path / "st"))
    try:
        wait_until(lambda: process.poll() is not None or any(tmp_path.glob("hangs-*")))
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
        wait_until(lambda: not lives(process.pid))
    finally:
        for left in lives(process.pid):
            os.kill(left, signal.SIGKILL)
    assert (process.returncode, fault(["hunt", "--json"], Result(0, stdout, stderr))) == (130, None)
    searched = json.loads(stdout)["searched"]
    assert (searched["stopped_by"], searched["complete_symbols"]) == ("interrupt", [1, 2])
    [kept] = (tmp_path / "st").glob("*/0000000000.json")
    assert len(json.loads(kept.read_text())["answers"]) >= searched["classes"] > 0


STUCK = (
    HEAD
    + """
print("imported")


def stuck(how):
    signal.setitimer(signal.ITIMER_REAL, 0.01, 1)  # the budget is over
    while how == "converts":
        try:
            time.sleep(1000)
        except BaseException as error:
            raise ValueError("mine") from error
    time.sleep(1000)


def asks(how):
    def predicate(case):
        print("asked")
        return case.symbols < 3 or stuck(how)

    return predicate


for how in ("sleeps", "converts"):
    globals()[how] = conjecture("A statement.", rows(1), name=how)(asks(how))


@conjecture("A statement.", rows(1), known="proved by hand")
def refuted(case):
    print("asked")
    return False
"""
)


@pytest.mark.parametrize("name", ["sleeps", "converts"])
def test_the_budget_bounds_a_call(run: Run, tmp_path: Path, name: str) -> None:
    """What was found until then is told and kept; an answer that the predicate gives instead of the error is none."""
    (tmp_path / "stuck.py").write_text(STUCK)
    words = ["hunt", f"{tmp_path / 'stuck.py'}::{name}", "--budget", "1e9"]
    done = run(*words, "--json", "--store", str(tmp_path / "store"))
    answer = json.loads(done.stdout)
    assert (done.status, answer["found"], answer["searched"]["stopped_by"]) == (0, False, "budget")
    assert (answer["searched"]["unanswered"]["symbols"], answer["searched"]["classes"]) == (3, 5)
    [kept] = (tmp_path / "store").glob("*/0000000000.json")
    assert len(json.loads(kept.read_text())["answers"]) == 5
    if name == "sleeps":
        said = "unanswered  the predicate did not return within the budget on this case: {'symbols': 3"
        assert said in run(*words).stdout


@pytest.mark.parametrize("known", ["proved by hand", "open", "False: by nobody"])
def test_what_is_known_agrees_with_what_was_found(run: Run, tmp_path: Path, known: str) -> None:
    """And a clock of somebody else's goes on."""
    (tmp_path / "stuck.py").write_text(STUCK.replace("proved by hand", known))
    before = "" if known == "open" else f" Stated before: {known}"
    known = known if known.startswith("False") else f"False, by this counterexample.{before}"
    rung: list[int] = []
    handler = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 1000, 500)
    try:
        done = run("hunt", f"{tmp_path / 'stuck.py'}::refuted")
        left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        ours = signal.signal(signal.SIGALRM, handler)
    assert (0 < left <= 1000, again, rung, callable(ours)) == (True, 500, [], True)
    assert (done.status, done.stdout.endswith(f"known       {known}\n")) == (1, True)
    assert done.stderr.splitlines() == ["imported", "asked"]  # what is printed is no data
    assert json.loads(run("hunt", f"{tmp_path / 'stuck.py'}::refuted", "--json").stdout)["known"] == known
