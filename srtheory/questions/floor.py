"""The question what latency no scheme can beat whose plans do not depend on the delays."""

from __future__ import annotations

import math
from dataclasses import field
from functools import cached_property
from typing import Annotated, Any

from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question, shown
from srtheory.questions.enclosed import Distributed, Distribution, Enclosure
from srtheory.questions.words import Record, Word, but
from srtheory.shown import Grid, Part, Values, down

HYPOTHESES = (
    "each worker's plan (which terms, in which order, when to send) is independent of all delays, and may be random;"
    " a worker evaluates single terms and relays nothing; messages and decoder are arbitrary, linear or not; the sum of"
    " arbitrary terms is required exactly"
)
"""Conditions under which no scheme is faster, as printed."""


MOST = 1000
"""Largest number of terms where times are random, or a target is given."""
_BEST = ("closed form", "recursion")


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
    closed_form: Annotated[
        Late | None, but("Lower bound on P(T > t) by the closed form", unless="null for random times and targets")
    ]
    by: Annotated[str, Word("Name of the bound that is the best", quiet=True)]


class FloorAnswer(Distributed, Answer):
    """Bounds on T of every oblivious scheme; its :meth:`cdf` is at least 0, and its :meth:`ppf` at most inf."""

    symbols: words.Symbols
    workers: Annotated[int, Word("Number of workers", low=1)]
    tau: words.AnyTau
    message_cost: words.AnyMessageCost = 0.0
    master_time: words.MasterTime = 0.0
    silent: words.Silent = 0.0
    pace: words.LawText | None = None
    death: words.LawText | None = None
    target: words.Target = "sum"
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
    by: Annotated[str, Word("name of the bound that is the best, at most times")]
    closed_form: Annotated[
        ClosedForm | None,
        Word(
            "weaker bounds on the same quantities, by a formula without a search",
            unless="null for random times and targets",
        ),
    ]
    queue: Annotated[
        words.Bound | None,
        but(
            "with --queue: E[T] is at least this if the master handles messages in the order of arrival", title="queue"
        ),
    ] = None
    at: Annotated[tuple[AtTime, ...], Word("P(T > t) is at least this at the times --at, by both methods")]
    question: Floor = field(repr=False, compare=False)

    def parts(self) -> list[Part]:
        single = [line for line in shown(self) if line[0] not in ("hypotheses", "mean", "queue", "closed_form")]
        closed = self.closed_form
        its = closed.quantiles if closed else {}
        rows: list[tuple[str, float, float | None]] = [("E[T]", self.least, closed.mean if closed else None)]
        rows += [("... in a queue", self.queue, None)] if self.queue is not None else []
        rows += [(f"quantile {level}", t, its.get(level)) for level, t in self.quantiles.items()]
        rows += [(f"P(T > {p.t:g})", p.late, p.closed_form) for p in self.at]
        cells = [[name, *(down(x) for x in bounds if x is not None)] for name, *bounds in rows]
        return [
            Values([(name, value, "") for name, value, _ in single]),
            "",
            "No scheme whose plans do not depend on the delays has less:",
            Grid(("", "at least", "closed form") if closed else ("", "at least"), (-13, 28, 43), cells),
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

    With distributions for --tau or --message-cost, with --pace, --death or a --target other than the sum, the bounds
    are the best of four (docs/proofs/floor.md, 8), at 128 times: the closed form, the convex bound, the recursion, and
    the clairvoyant bound, which holds for schemes that react, too. M is then at most 1000.

    All numbers are rigorous lower bounds, with the errors of rounding included. The true optimum may be larger.
    --master-time adds the time of one message, since the bounds do not know that messages queue; --queue does, for
    continuous start-up distributions. At m = 1000 the command takes a few seconds without --queue, and each time --at
    less than one.
    """

    verb = "floor"
    answers = (FloorAnswer,)

    symbols: words.Symbols
    tau: words.AnyTau
    startup: words.Startup
    message_cost: words.AnyMessageCost = 0.0
    master_time: Annotated[words.MasterTime, words.SHORT] = 0.0
    silent: words.Silent = 0.0
    pace: words.Pace | None = None
    death: words.Death | None = None
    target: words.Target = "sum"
    workers: Annotated[
        int | None, Word("Number of workers", metavar="P", low=1, high=words.MAX_SYMBOLS, otherwise="one for each term")
    ] = None
    times: Annotated[words.Times, but("Bound P(T > t) at T", noun="a time", low=0, high=words.LARGEST_TIME)] = ()
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
        if not self.plain and self.queue:
            raise ArgumentError("queue", True, "left out: a master's queue is bounded for start-up delays and the sum")
        if not self.plain and self.symbols > MOST:
            raise ArgumentError("symbols", self.symbols, f"at most {MOST} with random times or a target")

    @cached_property
    def terms(self) -> int:
        """Number of distinct terms that are needed."""
        from srtheory.decoders.targets import terms_needed

        return terms_needed(self.target, self.symbols)

    @property
    def plain(self) -> bool:
        """Whether all terms are needed, and the start-up delay alone is random."""
        return self.terms == self.symbols and not self.model.drawn

    def cdf_at(self, x: float) -> tuple[float, float]:
        if x == math.inf:
            return 0.0, 1.0
        high = 1 - self.late(x)[0]
        return 0.0, math.nextafter(high, 2) if high < 1 else 1.0

    def start(self) -> float:
        from srtheory.clocks import typical

        return typical(self.tau) + float(self.startup.ppf(0.5))

    def late(self, t: float) -> tuple[float, float | None, str]:
        """Return a lower bound on P(T > t), that of the closed form, and the name of the better one."""
        from srtheory.theory.floor import closed_late, late
        from srtheory.theory.targets import late_by

        if self.plain:
            best, closed = (float(bound(self.model, t, workers=self.workers)) for bound in (late, closed_late))
            return best, closed, _BEST[best > closed]
        found = late_by(self.model, t, self.terms, workers=self.workers)
        return found.value, None, found.by

    def mean(self, points: int = 0) -> Enclosure:
        return self.answer().mean()

    def answer(self, means: Means = PLAIN) -> FloorAnswer:
        from srtheory.delays import condition
        from srtheory.theory.floor import floor
        from srtheory.theory.targets import target_floor

        model, workers, queue = self.model, self.workers, None
        about = f"srtheory: floor takes some seconds at m = 1000; m = {self.symbols}"
        with means.bar(about=about, desc="floor", unit=" bounds") as bar:
            its: Any = (
                floor(model, workers=workers, step=bar.update)
                if self.plain
                else target_floor(model, self.terms, workers=workers, step=bar.update)
            )
            if self.queue:
                from srtheory.theory.queue_floor import mean_floor

                queue = mean_floor(model, its.mean, workers=workers, step=bar.update)
        closed = ClosedForm(mean=its.closed_mean, quantiles=its.closed_quantiles) if self.plain else None
        return self.answered(
            FloorAnswer,
            workers=self.symbols if workers is None else workers,
            condition=condition(model.startup, *model.drawn.values()),
            hypotheses=HYPOTHESES,
            least=its.mean,
            quantiles=its.quantiles,
            by=_BEST[its.mean > its.closed_mean] if self.plain else its.by,
            closed_form=closed,
            queue=queue,
            at=tuple(
                AtTime(t=t, late=late, closed_form=closed, by=by)
                for t, (late, closed, by) in ((t, self.late(t)) for t in self.times)
            ),
        )
