"""Files that are there whole or not at all: through links, beside other writers, on devices, interrupted."""

from __future__ import annotations

import os
import signal
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from srtheory.experiments import whole
from srtheory.experiments.whole import write_output, write_whole


def fail(error):
    def failing(*arguments):
        raise error

    return failing


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_what_was_there_stays_and_no_draft_does(tmp_path, monkeypatch, error):
    path = tmp_path / "x"
    write_output(path, b"old")
    monkeypatch.setattr(whole.os, "fsync", fail(error))
    with pytest.raises(type(error)) as failure:
        write_output(path, b"new")
    assert getattr(failure.value, "filename", str(path)) == str(path)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("x", b"old")]


def test_a_file_is_written_where_its_link_leads_with_the_rights_that_it_had(tmp_path):
    (tmp_path / "far").mkdir()
    path, link = tmp_path / "far" / "x", tmp_path / "link"
    link.symlink_to(path)
    for data in (b"new file", b"other"):
        write_output(link, data)
        assert (link.is_symlink(), path.read_bytes()) == (True, data)
        path.chmod(0o600)
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["far", "link", "x"]


def test_what_is_no_file_is_not_replaced(tmp_path):
    loop, pipe = tmp_path / "loop", tmp_path / "pipe"
    loop.symlink_to(loop)
    for path in (loop, tmp_path, tmp_path / "no" / "x"):
        with pytest.raises(OSError, match=r".") as failure:
            write_output(path, b"data")
        assert failure.value.filename == str(path)
    assert loop.is_symlink()
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_output(pipe, b"data")
    assert (os.read(reader, 9), pipe.is_fifo()) == (b"data", True)
    os.close(reader)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has it")
def test_a_device_that_is_full_is_named():
    with pytest.raises(OSError, match="No space left") as failure:
        write_output(whole.Path("/dev/full"), b"data")
    assert failure.value.filename == "/dev/full"


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    monkeypatch.setattr(type(path), "open", fail(PermissionError(13, "Permission denied")))  # the superuser may
    with pytest.raises(PermissionError):
        write_output(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path):
    for name in ("x" * 255, "\U0001d7d9" * 63, "\udcff" * 255):
        write_output(tmp_path / name, b"data")
        assert (tmp_path / name).read_bytes() == b"data"
    assert len(list(tmp_path.iterdir())) == 3


def test_writers_of_one_file_take_turns(tmp_path):
    path, texts = tmp_path / "x", [bytes([65 + i]) * (1 + 50_000 * i) for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda i: write_whole(path, texts[i % 8]), range(48)):
            assert path.read_bytes() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_the_next_one_takes(tmp_path, monkeypatch):
    path = tmp_path / "x"
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python 3.12 warns of threads, none of which holds a lock here
            child = os.fork()
        if child == 0:
            os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
            write_whole(path, b"a long text")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert [p.name for p in tmp_path.iterdir()] == [".x.tmp"]
    write_whole(path, b"short")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("x", b"short")]


def test_an_error_of_reading_or_locking_names_the_file(tmp_path, monkeypatch):
    from srtheory.experiments import store

    monkeypatch.setattr(store.fcntl, "flock", fail(OSError(37, "No locks available")))
    with pytest.raises(OSError, match="No locks") as failure, store.locked(tmp_path):
        pass
    assert failure.value.filename == str(tmp_path)
    monkeypatch.setattr(type(tmp_path), "read_bytes", fail(OSError(5, "Input/output error")))
    with pytest.raises(OSError, match="Input") as failure:
        store.content(tmp_path / "x")
    assert failure.value.filename == str(tmp_path / "x")


def test_a_draft_that_became_a_file_while_it_was_waited_for_is_made_anew(tmp_path, monkeypatch):
    locked = []

    def lock(stream, how):
        locked.append(how)
        if len(locked) == 1:
            (tmp_path / ".x.tmp").unlink()

    monkeypatch.setattr(whole.fcntl, "flock", lock)
    write_whole(tmp_path / "x", b"data")
    assert (len(locked), (tmp_path / "x").read_bytes()) == (2, b"data")


def test_two_writers_are_possible_without_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(whole.fcntl, "flock", fail(OSError(37, "No locks available")))
    write_whole(tmp_path / "x", b"data")
    assert (tmp_path / "x").read_bytes() == b"data"


@pytest.mark.parametrize("number", [13, 1, 16, 2])
def test_a_file_is_written_in_place_where_no_draft_is_possible(tmp_path, monkeypatch, number):
    path = tmp_path / "x"
    path.write_bytes(b"old text")
    monkeypatch.setattr(whole, "write_whole", fail(OSError(number, "no draft")))
    write_output(path, b"new")
    assert path.read_bytes() == b"new"
    monkeypatch.setattr(whole, "write_whole", fail(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_output(path, b"newer")
    assert path.read_bytes() == b"new"
