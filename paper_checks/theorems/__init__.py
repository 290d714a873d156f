"""The statements of docs/proofs/ that verdicts rest on, and how each is known."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from srtheory.study.findings import COMPUTATION, SIMULATION, Support

if TYPE_CHECKING:
    import networkx as nx


@cache
def statements() -> dict[str, Support]:
    """Return the statements of the stored theorem map by key, such as ``spanning Theorem 6``."""
    from paper_checks.theorems.map import recorded

    return supports(recorded())


def supports(graph: nx.DiGraph) -> dict[str, Support]:
    """Return the statements of a theorem map as verdicts rest on them, by key."""
    from paper_checks.theorems.map import PROVED, Known

    kinds = {
        Known.MACHINE: "Coq",
        Known.CASE: "proof",
        Known.PAPER: "proof",
        Known.SKETCH: "sketch",
        Known.COMPUTED: COMPUTATION,
        Known.MEASURED: SIMULATION,
    }
    proved = PROVED - {Known.DEFINITION}
    return {
        key: Support(
            kinds.get(one.known, ""),
            str(one.known),
            one.known in proved,
            f"proofs/{one.page}",
            one.slug,
            one.anchor,
            one.formal,
        )
        for key, one in graph.nodes(data="statement")
    }
