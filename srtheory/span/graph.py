"""The Tanner graph of the rows, and the criterion for rows of at most two ones.

The Tanner graph has a node ``("row", i)`` for every row, a node ``("column", j)`` for every column, and an edge where
the entry is non-zero in the field.

0/1 rows with at most two ones make the columns the vertices of a graph. A row of two ones is an edge,
a row of a single one a loop.  A vector x is in the kernel iff x_u = -x_v along every edge and x_v = 0 at every loop.
On a component with a loop x is therefore 0.  On a component without loops x is given by its value c at one vertex,
as c or -c at each other vertex by the parity of a walk to it:

- in characteristic other than 2, an odd cycle makes c = -c, so c = 0; a bipartite component with sides A and B has the
  kernel vector 1_A - 1_B, whose entries sum to |A| - |B|;
- in characteristic 2, c = -c for every c, and the kernel vector is 1 on the whole component, with sum |C|.

1 is in the row space iff every kernel vector sums to 0: in characteristic other than 2 iff |A| = |B| in the field for
every loopless bipartite component, in characteristic 2 iff every loopless component has an even number of vertices.
An isolated vertex is a loopless bipartite component with sides of 1 and 0; a repeated edge changes nothing.
"""

from __future__ import annotations

import networkx as nx
import numpy as np

from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, as_rows
from srtheory.span.descent import is_prime_field_enough
from srtheory.span.field import Field, field_of
from srtheory.types import Bools, Int64


def tanner_graph(rows: Rows, *, field: str | Field | None = None) -> nx.Graph:
    """Return the bipartite graph of rows and columns, with an edge where the entry is non-zero in ``field``.

    It has n + m nodes ``("row", i)`` and ``("column", j)``, with 0 and 1 as their attribute ``bipartite``.
    """
    over = field_of((rows := as_rows(rows)).elements, field)
    graph = nx.Graph()
    graph.add_nodes_from((("row", i) for i in range(len(rows))), bipartite=0)
    graph.add_nodes_from((("column", j) for j in range(rows.columns)), bipartite=1)
    live = _live(rows, over)
    pairs = zip(_owner(rows)[live].tolist(), rows.indices[live].tolist(), strict=True)
    graph.add_edges_from((("row", i), ("column", j)) for i, j in pairs)
    return graph


def spans_degree_two(rows: Rows, *, field: str | Field | None = None) -> bool:
    """Return whether 0/1 rows of at most two ones span 1, determined from the graph alone.

    ``rows``: n rows with weights 0 and 1, at most two ones in each.

    O(n + m).  The criterion is derived at the head of this module.
    """
    characteristic = field_of((rows := as_rows(rows)).elements, field).characteristic
    graph = _column_graph(rows)
    return all(_vanishes(graph.subgraph(part), characteristic) for part in nx.connected_components(graph))


def _vanishes(component: nx.Graph, characteristic: int) -> bool:
    """Return whether every kernel vector of a component sums to 0."""
    if nx.number_of_selfloops(component):
        return True
    if characteristic == 2:
        return len(component) % 2 == 0
    if not nx.is_bipartite(component):
        return True
    one, other = nx.bipartite.sets(component)
    excess = len(one) - len(other)
    return (excess % characteristic if characteristic else excess) == 0


def _column_graph(rows: Rows) -> nx.Graph:
    """Return the graph with columns as vertices, rows of two ones as edges, and rows of a single one as loops."""
    if rows.values is not None and not np.isin(rows.values, (0, 1)).all():
        raise ArgumentError("rows", "a weight other than 0 and 1", "0/1 rows")
    graph = nx.Graph()
    graph.add_nodes_from(range(rows.columns))
    for i in range(len(rows)):
        support = rows.row(i)
        if rows.values is not None:
            support = support[rows.values[rows.indptr[i] : rows.indptr[i + 1]] != 0]
        if len(support) > 2:
            raise ArgumentError("rows", f"{len(support)} ones in row {i}", "rows of at most two ones")
        if len(support):
            graph.add_edge(int(support[0]), int(support[-1]))
    return graph


def _owner(rows: Rows) -> Int64:
    """Return the row number of each entry."""
    return np.repeat(np.arange(len(rows)), np.diff(rows.indptr))


def _live(rows: Rows, field: Field) -> Bools:
    """Return which entries are non-zero in the field."""
    if rows.values is None:
        return np.ones(len(rows.indices), dtype=bool)
    residues = field.characteristic and is_prime_field_enough(rows, field)
    return (rows.values % field.characteristic if residues else rows.values) != 0
