"""Laws of latency, coverage, collection and hitting against enumeration in fractions at small m."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import combinations, pairwise, product

import numpy as np

from srtheory.delays import parse_law
from srtheory.model import Model
from srtheory.theory import ENTRIES, collector, given_counts, orders, spanning, spanning_rows
from srtheory.theory.laws import approximate, baselines, collection, coverage, rows_received, silent, stopping
from srtheory.theory.laws.by_scheme import latency_law
from srtheory.theory.laws.intervals import arcs_bounds
from srtheory.theory.laws.streaming import own_then_parts_bounds
from tests.attack import brute
from tests.attack.brute import Clock, Steps
from tests.attack.report import Tally
from tests.attack.streams import STREAMS, Stream, even_groups, stream, sum_recovery

NARROW = 1e-11
"""Width of an interval for an event that no rounding can decide, where the law is exact."""
WITH_DEGREE = (
    "repetition",
    "bcc",
    "parts-stream",
    "parts-cyclic",
    "parts-even",
    "parts-pairs",
    "arcs",
    "own-then-parts",
)
WITH_STRAGGLERS = ("gradient-fractional", "gradient-cyclic")
FREE = ("genie", "arcs", "own-then-parts")
"""Laws in which messages cost no time."""
OWN_NAME = {"arcs": arcs_bounds, "own-then-parts": own_then_parts_bounds}
"""Laws that are no scheme's in :data:`srtheory.theory.ENTRIES`."""
OF_SR = ("coverage", "coverage and rows", "rows", "hitting", "spanning")


@dataclass(frozen=True)
class Enclosed:
    """What a law says and what is so.  ``wide``: it may be wider than rounding makes it."""

    interval: tuple[float, float]
    exact: Fraction
    wide: bool

    def failure(self) -> str | None:
        low, high = (float(x) for x in self.interval)
        if not low <= high:
            return f"[{low!r}, {high!r}] is no interval"
        if not Fraction(low) <= self.exact <= Fraction(high):
            return f"[{low!r}, {high!r}] does not hold {float(self.exact)!r}"
        if not self.wide and high - low > NARROW:
            return f"[{low!r}, {high!r}] is wide"
        return None


def draw_law(rng) -> Steps:
    """One to three delays, on a grid or not; their chances are multiples of 1/7 or 1/8."""
    values = [0.0, 0.5, 1.0, 2.25, 0.1, 0.3, 1 / 3, float(rng.uniform(0, 4)), float(rng.uniform(0, 1e-9))]
    n, whole = int(rng.integers(1, 4)), int(rng.choice([7, 8]))
    cuts = [0, *sorted(rng.choice(np.arange(1, whole), n - 1, replace=False).tolist()), whole]
    weights = [Fraction(b - a, whole) for a, b in pairwise(cuts)]
    return Steps(tuple(zip(sorted(rng.choice(values, n, replace=False).tolist()), weights, strict=True)))


def draw_time(rng, streams: list[Stream], law: Steps, tau: float, kappa: float) -> float:
    """At some row's end, next to it, anywhere, before all or after all."""
    kind = rng.integers(8)
    if kind == 0:
        return float(rng.choice([-1.0, 0.0, 1e-300, 1e9, math.inf]))
    chosen = [row for row in streams if row][int(rng.integers(sum(map(bool, streams))))]
    i = int(rng.integers(len(chosen)))
    at = law.atoms[int(rng.integers(len(law.atoms)))][0] + tau * chosen[i][1] + kappa * (i + 1)
    if kind == 1:
        return at
    if kind == 2:
        return float(np.nextafter(at, rng.choice([-math.inf, math.inf])))
    return at + float(rng.uniform(0, 2)) * tau


def draw_clock(rng, streams: list[Stream], law: Steps, free: bool) -> Clock:
    tau = float(rng.choice([0.1, 0.25, 1 / 3, 0.3, 1.0, 0.007]))
    kappa = 0.0 if free or rng.random() < 0.5 else float(rng.choice([0.05, 0.25, 0.3, 1.0]))
    silent = float(rng.choice([0.0, 0.0, 0.25, 0.1]))
    return Clock(draw_time(rng, streams, law, tau, kappa), tau, kappa, silent)


# ------------------------------------------------------------------------------------------------ schemes of one law


def scheme_case(name: str, rng) -> Enclosed:
    """A scheme's law, at m up to 5."""
    m = int(rng.integers(1, 6))
    options: dict[str, int] = {}
    if name in WITH_DEGREE:
        beyond = 2 if name in ("repetition", "bcc") else 0
        options = {"degree": int(rng.integers(1, m + 1 + beyond))}
    elif name in WITH_STRAGGLERS:
        options = {"stragglers": int(rng.integers(0, m))}
    workers = [STREAMS[name](m, *options.values(), j) for j in range(m)]
    law = draw_law(rng)
    clock = draw_clock(rng, workers[0], law, name in FREE)
    found = [brute.received(streams, law, clock) for streams in workers]
    if name == "one":
        found = found[:1]
    if name in OWN_NAME:
        interval = OWN_NAME[name](Model(m, options["degree"], clock.tau, law, silent=clock.silent), clock.t)
        exact = brute.chance(found, frozenset(), brute.add_rows, partial(brute.spans, m=m))
    else:
        model = Model(m, options.get("degree"), clock.tau, law, message_cost=clock.kappa, silent=clock.silent)
        interval = latency_law(name, model, stragglers=options.get("stragglers")).cdf(clock.t)
        exact = brute.chance(found, (0, 0, False), partial(brute.add_terms, m=m), _recovered(name, m, options))
    every = [streams for worker in workers for streams in worker]
    return Enclosed(interval, exact, clock.is_close(every, law))


def _recovered(name: str, m: int, options: dict[str, int]) -> Callable[[tuple[int, int, bool]], bool]:
    if name == "gradient-cyclic":
        return lambda state: state[1] >= m - options["stragglers"]
    if name == "genie":
        return lambda state: state[1] >= m
    return lambda state: state[0] == (1 << m) - 1


def sr_case(name: str, rng) -> Enclosed:
    """A law of the sum-recovery code, perhaps with limited access, at m up to 5."""
    m = int(rng.integers(1, 5 if name == "spanning" else 6))
    d = int(rng.integers(1, m + 2))
    access = int(rng.integers(1, m + 1)) if rng.random() < 0.4 else m
    workers = [sum_recovery(m, d, access, j) for j in range(m)]
    law, rows = draw_law(rng), int(rng.integers(0, 2 * m + 1))
    clock = draw_clock(rng, workers[0], law, name == "rows")
    if name == "rows" and clock.silent:
        clock = Clock(clock.t, clock.tau)
    found = [brute.received(streams, law, clock) for streams in workers]
    model = Model(m, d, clock.tau, law, access, 0.0 if name == "rows" else clock.kappa, silent=clock.silent)
    interval = {
        "coverage": lambda: coverage.coverage_by_time(model, clock.t),
        "coverage and rows": lambda: coverage.coverage_and_rows(model, clock.t, rows),
        "rows": lambda: rows_received.rows_by_time(model, clock.t, rows),
        "hitting": lambda: stopping.latency_bounds_given_hitting(model, clock.t),
        "spanning": lambda: spanning.latency_bounds(model, clock.t),
    }[name]()
    if name == "spanning":
        exact = brute.chance(found, frozenset(), brute.add_rows, partial(brute.spans, m=m))
        return Enclosed(interval, exact, True)
    full = (1 << m) - 1
    done = {
        "coverage": lambda state: state[0] == full,
        "coverage and rows": lambda state: state[0] == full and state[1] >= rows,
        "rows": lambda state: state[1] >= rows,
        "hitting": lambda state: (state[0] == full and state[1] >= m) or state[2],
    }[name]
    exact = brute.chance(found, (0, 0, False), partial(brute.add_terms, m=m), done)
    return Enclosed(interval, exact, clock.is_close([s for w in workers for s in w], law))


# --------------------------------------------------------------------------------------------- laws by number of rows


def collection_case(rng) -> Enclosed:
    """P(CC <= k), P(max(m, CC) <= k), P(M' <= k) and their means, uniform start-up."""
    m = int(rng.integers(1, 5))
    d = int(rng.integers(1, m + 2))
    access = int(rng.integers(1, m + 1)) if rng.random() < 0.4 else m
    width, tau = int(rng.integers(1, 4)), float(rng.choice([0.25, 0.5, 2.0]))
    law = parse_law(f"uniform(loc={rng.choice([0.0, 0.5])}, scale={width * tau})")
    ends = [end for _, end in sum_recovery(m, d, access, 0)[0]]
    laws = brute.by_rows(m, ends, width)
    kind = int(rng.integers(6))
    spans = kind in (2, 5)
    exact = [_given(m, d, access, arrived, spans) for arrived in laws]
    if kind in (1, 4):
        exact = [p if k >= m else Fraction(0) for k, p in enumerate(exact)]
    model = Model(m, d, tau, law, access)
    if kind < 3:
        k = int(rng.integers(0, len(exact) + 1))
        cdf = (collection.coverage_by_rows, stopping.stopping_bounds_given_hitting, spanning_rows.stopping_bounds)[kind]
        return Enclosed(_floats(cdf(model, k)), exact[min(k, len(exact) - 1)], True)
    mean = (
        collection.expected_collection,
        stopping.expected_stopping_given_hitting,
        spanning_rows.expected_stopping_bounds,
    )[kind - 3]
    truth = sum((1 - p for p in exact), Fraction(max(m - len(exact), 0) if kind == 4 else 0))
    return Enclosed(_floats(mean(model)), truth, True)


def _floats(interval) -> tuple[float, float]:
    return float(interval[0]), float(interval[1])


def _given(m: int, d: int, access: int, arrived, spans: bool) -> Fraction:
    return sum((p * given_rows(m, d, access, each, spans) for each, p in arrived.items()), Fraction(0))


def given_rows(m: int, d: int, access: int, sent, spans: bool) -> Fraction:
    """P(all covered), or P(1 is spanned), when worker j has sent ``sent[j]`` rows."""
    workers = []
    for j, n in enumerate(sent):
        streams = sum_recovery(m, d, access, j)
        chances: dict = {}
        for each in streams:
            chances[each[:n]] = chances.get(each[:n], Fraction(0)) + Fraction(1, len(streams))
        workers.append(chances)
    if spans:
        return brute.chance(workers, frozenset(), brute.add_rows, partial(brute.spans, m=m))
    full = (1 << m) - 1
    return brute.chance(workers, (0, 0, False), partial(brute.add_terms, m=m), lambda state: state[0] == full)


def counts_case(rng) -> Enclosed:
    """Given the workers' numbers of rows: coverage exactly, spanning within an interval of rationals."""
    m = int(rng.integers(1, 5))
    d, access = int(rng.integers(1, m + 2)), int(rng.integers(1, m + 1))
    most = len(sum_recovery(m, d, access, 0)[0])
    sent = rng.integers(0, most + 1, m).tolist()
    if rng.random() < 0.5:
        value = coverage.coverage_given_counts(m, d, sent, access=access)
        return exactly(value, given_rows(m, d, access, sent, spans=False))
    low, high = given_counts.spanning_given_counts(m, d, sent, access=access)
    truth = given_rows(m, d, access, sent, spans=True)
    return exactly(min(max(truth, low), high), truth)


def exactly(value: Fraction, truth: Fraction) -> Enclosed:
    """A law that is a rational number: it is that number."""
    return Enclosed((0.0, 0.0) if value == truth else (1.0, 0.0), Fraction(0), False)


# ------------------------------------------------------------------------------------------------------ other numbers


def collector_case(rng) -> Enclosed:
    """n random d-subsets of m, by how many are covered."""
    m = int(rng.integers(1, 8))
    d, n = int(rng.integers(1, m + 1)), int(rng.integers(0, 12))
    subsets = list(combinations(range(m), d))
    steps = [_gains(covered, subsets, m) for covered in range(m + 1)]
    if rng.random() < 0.5:
        return Enclosed(collector.collector_mean(m, d), _mean_draws(steps, m), False)
    law = [Fraction(1)] + [Fraction(0)] * m
    for _ in range(n):
        law = [sum((law[a] * steps[a].get(b, Fraction(0)) for a in range(b + 1)), Fraction(0)) for b in range(m + 1)]
    return Enclosed(collector.collector_by_rows(n, m, d), law[m], False)


def _gains(covered: int, subsets, m: int) -> dict[int, Fraction]:
    """The law of how many are covered after a draw, from ``covered`` on."""
    law: dict[int, Fraction] = {}
    for chosen in subsets:
        after = len(set(chosen) | set(range(covered)))
        law[after] = law.get(after, Fraction(0)) + Fraction(1, len(subsets))
    return law


def _mean_draws(steps: list[dict[int, Fraction]], m: int) -> Fraction:
    left = [Fraction(0)] * (m + 1)
    for covered in reversed(range(m)):
        law = steps[covered]
        later = sum((p * left[after] for after, p in law.items() if after > covered), Fraction(1))
        left[covered] = later / (1 - law.get(covered, Fraction(0)))
    return left[0]


def orders_case(rng) -> Enclosed:
    """Single terms in given orders."""
    m, workers = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    each = [rng.permutation(m).tolist() for _ in range(workers)]
    streams = [stream([[i] for i in order]) for order in each]
    law = draw_law(rng)
    model, clock = Model(m, None, 0.3, law), Clock(draw_time(rng, streams, law, 0.3, 0.0), 0.3)
    found = [brute.received([one], law, clock) for one in streams]
    add = partial(brute.add_terms, m=m)
    if rng.random() < 0.5:
        exact = brute.chance(found, (0, 0, False), add, lambda state: state[0] == (1 << m) - 1)
        return Enclosed(orders.orders_bounds(model, clock.t, each), exact, clock.is_close(streams, law))
    missed = [brute.chance(found, (0, 0, False), add, lambda state, i=i: not state[0] >> i & 1) for i in range(m)]
    interval = orders.uncovered_by_orders(model, clock.t, each)
    return Enclosed(interval, sum(missed, Fraction(0)), clock.is_close(streams, law))


def rationals_case(rng) -> Enclosed:
    """Laws that are rational numbers."""
    m = int(rng.integers(1, 7))
    kind, d = int(rng.integers(3)), int(rng.integers(1, m + 1))
    if kind == 0:
        n = -(-m // d)
        missing = sum(len(set(parts)) < n for parts in product(range(n), repeat=m))
        return exactly(baselines.bcc_unrecovered(m, d), Fraction(missing, n**m))
    if kind == 1:
        away, groups = int(rng.integers(0, m + 1)), even_groups(m, d - 1)
        sets = list(combinations(range(m), away))
        lost = sum(any(set(group) <= set(gone) for group in groups) for gone in sets)
        return exactly(silent.fractional_lost(m, d - 1, away), Fraction(lost, len(sets)))
    d = max(i for i in range(1, d + 1) if m % i == 0)
    rows, groups = int(rng.integers(0, m + 1)), even_groups(m, d - 1)
    sets = list(combinations(range(m), rows))
    missed = sum(d * sum(not set(group) & set(come) for group in groups) for come in sets)
    return exactly(approximate.fractional_error_by_rows(rows, m, d), Fraction(missed, m * len(sets)))


CASES: dict[str, Callable[[np.random.Generator], Enclosed]] = {
    **{f"latency of {name}": partial(scheme_case, name) for name in [*(n for n in ENTRIES if n != "sr"), *OWN_NAME]},
    **{f"sum recovery: {name}": partial(sr_case, name) for name in OF_SR},
    "sum recovery: by number of rows": collection_case,
    "sum recovery: given the counts": counts_case,
    "coupon collector": collector_case,
    "given orders": orders_case,
    "rational numbers": rationals_case,
}


SLOW = {"sum recovery: by number of rows": 8, "latency of terms-random": 4}
"""Kinds of which fewer are tried: one in so many."""


def attack(each: int, seed: int, tally: Tally, kinds: Iterable[str] = CASES) -> None:
    """So many cases of each kind."""
    for number, (kind, case) in enumerate(CASES.items()):
        for i in range(-(-each // SLOW.get(kind, 1)) if kind in kinds else 0):
            wrong = case(np.random.default_rng((seed, number, i))).failure()
            tally.count(f"enumeration, {kind}", wrong and f"case {seed}, {number}, {i}: {wrong}")
