"""The theorem map: read off the pages, without circles, and what is committed is what the pages say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import unescape

import networkx as nx
import pytest

from paper_checks import deep
from paper_checks.figures.theorems import GROUPS, LOOKS, arrange, draw, group, label
from paper_checks.theorem_page import ledger, page, read_pages
from paper_checks.theorems.map import MEANING, PROVED, RECORD, Known, list_of, recorded, theorem_map, written
from srtheory.errors import ArgumentError
from srtheory.render.formulas import as_unicode
from srtheory.study.findings import Entry, Verdict

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(read_pages(DOCS))


@pytest.fixture(scope="module")
def graph(pages: dict[str, str]) -> nx.DiGraph:
    return theorem_map(pages)


def known(graph: nx.DiGraph, key: str) -> Known:
    return graph.nodes[key]["statement"].known


def test_every_statement_tag_test_and_link_of_the_pages_is_there(pages: dict[str, str], graph: nx.DiGraph) -> None:
    numbered = r"^### (\d\.\d|(?:Lemma|Proposition|Theorem|Corollary|Question) [\dA-Z.]+′?) "
    for name, text in pages.items():
        found = re.findall(numbered, text, re.MULTILINE)
        assert found
        assert [key for key in (f"{name} {each}" for each in found) if key not in graph] == []
        of_page = [s for s in list_of(graph) if s.page == name]
        assert {tag for s in of_page for tag in s.formal} == set(re.findall(r"\{coq\}`([\w'.]+)`", text))
        assert {test for s in of_page for test in s.tests} <= set(re.findall(r"test_\w+", text))
        for words, page_of, slug in re.findall(r"\[([^\]]+)\]\((\w+)\.md#([\w-]+)\)", text):
            statement = graph.nodes[" ".join(words.split())]["statement"]
            assert (statement.page, statement.slug) == (page_of, slug)
    assert len(graph) > 100
    assert nx.is_directed_acyclic_graph(graph)


def test_what_is_proved_rests_on_nothing_that_is_not(graph: nx.DiGraph) -> None:
    for statement in list_of(graph):
        if statement.known in PROVED:
            assert {known(graph, key) for key in nx.ancestors(graph, statement.key)} <= PROVED
    assert set(MEANING) == set(LOOKS) == set(Known)  # and each has a look that is its own without colours
    assert len({(shape, width, pattern) for shape, _, _, width, pattern in LOOKS.values()}) == len(Known)


RESTS, NEXT = "Rests on: Corollary 1.3, Corollary 1.4.", ".\n\n### Lemma 1.2"
REFUSED = {
    "a reference to nothing": ("spanning", RESTS, "Rests on: Corollary 1.33."),
    "a page that is none": ("theory", "Rests on: [spanning Rows](spanning.md#rows).", "Rests on: [a Rows](a.md#rows)."),
    "an omission": ("spanning", RESTS, "Rests on: Corollary 1.3."),
    "an omission, by number": ("exactness", "Rests on: section 2, 2.1, 2.3, 2.5.", "Rests on: section 2, 2.1, 2.3."),
    "an omission, from a list": ("spanning", "$p(eLp/w_2)^{w_2 z/L} \\le pe^{0.1z}$", "$x$ by Lemmas 1 and 4"),
    "a circle": ("spanning", f"Rests on: section 1{NEXT}", f"Rests on: section 1, Theorem 1.5{NEXT}"),
    "nothing said": ("spanning", RESTS, ""),
    "a word of its own": ("hitting_time", "conjecture. Rests on: 3.1.\n\n### 3.3", "clear. Rests on: 3.1.\n\n### 3.3"),
    "a proof by decree": ("spanning", "Known as: proof sketched.", "Known as: machine-checked."),
    "a name that is taken": ("exactness", "### 2.3 Independent rows", "### 2.2 Independent rows"),
}


@pytest.mark.quality
@pytest.mark.parametrize("what", REFUSED)
def test_a_page_with_a_mistake_is_refused(pages: dict[str, str], what: str) -> None:
    name, old, new = REFUSED[what]
    assert pages[name].count(old) == 1
    with pytest.raises(ArgumentError):
        theorem_map({**pages, name: pages[name].replace(old, new)})


def without(text: str, heading: str, part: str) -> str:
    """A page without what matches, in the statement of that heading."""
    start = re.search(rf"^### {re.escape(heading)}(?![.\w])", text, re.MULTILINE).start()
    return text[:start] + re.sub(part, "", text[start:], count=1, flags=re.DOTALL)


TAGS = r"Checked by machine:.*?\.\n\n"


@pytest.mark.quality
def test_a_statement_without_its_tag_or_proof_is_known_otherwise(pages: dict[str, str]) -> None:
    page = pages["spanning"]
    for heading, tags in (("Theorem A", TAGS), ("Corollary A2", r"Of this, checked by machine,.*?\.\n\n")):
        untagged = theorem_map({**pages, "spanning": without(page, heading, tags)})
        assert known(untagged, f"spanning {heading}") == Known.PAPER
    unproved = without(page, "Theorem 5", r"\*Proof\.\*.*? ∎")
    with pytest.raises(ArgumentError, match="a proof that ends with ∎"):
        theorem_map({**pages, "spanning": unproved})
    unchecked = without(without(page, "Theorem A", TAGS), "Theorem A", r"\*Proof\.\*.*? ∎")
    with pytest.raises(ArgumentError, match="a proof that ends with ∎"):
        theorem_map({**pages, "spanning": unchecked})


def test_the_record_and_the_page_are_what_the_pages_say(graph: nx.DiGraph) -> None:
    """If not: python -m paper_checks.theorem_page docs data/theorems."""
    assert (ROOT / "data" / RECORD).read_text(encoding="utf-8") == written(graph)
    assert (DOCS / "proofs" / "theorems.md").read_text(encoding="utf-8") == page(graph)
    assert list_of(recorded()) == list_of(graph)
    assert set(recorded().edges) == set(graph.edges)


@pytest.mark.quality
def test_a_claim_is_counted_once_by_the_least_checked_of_its_proofs(graph: nx.DiGraph) -> None:
    """Machine-checked whole, in part, on paper only, and no proof: a definition and a question are none."""

    def counted(entries: list[Entry]) -> dict[str, list[int]]:
        """The first table of the ledger's part: by verdict, the claims, and how many rest on what."""
        table = ledger(graph, entries).split("\n\n")[2].splitlines()[2:]
        rows = (re.split(r" ?\| ?", row) for row in table)
        return {verdict: [int(n) for n in numbers] for _, verdict, *numbers, _ in rows}

    entries = deep.read()
    for verdict, (claims, *parts) in counted(entries).items():
        assert claims == sum(parts) == sum(str(entry.verdict) == verdict for entry in entries)
    for checked_by, column in (
        *((["Errata.gf2_not_q", "exactness 1.1", "simulation"], 1), (["Errata.gf2_not_q", "theory 3.2"], 2)),
        *((["exactness 4.4"], 2), (["theory 3.2", "simulation"], 3)),
        (["spanning Rows", "simulation", "spanning Question 1"], 4),
    ):
        one = replace(entries[0], verdict=Verdict.REFINED, checked_by=checked_by)
        assert counted([one])["refined"] == [1, *(int(i == column) for i in range(1, 5))]


def test_the_picture_in_docs_has_every_statement_with_its_link_and_title(graph: nx.DiGraph) -> None:
    text = (DOCS / "figure_theorems.svg").read_text(encoding="utf-8")
    shown = dict(re.findall(r'xlink:href="proofs/(\w+\.html#[^"]*)"[^>]*><title>([^<]*)</title>', text))
    assert set(shown) == {f"{s.page}.html#{s.anchor}" for s in list_of(graph)}
    assert len(shown) == len(graph)
    assert {label(s) for s in list_of(graph)} <= set(re.findall(r">([^<>]+)</text>", text))
    for s in list_of(graph):
        title, _, status = unescape(shown[f"{s.page}.html#{s.anchor}"]).partition("\n")
        assert (title, status.endswith(str(s.known))) == (as_unicode(s.heading), True)


def test_what_is_used_stands_above_and_its_numbers_are_the_nodes_and_the_edges(graph: nx.DiGraph) -> None:
    places, made = arrange(graph), draw(graph)
    assert all(places[a][1] < places[b][1] for a, b in graph.edges)
    assert len(set(places.values())) == len(graph)
    assert {group(s) for s in list_of(graph)} == set(GROUPS)
    lines = [dict(zip(made.header, point, strict=True)) for point in made.points]
    assert {line["statement"]: line["known"] for line in lines} == {s.key: str(s.known) for s in list_of(graph)}
    assert {(a, line["statement"]) for line in lines for a in line["rests_on"].split("; ") if a} == set(graph.edges)
