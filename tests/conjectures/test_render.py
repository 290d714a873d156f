"""The text of a search, line by line, from results that are written down here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from srtheory.conjectures.case import Case, from_lists, from_vectors
from srtheory.conjectures.domains import rows
from srtheory.conjectures.hunt import Hunt, Searched
from srtheory.conjectures.registry import conjecture
from srtheory.conjectures.render import as_text, matrix, weighed

SIZES = [{"symbols": 1, "rows": 1}, {"symbols": 2, "rows": 1}, {"rows": 2, "window": 7, "degree": 1, "symbols": 2}]


def text(case=None, *, smallest=False, searched=None, explain=lambda case: {}, **about):
    one = conjecture("A statement.", rows(), name="stated", explain=explain, **about)(lambda case: True)
    return as_text(Hunt(one, case, smallest, searched or Searched())).split("\n")


def test_a_search_without_a_find():
    lines = text(source="Section V", known="True, as is proved.", searched=Searched(levels=SIZES, whole=[1, 2]))
    assert lines == [
        "conjecture  stated (Section V)",
        "claim       A statement.",
        "found       no counterexample",
        "searched    all sets of 0/1 rows, none empty, none repeated with m <= 2 (no case)",
        "known       True, as is proved.",
    ]


def searched_line(**fields):
    return text(searched=Searched(**fields))[3].removeprefix("searched    ")


def test_what_was_searched_in_words():
    says = "sets of 0/1 rows, none empty, none repeated"
    assert searched_line() == f"{says} (no case)"
    sizes = "m = 2, up to 1 rows; m = 2, d = 1, window 7, up to 2 rows"
    assert searched_line(levels=SIZES, whole=[1]) == f"all {says} with m <= 1; and those with {sizes} (no case)"
    assert searched_line(levels=SIZES[1:]) == f"{says}: those with {sizes} (no case)"
    counted = {"classes": 5, "cases": 9, "vacuous": 4, "vacuous_examples": 3}
    cases = "9 cases in 5 classes, 1 of them vacuous"
    assert searched_line(**counted) == f"{says} ({cases})"
    drawn = "8 cases with m <= 6 drawn by Hypothesis, 3 of them vacuous"
    assert searched_line(**counted, examples=8, largest_example=6) == f"{says} ({cases}; {drawn})"
    assert searched_line(examples=8, largest_example=6, vacuous_examples=3) == f"{says} ({drawn})"
    assert searched_line(undecided=2) == f"{says} (no case); 2 could not be decided"
    assert searched_line(stopped_by="budget") == f"{says} (no case), until the budget was spent"


def test_a_case_that_was_not_answered():
    late = Searched(unanswered=Case(1, ()), stopped_by="budget")
    case = "{'symbols': 1, 'degree': None, 'rows': [], 'workers': None}"
    asked = f"unanswered  the predicate did not return within the budget on this case: {case}"
    assert text(searched=late)[-2:] == [asked, "known       open"]
    ended = f"unanswered  no process answered within the budget on this case, or on a later one: {case}"
    assert text(searched=replace(late, or_later=True))[-2] == ended


@pytest.mark.parametrize(
    ("smallest", "stopped_by", "says"),
    [
        (True, "found", "yes: every smaller case was examined"),
        (False, "found", "not proved: smaller cases were omitted"),
        (False, "budget", "not proved: the budget was spent during the search for a smaller one"),
        (False, "interrupt", "not proved: the interrupt came during the search for a smaller one"),
    ],
)
def test_whether_it_is_the_smallest(smallest, stopped_by, says):
    lines = text(Case(1, ()), smallest=smallest, searched=Searched(stopped_by=stopped_by))
    assert lines[2] == "found       a counterexample with m = 1 symbols, 0 rows"
    line = f"smallest    {says} (by symbols, rows, ones)"
    assert lines[3] == (f"{line}; the line searched states what is complete" if "omitted" in says else line)
    assert lines[-1] == "known       False, by this counterexample."


def test_a_case_with_senders_and_sizes():
    case = replace(from_lists(3, [[0], [1, 2]], [2, 0], 2), parameters=(("window", 4), ("access", 3)))
    lines = text(case, known="False: see there.")
    assert lines[2:5] == [
        "found       a counterexample with m = 3 symbols, degree d = 2, 2 rows, window 4, access 3",
        "  worker 3  {1}      1 0 0",
        "  worker 1  {2, 3}   0 1 1",
    ]
    assert lines[-1] == "known       False: see there."


def test_a_case_with_weights():
    case = from_vectors([[0, -1, 10], [3, 0, 0]], 3)
    assert text(case)[2:5] == [
        "found       a counterexample with m = 3 symbols, 2 rows",
        "            {2, 3}    0 -1 10",
        "            {1}       3  0  0",
    ]
    as_json = case.as_json()
    assert weighed(as_json) == case.vectors
    assert matrix(as_json) == {"columns": 3, "rows": [[1, 2], [0]], "values": [[-1, 10], [3]]}
    assert matrix(from_lists(2, [[1]]).as_json()) == {"columns": 2, "rows": [[1]]}
    of = text(from_vectors([[2, 3]], 2, elements="GF(4)"))
    assert of[2] == "found       a counterexample with m = 2 symbols, 1 rows, weights elements of GF(4)"


def over(spans, rank, name="", support=(), weights=(), balanced=False):
    vector = {"name": name, "support": support, "weights": weights, "balanced": balanced} if name else None
    return {"field": "Q", "spans": spans, "rank": rank, "kernel_vector": vector}


def test_evidence_in_words():
    def evidence(case):
        spans = [over(False, 2, "star", (0, 2), (1, -3)), over(True, 1, "pair", (1, 2), (1, -1), True), over(True, 3)]
        return {"covered": True, "spans": spans, "relation": [1, 0, -2], "at_most": list(range(12)), "long": [0] * 13}

    lines = text(Case(3, ()), explain=evidence)
    assert lines[3 : lines.index(next(line for line in lines if line.startswith("smallest")))] == [
        "over Q      the rows do not span 1; rank 2",
        "            x = (1, 0, -3) has G x = 0 and sums to -2 (star)",
        "over Q      the rows span 1; rank 1",
        "            x = (0, 1, -1) has G x = 0 and sums to 0 (pair)",
        "over Q      the rows span 1; rank 3",
        "relation    u = (1, 0, -2) has u G = 0: add it to any solution of (3)",
        "            at most: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11",
        "            long: 13 entries, printed with --json",
    ]
