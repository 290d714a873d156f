"""One agreement test for everything that decides spans: the production engine and judges that share nothing with it.

SymPy (over Q), galois (over GF(q)), FLINT's dense matrices (both) and the degree-2 criterion (0/1 rows of at most two
ones) each give a stopping time, and all but the last a rank; any two that answer must answer alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from math import prod
from pkgutil import iter_modules
from random import Random

import flint
import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from sympy import isprime

import srtheory.span
from srtheory.rows import Rows, from_dense
from srtheory.span import engine
from srtheory.span.field import parse_field
from srtheory.span.graph import stopping_time_degree_two
from srtheory.span.oracles import finite, rational
from tests.strategies import (
    EDGE_CASES,
    binary_rows,
    congruent_rows,
    deficient_rows,
    degree_two_rows,
    determinant_rows,
    integer_rows,
    luby_rows,
    mappings,
    replacement_rows,
    singular_rows,
    sum_recovery_rows,
)


@dataclass(frozen=True)
class Answer:
    """What one engine says of M', all rows' span and rank, the rank at M', coverage; None where it cannot say."""

    stopping_time: int | None
    spans: bool
    rank: int | None = None
    rank_at_stop: int | None = None
    coverage_time: int | None = None


Engine = Callable[[Rows, str], Answer | None]


def production(rows, field):
    arrays, options = (rows.indptr, rows.indices, rows.columns), {"values": rows.values, "field": field}
    found = engine.stopping_time(*arrays, **options)
    last = engine.spans(*arrays, **options)
    rank = engine.rank(*arrays, **options)
    assert last.rank == rank
    if found.stopping_time:
        assert not engine.spans(*arrays, rows=found.stopping_time - 1, **options).spans
    return Answer(found.stopping_time, last.spans, rank, found.rank, covered(found.coverage_time))


def sympy(rows, field):
    if field != "Q":
        return None
    k = rational.stopping_time(rows)
    return Answer(k, k is not None, rational.rank(rows), rational.rank(rows, k), coverage(rows, field))


def galois(rows, field):
    if field == "Q":
        return None
    k = finite.stopping_time(rows, field=field)
    rank = finite.rank(rows, field=field)
    return Answer(k, k is not None, rank, finite.rank(rows, k, field=field), coverage(rows, field))


def flint_dense(rows, field):
    """Ranks of dense prefixes with and without the all-ones row, one after the other until they are equal."""
    p, dense = parse_field(field).characteristic, rows.dense().tolist()

    def rank(k, extra=()):
        table = [*dense[:k], *extra]
        shape, entries = (len(table), rows.columns), [x for row in table for x in row]
        return (flint.nmod_mat(*shape, entries, p) if p else flint.fmpz_mat(*shape, entries)).rank()

    ones = [[1] * rows.columns]
    k = next((k for k in range(len(rows) + 1) if rank(k) == rank(k, ones)), None)
    whole = rank(len(rows))
    return Answer(k, whole == rank(len(rows), ones), whole, whole if k is None else rank(k))


def graph(rows, field):
    if np.diff(rows.indptr).max(initial=0) > 2 or (rows.values is not None and not np.isin(rows.values, (0, 1)).all()):
        return None
    k = stopping_time_degree_two(rows, field=field)
    return Answer(k, k is not None)


def coverage(rows, field):
    """When every column has been met, by plain sets."""
    p = parse_field(field).characteristic
    unmet, k = set(range(rows.columns)), 0
    for row in mappings(rows):
        if not unmet:
            break
        unmet -= {j for j, weight in row.items() if (weight % p if p else weight)}
        k += 1
    return covered(None if unmet else k)


def covered(k):
    """-1 for never, so that None can mean "cannot say"."""
    return -1 if k is None else k


ENGINES: dict[str, Engine] = {
    "production": production,
    "SymPy": sympy,
    "galois": galois,
    "FLINT": flint_dense,
    "graph": graph,
}


def disagreements(rows: Rows, field: str, engines: dict[str, Engine]) -> list[str]:
    """Every difference between two engines, in words."""
    answers = {name: answer for name, decide in engines.items() if (answer := decide(rows, field)) is not None}
    assert len(answers) > 1, "nothing to compare"
    found = []
    for question in ("stopping_time", "spans", "rank", "rank_at_stop", "coverage_time"):
        told = {name: getattr(answer, question) for name, answer in answers.items()}
        if question not in {"stopping_time", "spans"}:
            told = {name: value for name, value in told.items() if value is not None}
        if len(set(told.values())) > 1:
            found.append(f"{question} over {field}: {told}")
    return found


FAMILIES = {
    "sum-recovery": sum_recovery_rows(),
    "with replacement": replacement_rows(),
    "LT": luby_rows(),
    "0/1": binary_rows(),
    "degree two": degree_two_rows(),
    "integer": integer_rows(),
    "large integer": integer_rows(bound=2**40),
    "rank-deficient": deficient_rows(),
}
FIELDS = ["Q", "GF(2)", "GF(3)", "GF(31)"]
LARGE_FIELDS = [f"GF({2**31 - 1})", f"GF({2**61 - 1})"]


def engine_primes():
    """Every constant that a module of ``srtheory.span`` calls a prime; 2^31 - 1, a limit, happens to be one."""
    modules = (import_module(f"srtheory.span.{module.name}") for module in iter_modules(srtheory.span.__path__))
    return sorted({x for module in modules for name, x in vars(module).items() if "PRIME" in name and type(x) is int})


PRIMES = engine_primes()
MODULI = [*PRIMES, prod(p for p in PRIMES if p < 2**32)]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_agreement(family, field):
    @settings(max_examples=35 if field == "Q" else 10)
    @given(family)
    def agree(rows):
        assert disagreements(rows, field, ENGINES) == []

    agree()


@pytest.mark.parametrize("field", LARGE_FIELDS)
@given(rows=integer_rows(bound=2**40) | sum_recovery_rows() | deficient_rows())
@settings(max_examples=15)
def test_agreement_over_large_fields(field, rows):
    assert disagreements(rows, field, ENGINES) == []


@pytest.mark.parametrize("field", FIELDS + LARGE_FIELDS)
@pytest.mark.parametrize("rows", EDGE_CASES.values(), ids=EDGE_CASES)
def test_agreement_on_edge_cases(rows, field):
    assert disagreements(rows, field, ENGINES) == []


@given(st.sampled_from([2, 3, 5, 7, 11, 13]).flatmap(lambda p: st.tuples(singular_rows(p), st.just(p))))
@settings(max_examples=25)
def test_agreement_on_determinants_that_a_prime_divides(case):
    rows, p = case
    for field in ("Q", f"GF({p})"):
        assert disagreements(rows, field, ENGINES) == []


@pytest.mark.parametrize("modulus", MODULI)
def test_agreement_where_the_engine_own_primes_err(modulus):
    """0/1 rows whose determinant is a prime of the engine, or a product of them, and weights small only modulo it."""

    @settings(max_examples=4)
    @given(singular_rows(modulus))
    def singular(rows):
        assert disagreements(rows, "Q", ENGINES) == []

    @settings(max_examples=12)
    @given(congruent_rows(modulus))
    def congruent(rows):
        assert disagreements(rows, "Q", ENGINES) == []

    singular()
    congruent()


def test_the_engine_has_primes_to_test():
    assert PRIMES
    assert all(map(isprime, PRIMES))
    assert max(MODULI) < 2**63


@pytest.mark.parametrize("seed", range(3))
def test_agreement_at_forty_columns(seed):
    """Receptions large enough to have a dense core, as long as the oracles allow."""
    rng = np.random.default_rng(seed)
    rows = from_dense((rng.random((60, 40)) < 0.1).astype(np.int64))
    for field in ("Q", "GF(2)", "GF(31)"):
        assert disagreements(rows, field, ENGINES) == []


def planted(change: Callable[[Rows, str], Answer]) -> dict[str, Engine]:
    """A wrong engine beside the independent ones."""
    return {"wrong": change, **{name: ENGINES[name] for name in ("SymPy", "galois", "FLINT", "graph")}}


def off_by_one(rows, field):
    right = flint_dense(rows, field)
    k = right.stopping_time
    return Answer(None if k is None else min(k + 1, len(rows)), right.spans)


def one_early(rows, field):
    """Early only where more rows than columns were needed."""
    right = flint_dense(rows, field)
    k = right.stopping_time
    return Answer(k - 1 if k is not None and k > rows.columns else k, right.spans)


def characteristic_two(rows, field):
    return flint_dense(rows, "GF(2)")


def without_values(rows, field):
    return flint_dense(Rows(rows.columns, rows.indptr, rows.indices), field)


def coverage_is_enough(rows, field):
    k = coverage(rows, field)
    return Answer(None if k < 0 else k, k >= 0)


def full_rank_only(rows, field):
    """Recovering the sum mistaken for recovering every symbol."""
    ranks = [flint_dense(rows.prefix(k), field).rank for k in range(len(rows) + 1)]
    k = ranks.index(rows.columns) if rows.columns in ranks else None
    return Answer(k, k is not None)


def fixed_prime(prime):
    return lambda rows, field: flint_dense(rows, f"GF({prime})")


def floating_point(rows, field):
    """Ranks by singular values, with numpy's own tolerance."""
    dense = rows.dense().astype(float)
    ones = np.ones((1, rows.columns))

    def rank(matrix):
        return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0

    spanning = [rank(dense[:k]) == rank(np.vstack([dense[:k], ones])) for k in range(len(rows) + 1)]
    k = spanning.index(True) if True in spanning else None
    return Answer(k, spanning[-1])


MISTAKES = {
    "stopping time late by one": (off_by_one, binary_rows(), "Q"),
    "stopping time early by one": (one_early, deficient_rows() | binary_rows(), "Q"),
    "GF(2) for Q": (characteristic_two, binary_rows(), "Q"),
    "GF(2) for GF(3)": (characteristic_two, binary_rows(), "GF(3)"),
    "weights ignored": (without_values, integer_rows(), "Q"),
    "coverage taken for span": (coverage_is_enough, sum_recovery_rows(), "Q"),
    "full rank demanded": (full_rank_only, binary_rows(), "Q"),
    "a prime for Q, by determinant": (fixed_prime(7), singular_rows(7), "Q"),
    "a prime for Q, by weights": (fixed_prime(2147483629), congruent_rows(2147483629), "Q"),
    "floating point for Q": (floating_point, integer_rows(bound=2**60), "Q"),
}


@pytest.mark.quality
@pytest.mark.parametrize(("wrong", "family", "field"), MISTAKES.values(), ids=MISTAKES)
def test_planted_mistakes_are_found(wrong, family, field):
    engines = planted(wrong)
    rows = find(
        family,
        lambda rows: bool(disagreements(rows, field, engines)),
        settings=settings(max_examples=2000, derandomize=False, database=None, phases=[Phase.generate]),
        random=Random(5),
    )
    assert all("wrong" in line for line in disagreements(rows, field, engines))
    del engines["wrong"]
    assert disagreements(rows, field, engines) == []


@pytest.mark.quality
def test_a_dishonest_determinant_would_be_seen():
    """The singular rows do what they are for: short by one modulo the prime, full over Q."""
    m, sets = determinant_rows(PRIMES[0])
    dense = np.zeros((m, m), dtype=np.int64)
    for i, support in enumerate(sets):
        dense[i, support] = 1
    rows = from_dense(dense)
    assert flint_dense(rows, f"GF({PRIMES[0]})").rank == m - 1
    assert sympy(rows, "Q").rank == m
