r"""Text with formulas between dollar signs, as in ``d \ge $\ln m$``: for terminals, for LaTeX and for HTML."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from xml.etree import ElementTree

from markupsafe import escape
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalker, get_default_latex_context_db
from pylatexenc.macrospec import LatexContextDb, std_macro

_FORMULA = re.compile(r"(?<!\\)\$(?!\s)([^$]+)(?<![\s\\])\$")
_POWER = re.compile(r"(?<![\w.])(?:1|(\d+(?:\.\d+)?))e\+?(-?)0*(\d+)(?!\w)")
_EITHER = re.compile(f"{_FORMULA.pattern}|{_POWER.pattern}")


_MACROS = re.compile(
    r"alpha|beta|[gG]amma|[dD]elta|(?:var)?(?:epsilon|rho|kappa)|zeta|eta|(?:var)?theta|Theta|iota|[lL]ambda|mu|nu|[xX]i|"
    r"[pP]i|varpi|(?:var)?sigma|Sigma|tau|[uU]psilon|(?:var)?phi|Phi|chi|[pP]si|[oO]mega|"
    r"n?le|n?ge|leq(?:slant)?|geq(?:slant)?|neq?|[lg]t|ll|gg|lesssim|gtrsim|equiv|approx|sim(?:eq)?|cong|propto|asymp|"
    r"prec(?:eq)?|succ(?:eq)?|n?mid|n?parallel|perp|(?:not)?in|ni|(?:sub|sup)set(?:neq|eq)?|triangleq|"
    r"(?:long)?(?:left|right|leftright)arrow|Long(?:left|right|leftright)arrow|(?:Left|Right|Leftright)arrow|to|gets|"
    r"(?:long)?mapsto|implies|iff|(?:up|down|ne|se)arrow|"
    r"cdot|times|div|pm|mp|ast|star|circ|bullet|cap|cup|uplus|vee|wedge|land|lor|lnot|neg|setminus|o(?:plus|times|dot)|"
    r"sum|prod|coprod|i{0,2}int|oint|big(?:cap|cup|oplus|otimes|vee|wedge)|partial|nabla|infty|forall|n?exists|emptyset|"
    r"varnothing|ell|hbar|Re|Im|aleph|prime|top|bot|angle|square|"
    r"[lcvd]?dots|dots[bcimo]|[lr](?:brace|ceil|floor|angle|vert|Vert)|q?quad|colon|bmod|"
    r"arccos|arcsin|arctan|arg|cosh?|cot|coth|csc|deg|det|dim|exp|gcd|hom|inf|ker|lg|lim(?:inf|sup)?|ln|log|max|min|Pr|"
    r"sec|sinh?|sup|tanh?|[dt]?frac|[dt]?binom|sqrt|(?:over|under)(?:line|brace|set)|stackrel|"
    r"(?:wide)?(?:hat|tilde)|bar|vec|d?dot|check|math(?:rm|bf|it|sf|tt|bb|cal|frak|scr)|boldsymbol|text(?:rm|bf|it|tt)?|"
    r"operatorname\*?|(?:display|text)style|left|right|middle|[bB]igg?[lrm]?|[hv]?phantom|boxed|x(?:left|right)arrow|hline|begin|end|not|pmod"
)
"""Macros that LaTeX with amsmath and amssymb, and latex2mathml, set in a formula."""
_ARGUMENTS = {
    **dict.fromkeys(("dfrac", "tfrac", "binom", "dbinom", "tbinom", "overset", "underset", "stackrel"), "{{"),
    **dict.fromkeys(("pmod", "operatorname", "boldsymbol", "mathfrak", "mathscr", "dot", "ddot", "check"), "{"),
    **dict.fromkeys(("phantom", "hphantom", "vphantom", "boxed", "xleftarrow", "xrightarrow"), "{"),
}
_SIGNS = "{}|,;:! %$&_#\\"
_MATRIX = re.compile(r"\\begin\{([pbvBV]?matrix|smallmatrix|cases|array)\}.*?\\end\{\1\}", re.DOTALL)
_OUTSIDE = re.compile(r"(?<!\\)&|\\\\|\\begin|\\end|\\hline")
_NOWHERE = re.compile(
    r"(?<!\\)(?:\\\\)*[%#]|[\x00-\x08\x0b-\x1f\x7f]|\\text[a-z]*\s*\{[^{}]*[_^]|"
    r"\\(?:[bB]igg?[lrm]?|left|right|middle)(?![A-Za-z]|\s*(?:[][()/|.<>]|\\[{}|]|\\[lr](?:brace|ceil|floor|angle|vert|Vert)))"
)
"""Comments, arguments and control characters; subscripts in words; what should be followed by a delimiter."""


@cache
def is_formula(text: str) -> bool:
    """Return whether LaTeX sets the text between dollar signs, with amsmath and amssymb and no macros of one's own."""
    from latex2mathml.converter import convert

    for name in re.findall(r"\\([A-Za-z]+\*?|.?)", text, re.DOTALL):
        if not (_MACROS.fullmatch(name) if name[:1].isalpha() else name and name in _SIGNS):
            return False
    if _NOWHERE.search(text) or _OUTSIDE.search(_MATRIX.sub(" ", text)):
        return False
    try:
        LatexWalker(text, latex_context=_arguments(), tolerant_parsing=False).get_latex_nodes()
        convert(text)
    except Exception:  # of many types
        return False
    return True


@cache
def _arguments() -> LatexContextDb:
    known = get_default_latex_context_db()
    macros = [std_macro(name, arguments) for name, arguments in _ARGUMENTS.items()]
    known.add_context_category("amsmath", macros=macros, prepend=True)
    return known


def segments(text: str, powers: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is a formula, then without its dollar signs.

    A dollar sign behind a backslash, beside a space in place of its formula, or around what is no formula of LaTeX, is
    a character of the text.  Numbers
    such as ``3.7e-05`` are powers of ten in formulas; with ``powers``, those in the text are formulas as well.
    """
    at = 0
    for match in (_EITHER if powers else _FORMULA).finditer(text):
        if match[1] and not is_formula(match[1]):
            continue
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
