"""The theorems of the manuscript agree with their statements in docs/, and a change on either side is seen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from manuscript import statements

KEY = "spanning Theorem A"


@cache
def as_it_is() -> tuple[str, Mapping[str, str], Mapping[str, Any]]:
    return statements.TEX.read_text(encoding="utf-8"), statements.pages(), statements.read()


def differences(tex: tuple[str, str] = ("", ""), page: tuple[str, str, str] = ("spanning", "", "")) -> list[str]:
    """After one change of the manuscript and one of a page, old text and new."""
    text, pages, record = as_it_is()
    name, old, new = page
    assert tex[0] in text
    assert old in pages[name]
    return statements.compare(text.replace(*tex, 1), {**pages, name: pages[name].replace(old, new, 1)}, record)


def test_every_theorem_agrees_with_its_source() -> None:
    """If not: read both, mend what is wrong, and run python -m manuscript.statements."""
    assert differences() == []


def test_every_theorem_names_its_source_and_says_how_it_is_known() -> None:
    text, pages, _ = as_it_is()
    found = statements.theorems(text)
    margins = statements.margins(text, pages)
    assert len(found) > 30
    assert all(one.key and one.label for one in found)
    assert all(rf"\csname known@{one.key}\endcsname" in margins for one in found)


@pytest.mark.quality
def test_a_changed_hypothesis_on_a_page_is_seen() -> None:
    changed = (
        "spanning",
        "For every $m \\ge 1$, $d \\ge 1$, all delays and all orders",
        "For every $m$, all delays and all orders",
    )
    assert any(KEY in line and "page is" in line for line in differences(page=changed))


@pytest.mark.quality
def test_a_renamed_theorem_is_seen() -> None:
    renamed = ("spanning", "### Theorem A (on every path)", "### Theorem A (pathwise)")
    assert any(KEY in line and "heading" in line for line in differences(page=renamed))
    taken = ("intervals", "### Theorem 7 (a common phase: coverage is recovery)", "### Theorem 7 (coverage)")
    assert differences(page=taken) == []  # the manuscript does not have it


@pytest.mark.quality
def test_a_source_that_does_not_exist_is_seen() -> None:
    assert any("no statement" in line for line in differences((rf"\source{{{KEY}}}", r"\source{spanning Theorem Z}")))
    assert any("no \\source" in line for line in differences((rf"\source{{{KEY}}}", "")))


@pytest.mark.quality
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\tau d (M' - 1) ;", r"\tau d M' ;"),
        ("all delays and all orders of blocks", "all delays"),
        (r"\sum_{j=1}^m (T", r"\sum_{j=1}^n (T"),
    ],
)
def test_a_change_of_a_theorem_of_the_manuscript_is_seen(old: str, new: str) -> None:
    assert any(KEY in line for line in differences((old, new)))


@pytest.mark.quality
def test_a_formula_that_the_page_does_not_have_is_seen_even_after_a_review() -> None:
    r"""It is then in the record, where a person reads it."""
    text, pages, record = as_it_is()
    slip = text.replace(r"\tau d (M' - 1) ;", r"\tau d (M' + 1) ;")
    theirs = r"\sum_{j=1}^m (T - \tau - X_j)^+ \le \tau d (M' + 1) ;".replace("\\", "\\\\")
    assert theirs not in statements.review(text, pages, record)
    assert theirs in statements.review(slip, pages, record)


def test_few_formulas_are_the_manuscripts_own() -> None:
    text, _, record = as_it_is()
    own = sum(len(entry["own"]) for entry in record["statements"].values())
    every = sum(len(list(statements.formulas(one.body))) for one in statements.theorems(text))
    assert own < every / 6


def test_a_review_of_what_has_not_changed_changes_nothing() -> None:
    text, pages, record = as_it_is()
    assert statements.review(text, pages, record) == statements.RECORD.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (r"\tfrac{1}{2}\,\Pr(A) \leq 1.", r"\frac12 P(A) \le 1"),
        (r"|x| \ne \{ 0 \}", r"\lvert x \rvert \neq \lbrace 0 \rbrace"),
        (r"\Bigl( m-1 \Bigr)", "(N)"),
    ],
)
def test_formulas_are_the_same_but_for_layout_and_names(mine: str, theirs: str) -> None:
    names = {r"\Pr": "P", "m-1": "N"}
    assert statements.normal(mine, names) == statements.normal(theirs, names)
