"""Atomic files: a file exists as a whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_LONGEST = 60
"""Number of characters of a file's name in the name of its draft: four bytes each fit with the rest."""
_NO_DRAFT = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENOENT)
"""A file may be writable in a folder that is not, be a mount point, or belong to the system."""


def write_output(path: Path, data: bytes) -> None:
    """Write a file that a user requests: whole, at the target of links, with its former permissions.

    A device or a pipe takes the bytes directly, as does a file that may be written but not replaced.

    Raises
    ------
    OSError
        If it cannot be written. Its ``filename`` is the path, and what was there before stays.
    """
    mode = _mode(path)
    with naming(path):
        if mode is None:
            write_whole(Path(os.path.realpath(path)), data)
        elif not stat.S_ISREG(mode) or not _replaced(path, data, mode):
            path.write_bytes(data)


def _replaced(path: Path, data: bytes, mode: int) -> bool:
    """Replace a file, if a draft next to it is possible."""
    path.open("r+b").close()  # a file that may not be written must not be replaced
    try:
        write_whole(Path(os.path.realpath(path)), data, mode)
    except OSError as error:
        if error.errno not in _NO_DRAFT:
            raise
        return False
    return True


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def write_whole(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write all of the file or nothing of it, also in case of a power failure.

    Writers of one file take turns: each locks the draft (``flock``), and the next one takes over the draft of a killed
    one.
    """
    draft = path.with_name(f".{path.name[:_LONGEST]}.tmp")
    with naming(path), _alone(draft) as stream:
        try:
            if mode is not None:
                os.fchmod(stream.fileno(), stat.S_IMODE(mode))
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
    with naming(path):
        sync(path.parent)


@contextmanager
def _alone(draft: Path) -> Iterator[BinaryIO]:
    """Yield the empty draft as soon as no other process has it."""
    while True:
        with draft.open("ab") as stream:
            with suppress(OSError):  # a file system without locks cannot protect two writers
                fcntl.flock(stream, fcntl.LOCK_EX)
            if not _is_at(draft, stream):  # it became the file of the one before
                continue
            stream.truncate(0)
            yield stream
            return


def _is_at(path: Path, stream: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def sync(folder: Path) -> None:
    """Wait until the folder's names are on disk."""
    with naming(folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class naming:  # noqa: N801  # used like a function
    """Let system errors in the block name this file; those of reading, writing and locking name none.

    A class, since the frames of a generator and of its error would refer to each other from Python 3.12 on, and the
    callers' records would wait for the collector of cycles.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror or str(error), str(self.path)) from None
