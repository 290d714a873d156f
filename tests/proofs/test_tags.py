"""No drift between docs/ and the formal library: each statement names the theorems that prove it, and no others."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from tests.proofs.conftest import PROOFS, load
from tests.proofs.test_sources import CITED, DOCS, RESULT

theorems = load("theorems")
Tags = dict[tuple[str, str], set[str]]
HEADING = re.compile(r"^(?:#+ |\*\*(?=\d))(.+)", re.MULTILINE)
TAG = re.compile(r"\{coq\}`([\w'.]+)`")


def cited() -> Tags:
    """The theorems of every section of docs/ that one of them cites, by page and section."""
    found: Tags = defaultdict(set)
    for module in theorems.modules(PROOFS):
        for comment, name in RESULT.findall((PROOFS / f"{module}.v").read_text(encoding="utf-8")):
            where = CITED.search(comment)
            if where and where["page"]:
                found[where["page"], " ".join(where["place"].split())].add(f"{module}.{name}")
    return dict(found)


def blocks(text: str) -> list[tuple[str, str]]:
    """The numbered statements and sections of a page, without those within them: heading and text."""
    starts = [*HEADING.finditer(text)]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    return [(start[1], text[start.end() : end]) for start, end in zip(starts, ends, strict=True)]


def tagged(page: str, text: str, places: set[str]) -> Tags:
    """The tags of a page by section, as the comments of the theorems call it."""
    found = {}
    for heading, block in blocks(text):
        if tags := set(TAG.findall(block)):
            names = [p for p in places if re.match(rf"{re.escape(p)}(?![.\d]\d|\d)", heading)]
            found[page, max(names, key=len, default=heading)] = tags
    return found


def drift(pages: dict[str, str]) -> list[str]:
    """Theorems that their statement does not name, and names of theorems that are not there."""
    wanted = cited()
    said = [tagged(page, text, {p for other, p in wanted if other == page}) for page, text in pages.items()]
    found = {where: tags for page in said for where, tags in page.items()}
    return sorted(
        f"{page}, {place}: {name}"
        for page, place in wanted.keys() | found.keys()
        for name in wanted.get((page, place), set()) ^ found.get((page, place), set())
    )


MISTAKES = [
    ("{coq}`Span.spans_alternative`", "{coq}`Span.spans_alternatives`"),
    ("{coq}`Span.spans_alternative`", ""),
    ("### 1.2 Larger fields", "### 1.1.5 Larger fields"),
    ("### 1.2 Larger fields", "{coq}`Span.no_theorem`\n\n### 1.2 Larger fields"),
]


@pytest.mark.quality
def test_every_statement_names_its_theorems_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a tag that is wrong, missing or misplaced is found, and a theorem that was renamed."""
    pages = {str(path.relative_to(DOCS)): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
    wanted = cited()
    assert sum(map(len, wanted.values())) > 100
    assert drift(pages) == []
    page = pages["proofs/exactness.md"]
    for old, new in MISTAKES:
        assert old in page
        assert drift({**pages, "proofs/exactness.md": page.replace(old, new, 1)})
    wanted["proofs/exactness.md", "1.1"] = {f"{name}_" for name in wanted["proofs/exactness.md", "1.1"]}
    monkeypatch.setattr("tests.proofs.test_tags.cited", lambda: wanted)
    assert drift(pages)
