"""Laws at length: questions of tests/contracts/test_laws.py with many fresh examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import seed as hypothesis_seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from srtheory.model import Model
from srtheory.theory import coverage
from tests.attack.planted import Plant, instead, planted
from tests.attack.report import Tally
from tests.contracts import test_laws as contract
from tests.contracts.models import settings

SEED = 20226
SAYS = (
    "The test asks questions of the contract of all laws (tests/contracts/test_laws.py) of fresh examples. *The sum "
    "over all cases* is that over all that up to 4 workers may have sent, in fractions, with every kind of start-up, "
    "any d and access, costs per message and silent workers, at times at, next to and between those of rows. The "
    "interval must hold the number exactly, and be narrower than 1e-11 where no row's end is within rounding and the "
    "law is exact. *An interval that rises*, of up to 30 workers, never falls from 0 to what is ever recovered."
)
SUM = contract.test_a_law_is_the_sum_over_all_that_the_workers_may_have_sent
RISES = contract.test_a_law_is_an_interval_that_never_falls_from_0_to_what_is_ever_recovered
QUESTIONS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "sum over all cases": (SUM, {"setting": contract.PLAIN | settings(most=4), "data": st.data()}),
    "interval that rises": (RISES, {"setting": settings(most=30)}),
}


def ask(question: str, each: int, tally: Tally, names: Iterable[str] = contract.BY_TIME) -> None:
    """So many fresh examples of each law."""
    asked, drawn = QUESTIONS[question]
    more: dict[str, Any] = {"database": None, "derandomize": False, "deadline": None, "phases": [Phase.generate]}
    fresh = hypothesis_settings(max_examples=each, **more)

    def asking(name: str) -> Callable[..., None]:
        def one(**example: Any) -> None:
            wrong = None
            try:
                asked.hypothesis.inner_test(name=name, **example)  # type: ignore[attr-defined]
            except AssertionError as error:
                wrong = f"{example}: {error}"
            tally.count(f"{question}, {name}", wrong)

        return one

    for name in names:
        hypothesis_seed(SEED)(fresh(given(**drawn)(asking(name))))()


@pytest.mark.attack
@pytest.mark.slow
def test_many_laws() -> None:
    found = Tally("laws", "Laws", SAYS, SEED)
    for question in QUESTIONS:
        ask(question, 300, found)
    found.keep()
    print(found)
    assert not found.failures


PLANTED: dict[str, tuple[Plant, str]] = {
    "blocks of d + 1": (
        planted(coverage, "ends_of", lambda right: lambda model: right(replace(model, degree=model.d + 1))),
        "coverage_by_time",
    ),
    "free messages": (
        planted(coverage, "monotone", lambda right: lambda model, *its: right(replace(model, message_cost=0.0), *its)),
        "coverage_and_rows",
    ),
    "nobody fails": (instead(Model, "defective_startup", property(lambda model: model.startup)), "bcc"),
}


@pytest.mark.quality
@pytest.mark.parametrize("plant", PLANTED)
def test_a_wrong_law_would_be_seen(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put, name = PLANTED[plant]
    put(monkeypatch)
    found = Tally("laws", "Laws", SAYS, SEED)
    ask("sum over all cases", 60, found, [name])
    assert found.failures
