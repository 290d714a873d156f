"""docs/proofs/theorems.md: the theorem map for readers, and its generation from the pages.

``python -m paper_checks.theorem_page docs data/theorems`` reads the pages in docs/proofs and writes the map on
record, the picture and the page; tests check that the committed files agree with the pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import networkx as nx

from paper_checks import deep
from paper_checks.figures.theorems import draw
from paper_checks.theorems import supports
from paper_checks.theorems.map import MEANING, PAGES, RECORD, Known, Statement, list_of, theorem_map, written
from srtheory.files import write_output
from srtheory.render.style import save_png, svg
from srtheory.study.findings import Entry, Support, Verdict, is_formal

ON_SCREEN = 160
"""Dots per inch; the file is made again with every change of the pages."""
INTRODUCTION = """# The theorem map

Which statements about when the received rows span $\\mathbf 1$ are proved, and who has checked them? This page is for
readers who want to know how far to trust a statement. It lists each statement with the statements that it rests on, how
it is known, and how it was checked.

The statements are all definitions, lemmas, propositions, theorems, corollaries and open questions of these pages:

{pages}

<object data="../figure_theorems.svg" type="image/svg+xml" style="width: 100%"><img src="../figure_theorems.png"
alt="Statements, the statements that they rest on, and how each is known"></object>

*Each box shows the title of its statement under the pointer, and leads to it. In the built pages what it rests on, and
what rests on it, stand out, and statements are found by name. On a narrow screen the lists below take the place of the
map. `srtheory figure theorems` draws the map again.*

| how it is known | statements | meaning |
|---|---|---|
{legend}

The machine-checked statements are theorems of `proofs/`, checked by Coq's kernel. People must read whether these
theorems state what the pages state. Python remains tested, not verified: no theorem covers the code that computes a
number. A test checks that every statement that is proved rests only on proved statements. Numbers that are computed
rigorously may rest on assumptions, which their page states.

This page is made from the pages by `python -m paper_checks.theorem_page docs data/theorems`.
"""
LEDGER = """## What the ledger rests on

The table counts the claims of the paper by their verdicts in the ledger of deep effort, `data/deep/ledger.md`. Claims
that are only supported, by simulation, are left out. A claim counts as "whole" if every proof behind its verdict is
machine-checked whole, as "on paper" if no part of them is, and as "in part" otherwise. Proof sketches, simulation and
computation may support the same verdict. Coq has not checked these.

| verdict | claims | whole | in part | on paper | without a proof |
|---|---|---|---|---|---|
{counts}

| claim | verdict | machine-checked whole | machine-checked in part | on paper |
|---|---|---|---|---|
{claims}
"""
PROVABLE = (Verdict.PROVED, Verdict.ANSWERED, Verdict.VERIFIED, Verdict.REFINED, Verdict.REFUTED)
"""Verdicts that a proof can give."""


def page(graph: nx.DiGraph) -> str:
    """Return the text of docs/proofs/theorems.md."""
    statements = list_of(graph)
    counts = Counter(statement.known for statement in statements)
    pages = "\n".join(f"- [{title}]({name}.md)" for name, title in PAGES.items())
    legend = "\n".join(f"| **{known}** | {counts[known]} | {MEANING[known]} |" for known in Known)
    tables = [_table(graph, name, title) for name, title in PAGES.items()]
    return "\n".join([INTRODUCTION.format(pages=pages, legend=legend), *tables, ledger(graph, deep.read())])


def proofs(checked_by: Sequence[str], statements: Mapping[str, Support]) -> tuple[list[str], list[str], list[str]]:
    """Return the proofs behind a verdict by name: those machine-checked whole, in part, and those on paper only."""
    behind = [name for name in checked_by if is_formal(name) or (name in statements and statements[name].proved)]
    whole = [name for name in behind if is_formal(name) or statements[name].kind == "Coq"]
    in_part = [name for name in behind if name not in whole and statements[name].formal]
    return whole, in_part, [name for name in behind if name not in whole and name not in in_part]


def extent(whole: Sequence[str], in_part: Sequence[str], on_paper: Sequence[str]) -> str:
    """Return how far the proofs behind a verdict are machine-checked, as a heading of the ledger's table."""
    if not (in_part or on_paper):
        return "whole" if whole else "without a proof"
    return "in part" if whole or in_part else "on paper"


def ledger(graph: nx.DiGraph, entries: Sequence[Entry]) -> str:
    """Return the part of the page on what the verdicts of a ledger rest on."""
    known = supports(graph)
    found = [(entry, proofs(entry.checked_by, known)) for entry in entries if entry.verdict in PROVABLE]
    counted = Counter((entry.verdict, extent(*behind)) for entry, behind in found)
    counts = [
        [verdict, sum(entry.verdict is verdict for entry, _ in found)]
        + [counted[verdict, column] for column in ("whole", "in part", "on paper", "without a proof")]
        for verdict in PROVABLE
    ]

    def show(name: str) -> str:
        return f"`{name}`" if is_formal(name) else link(graph.nodes[name]["statement"], name)

    claims = [
        [f"`{entry.id}`", entry.verdict, *(", ".join(map(show, names)) or "–" for names in behind)]
        for entry, behind in found
        if any(behind)
    ]
    return LEDGER.format(counts=_rows(counts), claims=_rows(claims))


def _rows(lines: Iterable[Sequence[object]]) -> str:
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def link(statement: Statement, text: str) -> str:
    """Return a link to a statement from another page of docs/proofs/."""
    return f"[{text}]({statement.page}.md#{statement.slug})"


def _table(graph: nx.DiGraph, name: str, title: str) -> str:
    lines = [f"## {title}", "", "| statement | rests on | known | checked by |", "|---|---|---|---|"]
    for s in list_of(graph):
        if s.page == name:
            lines.append(f"| {link(s, s.heading)} | {_rests(graph, s)} | {s.known} | {', '.join(_checked(s)) or '–'} |")
    return "\n".join([*lines, ""])


def _rests(graph: nx.DiGraph, statement: Statement) -> str:
    found = [graph.nodes[key]["statement"] for key in statement.rests]
    return ", ".join(link(other, other.name if other.page == statement.page else other.key) for other in found) or "–"


def _checked(statement: Statement) -> Iterator[str]:
    yield from (f"`{name}`" for name in statement.formal)
    if statement.tests:
        yield f"{len(statement.tests)} test{'s' * (len(statement.tests) > 1)}"


def read_pages(docs: Path) -> Mapping[str, str]:
    """Return the texts of the pages."""
    return {name: (docs / "proofs" / f"{name}.md").read_text(encoding="utf-8") for name in PAGES}


@click.command()
@click.argument("docs", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("records", type=click.Path(path_type=Path, file_okay=False))
def main(docs: Path, records: Path) -> None:
    """Make the stored map in RECORDS, its picture and theorems.md in DOCS again from the pages there."""
    graph = theorem_map(read_pages(docs))
    records.mkdir(parents=True, exist_ok=True)
    write_output(records / Path(RECORD).name, written(graph).encode())
    write_output(docs / "proofs" / "theorems.md", page(graph).encode())
    drawn = draw(graph)
    write_output(docs / "figure_theorems.svg", svg(drawn).encode())
    click.echo(save_png(drawn, docs, ON_SCREEN))


if __name__ == "__main__":
    main()
