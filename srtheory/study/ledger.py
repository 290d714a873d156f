"""The ledger: one entry per claim of the paper, as objects, as JSON and as Markdown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from srtheory.study.checked_by import Statements, in_markdown, machine_checked
from srtheory.study.findings import MEANING, OUTCOMES, Entry, Verdict


def as_objects(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the ledger as plain objects, ready for JSON; ``sources`` only where there are any."""
    return [_object(entry) for entry in entries]


def _object(entry: Entry) -> dict[str, Any]:
    found = _plain(asdict(entry)) | {"verdict": str(entry.verdict)}
    return found if entry.sources else {name: value for name, value in found.items() if name != "sources"}


def _plain(value: Any) -> Any:
    """Return the same as JSON has it: None for infinities and NaN (runs that never end)."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)


@dataclass(frozen=True)
class Outcome:
    """Number of claims with one result, in words, and the number of each of their verdicts."""

    count: int
    says: str
    verdicts: Mapping[Verdict, int]


def outcomes(entries: Sequence[Entry]) -> list[Outcome]:
    """Return how many claims hold, need a correction, and so on; nothing of what no claim does."""
    counts = Counter(entry.verdict for entry in entries)
    found = []
    for one, more, verdicts in OUTCOMES:
        its = {verdict: counts[verdict] for verdict in verdicts if counts[verdict]}
        if its:
            found.append(Outcome(sum(its.values()), one if sum(its.values()) == 1 else more, its))
    return found


def summary(entries: Sequence[Entry]) -> str:
    """Return the outcomes in a sentence."""
    parts = [f"{outcome.count} {outcome.says}" for outcome in outcomes(entries)]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"Of {len(entries)} claim{'' if len(entries) == 1 else 's'}, {listed}."


def as_markdown(entries: Sequence[Entry], heading: str, statements: Statements, docs: str | None = None) -> str:
    """Return the ledger as a Markdown page: a table of verdicts, then each finding with its evidence.

    If the path from the page to ``docs`` is known, it links to the statements there.
    """
    counts = Counter(entry.verdict for entry in entries)
    lines = [f"# {heading}", "", summary(entries), ""]
    lines += [f"- **{v}** ({counts[v]}): {MEANING[v]}" for v in Verdict if counts[v]]
    lines += ["", "| id | where | verdict | finding | checked by |", "|---|---|---|---|---|"]
    for e in entries:
        checked = in_markdown(e.checked_by, statements, docs) or "–"
        lines.append(f"| `{e.id}` | {_cell(e.where)} | {e.verdict} | {_cell(e.finding)} | {checked} |")
    lines += ["", *_about(docs)] if statements else []
    for entry in entries:
        formal = machine_checked(entry.checked_by, statements, docs)
        lines += ["", f"## {entry.id}", "", f"*{entry.where}*: {entry.claim}", ""]
        lines += [f"**{entry.verdict}.** {entry.finding}", ""]
        lines += [f"Correction: {entry.correction}", ""] if entry.correction else []
        lines += [f"Machine-checked: {formal}.", ""] if formal else []
        lines += [f"- {name}: {_show(value)}" for name, value in entry.evidence.items()]
        if entry.trials is not None:
            lines.append(f"- trials {entry.trials}, seed {entry.seed}")
        lines += [f"- {name} of SHA-256 {digest}" for name, digest in entry.sources.items()]
    return "\n".join(lines) + "\n"


def _about(docs: str | None) -> list[str]:
    """Return the text of the column "checked by"."""
    page = "theorem map" if docs is None else f"[theorem map]({docs}/theorems.md)"
    return [
        f"*Checked by*: statements of the {page}, which says how each is known; names in code are theorems of proofs/,",
        "checked by Coq. What a verdict rests on is declared beside its claim and does not depend on the run.",
        "If a verdict rests on a proof, the line *Machine-checked* below names the theorems of proofs/ behind it, and",
        "the statements of which they are the whole or a part.",
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _show(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{k}: {_show(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_show(v) for v in value) + "]"
    return str(value)
