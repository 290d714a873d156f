"""Planted mistakes that `make proofs` must not let pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proofs.conftest import PROOFS, load

variants, library_file, theorems = load("variants"), load("library"), load("theorems")
pytestmark = [pytest.mark.slow, pytest.mark.attack]


def proof() -> str:
    """How the only theorem of the module Prefixes is proved."""
    text = (PROOFS / "Prefixes.v").read_text(encoding="utf-8")
    return text[text.index("Proof.") :]


SAME = "From mathcomp Require Import ssreflect seq.\nTheorem nothing : [::] = [::] :> seq {}.\nProof. by []. Qed.\n"
WEAKER = ((": uniq t -> uniq a", ": 0 < size a -> uniq t -> uniq a"), ("move=> ut ua sub", "move=> _ ut ua sub"))
COPIES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "Checker": ("Checker", ()),  # which HexText needs
    "OtherProof": ("Prefixes", (("Proof.\n", "Proof.\nidtac.\n"),)),
    "Unproved": ("Prefixes", ((proof(), "Admitted.\n"),)),
    "Assumed": (
        "Prefixes",
        (("(** Each set", "Axiom anything : False.\n\n(** Each set"), (proof(), "Proof. by case: anything. Qed.\n")),
    ),
    "OtherName": ("Prefixes", (("Theorem count_prefix ", "Theorem count_beginnings "),)),
    "OtherStatement": ("Prefixes", WEAKER),
    "OtherDefinition": ("HexText", (("nth 0 (list_of s) 0%Z", "nth 1 (list_of s) 0%Z"),)),
}
"""By name, a module of the library, and pieces of it with others in their place."""
ALIKE = {"Numbers": SAME.format("nat"), "Truths": SAME.format("bool")}
"""Modules that say the same, as Coq's notations have it."""


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copies as a library of their own; on record is what they are copies of."""
    folder = tmp_path_factory.mktemp("copies")
    texts = {
        name: variants.other((PROOFS / f"{module}.v").read_text(encoding="utf-8"), *pieces)
        for name, (module, pieces) in COPIES.items()
    } | ALIKE
    for name, text in texts.items():
        (folder / f"{name}.v").write_text(text, encoding="utf-8")
    (folder / "_CoqProject").write_text("".join(f"{name}.v\n" for name in texts))
    record = (PROOFS / theorems.RECORD).read_text(encoding="utf-8")
    said = {name: theorems.on_record(record, [module]) for name, (module, _) in COPIES.items()}
    headed = (
        text.replace(f"{theorems.HEAD}{COPIES[name][0]}\n", f"{theorems.HEAD}{name}\n", 1)
        for name, text in said.items()
    )
    (folder / theorems.RECORD).write_text("".join(headed), encoding="utf-8")
    assert library_file.build(folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def said(copies: Path) -> str:
    """What Coq says about all of them at once."""
    record = (copies / theorems.RECORD).read_text(encoding="utf-8")
    return theorems.answers(copies, theorems.modules(copies), record)


@pytest.fixture
def differences(copies: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """In what a copy differs from what is on record."""
    monkeypatch.setattr(theorems, "answers", lambda folder, chosen, record: theorems.on_record(said, chosen))
    return lambda name: theorems.differences(copies, [name])


@pytest.mark.quality
def test_a_variant_that_holds_or_states_nothing_is_not_taken_for_a_false_one(tmp_path: Path) -> None:
    theorem = "Theorem one n : n + 1 = n.+1.\nProof. by rewrite addnC. Qed.\n"
    text = f"From mathcomp Require Import ssreflect ssrnat.\n\n{theorem}"
    for piece, said in (
        *(("n + 1 = n.", ""), ("n + 1 = n.+1 :> nat.", "has not failed")),
        *(("n + Type = n.", "has type"), ("n + = n.", "Syntax error")),
    ):
        done = library_file.build(tmp_path, variants.tried("One", text, {"n + 1 = n.+1.": piece}, tmp_path))
        assert said in done.stdout
        assert (done.returncode == 0) is (not said)
    # a piece of what follows a definition is none of it
    text = text.replace(theorem, "Definition one := 1.\n\nTheorem two : one + 1 = 2.\nProof. by []. Qed.\n")
    for pieces in ({"one := 1": "one := 2"}, {"one + 1 = 2": "one + 1 = 3"}):
        assert "Succeed Load" in variants.tried("One", text, pieces, tmp_path)
    with pytest.raises(AssertionError, match="one \\+ 1"):
        variants.tried("One", text, {"one := 1": "one := 2", "one + 1 = 2": "one + 1 = 3"}, tmp_path)


def test_the_certificate_of_the_papers_size_is_what_the_package_makes() -> None:
    text = (PROOFS / "PaperCertificate.v").read_text(encoding="utf-8")
    assert load("paper_certificate").module() == text


FOUND = {
    "Checker": set(),
    "OtherProof": set(),  # which says so, too
    "Unproved": {"+count_prefix: rests on Unproved.count_prefix"},
    "Assumed": {"+count_prefix: rests on Assumed.anything"},
    "OtherName": {"-count_prefix", "+count_beginnings"},
}


@pytest.mark.quality
def test_what_is_left_unproved_assumed_or_stated_otherwise_is_found(
    copies: Path, differences: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another name, statement and definition; and the command says whether there is a difference."""
    for name, lines in FOUND.items():
        assert lines <= set(differences(name)) if lines else differences(name) == []
    assert any("0 < size a" in line for line in differences("OtherStatement"))
    assert any(line.startswith("+value") for line in differences("OtherDefinition"))
    assert {"Unproved.v says Admitted", "Assumed.v says Axiom"} <= set(theorems.unproved(copies))
    folder = ["--folder", str(copies)]
    assert [theorems.main([name, *folder]) for name in ("Unproved", "Assumed")] == [1, 1]
    monkeypatch.setattr(theorems, "unproved", lambda folder: [])
    assert [theorems.main([*names, *folder]) for names in (["OtherProof"], ["OtherProof", "OtherName"])] == [0, 1]


@pytest.mark.quality
def test_a_difference_that_notations_hide_is_found(said: str) -> None:
    of_each = [theorems.on_record(said, [module]).splitlines()[1:] for module in ALIKE]
    visible = [[line for line in lines if "in full" not in line] for lines in of_each]
    assert visible[0] == visible[1] != []
    assert of_each[0] != of_each[1]
