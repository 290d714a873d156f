r"""Text with formulas between dollar signs, as in ``d \ge $\ln m$``: for terminals, for LaTeX and for HTML."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from xml.etree import ElementTree

from markupsafe import escape
from pylatexenc.latex2text import LatexNodes2Text

_FORMULA = re.compile(r"(?<!\\)\$(?!\s)([^$]+)(?<![\s\\])\$")
_POWER = re.compile(r"(?<![\w.])(?:1|(\d+(?:\.\d+)?))e\+?(-?)0*(\d+)(?!\w)")
_EITHER = re.compile(f"{_FORMULA.pattern}|{_POWER.pattern}")


def segments(text: str, powers: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is a formula, then without its dollar signs.

    A dollar sign behind a backslash, or beside a space in place of its formula, is a character of the text.  Numbers
    such as ``3.7e-05`` are powers of ten in formulas; with ``powers``, those in the text are formulas as well.
    """
    at = 0
    for match in (_EITHER if powers else _FORMULA).finditer(text):
        if match.start() > at:
            yield text[at : match.start()].replace(r"\$", "$"), False
        yield _POWER.sub(_power, match[1] or match[0]), True
        at = match.end()
    if at < len(text):
        yield text[at:].replace(r"\$", "$"), False


def _power(number: re.Match[str]) -> str:
    return (rf"{number[1]}\cdot " if number[1] else "") + f"10^{{{number[2]}{number[3]}}}"


@cache
def _converter() -> LatexNodes2Text:
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)
    return LatexNodes2Text(math_mode="text", keep_comments=True)


@cache
def as_unicode(text: str) -> str:
    """Return the text with its formulas in Unicode, for terminals."""
    return "".join(_in_unicode(piece) if formula else piece for piece, formula in segments(text))


_LINEAR = [
    (r"\\(Pr|gcd|det|dim|ker|deg|arg)(?![A-Za-z])", r"\\mathrm{\1}"),
    (r"\\operatorname\*", r"\\operatorname"),
    (r"\\\|", "‖"),
    (r"\\ne(?![A-Za-z])", "≠"),
    (r"\\lt(?![A-Za-z])", "<"),
    (r"\\gt(?![A-Za-z])", ">"),
    (r"\\[td]frac(?![A-Za-z])", r"\\frac"),
    (r"\\colon(?![A-Za-z])\s*", ": "),
    (r"\\mid\s*", "| "),
    (r"\\(ln|log|exp|max|min)(?![A-Za-z])\s*(?=[A-Za-z\d\\])", r"\\\1\\ "),
    (r"(\\[A-Za-z]+)\s+(?=[-+=<>|]|\\(?:[lg]eq?|to|sim)(?![A-Za-z]))", r"\1{} "),
    (r"\\frac\{(?!(?:\\?[A-Za-z]+|\d+)\})([^{}]+)\}", r"\\frac{(\1)}"),
    (r"(\\frac\{[^{}]*\})\{(?!(?:\\[A-Za-z]+|[A-Za-z]|\d+)\})([^{}]+)\}", r"\1{(\2)}"),
    (r"_\{([^{}]*[-+][^{}]*)\}", r"_{(\1)}"),
    (r"\^\{(?!-?\\?[\w.]+\})([^{}]*)\}", r"^{(\1)}"),
]
"""What pylatexenc drops or runs together, with what it keeps."""


_IGNORED = re.compile(
    r"left|right|middle|[bB]igg?[lrm]?|(?:no)?limits|(?:display|text)style|operatorname\*?|boldsymbol|bm|"
    r"math(?:bin|op|rel)|begin|end"
)
"""Macros that pylatexenc does not know and drops, without loss."""
_LOSSY = re.compile(r"(?:over|under)line|footnote|href|url|verb")
_STRUCTURE = re.compile(r"\\sqrt\s*\[|\\begin\{(?![pb]?matrix\}|smallmatrix\})")
"""Macros that it knows and drops, with loss, or that are no mathematics."""


def _in_unicode(formula: str) -> str:
    """Return a formula in Unicode; one that is no LaTeX, or would lose a macro, as it was typed."""
    typed, known = f"${formula}$", _converter().latex_context.get_macro_spec
    for pattern, kept in _LINEAR:
        formula = re.sub(pattern, kept, formula)
    if _STRUCTURE.search(formula):
        return typed
    for name in re.findall(r"\\([A-Za-z]+)", formula):
        if _LOSSY.fullmatch(name) or not (known(name) or _IGNORED.fullmatch(name)):
            return typed
    try:
        found = _converter().latex_to_text(formula, tolerant_parsing=False)
    except Exception:  # of many types
        return typed
    return re.sub(r"([≤≥≠→∼])(?=\S)", r"\1 ", found)


_SPACED = [
    (r"<m([io])(?: [^>]*)?>([A-Za-z]{2,})</m\1>", r'<mo lspace="0.17em" rspace="0.17em">\2</mo>'),
    (r' rspace="0.17em">(\w+</mo><mo stretchy)', r' rspace="0">\1'),
    (r"<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">/</mo>'),
    (r'mathvariant="bold"', 'style="font-weight: bold"'),
]
"""Spaces around names of functions and strokes, and bold, which browsers take from style only."""


def as_mathml(text: str) -> str:
    """Return the text as HTML, with its formulas in MathML and everything else escaped."""
    return "".join(_in_mathml(piece) if formula else str(escape(piece)) for piece, formula in segments(text))


_ELEMENT = re.compile(
    r"\{.*\}m(?:ath|row|i|n|o|text|space|style|sub|sup|subsup|over|under|underover|frac|sqrt|root|table|tr|td|padded|"
    r"phantom|enclose)"
)
_ATTRIBUTE = re.compile(
    r"accent|accentunder|columnalign|columnlines|columnspacing|depth|display|displaystyle|fence|form|height|"
    r"largeop|linethickness|lspace|mathvariant|maxsize|minsize|movablelimits|notation|rowlines|rowspacing|rspace|"
    r"scriptlevel|separator|stretchy|symmetric|voffset|width"
)


@cache
def _in_mathml(formula: str) -> str:
    """Return a formula in MathML; what is no LaTeX, and all that would be markup of another kind, as it was typed."""
    from latex2mathml.converter import convert

    try:
        found = convert(formula)
        parts = list(ElementTree.fromstring(found).iter())
    except Exception:  # of many types
        parts = []
    if not parts or not all(_ELEMENT.fullmatch(p.tag) and all(map(_ATTRIBUTE.fullmatch, p.keys())) for p in parts):
        return str(escape(f"${formula}$"))
    for pattern, spaced in _SPACED:
        found = re.sub(pattern, spaced, found)
    return found
