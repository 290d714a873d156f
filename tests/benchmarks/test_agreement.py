"""The comparison of engine paths with FLINT, in small, and mistakes that it sees."""

from dataclasses import replace

import pytest

from benchmarks.agreement import FAMILIES, PATHS, reception, table


@pytest.mark.attack
def test_all_paths_agree():
    lines, agree = table(1, range(90), PATHS)
    assert agree
    assert len(lines) == 2 + len(PATHS) + len(FAMILIES)
    for line in lines[2:]:
        _, asked, spanned, wrong = line.strip("| ").split(" | ")
        assert 0 < int(spanned) < int(asked)
        assert wrong == "0"


def test_a_reception_is_a_function_of_its_number():
    assert all((reception(3, i)[1].dense() == reception(3, i)[1].dense()).all() for i in range(12))


MISTAKES = {
    "late": lambda answer: replace(answer, stop=answer.stop and answer.stop + 1),
    "early": lambda answer: replace(answer, stop=answer.stop and answer.stop - 1),
    "missed": lambda answer: replace(answer, stop=None),
    "coverage": lambda answer: replace(answer, cover=0),
    "rank": lambda answer: replace(answer, rank=(answer.rank or 0) + 1),
}


@pytest.mark.quality
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_wrong_answer_is_seen(mistake):
    characteristic, path = PATHS["GF(2)"]
    wrong = {"as it is": PATHS["as it is"], "wrong": (characteristic, lambda rows: mistake(path(rows)))}
    lines, agree = table(1, range(24), wrong)
    assert not agree
    assert any(line.startswith("wrong, ") for line in lines)
    assert not any(line.startswith("as it is, ") for line in lines)


@pytest.mark.quality
def test_one_prime_taken_for_the_rationals_is_seen():
    wrong = {"as it is": (0, PATHS["GF(2)"][1]), "GF(2)": PATHS["GF(2)"]}
    assert not table(1, range(24), wrong)[1]
