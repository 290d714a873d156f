"""The question how soon so many of the terms are known if workers send single terms, in any order."""

from __future__ import annotations

import math
from typing import Annotated

from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question, shown
from srtheory.questions.words import Interval, Record, Word, but
from srtheory.shown import Grid, Part, Values, down, outward, value_text

MOST = 1000
"""Largest number of terms; the distributions take seconds there."""


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
    each worker has an order of its own. The distributions are enclosed rigorously (docs/proofs/theory.md, 5.11), and so
    is the floor, which holds for every scheme that sends single terms whose orders do not depend on the delays
    (docs/proofs/floor.md, 8).

    {answer}

    The mean is bounded by a sum over times, half a percent or so below the best that the floor gives.
    """

    verb = "schedule"
    answers = (Scheduled,)

    symbols: Annotated[words.Symbols, but(high=MOST)]
    tau: words.AnyTau
    startup: words.Startup
    terms: Annotated[int | None, Word("Number K of terms to be known", metavar="K", low=1, otherwise="all M")] = None
    load: Annotated[
        int | None, Word("Most evaluations of a worker", metavar="R", low=1, otherwise="all M, one after the other")
    ] = None
    times: Annotated[
        tuple[float, ...],
        Word("Time T; may be repeated", metavar="T", option="at", noun="a time", low=0, high=words.LARGEST_TIME),
    ] = ()

    def check(self) -> None:
        for name in ("terms", "load"):
            if (value := getattr(self, name)) is not None and value > self.symbols:
                raise ArgumentError(name, value, f"an integer from 1 to M = {self.symbols}")
        if (self.load or self.symbols) * self.symbols < (self.terms or self.symbols):
            raise ArgumentError("load", self.load, "so many that all workers together may know K terms")

    def answer(self, means: Means = PLAIN) -> Scheduled:
        from srtheory.theory.targets import cyclic_law, late, random_law, reports, target_floor

        m, k, load = self.symbols, self.terms or self.symbols, self.load or self.symbols
        about = f"srtheory: schedule takes some seconds at m = 100; m = {m}"
        with means.bar(about=about, desc="schedule", unit=" bounds") as bar:
            least = target_floor(self.model, k, load=load, step=bar.update).mean
            found = []
            for t in self.times:
                pair = reports(self.model, t, load)
                cyclic, random = cyclic_law(m, pair, most=m - k), random_law(m, pair, workers=m)
                bound = late(m, k, pair, workers=m)
                found.append(
                    OrdersAt(
                        t=t,
                        cyclic=(float(cyclic[0][-1]), float(cyclic[1][-1])),
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
