"""The ledger as one self-contained HTML page: filters, evidence, figures, provenance."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from srtheory.report.checked_by import is_formal, kinds, statement
from srtheory.report.ledger import MEANING, Entry, Verdict

_FOLDER = Path(__file__).parent / "templates"
_PAGE = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)

SECTIONS = {
    "I": "Introduction",
    "II": "Preliminaries",
    "III": "Sum-recovery codes",
    "IV": "Theoretical analysis",
    "V": "Discussion",
    "VI": "Conclusion",
}
_PLACES = (
    (re.compile(r"Fig\. 1"), "III"),
    (re.compile(r"\(5\)|Theorem|Remark|after Theorem|(text on )?Fig\. 2"), "IV"),
    (re.compile(r"(III|II|IV|I|VI|V)\b"), ""),
)


@dataclass(frozen=True)
class Picture:
    """Title and SVG of a figure."""

    title: str
    svg: bytes

    @property
    def source(self) -> str:
        """A ``data:`` address, so that names in different pictures do not collide and no script in them runs."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode("ascii")


def section(where: str) -> str:
    """Return the section of the paper, a Roman numeral, of a place such as ``III-A, (2)``; empty if unknown."""
    for pattern, name in _PLACES:
        found = pattern.match(where)
        if found:
            return name or found[1]
    return ""


def as_html(
    entries: Sequence[Entry],
    pictures: Sequence[Picture],
    made_by: Mapping[str, str],
    environment: Environment = _PAGE,
    docs: str | None = None,
) -> str:
    """Return the page; the same ledger, pictures and provenance give the same bytes.

    Parameters
    ----------
    entries : sequence of Entry
        The ledger.
    pictures : sequence of Picture
        Figures to be shown inline; may be empty.
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
    known = {section(entry.where) for entry in entries}
    return environment.get_template("report.html.jinja").render(
        entries=[(entry, section(entry.where)) for entry in entries],
        counts=[(verdict, counts[verdict], MEANING[verdict]) for verdict in Verdict if counts[verdict]],
        sections={name: title for name, title in SECTIONS.items() if name in known},
        pictures=pictures,
        made_by=made_by,
        docs=docs,
        style=Markup((_FOLDER / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        fingerprint=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        shape=shape,
        show=show,
        kinds=kinds,
        statement=statement,
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
