"""The question how probably the received rows of an SR code cover every symbol."""

from __future__ import annotations

import math
from dataclasses import field
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

from srtheory.errors import ArgumentError, plain_int
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question
from srtheory.questions.enclosed import Distributed, Distribution
from srtheory.questions.words import Word, but

if TYPE_CHECKING:
    from srtheory.model import Model
    from srtheory.types import Floats

Probability = Annotated[words.Interval, but("answer, as an interval that contains it")]
_KIND = Word("Certainty of the probability", quiet=True)
_PART = Word("Part of the exact probability, as a string", quiet=True)
Uncovered = Annotated[float, Word("expected number of symbols that no row covers", unit="symbols", low=0)]
Poisson = Annotated[
    float, Word("exp(-expected_uncovered), the Poisson approximation of the probability", low=0, high=1)
]


@lru_cache(maxsize=1024)  # between two whole numbers a quantile is asked for the same value again and again
def _rows_bounds(model: Model, rows: int) -> tuple[float, float]:
    from srtheory.theory.coverage import coverage_by_rows

    low, high = coverage_by_rows(model, rows)
    return float(low), float(high)


class _Coverage(Answer):
    width = 22


class ByTime(Distributed, _Coverage):
    """P(all symbols are covered by time T); :meth:`cdf` is a function of T."""

    when = "With --by-time, and with --by-time and --by-rows."
    probability: Probability
    kind: Annotated[Literal["rigorous interval"], _KIND]
    condition: Annotated[
        words.Condition | None, but("untested condition of the answer: values of F are accurate to within 2^-50")
    ]
    ever: Annotated[
        words.Interval | None, but("probability that all symbols are covered at any time (with --silent or --death)")
    ] = None
    expected_rows: Annotated[float, Word("expected number of rows received by T", unit="rows", low=0)]
    expected_uncovered: Uncovered
    poisson: Poisson
    question: Coverage = field(repr=False, compare=False)


class GivenCounts(_Coverage):
    """P(so many rows of each worker cover), a fraction."""

    when = "With --counts: given the number of rows from each worker."
    probability: Probability
    kind: Annotated[Literal["exact fraction"], _KIND]
    numerator: Annotated[str, _PART, but(extra={"pattern": "^[0-9]+$"})]
    denominator: Annotated[str, _PART, but(extra={"pattern": "^[1-9][0-9]*$"})]
    expected_uncovered: Uncovered
    poisson: Poisson
    poisson_error: Annotated[float, Word("bound on the error of the Poisson approximation", low=0)]

    @property
    def exact(self) -> Fraction:
        """The probability."""
        return Fraction(int(self.numerator), int(self.denominator))


class ByRows(Distributed, _Coverage):
    """P(CC <= N); :meth:`cdf` is a function of N, all of whose values are computed together."""

    when = "With --by-rows alone."
    probability: Probability
    kind: Annotated[Literal["rigorous interval", "floating point with an estimated error"], _KIND]
    expected_rows_to_cover: Annotated[
        tuple[float, float] | None, Word("E[CC] as an interval (with --mean)", unit="rows", low=0)
    ] = None
    collector: Annotated[
        words.Interval, but("probability that N independent random rows of D terms cover, as an interval")
    ]
    question: Coverage = field(repr=False, compare=False)


class Coverage(Distribution, Question):
    """Compute the probability that the received rows of an SR code cover all terms.

    Coverage is necessary for recovering the sum. CC is the coverage time in rows: the number of received rows at which
    every term (symbol) appears in some row. Give one of these questions:

    \b
    --by-time T              Are all symbols covered by time T? A rigorous interval.
    --by-time T --by-rows N  The same, with at least N rows received by T? A rigorous interval.
    --by-rows N              Do the first N rows to arrive cover, CC <= N? Rigorous for expon, pareto and uniform.
    --counts N1,...,Nm       Do N1 rows of the first worker, N2 of the second, ... cover? An exact fraction.

    Output:

    {answer}

    F is the distribution function of the start-up delay. --message-cost, --silent, --pace, --death and distributions
    for --tau require --by-time: what has come by a time depends on the workers' counts only (docs/proofs/theory.md,
    5.11).

    M and D are at most 100000. Even then an answer by time or by rows takes seconds if coverage is likely, minutes if
    it is not, and longer if both are given. --mean takes seconds at M = 1000 and minutes at M = 4000.
    """  # noqa: D301

    verb = "coverage"
    answers = (ByTime, GivenCounts, ByRows)

    symbols: Annotated[words.Symbols, but(high=None)]  # the law has a limit of its own
    degree: words.Degree
    access: words.Access | None = None
    tau: words.LongTau | None = None
    startup: words.Startup | None = None
    message_cost: words.LongMessageCost = 0.0
    silent: words.Silent = 0.0
    pace: words.Pace | None = None
    death: words.Death | None = None
    by_time: Annotated[
        float | None,
        Word(
            "Time T, in time units: compute P(all symbols are covered by time T)",
            metavar="T",
            noun="a time",
            infinite=True,
        ),
    ] = None
    by_rows: Annotated[
        int | None,
        Word(
            "Number N of received rows: compute P(CC <= N). With --by-time: also require N rows by time T",
            metavar="N",
            low=0,
        ),
    ] = None
    with_mean: Annotated[
        bool,
        Word(
            option="mean", says="Also compute E[CC], the expected number of rows at coverage; requires --by-rows alone"
        ),
    ] = False
    counts: Annotated[
        str | None,
        Word("Numbers of rows received from each worker: compute P(these cover all symbols)", metavar="N1,N2,..."),
    ] = None

    def check(self) -> None:
        assumed = {"message_cost": "messages that cost nothing", "silent": "workers that answer"}
        for name in (*assumed, "pace", "death", *(["tau"] if hasattr(self.tau, "ppf") else [])):
            if self.by_time is None and getattr(self, name):
                who = assumed.get(name, "one time of all evaluations")
                expected = {"tau": "a number", "pace": "left out", "death": "left out"}.get(name, "0")
                expected = f"{expected} without --by-time: the other distributions assume {who}"
                raise ArgumentError(name, self.told(name), expected)
        if self.with_mean and (self.by_rows is None or self.by_time is not None):
            expected = "left out unless --by-rows is given alone, since it is a mean number of rows"
            raise ArgumentError("mean", True, expected)
        if self.counts is not None:
            self._alone()
        elif self.by_time is None and self.by_rows is None:
            raise ArgumentError("by-time", None, "given, or --by-rows or --counts instead")
        else:
            for option in ("tau", "startup"):
                if getattr(self, option) is None:
                    raise ArgumentError(option, None, "given with --by-time and --by-rows")

    def _alone(self) -> None:
        for option in ("tau", "startup", "by_time", "by_rows"):
            if (value := self.told(option)) is not None:
                expected = "left out with --counts, which does not depend on time"
                raise ArgumentError(option.replace("_", "-"), value, expected)

    def cdf_at(self, x: float) -> tuple[float, float]:
        """Return bounds on P(covered by time x), or on P(CC <= x) if the question is by rows alone."""
        from srtheory.theory.coverage import coverage_and_rows, coverage_by_time

        if self.by_time is None:
            return _rows_bounds(self.model, int(min(max(x, 0), self._all_rows)))
        if self.by_rows is None:
            return coverage_by_time(self.model, x)
        return coverage_and_rows(self.model, x, self.by_rows)

    def cdf_of(self, points: Floats) -> tuple[Floats, Floats]:
        """By rows all values are computed together."""
        if self.by_time is not None:
            return super().cdf_of(points)
        import numpy as np

        from srtheory.theory.coverage import coverage_by_rows

        return coverage_by_rows(self.model, np.minimum(points, self._all_rows).astype(np.int64))

    @property
    def _all_rows(self) -> int:
        from srtheory.theory.startup import ends_of

        return self.symbols * len(ends_of(self.model))

    def answer(self, means: Means = PLAIN) -> ByTime | GivenCounts | ByRows:
        if self.counts is not None:
            return self._given_counts()
        return self._by_rows(self.by_rows or 0) if self.by_time is None else self._by_time(self.by_time)

    def _given_counts(self) -> GivenCounts:
        from srtheory.theory.coverage import coverage_given_counts, poisson_given_counts

        code = (self.symbols, self.degree, _counts(self.counts or ""))
        exact = coverage_given_counts(*code, access=self.access)
        mean, error = poisson_given_counts(*code, access=self.access)
        return self.answered(
            GivenCounts,
            probability=_around(exact),
            kind="exact fraction",
            numerator=str(exact.numerator),
            denominator=str(exact.denominator),
            expected_uncovered=float(mean),
            poisson=math.exp(-float(mean)),
            poisson_error=error,
        )

    def _by_time(self, t: float) -> ByTime:
        from srtheory.delays import condition
        from srtheory.theory import coverage as laws
        from srtheory.theory.rows import expected_rows

        model, rows = self.model, self.by_rows
        return self.answered(
            ByTime,
            probability=laws.coverage_by_time(model, t) if rows is None else laws.coverage_and_rows(model, t, rows),
            kind="rigorous interval",
            condition=condition(model.startup, *model.drawn.values()),
            ever=laws.coverage_by_time(model, math.inf) if model.silent or model.death else None,
            expected_rows=float(expected_rows(model, t)),
            expected_uncovered=float(laws.expected_uncovered(model, t)),
            poisson=float(laws.coverage_poisson(model, t)),
        )

    def _by_rows(self, rows: int) -> ByRows:
        from srtheory.theory.coverage import collector_by_rows, coverage_by_rows, expected_collection
        from srtheory.theory.startup import named

        model = self.model
        if not hasattr(model.startup, "pdf"):
            expected = "a distribution with a density, which --by-rows requires; --by-time takes samples"
            raise ArgumentError("startup", self.told("startup"), expected)
        low, high = (float(bound) for bound in coverage_by_rows(model, rows))
        return self.answered(
            ByRows,
            probability=(low, high),
            kind="rigorous interval" if named(model.startup) else "floating point with an estimated error",
            expected_rows_to_cover=expected_collection(model) if self.with_mean else None,
            collector=collector_by_rows(rows, self.symbols, min(self.degree, self.symbols)),
        )


def _counts(text: str) -> list[int]:
    counts = [number for word in text.split(",") if (number := plain_int(word.strip())) is not None]
    if len(counts) <= text.count(","):
        raise ArgumentError("counts", text, "integers separated by commas, one for each worker")
    return counts


def _around(value: Fraction) -> tuple[float, float]:
    """Return neighbouring floats around a fraction, equal if it is a float."""
    nearest = float(value)
    if Fraction(nearest) == value:
        return nearest, nearest
    return (
        (nearest, math.nextafter(nearest, 2)) if Fraction(nearest) < value else (math.nextafter(nearest, -1), nearest)
    )
