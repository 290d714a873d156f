"""Names and multiples: verdicts know neither the symbols' names nor the rows' scale, nor a row that comes twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.decoders import span as span_decoder
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.rows import PrecodedRows, Rows
from srtheory.schemes import SCHEME_NAMES
from srtheory.schemes.base import WrapperScheme
from srtheory.span import engine
from tests import strategies
from tests.metamorphic.settings import COSTS, STARTUPS, M, delays, records, scheme

FIELDS = ("Q", "GF(2)", "GF(3)", "GF(1381)", "GF(2305843009213693951)")
ROWS = st.one_of(
    strategies.sum_recovery_rows(6),
    strategies.luby_rows(6),
    strategies.integer_rows(),
    strategies.deficient_rows(4),
    strategies.congruent_rows(1381),
)


def renamed(rows: Rows, names) -> Rows:
    """The symbols with other names; intermediate symbols beyond them keep theirs."""

    def all_of(some: Rows) -> Rows:
        every = np.concatenate([names, np.arange(len(names), max(some.columns, len(names)))]).astype(np.int32)
        return Rows(some.columns, some.indptr, every[some.indices], some.values)

    plain = all_of(Rows(rows.columns, rows.indptr, rows.indices, rows.values))
    if isinstance(rows, PrecodedRows):
        return PrecodedRows(**vars(plain), sums=all_of(rows.sums), checks=all_of(rows.checks))
    return plain


def asked(rows: Rows, field="Q"):
    """The verdicts by the engine, and by the decoder that takes row by row."""
    fed = IncrementalSpan(rows.columns, field=field)
    for row in rows.mappings():
        fed.add(list(row), list(row.values()))
    found = engine.stopping_time(**rows.arrays, field=field)
    spanned = engine.spans(**rows.arrays, field=field)
    assert fed.stopping_time == found.stopping_time
    rank = engine.rank(**rows.arrays, field=field)
    return found.stopping_time, found.coverage_time, found.rank, spanned.spans, spanned.rank, rank


# -------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize("field", FIELDS)
@given(rows=ROWS, data=st.data())
@settings(max_examples=12)
def test_verdicts_know_no_names(field, rows, data):
    names = np.array(data.draw(st.permutations(range(rows.columns))), np.int64)
    assert asked(renamed(rows, names), field) == asked(rows, field)


@dataclass(frozen=True)
class Renamed(WrapperScheme):
    """A scheme whose symbols have other names, its workers have not."""

    names: tuple[int, ...]

    def expected_terms(self):
        return self.inner.expected_terms()

    def emit(self, key, budget):
        sent = self.inner.emit(key, budget)
        return replace(sent, rows=renamed(sent.rows, np.array(self.names)))


@dataclass(frozen=True)
class RenamedGenie(Renamed):
    """The genie gives rows their columns on arrival."""

    def emit(self, key, budget):
        return self.inner.emit(key, budget)

    def arrange(self, rows):
        return renamed(self.inner.arrange(rows), np.array(self.names))


def records_of_other_names(name, kind, law, seed, names):
    """Records that differ, but for the worker's own symbol, and the operations in which the order of columns enters."""
    code, model = scheme(name), delays(name, kind, law)
    if code.decoder == "intervals":  # whose circle only knows turns
        names = tuple((c + names[0]) % M for c in range(M))
    other = (RenamedGenie if hasattr(code, "arrange") else Renamed)(code, tuple(names))
    bare = {"systematic": 0} | dict.fromkeys(("additions", "multiplications", "solving"))
    here, there = ([replace(r, **bare) for r in records(each, model, seed)] for each in (code, other))
    return [(a, b) for a, b in zip(here, there, strict=True) if a != b]


@pytest.mark.parametrize("name", SCHEME_NAMES)
@given(
    kind=st.sampled_from(list(COSTS)),
    law=st.sampled_from(list(STARTUPS)),
    seed=st.integers(0, 2**64),
    names=st.permutations(range(M)),
)
@settings(max_examples=3)
def test_records_know_no_names(name, kind, law, seed, names):
    assert records_of_other_names(name, kind, law, seed, names) == []


# ---------------------------------------------------------------------------------------------------------- multiples


def put(rows: Rows, at: int, *times: int) -> Rows:
    """The row number ``at`` once for each factor, times it."""
    mappings = rows.mappings()
    every = [*mappings[:at], *({c: w * x for c, w in mappings[at].items()} for x in times), *mappings[at + 1 :]]
    indptr = np.append(0, np.cumsum([len(row) for row in every])).astype(np.int64)
    columns = np.array([c for row in every for c in row], np.int32)
    return Rows(rows.columns, indptr, columns, np.array([w for row in every for w in row.values()], np.int64))


def later(verdict, at):
    """The verdict on rows of which number ``at`` has come twice."""
    stopping, coverage, *others = verdict
    return [k if k is None or k <= at + 1 else k + 1 for k in (stopping, coverage)] + others


def verdicts_on_multiples(rows, at, factor, field="Q"):
    """Relations that do not hold: a row times a number, a row twice, and that row beside a multiple of it."""
    verdict, wrong = asked(rows, field), []
    if asked(put(rows, at, factor), field) != verdict:
        wrong.append("times a number")
    for times in ((1, 1), (1, factor), (factor, 1)):
        if list(asked(put(rows, at, *times), field)) != later(verdict, at):
            wrong.append(f"twice, times {times}")
    return wrong


@pytest.mark.parametrize("field", FIELDS)
@given(rows=ROWS.filter(len), data=st.data())
@settings(max_examples=8)
def test_a_multiple_of_a_row_says_what_the_row_says(field, rows, data):
    factor = data.draw(st.sampled_from([-1, 2, -2, 5] if field not in ("GF(2)", "GF(3)") else [-1, 5]))
    assert verdicts_on_multiples(rows, data.draw(st.integers(0, len(rows) - 1)), factor, field) == []


# --------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_a_verdict_that_knows_a_name_is_seen(monkeypatch):
    """The first symbol counts as one less."""
    usual = span_decoder.span

    def span(reception):
        stop = usual(reception)
        k = stop.stopping_time
        late = k is not None and k < len(reception) and reception.rows.row(k)[0] == 0
        return replace(stop, stopping_time=k + late if late else k)

    monkeypatch.setattr(span_decoder, "span", span)
    shift = (*range(1, M), 0)
    assert any(records_of_other_names("sr", "none", "exponential", seed, shift) for seed in range(20))


@pytest.mark.quality
def test_a_row_that_comes_twice_and_counts_is_seen(monkeypatch):
    """A rank that is the number of rows, while there is room."""
    monkeypatch.setattr(engine, "rank", lambda indptr, indices, columns, **_: min(len(indptr) - 1, columns))
    assert verdicts_on_multiples(strategies.systematic_rows(6).prefix(3), 1, 2) == [
        f"twice, times {times}" for times in ((1, 1), (1, 2), (2, 1))
    ]


@pytest.mark.quality
def test_a_weight_that_is_lost_is_seen(monkeypatch):
    """Weights count as their signs, to the rank."""
    usual = engine.rank
    monkeypatch.setattr(engine, "rank", lambda *a, values=None, **k: usual(*a, values=cut(values), **k))
    some = strategies.from_dense([[2, 1, 0], [0, 1, 2]])
    assert verdicts_on_multiples(some, 0, 2) == ["twice, times (1, 2)", "twice, times (2, 1)"]


def cut(values):
    return None if values is None else np.minimum(values, 2)
