"""The relations of this folder, what each covers, and the mistake planted for it: a table of docs/reliability.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Planted:
    """A mistake, and the test that sees it: a file of this folder, or one of tests/, and a function."""

    says: str
    test: str


@dataclass(frozen=True)
class Relation:
    """Two settings that must agree, on what, and the mistakes that are planted."""

    says: str
    covers: str
    planted: tuple[Planted, ...]


RELATIONS = (
    Relation(
        "all times times a power of two",
        "records of all schemes, all latency distributions, bounds, commands, sweeps",
        (
            Planted("latencies rounded to nine decimals", "test_units.py::test_a_unit_in_a_record_is_seen"),
            Planted("an absolute slack in a law", "test_units.py::test_a_unit_in_a_law_is_seen"),
            Planted("the same in what a command prints", "test_units.py::test_a_unit_in_what_a_verb_says_is_seen"),
            Planted("the same in a sweep", "test_verbs.py::test_a_unit_in_a_sweep_is_seen"),
        ),
    ),
    Relation(
        "integers, fractions, decimals, NumPy's numbers or floats",
        "records of all schemes, all latency distributions, other functions, commands, sweeps",
        (
            Planted("integers that stay integers", "test_numbers.py::test_a_record_of_integers_is_seen"),
            Planted(
                "a law that depends on the type",
                "test_numbers.py::test_a_law_of_another_type_is_seen",
            ),
            Planted("a start-up that depends on its spelling", "test_numbers.py::test_a_spelling_is_seen"),
            Planted("the same in a sweep", "test_verbs.py::test_a_spelling_in_a_sweep_is_seen"),
        ),
    ),
    Relation(
        "costs too small to change a float, or none",
        "records of all schemes, all latency distributions",
        (Planted("a message that costs a term more", "test_units.py::test_a_cost_that_is_counted_wrongly_is_seen"),),
    ),
    Relation(
        "symbols under other names",
        "verdicts over five fields, records of all schemes, files of matrices, hunts",
        (
            Planted(
                "a first symbol that counts as one less", "test_symbols.py::test_a_verdict_that_knows_a_name_is_seen"
            ),
            Planted("a last symbol that loses its weight", "test_verbs.py::test_a_name_in_a_verdict_is_seen"),
            Planted("a predicate without the first row", "test_verbs.py::test_a_predicate_that_is_another_is_seen"),
        ),
    ),
    Relation(
        "a row times a number, or twice",
        "ranks and verdicts over five fields, batch and incremental",
        (
            Planted("a rank that counts rows", "test_symbols.py::test_a_row_that_comes_twice_and_counts_is_seen"),
            Planted("weights that are cut", "test_symbols.py::test_a_weight_that_is_lost_is_seen"),
        ),
    ),
    Relation(
        "one scheme under two names",
        "records and latency distributions of the schemes that coincide somewhere",
        (
            Planted("parts in another order", "test_coincidences.py::test_another_order_is_seen"),
            Planted("terms slower by a part in a million", "test_coincidences.py::test_another_law_is_seen"),
        ),
    ),
    Relation(
        "few trials, or the first of more",
        "records of all schemes",
        (
            Planted(
                "a count that grows with the number of trials",
                "test_coincidences.py::test_trials_that_depend_on_their_number_are_seen",
            ),
        ),
    ),
    Relation(
        "one process or two",
        "records of all schemes",
        (
            Planted(
                "seeds that depend on the number of processes",
                "test_coincidences.py::test_seeds_that_depend_on_processes_are_seen",
            ),
        ),
    ),
    Relation(
        "kernels compiled or interpreted",
        "each kernel that may be interpreted",
        (Planted("four kernels that differ", "tests/test_compiled.py::test_differences_are_seen"),),
    ),
)


def file_of(planted: Planted) -> Path:
    name = planted.test.partition("::")[0]
    return ROOT / name if name.startswith("tests/") else Path(__file__).parent / name


def planted_in(file: Path) -> Iterator[str]:
    """The tests of a file that are marked ``quality``."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any("mark.quality" in ast.unparse(d) for d in node.decorator_list):
            yield node.name


def rows() -> list[list[str]]:
    """The table, its head first; no mistake without a test that is marked ``quality``."""
    for relation in RELATIONS:
        for each in relation.planted:
            assert each.test.partition("::")[2] in planted_in(file_of(each)), each.test
    head = ["what must agree", "on what", "planted, and seen"]
    return [head, *([r.says, r.covers, "; ".join(p.says for p in r.planted)] for r in RELATIONS)]
