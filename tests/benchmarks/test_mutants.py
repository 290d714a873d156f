"""Faults put into the library: what the sampling says of them, and what the record says of those that survived."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from benchmarks.mutants import GENERAL, ROOT, Mutant, mirror, modules, others

NEEDED = {
    "killed": "module",
    "other test": "seen by",
    "test added": "seen by",
    "equivalent": "reason",
    "removed": "reason",
    "seen": "by",
    "gone": "module",
}
"""What became of a fault, and what must be said of it then."""
RECORD = ROOT / "data/mutants.json"


def test_a_module_is_tested_by_files_of_its_name_or_by_those_of_its_users() -> None:
    assert mirror(ROOT / "srtheory/span/graph.py") == ["tests/span/test_graph.py"]
    assert mirror(ROOT / "srtheory/span/growing.py") == ["tests/decoders/test_incremental.py"]
    assert all(mirror(module) for module in modules(costly=True))


def test_other_tests_that_import_a_module_are_for_the_second_look() -> None:
    for module, file in (("span/arguments", "span/test_engine"), ("study/making", "paper_checks/tables/test_tables")):
        path = ROOT / f"srtheory/{module}.py"
        assert f"tests/{file}.py" in others(path, mirror(path))
        assert not set(others(path, mirror(path))) & set(mirror(path))
        assert {f"tests/{general}" for general in GENERAL} <= {*mirror(path), *others(path, mirror(path))}


def unexplained(record: dict[str, Any]) -> str | None:
    """What is missing about a fault that was not seen at once."""
    needed = NEEDED.get(record.get("now", record["outcome"]))
    if needed is None or not record.get(needed):
        return f"{record['module']}:{record['line']} is {record['outcome']}"
    return None


def test_every_fault_on_record_is_seen_or_explained() -> None:
    records = json.loads(RECORD.read_text(encoding="utf-8"))["mutants"]
    assert len(records) > 100
    assert [says for record in records if (says := unexplained(record))] == []
    assert all((ROOT / record["module"]).is_file() for record in records)


def test_faults_planted_by_hand_are_seen_by_contracts_and_can_be_planted_again() -> None:
    records = json.loads((ROOT / "data/faults.json").read_text(encoding="utf-8"))["mutants"]
    assert len(records) >= 40
    for record in records:
        fault = Mutant(**{field.name: record[field.name] for field in fields(Mutant)})
        assert (source := (ROOT / fault.module).read_text(encoding="utf-8")) != fault.planted_in(source) is not None
        assert (record["outcome"], record["by"].split("/")[1]) == ("killed", "contracts")
        assert (ROOT / record["by"].partition("::")[0]).is_file()


@pytest.mark.quality
@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "survived"},
        {"outcome": "equivalent", "reason": ""},
        {"outcome": "test added", "seen by": ""},
        {"outcome": "killed", "now": "equivalent"},
    ],
)
def test_a_fault_that_nobody_sees_would_be_reported(change: dict[str, str]) -> None:
    assert unexplained({"module": "srtheory/span/graph.py", "line": 1, **change}) is not None


def test_a_fault_on_record_is_found_again_by_its_line_wherever_it_stands() -> None:
    fault = Mutant("srtheory/span/graph.py", 2, "NumberReplacer", 0, "x = 1", "x = 2")
    assert fault.planted_in("x = 1\n\n    x = 1\nx = 1\n") == "x = 2\n\n    x = 1\nx = 1\n"
    assert fault.planted_in("y = 0\n\n    x = 1\n") == "y = 0\n\n    x = 2\n"
    assert fault.planted_in("x = 3\n") is None
