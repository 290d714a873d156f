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
    definecolor color textcolor pagestyle mathbf mathbb boldsymbol bm verb cmidrule cline item
    pagenumbering""".split()  # noqa: SIM905
)
"""Macros whose arguments are names, lengths, definitions, or symbols as in ``\\mathbf 1``."""
LAYOUT = frozenset(("minipage", "multicolumn", "multirow"))
"""Macros and environments that the walker does not know and whose first argument is layout."""
DISPLAYS = frozenset(
    ("equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "displaymath", "math")
)
"""Environments of formulas."""
_OPAQUE = re.compile(
    r"\\begin\{(tikzpicture|lstlisting|verbatim|Verbatim|comment|thebibliography|filecontents)\}.*?\\end\{\1\}",
    re.DOTALL,
)
_OPTIONAL = re.compile(r"(?:\[[^]]*\]|\([^)]*\))+\s*")
"""Arguments before the groups of a macro that the walker does not know, as in ``\\cmidrule[1pt](lr){1-2}``."""
_NUMERAL = re.compile(
    r"(?<![\w.\\])(?<![A-Za-z]-)\d+(?:,\d{3})*(?:\.\d+)*(?:\(\d+\))?(?:[eE][+-]?\d+)?(?!\w)(?!-[A-Za-z])"
)
NEAR = 100
"""Letters before a numeral in which the word is that it belongs to."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_CONSTANT = re.compile(r"[012]")
_PLACE = re.compile(
    r"(?:Theorem|Lemma|Proposition|Corollary|Remark|Definition|Assumption|Claim|Section|Sec\.|Chapter|Part|Fig\.|Figs\.|"
    r"Figure|Table|Algorithm|Appendix|Example|Step|Case|Equation|Eq\.|Eqs\.|[Pp]age|pp?\.|[Vv]ersion|[Ll]ine)"
    r"s?[~\s(]*(?:\d+(?:\.\d+)*\)?(?:,?\s+and\s|,?\s+or\s|\s+to\s|,|-+)[~\s(]*)*$"
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
    r"""Return the numerals of a LaTeX text that appear in it as digits.

    Not listed are indices and exponents, 0, 1 and 2 in formulas, years from 1900 to 2099, numbers of theorems, sections
    and the like, of equations as in (5), parts of words such as 2-norm, arguments of macros such as ``\ref`` and
    ``\includegraphics``, code, drawings and references, what stands outside ``document``, and lines that end with
    ``% given``.

    Parameters
    ----------
    tex : str
        The text.
    name : str
        The argument that errors speak of.
    """
    legible = _OPAQUE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), tex)
    walker = LatexWalker(legible, tolerant_parsing=False)
    try:
        nodes = walker.get_latex_nodes()[0]
    except LatexWalkerParseError as error:
        raise ArgumentError(name, str(error).splitlines()[0], "a file of LaTeX") from None
    documents = [n for n in nodes if isinstance(n, LatexEnvironmentNode) and n.environmentname == "document"]
    lines = tex.split("\n")  # alone, as lines are counted
    found = []
    for at, text in _numerals(documents[0].nodelist if documents else nodes):
        line = tex.count("\n", 0, at)
        if not lines[line].rstrip().endswith(GIVEN):
            found.append(Numeral(line + 1, text, " ".join(lines[line].split())))
    return found


def _numerals(nodes: Iterable[Any], formula: bool = False, skip: str = "") -> Iterator[tuple[int, str]]:
    index, before = False, ""  # an index, and the arguments that the walker does not know, follow as groups
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            if skip and _OPTIONAL.fullmatch(node.chars):
                continue
            yield from _in_chars(node, before, index, formula)
            skip, index = "", node.chars.rstrip().endswith(("_", "^"))
            before += node.chars
        elif isinstance(node, LatexGroupNode):
            if not (skip or index):
                yield from _numerals(node.nodelist, formula)
            skip, index = "" if skip in LAYOUT else skip, False
        elif isinstance(node, LatexMacroNode):
            refers = node.macroname in REFERRING
            known = node.nodeargd.argnlist if node.nodeargd else []  # arguments that the walker has found
            skip, index = node.macroname if not known and (refers or node.macroname in LAYOUT) else "", False
            if not refers:
                yield from _numerals(known, formula)
            before = f"{before}," if node.macroname == "," else ""
        elif isinstance(node, LatexEnvironmentNode):
            name = node.environmentname
            yield from _numerals(node.nodelist, formula or name.rstrip("*") in DISPLAYS, name if name in LAYOUT else "")
            skip, index, before = "", False, ""
        elif isinstance(node, LatexMathNode):
            yield from _numerals(node.nodelist, formula=True)
            skip, index, before = "", False, ""
        elif not isinstance(node, LatexCommentNode):
            skip, index = "", False
            before += getattr(node, "specials_chars", "")


def _in_chars(node: LatexCharsNode, before: str, index: bool, formula: bool) -> Iterator[tuple[int, str]]:
    for match in _NUMERAL.finditer(node.chars):
        left, right = node.chars[: match.start()].rstrip(), node.chars[match.end() :]
        if left.endswith(("_", "^")) or (index and not left):
            continue
        if not left and re.search(r"\d,$", before):  # the thousands of 10\,000
            continue
        if _CONSTANT.fullmatch(match[0]) if formula else _is_label(left, match[0], right):
            continue
        if _YEAR.fullmatch(match[0]) or _PLACE.search((before + node.chars[: match.start()])[-NEAR:]):
            continue
        yield node.pos + match.start(), match[0]


def _is_label(left: str, numeral: str, right: str) -> bool:
    """Tell whether a numeral of the text is an equation's, as in (5), or a reference's, as in [12, Section 3]."""
    enclosed = (left.endswith("(") and right.startswith(")")) or (left.endswith("[") and right.startswith(("]", ",")))
    return enclosed and numeral.isdigit()


def unused(tex: str, macros: Sequence[str]) -> list[str]:
    """Return the macros, named without backslash, that the text does not use."""
    used = set(re.findall(r"\\([A-Za-z]+)", re.sub(r"(?<!\\)%.*", "", tex)))
    return [macro for macro in macros if macro not in used]
