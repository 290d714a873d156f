"""Words of a user's scheme in figures: its name, its file's, its options and its docstring run no script."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("svg_alone")

ATTACK = "<script>alert('run')</script> & --><script>alert(2)</script><!-- ]]><b onload=\"alert(3)\">"
TITLE = "<script>alert(4)</script>"
MATHS = r"$\frac{x_$ & $"
MINE = f"""
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Named(ByWorker):
    {ATTACK!r}
    word: str = {ATTACK!r}

    def sends(self, worker, key):
        yield [worker]


globals()[{TITLE!r}] = globals()[{MATHS!r}] = Named
"""
SIZE = ["--symbols", "4", "--tau", "0.1", "--startup", "expon(scale=5)", "--trials", "2"]


def pictures(run: Run, folder: Path, *words: str) -> list[str]:
    """The SVG of a figure with a scheme of one's own whose every word is an attack."""
    file = folder / "<script>alert(5)<&.py"
    file.write_text(MINE)
    done = run("figure", *words, *SIZE, "--option", f"word={ATTACK}", "--out", str(folder / "out"))
    assert done.status == 0, done.stderr
    return [path.read_text(encoding="utf-8") for path in (folder / "out").glob("*.svg")]


def faults(svg: str) -> list[str]:
    """What a browser might run: script elements, attributes of events, and what is no XML."""
    try:
        elements = list(ElementTree.fromstring(svg).iter())
    except ElementTree.ParseError as error:
        return [str(error)]
    names = [str(element.tag).rpartition("}")[2] for element in elements]
    attributes = [name for element in elements for name in element.attrib if re.match("on", name)]
    return [name for name in names if name.lower() in ("script", "b", "foreignobject")] + attributes


@pytest.mark.parametrize(("name", "title"), [("2a", TITLE), ("frontier", MATHS)])
def test_a_schemes_words_are_no_markup(run: Run, tmp_path: Path, name: str, title: str) -> None:
    scheme = f"{tmp_path}/<script>alert(5)<&.py::{title}"
    [svg] = pictures(run, tmp_path, name, "--schemes", f"uncoded,{scheme}")
    assert faults(svg) == []
    texts = [element.text or "" for element in ElementTree.fromstring(svg).iter()]
    assert any(title in text for text in texts), "the name is there, as it is"
    assert any(ATTACK in text for text in texts), "and so is the command"
    assert faults(html.unescape(svg)), "which would be markup if it were not escaped"


@pytest.mark.quality
@pytest.mark.parametrize(
    "planted",
    ["<script>alert(1)</script>", "<ns:SCRIPT xmlns:ns='x'/>", "<path onclick='alert(1)'/>", "<b>", "&"],
)
def test_a_planted_script_is_seen(planted: str) -> None:
    assert faults("<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>") == []
    assert faults(f"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text>{planted}</svg>")
