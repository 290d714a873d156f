"""Tanner graph, and the degree-2 criterion against the algebra."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.matrix import from_dense, from_sets
from srtheory.span.graph import spans_degree_two, tanner_graph
from tests.oracle.fields import judge
from tests.strategies import degree_two_rows, with_weights

OVER = ["Q", "GF(2)", "GF(3)", "GF(251)", "GF(4)"]


def test_tanner_graph():
    rows = with_weights(from_sets(3, [[0, 1], [], [1]]), [1, 0, 3])
    graph = tanner_graph(rows)
    assert set(graph.edges) == {(("row", 0), ("column", 0)), (("row", 2), ("column", 1))}
    assert graph.number_of_nodes() == 6
    assert nx.is_bipartite(graph)
    assert graph.nodes["row", 1]["bipartite"] == 0
    assert graph.nodes["column", 2]["bipartite"] == 1
    assert set(tanner_graph(rows, field="GF(3)").edges) == {(("row", 0), ("column", 0))}


def wrong_criteria(rows, spans=spans_degree_two):
    """The fields over which a criterion says something else than plain elimination."""
    matrix = rows.dense().tolist()
    return [field for field in OVER if spans(rows, field=field) != judge(matrix, rows.columns, field).spans[-1]]


@given(degree_two_rows(), st.sampled_from(OVER))
def test_the_degree_two_criterion_is_elimination(rows, field):
    right = judge(rows.dense().tolist(), rows.columns, field)
    assert spans_degree_two(rows, field=field) == right.spans[-1]


BY_HAND = [
    *((m, []) for m in (0, 1, 2)),
    *((m, [[0, i] for i in range(1, m)]) for m in (2, 3, 4, 5)),
    *((m, [[i, (i + 1) % m] for i in range(m)]) for m in (3, 4, 5)),
    *((1, [[0], [0]]), (2, [[0, 1], [0, 1]]), (3, [[0, 1], [0, 1]]), (2, [[1], [0, 1]]), (1, [[], [0]])),
    *((5, [[0, 1], [0, 2], [0, 3], [0, 4], last]) for last in ([], [4])),
]


def test_stars_cycles_and_loops():
    assert [wrong_criteria(from_sets(*some)) for some in BY_HAND] == [[]] * len(BY_HAND)


@pytest.mark.quality
def test_a_criterion_that_forgets_odd_cycles_is_seen():
    """A component with one has no kernel outside characteristic 2."""

    def careless(rows, field):
        graph = nx.Graph()
        graph.add_nodes_from(range(rows.columns))
        graph.add_edges_from((int(row[0]), int(row[-1])) for row in map(rows.row, range(len(rows))) if len(row))
        parts = map(graph.subgraph, nx.connected_components(graph))
        return all(nx.number_of_selfloops(part) or len(part) % 2 == 0 for part in parts)

    assert wrong_criteria(from_sets(3, [[0, 1], [1, 2], [2, 0]]), careless)


def test_degree_two_refuses_other_rows():
    with pytest.raises(ArgumentError, match="3 ones in row 1"):
        spans_degree_two(from_sets(3, [[0], [0, 1, 2]]))
    with pytest.raises(ArgumentError, match="weight other than 0 and 1"):
        spans_degree_two(from_dense([[2, 1]]))
