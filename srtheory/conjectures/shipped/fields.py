"""Dependence of spanning 1 on the field, for any 0/1 rows and for receptions of sum-recovery codes.

Rows that do not cover all symbols do not span 1 over any field, so they need no comparison.
"""

from __future__ import annotations

from collections.abc import Callable

from srtheory.conjectures.case import Case, covered, spans
from srtheory.conjectures.domains import reduced_receptions, rows
from srtheory.conjectures.evidence import explain_span
from srtheory.conjectures.levels import Domain
from srtheory.conjectures.registry import Conjecture, conjecture

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


def _compared(
    name: str,
    says: str,
    known: str,
    domain: Domain[Case],
    test: Callable[[Case, tuple[str, ...]], bool | None],
    fields: tuple[str, ...],
) -> Conjecture[Case]:
    register = conjecture(says, domain, name=name, known=known, explain=explain_span("Q", *fields))
    return register(lambda case: test(case, fields))


gf2_agrees_with_q = _compared(
    "gf2-agrees-with-q",
    "0/1 rows span 1 over GF(2) iff they span it over Q.",
    "False: the triangle 110, 101, 011 spans over Q only.",
    rows(),
    _agree,
    TWO,
)
q_spans_implies_gf2 = _compared(
    "q-spans-implies-gf2",
    "0/1 rows that span 1 over Q span it over GF(2).",
    "False: the triangle 110, 101, 011, of determinant -2.",
    rows(),
    _down,
    TWO,
)
gf2_spans_implies_q = _compared(
    "gf2-spans-implies-q",
    "0/1 rows that span 1 over GF(2) span it over Q.",
    "False: the star 1100, 1010, 1001, whose kernel vector 1, -1, -1, -1 has an even sum.",
    rows(),
    _up,
    TWO,
)
gfp_agrees_with_q = _compared(
    "gfp-agrees-with-q",
    "0/1 rows span 1 over GF(3), GF(5) and GF(7) iff they span it over Q.",
    "False: 1100, 1010, 1001, 0111, of determinant 3, spans over Q and not over GF(3).",
    rows(),
    _agree,
    ODD,
)
q_spans_implies_gfp = _compared(
    "q-spans-implies-gfp",
    "0/1 rows that span 1 over Q span it over GF(3), GF(5) and GF(7).",
    "False: 1100, 1010, 1001, 0111, of determinant 3.",
    rows(),
    _down,
    ODD,
)
gfp_spans_implies_q = _compared(
    "gfp-spans-implies-q",
    "0/1 rows that span 1 over GF(3), GF(5) or GF(7) span it over Q.",
    "False: the star with four leaves spans over GF(3), its kernel vector having the sum -3.",
    rows(),
    _up,
    ODD,
)
sr_gf2_agrees_with_q = _compared(
    "sr-gf2-agrees-with-q",
    "A reception of a sum-recovery code spans 1 over GF(2) iff it does over Q.",
    "False from m = 6, d = 2 and 6 rows on: three inactive symbols, covered by a triangle.",
    reduced_receptions(),
    _agree,
    TWO,
)
sr_q_spans_implies_gf2 = _compared(
    "sr-q-spans-implies-gf2",
    "A reception of a sum-recovery code that spans 1 over Q spans it over GF(2).",
    "False from m = 6, d = 2 and 6 rows on: three inactive symbols, covered by a triangle.",
    reduced_receptions(),
    _down,
    TWO,
)
sr_gf2_spans_implies_q = _compared(
    "sr-gf2-spans-implies-q",
    "A reception of a sum-recovery code that spans 1 over GF(2) spans it over Q.",
    "False from m = 7, d = 2 and 6 rows on: four inactive symbols, covered by a star.",
    reduced_receptions(),
    _up,
    TWO,
)
sr_gfp_agrees_with_q = _compared(
    "sr-gfp-agrees-with-q",
    "A reception of a sum-recovery code spans 1 over GF(3), GF(5) and GF(7) iff it does over Q.",
    "False from m = 8, d = 3 and 8 rows on, for GF(3); GF(5) and GF(7) agree with Q up to m = 8.",
    reduced_receptions(),
    _agree,
    ODD,
)
sr_q_spans_implies_gfp = _compared(
    "sr-q-spans-implies-gfp",
    "A reception of a sum-recovery code that spans 1 over Q spans it over GF(3), GF(5) and GF(7).",
    "False from m = 8, d = 3 and 8 rows on, for GF(3); true for GF(5) and GF(7) up to m = 8.",
    reduced_receptions(),
    _down,
    ODD,
)
sr_gfp_spans_implies_q = _compared(
    "sr-gfp-spans-implies-q",
    "A reception of a sum-recovery code that spans 1 over GF(3), GF(5) or GF(7) spans it over Q.",
    "False from m = 9, d = 2 and 8 rows on: five inactive symbols, covered by a star.",
    reduced_receptions(9),
    _up,
    ODD,
)
