"""Rows singly, twice and in blocks at the incremental decoder; steps at a store: tests/contracts/test_stores.py."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from srtheory.decoders import incremental, sums
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.errors import ArgumentError
from srtheory.rows import from_dense
from srtheory.span import stopping_time
from srtheory.span.engine import FAST_PRIME
from tests.attack.planted import planted
from tests.span import brute

FIELDS = {"Q": 0, "GF(2)": 2, "GF(3)": 3, "GF(251)": 251}
SEEDS = st.integers(0, 10**4)
STEPS = st.lists(SEEDS | st.sampled_from(["again", "none", "twice"]) | st.lists(SEEDS, max_size=9), max_size=15)
"""A row, one that came before, one that is none, the first of a column twice, or a block."""
SETTING = st.tuples(st.integers(0, 6) | st.just(12), st.sampled_from([*FIELDS]), st.sampled_from([1, 3, 100]), STEPS)


def row(seed, columns):
    """Few columns, or all but few; weights of 1 more often than others."""
    rng = np.random.default_rng(seed)
    met = rng.random(columns) < rng.choice([0.1, 0.3, 0.8])
    return (met * rng.choice([1] if seed % 3 else [-1, 1, 2, 3, FAST_PRIME, 2 * FAST_PRIME + 1], columns)).tolist()


def wrong(setting):
    """What the decoder says at some step that the batch engine and FLINT do not; pieces of its work are small, too."""
    columns, field, pieces, steps = setting
    dense = lambda rows: from_dense(np.array(rows, dtype=np.int64).reshape(len(rows), columns))  # noqa: E731
    with patch.multiple(incremental, PIVOTS=pieces, PORTION=min(pieces, incremental.PORTION)):
        decoder, table = IncrementalSpan(columns, field=field), []
        terms = np.random.default_rng(columns).integers(-9, 10, columns).tolist()
        for step in steps:
            if step in ("none", "twice"):
                with pytest.raises(ArgumentError):
                    decoder.add([columns] if step == "none" or not columns else [0, 0])
            elif isinstance(step, list):
                table += (block := [row(seed, columns) for seed in step])
                decoder.add_many(dense(block))
            else:
                table.append(row(step, columns) if step != "again" else table[0] if table else [0] * columns)
                places = np.flatnonzero(table[-1])
                decoder.add(places.astype(np.int32), np.array(table[-1], dtype=np.int64)[places])
            rows, k = dense(table), decoder.stopping_time
            if k != stopping_time(**rows.arrays, field=field).stopping_time or decoder.rows.dense().tolist() != table:
                return True
            if columns <= 6 and k != brute.stopping_time(rows, FIELDS[field])[0]:
                return True
            if field == "Q" and columns:
                first = rows.prefix(len(rows) if k is None else k)
                values = [sum(w * f for w, f in zip(each, terms, strict=True)) for each in table[: len(first)]]
                value = sums.by_elimination(first, values)
                if (None if value is None else value.value) != (None if k is None else sum(terms)):
                    return True
    return False


@settings(max_examples=15)
@given(SETTING)
def test_a_decoder_that_is_given_rows_step_by_step_says_what_the_batch_engine_says(setting):
    assert not wrong(setting)


def without_its_last(add_many):
    return lambda decoder, rows: add_many(decoder, rows.take(np.arange(max(len(rows) - 1, min(len(rows), 1)))))


def within_the_block(add_many):
    """M' counted from the block's first row."""

    def counted(decoder, rows):
        before, known = len(decoder), decoder.stopping_time
        if add_many(decoder, rows) is not None and known is None:
            decoder.stopping_time -= before
        return decoder.stopping_time

    return counted


@pytest.mark.quality
@pytest.mark.parametrize("mistake", [without_its_last, within_the_block])
def test_a_row_dropped_and_a_count_from_the_block_are_seen(mistake, monkeypatch):
    planted(IncrementalSpan, "add_many", mistake)(monkeypatch)
    assert find(SETTING, wrong, settings=settings(max_examples=300, database=None, phases=[Phase.generate]))
