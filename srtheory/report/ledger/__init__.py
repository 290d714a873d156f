"""The ledger: one entry per claim of the paper, as objects, as JSON and as Markdown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from srtheory.report.checked_by import in_markdown


class Verdict(StrEnum):
    """Conclusion from the evidence on a claim; the words are the ledger's vocabulary."""

    PROVED = "proved"
    VERIFIED = "verified"
    SUPPORTED = "supported"
    REFINED = "refined"
    REFUTED = "refuted"
    NOT_REPRODUCED = "not reproduced"
    OPEN = "open"


MEANING = {
    Verdict.PROVED: "an exact computation or a checked proof settles it for all parameters",
    Verdict.VERIFIED: "exact, for the stated finite range",
    Verdict.SUPPORTED: "Monte Carlo, with trials, interval and stopping rule",
    Verdict.REFINED: "true, but a sharper or corrected statement holds",
    Verdict.REFUTED: "false as stated: the smallest counterexample is shown",
    Verdict.NOT_REPRODUCED: "the described experiment does not give it",
    Verdict.OPEN: "not settled: evidence on both sides",
}


@dataclass(frozen=True)
class Entry:
    """One row of the ledger.

    Attributes
    ----------
    id, where, claim : str
        Id of the claim, its place in the paper, and its text.
    verdict : Verdict
    finding : str
        One sentence for the reader.
    evidence : mapping
        ``how`` it was settled (with the stopping rule where there are trials), and the numbers, by name.
    trials : int or None
        Monte Carlo trials behind the verdict, None where it rests on none.
    seed : int or None
        Their seed.
    checked_by : sequence of str
        Support of the verdict; see :mod:`srtheory.report.checked_by`.
    """

    id: str
    where: str
    claim: str
    verdict: Verdict
    finding: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    trials: int | None = None
    seed: int | None = None
    checked_by: Sequence[str] = ()


def as_objects(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the ledger as plain objects, ready for JSON."""
    return [_finite(asdict(entry)) | {"verdict": str(entry.verdict)} for entry in entries]


def _finite(value: Any) -> Any:
    """Return the same with None for infinities and NaN, which JSON lacks (a mean over runs that never recover)."""
    if isinstance(value, Mapping):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_markdown(entries: Sequence[Entry], heading: str, docs: str | None = None) -> str:
    """Return the ledger as a Markdown page: a table of verdicts, then each finding with its evidence.

    If the path from the page to ``docs`` is known, it links to the statements there.
    """
    counts = Counter(entry.verdict for entry in entries)
    lines = [f"# {heading}", ""]
    lines += [f"- **{v}** ({counts[v]}): {MEANING[v]}" for v in Verdict if counts[v]]
    lines += ["", "| id | where | verdict | finding | checked by |", "|---|---|---|---|---|"]
    for e in entries:
        checked = in_markdown(e.checked_by, docs) or "–"
        lines.append(f"| `{e.id}` | {e.where} | {e.verdict} | {_cell(e.finding)} | {checked} |")
    lines += ["", *_about(docs)]
    for entry in entries:
        lines += ["", f"## {entry.id}", "", f"*{entry.where}*: {entry.claim}", ""]
        lines += [f"**{entry.verdict}.** {entry.finding}", ""]
        lines += [f"- {name}: {_show(value)}" for name, value in entry.evidence.items()]
        if entry.trials is not None:
            lines.append(f"- trials {entry.trials}, seed {entry.seed}")
    return "\n".join(lines) + "\n"


def _about(docs: str | None) -> list[str]:
    """Return the text of the column "checked by"."""
    page = "theorem map" if docs is None else f"[theorem map]({docs}/theorems.md)"
    return [
        f"*Checked by*: statements of the {page}, which says how each is known; names in code are theorems of proofs/,",
        "checked by Coq. What a verdict rests on is declared beside its claim and does not depend on the run.",
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _show(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{k}: {_show(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_show(v) for v in value) + "]"
    return str(value)
