"""The formulas of docs/ as they stand there: GitHub, which reads Markdown before dollars, spares them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"^ *\$\$\n.+?\n *\$\$$|\$[^$\n]+\$", re.DOTALL | re.MULTILINE)
OPENING = re.compile(r'(?:^|[\s("])$')  # no letter, hyphen or asterisk may touch the dollars
CLOSING = re.compile(r"^(?:$|[\s.,;:)'\"-])")
REFUSED = re.compile(r"\\(?:operatorname|require|def|newcommand|begin)\b")
"""Not rendered on GitHub; ``\\begin`` because it needs ``\\\\``, which Markdown halves."""


def formulas(text: str) -> list[re.Match[str]]:
    return list(FORMULA.finditer(text))


def faults(text: str) -> list[str]:
    """Formulas that GitHub would not set as they are meant, and dollars that belong to none."""
    text = CODE.sub("code", text)
    found = formulas(text)
    plain = read(text)
    wrong = [match[0] for match in found if squeezed(match[0]) not in plain or REFUSED.search(match[0])]
    for match in found:
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        inline = not match[0].lstrip().startswith("$$")
        if inline and not (
            OPENING.search(before) and CLOSING.search(after) and match[0][1:-1].strip() == match[0][1:-1]
        ):
            wrong.append(before + match[0] + after)
    return wrong + re.findall(r".*\$.*", FORMULA.sub("formula", text))


def read(text: str) -> str:
    """What is left as text by CommonMark with tables, which knows nothing of formulas."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    children = [child for token in tokens for child in [*(token.children or []), token]]
    return squeezed(" ".join(child.content if child.type.startswith("text") else "" for child in children).strip())


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", TEXTS)
def test_github_reads_the_formulas(name: str) -> None:
    assert faults(TEXTS[name]) == []


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"index", "manuscript", "python"}))
def test_formulas_are_formulas(name: str) -> None:
    """No letters from beyond ASCII that stand for what TeX has: they would be set in another face, if at all."""
    text = CODE.sub("", TEXTS[name])
    assert formulas(text)
    assert re.findall(r".*[τμλφθεδΣΠΩ√∞≤≥≠≈→⇔∈⌊⌋⌈⌉∫·−⁰¹²³⁴⁵⁶⁷⁸⁹⊥⊂].*", re.sub(r"!\[.*?\]", "", text)) == []


@pytest.mark.quality
@pytest.mark.parametrize(
    "text",
    [
        "emphasis: $a_(x)_b$ and $c_(x)_d$",
        r"a set: $\{1, 2\}$",
        r"a space: $a\,b$",
        r"lines: $a \\ b$",
        "an element: $a <b> c$",
        "a link: $[z](t)$",
        "an optimum: $t^*$ and $u^*$",
        "| a |\n|---|\n| $P(a | b)$ |",
        r"refused: $\operatorname{rank} G$",
        "spaces: $ a + b $",
        "glued: $d$s",
        "glued: a$d$",
        "one dollar: $d",
        "two lines: $a +\nb$",
        "$$\n\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}\n$$",
        "*at the end: $a + b$*",
    ],
)
def test_what_github_would_spoil_is_seen(text: str) -> None:
    assert faults(text) != []


def test_what_github_can_read() -> None:
    text = '*With $x_1$, ($P(A \\mid B) \\lt 1$), and the $k$-th.* "$y_2$": $z$.\n\n$$\na_1 = \\sum_{k=0}^{n} b_k\n$$\n'
    assert faults(text) == []
