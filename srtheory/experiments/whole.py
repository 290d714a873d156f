"""Files that are there whole or not at all."""

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
"""Characters of a file's name that its draft's has: four bytes each fit with the rest; alike ones take turns."""
_NO_DRAFT = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENOENT)
"""A file may be written in a folder that may not, be mounted by itself, or be the system's own."""


def write_output(path: Path, data: bytes) -> None:
    """Write a file that a user asks for: whole, where links lead, with the rights that it had.

    A device or a pipe takes the bytes as they come, and so does a file that may be written but not replaced.

    Raises
    ------
    OSError
        If it cannot be written; its ``filename`` is the path, and what was there before stays.
    """
    mode = _mode(path)
    with naming(path):
        if mode is None:
            write_whole(Path(os.path.realpath(path)), data)
        elif not stat.S_ISREG(mode) or not _replaced(path, data, mode):
            path.write_bytes(data)


def _replaced(path: Path, data: bytes, mode: int) -> bool:
    """Replace a file, if there may be a draft beside it."""
    path.open("r+b").close()  # what is not to be written is not to be replaced
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
    """Write all of the file or nothing of it, and after a power cut still so.

    Writers of one file take turns: each locks the draft (``flock``), and what a killed one leaves the next one takes.
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
    sync(path.parent)


@contextmanager
def _alone(draft: Path) -> Iterator[BinaryIO]:
    """The draft, empty, as soon as nobody else has it."""
    while True:
        with draft.open("ab") as stream:
            with suppress(OSError):  # a file system without locks: then two writers are the user's business
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
    """Wait until the folder's names are on the disk."""
    with naming(folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have errors of the system within it name this file: those of reading, writing and locking name none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None
