"""Study of "Rateless Sum-Recovery Codes for Distributed Non-Linear Computations", section by section."""

from __future__ import annotations

from pathlib import Path

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

REFERENCE = {
    "booktitle": "2022 IEEE Information Theory Workshop (ITW)",
    "address": "Mumbai, India",
    "year": "2022",
    "url": "http://www.andrew.cmu.edu/user/gaurij/ITW2022.pdf",
}
"""Proceedings of the paper, and its full version, as the paper itself cites it."""

study = Study(
    title="Rateless Sum-Recovery Codes for Distributed Non-Linear Computations",
    authors=("Ankur Mallick", "Gauri Joshi"),
    cite=f"{REFERENCE['booktitle']}, {REFERENCE['address']}.",
    reference=REFERENCE,
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
    folder=Path(),  # the schemes that its figures are asked for are the reader's
    prefix="SR",
    modules=tuple(f"paper_checks.claims.{name}" for name in CLAIMS),
    figures=dict(FIGURES),
    tables=dict(TABLES),
    statements=statements,
)

study.highlight(
    "thm1",
    figure="bounds",
    title="A sharper form of Theorem 1",
    says=r"For exponential start-up delays, bound (5) is replaced by $t^* \le \tau(d + 1) + 0.4812/\mu$ for"
    r" $d \le m - 2$ (proved). Here $t^*$ is the time at which the expected number of received rows is $m$.",
)
study.highlight(
    "disc-open-1",
    figure="hitting",
    title="In the limit, covering rows suffice",
    says=r"Fix $\tau d$ and the distribution of the delays, which are unbounded, and let $d$ be of order $\ln m$. Then"
    r" $M' = \max(m, \mathrm{CC})$ with probability tending to 1 (proved), where $\mathrm{CC}$ is the number of rows"
    " at which every symbol is covered. At finite $m$ it fails in a fraction of the runs.",
)
study.highlight(
    "disc-open-2",
    figure="guarantee",
    title="Two-sided bounds at finite $m$",
    says="Given the number of rows from each worker, explicit first moments bound the probability of recovery from"
    " both sides, without the hitting-time law (proved). At the paper's parameters the first 1010 rows suffice with"
    r" probability 0.9169 to 0.9180, and $\mathrm{E}[T]$ lies between 0.705 and 0.713.",
)
study.highlight(
    "no-coding-gain",
    figure="streams",
    title="Codes save messages, not latency",
    says="If messages cost no time and the exact sum of arbitrary terms is required, no scheme is faster than the"
    " uncoded stream of its own evaluations, on any sample path (proved). A code can save messages, because the"
    " stream sends one for each evaluation.",
)
study.highlight(
    "disc-open-3",
    figure="decoding-cost",
    title=r"Peeling in $O(m \log m)$, for a modified code",
    says=r"If blocks are random terms of windows of neighbouring terms, $m + o(m)$ rows of $O(\ln m)$ terms peel in"
    r" $O(m \log m)$ with probability tending to 1 at a fixed load, by the same limiting time as SR codes under any"
    r" decoder but for exceptional delays (proved): the third question, asymptotically and for a modified code. The SR"
    r" code itself peels so for fixed $d$, $\tau$ and a continuous start-up distribution; for it, $d$ of order $\ln m$"
    r" and $m + o(m)$ rows stay open.",
)
