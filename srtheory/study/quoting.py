"""Check that the numerals of a LaTeX text are macros of a study, and that its macros are used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexCommentNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexWalker,
    LatexWalkerParseError,
)

from srtheory.errors import ArgumentError

GIVEN = "% given"
"""A line that ends like this has numerals that are definitions, not results."""
REFERRING = frozenset(
    """label ref eqref pageref cref Cref autoref cite citep citet nocite bibitem url href input include includegraphics
    documentclass usepackage bibliography bibliographystyle vspace hspace setlength addtolength setcounter hypersetup
    newcommand renewcommand providecommand def newtheorem rule raisebox resizebox scalebox tag graphicspath fontsize
    definecolor color textcolor pagestyle mathbf mathbb boldsymbol bm""".split()  # noqa: SIM905
)
"""Macros whose arguments are names, lengths, definitions, or symbols as in ``\\mathbf 1``."""
LAYOUT = frozenset(("tabular", "tabular*", "array", "minipage", "thebibliography", "tikzpicture", "lstlisting"))
"""Environments whose first argument is layout."""
_NUMERAL = re.compile(r"(?<![\w.\\])\d+(?:[.,]\d+)*(?![\w])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PLACE = re.compile(
    r"(?:Theorem|Lemma|Proposition|Corollary|Remark|Section|Sec\.|Fig\.|Figure|Table|Algorithm|Appendix|Example)"
    r"[s~\s]*$"
)


@dataclass(frozen=True)
class Numeral:
    """A numeral that no macro gives.

    Attributes
    ----------
    line : int
        From 1.
    text : str
        The numeral.
    context : str
        Its line.
    """

    line: int
    text: str
    context: str


def numerals(tex: str, name: str = "check") -> list[Numeral]:
    r"""Return the numerals of a LaTeX text that stand in it as digits.

    Not listed are indices and exponents, years from 1900 to 2099, numbers of theorems, sections and the like, arguments
    of macros such as ``\ref`` and ``\includegraphics``, what stands outside ``document``, and lines that end with
    ``% given``.

    Parameters
    ----------
    tex : str
        The text.
    name : str
        The argument that errors speak of.

    Raises
    ------
    ArgumentError
        If the text cannot be read as LaTeX.
    """
    walker = LatexWalker(tex, tolerant_parsing=False)
    try:
        nodes = walker.get_latex_nodes()[0]
    except LatexWalkerParseError as error:
        raise ArgumentError(name, str(error).splitlines()[0], "a file of LaTeX") from None
    documents = [n for n in nodes if isinstance(n, LatexEnvironmentNode) and n.environmentname == "document"]
    lines = tex.splitlines()
    found = []
    for at, text in _numerals(documents[0].nodelist if documents else nodes):
        line = tex.count("\n", 0, at)
        if not lines[line].rstrip().endswith(GIVEN):
            found.append(Numeral(line + 1, text, " ".join(lines[line].split())))
    return found


def _numerals(nodes: Iterable[Any]) -> Iterator[tuple[int, str]]:
    skip = index = False  # the arguments of a macro that the walker does not know, and an index, follow as groups
    before = ""
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            if skip and node.chars.lstrip().startswith("["):
                continue
            yield from _in_chars(node, before, index)
            skip, index, before = False, node.chars.rstrip().endswith(("_", "^")), node.chars
        elif isinstance(node, LatexGroupNode):
            if not (skip or index):
                yield from _numerals(node.nodelist)
            index = False
        elif isinstance(node, LatexMacroNode):
            skip, index = node.macroname in REFERRING, False
            if not skip and node.nodeargd is not None:
                yield from _numerals(_given(node.nodeargd.argnlist))
        elif isinstance(node, LatexEnvironmentNode):
            inner = node.nodelist
            if node.environmentname in LAYOUT and inner and isinstance(inner[0], LatexGroupNode):
                inner = inner[1:]
            yield from _numerals(inner)
            skip = index = False
        elif isinstance(node, LatexMathNode):
            yield from _numerals(node.nodelist)
            skip = index = False
        elif not isinstance(node, LatexCommentNode):
            skip = index = False


def _given(nodes: Sequence[Any]) -> list[Any]:
    return [node for node in nodes if node is not None]


def _in_chars(node: LatexCharsNode, before: str, index: bool) -> Iterator[tuple[int, str]]:
    for match in _NUMERAL.finditer(node.chars):
        left = node.chars[: match.start()].rstrip()
        if left.endswith(("_", "^")) or (index and not left):
            continue
        if _YEAR.fullmatch(match[0]) or _PLACE.search(left if left else before.rstrip()):
            continue
        yield node.pos + match.start(), match[0]


def unused(tex: str, macros: Sequence[str]) -> list[str]:
    """Return the macros, named without backslash, that the text does not use."""
    used = set(re.findall(r"\\([A-Za-z]+)", "\n".join(re.sub(r"(?<!\\)%.*", "", line) for line in tex.splitlines())))
    return [macro for macro in macros if macro not in used]
