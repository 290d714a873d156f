"""A table with a cell of every kind and every character that some format must escape."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from srtheory.render.table import Column, Interval, Kind, Math, PlusMinus, Table
from srtheory.study.findings import Entry, Verdict

NASTY = r"50 % of a_i & b^2 | #1 ~ $x$ {y} \z <script>alert(1)</script> *x* `y` [1 0] \"q\" τ ≤ μ′ · m → ∞, -- x >= 2"


def table(text: str = NASTY, long: bool = False) -> Table:
    columns = (
        Column("text", "text & so on", width=0.17),
        Column("code", "code", Kind.CODE, width=0.1),
        Column("integer", Math("M′", "M'"), Kind.INTEGER),
        Column("fraction", "share", Kind.FRACTION),
        Column("number", "x_1", Kind.NUMBER, 2),
        Column("interval", "mean", Kind.INTERVAL, 3),
        Column("error", Math("T̄", r"\bar T"), Kind.ERROR, 2),
    )
    rows = (
        (text, "some_name-with-hyphens", 7, Fraction(1, 6), 1.5, Interval(0.714, 0.706, 0.721), PlusMinus(4.2, 0.05)),
        (Math("x²", "x^2"), "a", -12, Fraction(2), -3.14159, Interval(inf, None, None), PlusMinus(inf, inf)),
        (None, None, None, None, None, None, None),
    )
    return Table(f"sample-{long}", f"A caption: {text}", columns, rows, long)


def entries(text: str = NASTY) -> list[Entry]:
    """A ledger with every verdict."""
    evidence = {
        "how": text,
        "smallest": {"m": 3, "rows": "{1,2} {1,3}"},
        "smallest by d": {"1": None, "2": {"m": 5, "rows": "{1}"}},
        "points": {"m=1000": {"mean": [0.7123456789, 0.70, None], "exact": True, text: 3}},
        "list": [[1, 2], [3, 4]],
        "empty": {},
    }
    return [Entry(f"claim-{v.replace(' ', '-')}", "III-B, (3)", text, v, text, evidence, 100, 1) for v in Verdict]
