"""Numbers that a text quotes, each with its uncertainty and how it is known; and numerals of the text that are none."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from srtheory.errors import ArgumentError, require_int, require_kind
from srtheory.render.table import python_number
from srtheory.shown import Part, Shown, Values

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

MAX_DIGITS = 15
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")
_SYMBOLS = {"%": r"\%", "µ": r"{\mu}", "μ": r"{\mu}", "Ω": r"{\Omega}", "\u2126": r"{\Omega}", "°": r"{}^\circ "}
_UNIT = re.compile(rf"(?:(?![\\{{}}$#~^_&])[!-~]|[{''.join(_SYMBOLS)}])*")
_LARGE = 10**4000
_KNOWN = ("value", "low", "high", "standard_error", "how", "trials", "seed")
_PREFIX = re.compile(r"[A-Za-z]+")
_PRECISE = Context(prec=400, Emax=10**6, Emin=-(10**6))


@dataclass(frozen=True)
class Number(Shown):
    """A value, its uncertainty, and how it is known.

    Use :meth:`exact`, :meth:`bounds`, :meth:`mean` or :meth:`share` to make one. All of it is finite.
    """

    value: float | Fraction
    low: float | Fraction
    high: float | Fraction
    """An interval that contains the value: the value itself, proved bounds, or a 95 % confidence interval."""
    how: str
    """How the value is known, in words."""
    standard_error: float | None = None
    """Standard error of a simulated mean or fraction."""
    trials: int | None = None
    seed: int | None = None

    def parts(self) -> list[Part]:
        """Return the value, its interval where it has one, and how it is known."""
        its = {"value": self.value, "interval": None if self.low == self.high else (float(self.low), float(self.high))}
        its |= {name.replace("_", " "): getattr(self, name) for name in ("standard_error", "trials", "seed", "how")}
        return [Values([(name, x, "") for name, x in its.items() if x is not None])]

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "standard_error", "trials", "seed"):
            object.__setattr__(self, name, python_number(getattr(self, name)))
        for name in ("value", "low", "high"):
            if not _is_finite(getattr(self, name)):
                raise ArgumentError(name, getattr(self, name), "a finite number, of at most 4000 digits")
        if not self.low <= self.value <= self.high:
            raise ArgumentError("value", self.value, f"in its interval [{self.low}, {self.high}]")
        require_kind("how", self.how, str, "a text")
        for name in ("trials", "seed"):
            if (value := getattr(self, name)) is not None:
                require_int(name, value, 0)
        error = self.standard_error
        if error is not None and not (_is_finite(error) and error >= 0):
            raise ArgumentError("standard_error", self.standard_error, "a finite number of at least 0")

    @classmethod
    def exact(cls, value: int | Fraction, how: str) -> Number:
        """Return an integer or a fraction that is known exactly."""
        value = python_number(value)
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            raise ArgumentError("value", value, "an integer or a Fraction; a float has an interval: use Number.bounds")
        return cls(value, value, value, how)

    @classmethod
    def bounds(cls, low: float, high: float, how: str) -> Number:
        """Return the middle of an interval that is known to contain the value."""
        low, high = python_number(low), python_number(high)
        if not (_is_finite(low) and _is_finite(high) and low <= high):
            raise ArgumentError("bounds", (low, high), "two finite numbers in ascending order")
        try:
            middle: float | Fraction = low + (high - low) / 2
        except OverflowError:
            middle = math.inf
        if not _is_finite(middle):
            exact = (Fraction(low) + Fraction(high)) / 2
            middle = float(exact) if isinstance(low, float) and isinstance(high, float) else exact
        return cls(min(max(middle, low), high), low, high, how)

    @classmethod
    def mean(cls, sample: npt.ArrayLike, lab: Lab, how: str = "mean of simulated runs") -> Number:
        """Return the mean of a sample of at least two, with its standard error and 95 % interval."""
        import numpy as np
        from scipy.special import ndtri

        from srtheory.experiments.summary import summarise

        values = np.asarray(sample, dtype=np.float64)
        if values.size < 2 or not np.isfinite(values).all():
            raise ArgumentError("sample", values[:5].tolist(), "at least two finite numbers")
        found = summarise(values)
        mean, error = found.mean, found.standard_error
        margin = float(ndtri(0.975)) * error
        return cls(mean, mean - margin, mean + margin, how, error, values.size, lab.seed)

    @classmethod
    def share(cls, successes: int, trials: int, lab: Lab, how: str = "fraction of simulated runs") -> Number:
        """Return a fraction with its 95 % interval by Clopper and Pearson, and the standard error of that interval."""
        from srtheory.experiments.summary import proportion

        require_int("trials", trials, 1)
        value = require_int("successes", successes, 0, trials) / trials
        low, high = proportion(successes, trials)
        return cls(value, low, high, how, standard_error(low, high), trials, lab.seed)

    def written(self, digits: int) -> str:
        """Return the number as siunitx reads it, such as ``0.708(2)``: in brackets, units of the last digit.

        They are the standard error, rounded, of a simulated mean or fraction, and otherwise what contains the bounds.
        No brackets are needed if these round to what is written. The last digit is the first of the uncertainty, its
        second if the first is a 1, or the one at which ``digits`` significant digits end, whichever comes first.  An
        integer that is known exactly is written whole up to 30 digits, and a float without a fraction up to 15.
        """
        limit: int = 10**MAX_DIGITS if isinstance(self.value, float) else 10**30
        whole = -limit < self.value < limit and self.value == int(self.value)
        if whole and self.low == self.high and self.standard_error is None:
            return str(int(self.value))
        value, error = _decimal(self.value), self._uncertainty()
        lead = value.adjusted() if value else (error.adjusted() if error else 0)
        place = lead - digits + 1
        if error:
            place = max(place, error.adjusted() - (error.as_tuple().digits[0] == 1))
        unit = Fraction(10) ** place
        count = round(Fraction(self.value) / unit)
        return _siunitx(Decimal(count).scaleb(place, _PRECISE), self._units(count, unit), place)

    def _uncertainty(self) -> Decimal:
        if self.standard_error is not None:
            return _decimal(self.standard_error)
        return _decimal(max(Fraction(self.high) - Fraction(self.value), Fraction(self.value) - Fraction(self.low)))

    def _units(self, count: int, unit: Fraction) -> int:
        """Return the uncertainty of so many units, in units; in fractions, since ends may differ by 600 digits."""
        if self.standard_error is not None:
            return round(Fraction(self.standard_error) / unit)
        low, high = Fraction(self.low) / unit, Fraction(self.high) / unit
        return 0 if round(low) == round(high) == count else math.ceil(max(high - count, count - low))


def standard_error(low: float, high: float) -> float:
    """Return the standard error of an estimate with this 95 % interval: its width divided by 2 x 1.96.

    For a mean it is the usual one. For a fraction it is above 0, also if all trials agree.
    """
    from scipy.special import ndtri

    return (high - low) / (2 * float(ndtri(0.975)))


def _is_finite(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    if isinstance(value, int | Fraction):
        return abs(value.numerator) < _LARGE and value.denominator < _LARGE
    return math.isfinite(value)


def _decimal(value: float | Fraction, context: Context = _PRECISE) -> Decimal:
    exact = Fraction(value)
    return context.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _siunitx(shown: Decimal, units: int, place: int) -> str:
    """Return ``shown`` with so many units of 10^place in brackets; with a power of ten below 10^-4 or from 10^6."""
    lead = shown.adjusted() if shown else place
    power = lead if place > 0 or lead < -4 or lead >= 6 else 0
    mantissa = shown.scaleb(-power, _PRECISE).quantize(Decimal(1).scaleb(place - power), ROUND_HALF_EVEN, _PRECISE)
    text = f"{mantissa:f}" + (f"({units})" if units else "")
    return f"{text}e{power}" if power else text


# ------------------------------------------------------------------------------------------------- numbers of a study


@dataclass(frozen=True)
class NumberEntry:
    """A number that a study quotes."""

    name: str
    """Lower-case words joined by hyphens: a macro of LaTeX has letters only."""
    says: str
    """What the number is."""
    unit: str
    """Its unit, empty for none."""
    digits: int
    """Most significant digits that are written."""
    compute: Callable[..., Number]
    """Function of a laboratory."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            expected = "lower-case words joined by hyphens, such as mean-latency: a LaTeX macro has letters only"
            raise ArgumentError("number", self.name, expected)
        if not _UNIT.fullmatch(self.unit):
            expected = "ASCII letters and signs, µ, Ω and °, such as ms, % or m/s, without LaTeX"
            raise ArgumentError("unit", self.unit, expected)
        require_int("digits", self.digits, 1, MAX_DIGITS)

    def macro(self, prefix: str) -> str:
        """Return the name of its macro, without the backslash: the prefix, and the words with capitals."""
        return prefix + "".join(word.capitalize() for word in self.name.split("-"))


@dataclass(frozen=True)
class Quoted:
    """A number of a study, computed."""

    entry: NumberEntry
    number: Number

    @cached_property
    def text(self) -> str:
        """The number as it is quoted, without its unit."""
        return self.number.written(self.entry.digits)


def require_prefix(prefix: str) -> str:
    """Return the prefix of a study's macros if LaTeX can take it."""
    if not _PREFIX.fullmatch(prefix):
        raise ArgumentError("prefix", prefix, "letters from A to Z and a to z: LaTeX takes no others in a macro's name")
    return prefix


def as_latex(quoted: Sequence[Quoted], prefix: str, heading: str) -> str:
    """Return the numbers as macros, each with a comment that says how it is known."""
    lines = [f"% {heading}"]
    for one in quoted:
        text = re.sub(r"e(-?\d+)$", r"\\times 10^{\1}", one.text)
        unit = "".join(_SYMBOLS.get(character, character) for character in one.entry.unit)
        unit = unit and rf"\,\mathrm{{{unit}}}"
        lines += ["", *(f"% {line}" for line in (" ".join(one.entry.says.split()), _provenance(one.number)) if line)]
        lines.append(rf"\newcommand{{\{one.entry.macro(prefix)}}}{{\ensuremath{{{text}{unit}}}}}")
    return "\n".join(lines) + "\n"


def _brief(value: float | Fraction, rounding: str) -> str:
    """Return at most ten significant digits, rounded so; a float is the shortest decimal that is read as that float."""
    ten = Context(prec=10, rounding=rounding, Emax=_PRECISE.Emax, Emin=_PRECISE.Emin)
    shown = _decimal(Fraction(repr(value)) if isinstance(value, float) else value, ten)
    return f"{float(shown):.10g}" if abs(shown.adjusted()) < 308 else f"{shown:.9e}"


def _provenance(number: Number) -> str:
    ends = _brief(number.low, ROUND_FLOOR), _brief(number.high, ROUND_CEILING)
    interval = "" if number.low == number.high else f"; in [{', '.join(ends)}]"
    runs = "" if number.trials is None else f"; {number.trials} trials, seed {number.seed}, fixed number of trials"
    return " ".join(f"{number.how}{interval}{runs}".split())


def as_objects(quoted: Sequence[Quoted], prefix: str) -> list[dict[str, Any]]:
    """Return the numbers as plain objects, ready for JSON; fractions are texts."""
    return [
        {
            "name": one.entry.name,
            "macro": one.entry.macro(prefix),
            "says": one.entry.says,
            "text": one.text,
            "unit": one.entry.unit,
            **{name: _plain(getattr(one.number, name)) for name in _KNOWN},
        }
        for one in quoted
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return value if value is None or isinstance(value, int | str) else float(value)


def as_json(quoted: Sequence[Quoted], prefix: str, heading: str) -> str:
    """Return the numbers as one JSON document."""
    document = {"made_by": heading, "numbers": as_objects(quoted, prefix)}
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def as_csv(quoted: Sequence[Quoted], prefix: str, heading: str) -> str:
    """Return the numbers as comma-separated values; the first line is a comment."""
    lines = io.StringIO()
    lines.write(f"# {heading}\n")
    columns = ("name", "macro", "text", "unit", *_KNOWN, "says")
    writer = csv.DictWriter(lines, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_objects(quoted, prefix))
    return lines.getvalue()


FORMATS: dict[str, Callable[[Sequence[Quoted], str, str], str]] = {"latex": as_latex, "json": as_json, "csv": as_csv}


# ------------------------------------------------------------------------------------------- numerals of a text

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
    """A numeral that no macro gives, with its line, whose number is from 1."""

    line: int
    text: str
    context: str


def numerals(tex: str, name: str = "check") -> list[Numeral]:
    r"""Return the numerals of a LaTeX text that appear in it as digits.

    Not listed are indices and exponents, 0, 1 and 2 in formulas, years from 1900 to 2099, numbers of theorems, sections
    and the like, of equations as in (5), parts of words such as 2-norm, arguments of macros such as ``\ref`` and
    ``\includegraphics``, code, drawings and references, what stands outside ``document``, and lines that end with
    ``% given``. ``name`` is the argument that errors speak of.
    """
    from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker, LatexWalkerParseError

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
    from pylatexenc import latexwalker as tex

    index, before = False, ""  # an index, and the arguments that the walker does not know, follow as groups
    for node in nodes:
        if isinstance(node, tex.LatexCharsNode):
            if skip and _OPTIONAL.fullmatch(node.chars):
                continue
            yield from _in_chars(node, before, index, formula)
            skip, index = "", node.chars.rstrip().endswith(("_", "^"))
            before += node.chars
        elif isinstance(node, tex.LatexGroupNode):
            if not (skip or index):
                yield from _numerals(node.nodelist, formula)
            skip, index = "" if skip in LAYOUT else skip, False
        elif isinstance(node, tex.LatexMacroNode):
            refers = node.macroname in REFERRING
            known = node.nodeargd.argnlist if node.nodeargd else []  # arguments that the walker has found
            skip, index = node.macroname if not known and (refers or node.macroname in LAYOUT) else "", False
            if not refers:
                yield from _numerals(known, formula)
            before = f"{before}," if node.macroname == "," else ""
        elif isinstance(node, tex.LatexEnvironmentNode):
            name = node.environmentname
            yield from _numerals(node.nodelist, formula or name.rstrip("*") in DISPLAYS, name if name in LAYOUT else "")
            skip, index, before = "", False, ""
        elif isinstance(node, tex.LatexMathNode):
            yield from _numerals(node.nodelist, formula=True)
            skip, index, before = "", False, ""
        elif not isinstance(node, tex.LatexCommentNode):
            skip, index = "", False
            before += getattr(node, "specials_chars", "")


def _in_chars(node: Any, before: str, index: bool, formula: bool) -> Iterator[tuple[int, str]]:
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
