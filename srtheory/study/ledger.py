"""The ledger, one entry per claim of the paper: as objects, Markdown, one self-contained HTML page, and tables."""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from srtheory.questions.base import plain_json
from srtheory.render.formulas import as_mathml
from srtheory.render.table import Column, Kind, Table
from srtheory.study.findings import (
    COMPUTATION,
    FLOATS,
    MEANING,
    OUTCOMES,
    REAL,
    SIMULATION,
    Entry,
    Statements,
    Unsettled,
    Verdict,
    is_formal,
    plain_evidence,
    rests_on_proof,
)
from srtheory.study.study import CLAIMS, ERRATA, Study

KINDS = {
    "Coq": "a theorem that Coq has checked",
    "formal theorem": "named by the study, and not looked up here",
    "proof": "a proof in docs/",
    "sketch": "a sketch of a proof there",
    COMPUTATION: "over the finite range that the evidence names, or in intervals with all errors bounded",
    FLOATS: "over the finite range that the evidence names, with rounding that nothing bounds",
    SIMULATION: "so many runs",
    REAL: "measured runs of real workers, on record in data/workers",
}
"""Kinds of support, in the order in which they are listed."""


def as_objects(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the ledger as plain objects, ready for JSON; ``sources`` only where there are any."""
    return [_object(entry) for entry in entries]


def _object(entry: Entry) -> dict[str, Any]:
    found = asdict(entry) | {"verdict": str(entry.verdict), "evidence": plain_evidence(entry.evidence)}
    return {name: plain_json(value) for name, value in found.items() if name != "sources" or entry.sources}


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


def kinds(checked_by: Sequence[str], statements: Statements) -> list[str]:
    """Return the kinds of support, keys of :data:`KINDS` in its order."""

    def kind(name: str) -> str:
        if is_formal(name):
            return "Coq" if statements else "formal theorem"  # a study with statements has a library that is checked
        return statements[name].kind if name in statements else name

    found = set(map(kind, checked_by))
    return [kind for kind in KINDS if kind in found]


def docs_from(out: Path, built: bool = False) -> str | None:
    """Return the path from there to docs/ of a checkout, or to the pages built from it, or None if there are none."""
    pages = Path(__file__).parents[2] / ("out/docs" if built else "docs")
    if not (pages / ("proofs/theorems.html" if built else "proofs/theorems.md")).exists():
        return None
    return Path(os.path.relpath(pages, out.resolve())).as_posix()


# --------------------------------------------------------------------------------------------------------- Markdown


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
    page = "theorem map" if docs is None else f"[theorem map]({docs}/proofs/theorems.md)"
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


def machine_checked(checked_by: Sequence[str], statements: Statements, docs: str | None) -> str:
    """Return in Markdown the formal theorems behind a verdict, and of which statements they are the whole or a part.

    The text is empty if the verdict rests on no proof, or if the study has no statements, so that no formal library has
    been looked up.
    """
    if not statements or not rests_on_proof(checked_by, statements):
        return ""
    found = []
    for name in checked_by:
        shown = in_markdown([name], statements, docs)
        if is_formal(name):
            found.append(shown)
        elif formal := statements[name].formal if name in statements else ():
            extent = "whole" if statements[name].kind == "Coq" else "in part"
            found.append(f"{shown} {extent} ({in_markdown(formal, statements, docs)})")
    return "; ".join(found) or "no part of the proofs"


def in_markdown(checked_by: Sequence[str], statements: Statements, docs: str | None) -> str:
    """Return the list in Markdown; statements are links if the path from the text to ``docs`` is known."""

    def show(name: str) -> str:
        if is_formal(name):
            return f"`{name}`"
        if name not in statements or docs is None:
            return name
        one = statements[name]
        return f"[{name}]({docs}/{one.page}.md#{one.slug})"

    return ", ".join(map(show, checked_by))


# ------------------------------------------------------------------------------------------------------------- HTML

_FOLDER = Path(__file__).parent / "templates"
PAGE = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
"""Templates of the report, which escape all text."""


@dataclass(frozen=True)
class Picture:
    """Title, SVG and name of a figure."""

    title: str
    svg: bytes
    name: str = ""

    @property
    def source(self) -> str:
        """A ``data:`` address, so that names in different pictures do not collide and no script in them runs."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode("ascii")


@dataclass(frozen=True)
class Card:
    """A highlight of the study with the entry of its claim, the number of this entry in the ledger, and its picture."""

    title: str
    says: str
    entry: Entry
    number: int
    picture: Picture | None


def cards(study: Study, entries: Sequence[Entry], pictures: Sequence[Picture]) -> list[Card]:
    """Return the cards of the highlights whose claims are in the ledger; a figure that is missing is left out."""
    numbered = {entry.id: (number, entry) for number, entry in enumerate(entries, 1)}
    named = {picture.name: picture for picture in pictures if picture.name}
    found = []
    for highlight in study.highlights:
        if highlight.claim in numbered:
            number, entry = numbered[highlight.claim]
            says = highlight.says or entry.correction or entry.finding
            found.append(Card(highlight.title, says, entry, number, named.get(highlight.figure)))
    return found


def as_html(
    study: Study,
    entries: Sequence[Entry],
    pictures: Sequence[Picture],
    made_by: Mapping[str, str],
    environment: Environment = PAGE,
    docs: str | None = None,
) -> str:
    """Return the page; the same ledger, pictures and provenance give the same bytes.

    The pictures are shown inline, in the cards of the study's highlights or behind the claims; ``made_by`` is the foot,
    by name. ``environment`` finds ``report.html.jinja`` and escapes the data. Statements are links to the pages that
    ``make docs`` builds if the address of their folder, ``docs``, relative to the report, is known.
    """
    style, script = ((_FOLDER / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    counts = Counter(entry.verdict for entry in entries)
    placed = [(entry, study.section(entry.where)) for entry in entries]
    sections = {section for _, section in placed}
    highlights = cards(study, entries, pictures)
    on_cards = [card.picture for card in highlights]
    return environment.get_template("report.html.jinja").render(
        study=study,
        entries=placed,
        summary=summary(entries),
        outcomes=outcomes(entries),
        verdicts={verdict: counts[verdict] for verdict in Verdict if counts[verdict]},
        meaning=MEANING,
        cards=highlights,
        sections={name: title for name, title in study.titles.items() if name in sections},
        pictures=[picture for picture in pictures if picture not in on_cards],
        made_by=made_by,
        docs=docs,
        style=Markup(style),
        script=Markup(script),
        fingerprint=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        shape=shape,
        typeset=lambda text: Markup(as_mathml(str(text))),
        show=show,
        kinds=lambda checked_by: kinds(checked_by, study.supports),
        statement=study.supports.get,
        is_formal=is_formal,
    )


def shape(value: Any) -> str:
    """Return the layout of evidence: ``mapping``, ``list`` (of structured items) or ``plain``."""
    if isinstance(value, Mapping) and value:
        return "mapping"
    if isinstance(value, list | tuple) and any(isinstance(v, Mapping | list | tuple) for v in value):
        return "list"
    return "plain"


def show(value: Any) -> str:
    """Return plain evidence as text: six digits, a list on one line."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case list() | tuple():
            return "[" + ", ".join(show(v) for v in value) + "]"
        case Mapping():
            return "nothing"
    return str(value)


# ----------------------------------------------------------------------------------------------------------- tables

CORRECTED = (Verdict.REFINED, Verdict.REFUTED)


def claims_table(study: Study, entries: Sequence[Entry]) -> Table:
    """Return all entries of a ledger."""
    more = Column("finding", "finding", width=0.24), Column("checked_by", "checked by", width=0.11)
    columns, known = (*_columns(0.10, 0.16, 0.12), *more), study.supports
    rows = tuple((*_cells(e), e.finding, ", ".join(kinds(e.checked_by, known))) for e in entries)
    return Table("claims", f"Claims of {study.named} and what the evidence says of them.", columns, rows, long=True)


def errata_table(study: Study, entries: Sequence[Entry]) -> Table:
    """Return the refined and refuted entries of a ledger, with the smallest counterexamples in their evidence.

    A claim whose check failed is in the table, too, since it may need a correction.
    """
    more = (
        Column("correction", "what holds", width=0.25),
        Column("counterexample", "smallest counterexample", width=0.13),
    )
    chosen = [entry for entry in entries if entry.verdict in CORRECTED or isinstance(entry, Unsettled)]
    rows = tuple((*_cells(e), e.correction or e.finding, counterexample(e)) for e in chosen)
    caption = f"Claims of {study.named} that need a correction, with the smallest counterexamples."
    if any(isinstance(entry, Unsettled) for entry in chosen):
        caption += " A claim whose check failed is open."
    if not rows:
        caption = f"No claim of {study.named} needs a correction."
    return Table("errata", caption, (*_columns(0.08, 0.17, 0.09), *more), rows, long=True)


def _columns(where: float, claim: float, verdict: float) -> tuple[Column, ...]:
    return (
        Column("id", "claim", Kind.CODE, width=0.15),
        Column("where", "where", width=where),
        Column("claim", "the paper says", width=claim),
        Column("verdict", "verdict", width=verdict),
    )


def _cells(entry: Entry) -> tuple[str, ...]:
    return entry.id, entry.where, entry.claim, str(entry.verdict)


def counterexample(entry: Entry) -> str | None:
    """Return the smallest counterexample in the evidence, or None if it shows no counterexample."""
    smallest = {name: value for name, value in entry.evidence.items() if name.split()[:1] == ["smallest"]}
    found = {name.removeprefix("smallest").strip(): _flat(value) for name, value in smallest.items()}
    return "; ".join(f"{name}: {value}" if name else value for name, value in found.items()) or None


def _flat(value: Any) -> str:
    """Return nested evidence on one line; an example is its rows and the number m of its columns."""
    if isinstance(value, Mapping) and {"m", "rows"} <= set(value):
        return f"$m = {value['m']}$: {value['rows']}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_flat(inner)}" for name, inner in value.items() if inner is not None)
    return str(value)


OF_CLAIMS: dict[str, tuple[str, Callable[[Study, Sequence[Entry]], Table]]] = {
    CLAIMS: ("the paper's claims and their verdicts", claims_table),
    ERRATA: ("claims refined or refuted: what holds, and the smallest counterexamples", errata_table),
}
"""Tables that every study has: what each shows, and its function of the ledger."""
