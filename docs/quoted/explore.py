"""Numbers of docs/explore.md: which scheme and degree the page names for Pareto delays and messages that cost time."""

from __future__ import annotations

from docs.quoted import Values, quoted
from srtheory.explore.items import compute
from srtheory.explore.state import State, World
from srtheory.explore.views import plan

EXAMPLE = State("degree", 500, 10, 0.01, "pareto(b=1)", 0.1, schemes=("parts-cyclic",))
"""The example with the best of the schemes that the page ticks at first; the laws of the others take longer."""


@quoted
def explored() -> Values:
    """Return the degree with the least median, and that median."""
    world = World()
    its = plan(EXAMPLE, world)
    view = its.show({item: compute(item, world) for item in its.items})
    best = min(view.rows, key=lambda row: row[2])
    assert best[0] == "parts, cyclic order"
    return {
        "degree": str(best[1]),
        "median": f"{best[2]:.5g}",
    }
