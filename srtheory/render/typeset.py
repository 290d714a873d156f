r"""Words of figures as formulas: ``M'`` is set as ``$M'$``, and ``expon(scale=5)`` as Exp(1/5).

What is set are the symbols of this package's pages, in text outside of formulas; all else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

GREEK = {
    "τ": r"\tau", "μ": r"\mu", "κ": r"\kappa", "σ": r"\sigma", "ε": r"\varepsilon", "γ": r"\gamma", "∞": r"\infty",
}  # fmt: skip
_NUMBER = r"\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_GREEKS = "".join(GREEK)
_SYMBOL = rf"(?:[mdnktT]|μτd|μτ|mμτ|[{_GREEKS}])"
_FORMULA = re.compile(
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
    """Return a text with its distributions named as in print and its symbols in formulas between dollar signs."""
    pieces = re.split(r"(\$[^$]*\$)", text)
    if text.count("$") % 2:  # a dollar sign that begins no formula
        return text
    named = (piece if piece.startswith("$") else _FORMULA.sub(_set, name_laws(piece)) for piece in pieces)
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


def _name(match: re.Match[str]) -> str:
    """Return the name of a distribution, or its text if it has parameters that its name has no place for."""
    given = _GIVEN.findall(match[2])
    written = [part for part in match[2].split(",") if part.strip()]
    values = {name: float(value) for name, value in given}
    family, shapes = _PRINTED[match[1]]
    if len(given) != len(written) or not {*shapes} <= values.keys() <= {*shapes, "scale", "loc"}:
        return match[0]
    moved = values.get("loc", 0.0) if match[1] != "uniform" else 0.0
    return (f"{moved:g} + " if moved else "") + family(values)


def _rate(values: Mapping[str, float]) -> str:
    """Return Exp with its rate, as a fraction where the mean is the shorter number."""
    scale = values.get("scale", 1.0)
    short = scale < 1 and abs(1 / scale - round(1 / scale, 6)) < 1e-12 / scale
    return f"Exp({1 / scale:g})" if short or scale == 1 else f"Exp(1/{scale:g})"


def _pareto(values: Mapping[str, float]) -> str:
    scale = values.get("scale", 1.0)
    return f"Pareto({values['b']:g})" if scale == 1 else f"Pareto({values['b']:g}, {scale:g})"


def _uniform(values: Mapping[str, float]) -> str:
    low = values.get("loc", 0.0)
    return f"U({low:g}, {low + values.get('scale', 1.0):g})"


def _shaped(name: str, shape: str) -> Callable[[Mapping[str, float]], str]:
    return lambda values: f"{name}({values[shape]:g}, {values.get('scale', 1.0):g})"


_PRINTED: dict[str, tuple[Callable[[Mapping[str, float]], str], tuple[str, ...]]] = {
    "expon": (_rate, ()),
    "pareto": (_pareto, ("b",)),
    "weibull_min": (_shaped("Weibull", "c"), ("c",)),
    "lognorm": (_shaped("Lognormal", "s"), ("s",)),
    "gamma": (_shaped("Gamma", "a"), ("a",)),
    "uniform": (_uniform, ()),
}
"""Names of distributions in print, and the parameters of shape that they need; a scale follows the shape."""
