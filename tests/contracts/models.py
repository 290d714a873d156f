"""Settings of laws: every kind of start-up, from the smallest times to the largest, and the times to ask about."""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy import stats

from srtheory.delays import Empirical, parse_law
from srtheory.model import Model

STARTUPS: dict[str, Callable[[float], Any]] = {
    "exponential": lambda s: stats.expon(scale=5 * s),
    "written": lambda s: parse_law(f"expon(scale={5 * s})"),
    "shifted": lambda s: stats.expon(loc=0.75 * s, scale=2 * s),
    "without a mean": lambda s: parse_law(f"pareto(b=1, scale={s})"),
    "heavy": lambda s: stats.pareto(b=0.125, scale=s),
    "long": lambda s: stats.weibull_min(c=0.5, scale=s),
    "bounded": lambda s: stats.uniform(scale=3 * s),
    "frozen": lambda s: stats.gamma(2.5, scale=s),
    "sample": lambda s: Empirical(np.array([0.0, 0.5, 0.5, 2.0]) * s),
    "constant": lambda s: Empirical(np.array([1.0]) * s),
    "at once": lambda s: Empirical(np.zeros(1)),
    "discrete": lambda s: stats.randint(0, 3) if s == 1 else Empirical(np.arange(3.0) * s),
}
"""Start-ups by kind, each for a unit of time."""

ATOMS: dict[str, Sequence[float]] = {
    "sample": (0.0, 0.5, 0.5, 2.0),
    "constant": (1.0,),
    "at once": (0.0,),
    "discrete": (0.0, 1.0, 2.0),
}
"""Equally likely values of the discrete ones."""

SMOOTH = ("exponential", "written", "shifted", "without a mean", "bounded")
"""Those whose laws by rows are known."""

LARGEST, LEAST = sys.float_info.max, 5e-324


@dataclass(frozen=True)
class Setting:
    """A model, and the kind of its start-up."""

    model: Model
    kind: str

    @staticmethod
    def of(kind: str) -> Any:
        """A start-up of that kind."""
        return STARTUPS[kind](1.0)

    def scaled(self, power: int) -> Model:
        """The same in another unit of time."""
        unit = 2.0**power
        costs = {name: getattr(self.model, name) * unit for name in ("tau", "message_cost", "master_time")}
        return replace(self.model, startup=STARTUPS[self.kind](unit), **costs)

    def started(self, t: float) -> Callable[[int, int], Fraction]:
        """P(a worker has sent by t), by terms and messages; exact if the start-up is discrete."""
        model, answers = self.model, 1 - Fraction(self.model.silent)
        if model.drawn:
            return cache(partial(self._by, t))

        def by(terms: int, messages: int) -> Fraction:
            if math.isinf(t):
                return answers * (t > 0)
            left = Fraction(t) - Fraction(model.tau) * terms - Fraction(model.message_cost) * messages
            if self.kind in ATOMS:
                values = ATOMS[self.kind]
                return answers * Fraction(sum(x <= left for x in values), len(values))
            return answers * Fraction(float(model.startup.cdf(float(left)))) if left >= 0 else Fraction(0)

        return by

    def _by(self, t: float, terms: int, messages: int) -> Fraction:
        """The same of random times, which are samples: a sum over all that they may be."""
        model = self.model
        ends = [t] if model.death is None else [min(t, death) for death in model.death.sample.tolist()]
        found = Fraction(0)
        for taken, share in self.spent(terms, messages).items():
            found += share * Fraction(sum(taken <= end for end in ends), len(ends))
        return (1 - Fraction(model.silent)) * found

    def spent(self, terms: int, messages: int) -> dict[Fraction, Fraction]:
        """The law of the time that a worker takes for so many terms and messages, by its values."""

        def values(time: Any) -> list[Fraction]:
            return [Fraction(x) for x in (time.sample.tolist() if hasattr(time, "sample") else [time])]

        def summed(law: dict[Fraction, Fraction], time: Any, pace: Fraction = Fraction(1)) -> dict[Fraction, Fraction]:
            sums: dict[Fraction, Fraction] = defaultdict(Fraction)
            for (x, p), y in product(law.items(), values(time)):
                sums[x + pace * y] += p / len(values(time))
            return sums

        found: dict[Fraction, Fraction] = defaultdict(Fraction)
        paces = values(1.0 if self.model.pace is None else self.model.pace)
        for pace in paces:
            law = summed({Fraction(0): Fraction(1, len(paces))}, self.model.startup)
            for _ in range(terms):
                law = summed(law, self.model.tau, pace)
            for _ in range(messages):
                law = summed(law, self.model.message_cost)
            for x, p in law.items():
                found[x] += p
        return found

    def times(self) -> list[float]:
        """Times in order: those at which something happens, between them, and the ends of time."""
        model, found = self.model, {-1.0, 0.0, LEAST, 1e-310, 1.0, 1e9, 1e300, LARGEST, math.inf}
        for terms in (1, 2, model.symbols):
            cost = model.tau * terms + model.message_cost
            found |= {cost, math.nextafter(cost, 0.0), 1.5 * cost}
            found |= {cost + x for x in (*ATOMS.get(self.kind, ()), float(model.startup.ppf(0.5)))}
        return sorted(found)


def settings(
    most: int = 5,
    kinds: Sequence[str] = tuple(STARTUPS),
    taus: Sequence[float] = (LEAST, 1e-310, 2.0**-30, 0.02, 0.25, 0.7, 3.0, 1e9, 1e300),
    costs: Sequence[float] = (0.0, 0.0, LEAST, 0.125, 0.3, 2.0, 1e300),
    least: int = 1,
) -> st.SearchStrategy[Setting]:
    """Settings of at most so many symbols; from a ``least`` number on, of workers that send more than one block."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Setting:
        kind, m = draw(st.sampled_from(kinds)), draw(st.integers(least, most))
        model = Model(
            m,
            draw(st.integers(1, m + 2 if least == 1 else m - 2)),
            draw(st.sampled_from(taus)),
            STARTUPS[kind](1.0),
            draw(st.none() | st.integers(min(least, m), m)),
            draw(st.sampled_from(costs)),
            draw(st.sampled_from((0.0, 0.0, 0.5))),
            draw(st.sampled_from((0.0, 0.0, 1e-17, 0.2, 0.75))),
        )
        return Setting(model, kind)

    return drawn()


def random_times(most: int = 4) -> st.SearchStrategy[Setting]:
    """Settings whose tasks, messages, paces or deaths are random, all with values that are multiples of 1/8."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Setting:
        def sample(least: int, most: int) -> Empirical:
            return Empirical(np.array(draw(st.lists(st.integers(least, most), min_size=1, max_size=3))) / 8)

        m = draw(st.integers(1, most))
        model = Model(
            m,
            draw(st.integers(1, m)),
            Empirical([*sample(0, 9).sample, 0.5]) if draw(st.booleans()) else draw(st.sampled_from((0.25, 0.625))),
            sample(0, 16),
            draw(st.none() | st.integers(1, m)),
            sample(0, 4) if draw(st.booleans()) else draw(st.sampled_from((0.0, 0.0, 0.125))),
            0.0,
            draw(st.sampled_from((0.0, 0.0, 0.2))),
            pace=Empirical(draw(st.sampled_from(([1.0, 2.0, 3.0], [0.0, 0.0, 2.0])))) if draw(st.booleans()) else None,
            death=Empirical([*draw(st.lists(st.just(0), max_size=1)), *(sample(2, 60).sample + 1 / 16)])
            if draw(st.booleans())
            else None,
        )
        return Setting(model if model.drawn else replace(model, tau=sample(1, 9)), "sample")

    return drawn()
