"""Spanning of 1 by rows: the statements of sections III-B and V, other fields than Q, and the hitting-time law.

Rows that do not cover all symbols do not span 1 over any field, so they need no comparison of fields.

M' > k iff the first k rows do not span 1, and the first k rows of a run are a reception. So M' = max(m, CC) fails for
some run iff some reception of n rows spans with n < m (M' is early), or covers all symbols without spanning although
n >= m (M' is late). This is a statement about receptions as sets.
"""

from __future__ import annotations

from srtheory.conjectures.case import (
    Case,
    all_systematic,
    complete_worker,
    covered,
    explain_relation,
    explain_span,
    rank,
    spans,
    without_row,
)
from srtheory.conjectures.domains import reduced_receptions, repeated_rows, rows
from srtheory.conjectures.registry import Conjecture, conjecture
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


# ---------------------------------------------------------------------------------------------- dependence on the field

TWO = ("GF(2)",)
ODD = ("GF(3)", "GF(5)", "GF(7)")


def _agree(case: Case, fields: tuple[str, ...]) -> bool | None:
    return None if not covered(case) else len({spans(case, field) for field in ("Q", *fields)}) == 1


def _down(case: Case, fields: tuple[str, ...]) -> bool | None:
    return all(spans(case, field) for field in fields) if covered(case) and spans(case) else None


def _up(case: Case, fields: tuple[str, ...]) -> bool | None:
    if not covered(case) or spans(case):
        return None
    return not any(spans(case, field) for field in fields)


_ROWS, _CODE = "0/1 rows", "A reception of a sum-recovery code"
_ONE, _AND, _OR = "GF(2)", "GF(3), GF(5) and GF(7)", "GF(3), GF(5) or GF(7)"
_COMPARED = {
    "gf2-agrees-with-q": "False: the triangle 110, 101, 011 spans over Q only.",
    "q-spans-implies-gf2": "False: the triangle 110, 101, 011, of determinant -2.",
    "gf2-spans-implies-q": "False: the star 1100, 1010, 1001, whose kernel vector 1, -1, -1, -1 has an even sum.",
    "gfp-agrees-with-q": "False: 1100, 1010, 1001, 0111, of determinant 3, spans over Q and not over GF(3).",
    "q-spans-implies-gfp": "False: 1100, 1010, 1001, 0111, of determinant 3.",
    "gfp-spans-implies-q": "False: the star with four leaves spans over GF(3), its kernel vector having the sum -3.",
    "sr-gf2-agrees-with-q": "False from m = 6, d = 2 and 6 rows on: three inactive symbols, covered by a triangle.",
    "sr-q-spans-implies-gf2": "False from m = 6, d = 2 and 6 rows on: three inactive symbols, covered by a triangle.",
    "sr-gf2-spans-implies-q": "False from m = 7, d = 2 and 6 rows on: four inactive symbols, covered by a star.",
    "sr-gfp-agrees-with-q": (
        "False from m = 8, d = 3 and 8 rows on, for GF(3); GF(5) and GF(7) agree with Q up to m = 8."
    ),
    "sr-q-spans-implies-gfp": "False from m = 8, d = 3 and 8 rows on, for GF(3); true for GF(5) and GF(7) up to m = 8.",
    "sr-gfp-spans-implies-q": "False from m = 9, d = 2 and 8 rows on: five inactive symbols, covered by a star.",
}
"""What is known of each comparison of Q with GF(2), or with GF(3), GF(5) and GF(7): of any rows, and of receptions."""


def _compared(name: str, known: str) -> Conjecture[Case]:
    """Return the statement that its name makes; the smallest counterexample to the last of them has nine symbols."""
    code, two = name.startswith("sr-"), "gf2" in name
    fields, last = TWO if two else ODD, name == "sr-gfp-spans-implies-q"
    some, spans_it = (_CODE, "spans") if code else (_ROWS, "span")
    if "agrees" in name:
        test = _agree
        says = f"{some} {spans_it} 1 over {_ONE if two else _AND} iff {'it does' if code else 'they span it'} over Q."
    elif "q-spans" in name:
        test = _down
        says = f"{some} that {spans_it} 1 over Q {spans_it} it over {_ONE if two else _AND}."
    else:
        test = _up
        says = f"{some} that {spans_it} 1 over {_ONE if two else _OR} {spans_it} it over Q."
    domain = reduced_receptions(9 if last else 8) if code else rows()
    register = conjecture(says, domain, name=name, known=known, explain=explain_span("Q", *fields))
    return register(lambda case: test(case, fields))


globals().update({name.replace("-", "_"): _compared(name, known) for name, known in _COMPARED.items()})


# ----------------------------------------------------------------- the hitting-time law M' = max(m, CC), and its halves


@conjecture(
    "Unless a worker is complete, M' = max(m, CC): fewer than m rows do not span 1, m or more do iff they cover.",
    reduced_receptions(),
    source="ours",
    known="False for small m, in both directions; conjectured to hold with probability tending to 1.",
)
def hitting_time(case: Case) -> bool | None:
    """Test both halves."""
    if complete_worker(case):
        return None
    return spans(case) == (covered(case) and len(case.masks) >= case.symbols)


@conjecture(
    "Unless a worker is complete, M' >= max(m, CC): fewer than m rows do not span 1.",
    reduced_receptions(),
    source="ours",
    known="False: balanced kernel vectors (two symbols that always come together) spare a row.",
)
def spanning_needs_m_rows_unless_complete(case: Case) -> bool | None:
    """Test the early half."""
    return None if complete_worker(case) or len(case.masks) >= case.symbols else not spans(case)


@conjecture(
    "M' <= max(m, CC): m or more rows that cover all symbols span 1.",
    reduced_receptions(),
    source="ours",
    known="False: unbalanced kernel vectors of small support remain possible.",
)
def covering_m_rows_span(case: Case) -> bool | None:
    """Test the late half."""
    return spans(case) if covered(case) and len(case.masks) >= case.symbols else None


@conjecture(
    "Fewer than m rows of a sum-recovery code do not span 1.",
    reduced_receptions(),
    source="section III-B",
    known="False: a complete worker has 1 + (m - 1)/d rows.",
)
def spanning_needs_m_rows(case: Case) -> bool | None:
    """Test the early half without its exception."""
    return None if len(case.masks) >= case.symbols else not spans(case)
