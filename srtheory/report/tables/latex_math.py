"""Formulas in running text, as typed (``t* <= tau d + 1/mu``): their detection, and their LaTeX.

A formula is the longest run of symbols, numbers, operators and brackets that reads as one, with at least one symbol in
it; every other word stays text. Text that does not read as a formula is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

LETTERS = frozenset("cdijkmnprstvxyzFGMNRSTXY")
GREEK = {"τ": "tau", "μ": "mu", "δ": "delta", "ε": "eps", "Ω": "Omega"}
LATEX_SYMBOLS = {
    **{letter: letter for letter in LETTERS},
    **{name: rf"\{name}" for name in ("tau", "mu", "delta", "Omega")},
    "eps": r"\varepsilon",
    "CC": r"\mathrm{CC}",
    "Q": r"\mathbb{Q}",
    "∞": r"\infty",
    "golden ratio": r"\text{golden ratio}",
}
FUNCTIONS = {
    **{name: rf"\{name}" for name in ("ln", "log", "exp", "max", "min", "Pr")},
    **{name: rf"\operatorname{{{name}}}" for name in ("rank", "polylog")},
}
CALLED = {"E": r"\mathrm{E}", "P": r"\mathrm{P}", "O": "O", "o": "o"}
"""Letters that are symbols only before a bracket, since elsewhere they may be words."""
FENCES = {"ceil": (r"\lceil ", r"\rceil "), "floor": (r"\lfloor ", r"\rfloor "), "sqrt": (r"\sqrt{", "}")}
RELATIONS = {
    **dict.fromkeys(("<=", "≤"), r"\leq "),
    **dict.fromkeys((">=", "≥"), r"\geq "),
    **dict.fromkeys(("->", "→"), r"\to "),
    "≠": r"\neq ",
    **{sign: sign for sign in "<>="},
}
SUPERSCRIPTS = {"²": "2", "³": "3", "⁴": "4", "⁵": "5"}
DEEPEST = 12

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?:e([+-]?)0*(\d+))?(?![\d_])")
_WORD = re.compile(r"golden ratio|[^\W\d_²³⁴⁵]+|∞")
_SUBSCRIPT = re.compile(r"_([^\W_]+)")
_POWER = re.compile(r"\^(-?)(\d+(?:\.\d+)?|[A-Za-z])(?![A-Za-z])")
_RELATION = re.compile(r"( ?)(<=|>=|->|[<>=≤≥≠→])( ?)")
_SIGN = re.compile(r" [-+−] |[-+−](?! )")
_PLACE = re.compile(r"(?:Figs?|Remark|Theorem|Section)\.? \d\w*")
_CAN_START = re.compile(r"(?:(?<=[A-Z]-)|(?<![\w.'’-])|(?<![\w.'’])(?=-))(?=[\w(\[∞−-])")


def segments(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield pieces of the text in order, each with its LaTeX for math mode, or None if it is not a formula."""
    start = at = 0
    while at < len(text):
        place = _PLACE.match(text, at)
        found = None if place or not _CAN_START.match(text, at) else _Reader(text).formula(at)
        if found is None:
            at = place.end() if place else at + 1
            continue
        if start < at:
            yield text[start:at], None
        start, latex = found
        yield text[at:start], latex
        at = start
    if start < len(text):
        yield text[start:], None


Found = tuple[int, str] | None
"""End of a part of a formula, and its LaTeX; None if there is none."""


class _Reader:
    """Parser of one formula by recursive descent; a bracket in several alternatives is read once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.brackets: dict[tuple[object, ...], tuple[Found, int]] = {}
        self.symbols = 0  # a formula without any is a number, a citation or a bracket, and stays text

    def formula(self, at: int) -> Found:
        found = self.chain(at, 0)
        if found is None or not self.symbols or self._inside_a_word(found[0]):
            return None
        alone = self.text[at] in "([" and self.bracket(at, 0)
        return None if alone and alone[0] == found[0] else found  # its inside is read on its own

    def _inside_a_word(self, end: int) -> bool:
        return self.text[end - 1].isalnum() and self.text[end : end + 1].isalnum()

    def chain(self, at: int, depth: int) -> Found:
        """Return ``a <= b = c``; without a space around the relation, no space is crossed after it (``m=5 d=2``)."""
        found = self.sum(at, depth, spaces=True)
        while found:
            end, latex = found
            relation = _RELATION.match(self.text, end)
            if not relation:
                return found
            right = self.sum(relation.end(), depth, spaces=bool(relation[1]))
            if not right:
                return found
            found = right[0], latex + RELATIONS[relation[2]] + right[1]
        return found

    def sum(self, at: int, depth: int, spaces: bool) -> Found:
        minus = self.text[at : at + 1] in ("-", "−")
        found = self.product(at + minus, depth, spaces)
        if found and minus:
            self.symbols += 1
            found = found[0], "-" + found[1]
        while found:
            sign = _SIGN.match(self.text, found[0])
            if not sign or (sign[0].startswith(" ") and not spaces):
                return found
            right = self.product(sign.end(), depth, spaces)
            if not right or self._inside_a_word(right[0]):
                return found
            found = right[0], found[1] + sign[0].strip().replace("−", "-") + right[1]
        return found

    def product(self, at: int, depth: int, spaces: bool) -> Found:
        found = self.factor(at, depth)
        while found:
            right = self._next_factor(found[0], depth, spaces, after_number=self.text[found[0] - 1].isdigit())
            if not right:
                return found
            found = right[0], found[1] + right[1]
        return found

    def _next_factor(self, at: int, depth: int, spaces: bool, after_number: bool) -> Found:
        sign = self.text[at : at + 1]
        dot = re.compile(" ?· ?").match(self.text, at)
        if sign == "/" or dot:
            right = self.factor(dot.end() if dot else at + 1, depth)
            return right and (right[0], (r"\cdot " if dot else "/") + right[1])
        gap = sign == " "
        first = self.text[at + gap : at + gap + 1]
        if (gap and not spaces) or first.isdigit() or first == "[" or (gap and after_number and first == "("):
            return None
        right = self.bracket(at + gap, depth, lone=not gap) if first == "(" else self.factor(at + gap, depth)
        if self.text.startswith(tuple(FUNCTIONS), at + 1):  # LaTeX spaces functions, and may break a line before one
            return right and (right[0], r"\allowbreak " + right[1])
        return right and (right[0], (r"\," if gap and after_number else " ") + right[1])

    def factor(self, at: int, depth: int) -> Found:
        number = _NUMBER.match(self.text, at)
        if number:
            return self.powers(number.end(), self._number(*number.groups()))
        if self.text[at : at + 1] in ("(", "["):
            found = self.bracket(at, depth)
            return found and self.powers(*found)
        word = _WORD.match(self.text, at)
        return self.word(word, depth) if word else None

    def _number(self, digits: str, sign: str | None, exponent: str | None) -> str:
        if exponent is None:
            return digits
        self.symbols += 1
        power = f"10^{{{'-' if sign == '-' else ''}{exponent}}}"
        return power if digits == "1" else rf"{digits}\cdot {power}"

    def word(self, word: re.Match[str], depth: int) -> Found:
        name, end = word[0], word.end()
        if name[0] in GREEK:  # Greek letters need no space between them and what follows
            name, end = GREEK[name[0]], word.start() + 1
        following = self.text[end : end + 1]
        if name in FENCES:
            left, right = FENCES[name]
            inner = self.bracket(end, depth, (left, right))
            return inner and self.powers(*inner)
        if name in FUNCTIONS:
            inner = self.factor(end + (following == " "), depth)
            return inner and (inner[0], FUNCTIONS[name] + (" " if following == " " else "") + inner[1])
        if name in CALLED:
            return self._called(name, end, depth)
        if name not in LATEX_SYMBOLS and not (len(name) == 1 and following in ("_", "^") and following):
            return None
        self.symbols += 1
        found = self.powers(end, LATEX_SYMBOLS.get(name, name))
        arguments = self.bracket(found[0], depth) if self.text[found[0] : found[0] + 1] == "(" else None
        return (arguments[0], found[1] + arguments[1]) if arguments else found

    def _called(self, name: str, end: int, depth: int) -> Found:
        mean = name == "E" and self.text.startswith(" N(", end)
        inner = self.factor(end + 1, depth) if mean else self.bracket(end, depth)
        self.symbols += inner is not None
        return inner and (inner[0], CALLED[name] + (r"\," if mean else "") + inner[1])

    def powers(self, at: int, latex: str) -> tuple[int, str]:
        """Return subscript, prime, star and exponent that follow immediately."""
        subscript = _SUBSCRIPT.match(self.text, at)
        if subscript:
            at, latex = subscript.end(), f"{latex}_{{{subscript[1]}}}"
        if self.text[at : at + 1] in ("'", "′") and not self.text[at + 1 : at + 2].isalpha():
            at, latex = at + 1, latex + "'"
        elif self.text[at : at + 1] == "*" and not self.text[at + 1 : at + 2].isalnum():
            at, latex = at + 1, latex + "^{*}"
        power = _POWER.match(self.text, at)
        if power:
            self.symbols += 1
            return power.end(), f"{latex}^{{{power[1]}{power[2]}}}"
        if self.text[at : at + 1] in SUPERSCRIPTS:
            self.symbols += 1
            return at + 1, f"{latex}^{{{SUPERSCRIPTS[self.text[at]]}}}"
        return at, latex

    def bracket(self, at: int, depth: int, fence: tuple[str, str] | None = None, lone: bool = True) -> Found:
        """Return ``(…)`` or ``[…]`` with chains separated by commas or bars; a single sum only if not ``lone``."""
        key = (at, depth, fence, lone)
        if key not in self.brackets:
            before = self.symbols
            self.brackets[key] = self._bracket(at, depth, fence, lone), self.symbols - before
            return self.brackets[key][0]
        found, symbols = self.brackets[key]
        self.symbols += symbols
        return found

    def _bracket(self, at: int, depth: int, fence: tuple[str, str] | None, lone: bool) -> Found:
        opening = self.text[at : at + 1]
        if opening not in ("(", "[") or depth > DEEPEST:
            return None
        closing = {"(": ")", "[": "]"}[opening]
        inner = self.chain if lone else (lambda at, depth: self.sum(at, depth, spaces=True))
        parts, end = self._parts(at + 1, depth + 1, inner)
        if not parts or self.text[end : end + 1] != closing or (not lone and len(parts) > 1):
            return None
        left, right = fence or (opening, closing)
        return end + 1, left + "".join(parts) + right

    def _parts(self, at: int, depth: int, inner: Callable[[int, int], Found]) -> tuple[list[str], int]:
        parts: list[str] = []
        while found := inner(at, depth):
            at = found[0]
            parts.append(found[1])
            bar = re.compile(r", ?| \| ").match(self.text, at)
            if not bar:
                break
            parts.append(", " if bar[0].startswith(",") else r" \mid ")
            at = bar.end()
        return parts, at
