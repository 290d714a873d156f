"""The question which schemes there are: what their workers send, their use, what is known of their latency."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap
from typing import Annotated, Any

from srtheory import theory
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question
from srtheory.questions.words import Record, Word, but
from srtheory.schemes import ENTRIES, SCHEME_NAMES, NamedScheme, named
from srtheory.shown import Grid, Part

WIDTH = 100
"""Letters of a line."""


class OneScheme(Record):
    """A scheme."""

    scheme: Annotated[str, Word("Name, as commands take it")]
    label: Annotated[str | None, Word("Name in figures and tables", unless="null for a scheme of your own")]
    sends: Annotated[str, Word("What a worker sends; numbers in brackets are the paper's references")]
    use: Annotated[str | None, Word("What it is good for, or what it is", unless="null for a scheme of your own")]
    law: Annotated[
        str | None, Word("What the interval that latency prints is", unless="null if the distribution is not known")
    ]
    decoder: Annotated[str | None, Word("Decoder", unless="null if its options decide")]
    options: Annotated[tuple[str, ...], Word("Its options, by name")]

    def rows(self) -> list[tuple[str, str]]:
        """Return its lines in a table of two columns."""
        known = self.law or "not known, simulate or compare"
        facts = {"Use": self.use, "Latency": known, "Decoder": self.decoder, "Options": ", ".join(self.options)}
        said = " ".join(f"{name}: {its}." for name, its in facts.items() if its)
        return list(zip_longest([self.scheme], [*wrap(self.sends, WIDTH), *wrap(said, WIDTH)], fillvalue=""))


class Listed(Answer):
    """Schemes, in the order of their families."""

    schemes: Annotated[tuple[OneScheme, ...], Word("Schemes", array={"minItems": 1})]

    def parts(self) -> list[Part]:
        heads = ("scheme", "what a worker sends, what it is good for, what is known of its latency")
        return [Grid(heads, (-22, None), [row for its in self.schemes for row in its.rows()])]


class Schemes(Question):
    """List the schemes: what a worker sends, what each is good for, and what is known of its latency.

    A term is one f_i. Parts are the m terms cut into ceil(m/d) consecutive blocks of d. In cyclic order a worker begins
    with its own and goes around the circle. Pairs go through a cell, a run of neighbouring parts, from both of its
    ends, and then through the next. An SR code sends sums over random blocks. docs/choosing.md says which to take, and
    compare measures it.

    {answer}
    """

    verb = "schemes"
    answers = (Listed,)

    several: Annotated[words.Several | None, but("Schemes to list, separated by commas", otherwise="all schemes")] = (
        None
    )

    @property
    def source(self) -> str | None:
        """Digests of the sources of schemes of the user's."""
        return ", ".join(words.sources_of(list(self.several or ())).values()) or None

    def answer(self, means: Means = PLAIN) -> Listed:
        return self.answered(Listed, schemes=tuple(map(_one, self.several or map(named, SCHEME_NAMES))))


def _one(scheme: NamedScheme) -> OneScheme:
    entry = ENTRIES.get(scheme.name)
    fixed = "".join(f", with {name} = {value}" for name, value in scheme.fixed.items() if value is not False)
    decoder: Any = getattr(scheme.kind, "decoder", None)
    return OneScheme(
        scheme=scheme.name,
        label=entry.says if entry else None,
        sends=" ".join((scheme.kind.__doc__ or "").split("\n\n")[0].split()).removesuffix(".") + f"{fixed}.",
        use=entry.use if entry else None,
        law=theory.ENTRIES[scheme.name].says if scheme.name in theory.ENTRIES else None,
        decoder=decoder if isinstance(decoder, str) else None,
        options=tuple(scheme.options),
    )
