"""The question how probably the sum can be recovered, with proof, and what is proved to suffice."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question
from srtheory.questions.enclosed import Distribution
from srtheory.questions.words import Word, but

if TYPE_CHECKING:
    from srtheory.model import Model

_THEOREM = (
    "Proved for every m, without a conjecture (docs/proofs/spanning.md, 1): rows that cover every symbol and leave no"
    " even set of three or more symbols span 1 over Q, and fewer than m rows rarely do"
)
_BY_ROWS = "by rows, with the errors of quadrature and rounding bounded in ball arithmetic"
_BY_TIME = "by time, for any start-up distribution, resting on values of F that are accurate to within 2^-50"
_NO_ROWS = "by rows, the proof covers exponential, Pareto and uniform start-up delays, but not this distribution"
_NO_ORDER = "by rows, the proof does not cover random times, messages that cost time or workers that never respond"
_NO_TIME = "no time is proved to have this confidence"
_NOTHING = "no lower bound above 0 is proved here"
_CELLS = "sr-cells"
_BLOCKS = "by rows, as no more have arrived by some time by which all is known, for any start-up distribution"
_PEELED = (
    "Proved for every m (docs/proofs/coupled.md, Theorem 6): peeling of coupled blocks, by density evolution of the"
    " windows with Chernoff's inequality at each step, in ball arithmetic; nothing is said of an upper bound"
)

_Scheme = Annotated[
    Literal["sr", "sr-cells", "sr-cells-adjacent"],
    Word(
        f"sr, or {_CELLS}: coupled blocks decoded by peeling, with the scheme's own cells and windows;"
        f" {_CELLS}-adjacent: with its option order=adjacent; no proof covers sr-windows, whose blocks are cut off at"
        " the ends of a line",
        otherwise="sr",
        unless="omitted if it is sr",
    ),
]


@lru_cache(maxsize=1024)  # between two whole numbers a quantile is asked for the same value again and again
def _rows_bounds(model: Model, rows: int) -> tuple[float, float]:
    from srtheory.theory.spanning import stopping_bounds

    low, high = stopping_bounds(model, rows)
    return float(low), float(high)


class Guaranteed(Answer):
    """What is proved."""

    width = 12
    schema_extra: ClassVar = {
        "if": {"properties": {"confidence": {"type": "null"}}},
        "then": {"properties": {"probability": {"type": "array"}}},
        "else": {"properties": {"probability": {"type": "null"}}},
    }

    symbols: words.Symbols
    degree: words.Degree
    access: words.Access | None = None
    tau: words.AnyTau
    message_cost: words.AnyMessageCost = 0.0
    silent: words.Silent = 0.0
    pace: words.LawText | None = None
    death: words.LawText | None = None
    scheme: _Scheme = "sr"
    startup: words.LawText
    confidence: Annotated[float | None, Word("Given probability", low=0, high=1, unless="null for other questions")]
    probability: Annotated[
        words.Interval | None,
        but("P(M' <= N), or P(latency <= T), lies between these two bounds", unless="null with --confidence"),
    ]
    rows: Annotated[
        int | None,
        Word(
            "least number of rows proved to suffice with probability P (exponential, Pareto or uniform start-up);"
            " of coupled blocks a number that does (any)",
            unit="rows",
            low=0,
            unless="with --by-rows the given number; null if there is none",
        ),
    ]
    time: Annotated[
        float | None,
        Word(
            "time proved to suffice with probability P, the least to a relative 0.001, rounded up (any start-up)",
            unit="time",
            unless="with --by-time the given time; null if there is none",
        ),
    ]
    condition: Annotated[
        words.Condition | None, but("untested condition of the answer: values of F are accurate to within 2^-50")
    ]
    argument: Annotated[str, Word("reference to the proof")]


class Guarantee(Distribution, Question):
    """Bound, with proof, the probability that the sum can be recovered.

    The bounds hold for an SR code at the given m, not only in a limit; with --scheme sr-cells for a coupled code that
    is decoded by peeling, without --by-rows. M' is the stopping time in rows: the number of
    received rows at which the sum can be recovered. The latency is the time at which it can be recovered. Give exactly
    one of --by-rows, --by-time and --confidence.

    {answer}

    F is the distribution function of the start-up delay. Distributions for --tau and --message-cost, a message's time,
    --pace, --death and --silent require --by-time or --confidence, which for an SR code then finds only a time: its
    proof by rows requires start-up delays alone, free messages and workers that always respond.

    By rows the lower bound is at most about P(all symbols are covered) - 2^(M-N), since it counts sets over GF(2). For
    N = M it is 0 or nearly so, which does not mean that M rows rarely suffice.

    With --confidence fewer rows, and less time, may suffice, but this is not proved. For P = 1 an SR code needs all
    rows, and no time suffices, since values of F may have an error.

    At m = 1000 a probability by rows takes about ten seconds, by time one, and a confidence about fifteen. M and D
    are at most 100000, at which the answers take days; with coupled blocks M may be 10^7, which takes some ten seconds.
    """

    verb = "guarantee"
    answers = (Guaranteed,)

    symbols: Annotated[words.Symbols, but(high=None)]  # the law has a limit of its own
    degree: words.Degree
    access: words.Access | None = None
    tau: words.AnyTau
    startup: words.Startup
    message_cost: words.AnyMessageCost = 0.0
    silent: words.Silent = 0.0
    pace: words.Pace | None = None
    death: words.Death | None = None
    scheme: _Scheme = "sr"
    by_rows: Annotated[int | None, Word("Number N of received rows: bound P(M' <= N)", metavar="N", low=0)] = None
    by_time: Annotated[
        float | None, Word("Time T, in time units: bound P(latency <= T)", metavar="T", noun="a time", infinite=True)
    ] = None
    confidence: Annotated[
        float | None,
        Word(
            "Probability P, from 0 to 1: find the rows and the time that suffice with it",
            metavar="P",
            noun="a number",
            low=0,
            high=1,
        ),
    ] = None

    def check(self) -> None:
        """Refuse none and several of the three, and costs by rows."""
        asked = [name for name in ("by-rows", "by-time", "confidence") if self._given(name) is not None]
        if not asked:
            raise ArgumentError("by-rows", None, "given, or --by-time or --confidence instead")
        if len(asked) > 1:
            raise ArgumentError(asked[1], self._given(asked[1]), f"left out with --{asked[0]}")
        if self.by_rows is not None:
            for name in ("message_cost", "silent"):
                if getattr(self, name):
                    expected = "0 with --by-rows, whose proof assumes free messages and workers that respond"
                    raise ArgumentError(name, self.told(name), expected)
            self.model.require_numbers("tau", "pace", "death", why="--by-rows is about the order of arrival")
        if self._cells:
            for name in ("by_rows", "access"):
                if (value := getattr(self, name)) is not None:
                    raise ArgumentError(name, value, f"left out with --scheme {_CELLS}")
            if self.symbols > 10**7:
                raise ArgumentError("symbols", self.symbols, f"at most {10**7} with --scheme {_CELLS}")

    @property
    def _cells(self) -> Any:
        """The coupled code that is asked about, or None for an SR code."""
        if self.scheme == "sr":
            return None
        from srtheory.schemes.windows import CoupledCells
        from srtheory.theory.coupled import Cells

        code = CoupledCells(self.symbols, self.degree)
        degree, adjacent = min(self.degree, code.width * code.cell_size), self.scheme != _CELLS
        return Cells(self.symbols, degree, code.number_of_cells, code.width, adjacent)

    def _given(self, option: str) -> Any:
        return getattr(self, option.replace("-", "_"))

    def cdf_at(self, x: float) -> tuple[float, float]:
        """Return bounds on P(latency <= x), or on P(M' <= x) if the question is by rows."""
        if cells := self._cells:
            from srtheory.theory.coupled import late

            return math.nextafter(1 - late(cells, self.model, x), 0), 1.0
        if self.by_rows is None:
            from srtheory.theory.spanning import latency_bounds

            return latency_bounds(self.model, x)
        from srtheory.theory.startup import ends_of

        most = self.symbols * len(ends_of(self.model))
        return _rows_bounds(self.model, int(min(max(x, 0), most)))

    def start(self) -> float:
        from srtheory.clocks import typical

        return self.symbols if self.by_rows is not None else typical(self.tau) + float(self.startup.ppf(0.5))

    @property
    def _provable(self) -> bool:
        """Whether the distribution by rows has a proof."""
        from srtheory.theory.startup import named

        return named(self.startup) is not None

    def answer(self, means: Means = PLAIN) -> Guaranteed:
        takes = "ten seconds or so for all bounds" if self._cells else "ten seconds or so for each bound by rows"
        about = f"srtheory: guarantee takes {takes} at m = {10**7 if self._cells else 1000}; m = {self.symbols}"
        total = 1 if self.confidence is None else None  # not known in advance
        with means.bar(about=about, desc="guarantee", total=total, unit=" bounds") as bar:
            if self.confidence is not None:
                return self._confident(self.confidence, bar.update)
            if self.by_rows is not None and not self._provable:
                expected = "an exponential, Pareto or uniform distribution, which --by-rows requires"
                raise ArgumentError("startup", self.told("startup"), expected)
            at = self.by_rows if self.by_time is None else self.by_time
            probability = self.cdf_at(float(at or 0))
            bar.update()
        argument = [_BY_TIME if self.by_rows is None else _BY_ROWS, *([] if probability[0] > 0 else [_NOTHING])]
        return self._answer(argument, probability=probability, rows=self.by_rows, time=self.by_time)

    def _confident(self, confidence: float, step: Callable[[], Any]) -> Guaranteed:
        from srtheory.theory import coupled, spanning

        rows = None
        if cells := self._cells:
            time = coupled.guaranteed_time(cells, self.model, confidence, step=step)
            rows, by_rows = coupled.guaranteed_rows(cells, self.model, confidence, time, step=step), _BLOCKS
        else:
            time = spanning.guaranteed_time(self.model, confidence, step=step)
            paper = not (self.message_cost or self.silent or self.model.drawn)
            by_rows = _BY_ROWS if paper and self._provable else _NO_ROWS if paper else _NO_ORDER
            if by_rows == _BY_ROWS:
                rows = spanning.guaranteed_rows(self.model, confidence, step=step)
        finite = math.isfinite(time)
        return self._answer([by_rows, _BY_TIME if finite else _NO_TIME], rows=rows, time=time if finite else None)

    def _answer(
        self,
        argument: list[str],
        *,
        rows: int | None,
        time: float | None,
        probability: tuple[float, float] | None = None,
    ) -> Guaranteed:
        from srtheory.delays import condition

        untested = condition(self.startup, *self.model.drawn.values()) if _BY_TIME in argument else None
        proof = _THEOREM if self.scheme == "sr" else _PEELED
        return self.answered(
            Guaranteed,
            probability=probability,
            rows=rows,
            time=time,
            condition=untested,
            argument="; ".join([proof, *argument, *([f"given that {untested}"] if untested else [])]),
        )
