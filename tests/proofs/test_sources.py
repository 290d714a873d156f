"""What can be said about the formal library without a prover: it is complete, on record, and says what it proves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from paper_checks import study
from srtheory.cli import check as verified
from srtheory.errors import ArgumentError
from tests.proofs.conftest import PROOFS, do_without, load, missing

theorems = load("theorems")
DOCS = PROOFS.parent / "docs"
MODULES = theorems.modules(PROOFS)
RESULT = re.compile(r"^(?:\(\*\*((?:[^*]|\*(?!\)))*)\*\)\n)?(?:Theorem|Corollary) ([\w']+)", re.MULTILINE)
CITED = re.compile(r"\((?:claim\s+(?P<claim>[\w-]+)|docs/(?P<page>[\w/]+\.md),\s+(?P<place>[^()]+))\)\.\s*\Z")


def uncited(text: str) -> list[str]:
    """Theorems that no comment precedes, or one that ends with no section of docs/ and no claim of the ledger."""
    return [name for comment, name in RESULT.findall(text) if not _known(CITED.search(comment))]


def _known(cited: re.Match[str] | None) -> bool:
    if cited is None:
        return False
    if cited["claim"]:
        return cited["claim"] in study.claims
    page, place = DOCS / cited["page"], re.escape(" ".join(cited["place"].split()))
    heading = rf"^(?:#+ (?:\w+ )?|\*\*){place}(?![.\d]\d|\d)"
    return page.exists() and re.search(heading, page.read_text(encoding="utf-8"), re.MULTILINE) is not None


PLACES = {
    "": False,
    "(** No source at all. *)": False,
    "(** A section of a section (docs/proofs/exactness.md, 1.1.1). *)": False,
    "(** A page that is none (docs/exact.md, 1.1). *)": False,
    "(** A claim that is none (claim eq4-condition). *)": False,
    "(** Words (docs/proofs/exactness.md, 2.4). *)": True,
    "(** Words (docs/proofs/small_cases.md, Results). *)": True,
    "(** Words (claim thm1). *)": True,
}


@pytest.mark.quality
def test_every_theorem_says_in_words_what_it_states_and_where_it_belongs() -> None:
    assert [name for module in MODULES for name in uncited((PROOFS / f"{module}.v").read_text(encoding="utf-8"))] == []
    found = {comment: uncited(f"{comment}\nTheorem one : 1 = 1.\n".lstrip()) == [] for comment in PLACES}
    assert found == PLACES


@pytest.fixture(scope="module")
def record() -> dict[str, str]:
    """What is on record of each module."""
    text = (PROOFS / theorems.RECORD).read_text(encoding="utf-8")
    assert sorted(re.findall(r"^# (\w+)$", text, re.MULTILINE)) == sorted(MODULES)
    return {module: theorems.on_record(text, [module]) for module in MODULES}


def test_the_record_has_every_theorem(record: dict[str, str]) -> None:
    for module, part in record.items():
        stated = re.findall(r"^@?([\w']+)\n     :", part, re.MULTILINE)
        rested = re.findall(r"^([\w']+): (?:closed|rests)", part, re.MULTILINE)
        wanted = theorems.theorems(theorems.source(PROOFS, module))
        assert [name for name in stated if name in wanted] == wanted
        assert [name for name in rested if name != "lemmas"] == wanted


REALS = {
    *("ClassicalDedekindReals.sig_forall_dec", "ClassicalDedekindReals.sig_not_dec", "Classical_Prop.classic"),
    "FunctionalExtensionality.functional_extensionality_dep",
}
MACHINE = {"PrimInt63", "PrimString"}
"""What the kernel computes with; that it does so rightly is Uint63 and FloatAxioms."""


def test_axioms_are_those_of_the_real_numbers_and_in_the_fluid_limit_only(record: dict[str, str]) -> None:
    for module, part in record.items():
        resting = re.findall(r"^[\w']+: rests on (.*(?:\n  .*)*)", part, re.MULTILINE)
        used = {name for names in resting for name in re.findall(r"[\w.']+", names)}
        spaces = {name.partition(".")[0] for name in used - REALS}
        if module == "FluidNumeric":
            assert spaces <= {*MACHINE, "PrimFloat", "PArray", "FloatAxioms", "Uint63", "Sint63"}
        elif module in {"HexText", "PaperCertificate"}:
            assert (spaces, used & REALS) == (MACHINE, set())
        else:
            assert used == (REALS if module == "Fluid" else set())


@pytest.mark.quality
def test_nothing_is_taken_for_granted_and_a_source_that_does_is_found(tmp_path: Path) -> None:
    assert theorems.unproved(PROOFS) == []
    (tmp_path / "_CoqProject").write_text("One.v\n")
    (tmp_path / "One.v").write_text("(* Admitted here is a word *)\n")
    assert theorems.unproved(tmp_path) == []
    (tmp_path / "Two.v").touch()
    assert theorems.unproved(tmp_path) == ["Two.v is not in _CoqProject"]
    (tmp_path / "Two.v").unlink()
    for text in (
        "Lemma one : False. Admitted.",
        *(f"{word} one : False." for word in ("Axiom", "Parameter", "Conjecture")),
        "Parameters (one : False).",
        "Lemma one : False. Proof. admit. Abort.",
        "Unset Guard Checking.",
        "#[bypass_check(guard)] Fixpoint one (n : nat) : False := one n.",
    ):
        (tmp_path / "One.v").write_text(text)
        assert theorems.unproved(tmp_path) != [], text


def test_a_prover_checks_the_proofs() -> None:
    if reason := missing():
        do_without(reason)


@pytest.fixture
def no_program(monkeypatch, tmp_path):
    monkeypatch.setattr(verified, "BUILT", tmp_path / "srcheck")
    monkeypatch.setenv("PATH", str(tmp_path))


def test_where_it_is_not_built_a_line_says_so(no_program, files, check) -> None:
    status, out, error = check(*files[:2])
    assert (status, out) == (2, "")
    assert error.startswith("srtheory: Argument 'verified' must be left out where no verified checker is built")
    assert error.endswith("not True.")
    assert "\n" not in error


@pytest.mark.quality
@pytest.mark.parametrize("says", ["", "valid\nvalid", "perhaps", "not a certificate"])
def test_a_program_that_answers_something_else_is_not_believed(no_program, tmp_path, says) -> None:
    with pytest.raises(ArgumentError):
        verified.require_program()
    (tmp_path / "srcheck").write_text(f"#!/bin/sh\nprintf '{says}'\n")
    (tmp_path / "srcheck").chmod(0o755)
    with pytest.raises(RuntimeError, match="ended with status 0"):
        verified.verdicts(["0 0 spans 0 0x1 0\n"])
