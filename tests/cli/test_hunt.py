"""The verb ``hunt``: results, exit statuses, one-line errors, an interrupt from outside, nothing left behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from srtheory.span.oracles import checker
from tests.cli.conftest import Run

SLOW = """
from pathlib import Path

from srtheory.conjectures.domains import receptions
from srtheory.conjectures.registry import conjecture


@conjecture("Endless.", receptions())
def endless(case):
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
        ("family(lambda symbols: [{0: 0}])", "weights are whole numbers other than 0"),
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
def test_bad_input_is_one_line(run: Run, arguments: list[str], says: str) -> None:
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
    stdout, _ = process.communicate(timeout=60)
    answer = json.loads(stdout)
    assert process.returncode == 0
    assert answer["searched"]["stopped_by"] == "interrupt"
    assert answer["searched"]["classes"] > 0
