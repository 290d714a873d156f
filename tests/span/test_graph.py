"""Tanner graph, components, the degree-2 criterion and structural rank, each against the algebra."""

from __future__ import annotations

from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.rows import Rows, from_dense, from_sets
from srtheory.span.arrays import restrict
from srtheory.span.graph import (
    components,
    spans_degree_two,
    stopping_time_degree_two,
    structural_rank,
    tanner_graph,
)
from srtheory.span.oracles import finite, rational
from tests.strategies import degree_two_rows, with_weights

FIELDS = ["Q", "GF(2)", "GF(3)", "GF(5)", "GF(7)"]


def test_tanner_graph():
    rows = with_weights(from_sets(3, [[0, 1], [], [1]]), [1, 0, 3])
    graph = tanner_graph(rows)
    assert set(graph.edges) == {(("row", 0), ("column", 0)), (("row", 2), ("column", 1))}
    assert graph.number_of_nodes() == 6
    assert nx.is_bipartite(graph)
    assert graph.nodes["row", 1]["bipartite"] == 0
    assert graph.nodes["column", 2]["bipartite"] == 1
    assert set(tanner_graph(rows, field="GF(3)").edges) == {(("row", 0), ("column", 0))}


def test_components_in_order():
    rows = from_sets(6, [[4, 1], [], [2], [0, 1], []])
    assert components(rows) == [([0, 3], [0, 1, 4]), ([2], [2]), ([], [3]), ([], [5]), ([1], []), ([4], [])]


def test_restrict_keeps_weights():
    rows = from_dense([[1, 2, 0], [0, 3, 4], [5, 0, 0]])
    assert restrict(rows, [0, 1], [1, 2]).dense().tolist() == [[2, 0], [3, 4]]
    assert restrict(rows, [], [0]).dense().shape == (0, 1)
    assert restrict(rows, [1], []).dense().shape == (1, 0)


@given(degree_two_rows(), st.sampled_from(FIELDS))
def test_degree_two_criterion(rows, field):
    expected = rational.stopping_time(rows) if field == "Q" else finite.stopping_time(rows, field=field)
    assert stopping_time_degree_two(rows, field=field) == expected


@pytest.mark.parametrize(
    ("columns", "edges", "spanning"),
    [
        (0, [], {"Q", "GF(2)", "GF(3)"}),
        (1, [], set()),
        (1, [[0], [0]], {"Q", "GF(2)", "GF(3)"}),
        (2, [[0, 1], [0, 1]], {"Q", "GF(2)", "GF(3)"}),
        (3, [[0, 1], [1, 2]], set()),
        (3, [[0, 1], [1, 2], [2, 0]], {"Q", "GF(3)"}),
        (4, [[0, 1], [0, 2], [0, 3]], {"GF(2)"}),
        (5, [[0, 1], [0, 2], [0, 3], [0, 4]], {"GF(3)"}),
        (5, [[0, 1], [0, 2], [0, 3], [0, 4], []], {"GF(3)"}),
        (5, [[0, 1], [0, 2], [0, 3], [0, 4], [4]], {"Q", "GF(2)", "GF(3)"}),
        (3, [[0, 1], [0, 1]], set()),
    ],
)
def test_degree_two_by_hand(columns, edges, spanning):
    rows = from_sets(columns, edges)
    assert {field for field in ("Q", "GF(2)", "GF(3)") if spans_degree_two(rows, field=field)} == spanning


def test_degree_two_refuses_other_rows():
    with pytest.raises(ArgumentError, match="3 ones in row 1"):
        spans_degree_two(from_sets(3, [[0], [0, 1, 2]]))
    with pytest.raises(ArgumentError, match="weight other than 0 and 1"):
        spans_degree_two(from_dense([[2, 1]]))
    assert spans_degree_two(with_weights(from_sets(3, [[0, 1, 2], [2]]), [1, 0, 1, 1])) is False


def test_structural_rank_is_the_number_of_matched_rows():
    assert repr(structural_rank(from_sets(3, [[0, 1], [0], [1]]))) == "2"


@pytest.mark.parametrize("last", [0, 1, 2])
def test_the_row_that_completes_the_span_is_counted(last):
    """The first row, the last, or none."""
    rows = [[], [[0]], [[1], [0, 1]]][last]
    assert stopping_time_degree_two(from_sets(max(last, 1), rows)) == (last or None)


def test_structural_rank_is_reached_by_generic_weights():
    """With independent random weights the bound is the rank, except with a probability of about 1e-5 per matrix."""
    rng = np.random.default_rng(8)
    for _ in range(50):
        support = rng.random((6, 6)) < 0.3
        rows = from_dense(support * rng.integers(1, 10**6, (6, 6)))
        assert structural_rank(rows) == rational.rank(rows)


def careless_spans_degree_two(rows: Rows, field: str) -> bool:
    """A planted mistake: it forgets that a component with an odd cycle has no kernel outside characteristic 2."""
    graph = nx.Graph()
    graph.add_nodes_from(range(rows.columns))
    graph.add_edges_from((int(rows.row(i)[0]), int(rows.row(i)[-1])) for i in range(len(rows)) if len(rows.row(i)))
    return all(
        nx.number_of_selfloops(graph.subgraph(part)) or len(part) % 2 == 0 for part in nx.connected_components(graph)
    )


@pytest.mark.quality
def test_the_oracle_finds_a_wrong_criterion():
    rows = find(
        degree_two_rows(),
        lambda rows: careless_spans_degree_two(rows, "Q") != rational.spans(rows),
        settings=settings(max_examples=2000, derandomize=False, database=None, phases=[Phase.generate]),
        random=Random(1),
    )
    assert spans_degree_two(rows) == rational.spans(rows)
