"""srtheory/schemas/VERB.json describes what the verb prints with ``--json``, and nothing else.

Every answer that ``asked`` of tests/cli/conftest.py reads is held to it, and so is every command that
tests/contracts/test_verbs.py draws.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from srtheory.cli.common import schema_text
from tests.cli.conftest import Run, validator
from tests.contracts.test_verbs import CODE, MODEL, WITH_JSON, here

__all__ = ["here"]
COSTS = {"message_cost", "master_time", "silent"}
SIZES = {"degree", "stragglers", "access", "source"}
TRIALS = {*COSTS, *SIZES, "sizes", "phase", "cap", "c", "delta", "epsilon", "spread"}
TRIALS |= {"additions", "multiplications", "solving"}
OPTIONAL = {
    "verify": {"sources"}, "simulate": TRIALS, "sweep": TRIALS, "floor": {*COSTS, "queue"},
    "run": {*SIZES, "startup", "sizes", "phase", "cap", "files"}, "compare": {"options", "sources", "cells"},
    "coverage": {"ever", "expected_rows_to_cover"}, "guarantee": {"access", "message_cost", "silent"},
    "latency": {*SIZES, *COSTS, "recovered"}, "hunt": {"weights", "parameters", "elements", "orders", "unanswered"},
}  # fmt: skip
"""Fields that an answer may not have."""


def schema(verb: str) -> dict[str, Any]:
    return json.loads(schema_text(verb))


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema, but for those of what goes with what."""
    if isinstance(value, dict):
        yield value
        for name, inner in value.items():
            if name not in ("if", "then", "else"):
                yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def faults(whole: dict[str, Any]) -> Iterator[str]:
    """Where a field too many or of any type would be accepted, or nobody is told what it means."""
    for part in parts(whole):
        if not isinstance(part.get("properties"), dict):
            continue
        if part.get("additionalProperties") is not False and "orders" not in part["properties"]:  # a case of one's own
            yield f"more than {[*part['properties']]}"
        for name, inner in part["properties"].items():
            meant = whole["$defs"][inner["$ref"].split("/")[-1]] if inner.keys() == {"$ref"} else inner
            if not meant.get("description"):
                yield f"no description of {name}"
            if not {"type", "$ref", "enum", "const", "oneOf", "anyOf"} & inner.keys():
                yield f"no type of {name}"


@pytest.mark.parametrize("verb", WITH_JSON)
def test_it_is_a_schema_of_the_draft_that_tells_what_is_what(verb: str) -> None:
    whole = schema(verb)
    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    validator(verb).check_schema(whole)
    assert (verb in whole["title"], bool(whole["description"])) == (True, True)
    assert list(faults(whole)) == []
    optional = {name for part in parts(whole) for name in {*part.get("properties", ())} - {*part.get("required", ())}}
    assert optional - {*OPTIONAL.get(verb, ())} == set()


@pytest.mark.quality
def test_an_open_or_vague_schema_is_seen() -> None:
    assert list(faults(schema("span"))) == []
    for change in ({"additionalProperties": True}, {"properties": {"rank": {"description": "x"}}, "required": []}):
        assert list(faults(schema("span") | change))


def test_a_schema_for_every_verb_that_prints_json_and_a_line_of_sweep_is_as_of_simulate() -> None:
    one, line = schema("simulate"), schema("sweep")
    for name in ("title", "description"):
        del one[name], line[name]
    assert one == line


@pytest.mark.quality
@pytest.mark.parametrize(
    ("line", "change"),
    [
        *(("check proof.json --matrix rows.json", {"reason": "planted"}), ("span rows.json", {"stopping_time": None})),
        *(("span few.json", {"stopping_time": 1}), ("hunt systematic-spans --max-symbols 3", {"found": True})),
        *((f"design {MODEL} --by 0.05", {"rows": 1.0}), (f"floor {MODEL} --at 1 --at 3", {"mean": -1.0})),
        (f"guarantee {CODE} --confidence 0.5", {"probability": [0.5, 1.0]}),
        (f"guarantee {CODE} --by-rows 9", {"probability": [0.5, 1.5]}),
        *((f"simulate sr {CODE} --trials 3", change)
          for change in ({"trials": 0}, {"unrecovered": True}, {"scheme": "mine.py::Windows"}, {"source": "planted"})),
    ],
)  # fmt: skip
def test_an_answer_at_odds_with_itself_is_refused(here: Run, line: str, change: dict[str, Any]) -> None:
    with open("few.json", "w") as file:
        file.write('{"columns": 3, "rows": [[0, 1]]}')
    done, verb = here(*line.split(), "--json"), line.split()[0]
    assert validator(verb).is_valid(json.loads(done.stdout))
    assert not validator(verb).is_valid(json.loads(done.stdout) | change)
