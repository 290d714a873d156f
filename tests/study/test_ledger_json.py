"""The ledger as JSON, where a mean over runs that never recover is infinite."""

from __future__ import annotations

import json

from srtheory.study.findings import Entry, Verdict
from srtheory.study.ledger import as_objects


def test_infinities_are_null() -> None:
    entry = Entry("x", "I", "c", Verdict.OPEN, "f", {"a": {"b": [float("inf"), (1.0, float("nan"))]}})
    assert json.loads(json.dumps(as_objects([entry]), allow_nan=False))[0]["evidence"] == {
        "a": {"b": [None, [1.0, None]]}
    }
