"""The theorems of the manuscript agree with their statements in docs/, and a change on either side is seen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
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


OF = r"[Proof of Theorem~\ref{thm:golden}]"
CHANGES: list[tuple[str, str, str, str, str]] = [
    # of what: old, new, the statement that is named and what is said of it
    (
        *("spanning", "For every $m \\ge 1$, $d \\ge 1$, all delays and all orders"),
        *("For every $m$, all delays and all orders", KEY, "page is"),
    ),
    ("spanning", "### Theorem A (on every path)", "### Theorem A (pathwise)", KEY, "heading"),
    ("tex", rf"\source{{{KEY}}}", r"\source{spanning Theorem Z}", "", "no statement"),
    ("tex", rf"\source{{{KEY}}}", "", "", "no \\source"),
    ("tex", r"\tau d (M' - 1) ;", r"\tau d M' ;", KEY, ""),
    ("tex", "all delays and all orders of blocks", "all delays", KEY, ""),
    ("tex", r"\sum_{j=1}^m (T", r"\sum_{j=1}^n (T", KEY, ""),
    ("spanning", "If $u > 0$, row 0 counts and", "If $u > 0$, row 1 counts and", KEY, "page_proof is"),
    (
        *("decoding", "and let $Y$ be the number of those that", "and let $Y$ be their number, which"),
        *("decoding Theorem 1", "page_proof is"),
    ),
    (
        "theory",
        "because $d\\xi/dy$ is a mean of",
        "because $d\\xi/dy$ is at least a mean of",
        "theory 4.3",
        "page_proof is",
    ),
    ("tex", r"Always, then,", r"Never, then,", KEY, "here_proof is"),
    (
        "tex",
        r"Take $v = \sqrt{r/w}/\lambda \ge 1$",
        r"Take $v = \sqrt{r/w}$",
        "spanning Proposition 5",
        "here_proof is",
    ),
    ("tex", r"Choose $u_0 > 2$", r"Choose $u_0 > 1$", "spanning Theorem B", "here_proof is"),  # in an appendix
    ("tex", OF, OF.replace("golden", "gold"), "", "a proof of no statement"),
]


@pytest.mark.quality
@pytest.mark.parametrize(("of", "old", "new", "key", "said"), CHANGES)
def test_a_change_of_either_side_is_seen(of: str, old: str, new: str, key: str, said: str) -> None:
    found = differences((old, new)) if of == "tex" else differences(page=(of, old, new))
    assert any(key in line and said in line for line in found)
    assert "proof is" not in said or [line for line in found if not line.startswith(f"{key}: {said}")] == []


def test_a_theorem_that_the_manuscript_does_not_have_may_be_renamed() -> None:
    renamed = ("intervals", "### Theorem 7 (a common phase: coverage is recovery)", "### Theorem 7 (coverage)")
    assert differences(page=renamed) == []


def test_remarks_after_a_proof_may_change() -> None:
    assert (
        differences(page=("spanning", "Nothing was used about ties, short blocks", "Nothing was used about ties")) == []
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_what_has_changed_since_it_was_read_is_shown(tmp_path: Path) -> None:
    text, pages, record = as_it_is()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path)]
    (tmp_path / "docs" / "proofs").mkdir(parents=True)
    (tmp_path / "docs" / "proofs" / "spanning.md").write_text(pages["spanning"], encoding="utf-8")
    for command in (["init", "-q"], ["add", "docs"], ["commit", "-q", "-m", "read"]):
        subprocess.run([*git, *command], check=True)
    new = {**pages, "spanning": pages["spanning"].replace("row 0 counts and", "row 1 counts and", 1)}
    lines = list(statements.changes(text, new, record, tmp_path))
    assert lines[0] == f"{KEY}, page_proof (docs/proofs/spanning.md)"
    assert [line[0] for line in lines[1:]] == ["@", "-", "+"]
    assert "row 0 counts" in lines[2]
    assert "row 1 counts" in lines[3]
    other = list(statements.changes(text.replace("Always, then,", "Then"), pages, record, tmp_path))
    assert other == [f"{KEY}, here_proof (manuscript/manuscript.tex): not in the history as it was read"]


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
