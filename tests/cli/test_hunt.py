"""The verb ``hunt``: results, exit statuses, files, an interrupt from outside, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from srtheory.conjectures.registry import shipped
from srtheory.span.oracles import checker
from tests.cli.conftest import Result, Run, asked, refused
from tests.cli.test_signals import lives, wait_until
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


def test_a_counterexample_as_text(run: Run) -> None:
    result = run("hunt", "covered-implies-spans")
    assert result.status == 1
    assert "            {1, 2}   1 1 0\n            {1, 3}   1 0 1" in result.stdout
    assert "smallest    yes" in result.stdout
    assert result.stderr == ""


def test_none_found(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything left where the user stands."""
    monkeypatch.chdir(tmp_path)
    answer = asked(run, "hunt", "complete-worker-spans", "--max-symbols", "4")
    assert (answer["found"], answer["counterexample"], answer["smallest"]) == (False, None, None)
    assert answer["searched"]["complete_symbols"] == [1, 2, 3, 4]
    assert asked(run, "hunt", "systematic-spans", "--budget", "1e-9")["searched"]["stopped_by"] == "budget"
    assert list(tmp_path.iterdir()) == []


FAULTY = """
import sys
from srtheory.conjectures.domains import rows
from srtheory.conjectures.registry import conjecture


@conjecture("A statement.", rows(1))
def faulty(case):
    if case.symbols > {most}:
        {act}
    return True
"""


@pytest.mark.parametrize(
    ("act", "says", "most"),
    [
        ("sys.exit()", "SystemExit", 8),  # beyond the enumeration
        ("sys.exit(1)", "SystemExit: 1", 0),
        ("raise BaseException('two\\nlines')", "BaseException: two lines", 0),
        ("raise GeneratorExit", "GeneratorExit", 0),
        ("return [True]", "type list", 8),
        ("return __import__('numpy').array([True, False])", "type ndarray", 0),
    ],
)
def test_a_faulty_predicate_is_one_line(run: Run, tmp_path: Path, act: str, says: str, most: int) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FAULTY.format(act=act, most=most))
    said = refused(run, "hunt", f"{path}::faulty", "--max-symbols", "12", "--budget", "1e9")
    assert said.startswith("srtheory: Argument 'conjecture' must be a predicate that ")
    assert says in said
    assert said.endswith(", not 'faulty'.\n")


@pytest.mark.parametrize("act", ["raise GeneratorExit", "1 / 0"])
def test_a_faulty_file_is_one_line(run: Run, tmp_path: Path, act: str) -> None:
    (tmp_path / "mine.py").write_text(f"{act}\n")
    assert "a file that can be imported" in refused(run, "hunt", f"{tmp_path / 'mine.py'}::faulty")


FAMILY = """
from dataclasses import dataclass
from srtheory.conjectures.case import spans
from srtheory.conjectures.domains import family, integers, receptions, residues, rows
from srtheory.conjectures.registry import conjecture
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Mine(ByWorker):
    def sends(self, worker, key):
        yield {sends}


@conjecture("A statement.", {domain})
def mine(case):
    return spans(case)
"""


@pytest.mark.parametrize(
    ("domain", "says"),
    [
        ("rows(weights=[0, 1])", "'weights' must be "),
        ("family(lambda symbols: [[symbols]])", "symbols from 0 to 0"),
        ("family(lambda symbols: [])", "one that yields rows"),
        ("family(lambda symbols: symbols)", "gives rows one after the other"),
        ("family(lambda symbols: [{0: 0}])", "weights are integers other than 0"),
        ("family(lambda symbols: [{0: 3}], weights=residues('GF(3)'))", "weights are residues modulo 3"),
        ("receptions('nonsense')", "nonsense"),
        ("receptions(Mine, fixed=True)", "names no column twice"),
    ],
)
def test_a_faulty_domain_is_one_line(run: Run, tmp_path: Path, domain: str, says: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FAMILY.format(domain=domain, sends="[worker, worker]"))
    assert says in refused(run, "hunt", f"{path}::mine", "--max-symbols", "4", "--budget", "1e9")


def test_weights_for_programs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FAMILY.format(domain="rows(weights=residues('GF(3)'))", sends="[worker]"))
    case = asked(run, "hunt", f"{path}::mine", "--max-symbols", "2", status=1)["counterexample"]
    assert (case["symbols"], case["rows"], case["workers"]) == (1, [], None)


def test_list(run: Run) -> None:
    known = [(c.name, c.statement, c.source, c.known) for c in shipped().values()]
    done = run("hunt", "--list")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout == "".join(f"{name}\n    {says}\n    {source}. {it}\n" for name, says, source, it in known)
    assert [tuple(each.values()) for each in asked(run, "hunt", "--list")] == known


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "NAME"),
        ("nonsense", "nonsense"),
        ("covered-implies-spans --degree 2", "degree"),
        *((name, f", not '{name}'.\n") for name in ("absent.py::x", "absent::x", "::x", "a/b.py::")),
    ],
)
def test_bad_input_is_one_line(run: Run, line: str, says: str) -> None:
    assert says in refused(run, "hunt", *line.split())


SLOW = """
import time
from pathlib import Path

from srtheory.conjectures.domains import receptions
from srtheory.conjectures.registry import conjecture


@conjecture("Endless.", receptions())
def endless(case):
    if case.symbols > 1:  # that of one symbol has been counted
        Path(__file__).with_name("started").touch()
    return True


@conjecture("Deaf.", receptions())
def deaf(case):
    Path(__file__).with_name("started").touch()
    while True:
        try:
            time.sleep(1000)
        except KeyboardInterrupt:
            Path(__file__).with_name("caught").touch()
"""


def begun(folder: Path, text: str, name: str, *more: str) -> subprocess.Popen[str]:
    """A hunt in a session of its own, as its script would run it; its budget is not over, however busy the machine."""
    (folder / "mine.py").write_text(text)
    script = "from srtheory.cli import main; main()"
    words = ["hunt", f"{folder / 'mine.py'}::{name}", "--json", "--budget", "1e6", *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", script, *words], text=True, start_new_session=True, **pipes)


@pytest.mark.parametrize("name", ["endless", "deaf"])
def test_an_interrupt_prints_the_partial_result(tmp_path: Path, name: str) -> None:
    """Ctrl-C, from outside, in the middle of the work.  The second ends at once what has caught the first."""
    process = begun(tmp_path, SLOW, name)
    wait_until(lambda: (tmp_path / "started").exists() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    if name == "deaf":
        wait_until(lambda: (tmp_path / "caught").exists() or process.poll() is not None)
        process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=120)
    if name == "deaf":
        assert (process.returncode, stdout) == (-signal.SIGINT, "")
        return
    assert (process.returncode, fault(["hunt", "--json"], Result(0, stdout, stderr))) == (130, None)
    searched = json.loads(stdout)["searched"]
    assert searched["stopped_by"] == "interrupt"
    assert searched["classes"] > 0


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


def test_an_interrupt_ends_the_processes(tmp_path: Path) -> None:
    """Ctrl-C goes to all of them; the partial result is printed by the one that was started, and none stays."""
    process = begun(tmp_path, HANGS, "endless", "--processes", "2", "--store", str(tmp_path / "st"))
    try:
        wait_until(lambda: process.poll() is not None or any(tmp_path.glob("hangs-*")))
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
        wait_until(lambda: not lives(process.pid))
    finally:
        if lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    assert (process.returncode, fault(["hunt", "--json"], Result(0, stdout, stderr))) == (130, None)
    searched = json.loads(stdout)["searched"]
    assert (searched["stopped_by"], searched["complete_symbols"]) == ("interrupt", [1, 2])
    [kept] = (tmp_path / "st").glob("*/0000000000.json")
    assert len(json.loads(kept.read_text())["answers"]) >= searched["classes"]


def test_files_for_readers(run: Run, tmp_path: Path) -> None:
    result = run("hunt", "sr-gfp-agrees-with-q", "--degree", "2", "--max-symbols", "6", "--out", str(tmp_path))
    assert result.status == 0
    assert {path.name for path in tmp_path.iterdir()} == {f"hunt_sr-gfp-agrees-with-q.{end}" for end in ("txt", "json")}
    found = tmp_path / "found"
    result = run("hunt", "gf2-spans-implies-q", "--out", str(found), "--json")
    stem = "hunt_gf2-spans-implies-q"
    names = {f"{stem}{end}" for end in (".txt", ".json", "_rows.json", "_Q.certificate.json", "_GF2.certificate.json")}
    assert {path.name for path in found.iterdir()} == names
    assert json.loads((found / f"{stem}.json").read_text()) == json.loads(result.stdout)
    for field, says in (("Q", "do not span 1"), ("GF2", "span 1")):
        checked = run(
            "check", str(found / f"{stem}_{field}.certificate.json"), "--matrix", str(found / f"{stem}_rows.json")
        )
        assert (checked.status, checked.stdout.split(" of the matrix ")[1]) == (0, f"{says}.\n")


def test_weights_are_in_the_matrix(run: Run, tmp_path: Path) -> None:
    run("hunt", "cyclic-gradient-spans-gf3", "--out", str(tmp_path))
    stem = tmp_path / "hunt_cyclic-gradient-spans-gf3"
    certificate = next(tmp_path.glob("*GF3.certificate.json"))
    assert run("check", str(certificate), "--matrix", f"{stem}_rows.json").status == 0
    assert json.loads(Path(f"{stem}_rows.json").read_text())["values"] == [[3, 2, 1], [1, 2, 3]]


@pytest.mark.parametrize("option", ["--out", "--store"])
def test_a_folder_that_cannot_be_one_is_one_line(run: Run, tmp_path: Path, option: str) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        assert refused(run, "hunt", "unique-solution", option, str(folder))


DRAWN = """
from srtheory.conjectures.case import covered, spans
from srtheory.conjectures.domains import receptions
from srtheory.conjectures.registry import conjecture


@conjecture("A statement.", receptions("bcc", degree=2))
def drawn(case):
    return True if covered(case) else None
"""


def test_what_was_drawn_is_told_apart(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a domain of which nothing is enumerated nothing is said of classes."""
    monkeypatch.setattr("srtheory.conjectures.hunt.EXAMPLES", 60)
    (tmp_path / "mine.py").write_text(DRAWN)
    command = ["hunt", f"{tmp_path / 'mine.py'}::drawn", "--max-symbols", "5"]
    text = run(*command).stdout
    said = re.search(r"\((\d+) cases with m <= (\d) drawn by Hypothesis, (\d+) of them vacuous\)", text)
    assert said is not None
    drawn, largest, vacuous = map(int, said.groups())
    assert "classes" not in text
    assert 0 < vacuous < drawn == 60
    assert largest <= 5
    answer = asked(run, *command)["searched"]
    assert (answer["examples"], answer["vacuous"], answer["classes"]) == (drawn, vacuous, 0)


STUCK = """
import signal
import time
from srtheory.conjectures.domains import family, rows
from srtheory.conjectures.registry import conjecture

print("imported")


def stuck(how):
    signal.setitimer(signal.ITIMER_REAL, 0.01, 1)  # the budget is over
    while how == "loops":
        pass
    while how == "catches":
        try:
            time.sleep(1000)
        except BaseException:
            return False
    while how == "converts":
        try:
            time.sleep(1000)
        except BaseException as error:
            raise ValueError("mine") from error
    time.sleep(1000)


def yields(symbols):
    if symbols > 2:
        stuck("sleeps")
    yield [0]


def asks(how):
    def predicate(case):
        print("asked")
        return case.symbols < 3 or stuck(how)

    return predicate


for how in ("sleeps", "loops", "catches", "converts"):
    globals()[how] = conjecture("A statement.", rows(1), name=how)(asks(how))


@conjecture("A statement.", family(yields))
def generated(case):
    return True


@conjecture("A statement.", rows(1), known="proved by hand")
def refuted(case):
    print("asked")
    return False
"""


@pytest.fixture
def stuck(tmp_path: Path) -> str:
    (tmp_path / "stuck.py").write_text(STUCK)
    return f"{tmp_path / 'stuck.py'}::"


@pytest.mark.parametrize("name", ["sleeps", "loops", "catches", "converts", "generated"])
def test_the_budget_bounds_a_call(run: Run, stuck: str, tmp_path: Path, name: str) -> None:
    """What was found until then is told and kept; an answer that the predicate gives instead of the error is none."""
    done = run("hunt", f"{stuck}{name}", "--budget", "1e9", "--json", "--store", str(tmp_path / "store"))
    answer = json.loads(done.stdout)
    assert (done.status, answer["found"], answer["searched"]["stopped_by"]) == (0, False, "budget")
    if name == "generated":
        assert "unanswered" not in answer["searched"]
    else:
        assert answer["searched"]["unanswered"]["symbols"] == 3
        assert answer["searched"]["classes"] == 5
        [kept] = (tmp_path / "store").glob("*/0000000000.json")
        assert len(json.loads(kept.read_text())["answers"]) == 5


def test_the_case_without_an_answer_is_in_the_text(run: Run, stuck: str) -> None:
    said = run("hunt", f"{stuck}sleeps", "--budget", "1e9").stdout
    assert "unanswered  the predicate did not return within the budget on this case: {'symbols': 3" in said


def test_a_clock_of_somebody_elses_goes_on(run: Run, stuck: str) -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 1000, 500)
    try:
        assert run("hunt", f"{stuck}refuted").status == 1
        left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        ours = signal.signal(signal.SIGALRM, before)
    assert 0 < left <= 1000
    assert (again, rung, callable(ours)) == (500, [], True)


@pytest.mark.parametrize("known", ["proved by hand", "open", "False: by nobody"])
def test_what_is_known_agrees_with_what_was_found(run: Run, stuck: str, tmp_path: Path, known: str) -> None:
    (tmp_path / "stuck.py").write_text(STUCK.replace("proved by hand", known))
    before = "" if known == "open" else f" Stated before: {known}"
    known = known if known.startswith("False") else f"False, by this counterexample.{before}"
    done = run("hunt", f"{stuck}refuted")
    assert done.stdout.endswith(f"known       {known}\n")
    assert done.stderr.splitlines() == ["imported", "asked"]  # what is printed is no data
    assert json.loads(run("hunt", f"{stuck}refuted", "--json").stdout)["known"] == known
