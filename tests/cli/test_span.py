"""The verb ``span``: formats, exit statuses, one-line errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.io import mmwrite
from scipy.sparse import coo_array, csr_array, save_npz

from srtheory.errors import ArgumentError
from srtheory.files import read_rows
from tests.cli.conftest import Run

SPANS = [[0, 1], [2], [1, 2]]
SHORT = [[0, 1], [0, 1], [1, 2]]


def dense(rows: list[list[int]], columns: int) -> np.ndarray:
    out = np.zeros((len(rows), columns), dtype=np.int64)
    for i, row in enumerate(rows):
        out[i, row] = 1
    return out


def write(path: Path, rows: list[list[int]], columns: int) -> Path:
    matrix = dense(rows, columns)
    if path.suffix == ".json":
        path.write_text(json.dumps({"columns": columns, "rows": rows}))
    elif path.suffix == ".csv":
        path.write_text("\n".join(",".join(map(str, line)) for line in matrix))
    elif path.suffix == ".mtx":
        mmwrite(path, coo_array(matrix))
    else:
        save_npz(path, csr_array(matrix))
    return path


@pytest.mark.parametrize("suffix", [".json", ".csv", ".mtx", ".npz"])
@pytest.mark.parametrize(("rows", "status"), [(SPANS, 0), (SHORT, 1)])
def test_every_format_gives_the_same_answer(
    run: Run, tmp_path: Path, suffix: str, rows: list[list[int]], status: int
) -> None:
    result = run("span", str(write(tmp_path / f"g{suffix}", rows, 3)), "--json")
    answer = json.loads(result.stdout)
    assert result.status == status
    assert answer["spans"] is (status == 0)
    assert answer["stopping_time"] == (2 if status == 0 else None)
    assert answer["coverage_time"] == (2 if status == 0 else 3)
    assert (answer["rank"], answer["rows"], answer["columns"]) == (3 if status == 0 else 2, 3, 3)
    assert answer["field"] == "Q"


def test_the_field_matters(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "g.json", [[0, 1], [0, 2], [0, 3]], 4)
    assert run("span", str(path)).status == 1
    assert run("span", str(path), "--field", "GF(2)").status == 0
    assert json.loads(run("span", str(path), "--field", "GF(4)", "--json").stdout)["field"] == "GF(4)"


def test_weights_are_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    path.write_text('{"columns": 2, "rows": [[0, 1]], "values": [[3, 3]]}')
    assert run("span", str(path)).status == 0
    path.write_text('{"columns": 2, "rows": [[0, 1]], "values": [[3, 4]]}')
    assert run("span", str(path)).status == 1


def test_empty_cases(run: Run, tmp_path: Path) -> None:
    for text, status, stop in [
        ('{"columns": 0, "rows": []}', 0, 0),
        ('{"columns": 1, "rows": []}', 1, None),
        ('{"columns": 1, "rows": [[], [0]]}', 0, 2),
    ]:
        (tmp_path / "g.json").write_text(text)
        result = run("span", str(tmp_path / "g.json"), "--json")
        assert (result.status, json.loads(result.stdout)["stopping_time"]) == (status, stop)


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("g.json", '{"columns": 2, "rows": [[0, 2]]}', "2"),
        ("g.json", '{"columns": 2, "rows": [[0, -1]]}', "-1"),
        ("g.json", '{"columns": 2, "rows": [[1, 1]]}', "twice"),
        ("g.json", '{"columns": -2, "rows": []}', "columns"),
        ("g.json", '{"rows": []}', "columns"),
        ("g.json", '{"columns": 2, "rows": [[0.5]]}', "0.5"),
        ("g.json", '{"columns": 2, "rows": [[true]]}', "True"),
        ("g.json", '{"columns": 2, "columns": 3, "rows": []}', "twice"),
        ("g.json", '{"columns": 2, "rows": [[0]], "values": [[9223372036854775808]]}', "64 bits"),
        ("g.json", "[1, 2", "well-formed"),
        ("g.json", '"' + "[" * 100_000, "well-formed"),
        ("g.csv", "1,0\n1", "equally long"),
        ("g.csv", "1,x", "x"),
        ("g.csv", "", "at least one row"),
        ("g.mtx", "not a matrix", "well-formed"),
        ("g.mtx", "%%MatrixMarket matrix coordinate real general\n1 2 1\n1 1 0.5\n", "integers"),
        ("g.mtx", "%%MatrixMarket matrix coordinate pattern general\n1 2 2\n1 1\n1 1\n", "twice"),
        ("g.mtx", "%%MatrixMarket matrix coordinate pattern general\n1 2 1\n1 3\n", "well-formed"),
        ("g.npz", "not an archive", "well-formed"),
        ("g.txt", "", ".json, .mtx, .npz or .csv"),
    ],
)
def test_bad_files_get_one_line(run: Run, tmp_path: Path, name: str, text: str, word: str) -> None:
    (tmp_path / name).write_text(text)
    result = run("span", str(tmp_path / name))
    assert result.status == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert word in result.stderr


def test_pickles_are_refused(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "g.npz", data=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    result = run("span", str(tmp_path / "g.npz"))
    assert (result.status, result.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("field", ["GF(6)", "GF(1)", "GF(0)", "R", "GF(x)", "GF(2)(3)", ""])
def test_bad_fields(run: Run, tmp_path: Path, field: str) -> None:
    result = run("span", str(write(tmp_path / "g.json", SPANS, 3)), "--field", field)
    assert (result.status, result.stderr.count("\n")) == (2, 1)
    assert "prime power" in result.stderr


def test_help_keeps_its_lines(run: Run) -> None:
    text = run("span", "--help").stdout
    assert "\\b" not in text
    assert "  .mtx   Matrix Market, pattern or integers\n" in text


def test_missing_file(run: Run, tmp_path: Path) -> None:
    result = run("span", str(tmp_path / "absent.json"))
    assert (result.status, result.stderr.count("\n")) == (2, 1)
    assert "No such file" in result.stderr


@pytest.mark.parametrize("suffix", [".json", ".csv", ".mtx", ".npz"])
@pytest.mark.parametrize("weight", [2**63 - 1, 2**63 - 512, 2**63 - 513, 2**53, -(2**63), 2**63, -(2**63) - 1])
def test_all_formats_take_weights_of_64_bits_and_no_others(tmp_path: Path, suffix: str, weight: int) -> None:
    path = tmp_path / f"rows{suffix}"
    fits = -(2**63) <= weight < 2**63
    if suffix == ".npz" and weight < -(2**63):
        return  # no type of NumPy's has it
    if suffix == ".npz":
        save_npz(path, csr_array(np.array([[weight, 1], [1, 0]], dtype=np.int64 if weight < 2**63 else np.uint64)))
    else:
        texts = {
            ".json": f'{{"columns": 2, "rows": [[0, 1], [0]], "values": [[{weight}, 1], [1]]}}',
            ".csv": f"{weight},1\n1,0\n",
            ".mtx": f"%%MatrixMarket matrix coordinate integer general\n2 2 3\n1 1 {weight}\n1 2 1\n2 1 1\n",
        }
        path.write_text(texts[suffix])
    if fits:
        assert read_rows(path).mappings() == [{0: weight, 1: 1}, {0: 1}]
    else:
        with pytest.raises(ArgumentError, match=r"64 bits|out of range"):
            read_rows(path)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[0], [1], [0, 1, 2]], ["True", "Q", "3", "3", "3", "3 rows", "3 rows"]),
        ([[0], [1, 2], [0]], ["True", "Q", "3", "3", "2", "2 rows", "2 rows"]),
        ([[0], [0]], ["False", "Q", "2", "3", "1", "none", "none"]),
        ([[0, 1], [1, 2]], ["False", "Q", "2", "3", "2", "2 rows", "none"]),
    ],
)
def test_an_answer_for_readers(run: Run, tmp_path: Path, rows: list[list[int]], told: list[str]) -> None:
    done = run("span", str(write(tmp_path / "g.json", rows, 3)))
    assert (done.status, done.stderr) == (0 if told[0] == "True" else 1, "")
    names = ["spans", "field", "rows", "columns", "rank", "coverage_time", "stopping_time"]
    *lines, last = done.stdout.splitlines()
    assert lines == [name.ljust(15) + value for name, value in zip(names, told, strict=True)]
    assert last.startswith("argument       ")
