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

from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.own import ByWorker
from srtheory.workers.execution import Master, rehearse
from srtheory.workers.symbols import Orders, add, as_plain, as_value, is_finite, scale, shape_of

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
    *((make("sr", M, degree=3), "span"), (make("sr", M, degree=2), "peeling"), (make("lt", M), "peeling")),
    *((make("arcs", M, degree=2), "intervals"), (make("arcs", M, degree=3), "span"), (make("raptor", M), "span")),
    *((make("parts-cyclic", M, degree=2), "partition"), (make("gradient-cyclic", M, stragglers=2), "span")),
    *((Weighted(M, 3), "span"), (Weighted(M), "span"), (Chain(M), "span")),
]


@pytest.mark.parametrize("name", ["terms-cyclic", "parts-cyclic", "bcc", "repetition"])
def test_a_target_gives_the_sum_of_the_terms_that_are_known(name):
    """Each once, though parts come again, as soon as so many are known."""
    rng = np.random.default_rng(5)
    for k in range(1, M + 1):
        master = Master(make(name, M, **named(name).sized(3)), k, "partition", f"terms({k})")
        seen, left = set(), [iter(range(M)) for _ in range(master.scheme.workers)]
        while not master.done:
            j = int(rng.integers(len(left)))
            i = next(left[j], None)
            symbol = None if i is None else master.orders.symbol(j, i)
            if symbol is not None:
                assert len(seen) < k
                seen |= {*symbol[0].tolist()}
                master.add(j, i, sum(2**c for c in symbol[0].tolist()))
        assert master.known == sorted(seen)
        assert len(seen) >= k
        assert master.value(master.reception().rows).value == sum(2**c for c in seen)


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
    ("least", "most"), [(-60, 60), (-1074, -1000), (-1074, 1023), (900, 1020)], ids=lambda x: f"2^{x}"
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


# ------------------------------------------------------------------------------------------- values, symbols in order

BACK = [
    *((3, 3), (True, 1), (np.int8(-5), -5), (2**80, 2**80), (Fraction(6, 4), Fraction(3, 2)), (Fraction(4, 2), 2)),
    *((np.float32(0.5), 0.5), (np.True_, 1), (np.array(False), 0), (np.array(3), 3), (1e300, 1e300)),
    (np.array(Fraction(1, 3), dtype=object), Fraction(1, 3)),
    *(([1, 2], None), (np.array([[1], [2**63 - 1]]), None), (np.array([Fraction(1, 3)]), None), ((0.5, 1.5), None)),
    *((np.array([True, False]), None), ([True, np.False_], None), (np.array([np.True_, 2], dtype=object), None)),
]


@pytest.mark.parametrize(("term", "given"), BACK)
def test_numbers_and_arrays_come_back(term, given):
    value, bound = as_plain(as_value(term))
    assert (np.asarray(value) == np.asarray(term)).all()
    assert not np.asarray(bound).any()
    assert shape_of(as_value(term)) == np.shape(term)
    assert given is None or (value, type(value), bound) == (given, type(given), 0.0)


MASKED = np.ma.array([1.0, 2.0], mask=[False, True])
NO_TERMS = [None, "1", 1j, [1j], np.longdouble(1), object(), [None], np.array([0.5, "a"], dtype=object)]


@pytest.mark.parametrize("term", [*NO_TERMS, MASKED, np.ma.masked, np.ma.array([1, 2]), [MASKED, MASKED], ((MASKED,),)])
def test_what_is_no_number_and_masked_arrays_are_refused(term):
    with pytest.raises(TypeError, match=r"a term must be|not a masked array: fill it in before, as term\.filled"):
        as_value(term)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("terms", [(1e308, 1e308), (10**400, 0.5)])
def test_what_leaves_the_range_of_floats_says_so(terms):
    total = add(*map(as_value, terms))
    assert not is_finite(total)
    assert not is_finite(add(total, scale(total, -1)))
    assert not is_finite(scale(as_value(0.5), 10**400))


@pytest.mark.parametrize("name", [name for name in SCHEME_NAMES if name != "genie"])
@pytest.mark.parametrize("prepared", [False, True])
def test_the_order_of_a_worker_is_the_schemes(name, prepared):
    scheme = make(name, 12, **named(name).sized(3))
    orders, some = Orders(scheme, 5), [j for j in (0, 2, 7) if j < scheme.workers]
    if prepared:
        orders.prepare(some)
    budgets = np.full(scheme.workers, 60 if scheme.rateless else UNLIMITED)
    symbols = scheme.emit(5, budgets)
    for j in some:
        mine = np.flatnonzero(symbols.worker == j).tolist()
        for index, row in enumerate(mine):
            columns, weights = orders.symbol(j, index)
            assert columns.tolist() == symbols.rows.row(row).tolist()
            assert orders.terms(j, index) == symbols.terms[row]
            if weights is not None:
                low, high = symbols.rows.indptr[row : row + 2]
                assert weights.tolist() == symbols.rows.values[low:high].tolist()
        assert scheme.rateless or orders.symbol(j, len(mine)) is None
