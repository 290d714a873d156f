"""Raptor codes: the pre-code, what an empty parity does, and decoding with the pre-code's checks."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from paper_checks import study
from srtheory.decoders.peeling import peel
from srtheory.experiments.trial import run_trials
from srtheory.matrix import Rows
from srtheory.reception import receive
from srtheory.schemes.fountain import Raptor
from srtheory.span.engine import stopping_time
from tests import recorded, reference
from tests.reference import peeled, supports

word64 = st.integers(0, 2**64 - 1)
codes = st.builds(Raptor, st.integers(1, 12), st.sampled_from([0.1, 0.5, 1, 1.0]), st.integers(1, 4))


def parities_of(scheme, key):
    return reference.precode(scheme.symbols, scheme.parities, min(scheme.spread, scheme.parities), key=key)


# ---------------------------------------------------------------------------------------------------- what is drawn


def fault(rows, parities):
    """What is wrong with rows of a pre-code: its checks are the parities, and the sums that they expand to the rows."""
    m, checks = rows.columns, rows.checks.dense()
    if supports(rows.checks) != [[*terms, m + parity] for parity, terms in enumerate(parities)]:
        return "checks"
    if (checks[:, m:] != -np.eye(len(parities))).any() or len(rows.sums) != len(rows):
        return "parities"
    expanded = rows.sums.dense() @ np.vstack([np.eye(m, dtype=np.int64), checks[:, :m]])
    return None if (expanded == rows.dense()).all() else "sums"


@given(codes, word64)
@settings(max_examples=60)
def test_rows_are_sums_of_terms_and_parities_also_when_they_are_picked(scheme, key):
    rows, parities = scheme.emit(key, np.full(scheme.symbols, 20)).rows, parities_of(scheme, key)
    counts = np.bincount([c for terms in parities for c in terms], minlength=scheme.symbols)
    assert counts.tolist() == [min(scheme.spread, scheme.parities)] * scheme.symbols
    order = np.random.default_rng(1).permutation(len(rows))
    for some in (rows, rows.prefix(len(rows) // 2), rows.take(order), rows.take(order).prefix(3)):
        assert fault(some, parities) is None


@pytest.mark.quality
def test_a_parity_that_lost_a_term_is_noticed():
    scheme = Raptor(9, 1)
    rows, checks = scheme.emit(3, np.full(9, 40)).rows, scheme.checks(3)
    lost = Rows(checks.columns, checks.indptr, checks.indices, np.where(checks.indices == 4, 0, checks.values))
    assert fault(rows, parities_of(scheme, 3)) is None
    assert fault(replace(rows, checks=lost), parities_of(scheme, 3)) is not None


@pytest.mark.parametrize(("m", "epsilon", "spread"), [(1, 0.1, 1), (4, 1, 1), (4, 1, 2), (7, 1, 3), (6, 0.1, 9)])
def test_pace_is_the_mean_over_all_draws(m, epsilon, spread):
    """With any one pre-code that has no empty parity, as every term is in equally many parities."""
    scheme = Raptor(m, epsilon, spread)
    parities = next(p for key in range(99) if all(p := parities_of(scheme, key)))
    parts, mean = [[i] for i in range(m)] + parities, 0.0
    for g, probability in enumerate(scheme.degree_law, start=1):
        sizes = [len({i for part in chosen for i in part}) for chosen in combinations(parts, g)]
        mean += probability * np.mean(sizes)
    assert scheme.expected_terms() == pytest.approx((mean, mean), rel=1e-12)


def test_dense_parities_cost_half_of_all_terms_and_sparse_ones_few():
    """What the paper holds against [31]: at m = 1000 a symbol of about 5 intermediate symbols costs 19 or 105 terms."""
    sparse, dense = Raptor(1000), Raptor(1000, spread=24)
    assert sparse.parities == 48
    assert sum(p * g for g, p in enumerate(sparse.degree_law, start=1)) == pytest.approx(5.15, abs=0.01)
    for scheme, expected in ((sparse, 19.226), (dense, 104.591)):
        assert scheme.expected_terms()[0] == pytest.approx(expected, abs=0.001)
        sent = scheme.emit(1, np.full(1000, 6000))
        early = np.arange(len(sent.worker)) - np.searchsorted(sent.worker, sent.worker) < 15  # no budget cuts these
        sizes = np.diff(sent.rows.indptr)[early]
        assert len(sizes) == 15_000
        assert sizes.mean() == pytest.approx(expected, rel=0.03)


# -------------------------------------------------------------------------------------------------------- decoding


def received(scheme, key, until=3.0):
    startups = np.random.default_rng(key).exponential(1, scheme.workers)
    return receive(scheme, startups, 0.1, key, until).rows


def least(rows, m):
    """Received rows until peeling over checks and sums has all terms, starting over after every row."""
    checks, sums = supports(rows.checks), supports(rows.sums)
    return next((k for k in range(len(rows) + 1) if set(range(m)) <= peeled(checks + sums[:k])), None)


@pytest.mark.parametrize("scheme", [Raptor(1), Raptor(3, 1, 1), Raptor(8, 1, 1), Raptor(12, 0.5), Raptor(30, 0.5, 2)])
def test_peeling_and_elimination_use_the_checks(scheme):
    """1 is in the span of the rows if and only if (1, 0) is in that of the sums and the checks, by FLINT."""
    m, target = scheme.symbols, [1] * scheme.symbols + [0] * scheme.parities
    for key in range(15):
        rows = received(scheme, key)
        stop, recovered = peel(rows)
        assert stop == least(rows, m)
        found = peeled(supports(rows.checks) + supports(rows.sums.prefix(stop or len(rows))))
        assert recovered == len([c for c in found if c < m])
        k = stopping_time(**rows.arrays).stopping_time
        assert stop is None or k <= stop
        for some in (k, k - 1) if k else (len(rows),):
            matrix = np.vstack([rows.checks.dense(), rows.sums.dense()[:some]]).tolist()
            assert (fmpz_mat(matrix).rank() == fmpz_mat([*matrix, target]).rank()) == (some == k)


@pytest.mark.quality
def test_peeling_without_checks_would_be_seen():
    """Over intermediate symbols alone, or over the terms, more rows are needed."""
    rows = received(Raptor(30, 0.5, 2), 1)
    without = replace(rows, checks=rows.checks.prefix(0))
    over_terms = Rows(rows.columns, rows.indptr, rows.indices)
    best = least(rows, 30)
    assert peel(rows)[0] == best
    assert all(stop is None or stop > best for stop in (peel(without)[0], peel(over_terms)[0]))


# -------------------------------------------------------------------------------------------------- runs on record


@pytest.mark.parametrize("name", recorded.raptor())
def test_the_numbers_of_raptor_codes(name):
    """Those of docs/proofs/theory.md, 5.9, exponential start-up."""
    record = recorded.recorded("raptor")[name]
    assert recorded.comes_out_again("raptor", name, record)
    assert not recorded.comes_out_again("raptor", name, recorded.altered(record, "latency", 999))
    if name == "peeling 3":
        lab = study.lab().records("raptor", trials=3, decoder="peeling", spread=3)  # what the table's users ask for
        assert tuple(its.latency for its in lab) == record["latency"][:3]


@pytest.mark.slow
def test_the_first_runs_by_elimination_over_q_are_those_on_record_and_a_prime_may_be_too_small(monkeypatch):
    """They are on record modulo a prime."""
    task, _ = recorded.raptor()["span 3"]
    rows = recorded.recorded("raptor")["span 3"]["stopping_time"][:20]
    assert tuple(its.stopping_time for its in run_trials(task, range(20))) == rows
    monkeypatch.setattr(recorded, "PRIME", 2)
    assert recorded.given(task, [range(20)], ("stopping_time",))["stopping_time"] != rows
