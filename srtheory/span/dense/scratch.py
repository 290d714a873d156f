"""Working memory that a thread keeps between calls.

A Monte Carlo simulation makes the same call 10⁵ times. Fresh arrays of a megabyte cost a page fault every 4 KiB, more
than the arithmetic done in them.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
import numpy.typing as npt

KEPT_BYTES = 1 << 24
CACHE_LINE = 64


class _Buffers(threading.local):
    def __init__(self) -> None:
        self.by_name: dict[str, npt.NDArray[np.uint8]] = {}


_BUFFERS = _Buffers()


def scratch(name: str, shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an uninitialised array of this thread, valid until ``name`` is used again; not kept above 16 MiB."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    buffer = _BUFFERS.by_name.get(name)
    if buffer is None or len(buffer) < size:
        buffer = aligned((size,), np.uint8)
        if size <= KEPT_BYTES:
            _BUFFERS.by_name[name] = buffer
    return buffer[:size].view(kind).reshape(shape)


def aligned(shape: tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an uninitialised array that belongs to the caller and begins on a cache line."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    block = np.empty(size + CACHE_LINE, np.uint8)
    skip = -block.ctypes.data % CACHE_LINE
    return block[skip : skip + size].view(kind).reshape(shape)
