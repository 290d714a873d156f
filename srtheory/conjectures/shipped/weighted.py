"""Weighted rows: signs on edges, and the gradient code whose weights are those of a Reed-Solomon code.

**Signed graphs.** A row of two weights 1 or -1 is an edge of a graph on the symbols, one of a single weight a loop. A
multiple of a row adds nothing to the row. Along an edge a kernel vector has x_u = -x_v if its weights are equal, and
x_u = x_v if not. So on a component x is 0, or given by its value at one symbol. It is 0 if there is a loop or a cycle
with an odd number of edges of equal weights, and otherwise 1 and -1 by the signs of the walks. 1 is in the span over Q
iff each component's vector of the latter kind sums to 0.

Reference: Zaslavsky, "Signed graphs", Discrete Applied Mathematics 4, 1982, for the rank.
"""

from __future__ import annotations

from dataclasses import replace

import networkx as nx

from srtheory.conjectures.case import Case, columns, spans
from srtheory.conjectures.domains import receptions, rows, signs
from srtheory.conjectures.registry import conjecture

SIGNED = replace(rows(2, weights=signs(), multiples=False), symbols=6)
WORKERS = receptions("gradient-cyclic")


def _graph(case: Case) -> nx.Graph:
    graph = nx.empty_graph(case.symbols)
    graph.add_edges_from((symbols[0], symbols[-1]) for symbols in map(columns, case.masks))
    return graph


@conjecture(
    "Rows of at most two weights 1 or -1 whose graph is connected and not bipartite span 1.",
    SIGNED,
    known="False, though true of 0/1 rows: a triangle may be balanced, as 110, 101 and 0 1 -1 with (1, -1, -1).",
)
def signed_odd_cycle_spans(case: Case) -> bool | None:
    """Test for signed rows what an odd cycle, or a loop, implies for 0/1 rows."""
    graph = _graph(case)
    return spans(case) if nx.is_connected(graph) and not nx.is_bipartite(graph) else None


@conjecture(
    "Rows of at most two weights 1 or -1 span 1 iff, in every component of their graph that has a kernel vector, its "
    "entries sum to 0.",
    SIGNED,
    source="ours; for the rank, Zaslavsky, Signed graphs, 1982",
    known="True: proved at the head of srtheory/conjectures/shipped/weighted.py.",
)
def signed_graph_criterion(case: Case) -> bool:
    """Test that walks through the graph and the elimination agree over Q."""
    return spans(case) == _spans_signed(case)


def _spans_signed(case: Case) -> bool:
    """Return whether the signs on walks imply that the rows span."""
    steps: dict[int, list[tuple[int, int]]] = {j: [] for j in range(case.symbols)}
    for row, symbols in zip(case.vectors, map(columns, case.masks), strict=True):
        u, v = symbols[0], symbols[-1]
        sign = 0 if u == v else -row[u] * row[v]
        steps[u].append((v, sign))
        steps[v].append((u, sign))
    entries: dict[int, int] = {}
    for start in range(case.symbols):
        if start in entries:
            continue
        entries[start], zero = 1, False
        waiting, component = [start], [start]
        while waiting:
            u = waiting.pop()
            for v, sign in steps[u]:
                if v not in entries:
                    entries[v] = sign * entries[u]
                    waiting.append(v)
                    component.append(v)
                zero |= entries[v] != sign * entries[u]
        if not zero and sum(entries[j] for j in component) != 0:
            return False
    return True


@conjecture(
    "The rows of any m - s workers of a cyclic gradient code of s stragglers span 1 over Q.",
    WORKERS,
    source="Tandon et al., Gradient coding, ICML 2017; docs/proofs/theory.md, 5.8",
    known="True: they are a basis of a Reed-Solomon code that holds 1.",
)
def cyclic_gradient_spans(case: Case) -> bool | None:
    """Test that any sufficient number of workers spans."""
    return None if len(case.masks) < case.symbols - case["stragglers"] else spans(case)


@conjecture(
    "The rows of any m - s workers of a cyclic gradient code of s stragglers span 1 over GF(3).",
    WORKERS,
    known="False from m = 4, s = 2 on: the weights are products of binomials, and 3 divides one of 3, 2, 1.",
    field=("Q", "GF(3)"),
)
def cyclic_gradient_spans_gf3(case: Case) -> bool | None:
    """Test the same weights as residues modulo 3."""
    return None if len(case.masks) < case.symbols - case["stragglers"] else spans(case, "GF(3)")
