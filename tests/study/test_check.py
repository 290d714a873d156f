"""The test kit for studies: a mistake that a check does not see is seen."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from srtheory import PAPER, Finding, Lab, Study, Verdict
from srtheory.errors import ArgumentError
from srtheory.study.study import CREATED
from srtheory.testing import UnseenMistakeError, check_study


def a_study(planted: dict[str, Any], returns: Any = None) -> Study:
    study = Study(title="One claim", sections=("I",))
    CREATED.remove(study)  # which later tests would take for one that a study of theirs makes

    @study.claim("one", where="I, Lemma 1", says="$1 = 1$.", planted=planted)
    def check(lab: Lab, *, one: int = 1, unused: int = 0) -> Finding:
        return returns or Finding(Verdict.VERIFIED if one == 1 else Verdict.REFUTED, "It is.")

    return study


def test_a_mistake_that_is_seen() -> None:
    check_study(a_study({"one": 2}))
    check_study(a_study({"one": 2}), ids=["one"], lab=Lab(seed=1))


def test_checks_are_given_the_laboratory_or_one_of_the_study() -> None:
    seen = []

    study = a_study({"one": 2})

    @study.claim("lab", where="I, Lemma 2", says="$2 = 2$.", planted={"one": 2})
    def check(lab: Lab, *, one: int = 1) -> Finding:
        seen.append(lab)
        return Finding(Verdict.VERIFIED if one == 1 else Verdict.REFUTED, "It is.")

    mine = Lab(seed=1)
    check_study(study, ids=["lab"])
    check_study(study, ids=["lab"], lab=mine)
    assert seen[0].seed == seen[1].seed == study.lab().seed
    assert seen[2:] == [mine, mine]


@pytest.mark.parametrize(
    ("planted", "words"), [({}, "no planted mistake"), ({"unused": 5}, "'verified' with and without")]
)
def test_a_mistake_that_is_missing_or_unseen(planted: dict[str, int], words: str) -> None:
    with pytest.raises(UnseenMistakeError, match=words) as told:
        check_study(a_study(planted))
    assert told.value.claim == "one"


@pytest.mark.parametrize(("planted", "returns", "ids"), [({"one": 2}, "verified", []), ({"one": 2}, None, ["two"])])
def test_a_check_that_gives_no_finding_and_an_unknown_id(planted: dict[str, int], returns: Any, ids: list[str]) -> None:
    with pytest.raises(ArgumentError):
        check_study(a_study(planted, returns), ids)


def test_an_empty_study_has_nothing_to_check() -> None:
    study = Study(title="Empty")
    CREATED.remove(study)
    with pytest.raises(ArgumentError, match="with claims"):
        check_study(study)


@pytest.mark.parametrize(
    ("title", "prefix"), [("Windowed partial sums", "WPS"), ("4 über 2", "Study"), ("On π", "O"), ("a b", "AB")]
)
def test_a_prefix_is_made_of_the_title(title: str, prefix: str) -> None:
    study = Study(title=title)
    CREATED.remove(study)
    assert study.prefix == prefix


@pytest.mark.parametrize(
    ("where", "section"), [("III-A, (2)", "III"), ("II, Lemma 1", "II"), ("IIII", ""), ("Theorem 1", "II"), ("", "")]
)
def test_the_section_of_a_place(where: str, section: str) -> None:
    study = Study(title="Sections", sections=("I", "II", "III"), places={"Theorem": "II"})
    CREATED.remove(study)
    assert study.section(where) == section


# --------------------------------------------------------------------------------------------------- what a study has


def mine(**given: Any) -> Study:
    study = Study(**{"title": "The rate of a code", "sections": ("I", "II")} | given)
    CREATED.remove(study)
    return study


def fine(lab: Lab, *, one: int = 1) -> Finding:
    """It is fine.

    More of it.
    """
    return Finding(Verdict.OPEN, "f")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("title", ""), ("title", " "), ("title", 3), ("authors", "A. B."), ("sections", "I"), ("modules", "claims")),
        *(("at", 3), ("prefix", "a1")),
    ],
)
def test_a_study_of_other_types_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ArgumentError) as refusal:
        Study(**{"title": "x", name: value})
    assert refusal.value.name == name


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        *(({"id": "old"}, "claim"), ({"id": " "}, "claim"), ({"where": ""}, "where"), ({"says": 3}, "says")),
        *(({"checked_by": "hearsay"}, "checked_by"), ({"checked_by": ("simulation", "x")}, "checked_by")),
        ({"planted": {"two": 2}}, "planted"),
    ],
)
def test_a_claim_of_other_types_is_refused(changed: dict[str, Any], name: str) -> None:
    study = mine()
    study.claim("old", "I", "says")(fine)
    given: dict[str, Any] = {"id": "new", "where": "I", "says": "s", "checked_by": "simulation", "planted": {"one": 2}}
    with pytest.raises(ArgumentError) as refusal:
        study.claim(**given | changed)(fine)
    assert refusal.value.name == name
    assert study.claim(**given)(fine) is fine
    assert list(study.claims) == ["old", "new"]
    assert (study.claims["new"].checked_by, study.claims["new"].planted) == (("simulation",), {"one": 2})
    assert [claim.id for claim in study.chosen(["new", "old", "new"])] == ["old", "new"]
    with pytest.raises(ArgumentError, match="one of old, new"):
        study.chosen(["x"])


def test_a_study_with_statements_looks_up_what_claims_rest_on_when_they_are_shown() -> None:
    study = mine(statements=dict)
    study.claim("a", "I", "says", "theory 3")(fine)
    assert study.chosen()[0].checked_by == ("theory 3",)
    assert study.supports == mine().supports == {}


@pytest.mark.parametrize("name", ["claim", "title", "says", "figure"])
def test_a_highlight_is_of_texts(name: str) -> None:
    study = mine()
    study.claim("a", "I", "says")(fine)
    given: dict[str, Any] = {"claim": "a", "title": "t", "says": "", "figure": ""}
    with pytest.raises(ArgumentError) as refusal:
        study.highlight(**given | {name: None})
    assert refusal.value.name == name
    if name in ("claim", "title"):
        with pytest.raises(ArgumentError, match=name):
            study.highlight(**given | {name: " "})
    study.highlight(**given)
    assert [(one.claim, one.title, one.says, one.figure) for one in study.highlights] == [("a", "t", "", "")]
    study.highlight(**given | {"figure": "none"})
    with pytest.raises(ArgumentError, match="figure of a highlight"):
        _ = study.highlights


def test_names_of_figures_tables_and_numbers_are_used_once() -> None:
    study = mine()
    study.figure("x.1")(fine)
    study.table("x.1", says="a table", at={"trials": 3})(fine)
    assert study.number("n", unit="ms", digits=15)(fine) is fine
    assert (study.figures["x.1"].says, study.tables["x.1"].says) == ("It is fine.", "a table")
    assert (study.figures["x.1"].at, study.tables["x.1"].at) == ({}, {"trials": 3})
    (number,) = study.chosen_numbers()
    assert (number.says, number.unit, number.digits) == ("It is fine.", "ms", 15)
    study.figure("claims")(fine)  # of tables alone every study has some
    for add, kind in ((study.figure, "figure"), (study.table, "table"), (study.number, "number")):
        for name in ("x.1" if kind != "number" else "n", "a b", "", "claims" if kind == "table" else "-"):
            with pytest.raises(ArgumentError, match=kind):
                add(name)(fine)
    for digits in (0, 16):
        with pytest.raises(ArgumentError, match="digits"):
            study.number("m", digits=digits)(fine)
    with pytest.raises(ArgumentError, match="left out: the study has none"):
        mine().chosen_numbers(["n"])


def test_a_study_is_named_with_its_authors_and_sections_with_their_titles() -> None:
    assert (mine().named, mine(authors=("A", "B")).named) == ("“The rate of a code”", "“The rate of a code” (A, B)")
    assert mine().titles == {"I": "", "II": ""}
    assert mine(sections={"I": "Begin"}).titles == {"I": "Begin"}
    assert (mine().prefix, mine(prefix="My").prefix) == ("TROAC", "My")
    assert (mine().lab(seed=3).seed, mine(at=PAPER).lab().at, mine(at=PAPER).lab(seed=3).seed) == (3, PAPER, 3)


def test_a_study_does_not_show_or_take_its_lists_and_is_itself_alone() -> None:
    made = mine()
    made.claim("a", "I", "says")(fine)
    assert not any(name in repr(made) for name in ("_claims", "_numbers", "_highlights"))
    for name in ("_claims", "_numbers", "_highlights"):
        with pytest.raises(TypeError, match=name):
            Study(**{"title": "x", name: {}})
    assert made != mine()
    assert len({made, mine()}) == 2


def test_what_is_not_said_of_numbers_and_figures_is_the_first_line_of_the_function() -> None:
    made = mine()
    made.number("n")(fine)
    made.number("other", says="another")(fine)
    found = [(one.says, one.unit, one.digits) for one in made.numbers.values()]
    assert found == [("It is fine.", "", 3), ("another", "", 3)]
    made.figure("none")(lambda lab: None)
    assert (made.figures["none"].says, made.figures["none"].at) == ("", {})


def test_the_section_of_a_place_is_the_longest_that_fits_unless_a_pattern_does() -> None:
    made = mine(sections=("I", "I-A", "II"), places={"I-A, Remark": "II", "Remark": "I"})
    found = [made.section(where) for where in ("I-A, (3)", "I-A, Remark 1", "I, Remark 1", "Remark 2", "I-B", "IV")]
    assert found == ["I-A", "II", "I", "I", "I", ""]


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


def test_the_folder_of_a_study_is_that_of_the_file_that_makes_it() -> None:
    assert Study(title="Here").folder == mine(folder=Path(__file__).parent).folder == Path(__file__).parent
    CREATED.pop()
    assert mine(folder="a/b").lab().folder == Path("a/b")
    nowhere: dict[str, Any] = {"Study": Study}
    exec("made = Study(title='In a notebook')", nowhere)
    CREATED.pop()
    assert nowhere["made"].folder == Path()
