"""docs/formats.md: its examples are read, and its fields are those that are written."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_array, save_npz

from srtheory.cli.common import schema_text
from srtheory.cli.sweep import read_spec
from srtheory.experiments.trial import Record
from srtheory.files import read_rows
from tests.cli.conftest import Run, run, svg_alone  # noqa: F401  (fixtures)

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
FILES = {
    "rows.json": re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)[1],
    "rows.csv": re.search(r"`rows\.csv`.*?```text\n(.*?)```", TEXT, re.DOTALL)[1],
    "rows.mtx": re.search(r"`rows\.mtx`.*?```text\n(.*?)```", TEXT, re.DOTALL)[1],
    "delays.txt": re.search(r"## Samples.*?```text\n(.*?)```", TEXT, re.DOTALL)[1],
    "grid.toml": re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1],
}


def section(title: str, text: str = TEXT) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def fields(text: str) -> list[str]:
    """The names in the first cells of a table."""
    return [name for cell in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)]


def properties(schema: Any) -> list[set[str]]:
    """The keys of every object that a schema knows."""
    items = schema if isinstance(schema, list) else schema.values() if isinstance(schema, dict) else ()
    found = [keys for item in items for keys in properties(item)]
    return [*found, set(schema["properties"])] if isinstance(schema, dict) and "properties" in schema else found


def known(verb: str) -> list[set[str]]:
    return properties(json.loads(schema_text(verb)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dense(path: Path) -> list[list[int]]:
    rows = read_rows(path)
    values = np.ones(len(rows.indices), int) if rows.values is None else rows.values
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))
    return coo_array((values, (owner, rows.indices)), shape=(len(rows), rows.columns)).toarray().tolist()


def test_the_matrices_are_one_matrix(folder: Path) -> None:
    wanted = [[1, 1, 0], [0, 1, 1], [1, 0, -2]]
    save_npz(folder / "rows.npz", coo_array(np.array(wanted)))
    assert [dense(folder / f"rows.{suffix}") for suffix in ("json", "csv", "mtx", "npz")] == [wanted] * 4


@pytest.mark.usefixtures("folder")
def test_the_sample_is_read(run: Run) -> None:  # noqa: F811
    [line] = re.findall(r"^srtheory (latency .*sample:.*)$", TEXT, re.MULTILINE)
    done = run(*line.split())
    assert done.status == 0, done.stderr
    assert "0.2962962963" in done.stdout  # (2/3)^3, as two of three delays end by 1.9


def test_the_grid_has_two_tasks(folder: Path) -> None:
    trials, tasks = read_spec(folder / "grid.toml")
    assert (trials, len(tasks)) == (10, 2)


def test_the_columns_are_those_of_a_record() -> None:
    assert fields(section("Records")) == list(Record.__dataclass_fields__)


@pytest.mark.parametrize(("title", "verb"), [("Ledger", "verify"), ("Numbers", "numbers")])
def test_the_fields_are_those_of_the_schema(title: str, verb: str) -> None:
    assert set(fields(section(title))) in known(verb)


@pytest.mark.quality
def test_a_field_that_is_missing_or_renamed_would_be_seen() -> None:
    for title, verb in (("Ledger", "verify"), ("Numbers", "numbers")):
        assert set(fields(section(title).replace("`seed`", "`seeds`"))) not in known(verb)
    assert fields(section("Records").replace("`work`", "work")) != list(Record.__dataclass_fields__)


@pytest.mark.slow
@pytest.mark.usefixtures("svg_alone")
def test_the_points_of_the_figure(run: Run, folder: Path) -> None:  # noqa: F811
    [line] = re.findall(r"`srtheory (figure run .*?)`", TEXT)
    assert run(*line.split()).status == 0
    head = list(csv.reader(io.StringIO(re.search(r"```text\n(row,.*?)```", TEXT, re.DOTALL)[1])))
    made = list(csv.reader((folder / "figures" / "figure_run.csv").read_text().splitlines()))
    assert made[: len(head)] == head
