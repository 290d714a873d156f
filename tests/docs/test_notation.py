"""No symbol has two meanings in the tables of symbols, and the page's table has all that the manuscript's says."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from manuscript.statements import TEX, normal, read
from tests.docs.test_mathematics import TEXTS

NAMES = read()["names"]
PAGE = TEXTS["notation"]
MANUSCRIPT = TEX.read_text(encoding="utf-8")


def on_page(text: str) -> list[tuple[str, str]]:
    """The symbols of docs/notation.md and their meanings, in words and formulas."""
    section = text.split("\n## Symbols\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\$[^|]+\$) \| ([^|]+) \|", section, re.MULTILINE)
    return [(normal(symbol.strip("$")), meaning) for symbol, meaning in rows]


def in_manuscript(tex: str) -> list[tuple[list[str], str]]:
    """The symbols of the manuscript's table and their meanings; of a row, together if its parts are not as many."""
    table = tex.split(r"\label{tab:symbols}")[1].split(r"\midrule")[0].split(r"\bottomrule")[0]
    found = []
    for cell, meaning in re.findall(r"^(\$.+?\$) & (.+?) *\\\\", table, re.MULTILINE):
        symbols = [normal(one, NAMES) for one in re.findall(r"\$([^$]+)\$", cell)]
        shared, parts = meaning.split(": ") if ": " in meaning else ("", meaning)
        each = re.findall(r"(?:\$[^$]*\$|[^$;,])+", parts)
        if len(each) == len(symbols):
            found += [([symbol], f"{shared} {part}") for symbol, part in zip(symbols, each, strict=True)]
        else:
            found.append((symbols, meaning))
    return found


def said(meaning: str) -> tuple[set[str], set[str]]:
    """The longer words and the formulas of a meaning."""
    formulas = re.findall(r"\$([^$]+)\$", meaning)
    words = re.findall(r"[a-z-]{4,}", re.sub(r"\$[^$]+\$", "", meaning).lower())
    return set(words) - {"that", "them", "their", "have"}, {normal(one, NAMES) for one in formulas}


def faults(page: str, tex: str) -> list[str]:
    """Symbols that are listed twice, and what the manuscript's table says and the page's does not."""
    ours, theirs = on_page(page), in_manuscript(tex)
    counts = Counter(symbol for symbol, _ in ours), Counter(symbol for symbols, _ in theirs for symbol in symbols)
    found = [f"{symbol}: twice" for count in counts for symbol, times in count.items() if times > 1]
    meanings = dict(ours)
    for symbols, meaning in theirs:
        found += [f"{symbol}: not on the page" for symbol in symbols if symbol not in meanings]
        words, formulas = said(meaning)
        known, texts = said(" ".join(meanings.get(symbol, "") for symbol in symbols))
        found += [f"{symbols}: {word}" for word in sorted(words - known)]
        found += [f"{symbols}: {one}" for one in sorted(formulas) if one not in "\n".join(texts)]
    return found


def test_one_symbol_has_one_meaning() -> None:
    assert len(on_page(PAGE)) > len(in_manuscript(MANUSCRIPT)) > 15
    assert faults(PAGE, MANUSCRIPT) == []


@pytest.mark.quality
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"| $\nu$ | number of workers", r"| $\sigma$ | number of workers"),
        (r"| $\kappa$ | time of a message", r"| $\kappa$ | price of drawing"),
        ("| $L$ | $dz/(m-1)$", "| $L$ | $dz/m$"),
        ("| $W$ | set of the uncovered", "| $V$ | set of the uncovered"),
        ("number of parity rows | rows |", "number of all rows | rows |"),
    ],
)
def test_a_collision_on_the_page_is_seen(old: str, new: str) -> None:
    assert old in PAGE
    assert faults(PAGE.replace(old, new), MANUSCRIPT) != []


@pytest.mark.quality
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"$W$, $U$ & uncovered symbols; ", r"$W$, $U$, $S$ & uncovered symbols; size; "),
        (r"$\kappa$, $\sigma$ & time of a message", r"$\kappa$, $\sigma$ & delay of a message"),
        (r"$s$ & systematic fraction $|S|/m$", r"$s$ & systematic fraction $|Z|/m$"),
    ],
)
def test_a_collision_in_the_manuscript_is_seen(old: str, new: str) -> None:
    assert old in MANUSCRIPT
    assert faults(PAGE, MANUSCRIPT.replace(old, new)) != []


def test_the_manuscript_counts_its_statements_together() -> None:
    """So that the place of a statement is its number, as the table of docs/proofs/manuscript.md has it."""
    shared = re.findall(r"\\newtheorem\{(\w+)\}(\[theorem\])?\{\w+\}(\[\w+\])?", MANUSCRIPT)
    assert len(shared) == 6
    assert all((with_theorem or name == "theorem") and not within for name, with_theorem, within in shared)
    assert not re.search(r"\\(?:setcounter|numberwithin|counterwithin)\{theorem\}", MANUSCRIPT)
