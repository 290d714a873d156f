"""Obstructions to spanning 1: kernel vectors of small support, described in words.

1 is in the row space iff every kernel vector x (Gx = 0) is balanced: its entries sum to 0.  An unbalanced kernel vector
is an obstruction. A balanced one is a harmless loss of rank.  The smaller the support, the better the explanation.

**Small supports are found by looking at columns.**  Support 1 is an uncovered symbol.  Support 2 is a pair of
proportional columns. It is balanced iff they are identical.  Of two identical columns one can be left out of the search
for an unbalanced x. Moving the entry of one to the other keeps the sum and adds nothing to the support.  Support 3, for
0/1 rows: of three columns, non-zero and distinct, with a dependency that uses all of them, one is the sum of the two
others, which are disjoint (in characteristic 2, the symmetric difference; with one among them containing another this
is the same relation).  For, if c = βa + γb with a ≠ b, the values β, γ, β + γ at the rows of a alone, of b alone and of
both lie in {0, 1}, at least two of the three occur, and β, γ ≠ 0: so (β, γ) is (1, 1), (1, -1) or (-1, 1), the latter
two where one contains the other.  The vector (1, -1, -1) is unbalanced in every field.

**Larger supports come from a kernel basis.** A vector of least support, unbalanced or not, may be taken elementary (no
kernel vector has a smaller support inside its own). The kernel vectors within a given support are spanned by the
elementary ones, so if one is unbalanced, so is an elementary one. With the basis as the rows of an r × m matrix K,
elementary vectors are the products cK with c orthogonal to r - 1 independent columns of K. If there are few choices
they are all tried and the least support is proved. Otherwise the basis vectors, elementary themselves, are the
candidates, and the answer says that its minimality is not proved. Elementary vectors are supported on one connected
component of the Tanner graph, and vanish where a row of weight one, or the remainder of a row, implies it. Both facts
reduce the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, gcd

import flint

from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, as_rows
from srtheory.span.descent import is_prime_field_enough
from srtheory.span.field import Field, field_of

Column = dict[int, int]
Vector = list[int]

WORK = 5_000_000
"""Largest number of multiplications for a proof of minimality."""


@dataclass(frozen=True)
class KernelVector:
    """A vector x ≠ 0 with Gx = 0."""

    support: tuple[int, ...]
    """The columns where x is non-zero, ascending."""
    weights: tuple[int, ...]
    """The entries there, in lowest terms with the first positive; over GF(q), residues with 1 first."""
    balanced: bool
    """Whether the entries sum to 0 in the field."""
    name: str
    """``"uncovered symbol"``, ``"identical columns"``, ``"unbalanced pair"``, ``"unbalanced triple"``, ``"constant
    vector"`` (the rows sum to 0 in the field), ``"unbalanced component"`` (the whole of one), else ``"unbalanced
    vector"`` or ``"balanced vector"``."""
    minimal: bool
    """True if it is proved that no kernel vector of its kind, balanced or not, has a smaller support."""


def obstruction(rows: Rows, *, field: str | Field | None = None) -> KernelVector | None:
    """Return the unbalanced kernel vector of smallest support found, or None if the rows span 1.

    Exact throughout.  Supports up to 2 take time linear in the entries, 3 for 0/1 rows m² set comparisons, larger ones
    one exact kernel basis (about two seconds at m = 1000 over Q) and a search of at most ``WORK`` multiplications.
    """
    p = _characteristic(rows := as_rows(rows), field)
    columns = _columns(rows, p)
    pair = _one(columns) or _unbalanced_pair(columns, p)
    if pair is not None:
        return _named(pair, columns, p, minimal=True)
    distinct = {column: j for j, column in reversed([(j, frozenset(c.items())) for j, c in columns.items()])}
    kept = {j: columns[j] for j in sorted(distinct.values())}
    triple = _triple(kept, p)
    if triple is not None:
        return _named(triple, columns, p, minimal=True)
    floor = 4 if _is_binary(kept) else 3
    return _smallest(_component_vectors(kept, p), columns, p, floor, balanced=False)


def balanced_vector(rows: Rows, *, field: str | Field | None = None) -> KernelVector | None:
    """Return the balanced kernel vector of smallest support found, or None if there is none.

    It exists iff the rows together with 1 have rank below m, so it explains a harmless rank deficiency. Parameters and
    complexity as for :func:`obstruction`.
    """
    p = _characteristic(rows := as_rows(rows), field)
    columns = _columns(rows, p)
    seen: dict[frozenset[tuple[int, int]], int] = {}
    for j, column in columns.items():
        twin = seen.setdefault(frozenset(column.items()), j)
        if twin != j:
            return _named({twin: 1, j: -1}, columns, p, minimal=True)
    live = _peeled(columns)
    stacked = {j: {**column, len(rows): 1} for j, column in live.items()}
    return _smallest([_elementary(stacked, p)], columns, p, 4 if _is_binary(columns) else 3, balanced=True)


def _characteristic(rows: Rows, field: str | Field | None) -> int:
    over = field_of(rows.elements, field)
    if not is_prime_field_enough(rows, over):
        raise ArgumentError(
            "field", str(over), f"Q or a prime field, since a weight is not in GF({over.characteristic})"
        )
    return over.characteristic


def _columns(rows: Rows, p: int) -> dict[int, Column]:
    """Return each column as a mapping from row to non-zero weight, residues if p > 0."""
    weights = [1] * len(rows.indices) if rows.values is None else rows.values.tolist()
    columns: dict[int, Column] = {j: {} for j in range(rows.columns)}
    for i in range(len(rows)):
        for e in range(rows.indptr[i], rows.indptr[i + 1]):
            weight = weights[e] % p if p else weights[e]
            if weight:
                columns[int(rows.indices[e])][i] = weight
    return columns


def _is_binary(columns: dict[int, Column]) -> bool:
    return all(weight == 1 for column in columns.values() for weight in column.values())


def _one(columns: dict[int, Column]) -> Column | None:
    return next(({j: 1} for j, column in columns.items() if not column), None)


def _unbalanced_pair(columns: dict[int, Column], p: int) -> Column | None:
    """Return two proportional columns that are not identical, none being zero."""
    seen: dict[tuple[tuple[int, int], ...], tuple[int, int]] = {}
    for j, column in columns.items():
        entries = sorted(column.items())
        shape = _canonical([weight for _, weight in entries], p)
        key = tuple((i, weight) for (i, _), weight in zip(entries, shape, strict=True))
        twin, scale = seen.setdefault(key, (j, entries[0][1]))
        if scale != entries[0][1]:
            return {twin: entries[0][1], j: -scale}
    return None


def _triple(columns: dict[int, Column], p: int) -> Column | None:
    """Return one column that is the sum of two others, for 0/1 columns that are distinct and not zero."""
    if not _is_binary(columns):
        return None
    sets = {j: frozenset(column) for j, column in columns.items()}
    place = {support: j for j, support in sets.items()}
    for i, support in sets.items():
        for j, other in sets.items():
            if other < support or (p == 2 and i < j):
                k = place.get(support ^ other)
                if k is not None:
                    return {i: 1, j: -1, k: -1}
    return None


def _peeled(columns: dict[int, Column]) -> dict[int, Column]:
    """Return the columns left after removing those that rows with a single remaining column force to vanish."""
    left = dict(columns)
    rows: dict[int, set[int]] = {}
    for j, column in columns.items():
        for i in column:
            rows.setdefault(i, set()).add(j)
    single = [i for i, places in rows.items() if len(places) == 1]
    while single:
        for j in list(rows[single.pop()]):
            for i in left.pop(j):
                rows[i].discard(j)
                if len(rows[i]) == 1:
                    single.append(i)
    return left


def _component_vectors(columns: dict[int, Column], p: int) -> Iterator[tuple[list[Column], bool]]:
    """Yield, for each component of the peeled columns, its elementary vectors and whether these are all of them."""
    import networkx as nx

    left = _peeled(columns)
    graph = nx.Graph()
    graph.add_nodes_from(left)
    graph.add_edges_from((j, ("row", i)) for j, column in left.items() for i in column)
    for nodes in nx.connected_components(graph):
        yield _elementary({j: left[j] for j in sorted(node for node in nodes if not isinstance(node, tuple))}, p)


def _elementary(columns: dict[int, Column], p: int) -> tuple[list[Column], bool]:
    """Return elementary kernel vectors of some columns, and whether these are all of them (up to scale)."""
    order = list(columns)
    row_numbers = sorted({i for column in columns.values() for i in column})
    basis = _nullspace([[columns[j].get(i, 0) for j in order] for i in row_numbers], len(order), p)
    if not basis:
        return [], True
    points = list({tuple(_canonical(point, p)) for point in map(list, zip(*basis, strict=True)) if any(point)})
    complete = comb(len(points), len(basis) - 1) * len(basis) * len(order) <= WORK
    vectors = crossings(basis, points, p) if complete else iter(basis)
    return [{j: x for j, x in zip(order, _canonical(vector, p), strict=True) if x} for vector in vectors], complete


def crossings(basis: list[Vector], points: list[tuple[int, ...]], p: int) -> Iterator[Vector]:
    """Return the combinations of the basis that vanish at r - 1 independent points."""
    for chosen in combinations(points, len(basis) - 1):
        normals = _nullspace([list(point) for point in chosen], len(basis), p)
        if len(normals) == 1:
            columns = zip(*basis, strict=True)
            yield [sum(c * x for c, x in zip(normals[0], column, strict=True)) for column in columns]


def _nullspace(matrix: list[Vector], width: int, p: int) -> list[Vector]:
    """Return the basis of {x : matrix x = 0}, each vector elementary (it has a single free coordinate)."""
    shape, entries = (max(len(matrix), 1), width), [x for row in matrix for x in row] or [0] * width
    space, nullity = (flint.nmod_mat(*shape, entries, p) if p else flint.fmpz_mat(*shape, entries)).nullspace()
    return [[int(space[i, j]) for i in range(width)] for j in range(nullity)]


def _canonical(vector: Iterable[int], p: int) -> Vector:
    """Return the vector in lowest terms with a positive first non-zero entry; modulo p, with first entry 1."""
    entries = [x % p for x in vector] if p else list(vector)
    first = next(x for x in entries if x)
    if p:
        inverse = pow(first, -1, p)
        return [x * inverse % p for x in entries]
    divisor = gcd(*entries) if first > 0 else -gcd(*entries)
    return [x // divisor for x in entries]


def _smallest(
    families: Iterable[tuple[list[Column], bool]], columns: dict[int, Column], p: int, floor: int, *, balanced: bool
) -> KernelVector | None:
    """Return the vector of least support and the right kind; minimal if none was omitted or none is below ``floor``."""
    best: Column | None = None
    exhaustive = True
    for vectors, complete in families:
        exhaustive = exhaustive and complete
        kind = [vector for vector in vectors if _is_balanced(vector, p) == balanced]
        best = min(kind if best is None else [best, *kind], key=len, default=None)
    return None if best is None else _named(best, columns, p, minimal=exhaustive or len(best) <= floor)


def _is_balanced(vector: Column, p: int) -> bool:
    total = sum(vector.values())
    return (total % p if p else total) == 0


def _named(vector: Column, columns: dict[int, Column], p: int, *, minimal: bool) -> KernelVector:
    support = tuple(sorted(vector))
    weights = tuple(_canonical([vector[j] for j in support], p))
    balanced = _is_balanced(vector, p)
    name = _name(support, weights, balanced, columns)
    return KernelVector(support, weights, balanced, name, minimal)


def _name(support: tuple[int, ...], weights: tuple[int, ...], balanced: bool, columns: dict[int, Column]) -> str:
    if len(support) <= 3:
        small = {1: "uncovered symbol", 2: "unbalanced pair", 3: "unbalanced triple"}
        twins = "identical columns" if len(support) == 2 else "balanced vector"
        return twins if balanced else small[len(support)]
    if len(support) == len(columns) and set(weights) == {1}:
        return "constant vector"
    met = set().union(*(columns[j] for j in support))
    whole = all(j in support or met.isdisjoint(columns[j]) for j in columns)
    return "balanced vector" if balanced else "unbalanced component" if whole else "unbalanced vector"
