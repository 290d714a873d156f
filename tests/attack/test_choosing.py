"""The numbers of ``design`` against runs that know nothing of the package: rows, terms and uncovered symbols, counted.

That no mixture of cuttings needs fewer rows is asked in tests/theory/test_peeling_design.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from srtheory.delays import parse_law
from srtheory.model import Model
from srtheory.theory import block_design
from tests.attack.report import Tally

SEED = 20231
SAYS = (
    "For `srtheory design` the test counts, in runs drawn in plain NumPy, the rows, terms and uncovered symbols by the "
    "time asked for. Start-up is exponential, uniform, Pareto and Weibull. Means may differ by six standard errors, "
    "and the least rows are not above those of the design."
)
APART = 6.0
LAWS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "expon(scale=1)": lambda rng, n: rng.exponential(1.0, n),
    "uniform(loc=0.5, scale=2)": lambda rng, n: rng.uniform(0.5, 2.5, n),
    "pareto(b=6)": lambda rng, n: rng.random(n) ** (-1 / 6),
    "weibull_min(c=2)": lambda rng, n: np.sqrt(rng.exponential(1.0, n)),
}


def cut(path: list[int], m: int) -> list[int]:
    """Blocks of these sizes, the last of them for ever, from a permutation of m - 1."""
    sizes: list[int] = []
    while sum(sizes) < m - 1:
        sizes.append(min(path[min(len(sizes), len(path) - 1)], m - 1 - sum(sizes)))
    return sizes


def counted(m: int, tau: float, law: str, by: float, runs: int, rng: np.random.Generator, found: Tally) -> None:
    answer = block_design.design(Model(m, None, tau, parse_law(law)), by, largest=min(m - 1, 30))
    if answer is None or answer.missed:
        return
    sizes = cut([int(size) for size in answer.sizes.split("/")], m)
    costs = tau * np.cumsum([1, *sizes])
    counts = np.zeros((runs, 3))
    for run in range(runs):
        done = [int(np.count_nonzero(costs <= by - start)) for start in LAWS[law](rng, m)]
        known: set[int] = set()
        for j, blocks in enumerate(done):
            terms = sum(sizes[: blocks - 1]) if blocks else 0
            counts[run, :2] += blocks, terms + bool(blocks)
            others = rng.choice(m - 1, terms, replace=False) if terms else []
            known |= {c + (c >= j) for c in others} | ({j} if blocks else set())
        counts[run, 2] = m - len(known)
    mean, error = counts.mean(axis=0) / (m, m, 1), counts.std(axis=0, ddof=1) / np.sqrt(runs) / (m, m, 1)
    where = f"m={m} tau={tau} {law} by {by}: {answer}, not {mean}"
    for kind, wrong in {
        "rows": abs(mean[0] - answer.rows) > APART * error[0] + 1e-9,
        "terms": abs(mean[1] - answer.terms) > APART * error[1] + 1e-9,
        "uncovered": mean[2] > 0.5 + APART * error[2],
        "the least": answer.least_rows > answer.rows + 1e-6,
    }.items():
        found.count(f"design, {kind}", where if wrong else None)


def attack(runs: int, m: int, laws: int, seed: int) -> Tally:
    found, rng = Tally("choosing", "Choosing", SAYS, SEED), np.random.default_rng(seed)
    for law in [*LAWS][:laws]:
        for by in (2.0, 2.6, 3.4):
            counted(m, 0.05, law, by, runs, rng, found)
    return found


def test_some_designs():
    found = attack(30, 25, 1, SEED)
    assert len(found.tried) == 4
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_many_designs():
    found = attack(400, 50, len(LAWS), SEED + 1)
    found.keep()
    print(found)
    assert not found.failures


@pytest.mark.quality
@pytest.mark.parametrize("name", ["rows", "terms"])
def test_a_wrong_design_is_seen(monkeypatch, name):
    right = block_design.design

    def wrong(*asked, **given):
        answer = right(*asked, **given)
        return answer and dataclasses.replace(answer, **{name: 1.05 * getattr(answer, name)})

    monkeypatch.setattr(block_design, "design", wrong)
    assert attack(200, 40, 1, 1).failures
