"""The ledger's column "checked by": the support of the verdict on a claim, in terms of the theorem map.

A claim of paper_checks/ lists statements of the map by their keys (``spanning Theorem 6``), theorems of proofs/ by
module and name (``Errata.rank_condition``), and :data:`COMPUTATION`, :data:`SIMULATION` and :data:`REAL` where its
check computes exactly, draws runs, or reads what real workers did.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from srtheory.report.theorem_map import PROVED, Known, Statement, recorded

COMPUTATION, SIMULATION, REAL = "exact computation", "simulation", "real workers"
_FORMAL = re.compile(r"[A-Z]\w*\.[\w']+")
_KINDS = {
    Known.MACHINE: "Coq",
    Known.CASE: "proof",
    Known.PAPER: "proof",
    Known.SKETCH: "sketch",
    Known.COMPUTED: COMPUTATION,
    Known.MEASURED: SIMULATION,
}
MEANING = {
    "Coq": "a theorem that Coq has checked",
    "proof": "a proof in docs/",
    "sketch": "a sketch of a proof there",
    COMPUTATION: "over the finite range that the evidence names, or in intervals with all errors bounded",
    SIMULATION: "so many runs",
    REAL: "measured runs of real workers, on record in data/workers",
}
"""Kinds of support, in the order in which they are listed."""


def statement(name: str) -> Statement | None:
    """Return the statement of the map that a claim lists, or None if ``name`` is not a statement."""
    graph = recorded()
    return graph.nodes[name]["statement"] if name in graph else None


def is_formal(name: str) -> bool:
    """Return whether the name refers to a theorem of proofs/."""
    return _FORMAL.fullmatch(name) is not None


def kinds(checked_by: Sequence[str]) -> list[str]:
    """Return the kinds of these supports, keys of :data:`MEANING` in its order."""
    found = {_kind(name) for name in checked_by}
    return [kind for kind in MEANING if kind in found]


def _kind(name: str) -> str | None:
    if is_formal(name):
        return "Coq"
    found = statement(name)
    return name if found is None else _KINDS.get(found.known)


def rests_on_proof(checked_by: Sequence[str]) -> bool:
    """Return whether one of these is a formal theorem or a proved statement (a definition proves nothing)."""
    found = [statement(name) for name in checked_by]
    proved = any(one is not None and one.known in PROVED - {Known.DEFINITION} for one in found)
    return proved or any(is_formal(name) for name in checked_by)


def unknown(checked_by: Sequence[str]) -> list[str]:
    """Return the names that are not statements of the map, nor formal theorems by form, nor the three words."""
    words = (COMPUTATION, SIMULATION, REAL)
    return [name for name in checked_by if name not in words and not is_formal(name) and statement(name) is None]


def in_markdown(checked_by: Sequence[str], docs: str | None) -> str:
    """Return the list as Markdown, with links to statements if the path ``docs`` from the text's place is known."""
    return _listed(checked_by, lambda one: one.key if docs is None else f"[{one.key}]({docs}/{one.page}.md#{one.slug})")


def _listed(checked_by: Sequence[str], show: Callable[[Statement], str]) -> str:
    found = [(name, statement(name)) for name in checked_by]
    return ", ".join(f"`{name}`" if is_formal(name) else show(one) if one else name for name, one in found)


def docs_from(out: Path, built: bool = False) -> str | None:
    """Return the path from there to docs/ of a checkout, or to the pages built from it; None if there is none."""
    checkout = Path(__file__).parents[2]
    if not (checkout / "docs" / "theorems.md").exists():
        return None
    return Path(os.path.relpath(checkout / ("out/docs" if built else "docs"), out.resolve())).as_posix()
