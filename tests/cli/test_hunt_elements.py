"""``hunt`` over rows with weights from GF(p^k): the result, its files, a scheme of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from srtheory.conjectures import hunt as hunting
from tests.cli.conftest import Run, refused
from tests.conjectures.test_elements import certified

MINE = '''
from dataclasses import dataclass
from srtheory.conjectures.case import covered, spans
from srtheory.conjectures.domains import elements, receptions, rows
from srtheory.conjectures.registry import conjecture
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Weighed(ByWorker):
    """Worker j sends f_j, and then all terms with coefficients from GF(4)."""

    def sends(self, worker, key):
        yield [worker]
        if self.symbols > 1:
            yield {i: 1 + i * worker % LARGEST for i in range(self.symbols)}


LARGEST = 3


@conjecture("Two of them span.", receptions(Weighed, fixed=True, weights=elements("GF(4)")), field="GF(4)")
def two_do(case):
    both = set(case.workers) == set(range(case.symbols)) and len(case.masks) == 2 * case.symbols
    return spans(case, "GF(4)") if both else None


@conjecture("One of them and a symbol span.", receptions(Weighed, fixed=True, weights=elements("GF(4)")), field="GF(4)")
def one_does(case):
    return spans(case, "GF(4)") if len(case.masks) == 2 and covered(case) else None


@conjecture("One row spans.", rows(weights=elements("GF(9)")), field="GF(9)")
def one_row(case):
    return spans(case, "GF(9)") if len(case.masks) == 1 and case.symbols == 2 else None
'''


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hunting, "EXAMPLES", 60)
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path


def test_a_hunt_and_its_files(run: Run, mine: Path) -> None:
    done = run("hunt", "mine.py::one-row", "--out", "found", "--store", "store", "--json")
    case = json.loads(done.stdout)["counterexample"]
    assert (done.status, case["elements"], certified(case, "GF(3)")) == (1, "GF(9)", True)
    assert run("hunt", "mine.py::one-row", "--store", "store", "--json") == done
    certificate, matrix = "found/hunt_one-row_GF9.certificate.json", "found/hunt_one-row_GF9_rows.json"
    checked = run("check", certificate, "--matrix", matrix)
    assert (checked.status, checked.stdout) == (0, "valid: Over GF(3), the rows of the matrix do not span 1.\n")
    assert "over GF(9)  the rows do not span 1; rank 1" in (mine / "found/hunt_one-row.txt").read_text()
    assert "weights elements of GF(9)" in (mine / "found/hunt_one-row.txt").read_text()


def test_a_scheme_of_ones_own_with_elements(run: Run, mine: Path) -> None:
    assert run("hunt", "mine.py::two-do", "--max-symbols", "3").status == 0  # all have sent their own
    done = run("hunt", "mine.py::one-does", "--max-symbols", "3", "--json")
    case = json.loads(done.stdout)["counterexample"]
    assert (done.status, case["elements"], case["symbols"]) == (1, "GF(4)", 3)
    (mine / "mine.py").write_text(MINE.replace("LARGEST = 3", "LARGEST = 5"))
    said = refused(run, "hunt", "mine.py::two-do", "--max-symbols", "6")
    assert "elements of GF(4), in the rows of Weighed" in said
