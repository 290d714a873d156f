"""Laws against enumeration and simulation that know nothing of the package's formulas."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flint import fmpq

from srtheory.model import Model
from srtheory.theory import given_counts
from srtheory.theory.laws import baselines, by_scheme, collection, coverage, rows_received, silent, stopping, streaming
from tests.attack import laws, simulated
from tests.attack.brute import spans
from tests.attack.laws import CASES
from tests.attack.planted import instead, planted
from tests.attack.report import Tally
from tests.attack.simulated import LEVEL, MEASURES, judged

SEED = 20225
SAYS = (
    "The test compares the intervals of all distributions of latency by scheme, of coverage, arrival, hitting, "
    "spanning and collection, and exact rational values, with two kinds of judges. *Enumeration* lists all delays and "
    "orders of up to 7 workers in fractions, with discrete and constant start-up (uniform for laws by number of "
    "rows). Times are at, next to and between the times of rows, with costs per message, silent workers, any d and "
    "access. The interval must hold the number exactly. It must be narrower than 1e-11 where no row's end is within "
    "rounding and the law is exact. *Simulation* runs 50 to 299 workers in plain NumPy under exponential, Pareto, "
    "Weibull, lognormal, discrete and constant start-up, with d = 1, small, m - 1 and beyond. Each comparison of a "
    "share with an interval fails a right law with chance 1e-6, so that all of them together do with less than one in "
    "a thousand."
)
WHOLE = [name for name, measure in MEASURES.items() if measure.whole]
"""Numbers of rows, whose laws take the longest."""


def tally(seed: int = SEED) -> Tally:
    return Tally("laws", "Laws", SAYS, seed)


def test_some_laws():
    found = tally()
    laws.attack(5, SEED, found)
    simulated.attack(1, 200, (50, 60), SEED, found, every=9, names=[name for name in MEASURES if name not in WHOLE])
    print(found)
    assert found.total > 120
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_many_laws():
    found = tally(SEED + 1)
    laws.attack(600, SEED + 1, found)
    simulated.attack(2, 1000, (50, 300), SEED + 1, found, names=[name for name in MEASURES if name not in WHOLE])
    simulated.attack(1, 1000, (50, 90), SEED + 1, found, names=WHOLE)
    found.keep()
    print(found)
    assert sum(n for kind, n in found.tried.items() if kind.startswith("simulation")) < 1e-3 / LEVEL
    assert not found.failures


# --------------------------------------------------------------------------------------------------------- the judges


def test_spans():
    assert spans(frozenset({0b011, 0b101, 0b110}), 3)
    assert not spans(frozenset({0b011, 0b101}), 3)
    assert not spans(frozenset(), 2)
    assert spans(frozenset({0b01, 0b10}), 2)


def test_a_share_is_judged_by_its_chance():
    assert judged(500, 1000, (0.5, 0.5), "") is None
    assert judged(560, 1000, (0.5, 0.5), "") is None
    assert judged(600, 1000, (0.5, 0.5), "") is not None
    assert judged(400, 1000, (0.5, 0.5), "") is not None
    assert judged(600, 1000, (0.5, 0.6), "") is None


# ---------------------------------------------------------------------------------------------------- planted defects


def later(monotone):
    """By a hundred millionth."""
    return lambda *given, **more: tuple(min(end + 1e-8, 1.0) for end in monotone(*given, **more))


def one_side(startup, t, costs):
    """F at t - cost as floats have it, an atom being on this side or on that."""
    value = startup.cdf(t - costs)
    return value, value


PLANTED = {
    "blocks of d + 1": planted(
        coverage, "ends_of", lambda right: lambda model: right(replace(model, degree=model.d + 1))
    ),
    "later": planted(streaming, "monotone", later),
    "vacuous": instead(baselines, "monotone", lambda *_, **__: (0.0, 1.0)),
    "free messages": planted(
        coverage, "monotone", lambda right: lambda model, *given: right(replace(model, message_cost=0.0), *given)
    ),
    "nobody fails": instead(Model, "defective_startup", property(lambda model: model.startup)),
    "rounded times": instead(rows_received, "cdf_bounds", one_side),
    "no complete worker": instead(
        stopping, "done_by", lambda m, ends, received: coverage.covered_with_rows(m, ends, received, m)
    ),
    "odd for even": instead(given_counts, "even_sets", lambda m, ends, silent, classes: [fmpq(0)] * (1 + silent)),
    "one row late": planted(
        collection, "covered_by", lambda right: lambda model, span, rule=None: right(model, span - (span > 1), rule)
    ),
    "the rest of m/d forgotten": instead(silent, "group_sizes", lambda m, s: {s + 1: m // (s + 1)}),
}


@pytest.mark.quality
@pytest.mark.parametrize(
    ("plant", "kind", "each"),
    [
        ("blocks of d + 1", "sum recovery: coverage", 60),
        ("later", "latency of parts-cyclic", 20),
        ("vacuous", "latency of uncoded", 20),
        ("free messages", "sum recovery: coverage and rows", 20),
        ("nobody fails", "latency of bcc", 20),
        ("rounded times", "latency of repetition", 100),
        ("no complete worker", "sum recovery: hitting", 60),
        ("odd for even", "sum recovery: given the counts", 100),
        ("one row late", "sum recovery: by number of rows", 100),
        ("the rest of m/d forgotten", "rational numbers", 100),
    ],
)
def test_enumeration_sees(plant, kind, each, monkeypatch):
    PLANTED[plant](monkeypatch)
    found = tally()
    laws.attack(each, SEED, found, [kind])
    assert found.failures
    assert set(found.wrong) == {f"enumeration, {kind}"}


@pytest.mark.quality
@pytest.mark.parametrize(
    ("plant", "measure"),
    [("blocks of d + 1", "coverage"), ("free messages", "coverage"), ("nobody fails", "latency of uncoded")],
)
def test_simulation_sees(plant, measure, monkeypatch):
    PLANTED[plant](monkeypatch)
    found = tally()
    simulated.attack(2, 300, (50, 60), SEED, found, names=[measure])
    assert found.failures


def test_every_kind_is_tried():
    assert {name.removeprefix("latency of ") for name in CASES} >= set(by_scheme.SCHEMES_WITH_LAW) - {"sr"}
    assert {name.removeprefix("latency of ") for name in MEASURES} >= set(by_scheme.SCHEMES_WITH_LAW) - {"sr"}
