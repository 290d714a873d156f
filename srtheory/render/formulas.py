r"""Text with formulas between dollar signs, as in ``d \ge $\ln m$``: for terminals, for LaTeX and for HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text

_FORMULA = re.compile(r"(?<!\\)\$([^$]+)(?<!\\)\$")


def segments(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is a formula, then without its dollar signs.

    A dollar sign behind a backslash is a character of the text.
    """
    at = 0
    for match in _FORMULA.finditer(text):
        if match.start() > at:
            yield text[at : match.start()].replace(r"\$", "$"), False
        yield match[1], True
        at = match.end()
    if at < len(text):
        yield text[at:].replace(r"\$", "$"), False


@cache
def _converter() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="text", keep_comments=True)


@cache
def as_unicode(text: str) -> str:
    """Return the text with its formulas in Unicode, for terminals."""
    return "".join(_in_unicode(piece) if formula else piece for piece, formula in segments(text))


def _in_unicode(formula: str) -> str:
    spaced = re.sub(r"\\(ln|log|exp|max|min|Pr)(?![A-Za-z])\s*(?=[\w\\])", r"\\\1\\ ", formula)
    return re.sub(r"([≤≥≠→])(?=\S)", r"\1 ", _converter().latex_to_text(spaced))


def as_mathml(text: str) -> str:
    """Return the text as HTML, with its formulas in MathML and everything else escaped."""
    from markupsafe import escape

    return "".join(_in_mathml(piece) if formula else str(escape(piece)) for piece, formula in segments(text))


def _in_mathml(formula: str) -> str:
    """Return the formula in MathML, or as code if it is none that the converter can read."""
    from latex2mathml.converter import convert
    from markupsafe import escape

    try:
        return convert(formula)
    except Exception:  # the converter has no base of its own for errors, and raises IndexError and others, too
        return f"<code>{escape(formula)}</code>"
