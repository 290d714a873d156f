"""Lines of a CSV file: what is written is read, and nothing else is."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from srtheory import files
from srtheory.errors import ArgumentError
from srtheory.experiments import lines
from srtheory.experiments.lines import head, read_lines, write_lines


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
    monkeypatch.setattr(lines, "MAX_BYTES", size)
    assert list(read_lines(path, Line)) == LINES
    monkeypatch.setattr(lines, "MAX_BYTES", size - 1)
    with pytest.raises(ArgumentError, match=f"Line lines, a file of at most {size - 1} bytes"):
        list(read_lines(path, Line))
