"""What can be said about the formal library without a prover: it is complete, on record, and says what it proves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from paper_checks import study
from tests.proofs.conftest import PROOFS, do_without, load

theorems = load("theorems")
DOCS = PROOFS.parent / "docs"
RESULT = re.compile(r"^(?:\(\*\*((?:[^*]|\*(?!\)))*)\*\)\n)?(?:Theorem|Corollary) ([\w']+)", re.MULTILINE)
CITED = re.compile(r"\((?:claim\s+(?P<claim>[\w-]+)|docs/(?P<page>\w+\.md),\s+(?P<place>[^()]+))\)\.\s*\Z")


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


@pytest.mark.parametrize("module", theorems.modules(PROOFS))
def test_every_theorem_says_in_words_what_it_states_and_where_it_belongs(module: str) -> None:
    assert uncited((PROOFS / f"{module}.v").read_text(encoding="utf-8")) == []


@pytest.mark.quality
def test_a_theorem_without_its_place_is_found() -> None:
    places = {
        "": False,
        "(** No source at all. *)": False,
        "(** A section that is none (docs/exactness.md, 2.9). *)": False,
        "(** A section of a section (docs/exactness.md, 1.1.1). *)": False,
        "(** A page that is none (docs/exact.md, 1.1). *)": False,
        "(** A claim that is none (claim eq4-condition). *)": False,
        "(** Words (docs/exactness.md, 2.4). *)": True,
        "(** Words (docs/exactness.md, 3). *)": True,
        "(** Words (docs/conjectures.md, Results). *)": True,
        "(** Words (claim thm1). *)": True,
    }
    found = {comment: uncited(f"{comment}\nTheorem one : 1 = 1.\n".lstrip()) == [] for comment in places}
    assert found == places


def test_the_record_has_every_module_and_every_theorem() -> None:
    record = (PROOFS / theorems.RECORD).read_text(encoding="utf-8")
    assert sorted(re.findall(r"^# (\w+)$", record, re.MULTILINE)) == sorted(theorems.modules(PROOFS))
    for module in theorems.modules(PROOFS):
        part = theorems.on_record(record, [module])
        stated = re.findall(r"^@?([\w']+)\n     :", part, re.MULTILINE)
        rested = re.findall(r"^([\w']+): (?:closed|rests)", part, re.MULTILINE)
        wanted = theorems.theorems(theorems.source(PROOFS, module))
        assert [name for name in stated if name in wanted] == wanted
        assert [name for name in rested if name != "lemmas"] == wanted


def axioms(module: str) -> set[str]:
    """What the theorems and lemmas of a module rest on, by the record."""
    part = theorems.on_record((PROOFS / theorems.RECORD).read_text(encoding="utf-8"), [module])
    resting = re.findall(r"^[\w']+: rests on (.*(?:\n  .*)*)", part, re.MULTILINE)
    return {name for names in resting for name in re.findall(r"[\w.']+", names)}


REALS = {
    *("ClassicalDedekindReals.sig_forall_dec", "ClassicalDedekindReals.sig_not_dec", "Classical_Prop.classic"),
    "FunctionalExtensionality.functional_extensionality_dep",
}
MACHINE = {
    "PrimInt63",
    "PrimString",
}  # what the kernel computes with; that it does so rightly is Uint63 and FloatAxioms


@pytest.mark.parametrize("module", theorems.modules(PROOFS))
def test_axioms_are_those_of_the_real_numbers_and_in_the_fluid_limit_only(module: str) -> None:
    used = axioms(module)
    if module == "FluidNumeric":
        spaces = {*MACHINE, "PrimFloat", "PArray", "FloatAxioms", "Uint63", "Sint63"}
        assert {name.partition(".")[0] for name in used - REALS} <= spaces
    elif module == "Fluid":
        assert used == REALS
    elif module in {"HexText", "PaperCertificate"}:
        assert {name.partition(".")[0] for name in used} == MACHINE
    else:
        assert used == set()


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


MODULES = theorems.modules(PROOFS)
TACTICS = {"lia": "Lia|zify", "nia": "Lia|zify", "lra": "Lra|Lqa", "interval": "Tactic"}


def not_required(module: str, text: str) -> list[str]:
    """Return the modules and tactics that a file names and does not require; in the library all are at hand."""
    is_requirement = re.compile(r"^From .*\.$", re.MULTILINE)
    required, rest = " ".join(is_requirement.findall(text)), is_requirement.sub("", text)
    names = [name for name in MODULES if name != module and re.search(rf"(?<![\w.]){name}\.\w", rest)]
    tactics = [word for word in TACTICS if re.search(rf"(?<![\w.]){word}(?=[\s.;|\])])", rest)]
    needs = {name: name for name in names} | {word: TACTICS[word] for word in tactics}
    return [name for name, need in needs.items() if not re.search(rf"\b(?:{need})\b", required)]


@pytest.mark.parametrize("module", MODULES)
def test_a_file_requires_the_modules_and_tactics_that_it_names(module: str) -> None:
    assert not_required(module, theorems.source(PROOFS, module)) == []


@pytest.mark.quality
def test_a_module_or_a_tactic_that_is_not_required_is_found() -> None:
    text = "From SRTheory Require Import Span.\nLemma a : Codes.b = Span.c.\nProof. lia. Qed.\n"
    assert not_required("Grouping", text) == ["Codes", "lia"]


def test_continuous_integration_installs_what_the_library_needs() -> None:
    needed = re.search(r"^PACKAGES := (.*)$", (PROOFS / "Makefile").read_text(), re.MULTILINE)
    installed = re.search(r"^for package in (.*); do$", (PROOFS.parent / ".ci" / "run").read_text(), re.MULTILINE)
    assert needed is not None
    assert installed is not None
    assert installed[1].split() == needed[1].split()


@pytest.mark.quality
def test_a_missing_prover_fails_continuous_integration_and_nothing_else(monkeypatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Coq is not installed"):
        do_without("Coq is not installed")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="the proofs are not checked"):
        do_without("Coq is not installed")
