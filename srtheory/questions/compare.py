"""The question which schemes are fast and which send few messages, each at several degrees."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from srtheory.environment import __version__
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import Answer, Place, Question, remarks
from srtheory.questions.floor import MOST
from srtheory.questions.simulate import Count, Measure, Positive, Version
from srtheory.questions.words import Record, Word, but
from srtheory.schemes import SCHEME_NAMES, NamedScheme, named
from srtheory.shown import Grid, Part, down

if TYPE_CHECKING:
    from srtheory.delays import DelayModel
    from srtheory.experiments.compare import Point
    from srtheory.experiments.store import Kept
    from srtheory.model import Model


class Written(NamedTuple):
    """A law with the text by which it was given."""

    text: str
    law: Any


def _accepted(name: str, value: Any) -> Written:
    if isinstance(value, Written):
        return value
    law = words.law_of(name, value)
    return Written(value if isinstance(value, str) else words.described(law), law)


def _read(text: str) -> Written:
    return Written(text, words.read_law(text))


def _described(given: Written) -> str:
    return words.described(given.law) if given.text.startswith("sample:") else given.text


class Choice(Record):
    """A scheme at one degree."""

    scheme: words.SchemeName
    degree: Annotated[
        words.Degree | None, but("Degree d; s + 1 for gradient codes", unless="null for schemes that have none")
    ]
    cells: Annotated[
        Positive | None, but("Number of cells, of orders from both ends", unless="omitted for schemes that have none")
    ] = None

    @property
    def label(self) -> str:
        """Name of the scheme, with the number of cells if it has some."""
        return self.scheme if self.cells is None else f"{self.scheme} ({self.cells} cells)"


class ComparedPoint(Choice):
    """A scheme at one degree, with its costs."""

    trials: Annotated[Positive, but("Number of trials; fewer where it was settled that others are better")]
    frontier: Annotated[
        bool, Word("Whether no other point beats it in latency and messages beyond their paired standard errors (95 %)")
    ]
    unrecovered: Annotated[Count, but("Number of trials that never recover the sum")]
    latency: Annotated[Measure, Word("T", unit="time")]
    messages: Annotated[Measure, Word("Number of messages that the master has received by T")]
    work: Annotated[Measure, Word("Number of terms that all workers have evaluated by T")]
    of_floor: Annotated[
        float | None,
        Word(
            "The floor over this latency",
            unless="null of the genie, whose plans depend on the delays, of a scheme of more than m workers, and where"
            " either is infinite or there is no floor",
            low=0,
        ),
    ]


class LeastLatency(Record):
    """Lower bound on the latency of every scheme whose plans do not depend on the delays."""

    of: Annotated[
        Literal["mean", "median"], Word("What is bounded: the median if workers may never answer, else the mean")
    ]
    latency: Annotated[float | None, Word("The bound", unit="time", unless="null if it is infinite", low=0)]

    def over(self, latency: Measure) -> float | None:
        """Return the bound over a latency, or None if one of them is infinite."""
        its = latency.quantiles["0.5"] if self.of == "median" else latency.mean
        return None if self.latency is None or its is None else self.latency / its


class Compared(Answer):
    """Schemes on the same start-up delays."""

    symbols: words.Symbols
    tau: words.AnyTau
    startup: Annotated[str, Word("Start-up distribution as given")]
    message_cost: Annotated[words.AnyMessageCost, but(unless="")]
    master_time: Annotated[words.MasterTime, but(unless="")]
    silent: Annotated[words.Silent, but(unless="")]
    link: words.Link = "worker"
    pace: words.LawText | None = None
    death: words.LawText | None = None
    shock: words.LawText | None = None
    phases: words.Phases | None = None
    target: words.Target = "sum"
    seed: Annotated[words.Seed, but(high=None)]
    trials: Annotated[Positive, but("Largest number of trials of a point")]
    stopping_rule: Annotated[
        Literal["trials where they decide"], Word("Rule by which the trials of a point ended", quiet=True)
    ]
    version: Version
    options: Annotated[
        Mapping[str, Any] | None,
        Word(
            "Options set by --option, by scheme: those that the scheme has",
            unless="omitted without --option",
            extra=words.mapping({"type": "object", **words.mapping(words.SCALAR, 1)}),
        ),
    ] = None
    sources: words.Sources | None = None
    floor: Annotated[
        LeastLatency | None,
        Word(
            "Lower bound on the latency of every scheme whose plans do not depend on the delays",
            unless=f"omitted with --shock and --phases, and with random times or a target beyond m = {MOST}",
        ),
    ] = None
    points: Annotated[tuple[ComparedPoint, ...], Word("Every scheme at every degree", array={"minItems": 1})]
    fastest: Annotated[
        tuple[Choice, ...], Word("The point of least mean latency, and then those that are not clearly slower")
    ]
    shown: tuple[ComparedPoint, ...] = field(repr=False, compare=False)
    """Those that text and HTML have."""
    advice: tuple[str, ...] = field(repr=False, compare=False)
    """What to take, as they say it."""

    def parts(self) -> list[Part]:
        costs = {"kappa": self.message_cost, "sigma": self.master_time, "eps": self.silent}
        others = {name: getattr(self, name) for name in (*words.RANDOM, "target")}
        costs |= {name: value for name, value in others.items() if value not in (None, "worker", "sum")}
        given = "".join(f", {sign} = {_short(value)}" for sign, value in costs.items() if value or sign == "kappa")
        width = max(20, *(len(point.label) + 1 for point in self.shown))
        heads = ["scheme", "d", "latency", "± s.e.", "messages", "± s.e.", "terms", "floor/T"]
        ends = [width + end for end in (6, 18, 28, 40, 50, 62, 71)]
        if self.silent or self.death:
            heads, ends = [*heads, "lost", "median", "95 %"], [*ends, width + 79, width + 89, width + 99]
        least = self.floor
        return [
            f"m = {self.symbols}, tau = {_short(self.tau)}, X ~ {self.startup}{given};"
            f" up to {self.trials} trials each, seed {self.seed}",
            *(f"options of {name}: {_pairs(its)}" for name, its in (self.options or {}).items()),
            Grid(heads, [-width, *ends, None], [self._row(point) for point in self.shown]),
            "latency in time units (of --startup and --tau), messages and terms by number",
            "* on the frontier: no other point beats it in latency and messages beyond their paired standard errors"
            " (95 %)",
            *remarks(self.question.delays if isinstance(self.question, Compare) else None),
            "floor: none is proved for these times"
            if least is None
            else f"floor: no oblivious scheme has a {least.of} latency below {down(least.latency)} time units (proved)",
            *self.advice,
        ]

    def _row(self, point: ComparedPoint) -> list[str]:
        cells = [point.label, _number(point.degree, "d", "")]
        for measure in (point.latency, point.messages):
            cells += [_number(measure.mean), _number(measure.standard_error, ".2g", "-")]
        cells += [_number(point.work.mean), _number(point.of_floor, ".3f", "-")]
        if self.silent or self.death:
            quantiles = (_number(point.latency.quantiles[level]) for level in ("0.5", "0.95"))
            cells += [f"{point.unrecovered / point.trials:.3g}", *quantiles]
        return [*cells, "*"] if point.frontier else cells


class Shown(Place):
    """Also what is shown."""

    every: Annotated[
        bool, Word("Print every degree", option="all", otherwise="the fastest of each scheme, and the frontier")
    ] = False


FASTEST = Shown()


class Compare(Question):
    """Compare schemes by simulation: latency, messages and work at several degrees.

    All schemes run on the same start-up delays. The table shows each scheme at its degree of least mean latency. A star
    marks the frontier: points that no other point beats. A point beats another if it has clearly less latency or
    clearly fewer messages, and the other of the two is clearly less as well, or the same in every trial. Clearly less
    means that the 95 % interval (Student's t) of the mean difference, trial by trial on the same delays, excludes 0.
    With one trial nothing is clearly less. Points that have lost runs, and so infinite means, have no star.

    Trials go where they decide. Rounds have 10, 20, 40, ... trials, in the end --trials. After a round a point has no
    more trials if another degree of its scheme is clearly faster and a point beats it, both at 99.9 %. Unless --degree
    is given, the geometric means of the best degree and its neighbours are tried too, twice, for each scheme on the
    frontier. The last lines say what to take.

    Orders from both ends are tried with those of 1, 2, 5, 10, ... cells that may be the best by their exact
    distribution (with --master-time, with all of them), unless --option cells=N is given.

    \b
    latency   mean time T at which the sum can be recovered, in time units (of --startup and --tau)
    ± s.e.    standard error of the mean to its left
    messages  mean number of messages that the master has received by then
    terms     mean number of terms that all workers have evaluated by then
    d         degree, the number of terms in a symbol; of gradient codes it is s + 1
    lost      fraction of runs that never recover the sum (with --silent and --death)
    floor/T   floor over the latency; a scheme at 1 could not be beaten by another oblivious scheme

    Before them is the floor: a proved lower bound on the mean latency (with --silent or --death, on its median) of
    every oblivious scheme, whose plans do not depend on the delays, with these costs (srtheory floor). Where workers do
    not wait for messages, and these take random times or workers die, it is that for free messages. The genie is not a
    scheme but a lower bound: no scheme has a smaller latency, even if its plans depend on the delays, messages cost
    nothing and the master takes no time.

    With --silent or --death no worker may answer, so the expected latency is infinite. A single lost run makes the
    printed means infinite. The table then also has the median and the 95 % quantile of the latency.

    With --target terms(K) or error(X), all schemes are those that send single terms or parts of a partition.

    With --json, all points are printed.
    """  # noqa: D301

    verb = "compare"
    answers = (Compared,)
    means = Shown
    epilog = words.EPILOG

    symbols: words.Symbols
    tau: words.AnyTau
    startup: Annotated[words.Startup, but(read=_read, accept=_accepted, write=_described)]
    message_cost: words.AnyMessageCost = 0.0
    master_time: Annotated[words.MasterTime, words.SHORT] = 0.0
    silent: words.Silent = 0.0
    link: words.Link = "worker"
    pace: words.Pace | None = None
    death: words.Death | None = None
    shock: words.Shock | None = None
    phases: words.Phases | None = None
    target: words.Target = "sum"
    degrees: Annotated[
        tuple[words.Degree, ...],
        but(
            "Degree d to try, in terms per symbol; may be repeated",
            more="",
            high=words.MAX_SYMBOLS,
            option="degree",
            otherwise="1, 2, 5, 10, ... up to m",
        ),
    ] = ()
    schemes: Annotated[
        tuple[words.Scheme, ...],
        but("Scheme to compare; may be repeated", argument=False, option="scheme", otherwise="all schemes"),
    ] = ()
    several: Annotated[
        words.Several | None, but("Schemes to compare, separated by commas", otherwise="all schemes")
    ] = None
    texts: Annotated[words.Options, but(more=". It applies to every compared scheme that has the option")] = ()
    trials: Annotated[words.Trials, but(more=". No point has more, on the same start-up delays")] = 100
    seed: words.Seed = 2022

    @property
    def model(self) -> Model:
        from srtheory.model import Model

        random: dict[str, Any] = {name: getattr(self, name) for name in (*words.COSTS, "pace", "death")}
        return Model(self.symbols, None, self.tau, self.startup.law, **random)

    @property
    def delays(self) -> DelayModel:
        """The times of all runs."""
        from srtheory.delays import DelayModel

        return DelayModel(self.startup.law, self.tau, *(getattr(self, name) for name in (*words.COSTS, *words.RANDOM)))

    @cached_property
    def all_schemes(self) -> list[NamedScheme]:
        """The schemes that are compared."""
        from srtheory.decoders.targets import ALL, SUM, read_target

        asked = {scheme.name: scheme for scheme in (*self.schemes, *(self.several or ()))}
        every = [named(name) for name in SCHEME_NAMES]
        parts = read_target(self.target, self.symbols, "partition") not in (SUM, ALL)
        return [*asked.values()] or [s for s in every if not parts or s.kind.decoder == "partition"]  # type: ignore[attr-defined]

    @property
    def source(self) -> str | None:
        """Digests of the sources of schemes of the user's."""
        return ", ".join(words.sources_of(self.all_schemes).values()) or None

    def answer(self, means: Shown = FASTEST) -> Compared:
        from srtheory.decoders.targets import SUM
        from srtheory.delays import quietly
        from srtheory.experiments import compare as comparing
        from srtheory.experiments.store import Memory
        from srtheory.experiments.trial import Task
        from srtheory.theory.both_ends import cells_by_law

        schemes, delays, m = self.all_schemes, self.delays, self.symbols
        own = comparing.chosen_options(schemes, self.texts)
        degrees = sorted({*self.degrees})
        likely = {} if delays.drawn or self.target != SUM else {"likely": cells_by_law(self.model)}
        free = replace(delays, message_cost=0.0, master_time=0.0, link="worker")
        tasks: dict[comparing.Chosen, tuple[Task, Memory]] = {}
        rounds: list[int] = []

        def options(series: Sequence[int], among: Sequence[NamedScheme] = schemes) -> list[comparing.Chosen]:
            found = comparing.candidates(m, degrees or series, among, own)
            with quietly():
                chosen = list(comparing.with_cells(m, found, own, **likely))
            for scheme, degree, cells in chosen:
                size = {} if degree is None else scheme.sized(degree)
                its = words.merged(size, own[scheme.name] | ({} if cells is None else {"cells": cells}))
                times = free if scheme.name == comparing.LIMIT else delays
                task = Task(scheme.build(m, its), times, self.seed, target=self.target)
                tasks[scheme, degree, cells] = task, Memory()
            return chosen

        def run(some: Sequence[comparing.Chosen], trials: int) -> Iterator[Kept]:
            its = [tasks[each] for each in some]
            kept, told = [kept for _, kept in its], bool(rounds)
            rounds.append(trials)
            with means.records([(task, trials) for task, _ in its], "compare", kept=kept, told=told) as runs:
                yield from runs

        search = comparing.in_rounds if degrees else comparing.refined
        made = search(options, m, run, self.trials)
        if not made:
            expected = f"degrees of which at least one is possible for one of the schemes at m = {m}"
            raise ArgumentError("degree", degrees or list(comparing.series(m)), expected)
        floor = self._floor()
        # The floor is for m workers or fewer, and plans that do not depend on the delays.
        bounded = {each: task.scheme.workers <= m and task.delays is not free for each, (task, _) in tasks.items()}
        points = [_point(point, floor if its else None) for point, its in zip(made, bounded.values(), strict=True)]

        def share(p: Point) -> float | None:
            """Return the floor over the latency that the advice tells: the mean, or the median of one that is lost."""
            told = floor is not None and (floor.of == "median") == bool(p.unrecovered)
            return points[made.index(p)].of_floor if told else None

        first, alike = comparing.best(made), comparing.undecided(made)
        fast = [means.every or point.frontier or point is first.get(point.scheme) for point in made]
        order = sorted(range(len(made)), key=lambda i: made[i].latency.mean)
        return self.answered(
            Compared,
            startup=self.startup.text,
            target=next(iter(tasks.values()))[0].target,
            stopping_rule="trials where they decide",
            version=__version__,
            options={name: words.options_json(its) for name, its in own.items() if its} if self.texts else None,
            sources=words.sources_of(schemes) or None,
            floor=floor,
            points=tuple(points),
            fastest=tuple(Choice(scheme=p.scheme, degree=p.degree, cells=p.cells) for p in alike),
            shown=tuple(points[i] for i in order if fast[i]),
            advice=tuple(comparing.advice(made, share)),
        )

    def _floor(self) -> LeastLatency | None:
        """Return the floor under the mean latency, or the median if workers may never answer; None if there is none."""
        from srtheory.decoders.targets import terms_needed
        from srtheory.delays import quietly
        from srtheory.theory.floor import floor
        from srtheory.theory.targets import target_floor

        model, terms = self.model, terms_needed(self.target, self.symbols)
        if self.shock or self.phases:
            return None
        if self.link != "worker" and model.drawn.keys() & {"message_cost", "death"}:
            model = replace(model, message_cost=0.0)  # later ones may be quicker, and those of the dead arrive
        plain = terms == self.symbols and not model.drawn and self.link == "worker"
        if not plain and self.symbols > MOST:
            return None
        with quietly():
            found: Any = floor(model) if plain else target_floor(model, terms, points=64)
        lossy = bool(self.silent or self.death)
        least = found.quantiles["0.5"] if lossy else found.mean
        return LeastLatency(of="median" if lossy else "mean", latency=least if math.isfinite(least) else None)


def _number(value: float | None, form: str = ".5g", none: str = "inf") -> str:
    return none if value is None else f"{value:{form}}"


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _point(point: Point, floor: LeastLatency | None) -> ComparedPoint:
    measures: Any = {name: Measure(**getattr(point, name).as_json()) for name in ("latency", "messages", "work")}
    its: Any = {name: getattr(point, name) for name in ("scheme", "degree", "cells", "frontier", "unrecovered")}
    its["trials"] = len(point.paired[0])
    least = None if floor is None else floor.over(measures["latency"])
    return ComparedPoint(**its, **measures, of_floor=least)


def _pairs(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in options.items())
