"""The schema of a verb describes what it prints with ``--json``, and nothing else.

Every answer that ``asked`` of tests/cli/conftest.py reads is held to it, and so is every command that
tests/contracts/test_verbs.py draws.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from srtheory.cli.common import schema_text
from tests.cli.conftest import Run, validator
from tests.contracts.test_verbs import CODE, MODEL, WITH_JSON, here

__all__ = ["here"]


@pytest.mark.parametrize("verb", WITH_JSON)
def test_it_is_a_schema_of_the_draft_that_tells_what_is_what(verb: str) -> None:
    whole = json.loads(schema_text(verb))
    validator(verb).check_schema(whole)
    assert (verb in whole["title"], bool(whole["description"])) == (True, True)
    nothing = [name for form in whole.get("oneOf", [whole]) for name, its in form.get("properties", {}).items()
               if not its.get("description")]  # fmt: skip
    assert nothing == []


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
