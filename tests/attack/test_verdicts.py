"""Verdicts against the judges of this folder."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from srtheory.decoders.incremental import IncrementalSpan
from srtheory.span import arrays, engine
from srtheory.span.arguments import Argument
from srtheory.span.field import Field
from tests.attack import large
from tests.attack.judge import CHARACTERISTIC, FIELDS, judge
from tests.attack.matrices import KINDS, MODULI, PRIMES
from tests.attack.planted import instead, planted
from tests.attack.verdicts import attack

SEED = 20220


def test_small_matrices():
    tally = attack(batches=2 * len(KINDS), seed=SEED, together=20)
    assert not tally.failures, tally


def test_large_matrices():
    tally = large.attack([200] * 6, SEED)
    assert not tally.failures, tally


@pytest.mark.attack
@pytest.mark.slow
def test_a_million_small_matrices():
    tally = attack(batches=2508, seed=SEED + 1)
    tally.keep()
    print(tally)
    assert tally.total >= 10**6
    assert not tally.failures


@pytest.mark.attack
@pytest.mark.slow
def test_some_hundred_large_matrices():
    tally = large.attack([*range(200, 560, 2), *[800] * 12, *[1500] * 6], SEED + 2)
    tally.keep()
    print(tally)
    assert not tally.failures


# ---------------------------------------------------------------------------------------------------------- the judge


@pytest.mark.parametrize("field", ["GF(2)", "GF(3)", "GF(4)", "GF(8)", "GF(9)"])
def test_the_judge_by_all_combinations(field):
    """Over small fields it is right about every matrix of two rows: all their combinations are looked at."""
    p, arithmetic = CHARACTERISTIC[field], FIELDS[field]
    entries = np.array(list(product(range(p), repeat=4 if p > 2 else 6)))
    matrices = entries.reshape(len(entries), 2, -1)
    found = judge(matrices, field)
    for b, rows in enumerate(matrices):
        for k in (0, 1, 2):
            combinations = (
                {
                    tuple(sum(c * x for c, x in zip(v, column, strict=True)) % p for column in rows[:k].T)
                    for v in product(range(p), repeat=k)
                }
                if k
                else {(0,) * rows.shape[1]}
            )
            assert (0 <= found.stopping[b] <= k) == ((1,) * rows.shape[1] in combinations)
            assert p ** found.ranks[b, k] == len(combinations)
    assert (arithmetic.embed(matrices) == matrices).all()


@pytest.mark.parametrize("field", ["GF(4)", "GF(8)", "GF(9)"])
def test_tables_are_fields(field):
    """Every non-zero element has an inverse, and products distribute over differences."""
    table = FIELDS[field]
    every = np.arange(len(table.product))
    assert (table.product[every[1:], table.inverse[1:]] == 1).all()
    left = table.product[every[:, None, None], table.difference[None]]
    right = table.difference[table.product[:, :, None], table.product[:, None, :]]
    assert (left == right).all()


def test_the_code_has_primes():
    assert {251, 1381, 16609429} <= set(PRIMES)
    assert {p + 1 for p in PRIMES} <= set(MODULI.tolist())


# ---------------------------------------------------------------------------------------------------- planted defects


def of_magnitudes(residues):
    def wrong(rows, prime):
        found = residues(rows, prime)
        if found.values is not None:
            np.abs(found.values, out=found.values)
        return found

    return wrong


PLANTED = {
    "wrong sign": planted(engine, "residues", of_magnitudes),
    "prime believed": instead(engine, "argument_of", lambda *_: Argument.KERNEL),
    "span of a prime believed": instead(engine, "why_spans", lambda *_: Argument.KERNEL),
    "rank of a prime believed": instead(engine, "rational_rank", lambda rows, rank, prime: rank),
    "row by row believed": instead(IncrementalSpan, "_rank_is_exact", lambda *_: True),
    "an index twice": instead(arrays, "repeated_index", lambda *_: -1),
    "another characteristic": planted(
        engine, "parse_field", lambda right: lambda field: Field(2) if field == "GF(9)" else right(field)
    ),
    "late coverage": planted(
        engine, "coverage_time", lambda right: lambda rows: min(len(rows), (right(rows) or 0) + 1)
    ),
}


@pytest.mark.quality
@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_planted_defects_are_seen(plant, monkeypatch):
    plant(monkeypatch)
    assert any(attack(len(KINDS), seed, together=20).failures for seed in range(SEED + 4, SEED + 16))


@pytest.mark.quality
def test_a_prime_believed_is_seen_at_many_columns(monkeypatch):
    PLANTED["prime believed"](monkeypatch)
    assert any(large.attack([200] * 6, seed).failures for seed in range(4))
