"""What every law promises, asked of all of them: a row in a table is all that a law needs to be under this contract."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from itertools import accumulate, pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given
from hypothesis import seed as hypothesis_seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from paper_checks.theory import plain_addition
from paper_checks.theory.given_counts import even_sets_given_counts, spanning_given_counts
from srtheory.delays import Empirical, parse_law, quietly
from srtheory.errors import ArgumentError
from srtheory.experiments.trial import Task, run_trials
from srtheory.lookup import lookup
from srtheory.model import COUNTS, Model
from srtheory.schemes import make, named
from srtheory.theory import ENTRIES, by_scheme, coverage, latency, spanning, startup
from srtheory.theory.by_scheme import latency_law
from srtheory.theory.coverage import coverage_by_rows, expected_collection, expected_uncovered_by_rows
from srtheory.theory.floor import closed_late, floor, late
from srtheory.theory.rows import expected_rows, fluid_limit, rows_by_time, symbol_cdf
from srtheory.theory.spanning import (
    expected_latency_bounds,
    expected_stopping_bounds,
    guaranteed_rows,
    guaranteed_time,
    stopping_bounds,
)
from srtheory.theory.targets import TARGETED, late_by, target_law
from tests.attack.planted import Plant, instead, planted
from tests.attack.report import Tally
from tests.contracts.models import LARGEST, LEAST, SMOOTH, STARTUPS, Setting, random_times, settings
from tests.oracle import laws as oracle

Law = Callable[..., Any]


@dataclass(frozen=True)
class Row:
    """A law by time: its function, the scheme and event of the oracle, further arguments, and its accuracy."""

    law: Law
    scheme: str
    event: Callable[..., bool] = oracle.spanned
    more: Callable[[Model], Mapping[str, int]] = field(default=lambda model: {})
    exact: bool = True

    def fitted(self, model: Model) -> Model:
        """The model without what this law does not depend on, its parts no longer than m."""
        depends = self.law.depends_on  # type: ignore[attr-defined]
        plain = {"access": None, "message_cost": 0.0, "master_time": 0.0, "silent": 0.0}
        fitted = replace(model, **{name: value for name, value in plain.items() if name not in depends})  # type: ignore[arg-type]
        longest = model.symbols + 2 if self.scheme == "sr" else model.symbols
        return replace(fitted, degree=min(fitted.d, longest) if "degree" in depends else None)

    def by(self, model: Model, t: Any) -> tuple[float, float]:
        """The interval at a time; a number is one, to within the rounding of its sums."""
        with quietly():
            found = self.law(model, t, **self.more(model))
        if isinstance(found, tuple):
            return found
        return max(float(found) - self.rounding, 0.0), min(float(found) + self.rounding, 1.0)

    @property
    def rounding(self) -> float:
        return 1e-12 if self.law.__name__.endswith("cdf") else 0.0


def _scheme(name: str) -> Row:
    law = lookup("law", name).imported()

    def stragglers(model: Model) -> Mapping[str, int]:
        return {"stragglers": model.symbols // 2} if name.startswith("gradient") else {}

    events = {"sr": oracle.hit}
    return Row(law, name, events.get(name, oracle.spanned), stragglers)


def _rows(model: Model) -> Mapping[str, int]:
    return {"rows": model.symbols}


BY_TIME = {name: _scheme(name) for name in ENTRIES} | {
    "coverage_by_time": Row(coverage.coverage_by_time, "sr", oracle.covered),
    "coverage_and_rows": Row(coverage.coverage_and_rows, "sr", more=_rows),
    "coverage_ceiling": Row(coverage.coverage_ceiling, "sr", oracle.covered, exact=False),
    "rows_by_time": Row(rows_by_time, "sr", more=_rows),
    "spanning": Row(spanning.latency_bounds, "sr", exact=False),
    "own_then_parts": Row(by_scheme.own_then_parts_bounds, "own-then-parts"),
    "complete_worker_cdf": Row(plain_addition.complete_worker_cdf, "sr"),
    "shortcut_cdf": Row(plain_addition.shortcut_cdf, "sr"),
}
ARRAYS = ("complete_worker_cdf", "shortcut_cdf")
OF_COUNTS = [name for name, row in BY_TIME.items() if COUNTS in row.law.depends_on]  # type: ignore[attr-defined]
each_law = pytest.mark.parametrize("name", BY_TIME)
many, few, fewest = (hypothesis_settings(max_examples=n) for n in (10, 5, 3))


def _probability(row: Row, name: str, setting: Setting, model: Model, t: float) -> tuple[Fraction, Fraction]:
    """The same by the oracle: two bounds, which differ for a scheme of which runs are drawn only."""
    m, stragglers = model.symbols, row.more(model).get("stragglers", 0)
    event = {
        "gradient-cyclic": oracle.enough(m - stragglers),
        "genie": oracle.enough(m),
        "rows_by_time": oracle.enough(m),
        "coverage_and_rows": lambda *state: oracle.covered(*state) and oracle.enough(m)(*state),
        "complete_worker_cdf": lambda m, rows, number, complete: complete,
        "shortcut_cdf": lambda m, rows, number, complete: complete or all({j} in rows for j in range(m)),
    }.get(name, row.event)
    degree = max(m - 1, 1) if name in ("complete_worker_cdf", "shortcut_cdf") else model.degree or 1
    plans = oracle.orders(row.scheme, m, degree=degree, access=model.access, stragglers=stragglers)
    if model.master_time:
        model = replace(model, message_cost=model.message_cost + model.master_time, master_time=0.0)
    return oracle.bounds(m, plans, Setting(model, setting.kind).started(t), event)


@pytest.mark.share(2)
@each_law
@many
@given(setting=settings())
def test_a_law_is_an_interval_that_never_falls_from_0_to_what_is_ever_recovered(name: str, setting: Setting) -> None:
    row = BY_TIME[name]
    model, times = row.fitted(setting.model), setting.times()
    found = [row.by(model, t) for t in times]
    assert all(0 <= low <= high <= 1 for low, high in found)
    most = 0.0
    for low, high in found:
        most = max(most, low)
        assert most <= high + row.rounding, times
    first = model.tau + model.message_cost
    assert all(
        high < 1e-60 or row.rounding for t, (_, high) in zip(times, found, strict=True) if t < first * (1 - 1e-15)
    )
    assert all(low == 0 for t, (low, _) in zip(times, found, strict=True) if t < first * (1 - 1e-15))


SPREAD = [kind for kind in STARTUPS if kind not in ("at once", "constant", "heavy")]
PLAIN = settings(least=3, most=4, kinds=SPREAD, taus=(0.02, 0.25, 0.7), costs=(0.0, 0.125, 0.3))
"""Where blocks are several, and most times between those at which nothing has come, and all."""


@each_law
@many
@given(setting=PLAIN | settings(most=4), data=st.data())
def test_a_law_is_the_sum_over_all_that_the_workers_may_have_sent(
    name: str, setting: Setting, data: st.DataObject
) -> None:
    row = BY_TIME[name]
    model = row.fitted(setting.model)
    first = model.tau + model.message_cost
    middle = [t for t in setting.times() if first <= t < 9] or [first]
    t = data.draw(st.sampled_from(middle) | st.sampled_from([*setting.times(), math.inf]))
    low, high = row.by(model, t)
    truth, slack = _probability(row, name, setting, model, t), Fraction(1e-13)
    near = [*truth, *(p for sign in (-1, 1) for p in _probability(row, name, setting, model, t * (1 + sign * 1e-13)))]
    if name in ARRAYS:  # a float, which does not tell a time from the next one
        assert low - slack <= max(near)
        assert min(near) <= high + slack
    else:
        assert low - slack <= truth[1], (low, *map(float, truth))
        assert truth[0] <= high + slack, (high, *map(float, truth))
    if row.exact and not any(math.isclose(t, each, rel_tol=1e-12) for each in setting.times() if each != t):
        assert max(near) - min(near) > 0 or high - low < 1e-11


@pytest.mark.share(3)
@pytest.mark.parametrize("name", OF_COUNTS)
@few
@given(setting=random_times(), eighths=st.integers(1, 120))
def test_so_it_is_where_all_times_are_random(name: str, setting: Setting, eighths: int) -> None:
    """At times away from all values, where bounds meet, and at these, which they may span."""
    row = BY_TIME[name]
    model = row.fitted(setting.model)
    assume(model.drawn)
    for t in (eighths / 8 + 1 / 16, eighths / 8, math.inf):
        low, high = row.by(model, t)
        truth = _probability(row, name, setting, model, t)
        assert low <= truth[1], (float(truth[1]), t)
        assert truth[0] <= high, (float(truth[0]), t)
        if t < 8 and t * 8 % 1 and row.exact and not {"tau", "pace"} <= model.drawn.keys():
            assert high - low < 1e-6


@pytest.mark.share(3)
@pytest.mark.parametrize("name", TARGETED)
@few
@given(setting=random_times() | PLAIN, eighths=st.integers(1, 120), data=st.data())
def test_so_it_is_for_every_target_and_no_scheme_is_below_the_floor(
    name: str, setting: Setting, eighths: int, data: st.DataObject
) -> None:
    """K terms are known, alone or in parts, or have been evaluated (genie)."""
    model = BY_TIME[name].fitted(setting.model)
    d = 1 if model.degree is None else data.draw(st.sampled_from([d for d in range(1, 5) if model.symbols % d == 0]))
    model = replace(model, degree=None if model.degree is None else d, master_time=0.0)
    m, k = model.symbols, data.draw(st.integers(1, model.symbols))
    plans = oracle.orders(name, m, degree=d)
    event = oracle.enough(k) if name == "genie" else partial(oracle.known, k)
    bare = replace(model, degree=None)
    for t in (eighths / 8 + 1 / 16, eighths / 8, math.inf):
        low, high = target_law(name, model, k)(t)
        truth = oracle.probability(m, plans, Setting(model, setting.kind).started(t), event)
        assert low - 1e-13 <= truth <= high + 1e-13, (low, float(truth), high)
        assert late_by(bare, t, k).value <= 1 - truth + (name == "genie" and bool(model.message_cost))
        assert late_by(replace(bare, master_time=0.5), t + 0.5, k).value <= 1 - truth


@pytest.mark.quality
@pytest.mark.parametrize("plant", ["some steps later", "rounded to one side", "nobody dies", "one pace"])
def test_a_wrong_count_is_seen(plant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at, times, terms = startup.Lattice.at, Empirical(np.array([0.3, 0.7])), np.arange(1, 4)
    made = Model(3, 2, times, times, death=Empirical(np.array([1.35, 2.65])))
    model = replace(made, pace=Empirical(np.array([1.0, 2.0]))) if plant == "one pace" else made

    def wrong(found: Model) -> bool:
        exact = [(t, Setting(model, "sample").started(t)) for t in (1.59, 2.0, 3.0)]
        each = [(by, startup.reached(found, t, terms)) for t, by in exact]
        return any(not a <= by(n, 0) <= b for by, its in each for n, a, b in zip(terms.tolist(), *its, strict=True))

    assert not wrong(replace(model, symbols=4))  # asked of the same model again, it would answer from memory
    plants: dict[str, Callable[[Any, Any], Any]] = {
        "some steps later": lambda its, t: at(its, t + 60 * its.step),
        "rounded to one side": lambda its, t: (at(its, t)[0],) * 2,
    }
    if plant in plants:
        monkeypatch.setattr(startup.Lattice, "at", plants[plant])
    assert wrong(replace(made, death=None) if plant == "nobody dies" else made)


@pytest.mark.share(2)
@each_law
def test_so_it_is_where_messages_cost_time_and_workers_fail(name: str) -> None:
    row = BY_TIME[name]
    times = (0.41, 0.7, 0.87, 1.1, 1.5, 1.9, 2.3, 3.1, math.inf)
    for (m, degree), t in product([(1, 1), (3, 2), (4, 3), (4, 2)], times):
        model = row.fitted(Model(m, degree, 0.22, Setting.of("discrete"), None, 0.17, 0.0, 0.1))
        low, high = row.by(model, t)
        truth = _probability(row, name, Setting(model, "discrete"), model, t)
        assert low <= truth[1]
        assert truth[0] <= high
        assert high - low < 1e-11 or not row.exact


@pytest.mark.share(3)
@each_law
@fewest
@given(setting=settings(taus=(2.0**-30, 0.02, 0.7, 3.0), costs=(0.0, 0.3)), power=st.sampled_from([-40, -1, 3, 60]))
def test_a_law_is_the_same_in_other_units_of_time(name: str, setting: Setting, power: int) -> None:
    row = BY_TIME[name]
    for t in setting.times():
        if 1e-200 < t < 1e200:
            here, there = (row.by(row.fitted(model), x) for model, x in [
                (setting.model, t), (setting.scaled(power), t * 2.0**power)])  # fmt: skip
            assert here == pytest.approx(there, rel=1e-9, abs=1e-13)


@pytest.mark.share(3)
@each_law
@few
@given(setting=settings(most=4, taus=(0.25, 3.0)), t=st.integers(0, 40))
def test_a_law_is_the_same_for_every_type_of_number(name: str, setting: Setting, t: int) -> None:
    row = BY_TIME[name]
    model = row.fitted(setting.model)
    types = [np.float32, np.float64, np.int8, np.uint64, np.float16, Fraction, np.asarray]
    assert {row.by(model, kind(t)) for kind in types} == {row.by(model, t)}
    exact = {
        name: np.float32(value) for name in ("tau", "message_cost") if (value := getattr(model, name)) in (0.25, 3.0)
    }
    whole = {name: np.int32(value) for name in ("symbols", "degree", "access") if (value := getattr(model, name))}
    assert row.by(replace(model, **exact, **whole), t) == row.by(model, t)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ARRAYS)
@few
@given(setting=settings())
def test_a_law_for_an_array_of_times_is_that_of_each(name: str, setting: Setting) -> None:
    row = BY_TIME[name]
    model, times = row.fitted(setting.model), np.array(setting.times())
    with quietly():
        every = row.law(model, times.reshape(-1, 1))
        assert every.shape == (len(times), 1)
        assert every.ravel() == pytest.approx(np.array([float(row.law(model, t)) for t in times]), abs=1e-15)


@pytest.mark.parametrize("name", [name for name in ENTRIES if "degree" in BY_TIME[name].law.depends_on])  # type: ignore[attr-defined]
def test_a_law_and_a_simulation_take_the_same_degrees(name: str) -> None:
    for m, degree in [(size, d) for size in (1, 2, 5) for d in range(1, size + 3)]:
        model, taken = Model(m, degree, 0.5, Setting.of("exponential")), []
        for ask in (partial(make, name, m, **named(name).sized(model.d)), partial(latency_law(name, model).cdf, 3.0)):
            try:
                ask()
                taken.append("")
            except ArgumentError as refusal:
                taken.append(str(refusal))
        assert taken[0] == taken[1]


@each_law
def test_what_is_no_time_is_refused(name: str) -> None:
    row, arrays = BY_TIME[name], [] if name in ARRAYS else [[1.0], [1.0, 2.0]]
    for m, t in product((3, 40), (math.nan, None, "1", [1.0, math.nan], *arrays)):
        model = Model(m, 2, 0.5, Setting.of("exponential"))
        with pytest.raises(ArgumentError, match="'t'"):
            row.law(row.fitted(model), t, **row.more(model))


@pytest.mark.share(3)
@pytest.mark.parametrize("name", [name for name in BY_TIME if "one" not in name])
@pytest.mark.parametrize(("m", "degree"), [(100, 1000), (300, 6)])
def test_a_law_of_many_terms_has_values_at_all_times(name: str, m: int, degree: int) -> None:
    """Where long polynomials are summed on a circle, once F(t) is 1, or cannot be told from it."""
    row = BY_TIME[name]
    model, most = row.fitted(Model(m, degree, 0.02, Setting.of("exponential"))), 0.0
    for t in (0.0, LEAST, 0.02, 0.1, 1.0, 2.0, 30.0, 170.0, 180.0, 190.0, 200.0, 1000.0, 1e9, LARGEST, math.inf):
        low, high = row.by(model, t)
        assert most <= high + row.rounding
        assert 0 <= low <= high <= 1
        most = max(most, low)
    assert most > 1 - 1e-9 or name in ("bcc", "coverage_ceiling")


def _has_values(name: str, made: Callable[[float], list[Model]]) -> None:
    """At times of every size; warnings are errors here."""
    row = BY_TIME[name]
    for tau, t in ((0.25, -1.0), (0.25, LEAST), (1e307, LARGEST), (0.25, math.inf)):
        for model in map(row.fitted, made(tau)):
            assert 0 <= row.by(model, t)[0] <= row.by(model, t)[1] <= 1


@each_law
def test_a_law_warns_at_no_time(name: str) -> None:
    _has_values(name, lambda tau: [Model(5, 2, tau, Setting.of("exponential"), silent=0.25)])


@pytest.mark.share(4)
@pytest.mark.parametrize("name", OF_COUNTS)
def test_nor_does_it_where_times_are_random(name: str) -> None:
    def made(tau: float) -> list[Model]:
        plain = Model(5, 2, tau, Setting.of("exponential"), silent=0.25)
        heavy = replace(plain, tau="lomax(c=0.5)", death="expon()")
        paid = [replace(heavy, tau="expon()", message_cost=tau)] * ("message_cost" in BY_TIME[name].law.depends_on)  # type: ignore[attr-defined]
        return [replace(plain, pace="expon()"), heavy, *paid]

    _has_values(name, made)


# ------------------------------------------------------------------------------------------------ floor and guarantee


@pytest.mark.parametrize(
    ("tau", "costs"), [(LEAST, (0.0, 0.0)), (LEAST, (0.0, 1e300)), (0.25, (0.2, 0.0)), (1e300, (0.0, 0.0))]
)
def test_the_floor_has_a_value_at_every_size_of_time(tau: float, costs: tuple[float, float]) -> None:
    model = Model(7, None, tau, Setting.of("exponential"), None, *costs)
    assert floor(model, steps=20).mean >= (tau + sum(costs)) * (1 - 1e-9)  # rounded down
    assert [float(late(model, t)) for t in (0.0, LARGEST)] == [1.0, 0.0]


OBLIVIOUS = [name for name in BY_TIME if name not in ("genie", "rows_by_time", "coverage_ceiling")]


@pytest.mark.share(3)
@pytest.mark.parametrize("name", OBLIVIOUS)
@fewest
@given(setting=settings(most=4))
def test_no_law_is_above_the_floor(name: str, setting: Setting) -> None:
    row = BY_TIME[name]
    model = row.fitted(setting.model)
    bare = replace(model, degree=None, access=None)
    for t in setting.times():
        if t < math.inf:
            with quietly():
                least, closed = (float(bound(bare, t)) for bound in (late, closed_late))
            assert 0 <= closed <= 1
            assert 0 <= least <= 1
            assert row.by(model, t)[0] <= 1 - max(least, closed) + 1e-12


@fewest
@given(setting=settings(taus=(0.02, 0.7, 3.0), costs=(0.0, 0.3)), power=st.sampled_from([-40, 3, 60]))
def test_the_floor_is_the_same_in_other_units_and_for_arrays(setting: Setting, power: int) -> None:
    bare = [replace(model, degree=None, access=None) for model in (setting.model, setting.scaled(power))]
    times = np.array([t for t in setting.times() if 1e-200 < t < 1e200])
    with quietly():
        here, there = late(bare[0], times), late(bare[1], times * 2.0**power)
        assert here == pytest.approx(there, abs=1e-9)
        assert here.tolist() == [float(late(bare[0], t)) for t in times]
        found = [floor(model, steps=20) for model in (*bare, replace(bare[0], master_time=0.0))]
    taken, at_once = bare[0].master_time, found.pop()  # every time is later by that of the last message
    assert found[0].times == pytest.approx(at_once.times + taken)
    assert found[0].mean == pytest.approx(at_once.mean + taken)
    assert found[0].quantiles == pytest.approx({p: t + taken for p, t in at_once.quantiles.items()})
    assert found[0].closed_quantiles == pytest.approx({p: t + taken for p, t in at_once.closed_quantiles.items()})
    assert found[0].mean * 2.0**power == pytest.approx(found[1].mean, rel=1e-9)
    assert found[0].mean >= found[0].closed_mean
    levels = list(found[0].quantiles.values())
    assert levels == sorted(levels)
    assert [t * 2.0**power for t in levels] == pytest.approx(list(found[1].quantiles.values()), rel=1e-6)
    area = math.fsum(
        float(b - a) * p for (a, b), p in zip(pairwise([0.0, *found[0].times]), found[0].late, strict=True)
    )
    assert (
        math.isinf(found[0].mean)
        or found[0].closed_mean
        <= found[0].mean
        <= max(area, found[0].closed_mean) * (1 + 1e-9) + setting.model.master_time
    )


@fewest
@given(
    setting=settings(most=4, kinds=SMOOTH, taus=(0.02, 0.7), costs=(0.0, 0.3)),
    confidence=st.sampled_from([0.0, 0.3, 0.9, 1.0]),
)
def test_a_guarantee_is_the_proved_bound_turned_round(setting: Setting, confidence: float) -> None:
    by_time = replace(setting.model, master_time=0.0)
    with quietly():
        t = guaranteed_time(by_time, confidence)
        assert t >= guaranteed_time(by_time, confidence / 2)
        least = spanning.latency_bounds(by_time, t)[0] if t < math.inf else 0.0
        assert least >= confidence or spanning.latency_bounds(by_time, 1e300)[0] < confidence
        assert t in (0.0, math.inf) or spanning.latency_bounds(by_time, t * 0.998)[0] < confidence
        by_rows = replace(by_time, message_cost=0.0, silent=0.0)
        k = guaranteed_rows(by_rows, confidence)
        assert k >= guaranteed_rows(by_rows, confidence / 2)
        assert float(stopping_bounds(by_rows, k)[0]) >= confidence - 1e-9
        assert confidence in (0.0, 1.0) or float(stopping_bounds(by_rows, k - 1)[0]) < confidence + 1e-9


# ----------------------------------------------------------------------------------------------------------- by rows


BY_ROWS: dict[str, tuple[Law, Law]] = {
    "coverage": (coverage_by_rows, expected_collection),
    "hitting": (latency.stopping_bounds_given_hitting, latency.expected_stopping_given_hitting),
    "spanning": (stopping_bounds, expected_stopping_bounds),
}


@pytest.mark.parametrize("name", BY_ROWS)
@fewest
@given(
    setting=settings(most=4, kinds=SMOOTH, taus=(2.0**-30, 0.02, 0.7, 3.0), costs=(0.0,)),
    power=st.sampled_from([-40, 3, 60]),
)
def test_a_law_by_rows_rises_from_0_to_1_and_its_mean_is_its_sum(name: str, setting: Setting, power: int) -> None:
    law, mean = BY_ROWS[name]
    plain = {"message_cost": 0.0, "master_time": 0.0, "silent": 0.0}
    model, other = (replace(each, **plain) for each in (setting.model, setting.scaled(power)))  # type: ignore[arg-type]
    total = model.symbols * len(oracle.orders("sr", model.symbols, degree=model.d, access=model.access)[0][0])
    rows = np.arange(total + 1)
    with quietly():
        low, high = law(model, rows)
        assert ((low >= 0) & (low <= high) & (high <= 1)).all()
        assert (np.maximum.accumulate(low) <= high).all()
        assert high[0] == 0
        assert low[-1] > 1 - 1e-9 or (model.access or 0) == 1 < model.symbols or name == "spanning"
        alone = [law(model, (np.int8 if k % 4 else int)(k))[0] for k in rows[::2]]
        assert np.ravel(alone) == pytest.approx(low[::2], abs=1e-9)
        assert np.ravel(law(other, rows)) == pytest.approx(np.ravel((low, high)), abs=1e-9)
        least, most = mean(model)
    assert least <= most
    assert math.fsum(1 - high) - 1e-9 <= most
    assert least <= math.fsum(1 - low) + 1e-9


# The laws by rows themselves, as sums over all orders in which rows may come.
CODES = [(1, 1, None), (2, 1, None), (3, 1, None), (3, 2, 2), (3, 2, None), (4, 1, 3), (4, 3, None), (4, 2, None)]
ARRIVALS = [*((*code, "uniform") for code in CODES), *((*code, "exponential") for code in CODES[1:4])]
ARRIVALS += [(3, 1, None, "within a term"), (4, 7, None, "within a term")]
LONG = [(4, 3, None, "exponential"), (5, 4, None, "within a term")]
ROUNDS = {"uniform": 2, "within a term": 1, "exponential": 5}
LOAD = 4.0


def _by_rows(kind: str, m: int, degree: int, access: int | None) -> tuple[Model, list[dict[tuple[int, ...], Fraction]]]:
    """A model whose delays are whole rounds and independent parts of one, and the oracle's law of its counts."""
    count, others = ROUNDS[kind], (access or m) - 1
    ends = [*range(0, others, degree), others]
    if kind == "exponential":  # a round is a block
        startup = parse_law(f"expon(scale={0.5 * min(degree, others) / LOAD})")
        weights = [Fraction(math.exp(-LOAD * n) * -math.expm1(-LOAD)) for n in range(count)]
        rounds = list(range(len(ends)))
    else:  # a round is a term
        startup, rounds = parse_law(f"uniform(loc=0.25, scale={0.5 * count})"), ends
        weights = [Fraction(1, count)] * count
    return Model(m, degree, 0.5, startup, access), oracle.by_rows(m, rounds, weights)


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("m", "degree", "access", "kind"), [*ARRIVALS, *(pytest.param(*its, marks=pytest.mark.attack) for its in LONG)]
)
def test_a_law_by_rows_is_the_sum_over_all_orders_of_arrival(
    m: int, degree: int, access: int | None, kind: str
) -> None:
    model, laws = _by_rows(kind, m, degree, access)
    plans = oracle.orders("sr", m, degree=degree, access=access)
    given = {counts: oracle.given_counts(m, plans, counts) for law in laws for counts in law}
    k = np.arange(len(laws))
    lost = 1 - float(sum(laws[0].values())) + 1e-13
    for name, (law, mean) in BY_ROWS.items():
        event = oracle.spanned if name == "spanning" else oracle.covered
        does = {counts: oracle.mean(m, states, event) for counts, states in given.items()}
        exact = np.array([float(sum(p * does[counts] for counts, p in law.items())) for law in laws])
        exact *= (k >= m) | (name != "hitting")
        low, high = law(model, k)
        assert (low <= exact + lost).all(), name
        assert (exact - 1e-15 <= high).all(), name
        assert name == "spanning" or (high - low).max() < 1e-11
        least, most = mean(model)
        assert least - 1e-9 <= (1 - exact).sum() <= most + len(k) * lost
    left = {counts: oracle.mean(m, states, oracle.uncovered) for counts, states in given.items()}
    for rows, law in enumerate(laws):
        exact_mean = float(sum(p * left[counts] for counts, p in law.items()))
        assert expected_uncovered_by_rows(model, rows) == pytest.approx(exact_mean, abs=m * lost + 1e-9)


@many
@given(code=st.sampled_from(CODES), data=st.data())
def test_what_is_known_given_the_counts_is_the_sum_over_all_orders(
    code: tuple[int, int, int | None], data: st.DataObject
) -> None:
    m, degree, access = code
    plans = oracle.orders("sr", m, degree=degree, access=access)
    counts = data.draw(st.tuples(*(st.integers(0, len(its[0])) for its in plans)))
    states = oracle.given_counts(m, plans, counts)
    covered = oracle.mean(m, states, oracle.covered)
    assert coverage.coverage_given_counts(m, degree, counts, access=access) == covered
    low, high = spanning_given_counts(m, degree, counts, access=access)
    assert low <= oracle.mean(m, states, oracle.spanned) <= high
    even = [oracle.mean(m, states, oracle.even_sets(w)) for w in range(counts.count(0) + 1)]
    assert even_sets_given_counts(m, degree, counts, access=access) == even
    expected, distance = coverage.poisson_given_counts(m, degree, counts, access=access)
    assert expected == oracle.mean(m, states, oracle.uncovered)
    assert abs(float(covered) - math.exp(-expected)) <= distance + 1e-15


@fewest
@given(setting=settings(most=4, kinds=SMOOTH, taus=(2.0**-30, 0.02, 0.7, 3.0), costs=(0.0, 0.3)))
def test_means_by_time_are_sums_over_all_that_the_workers_may_have_sent(setting: Setting) -> None:
    model = replace(setting.model, master_time=0.0)
    plans = oracle.orders("sr", model.symbols, degree=model.d, access=model.access)
    for t in (t for t in setting.times() if 1e-3 < t < 1e3):
        states = oracle.by_time(model.symbols, plans, Setting(model, setting.kind).started(t))
        for law, value in ((coverage.expected_uncovered, oracle.uncovered), (expected_rows, lambda m, rows, n, c: n)):
            exact = float(oracle.mean(model.symbols, states, value))
            assert float(law(model, t)) == pytest.approx(exact, rel=1e-9, abs=1e-9)
        sent = Setting(replace(model, message_cost=0.0), setting.kind)
        for n, terms in enumerate(accumulate(map(len, plans[0][0])), 1):
            exact = float(sent.started(t)(terms, 0))
            assert float(symbol_cdf(sent.model, t, n)) == pytest.approx(exact, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("degree", [1, 2, 7])
@pytest.mark.parametrize("unit", [2.0**-40, 1.0, 3.0])
def test_bounds_are_above_the_fluid_limit_and_meet_it_where_they_say(degree: int, unit: float) -> None:
    golden = latency.LOG_GOLDEN_RATIO / degree
    for load in (1e-9, 0.02, golden, 0.51, 2.0, 50.0):
        rates = (unit, degree, load / unit)
        sharp, block, limit = (
            of(*rates) for of in (latency.sharp_bound, latency.block_bound, latency.exponential_fluid_limit)
        )
        assert latency.continuous_fluid_limit(*rates) <= sharp * (1 + 1e-12)
        assert limit <= block * (1 + 1e-12)
        assert limit - unit <= latency.continuous_fluid_limit(*rates)
        assert load > 1 - latency.LOG_GOLDEN_RATIO or limit <= sharp
        assert load < 50 or sharp == pytest.approx(latency.continuous_fluid_limit(*rates), rel=1e-12)
        assert load != golden or block == pytest.approx(limit, rel=1e-12)
        assert latency.paper_bound(*rates) == pytest.approx(sharp + unit * degree)
        model = Model(60 * degree + 1, degree, unit, parse_law(f"expon(scale={unit / load})"), silent=0.25)
        heard = replace(model, silent=0.0)
        assert load < 0.01 or fluid_limit(heard) == pytest.approx(limit, rel=1e-12)
        assert symbol_cdf(heard, latency.median_bound(heard), 2) == pytest.approx(0.5)
        assert fluid_limit(model, rows=model.symbols * 61) == math.inf  # of which some workers send none


@pytest.mark.parametrize(("m", "degree"), [(1, 1), (2, 1), (3, 2)])
def test_a_mean_latency_is_the_integral_of_its_law(m: int, degree: int) -> None:
    """Of delays up to 3: the sums of P(T > t) at both ends of the steps lie on either side of it."""
    model = Setting(Model(m, degree, 0.25, Setting.of("bounded")), "bounded")
    plans, step = oracle.orders("sr", m, degree=degree), 1 / 8
    late = [
        1 - float(oracle.probability(m, plans, model.started(n * step), oracle.spanned))
        for n in range(int((3 + m * 0.25) / step) + 1)
    ]
    low, high = expected_latency_bounds(model.model, tolerance=0.02)
    assert low <= step * math.fsum(late) + 1e-12
    assert high >= step * math.fsum(late[1:]) - 1e-12
    assert high - low < 0.05


# ---------------------------------------------------------------------------------------------------- simulated runs


@pytest.mark.share(3)
@pytest.mark.quality
@pytest.mark.parametrize(
    ("name", "kind"), [(name, ("exponential", "without a mean")[i % 2]) for i, name in enumerate(ENTRIES)]
)
def test_simulated_runs_follow_the_law_and_what_it_forgot_would_be_seen(name: str, kind: str) -> None:
    """At m = 11 and s = 2 no workers but m - s give the sum of cyclic repetition (docs/proofs/theory.md, 5.8)."""
    m, trials, sizes = 11, 400, named(name).sized(3)
    row = BY_TIME["coverage_by_time" if name == "sr" else name]
    model = row.fitted(Model(m, 3, 0.11, STARTUPS[kind](1.0), message_cost=0.07, silent=0.2))
    task = Task(make(name, m, **sizes), model.delays, 23, "coverage" if name == "sr" else None)
    times = np.array([record.latency for record in run_trials(task, range(trials))])
    points = [*np.quantile(times[np.isfinite(times)], [0.1, 0.5, 0.9]), math.inf]

    def worst(model: Model) -> float:
        more = {key: value for key, value in sizes.items() if key == "stragglers"}
        found = np.array([np.mean(times <= t) if t < math.inf else np.isfinite(times).mean() for t in points])
        p = np.clip([sum(row.law(model, t, **more)) / 2 for t in points], 0, 1)
        return float(np.max(np.abs(found - p) / np.sqrt(p * (1 - p) / trials + 1e-6)))

    assert worst(model) < 4
    assert worst(replace(model, silent=0.0)) > 5


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("m", "degree", "share"),
    [*((10_000, 14, share) for share in (0.1, 0.6, 0.85, 1.0, 50.0)), (10_000, 5, 0.8)]
    + [(1000, 2, share) for share in (0.5, 0.85)],
)
def test_a_law_of_many_terms_takes_few_steps_at_every_time(m: int, degree: int, share: float) -> None:
    """Calls are counted, not seconds: far below the median, which is near the fluid limit, it took a million."""
    model, calls = Model(m, degree, 0.005, Setting.of("written")), [0]
    t = share * fluid_limit(model)

    def counted(_frame: object, event: str, _argument: object) -> None:
        calls[0] += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        low, high = BY_TIME["sr"].by(model, t)
    finally:
        sys.setprofile(before)
    assert 0 <= low <= high <= 1
    assert high - low <= 1e-11
    assert calls[0] < 70_000


# ------------------------------------------------------------------------------------------------------- at length

SUM = test_a_law_is_the_sum_over_all_that_the_workers_may_have_sent
RISES = test_a_law_is_an_interval_that_never_falls_from_0_to_what_is_ever_recovered
LONG: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "sum over all cases": (SUM, {"setting": PLAIN | settings(most=4), "data": st.data()}),
    "interval that rises": (RISES, {"setting": settings(most=30)}),
}


def ask(question: str, examples: int, tally: Tally, names: Iterable[str] = BY_TIME) -> None:
    """So many fresh examples of each law."""
    asked, drawn = LONG[question]
    fresh = hypothesis_settings(
        hypothesis_settings.get_profile("fresh"), max_examples=examples, database=None, phases=[Phase.generate]
    )

    def one(name: str, **example: Any) -> None:
        wrong = None
        try:
            asked.hypothesis.inner_test(name=name, **example)  # type: ignore[attr-defined]
        except AssertionError as error:
            wrong = f"{example}: {error}"
        tally.count(f"{question}, {name}", wrong)

    for name in names:
        hypothesis_seed(tally.seed)(fresh(given(name=st.just(name), **drawn)(one)))()


@pytest.mark.attack
@pytest.mark.slow
def test_many_laws() -> None:
    found = Tally.again("laws")
    for question in LONG:
        ask(question, 300, found)
    found.keep()
    assert not found.failures, found


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
    found = Tally.again("laws")
    ask("sum over all cases", 60, found, [name])
    assert found.failures
