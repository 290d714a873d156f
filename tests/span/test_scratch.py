"""Working memory: aligned, kept for each name and thread, and given up above a size."""

from __future__ import annotations

from threading import Thread

import numpy as np
import pytest

from srtheory.span.dense import scratch as module
from srtheory.span.dense.scratch import CACHE_LINE, KEPT_BYTES, aligned, scratch


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(module, "_BUFFERS", module._Buffers())


def test_sizes_are_those_that_are_stated():
    assert (KEPT_BYTES, CACHE_LINE) == (16 * 2**20, 64)


@pytest.mark.parametrize(("shape", "kind"), [((3, 5), np.float64), ((64,), np.uint8), ((2, 2, 2), "f4")])
def test_arrays_begin_on_a_cache_line(shape, kind):
    """Twenty at a time, since every fourth block of memory does so anyway."""
    arrays = [aligned(shape, kind) for _ in range(20)]
    assert {array.ctypes.data % 64 for array in arrays} == {0}
    assert {(array.shape, array.dtype) for array in arrays} == {(shape, np.dtype(kind))}
    assert {array.base.nbytes for array in arrays} == {arrays[0].nbytes + 64}


def test_memory_is_kept_while_it_suffices(monkeypatch):
    monkeypatch.setattr(module, "KEPT_BYTES", 96)
    first = scratch("one", (2, 4), np.float64)
    assert scratch("one", (64,), np.uint8).ctypes.data == first.ctypes.data  # as many bytes
    assert scratch("one", (3,), np.float64).ctypes.data == first.ctypes.data
    assert not np.shares_memory(scratch("other", (2, 4), np.float64), first)
    larger = scratch("one", (12,), np.float64)
    assert not np.shares_memory(larger, first)
    assert np.shares_memory(scratch("one", (1,), np.float64), larger)
    too_large = scratch("one", (13,), np.float64)
    assert not np.shares_memory(too_large, larger)
    assert np.shares_memory(scratch("one", (12,), np.float64), larger)


def test_each_thread_has_its_own():
    found = []
    thread = Thread(target=lambda: found.append(scratch("one", (4,), np.int64)))
    mine = scratch("one", (4,), np.int64)
    thread.start()
    thread.join()
    assert not np.shares_memory(found[0], mine)
