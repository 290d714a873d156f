"""The theorem map: what each statement of docs/proofs/ rests on, and how it is known.

The pages themselves are the source.  A statement is a heading of one of :data:`PAGES` whose text has a line

    Rests on: Theorem 1, [theory 4.2](theory.md#42-closed-form-proved).

with the statements that its definition or proof uses, or ``Rests on: nothing before it.`` Its status is read from its
text: a proof ends with ∎, a sketch of one begins with ``*Sketch.*``, a line ``Checked by machine:`` names the formal
theorems that are the whole statement, ``Checked by machine for …:`` and ``Of this, checked by machine:`` those that are
a case or a part of it. For all others, ``Known as: measured.`` before ``Rests on:`` states it, in the words of
:class:`Known`.

``python -m paper_checks.theorem_page`` stores the map in data/theorems, which an installed package contains.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import networkx as nx

from srtheory.environment import on_record
from srtheory.errors import ArgumentError

PAGES = {
    "exactness": "Why the verdicts are exact",
    "theory": "Exact laws of coverage and latency",
    "spanning": "When do the received rows span 1?",
    "hitting_time": "The hitting-time law, measured",
    "floor": "A floor under every scheme",
    "intervals": "Interval codes",
    "decoding": "Peeling, and the third question",
    "coupled": "Coupled blocks: m + o(m) rows by peeling",
}
RECORD = "theorems/map.json"


class Known(StrEnum):
    """Status of a statement, from the most certain to the least, definitions aside."""

    DEFINITION = "definition"
    MACHINE = "machine-checked"
    CASE = "proved on paper; in part machine-checked"
    PAPER = "proved on paper"
    SKETCH = "proof sketched"
    COMPUTED = "computed rigorously"
    MEASURED = "measured"
    CONJECTURE = "conjecture"
    OPEN = "open"


MEANING = {
    Known.DEFINITION: "fixes words and hypotheses, and needs no proof beyond what the page gives",
    Known.MACHINE: "the whole statement is a theorem of proofs/, which Coq's kernel has checked",
    Known.CASE: "the page has a proof, and Coq has checked a case or a part, which the page names",
    Known.PAPER: "the page has a complete proof, read by people only",
    Known.SKETCH: "the page has the idea of a proof, not all of it",
    Known.COMPUTED: "numbers or formulas that a program finds exactly, or encloses with all its errors bounded",
    Known.MEASURED: "seen in a stated number of simulated runs, or in comparisons, without proof",
    Known.CONJECTURE: "believed, by heuristics that the page gives",
    Known.OPEN: "a question that these pages do not answer",
}
PROVED = {Known.DEFINITION, Known.MACHINE, Known.CASE, Known.PAPER}

_HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)
_NAMED = re.compile(
    r"(?P<section>\d+)\. |(?P<number>\d+\.\d+) |"
    r"(?P<word>(?:Definition|Lemma|Proposition|Theorem|Corollary|Conjecture|Question) [\dA-Z.]+′?)"
)
_RESTS = re.compile(r"^(?:Known as: ([^.]+)\. )?Rests on: (.+)\.$")
_LINK = re.compile(r"\[([^\]]+)\]\((\w+)\.md#[\w-]+\)")
_CHECKED = re.compile(r"^(Checked by machine:|(?:Of this, c|C)hecked by machine)")
_TAG = re.compile(r"\{coq\}`([\w'.]+)`")


@dataclass(frozen=True)
class Statement:
    """A statement of docs/proofs/."""

    page: str
    name: str
    """Its page of docs/proofs/, ``spanning``, and its name there: ``Theorem 1``, ``4.2``, ``section 5``,
    or its heading."""
    heading: str
    section: str
    """Its heading, and that of the section that it belongs to."""
    known: Known
    rests: tuple[str, ...]
    """Keys of the statements that it rests on."""
    formal: tuple[str, ...]
    tests: tuple[str, ...]
    """The theorems of proofs/ and the tests that check it."""

    @property
    def key(self) -> str:
        """Page and name, by which other statements refer to it: ``spanning Theorem 1``."""
        return f"{self.page} {self.name}"

    @property
    def slug(self) -> str:
        """Slug of its heading in Markdown, as GitHub makes it."""
        return re.sub(r"[^\w -]", "", self.heading.lower()).replace(" ", "-")

    @property
    def anchor(self) -> str:
        """Anchor of its heading in the built page, as docutils makes it."""
        plain = unicodedata.normalize("NFKD", self.heading.lower()).encode("ascii", "ignore").decode()
        return re.sub(r"^[-\d]+|-+$", "", re.sub(r"[^a-z0-9]+", "-", plain))


def theorem_map(pages: Mapping[str, str]) -> nx.DiGraph:
    """Return the map of these pages, by name and text.

    Returns
    -------
    networkx.DiGraph
        Its nodes are the keys of statements, each with its ``statement``; an edge goes from what a statement rests on
        to the statement.
    """
    found = [(statement, block) for page, text in pages.items() for statement, block in _statements(page, text)]
    graph = graph_of(statement for statement, _ in found)
    labels = {f"{s.page} ({label})": s.key for s, block in found for label in _LABEL.findall(block)}
    for statement, block in found:
        used = _used(statement, block, set(graph)) | _assumed(statement, block, labels)
        for missing in sorted(used - {*statement.rests, statement.key}):
            raise ArgumentError(statement.key, missing, "listed among what it rests on, as its proof uses it")
    return graph


def graph_of(statements: Iterable[Statement]) -> nx.DiGraph:
    """Return the graph of these statements; see :func:`theorem_map`."""
    graph = nx.DiGraph()
    for statement in statements:
        if statement.key in graph:
            raise ArgumentError("statement", statement.key, "the only one of its name")
        graph.add_node(statement.key, statement=statement)
    for statement in list_of(graph):
        for other in statement.rests:
            if other not in graph:
                raise ArgumentError(statement.key, other, "a statement of these pages")
            if statement.known in PROVED and graph.nodes[other]["statement"].known not in PROVED:
                raise ArgumentError(statement.key, other, f"proved, as it is called {statement.known} and rests on it")
            graph.add_edge(other, statement.key)
    if not nx.is_directed_acyclic_graph(graph):
        circle = " > ".join(a for a, _ in nx.find_cycle(graph))
        raise ArgumentError("statements", circle, "statements of which none rests on itself")
    return graph


def list_of(graph: nx.DiGraph) -> list[Statement]:
    """Return the statements of a map in the order of the pages."""
    return [statement for _, statement in graph.nodes(data="statement")]


def written(graph: nx.DiGraph) -> str:
    """Return the map as JSON, a list of its statements."""
    return json.dumps([asdict(statement) for statement in list_of(graph)], indent=1, ensure_ascii=False) + "\n"


@cache
def recorded(path: Path | None = None) -> nx.DiGraph:
    """Return the stored map."""
    lines = json.loads((path or on_record(RECORD)).read_text(encoding="utf-8"))
    return graph_of(_read(**line) for line in lines)


def _read(known: str, rests: list[str], formal: list[str], tests: list[str], **names: str) -> Statement:
    return Statement(**names, known=Known(known), rests=tuple(rests), formal=tuple(formal), tests=tuple(tests))


def _statements(page: str, text: str) -> Iterator[tuple[Statement, str]]:
    """Return the statements of a page, each with its text."""
    starts = [*_HEADING.finditer(text)]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    section = ""
    for start, end in zip(starts, ends, strict=True):
        level, heading = start.groups()
        section = heading if level == "##" else section
        block = text[start.end() : end]
        named = _NAMED.match(heading)
        name = _name(heading, named)
        paragraphs = [" ".join(part.split()) for part in block.split("\n\n")]
        said = [match for part in paragraphs if (match := _RESTS.match(part))]
        if not said and ((named and not named["section"]) or "{coq}" in block or "Rests on:" in block):
            raise ArgumentError(f"{page} {name}", heading, "followed by a line 'Rests on: ….' of its own")
        for match in said:
            formal = {tag: None for part in paragraphs if _CHECKED.match(part) for tag in _TAG.findall(part)}
            tests = dict.fromkeys(re.findall(r"`(test_\w+)`", block))
            known = _known(f"{page} {name}", match[1], block, paragraphs)
            rests = tuple(_keys(page, match[2]))
            yield Statement(page, name, heading, section, known, rests, tuple(formal), tuple(tests)), block


def _name(heading: str, named: re.Match[str] | None) -> str:
    if named is None:
        return heading
    return f"section {named['section']}" if named["section"] else named["number"] or named["word"]


def _known(key: str, said: str | None, block: str, paragraphs: list[str]) -> Known:
    if said is not None:
        if said not in list(Known) or said in PROVED - {Known.DEFINITION}:
            raise ArgumentError(key, said, "one of the words for what is not proved")
        return Known(said)
    checked = {match[1] for part in paragraphs if (match := _CHECKED.match(part))}
    if "Checked by machine:" in checked:
        return Known.MACHINE
    if "∎" not in block:
        raise ArgumentError(key, "its text", "a proof that ends with ∎, or followed by 'Known as: ….'")
    if "*Sketch.*" in block:
        return Known.SKETCH
    return Known.CASE if checked else Known.PAPER


def _keys(page: str, listed: str) -> Iterator[str]:
    """Return the keys in a list of statements, in which those of other pages are links."""
    if listed == "nothing before it":
        return
    for item in listed.split(", "):
        link = _LINK.fullmatch(item)
        if link and not link[1].startswith(f"{link[2]} "):
            raise ArgumentError(page, item, "a link whose text begins with the name of its page")
        yield link[1] if link else f"{page} {item}"


_ASIDE = re.compile(r"\$\$.+?\$\$|\$[^$]+\$|`[^`]+`", re.DOTALL)
_ELSEWHERE = re.compile(r"docs/proofs/(\w+)\.md, (?:section )?([\w.]+ ?[\w.]*)")
_ONE = r"(?:\d+(?:\.\d+)?|[A-Z]\d?)′?(?!\w)"
_LABEL = re.compile(r"\*\*\((\w+)\)\*\*")
"""Label of a hypothesis that a statement names, as **(R)**."""
_WORDS = re.compile(
    rf"(Theorem|Lemma|Proposition)s? ({_ONE}(?:(?<=s \d)(?:, \d| and \d)+)?)|(Corollar)(?:y|ies) ({_ONE})|section (\d+)"
)


def _used(statement: Statement, block: str, keys: set[str]) -> set[str]:
    """Return the statements a proof names: by link, word and number, number if the page has no words, or section."""
    text = _ASIDE.sub(" ", " ".join(_proof(block).split()))
    found = {name for name, page in _LINK.findall(text) if name.startswith(f"{page} ")}
    text = _LINK.sub(" ", text)
    found |= {
        f"{page} {name}"
        for page, place in _ELSEWHERE.findall(text)
        for name in (place.rstrip("."), place.split()[0].rstrip("."), f"section {place.split()[0].rstrip('.')}")
    }
    text = _ELSEWHERE.sub(" ", text)
    for word, numbers, corollary, number, section in _WORDS.findall(text):
        kind = word or (corollary and f"{corollary}y") or "section"
        found |= {f"{statement.page} {kind} {n}" for n in re.findall(_ONE, numbers or number or section)}
    found |= {f"{statement.page} {n}" for n in re.findall(r"(?<![\w.])\d\.\d(?![\w%])", text)}
    found |= {key for key in keys if key.startswith(f"{statement.page} The ") and key.split(" The ")[1] in text}
    return found & keys


def _assumed(statement: Statement, block: str, labels: Mapping[str, str]) -> set[str]:
    """Return the statements whose hypotheses, by label, a statement or its proof uses."""
    text = block[: block.rfind("∎") + 1]
    return {labels[key] for label in re.findall(r"\(\w+\)", text) if (key := f"{statement.page} {label}") in labels}


def _proof(block: str) -> str:
    """Return the text from the start of a proof or sketch, or else from the beginning, to its last ∎."""
    text = block[: block.rfind("∎") + 1]
    begins = re.search(r"\*(?:Proof|Sketch)\b", text)
    return text[begins.start() if begins else 0 :]
