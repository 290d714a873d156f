"""The numbers of the manuscript's statements beside those of the pages, for docs/proofs/manuscript.md."""

from __future__ import annotations

from docs.quoted import Block, quoted, table
from manuscript.statements import TEX, theorems
from paper_checks.theorem_page import link
from paper_checks.theorems.map import PAGES, list_of, recorded

KINDS = {
    "thm": "Theorem",
    "lem": "Lemma",
    "prop": "Proposition",
    "cor": "Corollary",
    "con": "Conjecture",
    "def": "Definition",
}
"""What the labels of the manuscript begin with."""


@quoted
def manuscript_numbers() -> Block:
    """Return the statements of the manuscript by number, each with its statement on a page.

    All environments of the manuscript count together, so that a number is a place in their order.
    """
    known = {statement.key: statement for statement in list_of(recorded())}
    rows = []
    for number, one in enumerate(theorems(TEX.read_text(encoding="utf-8")), 1):
        statement = known[one.key]
        kind = KINDS[one.label.partition(":")[0]]
        rows.append((f"{kind} {number}", link(statement, statement.heading), PAGES[statement.page]))
    return table([("manuscript", "statement", "page"), *rows])
