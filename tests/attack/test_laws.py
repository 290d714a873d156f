"""Laws at length: questions of tests/contracts/test_laws.py with many fresh examples, and runs of larger m."""

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
from srtheory.theory import ENTRIES
from srtheory.theory.laws import coverage
from tests.attack import simulated
from tests.attack.planted import Plant, instead, planted
from tests.attack.report import Tally
from tests.attack.simulated import LEVEL, MEASURES, judged
from tests.contracts import test_laws as contract
from tests.contracts.models import settings

SEED = 20225
SAYS = (
    "The test asks the questions of the contract of all laws (tests/contracts/test_laws.py) of fresh examples, "
    "and compares the intervals with simulated runs. *Enumeration* sums over all that up to 4 workers may have "
    "sent, in fractions, with every kind of start-up, any d and access, costs per message and silent workers, at "
    "times at, next to and between those of rows. The interval must hold the number exactly, and be narrower than"
    " 1e-11 where no row's end is within rounding and the law is exact. *Simulation* runs 50 to 299 workers in "
    "plain NumPy under exponential, Pareto, Weibull, lognormal, discrete and constant start-up, with d = 1, "
    "small, m - 1 and beyond. Each comparison of a share with an interval fails a right law with chance 1e-6, so "
    "that all of them together do with less than one in a thousand."
)
WHOLE = [name for name, measure in MEASURES.items() if measure.whole]
"""Numbers of rows, whose laws take the longest."""
SUM = contract.test_a_law_is_the_sum_over_all_that_the_workers_may_have_sent
RISES = contract.test_a_law_is_an_interval_that_never_falls_from_0_to_what_is_ever_recovered
QUESTIONS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "sum over all cases": (SUM, {"setting": contract.PLAIN | settings(most=4), "data": st.data()}),
    "interval that rises": (RISES, {"setting": settings(most=30)}),
}


def ask(question: str, each: int, seed: int, tally: Tally, names: Iterable[str] = contract.BY_TIME) -> None:
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
        hypothesis_seed(seed)(fresh(given(**drawn)(asking(name))))()


def tally(seed: int = SEED) -> Tally:
    return Tally("laws", "Laws", SAYS, seed)


def test_some_laws() -> None:
    found = tally()
    simulated.attack(1, 200, (50, 60), SEED, found, every=9, names=[name for name in MEASURES if name not in WHOLE])
    print(found)
    assert found.total > 30
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_many_laws() -> None:
    found = tally(SEED + 1)
    for question in QUESTIONS:
        ask(question, 300, SEED + 1, found)
    simulated.attack(2, 1000, (50, 300), SEED + 1, found, names=[name for name in MEASURES if name not in WHOLE])
    simulated.attack(1, 1000, (50, 90), SEED + 1, found, names=WHOLE)
    found.keep()
    print(found)
    assert sum(n for kind, n in found.tried.items() if kind.startswith("simulation")) < 1e-3 / LEVEL
    assert not found.failures


def test_a_share_is_judged_by_its_chance() -> None:
    for hits, interval, right in [
        *((500, (0.5, 0.5), True), (560, (0.5, 0.5), True), (600, (0.5, 0.5), False)),
        *((400, (0.5, 0.5), False), (600, (0.5, 0.6), True)),
    ]:
        assert (judged(hits, 1000, interval, "") is None) == right


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
    """By fresh examples, and by simulated runs."""
    put, name = PLANTED[plant]
    put(monkeypatch)
    found = tally()
    ask("sum over all cases", 200, SEED, found, [name])
    assert found.failures
    found = tally()
    simulated.attack(2, 300, (50, 60), SEED, found, names=["latency of uncoded" if name == "bcc" else "coverage"])
    assert found.failures


def test_every_law_is_simulated() -> None:
    assert {name.removeprefix("latency of ") for name in MEASURES} >= set(ENTRIES) - {"sr"}
