"""The Tanner graphs of the smallest examples: what stands in them is what the hunts on record found, and proves it."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sympy import Matrix, ones

from paper_checks import study
from paper_checks.figures import tanner
from srtheory.render.style import write
from srtheory.rows import from_sets
from srtheory.span.obstruction import obstruction

HUNTS = Path(__file__).parents[3] / "data" / "small_cases" / "hunts.json"
EDGES = from_sets(3, [[0, 1], [0, 2]])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return written(tmp_path_factory.mktemp("tanner"))


def written(folder: Path) -> list[Path]:
    made = tanner.tanner(study.lab())
    made.canvas.set_layout_engine(None)  # what is drawn is the same in any layout
    return write(made, folder)


@pytest.fixture(scope="module")
def drawn(files: list[Path]) -> dict[str, tuple[list[dict[int, int]], dict[int, int]]]:
    """Rows and kernel vector of each example, from the CSV."""
    with files[-1].open() as stream:
        lines = list(csv.DictReader(stream))
    found = {}
    for name in tanner.QUESTIONS:
        rows, vector = defaultdict(dict), {}
        for line in (line for line in lines if line["example"] == name):
            rows[int(line["row"])][int(line["symbol"]) - 1] = int(line["weight"])
            vector[int(line["symbol"]) - 1] = int(line["kernel_vector"])
        found[name] = list(rows.values()), vector
    return found


@pytest.mark.parametrize(("name", "m", "count"), [("any rows", 3, 2), ("sum recovery", 5, 4), ("signed rows", 3, 3)])
def test_the_examples_cover_and_do_not_span(
    drawn: dict[str, tuple[list[dict[int, int]], dict[int, int]]], name: str, m: int, count: int
) -> None:
    rows, vector = drawn[name]
    matrix = Matrix([[row.get(c, 0) for c in range(m)] for row in rows])
    v = Matrix([vector[c] for c in range(m)])
    assert matrix.rows == count
    assert {c for row in rows for c in row} == set(range(m))
    assert matrix.col_join(ones(1, m)).rank() == matrix.rank() + 1
    assert (matrix * v).is_zero_matrix
    assert sum(v) != 0


def test_the_examples_are_those_on_record(drawn: dict[str, tuple[list[dict[int, int]], dict[int, int]]]) -> None:
    hunts = {hunt["conjecture"]: hunt for hunt in json.loads(HUNTS.read_text())}
    for name, conjecture in tanner.QUESTIONS.items():
        assert hunts[conjecture]["smallest"]
        case = hunts[conjecture]["counterexample"]
        assert [list(row) for row in drawn[name][0]] == case["rows"]
        weights = case.get("weights") or [[1] * len(row) for row in case["rows"]]
        assert [list(row.values()) for row in drawn[name][0]] == weights


def test_no_edges_cross() -> None:
    for example in tanner.examples()[:2]:  # the third has a cycle
        at = tanner._places(example.case)
        ends = [(at["column", j][0], at["row", i][0]) for i, row in enumerate(example.case.sets) for j in row]
        assert all((a - c) * (b - d) >= 0 for a, b in ends for c, d in ends)


def test_the_same_bytes(files: list[Path], tmp_path: Path) -> None:
    assert [a.read_bytes() for a in files] == [b.read_bytes() for b in written(tmp_path)]


@pytest.mark.quality
@pytest.mark.parametrize(
    ("weights", "complaint"), [((1, 1, -1), "Row 1"), ((1, -1, 1), "Row 2"), ((0, 0, 0), "sum to 0")]
)
def test_a_wrong_kernel_vector_is_caught(weights: tuple[int, ...], complaint: str) -> None:
    right = obstruction(EDGES)
    assert right is not None
    assert np.array_equal(tanner.unbalanced(EDGES, right), [1, -1, -1])
    with pytest.raises(ArithmeticError, match=complaint):
        tanner.unbalanced(EDGES, replace(right, weights=weights))


@pytest.mark.quality
def test_lost_weights_are_caught() -> None:
    """The kernel vector of the signed rows is none of the rows without their signs."""
    example = tanner.examples()[2]
    vector = obstruction(example.case.rows)
    assert vector is not None
    with pytest.raises(ArithmeticError, match="Row 3"):
        tanner.unbalanced(from_sets(3, example.case.sets), vector)


@pytest.mark.quality
def test_an_example_not_proved_smallest_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    hunt = tanner.hunt
    unproved = SimpleNamespace(counterexample=hunt(tanner.load("covered-implies-spans")).counterexample, smallest=False)
    monkeypatch.setattr(tanner, "hunt", lambda conjecture: unproved)
    with pytest.raises(ArithmeticError, match="smallest"):
        tanner.examples()
