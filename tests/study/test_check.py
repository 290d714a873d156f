"""What a study is made of and what it refuses; and the test kit: a mistake that a check does not see is seen."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from srtheory import PAPER, Finding, Lab, Study, Verdict
from srtheory.errors import ArgumentError
from srtheory.study.study import CREATED
from srtheory.testing import UnseenMistakeError, check_study


def mine(**given: Any) -> Study:
    study = Study(**{"title": "The rate of a code", "sections": ("I", "II")} | given)
    CREATED.remove(study)  # which later tests would take for one that a study of theirs makes
    return study


def fine(lab: Lab, *, one: int = 1, unused: int = 0) -> Finding:
    """It is fine.

    More of it.
    """
    return Finding(Verdict.VERIFIED if one == 1 else Verdict.REFUTED, "It is.")


def a_study(planted: dict[str, Any], check: Any = fine) -> Study:
    study = mine()
    study.claim("one", where="I, Lemma 1", says="$1 = 1$.", planted=planted)(check)
    return study


def test_checks_are_given_the_laboratory_or_one_of_the_study_and_see_the_mistake() -> None:
    seen, mine = [], Lab(seed=1)

    def check(lab: Lab, *, one: int = 1) -> Finding:
        seen.append(lab)
        return fine(lab, one=one)

    study = a_study({"one": 2}, check)
    study.claim("other", where="I", says="x")(fine)  # that has no mistake planted
    check_study(study, ids=["one"])
    check_study(study, ids=["one"], lab=mine)
    assert seen[0].seed == seen[1].seed == study.lab().seed
    assert seen[2:] == [mine, mine]


@pytest.mark.parametrize(
    ("planted", "words"), [({}, "no planted mistake"), ({"unused": 5}, "'verified' with and without")]
)
def test_a_mistake_that_is_missing_or_unseen(planted: dict[str, int], words: str) -> None:
    with pytest.raises(UnseenMistakeError, match=words) as told:
        check_study(a_study(planted))
    assert told.value.claim == "one"


@pytest.mark.parametrize(
    ("study", "ids"),
    [(a_study({"one": 2}, lambda lab, one=1: "verified"), []), (a_study({"one": 2}), ["two"]), (mine(), [])],
)
def test_a_check_without_a_finding_an_unknown_id_and_an_empty_study(study: Study, ids: list[str]) -> None:
    with pytest.raises(ArgumentError):
        check_study(study, ids)


# --------------------------------------------------------------------------------------------------- what a study has

CLAIM = {"id": "new", "where": "I", "says": "s", "checked_by": "simulation", "planted": {"one": 2}}
HIGHLIGHT = {"claim": "old", "title": "t", "says": "", "figure": ""}
WRONG = [
    *(("title", {"title": value}) for value in ("", " ", 3)),
    *(("authors", {"authors": "A. B."}), ("sections", {"sections": "I"}), ("modules", {"modules": "claims"})),
    *(("at", {"at": 3}), ("prefix", {"prefix": "a1"})),
    *(("claim", CLAIM | {"id": value}) for value in ("old", " ")),
    *(("where", CLAIM | {"where": ""}), ("says", CLAIM | {"says": 3}), ("planted", CLAIM | {"planted": {"two": 2}})),
    *(("checked_by", CLAIM | {"checked_by": value}) for value in ("hearsay", ("simulation", "x"))),
    *((name, HIGHLIGHT | {name: None}) for name in HIGHLIGHT),
    *((name, HIGHLIGHT | {name: " "}) for name in ("claim", "title")),
]


@pytest.mark.parametrize(("name", "given"), WRONG)
def test_what_a_study_cannot_have_is_refused_by_name(name: str, given: dict[str, Any]) -> None:
    study = mine()
    study.claim("old", "I", "says")(fine)
    add = (lambda **its: study.claim(**its)(fine)) if "id" in given else study.highlight
    with pytest.raises(ArgumentError) as refusal:
        add(**given) if "claim" in given or "id" in given else Study(**{"title": "x"} | given)
    assert refusal.value.name == name
    assert (list(study.claims), study.highlights) == (["old"], [])


def test_claims_and_highlights_are_what_was_given() -> None:
    study = mine(statements=dict)
    study.highlight("new", title="t", figure="none")  # before its claim and its figure
    for id in ("old", "new"):
        assert study.claim(**CLAIM | {"id": id})(fine) is fine
    assert (study.claims["new"].checked_by, study.claims["new"].planted) == (("simulation",), {"one": 2})
    assert [claim.id for claim in study.chosen(["new", "old", "new"])] == ["old", "new"]
    with pytest.raises(ArgumentError, match="'supported': 'new' is checked by simulation alone"):  # and not verified
        study.claims["new"].found(study.lab())
    with pytest.raises(ArgumentError, match="one of old, new"):
        study.chosen(["x"])
    study.claim("a", "I", "says", "theory 3")(fine)  # which is looked up when it is shown
    assert (study.chosen(["a"])[0].checked_by, study.supports, mine().supports) == (("theory 3",), {}, {})
    with pytest.raises(ArgumentError, match="figure of a highlight"):
        _ = study.highlights
    study.figure("none")(lambda lab: None)
    assert [(one.claim, one.title, one.says, one.figure) for one in study.highlights] == [("new", "t", "", "none")]


def test_names_of_figures_tables_and_numbers_are_used_once() -> None:
    """What is not said of them is the first line of the function."""
    study = mine()
    study.figure("x.1")(fine)
    study.table("x.1", says="a table", at={"trials": 3})(fine)
    assert study.number("n", unit="ms", digits=15)(fine) is fine
    assert (study.figures["x.1"].says, study.tables["x.1"].says) == ("It is fine.", "a table")
    assert (study.figures["x.1"].at, study.tables["x.1"].at) == ({}, {"trials": 3})
    (number,) = study.chosen_numbers()
    assert (number.says, number.unit, number.digits) == ("It is fine.", "ms", 15)
    study.figure("claims")(lambda lab: None)  # of tables alone every study has some
    assert study.figures["claims"].says == ""
    for add, kind in ((study.figure, "figure"), (study.table, "table"), (study.number, "number")):
        for name in ("x.1" if kind != "number" else "n", "a b", "", "claims" if kind == "table" else "-"):
            with pytest.raises(ArgumentError, match=kind):
                add(name)(fine)
    for digits in (0, 16):
        with pytest.raises(ArgumentError, match="digits"):
            study.number("m", digits=digits)(fine)
    with pytest.raises(ArgumentError, match="left out: the study has none"):
        mine().chosen_numbers(["n"])


def test_what_is_derived_from_a_study() -> None:
    assert (mine().named, mine(authors=("A", "B")).named) == ("“The rate of a code”", "“The rate of a code” (A, B)")
    assert (mine().titles, mine(sections={"I": "Begin"}).titles) == ({"I": "", "II": ""}, {"I": "Begin"})
    assert (mine().lab(seed=3).seed, mine(at=PAPER).lab().at, mine(at=PAPER).lab(seed=3).seed) == (3, PAPER, 3)
    prefixes = {"Windowed partial sums": "WPS", "4 über 2": "Study", "On π": "O", "a b": "AB"}
    assert {title: mine(title=title).prefix for title in prefixes} == prefixes
    assert mine(prefix="My").prefix == "My"
    made = mine()
    assert made != mine()
    assert len({made, mine()}) == 2
    assert Study(title="Here").folder == mine(folder=Path(__file__).parent).folder == Path(__file__).parent
    CREATED.pop()
    assert mine(folder="a/b").lab().folder == Path("a/b")


def test_the_section_of_a_place_is_the_longest_that_fits_unless_a_pattern_does() -> None:
    made = mine(sections=("I", "I-A", "II"), places={"I-A, Remark": "II", "Remark": "I"})
    places = {"I-A, (3)": "I-A", "I-A, Remark 1": "II", "I, Remark 1": "I", "Remark 2": "I", "I-B": "I"}
    places |= {"IV": "", "IIII": "", "": ""}
    assert {where: made.section(where) for where in places} == places


def test_claims_are_in_the_order_of_the_modules_and_then_as_they_were_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("first_of_two", "second_of_two"):
        (tmp_path / f"{name}.py").write_text("def check(lab):\n    pass\n\n\ndef compute(lab):\n    pass\n")
    made = mine(modules=("second_of_two", "first_of_two"))
    first, second = (import_module(f"{name}_of_two") for name in ("first", "second"))
    made.claim("elsewhere", "I", "says")(fine)
    for i, module in enumerate((first, second, first, second)):
        made.claim(f"c{i}", "I", "says")(module.check)
        made.number("abcd"[i])(module.compute)
    assert list(made.claims) == ["c1", "c3", "c0", "c2", "elsewhere"]
    assert list(made.numbers) == ["b", "d", "a", "c"]
