r"""Text with formulas between dollar signs, as in ``d \ge $\ln m$``: for terminals, for LaTeX, for HTML, in figures."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from xml.etree import ElementTree

from markupsafe import escape
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexencode import (
    RULE_REGEX,
    UnicodeToLatexConversionRule,
    UnicodeToLatexEncoder,
    get_builtin_conversion_rules,
)
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
    a character of the text. Numbers such as ``3.7e-05`` are powers of ten in formulas; with ``powers``, those in the
    text are formulas as well.
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


# -------------------------------------------------------------------------------------------------- for terminals


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
    (r"\\frac(?![A-Za-z])\s*(\\[A-Za-z]+|[A-Za-z\d])", r"\\frac{\1}"),
    (r"(\\frac\{[^{}]*\})\s*(\\[A-Za-z]+|[A-Za-z\d])", r"\1{\2}"),
    (
        r"(\\frac\{[^{}]*\}\{[^{}]*\})\s*(?=[A-Za-z\d(]|\\(?:ln|log|exp|max|min|sqrt|mu|tau|kappa)(?![A-Za-z]))",
        r"\1\\ ",
    ),
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
    return re.sub(r" +(?=[⌉⌋⟩])", "", re.sub(r"([≤≥≠→∼])(?=\S)", r"\1 ", found))


# ------------------------------------------------------------------------------------------------------- for HTML

_SPACED = [
    (r"<m([io])(?: [^>]*)?>([A-Za-z]{2,})</m\1>", r'<mo lspace="0.17em" rspace="0.17em">\2</mo>'),
    (r' rspace="0.17em">(\w+</mo><mo stretchy)', r' rspace="0">\1'),
    (r"<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">/</mo>'),
    (r'mathvariant="bold"', 'style="font-weight: bold"'),
]
"""Spaces around names of functions and strokes, and bold, which browsers take from style only."""


def as_mathml(text: str) -> str:
    """Return the text as HTML, with its formulas in MathML and everything else escaped."""
    found = "".join(_in_mathml(piece) if formula else str(escape(piece)) for piece, formula in segments(text))
    return re.sub(r"(<math\b(?:(?!<math).)*</math>[.,;:)]+)", r'<span style="white-space: nowrap">\1</span>', found)


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


# ------------------------------------------------------------------------------------------------------ for LaTeX

# ASCII for signs that keyboards lack, and what text fonts or ligatures would change.
_TYPED = [
    (re.compile(pattern), replacement)
    for pattern, replacement in {
        "<=": r"\\ensuremath{\\leq}",
        ">=": r"\\ensuremath{\\geq}",
        "->": r"\\ensuremath{\\to}",
        r"\|": r"\\textbar{}",
        "-(?=-)": r"-{}",
        "\u2212": r"\\ensuremath{-}",
        "\u2032": r"\\ensuremath{'}",
        "\u00b7": r"\\ensuremath{\\cdot}",
        "\u00b1": r"\\ensuremath{\\pm}",
        "\u200b": r"\\allowbreak{}",
    }.items()
]
_UNSET = re.compile(
    r"[\x7f\u0149\u0195\u019e\u0259\u025b\u0278\u0294\u029e\u02da\u0308\u0386\u0388-\u0390\u03cc\u03d2\u0400-"
    r"\u04ff\u1f79\u1fbb\u1fc9\u1fcb\u1fd3\u1fdb\u1feb\u1ff9\u1ffb\u2011\u2039\u203a\u210b\u2110\u2112\u211b"
    r"\u212b\u212c\u2130\u2131\u2133\u2153-\u215e\u219c\u219d\u21c5\u21f5\u221f\u222f-\u2231\u223b\u223e\u2246"
    r"\u224b\u224c\u2259\u225b\u2278\u2279\u22a7\u22a8\u22ab\u22b6\u22b7\u22b9\u22be\u22d8\u22d9\u22e8\u22f0"
    r"\u2306\u2315\u2669\u266d-\u266f\u2a0f\u2a16\U0001d49c-\U0001d4cf]"
)
"""Characters whose commands, in pylatexenc's table, need a package, a font or a mode that a table does not have."""
_FACTOR, _BREAK = re.compile(r"(?<=[\w)}]) (?=\\(?:ln|log|exp|operatorname)\b)"), r"\\allowbreak "
_BEYOND = re.compile(r"[^\x00-\x7f]")
_ENCODER = UnicodeToLatexEncoder(
    conversion_rules=[
        UnicodeToLatexConversionRule(rule_type=RULE_REGEX, rule=_TYPED),
        UnicodeToLatexConversionRule(rule_type=RULE_REGEX, rule=[(_UNSET, lambda sign: _by_number(sign[0]))]),
        *get_builtin_conversion_rules("defaults"),
    ],
    replacement_latex_protection="braces-after-macro",
    unknown_char_policy="unihex",
    unknown_char_warning=False,
)


def _by_number(character: str) -> str:
    return rf"\ensuremath{{\langle}}\texttt{{U+{ord(character):04X}}}\ensuremath{{\rangle}}"


def latex_text(text: str) -> str:
    """Return text for LaTeX's text mode: special characters escaped, Unicode translated.

    A character without a translation is set as ⟨U+4E2D⟩.
    """
    return encoded(" ".join(text.split()))


@cache
def encoded(text: str) -> str:
    """Return a text with commands of LaTeX for its special characters."""
    return str(_ENCODER.unicode_to_latex(text))


def latex_prose(text: str, words: Callable[[str], str] | None = None) -> str:
    r"""Return running text with its formulas and powers of ten in math mode; ``words`` translates the rest.

    Lines may break before functions such as ``\ln``, which narrow columns need.
    """
    pieces = segments(" ".join(text.split()), powers=True)
    return "".join(
        latex_formula(_FACTOR.sub(_BREAK, piece)) if formula else (words or encoded)(piece) for piece, formula in pieces
    )


def latex_formula(formula: str) -> str:
    """Return a formula in math mode, its other characters as commands of LaTeX."""
    return f"${_BEYOND.sub(_in_math, formula)}$"


def _in_math(sign: re.Match[str]) -> str:
    found = encoded(sign[0])
    return found if found.startswith(r"\ensuremath{") else rf"\text{{{found}}}"


# ------------------------------------------------------------------------------------------------------- in figures

GREEK = {
    "τ": r"\tau", "μ": r"\mu", "κ": r"\kappa", "σ": r"\sigma", "ε": r"\varepsilon", "γ": r"\gamma", "∞": r"\infty",
}  # fmt: skip
_NUMBER = r"\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_GREEKS = "".join(GREEK)
_SYMBOL = rf"(?:[mdnktT]|μτd|μτ|mμτ|[{_GREEKS}])"
_WORDS = re.compile(
    rf"P\([MT]'? [>≤] [kt]\)|M' [=≠] max\(m, CC\)|max\(m, CC\)"
    rf"|\b[MT]'? [>≤] [kt]\b|d/ln m|(?:d = )?{_NUMBER} ln m|ln m|m → ∞|X ~(?= )|m_e = {_NUMBER}m|m_e\b"
    rf"|{_NUMBER}τd \+ 1/μ|τ\(d \+ 1\) \+ {_NUMBER}/μ|τd \+ 1/μ|τ\(d \+ 1\)|{_NUMBER}/[μτ]"
    rf"|(?<![\w'.-]){_SYMBOL} = (?:n = )?(?:{_NUMBER}(?![\w.])|{_NUMBER}[{_GREEKS}]|[{_GREEKS}])"
    rf"|(?<!\w)\d*m?[{_GREEKS}]+d?(?!\w)|(?<!\w)[MT]'(?: = \d+\b)?|(?<!\w)t\*|10\^\d+|1/[μτ]"
    rf"|(?<=latency )[tT]\b|(?<=time )t\b|(?<=symbols )k\b|(?<=rows )k\b|(?<=terms )m\b|(?<=degree )d\b"
    rf"|(?<=this )m\b|(?<=best )d\b|(?<= for )t$|min ‖vG − 1‖²/m"
    rf"|^[mdtkT]$|(?<!\w)m(?= rows\b)|^T(?= in )"
)
_LAW = re.compile(r"\b(expon|pareto|weibull_min|uniform|lognorm|gamma)\(([^()]*)\)")
_GIVEN = re.compile(rf"(\w+)=({_NUMBER})")


@cache
def typeset(text: str) -> str:
    """Return words of a figure, its distributions named as in print and its symbols in formulas: ``M'`` as ``$M'$``.

    What is set are the symbols of this package's pages, in text outside of formulas; all else stays as it is.
    """
    pieces = re.split(r"(\$[^$]*\$)", text)
    if text.count("$") % 2:  # a dollar sign that begins no formula
        return text
    named = (piece if piece.startswith("$") else _WORDS.sub(_set, name_laws(piece)) for piece in pieces)
    return "".join(named)


def name_laws(text: str) -> str:
    """Return a text in which distributions of SciPy have the names that they have in print."""
    return _LAW.sub(_name, text)


def _set(match: re.Match[str]) -> str:
    if match[0].startswith("min"):
        return r"$\min \|vG - \mathbf{1}\|^2/m$"
    formula = match[0].replace("max(m, CC)", r"\max(m, \mathrm{CC})").replace("ln m", r"\ln m")
    formula = re.sub(r"(\d+)e([-+]?\d+)", lambda n: rf"{n[1]}\cdot 10^{{{int(n[2])}}}", formula)
    for sign, name in {**GREEK, "→": r"\to", "≤": r"\leq", "≠": r"\neq", "~": r"\sim", "*": "^*"}.items():
        formula = formula.replace(sign, f"{name} ")
    return f"${re.sub(r' +', ' ', formula).strip()}$"


_PRINTED = {
    "expon": ("Exp", ""),
    "pareto": ("Pareto", "b"),
    "weibull_min": ("Weibull", "c"),
    "lognorm": ("Lognormal", "s"),
    "gamma": ("Gamma", "a"),
    "uniform": ("U", ""),
}
"""Names of distributions in print, and the parameter of shape that they need; a scale follows the shape."""


def _name(match: re.Match[str]) -> str:
    """Return the name of a distribution, or its text if it has parameters that its name has no place for."""
    given = _GIVEN.findall(match[2])
    values = {name: float(value) for name, value in given}
    name, shape = _PRINTED[match[1]]
    known = {*shape} <= values.keys() <= {*shape, "scale", "loc"}
    if not known or len(given) != len([part for part in match[2].split(",") if part.strip()]):
        return match[0]
    scale, low = values.get("scale", 1.0), values.get("loc", 0.0)
    if name == "U":
        return f"U({low:g}, {low + scale:g})"
    moved = f"{low:g} + " if low else ""
    if name == "Exp":  # its rate is a fraction where the mean is the shorter number
        short = scale < 1 and abs(1 / scale - round(1 / scale, 6)) < 1e-12 / scale
        return moved + (f"Exp({1 / scale:g})" if short or scale == 1 else f"Exp(1/{scale:g})")
    scaled = "" if name == "Pareto" and scale == 1 else f", {scale:g}"
    return f"{moved}{name}({values[shape]:g}{scaled})"
