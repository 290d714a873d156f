"""The question how the latency of a scheme is distributed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question, shown
from srtheory.questions.enclosed import Distributed, Distribution, Enclosure
from srtheory.questions.words import Record, Word, but
from srtheory.shown import Grid, Part, Values, outward
from srtheory.theory import ENTRIES as LAWS
from srtheory.theory import IF_HITTING

if TYPE_CHECKING:
    from srtheory.model import Model
    from srtheory.theory.by_scheme import LatencyLaw

_ON_LIMIT = " (on the fluid limit)"


class Point(Record):
    """P(T <= t)."""

    t: Annotated[float, Word("A time", unit="time")]
    probability: Annotated[
        words.Interval, but("Lower and upper bound of P(T <= t); for sr, of the probability that kind states")
    ]


class LatencyAnswer(Distributed, Answer):
    """The law of T, for sr the law that ``kind`` states; a frozen distribution as those of scipy.stats."""

    schema_extra: ClassVar = words.OF_USERS_CODE | {
        "dependentRequired": {"silent": ["recovered"], "death": ["recovered"]}
    }

    scheme: words.SchemeName
    symbols: words.Symbols
    degree: words.Degree | None = None
    stragglers: words.Stragglers | None = None
    access: Annotated[words.Access | None, but(unless="omitted if it is m")] = None
    options: words.OwnOptions = field(default_factory=dict)
    source: words.Digest | None = None
    tau: words.LongTau
    message_cost: words.LongMessageCost = 0.0
    master_time: words.MasterTime = 0.0
    silent: words.Silent = 0.0
    pace: words.LawText | None = None
    death: words.LawText | None = None
    target: words.Target = "sum"
    startup: words.LawText
    kind: Annotated[str, Word("certainty of the intervals below")]
    condition: words.Condition | None
    fluid_limit: Annotated[
        words.Time | None, but("time at which the expected number of received rows is m (sr, genie)")
    ]
    bound: Annotated[
        words.Time | None,
        but(
            "the paper's bound (5) on E[T] without its o(1), 2 tau d + 1/mu (sr, exponential start-up); it needs"
            " E[M'] = m + o(m); here and below a D above K - 1 counts as K - 1",
            note=" (on E[T], without its o(1))",
        ),
    ]
    sharp_bound: Annotated[
        words.Time | None,
        but(
            "tau (d + 1) + ln(golden ratio)/mu, proved to be at least the fluid limit (sr, exponential start-up,"
            " m and K at least d + 2)",
            note=_ON_LIMIT,
        ),
    ]
    median_bound: Annotated[
        words.Time | None,
        but(
            "tau (d + 1) + median start-up, likewise, for any start-up distribution (sr, m and K at least 2)",
            note=_ON_LIMIT,
        ),
    ]
    recovered: Annotated[
        words.Interval | None,
        but(
            "P(T < infinity), as an interval (with --silent or --death); for sr, the probability that m rows arrive and"
            " cover, or all m terms of one worker"
        ),
    ] = None
    points: Annotated[
        tuple[Point, ...],
        Word(
            "distribution function of the latency, as an interval at each time t of --at; for sr, the"
            " probability that kind states",
            key="cdf",
            title="P(T <= t)",
        ),
    ]
    question: Latency = field(repr=False, compare=False)

    def parts(self) -> list[Part]:
        title = "probability (see kind)" if self.kind == IF_HITTING else "P(T <= t)"
        rows = [(f"{p.t:.6g}", " .. ".join(outward(*p.probability))) for p in self.points]
        return [Values(shown(self)), "", Grid(("t (time units)", title), (14, None), rows)]

    @property
    def probability(self) -> Enclosure:
        """Bounds on P(T <= t) at the times: arrays, or two floats for a single time."""
        bounds = [point.probability for point in self.points]
        if len(bounds) == 1:
            return Enclosure(*bounds[0])
        low, high = zip(*bounds, strict=True)
        return Enclosure(low, high)

    def __iter__(self) -> Any:
        return iter(self.probability)  # low, high = latency(...)


class Latency(Distribution, Question):
    """Compute the distribution of the latency T of SCHEME, without simulation.

    T is the time at which the master can recover the sum, or the --target. The time unit is that of --startup and
    --tau.

    {answer}

    F is the distribution function of the start-up delay and mu its rate if it is exponential.

    For sr, the probability is that by t m rows have arrived and cover all terms, or one worker has sent all m terms. It
    differs from P(T <= t) by at most the probability that the hitting-time law M' = max(m, CC) fails, which is not
    bounded here and is proved to vanish only in a limit: M' is the stopping time and CC the coverage time, both in
    rows. For the same arguments, srtheory guarantee --by-time gives proved bounds on P(T <= t) itself.

    The distribution of gradient-cyclic is that of the symbol by which the sum is recovered at the latest
    (docs/proofs/theory.md). A scheme from your own file or from a package has the distribution of its method
    latency_cdf (docs/own_code.md).

    The sharp bound and the median bound are on the fluid limit, which is not E[T]. For exponential start-up, a fixed
    load mu tau d and full access, E[M'] <= m + o(m) implies E[T] <= tau (d + 1) + (ln(golden ratio) + o(1))/mu, that
    is, the sharp bound up to o(1)/mu (proved, docs/proofs/spanning.md, Theorem B).

    The distributions of what has come by a time hold for random times of evaluations and messages, for a pace, and for
    workers that die, since they depend on the workers' counts only (docs/proofs/theory.md, 5.11). Targets other than
    the sum are known for uncoded, repetition, bcc, parts-stream, parts-cyclic, terms-random, terms-cyclic,
    terms-staircase and genie, with parts of equal sizes.

    The fluid limit and the bounds assume free messages and workers that always respond, and a number for --tau;
    otherwise they are omitted. If
    the master takes time per message (--master-time), the distribution is known only for scheme one, because the end of
    a queue depends on the arrival times of all earlier messages.

    M and D are at most 100000, at which the distributions of the streams and of sr take days.
    """

    verb = "latency"
    answers = (LatencyAnswer,)
    epilog = f"SCHEME is one of {', '.join(LAWS)}; the latency distributions of the other schemes are not known."

    scheme: words.Scheme
    symbols: words.Symbols
    degree: words.DegreeOfAny | None = None
    stragglers: words.Stragglers | None = None
    access: words.AccessOfSR | None = None
    texts: words.Options = ()
    tau: words.LongTau
    startup: words.Startup
    message_cost: words.LongMessageCost = 0.0
    master_time: words.MasterTime = 0.0
    silent: words.Silent = 0.0
    pace: words.Pace | None = None
    death: words.Death | None = None
    target: words.Target = "sum"
    times: Annotated[
        words.Times,
        but(
            "Time t, in time units, at which to compute P(T <= t)",
            noun="a finite time",
            otherwise="five times around the fluid limit or the median",
        ),
    ] = ()

    @classmethod
    def taken(cls, more: Mapping[str, Any]) -> Sequence[str]:
        from srtheory.theory.by_scheme import options_of

        name = getattr(its := more.get("scheme"), "name", its)
        return [n for n in words.OF_MODEL if n != "degree" or (name in LAWS and "degree" in options_of(name))]

    @cached_property
    def own(self) -> dict[str, Any]:
        """Options of the scheme, read from their texts."""
        found: dict[str, Any] = self.scheme.read(self.texts)
        return found

    @property
    def source(self) -> str | None:
        """Digest of the source of a scheme of the user's."""
        return words.source_of(self.scheme)

    def cdf_at(self, x: float) -> tuple[float, float]:
        return self.law.cdf(x)

    def start(self) -> float:
        from srtheory.clocks import typical

        return typical(self.tau) + float(self.startup.ppf(0.5))

    def answer(self, means: Means = PLAIN) -> LatencyAnswer:
        from srtheory.delays import condition

        law = self.law
        limits = self._limits({"degree": self.degree, "access": self.access, **self.own})
        return self.answered(
            LatencyAnswer,
            options=words.options_json(self.own),
            source=self.source,
            kind=law.kind,
            condition=condition(self.startup, *self.setting.drawn.values()),
            **limits,
            recovered=law.cdf(math.inf) if self.silent or self.death else None,
            points=tuple(Point(t=t, probability=law.cdf(t)) for t in self._times(limits["fluid_limit"], law)),
        )

    @cached_property
    def options(self) -> dict[str, Any]:
        """Options of the scheme that are given."""
        return words.merged({name: getattr(self, name) for name in ("degree", "stragglers", "access")}, self.own)

    @cached_property
    def setting(self) -> Model:
        """The model, with the degree and the access of the scheme, however they are given."""
        from srtheory.model import Model

        more: dict[str, Any] = {name: getattr(self, name) for name in (*words.COSTS, "pace", "death")}
        more |= {name: None if self.scheme.custom else self.options.get(name) for name in ("degree", "access")}
        return Model(self.symbols, tau=self.tau, startup=self.startup, **more)

    @cached_property
    def law(self) -> LatencyLaw:
        """The law of the theory, or of the user's scheme."""
        from srtheory.decoders.targets import SUM, terms_needed
        from srtheory.theory import by_scheme as laws

        options, model, name = self.options, self.setting, self.scheme.name
        if self.scheme.custom:
            if self.target != SUM:
                raise ArgumentError("target", self.target, "sum: the scheme's own distribution is that of the sum")
            return laws.own_law(name, self.scheme.build(self.symbols, options), model)
        known = laws.options_of(name)
        for option, value in options.items():
            if option not in known:
                expected = f"left out: the latency distribution of the scheme '{name}' does not take it"
                raise ArgumentError(option, value, expected)
        terms = None
        if self.target != SUM:
            alone = "degree" not in known or model.degree == 1
            terms = terms_needed(self.target, self.symbols, alone=alone)
        more = {option: options.get(option) for option in ("stragglers", "cells")}
        return laws.latency_law(name, model, **more, terms=terms)

    def _times(self, fluid_limit: float | None, law: LatencyLaw) -> list[float]:
        from srtheory.theory.rows import bracket_time

        if self.times:
            return list(self.times)
        if fluid_limit is not None:
            return [t for x in (0.9, 0.95, 1.0, 1.05, 1.1) if math.isfinite(t := fluid_limit * x)]
        if law.cdf(math.inf)[0] < 0.5:
            return []
        median = bracket_time(lambda t: law.cdf(t)[0] >= 0.5, self.start(), 1e-6)[1]
        return [t for x in (0.5, 0.75, 1.0, 1.5, 2.0) if math.isfinite(t := median * x)]

    def _limits(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the fluid limit and bounds, or None if they do not apply."""
        from srtheory.model import Model
        from srtheory.theory.rows import fluid_limit

        found: dict[str, float | None] = dict.fromkeys(("fluid_limit", "bound", "sharp_bound", "median_bound"))
        if any(getattr(self, name) for name in words.COSTS) or self.setting.drawn or self.target != "sum":
            return found
        if self.scheme.name == "genie":
            found["fluid_limit"] = fluid_limit(Model(self.symbols, 1, self.tau, self.startup))
        if self.scheme.name == "sr":
            found |= _sr_limits(Model(self.symbols, options["degree"], self.tau, self.startup, options["access"]))
        return {name: value if value is not None and math.isfinite(value) else None for name, value in found.items()}


def _sr_limits(model: Model) -> dict[str, float | None]:
    from dataclasses import replace

    from srtheory.theory import latency as laws
    from srtheory.theory.rows import fluid_limit

    found: dict[str, float | None] = {"fluid_limit": fluid_limit(model)}
    seen, rate = model.access or model.symbols, exponential_rate(model.startup)
    d = max(1, min(model.d, seen - 1))  # a single block of all others: the code of a larger degree is the same
    if seen >= 2:
        found["median_bound"] = laws.median_bound(replace(model, degree=d, access=None))
    if rate is not None:
        found["bound"] = laws.paper_bound(model.tau, d, rate)
        found["sharp_bound"] = laws.block_bound(model.tau, d, rate) if seen >= d + 2 else None
    return found


def exponential_rate(startup: Any) -> float | None:
    """Return the rate of an exponential distribution that starts at 0, or None."""
    named = getattr(getattr(startup, "dist", None), "name", None) == "expon" and startup.support()[0] == 0
    return 1 / float(startup.mean()) if named else None
