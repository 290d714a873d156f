"""What Dask's scheduler loads at its start (``--preload``), so that its cache of names of tasks is full at once.

Dask keeps the first words of the last 100 000 names that it has seen.  An hour of a sweep adds 10 to 20 MiB to that
cache, the more the faster the machine is, and nothing of it is a leak.
"""

from __future__ import annotations

from uuid import UUID

from dask.utils import key_split

LIKE = "compute_piece-{}-0"
"""The form of the names that a sweep gives its work."""


def dask_setup(_: object) -> None:
    """Fill the cache with names that no task has."""
    for number in range(key_split.cache_info().maxsize):
        key_split(LIKE.format(UUID(int=number)))
