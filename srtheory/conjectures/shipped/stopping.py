"""Stopping of a run of a sum-recovery code: the hitting-time law M' = max(m, CC) and its two halves.

M' > k iff the first k rows do not span 1, and the first k rows of a run are a reception. So M' = max(m, CC) fails for
some run iff some reception of n rows spans with n < m (M' is early), or covers all symbols without spanning although n
>= m (M' is late). This is a statement about receptions as sets.
"""

from __future__ import annotations

from srtheory.conjectures.case import Case, complete_worker, covered, spans
from srtheory.conjectures.domains import reduced_receptions
from srtheory.conjectures.registry import conjecture


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
