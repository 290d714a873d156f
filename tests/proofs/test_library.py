"""The prover's verdict, and planted mistakes that it must not let pass."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.proofs.conftest import PROOFS, load

theorems, tables = load("theorems"), load("tables")
pytestmark = pytest.mark.slow
STATED = "(size a)`! * (size t - size a)`!"


@pytest.fixture
def copy(library: Path, tmp_path: Path) -> Path:
    """A copy of the compiled library in which one module can be changed."""
    return shutil.copytree(library, tmp_path / "library", ignore=shutil.ignore_patterns("build"))


def compiles(folder: Path, module: str, *pieces: tuple[str, str]) -> bool:
    """Put other pieces into a module for some that stand there once, and compile it, without those that need it."""
    file = folder / f"{module}.v"
    for old, new in pieces:
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")
    command = ["coqc", "-q", "-w", "none", "-R", ".", "SRTheory", file.name]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def proof(folder: Path) -> str:
    """How the only theorem of the module Prefixes is proved."""
    text = (folder / "Prefixes.v").read_text(encoding="utf-8")
    return text[text.index("Proof.") :]


def test_the_library_says_what_is_on_record(library: Path) -> None:
    assert theorems.differences(library) == []


def test_the_tables_are_what_is_on_record(library: Path) -> None:
    assert tables.as_text(tables.computed()) == (library / tables.RECORD).read_text(encoding="utf-8")


def test_the_certificate_of_the_papers_size_is_what_the_package_makes() -> None:
    text = (PROOFS / "PaperCertificate.v").read_text(encoding="utf-8")
    assert load("paper_certificate").module() == text


def test_a_copy_with_another_proof_says_so_too(copy: Path) -> None:
    assert compiles(copy, "Prefixes", ("Proof.\n", "Proof.\nidtac.\n"))
    assert theorems.main(["Prefixes", "HexText", "--folder", str(copy)]) == 0


@pytest.mark.quality
def test_a_false_theorem_does_not_compile(copy: Path) -> None:
    assert not compiles(copy, "Prefixes", (STATED, f"({STATED}).+1"))


@pytest.mark.quality
@pytest.mark.parametrize(
    ("module", "stated", "false"),
    [
        ("Hadamard", "<= squared_minor r)%N", "< squared_minor r)%N"),
        ("Streaming", "(#|terms| <= \\sum_j", "(#|terms| < \\sum_j"),
        ("Parity", "(2 < #|A|)%N & even_set A", "(3 < #|A|)%N & even_set A"),
        (
            "FirstMoment",
            "&& ~~ recovers rat m (rows C)) <=\n  \\sum_(3 <= w",
            "&& ~~ recovers rat m (rows C)) <=\n  \\sum_(4 <= w",
        ),
        (
            "IndependentRows",
            "&& ~~ recovers rat m (received R)) <=\n  \\sum_(3 <= w",
            "&& ~~ recovers rat m (received R)) <=\n  \\sum_(4 <= w",
        ),
        ("MomentTable", "(if k is b.+1 then ways b w", "(if k is b.+1 then ways b.+1 w"),
    ],
)
def test_what_is_false_or_sharper_than_what_is_sharp_does_not_compile(
    copy: Path, module: str, stated: str, false: str
) -> None:
    assert not compiles(copy, module, (stated, false))


@pytest.mark.quality
def test_a_theorem_left_unproved_is_found(copy: Path) -> None:
    assert compiles(copy, "Prefixes", (proof(copy), "Admitted.\n"))
    assert theorems.main(["Prefixes", "--folder", str(copy)]) == 1
    assert "+count_prefix: rests on Prefixes.count_prefix" in theorems.differences(copy, ["Prefixes"])


@pytest.mark.quality
def test_an_axiom_is_found(copy: Path) -> None:
    axiom = "Axiom anything : False.\n\n(** Each set"
    assert compiles(copy, "Prefixes", ("(** Each set", axiom), (proof(copy), "Proof. by case: anything. Qed.\n"))
    assert theorems.main(["Prefixes", "--folder", str(copy)]) == 1
    assert "+count_prefix: rests on Prefixes.anything" in theorems.differences(copy, ["Prefixes"])


@pytest.mark.quality
def test_another_name_is_found(copy: Path) -> None:
    assert compiles(copy, "Prefixes", ("Theorem count_prefix ", "Theorem count_beginnings "))
    assert {"-count_prefix", "+count_beginnings"} <= set(theorems.differences(copy, ["Prefixes"]))


@pytest.mark.quality
def test_another_statement_is_found(copy: Path) -> None:
    weaker = (": uniq t -> uniq a", ": 0 < size a -> uniq t -> uniq a"), ("move=> ut ua sub", "move=> _ ut ua sub")
    assert compiles(copy, "Prefixes", *weaker)
    assert any("0 < size a" in line for line in theorems.differences(copy, ["Prefixes"]))


@pytest.mark.quality
def test_another_definition_is_found(copy: Path) -> None:
    assert compiles(copy, "HexText", ("nth 0 (list_of s) 0%Z", "nth 1 (list_of s) 0%Z"))
    assert any(line.startswith("+value") for line in theorems.differences(copy, ["HexText"]))


@pytest.mark.quality
def test_a_difference_that_notations_hide_is_found(library: Path, tmp_path: Path) -> None:
    entries = {"Numbers": "nat", "Truths": "bool"}
    (tmp_path / "_CoqProject").write_text("".join(f"{module}.v\n" for module in entries))
    for module, of in entries.items():
        (tmp_path / f"{module}.v").write_text(
            "From mathcomp Require Import ssreflect seq.\n"
            f"Theorem nothing : [::] = [::] :> seq {of}.\nProof. by []. Qed.\n"
        )
        command = ["coqc", "-q", "-w", "none", "-R", ".", "SRTheory", f"{module}.v"]
        subprocess.run(command, cwd=tmp_path, check=True)
    answers = theorems.answers(tmp_path, entries)
    said = [theorems.on_record(answers, [module]).splitlines()[1:] for module in entries]
    visible = [[line for line in lines if "in full" not in line] for lines in said]
    assert visible[0] == visible[1] != []
    assert said[0] != said[1]
