"""200 schemes of a user, written as classes in a file and run by the package: none is below the floor, a cheat is.

Start-up delays have two values, so the law of T is a sum over all delays of all workers, in fractions.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod

import numpy as np
import pytest

from srtheory.decoders import decoder
from srtheory.delays import Empirical
from srtheory.model import Model
from srtheory.reception import receive
from srtheory.schemes import named
from srtheory.schemes.by_worker import ByWorker
from srtheory.span.coverage import coverage_time
from srtheory.testing import check_scheme
from srtheory.theory.floor import late

SCHEMES, KEY, TAU, END = 200, 37, 0.5, 1e3
LAWS = [[0.0, 1.0], [0.25, 1.5, 1.5, 1.5]]
COSTS = [0.0, 0.25]
TIMES = np.arange(1.0, 4.0, 0.25)

HEAD = """
from dataclasses import dataclass

import numpy as np

from srtheory.rows import from_mappings
from srtheory.schemes.base import BaseScheme, EncodedSymbols
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Remembers(BaseScheme):
    '''Each message is a combination of all terms that its sender has evaluated, none of them twice.'''

    def expected_terms(self):
        return 1.0, 1.0

    def generator(self, worker, key):
        return np.random.default_rng([key, worker])

    def emit(self, key, budget):
        rows, workers, terms, ended = [], [], [], []
        for j in range(self.workers):
            mine = [(done, row) for done, row in self.sends(j, key)]
            sent = [(done, row) for done, row in mine if done <= budget[j]]
            rows += [row for _, row in sent]
            terms += [done for done, _ in sent]
            workers += [j] * len(sent)
            ended.append(len(sent) == len(mine))
        return EncodedSymbols(
            from_mappings(self.symbols, rows), np.array(workers, np.int32), np.array(terms, np.int64), np.array(ended)
        )
"""
PART = """

@dataclass(frozen=True)
class Own{number}({base}):
    workers = {workers}

    def sends(self, worker, key):
        m = self.symbols
        order = {order}
        cuts = sorted({{*{cuts}, m}})
        for first, last in zip([0, *cuts], cuts):
            row = {{int(order[i]): {weight} for i in range({start}, last)}}
            yield {result}
"""
CHEAT = """

@dataclass(frozen=True)
class Cheat(BaseScheme):
    '''The budgets tell which workers start early: these share the terms among them.'''

    def expected_terms(self):
        return 1.0, 1.0

    def emit(self, key, budget):
        early = np.flatnonzero(budget == budget.max())
        sent = [(j, k + 1, {term: 1}) for n, j in enumerate(early) for k, term in enumerate(
            range(n, self.symbols, len(early))) if k < budget[j]]
        return EncodedSymbols(
            from_mappings(self.symbols, [row for *_, row in sent]), np.array([j for j, *_ in sent], np.int32),
            np.array([k for _, k, _ in sent], np.int64), np.ones(self.workers, bool)
        )
"""
ORDERS = [
    "[(worker + i) % m for i in range(m)]",
    "[(worker + i * (-1) ** worker) % m for i in range(m)]",
    "list(range(m))[:: 1 if worker < self.workers / 2 else -1]",
    "[worker % m ^ i for i in range(4) if worker % m ^ i < m]",
    "self.generator(0, key).permutation(m)",
    "self.generator(worker, key).permutation(m)",
]
CUTS = ["range(m)[1:]", "[]", "[1]", "range(worker % m, m)[1:]", "[c for c in range(1, m) if (c + worker) % {0}]"]
WEIGHTS = ["1", "1", "1 + (order[i] + worker) % 3", "(-1) ** (first + worker)"]


def written(rng, number):
    """The text of a class, and its number of terms."""
    m, remembers = int(rng.integers(3, 5)), bool(rng.integers(2))
    text = PART.format(
        number=number,
        base="Remembers" if remembers else "ByWorker",
        workers=int(rng.integers(3, 5)),
        order=rng.choice(ORDERS),
        cuts=str(rng.choice(CUTS)).format(rng.integers(2, 4)),
        weight=rng.choice(WEIGHTS),
        start="0" if remembers and rng.integers(2) else "first",
        result="last, row" if remembers else "row",
    )
    return text, m


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The schemes, the cheat, and their file."""
    rng = np.random.default_rng(37)
    texts, sizes = zip(*(written(rng, number) for number in range(SCHEMES)), strict=True)
    path = tmp_path_factory.mktemp("own") / "own.py"
    path.write_text("".join((HEAD, *texts, CHEAT)))
    schemes = [named(f"{path}::Own{number}").build(m, {}) for number, m in enumerate(sizes)]
    return schemes, named(f"{path}::Cheat").build(4, {}), path


@cache
def bounds(m, workers, law, cost):
    return late(Model(m, None, TAU, Empirical(LAWS[law]), message_cost=cost), TIMES, workers=workers)


def latencies(scheme, law, cost):
    """P(T > t) at the times, T the latency, and the same for the best decoder of any kind, that hears of every term."""
    count = Counter(LAWS[law])
    found = np.zeros((2, len(TIMES)), np.int64)
    for delays in product(count, repeat=scheme.workers):
        reception = receive(scheme, np.array(delays), TAU, KEY, END, cost)
        stops = decoder(scheme.decoder)(reception).stopping_time, coverage_time(reception.rows)
        ways = prod(count[x] for x in delays)
        for k, stop in enumerate(stops):
            found[k] += ways * ((np.inf if stop is None else reception.time[stop - 1]) > TIMES)
    return [[Fraction(int(ways), len(LAWS[law]) ** scheme.workers) for ways in its] for its in found]


def below(scheme, law, cost, paid=None):
    """How far the scheme is below the floor at its worst time, by either law."""
    floor = bounds(scheme.symbols, scheme.workers, law, cost)
    return max(float(bound - p) for its in latencies(scheme, law, cost if paid is None else paid)
               for bound, p in zip(floor, its, strict=True))  # fmt: skip


def settings(number):
    return number % 2, COSTS[number // 2 % 2]


def test_no_scheme_of_a_user_is_below_the_floor(own):
    schemes, _, _ = own
    assert len({type(scheme) for scheme in schemes}) == SCHEMES
    assert {isinstance(scheme, ByWorker) for scheme in schemes} == {True, False}
    assert max(below(scheme, *settings(number)) for number, scheme in enumerate(schemes)) <= 0


@pytest.mark.quality
def test_a_scheme_that_looks_at_the_delays_is_below_and_breaks_its_promise(own):
    _, cheat, path = own
    assert all(below(cheat, 0, cost) > 0.01 for cost in COSTS)
    with pytest.raises(AssertionError, match="a larger budget only extends"):
        check_scheme(f"{path}::Cheat")


@pytest.mark.quality
def test_schemes_that_do_not_pay_for_messages_are_seen(own):
    costly = [(scheme, law) for number, scheme in enumerate(own[0]) for law, cost in [settings(number)] if cost]
    assert any(below(scheme, law, 0.25, paid=0.0) > 0 for scheme, law in costly[:30])


def test_the_schemes_keep_their_promises(own):
    for number in range(0, SCHEMES, 40):
        check_scheme(type(own[0][number]), largest=4, examples=20)
