"""Files that are there whole or not at all: through links, on devices, with any name.

tests/contracts/test_stores.py kills writers, fills disks and takes the power away.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from srtheory.experiments import whole
from srtheory.experiments.whole import write_output, write_whole


def fail(error):
    def failing(*arguments):
        raise error

    return failing


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
    full = [Path("/dev/full")] if os.path.exists("/dev/full") else []  # Linux has it
    for path in (loop, tmp_path, tmp_path / "no" / "x", *full):
        with pytest.raises(OSError, match=r".") as failure:
            write_output(path, b"data")
        assert failure.value.filename == str(path)
    assert loop.is_symlink()
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_output(pipe, b"data")
    assert (os.read(reader, 9), pipe.is_fifo()) == (b"data", True)
    os.close(reader)


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path):
    for name in ("x" * 255, "\U0001d7d9" * 63, "\udcff" * 255):
        write_output(tmp_path / name, b"data")
        assert (tmp_path / name).read_bytes() == b"data"
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("locks", [True, False])
def test_writers_of_one_file_take_turns(tmp_path, monkeypatch, locks):
    """With locks; where there are none, one alone still writes it whole."""
    if not locks:
        monkeypatch.setattr(whole.fcntl, "flock", fail(OSError(37, "No locks available")))
    path, texts = tmp_path / "x", [bytes([65 + i]) * (1 + 50_000 * i) for i in range(8)]
    with ThreadPoolExecutor(4 if locks else 1) as pool:
        for _ in pool.map(lambda i: write_whole(path, texts[i % 8]), range(48)):
            assert path.read_bytes() in texts
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [13, 1, 16, 2, 28])
def test_a_file_is_written_in_place_where_no_draft_is_possible(tmp_path, monkeypatch, number):
    """But not for want of space; nor if it may not be written at all, which only the superuser may."""
    path = tmp_path / "x"
    path.write_bytes(b"old text")
    monkeypatch.setattr(whole, "write_whole", fail(OSError(number, "no draft")))
    if number == 28:
        with pytest.raises(OSError, match="no draft"):
            write_output(path, b"new")
    else:
        write_output(path, b"new")
    assert path.read_bytes() == (b"old text" if number == 28 else b"new")
    monkeypatch.setattr(type(path), "open", fail(PermissionError(13, "Permission denied")))
    with pytest.raises(PermissionError):
        write_output(path, b"newer")
