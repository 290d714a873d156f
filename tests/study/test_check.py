"""The test kit for studies: a mistake that a check does not see is seen."""

from __future__ import annotations

from typing import Any

import pytest

from srtheory import Finding, Lab, Study, Verdict
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
