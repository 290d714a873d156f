"""Numbers on the pages, from laws and records: ``python -m docs.numbers [NAME ...]`` brings them up to date.

A mark ``<!--=NAME-->`` stands behind the number or the numbers that it names, on README.md, benchmarks/README.md and
docs/.  Readers of a page do not see it.  NAME is a function of docs/quoted, which computes the numbers.
``<!-- NAME -->`` and ``<!-- end of NAME -->`` stand around whole lines.  Without a NAME all numbers are computed, which
takes a minute.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from docs.quoted import Block, Value, producers, values

DOCS = Path(__file__).parent
PAGES = (DOCS.parent / "README.md", DOCS.parent / "benchmarks" / "README.md", *sorted(DOCS.rglob("*.md")))
MARK = re.compile(
    r"<!--=([\w.-]+)-->|^<!-- ([\w.-]+) -->\n(?P<block>.*?)\n<!-- end of \2 -->$", re.MULTILINE | re.DOTALL
)
NUMBER = re.compile(r"(?:(?<=[\s|($={])[-\u2212])?(?<![\w.])\d+(?: \d{3}(?!\d))*(?:\.\d+)?(?!\w|\.\d|\^)")


class Quote(NamedTuple):
    """A name on a page, and where what it names begins and ends, number by number."""

    name: str
    spans: list[tuple[int, int]]
    block: bool


def quotes(text: str) -> Iterator[Quote]:
    """Yield what a page quotes.

    The numbers of a mark are all those in its paragraph, or its row of a table, after the mark before it; a mark that
    stands alone is of the paragraph before.
    """
    after = 0
    for mark in MARK.finditer(text):
        name, block = mark[1] or mark[2], mark["block"] is not None
        if block:
            yield Quote(name, [mark.span("block")], block)
        else:
            row = text.rfind("\n", 0, mark.start()) + 1
            end = len(text[: mark.start()].rstrip())
            start = max(after, row if text[row] == "|" else text.rfind("\n\n", 0, end) + 1)
            yield Quote(name, [found.span() for found in NUMBER.finditer(text, start, mark.start())], block)
        after = mark.end()


def fitting(quote: Quote, known: Mapping[str, Value]) -> list[tuple[int, int, str]]:
    """Give the places of a quote with the texts that belong there; raise ValueError if it has no such places."""
    value = known[quote.name]
    texts = (value,) if isinstance(value, str) else value
    if isinstance(value, Block) != quote.block or len(quote.spans) < len(texts):
        raise ValueError(f"{quote.name}: what is marked is not of the kind of {value!r}")
    return [(*span, text) for span, text in zip(quote.spans[-len(texts) :], texts, strict=True)]


def renewed(text: str, known: Mapping[str, Value]) -> str:
    """Return the page with these values where it quotes them."""
    pieces = [place for quote in quotes(text) if quote.name in known for place in fitting(quote, known)]
    for start, end, new in reversed(pieces):
        text = text[:start] + new + text[end:]
    return text


def stale(text: str, known: Mapping[str, Value]) -> list[tuple[str, str, str]]:
    """List what a page quotes with another text than these values have: name, the text there, the text that belongs."""
    return [
        (quote.name, text[start:end], new)
        for quote in quotes(text)
        if quote.name in known
        for start, end, new in fitting(quote, known)
        if text[start:end] != new
    ]


def main(names: list[str]) -> None:
    """Write the numbers into the pages and print those that change."""
    values.cache_clear()  # records may be new, and others the next time
    known = {name: value for producer in names or producers() for name, value in values(producer).items()}
    values.cache_clear()
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for name, old, new in stale(text, known):
            print(f"{path.name}: {name}: {old} -> {new}")
        path.write_text(renewed(text, known), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
