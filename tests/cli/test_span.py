"""The verb ``span``: formats, exit statuses, one-line errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import mmwrite
from scipy.sparse import coo_array, csr_array, save_npz

from srtheory.errors import ArgumentError
from srtheory.files import read_rows
from tests.cli.conftest import Run, asked, refused

SPANS = [[0, 1], [2], [1, 2]]


def write(path: Path, rows: list[list[int]], columns: int) -> Path:
    matrix = np.zeros((len(rows), columns), dtype=np.int64)
    for i, row in enumerate(rows):
        matrix[i, row] = 1
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
@pytest.mark.parametrize(
    ("rows", "rank", "coverage", "stopping"),
    [
        (SPANS, 3, 2, 2),
        ([[0, 1], [0, 1], [1, 2]], 2, 3, None),
        ([[0], [1], [0, 1, 2]], 3, 3, 3),
        ([[0], [0]], 1, None, None),
    ],
)
def test_every_format_gives_the_same_answer(
    run: Run, tmp_path: Path, suffix: str, rows: list[list[int]], rank: int, coverage: int | None, stopping: int | None
) -> None:
    words = ["span", str(write(tmp_path / f"g{suffix}", rows, 3))]
    answer = asked(run, *words, status=0 if stopping else 1)
    answer.pop("argument")
    assert answer == {
        "spans": stopping is not None, "field": "Q", "rows": len(rows), "columns": 3, "rank": rank,
        "coverage_time": coverage, "stopping_time": stopping,
    }  # fmt: skip
    *lines, last = run(*words).stdout.splitlines()
    told = ["none" if x is None else f"{x} rows" if name.endswith("time") else str(x) for name, x in answer.items()]
    assert [line.split(maxsplit=1) for line in lines] == [[name, x] for name, x in zip(answer, told, strict=True)]
    assert last.startswith("argument ")


@pytest.mark.parametrize(
    ("matrix", "field", "stopping"),
    [
        ({"columns": 4, "rows": [[0, 1], [0, 2], [0, 3]]}, "Q", None),
        ({"columns": 4, "rows": [[0, 1], [0, 2], [0, 3]]}, "GF(2)", 3),
        ({"columns": 4, "rows": [[0, 1], [0, 2], [0, 3]]}, "GF(4)", 3),
        ({"columns": 2, "rows": [[0, 1]], "values": [[3, 3]]}, "Q", 1),
        ({"columns": 2, "rows": [[0, 1]], "values": [[3, 4]]}, "Q", None),
        ({"columns": 0, "rows": []}, "Q", 0),
        ({"columns": 1, "rows": []}, "Q", None),
        ({"columns": 1, "rows": [[], [0]]}, "Q", 2),
    ],
)
def test_fields_weights_and_empty_cases(
    run: Run, tmp_path: Path, matrix: dict[str, Any], field: str, stopping: int | None
) -> None:
    (tmp_path / "g.json").write_text(json.dumps(matrix))
    words = ["span", str(tmp_path / "g.json"), "--field", field]
    answer = asked(run, *words, status=1 if stopping is None else 0)
    assert (answer["stopping_time"], answer["field"]) == (stopping, field)


MARKET = "%%MatrixMarket matrix coordinate"


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
        ("g.json", "[1, 2", "well-formed"),
        ("g.json", '"' + "[" * 100_000, "well-formed"),
        ("g.csv", "1,0\n1", "equally long"),
        ("g.csv", "1,x", "x"),
        ("g.csv", "", "at least one row"),
        ("g.mtx", "not a matrix", "well-formed"),
        ("g.mtx", f"{MARKET} real general\n1 2 1\n1 1 0.5\n", "integers"),
        ("g.mtx", f"{MARKET} pattern general\n1 2 2\n1 1\n1 1\n", "twice"),
        ("g.mtx", f"{MARKET} pattern general\n1 2 1\n1 3\n", "well-formed"),
        ("g.npz", "not an archive", "well-formed"),
        ("g.txt", "", ".json, .mtx, .npz or .csv"),
        ("absent.json", None, "No such file"),
        ("pickled.npz", None, "no sparse matrix"),
    ],
)
def test_bad_files_get_one_line(run: Run, tmp_path: Path, name: str, text: str | None, word: str) -> None:
    if name == "pickled.npz":
        np.savez(tmp_path / name, data=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    elif text is not None:
        (tmp_path / name).write_text(text)
    said = refused(run, "span", str(tmp_path / name))
    assert word in said
    assert " at 0x" not in said, "the same file has the same line"


@pytest.mark.parametrize("field", ["GF(1)", "GF(0)", "GF(x)", "GF(2)(3)"])
def test_bad_fields(run: Run, tmp_path: Path, field: str) -> None:
    assert "prime power" in refused(run, "span", str(write(tmp_path / "g.json", SPANS, 3)), "--field", field)


def test_help_keeps_its_lines(run: Run) -> None:
    text = run("span", "--help").stdout
    assert "\\b" not in text
    assert "  .mtx   Matrix Market, pattern or integers\n" in text


@pytest.mark.parametrize("suffix", [".json", ".csv", ".mtx", ".npz"])
@pytest.mark.parametrize("weight", [2**63 - 1, 2**63 - 512, 2**63 - 513, 2**53, -(2**63), 2**63, -(2**63) - 1])
def test_all_formats_take_weights_of_64_bits_and_no_others(tmp_path: Path, suffix: str, weight: int) -> None:
    path = tmp_path / f"rows{suffix}"
    if suffix == ".npz":
        if weight < -(2**63):
            return  # no type of NumPy's has it
        save_npz(path, csr_array(np.array([[weight, 1], [1, 0]], dtype=np.int64 if weight < 2**63 else np.uint64)))
    else:
        texts = {
            ".json": f'{{"columns": 2, "rows": [[0, 1], [0]], "values": [[{weight}, 1], [1]]}}',
            ".csv": f"{weight},1\n1,0\n",
            ".mtx": f"{MARKET} integer general\n2 2 3\n1 1 {weight}\n1 2 1\n2 1 1\n",
        }
        path.write_text(texts[suffix])
    if -(2**63) <= weight < 2**63:
        assert read_rows(path).mappings() == [{0: weight, 1: 1}, {0: 1}]
    else:
        with pytest.raises(ArgumentError, match=r"64 bits|out of range"):
            read_rows(path)
