"""The verb ``hunt``: results, exit statuses, one-line errors, an interrupt from outside, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from srtheory.conjectures.registry import shipped
from srtheory.span.oracles import checker
from tests.cli.conftest import Result, Run
from tests.cli.test_signals import lives
from tests.contracts.test_verbs import fault

verb = import_module("srtheory.cli.hunt")

SLOW = """
from pathlib import Path

from srtheory.conjectures.domains import receptions
from srtheory.conjectures.registry import conjecture


@conjecture("Endless.", receptions())
def endless(case):
    if case.symbols > 1:  # that of one symbol has been counted
        Path(__file__).with_name("started").touch()
    return True
"""


def test_a_counterexample_in_json(run: Run) -> None:
    result = run("hunt", "sr-covered-implies-spans", "--json")
    assert result.status == 1
    answer = json.loads(result.stdout)
    assert (answer["conjecture"], answer["found"], answer["smallest"]) == ("sr-covered-implies-spans", True, True)
    case = answer["counterexample"]
    assert (case["symbols"], case["degree"], len(case["rows"])) == (5, 2, 4)
    assert case["workers"] == [0, 0, 1, 1]
    assert answer["searched"]["complete_symbols"] == [1, 2, 3, 4]


def test_its_certificate_stands_by_itself(run: Run) -> None:
    case = json.loads(run("hunt", "sr-covered-implies-spans", "--json").stdout)["counterexample"]
    certificate = checker.read(json.dumps(case["spans"][0]["certificate"]))
    matrix = [dict.fromkeys(row, 1) for row in case["rows"]]
    assert checker.fault(certificate, case["symbols"], matrix) is None
    assert checker.claim(certificate) == "Over Q, the rows of the matrix do not span 1."


def test_a_counterexample_as_text(run: Run) -> None:
    result = run("hunt", "covered-implies-spans")
    assert result.status == 1
    assert "            {1, 2}   1 1 0\n            {1, 3}   1 0 1" in result.stdout
    assert "smallest    yes" in result.stdout
    assert result.stderr == ""


def test_none_found(run: Run) -> None:
    result = run("hunt", "complete-worker-spans", "--max-symbols", "4", "--json")
    answer = json.loads(result.stdout)
    assert result.status == 0
    assert (answer["found"], answer["counterexample"], answer["smallest"]) == (False, None, None)
    assert answer["searched"]["complete_symbols"] == [1, 2, 3, 4]


def test_none_found_within_a_budget(run: Run) -> None:
    result = run("hunt", "systematic-spans", "--budget", "1e-9", "--json")
    assert result.status == 0
    assert json.loads(result.stdout)["searched"]["stopped_by"] == "budget"


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


@pytest.mark.parametrize("most", [0, 8])  # in enumeration, and beyond
@pytest.mark.parametrize(
    ("act", "says"),
    [
        ("sys.exit()", "SystemExit"),
        ("sys.exit(1)", "SystemExit: 1"),
        ("raise BaseException('two\\nlines')", "BaseException: two lines"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("return [True]", "type list"),
        ("return __import__('numpy').array([True, False])", "type ndarray"),
    ],
)
def test_a_faulty_predicate_is_one_line(run: Run, tmp_path: Path, act: str, says: str, most: int) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FAULTY.format(act=act, most=most))
    result = run("hunt", f"{path}::faulty", "--max-symbols", "12", "--budget", "1e9")
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith("srtheory: Argument 'conjecture' must be a predicate that ")
    assert says in result.stderr
    assert result.stderr.endswith(", not 'faulty'.\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("act", ["sys.exit(1)", "raise BaseException('enough')", "raise GeneratorExit", "1 / 0"])
def test_a_faulty_file_is_one_line(run: Run, tmp_path: Path, act: str) -> None:
    (tmp_path / "mine.py").write_text(f"import sys\n{act}\n")
    result = run("hunt", f"{tmp_path / 'mine.py'}::faulty")
    assert (result.status, result.stdout) == (2, "")
    assert "a file that can be imported" in result.stderr
    assert result.stderr.count("\n") == 1


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
    result = run("hunt", f"{path}::mine", "--max-symbols", "4", "--budget", "1e9")
    assert (result.status, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_weights_for_programs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FAMILY.format(domain="rows(weights=residues('GF(3)'))", sends="[worker]"))
    case = json.loads(run("hunt", f"{path}::mine", "--json", "--max-symbols", "2").stdout)["counterexample"]
    assert (case["symbols"], case["rows"], case["workers"]) == (1, [], None)


def test_degree(run: Run) -> None:
    answer = json.loads(run("hunt", "sr-covered-implies-spans", "--degree", "4", "--json").stdout)
    assert (answer["counterexample"]["symbols"], len(answer["counterexample"]["rows"])) == (6, 4)


def test_list(run: Run) -> None:
    assert "covered-implies-spans\n" in run("hunt", "--list").stdout
    names = [entry["name"] for entry in json.loads(run("hunt", "--list", "--json").stdout)]
    assert "bound-5-holds" in names


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "NAME"),
        (["nonsense"], "nonsense"),
        (["absent.py::x"], "absent.py"),
        (["hitting-time", "--max-symbols", "0"], "max_symbols"),
        (["hitting-time", "--max-symbols", "many"], "many"),
        (["hitting-time", "--budget", "-1"], "budget"),
        (["hitting-time", "--budget", "nan"], "budget"),
        (["hitting-time", "--seed", "-1"], "seed"),
        (["hitting-time", "--degree", "0"], "degree"),
        (["covered-implies-spans", "--degree", "2"], "degree"),
    ],
)
def test_bad_input_is_one_line(run: Run, arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before a search is announced, however long an import takes."""
    monkeypatch.setattr("srtheory.cli.hunt.progress_bar", lambda **_: pytest.fail("a search is announced"))
    result = run("hunt", *arguments)
    assert result.status == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_nothing_is_left_where_the_user_stands(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("hunt", "systematic-spans", "--max-symbols", "2").status == 0
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_prints_the_partial_result(tmp_path: Path) -> None:
    """Ctrl-C, from outside, in the middle of the work."""
    (tmp_path / "mine.py").write_text(SLOW)
    script = "from srtheory.cli import main; main()"
    command = [sys.executable, "-c", script, "hunt", f"{tmp_path / 'mine.py'}::endless", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert fault(["hunt", "--json"], Result(1, stdout, stderr)) is None
    answer = json.loads(stdout)
    assert process.returncode == 130
    assert answer["searched"]["stopped_by"] == "interrupt"
    assert answer["searched"]["classes"] > 0


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
    (tmp_path / "mine.py").write_text(HANGS)
    script = "from srtheory.cli import main; main()"
    name = f"{tmp_path / 'mine.py'}::endless"
    command = [
        sys.executable,
        "-c",
        script,
        "hunt",
        name,
        "--json",
        "--processes",
        "2",
        "--store",
        str(tmp_path / "st"),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        while not list(tmp_path.glob("hangs-*")):
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
        deadline = time.monotonic() + 60
        while lives(process.pid):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        if lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    searched = json.loads(stdout)["searched"]
    assert (process.returncode, searched["stopped_by"], searched["complete_symbols"]) == (130, "interrupt", [1, 2])
    assert "Traceback" not in stderr
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
    result = run("hunt", "unique-solution", option, str(tmp_path / "file"))
    assert (result.status, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    below = run("hunt", "unique-solution", option, str(tmp_path / "file" / "below"))
    assert (below.status, below.stdout, below.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("processes", ["0", "many", "2000"])
def test_processes_are_as_in_other_verbs(run: Run, processes: str) -> None:
    result = run("hunt", "unique-solution", "--processes", processes)
    assert (result.status, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "'processes'" in result.stderr


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
    answer = json.loads(run("hunt", f"{tmp_path / 'mine.py'}::drawn", "--max-symbols", "5", "--json").stdout)[
        "searched"
    ]
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


@conjecture("A statement.", rows(1))
def sleeps(case):
    print("asked")
    return case.symbols < 3 or stuck("sleeps")


@conjecture("A statement.", rows(1))
def loops(case):
    return case.symbols < 3 or stuck("loops")


@conjecture("A statement.", rows(1))
def catches(case):
    return case.symbols < 3 or stuck("catches")


@conjecture("A statement.", rows(1))
def converts(case):
    return case.symbols < 3 or stuck("converts")


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


@pytest.mark.parametrize("text", ["absent.py::x", "absent::x", "::x", "a/b.py::"])
def test_a_file_that_is_not_there_is_named_as_it_was_given(run: Run, text: str) -> None:
    assert run("hunt", text).stderr.endswith(f", not '{text}'.\n")


# ------------------------------------------------------------------------------------------------- without a search


def test_the_list_to_the_letter(run: Run) -> None:
    known = [(c.name, c.statement, c.source, c.known) for c in shipped().values()]
    done = run("hunt", "--list")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout == "".join(f"{name}\n    {says}\n    {source}. {it}\n" for name, says, source, it in known)
    told = json.loads(run("hunt", "--list", "--json").stdout)
    assert [tuple(each.values()) for each in told] == known
    assert [*told[0]] == ["name", "statement", "source", "known"]


def test_the_shell_completes_conjectures_and_else_files() -> None:
    names: Any = verb._names
    known = [c for c in shipped().values() if c.name.startswith("sr-")]
    assert len(known) > 1
    assert [(i.value, i.type, i.help) for i in names(None, None, "sr-")] == [
        (c.name, "plain", c.statement) for c in known
    ]
    assert [(i.value, i.type) for i in names(None, None, "./mine")] == [("./mine", "file")]


@pytest.mark.parametrize(
    ("case", "ends"),
    [
        (None, {".txt", ".json"}),
        ({"rows": None, "spans": ()}, {".txt", ".json"}),
        ({"rows": [[0]], "spans": ()}, {".txt", ".json", "_rows.json"}),
        (
            {
                "rows": [[0]],
                "spans": ({"field": "GF(4)", "certificate": 1, "matrix": 2}, {"field": "Q", "certificate": 3}),
            },
            {".txt", ".json", "_rows.json", "_GF4_rows.json", "_GF4.certificate.json", "_Q.certificate.json"},
        ),
    ],
)
def test_files_of_a_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: Any, ends: set[str]) -> None:
    """Their names have no letters that a folder could not have; a text that is no UTF-8 is escaped."""
    monkeypatch.setattr("srtheory.conjectures.render.matrix", lambda case: {"rows": case["rows"]})
    verb._write(tmp_path, {"conjecture": "a b/ü.py::x-1", "counterexample": case}, "text \udcff")
    assert {path.name for path in tmp_path.iterdir()} == {f"hunt_a-b-ü.py-x-1{end}" for end in ends}
    assert (tmp_path / "hunt_a-b-ü.py-x-1.txt").read_bytes() == b"text \\udcff\n"
    assert (tmp_path / "hunt_a-b-ü.py-x-1.json").read_text().startswith('{\n  "conjecture"')
    assert (tmp_path / "hunt_a-b-ü.py-x-1.json").read_text().endswith("}\n")
    if len(ends) > 3:
        assert json.loads((tmp_path / "hunt_a-b-ü.py-x-1_GF4_rows.json").read_text()) == 2
        assert json.loads((tmp_path / "hunt_a-b-ü.py-x-1_GF4.certificate.json").read_text()) == 1
        assert json.loads((tmp_path / "hunt_a-b-ü.py-x-1_Q.certificate.json").read_text()) == 3


def test_the_first_interrupt_is_noted_and_the_second_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    raised = []
    monkeypatch.setattr(signal, "raise_signal", lambda number: raised.append((number, signal.getsignal(number))))
    with verb._interrupts() as pressed:
        note: Any = signal.getsignal(signal.SIGINT)
        assert not pressed()
        for second in (False, True):
            with pytest.raises(KeyboardInterrupt):
                note(signal.SIGINT, None)
            assert pressed()
            assert raised == ([(signal.SIGINT, signal.SIG_DFL)] if second else [])
    assert signal.getsignal(signal.SIGINT) is before


def test_a_watch_moves_the_bar_and_obeys_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    bar = SimpleNamespace(update=told.append, set_description_str=lambda text, refresh: told.append((text, refresh)))

    class Shown:
        def __init__(self, **given: Any) -> None:
            told.append(given["about"])

        def __enter__(self) -> Any:
            return bar

        def __exit__(self, *_: object) -> None:
            told.append("end")

    monkeypatch.setattr(verb, "progress_bar", Shown)
    pressed: list[int] = []
    with verb._bar("mine", 60, lambda: bool(pressed)) as watch:
        watch("m = 3", 2)
        watch("m = 3", 5)
        watch("m = 4", 1)
        pressed.append(1)
        with pytest.raises(KeyboardInterrupt):
            watch("m = 5", 1)
    assert told == [
        "srtheory: hunt mine takes at most 60 seconds", ("m = 3", False), 2, 5, ("m = 4", False), 1, "end"
    ]  # fmt: skip
