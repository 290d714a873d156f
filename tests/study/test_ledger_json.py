"""The ledger as JSON, where a mean over runs that never recover is infinite."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np

from srtheory.study.findings import Entry, Verdict
from srtheory.study.ledger import as_objects


def test_infinities_are_null() -> None:
    entry = Entry("x", "I", "c", Verdict.OPEN, "f", {"a": {"b": [float("inf"), (1.0, float("nan"))]}})
    assert json.loads(json.dumps(as_objects([entry]), allow_nan=False))[0]["evidence"] == {
        "a": {"b": [None, [1.0, None]]}
    }


def test_objects_are_plain() -> None:
    evidence: dict[Any, Any] = {3: np.arange(4).reshape(2, 2), "x": np.float64(0.5), "f": Fraction(1, 3)}
    evidence |= {"n": None, "t": True, "i": 2**70}
    (found,) = as_objects([Entry("x", "I", "c", Verdict.NOT_REPRODUCED, "f", evidence, 7, 5, ("a",), "g")])
    assert found == {
        "id": "x",
        "where": "I",
        "claim": "c",
        "verdict": "not reproduced",
        "finding": "f",
        "trials": 7,
        "seed": 5,
        "checked_by": ["a"],
        "correction": "g",
        "evidence": {"3": [[0, 1], [2, 3]], "x": 0.5, "f": "1/3", "n": None, "t": True, "i": 2**70},
    }
