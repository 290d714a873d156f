"""The question what latency no scheme can beat whose plans do not depend on the delays."""

from __future__ import annotations

import math
from dataclasses import field
from typing import Annotated

from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Grid, Means, Part, Question, Values, down, shown
from srtheory.questions.enclosed import Distributed, Distribution, Enclosure
from srtheory.questions.words import Record, Word, but

HYPOTHESES = (
    "each worker's plan (which terms, in which order, when to send) is independent of all delays, and may be random;"
    " a worker evaluates single terms and relays nothing; messages and decoder are arbitrary, linear or not; the sum of"
    " arbitrary terms is required exactly"
)
"""Conditions under which no scheme is faster, as printed."""


def _levels() -> tuple[str, ...]:
    from srtheory.theory.floor import LEVELS

    return LEVELS


Quantiles = Annotated[dict[str, float], Word(low=0, levels=_levels)]
Late = Annotated[float, Word(low=0, high=1)]


class ClosedForm(Record):
    """Bounds by a formula."""

    mean: Annotated[words.Bound, but("Lower bound on E[T]")]
    quantiles: Annotated[Quantiles, but("Lower bounds on the quantiles of T, by level")]


class AtTime(Record):
    """Bounds at a time."""

    t: Annotated[float, Word("Time", unit="time", low=0)]
    late: Annotated[Late, but("Lower bound on P(T > t)")]
    closed_form: Annotated[Late, but("Lower bound on P(T > t) by the closed form")]


class FloorAnswer(Distributed, Answer):
    """Bounds on T of every oblivious scheme; its :meth:`cdf` is at least 0, and its :meth:`ppf` at most inf."""

    symbols: words.Symbols
    workers: Annotated[int, Word("Number of workers", low=1)]
    tau: words.Tau
    message_cost: words.MessageCost = 0.0
    master_time: words.MasterTime = 0.0
    silent: words.Silent = 0.0
    startup: words.LawText
    condition: Annotated[
        words.Condition | None, but("untested condition of the bounds: values of F are accurate to within 2^-50")
    ]
    hypotheses: Annotated[str, Word("Conditions on a scheme under which the bounds hold for it", quiet=True)]
    least: Annotated[
        words.Bound,
        but(
            key="mean", says="E[T] is at least this, in the unit of the start-up delay; inf if workers may never answer"
        ),
    ]
    quantiles: Annotated[
        Quantiles, but("each quantile of T is at least this, in the same unit; inf if the sum is lost too often")
    ]
    closed_form: Annotated[ClosedForm, Word("weaker bounds on the same quantities, by a formula without a search")]
    queue: Annotated[
        words.Bound | None,
        but(
            "with --queue: E[T] is at least this if the master handles messages in the order of arrival", title="queue"
        ),
    ] = None
    at: Annotated[tuple[AtTime, ...], Word("P(T > t) is at least this at the times --at, by both methods")]
    question: Floor = field(repr=False, compare=False)

    def parts(self) -> list[Part]:
        single = [line for line in shown(self) if line[0] not in ("hypotheses", "mean", "queue")]
        closed = self.closed_form
        rows: list[tuple[str, float, float | None]] = [("E[T]", self.least, closed.mean)]
        rows += [("... in a queue", self.queue, None)] if self.queue is not None else []
        rows += [(f"quantile {level}", t, closed.quantiles[level]) for level, t in self.quantiles.items()]
        rows += [(f"P(T > {p.t:g})", p.late, p.closed_form) for p in self.at]
        cells = [[name, *(down(x) for x in bounds if x is not None)] for name, *bounds in rows]
        return [
            Values([(name, value, "") for name, value, _ in single]),
            "",
            "No scheme whose plans do not depend on the delays has less:",
            Grid(("", "at least", "closed form"), (-13, 28, 43), cells),
            "Times are in the unit of the start-up delay.",
        ]

    def mean(self, points: int = 0) -> Enclosure:
        return Enclosure(self.least, math.inf)


class Floor(Distribution, Question):
    """Bound the latency T from below for every scheme whose plans do not depend on the delays.

    A plan states which terms a worker evaluates, in which order, and after which of them it sends. The bounds hold for
    all schemes whose plans are independent of the start-up delays, of messages of others and of clocks; plans may be
    random. Workers evaluate single terms and relay no messages. Messages may be any functions of the evaluated terms,
    linear or not. The decoder is arbitrary, and the exact sum of arbitrary terms is required. Every scheme of this
    package is of this kind, except the genie, which is a bound. A scheme that reacts to the delays can be faster.

    {answer}

    All numbers are rigorous lower bounds, with the errors of rounding included. The true optimum may be larger.
    --master-time adds the time of one message, since the bounds do not know that messages queue; --queue does, for
    continuous start-up distributions. At m = 1000 the command takes a few seconds without --queue, and each time --at
    less than one.
    """

    verb = "floor"
    answers = (FloorAnswer,)

    symbols: words.Symbols
    tau: Annotated[words.Tau, words.SHORT]
    startup: words.Startup
    message_cost: Annotated[words.MessageCost, words.SHORT] = 0.0
    master_time: Annotated[words.MasterTime, words.SHORT] = 0.0
    silent: words.Silent = 0.0
    workers: Annotated[
        int | None, Word("Number of workers", metavar="P", low=1, high=words.MAX_SYMBOLS, otherwise="one for each term")
    ] = None
    times: Annotated[
        tuple[float, ...],
        Word(
            "Bound P(T > t) at T; may be repeated",
            metavar="T",
            option="at",
            noun="a time",
            low=0,
            high=words.LARGEST_TIME,
        ),
    ] = ()
    queue: Annotated[
        bool,
        Word(
            "Also bound E[T] given that messages queue at the master, in the order of arrival; takes half a"
            " minute. Requires --master-time"
        ),
    ] = False

    def check(self) -> None:
        if self.queue and not self.master_time:
            raise ArgumentError("queue", True, "left out without --master-time: messages then do not queue")

    def cdf_at(self, x: float) -> tuple[float, float]:
        from srtheory.theory.floor import late

        if x == math.inf:
            return 0.0, 1.0
        high = 1 - float(late(self.model, x, workers=self.workers))
        return 0.0, math.nextafter(high, 2) if high < 1 else 1.0

    def start(self) -> float:
        return self.tau + float(self.startup.ppf(0.5))

    def mean(self, points: int = 0) -> Enclosure:
        return self.answer().mean()

    def answer(self, means: Means = PLAIN) -> FloorAnswer:
        from srtheory.delays import condition
        from srtheory.theory.floor import closed_late, floor, late

        model, workers, queue = self.model, self.workers, None
        about = f"srtheory: floor takes some seconds at m = 1000; m = {self.symbols}"
        with means.bar(about=about, desc="floor", unit=" bounds") as bar:
            best = floor(model, workers=workers, step=bar.update)
            if self.queue:
                from srtheory.theory.queue_floor import mean_floor

                queue = mean_floor(model, best.mean, workers=workers, step=bar.update)
        return self.answered(
            FloorAnswer,
            workers=self.symbols if workers is None else workers,
            condition=condition(model.startup),
            hypotheses=HYPOTHESES,
            least=best.mean,
            quantiles=best.quantiles,
            closed_form=ClosedForm(mean=best.closed_mean, quantiles=best.closed_quantiles),
            queue=queue,
            at=tuple(
                AtTime(
                    t=t,
                    late=float(late(model, t, workers=workers)),
                    closed_form=float(closed_late(model, t, workers=workers)),
                )
                for t in self.times
            ),
        )
