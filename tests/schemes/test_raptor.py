"""Raptor codes: the pre-code, what an empty parity does, and decoding with the pre-code's checks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from itertools import combinations, islice

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from paper_checks import study
from srtheory.decoders import decoder
from srtheory.decoders import span as span_decoder
from srtheory.decoders.peeling import peel
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trial
from srtheory.reception import receive
from srtheory.rows import PrecodedRows, Rows
from srtheory.schemes.raptor import Raptor
from srtheory.span.engine import stopping_time
from tests import reference
from tests.reference import peeled, supports
from tests.schemes import raptor_runs

word64 = st.integers(0, 2**64 - 1)
codes = st.builds(Raptor, st.integers(1, 12), st.sampled_from([0.1, 0.5, 1, 1.0]), st.integers(1, 4))

# ---------------------------------------------------------------------------------------------------- what is drawn


def parities_of(scheme, key):
    return reference.precode(scheme.symbols, scheme.parities, min(scheme.spread, scheme.parities), key=key)


@given(codes, word64)
@settings(max_examples=40)
def test_checks_define_the_parities(scheme, key):
    """Each term is in so many parities, as many as there are at most."""
    m, checks = scheme.symbols, scheme.checks(key)
    parities = parities_of(scheme, key)
    assert supports(checks) == [[*terms, m + parity] for parity, terms in enumerate(parities)]
    assert checks.dense()[:, :m].sum(axis=0).tolist() == [min(scheme.spread, scheme.parities)] * m
    assert (checks.dense()[:, m:] == -np.eye(scheme.parities)).all()


def test_a_worker_goes_on_after_a_symbol_of_no_terms():
    """Parity 5 is empty in this run, and some workers draw it alone."""
    scheme = Raptor(4, 1, 1)
    assert parities_of(scheme, 9) == [[0, 1, 2, 3], []]
    symbols = scheme.emit(9, np.full(4, 60))
    drawn, left_out = supports(symbols.rows.sums), 0
    for j in range(4):
        sent = [row for row, worker in zip(drawn, symbols.worker, strict=True) if worker == j]
        stream = list(islice(reference.luby_transform(6, scheme.degree_law, key=9, worker=j), 2 * len(sent)))
        left_out += stream[: len(sent)].count([5])
        assert sent == [row for row in stream if row != [5]][: len(sent)]
        assert symbols.terms[symbols.worker == j][-1] > 56
    assert left_out > 2


def expanded(rows):
    """The sums with each parity written out by its check."""
    m, checks = rows.columns, rows.checks.dense()
    return rows.sums.dense() @ np.vstack([np.eye(m, dtype=np.int64), checks[:, :m]])


@given(codes, word64)
def test_rows_are_their_sums_also_when_they_are_picked(scheme, key):
    rows = scheme.emit(key, np.full(scheme.symbols, 20)).rows
    order = np.random.default_rng(1).permutation(len(rows))
    for some in (rows, rows.prefix(len(rows) // 2), rows.take(order), rows.take(order).prefix(3)):
        assert (expanded(some) == some.dense()).all()
        assert len(some.sums) == len(some)


@pytest.mark.quality
def test_a_parity_that_lost_a_term_is_noticed():
    rows = Raptor(9, 1).emit(3, np.full(9, 40)).rows
    checks = rows.checks
    lost = Rows(checks.columns, checks.indptr, checks.indices, np.where(checks.indices == 4, 0, checks.values))
    assert (expanded(rows) == rows.dense()).all()
    assert (expanded(replace(rows, checks=lost)) != rows.dense()).any()


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
    assert sparse.expected_terms()[0] == pytest.approx(19.226, abs=0.001)
    assert dense.expected_terms()[0] == pytest.approx(104.591, abs=0.001)
    for scheme in (sparse, dense):
        sent = scheme.emit(1, np.full(1000, 6000))
        early = np.arange(len(sent.worker)) - np.searchsorted(sent.worker, sent.worker) < 15  # no budget cuts these
        sizes = np.diff(sent.rows.indptr)[early]
        assert len(sizes) == 15_000
        assert sizes.mean() == pytest.approx(scheme.expected_terms()[0], rel=0.03)
        assert np.diff(scheme.checks(1).indptr).mean() == 1 + 1000 * scheme.spread / 48


# -------------------------------------------------------------------------------------------------------- decoding


def least(rows, m):
    """Received rows until peeling over checks and sums has all terms, starting over after every row."""
    checks, sums = supports(rows.checks), supports(rows.sums)
    enough = (k for k in range(len(rows) + 1) if set(range(m)) <= peeled(checks + sums[:k]))
    return next(enough, None)


def received(scheme, key, until=3.0):
    startups = np.random.default_rng(key).exponential(1, scheme.workers)
    return receive(scheme, startups, 0.1, key, until)


@pytest.mark.parametrize("scheme", [Raptor(1), Raptor(2, 1), Raptor(8, 1, 1), Raptor(12, 0.5), Raptor(30, 0.5, 2)])
def test_peeling_uses_the_checks(scheme):
    for key in range(40):
        rows = received(scheme, key).rows
        stop, recovered = peel(rows)
        assert stop == least(rows, scheme.symbols)
        found = peeled(supports(rows.checks) + supports(rows.sums.prefix(stop or len(rows))))
        assert recovered == len([c for c in found if c < scheme.symbols])


@pytest.mark.quality
def test_peeling_without_checks_would_be_seen():
    """Over intermediate symbols alone, or over the terms, more rows are needed."""
    rows = received(Raptor(30, 0.5, 2), 1).rows
    without = replace(rows, checks=rows.checks.prefix(0))
    over_terms = Rows(rows.columns, rows.indptr, rows.indices)
    best = least(rows, 30)
    assert peel(rows)[0] == best
    assert all(stop is None or stop > best for stop in (peel(without)[0], peel(over_terms)[0]))


@pytest.mark.parametrize("scheme", [Raptor(1), Raptor(3, 1, 1), Raptor(6, 1, 1), Raptor(9, 0.5, 2)])
def test_elimination_over_the_terms_sees_what_the_checks_say(scheme):
    """1 is in the span of the rows if and only if (1, 0) is in that of the sums and the checks, by FLINT."""
    m = scheme.symbols
    for key in range(15):
        rows = received(scheme, key).rows
        k = stopping_time(**rows.arrays).stopping_time
        for some in (k, k - 1) if k else (len(rows),):
            matrix = np.vstack([rows.checks.dense(), rows.sums.dense()[:some]]).tolist()
            target = [1] * m + [0] * scheme.parities
            assert (fmpz_mat(matrix).rank() == fmpz_mat([*matrix, target]).rank()) == (some == k)


def test_runs_by_peeling_and_by_elimination():
    """On the same rows elimination is never later; terms that are recovered by peeling are all there are."""
    model = DelayModel(parse_law("expon(scale=5)"), 0.05)
    for trial in range(5):
        peeling, span = (run_trial(Task(Raptor(100), model, 2, name), trial) for name in ("peeling", "span"))
        assert span.stopping_time <= peeling.stopping_time
        assert peeling.rank == 100
        assert span.latency <= peeling.latency
    assert decoder(Raptor(5).decoder) is decoder("peeling")


def test_draws_are_rateless():
    rows = reference.raptor(3, Raptor(3).degree_law, [[0, 1, 2]], key=1, worker=0)
    assert len(list(islice(rows, 50))) == 50
    assert Raptor(3).rateless
    assert isinstance(Raptor(3).emit(1, np.zeros(3, np.int64)).rows, PrecodedRows)


EXACT = range(20)


@pytest.fixture
def span_of_a_prime(monkeypatch):
    monkeypatch.setattr(span_decoder, "least", raptor_runs.by_prime)


@pytest.mark.parametrize(("decode", "spread"), raptor_runs.SETTINGS)
def test_the_numbers_of_raptor_codes(decode, spread, span_of_a_prime):
    """Those of docs/theory.md, 5.9, exponential start-up: of 1000 runs on record, a ninth of which is made again."""
    come_out_again(decode, spread, raptor_runs.on_record(decode, spread))


def come_out_again(decode, spread, recorded):
    sample = raptor_runs.SAMPLE
    assert (sample[0], sample[-1]) == (0, len(recorded) - 1)
    assert raptor_runs.runs(decode, spread, sample) == [recorded[trial] for trial in sample]


@pytest.mark.quality
@pytest.mark.parametrize("trial", [0, 999])
def test_a_changed_record_of_a_raptor_code_would_be_seen(trial):
    recorded = raptor_runs.on_record("peeling", 3)
    latency, rows = recorded[trial]
    recorded[trial] = np.nextafter(latency, 0), rows
    with pytest.raises(AssertionError):
        come_out_again("peeling", 3, recorded)


def test_the_defaults_of_the_laboratory_are_on_record():
    """What the table's users ask for: a few of its runs are those on record, bit by bit."""
    records = study.lab().records("raptor", trials=3, decoder="peeling", spread=3)
    assert [(r.latency, r.stopping_time) for r in records] == raptor_runs.on_record("peeling", 3)[:3]


@cache
def exact_runs():
    return raptor_runs.runs("span", 3, EXACT)


@pytest.mark.slow
def test_the_first_runs_by_elimination_over_q():
    """They are those on record, which are modulo a prime."""
    assert exact_runs() == raptor_runs.on_record("span", 3)[: len(EXACT)]


@pytest.mark.quality
def test_a_prime_that_is_too_small_would_be_seen(monkeypatch):
    exact = exact_runs()
    monkeypatch.setattr(span_decoder, "least", partial(raptor_runs.by_prime, prime=2))
    assert raptor_runs.runs("span", 3, EXACT) != exact
