"""The error bound of sums as workers and master add them up, against exact sums: many small cases, without a cluster.

Floats of all sizes that there are, weights up to the largest, schemes of the house and of one's own, every decoder.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.schemes import make
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.by_worker import ByWorker
from srtheory.workers.master import Master, NotRecovered, rehearse, terms_of
from srtheory.workers.orders import Orders, mark
from srtheory.workers.values import add, as_plain, as_value, is_finite, scale

M = 6
CASES = 200


@dataclass(frozen=True)
class Weighted(ByWorker):
    """Random rows of weights of so many bits."""

    bits: int = 62

    def sends(self, worker, key):
        rng = self.generator(worker, key)
        for _ in range(3):
            columns = rng.permutation(self.symbols)[: rng.integers(1, 4)].tolist()
            weights = (rng.choice([-1, 1], len(columns)) * rng.integers(1, 2**self.bits, len(columns))).tolist()
            yield dict(zip(columns, weights, strict=True))


@dataclass(frozen=True)
class Chain(ByWorker):
    """Term m - 1 alone, and each other one with a multiple of the next: coefficients are powers of the weight."""

    def sends(self, worker, key):
        yield {worker: 1} if worker == self.symbols - 1 else {worker: 1, worker + 1: 2**62}


CODES = [
    *(
        (make("sr", M, degree=3), "span"),
        (make("sr", M, degree=2), "peeling"),
        (make("arcs", M, degree=2), "intervals"),
    ),
    *(
        (make("arcs", M, degree=3), "span"),
        (make("parts-cyclic", M, degree=2), "partition"),
        (make("lt", M), "peeling"),
    ),
    *((make("gradient-cyclic", M, stragglers=2), "span"), (make("raptor", M), "span")),
    *((Weighted(M, 3), "span"), (Weighted(M), "span"), (Chain(M), "span")),
]


def decoded(code, decoder, terms, rng):
    """What the master makes of symbols that come in a random order of workers; None if they do not give the sum."""
    master, silent = Master(code, int(rng.integers(2**63)), decoder), set()
    place = [0] * code.workers
    while not master.done and len(silent) < code.workers:
        j = int(rng.integers(code.workers))
        symbol = master.orders.symbol(j, place[j])
        if symbol is None:
            silent.add(j)
            continue
        columns, weights = symbol
        parts = [as_value(terms[c]) for c in columns]
        total = reduce(add, parts if weights is None else map(scale, parts, weights.tolist()))
        if is_finite(total):
            master.add(j, place[j], total)
        place[j] += 1
    return master.value(master.reception().rows).value if master.done else None


@pytest.mark.parametrize(
    ("least", "most"), [(-3, 3), (-60, 60), (-1074, -1000), (-1074, 1023), (900, 1020)], ids=lambda x: f"2^{x}"
)
def test_the_bound_holds(least, most):
    rng = np.random.default_rng(least + 2000)
    found = 0
    for case in range(CASES // 5):
        terms = [math.ldexp(rng.uniform(-1, 1), int(rng.integers(least, most + 1))) for _ in range(M)]
        total = decoded(*CODES[case % len(CODES)], terms, rng)
        if total is None or not is_finite(total):
            continue
        value, bound = as_plain(total)
        assert abs(Fraction(value) - sum(map(Fraction, terms))) <= Fraction(bound), CODES[case % len(CODES)]
        found += 1
    assert found > CASES // 10


@pytest.mark.parametrize(("code", "decoder"), CODES, ids=lambda x: x if isinstance(x, str) else type(x).__name__)
def test_whole_numbers_and_fractions_are_exact(code, decoder):
    rng = np.random.default_rng(5)
    for terms in ([10**400, *range(1, M)], [Fraction(i - 2, 3**i) for i in range(M)], [True, np.True_, *range(2, M)]):
        total = decoded(code, decoder, terms, rng)
        assert total is None or as_plain(total) == (sum(Fraction(int(x) if x is np.True_ else x) for x in terms), 0)


def test_the_coefficients_may_be_beyond_all_floats():
    """The rehearsal, which is before the start, is exact; with floats the master says so."""
    code = Chain(40)
    rehearse(code, 0, "span")
    rng = np.random.default_rng(1)
    assert decoded(code, "span", list(range(40)), rng) == sum(range(40))
    assert not is_finite(decoded(code, "span", [float(i) for i in range(40)], rng))


# ------------------------------------------------------------------------------------------------------- the master


def test_a_symbol_counts_once_and_must_be_the_schemes():
    master = Master(make("uncoded", 3), 5, "span")
    own = mark(master.orders.symbol(1, 0))
    assert not master.add(1, 0, 7, own)
    assert not master.add(1, 0, 8)
    assert (master.order, master.uncovered) == ([(1, 0)], [0, 2])
    with pytest.raises(ArgumentError, match="symbol 1 of worker 1"):
        master.add(1, 1, 7)
    with pytest.raises(ArgumentError, match="symbol 0 of worker 2"):
        master.add(2, 0, 7, own)
    master = Master(make("uncoded", 3), 5, "peeling")
    assert [master.add(j, 0, 10**j) for j in (2, 0, 1, 1)] == [False, False, True, True]
    assert master.uncovered == []
    reception = master.reception()
    assert reception.time.tolist() == [1.0, 2.0, 3.0]
    assert reception.worker.tolist() == [2, 0, 1]
    assert reception.terms.tolist() == [1, 1, 1]
    assert master.reception(np.array([0.5, 0.5, 4.0])).time.tolist() == [0.5, 0.5, 4.0]
    assert as_plain(master.value(reception.rows).value) == (111, 0.0)


@pytest.mark.parametrize("decode_by", ["span", "partition"])
def test_what_follows_the_deciding_symbol_changes_nothing(decode_by):
    master = Master(make("repetition", 4, degree=2), 5, decode_by)
    done = [master.add(j, 0, 1) for j in range(4)]
    assert done == sorted(done)
    assert done[-1]


def test_twenty_missing_terms_are_named_and_all_further_faults_counted():
    error = NotRecovered(tuple(range(0, 42, 2)), 3, "why", ("a", "b", "c", "d"))
    listed = "0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, …"
    assert str(error).endswith(
        f"from 3 symbols: no symbol has come with the terms {listed} (why; a; and 3 more faults)."
    )
    assert (error.missing, error.received, error.why, error.faults) == (
        *(tuple(range(0, 42, 2)), 3, "why", ("a", "b", "c", "d")),
    )


@dataclass(frozen=True)
class Late(ByWorker):
    """Each worker but the last sends term 0 first; worker j then sends term j, except for the last one."""

    short: bool = False

    def sends(self, worker, key):
        yield [0]
        if not self.short and worker < self.symbols - 1:
            yield [worker]
        if not self.short and worker == 0:
            yield [self.symbols - 1]


@pytest.fixture
def added(monkeypatch):
    """The symbols that a master takes."""
    taken, add_one = [], Master.add

    def add(self, worker, index, value, of=None):
        taken.append((worker, index))
        return add_one(self, worker, index, value, of)

    monkeypatch.setattr(Master, "add", add)
    return taken


@pytest.mark.parametrize("decode_by", ["span", "peeling"])
def test_in_a_rehearsal_workers_take_turns_until_the_sum_is_there(added, decode_by):
    rehearse(Late(3), 0, decode_by)
    assert added == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0, 2)]
    added.clear()
    rehearse(make("uncoded", 3), 0, decode_by)
    assert added == [(0, 0), (1, 0), (2, 0)]
    added.clear()
    rehearse(make("one", 3), 0, decode_by)
    assert len(added) == 1


def test_a_rehearsal_ends_without_the_sum(added, monkeypatch):
    symbol = Orders.symbol

    def asked(self, worker, index):
        assert index < 9, "it does not end"
        return symbol(self, worker, index)

    monkeypatch.setattr(Orders, "symbol", asked)
    rehearse(Late(3, short=True), 0, "span")
    assert added == [(0, 0), (1, 0), (2, 0)]


def test_the_reception_of_a_master_is_of_the_symbols_in_their_order():
    master = Master(Late(3), 0, "span")
    for worker, index in ((0, 1), (1, 0), (0, 0), (1, 1)):
        master.add(worker, index, 0)
    reception = master.reception()
    assert reception.rows.dense().tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert reception.terms.tolist() == [2, 1, 1, 2]
    assert reception.totals.tolist() == [UNLIMITED, 2, UNLIMITED]  # worker 0 has a further symbol
    assert reception.time.tolist() == [1, 2, 3, 4]


def test_terms_behind_columns():
    assert terms_of([2, 0], None) == (2, 0)
    assert terms_of([2, 0], [0, 2, 3, 6]) == (3, 4, 5, 0, 1)
    assert terms_of([1], [0, 2, 3, 6]) == (2,)
