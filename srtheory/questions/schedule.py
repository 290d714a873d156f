"""The question how soon so many of the terms are known if workers send single terms, in any order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question, shown
from srtheory.questions.words import Interval, Record, Word, but
from srtheory.shown import Grid, Part, Values, down, outward, value_text

if TYPE_CHECKING:
    from srtheory.model import Model

MOST, MOST_UNLIKE = 1000, 200
"""Largest number of terms, and with groups of workers unlike each other; the distributions take seconds there."""


class OrdersAt(Record):
    """What is proved of one time."""

    t: Annotated[float, Word("Time", unit="time", low=0)]
    cyclic: Annotated[Interval, but("P(K terms are known by t) if workers go around the circle of terms")]
    random: Annotated[Interval, but("the same if each worker has a random order of its own")]
    floor: Annotated[
        float, Word("No order has a greater probability, if it is independent of all delays", low=0, high=1)
    ]
    by: Annotated[str, Word("Name of the bound that is the least", quiet=True)]


class Scheduled(Answer):
    """Distributions of the time at which K terms are known, and the floor."""

    symbols: words.Symbols
    terms: Annotated[int, Word("Number K of terms to be known", low=1)]
    load: Annotated[int, Word("Most evaluations of a worker", low=1)]
    tau: words.AnyTau
    startup: words.LawText
    least: Annotated[
        words.Bound, but("E[T] is at least this for every order that is independent of all delays", key="mean")
    ]
    at: Annotated[tuple[OrdersAt, ...], Word("P(T <= t) at the times --at: cyclic and random order, and the floor")]

    def parts(self) -> list[Part]:
        rows = [
            (
                f"{its.t:g}",
                value_text(its.cyclic),
                value_text(its.random),
                outward(its.floor, its.floor)[1],
                f"  {its.by}",
            )
            for its in self.at
        ]
        heads = ("P(T <= t)", "cyclic", "random", "any order at most", "  by")
        return [
            Values([line for line in shown(self) if line[0] != "mean"]),
            "",
            f"No order has a mean latency below {down(self.least)} time units (proved).",
            *([Grid(heads, (-10, 44, 78, 98, -112), rows)] if rows else []),
        ]


class Schedule(Question):
    """Compute how soon K of the M terms are known, for M workers that send single terms, and the floor of every order.

    Worker j evaluates terms one after the other, and sends each as soon as it is known: its start-up delay, and then
    the time of each evaluation, are independent of all others. In cyclic order it begins with term j; in random order
    each worker has an order of its own. Workers may be of groups, in order: --startup "10*expon(scale=1), 5*expon()".
    The distributions are enclosed rigorously (docs/proofs/theory.md, 5.11), and so is the floor, which holds for every
    scheme that sends single terms whose orders do not depend on the delays (docs/proofs/floor.md, 8).

    {answer}

    The mean is bounded by a sum over times, half a percent or so below the best that the floor gives.
    """

    verb = "schedule"
    answers = (Scheduled,)

    symbols: Annotated[words.Symbols, but(high=MOST)]
    tau: Annotated[words.AnyTau, words.TAU_OF_GROUPS]
    startup: Annotated[words.Startup, words.GROUPS]
    terms: Annotated[int | None, Word("Number K of terms to be known", metavar="K", low=1, otherwise="all M")] = None
    load: Annotated[
        int | None, Word("Most evaluations of a worker", metavar="R", low=1, otherwise="all M, one after the other")
    ] = None
    times: Annotated[words.Times, but("Time T", noun="a time", low=0, high=words.LARGEST_TIME)] = ()

    def check(self) -> None:
        for name in ("terms", "load"):
            if (value := getattr(self, name)) is not None and value > self.symbols:
                raise ArgumentError(name, value, f"an integer from 1 to M = {self.symbols}")
        if (self.load or self.symbols) * self.symbols < (self.terms or self.symbols):
            raise ArgumentError("load", self.load, "so many that all workers together may know K terms")

    @property
    def crew(self) -> list[tuple[int, Model]]:
        """Workers that are alike and next to each other, and their models."""
        from srtheory.delays import Empirical, Groups
        from srtheory.model import Model

        each = []
        for name in ("tau", "startup"):
            law = getattr(self, name)
            if isinstance(law, Groups) and law.workers != self.symbols:
                raise ArgumentError(name, law, f"groups of {self.symbols} workers in all")
            each.append([its for count, its in law.parts for _ in range(count)] if isinstance(law, Groups) else [law])
        if [*map(len, each)] != [1, 1] and self.symbols > MOST_UNLIKE:
            raise ArgumentError("symbols", self.symbols, f"at most {MOST_UNLIKE} with groups of workers")
        found: list[tuple[int, Model]] = []
        for tau, startup in zip(*(laws * (self.symbols // len(laws)) for laws in each), strict=True):
            number = isinstance(tau, Empirical) and len(tau.sample) == 1
            model = Model(self.symbols, None, float(tau.sample[0]) if number else tau, startup)
            alike = found and (found[-1][1].tau, found[-1][1].startup) == (model.tau, model.startup)
            found[-1:] = [(found[-1][0] + 1, model)] if alike else [*found[-1:], (1, model)]
        return found

    def answer(self, means: Means = PLAIN) -> Scheduled:
        from srtheory.theory.targets import circle_law, cyclic_law, late, random_law, reports_of, target_floor

        m, k, load = self.symbols, self.terms or self.symbols, self.load or self.symbols
        about = f"srtheory: schedule takes some seconds at m = 100; m = {m}"
        with means.bar(about=about, desc="schedule", unit=" bounds") as bar:
            crew = self.crew
            (alike, first), *others = crew
            least = target_floor(first, k, workers=alike, load=load, step=bar.update, others=others).mean
            found = []
            for t in self.times:
                pair, number = reports_of(crew, t, load)
                cyclic = cyclic_law(m, pair, most=m - k) if number else circle_law(m, range(m), pair)
                random, bound = random_law(m, pair, workers=number), late(m, k, pair, workers=number)
                found.append(
                    OrdersAt(
                        t=t,
                        cyclic=(float(cyclic[0][m - k]), float(cyclic[1][m - k])),
                        random=(float(random[0][m - k]), float(random[1][m - k])),
                        floor=1.0 if bound.by == "nothing" else math.nextafter(1 - bound.value, 2),
                        by=bound.by,
                    )
                )
        return self.answered(
            Scheduled,
            terms=k,
            load=load,
            tau=words.time_json(self.tau),
            startup=words.described(self.startup),
            least=least,
            at=tuple(found),
        )
