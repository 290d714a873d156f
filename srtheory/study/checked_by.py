"""The ledger's column "checked by": the support of the verdict on a claim.

A claim lists statements of its study by name (``spanning Theorem 6``), theorems of a formal library by module and name
(``Errata.rank_condition``), and :data:`COMPUTATION`, :data:`SIMULATION` and :data:`REAL` where its check computes
exactly, draws runs, or reads what real workers did.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from srtheory.study.findings import Support

COMPUTATION, SIMULATION, REAL = "exact computation", "simulation", "real workers"
WORDS = (COMPUTATION, SIMULATION, REAL)
_FORMAL = re.compile(r"[A-Z]\w*\.[\w']+")
MEANING = {
    "Coq": "a theorem that Coq has checked",
    "formal theorem": "named by the study, and not looked up here",
    "proof": "a proof in docs/",
    "sketch": "a sketch of a proof there",
    COMPUTATION: "over the finite range that the evidence names, or in intervals with all errors bounded",
    SIMULATION: "so many runs",
    REAL: "measured runs of real workers, on record in data/workers",
}
"""Kinds of support, in the order in which they are listed."""
Statements = Mapping[str, Support]


def is_formal(name: str) -> bool:
    """Return whether this names a theorem of a formal library."""
    return _FORMAL.fullmatch(name) is not None


def kinds(checked_by: Sequence[str], statements: Statements) -> list[str]:
    """Return the kinds of support, keys of :data:`MEANING` in its order."""
    found = {_kind(name, statements) for name in checked_by}
    return [kind for kind in MEANING if kind in found]


def _kind(name: str, statements: Statements) -> str:
    if is_formal(name):
        return "Coq" if statements else "formal theorem"  # a study with statements has a library that is checked
    return statements[name].kind if name in statements else name


def rests_on_proof(checked_by: Sequence[str], statements: Statements) -> bool:
    """Return whether one of these is a formal theorem or a proved statement; a definition proves nothing."""
    return any(is_formal(name) or (name in statements and statements[name].proved) for name in checked_by)


def unknown(checked_by: Sequence[str], statements: Statements) -> list[str]:
    """Return the names that are no statement, no formal theorem and none of the three words."""
    return [name for name in checked_by if name not in WORDS and not is_formal(name) and name not in statements]


def machine_checked(checked_by: Sequence[str], statements: Statements, docs: str | None) -> str:
    """Return in Markdown the formal theorems behind a verdict, and of which statements they are the whole or a part.

    The text is empty if the verdict rests on no proof, or if the study has no statements, so that no formal library has
    been looked up. Statements are links as in :func:`in_markdown`.
    """
    if not statements or not rests_on_proof(checked_by, statements):
        return ""
    found = []
    for name in checked_by:
        shown = in_markdown([name], statements, docs)
        if is_formal(name):
            found.append(shown)
        elif formal := statements[name].formal if name in statements else ():
            extent = "whole" if statements[name].kind == "Coq" else "in part"
            found.append(f"{shown} {extent} ({in_markdown(formal, statements, docs)})")
    return "; ".join(found) or "no part of the proofs"


def in_markdown(checked_by: Sequence[str], statements: Statements, docs: str | None) -> str:
    """Return the list in Markdown; statements are links if the path from the text to ``docs`` is known."""

    def show(name: str) -> str:
        if is_formal(name):
            return f"`{name}`"
        if name not in statements or docs is None:
            return name
        one = statements[name]
        return f"[{name}]({docs}/{one.page}.md#{one.slug})"

    return ", ".join(map(show, checked_by))


def docs_from(out: Path, built: bool = False) -> str | None:
    """Return the path from there to docs/ of a checkout, or to the pages built from it, or None if there are none."""
    pages = Path(__file__).parents[2] / ("out/docs" if built else "docs")
    if not (pages / ("theorems.html" if built else "theorems.md")).exists():
        return None
    return Path(os.path.relpath(pages, out.resolve())).as_posix()
