"""The ledger as one self-contained HTML page: summary, cards, claims with filters and evidence, figures, provenance."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from srtheory.render.formulas import as_mathml
from srtheory.study.checked_by import is_formal, kinds
from srtheory.study.findings import MEANING, Entry, Verdict
from srtheory.study.ledger import outcomes, summary
from srtheory.study.study import Study

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

    Parameters
    ----------
    study : Study
        The study.
    entries : sequence of Entry
        Its ledger.
    pictures : sequence of Picture
        Figures to be shown inline, in the cards of the study's highlights or behind the claims; may be empty.
    made_by : mapping
        Entries of the foot, by name.
    environment : jinja2.Environment
        Jinja environment that finds ``report.html.jinja`` and escapes the data.
    docs : str, optional
        Address of the folder of the pages that ``make docs`` builds, relative to the report: statements are linked to
        them. None means no such pages, and no links.
    """
    script = (_FOLDER / "report.js").read_text(encoding="utf-8")
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
        style=Markup((_FOLDER / "report.css").read_text(encoding="utf-8")),
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
