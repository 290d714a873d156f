"""Measures of the prose: ``python -m benchmarks.prose [PAGE ...]``, long sentences, semicolons, first words.

A sentence ends at a full stop, a question mark or an exclamation mark before a space and a capital, or with its
paragraph, list item or table.  A formula, a piece of code and a link's address count as one word.  Without pages: all
pages, the findings of out/ledger.json if there is one, and the docstrings of public names.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONG = 30
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md", "notebooks/README.md", "docs/*.md")
OPENINGS = re.compile(r"(What|Whether|Who|Whose|Where|Which|How|Of|That|Those|When|If|Nor|Nobody|Whatever)\b")
BREAK = re.compile(
    r"(?<![.\s][a-zA-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bal)(?<!\bvs)"  # initials and abbreviations end no sentence
    r"[.!?][\"'*_)\]]*\s+(?=[\"'*_(\[`]*[A-Z0-9$`])"
)


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs and list items of a page in Markdown, without code, tables, formulas and headings."""
    text = re.sub(r"^(```|~~~|````).*?^\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    text = re.sub(r"\$[^$\n]+(?:\n[^$\n]+)?\$", "Formula", text)
    text = re.sub(r"`[^`]+`", "code", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^ {4,}\S.*$", "", text, flags=re.MULTILINE) if "\n    " in text else text
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text):
        lines = [line for line in block.strip().splitlines() if not re.match(r"\s*(\||#)", line)]
        if lines:
            yield re.sub(r"^(?:[-*>]|\d+\.)\s+", "", " ".join(line.strip() for line in lines))


def sentences(text: str) -> list[str]:
    """List the sentences of a page that have at least three words."""
    return [part for one in paragraphs(text) for part in BREAK.split(one) if len(part.split()) > 2]


def measured(found: list[str]) -> str:
    """Return the number of sentences, the percentage of long ones and of those with a semicolon."""
    count = max(1, len(found))
    long = sum(len(one.split()) > LONG for one in found)
    semicolons = sum(";" in one for one in found)
    return f"{len(found):6d} {100 * long / count:7.1f} {100 * semicolons / count:7.1f}"


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield the place and the docstring of each public module, class and function of srtheory."""
    for path in sorted((ROOT / "srtheory").rglob("*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                name = getattr(node, "name", path.stem)
                text = ast.get_docstring(node)
                if text and not name.startswith("_"):
                    yield f"{path.relative_to(ROOT)}:{name}", text


def main(pages: list[str]) -> None:
    """Print a line for each page."""
    paths = [Path(page) for page in pages] or [path for one in PAGES for path in sorted(ROOT.glob(one))]
    print(f"{'':40} {'sent.':>6} {'>30 %':>7} {'; %':>7}")
    everything: list[str] = []
    for path in paths:
        found = sentences(path.read_text())
        everything += found
        print(f"{path.name:40} {measured(found)}")
    if pages:
        if len(pages) == 1:
            for one in everything:
                if len(one.split()) > LONG or ";" in one:
                    print(f"\n- {one}")
        return
    ledger = ROOT / "out" / "ledger.json"
    if ledger.exists():
        claims = json.loads(ledger.read_text())["claims"]
        found = [part for claim in claims for part in sentences(claim["finding"]["evidence"])]
        everything += found
        print(f"{'findings':40} {measured(found)}")
    print(f"{'all':40} {measured(everything)}")
    public = list(docstrings())
    bad = [place for place, text in public if OPENINGS.match(text)]
    print(f"{'docstrings':40} {measured([one for _, text in public for one in sentences(text)])}")
    print(f"docstrings that open with What, Whether, Of, ...: {100 * len(bad) / len(public):.1f} % of {len(public)}")


if __name__ == "__main__":
    main(sys.argv[1:])
