"""Streaming dominance: no scheme is faster than the stream of its own evaluations (docs/theory.md, 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.decoders import decoder
from srtheory.reception import receive
from srtheory.rows import Rows, boundaries
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.base import EncodedSymbols
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.schemes.uncoded_stream import UncodedStream, uncoded_stream
from tests.reference import supports
from tests.schemes.checks import check_emission

VARIANTS = {"sr-3": ("sr", {"access": 3}), "lt-capped": ("lt", {"cap": 1.4}), "grouped": ("sr", {"workers": 4})}
ALL = [*SCHEME_NAMES, *VARIANTS]
HORIZON = 60.0
word64 = st.integers(0, 2**64 - 1)


def build(name, m):
    """A scheme of m terms, of degree 2 where it has one."""
    family, more = VARIANTS.get(name, (name, {}))
    return make(family, m, **named(family).sized(min(2, m)), **more)


def latency(scheme, startups, tau, key, decode=None):
    """Definition 1 on one run, inf where the horizon comes first."""
    reception = receive(scheme, startups, tau, key, HORIZON)
    k = decoder(decode or scheme.decoder)(reception).stopping_time
    return np.inf if k is None else reception.time[k - 1]


@given(st.sampled_from(ALL), st.integers(4, 7), word64, st.data())
def test_no_scheme_is_faster_than_its_stream(name, m, key, data):
    """By elimination, the earliest of all decoders: exactly, as both times are rounded alike."""
    scheme = build(name, m)
    delays = st.floats(0, 10) | st.sampled_from([0.0, 0.3, 1.0])
    startups = np.array(data.draw(st.lists(delays, min_size=scheme.workers, max_size=scheme.workers)))
    tau = data.draw(st.sampled_from([0.05, 0.3, 1.0, 2.7]))
    assert latency(uncoded_stream(scheme), startups, tau, key) <= latency(scheme, startups, tau, key, "span")


@pytest.mark.parametrize("name", ["uncoded", "terms-random", "terms-cyclic", "genie"])
@given(key=word64, startups=st.lists(st.floats(0, 10), min_size=6, max_size=6))
def test_single_terms_are_their_own_stream(name, key, startups):
    scheme = build(name, 6)
    delays = np.array(startups)
    assert latency(uncoded_stream(scheme), delays, 0.3, key) == latency(scheme, delays, 0.3, key)


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("genie", "grouped")])
@given(key=word64, budget=st.lists(st.integers(0, 9), min_size=7, max_size=7))
@settings(max_examples=30)
def test_a_stream_is_what_the_scheme_evaluates(name, key, budget):
    """Also what it has begun and not sent; rows one by one from a budget that completes everything looked at."""
    scheme = build(name, 7)
    budget = np.array(budget[: scheme.workers])
    ample = scheme.emit(key, np.full(scheme.workers, 9 + 7))
    rows = list(zip(supports(ample.rows), ample.worker.tolist(), strict=True))
    evaluated = [[[c] for row, sender in rows if sender == j for c in row] for j in range(scheme.workers)]
    check_emission(UncodedStream(scheme), key, budget, lambda j: evaluated[j])


def test_a_stream_of_groups_is_a_stream_of_their_numbers():
    scheme = build("grouped", 7)
    stream = uncoded_stream(scheme)
    found = stream.emit(5, np.full(4, 7))
    assert (np.diff(found.rows.indptr) == 1).all()
    sizes = scheme.sizes()[found.rows.indices]
    for j in range(4):
        assert found.terms[found.worker == j].tolist() == np.cumsum(sizes[found.worker == j]).tolist()


@pytest.mark.parametrize(
    ("scheme", "longest"),
    [
        (SumRecovery(6, 2), 6.0),
        (make("repetition", 6, degree=2), 2.0),
        (make("lt", 6, cap=5), make("lt", 6, cap=5).longest),
    ],
)
def test_a_stream_is_as_long_as_its_schemes_workers_go(scheme, longest):
    """All terms, or those of the only symbol, or as the scheme says; terms come one by one."""
    stream = UncodedStream(scheme)
    assert stream.longest == longest
    assert stream.expected_terms() == (1.0, 1.0)


@pytest.mark.parametrize("m", [1, 6, 40])
def test_about_as_many_rows_as_a_coupon_collector_draws_are_typical(m):
    """m (1 + 1/2 + ... + 1/m) on average."""
    assert abs(UncodedStream(SumRecovery(m, 2)).typical / m - sum(1 / i for i in range(1, m + 1))) < 0.45


@dataclass(frozen=True)
class Reordered(UncodedStream):
    """Each worker evaluates the terms of all that it would send within the budget last one first."""

    def emit(self, key, budget):
        sent = super().emit(key, budget)
        order = np.lexsort((-sent.terms, sent.worker))
        rows = Rows(self.symbols, boundaries(np.ones(len(order), np.int64)), sent.rows.indices[order])
        return EncodedSymbols(rows, sent.worker, sent.terms, sent.ended)


@dataclass(frozen=True)
class Late(UncodedStream):
    """Each term is sent with the next one."""

    def emit(self, key, budget):
        sent = super().emit(key, budget - 1)
        return EncodedSymbols(sent.rows, sent.worker, sent.terms + 1, sent.ended)


@pytest.mark.quality
@pytest.mark.parametrize("stream", [Reordered, Late])
def test_a_stream_of_another_order_or_a_late_one_would_be_seen(stream):
    scheme, faster = SumRecovery(6, 2), 0
    for key in range(200):
        startups = np.random.default_rng(key).exponential(1.0, 6)
        coded = latency(scheme, startups, 0.3, key)
        assert latency(uncoded_stream(scheme), startups, 0.3, key) <= coded
        faster += latency(stream(scheme), startups, 0.3, key) > coded
    assert faster > 0
