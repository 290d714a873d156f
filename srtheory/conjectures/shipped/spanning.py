"""Spanning of 1 by rows: the statements of sections III-B and V, and consequences of the definition."""

from __future__ import annotations

from srtheory.conjectures.case import Case, all_systematic, complete_worker, covered, rank, spans, without_row
from srtheory.conjectures.domains import reduced_receptions, repeated_rows, rows
from srtheory.conjectures.evidence import explain_relation, explain_span
from srtheory.conjectures.registry import conjecture
from srtheory.span.graph import spans_degree_two

FIELDS = ("Q", "GF(2)", "GF(3)")


@conjecture(
    "0/1 rows that cover all symbols span 1.",
    rows(),
    source="section V, first question",
    known="False. The paper's example (m = 2, rows 10 and 11) is none; the smallest has m = 3: 110 and 101.",
)
def covered_implies_spans(case: Case) -> bool | None:
    """Test that coverage suffices for any rows."""
    return spans(case) if covered(case) else None


@conjecture(
    "A reception of a sum-recovery code that covers all symbols spans 1.",
    reduced_receptions(),
    source="section V, first question",
    known="False for every d >= 2, from m = max(5, d + 2) and 4 rows on; true for d = 1.",
)
def sr_covered_implies_spans(case: Case) -> bool | None:
    """Test that coverage suffices for the rows of a sum-recovery code."""
    return spans(case) if covered(case) else None


@conjecture(
    "If G^T v = 1 has a solution for a reception of a sum-recovery code, it has only one.",
    reduced_receptions(),
    source="section III-B, equation (3)",
    known="False: the rank condition gives existence. From m = 2, d = 1 and 3 rows on.",
    explain=explain_relation,
)
def unique_solution(case: Case) -> bool | None:
    """Test that solutions of (3) are unique iff the rows are independent."""
    return rank(case) == len(case.masks) if spans(case) else None


@conjecture(
    "If G^T v = 1 has a solution for distinct 0/1 rows, it has only one.",
    rows(),
    source="section III-B, equation (3)",
    known="False: the smallest has m = 2 and the rows 10, 01 and 11.",
    explain=explain_relation,
)
def unique_solution_distinct_rows(case: Case) -> bool | None:
    """Test the same for distinct rows."""
    return rank(case) == len(case.masks) if spans(case) else None


@conjecture(
    "If all symbols of one worker have arrived, the rows span 1, over every field.",
    reduced_receptions(),
    source="section III-B",
    known="True: a worker's symbols partition [m], the remainder block included, so its rows add up to 1.",
    explain=explain_span(*FIELDS),
)
def complete_worker_spans(case: Case) -> bool | None:
    """Test that one complete worker suffices."""
    return all(spans(case, field) for field in FIELDS) if complete_worker(case) else None


@conjecture(
    "If all m systematic symbols have arrived, the rows span 1, over every field.",
    reduced_receptions(),
    source="section III-B",
    known="True: the systematic rows add up to 1.",
    explain=explain_span(*FIELDS),
)
def systematic_spans(case: Case) -> bool | None:
    """Test that all systematic symbols suffice."""
    return all(spans(case, field) for field in FIELDS) if all_systematic(case) else None


@conjecture(
    "Rows that span 1 still span it when one more row arrives, over every field.",
    repeated_rows(),
    known="True: the row space only grows.",
    explain=explain_span(*FIELDS),
)
def more_rows_never_hurt(case: Case) -> bool:
    """Test each row as the last one; one of equal rows suffices."""
    last = {mask: i for i, mask in enumerate(case.masks)}.values()
    return all(spans(case, field) or not any(spans(without_row(case, i), field) for i in last) for field in FIELDS)


@conjecture(
    "Rows of at most two ones span 1 iff every loopless bipartite component of their graph has sides of equal size in "
    "the field (in characteristic 2: every loopless component has an even number of vertices).",
    rows(2),
    known="True: proved at the head of srtheory/span/graph.py.",
    explain=explain_span(*FIELDS),
)
def degree_two_graph_criterion(case: Case) -> bool:
    """Test that the graph and the elimination agree over Q, GF(2) and GF(3)."""
    return all(spans_degree_two(case.rows, field=field) == spans(case, field) for field in FIELDS)
