"""Files that are there whole or not at all, through links, on devices, with any name; and lines of a CSV file.

tests/contracts/test_stores.py kills writers, fills disks and takes the power away.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from srtheory import files
from srtheory.errors import ArgumentError
from srtheory.files import head, read_lines, write_lines, write_output, write_whole


def fail(error):
    def failing(*arguments):
        raise error

    return failing


def test_a_file_is_written_where_its_link_leads_with_the_rights_that_it_had(tmp_path):
    (tmp_path / "far").mkdir()
    path, link = tmp_path / "far" / "x", tmp_path / "link"
    link.symlink_to(path)
    for name in ("x" * 255, "\U0001d7d9" * 63, "\udcff" * 255):  # as long as the system allows
        write_output(tmp_path / name, b"data")
        assert (tmp_path / name).read_bytes() == b"data"
        (tmp_path / name).unlink()
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


@pytest.mark.parametrize("locks", [True, False])
def test_writers_of_one_file_take_turns(tmp_path, monkeypatch, locks):
    """With locks; where there are none, one alone still writes it whole."""
    if not locks:
        monkeypatch.setattr(files.fcntl, "flock", fail(OSError(37, "No locks available")))
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
    monkeypatch.setattr(files, "write_whole", fail(OSError(number, "no draft")))
    with nullcontext() if number != 28 else pytest.raises(OSError, match="no draft"):
        write_output(path, b"new")
    assert path.read_bytes() == (b"old text" if number == 28 else b"new")
    monkeypatch.setattr(type(path), "open", fail(PermissionError(13, "Permission denied")))
    with pytest.raises(PermissionError):
        write_output(path, b"newer")


@dataclass(frozen=True)
class Line:
    name: str
    count: int
    share: float
    sure: bool
    rows: int | None
    time: float | None


LINES = [Line("a, b", 3, 0.1, True, None, 1e-300), Line("", -1, float("inf"), False, 10**20, None)]


@pytest.mark.parametrize("columns", [None, ["time", "share", "name", "count", "rows", "sure"]])
def test_what_is_written_is_read(tmp_path, columns):
    write_lines(tmp_path / "x.csv", Line, LINES, columns)
    assert list(read_lines(tmp_path / "x.csv", Line, columns)) == LINES
    assert (tmp_path / "x.csv").read_text().splitlines()[0] == ",".join(columns or head(Line))


@pytest.mark.quality
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        *(("count,", "", "without count"), ("name,count", "count,name", "in another order")),
        *(("rows,time", "rows,time,more", "or more"), (",3,", ",three,", "invalid literal")),
        *(('"a, b"', '"a, b"c', "expected after"), ("True", "yes", "'yes'")),
        *(("e-300\n", "e-300,7\n", "too many or too few"), (",1e-300\n", "\n", "too many or too few")),
        (",-1,inf,False,100000000000000000000,\n", ",-1", "cut short"),
    ],
)
def test_a_planted_mistake_is_seen(tmp_path, old, new, says):
    path = tmp_path / "x.csv"
    write_lines(path, Line, LINES)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ArgumentError, match=says) as raised:
        list(read_lines(path, Line))
    assert "\n" not in str(raised.value)


@pytest.mark.quality
def test_no_file_and_one_of_more_than_the_limit_are_not_read(tmp_path, monkeypatch):
    """Neither is one that never ends; a byte less is."""
    path = tmp_path / "x.csv"
    with path.open("wb") as stream:
        stream.truncate(files.LARGEST_FILE + 1)  # a hole: no bytes of it are on the disk
    os.mkfifo(tmp_path / "pipe")
    for place, says in (("x.csv", f"at most {files.LARGEST_FILE} bytes"), ("pipe", "a regular file"), ("y", "Line")):
        with pytest.raises(ArgumentError, match=says):
            list(read_lines(tmp_path / place, Line))
    write_lines(path, Line, LINES)
    size = path.stat().st_size
    monkeypatch.setattr(files, "MAX_BYTES", size)
    assert list(read_lines(path, Line)) == LINES
    monkeypatch.setattr(files, "MAX_BYTES", size - 1)
    with pytest.raises(ArgumentError, match=f"Line lines, a file of at most {size - 1} bytes"):
        list(read_lines(path, Line))
