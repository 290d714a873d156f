"""The question which block sizes peeling decodes by a time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, ClassVar

from srtheory.environment import __version__
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Part, Question, Values
from srtheory.questions.words import Word, but

_MOST_VARIABLES = 4 * 10**4
_RESULTS = ("sizes", "rows", "terms", "least_rows", "missed")
_FOUND = Word(low=0, unless="null if sizes is")
Margin = Annotated[
    float, Word("Safety margin for random fluctuations, in standard deviations", metavar="C", accept=words.as_given)
]
Uncovered = Annotated[
    float,
    Word(
        "Expected number of uncovered symbols at T, for which the sizes are designed; above 0",
        metavar="ETA",
        accept=words.as_given,
    ),
]
Largest = Annotated[int, Word("Largest block size, in terms", more="; from 1 to 1000", metavar="K", low=1, high=1000)]
By = Annotated[float, Word("Target time T for peeling to recover all terms, in time units", metavar="T", unit="time")]


def _null(schema: str) -> dict[str, Any]:
    return {"properties": {name: {"type": schema} for name in _RESULTS[1:]}}


class Designed(Answer):
    """Block sizes, or null where none are found."""

    width = 11
    schema_extra: ClassVar = {
        "if": {"properties": {"sizes": {"type": "null"}}},
        "then": _null("null"),
        "else": _null("number"),
    }

    symbols: words.Symbols
    tau: words.Tau
    startup: words.LawText
    by: By
    margin: Margin
    uncovered: Uncovered
    largest: Largest
    version: Annotated[str, Word("Version of srtheory", quiet=True)]
    sizes: Annotated[str | None, Word("block sizes, for srtheory simulate sr-sizes --sizes")]
    rows: Annotated[float | None, _FOUND, but("expected number of rows received by T, divided by m")]
    terms: Annotated[float | None, _FOUND, but("expected number of terms in these rows, divided by m")]
    least_rows: Annotated[
        float | None, _FOUND, but("number of rows that the best mixture of sizes needs, divided by m")
    ]
    missed: Annotated[float | None, _FOUND, but("amount by which these sizes miss a condition, 0 if they meet all")]

    @property
    def status(self) -> int:
        """1 unless sizes were found that meet all conditions."""
        return 0 if self.missed == 0 else 1

    def parts(self) -> list[Part]:
        """Return the sizes, with four digits of the numbers."""
        if self.sizes is None:
            return [f"no block sizes up to {self.largest} terms suffice by t = {self.by:g} time units"]
        found = ((name, getattr(self, name)) for name in _RESULTS)
        return [Values([(name, f"{x:.4g}" if isinstance(x, float) else x, "") for name, x in found])]


class Design(Question):
    """Find block sizes with which peeling decodes by about time T from the fewest rows.

    Peeling is the decoder that solves one symbol at a time. The sizes are found by a linear program over density
    evolution. T is a target, not a bound: in a simulation peeling may end some % later.

    {answer}

    Exit status: 0 sizes were found, 1 no sizes suffice by T for any number of rows, or none were found that meet all
    conditions; 2 bad input.
    """

    verb = "design"
    answers = (Designed,)

    symbols: words.Symbols
    tau: words.Tau
    startup: words.Startup
    by: By
    margin: Margin = 1.5
    uncovered: Uncovered = 0.5
    largest: Largest = 70

    def check(self) -> None:
        """Refuse a time by which workers do too many terms."""
        reach = min(self.symbols, max(0.0, (self.by - float(self.startup.support()[0])) / self.tau))
        if not reach * self.largest <= _MOST_VARIABLES:
            expected = f"so early that (T / tau) * largest is at most {_MOST_VARIABLES}"
            raise ArgumentError("by", self.by, expected)

    def answer(self, means: Means = PLAIN) -> Designed:
        """Return the answer."""
        from srtheory.theory.peeling import design

        found = design(self.model, self.by, margin=self.margin, uncovered=self.uncovered, largest=self.largest)
        return self.answered(
            Designed, version=__version__, **(dict.fromkeys(_RESULTS) if found is None else asdict(found))
        )
