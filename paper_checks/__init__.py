"""Study of "Rateless Sum-Recovery Codes for Distributed Non-Linear Computations", section by section."""

from __future__ import annotations

from paper_checks.figures import ENTRIES as FIGURES
from paper_checks.parameters import PAPER
from paper_checks.tables import ENTRIES as TABLES
from paper_checks.theorems import statements
from srtheory.study.study import Study

CLAIMS = (
    "encoding",
    "decoding",
    "gradient",
    "advantages",
    "latency",
    "coverage",
    "figures",
    "discussion",
    "streaming",
    "cited",
    "applications",
)

study = Study(
    title="Rateless Sum-Recovery Codes for Distributed Non-Linear Computations",
    authors=("Ankur Mallick", "Gauri Joshi"),
    cite="2022.",
    sections={
        "I": "Introduction",
        "II": "Preliminaries",
        "III": "Sum-recovery codes",
        "IV": "Theoretical analysis",
        "V": "Discussion",
        "VI": "Conclusion",
    },
    places={
        r"Fig\. 1": "III",
        r"\(5\)|Theorem|Remark|after Theorem|(text on )?Fig\. 2": "IV",
    },
    at=PAPER,
    prefix="SR",
    modules=tuple(f"paper_checks.claims.{name}" for name in CLAIMS),
    figures=dict(FIGURES),
    tables=dict(TABLES),
    statements=statements,
)
