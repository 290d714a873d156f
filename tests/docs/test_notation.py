"""No symbol has two meanings in the page's table of symbols, and the manuscript numbers its statements together."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from manuscript.statements import TEX
from tests.docs.test_mathematics import TEXTS

PAGE = TEXTS["notation"]
MANUSCRIPT = TEX.read_text(encoding="utf-8")


def twice(page: str) -> list[str]:
    """The symbols of docs/notation.md that are listed twice."""
    section = page.split("\n## Symbols\n")[1].split("\n## ")[0]
    symbols = Counter(re.findall(r"^\| (\$[^|]+\$) \|", section, re.MULTILINE))
    assert len(symbols) > 15
    return [symbol for symbol, times in symbols.items() if times > 1]


def test_one_symbol_has_one_meaning() -> None:
    assert twice(PAGE) == []


@pytest.mark.quality
def test_a_collision_on_the_page_is_seen() -> None:
    assert twice(PAGE.replace(r"| $\nu$ |", r"| $\sigma$ |")) == [r"$\sigma$"]


def test_the_manuscript_counts_its_statements_together() -> None:
    """So that the place of a statement is its number, as the table of docs/proofs/manuscript.md has it."""
    shared = re.findall(r"\\newtheorem\{(\w+)\}(\[theorem\])?\{\w+\}(\[\w+\])?", MANUSCRIPT)
    assert len(shared) == 6
    assert all((with_theorem or name == "theorem") and not within for name, with_theorem, within in shared)
    assert not re.search(r"\\(?:setcounter|numberwithin|counterwithin)\{theorem\}", MANUSCRIPT)
