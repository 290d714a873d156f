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
from tests.attack.report import Tally
from tests.attack.simulated import LEVEL, MEASURES, judged

SEED = 20225
SAYS = (
    "The intervals of all laws of latency by scheme, of coverage, arrival, hitting, spanning, collection, and rational "
    "numbers, against two kinds of judges. *Enumeration*: all delays and orders of up to 7 workers in fractions, "
    "discrete and constant start-up (uniform for laws by number of rows), at, next to and between the times of rows, "
    "with costs per message, silent workers, any d and access; the interval must hold the number exactly, and be "
    "narrower than 1e-11 where no row's end is within rounding and the law is exact. *Simulation*: runs of 50 to 299 "
    "workers in plain NumPy under exponential, Pareto, Weibull, lognormal, discrete and constant start-up; d = 1, "
    "small, m - 1 and beyond; each comparison of a share with an interval fails a right law with chance 1e-6, so that "
    "all of them together do with less than one in a thousand."
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


def longer_blocks(monkeypatch):
    """Blocks of d + 1."""
    ends = coverage.ends_of
    monkeypatch.setattr(coverage, "ends_of", lambda model: ends(replace(model, degree=model.d + 1)))


def shifted(monkeypatch):
    """By a hundred millionth."""
    law = streaming.monotone

    def later(*given, **more):
        low, high = law(*given, **more)
        return min(low + 1e-8, 1.0), min(high + 1e-8, 1.0)

    monkeypatch.setattr(streaming, "monotone", later)


def vacuous(monkeypatch):
    monkeypatch.setattr(baselines, "monotone", lambda *_, **__: (0.0, 1.0))


def free_messages(monkeypatch):
    law = coverage.monotone
    monkeypatch.setattr(coverage, "monotone", lambda model, *given: law(replace(model, message_cost=0.0), *given))


def nobody_fails(monkeypatch):
    monkeypatch.setattr(Model, "defective_startup", property(lambda model: model.startup))


def rounded_times(monkeypatch):
    """F at t - cost as floats have it, an atom being on this side or on that."""
    bounds = rows_received.cdf_bounds

    def one_side(startup, t, costs):
        value = startup.cdf(t - costs)
        return value, value

    assert bounds is not one_side
    monkeypatch.setattr(rows_received, "cdf_bounds", one_side)


def no_complete_worker(monkeypatch):
    monkeypatch.setattr(stopping, "_done", lambda m, ends, received: coverage.covered_with_rows(m, ends, received, m))


def odd_for_even(monkeypatch):
    monkeypatch.setattr(given_counts, "_even_sets", lambda m, ends, silent, classes: [fmpq(0)] * (1 + silent))


def one_row_late(monkeypatch):
    law = collection.covered_by
    monkeypatch.setattr(collection, "covered_by", lambda model, span, rule=None: law(model, span - (span > 1), rule))


def groups_of_d(monkeypatch):
    """The rest of m/d is forgotten."""
    monkeypatch.setattr(silent, "group_sizes", lambda m, s: {s + 1: m // (s + 1)})


@pytest.mark.quality
@pytest.mark.parametrize(
    ("plant", "kind", "each"),
    [
        (longer_blocks, "sum recovery: coverage", 60),
        (shifted, "latency of parts-cyclic", 20),
        (vacuous, "latency of uncoded", 20),
        (free_messages, "sum recovery: coverage and rows", 20),
        (nobody_fails, "latency of bcc", 20),
        (rounded_times, "latency of repetition", 100),
        (no_complete_worker, "sum recovery: hitting", 60),
        (odd_for_even, "sum recovery: given the counts", 100),
        (one_row_late, "sum recovery: by number of rows", 100),
        (groups_of_d, "rational numbers", 100),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_enumeration_sees(plant, kind, each, monkeypatch):
    plant(monkeypatch)
    found = tally()
    laws.attack(each, SEED, found, [kind])
    assert found.failures
    assert set(found.wrong) == {f"enumeration, {kind}"}


@pytest.mark.quality
@pytest.mark.parametrize(
    ("plant", "measure"),
    [(longer_blocks, "coverage"), (free_messages, "coverage"), (nobody_fails, "latency of uncoded")],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_simulation_sees(plant, measure, monkeypatch):
    plant(monkeypatch)
    found = tally()
    simulated.attack(2, 300, (50, 60), SEED, found, names=[measure])
    assert found.failures


def test_every_kind_is_tried():
    assert {name.removeprefix("latency of ") for name in CASES} >= set(by_scheme.SCHEMES_WITH_LAW) - {"sr"}
    assert {name.removeprefix("latency of ") for name in MEASURES} >= set(by_scheme.SCHEMES_WITH_LAW) - {"sr"}
